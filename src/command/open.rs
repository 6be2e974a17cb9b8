//! The screens: on a repository, a saved assessment, a story of the demo, a session.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};

use super::cli::{Cli, Common, DemoArgs, ReplayArgs, ReportFormat, ResumeArgs, VersionArgs};
use super::demo;
use super::situation::{self, Situation, StandardInput};
use super::user_settings::{choose_theme, load_user_settings};
use crate::app::{self, AppOutcome, AssessmentSource, Launch, PaletteChoice, RecordTarget};
use crate::assess::Recorded;
use crate::checklist::Checklist;
use crate::model::Mode;
use crate::report;
use crate::session::{self, EventKind, Journal, SessionState, Start};
use crate::usecase;

/// `backout`, `backout CURRENT`, `backout PREVIOUS CURRENT`, `backout --from FILE`.
pub fn run_open(cli: &Cli) -> Result<ExitCode> {
    let common = &cli.common;
    let situation = Situation::new(common, &cli.versions, StandardInput::Taken)?;
    let checklist = situation::load_checklist_in_force(common)?;
    let source = match &cli.from {
        Some(_) if !cli.versions.versions.is_empty() => {
            bail!(
                "--from opens the releases of the saved assessment; leave out {}",
                cli.versions.versions.join(" ")
            )
        }
        Some(_) if common.gives_state_files() => bail!(
            "--from opens a saved assessment, which was made with its own state files; leave out \
                --live and --observed"
        ),
        Some(file) => AssessmentSource::Saved(
            Box::new(super::assess::load_saved_assessment(file)?),
            Box::default(),
        ),
        None => AssessmentSource::Repository(Box::new(situation.request.clone())),
    };
    let mut launch = prepare_launch(
        common,
        &situation,
        source,
        RecordTarget::New(session::find_sessions_folder()?),
        checklist,
    )?;
    launch.pair_given = cli.versions.versions.len() == 2 || cli.from.is_some();
    start_screens(launch)
}

/// `backout demo`.
pub fn run_demo(common: &Common, args: &DemoArgs) -> Result<ExitCode> {
    if args.list {
        let stories = demo::list_stories();
        let width = stories
            .iter()
            .map(|story| story.id.len())
            .max()
            .unwrap_or(0);
        let mut out = String::new();
        for story in &stories {
            for (n, line) in crate::model::wrap_text(&story.says, 74).iter().enumerate() {
                out.push_str(&if n == 0 {
                    format!("{:width$}  {line}\n", story.id)
                } else {
                    format!("{:width$}  {line}\n", "")
                });
            }
        }
        return super::print_output(&out);
    }
    let built = demo::build_story(&demo::find_story(args.story.as_deref())?)?;
    if args.path_only {
        return super::print_output(&format!("{}\n", built.repository.display()));
    }
    let now = jiff::Timestamp::now();
    let common = Common {
        repo: built.repository.clone(),
        env: common.env.clone().or(Some(built.environment.clone())),
        deployed_at: common
            .deployed_at
            .clone()
            .or(Some(built.deployed_at(now).to_string())),
        ..common.clone()
    };
    let versions = VersionArgs {
        versions: vec![built.previous.clone(), built.current.clone()],
    };
    if args.assess {
        let args = super::cli::AssessArgs {
            versions,
            format: ReportFormat::Text,
            redact_names: false,
            exit_code: false,
            explain_verdict: false,
            why_open: None,
            stable: false,
            save: None,
            from: None,
        };
        return super::assess::run_assess(&common, &args);
    }
    let mut situation = Situation::new(&common, &versions, StandardInput::Taken)?;
    // a story begins anew, however often it was played
    situation.request.past_rollbacks = Recorded::default();
    let checklist = situation::load_checklist_in_force(&common)?;
    let mut launch = prepare_launch(
        &common,
        &situation,
        AssessmentSource::Repository(Box::new(situation.request.clone())),
        RecordTarget::New(session::find_sessions_folder()?),
        checklist,
    )?;
    launch.pair_given = true;
    launch.story = Some(built.played(false));
    let outcome = app::run_screens(launch)?;
    let ended = report_screen_outcome(&outcome)?;
    if ended.is_none() {
        tell_story_end(&outcome, &built, false)?;
    }
    tell_session(&outcome);
    Ok(ended.unwrap_or(ExitCode::SUCCESS))
}

