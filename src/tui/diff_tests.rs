//! Diff and evidence: colours, folding, the whole file, and what leads out of the program.

use std::sync::Arc;

use ratatui::style::{Color, Modifier};

use crate::model::{Evidence, FileDiff, FileKind, Forge, Severity};
use crate::tui::action::{Action, Availability};
use crate::tui::action_table::find::find_key_action;
use crate::tui::draw::links::find_screen_links;
use crate::tui::effect::Effect;
use crate::tui::frame::footer::list_footer_keys;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::changelog::query::find_selected_entry;
use crate::tui::screens::diff::open::open_at;
use crate::tui::screens::diff::query::{
    find_file_of_row, find_selected_file, find_shown_diff, list_file_rows,
};
use crate::tui::screens::diff::rows::compare_short_texts;
use crate::tui::screens::loading::refresh_screens;
use crate::tui::theme::{Depth, Palette, Role, Theme, find_shipped_theme};
use crate::tui::update::update_model;
use crate::tui::walk_tests::all_keys;
use crate::tui::{key, sample, syntax};

fn at(screen: Screen, columns: u16) -> Model {
    let mut model = sample::make_sample_model();
    let _ = update_model(&mut model, Message::Resize(columns, 24));
    let _ = update_model(&mut model, Message::Act(Action::Go(screen)));
    model
}

fn press(model: &mut Model, keys: &[&str]) -> Vec<Effect> {
    let one = |name: &&str| {
        sample::show_sample(model, model.size.0, model.size.1);
        update_model(model, Message::Key(key::make_key_event(name)))
    };
    keys.iter().flat_map(one).collect()
}

/// A changed SQL file whose difference is shown, with the focus on its lines.
fn sql_diff(columns: u16) -> Model {
    let mut model = at(Screen::Diff, columns);
    let mut change = find_selected_file(&model).cloned().unwrap();
    change.path = "db/up.sql".to_owned();
    let mut read = (**model.assessment.as_ref().unwrap()).clone();
    read.files = vec![change.clone()];
    model.assessment = Some(Arc::new(read));
    model.screens.diff.folded.clear();
    let _ = refresh_screens(&mut model);
    show(&mut model, &compare_short_texts(OLD, NEW), false);
    model.focus = Focus::Detail;
    model
}

const OLD: &str = "-- orders\nSELECT 1;\nALTER TABLE orders ADD note text;\nDROP INDEX one;\n";
const NEW: &str =
    "-- orders\nSELECT 1;\nALTER TABLE orders ADD note text DEFAULT 'none';\nDROP INDEX one;\n";

fn show(model: &mut Model, diff: &FileDiff, whole: bool) {
    let change = find_selected_file(model).cloned().unwrap();
    model.screens.diff.wanted = Some(change.clone());
    let (change, diff) = (Box::new(change), Box::new(diff.clone()));
    let _ = update_model(
        model,
        if whole {
            Message::DiffedWhole { change, diff }
        } else {
            Message::Diffed { change, diff }
        },
    );
}

/// The style of the first cell of a word on the row that holds a text.
fn style_of(model: &Model, row: &str, word: &str) -> (Option<Color>, Modifier) {
    let (columns, rows) = model.size;
    let buffer = sample::draw_sample_buffer(model, columns, rows);
    for y in 0..rows {
        let line: Vec<&str> = (0..columns).map(|x| buffer[(x, y)].symbol()).collect();
        let text = line.concat();
        if let (Some(_), Some(found)) = (text.find(row), text.find(word)) {
            let x = text[..found].chars().count();
            let style = buffer[(u16::try_from(x).unwrap(), y)].style();
            return (style.fg, style.add_modifier);
        }
    }
    panic!("{row} is not on the screen");
}

fn hue(model: &Model, role: Role) -> Option<Color> {
    model.theme.style(role).fg
}

#[test]
fn program_text_has_colours_and_a_changed_line_keeps_its_own() {
    let mut model = sql_diff(80);
    model.screens.diff.sides = Some(false);
    assert_eq!(
        style_of(&model, "SELECT", "SELECT").0,
        hue(&model, Role::Keyword)
    );
    assert_eq!(
        style_of(&model, "SELECT", "1;").0,
        hue(&model, Role::Number)
    );
    assert!(
        style_of(&model, "-- orders", "orders")
            .1
            .contains(Modifier::DIM)
    );
    // added: the sign and the words are green, keywords bold in it
    for word in ["+ ALTER", "ALTER", "orders"] {
        assert_eq!(
            style_of(&model, "+ ALTER", word).0,
            hue(&model, Role::Added),
            "{word}"
        );
    }
    assert!(
        style_of(&model, "+ ALTER", "ALTER")
            .1
            .contains(Modifier::BOLD)
    );
    assert_eq!(
        style_of(&model, "− ALTER", "ALTER").0,
        hue(&model, Role::Removed)
    );
}

