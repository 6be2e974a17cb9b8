//! Keys: what whoever takes over must know.

use ratatui::crossterm::event::KeyEvent;

use crate::report;
use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::popup::handover::state::{COPIED, Handover};
use crate::tui::popup::next::Next;

impl Handover {
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
}
