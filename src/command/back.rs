//! `backout back`: which earlier releases could be gone back to, side by side.

use crate::model::fact_key;
use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};
use serde::Serialize;

use super::cli::{BackArgs, Common, OutputFormat, VersionArgs};
use super::situation::{self, Situation, StandardInput};
use crate::assess;
use crate::checklist::Checklist;
use crate::model::{
    Assessment, CheckState, ChecklistChange, Direction, OptionId, OptionState, PastRollback,
    Reason, Release, Severity, Untrusted, checklist_line, escape_invisible, past_rollbacks_line,
};
use crate::report;
use crate::repository::{ReleaseOptions, Repository};

/// Runs it.
pub fn run_back(common: &Common, args: &BackArgs) -> Result<ExitCode> {
    let checklist = situation::load_checklist_in_force(common)?;
    let versions = VersionArgs {
        versions: args.current.iter().cloned().collect(),
    };
    let situation = Situation::new(common, &versions, StandardInput::Free)?;
    if args.preflight {
        return run_preflight(args, situation, &checklist, common.ascii);
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
            "{} is no release, so nothing stands below it; name a release, `backout releases` \
                lists them",
            current.version.shown()
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
    let (rows, mut past) = assess_ways_back(earlier, &current, &situation, &checklist);
    if rows.is_empty() {
        bail!(
            "there is no release below {} in its line; `backout releases` lists what there is",
            current.version.shown()
        );
    }
    past.sort_by_key(|one| std::cmp::Reverse(one.at));
    let text = write_ways_back(
        args.format,
        &current.version.shown(),
        &rows,
        &past,
        &checklist.changes,
    )?;
    super::print_output(&if common.ascii && args.format != OutputFormat::Json {
        report::convert_report_to_ascii(&text)
    } else {
        text
    })
}

/// What finds a release again: its tag, else its commit.
fn name_release(release: &Release) -> String {
    let tag = release.tag.as_ref().map(Untrusted::as_raw);
    tag.unwrap_or(&release.commit).to_owned()
}

/// A row a release, and the rollbacks of this one that are on record.
fn assess_ways_back<'a>(
    earlier: impl Iterator<Item = &'a Release>,
    current: &Release,
    situation: &Situation,
    checklist: &Checklist,
) -> (Vec<WayBackRow>, Vec<PastRollback>) {
    let mut rows = Vec::new();
    // which release it would go back to changes nothing about what happened to this one
    let mut past: Vec<PastRollback> = Vec::new();
    for release in earlier {
        let request = assess::Request {
            previous: Some(name_release(release)),
            current: Some(name_release(current)),
            ..situation.request.clone()
        };
        match assess::assess_release_pair(&request, &|_| {}) {
            Ok(mut assessed) => {
                situation.decide(&mut assessed, checklist);
                rows.push(make_way_back_row(&assessed.assessment));
                for one in assessed.assessment.rolled_back_before {
                    if !past
                        .iter()
                        .any(|known| known.at == one.at && known.sources == one.sources)
                    {
                        past.push(one);
                    }
                }
            }
            Err(error) => {
                let because = error.to_string();
                rows.push(WayBackRow {
                    release: release.version.clone(),
                    commits: None,
                    days: None,
                    rolling_back: "not assessed",
                    because,
                    went_back_before: None,
                });
            }
        }
    }
    (rows, past)
}

fn write_ways_back(
    format: OutputFormat,
    current: &str,
    rows: &[WayBackRow],
    past: &[PastRollback],
    changes: &[ChecklistChange],
) -> Result<String> {
    let said = checklist_line(changes);
    let before = past_rollbacks_line(past);
    let text = match format {
        OutputFormat::Text => {
            write_ways_back_text(current, rows)
                + &before.map_or_else(String::new, |line| {
                    format!(
                        "\n{}\n",
                        crate::model::wrap_text(&format!("Before: {line}"), 110).join("\n")
                    )
                })
                + &said.map_or_else(String::new, |line| {
                    format!("\n{}\n", write_checklist_sentence(&line))
                })
        }
        OutputFormat::Markdown => {
            write_ways_back_markdown(current, rows)
                + &before.map_or_else(String::new, |line| {
                    format!("\nBefore: {}\n", report::escape_table_cell(&line))
                })
                + &said.map_or_else(String::new, |line| {
                    format!(
                        "\n{}\n",
                        report::escape_table_cell(&write_checklist_sentence(&line))
                    )
                })
        }
        OutputFormat::Json => {
            let listing = WaysBackListing {
                schema: "backout.back/1",
                current,
                releases: rows,
                rolled_back_before: past,
                checklist_changes: changes,
            };
            format!("{}\n", serde_json::to_string_pretty(&listing)?)
        }
    };
    Ok(text)
}

/// `--format json`.
#[derive(Serialize)]
struct WaysBackListing<'a> {
    schema: &'static str,
    current: &'a str,
    releases: &'a [WayBackRow],
    #[serde(skip_serializing_if = "<[PastRollback]>::is_empty")]
    rolled_back_before: &'a [PastRollback],
    #[serde(skip_serializing_if = "<[ChecklistChange]>::is_empty")]
    checklist_changes: &'a [ChecklistChange],
}

/// The line about the repository's checklist as a sentence of its own.
fn write_checklist_sentence(line: &str) -> String {
    format!(
        "{}{}.",
        line[..1].to_uppercase(),
        escape_invisible(&line[1..])
    )
}

