//! PostgreSQL.

use std::error::Error as _;
use std::hash::Hash;
use std::sync::mpsc;
use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{Format, FromSql, IsNull, ToSql, Type};
use postgres::{Client, Config, NoTls, SimpleQueryMessage};

use crate::address::{DatabaseAddress, EngineKind};
use crate::answer_rows::{RowDigests, list_values, take_first_value};
use crate::catalogue::{DatabaseColumn, DatabaseTable, HeldLock, SchemaObjects};
use crate::connection::{
    Answer, AnswerColumn, Connection, Described, Engine, ScratchMark, TextRow, TimeLimits,
};
use crate::fault::{RehearsalFault, StatementFault};
use crate::mark::{read_mark_row, select_mark, write_mark_statements};
use crate::postgres_schema::{OWN_SCHEMA, SCHEMAS_OF_OTHERS, list_objects, list_tables, tell_kind};

/// Seconds until a server has answered.
const CONNECT: u64 = 10;

/// The number by which rehearsals of one database keep out of each other's way.
pub(crate) const LOCK: i64 = 0x6261_636b_6f75_7401;

/// Words of an address that the driver knows; others are for other programs.
const KNOWN_WORDS: [&str; 12] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "sslmode",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "target_session_attrs",
    "channel_binding",
];

/// A database of PostgreSQL.
pub struct PostgresDatabase {
    client: Client,
    engine: Engine,
    limits: TimeLimits,
}

impl PostgresDatabase {
    /// Connects.
    ///
    /// # Errors
    /// Where no server answers, or it lets nobody in.
    pub fn open(address: &DatabaseAddress, limits: TimeLimits) -> Result<Self, RehearsalFault> {
        let mut config: Config =
            drop_unknown_words(address.whole())
                .parse()
                .map_err(|error: postgres::Error| {
                    RehearsalFault::Address(address.hide_in(&tell_driver_error(&error)))
                })?;
        config.connect_timeout(Duration::from_secs(CONNECT));
        config.application_name("backout rehearse");
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        let client = config.connect(NoTls).map_err(|error| {
            let mut why = tell_driver_error(&error);
            if why.contains("TLS") {
                why.push_str(
                    "; a rehearsal does not encrypt, so the server must be reached without",
                );
            }
            address.tell_unreachable(&why)
        })?;
        let mut database = Self {
            client,
            engine: Engine {
                name: "PostgreSQL".to_owned(),
                version: String::new(),
            },
            limits,
        };
        let version = database.rows("SHOW server_version");
        let version = version.map_err(|fault| address.tell_unreachable(&fault.message))?;
        let version = take_first_value(version).unwrap_or_default();
        version
            .split(' ')
            .next()
            .unwrap_or_default()
            .clone_into(&mut database.engine.version);
        database
            .reset()
            .map_err(|fault| address.tell_unreachable(&fault.message))?;
        Ok(database)
    }

    fn fault(&self, error: &postgres::Error) -> StatementFault {
        let mut fault = StatementFault::new(tell_driver_error(error));
        fault.code = error.code().map(|code| code.code().to_owned());
        match fault.code.as_deref() {
            // query_canceled: the server's own limit, or the watcher
            Some("57014") => fault.note_timed_out(self.limits.statement),
            // lock_not_available
            Some("55P03") => fault.note_locked(self.limits.lock),
            _ => {}
        }
        if error.is_closed() || self.client.is_closed() {
            fault.note_lost();
        }
        fault
    }

    fn simple(&mut self, text: &str) -> Result<Vec<SimpleQueryMessage>, StatementFault> {
        let result = self.client.simple_query(text);
        result.map_err(|error| self.fault(&error))
    }

    /// Whoever switches the time limit off is stopped all the same.
    fn watched<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let token = self.client.cancel_token();
        let (ended, wait) = mpsc::channel::<()>();
        let limit = Duration::from_secs(self.limits.statement + 2);
        let watcher = std::thread::spawn(move || {
            let late = wait.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
            late && token.cancel_query(NoTls).is_ok()
        });
        let out = work(self);
        drop(ended);
        if watcher.join().unwrap_or(false) {
            // the server may be told twice: the second time must not meet what is asked next
            std::thread::sleep(Duration::from_millis(50));
            let _ = self.client.simple_query("SELECT 1");
        }
        out
    }

    fn ask_driver(
        &mut self,
        text: &str,
        values: &[Option<String>],
    ) -> Result<Answer, postgres::Error> {
        let statement = self.client.prepare(text)?;
        let columns: Vec<AnswerColumn> = statement
            .columns()
            .iter()
            .map(|column| AnswerColumn {
                name: column.name().to_owned(),
                type_name: column.type_().name().to_owned(),
            })
            .collect();
        let values: Vec<TextValue> = values
            .iter()
            .map(|value| TextValue(value.clone()))
            .collect();
        let given: Vec<&(dyn ToSql + Sync)> = values
            .iter()
            .map(|value| value as &(dyn ToSql + Sync))
            .collect();
        if columns.is_empty() {
            return Ok(Answer {
                written: self.client.execute(&statement, &given)?,
                ..Answer::default()
            });
        }
        let mut rows = self.client.query_raw(&statement, given.iter().copied())?;
        let mut digests = RowDigests::default();
        while let Some(row) = rows.next()? {
            digests.add_row(|hasher| {
                for at in 0..row.len() {
                    row.try_get::<_, RawValue>(at)?.0.hash(hasher);
                }
                Ok::<(), postgres::Error>(())
            })?;
        }
        Ok(Answer {
            columns,
            rows: digests.into_sorted(),
            written: 0,
        })
    }
}

