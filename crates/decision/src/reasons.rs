//! Why, why not, what first, and the trace of how it came about.

use super::explain::{named_places, render_sentence};
use super::gates::Honest;
use super::instances::RuleInstance;
use super::space::{Space, list_condition_slots};
use super::verdict::bit;
use super::world::{FactSlot, WorldView};
use crate::checklist::cel::{ConditionNode, Truth, Val};
use crate::checklist::{Checklist, Consideration, SituationId, Toward};
use model::fact_key;
use model::{Condition, ConditionKind, FactValue, OptionId, OptionState, OptionStatus, Reason};

/// Reasons that are given for and against.
const GIVEN: usize = 3;

/// Strongest reasons for the option and strongest against it.
pub(super) fn list_verdict_reasons(
    space: &Space<'_>,
    checklist: &Checklist,
    options: &[OptionStatus],
) -> (Vec<Reason>, Vec<Reason>) {
    let (mut because, mut against) = match space.outcome.option {
        OptionId::StopHarm | OptionId::Hold if !space.outcome.by_gate => (
            list_forcing_reasons(space, checklist, options),
            against_what_follows(space, options),
        ),
        OptionId::Go if !space.outcome.by_gate => (
            build_situation_reason(space, checklist, SituationId::NothingToUndo)
                .into_iter()
                .collect(),
            Vec::new(),
        ),
        OptionId::RollForward if !space.outcome.by_gate => {
            let mut because = if space.outcome.by_margin {
                find_rollback_blocker(options)
            } else {
                in_the_way(options)
            };
            // a weight over the same facts would only say it again
            let said: Vec<String> = because
                .iter()
                .flat_map(|reason| reason.facts.clone())
                .collect();
            because.extend(
                list_weight_reasons(space, Toward::Forward)
                    .into_iter()
                    .filter(|weight| !weight.facts.iter().any(|fact| said.contains(fact))),
            );
            (
                because,
                list_reasons_against(space, options, OptionId::RollForward),
            )
        }
        option @ (OptionId::RollBack | OptionId::RollBackWithConditions) => (
            list_weight_reasons(space, Toward::Back),
            list_reasons_against(space, options, option),
        ),
        option @ (OptionId::FlagOff | OptionId::ShiftTraffic) => (
            list_need_reasons(space, checklist),
            list_reasons_against(space, options, option),
        ),
        _ => (
            list_gate_item_reasons(space, space.outcome.option),
            list_gate_item_reasons(space, OptionId::Go),
        ),
    };
    // a reason is what is known; what is not known stands under what is open
    because.retain(|reason| !reason.open);
    against.retain(|reason| !reason.open);
    for foreign in space.world.foreign.iter().rev() {
        because.insert(
            0,
            Reason {
                rule: "bug".to_owned(),
                says: format!("{foreign}: this is a bug of backout, so do not rely on the verdict")
                    .into(),
                ..Reason::default()
            },
        );
    }
    because.truncate(GIVEN + space.world.foreign.len());
    against.truncate(GIVEN);
    (because, against)
}

/// Facts that a reason rests on; what the gate sets aside is none of them.
fn list_reason_facts(space: &Space<'_>, at: usize) -> Vec<String> {
    list_condition_slots(space, at)
        .into_iter()
        .filter(|slot| !space.world.ignored[*slot])
        .filter_map(|slot| space.world.keys.get(slot).cloned())
        .collect()
}

fn build_reason(
    space: &Space<'_>,
    at: usize,
    rule: &str,
    says: &str,
    weight: Option<f64>,
) -> Reason {
    let dependent = space.instances[at].dependent.or_else(|| not_coping(space));
    Reason {
        rule: rule.to_owned(),
        says: render_sentence(says, space.world, dependent).into(),
        facts: list_reason_facts(space, at),
        places: named_places(says, space.world, dependent),
        weight,
        ..Reason::default()
    }
}

/// The first dependent that is not known to cope, for sentences about dependents as a whole.
fn not_coping(space: &Space<'_>) -> Option<usize> {
    let world = space.world;
    let is = |key: &str, at: usize, word: &str| {
        world
            .concrete(key, Some(at))
            .is_some_and(|slot| world.shown(slot, world.values[slot]).as_word() == Some(word))
    };
    let open = |at: &usize| {
        !is(fact_key::DEPENDENT_USES, *at, "no") && !is(fact_key::DEPENDENT_COPES, *at, "yes")
    };
    (0..world.dependents.len()).filter(open).min_by_key(|at| {
        (
            !is(fact_key::DEPENDENT_USES, *at, "yes"),
            !is(fact_key::DEPENDENT_COPES, *at, "no"),
        )
    })
}

