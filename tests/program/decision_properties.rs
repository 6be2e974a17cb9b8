//! Properties of the decision.

use crate::support;

use std::collections::BTreeMap;

use backout::checklist::catalogue::{self, Values};
use backout::checklist::{Checklist, Question};
use backout::decision::{list_question_answers, make_decision};
use backout::model::{Fact, FactValue, Facts, NextQuestion, OptionId, OptionState, Strength};
use proptest::prelude::*;
use support::{context, opened, state, story, verdict};

/// Keys of facts that rules may read, one dependent named.
fn keys() -> Vec<String> {
    catalogue::list_fact_definitions()
        .iter()
        .map(|def| def.key.replacen("[]", "[storefront]", 1))
        .collect()
}

fn value(key: &str, pick: usize) -> FactValue {
    match catalogue::find_fact_definition(key).unwrap().values {
        Values::Words(words) => FactValue::word(words[pick % words.len()]),
        // no way takes no time, so zero is no answer there
        Values::Number(_) if key.starts_with("deployment.minutes_") => {
            FactValue::Number([3.0, 1.0, 5.0, 31.0, 90.0, 2880.0][pick % 6])
        }
        Values::Number(_) => FactValue::Number([0.0, 1.0, 5.0, 31.0, 90.0, 2880.0][pick % 6]),
    }
}

/// Any facts: each is known, known with low confidence, said to be unknown, or missing.
fn any_facts() -> impl Strategy<Value = Facts> {
    let each = prop::collection::vec((0..8usize, 0..6usize), keys().len());
    each.prop_map(|picks| {
        let mut facts = Facts::new();
        for (key, (how, pick)) in keys().into_iter().zip(picks) {
            let fact = match how {
                0 => continue,
                1 => Fact::sensed(&key, FactValue::Unknown),
                2 => Fact::sensed(&key, value(&key, pick)).low(),
                _ => Fact::sensed(&key, value(&key, pick)),
            };
            facts.insert(key, fact);
        }
        facts
    })
}

/// A story with some answers laid over it, so that firm verdicts are common.
fn answered_story() -> impl Strategy<Value = Facts> {
    let all = keys().len();
    (
        0..support::STORIES.len(),
        any::<bool>(),
        prop::collection::vec((0..all, 0..6usize), 0..10),
    )
        .prop_map(|(at, opening, picks)| {
            let mut facts = if opening {
                opened(support::STORIES[at])
            } else {
                story(support::STORIES[at])
            };
            for (place, pick) in picks {
                let key = &keys()[place];
                facts.insert(key.clone(), Fact::stated(key, value(key, pick)));
            }
            facts
        })
}

/// What settles a story for one way or the other.
const SETTLING: [&str; 4] = [
    "fix.state=none cause.attribution=strong impact.all_users=no contract.is_the_fault=no \
        database.verified=yes",
    "fix.state=tested fix.isolated=yes cause.attribution=strong impact.all_users=no \
        contract.is_the_fault=no database.verified=no",
    "fix.state=none cause.attribution=strong dependent[storefront].copes=no \
        dependent[storefront].can_go_back=no impact.all_users=no",
    "deployment.previous_available=no deployment.previous_source=no cause.attribution=strong \
        fix.state=known fix.isolated=yes",
];

/// The same, mostly settled: most stories are open until people answered, and firm is what some
/// properties are about.
fn settled_story() -> impl Strategy<Value = Facts> {
    let all = keys().len();
    (
        0..support::STORIES.len(),
        0..SETTLING.len(),
        prop::collection::vec((0..all, 0..6usize), 0..4),
    )
        .prop_map(|(at, how, picks)| {
            let mut facts = support::answer(opened(support::STORIES[at]), SETTLING[how]);
            for (place, pick) in picks {
                let key = &keys()[place];
                facts.insert(key.clone(), Fact::stated(key, value(key, pick)));
            }
            facts
        })
}

