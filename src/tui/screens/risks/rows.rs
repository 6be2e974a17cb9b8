//! Findings, migrations and contracts as rows of one list, worst first.

use std::collections::BTreeMap;

use crate::model::{Assessment, Domain, Finding, Grade, RollbackEffect, Severity};

/// Head of a part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Findings that block.
    Blocks,
    /// Findings that warn.
    Warns,
    /// Findings worth knowing.
    Notes,
    /// Migrations of the range.
    Migrations,
    /// Contracts of the range.
    Contracts,
    /// Looked at and found fine.
    Fine,
    /// How the changed files stand, a row a domain.
    Coverage,
    /// Could not be checked.
    Unchecked,
}

/// Which rows are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RisksPart {
    /// All.
    #[default]
    Everything,
    /// What blocks or warns.
    InTheWay,
    /// One field.
    Domain(Domain),
    /// Looked at and found fine.
    Fine,
    /// Could not be checked.
    Unchecked,
}

/// One row of the list; numbers are places in the assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskRow {
    /// Head of a part with the number of things in it.
    Heading(Section, usize),
    /// There is nothing in this part.
    Nothing(Section),
    /// A finding.
    Finding(usize),
    /// A migration, and whether its operations are shown.
    Migration(usize, bool),
    /// An operation of a migration.
    Operation(usize, usize),
    /// A contract, and whether its changes are shown.
    Contract(usize, bool),
    /// A change of a contract.
    Change(usize, usize),
    /// How the changed files stand in a domain.
    Coverage(usize),
    /// Something that could not be checked.
    Unchecked(usize),
}

/// Whether a finding belongs to a part.
pub fn is_finding_in_part(finding: &Finding, part: RisksPart) -> bool {
    match part {
        RisksPart::Everything => true,
        RisksPart::InTheWay => finding.severity <= Severity::Warns,
        RisksPart::Domain(domain) => finding.domain == domain,
        RisksPart::Fine => finding.severity == Severity::Fine,
        RisksPart::Unchecked => false,
    }
}

/// From so many operations and changes on, harmless trees are closed at first.
const MANY: usize = 24;

/// The rows. `open` holds which trees a person opened or closed, by path.
pub fn build_risk_rows(
    assessment: &Assessment,
    part: RisksPart,
    open: &BTreeMap<String, bool>,
) -> Vec<RiskRow> {
    let mut rows = Vec::new();
    let all = |severity: Severity| {
        assessment
            .findings
            .iter()
            .enumerate()
            .filter(move |(_, finding)| {
                finding.severity == severity && is_finding_in_part(finding, part)
            })
            .map(|(at, _)| RiskRow::Finding(at))
    };
    let section = |rows: &mut Vec<RiskRow>, section: Section, found: Vec<RiskRow>| {
        if !found.is_empty() {
            rows.push(RiskRow::Heading(section, found.len()));
            rows.extend(found);
        }
    };
    section(&mut rows, Section::Blocks, all(Severity::Blocks).collect());
    section(&mut rows, Section::Warns, all(Severity::Warns).collect());
    let everything = part == RisksPart::Everything;
    if everything || part == RisksPart::Domain(Domain::Database) {
        add_migration_rows(assessment, open, &mut rows);
    }
    if everything || part == RisksPart::Domain(Domain::Contract) {
        add_contract_rows(assessment, open, &mut rows);
    }
    section(&mut rows, Section::Notes, all(Severity::Notes).collect());
    section(&mut rows, Section::Fine, all(Severity::Fine).collect());
    if everything || part == RisksPart::Unchecked {
        section(
            &mut rows,
            Section::Coverage,
            (0..assessment.coverage.len())
                .map(RiskRow::Coverage)
                .collect(),
        );
        section(
            &mut rows,
            Section::Unchecked,
            (0..assessment.unchecked.len())
                .map(RiskRow::Unchecked)
                .collect(),
        );
    }
    rows
}

