//! How the tools behind state files bring previous back: what it is called, the command where every
//! name in it is known, and until when.

use jiff::Timestamp;

use super::environment::chosen_environment;
use super::gathered::About;
use super::of_release::{filter_related_deployments, is_deployment_of_release};
use super::picture::by_target;
use super::{Deployment, DeploymentOutcome, LiveKind, LiveReport, Retention};
use model::{WayBack, shell_word as word};

// a hundred targets have the same command each, and equal ones are kept once
/// Most ways back of one file.
const KEPT: usize = 20;

/// How its tool brings one deployment back. `{name}` and `{namespace}` in a command stand for what
/// only the user can name.
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
    /// The command that keeps this release from going anywhere else.
    pub block: Option<String>,
    /// The command that lets it go on again.
    pub unblock: Option<String>,
    /// The command that lists what the tool can still deploy.
    pub list: Option<String>,
    /// Both sides still run, so that going back is an abort.
    pub in_flight: bool,
    /// As a registry or feed knows it.
    pub artifact: Option<String>,
    /// Until when it works, in words.
    pub until: Option<String>,
    /// The same as a time.
    pub until_at: Option<Timestamp>,
}

/// A command out of fixed parts and names; `None` as soon as one name is not known or cannot be a
/// word.
pub(super) fn build_return_command(parts: &[CommandPart<'_>]) -> Option<String> {
    // half a command with an empty name would be run as it stands
    let mut out = String::new();
    for part in parts {
        match part {
            CommandPart::Fixed(text) => out.push_str(text),
            CommandPart::Name(name) => out.push_str(&word(name.as_deref()?)?),
        }
    }
    Some(out)
}

/// A part of a [`command`].
pub(super) enum CommandPart<'a> {
    /// As it stands.
    Fixed(&'a str),
    /// A name out of the file.
    Name(Option<String>),
}

/// Fixed text.
pub(super) fn make_fixed_part(text: &str) -> CommandPart<'_> {
    CommandPart::Fixed(text)
}

/// A name.
pub(super) fn make_named_part<'a>(text: impl Into<Option<String>>) -> CommandPart<'a> {
    CommandPart::Name(text.into())
}

/// The ways back of all files for one pair of releases.
pub fn list_ways_back(reports: &[LiveReport], about: &About<'_>) -> Vec<WayBack> {
    let mut found: Vec<WayBack> = Vec::new();
    // what a person says of retention outranks a file
    let told = about
        .retention
        .or_else(|| reports.iter().find_map(|report| report.retention));
    for report in reports {
        // a file with several environments and none chosen could give the command of another one
        let Some(chosen) = chosen_environment(report, about) else {
            continue;
        };
        let here: Vec<&Deployment> = report
            .deployments
            .iter()
            .filter(|deployment| {
                chosen
                    .as_deref()
                    .is_none_or(|name| deployment.environment.as_deref() == Some(name))
            })
            .collect();
        for group in by_target(&filter_related_deployments(&here, about)) {
            let newest = |release| {
                group
                    .iter()
                    .find(|deployment| {
                        is_deployment_of_release(deployment, release)
                            && deployment.back.is_some()
                            // what failed there once is nothing to go back to
                            && deployment.outcome != DeploymentOutcome::Failed
                    })
                    .copied()
            };
            let Some(to) = newest(about.previous) else {
                continue;
            };
            let mut made = make_way_back(report, to, newest(about.current));
            // only folders on a target go by this retention; other readers have said their limit
            if report.kind == LiveKind::Calamari {
                (made.until, made.until_at) = find_folder_retention(told, to, about.now);
            }
            if found.len() < KEPT
                && !found
                    .iter()
                    .any(|known| known.says == made.says && known.command == made.command)
            {
                found.push(made);
            }
        }
    }
    found
}

/// How long a folder on a target stays: by days, the first deployment after that removes it.
fn find_folder_retention(
    told: Option<Retention>,
    to: &Deployment,
    now: Timestamp,
) -> (Option<String>, Option<Timestamp>) {
    match (told, to.at) {
        (Some(Retention::Days(days)), Some(at)) => {
            let end = at
                .checked_add(jiff::SignedDuration::from_hours(i64::from(days) * 24))
                .ok();
            match end {
                // only the next deployment cleans, so the folder may outlive its time
                Some(end) if end <= now => (
                    Some(
                        "until the next deployment to that target: by \
                    days it is over its time already"
                            .to_owned(),
                    ),
                    None,
                ),
                end => (
                    Some(format!(
                        "until the first deployment after its {days} days are \
                    over"
                    )),
                    end,
                ),
            }
        }
        (Some(Retention::Count(count)), _) => (
            Some(format!(
                "while it is among the {count} good releases before the current one"
            )),
            None,
        ),
        (Some(Retention::Forever), _) => (None, None),
        _ => (
            Some("until retention removes it, which runs with each deployment".to_owned()),
            None,
        ),
    }
}

fn make_way_back(report: &LiveReport, to: &Deployment, from: Option<&Deployment>) -> WayBack {
    let back = to.back.as_deref().cloned().unwrap_or_default();
    let fill = |command: Option<String>| fill_command_names(command?, report);
    let command = fill(back.command.clone());
    let lacks = command.is_none().then(|| match back.command {
        Some(_) => format!(
            "{} does not name what it is about; give name and namespace under live in backout.yaml",
            report.name
        ),
        None => format!(
            "{} does not hold every name that the command needs",
            report.name
        ),
    });
    WayBack {
        kind: report.kind.into(),
        tool: report.kind.title().to_owned(),
        unit: to.unit.clone(),
        says: back.says,
        brings: back.brings.to_owned(),
        command,
        lacks,
        undo: fill(
            from.and_then(|from| from.back.as_deref())
                .and_then(|back| back.command.clone()),
        ),
        watch: fill(back.watch),
        block: fill(
            from.and_then(|from| from.back.as_deref())
                .and_then(|back| back.block.clone()),
        ),
        unblock: fill(
            from.and_then(|from| from.back.as_deref())
                .and_then(|back| back.unblock.clone()),
        ),
        list: fill(back.list),
        artifact: back.artifact,
        in_flight: back.in_flight,
        until: back.until,
        until_at: back.until_at,
        evidence: to.evidence.clone(),
    }
}

fn fill_command_names(command: String, report: &LiveReport) -> Option<String> {
    let mut command = command;
    for (place, named) in [
        ("{name}", &report.called),
        ("{namespace}", &report.namespace),
    ] {
        if command.contains(place) {
            // `helm history` prints neither the name of the release nor its namespace
            command = command.replace(place, &word(named.as_deref()?)?);
        }
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_more_than_a_name_make_no_command() {
        assert_eq!(
            build_return_command(&[
                make_fixed_part("helm rollback "),
                make_named_part("shop".to_owned()),
                make_fixed_part(" 7")
            ])
            .as_deref(),
            Some("helm rollback shop 7")
        );
        assert_eq!(
            build_return_command(&[
                make_fixed_part("helm rollback "),
                make_named_part(None),
                make_fixed_part(" 7")
            ]),
            None
        );
    }
}
