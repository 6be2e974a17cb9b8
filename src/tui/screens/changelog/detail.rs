//! What is known about one entry: what taking it back would do, whether that applies, its message
//! and its difference.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::model::{ChangelogEntry, RevertTrial, Untrusted, escape_invisible};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{labels, lists, panel, pieces, text, words};
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::changelog::query::{
    find_entry_answer, find_known_changelog, find_selected_entry, is_selected_entry_lost,
};
use crate::tui::screens::changelog::rows;
use crate::tui::screens::changelog::rows::EntryGroup;
use crate::tui::screens::diff::text::{draw_whole_diff, explain_missing_diff_lines};
use crate::tui::theme::{Role, Theme};

/// Draws it.
pub fn draw_entry_detail(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some(entry) = find_selected_entry(model) else {
        panel::draw_panel(canvas, area, model, "", "", false);
        return;
    };
    let wide = model.size.0 >= WIDE;
    let full = wide || model.focus == Focus::Detail;
    let note = match &entry.kind {
        Some(kind) => format!(
            "{kind} {} {}",
            model.theme.dot(),
            pieces::shorten_commit_id(&entry.commit)
        ),
        None => pieces::shorten_commit_id(&entry.commit),
    };
    let title = entry.title.to_string();
    // a title that does not fit stands below, whole, and not twice
    let cut = text::measure_text_width(&title) + text::measure_text_width(&note) + 5
        > usize::from(area.width);
    let (head, beside) = if cut {
        (note.as_str(), "")
    } else {
        (title.as_str(), note.as_str())
    };
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        head,
        beside,
        wide && model.focus == Focus::Detail,
    );
    let columns = usize::from(inner.width).saturating_sub(2);
    let mut lines = Vec::new();
    if cut {
        lines.extend(text::draw_wrapped_text(
            &title,
            columns,
            model.theme.style(Role::Strong),
        ));
    }
    lines.extend(draw_entry_facts(model, entry, columns, full));
    if full {
        lines.extend(draw_entry_diff(model, entry, columns));
    }
    if pieces::choose_title_gap(inner) > 0 {
        lines.insert(0, Line::default());
    }
    lists::draw_scrolled_lines(
        canvas,
        inner,
        model,
        ScrolledPart::Entry,
        &model.screens.changelog.scroll,
        lines,
    );
}

/// An entry in full: its facts and its difference.
pub fn draw_whole_entry(
    model: &Model,
    entry: &ChangelogEntry,
    columns: usize,
) -> Vec<Line<'static>> {
    let mut lines = draw_entry_facts(model, entry, columns, true);
    lines.extend(draw_entry_diff(model, entry, columns));
    lines
}

/// The facts, the most important first.
fn draw_entry_facts(
    model: &Model,
    entry: &ChangelogEntry,
    columns: usize,
    full: bool,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = Vec::new();
    lines.extend(draw_revert_effects(model, entry, columns));
    lines.extend(draw_revert_trial(model, entry, columns));
    lines.extend(draw_entry_marks(model, entry, columns));
    lines.extend(draw_entry_authors(model, entry, columns));
    lines.extend(draw_entry_paths(entry, columns, full, theme));
    lines.extend(draw_message_body(entry, columns, theme));
    lines
}

/// What its author and the history say of it: what it closes, breaks, takes back or was taken from.
fn draw_entry_marks(model: &Model, entry: &ChangelogEntry, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = Vec::new();
    if !entry.security.is_empty() {
        lines.extend(pieces::draw_labelled_field(
            "closes",
            &entry.security.join(", "),
            columns,
            theme,
            Role::Bad,
        ));
    }
    if let Some(declared) = crate::model::find_strictest_declaration(&entry.declared) {
        lines.extend(pieces::draw_labelled_field(
            "author",
            &format!("{}: {}", declared.declared.says(), declared.quote()),
            columns,
            theme,
            if declared.declared == crate::model::Declared::NotSafe {
                Role::Bad
            } else {
                Role::Text
            },
        ));
    }
    if entry.breaking {
        lines.extend(pieces::draw_labelled_field(
            "breaking",
            "its author marked it as a breaking change",
            columns,
            theme,
            Role::Bad,
        ));
    }
    if let Some(of) = &entry.reverts {
        lines.extend(pieces::draw_labelled_field(
            "reverts",
            &describe_commit(model, of),
            columns,
            theme,
            Role::Text,
        ));
    }
    if !entry.picked_from.is_empty() {
        let picked: Vec<String> = entry
            .picked_from
            .iter()
            .map(|one| pieces::shorten_commit_id(one))
            .collect();
        lines.extend(pieces::draw_labelled_field(
            "picked from",
            &picked.join(", "),
            columns,
            theme,
            Role::Text,
        ));
    }
    lines
}

