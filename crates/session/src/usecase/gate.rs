//! The law of a gate: facts, poll and call together. Does it go on?
//!
//! A person decides. A call counts until somebody objects or the recommendation changes. Without a
//! call that counts a spoken no-go makes it no-go, whatever the facts say; then the facts must say
//! go, an objection holds it, and everyone who is polled must say go: silence is not go.

use jiff::Timestamp;
use serde::Serialize;

use super::poll::{list_polled_roles, list_silent_roles};
use super::wording::{Wording, write_fact_origin};
use crate::{EventKind, SessionState, find_withdrawn_events};
use decision::checklist::{Checklist, catalogue};
use decision::{self, DecisionContext, write_verdict_headline};
use model::{
    Config, Decision, Fact, FactValue, Facts, Gate, OptionId, Strength, Untrusted, escape_invisible,
};

/// What one role said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Voice {
    /// The role.
    pub role: Untrusted,
    /// `go`, `no-go`, `silent` (polled, no answer) or `not-asked`.
    pub says: &'static str,
    /// A strong objection, in its words.
    pub objection: Option<Untrusted>,
    /// When it was recorded.
    pub at: Option<Timestamp>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateItemResult {
    /// Id of the item in the checklist.
    pub id: String,
    /// What must hold.
    pub says: String,
    /// Whether it holds; `None` while nobody knows.
    pub holds: Option<bool>,
    /// What follows when it does not: `no-go`, `hold`, `roll-forward`, `restore` or `note`.
    pub otherwise: String,
    /// The values it rests on, in words.
    pub known: String,
    /// It is not known, and the gate is held until it is.
    pub waits: bool,
    /// Keys of the facts it rests on.
    #[serde(skip)]
    pub facts: Vec<String>,
    /// The facts that are known of it, as they stand: where each comes from, and since when.
    #[serde(skip)]
    pub rests_on: Vec<Fact>,
}

/// The call of a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateCall {
    /// `go`, `no-go` or `hold`.
    pub call: OptionId,
    /// Why.
    pub reason: Untrusted,
    /// For a hold: how many minutes.
    pub minutes: Option<u32>,
    /// In which role.
    pub role: Option<Untrusted>,
    /// When.
    pub at: Timestamp,
    /// It still counts: nobody objected and the recommendation did not change since.
    pub stands: bool,
}

/// A gate as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Hearing {
    /// Roles and what each said last.
    pub poll: Vec<Voice>,
    /// The last call.
    pub call: Option<GateCall>,
    /// What facts, poll and call say together; `None` while there is no verdict and nobody spoke.
    pub outcome: Option<(OptionId, String)>,
    /// The exit code of it: that of the option, 11 while an answer is open.
    pub code: u8,
}

/// A gate as it stands in a session. `decision` is what the facts say at this gate; `None` while
/// that is not known, as while the repository is being read or for a gate that the deployment is
/// not at.
pub fn assess_gate(
    gate: Gate,
    state: &SessionState,
    config: &Config,
    decision: Option<&Decision>,
    context: &DecisionContext,
) -> Hearing {
    let poll = list_last_voices(state, gate, &list_polled_roles(config, state, gate));
    let call = call_of(state, gate, decision.map(|decision| decision.option));
    let stands = call.as_ref().is_some_and(|call| call.stands);
    let named = config.roles.iter().any(|role| !role.trim().is_empty());
    let polled = named || poll.iter().any(|voice| voice.says != "not-asked");
    let outcome = derive_gate_outcome(decision, &poll, call.as_ref(), polled, context);
    let code = match (&outcome, decision) {
        // what a person called, or the poll decided, is settled, whatever the facts leave open
        (Some((option, _)), Some(decision)) if *option == decision.option && !stands => {
            super::exit_code(*option, decision.strength)
        }
        (Some((option, _)), _) => super::exit_code(*option, Strength::Firm),
        (None, _) => super::exit_code(OptionId::Hold, Strength::Firm),
    };
    Hearing {
        poll,
        call,
        outcome,
        code,
    }
}

/// What each role said last at a gate.
pub fn list_last_voices(state: &SessionState, gate: Gate, roles: &[String]) -> Vec<Voice> {
    let gone = find_withdrawn_events(state.events.iter());
    let said = |role: &str| {
        state
            .events
            .iter()
            .rev()
            .filter(|event| !gone.contains(&event.seq))
            .find_map(|event| match &event.what {
                EventKind::Polled {
                    gate: at,
                    role_polled,
                    call,
                    objection,
                } if *at == gate && role_polled == role => {
                    Some((event.at, *call, objection.clone()))
                }
                _ => None,
            })
    };
    roles
        .iter()
        .map(|role| match said(role) {
            None => Voice {
                role: role.clone().into(),
                says: "not-asked",
                objection: None,
                at: None,
            },
            Some((at, call, objection)) => {
                let says = match call {
                    Some(OptionId::Go) => "go",
                    Some(_) => "no-go",
                    None => "silent",
                };
                Voice {
                    role: role.clone().into(),
                    says,
                    objection,
                    at: Some(at),
                }
            }
        })
        .collect()
}

