//! Keys: the commit step.

use ratatui::crossterm::event::KeyEvent;

use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::popup::commit::ask::build_commit_form;
use crate::tui::popup::commit::query::list_commit_options;
use crate::tui::popup::commit::state::CommitPopup;
use crate::tui::popup::help::open::make_help_popup;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::next::Next;

impl CommitPopup {
    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let Some(decision) = model.decision() else {
            return (Next::Close, Vec::new());
        };
        let all = list_commit_options(decision);
        let name = key::spell_key(event).unwrap_or_default();
        match name.as_str() {
            "esc" | "ctrl-c" => return (Next::Close, Vec::new()),
            "up" | "k" => self.cursor = self.cursor.saturating_sub(1),
            "down" | "j" => self.cursor = (self.cursor + 1).min(all.len().saturating_sub(1)),
            "enter" => return self.choose_row(model, self.cursor),
            "?" => model.popups.push(make_help_popup(model)),
            _ => model.warn("Up and down choose an option, Enter goes on, Esc leaves it."),
        }
        (Next::Stay, Vec::new())
    }

    /// The option of a row, or the last, is decided for: its form opens above this.
    pub(crate) fn choose_row(&mut self, model: &mut Model, row: usize) -> (Next, Vec<Effect>) {
        let all = model.decision().map(list_commit_options);
        let all = all.unwrap_or_default();
        self.cursor = row.min(all.len().saturating_sub(1));
        if let Some(option) = all.get(self.cursor).copied() {
            model.committing = Some(option);
            let form = build_commit_form(model, option);
            model.popups.push(Popup::Form(Box::new(form)));
        }
        (Next::Stay, Vec::new())
    }
}
