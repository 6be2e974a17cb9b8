//! The record while the screens are up: what others do to it is said at once, and what cannot be
//! written stays at hand.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::incoming::Incoming;
use super::journal::{self, JournalTask};
use super::worker::Outstanding;
use crate::checklist::Checklist;
use crate::model::Mode;
use crate::session::{self, EventKind, Journal};
use crate::tui::Message;
use crate::usecase::{self, Opening};

struct Keeping {
    folder: tempfile::TempDir,
    path: PathBuf,
    tasks: Sender<JournalTask>,
    from: Receiver<Incoming>,
}

impl Keeping {
    /// A session that is open in the thread of the record.
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let checklist = Checklist {
            yaml: "name: short\n".to_owned(),
            ..Checklist::embedded()
        };
        let start = usecase::make_session_start(&Opening {
            mode: Mode::Incident,
            repository: None,
            previous: ("1.0.0", "a"),
            current: ("1.1.0", "b"),
            environment: None,
            service: Some("shop"),
            deployed_at: None,
            deadline: None,
            checklist: &checklist,
        });
        let path = Journal::create(folder.path(), start)
            .unwrap()
            .path()
            .to_owned();
        let (to, from) = channel();
        let tasks = journal::start_journal_thread(to, Outstanding::default()).unwrap();
        tasks.send(JournalTask::Open(path.clone(), false)).unwrap();
        let keeping = Self {
            folder,
            path,
            tasks,
            from,
        };
        // that it goes on is an event of its own
        keeping.until(|message| matches!(message, Message::Appended { .. }));
        keeping
    }

    /// Waits for a message and gives it back.
    fn until(&self, wanted: impl Fn(&Message) -> bool) -> Message {
        let since = Instant::now();
        loop {
            match self.from.recv_timeout(Duration::from_secs(20)) {
                Ok(Incoming::Message(message)) if wanted(&message) => return *message,
                Ok(_) => assert!(since.elapsed() < Duration::from_secs(60), "it never came"),
                Err(error) => panic!("it never came: {error}"),
            }
        }
    }

    fn note(&self, text: &str) {
        let what = Box::new(EventKind::Noted { text: text.into() });
        self.tasks
            .send(JournalTask::Append {
                ticket: Some(1),
                what,
                role: None,
                by: None,
            })
            .unwrap();
    }

    fn doubt(&self) -> String {
        match self.until(|message| matches!(message, Message::Doubt(_))) {
            Message::Doubt(says) => says,
            other => panic!("{other:?}"),
        }
    }
}

fn notes(path: &Path) -> Vec<String> {
    let (journal, _) = Journal::read(path).unwrap();
    journal
        .events()
        .iter()
        .filter_map(|event| {
            if let EventKind::Noted { text } = &event.what {
                Some(text.as_raw().to_owned())
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn a_foreign_line_is_said_without_anybody_asking() {
    let keeping = Keeping::begin();
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&keeping.path)
        .unwrap();
    file.write_all(b"somebody else wrote this\n").unwrap();
    let says = keeping.doubt();
    assert!(
        says.contains("The chain is broken") && says.contains("line 3"),
        "{says}"
    );
}

#[test]
fn a_clock_that_was_set_back_is_said_with_the_event_that_shows_it() {
    let keeping = Keeping::begin();
    let later = jiff::Timestamp::now()
        .checked_add(jiff::SignedDuration::from_hours(3))
        .unwrap();
    let (mut other, _) = Journal::open(&keeping.path).unwrap();
    other
        .append_at(
            EventKind::Noted {
                text: "from the future".into(),
            },
            None,
            None,
            later,
        )
        .unwrap();
    keeping.note("now");
    let says = keeping.doubt();
    assert!(
        says.contains("set back") && says.contains("Event 4"),
        "{says}"
    );
}

#[test]
fn a_session_whose_file_went_away_can_be_kept_in_another_folder() {
    let keeping = Keeping::begin();
    keeping.note("first");
    keeping.until(|message| {
        matches!(
            message,
            Message::Appended {
                ticket: Some(1),
                ..
            }
        )
    });
    std::fs::remove_file(&keeping.path).unwrap();
    keeping.note("second");
    keeping.until(|message| matches!(message, Message::Unwritten(1)));
    let elsewhere = keeping.folder.path().join("elsewhere");
    keeping
        .tasks
        .send(JournalTask::Move(elsewhere.clone()))
        .unwrap();
    let Message::Kept(path) = keeping.until(|message| matches!(message, Message::Kept(_))) else {
        panic!()
    };
    assert_eq!(path.parent(), Some(elsewhere.as_path()));
    assert_eq!(notes(&path), ["first", "second"]);
    assert!(session::verify_journal_chain(&path).unwrap().whole());
    // and it goes on there
    keeping.note("third");
    keeping.until(|message| {
        matches!(
            message,
            Message::Appended {
                ticket: Some(1),
                ..
            }
        )
    });
    assert_eq!(notes(&path), ["first", "second", "third"]);
}