fn add_migration_rows(
    assessment: &Assessment,
    open: &BTreeMap<String, bool>,
    rows: &mut Vec<RiskRow>,
) {
    let list = &assessment.migrations;
    rows.push(RiskRow::Heading(Section::Migrations, list.len()));
    if list.is_empty() {
        rows.push(RiskRow::Nothing(Section::Migrations));
    }
    let many = list
        .iter()
        .map(|migration| migration.operations.len())
        .sum::<usize>()
        > MANY;
    for (at, migration) in list.iter().enumerate() {
        let shown = *open
            .get(&migration.path)
            .unwrap_or(&(!many || migration.rollback != RollbackEffect::Safe));
        rows.push(RiskRow::Migration(at, shown));
        if shown {
            let mut operations: Vec<usize> = (0..migration.operations.len()).collect();
            // the worst first, else as they are written
            operations.sort_by_key(|&one| {
                std::cmp::Reverse(
                    migration
                        .operations
                        .get(one)
                        .map(|operation| operation.rollback),
                )
            });
            rows.extend(
                operations
                    .into_iter()
                    .map(|one| RiskRow::Operation(at, one)),
            );
        }
    }
}

fn add_contract_rows(
    assessment: &Assessment,
    open: &BTreeMap<String, bool>,
    rows: &mut Vec<RiskRow>,
) {
    let list = &assessment.contracts;
    rows.push(RiskRow::Heading(Section::Contracts, list.len()));
    if list.is_empty() {
        rows.push(RiskRow::Nothing(Section::Contracts));
    }
    let many = list
        .iter()
        .map(|contract| contract.changes.len())
        .sum::<usize>()
        > MANY;
    for (at, contract) in list.iter().enumerate() {
        let harmless =
            contract.on_rollback == Grade::Compatible && contract.on_deploy == Grade::Compatible;
        let shown = *open.get(&contract.path).unwrap_or(&(!many || !harmless));
        rows.push(RiskRow::Contract(at, shown));
        if shown {
            let mut changes: Vec<usize> = (0..contract.changes.len()).collect();
            changes.sort_by_key(|&one| {
                std::cmp::Reverse(
                    contract
                        .changes
                        .get(one)
                        .map(|change| (change.on_rollback, change.on_deploy)),
                )
            });
            rows.extend(changes.into_iter().map(|one| RiskRow::Change(at, one)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use crate::model::{Domain, Severity};
    use crate::tui::sample;

    #[test]
    fn the_worst_comes_first_and_nothing_is_left_out() {
        let assessment = sample::make_sample_assessment();
        let rows = build_risk_rows(&assessment, RisksPart::Everything, &BTreeMap::new());
        let first = rows
            .iter()
            .find_map(|row| {
                if let RiskRow::Finding(at) = row {
                    Some(*at)
                } else {
                    None
                }
            })
            .unwrap();
        assert_eq!(assessment.findings[first].severity, Severity::Blocks);
        let count = |wanted: fn(&RiskRow) -> bool| rows.iter().filter(|row| wanted(row)).count();
        assert_eq!(
            count(|row| matches!(row, RiskRow::Finding(_))),
            assessment.findings.len()
        );
        assert_eq!(count(|row| matches!(row, RiskRow::Operation(..))), 1);
        assert_eq!(count(|row| matches!(row, RiskRow::Change(..))), 1);
        assert_eq!(count(|row| matches!(row, RiskRow::Unchecked(_))), 1);
    }

    #[test]
    fn a_closed_tree_hides_its_operations() {
        let assessment = sample::make_sample_assessment();
        let open = [(assessment.migrations[0].path.clone(), false)]
            .into_iter()
            .collect();
        let rows = build_risk_rows(&assessment, RisksPart::Domain(Domain::Database), &open);
        assert!(rows.contains(&RiskRow::Migration(0, false)));
        assert!(
            !rows
                .iter()
                .any(|row| matches!(row, RiskRow::Operation(..) | RiskRow::Contract(..)))
        );
    }
}
