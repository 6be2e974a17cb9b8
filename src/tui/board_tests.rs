//! The board of options: what stands on it, and what its keys do.

use crate::model::{OptionId, OptionState, OptionStatus};
use crate::tui::action::Availability;
use crate::tui::action_table::find::find_key_action;
use crate::tui::frame::footer::list_footer_keys;
use crate::tui::key::make_key_event;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::sample;
use crate::tui::screen::Screen;
use crate::tui::screen_tests::with_events;
use crate::tui::screens::now::query::{find_selected_option, goes_back, list_board_rows};
use crate::tui::screens::now::state::BoardRow;
use crate::tui::update::update_model;

/// The options that the engine lists, in the states that a number stands for.
fn with_states(headline: OptionId, states: usize) -> Model {
    let all = [
        OptionId::RollForward,
        OptionId::RollBack,
        OptionId::RollBackWithConditions,
        OptionId::FlagOff,
        OptionId::ShiftTraffic,
        OptionId::Hold,
    ];
    let mut model = sample::make_sample_model();
    let decision = &mut model.decided.as_mut().unwrap().decision;
    decision.option = headline;
    decision.options = all
        .into_iter()
        .enumerate()
        .map(|(at, option)| OptionStatus {
            option,
            state: [
                OptionState::Cleared,
                OptionState::Conditional,
                OptionState::NotCleared,
                OptionState::Removed,
            ][(states >> (2 * at)) % 4],
            blockers: Vec::new(),
            conditions: Vec::new(),
        })
        .collect();
    model
}

fn press(model: &mut Model, columns: u16, rows: u16, keys: &[&str]) -> String {
    for key in keys {
        sample::show_sample(model, columns, rows);
        let effects = update_model(model, Message::Key(make_key_event(key)));
        assert!(effects.is_empty(), "{key}: {effects:?}");
    }
    sample::show_sample(model, columns, rows)
}

#[test]
fn the_way_back_is_always_on_the_board() {
    let headlines = [
        OptionId::RollForward,
        OptionId::RollBack,
        OptionId::RollBackWithConditions,
        OptionId::Hold,
        OptionId::Go,
        OptionId::StopHarm,
    ];
    // every combination of states, in steps that share no factor with their number
    for headline in headlines {
        for states in (0..4096).step_by(37) {
            let model = with_states(headline, states);
            let rows = list_board_rows(&model);
            let options: Vec<OptionId> = rows
                .iter()
                .filter_map(|row| match row {
                    BoardRow::Of(option) => Some(*option),
                    BoardRow::More(_) => None,
                })
                .collect();
            assert_eq!(options.first(), Some(&headline), "{rows:?}");
            assert!(
                options.iter().any(|option| goes_back(*option)),
                "{headline:?} {states}: {rows:?}"
            );
            let listed = model.decision().unwrap().options.len();
            let all = listed + usize::from(!options_hold(&model, headline));
            let Some(BoardRow::More(more)) = rows.last() else {
                panic!("{rows:?}")
            };
            assert_eq!(options.len() + more, all, "none is lost: {rows:?}");
        }
    }
}

fn options_hold(model: &Model, option: OptionId) -> bool {
    let options = &model.decision().unwrap().options;
    options.iter().any(|status| status.option == option)
}

#[test]
fn why_not_the_way_back_is_read_in_one_look() {
    let model = sample::make_sample_model();
    let text = sample::draw_sample_text(&model, 80, 24);
    let row = text
        .lines()
        .find(|line| line.contains("Roll back  "))
        .unwrap();
    assert!(
        row.contains("○") && row.contains("not settled") && row.contains("until 03:40"),
        "{text}"
    );
    assert!(row.contains("storefront calls POST …"), "{text}");
    // weights stand where the reasons are explained
    assert!(!text.contains('█') && !text.contains("back 2.0"), "{text}");
    let mut model = model;
    let text = press(&mut model, 80, 24, &["enter"]);
    assert!(text.contains("back 2.0") && text.contains('█'), "{text}");
}

#[test]
fn a_row_under_the_cursor_says_all_it_has() {
    for (columns, rows) in [(60, 24), (80, 24), (120, 36), (200, 50)] {
        let mut model = sample::make_sample_model();
        update_model(&mut model, Message::Resize(columns, rows));
        let text = press(&mut model, columns, rows, &["down"]);
        let flat: String = text.replace(['│', '┃', '\n'], " ");
        let words: Vec<&str> = flat.split_whitespace().collect();
        let words = words.join(" ");
        if columns == 80 {
            assert!(
                words.contains(
                    "storefront calls POST /cards/verify, which 3.0.0 does not have. 15 min · \
                        until 03:40 asked: Does storefront cope"
                ),
                "{text}"
            );
        }
        assert!(text.contains("▸ ○ Roll back"), "{columns}: {text}");
    }
}

