//! Which words of a manifest or a configuration tell which database a program is for.

use crate::dialect::Dialect;

/// What a configuration says outright.
pub const STATED: [(Dialect, &[&str]); 3] = [
    (
        Dialect::Postgres,
        &[
            "provider = \"postgresql\"",
            "dialect: \"postgresql\"",
            "dialect: 'postgresql'",
            "adapter: postgresql",
            "'db_connection', 'pgsql'",
            "django.db.backends.postgresql",
            "'default' => 'pgsql'",
        ],
    ),
    (
        Dialect::MySql,
        &[
            "provider = \"mysql\"",
            "dialect: \"mysql\"",
            "dialect: 'mysql'",
            "adapter: mysql",
            "'db_connection', 'mysql'",
            "django.db.backends.mysql",
            "'default' => 'mysql'",
            "'db_connection', 'mariadb'",
        ],
    ),
    (
        Dialect::Sqlite,
        &[
            "provider = \"sqlite\"",
            "dialect: \"sqlite\"",
            "dialect: 'sqlite'",
            // Turso is SQLite behind a server
            "dialect: \"turso\"",
            "adapter: sqlite",
            "'db_connection', 'sqlite'",
        ],
    ),
];

/// Libraries of a database, and what a configuration says.
pub const SIGNS: [(Dialect, &[&str]); 4] = [
    (
        Dialect::Postgres,
        &[
            "provider = \"postgresql\"",
            "adapter: postgresql",
            "\"pg\"",
            "\"postgres\"",
            "sqlx-postgres",
            "pdo_pgsql",
            // `sqitch.conf` names its databases so
            "engine = pg",
            "pg-promise",
            "psycopg",
            "asyncpg",
            "lib/pq",
            "jackc/pgx",
            "postgrex",
            "org.postgresql",
            "npgsql",
            "gem 'pg'",
            "gem \"pg\"",
            "django.db.backends.postgresql",
            "tokio-postgres",
        ],
    ),
    (
        Dialect::MySql,
        &[
            "provider = \"mysql\"",
            "adapter: mysql",
            "\"mysql2\"",
            "\"mysql\"",
            "pymysql",
            "mysqlclient",
            "go-sql-driver/mysql",
            "myxql",
            "mysql-connector",
            "gem 'mysql2'",
            "gem \"mysql2\"",
            "pdo_mysql",
            "sqlx-mysql",
            "engine = mysql",
            "entityframeworkcore.mysql",
            "mysqlconnector",
            "mariadb",
        ],
    ),
    (
        Dialect::Sqlite,
        &[
            "provider = \"sqlite\"",
            "adapter: sqlite",
            "\"sqlite3\"",
            "better-sqlite3",
            "go-sqlite3",
            "rusqlite",
            "ecto_sqlite",
            "gem 'sqlite3'",
            "gem \"sqlite3\"",
            "\"sqlite\"",
            "sqlx-sqlite",
            "engine = sqlite",
            "entityframeworkcore.sqlite",
            "microsoft.data.sqlite",
            "system.data.sqlite",
        ],
    ),
    (
        Dialect::Mssql,
        &[
            "provider = \"sqlserver\"",
            "mssql",
            "sqlserver",
            "microsoft.data.sqlclient",
        ],
    ),
];
