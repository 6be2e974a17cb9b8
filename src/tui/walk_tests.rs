//! The walk of all keys: what each does in every question, on every screen, with and without the
//! focus; and random ones, of which only what was on the screen may reach the record.

use std::collections::{BTreeMap, HashSet};

use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::checklist::{ANSWER_KEYS, Checklist, Question};
use crate::model::NextQuestion;
use crate::session::{Event, EventKind};
use crate::tui::action::{Action, Availability, KeyContext};
use crate::tui::action_table::find::find_key_action;
use crate::tui::action_table::table::list_actions;
use crate::tui::asking::Asking;
use crate::tui::effect::Effect;
use crate::tui::frame::footer::list_footer_keys;
use crate::tui::key::make_key_event;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::plan_tests::running;
use crate::tui::sample;
use crate::tui::screen::{Focus, Screen};
use crate::tui::update::update_model;

/// Letters that answer in every question.
const ALWAYS: [char; 3] = ['d', 'x', 'a'];

fn answers(action: Action) -> bool {
    matches!(
        action,
        Action::Answer(_) | Action::DontKnow | Action::DoesNotApply | Action::AskSomeone
    )
}

/// All keys that a keyboard has, by name.
pub(super) fn all_keys() -> Vec<String> {
    let named = [
        "enter",
        "esc",
        "tab",
        "shift-tab",
        "backspace",
        "delete",
        "up",
        "down",
        "left",
        "right",
        "home",
        "end",
        "pgup",
        "pgdn",
        "space",
    ];
    let letters = (33u8..127).map(|byte| char::from(byte).to_string());
    let control = (b'a'..=b'z').map(|byte| format!("ctrl-{}", char::from(byte)));
    let function = (1..=12).map(|n| format!("f{n}"));
    named
        .iter()
        .map(|name| (*name).to_owned())
        .chain(letters)
        .chain(control)
        .chain(function)
        .collect()
}

fn asked(question: &Question) -> NextQuestion {
    NextQuestion {
        fact: question.facts.first().cloned().unwrap_or_default(),
        question: question.id.clone(),
        asks: question.asks.clone().into(),
        why_now: question.why.clone().into(),
        settles: question.facts.clone(),
        who: None,
        minutes: None,
    }
}

#[test]
fn a_letter_is_an_answer_or_a_command_and_digits_are_screens() {
    let mut commands: BTreeMap<&str, HashSet<KeyContext>> = BTreeMap::new();
    for spec in list_actions() {
        for (key, action) in spec.keys {
            let mut letters = key.chars();
            let (Some(letter), None) = (letters.next(), letters.next()) else {
                continue;
            };
            let reserved = ANSWER_KEYS.contains(&letter) || ALWAYS.contains(&letter);
            assert_eq!(reserved, answers(*action), "{key} of {}", spec.id);
            if letter.is_ascii_digit() {
                assert!(matches!(action, Action::Go(_)), "{key} of {}", spec.id);
            }
            commands.entry(key).or_default().extend(spec.contexts);
        }
    }
    for digit in '1'..='8' {
        assert!(commands[digit.to_string().as_str()].contains(&KeyContext::Global));
    }
}

/// What a user's checklist can define: one key of this kind in a question of its own.
fn lint_of(key: char) -> Vec<crate::checklist::Lint> {
    let quoted = serde_json::to_string(&key.to_string()).unwrap();
    let text = format!(
        "name: mine\nquestions:\n  - id: own\n    asks: Is it so?\n    why: It decides.\n    who: \
            nobody\n    minutes: 1\n    facts: [impact.now]\n    choices:\n      - {{key: \
            {quoted}, title: so it is, sets: {{impact.now: down}}}}\n"
    );
    Checklist::lint("mine.yaml", &text)
}

