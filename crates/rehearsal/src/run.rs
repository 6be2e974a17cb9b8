//! The rehearsal from its first step to its last. Before each step the database is told what is being
//! done in it; whoever comes later, after a kill too, reads it there.

use std::collections::BTreeMap;

use crate::address::{DatabaseAddress, EngineKind};
use crate::admission::{FoundDatabase, digest_of, look_at_database, make_refusal};
use crate::connection::{Connection, ScratchMark};
use crate::fault::{RehearsalFault, StatementFault};
use crate::fill::{RowWish, fill_tables};
use crate::mark::MAKER;
use crate::migrate::{MigrationRunner, is_about_references, place_failure};
use crate::open::open_database;
use crate::plan::{MigrationCommand, RehearsalPlan, ToolWay};
use crate::report::{
    DatabaseRehearsal, FORM, FailedTry, FilledTables, OldStatementsSeen, PlacedFailure,
    RanMigration, RanMigrations, RanPlace, RowsTried, WayDown,
};
use crate::snapshot::DatabaseSnapshot;
use crate::statements::{
    Difference, KnownStatements, learn_statements, try_statements, try_with_steps,
};

/// Number from which rows of the new form are counted.
const NEW_ROWS: u64 = 1000;

/// Reasons for leaving statements out that are named.
const REASONS: usize = 6;

/// Holds the rehearsal. `found` is told what stood there, `told` each step before it is done.
///
/// # Errors
/// One sentence for an address that cannot be used; nothing was touched then, unless the sentence
/// is about previous's own migrations.
pub fn rehearse_on_database(
    address: &DatabaseAddress,
    plan: &RehearsalPlan<'_>,
    told: &mut dyn FnMut(&str),
) -> Result<DatabaseRehearsal, RehearsalFault> {
    if let Some(host) = address.remote_host() {
        told(&format!(
            "the connection to {host} is not encrypted: what is asked and answered can be read on \
                the way"
        ));
    }
    let mut database = open_database(address, plan.limits)?;
    let database = database.as_mut();
    let found = look_at_database(database, address)?;
    if let FoundDatabase::Left { range, step, ended } = &found {
        told(&if *ended {
            format!(
                "the database holds what the rehearsal of {range} left; everything in it is \
                    dropped, and this one starts from an empty database"
            )
        } else {
            format!(
                "the rehearsal of {range} ended in the middle ({step}); everything it left in this \
                    database is dropped, and this one starts over"
            )
        });
    }
    let taken = database
        .take()
        .map_err(|fault| make_refusal(address, "taking it for itself", fault))?;
    if !taken {
        return Err(RehearsalFault::Taken(address.shown().to_owned()));
    }
    let mut rehearsal = Rehearsing {
        mark: ScratchMark {
            made_by: format!("{MAKER}, {}", plan.program),
            range: format!("{} to {}", plan.previous.0, plan.current.0),
            step: String::new(),
            state: "running".to_owned(),
            left: String::new(),
        },
        database,
        address,
        plan,
        told,
        notes: Vec::new(),
        references: true,
    };
    let result = rehearsal.run();
    rehearsal.end(result.is_ok());
    result
}

struct Rehearsing<'a, 'b> {
    database: &'a mut dyn Connection,
    address: &'a DatabaseAddress,
    plan: &'a RehearsalPlan<'b>,
    told: &'a mut dyn FnMut(&str),
    mark: ScratchMark,
    notes: Vec<String>,
    /// The database looks for broken references while migrations run.
    references: bool,
}

/// What one try on some rows came to.
enum RangeTrial {
    Ran(Box<DatabaseRehearsal>),
    Failed(Box<DatabaseRehearsal>, PlacedFailure),
}

impl Rehearsing<'_, '_> {
    fn run(&mut self) -> Result<DatabaseRehearsal, RehearsalFault> {
        let tries = if self.plan.seed_script.is_some() || self.plan.rows == 0 {
            vec![RowsTried::Filled]
        } else {
            vec![RowsTried::WithEmpty, RowsTried::Filled, RowsTried::None]
        };
        let mut failed = Vec::new();
        let last = tries.len() - 1;
        for (at, rows) in tries.into_iter().enumerate() {
            self.notes.clear();
            match self.try_on(rows)? {
                RangeTrial::Ran(mut seen) => {
                    seen.failed_tries = failed;
                    return Ok(*seen);
                }
                RangeTrial::Failed(mut seen, failure) => {
                    if at == last {
                        seen.failed_tries = failed;
                        return Ok(*seen);
                    }
                    failed.push(FailedTry { rows, failure });
                }
            }
        }
        Err(RehearsalFault::BeforeRange(
            "there was nothing to try".to_owned(),
        ))
    }

