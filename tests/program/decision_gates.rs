//! What gates end in, and what they set aside.

use crate::decision_rules::{BACK, BACK_IF, rules};
use crate::support;
use backout::checklist::Checklist;
use backout::decision::{
    DecisionContext, gate_status, judge_automation, make_decision, write_verdict_headline,
};
use backout::model::{Decision, Facts, Gate, Mode, OptionId, OptionState, Strength};
use support::{answer, context, opened, put, state, status, story, verdict};

fn at_gate(gate: Gate, facts: &Facts) -> Decision {
    make_decision(
        facts,
        &Checklist::embedded(),
        &DecisionContext {
            mode: Mode::Deployment,
            gate: Some(gate),
            ..context()
        },
    )
}

#[test]
fn gates_go_hold_or_no_go() {
    let mut facts = story("new-table");
    let start = at_gate(Gate::Start, &facts);
    assert_eq!(
        (start.option, start.strength),
        (OptionId::Hold, Strength::Open)
    );
    assert!(start.next_question.is_some());
    facts = answer(
        facts,
        "deployment.previous_available=yes deployment.previous_good=yes deployment.undo_path=ok \
            rehearsal.level=2 harm.irreversible=none deployment.in_progress=no impact.now=none",
    );
    assert_eq!(
        at_gate(Gate::Start, &facts).option,
        OptionId::Go,
        "{}",
        at_gate(Gate::Start, &facts).trace.join("\n")
    );
    let no_plan = at_gate(Gate::Start, &answer(facts.clone(), "rehearsal.level=0"));
    assert_eq!(no_plan.option, OptionId::NoGo);
    assert!(
        no_plan.because[0].says.as_raw().contains("rollback plan"),
        "{:?}",
        no_plan.because
    );
    assert_eq!(
        at_gate(Gate::Start, &answer(facts.clone(), "impact.now=down")).option,
        OptionId::Hold
    );
    let database = answer(facts.clone(), "data.damaged=no");
    assert_eq!(at_gate(Gate::Database, &database).option, OptionId::Hold);
    assert_eq!(
        at_gate(
            Gate::Database,
            &answer(database.clone(), "database.verified=yes")
        )
        .option,
        OptionId::Go
    );
    assert_eq!(
        at_gate(
            Gate::Database,
            &answer(database, "database.old_code=breaks-reads")
        )
        .option,
        OptionId::RollForward
    );
    assert_eq!(
        at_gate(Gate::Backend, &answer(facts.clone(), "deployment.mixed=no")).option,
        OptionId::Go
    );
    assert_eq!(
        at_gate(
            Gate::Backend,
            &answer(facts.clone(), "deployment.mixed=yes")
        )
        .option,
        OptionId::Hold
    );
    assert_eq!(
        at_gate(Gate::Complete, &answer(facts, "deployment.mixed=no")).option,
        OptionId::Go
    );
}

#[test]
fn any_gate_can_lead_back_once_an_incident_is_stated() {
    let facts = answer(opened("styling"), "cause.attribution=strong fix.state=none");
    assert_eq!(at_gate(Gate::Backend, &facts).option, BACK);
    // what is not out yet cannot vanish
    let card = answer(
        opened("card-service"),
        "dependent[storefront].copes=no dependent[storefront].can_go_back=no",
    );
    assert_eq!(
        state(&at_gate(Gate::Backend, &card), BACK),
        OptionState::Removed
    );
    assert_ne!(
        state(&at_gate(Gate::Database, &card), BACK),
        OptionState::Removed
    );
}

/// What somebody answers to the opening while it is down for everybody.
const DOWN: &str = "harm.irreversible=none deployment.in_progress=no deployment.mixed=no \
    impact.now=down impact.all_users=yes switch.exists=no \
    deployment.old_side_warm=no";

#[test]
fn the_first_gate_never_ends_in_a_way_back() {
    for mode in [
        Mode::Incident,
        Mode::Deployment,
        Mode::Rehearsal,
        Mode::Review,
    ] {
        for name in support::STORIES {
            let at_start = DecisionContext {
                mode,
                gate: Some(Gate::Start),
                ..context()
            };
            for (facts, more) in [
                (story(name), DOWN),
                (opened(name), DOWN),
                (
                    opened(name),
                    "fix.state=none cause.attribution=strong rehearsal.level=3",
                ),
            ] {
                let decision =
                    make_decision(&answer(facts, more), &Checklist::embedded(), &at_start);
                let allowed =
                    [OptionId::Go, OptionId::Hold, OptionId::NoGo].contains(&decision.option);
                assert!(
                    allowed
                        && decision
                            .flips
                            .iter()
                            .all(|flip| ![BACK, BACK_IF].contains(&flip.option)),
                    "{name}: {}",
                    decision.trace.join("\n")
                );
            }
        }
    }
}

