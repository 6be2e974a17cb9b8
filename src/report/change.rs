//! The keys of a change ticket: what is implemented, how it is backed out, how it is tested, and
//! what can go wrong. Texts of plain lines, as the fields of ticket systems take them.

use serde::Serialize;

use super::plan_row::{PlanRow, list_plan_rows};
use super::standing::list_option_standings;
use super::subject::ReportSubject;
use super::{top, words};
use crate::model::{
    Assessment, CheckState, OptionId, Severity, StepMode, shorten_text, visible_lines,
};

/// Longest field, in characters: what the widest field of common ticket systems takes.
const FIELD: usize = 4_000;
/// Longest title.
const TITLE: usize = 160;
/// Most risks that are named.
const RISKS: usize = 20;

/// A change ticket. `docs/src/reports.md` documents the keys.
#[derive(Debug, Serialize)]
struct ChangeTicket {
    schema: &'static str,
    title: String,
    service: String,
    environment: Option<String>,
    previous: String,
    current: String,
    option: Option<&'static str>,
    justification: String,
    implementation: String,
    backout_plan: String,
    test_plan: String,
    risk_level: &'static str,
    risk: String,
    not_known: String,
    decided_at: Option<jiff::Timestamp>,
    decided_by: Option<String>,
    session: Option<String>,
    tool: String,
}

/// The change ticket as one JSON object.
pub fn write_change_ticket(subject: &ReportSubject<'_>) -> String {
    let ticket = make_change_ticket(subject);
    let text = serde_json::to_string_pretty(&ticket).unwrap_or_else(|error| {
        serde_json::json!({ "schema": ticket.schema, "error": error.to_string() }).to_string()
    });
    format!("{text}\n")
}

fn make_change_ticket(subject: &ReportSubject<'_>) -> ChangeTicket {
    let rows = subject.assessment.map_or_else(Vec::new, list_plan_rows);
    let decided = subject.decided();
    let of = |label: &str| {
        let text = decided.and_then(|decided| decided.text.iter().find(|(name, _)| *name == label));
        text.map(|(_, value)| value.clone())
    };
    let line = |text: &str| {
        let text = subject.names.clean(text);
        let text = visible_lines(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        shorten_text(&text, FIELD).into_owned()
    };
    let (level, risk) = write_risk(subject);
    let start = subject
        .story
        .as_ref()
        .and_then(|story| story.start.as_ref());
    ChangeTicket {
        schema: "backout.change/1",
        title: shorten_text(&line(&subject.headline()), TITLE).into_owned(),
        service: line(&subject.service),
        environment: subject.environment().map(|name| line(&name)),
        previous: line(&subject.pair.0),
        current: line(&subject.pair.1),
        option: subject.option().map(OptionId::id),
        justification: write_ticket_field(subject, list_justification(subject, of("reason"))),
        implementation: write_ticket_field(subject, list_implementation(subject, &rows)),
        backout_plan: write_ticket_field(subject, list_backout(subject, &rows)),
        test_plan: write_ticket_field(subject, list_tests(subject, &rows, of("expected"))),
        risk_level: level,
        risk: write_ticket_field(subject, risk),
        not_known: write_ticket_field(subject, list_not_known(subject)),
        decided_at: decided.map(|decided| decided.at),
        decided_by: of("decided by").map(|who| line(&who)),
        session: start.map(|start| line(&start.session)),
        tool: line(&subject.tool()),
    }
}

/// Lines as one field; what does not fit is counted.
fn write_ticket_field(subject: &ReportSubject<'_>, lines: Vec<String>) -> String {
    let (mut out, mut used, mut left) = (String::new(), 0, 0);
    for line in lines {
        let line = visible_lines(&subject.names.clean(&line));
        let line = shorten_text(line.trim_end(), FIELD / 2);
        let long = line.chars().count() + 1;
        // room for the last line, which counts what is left out
        if left > 0 || used + long > FIELD - 40 {
            left += 1;
            continue;
        }
        used += long;
        out.push_str(&line);
        out.push('\n');
    }
    if left > 0 {
        out.push_str(&words::write_count(left, "line", "lines"));
        out.push_str(" left out for length");
    }
    out.trim_end().to_owned()
}

fn list_justification(subject: &ReportSubject<'_>, reason: Option<String>) -> Vec<String> {
    let mut lines: Vec<String> = reason.into_iter().collect();
    if let Some(decision) = subject.decision {
        let title = words::write_decision_headline(decision, &subject.pair.0);
        let strength = words::write_strength(decision);
        lines.push(format!("Recommended: {title} ({strength})"));
        let because = decision.because.iter().take(5);
        lines.extend(because.map(|reason| format!("- {}", reason.says)));
    }
    if lines.is_empty() {
        lines.push("Nothing is decided yet, and nothing is recommended.".to_owned());
    }
    lines
}

const UNREAD: &str =
    "Not known: the repository was not read for this ticket, so the plan is not in it.";

fn list_implementation(subject: &ReportSubject<'_>, rows: &[PlanRow<'_>]) -> Vec<String> {
    if subject.assessment.is_none() {
        return vec![UNREAD.to_owned()];
    }
    let mut lines = Vec::new();
    for row in rows {
        let how = match row.how {
            // these are the test plan
            StepMode::Check | StepMode::Verify => continue,
            StepMode::Skip => " (left out)",
            StepMode::Condition => " (first)",
            StepMode::Afterwards => " (afterwards)",
            StepMode::Run | StepMode::RollbackOnly => "",
        };
        lines.push(format!("{}. {}{how}", row.number, row.step));
        lines.extend(row.command.map(|command| format!("   {command}")));
    }
    if lines.is_empty() {
        lines.push("Not known: there is no plan for this option.".to_owned());
    }
    lines
}

