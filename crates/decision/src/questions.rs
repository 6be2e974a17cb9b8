//! What to find out next: danger first, then what can change the option, cheapest first.

use model::fact_key;
use std::collections::BTreeSet;

use super::explain::{option_shout, phrase_fact_value, question_for, render_sentence};
use super::flips;
use super::instances::RuleInstance;
use super::joint::Joint;
use super::space::Space;
use super::verdict::bit;
use super::world::{FactSlot, WorldView, convert_fact_value};
use crate::checklist::catalogue::{self, Values};
use crate::checklist::cel::{Truth, Val};
use crate::checklist::{Checklist, Choice, Question};
use model::{Gate, NextQuestion, OptionId, OptionState};

/// So many of the next questions are explained with the help of other open facts; the rest are
/// explained when their turn comes.
const EXPLAINED: usize = 8;
/// Questions that a person is asked at most; amounts are left out first.
const BUDGET: u64 = 11;
/// The same for an amount that is only for what is done beside the verdict.
const BESIDE: u64 = 10;
/// Facts in words that say how much or how long.
const AMOUNTS: [&str; 2] = [fact_key::RELEASE_SIZE, fact_key::DEPLOYMENT_USAGE_CLASS];

/// Questions in the order they will be asked, and the open facts in that order (those without a
/// question last).
pub(super) fn order_questions(
    space: &Space<'_>,
    checklist: &Checklist,
    joint: Option<&Joint>,
    firm: bool,
) -> (Vec<NextQuestion>, Vec<FactSlot>) {
    let world = space.world;
    let deciding: Vec<FactSlot> =
        joint.map_or_else(|| space.weighty.clone(), |joint| joint.deciding(space));
    let mut chosen = choose_opening_questions(space, checklist, &deciding, firm);
    let ranked = rank_deciding_facts(space, checklist, &deciding);
    let mut covered: BTreeSet<FactSlot> = chosen
        .iter()
        .flat_map(|(question, dependent)| world.settles(question, *dependent))
        .collect();
    for fact in &ranked {
        let Some(question) = fact.question else {
            continue;
        };
        let dependent = world.dependent_of(fact.slot);
        if covered.insert(fact.slot) {
            covered.extend(world.settles(question, dependent));
            chosen.push((question, dependent));
        }
    }
    // what is done beside the verdict can wait until the verdict is known
    for beside in choose_questions_beside(space, checklist) {
        let asked = |(question, dependent): &ChosenQuestion<'_>| {
            (question.id.as_str(), *dependent) == (beside.0.id.as_str(), beside.1)
        };
        if !chosen.iter().any(asked) {
            chosen.push(beside);
        }
    }
    let mut facts: Vec<FactSlot> = chosen
        .iter()
        .flat_map(|(question, dependent)| world.settles(question, *dependent))
        .filter(|slot| deciding.contains(slot))
        .collect();
    facts.extend(ranked.iter().map(|fact| fact.slot));
    let mut seen = BTreeSet::new();
    facts.retain(|slot| seen.insert(*slot));
    let questions = chosen
        .into_iter()
        .enumerate()
        .map(|(place, (question, dependent))| {
            build_next_question(
                space,
                checklist,
                question,
                dependent,
                if place < EXPLAINED { &facts } else { &[] },
            )
        })
        .collect();
    (questions, facts)
}

/// A question, and the dependent that it is asked about.
type ChosenQuestion<'c> = (&'c Question, Option<usize>);

/// The opening is about danger and always asked; at a gate only what the gate needs, and nothing
/// once no answer can change anything.
fn choose_opening_questions<'c>(
    space: &Space<'_>,
    checklist: &'c Checklist,
    deciding: &[FactSlot],
    firm: bool,
) -> Vec<ChosenQuestion<'c>> {
    let world = space.world;
    let mut opening: Vec<&Question> = checklist
        .questions
        .iter()
        .filter(|question| question.opening.is_some())
        .collect();
    opening.sort_by_key(|question| question.opening);
    let mut chosen: Vec<ChosenQuestion<'_>> = Vec::new();
    for question in opening {
        let Some(primary) = world.settles(question, None).first().copied() else {
            continue;
        };
        if world.open[primary]
            && !world.asked[primary]
            && (!(space.outcome.by_gate || firm) || deciding.contains(&primary))
        {
            chosen.push((question, None));
        }
    }
    chosen
}

