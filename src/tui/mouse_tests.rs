//! A hand on the mouse alone: what is seen can be clicked, from the first question to the record.

use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::session::EventKind;
use crate::tui::draw::text;
use crate::tui::key::make_key_event;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::palette::open::open_palette;
use crate::tui::sample;
use crate::tui::screen::Screen;
use crate::tui::update::update_model;
use crate::tui::update_tests::{appended, begun, write};

/// Clicks on the first place where these words stand.
fn click(model: &mut Model, words: &str) -> Vec<EventKind> {
    let (column, row) = find_words(model, words);
    use_mouse(model, MouseEventKind::Down(MouseButton::Left), column, row)
}

/// Column and row of the first place where these words stand.
fn find_words(model: &mut Model, words: &str) -> (u16, u16) {
    let shown = sample::show_sample(model, 100, 30);
    let place = shown.lines().enumerate().find_map(|(row, line)| {
        let before = line.get(..line.find(words)?)?;
        Some((text::measure_text_width(before), row))
    });
    let (column, row) = place.unwrap_or_else(|| panic!("{words} is not in sight:\n{shown}"));
    (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
}

/// The mouse does this here; what was recorded by it.
fn use_mouse(model: &mut Model, kind: MouseEventKind, column: u16, row: u16) -> Vec<EventKind> {
    let mouse = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    let effects = update_model(model, Message::Mouse(mouse));
    let said = appended(&effects);
    write(model, effects);
    said
}

#[test]
fn the_mouse_alone_answers_looks_around_and_decides() {
    let mut model = begun();
    model.mouse = true;
    assert_eq!(click(&mut model, "y yes").len(), 1);
    for (tab, screen) in [
        ("2 gates", Screen::Gates),
        ("4 changelog", Screen::Changelog),
        ("6 risks", Screen::Risks),
        ("7 plan", Screen::Plan),
        ("8 record", Screen::Record),
        ("1 now", Screen::Now),
    ] {
        assert!(click(&mut model, tab).is_empty());
        assert_eq!(model.screen, screen);
    }
    // why, and back
    click(&mut model, "Enter why");
    assert_eq!(model.popups.len(), 1);
    assert!(click(&mut model, "Esc back").is_empty());
    assert!(model.popups.is_empty());
    // the option is chosen, the fields are gone through, and only the last click records
    click(&mut model, "c decide");
    assert!(click(&mut model, "Enter say why").is_empty());
    for _ in 0..3 {
        assert!(click(&mut model, "Enter next field").is_empty());
    }
    assert!(click(&mut model, "Enter decide and record it").is_empty());
    assert!(click(&mut model, "Right yes").is_empty());
    let said = click(&mut model, "Enter decide and record it");
    assert!(
        matches!(said.as_slice(), [EventKind::Decided { .. }]),
        "{said:?}"
    );
    assert!(model.popups.is_empty());
}

#[test]
fn what_a_popup_does_not_name_is_not_clicked() {
    let mut model = begun();
    model.mouse = true;
    click(&mut model, "c decide");
    let before = model.popups.len();
    assert!(click(&mut model, "6 risks").is_empty());
    assert_eq!((model.popups.len(), model.screen), (before, Screen::Now));
}

#[test]
fn a_row_of_a_choice_is_chosen_first_and_taken_by_the_second_click() {
    let mut model = begun();
    model.mouse = true;
    click(&mut model, "c decide");
    assert!(click(&mut model, "Flag off").is_empty());
    assert_eq!(model.popups.len(), 1, "the first click only chooses");
    let cursor = model.popups.last_mut().and_then(Popup::list_cursor);
    assert!(cursor.is_some_and(|at| *at > 0));
    click(&mut model, "Flag off");
    assert!(matches!(model.popups.last(), Some(Popup::Form(_))));
}

#[test]
fn the_palette_runs_what_is_clicked_twice() {
    let mut model = begun();
    model.mouse = true;
    model.popups.push(open_palette(&model));
    for letter in "changelog".chars() {
        update_model(
            &mut model,
            Message::Key(make_key_event(&letter.to_string())),
        );
    }
    let shown = sample::show_sample(&mut model, 100, 30);
    let (column, row) = find_words(&mut model, "changelog ");
    let left = MouseEventKind::Down(MouseButton::Left);
    use_mouse(&mut model, left, column, row + 2);
    use_mouse(&mut model, left, column, row + 2);
    assert!(model.popups.is_empty(), "{shown}");
    assert_eq!(model.screen, Screen::Changelog);
}

#[test]
fn what_is_only_looked_at_scrolls_by_the_wheel_and_closes_by_a_click_beside_it() {
    let mut model = begun();
    model.mouse = true;
    update_model(&mut model, Message::Key(make_key_event("?")));
    let before = sample::show_sample(&mut model, 100, 30);
    use_mouse(&mut model, MouseEventKind::ScrollDown, 40, 12);
    assert_ne!(before, sample::show_sample(&mut model, 100, 30));
    let left = MouseEventKind::Down(MouseButton::Left);
    use_mouse(&mut model, left, 40, 12);
    assert_eq!(model.popups.len(), 1, "a click inside closes nothing");
    use_mouse(&mut model, left, 0, 0);
    assert!(model.popups.is_empty());
}
