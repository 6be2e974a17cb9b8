//! Screen 5: files on one side, the difference inside one of them on the other.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{FileChange, FileDiff, FileStatus, Stage, escape_invisible};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{labels, lists, panel, pieces, text};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::diff::fold;
use crate::tui::screens::diff::load::FILES;
use crate::tui::screens::diff::query::{
    SIDES, as_tree, find_file_of_row, find_selected_file, find_shown_diff, list_diff_files,
    list_file_rows, side_by_side,
};
use crate::tui::screens::diff::state::{DiffPart, FileTreeRow, split_folder_and_name};
use crate::tui::screens::diff::text::{draw_diff_rows, explain_missing_diff_lines};
use crate::tui::theme::{Role, Theme};

/// Draws it.
pub fn draw_diff(canvas: &mut Canvas, area: Rect, model: &Model) {
    if area.width >= WIDE && !model.zoomed {
        let percent = if area.width >= SIDES { 36 } else { 40 };
        let (left, right) = panel::split_columns(canvas, area, model.theme, percent);
        draw_file_list(canvas, left, model);
        draw_file_diff(canvas, right, model);
    } else if model.focus == Focus::Detail {
        draw_file_diff(canvas, area, model);
    } else {
        draw_file_list(canvas, area, model);
    }
}

/// The list of files.
fn draw_file_list(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let (count, all) = (model.screens.diff.files.len(), list_diff_files(model).len());
    let title = match &model.screens.diff.part {
        DiffPart::Everything => format!(
            "{all} {}",
            if all == 1 {
                "changed file"
            } else {
                "changed files"
            }
        ),
        DiffPart::Kind(kind) => {
            format!("{}: {count} of {all} files", labels::label_file_kind(*kind))
        }
        DiffPart::Component(name) => format!("{}: {count} of {all} files", escape_invisible(name)),
    };
    // of the files that are listed: the changelog counts renames as two files
    let (plus, minus) = list_diff_files(model)
        .iter()
        .fold((0, 0), |(plus, minus), file| {
            (
                plus + file.insertions.unwrap_or(0),
                minus + file.deletions.unwrap_or(0),
            )
        });
    let note = if all == 0 {
        String::new()
    } else {
        format!("+{plus} {}{minus}", minus_sign(theme))
    };
    let wide = area.width >= WIDE || model.size.0 >= WIDE;
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        &title,
        &note,
        wide && model.focus != Focus::Detail,
    );
    if count == 0 {
        let says = if !model.reading.has(Stage::Files) && all == 0 {
            "The changed files are still being read.".to_owned()
        } else if all > 0 {
            "No file is of this kind; p shows the others.".to_owned()
        } else {
            format!(
                "No file differs between {} and {}.",
                model.previous(),
                model.current()
            )
        };
        panel::draw_empty_notice(canvas, inner, model, &says);
        return;
    }
    let digits = |of: fn(&FileChange) -> Option<u64>| {
        list_diff_files(model)
            .iter()
            .filter_map(of)
            .max()
            .unwrap_or(0)
            .to_string()
            .len()
            + 1
    };
    let (plus, minus) = (
        digits(|file| file.insertions),
        digits(|file| file.deletions),
    );
    let kind = if area.width >= 64 { 15 } else { 0 };
    let marks = if model.screens.diff.marks.is_empty() {
        0
    } else {
        2
    };
    lists::draw_list(canvas, inner, model, FILES, |at, columns| {
        let Some(file) = find_file_of_row(model, at) else {
            return draw_folder_row(model, at, theme);
        };
        let (letter, _, role) = labels::label_file_status(file.status);
        let room = columns.saturating_sub(2 + marks + kind + plus + minus + 3);
        let mut spans = vec![Span::styled(format!("{letter} "), theme.style(role))];
        if marks > 0 {
            spans.push(draw_file_mark(model, at, theme));
        }
        spans.extend(draw_file_path(file, room, as_tree(model), theme));
        if kind > 0 {
            spans.push(Span::styled(
                format!(
                    " {}",
                    text::pad_text(labels::label_file_kind(file.kind), kind - 1)
                ),
                theme.style(Role::Dim),
            ));
        }
        spans.extend(draw_line_counts(file, plus, minus, theme));
        spans
    });
}

/// What findings say of a file, where it is more than a note.
fn draw_file_mark(model: &Model, row: usize, theme: Theme) -> Span<'static> {
    let mark = match list_file_rows(model).get(row) {
        Some(FileTreeRow::File(at)) => model.screens.diff.marks.get(at),
        _ => None,
    };
    match mark {
        Some(severity) => {
            let (role, glyph, _) = theme.severity(*severity);
            Span::styled(format!("{glyph} "), theme.style(role))
        }
        None => Span::raw("  "),
    }
}

/// The sign before removed lines.
fn minus_sign(theme: Theme) -> &'static str {
    theme.pick("−", "-")
}

/// Added and removed lines, right-aligned; one word where there are none to count.
fn draw_line_counts(
    file: &FileChange,
    plus: usize,
    minus: usize,
    theme: Theme,
) -> Vec<Span<'static>> {
    let columns = plus + minus + 3;
    match (file.insertions, file.deletions) {
        (Some(added), Some(removed)) => vec![
            Span::styled(
                text::pad_left(
                    &if added > 0 {
                        format!("+{added}")
                    } else {
                        String::new()
                    },
                    plus + 1,
                ),
                theme.style(Role::Added),
            ),
            Span::styled(
                text::pad_left(
                    &if removed > 0 {
                        format!("{}{removed}", minus_sign(theme))
                    } else {
                        String::new()
                    },
                    minus + 2,
                ),
                theme.style(Role::Removed),
            ),
        ],
        _ => {
            let word = if file.new_mode == 0o160000 || file.old_mode == 0o160000 {
                "module"
            } else {
                "binary"
            };
            vec![Span::styled(
                text::pad_left(&text::clip_text(word, columns, theme), columns),
                theme.style(Role::Dim),
            )]
        }
    }
}

