//! What the cursor is on, in full: what it means, what to do, and the evidence.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{evidence, line_of, migration};
use crate::model::{
    Affects, CannotRule, Contract, ContractChange, Coverage, Evidence, Finding, Unchecked, visible,
};
use crate::tui::Model;
use crate::tui::model::Focus;
use crate::tui::state::diff::rows::compare;
use crate::tui::state::risks::{self as state, Subject};
use crate::tui::theme::Role;
use crate::tui::view::{diff, labels, pieces, widgets};

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    let Some(subject) = state::selected(model) else {
        widgets::panel(frame, area, model, "", "", false);
        return;
    };
    let theme = model.theme;
    let (title, note) = title(subject);
    let wide = model.size.0 >= crate::tui::view::WIDE;
    // the title goes before the note; what has no room above stands whole below
    let room = usize::from(area.width).saturating_sub(3);
    let title_cut = widgets::width(&title) > room;
    let note_cut = !note.is_empty() && widgets::width(&title) + widgets::width(&note) + 2 > room;
    let beside = if note_cut { "" } else { note.as_str() };
    let inner = widgets::panel(
        frame,
        area,
        model,
        &title,
        beside,
        wide && model.focus == Focus::Detail,
    );
    let columns = usize::from(inner.width).saturating_sub(2);
    let mut lines = match subject {
        Subject::Finding(finding) => finding_text(model, finding, columns),
        Subject::Migration(of) => migration::text(model, of, columns),
        Subject::Operation(of, operation) => migration::operation(model, of, operation, columns),
        Subject::Contract(contract) => contract_text(model, contract, columns),
        Subject::Change(contract, change) => change_text(model, contract, change, columns),
        Subject::Coverage(coverage) => coverage_text(model, coverage, columns),
        Subject::Unchecked(unchecked) => unchecked_text(model, unchecked, columns),
    };
    let mut above = Vec::new();
    if title_cut {
        above.extend(widgets::text(&title, columns, theme.style(Role::Strong)));
    }
    if note_cut {
        above.extend(widgets::text(&note, columns, theme.style(Role::Dim)));
    }
    lines.splice(0..0, above);
    if pieces::air(inner) > 0 {
        lines.insert(0, Line::default());
    }
    widgets::scrolled(frame, inner, model, &model.screens.risks.scroll, lines);
}

fn title(subject: Subject) -> (String, String) {
    match subject {
        Subject::Finding(finding) => (
            visible(&finding.subject).into_owned(),
            format!(
                "{}, {}",
                labels::confidence(finding.confidence),
                labels::direction(finding.direction)
            ),
        ),
        Subject::Migration(migration) => (
            visible(&migration.path).into_owned(),
            visible(migration.framework.as_str()).into_owned(),
        ),
        Subject::Operation(migration, operation) => (
            format!(
                "{} {}",
                labels::operation(&operation.kind),
                visible(&operation.object)
            ),
            format!(
                "{} {}",
                visible(migration.framework.as_str()),
                visible(&migration.version)
            ),
        ),
        Subject::Contract(contract) => (
            visible(&contract.path).into_owned(),
            labels::contract(contract.kind).to_owned(),
        ),
        Subject::Change(contract, change) => (
            visible(&change.location).into_owned(),
            visible(&contract.path).into_owned(),
        ),
        Subject::Coverage(coverage) => (
            coverage.domain.title().to_owned(),
            "what was looked at".to_owned(),
        ),
        Subject::Unchecked(unchecked) => (
            visible(&unchecked.what).into_owned(),
            "could not be checked".to_owned(),
        ),
    }
}

