//! Rows that program text rewrites without a migration; downs of another database and of an up that
//! only starts something; names that prove nothing.

use super::*;
use model::Severity;

/// Findings and the fact whether rows were rewritten, of a file that is new in the range.
fn added(path: &str, text: &str, old: (&str, &str)) -> (Option<&'static str>, Vec<String>) {
    let outcome = assess(&[old], &[old, (path, text)]);
    let rewritten = outcome
        .findings
        .iter()
        .filter(|finding| finding.check == "database/data-rewritten")
        .map(|finding| {
            let place = finding.evidence.first().and_then(model::Evidence::raw_path);
            place.unwrap_or_default().to_owned()
        })
        .collect();
    (value(&outcome, "database.data_migrated"), rewritten)
}

#[test]
fn a_statement_that_no_key_binds_rewrites_rows_without_a_migration() {
    let old = (
        "src/main/kotlin/Keys.kt",
        "fun valid(s: String) = jdbc.query(\"SELECT count(*) FROM api_key WHERE secret = ?\", s)\n",
    );
    let runner = "class HashTokens : ApplicationRunner {\n    override fun run() {\n        jdbc.update(\"UPDATE api_key SET secret = encode(sha256(secret::bytea), 'hex') WHERE length(secret) < 64\")\n    }\n}\n";
    assert_eq!(
        added("src/main/kotlin/HashTokens.kt", runner, old),
        (
            Some("unknown"),
            vec!["src/main/kotlin/HashTokens.kt".to_owned()]
        )
    );
    for text in [
        // one row at a time, by its key
        "fun f(id: Long) = jdbc.update(\"UPDATE api_key SET secret = 1 WHERE id = ?\", id)\n",
        "fun f() = jdbc.update(\"UPDATE api_key SET secret = 1 \" +\n    \"WHERE id = ?\", id)\n",
        // a clean-up is the work of every day
        "fun f() = jdbc.update(\"DELETE FROM api_key WHERE ends_at < now()\")\n",
        // a table that the previous release does not use
        "fun f() = jdbc.update(\"UPDATE other_table SET a = 1\")\n",
        "// UPDATE api_key SET secret = 1\n",
    ] {
        let (value, found) = added("src/main/kotlin/Other.kt", text, old);
        assert_eq!((value, found.len()), (Some("no"), 0), "{text}");
    }
}

#[test]
fn a_walk_that_saves_each_row_rewrites_rows() {
    let old = (
        "app/Models/Customer.php",
        "<?php\nclass Customer extends Model\n{\n}\n",
    );
    let job = "<?php\nclass NormalizePhones\n{\n    public function handle()\n    {\n        Customer::query()->chunkById(500, function ($all) {\n            foreach ($all as $one) {\n                $one->phone = '+49' . $one->phone;\n                $one->save();\n            }\n        });\n    }\n}\n";
    let (value, found) = added("app/Jobs/NormalizePhones.php", job, old);
    assert_eq!((value, found.len()), (Some("unknown"), 1));
    let reads = job.replace("$one->save();", "print($one->phone);");
    let (value, found) = added("app/Jobs/NormalizePhones.php", &reads, old);
    assert_eq!((value, found.len()), (Some("no"), 0));
}

#[test]
fn a_down_that_does_nothing_is_not_complete_where_the_up_was_not_understood() {
    let down = |up: &str| {
        let text = format!(
            "<?php\n\nuse Illuminate\\Database\\Migrations\\Migration;\n\nreturn new class extends Migration {{\n    public function up(): void\n    {{\n{up}    }}\n\n    public function down(): void\n    {{\n    }}\n}};\n"
        );
        let base = [(
            "composer.json",
            "{\"require\": {\"laravel/framework\": \"^11.0\"}}",
        )];
        let current = [
            base[0],
            ("database/migrations/2025_02_01_000000_x.php", text.as_str()),
        ];
        let outcome = assess(&base, &current);
        value(&outcome, "database.downs")
    };
    assert_ne!(
        down("        NormalizePhones::dispatch();\n"),
        Some("complete")
    );
    assert_ne!(down("        Schema::drop('a');\n"), Some("complete"));
}