/// What takes the implementation back: the undo of its steps, last first; before anything is
/// decided to go back also the known ways back.
fn list_backout(subject: &ReportSubject<'_>, rows: &[PlanRow<'_>]) -> Vec<String> {
    let Some(assessment) = subject.assessment else {
        return vec![UNREAD.to_owned()];
    };
    let mut lines: Vec<String> = Vec::new();
    for row in rows.iter().rev() {
        let undo = row.undo.filter(|_| row.how != StepMode::Skip);
        lines.extend(undo.map(|undo| format!("Undo step {} ({}): {undo}", row.number, row.step)));
    }
    let goes_back = matches!(
        subject.option(),
        Some(OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::ShiftTraffic)
    );
    for way in &assessment.way_back.returns {
        if goes_back {
            lines.extend(
                way.undo
                    .as_ref()
                    .map(|undo| format!("{}: {undo}", way.tool)),
            );
        } else {
            lines.push(format!("{}. {}", way.says, way.brings));
            lines.extend(way.command.as_ref().map(|command| format!("   {command}")));
            lines.extend(
                way.lacks
                    .as_ref()
                    .map(|lacks| format!("   missing: {lacks}")),
            );
        }
    }
    if !goes_back {
        lines.extend(list_ways_back(subject));
    }
    let limits = assessment.no_return.iter().filter(|point| !point.passed);
    lines.extend(limits.filter_map(|point| {
        let at = point.at?;
        let option = point.option.map_or("the decision", OptionId::title);
        let at = words::write_utc_and_local_time(at, &subject.zone);
        Some(format!("Until {at}, {option}: {}", point.says))
    }));
    if lines.is_empty() {
        lines
            .push("Not known: no step says how it is undone, and no way back was read.".to_owned());
    }
    lines
}

/// How going back stands, where something else is implemented.
fn list_ways_back(subject: &ReportSubject<'_>) -> Vec<String> {
    let Some(decision) = subject.decision else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for one in list_option_standings(decision).0 {
        if !matches!(
            one.status.option,
            OptionId::RollBack | OptionId::RollBackWithConditions
        ) {
            continue;
        }
        let title = words::option_title(one.status.option, &subject.pair.0);
        let state = words::write_option_state(one.status.state);
        lines.push(format!("{title}: {state}"));
        lines.extend(
            one.blockers
                .iter()
                .map(|blocker| format!("- {}", blocker.says)),
        );
        lines.extend(one.open_line().map(|open| format!("- {open}")));
        let first = one.first.iter();
        lines.extend(first.map(|condition| format!("- first: {}", condition.says)));
    }
    lines
}

