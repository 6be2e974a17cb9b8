//! What both forms of the session report say alike.

use crate::model::{Assessment, Mode, checklist_line};
use crate::report::person_names::PersonNames;
use crate::report::run;
use crate::report::story::SessionStory;
use crate::report::words;
use crate::session::Event;
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn name_session_mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Incident => "incident",
        Mode::Deployment => "deployment",
        Mode::Rehearsal => "rehearsal",
        Mode::Review => "review",
    }
}

pub(super) fn format_utc_clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

pub(super) fn format_event_clock(at: Timestamp, zone: &TimeZone) -> (String, String) {
    (
        format_utc_clock(at),
        at.to_zoned_datetime(zone.clone())
            .strftime("%H:%M:%S")
            .to_string(),
    )
}

/// Whether the zone's clock shows UTC from the session's beginning to its end.
pub(super) fn is_utc(story: &SessionStory, zone: &TimeZone) -> bool {
    [story.began, story.ended]
        .into_iter()
        .flatten()
        .all(|at| zone.to_offset(at).is_zero())
}

/// The header of the local column: the zone's name, or its distance from UTC.
pub(super) fn local_name(story: &SessionStory, zone: &TimeZone) -> String {
    let offset = story.began.map(|at| {
        at.to_zoned_datetime(zone.clone())
            .strftime("UTC%:z")
            .to_string()
    });
    zone.iana_name()
        .map(str::to_owned)
        .or(offset)
        .unwrap_or_else(|| "local".to_owned())
}

/// `(label, value)` of what the session was about.
pub(super) fn list_session_details(
    story: &SessionStory,
    zone: &TimeZone,
) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(start) = &story.start {
        rows.extend(
            start
                .service
                .as_ref()
                .map(|service| ("service", service.clone())),
        );
        rows.push((
            "releases",
            format!(
                "{} was live, {} was the one to go back to",
                story.pair.1, story.pair.0
            ),
        ));
        rows.extend(
            start
                .environment
                .as_ref()
                .map(|environment| ("environment", environment.clone())),
        );
        rows.push(("mode", name_session_mode(start.mode).to_owned()));
        rows.extend(
            start
                .deployed_at
                .map(|at| ("deployed", words::write_utc_and_local_time(at, zone))),
        );
        rows.extend(
            start
                .deadline
                .map(|at| ("decide by", words::write_utc_and_local_time(at, zone))),
        );
    }
    if let (Some(began), Some(ended)) = (story.began, story.ended) {
        let state = if story.closed { "closed" } else { "still open" };
        rows.push((
            "session",
            format!(
                "{} to {}, {}, {state}",
                words::write_utc_and_local_time(began, zone),
                words::write_utc_and_local_time(ended, zone),
                words::write_elapsed_span(began, ended)
            ),
        ));
    }
    rows.extend(
        story
            .start
            .as_ref()
            .and_then(|start| checklist_line(&start.checklist_changes))
            .map(|line| ("checklist", line)),
    );
    rows.push(("record", find_story_session_id(story)));
    rows.extend(story.start.as_ref().map(|start| {
        (
            "tool",
            format!(
                "{}, checklist {}",
                start.tool,
                words::abbreviate_commit_id(&start.checklist_digest)
            ),
        )
    }));
    rows
}

fn find_story_session_id(story: &SessionStory) -> String {
    story
        .start
        .as_ref()
        .map_or_else(|| "unknown".to_owned(), |start| start.session.clone())
}

/// Title of what was known, by whether something was decided.
pub(super) fn moment_title(story: &SessionStory) -> &'static str {
    if story.decisions.is_empty() {
        "What is known"
    } else {
        "What was known at the decision"
    }
}

/// The plans that were run, with the steps of the last one that nobody marked.
pub(super) fn tell_runs(
    events: &[Event],
    assessment: Option<&Assessment>,
    names: bool,
    story: &SessionStory,
) -> Vec<run::ToldRun> {
    let plan = assessment.map_or(&[][..], |assessment| &assessment.plan);
    let names = PersonNames::new(events, names);
    run::tell_plan_runs(events, plan, &names, &story.pair.0)
}

/// Said where the repository was not read for the report.
pub(super) const LEFT_OUT: &str = "The repository was not read for this report, so the risks on \
    the way back, the changes and the plan are not in it.";

/// What the plan is of.
pub(super) fn plan_title(story: &SessionStory) -> String {
    let option = story
        .decisions
        .last()
        .map(|decided| words::option_title(decided.option, &story.pair.0));
    option.map_or_else(
        || "Plan of what is recommended".to_owned(),
        |option| format!("Plan: {option}"),
    )
}

/// What was not known, with what all of it has in common said once, in the order of the first.
pub(in crate::report) fn group_by_reason(unknown: &[(String, String)]) -> Vec<(&str, Vec<&str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (asks, why) in unknown {
        match groups.iter_mut().find(|(known, _)| *known == why.as_str()) {
            Some((_, all)) => all.push(asks),
            None => groups.push((why, vec![asks])),
        }
    }
    groups
}