/// Some questions are asked for what is done beside the verdict.
fn choose_questions_beside<'c>(
    space: &Space<'_>,
    checklist: &'c Checklist,
) -> Vec<ChosenQuestion<'c>> {
    let world = space.world;
    let mut chosen = Vec::new();
    let answered = super::answered::count_asked_questions(world.facts, checklist);
    let view = WorldView {
        world,
        values: &world.values,
    };
    for question in &checklist.questions {
        let Some(primary) = world.settles(question, None).first().copied() else {
            continue;
        };
        let asked_too = question
            .also_when
            .as_ref()
            .is_some_and(|when| when.node.eval(&view, None) == Truth::True);
        // how long and how much is asked only while there is room
        let within = question.unit.is_none() || answered < BESIDE;
        let open = world.open[primary] && !world.asked[primary];
        if asked_too && open && within && !space.outcome.by_gate {
            chosen.push((question, None));
        }
    }
    chosen
}

/// An open fact with what decides when it is asked about.
struct RankedFact<'c> {
    /// 1 is the most urgent.
    class: u8,
    /// What the answer costs, in thousandths of a minute.
    cost: u64,
    /// Id of the question, or the key of a fact that has none.
    id: String,
    slot: FactSlot,
    question: Option<&'c Question>,
}

/// Open facts that can change the verdict: what alone settles it first, then what stands in the way,
/// cheapest first.
fn rank_deciding_facts<'c>(
    space: &Space<'_>,
    checklist: &'c Checklist,
    deciding: &[FactSlot],
) -> Vec<RankedFact<'c>> {
    let world = space.world;
    let alone = find_facts_that_decide_alone(space, checklist, deciding);
    let blocking = open_blockers(space);
    let class = |slot: &FactSlot| match slot {
        slot if alone.contains(slot) => 1,
        slot if blocking.contains(slot) => 2,
        _ => 3,
    };
    // the row for dependents that nobody named waits until it is known whether anything vanishes
    let waits = |slot: FactSlot, question: &Question| {
        let unnamed = world.unnamed
            && world.dependent_of(slot).is_some()
            && matches!(world.values[world.way_back()], Val::Unknown | Val::Word(1));
        let known = |key: &String| {
            world
                .concrete(key, None)
                .is_some_and(|slot| world.values[slot] != Val::Unknown)
        };
        unnamed || !(question.after.is_empty() || question.after.iter().any(known))
    };
    let answered = super::answered::count_asked_questions(world.facts, checklist);
    let mut ranked: Vec<RankedFact<'_>> = Vec::new();
    // what could stand in the way is asked before how long and how much
    let amount = |slot: &FactSlot| {
        matches!(
            catalogue::find_fact_definition(&world.keys[*slot]).map(|def| def.values),
            Some(Values::Number(_))
        ) || AMOUNTS.contains(&world.keys[*slot].as_str())
    };
    let class = |slot: &FactSlot| class(slot) + if amount(slot) { 3 } else { 0 };
    for slot in deciding.iter().filter(|slot| world.open[**slot]) {
        let question = question_for(checklist, world, *slot, deciding)
            .filter(|question| !world.asked[*slot] && !waits(*slot, question))
            .filter(|_| !comes_after_an_easier_way(space, *slot));
        // how long and how much is asked only within the budget
        let question = question.filter(|_| answered < BUDGET || !amount(slot));
        ranked.push(RankedFact {
            class: class(slot),
            cost: question.map_or(u64::MAX, |question| (question.minutes * 1000.0) as u64),
            id: question.map_or_else(|| world.keys[*slot].clone(), |question| question.id.clone()),
            slot: *slot,
            question,
        });
    }
    // a question is as urgent as the most urgent fact it settles
    let urgency = |question: &Question, dependent: Option<usize>| {
        world
            .settles(question, dependent)
            .iter()
            .filter(|slot| deciding.contains(slot))
            .map(class)
            .min()
            .unwrap_or(6)
    };
    for fact in &mut ranked {
        if let Some(question) = fact.question {
            fact.class = urgency(question, world.dependent_of(fact.slot));
        }
    }
    ranked.sort_by(|a, b| (a.class, a.cost, &a.id, a.slot).cmp(&(b.class, b.cost, &b.id, b.slot)));
    ranked
}

