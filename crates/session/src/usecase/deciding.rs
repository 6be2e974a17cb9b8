//! Deciding: facts, checklist and time in; verdict, pre-flight, limits and plans out. The same for
//! every shell.

use model::fact_key;
use std::collections::{BTreeMap, BTreeSet};

use decision::checklist::{Checklist, catalogue};
use decision::{self, DecisionContext, Resolved};
use model::{
    Assessment, Config, Decision, Fact, NoReturn, OptionId, OptionState, PlanStep, PreflightCheck,
    Provenance, Stage, Strength,
};

/// How much of the repository was read when a decision is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReadStages {
    /// Everything that will be read was read.
    #[default]
    Whole,
    /// Only these parts so far. What the others would tell is unknown.
    Part(BTreeSet<Stage>),
}

impl ReadStages {
    /// Whether a part was read.
    pub fn has(&self, stage: Stage) -> bool {
        match self {
            Self::Whole => true,
            Self::Part(done) => done.contains(&stage),
        }
    }

    /// Whether what was read of a fact can be relied on: the part that tells it is in.
    fn tells(&self, fact: &Fact) -> bool {
        fact.provenance == Provenance::Stated
            || list_stages_of_fact(&catalogue::find_key_pattern(&fact.key))
                .iter()
                .all(|stage| self.has(*stage))
    }
}

/// The parts of the reading that a fact of the catalogue rests on. A fact of a part that is still
/// being read is not known yet: half of the migrations say nothing about the schema.
fn list_stages_of_fact(key: &str) -> &'static [Stage] {
    match key {
        // whether a settings file needs the new release rests on the files themselves
        fact_key::CONFIG_NEWER_THAN_PREVIOUS
        | fact_key::INFRASTRUCTURE_WAY_BACK
        | fact_key::INFRASTRUCTURE_LEFT_RUNNING
        | fact_key::CONTRACT_PROGRESS_MOVED
        | fact_key::CONTRACT_STORE_MOVED
        | fact_key::CONTRACT_KEPT_BY_CLIENTS
        | fact_key::CONTRACT_MEMBER_MOVED
        | fact_key::CONTRACT_EMPTIED_AT_START => &[Stage::Files, Stage::Surroundings],
        fact_key::RELEASE_STYLING_ONLY => &[Stage::Files],
        fact_key::RELEASE_SECURITY_FIX => &[Stage::Changelog, Stage::Surroundings],
        _ => match key.split('.').next().unwrap_or_default() {
            "database" => &[Stage::Database],
            "contract" | "dependent[]" => &[Stage::Contract],
            "release" => &[Stage::Changelog],
            _ => &[],
        },
    }
}

/// What a decision is made from.
#[derive(Debug, Clone)]
pub struct Basis<'a> {
    /// Sensed and derived facts.
    pub sensed: &'a [Fact],
    /// Stated facts, in order.
    pub stated: &'a [Fact],
    /// The checklist.
    pub checklist: &'a Checklist,
    /// Mode, gate, time and versions.
    pub context: &'a DecisionContext,
    /// For pre-flight, limits and plans; `None` until something was read.
    pub assessment: Option<&'a Assessment>,
    /// For pre-flight and plans.
    pub config: &'a Config,
    /// How much was read.
    pub reading: &'a ReadStages,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionResult {
    /// Facts in force and conflicts.
    pub resolved: Resolved,
    /// The verdict.
    pub decision: Decision,
    /// What to look at before going back.
    pub preflight: Vec<PreflightCheck>,
    /// Until when each option can be had.
    pub no_return: Vec<NoReturn>,
}

/// Decides.
pub fn decide_from_basis(basis: &Basis<'_>) -> DecisionResult {
    let told: Vec<Fact>;
    let sensed = match basis.reading {
        ReadStages::Whole => basis.sensed,
        part => {
            told = basis
                .sensed
                .iter()
                .filter(|fact| part.tells(fact))
                .cloned()
                .collect();
            &told
        }
    };
    let resolved = decision::resolve_facts(sensed, basis.stated);
    // how much was looked at is the assessment's word, whoever asks
    let looked = basis.assessment.and_then(|assessment| assessment.looked_at);
    let looked = looked.map_or(basis.context.looked, |files| decision::LookedAt {
        judged: files.judged,
        open: files.open,
    });
    let decision = decision::make_decision(
        &resolved.facts,
        basis.checklist,
        &DecisionContext {
            looked,
            ..basis.context.clone()
        },
    );
    let preflight = basis
        .assessment
        .map(|assessment| {
            decision::list_preflight_checks(assessment, &resolved.facts, basis.config)
        })
        .unwrap_or_default();
    let no_return = basis
        .assessment
        .map(|assessment| decision::no_return(&decision, assessment, &resolved.facts))
        .unwrap_or_default();
    DecisionResult {
        resolved,
        decision,
        preflight,
        no_return,
    }
}

impl DecisionResult {
    /// The steps of one option; none before anything was read.
    pub fn plan(&self, option: OptionId, basis: &Basis<'_>) -> Vec<PlanStep> {
        let known = (&self.resolved.facts, self.preflight.as_slice());
        basis
            .assessment
            .map(|assessment| {
                decision::plan_with(option, &self.decision, assessment, known, basis.config)
            })
            .unwrap_or_default()
    }

