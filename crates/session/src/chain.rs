//! The chain of a journal: how one event becomes one line, and how lines are read back and held
//! against each other.
//!
//! A line is the event as JSON with `hash` as its last key. `hash` is the SHA-256 of the line
//! without that key, `previous` the SHA-256 of the whole line before (of nothing for the first).
//! Both are taken over bytes, never over what was parsed, so that a changed byte shows wherever it
//! is. The chain shows damage and careless edits. It is no signature: whoever rewrites the whole
//! file can make a new chain, and lines cut off at the end leave a shorter whole one; the hash of
//! the last line, kept elsewhere, tells both.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Event, JOURNAL_VERSION};
use model::{escape_invisible, shorten_text, visible_lines};

/// Longest line that is read or written, in bytes.
pub(super) const LINE_LIMIT: usize = 4 << 20;
/// Most events of one journal.
pub(super) const EVENT_LIMIT: u64 = 100_000;
/// Largest journal, in bytes.
pub(super) const FILE_LIMIT: u64 = 64 << 20;
/// Milliseconds by which clocks of machines may differ before it is said.
const CLOCKS_DIFFER: i128 = 2_000;
/// Breaks kept word for word; further ones are only counted.
const BREAKS_KEPT: usize = 50;

const HASH_KEY: &str = r#","hash":""#;
const HASH_END: &str = r#""}"#;
const HASH_LENGTH: usize = 64;

/// SHA-256 as lower-case hexadecimal digits.
pub(super) fn hash_sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(HASH_LENGTH), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The line of an event, without line feed. The event's own `hash` is ignored and computed.
pub(super) fn encode_event(event: &Event) -> Result<String, String> {
    let blank = Event {
        hash: String::new(),
        ..event.clone()
    };
    let text = serde_json::to_string(&blank)
        .map_err(|error| format!("The event cannot be written as JSON: {error}."))?;
    let empty = format!("{HASH_KEY}{HASH_END}");
    let head = text
        .strip_suffix(&empty)
        .ok_or("The event does not end with its hash.")?;
    let hash = hash_sha256(format!("{head}}}").as_bytes());
    Ok(format!("{head}{HASH_KEY}{hash}{HASH_END}"))
}

/// The hash a line should carry and the one it does carry; `None` when it does not end with one.
fn split_line_hashes(line: &[u8]) -> Option<(String, &[u8])> {
    let line = line.strip_suffix(HASH_END.as_bytes())?;
    let (rest, recorded) = line.split_at_checked(line.len().checked_sub(HASH_LENGTH)?)?;
    let head = rest.strip_suffix(HASH_KEY.as_bytes())?;
    Some((hash_sha256(&[head, b"}"].concat()), recorded))
}

/// An event whose line stands as it was written, whatever became of the lines around it; else why
/// it does not, as the end of a sentence.
pub(super) fn decode_intact_event(line: &[u8]) -> Result<Event, String> {
    if line.len() > LINE_LIMIT {
        return Err(format!(
            "is longer than {LINE_LIMIT} bytes and was not read"
        ));
    }
    let mut event: Event = serde_json::from_slice(line).map_err(|error| {
        format!(
            "cannot be read as an event: {}",
            shorten_text(&escape_invisible(&error.to_string()), 200)
        )
    })?;
    match split_line_hashes(line) {
        Some((computed, recorded)) if computed.as_bytes() == recorded => {}
        _ => return Err("was changed after it was written".to_owned()),
    }
    event.hash.clear();
    Ok(event)
}

/// An event from a line. Control characters in every text become visible, except in the checklist,
/// which must stay as it was for a replay and is cleaned by its own reader.
fn decode_event(line: &[u8]) -> Result<Event, String> {
    let mut value: Value = serde_json::from_slice(line)
        .map_err(|error| escape_invisible(&error.to_string()).into_owned())?;
    escape_event_texts(&mut value, &mut String::new());
    serde_json::from_value(value)
        .map_err(|error| shorten_text(&escape_invisible(&error.to_string()), 200).into_owned())
}

