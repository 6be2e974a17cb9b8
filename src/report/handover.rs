//! Hand-over in one screen: situation, decided, open, next check, who knows. What the next person
//! must hear before the first one leaves.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::escape;
use super::person_names::PersonNames;
use super::story::SessionStory;
use super::words;
use crate::model::{Decision, OptionId, wrap_text};
use crate::session::{Event, EventKind, SessionState, find_withdrawn_events};

/// Most lines under one heading.
const MOST: usize = 6;

/// One heading of the hand-over with its lines, in the order in which they are said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverRow {
    /// `situation`, `says now`, `decided`, `open`, `next check`, `who knows`, `go on`.
    pub label: &'static str,
    /// Sentences.
    pub lines: Vec<String>,
}

/// The hand-over of a session as it stands at `now`. Names only with `names`; roles always.
pub fn list_handover_rows(
    events: &[Event],
    decision: Option<&Decision>,
    names: bool,
    now: Timestamp,
) -> Vec<HandoverRow> {
    handover_in(events, decision, names, now, &TimeZone::system())
}

/// The same as plain text, `width` columns at most.
pub fn handover_text(rows: &[HandoverRow], width: usize) -> String {
    let mut out = String::new();
    for row in rows {
        let mut label = row.label;
        for line in &row.lines {
            for part in wrap_text(
                &crate::model::escape_invisible(line),
                width.saturating_sub(14).max(20),
            ) {
                out.push_str(format!("{label:<12}  {part}").trim_end());
                out.push('\n');
                label = "";
            }
        }
    }
    out
}

/// The same as Markdown.
pub fn handover_markdown(rows: &[HandoverRow]) -> String {
    let mut out = "## Hand-over\n".to_owned();
    for row in rows {
        out.push_str(&format!("\n**{}**\n\n", row.label));
        for line in &row.lines {
            out.push_str(&format!("- {}\n", escape::escape_markdown_text(line)));
        }
    }
    out
}

pub(super) fn handover_in(
    events: &[Event],
    decision: Option<&Decision>,
    names: bool,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<HandoverRow> {
    let story = SessionStory::new(events, decision, &PersonNames::new(events, names));
    let state = SessionState::fold(events);
    let previous = &story.pair.0;
    let mut rows = vec![HandoverRow {
        label: "situation",
        lines: write_handover_situation(&story, &state, now, zone),
    }];
    let mut push = |label: &'static str, mut lines: Vec<String>| {
        if lines.len() > MOST {
            let more = lines.len() - MOST + 1;
            lines.truncate(MOST - 1);
            lines.push(format!("and {more} more; `backout report` has all"));
        }
        if !lines.is_empty() {
            rows.push(HandoverRow { label, lines });
        }
    };
    if let Some(decision) = decision {
        push("says now", write_verdict_now(decision, previous));
    }
    let mut decided = write_handover_decision(&story, zone);
    decided.extend(state.live_check.iter().map(|(at, look)| {
        format!(
            "what is live, {}: {}",
            words::write_utc_and_local_time(*at, zone),
            look.headline()
        )
    }));
    decided.extend(super::run::write_handover_run(
        &state,
        &PersonNames::new(events, names),
    ));
    push("decided", decided);
    push("open", list_open_points(decision, &story));
    push(
        "next check",
        next_check(events, decision, &state, now, zone),
    );
    let knows = list_who_knows(decision, &story);
    push(
        "who knows",
        if knows.is_empty() {
            Vec::new()
        } else {
            vec![knows.join(", ")]
        },
    );
    if let Some(start) = &story.start {
        push("go on", vec![format!("backout resume {}", start.session)]);
    }
    rows
}

fn write_verdict_now(decision: &Decision, previous: &str) -> Vec<String> {
    let mut lines = vec![format!(
        "{}, {}",
        words::write_decision_headline(decision, previous),
        words::write_strength(decision)
    )];
    lines.extend(
        decision
            .because
            .first()
            .map(|reason| format!("because {}", reason.says)),
    );
    lines.extend(
        decision
            .meanwhile
            .iter()
            .map(|relief| format!("meanwhile: {}", relief.says)),
    );
    lines.extend(
        decision
            .conditions
            .iter()
            .take(2)
            .map(|condition| format!("{}: {}", condition.lead(0), condition.says)),
    );
    lines
}

/// Who was asked what, what would be asked next, and how much can still change the answer.
fn list_open_points(decision: Option<&Decision>, story: &SessionStory) -> Vec<String> {
    let mut open: Vec<String> = story
        .asked
        .iter()
        .map(|(id, says, who)| {
            format!(
                "{who} was asked: {}",
                write_asked_question(decision, id, says)
            )
        })
        .collect();
    let handed = |id: &str| story.asked.iter().any(|(asked, ..)| asked == id);
    let next = decision
        .into_iter()
        .flat_map(|decision| &decision.questions)
        .find(|next| !handed(&next.question));
    open.extend(next.map(|next| format!("next question: {}", next.asks)));
    if let Some(decision) = decision.filter(|decision| decision.questions.len() > 1) {
        open.push(format!(
            "{} can change the answer",
            words::write_count(decision.questions.len() as u64, "question", "questions")
        ));
    }
    open
}

/// Who was asked already, and whom the open questions name.
fn list_who_knows(decision: Option<&Decision>, story: &SessionStory) -> Vec<String> {
    let mut knows: Vec<String> = Vec::new();
    let asked = story
        .asked
        .iter()
        .map(|(id, says, who)| (who.clone(), write_asked_question(decision, id, says)));
    let would = decision
        .into_iter()
        .flat_map(|decision| &decision.questions)
        .filter_map(|question| {
            Some((
                question.who.as_ref()?.to_string(),
                question.asks.to_string(),
            ))
        });
    for (who, _) in asked.chain(would) {
        if who != "someone else" && !knows.contains(&who) {
            knows.push(who);
        }
    }
    knows
}

