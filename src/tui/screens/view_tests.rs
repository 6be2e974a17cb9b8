//! Changelog, diff, risks and plan, drawn from the sample at the two sizes that matter, and walked
//! by messages.

use std::sync::Arc;

use crate::model::*;

use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::{Model, StartOptions};
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::diff::query::side_by_side;
use crate::tui::screens::diff::rows::compare_short_texts;
use crate::tui::screens::loading::refresh_screens;
use crate::tui::update::update_model;
use crate::tui::{key, sample};

const SIZES: [(u16, u16); 2] = [(80, 24), (140, 40)];

/// Steps of every mode, with and without a command.
fn longer_plan() -> Vec<PlanStep> {
    let step = |step: &str, how, why: &str, command: Option<&str>, undo: Option<&str>| PlanStep {
        step: step.into(),
        how,
        why: why.into(),
        command: command.map(str::to_owned).map(Into::into),
        undo: undo.map(str::to_owned).map(Into::into),
        expect: None,
    };
    vec![
        step(
            "Write the fix on 3.1.0 and have it reviewed",
            StepMode::Run,
            "a fix is known and isolated",
            None,
            None,
        ),
        step(
            "Set a default for writers of 3.0.0",
            StepMode::Condition,
            "both releases run meanwhile",
            Some("ALTER TABLE orders\n  ALTER COLUMN channel SET DEFAULT 'unknown';"),
            Some("ALTER TABLE orders ALTER COLUMN channel DROP DEFAULT;"),
        ),
        step(
            "Deploy 3.1.1",
            StepMode::Run,
            "it ends the symptom",
            Some("deploy payments 3.1.1"),
            Some("deploy payments 3.1.0"),
        ),
        step(
            "Look at the error rate of /charge",
            StepMode::Verify,
            "it should fall below 1 % within 5 minutes",
            None,
            None,
        ),
    ]
}

/// A field that old clients may leave out and new servers want.
fn narrowed_field() -> ContractChange {
    ContractChange {
        check: crate::model::CheckId::saved("contract/field-narrowed"),
        location: "Card.expiry".to_owned(),
        line: Some(112),
        says: "Card.expiry is required in 3.1.0 and optional in 3.0.0.".to_owned(),
        on_deploy: Grade::Doubt,
        on_rollback: Grade::Compatible,
        stored: Grade::Compatible,
        affects: vec![Affects::Clients],
        adoption: Adoption::Unknown,
        used_by: Vec::new(),
        old: Some(Evidence::at("api/openapi.yaml", 70).with_excerpt(
            "Card:\n  properties:\n    expiry: {type: string}\n  required: [number]",
        )),
        new: Some(Evidence::at("api/openapi.yaml", 112).with_excerpt(
            "Card:\n  properties:\n    expiry: {type: string}\n  required: [number, expiry]",
        )),
    }
}

/// The sample with what a real repository adds: cancelled entries, a way down, definitions on both
/// sides, a longer plan.
fn model(screen: Screen) -> Model {
    let mut model = sample::make_sample_model();
    let mut assessment = sample::make_sample_assessment();
    let log = &mut assessment.changelog;
    log.commits = 13;
    let mut cancelled = sample::make_sample_entry(
        '4',
        Some("feat"),
        "try a second ledger",
        &[Reverting::FeatureLost],
        &["app/ledger.rs"],
    );
    cancelled.cancelled_by = Some("5".repeat(40));
    let mut breaking = sample::make_sample_entry(
        '6',
        Some("feat"),
        "drop the v1 webhooks",
        &[Reverting::FeatureLost],
        &["app/hooks.rs"],
    );
    breaking.breaking = true;
    breaking.scope = Some("hooks".into());
    let mut twin = sample::make_sample_entry(
        '7',
        Some("fix"),
        "retry a lost callback once",
        &[Reverting::BugReturns],
        &["app/hooks.rs"],
    );
    twin.in_previous = true;
    log.entries.extend([cancelled, breaking, twin]);
    log.lost = vec![sample::make_sample_entry(
        '8',
        Some("fix"),
        "hotfix: do not charge twice on a timeout",
        &[],
        &["app/charge.rs"],
    )];
    log.lost_from_previous = 1;
    assessment.files.push(sample::make_sample_file(
        "db/migrate/0042_orders_channel.down.sql",
        FileStatus::Added,
        FileKind::Database,
        2,
        0,
    ));
    if let Some(change) = assessment.contracts.first_mut() {
        change.changes.push(narrowed_field());
    }
    if let Some(finding) = assessment.findings.get_mut(1) {
        finding.compatibility_step =
            Some("ALTER TABLE orders\n  ALTER COLUMN channel SET DEFAULT 'unknown';".into());
    }
    model.assessment = Some(Arc::new(assessment));
    if let Some(decided) = &mut model.decided {
        decided.plans.insert(OptionId::RollForward, longer_plan());
    }
    let _ = refresh_screens(&mut model);
    model.screen = screen;
    model.focus = Focus::Body;
    model
}

