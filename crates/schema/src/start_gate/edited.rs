//! A script that was edited after it ran, while the new release repairs the history: the stored
//! checksum is then the one of the new text, and the previous release finds another.

use super::{REPAIRS, StartGateFinding, is_comment_line, make_gate_evidence, make_gate_finding};
use crate::set::Set;
use coverage::ReleaseRange;
use model::{Confidence, Evidence, Framework, Hit, MigrationChange, Severity};

/// Where Flyway, of the new release, takes edited scripts for right.
pub fn find_repaired_edit(sets: &[Set], range: &ReleaseRange<'_>) -> Option<StartGateFinding> {
    let edited = sets
        .iter()
        .filter(|set| set.framework == Framework::Flyway)
        .flat_map(|set| &set.units)
        .find(|unit| {
            unit.change == MigrationChange::Modified
                && !unit.found.place.repeatable
                && has_another_checksum(range, &unit.found.place.path)
        })?;
    let repairs = |tree: &dyn model::Snapshot| -> Option<Hit> {
        let words = REPAIRS.map(str::to_owned);
        let files = |path: &str| {
            crate::usage::is_code(path)
                || super::is_start_file(path)
                || path.ends_with(".properties")
                || path.ends_with(".yml")
                || path.ends_with(".yaml")
        };
        let (hits, _) = tree.search_many(&words, true, 10, &files);
        hits.into_iter().find(is_repair)
    };
    // who repairs at its own start takes back what it finds
    if repairs(range.previous).is_some() {
        return None;
    }
    let repair = repairs(range.current)?;
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
