//! The difference inside one file: hunks with word-level marks, bounded, with a sentence where a
//! bound bites.

use git2::Oid;
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff};

use model::{DiffLine, FileChange, FileDiff, Hunk, LineKind, decode_text, escape_invisible};

/// Largest side that is compared, in bytes.
const SIDE: usize = 8 * 1024 * 1024;
/// Most lines that are shown.
const LINES: usize = 3000;
/// Most characters of a line that are shown.
const COLUMNS: usize = 400;
/// Blocks of more lines are shown without word-level marks.
const MARKED: usize = 200;

enum DiffSide {
    None,
    Text(String),
    Binary(u64),
    Large(u64),
    Absent,
}

/// Reads both sides and compares them.
pub fn file_diff(repo: &git2::Repository, change: &FileChange, context: usize) -> FileDiff {
    const SUBMODULE: u32 = 0o160_000;
    if change.old_mode == SUBMODULE || change.new_mode == SUBMODULE {
        let commit = |mode: u32, id: &Option<String>| id.clone().filter(|_| mode == SUBMODULE);
        return FileDiff::Submodule {
            old: commit(change.old_mode, &change.old_id),
            new: commit(change.new_mode, &change.new_id),
        };
    }
    let command = || match (&change.old_id, &change.new_id) {
        (Some(old), Some(new)) => format!("git diff {old:.12} {new:.12}"),
        (Some(id), None) | (None, Some(id)) => format!("git cat-file -p {id:.12}"),
        (None, None) => "git diff".to_owned(),
    };
    let (old, new) = match (
        read_diff_side(repo, change.old_id.as_deref()),
        read_diff_side(repo, change.new_id.as_deref()),
    ) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(why), _) | (_, Err(why)) => {
            return FileDiff::Unavailable(format!(
                "{} cannot be read: {why}; `git fsck` tells more",
                change.path
            ));
        }
    };
    match (old, new) {
        (DiffSide::Absent, _) | (_, DiffSide::Absent) => FileDiff::Unavailable(format!(
            "the contents of {} are not in this clone; `git fetch --refetch --no-filter` brings \
                them",
            change.path
        )),
        (DiffSide::Large(size), _) | (_, DiffSide::Large(size)) => FileDiff::Unavailable(format!(
            "{} has {} MB, more than is compared here; `{}` shows it",
            change.path,
            size / 1_000_000,
            command()
        )),
        (old @ DiffSide::Binary(_), new) | (old, new @ DiffSide::Binary(_)) => FileDiff::Binary {
            old: get_side_size(&old),
            new: get_side_size(&new),
        },
        (old, new) => text_diff(
            &take_side_text(old),
            &take_side_text(new),
            context,
            &command(),
        ),
    }
}

fn get_side_size(side: &DiffSide) -> Option<u64> {
    match side {
        DiffSide::Text(text) => Some(text.len() as u64),
        DiffSide::Binary(size) | DiffSide::Large(size) => Some(*size),
        DiffSide::None | DiffSide::Absent => None,
    }
}

fn take_side_text(side: DiffSide) -> String {
    if let DiffSide::Text(text) = side {
        text
    } else {
        String::new()
    }
}

fn read_diff_side(repo: &git2::Repository, id: Option<&str>) -> Result<DiffSide, String> {
    let Some(id) = id else {
        return Ok(DiffSide::None);
    };
    let says = |error: git2::Error| escape_invisible(error.message()).into_owned();
    let id = Oid::from_str(id).map_err(says)?;
    let odb = repo.odb().map_err(says)?;
    let size = match odb.read_header(id) {
        Ok((size, _)) => size,
        Err(error) if super::error::is_absent(&error) => return Ok(DiffSide::Absent),
        Err(error) => return Err(says(error)),
    };
    if size > SIDE {
        return Ok(DiffSide::Large(size as u64));
    }
    let object = odb.read(id).map_err(says)?;
    Ok(decode_text(object.data()).map_or(DiffSide::Binary(size as u64), DiffSide::Text))
}

/// Compares two texts. `command` shows the rest where the result was cut.
pub fn text_diff(old: &str, new: &str, context: usize, command: &str) -> FileDiff {
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Histogram)
        .diff_lines(old, new);
    let (mut hunks, mut shown, mut long, mut cut) = (Vec::new(), 0usize, false, false);
    for group in diff.grouped_ops(context) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let span = |start: std::ops::Range<usize>, end: std::ops::Range<usize>| {
            (
                // git writes line 0 for a side that has no lines in the hunk
                start.start + usize::from(end.end > start.start),
                end.end - start.start,
            )
        };
        let mut hunk = Hunk {
            old: span(first.old_range(), last.old_range()),
            new: span(first.new_range(), last.new_range()),
            lines: Vec::new(),
        };
        for op in &group {
            let room = LINES.saturating_sub(shown + hunk.lines.len());
            // unchanged lines stand once on the screen, changed ones on both sides
            cut |= op.old_range().len().max(op.new_range().len()) > room
                || op.old_range().len() + op.new_range().len() > room
                    && !matches!(op, DiffOp::Equal { .. });
            lines_of(&diff, op, room, &mut hunk.lines, &mut long);
        }
        shown += hunk.lines.len();
        if hunk.lines.is_empty() {
            break;
        }
        hunks.push(hunk);
    }
    let cut = match (cut, long) {
        (true, _) => Some(format!(
            "the first {LINES} lines are shown; `{command}` shows the rest"
        )),
        (false, true) => Some(format!(
            "lines are cut after {COLUMNS} characters; `{command}` shows them whole"
        )),
        (false, false) => None,
    };
    FileDiff::Text { hunks, cut }
}