fn old_text() -> &'static str {
    "openapi: 3.0.3\npaths:\n  /charge:\n    post:\n      operationId: charge\n      \
        responses:\n        '200': {description: the card was charged}\n        '402': \
        {description: no}\n"
}

fn new_text() -> &'static str {
    "openapi: 3.0.3\npaths:\n  /charge:\n    post:\n      operationId: charge\n      \
        responses:\n        '200': {description: the card was charged at once, or the payment is \
        still being looked at by the bank, which can take a day}\n        '402': {description: \
        no}\n  /cards/verify:\n    post:\n      operationId: verifyCard\n      responses:\n        \
        '200': {description: ok}\n"
}

/// Answers the effects that load something, as the worker does.
fn serve(model: &mut Model, effects: Vec<Effect>) -> Vec<Effect> {
    let mut rest = Vec::new();
    for effect in effects {
        match effect {
            Effect::Diff(change) => {
                let diff = match change.path.as_str() {
                    "api/openapi.yaml" => compare_short_texts(old_text(), new_text()),
                    path if path.ends_with("up.sql") => compare_short_texts(
                        "",
                        "-- channel\nALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT \
                            'web';\n",
                    ),
                    path if path.ends_with("down.sql") => compare_short_texts(
                        "",
                        "-- back\nALTER TABLE orders DROP COLUMN channel;\n",
                    ),
                    _ => compare_short_texts("a\nb\n", "a\nc\n"),
                };
                let more = update_model(
                    model,
                    Message::Diffed {
                        change,
                        diff: Box::new(diff),
                    },
                );
                rest.extend(serve(model, more));
            }
            Effect::CommitFiles(commit) => {
                let files = sample::make_sample_assessment()
                    .files
                    .into_iter()
                    .take(2)
                    .collect();
                let more = update_model(
                    model,
                    Message::CommitFiles {
                        commit,
                        files: Ok(files),
                    },
                );
                rest.extend(serve(model, more));
            }
            other => rest.push(other),
        }
    }
    rest
}

fn press(model: &mut Model, keys: &[&str]) -> Vec<Effect> {
    let mut rest = Vec::new();
    for name in keys {
        sample::show_sample(model, model.size.0, model.size.1);
        let effects = update_model(model, Message::Key(key::make_key_event(name)));
        rest.extend(serve(model, effects));
    }
    rest
}

