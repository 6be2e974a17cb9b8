//! Rehearsals that sessions of this machine recorded.

use std::path::Path;

use super::list::list_journal_files;
use super::{
    EventKind, Journal, SessionRollback, Start, find_withdrawn_events, list_session_rollbacks,
};
use model::{Mode, Rehearsal, RehearsalOutcome, escape_invisible};

/// Most journals that are looked at, the newest first: rehearsals older than these are too old to
/// count.
const NEWEST: usize = 400;

/// Rehearsals of a repository's rollback, oldest first, and rollbacks of it that were no rehearsal
/// and worked. Drills are left out: they practise people on a made-up repository. A journal that
/// cannot be read holds none.
pub fn list_session_rehearsals(
    folder: &Path,
    repository: &Path,
    service: Option<&str>,
) -> Vec<Rehearsal> {
    let Ok(paths) = list_journal_files(folder) else {
        return Vec::new();
    };
    let here = repository
        .canonicalize()
        .unwrap_or_else(|_| repository.to_owned());
    let mut found: Vec<Rehearsal> = paths
        .iter()
        .take(NEWEST)
        .flat_map(|path| in_journal(path, &here, service))
        .collect();
    let real = list_session_rollbacks(folder, jiff::Timestamp::now(), &|subject| {
        let same = Path::new(&subject.repository) == here;
        same && (service.is_none()
            || subject.service.is_none()
            || subject.service.as_deref() == service)
    });
    found.extend(real.into_iter().filter_map(make_real_rehearsal));
    found.sort_by_key(|rehearsal| rehearsal.at);
    found
}

/// A rollback that worked, among the rehearsals: it says that going back is possible, and not
/// through which process.
fn make_real_rehearsal(held: SessionRollback) -> Option<Rehearsal> {
    if held.past.worked != Some(true) {
        return None;
    }
    Some(Rehearsal {
        at: held.past.at?,
        outcome: RehearsalOutcome::Worked,
        surprises: Vec::new(),
        environment: held.past.environment.map(model::Untrusted::into_raw),
        process: None,
        minutes: None,
        steps: Vec::new(),
        real: true,
        source: held
            .past
            .sources
            .into_iter()
            .next()
            .unwrap_or_default()
            .into_raw(),
    })
}

/// The words of a step without what differs from release to release: whatever has a digit in it.
fn write_step_kind(step: &str) -> String {
    let words = step
        .split_whitespace()
        .filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The shortest time that a step took in any rehearsal, in seconds, and when that was. Steps are
/// the same where their words are, versions aside.
pub fn find_best_rehearsed_time(
    rehearsals: &[Rehearsal],
    step: &str,
) -> Option<(u64, jiff::Timestamp)> {
    let kind = write_step_kind(step);
    let times = rehearsals.iter().flat_map(|rehearsal| {
        let same = rehearsal
            .steps
            .iter()
            .filter(|held| write_step_kind(held.step.as_raw()) == kind);
        same.filter_map(|held| Some((held.seconds?, rehearsal.at)))
    });
    times.min_by_key(|(seconds, _)| *seconds)
}

/// The step that took longest in the last rehearsal whose steps were timed, its seconds, and when
/// that was.
pub fn find_longest_rehearsed_step(
    rehearsals: &[Rehearsal],
) -> Option<(&str, u64, jiff::Timestamp)> {
    let last = rehearsals
        .iter()
        .filter(|rehearsal| rehearsal.steps.iter().any(|step| step.seconds.is_some()))
        .max_by_key(|rehearsal| rehearsal.at)?;
    let timed = last
        .steps
        .iter()
        .filter_map(|step| Some((step.step.as_raw(), step.seconds?, last.at)));
    timed.max_by_key(|(_, seconds, _)| *seconds)
}

/// The shortest time that going back took in a rehearsal that worked, in minutes.
pub fn find_best_rehearsal(rehearsals: &[Rehearsal]) -> Option<f64> {
    let worked = rehearsals
        .iter()
        .filter(|rehearsal| rehearsal.outcome == RehearsalOutcome::Worked);
    worked
        .filter_map(|rehearsal| rehearsal.minutes)
        .min_by(f64::total_cmp)
}

fn in_journal(path: &Path, here: &Path, service: Option<&str>) -> Vec<Rehearsal> {
    // the first line says what a session is for; most are no rehearsals and are not read further
    let Some(start) = read_start_event(path) else {
        return Vec::new();
    };
    let same = Path::new(&start.repository) == here
        && (service.is_none() || start.service.is_none() || start.service.as_deref() == service);
    if start.mode != Mode::Rehearsal || !same {
        return Vec::new();
    }
    let Ok((journal, recovery)) = Journal::read(path) else {
        return Vec::new();
    };
    if recovery.broken.is_some() {
        return Vec::new();
    }
    let gone = find_withdrawn_events(journal.events().iter());
    let events = journal
        .events()
        .iter()
        .filter(|event| !gone.contains(&event.seq));
    events
        .filter_map(|event| match &event.what {
            EventKind::Rehearsed {
                outcome,
                surprises,
                steps,
                process,
                drill: None,
            } => {
                let seconds: u64 = steps.iter().filter_map(|step| step.seconds).sum();
                Some(Rehearsal {
                    at: event.at,
                    outcome: *outcome,
                    surprises: surprises.clone(),
                    environment: start.environment.clone(),
                    process: process.clone(),
                    steps: steps.clone(),
                    minutes: (seconds > 0).then_some(seconds as f64 / 60.0),
                    real: false,
                    source: format!("session {}", escape_invisible(&start.session)),
                })
            }
            _ => None,
        })
        .collect()
}

fn read_start_event(path: &Path) -> Option<Start> {
    use std::io::{BufRead, Read};
    let file = plain_file::open_plain_file(path).ok()?;
    let mut line = String::new();
    std::io::BufReader::new(file.take(super::chain::LINE_LIMIT as u64))
        .read_line(&mut line)
        .ok()?;
    let event: super::Event = serde_json::from_str(&line).ok()?;
    match event.what {
        EventKind::Started(start) => Some(*start),
        _ => None,
    }
}
