//! A case: made so that everything in it runs, judged, run on both schemas, and made smaller where
//! the two disagree.

use coverage::{DatabaseOutcome, ReleaseRange};
use model::{Config, MemorySnapshot, RollbackEffect};
use rusqlite::Connection;

use crate::dice::Dice;
use crate::shape::{Shape, TableShape};
use crate::{previous, range, statements};

/// Statements of a release and of the range behind it.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// The schema of the previous release, one statement an entry.
    pub schema: Vec<String>,
    /// Rows that it wrote.
    pub rows: Vec<String>,
    /// Migrations, each of some statements.
    pub range: Vec<Vec<String>>,
    /// Statements of the previous release.
    pub old: Vec<String>,
    /// Rows that the new release wrote.
    pub new_rows: Vec<String>,
}

/// What running the old statements showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// All give what they gave.
    Works,
    /// One is refused.
    Fails { statement: String, error: String },
    /// One gives something else.
    Other { statement: String },
    /// One is refused because of a row that the previous schema could not hold.
    FailsOnNewRow { statement: String, error: String },
}

/// What the judge said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    Safe,
    Breaks,
    /// Doubt, changed rows, or something that was not read.
    Open,
}

/// How the two meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meeting {
    /// They agree, or nothing was claimed.
    Agree,
    /// Called safe, and it is not.
    SafeThatFails(Seen),
    /// Called breaking, and every statement works.
    BreaksThatPasses,
}

impl Meeting {
    /// How the two meet on a server, where no rows of the new release are written.
    pub fn of(said: Said, seen: Seen) -> Self {
        match (said, seen) {
            (Said::Open, _) | (Said::Safe, Seen::Works) => Self::Agree,
            (Said::Safe, seen) => Self::SafeThatFails(seen),
            (Said::Breaks, Seen::Works) => Self::BreaksThatPasses,
            (Said::Breaks, _) => Self::Agree,
        }
    }
}

fn open() -> Connection {
    let db = Connection::open_in_memory().expect("a database");
    db.execute_batch("PRAGMA foreign_keys = ON")
        .expect("a setting");
    db
}

fn attempt(db: &Connection, statements: &[String]) -> bool {
    // a step that fails half-way must leave no trace
    if db.execute_batch("SAVEPOINT attempt").is_err() {
        return false;
    }
    let fine = statements.iter().all(|text| db.execute_batch(text).is_ok());
    let end = if fine {
        "RELEASE attempt"
    } else {
        "ROLLBACK TO attempt; RELEASE attempt"
    };
    db.execute_batch(end).is_ok() && fine
}

fn references(db: &Connection, on: bool) {
    let word = if on { "ON" } else { "OFF" };
    db.execute_batch(&format!("PRAGMA foreign_keys = {word}"))
        .expect("a setting");
}

impl Case {
    /// The case of a number: statements that do not run are left out while it is made.
    pub fn make(dice: &mut Dice) -> Self {
        let mut out = Self::default();
        let db = open();
        let lay = |list: &mut Vec<String>, text: Option<String>| {
            if let Some(text) = text
                && attempt(&db, std::slice::from_ref(&text))
            {
                list.push(text);
            }
        };
        for _ in 0..1 + dice.below(3) {
            let text = previous::new_table(dice, &Shape::of(&db));
            lay(&mut out.schema, Some(text));
        }
        for _ in 0..dice.below(3) {
            let text = previous::new_index(dice, &Shape::of(&db));
            lay(&mut out.schema, text);
        }
        for _ in 0..dice.below(3) {
            let shape = Shape::of(&db);
            let name = range::view_name(dice, &shape);
            let body = previous::view_body(dice, &shape);
            lay(
                &mut out.schema,
                body.map(|body| format!("CREATE VIEW {name} AS {body}")),
            );
        }
        if dice.one_in(3) {
            let text = previous::new_trigger(dice, &Shape::of(&db));
            lay(&mut out.schema, text);
        }
        for table in &Shape::of(&db).tables {
            let number = 1 + dice.below(3);
            for text in previous::rows(dice, table, number, 1) {
                lay(&mut out.rows, Some(text));
            }
        }
        let shape = Shape::of(&db);
        for _ in 0..2 + dice.below(5) {
            let Some(text) = statements::statement(dice, &shape) else {
                continue;
            };
            // a statement that does not run on the previous schema says nothing of the range
            if run_apart(&db, &text, &[]).is_ok() {
                out.old.push(text);
            }
        }
        // SQLite's way to rebuild a table needs its references switched off
        references(&db, false);
        // a long range now and then: its steps hide or undo one another
        let most = if dice.one_in(3) { 8 } else { 2 };
        for _ in 0..1 + dice.below(most) {
            let mut migration = Vec::new();
            for _ in 0..1 + dice.below(3) {
                if let Some(step) = range::step(dice, &Shape::of(&db))
                    && attempt(&db, &step)
                {
                    migration.extend(step);
                }
            }
            if !migration.is_empty() {
                out.range.push(migration);
            }
        }
        references(&db, true);
        let old: Vec<&str> = shape
            .tables
            .iter()
            .map(|table| table.name.as_str())
            .collect();
        // rows of the new release in tables that the previous one knows
        for table in &Shape::of(&db).tables {
            if old.contains(&table.name.as_str()) {
                let number = dice.below(3);
                // keys of their own, apart from those of the rows that are there
                for text in previous::rows(dice, table, number, 100) {
                    lay(&mut out.new_rows, Some(text));
                }
            }
        }
        out
    }

