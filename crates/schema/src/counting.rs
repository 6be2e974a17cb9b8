//! The counting queries of a range as one script that somebody runs on production, and their
//! identity: what comes back is known again by it.

use std::collections::BTreeSet;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::summary::can_tell_new_form;
use model::{Dialect, Migration, Operation, OperationKind, RollbackEffect, Word};

/// Most queries of one script.
const QUERIES: usize = 500;

/// Seconds that one query may take, where the database can be told.
const SECONDS: u32 = 30;

/// A read-only query with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountingQuery {
    /// `q` and twelve hexadecimal digits of the query's SHA-256: the same query has the same one in
    /// every run.
    pub id: String,
    /// The query as findings and questions show it.
    pub text: String,
    /// What is counted: `orders.note`.
    pub object: String,
    /// The migration's file and line.
    pub place: (String, usize),
    /// Database it is written for.
    pub dialect: Word<Dialect>,
    /// A row that it counts is one that only current writes or reads.
    pub tells_new_form: bool,
}

/// The identity of a query.
pub fn identify_query(text: &str) -> String {
    let digest = Sha256::digest(text.trim().trim_end_matches(';').trim().as_bytes());
    let mut id = String::from("q");
    // 48 bits: two of some hundred queries do not meet, and a person can compare them by eye
    for byte in digest.iter().take(6) {
        // writing into a String cannot fail
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// All queries of the migrations that run, each once, in the order of the migrations.
pub fn list_counting_queries(migrations: &[Migration]) -> Vec<CountingQuery> {
    // more rows than anybody runs; [`needs_more_queries`] keeps the answer from being *no* then
    let mut queries = list_all_queries(migrations);
    queries.truncate(QUERIES);
    queries
}

/// Whether the range makes rows of a new form that no query of the list counts: there are more
/// queries than are written, or a migration does what nobody read.
pub fn needs_more_queries(migrations: &[Migration]) -> bool {
    let unread = |operation: &Operation| {
        // a step without a query may make rows in a new form that nothing counts
        operation.query.is_none()
            && operation.rollback == RollbackEffect::Doubt
            && operation
                .kind
                .known()
                .is_none_or(|kind| matches!(kind, OperationKind::Unknown | OperationKind::HostCode))
    };
    let mut runs = migrations.iter().filter(|one| one.runs());
    list_all_queries(migrations).len() > QUERIES
        || runs.any(|migration| migration.operations.iter().any(unread))
}

fn list_all_queries(migrations: &[Migration]) -> Vec<CountingQuery> {
    let runs: Vec<&Migration> = migrations.iter().filter(|one| one.runs()).collect();
    let new_form: BTreeSet<&str> = can_tell_new_form(&runs)
        .into_iter()
        .filter_map(|(_, operation)| operation.query.as_deref())
        .collect();
    let mut seen = BTreeSet::new();
    runs.iter()
        .flat_map(|migration| {
            let operations = migration.operations.iter();
            operations.map(move |operation: &Operation| (*migration, operation))
        })
        .filter_map(|(migration, operation)| {
            let text = operation.query.as_deref()?;
            // the same query may be due on two databases and has to be asked on each
            seen.insert((migration.dialect.as_str().to_owned(), text))
                .then(|| CountingQuery {
                    id: identify_query(text),
                    text: text.to_owned(),
                    object: operation.object.clone(),
                    place: (migration.file.clone(), operation.line),
                    dialect: migration.dialect.clone(),
                    tells_new_form: new_form.contains(text),
                })
        })
        .collect()
}

/// What a script is headed by.
#[derive(Debug, Clone, Copy)]
pub struct ScriptHeading<'a> {
    /// Version we would go back to.
    pub previous: &'a str,
    /// Version that is live.
    pub current: &'a str,
}

/// The script: read only, with a time limit where the database has one, a row a query with its
/// identity, the count and the time.
pub fn write_counting_script(
    queries: &[CountingQuery],
    dialect: Dialect,
    heading: ScriptHeading<'_>,
) -> String {
    let mut script = String::new();
    let mut line = |text: &str| {
        script.push_str(text);
        script.push('\n');
    };
    let (run, back) = name_commands(dialect);
    line(&format!(
        "-- Rows that decide whether {} can be replaced by {} again.",
        write_comment(heading.current),
        write_comment(heading.previous)
    ));
    line("-- Reads only. Run it on the database that is live, or on a replica that is up to date:");
    line(&format!("--   {run}"));
    line("-- and give backout what it printed, within an hour:");
    line(&format!(
        "--   backout {} {} --observed {back}",
        write_comment(heading.previous),
        write_comment(heading.current)
    ));
    for setting in list_settings(dialect) {
        line(&setting);
    }
    if queries.is_empty() {
        line("-- There is nothing to count: no migration of the range makes a row that decides.");
    }
    for query in queries {
        line("");
        line(&format!(
            "-- {} ({}:{})",
            write_comment(&query.object),
            write_comment(&query.place.0),
            query.place.1
        ));
        line(&write_counting_statement(query, dialect));
    }
    script
}

/// One row: the identity, the count, the time.
fn write_counting_statement(query: &CountingQuery, dialect: Dialect) -> String {
    let text = query.text.trim().trim_end_matches(';');
    // CQL takes neither a constant in its answer nor a count within another query
    if dialect == Dialect::Cassandra {
        return format!(
            "-- CQL has no row for it; count by hand: {}",
            write_comment(text)
        );
    }
    // values that stand in more than one row are counted as rows of their own
    // `SELECT a, count(*) .. GROUP BY a` gives a row a value, and the script needs one number a
    // query
    let counted = if text.starts_with("SELECT count(*) FROM") {
        format!("({text})")
    } else {
        let named = text.replacen("count(*) FROM", "count(*) AS rows_each FROM", 1);
        format!("(SELECT count(*) FROM ({named}) found)")
    };
    let now = match dialect {
        Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
        Dialect::MySql => "DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ')",
        Dialect::Mssql => "CONVERT(varchar(19), SYSUTCDATETIME(), 126) + 'Z'",
        Dialect::ClickHouse => "formatDateTime(now('UTC'), '%Y-%m-%dT%H:%i:%SZ')",
        // every database has this word; its zone is not known, so the time is read with care
        Dialect::Unknown => "CURRENT_TIMESTAMP",
        _ => "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    };
    format!(
        "SELECT '{}' AS backout_query, {counted} AS rows_found, {now} AS observed_at;",
        query.id
    )
}

/// The command that runs the script, and the file that it writes.
fn name_commands(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::Sqlite => (
            "sqlite3 -csv -header FILE < ask.sql > observed.csv",
            "observed.csv",
        ),
        Dialect::MySql => (
            // `--force`: an error of one query, such as a table that is not there, must not end the
            // others
            "mysql --batch --force DATABASE < ask.sql > observed.tsv",
            "observed.tsv",
        ),
        Dialect::Mssql => (
            // without `-W` the columns are padded with blanks
            "sqlcmd -d DATABASE -t 30 -W -s , -i ask.sql -o observed.csv",
            "observed.csv",
        ),
        Dialect::ClickHouse => (
            "clickhouse-client --multiquery --format CSVWithNames < ask.sql > observed.csv",
            "observed.csv",
        ),
        Dialect::Unknown => (
            "the client of your database, in a session that reads only: ask.sql > observed.csv",
            "observed.csv",
        ),
        _ => (
            "psql --csv -f ask.sql DATABASE > observed.csv",
            "observed.csv",
        ),
    }
}

fn list_settings(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Sqlite => vec!["PRAGMA query_only = ON;".to_owned()],
        // MySQL and MariaDB name the limit differently, and each reads only its own comment
        Dialect::MySql => vec![
            "SET SESSION TRANSACTION READ ONLY;".to_owned(),
            format!(
                "/*!50708 SET SESSION max_execution_time = {} */;",
                SECONDS * 1000
            ),
            format!("/*M!100101 SET SESSION max_statement_time = {SECONDS} */;"),
        ],
        Dialect::Mssql => vec![
            // the line that says how many rows there were is no row of the answer
            "SET NOCOUNT ON;".to_owned(),
            "SET LOCK_TIMEOUT 5000;".to_owned(),
        ],
        Dialect::ClickHouse => vec![
            format!("SET max_execution_time = {SECONDS};"),
            "SET readonly = 1;".to_owned(),
        ],
        Dialect::Unknown | Dialect::Cassandra => Vec::new(),
        _ => vec![
            "SET default_transaction_read_only = on;".to_owned(),
            format!("SET statement_timeout = '{SECONDS}s';"),
            // a query that waits behind a migration would hold up everybody behind it
            "SET lock_timeout = '5s';".to_owned(),
        ],
    }
}

