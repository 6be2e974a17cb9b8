//! Risks with their lines and SQL, the changes that would go, and what was looked at.

use super::frame::PageSection;
use super::html::Html;
use crate::model::{Confidence, CoverageDomain, Domain, Finding, OptionId, Severity};
use crate::report::subject::ReportSubject;
use crate::report::{coverage, words};

/// Most risks of one way.
const RISKS: usize = 60;
/// Most places of one risk.
const PLACES: usize = 6;
/// Most changes.
const CHANGES: usize = 200;
/// Most open places of one domain.
const OPEN: usize = 20;
/// Most things that could not be checked.
const UNCHECKED: usize = 60;

pub(super) fn write_risks(subject: &ReportSubject<'_>, deploying: bool) -> Option<PageSection> {
    let assessment = subject.assessment?;
    let all = words::filter_findings(assessment, deploying);
    if deploying && all.is_empty() {
        return None;
    }
    let mut html = Html::new(&subject.names);
    if all.is_empty() {
        html.element(
            "<p>",
            &words::capitalize_first_letter(crate::report::top::no_risk(assessment)),
            ".</p>\n",
        );
    }
    for finding in all.iter().take(RISKS) {
        write_risk(&mut html, finding);
    }
    html.left_out(all.len().saturating_sub(RISKS), "risks");
    let fine = assessment.findings.iter();
    let fine = fine.filter(|one| one.severity == Severity::Fine).count() as u64;
    if !deploying && fine > 0 {
        let text = format!(
            "{} looked at and found fine.",
            words::write_count(fine, "thing was", "things were")
        );
        html.element("<p class=\"more\">", &text, "</p>\n");
    }
    Some(PageSection {
        id: if deploying { "deploying" } else { "risks" },
        title: if deploying {
            "Risks while deploying"
        } else {
            "Risks on the way back"
        },
        figure: words::tally_severities(&all),
        body: html.finish(),
    })
}

fn write_risk(html: &mut Html<'_>, finding: &Finding) {
    let (class, sign) = match finding.severity {
        Severity::Blocks => ("<article class=\"risk hue-stop\">", "■"),
        Severity::Warns => ("<article class=\"risk hue-back\">", "▲"),
        Severity::Notes => ("<article class=\"risk\">", "·"),
        Severity::Fine => ("<article class=\"risk hue-go\">", "✓"),
    };
    html.raw(class);
    html.raw("<p class=\"name\"><span class=\"sign\">");
    html.raw(sign);
    html.raw("</span> ");
    html.element("<b>", words::write_severity(finding.severity), "</b> ");
    html.element("<code>", &finding.subject.shown(), "</code> ");
    html.element(
        "<span class=\"state\">",
        say_confidence(finding.confidence),
        "</span></p>",
    );
    html.element("<p>", &finding.says.shown(), "</p>");
    if !finding.why.is_empty() {
        html.element("<p>", &finding.why.shown(), "</p>");
    }
    if !finding.action.is_empty() {
        html.element("<p>→ ", &finding.action.shown(), "</p>");
    }
    let mut shown = 0;
    for place in &finding.evidence {
        if shown == PLACES {
            break;
        }
        let Some(name) = words::write_source_place(place) else {
            continue;
        };
        shown += 1;
        html.element("<p class=\"place\">", &name, "</p>");
        if let Some(excerpt) = &place.excerpt {
            html.block("<pre>", &excerpt.shown_lines(), "</pre>");
        }
    }
    html.left_out(finding.evidence.len().saturating_sub(PLACES), "places");
    if let Some(step) = &finding.compatibility_step {
        html.raw("<p class=\"place\">makes the older release work</p>");
        let class = if finding.domain == Domain::Database {
            "<pre class=\"sql\">"
        } else {
            "<pre>"
        };
        html.block(class, &step.shown_lines(), "</pre>");
    }
    html.element("<p class=\"dim\">", &finding.check.to_string(), "</p>");
    html.raw("</article>\n");
}

fn say_confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Proven => "proven",
        Confidence::Likely => "likely",
        Confidence::Hint => "a hint",
    }
}

