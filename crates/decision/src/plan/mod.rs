//! The ordered steps of one option: conditions first, then what runs and what is skipped and why,
//! how to see that it worked, what to do afterwards. Commands are given only where they are sure;
//! nothing is ever run.

mod after;
mod back;
mod database;
mod forward;
mod services;

use super::explain::option_shout;
use model::{
    Assessment, Condition, ConditionKind, Config, Decision, Facts, OptionId, OptionState, PlanStep,
    PreflightCheck, StepMode, Untrusted,
};

/// The step that looks whether what was expected has happened.
const LOOK_STEP: &str = "Look whether what you expected has happened";
/// How the step begins that writes the expectation down.
const WRITE_STEP: &str = "Write down what you expect: ";

/// What a step of a plan has to do with what a person expects of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectationStep {
    /// It writes it down.
    Write,
    /// It looks whether it has happened.
    Look,
}

/// Whether a step is about the expectation, for which a person may have said another one.
pub fn classify_expectation_step(step: &str) -> Option<ExpectationStep> {
    if step.starts_with(WRITE_STEP) {
        Some(ExpectationStep::Write)
    } else {
        (step == LOOK_STEP).then_some(ExpectationStep::Look)
    }
}

/// How the step begins that names what follows.
const THEN_STEP: &str = "Then: ";

/// Entries that are named one by one.
const NAMED: usize = 5;

/// See [`super::plan`].
pub(super) fn build_plan_steps(
    option: OptionId,
    decision: &Decision,
    assessment: &Assessment,
    (facts, checks): (&Facts, &[PreflightCheck]),
    config: &Config,
) -> Vec<PlanStep> {
    let mut build = PlanBuilder {
        option,
        decision,
        assessment,
        facts,
        config,
        checks,
        steps: Vec::new(),
    };
    build.conditions();
    build.count_first();
    match option {
        OptionId::RollBack | OptionId::RollBackWithConditions => build.back(),
        OptionId::RollForward => build.forward(),
        OptionId::FlagOff => build.flag_off(),
        OptionId::ShiftTraffic => build.shift(),
        OptionId::StopHarm => build.stop_harm(),
        OptionId::Hold => build.hold(),
        OptionId::Restore => build.restore(),
        OptionId::Go => build.go(),
        OptionId::NoGo => build.no_go(),
    }
    build.repair_data();
    build.relieve();
    build.steps
}

struct PlanBuilder<'a> {
    option: OptionId,
    decision: &'a Decision,
    assessment: &'a Assessment,
    facts: &'a Facts,
    config: &'a Config,
    checks: &'a [PreflightCheck],
    steps: Vec<PlanStep>,
}

