//! The journal in a thread of its own: a slow disk never holds the screen up, and order is kept.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::events::Incoming;
use super::worker::Outstanding;
use crate::session::{Event, EventKind, Journal, Start};
use crate::tui::Message;
use crate::usecase;

/// Something for the journal.
pub enum Task {
    /// Begin one in a folder.
    Create(PathBuf, Box<Start>),
    /// Go on with one; `true` only looks at it.
    Open(PathBuf, bool),
    /// Append.
    Append {
        /// Of the effect; `None` for what the program itself records.
        ticket: Option<u64>,
        /// What happened.
        what: Box<EventKind>,
        /// In which role.
        role: Option<String>,
        /// By whom.
        by: Option<String>,
    },
}

/// Starts the thread and returns where tasks go. Without a journal answers are kept in memory and said to be so.
pub fn start(to: Sender<Incoming>, outstanding: Outstanding) -> std::io::Result<Sender<Task>> {
    let (tasks, from) = channel();
    std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
        Keeper { to, outstanding, journal: None, known: 0, memory: Vec::new(), waiting: Vec::new(), nowhere: false, failed: None }.work(&from)
    })?;
    Ok(tasks)
}

/// A task that keeps nothing on disk.
pub fn nowhere() -> Task {
    Task::Open(PathBuf::new(), false)
}

struct Keeper {
    to: Sender<Incoming>,
    outstanding: Outstanding,
    journal: Option<Journal>,
    /// `seq` of the last event the screens know.
    known: u64,
    memory: Vec<Event>,
    /// Appends that came before there was a journal.
    waiting: Vec<Task>,
    nowhere: bool,
    /// Why there is no journal, and will be none.
    failed: Option<String>,
}

impl Keeper {
    fn work(mut self, from: &Receiver<Task>) {
        loop {
            match from.recv_timeout(Duration::from_secs(1)) {
                Ok(task) => {
                    self.take(task);
                    self.outstanding.end();
                }
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, task: Task) {
        match task {
            Task::Create(folder, start) => {
                match Journal::create(&folder, *start) {
                    Ok(journal) => self.opened(journal),
                    Err(error) => {
                        self.fail(format!("Answers cannot be recorded, and are not taken: {error} Set BACKOUT_HOME to a folder that can be written."))
                    }
                }
                self.drain();
            }
            Task::Open(path, _) if path.as_os_str().is_empty() => {
                self.nowhere = true;
                self.drain();
            }
            Task::Open(path, only_look) => {
                match if only_look { Journal::read(&path) } else { Journal::open(&path) } {
                    Ok((journal, recovery)) => {
                        self.opened(journal);
                        for note in [recovery.torn, recovery.broken].into_iter().flatten() {
                            self.say(note);
                        }
                        if !only_look {
                            self.append(None, EventKind::Resumed { tool: usecase::TOOL.to_owned() }, None, None);
                        }
                    }
                    Err(error) => self.fail(format!("The record cannot be opened, and answers are not taken: {error}")),
                }
                self.drain();
            }
            Task::Append { ticket, .. } if self.failed.is_some() => self.refuse(ticket),
            Task::Append { .. } if self.journal.is_none() && !self.nowhere => self.waiting.push(task),
            Task::Append { ticket, what, role, by } => self.append(ticket, *what, role, by),
        }
    }

    fn drain(&mut self) {
        for task in std::mem::take(&mut self.waiting) {
            if let Task::Append { ticket, what, role, by } = task {
                if self.failed.is_some() {
                    self.refuse(ticket);
                } else {
                    self.append(ticket, *what, role, by);
                }
            }
        }
    }

    fn fail(&mut self, says: String) {
        self.failed = Some(says.clone());
        self.send(Message::NoRecord(says));
    }

    fn refuse(&self, ticket: Option<u64>) {
        if let (Some(ticket), Some(says)) = (ticket, self.failed.clone()) {
            self.send(Message::NotAppended { ticket, says });
        }
    }

    fn opened(&mut self, journal: Journal) {
        let events = journal.events().to_vec();
        self.known = events.last().map_or(0, |event| event.seq);
        self.journal = Some(journal);
        self.send(Message::Events(events));
    }

    fn append(&mut self, ticket: Option<u64>, what: EventKind, role: Option<String>, by: Option<String>) {
        if self.nowhere {
            let seq = self.memory.len() as u64 + 1;
            let event = Event { seq, at: jiff::Timestamp::now(), role, by, what, previous: String::new(), hash: String::new() };
            self.memory.push(event.clone());
            self.send(Message::Appended { ticket, event: Box::new(event) });
            return;
        }
        let Some(journal) = &mut self.journal else { return };
        // a session that goes on reads the same again
        if usecase::same_reading(journal.events(), &what) {
            return;
        }
        let written = journal.append(what, role, by).map(|event| event.seq);
        match written {
            Ok(seq) => self.news(Some((seq, ticket))),
            Err(error) => match ticket {
                Some(ticket) => self.send(Message::NotAppended { ticket, says: error.to_string() }),
                None => self.say(format!("Not recorded: {error}")),
            },
        }
    }

    /// Sends what the screens do not know yet: an own event with its ticket, those of other programs without.
    fn news(&mut self, own: Option<(u64, Option<u64>)>) {
        let Some(journal) = &self.journal else { return };
        let fresh: Vec<Event> = journal.events().iter().filter(|event| event.seq > self.known).cloned().collect();
        for event in fresh {
            self.known = self.known.max(event.seq);
            let ticket = own.and_then(|(seq, ticket)| if seq == event.seq { ticket } else { None });
            self.send(Message::Appended { ticket, event: Box::new(event) });
        }
    }

    /// What other programs appended meanwhile.
    fn look(&mut self) {
        let Some(journal) = &mut self.journal else { return };
        if journal.refresh().unwrap_or(false) {
            self.news(None);
        }
    }

    fn say(&self, text: String) {
        self.send(Message::Tell(text));
    }

    fn send(&self, message: Message) {
        // when the loop is gone the thread ends with its channel
        let _ = self.to.send(message.into());
    }
}
