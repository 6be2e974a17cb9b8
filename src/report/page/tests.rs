//! What the page, the message, the ticket and the JSON look like, and what they withstand.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::Value;

use super::assemble::{assemble_page, write_html_page};
use crate::model::{Assessment, Decision, OptionId, Unchecked};
use crate::report::subject::{ReportSubject, redact_assessment_names};
use crate::report::{sample, slack, write_change_ticket, write_report_json, write_slack_message};
use crate::session::{Event, EventKind};

fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(1))
}

fn with_subject<T>(names: bool, look: impl FnOnce(&ReportSubject<'_>) -> T) -> T {
    let (events, assessment, decision) =
        (sample::events(), sample::assessment(), sample::decision());
    look(&ReportSubject::of_session_in(
        &events,
        Some(&assessment),
        Some(&decision),
        names,
        zone(),
    ))
}

#[test]
fn page_of_the_sample() {
    insta::assert_snapshot!(with_subject(false, |subject| write_html_page(
        subject, false
    )));
}

#[test]
fn page_of_an_assessment() {
    let assessment = sample::assessment();
    let subject = ReportSubject::of_assessment_in(&assessment, false, zone());
    insta::assert_snapshot!(without_style(&write_html_page(&subject, true)));
}

#[test]
fn where_nothing_could_matter_no_part_of_it_was_read() {
    let mut assessment = sample::assessment();
    assessment.looked_at = Some(crate::model::FilesLookedAt { judged: 0, open: 0 });
    let subject = ReportSubject::of_assessment_in(&assessment, false, zone());
    assert!(!write_html_page(&subject, false).contains("that could matter read"));
}

#[test]
fn message_of_the_sample() {
    insta::assert_snapshot!(with_subject(false, write_slack_message));
}

#[test]
fn ticket_of_the_sample() {
    insta::assert_snapshot!(with_subject(false, write_change_ticket));
}

#[test]
fn json_of_the_sample() {
    let text = with_subject(false, write_report_json);
    let mut value: Value = serde_json::from_str(&text).unwrap();
    // held by the schema of the assessment and by its own tests
    assert!(value["assessment"]["findings"].is_array());
    value["assessment"] = Value::Null;
    value["verdict"] = Value::Null;
    insta::assert_snapshot!(format!("{value:#}"));
}

/// The style is shown once, in the snapshot of the session's page.
fn without_style(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    format!("{before}{after}")
}

#[test]
fn a_title_says_that_it_was_done_only_where_somebody_saw_it() {
    let title = |events: &[Event]| {
        let subject = ReportSubject::of_session_in(events, None, None, false, zone());
        subject.headline()
    };
    let mut events = sample::events();
    assert_eq!(
        title(&events),
        "payments 3.1.0 to 3.0.0: rolled back with conditions after 30 min"
    );
    let seen = events
        .iter()
        .position(|event| matches!(event.what, EventKind::Observed { .. }))
        .unwrap();
    events.truncate(seen);
    assert_eq!(
        title(&events),
        "payments 3.1.0: decided after 21 min to roll back to 3.0.0, with conditions"
    );
    events.pop();
    assert_eq!(title(&events), "payments 3.1.0: nothing is decided yet");
}

#[test]
fn an_option_has_its_minutes_and_an_estimate_says_so() {
    use crate::model::{Fact, FactValue, fact_key};
    let mut assessment = sample::assessment();
    for fact in [
        Fact::sensed(fact_key::DEPLOYMENT_MINUTES_BACK, FactValue::Number(15.0)),
        Fact::stated(
            fact_key::DEPLOYMENT_MINUTES_FORWARD,
            FactValue::Number(60.0),
        ),
    ] {
        assessment.facts.insert(fact.key.clone(), fact);
    }
    let subject = ReportSubject::of_assessment_in(&assessment, false, zone());
    let board = super::board::write_board(&subject).unwrap().body;
    assert!(board.contains(">15 min est.<"), "{board}");
    assert!(
        board.contains(">1 h<") || board.contains(">60 min<"),
        "{board}"
    );
}

#[test]
fn a_plan_that_was_run_is_told_in_every_form() {
    let events = crate::report::tests::run_events();
    let assessment = sample::assessment();
    let subject = ReportSubject::of_session_in(&events, Some(&assessment), None, false, zone());
    let section = super::plan::write_runs(&subject).unwrap();
    insta::assert_snapshot!("plan_that_was_run", section.body);
    let page = write_html_page(&subject, false);
    assert!(page.contains("<h2>The plan as it was run</h2>"), "{page}");
    let message = write_slack_message(&subject);
    assert!(message.contains("*The plan as it was run*"), "{message}");
    let report: Value = serde_json::from_str(&write_report_json(&subject)).unwrap();
    assert!(report["runs"][0]["steps"].is_array(), "{report:#}");
}

#[test]
fn no_key_of_a_fact_is_shown() {
    let page = without_style(&with_subject(false, |subject| {
        write_html_page(subject, false)
    }));
    let texts = [
        page,
        with_subject(false, write_slack_message),
        with_subject(false, write_change_ticket),
    ];
    for text in texts {
        for key in ["impact.now", "fix.state", "switch.exists", "dependent["] {
            assert!(!text.contains(key), "{key}: {text}");
        }
    }
}

#[test]
fn names_stay_out_of_every_form_until_they_are_asked_for() {
    let (events, decision) = (sample::events(), sample::decision());
    let mut assessment = sample::assessment();
    assessment.changelog.entries[0].author = "Ann Smith".into();
    assessment.changelog.entries[0].title = "let Ann Smith verify cards".into();
    let forms = |names: bool| {
        let subject = ReportSubject::of_session_in(
            &events,
            Some(&assessment),
            Some(&decision),
            names,
            zone(),
        );
        [
            write_html_page(&subject, false),
            write_slack_message(&subject),
            write_change_ticket(&subject),
            write_report_json(&subject),
        ]
    };
    for text in forms(false) {
        for name in ["Jane", "Ola N", "Sam Roe", "Ann Smith"] {
            assert!(!text.contains(name), "{name}: {text}");
        }
        assert!(text.contains("incident lead"), "roles stay: {text}");
    }
    assert!(forms(true)[0].contains("Jane Doe"));
    assessment.plan[0].step =
        "Tell lead, the authors of the range (Bo (x), Mia and 2 more): a fix is live".into();
    redact_assessment_names(&mut assessment);
    assert_eq!(
        assessment.plan[0].step,
        "Tell lead, the authors of the range: a fix is live"
    );
    let text = crate::report::write_assessment_json(&assessment, false);
    assert!(!text.contains("Ann Smith"), "{text}");
}

/// The sample with a text from outside wherever one can stand.
fn hostile(text: &str) -> (Vec<Event>, Assessment, Decision) {
    let (mut events, mut assessment, mut decision) =
        (sample::events(), sample::assessment(), sample::decision());
    spoil_events(&mut events, text);
    spoil_assessment(&mut assessment, text);
    spoil_decision(&mut decision, text);
    assessment.verdict = Some(decision.clone());
    (events, assessment, decision)
}

fn spoil_events(events: &mut [Event], text: &str) {
    let put = |field: &mut String| text.clone_into(field);
    for event in events {
        event.role = event.role.take().map(|_| text.to_owned()).map(Into::into);
        match &mut event.what {
            EventKind::Started(start) => {
                start.service = Some(text.to_owned());
                start.environment = Some(text.to_owned());
                for field in [
                    &mut start.previous,
                    &mut start.current,
                    &mut start.session,
                    &mut start.tool,
                ] {
                    put(field);
                }
            }
            EventKind::PairConfirmed { previous, current } => {
                put(previous);
                put(current);
            }
            EventKind::Noted { text: field }
            | EventKind::Observed { text: field, .. }
            | EventKind::GateCalled { reason: field, .. }
            | EventKind::Verdict { why: field, .. }
            | EventKind::Asked { who: field, .. } => *field = text.into(),
            EventKind::Polled {
                role_polled,
                objection,
                ..
            } => {
                *role_polled = text.into();
                *objection = Some(text.into());
            }
            EventKind::Decided {
                reason,
                typed,
                second,
                expect,
                ..
            } => {
                *reason = text.into();
                for field in [typed, second, expect] {
                    *field = Some(text.into());
                }
            }
            EventKind::Answered { note, .. } => *note = Some(text.into()),
            _ => {}
        }
    }
}

fn spoil_assessment(assessment: &mut Assessment, text: &str) {
    let put = |field: &mut String| text.clone_into(field);
    assessment.repository.path = text.replace('\0', "").into();
    for release in [&mut assessment.previous, &mut assessment.current] {
        release.version = text.into();
        put(&mut release.commit);
    }
    for finding in &mut assessment.findings {
        for field in [
            &mut finding.subject,
            &mut finding.says,
            &mut finding.why,
            &mut finding.action,
        ] {
            *field = text.into();
        }
        finding.compatibility_step = Some(text.into());
        for place in &mut finding.evidence {
            place.path = Some(text.into());
            place.excerpt = Some(text.into());
        }
    }
    for entry in &mut assessment.changelog.entries {
        put(&mut entry.commit);
        for field in [&mut entry.title, &mut entry.author] {
            *field = text.into();
        }
        entry.kind = Some(text.into());
        entry.security = vec![text.to_owned()];
    }
    for row in &mut assessment.coverage {
        row.mechanism = Some(text.to_owned());
        for place in &mut row.places {
            place.path = text.into();
            place.why = text.into();
        }
    }
    assessment.unchecked = vec![Unchecked {
        what: text.into(),
        why: text.into(),
        settle_with: Some(text.into()),
    }];
    for step in &mut assessment.plan {
        step.step = text.into();
        step.why = text.into();
        for field in [&mut step.command, &mut step.undo, &mut step.expect] {
            *field = Some(text.into());
        }
    }
    for check in &mut assessment.preflight {
        put(&mut check.says);
        check.command = Some(text.to_owned());
    }
    assessment.changelog.notes = vec![text.to_owned()];
}

fn spoil_decision(decision: &mut Decision, text: &str) {
    for reason in decision.because.iter_mut().chain(&mut decision.against) {
        reason.says = text.into();
    }
    for status in &mut decision.options {
        status
            .blockers
            .iter_mut()
            .for_each(|one| one.says = text.into());
        status
            .conditions
            .iter_mut()
            .for_each(|one| one.says = text.into());
    }
    for next in &mut decision.questions {
        next.asks = text.into();
    }
    decision
        .flips
        .iter_mut()
        .for_each(|flip| flip.says = text.into());
}

/// Every tag of a page, with its attributes.
fn tags(page: &str) -> Vec<&str> {
    let page = page.split_once("</style>").map_or(page, |(_, rest)| rest);
    let parts = page.split('<').skip(1);
    parts
        .map(|part| part.split_once('>').map_or(part, |(tag, _)| tag))
        .collect()
}

/// Tags without what is a number in them, which may differ.
fn shapes(page: &str) -> std::collections::BTreeSet<String> {
    let letters = |tag: &&str| -> String {
        tag.chars()
            .filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | '-'))
            .collect()
    };
    tags(page).iter().map(letters).collect()
}

