//! Which database a statement is for.

pub use model::Dialect;

/// Signs that a host language writes too.
const OF_HOSTS: [&str; 10] = [
    "::",
    "`",
    "$$",
    " serial",
    "concurrently",
    "add value",
    "autoincrement",
    "strict;",
    "engine =",
    "engine=",
];

/// Words that only one family writes.
const SIGNS: [(Dialect, &[&str]); 6] = [
    (
        Dialect::Postgres,
        &[
            "jsonb",
            "$$",
            "plpgsql",
            "timestamptz",
            "::",
            " bigserial",
            " serial",
            "bytea",
            "create extension",
            "concurrently",
            "using gin",
            "using btree",
            "gen_random_uuid",
            // Prisma writes times of PostgreSQL so
            "timestamp(3)",
            " text[]",
            "on conflict",
            "add value",
            "double precision",
        ],
    ),
    (
        Dialect::MySql,
        &[
            "`",
            "auto_increment",
            "engine=",
            "engine =",
            "utf8mb4",
            "mediumtext",
            "longtext",
            "modify column",
            // with its bracket: a bare `datetime` is a type of SQLite and SQL Server as well
            " datetime(",
            "tinyint(",
            "on duplicate key",
            "int unsigned",
        ],
    ),
    (
        Dialect::Sqlite,
        &[
            "autoincrement",
            "pragma ",
            "without rowid",
            "insert or ",
            "strict;",
            "integer not null primary key",
        ],
    ),
    (
        Dialect::Mssql,
        &[
            "[dbo]",
            "nvarchar",
            "\ngo\n",
            "\ngo\r",
            "uniqueidentifier",
            "nonclustered",
            "object_id(",
            "col_length(",
            "identity(1",
            "sp_rename",
            "datetime2",
        ],
    ),
    (
        Dialect::ClickHouse,
        &[
            "mergetree",
            "lowcardinality",
            "datetime64",
            "nullable(string",
            "nullable(int",
            "nullable(uint",
            "nullable(float",
            "nullable(date",
            "nullable(decimal",
            "nullable(uuid",
            "nullable(bool",
        ],
    ),
    (
        Dialect::Cassandra,
        &[
            "create keyspace",
            "create columnfamily",
            "clustering order by",
            " frozen<",
            "counter,",
            "timeuuid",
        ],
    ),
];
/// How a database is told from words, paths and texts.
pub trait DialectSigns: Sized {
    /// From a word people use for it: `pg`, `mariadb`, `sqlserver`.
    fn from_word(word: &str) -> Option<Self>;
    /// From the folders and name parts of a path; the innermost word wins.
    fn from_path(path: &str) -> Option<Self>;
    /// From words that only one family writes. In a host language some of them are its own (`::`,
    /// backticks), and do not count.
    fn from_text(text: &str, sql: bool) -> Option<Self>;
}

impl DialectSigns for Dialect {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" | "pg" | "pgsql" | "psql" | "postgis" | "cockroach"
            | "cockroachdb" | "crdb" | "timescale" | "timescaledb" | "yugabyte" => Self::Postgres,
            "mysql" | "mariadb" | "mysql8" | "mysql57" | "tidb" | "vitess" => Self::MySql,
            "sqlite" | "sqlite3" | "libsql" | "d1" | "turso" => Self::Sqlite,
            "mssql" | "sqlserver" | "sql_server" | "sql-server" | "tsql" => Self::Mssql,
            "clickhouse" => Self::ClickHouse,
            "cassandra" | "scylla" | "scylladb" | "cql" => Self::Cassandra,
            _ => return None,
        })
    }

    fn from_path(path: &str) -> Option<Self> {
        path.rsplit(['/', '.', '-', '_'])
            .find_map(Self::from_word)
            .or_else(|| {
                // `MySqlMigrations`, `postgresMigrations`
                path.rsplit('/').find_map(|part| {
                    let lower = part.to_ascii_lowercase();
                    let stem = lower
                        .strip_suffix("migrations")
                        .or_else(|| lower.strip_suffix("scripts"))
                        .or_else(|| lower.strip_prefix("jdbc"))?;
                    Self::from_word(stem)
                })
            })
    }

    fn from_text(text: &str, sql: bool) -> Option<Self> {
        let lower: String = text
            .chars()
            // the beginning of a text tells its dialect, and a dump may have gigabytes
            .take(20_000)
            .collect::<String>()
            .to_ascii_lowercase();
        // `-- needs MySQL 8` in a migration of PostgreSQL is no sign of MySQL
        let lower = if sql { without_comments(&lower) } else { lower };
        let count = |signs: &[&str]| {
            signs
                .iter()
                .filter(|sign| (sql || !OF_HOSTS.contains(*sign)) && lower.contains(**sign))
                .count()
        };
        let scores = SIGNS.map(|(dialect, signs)| (dialect, count(signs)));
        let best = scores.iter().max_by_key(|(_, score)| *score)?;
        // a text that speaks for two families alike speaks for none
        (best.1 > 0 && scores.iter().filter(|(_, score)| *score == best.1).count() == 1)
            .then_some(best.0)
    }
}

/// The text without comments: what people write about a statement is no sign of its dialect.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("--").into_iter().chain(rest.find("/*")).min() {
        out.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("--") {
            rest[at..].find('\n')
        } else {
            rest[at..].find("*/").map(|end| end + 2)
        };
        rest = end.map_or("", |end| &rest[at + end..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_host_languages_are_no_signs() {
        let prisma = "/*\n  Warnings:\n\n  - You are about to drop the column `note`.\n*/\n-- AlterTable\nALTER TABLE \"Order\" ADD COLUMN \"a\" JSONB;\n";
        assert_eq!(Dialect::from_text(prisma, true), Some(Dialect::Postgres));
        assert_eq!(
            Dialect::from_text("ALTER TABLE `a` ADD b int;", true),
            Some(Dialect::MySql)
        );
        assert_eq!(
            Dialect::from_text("tx.Exec(`ALTER TABLE a ADD b int`)", false),
            None
        );
        assert_eq!(Dialect::from_text("Schema::create('a')", false), None);
        assert_eq!(
            Dialect::from_path("util/MySqlMigrations/Migrations"),
            Some(Dialect::MySql)
        );
    }
}
