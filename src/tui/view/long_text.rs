//! What the cursor is on as plain text in full, for a pager.

use ratatui::text::Line;

use super::{changelog, record, risks};
use crate::model::{FileDiff, LineKind, escape_invisible, visible_lines};
use crate::tui::Model;
use crate::tui::model::Screen;
use crate::tui::state;

/// Columns that text is folded to.
const COLUMNS: usize = 100;

/// The text; `None` where the screen has none.
pub fn write_long_text(model: &Model) -> Option<String> {
    match model.screen {
        Screen::Changelog => {
            let entry = state::changelog::find_selected_entry(model)?;
            let mut text = format!("{}\n{}\n\n", escape_invisible(&entry.title), entry.commit);
            text.push_str(&join_lines(changelog::detail::draw_whole_entry(
                model, entry, COLUMNS,
            )));
            Some(text)
        }
        Screen::Risks => {
            let subject = state::risks::find_selected_subject(model)?;
            Some(join_lines(risks::detail::draw_subject_text(
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
    let shown = state::diff::find_shown_diff(model)?;
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
            let text = state::diff::rows::read_diff_line_text(line);
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
    let (option, _) = state::plan::shown_options(model);
    let steps = state::plan::list_option_steps(model, option);
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
            record::write_event_sentence(model, event)
        ));
    }
    out
}
