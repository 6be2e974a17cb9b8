//! What the screen of risks knows: what a row is about, and where it was read.

use crate::model::{
    Contract, ContractChange, Coverage, Evidence, Finding, Migration, Operation, Severity,
    Unchecked,
};
use crate::tui::model::Model;
use crate::tui::screens::risks::rows::RiskRow;

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub enum RiskSubject<'a> {
    /// A finding.
    Finding(&'a Finding),
    /// A migration.
    Migration(&'a Migration),
    /// An operation of a migration.
    Operation(&'a Migration, &'a Operation),
    /// A contract.
    Contract(&'a Contract),
    /// A change of a contract.
    Change(&'a Contract, &'a ContractChange),
    /// How the changed files stand in a domain.
    Coverage(&'a Coverage),
    /// Something that could not be checked.
    Unchecked(&'a Unchecked),
}

/// What the row is about; `None` for headings.
pub fn find_row_subject(model: &Model, row: usize) -> Option<RiskSubject<'_>> {
    let assessment = model.assessment.as_ref()?;
    Some(match *model.screens.risks.rows.get(row)? {
        RiskRow::Heading(..) | RiskRow::Nothing(_) => return None,
        RiskRow::Finding(at) => RiskSubject::Finding(assessment.findings.get(at)?),
        RiskRow::Migration(at, _) => RiskSubject::Migration(assessment.migrations.get(at)?),
        RiskRow::Operation(at, one) => assessment
            .migrations
            .get(at)
            .and_then(|it| Some(RiskSubject::Operation(it, it.operations.get(one)?)))?,
        RiskRow::Contract(at, _) => RiskSubject::Contract(assessment.contracts.get(at)?),
        RiskRow::Change(at, one) => assessment
            .contracts
            .get(at)
            .and_then(|it| Some(RiskSubject::Change(it, it.changes.get(one)?)))?,
        RiskRow::Coverage(at) => RiskSubject::Coverage(assessment.coverage.get(at)?),
        RiskRow::Unchecked(at) => RiskSubject::Unchecked(assessment.unchecked.get(at)?),
    })
}

/// What the cursor is on.
pub fn find_selected_subject(model: &Model) -> Option<RiskSubject<'_>> {
    find_row_subject(model, model.screens.risks.list.cursor)
}

/// Number of findings that block, that warn, and of things not checked.
pub fn count_risks(model: &Model) -> (usize, usize, usize) {
    let Some(assessment) = &model.assessment else {
        return (0, 0, 0);
    };
    let of = |severity| {
        assessment
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    (
        of(Severity::Blocks),
        of(Severity::Warns),
        assessment.unchecked.len(),
    )
}

/// Files that show what the cursor is on, with the line, the one that says most first.
pub(super) fn list_selected_places(model: &Model) -> Vec<(String, Option<usize>)> {
    places_of(find_selected_subject(model))
}

pub(super) fn places_of(subject: Option<RiskSubject<'_>>) -> Vec<(String, Option<usize>)> {
    let of = |evidence: &[Evidence]| {
        evidence
            .iter()
            .filter_map(|one| Some((one.raw_path()?.to_owned(), one.line)))
            .collect::<Vec<_>>()
    };
    match subject {
        Some(RiskSubject::Finding(finding)) => of(&finding.evidence),
        Some(RiskSubject::Migration(migration)) => {
            let mut places = vec![(migration.file.clone(), Some(migration.line))];
            places.extend(
                migration
                    .down
                    .path
                    .clone()
                    .map(|path| (path, migration.down.line)),
            );
            places
        }
        Some(RiskSubject::Operation(migration, operation)) => {
            let mut places = vec![(migration.file.clone(), Some(operation.line))];
            places.extend(
                migration
                    .down
                    .path
                    .clone()
                    .map(|path| (path, migration.down.line)),
            );
            places.extend(of(&operation.used_by));
            places
        }
        Some(RiskSubject::Contract(contract)) => vec![(contract.path.clone(), None)],
        Some(RiskSubject::Change(contract, change)) => vec![(contract.path.clone(), change.line)],
        Some(RiskSubject::Coverage(coverage)) => coverage
            .places
            .iter()
            .map(|place| (place.path.as_raw().to_owned(), place.line))
            .collect(),
        Some(RiskSubject::Unchecked(unchecked)) => {
            vec![(unchecked.what.as_raw().to_owned(), None)]
        }
        None => Vec::new(),
    }
}
