//! Any bytes as a migration and as its history: the check ends, and shows no control characters.

use backout::check::{DatabaseOutcome, ReleaseRange, database};
use backout::model::{Config, MemorySnapshot};
use proptest::prelude::*;

const PATHS: [&str; 24] = [
    "db/postgres/migrations/0002_x.up.sql",
    "db/mysql/migrations/0002_x.up.sql",
    "db/sqlite/migrations/0002_x.up.sql",
    "util/DbScripts/2024-01-01_00_X.sql",
    "db/changelog/changelog.xml",
    "db/migrate/20240101000000_x.rb",
    "app/migrations/0002_x.py",
    "database/migrations/2024_01_01_000000_x.php",
    "priv/repo/migrations/20240101000000_x.exs",
    "Data/Migrations/20240101000000_X.cs",
    "migrations/20240101000000-x.js",
    "prisma/migrations/20240101000000_x/migration.sql",
    "migrations/1700000000000-x.ts",
    "migration/src/m20240101_000000_x.rs",
    "src/main/java/db/migration/V0002__X.java",
    "migrations/0002_x.go",
    "migrations/Version20240101000000.php",
    "db/migrations/20240101000000_x.php",
    "migrations/Migration20240101000000.ts",
    "schema/cassandra/versioned/v1.0002/x.cql",
    "schema/delta/0002/x.sql.postgres",
    "clickhouse/migrations/0002_x.up.sql",
    "db/changelog/0002.yaml",
    "alembic/versions/0002_x.py",
];

/// What makes a file of each path a migration of its tool, before anything else stands in it.
fn marked(path: &str, text: &[u8]) -> Vec<u8> {
    let mark = match path {
        "migrations/1700000000000-x.ts" => {
            "class X implements MigrationInterface { async up(queryRunner) {\n"
        }
        "migrations/20240101000000-x.js" => "exports.up = (pgm) => { pgm.\n",
        "migrations/Version20240101000000.php" => {
            "<?php class X extends AbstractMigration { function up($schema) {\n"
        }
        "db/migrations/20240101000000_x.php" => {
            "<?php class X extends AbstractMigration { function change() { $this->table('orders')\n"
        }
        "migrations/Migration20240101000000.ts" => {
            "class X extends Migration { async up() { this.addSql(\n"
        }
        "Data/Migrations/20240101000000_X.cs" => {
            "class X : Migration { void Up(MigrationBuilder migrationBuilder) {\n"
        }
        "app/migrations/0002_x.py" => {
            "class Migration(migrations.Migration):\n    operations = [\n"
        }
        "alembic/versions/0002_x.py" => "revision = '2'\ndown_revision = '1'\ndef upgrade():\n    ",
        "migrations/0002_x.go" => "func init() { goose.AddMigration(up, nil) }\nfunc up() {\n",
        "migration/src/m20240101_000000_x.rs" => "fn up() { manager.alter_table(\n",
        _ => "",
    };
    [mark.as_bytes(), text].concat()
}

fn check(path: &str, text: &[u8], history: &[u8]) -> DatabaseOutcome {
    let marked = marked(path, text);
    let text = marked.as_slice();
    let code = "db.execute('SELECT id, note FROM orders JOIN parcels')\n".as_bytes();
    let before = path
        .replace("0002", "0001")
        .replace("20240101", "20230101")
        .replace("2024_01_01", "2023_01_01");
    let schema: [(&str, &[u8]); 3] = [
        ("db/schema.rb", history),
        ("prisma/schema.prisma", history),
        ("db/schema.sql", history),
    ];
    let old: Vec<(&str, &[u8])> = schema
        .into_iter()
        .chain([("app/store.py", code), (before.as_str(), history)])
        .filter(|(name, _)| *name != path)
        .collect();
    let new: Vec<(&str, &[u8])> = old.iter().copied().chain([(path, text)]).collect();
    let (previous, current) = (MemorySnapshot::new(old), MemorySnapshot::new(new));
    let config = Config::default();
    database::check_database(&ReleaseRange {
        previous: &previous,
        current: &current,
        changes: &previous.changes_to(&current),
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    })
}