/// Tells how a story ends, once somebody answered or decided something in it, unless the screens
/// told it. That of a drill stays hidden where nothing was decided.
///
/// # Errors
/// When the verdict of the session cannot be worked out again.
pub fn tell_story_end(outcome: &AppOutcome, built: &demo::BuiltStory, drill: bool) -> Result<()> {
    if outcome.debriefed {
        return Ok(());
    }
    let Some((journal, _)) = outcome
        .journal
        .as_ref()
        .and_then(|path| Journal::read(path).ok())
    else {
        return Ok(());
    };
    let events = journal.events();
    let at = usecase::last_decision(events).map_or(u64::MAX, |event| event.seq);
    let decision = usecase::decision_at(events, at)?;
    let end = report::StoryEnd {
        ends: &built.ends,
        misses: &built.misses,
        hidden: drill && outcome.decided.is_none(),
    };
    let told = report::write_story_debrief(events, decision.as_ref(), end);
    if !told.is_empty() {
        tell!("The end of the story.");
    }
    for (heading, lines) in told {
        tell!("\n{heading}");
        for line in lines {
            for part in crate::model::wrap_text(&crate::model::escape_invisible(&line), 76) {
                tell!("  {part}");
            }
        }
    }
    if !events.is_empty() {
        tell!("");
    }
    Ok(())
}

/// `backout resume`.
pub fn run_resume(common: &Common, args: &ResumeArgs) -> Result<ExitCode> {
    let path =
        super::sessions::choose_session(common, args.id.as_deref(), session::SessionFilter::Open)?;
    let record = if args.watch {
        RecordTarget::Watch(path.clone())
    } else {
        RecordTarget::Resume(path.clone())
    };
    start_screens(prepare_reopening(common, &path, record)?)
}

/// `backout replay`.
pub fn run_replay_screens(common: &Common, args: &ReplayArgs) -> Result<ExitCode> {
    if args.print || args.event.is_some() || args.at.is_some() || !std::io::stdout().is_terminal() {
        return super::replay::print_replay(common, args);
    }
    let path =
        super::sessions::choose_session(common, args.id.as_deref(), session::SessionFilter::Any)?;
    let second = super::replay::read_second_session(common, args)?;
    let record = RecordTarget::Replay(path.clone());
    start_screens(Launch {
        second,
        ..prepare_reopening(common, &path, record)?
    })
}

/// A session's own releases, checklist and times, whatever the command line says about others.
fn prepare_reopening(
    common: &Common,
    path: &std::path::Path,
    record: RecordTarget,
) -> Result<Launch> {
    let (journal, _) = Journal::read(path)?;
    let start_of = journal.events().iter().find_map(|event| {
        if let EventKind::Started(start) = &event.what {
            Some((**start).clone())
        } else {
            None
        }
    });
    let begun: Start =
        start_of.ok_or_else(|| anyhow!("{} does not say how the session began", path.display()))?;
    let mut checklist = Checklist::from_yaml(&begun.checklist)
        .map_err(|lints| anyhow!("{}", crate::command::user_file::lint_lines(&lints)))
        .context("the checklist kept in this journal cannot be read by this version")?;
    checklist.changes.clone_from(&begun.checklist_changes);
    let common = Common {
        repo: if common.repo == std::path::Path::new(".") {
            begun.repository.clone().into()
        } else {
            common.repo.clone()
        },
        env: begun.environment.clone(),
        service: begun.service.clone(),
        ..common.clone()
    };
    // the releases the person settled on, where the picker changed them
    let (previous, current) = match SessionState::fold(journal.events()).pair {
        Some(pair) if pair != (begun.previous.clone(), begun.current.clone()) => pair,
        _ => (begun.previous_commit.clone(), begun.current_commit.clone()),
    };
    let versions = VersionArgs {
        versions: vec![previous, current],
    };
    let mut situation = Situation {
        deployed_at: begun.deployed_at,
        deadline: begun.deadline,
        mode: begun.mode,
        ..Situation::new(&common, &versions, StandardInput::Taken)?
    };
    situation.request.own_session = Some(begun.session.clone());
    // the record can be looked at and answered without the repository it was about
    let source = if crate::repository::Repository::open(&common.repo).is_ok() {
        AssessmentSource::Repository(Box::new(situation.request.clone()))
    } else {
        AssessmentSource::Nothing
    };
    let mut launch = prepare_launch(&common, &situation, source, record, checklist)?;
    launch.pair_given = true;
    Ok(launch)
}

