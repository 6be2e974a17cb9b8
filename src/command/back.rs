//! `backout back`: which earlier releases could be gone back to, side by side.

use crate::model::fact_key;
use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};
use serde::Serialize;

use super::cli::{BackArgs, Common, Format, Versions};
use super::situation::{self, Input, Situation};
use crate::assess;
use crate::checklist::Checklist;
use crate::model::{
    Assessment, CheckState, ChecklistChange, Direction, OptionId, OptionState, Reason, Severity,
    checklist_line, visible,
};
use crate::report;
use crate::repository::{ReleaseOptions, Repository};

/// Runs it.
pub fn run(common: &Common, args: &BackArgs) -> Result<ExitCode> {
    let checklist = situation::checklist(common)?;
    let versions = Versions {
        versions: args.current.iter().cloned().collect(),
    };
    let situation = Situation::new(common, &versions, Input::Free)?;
    if args.preflight {
        return preflight(args, situation, &checklist, common.ascii);
    }
    let repository = Repository::open(&common.repo)?;
    let releases = repository.releases(&ReleaseOptions {
        tag_pattern: common.tag_pattern.clone(),
        service: common.service.clone(),
    })?;
    let current = match &args.current {
        Some(version) => repository.find(&releases, version)?,
        None => repository.pair(&releases, None, None)?.current,
    };
    let Some(at) = releases
        .releases
        .iter()
        .position(|release| release.commit == current.commit && release.scheme == current.scheme)
    else {
        bail!(
            "{} is no release, so nothing stands below it; name a release, `backout releases` lists them",
            visible(&current.version)
        );
    };
    let earlier = releases.releases[at + 1..]
        .iter()
        .filter(|release| {
            release.scheme == current.scheme
                && (!release.prerelease || current.prerelease)
                && release.commit != current.commit
        })
        .take(args.limit.clamp(1, 50));
    let mut rows = Vec::new();
    for release in earlier {
        let request = assess::Request {
            previous: release.tag.clone().or(Some(release.commit.clone())),
            current: current.tag.clone().or(Some(current.commit.clone())),
            ..situation.request.clone()
        };
        match assess::assess(&request, &|_| {}) {
            Ok(mut assessed) => {
                situation.decide(&mut assessed, &checklist);
                rows.push(row(&assessed.assessment));
            }
            Err(error) => {
                let because = error.to_string();
                rows.push(Row {
                    release: release.version.clone(),
                    commits: None,
                    days: None,
                    rolling_back: "not assessed",
                    because,
                });
            }
        }
    }
    if rows.is_empty() {
        bail!(
            "there is no release below {} in its line; `backout releases` lists what there is",
            visible(&current.version)
        );
    }
    let said = checklist_line(&checklist.changes);
    let text = match args.format {
        Format::Text => {
            text(&current.version, &rows)
                + &said.map_or_else(String::new, |line| format!("\n{}\n", sentence(&line)))
        }
        Format::Markdown => {
            markdown(&current.version, &rows)
                + &said.map_or_else(String::new, |line| {
                    format!("\n{}\n", report::cell(&sentence(&line)))
                })
        }
        Format::Json => {
            let listing = Listing {
                schema: "backout.back/1",
                current: &current.version,
                releases: &rows,
                checklist_changes: &checklist.changes,
            };
            format!("{}\n", serde_json::to_string_pretty(&listing)?)
        }
    };
    super::print(&if common.ascii && args.format != Format::Json {
        report::ascii(&text)
    } else {
        text
    })
}

/// `--format json`.
#[derive(Serialize)]
struct Listing<'a> {
    schema: &'static str,
    current: &'a str,
    releases: &'a [Row],
    #[serde(skip_serializing_if = "<[ChecklistChange]>::is_empty")]
    checklist_changes: &'a [ChecklistChange],
}

/// The line about the repository's checklist as a sentence of its own.
fn sentence(line: &str) -> String {
    format!("{}{}.", line[..1].to_uppercase(), visible(&line[1..]))
}

/// One earlier release.
#[derive(Serialize)]
struct Row {
    release: String,
    /// Commits between it and what is out; `None` when it could not be assessed.
    commits: Option<u64>,
    /// Days between the two.
    days: Option<f64>,
    /// `cleared`, `with conditions`, `open`, `out` or `not assessed`.
    rolling_back: &'static str,
    because: String,
}

impl Row {
    fn cells(&self) -> [String; 5] {
        let commits = self
            .commits
            .map_or_else(String::new, |commits| commits.to_string());
        let days = self
            .days
            .map_or_else(String::new, |days| format!("{days:.0}"));
        [
            self.release.clone(),
            commits,
            days,
            self.rolling_back.to_owned(),
            self.because.clone(),
        ]
    }
}

const HEADS: [&str; 5] = ["release", "commits", "days", "rolling back", "because"];

