//! The second edition of the decision: one test a point, and the law that what restricts more never
//! moves the verdict towards going back.

use crate::support;

use backout::checklist::catalogue::{self};
use backout::checklist::{Checklist, Choice};
use backout::decision::{
    DecisionContext, LookedAt, make_decision, resolve_facts, write_verdict_headline,
};
use backout::model::{Decision, Fact, FactValue, Facts, OptionId, OptionState, Strength};
use support::{answer, context, opened, state, status, verdict};

const BACK: OptionId = OptionId::RollBack;
const BACK_IF: OptionId = OptionId::RollBackWithConditions;
const FORWARD: OptionId = OptionId::RollForward;
const HOLD: OptionId = OptionId::Hold;
const SHIFT: OptionId = OptionId::ShiftTraffic;

/// A small release of code and styles, the opening answered, no fix, strong evidence.
fn plain(more: &str) -> Decision {
    verdict(&answer(
        opened("styling"),
        &format!("cause.attribution=strong fix.state=none {more}"),
    ))
}

fn kinds(decision: &Decision, option: OptionId) -> Vec<&str> {
    status(decision, option)
        .conditions
        .iter()
        .map(|condition| condition.kind.as_str())
        .collect()
}

/// Point 1: nothing favourable follows from what is absent.
#[test]
fn no_migration_is_not_no_data_in_a_new_form() {
    let mut facts = answer(opened("styling"), "cause.attribution=strong fix.state=none");
    facts.remove("database.new_form_rows");
    let decision = verdict(&facts);
    assert_eq!(
        (decision.option, state(&decision, BACK)),
        (BACK_IF, OptionState::NotCleared)
    );
    assert_ne!(decision.strength, Strength::Firm);
    assert_eq!(
        decision
            .next_question
            .as_ref()
            .map(|next| next.question.as_str()),
        Some("new-form")
    );
    assert!(write_verdict_headline(&decision, &context()).starts_with("ROLL BACK to 3.0.0, once"));
}

/// Point 2: a failed test outranks what was read.
#[test]
fn a_failed_test_removes_the_bare_way_back_whatever_was_read() {
    for read in ["safe", "doubt", "data-changed", "breaks-writes"] {
        let failed = plain(&format!(
            "database.old_code={read} database.verified=no database.compatibility_step=none \
                database.downs=none"
        ));
        assert_eq!(
            (state(&failed, BACK), state(&failed, BACK_IF)),
            (OptionState::Removed, OptionState::Removed),
            "{read}"
        );
        let step = plain(&format!(
            "database.old_code={read} database.verified=no database.compatibility_step=exists"
        ));
        assert_eq!(
            (state(&step, BACK), kinds(&step, BACK_IF)),
            (OptionState::Removed, vec!["compatibility-step"]),
            "{read}"
        );
    }
    let rewritten = plain("database.old_code=data-changed database.verified=yes");
    assert_eq!(
        (rewritten.option, kinds(&rewritten, BACK_IF)),
        (BACK_IF, vec!["keep-objects"])
    );
    let untested = plain("database.old_code=data-changed");
    assert_eq!(state(&untested, BACK), OptionState::NotCleared);
}

/// Point 3: quiet alone is not enough to leave it.
#[test]
fn go_needs_more_than_quiet() {
    let quiet = "impact.now=none impact.expected=no data.damaged=no";
    assert_eq!(
        (plain(quiet).option, plain(quiet).strength),
        (OptionId::Go, Strength::Firm)
    );
    for worse in [
        "impact.expected=yes",
        "data.damaged=yes",
        "deployment.mixed=yes",
    ] {
        let held = plain(&format!("{quiet} {worse}"));
        assert_eq!(held.option, HOLD, "{worse}");
        assert!(held.then.is_some() && !held.because.is_empty(), "{worse}");
    }
    // nobody said whether it gets worse: that is asked before anybody goes home
    let unsaid = plain("impact.now=none");
    assert_eq!((unsaid.option, unsaid.strength), (HOLD, Strength::Open));
    assert!(
        unsaid
            .questions
            .iter()
            .any(|next| next.question == "expected"),
        "{:#?}",
        unsaid.questions
    );
    // damage is asked where harm was done, though it cannot change what is done first
    assert!(
        plain("harm.irreversible=confirmed data.damaged=unknown")
            .questions
            .is_empty()
    );
    let mut facts = answer(
        opened("styling"),
        "harm.irreversible=confirmed cause.attribution=strong fix.state=none",
    );
    facts.remove("data.damaged");
    assert!(
        verdict(&facts)
            .questions
            .iter()
            .any(|next| next.question == "damaged")
    );
}

