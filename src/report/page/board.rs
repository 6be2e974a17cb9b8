//! The board of options as it stood: state by sign and word, the one blocker or reason, what clears
//! it, and until when.

use super::frame::PageSection;
use super::head::find_option_hue;
use super::html::Html;
use crate::model::{Decision, FactValue, OptionId, OptionState, Provenance, fact_key};
use crate::report::standing::{OptionStanding, list_option_standings};
use crate::report::subject::ReportSubject;
use crate::report::words;

/// Most reasons of one option.
const REASONS: usize = 6;
/// Most questions below the board.
const QUESTIONS: usize = 40;

pub(super) fn write_board(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let decision = subject.decision?;
    let mut html = Html::new(&subject.names);
    let (standings, questions) = list_option_standings(decision);
    html.raw("<ul class=\"board\">\n");
    for (at, one) in standings.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| standings.get(before));
        let alike = before.filter(|before| before.has_the_same_in_its_way(one));
        write_option(&mut html, subject, decision, one, alike);
    }
    html.raw("</ul>\n");
    if !questions.is_empty() {
        html.raw("<p class=\"lead\">These answers would settle what is open:</p>\n<ol>\n");
        for asks in questions.iter().take(QUESTIONS) {
            html.element("<li>", asks, "</li>\n");
        }
        html.raw("</ol>\n");
        html.left_out(questions.len().saturating_sub(QUESTIONS), "questions");
    }
    if let Some(margin) = decision.margin {
        let [back, forward] =
            [decision.back, decision.forward].map(|sum| words::write_weight(sum, false));
        let text = format!(
            "Weights: {back} for going back, {forward} for going forward: {}.",
            words::write_weight_lean(margin)
        );
        html.element("<p class=\"more\">", &text, "</p>\n");
    }
    if !decision.flips.is_empty() {
        html.raw(if subject.decided().is_some() {
            "<p class=\"lead\">What would have changed the verdict:</p>\n<ul>\n"
        } else {
            "<p class=\"lead\">What would change the verdict:</p>\n<ul>\n"
        });
        for flip in &decision.flips {
            html.element("<li>", &words::write_flip(flip, &subject.pair.0), "</li>\n");
        }
        html.raw("</ul>\n");
    }
    let figure = if subject.decided().is_some() {
        "as they stood at the decision".to_owned()
    } else {
        words::write_count(standings.len() as u64, "option", "options")
    };
    Some(PageSection {
        id: "options",
        title: "Options",
        figure,
        body: html.finish(),
    })
}

fn find_state_sign(state: OptionState) -> &'static str {
    match state {
        OptionState::Cleared => "●",
        OptionState::Conditional => "◐",
        OptionState::NotCleared => "○",
        OptionState::Removed => "✗",
    }
}

fn write_option(
    html: &mut Html<'_>,
    subject: &ReportSubject<'_>,
    decision: &Decision,
    one: &OptionStanding<'_>,
    alike: Option<&OptionStanding<'_>>,
) {
    let option = one.status.option;
    html.raw("<li class=\"hue-");
    html.raw(find_option_hue(option));
    html.raw(if one.status.state == OptionState::Removed {
        " out\"><span class=\"sign\">"
    } else {
        "\"><span class=\"sign\">"
    });
    html.raw(find_state_sign(one.status.state));
    html.raw("</span><div><p class=\"name\">");
    html.element(
        "<b>",
        &words::option_title(option, &subject.pair.0),
        "</b> ",
    );
    html.element(
        "<span class=\"state\">",
        words::write_option_state(one.status.state),
        "</span> ",
    );
    if subject
        .decided()
        .is_some_and(|decided| decided.option == option)
    {
        html.raw("<span class=\"chip\">decided</span> ");
    }
    if decision.option == option {
        html.raw("<span class=\"chip\">recommended</span>");
    }
    html.raw("</p>");
    if decision.option == option
        && let Some(reason) = decision.because.first()
    {
        html.element("<p>", &reason.says.shown(), "</p>");
    }
    match alike {
        // twice the same long text hides that it is the same
        Some(_) => html.raw("<p>blocked by the same as the option above</p>"),
        None => write_what_stands_in_the_way(html, one),
    }
    if decision.option == option {
        for condition in decision.conditions.iter().take(REASONS) {
            html.element("<p>→ ", &condition.says.shown(), "</p>");
        }
    }
    html.raw("</div><p class=\"until\">");
    if let Some(minutes) = find_minutes(subject, option) {
        html.text(&minutes);
    }
    if let Some(until) = find_limit(subject, decision, one) {
        html.element("<span>", &until, "</span>");
    }
    html.raw("</p></li>\n");
}

fn write_what_stands_in_the_way(html: &mut Html<'_>, one: &OptionStanding<'_>) {
    for blocker in one.blockers.iter().take(REASONS) {
        html.element("<p>", &blocker.says.shown(), "</p>");
    }
    if let Some(open) = one.open_line() {
        html.element("<p>", &open, "</p>");
    }
    for condition in one.first.iter().take(REASONS) {
        html.element("<p>→ ", &condition.says.shown(), "</p>");
    }
    if let Some(settle) = one.settle_line() {
        html.element("<p>→ ", &settle, "</p>");
    }
}

/// How long an option takes, where that was read or said; an estimate says so.
fn find_minutes(subject: &ReportSubject<'_>, option: OptionId) -> Option<String> {
    let key = match option {
        OptionId::RollBack | OptionId::RollBackWithConditions => fact_key::DEPLOYMENT_MINUTES_BACK,
        OptionId::RollForward => fact_key::DEPLOYMENT_MINUTES_FORWARD,
        _ => return None,
    };
    let fact = subject.assessment?.facts.get(key)?;
    let FactValue::Number(minutes) = fact.value else {
        return None;
    };
    let estimate = if fact.provenance == Provenance::Stated {
        ""
    } else {
        " est."
    };
    let minutes = crate::usecase::write_minutes(minutes);
    Some(format!("{minutes}{estimate}"))
}

/// Until when an option can be had; one that is out needs no time.
fn find_limit(
    subject: &ReportSubject<'_>,
    decision: &Decision,
    one: &OptionStanding<'_>,
) -> Option<String> {
    if one.status.state == OptionState::Removed {
        return None;
    }
    let points = subject
        .assessment
        .map_or(&decision.limits, |assessment| &assessment.no_return);
    let point = points
        .iter()
        .find(|point| point.option == Some(one.status.option))?;
    match (point.passed, point.at) {
        (true, _) => Some("too late".to_owned()),
        (false, at) => at.map(|at| {
            let at = words::write_utc_and_local_time(at, &subject.zone);
            format!("until {at}")
        }),
    }
}