/// Open facts that settle another verdict without any other answer: by one value, or by one answer
/// that gives several facts at once.
fn find_facts_that_decide_alone(
    space: &Space<'_>,
    checklist: &Checklist,
    deciding: &[FactSlot],
) -> BTreeSet<FactSlot> {
    let world = space.world;
    let mut alone: BTreeSet<FactSlot> = flips::find_single_flips(space, deciding)
        .into_iter()
        .filter(|(.., outcome)| outcome.settled && outcome.option != OptionId::Hold)
        .map(|(slot, ..)| slot)
        .collect();
    let decides = |sets: &[(FactSlot, Val)]| {
        let (_, outcome) = space.with(sets);
        let waits = !outcome.settled || outcome.option == OptionId::Hold;
        !waits && outcome.pair() != space.outcome.pair()
    };
    let opening = |question: &&Question| question.opening.is_none();
    for question in checklist.questions.iter().filter(opening) {
        let rows = if question.facts.iter().any(|key| key.contains("[]")) {
            (0..world.dependents.len()).map(Some).collect()
        } else {
            vec![None]
        };
        for dependent in rows {
            for choice in &question.choices {
                let sets: Vec<(FactSlot, Val)> = list_choice_sets(space, choice, dependent)
                    .into_iter()
                    .filter(|(slot, _)| world.open[*slot])
                    .collect();
                let new =
                    |(slot, _): &(FactSlot, Val)| deciding.contains(slot) && !alone.contains(slot);
                if sets.iter().any(new) && decides(&sets) {
                    alone.extend(sets.iter().map(|(slot, _)| *slot));
                }
            }
        }
    }
    alone
}

/// While a switch or a warm side is the verdict: whether a fact can only change what would come
/// after it. Such a question costs minutes that moving the traffic does not take.
fn comes_after_an_easier_way(space: &Space<'_>, slot: FactSlot) -> bool {
    let option = space.outcome.option;
    if !matches!(option, OptionId::FlagOff | OptionId::ShiftTraffic) {
        return false;
    }
    let rules = space.instances.iter().zip(&space.live);
    !rules
        .filter(|(_, live)| live.contains(&slot))
        .any(|(instance, _)| match instance.rule {
            RuleInstance::Need(need) => need.option == option,
            RuleInstance::Case(_, case) => {
                case.verdict.is_some() || case.effect.iter().any(|(touched, _)| *touched == option)
            }
            RuleInstance::Weight(_) => false,
            _ => true,
        })
}

/// Facts that undecided blockers of going back wait for, and of a switch or a warm side that is
/// known to exist.
fn open_blockers(space: &Space<'_>) -> BTreeSet<FactSlot> {
    let world = space.world;
    let view = WorldView {
        world,
        values: &world.values,
    };
    let gone = space.sum.back == OptionState::Removed && space.sum.back_if == OptionState::Removed;
    let mut out = BTreeSet::new();
    for (at, instance) in space.instances.iter().enumerate() {
        let RuleInstance::Case(_, case) = instance.rule else {
            continue;
        };
        let touches = case.effect.iter().any(|(option, _)| match option {
            OptionId::RollBack | OptionId::RollBackWithConditions => {
                !gone && !case.only_when_known.contains(option)
            }
            OptionId::FlagOff | OptionId::ShiftTraffic => !case.only_when_known.contains(option),
            _ => false,
        });
        if touches && instance.holds(&view) == Truth::Unknown {
            out.extend(space.live[at].iter().copied());
        }
    }
    out
}

