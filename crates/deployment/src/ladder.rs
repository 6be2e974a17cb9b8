//! How far the way back is practised: the ladder from no plan to a trigger that needs no person.
//!
//! The guide begins with a trigger by hand and lets nobody automate what was not rehearsed several
//! times (rules 96 to 100). Each rung rests on the ones below it, and rehearsals count only for the
//! process they went through: when a step is added, moved or renamed, those of the old process show
//! that there was practice once, and no more.

use jiff::Timestamp;
use model::fact_key;

use model::{
    Config, Fact, FactValue, KnownStep, Rehearsal, RehearsalOutcome, Tri, Unchecked, Untrusted,
    escape_invisible, process_fingerprint,
};

// once may be luck, and the guide asks for several
/// Rehearsals on this process that the third rung needs.
const ENOUGH: usize = 3;
// a quarter: people and servers change
/// Days after which a rehearsal is too old for the third rung.
const DAYS: i64 = 90;
/// Where rehearsals of the configuration are recorded.
const WRITTEN: &str = "rehearsals in backout.yaml";
// a generated file may hold any number
/// Most rehearsals of `backout.yaml` that are read.
const MOST: usize = 1000;

/// One rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// From 1 to 4.
    pub level: u8,
    /// What it asks for.
    pub asks: &'static str,
    /// What is there, in one sentence.
    pub there: Option<String>,
    /// What is missing, one sentence each; empty when the rung is reached.
    pub missing: Vec<String>,
}

/// All rungs, and how high they carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// 0 to 4.
    pub level: u8,
    /// In order.
    pub rungs: Vec<Rung>,
    /// When going back was last rehearsed with success, on any process.
    pub last: Option<Timestamp>,
    /// That was no rehearsal.
    last_real: bool,
    /// Names of the only conditions that may trigger it without a person.
    pub conditions: Vec<String>,
    /// Whether anybody wrote or recorded anything about practice; without that nobody knows how
    /// far it went.
    pub known: bool,
    now: Timestamp,
}

/// Rehearsals of `backout.yaml` and of sessions together, oldest first, and what of the file cannot
/// be read.
pub fn collect_rehearsals(
    config: &Config,
    recorded: &[Rehearsal],
) -> (Vec<Rehearsal>, Vec<Unchecked>) {
    let mut all = recorded.to_vec();
    let mut unread = Vec::new();
    for held in config.rehearsals.iter().take(MOST) {
        let Some(at) = parse_rehearsal_time(&held.at) else {
            unread.push(Unchecked {
                what: "a rehearsal in backout.yaml".into(),
                why: format!("{} is no date", escape_invisible(&held.at)).into(),
                settle_with: Some("write it as 2026-02-10, or as in RFC 3339".into()),
            });
            continue;
        };
        let outcome = match held.outcome.as_deref() {
            // no word about it: people write down what worked
            None | Some("worked") => RehearsalOutcome::Worked,
            Some("stopped") => RehearsalOutcome::Stopped,
            // a word that nobody knows is taken as the worst
            Some(_) => RehearsalOutcome::Failed,
        };
        all.push(Rehearsal {
            at,
            outcome,
            surprises: held.surprises.iter().map(Untrusted::from).collect(),
            environment: held.environment.clone(),
            process: held.process.clone(),
            minutes: None,
            steps: Vec::new(),
            real: false,
            source: WRITTEN.to_owned(),
        });
    }
    all.sort_by_key(|rehearsal| rehearsal.at);
    // the line that `backout rehearse` prints stands for a session that may be here as well
    all.dedup_by(|a, b| {
        a.at.as_second() == b.at.as_second()
            && a.outcome == b.outcome
            && (a.source == WRITTEN) != (b.source == WRITTEN)
    });
    (all, unread)
}

fn parse_rehearsal_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    // a day without a time is the start of that day
    text.parse::<Timestamp>().ok().or_else(|| {
        let date: jiff::civil::Date = text.parse().ok()?;
        jiff::tz::TimeZone::UTC
            .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
            .ok()
    })
}

