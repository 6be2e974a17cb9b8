//! Hand-over in one screen: what whoever takes over must know. `y` copies it.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Next;
use crate::report::{self, HandoverRow};
use crate::tui::Effect;
use crate::tui::key;
use crate::tui::list::Scroll;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::view::widgets;

/// Columns of the labels.
const LABEL: usize = 12;

/// Columns of a copied hand-over: it is pasted into a chat or a ticket.
const COPIED: usize = 100;

/// The overlay.
#[derive(Debug, Clone)]
pub struct Handover {
    rows: Vec<HandoverRow>,
    scroll: Scroll,
}

impl Handover {
    /// As it stands at `now`.
    pub fn new(model: &Model, now: Timestamp) -> Self {
        Self {
            rows: report::list_handover_rows(&model.events, model.decision(), true, now),
            scroll: Scroll::default(),
        }
    }

    /// A key.
    pub fn key(&mut self, event: &KeyEvent) -> (Next, Vec<Effect>) {
        match key::spell_key(event).unwrap_or_default().as_str() {
            "esc" | "ctrl-c" | "enter" | "q" | "H" => return (Next::Close, Vec::new()),
            "Y" => {
                return (
                    Next::Close,
                    vec![Effect::Copy(report::handover_text(&self.rows, COPIED))],
                );
            }
            "up" | "k" => self.scroll.by(-1),
            "down" | "j" => self.scroll.by(1),
            "pgup" => self.scroll.by(-10),
            "pgdn" | "space" => self.scroll.by(10),
            _ => {}
        }
        (Next::Stay, Vec::new())
    }

    /// Draws it.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
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
        let inner = widgets::draw_popup_frame(
            frame,
            widgets::centre_area(body, columns, rows),
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
        widgets::draw_scrolled_lines(frame, text, model, &self.scroll, lines);
        frame.render_widget(Paragraph::new(Line::from(spans)), foot);
    }

    fn lines(&self, model: &Model, inside: usize, airy: bool) -> Vec<Line<'static>> {
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
                lines.extend(widgets::draw_labelled_row(
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
