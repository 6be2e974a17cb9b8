//! The decision: facts, checklist and time in, verdict out. Pure: no git, no file, no clock, no
//! terminal.

mod answered;
pub mod checklist;
mod deadline;
mod deciding;
mod derived;
mod explain;
mod flips;
mod gates;
mod instances;
mod joint;
mod no_return;
mod options;
mod order;
mod plan;
mod preflight;
mod questions;
mod reasons;
mod resolve;
mod space;
mod strength;
mod trace;
mod verdict;
mod world;

use jiff::Timestamp;

use crate::checklist::{Checklist, Question};
use model::{
    Assessment, Config, Decision, Fact, FactValue, Facts, Gate, Mode, NextQuestion, NoReturn,
    OptionId, PlanStep, PreflightCheck, RestsOn, Strength,
};
use space::Space;
use verdict::Course;
use world::World;

pub use deadline::list_stale_facts;
pub use gates::{AutomationDecision, GateStatus, gate_status, judge_automation, may_conclude};
pub use no_return::SchemaPoint;
pub use plan::{ExpectationStep, classify_expectation_step};
pub use trace::write_verdict_headline;

/// What the decision depends on beside facts and checklist.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionContext {
    /// Incident, deployment, rehearsal or review.
    pub mode: Mode,
    /// Gate of the deployment, in deployment mode.
    pub gate: Option<Gate>,
    /// The time it is.
    pub now: Timestamp,
    /// Latest time to decide, when somebody set one.
    pub deadline: Option<Timestamp>,
    /// Version of previous, for sentences.
    pub previous: String,
    /// Version of current, for sentences.
    pub current: String,
    /// How much of what changed was looked at.
    pub looked: LookedAt,
}

/// How many of the changed files that could matter were taken apart; zeros where nothing was
/// counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// Taken apart, or known by a rule not to matter.
    pub judged: u64,
    /// Could matter, and were not taken apart.
    pub open: u64,
}

/// Two sources that say different things about one fact. Both stay visible; the value that
/// restricts going back more is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The fact.
    pub key: String,
    /// All that was said, the value in force first.
    pub said: Vec<Fact>,
}

/// Facts in force, and where sources disagree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resolved {
    /// By key.
    pub facts: Facts,
    /// In the order of keys.
    pub conflicts: Vec<Conflict>,
}

/// Brings sensed and stated facts together. Later statements replace earlier ones of people; a
/// statement with `supersedes` replaces what was sensed; a person who is sure decides between
/// sources that contradict each other; otherwise the more restricting value wins and the conflict
/// is reported.
pub fn resolve_facts(sensed: &[Fact], stated: &[Fact]) -> Resolved {
    resolve::resolve_fact_statements(sensed, stated)
}

/// The verdict. Pure and fast enough to run after every answer.
pub fn make_decision(facts: &Facts, checklist: &Checklist, context: &DecisionContext) -> Decision {
    let world = World::new(facts, checklist, context);
    let space = Space::new(&world, checklist, Course::of(context));
    let (mut strength, joint) = space.strength(&checklist.thresholds);
    let (questions, ranked) = questions::order_questions(
        &space,
        checklist,
        joint.as_ref(),
        strength == Strength::Firm,
    );
    let limits = deadline::list_time_limits(&world, context);
    let deadline = deadline::find_deadline(&limits, space.outcome.option, &world, context);
    let open_facts: Vec<String> = if strength == Strength::Open {
        ranked
            .iter()
            .map(|slot| world.keys[*slot].clone())
            .collect()
    } else {
        Vec::new()
    };
    let mut assumed = Vec::new();
    if strength == Strength::Open && deadline.is_some_and(|deadline| context.now >= deadline) {
        strength = Strength::Forced;
        assumed = reasons::list_assumed_values(&space, &ranked);
    }
    let options = options::list_option_statuses(&space, checklist);
    let flips = flips::list_shown_flips(
        &space,
        checklist,
        &ranked,
        joint.as_ref(),
        strength == Strength::Firm,
    );
    let (because, against) = reasons::list_verdict_reasons(&space, checklist, &options);
    let conditions = reasons::list_verdict_conditions(&space, &options);
    let (back, forward) = reasons::sum_weights(&space);
    Decision {
        option: space.outcome.option,
        strength,
        margin: space
            .outcome
            .by_margin
            .then(|| f64::from(space.sum.margin) / 1000.0),
        then: space.outcome.then,
        meanwhile: reasons::find_relief_condition(&space, checklist),
        rests_on: RestsOn {
            answers: answered::count_answered_questions(facts, checklist),
            judged: context.looked.judged,
            open: context.looked.open,
        },
        because,
        against,
        conditions,
        flips,
        next_question: questions.first().cloned(),
        questions,
        open_facts,
        deadline,
        limits,
        back,
        forward,
        assumed,
        trace: trace::write_decision_trace(&space, &options, strength),
        options,
    }
}

