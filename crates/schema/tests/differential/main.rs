//! The judge against a database, on cases that nobody thought of: made schemas, ranges and old
//! statements are judged and run on SQLite. What is called safe must work; what is called breaking
//! and works is counted.
//!
//! `BACKOUT_DIFFERENTIAL` is the number of cases, `BACKOUT_DIFFERENTIAL_SEED` the seed. A case is
//! known by seed and number, and is made smaller before it is shown. What a run finds is fixed by
//! kind and kept as a row of `tests/observed`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects"
)]

mod beyond;
mod case;
mod dice;
mod mariadb;
mod mariadb_server;
mod postgres;
mod previous;
mod range;
mod shape;
mod statements;

use std::collections::BTreeMap;

use case::{Case, Meeting, Said};
use dice::Dice;

/// Cases where the environment does not say another number.
const CASES: u64 = 2000;
/// The seed of every run that does not say another.
const SEED: u64 = 17;
/// Disagreements that are made smaller and shown, of each kind.
const SHOWN: usize = 2;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// Operations of a case and what was said of them: cases of one fault have the same.
fn kind_of(case: &Case, dialect: &str, meeting: &Meeting) -> String {
    let (_, outcome) = case.judge(dialect);
    let mut said: Vec<String> = outcome
        .migrations
        .iter()
        .flat_map(|migration| &migration.operations)
        .map(|operation| format!("{}/{:?}", operation.kind, operation.rollback))
        .collect();
    said.dedup();
    let seen = match meeting {
        Meeting::SafeThatFails(case::Seen::Fails { error, .. }) => {
            format!(
                "fails: {}",
                error.split([':', '.']).next().unwrap_or_default()
            )
        }
        Meeting::SafeThatFails(case::Seen::FailsOnNewRow { .. }) => "fails on a new row".to_owned(),
        Meeting::SafeThatFails(_) => "answers otherwise".to_owned(),
        _ => "works".to_owned(),
    };
    format!("{} | {seen}", said.join(" "))
}

fn reasons(case: &Case, dialect: &str) -> String {
    let (_, outcome) = case.judge(dialect);
    outcome
        .migrations
        .iter()
        .flat_map(|migration| &migration.operations)
        .map(|operation| {
            format!(
                "  said: {} {:?}: {}\n",
                operation.kind, operation.rollback, operation.why
            )
        })
        .collect()
}

#[test]
fn what_is_called_safe_works_on_sqlite() {
    let (cases, seed) = (
        number("BACKOUT_DIFFERENTIAL", CASES),
        number("BACKOUT_DIFFERENTIAL_SEED", SEED),
    );
    let passes_shown = number("BACKOUT_DIFFERENTIAL_PASSES", 0) > 0;
    let mut counted: BTreeMap<Said, usize> = BTreeMap::new();
    let mut kinds: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    let (mut wrong, mut passes) = (0, 0);
    for at in 0..cases {
        let case = Case::make(&mut Dice::of_case(seed, at));
        // a case in which no step ran says nothing
        if case.range.is_empty() || case.old.is_empty() {
            continue;
        }
        let Some((said, meeting)) = case.meet() else {
            panic!("case {at} of seed {seed} does not run:\n{case}");
        };
        *counted.entry(said).or_default() += 1;
        match meeting {
            Meeting::Agree => continue,
            Meeting::BreaksThatPasses => {
                passes += 1;
                // too careful is less bad than wrong, so these are shown on demand only
                if !passes_shown {
                    continue;
                }
            }
            Meeting::SafeThatFails(_) => wrong += 1,
        }
        let small = case.shrink();
        let (_, meeting) = small.meet().expect("it was run before");
        let entry = kinds
            .entry(kind_of(&small, "sqlite", &meeting))
            .or_default();
        entry.0 += 1;
        if entry.1.len() < SHOWN {
            entry.1.push(format!(
                "case {at}: {meeting:?}\n{small}{}",
                reasons(&small, "sqlite")
            ));
        }
    }
    let of = |said: Said| counted.get(&said).copied().unwrap_or_default();
    let breaks = of(Said::Breaks);
    println!(
        "seed {seed}, {cases} cases: {} safe, {breaks} break, {} open; {wrong} safe that fail; {passes} breaks that pass",
        of(Said::Safe),
        of(Said::Open)
    );
    let mut sorted: Vec<_> = kinds.into_iter().collect();
    sorted.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let mut text = String::new();
    for (kind, (count, shown)) in &sorted {
        text.push_str(&format!("{count} x {kind}\n{}\n", shown.join("\n")));
    }
    println!("{text}");
    assert!(
        wrong == 0,
        "seed {seed}: {wrong} cases are called safe and are not:\n{text}"
    );
    // one in twenty may be too careful; where few cases break, a single one would be too much
    assert!(
        passes * 20 <= breaks.max(20),
        "seed {seed}: {passes} of {breaks} breaks pass; BACKOUT_DIFFERENTIAL_PASSES=1 shows them"
    );
}