/// One earlier release.
#[derive(Serialize)]
struct WayBackRow {
    release: Untrusted,
    /// Commits between it and what is out; `None` when it could not be assessed.
    commits: Option<u64>,
    /// Days between the two.
    days: Option<f64>,
    /// `cleared`, `with conditions`, `open`, `out` or `not assessed`.
    rolling_back: &'static str,
    because: String,
    /// When it went back to this release before, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    went_back_before: Option<jiff::Timestamp>,
}

impl WayBackRow {
    fn cells(&self) -> [String; 5] {
        let commits = self
            .commits
            .map_or_else(String::new, |commits| commits.to_string());
        let days = self
            .days
            .map_or_else(String::new, |days| format!("{days:.0}"));
        [
            self.release.to_string(),
            commits,
            days,
            self.rolling_back.to_owned(),
            self.because.clone(),
        ]
    }
}

const HEADS: [&str; 5] = ["release", "commits", "days", "rolling back", "because"];

fn write_ways_back_text(current: &str, rows: &[WayBackRow]) -> String {
    let rows: Vec<[String; 5]> = rows.iter().map(WayBackRow::cells).collect();
    let mut out = format!("From {} back to\n\n", escape_invisible(current));
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
        let [release, commits, days, state, why] =
            row.map(|cell| escape_invisible(&cell).into_owned());
        let line = format!(
            "  {release:0$}  {commits:>1$}  {days:>2$}  {state:3$}  ",
            widths[0], widths[1], widths[2], widths[3]
        );
        let indent = line.chars().count();
        for (n, part) in crate::model::wrap_text(&why, 110usize.saturating_sub(indent).max(30))
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

fn write_ways_back_markdown(current: &str, rows: &[WayBackRow]) -> String {
    let mut out = format!(
        "## From {} back to\n\n| {} |\n| --- | --- | --- | --- | --- |\n",
        report::escape_table_cell(current),
        HEADS.join(" | ")
    );
    for row in rows {
        let _ = writeln!(
            out,
            "| {} |",
            row.cells()
                .map(|cell| report::escape_table_cell(&cell))
                .join(" | ")
        );
    }
    out
}

/// What can be checked from here is checked; the rest stands with the command that answers it. Ends
/// 0 when nothing speaks against it, 11 while something is open, 12 when something does not hold.
fn run_preflight(
    args: &BackArgs,
    situation: Situation,
    checklist: &Checklist,
    ascii: bool,
) -> Result<ExitCode> {
    let mut request = situation.request.clone();
    request.previous.clone_from(&args.to);
    request.current.clone_from(&args.current);
    let mut assessed = assess::assess_release_pair(&request, &|_| {})?;
    situation.decide(&mut assessed, checklist);
    let assessment = &assessed.assessment;
    let (previous, current) = (&assessment.previous.version, &assessment.current.version);
    let said = checklist_line(&assessment.checklist_changes).map_or_else(String::new, |line| {
        format!("{}\n\n", write_checklist_sentence(&line))
    });
    let before = past_rollbacks_line(&assessment.rolled_back_before);
    let said = before.map_or_else(String::new, |line| {
        let line = match args.format {
            OutputFormat::Markdown => report::escape_table_cell(&line),
            _ => crate::model::wrap_text(&line, 100).join("\n"),
        };
        format!("Before: {line}\n\n")
    }) + &said;
    let text = match args.format {
        OutputFormat::Text => format!(
            "From {} back to {}\n{said}{}",
            current.shown(),
            previous.shown(),
            report::preflight_text(assessment, super::find_output_width())
        ),
        OutputFormat::Markdown => {
            format!(
                "## From {} back to {}\n\n{said}{}",
                report::escape_table_cell(&current.shown()),
                report::escape_table_cell(&previous.shown()),
                report::preflight_markdown(assessment)
            )
        }
        OutputFormat::Json => {
            let (checks, no_return) = (&assessment.preflight, &assessment.no_return);
            let mut all = serde_json::json!({"schema": "backout.preflight/1", "previous": previous, "current": current, "preflight": checks, "no_return": no_return});
            if !assessment.rolled_back_before.is_empty() {
                all["rolled_back_before"] = serde_json::to_value(&assessment.rolled_back_before)?;
            }
            if !assessment.checklist_changes.is_empty() {
                all["checklist_changes"] = serde_json::to_value(&assessment.checklist_changes)?;
            }
            format!("{}\n", serde_json::to_string_pretty(&all)?)
        }
    };
    super::print_output(&if ascii && args.format != OutputFormat::Json {
        report::convert_report_to_ascii(&text)
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

fn make_way_back_row(assessment: &Assessment) -> WayBackRow {
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
    .or_else(|| {
        weighty
            .map(|finding| finding.says.to_string())
            .map(Into::into)
    })
    .or_else(|| {
        open.iter()
            .find(|reason| read(reason))
            .map(|reason| reason.says.clone())
    })
    .unwrap_or_else(|| "nothing read stands in the way".into());
    let days = assessment
        .facts
        .get(fact_key::RELEASE_DAYS_SINCE_PREVIOUS)
        .and_then(|fact| fact.value.as_number());
    WayBackRow {
        release: assessment.previous.version.clone(),
        commits: Some(assessment.changelog.commits),
        days,
        rolling_back: state,
        because: why.shown().into_owned(),
        went_back_before: assessment
            .rolled_back_before
            .iter()
            .find(|past| past.same_pair && !past.decided_only)
            .and_then(|past| past.at),
    }
}