fn open(facts: &Facts, key: &str) -> bool {
    facts.get(key).is_none_or(|fact| {
        fact.value == FactValue::Unknown
            || fact.confidence == backout::model::Sureness::Low
            || fact.value.as_word() == Some("likely")
    })
}

fn set(facts: &Facts, changes: &[(String, FactValue)]) -> Facts {
    let mut facts = facts.clone();
    for (key, value) in changes {
        facts.insert(key.clone(), Fact::stated(key, value.clone()));
    }
    facts
}

/// Facts whose most restricting value is a blocker of going back.
const BLOCKING: [&str; 10] = [
    "deployment.previous_available",
    "deployment.previous_good",
    "deployment.undo_path",
    "deployment.mixed",
    "release.security_fix",
    "config.newer_than_previous",
    "cause.attribution",
    "database.start_gate",
    "database.old_code",
    "dependent[storefront].can_go_back",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_input_gives_the_same_decision(facts in any_facts()) {
        prop_assert_eq!(verdict(&facts), verdict(&facts));
    }

    #[test]
    fn adding_a_blocker_never_helps_going_back(facts in any_facts(), at in 0..BLOCKING.len()) {
        let key = BLOCKING[at];
        let Values::Words(words) = catalogue::find_fact_definition(key).unwrap().values else { unreachable!() };
        let as_it_was = verdict(&facts);
        let without = verdict(&set(&facts, &[(key.to_owned(), value(key, words.len() - 1))]));
        let with = verdict(&set(&facts, &[(key.to_owned(), value(key, 0))]));
        for option in [OptionId::RollBack, OptionId::RollBackWithConditions] {
            prop_assert!(state(&with, option) >= state(&without, option), "{option:?} {key}");
            prop_assert!(state(&with, option) != OptionState::Cleared || state(&as_it_was, option) == OptionState::Cleared, "{option:?} {key}");
        }
    }

    #[test]
    fn not_knowing_is_never_better_than_the_best_answer_and_never_clears(facts in answered_story(), at in 0..BLOCKING.len()) {
        let key = BLOCKING[at];
        // the first fact about a dependent brings the dependent itself, and with it what else is not known of it
        prop_assume!(!key.starts_with("dependent[") || facts.contains_key("dependent[storefront].uses"));
        let mut without = facts.clone();
        without.remove(key);
        let unknown = verdict(&without);
        let Values::Words(words) = catalogue::find_fact_definition(key).unwrap().values else { unreachable!() };
        for option in [OptionId::RollBack, OptionId::RollBackWithConditions, OptionId::FlagOff, OptionId::ShiftTraffic] {
            let best = words.iter().map(|word| state(&verdict(&set(&facts, &[(key.to_owned(), FactValue::word(*word))])), option)).min().unwrap();
            prop_assert!(state(&unknown, option) >= best, "{option:?} {key} unknown {:?} best \
                {best:?}", state(&unknown, option));
        }
    }

    #[test]
    fn firm_means_that_no_assignment_changes_the_option(facts in prop_oneof![answered_story(), settled_story()], picks in prop::collection::vec(prop::collection::vec(0..6usize, 60), 24)) {
        let decision = verdict(&facts);
        prop_assume!(decision.strength == Strength::Firm);
        prop_assert!(decision.flips.is_empty());
        // what follows from settled facts is settled
        let derived = |key: &String| decision.trace.iter().any(|line| line.starts_with(&format!("{key} = ")));
        let open: Vec<String> = keys().into_iter().filter(|key| open(&facts, key) && !derived(key) && !key.starts_with("dependent[")).collect();
        for pick in picks {
            let changes: Vec<_> = open.iter().zip(pick).map(|(key, pick)| (key.clone(), value(key, pick))).filter(|(_, value)| value.as_word() != Some("likely")).collect();
            let other = verdict(&set(&facts, &changes));
            prop_assert_eq!((other.option, other.then), (decision.option, decision.then), "{:?}", changes);
        }
    }

    #[test]
    fn not_firm_means_that_one_answer_is_shown_that_changes_it(facts in answered_story()) {
        let decision = verdict(&facts);
        prop_assume!(decision.strength != Strength::Firm);
        prop_assert!(!decision.flips.is_empty() || decision.margin.is_some_and(|margin| margin.abs() < 1.0), "{:?} {:?}\n{}", decision.option, decision.open_facts, decision.trace.join("\n"));
        prop_assert!(decision.flips.len() <= 3);
        for flip in &decision.flips {
            let mut changes = vec![(flip.fact.clone(), flip.value.clone())];
            changes.extend(flip.with.iter().cloned());
            let other = verdict(&set(&facts, &changes));
            prop_assert_eq!((other.option, other.then), (flip.option, flip.then), "{}", flip.says);
            prop_assert_ne!((other.option, other.then), (decision.option, decision.then));
        }
    }

    #[test]
    fn questions_are_about_open_facts_and_never_about_small_ones(facts in answered_story()) {
        let decision = verdict(&facts);
        for question in &decision.questions {
            prop_assert!(question.settles.iter().any(|key| open(&facts, key)), "{question:?}");
            prop_assert!(question.fact != "users.notice" && question.fact != "deployment.previous_installed", "{question:?}");
            prop_assert!(!question.why_now.is_empty() && !question.asks.as_raw().contains('{'), "{question:?}");
        }
        prop_assert!(decision.strength != Strength::Firm || decision.open_facts.is_empty());
    }
}

