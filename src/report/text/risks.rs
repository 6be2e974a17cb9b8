//! What was found, what was looked at, and what would disappear, in lines.

use super::bounds::{LONGEST, NOTES};
use crate::model::{
    Assessment, CoverageDomain, Finding, Grade, ReleaseRelation, RollbackEffect, Severity,
    find_strictest_declaration, shorten_text,
};
use crate::report::layout::ReportSheet;
use crate::report::lost_changes::{write_change_kinds, write_changelog_figures};
use crate::report::words;
use unicode_width::UnicodeWidthStr;

/// Most findings, entries and unchecked things that are written out; the rest is counted.
const FINDINGS: usize = 12;

const ENTRIES: usize = 10;

const UNCHECKED: usize = 8;

pub(in crate::report) fn write_text_risks(sheet: &mut ReportSheet, assessment: &Assessment) {
    let back = words::filter_findings(assessment, false);
    let forward = words::filter_findings(assessment, true);
    let fine = assessment
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Fine)
        .count() as u64;
    sheet.title("Risks on the way back", &words::tally_severities(&back));
    if back.is_empty() {
        let says = match crate::report::coverage::open_line(assessment) {
            None if assessment.coverage.is_empty() => "Nothing was found that stands in the way \
                back; how much was looked at is not known."
                .to_owned(),
            None => "Nothing was found that stands in the way back.".to_owned(),
            Some(open) => format!(
                "Nothing was found that stands in the way back in what was \
                looked at; not looked at: {open}."
            ),
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
            sheet.below(&shorten_text(&finding.why.shown(), LONGEST));
        }
        if !finding.action.is_empty() {
            sheet.below(&shorten_text(&format!("→ {}", finding.action), LONGEST));
        }
        if let Some(step) = &finding.compatibility_step {
            sheet.code(&step.shown_lines(), 13);
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
    sheet.gap();
    write_text_migrations(sheet, assessment);
    write_text_contracts(sheet, assessment);
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

fn write_text_migrations(sheet: &mut ReportSheet, assessment: &Assessment) {
    let migrations = &assessment.migrations;
    if migrations.is_empty() {
        sheet.label(
            "database",
            if has_open_files(assessment, CoverageDomain::Schema) {
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
}

fn write_text_contracts(sheet: &mut ReportSheet, assessment: &Assessment) {
    let contracts = &assessment.contracts;
    if contracts.is_empty() {
        let says = "No contract file changed.";
        sheet.label(
            "contract",
            &if has_open_files(assessment, CoverageDomain::Contract) {
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
}

/// Whether files of a domain changed that nothing could judge.
fn has_open_files(assessment: &Assessment, domain: CoverageDomain) -> bool {
    assessment
        .coverage
        .iter()
        .any(|row| row.domain == domain && row.open > 0)
}

/// How the changed files stand in each domain, so that a silence says what it rests on.
pub(super) fn looked_at(sheet: &mut ReportSheet, assessment: &Assessment) {
    let lines = crate::report::coverage::coverage_lines(assessment);
    if lines.is_empty() {
        return;
    }
    sheet.title(
        "What was looked at",
        &crate::report::coverage::open_line(assessment).map_or_else(
            || "nothing is open".to_owned(),
            |open| format!("open: {open}"),
        ),
    );
    for (domain, says) in lines {
        sheet.hang(domain, &shorten_text(&says, LONGEST), 16);
    }
}

pub(in crate::report) fn write_text_lost_changes(sheet: &mut ReportSheet, assessment: &Assessment) {
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
                shorten_text(&entry.title.shown(), LONGEST)
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

pub(super) fn write_text_unchecked(sheet: &mut ReportSheet, assessment: &Assessment) {
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