/// Pieces of migrations, put together in any order: nearer to real texts than bytes are.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "ALTER TABLE ",
        "orders",
        " ADD COLUMN ",
        "note",
        " varchar(",
        "20",
        ")",
        " NOT NULL",
        " DEFAULT ",
        "'",
        "\"",
        "`",
        "$$",
        "$x$",
        "(",
        ")",
        ";",
        "\n",
        "--",
        "/*",
        "*/",
        "CREATE TABLE ",
        " AS SELECT ",
        "DROP ",
        "COLUMN ",
        "RENAME ",
        " TO ",
        "CHECK (",
        " REFERENCES ",
        "BEGIN",
        "END",
        "IF ",
        "GO\n",
        "\\",
        "é",
        "DELIMITER //\n",
        "EXECUTE ",
        "create_table ",
        "t.string ",
        "do |t|\n",
        "end\n",
        "migrations.AddField(",
        "op.add_column(",
        "{",
        "}",
        "[",
        "]",
        "=",
        ",",
        ":",
        "=>",
        "model orders {\n",
        "@@map(\"",
        "<changeSet id=\"1\" author=\"a\">",
        "<addColumn tableName=\"orders\">",
        "COLLATE ",
        "ENUM (",
        "\0",
        "\u{202e}",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_bytes_end(at in 0..PATHS.len(), text in prop::collection::vec(any::<u8>(), 0..400), history in prop::collection::vec(any::<u8>(), 0..200)) {
        check(PATHS[at], &text, &history);
    }

    #[test]
    fn any_pieces_end_and_hide_no_control_characters(at in 0..PATHS.len(), text in pieces(), history in pieces()) {
        let outcome = check(PATHS[at], text.as_bytes(), history.as_bytes());
        for operation in outcome.migrations.iter().flat_map(|migration| &migration.operations) {
            prop_assert!(!operation.why.contains(['\0', '\u{202e}']), "{}", operation.why);
        }
    }
}

#[test]
fn deep_nesting_ends_in_every_language() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("<a>", "</a>"),
    ] {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        for path in PATHS {
            check(path, deep.as_bytes(), deep.as_bytes());
        }
    }
}

#[test]
fn loops_in_loops_are_not_written_out() {
    let ruby = format!(
        "class X < ActiveRecord::Migration[7.0]\n  def change\n{}    add_column :orders, :a, \
            :text\n{}  end\nend\n",
        "[1, 2, 3, 4, 5, 6, 7, 8, 9].each do |a|\n".repeat(100),
        "end\n".repeat(100)
    );
    let script = format!(
        "exports.up = (knex) => {{ {} knex.schema.table('orders', (t) => t.text('a')); {} }};",
        "for (const a of ['b', 'c', 'd']) {".repeat(100),
        "}".repeat(100)
    );
    for (path, text) in [
        ("db/migrate/20240101000000_x.rb", &ruby),
        ("migrations/20240101000000_x.js", &script),
    ] {
        let outcome = check(path, text.as_bytes(), b"");
        assert!(
            outcome
                .migrations
                .iter()
                .map(|migration| migration.operations.len())
                .sum::<usize>()
                <= 4_000,
            "{path}"
        );
    }
}

#[test]
fn a_migration_of_fifty_megabytes_is_an_entry() {
    let large = "ALTER TABLE orders ADD COLUMN a int;\n".repeat(50 * 1024 * 1024 / 37);
    for path in [
        "db/postgres/migrations/0002_x.up.sql",
        "db/migrate/20240101000000_x.rb",
        "db/changelog/0002.yaml",
        "schema/cassandra/versioned/v1.0002/x.cql",
    ] {
        let outcome = check(path, large.as_bytes(), b"");
        assert!(
            outcome
                .unchecked
                .iter()
                .any(|entry| entry.what.as_raw().contains(path)),
            "{path}: {:?}",
            outcome.unchecked
        );
    }
}
