//! The palette: every action by its name, and nothing that was not in sight.

use crate::session::EventKind;
use crate::tui::action::Action;
use crate::tui::action_table::names::{list_named_actions, needs_its_key};
use crate::tui::action_table::table::list_actions;
use crate::tui::effect::Effect;
use crate::tui::key::{label_key, make_key_event};
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::plan_tests::running;
use crate::tui::popup::kind::Popup;
use crate::tui::sample;
use crate::tui::screen::{Focus, Screen};
use crate::tui::settings::reading::read_settings;
use crate::tui::update::update_model;

fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    update_model(model, Message::Key(make_key_event(name)))
}

fn type_text(model: &mut Model, text: &str) {
    for letter in text.chars() {
        let name = if letter == ' ' {
            "space".to_owned()
        } else {
            letter.to_string()
        };
        press(model, &name);
    }
}

/// The palette over a screen, with this typed, drawn.
fn opened(model: &mut Model, screen: Screen, typed: &str) -> String {
    update_model(model, Message::Act(Action::Go(screen)));
    sample::show_sample(model, 80, 24);
    press(model, "ctrl-p");
    type_text(model, typed);
    sample::show_sample(model, 80, 24)
}

#[test]
fn both_keys_open_it_on_every_screen_and_esc_closes_it() {
    for screen in Screen::ALL {
        for key in ["ctrl-p", ":"] {
            let mut model = sample::make_sample_model();
            update_model(&mut model, Message::Act(Action::Go(screen)));
            sample::show_sample(&mut model, 80, 24);
            press(&mut model, key);
            let text = sample::show_sample(&mut model, 80, 24);
            assert!(text.contains("any action"), "{key} on {screen:?}: {text}");
            press(&mut model, "esc");
            assert!(model.popups.is_empty());
        }
    }
}

#[test]
fn every_action_is_found_by_its_name_with_its_key_beside_it() {
    for named in list_named_actions() {
        if named.action == Action::Palette {
            continue;
        }
        for screen in Screen::ALL {
            let mut model = sample::make_sample_model();
            let text = opened(&mut model, screen, named.title);
            let rows: Vec<&str> = text
                .lines()
                .skip_while(|line| !line.contains("any action"))
                .collect();
            let row = rows
                .iter()
                .find(|line| line.contains(&format!("▸ {}", named.title)))
                .unwrap_or_else(|| panic!("{} on {screen:?}:\n{text}", named.id));
            let (key, _) = named
                .spec
                .keys
                .iter()
                .find(|(_, action)| *action == named.action)
                .unwrap();
            assert!(
                row.contains(&label_key(key)) || matches!(named.action, Action::Answer(_)),
                "{}: {row}",
                named.id
            );
        }
    }
    // no action of the table is missing
    let named = list_named_actions();
    for spec in list_actions() {
        assert!(named.iter().any(|one| one.spec.id == spec.id));
    }
}

#[test]
fn enter_does_what_the_key_does_or_says_why_not() {
    for begin in [sample::make_sample_model as fn() -> Model, || running()] {
        for screen in Screen::ALL {
            for named in list_named_actions() {
                if named.action == Action::Palette {
                    continue;
                }
                let mut model = begin();
                opened(&mut model, screen, named.title);
                let mut below = model.clone();
                below.popups.clear();
                let wanted = update_model(&mut below, Message::Act(named.action));
                let before = model.screen;
                let effects = press(&mut model, "enter");
                let says = model.toast.as_ref().map(|toast| toast.text.clone());
                let told = says.unwrap_or_default();
                let elsewhere = model.screen != before && told.contains("is done here");
                let why = told.contains("is not possible") || told.starts_with("Press ");
                assert!(
                    elsewhere || why || format!("{effects:?}") == format!("{wanted:?}"),
                    "{} on {screen:?}: {effects:?}, {told}",
                    named.id
                );
                assert!(
                    !needs_its_key(named.action) || effects.iter().all(|effect| {
                        !matches!(effect, Effect::Append { what, .. }
                            if what.step().is_some() || matches!(**what, EventKind::Answered { .. } | EventKind::GateReached { .. }))
                    }),
                    "{} recorded what was not in sight",
                    named.id
                );
            }
        }
    }
}

