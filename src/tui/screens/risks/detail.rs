//! What the cursor is on, in full: what it means, what to do, and the evidence.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::model::{
    Affects, CannotRule, Contract, ContractChange, Coverage, Evidence, Finding, Unchecked,
    escape_invisible,
};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{labels, lists, panel, pieces, text};
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::diff::rows::compare_short_texts;
use crate::tui::screens::diff::text::draw_whole_diff;
use crate::tui::screens::risks::evidence::draw_all_evidence;
use crate::tui::screens::risks::migration::{draw_migration, draw_operation};
use crate::tui::screens::risks::query::{RiskSubject, find_selected_subject};
use crate::tui::screens::risks::ways::line_of;
use crate::tui::theme::Role;

/// Columns for what stands behind a path in a title: how many more there are.
const NAMED: usize = 14;

/// Draws it.
pub fn draw_risk_detail(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some(subject) = find_selected_subject(model) else {
        panel::draw_panel(canvas, area, model, "", "", false);
        return;
    };
    let theme = model.theme;
    let (title, note) = title_risk_subject(subject);
    let wide = model.size.0 >= WIDE;
    // the title goes before the note; what has no room above stands whole below
    let room = usize::from(area.width).saturating_sub(3);
    // a path says enough without its middle, and stands whole at the evidence
    let title = text::fit_paths(&title, room.saturating_sub(NAMED).max(NAMED), theme);
    let title_cut = text::measure_text_width(&title) > room;
    let note_cut = !note.is_empty()
        && text::measure_text_width(&title) + text::measure_text_width(&note) + 2 > room;
    let beside = if note_cut { "" } else { note.as_str() };
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        &title,
        beside,
        wide && model.focus == Focus::Detail,
    );
    let columns = usize::from(inner.width).saturating_sub(2);
    let mut lines = draw_subject_text(model, subject, columns);
    let mut above = Vec::new();
    if title_cut {
        above.extend(text::draw_wrapped_text(
            &title,
            columns,
            theme.style(Role::Strong),
        ));
    }
    if note_cut {
        above.extend(text::draw_wrapped_text(
            &note,
            columns,
            theme.style(Role::Dim),
        ));
    }
    lines.splice(0..0, above);
    if pieces::choose_title_gap(inner) > 0 {
        lines.insert(0, Line::default());
    }
    lists::draw_scrolled_lines(
        canvas,
        inner,
        model,
        ScrolledPart::Risk,
        &model.screens.risks.scroll,
        lines,
    );
}

/// Everything about a subject below its title.
pub fn draw_subject_text(
    model: &Model,
    subject: RiskSubject,
    columns: usize,
) -> Vec<Line<'static>> {
    match subject {
        RiskSubject::Finding(finding) => finding_text(model, finding, columns),
        RiskSubject::Migration(of) => draw_migration(model, of, columns),
        RiskSubject::Operation(of, operation) => draw_operation(model, of, operation, columns),
        RiskSubject::Contract(contract) => contract_text(model, contract, columns),
        RiskSubject::Change(contract, change) => change_text(model, contract, change, columns),
        RiskSubject::Coverage(coverage) => coverage_text(model, coverage, columns),
        RiskSubject::Unchecked(unchecked) => unchecked_text(model, unchecked, columns),
    }
}