/// What the screens are started with, from the common options.
///
/// # Errors
/// One sentence for a theme that is not there.
pub fn prepare_launch(
    common: &Common,
    situation: &Situation,
    source: AssessmentSource,
    record: RecordTarget,
    checklist: Checklist,
) -> Result<Launch> {
    let no_color =
        common.no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let own = load_user_settings();
    let (look, theme) = match (no_color, common.theme.as_deref()) {
        (true, _) => (PaletteChoice::Plain, None),
        (false, None) => choose_theme(own.settings.theme.as_deref()).unwrap_or_default(),
        (false, named) => choose_theme(named).map_err(|says| anyhow!("{says}"))?,
    };
    Ok(Launch {
        first_time: is_first_session(&record),
        mode: situation.mode,
        environment: common.env.clone(),
        service: common.service.clone(),
        deployed_at: situation.deployed_at,
        deadline: situation.deadline,
        answers: situation.stated.clone(),
        look,
        theme,
        remarks: own.describe_remarks().into_iter().collect(),
        // read once, and in force for as long as the program runs
        own_keys: Box::leak(own.settings.keys.into_boxed_slice()),
        ascii: common.ascii,
        mouse: !common.no_mouse,
        plain: common.plain,
        ..Launch::new(source, record, checklist)
    })
}

/// Whether a session begins where none was recorded before.
fn is_first_session(record: &RecordTarget) -> bool {
    let RecordTarget::New(folder) = record else {
        return false;
    };
    let journal = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "jsonl"))
    };
    std::fs::read_dir(folder).map_or(true, |mut entries| !entries.any(journal))
}

fn start_screens(launch: Launch) -> Result<ExitCode> {
    let review = launch.mode == Mode::Review;
    let outcome: AppOutcome = app::run_screens(launch)?;
    let ended = report_screen_outcome(&outcome)?;
    if !review {
        tell_session(&outcome);
    }
    Ok(ended.unwrap_or(ExitCode::SUCCESS))
}

/// What was decided, and how to go on.
fn tell_session(outcome: &AppOutcome) {
    if let Some(journal) = &outcome.journal
        && let Ok((journal, _)) = Journal::read(journal)
    {
        if let Some(event) = journal
            .events()
            .iter()
            .rev()
            .find(|event| matches!(event.what, EventKind::Decided { .. }))
        {
            tell!(
                "{}",
                crate::model::escape_invisible(&report::event_line(
                    event,
                    &usecase::Wording::of_session(journal.events())
                ))
            );
        }
        if let Some(EventKind::Started(start)) = journal.events().first().map(|event| &event.what) {
            tell!(
                "session {}: `backout resume` goes on with it, `backout report` prints the report",
                crate::model::escape_invisible(&start.session)
            );
        }
    }
}

/// Tells what the screens left to tell. The status with which they end the program: 128 and the
/// signal that ended them, or that something could not be recorded; `None` when the person left and
/// everything is kept.
///
/// # Errors
/// The sentence of what made them end before there was anything to show.
pub fn report_screen_outcome(outcome: &AppOutcome) -> Result<Option<ExitCode>> {
    if let Some((says, wrong_usage)) = &outcome.failed {
        return Err(if *wrong_usage {
            super::UsageError(says.clone()).into()
        } else {
            anyhow!("{says}")
        });
    }
    for note in &outcome.notes {
        tell!("backout: {}", crate::model::escape_invisible(note));
    }
    let unrecorded = (outcome.unrecorded > 0).then(|| ExitCode::from(super::FAILED));
    Ok(outcome
        .signal
        .map(|signal| ExitCode::from(u8::try_from(128 + signal).unwrap_or(1)))
        .or(unrecorded))
}