    /// Notes what is done next, there and for whoever watches.
    fn step(&mut self, step: &str) -> Result<(), RehearsalFault> {
        (self.told)(step);
        self.mark.step = step.to_owned();
        let mark = self.mark.clone();
        self.ask("writing its mark", |database| database.write_mark(&mark))
    }

    fn ask<T>(
        &mut self,
        what: &'static str,
        ask: impl FnOnce(&mut dyn Connection) -> Result<T, StatementFault>,
    ) -> Result<T, RehearsalFault> {
        ask(self.database).map_err(|fault| make_refusal(self.address, what, fault))
    }

    fn try_on(&mut self, rows: RowsTried) -> Result<RangeTrial, RehearsalFault> {
        self.step("dropping what an earlier rehearsal left")?;
        self.ask("dropping everything in it", |database| {
            database.drop_everything()
        })?;
        let mut seen = self.new_record(rows);
        seen.before = self.run_before()?;
        if !self.references {
            self.notes.push(
                "migrations ran without a look at references, as those of previous run in no \
                    other way"
                    .to_owned(),
            );
        }
        if self.plan.command.is_none() && self.plan.before.is_empty() {
            self.notes.push(format!(
                "no migration of {} was found for this database, so the range began with an empty \
                    one",
                self.plan.previous.0
            ));
        }
        self.step("writing rows on the schema of previous")?;
        seen.filled = self.write_rows(rows, 0)?;
        let first = self.ask("reading schema and rows", DatabaseSnapshot::read)?;
        self.step("running the statements of previous on its own schema")?;
        let (statements, seed) = (&self.plan.statements, self.plan.seed);
        let mut known = self.ask("running statements", |database| {
            learn_statements(database, statements, seed)
        })?;
        if self.plan.seed_script.is_none() && rows != RowsTried::None {
            let (wish, tools) = (self.wish(rows, NEW_ROWS), &self.plan.tool_tables);
            let fill = |database: &mut dyn Connection| fill_tables(database, wish, tools).map(drop);
            self.ask("running statements", |database| {
                known.learn_more_rows(database, statements, &fill)
            })?;
        }
        seen.up = self.run_range("running the migrations of the range", true)?;
        if let Some(failure) = seen.up.failure().cloned() {
            self.tell_statements(&mut seen.statements, &known, Vec::new());
            seen.notes = std::mem::take(&mut self.notes);
            return Ok(RangeTrial::Failed(Box::new(seen), failure));
        }
        let second = self.ask("reading schema and rows", DatabaseSnapshot::read)?;
        seen.rewritten = first.compare_rows(&second);
        self.step("running the statements of previous on the new schema")?;
        let mut differences = self.ask("running statements", |database| {
            try_statements(database, statements, &known.known, true)
        })?;
        self.step("writing rows on the new schema")?;
        seen.filled_new = if self.plan.seed_script.is_some() {
            FilledTables::default()
        } else {
            self.write_rows(rows, NEW_ROWS)?
        };
        let third = self.ask("reading schema and rows", DatabaseSnapshot::read)?;
        if seen.filled_new.rows > 0 {
            let more = self.ask("running statements", |database| {
                try_statements(database, statements, &known.known, false)
            })?;
            let known_already: Vec<usize> = differences.iter().map(|one| one.at).collect();
            differences.extend(
                more.into_iter()
                    .filter(|one| one.fails && !known_already.contains(&one.at))
                    .filter(|one| known.copes_with_more_rows(one.at)),
            );
        }
        let failing: Vec<usize> = differences
            .iter()
            .filter(|one| one.fails)
            .map(|one| one.at)
            .collect();
        let steps = &self.plan.steps;
        if !failing.is_empty() && !steps.is_empty() && self.database.takes_schema_back() {
            self.step("trying the compatibility steps")?;
            seen.with_steps = Some(self.ask("running statements", |database| {
                try_with_steps(database, statements, &known.known, &failing, steps)
            })?);
        }
        self.tell_statements(&mut seen.statements, &known, differences);
        self.run_downs(&mut seen, (&first, &third))?;
        seen.notes = std::mem::take(&mut self.notes);
        seen.at = jiff::Timestamp::now();
        Ok(RangeTrial::Ran(Box::new(seen)))
    }

