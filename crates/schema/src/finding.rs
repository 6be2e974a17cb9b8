//! Judged migrations to findings: one a check and object, copies for several databases together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::checks;
use model::{
    CheckDeclaration, Confidence, DownKind, DownState, Evidence, Finding, Migration,
    MigrationChange, RollbackEffect, Severity, Untrusted,
};

/// Most places that a finding shows.
const SHOWN: usize = 12;

/// What a judged step says.
pub struct JudgedStep {
    /// The check.
    pub check: &'static CheckDeclaration,
    /// The object.
    pub object: String,
    /// Effect on old code.
    pub effect: RollbackEffect,
    /// One sentence.
    pub why: String,
    /// The migration's place.
    pub place: Evidence,
    /// Where old code uses it.
    pub used_by: Vec<Evidence>,
    /// SQL that makes old code work.
    pub step: Option<String>,
    /// A query that tells how production stands.
    pub ask: Option<String>,
    /// Its database is one that is live.
    pub live: bool,
}

/// Findings of all judged steps.
pub fn of_steps(said: Vec<JudgedStep>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    let mut at: HashMap<(&'static str, String), usize> = HashMap::new();
    for said in said {
        let severity = match said.effect {
            // a database that is not live stops nobody
            _ if !said.live => Severity::Notes,
            RollbackEffect::BreaksReads | RollbackEffect::BreaksWrites => Severity::Blocks,
            RollbackEffect::DataChanged | RollbackEffect::Doubt => Severity::Warns,
            RollbackEffect::Safe => Severity::Notes,
        };
        let confidence = match said.effect {
            // where old code is shown to use the object nothing has to be believed
            RollbackEffect::BreaksReads
            | RollbackEffect::BreaksWrites
            | RollbackEffect::DataChanged
                if !said.used_by.is_empty() =>
            {
                Confidence::Proven
            }
            RollbackEffect::Doubt => Confidence::Hint,
            _ => Confidence::Likely,
        };
        // one finding an object: ten steps on a table would else be ten findings of one danger
        let known = at.entry((said.check.doc.id, said.object.clone()));
        let finding = match known {
            Entry::Occupied(known) => {
                let finding = &mut out[*known.get()];
                // the worst step decides, and so does the surest proof
                finding.severity = finding.severity.min(severity);
                finding.confidence = finding.confidence.min(confidence);
                finding
            }
            Entry::Vacant(place) => {
                place.insert(out.len());
                out.push(said.check.doc.make_finding(
                    severity,
                    confidence,
                    said.object.clone(),
                    said.why.clone(),
                    Vec::new(),
                ));
                let last = out.len() - 1;
                &mut out[last]
            }
        };
        // a range of many steps on one table would make a text that nobody reads
        if let Some(query) = said.ask.filter(|query| {
            !finding.action.as_raw().contains(query.as_str())
                && finding.action.as_raw().len() < 2000
        }) {
            finding.action = format!(
                "{} Count in production: {}",
                finding.action,
                Untrusted::from(query)
            )
            .into();
        }
        // the first step is the one that mends the first break; later ones are in the plan
        finding.compatibility_step = finding
            .compatibility_step
            .take()
            .or(said.step.map(model::Untrusted::from));
        for place in std::iter::once(said.place).chain(said.used_by) {
            // two steps of one line are one place
            if finding.evidence.len() < SHOWN
                && !finding
                    .evidence
                    .iter()
                    .any(|other| other.path == place.path && other.line == place.line)
            {
                finding.evidence.push(place);
            }
        }
    }
    out
}

/// Findings about files and downs.
pub fn of_files(migrations: &[Migration], edits: &[(String, bool)]) -> Vec<Finding> {
    // what waits has not happened, so its way down is not needed
    let runs: Vec<&Migration> = migrations
        .iter()
        .filter(|migration| {
            matches!(
                migration.change,
                MigrationChange::Added | MigrationChange::RenamedRunsAgain
            ) && !migration.is_pending()
        })
        .collect();
    let mut out = Vec::new();
    out.extend(make_edit_finding(edits));
    out.extend(make_shared_finding(
        &checks::RUNS_AGAIN,
        Severity::Warns,
        &choose_migrations(&runs, &|migration| {
            migration.change == MigrationChange::RenamedRunsAgain
        }),
        (
            "carries the text of an older one and runs again",
            "carry the text of older ones and run again",
        ),
    ));
    out.extend(list_down_findings(&runs));
    let removed: Vec<&Migration> = migrations
        .iter()
        .filter(|migration| migration.change == MigrationChange::Removed)
        .collect();
    // it ran long ago and stays done: mostly it was squashed with others
    out.extend(make_shared_finding(
        &checks::MIGRATION_REMOVED,
        Severity::Notes,
        &removed,
        (
            "is gone from the new release",
            "are gone from the new release",
        ),
    ));
    out
}

fn choose_migrations<'m>(
    runs: &[&'m Migration],
    test: &dyn Fn(&Migration) -> bool,
) -> Vec<&'m Migration> {
    runs.iter()
        .copied()
        .filter(|migration| test(migration))
        .collect()
}