fn pages(events: &[Event], assessment: &Assessment, decision: &Decision) -> [String; 2] {
    let held =
        ReportSubject::of_session_in(events, Some(assessment), Some(decision), false, zone())
            .with_remarks(vec![assessment.previous.version.as_raw().to_owned()]);
    let alone = ReportSubject::of_assessment_in(assessment, false, zone());
    [write_html_page(&held, false), write_html_page(&alone, true)]
}

const HOSTILE: &str = "\u{1b}[31m<script>alert('x')</script>\u{202e}\" onload=\"x\" \
                       <!channel> <@U1> &lt; \u{2066}\u{200e}\u{7}\n</pre></style>]]>";

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let (events, assessment, decision) = hostile(HOSTILE);
    let [session, alone] = pages(&events, &assessment, &decision);
    for page in [&session, &alone] {
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
        assert!(page.contains("␛[31m") && page.contains("&lt;U+202E&gt;"));
        assert!(!page.contains("<script") && !page.contains("onload=\"x"));
    }
    let subject =
        ReportSubject::of_session_in(&events, Some(&assessment), Some(&decision), true, zone());
    let message = write_slack_message(&subject);
    assert!(
        !message.contains("<!channel>") && !message.contains("<@U1>"),
        "{message}"
    );
    assert!(message.contains("&lt;!channel&gt;"), "{message}");
    for text in [
        session,
        alone,
        message,
        write_change_ticket(&subject),
        write_report_json(&subject),
    ] {
        let bad = text.chars().find(|c| {
            c.is_control() && *c != '\n' || matches!(c, '\u{202e}' | '\u{2066}' | '\u{200e}')
        });
        assert_eq!(bad, None, "{text}");
    }
}

