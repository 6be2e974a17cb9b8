//! Single rules of the decision: blockers, cheaper options, gates, deadlines, sentences.

use crate::support;

use backout::checklist::Checklist;
use backout::decision::{DecisionContext, make_decision, write_verdict_headline};
use backout::model::{Decision, Fact, FactValue, OptionId, OptionState, Strength};
use support::{answer, context, opened, put, state, status, story, verdict};

pub const BACK: OptionId = OptionId::RollBack;
pub const BACK_IF: OptionId = OptionId::RollBackWithConditions;

pub fn good(more: &str) -> Decision {
    verdict(&answer(
        opened("styling"),
        &format!("cause.attribution=strong fix.state=none {more}"),
    ))
}

pub fn rules(decision: &Decision, option: OptionId) -> Vec<&str> {
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
            "database.old_code=breaks-reads database.compatibility_step=none \
                database.downs=complete",
            "B4",
            OptionState::Removed,
            OptionState::Conditional,
            "schema-back",
        ),
        (
            "database.old_code=breaks-writes database.compatibility_step=none \
                database.downs=failing",
            "B4",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
        (
            "database.data_migrated=yes database.new_form_rows=yes database.new_form_drain=yes",
            "B5",
            OptionState::Removed,
            OptionState::Conditional,
            "drain",
        ),
        (
            "contract.stored=breaking database.new_form_rows=yes database.new_form_drain=yes",
            "B5",
            OptionState::Removed,
            OptionState::Conditional,
            "drain",
        ),
        (
            "contract.stored=breaking database.new_form_rows=yes database.new_form_drain=no",
            "B5",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
        (
            "contract.stored=breaking database.new_form_rows=yes database.new_form_drain=loss",
            "B5",
            OptionState::Removed,
            OptionState::Conditional,
            "two-persons",
        ),
        (
            "database.schema=additive process.database_step_reruns=yes",
            "B25",
            OptionState::Removed,
            OptionState::Conditional,
            "keep-objects",
        ),
        (
            "database.old_code=doubt database.verified=yes",
            "B6",
            OptionState::Removed,
            OptionState::Conditional,
            "keep-objects",
        ),
        (
            "database.old_code=doubt database.verified=no database.compatibility_step=none \
                database.downs=none",
            "B4",
            OptionState::Removed,
            OptionState::Removed,
            "",
        ),
        (
            "database.old_code=doubt database.verified=no database.compatibility_step=exists \
                database.downs=none",
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
            "contract.store_moved=yes",
            "B26",
            OptionState::Conditional,
            OptionState::Conditional,
            "copy-back",
        ),
        (
            "contract.kept_by_clients=yes",
            "B23",
            OptionState::Conditional,
            OptionState::Conditional,
            "take-back",
        ),
        (
            "contract.member_moved=yes",
            "B27",
            OptionState::Conditional,
            OptionState::Conditional,
            "renumber",
        ),
        (
            "contract.emptied_at_start=yes",
            "B28",
            OptionState::Conditional,
            OptionState::Conditional,
            "copy-first",
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
fn the_old_code_works_on_a_schema_that_did_not_change() {
    let mut facts = answer(opened("styling"), "cause.attribution=strong fix.state=none");
    facts.remove("database.old_code");
    assert_eq!(state(&verdict(&facts), BACK), OptionState::Cleared);
    facts.remove("database.data_migrated");
    assert_ne!(
        state(&verdict(&facts), BACK),
        OptionState::Cleared,
        "rows may have been rewritten"
    );
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
        // on a schema that did not change the old code is known to work
        let mut facts = answer(
            opened("styling"),
            "cause.attribution=strong fix.state=none database.schema=additive",
        );
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
        "dependent[storefront].copes=yes dependent[ledger].uses=yes dependent[ledger].copes=no \
            dependent[ledger].can_go_back=no",
    );
    assert_eq!(state(&two, BACK_IF), OptionState::Removed);
    assert!(
        status(&two, BACK)
            .blockers
            .iter()
            .any(|reason| reason.says.as_raw().contains("ledger"))
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
                && question.asks.as_raw().contains("ledger")),
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
        "deployment.old_side_warm=yes database.old_code=breaks-reads \
            database.compatibility_step=none database.downs=none",
    );
    assert_eq!(
        (fails.option, state(&fails, OptionId::ShiftTraffic)),
        (OptionId::ShiftTraffic, OptionState::Conditional)
    );
}

#[test]
fn harm_and_a_running_deployment_come_first() {
    let both = good("harm.irreversible=suspected deployment.in_progress=yes");
    // stopping what does damage stops the rollout that brings it
    assert_eq!((both.option, both.then), (OptionId::StopHarm, Some(BACK)));
    let running = good("deployment.in_progress=yes");
    assert_eq!((running.option, running.then), (OptionId::Hold, Some(BACK)));
    assert_eq!(
        good("impact.now=none impact.expected=no data.damaged=no").option,
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
        restore.says.as_raw().contains("Restore the damaged data")
            && restore.says.as_raw().contains("40 min"),
        "{}",
        restore.says
    );
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
