//! Every screen as text, at the size of an old terminal and of a wide one.

use super::key::press;
use super::model::{Focus, Screen};
use super::{Action, Message, sample, update};
use crate::session::{Event, EventKind};

/// A model with some events, without folding them.
pub(super) fn with_events() -> super::Model {
    let mut model = sample::model();
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
        deployed_at: Some(sample::at("02:13:00")),
        deadline: None,
        checklist_digest: String::new(),
        checklist: String::new(),
        checklist_changes: Vec::new(),
    };
    let kinds = vec![
        EventKind::Started(Box::new(start)),
        EventKind::Assessed {
            facts: Vec::new(),
            summary: "9 commits, 7 files, 1 migration, 1 contract".to_owned(),
            digest: "0".repeat(64),
        },
        EventKind::Verdict {
            option: crate::model::OptionId::RollForward,
            strength: crate::model::Strength::Open,
            margin: Some(-2.0),
            why: "the repository was read".to_owned(),
        },
        EventKind::Answered {
            question: Some("impact".to_owned()),
            facts: vec![crate::model::Fact::stated(
                "impact.now",
                crate::model::FactValue::word("degraded"),
            )],
            note: Some("one in twenty charges fails".to_owned()),
        },
        EventKind::Withdrawn { seq: 4 },
        EventKind::Asked {
            question: "dependent-copes".to_owned(),
            who: "the storefront team".to_owned(),
        },
    ];
    for (at, what) in kinds.into_iter().enumerate() {
        model.events.push(Event {
            seq: at as u64 + 1,
            at: sample::at(&format!("02:5{}:1{at}", at + 3)),
            role: (at > 2).then(|| "incident lead".to_owned()),
            by: None,
            what,
            previous: String::new(),
            hash: "c0ffee".repeat(10),
        });
    }
    model
}

/// Presses a key with what it acts on in sight.
fn pressed(model: &mut super::Model, name: &str) {
    sample::draw(model, 80, 24);
    update(model, Message::Key(press(name)));
}

fn shown(model: &super::Model, name: &str) {
    for (columns, rows) in [(80, 24), (140, 40)] {
        let mut model = model.clone();
        update(&mut model, Message::Resize(columns, rows));
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), sample::draw(&model, columns, rows));
        });
    }
}

fn on(screen: Screen) -> super::Model {
    let mut model = with_events();
    update(&mut model, Message::Act(Action::Go(screen)));
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
    let mut model = super::Model::new(
        super::Options::default(),
        std::sync::Arc::new(sample::checklist()),
        sample::now(),
    );
    shown(&model, "first_frame");
    let whole = sample::assessment();
    update(&mut model, Message::Opened(whole.repository.clone()));
    update(
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
        sample::draw(&model, 80, 24).contains("Is 3.1.0 doing damage right now"),
        "danger is asked about before there is a verdict"
    );
    model.pair_given = false;
    model.decided = sample::model().decided;
    model.session.confirmed = true;
    update(
        &mut model,
        Message::Stage(crate::model::Stage::Changelog, Box::new(whole.clone())),
    );
    update(
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
fn the_hand_over_is_one_screen() {
    let mut model = with_events();
    model.session = crate::session::State::fold(&model.events);
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
        ..sample::checklist()
    });
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        update(&mut model, Message::Resize(columns, rows));
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(format!("own_checklist_{columns}x{rows}"), sample::draw(&model, columns, rows));
        });
    }
}

#[test]
fn a_small_terminal_says_what_it_needs() {
    let model = sample::model();
    let text = sample::draw(&model, 40, 10);
    assert!(
        text.contains("ROLL FORWARD") && text.contains("60x16"),
        "{text}"
    );
}

#[test]
fn ascii_draws_no_other_glyph() {
    let mut model = with_events();
    model.theme.ascii = true;
    let mut assessment = sample::assessment();
    assessment
        .changelog
        .entries
        .retain(|entry| entry.title.is_ascii());
    model.assessment = Some(std::sync::Arc::new(assessment));
    super::state::refresh(&mut model);
    for screen in Screen::ALL {
        model.screen = screen;
        model.focus = Focus::Body;
        let text = sample::draw(&model, 100, 30);
        assert!(
            text.is_ascii(),
            "{screen:?}: {:?}",
            text.chars().find(|c| !c.is_ascii())
        );
    }
}

#[test]
fn themes_are_of_the_sixteen_colours() {
    use super::theme::Palette;
    for palette in [Palette::Dark, Palette::Light, Palette::Plain] {
        let mut model = with_events();
        model.theme.palette = palette;
        let buffer = sample::buffer(&model, 80, 24);
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
        insta::assert_snapshot!("styles_now_80x24", sample::styles(&with_events(), 80, 24));
    });
}
