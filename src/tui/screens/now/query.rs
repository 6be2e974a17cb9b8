//! Which options the first screen shows, in which order, and what is known about each.

use crate::model::{
    Decision, FactValue, NextQuestion, OptionId, OptionState, OptionStatus, Provenance, fact_key,
};
use crate::tui::draw::sizes::WIDE;
use crate::tui::model::Model;
use crate::tui::screens::now::state::BoardRow;
use crate::tui::screens::plan::query::list_option_deadlines;

/// Options that a narrow terminal shows at first.
const SHOWN: usize = 3;

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
    list_option_deadlines(model, option)
        .into_iter()
        .filter(|point| point.option.is_some())
        .filter_map(|point| Some((point.at?, point.passed)))
        .min()
}

/// The question that settles the option under the cursor.
pub fn find_question_of_selected(model: &Model) -> Option<&NextQuestion> {
    let status = find_option_status(model, find_selected_option(model)?)?;
    find_settling_question(model, &status)
}

/// The recommended option first, then by how clear the way is.
pub fn sort_options(decision: &Decision) -> Vec<&OptionStatus> {
    let mut options: Vec<&OptionStatus> = decision
        .options
        .iter()
        .filter(|status| !status.is_beside_the_point())
        .collect();
    options.sort_by_key(|status| (status.option != decision.option, status.state));
    options
}
