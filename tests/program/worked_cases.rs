//! The worked cases of the design, as facts: before and after each answer.

use crate::support;

use backout::model::{Decision, OptionId, OptionState, Strength};
use support::{answer, opened, state, status, story, verdict};

const DOES_NOT_COPE: &str = "dependent[storefront].copes=no";
const FORWARD: OptionId = OptionId::RollForward;
const BACK: OptionId = OptionId::RollBack;
const BACK_IF: OptionId = OptionId::RollBackWithConditions;

struct Row {
    name: &'static str,
    before: (f64, f64, OptionId),
    then: (&'static str, OptionId, Option<Strength>),
    or: (&'static str, OptionId, Option<Strength>),
}

const FIRM: Option<Strength> = Some(Strength::Firm);
const CLOSE: Option<Strength> = Some(Strength::Close);

const ROWS: [Row; 6] = [
    Row {
        name: "card-service",
        before: (2.0, 4.0, FORWARD),
        then: (
            "dependent[storefront].copes=no dependent[storefront].can_go_back=no",
            FORWARD,
            FIRM,
        ),
        or: (
            "dependent[storefront].copes=no dependent[storefront].can_go_back=yes fix.state=none \
                cause.attribution=strong",
            BACK_IF,
            CLOSE,
        ),
    },
    Row {
        name: "card-service-fault",
        before: (3.0, 3.0, FORWARD),
        then: (
            "contract.is_the_fault=yes fix.state=none cause.attribution=strong",
            BACK,
            FIRM,
        ),
        or: (
            "fix.state=tested fix.isolated=yes cause.attribution=plausible",
            FORWARD,
            None,
        ),
    },
    Row {
        name: "new-table",
        before: (2.5, 3.5, FORWARD),
        then: (
            "database.verified=yes fix.state=none cause.attribution=plausible",
            BACK_IF,
            CLOSE,
        ),
        or: (
            "database.verified=yes fix.state=known fix.isolated=yes",
            FORWARD,
            None,
        ),
    },
    Row {
        name: "not-null",
        before: (2.5, 3.5, FORWARD),
        then: ("fix.state=none cause.attribution=strong", BACK_IF, FIRM),
        or: ("fix.state=tested fix.isolated=yes", FORWARD, None),
    },
    Row {
        name: "styling",
        before: (4.5, 2.0, BACK_IF),
        then: (
            "impact.now=cosmetic fix.state=none cause.attribution=strong",
            BACK,
            FIRM,
        ),
        or: (
            "impact.now=cosmetic fix.state=tested fix.isolated=yes cause.attribution=plausible",
            BACK,
            CLOSE,
        ),
    },
    Row {
        name: "quarterly",
        before: (1.5, 5.0, FORWARD),
        then: ("", FORWARD, FIRM),
        or: ("harm.irreversible=confirmed", OptionId::StopHarm, None),
    },
];

fn says(decision: &Decision) -> String {
    decision.trace.join("\n")
}

#[test]
fn every_story_before_and_after_its_answers() {
    for row in &ROWS {
        let name = row.name;
        let before = verdict(&story(name));
        let (back, forward, option) = row.before;
        if name != "quarterly" {
            assert_eq!(
                (before.back, before.forward),
                (back, forward),
                "{name}\n{}",
                says(&before)
            );
        }
        assert_eq!(
            (before.option, before.strength),
            (option, Strength::Open),
            "{name}\n{}",
            says(&before)
        );
        for (answers, option, strength) in [row.then, row.or] {
            let after = verdict(&answer(opened(name), answers));
            assert_eq!(after.option, option, "{name} {answers}\n{}", says(&after));
            if let Some(strength) = strength {
                assert_eq!(
                    after.strength,
                    strength,
                    "{name} {answers}\nopen {:?}\n{}",
                    after.open_facts,
                    says(&after)
                );
            }
        }
    }
}

#[test]
fn card_service() {
    let before = verdict(&opened("card-service"));
    let next = before.next_question.as_ref().unwrap();
    assert_eq!(
        (next.question.as_str(), next.fact.as_str()),
        ("dependent-copes", "dependent[storefront].copes"),
        "{:#?}",
        before.questions
    );
    assert!(
        next.asks
            .as_raw()
            .contains("Does storefront still work when POST /cards/verify is gone"),
        "{}",
        next.asks
    );
    assert!(
        next.why_now.as_raw().contains("rules out ROLL BACK"),
        "{}",
        next.why_now
    );

    let removed = verdict(&answer(
        opened("card-service"),
        &format!("{DOES_NOT_COPE} dependent[storefront].can_go_back=no"),
    ));
    for option in [BACK, BACK_IF] {
        assert_eq!(state(&removed, option), OptionState::Removed);
        assert!(
            status(&removed, option)
                .blockers
                .iter()
                .any(|reason| reason.rule == "B8")
        );
    }
    let first = &removed.because[0].says;
    assert!(
        first
            .as_raw()
            .starts_with("3.0.0 has no POST /cards/verify, and storefront uses it")
            && first.as_raw().contains("(storefront src/pay.ts:88)"),
        "{first}"
    );
    assert!(removed.flips.is_empty());

    let back = verdict(&answer(
        opened("card-service"),
        &format!(
            "{DOES_NOT_COPE} dependent[storefront].can_go_back=yes fix.state=none \
                cause.attribution=strong"
        ),
    ));
    assert_eq!(
        (back.back, back.forward, back.margin),
        (4.5, 4.0, Some(0.5))
    );
    assert_eq!(back.conditions.len(), 1, "{:#?}", back.conditions);
    assert_eq!(
        back.conditions[0].says,
        "Roll back storefront first, then this"
    );
    assert_eq!(state(&back, BACK), OptionState::Removed);
    assert!(!back.flips.is_empty());
}

/// B8 in force, by option, once what the answers say is known.
fn stopped(answers: &str) -> (OptionState, OptionState, Vec<String>) {
    let decision = verdict(&answer(
        opened("card-service"),
        &format!("fix.state=none cause.attribution=strong {answers}"),
    ));
    let first = status(&decision, BACK_IF)
        .conditions
        .iter()
        .filter(|condition| condition.kind.as_str() == "dependent-first");
    (
        state(&decision, BACK),
        state(&decision, BACK_IF),
        first.map(|condition| condition.says.to_string()).collect(),
    )
}

#[test]
fn every_branch_of_the_dependents_table() {
    use OptionState::{Cleared, Removed};
    let (plain, conditional, first) =
        stopped("dependent[storefront].copes=no dependent[storefront].can_go_back=no");
    assert_eq!((plain, conditional, first.len()), (Removed, Removed, 0));
    let (plain, conditional, first) =
        stopped("dependent[storefront].copes=no dependent[storefront].can_go_back=yes");
    assert_eq!(
        (plain, first),
        (
            Removed,
            vec!["Roll back storefront first, then this".to_owned()]
        )
    );
    assert_ne!(conditional, Removed);
    for harmless in [
        "dependent[storefront].copes=yes",
        "dependent[storefront].uses=no",
    ] {
        let (plain, _, first) = stopped(harmless);
        assert_eq!((plain, first.len()), (Cleared, 0), "{harmless}");
    }
    // nobody knows whether it copes: nothing is cleared, nothing removed
    let (plain, ..) = stopped("");
    assert!(!matches!(plain, Cleared | Removed), "{plain:?}");
}

#[test]
fn every_dependent_that_can_go_back_goes_first() {
    let both = "dependent[storefront].copes=no dependent[storefront].can_go_back=yes \
        dependent[till].uses=yes dependent[till].copes=no";
    let (plain, _, mut first) = stopped(&format!("{both} dependent[till].can_go_back=yes"));
    first.sort();
    assert_eq!(
        (plain, first),
        (
            OptionState::Removed,
            vec![
                "Roll back storefront first, then this".to_owned(),
                "Roll back till first, then this".to_owned()
            ]
        )
    );
    // one that cannot go back holds all of them
    let (_, conditional, _) = stopped(&format!("{both} dependent[till].can_go_back=no"));
    assert_eq!(conditional, OptionState::Removed);
}

#[test]
fn card_service_fault() {
    let healed = verdict(&answer(
        opened("card-service-fault"),
        "contract.is_the_fault=yes fix.state=none cause.attribution=strong",
    ));
    assert_eq!((healed.back, healed.forward), (6.5, 3.0));
    assert_eq!(state(&healed, BACK), OptionState::Cleared);
    let fixed = verdict(&answer(
        opened("card-service-fault"),
        "fix.state=tested fix.isolated=yes cause.attribution=plausible",
    ));
    assert_eq!((fixed.back, fixed.forward), (3.0, 5.0));
}

#[test]
fn new_table() {
    let before = verdict(&story("new-table"));
    let after_opening = before
        .questions
        .iter()
        .find(|question| !OPENING.contains(&question.question.as_str()))
        .unwrap();
    assert_eq!(
        after_opening.question, "verified",
        "{:#?}",
        before.questions
    );
    let back = verdict(&answer(
        opened("new-table"),
        "database.verified=yes fix.state=none cause.attribution=plausible",
    ));
    assert_eq!((back.back, back.forward), (4.0, 3.0));
    assert_eq!(back.conditions.len(), 1, "{:#?}", back.conditions);
    assert_eq!(
        (
            back.conditions[0].kind.as_str(),
            back.conditions[0].says.as_raw()
        ),
        (
            "keep-objects",
            "Keep the new objects and skip the database step"
        )
    );
    assert_eq!(state(&back, BACK), OptionState::Removed);
}

#[test]
fn not_null() {
    let before = verdict(&story("not-null"));
    assert_eq!(state(&before, BACK), OptionState::Removed);
    assert!(
        status(&before, BACK)
            .blockers
            .iter()
            .any(|reason| reason.rule == "B4")
    );
    let steps: Vec<_> = status(&before, BACK_IF)
        .conditions
        .iter()
        .filter(|condition| condition.kind.as_str() == "compatibility-step")
        .collect();
    assert_eq!(steps.len(), 1);
    assert_eq!(
        steps[0].steps,
        ["ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';"]
    );
    let back = verdict(&answer(
        opened("not-null"),
        "fix.state=none cause.attribution=strong",
    ));
    assert_eq!((back.back, back.forward), (5.0, 3.5));
    assert_eq!(
        back.conditions
            .iter()
            .map(|condition| condition.kind.as_str())
            .collect::<Vec<_>>(),
        ["compatibility-step"]
    );
}

#[test]
fn styling() {
    let before = verdict(&story("styling"));
    assert_eq!(state(&before, BACK), OptionState::NotCleared);
    assert!(
        before
            .conditions
            .iter()
            .all(|condition| condition.kind.as_str() == "settle")
    );
    assert!(
        before
            .conditions
            .iter()
            .any(|condition| condition.says.as_raw().contains("3.0.0")),
        "{:#?}",
        before.conditions
    );
    let firm = verdict(&answer(
        opened("styling"),
        "impact.now=cosmetic fix.state=none cause.attribution=strong",
    ));
    assert_eq!(
        (state(&firm, BACK), firm.conditions.len()),
        (OptionState::Cleared, 0)
    );
    let close = verdict(&answer(
        opened("styling"),
        "impact.now=cosmetic fix.state=tested fix.isolated=yes cause.attribution=plausible",
    ));
    assert_eq!((close.back, close.forward), (4.5, 4.0));
    assert!(!close.flips.is_empty());
}

#[test]
fn quarterly() {
    let before = verdict(&story("quarterly"));
    let asked: Vec<_> = before
        .questions
        .iter()
        .map(|question| question.question.as_str())
        .collect();
    assert_eq!(asked, OPENING, "only the opening can change it");
    for option in [BACK, BACK_IF] {
        assert_eq!(state(&before, option), OptionState::Removed);
    }
    let harm = verdict(&answer(opened("quarterly"), "harm.irreversible=confirmed"));
    assert_eq!(
        (harm.option, harm.then),
        (OptionId::StopHarm, Some(FORWARD))
    );
}

const OPENING: [&str; 5] = ["harm", "running", "impact", "switch", "old-side"];

#[test]
fn the_opening_comes_first_in_every_story() {
    for name in support::STORIES {
        let asked: Vec<_> = verdict(&story(name))
            .questions
            .iter()
            .map(|question| question.question.clone())
            .collect();
        assert_eq!(asked[..5], OPENING, "{name}");
    }
}

#[test]
fn a_firm_verdict_asks_nothing_that_cannot_change_it() {
    let answers = "harm.irreversible=none impact.now=none impact.expected=no data.damaged=no \
        deployment.mixed=no deployment.in_progress=no";
    let quiet = verdict(&answer(story("styling"), answers));
    assert_eq!(
        (quiet.option, quiet.strength),
        (OptionId::Go, Strength::Firm)
    );
    let asked: Vec<&str> = quiet
        .questions
        .iter()
        .map(|next| next.question.as_str())
        .collect();
    assert!(
        asked.is_empty() && quiet.next_question.is_none(),
        "{asked:?}"
    );
    // while it is open, the opening is asked in full
    assert!(
        verdict(&answer(story("styling"), "harm.irreversible=none"))
            .questions
            .iter()
            .any(|next| next.question == "switch")
    );
}
