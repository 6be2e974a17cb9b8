//! Actions of the first screen.

use crate::model::NextQuestion;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::popup::why::open::{open_option_popup, open_why_popup};
use crate::tui::screen::Focus;
use crate::tui::screens::now::query::{
    find_board_cursor, find_headline_option, find_question_of_selected, list_board_rows,
};
use crate::tui::screens::now::state::BoardRow;

/// Its own actions. Enter shows what the cursor is on: *why* for the headline, down to the quoted
/// line, and what stands in the way of another option.
pub fn update_now(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Open => open_board_row(model),
        Action::SettleOption => ask_settling_question(model),
        Action::Focus => {
            model.focus = if model.focus == Focus::Question {
                Focus::Body
            } else {
                Focus::Question
            };
            Vec::new()
        }
        Action::Up => move_board_cursor(model, false),
        Action::Down => move_board_cursor(model, true),
        Action::Select(row) => {
            let rows = list_board_rows(model);
            if find_board_cursor(model, &rows) == row {
                return open_board_row(model);
            }
            put_board_cursor(model, &rows, row);
            Vec::new()
        }
        other => {
            model.screens.now.scroll.act(other);
            Vec::new()
        }
    }
}

fn put_board_cursor(model: &mut Model, rows: &[BoardRow], row: usize) {
    match rows.get(row) {
        Some(BoardRow::Of(option)) => {
            model.screens.now.chosen = Some(*option);
            model.screens.now.on_more = false;
        }
        Some(BoardRow::More(_)) => model.screens.now.on_more = true,
        None => {}
    }
}

/// Moves the cursor by a row; at the ends the text scrolls on.
fn move_board_cursor(model: &mut Model, down: bool) -> Vec<Effect> {
    let rows = list_board_rows(model);
    let at = find_board_cursor(model, &rows);
    let next = if down {
        (at + 1 < rows.len()).then_some(at + 1)
    } else {
        at.checked_sub(1)
    };
    let Some(next) = next else {
        let action = if down { Action::Down } else { Action::Up };
        model.screens.now.scroll.act(action);
        return Vec::new();
    };
    put_board_cursor(model, &rows, next);
    // rows above the cursor take one line each
    let lines = &model.screens.now.lines;
    let line = lines.first().map(|first| first + next);
    let scroll = &mut model.screens.now.scroll;
    if let Some(line) = line {
        // what unfolds below the row comes into sight with it
        let end = (line + 3).saturating_sub(scroll.page);
        scroll.offset = scroll.offset.max(end).min(line);
    }
    Vec::new()
}

fn open_board_row(model: &mut Model) -> Vec<Effect> {
    let rows = list_board_rows(model);
    match rows.get(find_board_cursor(model, &rows)) {
        Some(BoardRow::More(_)) => {
            let now = &mut model.screens.now;
            (now.whole, now.on_more) = (true, false);
            let all = list_board_rows(model);
            let first = all.iter().find(|row| !rows.contains(row)).copied();
            if let Some(at) = first.and_then(|first| all.iter().position(|row| *row == first)) {
                put_board_cursor(model, &all, at);
            }
            Vec::new()
        }
        Some(BoardRow::Of(option)) if Some(*option) != find_headline_option(model) => {
            open_option_popup(model, *option)
        }
        _ => open_why_popup(model),
    }
}

fn ask_settling_question(model: &mut Model) -> Vec<Effect> {
    if let Some(next) = find_question_of_selected(model).cloned() {
        ask_question_next(model, next);
    }
    Vec::new()
}

/// Puts a question before all others, with the focus on it.
pub fn ask_question_next(model: &mut Model, next: NextQuestion) {
    model.screens.questions.chosen = Some(next);
    model.focus = Focus::Question;
}
