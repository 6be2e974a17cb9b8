//! Keys that are typed faster than answers are recorded.

use jiff::SignedDuration;

use crate::session::EventKind;
use crate::tui::asking::Asking;
use crate::tui::effect::Effect;
use crate::tui::key::make_key_event;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::plan_tests::running;
use crate::tui::sample;
use crate::tui::update::update_model;
use crate::tui::update_tests::{appended, begun, decided_anew, write};

/// Milliseconds go by, and then a key comes, as the loop of the program tells it.
fn press_after(model: &mut Model, milliseconds: i64, key: &str) -> Vec<Effect> {
    let now = model.now + SignedDuration::from_millis(milliseconds);
    update_model(model, Message::Tick(now));
    update_model(model, Message::Key(make_key_event(key)))
}

fn says(model: &Model) -> String {
    let toast = model.toast.as_ref();
    toast.map(|toast| toast.text.clone()).unwrap_or_default()
}

#[test]
fn keys_behind_one_that_was_not_taken_answer_nothing_until_there_is_a_pause() {
    let mut model = begun();
    sample::show_sample(&mut model, 80, 24);
    let first = press_after(&mut model, 0, "y");
    assert_eq!(appended(&first).len(), 1);
    // the answer is on its way: the next key is not taken
    assert!(press_after(&mut model, 100, "n").is_empty());
    assert!(says(&model).contains("still being recorded"));
    // now it is recorded, and a question is asked and drawn
    write(&mut model, first);
    decided_anew(&mut model);
    let told = says(&model);
    let Some(Asking::Fact { next, .. }) = model.asking() else {
        panic!()
    };
    assert!(
        told.contains("were not taken") && told.contains(&model.filled(next.asks.as_raw())),
        "{told}"
    );
    // keys that were meant for the questions behind it answer nothing, each prolongs the wait
    for milliseconds in [100, 400, 700, 790] {
        sample::show_sample(&mut model, 80, 24);
        assert!(appended(&press_after(&mut model, milliseconds, "n")).is_empty());
        assert!(says(&model).contains("Not taken"), "{}", says(&model));
    }
    // a key that answers nothing prolongs it too
    press_after(&mut model, 500, "7");
    press_after(&mut model, 100, "1");
    sample::show_sample(&mut model, 80, 24);
    assert!(appended(&press_after(&mut model, 500, "n")).is_empty());
    // after a pause the person has seen the question
    sample::show_sample(&mut model, 80, 24);
    let taken = appended(&press_after(&mut model, 800, "n"));
    assert!(
        matches!(taken[..], [EventKind::Answered { .. }]),
        "{taken:?}"
    );
}

#[test]
fn a_verdict_that_does_not_know_the_last_answer_yet_is_not_shown() {
    let mut model = begun();
    sample::show_sample(&mut model, 80, 24);
    let mut before = model.decided.clone().unwrap();
    let first = press_after(&mut model, 0, "y");
    write(&mut model, first);
    // work that began before the answer ends after it: it would ask the same question again
    before.generation = model.generation - 1;
    before.cause = "begun before".to_owned();
    update_model(&mut model, Message::Decided(before.clone()));
    assert_ne!(model.decided.as_ref().unwrap().cause, "begun before");
    // the one that knows the answer is shown, and older ones never again
    decided_anew(&mut model);
    assert!(model.given.is_none());
    update_model(&mut model, Message::Decided(before));
    assert_ne!(model.decided.as_ref().unwrap().cause, "begun before");
}

#[test]
fn a_step_is_not_marked_by_a_burst_of_keys() {
    let mut model = running();
    sample::show_sample(&mut model, 80, 24);
    let first = press_after(&mut model, 0, "space");
    assert_eq!(appended(&first).len(), 1);
    assert!(press_after(&mut model, 100, "space").is_empty());
    write(&mut model, first);
    sample::show_sample(&mut model, 80, 24);
    assert!(press_after(&mut model, 300, "space").is_empty());
    sample::show_sample(&mut model, 80, 24);
    assert_eq!(appended(&press_after(&mut model, 900, "space")).len(), 1);
}