fn finding_text(model: &Model, finding: &Finding, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let (role, glyph, word) = theme.severity(finding.severity);
    let mut lines = Vec::new();
    for (at, part) in widgets::wrap(
        &visible(&finding.says),
        columns.saturating_sub(pieces::LABEL),
    )
    .into_iter()
    .enumerate()
    {
        let label = if at == 0 {
            format!("{glyph} {word}")
        } else {
            String::new()
        };
        lines.push(Line::from(vec![
            Span::styled(widgets::pad(&label, pieces::LABEL), theme.style(role)),
            Span::styled(part, theme.style(Role::Strong)),
        ]));
    }
    lines.extend(pieces::field(
        "why",
        &finding.why,
        columns,
        theme,
        Role::Text,
    ));
    lines.extend(pieces::field(
        "do",
        &finding.action,
        columns,
        theme,
        Role::Text,
    ));
    if let Some(step) = &finding.compatibility_step {
        lines.extend(step_block(model, step, columns));
    }
    lines.extend(evidence::all(model, &finding.evidence, columns));
    lines.push(Line::default());
    lines.extend(pieces::field(
        "the rule",
        &format!("backout explain {}", finding.check),
        columns,
        theme,
        Role::Dim,
    ));
    lines
}

/// The step that makes the way back possible, to copy.
pub fn step_block(model: &Model, step: &str, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines =
        pieces::heading("Makes the way back possible", "Y copies it", columns, theme).to_vec();
    lines.extend(pieces::code(step, 0, columns, theme));
    lines
}

fn contract_text(model: &Model, contract: &Contract, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let ways = [
        ("deploy", contract.on_deploy),
        ("way back", contract.on_rollback),
    ];
    let mut lines = Vec::new();
    for (label, grade) in ways {
        let (role, word) = labels::grade(grade);
        lines.extend(pieces::field(
            label,
            &format!("{} {word}", labels::mark(theme, role)),
            columns,
            theme,
            role,
        ));
    }
    if contract.root != contract.path {
        lines.extend(pieces::field(
            "part of",
            &contract.root,
            columns,
            theme,
            Role::Text,
        ));
    }
    let says = match contract.changes.len() {
        0 => "the text changed, the meaning did not".to_owned(),
        1 => "one change of meaning".to_owned(),
        n => format!("{n} changes of meaning"),
    };
    lines.extend(pieces::field("changes", &says, columns, theme, Role::Text));
    for change in &contract.changes {
        let (role, _) = labels::grade(change.on_rollback.max(change.stored));
        lines.extend(pieces::field(
            "",
            &format!("{} {}", labels::mark(theme, role), change.says),
            columns,
            theme,
            Role::Text,
        ));
    }
    lines
}

fn change_text(
    model: &Model,
    contract: &Contract,
    change: &ContractChange,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = line_of(&change.says, columns, theme, Role::Strong);
    let grades = [
        ("deploy", change.on_deploy),
        ("way back", change.on_rollback),
        ("stored data", change.stored),
    ];
    for (label, grade) in grades {
        let (role, word) = labels::grade(grade);
        lines.extend(pieces::field(
            label,
            &format!("{} {word}", labels::mark(theme, role)),
            columns,
            theme,
            role,
        ));
    }
    let affects: Vec<&str> = change
        .affects
        .iter()
        .map(|who| match who {
            Affects::Clients => "callers",
            Affects::StoredData => "messages and documents stored meanwhile",
            Affects::GeneratedCode => "only code that is generated anew",
        })
        .collect();
    if !affects.is_empty() {
        lines.extend(pieces::field(
            "affects",
            &affects.join(", "),
            columns,
            theme,
            Role::Text,
        ));
    }
    let adopted = match change.adoption {
        crate::model::Adoption::Used => Role::Bad,
        crate::model::Adoption::NotAdopted => Role::Good,
        _ => Role::Warn,
    };
    lines.extend(pieces::field(
        "adoption",
        labels::adoption(change.adoption),
        columns,
        theme,
        adopted,
    ));
    for used in change.used_by.iter().take(12) {
        let line = used.line.map(|line| format!(":{line}")).unwrap_or_default();
        lines.extend(pieces::field(
            "",
            &format!("{} {}{line}", used.dependent, used.path),
            columns,
            theme,
            Role::Text,
        ));
    }
    if change.used_by.len() > 12 {
        lines.extend(pieces::field(
            "",
            &format!("and {} more places", change.used_by.len() - 12),
            columns,
            theme,
            Role::Dim,
        ));
    }
    lines.extend(definitions(model, contract, change, columns));
    lines
}

