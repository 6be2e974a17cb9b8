//! MySQL and MariaDB.

use std::hash::Hash;
use std::sync::mpsc;
use std::time::Duration;

use mysql::prelude::Queryable;
use mysql::{Conn, Opts, OptsBuilder, Params, Value};

use crate::address::{DatabaseAddress, EngineKind};
use crate::answer_rows::{MOST_ROWS, RowDigests, list_values, take_first_value, write_hex};
use crate::catalogue::{DatabaseTable, HeldLock, SchemaObjects};
use crate::connection::{
    Answer, AnswerColumn, Connection, Described, Engine, ScratchMark, TextRow, TimeLimits,
};
use crate::fault::{RehearsalFault, StatementFault};
use crate::mark::{MARK_TABLE, read_mark_row, select_mark, write_mark_statements};
use crate::mysql_schema::{list_objects, list_tables};

/// Seconds until a server has answered.
const CONNECT: u64 = 10;

/// Seconds over the limit after which a server that does not answer is given up.
const GRACE: u64 = 20;

/// A database of MySQL or MariaDB.
pub struct MySqlDatabase {
    driver: Conn,
    opts: Opts,
    engine: Engine,
    limits: TimeLimits,
}

/// What the server says without the words of the driver around it.
fn tell_driver_error(error: &mysql::Error) -> String {
    match error {
        mysql::Error::MySqlError(said) => said.message.clone(),
        other => other.to_string(),
    }
}

impl MySqlDatabase {
    /// Connects.
    ///
    /// # Errors
    /// Where no server answers, it lets nobody in, or the address names no database.
    pub fn open(address: &DatabaseAddress, limits: TimeLimits) -> Result<Self, RehearsalFault> {
        let given = address.whole();
        // the driver knows no scheme but mysql
        let (_, rest) = given.split_once(':').unwrap_or_default();
        let opts = Opts::from_url(&format!("mysql:{rest}"))
            .map_err(|error| RehearsalFault::Address(address.hide_in(&error.to_string())))?;
        if opts.get_db_name().is_none_or(str::is_empty) {
            return Err(RehearsalFault::Address(
                "it names no database behind the host".to_owned(),
            ));
        }
        let mut builder = OptsBuilder::from_opts(opts.clone())
            .tcp_connect_timeout(Some(Duration::from_secs(CONNECT)))
            .read_timeout(Some(Duration::from_secs(limits.statement + GRACE)));
        if opts.get_pass().is_none_or(str::is_empty)
            && let Ok(password) = std::env::var("MYSQL_PWD")
        {
            builder = builder.pass(Some(password));
        }
        let opts = Opts::from(builder);
        let driver = Conn::new(opts.clone())
            .map_err(|error| address.tell_unreachable(&tell_driver_error(&error)))?;
        let mut database = Self {
            driver,
            opts,
            engine: Engine {
                name: "MySQL".to_owned(),
                version: String::new(),
            },
            limits,
        };
        let version = database.rows("SELECT version()");
        let version = version.map_err(|fault| address.tell_unreachable(&fault.message))?;
        let version = take_first_value(version).unwrap_or_default();
        // MariaDB speaks the protocol of MySQL and says who it is only in its version
        if version.contains("MariaDB") {
            database.engine.name = "MariaDB".to_owned();
        }
        version
            .split('-')
            .next()
            .unwrap_or_default()
            .clone_into(&mut database.engine.version);
        database
            .reset()
            .map_err(|fault| address.tell_unreachable(&fault.message))?;
        Ok(database)
    }

    fn fault(&self, error: &mysql::Error) -> StatementFault {
        let mut fault = StatementFault::new(tell_driver_error(error));
        if let mysql::Error::MySqlError(said) = error {
            fault.code = Some(said.state.clone());
            match said.code {
                // interrupted, or over the time that a statement may take
                1317 | 1969 | 3024 => fault.note_timed_out(self.limits.statement),
                // lock wait timeout
                1205 => fault.note_locked(self.limits.lock),
                _ => {}
            }
        }
        if matches!(
            error,
            mysql::Error::IoError(_) | mysql::Error::CodecError(_)
        ) {
            fault.note_lost();
        }
        fault
    }