/// What a run on a server came to.
#[derive(Default)]
struct ServerTally {
    safe: u64,
    breaks: u64,
    open: u64,
    wrong: u64,
    passes: u64,
    kinds: BTreeMap<String, (usize, Vec<String>)>,
}

impl ServerTally {
    fn take(&mut self, at: u64, dialect: &str, (case, said, meeting): (Case, Said, Meeting)) {
        match said {
            Said::Safe => self.safe += 1,
            Said::Breaks => self.breaks += 1,
            Said::Open => self.open += 1,
        }
        match meeting {
            Meeting::Agree => return,
            Meeting::BreaksThatPasses => {
                self.passes += 1;
                if number("BACKOUT_DIFFERENTIAL_PASSES", 0) == 0 {
                    return;
                }
            }
            Meeting::SafeThatFails(_) => self.wrong += 1,
        }
        let kind = kind_of(&case, dialect, &meeting);
        let entry = self.kinds.entry(kind).or_default();
        entry.0 += 1;
        if entry.1.len() < SHOWN {
            let said = reasons(&case, dialect);
            entry
                .1
                .push(format!("case {at}: {meeting:?}\n{case}{said}"));
        }
    }

    fn hold(self, engine: &str, seed: u64, cases: u64) {
        let Self {
            safe,
            breaks,
            open,
            wrong,
            passes,
            kinds,
        } = self;
        println!(
            "{engine}, seed {seed}, {cases} cases: {safe} safe, {breaks} break, {open} open; {wrong} safe that fail; {passes} breaks that pass"
        );
        let mut shown = String::new();
        for (kind, (count, cases)) in &kinds {
            shown.push_str(&format!("{count} x {kind}\n{}\n", cases.join("\n")));
        }
        println!("{shown}");
        // a server that refuses every case would look like success
        assert!(safe + breaks > 0, "no case ran");
        assert!(
            wrong == 0,
            "seed {seed}: {wrong} cases are called safe and are not:\n{shown}"
        );
        assert!(
            passes * 20 <= breaks.max(20),
            "seed {seed}: {passes} of {breaks} breaks pass; BACKOUT_DIFFERENTIAL_PASSES=1 shows them"
        );
    }
}

/// PostgreSQL is taken from `BACKOUT_POSTGRES`, as for `tests/observed` of the program.
#[test]
fn what_is_called_safe_works_on_postgresql() {
    let Ok(to) = std::env::var("BACKOUT_POSTGRES") else {
        eprintln!("skipped: BACKOUT_POSTGRES names no server");
        return;
    };
    // a server is slower than a database in memory
    let cases = number("BACKOUT_DIFFERENTIAL_POSTGRES", 100);
    let seed = number("BACKOUT_DIFFERENTIAL_SEED", SEED);
    let mut tally = ServerTally::default();
    for at in 0..cases {
        let dice = &mut Dice::of_case(seed, at);
        let made = Case::make(dice);
        if let Some(met) = postgres::meet(&made, dice, &to) {
            tally.take(at, "postgresql", met);
        }
    }
    tally.hold("PostgreSQL", seed, cases);
}

/// MariaDB is taken from `BACKOUT_MARIADB`.
#[test]
fn what_is_called_safe_works_on_mariadb() {
    let Some(mut server) = mariadb_server::MariaDbServer::find("differential") else {
        return;
    };
    let cases = number("BACKOUT_DIFFERENTIAL_MARIADB", 100);
    let seed = number("BACKOUT_DIFFERENTIAL_SEED", SEED);
    let mut tally = ServerTally::default();
    for at in 0..cases {
        let dice = &mut Dice::of_case(seed, at);
        let made = Case::make(dice);
        if let Some(met) = mariadb::meet(&made, dice, &mut server) {
            tally.take(at, "mysql", met);
        }
    }
    tally.hold("MariaDB", seed, cases);
}
