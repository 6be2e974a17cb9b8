//! A file's difference as rows of a list, unified or side by side.

use std::collections::BTreeSet;

use crate::model::{DiffLine, FileChange, FileDiff, Hunk, LineKind};
use crate::tui::syntax;
use crate::tui::syntax::DiffRuns;

/// One row of a shown difference. Numbers are places in the difference, never line numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffRow {
    /// Head of a hunk.
    Hunk(usize),
    /// One line, unified.
    Line(usize, usize),
    /// Both sides of a hunk: place of the left and of the right line.
    Pair(usize, Option<usize>, Option<usize>),
    /// The sentence that something was cut.
    Cut,
}

/// A difference that has come.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The file.
    pub change: FileChange,
    /// Its difference.
    pub diff: FileDiff,
    /// Rows, unified.
    pub unified: Vec<DiffRow>,
    /// Rows, side by side.
    pub pairs: Vec<DiffRow>,
    /// All lines of the file are in it.
    pub whole: bool,
    /// Changed places that are folded.
    pub folded: BTreeSet<usize>,
    /// What each line is made of.
    pub runs: DiffRuns,
}

impl Shown {
    /// With nothing folded.
    pub(super) fn new(change: &FileChange, diff: &FileDiff, whole: bool) -> Self {
        let mut shown = Self {
            change: change.clone(),
            diff: diff.clone(),
            unified: Vec::new(),
            pairs: Vec::new(),
            whole,
            folded: BTreeSet::new(),
            runs: syntax::scan_diff(diff, &change.path, usize::MAX),
        };
        shown.build_rows();
        shown
    }

    /// Rows, unified or side by side.
    pub fn rows(&self, sides: bool) -> &[DiffRow] {
        if sides { &self.pairs } else { &self.unified }
    }

    /// Makes the rows anew.
    pub(super) fn build_rows(&mut self) {
        self.unified = build_diff_rows(&self.diff, false, &self.folded);
        self.pairs = build_diff_rows(&self.diff, true, &self.folded);
    }
}

/// The rows of a difference; of hunks that are folded only the heads.
pub fn build_diff_rows(diff: &FileDiff, sides: bool, folded: &BTreeSet<usize>) -> Vec<DiffRow> {
    let FileDiff::Text { hunks, cut } = diff else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for (at, hunk) in hunks.iter().enumerate() {
        rows.push(DiffRow::Hunk(at));
        if folded.contains(&at) {
            continue;
        }
        if sides {
            rows.extend(
                hunk.rows()
                    .into_iter()
                    .map(|(left, right)| DiffRow::Pair(at, left, right)),
            );
        } else {
            rows.extend((0..hunk.lines.len()).map(|line| DiffRow::Line(at, line)));
        }
    }
    if cut.is_some() {
        rows.push(DiffRow::Cut);
    }
    rows
}

/// The number of the hunk that a row belongs to.
pub fn find_row_hunk(row: DiffRow) -> Option<usize> {
    match row {
        DiffRow::Hunk(at) | DiffRow::Line(at, _) | DiffRow::Pair(at, ..) => Some(at),
        DiffRow::Cut => None,
    }
}

/// Whether a row shows a line that was added or removed.
pub fn is_changed_row(diff: &FileDiff, row: DiffRow) -> bool {
    let changed = |at: usize, line: usize| {
        find_diff_line(diff, at, line).is_some_and(|line| line.kind != LineKind::Context)
    };
    match row {
        DiffRow::Line(at, line) => changed(at, line),
        DiffRow::Pair(at, left, right) => [left, right]
            .into_iter()
            .flatten()
            .any(|line| changed(at, line)),
        DiffRow::Hunk(_) | DiffRow::Cut => false,
    }
}

/// The hunk of a row.
pub fn find_hunk(diff: &FileDiff, at: usize) -> Option<&Hunk> {
    match diff {
        FileDiff::Text { hunks, .. } => hunks.get(at),
        _ => None,
    }
}

/// A line by hunk and place.
pub fn find_diff_line(diff: &FileDiff, at: usize, line: usize) -> Option<&DiffLine> {
    find_hunk(diff, at)?.lines.get(line)
}

/// The text of a line.
pub fn read_diff_line_text(line: &DiffLine) -> String {
    line.parts.iter().map(|(_, text)| text.as_str()).collect()
}

/// The words of a row, for the search and the clipboard.
pub fn read_diff_row_text(diff: &FileDiff, row: DiffRow) -> String {
    match row {
        DiffRow::Hunk(_) => String::new(),
        DiffRow::Line(at, one) => find_diff_line(diff, at, one)
            .map(read_diff_line_text)
            .unwrap_or_default(),
        DiffRow::Pair(at, left, right) if left == right => left
            .and_then(|one| find_diff_line(diff, at, one))
            .map(read_diff_line_text)
            .unwrap_or_default(),
        DiffRow::Pair(at, left, right) => {
            let side = |one: Option<usize>| {
                one.and_then(|one| find_diff_line(diff, at, one))
                    .map(read_diff_line_text)
                    .unwrap_or_default()
            };
            format!("{} {}", side(left), side(right)).trim().to_owned()
        }
        DiffRow::Cut => match diff {
            FileDiff::Text {
                cut: Some(says), ..
            } => says.clone(),
            _ => String::new(),
        },
    }
}