/// The question as it is asked now, or as the checklist has it where the decision no longer holds
/// it.
fn write_asked_question(decision: Option<&Decision>, id: &str, says: &str) -> String {
    decision
        .and_then(|decision| {
            decision
                .questions
                .iter()
                .find(|question| question.question == id)
        })
        .map_or_else(
            || says.to_owned(),
            |question| question.asks.shown().into_owned(),
        )
}

fn write_handover_situation(
    story: &SessionStory,
    state: &SessionState,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<String> {
    let (previous, current) = &story.pair;
    let mut what = Vec::new();
    if let Some(start) = &story.start {
        what.extend(start.service.clone());
        what.push(format!(
            "{current} is live, {previous} is the release to go back to"
        ));
        what.extend(
            start
                .environment
                .as_ref()
                .map(|environment| format!("in {environment}")),
        );
    }
    let mut lines = vec![what.join(" · ")];
    lines.extend(
        story
            .start
            .as_ref()
            .and_then(|start| crate::model::checklist_line(&start.checklist_changes)),
    );
    let since = story.start.as_ref().and_then(|start| start.deployed_at);
    lines.extend(since.map(|at| {
        format!(
            "live since {}, {}",
            words::write_utc_and_local_time(at, zone),
            words::write_elapsed_span(at, now)
        )
    }));
    let gate = state.gate.map(|gate| {
        let call = state.calls.get(&gate).map_or_else(
            || "not called".to_owned(),
            |(call, why)| format!("{}, {why}", call.title().to_lowercase()),
        );
        format!("gate {}: {call}", gate.id())
    });
    lines.extend(gate);
    lines.extend(story.notes.last().map(|(at, text)| {
        format!(
            "last note, {}: {}",
            words::write_utc_and_local_time(*at, zone),
            crate::model::shorten_text(&text.split_whitespace().collect::<Vec<_>>().join(" "), 200)
        )
    }));
    lines
}

fn write_handover_decision(story: &SessionStory, zone: &TimeZone) -> Vec<String> {
    let mut lines = Vec::new();
    match story.decisions.last() {
        None => lines.push("nothing yet".to_owned()),
        Some(last) => {
            let against = if last.overrides() {
                ", against the recommendation"
            } else {
                ""
            };
            lines.push(format!(
                "{}, {}{against}",
                words::option_title(last.option, &story.pair.0),
                words::write_utc_and_local_time(last.at, zone)
            ));
            lines.extend(
                last.text
                    .iter()
                    .filter(|(label, _)| matches!(*label, "reason" | "decided by"))
                    .map(|(label, value)| format!("{label}: {value}")),
            );
        }
    }
    lines.extend(story.observed.as_ref().map(|(met, text)| {
        format!(
            "{}: {text}",
            if *met {
                "seen, as expected"
            } else {
                "seen, not as expected"
            }
        )
    }));
    lines
}

/// When to look again: the expectation of the last decision, the end of a hold, the latest time to
/// decide.
fn next_check(
    events: &[Event],
    decision: Option<&Decision>,
    state: &SessionState,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<String> {
    let gone = find_withdrawn_events(events.iter());
    let mut lines = Vec::new();
    let mut due = |at: Timestamp, minutes: u32, what: String| {
        let end = at
            .checked_add(SignedDuration::from_mins(i64::from(minutes)))
            .unwrap_or(at);
        let when = if end <= now {
            format!("was due {}", words::write_utc_and_local_time(end, zone))
        } else {
            format!("by {}", words::write_utc_and_local_time(end, zone))
        };
        lines.push(format!("{when}: {what}"));
    };
    let last = events.iter().rev().find(|event| {
        !gone.contains(&event.seq)
            && matches!(
                event.what,
                EventKind::Decided { .. } | EventKind::GateCalled { .. }
            )
    });
    if let Some(event) = last {
        match &event.what {
            EventKind::Decided {
                expect,
                within_minutes: Some(minutes),
                option,
                ..
            } if state.observed.is_none() => {
                let what = expect.clone().unwrap_or_else(|| {
                    if *option == OptionId::Hold {
                        "the hold ends".into()
                    } else {
                        "look whether it worked".into()
                    }
                });
                // the steps that change something put it off
                let acted = state
                    .runs
                    .find_run(*option)
                    .filter(|_| *option != OptionId::Hold)
                    .and_then(crate::session::PlanRun::acted);
                due(
                    acted.unwrap_or(event.at).max(event.at),
                    *minutes,
                    what.shown().into_owned(),
                );
            }
            EventKind::GateCalled {
                gate,
                call: OptionId::Hold,
                minutes: Some(minutes),
                ..
            } => {
                due(
                    event.at,
                    *minutes,
                    format!("the hold at gate {} ends", gate.id()),
                );
            }
            _ => {}
        }
    }
    if let Some(deadline) = decision
        .and_then(|decision| decision.deadline)
        .filter(|_| state.decided.is_none())
    {
        let when = words::write_utc_and_local_time(deadline, zone);
        lines.push(if deadline <= now {
            format!("the latest time to decide has passed, {when}")
        } else {
            format!(
                "decide by {when}, in {}",
                words::write_elapsed_span(now, deadline)
            )
        });
    }
    lines
}
