//! Which migrations of the range ran, by what their tool or its table says.
//!
//! A migration that did not run changed nothing, so it is not judged. That is said only where the
//! history is plainly about this set of migrations: it names one of them, or one that the previous
//! release has as well.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::checks::Check;
use crate::finding::make_schema_finding;
use crate::layout::Manifest;
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::played_set::is_run_on_deploy;
use crate::set::{Set, list_earlier_migrations};
use crate::tree_path::{file_name, find_parent_folder};
use crate::unit::Unit;
use coverage::{AppliedMigrations, ReleaseRange};
use model::{
    Confidence, Evidence, Finding, Framework, HistoryScope, MigrationHistory, MigrationRecord,
    MigrationRun, MigrationState, Severity, Snapshot, Unchecked,
};

/// Most names in one sentence.
const NAMED: usize = 3;

/// Digits from which on a version is a date and not a number that many sets have.
const DATED: usize = 8;

/// Most bytes of a migration that is looked into for its revision.
const HEAD: usize = 8 * 1024;

/// Ends of file names that are no part of the name.
const ENDS: &[&str] = &[
    ".sql", ".up", ".down", ".rb", ".py", ".php", ".js", ".ts", ".mjs", ".cjs", ".go", ".cs",
    ".ex", ".exs", ".java", ".kt", ".xml", ".yaml", ".yml", ".json", ".edn", ".rs",
];

static REVISION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^\s*(?:down_)?revision(?:\s*:\s*[\w\[\], |]+)?\s*=\s*["']([^"']{1,80})["']"#)
        .ok()
});

/// What the histories say of the range.
#[derive(Default)]
pub(super) struct RanMigrations {
    pub(super) findings: Vec<Finding>,
    pub(super) unchecked: Vec<Unchecked>,
    pub(super) applied: Option<AppliedMigrations>,
}

/// Notes at each unit of the sets what became of it, and says what that means.
pub(super) fn mark_what_ran(
    sets: &mut [Set],
    range: &ReleaseRange<'_>,
    old: &Manifest,
    histories: &[MigrationHistory],
) -> RanMigrations {
    let mut told = RanMigrations::default();
    let earlier: Vec<Vec<Spelling>> = match histories {
        [] => Vec::new(),
        _ => sets
            .iter()
            .map(|set| list_earlier_spellings(set, range, old))
            .collect(),
    };
    for history in histories {
        let links: Vec<Link> = sets
            .iter()
            .zip(&earlier)
            .map(|(set, earlier)| link_history(set, range, earlier, history))
            .collect();
        let linked: Vec<usize> = (0..sets.len())
            .filter(|at| links[*at] != Link::None)
            .collect();
        let groups: BTreeSet<String> = linked.iter().map(|at| name_database(&sets[*at])).collect();
        if groups.len() > 1 && linked.iter().any(|at| links[*at] == Link::Number) {
            told.unchecked.push(Unchecked {
                what: history.file.clone(),
                why: "its versions fit migrations of several databases of this repository, so it is not known which of them it is about".to_owned(),
                settle_with: Some("give the status of one tool, with the names of the migrations".to_owned()),
            });
            continue;
        }
        if linked.is_empty() {
            if !sets.is_empty() {
                told.unchecked.push(Unchecked {
                    what: history.file.clone(),
                    why: "it names no migration that one of the two releases has, so it does not say which of the range ran".to_owned(),
                    settle_with: Some("write it again on the database that is live, with the tool that the releases use".to_owned()),
                });
            }
            continue;
        }
        let mut marked = 0;
        for at in linked {
            marked += mark_units(&mut sets[at], range, &earlier[at], history);
        }
        if marked == 0 {
            told.unchecked.push(Unchecked {
                what: history.file.clone(),
                why: "it names migrations of the previous release and says nothing of the range; it may have been cut, or be about a part of the database".to_owned(),
                settle_with: Some(format!(
                    "write it again with the files of {}, or give the table of the tool",
                    range.current_version
                )),
            });
        }
    }
    if !histories.is_empty() {
        tell_what_ran(sets, range, &mut told);
    }
    told
}

