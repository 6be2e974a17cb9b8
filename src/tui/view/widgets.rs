//! Pieces that all screens are drawn from. Widths are display columns, never bytes or characters.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Padding, Paragraph};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::tui::list::Scroll;
use crate::tui::model::Model;
use crate::tui::theme::{Role, Theme};

pub use super::lists::{list, scroll_mark, tall};

/// Display columns of a text.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text cut to so many columns, with an ellipsis where something is missing.
pub fn clip(text: &str, columns: usize, theme: Theme) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = width(grapheme);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        out.push_str(grapheme);
    }
    if columns > 0 {
        out.push_str(theme.ellipsis());
    }
    out
}

/// The end of a text, when it is too long: for paths, whose end says most.
pub fn clip_left(text: &str, columns: usize, theme: Theme) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut used = 0;
    for grapheme in text.graphemes(true).rev() {
        let wide = width(grapheme);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        kept.push(grapheme);
    }
    let mut out = if columns > 0 {
        theme.ellipsis().to_owned()
    } else {
        String::new()
    };
    out.extend(kept.into_iter().rev());
    out
}

/// Columns `from .. from + columns` of a text.
pub fn window(text: &str, from: usize, columns: usize) -> String {
    let mut out = String::new();
    let (mut at, mut used) = (0, 0);
    for grapheme in text.graphemes(true) {
        let wide = width(grapheme);
        if at >= from {
            if used + wide > columns {
                break;
            }
            used += wide;
            out.push_str(grapheme);
        }
        at += wide;
    }
    out
}

/// The text with blanks behind it up to so many columns.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text with blanks before it, for numbers.
pub fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Columns of the widest mark of a list, such as `10.`.
const MARK: usize = 3;

/// The text in lines of at most so many columns, broken at blanks; words that are too long are
/// broken inside. Never empty.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let (mut used, mut begun) = (0, false);
        for word in paragraph.split(' ') {
            let wide = width(word);
            if begun && used + 1 + wide <= columns {
                line.push(' ');
                line.push_str(word);
                used += 1 + wide;
                continue;
            }
            // the mark of a list is not left alone by a word that is broken anyway
            let mut word = word;
            if begun && used > 0 && used <= MARK && wide > columns && columns > used + 1 {
                let first = window(word, 0, columns - used - 1);
                line.push(' ');
                line.push_str(&first);
                word = word.get(first.len()..).unwrap_or_default();
                lines.push(std::mem::take(&mut line));
                used = 0;
            } else if begun && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            begun = true;
            let wide = width(word);
            if wide <= columns {
                line.push_str(word);
                used = wide;
                continue;
            }
            for piece in crate::model::pieces(word, columns) {
                if used > 0 {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(piece);
                used = width(piece);
            }
        }
        lines.push(line);
    }
    lines
}

/// Lines of a wrapped text in one style.
pub fn text(text: &str, columns: usize, style: Style) -> Vec<Line<'static>> {
    wrap(text, columns)
        .into_iter()
        .map(|line| Line::styled(line, style))
        .collect()
}

/// The text in at most so many lines, with an ellipsis at the end of the last where more is to
/// come.
pub fn wrap_most(text: &str, columns: usize, most: usize, theme: Theme) -> Vec<String> {
    let mut lines = wrap(text, columns);
    if lines.len() > most.max(1) {
        let rest = lines.split_off(most.max(1) - 1).join(" ");
        lines.push(clip(&rest, columns, theme));
    }
    lines
}

/// A label in a column of its own and a wrapped text beside it.
pub fn row(
    label: &str,
    label_width: usize,
    says: &str,
    columns: usize,
    label_style: Style,
    style: Style,
) -> Vec<Line<'static>> {
    wrap(says, columns.saturating_sub(label_width))
        .into_iter()
        .enumerate()
        .map(|(at, part)| {
            Line::from(vec![
                Span::styled(
                    pad(if at == 0 { label } else { "" }, label_width),
                    label_style,
                ),
                Span::styled(part, style),
            ])
        })
        .collect()
}

/// Text on the left and on the right of one line.
pub fn sides(left: Vec<Span<'static>>, right: Vec<Span<'static>>, columns: usize) -> Line<'static> {
    let used: usize = left
        .iter()
        .chain(&right)
        .map(|span| width(&span.content))
        .sum();
    let mut spans = left;
    spans.push(Span::raw(" ".repeat(columns.saturating_sub(used))));
    spans.extend(right);
    Line::from(spans)
}

