//! Keys: any action by its name.

use ratatui::crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use crate::tui::action::{Action, KeyContext};
use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::navigation::{go_to_screen, jump_to_numbered_line};
use crate::tui::popup::next::Next;
use crate::tui::popup::palette::query::{Off, find_screen, first_key, name_row};
use crate::tui::popup::palette::state::ActionPalette;
use crate::tui::screen::Focus;

impl ActionPalette {
    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let name = key::spell_key(event).unwrap_or_default();
        let last = self.rows(model).len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        match name.as_str() {
            "esc" | "ctrl-c" => return (Next::Close, Vec::new()),
            "up" | "shift-tab" => self.cursor = self.cursor.saturating_sub(1),
            "down" | "tab" => self.cursor = (self.cursor + 1).min(last),
            "pgup" => self.cursor = self.cursor.saturating_sub(10),
            "pgdn" => self.cursor = (self.cursor + 10).min(last),
            "enter" => return self.run(model),
            _ => {
                self.input.handle_event(&Event::Key(*event));
                self.cursor = 0;
            }
        }
        (Next::Stay, Vec::new())
    }

    pub(super) fn run(&self, model: &mut Model) -> (Next, Vec<Effect>) {
        if let Some(number) = self.line_number() {
            return (Next::Close, jump_to_numbered_line(model, number));
        }
        let rows = self.rows(model);
        let Some(row) = rows.get(self.cursor) else {
            model.warn("No action has this name.");
            return (Next::Stay, Vec::new());
        };
        let (named, first) = (row.named, first_key(model, &row.named));
        if !model.measured.has_covered(&name_row(&named)) {
            model.warn("Not taken: this was not on the screen yet. Press Enter again.");
            return (Next::Stay, Vec::new());
        }
        match &row.off {
            None => (Next::Then(named.action), Vec::new()),
            Some(Off::Why(why)) => {
                model.warn(format!("“{}” is not possible: {why}.", named.title));
                (Next::Stay, Vec::new())
            }
            Some(Off::On(context)) => {
                let Some(screen) = find_screen(*context) else {
                    return (Next::Stay, Vec::new());
                };
                let effects = go_to_screen(model, screen);
                model.say(format!("“{}” is done here: {first}.", named.title));
                (Next::Close, effects)
            }
            Some(Off::ByKey) => {
                if named.spec.contexts.contains(&KeyContext::Question) {
                    model.focus = Focus::Question;
                }
                model.say(match named.action {
                    Action::Answer(_) => "Press the key that stands beside the answer.".to_owned(),
                    _ => format!("Press {first}: it counts with what it is about in sight."),
                });
                (Next::Close, Vec::new())
            }
        }
    }
}