/// Point 4: what is tried on a part comes before back and forward, and is never more than close.
#[test]
fn a_probe_is_recommended_and_never_firm() {
    let untried = plain("switch.exists=yes switch.tested_off=no");
    assert_eq!(
        (untried.option, untried.strength),
        (OptionId::FlagOff, Strength::Close)
    );
    assert_eq!(untried.conditions[0].kind.as_str(), "try-on-a-part");
    assert!(
        write_verdict_headline(&untried, &context())
            .contains("first: Switch it off for a small part"),
        "{}",
        write_verdict_headline(&untried, &context())
    );
    let unsaid = plain("switch.exists=yes");
    assert_eq!(
        unsaid.option,
        OptionId::FlagOff,
        "what nobody tried is tried on a part"
    );
    let side = plain(
        "deployment.old_side_warm=yes deployment.strategy=blue-green \
            database.old_code=breaks-reads database.verified=yes database.compatibility_step=none \
            database.downs=none",
    );
    assert_eq!(
        (side.option, side.strength, kinds(&side, SHIFT)),
        (SHIFT, Strength::Close, vec!["probe"])
    );
    // the old side of a canary is its own proof, once somebody looked at it; what was read is shown
    // against it
    let canary = plain(
        "deployment.old_side_warm=yes deployment.strategy=canary deployment.mixed=yes \
            database.old_code=breaks-writes database.schema=changed database.verified=yes",
    );
    assert_eq!(
        (canary.option, state(&canary, SHIFT)),
        (SHIFT, OptionState::Cleared)
    );
    assert!(
        canary
            .against
            .iter()
            .any(|reason| reason.facts.contains(&"database.old_code".to_owned())),
        "{:#?}",
        canary.against
    );
    // a switch guards code, not data
    let rows = plain("switch.exists=yes switch.tested_off=yes database.new_form_rows=yes");
    assert_eq!(
        (
            state(&rows, OptionId::FlagOff),
            kinds(&rows, OptionId::FlagOff)
        ),
        (OptionState::Conditional, vec!["drain"])
    );
    assert_ne!(rows.option, OptionId::FlagOff);
}

/// Point 5: a cause that is not found is found first, and what is gone is built again.
#[test]
fn forward_needs_something_to_go_forward_with() {
    for cause in ["weak", "contradicted"] {
        let held = plain(&format!("cause.attribution={cause}"));
        assert_eq!((held.option, held.then), (HOLD, None), "{cause}");
        assert!(
            held.conditions[0].says.as_raw().contains("Find the cause")
                && !held.conditions[0].steps.is_empty(),
            "{:#?}",
            held.conditions
        );
    }
    assert_eq!(
        plain("cause.attribution=weak switch.exists=yes switch.tested_off=yes").option,
        OptionId::FlagOff,
        "a switch is the quickest way to learn it"
    );
    // where nothing leads back, the fix that is left has the same first step
    let no_way = plain("cause.attribution=weak deployment.previous_good=no");
    assert_eq!(
        (no_way.option, no_way.conditions.len()),
        (FORWARD, 1),
        "{:#?}",
        no_way.conditions
    );
    let gone = plain("deployment.previous_available=no");
    assert_eq!(
        (gone.option, kinds(&gone, BACK_IF)),
        (BACK_IF, vec!["rebuild"])
    );
    let for_good = plain("deployment.previous_available=no deployment.previous_source=no");
    assert_eq!(
        (for_good.option, state(&for_good, BACK_IF)),
        (FORWARD, OptionState::Removed)
    );
}

