//! The database or environment that a file names itself: one of a developer, of tests or before
//! production says nothing of the one that is live.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

// whole words: `contest` and `latest` hold `test`
/// Words of names that no production has.
const WORDS: &[&str] = &[
    "dev",
    "devel",
    "develop",
    "development",
    "test",
    "tests",
    "testing",
    "testdb",
    "local",
    "localdb",
    "staging",
    "stage",
    "uat",
    "qa",
    "ci",
    "sandbox",
    "preprod",
    "preview",
    "shadow",
    "mem",
    "memory",
    "localhost",
];

// a statement of a migration can be pages long and name any database
/// Most bytes of a line that is looked at, and most lines.
const LINE: usize = 400;
const LINES: usize = 20_000;

/// `database: shop_test`, `Using environment "development".`, `| Database Name | shop |`.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)^\W*(?:INFO\s+\S*\s*)?(?:(?:using|current)\s+(?:database|environment|env)\b[\s:=]*|(?:database|environment|env|datasource|db|host|server|connection)(?:\s+name)?\s*(?:"[^"]*"\s*)?[:=|"'])\s*(\S.*)$"#,
    )
    .ok()
});

/// Addresses of databases, wherever they stand: `SHOP@jdbc:h2:mem:shop`.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(\bjdbc:[^\s"'|)]+|\b(?:postgres(?:ql)?|mysql|mariadb|sqlserver|mongodb)://[^\s"'|)]+|sqlite::memory:|:memory:|\.env\.\w+)"#).ok()
});

/// The prompt of a client: `shop_dev=>`, `mysql [shop_test]>`.
static PROMPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(\w[\w-]*)[=(-][#>]|(?i:mysql|mariadb)\s*[\[(]([^\])]+)[\])]>)").ok()
});

/// Addresses of this machine, and databases that end with their program.
const HERE: &[&str] = &[
    "localhost",
    "127.0.0.1",
    "[::1]",
    "host.docker.internal",
    ":memory:",
    "jdbc:h2:",
    "jdbc:hsqldb:",
    "jdbc:derby:",
];

/// What a text names, where that cannot be production.
pub(super) fn find_elsewhere(text: &str) -> Option<String> {
    text.lines()
        .take(LINES)
        .filter(|line| line.len() <= LINE)
        .find_map(find_in_line)
}

// lists are passed over: they hold names and paths of migrations
/// What a JSON document names beside its lists.
pub(super) fn find_elsewhere_in_json(value: &Value) -> Option<String> {
    const KEYS: &[&str] = &[
        "database",
        "environment",
        "Env",
        "env",
        "URL",
        "url",
        "Host",
        "host",
        "databaseName",
        "schemaName",
        "jdbcUrl",
        "Path",
        "DSN",
    ];
    fn walk(value: &Value, depth: usize) -> Option<String> {
        let object = value.as_object()?;
        KEYS.iter().find_map(|key| match object.get(*key)? {
            Value::String(text) => is_elsewhere(text).then(|| text.clone()),
            inner @ Value::Object(_) if depth < 3 => walk(inner, depth + 1),
            _ => None,
        })
    }
    walk(value, 0)
}

fn find_in_line(line: &str) -> Option<String> {
    let bare = line.trim();
    let address = ADDRESS
        .as_ref()?
        .captures(bare)
        .map(|found| found[1].to_owned());
    let prompt = PROMPT.as_ref()?.captures(bare).and_then(|found| {
        // psql writes the name before its sign, mysql in brackets
        let name = found.get(1).or(found.get(2))?;
        Some(name.as_str().to_owned())
    });
    let named = NAMED
        .as_ref()?
        .captures(bare)
        .map(|found| found[1].trim_matches([' ', '"', '\'', '|', '.']).to_owned());
    [address, prompt, named]
        .into_iter()
        .flatten()
        .find(|name| is_elsewhere(name))
}

fn is_elsewhere(name: &str) -> bool {
    let lower = name.to_lowercase();
    HERE.iter().any(|sign| lower.contains(sign))
        || lower
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_production_is_known_by_its_name() {
        for (line, wanted) in [
            ("database: shop_development", Some("shop_development")),
            ("database: shop_production", None),
            ("database: contest", None),
            ("Using environment: development", Some("development")),
            ("Using environment \"test\".", Some("test")),
            ("Using environment \"production\".", None),
            ("using database shop_staging", Some("shop_staging")),
            (
                "Datasource \"db\": PostgreSQL database \"shop\", schema \"public\" at \
                    \"localhost:5432\"",
                Some("PostgreSQL database \"shop\", schema \"public\" at \"localhost:5432"),
            ),
            (
                "Datasource \"db\": PostgreSQL database \"shop\", schema \"public\" at \
                    \"db.eu.example:5432\"",
                None,
            ),
            (
                "1 changesets have not been applied to SA@jdbc:h2:mem:shop",
                Some("jdbc:h2:mem:shop"),
            ),
            ("SHOP@jdbc:postgresql://db/shop is up to date", None),
            (
                "Database: jdbc:postgresql://127.0.0.1:5432/shop (PostgreSQL 15.4)",
                Some("jdbc:postgresql://127.0.0.1:5432/shop"),
            ),
            ("|  | Database Name | shop_qa |", Some("shop_qa")),
            (
                "shop_dev=> SELECT * FROM schema_migrations;",
                Some("shop_dev"),
            ),
            ("shop=# SELECT * FROM schema_migrations;", None),
            // names of migrations say nothing of the database
            ("   up     20260203101112  Create test runs", None),
            (" [X] 0002_staging_area", None),
            ("20260203101112_drop_development.js", None),
            ("1,1,add local names,SQL,V1__add_local_names.sql,t", None),
            ("Environment variables loaded from .env", None),
            (
                "Environment variables loaded from .env.test",
                Some(".env.test"),
            ),
            ("Connection test succeeded", None),
            ("sqlite3 :memory:", Some(":memory:")),
        ] {
            assert_eq!(find_elsewhere(line).as_deref(), wanted, "{line}");
        }
    }

    #[test]
    fn documents_name_it_beside_their_lists() {
        for (text, wanted) in [
            (r#"{"database":"shop_test","migrations":[]}"#, true),
            (
                r#"{"database":"shop","migrations":[{"description":"test"}]}"#,
                false,
            ),
            (
                r#"{"Env":{"Driver":"postgres","URL":{"Host":"localhost:5432","Path":"/shop"}},"Status":"OK"}"#,
                true,
            ),
            (
                r#"{"Env":{"Driver":"postgres","URL":{"Host":"db.eu:5432","Path":"/shop"}},"Status":"OK"}"#,
                false,
            ),
        ] {
            let value = serde_json::from_str(text).unwrap();
            assert_eq!(find_elsewhere_in_json(&value).is_some(), wanted, "{text}");
        }
    }
}
