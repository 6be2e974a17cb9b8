//! Screen 6: findings of both directions, migrations and contracts; worst first.

pub mod detail;
pub mod evidence;
pub mod migration;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{labels, pieces, widgets};
use crate::model::{Direction, Finding, Stage, visible};
use crate::tui::Model;
use crate::tui::model::Focus;
use crate::tui::state::risks::rows::{Part, Row, Section};
use crate::tui::state::risks::{self as state, SPEC, Subject};
use crate::tui::theme::{Role, Theme};

/// Columns of the way forward.
const DEPLOY: usize = 13;
/// Columns of the way back.
const BACK: usize = 14;
/// Bytes that two rows share before only the rest is shown.
const ALIKE: usize = 20;
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
    widgets::list(frame, body, model, SPEC, |at, columns| {
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
        spans.push(Span::styled(
            format!("? {unchecked} not checked"),
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

fn row(model: &Model, at: usize, columns: usize) -> Vec<Span<'static>> {
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
            pieces::group(title, *count, columns, theme)
        }
        Some(Row::Nothing(section)) => vec![Span::styled(
            absent(model, *section),
            theme.style(Role::Dim),
        )],
        Some(row) => match state::subject(model, at) {
            Some(subject) => subject_row(model, at, subject, *row, columns),
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

/// Text on the left, both directions on the right.
fn line(
    theme: Theme,
    left: Vec<Span<'static>>,
    deploy: (Role, &str),
    back: (Role, &str),
    columns: usize,
) -> Vec<Span<'static>> {
    let room = columns.saturating_sub(WAYS);
    let mut spans = widgets::fit(left, room, theme);
    spans.push(Span::raw(
        " ".repeat(room.saturating_sub(widgets::spans_width(&spans)) + 1),
    ));
    for ((role, word), wide) in [(deploy, DEPLOY), (back, BACK)] {
        spans.push(Span::styled(
            widgets::pad(&widgets::clip(word, wide, theme), wide),
            theme.style(role),
        ));
    }
    spans
}

fn subject_row(
    model: &Model,
    at: usize,
    subject: Subject,
    row: Row,
    columns: usize,
) -> Vec<Span<'static>> {
    let theme = model.theme;
    let fold = |open: bool| {
        if open {
            theme.pick("▾", "v")
        } else {
            theme.pick("▹", "+")
        }
    };
    match (subject, row) {
        (Subject::Finding(finding), _) => {
            let before = at
                .checked_sub(1)
                .and_then(|before| match state::subject(model, before) {
                    Some(Subject::Finding(before)) => Some(before),
                    _ => None,
                });
            finding_row(theme, finding, before, columns)
        }
        (Subject::Migration(migration), Row::Migration(_, open)) => {
            let (role, word) = labels::effect(migration.rollback);
            let left = vec![
                Span::styled(format!("{} ", fold(open)), theme.style(Role::Dim)),
                Span::styled(migration::name(migration), theme.style(Role::Strong)),
                Span::styled(
                    format!("  {}", migration::summary(migration, theme)),
                    theme.style(Role::Dim),
                ),
            ];
            line(
                theme,
                left,
                migration::deploy(migration),
                (role, word),
                columns,
            )
        }
        (Subject::Operation(_, operation), _) => {
            let (back, deploy) = (
                labels::effect(operation.rollback),
                labels::deploy(operation.on_deploy),
            );
            let worst = labels::worse(back.0, deploy.0);
            let left = vec![
                Span::raw("  "),
                Span::styled(
                    format!("{} ", labels::mark(theme, worst)),
                    theme.style(worst),
                ),
                Span::styled(
                    format!("{} ", labels::operation(&operation.kind)),
                    theme.style(Role::Dim),
                ),
                Span::raw(visible(&operation.object).into_owned()),
            ];
            line(theme, left, deploy, back, columns)
        }
        (Subject::Contract(contract), Row::Contract(_, open)) => {
            let left = vec![
                Span::styled(format!("{} ", fold(open)), theme.style(Role::Dim)),
                Span::styled(
                    widgets::clip_left(
                        &visible(&contract.path),
                        columns.saturating_sub(WAYS + 14),
                        theme,
                    ),
                    theme.style(Role::Strong),
                ),
                Span::styled(
                    format!(" {}", labels::contract(contract.kind)),
                    theme.style(Role::Dim),
                ),
            ];
            line(
                theme,
                left,
                labels::grade(contract.on_deploy),
                labels::grade(contract.on_rollback),
                columns,
            )
        }
        (Subject::Change(_, change), _) => {
            let (back, deploy) = (
                labels::grade(change.on_rollback.max(change.stored)),
                labels::grade(change.on_deploy),
            );
            let worst = labels::worse(back.0, deploy.0);
            let left = vec![
                Span::raw("  "),
                Span::styled(
                    format!("{} ", labels::mark(theme, worst)),
                    theme.style(worst),
                ),
                Span::raw(visible(&change.location).into_owned()),
            ];
            line(theme, left, deploy, back, columns)
        }
        (Subject::Coverage(coverage), _) => {
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
            widgets::fit(left, columns, theme)
        }
        (Subject::Unchecked(unchecked), _) => {
            let mut left = vec![
                Span::styled("? ", theme.style(Role::Warn)),
                Span::raw(visible(&unchecked.what).into_owned()),
                Span::styled(
                    format!("  {}", visible(&unchecked.why)),
                    theme.style(Role::Dim),
                ),
            ];
            if let Some(command) = &unchecked.settle_with {
                left.push(Span::styled(
                    format!("  {} ", theme.arrow()),
                    theme.style(Role::Dim),
                ));
                left.push(Span::styled(
                    visible(command).into_owned(),
                    theme.style(Role::Code),
                ));
            }
            widgets::fit(left, columns, theme)
        }
        _ => Vec::new(),
    }
}

fn finding_row(
    theme: Theme,
    finding: &Finding,
    before: Option<&Finding>,
    columns: usize,
) -> Vec<Span<'static>> {
    let (role, glyph, word) = theme.severity(finding.severity);
    let none = (Role::Dim, "");
    let room = columns.saturating_sub(
        3 + if finding.direction == Direction::Rollback {
            BACK
        } else {
            WAYS
        },
    );
    let left = vec![
        Span::styled(format!("{glyph} "), theme.style(role)),
        Span::raw(telling(theme, finding, before, room)),
    ];
    match finding.direction {
        // the column of the way forward is free for the sentence
        Direction::Rollback => {
            let mut spans = widgets::fit(left, columns.saturating_sub(BACK + 1), theme);
            let used = widgets::spans_width(&spans);
            spans.push(Span::raw(" ".repeat(columns.saturating_sub(BACK + used))));
            spans.push(Span::styled(widgets::pad(word, BACK), theme.style(role)));
            spans
        }
        Direction::Deploy => line(theme, left, (role, word), none, columns),
        Direction::Both => line(theme, left, (role, word), (role, word), columns),
    }
}

/// What a row says that the row above does not: rows that begin alike would all be cut to the same
/// words. Alike to the end, the place tells them apart.
fn telling(theme: Theme, finding: &Finding, before: Option<&Finding>, room: usize) -> String {
    let says = visible(&finding.says).into_owned();
    let Some(before) = before.map(|before| visible(&before.says).into_owned()) else {
        return says;
    };
    let more = theme.ellipsis();
    if says == before {
        let place = finding.evidence.iter().find_map(|evidence| {
            let path = visible(evidence.path.as_deref()?).into_owned();
            Some(
                evidence
                    .line
                    .map_or_else(|| path.clone(), |line| format!("{path}:{line}")),
            )
        });
        return place.map_or(says, |place| {
            format!(
                "{more} {}",
                widgets::clip_left(&place, room.saturating_sub(widgets::width(more) + 1), theme)
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
    if widgets::width(&says) <= room || word < ALIKE {
        says
    } else {
        format!("{more} {}", &says[word..])
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
