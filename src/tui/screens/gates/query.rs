//! What the screen of gates knows: the gate under the cursor, its items, what is missing.

use jiff::Timestamp;

use crate::model::{Gate, OptionId};
use crate::session::{Event, EventKind, find_withdrawn_events};
use crate::tui::list::{ListState, ScrolledPart};
use crate::tui::list_spec::{ListSpec, every_row, load_nothing};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::usecase;
use crate::usecase::{GateItemResult, Hearing};

/// The gate under the cursor.
pub fn find_selected_gate(model: &Model) -> Gate {
    Gate::ALL
        .get(model.screens.gates.list.cursor)
        .copied()
        .unwrap_or(Gate::Start)
}

/// The list that takes keys.
pub fn describe_gates_list(model: &Model) -> Option<ListSpec> {
    Some(if model.focus == Focus::Detail {
        ITEMS
    } else {
        SPEC
    })
}

/// The five gates.
pub const SPEC: ListSpec = ListSpec {
    part: ScrolledPart::Gates,
    get: |model| &model.screens.gates.list,
    get_mut: |model| &mut model.screens.gates.list,
    len: |_| Gate::ALL.len(),
    text: |_, at| {
        Gate::ALL
            .get(at)
            .map(|gate| gate.id().to_owned())
            .unwrap_or_default()
    },
    selectable: every_row,
    moved: |model| {
        model.screens.gates.items = ListState::default();
        model.screens.gates.moved = true;
        Vec::new()
    },
};

/// Things to look at before the gate under the cursor.
pub const ITEMS: ListSpec = ListSpec {
    part: ScrolledPart::GateItems,
    get: |model| &model.screens.gates.items,
    get_mut: |model| &mut model.screens.gates.items,
    len: |model| list_gate_items(model).len(),
    text: |model, at| {
        list_gate_items(model)
            .get(at)
            .map(|item| item.says.clone())
            .unwrap_or_default()
    },
    selectable: every_row,
    moved: load_nothing,
};

/// Things to look at before the gate under the cursor, as they stand.
pub fn list_gate_items(model: &Model) -> Vec<GateItemResult> {
    let none = crate::model::Facts::new();
    let facts = model
        .decided
        .as_ref()
        .map_or(&none, |decided| &decided.resolved.facts);
    usecase::check_gate_items(
        find_selected_gate(model),
        facts,
        &model.checklist,
        &model.context(),
    )
}

/// When the deployment reached a gate, as far as the session says it.
pub fn find_time_reached(model: &Model, gate: Gate) -> Option<Timestamp> {
    let gone = find_withdrawn_events(model.events.iter());
    let reached = |event: &&Event| {
        !gone.contains(&event.seq)
            && matches!(event.what, EventKind::GateReached { gate: at } if at == gate)
    };
    model
        .events
        .iter()
        .rev()
        .find(reached)
        .map(|event| event.at)
}

/// A gate as it stands: roles and what they said, the call and whether it still counts, and what
/// follows. The facts say something about the gate that the deployment is at, and only once
/// everything was read.
pub fn assess_shown_gate(model: &Model, gate: Gate) -> Hearing {
    let here = model.gate() == Some(gate) && model.reading.so_far() == usecase::ReadStages::Whole;
    usecase::assess_gate(
        gate,
        &model.session,
        &model.config,
        model.decision().filter(|_| here),
        &model.context(),
    )
}

/// Whether the gate under the cursor is passed, and why, in one sentence; nothing while there is
/// nothing to say about it.
pub fn outcome_says(model: &Model) -> Option<(OptionId, String)> {
    let gate = find_selected_gate(model);
    let (option, why) = assess_shown_gate(model, gate).outcome?;
    Some((
        option,
        format!(
            "{} at gate {}: {why}",
            option.title().to_uppercase(),
            gate.id()
        ),
    ))
}

/// What may be concluded at a gate, whether a trigger may be automatic, and what to know before
/// calling it: label and text.
pub fn list_gate_details(model: &Model, gate: Gate) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(call) = assess_shown_gate(model, gate).call {
        let counts = if call.stands {
            ""
        } else {
            " (no longer counts: somebody objected or the recommendation changed since)"
        };
        lines.push((
            "called",
            format!("{}: {}{counts}", call.call.title(), call.reason.shown()),
        ));
    }
    let ends: Vec<String> = crate::decision::may_conclude(gate)
        .iter()
        .filter(|option| **option != OptionId::RollBackWithConditions)
        .map(|option| option.title().to_lowercase())
        .collect();
    lines.push(("may end in", ends.join(", ")));
    if let Some(decided) = &model.decided {
        lines.push((
            "trigger",
            crate::decision::judge_automation(
                &decided.resolved.facts,
                &model.checklist,
                &model.context(),
            )
            .says,
        ));
    }
    lines
}
