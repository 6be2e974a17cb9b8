//! Tools whose migrations are SQL in strings of a program.

use super::*;

const ORDERS: &str = "CREATE TABLE orders (id int, note text);\n";
const CODE: &str = "def load(db):\n    return db.query('SELECT id, note FROM orders')\n";

fn worst(path: &str, text: &str) -> (String, RollbackEffect) {
    let base = [
        ("db/migrations/0001_init.up.sql", ORDERS),
        ("app/orders.py", CODE),
    ];
    let current: Vec<(&str, &str)> = base.iter().copied().chain([(path, text)]).collect();
    let outcome = assess(&base, &current);
    outcome
        .migrations
        .first()
        .map(|migration| (migration.framework.to_string(), migration.rollback))
        .unwrap_or((String::new(), RollbackEffect::Safe))
}

#[test]
fn sql_in_mikro_orm_and_doctrine_is_read() {
    let mikro = "export class Migration20240101000000 extends Migration {\n  async up() {\n    this.addSql('alter table orders drop column note;');\n  }\n  async down() {\n    this.addSql('alter table orders add column note text;');\n  }\n}\n";
    assert_eq!(
        worst("src/migrations/Migration20240101000000.ts", mikro),
        ("mikro-orm".to_owned(), RollbackEffect::BreaksReads)
    );
    let doctrine = "<?php\nfinal class Version20240101000000 extends AbstractMigration\n{\n    public function up(Schema $schema): void\n    {\n        $this->addSql('ALTER TABLE orders DROP COLUMN note');\n    }\n}\n";
    assert_eq!(
        worst("migrations/Version20240101000000.php", doctrine),
        ("doctrine".to_owned(), RollbackEffect::BreaksReads)
    );
}

#[test]
fn node_pg_migrate_and_yoyo_are_read() {
    let pgm = "exports.up = (pgm) => {\n  pgm.dropColumn('orders', 'note');\n};\n";
    assert_eq!(
        worst("migrations/1700000000000_drop.js", pgm),
        ("node-pg-migrate".to_owned(), RollbackEffect::BreaksReads)
    );
    let yoyo = "from yoyo import step\n\nsteps = [step('ALTER TABLE orders DROP COLUMN note')]\n";
    assert_eq!(
        worst("migrations/0002_drop.py", yoyo),
        ("yoyo".to_owned(), RollbackEffect::BreaksReads)
    );
}

#[test]
fn statements_in_a_program_that_are_new_are_judged() {
    let before = "var all = []func(tx *sql.Tx) error{\n\tfunc(tx *sql.Tx) error {\n\t\t_, err := tx.Exec(`CREATE TABLE orders (id int, note text)`)\n\t\treturn err\n\t},\n}\n";
    let after =
        before.replace("\n}\n", "\n\tfunc(tx *sql.Tx) error {\n\t\t_, err := tx.Exec(`ALTER TABLE orders DROP COLUMN note`)\n\t\treturn err\n\t},\n}\n");
    let outcome = assess(
        &[
            ("internal/database/migrations.go", before),
            ("app/orders.py", CODE),
        ],
        &[
            ("internal/database/migrations.go", &after),
            ("app/orders.py", CODE),
        ],
    );
    let found: Vec<_> = outcome
        .migrations
        .iter()
        .map(|migration| {
            (
                migration.framework.as_str(),
                migration.rollback,
                migration.operations.len(),
            )
        })
        .collect();
    assert_eq!(found, [("code", RollbackEffect::BreaksReads, 1)]);
    assert_eq!(outcome.migrations[0].line, 7);
}

#[test]
fn statements_outside_migrations_are_listed_and_not_judged() {
    let outcome = assess(
        &[("app/orders.py", CODE)],
        &[
            ("app/orders.py", CODE),
            (
                "app/cache.py",
                "db.execute('CREATE TABLE cache (id int)')\n",
            ),
        ],
    );
    assert!(outcome.migrations.is_empty());
    assert_eq!(outcome.unchecked[0].what, "app/cache.py:1");
    // tests make tables for themselves
    let tests = assess(
        &[("app/orders.py", CODE)],
        &[
            ("app/orders.py", CODE),
            (
                "app/tests/test_db.py",
                "db.execute('CREATE TABLE cache (id int)')\n",
            ),
        ],
    );
    assert!(tests.unchecked.is_empty());
    // a temporary table is no part of the schema
    let temporary = assess(
        &[("app/orders.py", CODE)],
        &[
            ("app/orders.py", CODE),
            (
                "app/report.py",
                "db.execute('CREATE TEMP TABLE t (id int)')\n",
            ),
        ],
    );
    assert!(temporary.unchecked.is_empty());
}