/// Point 6: a rollout that runs while users are hit is stopped.
#[test]
fn a_running_rollout_is_never_let_finish_while_users_are_hit() {
    let running = plain("deployment.in_progress=yes deployment.strategy=rolling");
    assert_eq!((running.option, running.then), (HOLD, Some(BACK)));
    let first = running.conditions[0].says.as_raw();
    assert!(
        !running.because[0].says.as_raw().contains("let it finish")
            && first.contains("Stop the rollout"),
        "{:#?}",
        running.because
    );
    let canary = plain(
        "deployment.in_progress=yes deployment.mixed=yes deployment.strategy=canary \
            deployment.old_side_warm=yes",
    );
    assert_eq!(
        canary.option, SHIFT,
        "stopping a canary is moving its traffic back"
    );
    assert_eq!(
        plain("deployment.in_progress=yes deployment.strategy=canary deployment.old_side_warm=no")
            .option,
        HOLD
    );
    assert_eq!(
        plain("deployment.in_progress=yes impact.now=none").option,
        HOLD
    );
    // where the way it is brought out decides and nobody said it, it is asked; where it decides
    // nothing, it is not
    let asked = |facts: &str| {
        plain(facts)
            .questions
            .iter()
            .any(|next| next.settles.iter().any(|key| key == "deployment.strategy"))
    };
    assert!(asked(
        "deployment.in_progress=yes deployment.old_side_warm=yes"
    ));
    assert!(
        !asked("deployment.in_progress=yes deployment.old_side_warm=no")
            && !asked("deployment.in_progress=no deployment.old_side_warm=yes")
    );
    let said = plain(
        "deployment.in_progress=yes deployment.old_side_warm=yes deployment.strategy=rolling",
    );
    assert!(
        said.option == HOLD
            && !said
                .open_facts
                .iter()
                .any(|key| key == "deployment.strategy"),
        "{:?}",
        said.open_facts
    );
}

/// Point 7, as far as it is kept: stated minutes are compared, repairs and the window too.
#[test]
fn stated_minutes_are_weighed_against_each_other_and_the_window() {
    let fix = "fix.state=known fix.isolated=yes cause.attribution=plausible \
        database.schema=additive impact.all_users=no";
    let slow = plain(&format!(
        "{fix} deployment.undo_path=broken deployment.minutes_back=180 \
            deployment.minutes_forward=15"
    ));
    assert_eq!(slow.option, FORWARD);
    let quick = plain(&format!(
        "{fix} deployment.minutes_back=10 deployment.minutes_forward=240 window.minutes_left=20"
    ));
    assert_eq!(quick.option, BACK);
    let says = |decision: &Decision, rule: &str| {
        decision
            .trace
            .iter()
            .any(|line| line.starts_with(rule) && line.contains("holds"))
    };
    assert!(
        says(&quick, "back-fits")
            && says(&quick, "back-much-faster")
            && says(&slow, "forward-much-faster")
    );
    // no minutes is no value: neither as an answer nor in a flip
    assert!(
        catalogue::parse_fact_value("deployment.minutes_back", "0")
            .unwrap_err()
            .contains("never 0 minutes")
    );
    assert!(catalogue::parse_fact_value("window.minutes_left", "0").is_ok());
    let open = plain(
        "fix.state=known fix.isolated=yes cause.attribution=plausible release.styling_only=no",
    );
    let mut flips = open.flips.iter();
    assert!(
        flips.all(|flip| !flip.says.as_raw().contains(" 0 min")),
        "{:#?}",
        open.flips
    );
}

/// Point 8: a measurement silences its proxies, and one thing counts once.
#[test]
fn what_was_measured_is_not_counted_again() {
    let forward = |more: &str| plain(more).forward;
    assert_eq!(
        forward("database.schema=additive database.old_code=safe"),
        forward("database.schema=none")
    );
    assert_eq!(
        forward("database.schema=additive database.old_code=doubt"),
        forward("") + 1.5
    );
    let rows = forward("database.data_migrated=yes");
    assert_eq!(rows, forward("") + 1.0);
    assert_eq!(
        forward("database.data_migrated=yes database.new_form_rows=yes"),
        rows
    );
}

