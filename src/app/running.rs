//! The program while it runs, whatever shows it: the model, the threads beside it, the journal, and
//! what is carried out that touches no terminal.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::background;
use super::drafts;
use super::incoming::{AssessmentStep, Incoming};
use super::journal::{self, JournalTask, tell_unrecorded};
use super::launch::{AppOutcome, AssessmentSource, Launch, RecordTarget};
use super::worker::Outstanding;
use super::workers::Workers;
use crate::assess::{Assessed, Progress, Request};
use crate::deployment::ladder;
use crate::model::{Assessment, Gate, Release, Stage, fact_key};
use crate::report;
use crate::repository::{Cancel, Repository};
use crate::session::{COMMAND_LINE, EventKind};
use crate::tui::{Effect, Message, Model, StartOptions, update_model};
use crate::usecase;

/// How long the end waits for the journal: as long as a lock is waited for, and a moment.
const LAST_WORDS: Duration = Duration::from_secs(6);

/// The model and what runs beside it, for screens and for lines.
pub(super) struct App {
    pub(super) model: Model,
    pub(super) launch: Launch,
    to: Sender<Incoming>,
    pub(super) outstanding: Outstanding,
    workers: Workers,
    journal: Sender<JournalTask>,
    journal_begun: bool,
    /// The releases of a session that is not begun yet.
    settled: Option<(Release, Release)>,
    repository: Option<Repository>,
    request: Option<Request>,
    generation: u64,
    /// Ends the reading that is under way.
    reading: Cancel,
    pub(super) signal: Option<i32>,
    pub(super) over: bool,
    failed: Option<(String, bool)>,
    notes: Vec<String>,
}
impl App {
    pub(super) fn new(launch: Launch, options: StartOptions, to: Sender<Incoming>) -> Result<Self> {
        let mut model = Model::new(
            options,
            Arc::new(launch.checklist.clone()),
            Timestamp::now(),
        );
        model.zone = jiff::tz::TimeZone::system();
        model.mode = launch.mode;
        model.environment = launch.environment.clone();
        model.service = launch.service.clone();
        model.deployed_at = launch.deployed_at;
        model.deadline = launch.deadline;
        model.pair_given = launch.pair_given;
        model.own_keys = launch.own_keys;
        model.second = launch.second.clone().map(Arc::new);
        if let Some(story) = &launch.story {
            model.tell_story(story.clone());
        }
        model.writable = !matches!(
            launch.record,
            RecordTarget::Watch(_) | RecordTarget::Replay(_)
        );
        model.awaits_record = matches!(launch.record, RecordTarget::Resume(_));
        if matches!(launch.record, RecordTarget::Replay(_)) {
            model.replay = Some(u64::MAX);
        }
        let outstanding = Outstanding::default();
        let workers =
            Workers::start(&to, &outstanding).context("a worker thread cannot be started")?;
        let journal = journal::start_journal_thread(to.clone(), outstanding.clone())
            .context("the journal thread cannot be started")?;
        Ok(Self {
            model,
            launch,
            to,
            outstanding,
            workers,
            journal,
            journal_begun: false,
            settled: None,
            repository: None,
            request: None,
            generation: 0,
            reading: Cancel::default(),
            signal: None,
            over: false,
            failed: None,
            notes: Vec::new(),
        })
    }

    /// Starts what runs beside the screen.
    pub(super) fn begin(&mut self) -> Result<()> {
        match self.launch.record.clone() {
            RecordTarget::Resume(path) => {
                self.model.drafts = drafts::load_drafts(&path);
                self.record(JournalTask::Open(path, false));
            }
            RecordTarget::Watch(path) | RecordTarget::Replay(path) => {
                self.record(JournalTask::Open(path, true))
            }
            RecordTarget::Nowhere => {
                self.record(journal::make_memory_only_task());
                self.tell(Message::Tell(
                    "Answers are not kept: no session was begun.".to_owned(),
                ));
            }
            RecordTarget::New(_) => {}
        }
        self.journal_begun = !matches!(self.launch.record, RecordTarget::New(_));
        match std::mem::replace(&mut self.launch.source, AssessmentSource::Nothing) {
            AssessmentSource::Repository(request) => {
                // a sign of its own: whoever made the request may read by it again
                let request = Request {
                    cancel: Cancel::default(),
                    ..*request
                };
                self.request = Some(request.clone());
                self.generation += 1;
                self.reading = request.cancel.clone();
                background::start_assessment_thread(
                    request,
                    self.generation,
                    self.to.clone(),
                    self.outstanding.clone(),
                )
                .context("the assessment cannot be started")?;
            }
            AssessmentSource::Saved(assessment, config) => {
                self.assessed(*assessment, *config, None)
            }
            AssessmentSource::Nothing => {
                self.model.reading.complete = true;
            }
        }
        if self.launch.first_time {
            self.model.hint("New here? ? shows the keys.");
        }
        for says in std::mem::take(&mut self.launch.remarks) {
            self.tell(Message::Tell(says));
        }
        for fact in std::mem::take(&mut self.launch.answers) {
            // the gate is where the deployment is, not an answer to a question
            let gate = (fact.key == fact_key::DEPLOYMENT_GATE)
                .then(|| {
                    Gate::ALL
                        .into_iter()
                        .find(|gate| fact.value.as_word() == Some(gate.id()))
                })
                .flatten();
            let what = match gate {
                Some(gate) => EventKind::GateReached { gate },
                None => EventKind::Answered {
                    question: None,
                    facts: vec![fact],
                    note: None,
                },
            };
            // said before the screens were up: the record tells it from what was answered on them
            self.record(JournalTask::Append {
                ticket: None,
                what: Box::new(what),
                role: Some(COMMAND_LINE.to_owned()),
                by: None,
            });
        }
        Ok(())
    }

