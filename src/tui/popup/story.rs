//! What happened in a story of the demo or of a drill, before anything is asked.

use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Next;
use crate::tui::key;
use crate::tui::list::Scroll;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::view::widgets;

/// Widest text: longer lines are hard to read.
const COLUMNS: u16 = 74;

/// The overlay.
#[derive(Debug, Clone, Default)]
pub struct StoryPopup {
    scroll: Scroll,
}

impl StoryPopup {
    /// A key.
    pub fn key(&mut self, event: &KeyEvent) -> Next {
        match key::spell_key(event).unwrap_or_default().as_str() {
            "esc" | "ctrl-c" | "enter" | "q" | "S" => return Next::Close,
            "up" | "k" => self.scroll.by(-1),
            "down" | "j" => self.scroll.by(1),
            "pgup" => self.scroll.by(-10),
            "pgdn" | "space" => self.scroll.by(10),
            _ => {}
        }
        Next::Stay
    }

    /// Draws it in the middle.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
        let theme = model.theme;
        let columns = body.width.saturating_sub(6).min(COLUMNS);
        let inside = usize::from(columns.saturating_sub(5));
        let mut lines: Vec<Line<'static>> = Vec::new();
        for paragraph in model
            .story
            .iter()
            .flat_map(|story| story.says.split("\n\n"))
        {
            let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            lines.extend(widgets::draw_wrapped_text(
                &crate::model::escape_invisible(&text),
                inside,
                theme.style(Role::Text),
            ));
            lines.push(Line::default());
        }
        lines.extend(widgets::draw_wrapped_text(
            "Answer the questions as if this were your service. Nothing here is real.",
            inside,
            theme.style(Role::Dim),
        ));
        let rows = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let inner = widgets::draw_popup_frame(
            frame,
            widgets::centre_area(body, columns, rows),
            model,
            "the story",
        );
        let keys = vec![
            Span::styled("Enter ", theme.style(Role::Key)),
            Span::raw("begin"),
            Span::styled("   S ", theme.style(Role::Key)),
            Span::raw("shows this again"),
        ];
        let [text, _, foot] = Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(1),
            Constraint::Length(1),
        ])
        .areas(inner);
        widgets::draw_scrolled_lines(frame, text, model, &self.scroll, lines);
        frame.render_widget(Paragraph::new(Line::from(keys)), foot);
    }
}
