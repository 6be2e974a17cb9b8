//! Drawing: what whoever takes over must know.

use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::text;
use crate::tui::draw::text_popup::{TextPopup, draw_text_popup, measure_popup_text};
use crate::tui::model::Model;
use crate::tui::popup::handover::state::Handover;
use crate::tui::theme::Role;

/// Columns of the labels.
const LABEL: usize = 12;

impl Handover {
    /// Draws it.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let columns = body.width.saturating_sub(4).min(100);
        let inside = measure_popup_text(columns);
        // air between the parts where it costs nothing
        let room = usize::from(body.height.saturating_sub(4));
        let airy = self.lines(model, inside, true);
        let lines = if airy.len() > room {
            self.lines(model, inside, false)
        } else {
            airy
        };
        let popup = TextPopup {
            title: "hand-over",
            columns,
            lines,
            scroll: &self.scroll,
            keys: &[("Y", "copy"), ("Esc", "close")],
        };
        draw_text_popup(canvas, body, model, popup);
    }

    pub(super) fn lines(&self, model: &Model, inside: usize, airy: bool) -> Vec<Line<'static>> {
        let theme = model.theme;
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            if at > 0 && airy {
                lines.push(Line::default());
            }
            let style = if row.label == "says now" {
                Role::Strong
            } else {
                Role::Text
            };
            for (n, says) in row.lines.iter().enumerate() {
                let label = if n == 0 { row.label } else { "" };
                let style = if n == 0 { style } else { Role::Text };
                lines.extend(text::draw_labelled_row(
                    label,
                    LABEL,
                    &crate::model::escape_invisible(says),
                    inside,
                    theme.style(Role::Title),
                    theme.style(style),
                ));
            }
        }
        lines
    }
}
