//! The lines of a difference, unified or side by side, with the words that differ marked.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{DiffLine, FileChange, FileDiff, FileStatus, LineKind, escape_invisible};
use crate::tui::action::Action;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{lists, pieces, text};
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::diff::query::text_rows;
use crate::tui::screens::diff::rows;
use crate::tui::screens::diff::rows::{DiffRow, Shown};
use crate::tui::syntax::{self, DiffRuns, Run};
use crate::tui::theme::{Role, Theme};

/// How rows are laid out.
#[derive(Debug, Clone, Copy)]
pub struct DiffLayout {
    /// Columns there are.
    pub columns: usize,
    /// First column shown of long lines.
    pub from: usize,
    /// Long lines are wrapped.
    pub wrap: bool,
    /// Digits of the highest line number.
    pub digits: usize,
}

/// Digits of the highest line number of a difference.
pub fn count_line_number_digits(diff: &FileDiff) -> usize {
    let FileDiff::Text { hunks, .. } = diff else {
        return 1;
    };
    let last = hunks
        .iter()
        .map(|hunk| (hunk.old.0 + hunk.old.1).max(hunk.new.0 + hunk.new.1))
        .max()
        .unwrap_or(1);
    last.to_string().len().max(2)
}

/// What is said instead of lines, where there are none to show.
pub fn explain_missing_diff_lines(
    diff: &FileDiff,
    file: &FileChange,
    previous: &str,
    current: &str,
) -> Option<String> {
    let bytes =
        |size: &Option<u64>| size.map_or("absent".to_owned(), |size| format!("{size} bytes"));
    let commit = |id: &Option<String>| {
        id.as_deref()
            .map_or("absent".to_owned(), pieces::shorten_commit_id)
    };
    Some(match diff {
        FileDiff::Text { hunks, .. } if !hunks.is_empty() => return None,
        FileDiff::Text { .. } if file.status == FileStatus::Renamed => {
            "Only the name changed.".to_owned()
        }
        FileDiff::Text { .. }
            if file.old_mode != file.new_mode && file.status == FileStatus::Modified =>
        {
            "Only the mode changed.".to_owned()
        }
        FileDiff::Text { .. } => "The file is empty, or no line differs.".to_owned(),
        FileDiff::Binary { old, new } => format!(
            "Not text. {previous}: {}, {current}: {}.",
            bytes(old),
            bytes(new)
        ),
        FileDiff::Submodule { old, new } => format!(
            "A submodule. {previous}: commit {}, {current}: commit {}.",
            commit(old),
            commit(new)
        ),
        FileDiff::Unavailable(why) => escape_invisible(why).into_owned(),
    })
}

/// Draws the rows that fit, with a cursor.
pub fn draw_diff_rows(canvas: &mut Canvas, area: Rect, model: &Model, shown: &Shown) {
    let theme = model.theme;
    let (rows, text) = (text_rows(model), &model.screens.diff.text);
    let height = usize::from(area.height);
    let shape = DiffLayout {
        columns: usize::from(area.width).saturating_sub(2),
        from: model.screens.diff.column,
        wrap: model.screens.diff.wrap,
        digits: count_line_number_digits(&shown.diff),
    };
    let mut first = text.follow(height, rows.len());
    if shape.wrap {
        first = follow_wrapped(&shown.diff, rows, text.cursor, first, height, shape, theme);
    }
    let page = height.max(1);
    canvas
        .measured
        .lists
        .push((ScrolledPart::DiffText, first, page));
    let mut y = area.y;
    for (at, row) in rows.iter().enumerate().skip(first) {
        if y >= area.bottom() {
            break;
        }
        let here = at == text.cursor && model.focus == Focus::Detail;
        let folded = rows::find_row_hunk(*row).is_some_and(|at| shown.folded.contains(&at));
        let drawn = if folded {
            let at = rows::find_row_hunk(*row).unwrap_or(0);
            vec![draw_hunk_head(&shown.diff, at, true, shape.columns, theme)]
        } else {
            draw_diff_row(&shown.diff, &shown.runs, *row, shape, theme)
        };
        for (part, spans) in drawn.into_iter().enumerate() {
            if y >= area.bottom() {
                break;
            }
            let mark = if here && part == 0 {
                theme.cursor()
            } else {
                " "
            };
            let mut spans = if text.search.is_empty() {
                spans
            } else {
                text::mark_search_hits(spans, &text.search, theme.style(Role::Match))
            };
            spans.insert(0, Span::styled(mark, theme.style(Role::Focus)));
            let mut line = Line::from(spans);
            if here {
                line = line.style(ratatui::style::Style::new().add_modifier(Modifier::BOLD));
            }
            let place = Rect {
                y,
                height: 1,
                width: area.width.saturating_sub(1),
                ..area
            };
            canvas.render_widget(Paragraph::new(line), place);
            if model.focus == Focus::Detail {
                canvas.measured.hit(place, Action::Select(at));
            }
            y += 1;
        }
    }
    lists::scroll_mark(canvas, area, theme, first, height, rows.len());
}

