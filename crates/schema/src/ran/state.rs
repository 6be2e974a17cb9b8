//! What a history says of each migration of a set that it is about.

use super::known::{KnownMigrations, Sight};
use super::{HistoryOfSet, SetMigrations, ToldMigration};
use crate::migration_file::MigrationLanguage;
use crate::played_set::is_run_on_deploy;
use crate::set::Set;
use crate::tool::declaration::TableHolds;
use crate::tool::find_tool;
use crate::unit::Unit;
use model::{HistoryScope, MigrationHistory, MigrationRun, MigrationState};

/// Statements of a program, and what runs only on an empty database, are in no history.
fn has_history(unit: &Unit) -> bool {
    let place = &unit.found.place;
    is_run_on_deploy(unit) && place.language != MigrationLanguage::Embedded && !place.baseline
}

/// What a history tells of migrations that it does not name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unnamed {
    /// Nothing.
    Nothing,
    /// They ran.
    Ran,
    /// They did not run, where it reaches the previous release.
    Wait,
    /// Those before the newest ran, those behind it did not.
    Ordered,
    /// Those behind the newest did not run; before it nothing is known.
    Behind,
}

fn read_silence(history: &MigrationHistory, set: &Set) -> Unnamed {
    // a list that was cut says nothing by what it lacks
    if history.incomplete.is_some() {
        return Unnamed::Nothing;
    }
    match history.scope {
        HistoryScope::Every => Unnamed::Nothing,
        HistoryScope::AppliedOnly => Unnamed::Wait,
        HistoryScope::PendingOnly => Unnamed::Ran,
        HistoryScope::UpTo => Unnamed::Ordered,
        HistoryScope::Versions => match find_tool(set.framework).record().holds {
            TableHolds::All => Unnamed::Wait,
            TableHolds::Newest => Unnamed::Ordered,
            // one version of an unknown tool may be the newest or one of many: only what lies
            // behind it is told
            TableHolds::Unknown if history.records.len() == 1 => Unnamed::Behind,
            TableHolds::Unknown => Unnamed::Wait,
        },
    }
}

/// Migrations of the range of which a history says nothing, by why.
#[derive(Default)]
pub(super) struct LeftOpen {
    /// It does not name them.
    pub(super) unnamed: usize,
    /// It does not name them, and has versions that no release knows behind them.
    pub(super) beyond: usize,
    /// It names them, and leaves open what became of them.
    pub(super) untold: usize,
    /// Their version or change set stands there as something else, or is one of two databases.
    pub(super) doubted: usize,
}

