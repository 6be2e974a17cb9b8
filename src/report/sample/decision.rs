//! A hand-made verdict.

use super::time::at;
use crate::model::fact_key;
use crate::model::*;

fn make_sample_reason(rule: &str, says: &str, facts: &[&str], weight: Option<f64>) -> Reason {
    Reason {
        rule: rule.to_owned(),
        says: says.into(),
        facts: facts.iter().map(|&fact| fact.to_owned()).collect(),
        weight,
        ..Reason::default()
    }
}

fn make_sample_status(
    option: OptionId,
    state: OptionState,
    blockers: Vec<Reason>,
    conditions: Vec<Condition>,
) -> OptionStatus {
    OptionStatus {
        option,
        state,
        blockers,
        conditions,
    }
}

pub(crate) fn decision() -> Decision {
    let uses = "dependent[storefront].uses";
    let copes = "dependent[storefront].copes";
    let next = make_sample_question(copes);
    Decision {
        option: OptionId::RollForward,
        strength: Strength::Open,
        margin: Some(-1.5),
        then: None,
        meanwhile: Some(Condition {
            says: "Add capacity.".into(),
            kind: "relieve".into(),
            ..Condition::default()
        }),
        rests_on: RestsOn {
            answers: 2,
            judged: 2,
            open: 2,
        },
        because: vec![
            make_sample_reason(
                "B8",
                "3.0.0 has no POST /cards/verify, and storefront calls it",
                &[fact_key::CONTRACT_WAY_BACK, uses],
                None,
            ),
            make_sample_reason(
                "default-forward",
                "The default is to roll forward.",
                &[],
                Some(2.0),
            ),
            make_sample_reason(
                "schema-changed",
                "The schema changed.",
                &[fact_key::DATABASE_SCHEMA],
                Some(1.0),
            ),
        ],
        against: vec![make_sample_reason(
            "no-fix",
            "No fix is in sight.",
            &[fact_key::FIX_STATE],
            Some(1.5),
        )],
        conditions: vec![],
        options: list_sample_options(),
        flips: vec![Flip {
            fact: copes.to_owned(),
            value: FactValue::word("yes"),
            option: OptionId::RollBackWithConditions,
            says: String::new().into(),
            answer: String::new().into(),
            with: vec![(fact_key::FIX_STATE.to_owned(), FactValue::word("none"))],
            then: Some(OptionId::RollForward),
        }],
        next_question: Some(next.clone()),
        questions: vec![next],
        open_facts: vec![copes.to_owned(), fact_key::FIX_STATE.to_owned()],
        deadline: Some(at("2026-11-25T03:40:00Z")),
        limits: vec![NoReturn {
            option: None,
            at: Some(at("2026-11-25T03:40:00Z")),
            passed: false,
            says: "the window ends".into(),
            why: "backout.yaml".into(),
        }],
        back: 2.0,
        forward: 3.5,
        assumed: vec![],
        trace: vec![
            "B1 harm.irreversible = none: does not hold".to_owned(),
            "B8 storefront: uses yes, copes unknown: not cleared".to_owned(),
        ],
    }
}

/// Each option with what stands in its way.
fn list_sample_options() -> Vec<OptionStatus> {
    let uses = "dependent[storefront].uses";
    let copes = "dependent[storefront].copes";
    let b8 = make_sample_reason(
        "B8",
        "storefront uses POST /cards/verify, and whether it copes without is not known",
        &[uses, copes],
        None,
    );
    let b4 = make_sample_reason(
        "B4",
        "3.0.0 writes orders without note, which now must not be null",
        &[fact_key::DATABASE_OLD_CODE],
        None,
    );
    let step = Condition {
        facts: vec![fact_key::IMPACT_NOW.to_owned()],
        says: "Set a default on orders.note, so that 3.0.0 can write.".into(),
        kind: "compatibility-step".into(),
        steps: vec!["ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';".to_owned()],
        ..Condition::default()
    };
    let settle = Condition {
        says: "Find out whether storefront copes without POST /cards/verify.".into(),
        kind: "settle".into(),
        ..Condition::default()
    };
    vec![
        make_sample_status(OptionId::RollForward, OptionState::Cleared, vec![], vec![]),
        make_sample_status(
            OptionId::RollBack,
            OptionState::Removed,
            vec![b4.clone()],
            vec![],
        ),
        make_sample_status(
            OptionId::RollBackWithConditions,
            OptionState::NotCleared,
            vec![b8, b4],
            vec![step, settle],
        ),
        make_sample_status(
            OptionId::FlagOff,
            OptionState::NotCleared,
            vec![make_sample_reason(
                "need",
                "No switch is known",
                &[fact_key::SWITCH_EXISTS],
                None,
            )],
            vec![],
        ),
    ]
}

fn make_sample_question(copes: &str) -> NextQuestion {
    NextQuestion {
        fact: copes.to_owned(),
        question: "dependent-copes".to_owned(),
        asks: "Does storefront cope when POST /cards/verify answers 404?".into(),
        why_now: ("A \"no\" removes roll back.").into(),
        settles: vec![copes.to_owned()],
        who: Some("storefront team".into()),
        minutes: Some(2.0),
    }
}
