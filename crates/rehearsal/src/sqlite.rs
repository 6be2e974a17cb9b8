//! SQLite.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection as Driver;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;

use crate::address::{DatabaseAddress, EngineKind};
use crate::answer_rows::{MOST_ROWS, RowDigests, list_values, write_hex};
use crate::catalogue::{DatabaseTable, HeldLock, SchemaObjects};
use crate::connection::{
    Answer, AnswerColumn, Connection, Described, Engine, ScratchMark, TextRow, TimeLimits,
};
use crate::fault::{RehearsalFault, StatementFault};
use crate::mark::{MARK_TABLE, read_mark_row, select_mark, write_mark_statements};
use crate::sqlite_schema::{list_objects, list_tables};

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 5_000;

/// A file of SQLite.
pub struct SqliteDatabase {
    driver: Driver,
    engine: Engine,
    began: Instant,
    /// Milliseconds after `began` at which the running statement is stopped.
    until: Arc<AtomicU64>,
    limits: TimeLimits,
}

impl SqliteDatabase {
    /// Opens a file; one that is not there is made.
    ///
    /// # Errors
    /// Where it is no file of SQLite, or may not be written.
    pub fn open(address: &DatabaseAddress, limits: TimeLimits) -> Result<Self, RehearsalFault> {
        let unreachable = |error: rusqlite::Error| RehearsalFault::Unreachable {
            address: address.shown().to_owned(),
            why: convert_driver_error(&error).message,
        };
        let driver = Driver::open(address.whole()).map_err(unreachable)?;
        let began = Instant::now();
        let until = Arc::new(AtomicU64::new(u64::MAX));
        let (seen, clock) = (Arc::clone(&until), began);
        let mut database = Self {
            driver,
            engine: Engine {
                name: "SQLite".to_owned(),
                version: rusqlite::version().to_owned(),
            },
            began,
            until,
            limits,
        };
        let driver = &mut database.driver;
        driver
            .busy_timeout(Duration::from_secs(limits.lock.min(2)))
            .map_err(unreachable)?;
        let over = move || {
            let now = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
            now > seen.load(Ordering::Relaxed)
        };
        driver
            .progress_handler(STEPS, Some(over))
            .map_err(unreachable)?;
        // a migration must not reach other files; VACUUM attaches one without a name
        let other_files = |context: AuthContext<'_>| match context.action {
            AuthAction::Attach { filename } if !filename.is_empty() => Authorization::Deny,
            _ => Authorization::Allow,
        };
        driver.authorizer(Some(other_files)).map_err(unreachable)?;
        database
            .rows("SELECT count(*) FROM sqlite_schema")
            .map_err(|fault| {
                if fault.locked {
                    return RehearsalFault::Taken(address.shown().to_owned());
                }
                RehearsalFault::Unreachable {
                    address: address.shown().to_owned(),
                    why: fault.message,
                }
            })?;
        Ok(database)
    }

    fn start_clock(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.until.store(
            now.saturating_add(self.limits.statement.saturating_mul(1000)),
            Ordering::Relaxed,
        );
    }

    fn told<T>(&self, result: rusqlite::Result<T>) -> Result<T, StatementFault> {
        result.map_err(|error| {
            let mut fault = convert_driver_error(&error);
            if fault.timed_out {
                fault.note_timed_out(self.limits.statement);
            }
            fault
        })
    }

    fn ask_driver(&self, text: &str, values: &[Option<String>]) -> rusqlite::Result<Answer> {
        let mut statement = self.driver.prepare(text)?;
        for (at, value) in values.iter().enumerate() {
            let at = at + 1;
            match value {
                None => statement.raw_bind_parameter(at, rusqlite::types::Null)?,
                // SQLite compares a text with a number as different kinds, so a number is given as
                // one
                Some(text) => match (text.parse::<i64>(), text.parse::<f64>()) {
                    (Ok(number), _) => statement.raw_bind_parameter(at, number)?,
                    (_, Ok(number)) if number.is_finite() => {
                        statement.raw_bind_parameter(at, number)?;
                    }
                    _ => statement.raw_bind_parameter(at, text)?,
                },
            }
        }
        let columns: Vec<AnswerColumn> = statement
            .columns()
            .map(|column| AnswerColumn {
                name: column.name().to_owned(),
                type_name: column.decl_type().unwrap_or_default().to_ascii_lowercase(),
            })
            .collect();
        let (width, mut digests) = (columns.len(), RowDigests::default());
        let reads = statement.readonly();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            digests.add_row(|hasher| {
                for at in 0..width {
                    write_text(row.get_ref(at)?).hash(hasher);
                }
                Ok::<(), rusqlite::Error>(())
            })?;
        }
        drop(rows);
        drop(statement);
        let written = if reads { 0 } else { self.driver.changes() };
        Ok(Answer {
            columns,
            rows: digests.into_sorted(),
            written,
        })
    }

    fn rows_of_driver(&self, text: &str) -> rusqlite::Result<Vec<TextRow>> {
        let mut statement = self.driver.prepare(text)?;
        let width = statement.column_count();
        let mut rows = statement.raw_query();
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let values = (0..width).map(|at| row.get_ref(at).map(write_text));
            out.push(values.collect::<rusqlite::Result<_>>()?);
            if out.len() >= MOST_ROWS {
                break;
            }
        }
        Ok(out)
    }
}

