//! What would change the option: single answers first, then pairs, then the fewest that suffice.

use super::explain::{option_words, phrase_fact_value};
use super::joint::Joint;
use super::space::Space;
use super::verdict::VerdictOutcome;
use super::world::FactSlot;
use crate::checklist::Checklist;
use crate::checklist::cel::Val;
use model::{Flip, OptionId};

/// An option with what follows.
type OptionPair = (OptionId, Option<OptionId>);

/// Most flips that are shown.
const SHOWN: usize = 3;
/// Most pairs that are tried.
const PAIRS: usize = 4000;

/// Single answers that change the option.
pub(super) fn find_single_flips(
    space: &Space<'_>,
    slots: &[FactSlot],
) -> Vec<(FactSlot, Val, VerdictOutcome)> {
    let mut out = Vec::new();
    for slot in slots {
        for value in space.classes(*slot) {
            let (_, outcome) = space.with(&[(*slot, value)]);
            if outcome.pair() != space.outcome.pair() {
                out.push((*slot, value, outcome));
            }
        }
    }
    out
}

/// At most three flips. `ranked` are the open facts in the order in which they are asked.
pub(super) fn list_shown_flips(
    space: &Space<'_>,
    checklist: &Checklist,
    ranked: &[FactSlot],
    joint: Option<&Joint>,
    firm: bool,
) -> Vec<Flip> {
    let mut changes: Vec<(Vec<(FactSlot, Val)>, OptionPair)> = Vec::new();
    if firm {
        return Vec::new();
    }
    let singles = find_single_flips(space, ranked);
    for (slot, value, outcome) in &singles {
        add_flip_once(&mut changes, vec![(*slot, *value)], outcome.pair());
    }
    if changes.len() < SHOWN {
        add_pair_flips(space, ranked, &singles, &mut changes);
    }
    if changes.is_empty()
        && let Some(witness) = joint.and_then(|joint| joint.witness(space))
    {
        let option = space.with(&witness).1.pair();
        add_flip_once(&mut changes, witness, option);
    }
    if changes.is_empty() {
        add_small_fact_flips(space, &mut changes);
    }
    if changes.is_empty() {
        add_settled_fact_flips(space, &mut changes);
    }
    // to hold now and to hold next is the same to whoever reads it, unless it is all that an answer
    // can change
    let again = |(_, (option, then)): &(Vec<(FactSlot, Val)>, OptionPair)| *then == Some(*option);
    if !changes.iter().all(again) {
        changes.retain(|change| !again(change));
    }
    // an answer that needs many others at the same time helps nobody who can give few
    if changes.iter().any(|(set, _)| set.len() <= NAMED) {
        changes.retain(|(set, _)| set.len() <= NAMED);
    }
    changes.truncate(SHOWN);
    changes
        .into_iter()
        .filter_map(|(set, option)| build_flip(space, checklist, &set, option))
        .collect()
}

/// Facts of one flip that are named; a sentence with more is read by nobody.
const NAMED: usize = 3;

/// One flip a fact and option is enough.
fn add_flip_once(
    changes: &mut Vec<(Vec<(FactSlot, Val)>, OptionPair)>,
    set: Vec<(FactSlot, Val)>,
    option: OptionPair,
) {
    let facts = |set: &[(FactSlot, Val)]| set.iter().map(|(slot, _)| *slot).collect::<Vec<_>>();
    if !changes
        .iter()
        .any(|(known, to)| facts(known) == facts(&set) && *to == option)
    {
        changes.push((set, option));
    }
}

