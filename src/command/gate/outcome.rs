//! Facts, poll and call of a gate together: does it go on?
//!
//! A person decides. A call counts until somebody objects or the recommendation changes. Without a call the facts must say go, and so must
//! everyone who is polled: silence is not go.

use crate::decision::{Context, headline};
use crate::model::{Decision, Gate, OptionId, Strength, visible};
use crate::report::{Call, GateSheet, Voice};
use crate::session::{EventKind, State, withdrawn};

/// The verdict that was recorded last before event `seq`.
pub fn last_verdict(state: &State, seq: u64) -> Option<(OptionId, Strength)> {
    state.events.iter().rev().filter(|event| event.seq < seq).find_map(|event| match &event.what {
        EventKind::Verdict { option, strength, .. } => Some((*option, *strength)),
        _ => None,
    })
}

/// What each role said last at a gate.
pub fn voices(state: &State, gate: Gate, roles: &[String]) -> Vec<Voice> {
    let gone = withdrawn(state.events.iter());
    let said = |role: &str| {
        state.events.iter().rev().filter(|event| !gone.contains(&event.seq)).find_map(|event| match &event.what {
            EventKind::Polled { gate: at, role_polled, call, objection } if *at == gate && role_polled == role => Some((event.at, *call, objection.clone())),
            _ => None,
        })
    };
    roles
        .iter()
        .map(|role| match said(role) {
            None => Voice { role: role.clone(), says: "not-asked", objection: None, at: None },
            Some((at, call, objection)) => {
                let says = match call {
                    Some(OptionId::Go) => "go",
                    Some(_) => "no-go",
                    None => "silent",
                };
                Voice { role: role.clone(), says, objection, at: Some(at) }
            }
        })
        .collect()
}

/// The last call of a gate, and whether it still counts.
pub fn call(state: &State, gate: Gate, decision: &Decision) -> Option<Call> {
    let gone = withdrawn(state.events.iter());
    let counted = || state.events.iter().filter(|event| !gone.contains(&event.seq));
    let (event, call, reason, minutes) = counted().rev().find_map(|event| match &event.what {
        EventKind::GateCalled { gate: at, call, reason, minutes } if *at == gate => Some((event, *call, reason.clone(), *minutes)),
        _ => None,
    })?;
    let against = |what: &EventKind| matches!(what, EventKind::Polled { gate: at, call, objection, .. } if *at == gate && (*call == Some(OptionId::NoGo) || objection.is_some()));
    let objected = counted().any(|later| later.seq > event.seq && against(&later.what));
    let unchanged = last_verdict(state, event.seq).is_none_or(|(option, _)| option == decision.option);
    Some(Call { call, reason, minutes, role: event.role.clone(), at: event.at, stands: !objected && unchanged })
}

/// Whether it goes on, and why. `polled`: roles are named or have spoken, so all of them must say go.
pub fn outcome(decision: &Decision, poll: &[Voice], call: Option<&Call>, polled: bool, context: &Context) -> (OptionId, String) {
    if let Some(call) = call.filter(|call| call.stands) {
        let beside = if call.call == decision.option { String::new() } else { format!("; the facts say {}", decision.option.title().to_lowercase()) };
        return (call.call, format!("it was called {}: {}{beside}", call.call.title().to_lowercase(), visible(&call.reason)));
    }
    if decision.option != OptionId::Go {
        let reason = decision.because.first().map_or_else(|| headline(decision, context), |reason| reason.says.clone());
        return (decision.option, visible(&reason).into_owned());
    }
    if decision.strength == Strength::Open {
        let next = decision.next_question.as_ref().map_or_else(String::new, |next| format!(": {}", visible(&next.asks)));
        return (OptionId::Hold, format!("an open answer can still change it{next}"));
    }
    let names = |wanted: &dyn Fn(&Voice) -> bool| {
        poll.iter().filter(|voice| wanted(voice)).map(|voice| visible(&voice.role).into_owned()).collect::<Vec<_>>().join(", ")
    };
    if polled {
        let against = names(&|voice| voice.says == "no-go");
        if !against.is_empty() {
            return (OptionId::NoGo, format!("{against} says no-go"));
        }
        let objecting = names(&|voice| voice.objection.is_some());
        if !objecting.is_empty() {
            return (OptionId::Hold, format!("{objecting} objects: settle it, then call the gate"));
        }
        let silent = names(&|voice| voice.says != "go");
        if !silent.is_empty() {
            return (OptionId::Hold, format!("no answer from {silent}: silence is not go"));
        }
    }
    (OptionId::Go, if polled { "every item holds, and everyone says go".to_owned() } else { "every item holds; nobody was polled".to_owned() })
}

/// The exit code of a sheet.
pub fn code(sheet: &GateSheet, decision: &Decision) -> u8 {
    // what a person called, or the poll decided, is settled, whatever the facts leave open
    let strength = if sheet.outcome == decision.option && !sheet.call.as_ref().is_some_and(|call| call.stands) { decision.strength } else { Strength::Firm };
    super::super::assess::code(&Decision { option: sheet.outcome, strength, ..decision.clone() })
}