/// Columns of some spans.
pub fn spans_width(spans: &[Span]) -> usize {
    spans.iter().map(|span| width(&span.content)).sum()
}

/// A word with a glyph before it, in the style of its role.
pub fn badge(theme: Theme, role: Role, glyph: &str, word: &str) -> Span<'static> {
    let text = if glyph.is_empty() {
        word.to_owned()
    } else {
        format!("{glyph} {word}")
    };
    Span::styled(text, theme.style(role))
}

/// Draws a title line over an area and returns what is below it: two columns in on the left, one on
/// the right.
pub fn panel(
    frame: &mut Frame,
    area: Rect,
    model: &Model,
    title: &str,
    note: &str,
    focused: bool,
) -> Rect {
    if area.height == 0 || area.width < 4 {
        return Rect { height: 0, ..area };
    }
    let theme = model.theme;
    let [head, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let room = usize::from(head.width).saturating_sub(3);
    // a short note stays whole and the title gives way; a long one is what is cut
    let note = clip(
        note,
        room.saturating_sub(width(title) + 2).max(room / 3),
        theme,
    );
    let title = clip(
        title,
        room.saturating_sub(if note.is_empty() { 0 } else { width(&note) + 2 }),
        theme,
    );
    let style = if focused {
        theme.style(Role::Focus)
    } else {
        theme.style(Role::Strong)
    };
    let mark = if focused { theme.cursor() } else { " " };
    let line = sides(
        vec![
            Span::styled(format!("{mark} "), style),
            Span::styled(title, style),
        ],
        vec![Span::styled(note, theme.style(Role::Dim)), Span::raw(" ")],
        usize::from(head.width),
    );
    frame.render_widget(Paragraph::new(line), head);
    Rect {
        x: rest.x + 2,
        width: rest.width - 3,
        ..rest
    }
}

/// One blank column on both sides.
pub fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1).min(area.right()),
        width: area.width.saturating_sub(2),
        ..area
    }
}

