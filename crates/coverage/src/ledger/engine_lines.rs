//! Lines of settings that say which version of a data store's engine a platform runs.

use crate::changed_lines::ChangedLine;
use crate::guard::words::split_name_parts;

/// Why such a line is open.
pub(super) const ENGINE: &str = "the version of a data store's engine may have changed, and a store that was raised does not go back";

/// The first line that gives a store's engine another version: `dbVersion: "16"`,
/// `major_version = 17`.
pub(super) fn find_engine_version(
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) -> Option<usize> {
    let line = fresh.iter().find(|(_, line)| {
        let key = whole_key(line);
        names_engine_version(key)
            && may_be_engine_version(line)
            // a line without an older one is a new store, which has no files to read
            && gone.iter().any(|(_, was)| whole_key(was) == key)
    });
    line.map(|(number, _)| *number)
}

// cut at the first colon, `stock:dbVersion` was the key `stock`, which names no engine
/// All that stands before the value: a key may hold a colon itself, as `stock:dbVersion` does.
fn whole_key(line: &str) -> &str {
    line.rfind([':', '=']).map_or("", |at| &line[..at])
}

fn names_engine_version(key: &str) -> bool {
    const STORES: [&str; 13] = [
        "db",
        "database",
        "postgres",
        "postgresql",
        "pg",
        "mysql",
        "mariadb",
        "mongo",
        "mongodb",
        "redis",
        "elasticsearch",
        "opensearch",
        "engine",
    ];
    // `databaseSchemaVersion` counts migrations and `pgClientVersion` is of a library
    const OTHERS: [&str; 7] = [
        "schema", "api", "client", "driver", "format", "chart", "exporter",
    ];
    let parts = split_name_parts(key);
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(&part.as_str()));
    has(&["version"]) && !has(&OTHERS) && (has(&STORES) || has(&["major"]))
}

/// Engines count from 5 to 20 or so, with one more number at most.
fn may_be_engine_version(line: &str) -> bool {
    let value = line.rsplit([':', '=']).next().unwrap_or_default();
    let value = value.trim().trim_matches(['"', '\'', ',']);
    let mut numbers = value.split('.').map(str::parse::<u32>);
    let major = numbers.next().and_then(Result::ok);
    major.is_some_and(|major| (4..=30).contains(&major)) && numbers.all(|number| number.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_of_platforms_are_told_from_versions_of_a_schema() {
        let found = |old, new| find_engine_version(&[(1, new)], &[(1, old)]);
        for (old, new) in [
            ("stock:dbVersion: \"14\"", "stock:dbVersion: \"16\""),
            ("major_version = 15", "major_version = 17"),
            ("postgres_version: 14.2", "postgres_version: 16.1"),
        ] {
            assert_eq!(found(old, new), Some(1), "{new}");
        }
        for (old, new) in [
            ("db_schema_version: 14", "db_schema_version: 15"),
            ("version: 14", "version: 15"),
            ("db_version: 2026010101", "db_version: 2026020202"),
            ("redis_client_version: 5.0", "redis_client_version: 6.0"),
        ] {
            assert_eq!(found(old, new), None, "{new}");
        }
        assert_eq!(find_engine_version(&[(1, "db_version: 16")], &[]), None);
    }
}
