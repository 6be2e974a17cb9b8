//! The question that is asked now, and what can be taken back.

use crate::checklist::Question;
use crate::model::{NextQuestion, Release, Strength};

use crate::tui::draw::words;
use crate::tui::model::Model;

/// The key that opens the field of a number.
pub const VALUE: char = 'v';

/// What is asked now.
#[derive(Debug, Clone, Copy)]
pub enum Asking<'a> {
    /// Whether current is what is live.
    Live {
        /// Would go back to.
        previous: &'a Release,
        /// Out now.
        current: &'a Release,
    },
    /// A question of the checklist.
    Fact {
        /// As the decision puts it.
        next: &'a NextQuestion,
        /// As the checklist has it.
        question: Option<&'a Question>,
    },
}

impl Asking<'_> {
    /// Whether a key gives an answer. Where a number is typed, [`VALUE`] opens the field for it.
    pub fn takes(&self, key: char) -> bool {
        match self {
            Self::Live { .. } => key == 'y' || key == 'n',
            Self::Fact { question, .. } => match question {
                Some(question) if question.choices.is_empty() => key == VALUE,
                Some(question) => question.choices.iter().any(|choice| choice.key == key),
                None => false,
            },
        }
    }

    /// What tells this question from every other one: answers count only for what was on the screen
    /// when the key was pressed.
    pub fn name(&self) -> String {
        match self {
            Self::Live { previous, current } => {
                format!("live {} {}", previous.commit, current.commit)
            }
            Self::Fact { next, .. } => format!("{} {}", next.question, next.fact),
        }
    }
}

impl Model {
    /// The question that is asked now.
    pub fn asking(&self) -> Option<Asking<'_>> {
        if let Some(next) = &self.screens.questions.chosen {
            return Some(Asking::Fact {
                next,
                question: self.question(&next.question),
            });
        }
        if self.must_confirm()
            && !self.live_unknown
            && let Some((previous, current, _)) = &self.pair
        {
            return Some(Asking::Live { previous, current });
        }
        let Some(decision) = self.decision() else {
            // danger can be told before anything is read
            self.pair.as_ref()?;
            let said = |next: &&NextQuestion| {
                next.settles
                    .iter()
                    .any(|key| self.session.stated.iter().any(|fact| fact.key == *key))
            };
            let next = self
                .opening
                .iter()
                .filter(|next| !self.handed_on(&next.question))
                .find(|next| !said(next))?;
            return Some(Asking::Fact {
                next,
                question: self.question(&next.question),
            });
        };
        if decision.strength == Strength::Firm && !self.must_confirm() {
            return None;
        }
        let questions = &decision.questions;
        let open = questions
            .iter()
            .find(|next| !self.handed_on(&next.question))
            .or(questions.first());
        match open {
            Some(next) => Some(Asking::Fact {
                next,
                question: self.question(&next.question),
            }),
            None if self.must_confirm() => self
                .pair
                .as_ref()
                .map(|(previous, current, _)| Asking::Live { previous, current }),
            None => None,
        }
    }

    /// Whether nobody said yet that current is what is live.
    pub fn must_confirm(&self) -> bool {
        self.writable && !self.pair_given && !self.session.confirmed
    }

    /// Whether a question was handed to somebody.
    pub fn handed_on(&self, question: &str) -> bool {
        self.session.asked.iter().any(|(id, _)| id == question)
    }

    /// A question of the checklist.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.checklist
            .questions
            .iter()
            .find(|question| question.id == id)
    }

    /// `seq` of the last event that can be taken back, with a few words about it.
    pub fn undoable(&self) -> Option<(u64, String)> {
        let withdrawn = crate::session::find_withdrawn_events(self.events.iter());
        let stated = |event: &&crate::session::Event| {
            event
                .role
                .as_ref()
                .is_none_or(|role| *role != crate::session::COMMAND_LINE)
        };
        self.events.iter().rev().filter(stated).find_map(|event| {
            let says = words::describe_undoable_event(self, &event.what)?;
            (!withdrawn.contains(&event.seq)).then_some((event.seq, says))
        })
    }
}
