//! What stands first: the title as a sentence, one line of facts, what was decided, and the one
//! reason.

use super::html::Html;
use crate::model::{Decision, OptionId, past_rollbacks_line};
use crate::report::story::RecordedDecision;
use crate::report::subject::ReportSubject;
use crate::report::{top, words};

/// The hue of an option, the same on the board, in the band and in the title.
pub(super) fn find_option_hue(option: OptionId) -> &'static str {
    match option {
        OptionId::RollForward => "forward",
        OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::Restore => "back",
        OptionId::FlagOff | OptionId::ShiftTraffic => "aside",
        OptionId::Hold => "hold",
        OptionId::StopHarm | OptionId::NoGo => "stop",
        OptionId::Go => "go",
    }
}

pub(super) fn write_head(subject: &ReportSubject<'_>) -> String {
    let mut html = Html::new(&subject.names);
    html.raw("<header class=\"top\">\n<p class=\"over\">");
    let over = [
        Some(subject.service.clone()).filter(|name| !name.is_empty()),
        subject.environment(),
        subject.mode().map(str::to_owned),
    ];
    for part in over.into_iter().flatten() {
        html.element("<span>", &part, "</span>");
    }
    html.raw("</p>\n");
    html.element("<h1>", &subject.headline(), "</h1>\n");
    html.raw("<p class=\"facts\">");
    for part in subject.facts_line() {
        html.element("<span>", &part, "</span> ");
    }
    html.raw("</p>\n");
    for remark in subject.remarks.iter().take(10) {
        html.element("<p class=\"remark\">▲ On the journal: ", remark, "</p>\n");
    }
    html.raw("</header>\n");
    match (subject.decided(), subject.decision) {
        (Some(decided), decision) => write_decided(&mut html, subject, decided, decision),
        (None, Some(decision)) => write_recommended(&mut html, subject, decision),
        (None, None) => html.raw(
            "<div class=\"verdict\"><p class=\"label\">Verdict</p><p class=\"option\">Nothing is \
             decided yet</p></div>\n",
        ),
    }
    html.finish()
}

fn write_decided(
    html: &mut Html<'_>,
    subject: &ReportSubject<'_>,
    decided: &RecordedDecision,
    decision: Option<&Decision>,
) {
    open_verdict(html, decided.option);
    html.raw("<p class=\"label\">Decided</p>");
    let title = words::option_title(decided.option, &subject.pair.0);
    html.element("<p class=\"option\">", &title, "</p>\n");
    let of = |label: &str| {
        let found = decided.text.iter().find(|(name, _)| *name == label);
        found.map(|(_, value)| value.as_str())
    };
    let recommended = of("recommended").unwrap_or_default();
    if decided.overrides() {
        let text = format!("Against the recommendation: {recommended}");
        html.element("<p class=\"beside\">▲ ", &text, "</p>\n");
    } else {
        let text = format!("As recommended: {recommended}");
        html.element("<p class=\"beside\">✓ ", &text, "</p>\n");
    }
    html.raw("<dl>");
    for (label, shown) in [
        ("reason", "Why"),
        ("decided by", "By"),
        ("agreed", "Agreed"),
        ("expected", "Expected"),
    ] {
        if let Some(value) = of(label) {
            write_definition_row(html, shown, value);
        }
    }
    let seen = subject.story.as_ref().and_then(|story| story.seen());
    if let Some((met, text)) = seen {
        write_definition_row(html, "Seen", &format!("{met}: {text}"));
    }
    html.raw("</dl>\n");
    write_one_reason(html, subject, decision, Some(decided));
    html.raw("</div>\n");
    let story = subject.story.as_ref();
    let earlier = story.map_or(&[][..], |story| &story.decisions);
    let earlier = earlier.split_last().map_or(&[][..], |(_, earlier)| earlier);
    for one in earlier.iter().take(20) {
        let text = format!(
            "Before that, at {}: {}",
            words::write_utc_and_local_time(one.at, &subject.zone),
            words::option_title(one.option, &subject.pair.0)
        );
        html.element("<p class=\"more\">", &text, "</p>\n");
    }
}

fn write_recommended(html: &mut Html<'_>, subject: &ReportSubject<'_>, decision: &Decision) {
    open_verdict(html, decision.option);
    html.raw("<p class=\"label\">Recommended</p>");
    let title = words::write_decision_headline(decision, &subject.pair.0);
    html.element("<p class=\"option\">", &title, "</p>\n");
    let strength = words::write_strength(decision);
    html.element("<p class=\"beside\">", &strength, "</p>\n");
    write_one_reason(html, subject, Some(decision), None);
    html.raw("</div>\n");
}