#[test]
fn a_versioned_file_of_an_unknown_tool_is_doubt() {
    let java = "class V2__Drop extends BaseJavaMigration { public void migrate(Context c) { jdbc(c).execute(\"ALTER TABLE orders \" + \"DROP COLUMN note\"); } }";
    assert_eq!(
        worst("src/main/java/db/migration/V2__Drop.java", java),
        ("flyway".to_owned(), RollbackEffect::BreaksReads)
    );
    let other = "package migrations\n\nfunc Up_20240101(m *Table) { m.Column(\"note\").Drop() }\n";
    assert_eq!(
        worst("migrations/20240101_drop.go", other),
        ("other".to_owned(), RollbackEffect::Doubt)
    );
    // versioned files move settings too
    let settings = "const move = (settings) => { settings.host = settings.hostname; };\nexport default move;\n";
    assert_eq!(
        worst("server/settings/migrations/0001_move.ts", settings),
        (String::new(), RollbackEffect::Safe)
    );
}

#[test]
fn db_migrate_is_read_by_its_builder_and_its_statements() {
    let drop = "exports.up = function (db, callback) {\n  db.removeColumn('orders', 'note', callback);\n};\nexports.down = function (db, callback) {\n  db.addColumn('orders', 'note', { type: 'string' }, callback);\n};\n";
    assert_eq!(
        worst("src/migrations/20240101120000-drop.js", drop),
        ("db-migrate".to_owned(), RollbackEffect::BreaksReads)
    );
    let sql = "exports.up = (db, cb) => {\n  db.runSql(`ALTER TABLE orders ADD COLUMN seen boolean NOT NULL DEFAULT false`, cb);\n};\nexports.down = (db, cb) => {\n  db.runSql('ALTER TABLE orders DROP COLUMN seen', cb);\n};\n";
    assert_eq!(
        worst("src/migrations/20240101120000-seen.js", sql),
        ("db-migrate".to_owned(), RollbackEffect::Safe)
    );
}

#[test]
fn one_file_an_engine_is_a_group() {
    let sql = "ALTER TABLE orders DROP COLUMN note;\n";
    let outcome = assess(
        &[
            ("schema/delta/01/01_init.sql", ORDERS),
            ("app/orders.py", CODE),
        ],
        &[
            ("schema/delta/01/01_init.sql", ORDERS),
            ("app/orders.py", CODE),
            ("schema/delta/02/02_drop.sql.postgres", sql),
            ("schema/delta/02/02_drop.sql.sqlite", sql),
        ],
    );
    let found: Vec<_> = outcome
        .migrations
        .iter()
        .map(|migration| migration.dialect.as_str())
        .collect();
    assert_eq!(found, ["postgresql", "sqlite"]);
    assert_eq!(outcome.migrations[0].group, outcome.migrations[1].group);
}

#[test]
fn a_schema_that_a_tool_keeps_is_held_against_its_migrations() {
    let init = "CREATE TABLE \"Order\" (\"id\" INTEGER NOT NULL, \"note\" TEXT, PRIMARY KEY (\"id\"));\nCREATE TABLE \"Cart\" (\"id\" INTEGER NOT NULL);\n";
    let model =
        |order: &str, rest: &str| format!("model Order {{\n  id Int @id\n{order}}}\n{rest}");
    let (carts, note) = ("model Cart {\n  id Int @id\n}\n", "  note String?\n");
    let judge = |sql: &str, old: &str, new: &str| {
        let base = [
            ("prisma/migrations/20240101000000_init/migration.sql", init),
            ("prisma/schema.prisma", old),
        ];
        let mut current = vec![base[0], ("prisma/schema.prisma", new)];
        current.extend(
            (!sql.is_empty()).then_some(("prisma/migrations/20240201000000_x/migration.sql", sql)),
        );
        let outcome = assess(&base, &current);
        let says = |check: &str| {
            let found = outcome
                .findings
                .iter()
                .filter(|finding| finding.check == check);
            found
                .map(|finding| {
                    (
                        finding.says.clone(),
                        finding
                            .evidence
                            .iter()
                            .map(|place| place.line)
                            .collect::<Vec<_>>(),
                    )
                })
                .collect::<Vec<_>>()
        };
        (
            says("database/snapshot-disagrees"),
            outcome
                .unchecked
                .iter()
                .any(|entry| entry.why.as_raw().contains("the schema it keeps")),
        )
    };
    let old = model(note, carts);
    // Both say the same.
    let both = judge(
        "ALTER TABLE \"Order\" ADD COLUMN \"sku\" TEXT;\nDROP TABLE \"Cart\";\n",
        &old,
        &model("  note String?\n  sku String?\n", ""),
    );
    assert_eq!(both, (vec![], false));
    // The file knows more than the migrations; there is no migration at all.
    let (found, _) = judge("", &old, &model(note, ""));
    assert_eq!(
        found,
        [(
            "Cart is gone from prisma/schema.prisma, and no migration of the range drops it".into(),
            vec![Some(5)]
        )]
    );
    // The migrations know more than the file: both lines are shown.
    let (found, _) = judge(
        "SELECT 1;\nALTER TABLE \"Order\" DROP COLUMN \"note\";\n",
        &old,
        &old,
    );
    assert_eq!(
        found,
        [(
            "a migration drops Order.note, and prisma/schema.prisma still has it".into(),
            vec![Some(2), Some(3)]
        )]
    );
    // What was not understood is not taken for nothing.
    assert_eq!(
        judge(
            "ALTER TABLE FROBNICATE;;; DO WHAT;\n",
            &old,
            &model(note, "")
        ),
        (vec![], true)
    );
}

