//! Actions of the screen of gates.

use crate::model::{Gate, Mode, OptionId};
use crate::session::EventKind;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::navigation::go_to_screen;
use crate::tui::popup::form::state::{Form, FormField, FormPurpose};
use crate::tui::popup::kind::Popup;
use crate::tui::recording::append_event;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::gates::query::{find_selected_gate, list_gate_items};
use crate::tui::screens::questions::update::open_about;
use crate::usecase;
use crate::usecase::RoleAnswer;

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
            let effects = go_to_screen(model, Screen::Questions);
            if !open_about(model, &item.facts) {
                model.warn("No question settles this item; screen 6 shows what was read.");
            }
            effects
        }
        Action::ReachGate => {
            let says = format!("the deployment is at gate {}", gate.id());
            model.screens.gates.moved = false;
            vec![append_event(model, EventKind::GateReached { gate }, says)]
        }
        Action::CallGate => open_gate_call_form(model, gate),
        Action::Poll => open_gate_poll_form(model, gate),
        _ => Vec::new(),
    }
}

/// Asks how the gate is called, with the roles that did not answer.
fn open_gate_call_form(model: &mut Model, gate: Gate) -> Vec<Effect> {
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
            "go, no-go, or hold with minutes; c decides about the release itself".to_owned();
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

/// Asks what one role says, beginning with one that did not answer.
fn open_gate_poll_form(model: &mut Model, gate: Gate) -> Vec<Effect> {
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

pub(crate) fn submit_gate_call(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
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

pub(crate) fn submit_gate_poll(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
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
        role: role.into(),
        call,
        objection: form.filled("objection").map(Into::into),
    };
    let says = said.words();
    Ok(vec![append_event(
        model,
        usecase::make_poll_event(gate, said),
        says,
    )])
}