/// The drawing without header and footer, which have tests of their own.
fn body(model: &Model, columns: u16, rows: u16) -> String {
    let text = sample::draw_sample_text(model, columns, rows);
    text.lines()
        .skip(3)
        .take(usize::from(rows) - 5)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Draws at both sizes; `keys` are pressed first, at that size.
fn dump(name: &str, screen: Screen, keys: &[&str]) {
    for (columns, rows) in SIZES {
        let mut model = model(screen);
        model.size = (columns, rows);
        let effects = update_model(&mut model, Message::Act(Action::Go(screen)));
        serve(&mut model, effects);
        press(&mut model, keys);
        insta::assert_snapshot!(format!("{name}_{columns}"), body(&model, columns, rows));
    }
}

#[test]
fn changelog_drawn() {
    dump("changelog", Screen::Changelog, &[]);
    dump("changelog_detail", Screen::Changelog, &["j", "enter"]);
    dump("changelog_question", Screen::Changelog, &["w"]);
    dump("changelog_time", Screen::Changelog, &["o", "G"]);
}

#[test]
fn diff_drawn() {
    dump("diff", Screen::Diff, &[]);
    dump("diff_text", Screen::Diff, &["enter", "]"]);
    dump("diff_wrapped", Screen::Diff, &["enter", "s", "w"]);
    dump("diff_filter", Screen::Diff, &["p"]);
}

#[test]
fn risks_drawn() {
    dump("risks", Screen::Risks, &[]);
    dump("risks_evidence", Screen::Risks, &["enter"]);
    dump(
        "risks_operation",
        Screen::Risks,
        &["/", "0", "4", "2", "enter", ">", "j", "tab"],
    );
    dump(
        "risks_change",
        Screen::Risks,
        &["/", "e", "x", "p", "i", "r", "enter", "tab"],
    );
    dump("risks_end", Screen::Risks, &["G"]);
}

#[test]
fn files_that_can_break_something_come_before_documents() {
    for (columns, rows) in [(80, 24), (140, 40)] {
        let mut model = model(Screen::Diff);
        let mut assessment = (**model.assessment.as_ref().expect("a sample")).clone();
        let readme = sample::make_sample_file(
            "README.md",
            FileStatus::Modified,
            FileKind::Documentation,
            9,
            0,
        );
        assessment.files.insert(0, readme);
        model.size = (columns, rows);
        update_model(
            &mut model,
            Message::Stage(Stage::Files, Box::new(assessment)),
        );
        let effects = update_model(&mut model, Message::Act(Action::Go(Screen::Diff)));
        serve(&mut model, effects);
        let text = body(&model, columns, rows);
        let at = |name: &str| {
            text.find(name)
                .unwrap_or_else(|| panic!("{name} in {text}"))
        };
        assert!(
            at("openapi.yaml") < at("cards.rs") && at("orders_channel") < at("cards.rs"),
            "{text}"
        );
        assert!(
            at("README.md") > at("receipt.rs") && at("README.md") > at("pay.css"),
            "{text}"
        );
    }
}

/// The word of a finding keeps its distance from the sentence at any width.
#[test]
fn no_column_of_the_risks_touches_the_next() {
    for columns in 60..=200 {
        let mut model = model(Screen::Risks);
        model.size = (columns, 40);
        let effects = update_model(&mut model, Message::Act(Action::Go(Screen::Risks)));
        serve(&mut model, effects);
        for line in body(&model, columns, 40).lines() {
            for (at, word) in ["blocks", "warns"]
                .iter()
                .flat_map(|w| line.match_indices(w))
            {
                let before: String = line[..at].chars().rev().take(2).collect();
                let counts = before.starts_with(' ')
                    && before
                        .chars()
                        .nth(1)
                        .is_some_and(|c| c.is_ascii_digit() || !c.is_ascii());
                assert!(before == "  " || counts, "{columns}: {word} in {line}");
            }
        }
    }
}

/// Terminals differ in the columns of a sign with a selector or a tone: none is drawn with one.
#[test]
fn signs_are_drawn_as_wide_as_they_are_everywhere() {
    let mut model = model(Screen::Changelog);
    let mut assessment = (**model.assessment.as_ref().expect("a sample")).clone();
    assessment.changelog.entries[0].title =
        "\u{2764}\u{fe0f} for \u{1f44d}\u{1f3fd} and \u{1f469}\u{200d}\u{1f4bb} end".into();
    model.assessment = Some(Arc::new(assessment));
    let effects = update_model(&mut model, Message::Act(Action::Go(Screen::Changelog)));
    serve(&mut model, effects);
    let text = sample::show_sample(&mut model, 120, 36);
    assert!(text.contains("\u{1f469}\u{2040}\u{1f4bb}"), "{text}");
    assert!(!text.contains(crate::model::chooses_picture), "{text}");
}

/// Rows that begin alike are told apart by what differs, and rows that say the same by their
/// places.
#[test]
fn rows_that_begin_alike_are_told_apart() {
    let mut model = model(Screen::Risks);
    let mut assessment = sample::make_sample_assessment();
    let like = assessment
        .findings
        .first()
        .cloned()
        .unwrap_or_else(|| panic!("the sample has findings"));
    let warn = |says: &str, place: &str| Finding {
        severity: Severity::Warns,
        direction: Direction::Rollback,
        says: says.into(),
        evidence: vec![Evidence::at(place, 7)],
        ..like.clone()
    };
    assessment.findings = vec![
        warn(
            "A commit that is marked as a security fix would be undone, and what it closed would \
                be open again for everybody: the first of two long titles",
            "a.go",
        ),
        warn(
            "A commit that is marked as a security fix would be undone, and what it closed would \
                be open again for everybody: the second of two long titles",
            "b.go",
        ),
        warn(
            "POST /orders/{number}/cancel ?reason is new; the previous release does not know it at \
                all",
            "docs/api/v1.yaml",
        ),
        warn(
            "POST /orders/{number}/cancel ?reason is new; the previous release does not know it at \
                all",
            "docs/api/v2.yaml",
        ),
    ];
    model.assessment = Some(Arc::new(assessment));
    let _ = refresh_screens(&mut model);
    model.size = (80, 24);
    let text = body(&model, 80, 24);
    for row in [
        "▲ A commit that is marked",
        "▲ … second of two long titles",
        "▲ POST /orders/{number}/cancel",
        "▲ … docs/api/v2.yaml:7",
    ] {
        assert!(text.contains(row), "{row} is missing:\n{text}");
    }
}

/// A name of a service is cut only where there is no room for it, and a file that only one release
/// has takes the whole width.
#[test]
fn what_is_free_is_used() {
    let mut model = model(Screen::Diff);
    model.service = Some("a-service-with-a-longer-name".to_owned());
    model.size = (100, 24);
    let text = sample::show_sample(&mut model, 100, 24);
    assert!(
        text.contains("a-service-with-a-longer-name  3.0.0 ◀ 3.1.0  production"),
        "{text}"
    );
    model.size = (200, 50);
    let mut sides = Vec::new();
    for status in [FileStatus::Modified, FileStatus::Added, FileStatus::Deleted] {
        let mut assessment = sample::make_sample_assessment();
        for file in &mut assessment.files {
            file.status = status;
        }
        model.assessment = Some(Arc::new(assessment));
        let _ = refresh_screens(&mut model);
        sides.push(side_by_side(&model));
    }
    assert_eq!(sides, [true, false, false]);
}

#[test]
fn plan_drawn() {
    dump("plan", Screen::Plan, &[]);
    dump("plan_other", Screen::Plan, &["tab", "j", "j"]);
}

#[test]
fn nothing_is_drawn_as_a_sentence() {
    for screen in [Screen::Changelog, Screen::Diff, Screen::Risks, Screen::Plan] {
        let mut reading = Model::new(
            StartOptions::default(),
            Arc::new(sample::load_sample_checklist()),
            sample::make_sample_now(),
        );
        reading.screen = screen;
        reading.focus = Focus::Body;
        let text = sample::draw_sample_text(&reading, 80, 24);
        assert!(
            text.contains("read"),
            "{screen:?} says nothing while reading:\n{text}"
        );

        let mut empty = sample::make_sample_model();
        let full = sample::make_sample_assessment();
        let none = Assessment::new(full.repository, full.previous, full.current, full.relation);
        empty.assessment = Some(Arc::new(none));
        if let Some(decided) = &mut empty.decided {
            decided.plans.clear();
        }
        let _ = refresh_screens(&mut empty);
        empty.screen = screen;
        empty.focus = Focus::Body;
        insta::assert_snapshot!(format!("empty_{}", screen.title()), body(&empty, 80, 24));
    }
}