/// Point 9: nobody is worse off than down.
#[test]
fn a_dependent_that_is_down_anyway_conditions_and_does_not_bar() {
    let with = |impact: &str| {
        let stuck = "dependent[storefront].copes=no dependent[storefront].can_go_back=no \
            fix.state=none cause.attribution=strong";
        verdict(&answer(
            opened("card-service"),
            &format!("{stuck} {impact}"),
        ))
    };
    let down = with("impact.now=down impact.all_users=yes");
    assert_eq!(
        (
            state(&down, BACK),
            state(&down, BACK_IF),
            kinds(&down, BACK_IF)
        ),
        (
            OptionState::Removed,
            OptionState::Conditional,
            vec!["accept-risk"]
        )
    );
    for impact in [
        "impact.now=down impact.all_users=no",
        "impact.now=degraded impact.all_users=yes",
    ] {
        assert_eq!(
            state(&with(impact), BACK_IF),
            OptionState::Removed,
            "{impact}"
        );
    }
}

/// Point 10: an overload is relieved first, and a closed hole weighs.
#[test]
fn an_overload_and_a_closed_hole_matter() {
    let overload = plain("cause.self_sustaining=yes");
    assert_eq!(
        (overload.option, overload.conditions[0].kind.as_str()),
        (BACK, "relieve")
    );
    assert!(
        status(&overload, FORWARD)
            .conditions
            .iter()
            .any(|condition| condition.kind.as_str() == "relieve")
    );
    assert!(
        plain("").strength == Strength::Firm,
        "nobody is asked about an overload that changes no option"
    );
    let hole = plain("release.security_fix=yes release.styling_only=no");
    assert_eq!(
        (hole.option, state(&hole, BACK_IF)),
        (FORWARD, OptionState::Conditional)
    );
    let down = plain(
        "release.security_fix=yes release.styling_only=no impact.now=down impact.all_users=yes",
    );
    assert_eq!(
        (down.option, kinds(&down, BACK_IF)),
        (BACK_IF, vec!["accept-risk"])
    );
    assert_eq!(
        plain("release.security_fix=yes switch.exists=yes switch.tested_off=yes").option,
        OptionId::FlagOff
    );
}

/// Point 11: relief is attached, never instead of a decision.
#[test]
fn relief_is_done_meanwhile() {
    let relieved = plain("relief.known=yes");
    assert_eq!(relieved.option, plain("").option);
    assert!(
        relieved
            .meanwhile
            .is_some_and(|relief| relief.says.as_raw().contains("restart"))
    );
    assert!(plain("").meanwhile.is_none());
    let offers = |choice: &Choice| choice.sets.iter().any(|(key, _)| key == "relief.known");
    assert!(
        Checklist::embedded()
            .question("switch")
            .is_some_and(|question| question.choices.iter().any(offers))
    );
}

/// Point 12: firm covers what follows; reasons are known; numbers exist.
#[test]
fn firm_covers_what_follows() {
    let sure = plain("harm.irreversible=confirmed data.damaged=no");
    assert_eq!(
        (sure.option, sure.then, sure.strength),
        (OptionId::StopHarm, Some(BACK), Strength::Firm)
    );
    let mut facts = answer(
        opened("styling"),
        "harm.irreversible=confirmed data.damaged=no fix.state=none",
    );
    facts.remove("cause.attribution");
    let unsure = verdict(&facts);
    assert_eq!(
        (unsure.option, unsure.strength),
        (OptionId::StopHarm, Strength::Open)
    );
    assert!(
        unsure
            .flips
            .iter()
            .any(|flip| flip.option == OptionId::StopHarm && flip.then.is_some()),
        "{:#?}",
        unsure.flips
    );
    // what is not known whether is an open point, never a reason
    facts.insert(
        "harm.irreversible".to_owned(),
        Fact::stated("harm.irreversible", FactValue::word("none")),
    );
    let open = verdict(&facts);
    let blockers = &status(&open, BACK).blockers;
    assert!(
        blockers
            .iter()
            .any(|reason| reason.open && reason.says == "not known whether 3.1.0 is the cause"),
        "{blockers:#?}"
    );
    assert!(
        open.because
            .iter()
            .chain(&open.against)
            .all(|reason| !reason.open && !reason.says.as_raw().contains("not known whether"))
    );
    // going back is argued against, not for
    assert!(
        sure.against
            .iter()
            .any(|reason| reason.rule == "default-forward"),
        "{:#?}",
        sure.against
    );
}

