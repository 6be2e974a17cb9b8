//! Keys and the mouse to actions. Nothing that answers or settles something is taken unless it was
//! on the screen when the key came.

use ratatui::crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};

use crate::tui::act::run_action;
use crate::tui::action::{Action, Availability};
use crate::tui::action_table::find::find_key_action;
use crate::tui::burst::is_in_burst;
use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::measured::Drawn;
use crate::tui::model::Model;
use crate::tui::popup::keys::handle_popup_key;
use crate::tui::popup::kind::Popup;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::lists::{describe_screen_list, find_screen_scroll};
use crate::tui::screens::plan::query::{name_selected_step, shown_options, shows_run};

/// Said where a key follows too fast on one that was not taken.
const TOO_FAST: &str = "Not taken: keys before it were not. Read the question, wait a second, \
     press it again.";

/// A key was pressed.
pub(super) fn handle_key_press(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let Some(name) = key::spell_key(&event) else {
        return Vec::new();
    };
    // every key of a burst prolongs it, whatever it does
    if model.burst.is_some() {
        model.burst = is_in_burst(model).then_some(model.now);
    }
    // what was not possible is not said behind the next key; Esc takes it away and does no more
    if !(model.popups.is_empty() && name == "esc")
        && model.toast.as_ref().is_some_and(|toast| toast.bad)
    {
        model.toast = None;
    }
    if name == "ctrl-z" {
        return run_action(model, Action::Suspend);
    }
    if name == "ctrl-l" {
        return run_action(model, Action::Redraw);
    }
    if model.measured.too_small {
        // nothing can be read, so nothing is taken but what ends or leaves
        return match name.as_str() {
            "q" | "ctrl-c" if model.popups.is_empty() => run_action(model, Action::Quit),
            "esc" | "ctrl-c" => handle_popup_key(model, key::make_key_event("esc")),
            _ => Vec::new(),
        };
    }
    if !model.popups.is_empty() {
        return handle_popup_key(model, event);
    }
    match find_key_action(model, &name) {
        Some((_, action, Availability::Enabled)) => match explain_unseen_answer(model, action) {
            Some(why) => {
                model.burst = Some(model.now);
                model.warn(why);
                Vec::new()
            }
            None => run_action(model, action),
        },
        Some((spec, action, Availability::Disabled(why))) => {
            // the mark of a step is on its way: the next key must not fall on the step behind it
            if is_step_mark(action) && !model.pending.is_empty() {
                model.burst = Some(model.now);
            }
            model.warn(format!("“{}” is not possible: {why}.", spec.title));
            Vec::new()
        }
        _ => {
            model.warn(format!(
                "{} does nothing here; ? lists the keys.",
                crate::model::escape_invisible(&key::label_key(&name))
            ));
            Vec::new()
        }
    }
}

fn is_step_mark(action: Action) -> bool {
    matches!(
        action,
        Action::StepBegin | Action::StepDone | Action::StepSkip | Action::StepFail
    )
}

/// Why a key that answers does not count now: what it answers was not on the screen.
fn explain_unseen_answer(model: &Model, action: Action) -> Option<&'static str> {
    let marks = is_step_mark(action);
    let runs = || {
        let (option, _) = shown_options(model);
        model.screen == Screen::Plan && option.is_some_and(|option| shows_run(model, option))
    };
    if marks || (action == Action::Note && runs()) {
        let name = name_selected_step(model)?;
        if !model.measured.has_step(&name) {
            return Some(
                "Not taken: this step was not on the screen when you pressed the key. Press it \
                    again.",
            );
        }
        return is_in_burst(model).then_some(TOO_FAST);
    }
    if !matches!(
        action,
        Action::Answer(_)
            | Action::DontKnow
            | Action::DoesNotApply
            | Action::AskSomeone
            | Action::More
    ) {
        return None;
    }
    let name = model.asking()?.name();
    if model
        .given
        .as_ref()
        .is_some_and(|(given, _)| *given == name)
    {
        return Some("Not taken: the last answer is still being recorded. Press the key again.");
    }
    if !model.measured.has_asked(&name) {
        return Some(
            "Not taken: the question was not on the screen when you pressed the key. Press it \
                again.",
        );
    }
    is_in_burst(model).then_some(TOO_FAST)
}

