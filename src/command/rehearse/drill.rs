//! Drills: a story of the demo on the screens, or an incident that is over line by line. They
//! practise people, not a process, so they are recorded but count towards nothing.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::app::{AssessmentSource, RecordTarget};
use crate::checklist::Checklist;
use crate::command::backtest::{self, Incident};
use crate::command::cli::{Common, RehearseArgs, VersionArgs};
use crate::command::demo;
use crate::command::output::{print_output, prompt_for_line};
use crate::command::situation::{self, Situation, StandardInput};
use crate::model::{
    Decision, Fact, Facts, Gate, Mode, OptionId, RehearsalOutcome, escape_invisible, wrap_text,
};
use crate::session::{self, EventKind, Journal};
use crate::usecase::{self, Opening, ReadStages};

/// Options that are offered, in this order.
const OFFERED: [OptionId; 7] = [
    OptionId::RollBack,
    OptionId::RollForward,
    OptionId::FlagOff,
    OptionId::ShiftTraffic,
    OptionId::Restore,
    OptionId::StopHarm,
    OptionId::Hold,
];

/// Runs it.
pub fn run_drill(common: &Common, args: &RehearseArgs, name: &str) -> Result<ExitCode> {
    if args.incidents.is_none() && demo::list_stories().iter().any(|story| story.id == name) {
        return run_story_drill(common, name);
    }
    let (source, text) = match &args.incidents {
        Some(file) => (
            file.display().to_string(),
            crate::command::user_file::read_user_file(file)?,
        ),
        None => (
            "the incidents that backout carries".to_owned(),
            backtest::SHIPPED.to_owned(),
        ),
    };
    let incidents = backtest::read_incidents(&text).with_context(|| source.clone())?;
    let Some(found) = incidents.iter().find(|incident| incident.id == name) else {
        let stories: Vec<String> = demo::list_stories()
            .into_iter()
            .map(|story| story.id)
            .collect();
        let ids: Vec<String> = incidents
            .iter()
            .take(20)
            .map(|incident| escape_invisible(&incident.id).into_owned())
            .collect();
        bail!(
            "there is no story or incident {}; stories are {}; of {source}: {}",
            escape_invisible(name),
            stories.join(", "),
            ids.join(", ")
        );
    };
    run_incident_drill(common, found)
}

fn run_story_drill(common: &Common, name: &str) -> Result<ExitCode> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        bail!(
            "a drill of a story needs a terminal; `backout demo {name} --assess` shows it without \
                one"
        );
    }
    let built = demo::build_story(&demo::find_story(Some(name))?)?;
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
    let situation = Situation::new(&common, &versions, StandardInput::Taken)?;
    let checklist = situation::load_checklist_in_force(&common)?;
    let source = AssessmentSource::Repository(Box::new(situation.request.clone()));
    let mut launch = super::super::open::prepare_launch(
        &common,
        &situation,
        source,
        RecordTarget::New(session::find_sessions_folder()?),
        checklist,
    )?;
    launch.pair_given = true;
    launch.story = Some(built.played(true));
    let outcome = crate::app::run_screens(launch)?;
    // a connection that was lost ends no drill: the session stays open, to be gone on with
    if let Some(ended) = super::super::open::report_screen_outcome(&outcome)? {
        return Ok(ended);
    }
    let Some(path) = &outcome.journal else {
        return Ok(ExitCode::SUCCESS);
    };
    super::super::open::tell_story_end(&outcome, &built, true)?;
    let (mut journal, _) = Journal::open(path)?;
    let ended = if outcome.decided.is_some() {
        RehearsalOutcome::Worked
    } else {
        RehearsalOutcome::Stopped
    };
    record_drill_outcome(&mut journal, ended, name)?;
    let decided = outcome
        .decided
        .map_or("nothing was decided", OptionId::title);
    print_output(&format!(
        "The drill of {name} is over. You decided: {}.\n`backout report` prints the report.\n",
        decided.to_lowercase()
    ))
}

fn record_drill_outcome(
    journal: &mut Journal,
    outcome: RehearsalOutcome,
    name: &str,
) -> Result<()> {
    let drill = Some(escape_invisible(name).into_owned());
    journal.append(
        EventKind::Rehearsed {
            outcome,
            surprises: Vec::new(),
            steps: Vec::new(),
            process: None,
            drill,
        },
        None,
        None,
    )?;
    journal.append(EventKind::closed(), None, None)?;
    Ok(())
}

