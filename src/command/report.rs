//! `backout report`: a session to paste into a post-mortem.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;

use super::cli::{Common, ReportArgs, ReportFormat, VersionArgs};
use super::output::UsageError;
use super::situation::{Situation, StandardInput};
use crate::assess::{self, Assessed};
use crate::model::{Assessment, Config, Decision};
use crate::report::{self, ReportSubject};
use crate::repository::Repository;
use crate::session::{self, Event, Journal, SessionState};
use crate::usecase;

/// Runs it.
pub fn run_report(common: &Common, args: &ReportArgs) -> Result<ExitCode> {
    let path =
        super::sessions::choose_session(common, args.id.as_deref(), session::SessionFilter::Any)?;
    let (journal, recovery) = Journal::read(&path)?;
    let events = journal.events();
    // a report tells of the decision; a hand-over of what is so now
    let at = usecase::last_decision(events)
        .filter(|_| !args.hand_over)
        .map_or(u64::MAX, |event| event.seq);
    let decision = usecase::decision_at(events, at)?;
    let rows = args.hand_over.then(|| {
        report::list_handover_rows(
            events,
            decision.as_ref(),
            args.names,
            jiff::Timestamp::now(),
        )
    });
    let mut read = if args.hand_over || args.journal_only {
        None
    } else {
        read_again(common, events, at)
    };
    if let Some(assessment) = read.as_mut().filter(|_| !args.names) {
        report::redact_assessment_names(assessment);
    }
    let decision = read
        .as_ref()
        .and_then(|assessment| assessment.verdict.clone())
        .or(decision);
    let remarks: Vec<String> = [recovery.torn, recovery.broken, recovery.clock]
        .into_iter()
        .flatten()
        .collect();
    let mut text = match rows {
        Some(rows) => match args.format {
            ReportFormat::Markdown => report::handover_markdown(&rows),
            ReportFormat::Text => report::handover_text(&rows, super::find_output_width()),
            _ => {
                return Err(UsageError(
                    "a hand-over is printed as markdown or text; leave out --hand-over for the \
                        whole report in this format"
                        .to_owned(),
                )
                .into());
            }
        },
        None => write_report(args, events, read.as_ref(), decision.as_ref(), &remarks),
    };
    if !args.format.is_whole() {
        for remark in &remarks {
            text.push_str(&format!(
                "\nOn the journal: {}\n",
                crate::model::escape_invisible(remark)
            ));
        }
    }
    super::print_output(&text)
}

/// The whole report in the form that was asked for.
fn write_report(
    args: &ReportArgs,
    events: &[Event],
    read: Option<&Assessment>,
    decision: Option<&Decision>,
    remarks: &[String],
) -> String {
    let subject = || {
        ReportSubject::of_session(events, read, decision, args.names).with_remarks(remarks.to_vec())
    };
    match args.format {
        ReportFormat::Markdown => report::session_markdown(events, read, decision, args.names),
        ReportFormat::Text => report::session_text(
            events,
            read,
            decision,
            args.names,
            super::find_output_width(),
        ),
        ReportFormat::Html => report::write_html_page(&subject(), false),
        ReportFormat::Json => report::write_report_json(&subject()),
        ReportFormat::Slack => report::write_slack_message(&subject()),
        ReportFormat::Change => report::write_change_ticket(&subject()),
    }
}

/// The two releases read once more, for what the journal does not hold: risks with their lines,
/// changes, steps of the plan. `None` where the repository or one of the commits is not at hand;
/// the report says so.
fn read_again(common: &Common, events: &[Event], seq: u64) -> Option<Assessment> {
    let (mut assessment, config) = read_session_releases(common, events)?;
    usecase::as_it_stood(
        events,
        seq.min(events.last()?.seq),
        &mut assessment,
        &config,
    )
    .ok()?;
    Some(assessment)
}

/// The two releases of a session read once more, named as they were in it. `None` where the
/// repository or one of the commits is not at hand.
pub(super) fn read_session_releases(
    common: &Common,
    events: &[Event],
) -> Option<(Assessment, Config)> {
    let state = SessionState::fold(events);
    let begun = state
        .start
        .as_ref()
        .filter(|start| !start.repository.is_empty())?;
    let repository = if common.repo == Path::new(".") {
        PathBuf::from(&begun.repository)
    } else {
        common.repo.clone()
    };
    Repository::open(&repository).ok()?;
    let (previous, current) = match state.pair {
        Some(pair) if pair != (begun.previous.clone(), begun.current.clone()) => pair,
        _ => (begun.previous_commit.clone(), begun.current_commit.clone()),
    };
    let common = Common {
        repo: repository,
        env: begun.environment.clone(),
        service: begun.service.clone(),
        ..common.clone()
    };
    let mut situation = Situation::new(
        &common,
        &VersionArgs {
            versions: vec![previous, current],
        },
        StandardInput::Taken,
    )
    .ok()?;
    situation.request.own_session = Some(begun.session.clone());
    let Assessed {
        mut assessment,
        config,
        ..
    } = assess::assess_release_pair(&situation.request, &|_| ()).ok()?;
    // releases are named as they were in the session, though they are read by commit
    if let Some((previous, current)) = SessionState::fold(events)
        .pair
        .or_else(|| Some((begun.previous.clone(), begun.current.clone())))
    {
        assessment.previous.version = previous.into();
        assessment.current.version = current.into();
    }
    Some((assessment, config))
}