fn build_next_question(
    space: &Space<'_>,
    checklist: &Checklist,
    question: &Question,
    dependent: Option<usize>,
    others: &[FactSlot],
) -> NextQuestion {
    let world = space.world;
    // what is known already, or was asked already, is not settled again
    let all = world.settles(question, dependent);
    let fresh =
        |slot: &FactSlot| all.first() == Some(slot) || (world.open[*slot] && !world.asked[*slot]);
    let settles: Vec<String> = all
        .iter()
        .filter(|slot| fresh(slot))
        .map(|slot| world.keys[*slot].clone())
        .collect();
    NextQuestion {
        fact: settles.first().cloned().unwrap_or_default(),
        question: question.id.clone(),
        asks: render_sentence(choose_question_wording(question, world), world, dependent).into(),
        why_now: why_now(space, checklist, question, dependent, others).into(),
        settles,
        who: (!question.who.is_empty())
            .then(|| render_sentence(&question.who, world, dependent))
            .map(Into::into),
        minutes: Some(question.minutes),
    }
}

/// The question as it is put where the deployment is: before anything is out it is about what runs
/// now.
fn choose_question_wording<'q>(question: &'q Question, world: &super::world::World<'_>) -> &'q str {
    let start = world.context.gate == Some(Gate::Start);
    question
        .asks_at_start
        .as_deref()
        .filter(|_| start)
        .unwrap_or(&question.asks)
}

/// Each answer as it is written, with the values it would set.
fn list_possible_answers(
    space: &Space<'_>,
    checklist: &Checklist,
    question: &Question,
    dependent: Option<usize>,
) -> Vec<(String, Vec<(FactSlot, Val)>)> {
    let world = space.world;
    let mut answers: Vec<(String, Vec<(FactSlot, Val)>)> = Vec::new();
    for choice in &question.choices {
        answers.push((
            format!("\"{}\"", render_sentence(&choice.title, world, dependent)),
            list_choice_sets(space, choice, dependent),
        ));
    }
    if question.choices.is_empty() {
        for slot in world.settles(question, dependent).into_iter().take(1) {
            answers.extend(list_amount_answers(space, checklist, slot));
        }
    }
    answers
}

/// What one choice sets.
fn list_choice_sets(
    space: &Space<'_>,
    choice: &Choice,
    dependent: Option<usize>,
) -> Vec<(FactSlot, Val)> {
    choice
        .sets
        .iter()
        .filter_map(|(key, value)| {
            let slot = space.world.concrete(key, dependent)?;
            Some((slot, convert_fact_value(key, value)))
        })
        .collect()
}

/// Amounts that give the same option, and the same option after it.
type AmountRun = (Vec<f64>, (OptionId, Option<OptionId>));

/// Amounts as they are written: what every larger one does as well reads *or more*, what every
/// smaller one does reads *or less*; the value stands for all of them.
fn list_amount_answers(
    space: &Space<'_>,
    checklist: &Checklist,
    slot: FactSlot,
) -> Vec<(String, Vec<(FactSlot, Val)>)> {
    let world = space.world;
    let mut runs: Vec<AmountRun> = Vec::new();
    let mut amounts: Vec<f64> = space
        .classes(slot)
        .into_iter()
        .filter_map(|value| match value {
            Val::Number(number) => Some(number),
            _ => None,
        })
        .collect();
    amounts.sort_by(f64::total_cmp);
    for amount in amounts {
        let pair = space.with(&[(slot, Val::Number(amount))]).1.pair();
        match runs.last_mut().filter(|(_, known)| *known == pair) {
            Some((run, _)) => run.push(amount),
            None => runs.push((vec![amount], pair)),
        }
    }
    let last = runs.len().saturating_sub(1);
    runs.into_iter()
        .enumerate()
        .filter_map(|(at, (run, _))| {
            let (amount, more) = match at {
                0 if last > 0 => (*run.last()?, " or less"),
                at if at == last && last > 0 => (*run.first()?, " or more"),
                _ => (*run.first()?, ""),
            };
            let value = Val::Number(amount);
            let says = phrase_fact_value(checklist, world, slot, &world.shown(slot, value));
            Some((format!("{says}{more}"), vec![(slot, value)]))
        })
        .collect()
}

