//! The plan worked off, by messages alone.

use jiff::SignedDuration;

use crate::model::{
    Mode, OptionId, Rehearsal, RehearsalOutcome, RehearsedStep, StepMode, Strength,
};
use crate::session::{EventKind, StepStanding};
use crate::tui::action::{Action, Availability};
use crate::tui::action_table::find::find_key_action;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::recording::append_event;
use crate::tui::screen::Screen;
use crate::tui::screens::plan::query::list_plan_rows;
use crate::tui::update::update_model;
use crate::tui::update_tests::{appended, begun, decided_anew, keys, typed, write};
use crate::tui::{key, sample};

/// Going back was decided on, and the plan is on the screen.
pub(super) fn running() -> Model {
    let mut model = begun();
    let what = EventKind::Decided {
        option: OptionId::RollBackWithConditions,
        recommended: OptionId::RollForward,
        strength: Strength::Open,
        reason: "customers cannot pay".into(),
        typed: None,
        second: None,
        expect: Some("the error rate falls below 1 %".into()),
        within_minutes: Some(10),
        open: Vec::new(),
    };
    let effect = append_event(&mut model, what, "decided");
    write(&mut model, vec![effect]);
    decided_anew(&mut model);
    assert_eq!(model.screen, Screen::Plan);
    model.toast = None;
    model
}

fn after(model: &mut Model, seconds: i64) {
    let now = model.now + SignedDuration::from_secs(seconds);
    let effects = update_model(model, Message::Tick(now));
    write(model, effects);
    decided_anew(model);
}

/// Presses a key and writes what it recorded.
fn press(model: &mut Model, name: &str) -> Vec<EventKind> {
    let effects = keys(model, &[name]);
    let recorded = appended(&effects);
    write(model, effects);
    recorded
}

fn standings(model: &Model) -> Vec<StepStanding> {
    let rows = list_plan_rows(model, Some(OptionId::RollBackWithConditions));
    rows.iter().map(|row| row.standing()).collect()
}

fn rehearsal() -> Rehearsal {
    let step = |step: &str, seconds| RehearsedStep {
        step: step.into(),
        seconds: Some(seconds),
        surprise: None,
    };
    Rehearsal {
        at: sample::make_sample_time("01:00:00"),
        outcome: RehearsalOutcome::Worked,
        surprises: Vec::new(),
        environment: None,
        process: None,
        minutes: Some(12.0),
        steps: vec![
            step("Deploy service 2.9.4", 360),
            step("Purge the edge cache", 20),
        ],
        real: false,
        source: "a session".to_owned(),
    }
}

#[test]
fn steps_are_done_begun_left_out_and_failed_and_the_next_one_is_under_the_cursor() {
    let mut model = running();
    after(&mut model, 240);
    let [EventKind::StepDone { of, seconds: None }] = &press(&mut model, "space")[..] else {
        panic!()
    };
    assert_eq!(
        (of.option, of.how),
        (OptionId::RollBackWithConditions, StepMode::Condition)
    );
    // the step that the plan leaves out is passed over
    assert_eq!(model.screens.plan.list.cursor, 2);
    assert!(matches!(
        press(&mut model, "r")[..],
        [EventKind::StepBegun { .. }]
    ));
    after(&mut model, 161);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("1 of 5 done · 6 min of 15")
            && text.contains("4 min")
            && text.contains("running  2:41")
            && text.contains("1 of 5, look at 03:14"),
        "{text}"
    );
    // it failed: its undo and the next option are offered
    keys(&mut model, &["!"]);
    typed(&mut model, "pods do not start");
    assert!(matches!(
        press(&mut model, "enter")[..],
        [EventKind::StepFailed { .. }]
    ));
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("It failed")
            && text.contains("Undo it: deploy payments 3.1.0")
            && text.contains("Next option: ROLL FORWARD")
            && text.contains("seen: pods do not start"),
        "{text}"
    );
    // Enter offers that option first
    keys(&mut model, &["enter"]);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(text.contains("▸ ● Roll forward from 3.1.0"), "{text}");
    keys(&mut model, &["esc"]);
    // tried again, and done
    assert!(matches!(
        press(&mut model, "space")[..],
        [EventKind::StepDone { .. }]
    ));
    assert_eq!(model.screens.plan.list.cursor, 3);
    // left out needs a reason
    keys(&mut model, &["s"]);
    assert!(press(&mut model, "enter").is_empty());
    assert!(sample::show_sample(&mut model, 80, 24).contains("needs a reason"));
    typed(&mut model, "no cache here");
    assert!(matches!(
        press(&mut model, "enter")[..],
        [EventKind::StepSkipped { .. }]
    ));
    use StepStanding as S;
    assert_eq!(
        standings(&model),
        [S::Done, S::Open, S::Done, S::Skipped, S::Open, S::Open]
    );
    // a note is about the step under the cursor
    keys(&mut model, &["t"]);
    typed(&mut model, "graph is slow");
    let [EventKind::StepNoted { of, text }] = &press(&mut model, "enter")[..] else {
        panic!()
    };
    assert_eq!(
        (of.says.as_raw(), text.as_raw()),
        ("Look at the error rate of /charge", "graph is slow")
    );
    // u takes the last of it back, then the one before
    assert!(matches!(
        press(&mut model, "u")[..],
        [EventKind::Withdrawn { .. }]
    ));
    press(&mut model, "u");
    assert_eq!(standings(&model)[3], S::Open);
}

