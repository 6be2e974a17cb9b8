//! `backout back`: which earlier releases could be gone back to, side by side.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::cli::{BackArgs, Common, Versions};
use super::situation::{self, Input, Situation};
use crate::assess;
use crate::checklist::Checklist;
use crate::model::{Assessment, CheckState, Direction, OptionId, OptionState, Reason, Severity, visible};
use crate::report;
use crate::repository::{ReleaseOptions, Repository};

/// Runs it.
pub fn run(common: &Common, args: &BackArgs) -> Result<ExitCode> {
    let checklist = situation::checklist(common)?;
    let versions = Versions { versions: args.current.iter().cloned().collect() };
    let situation = Situation::new(common, &versions, Input::Free)?;
    if args.preflight {
        return preflight(args, situation, &checklist);
    }
    let repository = Repository::open(&common.repo)?;
    let releases = repository.releases(&ReleaseOptions { tag_pattern: common.tag_pattern.clone(), service: common.service.clone() })?;
    let current = match &args.current {
        Some(version) => repository.find(&releases, version)?,
        None => repository.pair(&releases, None, None)?.current,
    };
    let Some(at) = releases.releases.iter().position(|release| release.commit == current.commit && release.scheme == current.scheme) else {
        bail!("{} is no release, so nothing stands below it; name a release, `backout releases` lists them", visible(&current.version));
    };
    let earlier = releases.releases[at + 1..]
        .iter()
        .filter(|release| release.scheme == current.scheme && (!release.prerelease || current.prerelease) && release.commit != current.commit)
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
            Err(error) => rows.push([release.version.clone(), String::new(), String::new(), "not assessed".to_owned(), error.to_string()]),
        }
    }
    if rows.is_empty() {
        bail!("there is no release below {} in its line; `backout releases` lists what there is", visible(&current.version));
    }
    let mut out = format!("From {} back to\n\n", visible(&current.version));
    let heads = ["release", "commits", "days", "rolling back", "because"];
    let widths: Vec<usize> = (0..4).map(|column| rows.iter().map(|row| row[column].chars().count()).chain([heads[column].len()]).max().unwrap_or(0)).collect();
    for row in std::iter::once(heads.map(str::to_owned)).chain(rows) {
        let [release, commits, days, state, why] = row.map(|cell| visible(&cell).into_owned());
        let line = format!("  {release:0$}  {commits:>1$}  {days:>2$}  {state:3$}  ", widths[0], widths[1], widths[2], widths[3]);
        let indent = line.chars().count();
        for (n, part) in crate::model::wrap(&why, 110usize.saturating_sub(indent).max(30)).iter().enumerate() {
            let _ = if n == 0 { writeln!(out, "{line}{part}") } else { writeln!(out, "{:indent$}{part}", "") };
        }
    }
    super::print(&out)
}

/// What can be checked from here is checked; the rest stands with the command that answers it. Ends 0 when nothing speaks against it, 11
/// while something is open, 12 when something does not hold.
fn preflight(args: &BackArgs, situation: Situation, checklist: &Checklist) -> Result<ExitCode> {
    let mut request = situation.request.clone();
    request.previous.clone_from(&args.to);
    request.current.clone_from(&args.current);
    let mut assessed = assess::assess(&request, &|_| {})?;
    situation.decide(&mut assessed, checklist);
    let assessment = &assessed.assessment;
    let head = format!("From {} back to {}\n", visible(&assessment.current.version), visible(&assessment.previous.version));
    super::print(&format!("{head}{}", report::preflight_text(assessment, super::width())))?;
    let worst = assessment.preflight.iter().map(|check| check.state).min();
    Ok(match worst {
        Some(CheckState::Wrong) => ExitCode::from(12),
        Some(CheckState::Open) => ExitCode::from(11),
        Some(CheckState::Fine) | None => ExitCode::SUCCESS,
    })
}

fn row(assessment: &Assessment) -> [String; 5] {
    let verdict = assessment.verdict.as_ref();
    let plain = verdict.and_then(|verdict| verdict.options.iter().find(|option| option.option == OptionId::RollBack));
    let conditional = verdict.and_then(|verdict| verdict.options.iter().find(|option| option.option == OptionId::RollBackWithConditions));
    let (state, shown) = match (plain.map(|option| option.state), conditional.map(|option| option.state)) {
        (Some(OptionState::Cleared), _) => ("cleared", plain),
        (_, Some(OptionState::Removed)) => ("out", conditional),
        (Some(OptionState::NotCleared), _) | (_, Some(OptionState::NotCleared)) => ("open", plain),
        _ => ("with conditions", conditional),
    };
    // what was read says more than what nobody was asked yet
    let read = |reason: &&Reason| reason.facts.iter().any(|fact| ["database.", "dependent[", "contract."].iter().any(|domain| fact.starts_with(domain)));
    let (open, known): (Vec<&Reason>, Vec<&Reason>) = shown.map(|option| option.blockers.as_slice()).unwrap_or_default().iter().partition(|reason| reason.open);
    let weighty = assessment.findings.iter().find(|finding| finding.direction != Direction::Deploy && finding.severity <= Severity::Warns);
    let why = (known.iter().find(|reason| read(reason)).or(known.first()).map(|reason| reason.says.clone()))
        .or_else(|| weighty.map(|finding| finding.says.clone()))
        .or_else(|| open.iter().find(|reason| read(reason)).map(|reason| reason.says.clone()))
        .unwrap_or_else(|| "nothing read stands in the way".to_owned());
    let days = assessment.facts.get("release.days_since_previous").and_then(|fact| fact.value.as_number()).map(|days| format!("{days:.0}")).unwrap_or_default();
    [assessment.previous.version.clone(), assessment.changelog.commits.to_string(), days, state.to_owned(), why]
}
