//! The track of gates: how far the deployment was, what was called and what roles said.

use super::frame::PageSection;
use super::html::Html;
use crate::model::Untrusted;
use crate::model::{Gate, OptionId};
use crate::report::subject::ReportSubject;
use crate::report::words;
use crate::session::{EventKind, find_withdrawn_events};

/// Most roles of all polls.
const VOICES: usize = 100;

pub(super) fn write_gates(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let state = subject.state();
    let at = state
        .gate
        .or_else(|| subject.assessment.and_then(|assessment| assessment.gate));
    if at.is_none() && state.calls.is_empty() && state.polls.is_empty() {
        return None;
    }
    let mut html = Html::new(&subject.names);
    html.raw("<ol class=\"track\">\n");
    for gate in Gate::ALL {
        let call = state.calls.get(&gate);
        let (class, sign) = match at {
            Some(at) if gate < at => ("<li class=\"done\">", "●"),
            Some(at) if gate == at => ("<li class=\"here\">", "◐"),
            _ => ("<li>", "○"),
        };
        html.raw(class);
        html.raw("<span class=\"sign\">");
        html.raw(sign);
        html.raw("</span>");
        html.element("<b>", words::write_gate_name(gate), "</b>");
        if let Some((call, _)) = call {
            html.element("<span>", call.title(), "</span>");
        }
        if let Some(time) = called_at(subject, gate) {
            html.element("<time>", &time, "</time>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ol>\n");
    for (gate, (call, reason)) in &state.calls {
        let text = format!(
            "{}: {}. {reason}",
            words::write_gate_name(*gate),
            call.title()
        );
        html.element("<p>", &text, "</p>\n");
    }
    if !state.polls.is_empty() {
        html.raw(
            "<table class=\"poll\"><thead><tr><th>Gate</th><th>Role</th><th>Says</th><th>Objection</th>\
                  </tr></thead><tbody>\n",
        );
        for ((gate, role), (call, objection)) in state.polls.iter().take(VOICES) {
            html.element("<tr><td>", words::write_gate_name(*gate), "</td>");
            html.element("<td>", role, "</td>");
            let says = call.map_or("no answer", OptionId::title);
            html.element("<td>", says, "</td>");
            html.element(
                "<td>",
                &objection.as_ref().map(Untrusted::shown).unwrap_or_default(),
                "</td></tr>\n",
            );
        }
        html.raw("</tbody></table>\n");
        html.left_out(
            state.polls.len().saturating_sub(VOICES),
            "answers of a poll",
        );
        html.raw("<p class=\"more\">Silence does not count as go.</p>\n");
    }
    Some(PageSection {
        id: "gates",
        title: "Gates",
        figure: at.map_or_else(String::new, |gate| {
            format!("at {}", words::write_gate_name(gate).to_lowercase())
        }),
        body: html.finish(),
    })
}

/// When a gate was called last, else when it was reached.
fn called_at(subject: &ReportSubject<'_>, gate: Gate) -> Option<String> {
    let gone = find_withdrawn_events(subject.events.iter());
    let last = subject.events.iter().rfind(|event| {
        !gone.contains(&event.seq)
            && match &event.what {
                EventKind::GateCalled { gate: called, .. } => *called == gate,
                EventKind::GateReached { gate: reached } => *reached == gate,
                _ => false,
            }
    })?;
    Some(last.at.strftime("%H:%M UTC").to_string())
}