/// Line numbers of a row, in previous and in current.
pub fn find_row_line_numbers(diff: &FileDiff, row: DiffRow) -> (Option<usize>, Option<usize>) {
    match row {
        DiffRow::Hunk(at) => {
            find_hunk(diff, at).map_or((None, None), |hunk| (Some(hunk.old.0), Some(hunk.new.0)))
        }
        DiffRow::Line(at, one) => find_diff_line(diff, at, one)
            .map_or((None, None), |line| (line.old_line, line.new_line)),
        DiffRow::Pair(at, left, right) => {
            let of = |one: Option<usize>| one.and_then(|one| find_diff_line(diff, at, one));
            (
                of(left).and_then(|line| line.old_line),
                of(right).and_then(|line| line.new_line),
            )
        }
        DiffRow::Cut => (None, None),
    }
}

/// The row that shows a line of current (of previous where `old`), or the next one after it.
pub fn find_row_of_line(
    diff: &FileDiff,
    rows: &[DiffRow],
    number: usize,
    old: bool,
) -> Option<usize> {
    let of = |row: &DiffRow| {
        if old {
            find_row_line_numbers(diff, *row).0
        } else {
            find_row_line_numbers(diff, *row).1
        }
    };
    let shown = |row: &&DiffRow| !matches!(row, DiffRow::Hunk(_));
    let exact = rows
        .iter()
        .position(|row| shown(&row) && of(row) == Some(number));
    exact
        .or_else(|| {
            rows.iter()
                .position(|row| shown(&row) && of(row).is_some_and(|line| line >= number))
        })
        .or(rows.len().checked_sub(1))
}

/// Lines that hold the difference of two short texts, with the words that differ marked.
pub fn compare_short_texts(old: &str, new: &str) -> FileDiff {
    use similar::{ChangeTag, TextDiff};
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for op in diff.ops() {
        for change in diff.iter_inline_changes(op) {
            let kind = match change.tag() {
                ChangeTag::Equal => LineKind::Context,
                ChangeTag::Delete => LineKind::Removed,
                ChangeTag::Insert => LineKind::Added,
            };
            let parts = change
                .iter_strings_lossy()
                .map(|(marked, text)| {
                    (
                        marked,
                        crate::model::escape_invisible(text.trim_end_matches(['\n', '\r']))
                            .into_owned(),
                    )
                })
                .filter(|(_, text)| !text.is_empty())
                .collect();
            lines.push(DiffLine {
                kind,
                old_line: change.old_index().map(|n| n + 1),
                new_line: change.new_index().map(|n| n + 1),
                parts,
            });
        }
    }
    let hunk = Hunk {
        old: (1, old.lines().count()),
        new: (1, new.lines().count()),
        lines,
    };
    FileDiff::Text {
        hunks: vec![hunk],
        cut: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    use crate::model::FileDiff;

    #[test]
    fn both_views_hold_every_line_once() {
        let diff = compare_short_texts("a\nb\nc\n", "a\nB\nextra\nc\n");
        let unified = build_diff_rows(&diff, false, &BTreeSet::new());
        let pairs = build_diff_rows(&diff, true, &BTreeSet::new());
        assert_eq!(unified.len(), 1 + 5);
        assert_eq!(pairs.len(), 1 + 4);
        let FileDiff::Text { hunks, .. } = &diff else {
            panic!()
        };
        let mut seen: Vec<usize> = pairs
            .iter()
            .flat_map(|row| {
                if let DiffRow::Pair(_, left, right) = row {
                    [*left, *right].into_iter().flatten().collect::<Vec<_>>()
                } else {
                    Vec::new()
                }
            })
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, (0..hunks[0].lines.len()).collect::<Vec<_>>());
    }

    #[test]
    fn a_line_number_finds_its_row_or_the_next_one() {
        let diff = compare_short_texts("a\nb\nc\n", "a\nB\nc\n");
        let rows = build_diff_rows(&diff, false, &BTreeSet::new());
        assert_eq!(
            find_row_line_numbers(
                &diff,
                rows[find_row_of_line(&diff, &rows, 2, false).unwrap()]
            )
            .1,
            Some(2)
        );
        assert_eq!(
            find_row_line_numbers(
                &diff,
                rows[find_row_of_line(&diff, &rows, 2, true).unwrap()]
            )
            .0,
            Some(2)
        );
        assert_eq!(
            find_row_of_line(&diff, &rows, 99, false),
            Some(rows.len() - 1)
        );
        assert_eq!(find_row_of_line(&diff, &[], 1, false), None);
    }
}
