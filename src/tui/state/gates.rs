//! Screen 2: gates, polls, calls.

use crate::model::{Gate, Mode, OptionId};
use crate::session::EventKind;
use crate::tui::list::{ListSpec, ListState};
use crate::tui::model::{Focus, Model};
use crate::tui::popup::Popup;
use crate::tui::popup::form::{Form, FormField, FormPurpose};
use crate::tui::update::append_event;
use crate::tui::{Action, Effect};
use crate::usecase::{self, GateItemResult, Hearing, RoleAnswer};

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
pub fn follow_stated_gate(model: &mut Model) {
    let at = model
        .gate()
        .and_then(|gate| Gate::ALL.iter().position(|one| *one == gate));
    if let Some(at) = at.filter(|_| !model.screens.gates.moved) {
        model.screens.gates.list.cursor = at;
    }
}

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
    get: |model| &model.screens.gates.list,
    get_mut: |model| &mut model.screens.gates.list,
    len: |_| Gate::ALL.len(),
    text: |_, at| {
        Gate::ALL
            .get(at)
            .map(|gate| gate.id().to_owned())
            .unwrap_or_default()
    },
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
    len: |model| list_gate_items(model).len(),
    text: |model, at| {
        list_gate_items(model)
            .get(at)
            .map(|item| item.says.clone())
            .unwrap_or_default()
    },
    selectable: crate::tui::list::every_row,
    moved: crate::tui::list::load_nothing,
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
            format!(
                "{}: {}{counts}",
                call.call.title(),
                crate::model::escape_invisible(&call.reason)
            ),
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

/// Its own actions.
pub fn update_gates(model: &mut Model, action: Action) -> Vec<Effect> {
    let gate = find_selected_gate(model);
    match action {
        Action::Focus => {
            model.focus = if model.focus == Focus::Detail {
                Focus::Body
            } else {
                Focus::Detail
            };
            Vec::new()
        }
        // a gate opens its items, an item its question
        Action::Open if model.focus != Focus::Detail => {
            model.focus = Focus::Detail;
            Vec::new()
        }
        Action::Open => {
            let Some(item) = list_gate_items(model)
                .into_iter()
                .nth(model.screens.gates.items.cursor)
            else {
                return Vec::new();
            };
            let effects =
                crate::tui::update::go_to_screen(model, crate::tui::model::Screen::Questions);
            if !crate::tui::state::questions::open_about(model, &item.facts) {
                model.warn("No question settles this item; screen 6 shows what was read.");
            }
            effects
        }
        Action::ReachGate => {
            let says = format!("the deployment is at gate {}", gate.id());
            model.screens.gates.moved = false;
            vec![append_event(model, EventKind::GateReached { gate }, says)]
        }
        Action::CallGate => {
            let mut fields = vec![
                FormField::words(
                    "call",
                    "call",
                    "go, no-go, or hold with minutes",
                    &["go", "no-go", "hold"],
                ),
                FormField::text("reason", "why", "in a few words", ""),
                FormField::text("minutes", "minutes", "only for a hold: how long", ""),
            ];
            if model.mode == Mode::Incident {
                fields[0].hint =
                    "go, no-go, or hold with minutes; c decides about the release itself"
                        .to_owned();
            }
            let mut form = Form::new(
                format!("Call the gate {}", gate.id()),
                "record the call",
                fields,
                FormPurpose::GateCall,
            );
            let silent = usecase::list_silent_roles(&model.config, &model.session, gate);
            if !silent.is_empty() {
                form.intro.push(format!(
                    "No answer from: {}. Silence is recorded as silence and does not count as go.",
                    silent.join(", ")
                ));
            }
            model.popups.push(Popup::Form(Box::new(form)));
            Vec::new()
        }
        Action::Poll => {
            let next = usecase::list_silent_roles(&model.config, &model.session, gate)
                .into_iter()
                .next()
                .unwrap_or_default();
            let fields = vec![
                FormField::text(
                    "role",
                    "role",
                    "who is polled; the first word is enough",
                    &next,
                ),
                FormField::words(
                    "call",
                    "says",
                    "silence is recorded as silence and does not count as go",
                    &["go", "no-go", "silent"],
                ),
                FormField::text(
                    "objection",
                    "objection",
                    "any strong objection, in their words",
                    "",
                ),
                FormField::words(
                    "new",
                    "new role",
                    "yes takes a role that is not among those polled",
                    &["no", "yes"],
                ),
            ];
            model.popups.push(Popup::Form(Box::new(Form::new(
                format!("Poll for gate {}", gate.id()),
                "record it",
                fields,
                FormPurpose::GatePoll,
            ))));
            Vec::new()
        }
        _ => Vec::new(),
    }
}

pub(in crate::tui) fn submit_gate_call(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    let gate = find_selected_gate(model);
    let call = match form.value("call").as_str() {
        "go" => OptionId::Go,
        "no-go" => OptionId::NoGo,
        _ => OptionId::Hold,
    };
    let reason = form.filled("reason").unwrap_or_default();
    let minutes = match form.filled("minutes") {
        Some(text) => Some(
            text.parse::<u32>()
                .map_err(|_| "Minutes are a whole number.".to_owned())?,
        ),
        None => None,
    };
    let events = usecase::make_gate_call_events(
        gate,
        call,
        &reason,
        minutes,
        &model.config,
        &model.session,
    )?;
    let says = |what: &EventKind| match what {
        EventKind::Polled { role_polled, .. } => format!("no answer from {role_polled}"),
        _ => format!("{} for gate {}", call.id(), gate.id()),
    };
    Ok(events
        .into_iter()
        .map(|what| append_event(model, what.clone(), says(&what)))
        .collect())
}

pub(in crate::tui) fn submit_gate_poll(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    let gate = find_selected_gate(model);
    let typed = form.filled("role").ok_or("Type the role that is polled.")?;
    let role = usecase::role_named(
        &typed,
        &model.config,
        &model.session,
        gate,
        form.value("new") == "yes",
    )
    .map_err(|error| {
        format!(
            "{} Set *new role* to yes to poll it all the same.",
            error.says
        )
    })?;
    let call = usecase::parse_poll_word(&form.value("call")).flatten();
    let said = RoleAnswer {
        role,
        call,
        objection: form.filled("objection"),
    };
    let says = said.words();
    Ok(vec![append_event(
        model,
        usecase::make_poll_event(gate, said),
        says,
    )])
}
