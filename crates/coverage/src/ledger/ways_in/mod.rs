//! Which ways to be called a program text holds: addresses with their methods, messages by their
//! names, commands and flags, and what a class lets others call.
//!
//! Both releases are read whole and compared as sets, so that a way that is only written otherwise
//! is no change, and one that the newer release adds is named. tree-sitter was tried: its grammars
//! are linked for eight languages, and frameworks spell addresses alike in thirty. Where a place
//! tells nothing of a framework, the shape of the text decides: what looks like an address is one.

mod addresses;
mod commands;
mod enum_members;
mod files;
mod lines;
mod members;
mod messages;
mod names;
mod resources;
mod scopes;
mod shell;

use std::collections::BTreeSet;

pub(super) use enum_members::list_enum_members;
pub(super) use messages::carries_messages;

/// Most ways of one text that are told apart.
const WAYS: usize = 2_000;

/// What kind of way it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WayKind {
    /// An address below a host.
    Address,
    /// A message, a topic, a queue or an event.
    Message,
    /// A command or a flag that a person or a script types.
    Command,
    /// A method that a framework lets others call by its name.
    Member,
    /// What stands before addresses that another text gives.
    Base,
    /// A header of requests or answers.
    Header,
    /// A permission that a caller needs.
    Permission,
    /// A number that this program shows to what watches it.
    Metric,
    /// A place where plugins take part.
    Hook,
    /// A column of a table that is handed out.
    Column,
    /// A value of a fixed set that is sent.
    Value,
    /// A flag or a first word that a script takes.
    Argument,
    /// The status with which a program ends.
    Exit,
}

impl WayKind {
    /// Whether one that comes alone takes nothing from anybody on the way back: only where another
    /// of its kind goes in the same file was it renamed.
    pub(super) fn counts_renamed_only(self) -> bool {
        matches!(
            self,
            Self::Base | Self::Metric | Self::Hook | Self::Value | Self::Argument | Self::Exit
        )
    }
}

/// One way to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WayIn {
    pub kind: WayKind,
    /// The method of the protocol in capitals, where it is known.
    pub method: Option<&'static str>,
    /// The address with `{name}` for what varies, or the name.
    pub name: String,
    /// From 1.
    pub line: usize,
}

impl WayIn {
    /// As it is named to people: `POST /cards/{id}/verify`.
    pub(super) fn describe(&self) -> String {
        match (self.kind, self.method) {
            (WayKind::Address, Some(method)) => format!("{method} {}", self.name),
            (WayKind::Address, None) => self.name.clone(),
            (WayKind::Message, _) => format!("the message {}", self.name),
            (WayKind::Command, _) if self.name.starts_with('-') => {
                format!("the flag {}", self.name)
            }
            (WayKind::Command, _) => format!("the command {}", self.name),
            (WayKind::Member, _) => format!("the method {}, which others call", self.name),
            (WayKind::Base, _) => format!("all addresses below {}", self.name),
            (WayKind::Header, _) => format!("the header {}", self.name),
            (WayKind::Permission, _) => format!("the permission {}", self.name),
            (WayKind::Metric, _) => format!("the metric {}", self.name),
            (WayKind::Hook, _) => format!("the hook {}", self.name),
            (WayKind::Column, _) => format!("the column {} of an export", self.name),
            (WayKind::Value, _) => format!("the value {}", self.name),
            (WayKind::Argument, _) if self.name.starts_with('-') => {
                format!("the flag {}", self.name)
            }
            (WayKind::Argument, _) => format!("the first word {}", self.name),
            (WayKind::Exit, _) => format!("the exit status {}", self.name),
        }
    }

    /// What two ways that are the same have in common.
    pub(super) fn key(&self) -> WayKey {
        let name = match self.kind {
            WayKind::Address => split_address(&self.name).join("/"),
            _ => self.name.clone(),
        };
        (self.kind, self.method.unwrap_or_default(), name)
    }
}

/// Kind, method and name without what may be spelled otherwise.
pub(super) type WayKey = (WayKind, &'static str, String);

/// Parts of an address in small letters, `{}` for what varies.
pub(super) fn split_address(address: &str) -> Vec<String> {
    address
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| {
            if part.starts_with(['{', ':', '<', '*', '$', '[']) || part == "#" {
                "{}".to_owned()
            } else {
                part.to_ascii_lowercase()
            }
        })
        .collect()
}

/// The ways to be called that a text holds.
pub(super) fn list_ways(path: &str, text: &str) -> Vec<WayIn> {
    let lines = lines::read_code_lines(path, text);
    let end = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut ways = addresses::list_addresses(&end, &lines, text);
    ways.extend(files::list_exported_methods(path, &lines));
    messages::add_messages(&mut ways, &lines, text);
    commands::add_commands(&mut ways, &end, &lines, text);
    members::add_members(&mut ways, &end, &lines);
    names::add_names(&mut ways, &end, &lines, text);
    resources::add_views(&mut ways, &end, &lines);
    shell::add_script_words(&mut ways, path, &end, text);
    shell::add_exit_codes(&mut ways, &lines);
    ways.truncate(WAYS);
    ways
}

/// The ways of `new` that `old` lacks. One whose method is not known is there when the address is.
pub(super) fn find_fresh_ways(old: &[WayIn], new: &[WayIn]) -> Vec<WayIn> {
    let before: BTreeSet<WayKey> = old.iter().map(WayIn::key).collect();
    let after: BTreeSet<WayKey> = new.iter().map(WayIn::key).collect();
    let lost: BTreeSet<WayKind> = before.difference(&after).map(|key| key.0).collect();
    let mut seen = BTreeSet::new();
    new.iter()
        .filter(|way| !way.kind.counts_renamed_only() || lost.contains(&way.kind))
        .filter(|way| !holds_way(&before, way) && seen.insert(way.key()))
        .cloned()
        .collect()
}

/// Whether a set holds a way, or the same address without its method.
pub(super) fn holds_way(set: &BTreeSet<WayKey>, way: &WayIn) -> bool {
    let key = way.key();
    set.contains(&key)
        || way.kind == WayKind::Address && way.method.is_none() && {
            let from = (key.0, "", key.2.clone());
            set.contains(&from)
                || METHODS
                    .iter()
                    .any(|method| set.contains(&(key.0, *method, key.2.clone())))
        }
}

/// Methods of the protocol.
pub(super) const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The method that a word is, in any spelling.
pub(super) fn read_method(word: &str) -> Option<&'static str> {
    METHODS
        .iter()
        .copied()
        .find(|method| method.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests;
