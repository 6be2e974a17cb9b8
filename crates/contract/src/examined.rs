//! What the comparison of one file brought.

use super::change::ContractDifference;
use model::{Contract, ContractKind, Grade};

/// One changed contract file with its changes.
pub(super) struct Examined {
    pub path: String,
    pub root: String,
    pub kind: ContractKind,
    pub changes: Vec<ContractDifference>,
}

impl Examined {
    /// As the report shows it.
    pub fn report(&self) -> Contract {
        let worst = |grade: fn(&ContractDifference) -> Grade| {
            self.changes
                .iter()
                .map(grade)
                .max()
                .unwrap_or(Grade::Compatible)
        };
        Contract {
            path: self.path.clone(),
            root: self.root.clone(),
            kind: self.kind,
            changes: self
                .changes
                .iter()
                .map(ContractDifference::report)
                .collect(),
            on_deploy: worst(|change| change.rule.grades().forward),
            on_rollback: worst(|change| change.rule.grades().back),
        }
    }
}
