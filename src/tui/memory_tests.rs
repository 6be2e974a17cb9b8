//! What is remembered, on the screens.

use std::sync::Arc;

use crate::model::{Arrival, ArrivalState, OptionId, PastRollback, Strength};
use crate::session::EventKind;
use crate::tui::model::Model;
use crate::tui::sample;

fn remembering() -> Model {
    let mut model = sample::make_sample_model();
    let assessment = Arc::make_mut(model.assessment.as_mut().unwrap());
    assessment.rolled_back_before = vec![
        PastRollback {
            at: "2026-01-12T14:05:00Z".parse().ok(),
            from: "3.1.0".into(),
            to: Some("3.0.0".into()),
            same_pair: true,
            environment: Some("production".into()),
            seen: Some("payments were declined".into()),
            reason: Some("no fix within the hour".into()),
            worked: Some(true),
            sources: vec!["session 20260112-140200".into()],
            ..PastRollback::default()
        };
        2
    ];
    model
}

#[test]
fn the_first_screen_says_that_the_release_was_rolled_back_before() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let shown = sample::draw_sample_text(&remembering(), columns, rows);
        assert!(shown.contains("before"), "{shown}");
        assert!(shown.contains("2026-01-12"), "{shown}");
        insta::assert_snapshot!(format!("rolled_back_before_{columns}"), shown);
    }
    let plain = sample::draw_sample_text(&sample::make_sample_model(), 120, 36);
    assert!(!plain.contains("2026-01-12"), "{plain}");
}

/// A decision to go back, and a second look at what is live.
fn looked(state: ArrivalState) -> Model {
    let mut model = sample::make_sample_model();
    let event = |seq: u64, what| crate::session::Event {
        seq,
        at: sample::make_sample_time("02:58:00"),
        role: None,
        by: None,
        what,
        previous: String::new(),
        hash: String::new(),
    };
    let decided = EventKind::Decided {
        option: OptionId::RollBack,
        recommended: OptionId::RollBack,
        strength: Strength::Open,
        reason: "no time for a fix".into(),
        typed: None,
        second: None,
        expect: None,
        within_minutes: None,
        open: Vec::new(),
    };
    let look = Arrival {
        state,
        expected: Some("3.0.0".into()),
        left: "3.1.0".into(),
        arrived: 2,
        targets: 4,
        on_expected: Vec::new(),
        not_yet: Vec::new(),
        came_back: Vec::new(),
        open: Vec::new(),
        files: vec!["deploys.jsonl".into()],
    };
    for event in [
        event(1, decided),
        event(2, EventKind::LiveChecked(Box::new(look))),
    ] {
        model.session.apply(&event);
        model.events.push(event);
    }
    model
}

#[test]
fn the_header_says_how_the_second_look_came_out() {
    for (state, says) in [
        (ArrivalState::NotDone, "not done, 2 of 4 targets"),
        (ArrivalState::CameBack, "it came back"),
        (ArrivalState::Done, "done, 2 of 4 targets"),
    ] {
        for (columns, rows) in [(80, 24), (200, 50)] {
            let shown = sample::draw_sample_text(&looked(state), columns, rows);
            let first = shown.lines().next().unwrap_or_default();
            assert!(first.contains(says), "{columns}: {first}");
        }
    }
    // what could not be told leaves the header as it is
    let shown = sample::draw_sample_text(&looked(ArrivalState::Unknown), 80, 24);
    assert!(!shown.contains("2 of 4 targets"), "{shown}");
}

#[test]
fn the_header_dates_the_point_of_no_return() {
    use crate::model::{
        DownKind, Fact, FactValue, MigrationRun, MigrationState, RevertEffect, RollbackEffect,
        fact_key,
    };
    let dated = |state: MigrationState| {
        let mut model = sample::make_sample_model();
        let assessment = Arc::make_mut(model.assessment.as_mut().unwrap());
        let migration = assessment.migrations.first_mut().unwrap();
        migration.rollback = RollbackEffect::BreaksReads;
        migration.down.kind = DownKind::None;
        let operation = migration.operations.first_mut().unwrap();
        operation.rollback = RollbackEffect::BreaksReads;
        operation.revert = RevertEffect::Irreversible;
        migration.ran = Some(MigrationRun {
            state,
            at: Some(sample::make_sample_time("02:13:00")),
            file: "migrations.csv".to_owned(),
            line: Some(9),
        });
        let key = fact_key::DATABASE_OLD_CODE;
        model.decided.as_mut().unwrap().resolved.facts.insert(
            key.to_owned(),
            Fact::derived(key, FactValue::word("breaks-reads")),
        );
        model
    };
    for (columns, rows) in [(80, 24), (200, 50)] {
        let shown = sample::draw_sample_text(&dated(MigrationState::Applied), columns, rows);
        let second = shown.lines().nth(1).unwrap_or_default();
        assert!(second.contains("no return since 02:13"), "{second}");
    }
    let shown = sample::draw_sample_text(&dated(MigrationState::Failed), 80, 24);
    assert!(!shown.contains("no return since"), "{shown}");
}
