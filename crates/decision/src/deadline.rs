//! The latest time to decide, and facts that have become old.

use jiff::Timestamp;
use model::fact_key;

use super::DecisionContext;
use super::explain::write_time_span;
use super::no_return::add_minutes;
use super::world::{World, WorldView};
use crate::checklist::cel::{Env, FactRef, Val};
use crate::checklist::{Checklist, catalogue};
use model::{Facts, NoReturn, OptionId};

/// Facts that are asked again before a commit when they are old: harm, and what runs where.
const KILLERS: [&str; 3] = [
    fact_key::HARM_IRREVERSIBLE,
    fact_key::DEPLOYMENT_IN_PROGRESS,
    fact_key::DEPLOYMENT_MIXED,
];

/// The times that limit the decision: one somebody set; the end of the window; the moment going
/// back stops being unnoticed; the moment the old side goes. Time to go back is taken off the
/// middle two. Without a deploy time there is no clock of users; a tag's time never stands in for
/// it.
pub(super) fn list_time_limits(world: &World<'_>, context: &DecisionContext) -> Vec<NoReturn> {
    let set = context.deadline.map(|at| NoReturn {
        option: None,
        at: Some(at),
        passed: at <= context.now,
        says: "somebody set this as the latest time to decide".into(),
        why: "--deadline".into(),
    });
    let mut found: Vec<NoReturn> = [
        set,
        find_usage_limit(world, context),
        find_window_limit(world, context),
        old_side(world, context),
    ]
    .into_iter()
    .flatten()
    .collect();
    found.sort_by_key(|limit| limit.at);
    found
}

/// The earliest limit. The old side's counts while shifting traffic is the answer. A limit of users
/// that had passed when the deploy time was noted is no deadline: it is a weight.
pub(super) fn find_deadline(
    limits: &[NoReturn],
    option: OptionId,
    world: &World<'_>,
    context: &DecisionContext,
) -> Option<Timestamp> {
    limits
        .iter()
        .filter(|limit| match limit.option {
            Some(OptionId::ShiftTraffic) => option == OptionId::ShiftTraffic,
            Some(OptionId::RollBack) => !passed_when_noted(limit, world, context),
            _ => true,
        })
        .filter_map(|limit| limit.at)
        .min()
}

fn get_fact_number(world: &World<'_>, key: &str) -> Option<f64> {
    match world.values.get(catalogue::find_fact_position(key)?)? {
        Val::Number(number) => Some(*number),
        _ => None,
    }
}

/// The part of a minute that passed since a running number of minutes was noted: rules count whole
/// minutes, a clock must not.
fn measure_begun_minute(world: &World<'_>, key: &str, context: &DecisionContext) -> f64 {
    let at = world.facts.get(key).and_then(|fact| fact.at);
    at.map_or(0.0, |at| {
        (context.now.as_second() - at.as_second())
            .max(0)
            .rem_euclid(60) as f64
            / 60.0
    })
}

fn find_usage_limit(world: &World<'_>, context: &DecisionContext) -> Option<NoReturn> {
    let live = get_fact_number(world, fact_key::DEPLOYMENT_LIVE_MINUTES)?
        + measure_begun_minute(world, fact_key::DEPLOYMENT_LIVE_MINUTES, context);
    let view = WorldView {
        world,
        values: &world.values,
    };
    let class = catalogue::find_fact_position(fact_key::DEPLOYMENT_USAGE_CLASS)?;
    let Val::Word(class) = view.value(FactRef::Plain(class as u8), None) else {
        return None;
    };
    let back = get_fact_number(world, fact_key::DEPLOYMENT_MINUTES_BACK).unwrap_or(0.0);
    let limit = view.usage_limit(class)?;
    let left = limit - back - live;
    let less = if back > 0.0 {
        format!(", less {} to go back", write_time_span(back))
    } else {
        String::new()
    };
    Some(NoReturn {
        option: Some(OptionId::RollBack),
        at: add_minutes(context.now, left),
        passed: left <= 0.0,
        says: "users will notice if it goes back".into(),
        why: format!(
            "as much as it is used, that is {} after the deployment{less}",
            write_time_span(limit)
        )
        .into(),
    })
}

fn passed_when_noted(limit: &NoReturn, world: &World<'_>, context: &DecisionContext) -> bool {
    let noted = world
        .facts
        .get(fact_key::DEPLOYMENT_LIVE_MINUTES)
        .and_then(|fact| fact.at)
        .unwrap_or(context.now);
    limit.at.is_some_and(|at| at <= noted)
}

fn find_window_limit(world: &World<'_>, context: &DecisionContext) -> Option<NoReturn> {
    let left = get_fact_number(world, fact_key::WINDOW_MINUTES_LEFT)?
        - measure_begun_minute(world, fact_key::WINDOW_MINUTES_LEFT, context);
    let back = get_fact_number(world, fact_key::DEPLOYMENT_MINUTES_BACK).unwrap_or(0.0);
    let source = world
        .facts
        .get(fact_key::WINDOW_MINUTES_LEFT)
        .and_then(super::explain::describe_fact_source);
    Some(NoReturn {
        option: None,
        at: add_minutes(context.now, left - back),
        passed: left - back <= 0.0,
        says: "the window ends".into(),
        why: source
            .unwrap_or_else(|| "a freeze, a peak, or people leaving".to_owned())
            .into(),
    })
}

fn old_side(world: &World<'_>, context: &DecisionContext) -> Option<NoReturn> {
    let left = get_fact_number(world, fact_key::DEPLOYMENT_OLD_SIDE_MINUTES_LEFT)?
        - measure_begun_minute(world, fact_key::DEPLOYMENT_OLD_SIDE_MINUTES_LEFT, context);
    let source = world
        .facts
        .get(fact_key::DEPLOYMENT_OLD_SIDE_MINUTES_LEFT)
        .and_then(super::explain::describe_fact_source);
    Some(NoReturn {
        option: Some(OptionId::ShiftTraffic),
        at: add_minutes(context.now, left),
        passed: left <= 0.0,
        says: "the old side is taken down".into(),
        why: source
            .unwrap_or_else(|| "the deployer keeps it only so long".to_owned())
            .into(),
    })
}

/// Killer facts that are older than the checklist allows, with their age in minutes: they are asked
/// again before the commit. They stay in force meanwhile and never turn unknown by themselves.
pub fn list_stale_facts(
    facts: &Facts,
    checklist: &Checklist,
    now: Timestamp,
) -> Vec<(String, u64)> {
    KILLERS
        .iter()
        .filter_map(|key| {
            let at = facts.get(*key).filter(|fact| fact.value.is_known())?.at?;
            let age = (now.as_second() - at.as_second()).max(0) as f64 / 60.0;
            (age > checklist.thresholds.stale_minutes).then(|| ((*key).to_owned(), age as u64))
        })
        .collect()
}