fn lines_of<'a>(
    diff: &TextDiff<'a, 'a, str>,
    op: &DiffOp,
    room: usize,
    lines: &mut Vec<DiffLine>,
    long: &mut bool,
) {
    let marked =
        // words of a rewritten block match by chance, and comparing them is quadratic in its size
        matches!(op, DiffOp::Replace { old_len, new_len, .. } if old_len + new_len <= MARKED);
    let before = lines.len();
    let mut push =
        |tag: ChangeTag, old: Option<usize>, new: Option<usize>, parts: Vec<(bool, &str)>| {
            if lines.len() - before >= room {
                return;
            }
            let kind = match tag {
                ChangeTag::Equal => LineKind::Context,
                ChangeTag::Delete => LineKind::Removed,
                ChangeTag::Insert => LineKind::Added,
            };
            lines.push(DiffLine {
                kind,
                old_line: old.map(|n| n + 1),
                new_line: new.map(|n| n + 1),
                parts: cut_line_parts(parts, long),
            });
        };
    if marked {
        for change in diff.iter_inline_changes(op) {
            push(
                change.tag(),
                change.old_index(),
                change.new_index(),
                change.values().to_vec(),
            );
        }
    } else {
        for change in diff.iter_changes(op).take(room) {
            push(
                change.tag(),
                change.old_index(),
                change.new_index(),
                vec![(false, change.value())],
            );
        }
    }
}

/// Parts without line end, visible, joined where the mark is the same, cut at the last shown
/// column.
fn cut_line_parts(parts: Vec<(bool, &str)>, long: &mut bool) -> Vec<(bool, String)> {
    let mut out: Vec<(bool, String)> = Vec::new();
    let mut room = COLUMNS;
    for (mark, text) in parts {
        // a change of line ends alone shows as a changed line without a mark
        let text = text.trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            continue;
        }
        let count = text.chars().take(room + 1).count();
        let piece: String = text.chars().take(room).collect();
        // a commit could carry characters that move the cursor of whoever reads it
        let piece = escape_invisible(&piece);
        match out.last_mut() {
            Some((same, before)) if *same == mark => before.push_str(&piece),
            _ => out.push((mark, piece.into_owned())),
        }
        if count > room {
            *long = true;
            if let Some((_, last)) = out.last_mut() {
                last.push('…');
            }
            break;
        }
        room -= count;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunks(old: &str, new: &str) -> (Vec<Hunk>, Option<String>) {
        match text_diff(old, new, 3, "git diff a b") {
            FileDiff::Text { hunks, cut } => (hunks, cut),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn words_that_differ_are_marked() {
        let (hunks, cut) = hunks(
            "one\nlet limit = 10;\nthree\n",
            "one\nlet limit = 20;\nthree\n",
        );
        assert_eq!((hunks.len(), cut), (1, None));
        assert_eq!((hunks[0].old, hunks[0].new), ((1, 3), (1, 3)));
        let marked: Vec<&str> = hunks[0]
            .lines
            .iter()
            .flat_map(|line| &line.parts)
            .filter(|(mark, _)| *mark)
            .map(|(_, text)| text.as_str())
            .collect();
        assert!(
            marked.iter().any(|text| text.contains("10"))
                && marked.iter().any(|text| text.contains("20")),
            "{marked:?}"
        );
        assert_eq!(hunks[0].rows().len(), 3);
    }

    #[test]
    fn line_numbers_start_at_one_and_added_files_have_no_old_lines() {
        let (hunks, _) = hunks("", "a\nb\n");
        assert_eq!((hunks[0].old, hunks[0].new), ((0, 0), (1, 2)));
        assert_eq!(
            hunks[0]
                .lines
                .iter()
                .map(|line| (line.old_line, line.new_line))
                .collect::<Vec<_>>(),
            [(None, Some(1)), (None, Some(2))]
        );
    }

    #[test]
    fn bounds_are_said() {
        let many: String = (0..5000).map(|n| format!("line {n}\n")).collect();
        let (found, cut) = hunks("", &many);
        assert_eq!(
            found.iter().map(|hunk| hunk.lines.len()).sum::<usize>(),
            LINES
        );
        assert!(cut.unwrap().contains("git diff a b"));
        let (found, cut) = hunks("", &"x".repeat(1000));
        assert_eq!(found[0].lines[0].parts[0].1.chars().count(), COLUMNS + 1);
        assert!(cut.unwrap().contains("400 characters"));
    }

    #[test]
    fn control_characters_are_visible() {
        let (found, _) = hunks("", "a\x1b[2J\r\n");
        assert_eq!(found[0].lines[0].parts, [(false, "a␛[2J".to_owned())]);
    }
}
