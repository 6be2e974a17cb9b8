//! What was decided about it.

use crate::model::fact_key;
use crate::model::*;
use crate::tui::sample::make_sample_time;

fn make_sample_reason(rule: &str, says: &str, facts: &[&str], weight: Option<f64>) -> Reason {
    Reason {
        rule: rule.to_owned(),
        says: says.into(),
        facts: facts.iter().map(|key| (*key).to_owned()).collect(),
        weight,
        ..Reason::default()
    }
}

/// A question as the decision puts it.
pub fn make_sample_question(
    id: &str,
    fact: &str,
    asks: &str,
    why_now: &str,
    who: &str,
    minutes: f64,
) -> NextQuestion {
    NextQuestion {
        fact: fact.to_owned(),
        question: id.to_owned(),
        asks: asks.into(),
        why_now: why_now.into(),
        settles: vec![fact.to_owned()],
        who: Some(who.into()),
        minutes: Some(minutes),
    }
}

/// The decision about it.
pub fn make_sample_decision() -> Decision {
    let questions = make_sample_questions();
    Decision {
        option: OptionId::RollForward,
        strength: Strength::Open,
        margin: Some(-2.0),
        then: None,
        meanwhile: None,
        rests_on: RestsOn::default(),
        because: vec![
            make_sample_reason(
                "B8",
                "3.0.0 has no POST /cards/verify, and storefront 5.2 calls it.",
                &["dependent[storefront].uses"],
                None,
            ),
            make_sample_reason(
                "default-forward",
                "The contract changed; the default is to roll forward.",
                &[fact_key::CONTRACT_WAY_BACK],
                Some(2.0),
            ),
        ],
        against: vec![make_sample_reason(
            "no-fix",
            "No fix is known, and 3.0.0 is still installed on 4 of 4 hosts.",
            &[fact_key::DEPLOYMENT_PREVIOUS_INSTALLED],
            Some(1.5),
        )],
        conditions: Vec::new(),
        options: make_sample_options(),
        flips: make_sample_flips(),
        next_question: questions.first().cloned(),
        questions,
        open_facts: vec!["dependent[storefront].copes".to_owned()],
        deadline: Some(make_sample_time("03:40:00")),
        limits: Vec::new(),
        back: 2.0,
        forward: 4.0,
        assumed: Vec::new(),
        trace: vec![
            "B8 dependent[storefront].uses = yes".to_owned(),
            "default +2 forward".to_owned(),
        ],
    }
}

/// Three questions, the one that settles most first.
fn make_sample_questions() -> Vec<NextQuestion> {
    vec![
        make_sample_question(
            "dependent-copes",
            "dependent[storefront].copes",
            "Does storefront cope when POST /cards/verify answers 404?",
            "a \"no\" rules out ROLL BACK",
            "the storefront team",
            2.0,
        ),
        make_sample_question(
            "impact",
            fact_key::IMPACT_NOW,
            "How badly are users affected right now?",
            "\"none\" makes this GO",
            "monitoring",
            0.5,
        ),
        make_sample_question(
            "fix",
            fact_key::FIX_STATE,
            "How far is a fix?",
            "\"none\" is a reason for ROLL BACK",
            "the service's developers",
            3.0,
        ),
    ]
}

/// Options of every standing.
fn make_sample_options() -> Vec<OptionStatus> {
    let status = |option, state, blockers: Vec<Reason>, conditions| OptionStatus {
        option,
        state,
        blockers,
        conditions,
    };
    let b8 = || {
        make_sample_reason(
            "B8",
            "storefront calls POST /cards/verify, which 3.0.0 does not have.",
            &["dependent[storefront].uses"],
            None,
        )
    };
    let settle = || Condition {
        says: "Find out whether storefront copes without POST /cards/verify.".into(),
        kind: "settle".into(),
        facts: vec!["dependent[storefront].copes".to_owned()],
        ..Condition::default()
    };
    vec![
        status(
            OptionId::RollForward,
            OptionState::Cleared,
            Vec::new(),
            Vec::new(),
        ),
        status(
            OptionId::RollBackWithConditions,
            OptionState::NotCleared,
            vec![b8()],
            vec![settle()],
        ),
        status(
            OptionId::RollBack,
            OptionState::NotCleared,
            vec![b8()],
            vec![settle()],
        ),
        status(
            OptionId::FlagOff,
            OptionState::NotCleared,
            vec![make_sample_reason(
                "need-switch",
                "It is not known whether there is a switch.",
                &[fact_key::SWITCH_EXISTS],
                None,
            )],
            Vec::new(),
        ),
        status(
            OptionId::ShiftTraffic,
            OptionState::Removed,
            vec![make_sample_reason(
                "need-warm",
                "The old side is gone.",
                &[fact_key::DEPLOYMENT_OLD_SIDE_WARM],
                None,
            )],
            Vec::new(),
        ),
    ]
}

/// Two answers that would change the verdict.
fn make_sample_flips() -> Vec<Flip> {
    vec![
        Flip {
            fact: "dependent[storefront].copes".to_owned(),
            value: FactValue::word("yes"),
            option: OptionId::RollBack,
            says: "storefront copes without the endpoint".into(),
            answer: String::new().into(),
            with: Vec::new(),
            then: None,
        },
        Flip {
            fact: "dependent[storefront].can_go_back".to_owned(),
            value: FactValue::word("yes"),
            option: OptionId::RollBackWithConditions,
            says: "storefront can go back too".into(),
            answer: String::new().into(),
            with: Vec::new(),
            then: None,
        },
    ]
}

/// The steps of rolling forward, and of rolling back.
pub fn make_sample_plan() -> Vec<PlanStep> {
    let step = |step: &str, how, why: &str, command: Option<&str>, undo: Option<&str>| PlanStep {
        step: step.into(),
        how,
        why: why.into(),
        command: command.map(str::to_owned).map(Into::into),
        undo: undo.map(str::to_owned).map(Into::into),
        expect: None,
    };
    vec![
        step(
            "Settle with storefront that it copes without POST /cards/verify",
            StepMode::Condition,
            "storefront calls it",
            None,
            None,
        ),
        step(
            "Deploy database",
            StepMode::Skip,
            "the new column stays; 3.0.0 works with it",
            None,
            None,
        ),
        step(
            "Deploy service 3.0.0",
            StepMode::Run,
            "this takes the change away from users",
            Some("deploy payments 3.0.0"),
            Some("deploy payments 3.1.0"),
        ),
        step(
            "Purge the edge cache",
            StepMode::RollbackOnly,
            "pages of 3.1.0 are cached for an hour",
            None,
            None,
        ),
        step(
            "Look at the error rate of /charge",
            StepMode::Verify,
            "it should fall below 1 % within 5 minutes",
            None,
            None,
        ),
        step(
            "Stop the pipeline from deploying 3.1.0 again",
            StepMode::Afterwards,
            "the next merge would bring it back",
            None,
            None,
        ),
    ]
}