/// The definition in previous beside the one in current, words that differ marked.
fn definitions(
    model: &Model,
    contract: &Contract,
    change: &ContractChange,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let text = |side: &Option<Evidence>| side.as_ref().and_then(|side| side.excerpt.clone());
    let (old, new) = (text(&change.old), text(&change.new));
    match (old, new) {
        (Some(old), Some(new)) => {
            let note = change
                .line
                .map(|line| format!("{}:{line}", visible(&contract.path)))
                .unwrap_or_default();
            let title = format!("{} {} {}", model.previous(), theme.arrow(), model.current());
            let mut lines = pieces::heading(&title, &note, columns, theme).to_vec();
            let whole = diff::text::whole(
                &compare(&format!("{old}\n"), &format!("{new}\n")),
                columns,
                columns >= 60,
                400,
                theme,
            );
            // the head of the hunk counts lines of the excerpt, which says nothing here
            lines.extend(whole.into_iter().skip(1));
            lines
        }
        (None, Some(_)) => one_side(
            model,
            change.new.as_ref(),
            model.current(),
            model.previous(),
            columns,
        ),
        (Some(_), None) => one_side(
            model,
            change.old.as_ref(),
            model.previous(),
            model.current(),
            columns,
        ),
        (None, None) => {
            let place = Evidence {
                path: Some(contract.path.clone()),
                line: change.line,
                ..Evidence::default()
            };
            evidence::all(model, &[place], columns)
        }
    }
}

fn one_side(
    model: &Model,
    side: Option<&Evidence>,
    has: &str,
    lacks: &str,
    columns: usize,
) -> Vec<Line<'static>> {
    let Some(side) = side else { return Vec::new() };
    let mut lines = pieces::heading(
        &format!("{has} has it, {lacks} does not"),
        &pieces::place(side),
        columns,
        model.theme,
    )
    .to_vec();
    lines.extend(pieces::source(
        &pieces::excerpt(side),
        side.line,
        columns,
        model.theme,
    ));
    lines
}

/// What was taken apart, what cannot matter by which rule, and every open place that is listed.
fn coverage_text(model: &Model, coverage: &Coverage, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let files = |count: u64| {
        if count == 1 {
            "1 file".to_owned()
        } else {
            format!("{count} files")
        }
    };
    let mut lines = pieces::field(
        "judged",
        &format!("{} taken apart by a reader", files(coverage.judged)),
        columns,
        theme,
        Role::Text,
    );
    for (id, count) in &coverage.cannot {
        let says = CannotRule::named(id).map_or("", CannotRule::says);
        lines.extend(pieces::field(
            "cannot",
            &format!("{}: {says}", files(*count)),
            columns,
            theme,
            Role::Dim,
        ));
    }
    if let Some(mechanism) = &coverage.mechanism {
        lines.extend(pieces::field(
            "changed by",
            &visible(mechanism),
            columns,
            theme,
            Role::Text,
        ));
    }
    if coverage.open == 0 {
        return lines;
    }
    lines.extend(pieces::heading(
        &format!("Not looked at: {}", files(coverage.open)),
        "",
        columns,
        theme,
    ));
    for place in &coverage.places {
        let at = place.line.map_or_else(
            || visible(&place.path).into_owned(),
            |line| format!("{}:{line}", visible(&place.path)),
        );
        lines.extend(widgets::text(&at, columns, theme.style(Role::Text)));
        lines.extend(widgets::text(
            &format!("  {}", visible(&place.why)),
            columns,
            theme.style(Role::Dim),
        ));
    }
    lines
}

fn unchecked_text(model: &Model, unchecked: &Unchecked, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = pieces::field("why not", &unchecked.why, columns, theme, Role::Text);
    match &unchecked.settle_with {
        Some(command) => {
            lines.extend(pieces::heading(
                "This settles it",
                "Y copies it",
                columns,
                theme,
            ));
            lines.extend(pieces::code(command, 0, columns, theme));
        }
        None => lines.extend(pieces::field(
            "settles it",
            "a look by somebody who knows it",
            columns,
            theme,
            Role::Text,
        )),
    }
    lines
}
