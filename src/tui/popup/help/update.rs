//! Keys: what the keys do.

use ratatui::crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use crate::tui::key;
use crate::tui::popup::help::state::Help;
use crate::tui::popup::next::Next;

impl Help {
    /// A key.
    pub fn key(&mut self, event: &KeyEvent) -> Next {
        let name = key::spell_key(event).unwrap_or_default();
        match name.as_str() {
            "esc" | "ctrl-c" | "enter" => return Next::Close,
            "?" if self.filter.value().is_empty() => return Next::Close,
            "up" => self.scroll.by(-1),
            "down" => self.scroll.by(1),
            "pgup" => self.scroll.by(-10),
            "pgdn" => self.scroll.by(10),
            _ => {
                self.filter.handle_event(&Event::Key(*event));
                self.scroll.offset = 0;
            }
        }
        Next::Stay
    }
}
