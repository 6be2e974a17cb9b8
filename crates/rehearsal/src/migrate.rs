//! Migrations run one after the other, each as its tool would run it: in a transaction where it does
//! not say or show that it needs none.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::address::EngineKind;
use crate::catalogue::HeldLock;
use crate::connection::{Connection, ScratchMark};
use crate::fault::StatementFault;
use crate::plan::{PlannedMigration, PlannedStatement};
use crate::report::{PlacedFailure, RanMigration, RanMigrations};

/// Longest excerpt of a statement, in characters.
pub const EXCERPT: usize = 300;

/// Locks from the weakest to the strongest, as PostgreSQL calls them.
const STRENGTH: [&str; 8] = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
];

/// What a statement does beside the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// Nothing.
    No,
    /// It changes roles of the whole server: left out.
    Roles,
    /// It reaches other databases or files: not run.
    Reaches,
}

/// The first words of a statement, in capitals.
fn read_head(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .take(6)
        .map(str::to_ascii_uppercase)
        .collect()
}

fn tell_beyond(text: &str, kind: EngineKind) -> Beyond {
    let head = read_head(text);
    let word = |at: usize| head.get(at).map_or("", String::as_str);
    match (word(0), word(1)) {
        ("CREATE" | "ALTER" | "DROP", "ROLE" | "USER" | "GROUP")
            if word(2) != "MAPPING" && kind != EngineKind::Sqlite =>
        {
            Beyond::Roles
        }
        ("CREATE" | "DROP" | "ALTER", "DATABASE" | "TABLESPACE" | "SERVER")
        | ("ALTER", "SYSTEM")
        | ("ATTACH" | "DETACH" | "USE", _)
        | ("LOAD", "DATA") => Beyond::Reaches,
        ("COPY", _) => Beyond::Reaches,
        _ => Beyond::No,
    }
}

/// The statement opens, ends or forbids a transaction.
fn handles_transactions(text: &str, kind: EngineKind) -> bool {
    let head = read_head(text);
    let word = |at: usize| head.get(at).map_or("", String::as_str);
    match word(0) {
        "BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" => true,
        "START" => word(1) == "TRANSACTION",
        "VACUUM" | "REINDEX" => kind != EngineKind::MySql,
        "PRAGMA" => word(1) == "FOREIGN_KEYS" || word(1) == "JOURNAL_MODE",
        "CREATE" | "DROP" | "REFRESH" | "ALTER" => head.iter().any(|word| word == "CONCURRENTLY"),
        _ => false,
    }
}

/// What is watched while migrations run.
pub struct MigrationRunner<'a> {
    /// The database.
    pub database: &'a mut dyn Connection,
    /// Ask which locks are held.
    pub locks: bool,
    /// Let the database look for broken references meanwhile.
    pub references: bool,
    /// Notes on what was left out.
    pub notes: &'a mut Vec<String>,
    /// The mark, in which the migration that runs is named.
    pub mark: &'a mut ScratchMark,
}