/// A folder above its files.
fn draw_folder_row(model: &Model, at: usize, theme: Theme) -> Vec<Span<'static>> {
    let Some(FileTreeRow::Folder(name)) = list_file_rows(model).get(at) else {
        return Vec::new();
    };
    let path = if name.is_empty() {
        "./".to_owned()
    } else {
        format!("{}/", escape_invisible(name))
    };
    if !model.screens.diff.folded.contains(name) {
        return vec![Span::styled(path, theme.style(Role::Dim))];
    }
    let count = fold::count_folder_files(&model.screens.diff, list_diff_files(model), name);
    let files = if count == 1 { "file" } else { "files" };
    vec![
        Span::styled(theme.pick("▸ ", "+ "), theme.style(Role::Focus)),
        Span::styled(path, theme.style(Role::Text)),
        Span::styled(format!("  {count} {files}"), theme.style(Role::Dim)),
    ]
}

/// Folder dim, name plain, in exactly so many columns.
fn draw_file_path(
    file: &FileChange,
    columns: usize,
    below: bool,
    theme: Theme,
) -> Vec<Span<'static>> {
    let full = escape_invisible(if below {
        split_folder_and_name(&file.path).1
    } else {
        &file.path
    })
    .into_owned();
    let shown = text::clip_path(&full, columns, theme);
    let at = shown.rfind('/').map_or(0, |at| at + 1);
    let (folder, name) = shown.split_at(at);
    let used = text::measure_text_width(&shown);
    let struck = if file.status == FileStatus::Deleted {
        theme.style(Role::Struck)
    } else {
        theme.style(Role::Text)
    };
    vec![
        Span::styled(folder.to_owned(), theme.style(Role::Dim)),
        Span::styled(name.to_owned(), struck),
        Span::raw(" ".repeat(columns.saturating_sub(used))),
    ]
}

/// The difference inside the file under the cursor.
fn draw_file_diff(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let focused = model.focus == Focus::Detail;
    let Some(file) = find_selected_file(model) else {
        let inner = panel::draw_panel(canvas, area, model, "", "", false);
        if !model.screens.diff.files.is_empty() {
            let says = "The files of this folder are folded; Enter or - opens it.";
            panel::draw_empty_notice(canvas, inner, model, says);
        }
        return;
    };
    let room = usize::from(area.width).saturating_sub(24);
    let title = text::clip_path(&escape_invisible(&file.path), room, theme);
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        &title,
        &describe_diff_position(model),
        focused && model.size.0 >= WIDE,
    );
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inner);
    canvas.render_widget(
        Paragraph::new(draw_file_summary(model, file, usize::from(head.width))),
        head,
    );
    let Some(shown) = find_shown_diff(model) else {
        panel::draw_empty_notice(canvas, body, model, "Reading the difference.");
        return;
    };
    if let Some(says) =
        explain_missing_diff_lines(&shown.diff, file, &model.previous(), &model.current())
    {
        let lines = text::draw_wrapped_text(
            &says,
            usize::from(body.width).saturating_sub(2),
            theme.style(Role::Dim),
        );
        canvas.render_widget(
            Paragraph::new([vec![Line::default()], lines].concat()),
            panel::inset_area(body),
        );
        return;
    }
    draw_diff_rows(canvas, body, model, shown);
}

/// Hunk and line of the cursor.
fn describe_diff_position(model: &Model) -> String {
    let Some(shown) = find_shown_diff(model) else {
        return String::new();
    };
    let FileDiff::Text { hunks, .. } = &shown.diff else {
        return String::new();
    };
    let places = fold::list_changed_places(shown, side_by_side(model));
    let at = model.screens.diff.text.cursor;
    let before = places.iter().filter(|row| **row <= at).count();
    let whole = if shown.whole { "whole file, " } else { "" };
    if hunks.is_empty() || places.is_empty() {
        String::new()
    } else {
        format!("{whole}place {} of {}", before.max(1), places.len())
    }
}

/// What happened to the file, in words.
fn draw_file_summary(model: &Model, file: &FileChange, columns: usize) -> Line<'static> {
    let theme = model.theme;
    let (letter, word, role) = labels::label_file_status(file.status);
    let mut parts = vec![labels::label_file_kind(file.kind).to_owned()];
    parts.extend(
        file.component
            .as_ref()
            .map(|name| escape_invisible(name).into_owned())
            // a component that is called as its kind says nothing more
            .filter(|name| *name != parts[0]),
    );
    if let Some(old) = &file.old_path {
        parts.push(format!("was {}", escape_invisible(old)));
    }
    if file.status == FileStatus::Modified && file.old_mode != file.new_mode {
        parts.push(format!(
            "mode {:o} {} {:o}",
            file.old_mode,
            theme.arrow(),
            file.new_mode
        ));
    }
    let left = vec![
        Span::styled(format!("{letter} {word}"), theme.style(role)),
        Span::styled(
            format!("  {}", parts.join(&format!(" {} ", theme.dot()))),
            theme.style(Role::Dim),
        ),
    ];
    let figures = |n: Option<u64>| n.map_or(1, |n| n.to_string().len() + 1);
    let right = draw_line_counts(
        file,
        figures(file.insertions),
        figures(file.deletions),
        theme,
    );
    let room = columns.saturating_sub(text::spans_width(&right) + 1);
    let left = pieces::cut_span_columns(left, 0, room, theme);
    text::draw_left_right_line(left, right, columns)
}
