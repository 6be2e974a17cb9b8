//! Draws what lies topmost over the screen.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;

/// Draws all that lie over the screen.
pub fn draw_popups(frame: &mut Frame, body: Rect, model: &Model) {
    // only the topmost: frames inside frames read badly
    if let Some(popup) = model.popups.last() {
        model
            .measured
            .covers(&popup.name(model.popups.len().saturating_sub(1)));
        match popup {
            Popup::Prompt(_) => {}
            Popup::Choose(choose) => choose.draw(frame, body, model),
            Popup::Form(form) => form.draw(frame, body, model),
            Popup::Palette(palette) => palette.draw(frame, body, model),
            Popup::Help(help) => help.draw(frame, body, model),
            Popup::Handover(handover) => handover.draw(frame, body, model),
            Popup::Story(story) => story.draw(frame, body, model),
            Popup::Debrief(debrief) => debrief.draw(frame, body, model),
            Popup::Pair(pair) => pair.draw(frame, body, model),
            Popup::Commit(commit) => commit.draw(frame, body, model),
            Popup::Why(why) => why.draw(frame, body, model),
        }
    }
}
