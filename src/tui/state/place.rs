//! What leads out of the program from what the cursor is on: the place of a file for the person's
//! editor, the page for the browser, and the text in full for the pager.

use ratatui::text::Line;

use crate::model::{FileDiff, LineKind, escape_invisible, visible_lines};
use crate::tui::model::{Focus, Model, Screen};
use crate::tui::state::risks::{self, RiskSubject};
use crate::tui::state::{changelog, diff, plan};
use crate::tui::view;

/// Path below the repository's root and line, from 1, of what the cursor is on.
pub fn find_place_under_cursor(model: &Model) -> Option<(String, Option<usize>)> {
    match model.screen {
        Screen::Diff => find_diff_place(model),
        Screen::Risks => find_risk_place(model),
        _ => None,
    }
}

/// The page of the forge for what the cursor is on: the pull request of an entry, else its commit;
/// of a finding the commit that shows it.
pub fn find_page_under_cursor(model: &Model) -> Option<String> {
    let forge = model.forge.as_ref()?;
    match model.screen {
        Screen::Changelog => {
            let entry = changelog::find_selected_entry(model)?;
            match entry.pull_request {
                Some(number) => Some(forge.pull_request_address(number)),
                None => forge.commit_address(&entry.commit),
            }
        }
        Screen::Risks => match risks::find_selected_subject(model)? {
            RiskSubject::Finding(finding) => {
                let mut shown = finding.evidence.iter();
                forge.commit_address(shown.find_map(|place| place.commit.as_deref())?)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The line of current under the cursor; from the files, that of the first changed place.
fn find_diff_place(model: &Model) -> Option<(String, Option<usize>)> {
    let file = diff::find_selected_file(model)?;
    let row = if model.focus == Focus::Detail {
        model.screens.diff.text.cursor
    } else {
        0
    };
    let line = diff::find_shown_diff(model)
        .zip(diff::text_rows(model).get(row))
        .and_then(|(shown, row)| {
            let (old, new) = diff::rows::find_row_line_numbers(&shown.diff, *row);
            new.or(old)
        });
    Some((file.path.clone(), line))
}

/// The first place that shows it.
fn find_risk_place(model: &Model) -> Option<(String, Option<usize>)> {
    match risks::find_selected_subject(model)? {
        RiskSubject::Finding(finding) => finding
            .evidence
            .iter()
            .find_map(|evidence| Some((evidence.path.clone()?, evidence.line))),
        RiskSubject::Migration(migration) => Some((migration.file.clone(), None)),
        RiskSubject::Operation(migration, operation) => {
            Some((migration.file.clone(), Some(operation.line)))
        }
        RiskSubject::Contract(contract) => Some((contract.path.clone(), None)),
        RiskSubject::Change(contract, change) => Some((contract.path.clone(), change.line)),
        RiskSubject::Coverage(coverage) => {
            let place = coverage.places.first()?;
            Some((place.path.clone(), place.line))
        }
        RiskSubject::Unchecked(_) => None,
    }
}

/// Columns that text is folded to.
const COLUMNS: usize = 100;

/// The text; `None` where the screen has none.
pub fn write_long_text(model: &Model) -> Option<String> {
    match model.screen {
        Screen::Changelog => {
            let entry = changelog::find_selected_entry(model)?;
            let mut text = format!("{}\n{}\n\n", escape_invisible(&entry.title), entry.commit);
            text.push_str(&join_lines(view::changelog::detail::draw_whole_entry(
                model, entry, COLUMNS,
            )));
            Some(text)
        }
        Screen::Risks => {
            let subject = risks::find_selected_subject(model)?;
            Some(join_lines(view::risks::detail::draw_subject_text(
                model, subject, COLUMNS,
            )))
        }
        Screen::Diff => write_shown_diff(model),
        Screen::Plan => write_plan(model),
        Screen::Record if !model.events.is_empty() => Some(write_record(model)),
        _ => None,
    }
}

fn join_lines(lines: Vec<Line<'static>>) -> String {
    let text = |line: Line| {
        let text: String = line
            .spans
            .iter()
            .map(|span| span.content.as_ref())
            .collect();
        text.trim_end().to_owned()
    };
    let mut out = lines.into_iter().map(text).collect::<Vec<_>>().join("\n");
    out.push('\n');
    out
}

fn write_shown_diff(model: &Model) -> Option<String> {
    let shown = diff::find_shown_diff(model)?;
    let FileDiff::Text { hunks, cut } = &shown.diff else {
        return None;
    };
    let mut out = format!("{}\n", escape_invisible(&shown.change.path));
    for hunk in hunks {
        out.push_str(&format!(
            "@@ -{},{} +{},{} @@\n",
            hunk.old.0, hunk.old.1, hunk.new.0, hunk.new.1
        ));
        for line in &hunk.lines {
            out.push(match line.kind {
                LineKind::Context => ' ',
                LineKind::Removed => '-',
                LineKind::Added => '+',
            });
            let text = diff::rows::read_diff_line_text(line);
            out.push_str(&escape_invisible(&text));
            out.push('\n');
        }
    }
    if let Some(says) = cut {
        out.push_str(&format!("{says}\n"));
    }
    Some(out)
}

fn write_plan(model: &Model) -> Option<String> {
    let (option, _) = plan::shown_options(model);
    let steps = plan::list_option_steps(model, option);
    let mut out = format!("{}\n", model.option_title(option?));
    for (at, step) in steps.iter().enumerate() {
        out.push_str(&format!("\n{}. {}\n", at + 1, escape_invisible(&step.step)));
        let mut part = |label: &str, text: Option<&str>| {
            for line in text.map(visible_lines).unwrap_or_default().lines() {
                out.push_str(&format!("   {label}{line}\n"));
            }
        };
        part("", Some(step.why.as_str()).filter(|why| !why.is_empty()));
        part("  ", step.command.as_deref());
        part("expect: ", step.expect.as_deref());
        part("undo: ", step.undo.as_deref());
    }
    Some(out)
}

fn write_record(model: &Model) -> String {
    let mut out = String::new();
    for event in &model.events {
        out.push_str(&format!(
            "{:4}  {}  {}\n",
            event.seq,
            event.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            view::record::write_event_sentence(model, event)
        ));
    }
    out
}