#[test]
fn an_edited_repeatable_script_counts_because_it_runs_again() {
    let view =
        |columns: &str| format!("CREATE OR REPLACE VIEW totals AS SELECT {columns} FROM orders;\n");
    let (before, after) = (view("id, note"), view("id"));
    let code = "def load(db):\n    return db.query('SELECT id, note FROM totals')\n";
    let outcome = assess(
        &[
            ("sql/V1__init.sql", ORDERS),
            ("sql/R__totals.sql", &before),
            ("app/orders.py", code),
        ],
        &[
            ("sql/V1__init.sql", ORDERS),
            ("sql/R__totals.sql", &after),
            ("app/orders.py", code),
        ],
    );
    let facts = summary::summarize_database(&outcome);
    assert_ne!(
        facts.get("database.old_code").map(|fact| fact.value),
        Some("safe")
    );
    assert_ne!(
        facts.get("database.schema").map(|fact| fact.value),
        Some("none")
    );
}

#[test]
fn an_edited_member_of_a_list_of_migrations_does_not_run_again() {
    let list = |kind: &str, more: &str| {
        format!(
            "package database\n\nvar migrations = [...]func(tx *sql.Tx) error{{\n\tfunc(tx *sql.Tx) error {{\n\t\t_, err := tx.Exec(`CREATE TABLE jars (id int, kind text);`)\n\t\treturn err\n\t}},\n\tfunc(tx *sql.Tx) error {{\n\t\t_, err := tx.Exec(`DELETE FROM jars WHERE kind = '{kind}';`)\n\t\treturn err\n\t}},\n{more}}}\n"
        )
    };
    let more = "\tfunc(tx *sql.Tx) error {\n\t\t_, err := tx.Exec(`ALTER TABLE jars ADD COLUMN label text NOT NULL DEFAULT '';`)\n\t\treturn err\n\t},\n";
    let program = (
        "internal/store/jars.go",
        "package store\n\nfunc List(db *sql.DB) {\n\tdb.Query(`SELECT id, kind FROM jars`)\n}\n",
    );
    let (old, new) = (list("old", ""), list("old' AND id > '1", more));
    let path = "internal/database/migrations.go";
    let outcome = assess(&[(path, &old), program], &[(path, &new), program]);
    assert_eq!(value(&outcome, "database.schema"), Some("additive"));
    assert_eq!(value(&outcome, "database.data_migrated"), Some("no"));
    let checks: Vec<&str> = outcome
        .findings
        .iter()
        .map(|finding| finding.check.as_str())
        .collect();
    assert!(
        checks.contains(&"database/edited-after-shipping")
            && !checks.contains(&"database/rows-removed"),
        "{checks:?}"
    );
    // a statement that runs whenever the program does is no member of a list
    let sweep = |kind: &str| {
        format!(
            "package database\n\nfunc Sweep(db *sql.DB) {{\n\tdb.Exec(`ALTER TABLE jars ALTER COLUMN kind TYPE {kind};`)\n}}\n"
        )
    };
    let (old, new) = (sweep("text"), sweep("int USING kind::int"));
    let outcome = assess(
        &[("internal/database/migrate.go", &old), program],
        &[("internal/database/migrate.go", &new), program],
    );
    assert!(!outcome.migrations.is_empty());
}
