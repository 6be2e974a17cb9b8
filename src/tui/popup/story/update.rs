//! Keys: what happened in a story, and its end.

use ratatui::crossterm::event::KeyEvent;

use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::popup::next::Next;
use crate::tui::popup::story::state::{Debrief, StoryPopup};

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
}

impl Debrief {
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

    pub(super) fn write_text(&self) -> String {
        self.parts
            .iter()
            .map(|(heading, lines)| format!("{heading}\n  {}\n", lines.join("\n  ")))
            .collect::<Vec<_>>()
            .join("\n")
    }
}
