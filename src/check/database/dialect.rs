//! Which database a statement is for.

use std::fmt;

/// A family of databases that read the same SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Dialect {
    /// PostgreSQL and what speaks like it.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// SQL Server.
    Mssql,
    /// ClickHouse.
    ClickHouse,
    /// Not known; read with the loosest rules.
    #[default]
    Unknown,
}

impl Dialect {
    /// As in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::MySql => "mysql",
            Self::Sqlite => "sqlite",
            Self::Mssql => "mssql",
            Self::ClickHouse => "clickhouse",
            Self::Unknown => "unknown",
        }
    }

    /// From a word people use for it: `pg`, `mariadb`, `sqlserver`.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" | "pg" | "pgsql" | "psql" | "postgis" | "cockroach" | "cockroachdb" | "crdb" | "timescale" | "timescaledb"
            | "yugabyte" => Self::Postgres,
            "mysql" | "mariadb" | "mysql8" | "mysql57" | "tidb" | "vitess" => Self::MySql,
            "sqlite" | "sqlite3" | "libsql" | "d1" | "turso" => Self::Sqlite,
            "mssql" | "sqlserver" | "sql_server" | "sql-server" | "tsql" => Self::Mssql,
            "clickhouse" => Self::ClickHouse,
            _ => return None,
        })
    }

    /// From the folders and name parts of a path; the innermost word wins.
    pub fn from_path(path: &str) -> Option<Self> {
        path.rsplit(['/', '.', '-', '_']).find_map(Self::from_word)
    }

    /// From words that only one family writes.
    pub fn from_text(text: &str) -> Option<Self> {
        let lower: String = text.chars().take(20_000).collect::<String>().to_ascii_lowercase();
        let count = |signs: &[&str]| signs.iter().filter(|sign| lower.contains(**sign)).count();
        let scores = [
            (
                Self::Postgres,
                count(&[
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
                    "timestamp(3)",
                    " text[]",
                    "on conflict",
                    "add value",
                    "double precision",
                ]),
            ),
            (
                Self::MySql,
                count(&[
                    "`",
                    "auto_increment",
                    "engine=",
                    "engine =",
                    "utf8mb4",
                    "mediumtext",
                    "longtext",
                    "modify column",
                    " datetime(",
                    "tinyint(",
                    "on duplicate key",
                    "int unsigned",
                ]),
            ),
            (Self::Sqlite, count(&["autoincrement", "pragma ", "without rowid", "insert or ", "strict;", "integer not null primary key"])),
            (
                Self::Mssql,
                count(&[
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
                ]),
            ),
            (Self::ClickHouse, count(&["mergetree", "lowcardinality", "datetime64", "nullable("])),
        ];
        let best = scores.iter().max_by_key(|(_, score)| *score)?;
        (best.1 > 0 && scores.iter().filter(|(_, score)| *score == best.1).count() == 1).then_some(best.0)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
