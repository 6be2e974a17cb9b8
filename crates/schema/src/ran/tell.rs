//! What the histories say, in sentences.

use super::state::LeftOpen;
use super::{NAMED, ToldRuns};
use crate::checks;
use crate::played_set::is_run_on_deploy;
use crate::set::Set;
use crate::tree_path::file_name;
use crate::unit::Unit;
use coverage::{AppliedMigrations, ReleaseRange};
use model::{Confidence, Evidence, MigrationHistory, MigrationState, Severity, Unchecked};

/// Why a history says nothing of some migrations of the range, and what settles it.
pub(super) fn tell_left_open(
    history: &MigrationHistory,
    open: &LeftOpen,
    says_nothing: bool,
    range: &ReleaseRange<'_>,
) -> Vec<(String, String)> {
    let mut told = Vec::new();
    let ran = || "look into the database that is live whether they ran".to_owned();
    if open.untold > 0 {
        told.push((
            format!(
                "of {} of the range it leaves open what is in the database: undone, in two states, or in one that is not known",
                count_migrations(open.untold)
            ),
            ran(),
        ));
    }
    if open.doubted > 0 {
        told.push((
            format!(
                "the versions or change sets of {} of the range stand there as something else, or are those of two databases; so it may be about another one",
                count_migrations(open.doubted)
            ),
            ran(),
        ));
    }
    if open.beyond > 0 {
        told.push((
            format!(
                "it has versions that neither {} nor {} knows, so of what it does not name nothing is known: a later release may have run it, or it is about another database",
                range.previous_version, range.current_version
            ),
            ran(),
        ));
    }
    if open.unnamed == 0 {
        return told;
    }
    if let Some(why) = &history.incomplete {
        told.push((
            format!("it may be incomplete, because {why}; what it names is used, and of what it does not name nothing is known"),
            "write it again with the command itself into a file, all of it".to_owned(),
        ));
    } else if says_nothing && told.is_empty() {
        told.push((
            "it names migrations of the previous release and says nothing of the range; it may have been cut, or be about a part of the database".to_owned(),
            format!(
                "write it again with the files of {}, or give the table of the tool",
                range.current_version
            ),
        ));
    }
    told
}

/// Says what ran, what did not, and what failed half way.
pub(super) fn tell_what_ran(sets: &[Set], range: &ReleaseRange<'_>, told: &mut ToldRuns) {
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
        told.findings.push(checks::WHAT_RAN.doc.make_finding(Severity::Warns,
            Confidence::Proven,
            unit.path.clone(),
            format!(
                "{} began to run and failed ({file}): what of it is in the database is not known, so neither {previous} nor {current} can be sure of the schema",
                file_name(&unit.path)
            ),
            list_run_places(&[*unit]),
        ));
        told.unchecked.push(Unchecked {
            what: unit.path.clone().into(),
            why: format!(
                "{file} says that it began to run and failed, so what it left behind is not known"
            )
            .into(),
            settle_with: Some(
                "look at the schema that is live, and finish the migration or take it back by hand"
                    .into(),
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
    told.findings.push(checks::WHAT_RAN.doc.make_finding(
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
            path: Some(run.file.clone().into()),
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