#[test]
fn a_checklist_with_a_key_that_is_a_command_is_refused_with_line_and_suggestion() {
    for byte in 33u8..127 {
        let key = char::from(byte);
        let errors: Vec<_> = lint_of(key).into_iter().filter(|lint| lint.error).collect();
        if ANSWER_KEYS.contains(&key) {
            assert!(errors.is_empty(), "{key}: {errors:?}");
            continue;
        }
        let [error] = errors.as_slice() else {
            panic!("{key}: {errors:?}")
        };
        assert_eq!(error.line, 10, "{key}");
        assert_eq!(error.suggestion.as_deref(), Some("key: y"), "{key}");
    }
}

#[test]
fn keys_of_an_older_journal_are_replaced_and_not_lost() {
    let mut yaml = Checklist::embedded().yaml;
    let choice = Checklist::embedded()
        .questions
        .iter()
        .find(|question| question.id == "impact")
        .unwrap()
        .choices[1]
        .title
        .clone();
    let from = yaml.find(&choice).unwrap();
    let at = yaml[..from].rfind("key: ").unwrap() + 5;
    yaml.replace_range(at..=at, "\"2\"");
    let kept = Checklist::from_yaml(&yaml).unwrap();
    let question = kept
        .questions
        .iter()
        .find(|question| question.id == "impact")
        .unwrap();
    let count = Checklist::embedded()
        .questions
        .iter()
        .find(|question| question.id == "impact")
        .unwrap()
        .choices
        .len();
    assert_eq!(question.choices.len(), count);
    let keys: HashSet<char> = question.choices.iter().map(|choice| choice.key).collect();
    assert!(
        keys.len() == count && keys.iter().all(|key| ANSWER_KEYS.contains(key)),
        "{keys:?}"
    );
}

#[test]
fn every_key_of_every_question_does_what_stands_beside_it() {
    let keys = all_keys();
    for question in &Checklist::embedded().questions {
        for (screen, focus) in [
            (Screen::Now, Focus::Question),
            (Screen::Now, Focus::Body),
            (Screen::Questions, Focus::Question),
            (Screen::Questions, Focus::Body),
        ] {
            let mut model = sample::make_sample_model();
            model.screens.questions.chosen = Some(asked(question));
            (model.screen, model.focus) = (screen, focus);
            let takes = |key: char| matches!(model.asking(), Some(asking @ Asking::Fact { .. }) if asking.takes(key));
            for name in &keys {
                let found = find_key_action(&model, name);
                let letter = Some(name.as_str())
                    .filter(|name| name.chars().count() == 1)
                    .and_then(|name| name.chars().next());
                let answering = focus == Focus::Question
                    && letter.is_some_and(|key| takes(key) || ALWAYS.contains(&key));
                assert_eq!(
                    found
                        .as_ref()
                        .is_some_and(|(_, action, _)| answers(*action)),
                    answering,
                    "{name} in {} on {screen:?} {focus:?}",
                    question.id
                );
                if let (true, Some(key), Some((_, Action::Answer(given), _))) =
                    (answering, letter, found)
                {
                    assert_eq!(given, key);
                }
            }
            // what the footer shows works, and means what it says
            for (name, title, action) in list_footer_keys(&model) {
                let (_, found, guard) = find_key_action(&model, name).unwrap();
                assert!(
                    found == action && guard == Availability::Enabled && !answers(action),
                    "{name} {title} in {}",
                    question.id
                );
            }
            // every answer is in sight at the size of an old terminal, with its key
            if focus == Focus::Question {
                let drawn = sample::show_sample(&mut model, 80, 24);
                let shown = |key: char, title: &str| {
                    drawn.contains(&format!(
                        "{key} {}",
                        title.chars().take(20).collect::<String>()
                    ))
                };
                for choice in &question.choices {
                    assert!(
                        shown(choice.key, &model.filled(&choice.title)),
                        "{} of {}:\n{drawn}",
                        choice.key,
                        question.id
                    );
                }
                assert!(
                    model.measured.has_asked(&model.asking().unwrap().name()),
                    "{}",
                    question.id
                );
            }
        }
    }
}