fn open_verdict(html: &mut Html<'_>, option: OptionId) {
    html.raw("<div class=\"verdict hue-");
    html.raw(find_option_hue(option));
    html.raw("\">\n");
}

/// The strongest reason, the strongest risk with its place, what is open, and what is asked next.
fn write_one_reason(
    html: &mut Html<'_>,
    subject: &ReportSubject<'_>,
    decision: Option<&Decision>,
    decided: Option<&RecordedDecision>,
) {
    html.raw("<dl class=\"reasons\">");
    if let Some(decision) = decision {
        let reason = decision.because.first().map(|reason| reason.says.clone());
        let overridden = decided.is_some_and(|decided| decided.option != decision.option);
        let label = if overridden {
            "Reason for the recommendation"
        } else {
            "Because"
        };
        // the reason that was given may be the very one, and then it stands above
        let given = decided.and_then(|decided| {
            let reason = decided.text.iter().find(|(name, _)| *name == "reason");
            reason.map(|(_, value)| value.as_str())
        });
        if let Some(reason) = reason.filter(|reason| given != Some(&*reason.shown_lines())) {
            write_definition_row(html, label, &reason.shown());
        }
        if let Some(relief) = &decision.meanwhile {
            write_definition_row(html, "Meanwhile", &relief.says.shown());
        }
    }
    if let Some(assessment) = subject.assessment {
        if let Some(line) = past_rollbacks_line(&assessment.rolled_back_before) {
            write_definition_row(html, "Before", &line);
        }
        match top::find_strongest_risk(assessment) {
            Some(risk) => {
                html.raw("<dt>Strongest risk</dt><dd>");
                html.element("<b>", &risk.severity, "</b> ");
                html.text(&risk.says);
                html.element("<br><span class=\"dim\">", &risk.place, "</span></dd>");
            }
            None => write_definition_row(html, "Strongest risk", top::no_risk(assessment)),
        }
    }
    if let Some(open) = subject.not_looked_at() {
        write_definition_row(html, "Not looked at", &open);
    }
    let unknown = subject.unknown().len() as u64;
    if unknown > 0 {
        let was = if decided.is_some() {
            words::write_count(unknown, "question was open", "questions were open")
        } else {
            words::write_count(unknown, "question is open", "questions are open")
        };
        write_definition_row(html, "Not known", &was);
    }
    if decided.is_none()
        && let Some(next) = decision.and_then(|decision| decision.next_question.as_ref())
    {
        html.raw("<dt>Ask next</dt><dd>");
        html.element("<b>", &next.asks.shown(), "</b>");
        html.element(
            "<br><span class=\"dim\">",
            &top::about_next(next),
            "</span></dd>",
        );
    }
    html.raw("</dl>\n");
}

fn write_definition_row(html: &mut Html<'_>, label: &'static str, value: &str) {
    html.raw("<dt>");
    html.raw(label);
    html.element("</dt><dd>", value, "</dd>");
}

/// Where the page comes from, so that it can be checked.
pub(super) fn write_foot(subject: &ReportSubject<'_>) -> String {
    let mut html = Html::new(&subject.names);
    html.raw("<footer>\n<p>");
    html.element("<span>", &subject.tool(), "</span> ");
    let start = subject
        .story
        .as_ref()
        .and_then(|story| story.start.as_ref());
    if let Some(start) = start {
        html.element("<span>session ", &start.session, "</span> ");
        let digest = words::abbreviate_commit_id(&start.checklist_digest);
        html.element("<span>checklist ", &digest, "</span> ");
    } else if let Some(assessment) = subject.assessment {
        let commits = format!(
            "{} … {}",
            words::abbreviate_commit_id(&assessment.previous.commit),
            words::abbreviate_commit_id(&assessment.current.commit)
        );
        html.element("<span>commits ", &commits, "</span> ");
        let digest = words::abbreviate_commit_id(&assessment.checklist_digest);
        html.element("<span>checklist ", &digest, "</span> ");
    }
    html.raw("</p>\n<p>");
    if subject.assessment.is_none() {
        html.raw(
            "The repository was not read for this report, so risks, changes, the plan and what \
             was looked at are not in it. ",
        );
    }
    html.raw(if subject.names.wanted() {
        "Names are in this report."
    } else {
        "Names are left out of this report; roles are shown."
    });
    html.raw("</p>\n</footer>\n");
    html.finish()
}
