//! Keys, clicks, the wheel and scroll marks: what each reaches, and that none is dead.

use crate::model::FactValue;
use crate::session::{Event, EventKind};
use crate::tui::action::{Action, Availability};
use crate::tui::action_table::find::{find_key_action, list_live_actions};
use crate::tui::action_table::table::list_actions;
use crate::tui::draw::text;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::sample;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::lists::describe_screen_list;
use crate::tui::update::update_model;
use crate::tui::update_tests::{appended, begun, fixed, keys, typed};

#[test]
fn answer_keys_live_only_while_the_question_has_the_focus() {
    let mut model = begun();
    keys(&mut model, &["tab"]);
    assert_eq!(model.focus, Focus::Body);
    assert!(appended(&keys(&mut model, &["y", "n", "d", "x", "a"])).is_empty());
    keys(&mut model, &["6"]);
    assert_eq!(model.screen, Screen::Risks);
    assert!(appended(&keys(&mut model, &["n", "d", "x"])).is_empty());
}

#[test]
fn digits_are_screens_in_every_question() {
    let mut model = begun();
    for first in 0..3 {
        model
            .decided
            .as_mut()
            .unwrap()
            .decision
            .questions
            .rotate_left(first.min(1));
        keys(&mut model, &["4"]);
        assert_eq!(model.screen, Screen::Changelog);
        keys(&mut model, &["1"]);
        assert_eq!(model.screen, Screen::Now);
    }
    assert!(model.pending.is_empty());
    model
        .decided
        .as_mut()
        .unwrap()
        .decision
        .questions
        .retain(|next| next.question == "impact");
    let effects = keys(&mut model, &["f"]);
    let [EventKind::Answered { facts, .. }] = fixed(&effects) else {
        panic!()
    };
    assert_eq!(
        (facts[0].key.as_str(), &facts[0].value),
        ("impact.now", &FactValue::word("degraded"))
    );
}

#[test]
fn enter_walks_from_now_to_why_and_to_the_quoted_line() {
    let mut model = begun();
    keys(&mut model, &["enter"]);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("storefront src/pay.ts:88")
            && text.contains("known")
            && text.contains("3.0.0 has no POST /cards/verify"),
        "{text}"
    );
    keys(&mut model, &["enter"]);
    assert_eq!((model.screen, model.focus), (Screen::Risks, Focus::Detail));
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("await api.post('/cards/verify', card)"),
        "{text}"
    );
    keys(&mut model, &["esc", "esc"]);
    assert_eq!(model.screen, Screen::Now);
    // a flip that nothing shows says so, and says what is not known in the words of its question
    keys(&mut model, &["enter", "down", "down", "down"]);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(
        text.contains("not known") && text.contains("Does storefront cope when"),
        "{text}"
    );
    keys(&mut model, &["enter"]);
    assert_eq!((model.screen, model.popups.len()), (Screen::Now, 1));
    // and the question on screen 3 ends at the same place
    keys(&mut model, &["esc", "3", "enter"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("question"));
}

#[test]
fn search_repeats_only_in_a_list_that_has_one() {
    let mut model = sample::make_sample_model();
    for (seq, text) in [(1, "one"), (2, "two"), (3, "one more")] {
        model.events.push(Event {
            seq,
            at: model.now,
            role: None,
            by: None,
            what: EventKind::Noted { text: text.into() },
            previous: String::new(),
            hash: String::new(),
        });
    }
    keys(&mut model, &["8", "/"]);
    typed(&mut model, "one");
    keys(&mut model, &["enter"]);
    assert_eq!(model.screens.record.list.cursor, 0);
    keys(&mut model, &[">"]);
    assert_eq!(model.screens.record.list.cursor, 2);
    keys(&mut model, &[">"]);
    assert_eq!(model.screens.record.list.cursor, 0, "it goes round");
    keys(&mut model, &["<"]);
    assert_eq!(model.screens.record.list.cursor, 2);
    keys(&mut model, &[":"]);
    typed(&mut model, "2");
    keys(&mut model, &["enter"]);
    assert_eq!(model.screens.record.list.cursor, 1);
    // letters in their order find a word where nothing holds them side by side
    keys(&mut model, &["/"]);
    typed(&mut model, "mre");
    keys(&mut model, &["enter"]);
    assert_eq!(model.screens.record.list.cursor, 2);
    keys(&mut model, &["G"]);
    assert_eq!(model.screens.record.list.cursor, 2);
}