fn check_limits_of_slack(message: &str) -> Result<(), TestCaseError> {
    let (most, longest, header) = slack::LIMITS;
    let value: Value = serde_json::from_str(message).unwrap();
    let blocks = value["blocks"].as_array().unwrap();
    prop_assert!(blocks.len() <= most, "{} blocks", blocks.len());
    for block in blocks {
        let mut texts: Vec<&Value> = block.get("text").into_iter().collect();
        texts.extend(block["elements"].as_array().into_iter().flatten());
        prop_assert!(!texts.is_empty());
        for text in texts {
            let text = text["text"].as_str().unwrap();
            let bound = if block["type"] == "header" {
                header
            } else {
                longest
            };
            let long = text.encode_utf16().count();
            prop_assert!((1..=bound).contains(&long), "{long} of {bound}: {text}");
            if block["type"] == "header" {
                continue;
            }
            prop_assert!(!text.contains(['<', '>']), "{text}");
            for (at, _) in text.match_indices('&') {
                let rest = &text[at..];
                let whole = ["&amp;", "&lt;", "&gt;"]
                    .iter()
                    .any(|one| rest.starts_with(one));
                prop_assert!(whole, "an entity is cut: {rest}");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_text_makes_a_tag_or_leaves_the_limits_of_slack(
        raw in "[a-z <>&\"'/=!@#*_~`;\\-\n\t\u{1b}\u{202e}\u{200b}é日👩]{1,80}",
        times in 1_usize..80,
    ) {
        let text = raw.repeat(times);
        let (events, assessment, decision) = hostile(&text);
        let (plain_events, plain_assessment, plain_decision) = hostile("plain");
        let hostile_pages = pages(&events, &assessment, &decision);
        let plain_pages = pages(&plain_events, &plain_assessment, &plain_decision);
        for (page, plain) in hostile_pages.iter().zip(&plain_pages) {
            let (ours, plain) = (shapes(page), shapes(plain));
            // whether a command looks like SQL is for the text to say
            let new: Vec<&String> = ours
                .difference(&plain)
                .filter(|tag| tag.as_str() != "pre class=\"sql\"" && tag.as_str() != "pre")
                .collect();
            prop_assert!(new.is_empty(), "{new:?}");
        }
        for names in [false, true] {
            let subject = ReportSubject::of_session_in(
                &events, Some(&assessment), Some(&decision), names, zone());
            check_limits_of_slack(&write_slack_message(&subject))?;
        }
        let alone = ReportSubject::of_assessment_in(&assessment, false, zone());
        check_limits_of_slack(&write_slack_message(&alone))?;
        let ticket: Value = serde_json::from_str(&write_change_ticket(&alone)).unwrap();
        for (key, field) in ticket.as_object().unwrap() {
            let long = field.as_str().map_or(0, |text| text.chars().count());
            prop_assert!(long <= 4_000, "{key}: {long}");
        }
    }
}

#[test]
fn many_of_everything_stay_within_the_limits() {
    let (mut events, mut assessment, mut decision) = hostile(&"<&\"> ".repeat(300));
    let last = events.last().unwrap().clone();
    for at in 0..3_000 {
        events.push(Event {
            seq: last.seq + 1 + at,
            what: EventKind::Verdict {
                option: [OptionId::RollBack, OptionId::RollForward][at as usize % 2],
                strength: crate::model::Strength::Open,
                margin: None,
                why: ("<".repeat(900)).into(),
            },
            ..last.clone()
        });
    }
    let finding = assessment.findings[0].clone();
    assessment.findings = vec![finding; 2_000];
    let entry = assessment.changelog.entries[0].clone();
    assessment.changelog.entries = vec![entry; 5_000];
    let step = assessment.plan[0].clone();
    assessment.plan = vec![step; 500];
    let next = decision.questions[0].clone();
    decision.questions = vec![next; 1_000];
    let subject =
        ReportSubject::of_session_in(&events, Some(&assessment), Some(&decision), false, zone());
    let page = write_html_page(&subject, true);
    assert!(page.len() < 2_300_000, "{}", page.len());
    assert!(page.contains("1940 more risks") || page.contains("Left out"));
    check_limits_of_slack(&write_slack_message(&subject)).unwrap();
}

#[test]
fn a_part_that_does_not_fit_is_named() {
    let page = with_subject(false, |subject| {
        let sections: Vec<super::frame::PageSection> = [
            super::board::write_board(subject),
            super::plan::write_plan(subject),
        ]
        .into_iter()
        .flatten()
        .collect();
        assemble_page(subject, &sections, 100)
    });
    assert!(page.contains("Left out, because the page would be too long: Options, Plan."));
    assert!(page.ends_with("</html>\n"));
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let page = with_subject(false, |subject| write_html_page(subject, true));
    for word in [
        "<script", "http:", "https:", "url(h", "@import", " onclick", " onload",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'"));
}