fn title_risk_subject(subject: RiskSubject) -> (String, String) {
    match subject {
        RiskSubject::Finding(finding) => (
            finding.subject.to_string(),
            format!(
                "{}, {}",
                labels::label_confidence(finding.confidence),
                labels::label_direction(finding.direction)
            ),
        ),
        RiskSubject::Migration(migration) => (
            escape_invisible(&migration.path).into_owned(),
            escape_invisible(migration.framework.as_str()).into_owned(),
        ),
        RiskSubject::Operation(migration, operation) => (
            format!(
                "{} {}",
                labels::label_operation(&operation.kind),
                escape_invisible(&operation.object)
            ),
            format!(
                "{} {}",
                escape_invisible(migration.framework.as_str()),
                escape_invisible(&migration.version)
            ),
        ),
        RiskSubject::Contract(contract) => (
            escape_invisible(&contract.path).into_owned(),
            labels::label_contract_kind(contract.kind).to_owned(),
        ),
        RiskSubject::Change(contract, change) => (
            escape_invisible(&change.location).into_owned(),
            escape_invisible(&contract.path).into_owned(),
        ),
        RiskSubject::Coverage(coverage) => (
            coverage.domain.title().to_owned(),
            "what was looked at".to_owned(),
        ),
        RiskSubject::Unchecked(unchecked) => (
            unchecked.what.to_string(),
            "could not be checked".to_owned(),
        ),
    }
}

