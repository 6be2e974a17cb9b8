//! The assessment as Markdown for a ticket or a pull request: the verdict open, the rest behind
//! summaries that can be unfolded.

use super::escape::{code, fence, is_sql, text};
use super::standing::standings;
use super::text::figures;
use super::{top, words};
use crate::model::{
    Assessment, CheckState, Condition, Decision, Domain, Finding, Kind, Severity, checklist_line,
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
pub fn markdown(assessment: &Assessment) -> String {
    let mut parts = vec![head(assessment)];
    if let Some(decision) = &assessment.verdict {
        parts.push(verdict(decision, assessment));
        parts.push(conditions(&decision.conditions));
    }
    let live = words::deployment(assessment);
    if !live.is_empty() {
        let rows: String = live
            .iter()
            .map(|(name, says)| format!("| {} | {} |\n", text(name), text(says)))
            .collect();
        parts.push(details(
            "What is live",
            format!("| | |\n| --- | --- |\n{rows}"),
        ));
    }
    let back = words::findings(assessment, false);
    let forward = words::findings(assessment, true);
    parts.push(details(
        &titled("Risks on the way back", &words::tally(&back)),
        findings(&back) + &fine(assessment),
    ));
    if !forward.is_empty() {
        parts.push(details(
            &titled("Risks while deploying", &words::tally(&forward)),
            findings(&forward),
        ));
    }
    let looked: Vec<(&str, String)> = super::coverage::coverage_lines(assessment);
    if !looked.is_empty() {
        let rows: String = looked
            .iter()
            .map(|(domain, says)| format!("| {domain} | {} |\n", text(says)))
            .collect();
        let open = super::coverage::open_line(assessment).map_or_else(
            || "nothing is open".to_owned(),
            |open| format!("open: {open}"),
        );
        parts.push(details(
            &titled("What was looked at", &open),
            format!("| | |\n| --- | --- |\n{rows}"),
        ));
    }
    parts.push(details(
        &titled("What would disappear", &figures(assessment)),
        entries(assessment),
    ));
    if !assessment.unchecked.is_empty() {
        let number = words::count(assessment.unchecked.len() as u64, "thing", "things");
        parts.push(details(
            &titled("Could not check", &number),
            unchecked(assessment),
        ));
    }
    let changes = &assessment.checklist_changes;
    if !changes.is_empty() {
        let list: String = changes
            .iter()
            .take(ENTRIES)
            .map(|change| format!("- {}\n", text(&change.says)))
            .collect();
        let more = changes.len().saturating_sub(ENTRIES);
        let more = if more == 0 {
            String::new()
        } else {
            format!("\n{more} more.\n")
        };
        parts.push(details(
            &titled(
                "The checklist of this repository",
                &words::count(changes.len() as u64, "change", "changes"),
            ),
            list + &more,
        ));
    }
    if let Some(decision) = &assessment.verdict {
        parts.push(details(
            "Options",
            options(decision, &assessment.previous.version),
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
            parts.push(details(
                &titled(
                    "Before going back",
                    &format!(
                        "{open} of {} checks do not hold or are open",
                        assessment.preflight.len()
                    ),
                ),
                preflight(assessment),
            ));
        }
        if !limits.is_empty() {
            parts.push(details(
                &titled(
                    "Until when",
                    &words::count(limits.len() as u64, "limit", "limits"),
                ),
                until_when(assessment),
            ));
        }
        parts.push(details(
            &titled(
                "Plan",
                &words::count(assessment.plan.len() as u64, "step", "steps"),
            ),
            plan(assessment),
        ));
    }
    let tool = text(&assessment.tool);
    assemble(
        parts,
        &format!(
            "<sub>{tool} · `{}`…`{}`</sub>\n",
            words::short(&assessment.previous.commit),
            words::short(&assessment.current.commit)
        ),
    )
}

/// What to look at before going back, and until when that can be done, as Markdown.
pub fn preflight_markdown(assessment: &Assessment) -> String {
    let mut out = preflight(assessment);
    if !assessment.no_return.is_empty() {
        out.push_str(&format!("\n### Until when\n\n{}", until_when(assessment)));
    }
    out
}

/// Text of a repository or a person for one cell of a Markdown table: it shows as it is and does
/// nothing.
pub fn cell(says: &str) -> String {
    text(says)
}

/// Parts in order while they fit; a part is left out whole, so that no table or fence is cut in
/// two, and that is said.
fn assemble(parts: Vec<String>, foot: &str) -> String {
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
            words::count(left, "part was", "parts were")
        ));
    }
    out + foot
}

fn titled(title: &str, right: &str) -> String {
    if right.is_empty() {
        title.to_owned()
    } else {
        format!("{title}: {right}")
    }
}

fn details(summary: &str, body: String) -> String {
    format!(
        "<details><summary>{summary}</summary>\n\n{}\n\n</details>\n",
        body.trim_end()
    )
}