/// By whom, when, and through which pull request.
fn draw_entry_authors(model: &Model, entry: &ChangelogEntry, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let who = [&entry.author].into_iter().chain(&entry.co_authors);
    let mut by = vec![Untrusted::join(who, ", ")];
    by.extend(entry.time.map(|time| {
        model
            .zone
            .to_datetime(time)
            .strftime("%Y-%m-%d %H:%M")
            .to_string()
    }));
    by.extend(entry.pull_request.map(|number| format!("#{number}")));
    by.extend(entry.merge.then(|| "a merge".to_owned()));
    pieces::draw_labelled_field(
        "by",
        &by.join(&format!(" {} ", theme.dot())),
        columns,
        theme,
        Role::Text,
    )
}

/// The files it touches, a few by name.
fn draw_entry_paths(
    entry: &ChangelogEntry,
    columns: usize,
    full: bool,
    theme: Theme,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if !entry.paths.is_empty() {
        let most = if full { 8 } else { 3 };
        let mut paths = entry
            .paths
            .iter()
            .take(most)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let more = entry
            .path_count
            .max(entry.paths.len() as u64)
            .saturating_sub(most as u64);
        if more > 0 {
            paths.push_str(&format!(", and {more} more"));
        }
        lines.extend(pieces::draw_labelled_field(
            "touches",
            &paths,
            columns,
            theme,
            Role::Text,
        ));
    }
    lines
}

/// The message below its subject.
fn draw_message_body(entry: &ChangelogEntry, columns: usize, theme: Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let body = read_message_body(entry);
    if !body.is_empty() {
        lines.push(Line::default());
        for (mark, text) in join_broken_prose(&body) {
            lines.extend(text::draw_labelled_row(
                &mark,
                text::measure_text_width(&mark),
                &text,
                columns,
                theme.style(Role::Dim),
                theme.style(Role::Dim),
            ));
        }
    }
    lines
}

/// What taking it back would do: what was seen, and what a person said.
fn draw_revert_effects(
    model: &Model,
    entry: &ChangelogEntry,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    if is_selected_entry_lost(model) {
        let says = format!(
            "only {} has it; {} went out without it",
            model.previous(),
            model.current()
        );
        return pieces::draw_labelled_field("going back", &says, columns, theme, Role::Strong);
    }
    match rows::choose_entry_group(entry) {
        EntryGroup::Cancelled => {
            let by = entry
                .cancelled_by
                .as_deref()
                .map(|by| describe_commit(model, by))
                .unwrap_or_default();
            return pieces::draw_labelled_field(
                "cancelled",
                &format!("by {by}; going back changes nothing here"),
                columns,
                theme,
                Role::Text,
            );
        }
        EntryGroup::InPrevious => {
            return pieces::draw_labelled_field(
                "going back",
                &format!("{} has the same patch; it stays", model.previous()),
                columns,
                theme,
                Role::Text,
            );
        }
        _ => {}
    }
    let seen: Vec<&str> = entry
        .if_reverted
        .iter()
        .map(|hint| words::write_reverting_effect(*hint))
        .collect();
    let seen = if seen.is_empty() {
        "nothing in the repository tells".to_owned()
    } else {
        seen.join(", ")
    };
    let mut lines = pieces::draw_labelled_field("if reverted", &seen, columns, theme, Role::Strong);
    match find_entry_answer(model, entry) {
        Some(answer) => lines.extend(pieces::draw_labelled_field(
            "said",
            &format!("{} {}", theme.tick(), words::write_reverting_effect(answer)),
            columns,
            theme,
            Role::Good,
        )),
        None if rows::choose_entry_group(entry) == EntryGroup::Risky => {
            let mut line =
                pieces::draw_labelled_field("said", "nobody was asked", columns, theme, Role::Warn);
            if let Some(line) = line.first_mut().filter(|_| model.writable) {
                line.push_span(Span::styled("   i", theme.style(Role::Key)));
                line.push_span(Span::styled(" answers", theme.style(Role::Dim)));
            }
            lines.extend(line);
        }
        None => {}
    }
    lines
}

