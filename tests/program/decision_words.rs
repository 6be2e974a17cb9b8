//! What a verdict says of facts that are old, odd or open.

use crate::decision_rules::{BACK, good};
use crate::support;
use backout::checklist::Checklist;
use backout::decision::{DecisionContext, list_stale_facts, make_decision};
use backout::model::{Fact, FactValue, Gate, Mode, OptionId, OptionState, Strength};
use support::{answer, context, opened, put, state, status, verdict};

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
        decision.because[0].says.as_raw().contains("saef")
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
            .any(|reason| reason.says.as_raw().contains("databse.schema"))
    );
}

#[test]
fn control_characters_of_sources_and_names_never_reach_a_sentence() {
    let mut facts = answer(
        opened("card-service"),
        "dependent[storefront].copes=no dependent[storefront].can_go_back=no",
    );
    facts.get_mut("contract.way_back").unwrap().source = Some("\u{1b}[2J gone".into());
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
    let mut shown: String = reasons.map(|reason| reason.says.to_string()).collect();
    shown.extend(
        decision
            .conditions
            .iter()
            .map(|condition| condition.says.to_string())
            .chain(decision.trace.iter().cloned())
            .chain(decision.flips.iter().map(|flip| flip.says.to_string())),
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
        next.why_now.as_raw().contains("makes this ROLL BACK")
            && next.why_now.as_raw().contains("makes this HOLD"),
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
            .any(|reason| reason.says.as_raw().starts_with("not known: ")),
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
