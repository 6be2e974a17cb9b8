//! Draws what lies topmost over the screen.

use ratatui::layout::Rect;

use crate::tui::draw::canvas::Canvas;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;

/// Draws all that lie over the screen.
pub fn draw_popups(canvas: &mut Canvas, body: Rect, model: &Model) {
    // only the topmost: frames inside frames read badly
    if let Some(popup) = model.popups.last() {
        let name = popup.name(model.popups.len().saturating_sub(1));
        canvas.measured.covers(&name);
        match popup {
            Popup::Prompt(_) => {}
            Popup::Choose(choose) => choose.draw(canvas, body, model),
            Popup::Form(form) => form.draw(canvas, body, model),
            Popup::Palette(palette) => palette.draw(canvas, body, model),
            Popup::Help(help) => help.draw(canvas, body, model),
            Popup::Handover(handover) => handover.draw(canvas, body, model),
            Popup::Story(story) => story.draw(canvas, body, model),
            Popup::Debrief(debrief) => debrief.draw(canvas, body, model),
            Popup::Pair(pair) => pair.draw(canvas, body, model),
            Popup::Commit(commit) => commit.draw(canvas, body, model),
            Popup::Why(why) => why.draw(canvas, body, model),
        }
    }
}