#[test]
fn nothing_is_run_that_was_not_drawn() {
    let mut model = sample::make_sample_model();
    sample::show_sample(&mut model, 80, 24);
    press(&mut model, ":");
    type_text(&mut model, "quit");
    assert!(press(&mut model, "enter").is_empty());
    assert!(model.toast.as_ref().unwrap().text.starts_with("Not taken"));
    sample::show_sample(&mut model, 80, 24);
    assert!(matches!(
        press(&mut model, "enter").as_slice(),
        [Effect::Quit(_)]
    ));
}

#[test]
fn an_answer_is_given_by_its_key_with_the_question_in_sight() {
    let mut model = sample::make_sample_model();
    model.focus = Focus::Body;
    sample::show_sample(&mut model, 80, 24);
    for typed in ["don't know", "answer", "does not apply"] {
        press(&mut model, ":");
        type_text(&mut model, typed);
        sample::show_sample(&mut model, 80, 24);
        assert!(press(&mut model, "enter").is_empty(), "{typed}");
        press(&mut model, "esc");
        assert!(model.pending.is_empty());
    }
}

#[test]
fn snapshots_of_the_palette() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        for (name, typed) in [("all", ""), ("typed", "re")] {
            let mut model = sample::make_sample_model();
            sample::show_sample(&mut model, columns, rows);
            press(&mut model, ":");
            type_text(&mut model, typed);
            insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
                insta::assert_snapshot!(
                    format!("palette_{name}_{columns}x{rows}"),
                    sample::show_sample(&mut model, columns, rows)
                );
            });
        }
    }
}

#[test]
fn a_key_of_ones_own_works_is_shown_first_and_takes_none_away() {
    let (settings, remarks) =
        read_settings("[keys]\ncommit = \"D\"\nnext-hunk = \"alt-n\"\nhelp = \"f9\"\n");
    assert!(remarks.is_empty(), "{remarks:?}");
    for key in ["D", "c"] {
        let mut model = sample::make_sample_model();
        model.own_keys = Box::leak(settings.keys.clone().into_boxed_slice());
        let text = sample::show_sample(&mut model, 80, 24);
        assert!(text.contains(" D decide"), "{text}");
        press(&mut model, key);
        assert!(matches!(model.popups.as_slice(), [Popup::Commit(_)]));
        model.popups.clear();
        let text = opened(&mut model, Screen::Diff, "next hunk");
        assert!(text.contains("alt-n ]"), "{text}");
        press(&mut model, "esc");
        press(&mut model, "f9");
        let text = sample::show_sample(&mut model, 120, 72);
        assert!(text.contains("D c") && text.contains("F9 ?"), "{text}");
    }
}

#[test]
fn every_theme_draws_every_screen_in_the_colours_the_terminal_has() {
    use super::theme::{Colours, Depth, Theme, find_shipped_theme, list_shipped_themes};
    use ratatui::style::Color;
    for name in list_shipped_themes() {
        let file = find_shipped_theme(name).unwrap();
        for (depth, light) in [
            (Depth::Sixteen, false),
            (Depth::Sixteen, true),
            (Depth::TwoHundred, false),
            (Depth::True, true),
        ] {
            let colours: &'static Colours = Box::leak(Box::new(file.make_colours(light, depth)));
            for screen in Screen::ALL {
                let mut model = sample::make_sample_model();
                model.theme = Theme {
                    colours,
                    ascii: false,
                };
                update_model(&mut model, Message::Act(Action::Go(screen)));
                for cell in sample::draw_sample_buffer(&model, 80, 24).content() {
                    for colour in [cell.fg, cell.bg] {
                        let fits = match colour {
                            Color::Rgb(..) => depth == Depth::True,
                            Color::Indexed(_) => depth == Depth::TwoHundred,
                            _ => true,
                        };
                        assert!(fits, "{name} at {depth:?}: {colour:?}");
                        assert!(name != "no-colour" || colour == Color::Reset, "{colour:?}");
                    }
                }
            }
        }
    }
}
