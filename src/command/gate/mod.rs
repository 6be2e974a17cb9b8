//! `backout gate`: one gate of a deployment without screens. What holds, who says what, and whether it goes on.
//!
//! Everything is recorded in a session, the same that the screens write: what was read, what was answered, each voice of the poll as it comes,
//! the call. A session that is open for the same deployment goes on.

mod automatic;
mod outcome;
mod poll;

pub use poll::line;

use std::process::ExitCode;

use anyhow::{Result, bail};

use super::cli::{CallArg, Common, Format, GateArgs, ModeArg};
use super::record::{self, Which};
use super::situation::{self, Input, Situation};
use crate::assess;
use crate::checklist::Checklist;
use crate::decision::{self, Context};
use crate::model::{Assessment, Config, Decision, Facts, Gate, OptionId, OptionState, visible};
use crate::report::{self, GateSheet, Look};
use crate::session::{EventKind, Journal, State};

/// Most lines of the way back on one page.
const WAY_BACK: usize = 6;

/// Runs it.
pub fn run(common: &Common, args: &GateArgs) -> Result<ExitCode> {
    let gate = Gate::from(args.at);
    let common = &Common { mode: ModeArg::Deployment, gate: Some(args.at), ..common.clone() };
    if args.call.is_some() && args.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        bail!("--call needs --reason: why, in a few words");
    }
    if args.call == Some(CallArg::Hold) && args.minutes.is_none() {
        bail!("a hold needs --minutes: when does it end?");
    }
    if args.minutes.is_some() && args.call != Some(CallArg::Hold) {
        bail!("--minutes belongs to --call hold");
    }
    if args.from.is_some() && !common.live.is_empty() {
        bail!("--from opens a saved assessment, which was made with its own state files; leave out --live");
    }
    let voices = poll::given(&args.poll)?;
    let situation = Situation::new(common, &args.versions, if args.ask { Input::Taken } else { Input::Free })?;
    let checklist = situation::checklist(common)?;
    let (mut assessment, config) = match &args.from {
        Some(file) => (super::assess::saved(file)?, Config::default()),
        None => {
            let assessed = assess::assess(&situation.request, &|_| {})?;
            (assessed.assessment, assessed.config)
        }
    };
    if args.automatic {
        situation.decide_on(&mut assessment, &config, &checklist);
        return automatic::run(&automatic::Asked { args, situation: &situation, checklist: &checklist, assessment: &assessment, config: &config });
    }
    let mut at = At { gate, args, situation: &situation, checklist: &checklist, config: &config, journal: None, state: State::default() };
    if !args.no_record {
        at.begin(&assessment)?;
    }
    let (facts, decision) = at.decide(&assessment)?;
    at.speak(&voices)?;
    at.call()?;
    let sheet = at.sheet(&assessment, &facts, &decision);
    let text = match args.format {
        Format::Text => report::gate_text(&sheet, super::width()),
        Format::Markdown => report::gate_markdown(&sheet),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&sheet)?),
    };
    super::print(&if common.ascii { report::ascii(&text) } else { text })?;
    Ok(ExitCode::from(outcome::code(&sheet, &decision)))
}

/// The gate being looked at, and its record.
struct At<'a> {
    gate: Gate,
    args: &'a GateArgs,
    situation: &'a Situation,
    checklist: &'a Checklist,
    config: &'a Config,
    journal: Option<Journal>,
    state: State,
}

