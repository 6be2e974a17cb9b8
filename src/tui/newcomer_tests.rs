//! What somebody meets who has never seen the screens: nothing says more than is so.

use crate::model::{OptionId, OptionState, OptionStatus, Reason};
use crate::tui::action::Action;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::plan_tests::running;
use crate::tui::popup::kind::Popup;
use crate::tui::sample;
use crate::tui::screen::Screen;
use crate::tui::update::update_model;
use crate::tui::update_tests::{begun, keys, typed, write};

/// A step of the plan failed.
fn with_failed_step() -> Model {
    let mut model = running();
    keys(&mut model, &["!"]);
    typed(&mut model, "the tool is down");
    let effects = keys(&mut model, &["enter"]);
    write(&mut model, effects);
    model
}

/// Puts the standing of an option.
fn put_status(model: &mut Model, option: OptionId, state: OptionState, blockers: Vec<Reason>) {
    let options = &mut model.decided.as_mut().unwrap().decision.options;
    options.retain(|status| status.option != option);
    options.push(OptionStatus {
        option,
        state,
        blockers,
        conditions: Vec::new(),
    });
}

fn reason(says: &str, open: bool) -> Reason {
    Reason {
        says: says.into(),
        open,
        ..Reason::default()
    }
}

#[test]
fn what_failed_is_not_said_to_be_cleared_and_no_hold_is_offered() {
    let mut model = with_failed_step();
    let toast = model.toast.clone().unwrap();
    assert!(toast.bad && toast.undoable && toast.text.contains("failed"));
    put_status(
        &mut model,
        OptionId::RollBackWithConditions,
        OptionState::Cleared,
        Vec::new(),
    );
    let decision = &mut model.decided.as_mut().unwrap().decision;
    decision.option = OptionId::Hold;
    for option in [OptionId::Hold, OptionId::RollForward] {
        let state = if option == OptionId::Hold {
            OptionState::Cleared
        } else {
            OptionState::NotCleared
        };
        put_status(&mut model, option, state, Vec::new());
    }
    let next = model.option_after(OptionId::RollBackWithConditions);
    assert!(next.is_some() && next != Some(OptionId::Hold), "{next:?}");
    update_model(&mut model, Message::Act(Action::Go(Screen::Now)));
    for (columns, rows) in [(80, 24), (120, 36)] {
        let text = sample::show_sample(&mut model, columns, rows);
        let row = text.split("✗ Roll back").nth(1).unwrap_or_default();
        let row: String = row.chars().take(300).collect();
        let before_next = row.split("Roll forward").next().unwrap_or_default();
        assert!(
            before_next.contains("step failed") && !before_next.contains("in its way"),
            "{text}"
        );
    }
}

#[test]
fn the_close_box_shows_every_choice_whole_and_presumes_no_success() {
    let close = |model: &mut Model| {
        update_model(model, Message::Act(Action::CloseSession));
        sample::show_sample(model, 80, 24)
    };
    let text = close(&mut begun());
    for choice in crate::session::Ending::ALL {
        assert!(text.contains(choice.says()), "{}:\n{text}", choice.says());
    }
    assert!(text.contains("[it worked]"));

    let mut failed = with_failed_step();
    let text = close(&mut failed);
    assert!(
        !text.contains("[it worked]") && text.contains("a step failed"),
        "{text}"
    );
    let effects = keys(&mut failed, &["enter", "enter", "right", "enter"]);
    assert!(effects.is_empty());
    assert!(sample::draw_sample_text(&failed, 80, 24).contains("Choose how it ended"));
    let effects = keys(&mut failed, &["up", "up", "right", "right", "down", "down"]);
    assert!(effects.is_empty());
    assert_eq!(keys(&mut failed, &["enter"]).len(), 1);
}

#[test]
fn the_plan_speaks_of_what_the_person_expects() {
    let mut model = running();
    let effects = keys(&mut model, &["space"]);
    write(&mut model, effects);
    for (columns, rows) in [(80, 24), (120, 36)] {
        let text = sample::show_sample(&mut model, columns, rows);
        assert!(
            text.contains("look at 03:10")
                && text.contains("the error rate falls below 1 %, within 10 min"),
            "{text}"
        );
    }
}

#[test]
fn a_reason_that_was_put_there_is_replaced_by_typing() {
    let mut model = begun();
    keys(&mut model, &["c", "enter"]);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("3.0.0 has no POST /cards/verify")
            && text.contains("the strongest reason; change it"),
        "{text}"
    );
    typed(&mut model, "errors 4%");
    let text = sample::show_sample(&mut model, 80, 24);
    let why = |text: &str| -> String {
        let line = text.lines().find(|line| line.contains("why  "));
        line.unwrap_or_default().to_owned()
    };
    assert!(
        why(&text).contains("errors 4%") && !why(&text).contains("has no POST"),
        "{text}"
    );
    // a key that moves keeps what stands there
    keys(&mut model, &["esc", "esc"]);
    model.drafts.clear();
    keys(&mut model, &["c", "enter", "left"]);
    typed(&mut model, "x");
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(why(&text).contains("has no POST"), "{text}");
}

#[test]
fn every_form_of_a_decision_begins_with_the_reason() {
    for down in 0..4 {
        let mut model = begun();
        keys(&mut model, &["c"]);
        for _ in 0..down {
            keys(&mut model, &["down"]);
        }
        keys(&mut model, &["enter"]);
        let Some(Popup::Form(form)) = model.popups.last() else {
            panic!()
        };
        assert_eq!(form.fields[0].id, "reason");
    }
}

#[test]
fn the_row_of_the_way_back_says_what_is_proven_first_and_agrees_with_the_decide_box() {
    let mut model = begun();
    put_status(
        &mut model,
        OptionId::RollBack,
        OptionState::Removed,
        vec![
            reason("nobody knows what the settings do", true),
            reason("the column colour is gone", false),
        ],
    );
    put_status(
        &mut model,
        OptionId::RollBackWithConditions,
        OptionState::NotCleared,
        vec![reason("nobody knows what the settings do", true)],
    );
    let text = sample::show_sample(&mut model, 80, 24);
    let row = text
        .lines()
        .find(|line| line.contains("Roll back "))
        .unwrap();
    assert!(
        row.contains("removed") && row.contains("the column"),
        "{text}"
    );
    keys(&mut model, &["c"]);
    let text = sample::show_sample(&mut model, 80, 24);
    let row = text
        .lines()
        .find(|line| line.contains("Roll back to 3.0.0") && !line.contains("conditions"))
        .unwrap();
    assert!(row.contains("removed"), "{text}");
}

#[test]
fn the_decide_box_has_help_and_its_red_line_goes_with_the_next_key() {
    let mut model = begun();
    keys(&mut model, &["c", "z"]);
    assert!(model.toast.as_ref().is_some_and(|toast| toast.bad));
    keys(&mut model, &["down"]);
    assert!(model.toast.is_none());
    keys(&mut model, &["z", "esc"]);
    assert!(model.toast.is_none() && model.popups.is_empty());
    keys(&mut model, &["c", "?"]);
    assert!(matches!(model.popups.last(), Some(Popup::Help(_))));
    keys(&mut model, &["?"]);
    assert!(matches!(model.popups.last(), Some(Popup::Commit(_))));
}
