//! `backout done`: whether what was decided has arrived, by a second look at what is live.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::Timestamp;

use super::cli::{Common, DoneArgs, OutputFormat};
use super::output::UsageError;
use super::{record, sessions, situation};
use crate::assess::{self, ReadLiveFile, config, facts};
use crate::deployment::live::{
    self, About, Expectation, LiveReport, RepositoryNames, judge_arrival,
};
use crate::model::{
    Arrival, ArrivalState, ArrivalTarget, Config, Mode, OptionId, Release, Untrusted, folder_name,
    wrap_text,
};
use crate::report;
use crate::repository::{ReleaseOptions, Releases, Repository};
use crate::session::{self, COMMAND_LINE, EventKind, Journal, SessionState, SessionSummary};

/// Columns of a line of text.
const WIDTH: usize = 100;

/// What was decided, and about what.
struct Decided {
    /// The journal; `None` where only the versions were named.
    journal: Option<PathBuf>,
    session: Option<String>,
    option: OptionId,
    at: Option<Timestamp>,
    previous: Release,
    current: Release,
    service: Option<String>,
    environment: Option<String>,
    /// Targets that an earlier look saw on what was expected.
    seen: BTreeSet<String>,
}

/// Runs it.
pub fn run_done(common: &Common, args: &DoneArgs) -> Result<ExitCode> {
    if !common.observed.is_empty() {
        return Err(UsageError(
            "--observed counts rows, and says nothing about which release is live; give --live"
                .to_owned(),
        )
        .into());
    }
    let now = Timestamp::now();
    let sources = situation::collect_live_sources(common, situation::StandardInput::Free)?;
    let loaded = load_config(common)?;
    let decided = find_decision(common, args, &loaded.config)?;
    let goes_back = check_decided_option(args, &decided)?;
    let files = assess::live_files(
        &sources,
        &loaded.config,
        &loaded.base,
        common.config.is_none(),
    );
    if files.is_empty() {
        return Err(UsageError(
            "give a file that the deployer wrote now, with --live FILE; `backout doctor` shows the \
                command for each kind".to_owned(),
        )
        .into());
    }
    let (reports, unread) = sort_files(files);
    let releases = list_releases(common);
    let fix = args
        .release
        .as_deref()
        .map(|version| resolve_release(common, releases.as_ref(), version, ""));
    let folder = Repository::open(&common.repo)
        .ok()
        .and_then(|repository| folder_name(&repository.info().path));
    let environment = common
        .env
        .as_deref()
        .or(decided.environment.as_deref())
        .or_else(|| facts::find_production_environment(&loaded.config));
    let about = About {
        environment,
        ..About::new(&decided.previous, &decided.current, now)
    };
    let names = RepositoryNames {
        service: common
            .service
            .as_deref()
            .or(decided.service.as_deref())
            .or(loaded.config.service.as_deref()),
        folder: folder.as_deref(),
        releases: releases.as_ref().map_or(&[], |releases| &releases.releases),
    };
    let wanted = Expectation {
        expected: if goes_back {
            Some(&decided.previous)
        } else {
            fix.as_ref()
        },
        since: decided.at,
        seen: &decided.seen,
    };
    let mut look = judge_arrival(&reports, &about, names, wanted);
    if !unread.is_empty() {
        look.open.extend(unread.into_iter().map(Untrusted::from));
        if look.state == ArrivalState::Done {
            look.state = ArrivalState::Unknown;
        }
    }
    let recorded = record_look(args, &decided, &look)?;
    print_look(common, args, &decided, &look, recorded)?;
    Ok(ExitCode::from(match look.state {
        ArrivalState::Done => 0,
        ArrivalState::NotDone | ArrivalState::Unknown => 11,
        ArrivalState::CameBack => 12,
    }))
}