/// The last call of a gate, and whether it still counts. `option` is what the facts say now; `None`
/// where that is not known: then only an objection ends it.
pub fn call_of(state: &SessionState, gate: Gate, option: Option<OptionId>) -> Option<GateCall> {
    let gone = find_withdrawn_events(state.events.iter());
    let counted = || {
        state
            .events
            .iter()
            .filter(|event| !gone.contains(&event.seq))
    };
    let (event, call, reason, minutes) = counted().rev().find_map(|event| match &event.what {
        EventKind::GateCalled {
            gate: at,
            call,
            reason,
            minutes,
        } if *at == gate => Some((event, *call, reason.clone(), *minutes)),
        _ => None,
    })?;
    let against = |what: &EventKind| matches!(what, EventKind::Polled { gate: at, call, objection, .. } if *at == gate && (*call == Some(OptionId::NoGo) || objection.is_some()));
    let objected = counted().any(|later| later.seq > event.seq && against(&later.what));
    let then = counted()
        .rev()
        .filter(|earlier| earlier.seq < event.seq)
        .find_map(|earlier| match &earlier.what {
            EventKind::Verdict { option, .. } => Some(*option),
            _ => None,
        });
    let changed = matches!((then, option), (Some(then), Some(now)) if then != now);
    Some(GateCall {
        call,
        reason,
        minutes,
        role: event.role.clone(),
        at: event.at,
        stands: !objected && !changed,
    })
}

/// Whether it goes on, and why. `polled`: roles are named or have spoken, so all of them must say
/// go.
fn derive_gate_outcome(
    decision: Option<&Decision>,
    poll: &[Voice],
    call: Option<&GateCall>,
    polled: bool,
    context: &DecisionContext,
) -> Option<(OptionId, String)> {
    let facts_say = |than: OptionId| {
        let other = decision.filter(|decision| decision.option != than);
        other.map_or_else(String::new, |decision| {
            format!(
                "; what is known says {}",
                decision.option.title().to_lowercase()
            )
        })
    };
    let spoken = spoken_against(poll);
    if let Some(call) = call.filter(|call| call.stands) {
        let beside = spoken
            .filter(|_| call.call == OptionId::Go)
            .map_or_else(String::new, |says| format!("; before that, {says}"));
        let says = format!(
            "it was called {}: {}{beside}{}",
            call.call.title().to_lowercase(),
            call.reason.shown(),
            facts_say(call.call)
        );
        return Some((call.call, says));
    }
    if let Some(says) = spoken {
        // harm is stopped even where going on was refused; both end with the same code
        let option = decision
            .map(|decision| decision.option)
            .filter(|option| *option == OptionId::StopHarm)
            .unwrap_or(OptionId::NoGo);
        return Some((option, format!("{says}{}", facts_say(OptionId::NoGo))));
    }
    let decision = decision?;
    let objecting = join_role_names(poll, |voice| voice.objection.is_some());
    if decision.option != OptionId::Go {
        let reason = decision.because.first().map_or_else(
            || write_verdict_headline(decision, context),
            |reason| reason.says.shown().into_owned(),
        );
        let beside = if objecting.is_empty() {
            String::new()
        } else {
            format!("; {objecting} objects")
        };
        return Some((decision.option, format!("{reason}{beside}")));
    }
    if decision.strength == Strength::Open {
        let next = decision
            .next_question
            .as_ref()
            .map_or_else(String::new, |next| format!(": {}", next.asks.shown()));
        return Some((
            OptionId::Hold,
            format!("an open answer can still change it{next}"),
        ));
    }
    if !objecting.is_empty() {
        return Some((
            OptionId::Hold,
            format!("{objecting} objects: clear that up, then call the gate"),
        ));
    }
    if !polled {
        return Some((
            OptionId::Go,
            "every item that is known holds; nobody was polled".to_owned(),
        ));
    }
    let silent = join_role_names(poll, |voice| voice.says != "go");
    if !silent.is_empty() {
        return Some((
            OptionId::Hold,
            format!("no answer from {silent}; silence does not count as go"),
        ));
    }
    Some((
        OptionId::Go,
        "every item that is known holds, and everyone says go".to_owned(),
    ))
}

/// Who says no-go, with the words of the first one who gave some; `None` when nobody does.
fn spoken_against(poll: &[Voice]) -> Option<String> {
    let against = join_role_names(poll, |voice| voice.says == "no-go");
    let words = poll
        .iter()
        .filter(|voice| voice.says == "no-go")
        .find_map(|voice| voice.objection.as_ref());
    (!against.is_empty()).then(|| {
        format!(
            "{against} says no-go{}",
            words.map_or_else(String::new, |text| format!(": {}", text.shown()))
        )
    })
}