    fn run_downs(
        &mut self,
        seen: &mut DatabaseRehearsal,
        (first, third): (&DatabaseSnapshot, &DatabaseSnapshot),
    ) -> Result<(), RehearsalFault> {
        let by_command = self
            .plan
            .command
            .is_some_and(|command| !command.has(ToolWay::Down));
        let none = self.plan.command.is_none()
            && self
                .plan
                .range
                .last()
                .is_none_or(|last| last.down.is_none());
        if by_command || none {
            self.notes.push(match self.plan.range.last() {
                Some(last) if !by_command => {
                    format!("{} has no way down, so none was run", last.path)
                }
                _ => "no command for the way down is known, so none was run".to_owned(),
            });
            return Ok(());
        }
        let ran = self.run_down()?;
        let fourth = self.ask("reading schema and rows", DatabaseSnapshot::read)?;
        let whole = ran.is_whole();
        if ran.failure().is_some() && !self.database.takes_schema_back() {
            self.notes.push(
                "the way down stopped halfway, and what ran of it stays: this database takes no \
                    change of a schema back, so that the schema is neither that of the one release \
                    nor that of the other"
                    .to_owned(),
            );
        }
        seen.down = Some(WayDown {
            schema: first.compare_schema(&fourth),
            lost: first.compare_rows(&fourth),
            lost_new: third.without(first).compare_rows(&fourth),
            ran,
        });
        if whole {
            seen.again = Some(self.run_range("running the migrations of the range again", false)?);
        } else {
            self.notes.push(
                "the range was not run again, because the way down did not come to its end"
                    .to_owned(),
            );
        }
        Ok(())
    }

    fn new_record(&self, rows: RowsTried) -> DatabaseRehearsal {
        let plan = self.plan;
        DatabaseRehearsal {
            form: FORM,
            at: jiff::Timestamp::now(),
            engine: self.database.engine().clone(),
            previous: plan.previous.0.clone(),
            previous_commit: plan.previous.1.clone(),
            current: plan.current.0.clone(),
            current_commit: plan.current.1.clone(),
            sets: plan.sets.clone(),
            seed: plan.seed,
            before: (0, 0),
            filled: FilledTables::default(),
            failed_tries: Vec::new(),
            rows,
            up: RanMigrations::default(),
            rewritten: Vec::new(),
            filled_new: FilledTables::default(),
            statements: OldStatementsSeen::default(),
            with_steps: None,
            down: None,
            again: None,
            notes: Vec::new(),
        }
    }

    fn run_before(&mut self) -> Result<(u64, u64), RehearsalFault> {
        let previous = &self.plan.previous.0;
        let mut ran = if let Some(command) = self.plan.command {
            self.step("running the command for the schema of previous")?;
            self.run_command(command, ToolWay::Before)?
        } else {
            self.step("running the migrations of previous")?;
            self.run_migrations(false, Way::Before)?
        };
        let out_of_order = self.database.kind() == EngineKind::MySql
            && self.plan.command.is_none()
            && ran.failure().is_some_and(is_about_references);
        if self.references && out_of_order {
            self.step("running the migrations of previous without a look at references")?;
            self.references = false;
            self.notes.clear();
            self.ask("dropping everything in it", |database| {
                database.drop_everything()
            })?;
            ran = self.run_migrations(false, Way::Before)?;
        }
        match ran.failure() {
            None => Ok((ran.migrations.len() as u64, ran.millis)),
            Some(failure) => Err(RehearsalFault::BeforeRange(format!(
                "the migrations of {previous} itself do not run on {}, so nothing can be said \
                    about the range: {}:{}: {}",
                self.database.engine(),
                failure.path,
                failure.line,
                failure.error
            ))),
        }
    }

    fn run_range(&mut self, says: &str, locks: bool) -> Result<RanMigrations, RehearsalFault> {
        self.step(says)?;
        match self.plan.command {
            Some(command) => self.run_command(command, ToolWay::Up),
            None => self.run_migrations(locks, Way::Up),
        }
    }

    fn run_down(&mut self) -> Result<RanMigrations, RehearsalFault> {
        self.step("running the ways down of the range")?;
        match self.plan.command {
            Some(command) => self.run_command(command, ToolWay::Down),
            None => self.run_migrations(false, Way::Down),
        }
    }

    fn run_migrations(&mut self, locks: bool, way: Way) -> Result<RanMigrations, RehearsalFault> {
        let plan = self.plan;
        let mut run = MigrationRunner {
            database: self.database,
            locks,
            references: self.references,
            notes: &mut self.notes,
            mark: &mut self.mark,
        };
        let ran = match way {
            Way::Before => run.run_all_up(&plan.before),
            Way::Up => run.run_all_up(&plan.range),
            Way::Down => run.run_all_down(&plan.range),
        };
        ran.map_err(|fault| make_refusal(self.address, "running migrations", fault))
    }

