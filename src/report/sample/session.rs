//! A hand-made session.

use super::time::at;
use crate::model::fact_key;
use crate::model::*;
use crate::session::{Event, EventKind, Start};

/// A session from start to end, with names, an answer taken back, a poll, and a decision against
/// the recommendation.
pub(crate) fn events() -> Vec<Event> {
    let kinds = list_sample_beginning()
        .into_iter()
        .chain(list_sample_answers())
        .chain(list_sample_calls());
    let mut events: Vec<Event> = Vec::new();
    for (time, (role, by), what) in kinds {
        let seq = events.len() as u64 + 1;
        events.push(Event {
            seq,
            at: at(&format!("2026-11-24T{time}Z")),
            role: role.map(Into::into),
            by: by.map(Into::into),
            what,
            previous: String::new(),
            hash: String::new(),
        });
    }
    events
}

fn make_sample_start() -> Start {
    Start {
        session: "20261124-2210-payments-3f9a".to_owned(),
        tool: "backout 0.0.0".to_owned(),
        journal: 1,
        mode: Mode::Incident,
        repository: "/srv/git/payments".to_owned(),
        previous: "3.0.0".to_owned(),
        previous_commit: "a".repeat(40),
        current: "3.1.0".to_owned(),
        current_commit: "b".repeat(40),
        environment: Some("production".to_owned()),
        service: Some("payments".to_owned()),
        deployed_at: Some(at("2026-11-24T21:23:00Z")),
        deadline: Some(at("2026-11-25T00:40:00Z")),
        checklist_digest: "c".repeat(64),
        checklist: String::new(),
        checklist_changes: Vec::new(),
    }
}

/// Role and name of whoever spoke.
type SampleSpeaker = (Option<String>, Option<String>);

/// Time of day, whoever spoke, and what was said.
type SampleEvent = (&'static str, SampleSpeaker, EventKind);

fn speak_as_lead() -> SampleSpeaker {
    (
        Some("incident lead".to_owned()),
        Some("Jane Doe".to_owned()),
    )
}

fn speak_as_database() -> SampleSpeaker {
    (Some("database".to_owned()), Some("Ola N.".to_owned()))
}

fn speak_as_nobody() -> SampleSpeaker {
    (None, None)
}

fn say_answered(question: &str, key: &str, value: FactValue) -> EventKind {
    EventKind::Answered {
        question: Some(question.to_owned()),
        facts: vec![Fact::stated(key, value)],
        note: None,
    }
}

fn say_verdict(option: OptionId, strength: Strength, margin: Option<f64>, why: &str) -> EventKind {
    EventKind::Verdict {
        option,
        strength,
        margin,
        why: why.into(),
    }
}

fn list_sample_beginning() -> Vec<SampleEvent> {
    let start = make_sample_start();
    vec![
        (
            "22:10:04",
            speak_as_nobody(),
            EventKind::Started(Box::new(start)),
        ),
        (
            "22:10:20",
            speak_as_lead(),
            EventKind::PairConfirmed {
                previous: "3.0.0".to_owned(),
                current: "3.1.0".to_owned(),
            },
        ),
        (
            "22:10:31",
            speak_as_nobody(),
            EventKind::Assessed {
                facts: vec![
                    Fact::derived(
                        fact_key::DATABASE_OLD_CODE,
                        FactValue::word("breaks-writes"),
                    )
                    .with_source("orders.note must not be null"),
                    Fact::sensed("dependent[storefront].uses", FactValue::word("yes"))
                        .with_evidence([Evidence::at("storefront src/pay.ts", 88)]),
                ],
                summary: "1,204 commits, 1 migration breaks old code".into(),
                digest: "d".repeat(64),
            },
        ),
        (
            "22:10:31",
            speak_as_nobody(),
            say_verdict(
                OptionId::RollForward,
                Strength::Open,
                Some(-1.5),
                "the repository was read",
            ),
        ),
    ]
}

fn list_sample_answers() -> Vec<SampleEvent> {
    vec![
        (
            "22:11:02",
            speak_as_lead(),
            say_answered("harm", fact_key::HARM_IRREVERSIBLE, FactValue::word("none")),
        ),
        (
            "22:11:15",
            speak_as_lead(),
            say_answered("impact", fact_key::IMPACT_NOW, FactValue::word("down")),
        ),
        ("22:11:40", speak_as_lead(), EventKind::Withdrawn { seq: 6 }),
        (
            "22:11:48",
            speak_as_lead(),
            say_answered("impact", fact_key::IMPACT_NOW, FactValue::word("degraded")),
        ),
        (
            "22:12:30",
            speak_as_lead(),
            say_answered("fix", fact_key::FIX_STATE, FactValue::Unknown),
        ),
        (
            "22:13:00",
            speak_as_lead(),
            EventKind::Asked {
                question: "dependent-copes".to_owned(),
                who: "storefront team".into(),
            },
        ),
        (
            "22:13:20",
            speak_as_lead(),
            EventKind::Asked {
                question: "fix".to_owned(),
                who: "Sam Roe".into(),
            },
        ),
        (
            "22:14:00",
            speak_as_lead(),
            EventKind::Noted {
                text: "Jane Doe called the storefront team\nthey look into it".into(),
            },
        ),
    ]
}

fn list_sample_calls() -> Vec<SampleEvent> {
    vec![
        (
            "22:20:10",
            speak_as_database(),
            EventKind::EntryAnswered {
                commit: "1".repeat(40),
                answer: Reverting::DependentBreaks,
            },
        ),
        (
            "22:21:00",
            speak_as_lead(),
            EventKind::Polled {
                gate: Gate::Backend,
                role_polled: "database".into(),
                call: Some(OptionId::Hold),
                objection: Some("Ola N. wants to see the row count".into()),
            },
        ),
        (
            "22:21:30",
            speak_as_lead(),
            EventKind::Polled {
                gate: Gate::Backend,
                role_polled: "service owner".into(),
                call: None,
                objection: None,
            },
        ),
        (
            "22:22:00",
            speak_as_lead(),
            EventKind::GateCalled {
                gate: Gate::Backend,
                call: OptionId::Hold,
                reason: "Wait for the row count.".into(),
                minutes: Some(5),
            },
        ),
        (
            "22:30:10",
            speak_as_nobody(),
            say_verdict(
                OptionId::RollForward,
                Strength::Close,
                Some(-0.5),
                "service owner said users will not notice",
            ),
        ),
        (
            "22:31:05",
            speak_as_lead(),
            EventKind::Decided {
                option: OptionId::RollBackWithConditions,
                recommended: OptionId::RollForward,
                strength: Strength::Close,
                reason: "The fix would take until morning.".into(),
                typed: Some("3.0.0".into()),
                second: Some("Ola N.".into()),
                expect: Some("Errors of POST /cards below 1 %".into()),
                within_minutes: Some(10),
                open: vec![
                    (
                        "dependent[storefront].copes".to_owned(),
                        FactValue::word("yes"),
                    ),
                    (fact_key::FIX_STATE.to_owned(), FactValue::Unknown),
                ],
            },
        ),
        (
            "22:41:00",
            speak_as_lead(),
            EventKind::Observed {
                met: true,
                text: "errors at 0.2 %".into(),
            },
        ),
        ("22:45:00", speak_as_lead(), EventKind::closed()),
    ]
}
