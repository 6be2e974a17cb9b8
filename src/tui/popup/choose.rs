//! One of a few actions, by one key.

use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Next;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::view::widgets;
use crate::tui::{Action, key};

/// One of a few actions.
#[derive(Debug, Clone)]
pub struct Choose {
    /// A question.
    pub title: String,
    /// Lines above the choices.
    pub intro: Vec<String>,
    /// Key, text, action.
    pub items: Vec<(char, String, Action)>,
    /// Row under the cursor.
    pub cursor: usize,
    /// What Esc does, where it does more than to close.
    pub escape: Option<Action>,
    /// Enter counts only some time after this: one that is held down must not go on through it.
    pub since: Option<jiff::Timestamp>,
    /// The step it is about: what is chosen counts for no other.
    pub step: Option<String>,
}

impl Choose {
    /// With these choices.
    pub fn new(title: impl Into<String>, items: Vec<(char, String, Action)>) -> Self {
        Self {
            title: title.into(),
            intro: Vec::new(),
            items,
            cursor: 0,
            escape: None,
            since: None,
            step: None,
        }
    }

    /// A key.
    pub fn key(&mut self, event: &KeyEvent) -> Next {
        let Some(name) = key::spell_key(event) else {
            return Next::Stay;
        };
        match name.as_str() {
            "esc" | "ctrl-c" => self.escape.map_or(Next::Close, Next::Then),
            "up" | "k" if !self.has('k') || name == "up" => {
                self.cursor = self.cursor.saturating_sub(1);
                Next::Stay
            }
            "down" | "j" if !self.has('j') || name == "down" => {
                self.cursor = (self.cursor + 1).min(self.items.len().saturating_sub(1));
                Next::Stay
            }
            "enter" => self
                .items
                .get(self.cursor)
                .map_or(Next::Stay, |(_, _, action)| Next::Then(*action)),
            _ => {
                let mut letters = name.chars();
                let letter = match (letters.next(), letters.next()) {
                    _ if name == "space" => ' ',
                    (Some(letter), None) => letter,
                    _ => return Next::Stay,
                };
                self.items
                    .iter()
                    .find(|(key, _, _)| *key == letter)
                    .map_or(Next::Stay, |(_, _, action)| Next::Then(*action))
            }
        }
    }

    fn has(&self, letter: char) -> bool {
        self.items.iter().any(|(key, _, _)| *key == letter)
    }

    /// Draws it in the middle.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
        let theme = model.theme;
        let mut lines: Vec<Line> = Vec::new();
        let width = body.width.saturating_sub(8).min(72);
        for text in &self.intro {
            lines.extend(
                widgets::wrap_columns(text, usize::from(width.saturating_sub(4)))
                    .into_iter()
                    .map(|part| Line::styled(part, theme.style(Role::Dim))),
            );
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let names = self.items.iter().map(|(key, ..)| write_choice_key(*key));
        let keys = names.map(|name| name.chars().count()).max().unwrap_or(1);
        for (at, (key, text, _)) in self.items.iter().enumerate() {
            let here = at == self.cursor;
            let mark = if here { theme.cursor() } else { " " };
            let room = usize::from(width).saturating_sub(keys + 8);
            // a long choice goes on below itself
            for (part, text) in widgets::wrap_columns(text, room).into_iter().enumerate() {
                let (mark, key) = if part == 0 {
                    (mark, write_choice_key(*key))
                } else {
                    (" ", String::new())
                };
                lines.push(Line::from(vec![
                    Span::styled(format!("{mark} "), theme.style(Role::Focus)),
                    Span::styled(
                        format!("{}  ", widgets::pad_text(&key, keys)),
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
        let area = widgets::centre_area(body, width, height);
        let inner = widgets::draw_popup_frame(frame, area, model, &self.title);
        frame.render_widget(ratatui::widgets::Paragraph::new(lines), inner);
    }
}

/// A key of a choice as it is shown.
fn write_choice_key(key: char) -> String {
    match key {
        ' ' => "Space".to_owned(),
        key => key.to_string(),
    }
}
