//! The text under the cursor at its full length, for a pager.

use crate::model::Untrusted;
use ratatui::text::Line;

use crate::model::{FileDiff, LineKind, escape_invisible};
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::screens::changelog::detail::draw_whole_entry;
use crate::tui::screens::changelog::query::find_selected_entry;
use crate::tui::screens::diff::query::find_shown_diff;
use crate::tui::screens::diff::rows;
use crate::tui::screens::plan::query::{list_option_steps, shown_options};
use crate::tui::screens::record::sentence::write_event_sentence;
use crate::tui::screens::risks::detail::draw_subject_text;
use crate::tui::screens::risks::query::find_selected_subject;

/// Columns that text is folded to.
const COLUMNS: usize = 100;

/// The text; `None` where the screen has none.
pub fn write_long_text(model: &Model) -> Option<String> {
    match model.screen {
        Screen::Changelog => {
            let entry = find_selected_entry(model)?;
            let mut text = format!("{}\n{}\n\n", entry.title, entry.commit);
            text.push_str(&join_lines(draw_whole_entry(model, entry, COLUMNS)));
            Some(text)
        }
        Screen::Risks => {
            let subject = find_selected_subject(model)?;
            Some(join_lines(draw_subject_text(model, subject, COLUMNS)))
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
    let shown = find_shown_diff(model)?;
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
            let text = rows::read_diff_line_text(line);
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
    let (option, _) = shown_options(model);
    let steps = list_option_steps(model, option);
    let mut out = format!("{}\n", model.option_title(option?));
    for (at, step) in steps.iter().enumerate() {
        out.push_str(&format!("\n{}. {}\n", at + 1, step.step.shown()));
        let mut part = |label: &str, text: Option<&Untrusted>| {
            for line in text.map(Untrusted::shown_lines).unwrap_or_default().lines() {
                out.push_str(&format!("   {label}{line}\n"));
            }
        };
        part("", Some(&step.why).filter(|why| !why.is_empty()));
        part("  ", step.command.as_ref());
        part("expect: ", step.expect.as_ref());
        part("undo: ", step.undo.as_ref());
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
            write_event_sentence(model, event)
        ));
    }
    out
}