/// How far the steps of a process, its configuration and its rehearsals carry.
pub fn assess_automation_ladder(
    steps: &[KnownStep],
    config: &Config,
    rehearsals: &[Rehearsal],
    now: Timestamp,
) -> Ladder {
    let past: Vec<&Rehearsal> = rehearsals
        .iter()
        // a date in the future is a plan and no practice
        .filter(|rehearsal| rehearsal.at <= now)
        .collect();
    let worked: Vec<&Rehearsal> = past
        .iter()
        .copied()
        .filter(|rehearsal| rehearsal.outcome == RehearsalOutcome::Worked)
        .collect();
    let rungs = vec![
        judge_plan_rung(steps),
        judge_rehearsed_once_rung(&worked),
        judge_rehearsed_often_rung(steps, config, &past, now),
        judge_automation_rung(config),
    ];
    let level = rungs
        .iter()
        .take_while(|rung| rung.missing.is_empty())
        .count() as u8;
    Ladder {
        level,
        rungs,
        last: worked.last().map(|rehearsal| rehearsal.at),
        last_real: worked.last().is_some_and(|rehearsal| rehearsal.real),
        conditions: config
            .automation
            .conditions
            .iter()
            .map(|name| escape_invisible(name.trim()).into_owned())
            .filter(|name| !name.is_empty())
            .collect(),
        known: !rehearsals.is_empty() || config.automation != Default::default(),
        now,
    }
}

fn judge_plan_rung(steps: &[KnownStep]) -> Rung {
    let open: Vec<String> = steps
        .iter()
        .filter(|step| !step.on_rollback.settled)
        .map(|step| escape_invisible(&step.name).into_owned())
        .collect();
    let mut missing = Vec::new();
    if steps.is_empty() {
        missing.push(
            "no rollback plan is written: list the steps as `process` in backout.yaml, or \
            keep the deployer's process in the repository"
                .to_owned(),
        );
    }
    if !open.is_empty() {
        let more = if open.len() > 5 {
            format!(" and {} more", open.len() - 5)
        } else {
            String::new()
        };
        // five names are enough to know which kind is meant
        let names = open.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        missing.push(format!(
            "nobody has said what these steps do on a rollback: {names}{more} \
            (`on_rollback` in backout.yaml)"
        ));
    }
    let there = (!steps.is_empty()).then(|| {
        format!(
            "{} steps, each with what it does on a rollback",
            steps.len()
        )
    });
    Rung {
        level: 1,
        asks: "a plan is written, and says for each step what it does on a rollback",
        there,
        missing,
    }
}

fn format_rehearsal_day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn judge_rehearsed_once_rung(worked: &[&Rehearsal]) -> Rung {
    // what worked in an incident is practice too, and is told apart
    let held: Vec<&&Rehearsal> = worked.iter().filter(|one| !one.real).collect();
    let real = worked.iter().rfind(|one| one.real);
    let rehearsed = held.last().map(|last| {
        format!(
            "rehearsed with success {}, the last time on {}",
            format_rehearsal_count(held.len()),
            format_rehearsal_day(last.at)
        )
    });
    let happened = real.map(|last| {
        format!(
            "it has gone back before, which worked on {} ({})",
            format_rehearsal_day(last.at),
            escape_invisible(&last.source)
        )
    });
    let there = match (rehearsed, happened) {
        (Some(held), Some(real)) => Some(format!("{held}; {real}")),
        (held, real) => held.or(real),
    };
    let missing = if there.is_some() {
        Vec::new()
    } else {
        vec![
            "going back was never rehearsed with success: `backout rehearse` in a test environment"
                .to_owned(),
        ]
    };
    Rung {
        level: 2,
        asks: "going back was rehearsed, in a test environment or in production",
        there,
        missing,
    }
}