    fn run_command(
        &mut self,
        command: &dyn MigrationCommand,
        way: ToolWay,
    ) -> Result<RanMigrations, RehearsalFault> {
        let open = |database: &mut dyn Connection| {
            database.reset()?;
            database.let_others_in(true)
        };
        self.ask("letting the command in", open)?;
        let began = std::time::Instant::now();
        let result = command.run(way);
        let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.ask("taking it back from the command", |database| {
            database.let_others_in(false)
        })?;
        let shown = command.show(way);
        let failed = result.err().map(|error| PlacedFailure {
            path: shown.clone(),
            line: 1,
            text: shown.clone(),
            error: self.address.hide_in(&error),
        });
        Ok(RanMigrations {
            migrations: vec![RanMigration {
                path: shown,
                millis,
                locks: Vec::new(),
                failed,
            }],
            millis,
            ends_at: None,
        })
    }

    fn write_rows(&mut self, rows: RowsTried, from: u64) -> Result<FilledTables, RehearsalFault> {
        let plan = self.plan;
        if let Some(script) = &plan.seed_script {
            for statement in &script.statements {
                if let Err(fault) = self.database.run(&statement.text) {
                    let failure = place_failure(&script.path, statement, &fault);
                    return Err(RehearsalFault::BeforeRange(format!(
                        "the rows of {}:{} cannot be written: {}",
                        failure.path, failure.line, failure.error
                    )));
                }
            }
            let there = self.ask("reading schema and rows", DatabaseSnapshot::read)?;
            return Ok(FilledTables {
                tables: there.tables.len() as u64,
                rows: there.count_rows(),
                empty: Vec::new(),
            });
        }
        let wish = self.wish(rows, from);
        self.ask("writing rows", |database| {
            database.reset()?;
            database.run("BEGIN")?;
            let filled = fill_tables(database, wish, &plan.tool_tables)?;
            database.run("COMMIT")?;
            Ok(filled)
        })
    }

    fn wish(&self, rows: RowsTried, from: u64) -> RowWish {
        RowWish {
            rows: if rows == RowsTried::None {
                0
            } else {
                self.plan.rows
            },
            seed: self.plan.seed,
            from,
            with_empty: rows == RowsTried::WithEmpty,
        }
    }

    fn tell_statements(
        &self,
        out: &mut OldStatementsSeen,
        known: &KnownStatements,
        differences: Vec<Difference>,
    ) {
        let statements = &self.plan.statements;
        out.found = statements.len() as u64;
        out.put_together = self.plan.put_together;
        out.left_out = known.left_out.values().sum::<u64>() + known.not_tried;
        let mut reasons: Vec<(String, u64)> = known
            .left_out
            .iter()
            .map(|(reason, count)| (reason.clone(), *count))
            .collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons.truncate(REASONS);
        if known.not_tried > 0 {
            reasons.push(("time did not suffice".to_owned(), known.not_tried));
        }
        out.left_out_because = reasons;
        out.ran = known.known.len() as u64;
        let other: BTreeMap<usize, bool> = differences
            .iter()
            .map(|difference| (difference.at, difference.fails))
            .collect();
        out.places = known
            .known
            .iter()
            .filter_map(|one| {
                let statement = statements.get(one.at)?;
                Some(RanPlace {
                    path: statement.path.clone(),
                    line: statement.line,
                    lines: statement.text.lines().count().max(1),
                    same: !other.contains_key(&one.at),
                })
            })
            .collect();
        for difference in differences {
            if difference.fails {
                out.fail.push(difference.told);
            } else {
                out.answer_otherwise.push(difference.told);
            }
        }
    }

    /// Leaves the database as it is, and says so in it. What cannot be said is not worth another
    /// fault.
    fn end(&mut self, well: bool) {
        let _ = self.database.reset();
        let there = self.database.list_what_is_there();
        if let (true, Ok(there)) = (well, there) {
            self.mark.state = "ended".to_owned();
            self.mark.left = digest_of(&there);
            self.mark.step = "the rehearsal came to its end".to_owned();
        }
        let mark = self.mark.clone();
        let _ = self.database.write_mark(&mark);
    }
}

#[derive(Clone, Copy)]
enum Way {
    Before,
    Up,
    Down,
}