/// Clears the lines of an area, draws a frame with a title and returns the inside. What stood
/// beside the frame goes too: words that are cut by it read as letters that mean something.
pub fn popup(frame: &mut Frame, area: Rect, model: &Model, title: &str) -> Rect {
    let theme = model.theme;
    let screen = frame.area();
    frame.render_widget(
        Clear,
        Rect {
            x: screen.x,
            width: screen.width,
            ..area
        },
    );
    let block = Block::new()
        .borders(Borders::ALL)
        .border_type(BorderType::Plain)
        .border_style(theme.style(Role::Focus))
        .padding(Padding::horizontal(1))
        .title(Line::styled(
            format!(
                " {} ",
                clip(title, usize::from(area.width.saturating_sub(6)), theme)
            ),
            theme.style(Role::Focus),
        ));
    let block = if theme.ascii {
        block.border_set(ASCII)
    } else {
        block
    };
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

const ASCII: ratatui::symbols::border::Set<'static> = ratatui::symbols::border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// An area of this size in the middle of another, never larger than it.
pub fn centred(area: Rect, columns: u16, rows: u16) -> Rect {
    let (columns, rows) = (columns.min(area.width), rows.min(area.height));
    Rect {
        x: area.x + (area.width - columns) / 2,
        y: area.y + (area.height - rows) / 2,
        width: columns,
        height: rows,
    }
}

/// A horizontal line.
pub fn rule(frame: &mut Frame, area: Rect, theme: Theme) {
    frame.render_widget(
        Paragraph::new(Line::styled(
            theme.rule().repeat(usize::from(area.width)),
            theme.style(Role::Line),
        )),
        area,
    );
}

/// A vertical line.
pub fn divider(frame: &mut Frame, area: Rect, theme: Theme) {
    let lines: Vec<Line> = (0..area.height)
        .map(|_| Line::styled(theme.bar(), theme.style(Role::Line)))
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// Splits an area into two columns with a line between them; `left` in percent.
pub fn columns(frame: &mut Frame, area: Rect, theme: Theme, left: u16) -> (Rect, Rect) {
    let [one, line, two] = Layout::horizontal([
        Constraint::Percentage(left),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(area);
    divider(frame, line, theme);
    (one, two)
}

/// Draws lines that scroll, with a scroll mark, and remembers how many fit.
pub fn scrolled(
    frame: &mut Frame,
    area: Rect,
    model: &Model,
    scroll: &Scroll,
    lines: Vec<Line<'static>>,
) {
    let rows = usize::from(area.height);
    scroll.page.set(rows);
    scroll.len.set(lines.len());
    let first = scroll.offset.min(lines.len().saturating_sub(rows));
    let len = lines.len();
    let shown: Vec<Line> = lines.into_iter().skip(first).take(rows).collect();
    frame.render_widget(
        Paragraph::new(shown),
        Rect {
            width: area.width.saturating_sub(u16::from(len > rows)),
            ..area
        },
    );
    if len > rows {
        scroll_mark(frame, area, model.theme, first, rows, len);
        model.measured.text_bar(
            Rect {
                x: area.right().saturating_sub(1),
                width: 1,
                ..area
            },
            len,
        );
    }
}

/// Spans cut to so many columns.
pub fn fit(spans: Vec<Span<'static>>, columns: usize, theme: Theme) -> Vec<Span<'static>> {
    let mut left = columns;
    let total = spans_width(&spans);
    if total <= columns {
        return spans;
    }
    let mut out = Vec::new();
    for span in spans {
        let wide = width(&span.content);
        if wide < left {
            left -= wide;
            out.push(span);
            continue;
        }
        // one column more than fits, so that the ellipsis shows
        let text = if wide == left {
            format!(
                "{}{}",
                clip(&span.content, left.saturating_sub(1), theme),
                ""
            )
        } else {
            clip(&span.content, left, theme)
        };
        out.push(Span::styled(text, span.style));
        break;
    }
    out
}

/// Spans with the hits of a search in another style. Hits across spans are not marked.
pub fn marked(spans: Vec<Span<'static>>, needle: &str, style: Style) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    for span in spans {
        let folded = span.content.to_lowercase();
        // folding may change lengths; then positions would lie
        if folded.len() != span.content.len() || !folded.contains(needle) {
            out.push(span);
            continue;
        }
        let mut from = 0;
        while let Some(found) = folded.get(from..).and_then(|rest| rest.find(needle)) {
            let (start, end) = (from + found, from + found + needle.len());
            let (Some(before), Some(hit)) =
                (span.content.get(from..start), span.content.get(start..end))
            else {
                break;
            };
            if !before.is_empty() {
                out.push(Span::styled(before.to_owned(), span.style));
            }
            out.push(Span::styled(hit.to_owned(), span.style.patch(style)));
            from = end;
        }
        if let Some(rest) = span.content.get(from..)
            && !rest.is_empty()
        {
            out.push(Span::styled(rest.to_owned(), span.style));
        }
    }
    out
}

/// A calm sentence where there is nothing to show, or not yet.
pub fn empty(frame: &mut Frame, area: Rect, model: &Model, says: &str) {
    let lines = text(says, usize::from(area.width), model.theme.style(Role::Dim));
    frame.render_widget(Paragraph::new(lines), area);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_count_columns() {
        let theme = Theme::default();
        assert_eq!(clip("日本語", 5, theme), "日本…");
        assert_eq!(clip("abc", 3, theme), "abc");
        assert_eq!(clip_left("src/very/long/path.rs", 8, theme), "…path.rs");
        assert_eq!(window("abcdef", 2, 3), "cde");
        assert_eq!(pad("日", 4), "日  ");
        assert_eq!(pad_left("7", 3), "  7");
    }

    #[test]
    fn text_wraps_at_blanks_and_breaks_long_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\nb", 10), ["a", "b"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("   in three", 20), ["   in three"]);
        for columns in 1..12 {
            assert!(
                wrap("日本語 with some words", columns)
                    .iter()
                    .all(|line| width(line) <= columns.max(2))
            );
        }
    }

    #[test]
    fn spans_fit_and_search_hits_are_marked() {
        let theme = Theme::default();
        let spans = fit(vec![Span::raw("abcdef"), Span::raw("ghi")], 7, theme);
        assert!(spans_width(&spans) <= 7);
        let spans = marked(vec![Span::raw("abcabc")], "bc", theme.style(Role::Match));
        assert_eq!(spans.len(), 4);
    }
}
