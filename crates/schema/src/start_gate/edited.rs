//! A script that was edited after it ran, while the new release repairs the history: the stored
//! checksum is then the one of the new text, and the previous release finds another.

use super::{REPAIRS, StartGateFinding, is_comment_line, make_gate_evidence, make_gate_finding};
use crate::set::Set;
use crate::unit::Unit;
use coverage::ReleaseRange;
use model::{
    Confidence, Evidence, Framework, Hit, MigrationChange, Severity, Unchecked, Untrusted,
};

/// Where Flyway, of the new release, takes edited scripts for right.
pub fn find_repaired_edit(sets: &[Set], range: &ReleaseRange<'_>) -> Option<StartGateFinding> {
    let edited = find_edit(sets, range, Framework::Flyway)?;
    // who repairs at its own start takes back what it finds
    if find_repair(range.previous).is_some() {
        return None;
    }
    let repair = find_repair(range.current)?;
    let (previous, current) = (range.previous_version, range.current_version);
    let path = &edited.found.place.path;
    let says = format!(
        "{path} was edited after it shipped, and {current} repairs Flyway's history ({}:{}): the history holds the checksum of the new text, and {previous} stops when it validates its own",
        repair.path, repair.line
    );
    let places = vec![
        make_gate_evidence(&repair),
        Evidence::at(path.as_str(), edited.reading.line),
    ];
    let finding = make_gate_finding(Severity::Warns, Confidence::Likely, previous, says, places);
    Some(StartGateFinding::stops(finding, None))
}

/// Tools that keep a checksum of each script and stop where the text has another one.
const WITH_CHECKSUMS: [(Framework, &str); 4] = [
    (Framework::Flyway, "Flyway"),
    (Framework::Evolve, "Evolve"),
    (Framework::Sqlx, "sqlx"),
    (Framework::Refinery, "refinery"),
];

/// An edited script of a tool with checksums, where nothing in the new release shows how it came
/// past its own check: somebody repaired the history by hand, the check is off outside of the
/// repository, or the database is new. After a repair the previous release stops.
pub fn find_unexplained_edit(sets: &[Set], range: &ReleaseRange<'_>) -> Option<Unchecked> {
    let (tool, name, edited) = WITH_CHECKSUMS
        .iter()
        .find_map(|(tool, name)| Some((*tool, name, find_edit(sets, range, *tool)?)))?;
    if tool == Framework::Flyway
        && (find_repair(range.previous).is_some()
            || find_repair(range.current).is_some()
            || find_word(range.previous, &CHECK_OFF, is_switched_off).is_some())
    {
        return None;
    }
    let path = &edited.found.place.path;
    let (previous, current) = (range.previous_version, range.current_version);
    Some(Unchecked {
        what: Untrusted::visible(path),
        why: format!(
            "it shipped before and was edited since, and {name} keeps a checksum of each script: if the history was repaired so that {current} starts, it holds the checksum of the new text, and {previous} stops when it finds its own"
        ).into(),
        settle_with: Some(format!(
            "compare the checksum of this script in the history of the migrations with the one of {previous}"
        ).into()),
    })
}

/// The first script of a tool that both releases have with another text.
fn find_edit<'a>(sets: &'a [Set], range: &ReleaseRange<'_>, tool: Framework) -> Option<&'a Unit> {
    sets.iter()
        .filter(|set| set.framework == tool)
        .flat_map(|set| &set.units)
        .find(|unit| {
            unit.change == MigrationChange::Modified
                // a repeatable script is meant to change
                && !unit.found.place.repeatable
                && has_another_checksum(range, &unit.found.place.path)
        })
}

/// Words that switch Flyway's comparison of checksums off, where `false` stands behind them.
const CHECK_OFF: [&str; 3] = [
    "validateOnMigrate",
    "validate-on-migrate",
    "validate_on_migrate",
];

fn is_switched_off(hit: &Hit) -> bool {
    !is_comment_line(&hit.text) && hit.text.to_ascii_lowercase().contains("false")
}

fn find_repair(tree: &dyn model::Snapshot) -> Option<Hit> {
    find_word(tree, &REPAIRS, is_repair)
}

/// The first place in program text and settings that holds one of these words and is meant.
fn find_word(
    tree: &dyn model::Snapshot,
    words: &[&str],
    is_meant: impl Fn(&Hit) -> bool,
) -> Option<Hit> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let files = |path: &str| {
        crate::usage::is_code(path)
            || super::is_start_file(path)
            || path.ends_with(".properties")
            || path.ends_with(".yml")
            || path.ends_with(".yaml")
    };
    let (hits, _) = tree.search_many(&words, true, 10, &files);
    hits.into_iter().find(is_meant)
}

/// A call or a setting that repairs, and not one that says `false`.
pub(super) fn is_repair(hit: &Hit) -> bool {
    !is_comment_line(&hit.text) && !hit.text.to_ascii_lowercase().contains("false")
}

/// Flyway's checksum is over the lines, comments and blanks among them; how lines end does not
/// count.
fn has_another_checksum(range: &ReleaseRange<'_>, path: &str) -> bool {
    let read = |tree: &dyn model::Snapshot| tree.read_text(path).ok();
    match (read(range.previous), read(range.current)) {
        (Some(old), Some(new)) => !old.lines().eq(new.lines()),
        _ => false,
    }
}