fn escape_event_texts(value: &mut Value, path: &mut String) {
    match value {
        Value::String(text) if path != "/what/checklist" => *text = visible_lines(text),
        Value::Array(list) => list.iter_mut().for_each(|item| {
            let mut inside = format!("{path}/-");
            escape_event_texts(item, &mut inside);
        }),
        Value::Object(map) => map.iter_mut().for_each(|(key, item)| {
            let mut inside = format!("{path}/{key}");
            escape_event_texts(item, &mut inside);
        }),
        _ => {}
    }
}

/// Journal format and tool named in a first line, when it is another format than ours.
pub(super) fn other_version(line: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let what = value.get("what")?;
    let version = what.get("journal")?.as_u64()?;
    if version == u64::from(JOURNAL_VERSION) {
        return None;
    }
    let tool = what
        .get("tool")
        .and_then(Value::as_str)
        .unwrap_or("another version of the program");
    Some(format!(
        "is a journal of format {version}, this program reads format {JOURNAL_VERSION}; open it \
            with the version that wrote it ({})",
        escape_invisible(&shorten_text(tool, 60))
    ))
}

/// A place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Line of the file, from 1. In a whole journal this is also the `seq` of the event.
    pub line: u64,
    /// What does not hold there, as the end of a sentence.
    pub says: String,
}

/// Reads lines in order and keeps what the next one must follow.
#[derive(Debug, Clone)]
pub(super) struct ChainWalk {
    pub(super) events: Vec<Event>,
    pub(super) lines: u64,
    pub(super) breaks: Vec<Break>,
    pub(super) more_breaks: u64,
    /// SHA-256 of the last line.
    pub(super) head: String,
    pub(super) next: u64,
    /// The first event that is dated before the one it follows, with that one, and how many there
    /// are.
    backwards: Option<(Backwards, u64)>,
}

/// An event and the one before it, each with its number and time.
type Backwards = [(u64, jiff::Timestamp); 2];

impl Default for ChainWalk {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            lines: 0,
            breaks: Vec::new(),
            more_breaks: 0,
            head: hash_sha256(b""),
            next: 1,
            backwards: None,
        }
    }
}

impl ChainWalk {
    /// Takes one line (without line feed). What does not hold is noted; an event that can be read
    /// is kept either way.
    pub(super) fn line(&mut self, raw: &[u8]) {
        self.lines += 1;
        if let Err(says) = self.take(raw) {
            if self.breaks.len() < BREAKS_KEPT {
                self.breaks.push(Break {
                    line: self.lines,
                    says,
                });
            } else {
                self.more_breaks += 1;
            }
        }
        self.head = hash_sha256(raw);
    }

    fn take(&mut self, raw: &[u8]) -> Result<(), String> {
        let expected = self.next;
        self.next = expected.saturating_add(1);
        if raw.len() > LINE_LIMIT {
            return Err(format!(
                "is longer than {LINE_LIMIT} bytes and was not read"
            ));
        }
        let event =
            decode_event(raw).map_err(|why| format!("cannot be read as an event: {why}"))?;
        self.next = event.seq.saturating_add(1);
        let found = split_line_hashes(raw);
        let held = if found.is_none_or(|(computed, recorded)| computed.as_bytes() != recorded) {
            Err("was changed after it was written".to_owned())
        } else if event.previous != self.head {
            Err(
                "does not follow the line before it: a line was changed, taken out or put in"
                    .to_owned(),
            )
        } else if event.seq != expected {
            Err(format!(
                "has number {} where {expected} should follow",
                event.seq
            ))
        } else {
            Ok(())
        };
        if let Some(last) = self.events.last()
            && last.at.duration_since(event.at).as_millis() > CLOCKS_DIFFER
        {
            let first = [(event.seq, event.at), (last.seq, last.at)];
            let (first, count) = self.backwards.unwrap_or((first, 0));
            self.backwards = Some((first, count + 1));
        }
        self.events.push(event);
        held
    }

