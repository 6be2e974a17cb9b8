//! Signs of a database beside migrations: a library that a manifest names, and a file that holds the
//! schema as a whole.

use super::layout::Manifest;
use coverage::ReleaseRange;
use coverage::ledger::{is_live, is_vendored};
use coverage::place::list_purpose_folders;

/// Most files with the name of a schema that are read.
const FILES: usize = 40;

/// Parts of names of libraries that hold the word of a database library and are none: what checks
/// values, names things, stands in for a database in tests or lists the modules of a package.
const NO_DRIVERS: [&str; 9] = [
    "exposed-modules",
    "exposed-headers",
    "validator",
    "memory-server",
    "naming-strateg",
    "-dialect",
    "eslint-",
    "prettier-",
    "testcontainers",
];

/// A manifest names a database library: the word stands in a name that is not known to be of
/// something else.
pub(crate) fn names_driver(manifest: &Manifest, word: &str) -> bool {
    manifest
        .names_around(word)
        .any(|name| !NO_DRIVERS.iter().any(|part| name.contains(part)))
}

/// A dependency is a store: the word stands alone in a line of its own, and the store is not one
/// that only tests start.
pub(crate) fn names_store(manifest: &Manifest, word: &str) -> bool {
    manifest.dependency_like(word).is_some_and(|line| {
        !NO_DRIVERS.iter().any(|part| {
            line.excerpt
                .as_ref()
                .is_some_and(|text| text.as_raw().contains(part))
        })
    })
}

/// A file that holds the schema as a whole and is the same in both releases.
pub(crate) fn find_kept_schema<'a>(range: &ReleaseRange<'a>) -> Option<&'a str> {
    const NAMES: [&str; 7] = [
        "schema.sql",
        "structure.sql",
        "tables.sql",
        "ddl.sql",
        "database.sql",
        "create_tables.sql",
        "init.sql",
    ];
    let named = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        // Spring runs the one of the database that it finds: `schema-postgresql.sql`
        let of_platform = name.starts_with("schema-") && name.ends_with(".sql");
        of_platform || NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    range
        .current
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| {
            // fixtures of tests hold schemas of other programs
            let tests = list_purpose_folders(path).any(|part| part.starts_with("test"));
            named(path) && is_live(path) && !is_vendored(path) && !tests
        })
        .take(FILES)
        .find(|path| {
            let is = range.current.read_text(path).ok();
            // `init.sql` may set rights or load rows only
            is.as_deref()
                .is_some_and(|text| text.to_ascii_lowercase().contains("create table"))
                // a schema that changed is judged as such; only one that stayed says that nothing
                // happened
                && is == range.previous.read_text(path).ok()
        })
}