fn shuffled(seed: u64) -> Checklist {
    let mut yaml: serde_yaml::Value = serde_yaml::from_str(&Checklist::embedded().yaml).unwrap();
    let mut seed = seed;
    let mut random = move |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for section in [
        "questions",
        "needs",
        "blockers",
        "considerations",
        "situations",
        "gates",
        "derive",
        "usage",
    ] {
        let list = yaml.get_mut(section).unwrap().as_sequence_mut().unwrap();
        for at in (1..list.len()).rev() {
            list.swap(at, random(at + 1));
        }
        if section == "blockers" {
            for blocker in list {
                let cases = blocker.get_mut("cases").unwrap().as_sequence_mut().unwrap();
                for at in (1..cases.len()).rev() {
                    cases.swap(at, random(at + 1));
                }
            }
        }
    }
    Checklist::from_yaml(&serde_yaml::to_string(&yaml).unwrap()).unwrap()
}

#[test]
fn the_order_of_rules_does_not_matter() {
    for seed in 0..4 {
        let other = shuffled(seed);
        for name in support::STORIES {
            for facts in [story(name), opened(name)] {
                assert_eq!(
                    make_decision(&facts, &other, &context()),
                    verdict(&facts),
                    "{name} {seed}"
                );
            }
        }
    }
}

/// Answers a story's questions one by one until the verdict is firm or close; returns how many were
/// asked.
fn asked_until_settled(mut facts: Facts, truth: &BTreeMap<&str, &str>) -> (usize, Vec<String>) {
    let checklist = Checklist::embedded();
    let mut asked = Vec::new();
    loop {
        let decision = verdict(&facts);
        let Some(next) = decision.next_question.clone() else {
            return (asked.len(), asked);
        };
        if decision.strength != Strength::Open {
            return (asked.len(), asked);
        }
        assert!(asked.len() < 12, "more than 12 questions: {asked:?}");
        asked.push(next.question.clone());
        let question = checklist.question(&next.question).unwrap();
        for (key, value) in best_choice(question, &next, truth) {
            facts.insert(key.clone(), Fact::stated(&key, value));
        }
    }
}