fn print_look(
    common: &Common,
    args: &DoneArgs,
    decided: &Decided,
    look: &Arrival,
    recorded: bool,
) -> Result<()> {
    let text = match args.format {
        OutputFormat::Text => write_text(decided, look, recorded),
        OutputFormat::Markdown => write_markdown(decided, look, recorded),
        OutputFormat::Json => write_json(decided, look, recorded)?,
    };
    super::print_output(&if common.ascii && args.format != OutputFormat::Json {
        report::convert_report_to_ascii(&text)
    } else {
        text
    })?;
    Ok(())
}

/// Whether it was decided to go back; an option that puts no release live is refused.
fn check_decided_option(args: &DoneArgs, decided: &Decided) -> Result<bool> {
    let goes_back = matches!(
        decided.option,
        OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::ShiftTraffic
    );
    if !goes_back && decided.option != OptionId::RollForward {
        bail!(
            "{} was decided, which puts no other release live; there is nothing to hold against a \
                deployer's file",
            decided.option.title()
        );
    }
    if args.release.is_some() && goes_back {
        return Err(UsageError(format!(
            "--release names the release of a fix; it was decided to go back, so {} is expected",
            decided.previous.version.shown()
        ))
        .into());
    }
    Ok(goes_back)
}

fn load_config(common: &Common) -> Result<config::LoadedConfig> {
    if let Some(file) = &common.config {
        return config::load_named_config(file).map_err(|why| anyhow::anyhow!("{why}"));
    }
    Ok(Repository::open(&common.repo)
        .ok()
        .and_then(|repository| config::in_folder(repository.work_dir()?))
        .unwrap_or_default())
}

fn list_releases(common: &Common) -> Option<Releases> {
    let repository = Repository::open(&common.repo).ok()?;
    repository
        .releases(&ReleaseOptions {
            tag_pattern: common.tag_pattern.clone(),
            service: common.service.clone(),
        })
        .ok()
}

/// A release of the repository, else one that is known by its name alone.
fn resolve_release(
    common: &Common,
    releases: Option<&Releases>,
    version: &str,
    commit: &str,
) -> Release {
    let known = releases.and_then(|releases| {
        Repository::open(&common.repo)
            .ok()?
            .find(releases, version)
            .ok()
    });
    match known {
        // what people called it in the session stays its name
        Some(found) if commit.is_empty() || found.commit == commit => found,
        _ => Release {
            version: version.into(),
            commit: commit.to_owned(),
            time: None,
            tag: None,
            scheme: String::new(),
            prerelease: false,
        },
    }
}

fn sort_files(files: Vec<ReadLiveFile>) -> (Vec<LiveReport>, Vec<String>) {
    let (mut reports, mut unread) = (Vec::new(), Vec::new());
    for file in files {
        match file.report {
            Ok(report) => reports.push(report),
            Err(why) => unread.push(why),
        }
    }
    (reports, unread)
}

/// The session that decided, or the versions that were named.
fn find_decision(common: &Common, args: &DoneArgs, config: &Config) -> Result<Decided> {
    let (previous, current) = args.versions.named();
    if args.session.is_none()
        && let Some(path) = find_newest_decision(common, previous.as_deref(), current.as_deref())?
    {
        return read_decision(common, &path);
    }
    if let Some(id) = &args.session {
        let path = sessions::choose_session(common, Some(id), session::SessionFilter::Any)?;
        return read_decision(common, &path);
    }
    let (Some(previous), Some(current)) = (previous, current) else {
        bail!(
            "no session of this repository has decided anything yet; name the releases: backout \
                done PREVIOUS CURRENT --live FILE"
        );
    };
    let releases = list_releases(common);
    Ok(Decided {
        journal: None,
        session: None,
        option: OptionId::RollBack,
        at: None,
        previous: resolve_release(common, releases.as_ref(), &previous, ""),
        current: resolve_release(common, releases.as_ref(), &current, ""),
        service: config.service.clone(),
        environment: None,
        seen: BTreeSet::new(),
    })
}