impl At<'_> {
    fn begin(&mut self, assessment: &Assessment) -> Result<()> {
        let which = self.args.session.as_deref().map_or(Which::Fitting, Which::Named);
        let (mut journal, state) = record::open(which, self.situation, assessment, self.checklist)?;
        record::assessed(&mut journal, &state, assessment)?;
        record::answered(&mut journal, &state, self.situation)?;
        if state.gate != Some(self.gate) {
            journal.append(EventKind::GateReached { gate: self.gate }, None, None)?;
        }
        self.state = State::fold(journal.events());
        self.journal = Some(journal);
        Ok(())
    }

    fn append(&mut self, what: EventKind, role: Option<String>) -> Result<()> {
        if let Some(journal) = &mut self.journal {
            journal.append(what, role, None)?;
            self.state = State::fold(journal.events());
        }
        Ok(())
    }

    fn context(&self, assessment: &Assessment) -> Context {
        Context { gate: Some(self.gate), ..self.situation.context(assessment) }
    }

    /// What the facts say: those that were read, those of the command line, and those that were answered in the session before.
    fn decide(&mut self, assessment: &Assessment) -> Result<(Facts, Decision)> {
        let mut stated = self.state.stated.clone();
        stated.extend(self.situation.stated.iter().cloned());
        let facts = decision::resolve(&assessment.sensed(), &stated).facts;
        let decision = decision::decide(&facts, self.checklist, &self.context(assessment));
        if outcome::last_verdict(&self.state, u64::MAX) != Some((decision.option, decision.strength)) {
            let why = decision.because.first().map_or_else(|| format!("gate {}", self.gate.id()), |reason| reason.says.clone());
            let (option, strength, margin) = (decision.option, decision.strength, decision.margin);
            self.append(EventKind::Verdict { option, strength, margin, why }, None)?;
        }
        Ok((facts, decision))
    }

    /// Records each voice as it comes; with `--ask` the roles that have not spoken are asked one by one.
    fn speak(&mut self, voices: &[poll::Said]) -> Result<()> {
        for said in voices {
            let role = poll::same_role(&said.role, &self.roles());
            self.heard(poll::Said { role, ..said.clone() })?;
        }
        if self.args.ask {
            for role in self.roles() {
                if self.state.polls.get(&(self.gate, role.clone())).is_some_and(|(call, _)| call.is_some()) {
                    continue;
                }
                let Some(said) = poll::ask(&role, self.gate)? else { break };
                let says = said.words();
                self.heard(said)?;
                eprintln!("  recorded: {says}");
            }
        }
        Ok(())
    }

    fn heard(&mut self, said: poll::Said) -> Result<()> {
        self.append(EventKind::Polled { gate: self.gate, role_polled: said.role, call: said.call, objection: said.objection }, None)
    }

    /// Roles that are polled: those of `backout.yaml`, else the three that every release has, and whoever spoke besides.
    fn roles(&self) -> Vec<String> {
        let mut roles: Vec<String> = self.config.roles.iter().map(|role| visible(role.trim()).into_owned()).filter(|role| !role.is_empty()).collect();
        if roles.is_empty() {
            roles = poll::USUAL.map(str::to_owned).to_vec();
        }
        roles.extend(self.state.polls.keys().filter(|(gate, _)| *gate == self.gate).map(|(_, role)| role.clone()));
        let mut seen = std::collections::BTreeSet::new();
        roles.retain(|role| seen.insert(role.clone()));
        roles
    }

    /// A call records whoever did not speak as silent first, so that silence never reads as go.
    fn call(&mut self) -> Result<()> {
        let Some(call) = self.args.call else { return Ok(()) };
        let call = match call {
            CallArg::Go => OptionId::Go,
            CallArg::NoGo => OptionId::NoGo,
            CallArg::Hold => OptionId::Hold,
        };
        let silent: Vec<String> = self.roles().into_iter().filter(|role| !self.state.polls.contains_key(&(self.gate, role.clone()))).collect();
        for role_polled in silent {
            self.append(EventKind::Polled { gate: self.gate, role_polled, call: None, objection: None }, None)?;
        }
        let reason = self.args.reason.clone().unwrap_or_default();
        self.append(EventKind::GateCalled { gate: self.gate, call, reason, minutes: self.args.minutes }, self.args.role.clone())
    }

    fn sheet(&self, assessment: &Assessment, facts: &Facts, decision: &Decision) -> GateSheet {
        let context = self.context(assessment);
        let list = self.checklist.gates.iter().find(|list| list.gate == self.gate);
        let poll = outcome::voices(&self.state, self.gate, &self.roles());
        let call = outcome::call(&self.state, self.gate, decision);
        let polled = !self.config.roles.is_empty() || poll.iter().any(|voice| voice.says != "not-asked");
        let (outcome, why) = outcome::outcome(decision, &poll, call.as_ref(), polled, &context);
        let checks = decision::gate_status(self.gate, facts, self.checklist, &context);
        GateSheet {
            schema: "backout.gate/1",
            gate: self.gate,
            title: list.map(|list| visible(&list.title).into_owned()).unwrap_or_default(),
            deployed: list.map(|list| visible(&list.deployed).into_owned()).unwrap_or_default(),
            to_come: Gate::ALL.into_iter().filter(|gate| *gate > self.gate).collect(),
            service: self
                .situation
                .request
                .service
                .clone()
                .or_else(|| self.config.service.clone())
                .or_else(|| crate::model::folder_name(&assessment.repository.path))
                .unwrap_or_else(|| "this repository".to_owned()),
            previous: assessment.previous.version.clone(),
            current: assessment.current.version.clone(),
            environment: self.situation.request.environment.clone().or_else(|| assessment.environment.clone()),
            at: self.situation.now,
            outcome,
            why,
            recommended: decision.option,
            strength: decision.strength,
            because: decision.because.iter().take(3).map(|reason| reason.says.clone()).collect(),
            checks: checks
                .into_iter()
                .map(|item| Look { known: known(&item.facts, facts), id: item.id, says: item.says, holds: item.holds, otherwise: item.otherwise })
                .collect(),
            may_conclude: decision::may_conclude(self.gate).to_vec(),
            poll,
            call,
            next: decision.next_question.as_ref().map(|next| (next.asks.clone(), next.who.clone())),
            way_back: way_back(self.gate, decision, assessment),
            automatic: decision::automation(facts, self.checklist, &context).says,
            session: self.journal.as_ref().map(|_| record::id(&self.state)),
        }
    }
}