/// `?schema=public` and the like are for other programs.
fn drop_unknown_words(given: &str) -> String {
    let Some((head, words)) = given
        .split_once('?')
        .filter(|(head, _)| head.contains("://"))
    else {
        return given.to_owned();
    };
    let kept: Vec<&str> = words
        .split('&')
        .filter(|word| {
            let name = word.split('=').next().unwrap_or_default();
            KNOWN_WORDS.contains(&name)
        })
        .collect();
    if kept.is_empty() {
        head.to_owned()
    } else {
        format!("{head}?{}", kept.join("&"))
    }
}

/// What the server says, with its detail; else what the driver says.
fn tell_driver_error(error: &postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return match said.detail() {
            Some(detail) => format!("{} ({detail})", said.message()),
            None => said.message().to_owned(),
        };
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text
}

/// A value as text, whatever the type.
#[derive(Debug)]
struct TextValue(Option<String>);

impl ToSql for TextValue {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match &self.0 {
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                IsNull::No
            }
            None => IsNull::Yes,
        })
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    // as text the server converts a value itself, as it does for a literal
    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.to_sql(ty, out)
    }
}

/// The bytes of a value, whatever the type.
struct RawValue(Option<Vec<u8>>);

impl<'a> FromSql<'a> for RawValue {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Some(raw.to_vec())))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A column that would take a value of the type.
fn column_of_type(need: &Type) -> DatabaseColumn {
    use postgres::types::Kind;
    let mut base = need;
    // a domain takes the values of the type below it
    while let Kind::Domain(inner) = base.kind() {
        base = inner;
    }
    let only = match base.kind() {
        Kind::Enum(labels) => labels.clone(),
        _ => Vec::new(),
    };
    let name = base.name();
    let category = match base.kind() {
        Kind::Array(_) => "A",
        Kind::Range(_) => "R",
        _ => "",
    };
    DatabaseColumn {
        name: "a".to_owned(),
        type_name: name.to_owned(),
        kind: tell_kind(name, category),
        nullable: true,
        has_default: false,
        numbered: false,
        computed: false,
        longest: None,
        digits: None,
        only,
    }
}

impl Connection for PostgresDatabase {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn kind(&self) -> EngineKind {
        EngineKind::Postgres
    }