#[test]
fn nothing_rests_on_what_a_gate_sets_aside() {
    let aside = [
        "contract.way_back",
        "contract.stored",
        "contract.is_the_fault",
    ];
    for gate in [Gate::Start, Gate::Database] {
        for mode in [Mode::Incident, Mode::Deployment] {
            for name in support::STORIES {
                let decision = make_decision(
                    &answer(story(name), DOWN),
                    &Checklist::embedded(),
                    &DecisionContext {
                        mode,
                        gate: Some(gate),
                        ..context()
                    },
                );
                let mut given = decision
                    .because
                    .iter()
                    .chain(&decision.against)
                    .filter(|reason| reason.weight.is_some());
                let resting = given.find(|reason| {
                    reason
                        .facts
                        .iter()
                        .any(|fact| aside.contains(&fact.as_str()))
                });
                assert_eq!(resting, None, "{name} at {gate:?}");
                let states = |line: &String| {
                    ["contract-kept +", "contract-fault +"]
                        .iter()
                        .any(|weight| line.starts_with(weight))
                };
                // that the only dependent does not use it is known at the first gate, and set aside
                // at the second
                let known = name == "card-service-fault" && gate == Gate::Start;
                assert_eq!(
                    decision.trace.iter().any(states),
                    known,
                    "{name} at {gate:?}: {}",
                    decision.trace.join("\n")
                );
            }
        }
    }
    // a blocker still does not fire on it, and what is known beside it counts
    let uses = answer(
        opened("card-service"),
        "dependent[storefront].copes=no dependent[storefront].can_go_back=no",
    );
    let decision = make_decision(
        &uses,
        &Checklist::embedded(),
        &DecisionContext {
            gate: Some(Gate::Database),
            ..context()
        },
    );
    assert!(
        !rules(&decision, BACK).contains(&"B8"),
        "{:?}",
        status(&decision, BACK)
    );
    let copes = make_decision(
        &answer(uses, "dependent[storefront].copes=yes"),
        &Checklist::embedded(),
        &DecisionContext {
            gate: Some(Gate::Database),
            ..context()
        },
    );
    assert!(
        copes
            .trace
            .iter()
            .any(|line| line.starts_with("contract-kept +")),
        "{}",
        copes.trace.join("\n")
    );
}

#[test]
fn no_trigger_is_automatic_on_what_a_gate_sets_aside() {
    let facts = answer(
        story("styling"),
        "rehearsal.level=4 contract.way_back=breaking",
    );
    for gate in Gate::ALL {
        assert!(
            !judge_automation(
                &facts,
                &Checklist::embedded(),
                &DecisionContext {
                    gate: Some(gate),
                    ..context()
                }
            )
            .allowed,
            "{gate:?}"
        );
    }
}

#[test]
fn how_a_rollout_runs_is_open_only_while_one_may_run() {
    let open = |more: &str| {
        let mut facts = story("not-null");
        facts.retain(|key, _| key != "deployment.strategy");
        let decision = verdict(&answer(
            facts,
            &format!("harm.irreversible=none deployment.mixed=no {more}"),
        ));
        let asked = decision
            .questions
            .iter()
            .any(|question| question.fact == "deployment.strategy");
        let named = decision.flips.iter().any(|flip| {
            flip.fact == "deployment.strategy"
                || flip
                    .with
                    .iter()
                    .any(|(fact, _)| fact == "deployment.strategy")
        });
        asked
            || named
            || decision
                .open_facts
                .contains(&"deployment.strategy".to_owned())
    };
    assert!(open("deployment.in_progress=yes"));
    assert!(!open("deployment.in_progress=no"));
    // what somebody knows about it still counts: the old side of a canary that stopped shows
    // whether it works, once somebody looked at it
    let canary =
        "deployment.in_progress=no deployment.old_side_warm=yes deployment.strategy=canary";
    for (looked, stands) in [
        ("", OptionState::Conditional),
        (" database.verified=yes", OptionState::Cleared),
    ] {
        let facts = answer(story("not-null"), &format!("{canary}{looked}"));
        assert_eq!(state(&verdict(&facts), OptionId::ShiftTraffic), stands);
    }
}