/// The first row to show so that the cursor is in sight where rows take several lines.
fn follow_wrapped(
    diff: &FileDiff,
    rows: &[DiffRow],
    cursor: usize,
    first: usize,
    height: usize,
    shape: DiffLayout,
    theme: Theme,
) -> usize {
    let mut used = 0;
    let mut start = cursor.min(rows.len().saturating_sub(1));
    for at in (first..=start).rev() {
        let Some(row) = rows.get(at) else { break };
        used += draw_diff_row(diff, &DiffRuns::default(), *row, shape, theme).len();
        if used > height {
            break;
        }
        start = at;
    }
    start
}

/// A row as one line, or several where it is wrapped.
pub fn draw_diff_row(
    diff: &FileDiff,
    runs: &DiffRuns,
    row: DiffRow,
    shape: DiffLayout,
    theme: Theme,
) -> Vec<Vec<Span<'static>>> {
    match row {
        DiffRow::Hunk(at) => vec![draw_hunk_head(diff, at, false, shape.columns, theme)],
        DiffRow::Cut => {
            let says = rows::read_diff_row_text(diff, row);
            text::wrap_columns(&format!("{} {says}", theme.ellipsis()), shape.columns)
                .into_iter()
                .map(|part| vec![Span::styled(part, theme.style(Role::Warn))])
                .collect()
        }
        DiffRow::Line(at, one) => match rows::find_diff_line(diff, at, one) {
            Some(line) => draw_diff_side(
                Some(line),
                runs.of_line(at, one),
                line.new_line.or(line.old_line),
                shape,
                theme,
            ),
            None => Vec::new(),
        },
        DiffRow::Pair(at, left, right) => {
            let half = shape.columns.saturating_sub(3) / 2;
            let shape = DiffLayout {
                columns: half,
                ..shape
            };
            let of = |one: Option<usize>| one.and_then(|one| rows::find_diff_line(diff, at, one));
            let (old, new) = (of(left), of(right));
            let of_line = |one: Option<usize>| one.map_or(&[][..], |one| runs.of_line(at, one));
            let (old_number, new_number) = (
                old.and_then(|line| line.old_line),
                new.and_then(|line| line.new_line),
            );
            let left = draw_diff_side(old, of_line(left), old_number, shape, theme);
            let right = draw_diff_side(new, of_line(right), new_number, shape, theme);
            (0..left.len().max(right.len()))
                .map(|part| {
                    let mut spans = left.get(part).cloned().unwrap_or_default();
                    spans.push(Span::raw(
                        " ".repeat(half.saturating_sub(text::spans_width(&spans))),
                    ));
                    spans.push(Span::styled(
                        format!(" {} ", theme.bar()),
                        theme.style(Role::Line),
                    ));
                    spans.extend(right.get(part).cloned().unwrap_or_default());
                    spans
                })
                .collect()
        }
    }
}