    /// Only some statements have a limit of the server's own: the others are ended from outside.
    fn watched<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let (opts, id) = (self.opts.clone(), self.driver.connection_id());
        let (ended, wait) = mpsc::channel::<()>();
        let limit = Duration::from_secs(self.limits.statement + 1);
        let watcher = std::thread::spawn(move || {
            if wait.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout)
                && let Ok(mut other) = Conn::new(opts)
            {
                let _ = other.query_drop(format!("KILL QUERY {id}"));
            }
        });
        let out = work(self);
        drop(ended);
        let _ = watcher.join();
        out
    }

    fn ask_driver(
        &mut self,
        text: &str,
        values: &[Option<String>],
    ) -> Result<Answer, mysql::Error> {
        let statement = self.driver.prep(text)?;
        let values: Vec<Value> = values
            .iter()
            .map(|value| match value {
                None => Value::NULL,
                Some(text) => match text.parse::<i64>() {
                    Ok(number) => Value::Int(number),
                    Err(_) => Value::Bytes(text.clone().into_bytes()),
                },
            })
            .collect();
        let given = if values.is_empty() {
            Params::Empty
        } else {
            Params::Positional(values)
        };
        let mut result = self.driver.exec_iter(&statement, given)?;
        let columns: Vec<AnswerColumn> = result
            .columns()
            .as_ref()
            .iter()
            .map(|column| AnswerColumn {
                name: column.name_str().into_owned(),
                type_name: format!("{:?}", column.column_type())
                    .trim_start_matches("MYSQL_TYPE_")
                    .to_ascii_lowercase(),
            })
            .collect();
        let written = if columns.is_empty() {
            result.affected_rows()
        } else {
            0
        };
        let mut digests = RowDigests::default();
        for row in result.by_ref() {
            let row = row?;
            digests.add_row(|hasher| {
                for value in row.unwrap() {
                    value.as_sql(true).hash(hasher);
                }
                Ok::<(), mysql::Error>(())
            })?;
        }
        Ok(Answer {
            columns,
            rows: digests.into_sorted(),
            written,
        })
    }

    fn rows_of_driver(&mut self, text: &str) -> Result<Vec<TextRow>, mysql::Error> {
        let mut out = Vec::new();
        for row in self.driver.query_iter(text)? {
            let values = row?.unwrap().into_iter().map(|value| match value {
                Value::NULL => None,
                Value::Bytes(bytes) => Some(match String::from_utf8(bytes) {
                    Ok(text) => text,
                    Err(error) => write_hex(error.as_bytes()),
                }),
                other => Some(other.as_sql(true).trim_matches('\'').to_owned()),
            });
            if out.len() < MOST_ROWS {
                out.push(values.collect());
            }
        }
        Ok(out)
    }
}

impl Connection for MySqlDatabase {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn kind(&self) -> EngineKind {
        EngineKind::MySql
    }