pub(super) fn write_changes(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let assessment = subject.assessment?;
    let log = &assessment.changelog;
    let entries = words::sort_riskiest_entries(&log.entries);
    let mut html = Html::new(&subject.names);
    for note in log.notes.iter().take(10) {
        html.element("<p>", note, "</p>\n");
    }
    if entries.is_empty() {
        html.raw("<p>No change would go.</p>\n");
    } else {
        html.raw(
            "<table class=\"changes\"><thead><tr><th>Commit</th><th>Change</th>\
                  <th>If it is reverted</th></tr></thead><tbody>\n",
        );
        for entry in entries.iter().take(CHANGES) {
            let commit = words::abbreviate_commit_id(&entry.commit);
            html.element("<tr><td><code>", &commit, "</code></td><td>");
            if entry.breaking {
                html.raw("<b>breaking</b> ");
            }
            let kind = entry
                .kind
                .as_ref()
                .map_or_else(String::new, |kind| format!("{kind}: "));
            let number = entry
                .pull_request
                .map_or_else(String::new, |number| format!(" (#{number})"));
            html.text(&format!("{kind}{}{number}", entry.title));
            html.raw("</td><td>");
            let mut hints = vec![words::entry_words(entry)];
            hints.extend(entry.security.iter().take(5).cloned());
            hints.retain(|hint| !hint.is_empty());
            html.element("", &hints.join(", "), "</td></tr>\n");
        }
        html.raw("</tbody></table>\n");
        html.left_out(entries.len().saturating_sub(CHANGES), "changes");
    }
    let back = matches!(
        subject.decided().map(|decided| decided.option),
        Some(OptionId::RollBack | OptionId::RollBackWithConditions)
    );
    Some(PageSection {
        id: "changes",
        title: match (back, subject.outcome()) {
            (true, Some(_)) => "Commits that went back",
            (true, None) => "Commits that go back",
            (false, _) => "Commits that would go back",
        },
        figure: format!(
            "{} of {}",
            words::group_digits(entries.len() as u64),
            words::write_count(log.commits, "commit", "commits")
        ),
        body: html.finish(),
    })
}

pub(super) fn write_coverage(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let assessment = subject.assessment?;
    let mut html = Html::new(&subject.names);
    if !assessment.coverage.is_empty() {
        html.raw(
            "<table class=\"coverage\"><thead><tr><th>Domain</th><th></th>\
                  <th class=\"figure\">Judged</th><th class=\"figure\">Cannot matter</th>\
                  <th class=\"figure\">Open</th></tr></thead><tbody>\n",
        );
        for row in &assessment.coverage {
            html.element("<tr><td>", row.domain.title(), "</td><td>");
            let all = row.files().max(1) as f64;
            html.raw(
                "<svg width=\"100%\" height=\"10\" role=\"presentation\">\
                      <rect width=\"100%\" height=\"10\" rx=\"2\" class=\"rail\"/>",
            );
            let mut x = 0.0;
            for (count, class) in [
                (row.judged, "judged"),
                (row.out(), "cannot"),
                (row.open, "unread"),
            ] {
                let width = count as f64 / all * 100.0;
                html.raw("<rect height=\"10\" x=\"");
                html.number(x);
                html.raw("%\" width=\"");
                html.number(width);
                html.raw("%\" class=\"");
                html.raw(class);
                html.raw("\"/>");
                x += width;
            }
            html.raw("</svg></td>");
            for count in [row.judged, row.out(), row.open] {
                html.element(
                    "<td class=\"figure\">",
                    &words::group_digits(count),
                    "</td>",
                );
            }
            html.raw("</tr>\n");
        }
        html.raw("</tbody></table>\n");
    }
    for row in &assessment.coverage {
        if let (CoverageDomain::Schema, Some(how)) = (row.domain, &row.mechanism) {
            html.element("<p>The schema is changed by: ", how, "</p>\n");
        }
    }
    let places = || {
        let rows = assessment.coverage.iter();
        rows.flat_map(|row| row.places.iter().take(OPEN).map(move |place| (row, place)))
    };
    if places().next().is_some() {
        html.raw("<p class=\"lead\">Not looked at:</p>\n<ul>\n");
        for (row, place) in places() {
            let line = place
                .line
                .map_or_else(String::new, |line| format!(":{line}"));
            html.element("<li><code>", &format!("{}{line}", place.path), "</code> ");
            let why = format!("{}: {}", row.domain.title(), place.why);
            html.element("<span class=\"dim\">", &why, "</span></li>\n");
        }
        html.raw("</ul>\n");
        let (all, shown): (u64, usize) = assessment
            .coverage
            .iter()
            .map(|row| (row.open, row.places.len().min(OPEN)))
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        html.left_out(
            (all as usize).saturating_sub(shown),
            "files; backout assess names them",
        );
    }
    write_unchecked(&mut html, assessment);
    if html.is_empty() {
        html.raw("<p>Nobody knows how much was looked at.</p>\n");
    }
    Some(PageSection {
        id: "coverage",
        title: "What was looked at",
        figure: match coverage::open_line(assessment) {
            Some(open) => format!("open: {open}"),
            None if assessment.coverage.is_empty() => String::new(),
            None => "nothing is open".to_owned(),
        },
        body: html.finish(),
    })
}

fn write_unchecked(html: &mut Html<'_>, assessment: &crate::model::Assessment) {
    let all = &assessment.unchecked;
    if all.is_empty() {
        return;
    }
    html.raw("<p class=\"lead\">Could not be checked:</p>\n<ul>\n");
    for one in all.iter().take(UNCHECKED) {
        html.element("<li><code>", &one.what.shown(), "</code> ");
        html.text(&one.why.shown());
        if let Some(settle) = &one.settle_with {
            html.element(" → ", &settle.shown(), "");
        }
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
    html.left_out(all.len().saturating_sub(UNCHECKED), "things");
}
