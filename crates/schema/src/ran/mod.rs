//! Which migrations of the range ran, by what their tool or its table says.
//!
//! A migration that did not run changed nothing, so it is not judged. That is said only where the
//! history is plainly about this set of migrations: it names one of them, or one that the previous
//! release has, and nothing else in the repository is called so.

mod known;
mod spelling;
mod state;
mod tell;

use std::collections::BTreeSet;

use crate::layout::Manifest;
use crate::set::{Set, list_earlier_migrations};
use crate::tree_path::file_name;
use coverage::{AppliedMigrations, ReleaseRange};
use known::{KnownMigrations, Sight, look_for_names};
use model::{
    Finding, HistoryScope, MigrationHistory, MigrationRecord, MigrationRun, MigrationState,
    Unchecked,
};
use spelling::{Meeting, Spelling};
use state::{LeftOpen, list_runs};
use tell::{tell_left_open, tell_what_ran};

/// Most names in one sentence.
const NAMED: usize = 3;

/// What the histories say of the range.
#[derive(Default)]
pub(super) struct ToldRuns {
    pub(super) findings: Vec<Finding>,
    pub(super) unchecked: Vec<Unchecked>,
    pub(super) applied: Option<AppliedMigrations>,
}

/// A name of a history.
struct ToldMigration<'a> {
    record: &'a MigrationRecord,
    spelling: Spelling,
    /// Where it stands; a name of several databases means none of them.
    sight: Sight,
}

impl ToldMigration<'_> {
    fn is_blurred(&self) -> bool {
        self.sight == Sight::Several
    }
}

/// The migrations of a set: those of the range in front, then those of the previous release, each
/// in the order of the tool.
struct SetMigrations {
    known: KnownMigrations,
    /// How many are of the range.
    units: usize,
}

impl SetMigrations {
    fn list(set: &Set, range: &ReleaseRange<'_>, old: &Manifest) -> Self {
        let mut all: Vec<Spelling> = set
            .units
            .iter()
            .map(|unit| Spelling::of_unit(unit, range.current))
            .collect();
        let units = all.len();
        if let Some(like) = set.units.first() {
            let earlier = list_earlier_migrations(range.previous, old, &set.set, &like.found.place);
            all.extend(
                earlier
                    .iter()
                    .map(|place| Spelling::of_place(place, range.previous)),
            );
        }
        Self {
            known: KnownMigrations::new(all),
            units,
        }
    }
}

/// What a history says of a set.
struct HistoryOfSet {
    /// By migration of the set, in its order: the names that mean it.
    met: Vec<Vec<usize>>,
    /// By migration of the set: a name that nothing in the set has contradicts it, or means it and
    /// one of another database as well.
    doubted: Vec<bool>,
    /// Names that mean nothing in the set.
    strange: usize,
    link: Link,
}

/// How surely a history is about a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    None,
    /// Only by a small number, which other sets have too.
    Number,
    Name,
}

/// Notes at each unit of the sets what became of it, and says what that means.
pub(super) fn mark_what_ran(
    sets: &mut [Set],
    range: &ReleaseRange<'_>,
    (old, new): (&Manifest, &Manifest),
    histories: &[MigrationHistory],
) -> ToldRuns {
    let mut told = ToldRuns::default();
    // without a file of what ran every migration of the range counts as run
    if histories.is_empty() || sets.is_empty() {
        return told;
    }
    let listed: Vec<SetMigrations> = sets
        .iter()
        .map(|set| SetMigrations::list(set, range, old))
        .collect();
    let mut disagreed = BTreeSet::new();
    for history in histories {
        let spellings: Vec<Spelling> = history.records.iter().map(Spelling::of_record).collect();
        let sights = look_for_names(
            [(range.previous, old), (range.current, new)],
            &spellings,
            history.tool,
        );
        let names: Vec<ToldMigration<'_>> = history
            .records
            .iter()
            .zip(spellings)
            .zip(sights)
            .map(|((record, spelling), sight)| ToldMigration {
                record,
                spelling,
                sight,
            })
            .collect();
        for (set, at, run) in read_history(sets, &listed, range, history, &names, &mut told) {
            let unit = &mut sets[set].units[at];
            // two files that contradict each other are worth less than one: neither counts
            match &unit.ran {
                Some(before) if before.state != run.state => {
                    told.unchecked.push(Unchecked {
                        what: unit.path.clone().into(),
                        why: format!(
                            "{} and {} do not agree whether it ran, so that is not known",
                            before.file, run.file
                        ).into(),
                        settle_with: Some("give the status of the database that is live alone; where several are live, look at each".into()),
                    });
                    unit.ran = None;
                    disagreed.insert((set, at));
                }
                // a third file must not settle what two others disagree about
                _ if disagreed.contains(&(set, at)) => {}
                _ => unit.ran = Some(run),
            }
        }
    }
    tell_what_ran(sets, range, &mut told);
    told
}

