//! The session for a post-mortem, as text.

use super::details::{
    LEFT_OUT, format_event_clock, format_utc_clock, group_by_reason, is_utc, list_session_details,
    local_name, moment_title, tell_runs,
};
use crate::model::{Assessment, Decision};
use crate::report::layout::ReportSheet;
use crate::report::run;
use crate::report::story::SessionStory;
use crate::report::subject::ReportSubject;
use crate::report::text;
use crate::report::words;
use crate::session::Event;
use jiff::tz::TimeZone;

/// The session as plain text, `width` columns at most. The Markdown has the same sections.
pub fn session_text(
    events: &[Event],
    assessment: Option<&Assessment>,
    decision: Option<&Decision>,
    names: bool,
    width: usize,
) -> String {
    session_text_in(
        events,
        assessment,
        decision,
        names,
        width,
        &TimeZone::system(),
    )
}

pub(in crate::report) fn session_text_in(
    events: &[Event],
    assessment: Option<&Assessment>,
    decision: Option<&Decision>,
    names: bool,
    width: usize,
    zone: &TimeZone,
) -> String {
    let subject = ReportSubject::of_session_in(events, assessment, decision, names, zone.clone());
    let story = SessionStory::new(events, decision, &subject.names);
    let mut sheet = ReportSheet::new(width);
    write_text_lead(&mut sheet, &subject, &story, zone);

    write_text_decisions(&mut sheet, &story, zone);

    write_text_known(&mut sheet, &story);

    write_text_timeline(&mut sheet, &story, zone);

    write_text_calls(&mut sheet, &story);
    run::write_text_runs(&mut sheet, &tell_runs(events, assessment, names, &story));
    if let Some(decision) = decision {
        text::write_text_options(&mut sheet, decision, &story.pair.0);
    }
    match assessment {
        Some(assessment) => {
            text::write_text_risks(&mut sheet, assessment);
            text::write_text_lost_changes(&mut sheet, assessment);
            text::write_text_plan(&mut sheet, assessment);
        }
        None => {
            sheet.gap();
            sheet.hang("", LEFT_OUT, 0);
        }
    }
    sheet.finish()
}

/// The headline, the session in sentences, and what it was about.
fn write_text_lead(
    sheet: &mut ReportSheet,
    subject: &ReportSubject<'_>,
    story: &SessionStory,
    zone: &TimeZone,
) {
    sheet.ends(
        &subject.headline(),
        if story.closed { "closed" } else { "open" },
    );
    sheet.rule();
    sheet.gap();
    story
        .summary()
        .iter()
        .for_each(|sentence| sheet.hang("", sentence, 0));
    sheet.gap();
    list_session_details(story, zone)
        .iter()
        .for_each(|(label, value)| sheet.hang(label, value, 13));
}

fn write_text_decisions(sheet: &mut ReportSheet, story: &SessionStory, zone: &TimeZone) {
    for decided in &story.decisions {
        let against = if decided.overrides() {
            "against the recommendation"
        } else {
            "as recommended"
        };
        sheet.title("Decision", against);
        sheet.hang(
            "decided",
            &words::option_title(decided.option, &story.pair.0),
            13,
        );
        sheet.hang("at", &words::write_utc_and_local_time(decided.at, zone), 13);
        decided
            .text
            .iter()
            .for_each(|(label, value)| sheet.hang(label, value, 13));
    }
}

/// What was known, and below it what was not.
fn write_text_known(sheet: &mut ReportSheet, story: &SessionStory) {
    sheet.title(
        moment_title(story),
        &words::write_count(story.known.len() as u64, "fact", "facts"),
    );
    for fact in &story.known {
        sheet.hang("", &format!("{} {}", fact.asks, fact.value), 0);
        let from = if fact.source.is_empty() {
            fact.how.clone()
        } else {
            format!("{}: {}", fact.how, fact.source)
        };
        sheet.hang("", &from, 4);
    }
    let open = group_by_reason(&story.unknown)
        .into_iter()
        .flat_map(|(why, asks)| {
            std::iter::once(format!("{why}:"))
                .chain(asks.into_iter().map(|asks| format!("- {asks}")))
        })
        .collect();
    let assumed = story
        .assumed
        .iter()
        .map(|(asks, value)| format!("{asks} {value}"))
        .collect();
    let asked = story
        .asked
        .iter()
        .map(|(_, asks, who)| format!("{who}: {asks}"))
        .collect();
    for (label, list) in [("not known", open), ("assumed", assumed), ("asked", asked)] {
        let list: Vec<String> = list;
        if !list.is_empty() {
            sheet.gap();
        }
        list.iter()
            .enumerate()
            .for_each(|(at, item)| sheet.label(if at == 0 { label } else { "" }, item));
    }
}

fn write_text_timeline(sheet: &mut ReportSheet, story: &SessionStory, zone: &TimeZone) {
    let beside = !is_utc(story, zone);
    sheet.title(
        "Timeline",
        &if beside {
            format!("UTC · {}", local_name(story, zone))
        } else {
            "UTC".to_owned()
        },
    );
    let mut day = String::new();
    for line in &story.timeline {
        let date = line.at.strftime("%Y-%m-%d").to_string();
        if date != day {
            sheet.gap();
            sheet.hang("", &date, 0);
            day = date;
        }
        let (utc, here) = format_event_clock(line.at, zone);
        let who = format!("{}: ", line.who);
        let gone = if line.withdrawn { " (taken back)" } else { "" };
        let mark = if line.weighty { "▸" } else { " " };
        let (times, indent) = if beside {
            (format!("{utc}  {here} {mark}"), 21)
        } else {
            (format!("{utc} {mark}"), 11)
        };
        sheet.hang(&times, &format!("{who}{}{gone}", line.what), indent);
    }
}

/// The verdict over time, what was called and said at the gates, and notes.
fn write_text_calls(sheet: &mut ReportSheet, story: &SessionStory) {
    if !story.verdicts.is_empty() {
        sheet.title("Verdict over time", "");
        for (at, verdict, why) in &story.verdicts {
            sheet.hang(&format_utc_clock(*at), verdict, 10);
            sheet.hang("", why, 10);
        }
    }
    if !story.calls.is_empty() || !story.polls.is_empty() {
        sheet.title("Gates", "");
        story
            .calls
            .iter()
            .for_each(|(gate, call, reason)| sheet.label(gate, &format!("{call}. {reason}")));
        sheet.gap();
        for (gate, role, call, objection) in &story.polls {
            let objection = if objection.is_empty() {
                String::new()
            } else {
                format!("; objects: {objection}")
            };
            sheet.label(gate, &format!("{role}: {call}{objection}"));
        }
    }
    if !story.notes.is_empty() {
        sheet.title("Notes", "");
        story
            .notes
            .iter()
            .for_each(|(at, note)| sheet.hang(&format_utc_clock(*at), note, 10));
    }
}