#[test]
fn items_of_a_gate_are_shown_as_they_stand() {
    let items = gate_status(
        Gate::Start,
        &story("not-null"),
        &Checklist::embedded(),
        &context(),
    );
    let of = |id: &str| items.iter().find(|item| item.id == id).unwrap();
    assert_eq!(of("start-schema").holds, Some(true));
    assert_eq!(of("start-previous").holds, None);
    assert!(
        of("start-previous")
            .says
            .starts_with("3.0.0 can be deployed")
    );
    // nobody said who depends on it: the contract is left out of account at this gate, and that
    // answers nothing
    let order = |value: Option<&str>| {
        let mut facts = story("not-null");
        facts.remove("contract.way_back");
        value
            .into_iter()
            .for_each(|value| put(&mut facts, "contract.way_back", value));
        let items = gate_status(Gate::Start, &facts, &Checklist::embedded(), &context());
        items
            .into_iter()
            .find(|item| item.id == "start-dependents")
            .unwrap()
            .holds
    };
    assert_eq!(
        (
            order(Some("breaking")),
            order(Some("doubt")),
            order(None),
            order(Some("compatible"))
        ),
        (None, None, None, Some(true))
    );
}

#[test]
fn what_passes_only_because_nobody_answered_is_no_reason_to_go_on() {
    let facts = answer(
        opened("styling"),
        "rehearsal.level=3 deployment.previous_available=yes deployment.previous_good=yes \
            deployment.undo_path=ok",
    );
    let start = DecisionContext {
        mode: Mode::Deployment,
        gate: Some(Gate::Start),
        ..context()
    };
    let says = |facts: &Facts| {
        let decision = make_decision(facts, &Checklist::embedded(), &start);
        let reasons: Vec<String> = decision
            .because
            .iter()
            .chain(&decision.against)
            .map(|reason| reason.says.to_string())
            .collect();
        (decision.option, reasons)
    };
    // with its own checklist the item is alone, so no other reason pushes it out of the three that
    // are given
    let quiet = |facts: &Facts| {
        let mut checklist = Checklist::embedded();
        checklist
            .gates
            .iter_mut()
            .for_each(|list| list.items.retain(|item| item.id == "start-quiet"));
        make_decision(facts, &checklist, &start)
            .because
            .iter()
            .map(|reason| reason.says.clone())
            .collect::<Vec<_>>()
    };
    let mut nobody = facts.clone();
    nobody.retain(|key, _| !key.starts_with("impact."));
    assert_eq!(says(&nobody).0, OptionId::Go);
    assert!(quiet(&nobody).is_empty(), "{:?}", quiet(&nobody));
    assert_eq!(
        quiet(&answer(nobody, "impact.now=none")),
        ["no incident is running"]
    );
}

#[test]
fn a_hold_is_not_said_to_be_followed_by_a_hold() {
    let facts = answer(
        story("styling"),
        "harm.irreversible=none data.damaged=no deployment.in_progress=yes",
    );
    let notes = |facts: &Facts| {
        let decision = verdict(facts);
        assert_eq!(decision.option, OptionId::Hold);
        assert!(
            !write_verdict_headline(&decision, &context()).contains("then HOLD"),
            "{}",
            write_verdict_headline(&decision, &context())
        );
        decision
            .questions
            .iter()
            .map(|question| question.why_now.clone())
            .collect::<Vec<_>>()
    };
    for facts in [
        facts.clone(),
        answer(facts.clone(), "impact.now=none"),
        answer(facts, "impact.now=degraded impact.all_users=no"),
    ] {
        for note in notes(&facts) {
            assert!(!note.as_raw().contains("HOLD comes next"), "{note}");
        }
    }
}

#[test]
fn a_trigger_is_automatic_only_at_level_four_with_schema_and_contract_untouched() {
    let ask = |facts: &Facts| judge_automation(facts, &Checklist::embedded(), &context());
    assert!(!ask(&story("styling")).allowed);
    assert!(!ask(&answer(story("styling"), "rehearsal.level=3")).allowed);
    assert!(ask(&answer(story("styling"), "rehearsal.level=4")).allowed);
    assert!(!ask(&answer(story("not-null"), "rehearsal.level=4")).allowed);
}
