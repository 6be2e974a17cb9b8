//! `backout gate`: one gate of a deployment without screens. What holds, who says what, and whether
//! it goes on.
//!
//! Everything is recorded in a session, the same that the screens write: what was read, what was
//! answered, each voice of the poll as it comes, the call. A session that is open for the same
//! deployment goes on. The law of the gate itself is in `usecase`.

mod automatic;
mod poll;

use crate::model::Untrusted;
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::cli::{CallArg, Common, GateArgs, ModeArg, SheetFormat};
use super::output::{UsageError, find_output_width, print_output};
use super::record::{self, SessionChoice};
use super::situation::{self, Situation, StandardInput};
use crate::assess;
use crate::checklist::Checklist;
use crate::decision::{self, DecisionContext};
use crate::model::{
    Assessment, Config, Decision, Facts, Gate, OptionId, OptionState, escape_invisible,
};
use crate::report::{self, GateSheet};
use crate::session::{Event, EventKind, Journal, SessionState};
use crate::usecase::{self, Basis, ReadStages, RoleAnswer};

/// Most lines of the way back on one page.
const WAY_BACK: usize = 6;

/// Runs it.
pub fn run_gate(common: &Common, args: &GateArgs) -> Result<ExitCode> {
    let gate = Gate::from(args.at);
    let common = &Common {
        mode: ModeArg::Deployment,
        gate: Some(args.at),
        ..common.clone()
    };
    if args.from.is_some() && common.gives_state_files() {
        bail!(
            "--from opens a saved assessment, which was made with its own state files; leave out \
                --live and --observed"
        );
    }
    let voices = poll::parse_given_voices(&args.poll)?;
    if let Some(call) = args.call {
        // what is missing is said before anything is read
        usecase::make_gate_call_events(
            gate,
            call.into(),
            args.reason.as_deref().unwrap_or_default(),
            args.minutes,
            &Config::default(),
            &SessionState::default(),
        )
        .map_err(|says| {
            UsageError(format!(
                "--call: {says} Give --reason TEXT, and --minutes N for --call hold alone."
            ))
        })?;
    }
    let mut situation = Situation::new(
        common,
        &args.versions,
        if args.ask {
            StandardInput::Taken
        } else {
            StandardInput::Free
        },
    )?;
    situation.request.own_session.clone_from(&args.session);
    let checklist = situation::load_checklist_in_force(common)?;
    let (mut assessment, config) = match &args.from {
        Some(file) => (
            super::assess::load_saved_assessment(file)?,
            Config::default(),
        ),
        None => {
            let assessed = assess::assess_release_pair(&situation.request, &|_| {})?;
            (assessed.assessment, assessed.config)
        }
    };
    if args.automatic {
        situation.decide_on(&mut assessment, &config, &checklist);
        return automatic::run_automatic_gate(&automatic::Asked {
            args,
            situation: &situation,
            checklist: &checklist,
            assessment: &assessment,
            config: &config,
        });
    }
    let call = args.call.map(|call| {
        format!(
            "the call {} for gate {}",
            OptionId::from(call).id(),
            gate.id()
        )
    });
    let unsaid: Vec<String> = voices.iter().map(RoleAnswer::words).chain(call).collect();
    let mut at = GateCommand {
        gate,
        args,
        situation: &situation,
        checklist: &checklist,
        config: &config,
        journal: None,
        state: SessionState::default(),
        unsaid,
    };
    let (facts, decision) = at
        .all(&assessment, voices)
        .map_err(|error| record::not_recorded(error, &at.unsaid))?;
    let (sheet, code) = at.sheet(&assessment, &facts, &decision);
    at.journal.iter().for_each(record::print_journal_remarks);
    let text = match args.format {
        SheetFormat::Text => report::gate_text(&sheet, find_output_width()),
        SheetFormat::Markdown => report::gate_markdown(&sheet),
        SheetFormat::Html => report::write_gate_page(&sheet),
        SheetFormat::Json => format!("{}\n", serde_json::to_string_pretty(&sheet)?),
    };
    print_output(
        &if common.ascii && !matches!(args.format, SheetFormat::Json | SheetFormat::Html) {
            report::convert_report_to_ascii(&text)
        } else {
            text
        },
    )?;
    Ok(ExitCode::from(code))
}

impl From<CallArg> for OptionId {
    fn from(call: CallArg) -> Self {
        match call {
            CallArg::Go => Self::Go,
            CallArg::NoGo => Self::NoGo,
            CallArg::Hold => Self::Hold,
        }
    }
}

/// The gate being looked at, and its record.
struct GateCommand<'a> {
    gate: Gate,
    args: &'a GateArgs,
    situation: &'a Situation,
    checklist: &'a Checklist,
    config: &'a Config,
    /// `None` where nothing is recorded: what is said then counts for this answer only.
    journal: Option<Journal>,
    state: SessionState,
    /// What was said on the command line and is not recorded yet, in order.
    unsaid: Vec<String>,
}