    /// What the program says of it: the two releases as files.
    pub fn judge(&self, dialect: &str) -> (Said, DatabaseOutcome) {
        let path = |number: usize| format!("db/{dialect}/migrations/{number:04}_step.up.sql");
        let sql = |statements: &[String]| -> String {
            statements.iter().map(|text| format!("{text};\n")).collect()
        };
        let mut code = String::new();
        for (at, text) in self.old.iter().enumerate() {
            code.push_str(&format!(
                "def statement_{at}(db):\n    return db.execute(\"\"\"{text}\"\"\").fetchall()\n\n"
            ));
        }
        let mut files = vec![
            (path(1), sql(&self.schema)),
            ("app/store.py".to_owned(), code),
        ];
        let list = |files: &[(String, String)]| {
            MemorySnapshot::new(
                files
                    .iter()
                    .map(|(path, text)| (path.as_str(), text.as_str())),
            )
        };
        let previous = list(&files);
        for (at, migration) in self.range.iter().enumerate() {
            files.push((path(at + 2), sql(migration)));
        }
        let current = list(&files);
        let outcome = schema::check_database(&ReleaseRange {
            previous: &previous,
            current: &current,
            changes: &previous.changes_to(&current),
            config: &Config::default(),
            previous_version: "3.0.0",
            current_version: "3.1.0",
        });
        let worst = outcome
            .migrations
            .iter()
            .map(|migration| migration.rollback)
            .max();
        // where something was not read, nothing is claimed
        let all = outcome.migrations.len() == self.range.len()
            && outcome.unchecked.is_empty()
            && outcome.unsearched.is_empty();
        let said = match worst {
            Some(RollbackEffect::Safe) if all => Said::Safe,
            Some(RollbackEffect::BreaksReads | RollbackEffect::BreaksWrites) => Said::Breaks,
            _ => Said::Open,
        };
        (said, outcome)
    }

    /// Runs the old statements on both schemas. `None` where the case itself does not run.
    pub fn run(&self) -> Option<Seen> {
        let (old, new) = (open(), open());
        for db in [&old, &new] {
            let fine = self
                .schema
                .iter()
                .chain(&self.rows)
                .all(|text| db.execute_batch(text).is_ok());
            if !fine {
                return None;
            }
        }
        references(&new, false);
        for text in self.range.iter().flatten() {
            new.execute_batch(text).ok()?;
        }
        references(&new, true);
        let (before, after) = (Shape::of(&old), Shape::of(&new));
        let probes = self.probes(&before, &after);
        let compare = |old: &Connection, both: bool| -> Option<Seen> {
            for text in &self.old {
                let Ok(first) = run_apart(old, text, &probes) else {
                    if both {
                        return None;
                    }
                    // the row may stand in the way on the old schema too
                    continue;
                };
                let statement = text.clone();
                match run_apart(&new, text, &probes) {
                    Err(error) => return Some(Seen::Fails { statement, error }),
                    Ok(again) if both && !same(&first, &again, &self.words()) => {
                        return Some(Seen::Other { statement });
                    }
                    Ok(_) => {}
                }
            }
            Some(Seen::Works)
        };
        match compare(&old, true)? {
            Seen::Works => {}
            seen => return Some(seen),
        }
        // rows of the new release: where the previous schema takes them too, the answers count
        let mut held = true;
        for text in &self.new_rows {
            if new.execute_batch(text).is_err() {
                return None;
            }
            held &= in_old_form(text, &before).is_some_and(|text| old.execute_batch(&text).is_ok());
        }
        match compare(&old, false)? {
            Seen::Fails { statement, error } if !held => {
                Some(Seen::FailsOnNewRow { statement, error })
            }
            seen => Some(seen),
        }
    }

