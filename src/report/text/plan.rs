//! The plan in lines, what to look at before it, and until when it can be had.

use crate::model::{Assessment, CheckState, OptionId, StepMode};
use crate::report::layout::ReportSheet;
use crate::report::words;
use jiff::tz::TimeZone;

const LIMITS: usize = 6;

pub(in crate::report) fn write_text_plan(sheet: &mut ReportSheet, assessment: &Assessment) {
    if assessment.plan.is_empty() {
        return;
    }
    sheet.title(
        "Plan",
        &words::write_count(assessment.plan.len() as u64, "step", "steps"),
    );
    for (at, step) in assessment.plan.iter().enumerate() {
        sheet.hang(
            &format!("{:>2}  {}", at + 1, words::write_step_mode(step.how)),
            &step.step.shown(),
            19,
        );
        if !step.why.is_empty() {
            sheet.hang("", &step.why.shown(), 19);
        }
        if let Some(command) = &step.command {
            sheet.code(&command.shown_lines(), 21);
        }
        if let Some(expect) = &step.expect {
            sheet.hang("", &format!("expect: {expect}"), 19);
        }
        if let Some(undo) = &step.undo {
            sheet.hang("", &format!("undo: {undo}"), 19);
        }
    }
}

/// Until when each option can be had.
pub(super) fn until_when(sheet: &mut ReportSheet, assessment: &Assessment, zone: &TimeZone) {
    if assessment.no_return.is_empty() {
        return;
    }
    sheet.title(
        "Until when",
        &words::write_count(assessment.no_return.len() as u64, "limit", "limits"),
    );
    for point in assessment.no_return.iter().take(LIMITS) {
        let option = point.option.map_or("the decision", |option| option.title());
        let when = match (point.passed, point.at) {
            (true, Some(at)) => {
                format!(
                    ", over since {}:",
                    words::write_utc_and_local_time(at, zone)
                )
            }
            (true, None) => ", over:".to_owned(),
            (false, Some(at)) => {
                format!(" until {}: then", words::write_utc_and_local_time(at, zone))
            }
            (false, None) => " until:".to_owned(),
        };
        sheet.hang("·", &format!("{option}{when} {}", point.says), 2);
        sheet.hang("", &point.why.shown(), 2);
    }
    if assessment.no_return.len() > LIMITS {
        sheet.hang(
            "",
            &format!(
                "{} more; --format json lists all.",
                assessment.no_return.len() - LIMITS
            ),
            2,
        );
    }
}

/// What to look at before going back, where the plan does not say it already.
pub(in crate::report) fn write_text_preflight(sheet: &mut ReportSheet, assessment: &Assessment) {
    // the steps of going back begin with these checks
    let back = assessment.verdict.as_ref().is_some_and(|decision| {
        matches!(
            decision.option,
            OptionId::RollBack | OptionId::RollBackWithConditions
        )
    });
    let said = back
        && assessment
            .plan
            .iter()
            .any(|step| step.how == StepMode::Check);
    if assessment.preflight.is_empty() || said {
        return;
    }
    let fine = assessment
        .preflight
        .iter()
        .filter(|check| check.state == CheckState::Fine)
        .count();
    sheet.title(
        "Before going back",
        &format!("{fine} of {} checks hold", assessment.preflight.len()),
    );
    for check in &assessment.preflight {
        sheet.hang(words::write_check_state(check.state), &check.says, 7);
        if let Some(command) = &check.command {
            sheet.code(command, 9);
        }
    }
}
