//! The end of a story of the demo: what was answered, what was decided, what happened, what would
//! have changed the verdict, and what the program could not see.

use super::words;
use crate::model::Decision;
use crate::session::{Event, EventKind, find_withdrawn_events};
use crate::usecase::Wording;

/// Most answers that are listed.
const MOST: usize = 12;

/// How a story goes on, and where the program is blind in it.
#[derive(Debug, Clone, Copy)]
pub struct StoryEnd<'a> {
    /// What happened.
    pub ends: &'a str,
    /// What the program could not see.
    pub misses: &'a str,
    /// Both stay hidden: a drill that nobody decided can be played again.
    pub hidden: bool,
}

/// The end of a story, as headings with their sentences; empty where nobody answered or decided
/// anything: whoever only looks is told nothing yet. `decision` is the verdict at the decision, or
/// at the end.
pub fn write_story_debrief(
    events: &[Event],
    decision: Option<&Decision>,
    end: StoryEnd<'_>,
) -> Vec<(&'static str, Vec<String>)> {
    let gone = find_withdrawn_events(events.iter());
    let standing = || events.iter().filter(|event| !gone.contains(&event.seq));
    let wording = Wording::of_session(events);
    let mut answers: Vec<(&str, String)> = Vec::new();
    for event in standing() {
        if let EventKind::Answered {
            question: Some(question),
            facts,
            ..
        } = &event.what
        {
            answers.retain(|(known, _)| known != question);
            answers.push((question, wording.said(facts, &|_| None)));
        }
    }
    let decided = standing().rev().find_map(|event| match &event.what {
        EventKind::Decided {
            option,
            recommended,
            ..
        } => Some((*option, *recommended)),
        _ => None,
    });
    if answers.is_empty() && decided.is_none() {
        return Vec::new();
    }
    let more = answers.len().saturating_sub(MOST);
    let mut said: Vec<String> = answers
        .into_iter()
        .take(MOST)
        .map(|(_, said)| said)
        .collect();
    if said.is_empty() {
        said.push("Nothing.".to_owned());
    }
    if more > 0 {
        said.push(format!("And {more} more; `backout report` has all."));
    }
    let previous = wording.previous();
    let chosen = match (decided, decision) {
        (Some((option, recommended)), _) if option == recommended => {
            format!("{}, as recommended.", words::option_title(option, previous))
        }
        (Some((option, recommended)), _) => format!(
            "{}; recommended was {}.",
            words::option_title(option, previous),
            words::option_title(recommended, previous)
        ),
        (None, Some(decision)) => format!(
            "Nothing. Recommended was {}.",
            words::option_title(decision.option, previous)
        ),
        (None, None) => "Nothing.".to_owned(),
    };
    let mut flips: Vec<String> = decision
        .into_iter()
        .flat_map(|decision| &decision.flips)
        .map(|flip| {
            let then = flip.then.map_or_else(String::new, |then| {
                format!(", then {}", words::option_title(then, previous))
            });
            format!(
                "If {}: {}{then}.",
                // the option is named anew, with its release
                flip.says.shown().split(" → ").next().unwrap_or_default(),
                words::option_title(flip.option, previous)
            )
        })
        .collect();
    if flips.is_empty() {
        flips.push("No single answer that was still open.".to_owned());
    }
    let text = |text: &str| vec![text.split_whitespace().collect::<Vec<_>>().join(" ")];
    if end.hidden {
        let hidden = "It stays hidden until you decide: play the drill again, or go on with it.";
        return vec![
            ("What you answered", said),
            ("What you decided", vec!["Nothing.".to_owned()]),
            ("How it ends", vec![hidden.to_owned()]),
        ];
    }
    vec![
        ("What you answered", said),
        ("What you decided", vec![chosen]),
        ("What happened", text(end.ends)),
        ("What would have changed the verdict", flips),
        ("What backout could not see", text(end.misses)),
    ]
}