fn finding_text(model: &Model, finding: &Finding, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let (role, glyph, word) = theme.severity(finding.severity);
    let mut lines = Vec::new();
    for (at, part) in
        text::wrap_columns(&finding.says.shown(), columns.saturating_sub(pieces::LABEL))
            .into_iter()
            .enumerate()
    {
        let label = if at == 0 {
            format!("{glyph} {word}")
        } else {
            String::new()
        };
        lines.push(Line::from(vec![
            Span::styled(text::pad_text(&label, pieces::LABEL), theme.style(role)),
            Span::styled(part, theme.style(Role::Strong)),
        ]));
    }
    lines.extend(pieces::draw_labelled_field(
        "why",
        &finding.why.shown(),
        columns,
        theme,
        Role::Text,
    ));
    lines.extend(pieces::draw_labelled_field(
        "do",
        &finding.action.shown(),
        columns,
        theme,
        Role::Text,
    ));
    if let Some(step) = &finding.compatibility_step {
        lines.extend(pieces::draw_step_block(model, &step.shown_lines(), columns));
    }
    lines.extend(draw_all_evidence(model, &finding.evidence, columns));
    lines.push(Line::default());
    lines.extend(pieces::draw_labelled_field(
        "the rule",
        &format!("backout explain {}", finding.check),
        columns,
        theme,
        Role::Dim,
    ));
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
        let (role, word) = labels::label_contract_grade(grade);
        lines.extend(pieces::draw_labelled_field(
            label,
            &format!("{} {word}", labels::choose_role_mark(theme, role)),
            columns,
            theme,
            role,
        ));
    }
    if contract.root != contract.path {
        lines.extend(pieces::draw_labelled_field(
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
    lines.extend(pieces::draw_labelled_field(
        "changes",
        &says,
        columns,
        theme,
        Role::Text,
    ));
    for change in &contract.changes {
        let (role, _) = labels::label_contract_grade(change.on_rollback.max(change.stored));
        lines.extend(pieces::draw_labelled_field(
            "",
            &format!("{} {}", labels::choose_role_mark(theme, role), change.says),
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
        let (role, word) = labels::label_contract_grade(grade);
        lines.extend(pieces::draw_labelled_field(
            label,
            &format!("{} {word}", labels::choose_role_mark(theme, role)),
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
        lines.extend(pieces::draw_labelled_field(
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
    lines.extend(pieces::draw_labelled_field(
        "adoption",
        labels::label_adoption(change.adoption),
        columns,
        theme,
        adopted,
    ));
    for used in change.used_by.iter().take(12) {
        let line = used.line.map(|line| format!(":{line}")).unwrap_or_default();
        lines.extend(pieces::draw_labelled_field(
            "",
            &format!("{} {}{line}", used.dependent, used.path),
            columns,
            theme,
            Role::Text,
        ));
    }
    if change.used_by.len() > 12 {
        lines.extend(pieces::draw_labelled_field(
            "",
            &format!("and {} more places", change.used_by.len() - 12),
            columns,
            theme,
            Role::Dim,
        ));
    }
    lines.extend(draw_contract_definitions(model, contract, change, columns));
    lines
}

/// The definition in previous beside the one in current, words that differ marked.
fn draw_contract_definitions(
    model: &Model,
    contract: &Contract,
    change: &ContractChange,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let text = |side: &Option<Evidence>| {
        let side = side.as_ref()?;
        Some(side.excerpt.as_ref()?.shown_lines())
    };
    let (old, new) = (text(&change.old), text(&change.new));
    match (old, new) {
        (Some(old), Some(new)) => {
            let note = change
                .line
                .map(|line| format!("{}:{line}", escape_invisible(&contract.path)))
                .unwrap_or_default();
            let title = format!("{} {} {}", model.previous(), theme.arrow(), model.current());
            let mut lines = pieces::draw_small_heading(&title, &note, columns, theme).to_vec();
            let whole = draw_whole_diff(
                &compare_short_texts(&format!("{old}\n"), &format!("{new}\n")),
                columns,
                columns >= 60,
                400,
                theme,
                &contract.path,
            );
            // the head of the hunk counts lines of the excerpt, which says nothing here
            lines.extend(whole.into_iter().skip(1));
            lines
        }
        (None, Some(_)) => one_side(
            model,
            change.new.as_ref(),
            &model.current(),
            &model.previous(),
            columns,
        ),
        (Some(_), None) => one_side(
            model,
            change.old.as_ref(),
            &model.previous(),
            &model.current(),
            columns,
        ),
        (None, None) => {
            let place = Evidence {
                path: Some(contract.path.as_str().into()),
                line: change.line,
                ..Evidence::default()
            };
            draw_all_evidence(model, &[place], columns)
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
    let mut lines = pieces::draw_small_heading(
        &format!("{has} has it, {lacks} does not"),
        &pieces::find_reason_place(side),
        columns,
        model.theme,
    )
    .to_vec();
    lines.extend(pieces::draw_source_lines(
        side.raw_path().unwrap_or_default(),
        &pieces::number_excerpt_lines(side),
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
    let mut lines = pieces::draw_labelled_field(
        "judged",
        &format!("{} taken apart by a reader", files(coverage.judged)),
        columns,
        theme,
        Role::Text,
    );
    for (id, count) in &coverage.cannot {
        let says = CannotRule::named(id).map_or("", CannotRule::says);
        lines.extend(pieces::draw_labelled_field(
            "cannot",
            &format!("{}: {says}", files(*count)),
            columns,
            theme,
            Role::Dim,
        ));
    }
    if let Some(mechanism) = &coverage.mechanism {
        lines.extend(pieces::draw_labelled_field(
            "changed by",
            &escape_invisible(mechanism),
            columns,
            theme,
            Role::Text,
        ));
    }
    if coverage.open == 0 {
        return lines;
    }
    lines.extend(pieces::draw_small_heading(
        &format!("Not looked at: {}", files(coverage.open)),
        "",
        columns,
        theme,
    ));
    for place in &coverage.places {
        let at = place.line.map_or_else(
            || place.path.shown().into_owned(),
            |line| format!("{}:{line}", place.path.shown()),
        );
        lines.extend(text::draw_wrapped_text(
            &at,
            columns,
            theme.style(Role::Text),
        ));
        lines.extend(text::draw_wrapped_text(
            &format!("  {}", place.why.shown()),
            columns,
            theme.style(Role::Dim),
        ));
    }
    lines
}

fn unchecked_text(model: &Model, unchecked: &Unchecked, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = pieces::draw_labelled_field(
        "why not",
        &unchecked.why.shown(),
        columns,
        theme,
        Role::Text,
    );
    match &unchecked.settle_with {
        Some(command) => {
            lines.extend(pieces::draw_small_heading(
                "This settles it",
                "Y copies it",
                columns,
                theme,
            ));
            lines.extend(pieces::draw_code_block(
                &command.shown_lines(),
                0,
                columns,
                theme,
            ));
        }
        None => lines.extend(pieces::draw_labelled_field(
            "settles it",
            "a look by somebody who knows it",
            columns,
            theme,
            Role::Text,
        )),
    }
    lines
}