    /// Every word of the program.
    pub fn words(&self) -> Vec<&str> {
        self.old
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'))
            .collect()
    }

    /// What is read after a statement: tables that the program names, with the columns it names.
    fn probes(&self, before: &Shape, after: &Shape) -> Vec<String> {
        let words = self.words();
        let whole = |table: &str| {
            self.old
                .iter()
                .any(|text| text.contains('*') && text.contains(table))
        };
        let named = before
            .tables
            .iter()
            .filter(|table| words.contains(&table.name.as_str()));
        named
            .filter_map(|table: &TableShape| {
                let now = after.find(&table.name)?;
                let columns: Vec<&str> = table
                    .columns
                    .iter()
                    .map(|column| column.name.as_str())
                    // what the program does not name it cannot miss
                    .filter(|name| words.contains(name) || whole(&table.name))
                    .filter(|name| now.columns.iter().any(|column| column.name == *name))
                    .collect();
                (!columns.is_empty())
                    .then(|| format!("SELECT {} FROM {}", columns.join(", "), table.name))
            })
            .collect()
    }

    /// How what was said and what is seen meet.
    pub fn meet(&self) -> Option<(Said, Meeting)> {
        let (said, outcome) = self.judge("sqlite");
        if said == Said::Open {
            return Some((said, Meeting::Agree));
        }
        let seen = self.run()?;
        let meeting = match (said, seen) {
            (Said::Safe, Seen::Works) => Meeting::Agree,
            // it says that production tells, and gives the query
            (Said::Safe, Seen::FailsOnNewRow { .. }) if asks(&outcome) => Meeting::Agree,
            (Said::Safe, seen) => Meeting::SafeThatFails(seen),
            (_, Seen::Works) => Meeting::BreaksThatPasses,
            _ => Meeting::Agree,
        };
        Some((said, meeting))
    }

    /// The smallest case that still disagrees in the same way.
    pub fn shrink(&self) -> Self {
        let way = |case: &Self| {
            case.meet().map(|(_, meeting)| match meeting {
                Meeting::Agree => 0,
                Meeting::SafeThatFails(Seen::Fails { .. }) => 1,
                Meeting::SafeThatFails(Seen::FailsOnNewRow { .. }) => 2,
                Meeting::SafeThatFails(_) => 3,
                Meeting::BreaksThatPasses => 4,
            })
        };
        // a smaller case that fails in another way would show another fault
        let wanted = way(self);
        let mut best = self.clone();
        loop {
            let mut smaller = Vec::new();
            for at in 0..best.range.len() {
                let mut next = best.clone();
                next.range.remove(at);
                smaller.push(next);
                for inside in 0..best.range[at].len() {
                    let mut next = best.clone();
                    next.range[at].remove(inside);
                    smaller.push(next);
                }
            }
            let lists: [fn(&mut Self) -> &mut Vec<String>; 4] = [
                |case| &mut case.old,
                |case| &mut case.new_rows,
                |case| &mut case.rows,
                |case| &mut case.schema,
            ];
            for list in lists {
                for at in 0..list(&mut best.clone()).len() {
                    let mut next = best.clone();
                    list(&mut next).remove(at);
                    smaller.push(next);
                }
            }
            for next in &mut smaller {
                next.range.retain(|migration| !migration.is_empty());
            }
            match smaller.into_iter().find(|next| way(next) == wanted) {
                Some(next) => best = next,
                None => return best,
            }
        }
    }
}

