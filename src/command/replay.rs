//! `backout replay`: a session event by event, with the verdict as it stood then.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::cli::{Common, ReplayArgs};
use crate::model::{
    Fact, OptionId, Strength, checklist_line, escape_invisible, shorten_text, wrap_text,
};
use crate::report;
use crate::session::{self, Event, EventKind, Journal};
use crate::usecase;

/// Prints the events up to one, each with the verdict it led to.
pub fn print_replay(common: &Common, args: &ReplayArgs) -> Result<ExitCode> {
    let path =
        super::sessions::choose_session(common, args.id.as_deref(), session::SessionFilter::Any)?;
    let (journal, recovery) = Journal::read(&path)?;
    let events = journal.events();
    if let Some(second) = read_second_session(common, args)? {
        let columns = ratatui::crossterm::terminal::size().map_or(120, |(columns, _)| columns);
        let columns = usize::from(columns);
        return super::print_output(&report::write_side_by_side(events, &second, columns));
    }
    let last = events.last().map_or(0, |event| event.seq);
    if let Some(wanted) = args.event
        && (wanted == 0 || wanted > last)
    {
        bail!("--event {wanted}: the session has events 1 to {last}");
    }
    let asked = args.event.is_some() || args.at.is_some();
    let until = match &args.at {
        Some(when) => find_event_before(events, when)?,
        None => args.event.unwrap_or(last),
    };
    let shown: Vec<&Event> = events.iter().filter(|event| event.seq <= until).collect();
    let wording = usecase::Wording::of_session(events);
    // a long session is shown while it is read again: each event is taken in once
    let mut replay = usecase::Replay::default();
    let mut said = String::new();
    for event in &shown {
        let line = shorten_text(&report::event_line(event, &wording), 90).into_owned();
        let mut out = format!(
            "{:4}  {}  {}\n",
            event.seq,
            event.at.strftime("%H:%M:%S"),
            escape_invisible(&line)
        );
        let verdict = replay
            .step(event)?
            .map(|(option, strength)| format!("→ {}", write_replay_headline(option, strength)))
            .unwrap_or_default();
        if verdict != said {
            let _ = writeln!(out, "{:16}{verdict}", "");
            said = verdict;
        }
        super::print_output(&out)?;
    }
    let mut out = String::new();
    let begun = events.iter().find_map(|event| {
        if let EventKind::Started(start) = &event.what {
            Some(start)
        } else {
            None
        }
    });
    if let Some(line) = begun.and_then(|start| checklist_line(&start.checklist_changes)) {
        let _ = writeln!(out, "\nOn the rules: {}", escape_invisible(&line));
    }
    if asked {
        out.push_str(&describe_past_decision(events, until, &wording)?);
    }
    for remark in [recovery.torn, recovery.broken, recovery.clock]
        .into_iter()
        .flatten()
    {
        let _ = writeln!(out, "\nOn the journal: {}", escape_invisible(&remark));
    }
    super::print_output(&out)
}

/// The events of the session that is shown beside another, where one is named.
///
/// # Errors
/// Where there is no such session, or it cannot be read.
pub fn read_second_session(common: &Common, args: &ReplayArgs) -> Result<Option<Vec<Event>>> {
    let Some(id) = args.beside.as_deref() else {
        return Ok(None);
    };
    let path = super::sessions::choose_session(common, Some(id), session::SessionFilter::Any)?;
    let (journal, _) = Journal::read(&path)?;
    Ok(Some(journal.events().to_vec()))
}

/// The last event at or before a time.
fn find_event_before(events: &[Event], when: &str) -> Result<u64> {
    // a clock time is meant on the day of the session
    let ended = events
        .last()
        .map_or_else(jiff::Timestamp::now, |event| event.at);
    let day = ended
        .checked_add(jiff::SignedDuration::from_mins(1))
        .unwrap_or(ended);
    let at = super::time::parse_time_argument(when, day, &jiff::tz::TimeZone::system(), false)
        .map_err(|why| anyhow::anyhow!("--at: {why}"))?;
    match events.iter().rev().find(|event| event.at <= at) {
        Some(event) => Ok(event.seq),
        None => {
            let began = events.first().map_or_else(String::new, |event| {
                event.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
            });
            bail!(
                "--at {}: the session began later, at {began}",
                escape_invisible(when)
            )
        }
    }
}

/// The decision as it stood: verdict, reasons, what was unknown and assumed, what would have
/// changed it.
fn describe_past_decision(
    events: &[Event],
    seq: u64,
    wording: &usecase::Wording<'_>,
) -> Result<String> {
    let Some(decision) = usecase::decision_at(events, seq)? else {
        return Ok(String::new());
    };
    let mut out = format!("\nAs it stood after event {seq}\n");
    let mut list = |label: &str, items: Vec<String>| {
        for (at, item) in items.iter().enumerate() {
            for (line, text) in wrap_text(&escape_invisible(item), 66).iter().enumerate() {
                let _ = writeln!(
                    out,
                    "  {:11} {text}",
                    if at == 0 && line == 0 { label } else { "" }
                );
            }
        }
    };
    let to = if matches!(
        decision.option,
        OptionId::RollBack | OptionId::RollBackWithConditions
    ) {
        format!(" (to {})", wording.previous())
    } else {
        String::new()
    };
    list(
        "verdict",
        vec![format!(
            "{}{to}",
            write_replay_headline(decision.option, decision.strength)
        )],
    );
    list(
        "because",
        decision
            .because
            .iter()
            .take(3)
            .map(|reason| reason.says.to_string())
            .collect(),
    );
    list(
        "against",
        decision
            .against
            .iter()
            .take(1)
            .map(|reason| reason.says.to_string())
            .collect(),
    );
    list(
        "flips if",
        decision
            .flips
            .iter()
            .map(|flip| flip.says.to_string())
            .collect(),
    );
    let facts = usecase::facts_at(events, seq).facts;
    list(
        "known",
        facts
            .values()
            .filter(|fact| fact.value.is_known())
            .map(|fact| format!("{} {}", wording.asks(&fact.key), wording.value(fact)))
            .collect(),
    );
    let unknown = decision
        .open_facts
        .iter()
        .filter(|key| facts.get(*key).is_none_or(|fact| !fact.value.is_known()));
    let mut open: Vec<String> = unknown.map(|key| wording.asks(key)).collect();
    open.dedup();
    list("not known", open);
    let assumed = |(key, value): &(String, crate::model::FactValue)| {
        format!(
            "{} {}",
            wording.asks(key),
            wording.value(&Fact::stated(key.as_str(), value.clone()))
        )
    };
    list("assumed", decision.assumed.iter().map(assumed).collect());
    Ok(out)
}

fn write_replay_headline(option: OptionId, strength: Strength) -> String {
    format!("{}, {}", option.title(), strength.id())
}