/// The newest session of this repository in which something was decided, about these versions where
/// they are named.
fn find_newest_decision(
    common: &Common,
    previous: Option<&str>,
    current: Option<&str>,
) -> Result<Option<PathBuf>> {
    let folder = session::find_sessions_folder()?;
    let Some(here) = session::root_of(&common.repo) else {
        return Ok(None);
    };
    let same = |wanted: Option<&str>, version: &str, commit: &str| {
        wanted.is_none_or(|wanted| {
            live::same_version(wanted, version) || live::same_commit(wanted, commit)
        })
    };
    let fits = |one: &SessionSummary| {
        let start = &one.start;
        one.decided.is_some()
            && start.mode != Mode::Rehearsal
            && session::root_of(Path::new(&start.repository)).as_deref() == Some(here.as_path())
            && common
                .service
                .as_deref()
                .is_none_or(|service| start.service.as_deref() == Some(service))
            && same(previous, &start.previous, &start.previous_commit)
            && same(current, &start.current, &start.current_commit)
    };
    Ok(session::list_sessions(&folder)?
        .into_iter()
        .find(fits)
        .map(|one| one.path))
}

fn read_decision(common: &Common, path: &Path) -> Result<Decided> {
    let (journal, recovery) = Journal::read(path)?;
    if let Some(broken) = recovery.broken {
        bail!("{broken} Whether its decision stands is not known.");
    }
    let state = SessionState::fold(journal.events());
    let id = record::read_session_id(&state);
    let (Some(start), Some((seq, EventKind::Decided { option, .. }))) =
        (state.start.as_ref(), state.decided.as_ref())
    else {
        bail!(
            "in session {id} nothing was decided yet, so there is nothing to hold against what is \
                live"
        );
    };
    let seen = journal
        .events()
        .iter()
        .filter(|event| event.seq > *seq)
        .filter_map(|event| match &event.what {
            EventKind::LiveChecked(look) => Some(look),
            _ => None,
        })
        .flat_map(|look| {
            look.on_expected
                .iter()
                .map(|target| target.name.as_raw().to_owned())
        })
        .collect();
    let at = journal
        .events()
        .iter()
        .find(|event| event.seq == *seq)
        .map(|event| event.at);
    let (previous, current) = state
        .pair
        .clone()
        .unwrap_or_else(|| (start.previous.clone(), start.current.clone()));
    let releases = list_releases(common);
    let commit_of = |version: &str, known: &str, commit: &str| {
        if version == known { commit } else { "" }.to_owned()
    };
    let previous_commit = commit_of(&previous, &start.previous, &start.previous_commit);
    let current_commit = commit_of(&current, &start.current, &start.current_commit);
    Ok(Decided {
        journal: Some(path.to_owned()),
        session: Some(id),
        option: *option,
        at,
        previous: resolve_release(common, releases.as_ref(), &previous, &previous_commit),
        current: resolve_release(common, releases.as_ref(), &current, &current_commit),
        service: start.service.clone(),
        environment: start.environment.clone(),
        seen,
    })
}

/// Writes the look into the session that decided; whether it did.
fn record_look(args: &DoneArgs, decided: &Decided, look: &Arrival) -> Result<bool> {
    let Some(path) = decided.journal.as_ref().filter(|_| !args.no_record) else {
        return Ok(false);
    };
    let (mut journal, recovery) = Journal::open(path)?;
    if let Some(broken) = recovery.broken {
        bail!("{broken} Nothing was added to {}.", path.display());
    }
    journal
        .append(
            EventKind::LiveChecked(Box::new(look.clone())),
            Some(COMMAND_LINE.to_owned()),
            None,
        )
        .map_err(|error| record::not_recorded(error.into(), &["what is live".to_owned()]))?;
    record::print_journal_remarks(&journal);
    Ok(true)
}

