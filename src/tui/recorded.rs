//! An event stands in the journal: it counts, and is said.

use crate::session::{Event, EventKind};
use crate::tui::deciding::request_decision;
use crate::tui::draw::words;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::recording::refold_events;
use crate::tui::screens::plan::load::receive_step_mark;
use crate::tui::screens::record::update::show_decided_steps;

/// An event stands on disk: it counts, and is said.
pub(super) fn receive_appended_event(
    model: &mut Model,
    ticket: Option<u64>,
    event: Event,
) -> Vec<Effect> {
    let mut says = None;
    if let Some(ticket) = ticket
        && let Some(at) = model
            .pending
            .iter()
            .position(|pending| pending.ticket == ticket)
    {
        says = Some(model.pending.remove(at).says);
    }
    if model.events.iter().any(|known| known.seq == event.seq) {
        return Vec::new();
    }
    let what = event.what.clone();
    model.events.push(event);
    model.events.sort_by_key(|event| event.seq);
    refold_events(model);
    let own = says.is_some();
    if let Some(says) = says {
        // said again, and taken
        if let Some(at) = model.lost.iter().position(|lost| *lost == says) {
            model.lost.remove(at);
        }
        let place = if model.unwritten > 0 {
            "in memory only: "
        } else {
            ""
        };
        let next = match what {
            EventKind::Closed { .. } => "; `backout report` writes it down",
            _ => "",
        };
        let text = format!("{place}{says}{next}");
        if matches!(
            what,
            EventKind::StepFailed { .. } | EventKind::Observed { met: false, .. }
        ) {
            model.warn_undoable(text);
        } else if words::describe_undoable_event(model, &what).is_some() {
            model.say_undoable(text);
        } else {
            model.say(text);
        }
    }
    match what {
        EventKind::Verdict { .. }
        | EventKind::Started(_)
        | EventKind::Noted { .. }
        | EventKind::Closed { .. }
        | EventKind::Resumed { .. }
        | EventKind::Observed { .. }
        | EventKind::LiveChecked(_)
        | EventKind::Rehearsed { .. }
        | EventKind::Later(_) => Vec::new(),
        what if what.step().is_some() => receive_step_mark(model, &what, own),
        EventKind::Decided { .. } if own => show_decided_steps(model),
        EventKind::Decided { .. } => Vec::new(),
        EventKind::PairConfirmed { .. } => {
            model.live_unknown = false;
            model.given = None;
            request_decision(model, "the releases were confirmed")
        }
        other => {
            let effects = request_decision(model, &words::describe_decision_cause(model, &other));
            if let (true, Some((_, at))) = (own, &mut model.given) {
                *at = model.generation;
            }
            effects
        }
    }
}
