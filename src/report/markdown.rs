//! The assessment as Markdown for a ticket or a pull request: the verdict open, the rest behind
//! summaries that can be unfolded.

use super::escape::{escape_markdown_text, is_sql, write_code_fence, write_inline_code};
use super::lost_changes::{write_change_kinds, write_changelog_figures};
use super::standing::list_option_standings;
use super::{top, words};
use crate::model::{
    Assessment, CheckState, Condition, Decision, Domain, Finding, Severity, checklist_line,
    find_strictest_declaration, past_rollbacks_line,
};

/// Bounds that keep the whole below what forges take in one comment (65,536 characters).
const FINDINGS: usize = 30;
const STEPS: usize = 6;
const ENTRIES: usize = 40;
const UNCHECKED: usize = 20;
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
    let live = words::list_deployment_answers(assessment);
    if !live.is_empty() {
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
        parts.push(write_details_block(
            "What is live",
            format!("| | |\n| --- | --- |\n{rows}"),
        ));
    }
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
        let open = super::coverage::open_line(assessment).map_or_else(
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
    let changes = &assessment.checklist_changes;
    if !changes.is_empty() {
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
        parts.push(write_details_block(
            &write_section_title(
                "The checklist of this repository",
                &words::write_count(changes.len() as u64, "change", "changes"),
            ),
            list + &more,
        ));
    }
    if let Some(decision) = &assessment.verdict {
        parts.push(write_details_block(
            "Options",
            write_markdown_options(decision, &assessment.previous.version),
        ));
    }
    if !assessment.plan.is_empty() {
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

/// What to look at before going back, and until when that can be done, as Markdown.
pub fn preflight_markdown(assessment: &Assessment) -> String {
    let mut out = write_markdown_preflight(assessment);
    if !assessment.no_return.is_empty() {
        out.push_str(&format!("\n### Until when\n\n{}", until_when(assessment)));
    }
    out
}

/// Text of a repository or a person for one cell of a Markdown table: it shows as it is and does
/// nothing.
pub fn escape_table_cell(says: &str) -> String {
    escape_markdown_text(says)
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

fn write_section_title(title: &str, right: &str) -> String {
    if right.is_empty() {
        title.to_owned()
    } else {
        format!("{title}: {right}")
    }
}

fn write_details_block(summary: &str, body: String) -> String {
    format!(
        "<details><summary>{summary}</summary>\n\n{}\n\n</details>\n",
        body.trim_end()
    )
}

fn write_markdown_head(assessment: &Assessment) -> String {
    let (title, strength) = match &assessment.verdict {
        Some(decision) => (
            words::write_decision_headline(decision, &assessment.previous.version),
            words::write_strength(decision),
        ),
        None => ("Not decided yet".to_owned(), String::new()),
    };
    let mut about = vec![
        format!(
            "**{}**",
            escape_markdown_text(&words::find_service_name(assessment))
        ),
        format!(
            "{} is out, {} is what we would go back to",
            write_inline_code(&assessment.current.version),
            write_inline_code(&assessment.previous.version)
        ),
    ];
    about.extend(
        assessment
            .environment
            .as_ref()
            .map(|environment| escape_markdown_text(environment)),
    );
    about.extend(assessment.gate.map(|gate| format!("gate {}", gate.id())));
    about.extend(
        assessment
            .verdict
            .as_ref()
            .and_then(|decision| decision.deadline)
            .map(|at| format!("decide by {}", at.strftime("%Y-%m-%d %H:%M UTC"))),
    );
    let strength = if strength.is_empty() {
        String::new()
    } else {
        format!("*{strength}*\n\n")
    };
    format!(
        "## {}\n\n{strength}{}\n",
        escape_markdown_text(&title),
        about.join(" · ")
    )
}

fn write_markdown_verdict(decision: &Decision, assessment: &Assessment) -> String {
    let mut rows: Vec<(&str, String)> =
        vec![("Rests on", escape_markdown_text(&top::rests_on(assessment)))];
    rows.extend(
        checklist_line(&assessment.checklist_changes)
            .map(|line| ("Checklist", escape_markdown_text(&line))),
    );
    rows.extend(
        top::find_strongest_reason(decision)
            .map(|reason| ("Because", escape_markdown_text(&reason))),
    );
    rows.extend(
        past_rollbacks_line(&assessment.rolled_back_before)
            .map(|line| ("Before", escape_markdown_text(&line))),
    );
    rows.push(match top::find_strongest_risk(assessment) {
        Some(risk) => (
            "Strongest risk",
            format!(
                "*{}* {}<br>{}",
                risk.severity,
                escape_markdown_text(&risk.says),
                escape_markdown_text(&risk.place)
            ),
        ),
        None => ("Strongest risk", top::no_risk(assessment).to_owned()),
    });
    rows.extend(
        top::list_open_points(assessment)
            .iter()
            .map(|line| ("Open", escape_markdown_text(line))),
    );
    if let Some(next) = &decision.next_question {
        rows.push((
            "Next",
            format!(
                "**{}**<br>{}",
                escape_markdown_text(&next.asks),
                escape_markdown_text(&top::about_next(next))
            ),
        ));
    }
    rows.extend(decision.because.iter().skip(1).map(|reason| {
        (
            "And because",
            escape_markdown_text(&words::write_weighted_reason(reason)),
        )
    }));
    rows.extend(decision.against.iter().take(3).map(|reason| {
        (
            "Against",
            escape_markdown_text(&words::write_weighted_reason(reason)),
        )
    }));
    rows.extend(decision.flips.iter().map(|flip| {
        (
            "Flips if",
            escape_markdown_text(&words::write_flip(flip, &assessment.previous.version)),
        )
    }));
    let wording =
        crate::usecase::Wording::shipped(&assessment.previous.version, &assessment.current.version);
    let assumed = super::subject::list_assumed(decision, &wording);
    rows.extend(
        assumed
            .iter()
            .map(|(asks, value)| ("Assumed", escape_markdown_text(&format!("{asks} {value}")))),
    );
    let mut out = "| | |\n| --- | --- |\n".to_owned();
    let mut last = "";
    for (label, cell) in rows {
        let shown = if label == last {
            String::new()
        } else {
            format!("**{label}**")
        };
        out.push_str(&format!("| {shown} | {cell} |\n"));
        last = label;
    }
    out
}

fn write_markdown_conditions(conditions: &[Condition]) -> String {
    if conditions.is_empty() {
        return String::new();
    }
    let mut out = "### First\n\n".to_owned();
    for (at, condition) in conditions.iter().enumerate() {
        out.push_str(&format!(
            "**{}.** {}\n\n",
            at + 1,
            escape_markdown_text(&condition.says)
        ));
        out.push_str(&write_markdown_steps(&condition.steps));
    }
    out
}

/// Steps in order: sentences as items, SQL fenced.
fn write_markdown_steps(steps: &[String]) -> String {
    let mut out = String::new();
    let mut sql: Vec<&str> = Vec::new();
    for step in steps {
        if is_sql(step) {
            sql.push(step);
            continue;
        }
        flush_sql_block(&mut out, &mut sql);
        out.push_str(&format!("- {}\n", escape_markdown_text(step)));
    }
    flush_sql_block(&mut out, &mut sql);
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    out
}

fn flush_sql_block(out: &mut String, sql: &mut Vec<&str>) {
    if !sql.is_empty() {
        let blank = if out.is_empty() || out.ends_with("\n\n") {
            ""
        } else {
            "\n"
        };
        out.push_str(&format!(
            "{blank}{}\n",
            write_code_fence(&sql.join("\n"), "sql")
        ));
        sql.clear();
    }
}

pub(super) fn write_markdown_options(decision: &Decision, previous: &str) -> String {
    let mut out = "| Option | State | Why |\n| --- | --- | --- |\n".to_owned();
    let (standings, questions) = list_option_standings(decision);
    for one in &standings {
        let status = one.status;
        let mut why: Vec<String> = one
            .blockers
            .iter()
            .map(|blocker| escape_markdown_text(&blocker.says))
            .collect();
        why.extend(
            one.first
                .iter()
                .map(|condition| format!("→ {}", escape_markdown_text(&condition.says))),
        );
        why.extend(one.open_line().map(|line| escape_markdown_text(&line)));
        why.extend(one.settle_line().map(|line| format!("→ {line}")));
        let title = escape_markdown_text(&words::option_title(status.option, previous));
        let title = if status.option == decision.option {
            format!("**{title}**")
        } else {
            title
        };
        out.push_str(&format!(
            "| {title} | {} | {} |\n",
            words::write_option_state(status.state),
            why.join("<br>")
        ));
    }
    if let Some(margin) = decision.margin {
        let [back, forward] =
            [decision.back, decision.forward].map(|sum| words::write_weight(sum, false));
        out.push_str(&format!(
            "\nWeights: {back} for going back, {forward} for going forward: {}.\n",
            words::write_weight_lean(margin)
        ));
    }
    if !questions.is_empty() {
        out.push_str("\nThese answers would settle what is open:\n\n");
        questions.iter().enumerate().for_each(|(at, asks)| {
            out.push_str(&format!("{}. {}\n", at + 1, escape_markdown_text(asks)))
        });
    }
    out
}

pub(super) fn write_markdown_findings(list: &[&Finding]) -> String {
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
            write_inline_code(&finding.subject),
            escape_markdown_text(&finding.says)
        );
        let why = [&finding.why, &finding.action]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| escape_markdown_text(part))
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
        let step = finding.compatibility_step.as_deref().unwrap_or_default();
        out.push_str(&format!(
            "\nFor {}:\n\n{}",
            write_inline_code(&finding.subject),
            write_code_fence(
                step,
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

fn write_markdown_fine_count(assessment: &Assessment) -> String {
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

pub(super) fn write_markdown_entries(assessment: &Assessment) -> String {
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
            format!("{}: ", escape_markdown_text(kind))
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
            escape_markdown_text(&entry.title),
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
pub(super) fn write_markdown_coverage(assessment: &Assessment) -> Option<String> {
    let looked: Vec<(&str, String)> = super::coverage::coverage_lines(assessment);
    let rows: String = looked
        .iter()
        .map(|(domain, says)| format!("| {domain} | {} |\n", escape_markdown_text(says)))
        .collect();
    (!looked.is_empty()).then(|| format!("| | |\n| --- | --- |\n{rows}"))
}

pub(super) fn write_markdown_unchecked(assessment: &Assessment) -> String {
    let mut out = "| What | Why | Settle with |\n| --- | --- | --- |\n".to_owned();
    for one in assessment.unchecked.iter().take(UNCHECKED) {
        let settle = one
            .settle_with
            .as_ref()
            .map_or_else(String::new, |settle| escape_markdown_text(settle));
        out.push_str(&format!(
            "| {} | {} | {settle} |\n",
            write_inline_code(&one.what),
            escape_markdown_text(&one.why)
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

pub(super) fn write_markdown_plan(assessment: &Assessment) -> String {
    let mut out = "| | Step | How | Why |\n| ---: | --- | --- | --- |\n".to_owned();
    for (at, step) in assessment.plan.iter().enumerate() {
        let undo = step.undo.as_ref().map_or_else(String::new, |undo| {
            format!("<br>undo: {}", escape_markdown_text(undo))
        });
        let expect = step.expect.as_ref().map_or_else(String::new, |expect| {
            format!("<br>expect: {}", escape_markdown_text(expect))
        });
        let title = if step.how == crate::model::StepMode::Skip {
            format!("~~{}~~", escape_markdown_text(&step.step))
        } else {
            escape_markdown_text(&step.step)
        };
        out.push_str(&format!(
            "| {} | {title} | {} | {}{expect}{undo} |\n",
            at + 1,
            words::write_step_mode(step.how),
            escape_markdown_text(&step.why)
        ));
    }
    for (at, step) in assessment.plan.iter().enumerate() {
        if let Some(command) = &step.command {
            out.push_str(&format!(
                "\nStep {}:\n\n{}",
                at + 1,
                write_code_fence(command, if is_sql(command) { "sql" } else { "sh" })
            ));
        }
    }
    out
}

/// What to look at before going back.
fn write_markdown_preflight(assessment: &Assessment) -> String {
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
fn until_when(assessment: &Assessment) -> String {
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
            escape_markdown_text(&point.says),
            escape_markdown_text(&point.why)
        ));
    }
    out
}
