//! What a tree says about its tools and its database: manifests, configuration, schema files.

use super::super::dialect::Dialect;
use crate::model::{DatabaseConfig, Snapshot};

/// Most manifests that are read.
const FILES: usize = 60;

/// Longest manifest that is read, in bytes.
const LENGTH: usize = 512 * 1024;

/// Names found in a tree's manifests.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    text: String,
    folders: Vec<String>,
    dialects: Vec<Dialect>,
}

impl Manifest {
    /// Reads the manifests of a tree. Unreadable ones are passed over: they only help to tell tools apart.
    pub fn read(tree: &dyn Snapshot, config: &DatabaseConfig) -> Self {
        let mut wanted: Vec<&str> = tree.list().iter().map(|entry| entry.path.as_str()).filter(|path| is_manifest(path)).collect();
        wanted.sort_by_key(|path| (path.matches('/').count(), *path));
        let mut text = String::new();
        for path in wanted.into_iter().take(FILES) {
            if let Ok(contents) = tree.read_text(path)
                && contents.len() <= LENGTH
            {
                text.push_str(&contents.to_ascii_lowercase());
                text.push('\n');
            }
        }
        let folders = config.migrations.iter().map(|folder| folder.trim_end_matches(['*', '/']).to_owned()).collect();
        let mut dialects: Vec<Dialect> = config.dialects.iter().filter_map(|word| Dialect::from_word(word)).collect();
        dialects.dedup();
        Self { text, folders, dialects }
    }

    /// A word occurs in one of the manifests.
    pub fn mentions(&self, word: &str) -> bool {
        self.text.contains(word)
    }

    /// `backout.yaml` names the folder of this path.
    pub fn named(&self, path: &str) -> bool {
        self.folders.iter().any(|folder| !folder.is_empty() && path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')))
    }

    /// Dialects that are live, from `backout.yaml`.
    pub fn live(&self) -> &[Dialect] {
        &self.dialects
    }

    /// The database of the tree, where only one is mentioned.
    pub fn dialect(&self) -> Option<Dialect> {
        if let [only] = self.dialects[..] {
            return Some(only);
        }
        // What the configuration says outright goes before what libraries are there.
        let stated: [(Dialect, &[&str]); 3] = [
            (
                Dialect::Postgres,
                &["provider = \"postgresql\"", "adapter: postgresql", "'db_connection', 'pgsql'", "django.db.backends.postgresql", "'default' => 'pgsql'"],
            ),
            (
                Dialect::MySql,
                &[
                    "provider = \"mysql\"",
                    "adapter: mysql",
                    "'db_connection', 'mysql'",
                    "django.db.backends.mysql",
                    "'default' => 'mysql'",
                    "'db_connection', 'mariadb'",
                ],
            ),
            (Dialect::Sqlite, &["provider = \"sqlite\"", "adapter: sqlite", "'db_connection', 'sqlite'"]),
        ];
        let outright: Vec<Dialect> = stated.iter().filter(|(_, words)| words.iter().any(|word| self.mentions(word))).map(|(dialect, _)| *dialect).collect();
        if let [only] = outright[..] {
            return Some(only);
        }
        let signs: [(Dialect, &[&str]); 4] = [
            (
                Dialect::Postgres,
                &[
                    "provider = \"postgresql\"",
                    "adapter: postgresql",
                    "\"pg\"",
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
                    "ext-pdo_mysql",
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
                ],
            ),
            (Dialect::Mssql, &["provider = \"sqlserver\"", "mssql", "sqlserver", "microsoft.data.sqlclient"]),
        ];
        let found: Vec<Dialect> = signs.iter().filter(|(_, words)| words.iter().any(|word| self.mentions(word))).map(|(dialect, _)| *dialect).collect();
        match found[..] {
            [only] => Some(only),
            _ if found.contains(&Dialect::Postgres) && !found.contains(&Dialect::MySql) && !found.contains(&Dialect::Mssql) => Some(Dialect::Postgres),
            _ => None,
        }
    }
}

fn is_manifest(path: &str) -> bool {
    if path.contains("node_modules/") || path.contains("vendor/") || path.matches('/').count() > 4 {
        return false;
    }
    matches!(
        super::file_name(path),
        "Cargo.toml"
            | "go.mod"
            | "package.json"
            | "Gemfile"
            | "mix.exs"
            | "composer.json"
            | "pyproject.toml"
            | "requirements.txt"
            | "pom.xml"
            | "build.gradle"
            | "build.gradle.kts"
            | "schema.prisma"
            | "database.yml"
            | "database.php"
            | "settings.py"
            | "diesel.toml"
            | "drizzle.config.ts"
            | "Pipfile"
    )
}
