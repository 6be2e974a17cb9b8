//! The rows of screen 6.

use ratatui::text::Span;

use crate::model::{
    Contract, ContractChange, Coverage, Direction, Finding, Migration, Operation, Severity,
    Unchecked, escape_invisible,
};
use crate::tui::draw::{labels, text};
use crate::tui::model::Model;
use crate::tui::screens::risks::migration::{
    find_worst_deploy_effect, name_migration, summarize_migration,
};
use crate::tui::screens::risks::query::{RiskSubject, find_row_subject};
use crate::tui::screens::risks::rows::RiskRow;
use crate::tui::screens::risks::ways::{BACK, DEPLOY, WAYS};
use crate::tui::theme::{Role, Theme};

/// Bytes that two rows share before only the rest is shown.
const ALIKE: usize = 20;

/// Most lines of what a finding says: the detail has the whole.
const MOST: usize = 2;

/// Text on the left, both directions on the right.
fn draw_two_way_line(
    theme: Theme,
    left: Vec<Span<'static>>,
    deploy: (Role, &str),
    back: (Role, &str),
    columns: usize,
) -> Vec<Span<'static>> {
    let room = columns.saturating_sub(WAYS);
    let mut spans = text::fit_spans(left, room, theme);
    spans.push(Span::raw(
        " ".repeat(room.saturating_sub(text::spans_width(&spans)) + 1),
    ));
    for ((role, word), wide) in [(deploy, DEPLOY), (back, BACK)] {
        spans.push(Span::styled(
            text::pad_text(&text::clip_text(word, wide, theme), wide),
            theme.style(role),
        ));
    }
    spans
}

/// The row of something that was found, or could not be checked.
pub(super) fn draw_subject_row(
    model: &Model,
    at: usize,
    subject: RiskSubject,
    row: RiskRow,
    columns: usize,
) -> Vec<Vec<Span<'static>>> {
    let theme = model.theme;
    let one = match (subject, row) {
        (RiskSubject::Finding(finding), _) => {
            let before =
                at.checked_sub(1)
                    .and_then(|before| match find_row_subject(model, before) {
                        Some(RiskSubject::Finding(before)) => Some(before),
                        _ => None,
                    });
            return finding_row(theme, finding, before, columns);
        }
        (RiskSubject::Migration(migration), RiskRow::Migration(_, open)) => {
            draw_migration_row(theme, migration, open, columns)
        }
        (RiskSubject::Operation(_, operation), _) => draw_operation_row(theme, operation, columns),
        (RiskSubject::Contract(contract), RiskRow::Contract(_, open)) => {
            draw_contract_row(theme, contract, open, columns)
        }
        (RiskSubject::Change(_, change), _) => draw_change_row(theme, change, columns),
        (RiskSubject::Coverage(coverage), _) => draw_coverage_row(theme, coverage, columns),
        (RiskSubject::Unchecked(unchecked), _) => return unchecked_row(theme, unchecked, columns),
        _ => Vec::new(),
    };
    vec![one]
}

/// Whether a tree is open or folded.
fn choose_fold_mark(theme: Theme, open: bool) -> &'static str {
    if open {
        theme.pick("▾", "v")
    } else {
        theme.pick("▹", "+")
    }
}

/// A migration: its name, what it does, and its worst in both directions.
fn draw_migration_row(
    theme: Theme,
    migration: &Migration,
    open: bool,
    columns: usize,
) -> Vec<Span<'static>> {
    let (role, word) = labels::label_old_code_effect(migration.rollback);
    let left = vec![
        Span::styled(
            format!("{} ", choose_fold_mark(theme, open)),
            theme.style(Role::Dim),
        ),
        Span::styled(name_migration(migration), theme.style(Role::Strong)),
        Span::styled(
            format!("  {}", summarize_migration(migration, theme)),
            theme.style(Role::Dim),
        ),
    ];
    draw_two_way_line(
        theme,
        left,
        find_worst_deploy_effect(migration),
        (role, word),
        columns,
    )
}