impl GateCommand<'_> {
    /// Everything that is recorded, in order.
    fn all(
        &mut self,
        assessment: &Assessment,
        voices: Vec<RoleAnswer>,
    ) -> Result<(Facts, Decision)> {
        let voices = self.begin(assessment, voices)?;
        let decided = self.decide(assessment)?;
        self.speak(voices)?;
        self.call()?;
        Ok(decided)
    }

    /// The next of what was said is recorded.
    fn said(&mut self) {
        self.unsaid.drain(..1.min(self.unsaid.len()));
    }

    /// Opens or begins the session, once the voices are known to be of roles that are polled: a
    /// slip records nothing.
    fn begin(
        &mut self,
        assessment: &Assessment,
        voices: Vec<RoleAnswer>,
    ) -> Result<Vec<RoleAnswer>> {
        let which = self
            .args
            .session
            .as_deref()
            .map_or(SessionChoice::Fitting, SessionChoice::Named);
        let opening = self.situation.opening(assessment, self.checklist);
        self.state = record::read_session_state(which, &opening)?;
        let named = |said: RoleAnswer| {
            let role = usecase::role_named(
                &said.role.shown(),
                self.config,
                &self.state,
                self.gate,
                self.args.new_role,
            );
            let role = role.map_err(|error| {
                UsageError(format!(
                    "--poll: {} A role that is polled for the first time needs --new-role.",
                    error.says
                ))
            })?;
            Ok(RoleAnswer {
                role: role.into(),
                ..said
            })
        };
        let voices = voices
            .into_iter()
            .map(named)
            .collect::<Result<Vec<RoleAnswer>>>()?;
        if self.args.no_record {
            self.append(EventKind::GateReached { gate: self.gate }, None)?;
            return Ok(voices);
        }
        let (mut journal, state) = record::open_or_begin_session(which, &opening)?;
        record::record_assessment(&mut journal, assessment)?;
        record::record_given_answers(&mut journal, &state, self.situation)?;
        if state.gate != Some(self.gate) {
            journal.append(EventKind::GateReached { gate: self.gate }, None, None)?;
        }
        self.state = SessionState::fold(journal.events());
        self.journal = Some(journal);
        Ok(voices)
    }

    /// Records an event; with `--no-record` it counts as if it had been.
    fn append(&mut self, what: EventKind, role: Option<String>) -> Result<()> {
        match &mut self.journal {
            Some(journal) => {
                journal.append(what, role, None)?;
                self.state = SessionState::fold(journal.events());
            }
            None => {
                let event = Event {
                    seq: self.state.last + 1,
                    at: self.situation.now,
                    role: role.map(Into::into),
                    by: None,
                    what,
                    previous: String::new(),
                    hash: String::new(),
                };
                self.state.apply(&event);
            }
        }
        Ok(())
    }

    fn context(&self, assessment: &Assessment) -> DecisionContext {
        DecisionContext {
            gate: Some(self.gate),
            ..self.situation.context(assessment)
        }
    }

    /// What the facts say: those that were read, those that were answered in the session before,
    /// and those of the command line.
    fn decide(&mut self, assessment: &Assessment) -> Result<(Facts, Decision)> {
        let mut stated = self.state.stated.clone();
        stated.extend(self.situation.stated.iter().cloned());
        let (sensed, context) = (assessment.sensed(), self.context(assessment));
        let basis = Basis {
            sensed: &sensed,
            stated: &stated,
            checklist: self.checklist,
            context: &context,
            assessment: Some(assessment),
            config: self.config,
            reading: &ReadStages::Whole,
        };
        let decided = usecase::decide_from_basis(&basis);
        let decision = decided.decision;
        let why = decision.because.first().map_or_else(
            || format!("gate {}", self.gate.id()),
            |reason| reason.says.shown().into_owned(),
        );
        if let Some(what) = usecase::make_verdict_event(
            usecase::last_verdict(&self.state.events),
            &decision,
            &ReadStages::Whole,
            &why,
        ) {
            self.append(what, None)?;
        }
        Ok((decided.resolved.facts, decision))
    }

    /// Takes each voice as it comes; with `--ask` the roles that have not spoken are asked one by
    /// one.
    fn speak(&mut self, voices: Vec<RoleAnswer>) -> Result<()> {
        for said in voices {
            self.append(usecase::make_poll_event(self.gate, said), None)?;
            self.said();
        }
        if self.args.ask {
            for role in usecase::list_polled_roles(self.config, &self.state, self.gate) {
                if self
                    .state
                    .polls
                    .get(&(self.gate, role.clone()))
                    .is_some_and(|(call, _)| call.is_some())
                {
                    continue;
                }
                let Some(said) = poll::ask_role(&role, self.gate)? else {
                    break;
                };
                let says = said.words();
                self.unsaid.insert(0, says.clone());
                self.append(usecase::make_poll_event(self.gate, said), None)?;
                self.said();
                tell!(
                    "  {}: {says}",
                    if self.journal.is_some() {
                        "recorded"
                    } else {
                        "not recorded"
                    }
                );
            }
        }
        Ok(())
    }

    /// The call, with whoever did not speak as silent.
    fn call(&mut self) -> Result<()> {
        let Some(call) = self.args.call else {
            return Ok(());
        };
        let reason = self.args.reason.as_deref().unwrap_or_default();
        let events = usecase::make_gate_call_events(
            self.gate,
            call.into(),
            reason,
            self.args.minutes,
            self.config,
            &self.state,
        )
        .map_err(UsageError)?;
        for what in events {
            let role = if matches!(what, EventKind::GateCalled { .. }) {
                self.args.role.clone()
            } else {
                None
            };
            self.append(what, role)?;
        }
        self.said();
        Ok(())
    }

    /// The sheet, and the exit code that says its outcome.
    fn sheet(
        &self,
        assessment: &Assessment,
        facts: &Facts,
        decision: &Decision,
    ) -> (GateSheet, u8) {
        let context = self.context(assessment);
        let list = self
            .checklist
            .gates
            .iter()
            .find(|list| list.gate == self.gate);
        let heard = usecase::assess_gate(
            self.gate,
            &self.state,
            self.config,
            Some(decision),
            &context,
        );
        let (outcome, why) = heard.outcome.unwrap_or_else(|| {
            (
                decision.option,
                decision::write_verdict_headline(decision, &context),
            )
        });
        let config_service = || self.config.service.clone();
        let folder = || crate::model::folder_name(&assessment.repository.path);
        let sheet = GateSheet {
            schema: "backout.gate/1",
            gate: self.gate,
            title: list
                .map(|list| escape_invisible(&list.title).into_owned())
                .unwrap_or_default(),
            deployed: list
                .map(|list| escape_invisible(&list.deployed).into_owned())
                .unwrap_or_default(),
            to_come: Gate::ALL
                .into_iter()
                .filter(|gate| *gate > self.gate)
                .collect(),
            service: self
                .situation
                .request
                .service
                .clone()
                .or_else(config_service)
                .or_else(folder)
                .unwrap_or_else(|| "this repository".to_owned()),
            previous: assessment.previous.version.as_raw().to_owned(),
            current: assessment.current.version.as_raw().to_owned(),
            environment: self
                .situation
                .request
                .environment
                .clone()
                .or_else(|| assessment.environment.clone()),
            at: self.situation.now,
            outcome,
            why,
            recommended: decision.option,
            strength: decision.strength,
            because: decision
                .because
                .iter()
                .take(3)
                .map(|reason| reason.says.to_string())
                .collect(),
            checks: usecase::check_gate_items(self.gate, facts, self.checklist, &context),
            may_conclude: decision::may_conclude(self.gate).to_vec(),
            poll: heard.poll,
            call: heard.call,
            next: decision.next_question.as_ref().map(|next| {
                (
                    next.asks.to_string(),
                    next.who.as_ref().map(Untrusted::to_string),
                )
            }),
            way_back: way_back(self.gate, decision, assessment),
            automatic: decision::judge_automation(facts, self.checklist, &context).says,
            checklist_changes: self.checklist.changes.clone(),
            rolled_back_before: assessment.rolled_back_before.clone(),
            session: self
                .journal
                .as_ref()
                .map(|_| record::read_session_id(&self.state)),
        };
        (sheet, heard.code)
    }
}

