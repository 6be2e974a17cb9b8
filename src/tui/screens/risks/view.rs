//! Screen 6: findings of both directions, migrations and contracts; worst first.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Span;
use ratatui::widgets::Paragraph;

use crate::model::Stage;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{labels, lists, panel, pieces, text};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::risks::detail::draw_risk_detail;
use crate::tui::screens::risks::load::SPEC;
use crate::tui::screens::risks::query::{count_risks, find_row_subject};
use crate::tui::screens::risks::row_view::draw_subject_row;
use crate::tui::screens::risks::rows::{RiskRow, RisksPart, Section};
use crate::tui::screens::risks::ways::{BACK, DEPLOY, WAYS};
use crate::tui::theme::Role;

/// Draws it.
pub fn draw_risks(canvas: &mut Canvas, area: Rect, model: &Model) {
    let (left, right) = pieces::split_list_and_detail(
        canvas,
        area,
        model,
        55,
        !model.screens.risks.rows.is_empty(),
    );
    if let Some(left) = left {
        draw_risk_list(canvas, left, model);
    }
    if let Some(right) = right {
        draw_risk_detail(canvas, right, model);
    }
}

fn draw_risk_list(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let state = &model.screens.risks;
    let title = match state.part {
        RisksPart::Everything => "What stands in the way".to_owned(),
        RisksPart::InTheWay => "What blocks or warns".to_owned(),
        RisksPart::Domain(domain) => format!("Findings: {}", labels::label_domain(domain)),
        RisksPart::Fine => "Looked at, fine".to_owned(),
        RisksPart::Unchecked => "Could not be checked".to_owned(),
    };
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        &title,
        "",
        model.size.0 >= WIDE && model.focus != Focus::Detail,
    );
    if state.rows.is_empty() {
        panel::draw_empty_notice(canvas, inner, model, &explain_empty_risks(model));
        return;
    }
    let [head, body] = Layout::vertical([
        Constraint::Length(1 + pieces::choose_title_gap(inner)),
        Constraint::Fill(1),
    ])
    .areas(inner);
    // the same edge as the rows below, which leave room for the scroll mark only where there is one
    let columns = 2 + lists::measure_list_columns(body, state.rows.len(), |at, columns| {
        draw_risk_row(model, at, columns).len()
    });
    let ways = format!(
        "{}{}",
        text::pad_text("deploy", DEPLOY),
        text::pad_text("way back", BACK)
    );
    let counts = draw_risk_counts(model, columns.saturating_sub(WAYS));
    canvas.render_widget(
        Paragraph::new(text::draw_left_right_line(
            counts,
            vec![Span::styled(ways, theme.style(Role::Dim))],
            columns,
        )),
        head,
    );
    lists::draw_tall_list(canvas, body, model, SPEC, |at, columns| {
        draw_risk_row(model, at, columns)
    });
}

/// Why there is nothing in the list.
fn explain_empty_risks(model: &Model) -> String {
    let missing: Vec<&str> = Stage::ALL
        .into_iter()
        .filter(|stage| !model.reading.has(*stage))
        .map(Stage::id)
        .collect();
    match (&model.assessment, model.screens.risks.part) {
        (None, _) if missing.is_empty() => "Nothing was read.".to_owned(),
        (None, _) => format!("Still reading: {}.", missing.join(", ")),
        (_, RisksPart::Unchecked) => "Everything that was looked for could be checked.".to_owned(),
        _ => "No finding belongs here; p shows the others.".to_owned(),
    }
}

/// How many block, warn, and could not be checked; what is still being read.
fn draw_risk_counts(model: &Model, columns: usize) -> Vec<Span<'static>> {
    let theme = model.theme;
    let (blocks, warns, unchecked) = count_risks(model);
    let missing: Vec<&str> = Stage::ALL
        .into_iter()
        .filter(|stage| !model.reading.has(*stage))
        .map(Stage::id)
        .collect();
    let mut spans = Vec::new();
    let mut part = |n: usize, word: &str, role: Role| {
        if n > 0 {
            spans.push(Span::styled(
                format!("{} {n} {word}", labels::choose_role_mark(theme, role)),
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
        let room = columns.saturating_sub(text::spans_width(&spans));
        spans.push(Span::styled(
            if text::measure_text_width(&whole) <= room {
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
    text::fit_spans(spans, columns, theme)
}

fn draw_risk_row(model: &Model, at: usize, columns: usize) -> Vec<Vec<Span<'static>>> {
    let theme = model.theme;
    match model.screens.risks.rows.get(at) {
        Some(RiskRow::Heading(section, count)) => {
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
            vec![pieces::draw_group_head(title, *count, columns, theme)]
        }
        Some(RiskRow::Nothing(section)) => vec![vec![Span::styled(
            explain_empty_section(model, *section),
            theme.style(Role::Dim),
        )]],
        Some(row) => match find_row_subject(model, at) {
            Some(subject) => draw_subject_row(model, at, subject, *row, columns),
            None => Vec::new(),
        },
        None => Vec::new(),
    }
}

/// What is said where a release has no migration or contract.
fn explain_empty_section(model: &Model, section: Section) -> String {
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
