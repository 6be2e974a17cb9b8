//! The plan: its steps in order, as they were to be done and as far as the record says what became
//! of them.

use super::Section;
use super::html::Html;
use crate::model::{Assessment, StepMode};
use crate::report::escape::is_sql;
use crate::report::subject::ReportSubject;
use crate::report::words;
use crate::session::SessionState;

/// Most steps.
const STEPS: usize = 120;

/// What became of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum StepFate {
    /// The record does not say.
    NotRecorded,
    /// The plan leaves it out.
    LeftOut,
}

impl StepFate {
    pub(in crate::report) fn sign(self) -> &'static str {
        match self {
            Self::NotRecorded => "",
            Self::LeftOut => "⊘",
        }
    }
}

/// One step of the plan, as every report shows it.
pub(in crate::report) struct PlanRow<'a> {
    pub(in crate::report) number: usize,
    pub(in crate::report) step: &'a str,
    pub(in crate::report) how: StepMode,
    pub(in crate::report) why: &'a str,
    pub(in crate::report) command: Option<&'a str>,
    pub(in crate::report) expect: Option<&'a str>,
    pub(in crate::report) undo: Option<&'a str>,
    pub(in crate::report) fate: StepFate,
}

/// The steps of the plan with what the session says became of each. Every report of a plan draws
/// from here, so that a record that says more is shown everywhere.
pub(in crate::report) fn list_plan_rows<'a>(
    assessment: &'a Assessment,
    _state: &SessionState,
) -> Vec<PlanRow<'a>> {
    let rows = assessment.plan.iter().enumerate();
    rows.map(|(at, step)| PlanRow {
        number: at + 1,
        step: &step.step,
        how: step.how,
        why: &step.why,
        command: step.command.as_deref(),
        expect: step.expect.as_deref(),
        undo: step.undo.as_deref(),
        fate: if step.how == StepMode::Skip {
            StepFate::LeftOut
        } else {
            StepFate::NotRecorded
        },
    })
    .collect()
}

pub(super) fn write_plan(subject: &ReportSubject<'_>) -> Option<Section> {
    let assessment = subject.assessment.filter(|one| !one.plan.is_empty())?;
    let rows = list_plan_rows(assessment, &subject.state());
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
    Some(Section {
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
    html.element(" <b>", row.step, "</b> ");
    html.element(
        "<span class=\"state\">",
        words::write_step_mode(row.how),
        "</span></p>",
    );
    if !row.why.is_empty() {
        html.element("<p>", row.why, "</p>");
    }
    if let Some(command) = row.command {
        html.block(
            if is_sql(command) {
                "<pre class=\"sql\">"
            } else {
                "<pre>"
            },
            command,
            "</pre>",
        );
    }
    for (label, text) in [("expect: ", row.expect), ("undo: ", row.undo)] {
        if let Some(text) = text {
            html.raw("<p class=\"dim\">");
            html.raw(label);
            html.element("", text, "</p>");
        }
    }
    html.raw("</div></li>\n");
}
