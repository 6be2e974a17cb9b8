//! Which commits of a range revert which, and what cancels out, reverts of reverts included.

use std::collections::HashMap;

use model::ChangelogEntry;

use super::message::CommitMessage;

/// Fills `reverts` and `cancelled_by`. `messages` belong to `entries`, both newest first. `known`
/// finds the full id of a commit outside the range from an abbreviated one.
pub fn link_reverts(
    entries: &mut [ChangelogEntry],
    messages: &[&CommitMessage],
    known: &dyn Fn(&str) -> Option<String>,
) {
    let mut by_subject: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut by_request: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, message) in messages.iter().enumerate() {
        // `Add x (#1)` is quoted with its number by one forge and without by another
        for subject in [message.subject.as_str(), message.title.as_str()] {
            let list = by_subject.entry(subject).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
        if let Some(number) = message.pull_request {
            by_request.entry(number).or_default().push(at);
        }
    }
    let ids: Vec<String> = entries.iter().map(|entry| entry.commit.clone()).collect();
    let mut sorted: Vec<usize> = (0..ids.len()).collect();
    sorted.sort_by(|&a, &b| ids.get(a).cmp(&ids.get(b)));
    let by_id = |prefix: &str| {
        let start =
            sorted.partition_point(|&at| ids.get(at).is_some_and(|id| id.as_str() < prefix));
        sorted
            .get(start)
            .copied()
            .filter(|&at| ids.get(at).is_some_and(|id| id.starts_with(prefix)))
    };
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
    for (at, (entry, message)) in entries.iter_mut().zip(messages).enumerate() {
        // a squash carries the messages of commits that exist nowhere: only ids that are known
        // count there
        let sure = message.says_revert();
        let inside: Vec<usize> = message
            .reverts_commits
            .iter()
            .filter_map(|id| by_id(id))
            // newest first: what a commit reverts is older, so it stands further down
            .filter(|&target| target > at)
            .collect();
        // without an id the nearest older commit of that subject, else of that pull request, is
        // meant
        let older = |list: Option<&Vec<usize>>| {
            list.and_then(|list| list.iter().copied().find(|&candidate| candidate > at))
        };
        let named = || {
            message
                .reverts_subject
                .as_deref()
                .and_then(|subject| {
                    older(by_subject.get(subject))
                        // forges cut the subject of a long one, and the quoted text ends in an
                        // ellipsis
                        .or_else(|| older(Some(&find_cut_off_subjects(messages, subject))))
                })
                .or_else(|| {
                    message
                        .reverts_request
                        .and_then(|number| older(by_request.get(&number)))
                })
        };
        let found = if inside.is_empty() && message.reverts_commits.is_empty() {
            named().into_iter().collect()
        } else {
            inside
        };
        entry.reverts = match (
            found.first().and_then(|&target| ids.get(target)),
            message.reverts_commits.first(),
        ) {
            (Some(id), _) => Some(id.clone()),
            // an id outside the range is still told where the subject itself says revert
            (None, Some(id)) => known(id).or_else(|| sure.then(|| id.clone())),
            (None, None) => None,
        };
        if let Some(list) = targets.get_mut(at) {
            *list = found;
        }
    }
    cancel_reverted_entries(entries, &targets);
}

/// Commits whose subject begins with one that a forge cut off with an ellipsis.
fn find_cut_off_subjects(messages: &[&CommitMessage], subject: &str) -> Vec<usize> {
    let Some(start) = subject
        .strip_suffix('…')
        .or_else(|| subject.strip_suffix("..."))
        // a short beginning such as `Fix…` would fit many commits
        .filter(|start| start.len() >= 20)
    else {
        return Vec::new();
    };
    messages
        .iter()
        .enumerate()
        .filter(|(_, message)| message.subject.starts_with(start))
        .map(|(at, _)| at)
        .collect()
}

