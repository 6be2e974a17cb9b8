//! What keys do, by messages alone.

use std::sync::Arc;

use proptest::prelude::*;

use crate::model::{FactValue, OptionId, Strength};
use crate::session::{Event, EventKind};
use crate::tui::effect::Effect;
use crate::tui::key::make_key_event;
use crate::tui::message::Message;
use crate::tui::model::{Model, ReadingProgress, StartOptions, Story};
use crate::tui::popup::kind::Popup;
use crate::tui::sample;
use crate::tui::update::update_model;

/// Presses keys, each with what it acts on in sight, and returns all effects.
pub(super) fn keys(model: &mut Model, names: &[&str]) -> Vec<Effect> {
    let one = |name: &&str| {
        sample::show_sample(model, 80, 24);
        update_model(model, Message::Key(make_key_event(name)))
    };
    names.iter().flat_map(one).collect()
}

/// Types text.
pub(super) fn typed(model: &mut Model, text: &str) -> Vec<Effect> {
    text.chars()
        .flat_map(|c| {
            update_model(
                model,
                Message::Key(make_key_event(&if c == ' ' {
                    "space".to_owned()
                } else {
                    c.to_string()
                })),
            )
        })
        .collect()
}

/// Writes what was to be appended, as the journal would.
pub(super) fn write(model: &mut Model, effects: Vec<Effect>) -> Vec<Effect> {
    let mut out = Vec::new();
    for effect in effects {
        match effect {
            Effect::Append {
                ticket,
                what,
                role,
                by,
            } => {
                let seq = model.events.len() as u64 + 1;
                let event = Event {
                    seq,
                    at: model.now,
                    role: role.map(Into::into),
                    by: by.map(Into::into),
                    what: *what,
                    previous: String::new(),
                    hash: String::new(),
                };
                out.extend(update_model(
                    model,
                    Message::Appended {
                        ticket: Some(ticket),
                        event: Box::new(event),
                    },
                ));
            }
            other => out.push(other),
        }
    }
    out
}

/// The verdict that knows the last answer is in; the questions are the same as before.
pub(super) fn decided_anew(model: &mut Model) {
    let mut decided = (**model.decided.as_ref().unwrap()).clone();
    decided.generation = model.generation;
    let effects = update_model(model, Message::Decided(Box::new(decided)));
    model
        .pending
        .retain(|pending| !matches!(pending.what, EventKind::Verdict { .. }));
    drop(effects);
}

pub(super) fn appended(effects: &[Effect]) -> Vec<EventKind> {
    effects
        .iter()
        .filter_map(|effect| {
            if let Effect::Append { what, .. } = effect {
                Some((**what).clone())
            } else {
                None
            }
        })
        .collect()
}

pub(super) fn fixed<const N: usize>(effects: &[Effect]) -> [EventKind; N] {
    appended(effects).try_into().unwrap()
}

/// A model whose journal has begun.
pub(super) fn begun() -> Model {
    let mut model = sample::make_sample_model();
    model.events.push(Event {
        seq: 1,
        at: model.now,
        role: None,
        by: None,
        what: EventKind::Resumed {
            tool: "test".to_owned(),
        },
        previous: String::new(),
        hash: String::new(),
    });
    model
}

#[test]
fn one_key_answers_and_it_counts_once_it_is_on_disk() {
    let mut model = begun();
    let effects = keys(&mut model, &["y"]);
    let [
        EventKind::Answered {
            question, facts, ..
        },
    ] = fixed(&effects)
    else {
        panic!()
    };
    assert_eq!(question.as_deref(), Some("dependent-copes"));
    assert_eq!(facts[0].key, "dependent[storefront].copes");
    assert_eq!(facts[0].value, FactValue::word("yes"));
    assert!(
        model.session.stated.is_empty(),
        "it counts only when it is written"
    );
    assert_eq!(model.pending.len(), 1);
    assert!(sample::show_sample(&mut model, 80, 24).contains("writing"));
    let after = write(&mut model, effects);
    assert_eq!(model.session.stated.len(), 1);
    assert!(model.pending.is_empty());
    assert!(
        after
            .iter()
            .any(|effect| matches!(effect, Effect::Decide(job) if job.stated.len() == 1))
    );
}

