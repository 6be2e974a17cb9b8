//! What was known, unknown and assumed, in the wording of questions; notes; how the verdict came
//! about.

use super::frame::PageSection;
use super::html::Html;
use crate::report::explain::explain_decision;
use crate::report::subject::ReportSubject;
use crate::report::{session_report, words};

/// Most rows of what was known.
const KNOWN: usize = 250;
/// Most questions without an answer.
const UNKNOWN: usize = 120;
/// Most notes.
const NOTES: usize = 100;
/// Most lines of how the verdict came about.
const TRACE: usize = 300;

pub(super) fn write_unknown(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let mut html = Html::new(&subject.names);
    let unknown = subject.unknown();
    let mut room = UNKNOWN;
    for (why, asks) in session_report::group_by_reason(&unknown) {
        html.element(
            "<p class=\"lead\">",
            &format!("{}:", words::capitalize_first_letter(why)),
            "</p>\n<ul>\n",
        );
        for one in asks.iter().take(room) {
            html.element("<li>", one, "</li>\n");
        }
        html.raw("</ul>\n");
        room = room.saturating_sub(asks.len());
    }
    html.left_out(unknown.len().saturating_sub(UNKNOWN), "questions");
    if unknown.is_empty() {
        html.raw(if subject.decision.is_some() {
            "<p>No question stayed open.</p>\n"
        } else {
            "<p>There is no verdict yet, so nobody knows which questions matter.</p>\n"
        });
    }
    let assumed = subject.assumed();
    if !assumed.is_empty() {
        html.raw("<p class=\"lead\">Taken for granted:</p>\n<ul>\n");
        for (asks, value) in assumed.iter().take(UNKNOWN) {
            html.element("<li>", asks, " ");
            html.element("<b>", value, "</b></li>\n");
        }
        html.raw("</ul>\n");
    }
    let asked = subject.story.as_ref().map_or(&[][..], |story| &story.asked);
    if !asked.is_empty() {
        html.raw("<p class=\"lead\">Asked elsewhere, no answer yet:</p>\n<ul>\n");
        for (_, asks, who) in asked.iter().take(UNKNOWN) {
            html.element("<li>", &format!("{who}: {asks}"), "</li>\n");
        }
        html.raw("</ul>\n");
    }
    let decided = subject.decided().is_some();
    Some(PageSection {
        id: "unknown",
        title: if decided {
            "What was not known"
        } else {
            "What is not known"
        },
        figure: words::write_count(unknown.len() as u64, "question", "questions"),
        body: html.finish(),
    })
}

pub(super) fn write_known(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let mut html = Html::new(&subject.names);
    let number = match (&subject.story, subject.assessment) {
        (Some(story), _) => {
            html.raw(
                "<table class=\"known\"><thead><tr><th>Question</th><th>Answer</th>\
                      <th>How it is known</th></tr></thead><tbody>\n",
            );
            for fact in story.known.iter().take(KNOWN) {
                html.element("<tr><td>", &fact.asks, "</td>");
                html.element("<td><b>", &fact.value, "</b></td><td>");
                html.element("", &fact.how, "");
                if !fact.source.is_empty() {
                    html.element("<br><span class=\"dim\">", &fact.source, "</span>");
                }
                html.raw("</td></tr>\n");
            }
            html.raw("</tbody></table>\n");
            html.left_out(story.known.len().saturating_sub(KNOWN), "facts");
            story.known.len()
        }
        (None, Some(assessment)) => {
            let rows = words::list_deployment_answers(assessment);
            html.raw(
                "<table class=\"known\"><thead><tr><th>Question</th><th>Answer</th></tr>\
                      </thead><tbody>\n",
            );
            for (asks, value) in rows.iter().take(KNOWN) {
                html.element("<tr><td>", asks, "</td>");
                html.element("<td>", value, "</td></tr>\n");
            }
            html.raw("</tbody></table>\n");
            rows.len()
        }
        (None, None) => 0,
    };
    let title = match &subject.story {
        None => "What is live",
        Some(story) if story.decisions.is_empty() => "What is known",
        Some(_) => "What was known",
    };
    (number > 0).then(|| PageSection {
        id: "known",
        title,
        figure: words::write_count(number as u64, "answer", "answers"),
        body: html.finish(),
    })
}

pub(super) fn write_notes(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let notes = &subject.story.as_ref()?.notes;
    if notes.is_empty() {
        return None;
    }
    let mut html = Html::new(&subject.names);
    for (at, note) in notes.iter().take(NOTES) {
        let time = words::write_utc_and_local_time(*at, &subject.zone);
        html.element("<p class=\"place\">", &time, "</p>");
        html.block("<p class=\"note\">", note, "</p>\n");
    }
    html.left_out(notes.len().saturating_sub(NOTES), "notes");
    Some(PageSection {
        id: "notes",
        title: "Notes",
        figure: String::new(),
        body: html.finish(),
    })
}

pub(super) fn write_trace(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let decision = subject.decision?;
    let mut html = Html::new(&subject.names);
    let text = explain_decision(decision);
    let lines: Vec<&str> = text.lines().collect();
    html.raw("<pre>");
    for line in lines.iter().take(TRACE) {
        html.block("", line, "\n");
    }
    html.raw("</pre>\n");
    html.left_out(lines.len().saturating_sub(TRACE), "lines");
    Some(PageSection {
        id: "rules",
        title: "How the verdict came about",
        figure: String::new(),
        body: html.finish(),
    })
}