/// A name in a comment: one line.
fn write_comment(text: &str) -> String {
    // names come out of the repository: a line break would begin a statement
    model::shorten_text(&model::escape_invisible(text), 200).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> CountingQuery {
        CountingQuery {
            id: identify_query(text),
            text: text.to_owned(),
            object: "orders.note".to_owned(),
            place: ("db/2.sql".to_owned(), 3),
            dialect: Dialect::Postgres.into(),
            tells_new_form: true,
        }
    }

    #[test]
    fn an_identity_does_not_hang_on_the_end_of_the_statement() {
        assert_eq!(identify_query("SELECT 1;"), identify_query(" SELECT 1 "));
        assert_ne!(identify_query("SELECT 1;"), identify_query("SELECT 2;"));
        assert_eq!(identify_query("SELECT 1;").len(), 13);
    }

    #[test]
    fn every_statement_reads_and_says_which_it_is() {
        let queries = [
            query("SELECT count(*) FROM orders WHERE note IS NOT NULL;"),
            query("SELECT a, count(*) FROM orders GROUP BY a HAVING count(*) > 1 LIMIT 20;"),
        ];
        for dialect in [
            Dialect::Postgres,
            Dialect::MySql,
            Dialect::Sqlite,
            Dialect::Mssql,
            Dialect::ClickHouse,
            Dialect::Unknown,
        ] {
            let heading = ScriptHeading {
                previous: "3.0.0\nDROP TABLE orders;",
                current: "3.1.0",
            };
            let script = write_counting_script(&queries, dialect, heading);
            for line in script.lines().filter(|line| !line.is_empty()) {
                assert!(
                    ["--", "SELECT '", "SET ", "PRAGMA query_only", "/*"]
                        .iter()
                        .any(|start| line.starts_with(start)),
                    "{line}"
                );
            }
            for query in &queries {
                assert!(script.contains(&query.id));
            }
            assert!(script.contains("AS rows_each FROM orders"), "{script}");
        }
    }
}
