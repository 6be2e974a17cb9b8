//! Keys that follow each other so fast that nobody can have read what came between.

use crate::tui::asking::Asking;
use crate::tui::model::Model;

/// Milliseconds without a key after which a person has seen what is asked now.
const PAUSE: i128 = 800;

/// Whether a key follows so fast on another that nobody can have read what came between.
pub(crate) fn is_too_fast(model: &Model, since: jiff::Timestamp) -> bool {
    model.now.duration_since(since).as_millis() < PAUSE
}

/// Whether keys follow one that was not taken so fast that nobody can have seen what is asked now.
pub(super) fn is_in_burst(model: &Model) -> bool {
    model
        .burst
        .is_some_and(|last| model.now.duration_since(last).as_millis() < PAUSE)
}

/// Says after a key was not taken which question it would answer now.
pub(super) fn tell_burst(model: &mut Model) {
    if !is_in_burst(model) {
        return;
    }
    let asked = match model.asking() {
        Some(Asking::Fact { next, .. }) => model.filled(&next.asks.shown()),
        Some(Asking::Live { current, .. }) => format!("is {} live?", current.version),
        None => {
            model.warn("Keys typed meanwhile were not taken. No question is asked now.");
            return;
        }
    };
    let asked = crate::model::escape_invisible(&asked).into_owned();
    model.warn(format!(
        "Keys typed meanwhile were not taken. Asked now: {asked}"
    ));
}