    /// Whether this line would continue the chain as it is.
    pub(super) fn continues(&self, raw: &[u8]) -> bool {
        let mut ahead = Self {
            head: self.head.clone(),
            next: self.next,
            ..Self::default()
        };
        ahead.line(raw);
        ahead.breaks.is_empty()
    }

    /// That the clock was set back, in one sentence. The order of events is that of their numbers
    /// all the same.
    pub(super) fn clock(&self) -> Option<String> {
        let ([(seq, at), (before, then)], count) = self.backwards?;
        let more = if count > 1 {
            format!(", and so are {} more", count - 1)
        } else {
            String::new()
        };
        let clock = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        Some(format!(
            "Event {seq} is dated {}, before event {before} of {}{more}: the clock of this machine \
                was set back, or clocks differ. The order of the events holds; times between them \
                do not.",
            clock(at),
            clock(then)
        ))
    }

    /// The first break in one sentence.
    pub(super) fn broken(&self) -> Option<String> {
        let first = self.breaks.first()?;
        let before = match first.line {
            1 => "Nothing before it can vouch for the rest".to_owned(),
            2 => "Event 1 stands as written".to_owned(),
            line => format!("Events 1 to {} stand as written", line - 1),
        };
        let others = self.breaks.len() as u64 - 1 + self.more_breaks;
        let others = if others == 0 {
            String::new()
        } else {
            format!(", {others} more after it")
        };
        Some(format!(
            "The chain is broken from event {} on: line {} {}{others}. {before}.",
            first.line, first.line, first.says
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventKind;

    fn event(seq: u64, previous: &str, what: EventKind) -> Event {
        Event {
            seq,
            at: jiff::Timestamp::UNIX_EPOCH,
            role: None,
            by: None,
            what,
            previous: previous.to_owned(),
            hash: String::new(),
        }
    }

    #[test]
    fn lines_follow_each_other() {
        let mut walk = ChainWalk::default();
        for seq in 1..=3 {
            let line = encode_event(&event(
                seq,
                &walk.head,
                EventKind::Noted {
                    text: format!("note {seq}").into(),
                },
            ))
            .unwrap();
            assert!(walk.continues(line.as_bytes()));
            walk.line(line.as_bytes());
        }
        assert_eq!((walk.events.len(), walk.broken()), (3, None));
        assert!(walk.events.iter().all(|event| event.hash.len() == 64));
    }

    #[test]
    fn a_line_out_of_order_is_a_break() {
        let first = encode_event(&event(1, &hash_sha256(b""), EventKind::closed())).unwrap();
        let second = encode_event(&event(
            2,
            &hash_sha256(first.as_bytes()),
            EventKind::closed(),
        ))
        .unwrap();
        let mut walk = ChainWalk::default();
        walk.line(second.as_bytes());
        walk.line(first.as_bytes());
        assert_eq!(walk.events.len(), 2, "what can be read is kept");
        assert!(
            walk.broken()
                .unwrap()
                .starts_with("The chain is broken from event 1 on: line 1 does not follow"),
            "{:?}",
            walk.broken()
        );
    }

    #[test]
    fn control_characters_are_made_visible_but_not_in_the_checklist() {
        let text = "red \u{1b}[31m\nsecond";
        let mut walk = ChainWalk::default();
        walk.line(
            encode_event(&event(
                1,
                &walk.head,
                EventKind::Noted { text: text.into() },
            ))
            .unwrap()
            .as_bytes(),
        );
        assert_eq!(walk.breaks, []);
        assert_eq!(
            walk.events[0].what,
            EventKind::Noted {
                text: "red ␛[31m\nsecond".into()
            }
        );

        let mut value = serde_json::json!({"what": {"checklist": "a\tb", "repository": "a\tb"}});
        escape_event_texts(&mut value, &mut String::new());
        assert_eq!(
            value,
            serde_json::json!({"what": {"checklist": "a\tb", "repository": "a    b"}})
        );
    }
}
