//! Screen 2: gates, polls, calls.

use std::collections::BTreeMap;

use crate::decision::GateStatus;
use crate::model::{Gate, Mode, OptionId};
use crate::session::EventKind;
use crate::tui::list::{ListSpec, ListState};
use crate::tui::model::{Focus, Model};
use crate::tui::popup::Popup;
use crate::tui::popup::form::{Field, Form};
use crate::tui::update::append;
use crate::tui::{Action, Effect};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Gates {
    /// Cursor over the gates.
    pub list: ListState,
    /// Cursor over the checks of the gate, while they have the focus.
    pub items: ListState,
    /// The person moved the cursor; until then it follows the deployment.
    pub moved: bool,
}

/// Puts the cursor on the gate the deployment is at, until the person moves it.
pub fn follow(model: &mut Model) {
    let at = model.gate().and_then(|gate| Gate::ALL.iter().position(|one| *one == gate));
    if let Some(at) = at.filter(|_| !model.screens.gates.moved) {
        model.screens.gates.list.cursor = at;
    }
}

/// The gate under the cursor.
pub fn selected(model: &Model) -> Gate {
    Gate::ALL.get(model.screens.gates.list.cursor).copied().unwrap_or(Gate::Start)
}

/// The list that takes keys.
pub fn list(model: &Model) -> Option<ListSpec> {
    Some(if model.focus == Focus::Detail { ITEMS } else { SPEC })
}

/// The five gates.
pub const SPEC: ListSpec = ListSpec {
    get: |model| &model.screens.gates.list,
    get_mut: |model| &mut model.screens.gates.list,
    len: |_| Gate::ALL.len(),
    text: |_, at| Gate::ALL.get(at).map(|gate| gate.id().to_owned()).unwrap_or_default(),
    selectable: crate::tui::list::every_row,
    moved: |model| {
        model.screens.gates.items = ListState::default();
        model.screens.gates.moved = true;
        Vec::new()
    },
};

/// Things to look at before the gate under the cursor.
pub const ITEMS: ListSpec = ListSpec {
    get: |model| &model.screens.gates.items,
    get_mut: |model| &mut model.screens.gates.items,
    len: |model| items(model).len(),
    text: |model, at| items(model).get(at).map(|item| item.says.clone()).unwrap_or_default(),
    selectable: crate::tui::list::every_row,
    moved: crate::tui::list::nothing,
};

/// Things to look at before the gate under the cursor, as they stand.
pub fn items(model: &Model) -> Vec<GateStatus> {
    let none = crate::model::Facts::new();
    let facts = model.decided.as_ref().map_or(&none, |decided| &decided.resolved.facts);
    crate::decision::gate_status(selected(model), facts, &model.checklist, &model.context())
}

/// Roles that are polled.
pub fn roles(model: &Model) -> Vec<String> {
    let named = &model.config.roles;
    if !named.is_empty() {
        return named.iter().map(|role| crate::model::visible(role).into_owned()).collect();
    }
    ["incident lead", "database", "service owner"].map(str::to_owned).to_vec()
}

/// The poll of a gate by role; roles that were not asked are absent.
pub fn poll(model: &Model, gate: Gate) -> BTreeMap<&str, &(Option<OptionId>, Option<String>)> {
    model.session.polls.iter().filter(|((at, _), _)| *at == gate).map(|((_, role), said)| (role.as_str(), said)).collect()
}

/// What the poll of a gate comes to, in one sentence; nothing while it says go or nobody was asked.
pub fn poll_says(model: &Model, gate: Gate) -> Option<String> {
    let poll = poll(model, gate);
    let names = |wanted: &dyn Fn(&str) -> bool| {
        roles(model).into_iter().chain(poll.keys().map(|role| (*role).to_owned())).filter(|role| wanted(role)).fold(Vec::new(), |mut all: Vec<String>, role| {
            if !all.contains(&role) {
                all.push(role);
            }
            all
        })
    };
    let call = |role: &str| poll.get(role).and_then(|(call, _)| *call);
    let against = names(&|role| call(role).is_some_and(|call| call != OptionId::Go));
    if !against.is_empty() {
        return Some(format!("{} says no-go", against.join(", ")));
    }
    let objecting = names(&|role| poll.get(role).is_some_and(|(_, objection)| objection.is_some()));
    if !objecting.is_empty() {
        return Some(format!("{} objects: settle it, then call the gate", objecting.join(", ")));
    }
    let silent = names(&|role| call(role).is_none());
    if !silent.is_empty() && !poll.is_empty() {
        return Some(format!("no answer from {}: silence is not go", silent.join(", ")));
    }
    None
}

