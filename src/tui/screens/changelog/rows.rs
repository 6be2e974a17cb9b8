//! The entries as rows: what each would take away, grouped and ordered.

use crate::model::{Changelog, ChangelogEntry, Reverting, Untrusted};
use crate::tui::theme::Role;

/// What stands against taking an entry back, in one word. Ordered from the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RevertSign {
    /// A closed hole opens again.
    Security,
    /// Data cannot be read any more.
    Data,
    /// A dependent fails.
    Dependent,
    /// Part of the contract disappears.
    Contract,
    /// The author marked it as breaking.
    Breaking,
    /// A migration stays behind.
    Migration,
    /// Configuration no longer fits.
    Config,
    /// It takes something back itself.
    Revert,
    /// A library goes back.
    Library,
    /// A feature disappears.
    Feature,
    /// A fault is back.
    Fault,
    /// It cannot be told.
    Unclear,
    /// Nobody would see it.
    Quiet,
}

impl RevertSign {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Data => "data",
            Self::Dependent => "dependent",
            Self::Contract => "contract",
            Self::Breaking => "breaking",
            Self::Migration => "migration",
            Self::Config => "config",
            Self::Revert => "revert",
            Self::Library => "library",
            Self::Feature => "feature",
            Self::Fault => "fault",
            Self::Unclear => "unclear",
            Self::Quiet => "quiet",
        }
    }

    /// How it is drawn.
    pub fn role(self) -> Role {
        match self {
            Self::Security | Self::Data | Self::Dependent | Self::Contract | Self::Breaking => {
                Role::Bad
            }
            Self::Migration | Self::Config => Role::Warn,
            Self::Revert | Self::Library | Self::Feature | Self::Fault => Role::Text,
            Self::Unclear | Self::Quiet => Role::Dim,
        }
    }

    /// Whether a person is asked what would happen.
    pub fn risky(self) -> bool {
        self <= Self::Config
    }
}

/// What an answer means for the order of things.
pub fn rate_reverting(what: Reverting) -> RevertSign {
    match what {
        Reverting::Nothing => RevertSign::Quiet,
        Reverting::FeatureLost => RevertSign::Feature,
        Reverting::BugReturns => RevertSign::Fault,
        Reverting::SecurityReopened => RevertSign::Security,
        Reverting::DataUnreadable => RevertSign::Data,
        Reverting::DependentBreaks => RevertSign::Dependent,
        Reverting::MigrationOrphaned => RevertSign::Migration,
        Reverting::ContractVanishes => RevertSign::Contract,
        Reverting::ConfigMismatch => RevertSign::Config,
        Reverting::DependencyDowngraded => RevertSign::Library,
        Reverting::Unknown => RevertSign::Unclear,
    }
}

/// All signs of an entry, worst first; never empty.
pub fn list_entry_signs(entry: &ChangelogEntry) -> Vec<RevertSign> {
    let mut signs: Vec<RevertSign> = entry
        .if_reverted
        .iter()
        .copied()
        .map(rate_reverting)
        .collect();
    if !entry.security.is_empty() {
        signs.push(RevertSign::Security);
    }
    if entry.breaking {
        signs.push(RevertSign::Breaking);
    }
    if entry.reverts.is_some() {
        signs.push(RevertSign::Revert);
    }
    signs.sort_unstable();
    signs.dedup();
    if signs.is_empty() {
        signs.push(RevertSign::Unclear);
    }
    signs
}

/// Where an entry stands in the list by risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryGroup {
    /// Somebody is asked.
    Risky,
    /// Something would be missed, or be back.
    Seen,
    /// Nobody would see it.
    Quiet,
    /// Cancelled by another commit of the range.
    Cancelled,
    /// Previous has the same patch.
    InPrevious,
    /// Only previous has it.
    Lost,
}

/// The group of an entry of the range.
pub fn choose_entry_group(entry: &ChangelogEntry) -> EntryGroup {
    if entry.cancelled_by.is_some() {
        return EntryGroup::Cancelled;
    }
    if entry.in_previous {
        return EntryGroup::InPrevious;
    }
    match list_entry_signs(entry).first() {
        Some(sign) if sign.risky() => EntryGroup::Risky,
        Some(RevertSign::Quiet) => EntryGroup::Quiet,
        _ => EntryGroup::Seen,
    }
}

/// How the list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChangelogOrder {
    /// Riskiest first, in groups.
    #[default]
    Risk,
    /// Newest first.
    Time,
}

/// Which entries are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ChangelogPart {
    /// All.
    #[default]
    Everything,
    /// Those a person is asked about.
    Risky,
    /// Of those, the ones nobody said anything about.
    NotAsked,
    /// Of a conventional type.
    Kind(Untrusted),
    /// That touch an area.
    Area(Untrusted),
}

/// One row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangelogRow {
    /// Head of a group with the number of its entries.
    Heading(EntryGroup, usize),
    /// An entry of the range, by place.
    Entry(usize),
    /// An entry that only previous has, by place.
    Lost(usize),
}