    /// What the assessment has come to; that of an older pair is dropped.
    pub(super) fn step(&mut self, generation: u64, step: AssessmentStep) -> Vec<Effect> {
        if generation != self.generation {
            return Vec::new();
        }
        let message = match step {
            AssessmentStep::Progress(progress) => match *progress {
                Progress::Opened(info) => Message::Opened(info),
                Progress::Paired(pair, releases) => {
                    self.settled = Some((pair.previous.clone(), pair.current.clone()));
                    // --path is looked up once the trees are read: what matches nothing begins no
                    // session
                    if self
                        .request
                        .as_ref()
                        .is_none_or(|request| request.paths.is_empty())
                    {
                        self.begin_settled();
                    }
                    Message::Paired {
                        previous: pair.previous,
                        current: pair.current,
                        relation: pair.relation,
                        releases: releases.releases,
                    }
                }
                Progress::Quick(changelog) => Message::Quick(changelog),
                Progress::Stage(stage, Some(assessment)) => {
                    if stage == Stage::Files {
                        self.begin_settled();
                    }
                    Message::Stage(stage, assessment)
                }
                Progress::Stage(_, None) => return Vec::new(),
            },
            AssessmentStep::Failed(says, usage) => {
                // nothing was found to look at, or something else was meant: the screens would stay
                // empty for ever
                let first = self.model.pair.is_none() || usage && self.generation == 1;
                if first
                    && matches!(
                        self.launch.record,
                        RecordTarget::New(_) | RecordTarget::Nowhere
                    )
                {
                    self.failed = Some((says, usage));
                    self.over = true;
                    return Vec::new();
                }
                self.begin_settled();
                self.notes.push(says.clone());
                Message::NotAssessed(says)
            }
            AssessmentStep::Done(assessed) => {
                let Assessed {
                    assessment,
                    config,
                    repository,
                    ..
                } = *assessed;
                self.assessed(assessment, config, Some(repository));
                return Vec::new();
            }
        };
        update_model(&mut self.model, message)
    }

    /// A finished assessment: recorded with its digest, then shown.
    fn assessed(
        &mut self,
        mut assessment: Assessment,
        config: crate::model::Config,
        repository: Option<Repository>,
    ) {
        self.begin_journal(&assessment.previous, &assessment.current);
        if repository.is_some() {
            self.model.forge = repository.as_ref().and_then(Repository::forge);
            self.repository = repository;
        }
        if self.model.writable {
            let what = usecase::make_assessed_event(
                &assessment,
                &report::write_assessment_json(&assessment, true),
                report::summarize_assessment(&assessment),
            );
            self.record(JournalTask::Append {
                ticket: None,
                what: Box::new(what),
                role: None,
                by: None,
            });
        }
        usecase::tell_checklist(&mut assessment, &self.launch.checklist);
        if let Some(request) = &self.request {
            // the reading has looked at them already
            let (held, _) = ladder::collect_rehearsals(&config, request.rehearsals.get());
            self.tell(Message::Rehearsals(held));
        }
        self.tell(Message::Assessed(Box::new(assessment), Box::new(config)));
    }

    /// Begins the session about the pair that was settled on, if there is one and it was not begun.
    fn begin_settled(&mut self) {
        if let Some((previous, current)) = self.settled.take() {
            self.begin_journal(&previous, &current);
        }
    }

    /// A new session begins once it is known which releases it is about.
    fn begin_journal(&mut self, previous: &Release, current: &Release) {
        if std::mem::replace(&mut self.journal_begun, true) {
            return;
        }
        let RecordTarget::New(folder) = self.launch.record.clone() else {
            return;
        };
        let launch = &self.launch;
        let start = usecase::make_session_start(&usecase::Opening {
            mode: launch.mode,
            repository: self
                .request
                .as_ref()
                .map(|request| request.repository.as_path()),
            previous: (previous.version.as_raw(), &previous.commit),
            current: (current.version.as_raw(), &current.commit),
            environment: launch.environment.as_deref(),
            service: launch.service.as_deref(),
            deployed_at: launch.deployed_at,
            deadline: launch.deadline,
            checklist: &launch.checklist,
        });
        self.record(JournalTask::Create(folder, Box::new(start)));
    }