/// Sets that are copies of each other for several databases share this.
fn name_database(set: &Set) -> String {
    set.units
        .first()
        .map_or_else(|| set.set.clone(), |unit| unit.found.place.group())
}

/// How surely a history is about a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    None,
    /// Only by a small number, which other sets have too.
    Number,
    Name,
}

fn link_history(
    set: &Set,
    range: &ReleaseRange<'_>,
    earlier: &[Spelling],
    history: &MigrationHistory,
) -> Link {
    if history.tool.is_some_and(|tool| tool != set.framework) || set.units.is_empty() {
        return Link::None;
    }
    let records: Vec<Spelling> = history.records.iter().map(Spelling::of_record).collect();
    let mut link = Link::None;
    let mut meet = |known: &Spelling| {
        for record in &records {
            match record.meets(known) {
                Some(true) => link = Link::Name,
                Some(false) if link == Link::None => link = Link::Number,
                _ => {}
            }
        }
    };
    for unit in &set.units {
        meet(&Spelling::of_unit(unit, range.current));
    }
    // the newest of them are enough: a history of the same database ends with them
    for known in earlier.iter().rev().take(200) {
        meet(known);
    }
    // a tool that names itself and says that nothing is pending
    if link == Link::None && history.tool.is_some() && history.scope == HistoryScope::PendingOnly {
        return Link::Name;
    }
    link
}

/// The migrations of a set that the previous release has, in the order of the tool.
fn list_earlier_spellings(set: &Set, range: &ReleaseRange<'_>, old: &Manifest) -> Vec<Spelling> {
    let Some(like) = set.units.first() else {
        return Vec::new();
    };
    list_earlier_migrations(range.previous, old, &set.set, &like.found.place)
        .iter()
        .map(|place| Spelling::of_place(place, range.previous))
        .collect()
}

/// Whether a history reaches as far as the previous release: it names the newest migration of the
/// same part. One that does not was cut, or is about something else, and what is missing in it may
/// have run.
fn reaches_previous(
    known: &Spelling,
    earlier: &[Spelling],
    records: &[(Spelling, &MigrationRecord)],
) -> bool {
    let newest = earlier.iter().rev().find(|other| other.part == known.part);
    match newest {
        Some(newest) => records
            .iter()
            .any(|(record, _)| record.meets(newest).is_some()),
        // a part that is new has no row to be known by
        None => known.part.is_none(),
    }
}

/// The ways in which a migration is named.
#[derive(Debug, Clone, Default, PartialEq)]
struct Spelling {
    /// Whole names, lower case.
    names: BTreeSet<String>,
    /// The version, as numbers.
    version: Option<Vec<u128>>,
    /// What it belongs to, where one name stands in several.
    part: Option<String>,
}

impl Spelling {
    fn of_record(record: &MigrationRecord) -> Self {
        let mut spelling = Self {
            part: record.part.as_deref().map(|part| part.to_lowercase()),
            ..Self::default()
        };
        let stem = strip_ends(file_name(&record.name.replace('\\', "/"))).to_lowercase();
        spelling.version = record
            .version
            .as_deref()
            .and_then(read_version)
            .or_else(|| read_version(&stem));
        spelling.names.insert(stem);
        spelling
    }

    fn of_unit(unit: &Unit, tree: &dyn Snapshot) -> Self {
        let mut spelling = Self::of_place(&unit.found.place, tree);
        if unit.path != unit.found.place.path {
            // a change set: its id, and its file as the part
            spelling.names = BTreeSet::from([unit.version.to_lowercase()]);
            spelling.version = None;
            spelling.part = Some(unit.found.place.path.to_lowercase());
        }
        spelling
    }

