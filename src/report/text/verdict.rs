//! The verdict in lines: the headline, what must be read, reasons and options.

use crate::model::{
    Assessment, Condition, Decision, checklist_line, escape_invisible, past_rollbacks_line,
    shorten_text,
};
use crate::report::layout::{ReportSheet, fit_report_text, pad_report_text};
use crate::report::standing::list_option_standings;
use crate::report::{top, words};
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

pub(super) fn write_text_head(sheet: &mut ReportSheet, assessment: &Assessment, zone: &TimeZone) {
    let title = assessment.verdict.as_ref().map_or_else(
        || "Not decided yet".to_owned(),
        |decision| words::write_decision_headline(decision, &assessment.previous.version.shown()),
    );
    let strength = assessment
        .verdict
        .as_ref()
        .map_or_else(String::new, words::write_strength);
    let name = ["Roll back", "Not decided yet"]
        .into_iter()
        .find(|name| title.starts_with(name));
    let name = name
        .or(assessment
            .verdict
            .as_ref()
            .map(|decision| decision.option.title()))
        .unwrap_or_default();
    // The option in capitals; versions and conditions as they are written.
    let title = format!(
        "{}{}",
        name.to_uppercase(),
        title.get(name.len()..).unwrap_or_default()
    );
    sheet.ends(&title, &strength);
    let mut about = format!(
        "{} · {} ◀ {}",
        words::find_service_name(assessment),
        assessment.previous.version.shown(),
        assessment.current.version.shown()
    );
    if let Some(environment) = &assessment.environment {
        about.push_str(&format!(" · {}", escape_invisible(environment)));
    }
    if let Some(gate) = assessment.gate {
        about.push_str(&format!(" · gate {}", gate.id()));
    }
    if !assessment.only_paths.is_empty() {
        about.push_str(&format!(
            " · only {}",
            escape_invisible(&shorten_text(&assessment.only_paths.join(", "), 40))
        ));
    }
    let deadline = assessment
        .verdict
        .as_ref()
        .and_then(|decision| decision.deadline);
    sheet.ends(
        &about,
        &deadline.map_or_else(String::new, |at| {
            format!("decide by {}", words::write_utc_and_local_time(at, zone))
        }),
    );
    sheet.rule();
}

/// What must be read if nothing else is: at 80 columns it ends within the first 24 lines, whatever
/// the repository holds.
pub(super) fn write_text_essentials(sheet: &mut ReportSheet, assessment: &Assessment) {
    let decision = assessment.verdict.as_ref();
    sheet.brief("rests on", &top::rests_on(assessment), 2);
    if let Some(line) = checklist_line(&assessment.checklist_changes) {
        sheet.brief("checklist", &line, 1);
    }
    // what happened before takes the room of second lines, which stand below in full
    let before = past_rollbacks_line(&assessment.rolled_back_before);
    let lines = if before.is_some() { 1 } else { 2 };
    if let Some(reason) = decision.and_then(top::find_strongest_reason) {
        sheet.brief("because", &reason, lines);
    }
    let relief = decision.and_then(|decision| decision.meanwhile.as_ref());
    if let Some(relief) = relief {
        sheet.brief("meanwhile", &relief.says.shown(), 1);
    }
    if let Some(line) = &before {
        // what helps at once takes a line of the first screen: the next question stays on it
        sheet.brief("before", line, if relief.is_some() { 1 } else { 2 });
    }
    sheet.gap();
    match top::find_strongest_risk(assessment) {
        Some(risk) => {
            sheet.brief("risk", &format!("{}: {}", risk.severity, risk.says), 2);
            sheet.brief("", &risk.place, 1);
        }
        None => sheet.brief("risk", top::no_risk(assessment), 1),
    }
    sheet.gap();
    for (at, line) in top::list_open_points(assessment).iter().take(4).enumerate() {
        sheet.brief(
            if at == 0 { "open" } else { "" },
            line,
            if at == 0 { lines } else { 1 },
        );
    }
    if let Some(next) = decision.and_then(|decision| decision.next_question.as_ref()) {
        sheet.gap();
        sheet.brief("next", &next.asks.shown(), 2);
        sheet.brief("", &top::about_next(next), 2);
        sheet.brief("", &format!("--answer {}=…", next.fact), 1);
    }
}

