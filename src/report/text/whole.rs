//! The assessment as plain text: its parts in order.

use super::bounds::{LONGEST, NOTES};
use super::plan::{until_when, write_text_plan, write_text_preflight};
use super::risks::{looked_at, write_text_lost_changes, write_text_risks, write_text_unchecked};
use super::verdict::{
    write_text_essentials, write_text_head, write_text_options, write_text_reasons,
};
use crate::model::{Assessment, escape_invisible, shorten_text};
use crate::report::layout::ReportSheet;
use crate::report::words;
use jiff::tz::TimeZone;

/// Lines that hold the verdict, the strongest risk, what is open and the next question.
#[cfg(test)]
pub(in crate::report) const FIRST: usize = 24;

/// The assessment as plain text for a terminal or a pipe, `width` columns at most (and never more
/// than a line one can read).
pub fn write_assessment_text(assessment: &Assessment, width: usize) -> String {
    text_in(assessment, width, &TimeZone::system())
}

/// What to look at before going back, and until when that can be done.
pub fn preflight_text(assessment: &Assessment, width: usize) -> String {
    let mut sheet = ReportSheet::new(width);
    let plain = Assessment {
        plan: Vec::new(),
        ..assessment.clone()
    };
    write_text_preflight(&mut sheet, &plain);
    until_when(&mut sheet, &plain, &TimeZone::system());
    sheet.finish()
}

pub(in crate::report) fn text_in(assessment: &Assessment, width: usize, zone: &TimeZone) -> String {
    let mut sheet = ReportSheet::new(width);
    write_text_head(&mut sheet, assessment, zone);
    write_text_essentials(&mut sheet, assessment);
    if let Some(decision) = &assessment.verdict {
        write_text_reasons(&mut sheet, decision, &assessment.previous.version.shown());
    }
    write_text_deployment(&mut sheet, assessment);
    write_text_risks(&mut sheet, assessment);
    looked_at(&mut sheet, assessment);
    write_text_lost_changes(&mut sheet, assessment);
    write_text_unchecked(&mut sheet, assessment);
    own_checklist(&mut sheet, assessment);
    if let Some(decision) = &assessment.verdict {
        write_text_options(&mut sheet, decision, &assessment.previous.version.shown());
    }
    write_text_plan(&mut sheet, assessment);
    write_text_preflight(&mut sheet, assessment);
    until_when(&mut sheet, assessment, zone);
    sheet.finish()
}

/// What the repository's own checklist does to the rules, one by one.
fn own_checklist(sheet: &mut ReportSheet, assessment: &Assessment) {
    let changes = &assessment.checklist_changes;
    if changes.is_empty() {
        return;
    }
    sheet.title(
        "The checklist of this repository",
        &words::write_count(changes.len() as u64, "change", "changes"),
    );
    for change in changes.iter().take(NOTES) {
        sheet.label(
            if change.in_force {
                "counts"
            } else {
                "does not"
            },
            &escape_invisible(&change.says),
        );
    }
    if changes.len() > NOTES {
        sheet.label(
            "",
            &format!("{} more; `--format json` has all", changes.len() - NOTES),
        );
    }
}

fn write_text_deployment(sheet: &mut ReportSheet, assessment: &Assessment) {
    let rows = words::list_deployment_answers(assessment);
    if rows.is_empty() {
        return;
    }
    let open: std::collections::BTreeSet<&str> = assessment
        .also_said
        .iter()
        .map(|fact| fact.key.as_str())
        .collect();
    let right = if open.is_empty() {
        String::new()
    } else {
        format!(
            "{} in dispute",
            words::write_count(open.len() as u64, "fact", "facts")
        )
    };
    sheet.title("What is live", &right);
    for (asks, says) in rows {
        sheet.hang("·", &shorten_text(&format!("{asks} {says}"), LONGEST), 2);
    }
}