#[test]
fn every_key_on_a_plan_that_is_run_does_what_stands_beside_it() {
    for name in all_keys() {
        let wanted = match name.as_str() {
            "space" => Some(Action::StepDone),
            "r" => Some(Action::StepBegin),
            "s" => Some(Action::StepSkip),
            "!" => Some(Action::StepFail),
            _ => None,
        };
        let mut model = running();
        sample::show_sample(&mut model, 80, 24);
        let found = find_key_action(&model, &name).map(|(_, action, _)| action);
        let marks = |action: &Action| {
            matches!(
                action,
                Action::StepBegin | Action::StepDone | Action::StepSkip | Action::StepFail
            )
        };
        assert_eq!(found.filter(marks), wanted, "{name}");
        let effects = update_model(&mut model, Message::Key(make_key_event(&name)));
        let recorded = effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Append { .. }))
            .count();
        // one key records at once; the others ask first
        let at_once = matches!(wanted, Some(Action::StepDone | Action::StepBegin)) || name == "u";
        assert_eq!(recorded, usize::from(at_once), "{name}: {effects:?}");
        if wanted.is_some() && !at_once {
            assert_eq!(model.popups.len(), 1, "{name}");
        }
    }
}

#[test]
fn digits_and_f_keys_show_the_same_screen_in_every_question() {
    for question in &Checklist::embedded().questions {
        for (at, screen) in Screen::ALL.into_iter().enumerate() {
            for name in [(at + 1).to_string(), format!("f{}", at + 1)] {
                let mut model = sample::make_sample_model();
                model.screens.questions.chosen = Some(asked(question));
                sample::show_sample(&mut model, 80, 24);
                update_model(&mut model, Message::Key(make_key_event(&name)));
                assert_eq!(
                    (model.screen, model.pending.len()),
                    (screen, 0),
                    "{name} in {}",
                    question.id
                );
            }
        }
    }
}

#[test]
fn a_key_that_does_nothing_says_so() {
    for screen in Screen::ALL {
        let mut model = sample::make_sample_model();
        update_model(&mut model, Message::Act(Action::Go(screen)));
        for name in ["z", "Q", "ctrl-k", "9"] {
            sample::show_sample(&mut model, 80, 24);
            model.toast = None;
            assert!(update_model(&mut model, Message::Key(make_key_event(name))).is_empty());
            let text = sample::show_sample(&mut model, 80, 24);
            assert!(
                text.contains("does nothing here"),
                "{name} on {screen:?}: {text}"
            );
        }
    }
}

#[test]
fn no_answer_is_taken_while_its_question_is_not_drawn() {
    let named = |kind: &str, mut model: Model, draw: &dyn Fn(&mut Model)| {
        draw(&mut model);
        for key in ["y", "n", "d", "x", "b"] {
            assert!(
                update_model(&mut model, Message::Key(make_key_event(key))).is_empty(),
                "{kind}: {key}"
            );
        }
        assert!(
            model.pending.is_empty() && model.popups.is_empty(),
            "{kind}"
        );
    };
    named(
        "before the first frame",
        sample::make_sample_model(),
        &|_| {},
    );
    named(
        "too small a terminal",
        sample::make_sample_model(),
        &|model| drop(sample::draw_sample_text(model, 50, 15)),
    );
    // another question came up after the last frame
    named("another question", sample::make_sample_model(), &|model| {
        sample::draw_sample_text(model, 80, 24);
        model
            .decided
            .as_mut()
            .unwrap()
            .decision
            .questions
            .rotate_left(1);
    });
    // two keys before one frame: the second answers nothing
    let mut model = sample::make_sample_model();
    sample::show_sample(&mut model, 80, 24);
    assert_eq!(
        update_model(&mut model, Message::Key(make_key_event("y"))).len(),
        1
    );
    assert!(update_model(&mut model, Message::Key(make_key_event("y"))).is_empty());
    sample::show_sample(&mut model, 80, 24);
    assert!(
        update_model(&mut model, Message::Key(make_key_event("y"))).is_empty(),
        "the first answer is still on its way"
    );
}

