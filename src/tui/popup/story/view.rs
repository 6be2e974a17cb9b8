//! Drawing: what happened in a story, and its end.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{lists, panel, pieces, text};
use crate::tui::list::ScrolledPart;
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
        let inside = usize::from(columns.saturating_sub(5));
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
        let rows = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let inner = panel::draw_popup_frame(
            canvas,
            panel::centre_area(body, columns, rows),
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
        lists::draw_scrolled_lines(
            canvas,
            text,
            model,
            ScrolledPart::Popup,
            &self.scroll,
            lines,
        );
        canvas.render_widget(Paragraph::new(Line::from(keys)), foot);
    }
}

/// Widest text: longer lines are hard to read.
const END_COLUMNS: u16 = 96;

impl Debrief {
    /// Draws it over the whole screen below the header.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let columns = body.width.saturating_sub(2).min(END_COLUMNS);
        let inside = usize::from(columns.saturating_sub(5));
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
        let rows = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let inner = panel::draw_popup_frame(
            canvas,
            panel::centre_area(body, columns, rows),
            model,
            "the end of the story",
        );
        let keys = [
            ("Enter", "leaves"),
            ("Esc", "goes on"),
            ("S", "the story"),
            ("Y", "copies"),
        ];
        let spans: Vec<Span> = keys
            .into_iter()
            .flat_map(|(key, says)| {
                [
                    Span::styled(key, theme.style(Role::Key)),
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
}
