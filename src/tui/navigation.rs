//! Showing a screen, and moving in its list.

use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::diff::query::in_text;
use crate::tui::screens::lists::describe_screen_list;
use crate::tui::screens::loading::{enter_screen, jump_to_screen_line};

/// A movement in the list of the screen; `None` when it is none or there is no list.
pub(super) fn move_list_cursor(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    use Action as A;
    let list = describe_screen_list(model)?;
    let page = isize::try_from(list.state(model).page.saturating_sub(1).max(1)).unwrap_or(1);
    let cursor = list.state(model).cursor;
    match action {
        A::Up => list.step(model, -1),
        A::Down => list.step(model, 1),
        A::PageUp => list.step(model, -page),
        A::PageDown => list.step(model, page),
        A::Top => list.put(model, 0, true),
        A::Bottom => list.put(model, usize::MAX, false),
        A::Select(row) => list.put(model, row, true),
        A::NextMatch | A::PreviousMatch => {
            let forward = action == A::NextMatch;
            let len = (list.len)(model).max(1);
            let from = if forward {
                cursor + 1
            } else {
                cursor + len - 1
            };
            match list.hit(model, from % len, forward) {
                Some(row) => list.put(model, row, true),
                None => model.warn("the search has no hit here"),
            }
        }
        _ => return None,
    }
    Some((list.moved)(model))
}

/// Goes to the line of a number, from 1.
pub(crate) fn jump_to_numbered_line(model: &mut Model, number: usize) -> Vec<Effect> {
    match describe_screen_list(model) {
        // the lines of a file have numbers of their own
        Some(list) if !in_text(model) => {
            list.put(model, number.saturating_sub(1), true);
            (list.moved)(model)
        }
        _ => jump_to_screen_line(model, number),
    }
}

/// Shows a screen.
pub(crate) fn go_to_screen(model: &mut Model, screen: Screen) -> Vec<Effect> {
    if model.screen != screen {
        model.trail.push(model.screen);
        if model.trail.len() > 20 {
            model.trail.remove(0);
        }
        model.screen = screen;
    }
    model.focus = if matches!(screen, Screen::Now | Screen::Questions) {
        Focus::Question
    } else {
        Focus::Body
    };
    enter_screen(model)
}
