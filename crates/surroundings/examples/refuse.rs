//! Finds what the older release refuses to read, and a setting that it needs, without git:
//! `cargo run -p backout-surroundings --example refuse`.

use coverage::ReleaseRange;
use model::{Changelog, Config, FileKind, MemorySnapshot};

const READER: &str = "\
FORMAT_VERSION = 3

def load(data):
    if data['version'] > FORMAT_VERSION:
        raise ValueError('written by a newer release')
    return data
";

fn main() {
    let newer = READER.replace("FORMAT_VERSION = 3", "FORMAT_VERSION = 4");
    let previous = MemorySnapshot::new([
        ("shop/store.py", READER),
        (".env", "QUEUE_URL=amqp://queue\nTIMEOUT=5\n"),
    ]);
    let current = MemorySnapshot::new([
        ("shop/store.py", newer.as_str()),
        (".env", "QUEUE_URL=amqp://queue\n"),
    ]);
    let mut changes = previous.changes_to(&current);
    for change in &mut changes {
        change.kind = match change.path.as_str() {
            ".env" => FileKind::Config,
            _ => FileKind::Code,
        };
    }
    let range = ReleaseRange {
        previous: &previous,
        current: &current,
        changes: &changes,
        config: &Config::default(),
        previous_version: "3.0.0",
        current_version: "3.1.0",
    };
    let stored = surroundings::stored::check_stored_forms(&range);
    let others = surroundings::check_surroundings(&range, &Changelog::default());
    for finding in stored.findings.iter().chain(&others.findings) {
        println!("{}: {}", finding.check, finding.says);
    }
    for open in stored.unchecked.iter().chain(&others.unchecked) {
        println!("not known: {}: {}", open.what, open.why);
    }
}
