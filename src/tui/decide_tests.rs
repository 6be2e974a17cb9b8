//! Deciding, and what follows a decision, by messages alone.

use crate::model::{Fact, FactValue, OptionId, Strength};
use crate::session::{Event, EventKind};
use crate::tui::message::Message;
use crate::tui::model::{Model, ReadingProgress};
use crate::tui::popup::commit::query::two_persons;
use crate::tui::sample;
use crate::tui::screen::Screen;
use crate::tui::screen_tests::with_events;
use crate::tui::update::update_model;
use crate::tui::update_tests::{appended, begun, fixed, keys, typed, write};

#[test]
fn a_decision_has_a_reason_and_no_repeated_key_reaches_it() {
    let mut model = begun();
    for key in ["c", "d", "enter"] {
        for _ in 0..12 {
            assert!(appended(&keys(&mut model, &[key])).is_empty(), "{key}");
        }
    }
    // the strongest reason stands there, what is open is counted in questions
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("3 questions are open") && text.contains("3.0.0 has no POST /cards/verify"),
        "{text}"
    );
    let effects = keys(&mut model, &["right", "enter"]);
    let [
        EventKind::Decided {
            option,
            recommended,
            open,
            reason,
            ..
        },
    ] = fixed(&effects)
    else {
        panic!()
    };
    assert_eq!(
        (option, recommended),
        (OptionId::RollForward, OptionId::RollForward)
    );
    assert_eq!(
        reason,
        "3.0.0 has no POST /cards/verify, and storefront 5.2 calls it."
    );
    assert_eq!(
        open,
        [("dependent[storefront].copes".to_owned(), FactValue::Unknown)]
    );
    write(&mut model, effects);
    assert_eq!(model.screen, Screen::Plan);
    assert!(sample::show_sample(&mut model, 80, 24).contains("DECIDED roll forward"));
    // u takes the decision back, and says so
    let effects = keys(&mut model, &["u"]);
    assert_eq!(appended(&effects), [EventKind::Withdrawn { seq: 2 }]);
    write(&mut model, effects);
    assert!(model.session.decided.is_none());
    assert!(
        sample::show_sample(&mut model, 120, 24).contains("taken back: the decision: Roll forward")
    );
}

#[test]
fn a_decision_before_everything_was_read_says_so_and_is_recorded_so() {
    let mut model = begun();
    model.reading = ReadingProgress {
        opened: true,
        done: [true, true, false, false, false, false],
        complete: false,
        failed: None,
    };
    keys(&mut model, &["c", "enter"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("Only 2 of 6 parts are read"));
    let effects = keys(&mut model, &["enter", "enter", "enter", "right", "enter"]);
    let [EventKind::Noted { text }, EventKind::Decided { .. }] = fixed(&effects) else {
        panic!("{effects:?}")
    };
    assert!(text.as_raw().contains("2 of 6"), "{text}");
}

#[test]
fn what_the_command_line_said_is_not_taken_back_by_a_key() {
    let mut model = begun();
    let what = EventKind::Answered {
        question: None,
        facts: vec![Fact::stated(
            "deployment.live_minutes",
            FactValue::Number(6.0),
        )],
        note: None,
    };
    let event = Event {
        seq: 2,
        at: model.now,
        role: Some(crate::session::COMMAND_LINE.into()),
        by: None,
        what,
        previous: String::new(),
        hash: String::new(),
    };
    update_model(
        &mut model,
        Message::Appended {
            ticket: None,
            event: Box::new(event),
        },
    );
    assert!(appended(&keys(&mut model, &["u"])).is_empty());
}

#[test]
fn a_hold_runs_in_the_header_and_asks_when_it_ends() {
    let mut model = begun();
    let decide = |option, expect: Option<&str>| EventKind::Decided {
        option,
        recommended: OptionId::RollForward,
        strength: Strength::Open,
        reason: "we wait for the storefront team".into(),
        typed: None,
        second: None,
        expect: expect.map(str::to_owned).map(Into::into),
        within_minutes: Some(5),
        open: Vec::new(),
    };
    let at = |model: &mut Model, seq, what| {
        let event = Event {
            seq,
            at: model.now,
            role: None,
            by: None,
            what,
            previous: String::new(),
            hash: String::new(),
        };
        update_model(
            model,
            Message::Appended {
                ticket: None,
                event: Box::new(event),
            },
        );
    };
    at(&mut model, 2, decide(OptionId::Hold, None));
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("DECIDED hold 03:00") && text.contains("hold ends 03:05, in 5:00"),
        "{text}"
    );
    update_model(
        &mut model,
        Message::Tick(sample::make_sample_time("03:01:00")),
    );
    assert!(sample::show_sample(&mut model, 80, 24).contains("in 4:00") && model.popups.is_empty());
    update_model(
        &mut model,
        Message::Tick(sample::make_sample_time("03:05:00")),
    );
    assert!(sample::show_sample(&mut model, 80, 24).contains("The hold is over"));
    keys(&mut model, &["esc"]);
    update_model(
        &mut model,
        Message::Tick(sample::make_sample_time("03:05:05")),
    );
    assert!(model.popups.is_empty(), "it asks once");
    // an expectation: it is asked what was seen; when it failed, the next option is the headline
    at(
        &mut model,
        3,
        decide(OptionId::RollForward, Some("errors below 1 %")),
    );
    update_model(
        &mut model,
        Message::Tick(sample::make_sample_time("03:10:05")),
    );
    assert!(sample::show_sample(&mut model, 80, 24).contains("Expected: errors below 1 %"));
    keys(&mut model, &["right", "enter"]);
    typed(&mut model, "still at 4 %");
    let effects = keys(&mut model, &["enter"]);
    write(&mut model, effects);
    assert_eq!(model.next_option(), Some(OptionId::RollBackWithConditions));
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("ROLL BACK to 3.0.0") && text.contains("did not work"),
        "{text}"
    );
    keys(&mut model, &["c"]);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.lines()
            .any(|line| line.contains('▸') && line.contains("Roll back to 3.0.0")),
        "{text}"
    );
}

