//! Keys: one of a few actions, by one key.

use ratatui::crossterm::event::KeyEvent;

use crate::tui::key;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::next::Next;

impl Choose {
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

    pub(super) fn has(&self, letter: char) -> bool {
        self.items.iter().any(|(key, _, _)| *key == letter)
    }
}
