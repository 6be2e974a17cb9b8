//! Sensed hints: what would happen if one entry of the changelog were reverted.

use std::collections::BTreeSet;

use super::kinds::Kinds;
use crate::model::{
    Assessment, ChangelogEntry, FileKind, Grade, MigrationChange, Reverting, RollbackEffect,
};

/// What the hints rest on, gathered once.
pub(super) struct RevertHintBasis {
    migrations: BTreeSet<String>,
    rewriting: BTreeSet<String>,
    contracts: BTreeSet<String>,
    used: BTreeSet<String>,
    kinds: Kinds,
}

impl RevertHintBasis {
    /// From what is known so far.
    pub(super) fn new(assessment: &Assessment, kinds: &Kinds) -> Self {
        let present = assessment
            .migrations
            .iter()
            .filter(|migration| migration.change != MigrationChange::Removed);
        let rewrites = |effect: RollbackEffect| effect == RollbackEffect::DataChanged;
        let vanishing = assessment.contracts.iter().filter(|contract| {
            contract
                .changes
                .iter()
                .any(|change| change.on_rollback > Grade::Compatible)
        });
        Self {
            migrations: present
                .clone()
                .map(|migration| migration.file.clone())
                .collect(),
            rewriting: present
                .filter(|migration| {
                    rewrites(migration.rollback)
                        || migration
                            .operations
                            .iter()
                            .any(|operation| rewrites(operation.rollback))
                })
                .map(|migration| migration.file.clone())
                .collect(),
            contracts: vanishing
                .clone()
                .map(|contract| contract.path.clone())
                .collect(),
            used: vanishing
                .filter(|contract| super::facts::is_contract_used(contract))
                .map(|contract| contract.path.clone())
                .collect(),
            kinds: kinds.clone(),
        }
    }

    /// The hints of one entry, without duplicates, worst of the list's own order last.
    pub(super) fn of(&self, entry: &ChangelogEntry) -> Vec<Reverting> {
        if entry.cancelled_by.is_some() || entry.in_previous {
            return vec![Reverting::Nothing];
        }
        let kinds: BTreeSet<FileKind> = entry
            .paths
            .iter()
            .map(|path| self.kinds.kind(path))
            .collect();
        let whole = !entry.paths.is_empty() && entry.paths.len() as u64 >= entry.path_count;
        let silent = whole
            && kinds
                .iter()
                .all(|kind| matches!(kind, FileKind::Test | FileKind::Documentation));
        let touches =
            |files: &BTreeSet<String>| entry.paths.iter().any(|path| files.contains(path));
        let mut hints = BTreeSet::new();
        if entry.claims_security() && !silent {
            hints.insert(Reverting::SecurityReopened);
        }
        match entry.conventional_type() {
            Some("feat") if !silent => hints.insert(Reverting::FeatureLost),
            Some("fix" | "perf") if !silent => hints.insert(Reverting::BugReturns),
            _ => false,
        };
        if touches(&self.migrations) {
            hints.insert(Reverting::MigrationOrphaned);
        }
        if touches(&self.rewriting) {
            hints.insert(Reverting::DataUnreadable);
        }
        if touches(&self.contracts) {
            hints.insert(Reverting::ContractVanishes);
        }
        if touches(&self.used) {
            hints.insert(Reverting::DependentBreaks);
        }
        if kinds.contains(&FileKind::Config) {
            hints.insert(Reverting::ConfigMismatch);
        }
        if kinds.contains(&FileKind::Dependency) {
            hints.insert(Reverting::DependencyDowngraded);
        }
        if hints.is_empty() {
            // by its own definition a refactoring changes nothing that anybody sees
            let quiet = silent
                || matches!(
                    entry.conventional_type(),
                    Some("docs" | "test" | "tests" | "ci" | "refactor")
                );
            hints.insert(if quiet {
                Reverting::Nothing
            } else {
                Reverting::Unknown
            });
        }
        hints.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Down, DownKind, Migration, Release, ReleaseRelation, RepositoryInfo};

    fn release() -> Release {
        Release {
            version: "1".into(),
            commit: "c".into(),
            time: None,
            tag: None,
            scheme: String::new(),
            prerelease: false,
        }
    }

    fn hints() -> RevertHintBasis {
        let mut assessment = Assessment::new(
            RepositoryInfo::default(),
            release(),
            release(),
            ReleaseRelation::Ancestor,
        );
        assessment.migrations.push(Migration {
            path: "db/1.sql".into(),
            file: "db/1.sql".into(),
            line: 1,
            group: "1".into(),
            framework: "goose".into(),
            version: "1".into(),
            dialect: "postgresql".into(),
            change: MigrationChange::Added,
            from: None,
            ran: None,
            operations: vec![],
            rollback: RollbackEffect::DataChanged,
            down: Down {
                kind: DownKind::None,
                state: None,
                path: None,
                line: None,
                loses_data: None,
                why: None,
                rehearse: false,
            },
        });
        RevertHintBasis::new(&assessment, &Kinds::default())
    }

    fn entry(kind: Option<&str>, paths: &[&str]) -> ChangelogEntry {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        ChangelogEntry {
            kind: kind.map(crate::model::Untrusted::from),
            path_count: paths.len() as u64,
            paths,
            ..ChangelogEntry::default()
        }
    }

    #[test]
    fn hints_follow_type_and_paths() {
        let of = |kind, paths: &[&str]| hints().of(&entry(kind, paths));
        assert_eq!(
            of(Some("feat"), &["src/a.rs", "db/1.sql"]),
            [
                Reverting::FeatureLost,
                Reverting::DataUnreadable,
                Reverting::MigrationOrphaned
            ]
        );
        assert_eq!(of(Some("fix"), &["src/a.rs"]), [Reverting::BugReturns]);
        assert_eq!(of(Some("fix"), &["tests/a.rs"]), [Reverting::Nothing]);
        assert_eq!(of(None, &["README.md"]), [Reverting::Nothing]);
        assert_eq!(of(Some("refactor"), &["src/a.rs"]), [Reverting::Nothing]);
        assert_eq!(of(Some("chore"), &["src/a.rs"]), [Reverting::Unknown]);
        assert_eq!(
            of(Some("build"), &["Cargo.lock", ".env"]),
            [Reverting::ConfigMismatch, Reverting::DependencyDowngraded]
        );
    }

    #[test]
    fn security_wins_over_silence_and_cancelled_is_nothing() {
        let mut marked = entry(Some("chore"), &["Cargo.lock"]);
        marked.security.push("CVE-2024-1".into());
        assert_eq!(hints().of(&marked)[0], Reverting::SecurityReopened);
        marked.cancelled_by = Some("x".into());
        assert_eq!(hints().of(&marked), [Reverting::Nothing]);
    }

    #[test]
    fn paths_that_were_cut_are_not_taken_for_all() {
        let mut cut = entry(None, &["README.md"]);
        cut.path_count = 5000;
        assert_eq!(hints().of(&cut), [Reverting::Unknown]);
    }
}