/// What each answer would make of the verdict, in words.
fn why_now(
    space: &Space<'_>,
    checklist: &Checklist,
    question: &Question,
    dependent: Option<usize>,
    others: &[FactSlot],
) -> String {
    let answers = list_possible_answers(space, checklist, question, dependent);
    let mut makes: Vec<(OptionId, Vec<String>)> = Vec::new();
    let mut removes: Vec<String> = Vec::new();
    let mut clears: Vec<String> = Vec::new();
    let mut follows: Vec<(OptionId, Vec<String>)> = Vec::new();
    let said = answers.clone();
    for (title, sets) in answers {
        let (sum, outcome) = space.with(&sets);
        let gone = |sum: &super::verdict::Sum| {
            sum.back == OptionState::Removed && sum.back_if == OptionState::Removed
        };
        let into = |list: &mut Vec<(OptionId, Vec<String>)>, option, title: &String| match list
            .iter_mut()
            .find(|(known, _)| *known == option)
        {
            Some((_, titles)) => titles.push(title.clone()),
            None => list.push((option, vec![title.clone()])),
        };
        if outcome.option != space.outcome.option {
            into(&mut makes, outcome.option, &title);
        } else if let (true, Some(then)) = (outcome.then != space.outcome.then, outcome.then) {
            into(&mut follows, then, &title);
        } else if gone(&sum) && !gone(&space.sum) {
            removes.push(title);
        } else if sum.back_if < space.sum.back_if || sum.back < space.sum.back {
            clears.push(title);
        }
    }
    let list = |titles: &[String]| {
        titles
            .iter()
            .take(2)
            .cloned()
            .collect::<Vec<_>>()
            .join(" or ")
    };
    let mut parts: Vec<String> = makes
        .iter()
        .take(2)
        .map(|(option, titles)| format!("{} makes this {}", list(titles), option_shout(*option)))
        .collect();
    parts.extend(follows.iter().take(2).map(|(option, titles)| {
        // only a running deployment is waited for before something else that has to wait
        let again = *option == space.outcome.option;
        let (answers, option) = (list(titles), option_shout(*option));
        if again && space.sum.bits & bit::DEPLOYING != 0 {
            format!("with {answers} it stays {option} when the deployment is over")
        } else if again {
            format!("with {answers} it stays {option}")
        } else {
            format!("after {answers}, {option} comes next")
        }
    }));
    if !removes.is_empty() {
        parts.push(format!("{} rules out ROLL BACK", list(&removes)));
    }
    if parts.is_empty() && !clears.is_empty() {
        parts.push(format!(
            "{} clears one thing that stands against ROLL BACK",
            list(&clears)
        ));
    }
    if parts.is_empty()
        && let Some(together) = find_joint_answer(space, checklist, &said, others)
    {
        parts.push(together);
    }
    if parts.is_empty() {
        parts.push(if question.opening.is_some() {
            question_why(question, space, dependent)
        } else {
            let why = question_why(question, space, dependent);
            match why.trim_end_matches('.') {
                "" => "together with other answers it can change the verdict".to_owned(),
                why => format!("{why}; together with other answers this can change the verdict"),
            }
        });
    }
    parts.join("; ")
}

/// The first answer that changes the option together with one other open fact.
fn find_joint_answer(
    space: &Space<'_>,
    checklist: &Checklist,
    answers: &[(String, Vec<(FactSlot, Val)>)],
    others: &[FactSlot],
) -> Option<String> {
    let world = space.world;
    for slot in others {
        for value in space.classes(*slot) {
            if space.with(&[(*slot, value)]).1.option != space.outcome.option {
                continue;
            }
            for (title, sets) in answers
                .iter()
                .filter(|(_, sets)| sets.iter().all(|(set, _)| set != slot))
            {
                let mut both = sets.clone();
                both.push((*slot, value));
                let option = space.with(&both).1.option;
                if option != space.outcome.option {
                    let shown =
                        phrase_fact_value(checklist, world, *slot, &world.shown(*slot, value));
                    return Some(format!(
                        "{title} makes this {} if {shown}",
                        option_shout(option)
                    ));
                }
            }
        }
    }
    None
}

fn question_why(question: &Question, space: &Space<'_>, dependent: Option<usize>) -> String {
    render_sentence(&question.why, space.world, dependent)
}
