//! Keys: fields to fill in.

use ratatui::crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::popup::form::state::{FieldKind, Form};
use crate::tui::popup::form::submit::submit_form;
use crate::tui::popup::next::Next;

impl Form {
    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let name = key::spell_key(event).unwrap_or_default();
        let last = self.fields.len().saturating_sub(1);
        match name.as_str() {
            "esc" | "ctrl-c" => return (Next::Close, Vec::new()),
            "tab" | "down" => self.at = (self.at + 1).min(last),
            "shift-tab" | "up" => self.at = self.at.saturating_sub(1),
            "alt-enter" | "ctrl-j"
                if self
                    .fields
                    .get(self.at)
                    .is_some_and(|field| field.kind == FieldKind::Lines) =>
            {
                if let Some(field) = self.fields.get_mut(self.at) {
                    field
                        .input
                        .handle(tui_input::InputRequest::InsertChar('\n'));
                }
            }
            "enter" if self.at < last => match self.missing_here() {
                Some(says) => self.error = Some(says.to_owned()),
                None => {
                    self.error = None;
                    self.at += 1;
                }
            },
            "enter" => match submit_form(model, self) {
                Ok(effects) => return (Next::Close, effects),
                Err(says) => self.error = Some(says),
            },
            _ => {
                self.error = None;
                let Some(field) = self.fields.get_mut(self.at) else {
                    return (Next::Stay, Vec::new());
                };
                match &field.kind {
                    FieldKind::Text | FieldKind::Lines => {
                        let types = name == "space" || name.chars().count() == 1;
                        if std::mem::take(&mut field.suggested) && types {
                            field.input = Input::default();
                        }
                        field.input.handle_event(&Event::Key(*event));
                    }
                    FieldKind::Words(words) => {
                        let chosen = words.iter().position(|word| word == field.input.value());
                        let here = chosen.unwrap_or(0);
                        let next = match name.as_str() {
                            // where nothing is chosen yet, the first
                            "right" | "space" | "l" if chosen.is_none() => Some(0),
                            "right" | "space" | "l" => Some((here + 1) % words.len().max(1)),
                            "left" | "h" => {
                                Some((here + words.len().saturating_sub(1)) % words.len().max(1))
                            }
                            letter => words
                                .iter()
                                .position(|word| !letter.is_empty() && word.starts_with(letter)),
                        };
                        if let Some(word) = next.and_then(|n| words.get(n)) {
                            field.input = Input::new(word.clone());
                        }
                    }
                }
            }
        }
        (Next::Stay, Vec::new())
    }
}