/// The head of a hunk: which lines of both releases it shows.
fn draw_hunk_head(
    diff: &FileDiff,
    at: usize,
    folded: bool,
    columns: usize,
    theme: Theme,
) -> Vec<Span<'static>> {
    let Some(hunk) = rows::find_hunk(diff, at) else {
        return Vec::new();
    };
    let range = |(first, count): (usize, usize)| match count {
        0 => "nothing".to_owned(),
        1 => format!("line {first}"),
        _ => format!("lines {first} to {}", first + count - 1),
    };
    let says = if hunk.old == hunk.new {
        range(hunk.new)
    } else {
        format!("{} {} {}", range(hunk.old), theme.arrow(), range(hunk.new))
    };
    let says = if folded {
        format!("{} {says}, folded: - opens ", theme.pick("▸", "+"))
    } else {
        format!("{} {says} ", theme.rule().repeat(2))
    };
    let rest = columns.saturating_sub(text::measure_text_width(&says));
    vec![
        Span::styled(says, theme.style(Role::Dim)),
        Span::styled(theme.rule().repeat(rest), theme.style(Role::Line)),
    ]
}

/// Number, sign and text of one line of one side.
fn draw_diff_side(
    line: Option<&DiffLine>,
    runs: &[Run],
    number: Option<usize>,
    shape: DiffLayout,
    theme: Theme,
) -> Vec<Vec<Span<'static>>> {
    let Some(line) = line else {
        return vec![Vec::new()];
    };
    let (sign, plain, word) = match line.kind {
        LineKind::Context => (" ", Role::Text, Role::Text),
        LineKind::Removed => (theme.pick("−", "-"), Role::Removed, Role::RemovedWord),
        LineKind::Added => ("+", Role::Added, Role::AddedWord),
    };
    let number = number.map(|number| number.to_string()).unwrap_or_default();
    let gutter = vec![
        Span::styled(
            format!("{} ", text::pad_left(&number, shape.digits)),
            theme.style(Role::Dim),
        ),
        Span::styled(format!("{sign} "), theme.style(plain)),
    ];
    let room = shape.columns.saturating_sub(text::spans_width(&gutter));
    let changed = line.kind != LineKind::Context;
    let text = syntax::colour_parts(&line.parts, runs, |marked, token| {
        if marked {
            theme.style(word)
        } else {
            pieces::style_token(theme, token, theme.style(plain), changed)
        }
    });
    if !shape.wrap {
        return vec![
            [
                gutter,
                pieces::cut_span_columns(text, shape.from, room, theme),
            ]
            .concat(),
        ];
    }
    let blank = " ".repeat(text::spans_width(&gutter));
    pieces::fold_spans(text, room)
        .into_iter()
        .enumerate()
        .map(|(at, part)| {
            if at == 0 {
                [gutter.clone(), part].concat()
            } else {
                [vec![Span::raw(blank.clone())], part].concat()
            }
        })
        .collect()
}

/// A difference as lines, for texts that hold one: unified, or side by side where there is room; at
/// most so many rows, and a word where there are more. The colours are those of the path's
/// language.
pub fn draw_whole_diff(
    diff: &FileDiff,
    columns: usize,
    sides: bool,
    most: usize,
    theme: Theme,
    path: &str,
) -> Vec<Line<'static>> {
    let shape = DiffLayout {
        columns,
        from: 0,
        wrap: false,
        digits: count_line_number_digits(diff),
    };
    let rows = rows::build_diff_rows(diff, sides, &std::collections::BTreeSet::new());
    let runs = syntax::scan_diff(diff, path, most);
    let more = rows.len().saturating_sub(most);
    let mut out: Vec<Line<'static>> = rows
        .into_iter()
        .take(most)
        .flat_map(|row| draw_diff_row(diff, &runs, row, shape, theme))
        .map(Line::from)
        .collect();
    if more > 0 {
        out.push(Line::styled(
            format!("{} {more} more lines; screen 5 shows all", theme.ellipsis()),
            theme.style(Role::Warn),
        ));
    }
    out
}