/// Whether reverting it alone applies.
fn draw_revert_trial(model: &Model, entry: &ChangelogEntry, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let state = &model.screens.changelog;
    if state.trying.as_deref() == Some(&entry.commit) {
        return pieces::draw_labelled_field(
            "trial",
            &format!("trying to revert it on {}", model.current()),
            columns,
            theme,
            Role::Dim,
        );
    }
    let Some(trial) = state.trials.get(&entry.commit) else {
        return Vec::new();
    };
    let role = match trial {
        RevertTrial::Clean { .. } => Role::Good,
        RevertTrial::Conflicts { .. } => Role::Bad,
        RevertTrial::Empty | RevertTrial::Impossible(_) => Role::Warn,
    };
    let says = format!(
        "{} reverting it alone on {} {}",
        labels::choose_role_mark(theme, role),
        model.current(),
        labels::describe_revert_trial(trial)
    );
    let mut lines = pieces::draw_labelled_field("trial", &says, columns, theme, role);
    if let RevertTrial::Clean { files } | RevertTrial::Conflicts { files } = trial {
        let shown: Vec<String> = files
            .iter()
            .take(6)
            .map(|file| escape_invisible(file).into_owned())
            .collect();
        let more = files.len().saturating_sub(shown.len());
        let list = if more > 0 {
            format!("{}, and {more} more", shown.join(", "))
        } else {
            shown.join(", ")
        };
        lines.extend(pieces::draw_labelled_field(
            "",
            &list,
            columns,
            theme,
            Role::Dim,
        ));
    }
    lines
}

/// The message without its subject.
fn read_message_body(entry: &ChangelogEntry) -> String {
    let body = entry.body.shown_lines().trim().to_owned();
    let mut lines = body.lines();
    match lines.next() {
        // the body may begin with the subject
        Some(first) if first.contains(entry.title.shown().trim()) => {
            lines.collect::<Vec<_>>().join("\n").trim().to_owned()
        }
        _ => body,
    }
}

/// Lines of a message that were broken at some width, joined again, so that they are broken once;
/// what stands in lines on purpose stays: lists (their mark is returned apart, so that what follows
/// hangs below it), tables, code and trailers.
fn join_broken_prose(body: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    // whether the next line may go on with the last one
    let mut open = false;
    let mut code = false;
    for line in body.lines() {
        let text = line.trim();
        let indented = line.len() - line.trim_start().len();
        let fence = text.starts_with("```");
        let kept = code
            || fence
            || text.is_empty()
            || (indented >= 4 && !open)
            || text.starts_with(['#', '>', '|', '<'])
            || is_trailer(text);
        code ^= fence;
        let mark = if kept { None } else { list_mark(text) };
        match (mark, out.last_mut()) {
            (Some((mark, rest)), _) => {
                out.push((
                    format!("{}{mark} ", " ".repeat(indented.min(8))),
                    rest.trim().to_owned(),
                ));
                open = true;
            }
            (None, Some((_, last))) if open && !kept => {
                last.push(' ');
                last.push_str(text);
            }
            _ => {
                out.push((
                    String::new(),
                    if kept {
                        line.trim_end().to_owned()
                    } else {
                        text.to_owned()
                    },
                ));
                open = !kept;
            }
        }
    }
    out
}

