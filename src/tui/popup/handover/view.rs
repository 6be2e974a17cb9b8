//! Drawing: what whoever takes over must know.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{lists, panel, text};
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::popup::handover::state::Handover;
use crate::tui::theme::Role;

/// Columns of the labels.
const LABEL: usize = 12;

impl Handover {
    /// Draws it.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let columns = body.width.saturating_sub(4).min(100);
        let inside = usize::from(columns.saturating_sub(5));
        // air between the parts where it costs nothing
        let room = usize::from(body.height.saturating_sub(4));
        let airy = self.lines(model, inside, true);
        let lines = if airy.len() > room {
            self.lines(model, inside, false)
        } else {
            airy
        };
        let rows = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let inner = panel::draw_popup_frame(
            canvas,
            panel::centre_area(body, columns, rows),
            model,
            "hand-over",
        );
        let keys = [("Y", "copy"), ("Esc", "close")];
        let spans: Vec<Span<'static>> = keys
            .iter()
            .flat_map(|(key, says)| {
                [
                    Span::styled(*key, theme.style(Role::Key)),
                    Span::styled(format!(" {says}   "), theme.style(Role::Dim)),
                ]
            })
            .collect();
        let [text, _, foot] = Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(1),
            Constraint::Length(1),
        ])
        .areas(inner);
        lists::draw_scrolled_lines(
            canvas,
            text,
            model,
            ScrolledPart::Popup,
            &self.scroll,
            lines,
        );
        canvas.render_widget(Paragraph::new(Line::from(spans)), foot);
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