#[test]
fn firm_is_printed_with_what_it_rests_on() {
    let facts = answer(opened("styling"), "cause.attribution=strong fix.state=none");
    let looked = DecisionContext {
        looked: LookedAt {
            judged: 214,
            open: 0,
        },
        ..context()
    };
    let decision = make_decision(&facts, &Checklist::embedded(), &looked);
    assert_eq!(decision.rests_on.judged, 214);
    assert_eq!(
        decision.firmness(),
        format!(
            "firm: {} answers, and 214 of 214 files that could matter",
            decision.rests_on.answers
        )
    );
    // what nobody examined is not counted as if it had been: the answers stand for it
    let unread = DecisionContext {
        looked: LookedAt { judged: 0, open: 2 },
        ..context()
    };
    let stands = make_decision(&facts, &Checklist::embedded(), &unread).firmness();
    assert!(
        stands.contains("none of the 2 files that could matter was examined")
            && stands.contains("the answers stand for them"),
        "{stands}"
    );
    assert!(
        (6..=9).contains(&decision.rests_on.answers),
        "{}",
        decision.rests_on.answers
    );
    assert_eq!(
        plain("switch.exists=yes switch.tested_off=no").firmness(),
        "close"
    );
}

/// Point 13: of two sources the stricter counts.
#[test]
fn domains_are_ordered_from_what_restricts_going_back_most() {
    for (key, strict, other) in [
        ("fix.isolated", "yes", "no"),
        ("deployment.usage_class", "always-on", "dozen-daily"),
    ] {
        let both = resolve_facts(
            &[Fact::sensed(key, FactValue::word(other))],
            &[Fact::stated(key, FactValue::word(strict))],
        );
        assert_eq!(both.facts[key].value, FactValue::word(strict));
        let both = resolve_facts(
            &[Fact::sensed(key, FactValue::word(strict))],
            &[Fact::stated(key, FactValue::word(other))],
        );
        assert_eq!(both.facts[key].value, FactValue::word(strict));
    }
}

/// With everything unknown: danger first, then what decides, several facts at once, and never more
/// than twelve questions.
#[test]
fn nothing_known_is_asked_for_in_twelve_questions() {
    let checklist = Checklist::embedded();
    for knows in [true, false] {
        let mut facts = Facts::new();
        let mut asked: Vec<String> = Vec::new();
        while let Some(next) = verdict(&facts).next_question {
            assert!(asked.len() < 12, "{asked:?}");
            let question = checklist
                .question(&next.question)
                .expect("a question of the checklist");
            let first = question.choices.first().filter(|_| knows);
            match first {
                Some(choice) => facts.extend(
                    choice
                        .sets
                        .iter()
                        .map(|(key, value)| (key.clone(), Fact::stated(key, value.clone()))),
                ),
                None => facts.extend(
                    next.settles
                        .iter()
                        .map(|key| (key.clone(), Fact::stated(key, FactValue::Unknown))),
                ),
            }
            asked.push(next.question.clone());
        }
        assert_eq!(asked.first().map(String::as_str), Some("harm"));
        let place = |id: &str| asked.iter().position(|question| question == id);
        if !knows {
            assert!(
                place("what-database") < place("usage") || place("usage").is_none(),
                "{asked:?}"
            );
            assert_ne!(verdict(&facts).strength, Strength::Firm);
        }
    }
}
