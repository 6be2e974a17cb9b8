//! Drawing: fields to fill in.

use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{panel, text};
use crate::tui::model::Model;
use crate::tui::popup::form::state::{FieldKind, Form};
use crate::tui::theme::Role;

/// Rows of a field of several lines; more of them scroll.
const LINES: usize = 6;

/// A text in rows of at most so many columns, broken behind blanks: where each begins, in
/// characters, and its text. Never empty.
fn lines_of(text: &str, columns: usize) -> Vec<(usize, String)> {
    let wide = |c: char| text::measure_text_width(c.encode_utf8(&mut [0; 4]));
    let mut rows = vec![(0, String::new())];
    let mut used = 0;
    for (at, c) in text.chars().enumerate() {
        if c == '\n' {
            rows.push((at + 1, String::new()));
            used = 0;
            continue;
        }
        if used + wide(c) > columns
            && let Some((first, row)) = rows.last_mut()
        {
            // the word that does not fit goes to the next row, unless it fills this one
            let keep = row.rfind(' ').map_or(row.len(), |blank| blank + 1);
            let begun = row.split_off(keep);
            let next = *first + row.chars().count();
            used = text::measure_text_width(&begun);
            rows.push((next, begun));
        }
        if let Some((_, row)) = rows.last_mut() {
            row.push(c);
        }
        used += wide(c);
    }
    rows
}

impl Form {
    /// Draws it in the middle.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let width = body.width.saturating_sub(6).min(76);
        let inside = usize::from(width.saturating_sub(4));
        let mut lines: Vec<Line> = Vec::new();
        for text in &self.intro {
            lines.extend(text::wrap_columns(text, inside).into_iter().map(Line::from));
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let label = self
            .fields
            .iter()
            .map(|field| text::measure_text_width(&field.label))
            .max()
            .unwrap_or(0)
            + 2;
        let mut cursor = None;
        for (at, field) in self.fields.iter().enumerate() {
            let here = at == self.at;
            let mut spans = vec![Span::styled(
                text::pad_text(&field.label, label),
                theme.style(if here { Role::Focus } else { Role::Dim }),
            )];
            match &field.kind {
                FieldKind::Text => {
                    let room = inside.saturating_sub(label).max(1);
                    let scroll = field.input.visual_scroll(room.saturating_sub(1));
                    let shown = text::slice_text_columns(field.input.value(), scroll, room);
                    if here {
                        let column = label + field.input.visual_cursor().saturating_sub(scroll);
                        cursor = Some((
                            u16::try_from(column).unwrap_or(0),
                            u16::try_from(lines.len()).unwrap_or(0),
                        ));
                    }
                    let blank = room.saturating_sub(text::measure_text_width(&shown));
                    spans.push(Span::raw(shown));
                    spans.push(Span::styled(
                        theme
                            .pick("·", ".")
                            .repeat(blank.saturating_sub(room.saturating_sub(40))),
                        theme.style(Role::Dim),
                    ));
                }
                FieldKind::Lines => {
                    let room = inside.saturating_sub(label).max(8);
                    let rows = lines_of(field.input.value(), room);
                    let at = rows
                        .iter()
                        .rposition(|(first, _)| *first <= field.input.cursor())
                        .unwrap_or(0);
                    let first = (at + 1).saturating_sub(LINES);
                    if here && let Some((from, row)) = rows.get(at) {
                        let before: String =
                            row.chars().take(field.input.cursor() - from).collect();
                        let column = label + text::measure_text_width(&before);
                        cursor = Some((
                            u16::try_from(column).unwrap_or(0),
                            u16::try_from(lines.len() + at - first).unwrap_or(0),
                        ));
                    }
                    let mut shown = rows
                        .into_iter()
                        .map(|(_, text)| text)
                        .skip(first)
                        .take(LINES);
                    let style = if field.suggested {
                        theme.style(Role::Dim)
                    } else {
                        ratatui::style::Style::default()
                    };
                    spans.push(Span::styled(shown.next().unwrap_or_default(), style));
                    lines.push(Line::from(std::mem::take(&mut spans)));
                    lines.extend(
                        shown.map(|text| {
                            Line::styled(format!("{}{text}", " ".repeat(label)), style)
                        }),
                    );
                }
                FieldKind::Words(words) => {
                    for word in words {
                        let chosen = word == field.input.value();
                        let text = if chosen {
                            format!("[{word}] ")
                        } else {
                            format!(" {word}  ")
                        };
                        // a choice that does not fit stands on the next line, never cut
                        let used = text::spans_width(&spans);
                        if used > label && used + text::measure_text_width(&text) > inside + 1 {
                            lines.push(Line::from(std::mem::take(&mut spans)));
                            spans.push(Span::raw(" ".repeat(label)));
                        }
                        spans.push(Span::styled(
                            text,
                            theme.style(if chosen { Role::Strong } else { Role::Dim }),
                        ));
                    }
                }
            }
            if !spans.is_empty() {
                lines.push(Line::from(spans));
            }
            if here && !field.hint.is_empty() {
                for part in text::wrap_columns(&field.hint, inside.saturating_sub(label)) {
                    lines.push(Line::styled(
                        format!("{}{part}", " ".repeat(label)),
                        theme.style(Role::Dim),
                    ));
                }
            }
        }
        lines.push(Line::default());
        if let Some(error) = &self.error {
            lines.extend(
                text::wrap_columns(error, inside)
                    .into_iter()
                    .map(|part| Line::styled(part, theme.style(Role::Bad))),
            );
        }
        let last = self.at + 1 >= self.fields.len();
        let what = if last {
            self.verb.as_str()
        } else {
            "next field"
        };
        lines.push(Line::from(vec![
            Span::styled("Enter ", theme.style(Role::Key)),
            Span::raw(what.to_owned()),
            Span::styled("   Esc ", theme.style(Role::Key)),
            Span::raw("leave it"),
        ]));
        let height = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(2);
        let area = panel::centre_area(body, width, height);
        let inner = panel::draw_popup_frame(canvas, area, model, &self.title);
        canvas.render_widget(ratatui::widgets::Paragraph::new(lines), inner);
        if let Some((x, y)) = cursor
            && y < inner.height
        {
            canvas.set_cursor_position(Position::new(
                inner.x + x.min(inner.width.saturating_sub(1)),
                inner.y + y,
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_break_behind_blanks_and_keep_every_character() {
        let rows = |text: &str| {
            lines_of(text, 10)
                .into_iter()
                .map(|(at, row)| format!("{at}:{row}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(rows("must have a value"), ["0:must have ", "10:a value"]);
        assert_eq!(rows("one\ntwo"), ["0:one", "4:two"]);
        assert_eq!(rows("aaaaaaaaaaaaaa b"), ["0:aaaaaaaaaa", "10:aaaa b"]);
        assert_eq!(rows(""), ["0:"]);
    }
}
