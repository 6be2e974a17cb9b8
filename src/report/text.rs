//! The assessment for a terminal or a pipe: the verdict first and what it rests on, the strongest
//! risk, what is open, what to find out next; then the rest, risks before options, each part under
//! its own line, with words in columns and no colour.

use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::layout::{ReportSheet, fit_report_text, pad_report_text};
use super::lost_changes::{write_change_kinds, write_changelog_figures};
use super::standing::list_option_standings;
use super::{top, words};
use crate::model::{
    Assessment, CheckState, Condition, CoverageDomain, Decision, Finding, Grade, OptionId,
    ReleaseRelation, RollbackEffect, Severity, StepMode, checklist_line, escape_invisible,
    find_strictest_declaration, past_rollbacks_line, shorten_text,
};

/// Lines that hold the verdict, the strongest risk, what is open and the next question.
#[cfg(test)]
pub(super) const FIRST: usize = 24;
/// Most findings, entries and unchecked things that are written out; the rest is counted.
const FINDINGS: usize = 12;
const NOTES: usize = 8;
const ENTRIES: usize = 10;
const UNCHECKED: usize = 8;
const LIMITS: usize = 6;
/// Longest text of one of them, in characters.
const LONGEST: usize = 400;

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

pub(super) fn text_in(assessment: &Assessment, width: usize, zone: &TimeZone) -> String {
    let mut sheet = ReportSheet::new(width);
    write_text_head(&mut sheet, assessment, zone);
    write_text_essentials(&mut sheet, assessment);
    if let Some(decision) = &assessment.verdict {
        write_text_reasons(&mut sheet, decision, &assessment.previous.version);
    }
    write_text_deployment(&mut sheet, assessment);
    write_text_risks(&mut sheet, assessment);
    looked_at(&mut sheet, assessment);
    write_text_lost_changes(&mut sheet, assessment);
    write_text_unchecked(&mut sheet, assessment);
    own_checklist(&mut sheet, assessment);
    if let Some(decision) = &assessment.verdict {
        write_text_options(&mut sheet, decision, &assessment.previous.version);
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

fn write_text_head(sheet: &mut ReportSheet, assessment: &Assessment, zone: &TimeZone) {
    let title = assessment.verdict.as_ref().map_or_else(
        || "Not decided yet".to_owned(),
        |decision| words::write_decision_headline(decision, &assessment.previous.version),
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
        escape_invisible(&assessment.previous.version),
        escape_invisible(&assessment.current.version)
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
fn write_text_essentials(sheet: &mut ReportSheet, assessment: &Assessment) {
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
    if let Some(line) = &before {
        sheet.brief("before", line, 2);
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
        sheet.brief("next", &next.asks, 2);
        sheet.brief("", &top::about_next(next), 2);
        sheet.brief("", &format!("--answer {}=…", next.fact), 1);
    }
}

/// The reasons behind the strongest, what speaks against it, what would change it, and what comes
/// first.
fn write_text_reasons(sheet: &mut ReportSheet, decision: &Decision, previous: &str) {
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
            self::write_text_condition(sheet, if at == 0 { "first" } else { "then" }, condition);
        }
    }
}

fn write_text_condition(sheet: &mut ReportSheet, lead: &str, condition: &Condition) {
    sheet.label(lead, &condition.says);
    for step in &condition.steps {
        sheet.code(step, 13);
    }
}

pub(super) fn write_text_options(sheet: &mut ReportSheet, decision: &Decision, previous: &str) {
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
            sheet.hang("", &blocker.says, 4);
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

pub(super) fn write_text_risks(sheet: &mut ReportSheet, assessment: &Assessment) {
    let back = words::filter_findings(assessment, false);
    let forward = words::filter_findings(assessment, true);
    let fine = assessment
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Fine)
        .count() as u64;
    sheet.title("Risks on the way back", &words::tally_severities(&back));
    if back.is_empty() {
        let says = match super::coverage::open_line(assessment) {
            None if assessment.coverage.is_empty() => "Nothing was found that stands in the way back; how much was looked at is not known.".to_owned(),
            None => "Nothing was found that stands in the way back.".to_owned(),
            Some(open) => format!("Nothing was found that stands in the way back in what was looked at; not looked at: {open}."),
        };
        sheet.hang("", &says, 0);
    }
    write_text_findings(sheet, &back);
    write_text_summary(sheet, assessment, fine);
    if !forward.is_empty() {
        sheet.title("Risks while deploying", &words::tally_severities(&forward));
        write_text_findings(sheet, &forward);
    }
}

fn write_text_findings(sheet: &mut ReportSheet, findings: &[&Finding]) {
    let (loud, notes): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .partition(|finding| finding.severity < Severity::Notes);
    for finding in loud.iter().take(FINDINGS) {
        sheet.gap();
        sheet.label(
            words::write_severity(finding.severity),
            &shorten_text(&words::write_finding_sentence(finding), LONGEST),
        );
        if !finding.why.is_empty() {
            sheet.below(&shorten_text(&finding.why, LONGEST));
        }
        if !finding.action.is_empty() {
            sheet.below(&shorten_text(&format!("→ {}", finding.action), LONGEST));
        }
        if let Some(step) = &finding.compatibility_step {
            sheet.code(step, 13);
        }
        let places = words::list_evidence_places(&finding.evidence, 3).join(" · ");
        let both = format!("{places} · {}", finding.check);
        if places.is_empty() || both.width() + 11 > sheet.room() {
            sheet.below(&places);
            sheet.below(&finding.check);
        } else {
            sheet.below(&both);
        }
    }
    if !notes.is_empty() {
        sheet.gap();
    }
    for finding in notes.iter().take(NOTES) {
        sheet.label(
            "notes",
            &shorten_text(&words::write_finding_sentence(finding), LONGEST),
        );
    }
    let more = loud.len().saturating_sub(FINDINGS) + notes.len().saturating_sub(NOTES);
    if more > 0 {
        sheet.gap();
        sheet.below(&format!(
            "{} more; --format json lists all.",
            words::group_digits(more as u64)
        ));
    }
}

/// What was looked at, in a line a field.
fn write_text_summary(sheet: &mut ReportSheet, assessment: &Assessment, fine: u64) {
    let open = |domain: CoverageDomain| {
        assessment
            .coverage
            .iter()
            .any(|row| row.domain == domain && row.open > 0)
    };
    sheet.gap();
    let migrations = &assessment.migrations;
    if migrations.is_empty() {
        sheet.label(
            "database",
            if open(CoverageDomain::Schema) {
                "No migration was recognised in the range."
            } else {
                "No migration in the range."
            },
        );
    } else {
        let of = |effects: &[RollbackEffect]| {
            migrations
                .iter()
                .filter(|migration| effects.contains(&migration.rollback))
                .count() as u64
        };
        let (breaking, doubt) = (
            of(&[RollbackEffect::BreaksReads, RollbackEffect::BreaksWrites]),
            of(&[RollbackEffect::Doubt, RollbackEffect::DataChanged]),
        );
        let waiting = migrations
            .iter()
            .filter(|migration| migration.is_pending())
            .count() as u64;
        let safe = migrations.len() as u64 - breaking - doubt - waiting;
        let parts = [
            (breaking, "breaking old code"),
            (doubt, "not clear"),
            (safe, "safe for old code"),
            (waiting, "not run"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{n} {what}"))
            .collect();
        sheet.label(
            "database",
            &format!(
                "{}: {}",
                words::write_count(migrations.len() as u64, "migration", "migrations"),
                parts.join(", ")
            ),
        );
    }
    let contracts = &assessment.contracts;
    if contracts.is_empty() {
        let says = "No contract file changed.";
        sheet.label(
            "contract",
            &if open(CoverageDomain::Contract) {
                format!("{says} What is written down in none was not looked at.")
            } else {
                says.to_owned()
            },
        );
    } else {
        let of = |grade: Grade| {
            contracts
                .iter()
                .filter(|contract| contract.on_rollback == grade)
                .count()
        };
        let parts = [
            (Grade::Breaking, "breaking on the way back"),
            (Grade::Doubt, "not clear"),
            (Grade::Compatible, "compatible"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(grade, _)| of(*grade) > 0)
            .map(|(grade, what)| format!("{} {what}", of(*grade)))
            .collect();
        sheet.label(
            "contract",
            &format!(
                "{}: {}",
                words::write_count(contracts.len() as u64, "file", "files"),
                parts.join(", ")
            ),
        );
    }
    if fine > 0 {
        sheet.label(
            "fine",
            &format!(
                "{} looked at and found fine.",
                words::write_count(fine, "thing was", "things were")
            ),
        );
    }
}

/// How the changed files stand in each domain, so that a silence says what it rests on.
fn looked_at(sheet: &mut ReportSheet, assessment: &Assessment) {
    let lines = super::coverage::coverage_lines(assessment);
    if lines.is_empty() {
        return;
    }
    sheet.title(
        "What was looked at",
        &super::coverage::open_line(assessment).map_or_else(
            || "nothing is open".to_owned(),
            |open| format!("open: {open}"),
        ),
    );
    for (domain, says) in lines {
        sheet.hang(domain, &shorten_text(&says, LONGEST), 16);
    }
}

pub(super) fn write_text_lost_changes(sheet: &mut ReportSheet, assessment: &Assessment) {
    let log = &assessment.changelog;
    sheet.title(
        "What would disappear",
        &words::write_count(log.commits, "commit", "commits"),
    );
    let relation = match assessment.relation {
        ReleaseRelation::Ancestor => None,
        ReleaseRelation::Diverged => Some(
            "The two releases have diverged: going back also brings back what previous alone has.",
        ),
        ReleaseRelation::Unrelated => Some("The two releases share no history."),
        ReleaseRelation::Swapped => {
            Some("Current is older than previous: the two may be the wrong way round.")
        }
    };
    for sentence in relation
        .into_iter()
        .map(str::to_owned)
        .chain(log.notes.iter().cloned())
    {
        sheet.hang("", &sentence, 0);
        sheet.gap();
    }
    sheet.label("figures", &write_changelog_figures(assessment));
    let kinds = write_change_kinds(assessment);
    if !kinds.is_empty() {
        sheet.label("files", &kinds);
    }
    let entries = words::sort_riskiest_entries(&log.entries);
    if entries.is_empty() {
        return;
    }
    sheet.gap();
    sheet.hang(
        "",
        "Riskiest first, with what taking it back would mean:",
        0,
    );
    for entry in entries.iter().take(ENTRIES) {
        let breaking = if entry.breaking { "! " } else { "" };
        let kind = entry
            .kind
            .as_ref()
            .map_or_else(String::new, |kind| format!("{kind}: "));
        let number = entry
            .pull_request
            .map_or_else(String::new, |number| format!(" (#{number})"));
        sheet.hang(
            &words::abbreviate_commit_id(&entry.commit),
            &format!(
                "{breaking}{kind}{}{number}",
                shorten_text(&entry.title, LONGEST)
            ),
            12,
        );
        let mut hints = vec![words::entry_words(entry)];
        // that nothing is known of a change is said by the silence below it
        hints.retain(|hint| hint != words::UNCLEAR);
        hints.extend(entry.security.iter().cloned());
        hints.extend(
            find_strictest_declaration(&entry.declared).map(|one| one.declared.says().to_owned()),
        );
        hints.retain(|hint| !hint.is_empty());
        if !hints.is_empty() {
            sheet.hang("", &hints.join(" · "), 12);
        }
    }
    let more = entries.len().saturating_sub(ENTRIES) as u64;
    if more > 0 {
        sheet.hang(
            "",
            &format!("{} more.", words::write_count(more, "change", "changes")),
            12,
        );
    }
}

fn write_text_unchecked(sheet: &mut ReportSheet, assessment: &Assessment) {
    let list = &assessment.unchecked;
    if list.is_empty() {
        return;
    }
    sheet.title(
        "Could not check",
        &words::write_count(list.len() as u64, "thing", "things"),
    );
    for one in list.iter().take(UNCHECKED) {
        sheet.hang("·", &format!("{}: {}", one.what, one.why), 2);
        if let Some(settle) = &one.settle_with {
            sheet.hang("", &format!("→ {settle}"), 2);
        }
    }
    if list.len() > UNCHECKED {
        sheet.hang(
            "",
            &format!("{} more; --format json lists all.", list.len() - UNCHECKED),
            2,
        );
    }
}

pub(super) fn write_text_plan(sheet: &mut ReportSheet, assessment: &Assessment) {
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
            &step.step,
            19,
        );
        if !step.why.is_empty() {
            sheet.hang("", &step.why, 19);
        }
        if let Some(command) = &step.command {
            sheet.code(command, 21);
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
fn until_when(sheet: &mut ReportSheet, assessment: &Assessment, zone: &TimeZone) {
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
        sheet.hang("", &point.why, 2);
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
pub(super) fn write_text_preflight(sheet: &mut ReportSheet, assessment: &Assessment) {
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