#[test]
fn without_colour_there_is_only_bold_and_dim() {
    let mut model = sql_diff(80);
    model.theme = Theme::of(Palette::Plain);
    let buffer = sample::draw_sample_buffer(&model, 80, 24);
    for cell in &buffer.content {
        assert!(matches!(cell.fg, Color::Reset), "{cell:?}");
    }
    assert!(
        style_of(&model, "SELECT", "SELECT")
            .1
            .contains(Modifier::BOLD)
    );
    assert!(sample::show_sample(&mut model, 80, 24).contains("+ ALTER"));
}

#[test]
fn in_every_theme_quotes_and_numbers_are_no_added_or_removed_text() {
    for name in ["dark", "light", "high-contrast", "colour-blind"] {
        let theme = find_shipped_theme(name).unwrap();
        for light in [false, true] {
            for depth in [Depth::True, Depth::Sixteen] {
                let colours = theme.make_colours(light, depth);
                for role in [Role::Quoted, Role::Number, Role::Keyword] {
                    for changed in [Role::Added, Role::Removed] {
                        assert_ne!(
                            colours.style(role).fg,
                            colours.style(changed).fg,
                            "{role:?} and {changed:?} of {name}, light {light}, {depth:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_large_text_stays_plain() {
    let big = format!("SELECT 1;\n{}", "xxxx\n".repeat(300_000));
    let diff = compare_short_texts("", &big);
    let runs = syntax::scan_diff(&diff, "a.sql", usize::MAX);
    assert!(runs.of_line(0, 0).is_empty());
    let diff = compare_short_texts("", "SELECT 1;\n");
    let runs = syntax::scan_diff(&diff, "a.sql", usize::MAX);
    assert!(!runs.of_line(0, 0).is_empty());
}

#[test]
fn the_files_that_findings_name_come_first_with_their_mark() {
    let mut model = at(Screen::Diff, 80);
    let mut read = (**model.assessment.as_ref().unwrap()).clone();
    let quiet = read
        .files
        .iter()
        .position(|file| file.kind == FileKind::Test || file.kind == FileKind::Code)
        .unwrap();
    let path = read.files[quiet].path.clone();
    read.findings[0].severity = Severity::Blocks;
    read.findings[0].evidence = vec![Evidence::at(path.clone(), 1)];
    for finding in read.findings.iter_mut().skip(1) {
        finding.evidence.clear();
    }
    model.assessment = Some(Arc::new(read));
    model.screens.diff.kept = None;
    let _ = refresh_screens(&mut model);
    let first = find_file_of_row(&model, 0).unwrap();
    assert_eq!(first.path, path);
    assert!(sample::show_sample(&mut model, 80, 24).contains('■'));
}

#[test]
fn folders_are_folded_and_opened() {
    for columns in [80, 140] {
        let mut model = at(Screen::Diff, columns);
        let rows = list_file_rows(&model).len();
        let path = find_selected_file(&model).unwrap().path.clone();
        press(&mut model, &["-"]);
        assert!(find_selected_file(&model).is_none(), "{columns}");
        let text = sample::show_sample(&mut model, columns, 24);
        assert!(text.contains("▸ ") && text.contains("file"), "{text}");
        // Enter on it opens it again
        press(&mut model, &["enter"]);
        assert_eq!(list_file_rows(&model).len(), rows);
        assert_eq!(model.focus, Focus::Body);
        press(&mut model, &["_"]);
        assert!(list_file_rows(&model).len() <= rows);
        // a place elsewhere opens the folder it is in
        assert!(open_at(&mut model, &path, None).is_some());
        assert_eq!(find_selected_file(&model).unwrap().path, path);
        press(&mut model, &["esc", "_"]);
        assert_eq!(list_file_rows(&model).len(), rows);
    }
}

#[test]
fn changed_places_are_folded_and_the_whole_file_is_read() {
    let mut model = sql_diff(80);
    press(&mut model, &["-"]);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(text.contains("folded") && !text.contains("ALTER"), "{text}");
    press(&mut model, &["_"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("ALTER"));
    press(&mut model, &["j", "j", "j"]);
    let effects = press(&mut model, &["W"]);
    assert!(
        matches!(effects.as_slice(), [Effect::WholeDiff(_)]),
        "{effects:?}"
    );
    // an answer to the question before comes too late
    show(&mut model, &compare_short_texts("a\n", "b\n"), false);
    assert!(find_shown_diff(&model).is_none());
    let long: String = (0..60).map(|n| format!("line {n}\n")).collect();
    let changed = long
        .replace("line 20\n", "LINE 20\n")
        .replace("line 50\n", "");
    show(&mut model, &compare_short_texts(&long, &changed), true);
    let text = sample::show_sample(&mut model, 80, 24);
    assert!(text.contains("whole file, place 1 of 2"), "{text}");
    press(&mut model, &["]"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("LINE 20"));
    press(&mut model, &["]"]);
    assert!(sample::show_sample(&mut model, 80, 24).contains("place 2 of 2"));
    let effects = press(&mut model, &["W"]);
    assert!(
        matches!(effects.as_slice(), [Effect::Diff(_)]),
        "{effects:?}"
    );
}

#[test]
fn the_page_of_an_entry_is_opened_where_a_forge_is_known() {
    let mut model = at(Screen::Changelog, 80);
    assert!(press(&mut model, &["O"]).is_empty());
    assert!(model.toast.as_ref().unwrap().text.contains("no forge"));
    model.forge = Forge::from_remote("https://github.com/acme/payments.git");
    for _ in 0..4 {
        let entry = find_selected_entry(&model).cloned().unwrap();
        let effects = press(&mut model, &["O"]);
        match (entry.pull_request, effects.as_slice()) {
            (Some(number), [Effect::Browse(address)]) => {
                assert_eq!(
                    *address,
                    format!("https://github.com/acme/payments/pull/{number}")
                );
            }
            (None, [Effect::Browse(address)]) => assert!(address.ends_with(&entry.commit)),
            other => panic!("{other:?}"),
        }
        press(&mut model, &["j"]);
    }
}

#[test]
fn links_are_found_on_the_screen_and_no_frame_holds_a_sequence() {
    let mut model = at(Screen::Changelog, 140);
    let find = |model: &Model| {
        let buffer = sample::draw_sample_buffer(model, 140, 24);
        assert!(
            buffer
                .content
                .iter()
                .all(|cell| !cell.symbol().contains('\x1b'))
        );
        find_screen_links(&buffer, model)
    };
    assert!(find(&model).is_empty());
    model.forge = Forge::from_remote("https://github.com/acme/payments.git");
    let links = find(&model);
    assert!(!links.is_empty());
    for link in &links {
        assert!(
            link.address
                .starts_with("https://github.com/acme/payments/"),
            "{link:?}"
        );
    }
    press(&mut model, &["?"]);
    assert!(find(&model).is_empty(), "something lies above");
}

#[test]
fn long_text_goes_to_the_pager_from_every_screen_that_has_some() {
    for screen in [Screen::Changelog, Screen::Risks, Screen::Plan] {
        let mut model = at(screen, 80);
        let effects = press(&mut model, &["P"]);
        let [Effect::Page(text)] = effects.as_slice() else {
            panic!("{screen:?}: {effects:?}")
        };
        assert!(text.lines().count() > 3, "{text}");
        assert!(!text.contains('\x1b'));
    }
    let mut model = sql_diff(80);
    let effects = press(&mut model, &["P"]);
    assert!(
        matches!(effects.as_slice(), [Effect::Page(text)] if text.contains("+ALTER") && text.contains("-ALTER"))
    );
    let mut empty = at(Screen::Record, 80);
    assert!(press(&mut empty, &["P"]).is_empty());
}

#[test]
fn a_part_takes_the_whole_screen_and_gives_it_back() {
    let mut model = at(Screen::Risks, 140);
    let before = sample::show_sample(&mut model, 140, 24);
    press(&mut model, &["Z"]);
    model.toast = None;
    let list = sample::show_sample(&mut model, 140, 24);
    assert_ne!(before, list);
    press(&mut model, &["tab"]);
    model.toast = None;
    assert_ne!(sample::show_sample(&mut model, 140, 24), list);
    press(&mut model, &["tab", "Z"]);
    model.toast = None;
    assert_eq!(sample::show_sample(&mut model, 140, 24), before);
    for screen in [
        Screen::Changelog,
        Screen::Diff,
        Screen::Plan,
        Screen::Record,
    ] {
        for columns in [60, 80, 140, 200] {
            let mut model = at(screen, columns);
            press(&mut model, &["Z", "tab", "Z"]);
            sample::show_sample(&mut model, columns, 24);
        }
    }
}

/// The keys of this screen in each part of it: nothing panics, nothing is recorded, and the footer
/// names only what works.
#[test]
fn every_key_of_the_diff_does_what_the_table_says() {
    for columns in [60, 80, 140] {
        for focus in [Focus::Body, Focus::Detail] {
            for name in all_keys() {
                let mut model = sql_diff(columns);
                model.focus = focus;
                sample::show_sample(&mut model, columns, 24);
                let found = find_key_action(&model, &name);
                let wanted = match name.as_str() {
                    "-" => Some(Action::Fold),
                    "_" => Some(Action::FoldAll),
                    "W" => Some(Action::WholeFile),
                    "P" => Some(Action::Page),
                    "Z" => Some(Action::Zoom),
                    _ => None,
                };
                if let Some(wanted) = wanted {
                    assert_eq!(found.map(|(_, action, _)| action), Some(wanted), "{name}");
                }
                let effects = update_model(&mut model, Message::Key(key::make_key_event(&name)));
                assert!(
                    !effects
                        .iter()
                        .any(|effect| matches!(effect, Effect::Append { .. })),
                    "{name}"
                );
                sample::show_sample(&mut model, columns, 24);
                for (key, title, action) in list_footer_keys(&model) {
                    let (_, does, guard) = find_key_action(&model, key).unwrap();
                    assert!(
                        does == action && guard == Availability::Enabled,
                        "{key} {title}"
                    );
                }
            }
        }
    }
}
