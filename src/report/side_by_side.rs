//! Two sessions beside each other: what both answered and decided, and both records on one scale of
//! minutes.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::timeline::event_line;
use super::words;
use crate::model::{escape_invisible, shorten_text, wrap_text};
use crate::session::{Event, EventKind, find_withdrawn_events};
use crate::usecase::Wording;

/// Columns of the minutes.
const MINUTES: usize = 9;

/// One session, as far as it is compared.
struct Side<'a> {
    wording: Wording<'static>,
    events: Vec<&'a Event>,
}

impl<'a> Side<'a> {
    fn new(events: &'a [Event]) -> Self {
        let gone = find_withdrawn_events(events.iter());
        Self {
            wording: Wording::of_session(events),
            events: events
                .iter()
                .filter(|event| !gone.contains(&event.seq))
                .collect(),
        }
    }

    fn title(&self) -> String {
        self.events
            .iter()
            .find_map(|event| match &event.what {
                EventKind::Started(start) => Some(format!(
                    "{}, {} to {}, began {}",
                    start.session,
                    start.current,
                    start.previous,
                    event.at.strftime("%Y-%m-%d %H:%M UTC")
                )),
                _ => None,
            })
            .unwrap_or_else(|| "a session without a beginning".to_owned())
    }

    /// The last answer to each question, in words.
    fn answers(&self) -> BTreeMap<String, String> {
        let mut answers = BTreeMap::new();
        for event in &self.events {
            if let EventKind::Answered {
                question: Some(question),
                facts,
                ..
            } = &event.what
            {
                answers.insert(question.clone(), self.wording.said(facts, &|_| None));
            }
        }
        answers
    }

    /// What was decided, and after how many minutes.
    fn decision(&self) -> String {
        let decided = self
            .events
            .iter()
            .rev()
            .find_map(|event| match &event.what {
                EventKind::Decided { option, .. } => Some((event, *option)),
                _ => None,
            });
        match decided {
            Some((event, option)) => format!(
                "{}, after {} min",
                words::option_title(option, self.wording.previous()),
                self.minutes(event)
            ),
            None => "nothing".to_owned(),
        }
    }

    fn minutes(&self, event: &Event) -> i64 {
        let began = self.events.first().map_or(event.at, |first| first.at);
        event.at.duration_since(began).as_secs().max(0) / 60
    }
}

/// Both sessions as text of so many columns.
pub fn write_side_by_side(one: &[Event], other: &[Event], columns: usize) -> String {
    let (a, b) = (Side::new(one), Side::new(other));
    let columns = columns.clamp(80, 240);
    let half = (columns - MINUTES - 3) / 2;
    let mut out = String::new();
    for (name, side) in [("A", &a), ("B", &b)] {
        let _ = writeln!(out, "{name}  {}", escape_invisible(&side.title()));
    }
    let mut row = |label: &str, left: &str, right: &str| {
        let cut = |text: &str| wrap_text(&escape_invisible(text), half);
        let (left, right) = (cut(left), cut(right));
        for at in 0..left.len().max(right.len()).max(1) {
            let text = |side: &[String]| side.get(at).cloned().unwrap_or_default();
            let blank =
                half.saturating_sub(unicode_width::UnicodeWidthStr::width(text(&left).as_str()));
            let label = if at == 0 { label } else { "" };
            let line = format!(
                "{label:<MINUTES$}{}{} | {}",
                text(&left),
                " ".repeat(blank),
                text(&right)
            );
            out.push_str(line.trim_end());
            out.push('\n');
        }
    };
    row("", "", "");
    row("", "A", "B");
    row("decided", &a.decision(), &b.decision());
    let (said, said_there) = (a.answers(), b.answers());
    let mut questions: Vec<&String> = said.keys().chain(said_there.keys()).collect();
    questions.sort_unstable();
    questions.dedup();
    let differ = |question: &&String| said.get(*question) != said_there.get(*question);
    let none = "not answered".to_owned();
    let mut label = "differs";
    for question in questions.into_iter().filter(differ) {
        let left = said.get(question).unwrap_or(&none);
        row(label, left, said_there.get(question).unwrap_or(&none));
        label = "";
    }
    row("", "", "");
    // both records in the order of their minutes; of one minute first A's
    let mut all: Vec<(i64, bool, &Event)> = Vec::new();
    all.extend(
        a.events
            .iter()
            .map(|event| (a.minutes(event), false, *event)),
    );
    all.extend(
        b.events
            .iter()
            .map(|event| (b.minutes(event), true, *event)),
    );
    all.sort_by_key(|(minutes, right, event)| (*minutes, *right, event.seq));
    let mut shown = None;
    for (minutes, right, event) in all {
        let label = if shown == Some(minutes) {
            String::new()
        } else {
            format!("{minutes} min")
        };
        shown = Some(minutes);
        let wording = if right { &b.wording } else { &a.wording };
        let text = shorten_text(&event_line(event, wording), 300).into_owned();
        if right {
            row(&label, "", &text);
        } else {
            row(&label, &text, "");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OptionId;

    fn event(seq: u64, seconds: i64, what: EventKind) -> Event {
        Event {
            seq,
            at: jiff::Timestamp::from_second(1_700_000_000 + seconds).unwrap(),
            role: None,
            by: None,
            what,
            previous: String::new(),
            hash: String::new(),
        }
    }

    fn note(text: &str) -> EventKind {
        EventKind::Noted { text: text.into() }
    }

    #[test]
    fn both_records_stand_on_one_scale_of_minutes() {
        let verdict = |option| EventKind::Verdict {
            option,
            strength: crate::model::Strength::Firm,
            margin: None,
            why: "it was read".into(),
        };
        let one = [
            event(1, 0, note("the first")),
            event(2, 130, verdict(OptionId::RollBack)),
        ];
        let other = [
            event(1, 9_000, note("another")),
            event(2, 9_070, note("a control \u{1b}[31m sign")),
        ];
        let text = write_side_by_side(&one, &other, 100);
        let line = |says: &str| {
            text.lines()
                .find(|line| line.contains(says))
                .unwrap_or_else(|| panic!("{says}: {text}"))
        };
        assert!(line("the first").starts_with("0 min"));
        let (left, right) = line("another").split_once('|').unwrap();
        assert!(left.trim().is_empty() && right.contains("another"));
        assert!(line("a control").starts_with("1 min"));
        assert!(line("it was read").starts_with("2 min"));
        assert!(!text.contains('\u{1b}'));
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
    }

    #[test]
    fn empty_sessions_are_compared_without_harm() {
        assert!(write_side_by_side(&[], &[], 10).contains("without a beginning"));
    }
}