    /// Effects that do not touch the terminal.
    pub(super) fn carry_out_quiet(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Append {
                    ticket,
                    what,
                    role,
                    by,
                } => self.record(JournalTask::Append {
                    ticket: Some(ticket),
                    what,
                    role,
                    by,
                }),
                Effect::Decide(job) => self.workers.decide.put(*job),
                Effect::Diff(change) => {
                    let repository = self.repository();
                    self.workers.diff.put((repository, *change, false));
                }
                Effect::WholeDiff(change) => {
                    let repository = self.repository();
                    self.workers.diff.put((repository, *change, true));
                }
                Effect::CommitFiles(commit) => {
                    let repository = self.repository();
                    self.workers.files.put((repository, commit));
                }
                Effect::Trial(commit) => {
                    let (repository, current) = (
                        self.repository(),
                        self.model
                            .pair
                            .as_ref()
                            .map(|(_, current, _)| current.clone()),
                    );
                    self.workers.trial.put((repository, current, commit));
                }
                Effect::Reassess { previous, current } => self.reassess(previous, current),
                Effect::Session { go_on } => self.record(JournalTask::Settle(go_on)),
                Effect::Folder(folder) => {
                    self.launch.record = RecordTarget::New(folder.clone());
                    self.record(JournalTask::Move(folder));
                }
                Effect::Quit(_) => self.over = true,
                Effect::Copy(_)
                | Effect::Edit { .. }
                | Effect::Browse(_)
                | Effect::Page(_)
                | Effect::Mouse(_)
                | Effect::Redraw
                | Effect::Suspend => {}
            }
        }
    }

    /// The repository; opened here when the assessment has not handed it over yet.
    pub(super) fn repository(&mut self) -> Option<Repository> {
        if self.repository.is_none() {
            let path = self
                .request
                .as_ref()
                .map(|request| request.repository.clone())?;
            self.repository = Repository::open(&path).ok();
        }
        self.repository.clone()
    }

    fn reassess(&mut self, previous: String, current: String) {
        let Some(request) = &mut self.request else {
            self.tell(Message::Tell(
                "This was opened from a file; other releases need the repository.".to_owned(),
            ));
            return;
        };
        request.previous = Some(previous);
        request.current = Some(current);
        // nobody waits for the pair that was read before
        self.reading.cancel();
        request.cancel = Cancel::default();
        self.reading = request.cancel.clone();
        self.generation += 1;
        if let Err(error) = background::start_assessment_thread(
            request.clone(),
            self.generation,
            self.to.clone(),
            self.outstanding.clone(),
        ) {
            self.tell(Message::NotAssessed(format!(
                "the assessment cannot be started: {error}"
            )));
        }
    }

    /// Waits a moment for what is on its way to the journal: a signal or a terminal that went away
    /// ends the loop in the middle of anything.
    pub(super) fn finish(&mut self, from: &Receiver<Incoming>) {
        // whoever leaves before the trees are read may have answered
        if self.failed.is_none() {
            self.begin_settled();
        }
        let (done, flushed) = channel();
        if self.journal.send(JournalTask::Flush(done)).is_ok() {
            let _ = flushed.recv_timeout(LAST_WORDS);
        }
        while let Ok(incoming) = from.try_recv() {
            if let Incoming::Message(message) = incoming {
                // what would be done outside is not done any more
                let _ = update_model(&mut self.model, *message);
            }
        }
    }

    fn record(&self, task: JournalTask) {
        self.outstanding.begin();
        if self.journal.send(task).is_err() {
            self.outstanding.end();
        }
    }

    fn tell(&self, message: Message) {
        // the receiving end lives as long as the loop
        let _ = self.to.send(message.into());
    }

    pub(super) fn outcome(self) -> AppOutcome {
        let decided = match &self.model.session.decided {
            Some((_, EventKind::Decided { option, .. })) => Some(*option),
            _ => None,
        };
        let journal: Option<PathBuf> = match &self.launch.record {
            RecordTarget::Resume(_) | RecordTarget::New(_) if self.model.kept_in.is_some() => {
                self.model.kept_in.clone()
            }
            RecordTarget::Resume(path) => Some(path.clone()),
            RecordTarget::New(folder) => self
                .model
                .session
                .start
                .as_ref()
                .map(|start| folder.join(format!("{}.jsonl", start.session))),
            _ => None,
        };
        let journal = journal.filter(|path| path.is_file());
        if let (Some(path), true) = (&journal, self.model.writable) {
            drafts::save_drafts(
                path,
                &crate::tui::popup::drafts::collect_form_drafts(&self.model),
            );
        }
        // whoever leaves does not wait for what is still read
        self.reading.cancel();
        let mut notes = self.notes;
        let unrecorded = tell_unrecorded(&self.model, &mut notes);
        AppOutcome {
            debriefed: self.model.debriefed,
            journal,
            decided,
            signal: self.signal,
            failed: self.failed,
            notes,
            unrecorded,
        }
    }
}
