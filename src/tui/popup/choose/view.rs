//! Drawing: one of a few actions, by one key.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{panel, text};
use crate::tui::model::Model;
use crate::tui::popup::choose::state::Choose;
use crate::tui::theme::Role;

impl Choose {
    /// Draws it in the middle.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let mut lines: Vec<Line> = Vec::new();
        let width = body.width.saturating_sub(8).min(72);
        for text in &self.intro {
            lines.extend(
                text::wrap_columns(text, usize::from(width.saturating_sub(4)))
                    .into_iter()
                    .map(|part| Line::styled(part, theme.style(Role::Dim))),
            );
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        // the row of each line, so that a long choice is clicked on any of its lines
        let mut rows: Vec<Option<usize>> = vec![None; lines.len()];
        let names = self.items.iter().map(|(key, ..)| write_choice_key(*key));
        let keys = names.map(|name| name.chars().count()).max().unwrap_or(1);
        for (at, (key, text, _)) in self.items.iter().enumerate() {
            let here = at == self.cursor;
            let mark = if here { theme.cursor() } else { " " };
            let room = usize::from(width).saturating_sub(keys + 8);
            // a long choice goes on below itself
            for (part, text) in text::wrap_columns(text, room).into_iter().enumerate() {
                let (mark, key) = if part == 0 {
                    (mark, write_choice_key(*key))
                } else {
                    (" ", String::new())
                };
                rows.push(Some(at));
                lines.push(Line::from(vec![
                    Span::styled(format!("{mark} "), theme.style(Role::Focus)),
                    Span::styled(
                        format!("{}  ", text::pad_text(&key, keys)),
                        theme.style(Role::Key),
                    ),
                    Span::styled(
                        text,
                        theme.style(if here { Role::Strong } else { Role::Text }),
                    ),
                ]));
            }
        }
        let height = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(2);
        let area = panel::centre_area(body, width, height);
        let inner = panel::draw_popup_frame(canvas, area, model, &self.title);
        for (y, row) in (inner.y..inner.bottom()).zip(rows) {
            if let Some(row) = row {
                canvas.measured.popup_row(
                    Rect {
                        y,
                        height: 1,
                        ..inner
                    },
                    row,
                );
            }
        }
        canvas.render_widget(ratatui::widgets::Paragraph::new(lines), inner);
    }
}

/// A key of a choice as it is shown.
fn write_choice_key(key: char) -> String {
    match key {
        ' ' => "Space".to_owned(),
        key => key.to_string(),
    }
}