/// A value as text.
fn write_text(value: ValueRef<'_>) -> Option<String> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => write_hex(bytes),
    })
}

fn convert_driver_error(error: &rusqlite::Error) -> StatementFault {
    use rusqlite::ErrorCode;
    let mut fault = match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => StatementFault::new(text),
        rusqlite::Error::SqlInputError { msg, .. } => StatementFault::new(msg),
        other => StatementFault::new(other.to_string()),
    };
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => fault.timed_out = true,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => fault.locked = true,
        Some(ErrorCode::AuthorizationForStatementDenied) => {
            fault.message =
                "it opens another file, which a rehearsal does not do (ATTACH, VACUUM INTO)"
                    .to_owned();
        }
        _ => {}
    }
    fault
}

impl Connection for SqliteDatabase {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn kind(&self) -> EngineKind {
        EngineKind::Sqlite
    }

    fn list_what_is_there(&mut self) -> Result<Vec<String>, StatementFault> {
        let rows = self.rows(&format!(
            "SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('table', 'view') AND \
                name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '{MARK_TABLE}' ORDER BY name"
        ))?;
        Ok(list_values(rows))
    }

    fn read_mark(&mut self) -> Result<Option<ScratchMark>, StatementFault> {
        let stands = self.rows(&format!(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '{MARK_TABLE}'"
        ))?;
        if stands.is_empty() {
            return Ok(None);
        }
        let rows = self.rows(&select_mark(MARK_TABLE))?;
        Ok(Some(read_mark_row(rows)))
    }

    fn write_mark(&mut self, mark: &ScratchMark) -> Result<(), StatementFault> {
        for text in write_mark_statements(self, MARK_TABLE, mark) {
            self.run(&text)?;
        }
        Ok(())
    }

    fn take(&mut self) -> Result<bool, StatementFault> {
        // the lock is taken with the first write and kept after the transaction
        self.rows("PRAGMA locking_mode = EXCLUSIVE")?;
        match self.run("BEGIN IMMEDIATE") {
            Ok(()) => {
                self.run("COMMIT")?;
                Ok(true)
            }
            Err(fault) if fault.locked => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    fn drop_everything(&mut self) -> Result<(), StatementFault> {
        self.reset()?;
        // twice: what a virtual table keeps goes with it, and views may stand in the way
        for _ in 0..2 {
            let rows = self.rows(&format!(
                "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view', 'trigger') \
                    AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '{MARK_TABLE}' ORDER BY \
                    type = 'table', sql NOT LIKE 'CREATE VIRTUAL%'"
            ))?;
            for row in rows {
                if let [Some(kind), Some(name)] = row.as_slice() {
                    let name = self.quote(name);
                    // gone with another, or dropped in the second round
                    let _ = self.run(&format!("DROP {kind} IF EXISTS {name}"));
                }
            }
        }
        match self.list_what_is_there()?.first() {
            None => Ok(()),
            Some(left) => Err(StatementFault::new(format!("{left} cannot be dropped"))),
        }
    }

    fn reset(&mut self) -> Result<(), StatementFault> {
        if !self.driver.is_autocommit() {
            self.run("ROLLBACK")?;
        }
        self.enforce_references(false)?;
        // a migration that switched these leaves the connection so
        self.rows("PRAGMA legacy_alter_table = OFF")?;
        self.rows("PRAGMA writable_schema = OFF")?;
        Ok(())
    }

    fn run(&mut self, text: &str) -> Result<(), StatementFault> {
        self.start_clock();
        let result = self.driver.execute_batch(text);
        self.told(result)
    }

    fn rows(&mut self, text: &str) -> Result<Vec<TextRow>, StatementFault> {
        self.start_clock();
        let result = self.rows_of_driver(text);
        self.told(result)
    }

    fn describe(&mut self, text: &str) -> Result<Described, StatementFault> {
        self.start_clock();
        let result = self
            .driver
            .prepare(text)
            .map(|statement| statement.parameter_count());
        let count = self.told(result)?;
        Ok(Described::of_unknown_types(count))
    }

    fn ask(&mut self, text: &str, values: &[Option<String>]) -> Result<Answer, StatementFault> {
        self.start_clock();
        let result = self.ask_driver(text, values);
        self.told(result)
    }

    fn tables(&mut self) -> Result<Vec<DatabaseTable>, StatementFault> {
        list_tables(self)
    }

    fn objects(&mut self) -> Result<SchemaObjects, StatementFault> {
        list_objects(self)
    }

    fn locks(&mut self) -> Result<Vec<HeldLock>, StatementFault> {
        Ok(Vec::new())
    }

    fn let_others_in(&mut self, let_in: bool) -> Result<(), StatementFault> {
        if let_in {
            self.rows("PRAGMA locking_mode = NORMAL")?;
            // the lock goes with the next look at the file
            return self.rows("SELECT count(*) FROM sqlite_schema").map(drop);
        }
        if self.take()? {
            return Ok(());
        }
        Err(StatementFault {
            locked: true,
            ..StatementFault::new("another program still has it")
        })
    }

    fn enforce_references(&mut self, on: bool) -> Result<(), StatementFault> {
        let word = if on { "ON" } else { "OFF" };
        self.rows(&format!("PRAGMA foreign_keys = {word}"))
            .map(drop)
    }
}
