//! The plan as Markdown, what to look at before it, and until when it can be had.

use super::blocks::{write_details_block, write_section_title};
use crate::model::{Assessment, CheckState};
use crate::report::escape::{escape_markdown_text, is_sql, write_code_fence, write_inline_code};
use crate::report::words;

/// The plan, with what to look at before it and until when it can be had.
pub(super) fn write_plan_blocks(assessment: &Assessment) -> Vec<String> {
    let mut parts = Vec::new();
    let limits = &assessment.no_return;
    if !assessment.preflight.is_empty() {
        let open = assessment
            .preflight
            .iter()
            .filter(|check| check.state != CheckState::Fine)
            .count();
        parts.push(write_details_block(
            &write_section_title(
                "Before going back",
                &format!(
                    "{open} of {} checks do not hold or are open",
                    assessment.preflight.len()
                ),
            ),
            write_markdown_preflight(assessment),
        ));
    }
    if !limits.is_empty() {
        parts.push(write_details_block(
            &write_section_title(
                "Until when",
                &words::write_count(limits.len() as u64, "limit", "limits"),
            ),
            until_when(assessment),
        ));
    }
    parts.push(write_details_block(
        &write_section_title(
            "Plan",
            &words::write_count(assessment.plan.len() as u64, "step", "steps"),
        ),
        write_markdown_plan(assessment),
    ));
    parts
}

pub(in crate::report) fn write_markdown_plan(assessment: &Assessment) -> String {
    let mut out = "| | Step | How | Why |\n| ---: | --- | --- | --- |\n".to_owned();
    for (at, step) in assessment.plan.iter().enumerate() {
        let undo = step.undo.as_ref().map_or_else(String::new, |undo| {
            format!("<br>undo: {}", escape_markdown_text(&undo.shown()))
        });
        let expect = step.expect.as_ref().map_or_else(String::new, |expect| {
            format!("<br>expect: {}", escape_markdown_text(&expect.shown()))
        });
        let title = if step.how == crate::model::StepMode::Skip {
            format!("~~{}~~", escape_markdown_text(&step.step.shown()))
        } else {
            escape_markdown_text(&step.step.shown())
        };
        out.push_str(&format!(
            "| {} | {title} | {} | {}{expect}{undo} |\n",
            at + 1,
            words::write_step_mode(step.how),
            escape_markdown_text(&step.why.shown())
        ));
    }
    for (at, step) in assessment.plan.iter().enumerate() {
        if let Some(command) = &step.command {
            out.push_str(&format!(
                "\nStep {}:\n\n{}",
                at + 1,
                write_code_fence(
                    &command.shown_lines(),
                    if is_sql(&command.shown_lines()) {
                        "sql"
                    } else {
                        "sh"
                    }
                )
            ));
        }
    }
    out
}

/// What to look at before going back.
pub(super) fn write_markdown_preflight(assessment: &Assessment) -> String {
    let mut out = "| | Check | Command |\n| --- | --- | --- |\n".to_owned();
    for check in &assessment.preflight {
        let command = check
            .command
            .as_deref()
            .map_or_else(String::new, write_inline_code);
        out.push_str(&format!(
            "| {} | {} | {command} |\n",
            words::write_check_state(check.state),
            escape_markdown_text(&check.says)
        ));
    }
    out
}

/// Until when each option can be had.
pub(super) fn until_when(assessment: &Assessment) -> String {
    let mut out =
        "| Option | When | What happens then | Why |\n| --- | --- | --- | --- |\n".to_owned();
    for point in &assessment.no_return {
        let option = point.option.map_or("the decision", |option| option.title());
        let when = match (point.passed, point.at) {
            (true, _) => "passed".to_owned(),
            (false, Some(at)) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            (false, None) => "an event".to_owned(),
        };
        out.push_str(&format!(
            "| {option} | {when} | {} | {} |\n",
            escape_markdown_text(&point.says.shown()),
            escape_markdown_text(&point.why.shown())
        ));
    }
    out
}
