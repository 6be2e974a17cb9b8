//! Judges one migration on the way back, without git and without a database:
//! `cargo run -p backout-schema --example judge`.

use coverage::ReleaseRange;
use model::{Config, FileKind, MemorySnapshot};

fn main() {
    let program = (
        "src/orders.py",
        "cursor.execute(\"SELECT id, note FROM orders\")\n",
    );
    let first = (
        "db/migrations/V1__orders.sql",
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n",
    );
    let second = (
        "db/migrations/V2__drop_note.sql",
        "ALTER TABLE orders DROP COLUMN note;\n",
    );
    let previous = MemorySnapshot::new([program, first]);
    let current = MemorySnapshot::new([program, first, second]);
    let mut changes = previous.changes_to(&current);
    for change in &mut changes {
        change.kind = FileKind::Database;
    }
    let found = schema::check_database(&ReleaseRange {
        previous: &previous,
        current: &current,
        changes: &changes,
        config: &Config::default(),
        previous_version: "1.0.0",
        current_version: "1.1.0",
    });
    for finding in found.findings {
        println!("{}: {}", finding.check, finding.says);
    }
    for unchecked in found.unchecked {
        println!("not known: {}: {}", unchecked.what, unchecked.why);
    }
}
