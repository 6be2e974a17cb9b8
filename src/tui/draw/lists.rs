//! Lists and texts that scroll, with their scroll marks.

use std::collections::BTreeMap;

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::action::Action;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::text::{fit_spans, mark_search_hits};
use crate::tui::list::{Scroll, ScrolledPart};
use crate::tui::list_spec::ListSpec;
use crate::tui::model::Model;
use crate::tui::theme::{Role, Theme};

/// Lines of a row.
type RowLines = Vec<Vec<Span<'static>>>;

/// Draws a list whose rows take one line each. `row` gives a row's spans; it gets the row and the
/// columns there are.
pub fn draw_list(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    spec: ListSpec,
    row: impl Fn(usize, usize) -> Vec<Span<'static>>,
) {
    draw_tall_list(canvas, area, model, spec, |at, columns| {
        vec![row(at, columns)]
    });
}

/// Columns that the rows of a list have behind the cursor. `lines`: how many lines a row takes.
pub fn measure_list_columns(
    area: Rect,
    len: usize,
    lines: impl Fn(usize, usize) -> usize,
) -> usize {
    let (columns, height) = (
        usize::from(area.width).saturating_sub(2),
        usize::from(area.height),
    );
    // a row more than fits, or a row of more lines than are left: the columns of the mark, and a
    // blank before it, are kept free for all of them alike
    let mut all = (0..len).map(|at| lines(at, columns).max(1));
    if len > height || all.by_ref().sum::<usize>() > height {
        columns.saturating_sub(2)
    } else {
        columns
    }
}

/// Draws a list whose rows take one line or more: the rows that fit, the cursor, hits of the search,
/// a scroll mark, and where clicks go.
pub fn draw_tall_list(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    spec: ListSpec,
    row: impl Fn(usize, usize) -> RowLines,
) {
    let (theme, state, len) = (model.theme, spec.state(model), (spec.len)(model));
    let height = usize::from(area.height);
    if height == 0 || area.width < 4 || len == 0 {
        return;
    }
    let columns = measure_list_columns(area, len, |at, columns| row(at, columns).len());
    let overflow = columns + 2 < usize::from(area.width);
    let mut known: BTreeMap<usize, RowLines> = BTreeMap::new();
    let mut lines = |at: usize| {
        known
            .entry(at)
            .or_insert_with(|| {
                let mut lines = row(at, columns);
                if lines.is_empty() {
                    lines.push(Vec::new());
                }
                lines
            })
            .clone()
    };
    let first = first_row(state.offset, state.cursor, len, height, |at| {
        lines(at).len()
    });
    let (mut y, mut shown) = (area.y, 0);
    for at in first..len {
        if y >= area.bottom() {
            break;
        }
        let can = (spec.selectable)(model, at);
        let selected = can && at == state.cursor;
        let (top, rows) = (y, lines(at));
        let whole = usize::from(area.bottom() - y) >= rows.len();
        for (part, spans) in rows.into_iter().enumerate() {
            if y >= area.bottom() {
                break;
            }
            let mut text = fit_spans(spans, columns, theme);
            if can && !state.search.is_empty() {
                text = mark_search_hits(text, &state.search, theme.style(Role::Match));
            }
            let line = mark_list_line(text, selected, part == 0, theme);
            let here = Rect {
                y,
                height: 1,
                ..area
            };
            canvas.render_widget(Paragraph::new(line), here);
            y += 1;
        }
        shown += usize::from(whole);
        if can {
            let here = Rect {
                y: top,
                height: y - top,
                ..area
            };
            canvas.measured.hit(here, Action::Select(at));
        }
    }
    // a page is what is in sight, never less than a row and the next
    let page = if overflow { shown.max(2) } else { height };
    canvas.measured.lists.push((spec.part, first, page));
    if overflow {
        // where all rows are in sight but for a line, the mark still has something to say
        scroll_mark(canvas, area, theme, first, shown.min(len - 1).max(1), len);
        canvas.measured.bar(
            Rect {
                x: area.right().saturating_sub(1),
                width: 1,
                ..area
            },
            len,
        );
    }
}