#[test]
fn an_answer_that_is_not_written_is_not_taken() {
    let mut model = begun();
    let effects = keys(&mut model, &["y"]);
    let Effect::Append { ticket, .. } = effects[0] else {
        panic!()
    };
    update_model(
        &mut model,
        Message::NotAppended {
            ticket,
            says: "The disk is full.".to_owned(),
        },
    );
    assert!(model.session.stated.is_empty() && model.pending.is_empty());
    assert!(sample::show_sample(&mut model, 80, 24).contains("The disk is full."));
    keys(&mut model, &["esc"]);
    assert!(model.trouble.is_none());
}

#[test]
fn what_is_lost_is_counted_until_it_is_said_again() {
    let mut model = begun();
    for key in ["y", "y"] {
        let effects = keys(&mut model, &[key]);
        let Effect::Append { ticket, .. } = effects[0] else {
            panic!()
        };
        update_model(
            &mut model,
            Message::NotAppended {
                ticket,
                says: "The session is full.".to_owned(),
            },
        );
    }
    assert_eq!(model.lost.len(), 2);
    let trouble = model.trouble.clone().unwrap();
    assert!(
        trouble.contains("Not recorded: ")
            && trouble.contains("1 thing was not recorded either")
            && trouble.contains("Say it again"),
        "{trouble}"
    );
    let effects = keys(&mut model, &["esc", "y"]);
    write(&mut model, effects);
    assert_eq!(model.lost.len(), 1, "it was said again and taken");
    update_model(
        &mut model,
        Message::Doubt("The clock was set back.".to_owned()),
    );
    assert!(sample::show_sample(&mut model, 80, 24).contains("The clock was set back."));
}

#[test]
fn undo_withdraws_the_last_answer_and_then_the_one_before() {
    let mut model = begun();
    for key in ["y", "y"] {
        let effects = keys(&mut model, &[key]);
        write(&mut model, effects);
        decided_anew(&mut model);
    }
    assert_eq!(model.session.stated.len(), 2);
    for (seq, left) in [(3, 1), (2, 0)] {
        let effects = keys(&mut model, &["u"]);
        assert_eq!(appended(&effects), [EventKind::Withdrawn { seq }]);
        write(&mut model, effects);
        assert_eq!(model.session.stated.len(), left);
    }
    assert!(keys(&mut model, &["u"]).is_empty());
    assert_eq!(model.events.len(), 5, "the record keeps everything");
}

#[test]
fn the_first_question_is_whether_current_is_live() {
    let mut model = begun();
    model.pair_given = false;
    assert!(sample::show_sample(&mut model, 80, 24).contains("Is 3.1.0 what is live now?"));
    let effects = keys(&mut model, &["y"]);
    assert_eq!(
        appended(&effects),
        [EventKind::PairConfirmed {
            previous: "3.0.0".to_owned(),
            current: "3.1.0".to_owned()
        }]
    );
    write(&mut model, effects);
    assert!(!model.must_confirm());
    // no: another release, then what one would go back to; the next lower one is under the cursor
    let mut model = begun();
    model.pair_given = false;
    keys(&mut model, &["n"]);
    keys(&mut model, &["down", "enter"]);
    let effects = keys(&mut model, &["enter"]);
    assert!(
        effects.contains(&Effect::Reassess {
            previous: "v2.9.4".to_owned(),
            current: "v3.0.0".to_owned()
        }),
        "{effects:?}"
    );
    assert_eq!(appended(&effects).len(), 1);
    assert!(model.assessment.is_none() && !model.reading.complete);
}

