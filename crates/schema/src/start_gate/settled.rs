//! A refusal that rests on a number is settled by the number that is live.
//!
//! The number of the program has to be that of the migrations, or the only one there is: a database
//! holds many small numbers.

use super::StartGateFinding;
use crate::played_set::is_run_on_deploy;
use crate::set::Set;
use coverage::ReleaseRange;
use model::{Confidence, Evidence, MigrationChange, MigrationHistory, MigrationState, Severity};

/// Most digits of a number that counts steps; longer ones are dates.
const DIGITS: usize = 7;

/// What is live, and what says so.
struct LiveNumber {
    number: u64,
    /// None of the range ran, which says that it is no higher than before.
    none_ran: bool,
    file: String,
    line: Option<usize>,
}

/// Refusals by number: proven where what is live is above what previous knows, a note where it is
/// not.
pub fn settle_by_what_is_live(
    gates: &mut [StartGateFinding],
    sets: &[Set],
    range: &ReleaseRange<'_>,
    histories: &[MigrationHistory],
) {
    // without a history nobody knows what is live
    if histories.is_empty() {
        return;
    }
    let version = range.previous_version;
    for gate in gates.iter_mut() {
        let Some((old, new)) = gate.knows else {
            continue;
        };
        let live = if sets.is_empty() {
            find_lone_number(histories, range, old, new)
        } else {
            find_number_of_sets(sets, old, new)
        };
        let Some(live) = live else { continue };
        let finding = &mut gate.finding;
        finding.evidence.push(Evidence {
            path: Some(live.file.clone().into()),
            line: live.line,
            ..Evidence::default()
        });
        if live.number > old {
            finding.severity = Severity::Blocks;
            finding.confidence = Confidence::Proven;
            finding.says = format!(
                "{}; {} says that the schema is at {}, and {version} knows it up to {old}",
                finding.says, live.file, live.number
            )
            .into();
        } else {
            gate.stops = false;
            finding.severity = Severity::Notes;
            let says = if live.none_ran {
                "that no migration of the range ran".to_owned()
            } else {
                format!("that it is at {}", live.number)
            };
            finding.says = format!(
                "{version} refuses a schema newer than {old}, and {} says {says}: it starts on it",
                live.file
            )
            .into();
        }
    }
}

fn read_number(text: &str) -> Option<u64> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    (!text.is_empty() && text.len() <= DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Where the program counts as its migrations do: the newest of the range has the new number, and
/// all of it lie above the old one.
fn find_number_of_sets(sets: &[Set], old: u64, new: u64) -> Option<LiveNumber> {
    let mut found: Option<LiveNumber> = None;
    for set in sets {
        let added: Vec<_> = set
            .units
            .iter()
            .filter(|unit| unit.change == MigrationChange::Added && is_run_on_deploy(unit))
            .collect();
        let numbers: Option<Vec<u64>> = added
            .iter()
            .map(|unit| read_number(&unit.version))
            .collect();
        let numbers = numbers?;
        if numbers.iter().max() != Some(&new) || numbers.iter().any(|number| *number <= old) {
            // another database, or another way to count: nothing follows from it
            return None;
        }
        let runs: Option<Vec<_>> = added.iter().map(|unit| unit.ran.as_ref()).collect();
        let runs = runs?;
        // a migration that failed may have raised the number or not
        if runs.iter().any(|run| run.state == MigrationState::Failed) {
            return None;
        }
        let highest = numbers
            .iter()
            .zip(&runs)
            .filter(|(_, run)| run.state == MigrationState::Applied)
            .max_by_key(|(number, _)| **number);
        let (number, run) = match highest {
            Some((number, run)) => (*number, *run),
            // none ran, so the schema is where previous left it
            None => (old, *runs.first()?),
        };
        // the highest of several counts
        if found.as_ref().is_none_or(|known| number > known.number) {
            found = Some(LiveNumber {
                number,
                none_ran: highest.is_none(),
                file: run.file.clone(),
                line: run.line,
            });
        }
    }
    found
}

/// The only number that the files hold, where the repository has no migrations that it could be
/// about.
fn find_lone_number(
    histories: &[MigrationHistory],
    range: &ReleaseRange<'_>,
    old: u64,
    new: u64,
) -> Option<LiveNumber> {
    let mut found: Option<LiveNumber> = None;
    for history in histories {
        // a list of several rows is a history of migrations, not a counter
        let [only] = history.records.as_slice() else {
            return None;
        };
        // a known tool counts migrations, and the program may count otherwise
        if history.tool.is_some() || only.state != Some(MigrationState::Applied) {
            return None;
        }
        let number = only
            .version
            .as_deref()
            .and_then(read_number)
            .or_else(|| read_number(&only.name))?;
        // a number outside of both releases is of another database
        if !(old..=new).contains(&number)
            || found.as_ref().is_some_and(|known| known.number != number)
        {
            return None;
        }
        found = Some(LiveNumber {
            number,
            none_ran: false,
            file: history.file.clone(),
            line: only.line,
        });
    }
    // where migrations lie the number may be theirs
    let migrations = range.previous.list().iter().any(|entry| {
        let path = entry.path.to_ascii_lowercase();
        path.contains("migrat") || path.ends_with(".sql")
    });
    found.filter(|_| !migrations)
}
