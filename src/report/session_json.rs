//! The report of a session as JSON, for programs: what the other forms say, with times as they are
//! and words of people as they were said.

use serde_json::{Value, json};

use super::json::escape_json_controls;
use super::person_names::PersonNames;
use super::plan_row::{list_plan_rows, tell_subject_runs};
use super::subject::ReportSubject;
use super::words;

/// The report of a session as one JSON object. `docs/src/reports.md` documents the keys. Where
/// names are not wanted they are left out of every text, and authors of commits are empty.
pub fn write_report_json(subject: &ReportSubject<'_>) -> String {
    let mut object = json!({
        "schema": "backout.report/1",
        "tool": subject.tool(),
        "title": subject.headline(),
        "service": subject.service,
        "environment": subject.environment(),
        "mode": subject.mode(),
        "previous": subject.pair.0,
        "current": subject.pair.1,
        "names": subject.names.wanted(),
        "session": write_session(subject),
        "decisions": write_decisions(subject),
        "verdict": subject.decision,
        "timeline": write_timeline(subject),
        "known": write_known(subject),
        "unknown": write_pairs(&subject.unknown(), "why"),
        "assumed": write_pairs(&subject.assumed(), "answer"),
        "gates": write_gates(subject),
        "plan": write_plan(subject),
        "runs": write_runs(subject),
        "journal_remarks": subject.remarks,
        "assessment": subject.assessment,
    });
    if !subject.names.wanted() {
        leave_out_names(&mut object, &subject.names);
    }
    let text = serde_json::to_string_pretty(&object)
        .unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string());
    format!("{}\n", escape_json_controls(&text))
}

fn write_session(subject: &ReportSubject<'_>) -> Value {
    let Some(story) = &subject.story else {
        return Value::Null;
    };
    let start = story.start.as_ref();
    json!({
        "id": start.map(|start| &start.session),
        "began": story.began,
        "ended": story.ended,
        "closed": story.closed,
        "outcome": story.ending,
        "deployed_at": start.and_then(|start| start.deployed_at),
        "deadline": start.and_then(|start| start.deadline),
        "checklist_digest": start.map(|start| &start.checklist_digest),
        "live_check": crate::session::SessionState::fold(subject.events).live_check.map(|(at, look)| json!({ "at": at, "look": look })),
        "observed": story.observed.as_ref().map(|(met, text)| json!({ "met": met, "text": text })),
    })
}

fn write_decisions(subject: &ReportSubject<'_>) -> Value {
    let decisions = subject.story.iter().flat_map(|story| &story.decisions);
    let rows = decisions.map(|decided| {
        let text: serde_json::Map<String, Value> = decided
            .text
            .iter()
            .map(|(label, value)| (label.replace(' ', "_"), Value::from(value.as_str())))
            .collect();
        json!({
            "at": decided.at,
            "option": decided.option,
            "recommended": decided.recommended,
            "against_recommendation": decided.overrides(),
            "text": text,
        })
    });
    rows.collect()
}

fn write_timeline(subject: &ReportSubject<'_>) -> Value {
    let lines = subject.story.iter().flat_map(|story| &story.timeline);
    let rows = lines.map(|line| {
        let here = line.at.to_zoned_datetime(subject.zone.clone());
        json!({
            "seq": line.seq,
            "at": line.at,
            "local": here.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            "who": line.who,
            "what": line.what,
            "taken_back": line.withdrawn,
        })
    });
    rows.collect()
}

fn write_known(subject: &ReportSubject<'_>) -> Value {
    let known = subject.story.iter().flat_map(|story| &story.known);
    let rows = known.map(|fact| {
        json!({
            "question": fact.asks,
            "answer": fact.value,
            "how": fact.how,
            "source": fact.source,
        })
    });
    rows.collect()
}

fn write_pairs(pairs: &[(String, String)], second: &str) -> Value {
    let rows = pairs
        .iter()
        .map(|(asks, value)| json!({ "question": asks, second: value }));
    rows.collect()
}

fn write_gates(subject: &ReportSubject<'_>) -> Value {
    let state = subject.state();
    let calls = state.calls.iter();
    let calls: Vec<Value> = calls
        .map(|(gate, (call, reason))| json!({ "gate": gate, "call": call, "reason": reason }))
        .collect();
    let polls = state.polls.iter();
    let polls: Vec<Value> = polls
        .map(|((gate, role), (call, objection))| {
            json!({ "gate": gate, "role": role, "call": call, "objection": objection })
        })
        .collect();
    let at = state
        .gate
        .or_else(|| subject.assessment.and_then(|assessment| assessment.gate));
    json!({ "at": at, "calls": calls, "polls": polls })
}

fn write_plan(subject: &ReportSubject<'_>) -> Value {
    let Some(assessment) = subject.assessment else {
        return Value::Null;
    };
    let rows = list_plan_rows(assessment).into_iter();
    let rows = rows.map(|row| {
        json!({
            "number": row.number,
            "step": row.step,
            "how": words::write_step_mode(row.how),
            "why": row.why,
            "command": row.command,
            "expect": row.expect,
            "undo": row.undo,
        })
    });
    rows.collect()
}

/// The plans that were run.
fn write_runs(subject: &ReportSubject<'_>) -> Value {
    let runs = tell_subject_runs(subject).into_iter();
    let runs = runs.map(|run| {
        let steps: Vec<Value> = run
            .steps
            .iter()
            .map(|step| {
                json!({
                    "step": step.says,
                    "ended": step.ended,
                    "at": step.at,
                    "took": step.took,
                    "said": step.said,
                })
            })
            .collect();
        json!({ "title": run.title, "progress": run.progress, "steps": steps })
    });
    runs.collect()
}

/// Takes names out of every text of an object; who wrote a commit or said a fact is left empty.
fn leave_out_names(value: &mut Value, names: &PersonNames) {
    match value {
        Value::String(text) => *text = names.clean(text),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| leave_out_names(item, names)),
        Value::Object(entries) => {
            entries.remove("by");
            for (key, value) in entries {
                match (key.as_str(), &mut *value) {
                    ("author", Value::String(name)) => name.clear(),
                    ("co_authors", Value::Array(all)) => all.clear(),
                    _ => leave_out_names(value, names),
                }
            }
        }
        _ => {}
    }
}