#[test]
fn whom_was_asked_is_recorded_and_the_next_question_comes_up() {
    let mut model = begun();
    keys(&mut model, &["a"]);
    let effects = keys(&mut model, &["enter"]);
    assert_eq!(
        appended(&effects),
        [EventKind::Asked {
            question: "dependent-copes".to_owned(),
            who: "the storefront team".into()
        }]
    );
    write(&mut model, effects);
    assert!(
        sample::show_sample(&mut model, 80, 24).contains("How badly are users affected right now?")
    );
}

#[test]
fn confidence_role_and_note_are_optional_and_behind_one_key() {
    let mut model = begun();
    keys(&mut model, &["+", "right", "enter"]);
    typed(&mut model, "database");
    keys(&mut model, &["enter", "enter"]);
    typed(&mut model, "as of the last test");
    keys(&mut model, &["enter"]);
    assert!(model.popups.is_empty());
    let effects = keys(&mut model, &["y"]);
    let Effect::Append { what, role, .. } = &effects[0] else {
        panic!()
    };
    let EventKind::Answered { facts, note, .. } = &**what else {
        panic!()
    };
    assert_eq!(facts[0].confidence, crate::model::Sureness::Low);
    assert_eq!(note.as_ref().unwrap(), "as of the last test");
    assert_eq!(role.as_deref(), Some("database"));
    assert!(!model.speaker.low, "only for one answer");
}

#[test]
fn the_verdict_is_recorded_when_it_changes_and_not_before_it_is_settled() {
    let mut model = begun();
    model.reading = ReadingProgress {
        opened: true,
        done: [true, true, false, false, false, false],
        complete: false,
        failed: None,
    };
    let mut decided = (**model.decided.as_ref().unwrap()).clone();
    decided.generation = 2;
    assert!(
        appended(&update_model(
            &mut model,
            Message::Decided(Box::new(decided.clone()))
        ))
        .is_empty()
    );
    model.reading.complete = true;
    decided.generation = 3;
    model.generation = 3;
    model.events.push(Event {
        seq: 2,
        at: model.now,
        role: None,
        by: None,
        what: EventKind::Verdict {
            option: OptionId::RollForward,
            strength: Strength::Firm,
            margin: None,
            why: "first verdict".into(),
        },
        previous: String::new(),
        hash: String::new(),
    });
    decided.cause = "impact now: down".to_owned();
    let effects = update_model(&mut model, Message::Decided(Box::new(decided.clone())));
    let [
        EventKind::Verdict {
            option,
            strength,
            why,
            ..
        },
    ] = fixed(&effects)
    else {
        panic!()
    };
    assert_eq!(
        (option, strength, why.as_raw()),
        (OptionId::RollForward, Strength::Open, "impact now: down")
    );
    write(&mut model, effects);
    decided.generation = 4;
    model.generation = 4;
    assert!(
        appended(&update_model(
            &mut model,
            Message::Decided(Box::new(decided.clone()))
        ))
        .is_empty(),
        "nothing changed"
    );
    decided.generation = 1;
    decided.decision.option = OptionId::RollBack;
    update_model(&mut model, Message::Decided(Box::new(decided)));
    assert_eq!(
        model.decision().unwrap().option,
        OptionId::RollForward,
        "an older result is dropped"
    );
}

#[test]
fn time_runs_and_the_deadline_forces_a_new_decision() {
    let mut model = begun();
    assert!(
        update_model(
            &mut model,
            Message::Tick(sample::make_sample_time("03:00:30"))
        )
        .is_empty()
    );
    let effects = update_model(
        &mut model,
        Message::Tick(sample::make_sample_time("03:01:00")),
    );
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Decide(job) if job.sensed.iter().any(|fact| fact.value == FactValue::Number(48.0)))));
    let effects = update_model(
        &mut model,
        Message::Tick(sample::make_sample_time("03:40:00")),
    );
    assert!(
        effects.iter().any(
            |effect| matches!(effect, Effect::Decide(job) if job.cause.contains("has passed"))
        )
    );
    assert!(sample::show_sample(&mut model, 80, 24).contains("time is over"));
}