impl MigrationRunner<'_> {
    /// Runs the ways up in order, until one fails.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub fn run_all_up(
        &mut self,
        migrations: &[PlannedMigration],
    ) -> Result<RanMigrations, StatementFault> {
        let step = self.mark.step.clone();
        let mut out = RanMigrations::default();
        for migration in migrations {
            self.note_in_mark(&step, &migration.path)?;
            let ran = self.run_one(&migration.path, &migration.up, migration.alone)?;
            let failed = ran.failed.is_some();
            out.millis += ran.millis;
            out.migrations.push(ran);
            if failed {
                break;
            }
        }
        Ok(out)
    }

    /// Runs the ways down, the newest first, until one fails or is missing.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub fn run_all_down(
        &mut self,
        migrations: &[PlannedMigration],
    ) -> Result<RanMigrations, StatementFault> {
        let step = self.mark.step.clone();
        let mut out = RanMigrations::default();
        for migration in migrations.iter().rev() {
            let Some((path, statements)) = &migration.down else {
                out.ends_at = Some(migration.path.clone());
                break;
            };
            self.note_in_mark(&step, path)?;
            let ran = self.run_one(path, statements, migration.alone)?;
            let failed = ran.failed.is_some();
            out.millis += ran.millis;
            out.migrations.push(ran);
            if failed {
                break;
            }
        }
        Ok(out)
    }

    /// Whoever looks after a kill reads there what was being done.
    fn note_in_mark(&mut self, step: &str, path: &str) -> Result<(), StatementFault> {
        self.mark.step = format!("{step}: {path}");
        self.database.write_mark(self.mark)
    }

    fn run_one(
        &mut self,
        path: &str,
        statements: &[PlannedStatement],
        alone: bool,
    ) -> Result<RanMigration, StatementFault> {
        let kind = self.database.kind();
        self.database.reset()?;
        let known: BTreeSet<String> = if self.locks {
            self.database
                .tables()?
                .iter()
                .map(|table| table.id())
                .collect()
        } else {
            BTreeSet::new()
        };
        let mut held = BTreeMap::new();
        let began = Instant::now();
        let mut together = !alone
            && !statements
                .iter()
                .any(|statement| handles_transactions(&statement.text, kind));
        let mut failed = self.run_statements(path, statements, together, &known, &mut held)?;
        // what no transaction takes is seen when it is tried
        if together
            && failed
                .as_ref()
                .is_some_and(|(fault, _)| needs_no_transaction(fault))
        {
            self.database.reset()?;
            together = false;
            failed = self.run_statements(path, statements, together, &known, &mut held)?;
        }
        let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.database.reset()?;
        let locks = held
            .into_iter()
            .map(|(table, mode)| HeldLock { table, mode })
            .collect();
        Ok(RanMigration {
            path: path.to_owned(),
            millis,
            locks,
            failed: failed.map(|(_, failure)| failure),
        })
    }

    fn run_statements(
        &mut self,
        path: &str,
        statements: &[PlannedStatement],
        together: bool,
        known: &BTreeSet<String>,
        held: &mut BTreeMap<String, String>,
    ) -> Result<Option<(StatementFault, PlacedFailure)>, StatementFault> {
        let kind = self.database.kind();
        if !self.references {
            self.database.enforce_references(false)?;
        }
        if together {
            self.database.run("BEGIN")?;
        }
        for statement in statements {
            match tell_beyond(&statement.text, kind) {
                Beyond::No => {}
                Beyond::Roles => {
                    self.notes.push(format!(
                        "{path}:{} changes roles of the whole server and was left out",
                        statement.line
                    ));
                    continue;
                }
                Beyond::Reaches => {
                    let fault = StatementFault::new(
                        "it reaches files or other databases, which a rehearsal does not do",
                    );
                    let failure = place_failure(path, statement, &fault);
                    return Ok(Some((fault, failure)));
                }
            }
            let ends = matches!(
                read_head(&statement.text).first().map(String::as_str),
                Some("COMMIT" | "END")
            );
            if self.locks && ends {
                self.note_locks(known, held)?;
            }
            if let Err(fault) = self.database.run(&statement.text) {
                if fault.lost {
                    return Err(fault);
                }
                let failure = place_failure(path, statement, &fault);
                return Ok(Some((fault, failure)));
            }
        }
        if together {
            if self.locks {
                self.note_locks(known, held)?;
            }
            if let Err(fault) = self.database.run("COMMIT") {
                if fault.lost {
                    return Err(fault);
                }
                // deferred conditions are looked at here
                let last = statements.last().cloned().unwrap_or(PlannedStatement {
                    line: 1,
                    text: "COMMIT".to_owned(),
                });
                let failure = place_failure(path, &last, &fault);
                return Ok(Some((fault, failure)));
            }
        }
        Ok(None)
    }

    fn note_locks(
        &mut self,
        known: &BTreeSet<String>,
        held: &mut BTreeMap<String, String>,
    ) -> Result<(), StatementFault> {
        let strength = |mode: &str| STRENGTH.iter().position(|known| *known == mode);
        // a transaction that failed answers nothing, and its locks do not matter
        let Ok(locks) = self.database.locks() else {
            return Ok(());
        };
        for lock in locks.into_iter().filter(|lock| known.contains(&lock.table)) {
            let stronger = held
                .get(&lock.table)
                .is_none_or(|mode| strength(mode) < strength(&lock.mode));
            if stronger {
                held.insert(lock.table, lock.mode);
            }
        }
        Ok(())
    }
}

/// MySQL: a table that is made before the one to which it refers, or changed while one refers to it.
pub fn is_about_references(failure: &PlacedFailure) -> bool {
    let error = failure.error.to_ascii_lowercase();
    [
        "errno: 150",
        "foreign key constraint",
        "the referenced table",
    ]
    .iter()
    .any(|sign| error.contains(sign))
}

/// PostgreSQL: "cannot run inside a transaction block".
fn needs_no_transaction(fault: &StatementFault) -> bool {
    fault.code.as_deref() == Some("25001")
}

/// Where a statement failed, and how.
pub fn place_failure(
    path: &str,
    statement: &PlannedStatement,
    fault: &StatementFault,
) -> PlacedFailure {
    PlacedFailure {
        path: path.to_owned(),
        line: statement.line,
        text: shorten_statement(&statement.text),
        error: fault.message.clone(),
    }
}

/// A statement on one line, shortened.
pub fn shorten_statement(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    model::shorten_text(&model::escape_invisible(&line), EXCERPT).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_beyond_the_database_is_told() {
        let tell = |text| tell_beyond(text, EngineKind::Postgres);
        for text in [
            "DROP DATABASE shop",
            "COPY a FROM PROGRAM 'rm -rf x'",
            "alter system set fsync = off",
            "ATTACH 'x.db' AS x",
            "CREATE TABLESPACE t LOCATION '/x'",
        ] {
            assert_eq!(tell(text), Beyond::Reaches, "{text}");
        }
        assert_eq!(tell("CREATE ROLE app"), Beyond::Roles);
        assert_eq!(tell("CREATE TABLE \"user\" (id int)"), Beyond::No);
        assert_eq!(tell("ALTER TABLE a ADD b int"), Beyond::No);
    }

    #[test]
    fn what_takes_no_transaction_is_told() {
        for text in [
            "CREATE INDEX CONCURRENTLY i ON a (b)",
            "COMMIT",
            "PRAGMA foreign_keys=off",
            "VACUUM",
        ] {
            assert!(handles_transactions(text, EngineKind::Postgres), "{text}");
        }
        assert!(!handles_transactions(
            "CREATE INDEX i ON a (b)",
            EngineKind::Postgres
        ));
    }
}