/// How the way back stands from this gate, in a few lines.
fn way_back(gate: Gate, decision: &Decision, assessment: &Assessment) -> Vec<String> {
    let previous = assessment.previous.version.shown().into_owned();
    if gate == Gate::Start {
        return vec!["Nothing is out: stopping here costs nothing but time.".to_owned()];
    }
    let of = |option: OptionId| {
        decision
            .options
            .iter()
            .find(|status| status.option == option)
    };
    let (plain, conditional) = (of(OptionId::RollBack), of(OptionId::RollBackWithConditions));
    let state = |status: Option<&crate::model::OptionStatus>| {
        status.map_or(OptionState::Removed, |status| status.state)
    };
    let mut lines = match (state(plain), state(conditional)) {
        (OptionState::Cleared, _) => vec![format!("Going back to {previous} is clear.")],
        (_, OptionState::Removed) => {
            let why = conditional
                .and_then(|status| status.blockers.first())
                .map_or_else(String::new, |reason| format!(": {}", reason.says));
            vec![format!("Going back to {previous} is out{why}.")]
        }
        (_, OptionState::NotCleared) => vec![format!("Going back to {previous} is not settled.")],
        _ => vec![format!("Going back to {previous} has conditions.")],
    };
    let conditions = conditional
        .filter(|status| status.state != OptionState::Removed)
        .map(|status| status.conditions.as_slice())
        .unwrap_or_default();
    let more = conditions.len().saturating_sub(WAY_BACK);
    lines.extend(
        conditions
            .iter()
            .take(WAY_BACK)
            .enumerate()
            .map(|(at, condition)| format!("{}. {}", at + 1, condition.says)),
    );
    if more > 0 {
        lines.push(format!("and {more} more: `backout assess` lists them"));
    }
    lines
}
