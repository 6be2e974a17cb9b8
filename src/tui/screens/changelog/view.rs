//! Screen 4: what would disappear from production, riskiest first.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::ChangelogEntry;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{labels, lists, panel, pieces, text};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::changelog::detail::draw_entry_detail;
use crate::tui::screens::changelog::load::SPEC;
use crate::tui::screens::changelog::query::{
    count_asked_entries, entry_at, find_entry_answer, find_known_changelog, is_changelog_partial,
};
use crate::tui::screens::changelog::rows;
use crate::tui::screens::changelog::rows::{
    ChangelogOrder, ChangelogPart, ChangelogRow, EntryGroup, RevertSign,
};
use crate::tui::theme::Role;

/// Columns of the sign before a title.
const SIGN: usize = 14;

/// Draws it.
pub fn draw_changelog(canvas: &mut Canvas, area: Rect, model: &Model) {
    let (left, right) = pieces::split_list_and_detail(
        canvas,
        area,
        model,
        52,
        !model.screens.changelog.rows.is_empty(),
    );
    if let Some(left) = left {
        draw_changelog_list(canvas, left, model);
    }
    if let Some(right) = right {
        draw_entry_detail(canvas, right, model);
    }
}

fn draw_changelog_list(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let state = &model.screens.changelog;
    let order = if state.order == ChangelogOrder::Risk {
        "riskiest first"
    } else {
        "newest first"
    };
    let (title, note) = match &state.part {
        ChangelogPart::Everything => (
            format!("What would disappear with {}", model.current()),
            order.to_owned(),
        ),
        ChangelogPart::Risky => ("Risky if taken back".to_owned(), order.to_owned()),
        ChangelogPart::NotAsked => ("Risky and not asked about".to_owned(), order.to_owned()),
        ChangelogPart::Kind(kind) => (format!("Changes of type {kind}"), order.to_owned()),
        ChangelogPart::Area(area) => (format!("Changes in {area}"), order.to_owned()),
    };
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        &title,
        &note,
        model.size.0 >= WIDE && model.focus != Focus::Detail,
    );
    if state.rows.is_empty() {
        panel::draw_empty_notice(canvas, inner, model, &explain_empty_changelog(model));
        return;
    }
    let [head, body] = Layout::vertical([
        Constraint::Length(1 + pieces::choose_title_gap(inner)),
        Constraint::Fill(1),
    ])
    .areas(inner);
    let columns = usize::from(head.width);
    canvas.render_widget(
        Paragraph::new(Line::styled(
            text::clip_words(&describe_changelog_counts(model), columns, theme),
            theme.style(Role::Dim),
        )),
        head,
    );
    let sizes = Sizes::of(model);
    lists::draw_tall_list(canvas, body, model, SPEC, |at, columns| {
        draw_changelog_row(model, at, columns, sizes)
    });
}

/// Columns at the right edge, as wide as what stands in them.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    said: usize,
    request: usize,
}

impl Sizes {
    fn of(model: &Model) -> Self {
        let entries = || {
            find_known_changelog(model)
                .into_iter()
                .flat_map(|changelog| changelog.entries.iter().chain(&changelog.lost))
        };
        let said = entries()
            .filter_map(|entry| find_entry_answer(model, entry))
            .map(|answer| labels::label_reverting(answer).len() + 2)
            .max()
            .unwrap_or(1);
        let request = entries()
            .filter_map(|entry| entry.pull_request)
            .max()
            .map_or(0, |number| number.to_string().len() + 2);
        Self {
            said,
            request: request.min(9),
        }
    }
}

/// Why there is nothing in the list.
fn explain_empty_changelog(model: &Model) -> String {
    let state = &model.screens.changelog;
    match find_known_changelog(model) {
        None if is_changelog_partial(model) => "The commits are still being read.".to_owned(),
        Some(changelog) if changelog.entries.is_empty() && is_changelog_partial(model) => {
            "The commits are still being read.".to_owned()
        }
        Some(changelog)
            if !changelog.entries.is_empty() && state.part == ChangelogPart::NotAsked =>
        {
            "Every risky change was asked about; p shows the others.".to_owned()
        }
        Some(changelog) if !changelog.entries.is_empty() => {
            "No change belongs here; p shows the others.".to_owned()
        }
        _ => format!(
            "No commit separates {} from {}: going back takes no change away.",
            model.previous(),
            model.current()
        ),
    }
}