/// What a history says: the set, the place in it, and what became of it.
fn read_history(
    sets: &[Set],
    listed: &[SetMigrations],
    range: &ReleaseRange<'_>,
    history: &MigrationHistory,
    names: &[ToldMigration<'_>],
    told: &mut ToldRuns,
) -> Vec<(usize, usize, MigrationRun)> {
    let mut refuse = |why: String, settle_with: String| {
        told.unchecked.push(Unchecked {
            what: history.file.clone().into(),
            why: why.into(),
            settle_with: Some(settle_with.into()),
        });
    };
    let of_sets: Vec<HistoryOfSet> = sets
        .iter()
        .zip(listed)
        .map(|(set, known)| compare_with_set(set, known, history, names))
        .collect();
    let linked: Vec<usize> = (0..sets.len())
        .filter(|at| of_sets[*at].link != Link::None)
        .collect();
    let groups: BTreeSet<String> = linked.iter().map(|at| name_database(&sets[*at])).collect();
    let only_blurred = linked.is_empty() && names.iter().any(ToldMigration::is_blurred);
    let by_number = linked.iter().any(|at| of_sets[*at].link == Link::Number);
    if only_blurred || groups.len() > 1 && (by_number || names.is_empty()) {
        refuse(
            "what it names fits migrations of several databases of this repository, so it is not known which of them it is about".to_owned(),
            "give the status of one tool, with the names of migrations that no other database here has".to_owned(),
        );
        return Vec::new();
    }
    if linked.is_empty() {
        refuse(
            "it names no migration that one of the two releases has, so it does not say which of the range ran".to_owned(),
            "write it again on the database that is live, with the tool that the releases use".to_owned(),
        );
        return Vec::new();
    }
    let (mut runs, mut open) = (Vec::new(), LeftOpen::default());
    for at in linked {
        if let Some(name) = find_waiting_previous(&listed[at], &of_sets[at], names) {
            refuse(
                format!(
                    "it says that {name} has not run, which {} brought already; so it is about another database than the one that is live",
                    range.previous_version
                ),
                "write it again on the database that is live".to_owned(),
            );
            continue;
        }
        let (known, left) = list_runs(&sets[at], &listed[at], &of_sets[at], history, names);
        runs.extend(known.into_iter().map(|(unit, run)| (at, unit, run)));
        open.unnamed += left.unnamed;
        open.beyond += left.beyond;
        open.untold += left.untold;
        open.doubted += left.doubted;
    }
    for (why, settle) in tell_left_open(history, &open, runs.is_empty(), range) {
        refuse(why, settle);
    }
    runs
}

/// Sets that are copies of each other for several databases share this.
fn name_database(set: &Set) -> String {
    set.units
        .first()
        .map_or_else(|| set.set.clone(), |unit| unit.found.place.group())
}

fn compare_with_set(
    set: &Set,
    listed: &SetMigrations,
    history: &MigrationHistory,
    names: &[ToldMigration<'_>],
) -> HistoryOfSet {
    let count = listed.known.all.len();
    let mut about = HistoryOfSet {
        met: vec![Vec::new(); count],
        doubted: vec![false; count],
        strange: 0,
        link: Link::None,
    };
    // the table of one tool says nothing about migrations of another
    if history.tool.is_some_and(|tool| tool != set.framework) || set.units.is_empty() {
        return about;
    }
    for (place, name) in names.iter().enumerate() {
        let found = listed.known.find(&name.spelling).unwrap_or_default();
        let same: Vec<(usize, Meeting)> = found
            .iter()
            .filter(|(_, meeting)| *meeting != Meeting::Clash)
            .copied()
            .collect();
        // a row of its own clashes with nobody: the file is another, and so is the change set
        let doubted = if same.is_empty() { &found } else { &same };
        if same.is_empty() || name.is_blurred() {
            doubted.iter().for_each(|(at, _)| about.doubted[*at] = true);
            about.strange += 1;
            continue;
        }
        for (at, meeting) in same {
            about.met[at].push(place);
            // a name is worth more than a number, which every set has from 1 on
            if meeting == Meeting::Name {
                about.link = Link::Name;
            } else if about.link == Link::None {
                about.link = Link::Number;
            }
        }
    }
    // a tool that names itself and says that nothing is pending
    if names.is_empty() && history.tool.is_some() && history.scope == HistoryScope::PendingOnly {
        about.link = Link::Name;
    }
    about
}

/// A migration of the previous release that waits by a history of which none has run.
fn find_waiting_previous<'a>(
    listed: &SetMigrations,
    about: &HistoryOfSet,
    names: &[ToldMigration<'a>],
) -> Option<&'a str> {
    let mut waits = None;
    for places in &about.met[listed.units..] {
        for name in places.iter().map(|place| &names[*place]) {
            // one that ran shows that the history is about a database in use
            if name.record.state != Some(MigrationState::Pending) {
                return None;
            }
            waits = waits.or(Some(file_name(&name.record.name)));
        }
    }
    waits
}