/// Something that is called safe comes with a query for rows of the new release.
fn asks(outcome: &DatabaseOutcome) -> bool {
    let operations = outcome
        .migrations
        .iter()
        .flat_map(|migration| &migration.operations);
    operations
        .into_iter()
        .any(|operation| operation.query.is_some())
}

/// An INSERT of all columns, with the columns that the previous schema has.
fn in_old_form(text: &str, before: &Shape) -> Option<String> {
    let rest = text.strip_prefix("INSERT INTO ")?;
    let (table, rest) = rest.split_once(" (")?;
    let (names, values) = rest.split_once(") VALUES (")?;
    let values = values.strip_suffix(')')?;
    let known = before.tables.iter().find(|shape| shape.name == table)?;
    let kept: Vec<(&str, &str)> = names
        .split(", ")
        .zip(values.split(", "))
        .filter(|(name, _)| known.written().iter().any(|column| column.name == *name))
        .collect();
    let list =
        |pick: fn(&(&str, &str)) -> String| kept.iter().map(pick).collect::<Vec<_>>().join(", ");
    Some(format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        list(|pair| pair.0.to_owned()),
        list(|pair| pair.1.to_owned())
    ))
}

/// Rows with the names of their columns.
pub type Answer = (Vec<String>, Vec<Vec<String>>);

/// The same values in the columns of the first answer, by their names; the order of rows is free. A
/// column that only `*` gave counts where the program names it: a search for the name is what the
/// judge goes by.
pub fn same(first: &[Answer], again: &[Answer], words: &[&str]) -> bool {
    first.len() == again.len()
        && first.iter().zip(again).all(|(first, again)| {
            let there = |name: &String| again.0.iter().position(|other| other == name);
            let plain = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
            let counts = |name: &String| !plain(name) || words.contains(&name.as_str());
            let kept = first.0.iter().enumerate().filter(|(_, name)| counts(name));
            let pairs: Option<Vec<(usize, usize)>> = if first.0 == again.0 {
                Some(kept.map(|(at, _)| (at, at)).collect())
            } else {
                kept.map(|(at, name)| Some((at, there(name)?))).collect()
            };
            let Some(pairs) = pairs else { return false };
            let (mut expected, mut found) = (Vec::new(), Vec::new());
            for row in &first.1 {
                let values = pairs.iter().map(|(at, _)| row[*at].as_str());
                expected.push(values.collect::<Vec<_>>());
            }
            for row in &again.1 {
                let values = pairs.iter().map(|(_, at)| row[*at].as_str());
                found.push(values.collect::<Vec<_>>());
            }
            expected.sort();
            found.sort();
            expected == found
        })
}

/// Runs a statement and its probes, and takes everything back.
fn run_apart(db: &Connection, text: &str, probes: &[String]) -> Result<Vec<Answer>, String> {
    db.execute_batch("SAVEPOINT apart")
        .map_err(|error| error.to_string())?;
    let answers: Result<Vec<Answer>, rusqlite::Error> = std::iter::once(text)
        .chain(probes.iter().map(String::as_str))
        .map(|text| answer(db, text))
        .collect();
    db.execute_batch("ROLLBACK TO apart; RELEASE apart")
        .map_err(|error| error.to_string())?;
    answers.map_err(|error| error.to_string())
}

fn answer(db: &Connection, text: &str) -> Result<Answer, rusqlite::Error> {
    let mut statement = db.prepare(text)?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let values: Result<Vec<String>, _> = (0..names.len())
            .map(|at| row.get_ref(at).map(|value| format!("{value:?}")))
            .collect();
        out.push(values?);
    }
    Ok((names, out))
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut list = |title: &str, texts: &[String]| {
            texts
                .iter()
                .try_for_each(|text| writeln!(f, "  {title}: {text}"))
        };
        list("before", &self.schema)?;
        list("rows", &self.rows)?;
        for (at, migration) in self.range.iter().enumerate() {
            list(&format!("up {}", at + 1), migration)?;
        }
        list("old", &self.old)?;
        list("new rows", &self.new_rows)
    }
}