/// How many there are, how many were asked about, and how many are not asked.
fn describe_changelog_counts(model: &Model) -> String {
    let Some(changelog) = find_known_changelog(model) else {
        return String::new();
    };
    let dot = format!(" {} ", model.theme.dot());
    if is_changelog_partial(model) {
        return [
            format!("{} on the main line so far", changelog.entries.len()),
            "the full list is being read".to_owned(),
        ]
        .join(&dot);
    }
    let (risky, open) = count_asked_entries(model);
    let others = changelog.entries.len().saturating_sub(risky);
    let mut parts = vec![match (risky, open) {
        (0, _) => "none is risky".to_owned(),
        (1, 0) => "1 risky, asked about".to_owned(),
        (_, 0) => format!("{risky} risky, all asked about"),
        (_, open) if open == risky => format!("{risky} risky, none asked about"),
        _ => format!("{risky} risky, {} asked about, {open} not", risky - open),
    }];
    if others > 0 {
        parts.push(format!("{others} more not asked"));
    }
    let unlisted = changelog
        .commits
        .saturating_sub(changelog.entries.len() as u64);
    if unlisted > 0 {
        let what = if unlisted <= changelog.merges {
            "merge"
        } else {
            "commit"
        };
        parts.push(format!(
            "{unlisted} {what}{} left out",
            if unlisted == 1 { "" } else { "s" }
        ));
    }
    parts.join(&dot)
}

fn draw_changelog_row(
    model: &Model,
    at: usize,
    columns: usize,
    sizes: Sizes,
) -> Vec<Vec<Span<'static>>> {
    let theme = model.theme;
    match model.screens.changelog.rows.get(at) {
        Some(ChangelogRow::Heading(group, count)) => {
            let title = match group {
                EntryGroup::Risky => "Risky if taken back".to_owned(),
                EntryGroup::Seen => "Would be missed, or come back".to_owned(),
                EntryGroup::Quiet => "Nobody would see it".to_owned(),
                EntryGroup::Cancelled => "Cancelled by another change of the range".to_owned(),
                EntryGroup::InPrevious => format!("{} has it too", model.previous()),
                EntryGroup::Lost => {
                    format!("Only in {}: going back brings it back", model.previous())
                }
            };
            vec![pieces::draw_group_head(&title, *count, columns, theme)]
        }
        Some(ChangelogRow::Entry(_) | ChangelogRow::Lost(_)) => entry_at(model, at)
            .map(|entry| entry_row(model, entry, at, columns, sizes))
            .unwrap_or_default(),
        None => Vec::new(),
    }
}

/// Sign, title, and at the right what a person said and the pull request. The title of a risky change
/// is never cut to one line: what it says decides.
fn entry_row(
    model: &Model,
    entry: &ChangelogEntry,
    at: usize,
    columns: usize,
    sizes: Sizes,
) -> Vec<Vec<Span<'static>>> {
    let theme = model.theme;
    let group = rows::choose_entry_group(entry);
    let lost = matches!(
        model.screens.changelog.rows.get(at),
        Some(ChangelogRow::Lost(_))
    );
    let sign = rows::list_entry_signs(entry)
        .first()
        .copied()
        .unwrap_or(RevertSign::Unclear);
    let (role, word) = match group {
        _ if lost => (Role::Text, "comes back"),
        EntryGroup::Cancelled => (Role::Dim, "cancelled"),
        EntryGroup::InPrevious => (Role::Dim, "in previous"),
        _ => (sign.role(), sign.word()),
    };
    let glyph = if role == Role::Dim {
        " "
    } else {
        labels::choose_role_mark(theme, role)
    };
    let (said, said_role) = match find_entry_answer(model, entry) {
        _ if lost => (String::new(), Role::Dim),
        Some(answer) => (
            format!("{} {}", theme.tick(), labels::label_reverting(answer)),
            Role::Good,
        ),
        None if group == EntryGroup::Risky => ("?".to_owned(), Role::Warn),
        None => (String::new(), Role::Dim),
    };
    let request = entry
        .pull_request
        .map(|number| format!("#{number}"))
        .unwrap_or_default();
    let day = match (model.screens.changelog.order, entry.time) {
        (ChangelogOrder::Time, Some(time)) => {
            model.zone.to_datetime(time).strftime("%m-%d ").to_string()
        }
        _ => String::new(),
    };
    let room = columns.saturating_sub(SIGN + day.len() + sizes.said + sizes.request + 2);
    let title = match &entry.scope {
        Some(scope) => format!("{scope}: {}", entry.title),
        None => entry.title.to_string(),
    };
    let most = if group == EntryGroup::Risky { 2 } else { 1 };
    let mut title = text::wrap_most(&title, room, most, theme).into_iter();
    let (first, lead) = (title.next().unwrap_or_default(), SIGN + day.len());
    let title_role = if matches!(group, EntryGroup::Cancelled | EntryGroup::InPrevious) {
        Role::Dim
    } else {
        Role::Text
    };
    let first = vec![
        Span::styled(day, theme.style(Role::Dim)),
        pieces::marked_word(theme, role, glyph, word, SIGN),
        Span::styled(text::pad_text(&first, room), theme.style(title_role)),
        Span::raw("  "),
        Span::styled(text::pad_text(&said, sizes.said), theme.style(said_role)),
        Span::styled(
            text::pad_left(&request, sizes.request),
            theme.style(Role::Dim),
        ),
    ];
    let more = title.map(|part| {
        vec![
            Span::raw(" ".repeat(lead)),
            Span::styled(part, theme.style(title_role)),
        ]
    });
    std::iter::once(first).chain(more).collect()
}