fn join_role_names(poll: &[Voice], wanted: impl Fn(&Voice) -> bool) -> String {
    poll.iter()
        .filter(|voice| wanted(voice))
        .map(|voice| voice.role.shown().into_owned())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The events of a call: whoever did not speak is recorded as silent first, so that silence never
/// reads as go.
///
/// # Errors
/// One sentence when the reason is missing, a hold has no end, or minutes stand beside another
/// call.
pub fn make_gate_call_events(
    gate: Gate,
    call: OptionId,
    reason: &str,
    minutes: Option<u32>,
    config: &Config,
    state: &SessionState,
) -> Result<Vec<EventKind>, String> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err("A call needs a reason: say why, in a few words.".to_owned());
    }
    match (call, minutes) {
        (OptionId::Hold, None | Some(0)) => {
            return Err("A hold needs minutes: when does it end?".to_owned());
        }
        (OptionId::Hold, Some(_)) | (_, None) => {}
        (_, Some(_)) => return Err("Minutes belong to a hold only.".to_owned()),
    }
    let unheard = list_silent_roles(config, state, gate)
        .into_iter()
        .map(|role_polled| EventKind::Polled {
            gate,
            role_polled: role_polled.into(),
            call: None,
            objection: None,
        });
    Ok(unheard
        .chain([EventKind::GateCalled {
            gate,
            call,
            reason: reason.into(),
            minutes,
        }])
        .collect())
}

/// The items of a gate as they stand. What is not known neither holds nor fails, whatever the item
/// would say of an unknown.
pub fn check_gate_items(
    gate: Gate,
    facts: &Facts,
    checklist: &Checklist,
    context: &DecisionContext,
) -> Vec<GateItemResult> {
    let wording = Wording::new(checklist, &context.previous, &context.current);
    decision::gate_status(gate, facts, checklist, context)
        .into_iter()
        .map(|item| GateItemResult {
            known: describe_fact_values(&item.facts, facts, &wording),
            rests_on: list_known_facts(&item.facts, facts).cloned().collect(),
            id: item.id,
            says: item.says,
            holds: item.holds,
            otherwise: item.otherwise,
            waits: item.waits,
            facts: item.facts,
        })
        .collect()
}

impl GateItemResult {
    /// `yes`, `NO`, or `?` while it is not known.
    pub fn sign(&self) -> &'static str {
        match self.holds {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "?",
        }
    }

    /// What is known of it, and what follows.
    pub fn follows(&self) -> String {
        let known = match (self.holds, self.known.is_empty()) {
            (_, false) => escape_invisible(&self.known).into_owned(),
            (Some(_), true) => "follows from what else is known".to_owned(),
            (None, true) => "not known".to_owned(),
        };
        match self.holds {
            Some(true) => known,
            _ if self.otherwise == "note" => format!("{known}; good to know, does not decide"),
            Some(false) => format!("{known}: {}", self.name_what_follows()),
            None if self.waits && !self.known.is_empty() => {
                format!("{known}, the rest is not known: hold until it is")
            }
            None if self.waits => format!("{known}: hold until it is"),
            None => format!("{known}; the gate is not held for it"),
        }
    }

    /// What is done where it does not hold, in the words of people: `roll forward`, `no-go`.
    fn name_what_follows(&self) -> String {
        if self.otherwise == "no-go" {
            self.otherwise.clone()
        } else {
            self.otherwise.replace('-', " ")
        }
    }

    /// Where what is known of it comes from, each source once; `age` says when a fact was known.
    pub fn write_origin(&self, age: impl Fn(Timestamp) -> String) -> String {
        let mut said: Vec<String> = Vec::new();
        for fact in &self.rests_on {
            let origin = write_fact_origin(fact, &fact.at.map(&age).unwrap_or_default());
            if !said.contains(&origin) {
                said.push(origin);
            }
        }
        said.join("; ")
    }

    /// The same in a few words, for a line of a list.
    pub fn brief(&self) -> String {
        let known = match (self.known.is_empty(), self.holds) {
            (false, _) => escape_invisible(&self.known).into_owned(),
            (true, Some(_)) => "follows from the rest".to_owned(),
            (true, None) => "not known".to_owned(),
        };
        match self.holds {
            Some(false) if self.otherwise != "note" => {
                format!("{known}: {}", self.name_what_follows())
            }
            None if self.waits => format!("{known}: hold"),
            _ => known,
        }
    }
}

/// The facts of these keys that are known.
fn list_known_facts<'a>(keys: &'a [String], facts: &'a Facts) -> impl Iterator<Item = &'a Fact> {
    let named = keys.iter().flat_map(|key| {
        facts
            .values()
            .filter(move |fact| catalogue::find_key_pattern(&fact.key) == *key)
    });
    named.filter(|fact| fact.value != FactValue::Unknown)
}

/// What is known of some facts, in words: the answer where it is one, a sentence each where they
/// are several; nothing when none is known.
fn describe_fact_values(keys: &[String], facts: &Facts, wording: &Wording<'_>) -> String {
    let known: Vec<&Fact> = list_known_facts(keys, facts).collect();
    match (keys, known.as_slice()) {
        ([_], [only]) => wording.value(only),
        (_, several) => several
            .iter()
            .map(|fact| wording.sentence(fact))
            .collect::<Vec<_>>()
            .join(", "),
    }
}
