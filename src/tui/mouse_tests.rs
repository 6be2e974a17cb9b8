//! A hand on the mouse alone: what is seen can be clicked, from the first question to the record.

use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::session::EventKind;
use crate::tui::draw::text;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::sample;
use crate::tui::screen::Screen;
use crate::tui::update::update_model;
use crate::tui::update_tests::{appended, begun, write};

/// Clicks on the first place where these words stand.
fn click(model: &mut Model, words: &str) -> Vec<EventKind> {
    let shown = sample::show_sample(model, 100, 30);
    let place = shown.lines().enumerate().find_map(|(row, line)| {
        let before = line.get(..line.find(words)?)?;
        Some((text::measure_text_width(before), row))
    });
    let (column, row) = place.unwrap_or_else(|| panic!("{words} is not in sight:\n{shown}"));
    let effects = update_model(
        model,
        Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: u16::try_from(column).unwrap(),
            row: u16::try_from(row).unwrap(),
            modifiers: KeyModifiers::NONE,
        }),
    );
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