fn draw_operation_row(theme: Theme, operation: &Operation, columns: usize) -> Vec<Span<'static>> {
    let (back, deploy) = (
        labels::label_old_code_effect(operation.rollback),
        labels::label_deploy_effect(operation.on_deploy),
    );
    let worst = labels::choose_worse_role(back.0, deploy.0);
    let left = vec![
        Span::raw("  "),
        Span::styled(
            format!("{} ", labels::choose_role_mark(theme, worst)),
            theme.style(worst),
        ),
        Span::styled(
            format!("{} ", labels::label_operation(&operation.kind)),
            theme.style(Role::Dim),
        ),
        Span::raw(escape_invisible(&operation.object).into_owned()),
    ];
    draw_two_way_line(theme, left, deploy, back, columns)
}

/// A contract: its file, its kind, and its worst in both directions.
fn draw_contract_row(
    theme: Theme,
    contract: &Contract,
    open: bool,
    columns: usize,
) -> Vec<Span<'static>> {
    let left = vec![
        Span::styled(
            format!("{} ", choose_fold_mark(theme, open)),
            theme.style(Role::Dim),
        ),
        Span::styled(
            text::clip_path(
                &escape_invisible(&contract.path),
                columns.saturating_sub(WAYS + 14),
                theme,
            ),
            theme.style(Role::Strong),
        ),
        Span::styled(
            format!(" {}", labels::label_contract_kind(contract.kind)),
            theme.style(Role::Dim),
        ),
    ];
    draw_two_way_line(
        theme,
        left,
        labels::label_contract_grade(contract.on_deploy),
        labels::label_contract_grade(contract.on_rollback),
        columns,
    )
}

fn draw_change_row(theme: Theme, change: &ContractChange, columns: usize) -> Vec<Span<'static>> {
    let (back, deploy) = (
        labels::label_contract_grade(change.on_rollback.max(change.stored)),
        labels::label_contract_grade(change.on_deploy),
    );
    let worst = labels::choose_worse_role(back.0, deploy.0);
    let left = vec![
        Span::raw("  "),
        Span::styled(
            format!("{} ", labels::choose_role_mark(theme, worst)),
            theme.style(worst),
        ),
        Span::raw(escape_invisible(&change.location).into_owned()),
    ];
    draw_two_way_line(theme, left, deploy, back, columns)
}

/// What was looked at of one domain, in figures.
fn draw_coverage_row(theme: Theme, coverage: &Coverage, columns: usize) -> Vec<Span<'static>> {
    let (mark, role) = if coverage.open > 0 {
        ("?", Role::Warn)
    } else {
        (theme.tick(), Role::Good)
    };
    let left = vec![
        Span::styled(format!("{mark} "), theme.style(role)),
        Span::raw(format!("{:15}", coverage.domain.title())),
        Span::styled(
            format!(
                "{} judged, {} cannot matter here, {} open",
                coverage.judged,
                coverage.out(),
                coverage.open
            ),
            theme.style(if coverage.open > 0 {
                Role::Text
            } else {
                Role::Dim
            }),
        ),
    ];
    text::fit_spans(left, columns, theme)
}