/// Weights that count toward a side, the heaviest first; those that always count come after those
/// that rest on facts.
fn list_weight_reasons(space: &Space<'_>, toward: Toward) -> Vec<Reason> {
    let view = WorldView {
        world: space.world,
        values: &space.world.values,
    };
    let mut found: Vec<(usize, &Consideration)> = Vec::new();
    for (at, instance) in space.instances.iter().enumerate() {
        if let RuleInstance::Weight(weight) = instance.rule
            && weight.toward == toward
            && weight.weight > 0.0
            && instance.holds(&view) == Truth::True
        {
            found.push((at, weight));
        }
    }
    let light = |weight: &Consideration| weight.weight < 1.0;
    let always = |weight: &Consideration| matches!(weight.when.node, ConditionNode::Constant(_));
    let evident = |slot: FactSlot| {
        space
            .world
            .fact(slot)
            .is_some_and(|fact| !fact.evidence.is_empty() || fact.source.is_some())
    };
    let at_of: Vec<(String, bool)> = found
        .iter()
        .map(|(at, weight)| {
            (
                weight.id.clone(),
                list_condition_slots(space, *at).into_iter().any(evident),
            )
        })
        .collect();
    let shown = |weight: &Consideration| {
        at_of
            .iter()
            .any(|(id, evident)| *id == weight.id && *evident)
    };
    found.sort_by(|(_, a), (_, b)| {
        (light(a), always(a), !shown(a))
            .cmp(&(light(b), always(b), !shown(b)))
            .then_with(|| b.weight.total_cmp(&a.weight))
            .then_with(|| a.id.cmp(&b.id))
    });
    found
        .into_iter()
        .map(|(at, weight)| build_reason(space, at, &weight.id, &weight.says, Some(weight.weight)))
        .collect()
}

/// What speaks against one option: what is known to stand in its way, and the weights of the other
/// side.
fn list_reasons_against(
    space: &Space<'_>,
    options: &[OptionStatus],
    option: OptionId,
) -> Vec<Reason> {
    match option {
        OptionId::RollForward => {
            let mut out = of_option(options, option);
            // what is out is not argued for
            let removed = OptionState::Removed;
            if space.sum.back != removed || space.sum.back_if != removed {
                out.extend(list_weight_reasons(space, Toward::Back));
            }
            out
        }
        OptionId::RollBack | OptionId::RollBackWithConditions => {
            // what keeps it from being a bare command is the strongest word against it
            let mut out = of_option(options, OptionId::RollBack);
            out.extend(list_weight_reasons(space, Toward::Forward));
            out
        }
        // the default and the schema speak against a deployment, not against a switch or the other
        // side
        _ => {
            let mut out = of_option(options, option);
            out.extend(list_observed_reasons(space, option));
            out
        }
    }
}

/// A sensor that the observation of a running old side contradicts: it is shown, and the
/// observation wins.
fn list_observed_reasons(space: &Space<'_>, option: OptionId) -> Vec<Reason> {
    if option != OptionId::ShiftTraffic {
        return Vec::new();
    }
    let key = fact_key::DATABASE_OLD_CODE;
    let rule = keeps_off(space, key, option).unwrap_or("old-side-seen");
    let found = space.world.facts.get(key).filter(|fact| {
        matches!(
            fact.value.as_word(),
            Some("breaks-reads" | "breaks-writes" | "doubt")
        )
    });
    let says = found.map(|fact| {
        let read = super::explain::describe_fact_source(fact).unwrap_or_else(|| {
            format!(
                "{} may fail on the schema as it is now",
                space.world.context.previous
            )
        });
        let shows = if takes_traffic(space) {
            "the old side that takes traffic now shows whether that is so"
        } else {
            "one request to the old side shows whether that is so"
        };
        format!("what was read says that {read}; {shows}")
    });
    says.map(|says| Reason {
        rule: rule.to_owned(),
        says: says.into(),
        facts: vec![key.to_owned()],
        ..Reason::default()
    })
    .into_iter()
    .collect()
}