#[test]
fn an_option_shows_what_stands_in_its_way_its_question_and_its_steps() {
    let mut model = sample::make_sample_model();
    let text = press(&mut model, 80, 24, &["down", "enter"]);
    assert!(
        text.contains("Roll back to 3.0.0: not settled")
            && text.contains("open      storefront calls POST /cards/verify")
            && text.contains("takes     15 min")
            && text.contains("question  Does storefront cope"),
        "{text}"
    );
    // Enter on the steps shows them
    let mut model = sample::make_sample_model();
    update_model(&mut model, Message::Resize(140, 40));
    press(&mut model, 140, 40, &["down", "down", "enter"]);
    let text = press(
        &mut model,
        140,
        40,
        &["down", "down", "down", "down", "down", "enter"],
    );
    assert_eq!(
        (model.screen, model.screens.plan.option),
        (Screen::Plan, Some(OptionId::RollBackWithConditions)),
        "{text}"
    );
}

#[test]
fn the_options_that_are_not_shown_are_one_key_away() {
    let mut model = sample::make_sample_model();
    let text = press(&mut model, 80, 24, &["down", "down", "down"]);
    assert!(
        text.contains("▸   2 more options  Enter shows all"),
        "{text}"
    );
    let text = press(&mut model, 80, 24, &["enter"]);
    assert!(
        text.contains("Roll back, with conditions") && text.contains("Shift traffic"),
        "{text}"
    );
    assert!(!text.contains("more options"), "{text}");
}

#[test]
fn one_key_asks_what_settles_the_option_under_the_cursor() {
    let mut model = sample::make_sample_model();
    model
        .decided
        .as_mut()
        .unwrap()
        .decision
        .questions
        .rotate_left(1);
    let text = press(&mut model, 80, 24, &["down"]);
    assert!(
        text.contains("How badly") && text.contains("s asks: Does storefront cope"),
        "{text}"
    );
    update_model(&mut model, Message::Key(make_key_event("s")));
    // it was not on the screen yet, so no key answers it
    let before = model.pending.len();
    assert!(update_model(&mut model, Message::Key(make_key_event("y"))).is_empty());
    assert_eq!(model.pending.len(), before);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(text.contains("y yes, it still works"), "{text}");
    // and is not offered again while it is asked
    assert!(matches!(
        find_key_action(&model, "s"),
        Some((_, _, Availability::Disabled(_)))
    ));
}

#[test]
fn keys_of_the_footer_work_on_every_row_and_none_of_them_answers() {
    for (columns, lines) in [(60, 16), (80, 24), (120, 36), (200, 50)] {
        for row in 0..6 {
            let mut model = sample::make_sample_model();
            update_model(&mut model, Message::Resize(columns, lines));
            // below the last row the text scrolls on
            let last = list_board_rows(&model).len() - 1;
            for _ in 0..row.min(last) {
                press(&mut model, columns, lines, &["down"]);
            }
            let shown = sample::show_sample(&mut model, columns, lines);
            assert!(shown.contains("▸"), "{columns}x{lines} {row}: {shown}");
            for (name, title, found) in list_footer_keys(&model) {
                let (_, action, guard) = find_key_action(&model, name).unwrap();
                assert!(
                    action == found && guard == Availability::Enabled,
                    "{name} {title}"
                );
            }
            for key in ["up", "down", "enter", "s", "pgdn", "home"] {
                let mut model = model.clone();
                sample::show_sample(&mut model, columns, lines);
                let effects = update_model(&mut model, Message::Key(make_key_event(key)));
                assert!(effects.is_empty() && model.pending.is_empty(), "{key}");
            }
        }
    }
}

#[test]
fn a_click_selects_a_row_and_a_second_one_opens_it() {
    use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    for (columns, rows) in [(80, 24), (140, 40)] {
        let mut model = sample::make_sample_model();
        model.mouse = true;
        update_model(&mut model, Message::Resize(columns, rows));
        let text = sample::show_sample(&mut model, columns, rows);
        let row = text
            .lines()
            .position(|line| line.contains("Flag off"))
            .unwrap();
        let at = text.lines().nth(row).unwrap();
        let column = at.chars().position(|c| c == 'F').unwrap();
        let click = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: u16::try_from(column).unwrap(),
            row: u16::try_from(row).unwrap(),
            modifiers: KeyModifiers::NONE,
        };
        update_model(&mut model, Message::Mouse(click));
        assert_eq!(find_selected_option(&model), Some(OptionId::FlagOff));
        assert!(model.popups.is_empty());
        sample::show_sample(&mut model, columns, rows);
        update_model(&mut model, Message::Mouse(click));
        assert!(matches!(model.popups.last(), Some(Popup::Why(_))));
    }
}

/// The first screen at the sizes it is designed for, with the cursor on the way back.
#[test]
fn the_board_reads_as_designed() {
    for (columns, rows) in [(60, 16), (80, 24), (120, 36), (200, 50)] {
        let mut model = with_events();
        update_model(&mut model, Message::Resize(columns, rows));
        let text = press(&mut model, columns, rows, &["down"]);
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(format!("board_{columns}x{rows}"), text);
        });
    }
}