#[test]
fn leaving_without_a_decision_is_asked_once() {
    let mut model = begun();
    assert_eq!(
        keys(&mut model, &["q"]).len(),
        1,
        "nothing was answered: it leaves"
    );
    let effects = keys(&mut model, &["n"]);
    write(&mut model, effects);
    assert!(keys(&mut model, &["q"]).is_empty());
    assert!(matches!(model.popups.last(), Some(Popup::Choose(_))));
    assert!(matches!(
        keys(&mut model, &["q"]).as_slice(),
        [Effect::Quit(_)]
    ));
}

#[test]
fn a_read_only_session_takes_no_answer() {
    let mut model = begun();
    model.writable = false;
    assert!(keys(&mut model, &["y", "d", "t", "c"]).is_empty());
    assert!(model.popups.is_empty());
    assert!(sample::show_sample(&mut model, 80, 24).contains("READ ONLY"));
}

#[test]
fn hostile_text_is_made_visible() {
    let mut model = begun();
    typed_note(&mut model, "evil \x1b[31mred\u{202e}");
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        !text.contains('\x1b') && !text.contains('\u{202e}'),
        "{text}"
    );
    let mut model = begun();
    let decided = model.decided.as_mut().unwrap();
    decided.decision.because[0].says = "\x1b]0;title\x07 says".into();
    decided.decision.questions[0].asks = "\x1b[2J?".into();
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(text.contains("␛") && !text.contains('\x1b'));
}

fn typed_note(model: &mut Model, text: &str) {
    keys(model, &["t"]);
    update_model(model, Message::Paste(text.to_owned()));
    let effects = keys(model, &["enter"]);
    write(model, effects);
    keys(model, &["8"]);
}

#[test]
fn the_first_frame_needs_nothing() {
    let model = Model::new(
        StartOptions::default(),
        Arc::new(sample::load_sample_checklist()),
        sample::make_sample_now(),
    );
    assert!(sample::draw_sample_text(&model, 80, 24).contains("OPENING THE REPOSITORY"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is pressed at whatever size: nothing panics, and every drawing has the size asked for.
    #[test]
    fn any_keys_at_any_size(names in proptest::collection::vec(proptest::sample::select(vec![
        "1", "2", "3", "4", "5", "6", "7", "8", "y", "n", "d", "x", "a", "b", "e", "+", "u", "c", "t", "o", "p", "/", ":", "?", "enter", "esc", "tab", "up", "down", "left", "right",
        "pgup", "pgdn", "home", "G", "<", ">", "s", "w", "r", "]", "[", "}", "{", "l", "m", "space", "backspace", "k", "j",
    ]), 0..60), columns in 20u16..200, rows in 5u16..70) {
        let mut model = begun();
        for name in names {
            sample::show_sample(&mut model, columns, rows);
            let effects = update_model(&mut model, Message::Key(make_key_event(name)));
            write(&mut model, effects);
        }
    }
}

#[test]
fn a_story_is_told_before_anything_is_asked_and_shown_again_by_a_key() {
    let mut model = sample::make_sample_model();
    model.tell_story(Story {
        says: "Bookings fail since the release.\n\nThe previous release writes no channel."
            .to_owned(),
        ..super::model::Story::default()
    });
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("the story")
            && text.contains("Bookings fail since the release.")
            && text.contains("Enter begin"),
        "{text}"
    );
    assert!(
        appended(&keys(&mut model, &["y"])).is_empty() && model.popups.len() == 1,
        "no key answers what lies below"
    );
    keys(&mut model, &["enter"]);
    assert!(model.popups.is_empty());
    keys(&mut model, &["S"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("Bookings fail since the release."));
}

#[test]
fn a_note_on_its_way_is_not_said_to_be_recorded() {
    let mut model = begun();
    keys(&mut model, &["t"]);
    update_model(&mut model, Message::Paste("the pool is full".to_owned()));
    keys(&mut model, &["enter"]);
    let shown = sample::show_sample(&mut model, 120, 36);
    assert!(
        shown.contains("writing: the note: the pool is full") && !shown.contains("is recorded"),
        "{shown}"
    );
}
