//! What drawing measured goes back to the model.

use crate::tui::list::{ListState, Scroll, ScrolledPart};
use crate::tui::measured::Measured;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;

/// Takes what the frame that is shown now measured.
pub fn take_measured(model: &mut Model, measured: Measured) {
    for (part, first, page) in &measured.lists {
        if let Some(list) = find_list(model, *part) {
            (list.offset, list.page) = (*first, *page);
        } else {
            match model.popups.last_mut() {
                Some(Popup::Palette(palette)) => palette.offset = *first,
                Some(Popup::Pair(picker)) => picker.offset = *first,
                _ => {}
            }
        }
    }
    for (part, page, len) in &measured.texts {
        if let Some(scroll) = find_scroll(model, *part) {
            (scroll.page, scroll.len) = (*page, *len);
        }
    }
    if let Some(lines) = &measured.board_lines {
        model.screens.now.lines.clone_from(lines);
    }
    model.measured = measured;
}

fn find_list(model: &mut Model, part: ScrolledPart) -> Option<&mut ListState> {
    let screens = &mut model.screens;
    Some(match part {
        ScrolledPart::Gates => &mut screens.gates.list,
        ScrolledPart::GateItems => &mut screens.gates.items,
        ScrolledPart::Questions => &mut screens.questions.list,
        ScrolledPart::Changelog => &mut screens.changelog.list,
        ScrolledPart::Files => &mut screens.diff.list,
        ScrolledPart::DiffText => &mut screens.diff.text,
        ScrolledPart::Risks => &mut screens.risks.list,
        ScrolledPart::Plan => &mut screens.plan.list,
        ScrolledPart::Record => &mut screens.record.list,
        ScrolledPart::Now | ScrolledPart::Entry | ScrolledPart::Risk | ScrolledPart::Popup => {
            return None;
        }
    })
}

fn find_scroll(model: &mut Model, part: ScrolledPart) -> Option<&mut Scroll> {
    let screens = &mut model.screens;
    match part {
        ScrolledPart::Now => Some(&mut screens.now.scroll),
        ScrolledPart::Entry => Some(&mut screens.changelog.scroll),
        ScrolledPart::Risk => Some(&mut screens.risks.scroll),
        ScrolledPart::Popup => match model.popups.last_mut()? {
            Popup::Help(help) => Some(&mut help.scroll),
            Popup::Handover(handover) => Some(&mut handover.scroll),
            Popup::Story(story) => Some(&mut story.scroll),
            Popup::Debrief(debrief) => Some(&mut debrief.scroll),
            Popup::Why(why) => Some(&mut why.scroll),
            _ => None,
        },
        _ => None,
    }
}
