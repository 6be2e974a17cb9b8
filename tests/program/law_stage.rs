//! The screens on which the laws are played, with a journal that is only remembered.

use crate::law_rows::service;
use backout::assess::{self, Request};
use backout::checklist::{Checklist, catalogue};
use backout::model::{Assessment, Config, Fact, Mode};
use backout::session::{Event, EventKind};
use backout::tui::frame::whole::draw_frame;
use backout::tui::measured::Measured;
use backout::tui::measuring::take_measured;
use backout::tui::theme::Theme;
use backout::tui::{Action, Effect, Message, Model, StartOptions, job, update_model};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::sync::{Arc, OnceLock};

/// The repository of every row, read once.
pub fn read() -> &'static (Assessment, Config) {
    static READ: OnceLock<(Assessment, Config)> = OnceLock::new();
    READ.get_or_init(|| {
        let assessed = assess::assess_release_pair(
            &Request {
                repository: service().path(),
                ..Request::default()
            },
            &|_| {},
        )
        .expect("an assessment");
        (assessed.assessment, assessed.config)
    })
}

/// The screens, with a journal that is only remembered.
pub struct Stage {
    pub model: Model,
    pub terminal: Terminal<TestBackend>,
}

impl Stage {
    pub fn new() -> Self {
        let now = Timestamp::now();
        let mut model = Model::new(
            StartOptions {
                theme: Theme::default(),
                mouse: false,
            },
            Arc::new(Checklist::embedded()),
            now,
        );
        (model.mode, model.pair_given) = (Mode::Deployment, true);
        let mut stage = Self {
            model,
            terminal: Terminal::new(TestBackend::new(160, 50)).expect("a terminal in memory"),
        };
        stage.send(Message::Resize(160, 50));
        let (assessment, config) = read();
        let (previous, current) = (assessment.previous.clone(), assessment.current.clone());
        stage.send(Message::Paired {
            previous,
            current,
            relation: assessment.relation,
            releases: Vec::new(),
        });
        stage.send(Message::Assessed(
            Box::new(assessment.clone()),
            Box::new(config.clone()),
        ));
        stage
    }

    pub fn send(&mut self, message: Message) {
        let mut waiting = std::collections::VecDeque::from(update_model(&mut self.model, message));
        while let Some(effect) = waiting.pop_front() {
            let answer = match effect {
                Effect::Append {
                    ticket,
                    what,
                    role,
                    by,
                } => self.event(Some(ticket), *what, role, by),
                Effect::Decide(job) => Message::Decided(Box::new(job::run_decision_job(&job))),
                _ => continue,
            };
            waiting.extend(update_model(&mut self.model, answer));
        }
        // what was not on the screen takes no answer
        let mut measured = Measured::default();
        self.terminal
            .draw(|frame| measured = draw_frame(frame, &self.model))
            .expect("a drawing");
        take_measured(&mut self.model, measured);
    }

    pub fn event(
        &self,
        ticket: Option<u64>,
        what: EventKind,
        role: Option<String>,
        by: Option<String>,
    ) -> Message {
        let seq = self.model.events.last().map_or(0, |event| event.seq) + 1;
        let event = Event {
            seq,
            at: self.model.now,
            role: role.map(Into::into),
            by: by.map(Into::into),
            what,
            previous: String::new(),
            hash: String::new(),
        };
        Message::Appended {
            ticket,
            event: Box::new(event),
        }
    }

    pub fn recorded(&mut self, what: EventKind) {
        let message = self.event(None, what, None, None);
        self.send(message);
    }

    pub fn answered(&mut self, key: &str, value: &str) {
        let value = catalogue::parse_fact_value(key, value).expect("a value");
        let fact = Fact {
            supersedes: true,
            ..Fact::stated(key, value).observed(self.model.now)
        };
        self.recorded(EventKind::Answered {
            question: None,
            facts: vec![fact],
            note: None,
        });
    }

    pub fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.send(Message::Key(KeyEvent::new(code, modifiers)));
    }

    /// Fills the field that has the focus and goes to the next one.
    pub fn field(&mut self, text: &str) {
        self.key(KeyCode::Char('u'), KeyModifiers::CONTROL);
        self.send(Message::Paste(text.to_owned()));
        self.key(KeyCode::Enter, KeyModifiers::NONE);
    }

    pub fn word(&mut self, word: &str) {
        self.key(
            KeyCode::Char(word.chars().next().unwrap_or(' ')),
            KeyModifiers::NONE,
        );
        self.key(KeyCode::Enter, KeyModifiers::NONE);
    }

    pub fn poll(&mut self, role: &str, word: &str, objection: &str, new: bool) {
        self.send(Message::Act(Action::Poll));
        self.field(role);
        self.word(word);
        self.field(objection);
        self.word(if new { "yes" } else { "no" });
    }

    pub fn drawn(&self) -> String {
        let buffer = self.terminal.backend().buffer();
        (0..buffer.area.height)
            .map(|y| {
                (0..buffer.area.width)
                    .map(|x| buffer[(x, y)].symbol())
                    .collect::<String>()
                    + "\n"
            })
            .collect()
    }
}
