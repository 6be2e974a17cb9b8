//! The latest time to decide, and facts that have become old.

use jiff::{SignedDuration, Timestamp};

use super::Context;
use super::world::{View, World};
use crate::checklist::cel::{Env, FactRef, Val};
use crate::checklist::{Checklist, catalogue};
use crate::model::Facts;

/// Facts that are asked again before a commit when they are old: harm, and what runs where.
const KILLERS: [&str; 3] = ["harm.irreversible", "deployment.in_progress", "deployment.mixed"];

/// The earliest of: a time somebody set; the end of the window; the moment going back stops being unnoticed. Time to go back is taken
/// off the latter two. A limit that had passed when the deploy time was noted is no deadline: it is a weight. Without a deploy time
/// there is none; a tag's time never stands in for it.
pub(super) fn deadline(world: &World<'_>, context: &Context) -> Option<Timestamp> {
    [context.deadline, unnoticed(world, context), window(world, context)].into_iter().flatten().min()
}

fn number(world: &World<'_>, key: &str) -> Option<f64> {
    match world.values.get(catalogue::position(key)?)? {
        Val::Number(number) => Some(*number),
        _ => None,
    }
}

fn unnoticed(world: &World<'_>, context: &Context) -> Option<Timestamp> {
    let live = number(world, "deployment.live_minutes")?;
    let view = View { world, values: &world.values };
    let class = catalogue::position("deployment.usage_class")?;
    let Val::Word(class) = view.value(FactRef::Plain(class as u8), None) else { return None };
    let back = number(world, "deployment.minutes_back").unwrap_or(0.0);
    let left = view.usage_limit(class)? - back - live;
    let fact = world.facts.get("deployment.live_minutes")?;
    let noted = fact.at.map_or(0.0, |at| (context.now.as_second() - at.as_second()).max(0) as f64 / 60.0);
    if left + noted <= 0.0 {
        return None;
    }
    after(context.now, left)
}

fn window(world: &World<'_>, context: &Context) -> Option<Timestamp> {
    let left = number(world, "window.minutes_left")?;
    after(context.now, left - number(world, "deployment.minutes_back").unwrap_or(0.0))
}

fn after(now: Timestamp, minutes: f64) -> Option<Timestamp> {
    let seconds = (minutes * 60.0).clamp(-1e9, 1e9) as i64;
    now.checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// Killer facts that are older than the checklist allows, with their age in minutes: they are asked again before the commit.
/// They stay in force meanwhile and never turn unknown by themselves.
pub fn stale(facts: &Facts, checklist: &Checklist, now: Timestamp) -> Vec<(String, u64)> {
    KILLERS
        .iter()
        .filter_map(|key| {
            let at = facts.get(*key).filter(|fact| fact.value.is_known())?.at?;
            let age = (now.as_second() - at.as_second()).max(0) as f64 / 60.0;
            (age > checklist.thresholds.stale_minutes).then(|| ((*key).to_owned(), age as u64))
        })
        .collect()
}
