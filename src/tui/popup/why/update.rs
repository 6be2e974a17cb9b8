//! Keys: why, down to the quoted line.

use ratatui::crossterm::event::KeyEvent;

use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::navigation::go_to_screen;
use crate::tui::popup::next::Next;
use crate::tui::popup::why::query::{WhyItem, collect_item_evidence};
use crate::tui::popup::why::state::WhyPopup;
use crate::tui::screen::Screen;
use crate::tui::screens::diff::open::open_at;
use crate::tui::screens::now::update::ask_question_next;
use crate::tui::screens::risks::update::reveal_evidence_row;

impl WhyPopup {
    /// What no line of the release shows: the steps of an option are shown, a question is asked.
    pub(super) fn go_on(model: &mut Model, item: &WhyItem) -> Option<Vec<Effect>> {
        if let Some(option) = item.plan {
            let effects = go_to_screen(model, Screen::Plan);
            model.screens.plan.option = Some(option);
            model.screens.plan.list.cursor = 0;
            return Some(effects);
        }
        let next = item.asks.clone()?;
        let effects = if matches!(model.screen, Screen::Now | Screen::Questions) {
            Vec::new()
        } else {
            go_to_screen(model, Screen::Now)
        };
        ask_question_next(model, next);
        Some(effects)
    }

    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let all = self.items(model);
        let last = all.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        match key::spell_key(event).unwrap_or_default().as_str() {
            "esc" | "ctrl-c" | "q" => return (Next::Close, Vec::new()),
            "up" | "k" => (self.cursor, self.scroll.offset) = (self.cursor.saturating_sub(1), 0),
            "down" | "j" => (self.cursor, self.scroll.offset) = ((self.cursor + 1).min(last), 0),
            "pgup" => self.scroll.by(-8),
            "pgdn" | "space" => self.scroll.by(8),
            "enter" => {
                let Some(item) = all.get(self.cursor) else {
                    return (Next::Close, Vec::new());
                };
                let places = collect_item_evidence(model, item);
                let found = reveal_evidence_row(model, &places);
                let found = found.or_else(|| {
                    places
                        .iter()
                        .find_map(|place| open_at(model, place.raw_path()?, place.line))
                });
                match found.or_else(|| Self::go_on(model, item)) {
                    Some(effects) => return (Next::Close, effects),
                    None => model.warn(
                        "No line of the release shows this; what is known about it stands here.",
                    ),
                }
            }
            "Y" => {
                let quoted = all.get(self.cursor).and_then(|item| {
                    collect_item_evidence(model, item)
                        .into_iter()
                        .find_map(|place| place.excerpt)
                });
                return match quoted {
                    Some(text) => {
                        model.say("The quoted text is copied.");
                        (Next::Stay, vec![Effect::Copy(text.shown_lines())])
                    }
                    None => {
                        model.warn("Nothing is quoted here that could be copied.");
                        (Next::Stay, Vec::new())
                    }
                };
            }
            _ => {}
        }
        (Next::Stay, Vec::new())
    }
}
