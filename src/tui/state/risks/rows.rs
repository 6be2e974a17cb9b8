//! Findings, migrations and contracts as rows of one list, worst first.

use std::collections::BTreeMap;

use crate::model::{Assessment, Domain, Effect, Finding, Grade, Severity};

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
pub enum Part {
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
pub enum Row {
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
pub fn belongs(finding: &Finding, part: Part) -> bool {
    match part {
        Part::Everything => true,
        Part::InTheWay => finding.severity <= Severity::Warns,
        Part::Domain(domain) => finding.domain == domain,
        Part::Fine => finding.severity == Severity::Fine,
        Part::Unchecked => false,
    }
}

/// From so many operations and changes on, harmless trees are closed at first.
const MANY: usize = 24;

/// The rows. `open` holds which trees a person opened or closed, by path.
pub fn rows(assessment: &Assessment, part: Part, open: &BTreeMap<String, bool>) -> Vec<Row> {
    let mut rows = Vec::new();
    let all = |severity: Severity| {
        assessment
            .findings
            .iter()
            .enumerate()
            .filter(move |(_, finding)| finding.severity == severity && belongs(finding, part))
            .map(|(at, _)| Row::Finding(at))
    };
    let section = |rows: &mut Vec<Row>, section: Section, found: Vec<Row>| {
        if !found.is_empty() {
            rows.push(Row::Heading(section, found.len()));
            rows.extend(found);
        }
    };
    section(&mut rows, Section::Blocks, all(Severity::Blocks).collect());
    section(&mut rows, Section::Warns, all(Severity::Warns).collect());
    let everything = part == Part::Everything;
    if everything || part == Part::Domain(Domain::Database) {
        migrations(assessment, open, &mut rows);
    }
    if everything || part == Part::Domain(Domain::Contract) {
        contracts(assessment, open, &mut rows);
    }
    section(&mut rows, Section::Notes, all(Severity::Notes).collect());
    section(&mut rows, Section::Fine, all(Severity::Fine).collect());
    if everything || part == Part::Unchecked {
        section(
            &mut rows,
            Section::Coverage,
            (0..assessment.coverage.len()).map(Row::Coverage).collect(),
        );
        section(
            &mut rows,
            Section::Unchecked,
            (0..assessment.unchecked.len())
                .map(Row::Unchecked)
                .collect(),
        );
    }
    rows
}

fn migrations(assessment: &Assessment, open: &BTreeMap<String, bool>, rows: &mut Vec<Row>) {
    let list = &assessment.migrations;
    rows.push(Row::Heading(Section::Migrations, list.len()));
    if list.is_empty() {
        rows.push(Row::Nothing(Section::Migrations));
    }
    let many = list
        .iter()
        .map(|migration| migration.operations.len())
        .sum::<usize>()
        > MANY;
    for (at, migration) in list.iter().enumerate() {
        let shown = *open
            .get(&migration.path)
            .unwrap_or(&(!many || migration.rollback != Effect::Safe));
        rows.push(Row::Migration(at, shown));
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
            rows.extend(operations.into_iter().map(|one| Row::Operation(at, one)));
        }
    }
}

fn contracts(assessment: &Assessment, open: &BTreeMap<String, bool>, rows: &mut Vec<Row>) {
    let list = &assessment.contracts;
    rows.push(Row::Heading(Section::Contracts, list.len()));
    if list.is_empty() {
        rows.push(Row::Nothing(Section::Contracts));
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
        rows.push(Row::Contract(at, shown));
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
            rows.extend(changes.into_iter().map(|one| Row::Change(at, one)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;

    #[test]
    fn the_worst_comes_first_and_nothing_is_left_out() {
        let assessment = sample::assessment();
        let rows = rows(&assessment, Part::Everything, &BTreeMap::new());
        let first = rows
            .iter()
            .find_map(|row| {
                if let Row::Finding(at) = row {
                    Some(*at)
                } else {
                    None
                }
            })
            .unwrap();
        assert_eq!(assessment.findings[first].severity, Severity::Blocks);
        let count = |wanted: fn(&Row) -> bool| rows.iter().filter(|row| wanted(row)).count();
        assert_eq!(
            count(|row| matches!(row, Row::Finding(_))),
            assessment.findings.len()
        );
        assert_eq!(count(|row| matches!(row, Row::Operation(..))), 1);
        assert_eq!(count(|row| matches!(row, Row::Change(..))), 1);
        assert_eq!(count(|row| matches!(row, Row::Unchecked(_))), 1);
    }

    #[test]
    fn a_closed_tree_hides_its_operations() {
        let assessment = sample::assessment();
        let open = [(assessment.migrations[0].path.clone(), false)]
            .into_iter()
            .collect();
        let rows = rows(&assessment, Part::Domain(Domain::Database), &open);
        assert!(rows.contains(&Row::Migration(0, false)));
        assert!(
            !rows
                .iter()
                .any(|row| matches!(row, Row::Operation(..) | Row::Contract(..)))
        );
    }
}