fn text(current: &str, rows: &[Row]) -> String {
    let rows: Vec<[String; 5]> = rows.iter().map(Row::cells).collect();
    let mut out = format!("From {} back to\n\n", visible(current));
    let widths: Vec<usize> = (0..4)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .chain([HEADS[column].len()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in std::iter::once(HEADS.map(str::to_owned)).chain(rows) {
        let [release, commits, days, state, why] = row.map(|cell| visible(&cell).into_owned());
        let line = format!(
            "  {release:0$}  {commits:>1$}  {days:>2$}  {state:3$}  ",
            widths[0], widths[1], widths[2], widths[3]
        );
        let indent = line.chars().count();
        for (n, part) in crate::model::wrap(&why, 110usize.saturating_sub(indent).max(30))
            .iter()
            .enumerate()
        {
            let _ = if n == 0 {
                writeln!(out, "{line}{part}")
            } else {
                writeln!(out, "{:indent$}{part}", "")
            };
        }
    }
    out
}

fn markdown(current: &str, rows: &[Row]) -> String {
    let mut out = format!(
        "## From {} back to\n\n| {} |\n| --- | --- | --- | --- | --- |\n",
        report::cell(current),
        HEADS.join(" | ")
    );
    for row in rows {
        let _ = writeln!(
            out,
            "| {} |",
            row.cells().map(|cell| report::cell(&cell)).join(" | ")
        );
    }
    out
}

/// What can be checked from here is checked; the rest stands with the command that answers it. Ends
/// 0 when nothing speaks against it, 11 while something is open, 12 when something does not hold.
fn preflight(
    args: &BackArgs,
    situation: Situation,
    checklist: &Checklist,
    ascii: bool,
) -> Result<ExitCode> {
    let mut request = situation.request.clone();
    request.previous.clone_from(&args.to);
    request.current.clone_from(&args.current);
    let mut assessed = assess::assess(&request, &|_| {})?;
    situation.decide(&mut assessed, checklist);
    let assessment = &assessed.assessment;
    let (previous, current) = (&assessment.previous.version, &assessment.current.version);
    let said = checklist_line(&assessment.checklist_changes)
        .map_or_else(String::new, |line| format!("{}\n\n", sentence(&line)));
    let text = match args.format {
        Format::Text => format!(
            "From {} back to {}\n{said}{}",
            visible(current),
            visible(previous),
            report::preflight_text(assessment, super::width())
        ),
        Format::Markdown => {
            format!(
                "## From {} back to {}\n\n{said}{}",
                report::cell(current),
                report::cell(previous),
                report::preflight_markdown(assessment)
            )
        }
        Format::Json => {
            let (checks, no_return) = (&assessment.preflight, &assessment.no_return);
            let mut all = serde_json::json!({"schema": "backout.preflight/1", "previous": previous, "current": current, "preflight": checks, "no_return": no_return});
            if !assessment.checklist_changes.is_empty() {
                all["checklist_changes"] = serde_json::to_value(&assessment.checklist_changes)?;
            }
            format!("{}\n", serde_json::to_string_pretty(&all)?)
        }
    };
    super::print(&if ascii && args.format != Format::Json {
        report::ascii(&text)
    } else {
        text
    })?;
    let worst = assessment.preflight.iter().map(|check| check.state).min();
    Ok(match worst {
        Some(CheckState::Wrong) => ExitCode::from(12),
        Some(CheckState::Open) => ExitCode::from(11),
        Some(CheckState::Fine) | None => ExitCode::SUCCESS,
    })
}

fn row(assessment: &Assessment) -> Row {
    let verdict = assessment.verdict.as_ref();
    let plain = verdict.and_then(|verdict| {
        verdict
            .options
            .iter()
            .find(|option| option.option == OptionId::RollBack)
    });
    let conditional = verdict.and_then(|verdict| {
        verdict
            .options
            .iter()
            .find(|option| option.option == OptionId::RollBackWithConditions)
    });
    let (state, shown) = match (
        plain.map(|option| option.state),
        conditional.map(|option| option.state),
    ) {
        (Some(OptionState::Cleared), _) => ("cleared", plain),
        (_, Some(OptionState::Removed)) => ("out", conditional),
        (Some(OptionState::NotCleared), _) | (_, Some(OptionState::NotCleared)) => ("open", plain),
        _ => ("with conditions", conditional),
    };
    // what was read says more than what nobody was asked yet
    let read = |reason: &&Reason| {
        reason.facts.iter().any(|fact| {
            ["database.", "dependent[", "contract."]
                .iter()
                .any(|domain| fact.starts_with(domain))
        })
    };
    let (open, known): (Vec<&Reason>, Vec<&Reason>) = shown
        .map(|option| option.blockers.as_slice())
        .unwrap_or_default()
        .iter()
        .partition(|reason| reason.open);
    let weighty = assessment.findings.iter().find(|finding| {
        finding.direction != Direction::Deploy && finding.severity <= Severity::Warns
    });
    let why = (known
        .iter()
        .find(|reason| read(reason))
        .or(known.first())
        .map(|reason| reason.says.clone()))
    .or_else(|| weighty.map(|finding| finding.says.clone()))
    .or_else(|| {
        open.iter()
            .find(|reason| read(reason))
            .map(|reason| reason.says.clone())
    })
    .unwrap_or_else(|| "nothing read stands in the way".to_owned());
    let days = assessment
        .facts
        .get(fact_key::RELEASE_DAYS_SINCE_PREVIOUS)
        .and_then(|fact| fact.value.as_number());
    Row {
        release: assessment.previous.version.clone(),
        commits: Some(assessment.changelog.commits),
        days,
        rolling_back: state,
        because: why,
    }
}