#[test]
fn nothing_is_marked_twice_unseen_or_before_a_decision() {
    let mut model = running();
    sample::show_sample(&mut model, 80, 24);
    let effects = update_model(&mut model, Message::Key(key::make_key_event("space")));
    assert_eq!(appended(&effects).len(), 1);
    // the same key again, before it is on disk
    let again = update_model(&mut model, Message::Key(key::make_key_event("space")));
    assert!(again.is_empty());
    write(&mut model, effects);
    // the cursor is on another step now, which was not drawn yet
    let unseen = update_model(&mut model, Message::Key(key::make_key_event("space")));
    assert!(unseen.is_empty());
    assert!(model.toast.as_ref().unwrap().text.contains("Not taken"));
    // the step that is done
    update_model(&mut model, Message::Act(Action::Top));
    assert!(press(&mut model, "space").is_empty());
    assert!(
        model
            .toast
            .as_ref()
            .unwrap()
            .text
            .contains("is done already")
    );
    // the one that the plan leaves out
    update_model(&mut model, Message::Act(Action::Down));
    assert!(press(&mut model, "!").is_empty());
    // too small a terminal
    sample::show_sample(&mut model, 50, 15);
    let small = update_model(&mut model, Message::Key(key::make_key_event("space")));
    assert!(small.is_empty());

    let mut undecided = begun();
    update_model(&mut undecided, Message::Act(Action::Go(Screen::Plan)));
    for key in ["space", "!", "s", "r"] {
        assert!(press(&mut undecided, key).is_empty() && undecided.popups.is_empty());
        assert!(
            undecided
                .toast
                .as_ref()
                .unwrap()
                .text
                .contains("nothing is decided yet"),
            "{key}"
        );
    }
    // another option's plan
    let mut other = running();
    keys(&mut other, &["p"]);
    assert!(press(&mut other, "space").is_empty());
    assert!(
        other
            .toast
            .as_ref()
            .unwrap()
            .text
            .contains("another option")
    );
}

#[test]
fn a_session_of_the_past_and_one_that_is_closed_take_nothing() {
    for change in [
        (|model: &mut Model| model.writable = false) as fn(&mut Model),
        |model| model.replay = Some(u64::MAX),
        |model| {
            let effect = append_event(model, EventKind::closed(), "closed");
            write(model, vec![effect]);
        },
    ] {
        let mut model = running();
        change(&mut model);
        for key in ["space", "!", "s", "r"] {
            assert!(
                press(&mut model, key).is_empty() && model.popups.is_empty(),
                "{key}"
            );
            let (_, _, guard) = find_key_action(&model, key).unwrap();
            assert!(matches!(guard, Availability::Disabled(_)), "{key}");
        }
    }
}

#[test]
fn the_clock_of_what_is_expected_waits_for_the_acting_steps() {
    let mut model = running();
    assert!(model.taken().unwrap().due.is_some());
    after(&mut model, 240);
    press(&mut model, "space");
    assert_eq!(model.taken().unwrap().due, None);
    after(&mut model, 900);
    assert!(
        model.popups.is_empty(),
        "nobody is asked while steps are open"
    );
    press(&mut model, "space");
    press(&mut model, "space");
    let due = model.taken().unwrap().due.unwrap();
    assert_eq!(due, model.now + SignedDuration::from_mins(10));
    let text = sample::show_sample(&mut model, 120, 36);
    assert!(text.contains("look at "), "{text}");
}

