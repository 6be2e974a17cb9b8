//! What is twice as large costs about twice as much: the bytes that readers and checks ask the
//! system for are counted, at two sizes each. Counts are the same on every machine, times are not.
//! Steps that take no memory are counted in the unit tests of their rooms.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write as _;

use backout::check::{ReleaseRange, coverage, database, guard, surroundings};
use backout::checklist::Checklist;
use backout::model::{Changelog, Config, FileKind, MemorySnapshot};

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// The system's memory, counted.
struct Counted;

#[global_allocator]
static COUNTED: Counted = Counted;

fn count(bytes: usize) {
    // a thread that ends no longer counts
    let _ = ASKED.try_with(|asked| asked.set(asked.get() + bytes as u64));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

/// Bytes that a thing asks for.
fn bytes(thing: impl FnOnce()) -> u64 {
    let before = ASKED.get();
    thing();
    ASKED.get() - before
}

fn list(n: usize, one: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    (0..n).for_each(|at| {
        let _ = write!(out, "{}", one(at));
    });
    out
}

type Files = Vec<(String, String)>;

fn range<T>(
    old: Files,
    new: Files,
    kind: FileKind,
    check: impl FnOnce(&ReleaseRange<'_>) -> T,
) -> T {
    let (previous, current) = (MemorySnapshot::new(old), MemorySnapshot::new(new));
    let mut changes = previous.changes_to(&current);
    changes.iter_mut().for_each(|change| change.kind = kind);
    let config = Config::default();
    check(&ReleaseRange {
        previous: &previous,
        current: &current,
        changes: &changes,
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    })
}

/// Migrations on a history of so many tables.
fn migrations(tables: usize, all: impl IntoIterator<Item = (String, String)>) {
    let old: Files = vec![
        (
            "db/postgres/migrations/0000_base.up.sql".to_owned(),
            list(tables, |n| format!("CREATE TABLE t{n} (id int, a text);\n")),
        ),
        (
            "app/store.py".to_owned(),
            "db.execute('SELECT id, a FROM t1')\n".to_owned(),
        ),
    ];
    let new: Files = old.iter().cloned().chain(all).collect();
    range(old, new, FileKind::Code, |range| {
        let found = database::check_database(range);
        assert!(!found.migrations.is_empty(), "nothing was read");
    });
}

fn checklist(questions: usize) {
    let one = |at| {
        format!(
            "  - id: q{at}\n    ask: \"Is it {at}?\"\n    facts: [impact.now]\n    why: \"It matters.\"\n"
        )
    };
    std::hint::black_box(Checklist::lint(
        "list.yaml",
        &format!("name: x\nquestions:\n{}", list(questions, one)),
    ));
}

/// What is read, in how many pieces, and what reads that many.
type Read = (&'static str, usize, fn(usize));

const READ: [Read; 10] = [
    ("statements of a migration", 512, |n| {
        migrations(
            8,
            [(
                "db/postgres/migrations/0001_x.up.sql".to_owned(),
                list(n, |at| format!("ALTER TABLE t1 ADD COLUMN c{at} int;\n")),
            )],
        );
    }),
    ("tables that a migration makes", 512, |n| {
        migrations(
            8,
            [(
                "db/postgres/migrations/0001_x.up.sql".to_owned(),
                list(n, |at| format!("CREATE TABLE n{at} (id int, b text);\n")),
            )],
        );
    }),
    ("tables of the history", 512, |n| {
        migrations(
            n,
            [(
                "db/postgres/migrations/0001_x.up.sql".to_owned(),
                "ALTER TABLE t1 DROP COLUMN a;\n".to_owned(),
            )],
        );
    }),
    ("steps of a way down", 512, |n| {
        let (up, down) = (
            list(n, |at| format!("ALTER TABLE t{at} ADD COLUMN b int;\n")),
            list(n, |at| format!("ALTER TABLE t{at} DROP COLUMN b;\n")),
        );
        migrations(
            n,
            [
                ("db/postgres/migrations/0001_x.up.sql".to_owned(), up),
                ("db/postgres/migrations/0001_x.down.sql".to_owned(), down),
            ],
        );
    }),
    ("ways down on one history", 64, |n| {
        let one = |at: usize| {
            let path = |side: &str| format!("db/postgres/migrations/{:04}_x.{side}.sql", at + 1);
            let (up, down) = (
                format!("ALTER TABLE t1 ADD COLUMN c{at} int;\n"),
                format!("ALTER TABLE t1 DROP COLUMN c{at};\n"),
            );
            [(path("up"), up), (path("down"), down)]
        };
        migrations(64, (0..n).flat_map(one));
    }),
    ("ways down of one text on the same tables", 64, |n| {
        let steps = list(64, |at| format!("    add_column :t{at}, :b, :string\n"));
        let text =
            format!("class X < ActiveRecord::Migration[7.0]\n  def change\n{steps}  end\nend\n");
        let one = |at: usize| (format!("db/migrate/2024{at:010}_x.rb"), text.clone());
        migrations(64, (0..n).map(one));
    }),
    ("parentheses of a statement", 1_024, |n| {
        migrations(
            8,
            [(
                "db/postgres/migrations/0001_x.up.sql".to_owned(),
                format!("SELECT {}1{};\n", "(".repeat(n), ")".repeat(n)),
            )],
        );
    }),
    ("questions of a checklist", 256, checklist),
    ("guards of a file", 512, |n| {
        std::hint::black_box(guard::find_guards(
            "a.go",
            &list(n, |_| "if h.Version > 1 {\nreturn errNewer\n}\n".to_owned()),
        ));
    }),
    ("files of one settings text", 64, |n| {
        let text = |word: &str| list(400, |at| format!("{word}{at}: {at}\n"));
        let files = |word: &str| {
            (0..n)
                .map(|at| (format!("deploy/{at}/values.yaml"), text(word)))
                .collect()
        };
        range(files("a"), files("b"), FileKind::Config, |range| {
            std::hint::black_box(surroundings::check_surroundings(
                range,
                &Changelog::default(),
            ))
        });
    }),
];

#[test]
fn what_is_twice_as_large_costs_about_twice_as_much() {
    for (what, size, read) in READ {
        // what is made once for all is made before
        read(2);
        let (once, twice) = (bytes(|| read(size)), bytes(|| read(2 * size)));
        println!(
            "{what:<32}{once:>12} bytes, twice as many {twice:>12} ({:.2})",
            twice as f64 / once as f64
        );
        assert!(
            twice * 10 <= once * 22,
            "{what}: {once} bytes, and {twice} for twice as many"
        );
    }
}

/// What looks at a range: its name, the kind of file it is shown, and the look.
type Look<'a> = (&'static str, FileKind, &'a dyn Fn(&ReleaseRange<'_>));

/// Bytes that a look at so many files of one text asks for.
fn cost_of_copies(files: usize, kind: FileKind, look: impl FnOnce(&ReleaseRange<'_>)) -> u64 {
    let text = |word: &str| list(2_000, |at| format!("{word}{at}: {at}\n"));
    let all = |word: &str| {
        (0..files)
            .map(|at| (format!("deploy/{at}/values.yaml"), text(word)))
            .collect::<Files>()
    };
    let (old, new) = (all("a"), all("b"));
    range(old, new, kind, |range| bytes(|| look(range)))
}

#[test]
fn a_text_under_more_paths_is_read_once() {
    let surroundings = |range: &ReleaseRange<'_>| {
        drop(surroundings::check_surroundings(
            range,
            &Changelog::default(),
        ));
    };
    let ledger = |range: &ReleaseRange<'_>| {
        let known = coverage::Surroundings::default();
        let ledger = coverage::Ledger::read(range, &known);
        assert_eq!(ledger.files.len(), range.changes.len());
    };
    let looks: [Look<'_>; 3] = [
        ("surroundings", FileKind::Infrastructure, &surroundings),
        ("infrastructure", FileKind::Infrastructure, &ledger),
        ("settings", FileKind::Config, &ledger),
    ];
    for (what, kind, look) in looks {
        cost_of_copies(1, kind, look);
        let (one, many) = (
            cost_of_copies(1, kind, look),
            cost_of_copies(20, kind, look),
        );
        println!("{what:<32}{one:>12} bytes for one file, {many:>12} for twenty of its text");
        assert!(
            many < one * 10,
            "{what}: {one} bytes for one file, {many} for twenty of the same text"
        );
    }
}
