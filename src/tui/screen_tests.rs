//! Every screen as text, at the size of an old terminal and of a wide one.

use crate::session::{Event, EventKind};
use crate::tui::action::Action;
use crate::tui::key::make_key_event;
use crate::tui::message::Message;
use crate::tui::model::{Model, StartOptions};
use crate::tui::popup::why::open::open_question;
use crate::tui::sample;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::loading::refresh_screens;
use crate::tui::update::update_model;

/// A model with some events, without folding them.
pub(super) fn with_events() -> Model {
    let mut model = sample::make_sample_model();
    let start = crate::session::Start {
        session: "20260314-0255".to_owned(),
        tool: "backout 0.1.0".to_owned(),
        journal: 1,
        mode: crate::model::Mode::Incident,
        repository: "/srv/payments".to_owned(),
        previous: "3.0.0".to_owned(),
        previous_commit: "a".repeat(40),
        current: "3.1.0".to_owned(),
        current_commit: "b".repeat(40),
        environment: Some("production".to_owned()),
        service: None,
        deployed_at: Some(sample::make_sample_time("02:13:00")),
        deadline: None,
        checklist_digest: String::new(),
        checklist: String::new(),
        checklist_changes: Vec::new(),
    };
    let kinds = vec![
        EventKind::Started(Box::new(start)),
        EventKind::Assessed {
            facts: Vec::new(),
            summary: "9 commits, 7 files, 1 migration, 1 contract".into(),
            digest: "0".repeat(64),
        },
        EventKind::Verdict {
            option: crate::model::OptionId::RollForward,
            strength: crate::model::Strength::Open,
            margin: Some(-2.0),
            why: "the repository was read".into(),
        },
        EventKind::Answered {
            question: Some("impact".to_owned()),
            facts: vec![crate::model::Fact::stated(
                "impact.now",
                crate::model::FactValue::word("degraded"),
            )],
            note: Some("one in twenty charges fails".into()),
        },
        EventKind::Withdrawn { seq: 4 },
        EventKind::Asked {
            question: "dependent-copes".to_owned(),
            who: "the storefront team".into(),
        },
    ];
    for (at, what) in kinds.into_iter().enumerate() {
        model.events.push(Event {
            seq: at as u64 + 1,
            at: sample::make_sample_time(&format!("02:5{}:1{at}", at + 3)),
            role: (at > 2).then(|| "incident lead".to_owned()).map(Into::into),
            by: None,
            what,
            previous: String::new(),
            hash: "c0ffee".repeat(10),
        });
    }
    model
}

/// Presses a key with what it acts on in sight.
fn pressed(model: &mut Model, name: &str) {
    sample::show_sample(model, 80, 24);
    update_model(model, Message::Key(make_key_event(name)));
}

fn shown(model: &Model, name: &str) {
    for (columns, rows) in [(80, 24), (140, 40)] {
        let mut model = model.clone();
        update_model(&mut model, Message::Resize(columns, rows));
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), sample::show_sample(&mut model, columns, rows));
        });
    }
}

fn on(screen: Screen) -> Model {
    let mut model = with_events();
    update_model(&mut model, Message::Act(Action::Go(screen)));
    model
}

#[test]
fn screens_read_as_designed() {
    for screen in Screen::ALL {
        shown(
            &on(screen),
            &format!(
                "{}_{}",
                Screen::ALL.iter().position(|one| *one == screen).unwrap() + 1,
                screen.title()
            ),
        );
    }
}

#[test]
fn before_anything_is_read() {
    let mut model = Model::new(
        StartOptions::default(),
        std::sync::Arc::new(sample::load_sample_checklist()),
        sample::make_sample_now(),
    );
    shown(&model, "first_frame");
    let whole = sample::make_sample_assessment();
    update_model(&mut model, Message::Opened(whole.repository.clone()));
    update_model(
        &mut model,
        Message::Paired {
            previous: whole.previous.clone(),
            current: whole.current.clone(),
            relation: whole.relation,
            releases: vec![whole.current.clone(), whole.previous.clone()],
        },
    );
    shown(&model, "is_it_live");
    model.pair_given = true;
    assert!(
        sample::show_sample(&mut model, 80, 24).contains("Is 3.1.0 doing damage right now"),
        "danger is asked about before there is a verdict"
    );
    model.pair_given = false;
    model.decided = sample::make_sample_model().decided;
    model.session.confirmed = true;
    update_model(
        &mut model,
        Message::Stage(crate::model::Stage::Changelog, Box::new(whole.clone())),
    );
    update_model(
        &mut model,
        Message::Stage(crate::model::Stage::Files, Box::new(whole)),
    );
    shown(&model, "reading");
}

#[test]
fn popups_lie_over_the_screen() {
    let mut model = with_events();
    pressed(&mut model, "?");
    shown(&model, "help");
    pressed(&mut model, "esc");
    pressed(&mut model, "c");
    shown(&model, "commit");
    pressed(&mut model, "down");
    pressed(&mut model, "enter");
    shown(&model, "commit_form");
    let mut model = with_events();
    model.pair_given = false;
    pressed(&mut model, "n");
    pressed(&mut model, "enter");
    shown(&model, "release_picker");
    let mut model = with_events();
    pressed(&mut model, "+");
    shown(&model, "about_the_answer");
}

