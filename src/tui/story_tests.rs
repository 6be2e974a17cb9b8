//! A story that is played: told, shown again, and its end as a screen.

use std::sync::Arc;

use crate::session::EventKind;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::{Model, Story};
use crate::tui::popup::kind::Popup;
use crate::tui::sample;
use crate::tui::update::update_model;
use crate::tui::update_tests::{begun, keys, write};

fn playing(hides_end: bool) -> Model {
    let mut model = begun();
    model.story = Some(Arc::new(Story {
        says: "Bookings fail.".to_owned(),
        ends: "The old release came back and all was well.".to_owned(),
        misses: "Phones stand in no repository.".to_owned(),
        hides_end,
    }));
    model
}

/// Answers what is asked.
fn answer(model: &mut Model) {
    let effects = keys(model, &["d"]);
    write(model, effects);
    let said = |event: &crate::session::Event| matches!(event.what, EventKind::Answered { .. });
    assert!(model.events.iter().any(said), "{:?}", model.events);
}

fn leave(model: &mut Model) -> Vec<Effect> {
    let mut effects = keys(model, &["q"]);
    // whether to leave without a decision is asked first
    if matches!(model.popups.last(), Some(Popup::Choose(_))) {
        effects = keys(model, &["q"]);
    }
    effects
}

#[test]
fn the_end_of_a_story_is_a_screen_and_the_next_key_leaves() {
    let mut model = playing(false);
    answer(&mut model);
    assert!(leave(&mut model).is_empty());
    for (columns, rows) in [(60, 16), (80, 24), (120, 36), (200, 50)] {
        let text = sample::show_sample(&mut model, columns, rows);
        assert!(
            text.contains("the end of the story") && text.contains("Enter leaves"),
            "{text}"
        );
    }
    let text = sample::show_sample(&mut model, 120, 50);
    for says in [
        "What you answered",
        "What you decided",
        "The old release came back",
        "What would have changed the verdict",
        "Phones stand in no repository",
    ] {
        assert!(text.contains(says), "{says}: {text}");
    }
    insta::assert_snapshot!("debrief_80x24", sample::show_sample(&mut model, 80, 24));
    // Esc goes on, and it is told again at the end
    assert!(keys(&mut model, &["esc"]).is_empty() && !model.debriefed);
    assert!(leave(&mut model).is_empty());
    assert!(matches!(
        keys(&mut model, &["enter"]).as_slice(),
        [Effect::Quit(_)]
    ));
    assert!(model.debriefed);
}

#[test]
fn the_end_of_a_drill_is_hidden_until_something_is_decided() {
    let mut model = playing(true);
    answer(&mut model);
    leave(&mut model);
    let text = sample::show_sample(&mut model, 120, 50);
    assert!(text.contains("It stays hidden until you decide"), "{text}");
    assert!(
        !text.contains("came back") && !text.contains("Phones"),
        "{text}"
    );
}

#[test]
fn who_only_looks_and_who_plays_no_story_is_told_nothing() {
    let mut model = playing(false);
    assert!(matches!(leave(&mut model).as_slice(), [Effect::Quit(_)]));
    let mut model = begun();
    answer(&mut model);
    assert!(matches!(leave(&mut model).as_slice(), [Effect::Quit(_)]));
}

#[test]
fn the_story_is_shown_from_its_end_too() {
    let mut model = playing(false);
    answer(&mut model);
    leave(&mut model);
    keys(&mut model, &["S"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("Bookings fail."));
}

#[test]
fn a_hint_stays_until_the_first_answer_and_hides_no_message() {
    let mut model = begun();
    model.hint("New here? ? shows the keys.");
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(text.contains("▸ New here? ? shows the keys."), "{text}");
    // a message comes first, and the hint is there again behind it
    model.say("something was read");
    assert!(!sample::show_sample(&mut model, 80, 24).contains("New here"));
    let seconds = |model: &Model, count| {
        model
            .now
            .checked_add(jiff::SignedDuration::from_secs(count))
            .unwrap()
    };
    let later = seconds(&model, 30);
    update_model(&mut model, Message::Tick(later));
    assert!(sample::show_sample(&mut model, 80, 24).contains("New here"));
    let mut helped = model.clone();
    keys(&mut helped, &["?", "esc"]);
    assert!(helped.hint.is_none());
    let later = seconds(&model, 180);
    update_model(&mut model, Message::Tick(later));
    assert!(model.hint.is_none());
    model.hint("again");
    answer(&mut model);
    assert!(model.hint.is_none());
}