#[test]
fn what_was_done_stays_in_sight_when_the_plan_changes() {
    let mut model = running();
    press(&mut model, "space");
    let mut decided = (**model.decided.as_ref().unwrap()).clone();
    decided.generation = model.generation;
    decided
        .plans
        .get_mut(&OptionId::RollBackWithConditions)
        .unwrap()
        .remove(0);
    update_model(&mut model, Message::Decided(Box::new(decided)));
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("no longer in the plan") && text.contains("1 of 5 done"),
        "{text}"
    );
    // it can be copied and noted on, and not be done again
    update_model(&mut model, Message::Act(Action::Bottom));
    assert!(press(&mut model, "space").is_empty());
}

#[test]
fn a_rehearsal_is_run_on_the_way_back_against_the_best_time() {
    let mut model = begun();
    model.mode = Mode::Rehearsal;
    model.rehearsals = vec![rehearsal()];
    update_model(&mut model, Message::Act(Action::Go(Screen::Plan)));
    after(&mut model, 1);
    assert!(matches!(
        press(&mut model, "r")[..],
        [EventKind::StepBegun { .. }]
    ));
    after(&mut model, 61);
    press(&mut model, "space");
    let text = sample::show_sample(&mut model, 80, 24);
    for says in [
        "REHEARSAL",
        "1 of 5 done · 1 min, best 12 min",
        "best so far: 6 min, rehearsed on",
        "longest when rehearsed on",
    ] {
        assert!(text.contains(says), "{says}:\n{text}");
    }
    // a drill plays an incident, so it needs a decision as one does
    let mut drill = begun();
    drill.mode = Mode::Rehearsal;
    drill.story = Some(std::sync::Arc::default());
    update_model(&mut drill, Message::Act(Action::Go(Screen::Plan)));
    assert!(press(&mut drill, "space").is_empty());
}

#[test]
fn a_plan_that_is_run_is_drawn() {
    let mut model = running();
    model.rehearsals = vec![rehearsal()];
    after(&mut model, 240);
    press(&mut model, "space");
    press(&mut model, "r");
    after(&mut model, 161);
    for (columns, rows) in [(60, 16), (80, 24), (120, 36), (200, 50)] {
        model.toast = None;
        insta::assert_snapshot!(
            format!("run_{columns}x{rows}"),
            sample::show_sample(&mut model, columns, rows)
        );
    }
    keys(&mut model, &["!"]);
    press(&mut model, "enter");
    model.toast = None;
    insta::assert_snapshot!("run_failed_80x24", sample::show_sample(&mut model, 80, 24));
}

#[test]
fn enter_on_a_step_asks_what_to_say_about_it_and_a_held_key_marks_nothing() {
    let mut model = running();
    assert!(press(&mut model, "enter").is_empty());
    let text = sample::show_sample(&mut model, 80, 24);
    for says in [
        "This step",
        "Space  it is done",
        "it did not work",
        "decide anew",
    ] {
        assert!(text.contains(says), "{says}: {text}");
    }
    // the key is held down: nothing is recorded, however long
    for _ in 0..5 {
        assert!(press(&mut model, "enter").is_empty());
        let later = model
            .now
            .checked_add(jiff::SignedDuration::from_millis(60))
            .unwrap();
        update_model(&mut model, Message::Tick(later));
    }
    assert_eq!(model.popups.len(), 1);
    after(&mut model, 2);
    let marked = press(&mut model, "enter");
    assert!(
        matches!(marked.as_slice(), [EventKind::StepDone { .. }]),
        "{marked:?}"
    );
    // the plan goes on beneath it: what is chosen counts for the step that was asked about
    press(&mut model, "enter");
    after(&mut model, 2);
    model.screens.plan.list.cursor += 1;
    assert!(press(&mut model, "enter").is_empty() && model.popups.is_empty());
    model.screens.plan.list.cursor -= 1;
    // its own key needs no second one
    press(&mut model, "enter");
    let marked = press(&mut model, "space");
    assert!(
        matches!(marked.as_slice(), [EventKind::StepDone { .. }]),
        "{marked:?}"
    );
}
