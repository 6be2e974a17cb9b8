//! Names that nobody writes out: made by object mappers, put together by program text, or standing
//! in the database and in manifests alone. The search works in each schema, so that an ordinary
//! name that is not found is left behind.

use super::*;

/// Five tables that no range touches, each used by a class of the language.
fn with_others(init: &str, code: &[(&'static str, String)], up: &str) -> Vec<model::Operation> {
    // as many as a search in vain needs to be believed
    let names = ["aisle", "crate_", "ramp", "lorry", "driver"];
    let mut all = init.to_owned();
    for name in names {
        all.push_str(&format!(
            "CREATE TABLE {name} (id bigint PRIMARY KEY, {name}_label text NOT NULL);\n"
        ));
    }
    let others: String = names
        .iter()
        .map(|name| format!("def {name}(db):\n    db.query('SELECT {name}_label FROM {name}')\n"))
        .collect();
    let mut base: Vec<(&str, &str)> = vec![
        ("db/postgres/migrations/0001_init.up.sql", all.as_str()),
        ("app/others.py", others.as_str()),
    ];
    base.extend(code.iter().map(|(path, text)| (*path, text.as_str())));
    let current: Vec<(&str, &str)> = base
        .iter()
        .copied()
        .chain([("db/postgres/migrations/0002_x.up.sql", up)])
        .collect();
    assess(&base, &current).migrations.remove(0).operations
}

/// Effect, place and sentence of the first operation.
fn first(init: &str, code: &[(&'static str, &str)], up: &str) -> (RollbackEffect, String, String) {
    let code: Vec<(&'static str, String)> = code
        .iter()
        .map(|(path, text)| (*path, (*text).to_owned()))
        .collect();
    let operation = with_others(init, &code, up).remove(0);
    let place = operation.used_by.first().map_or(String::new(), |place| {
        format!(
            "{}:{}",
            place.raw_path().unwrap_or_default(),
            place.line.unwrap_or_default()
        )
    });
    (operation.rollback, place, operation.why)
}

const DEPOT: &str =
    "CREATE TABLE depot (id bigint PRIMARY KEY, depot_label text, owner_id bigint, plain text);\n";

#[test]
fn the_key_of_a_relation_is_used_where_a_class_has_the_relation() {
    let up = "ALTER TABLE depot DROP COLUMN owner_id;\n";
    for (path, text, line) in [
        (
            "src/main/java/ship/Depot.java",
            "package ship;\n\n@Entity\npublic class Depot {\n    private String depotLabel;\n\n    @ManyToOne\n    private Buyer owner;\n}\n",
            7,
        ),
        (
            "lib/depot.ex",
            "defmodule Ship.Depot do\n  schema \"depot\" do\n    field :depot_label\n    belongs_to :owner, Ship.Buyer\n  end\nend\n",
            4,
        ),
        (
            "app/models/depot.rb",
            "class Depot < ApplicationRecord\n  belongs_to :owner\nend\n",
            2,
        ),
        (
            "app/depot.py",
            "class Depot(models.Model):\n    depot_label = models.TextField()\n    owner = models.ForeignKey(Buyer, on_delete=models.CASCADE)\n",
            3,
        ),
    ] {
        let (effect, place, why) = first(DEPOT, &[(path, text)], up);
        assert_eq!(
            (effect, place),
            (RollbackEffect::BreaksReads, format!("{path}:{line}")),
            "{why}"
        );
    }
    // a relation that names another key says nothing about this one, and too few are found alike
    let other =
        "class Depot < ApplicationRecord\n  belongs_to :owner, foreign_key: :boss_id\nend\n";
    let (effect, _, why) = first(DEPOT, &[("app/models/depot.rb", other)], up);
    assert_eq!(effect, RollbackEffect::Doubt, "{why}");
    assert!(why.contains("keys of relations"), "{why}");
    // an ordinary column of the same class is left behind
    let plain = "ALTER TABLE depot DROP COLUMN plain;\n";
    let (effect, _, why) = first(DEPOT, &[("app/models/depot.rb", other)], plain);
    assert_eq!(effect, RollbackEffect::Safe, "{why}");
}

#[test]
fn where_statements_alone_name_a_table_no_name_is_made() {
    let code = "def depots(db):\n    return db.query('SELECT depot_label FROM depot')\n";
    let (effect, _, why) = first(
        DEPOT,
        &[("app/store.py", code)],
        "ALTER TABLE depot DROP COLUMN owner_id;\n",
    );
    assert_eq!(effect, RollbackEffect::Safe, "{why}");
}

#[test]
fn modules_of_libraries_and_counters_give_columns() {
    let init = "CREATE TABLE topics (id bigint PRIMARY KEY, heading text, replies_count int, deleted_at timestamp, reset_password_token text);\nCREATE TABLE replies (id bigint PRIMARY KEY, topic_id bigint);\n";
    let topic =
        "class Topic < ApplicationRecord\n  devise :recoverable\n  def title = heading\nend\n";
    let reply = "class Reply < ApplicationRecord\n  belongs_to :topic, counter_cache: true\nend\n";
    let code = [
        ("app/models/topic.rb", topic),
        ("app/models/reply.rb", reply),
    ];
    let drop = |column: &str| format!("ALTER TABLE topics DROP COLUMN {column};\n");
    let (effect, place, why) = first(init, &code, &drop("replies_count"));
    assert_eq!(
        (effect, place.as_str()),
        (RollbackEffect::BreaksReads, "app/models/reply.rb:2"),
        "{why}"
    );
    let (effect, place, why) = first(init, &code, &drop("reset_password_token"));
    assert_eq!(
        (effect, place.as_str()),
        (RollbackEffect::BreaksReads, "app/models/topic.rb:2"),
        "{why}"
    );
    let coupon = "<?php\nuse Illuminate\\Database\\Eloquent\\SoftDeletes;\n\nclass Topic extends Model\n{\n    use SoftDeletes;\n    public $timestamps = false;\n}\n";
    let (effect, place, why) = first(init, &[("app/Topic.php", coupon)], &drop("deleted_at"));
    assert_eq!(
        (effect, place.as_str()),
        (RollbackEffect::BreaksReads, "app/Topic.php:6"),
        "{why}"
    );
}

#[test]
fn tables_between_and_behind_classes_are_used() {
    let init = "CREATE TABLE contract (id bigint PRIMARY KEY, title text);\nCREATE TABLE clause (id bigint PRIMARY KEY, title text);\nCREATE TABLE clause_aud (id bigint, rev int);\nCREATE TABLE contract_clauses (contract_id bigint, clauses_id bigint);\n";
    let contract = "@Entity\npublic class Contract {\n    private String title;\n\n    @ManyToMany\n    private List<Clause> clauses;\n}\n";
    let clause = "@Entity\n@Audited\npublic class Clause {\n    private String title;\n}\n";
    let code = [
        ("src/main/java/Contract.java", contract),
        ("src/main/java/Clause.java", clause),
    ];
    let (effect, place, why) = first(init, &code, "DROP TABLE contract_clauses;\n");
    assert_eq!(
        (effect, place.as_str()),
        (RollbackEffect::BreaksReads, "src/main/java/Contract.java:5"),
        "{why}"
    );
    let (effect, place, why) = first(init, &code, "DROP TABLE clause_aud;\n");
    assert_eq!(effect, RollbackEffect::BreaksReads, "{why}");
    assert!(place.starts_with("src/main/java/Clause.java"), "{place}");
}

#[test]
fn a_name_that_is_put_together_is_doubt_with_the_line() {
    let init = "CREATE TABLE article (id bigint PRIMARY KEY, article_rank int, title_de text, title_fr text);\nCREATE TABLE hits_2024 (day date);\n";
    let go = "package store\n\nfunc Title(db *sql.DB, lang string) {\n\tdb.QueryRow(\"SELECT article_rank FROM article\")\n\tcolumn := \"title_\" + lang\n\tdb.Query(fmt.Sprintf(\"SELECT day FROM hits_%d\", year))\n}\n";
    let php = "<?php\nfunction title($db, $lang)\n{\n    $q = $db->prepare('SELECT article_rank FROM article');\n    $column = \"title_{$lang}\";\n    $db->query(\"SELECT day FROM hits_$year\");\n}\n";
    for (path, text) in [("store/store.go", go), ("src/Store.php", php)] {
        for (up, line) in [
            ("ALTER TABLE article DROP COLUMN title_fr;\n", 5),
            ("DROP TABLE hits_2024;\n", 6),
        ] {
            let (effect, place, why) = first(init, &[(path, text)], up);
            assert_eq!(
                (effect, place),
                (RollbackEffect::Doubt, format!("{path}:{line}")),
                "{why}"
            );
        }
    }
    // the key of a cache is no part of a column
    let whole = "package store\n\nfunc Title(db *sql.DB) {\n\tdb.QueryRow(\"SELECT article_rank, title_de FROM article\")\n\tcache.Get(\"page_\" + lang)\n}\n";
    let (effect, _, why) = first(
        init,
        &[("store/store.go", whole)],
        "ALTER TABLE article DROP COLUMN title_fr;\n",
    );
    assert_eq!(effect, RollbackEffect::Safe, "{why}");
}

#[test]
fn what_stands_on_a_dropped_table_is_missed_with_it() {
    let init = "CREATE TABLE legacy_rate (code text, factor numeric);\nCREATE VIEW current_rate AS SELECT code, factor FROM legacy_rate;\nCREATE TABLE settle_log (refund_id bigint);\nCREATE FUNCTION settle(p_id bigint) RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n  INSERT INTO settle_log (refund_id) VALUES (p_id);\nEND\n$$;\n";
    let code = "def rate(db):\n    db.query('SELECT factor FROM current_rate')\n\ndef settle(db):\n    db.execute('SELECT settle(1)')\n";
    for (up, named) in [
        ("DROP TABLE legacy_rate CASCADE;\n", "current_rate"),
        ("DROP TABLE settle_log;\n", "settle"),
    ] {
        let (effect, place, why) = first(init, &[("ship/store.py", code)], up);
        assert_eq!(effect, RollbackEffect::BreaksReads, "{why}");
        assert!(
            place.starts_with("ship/store.py") && why.contains(named),
            "{why}"
        );
    }
    // a view that nobody reads takes nothing along
    let none = "def other(db):\n    db.query('SELECT 1')\n";
    let (effect, _, why) = first(
        init,
        &[("ship/store.py", none)],
        "DROP TABLE legacy_rate CASCADE;\n",
    );
    assert_eq!(effect, RollbackEffect::Safe, "{why}");
}

#[test]
fn statements_of_manifests_and_dashboards_are_use() {
    let init = "CREATE TABLE voucher (id bigint, used_on date, code text);\nCREATE MATERIALIZED VIEW daily_sale AS SELECT code FROM voucher;\n";
    let job = "kind: CronJob\nspec:\n  command: [\"psql\", \"-c\", \"REFRESH MATERIALIZED VIEW daily_sale\"]\n";
    let panel = "{\"targets\": [{\"rawSql\": \"SELECT used_on AS time FROM voucher\"}]}\n";
    let code = [
        ("deploy/cronjob.yaml", job),
        ("grafana/sales.json", panel),
        (
            "app/store.py",
            "def f(db):\n    db.query('SELECT code FROM voucher')\n",
        ),
    ];
    let (effect, place, why) = first(init, &code, "DROP MATERIALIZED VIEW daily_sale;\n");
    assert_eq!(
        (effect, place.as_str()),
        (RollbackEffect::BreaksReads, "deploy/cronjob.yaml:3"),
        "{why}"
    );
    let (effect, place, why) = first(init, &code, "ALTER TABLE voucher DROP COLUMN used_on;\n");
    assert_eq!(
        (effect, place.as_str()),
        (RollbackEffect::BreaksReads, "grafana/sales.json:1"),
        "{why}"
    );
    // words of a manifest that are no statement prove nothing
    let plain = [
        ("deploy/app.yaml", "kind: Deployment\nname: daily_sale\n"),
        (
            "app/store.py",
            "def f(db):\n    db.query('SELECT code FROM voucher')\n",
        ),
    ];
    let (effect, _, why) = first(init, &plain, "DROP MATERIALIZED VIEW daily_sale;\n");
    assert_eq!(effect, RollbackEffect::Safe, "{why}");
}
