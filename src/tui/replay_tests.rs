//! A session that is over: through time by key and mouse, answers that are only supposed, and two
//! sessions beside each other.

use std::sync::Arc;

use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::model::{FactValue, Flip, OptionId, Strength};
use crate::session::{Event, EventKind};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::job::run_decision_job;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::sample;
use crate::tui::screen::Screen;
use crate::tui::screens::record::load::stand_at;
use crate::tui::screens::record::replay::find_second_event;
use crate::tui::theme::{Palette, Theme};
use crate::tui::update::update_model;
use crate::tui::update_tests::{appended, begun, keys};
use crate::tui::walk_tests::all_keys;

fn event(seq: u64, minutes: i64, what: EventKind) -> Event {
    let began = sample::make_sample_now();
    Event {
        seq,
        at: began
            .checked_add(jiff::SignedDuration::from_mins(minutes))
            .unwrap(),
        role: None,
        by: None,
        what,
        previous: String::new(),
        hash: String::new(),
    }
}

fn verdict(option: OptionId) -> EventKind {
    EventKind::Verdict {
        option,
        strength: Strength::Firm,
        margin: None,
        why: "an answer".into(),
    }
}

fn record() -> Vec<Event> {
    let note = |text: &str| EventKind::Noted { text: text.into() };
    vec![
        event(1, 0, note("it began")),
        event(2, 2, verdict(OptionId::RollForward)),
        event(3, 12, note("something was seen")),
        event(4, 25, verdict(OptionId::RollBack)),
        event(5, 40, note("it was over")),
    ]
}

fn replayed() -> Model {
    let mut model = sample::make_sample_model();
    model.events = record();
    model.writable = false;
    model.mouse = true;
    model.replay = Some(u64::MAX);
    model.screen = Screen::Record;
    let _ = stand_at(&mut model, u64::MAX);
    model
}

#[test]
fn the_verdicts_over_time_stand_on_one_line_at_every_size() {
    for (columns, rows) in [(60, 16), (80, 24), (120, 36), (160, 45), (200, 50)] {
        let mut model = replayed();
        model.size = (columns, rows);
        for screen in Screen::ALL {
            update_model(&mut model, Message::Act(Action::Go(screen)));
            let text = sample::show_sample(&mut model, columns, rows);
            assert!(
                text.contains('◆') && text.contains("━┃") || text.contains("┃━"),
                "{text}"
            );
        }
    }
    let mut model = replayed();
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("roll back, firm") && text.contains("roll forward, firm"),
        "{text}"
    );
    // without colour and without boxes the words and the borders tell it
    model.theme = Theme {
        ascii: true,
        ..Theme::of(Palette::Plain)
    };
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(text.contains("|= roll back, firm ="), "{text}");
}

#[test]
fn keys_go_through_time_on_every_screen_and_record_nothing() {
    for screen in Screen::ALL {
        let mut model = replayed();
        update_model(&mut model, Message::Act(Action::Go(screen)));
        let effects = keys(&mut model, &[",", ","]);
        assert_eq!(model.replay, Some(3), "{screen:?}");
        assert!(appended(&effects).is_empty());
        keys(&mut model, &[".", ".", "."]);
        assert_eq!(model.replay, Some(5));
    }
    let mut live = begun();
    assert!(keys(&mut live, &[",", ".", "V"]).is_empty());
    assert!(live.popups.is_empty() && live.replay.is_none());
}

fn mouse(model: &mut Model, kind: MouseEventKind, column: u16) -> Vec<Effect> {
    update_model(
        model,
        Message::Mouse(MouseEvent {
            kind,
            column,
            row: 1,
            modifiers: KeyModifiers::NONE,
        }),
    )
}

#[test]
fn the_line_of_verdicts_is_clicked_and_drawn_along() {
    let mut model = replayed();
    sample::show_sample(&mut model, 80, 24);
    mouse(&mut model, MouseEventKind::Down(MouseButton::Left), 8);
    assert_eq!(model.replay, Some(1));
    sample::show_sample(&mut model, 80, 24);
    mouse(&mut model, MouseEventKind::Drag(MouseButton::Left), 40);
    assert_eq!(model.replay, Some(3));
    sample::show_sample(&mut model, 80, 24);
    mouse(&mut model, MouseEventKind::Drag(MouseButton::Left), 72);
    assert_eq!(model.replay, Some(5));
}

