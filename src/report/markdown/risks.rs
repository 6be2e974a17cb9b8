//! What was found, what was looked at, and what would disappear, as Markdown.

use super::bounds::{ENTRIES, STEPS};
use crate::model::{Assessment, Domain, Finding, Severity, Untrusted, find_strictest_declaration};
use crate::report::escape::{escape_markdown_text, write_code_fence, write_inline_code};
use crate::report::lost_changes::write_change_kinds;
use crate::report::words;

/// Bounds that keep the whole below what forges take in one comment (65,536 characters).
const FINDINGS: usize = 30;

const UNCHECKED: usize = 20;

pub(in crate::report) fn write_markdown_findings(list: &[&Finding]) -> String {
    let mut out = String::new();
    if list.is_empty() {
        out.push_str("Nothing was found that stands in the way.\n\n");
    } else {
        out.push_str("| | What | Why, and what to do | Where |\n| --- | --- | --- | --- |\n");
    }
    for finding in list.iter().take(FINDINGS) {
        let (places, more) = words::places_and_more(&finding.evidence, 2);
        let places: Vec<String> = places
            .iter()
            .map(|place| write_inline_code(place))
            .chain(more.iter().map(|more| escape_markdown_text(more)))
            .collect();
        let what = format!(
            "{}<br>{}",
            write_inline_code(&finding.subject.shown()),
            escape_markdown_text(&finding.says.shown())
        );
        let why = [&finding.why, &finding.action]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| escape_markdown_text(&part.shown()))
            .collect::<Vec<_>>()
            .join("<br>→ ");
        let severity = match finding.severity {
            Severity::Blocks => "**blocks**",
            other => words::write_severity(other),
        };
        out.push_str(&format!(
            "| {severity} | {what} | {why} | {} |\n",
            places.join("<br>")
        ));
    }
    if list.len() > FINDINGS {
        out.push_str(&format!("\n{} more.\n", list.len() - FINDINGS));
    }
    for finding in list
        .iter()
        .filter(|finding| finding.compatibility_step.is_some())
        .take(STEPS)
    {
        let step = finding
            .compatibility_step
            .as_ref()
            .map_or_else(String::new, Untrusted::shown_lines);
        out.push_str(&format!(
            "\nFor {}:\n\n{}",
            write_inline_code(&finding.subject.shown()),
            write_code_fence(
                &step,
                if finding.domain == Domain::Database {
                    "sql"
                } else {
                    ""
                }
            )
        ));
    }
    out
}

pub(super) fn write_markdown_fine_count(assessment: &Assessment) -> String {
    let fine = assessment
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Fine)
        .count() as u64;
    if fine == 0 {
        String::new()
    } else {
        format!(
            "\n{} looked at and found fine.\n",
            words::write_count(fine, "thing was", "things were")
        )
    }
}

pub(in crate::report) fn write_markdown_entries(assessment: &Assessment) -> String {
    let log = &assessment.changelog;
    let mut out: String = log
        .notes
        .iter()
        .map(|note| format!("{}\n\n", escape_markdown_text(note)))
        .collect();
    let kinds = write_change_kinds(assessment);
    if !kinds.is_empty() {
        out.push_str(&format!("Files: {kinds}\n\n"));
    }
    let entries = words::sort_riskiest_entries(&log.entries);
    if entries.is_empty() {
        return out + "No change would disappear.\n";
    }
    out.push_str("| Commit | Change | If it were reverted |\n| --- | --- | --- |\n");
    for entry in entries.iter().take(ENTRIES) {
        let kind = entry.kind.as_ref().map_or_else(String::new, |kind| {
            format!("{}: ", escape_markdown_text(&kind.shown()))
        });
        let breaking = if entry.breaking { "**breaking** " } else { "" };
        let number = entry
            .pull_request
            .map_or_else(String::new, |number| format!(" (#&#8203;{number})"));
        let mut hints: Vec<String> = entry
            .security
            .iter()
            .map(|id| escape_markdown_text(id))
            .collect();
        hints.insert(0, words::entry_words(entry));
        hints.extend(
            find_strictest_declaration(&entry.declared).map(|one| one.declared.says().to_owned()),
        );
        hints.retain(|hint| !hint.is_empty());
        out.push_str(&format!(
            "| `{}` | {breaking}{kind}{}{number} | {} |\n",
            words::abbreviate_commit_id(&entry.commit).replace(['`', '|'], ""),
            escape_markdown_text(&entry.title.shown()),
            hints.join(", ")
        ));
    }
    if entries.len() > ENTRIES {
        out.push_str(&format!(
            "\n{} more.\n",
            words::write_count((entries.len() - ENTRIES) as u64, "change", "changes")
        ));
    }
    out
}

/// How the changed files stand in each domain; nothing before everything was read.
pub(in crate::report) fn write_markdown_coverage(assessment: &Assessment) -> Option<String> {
    let looked: Vec<(&str, String)> = crate::report::coverage::coverage_lines(assessment);
    let rows: String = looked
        .iter()
        .map(|(domain, says)| format!("| {domain} | {} |\n", escape_markdown_text(says)))
        .collect();
    (!looked.is_empty()).then(|| format!("| | |\n| --- | --- |\n{rows}"))
}

pub(in crate::report) fn write_markdown_unchecked(assessment: &Assessment) -> String {
    let mut out = "| What | Why | Settle with |\n| --- | --- | --- |\n".to_owned();
    for one in assessment.unchecked.iter().take(UNCHECKED) {
        let settle = one
            .settle_with
            .as_ref()
            .map_or_else(String::new, |settle| escape_markdown_text(&settle.shown()));
        out.push_str(&format!(
            "| {} | {} | {settle} |\n",
            write_inline_code(&one.what.shown()),
            escape_markdown_text(&one.why.shown())
        ));
    }
    if assessment.unchecked.len() > UNCHECKED {
        out.push_str(&format!(
            "\n{} more.\n",
            assessment.unchecked.len() - UNCHECKED
        ));
    }
    out
}