/// What a history says of the migrations of a set, and of how many it says nothing.
pub(super) fn list_runs(
    set: &Set,
    listed: &SetMigrations,
    about: &HistoryOfSet,
    history: &MigrationHistory,
    names: &[ToldMigration<'_>],
) -> (Vec<(usize, MigrationRun)>, LeftOpen) {
    let silence = read_silence(history, set);
    let newest = (0..listed.units).rfind(|at| !about.met[*at].is_empty());
    let (mut states, mut silent) = (Vec::new(), LeftOpen::default());
    for at in 0..listed.units {
        let unit = &set.units[at];
        if !has_history(unit) {
            continue;
        }
        let newest_previous = find_newest_previous(at, listed);
        // a list that goes further than both releases is of a later one, or of another database
        let beyond = match silence {
            Unnamed::Wait => is_beyond(newest_previous, listed, names),
            Unnamed::Ordered | Unnamed::Behind => about.strange > 0,
            Unnamed::Nothing | Unnamed::Ran => false,
        };
        let behind = || (!beyond).then_some(MigrationState::Pending);
        let reaches = reaches_previous(at, newest_previous, listed, about, names);
        let waits = || behind().filter(|_| reaches);
        let state = if !about.met[at].is_empty() {
            choose_state(&about.met[at], history, names)
        } else if about.doubted[at] || unit.found.place.repeatable {
            None
        } else {
            match (silence, newest) {
                (Unnamed::Nothing, _) => None,
                (Unnamed::Ran, _) => Some(MigrationState::Applied),
                (Unnamed::Wait, _) => waits(),
                (Unnamed::Ordered, Some(newest)) if at < newest => Some(MigrationState::Applied),
                (Unnamed::Behind, Some(newest)) if at < newest => None,
                (Unnamed::Ordered | Unnamed::Behind, Some(_)) => behind(),
                (Unnamed::Ordered, None) if is_before(&listed.known, at, names) => {
                    Some(MigrationState::Applied)
                }
                // the newest one is one of the previous release's
                (Unnamed::Ordered | Unnamed::Behind, None) => waits(),
            }
        };
        let first = about.met[at].iter().map(|place| names[*place].record);
        let of_state = |record: &&model::MigrationRecord| record.state == state;
        let record = first
            .clone()
            .filter(of_state)
            .max_by_key(|record| record.at);
        match state {
            Some(state) => {
                states.push((
                    at,
                    MigrationRun {
                        state,
                        at: record.and_then(|record| record.at),
                        file: history.file.clone(),
                        line: record.and_then(|record| record.line),
                    },
                ));
            }
            None if !about.met[at].is_empty() => silent.untold += 1,
            None if about.doubted[at] => silent.doubted += 1,
            None if beyond && (newest.is_some() || reaches) => silent.beyond += 1,
            None => silent.unnamed += 1,
        }
    }
    (states, silent)
}

/// A migration that was tried, taken back and run again stands there more than once, in any order:
/// that it ran counts before that it failed, and both before that it waits. Where a row leaves open
/// what is there, so do all of them together.
fn choose_state(
    places: &[usize],
    history: &MigrationHistory,
    names: &[ToldMigration<'_>],
) -> Option<MigrationState> {
    use MigrationState::{Applied, Failed, Pending};
    let states: Vec<MigrationState> = places
        .iter()
        .map(|place| names[*place].record.state)
        .collect::<Option<_>>()?;
    let has = |state: MigrationState| states.contains(&state);
    let lists_each_once = matches!(
        history.scope,
        HistoryScope::Every | HistoryScope::PendingOnly
    );
    if has(Applied) && has(Pending) && lists_each_once {
        // two databases in one file
        return None;
    }
    if has(Applied) {
        Some(Applied)
    } else if has(Failed) {
        Some(Failed)
    } else {
        // a row that comes later may say that it ran
        (lists_each_once || history.incomplete.is_none()).then_some(Pending)
    }
}

/// The newest migration that the previous release has in the same part and folder.
fn find_newest_previous(at: usize, listed: &SetMigrations) -> Option<usize> {
    let all = &listed.known.all;
    (listed.units..all.len()).rfind(|other| all[*other].is_beside(&all[at]))
}

/// Whether a history reaches as far as the previous release: it says that the newest migration of
/// the same part and folder ran. One that does not was cut, or is about something else, and what is
/// missing in it may have run.
fn reaches_previous(
    at: usize,
    newest: Option<usize>,
    listed: &SetMigrations,
    about: &HistoryOfSet,
    names: &[ToldMigration<'_>],
) -> bool {
    let all = &listed.known.all;
    match newest {
        Some(newest) => about.met[newest]
            .iter()
            .any(|place| names[*place].record.state == Some(MigrationState::Applied)),
        // a part or a folder that is new has no row to be known by
        None => all.len() == listed.units && all[at].parts.is_empty(),
    }
}

/// Whether a list has a version behind the previous release that neither release knows: it is of a
/// later one, or of another database.
fn is_beyond(newest: Option<usize>, listed: &SetMigrations, names: &[ToldMigration<'_>]) -> bool {
    let known = newest.map(|newest| &listed.known.all[newest]);
    // numbers of an app or a changelog are not those of the whole
    let Some(known) = known.filter(|known| known.parts.is_empty()) else {
        return false;
    };
    let later = |name: &ToldMigration<'_>| {
        name.sight == Sight::Nowhere
            && name
                .spelling
                .version
                .as_ref()
                .zip(known.version.as_ref())
                .is_some_and(|(told, known)| told > known)
    };
    names.iter().any(later)
}

/// Whether the version that a history names is a later number than one of the range.
fn is_before(known: &KnownMigrations, at: usize, names: &[ToldMigration<'_>]) -> bool {
    let Some(version) = &known.all[at].version else {
        return false;
    };
    let told: Option<Vec<&Vec<u128>>> = names
        .iter()
        .map(|name| name.spelling.version.as_ref())
        .collect();
    told.is_some_and(|told| told.iter().any(|number| *number > version))
}
