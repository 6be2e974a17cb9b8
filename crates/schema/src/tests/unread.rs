//! Code that cannot be searched is open: it may use what a search in vain did not find.

use super::*;
use model::ReadError;

const TABLES: &str = "CREATE TABLE jars (id int, lid text, glass text);\nCREATE TABLE racks (id int, rack_no int);\nCREATE TABLE bins (id int, bin_no int);\nCREATE TABLE carts (id int, cart_no int);\nCREATE TABLE doors (id int, door_no int);\nCREATE TABLE belts (id int, belt_no int);\n";
const KNOWN: &str = "def all(db):\n    db.query('SELECT glass FROM jars')\n    db.query('SELECT rack_no FROM racks')\n    db.query('SELECT bin_no FROM bins')\n    db.query('SELECT cart_no FROM carts')\n    db.query('SELECT door_no FROM doors')\n    db.query('SELECT belt_no FROM belts')\n";
const USES: &str = "class Store {\n  // \u{e9}tag\u{e8}re\n  object All(Db db) => db.Query(\"SELECT lid FROM jars\");\n}\n";

/// A range that drops `jars.lid`, whose previous release is searched well, with one more file or a
/// file that cannot be read.
fn dropped(more: Option<(&str, Vec<u8>)>, unread: Option<ReadError>) -> DatabaseOutcome {
    let text = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
    let mut base = vec![
        text("db/migrations/0001_init.up.sql", TABLES),
        text("app/depot.py", KNOWN),
    ];
    base.extend(more.map(|(path, bytes)| (path.to_owned(), bytes)));
    let mut next = base.clone();
    next.push(text(
        "db/migrations/0002_lid.up.sql",
        "ALTER TABLE jars DROP COLUMN lid;\n",
    ));
    let (mut old, mut new) = (MemorySnapshot::new(base), MemorySnapshot::new(next));
    if let Some(error) = unread {
        (old, new) = (old.with_unread(error.clone()), new.with_unread(error));
    }
    let changes: Vec<_> = old.changes_to(&new);
    check_database(&ReleaseRange {
        previous: &old,
        current: &new,
        changes: &changes,
        config: &Config::default(),
        previous_version: "3.0.0",
        current_version: "3.1.0",
    })
}

fn old_code(outcome: &DatabaseOutcome) -> &'static str {
    value(outcome, "database.old_code").unwrap_or_default()
}

#[test]
fn use_is_found_whatever_the_encoding_of_the_file() {
    assert_eq!(old_code(&dropped(None, None)), "safe");
    let wide = |mark: bool, write: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.then_some(0xfeff)
            .into_iter()
            .chain(USES.encode_utf16())
            .flat_map(write)
            .collect()
    };
    let four = |mark: bool, write: fn(u32) -> [u8; 4]| -> Vec<u8> {
        mark.then_some(0xfeff)
            .into_iter()
            .chain(USES.chars().map(u32::from))
            .flat_map(write)
            .collect()
    };
    let latin: Vec<u8> = USES
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let all = [
        USES.as_bytes().to_vec(),
        latin,
        wide(true, u16::to_le_bytes),
        wide(true, u16::to_be_bytes),
        wide(false, u16::to_le_bytes),
        wide(false, u16::to_be_bytes),
        four(true, u32::to_le_bytes),
        four(true, u32::to_be_bytes),
        four(false, u32::to_le_bytes),
        four(false, u32::to_be_bytes),
    ];
    for bytes in all {
        let outcome = dropped(Some(("src/Store.cs", bytes)), None);
        assert_eq!(old_code(&outcome), "breaks-reads");
        let place = &outcome.migrations[0].operations[0].used_by[0];
        assert_eq!(
            (place.raw_path(), place.line),
            (Some("src/Store.cs"), Some(3))
        );
        assert!(outcome.unsearched.is_empty(), "{:?}", outcome.unsearched);
    }
}

#[test]
fn a_column_with_a_foreign_letter_is_found_in_an_old_encoding() {
    let base = [(
        "db/migrations/0001_init.up.sql".to_owned(),
        "CREATE TABLE jars (id int, \"größe\" int);\n"
            .as_bytes()
            .to_vec(),
    )];
    let code = (
        "lib/jars.rb".to_owned(),
        b"DB.query('SELECT gr\xf6\xdfe FROM jars')\n".to_vec(),
    );
    let drop = (
        "db/migrations/0002_x.up.sql".to_owned(),
        "ALTER TABLE jars DROP COLUMN \"größe\";\n"
            .as_bytes()
            .to_vec(),
    );
    let (old, new) = (
        MemorySnapshot::new(base.iter().chain([&code]).cloned()),
        MemorySnapshot::new(base.iter().chain([&code, &drop]).cloned()),
    );
    let changes = old.changes_to(&new);
    let outcome = check_database(&ReleaseRange {
        previous: &old,
        current: &new,
        changes: &changes,
        config: &Config::default(),
        previous_version: "3.0.0",
        current_version: "3.1.0",
    });
    assert_eq!(
        old_code(&outcome),
        "breaks-reads",
        "{:?}",
        outcome.migrations
    );
}

#[test]
fn code_that_cannot_be_read_is_open_with_its_place() {
    let path = |path: &str| path.to_owned();
    let binary = dropped(
        Some((
            "src/Store.cs",
            b"db.Query(\"SELECT lid\0 FROM jars\")".to_vec(),
        )),
        None,
    );
    // git keeps large files elsewhere and leaves a pointer
    let pointer = dropped(
        Some((
            "src/store.py",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n".to_vec(),
        )),
        None,
    );
    let large = dropped(
        None,
        Some(ReadError::TooLarge {
            path: path("src/store.go"),
            size: 20_000_000,
            limit: 16_000_000,
        }),
    );
    let missing = dropped(
        None,
        Some(ReadError::Absent {
            path: path("src/store.ts"),
        }),
    );
    let module = dropped(
        None,
        Some(ReadError::Submodule {
            path: path("store"),
        }),
    );
    for (outcome, place) in [
        (binary, "src/Store.cs"),
        (pointer, "src/store.py"),
        (large, "src/store.go"),
        (missing, "src/store.ts"),
        (module, "store"),
    ] {
        assert_eq!(old_code(&outcome), "doubt", "{place}");
        assert!(
            outcome.migrations[0].operations[0].why.contains(place),
            "{:?}",
            outcome.migrations[0].operations
        );
        assert_eq!(
            outcome
                .unsearched
                .iter()
                .map(|open| open.path.as_raw())
                .collect::<Vec<_>>(),
            [place]
        );
    }
}

#[test]
fn what_holds_no_code_of_the_program_opens_nothing() {
    let path = |path: &str| path.to_owned();
    let picture = dropped(Some(("web/logo.png", b"\x89PNG\r\n\0\0\0".to_vec())), None);
    let archive = dropped(Some(("lib/tool.jar", b"PK\x03\x04\0\0\0".to_vec())), None);
    let test = dropped(Some(("tests/data.py", b"a\0b".to_vec())), None);
    // a submodule among copied libraries is none of the program
    let library = dropped(
        None,
        Some(ReadError::Submodule {
            path: path("third_party/glue"),
        }),
    );
    let example = dropped(
        None,
        Some(ReadError::Absent {
            path: path("examples/store.rb"),
        }),
    );
    for outcome in [picture, archive, test, library, example] {
        assert_eq!(
            (old_code(&outcome), outcome.unsearched.len()),
            ("safe", 0),
            "{:?}",
            outcome.unsearched
        );
    }
}
