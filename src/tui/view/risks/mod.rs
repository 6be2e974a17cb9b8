//! Screen 6: findings of both directions, migrations and contracts; worst first.

pub mod detail;
pub mod evidence;
pub mod migration;
mod rows;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{labels, pieces, widgets};
use crate::model::Stage;
use crate::tui::Model;
use crate::tui::model::Focus;
use crate::tui::state::risks::rows::{Part, Row, Section};
use crate::tui::state::risks::{self as state, SPEC};
use crate::tui::theme::{Role, Theme};

/// Columns of the way forward.
const DEPLOY: usize = 13;
/// Columns of the way back.
const BACK: usize = 14;
/// Both, and the blank before them.
const WAYS: usize = DEPLOY + BACK + 1;

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    let (left, right) = pieces::split(frame, area, model, 55, !model.screens.risks.rows.is_empty());
    if let Some(left) = left {
        list(frame, left, model);
    }
    if let Some(right) = right {
        detail::draw(frame, right, model);
    }
}

fn list(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = model.theme;
    let state = &model.screens.risks;
    let title = match state.part {
        Part::Everything => "What stands in the way".to_owned(),
        Part::InTheWay => "What blocks or warns".to_owned(),
        Part::Domain(domain) => format!("Findings: {}", labels::domain(domain)),
        Part::Fine => "Looked at, fine".to_owned(),
        Part::Unchecked => "Could not be checked".to_owned(),
    };
    let inner = widgets::panel(
        frame,
        area,
        model,
        &title,
        "",
        model.size.0 >= super::WIDE && model.focus != Focus::Detail,
    );
    if state.rows.is_empty() {
        widgets::empty(frame, inner, model, &nothing(model));
        return;
    }
    let [head, body] = Layout::vertical([
        Constraint::Length(1 + pieces::air(inner)),
        Constraint::Fill(1),
    ])
    .areas(inner);
    // the same edge as the rows below, which leave room for the scroll mark only where there is one
    let columns = usize::from(head.width)
        .saturating_sub(usize::from(state.rows.len() > usize::from(body.height)));
    let ways = format!(
        "{}{}",
        widgets::pad("deploy", DEPLOY),
        widgets::pad("way back", BACK)
    );
    let counts = counts(model, columns.saturating_sub(WAYS));
    frame.render_widget(
        Paragraph::new(widgets::sides(
            counts,
            vec![Span::styled(ways, theme.style(Role::Dim))],
            columns,
        )),
        head,
    );
    widgets::tall(frame, body, model, SPEC, |at, columns| {
        row(model, at, columns)
    });
}

/// Why there is nothing in the list.
fn nothing(model: &Model) -> String {
    let missing: Vec<&str> = Stage::ALL
        .into_iter()
        .filter(|stage| !model.reading.has(*stage))
        .map(Stage::id)
        .collect();
    match (&model.assessment, model.screens.risks.part) {
        (None, _) if missing.is_empty() => "Nothing was read.".to_owned(),
        (None, _) => format!("Still reading: {}.", missing.join(", ")),
        (_, Part::Unchecked) => "Everything that was looked for could be checked.".to_owned(),
        _ => "No finding belongs here; p shows the others.".to_owned(),
    }
}

/// How many block, warn, and could not be checked; what is still being read.
fn counts(model: &Model, columns: usize) -> Vec<Span<'static>> {
    let theme = model.theme;
    let (blocks, warns, unchecked) = state::counts(model);
    let missing: Vec<&str> = Stage::ALL
        .into_iter()
        .filter(|stage| !model.reading.has(*stage))
        .map(Stage::id)
        .collect();
    let mut spans = Vec::new();
    let mut part = |n: usize, word: &str, role: Role| {
        if n > 0 {
            spans.push(Span::styled(
                format!("{} {n} {word}", labels::mark(theme, role)),
                theme.style(role),
            ));
            spans.push(Span::raw("  "));
        }
    };
    part(
        blocks,
        if blocks == 1 { "blocks" } else { "block" },
        Role::Bad,
    );
    part(warns, if warns == 1 { "warns" } else { "warn" }, Role::Warn);
    if unchecked > 0 {
        // the number is never what is cut
        let whole = format!("? {unchecked} not checked");
        let room = columns.saturating_sub(widgets::spans_width(&spans));
        spans.push(Span::styled(
            if widgets::width(&whole) <= room {
                whole
            } else {
                format!("? {unchecked}")
            },
            theme.style(Role::Warn),
        ));
    }
    if spans.is_empty() && missing.is_empty() {
        spans.push(Span::styled(
            format!("{} nothing blocks or warns", theme.tick()),
            theme.style(Role::Good),
        ));
    }
    if !missing.is_empty() {
        spans.push(Span::styled(
            format!("  still reading {}", missing.join(", ")),
            theme.style(Role::Dim),
        ));
    }
    widgets::fit(spans, columns, theme)
}

fn row(model: &Model, at: usize, columns: usize) -> Vec<Vec<Span<'static>>> {
    let theme = model.theme;
    match model.screens.risks.rows.get(at) {
        Some(Row::Heading(section, count)) => {
            let title = match section {
                Section::Blocks => "In the way",
                Section::Warns => "Look before going back",
                Section::Notes => "Worth knowing",
                Section::Migrations => "Migrations",
                Section::Contracts => "Contracts",
                Section::Fine => "Looked at, fine",
                Section::Coverage => "What was looked at",
                Section::Unchecked => "Could not be checked",
            };
            vec![pieces::group(title, *count, columns, theme)]
        }
        Some(Row::Nothing(section)) => vec![vec![Span::styled(
            absent(model, *section),
            theme.style(Role::Dim),
        )]],
        Some(row) => match state::subject(model, at) {
            Some(subject) => rows::subject(model, at, subject, *row, columns),
            None => Vec::new(),
        },
        None => Vec::new(),
    }
}

/// What is said where a release has no migration or contract.
fn absent(model: &Model, section: Section) -> String {
    let (stage, what) = match section {
        Section::Contracts => (Stage::Contract, "contract file"),
        _ => (Stage::Database, "migration"),
    };
    if model.reading.has(stage) {
        format!(
            "no {what} differs between {} and {}",
            model.previous(),
            model.current()
        )
    } else {
        format!("{what}s are still being read")
    }
}

/// A heading with the sentence below it, for the texts of this screen.
fn line_of(text: &str, columns: usize, theme: Theme, role: Role) -> Vec<Line<'static>> {
    widgets::text(
        &crate::model::visible_lines(text),
        columns,
        theme.style(role),
    )
}