    fn of_place(place: &MigrationFile, tree: &dyn Snapshot) -> Self {
        let mut stem = strip_ends(file_name(&place.path));
        if matches!(stem, "up" | "migration" | "index" | "schema") {
            stem = file_name(find_parent_folder(&place.path));
        }
        let mut names = BTreeSet::from([stem.to_lowercase(), place.identity.to_lowercase()]);
        let mut part = None;
        match place.framework {
            Framework::Django => {
                let (app, _) = place.identity.rsplit_once('.').unwrap_or_default();
                part = Some(app.to_lowercase());
            }
            Framework::Alembic => names.extend(read_revision(place, stem, tree)),
            _ => {}
        }
        Self {
            names,
            version: read_version(&place.version).or_else(|| read_version(stem)),
            part,
        }
    }

    /// Whether both mean the same migration: by name (`true`), by a small number (`false`), or not.
    fn meets(&self, known: &Self) -> Option<bool> {
        if let (Some(part), Some(known)) = (&self.part, &known.part) {
            let same =
                part == known || part.ends_with(known.as_str()) || known.ends_with(part.as_str());
            if !same {
                return None;
            }
        }
        if self.names.iter().any(|name| known.names.contains(name)) {
            let number = self
                .names
                .iter()
                .all(|name| name.len() < DATED && name.bytes().all(|byte| byte.is_ascii_digit()));
            return Some(!number);
        }
        let (version, other) = (self.version.as_ref()?, known.version.as_ref()?);
        if version != other {
            return None;
        }
        let dated = version
            .iter()
            .any(|number| number.to_string().len() >= DATED);
        // one of them is nothing but its version
        let bare = |spelling: &Self| spelling.names.iter().any(|name| is_version(name));
        (dated || bare(self) || bare(known)).then_some(dated)
    }
}

fn strip_ends(mut name: &str) -> &str {
    while let Some(bare) = ENDS.iter().find_map(|end| name.strip_suffix(end)) {
        name = bare;
    }
    name
}

fn is_version(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-'))
}

/// `V1_1__drop_label`, `00002_drop`, `2026-02-03-101112_drop`, `DropLabel1772359872000`: the numbers
/// of the version, without zeros in front.
fn read_version(name: &str) -> Option<Vec<u128>> {
    // a revision is a hash, whatever digits it begins or ends with
    let first = name.split('_').next().unwrap_or(name);
    if first.len() >= DATED
        && first.bytes().all(|byte| byte.is_ascii_hexdigit())
        && first.bytes().any(|byte| byte.is_ascii_alphabetic())
    {
        return None;
    }
    let head = name.trim_start_matches(['v', 'V', 'u', 'U', 'r', 'R']);
    let end = head
        .find("__")
        .or_else(|| head.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '_')))
        .unwrap_or(head.len());
    let numbers: Vec<u128> = head[..end]
        .split(['.', '-', '_'])
        .filter(|part| !part.is_empty())
        .map_while(|part| part.parse().ok())
        .collect();
    if !numbers.is_empty() {
        return Some(numbers);
    }
    // a class carries its time at the end
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (digits >= DATED)
        .then(|| name[name.len() - digits..].parse().ok())
        .flatten()
        .map(|number| vec![number])
}

/// The revision of Alembic: the first part of the name, or what the text says.
fn read_revision(place: &MigrationFile, stem: &str, tree: &dyn Snapshot) -> Vec<String> {
    let mut names: Vec<String> = stem
        .split('_')
        .next()
        .map(str::to_lowercase)
        .into_iter()
        .collect();
    let text = tree.read_text(&place.path).unwrap_or_default();
    let head = text
        .get(..text.floor_char_boundary(HEAD))
        .unwrap_or_default();
    if let Some(revision) = REVISION.as_ref() {
        names.extend(
            revision
                .captures_iter(head)
                .filter(|found| !found[0].contains("down_revision"))
                .map(|found| found[1].to_lowercase()),
        );
    }
    names
}

/// Statements of a program, and what runs only on an empty database, are in no history.
fn has_history(unit: &Unit) -> bool {
    let place = &unit.found.place;
    is_run_on_deploy(unit) && place.language != MigrationLanguage::Embedded && !place.baseline
}

