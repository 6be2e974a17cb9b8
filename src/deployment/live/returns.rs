//! How the tools behind state files bring previous back: what it is called, the command where every name in it is known, and until when.

use jiff::Timestamp;

use super::facts::{About, chosen_environment, of, relevant};
use super::picture::by_target;
use super::{Deployment, LiveReport, Outcome};
use crate::model::WayBack;

/// Most ways back of one file.
const KEPT: usize = 20;

/// How its tool brings one deployment back. `{name}` and `{namespace}` in a command stand for what only the user can name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Return {
    /// Verb first.
    pub says: String,
    /// What comes back and what does not.
    pub brings: &'static str,
    /// The command; `None` where the file does not name what it needs.
    pub command: Option<String>,
    /// The command that shows whether it arrived.
    pub watch: Option<String>,
    /// As a registry or feed knows it.
    pub artifact: Option<String>,
    /// Until when it works, in words.
    pub until: Option<String>,
    /// The same as a time.
    pub until_at: Option<Timestamp>,
}

/// One word of a shell command; `None` for what cannot safely be one.
pub(super) fn word(text: &str) -> Option<String> {
    let text = text.trim();
    // what was cut or made visible is not the name any more
    let odd = text.is_empty() || text.len() > 200 || text.chars().any(|c| c.is_control() || matches!(c, '\'' | '…' | '\u{2400}'..='\u{2421}')) || text.contains("<U+");
    if odd {
        return None;
    }
    let plain = !text.starts_with('-') && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/:@=+,%-".contains(&byte));
    match (plain, text.starts_with('-')) {
        (true, _) => Some(text.to_owned()),
        (false, true) => None,
        (false, false) => Some(format!("'{text}'")),
    }
}

/// A command out of fixed parts and names; `None` as soon as one name is not known or cannot be a word.
pub(super) fn command(parts: &[Part<'_>]) -> Option<String> {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Fixed(text) => out.push_str(text),
            Part::Name(name) => out.push_str(&word(name.as_deref()?)?),
        }
    }
    Some(out)
}

/// A part of a [`command`].
pub(super) enum Part<'a> {
    /// As it stands.
    Fixed(&'a str),
    /// A name out of the file.
    Name(Option<String>),
}

/// Fixed text.
pub(super) fn fixed(text: &str) -> Part<'_> {
    Part::Fixed(text)
}

/// A name.
pub(super) fn name<'a>(text: impl Into<Option<String>>) -> Part<'a> {
    Part::Name(text.into())
}

/// The ways back of all files for one pair of releases.
pub fn returns(reports: &[LiveReport], about: &About<'_>) -> Vec<WayBack> {
    let mut found: Vec<WayBack> = Vec::new();
    for report in reports {
        let Some(chosen) = chosen_environment(report, about) else { continue };
        let here: Vec<&Deployment> =
            report.deployments.iter().filter(|deployment| chosen.as_deref().is_none_or(|name| deployment.environment.as_deref() == Some(name))).collect();
        for group in by_target(&relevant(&here, about)) {
            let newest =
                |release| group.iter().find(|deployment| of(deployment, release) && deployment.back.is_some() && deployment.outcome != Outcome::Failed).copied();
            let Some(to) = newest(about.previous) else { continue };
            let made = one(report, to, newest(about.current));
            if found.len() < KEPT && !found.iter().any(|known| known.says == made.says && known.command == made.command) {
                found.push(made);
            }
        }
    }
    found
}

fn one(report: &LiveReport, to: &Deployment, from: Option<&Deployment>) -> WayBack {
    let back = to.back.as_deref().cloned().unwrap_or_default();
    let fill = |command: Option<String>| filled(command?, report);
    let command = fill(back.command.clone());
    let lacks = command.is_none().then(|| match back.command {
        Some(_) => format!("{} does not name what it is about; give name and namespace under live in backout.yaml", report.name),
        None => format!("{} does not hold every name that the command needs", report.name),
    });
    WayBack {
        kind: report.kind.id().to_owned(),
        tool: report.kind.title().to_owned(),
        unit: to.unit.clone(),
        says: back.says,
        brings: back.brings.to_owned(),
        command,
        lacks,
        undo: fill(from.and_then(|from| from.back.as_deref()).and_then(|back| back.command.clone())),
        watch: fill(back.watch),
        artifact: back.artifact,
        until: back.until,
        until_at: back.until_at,
        evidence: to.evidence.clone(),
    }
}

fn filled(command: String, report: &LiveReport) -> Option<String> {
    let mut command = command;
    for (place, named) in [("{name}", &report.called), ("{namespace}", &report.namespace)] {
        if command.contains(place) {
            command = command.replace(place, &word(named.as_deref()?)?);
        }
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_could_be_more_than_a_name_make_no_command() {
        assert_eq!(word("shop").as_deref(), Some("shop"));
        assert_eq!(word("My Project").as_deref(), Some("'My Project'"));
        assert_eq!(word("$(rm -rf x)").as_deref(), Some("'$(rm -rf x)'"));
        for odd in ["", "--force", "it's", "a\nb", "a\u{1b}[2J", "cut…", "␛[2J"] {
            assert_eq!(word(odd), None, "{odd:?}");
        }
        assert_eq!(command(&[fixed("helm rollback "), name("shop".to_owned()), fixed(" 7")]).as_deref(), Some("helm rollback shop 7"));
        assert_eq!(command(&[fixed("helm rollback "), name(None), fixed(" 7")]), None);
    }

    proptest! {
        #[test]
        fn a_word_is_quoted_or_plain(text in ".{0,40}") {
            if let Some(word) = word(&text) {
                let inner = word.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(&word);
                prop_assert!(!inner.contains('\'') && !word.starts_with('-'));
            }
        }
    }
}
