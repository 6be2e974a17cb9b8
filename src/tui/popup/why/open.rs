//! Opens it: why, down to the quoted line.

use crate::model::OptionId;
use crate::tui::asking::Asking;
use crate::tui::effect::Effect;
use crate::tui::list::Scroll;
use crate::tui::model::Model;
use crate::tui::navigation::go_to_screen;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::why::query::{list_option_items, list_why_items};
use crate::tui::popup::why::state::WhyPopup;
use crate::tui::screen::Screen;

/// Opens it on the strongest reason.
pub fn open_why_popup(model: &mut Model) -> Vec<Effect> {
    show_why_at_cursor(model, 0)
}

/// Opens it on the question that is asked now.
pub fn open_question(model: &mut Model) -> Vec<Effect> {
    let asked = match model.asking() {
        Some(Asking::Fact { next, .. }) => Some(model.filled(&next.asks.shown())),
        _ => None,
    };
    let at = list_why_items(model)
        .iter()
        .position(|item| item.label == "question" && Some(&item.says) == asked.as_ref());
    show_why_at_cursor(model, at.unwrap_or(0))
}

fn show_why_at_cursor(model: &mut Model, cursor: usize) -> Vec<Effect> {
    if list_why_items(model).is_empty() {
        return go_to_screen(model, Screen::Risks);
    }
    model.popups.push(Popup::Why(Box::new(WhyPopup {
        option: None,
        cursor,
        scroll: Scroll::default(),
    })));
    Vec::new()
}

/// Opens it on an option that is not the headline.
pub fn open_option_popup(model: &mut Model, option: OptionId) -> Vec<Effect> {
    if list_option_items(model, option).is_empty() {
        model.say("Nothing stands in its way, and no step is known.");
        return Vec::new();
    }
    model.popups.push(Popup::Why(Box::new(WhyPopup {
        option: Some(option),
        ..WhyPopup::default()
    })));
    Vec::new()
}