#[test]
fn nothing_is_decided_or_called_in_a_popup_that_was_not_drawn() {
    let mut model = sample::make_sample_model();
    sample::show_sample(&mut model, 80, 24);
    for key in ["c", "enter", "enter", "enter"] {
        assert!(update_model(&mut model, Message::Key(make_key_event(key))).is_empty());
    }
    assert_eq!(
        model.popups.len(),
        1,
        "the choice of the option was not on the screen yet"
    );
    sample::show_sample(&mut model, 50, 15);
    for key in ["enter", "right", "enter"] {
        assert!(update_model(&mut model, Message::Key(make_key_event(key))).is_empty());
    }
    assert_eq!(model.popups.len(), 1, "the terminal is too small");
    // a click below a popup answers nothing
    sample::show_sample(&mut model, 80, 24);
    model.mouse = true;
    for (column, row) in (0..80).flat_map(|column| (0..24).map(move |row| (column, row))) {
        let event = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column,
            row,
            modifiers: KeyModifiers::NONE,
        };
        // the keys that the popup names are another matter
        if model.measured.find_popup_key(column, row).is_some() {
            continue;
        }
        assert!(update_model(&mut model, Message::Mouse(event)).is_empty());
    }
}

/// A small generator of numbers, so that a run can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap()
    }
}

/// Words of a text without what lines and borders put between them.
fn flat(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || "│▌─╮╯╭╰┌┐└┘|".contains(c))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Keys, clicks and sizes at random, frames drawn now and then: what reaches the record was on the
/// screen when the key came, is acknowledged, and nothing panics. `BACKOUT_RANDOM_EVENTS` sets how
/// many.
#[test]
fn random_input_records_only_what_was_in_sight() {
    let keys = ["y", "n", "b", "d", "x", "a", "enter", "right", "esc"];
    walk_at_random(begun, Screen::Now, keys);
}

#[test]
fn random_input_marks_only_steps_that_were_in_sight() {
    let running = || {
        let mut model = running();
        model.mouse = true;
        model
    };
    let keys = ["space", "r", "s", "!", "t", "u", "j", "enter", "esc"];
    let steps = walk_at_random(running, Screen::Plan, keys);
    assert!(
        steps > 15,
        "only {steps} steps were marked: the walk tests nothing"
    );
}

/// A key, a click or another size, one of `often` more often than others.
fn roll_message(
    dice: &mut Dice,
    size: &mut (u16, u16),
    home: Screen,
    often: [&str; 9],
    keys: &[String],
) -> Message {
    match dice.roll(20) {
        0 => {
            *size = (20 + dice.roll(200) as u16, 5 + dice.roll(60) as u16);
            Message::Resize(size.0, size.1)
        }
        1 | 2 => {
            let (column, row) = (
                dice.roll(usize::from(size.0)) as u16,
                dice.roll(usize::from(size.1)) as u16,
            );
            let kinds = [
                MouseEventKind::Down(MouseButton::Left),
                MouseEventKind::ScrollDown,
                MouseEventKind::ScrollUp,
                MouseEventKind::Drag(MouseButton::Left),
            ];
            Message::Mouse(MouseEvent {
                kind: kinds[dice.roll(4)],
                column,
                row,
                modifiers: KeyModifiers::NONE,
            })
        }
        3 => Message::Act(Action::Go(home)),
        4..=9 => Message::Key(make_key_event(often[dice.roll(9)])),
        _ => Message::Key(make_key_event(&keys[dice.roll(keys.len())])),
    }
}

