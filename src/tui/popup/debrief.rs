//! The end of a story, as a screen, before it is left: what was answered and decided, what
//! happened, what would have changed the verdict, and what the program could not see.

use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Next;
use crate::report::{self, StoryEnd};
use crate::tui::list::Scroll;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::view::{pieces, widgets};
use crate::tui::{Action, Effect, key};
use crate::usecase;

/// Widest text: longer lines are hard to read.
const COLUMNS: u16 = 96;

/// The overlay.
#[derive(Debug, Clone)]
pub struct Debrief {
    parts: Vec<(&'static str, Vec<String>)>,
    scroll: Scroll,
}

impl Debrief {
    /// Of the session as it stands; `None` where this is no story, or nothing was answered or
    /// decided in it.
    pub fn new(model: &Model) -> Option<Self> {
        let story = model.story.as_ref()?;
        let events = &model.events;
        let at = usecase::last_decision(events).map_or(u64::MAX, |event| event.seq);
        let decision = usecase::decision_at(events, at).ok().flatten();
        let end = StoryEnd {
            ends: &story.ends,
            misses: &story.misses,
            hidden: story.hides_end && model.session.decided.is_none(),
        };
        let parts = report::write_story_debrief(events, decision.as_ref(), end);
        (!parts.is_empty()).then_some(Self {
            parts,
            scroll: Scroll::default(),
        })
    }

    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        match key::spell_key(event).unwrap_or_default().as_str() {
            "enter" | "q" => return (Next::Then(Action::Quit), Vec::new()),
            "esc" | "ctrl-c" => {
                // what is done from here on is told anew
                model.debriefed = false;
                return (Next::Close, Vec::new());
            }
            "S" => return (Next::Then(Action::Story), Vec::new()),
            "Y" => {
                model.say("The end of the story is copied.");
                return (Next::Stay, vec![Effect::Copy(self.write_text())]);
            }
            "up" | "k" => self.scroll.by(-1),
            "down" | "j" => self.scroll.by(1),
            "pgup" => self.scroll.by(-10),
            "pgdn" | "space" => self.scroll.by(10),
            _ => {}
        }
        (Next::Stay, Vec::new())
    }

    fn write_text(&self) -> String {
        self.parts
            .iter()
            .map(|(heading, lines)| format!("{heading}\n  {}\n", lines.join("\n  ")))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Draws it over the whole screen below the header.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
        let theme = model.theme;
        let columns = body.width.saturating_sub(2).min(COLUMNS);
        let inside = usize::from(columns.saturating_sub(5));
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (heading, texts) in &self.parts {
            lines.extend(pieces::draw_small_heading(heading, "", inside, theme));
            for text in texts {
                let text = crate::model::escape_invisible(text);
                let mark = if texts.len() > 1 { theme.dot() } else { " " };
                lines.extend(widgets::draw_labelled_row(
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
        let inner = widgets::draw_popup_frame(
            frame,
            widgets::centre_area(body, columns, rows),
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
        widgets::draw_scrolled_lines(frame, text, model, &self.scroll, lines);
        frame.render_widget(Paragraph::new(Line::from(spans)), foot);
    }
}