    fn list_what_is_there(&mut self) -> Result<Vec<String>, StatementFault> {
        let rows = self.rows(&format!(
            "SELECT says FROM (
               SELECT concat(if(table_type = 'VIEW', 'view ', 'table '), table_name) AS says FROM \
               information_schema.tables WHERE table_schema = database() AND table_name <> \
               '{MARK_TABLE}'
               UNION ALL SELECT concat('routine ', routine_name) FROM information_schema.routines \
               WHERE routine_schema = database()
               UNION ALL SELECT concat('event ', event_name) FROM information_schema.events WHERE \
               event_schema = database()
             ) there ORDER BY says"
        ))?;
        Ok(list_values(rows))
    }

    fn read_mark(&mut self) -> Result<Option<ScratchMark>, StatementFault> {
        let stands = self.rows(&format!(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = database() AND \
                table_name = '{MARK_TABLE}'"
        ))?;
        if stands.is_empty() {
            return Ok(None);
        }
        let rows = self.rows(&select_mark(MARK_TABLE))?;
        Ok(Some(read_mark_row(rows)))
    }

    fn write_mark(&mut self, mark: &ScratchMark) -> Result<(), StatementFault> {
        for text in write_mark_statements(self, MARK_TABLE, mark) {
            self.rows(&text)?;
        }
        Ok(())
    }

    fn take(&mut self) -> Result<bool, StatementFault> {
        // MySQL takes names of locks of 64 characters at most
        let rows = self.rows("SELECT get_lock(left(concat('backout ', database()), 64), 0)")?;
        Ok(take_first_value(rows).as_deref() == Some("1"))
    }

    fn drop_everything(&mut self) -> Result<(), StatementFault> {
        self.reset()?;
        // else MySQL refuses to drop a table that others refer to
        self.rows("SET foreign_key_checks = 0")?;
        let there = self.list_what_is_there()?;
        for one in there {
            let Some((kind, name)) = one.split_once(' ') else {
                continue;
            };
            let name = self.quote(name);
            match kind {
                "routine" => {
                    // which of the two it is does not matter: the other is not there
                    self.run(&format!("DROP PROCEDURE IF EXISTS {name}"))?;
                    self.run(&format!("DROP FUNCTION IF EXISTS {name}"))?;
                }
                _ => self.run(&format!("DROP {kind} IF EXISTS {name}"))?,
            }
        }
        self.rows("SET foreign_key_checks = 1").map(drop)
    }

    fn reset(&mut self) -> Result<(), StatementFault> {
        let statement = self.limits.statement;
        // MariaDB counts seconds and limits every statement, MySQL milliseconds of SELECT alone
        let limit = if self.engine.name == "MariaDB" {
            format!("SET SESSION max_statement_time = {statement}")
        } else {
            format!("SET SESSION max_execution_time = {}", statement * 1000)
        };
        for text in [
            "ROLLBACK".to_owned(),
            "SET autocommit = 1, foreign_key_checks = 1, unique_checks = 1, sql_mode = \
                @@global.sql_mode"
                .to_owned(),
            format!(
                "SET SESSION lock_wait_timeout = {0}, innodb_lock_wait_timeout = {0}",
                self.limits.lock.max(1)
            ),
        ] {
            self.rows(&text)?;
        }
        // an old server has no such limit; the watcher stands beside it
        let _ = self.rows(&limit);
        Ok(())
    }

    fn run(&mut self, text: &str) -> Result<(), StatementFault> {
        self.watched(|database| database.rows(text).map(drop))
    }

    fn rows(&mut self, text: &str) -> Result<Vec<TextRow>, StatementFault> {
        let result = self.rows_of_driver(text);
        result.map_err(|error| self.fault(&error))
    }

    fn describe(&mut self, text: &str) -> Result<Described, StatementFault> {
        // MySQL tells how many values a statement needs, and not of which types
        let result = self
            .driver
            .prep(text)
            .map(|statement| statement.num_params());
        let count = result.map_err(|error| self.fault(&error))?;
        Ok(Described::of_unknown_types(usize::from(count)))
    }

    fn ask(&mut self, text: &str, values: &[Option<String>]) -> Result<Answer, StatementFault> {
        self.watched(|database| {
            let result = database.ask_driver(text, values);
            result.map_err(|error| database.fault(&error))
        })
    }

    fn tables(&mut self) -> Result<Vec<DatabaseTable>, StatementFault> {
        list_tables(self)
    }

    fn objects(&mut self) -> Result<SchemaObjects, StatementFault> {
        list_objects(self)
    }

    // metadata locks stand in the performance schema, which MariaDB leaves off by default
    fn locks(&mut self) -> Result<Vec<HeldLock>, StatementFault> {
        Ok(Vec::new())
    }

    // MySQL commits by itself before and after every change of the schema
    fn takes_schema_back(&self) -> bool {
        false
    }

    // it looks by itself, and tools switch that off for migrations that make tables out of order
    fn enforce_references(&mut self, on: bool) -> Result<(), StatementFault> {
        let word = u8::from(on);
        self.rows(&format!("SET SESSION foreign_key_checks = {word}"))
            .map(drop)
    }

    fn quote(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn literal(&self, value: &str) -> String {
        // a backslash escapes in strings of MySQL
        format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
    }
}
