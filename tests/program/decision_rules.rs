//! Single rules of the decision: blockers, cheaper options, gates, deadlines, sentences.

use crate::support;

use backout::checklist::Checklist;
use backout::decision::{
    DecisionContext, gate_status, judge_automation, list_stale_facts, make_decision,
    write_verdict_headline,
};
use backout::model::{
    Decision, Fact, FactValue, Facts, Gate, Mode, OptionId, OptionState, Strength,
};
use support::{answer, context, opened, put, state, status, story, verdict};

const BACK: OptionId = OptionId::RollBack;
const BACK_IF: OptionId = OptionId::RollBackWithConditions;

fn good(more: &str) -> Decision {
    verdict(&answer(
        opened("styling"),
        &format!("cause.attribution=strong fix.state=none {more}"),
    ))
}

fn rules(decision: &Decision, option: OptionId) -> Vec<&str> {
    status(decision, option)
        .blockers
        .iter()
        .map(|reason| reason.rule.as_str())
        .collect()
}

fn kinds(decision: &Decision, option: OptionId) -> Vec<&str> {
    status(decision, option)
        .conditions
        .iter()
        .map(|condition| condition.kind.as_str())
        .collect()
}

#[test]
fn each_blocker_of_going_back_does_what_it_says() {
    assert_eq!((good("").option, good("").strength), (BACK, Strength::Firm));
    let cases = [
        (
            "deployment.previous_available=no",
            "B2",
            OptionState::Conditional,
            OptionState::Conditional,
            "rebuild",
        ),
        (
            "deployment.previous_available=no deployment.previous_source=no",
            "B2",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
        (
            "deployment.previous_good=no",
            "B2",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
        (
            "deployment.undo_path=broken",
            "B3",
            OptionState::Conditional,
            OptionState::Conditional,
            "repair",
        ),
        (
            "database.old_code=breaks-reads database.compatibility_step=exists",
            "B4",
            OptionState::Removed,
            OptionState::Conditional,
            "compatibility-step",
        ),
        (
            "database.old_code=breaks-reads database.compatibility_step=none database.downs=complete",
            "B4",
            OptionState::Removed,
            OptionState::Conditional,
            "schema-back",
        ),
        (
            "database.old_code=breaks-writes database.compatibility_step=none database.downs=failing",
            "B4",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
        (
            "database.data_migrated=yes database.new_form_rows=yes",
            "B5",
            OptionState::Removed,
            OptionState::Conditional,
            "drain",
        ),
        (
            "contract.stored=breaking database.new_form_rows=yes",
            "B5",
            OptionState::Removed,
            OptionState::Conditional,
            "drain",
        ),
        (
            "database.old_code=doubt database.verified=yes",
            "B6",
            OptionState::Removed,
            OptionState::Conditional,
            "keep-objects",
        ),
        (
            "database.old_code=doubt database.verified=no database.compatibility_step=none database.downs=none",
            "B4",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
        (
            "database.old_code=doubt database.verified=no database.compatibility_step=exists database.downs=none",
            "B4",
            OptionState::Removed,
            OptionState::Conditional,
            "compatibility-step",
        ),
        (
            "database.start_gate=yes database.downs=complete",
            "B7",
            OptionState::Removed,
            OptionState::Conditional,
            "schema-back",
        ),
        (
            "database.start_gate=yes database.downs=none",
            "B7",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
        (
            "database.start_gate=likely",
            "B7",
            OptionState::NotCleared,
            OptionState::NotCleared,
            "settle",
        ),
        (
            "release.security_fix=yes",
            "B10",
            OptionState::Conditional,
            OptionState::Conditional,
            "accept-risk",
        ),
        (
            "deployment.mixed=yes",
            "B12",
            OptionState::NotCleared,
            OptionState::NotCleared,
            "settle",
        ),
        (
            "config.newer_than_previous=yes",
            "B13",
            OptionState::Conditional,
            OptionState::Conditional,
            "config-back",
        ),
        (
            "infrastructure.way_back=harmful",
            "B20",
            OptionState::Conditional,
            OptionState::Conditional,
            "keep-infrastructure",
        ),
        (
            "infrastructure.way_back=doubt",
            "B20",
            OptionState::NotCleared,
            OptionState::NotCleared,
            "settle",
        ),
        (
            "infrastructure.left_running=yes",
            "B21",
            OptionState::Conditional,
            OptionState::Conditional,
            "remove-left",
        ),
        (
            "contract.progress_moved=yes",
            "B22",
            OptionState::Conditional,
            OptionState::Conditional,
            "set-progress",
        ),
        (
            "contract.kept_by_clients=yes",
            "B23",
            OptionState::Conditional,
            OptionState::Conditional,
            "take-back",
        ),
        (
            "cause.attribution=contradicted",
            "B14",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
    ];
    for (facts, rule, back, back_if, kind) in cases {
        let decision = good(facts);
        assert_eq!(
            (state(&decision, BACK), state(&decision, BACK_IF)),
            (back, back_if),
            "{facts}"
        );
        assert!(
            rules(&decision, BACK_IF).contains(&rule) || rules(&decision, BACK).contains(&rule),
            "{facts} {:?}",
            rules(&decision, BACK_IF)
        );
        assert_eq!(
            kinds(&decision, BACK_IF)
                .into_iter()
                .filter(|known| *known == kind)
                .count(),
            usize::from(!kind.is_empty()),
            "{facts}"
        );
        let expected = match back_if {
            // the cause is found before anything goes forward
            OptionState::Removed if rule == "B14" => OptionId::Hold,
            OptionState::Removed => OptionId::RollForward,
            _ => BACK_IF,
        };
        assert_eq!(decision.option, expected, "{facts}");
    }
}

#[test]
fn an_unknown_blocker_is_never_printed_as_a_bare_command() {
    for key in [
        "deployment.previous_available",
        "deployment.undo_path",
        "cause.attribution",
        "release.security_fix",
        "config.newer_than_previous",
        "database.old_code",
    ] {
        let mut facts = answer(opened("styling"), "cause.attribution=strong fix.state=none");
        facts.remove(key);
        let decision = verdict(&facts);
        assert_eq!(
            (decision.option, decision.strength, state(&decision, BACK)),
            (BACK_IF, Strength::Open, OptionState::NotCleared),
            "{key}"
        );
        assert!(
            decision
                .conditions
                .iter()
                .any(|condition| condition.kind.as_str() == "settle"),
            "{key}"
        );
        let line = write_verdict_headline(&decision, &context());
        assert!(line.starts_with("ROLL BACK to 3.0.0, once"), "{line}");
        assert!(
            decision
                .questions
                .iter()
                .any(|question| question.settles.contains(&key.to_owned())),
            "{key}"
        );
    }
}

#[test]
fn low_confidence_counts_as_unknown_for_firm() {
    let mut facts = answer(opened("styling"), "cause.attribution=strong fix.state=none");
    facts
        .get_mut("deployment.previous_good")
        .unwrap()
        .confidence = backout::model::Sureness::Low;
    let decision = verdict(&facts);
    assert_eq!((decision.option, decision.strength), (BACK, Strength::Open));
    assert!(
        decision
            .open_facts
            .contains(&"deployment.previous_good".to_owned())
    );
}

#[test]
fn dependents_are_looked_at_one_by_one() {
    let with = |answers: &str| {
        verdict(&answer(
            opened("card-service"),
            &format!("fix.state=none cause.attribution=strong {answers}"),
        ))
    };
    assert_eq!(
        state(&with("dependent[storefront].copes=yes"), BACK),
        OptionState::Cleared
    );
    assert_eq!(state(&with(""), BACK), OptionState::NotCleared);
    let two = with(
        "dependent[storefront].copes=yes dependent[ledger].uses=yes dependent[ledger].copes=no dependent[ledger].can_go_back=no",
    );
    assert_eq!(state(&two, BACK_IF), OptionState::Removed);
    assert!(
        status(&two, BACK)
            .blockers
            .iter()
            .any(|reason| reason.says.contains("ledger"))
    );
    let mut facts = answer(
        opened("card-service"),
        "fix.state=none cause.attribution=strong dependent[storefront].copes=yes",
    );
    facts.insert(
        "dependent[ledger].uses".to_owned(),
        Fact::sensed("dependent[ledger].uses", FactValue::Unknown),
    );
    let open = verdict(&facts);
    assert_eq!(state(&open, BACK_IF), OptionState::NotCleared);
    assert!(
        open.questions
            .iter()
            .any(|question| question.fact == "dependent[ledger].uses"
                && question.asks.contains("ledger")),
        "{:#?}",
        open.questions
    );
}

#[test]
fn something_vanishes_and_no_dependent_is_known() {
    let mut facts = answer(
        opened("card-service"),
        "fix.state=none cause.attribution=strong",
    );
    facts.remove("dependent[storefront].uses");
    let decision = verdict(&facts);
    assert_eq!(state(&decision, BACK), OptionState::NotCleared);
    assert!(
        decision
            .questions
            .iter()
            .any(|question| question.fact.starts_with("dependent[unknown dependents].")),
        "{:#?}",
        decision.questions
    );
    put(&mut facts, "dependent[unknown dependents].uses", "no");
    let settled = verdict(&facts);
    assert_eq!(state(&settled, BACK), OptionState::Cleared);
}

#[test]
fn cheaper_options_need_to_be_known() {
    assert_eq!(
        good("switch.exists=yes switch.tested_off=yes").option,
        OptionId::FlagOff
    );
    let untried = good("switch.exists=yes switch.tested_off=no");
    assert_eq!(
        (untried.option, state(&untried, OptionId::FlagOff)),
        (OptionId::FlagOff, OptionState::Conditional)
    );
    let contradicted =
        good("switch.exists=yes switch.tested_off=yes cause.attribution=contradicted");
    assert_eq!(
        state(&contradicted, OptionId::FlagOff),
        OptionState::Removed
    );
    assert_eq!(
        good("deployment.old_side_warm=yes").option,
        OptionId::ShiftTraffic
    );
    let fails = good(
        "deployment.old_side_warm=yes database.old_code=breaks-reads database.compatibility_step=none database.downs=none",
    );
    assert_eq!(
        (fails.option, state(&fails, OptionId::ShiftTraffic)),
        (OptionId::ShiftTraffic, OptionState::Conditional)
    );
}

#[test]
fn harm_and_a_running_deployment_come_first() {
    let both = good("harm.irreversible=suspected deployment.in_progress=yes");
    assert_eq!(
        (both.option, both.then),
        (OptionId::StopHarm, Some(OptionId::Hold))
    );
    let running = good("deployment.in_progress=yes");
    assert_eq!((running.option, running.then), (OptionId::Hold, Some(BACK)));
    assert_eq!(
        good("impact.now=none impact.expected=no").option,
        OptionId::Go
    );
    assert_eq!(good("impact.now=cosmetic").option, BACK);
}

#[test]
fn damaged_data_attaches_a_restore_by_two_persons() {
    let decision = good("data.damaged=yes backup.age_minutes=40");
    assert_eq!(
        (decision.option, state(&decision, OptionId::Restore)),
        (BACK, OptionState::Conditional)
    );
    let restore = decision
        .conditions
        .iter()
        .find(|condition| condition.kind.as_str() == "two-persons")
        .unwrap();
    assert!(
        restore.says.contains("Restore the damaged data") && restore.says.contains("40 min"),
        "{}",
        restore.says
    );
}

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
        "deployment.previous_available=yes deployment.previous_good=yes deployment.undo_path=ok rehearsal.level=2 harm.irreversible=none deployment.in_progress=no impact.now=none",
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
        no_plan.because[0].says.contains("rollback plan"),
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
const DOWN: &str = "harm.irreversible=none deployment.in_progress=no deployment.mixed=no impact.now=down impact.all_users=yes switch.exists=no \
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
    // what somebody knows about it still counts: the old side of a canary that stopped shows by
    // itself whether it works
    let facts = answer(
        story("not-null"),
        "deployment.in_progress=no deployment.old_side_warm=yes deployment.strategy=canary",
    );
    assert_eq!(
        state(&verdict(&facts), OptionId::ShiftTraffic),
        OptionState::Cleared
    );
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
        "rehearsal.level=3 deployment.previous_available=yes deployment.previous_good=yes deployment.undo_path=ok",
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
            .map(|reason| reason.says.clone())
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
            assert!(!note.contains("HOLD comes next"), "{note}");
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

#[test]
fn the_deadline_comes_from_the_deploy_time_and_forces_only_when_it_passes() {
    let plus = |minutes: i64| context().now + jiff::SignedDuration::from_mins(minutes);
    let mut facts = story("not-null");
    assert_eq!(verdict(&facts).deadline, Some(plus(54)));
    put(&mut facts, "deployment.minutes_back", "10");
    assert_eq!(verdict(&facts).deadline, Some(plus(44)));
    assert_eq!(
        verdict(&story("card-service")).deadline,
        None,
        "the limit had passed before"
    );
    let mut without = facts.clone();
    without.remove("deployment.live_minutes");
    assert_eq!(verdict(&without).deadline, None);
    facts.get_mut("deployment.live_minutes").unwrap().at = Some(context().now);
    let later = DecisionContext {
        now: plus(50),
        ..context()
    };
    let forced = make_decision(&facts, &Checklist::embedded(), &later);
    assert_eq!(
        (forced.option, forced.strength),
        (OptionId::RollForward, Strength::Forced)
    );
    assert!(!forced.assumed.is_empty());
    let set = DecisionContext {
        deadline: Some(plus(-1)),
        ..context()
    };
    assert_eq!(
        make_decision(&story("card-service"), &Checklist::embedded(), &set).strength,
        Strength::Forced
    );
}

#[test]
fn old_killer_facts_are_named_and_stay_in_force() {
    let mut facts = opened("styling");
    facts.get_mut("harm.irreversible").unwrap().at =
        Some(context().now - jiff::SignedDuration::from_mins(42));
    assert_eq!(
        list_stale_facts(&facts, &Checklist::embedded(), context().now),
        [("harm.irreversible".to_owned(), 42)]
    );
}

#[test]
fn a_value_outside_the_catalogue_is_loud_and_never_firm() {
    let mut facts = answer(opened("styling"), "cause.attribution=strong fix.state=none");
    facts.insert(
        "database.old_code".to_owned(),
        Fact::sensed("database.old_code", FactValue::word("saef")),
    );
    let decision = verdict(&facts);
    assert_ne!(decision.strength, Strength::Firm);
    assert!(
        decision.because[0].says.contains("saef")
            && decision.trace.iter().any(|line| line.starts_with("bug:"))
    );
    facts.insert(
        "databse.schema".to_owned(),
        Fact::sensed("databse.schema", FactValue::word("none")),
    );
    assert!(
        verdict(&facts)
            .because
            .iter()
            .any(|reason| reason.says.contains("databse.schema"))
    );
}

#[test]
fn control_characters_of_sources_and_names_never_reach_a_sentence() {
    let mut facts = answer(
        opened("card-service"),
        "dependent[storefront].copes=no dependent[storefront].can_go_back=no",
    );
    facts.get_mut("contract.way_back").unwrap().source = Some("\u{1b}[2J gone".to_owned());
    facts.insert(
        "dependent[\u{1b}evil].uses".to_owned(),
        Fact::sensed("dependent[\u{1b}evil].uses", FactValue::word("yes")),
    );
    let decision = verdict(&facts);
    let reasons = decision
        .because
        .iter()
        .chain(&decision.against)
        .chain(decision.options.iter().flat_map(|status| &status.blockers));
    let mut shown: String = reasons.map(|reason| reason.says.clone()).collect();
    shown.extend(
        decision
            .conditions
            .iter()
            .map(|condition| condition.says.clone())
            .chain(decision.trace.iter().cloned())
            .chain(decision.flips.iter().map(|flip| flip.says.clone())),
    );
    let asked: String = decision
        .questions
        .iter()
        .map(|question| format!("{}{}", question.asks, question.why_now))
        .collect();
    assert!(
        !shown.contains('\u{1b}') && !asked.contains('\u{1b}'),
        "{shown}"
    );
}

#[test]
fn a_question_says_what_each_answer_would_do() {
    let decision = good("");
    assert!(decision.next_question.is_none());
    let mut facts = answer(opened("styling"), "fix.state=none");
    facts.remove("cause.attribution");
    let next = verdict(&facts).next_question.unwrap();
    assert_eq!(next.question, "cause");
    assert!(
        next.why_now.contains("makes this ROLL BACK") && next.why_now.contains("makes this HOLD"),
        "{}",
        next.why_now
    );
    put(&mut facts, "cause.attribution", "unknown");
    assert!(
        verdict(&facts)
            .questions
            .iter()
            .all(|question| question.question != "cause"),
        "not asked again once nobody knows"
    );
    assert_eq!(verdict(&facts).strength, Strength::Open);
}

/// At a gate what does not hold is the first reason, before what is only not known; and what holds
/// because nothing is known is no reason.
#[test]
fn what_does_not_hold_stands_before_what_is_not_known() {
    let mut facts = opened("styling");
    facts
        .retain(|key, _| !key.starts_with("rehearsal.") && !key.starts_with("deployment.previous"));
    let start = DecisionContext {
        mode: Mode::Deployment,
        gate: Some(Gate::Start),
        ..context()
    };
    let decision = make_decision(
        &answer(facts, "impact.now=degraded"),
        &Checklist::embedded(),
        &start,
    );
    assert_eq!(decision.option, OptionId::Hold);
    assert_eq!(
        decision.because[0].says, "does not hold: no incident is running",
        "{:#?}",
        decision.because
    );
    assert!(
        decision.because[1..]
            .iter()
            .any(|reason| reason.says.starts_with("not known: ")),
        "{:#?}",
        decision.because
    );
}

/// An option that needs what nobody said is not known to be out, and says so.
#[test]
fn a_need_that_is_not_known_is_said_as_that() {
    let mut facts = opened("styling");
    facts.retain(|key, _| key != "data.damaged" && key != "harm.irreversible");
    let open = verdict(&facts);
    let restore = &status(&open, OptionId::Restore).blockers;
    assert!(
        restore
            .iter()
            .any(|reason| reason.open && reason.says == "not known whether stored data is damaged"),
        "{restore:#?}"
    );
    let fine = verdict(&answer(facts, "data.damaged=no harm.irreversible=none"));
    let restore = &status(&fine, OptionId::Restore).blockers;
    assert!(
        restore
            .iter()
            .any(|reason| !reason.open && reason.says == "no stored data is damaged"),
        "{restore:#?}"
    );
    assert!(fine.because.iter().all(|reason| !reason.says.is_empty()));
}

/// A limit that is counted anew stands still to the second, however many seconds of a minute are
/// gone.
#[test]
fn a_limit_stands_still_while_the_clock_runs() {
    let noted = context().now;
    let facts = answer(opened("styling"), "deployment.usage_class=always-on");
    let limit = |seconds: i64| {
        let mut facts = facts.clone();
        facts.insert(
            "deployment.live_minutes".to_owned(),
            Fact::stated("deployment.live_minutes", FactValue::Number(6.0)).observed(noted),
        );
        let now = noted
            .checked_add(jiff::SignedDuration::from_secs(seconds))
            .unwrap();
        let decision = make_decision(
            &facts,
            &Checklist::embedded(),
            &DecisionContext { now, ..context() },
        );
        decision
            .limits
            .iter()
            .find(|limit| limit.option == Some(BACK))
            .and_then(|limit| limit.at)
            .unwrap()
    };
    let first = limit(0);
    for seconds in [1, 29, 59, 60, 61, 125, 600] {
        assert_eq!(limit(seconds), first, "{seconds} s later");
    }
}

#[test]
fn a_doubt_is_settled_by_one_answer_and_by_no_answer_about_something_else() {
    for (key, settled) in [
        ("infrastructure.way_back", "safe"),
        ("contract.way_back", "compatible"),
    ] {
        let mut facts = answer(
            opened("styling"),
            "cause.attribution=strong fix.state=none config.newer_than_previous=no",
        );
        facts.insert(
            key.to_owned(),
            Fact::derived(key, FactValue::word("doubt")).low(),
        );
        let open = verdict(&facts);
        assert_eq!(
            (open.strength, state(&open, BACK)),
            (Strength::Open, OptionState::NotCleared),
            "{key}"
        );
        assert!(
            open.questions
                .iter()
                .any(|question| question.settles.contains(&key.to_owned())),
            "{key} is asked about"
        );
        let known = verdict(&answer(facts, &format!("{key}={settled}")));
        assert_eq!(
            (known.option, known.strength),
            (BACK, Strength::Firm),
            "{key}"
        );
    }
    // nobody is asked about infrastructure of which nothing is open or found
    let quiet = verdict(&answer(opened("styling"), "fix.state=none"));
    assert!(quiet.questions.iter().all(|question| {
        !question
            .settles
            .contains(&"infrastructure.way_back".to_owned())
    }));
}
