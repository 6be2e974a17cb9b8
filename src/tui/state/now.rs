//! Screen 1: the verdict, the board of options, why, what would change it, the next question.

use std::cell::RefCell;

use crate::model::{
    Decision, FactValue, NextQuestion, OptionId, OptionState, OptionStatus, Provenance, fact_key,
};
use crate::tui::list::Scroll;
use crate::tui::model::{Focus, Model};
use crate::tui::popup::why;
use crate::tui::view::WIDE;
use crate::tui::{Action, Effect};

/// Options that a narrow terminal shows at first.
const SHOWN: usize = 3;

/// A row of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardRow {
    /// An option.
    Of(OptionId),
    /// So many more, which Enter shows.
    More(usize),
}

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// Scrolls the board and the reasons where they do not fit.
    pub scroll: Scroll,
    /// The option under the cursor; `None`: the recommended one.
    pub chosen: Option<OptionId>,
    /// The cursor is on the row that stands for the options that are not shown.
    pub on_more: bool,
    /// All options are shown where a few would be.
    pub whole: bool,
    /// The line of each row among those that scroll; set by drawing.
    pub lines: RefCell<Vec<usize>>,
}

/// Whether an option goes back to the release before.
pub fn goes_back(option: OptionId) -> bool {
    matches!(
        option,
        OptionId::RollBack | OptionId::RollBackWithConditions
    )
}

/// The option that is the headline: what was decided on, what comes next when that did not work,
/// else what is recommended.
pub fn find_headline_option(model: &Model) -> Option<OptionId> {
    let decision = model.decision()?;
    Some(
        model
            .next_option()
            .or_else(|| model.taken().map(|taken| taken.option))
            .unwrap_or(decision.option),
    )
}

/// Options of the board: the headline, the way back and the way forward, each the clearest of its
/// kind, then the others by how clear the way is.
fn sort_board(model: &Model, decision: &Decision) -> Vec<OptionStatus> {
    let first = find_headline_option(model).unwrap_or(decision.option);
    let mut all: Vec<OptionStatus> = decision
        .options
        .iter()
        .filter(|status| !status.is_beside_the_point() || status.option == first)
        .cloned()
        .collect();
    // a saved or a small decision may name an option that it does not list
    if !all.iter().any(|status| status.option == first) {
        all.push(OptionStatus {
            option: first,
            state: OptionState::Cleared,
            blockers: Vec::new(),
            conditions: Vec::new(),
        });
    }
    let back = all
        .iter()
        .filter(|status| goes_back(status.option))
        .min_by_key(|status| {
            // what is proven against going back is said before what is not known of a way around it
            let proven = status.blockers.iter().any(|reason| !reason.open);
            let place = match status.state {
                OptionState::Removed if proven => 2,
                OptionState::NotCleared => 3,
                OptionState::Removed => 4,
                state => state as u8,
            };
            (place, status.option != OptionId::RollBack)
        })
        .map(|status| status.option);
    all.sort_by_key(|status| {
        let place = match status.option {
            option if option == first => 0,
            option if Some(option) == back => 1,
            OptionId::RollForward => 2,
            _ => 3,
        };
        (place, status.state)
    });
    all
}

/// The standing of one option of the board.
pub fn find_option_status(model: &Model, option: OptionId) -> Option<OptionStatus> {
    sort_board(model, model.decision()?)
        .into_iter()
        .find(|status| status.option == option)
}

/// The rows: on wide terminals all options. Else the three that matter: the headline, the way back
/// and the way forward, each the clearest of its kind, or what else is clearest.
pub fn list_board_rows(model: &Model) -> Vec<BoardRow> {
    let Some(decision) = model.decision() else {
        return Vec::new();
    };
    let all = sort_board(model, decision);
    let whole = model.size.0 >= WIDE || model.screens.now.whole || all.len() <= SHOWN + 1;
    if whole {
        return all
            .iter()
            .map(|status| BoardRow::Of(status.option))
            .collect();
    }
    let mut shown: Vec<OptionId> = Vec::new();
    for status in &all {
        let option = status.option;
        let known = shown.iter().any(|one| goes_back(*one) && goes_back(option));
        if shown.len() < SHOWN && !known {
            shown.push(option);
        }
    }
    let more = all.len() - shown.len();
    shown
        .into_iter()
        .map(BoardRow::Of)
        .chain([BoardRow::More(more)])
        .collect()
}

/// Where the cursor is among the rows.
pub fn find_board_cursor(model: &Model, rows: &[BoardRow]) -> usize {
    let now = &model.screens.now;
    rows.iter()
        .position(|row| match row {
            BoardRow::Of(option) => !now.on_more && now.chosen == Some(*option),
            BoardRow::More(_) => now.on_more,
        })
        .unwrap_or(0)
}

/// The option under the cursor.
pub fn find_selected_option(model: &Model) -> Option<OptionId> {
    let rows = list_board_rows(model);
    match rows.get(find_board_cursor(model, &rows)) {
        Some(BoardRow::Of(option)) => Some(*option),
        _ => None,
    }
}

/// The question whose answer settles whether an option is possible.
pub fn find_settling_question<'a>(
    model: &'a Model,
    status: &OptionStatus,
) -> Option<&'a NextQuestion> {
    if matches!(status.state, OptionState::Cleared | OptionState::Removed) {
        return None;
    }
    // what a condition names settles it; what a blocker rests on may be known and still block
    let open = status.blockers.iter().filter(|reason| reason.open);
    let keys: Vec<&String> = status
        .conditions
        .iter()
        .flat_map(|condition| &condition.facts)
        .chain(
            open.chain(&status.blockers)
                .flat_map(|reason| &reason.facts),
        )
        .collect();
    let questions = &model.decision()?.questions;
    keys.into_iter().find_map(|key| {
        questions
            .iter()
            .find(|next| next.fact == *key || next.settles.contains(key))
    })
}

/// Minutes that an option takes, and whether somebody said so (else it is an estimate).
pub fn find_option_minutes(model: &Model, option: OptionId) -> Option<(f64, bool)> {
    let key = match option {
        _ if goes_back(option) => fact_key::DEPLOYMENT_MINUTES_BACK,
        OptionId::RollForward => fact_key::DEPLOYMENT_MINUTES_FORWARD,
        _ => return None,
    };
    let fact = model.decided.as_ref()?.resolved.facts.get(key)?;
    match fact.value {
        FactValue::Number(minutes) => Some((minutes, fact.provenance == Provenance::Stated)),
        _ => None,
    }
}

/// Until when an option can be had: its earliest limit that has a time, and whether that has
/// passed.
pub fn find_option_limit(model: &Model, option: OptionId) -> Option<(jiff::Timestamp, bool)> {
    super::plan::list_option_deadlines(model, option)
        .into_iter()
        .filter(|point| point.option.is_some())
        .filter_map(|point| Some((point.at?, point.passed)))
        .min()
}

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
    let line = model
        .screens
        .now
        .lines
        .borrow()
        .first()
        .map(|first| first + next);
    let scroll = &mut model.screens.now.scroll;
    if let Some(line) = line {
        // what unfolds below the row comes into sight with it
        let end = (line + 3).saturating_sub(scroll.page.get());
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
            why::open_option_popup(model, *option)
        }
        _ => why::open_why_popup(model),
    }
}

/// The question that settles the option under the cursor.
pub fn find_question_of_selected(model: &Model) -> Option<&NextQuestion> {
    let status = find_option_status(model, find_selected_option(model)?)?;
    find_settling_question(model, &status)
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