#[test]
fn what_cannot_be_taken_back_takes_the_version_and_a_look() {
    let mut model = begun();
    keys(&mut model, &["c", "down"]);
    assert!(
        appended(&keys(&mut model, &["d"])).is_empty(),
        "one key is not enough"
    );
    keys(&mut model, &["enter"]);
    typed(&mut model, "charges fail");
    keys(&mut model, &["enter"]);
    typed(&mut model, "errors at 4 %");
    keys(&mut model, &["enter"]);
    typed(&mut model, "errors below 1 %");
    keys(&mut model, &["enter"]);
    typed(&mut model, "10");
    keys(&mut model, &["enter"]);
    typed(&mut model, "3.1.0");
    assert!(keys(&mut model, &["enter"]).is_empty());
    assert!(
        sample::show_sample(&mut model, 80, 24).contains("Type 3.0.0 exactly"),
        "{}",
        sample::show_sample(&mut model, 80, 24)
    );
    keys(&mut model, &["ctrl-u"]);
    typed(&mut model, "3.0.0");
    let effects = keys(&mut model, &["enter"]);
    let [
        EventKind::Noted { text },
        EventKind::Decided {
            option,
            typed,
            within_minutes,
            expect,
            ..
        },
    ] = fixed(&effects)
    else {
        panic!()
    };
    assert!(text.as_raw().contains("errors at 4 %"));
    assert_eq!(option, OptionId::RollBackWithConditions);
    assert_eq!(
        (
            typed.as_ref().map(crate::model::Untrusted::as_raw),
            within_minutes,
            expect.as_ref().map(crate::model::Untrusted::as_raw)
        ),
        (Some("3.0.0"), Some(10), Some("errors below 1 %"))
    );
    assert!(model.popups.is_empty());
}

#[test]
fn data_loss_takes_a_second_person() {
    let decision = sample::make_sample_decision();
    assert!(!two_persons(&decision, OptionId::RollBack));
    let mut decision = sample::make_sample_decision();
    let status = decision
        .options
        .iter_mut()
        .find(|status| status.option == OptionId::RollBackWithConditions)
        .unwrap();
    status.conditions.push(crate::model::Condition {
        says: "Two people accept the loss.".into(),
        kind: "two-persons".into(),
        ..crate::model::Condition::default()
    });
    assert!(two_persons(&decision, OptionId::RollBackWithConditions));
    assert!(two_persons(&decision, OptionId::Restore));
}

#[test]
fn an_old_answer_about_danger_is_asked_again_before_a_decision() {
    let mut model = begun();
    let fact = Fact {
        at: Some(sample::make_sample_time("02:45:00")),
        ..Fact::stated("harm.irreversible", FactValue::word("none"))
    };
    model
        .decided
        .as_mut()
        .unwrap()
        .resolved
        .facts
        .insert(fact.key.clone(), fact);
    keys(&mut model, &["c"]);
    assert!(appended(&keys(&mut model, &["d"])).is_empty());
    keys(&mut model, &["enter"]);
    typed(&mut model, "calm");
    keys(&mut model, &["enter", "enter", "enter", "enter", "right"]);
    assert!(
        keys(&mut model, &["enter"]).is_empty(),
        "it was not looked at again"
    );
    keys(
        &mut model,
        &["up", "up", "up", "right", "down", "down", "down", "enter"],
    );
    assert!(
        model
            .pending
            .iter()
            .any(|pending| matches!(pending.what, EventKind::Decided { .. }))
    );
    assert!(model.pending.iter().any(|pending| matches!(&pending.what, EventKind::Answered { facts, .. } if facts[0].key == "harm.irreversible")));
}

#[test]
fn a_session_is_said_to_be_closed_once_that_is_on_disk() {
    let mut model = with_events();
    keys(&mut model, &["t"]);
    typed(&mut model, "the pool is full");
    let effects = keys(&mut model, &["enter"]);
    write(&mut model, effects);
    let effects = keys(&mut model, &["E", "enter", "enter", "right", "enter"]);
    let shown = sample::show_sample(&mut model, 120, 36);
    assert!(
        shown.contains("writing: the end of the session") && !shown.contains("is closed"),
        "{shown}"
    );
    write(&mut model, effects);
    let shown = sample::show_sample(&mut model, 120, 36);
    assert!(
        shown.contains("the end of the session: it worked; `backout report`"),
        "{shown}"
    );
}