/// Whether the old side is known to take a part of the traffic: while a canary runs, or traffic
/// moves by weight.
fn takes_traffic(space: &Space<'_>) -> bool {
    let is = |key: &str, words: &[&str]| {
        space
            .world
            .facts
            .get(key)
            .and_then(|fact| fact.value.as_word())
            .is_some_and(|word| words.contains(&word))
    };
    is(fact_key::DEPLOYMENT_STRATEGY, &["canary", "weighted"])
        && (is(fact_key::DEPLOYMENT_IN_PROGRESS, &["yes"])
            || is(fact_key::DEPLOYMENT_MIXED, &["yes"]))
}

/// The blocker that keeps an option back for a fact.
fn keeps_off<'a>(space: &Space<'a>, key: &str, option: OptionId) -> Option<&'a str> {
    let slot = space.world.concrete(key, None)?;
    space.instances.iter().find_map(|instance| {
        let RuleInstance::Case(blocker, case) = instance.rule else {
            return None;
        };
        let touches = case.effect.iter().any(|(touched, _)| *touched == option);
        (touches && instance.reads(space.world).contains(&slot)).then_some(blocker.id.as_str())
    })
}

/// Nothing speaks against stopping harm or waiting; what follows has something against it.
fn against_what_follows(space: &Space<'_>, options: &[OptionStatus]) -> Vec<Reason> {
    match space.outcome.then {
        Some(OptionId::Hold) | None => Vec::new(),
        Some(then) => list_reasons_against(space, options, then),
    }
}

/// What is done at once beside the verdict, where something is known to relieve.
pub(super) fn find_relief_condition(space: &Space<'_>, checklist: &Checklist) -> Option<Condition> {
    let view = WorldView {
        world: space.world,
        values: &space.world.values,
    };
    let relief = checklist.situation(SituationId::Relief)?;
    let hit = space.outcome.option != OptionId::Go && !space.outcome.by_gate;
    (hit && relief.when.node.eval(&view, None) == Truth::True).then(|| Condition {
        kind: ConditionKind::Relieve.into(),
        says: render_sentence(&relief.says, space.world, None).into(),
        ..Condition::default()
    })
}

/// What forces the verdict: harm, a running deployment, a cause that is not found, or what keeps a
/// quiet release from being left alone.
fn list_forcing_reasons(
    space: &Space<'_>,
    checklist: &Checklist,
    options: &[OptionStatus],
) -> Vec<Reason> {
    let view = WorldView {
        world: space.world,
        values: &space.world.values,
    };
    let mut out = Vec::new();
    for (at, instance) in space.instances.iter().enumerate() {
        if let RuleInstance::Case(blocker, case) = instance.rule
            && case.verdict == Some(space.outcome.option)
            && instance.holds(&view) == Truth::True
        {
            out.push(build_reason(space, at, &blocker.id, &case.says, None));
        }
    }
    if out.is_empty() {
        // what is not known is what it waits for
        let waits = |reason: Reason| {
            if reason.open {
                Reason {
                    says: format!("it is {}", reason.says).into(),
                    open: false,
                    ..reason
                }
            } else {
                reason
            }
        };
        // it waits because nobody is hit; the rest is why it is not simply left alone
        if space.sum.bits & bit::QUIET != 0 {
            out.extend(build_situation_reason(space, checklist, SituationId::Quiet));
        }
        out.extend(of_option(options, OptionId::Go).into_iter().map(waits));
    }
    out
}

fn build_situation_reason(
    space: &Space<'_>,
    checklist: &Checklist,
    id: SituationId,
) -> Option<Reason> {
    let is = |instance: &super::instances::Instance<'_>| match instance.rule {
        RuleInstance::NothingToUndo => id == SituationId::NothingToUndo,
        RuleInstance::Quiet => id == SituationId::Quiet,
        _ => false,
    };
    let at = space.instances.iter().position(is)?;
    let says = checklist
        .situation(id)
        .map_or("", |situation| &situation.says);
    Some(build_reason(space, at, id.id(), says, None))
}

/// What an option that is chosen for itself rests on: the fact that was needed.
fn list_need_reasons(space: &Space<'_>, checklist: &Checklist) -> Vec<Reason> {
    let world = space.world;
    let mut out = Vec::new();
    for (at, instance) in space.instances.iter().enumerate() {
        let RuleInstance::Need(need) = instance.rule else {
            continue;
        };
        if need.option != space.outcome.option {
            continue;
        }
        for slot in list_condition_slots(space, at) {
            let says = super::explain::phrase_fact_value(
                checklist,
                world,
                slot,
                &world.shown(slot, world.values[slot]),
            );
            out.push(Reason {
                rule: need.id.clone(),
                says: says.into(),
                facts: list_reason_facts(space, at),
                ..Reason::default()
            });
        }
    }
    let says = "it is quicker than any deployment and can be undone".to_owned();
    out.push(Reason {
        rule: "reversible-first".to_owned(),
        says: says.into(),
        ..Reason::default()
    });
    out
}