/// What to do now: one sentence.
fn write_next_step(decided: &Decided, look: &Arrival) -> String {
    let left = &look.left;
    match look.state {
        ArrivalState::Done => match decided.session {
            Some(_) => "Look whether the trouble has ended too, and close the session: backout \
                close --outcome worked"
                .to_owned(),
            None => "Look whether the trouble has ended too.".to_owned(),
        },
        ArrivalState::NotDone => "Look again with a new file once the targets that are left have \
            followed."
            .to_owned(),
        ArrivalState::CameBack => format!(
            "Stop what puts {left} back before anything else, then \
            go on with the plan."
        ),
        ArrivalState::Unknown => "Write the files again now, and look once more.".to_owned(),
    }
}

/// Label and text of each line below the first.
fn list_rows(decided: &Decided, look: &Arrival, recorded: bool) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(at) = decided.at {
        rows.push((
            "decided",
            format!(
                "{} at {} UTC",
                decided.option.title().to_lowercase(),
                at.strftime("%Y-%m-%d %H:%M")
            ),
        ));
    }
    let describe = |target: &ArrivalTarget| {
        let since = target.at.map_or(String::new(), |at| {
            format!(" since {} UTC", at.strftime("%Y-%m-%d %H:%M"))
        });
        let why = target
            .why
            .as_ref()
            .map_or(String::new(), |why| format!(": {why}"));
        format!("{} runs {}{since}{why}", target.name, target.runs)
    };
    let mut list = |label: &'static str, targets: &[ArrivalTarget]| {
        for (at, target) in targets.iter().take(10).enumerate() {
            rows.push((if at == 0 { label } else { "" }, describe(target)));
        }
        if targets.len() > 10 {
            rows.push(("", format!("and {} more", targets.len() - 10)));
        }
    };
    list("came back", &look.came_back);
    list("not yet", &look.not_yet);
    for (at, open) in look.open.iter().enumerate() {
        rows.push((if at == 0 { "open" } else { "" }, open.to_string()));
    }
    if !look.files.is_empty() {
        rows.push(("by", Untrusted::join(&look.files, ", ")));
    }
    rows.push(("next", write_next_step(decided, look)));
    rows.push((
        "session",
        match (&decided.session, recorded) {
            (Some(id), true) => id.clone(),
            (Some(id), false) => format!("{id}, not recorded"),
            (None, _) => "not recorded".to_owned(),
        },
    ));
    rows
}

fn write_text(decided: &Decided, look: &Arrival, recorded: bool) -> String {
    let mut out = String::new();
    let headline = look.headline();
    let (state, rest) = headline.split_once(": ").unwrap_or((&headline, ""));
    let first = format!("{}: {rest}", state.to_uppercase());
    for line in wrap_text(&first, WIDTH) {
        let _ = writeln!(out, "{line}");
    }
    out.push('\n');
    for (label, text) in list_rows(decided, look, recorded) {
        for (at, line) in wrap_text(&text, WIDTH - 11).iter().enumerate() {
            let _ = writeln!(out, "{:11}{line}", if at == 0 { label } else { "" });
        }
    }
    out
}

fn write_markdown(decided: &Decided, look: &Arrival, recorded: bool) -> String {
    let mut out = format!(
        "## {}\n\n| | |\n| --- | --- |\n",
        report::escape_table_cell(&look.headline())
    );
    for (label, text) in list_rows(decided, look, recorded) {
        let _ = writeln!(out, "| {label} | {} |", report::escape_table_cell(&text));
    }
    out
}

fn write_json(decided: &Decided, look: &Arrival, recorded: bool) -> Result<String> {
    let mut all = serde_json::to_value(look)?;
    all["schema"] = "backout.done/1".into();
    all["says"] = look.headline().into();
    all["next"] = write_next_step(decided, look).into();
    all["decided"] = serde_json::json!({
        "option": decided.option,
        "at": decided.at,
        "session": decided.session,
    });
    all["recorded"] = recorded.into();
    Ok(format!("{}\n", serde_json::to_string_pretty(&all)?))
}
