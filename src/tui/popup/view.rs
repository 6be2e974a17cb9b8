//! Draws what lies topmost over the screen.

use ratatui::buffer::Cell;
use ratatui::layout::Rect;

use crate::tui::draw::canvas::Canvas;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::theme::Role;

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
        measure_popup_keys(canvas, model);
    }
}

/// The keys that stand in the last line of a popup can be clicked, with the words behind them.
fn measure_popup_keys(canvas: &mut Canvas, model: &Model) {
    let Some(frame) = canvas.measured.frame.filter(|frame| frame.height > 2) else {
        return;
    };
    let y = frame.bottom() - 2;
    let mut of_key = Cell::default();
    of_key.set_style(model.theme.style(Role::Key));
    let buffer = canvas.buffer_mut();
    let cells: Vec<(u16, String, bool)> = (frame.x + 1..frame.right().saturating_sub(1))
        .filter_map(|x| {
            let cell = buffer.cell((x, y))?;
            let is_key = cell.fg == of_key.fg && cell.modifier == of_key.modifier;
            Some((x, cell.symbol().to_owned(), is_key && cell.symbol() != " "))
        })
        .collect();
    // a key begins where its style does, and what it does goes on until the next one
    let mut keys: Vec<(u16, u16, String)> = Vec::new();
    let mut inside = false;
    for (x, letter, is_key) in cells {
        if is_key && !inside {
            keys.push((x, x, String::new()));
        }
        inside = is_key;
        if let Some((_, end, word)) = keys.last_mut() {
            *end = x + 1;
            if is_key {
                word.push_str(&letter);
            }
        }
    }
    for (x, end, word) in keys {
        let name = match word.trim_end_matches(',') {
            "Enter" | "Esc" | "Up" | "Down" | "Left" | "Right" => word.to_lowercase(),
            letter if letter.chars().count() == 1 => letter.to_owned(),
            _ => continue,
        };
        let place = Rect {
            x,
            y,
            width: end - x,
            height: 1,
        };
        canvas.measured.key(place, name.trim_end_matches(','));
    }
}