#[test]
fn what_has_room_on_a_large_screen_is_not_cut() {
    // no event is cut while lines are free below the last one
    let mut model = on(Screen::Record);
    let note = "the bank says that its queue of authorisations has been growing since the release \
                went out, and that it will be full before the morning: somebody has to decide";
    let mut event = model.events[0].clone();
    event.seq = model.events.len() as u64 + 1;
    event.what = EventKind::Noted { text: note.into() };
    model.events.push(event);
    for size in [(140, 40), (200, 50)] {
        model.size = size;
        let text = sample::show_sample(&mut model, size.0, size.1);
        assert!(!text.contains('…'), "{text}");
        assert!(text.contains("somebody has to decide"), "{text}");
    }
    let mut model = on(Screen::Now);
    model.size = (200, 50);
    let text = sample::show_sample(&mut model, 200, 50);
    assert!(!text.contains('…'), "{text}");
    // the question that is asked why stands there once more, not twice
    let mut model = with_events();
    model.size = (200, 50);
    pressed(&mut model, "enter");
    pressed(&mut model, "esc");
    let effects = open_question(&mut model);
    assert!(effects.is_empty());
    let text = sample::show_sample(&mut model, 200, 50);
    assert_eq!(
        text.matches("nobody has answered it yet").count(),
        1,
        "{text}"
    );
    // and what a dependent could use is listed part by part
    assert!(
        text.contains("What 3.0.0 does not have") && text.contains("api/openapi.yaml:61"),
        "{text}"
    );
}

#[test]
fn a_note_has_lines_and_is_there_again_when_it_was_left() {
    let mut model = with_events();
    pressed(&mut model, "t");
    update_model(
        &mut model,
        Message::Paste("ERROR one\nERROR two".to_owned()),
    );
    pressed(&mut model, "alt-enter");
    for letter in ["e", "n", "d"] {
        pressed(&mut model, letter);
    }
    let lines = |model: &Model| {
        let text = sample::draw_sample_text(model, 80, 24);
        let at = |word: &str| text.lines().position(|line| line.contains(word));
        (at("ERROR one"), at("ERROR two"), at(" end"))
    };
    let (Some(one), Some(two), Some(end)) = lines(&model) else {
        panic!("{}", sample::show_sample(&mut model, 80, 24));
    };
    assert!(two == one + 1 && end == two + 1);
    pressed(&mut model, "esc");
    assert!(model.popups.is_empty());
    pressed(&mut model, "t");
    assert_eq!(lines(&model), (Some(one), Some(two), Some(end)));
}

#[test]
fn the_hand_over_is_one_screen() {
    let mut model = with_events();
    model.session = crate::session::SessionState::fold(&model.events);
    pressed(&mut model, "H");
    shown(&model, "hand_over");
    pressed(&mut model, "esc");
    assert!(model.popups.is_empty());
}

#[test]
fn rules_that_came_with_the_branch_are_said_first() {
    use crate::model::{ChecklistChange, RuleChange};
    let change = |id: &str, does, in_force| ChecklistChange {
        file: ".backout/ours.yaml".to_owned(),
        section: "blockers".to_owned(),
        id: id.to_owned(),
        does,
        in_force,
        says: String::new(),
    };
    let mut model = with_events();
    let changes = vec![
        change("P1", RuleChange::Adds, true),
        change("B4", RuleChange::Disables, false),
    ];
    model.checklist = std::sync::Arc::new(crate::checklist::Checklist {
        changes,
        ..sample::load_sample_checklist()
    });
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        update_model(&mut model, Message::Resize(columns, rows));
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(format!("own_checklist_{columns}x{rows}"), sample::show_sample(&mut model, columns, rows));
        });
    }
}

#[test]
fn a_small_terminal_says_what_it_needs() {
    let model = sample::make_sample_model();
    let text = sample::draw_sample_text(&model, 40, 10);
    assert!(
        text.contains("ROLL FORWARD") && text.contains("60x16"),
        "{text}"
    );
}

#[test]
fn ascii_draws_no_other_glyph() {
    let mut model = with_events();
    model.theme.ascii = true;
    let mut assessment = sample::make_sample_assessment();
    assessment
        .changelog
        .entries
        .retain(|entry| entry.title.as_raw().is_ascii());
    model.assessment = Some(std::sync::Arc::new(assessment));
    refresh_screens(&mut model);
    for screen in Screen::ALL {
        model.screen = screen;
        model.focus = Focus::Body;
        let text = sample::show_sample(&mut model, 100, 30);
        assert!(
            text.is_ascii(),
            "{screen:?}: {:?}",
            text.chars().find(|c| !c.is_ascii())
        );
    }
}

#[test]
fn themes_are_of_the_sixteen_colours() {
    use super::theme::{Palette, Theme};
    for palette in [Palette::Dark, Palette::Light, Palette::Plain] {
        let mut model = with_events();
        model.theme = Theme::of(palette);
        let buffer = sample::draw_sample_buffer(&model, 80, 24);
        for cell in buffer.content() {
            for colour in [cell.fg, cell.bg] {
                assert!(!matches!(
                    colour,
                    ratatui::style::Color::Rgb(..) | ratatui::style::Color::Indexed(_)
                ));
                assert!(palette != Palette::Plain || colour == ratatui::style::Color::Reset);
            }
        }
    }
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("styles_now_80x24", sample::draw_sample_styles(&with_events(), 80, 24));
    });
}