/// Option and strength of the verdict alone, without what is asked next and what would change it: a
/// tenth of the work of [`make_decision`], and the same words.
pub fn find_verdict(
    facts: &Facts,
    checklist: &Checklist,
    context: &DecisionContext,
) -> (OptionId, Strength) {
    let world = World::new(facts, checklist, context);
    let space = Space::new(&world, checklist, Course::of(context));
    let (strength, _) = space.strength(&checklist.thresholds);
    let limits = deadline::list_time_limits(&world, context);
    let deadline = deadline::find_deadline(&limits, space.outcome.option, &world, context);
    let forced =
        strength == Strength::Open && deadline.is_some_and(|deadline| context.now >= deadline);
    (
        space.outcome.option,
        if forced { Strength::Forced } else { strength },
    )
}

/// An answer that can be given: its key, its title, and the facts it sets.
pub type QuestionAnswer = (char, String, Vec<(String, FactValue)>);

/// What the answers to a question would set, the pattern of a dependent filled in.
pub fn list_question_answers(
    question: &Question,
    next: &NextQuestion,
    context: &DecisionContext,
) -> Vec<QuestionAnswer> {
    let dependent = crate::checklist::catalogue::split_dependent_key(&next.fact)
        .map(|(name, _)| name.to_owned());
    let concrete = |key: &str| match &dependent {
        Some(name) => key.replacen("dependent[]", &format!("dependent[{name}]"), 1),
        None => key.to_owned(),
    };
    let title = |text: &str| {
        let name = dependent.as_deref().unwrap_or("a dependent");
        let text = text
            .replace("{previous}", &context.previous)
            .replace("{current}", &context.current)
            .replace("{dependent}", name);
        model::escape_invisible(&text).into_owned()
    };
    let sets = |choice: &crate::checklist::Choice| {
        choice
            .sets
            .iter()
            .map(|(key, value)| (concrete(key), value.clone()))
            .collect()
    };
    question
        .choices
        .iter()
        .map(|choice| (choice.key, title(&choice.title), sets(choice)))
        .collect()
}

/// The ordered steps of one option: conditions first, what to look at, steps with reasons,
/// expectation, afterwards.
pub fn plan_option(
    option: OptionId,
    decision: &Decision,
    assessment: &Assessment,
    config: &Config,
) -> Vec<PlanStep> {
    let checks = list_preflight_checks(assessment, &assessment.facts, config);
    plan::build_plan_steps(
        option,
        decision,
        assessment,
        (&assessment.facts, &checks),
        config,
    )
}

/// As [`plan_option`], with the facts in force where they are not those of the assessment, and what
/// [`list_preflight_checks`] found on them.
pub fn plan_with(
    option: OptionId,
    decision: &Decision,
    assessment: &Assessment,
    known: (&Facts, &[PreflightCheck]),
    config: &Config,
) -> Vec<PlanStep> {
    plan::build_plan_steps(option, decision, assessment, known, config)
}

/// Until when each option can be had: what is known as a time first, then what is an event.
pub fn no_return(decision: &Decision, assessment: &Assessment, facts: &Facts) -> Vec<NoReturn> {
    no_return::no_return(decision, assessment, facts)
}

/// When the schema stopped taking the previous release back, where the history of the database says
/// it.
pub fn find_schema_point(assessment: &Assessment, facts: &Facts) -> Option<SchemaPoint> {
    no_return::find_schema_point(assessment, facts)
}

/// What to look at before going back: what does not hold first, then what is open with the command
/// that answers it, then what was found fine.
pub fn list_preflight_checks(
    assessment: &Assessment,
    facts: &Facts,
    config: &Config,
) -> Vec<PreflightCheck> {
    preflight::build_preflight_checks(assessment, facts, config)
}
