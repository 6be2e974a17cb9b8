//! The assessment as Markdown: its parts in order, while they fit.

use super::blocks::{write_details_block, write_section_title};
use super::bounds::ENTRIES;
use super::plan::{until_when, write_markdown_preflight, write_plan_blocks};
use super::risks::{
    write_markdown_coverage, write_markdown_entries, write_markdown_findings,
    write_markdown_fine_count, write_markdown_unchecked,
};
use super::verdict::{
    write_markdown_conditions, write_markdown_head, write_markdown_options, write_markdown_verdict,
};
use crate::model::Assessment;
use crate::report::escape::escape_markdown_text;
use crate::report::lost_changes::write_changelog_figures;
use crate::report::words;

/// Longest report, in characters.
const LIMIT: usize = 64_000;

/// The assessment as Markdown to paste into a ticket or a pull request. Text from the repository
/// shows as it is and does nothing.
pub fn write_assessment_markdown(assessment: &Assessment) -> String {
    let mut parts = vec![write_markdown_head(assessment)];
    if let Some(decision) = &assessment.verdict {
        parts.push(write_markdown_verdict(decision, assessment));
        parts.push(write_markdown_conditions(&decision.conditions));
    }
    parts.extend(write_markdown_deployment(assessment));
    let back = words::filter_findings(assessment, false);
    let forward = words::filter_findings(assessment, true);
    parts.push(write_details_block(
        &write_section_title("Risks on the way back", &words::tally_severities(&back)),
        write_markdown_findings(&back) + &write_markdown_fine_count(assessment),
    ));
    if !forward.is_empty() {
        parts.push(write_details_block(
            &write_section_title("Risks while deploying", &words::tally_severities(&forward)),
            write_markdown_findings(&forward),
        ));
    }
    if let Some(looked) = write_markdown_coverage(assessment) {
        let open = crate::report::coverage::open_line(assessment).map_or_else(
            || "nothing is open".to_owned(),
            |open| format!("open: {open}"),
        );
        parts.push(write_details_block(
            &write_section_title("What was looked at", &open),
            looked,
        ));
    }
    parts.push(write_details_block(
        &write_section_title("What would disappear", &write_changelog_figures(assessment)),
        write_markdown_entries(assessment),
    ));
    if !assessment.unchecked.is_empty() {
        let number = words::write_count(assessment.unchecked.len() as u64, "thing", "things");
        parts.push(write_details_block(
            &write_section_title("Could not check", &number),
            write_markdown_unchecked(assessment),
        ));
    }
    parts.extend(write_markdown_checklist(assessment));
    if let Some(decision) = &assessment.verdict {
        parts.push(write_details_block(
            "Options",
            write_markdown_options(decision, &assessment.previous.version.shown()),
        ));
    }
    if !assessment.plan.is_empty() {
        parts.extend(write_plan_blocks(assessment));
    }
    let tool = escape_markdown_text(&assessment.tool);
    assemble_markdown_parts(
        parts,
        &format!(
            "<sub>{tool} · `{}`…`{}`</sub>\n",
            words::abbreviate_commit_id(&assessment.previous.commit),
            words::abbreviate_commit_id(&assessment.current.commit)
        ),
    )
}

fn write_markdown_deployment(assessment: &Assessment) -> Option<String> {
    let live = words::list_deployment_answers(assessment);
    (!live.is_empty()).then(|| {
        let rows: String = live
            .iter()
            .map(|(name, says)| {
                format!(
                    "| {} | {} |\n",
                    escape_markdown_text(name),
                    escape_markdown_text(says)
                )
            })
            .collect();
        write_details_block("What is live", format!("| | |\n| --- | --- |\n{rows}"))
    })
}

/// What the checklist of the repository changes.
fn write_markdown_checklist(assessment: &Assessment) -> Option<String> {
    let changes = &assessment.checklist_changes;
    (!changes.is_empty()).then(|| {
        let list: String = changes
            .iter()
            .take(ENTRIES)
            .map(|change| format!("- {}\n", escape_markdown_text(&change.says)))
            .collect();
        let more = changes.len().saturating_sub(ENTRIES);
        let more = if more == 0 {
            String::new()
        } else {
            format!("\n{more} more.\n")
        };
        write_details_block(
            &write_section_title(
                "The checklist of this repository",
                &words::write_count(changes.len() as u64, "change", "changes"),
            ),
            list + &more,
        )
    })
}

/// What to look at before going back, and until when that can be done, as Markdown.
pub fn preflight_markdown(assessment: &Assessment) -> String {
    let mut out = write_markdown_preflight(assessment);
    if !assessment.no_return.is_empty() {
        out.push_str(&format!("\n### Until when\n\n{}", until_when(assessment)));
    }
    out
}

/// Parts in order while they fit; a part is left out whole, so that no table or fence is cut in
/// two, and that is said.
fn assemble_markdown_parts(parts: Vec<String>, foot: &str) -> String {
    let (mut out, mut left) = (String::new(), 0_u64);
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if out.chars().count() + part.chars().count() > LIMIT {
            left += 1;
            continue;
        }
        out.push_str(&part);
        out.push('\n');
    }
    if left > 0 {
        out.push_str(&format!(
            "*{} left out for length; `--format json` has all.*\n\n",
            words::write_count(left, "part was", "parts were")
        ));
    }
    out + foot
}