/// Decides as the worker does.
fn decide(model: &mut Model, effects: Vec<Effect>) {
    for effect in effects {
        if let Effect::Decide(job) = effect {
            let decided = Box::new(run_decision_job(&job));
            let more = update_model(model, Message::Decided(decided));
            assert!(appended(&more).is_empty(), "{more:?}");
        }
    }
}

#[test]
fn an_answer_is_supposed_marked_and_never_written() {
    let mut model = replayed();
    if let Some(decided) = &mut model.decided {
        decided.decision.flips = vec![Flip {
            fact: "cause.current".to_owned(),
            value: FactValue::Word("no".to_owned()),
            option: OptionId::Hold,
            says: ("3.1.0 is not the cause, and 4 more answers at the same time → stop the harm, \
                then hold")
                .into(),
            answer: String::new().into(),
            with: Vec::new(),
            then: None,
        }];
    }
    assert!(keys(&mut model, &["V"]).is_empty());
    assert!(matches!(model.popups.as_slice(), [Popup::Choose(_)]));
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("3.1.0 is not the cause") && text.contains("nothing is written"),
        "{text}"
    );
    let effects = keys(&mut model, &["1"]);
    let [Effect::Decide(job)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let supposed = |fact: &&crate::model::Fact| {
        fact.source
            .as_ref()
            .is_some_and(|source| *source == "only supposed")
    };
    assert_eq!(job.stated.iter().filter(supposed).count(), 1);
    let before = model.events.len();
    decide(&mut model, effects);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(text.contains("ONLY SUPPOSED after event 5"), "{text}");
    assert_eq!((model.events.len(), model.pending.len()), (before, 0));
    // another moment, or the key again, takes it away
    let mut moved = model.clone();
    keys(&mut moved, &[","]);
    assert!(moved.supposed.is_none());
    let effects = keys(&mut model, &["V"]);
    assert!(model.supposed.is_none());
    let [Effect::Decide(job)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(job.stated.iter().filter(supposed).count(), 0);
}

#[test]
fn a_second_session_stands_beside_the_first_minute_for_minute() {
    let mut model = replayed();
    let mut second = record();
    for event in &mut second {
        event.at = event
            .at
            .checked_add(jiff::SignedDuration::from_hours(50))
            .unwrap();
    }
    second.truncate(4);
    model.second = Some(Arc::new(second));
    for (columns, rows) in [(60, 16), (80, 24), (120, 36), (200, 50)] {
        model.size = (columns, rows);
        let text = sample::show_sample(&mut model, columns, rows);
        assert!(text.contains(" A ") && text.contains(" B "), "{text}");
    }
    let text = sample::show_sample(&mut model, 120, 36);
    assert!(
        text.contains("25 min") && text.contains("something was seen"),
        "{text}"
    );
    let at = |model: &Model| {
        let second = model.second.as_ref().unwrap();
        find_second_event(&model.events, second, model.now)
    };
    assert_eq!(at(&model), Some(3));
    keys(&mut model, &[",", ","]);
    assert_eq!(at(&model), Some(2));
    insta::assert_snapshot!(
        "replay_two_120x36",
        sample::show_sample(&mut model, 120, 36)
    );
}

#[test]
fn no_key_and_no_click_in_a_replay_reaches_the_record() {
    let names = all_keys();
    for screen in Screen::ALL {
        let mut begun = replayed();
        update_model(&mut begun, Message::Act(Action::Go(screen)));
        for name in &names {
            let mut model = begun.clone();
            let effects = keys(&mut model, &[name, "enter"]);
            assert!(appended(&effects).is_empty(), "{name} on {screen:?}");
            assert!(model.pending.is_empty(), "{name} on {screen:?}");
        }
        let mut model = begun;
        for row in 0..24 {
            for column in (0..80).step_by(5) {
                sample::show_sample(&mut model, 80, 24);
                let effects = update_model(
                    &mut model,
                    Message::Mouse(MouseEvent {
                        kind: MouseEventKind::Down(MouseButton::Left),
                        column,
                        row,
                        modifiers: KeyModifiers::NONE,
                    }),
                );
                assert!(
                    appended(&effects).is_empty(),
                    "{column},{row} on {screen:?}"
                );
                model.popups.clear();
            }
        }
    }
}
