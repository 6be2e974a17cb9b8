//! Asking for a decision: what is known goes into a job.

use std::sync::Arc;

use crate::model::Fact;
use crate::tui::effect::Effect;
use crate::tui::job::DecisionJob;
use crate::tui::model::Model;
use crate::usecase;

/// Facts as they are known to a model: what was read, what people said, and what a replay only
/// supposes; minutes that run are brought up to date.
pub fn collect_model_facts(model: &Model) -> (Vec<Fact>, Vec<Fact>) {
    let (sensed, mut stated) = usecase::combine_known_facts(
        collect_sensed_facts(model),
        &model.session,
        &make_model_clock(model),
    );
    if let Some(supposed) = &model.supposed {
        stated.extend(supposed.facts(model.now));
    }
    (sensed, stated)
}

/// What was read; a replay shows what was known then.
pub fn collect_sensed_facts(model: &Model) -> Vec<Fact> {
    match &model.assessment {
        Some(assessment) if model.replay.is_none() => assessment.sensed(),
        _ => model.session.sensed.clone(),
    }
}

/// The time it is for a model, and when current was deployed.
pub fn make_model_clock(model: &Model) -> usecase::Clock {
    let source = model
        .deployed_at
        .map(|at| format!("deployed at {}", model.clock(at)));
    usecase::Clock {
        now: model.now,
        deployed_at: model.deployed_at,
        source,
    }
}

/// Asks for a new decision. Results come as `Decided`; older ones than the newest are dropped.
pub(crate) fn request_decision(model: &mut Model, cause: &str) -> Vec<Effect> {
    model.generation += 1;
    let (sensed, stated) = collect_model_facts(model);
    let context = model.context();
    vec![Effect::Decide(Box::new(DecisionJob {
        generation: model.generation,
        cause: cause.to_owned(),
        sensed,
        stated,
        checklist: Arc::clone(&model.checklist),
        context,
        assessment: model.assessment.clone(),
        config: Arc::clone(&model.config),
        reading: model.reading.so_far(),
    }))]
}
