//! Any bytes as a migration and as its history: the check ends, and shows no control characters.

use backout::check::{DatabaseOutcome, Range, database};
use backout::model::{Config, FileChange, FileStatus, Kind, MemorySnapshot, Snapshot};
use proptest::prelude::*;

const PATHS: [&str; 12] = [
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
];

fn check(path: &str, text: &[u8], history: &[u8]) -> DatabaseOutcome {
    let code = "db.execute('SELECT id, note FROM orders JOIN parcels')\n".as_bytes();
    let before = path.replace("0002", "0001").replace("20240101", "20230101").replace("2024_01_01", "2023_01_01");
    let schema: [(&str, &[u8]); 3] = [("db/schema.rb", history), ("prisma/schema.prisma", history), ("db/schema.sql", history)];
    let old: Vec<(&str, &[u8])> = schema.into_iter().chain([("app/store.py", code), (before.as_str(), history)]).filter(|(name, _)| *name != path).collect();
    let new: Vec<(&str, &[u8])> = old.iter().copied().chain([(path, text)]).collect();
    let (previous, current) = (MemorySnapshot::new(old), MemorySnapshot::new(new));
    let change = FileChange {
        path: path.to_owned(),
        old_path: None,
        old_id: None,
        new_id: current.list().iter().find(|entry| entry.path == path).map(|entry| entry.id.clone()),
        status: FileStatus::Added,
        old_mode: 0,
        new_mode: 0,
        insertions: None,
        deletions: None,
        kind: Kind::Other,
        component: None,
    };
    let config = Config::default();
    database::check(&Range { previous: &previous, current: &current, changes: &[change], config: &config, previous_version: "3.0.0", current_version: "3.1.0" })
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