#[test]
fn a_down_in_the_words_of_another_database_fails() {
    let init = "-- +goose Up\nCREATE TABLE person (id BIGSERIAL PRIMARY KEY);\nCREATE TABLE folder (id BIGSERIAL PRIMARY KEY, title TEXT);\n-- +goose Down\nDROP TABLE folder;\n";
    let state = |down: &str| {
        let up = format!(
            "-- +goose Up\nALTER TABLE folder ADD COLUMN owner_id BIGINT;\nCREATE INDEX folder_owner ON folder (owner_id);\n-- +goose Down\n{down}ALTER TABLE folder DROP COLUMN owner_id;\n"
        );
        let base = [
            (
                "go.mod",
                "module a\nrequire github.com/jackc/pgx/v5 v5.5.2\nrequire github.com/pressly/goose/v3 v3.18.0\n",
            ),
            ("migrations/00001_init.sql", init),
        ];
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([("migrations/00002_owner.sql", up.as_str())])
            .collect();
        assess(&base, &current).migrations.remove(0).down.state
    };
    // MySQL names the table of an index that it drops; PostgreSQL has no such word
    assert_eq!(
        state("DROP INDEX folder_owner ON folder;\n"),
        Some(DownState::Failing)
    );
    assert_eq!(
        state("DROP INDEX folder_owner;\n"),
        Some(DownState::Complete)
    );
}

#[test]
fn names_of_messages_and_of_others_block_nothing() {
    let blocks = |init: &str, up: &str, code: Files<'_>| {
        let mut base: Vec<(&str, &str)> = vec![("db/postgres/migrations/0001_init.up.sql", init)];
        base.extend(code.iter().copied());
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([("db/postgres/migrations/0002_x.up.sql", up)])
            .collect();
        assess(&base, &current)
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Blocks)
    };
    let init = "CREATE TABLE parcel (id bigint PRIMARY KEY, label text, depot_code text);\n";
    let up = "ALTER TABLE parcel DROP COLUMN depot_code;\n";
    let entity = "@Entity\npublic class Parcel {\n    private String label;\n}\n";
    // a message of a queue has the word of the column
    let message = "public record DepotMessage(@JsonProperty(\"depot_code\") String depotCode, long parcel) {\n}\n";
    let listener = "public class DepotListener {\n    public void on(DepotMessage message) {\n        log.info(\"parcel {} came to depot_code={}\", message.parcel(), message.depotCode());\n    }\n}\n";
    let code = [
        ("src/main/java/ship/Parcel.java", entity),
        ("src/main/java/ship/DepotMessage.java", message),
        ("src/main/java/ship/DepotListener.java", listener),
    ];
    assert!(!blocks(init, up, &code));
    let mapped = entity.replace("label;", "label;\n    private String depotCode;");
    assert!(blocks(
        init,
        up,
        &[("src/main/java/ship/Parcel.java", mapped.as_str())]
    ));
    let init = "CREATE TABLE customers (id bigint PRIMARY KEY, name text, fax text);\n";
    let up = "ALTER TABLE customers DROP COLUMN fax;\n";
    let php = |key: &str| {
        format!(
            "<?php\nclass Customers\n{{\n    public function take(array $partner): void\n    {{\n        if (isset({key}['fax'])) {{\n            error_log('customers: fax is ignored');\n        }}\n        $q = $this->db->prepare('INSERT INTO customers (name) VALUES (?)');\n    }}\n}}\n"
        )
    };
    // `$partner` comes from another program, `$row` from the table
    assert!(!blocks(
        init,
        up,
        &[("src/Customers.php", &php("$partner"))]
    ));
    assert!(blocks(init, up, &[("src/Customers.php", &php("$row"))]));
}

