//! What was decided, what was seen of it, and its next steps: what stands first on screen 1 once
//! somebody decided.

use ratatui::text::Line;

use crate::model::OptionId;
use crate::tui::draw::{text, words};
use crate::tui::model::{Model, minutes_between};
use crate::tui::screens::now::LABEL;
use crate::tui::screens::plan::query::{list_option_steps, list_plan_rows};
use crate::tui::taken::Taken;
use crate::tui::theme::Role;

/// A decision that was taken, its expectation and whether it is time to look, and its first steps.
pub(super) fn draw_decision_taken(model: &Model, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let Some(taken) = model.taken() else {
        return Vec::new();
    };
    let dim = theme.style(Role::Dim);
    let event = model.events.iter().find(|event| event.seq == taken.seq);
    let who = event
        .and_then(|event| event.role.as_ref().or(event.by.as_ref()))
        .map(|who| format!(", {}", who.shown()))
        .unwrap_or_default();
    let says = format!(
        "{} at {}{who}",
        model.option_title(taken.option),
        model.clock(taken.at)
    );
    let mut lines = text::draw_labelled_row(
        "decided",
        LABEL,
        &says,
        columns,
        dim,
        theme.style(Role::Strong),
    );
    let (label, says, role) = write_outcome(model, &taken);
    lines.extend(text::draw_labelled_row(
        label,
        LABEL,
        &says,
        columns,
        dim,
        theme.style(role),
    ));
    if taken.seen.is_none() {
        lines.extend(draw_next_steps(model, taken.option, columns));
    }
    lines
}

/// What was seen of a decision, or when to look: label, words, and how bad it is.
fn write_outcome(model: &Model, taken: &Taken) -> (&'static str, String, Role) {
    let theme = model.theme;
    let hold = taken.option == OptionId::Hold;
    match (taken.seen, taken.expect, taken.due) {
        (Some((met, text)), _, _) => {
            let (glyph, role) = if met {
                (theme.tick(), Role::Good)
            } else {
                (theme.cross(), Role::Bad)
            };
            ("seen", format!("{glyph} {}", text.shown()), role)
        }
        (None, _, Some(due)) if hold && due <= model.now => (
            "hold",
            format!("it ended at {}; c decides again", model.clock(due)),
            Role::Warn,
        ),
        (None, _, Some(due)) if hold => (
            "hold",
            format!("until {}; then it is decided again", model.clock(due)),
            Role::Text,
        ),
        (None, Some(expect), Some(due)) if due <= model.now => (
            "expect",
            format!(
                "{}; it is {} past {}: look now, o records what is seen",
                expect.shown(),
                words::write_minutes(minutes_between(due, model.now)),
                model.clock(due)
            ),
            Role::Warn,
        ),
        (None, Some(expect), Some(due)) => (
            "expect",
            format!(
                "{} by {}; o records what is seen",
                expect.shown(),
                model.clock(due)
            ),
            Role::Text,
        ),
        (None, Some(expect), None) => (
            "expect",
            format!("{}; o records what is seen", expect.shown()),
            Role::Text,
        ),
        (None, None, Some(due)) => (
            "look",
            format!("at {}; o records what is seen", model.clock(due)),
            Role::Text,
        ),
        (None, None, None) => (
            "seen",
            "nothing recorded yet; o records what is seen".to_owned(),
            Role::Dim,
        ),
    }
}

/// The next steps of an option that are to be done; nothing where it has none.
fn draw_next_steps(model: &Model, option: OptionId, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let steps = list_option_steps(model, Some(option));
    if steps.is_empty() {
        return Vec::new();
    }
    let rows = list_plan_rows(model, Some(option));
    let progress = crate::usecase::count_run_progress(&rows);
    let first: Vec<String> = crate::usecase::number_run_rows(&rows)
        .into_iter()
        .zip(&rows)
        .filter(|(_, row)| row.is_open())
        .filter_map(|(number, row)| Some(format!("{}. {}", number?, row.says())))
        .take(3)
        .collect();
    let more = if steps.len() > first.len() {
        format!(" {} all {} steps: press 7", theme.dot(), steps.len())
    } else {
        String::new()
    };
    let done = (progress.done + progress.skipped + progress.failed > 0)
        .then(|| format!("{} of {} done", progress.done, progress.steps));
    let says = done
        .into_iter()
        .chain(first)
        .collect::<Vec<_>>()
        .join(&format!(" {} ", theme.dot()));
    text::draw_labelled_row(
        "do",
        LABEL,
        &format!("{says}{more}"),
        columns,
        theme.style(Role::Dim),
        theme.style(Role::Text),
    )
}