/// What could be known, then what you would do, then what helped.
fn run_incident_drill(common: &Common, incident: &Incident) -> Result<ExitCode> {
    let checklist = situation::load_checklist_in_force(common)?;
    let facts = incident.facts(false)?;
    let gate = incident.gate()?;
    let decision = backtest::decide_incident(incident, &checklist, false)?;
    let (told, ends) = tell_drill_beginning(incident, &facts, gate, &checklist);
    print_wrapped_lines(&told);
    let chosen = ask_for_option()?;
    let reason = prompt_for_line("Why, in a few words: ")?
        .map(|text| text.trim().to_owned())
        .unwrap_or_default();
    let service = escape_invisible(&incident.id);
    let opening = Opening {
        mode: Mode::Rehearsal,
        repository: None,
        previous: ("the previous release", ""),
        current: ("this release", ""),
        environment: None,
        service: Some(&service),
        deployed_at: None,
        deadline: None,
        checklist: &checklist,
    };
    let mut journal = Journal::create(
        &session::find_sessions_folder()?,
        usecase::make_session_start(&opening),
    )?;
    let known: Vec<Fact> = facts.into_values().collect();
    journal.append(
        EventKind::Answered {
            question: None,
            facts: known,
            note: Some("what could be known".into()),
        },
        None,
        None,
    )?;
    journal.append(EventKind::GateReached { gate }, None, None)?;
    let (option, strength) = (decision.option, decision.strength);
    let why = decision
        .because
        .first()
        .map(|reason| reason.says.clone())
        .unwrap_or_default();
    if let Some(what) =
        usecase::make_verdict_event(None, &decision, &ReadStages::Whole, &why.shown())
    {
        journal.append(what, None, None)?;
    }
    let decided = EventKind::Decided {
        option: chosen,
        recommended: option,
        strength,
        reason: reason.into(),
        typed: None,
        second: None,
        expect: None,
        within_minutes: None,
        open: Vec::new(),
    };
    journal.append(decided, None, None)?;
    record_drill_outcome(&mut journal, RehearsalOutcome::Worked, &incident.id)?;
    let lines = tell_drill_end(incident, chosen, &decision, &why.shown(), ends);
    print_output(&format!("{}\n", lines.join("\n")))
}

/// What could be known at the decision, and how it went on, which is told afterwards.
fn tell_drill_beginning<'a>(
    incident: &'a Incident,
    facts: &Facts,
    gate: Gate,
    checklist: &Checklist,
) -> (Vec<String>, &'a str) {
    let (begins, ends) = incident
        .summary
        .trim()
        .split_once("; ")
        .unwrap_or((incident.summary.trim(), ""));
    let mut told = vec![format!(
        "DRILL {}: {}.",
        escape_invisible(&incident.id),
        escape_invisible(begins.trim_end_matches('.'))
    )];
    told.push(format!(
        "The deployment is at gate {}. What could be known:",
        gate.id()
    ));
    let wording = usecase::Wording::new(checklist, "the previous release", "this release");
    told.extend(
        facts
            .values()
            .filter(|fact| fact.value.is_known())
            .map(|fact| format!("  {} {}", wording.asks(&fact.key), wording.value(fact))),
    );

    (told, ends)
}

fn ask_for_option() -> Result<OptionId> {
    let offered: Vec<String> = OFFERED
        .iter()
        .enumerate()
        .map(|(at, option)| format!("{} {}", at + 1, option.title().to_lowercase()))
        .collect();
    let chosen = loop {
        let Some(text) = prompt_for_line(&format!("What do you do? {}: ", offered.join(", ")))?
        else {
            bail!("nobody was there to decide")
        };
        match text
            .trim()
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1))
            .and_then(|at| OFFERED.get(at))
        {
            Some(option) => break *option,
            None => tell!("  type a number from 1 to {}", OFFERED.len()),
        }
    };
    Ok(chosen)
}

/// What was decided, what the tool says, and what is known today.
fn tell_drill_end(
    incident: &Incident,
    chosen: OptionId,
    decision: &Decision,
    why: &str,
    ends: &str,
) -> Vec<String> {
    let (option, strength) = (decision.option, decision.strength);
    let mut lines = vec![format!("You decided: {}.", chosen.title().to_lowercase())];
    lines.push(format!(
        "backout says: {}, {}, because {why}.",
        option.title().to_lowercase(),
        strength.id()
    ));
    if !ends.is_empty() {
        lines.push(format!("How it went on: {}", escape_invisible(ends)));
    }
    for tried in &incident.tried {
        lines.push(format!(
            "What was tried: {}. It {}.",
            humanize_word(&tried.action),
            humanize_word(&tried.result)
        ));
    }
    let best = humanize_word(&incident.hindsight_best);
    let (missed, right) = match backtest::judge_recommendation(incident, option) {
        Some(true) => ("", true),
        Some(false) => (" backout did not see that.", false),
        None => ("", false),
    };
    lines.push(match best.as_str() {
        "unclear" => "What would have been best is not clear.".to_owned(),
        best => format!(
            "Best, as is known today: {best}.{missed}{}",
            if right { " backout says the same." } else { "" }
        ),
    });

    lines
}

/// `made_worse` as a person says it.
fn humanize_word(word: &str) -> String {
    match word {
        "made_worse" => "made it worse".to_owned(),
        "partial" => "helped in part".to_owned(),
        "no_effect" => "had no effect".to_owned(),
        "data_lost" => "lost data".to_owned(),
        "delayed" => "came too late".to_owned(),
        "pause" => "pausing or holding".to_owned(),
        "roll_back" => "rolling back".to_owned(),
        "roll_forward" => "rolling forward".to_owned(),
        "disable_flag" => "switching it off".to_owned(),
        "shift_traffic" => "moving traffic back".to_owned(),
        "restore" => "restoring data".to_owned(),
        other => escape_invisible(other).replace('_', " "),
    }
}

fn print_wrapped_lines(lines: &[String]) {
    for text in lines {
        let indent = text.len() - text.trim_start().len();
        for line in wrap_text(text.trim_start(), 78 - indent) {
            tell!("{}{line}", " ".repeat(indent));
        }
    }
}