    fn list_what_is_there(&mut self) -> Result<Vec<String>, StatementFault> {
        let own =
            "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e')";
        let rows = self.rows(&format!(
            "SELECT says FROM (
               SELECT CASE o.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'view ' WHEN 'S' THEN \
               'sequence ' ELSE 'table ' END || n.nspname || '.' || o.relname AS says
                 FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
                WHERE o.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT IN \
                {SCHEMAS_OF_OTHERS} AND n.nspname NOT LIKE 'pg\\_t%' AND {own}
               UNION ALL
               SELECT 'routine ' || n.nspname || '.' || o.proname FROM pg_proc o JOIN pg_namespace \
               n ON n.oid = o.pronamespace
                WHERE n.nspname NOT IN {SCHEMAS_OF_OTHERS} AND n.nspname NOT LIKE 'pg\\_t%' AND \
                {own}
               UNION ALL
               SELECT 'type ' || n.nspname || '.' || o.typname FROM pg_type o JOIN pg_namespace n \
               ON n.oid = o.typnamespace
                WHERE o.typtype IN ('e', 'd') AND n.nspname NOT IN {SCHEMAS_OF_OTHERS} AND \
                n.nspname NOT LIKE 'pg\\_t%' AND {own}
               UNION ALL
               SELECT 'schema ' || o.nspname FROM pg_namespace o
                WHERE o.nspname NOT IN {SCHEMAS_OF_OTHERS} AND o.nspname <> 'public' AND o.nspname \
                NOT LIKE 'pg\\_t%' AND {own}
             ) there ORDER BY says COLLATE \"C\""
        ))?;
        Ok(list_values(rows))
    }

    fn read_mark(&mut self) -> Result<Option<ScratchMark>, StatementFault> {
        let table = format!("{OWN_SCHEMA}.{OWN_SCHEMA}");
        let stands = self.rows(&format!("SELECT to_regclass('{table}')"))?;
        if take_first_value(stands).is_none() {
            return Ok(None);
        }
        let rows = self.rows(&select_mark(&table))?;
        Ok(Some(read_mark_row(rows)))
    }

    fn write_mark(&mut self, mark: &ScratchMark) -> Result<(), StatementFault> {
        let table = format!("{OWN_SCHEMA}.{OWN_SCHEMA}");
        let texts = write_mark_statements(self, &table, mark);
        let text = texts.join(";\n");
        self.simple(&format!(
            "CREATE SCHEMA IF NOT EXISTS {OWN_SCHEMA};\n{text}"
        ))
        .map(drop)
    }

    fn take(&mut self) -> Result<bool, StatementFault> {
        // such a lock ends with its connection: nobody has to clean up after a kill
        let rows = self.rows(&format!("SELECT pg_try_advisory_lock({LOCK})"))?;
        Ok(take_first_value(rows).as_deref() == Some("t"))
    }

    fn drop_everything(&mut self) -> Result<(), StatementFault> {
        self.reset()?;
        let first = |rows: Vec<TextRow>| -> Vec<String> {
            rows.into_iter()
                .filter_map(|row| row.into_iter().next()?)
                .collect()
        };
        let extensions =
            first(self.rows("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")?);
        if extensions.is_empty() && self.list_what_is_there()?.is_empty() {
            return Ok(());
        }
        for (find, drop_it) in [
            (
                "SELECT evtname FROM pg_event_trigger",
                "DROP EVENT TRIGGER IF EXISTS",
            ),
            (
                "SELECT pubname FROM pg_publication",
                "DROP PUBLICATION IF EXISTS",
            ),
        ] {
            for name in first(self.rows(find)?) {
                let name = self.quote(&name);
                self.run(&format!("{drop_it} {name}"))?;
            }
        }
        for name in extensions {
            let name = self.quote(&name);
            self.run(&format!("DROP EXTENSION IF EXISTS {name} CASCADE"))?;
        }
        let schemas = first(self.rows(&format!(
            "SELECT nspname FROM pg_namespace WHERE nspname NOT IN {SCHEMAS_OF_OTHERS} AND nspname \
                NOT LIKE 'pg\\_t%'"
        ))?);
        for name in schemas {
            let name = self.quote(&name);
            self.run(&format!("DROP SCHEMA IF EXISTS {name} CASCADE"))?;
        }
        self.run("CREATE SCHEMA IF NOT EXISTS public")?;
        // a schema that is made anew has none of the rights that a new database gives
        self.run("GRANT USAGE ON SCHEMA public TO PUBLIC")
    }

    fn reset(&mut self) -> Result<(), StatementFault> {
        // the driver remembers types by number, and a type that is made anew has another one
        self.client.clear_type_cache();
        let text = format!(
            // a migration may have taken another role, another search path or other limits
            "ROLLBACK; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; SET timezone = 'UTC'; SET \
                client_min_messages = error; SET statement_timeout = '{}s'; SET lock_timeout = '{}s'; SET \
                idle_in_transaction_session_timeout = 0",
            self.limits.statement, self.limits.lock
        );
        self.simple(&text).map(drop)
    }

    fn run(&mut self, text: &str) -> Result<(), StatementFault> {
        self.watched(|database| database.simple(text).map(drop))
    }

    fn rows(&mut self, text: &str) -> Result<Vec<TextRow>, StatementFault> {
        let messages = self.simple(text)?;
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(
                (0..row.len())
                    .map(|at| row.get(at).map(str::to_owned))
                    .collect(),
            ),
            _ => None,
        });
        Ok(rows.collect())
    }

    fn describe(&mut self, text: &str) -> Result<Described, StatementFault> {
        let result = self.client.prepare(text);
        let statement = result.map_err(|error| self.fault(&error))?;
        Ok(Described {
            needs: statement
                .params()
                .iter()
                .map(|need| Some(column_of_type(need)))
                .collect(),
        })
    }

    fn ask(&mut self, text: &str, values: &[Option<String>]) -> Result<Answer, StatementFault> {
        let result = self.ask_driver(text, values);
        result.map_err(|error| self.fault(&error))
    }

    fn tables(&mut self) -> Result<Vec<DatabaseTable>, StatementFault> {
        list_tables(self)
    }

    fn objects(&mut self) -> Result<SchemaObjects, StatementFault> {
        list_objects(self)
    }

    fn locks(&mut self) -> Result<Vec<HeldLock>, StatementFault> {
        let rows = self.rows(
            "SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname, \
                l.mode
               FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid \
               = c.relnamespace
              WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND \
              c.relkind IN ('r', 'p')
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                AND n.nspname NOT LIKE 'pg\\_%'",
        )?;
        let lock = |row: TextRow| match <[Option<String>; 2]>::try_from(row) {
            Ok([Some(table), Some(mode)]) => Some(HeldLock { table, mode }),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(lock).collect())
    }

    fn enforce_references(&mut self, _: bool) -> Result<(), StatementFault> {
        Ok(())
    }
}