fn head(assessment: &Assessment) -> String {
    let (title, strength) = match &assessment.verdict {
        Some(decision) => (
            words::headline(decision, &assessment.previous.version),
            words::strength(decision),
        ),
        None => ("Not decided yet".to_owned(), String::new()),
    };
    let mut about = vec![
        format!("**{}**", text(&words::service(assessment))),
        format!(
            "{} is out, {} is what we would go back to",
            code(&assessment.current.version),
            code(&assessment.previous.version)
        ),
    ];
    about.extend(
        assessment
            .environment
            .as_ref()
            .map(|environment| text(environment)),
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
    format!("## {}\n\n{strength}{}\n", text(&title), about.join(" · "))
}

fn verdict(decision: &Decision, assessment: &Assessment) -> String {
    let mut rows: Vec<(&str, String)> = vec![("Rests on", text(&top::rests_on(assessment)))];
    rows.extend(
        checklist_line(&assessment.checklist_changes).map(|line| ("Checklist", text(&line))),
    );
    rows.extend(top::reason(decision).map(|reason| ("Because", text(&reason))));
    rows.push(match top::strongest(assessment) {
        Some(risk) => (
            "Strongest risk",
            format!(
                "*{}* {}<br>{}",
                risk.severity,
                text(&risk.says),
                text(&risk.place)
            ),
        ),
        None => ("Strongest risk", top::no_risk(assessment).to_owned()),
    });
    rows.extend(
        top::open(assessment)
            .iter()
            .map(|line| ("Open", text(line))),
    );
    if let Some(next) = &decision.next_question {
        rows.push((
            "Next",
            format!(
                "**{}**<br>{}",
                text(&next.asks),
                text(&top::about_next(next))
            ),
        ));
    }
    rows.extend(
        decision
            .because
            .iter()
            .skip(1)
            .map(|reason| ("And because", text(&words::reason(reason)))),
    );
    rows.extend(
        decision
            .against
            .iter()
            .take(3)
            .map(|reason| ("Against", text(&words::reason(reason)))),
    );
    rows.extend(decision.flips.iter().map(|flip| {
        (
            "Flips if",
            text(&words::flip(flip, &assessment.previous.version)),
        )
    }));
    rows.extend(
        decision
            .assumed
            .iter()
            .map(|(key, value)| ("Assumed", code(&format!("{key} = {value}")))),
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

fn conditions(conditions: &[Condition]) -> String {
    if conditions.is_empty() {
        return String::new();
    }
    let mut out = "### First\n\n".to_owned();
    for (at, condition) in conditions.iter().enumerate() {
        out.push_str(&format!("**{}.** {}\n\n", at + 1, text(&condition.says)));
        out.push_str(&steps(&condition.steps));
    }
    out
}

/// Steps in order: sentences as items, SQL fenced.
fn steps(steps: &[String]) -> String {
    let mut out = String::new();
    let mut sql: Vec<&str> = Vec::new();
    for step in steps {
        if is_sql(step) {
            sql.push(step);
            continue;
        }
        flush(&mut out, &mut sql);
        out.push_str(&format!("- {}\n", text(step)));
    }
    flush(&mut out, &mut sql);
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    out
}

fn flush(out: &mut String, sql: &mut Vec<&str>) {
    if !sql.is_empty() {
        let blank = if out.is_empty() || out.ends_with("\n\n") {
            ""
        } else {
            "\n"
        };
        out.push_str(&format!("{blank}{}\n", fence(&sql.join("\n"), "sql")));
        sql.clear();
    }
}

pub(super) fn options(decision: &Decision, previous: &str) -> String {
    let mut out = "| Option | State | Why |\n| --- | --- | --- |\n".to_owned();
    let (standings, questions) = standings(decision);
    for one in &standings {
        let status = one.status;
        let mut why: Vec<String> = one
            .blockers
            .iter()
            .map(|blocker| text(&blocker.says))
            .collect();
        why.extend(
            one.first
                .iter()
                .map(|condition| format!("→ {}", text(&condition.says))),
        );
        why.extend(one.open_line().map(|line| text(&line)));
        why.extend(one.settle_line().map(|line| format!("→ {line}")));
        let title = text(&words::option_title(status.option, previous));
        let title = if status.option == decision.option {
            format!("**{title}**")
        } else {
            title
        };
        out.push_str(&format!(
            "| {title} | {} | {} |\n",
            words::state(status.state),
            why.join("<br>")
        ));
    }
    if let Some(margin) = decision.margin {
        let [back, forward] =
            [decision.back, decision.forward].map(|sum| words::weight(sum, false));
        out.push_str(&format!(
            "\nWeights: {back} for going back, {forward} for going forward: {}.\n",
            words::lean(margin)
        ));
    }
    if !questions.is_empty() {
        out.push_str("\nThese answers would settle what is open:\n\n");
        questions
            .iter()
            .enumerate()
            .for_each(|(at, asks)| out.push_str(&format!("{}. {}\n", at + 1, text(asks))));
    }
    out
}

pub(super) fn findings(list: &[&Finding]) -> String {
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
            .map(|place| code(place))
            .chain(more.iter().map(|more| text(more)))
            .collect();
        let what = format!("{}<br>{}", code(&finding.subject), text(&finding.says));
        let why = [&finding.why, &finding.action]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| text(part))
            .collect::<Vec<_>>()
            .join("<br>→ ");
        let severity = match finding.severity {
            Severity::Blocks => "**blocks**",
            other => words::severity(other),
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
            code(&finding.subject),
            fence(
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

fn fine(assessment: &Assessment) -> String {
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
            words::count(fine, "thing was", "things were")
        )
    }
}

/// `code 12 · test 4`, most files first.
pub(super) fn kinds(assessment: &Assessment) -> String {
    let mut kinds: Vec<(&Kind, &u64)> = assessment
        .kinds
        .iter()
        .filter(|(_, number)| **number > 0)
        .collect();
    kinds.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let name = |kind: &Kind| {
        serde_json::to_value(kind)
            .ok()
            .and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    kinds
        .iter()
        .map(|(kind, number)| format!("{} {}", name(kind), words::grouped(**number)))
        .collect::<Vec<_>>()
        .join(" · ")
}

pub(super) fn entries(assessment: &Assessment) -> String {
    let log = &assessment.changelog;
    let mut out: String = log
        .notes
        .iter()
        .map(|note| format!("{}\n\n", text(note)))
        .collect();
    let kinds = kinds(assessment);
    if !kinds.is_empty() {
        out.push_str(&format!("Files: {kinds}\n\n"));
    }
    let entries = words::riskiest(&log.entries);
    if entries.is_empty() {
        return out + "No change would disappear.\n";
    }
    out.push_str("| Commit | Change | If it were reverted |\n| --- | --- | --- |\n");
    for entry in entries.iter().take(ENTRIES) {
        let kind = entry
            .kind
            .as_ref()
            .map_or_else(String::new, |kind| format!("{}: ", text(kind)));
        let breaking = if entry.breaking { "**breaking** " } else { "" };
        let number = entry
            .pull_request
            .map_or_else(String::new, |number| format!(" (#&#8203;{number})"));
        let mut hints: Vec<String> = entry.security.iter().map(|id| text(id)).collect();
        hints.insert(0, words::entry_words(entry));
        hints.retain(|hint| !hint.is_empty());
        out.push_str(&format!(
            "| `{}` | {breaking}{kind}{}{number} | {} |\n",
            words::short(&entry.commit).replace(['`', '|'], ""),
            text(&entry.title),
            hints.join(", ")
        ));
    }
    if entries.len() > ENTRIES {
        out.push_str(&format!(
            "\n{} more.\n",
            words::count((entries.len() - ENTRIES) as u64, "change", "changes")
        ));
    }
    out
}

fn unchecked(assessment: &Assessment) -> String {
    let mut out = "| What | Why | Settle with |\n| --- | --- | --- |\n".to_owned();
    for one in assessment.unchecked.iter().take(UNCHECKED) {
        let settle = one
            .settle_with
            .as_ref()
            .map_or_else(String::new, |settle| text(settle));
        out.push_str(&format!(
            "| {} | {} | {settle} |\n",
            code(&one.what),
            text(&one.why)
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

pub(super) fn plan(assessment: &Assessment) -> String {
    let mut out = "| | Step | How | Why |\n| ---: | --- | --- | --- |\n".to_owned();
    for (at, step) in assessment.plan.iter().enumerate() {
        let undo = step
            .undo
            .as_ref()
            .map_or_else(String::new, |undo| format!("<br>undo: {}", text(undo)));
        let expect = step.expect.as_ref().map_or_else(String::new, |expect| {
            format!("<br>expect: {}", text(expect))
        });
        let title = if step.how == crate::model::StepMode::Skip {
            format!("~~{}~~", text(&step.step))
        } else {
            text(&step.step)
        };
        out.push_str(&format!(
            "| {} | {title} | {} | {}{expect}{undo} |\n",
            at + 1,
            words::step(step.how),
            text(&step.why)
        ));
    }
    for (at, step) in assessment.plan.iter().enumerate() {
        if let Some(command) = &step.command {
            out.push_str(&format!(
                "\nStep {}:\n\n{}",
                at + 1,
                fence(command, if is_sql(command) { "sql" } else { "sh" })
            ));
        }
    }
    out
}

/// What to look at before going back.
fn preflight(assessment: &Assessment) -> String {
    let mut out = "| | Check | Command |\n| --- | --- | --- |\n".to_owned();
    for check in &assessment.preflight {
        let command = check.command.as_deref().map_or_else(String::new, code);
        out.push_str(&format!(
            "| {} | {} | {command} |\n",
            words::check(check.state),
            text(&check.says)
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
            text(&point.says),
            text(&point.why)
        ));
    }
    out
}
