//! Which ways to be called a range adds: what lies in another file or is written otherwise is no
//! new one.

use std::collections::{BTreeMap, BTreeSet};

use super::known_text_ways::ReadSide;
use super::scan::Scanner;
use super::signs::{LedgerSign, SignLine, find_sign_lines};
use super::standing_row::build_open_standing;
use super::ways_in::{WayIn, WayKey, WayKind, find_fresh_ways, split_address};
use super::{DomainStanding, is_program, place};
use crate::changed_lines::ChangedLine;
use model::{FileChange, FileKind, FileStatus};

/// Most changed files and bytes of them among which a way that moved is looked for.
const FILES: usize = 2_000;
const BYTES: usize = 32 * 1024 * 1024;

/// Most ways that vanished among which one of another first part is looked for.
const MOVED: usize = 1_000;

/// Most ways that are named at one place.
const NAMED: usize = 3;

impl Scanner<'_> {
    /// The ways to be called that a changed file has in the newer release only, and that no changed
    /// file had in the older one.
    pub(super) fn find_new_ways(
        &mut self,
        change: &FileChange,
        (old, new): (&str, &str),
    ) -> Vec<WayIn> {
        if change.status == FileStatus::Deleted {
            return Vec::new();
        }
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let before = self.ways.list(ReadSide::Old, old_path, old);
        let mut ways = find_fresh_ways(&before, &self.ways.list(ReadSide::New, &change.path, new));
        if ways.is_empty() {
            return ways;
        }
        if self.vanished.is_none() {
            self.vanished = Some(self.count_vanished());
        }
        if let Some(vanished) = &mut self.vanished {
            let own: BTreeSet<WayKey> = before.iter().map(WayIn::key).collect();
            ways.retain(|way| !take_vanished(vanished, &own, way));
        }
        ways
    }

    /// Ways that changed files had and have no more, each with how often.
    fn count_vanished(&mut self) -> BTreeMap<WayKey, usize> {
        let mut before: BTreeMap<WayKey, usize> = BTreeMap::new();
        let mut after: BTreeMap<WayKey, usize> = BTreeMap::new();
        let mut bytes = 0;
        let range = self.range;
        let changes = range.changes.iter().filter(|change| {
            is_program(&change.path)
                && place::is_live(&change.path)
                && !place::is_vendored(&change.path)
                && change.kind != FileKind::Test
        });
        for change in changes.take(FILES) {
            let old = change.old_path.as_deref().unwrap_or(&change.path);
            let sides = [
                (
                    ReadSide::Old,
                    FileStatus::Added,
                    range.previous,
                    old,
                    &mut before,
                ),
                (
                    ReadSide::New,
                    FileStatus::Deleted,
                    range.current,
                    change.path.as_str(),
                    &mut after,
                ),
            ];
            for (side, absent, tree, path, into) in sides {
                if change.status == absent {
                    continue;
                }
                let ways = match self.ways.known(side, path) {
                    Some(ways) => ways,
                    None => {
                        let Ok(text) = tree.read_text(path) else {
                            continue;
                        };
                        bytes += text.len();
                        self.ways.list(side, path, &text)
                    }
                };
                for way in ways.iter() {
                    *into.entry(way.key()).or_default() += 1;
                }
            }
            if bytes > BYTES {
                break;
            }
        }
        for (key, count) in &mut before {
            *count = count.saturating_sub(after.get(key).copied().unwrap_or_default());
        }
        before.retain(|_, count| *count > 0);
        before
    }
}

/// Whether a way is one that vanished elsewhere, which then counts once less: by its whole name, or
/// by the last parts of an address of another file, where a third one may give the first parts.
/// `own` are the ways that the file itself had: there, another first part is another address.
fn take_vanished(
    vanished: &mut BTreeMap<WayKey, usize>,
    own: &BTreeSet<WayKey>,
    way: &WayIn,
) -> bool {
    let key = way.key();
    let same = |other: &WayKey| {
        other.0 == key.0
            && (other.1 == key.1 || other.1.is_empty() || key.1.is_empty())
            && (other.2 == key.2
                || way.kind == WayKind::Address && !own.contains(other) && {
                    let (long, short) = (split_address(&other.2), split_address(&key.2));
                    long.len() > short.len() && long.ends_with(&short)
                })
    };
    let exact = vanished.contains_key(&key).then(|| key.clone());
    // of very many, only those of the same name are looked for
    let found = exact.or_else(|| {
        let mut few = vanished.keys().take(MOVED);
        few.find(|other| same(other)).cloned()
    });
    let Some(found) = found else { return false };
    if let Some(count) = vanished.get_mut(&found) {
        *count -= 1;
        if *count == 0 {
            vanished.remove(&found);
        }
    }
    true
}

/// What is open about ways to be called that nothing writes down; `None` where there are none.
/// `contract` is the file that could know them.
pub(super) fn build_open_ways(ways: &[WayIn], contract: Option<&str>) -> Option<DomainStanding> {
    let first = ways.first()?;
    let mut named: Vec<String> = ways.iter().map(WayIn::describe).take(NAMED).collect();
    if ways.len() > NAMED {
        named.push(format!("{} more", ways.len() - NAMED));
    }
    let list = match named.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => return None,
    };
    let (verb, it) = if ways.len() == 1 {
        ("appears", "it")
    } else {
        ("appear", "them")
    };
    let why = match contract {
        Some(file) => format!("{list} {verb} here, and {file} does not know {it}"),
        None => format!("{list} {verb} here, and no contract file writes {it} down"),
    };
    let sign = if first.kind == WayKind::Message {
        LedgerSign::Message
    } else {
        LedgerSign::Route
    };
    Some(build_open_standing(30 + sign as u8, Some(first.line), why))
}

/// Whether the first quoted text of a line stands in the other release's text, too: a line without
/// one tells nothing.
pub(super) fn holds_first_text(other: &str, line: &str) -> bool {
    let Some(start) = line.find(['"', '\'', '`']) else {
        return false;
    };
    let Some(quote) = line[start..].chars().next() else {
        return false;
    };
    let inner = &line[start + 1..];
    inner
        .find(quote)
        .map(|end| &line[start..start + end + 2])
        .is_some_and(|text| text.len() > 2 && other.contains(text))
}

/// A call that sends puts together what it sends in another way: with the same names, but more or
/// fewer brackets around them.
pub(super) fn find_other_shape(
    signs: &[SignLine<'_>],
    gone: &[ChangedLine<'_>],
) -> Option<DomainStanding> {
    let count = |text: &str| text.matches(['{', '[']).count();
    let before = find_sign_lines(gone);
    let (was, is): (usize, usize) = (
        before
            .iter()
            .filter(is_sent)
            .map(|line| count(line.text))
            .sum(),
        signs
            .iter()
            .filter(is_sent)
            .map(|line| count(line.text))
            .sum(),
    );
    let first = signs.iter().find(is_sent)?;
    (was != is && before.iter().any(|line| is_sent(&line))).then(|| {
        build_open_standing(
            30 + LedgerSign::Message as u8,
            Some(first.number),
            "what a message holds is put together in another way, and no contract file changed with it",
        )
    })
}

fn is_sent(line: &&SignLine<'_>) -> bool {
    line.shows(LedgerSign::Message)
}
