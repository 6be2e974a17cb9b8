//! The entries as rows: what each would take away, grouped and ordered.

use crate::model::{Changelog, Entry, Reverting};
use crate::tui::theme::Role;

/// What stands against taking an entry back, in one word. Ordered from the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
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

impl Sign {
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
pub fn sign(what: Reverting) -> Sign {
    match what {
        Reverting::Nothing => Sign::Quiet,
        Reverting::FeatureLost => Sign::Feature,
        Reverting::BugReturns => Sign::Fault,
        Reverting::SecurityReopened => Sign::Security,
        Reverting::DataUnreadable => Sign::Data,
        Reverting::DependentBreaks => Sign::Dependent,
        Reverting::MigrationOrphaned => Sign::Migration,
        Reverting::ContractVanishes => Sign::Contract,
        Reverting::ConfigMismatch => Sign::Config,
        Reverting::DependencyDowngraded => Sign::Library,
        Reverting::Unknown => Sign::Unclear,
    }
}

/// All signs of an entry, worst first; never empty.
pub fn signs(entry: &Entry) -> Vec<Sign> {
    let mut signs: Vec<Sign> = entry.if_reverted.iter().copied().map(sign).collect();
    if !entry.security.is_empty() {
        signs.push(Sign::Security);
    }
    if entry.breaking {
        signs.push(Sign::Breaking);
    }
    if entry.reverts.is_some() {
        signs.push(Sign::Revert);
    }
    signs.sort_unstable();
    signs.dedup();
    if signs.is_empty() {
        signs.push(Sign::Unclear);
    }
    signs
}

/// Where an entry stands in the list by risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
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
pub fn group(entry: &Entry) -> Group {
    if entry.cancelled_by.is_some() {
        return Group::Cancelled;
    }
    if entry.in_previous {
        return Group::InPrevious;
    }
    match signs(entry).first() {
        Some(sign) if sign.risky() => Group::Risky,
        Some(Sign::Quiet) => Group::Quiet,
        _ => Group::Seen,
    }
}

/// How the list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Riskiest first, in groups.
    #[default]
    Risk,
    /// Newest first.
    Time,
}

/// Which entries are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Part {
    /// All.
    #[default]
    Everything,
    /// Those a person is asked about.
    Risky,
    /// Of those, the ones nobody said anything about.
    NotAsked,
    /// Of a conventional type.
    Kind(String),
    /// That touch an area.
    Area(String),
}

/// One row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Head of a group with the number of its entries.
    Heading(Group, usize),
    /// An entry of the range, by place.
    Entry(usize),
    /// An entry that only previous has, by place.
    Lost(usize),
}

/// The rows. `asked` says whether an entry was answered.
pub fn rows(
    changelog: &Changelog,
    order: Order,
    part: &Part,
    asked: impl Fn(&Entry) -> bool,
) -> Vec<Row> {
    let shown = |entry: &Entry| match part {
        Part::Everything => true,
        Part::Risky => group(entry) == Group::Risky,
        Part::NotAsked => group(entry) == Group::Risky && !asked(entry),
        Part::Kind(kind) => entry.kind.as_ref() == Some(kind),
        Part::Area(area) => entry.areas.contains(area),
    };
    let mut rows = Vec::new();
    let mut entries: Vec<(Group, Sign, usize)> = changelog
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| shown(entry))
        .map(|(at, entry)| {
            (
                group(entry),
                signs(entry).first().copied().unwrap_or(Sign::Unclear),
                at,
            )
        })
        .collect();
    if order == Order::Risk {
        entries.sort_unstable();
        for group in [
            Group::Risky,
            Group::Seen,
            Group::Quiet,
            Group::Cancelled,
            Group::InPrevious,
        ] {
            let count = entries.iter().filter(|(one, _, _)| *one == group).count();
            if count > 0 {
                rows.push(Row::Heading(group, count));
                rows.extend(
                    entries
                        .iter()
                        .filter(|(one, _, _)| *one == group)
                        .map(|(_, _, at)| Row::Entry(*at)),
                );
            }
        }
    } else {
        rows.extend(entries.iter().map(|(_, _, at)| Row::Entry(*at)));
    }
    let lost: Vec<usize> = match part {
        Part::Risky | Part::NotAsked => Vec::new(),
        _ => changelog
            .lost
            .iter()
            .enumerate()
            .filter(|(_, entry)| shown(entry))
            .map(|(at, _)| at)
            .collect(),
    };
    if !lost.is_empty() {
        rows.push(Row::Heading(Group::Lost, lost.len()));
        rows.extend(lost.into_iter().map(Row::Lost));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(hints: &[Reverting]) -> Entry {
        Entry {
            if_reverted: hints.to_vec(),
            ..Entry::default()
        }
    }

    #[test]
    fn the_worst_sign_leads_and_an_entry_without_hint_is_unclear() {
        let mut one = entry(&[Reverting::FeatureLost, Reverting::MigrationOrphaned]);
        assert_eq!(signs(&one), [Sign::Migration, Sign::Feature]);
        one.breaking = true;
        one.security = vec!["CVE-2026-1234".to_owned()];
        assert_eq!(signs(&one)[..2], [Sign::Security, Sign::Breaking]);
        assert_eq!(signs(&entry(&[])), [Sign::Unclear]);
    }

    #[test]
    fn every_entry_has_exactly_one_row_in_either_order() {
        let changelog = Changelog {
            entries: vec![
                entry(&[Reverting::Nothing]),
                entry(&[Reverting::SecurityReopened]),
                Entry {
                    cancelled_by: Some("a".to_owned()),
                    ..entry(&[Reverting::SecurityReopened])
                },
                Entry {
                    in_previous: true,
                    ..entry(&[Reverting::FeatureLost])
                },
                entry(&[Reverting::FeatureLost]),
            ],
            lost: vec![entry(&[])],
            ..Changelog::default()
        };
        for order in [Order::Risk, Order::Time] {
            let rows = rows(&changelog, order, &Part::Everything, |_| false);
            let mut seen: Vec<usize> = rows
                .iter()
                .filter_map(|row| {
                    if let Row::Entry(at) = row {
                        Some(*at)
                    } else {
                        None
                    }
                })
                .collect();
            if order == Order::Risk {
                assert_eq!(seen.first(), Some(&1));
            }
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 2, 3, 4]);
            assert_eq!(
                rows.iter()
                    .filter(|row| matches!(row, Row::Lost(_)))
                    .count(),
                1
            );
        }
        let asked = rows(&changelog, Order::Risk, &Part::NotAsked, |_| true);
        assert!(asked.is_empty());
    }
}
