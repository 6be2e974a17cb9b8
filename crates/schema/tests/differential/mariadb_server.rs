//! A server of MariaDB, for tests: the address is in `BACKOUT_MARIADB`, as the rehearsal takes it
//! (`mysql://root@localhost/mysql?socket=/run/mysqld/mysqld.sock`), with a user that may make
//! databases. `.ci/run` starts one.

use mysql::Conn;
use mysql::prelude::Queryable;

/// Names of columns, and rows as text.
pub type Table = (Vec<String>, Vec<Vec<String>>);

/// A connection with a database of its own, which goes with it.
pub struct MariaDbServer {
    driver: Conn,
    name: String,
}

impl MariaDbServer {
    /// Where the environment names a server, it must answer.
    pub fn find(name: &str) -> Option<Self> {
        let Ok(to) = std::env::var("BACKOUT_MARIADB") else {
            eprintln!("skipped: BACKOUT_MARIADB names no server");
            return None;
        };
        let driver = Conn::new(to.as_str()).expect("a server");
        // several runs may share a server
        let name = format!("backout_{name}_{}", std::process::id());
        Some(Self { driver, name })
    }

    /// An empty database, with the settings of a new connection and a clock that stands still.
    pub fn start_over(&mut self) {
        let name = self.name.clone();
        self.run(&format!(
            "ROLLBACK; SET SESSION sql_mode = DEFAULT, foreign_key_checks = 1, timestamp = 1700000000; DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}; USE {name}"
        ))
        .expect("an empty database");
    }

    /// Runs statements; what each of them answers, up to the first that is refused. `DELIMITER` is
    /// for clients, who cut a text by it; the server never sees it.
    pub fn run(&mut self, text: &str) -> Result<Vec<Table>, String> {
        let mut parts = text.split("DELIMITER ");
        let mut out = self.run_part(parts.next().unwrap_or_default())?;
        for part in parts {
            let (end, rest) = part.split_once('\n').unwrap_or((part, ""));
            let cut: Vec<&str> = match end.trim() {
                ";" => vec![rest],
                end => rest.split(end).collect(),
            };
            for text in cut {
                out.extend(self.run_part(text)?);
            }
        }
        Ok(out)
    }

    fn run_part(&mut self, text: &str) -> Result<Vec<Table>, String> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        // only what the server says of a statement counts; a lost connection is no answer
        let told = |error: mysql::Error| match error {
            mysql::Error::MySqlError(said) => said.message,
            other => panic!("{other}: {text}"),
        };
        let mut out = Vec::new();
        let mut result = self.driver.query_iter(text).map_err(told)?;
        while let Some(set) = result.iter() {
            let columns = set.columns();
            let names = columns.as_ref().iter();
            let names = names.map(|column| column.name_str().into_owned()).collect();
            let mut rows = Vec::new();
            for row in set {
                let values = row.map_err(told)?.unwrap().into_iter();
                rows.push(values.map(|value| value.as_sql(true)).collect());
            }
            out.push((names, rows));
        }
        Ok(out)
    }
}

impl Drop for MariaDbServer {
    fn drop(&mut self) {
        // a failure on the way out must not hide that of the test
        let _ = self
            .driver
            .query_drop(format!("DROP DATABASE IF EXISTS {}", self.name));
    }
}
