//! Drawing: fields to fill in.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::text_popup::draw_popup_keys;
use crate::tui::draw::{panel, text};
use crate::tui::model::Model;
use crate::tui::popup::form::state::{FieldKind, Form, FormField};
use crate::tui::theme::{Role, Theme};

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

/// Lines of the fields so far, and where the terminal's cursor stands in them: column and line.
struct FormLines {
    theme: Theme,
    /// Columns of a line.
    inside: usize,
    /// Columns of the labels.
    label: usize,
    lines: Vec<Line<'static>>,
    cursor: Option<(u16, u16)>,
}

impl FormLines {
    fn put_cursor(&mut self, column: usize, line: usize) {
        self.cursor = Some((
            u16::try_from(column).unwrap_or(0),
            u16::try_from(line).unwrap_or(0),
        ));
    }

    /// A field with its label, and below it its hint where it has the focus.
    fn draw_field(&mut self, field: &FormField, here: bool) {
        let theme = self.theme;
        let head = Span::styled(
            text::pad_text(&field.label, self.label),
            theme.style(if here { Role::Focus } else { Role::Dim }),
        );
        match &field.kind {
            FieldKind::Text => self.draw_text_field(field, here, head),
            FieldKind::Lines => self.draw_lines_field(field, here, head),
            FieldKind::Words(words) => self.draw_words_field(field, words, head),
        }
        if here && !field.hint.is_empty() {
            let room = self.inside.saturating_sub(self.label);
            for part in text::wrap_columns(&field.hint, room) {
                self.lines.push(Line::styled(
                    format!("{}{part}", " ".repeat(self.label)),
                    theme.style(Role::Dim),
                ));
            }
        }
    }

    /// One line that scrolls sideways, dotted where nothing is typed yet.
    fn draw_text_field(&mut self, field: &FormField, here: bool, head: Span<'static>) {
        let (theme, label) = (self.theme, self.label);
        let room = self.inside.saturating_sub(label).max(1);
        let scroll = field.input.visual_scroll(room.saturating_sub(1));
        let shown = text::slice_text_columns(field.input.value(), scroll, room);
        if here {
            let column = label + field.input.visual_cursor().saturating_sub(scroll);
            self.put_cursor(column, self.lines.len());
        }
        let blank = room.saturating_sub(text::measure_text_width(&shown));
        self.lines.push(Line::from(vec![
            head,
            Span::raw(shown),
            Span::styled(
                theme
                    .pick("·", ".")
                    .repeat(blank.saturating_sub(room.saturating_sub(40))),
                theme.style(Role::Dim),
            ),
        ]));
    }

    /// As many lines as are in sight, the one with the cursor among them.
    fn draw_lines_field(&mut self, field: &FormField, here: bool, head: Span<'static>) {
        let label = self.label;
        let room = self.inside.saturating_sub(label).max(8);
        let rows = lines_of(field.input.value(), room);
        let at = rows
            .iter()
            .rposition(|(first, _)| *first <= field.input.cursor())
            .unwrap_or(0);
        let first = (at + 1).saturating_sub(LINES);
        if here && let Some((from, row)) = rows.get(at) {
            let before: String = row.chars().take(field.input.cursor() - from).collect();
            let column = label + text::measure_text_width(&before);
            self.put_cursor(column, self.lines.len() + at - first);
        }
        let mut shown = rows
            .into_iter()
            .map(|(_, text)| text)
            .skip(first)
            .take(LINES);
        let style = if field.suggested {
            self.theme.style(Role::Dim)
        } else {
            Style::default()
        };
        let begun = Span::styled(shown.next().unwrap_or_default(), style);
        self.lines.push(Line::from(vec![head, begun]));
        let below = shown.map(|text| Line::styled(format!("{}{text}", " ".repeat(label)), style));
        self.lines.extend(below);
    }

    /// The words to choose from, the chosen one in brackets.
    fn draw_words_field(&mut self, field: &FormField, words: &[String], head: Span<'static>) {
        let label = self.label;
        let mut spans = vec![head];
        for word in words {
            let chosen = word == field.input.value();
            let text = if chosen {
                format!("[{word}] ")
            } else {
                format!(" {word}  ")
            };
            // a choice that does not fit stands on the next line, never cut
            let used = text::spans_width(&spans);
            if used > label && used + text::measure_text_width(&text) > self.inside + 1 {
                self.lines.push(Line::from(std::mem::take(&mut spans)));
                spans.push(Span::raw(" ".repeat(label)));
            }
            let role = if chosen { Role::Strong } else { Role::Dim };
            spans.push(Span::styled(text, self.theme.style(role)));
        }
        self.lines.push(Line::from(spans));
    }
}

impl Form {
    /// Draws it in the middle.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let width = body.width.saturating_sub(6).min(76);
        let inside = usize::from(width.saturating_sub(4));
        let names = self.fields.iter();
        let names = names.map(|field| text::measure_text_width(&field.label));
        let mut drawn = FormLines {
            theme,
            inside,
            label: names.max().unwrap_or(0) + 2,
            lines: Vec::new(),
            cursor: None,
        };
        for text in &self.intro {
            let parts = text::wrap_columns(text, inside);
            drawn.lines.extend(parts.into_iter().map(Line::from));
        }
        if !drawn.lines.is_empty() {
            drawn.lines.push(Line::default());
        }
        for (at, field) in self.fields.iter().enumerate() {
            drawn.draw_field(field, at == self.at);
        }
        let FormLines {
            mut lines, cursor, ..
        } = drawn;
        lines.push(Line::default());
        if let Some(error) = &self.error {
            lines.extend(
                text::wrap_columns(error, inside)
                    .into_iter()
                    .map(|part| Line::styled(part, theme.style(Role::Bad))),
            );
        }
        let last = self.at + 1 >= self.fields.len();
        let mut keys = Vec::new();
        // Enter alone would only say what is missing
        if last && self.value("sure") == "not yet" {
            keys.push(("Right", "yes"));
        }
        let what = if last {
            self.verb.as_str()
        } else {
            "next field"
        };
        keys.extend([("Enter", what), ("Esc", "leave it")]);
        // the row of the keys
        lines.push(Line::default());
        let height = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(2);
        let area = panel::centre_area(body, width, height);
        let inner = panel::draw_popup_frame(canvas, area, model, &self.title);
        canvas.render_widget(ratatui::widgets::Paragraph::new(lines), inner);
        draw_popup_keys(canvas, inner, &keys, theme);
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