#[test]
fn clicks_and_the_wheel_do_what_keys_do() {
    use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut model = begun();
    model.mouse = true;
    let click = |model: &mut Model, word: &str| {
        let text = sample::show_sample(model, 80, 24);
        let (row, line) = text
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains(word))
            .unwrap();
        let column = text::measure_text_width(&line[..line.find(word).unwrap()]);
        Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: column as u16,
            row: row as u16,
            modifiers: KeyModifiers::NONE,
        })
    };
    let message = click(&mut model, "y yes");
    assert_eq!(appended(&update_model(&mut model, message)).len(), 1);
    let message = click(&mut model, "6 risks");
    update_model(&mut model, message);
    assert_eq!(model.screen, Screen::Risks);
    model.mouse = false;
    let message = click(&mut model, "8 record");
    update_model(&mut model, message);
    assert_eq!(model.screen, Screen::Risks, "switched off, it does nothing");
}

#[test]
fn every_action_is_listed_in_the_help_and_no_key_is_dead() {
    let mut model = begun();
    keys(&mut model, &["?"]);
    model.size = (100, 400);
    let help = sample::show_sample(&mut model, 100, 400);
    let flat: String = help
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("│ │ ", "");
    for spec in list_actions() {
        let start: String = spec.help.split(' ').take(3).collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&start), "{} is not in the help", spec.id);
    }
    keys(&mut model, &["esc"]);
    for screen in Screen::ALL {
        update_model(&mut model, Message::Act(Action::Go(screen)));
        for focus in [Focus::Question, Focus::Body] {
            model.focus = focus;
            for (spec, guard) in list_live_actions(&model) {
                let reached = spec.keys.iter().any(|(key, _)| {
                    find_key_action(&model, key).is_some_and(|(found, _, _)| found.id == spec.id)
                });
                assert!(
                    reached || matches!(guard, Availability::Absent(_)),
                    "{} has no key that reaches it on {screen:?}",
                    spec.id
                );
            }
        }
    }
}

#[test]
fn the_scroll_mark_of_a_list_can_be_dragged() {
    use ratatui::crossterm::event::{
        KeyModifiers, MouseButton::Left, MouseEvent, MouseEventKind as Kind,
    };
    let mut model = sample::make_sample_model();
    model.mouse = true;
    keys(&mut model, &["6"]);
    let mouse = |kind, row| {
        Message::Mouse(MouseEvent {
            kind,
            column: 78,
            row,
            modifiers: KeyModifiers::NONE,
        })
    };
    let at = |model: &Model| describe_screen_list(model).unwrap().state(model).cursor;
    let text = sample::show_sample(&mut model, 80, 24);
    let row = u16::try_from(
        text.lines()
            .position(|line| line.trim_end().ends_with('┃'))
            .expect("a scroll mark"),
    )
    .unwrap();
    let before = at(&model);
    update_model(&mut model, mouse(Kind::Down(Left), row));
    update_model(&mut model, mouse(Kind::Drag(Left), row + 4));
    let after = at(&model);
    assert!(after > before, "{before} {after}\n{text}");
    update_model(&mut model, mouse(Kind::Up(Left), row + 4));
    update_model(&mut model, mouse(Kind::Drag(Left), row));
    assert_eq!(at(&model), after, "it was let go");
}

#[test]
fn the_scroll_mark_of_a_text_can_be_dragged() {
    use ratatui::crossterm::event::{
        KeyModifiers, MouseButton::Left, MouseEvent, MouseEventKind as Kind,
    };
    let mut model = sample::make_sample_model();
    model.mouse = true;
    keys(&mut model, &["6", "enter"]);
    sample::show_sample(&mut model, 80, 16);
    let text = sample::show_sample(&mut model, 80, 16);
    let mark = |line: &str| line.chars().position(|one| one == '┃');
    let (row, column) = text
        .lines()
        .enumerate()
        .find_map(|(row, line)| Some((row as u16, mark(line)? as u16)))
        .expect("a scroll mark");
    let mouse = |kind, row| {
        Message::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })
    };
    update_model(&mut model, mouse(Kind::Down(Left), row));
    update_model(&mut model, mouse(Kind::Drag(Left), row + 6));
    assert!(model.screens.risks.scroll.offset > 0, "{text}");
    update_model(&mut model, mouse(Kind::Drag(Left), 40));
    let scroll = &model.screens.risks.scroll;
    assert_eq!(
        scroll.offset,
        scroll.len - scroll.page,
        "the end of the text ends the screen"
    );
}
