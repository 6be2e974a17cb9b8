//! Any bytes as a migration, in each language that is read. The first byte chooses the layout.
#![no_main]

use backout::check::{Range, database};
use backout::model::{Config, MemorySnapshot};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 20] = [
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
    "migrations/1700000000000-x.ts",
    "migration/src/m20240101_000000_x.rs",
    "src/main/java/db/migration/V0002__X.java",
    "migrations/0002_x.go",
    "migrations/Version20240101000000.php",
    "db/migrations/20240101000000_x.php",
    "schema/cassandra/versioned/v1.2/x.cql",
    "clickhouse/migrations/0002_x.up.sql",
    "db/changelog/0002.yaml",
];

fuzz_target!(|data: &[u8]| {
    let Some((&first, text)) = data.split_first() else { return };
    let path = PATHS[usize::from(first) % PATHS.len()];
    let code = "db.execute('SELECT id, note FROM orders')\n";
    let previous = MemorySnapshot::new([("app/store.py", code.as_bytes())]);
    let current = MemorySnapshot::new([("app/store.py", code.as_bytes()), (path, text)]);
    let config = Config::default();
    database::check(&Range {
        previous: &previous,
        current: &current,
        changes: &previous.changes_to(&current),
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    });
});
