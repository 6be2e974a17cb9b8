//! Changelog, diff, risks and plan, walked by messages.

use std::sync::Arc;

use proptest::prelude::*;

use crate::model::*;

use crate::session::EventKind;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::changelog::query::{count_asked_entries, find_selected_entry};
use crate::tui::screens::diff::query::{
    find_selected_file, find_shown_diff, side_by_side, text_rows,
};
use crate::tui::screens::diff::rows;
use crate::tui::screens::diff::rows::compare_short_texts;
use crate::tui::screens::loading::refresh_screens;
use crate::tui::screens::plan::query::shown_options;
use crate::tui::update::update_model;
use crate::tui::{key, sample};

fn at(screen: Screen, columns: u16) -> Model {
    let mut model = sample::make_sample_model();
    let _ = update_model(&mut model, Message::Resize(columns, 24));
    let _ = update_model(&mut model, Message::Act(Action::Go(screen)));
    model
}

fn press(model: &mut Model, keys: &[&str]) -> Vec<Effect> {
    let one = |name: &&str| {
        // what a key acts on must have been in sight
        sample::show_sample(model, model.size.0, model.size.1);
        update_model(model, Message::Key(key::make_key_event(name)))
    };
    keys.iter().flat_map(one).collect()
}

fn answered(effects: &[Effect]) -> Vec<(String, Reverting)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Append { what, .. } => match what.as_ref() {
                EventKind::EntryAnswered { commit, answer } => Some((commit.clone(), *answer)),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

#[test]
fn one_key_answers_each_risky_entry_in_turn() {
    let mut model = at(Screen::Changelog, 80);
    let (risky, open) = count_asked_entries(&model);
    assert_eq!((risky, open), (3, 3));
    let effects = press(&mut model, &["w", "f", "v", "d"]);
    let given = answered(&effects);
    assert_eq!(
        given.iter().map(|(_, answer)| *answer).collect::<Vec<_>>(),
        [
            Reverting::SecurityReopened,
            Reverting::ContractVanishes,
            Reverting::Unknown
        ]
    );
    let mut commits: Vec<&String> = given.iter().map(|(commit, _)| commit).collect();
    commits.dedup();
    assert_eq!(commits.len(), 3, "each about another entry");
    assert!(model.popups.is_empty(), "nothing is left to ask about");
}

#[test]
fn enter_takes_the_hint_and_escape_ends_the_round() {
    let mut model = at(Screen::Changelog, 80);
    let effects = press(&mut model, &["w", "enter", "esc"]);
    assert_eq!(
        answered(&effects).first().map(|(_, answer)| *answer),
        Some(Reverting::SecurityReopened)
    );
    assert!(model.popups.is_empty());
}

#[test]
fn an_entry_that_is_not_risky_is_asked_about_alone() {
    let mut model = at(Screen::Changelog, 80);
    let effects = press(&mut model, &["G", "w", "n"]);
    assert_eq!(answered(&effects).len(), 1);
    assert!(model.popups.is_empty());
}

#[test]
fn read_only_sessions_record_no_answer() {
    let mut model = at(Screen::Changelog, 80);
    model.writable = false;
    assert!(answered(&press(&mut model, &["w", "n"])).is_empty());
    assert!(model.popups.is_empty());
}

#[test]
fn a_trial_is_asked_for_and_its_result_stays_with_its_entry() {
    let mut model = at(Screen::Changelog, 80);
    let effects = press(&mut model, &["r"]);
    let Some(Effect::Trial(commit)) = effects.first().cloned() else {
        panic!("{effects:?}")
    };
    assert!(sample::show_sample(&mut model, 80, 24).contains("trying to revert it on 3.1.0"));
    let trial = RevertTrial::Conflicts {
        files: vec!["app/receipt.rs".to_owned()],
    };
    let _ = update_model(&mut model, Message::Tried { commit, trial });
    assert!(sample::show_sample(&mut model, 80, 24).contains("conflicts in 1 file"));
    press(&mut model, &["j"]);
    assert!(!sample::show_sample(&mut model, 80, 24).contains("on 3.1.0 conflicts"));
}

#[test]
fn parts_of_the_changelog_are_chosen_by_key() {
    let mut model = at(Screen::Changelog, 80);
    let all = model.screens.changelog.rows.len();
    press(&mut model, &["p", "2"]);
    assert!(model.screens.changelog.rows.len() < all);
    assert!(sample::show_sample(&mut model, 80, 24).contains("Risky if taken back"));
    press(&mut model, &["p", "1"]);
    assert_eq!(model.screens.changelog.rows.len(), all);
}

#[test]
fn the_files_of_an_entry_are_read_where_there_is_room() {
    let mut narrow = at(Screen::Changelog, 80);
    assert!(press(&mut narrow, &["j"]).is_empty());
    assert!(matches!(
        press(&mut narrow, &["enter"]).as_slice(),
        [Effect::CommitFiles(_)]
    ));
    let mut wide = at(Screen::Changelog, 140);
    let effects = press(&mut wide, &["j"]);
    let [Effect::CommitFiles(commit)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let files = Ok(sample::make_sample_assessment().files);
    let effects = update_model(
        &mut wide,
        Message::CommitFiles {
            commit: commit.clone(),
            files,
        },
    );
    assert!(
        matches!(effects.as_slice(), [Effect::Diff(change)] if change.path == "api/openapi.yaml")
    );
    assert!(
        matches!(press(&mut wide, &["}"]).as_slice(), [Effect::Diff(change)] if change.path == "app/cards.rs")
    );
}

#[test]
fn only_the_difference_that_was_asked_for_last_is_shown() {
    let mut model = at(Screen::Diff, 80);
    let first = sample::make_sample_assessment()
        .files
        .into_iter()
        .next()
        .unwrap();
    let effects = press(&mut model, &["j"]);
    let [Effect::Diff(second)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_ne!(**second, first);
    let diff = Box::new(compare_short_texts("a\n", "b\n"));
    let _ = update_model(
        &mut model,
        Message::Diffed {
            change: Box::new(first),
            diff: diff.clone(),
        },
    );
    assert!(find_shown_diff(&model).is_none());
    let _ = update_model(
        &mut model,
        Message::Diffed {
            change: second.clone(),
            diff,
        },
    );
    assert!(find_shown_diff(&model).is_some());
}

fn with_diff(columns: u16) -> Model {
    let mut model = at(Screen::Diff, columns);
    let change = find_selected_file(&model).cloned().unwrap();
    let lines: Vec<DiffLine> = (1..=60)
        .map(|n| DiffLine {
            kind: LineKind::Context,
            old_line: Some(n),
            new_line: Some(n),
            parts: vec![(false, format!("line {n}"))],
        })
        .collect();
    let hunk = |range: std::ops::Range<usize>| Hunk {
        old: (range.start + 1, range.len()),
        new: (range.start + 1, range.len()),
        lines: lines[range].to_vec(),
    };
    let diff = FileDiff::Text {
        hunks: vec![hunk(0..20), hunk(30..60)],
        cut: Some("Only the first 60 lines are shown.".to_owned()),
    };
    model.screens.diff.wanted = Some(change.clone());
    let _ = update_model(
        &mut model,
        Message::Diffed {
            change: Box::new(change),
            diff: Box::new(diff),
        },
    );
    model
}

#[test]
fn hunks_lines_and_words_are_jumped_to() {
    let mut model = with_diff(80);
    press(&mut model, &["enter", "]"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("place 2 of 2"));
    press(&mut model, &["[", ":", "4", "1", "enter"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("▸41   line 41"));
    press(&mut model, &["/", "l", "i", "n", "e", " ", "5", "enter"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("▸50   line 50"));
    press(&mut model, &[">"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("▸51   line 51"));
    press(&mut model, &["G"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("Only the first 60 lines are shown."));
}

#[test]
fn the_editor_is_given_the_file_and_the_line_under_the_cursor() {
    let mut model = with_diff(80);
    press(&mut model, &["enter", ":", "4", "1", "enter"]);
    let wanted = find_selected_file(&model).unwrap().path.clone();
    let opened = |model: &mut Model| update_model(model, Message::Key(key::make_key_event("o")));
    assert_eq!(
        opened(&mut model),
        [Effect::Edit {
            path: wanted,
            line: Some(41)
        }]
    );
    let mut model = at(Screen::Risks, 80);
    assert!(matches!(
        opened(&mut model).as_slice(),
        [Effect::Edit { .. }]
    ));
}

#[test]
fn the_line_under_the_cursor_survives_another_layout_and_another_size() {
    let mut model = with_diff(80);
    press(&mut model, &["enter", ":", "4", "5", "enter", "s"]);
    assert!(side_by_side(&model));
    let shown = |model: &Model| {
        let row = text_rows(model)[model.screens.diff.text.cursor];
        rows::find_row_line_numbers(&find_shown_diff(model).unwrap().diff, row).1
    };
    assert_eq!(shown(&model), Some(45));
    let path = find_selected_file(&model).unwrap().path.clone();
    let _ = update_model(&mut model, Message::Resize(200, 50));
    assert_eq!(find_selected_file(&model).unwrap().path, path);
    assert_eq!(shown(&model), Some(45));
}

#[test]
fn what_is_not_text_is_said_in_words() {
    let mut model = at(Screen::Diff, 80);
    let change = find_selected_file(&model).cloned().unwrap();
    press(&mut model, &["enter"]);
    for (diff, says) in [
        (
            FileDiff::Binary {
                old: Some(10),
                new: Some(2048),
            },
            "3.0.0: 10 bytes, 3.1.0: 2048 bytes",
        ),
        (
            FileDiff::Submodule {
                old: None,
                new: Some("c".repeat(40)),
            },
            "3.1.0: commit cccccccccc",
        ),
        (
            FileDiff::Unavailable("the contents are not in this clone".to_owned()),
            "not in this clone",
        ),
    ] {
        model.screens.diff.shown = None;
        model.screens.diff.wanted = Some(change.clone());
        let _ = update_model(
            &mut model,
            Message::Diffed {
                change: Box::new(change.clone()),
                diff: Box::new(diff),
            },
        );
        assert!(
            sample::show_sample(&mut model, 80, 24).contains(says),
            "{says}"
        );
    }
}

#[test]
fn evidence_leads_to_the_file_and_line() {
    let mut model = at(Screen::Risks, 80);
    press(&mut model, &["enter", "enter"]);
    assert_eq!((model.screen, model.focus), (Screen::Diff, Focus::Detail));
    assert_eq!(find_selected_file(&model).unwrap().path, "api/openapi.yaml");
    assert_eq!(model.screens.diff.goto, Some(61));
    press(&mut model, &["esc", "esc"]);
    assert_eq!(model.screen, Screen::Risks);
}

#[test]
fn the_copied_text_is_the_one_that_helps() {
    let mut model = at(Screen::Risks, 80);
    press(&mut model, &["/", "a", "d", "d", " ", "c", "enter"]);
    let step = |effects: &[Effect]| matches!(effects, [Effect::Copy(text)] if text.starts_with("ALTER TABLE"));
    assert!(
        step(&press(&mut model, &["Y"])),
        "the step of the operation"
    );
    let effects = press(&mut model, &["G", "Y"]);
    assert_eq!(effects, [Effect::Copy("git fetch --refetch".to_owned())]);
}

#[test]
fn reading_the_evidence_of_many_files_comes_to_an_end() {
    let mut model = at(Screen::Risks, 140);
    let mut assessment = sample::make_sample_assessment();
    assessment.files = (0..40)
        .map(|n| {
            sample::make_sample_file(
                &format!("app/{n}.rs"),
                FileStatus::Modified,
                FileKind::Code,
                1,
                1,
            )
        })
        .collect();
    assessment.findings[0].evidence = (0..40)
        .map(|n| Evidence::at(format!("app/{n}.rs"), 1))
        .collect();
    model.assessment = Some(Arc::new(assessment));
    let mut effects = refresh_screens(&mut model);
    let mut read = 0;
    while let Some(Effect::Diff(change)) = effects.pop() {
        read += 1;
        assert!(read < 40, "it goes round in circles");
        effects.extend(update_model(
            &mut model,
            Message::Diffed {
                change,
                diff: Box::new(compare_short_texts("a\n", "b\n")),
            },
        ));
    }
    assert!(read > 0);
}

#[test]
fn the_cursor_is_on_the_riskiest_until_somebody_moves_it() {
    let mut model = at(Screen::Changelog, 80);
    let full = model.assessment.take().unwrap();
    model.reading = Default::default();
    let mut newest = full.changelog.entries.clone();
    newest.reverse();
    let _ = update_model(
        &mut model,
        Message::Quick(Changelog {
            entries: newest,
            ..Changelog::default()
        }),
    );
    let stage = |model: &mut Model| {
        let _ = update_model(
            model,
            Message::Stage(Stage::Changelog, Box::new(Assessment::clone(&full))),
        );
    };
    let title = |model: &Model| find_selected_entry(model).unwrap().title.clone();
    let mut moved = model.clone();
    stage(&mut model);
    assert_eq!(title(&model), "escape the receipt's footer (CVE-2026-1234)");
    press(&mut moved, &["G"]);
    let kept = title(&moved);
    stage(&mut moved);
    assert_eq!(title(&moved), kept);
}

#[test]
fn trees_close_and_open() {
    let mut model = at(Screen::Risks, 80);
    let all = model.screens.risks.rows.len();
    press(
        &mut model,
        &[
            "/", "o", "r", "d", "e", "r", "s", ".", "c", "enter", ">", "left",
        ],
    );
    assert_eq!(model.screens.risks.rows.len(), all - 1);
    press(&mut model, &["right"]);
    assert_eq!(model.screens.risks.rows.len(), all);
}

#[test]
fn plans_take_turns_and_enter_walks_on_to_the_decision() {
    let mut model = at(Screen::Plan, 80);
    let (first, other) = shown_options(&model);
    assert_eq!(first, Some(OptionId::RollForward));
    press(&mut model, &["tab"]);
    assert_eq!(shown_options(&model).0, other);
    press(&mut model, &["tab"]);
    assert_eq!(shown_options(&model).0, first);
    let effects = press(&mut model, &["j", "j", "Y"]);
    assert_eq!(effects, [Effect::Copy("deploy payments 3.0.0".to_owned())]);
}

/// Every text of the assessment with control characters, overrides and very long words in it.
fn hostile(mut it: Assessment, text: &str) -> Assessment {
    let add = |field: &mut Untrusted| *field = format!("{}{text}", field.as_raw()).into();
    for entry in it.changelog.entries.iter_mut() {
        add(&mut entry.title);
        add(&mut entry.body);
        add(&mut entry.author);
        entry.security.push(text.to_owned());
        entry.areas.push(text.into());
        entry.paths.push(text.to_owned());
        entry.scope = Some(text.into());
        entry.reverts = Some(text.to_owned());
    }
    it.changelog.lost = it.changelog.entries.clone();
    for file in it.files.iter_mut() {
        file.path.push_str(text);
        file.component = Some(text.to_owned());
    }
    for finding in it.findings.iter_mut() {
        add(&mut finding.says);
        add(&mut finding.subject);
        add(&mut finding.action);
        finding.compatibility_step = Some(text.into());
        finding.evidence.push(Evidence {
            path: Some(text.into()),
            line: Some(usize::MAX),
            excerpt: Some(text.into()),
            ..Evidence::default()
        });
    }
    for migration in it.migrations.iter_mut() {
        migration.path.push_str(text);
        migration.version.push_str(text);
        for operation in migration.operations.iter_mut() {
            operation.object.push_str(text);
            operation.why.push_str(text);
            operation.query = Some(text.to_owned());
        }
    }
    for change in it
        .contracts
        .iter_mut()
        .flat_map(|contract| contract.changes.iter_mut())
    {
        change.location.push_str(text);
        change.says.push_str(text);
        change.old = Some(Evidence::at(text, 1).with_excerpt(text));
    }
    it.unchecked.push(Unchecked {
        what: text.into(),
        why: text.into(),
        settle_with: Some(text.into()),
    });
    it
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_at_any_size_and_any_keys_draw_without_control_characters(
        text in "(\\PC|[\\x00-\\x1f\\u{80}-\\u{9f}\\u{202e}\\u{200b}日́👩‍👩‍👧]){0,40}",
        columns in 20u16..200,
        rows in 8u16..60,
        screen in prop::sample::select(vec![Screen::Changelog, Screen::Diff, Screen::Risks, Screen::Plan]),
        keys in prop::collection::vec(prop::sample::select(vec![
            "up", "down", "left", "right", "pgdn", "pgup", "G", "home", "tab", "enter", "esc", "p", "1", "2", "3", "w", "d", "b", "r", "o", "s", "w", "]", "[", "}", "{", "Y", "/", ">", "<", ":",
        ]), 0..25),
    ) {
        let mut model = at(screen, columns);
        model.assessment = Some(Arc::new(hostile(sample::make_sample_assessment(), &text)));
        let _ = refresh_screens(&mut model);
        let _ = update_model(&mut model, Message::Resize(columns, rows));
        for name in keys {
            for effect in update_model(&mut model, Message::Key(key::make_key_event(name))) {
                match effect {
                    Effect::Diff(change) => {
                        let diff = Box::new(compare_short_texts(&format!("a{text}\nb\n"), &format!("a\n{text}c\n")));
                        let _ = update_model(&mut model, Message::Diffed { change, diff });
                    }
                    Effect::CommitFiles(commit) => {
                        let files = Ok(hostile(sample::make_sample_assessment(), &text).files);
                        let _ = update_model(&mut model, Message::CommitFiles { commit, files });
                    }
                    Effect::Trial(commit) => {
                        let _ = update_model(&mut model, Message::Tried { commit, trial: RevertTrial::Impossible(text.clone()) });
                    }
                    _ => {}
                }
            }
            let drawn = sample::show_sample(&mut model, columns, rows);
            let hidden = |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{200b}'));
            prop_assert!(!drawn.chars().any(hidden), "{drawn:?}");
            if matches!(model.popups.last(), Some(Popup::Form(_))) {
                model.popups.clear();
            }
        }
    }
}

#[test]
fn the_queries_that_answer_a_question_stand_beside_it_and_are_copied() {
    let mut model = at(Screen::Questions, 140);
    let query = "SELECT count(*) FROM orders WHERE note IS NULL;";
    if let Some(decided) = model.decided.as_mut() {
        let rows = Fact::sensed("database.new_form_rows", FactValue::Unknown)
            .with_evidence([Evidence::at("db/2.sql", 1).with_query(query)]);
        decided.resolved.facts.insert(rows.key.clone(), rows);
        let asked = sample::make_sample_question(
            "new-form",
            "database.new_form_rows",
            "Have users written data that only 3.1.0 reads?",
            "it decides",
            "database owner",
            3.0,
        );
        decided.decision.questions.insert(0, asked.clone());
        decided.decision.next_question = Some(asked);
    }
    let _ = refresh_screens(&mut model);
    assert!(sample::show_sample(&mut model, 140, 40).contains(query));
    model.focus = Focus::Body;
    let _ = press(&mut model, &["home"]);
    assert_eq!(press(&mut model, &["Y"]), [Effect::Copy(query.to_owned())]);
}
