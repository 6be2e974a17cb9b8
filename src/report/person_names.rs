//! Names of people in reports: taken out of every text, or left in where they are asked for.

use crate::model::Assessment;
use crate::model::Untrusted;
use crate::session::{Event, EventKind};
use std::collections::BTreeSet;

/// Most authors of commits whose names are looked for in texts.
const AUTHORS: usize = 200;

/// Takes names out of text, or leaves them in.
pub(super) struct PersonNames {
    /// Names seen in the events and the role that stands in for each; empty when names are wanted.
    hidden: Vec<(String, String)>,
    wanted: bool,
}

impl PersonNames {
    pub(super) fn new(events: &[Event], wanted: bool) -> Self {
        let mut hidden: Vec<(String, String)> = Vec::new();
        if !wanted {
            let spoken = events
                .iter()
                .filter_map(|event| Some((event.by.as_ref()?, name_role(event.role.as_ref()))));
            let in_facts = events.iter().flat_map(|event| match &event.what {
                EventKind::Answered { facts, .. } | EventKind::Assessed { facts, .. } => {
                    facts.as_slice()
                }
                _ => &[],
            });
            let in_facts = in_facts
                .filter_map(|fact| Some((fact.by.as_ref()?, name_role(fact.role.as_ref()))));
            let seconds = events.iter().filter_map(|event| match &event.what {
                EventKind::Decided { second, .. } => {
                    Some((second.as_ref()?, "second person".to_owned()))
                }
                _ => None,
            });
            for (name, role) in spoken.chain(in_facts).chain(seconds) {
                // where it is drawn it stands in its visible form
                for name in [name.as_raw().to_owned(), name.to_string()] {
                    if name.trim().len() > 1 && !hidden.iter().any(|(known, _)| *known == name) {
                        hidden.push((name, role.clone()));
                    }
                }
            }
            // Longer names first, so that a first name does not tear a full one.
            hidden.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        }
        Self { hidden, wanted }
    }

    /// The same, with whoever wrote the commits that were read. Only names of several words: a word
    /// alone may be any word of a text.
    pub(super) fn and_authors(mut self, assessment: Option<&Assessment>) -> Self {
        if self.wanted {
            return self;
        }
        let entries = assessment.map_or(&[][..], |assessment| &assessment.changelog.entries);
        let known: BTreeSet<String> = self.hidden.iter().map(|(name, _)| name.clone()).collect();
        let authors: BTreeSet<&str> = entries
            .iter()
            .flat_map(|entry| entry.co_authors.iter().chain([&entry.author]))
            .map(|name| name.as_raw().trim())
            .filter(|name| name.contains(' ') && !known.contains(*name))
            .take(AUTHORS)
            .collect();
        let authors = authors.into_iter();
        self.hidden
            .extend(authors.map(|name| (name.to_owned(), "an author".to_owned())));
        self.hidden
            .sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        self
    }

    /// Whether names are wanted.
    pub(super) fn wanted(&self) -> bool {
        self.wanted
    }

    /// Free text with names that are known to be names replaced by roles.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, role) in &self.hidden {
            if !text.contains(name.as_str()) {
                continue;
            }
            let mut out = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some(at) = rest.find(name.as_str()) {
                let (before, from) = rest.split_at(at);
                let after = from.get(name.len()..).unwrap_or_default();
                let whole = !before.ends_with(char::is_alphanumeric)
                    && !after.starts_with(char::is_alphanumeric);
                out.push_str(before);
                out.push_str(if whole { role } else { name });
                rest = after;
            }
            out.push_str(rest);
            text = out;
        }
        text
    }

    /// Whoever acted.
    pub(super) fn who(&self, event: &Event) -> String {
        match (&event.role, &event.by) {
            (Some(role), Some(name)) if self.wanted => format!("{role} ({name})"),
            (None, Some(name)) if self.wanted => name.shown().into_owned(),
            (Some(role), _) => self.clean(&role.shown()),
            (None, Some(_)) => "someone".to_owned(),
            (None, None) => match &event.what {
                EventKind::Started(_)
                | EventKind::Assessed { .. }
                | EventKind::Verdict { .. }
                | EventKind::Resumed { .. } => "backout".to_owned(),
                _ => "not said".to_owned(),
            },
        }
    }

    /// Who was asked or stood by: a role is written in small letters (or is an abbreviation), a
    /// name is not.
    pub(super) fn person(&self, text: &str, else_say: &str) -> String {
        let role = |word: &str| {
            let letters = || word.chars().filter(|c| c.is_alphabetic());
            letters().next().is_none_or(char::is_lowercase)
                || (letters().all(char::is_uppercase) && word.chars().count() <= 4)
        };
        if self.wanted || (!text.contains('@') && text.split_whitespace().all(role)) {
            self.clean(text)
        } else {
            else_say.to_owned()
        }
    }
}

/// The role beside a name that is hidden.
fn name_role(role: Option<&Untrusted>) -> String {
    role.map_or_else(|| "someone".to_owned(), Untrusted::to_string)
}