    /// The steps of every option that is not removed, and of what is recommended.
    pub fn plans(&self, basis: &Basis<'_>) -> BTreeMap<OptionId, Vec<PlanStep>> {
        if basis.assessment.is_none() {
            return BTreeMap::new();
        }
        let open = self
            .decision
            .options
            .iter()
            .filter(|status| status.state != OptionState::Removed)
            .map(|status| status.option);
        let wanted: BTreeSet<OptionId> = open
            .chain([self.decision.option])
            .chain(self.decision.then)
            .collect();
        wanted
            .into_iter()
            .map(|option| (option, self.plan(option, basis)))
            .collect()
    }
}

/// Adds facts in force, verdict, pre-flight, limits and the plan of what is recommended to an
/// assessment.
pub fn decide_assessment(
    assessment: &mut Assessment,
    stated: &[Fact],
    checklist: &Checklist,
    context: &DecisionContext,
    config: &Config,
) {
    tell_checklist(assessment, checklist);
    let sensed = assessment.sensed();
    let (decided, plan) = {
        let basis = Basis {
            sensed: &sensed,
            stated,
            checklist,
            context,
            assessment: Some(assessment),
            config,
            reading: &ReadStages::Whole,
        };
        let decided = decide_from_basis(&basis);
        let plan = decided.plan(decided.decision.option, &basis);
        (decided, plan)
    };
    assessment.facts = decided.resolved.facts;
    assessment.also_said = decided
        .resolved
        .conflicts
        .into_iter()
        .flat_map(|conflict| conflict.said.into_iter().skip(1))
        .collect();
    assessment.checklist_digest = checklist.digest();
    assessment.preflight = decided.preflight;
    assessment.plan = plan;
    assessment.no_return = decided.no_return;
    assessment.verdict = Some(decided.decision);
}

/// Says in an assessment what the repository's own checklist does to the rules, and what of it was
/// left out.
pub fn tell_checklist(assessment: &mut Assessment, checklist: &Checklist) {
    assessment.checklist_changes.clone_from(&checklist.changes);
    for one in &checklist.left_out {
        if !assessment.unchecked.contains(one) {
            assessment.unchecked.push(one.clone());
        }
    }
}

/// The steps of going back that a rehearsal goes through: those with conditions where it has some.
/// Where both ways are out, the one with conditions is rehearsed all the same: a rehearsal is where
/// one learns what is missing.
pub fn plan_of_rehearsal(assessment: &Assessment, config: &Config) -> Vec<PlanStep> {
    let Some(decision) = &assessment.verdict else {
        return Vec::new();
    };
    let cleared = decision
        .options
        .iter()
        .any(|status| status.option == OptionId::RollBack && status.state == OptionState::Cleared);
    let option = if cleared {
        OptionId::RollBack
    } else {
        OptionId::RollBackWithConditions
    };
    decision::plan_with(
        option,
        decision,
        assessment,
        (&assessment.facts, &assessment.preflight),
        config,
    )
}

/// The exit code that says a verdict. Rolling back never is 0; while an answer is open, a person
/// must give it first.
pub fn exit_code(option: OptionId, strength: Strength) -> u8 {
    if strength == Strength::Open && !matches!(option, OptionId::StopHarm | OptionId::NoGo) {
        return 11;
    }
    match option {
        OptionId::Go => 0,
        OptionId::RollForward => 10,
        OptionId::Hold => 11,
        OptionId::NoGo | OptionId::StopHarm => 12,
        OptionId::FlagOff | OptionId::ShiftTraffic => 13,
        OptionId::RollBack => 14,
        OptionId::RollBackWithConditions | OptionId::Restore => 15,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{FactValue, Mode};

    fn basis_of<'a>(
        sensed: &'a [Fact],
        checklist: &'a Checklist,
        context: &'a DecisionContext,
        config: &'a Config,
        reading: &'a ReadStages,
    ) -> Basis<'a> {
        Basis {
            sensed,
            stated: &[],
            checklist,
            context,
            assessment: None,
            config,
            reading,
        }
    }

    #[test]
    fn a_part_that_is_still_read_tells_nothing() {
        let (checklist, config) = (Checklist::embedded(), Config::default());
        let context = DecisionContext {
            mode: Mode::Incident,
            gate: None,
            now: jiff::Timestamp::UNIX_EPOCH,
            deadline: None,
            previous: "3.0.0".into(),
            current: "3.1.0".into(),
            looked: decision::LookedAt::default(),
        };
        let sensed = [
            Fact::sensed("database.old_code", FactValue::word("breaks-reads")),
            Fact::sensed("contract.way_back", FactValue::word("breaking")),
            Fact::stated("database.verified", FactValue::word("no")),
            Fact::sensed("dependent[shop].uses", FactValue::word("yes")),
        ];
        let part = ReadStages::Part([Stage::Contract].into());
        let decided = decide_from_basis(&basis_of(&sensed, &checklist, &context, &config, &part));
        let keys: Vec<&str> = decided.resolved.facts.keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "contract.way_back",
                "database.verified",
                "dependent[shop].uses"
            ],
            "what a person said counts at once"
        );
        assert_eq!(
            decide_from_basis(&basis_of(
                &sensed,
                &checklist,
                &context,
                &config,
                &ReadStages::Whole
            ))
            .resolved
            .facts
            .len(),
            4
        );
    }

    #[test]
    fn an_open_verdict_asks_for_a_person_and_a_danger_does_not_wait() {
        assert_eq!(exit_code(OptionId::RollBack, Strength::Firm), 14);
        assert_eq!(exit_code(OptionId::RollBack, Strength::Open), 11);
        assert_eq!(exit_code(OptionId::StopHarm, Strength::Open), 12);
        assert_eq!(exit_code(OptionId::NoGo, Strength::Open), 12);
    }
}