/// The mouse did something.
pub(super) fn handle_mouse(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    if !model.mouse || model.measured.too_small {
        return Vec::new();
    }
    let wheel = |model: &mut Model, action: Action| {
        if model.popups.is_empty() && model.screen == Screen::Now {
            // the wheel moves the text and leaves the cursor where it is
            let lines = if action == Action::Up { -3 } else { 3 };
            model.screens.now.scroll.by(lines);
            Vec::new()
        } else if model.popups.is_empty() {
            (0..3).flat_map(|_| run_action(model, action)).collect()
        } else {
            turn_popup_wheel(model, action)
        }
    };
    match event.kind {
        MouseEventKind::ScrollUp => wheel(model, Action::Up),
        MouseEventKind::ScrollDown => wheel(model, Action::Down),
        MouseEventKind::Down(MouseButton::Left) if !model.popups.is_empty() => {
            click_popup(model, event.column, event.row)
        }
        MouseEventKind::Down(MouseButton::Left) if model.popups.is_empty() => {
            model.held = model.measured.find_scroll_mark(event.column, event.row);
            match model.held {
                Some(mark) => scroll_to(model, mark.drag(event.row)),
                None => model
                    .measured
                    .at(event.column, event.row)
                    .map_or_else(Vec::new, |action| handle_click(model, action)),
            }
        }
        MouseEventKind::Drag(MouseButton::Left) if model.popups.is_empty() => {
            if let Some(mark) = model.held {
                return scroll_to(model, mark.drag(event.row));
            }
            // the line of verdicts is drawn along
            match model.measured.at(event.column, event.row) {
                Some(action @ Action::Scrub(_)) => run_action(model, action),
                _ => Vec::new(),
            }
        }
        MouseEventKind::Up(MouseButton::Left) => {
            model.held = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// A click while something lies over the screen: on a key that it names, on a row of its list, or
/// beside it.
fn click_popup(model: &mut Model, column: u16, row: u16) -> Vec<Effect> {
    let press = |model: &mut Model, name: &str| handle_key_press(model, key::make_key_event(name));
    if let Some(name) = model
        .measured
        .find_popup_key(column, row)
        .map(str::to_owned)
    {
        return press(model, &name);
    }
    if let Some(at) = model.measured.find_popup_row(column, row) {
        let popup = model.popups.last_mut();
        return match popup.and_then(Popup::list_cursor) {
            // the first click only chooses: nothing is done that was not looked at
            Some(cursor) if *cursor != at => {
                *cursor = at;
                Vec::new()
            }
            Some(_) => press(model, "enter"),
            None => Vec::new(),
        };
    }
    let beside = model
        .measured
        .frame
        .is_some_and(|frame| !frame.contains((column, row).into()));
    if beside && model.popups.last().is_some_and(Popup::closes_beside) {
        return press(model, "esc");
    }
    Vec::new()
}

/// The wheel while something lies over the screen.
fn turn_popup_wheel(model: &mut Model, action: Action) -> Vec<Effect> {
    let lines = model.popups.last().map_or(0, Popup::wheel_lines);
    let name = if action == Action::Up { "up" } else { "down" };
    (0..lines)
        .flat_map(|_| handle_key_press(model, key::make_key_event(name)))
        .collect()
}

/// The scroll mark of the list was drawn to a row, or that of the text to a line.
fn scroll_to(model: &mut Model, drawn: Drawn) -> Vec<Effect> {
    let row = match drawn {
        Drawn::Row(row) => row,
        Drawn::Line(line) => {
            if let Some(scroll) = find_screen_scroll(model) {
                scroll.offset = line;
            }
            return Vec::new();
        }
    };
    let Some(list) = describe_screen_list(model) else {
        return Vec::new();
    };
    let forward = row >= list.state(model).cursor;
    list.put(model, row, forward);
    (list.moved)(model)
}

/// A click on something. One that answers counts only where the question had the focus.
fn handle_click(model: &mut Model, action: Action) -> Vec<Effect> {
    let answers = matches!(
        action,
        Action::Answer(_) | Action::DontKnow | Action::DoesNotApply | Action::AskSomeone
    );
    if answers && !model.writable {
        model.warn("This session is read only.");
        return Vec::new();
    }
    if answers && model.focus != Focus::Question {
        model.focus = Focus::Question;
        model.say("The question has the focus now; click again to answer.");
        return Vec::new();
    }
    if let Some(why) = explain_unseen_answer(model, action) {
        model.warn(why);
        return Vec::new();
    }
    if let Action::Select(row) = action
        && describe_screen_list(model).is_some_and(|list| list.state(model).cursor == row)
    {
        return run_action(model, Action::Open);
    }
    run_action(model, action)
}
