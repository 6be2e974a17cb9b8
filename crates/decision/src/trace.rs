//! How a verdict came about, line by line, and its headline.

use std::borrow::Cow;

use super::DecisionContext;
use super::explain::option_shout;
use super::instances::RuleInstance;
use super::reasons::sum_weights;
use super::space::{Space, list_condition_slots};
use super::world::{FactSlot, WorldView};
use crate::checklist::cel::Truth;
use crate::checklist::{SituationId, Toward};
use model::{Condition, ConditionKind, Decision, OptionId, OptionState, OptionStatus, Strength};

/// The rules in order with the facts they used, and the arithmetic; one line each.
pub(super) fn write_decision_trace(
    space: &Space<'_>,
    options: &[OptionStatus],
    strength: Strength,
) -> Vec<String> {
    let world = space.world;
    let view = WorldView {
        world,
        values: &world.values,
    };
    let mut out: Vec<String> = world.notes.clone();
    out.extend(
        world
            .foreign
            .iter()
            .map(|foreign| format!("bug: {foreign}")),
    );
    for (at, instance) in space.instances.iter().enumerate() {
        let holds = instance.holds(&view);
        let word = match holds {
            Truth::True => "holds",
            Truth::Unknown => "unknown",
            Truth::False => continue,
        };
        let name = match instance.rule {
            RuleInstance::NothingToUndo => SituationId::NothingToUndo.id().to_owned(),
            RuleInstance::Incident => SituationId::Incident.id().to_owned(),
            RuleInstance::Quiet => SituationId::Quiet.id().to_owned(),
            RuleInstance::Need(need) => format!("need {} of {}", need.id, need.option.id()),
            RuleInstance::Case(blocker, _) => blocker.id.clone(),
            RuleInstance::Weight(weight) if holds == Truth::True => {
                format!(
                    "{} {:+} {}",
                    weight.id,
                    weight.weight,
                    if weight.toward == Toward::Back {
                        "back"
                    } else {
                        "forward"
                    }
                )
            }
            RuleInstance::Weight(weight) => weight.id.clone(),
            RuleInstance::Item(item) => item.id.clone(),
        };
        let about = instance
            .dependent
            .map(|_| format!(" ({})", super::explain::name_of(world, instance.dependent)))
            .unwrap_or_default();
        let shown = |slot: FactSlot| {
            if world.ignored[slot] {
                "set-aside".to_owned()
            } else {
                world.shown(slot, world.values[slot]).to_string()
            }
        };
        let used: Vec<String> = list_condition_slots(space, at)
            .into_iter()
            .map(|slot| format!("{}={}", world.keys[slot], shown(slot)))
            .collect();
        out.push(format!("{name}{about} {word}: {}", used.join(" ")));
    }
    let (back, forward) = sum_weights(space);
    out.push(format!(
        "back {back} - forward {forward} = {}",
        f64::from(space.sum.margin) / 1000.0
    ));
    for status in options {
        out.push(format!(
            "{} {}",
            status.option.id(),
            state_word(status.state)
        ));
    }
    let then = space
        .outcome
        .then
        .map(|then| format!(", then {}", then.id()))
        .unwrap_or_default();
    out.push(format!(
        "verdict {}{then}, {}",
        space.outcome.option.id(),
        strength.id()
    ));
    out.into_iter()
        .map(|line| model::escape_invisible(&line).into_owned())
        .collect()
}

fn state_word(state: OptionState) -> &'static str {
    match state {
        OptionState::Cleared => "cleared",
        OptionState::Conditional => "conditional",
        OptionState::NotCleared => "not cleared",
        OptionState::Removed => "removed",
    }
}

/// The verdict as one line, never a bare command while something is open: `ROLL BACK to 3.0.0, once
/// 2 open points are settled`.
pub fn write_verdict_headline(decision: &Decision, context: &DecisionContext) -> String {
    let previous = model::escape_invisible(&context.previous);
    let open = decision
        .conditions
        .iter()
        .filter(|condition| condition.kind == ConditionKind::Settle)
        .count();
    let firsts: Vec<&Condition> = decision
        .conditions
        .iter()
        .filter(|condition| condition.kind != ConditionKind::Settle && !condition.after)
        .collect();
    match decision.option {
        OptionId::RollBack => format!("ROLL BACK to {previous}"),
        OptionId::RollBackWithConditions if open == 1 => {
            let what = decision
                .conditions
                .iter()
                .find(|condition| condition.kind == ConditionKind::Settle);
            let what = what.map_or(Cow::Borrowed(""), |condition| match &condition.asks {
                Some(asks) => Cow::Borrowed(asks.as_str()),
                None => condition.says.shown(),
            });
            format!("ROLL BACK to {previous}, once this is known: {what}")
        }
        OptionId::RollBackWithConditions if open > 1 => {
            format!("ROLL BACK to {previous}, once {open} open questions are answered")
        }
        OptionId::RollBackWithConditions => match firsts.first() {
            Some(first) => format!("ROLL BACK to {previous}, first: {}", first.says),
            None => format!("ROLL BACK to {previous}, with conditions"),
        },
        // what is tried on a part first is no bare command
        option @ (OptionId::FlagOff | OptionId::ShiftTraffic) if !firsts.is_empty() => {
            format!(
                "{}, first: {}",
                option_shout(option),
                firsts
                    .first()
                    .map_or(Cow::Borrowed(""), |first| first.says.shown())
            )
        }
        // a hold for two reasons is said once
        option => match decision.then.filter(|then| *then != option) {
            Some(then) => format!("{}, then {}", option_shout(option), option_shout(then)),
            None => option_shout(option),
        },
    }
}