impl PlanBuilder<'_> {
    fn add(
        &mut self,
        how: StepMode,
        step: impl Into<Untrusted>,
        why: impl Into<Untrusted>,
    ) -> &mut PlanStep {
        let at = self.steps.len();
        self.steps.push(PlanStep {
            step: step.into(),
            how,
            why: why.into(),
            command: None,
            undo: None,
            expect: None,
        });
        &mut self.steps[at]
    }

    /// Gives the newest step the command that answers it, unless it stands further up already.
    fn answer(&mut self, command: Option<String>) {
        let Some(command) = command.filter(|command| {
            !self
                .steps
                .iter()
                .any(|step| step.command.as_ref().is_some_and(|one| one == command))
        }) else {
            return;
        };
        if let Some(step) = self.steps.last_mut() {
            step.command = Some(command.into());
        }
    }

    fn previous(&self) -> String {
        self.assessment.previous.version.shown().into_owned()
    }

    fn current(&self) -> String {
        self.assessment.current.version.shown().into_owned()
    }

    fn fact(&self, key: &str) -> Option<&str> {
        self.facts.get(key)?.value.as_word()
    }

    fn minutes(&self, key: &str) -> Option<f64> {
        self.facts.get(key)?.value.as_number()
    }

    fn conditions(&mut self) {
        let mut conditions: Vec<Condition> = match self
            .decision
            .options
            .iter()
            .find(|status| status.option == self.option)
        {
            Some(status) => status.conditions.clone(),
            None => Vec::new(),
        };
        if self.option == self.decision.option {
            conditions.extend(
                self.decision
                    .conditions
                    .iter()
                    .filter(|condition| !conditions.contains(condition))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
        }
        let current = self.current();
        for condition in conditions.into_iter().filter(|one| !one.after) {
            let why = why_of(condition.kind.known());
            let sql = condition.kind == ConditionKind::CompatibilityStep;
            let undo = match condition.kind.known() {
                Some(ConditionKind::CompatibilityStep) => Some(format!(
                    "Take it back once {current} or a fix is live again"
                )),
                Some(ConditionKind::SchemaBack) => Some(format!(
                    "Run the up migrations of {current} again; what the downs lost stays lost"
                )),
                Some(ConditionKind::ConfigBack) => {
                    Some(format!("Put the configuration of {current} back"))
                }
                Some(ConditionKind::TryOnAPart) => Some("Switch it on again".to_owned()),
                Some(ConditionKind::DependentFirst) => {
                    Some("Deploy the dependent's newer release again".to_owned())
                }
                _ => None,
            };
            let expect = match condition.kind.known() {
                Some(ConditionKind::CompatibilityStep) => Some(format!(
                    "it ends without an error, and {} can write again",
                    self.previous()
                )),
                Some(ConditionKind::SchemaBack) => Some(
                    "every down ends without an error, and the schema is what it was".to_owned(),
                ),
                Some(ConditionKind::DependentFirst) => {
                    Some("it no longer calls what goes away".to_owned())
                }
                Some(ConditionKind::Drain) => Some("nothing is left to be read".to_owned()),
                Some(ConditionKind::ConfigBack) => {
                    Some("the settings read back as they were".to_owned())
                }
                Some(ConditionKind::KeepInfrastructure) => Some(
                    "the program is the older one, and nothing that holds data was touched"
                        .to_owned(),
                ),
                Some(ConditionKind::Repair) => Some("a harmless call of the tool works".to_owned()),
                _ => None,
            };
            let step = self.add(StepMode::Condition, condition.says.clone(), why);
            step.undo = undo.map(Into::into);
            step.expect = expect.map(Into::into);
            if sql && !condition.steps.is_empty() {
                step.command = Some(condition.steps.join("\n").into());
                self.filled_again();
                continue;
            }
            if condition.kind == ConditionKind::Settle {
                let answers = self
                    .checks
                    .iter()
                    .filter(|check| is_settled_by_condition(&condition, &check.id))
                    .find_map(|check| check.command.clone());
                self.answer(answers);
            }
            self.condition_steps(&condition);
        }
    }

    /// What is known to help at once comes before everything that takes longer, but for stopping
    /// what does damage.
    fn relieve(&mut self) {
        let Some(relief) = &self.decision.meanwhile else {
            return;
        };
        if matches!(self.option, OptionId::Go | OptionId::NoGo) {
            return;
        }
        let place = match self.option {
            OptionId::StopHarm => self
                .steps
                .iter()
                .position(|step| step.how == StepMode::Verify)
                .map_or(0, |at| at + 1),
            _ => 0,
        };
        let step = PlanStep {
            step: relief.says.clone(),
            how: StepMode::Run,
            why: "it takes minutes and gives you time for the rest".into(),
            command: None,
            undo: None,
            expect: None,
        };
        self.steps.insert(place.min(self.steps.len()), step);
    }

    /// What is done to data that is wrong already: once the option was carried out, and what follows
    /// a stop as well, because the writer has to be gone by then.
    fn repair_data(&mut self) {
        if self.option != self.decision.option {
            return;
        }
        let place = self
            .steps
            .iter()
            .rposition(|step| step.step.as_raw().starts_with(THEN_STEP))
            .map(|at| at + 1)
            .or_else(|| {
                self.steps
                    .iter()
                    .position(|step| step.how == StepMode::Afterwards)
            })
            .unwrap_or(self.steps.len());
        let after = self.decision.conditions.iter().filter(|one| one.after);
        let steps = after.map(|condition| PlanStep {
            step: condition.says.clone(),
            how: StepMode::Afterwards,
            why: "what is restored before the damage has stopped is damaged again".into(),
            command: None,
            undo: None,
            expect: None,
        });
        self.steps.splice(place..place, steps.collect::<Vec<_>>());
    }

    fn has_condition(&self, kind: ConditionKind) -> bool {
        self.decision.options.iter().any(|status| {
            status.option == self.option
                && status
                    .conditions
                    .iter()
                    .any(|condition| condition.kind == kind)
        })
    }

    /// What should change and by when, said before anything is done; if it does not, the next
    /// option is taken rather than more waiting.
    fn expectation(&mut self, what: &str) {
        let next = self.next_best();
        let why = format!(
            "if it has not, stop waiting: {} is next",
            option_shout(next)
        );
        self.add(StepMode::Verify, LOOK_STEP, why).expect =
            Some(format!("{what} within 10 min").into());
        let first = self
            .steps
            .iter()
            .position(|step| {
                matches!(
                    step.how,
                    StepMode::Run | StepMode::RollbackOnly | StepMode::Skip
                )
            })
            .unwrap_or(0);
        let step = PlanStep {
            step: format!("{WRITE_STEP}{what} within 10 min").into(),
            how: StepMode::Check,
            why: "otherwise nobody can say afterwards whether it worked".into(),
            command: None,
            undo: None,
            expect: None,
        };
        self.steps.insert(first, step);
    }

    /// The option to take when this one does not help.
    fn next_best(&self) -> OptionId {
        let open = |option: OptionId| {
            self.decision
                .options
                .iter()
                .any(|status| status.option == option && status.state < OptionState::NotCleared)
        };
        let order = [
            OptionId::FlagOff,
            OptionId::ShiftTraffic,
            OptionId::RollBack,
            OptionId::RollBackWithConditions,
        ];
        let same = |option: OptionId| {
            matches!(
                option,
                OptionId::RollBack | OptionId::RollBackWithConditions
            ) == matches!(
                self.option,
                OptionId::RollBack | OptionId::RollBackWithConditions
            )
        };
        let other = order.into_iter().find(|option| {
            *option != self.option
                && open(*option)
                && (self.option == OptionId::RollForward || !same(*option))
        });
        match other {
            Some(option)
                if self.option != OptionId::RollBack
                    && self.option != OptionId::RollBackWithConditions =>
            {
                option
            }
            _ if self.option == OptionId::RollForward => OptionId::Hold,
            _ => OptionId::RollForward,
        }
    }
}