#[test]
fn an_index_that_a_statement_needs_is_missed() {
    let effect = |dialect: &str, init: &str, up: &str, code: Files<'_>| {
        let first = format!("db/{dialect}/migrations/0001_init.up.sql");
        let second = format!("db/{dialect}/migrations/0002_x.up.sql");
        let mut base: Vec<(&str, &str)> = vec![(first.as_str(), init)];
        base.extend(code.iter().copied());
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([(second.as_str(), up)])
            .collect();
        assess(&base, &current).migrations.remove(0).rollback
    };
    let init = "CREATE TABLE parcel (id bigint PRIMARY KEY, label varchar(100) NOT NULL);\nALTER TABLE parcel ADD FULLTEXT INDEX parcel_words (label);\n";
    let up = "ALTER TABLE parcel DROP INDEX parcel_words;\n";
    let search =
        "<?php\n$q = $db->prepare('SELECT id FROM parcel WHERE MATCH (label) AGAINST (?)');\n";
    let plain = "<?php\n$q = $db->prepare('SELECT id FROM parcel WHERE label = ?');\n";
    assert_eq!(
        effect("mysql", init, up, &[("src/Store.php", search)]),
        RollbackEffect::BreaksReads
    );
    assert_eq!(
        effect("mysql", init, up, &[("src/Store.php", plain)]),
        RollbackEffect::Safe
    );
    let init = "CREATE TABLE prefs (id bigint PRIMARY KEY, user_id bigint, body text);\nCREATE UNIQUE INDEX prefs_user ON prefs (user_id);\n";
    let up = "DROP INDEX prefs_user;\n";
    let upsert = "export const save = (db, v) =>\n  db.insert(prefs).values(v).onConflictDoUpdate({ target: prefs.userId, set: v });\n";
    let insert = "export const save = (db, v) => db.insert(prefs).values(v);\n";
    assert_eq!(
        effect("postgres", init, up, &[("src/prefs.ts", upsert)]),
        RollbackEffect::BreaksWrites
    );
    assert_eq!(
        effect("postgres", init, up, &[("src/prefs.ts", insert)]),
        RollbackEffect::Safe
    );
    let init = "CREATE TABLE events (at bigint, n bigint);\n";
    let up = "ALTER TABLE events ADD COLUMN region varchar(9);\n";
    // without a list the driver sends every column
    let batch =
        "package sink\n\nfunc Write(c Conn) {\n\tc.PrepareBatch(ctx, \"INSERT INTO events\")\n}\n";
    let named = "package sink\n\nfunc Write(c Conn) {\n\tc.PrepareBatch(ctx, \"INSERT INTO events (at, n)\")\n}\n";
    assert_eq!(
        effect("mysql", init, up, &[("sink/events.go", batch)]),
        RollbackEffect::BreaksWrites
    );
    assert_eq!(
        effect("mysql", init, up, &[("sink/events.go", named)]),
        RollbackEffect::Safe
    );
}

/// The effect of a statement that writes a word, beside an enumeration of the older release.
fn effect_beside(path: &str, program: &str, statement: &str) -> Option<(Severity, String)> {
    let init = (
        "db/migrations/0001_init.up.sql",
        "CREATE TABLE repositories (id int PRIMARY KEY, license text);\n",
    );
    let list = (
        "src/list.go",
        "package list\n\nfunc All(db *sql.DB) { db.Query(`SELECT id, license FROM repositories`) }\n",
    );
    let more = ("db/migrations/0002_more.up.sql", statement);
    let outcome = assess(
        &[init, list, (path, program)],
        &[init, list, (path, program), more],
    );
    outcome
        .findings
        .iter()
        .find(|finding| finding.check == "database/data-rewritten")
        .map(|finding| (finding.severity, finding.says.as_raw().to_owned()))
}

#[test]
fn a_word_that_a_strict_enumeration_lacks_breaks_reads() {
    let swift = "enum License: String, Codable {\n    case mit\n    case other\n}\n";
    let php =
        "<?php\nenum License: string\n{\n    case Mit = 'mit';\n    case Other = 'other';\n}\n";
    let statement = "UPDATE repositories SET license = 'unknown' WHERE license = 'other';\n";
    for (path, program) in [("Sources/License.swift", swift), ("src/License.php", php)] {
        let (severity, says) = effect_beside(path, program, statement).expect("a finding");
        assert!(
            severity == Severity::Blocks && says.contains("\"unknown\""),
            "{path}: {severity:?} {says}"
        );
    }
    // a word that it knows, an enumeration about something else, and one that takes any word
    let known = "UPDATE repositories SET license = 'mit' WHERE license = 'other';\n";
    let colour = swift.replace("License", "Colour");
    let lenient =
        "#[derive(Deserialize)]\nenum License {\n    Mit,\n    #[serde(other)]\n    Other,\n}\n";
    for (path, program, statement) in [
        ("Sources/License.swift", swift, known),
        ("Sources/Colour.swift", colour.as_str(), statement),
        ("src/license.rs", lenient, statement),
    ] {
        let (severity, says) = effect_beside(path, program, statement).expect("a finding");
        assert_eq!(severity, Severity::Warns, "{path}: {says}");
    }
}