/// A line of a row: the cursor in front of its first, all of it bold where the cursor is.
fn mark_list_line(
    mut text: Vec<Span<'static>>,
    selected: bool,
    first: bool,
    theme: Theme,
) -> Line<'static> {
    let mark = if selected && first {
        theme.cursor()
    } else {
        " "
    };
    text.insert(
        0,
        Span::styled(format!("{mark} "), theme.style(Role::Focus)),
    );
    let line = Line::from(text);
    if selected {
        return line.style(Style::new().add_modifier(Modifier::BOLD));
    }
    line
}

/// The first row to show: the cursor is in sight with all its lines, and nothing is left empty below
/// while rows are hidden above. Looks at no more rows than there are lines.
fn first_row(
    before: usize,
    cursor: usize,
    len: usize,
    height: usize,
    mut lines: impl FnMut(usize) -> usize,
) -> usize {
    let cursor = cursor.min(len.saturating_sub(1));
    let before = before.min(cursor);
    let (mut first, mut used) = (cursor, lines(cursor));
    while first > before && used + lines(first - 1) <= height {
        first -= 1;
        used += lines(first);
    }
    let mut below = cursor + 1;
    while below < len && used < height {
        used += lines(below);
        below += 1;
    }
    while below == len && first > 0 && used + lines(first - 1) <= height {
        first -= 1;
        used += lines(first);
    }
    first
}

/// A mark at the right edge for what part of the whole is shown.
pub fn scroll_mark(
    canvas: &mut Canvas,
    area: Rect,
    theme: Theme,
    first: usize,
    rows: usize,
    len: usize,
) {
    let height = usize::from(area.height);
    if area.width == 0 || height == 0 || rows == 0 || len <= rows {
        return;
    }
    let size = (height * rows / len).max(1);
    let span = height - size;
    let top = (first * span).div_ceil((len - rows).max(1)).min(span);
    let x = area.right().saturating_sub(1);
    for line in 0..height {
        let inside = line >= top && line < top + size;
        let (glyph, role) = if inside {
            (theme.pick("┃", "#"), Role::Focus)
        } else {
            (theme.pick("│", "|"), Role::Line)
        };
        let y = area.y + u16::try_from(line).unwrap_or(0);
        canvas.render_widget(
            Paragraph::new(Line::styled(glyph, theme.style(role))),
            Rect {
                x,
                y,
                width: 1,
                height: 1,
            },
        );
    }
}

/// Draws lines that scroll, with a scroll mark, and remembers how many fit.
pub fn draw_scrolled_lines(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    part: ScrolledPart,
    scroll: &Scroll,
    lines: Vec<Line<'static>>,
) {
    let rows = usize::from(area.height);
    canvas.measured.texts.push((part, rows, lines.len()));
    let first = scroll.offset.min(lines.len().saturating_sub(rows));
    let len = lines.len();
    let shown: Vec<Line> = lines.into_iter().skip(first).take(rows).collect();
    canvas.render_widget(
        Paragraph::new(shown),
        Rect {
            width: area.width.saturating_sub(u16::from(len > rows)),
            ..area
        },
    );
    if len > rows {
        scroll_mark(canvas, area, model.theme, first, rows, len);
        canvas.measured.text_bar(
            Rect {
                x: area.right().saturating_sub(1),
                width: 1,
                ..area
            },
            len,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_in_sight_with_all_its_lines() {
        let sizes = [1, 2, 2, 1, 3, 1, 2, 2];
        for height in 3..14 {
            let mut offset = 0;
            for cursor in (0..sizes.len()).chain((0..sizes.len()).rev()) {
                offset = first_row(offset, cursor, sizes.len(), height, |at| sizes[at]);
                let used: usize = sizes[offset..=cursor].iter().sum();
                assert!(offset <= cursor && used <= height, "{height} {cursor}");
                let rest: usize = sizes[offset..].iter().sum();
                assert!(
                    offset == 0 || rest + sizes[offset - 1] > height,
                    "nothing is left empty below: {height} {cursor}"
                );
            }
        }
    }

    #[test]
    fn no_more_rows_are_looked_at_than_there_are_lines() {
        let looked = std::cell::Cell::new(0);
        let first = first_row(0, 500_000, 1_000_000, 20, |_| {
            looked.set(looked.get() + 1);
            1
        });
        assert_eq!(first, 499_981);
        assert!(looked.get() < 80, "{}", looked.get());
    }
}