/// How many of the set it says something about.
fn mark_units(
    set: &mut Set,
    range: &ReleaseRange<'_>,
    earlier: &[Spelling],
    history: &MigrationHistory,
) -> usize {
    let spellings: Vec<Spelling> = set
        .units
        .iter()
        .map(|unit| Spelling::of_unit(unit, range.current))
        .collect();
    let records: Vec<(Spelling, &MigrationRecord)> = history
        .records
        .iter()
        .map(|record| (Spelling::of_record(record), record))
        .collect();
    // a migration that was tried, taken back and run again stands there more than once, in any
    // order: that it ran counts before that it failed, and both before that it waits
    let weight = |record: &MigrationRecord| match record.state {
        MigrationState::Applied => 2,
        MigrationState::Failed => 1,
        MigrationState::Pending => 0,
    };
    let found: Vec<Option<&MigrationRecord>> = spellings
        .iter()
        .map(|known| {
            records
                .iter()
                .filter(|(record, _)| record.meets(known).is_some())
                .map(|(_, record)| *record)
                .max_by_key(|record| weight(record))
        })
        .collect();
    let newest = found.iter().rposition(Option::is_some);
    let numbers: Option<Vec<&Vec<u128>>> = records
        .iter()
        .map(|(record, _)| record.version.as_ref())
        .collect();
    for at in 0..set.units.len() {
        let unit = &set.units[at];
        if !has_history(unit) {
            continue;
        }
        let whole = || reaches_previous(&spellings[at], earlier, &records);
        let waits = || whole().then_some(MigrationState::Pending);
        let state = match (found[at], history.scope) {
            (Some(record), _) => Some(record.state),
            (None, _) if unit.found.place.repeatable => None,
            (None, HistoryScope::Every) => None,
            (None, HistoryScope::AppliedOnly) => waits(),
            (None, HistoryScope::PendingOnly) => Some(MigrationState::Applied),
            (None, HistoryScope::UpTo) => match (newest, &numbers, &spellings[at].version) {
                (Some(newest), ..) => Some(state_before(at < newest)),
                (None, Some(numbers), Some(version))
                    if numbers.iter().any(|number| *number > version) =>
                {
                    Some(MigrationState::Applied)
                }
                // the newest one is one of the previous release's
                _ => waits(),
            },
        };
        set.units[at].ran = state.map(|state| MigrationRun {
            state,
            at: found[at].and_then(|record| record.at),
            file: history.file.clone(),
            line: found[at].and_then(|record| record.line),
        });
    }
    set.units.iter().filter(|unit| unit.ran.is_some()).count()
}

fn state_before(ran: bool) -> MigrationState {
    if ran {
        MigrationState::Applied
    } else {
        MigrationState::Pending
    }
}