/// A finding: what it says in at most [`MOST`] lines, and the word of its severity in the column of
/// its direction.
fn finding_row(
    theme: Theme,
    finding: &Finding,
    before: Option<&Finding>,
    columns: usize,
) -> Vec<Vec<Span<'static>>> {
    let (role, glyph, word) = theme.severity(finding.severity);
    let none = (Role::Dim, "");
    // what only wants to be known says so by its group, so its sentence has all the columns
    let quiet = matches!(finding.severity, Severity::Notes | Severity::Fine);
    // the column of the way forward is free for the sentence where nothing stands in it
    let room = columns.saturating_sub(match finding.direction {
        _ if quiet => 2,
        Direction::Rollback => 4 + BACK,
        Direction::Deploy | Direction::Both => 4 + WAYS,
    });
    let says = write_distinct_finding(theme, finding, before, MOST * room);
    let mut lines = text::wrap_most(&says, room, MOST, theme).into_iter();
    let left = vec![
        Span::styled(format!("{glyph} "), theme.style(role)),
        Span::raw(lines.next().unwrap_or_default()),
    ];
    let first = match finding.direction {
        _ if quiet => left,
        Direction::Rollback => {
            let mut spans = text::fit_spans(left, columns.saturating_sub(BACK + 1), theme);
            let used = text::spans_width(&spans);
            spans.push(Span::raw(" ".repeat(columns.saturating_sub(BACK + used))));
            spans.push(Span::styled(text::pad_text(word, BACK), theme.style(role)));
            spans
        }
        Direction::Deploy => draw_two_way_line(theme, left, (role, word), none, columns),
        Direction::Both => draw_two_way_line(theme, left, (role, word), (role, word), columns),
    };
    let mut rows = vec![first];
    rows.extend(lines.map(|part| vec![Span::raw(format!("  {part}"))]));
    rows
}

/// What could not be checked: the place and the reason in one line where both fit, else the reason
/// below the place. What settles it stands there only where it fits whole; the detail has it.
fn unchecked_row(theme: Theme, unchecked: &Unchecked, columns: usize) -> Vec<Vec<Span<'static>>> {
    let (what, why) = (unchecked.what.shown(), unchecked.why.shown());
    let room = columns.saturating_sub(2);
    let one = text::measure_text_width(&what) + text::measure_text_width(&why) + 2 <= room;
    let shown = text::clip_words(&what, room, theme);
    let mut first = vec![
        Span::styled("? ", theme.style(Role::Warn)),
        Span::raw(shown),
    ];
    let mut rows = Vec::new();
    let mut below = Vec::new();
    if one {
        first.push(Span::styled(format!("  {why}"), theme.style(Role::Dim)));
    } else {
        below.push(vec![Span::styled(
            format!("  {}", text::clip_words(&why, room, theme)),
            theme.style(Role::Dim),
        )]);
    }
    if let Some(command) = &unchecked.settle_with {
        let settles = command.shown_lines();
        let arrow = format!("  {} ", theme.arrow());
        let used = text::spans_width(&first);
        if used + text::measure_text_width(&arrow) + text::measure_text_width(&settles) <= columns {
            first.push(Span::styled(arrow, theme.style(Role::Dim)));
            first.push(Span::styled(settles, theme.style(Role::Code)));
        }
    }
    rows.push(first);
    rows.extend(below);
    rows
}

/// What a row says that the row above does not: rows that begin alike would all be cut to the same
/// words. Alike to the end, the place tells them apart.
fn write_distinct_finding(
    theme: Theme,
    finding: &Finding,
    before: Option<&Finding>,
    room: usize,
) -> String {
    let says = finding.says.to_string();
    let Some(before) = before.map(|before| before.says.to_string()) else {
        return says;
    };
    let more = theme.ellipsis();
    if says == before {
        let place = finding.evidence.iter().find_map(|evidence| {
            let path = evidence.path.as_ref()?.to_string();
            Some(
                evidence
                    .line
                    .map_or_else(|| path.clone(), |line| format!("{path}:{line}")),
            )
        });
        return place.map_or(says, |place| {
            format!(
                "{more} {}",
                text::clip_path(
                    &place,
                    room.saturating_sub(text::measure_text_width(more) + 1),
                    theme
                )
            )
        });
    }
    let alike: usize = says
        .chars()
        .zip(before.chars())
        .take_while(|(a, b)| a == b)
        .map(|(letter, _)| letter.len_utf8())
        .sum();
    let word = says
        .get(..alike)
        .and_then(|alike| alike.rfind(' '))
        .map_or(0, |blank| blank + 1);
    if text::measure_text_width(&says) <= room || word < ALIKE {
        says
    } else {
        format!("{more} {}", &says[word..])
    }
}
