//! Drawing: what happened in a story, and its end.

use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::text_popup::{TextPopup, draw_text_popup, measure_popup_text};
use crate::tui::draw::{pieces, text};
use crate::tui::model::Model;
use crate::tui::popup::story::state::{Debrief, StoryPopup};
use crate::tui::theme::Role;

/// Widest text: longer lines are hard to read.
const COLUMNS: u16 = 74;

impl StoryPopup {
    /// Draws it in the middle.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let columns = body.width.saturating_sub(6).min(COLUMNS);
        let inside = measure_popup_text(columns);
        let mut lines: Vec<Line<'static>> = Vec::new();
        for paragraph in model
            .story
            .iter()
            .flat_map(|story| story.says.split("\n\n"))
        {
            let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            lines.extend(text::draw_wrapped_text(
                &crate::model::escape_invisible(&text),
                inside,
                theme.style(Role::Text),
            ));
            lines.push(Line::default());
        }
        lines.extend(text::draw_wrapped_text(
            "Answer the questions as if this were your service. Nothing here is real.",
            inside,
            theme.style(Role::Dim),
        ));
        let popup = TextPopup {
            title: "the story",
            columns,
            lines,
            scroll: &self.scroll,
            keys: &[("Enter", "begin"), ("S", "shows this again")],
        };
        draw_text_popup(canvas, body, model, popup);
    }
}

/// Widest text: longer lines are hard to read.
const END_COLUMNS: u16 = 96;

impl Debrief {
    /// Draws it over the whole screen below the header.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let columns = body.width.saturating_sub(2).min(END_COLUMNS);
        let inside = measure_popup_text(columns);
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (heading, texts) in &self.parts {
            lines.extend(pieces::draw_small_heading(heading, "", inside, theme));
            for text in texts {
                let text = crate::model::escape_invisible(text);
                let mark = if texts.len() > 1 { theme.dot() } else { " " };
                lines.extend(text::draw_labelled_row(
                    mark,
                    2,
                    &text,
                    inside,
                    theme.style(Role::Dim),
                    theme.style(Role::Text),
                ));
            }
        }
        // the first heading needs no line above it
        lines.remove(0);
        let popup = TextPopup {
            title: "the end of the story",
            columns,
            lines,
            scroll: &self.scroll,
            keys: &[
                ("Enter", "leaves"),
                ("Esc", "goes on"),
                ("S", "the story"),
                ("Y", "copies"),
            ],
        };
        draw_text_popup(canvas, body, model, popup);
    }
}