/// The mark a list item begins with, and what follows it.
fn list_mark(text: &str) -> Option<(&str, &str)> {
    let (mark, rest) = text.split_once(' ')?;
    let number = mark.strip_suffix(['.', ')']).is_some_and(|digits| {
        !digits.is_empty() && digits.len() < 3 && digits.bytes().all(|one| one.is_ascii_digit())
    });
    (matches!(mark, "-" | "*" | "+") || number).then_some((mark, rest))
}

/// `Signed-off-by: ...`, as git writes what belongs to no sentence.
fn is_trailer(text: &str) -> bool {
    let Some((key, _)) = text.split_once(": ") else {
        return false;
    };
    key.contains('-')
        && !key.contains(' ')
        && key.starts_with(|first: char| first.is_ascii_uppercase())
}

/// A commit of the range by its title, else by its id.
fn describe_commit(model: &Model, id: &str) -> String {
    let known = find_known_changelog(model).and_then(|changelog| {
        changelog
            .entries
            .iter()
            .chain(&changelog.lost)
            .find(|entry| entry.commit == id)
    });
    match known {
        Some(entry) => format!("{} {}", pieces::shorten_commit_id(id), entry.title),
        None => pieces::shorten_commit_id(id),
    }
}

/// The difference of one of its files.
fn draw_entry_diff(model: &Model, entry: &ChangelogEntry, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let state = &model.screens.changelog;
    let files = match &state.files {
        Some((commit, files)) if *commit == entry.commit => files,
        _ => return draw_entry_note("reading what it changed", columns, model),
    };
    let files = match files {
        Ok(files) => files,
        Err(why) => return draw_entry_note(why, columns, model),
    };
    let Some(file) = files.get(state.file) else {
        return draw_entry_note("it changes no file of its own", columns, model);
    };
    let count = if files.len() > 1 {
        format!("{} of {}   }} next file", state.file + 1, files.len())
    } else {
        String::new()
    };
    let (letter, _, role) = labels::label_file_status(file.status);
    let room = columns.saturating_sub(text::measure_text_width(&count) + 4);
    let name = text::clip_path(&escape_invisible(&file.path), room, theme);
    let mut lines = vec![
        Line::default(),
        text::draw_left_right_line(
            vec![
                Span::styled(format!("{letter} "), theme.style(role)),
                Span::styled(name, theme.style(Role::Title)),
            ],
            vec![Span::styled(count, theme.style(Role::Dim))],
            columns,
        ),
    ];
    match &state.diff {
        Some((of, shown)) if of == file => {
            match explain_missing_diff_lines(shown, file, "before", "after") {
                Some(says) => lines.extend(text::draw_wrapped_text(
                    &says,
                    columns,
                    theme.style(Role::Dim),
                )),
                None => lines.extend(draw_whole_diff(
                    shown,
                    columns,
                    columns >= 120,
                    400,
                    theme,
                    &file.path,
                )),
            }
        }
        _ => lines.push(Line::styled(
            "reading the difference",
            theme.style(Role::Dim),
        )),
    }
    lines
}

fn draw_entry_note(says: &str, columns: usize, model: &Model) -> Vec<Line<'static>> {
    [
        vec![Line::default()],
        text::draw_wrapped_text(
            &escape_invisible(says),
            columns,
            model.theme.style(Role::Dim),
        ),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_broken_once_and_lists_stay_lists() {
        let body = "Checkout can ask whether the bank would accept a card before\nthe customer \
            presses \"pay\".\n\nBumps it:\n- [Changelog](https://one.example/a)\n- two, which\n  \
            goes on\n1. three\n\n```\nlet a = 1;\nlet b = 2;\n```\nSigned-off-by: \
            somebody\nReviewed-by: another";
        let told: Vec<String> = join_broken_prose(body)
            .into_iter()
            .map(|(mark, text)| format!("{mark}{text}"))
            .collect();
        assert_eq!(
            told,
            [
                "Checkout can ask whether the bank would accept a card before the customer presses \
                    \"pay\".",
                "",
                "Bumps it:",
                "- [Changelog](https://one.example/a)",
                "- two, which goes on",
                "1. three",
                "",
                "```",
                "let a = 1;",
                "let b = 2;",
                "```",
                "Signed-off-by: somebody",
                "Reviewed-by: another"
            ]
        );
    }
}