/// A commit is undone when a revert of it is itself in force. Newest first, so that every revert is
/// judged before its target.
fn cancel_reverted_entries(entries: &mut [ChangelogEntry], targets: &[Vec<usize>]) {
    let mut undone: Vec<Option<usize>> = vec![None; entries.len()];
    for (revert, list) in targets.iter().enumerate() {
        // a revert that was itself reverted undoes nothing
        if undone.get(revert).copied().flatten().is_some() {
            continue;
        }
        for &target in list {
            if let Some(slot) = undone.get_mut(target)
                && slot.is_none()
            {
                *slot = Some(revert);
            }
        }
    }
    // the revert in force has no effect of its own either: the pair cancels, unless part of what it
    // reverts lies outside
    let mut partner: Vec<Option<usize>> = undone.clone();
    for (revert, list) in targets.iter().enumerate() {
        if let Some(slot) = partner.get_mut(revert)
            && slot.is_none()
        {
            *slot = list
                .iter()
                .copied()
                .find(|&target| undone.get(target).copied().flatten() == Some(revert));
        }
    }
    let ids: Vec<String> = entries.iter().map(|entry| entry.commit.clone()).collect();
    for (entry, partner) in entries.iter_mut().zip(partner) {
        entry.cancelled_by = partner.and_then(|at| ids.get(at).cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(log: &[(&str, &str)]) -> Vec<(Option<String>, Option<String>)> {
        let messages: Vec<CommitMessage> = log
            .iter()
            .map(|(_, text)| CommitMessage::read(text.as_bytes(), None))
            .collect();
        let mut entries: Vec<ChangelogEntry> = log
            .iter()
            .map(|(id, _)| ChangelogEntry {
                commit: (*id).to_owned(),
                ..ChangelogEntry::default()
            })
            .collect();
        link_reverts(&mut entries, &messages.iter().collect::<Vec<_>>(), &|_| {
            None
        });
        entries
            .into_iter()
            .map(|entry| (entry.reverts, entry.cancelled_by))
            .collect()
    }

    fn some(id: &str) -> Option<String> {
        Some(id.to_owned())
    }

    #[test]
    fn a_commit_and_its_revert_cancel() {
        let log = [
            ("bbbbbbbb", "Revert \"Add x (#1)\" (#2)"),
            ("cccccccc", "Other"),
            ("aaaaaaaa", "Add x (#1)"),
        ];
        assert_eq!(
            linked(&log),
            [
                (some("aaaaaaaa"), some("aaaaaaaa")),
                (None, None),
                (None, some("bbbbbbbb"))
            ]
        );
    }

    #[test]
    fn a_revert_of_a_revert_brings_it_back() {
        let log = [
            (
                "cccccccc",
                "Reapply \"Add x\"\n\nThis reverts commit bbbbbbbb.",
            ),
            (
                "bbbbbbbb",
                "Revert \"Add x\"\n\nThis reverts commit aaaaaaaa.",
            ),
            ("aaaaaaaa", "Add x"),
        ];
        assert_eq!(
            linked(&log),
            [
                (some("bbbbbbbb"), some("bbbbbbbb")),
                (some("aaaaaaaa"), some("cccccccc")),
                (None, None)
            ]
        );
    }

    #[test]
    fn three_reverts_leave_it_undone() {
        let log = [
            (
                "dddddddd",
                "Revert \"Reapply\"\n\nThis reverts commit cccccccc.",
            ),
            (
                "cccccccc",
                "Reapply \"Add x\"\n\nThis reverts commit bbbbbbbb.",
            ),
            (
                "bbbbbbbb",
                "Revert \"Add x\"\n\nThis reverts commit aaaaaaaa.",
            ),
            ("aaaaaaaa", "Add x"),
        ];
        let cancelled: Vec<_> = linked(&log)
            .into_iter()
            .map(|(_, cancelled)| cancelled)
            .collect();
        assert_eq!(
            cancelled,
            [
                some("cccccccc"),
                some("dddddddd"),
                some("aaaaaaaa"),
                some("bbbbbbbb")
            ]
        );
    }

    #[test]
    fn a_squash_that_quotes_a_revert_is_none() {
        let log = [
            (
                "bbbbbbbb",
                "Add cards (#9)\n\n* Revert \"wip\"\n\nThis reverts commit 0123456789abcdef.\n\n* \
                    more",
            ),
            ("aaaaaaaa", "Old"),
        ];
        assert_eq!(linked(&log), [(None, None), (None, None)]);
    }

    #[test]
    fn a_subject_cut_by_the_forge_is_found() {
        let log = [
            (
                "bbbbbbbb",
                "Revert \"refactor: remove the deprecated key…\" (#2)",
            ),
            (
                "aaaaaaaa",
                "refactor: remove the deprecated keys of tokens (#1)",
            ),
        ];
        assert_eq!(linked(&log)[1], (None, some("bbbbbbbb")));
    }

    #[test]
    fn what_is_reverted_outside_the_range_does_not_cancel() {
        let log = [
            (
                "bbbbbbbb",
                "Revert \"Old\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.",
            ),
            ("aaaaaaaa", "Old"),
        ];
        assert_eq!(
            linked(&log),
            [
                (some("0123456789abcdef0123456789abcdef01234567"), None),
                (None, None)
            ]
        );
    }
}