/// The reasons behind the strongest, what speaks against it, what would change it, and what comes
/// first.
pub(super) fn write_text_reasons(sheet: &mut ReportSheet, decision: &Decision, previous: &str) {
    if decision.because.len() > 1
        || !decision.against.is_empty()
        || !decision.flips.is_empty()
        || !decision.conditions.is_empty()
    {
        sheet.title("Why", "");
    }
    for (at, reason) in decision.because.iter().enumerate() {
        sheet.hang(
            if at == 0 { "because" } else { "" },
            &words::write_weighted_reason(reason),
            11,
        );
    }
    for (at, reason) in decision.against.iter().take(3).enumerate() {
        sheet.hang(
            if at == 0 { "against" } else { "" },
            &words::write_weighted_reason(reason),
            11,
        );
    }
    for (at, flip) in decision.flips.iter().enumerate() {
        sheet.hang(
            if at == 0 { "flips if" } else { "" },
            &words::write_flip(flip, previous),
            11,
        );
    }
    if !decision.assumed.is_empty() {
        let assumed: Vec<String> = decision
            .assumed
            .iter()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        sheet.label("assumed", &assumed.join(", "));
    }
    if !decision.conditions.is_empty() {
        sheet.gap();
        for (at, condition) in decision.conditions.iter().enumerate() {
            self::write_text_condition(sheet, condition.lead(at), condition);
        }
    }
}

fn write_text_condition(sheet: &mut ReportSheet, lead: &str, condition: &Condition) {
    sheet.label(lead, &condition.says.shown());
    for step in &condition.steps {
        sheet.code(step, 13);
    }
}

pub(in crate::report) fn write_text_options(
    sheet: &mut ReportSheet,
    decision: &Decision,
    previous: &str,
) {
    if decision.options.is_empty() {
        return;
    }
    let sums = decision.margin.map(|margin| {
        format!(
            "weights: back {}, forward {}: {}",
            words::write_weight(decision.back, false),
            words::write_weight(decision.forward, false),
            words::write_weight_lean(margin)
        )
    });
    sheet.title("Options", &sums.unwrap_or_default());
    let (standings, questions) = list_option_standings(decision);
    let titles: Vec<String> = standings
        .iter()
        .map(|one| words::option_title(one.status.option, previous))
        .collect();
    let column = titles
        .iter()
        .map(|title| title.width())
        .max()
        .unwrap_or(0)
        .min(sheet.room().saturating_sub(14))
        + 2;
    for (one, title) in standings.iter().zip(&titles) {
        let mark = if one.status.option == decision.option {
            "▸ "
        } else {
            "  "
        };
        sheet.line(&format!(
            "{mark}{}{}",
            pad_report_text(&fit_report_text(title, column - 2), column),
            words::write_option_state(one.status.state)
        ));
        for blocker in &one.blockers {
            sheet.hang("", &blocker.says.shown(), 4);
        }
        for condition in &one.first {
            sheet.hang("", &format!("→ {}", condition.says), 4);
        }
        let arrow = one.settle_line().map(|line| format!("→ {line}"));
        let open: Vec<String> = [one.open_line(), arrow].into_iter().flatten().collect();
        if !open.is_empty() {
            sheet.hang("", &open.join("  "), 4);
        }
    }
    if !questions.is_empty() {
        sheet.gap();
        sheet.hang("", "These answers would settle what is open:", 0);
        for (at, asks) in questions.iter().enumerate() {
            sheet.hang(&format!("{:>3}", at + 1), asks, 5);
        }
    }
}