/// Whether a condition asks the very thing that a check is about; the question then stands once.
fn is_settled_by_condition(condition: &Condition, check: &str) -> bool {
    super::preflight::fact_of(check)
        .is_some_and(|fact| condition.facts.iter().any(|key| key == fact))
}

fn why_of(kind: Option<ConditionKind>) -> &'static str {
    match kind {
        Some(ConditionKind::Settle) => "it is not known, and the answer can rule this option out",
        Some(ConditionKind::Stop) => "every further target makes it worse",
        Some(ConditionKind::FindCause) => {
            "neither the older release nor a fix of this one helps against another cause"
        }
        Some(ConditionKind::AcceptRisk) => "a named person must accept the risk",
        Some(ConditionKind::TwoPersons) => "data is lost, so one person is not enough",
        Some(ConditionKind::Repair) => "there is no way back until it works",
        Some(ConditionKind::DependentFirst) => "it fails as soon as this is gone",
        Some(ConditionKind::Drain) => "old code cannot read it",
        Some(ConditionKind::CompatibilityStep) => "it makes old code work on the new schema",
        Some(ConditionKind::SchemaBack) => "old code does not work on the new schema",
        Some(ConditionKind::KeepObjects) => {
            "old code was tested with them in place, and removing them loses data"
        }
        Some(ConditionKind::ConfigBack) => "old code may not run on newer configuration",
        Some(ConditionKind::KeepInfrastructure) => {
            "what is removed or replaced takes its data with it"
        }
        Some(ConditionKind::TryOnAPart) => "an untried switch is a change of its own",
        Some(ConditionKind::Branch) => "other unreleased work must not ride along",
        _ => "this has to be done first",
    }
}

#[cfg(test)]
mod tests;