fn list_tests(
    subject: &ReportSubject<'_>,
    rows: &[PlanRow<'_>],
    expected: Option<String>,
) -> Vec<String> {
    let Some(assessment) = subject.assessment else {
        let mut lines: Vec<String> = expected.into_iter().collect();
        lines.push(UNREAD.to_owned());
        return lines;
    };
    let mut lines: Vec<String> = expected
        .map(|text| format!("Expected: {text}"))
        .into_iter()
        .collect();
    for check in &assessment.preflight {
        let state = match check.state {
            CheckState::Fine => "fine",
            CheckState::Open => "open",
            CheckState::Wrong => "does not hold",
        };
        lines.push(format!("Before ({state}): {}", check.says));
        lines.extend(
            check
                .command
                .as_ref()
                .map(|command| format!("   {command}")),
        );
    }
    for row in rows {
        if matches!(row.how, StepMode::Check | StepMode::Verify) {
            lines.push(format!("{}. {}", row.number, row.step));
            lines.extend(row.command.map(|command| format!("   {command}")));
        }
        let expect = row.expect.filter(|_| row.how != StepMode::Skip);
        lines.extend(expect.map(|expect| format!("   step {}, expect: {expect}", row.number)));
    }
    if lines.is_empty() {
        lines.push("Not known: nothing says what should be seen afterwards.".to_owned());
    }
    lines
}

/// The level with what it rests on. It is low only where everything that could matter was looked at
/// and nothing weighs.
fn write_risk(subject: &ReportSubject<'_>) -> (&'static str, Vec<String>) {
    let Some(assessment) = subject.assessment else {
        return (
            "unknown",
            vec!["Not known: the repository was not read for this ticket.".to_owned()],
        );
    };
    let all = words::filter_findings(assessment, false);
    let open = subject.not_looked_at();
    let worst = all.first().map(|finding| finding.severity);
    let level = match (worst, &open) {
        (Some(Severity::Blocks), _) => "high",
        _ if assessment.coverage.is_empty() => "unknown",
        (Some(Severity::Warns), _) | (_, Some(_)) => "medium",
        _ => "low",
    };
    let mut lines = vec![format!("{level}: {}", say_ground(assessment, worst, &open))];
    for finding in all.iter().take(RISKS) {
        lines.push(format!(
            "- {}: {}",
            words::write_severity(finding.severity),
            words::write_finding_sentence(finding)
        ));
        lines.extend((!finding.why.is_empty()).then(|| format!("  {}", finding.why)));
        let places = words::list_evidence_places(&finding.evidence, 2);
        lines.extend((!places.is_empty()).then(|| format!("  {}", places.join(" · "))));
    }
    let more = all.len().saturating_sub(RISKS);
    lines.extend((more > 0).then(|| format!("{more} more risks")));
    (level, lines)
}

fn say_ground(assessment: &Assessment, worst: Option<Severity>, open: &Option<String>) -> String {
    let open = open
        .as_ref()
        .map_or_else(String::new, |open| format!("; not looked at: {open}"));
    match worst {
        Some(Severity::Blocks) => format!("something stands in the way of going back{open}"),
        Some(Severity::Warns) => format!("something must be looked at before going back{open}"),
        _ => format!("{}{open}", top::no_risk(assessment)),
    }
}

fn list_not_known(subject: &ReportSubject<'_>) -> Vec<String> {
    let mut lines: Vec<String> = subject
        .unknown()
        .into_iter()
        .map(|(asks, why)| format!("- {asks} ({why})"))
        .collect();
    let assumed = subject.assumed();
    lines.extend(
        assumed
            .iter()
            .map(|(asks, value)| format!("- taken for granted: {asks} {value}")),
    );
    let unchecked = subject.assessment.map_or(&[][..], |one| &one.unchecked);
    lines.extend(
        unchecked
            .iter()
            .map(|one| format!("- not checked: {}: {}", one.what, one.why)),
    );
    let remarks = subject.remarks.iter();
    lines.extend(remarks.map(|remark| format!("- on the journal: {remark}")));
    lines
}
