//! Keys: one line of text: search.

use ratatui::crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::popup::next::Next;
use crate::tui::popup::prompt::state::Prompt;
use crate::tui::screens::lists::describe_screen_list;

impl Prompt {
    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let list = describe_screen_list(model);
        if key::is_key_named(event, "esc") || key::is_key_named(event, "ctrl-c") {
            if let Some(list) = list {
                (list.get_mut)(model).search.clear();
                list.put(model, self.from, true);
                return (Next::Close, (list.moved)(model));
            }
            return (Next::Close, Vec::new());
        }
        if key::is_key_named(event, "enter") {
            let missing = list.is_some_and(|list| {
                !list.state(model).search.is_empty() && list.hits(model).0 == 0
            });
            if missing {
                model.warn(format!("nothing here contains “{}”", self.input.value()));
            }
            return (Next::Close, Vec::new());
        }
        self.input.handle_event(&Event::Key(*event));
        let mut effects = Vec::new();
        if let Some(list) = list {
            (list.get_mut)(model).search = self.input.value().to_lowercase();
            if let Some(row) = list.hit(model, self.from, true) {
                list.put(model, row, true);
                effects = (list.moved)(model);
            }
        }
        (Next::Stay, effects)
    }
}