/// Everything that takes going back out of the choice.
fn in_the_way(options: &[OptionStatus]) -> Vec<Reason> {
    let mut out = of_option(options, OptionId::RollBackWithConditions);
    for reason in of_option(options, OptionId::RollBack) {
        if !out.iter().any(|known| known.rule == reason.rule) {
            out.push(reason);
        }
    }
    out
}

/// The one thing that takes out going back as it is. It comes before the weights, because they only
/// rank what evidence left standing.
fn find_rollback_blocker(options: &[OptionStatus]) -> Vec<Reason> {
    let plain = options
        .iter()
        .find(|status| status.option == OptionId::RollBack && status.state == OptionState::Removed);
    plain
        .and_then(|status| status.blockers.first().cloned())
        .into_iter()
        .collect()
}

fn of_option(options: &[OptionStatus], option: OptionId) -> Vec<Reason> {
    options
        .iter()
        .find(|status| status.option == option)
        .map(|status| status.blockers.clone())
        .unwrap_or_default()
}

/// Items of the gate that led to this call, what does not hold before what is not known; for `go`
/// those that hold.
fn list_gate_item_reasons(space: &Space<'_>, call: OptionId) -> Vec<Reason> {
    let view = WorldView {
        world: space.world,
        values: &space.world.values,
    };
    let honest = Honest(WorldView {
        world: space.world,
        values: &space.world.values,
    });
    let (mut out, mut not_known) = (Vec::new(), Vec::new());
    for (at, instance) in space.instances.iter().enumerate() {
        let RuleInstance::Item(item) = instance.rule else {
            continue;
        };
        let (into, text) = match (call, instance.holds(&view)) {
            // an item that lets an unknown pass is no reason to go on while it is one
            (OptionId::Go, Truth::True) if item.rule.node.eval(&honest, None) == Truth::True => {
                (&mut out, item.says.clone())
            }
            (OptionId::Go, _) | (_, Truth::True) => continue,
            (OptionId::Hold, Truth::Unknown) if item.otherwise != "note" => {
                (&mut not_known, format!("not known: {}", item.says))
            }
            (call, Truth::False) if item.otherwise == call.id() => {
                (&mut out, format!("does not hold: {}", item.says))
            }
            _ => continue,
        };
        into.push(build_reason(space, at, &item.id, &text, None));
    }
    out.extend(not_known);
    out
}

/// Conditions of the recommended option, in order. While data is damaged a restore is attached
/// behind them: what is restored before the damage stops is damaged again.
pub(super) fn list_verdict_conditions(
    space: &Space<'_>,
    options: &[OptionStatus],
) -> Vec<Condition> {
    let of = |option: OptionId| options.iter().find(|status| status.option == option);
    let mut out = of(space.outcome.option)
        .map(|status| status.conditions.clone())
        .unwrap_or_default();
    if let Some(restore) = of(OptionId::Restore)
        && matches!(
            restore.state,
            OptionState::Cleared | OptionState::Conditional
        )
        && space.outcome.option != OptionId::Restore
    {
        for condition in &restore.conditions {
            out.push(Condition {
                says: format!("Restore the damaged data. {}", condition.says).into(),
                after: true,
                ..condition.clone()
            });
        }
    }
    out
}

/// Sums for going back and for going forward.
pub(super) fn sum_weights(space: &Space<'_>) -> (f64, f64) {
    let sum = |toward| {
        list_weight_reasons(space, toward)
            .iter()
            .filter_map(|reason| reason.weight)
            .sum()
    };
    (sum(Toward::Back), sum(Toward::Forward))
}

/// For a forced verdict: a value of every deciding fact under which the verdict stands, the most
/// restricting first.
pub(super) fn list_assumed_values(
    space: &Space<'_>,
    ranked: &[FactSlot],
) -> Vec<(String, FactValue)> {
    let world = space.world;
    let mut out = Vec::new();
    for slot in ranked {
        let stands = |value: &Val| space.with(&[(*slot, *value)]).1.option == space.outcome.option;
        if let Some(value) = space.classes(*slot).into_iter().find(stands) {
            out.push((world.keys[*slot].clone(), world.shown(*slot, value)));
        }
    }
    out
}
