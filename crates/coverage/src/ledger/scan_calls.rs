//! What others call of program text that changed: what a contract file writes down, what is beside
//! it, and what no file writes.

use super::address_shape::holds_address;
use super::callers_here::{describe_caller, find_caller};
use super::exchanged_values::find_exchanged_value;
use super::form_drift::find_form_drift;
use super::new_ways::{build_open_ways, find_other_shape, holds_first_text};
use super::outgoing::find_changed_request;
use super::printed_output::{find_read_output, find_standard_form};
use super::public_lines::may_declare_public;
use super::scan::Scanner;
use super::signs::{LedgerSign, SignLine};
use super::standing_row::{build_cannot_standing, build_open_standing};
use super::unwritten_rules::{RuleFile, UnwrittenRule, find_unwritten_rule};
use super::ways_in::{WayIn, carries_messages};
use super::{DomainStanding, NO_SIGN as PLAIN};
use crate::changed_lines::ChangedLine;
use model::{CannotRule as Rule, FileChange, FileStatus};

/// Most new ways to be called of one file that are looked up in contract files; what is beyond
/// counts as unknown.
const LOOKED_UP: usize = 200;

impl Scanner<'_> {
    /// What others call of this file.
    pub(super) fn called(
        &mut self,
        change: &FileChange,
        (fresh, gone): (&[ChangedLine<'_>], &[ChangedLine<'_>]),
        signs: &[SignLine<'_>],
        new_mapping: bool,
        texts: (&str, &str),
    ) -> DomainStanding {
        let ways = self.find_new_ways(change, texts);
        if let Some(contract) = self.interfaces.written_down(&change.path) {
            let contract = contract.to_owned();
            return self.beside_contract(&contract, change, (fresh, gone), signs, texts, ways);
        }
        if let Some(open) = self.build_called_ways(change, &ways, None) {
            return open;
        }
        let within = [texts.0, texts.1].into_iter().any(stays_within);
        let untold = |line: &&SignLine<'_>| {
            line.shows(LedgerSign::Message) && !within
                || line.shows(LedgerSign::Route) && !holds_first_text(texts.0, line.text)
        };
        if let Some(line) = signs.iter().find(untold) {
            let sign = if line.shows(LedgerSign::Route) {
                LedgerSign::Route
            } else {
                LedgerSign::Message
            };
            return build_open_standing(
                30 + LedgerSign::Route as u8,
                Some(line.number),
                sign.why(),
            );
        }
        if let Some(line) = fresh.first().map(|(line, _)| *line)
            && [texts.0, texts.1].into_iter().any(carries_messages)
        {
            return build_open_standing(
                30 + LedgerSign::Message as u8,
                Some(line),
                LedgerSign::Message.why(),
            );
        }
        if is_kept_by_browsers(&change.path) {
            return build_open_standing(
                30 + LedgerSign::Route as u8,
                fresh.first().map(|(line, _)| *line),
                "browsers keep a service worker and what it has stored until another one takes its place",
            );
        }
        if new_mapping {
            return build_cannot_standing(Rule::NewMapping);
        }
        if self.interfaces.answers_calls()
            && let Some(rule) = self.find_rule(change, (fresh, gone), texts)
        {
            let why = format!(
                "{} changed here, and no contract file writes it down",
                rule.what
            );
            return build_open_standing(30 + LedgerSign::StoredField as u8, rule.line, why);
        }
        if self.interfaces.answers_calls() {
            return build_open_standing(
                PLAIN,
                fresh.first().map(|(line, _)| *line),
                "program text behind an interface that no contract file writes down",
            );
        }
        if let Some(open) = self.linked(change, fresh) {
            return open;
        }
        // frameworks are many; an address in a line that differs may be one that others call
        if let Some((line, _)) = fresh.iter().find(|(_, line)| holds_address(line)) {
            return build_open_standing(
                30 + LedgerSign::Route as u8,
                Some(*line),
                LedgerSign::Route.why(),
            );
        }
        build_cannot_standing(Rule::NoInterface)
    }

    /// What others link of this file.
    fn linked(&self, change: &FileChange, fresh: &[ChangedLine<'_>]) -> Option<DomainStanding> {
        if !self.interfaces.is_linked(&change.path) {
            return None;
        }
        let mut public = fresh
            .iter()
            .filter(|(_, line)| may_declare_public(&change.path, line));
        public.next().map(|(line, _)| {
            build_open_standing(
                60,
                Some(*line),
                "others link against this package, and what it offers them changed",
            )
        })
    }

    /// What others call of this file, beside a contract file that did not change: it closes what it
    /// knows, and what holds no way to be called.
    fn beside_contract(
        &self,
        contract: &str,
        change: &FileChange,
        (fresh, gone): (&[ChangedLine<'_>], &[ChangedLine<'_>]),
        signs: &[SignLine<'_>],
        texts: (&str, &str),
        mut ways: Vec<WayIn>,
    ) -> DomainStanding {
        let mut looked_up = 0;
        ways.retain(|way| {
            looked_up += 1;
            looked_up > LOOKED_UP || !self.interfaces.knows_way(way)
        });
        if let Some(open) = self.build_called_ways(change, &ways, Some(contract)) {
            return open;
        }
        let within = [texts.0, texts.1].into_iter().any(stays_within);
        let message = |line: &&SignLine<'_>| {
            line.shows(LedgerSign::Message) && !within && !self.interfaces.describes_messages()
        };
        if let Some(line) = signs.iter().find(message) {
            return build_open_standing(
                30 + LedgerSign::Message as u8,
                Some(line.number),
                LedgerSign::Message.why(),
            );
        }
        if let Some(open) = find_other_shape(signs, gone) {
            return open;
        }
        if let Some(open) = self.linked(change, fresh) {
            return open;
        }
        if let Some(open) = self.unwritten(contract, change, (fresh, gone), texts) {
            return open;
        }
        if change.status != FileStatus::Modified {
            return build_cannot_standing(Rule::WrittenDown);
        }
        match find_form_drift(&change.path, texts, fresh, gone, &|name| {
            self.interfaces.names_member(name)
        }) {
            Some((line, name)) => build_open_standing(
                30 + LedgerSign::StoredField as u8,
                line,
                format!(
                    "{name} comes or goes in what this program may send or take, and {contract} did not change with it"
                ),
            ),
            None => build_cannot_standing(Rule::WrittenDown),
        }
    }

    /// What is open about new ways to be called, with what calls one of them already.
    fn build_called_ways(
        &self,
        change: &FileChange,
        ways: &[WayIn],
        contract: Option<&str>,
    ) -> Option<DomainStanding> {
        let open = build_open_ways(ways, contract)?;
        let DomainStanding::Open(mark) = open else {
            return Some(open);
        };
        let why = match find_caller(self.range, &change.path, ways) {
            Some(caller) => describe_caller(&mark.why, &caller).into(),
            None => mark.why,
        };
        Some(build_open_standing(mark.rank, mark.line, why))
    }

    /// The first rule that changed and that no contract file holds.
    fn find_rule(
        &self,
        change: &FileChange,
        (fresh, gone): (&[ChangedLine<'_>], &[ChangedLine<'_>]),
        texts: (&str, &str),
    ) -> Option<UnwrittenRule> {
        let file = match change.status {
            FileStatus::Added => RuleFile::Came,
            FileStatus::Deleted => RuleFile::Went,
            _ => RuleFile::Both,
        };
        let written = self.interfaces.written_text();
        find_unwritten_rule(texts, fresh, gone, file, &written)
    }

    /// A rule or a value that a contract file of addresses does not write.
    fn unwritten(
        &self,
        contract: &str,
        change: &FileChange,
        (fresh, gone): (&[ChangedLine<'_>], &[ChangedLine<'_>]),
        texts: (&str, &str),
    ) -> Option<DomainStanding> {
        let rank = 30 + LedgerSign::StoredField as u8;
        if let Some(rule) = self.find_rule(change, (fresh, gone), texts) {
            let why = format!(
                "{} changed here, and {contract} does not write it",
                rule.what
            );
            return Some(build_open_standing(rank, rule.line, why));
        }
        let knows = |name: &str| self.interfaces.names_member(name);
        let (line, name, user) = find_exchanged_value(self.range, &change.path, texts, &knows)?;
        let why = format!(
            "{user} sends or takes values of this enumeration, {name} is new among them, and {contract} does not name it"
        );
        Some(build_open_standing(rank, Some(line), why))
    }

    /// A request to others, or what a script reads of this program's output: no contract file of
    /// this program writes either down.
    pub(super) fn told_to_others(
        &mut self,
        change: &FileChange,
        (fresh, gone): (&[ChangedLine<'_>], &[ChangedLine<'_>]),
        texts: (&str, &str),
    ) -> Option<DomainStanding> {
        let rank = 30 + LedgerSign::Message as u8;
        if let Some(line) = find_changed_request(texts, fresh, gone) {
            let why = "a request that this program sends to others changed, and whoever receives it may take the new form only";
            return Some(build_open_standing(rank, line, why));
        }
        if let Some(line) = find_standard_form(fresh, gone) {
            let why = "a document in a form that other programs read changed here";
            return Some(build_open_standing(rank, Some(line), why));
        }
        let (line, name, script) = find_read_output(self.range, &change.path, fresh, gone)?;
        let why = format!("{script} reads what {name} prints, and what is printed changed here");
        Some(build_open_standing(rank, line, why))
    }
}

/// Whether what a text publishes stays inside one process: by the publisher that it names, and no
/// library that carries messages out.
fn stays_within(text: &str) -> bool {
    const PUBLISHERS: [&str; 8] = [
        "ApplicationEventPublisher",
        "EventDispatcherInterface",
        "IMediator",
        "MediatR",
        "ActiveSupport::Notifications",
        "django.dispatch",
        "node:events",
        "require('events')",
    ];
    PUBLISHERS.iter().any(|name| text.contains(name))
        && !carries_messages(text)
        // Spring Modulith hands such events to a broker
        && !text.contains("@Externalized")
}

/// A program that browsers install and run on their own, by the names that frameworks settled.
fn is_kept_by_browsers(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    matches!(
        stem,
        "service-worker" | "serviceworker" | "service_worker" | "sw" | "firebase-messaging-sw"
    ) && ["js", "mjs", "ts"]
        .iter()
        .any(|end| name.rsplit('.').next() == Some(*end))
}