fn format_rehearsal_count(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

fn judge_rehearsed_often_rung(
    steps: &[KnownStep],
    config: &Config,
    past: &[&Rehearsal],
    now: Timestamp,
) -> Rung {
    let print = process_fingerprint(steps);
    // a record without its process could be of any
    let same = |rehearsal: &&&Rehearsal| rehearsal.process.is_some() && rehearsal.process == print;
    let on_this: Vec<&Rehearsal> = past.iter().filter(same).copied().collect();
    let worked: Vec<&Rehearsal> = on_this
        .iter()
        .copied()
        .filter(|rehearsal| rehearsal.outcome == RehearsalOutcome::Worked)
        .collect();
    let mut missing = Vec::new();
    if worked.len() < ENOUGH {
        let others = past.len() - on_this.len();
        let changed = if others > 0 {
            format!("; {others} went through another process, or do not say through which")
        } else {
            String::new()
        };
        let so_far = if worked.is_empty() {
            "never rehearsed with success".to_owned()
        } else {
            format!(
                "rehearsed with success {}",
                format_rehearsal_count(worked.len())
            )
        };
        missing.push(format!(
            "this process was {so_far}, {ENOUGH} times are needed{changed}"
        ));
    }
    if let Some(last) = worked.last() {
        let age = now.duration_since(last.at).as_hours() / 24;
        if age > DAYS {
            missing.push(format!(
                "the last rehearsal is {age} days old, at most {DAYS} count"
            ));
        }
    }
    // the newest rehearsals say whether it goes by itself
    for rehearsal in on_this.iter().rev().take(ENOUGH) {
        if rehearsal.outcome != RehearsalOutcome::Worked {
            missing.push(format!(
                "the rehearsal of {} {}",
                format_rehearsal_day(rehearsal.at),
                rehearsal.outcome.id()
            ));
        } else if let Some(first) = rehearsal.surprises.first() {
            missing.push(format!(
                "the rehearsal of {} held a surprise: {}",
                format_rehearsal_day(rehearsal.at),
                first.shown()
            ));
        }
    }
    match config.automation.tests_trusted {
        Tri::Yes => {}
        Tri::No => missing.push(
            "the tests are not trusted to find a bad release \
            (`automation.tests_trusted` in backout.yaml)"
                .to_owned(),
        ),
        Tri::Unknown => missing.push(
            "nobody has said whether the tests are trusted to find a bad release \
                (`automation.tests_trusted` in backout.yaml)"
                .to_owned(),
        ),
    }
    let dates: Vec<String> = worked
        .iter()
        .map(|rehearsal| format_rehearsal_day(rehearsal.at))
        .collect();
    // the newest ones, in the order in which they were
    let shown = dates
        .iter()
        .rev()
        .take(5)
        .rev()
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let there =
        (!dates.is_empty()).then(|| format!("this process was rehearsed with success on {shown}"));
    Rung {
        level: 3,
        asks: "this very process was rehearsed three times, lately and without surprise, and the \
            tests are trusted",
        there,
        missing,
    }
}

fn judge_automation_rung(config: &Config) -> Rung {
    let automation = &config.automation;
    let mut missing = Vec::new();
    // an empty name is no condition
    if automation
        .conditions
        .iter()
        .all(|name| name.trim().is_empty())
    {
        missing.push(
            "no condition is named that may trigger it (`automation.conditions` in backout.yaml)"
                .to_owned(),
        );
    }
    let stop = automation
        .stop
        .as_deref()
        .map(str::trim)
        .filter(|who| !who.is_empty());
    if stop.is_none() {
        missing.push(
            "nobody is named who can stop it while it runs (`automation.stop` in backout.yaml)"
                .to_owned(),
        );
    }
    let there = stop.map(|who| format!("{} can stop it", escape_invisible(who)));
    Rung {
        level: 4,
        asks: "it is triggered for named conditions only, and a person can stop it",
        there,
        missing,
    }
}

impl Ladder {
    /// What is missing for the highest rung, lowest first.
    pub fn missing(&self) -> Vec<String> {
        self.rungs
            .iter()
            .flat_map(|rung| rung.missing.iter().cloned())
            .collect()
    }

    /// `rehearsal.level` and `rehearsal.days_since`. No record of practice is no proof that there
    /// was none, so nothing follows from nothing.
    pub fn facts(&self) -> Vec<Fact> {
        // nobody who writes nothing must be told that nothing was practised
        if !self.known {
            return Vec::new();
        }
        // the lowest gap is the one to close next
        let next = self
            .rungs
            .iter()
            .flat_map(|rung| rung.missing.first())
            .next();
        let source = match next {
            Some(missing) => format!("not reached yet: {missing}"),
            None => "every level of rehearsal is reached".to_owned(),
        };
        let mut facts = vec![
            Fact::derived(
                fact_key::REHEARSAL_LEVEL,
                FactValue::Number(f64::from(self.level)),
            )
            .with_source(source),
        ];
        if let Some(last) = self.last {
            let days = self.now.duration_since(last).as_hours() / 24;
            let how = if self.last_real {
                "worked in an incident"
            } else {
                "was rehearsed with success"
            };
            let source = format!("going back {how} on {}", format_rehearsal_day(last));
            facts.push(
                Fact::derived(
                    fact_key::REHEARSAL_DAYS_SINCE,
                    FactValue::Number(days as f64),
                )
                .with_source(source),
            );
        }
        facts
    }
}

#[cfg(test)]
#[path = "ladder/tests.rs"]
mod tests;