/// The rows. `asked` says whether an entry was answered.
pub fn build_changelog_rows(
    changelog: &Changelog,
    order: ChangelogOrder,
    part: &ChangelogPart,
    asked: impl Fn(&ChangelogEntry) -> bool,
) -> Vec<ChangelogRow> {
    let shown = |entry: &ChangelogEntry| match part {
        ChangelogPart::Everything => true,
        ChangelogPart::Risky => choose_entry_group(entry) == EntryGroup::Risky,
        ChangelogPart::NotAsked => choose_entry_group(entry) == EntryGroup::Risky && !asked(entry),
        ChangelogPart::Kind(kind) => entry.kind.as_ref() == Some(kind),
        ChangelogPart::Area(area) => entry.areas.contains(area),
    };
    let mut rows = Vec::new();
    let mut entries: Vec<(EntryGroup, RevertSign, usize)> = changelog
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| shown(entry))
        .map(|(at, entry)| {
            (
                choose_entry_group(entry),
                list_entry_signs(entry)
                    .first()
                    .copied()
                    .unwrap_or(RevertSign::Unclear),
                at,
            )
        })
        .collect();
    if order == ChangelogOrder::Risk {
        entries.sort_unstable();
        for group in [
            EntryGroup::Risky,
            EntryGroup::Seen,
            EntryGroup::Quiet,
            EntryGroup::Cancelled,
            EntryGroup::InPrevious,
        ] {
            let count = entries.iter().filter(|(one, _, _)| *one == group).count();
            if count > 0 {
                rows.push(ChangelogRow::Heading(group, count));
                rows.extend(
                    entries
                        .iter()
                        .filter(|(one, _, _)| *one == group)
                        .map(|(_, _, at)| ChangelogRow::Entry(*at)),
                );
            }
        }
    } else {
        rows.extend(entries.iter().map(|(_, _, at)| ChangelogRow::Entry(*at)));
    }
    let lost: Vec<usize> = match part {
        ChangelogPart::Risky | ChangelogPart::NotAsked => Vec::new(),
        _ => changelog
            .lost
            .iter()
            .enumerate()
            .filter(|(_, entry)| shown(entry))
            .map(|(at, _)| at)
            .collect(),
    };
    if !lost.is_empty() {
        rows.push(ChangelogRow::Heading(EntryGroup::Lost, lost.len()));
        rows.extend(lost.into_iter().map(ChangelogRow::Lost));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Changelog, ChangelogEntry, Reverting};

    fn entry(hints: &[Reverting]) -> ChangelogEntry {
        ChangelogEntry {
            if_reverted: hints.to_vec(),
            ..ChangelogEntry::default()
        }
    }

    #[test]
    fn the_worst_sign_leads_and_an_entry_without_hint_is_unclear() {
        let mut one = entry(&[Reverting::FeatureLost, Reverting::MigrationOrphaned]);
        assert_eq!(
            list_entry_signs(&one),
            [RevertSign::Migration, RevertSign::Feature]
        );
        one.breaking = true;
        one.security = vec!["CVE-2026-1234".to_owned()];
        assert_eq!(
            list_entry_signs(&one)[..2],
            [RevertSign::Security, RevertSign::Breaking]
        );
        assert_eq!(list_entry_signs(&entry(&[])), [RevertSign::Unclear]);
    }

    #[test]
    fn every_entry_has_exactly_one_row_in_either_order() {
        let changelog = Changelog {
            entries: vec![
                entry(&[Reverting::Nothing]),
                entry(&[Reverting::SecurityReopened]),
                ChangelogEntry {
                    cancelled_by: Some("a".to_owned()),
                    ..entry(&[Reverting::SecurityReopened])
                },
                ChangelogEntry {
                    in_previous: true,
                    ..entry(&[Reverting::FeatureLost])
                },
                entry(&[Reverting::FeatureLost]),
            ],
            lost: vec![entry(&[])],
            ..Changelog::default()
        };
        for order in [ChangelogOrder::Risk, ChangelogOrder::Time] {
            let rows =
                build_changelog_rows(&changelog, order, &ChangelogPart::Everything, |_| false);
            let mut seen: Vec<usize> = rows
                .iter()
                .filter_map(|row| {
                    if let ChangelogRow::Entry(at) = row {
                        Some(*at)
                    } else {
                        None
                    }
                })
                .collect();
            if order == ChangelogOrder::Risk {
                assert_eq!(seen.first(), Some(&1));
            }
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 2, 3, 4]);
            assert_eq!(
                rows.iter()
                    .filter(|row| matches!(row, ChangelogRow::Lost(_)))
                    .count(),
                1
            );
        }
        let asked = build_changelog_rows(
            &changelog,
            ChangelogOrder::Risk,
            &ChangelogPart::NotAsked,
            |_| true,
        );
        assert!(asked.is_empty());
    }
}