/// Migrations that were edited after they had shipped; formatting does not count.
fn make_edit_finding(edits: &[(String, bool)]) -> Option<Finding> {
    let real: Vec<&(String, bool)> = edits.iter().filter(|(_, formatting)| !formatting).collect();
    let first = real.first()?;
    let evidence = real
        .iter()
        .take(SHOWN)
        .map(|(path, _)| Evidence::at(path.as_str(), 1))
        .collect();
    Some(checks::EDITED_AFTER_SHIPPING.doc.make_finding(
        Severity::Notes,
        Confidence::Proven,
        write_subject(real.len(), &first.0),
        if real.len() == 1 {
            "1 migration shipped before and was edited since".to_owned()
        } else {
            format!(
                "{} migrations shipped before and were edited since",
                real.len()
            )
        },
        evidence,
    ))
}

/// What is said about the ways down of the migrations that run.
fn list_down_findings(runs: &[&Migration]) -> Vec<Finding> {
    let chosen = |test: &dyn Fn(&Migration) -> bool| choose_migrations(runs, test);
    let written = |migration: &Migration| {
        matches!(migration.down.kind, DownKind::Script | DownKind::Derivable)
    };
    let missing = chosen(&|migration| {
        matches!(migration.down.kind, DownKind::None | DownKind::Irreversible)
            // a migration without an operation has nothing to go down from
            && !migration.operations.is_empty()
    });
    // no way down matters only where old code needs one
    let risky = missing
        .iter()
        .any(|migration| migration.rollback != RollbackEffect::Safe);
    let unfit = chosen(&|migration| {
        matches!(
            migration.down.state,
            Some(DownState::Failing | DownState::Harmful | DownState::Incomplete)
        )
    });
    // an unknown state is no good one: the text does not tell, so it is warned about as unfit
    let untold = chosen(&|migration| written(migration) && migration.down.state.is_none());
    let losing = chosen(&|migration| written(migration) && migration.down.loses_data == Some(true));
    [
        make_shared_finding(
            &checks::DOWN_MISSING,
            if risky {
                Severity::Warns
            } else {
                Severity::Notes
            },
            &missing,
            ("has no way down", "have no way down"),
        ),
        make_shared_finding(
            &checks::DOWN_UNFIT,
            Severity::Warns,
            &unfit,
            (
                "has a down that does not undo it",
                "have downs that do not undo them",
            ),
        ),
        make_shared_finding(
            &checks::DOWN_UNFIT,
            Severity::Warns,
            &untold,
            (
                "has a down, and its text does not tell whether it undoes the change",
                "have downs, and their text does not tell whether they undo the changes",
            ),
        ),
        make_shared_finding(
            &checks::DOWN_LOSES_DATA,
            Severity::Notes,
            &losing,
            ("loses data on the way down", "lose data on the way down"),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// One finding for all migrations of which it is true, in the words for one and for several.
fn make_shared_finding(
    check: &'static CheckDeclaration,
    severity: Severity,
    chosen: &[&Migration],
    says: (&str, &str),
) -> Option<Finding> {
    let first = chosen.first()?;
    let about_down = [&checks::DOWN_UNFIT, &checks::DOWN_LOSES_DATA]
        .iter()
        .any(|about| about.doc.id == check.doc.id);
    let evidence = chosen
        .iter()
        .take(SHOWN)
        .map(|migration| match &migration.down.path {
            Some(path) if about_down => Evidence {
                excerpt: migration.down.why.clone().map(model::Untrusted::from),
                ..Evidence::at(path.as_str(), migration.down.line.unwrap_or(1))
            },
            _ => Evidence::at(migration.file.as_str(), migration.line),
        });
    let why = first
        .down
        .why
        .as_ref()
        .filter(|_| chosen.len() == 1 && about_down);
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    Some(check.doc.make_finding(
        severity,
        Confidence::Proven,
        write_subject(chosen.len(), &first.path),
        if chosen.len() == 1 {
            format!("1 migration {}{why}", says.0)
        } else {
            format!("{} migrations {}{why}", chosen.len(), says.1)
        },
        evidence.collect(),
    ))
}

fn write_subject(number: usize, first: &str) -> String {
    if number == 1 {
        first.to_owned()
    } else {
        format!("{first} and {} more", number - 1)
    }
}
