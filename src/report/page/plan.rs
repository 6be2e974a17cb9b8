//! The plan: its steps in order, as they were to be done and as far as the record says what became
//! of them.

use super::frame::PageSection;
use super::html::Html;
use crate::model::{CheckState, OptionId};
use crate::report::escape::is_sql;
use crate::report::plan_row::{PlanRow, StepFate, list_plan_rows, tell_subject_runs};
use crate::report::run::{self, ToldStep};
use crate::report::subject::ReportSubject;
use crate::report::words;

/// Most plans that were run.
const RUNS: usize = 10;
/// Most steps.
const STEPS: usize = 120;

/// The plans as they were run: each step with how it ended, when, what it took and what was said.
pub(super) fn write_runs(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let runs = tell_subject_runs(subject);
    let last = runs.last()?;
    let mut html = Html::new(&subject.names);
    for run in runs.iter().take(RUNS) {
        let lead = format!("{}: {}", run.title, run.progress);
        html.element("<p class=\"lead\">", &lead, "</p>\n<ul class=\"board\">\n");
        for step in run.steps.iter().take(STEPS) {
            write_told_step(&mut html, step);
        }
        html.raw("</ul>\n");
        html.left_out(run.steps.len().saturating_sub(STEPS), "steps");
    }
    html.left_out(runs.len().saturating_sub(RUNS), "plans");
    html.element("<p class=\"more\">", run::HOW, " Times are UTC.</p>\n");
    Some(PageSection {
        id: "run",
        title: "The plan as it was run",
        figure: last.progress.clone(),
        body: html.finish(),
    })
}

fn write_told_step(html: &mut Html<'_>, step: &ToldStep) {
    html.raw(match step.ended {
        "done" => "<li class=\"hue-go\"><span class=\"sign\">✓</span><div><p class=\"name\"><b>",
        "failed" => {
            "<li class=\"hue-stop\"><span class=\"sign\">✗</span><div><p class=\"name\"><b>"
        }
        "left out" => "<li class=\"out\"><span class=\"sign\">⊘</span><div><p class=\"name\"><b>",
        "begun" => "<li class=\"hue-back\"><span class=\"sign\">▸</span><div><p class=\"name\"><b>",
        _ => "<li><span class=\"sign\">○</span><div><p class=\"name\"><b>",
    });
    html.element("", &step.says, "</b> ");
    html.element("<span class=\"state\">", step.ended, "</span></p>");
    for line in &step.said {
        html.element("<p>", line, "</p>");
    }
    html.raw("</div><p class=\"until\">");
    if let Some(at) = step.at {
        let at = at.strftime("%H:%M:%S").to_string();
        html.element("", &at, "");
    }
    if !step.took.is_empty() {
        html.element("<span>", &step.took, "</span>");
    }
    html.raw("</p></li>\n");
}

pub(super) fn write_plan(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let assessment = subject.assessment.filter(|one| !one.plan.is_empty())?;
    let rows = list_plan_rows(assessment);
    let mut html = Html::new(&subject.names);
    if let Some(option) = subject.option() {
        let title = words::option_title(option, &subject.pair.0);
        let kind = if subject.decided().is_some() {
            "Plan of what was decided"
        } else {
            "Plan of what is recommended"
        };
        html.element("<p class=\"lead\">", &format!("{kind}: {title}"), "</p>\n");
    }
    html.raw("<ol class=\"plan\">\n");
    for row in rows.iter().take(STEPS) {
        write_step(&mut html, row);
    }
    html.raw("</ol>\n");
    html.left_out(rows.len().saturating_sub(STEPS), "steps");
    Some(PageSection {
        id: "plan",
        title: "Plan",
        figure: words::write_count(rows.len() as u64, "step", "steps"),
        body: html.finish(),
    })
}

fn write_step(html: &mut Html<'_>, row: &PlanRow<'_>) {
    html.raw(if row.fate == StepFate::LeftOut {
        "<li class=\"out\"><span class=\"no\">"
    } else {
        "<li><span class=\"no\">"
    });
    html.number(row.number as f64);
    html.raw("</span><div><p class=\"name\">");
    html.raw(row.fate.sign());
    html.element(" <b>", &row.step.shown(), "</b> ");
    html.element(
        "<span class=\"state\">",
        words::write_step_mode(row.how),
        "</span></p>",
    );
    if !row.why.is_empty() {
        html.element("<p>", &row.why.shown(), "</p>");
    }
    if let Some(command) = row.command {
        html.block(
            if is_sql(&command.shown_lines()) {
                "<pre class=\"sql\">"
            } else {
                "<pre>"
            },
            &command.shown_lines(),
            "</pre>",
        );
    }
    for (label, text) in [("expect: ", row.expect), ("undo: ", row.undo)] {
        if let Some(text) = text {
            html.raw("<p class=\"dim\">");
            html.raw(label);
            html.element("", &text.shown(), "</p>");
        }
    }
    html.raw("</div></li>\n");
}

/// What to look at before going back, and until when each option can be had.
pub(super) fn write_preflight(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let assessment = subject.assessment?;
    if assessment.preflight.is_empty() && assessment.no_return.is_empty() {
        return None;
    }
    let mut html = Html::new(&subject.names);
    html.raw("<ul class=\"board\">\n");
    for check in assessment.preflight.iter().take(STEPS) {
        html.raw(match check.state {
            CheckState::Wrong => "<li class=\"hue-stop\"><span class=\"sign\">✗</span><div><p>",
            CheckState::Open => "<li class=\"hue-back\"><span class=\"sign\">?</span><div><p>",
            CheckState::Fine => "<li class=\"hue-go\"><span class=\"sign\">✓</span><div><p>",
        });
        html.element("", &check.says, "</p>");
        if let Some(command) = &check.command {
            html.block("<pre>", command, "</pre>");
        }
        html.raw("</div><p class=\"until\">");
        html.element("", words::write_check_state(check.state), "</p></li>\n");
    }
    html.raw("</ul>\n");
    html.left_out(assessment.preflight.len().saturating_sub(STEPS), "checks");
    if !assessment.no_return.is_empty() {
        html.raw("<p class=\"lead\">Until when:</p>\n<ul>\n");
    }
    for point in assessment.no_return.iter().take(STEPS) {
        let option = point.option.map_or("The decision", OptionId::title);
        let when = match (point.passed, point.at) {
            (true, _) => "passed".to_owned(),
            (false, Some(at)) => words::write_utc_and_local_time(at, &subject.zone),
            (false, None) => "until an event".to_owned(),
        };
        html.element("<li><b>", option, "</b>, ");
        html.element("", &format!("{when}: {}", point.says), " ");
        html.element("<span class=\"dim\">", &point.why.shown(), "</span></li>\n");
    }
    if !assessment.no_return.is_empty() {
        html.raw("</ul>\n");
    }
    let open = assessment.preflight.iter();
    let open = open.filter(|check| check.state != CheckState::Fine).count();
    Some(PageSection {
        id: "before",
        title: "Before going back",
        figure: format!(
            "{open} of {} do not hold or are open",
            words::write_count(assessment.preflight.len() as u64, "check", "checks")
        ),
        body: html.finish(),
    })
}