/// Says what ran, what did not, and what failed half way.
fn tell_what_ran(sets: &[Set], range: &ReleaseRange<'_>, told: &mut RanMigrations) {
    let all: Vec<&Unit> = sets
        .iter()
        .flat_map(|set| &set.units)
        .filter(|unit| is_run_on_deploy(unit))
        .collect();
    let of = |state: MigrationState| -> Vec<&Unit> {
        let is = |unit: &&&Unit| unit.ran.as_ref().is_some_and(|run| run.state == state);
        all.iter().filter(is).copied().collect()
    };
    let (applied, pending, failed) = (
        of(MigrationState::Applied),
        of(MigrationState::Pending),
        of(MigrationState::Failed),
    );
    let known = applied.len() + pending.len() + failed.len();
    let Some(file) = all
        .iter()
        .find_map(|unit| unit.ran.as_ref())
        .map(|run| run.file.clone())
    else {
        return;
    };
    let (previous, current) = (range.previous_version, range.current_version);
    for unit in &failed {
        told.findings.push(make_schema_finding(
            Check::WhatRan,
            Severity::Warns,
            Confidence::Proven,
            unit.path.clone(),
            format!(
                "{} began to run and failed ({file}): what of it is in the database is not known, so neither {previous} nor {current} can be sure of the schema",
                file_name(&unit.path)
            ),
            list_run_places(&[*unit]),
        ));
        told.unchecked.push(Unchecked {
            what: unit.path.clone(),
            why: format!(
                "{file} says that it began to run and failed, so what it left behind is not known"
            ),
            settle_with: Some(
                "look at the schema that is live, and finish the migration or take it back by hand"
                    .to_owned(),
            ),
        });
    }
    let word = if known < all.len() || !failed.is_empty() {
        (!applied.is_empty() || !failed.is_empty()).then_some("some")
    } else if pending.is_empty() {
        Some("all")
    } else if applied.is_empty() {
        Some("none")
    } else {
        Some("some")
    };
    let says = match word {
        Some("none") => format!(
            "no migration of the range has run ({file}): {previous} meets the schema that it knows, as long as nobody runs {}",
            list_names(&pending)
        ),
        Some("all") => format!(
            "{} of the range {} run{} ({file})",
            count_migrations(all.len()),
            if all.len() == 1 { "has" } else { "have" },
            tell_last_run(&applied)
        ),
        _ => {
            let mut says = format!(
                "{} of {} of the range {} run ({file})",
                applied.len(),
                count_migrations(all.len()),
                if applied.len() == 1 { "has" } else { "have" }
            );
            if !pending.is_empty() {
                says += &format!("; not run: {}", list_names(&pending));
            }
            if known < all.len() {
                says += &format!("; of {} it says nothing", all.len() - known);
            }
            says
        }
    };
    let shown: Vec<&Unit> = pending.iter().chain(&applied).copied().collect();
    let places = list_run_places(&shown);
    told.findings.push(make_schema_finding(
        Check::WhatRan,
        Severity::Notes,
        Confidence::Proven,
        "migrations of the range",
        says.clone(),
        places.clone(),
    ));
    told.applied = word.map(|word| AppliedMigrations {
        word,
        says,
        evidence: places,
    });
}

fn count_migrations(count: usize) -> String {
    if count == 1 {
        "1 migration".to_owned()
    } else {
        format!("{count} migrations")
    }
}

fn tell_last_run(applied: &[&Unit]) -> String {
    let last = applied
        .iter()
        .filter_map(|unit| unit.ran.as_ref()?.at)
        .max();
    match last {
        Some(at) => format!(", the last at {} UTC", at.strftime("%Y-%m-%d %H:%M")),
        None => String::new(),
    }
}

fn list_names(units: &[&Unit]) -> String {
    let mut names: Vec<String> = units
        .iter()
        .take(NAMED)
        .map(|unit| file_name(&unit.path).to_owned())
        .collect();
    if units.len() > NAMED {
        names.push(format!("{} more", units.len() - NAMED));
    }
    names.join(", ")
}

/// Where the history says it, then the migrations.
fn list_run_places(units: &[&Unit]) -> Vec<Evidence> {
    let said = units.iter().filter_map(|unit| {
        let run = unit.ran.as_ref()?;
        Some(Evidence {
            path: Some(run.file.clone()),
            line: run.line,
            ..Evidence::default()
        })
    });
    let mut places: Vec<Evidence> = Vec::new();
    for place in said.take(6) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places.extend(
        units
            .iter()
            .take(6)
            .map(|unit| Evidence::at(unit.found.place.path.as_str(), unit.reading.line)),
    );
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (name, wanted) in [
            ("V1_1__drop_label", vec![1, 1]),
            ("V1.1__drop_label", vec![1, 1]),
            ("00002_drop", vec![2]),
            ("20260203101112", vec![20_260_203_101_112]),
            ("2026-02-03-101112_drop", vec![2026, 2, 3, 101_112]),
            ("DropLabel1772359872000", vec![1_772_359_872_000]),
        ] {
            assert_eq!(read_version(name), Some(wanted), "{name}");
        }
        for name in ["drop_label", "a7", "", "1975ea83b712", "aaaa11112222_drop"] {
            assert_eq!(read_version(name), None, "{name}");
        }
    }
}
