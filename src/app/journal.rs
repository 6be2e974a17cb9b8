//! The journal in a thread of its own: a slow disk never holds the screen up, and order is kept.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::incoming::Incoming;
use super::worker::Outstanding;
use crate::report;
use crate::session::{self, Event, EventKind, Journal, SessionError, Start};
use crate::tui::draw::words;
use crate::tui::{Message, Model};
use crate::usecase;

/// Something for the journal.
pub enum JournalTask {
    /// Begin one in a folder.
    Create(PathBuf, Box<Start>),
    /// Begin the one that was held back because an open session is about the same; `true` goes on
    /// with that instead.
    Settle(bool),
    /// Keep what could not be written in this folder.
    Move(PathBuf),
    /// Go on with one; `true` only looks at it.
    Open(PathBuf, bool),
    /// Answer when everything before it is done: the program is about to end.
    Flush(Sender<()>),
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

/// Starts the thread and returns where tasks go. Without a journal answers are kept in memory and
/// said to be so.
pub fn start_journal_thread(
    to: Sender<Incoming>,
    outstanding: Outstanding,
) -> std::io::Result<Sender<JournalTask>> {
    let (tasks, from) = channel();
    std::thread::Builder::new()
        .name("journal".to_owned())
        .spawn(move || {
            let place = JournalTarget::default();
            Keeper {
                to,
                outstanding,
                journal: None,
                known: 0,
                memory: Vec::new(),
                waiting: Vec::new(),
                nowhere: false,
                failed: None,
                place,
                behind: Vec::new(),
                told: Vec::new(),
            }
            .work(&from)
        })?;
    Ok(tasks)
}

/// A task that keeps nothing on disk.
pub fn make_memory_only_task() -> JournalTask {
    JournalTask::Open(PathBuf::new(), false)
}

struct Keeper {
    to: Sender<Incoming>,
    outstanding: Outstanding,
    journal: Option<Journal>,
    /// `seq` of the last event the screens know.
    known: u64,
    memory: Vec<Event>,
    /// Appends that came before there was a journal.
    waiting: Vec<JournalTask>,
    nowhere: bool,
    /// Why there is no journal, and will be none.
    failed: Option<String>,
    place: JournalTarget,
    /// What the disk did not take: kept here, in order, until it does.
    behind: Vec<Event>,
    /// What was said about the record already, so that it is said once.
    told: Vec<String>,
}

/// Where the journal is to be, while it cannot be written.
#[derive(Default)]
struct JournalTarget {
    /// To begin one there.
    create: Option<(PathBuf, Box<Start>)>,
    /// To go on with one that is there.
    open: Option<PathBuf>,
    /// An open session about the same, while a person chooses.
    similar: Option<PathBuf>,
}

impl Keeper {
    fn work(mut self, from: &Receiver<JournalTask>) {
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

    fn take(&mut self, task: JournalTask) {
        match task {
            JournalTask::Create(folder, start) => {
                if let Some(found) = session::find_similar_session(&folder, &start) {
                    self.place = JournalTarget {
                        create: Some((folder, start)),
                        open: None,
                        similar: Some(found.path),
                    };
                    self.send(Message::OpenSession {
                        began: found.began,
                        said: found.said,
                    });
                    return;
                }
                self.create(folder, start);
            }
            JournalTask::Settle(go_on) => match (std::mem::take(&mut self.place), go_on) {
                (
                    JournalTarget {
                        similar: Some(path),
                        ..
                    },
                    true,
                ) => self.take(JournalTask::Open(path, false)),
                (
                    JournalTarget {
                        create: Some((folder, start)),
                        ..
                    },
                    _,
                ) => self.create(folder, start),
                (place, _) => self.place = place,
            },
            JournalTask::Move(folder) => {
                if let Some((place, _)) = &mut self.place.create {
                    *place = folder;
                    self.catch_up(true);
                } else if self.behind.is_empty() {
                    self.say(
                        "This session is written already; there is nothing to keep elsewhere."
                            .to_owned(),
                    );
                } else {
                    self.move_to(&folder);
                }
            }
            JournalTask::Open(path, _) if path.as_os_str().is_empty() => {
                self.nowhere = true;
                self.drain();
            }
            JournalTask::Open(path, only_look) => {
                self.open(&path, only_look);
                self.drain();
            }
            JournalTask::Flush(done) => {
                if !self.behind.is_empty() {
                    self.catch_up(false);
                }
                // whoever waited may have given up
                let _ = done.send(());
            }
            JournalTask::Append { ticket, .. } if self.failed.is_some() => self.refuse(ticket),
            JournalTask::Append { .. }
                if self.journal.is_none() && !self.nowhere && self.known == 0 =>
            {
                self.waiting.push(task)
            }
            JournalTask::Append {
                ticket,
                what,
                role,
                by,
            } => self.append(ticket, *what, role, by),
        }
    }

    /// Opens a journal that is there, to go on with it or only to look.
    fn open(&mut self, path: &Path, only_look: bool) {
        let opened = if only_look {
            Journal::read(path)
        } else {
            Journal::open(path)
        };
        match opened {
            Ok((journal, recovery)) => {
                self.opened(journal);
                if let Some(torn) = recovery.torn {
                    self.say(torn);
                }
                self.remarks();
                if !only_look {
                    self.append(
                        None,
                        EventKind::Resumed {
                            tool: usecase::TOOL.to_owned(),
                        },
                        None,
                        None,
                    );
                }
            }
            Err(SessionError::Disk(why)) if !only_look && self.only_read(path) => {
                self.behind_because(&why)
            }
            Err(error) => self.fail(format!(
                "The record cannot be opened, and answers are not taken: {error}"
            )),
        }
    }

    fn drain(&mut self) {
        for task in std::mem::take(&mut self.waiting) {
            if let JournalTask::Append {
                ticket,
                what,
                role,
                by,
            } = task
            {
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

    fn append(
        &mut self,
        ticket: Option<u64>,
        what: EventKind,
        role: Option<String>,
        by: Option<String>,
    ) {
        if self.nowhere {
            let seq = self.memory.len() as u64 + 1;
            let event = Event {
                seq,
                at: jiff::Timestamp::now(),
                role: role.map(Into::into),
                by: by.map(Into::into),
                what,
                previous: String::new(),
                hash: String::new(),
            };
            self.memory.push(event.clone());
            self.send(Message::Appended {
                ticket,
                event: Box::new(event),
            });
            return;
        }
        if !self.behind.is_empty() || self.journal.is_none() {
            return self.hold(ticket, what, role, by);
        }
        let Some(journal) = &mut self.journal else {
            return;
        };
        // a session that goes on reads the same again
        if usecase::same_reading(journal.events(), &what) {
            return;
        }
        let written = journal
            .append(what.clone(), role.clone(), by.clone())
            .map(|event| event.seq);
        match written {
            Ok(seq) => self.news(Some((seq, ticket))),
            Err(SessionError::Disk(why)) => {
                self.place.open = Some(journal.path().to_owned());
                self.hold(ticket, what, role, by);
                self.behind_because(&why);
            }
            Err(error) => match ticket {
                Some(ticket) => self.send(Message::NotAppended {
                    ticket,
                    says: error.to_string(),
                }),
                None => self.say(format!("Not recorded: {error}")),
            },
        }
    }

    /// Sends what the screens do not know yet: an own event with its ticket, those of other
    /// programs without.
    fn news(&mut self, own: Option<(u64, Option<u64>)>) {
        let Some(journal) = &self.journal else { return };
        let fresh: Vec<Event> = journal
            .events()
            .iter()
            .filter(|event| event.seq > self.known)
            .cloned()
            .collect();
        for event in fresh {
            self.known = self.known.max(event.seq);
            let ticket = own.and_then(|(seq, ticket)| if seq == event.seq { ticket } else { None });
            self.send(Message::Appended {
                ticket,
                event: Box::new(event),
            });
        }
        self.remarks();
    }

    /// Says at once, and once, what is wrong with the record: a line that is no event of this
    /// program, a clock that was set back.
    fn remarks(&mut self) {
        let Some(journal) = &self.journal else { return };
        let recovery = journal.recovery();
        for says in [recovery.broken, recovery.clock].into_iter().flatten() {
            self.remark(says);
        }
    }

    fn remark(&mut self, says: String) {
        // further ones of a kind change only the counts in the sentence
        let kind: String = says.chars().take(24).collect();
        if !self.told.contains(&kind) {
            self.told.push(kind);
            self.send(Message::Doubt(says));
        }
    }

    /// Writes the whole session anew in another folder: its own can be written no more.
    fn move_to(&mut self, folder: &std::path::Path) {
        let known: Vec<Event> = self
            .journal
            .as_ref()
            .map(|journal| journal.events().to_vec())
            .unwrap_or_default();
        let known = match (known.is_empty(), &self.place.open) {
            (true, Some(path)) => Journal::read(path)
                .map(|(journal, _)| journal.events().to_vec())
                .unwrap_or_default(),
            _ => known,
        };
        let mut all = known.into_iter().chain(self.behind.iter().cloned());
        let begun = all.next().map(|first| (first.at, first.what));
        let Some((at, EventKind::Started(start))) = begun else {
            self.say(
                "How this session began is not known, so it cannot be written elsewhere."
                    .to_owned(),
            );
            return;
        };
        let moved = Journal::create_at(folder, *start, at).and_then(|mut journal| {
            for event in all {
                journal.append_at(event.what, event.role, event.by, event.at)?;
            }
            Ok(journal)
        });
        match moved {
            Ok(journal) => {
                self.behind.clear();
                self.journal = Some(journal);
                self.written();
            }
            Err(error) => self.send(Message::NoRecord(format!(
                "It cannot be written there either. {error}"
            ))),
        }
    }

    /// Everything is on disk now.
    fn written(&mut self) {
        let Some(journal) = &self.journal else { return };
        let (events, path) = (journal.events().to_vec(), journal.path().to_owned());
        self.known = events.last().map_or(0, |event| event.seq);
        self.place = JournalTarget::default();
        self.send(Message::Unwritten(0));
        self.send(Message::Events(events));
        self.send(Message::Kept(path.clone()));
        self.say(format!("Everything is written now, to {}.", path.display()));
    }

    /// Begins a journal; where the disk does not let it, what happens is kept in memory until it
    /// does.
    fn create(&mut self, folder: PathBuf, mut start: Box<Start>) {
        let now = jiff::Timestamp::now();
        if start.session.is_empty() {
            let name = start
                .service
                .clone()
                .or_else(|| crate::model::folder_name(std::path::Path::new(&start.repository)));
            start.session = session::new_id(now, name.as_deref().unwrap_or_default());
        }
        match Journal::create_at(&folder, (*start).clone(), now) {
            Ok(journal) => self.opened(journal),
            Err(error) => {
                self.place.create = Some((folder, start.clone()));
                self.hold(None, EventKind::Started(start), None, None);
                self.behind_because(&error.to_string());
            }
        }
        self.drain();
    }

    /// The events of a journal that can be read but not written.
    fn only_read(&mut self, path: &std::path::Path) -> bool {
        let Ok((journal, _)) = Journal::read(path) else {
            return false;
        };
        let events = journal.events().to_vec();
        self.known = events.last().map_or(0, |event| event.seq);
        self.place.open = Some(path.to_owned());
        self.send(Message::Events(events));
        true
    }

    /// Keeps an event that the disk does not take. It counts, and the screens say that it is in
    /// memory only.
    fn hold(
        &mut self,
        ticket: Option<u64>,
        what: EventKind,
        role: Option<String>,
        by: Option<String>,
    ) {
        self.known += 1;
        let event = Event {
            seq: self.known,
            at: jiff::Timestamp::now(),
            role: role.map(Into::into),
            by: by.map(Into::into),
            what,
            previous: String::new(),
            hash: String::new(),
        };
        self.behind.push(event.clone());
        self.send(Message::Unwritten(self.behind.len()));
        self.send(Message::Appended {
            ticket,
            event: Box::new(event),
        });
    }

    fn behind_because(&self, why: &str) {
        self.send(Message::NoRecord(format!(
            "Nothing can be written now, so answers are kept in memory until it can. {why}"
        )));
        self.send(Message::Unwritten(self.behind.len().max(1)));
    }

    /// Writes what is kept in memory, as soon as the disk takes it.
    fn catch_up(&mut self, asked: bool) {
        let (tried, broken) = match self.open_again() {
            Ok(tried) => (tried, None),
            Err(error) => (true, Some(error)),
        };
        let mut failed = broken;
        if let (Some(journal), None) = (&mut self.journal, &failed) {
            while let Some(event) = self.behind.first().cloned() {
                if let Err(error) = journal.append_at(event.what, event.role, event.by, event.at) {
                    failed = Some(error);
                    break;
                }
                self.behind.remove(0);
            }
        }
        match (failed, &self.journal) {
            (Some(error), _) if asked => self.send(Message::NoRecord(format!(
                "It cannot be written there either. {error}"
            ))),
            (None, Some(_)) if tried => self.written(),
            _ => {}
        }
    }

    /// Opens or begins the journal that could not be; true when there was something to catch up
    /// with.
    fn open_again(&mut self) -> Result<bool, SessionError> {
        if self.journal.is_some() {
            return Ok(!self.behind.is_empty());
        }
        if let Some(path) = self.place.open.clone() {
            self.journal = Some(Journal::open(&path)?.0);
            return Ok(true);
        }
        let Some((folder, start)) = self
            .place
            .create
            .clone()
            .filter(|_| self.place.similar.is_none())
        else {
            return Ok(false);
        };
        let began = self
            .behind
            .first()
            .map_or_else(jiff::Timestamp::now, |event| event.at);
        self.journal = Some(Journal::create_at(&folder, *start, began)?);
        // its first event is the beginning itself
        self.behind.drain(..1.min(self.behind.len()));
        Ok(true)
    }

    /// What other programs appended meanwhile.
    fn look(&mut self) {
        if !self.behind.is_empty() || self.place.open.is_some() {
            self.catch_up(false);
            return;
        }
        let Some(journal) = &mut self.journal else {
            return;
        };
        match journal.refresh() {
            Ok(true) => self.news(None),
            Ok(false) => {}
            Err(error) => self.remark(error.to_string()),
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

/// Says for the end of the program what was said and is recorded nowhere, and how many things that
/// are.
pub(super) fn tell_unrecorded(model: &Model, notes: &mut Vec<String>) -> usize {
    // the verdict of the program follows from what was said, and is no loss of its own
    let unwritten = &model.events[model.events.len().saturating_sub(model.unwritten)..];
    if !unwritten.is_empty() {
        let count = words::write_number_with_noun(unwritten.len() as u64, "event", "events");
        notes.push(format!(
            "Not recorded: {count}, which could not be written and stand nowhere \
            else. Keep these lines:"
        ));
        notes.extend(unwritten.iter().map(|event| {
            format!(
                "{} {}",
                event.at.strftime("%H:%M:%SZ"),
                report::event_line(event, &model.wording())
            )
        }));
    }
    if !model.lost.is_empty() {
        let count = words::write_number_with_noun(model.lost.len() as u64, "thing", "things");
        notes.push(format!(
            "Not recorded: {count} that did not count either: {}. `backout resume` \
            goes on, to say it again.",
            model.lost.join("; ")
        ));
    }
    unwritten.len() + model.lost.len()
}
