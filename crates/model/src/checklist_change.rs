//! What the checklist of a repository changes about the rules: data of the repository, so it is
//! said wherever a verdict is said.

use serde::{Deserialize, Serialize};

/// What is done to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleChange {
    /// It is taken away.
    Disables,
    /// Another stands in its place.
    Replaces,
    /// It is new.
    Adds,
    /// A number or phrase has another value.
    Sets,
}

impl RuleChange {
    const ALL: [Self; 4] = [Self::Disables, Self::Replaces, Self::Adds, Self::Sets];

    /// As in a sentence: `disables`, or `disable` after *would*.
    fn verb(self, would: bool) -> &'static str {
        match (self, would) {
            (Self::Disables, false) => "disables",
            (Self::Disables, true) => "disable",
            (Self::Replaces, false) => "replaces",
            (Self::Replaces, true) => "replace",
            (Self::Adds, false) => "adds",
            (Self::Adds, true) => "add",
            (Self::Sets, false) => "sets",
            (Self::Sets, true) => "set",
        }
    }
}

/// One thing that a checklist of the repository does to the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistChange {
    /// The file, from the root of the working tree.
    pub file: String,
    /// Part of the checklist: `blockers`, `thresholds`, ...
    pub section: String,
    /// Id of the entry, or the name of the number.
    pub id: String,
    /// What it does.
    pub does: RuleChange,
    /// Whether it counts. What could take a reason against a way away does not, unless a person
    /// trusts the repository's checklists.
    pub in_force: bool,
    /// One sentence with file and title.
    pub says: String,
}

/// Names of one kind of change that are written out in the line of all.
const NAMED: usize = 4;

/// All changes in one line, `None` where there are none: *the checklist of this repository disables
/// B4 and adds P1*.
pub fn checklist_line(changes: &[ChecklistChange]) -> Option<String> {
    let (counts, waits): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.in_force);
    match (counts.is_empty(), waits.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!(
            "the checklist of this repository {}",
            describe_checklist_changes(&counts, false)
        )),
        (true, false) => Some(format!(
            "the checklist of this repository would {}; it does not without --trust-checklist",
            describe_checklist_changes(&waits, true)
        )),
        (false, false) => Some(format!(
            "the checklist of this repository {}; it would also {}, and does not without \
                --trust-checklist",
            describe_checklist_changes(&counts, false),
            describe_checklist_changes(&waits, true)
        )),
    }
}

fn describe_checklist_changes(changes: &[&ChecklistChange], would: bool) -> String {
    let part = |does: RuleChange| {
        let names: Vec<&str> = changes
            .iter()
            .filter(|change| change.does == does)
            .map(|change| change.id.as_str())
            .collect();
        let more = names.len().saturating_sub(NAMED);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        (!names.is_empty()).then(|| {
            format!(
                "{} {}{more}",
                does.verb(would),
                names[..names.len().min(NAMED)].join(", ")
            )
        })
    };
    let parts: Vec<String> = RuleChange::ALL.into_iter().filter_map(part).collect();
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(id: &str, does: RuleChange, in_force: bool) -> ChecklistChange {
        ChecklistChange {
            file: ".backout/a.yaml".into(),
            section: "blockers".into(),
            id: id.into(),
            does,
            in_force,
            says: String::new(),
        }
    }

    #[test]
    fn all_changes_are_one_line() {
        assert_eq!(checklist_line(&[]), None);
        let disabled = |trusted| change("B4", RuleChange::Disables, trusted);
        assert_eq!(
            checklist_line(&[disabled(true)]).unwrap(),
            "the checklist of this repository disables B4"
        );
        assert_eq!(
            checklist_line(&[disabled(false)]).unwrap(),
            "the checklist of this repository would disable B4; it does not without \
                --trust-checklist"
        );
        let mut all: Vec<_> = (1..=6)
            .map(|n| change(&format!("P{n}"), RuleChange::Adds, true))
            .collect();
        all.push(disabled(true));
        assert_eq!(
            checklist_line(&all).unwrap(),
            "the checklist of this repository disables B4 and adds P1, P2, P3, P4 and 2 more"
        );
        all.push(change("B5", RuleChange::Replaces, false));
        assert!(
            checklist_line(&all).unwrap().ends_with(
                "2 more; it would also replace B5, and does not without --trust-checklist"
            )
        );
    }
}