/// The words that must have been on the screen for such an event to be recorded.
fn find_wanted_words(what: &EventKind, question: Option<&str>) -> Option<String> {
    match what {
        EventKind::Answered {
            question: Some(_), ..
        } => question.map(str::to_owned),
        EventKind::Decided { .. } => Some("decide".to_owned()),
        EventKind::Polled { .. } | EventKind::GateCalled { .. } => Some("gate".to_owned()),
        // a form names its step, and so does the plan
        what => what.step().map(|of| of.says.to_string()),
    }
}

/// Walks with these keys more often than with others, and comes back to a screen again and again;
/// gives how many steps of a plan were marked.
fn walk_at_random(begin: fn() -> Model, home: Screen, often: [&str; 9]) -> usize {
    let events: usize = std::env::var("BACKOUT_RANDOM_EVENTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(3000);
    let mut dice = Dice(0x5eed_1234_abcd_0001);
    let keys = all_keys();
    let (mut size, mut recorded, mut steps) = ((80u16, 24u16), 0, 0);
    let mut model = begin();
    let mut frame = flat(&sample::show_sample(&mut model, size.0, size.1));
    for round in 0..events {
        // a decision that was taken back leaves no plan to run
        let over = home == Screen::Plan && model.session.decided.is_none();
        if over || model.events.len() > 60 {
            model = begin();
        }
        // somebody who looks at the screen now and then, and types fast in between
        if round % 4 != 0 {
            model.now += jiff::SignedDuration::from_secs(1);
        }
        let message = roll_message(&mut dice, &mut size, home, often, &keys);
        let question = model.asking().map(|asking| match asking {
            Asking::Live { current, .. } => format!("Is {} what is live now", current.version),
            Asking::Fact { next, .. } => model.filled(next.asks.as_raw()),
        });
        let above = model.popups.len();
        for effect in update_model(&mut model, message.clone()) {
            if let Effect::Append {
                ticket,
                what,
                role,
                by,
            } = effect
            {
                recorded += 1;
                steps += usize::from(what.step().is_some());
                let wanted = find_wanted_words(&what, question.as_deref().filter(|_| above == 0));
                if let Some(wanted) = wanted {
                    let wanted: String = flat(&wanted).chars().take(24).collect();
                    assert!(
                        frame.contains(&wanted),
                        "round {round}: {what:?} after {message:?}, but the screen was\n{frame}"
                    );
                }
                let event = Event {
                    seq: model.events.len() as u64 + 1,
                    at: model.now,
                    role: role.map(Into::into),
                    by: by.map(Into::into),
                    what: *what,
                    previous: String::new(),
                    hash: String::new(),
                };
                let verdict = matches!(event.what, EventKind::Verdict { .. });
                update_model(
                    &mut model,
                    Message::Appended {
                        ticket: Some(ticket),
                        event: Box::new(event),
                    },
                );
                assert!(
                    verdict || model.toast.is_some(),
                    "what is recorded is acknowledged"
                );
                // the next verdict has the questions in another order
                let mut decided = (**model.decided.as_ref().unwrap()).clone();
                decided.decision.questions.rotate_left(1);
                decided.generation = model.generation;
                update_model(&mut model, Message::Decided(Box::new(decided)));
                model.pending.clear();
            }
        }
        if dice.roll(3) > 0 {
            frame = flat(&sample::show_sample(&mut model, size.0, size.1));
        }
    }
    assert!(
        recorded > events / 500,
        "only {recorded} of {events} reached the record: the walk tests nothing"
    );
    steps
}

/// A model whose journal has begun, with the mouse on.
fn begun() -> Model {
    let mut model = sample::make_sample_model();
    model.mouse = true;
    let what = EventKind::Resumed {
        tool: "test".to_owned(),
    };
    model.events.push(Event {
        seq: 1,
        at: model.now,
        role: None,
        by: None,
        what,
        previous: String::new(),
        hash: String::new(),
    });
    model
}