/// The choice that agrees with what is true of the story; a fact the truth does not name is
/// answered as not restricting.
fn best_choice(
    question: &Question,
    next: &NextQuestion,
    truth: &BTreeMap<&str, &str>,
) -> Vec<(String, FactValue)> {
    let choices = list_question_answers(question, next, &context());
    let agrees = |sets: &Vec<(String, FactValue)>| {
        sets.iter()
            .filter(|(key, value)| truth.get(key.as_str()) == value.as_word().as_ref())
            .count()
    };
    let contradicts = |sets: &Vec<(String, FactValue)>| {
        sets.iter()
            .filter(|(key, value)| {
                truth
                    .get(key.as_str())
                    .is_some_and(|word| value.as_word() != Some(word))
            })
            .count()
    };
    match choices
        .iter()
        .filter(|(.., sets)| contradicts(sets) == 0)
        .max_by_key(|(.., sets)| (agrees(sets), std::cmp::Reverse(sets.len())))
    {
        Some((.., sets)) => sets.clone(),
        None => next
            .settles
            .iter()
            .map(|key| (key.clone(), FactValue::Unknown))
            .collect(),
    }
}

#[test]
fn the_budget_of_questions_holds_for_every_story() {
    let common = "harm.irreversible=none deployment.in_progress=no deployment.mixed=no \
        impact.now=degraded impact.all_users=no switch.exists=no \
        deployment.old_side_warm=no deployment.previous_available=yes deployment.previous_good=yes \
        deployment.undo_path=ok database.new_form_rows=no \
        contract.is_the_fault=no ";
    let columns = [
        (
            "card-service",
            "dependent[storefront].copes=no dependent[storefront].can_go_back=no",
        ),
        (
            "card-service",
            "dependent[storefront].copes=no dependent[storefront].can_go_back=yes fix.state=none \
                cause.attribution=strong",
        ),
        (
            "card-service-fault",
            "contract.is_the_fault=yes fix.state=none cause.attribution=strong",
        ),
        (
            "card-service-fault",
            "fix.state=tested fix.isolated=yes cause.attribution=plausible",
        ),
        (
            "new-table",
            "database.verified=yes fix.state=none cause.attribution=plausible",
        ),
        (
            "new-table",
            "database.verified=yes fix.state=known fix.isolated=yes cause.attribution=plausible",
        ),
        ("not-null", "fix.state=none cause.attribution=strong"),
        (
            "not-null",
            "fix.state=tested fix.isolated=yes cause.attribution=plausible",
        ),
        (
            "styling",
            "impact.now=cosmetic fix.state=none cause.attribution=strong",
        ),
        (
            "styling",
            "impact.now=cosmetic fix.state=tested fix.isolated=yes cause.attribution=plausible",
        ),
        ("quarterly", ""),
    ];
    let live = "deployment.in_progress=no deployment.mixed=no deployment.old_side_warm=no \
        deployment.previous_available=yes deployment.previous_good=yes deployment.undo_path=ok";
    for (name, answers) in columns {
        let truth: BTreeMap<&str, &str> = common
            .split_whitespace()
            .chain(answers.split_whitespace())
            .map(|pair| pair.split_once('=').unwrap())
            .collect();
        let (count, asked) = asked_until_settled(story(name), &truth);
        println!("{name} {answers}: {count} {asked:?}");
        // what users have stored is never derived from a range without a migration: where it
        // decides, somebody is asked
        let stored = usize::from(asked.iter().any(|question| question == "new-form"));
        assert!(count <= 8 + stored, "{name} {answers}: {asked:?}");
        let (count, asked) = asked_until_settled(support::answer(story(name), live), &truth);
        println!("  live: {count} {asked:?}");
        // a dependent's or a database owner's own question comes on top where there is one
        let own = asked
            .iter()
            .filter(|question| {
                matches!(
                    question.as_str(),
                    "dependent-copes" | "verified" | "new-form" | "contract-fault"
                )
            })
            .count();
        assert!(count <= 5 + own, "live, {name} {answers}: {asked:?}");
    }
}