/// The values of some facts in words; nothing when none is known.
fn known(keys: &[String], facts: &Facts) -> String {
    let of = |key: &str| {
        let matches = |known: &&String| crate::checklist::catalogue::pattern(known) == key;
        facts
            .keys()
            .filter(matches)
            .filter_map(|known| facts.get(known))
            .filter(|fact| fact.value.is_known())
            .map(|fact| fact.value.to_string().replace('-', " "))
            .collect::<Vec<_>>()
    };
    let values: Vec<(String, Vec<String>)> =
        keys.iter().map(|key| (key.rsplit('.').next().unwrap_or(key).replace('_', " "), of(key))).filter(|(_, values)| !values.is_empty()).collect();
    match (keys, values.as_slice()) {
        ([_], [(_, only)]) => only.join(", "),
        (_, several) => several.iter().map(|(name, values)| format!("{name} {}", values.join(", "))).collect::<Vec<_>>().join(", "),
    }
}

/// How the way back stands from this gate, in a few lines.
fn way_back(gate: Gate, decision: &Decision, assessment: &Assessment) -> Vec<String> {
    let previous = visible(&assessment.previous.version).into_owned();
    if gate == Gate::Start {
        return vec!["Nothing is out: stopping here costs nothing but time.".to_owned()];
    }
    let of = |option: OptionId| decision.options.iter().find(|status| status.option == option);
    let (plain, conditional) = (of(OptionId::RollBack), of(OptionId::RollBackWithConditions));
    let state = |status: Option<&crate::model::OptionStatus>| status.map_or(OptionState::Removed, |status| status.state);
    let mut lines = match (state(plain), state(conditional)) {
        (OptionState::Cleared, _) => vec![format!("Going back to {previous} is clear.")],
        (_, OptionState::Removed) => {
            let why = conditional.and_then(|status| status.blockers.first()).map_or_else(String::new, |reason| format!(": {}", reason.says));
            vec![format!("Going back to {previous} is out{why}.")]
        }
        (_, OptionState::NotCleared) => vec![format!("Going back to {previous} is not cleared.")],
        _ => vec![format!("Going back to {previous} has conditions.")],
    };
    let conditions = conditional.filter(|status| status.state != OptionState::Removed).map(|status| status.conditions.as_slice()).unwrap_or_default();
    let more = conditions.len().saturating_sub(WAY_BACK);
    lines.extend(conditions.iter().take(WAY_BACK).enumerate().map(|(at, condition)| format!("{}. {}", at + 1, condition.says)));
    if more > 0 {
        lines.push(format!("and {more} more: `backout assess` lists them"));
    }
    lines
}
