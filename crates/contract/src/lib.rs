//! Contracts: what vanishes or narrows when the new contract disappears again, and who uses it.
//!
//! [`check_contracts`] finds the contract files among the changed ones, reads them tolerantly (what cannot be
//! read is unknown, never unchanged), compares them by the rules of one table, and looks into the
//! repositories of dependents for the use of exactly what vanishes.

mod adoption;
mod adoption_verdict;
mod asyncapi;
mod avro;
mod broken;
mod change;
mod changed_file;
mod compare;
mod dependent_search;
mod detect;
mod document;
mod examined;
mod file_reference;
mod findings;
mod format_token;
mod gather;
mod graphql;
mod json_schema;
mod limits;
mod matrix;
mod moved_roots;
mod names;
mod openapi;
mod pact;
mod path_match;
mod protobuf;
mod rules;
mod schema;
mod shared;
mod standing;
mod summary;
mod template;
#[cfg(test)]
mod tests;
mod typescript;
mod work;

pub use compare::{can_be_contract, compare_files};
pub use summary::{ContractSummary, DependentRow, Graded, summarise_contracts};

use self::changed_file::ChangedContractFile;
use self::gather::ContractGatherer;
use coverage::{ContractOutcome, DependentTree, ReleaseRange};
use model::{CheckDeclaration, Config, FileStatus};

/// Compares every contract file that differs between the two releases, both ways.
pub fn check_contracts(
    range: &ReleaseRange<'_>,
    dependents: &[DependentTree<'_>],
) -> ContractOutcome {
    // submodules and links have no text of their own
    let regular = |mode: u32| mode != 0o160_000 && mode != 0o120_000;
    let files: Vec<ChangedContractFile> = range
        .changes
        .iter()
        .filter(|change| regular(change.old_mode) && regular(change.new_mode))
        .map(|change| ChangedContractFile {
            // an added file has no old side, even where git names a likeness
            old: (change.status != FileStatus::Added).then(|| {
                change
                    .old_path
                    .clone()
                    .unwrap_or_else(|| change.path.clone())
            }),
            new: (change.status != FileStatus::Deleted).then(|| change.path.clone()),
        })
        .collect();
    let named: Vec<String> = range
        .config
        .contracts
        .iter()
        .map(|contract| contract.path.clone())
        .collect();
    finish_contract_outcome(
        // who names a contract in the configuration is sure of it
        ContractGatherer::run(range.previous, range.current, &files, &named, &named),
        dependents,
        range.config,
        range.previous_version,
    )
}

/// Looks for the use of what was found and words it.
fn finish_contract_outcome(
    gather: ContractGatherer<'_>,
    dependents: &[DependentTree<'_>],
    config: &Config,
    previous: &str,
) -> ContractOutcome {
    let mut contracts: Vec<_> = gather
        .examined
        .iter()
        .map(examined::Examined::report)
        .collect();
    let (rows, unsearched) =
        adoption::fill_adoption(&gather, &mut contracts, dependents, config, previous);
    let findings = findings::list_contract_findings(&gather.examined, &contracts);
    ContractOutcome {
        contracts,
        findings,
        unchecked: gather.unchecked,
        unsearched,
        dependents: rows,
    }
}

/// The contract checks.
pub fn list_contract_checks() -> Vec<CheckDeclaration> {
    rules::list_declared_rules()
}