/// What may be concluded at a gate, whether a trigger may be automatic, and what to know before calling it: label and text.
pub fn about(model: &Model, gate: Gate) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some((call, reason)) = model.session.calls.get(&gate) {
        lines.push(("called", format!("{}: {}", call.title(), crate::model::visible(reason))));
    }
    if let Some(says) = poll_says(model, gate) {
        lines.push(("poll", says));
    }
    let ends: Vec<String> = crate::decision::may_conclude(gate)
        .iter()
        .filter(|option| **option != OptionId::RollBackWithConditions)
        .map(|option| option.title().to_lowercase())
        .collect();
    lines.push(("may end in", ends.join(", ")));
    if let Some(decided) = &model.decided {
        lines.push(("trigger", crate::decision::automation(&decided.resolved.facts, &model.checklist, &model.context()).says));
    }
    lines
}

/// Its own actions.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    let gate = selected(model);
    match action {
        Action::Focus => {
            model.focus = if model.focus == Focus::Detail { Focus::Body } else { Focus::Detail };
            Vec::new()
        }
        Action::ReachGate => {
            let says = format!("the deployment is at gate {}", gate.id());
            model.screens.gates.moved = false;
            vec![append(model, EventKind::GateReached { gate }, says)]
        }
        Action::CallGate => {
            let mut fields = vec![
                Field::words("call", "call", "go, no-go, or hold with minutes", &["go", "no-go", "hold"]),
                Field::text("reason", "why", "in a few words", ""),
                Field::text("minutes", "minutes", "only for a hold: how long", ""),
            ];
            if model.mode == Mode::Incident {
                fields[0].hint = "go, no-go, or hold with minutes; c decides about the release itself".to_owned();
            }
            let mut form = Form::new(format!("Call the gate {}", gate.id()), "record the call", fields, called);
            let silent: Vec<String> = roles(model).into_iter().filter(|role| !poll(model, gate).contains_key(role.as_str())).collect();
            if !silent.is_empty() {
                form.intro.push(format!("No answer from: {}. Silence is recorded as silence, not as go.", silent.join(", ")));
            }
            model.popups.push(Popup::Form(Box::new(form)));
            Vec::new()
        }
        Action::Poll => {
            let polled = poll(model, gate);
            let next = roles(model).into_iter().find(|role| !polled.contains_key(role.as_str())).unwrap_or_default();
            let fields = vec![
                Field::text("role", "role", "who is polled", &next),
                Field::words("call", "says", "silence is recorded as silence, not as go", &["go", "no-go", "silent"]),
                Field::text("objection", "objection", "any strong objection, in their words", ""),
            ];
            model.popups.push(Popup::Form(Box::new(Form::new(format!("Poll for gate {}", gate.id()), "record it", fields, polled_one))));
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn called(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    let gate = selected(model);
    let call = match form.value("call").as_str() {
        "go" => OptionId::Go,
        "no-go" => OptionId::NoGo,
        _ => OptionId::Hold,
    };
    let reason = form.filled("reason").ok_or("Say why, in a few words.")?;
    let minutes = match form.filled("minutes") {
        Some(text) => Some(text.parse::<u32>().map_err(|_| "Minutes are a whole number.".to_owned())?),
        None if call == OptionId::Hold => return Err("A hold needs minutes: when does it end?".to_owned()),
        None => None,
    };
    let says = format!("{} for gate {}", call.id(), gate.id());
    let mut effects = Vec::new();
    // whoever was not polled is recorded as silent, so that silence never reads as go
    let silent: Vec<String> = roles(model).into_iter().filter(|role| !poll(model, gate).contains_key(role.as_str())).collect();
    for role in silent {
        let says = format!("no answer from {role}");
        effects.push(append(model, EventKind::Polled { gate, role_polled: role, call: None, objection: None }, says));
    }
    effects.push(append(model, EventKind::GateCalled { gate, call, reason, minutes }, says));
    Ok(effects)
}

fn polled_one(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    let gate = selected(model);
    let role_polled = form.filled("role").ok_or("Type the role that is polled.")?;
    let call = match form.value("call").as_str() {
        "go" => Some(OptionId::Go),
        "no-go" => Some(OptionId::NoGo),
        _ => None,
    };
    let says = format!("{role_polled}: {}", call.map_or("silent", OptionId::id));
    Ok(vec![append(model, EventKind::Polled { gate, role_polled, call, objection: form.filled("objection") }, says)])
}