fn add_pair_flips(
    space: &Space<'_>,
    ranked: &[FactSlot],
    singles: &[(FactSlot, Val, VerdictOutcome)],
    changes: &mut Vec<(Vec<(FactSlot, Val)>, OptionPair)>,
) {
    let alone =
        |slot: FactSlot, value: Val| singles.iter().any(|(s, v, _)| *s == slot && *v == value);
    let mut tried = 0;
    for (place, first) in ranked.iter().enumerate() {
        for second in &ranked[place + 1..] {
            for a in space
                .classes(*first)
                .into_iter()
                .filter(|a| !alone(*first, *a))
            {
                for b in space
                    .classes(*second)
                    .into_iter()
                    .filter(|b| !alone(*second, *b))
                {
                    tried += 1;
                    if tried > PAIRS || changes.len() >= SHOWN {
                        return;
                    }
                    let set = [(*first, a), (*second, b)];
                    let (_, outcome) = space.with(&set);
                    if outcome.pair() != space.outcome.pair() {
                        add_flip_once(changes, set.to_vec(), outcome.pair());
                    }
                }
            }
        }
    }
}

/// A close verdict is shown with the small facts that would turn it.
fn add_small_fact_flips(space: &Space<'_>, changes: &mut Vec<(Vec<(FactSlot, Val)>, OptionPair)>) {
    for (slot, value, outcome) in find_single_flips(space, &space.small) {
        add_flip_once(changes, vec![(slot, value)], outcome.pair());
    }
    if changes.is_empty() {
        let everything: Vec<FactSlot> = space.weighty.iter().chain(&space.small).copied().collect();
        if let Some(witness) = space
            .joint(&everything)
            .and_then(|joint| joint.witness(space))
        {
            let option = space.with(&witness).1.pair();
            add_flip_once(changes, reduce_flip_answers(space, witness, option), option);
        }
    }
}

/// What of an assignment is needed to come to an option: each fact that can be left out is left
/// out.
fn reduce_flip_answers(
    space: &Space<'_>,
    mut set: Vec<(FactSlot, Val)>,
    option: OptionPair,
) -> Vec<(FactSlot, Val)> {
    let mut at = 0;
    while at < set.len() && set.len() > 1 {
        let mut fewer = set.clone();
        fewer.remove(at);
        if space.with(&fewer).1.pair() == option {
            set = fewer;
        } else {
            at += 1;
        }
    }
    set
}

/// A thin margin over settled facts: which of them, had it been otherwise, would have turned it.
fn add_settled_fact_flips(
    space: &Space<'_>,
    changes: &mut Vec<(Vec<(FactSlot, Val)>, OptionPair)>,
) {
    for slot in 0..space.world.keys.len() {
        if space.world.open[slot]
            || space.world.ignored[slot]
            || space.world.keys[slot].contains("[]")
        {
            continue;
        }
        for value in space.classes(slot) {
            let outcome = space.with_any(&[(slot, value)]);
            if outcome.pair() != space.outcome.pair() {
                add_flip_once(changes, vec![(slot, value)], outcome.pair());
            }
        }
    }
}

fn build_flip(
    space: &Space<'_>,
    checklist: &Checklist,
    set: &[(FactSlot, Val)],
    option: OptionPair,
) -> Option<Flip> {
    let world = space.world;
    let mut words: Vec<String> = set
        .iter()
        .take(NAMED)
        .map(|(slot, value)| {
            phrase_fact_value(checklist, world, *slot, &world.shown(*slot, *value))
        })
        .collect();
    if set.len() > NAMED {
        words.push(match set.len() - NAMED {
            1 => "1 more answer at the same time".to_owned(),
            more => format!("{more} more answers at the same time"),
        });
    }
    let mut pairs = set
        .iter()
        .map(|(slot, value)| (world.keys[*slot].clone(), world.shown(*slot, *value)));
    let (fact, value) = pairs.next()?;
    let (option, then) = option;
    let follows = then
        .map(|then| format!(", then {}", option_words(then)))
        .unwrap_or_default();
    let answer = words.join(", and ");
    Some(Flip {
        fact,
        value,
        option,
        says: format!("{answer} → {}{follows}", option_words(option)).into(),
        answer: answer.into(),
        with: pairs.collect(),
        then,
    })
}
