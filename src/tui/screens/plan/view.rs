//! Screen 7: the ordered steps of an option, each with its reason; the plan of the other option
//! beside it on wide terminals.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{OptionId, PlanStep, StepMode, escape_invisible};
use crate::session::EventKind;
use crate::tui::action::Action;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{labels, lists, panel, pieces, text};
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::screens::plan::above::{draw_option_blockers, draw_option_deadlines};
use crate::tui::screens::plan::query::{
    list_option_steps, list_planned_options, shown_options, shows_run,
};
use crate::tui::screens::plan::run_view::draw_plan_run;
use crate::tui::theme::{Role, Theme};

/// Columns of a step's number.
const NUMBER: usize = 3;

/// Columns before the text of steps: number, glyph, and the longest word that one of them has.
fn measure_step_indent(steps: &[PlanStep], theme: Theme) -> usize {
    let marks = steps.iter().map(|step| {
        let (glyph, word, _) = labels::label_step_mode(theme, step.how);
        text::measure_text_width(glyph) + 1 + text::measure_text_width(word)
    });
    NUMBER + marks.max().unwrap_or(0) + 2
}

/// Draws it.
pub fn draw_plan_screen(canvas: &mut Canvas, area: Rect, model: &Model) {
    let (option, other) = shown_options(model);
    let other = other.filter(|_| !model.zoomed);
    let Some(option) = option else {
        let inner = panel::draw_panel(canvas, area, model, "Plan", "", false);
        panel::draw_empty_notice(canvas, inner, model, &explain_missing_plan(model));
        return;
    };
    match other {
        // the plan that is run has a border of its own
        Some(other) if area.width >= WIDE && shows_run(model, option) => {
            let [left, _, right] = Layout::horizontal([
                Constraint::Percentage(52),
                Constraint::Length(1),
                Constraint::Fill(1),
            ])
            .areas(area);
            draw_option_plan(canvas, left, model, option, true);
            draw_option_plan(canvas, right, model, other, false);
        }
        Some(other) if area.width >= WIDE => {
            let (left, right) = panel::split_columns(canvas, area, model.theme, 52);
            draw_option_plan(canvas, left, model, option, true);
            draw_option_plan(canvas, right, model, other, false);
        }
        _ => draw_option_plan(canvas, area, model, option, true),
    }
}

/// Why there is no plan.
fn explain_missing_plan(model: &Model) -> String {
    match (&model.decided, &model.assessment) {
        (_, None) if !model.reading.complete => {
            "The plan is made once the repository is read.".to_owned()
        }
        (None, _) => "There is no verdict yet, so there is no plan.".to_owned(),
        _ => "No option that is left has steps; the reasons are on screen 1.".to_owned(),
    }
}

/// What the option is to the verdict.
fn describe_option_standing(model: &Model, option: OptionId) -> &'static str {
    let decided = matches!(&model.session.decided, Some((_, EventKind::Decided { option: taken, .. })) if *taken == option);
    match model.decision() {
        _ if decided => "decided",
        Some(decision) if decision.option == option => "recommended",
        Some(decision) if decision.then == Some(option) => "after that",
        _ => "the other way",
    }
}

fn draw_option_plan(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    option: OptionId,
    active: bool,
) {
    if active && shows_run(model, option) {
        draw_plan_run(canvas, area, model, option);
        return;
    }
    let theme = model.theme;
    let steps = list_option_steps(model, Some(option));
    let several = list_planned_options(model).len() > 1;
    let wide = model.size.0 >= WIDE;
    let note = match (several, active, wide) {
        (true, true, false) => format!(
            "{} {} p shows others",
            describe_option_standing(model, option),
            theme.dot()
        ),
        _ => describe_option_standing(model, option).to_owned(),
    };
    let inner = panel::draw_hued_panel(
        canvas,
        area,
        model,
        (&model.option_title(option), Theme::option(option)),
        &note,
        active && several && wide,
    );
    let mut top = text::draw_wrapped_text(
        &write_step_counts(steps, theme),
        usize::from(inner.width),
        theme.style(Role::Dim),
    );
    top.extend(draw_option_blockers(
        model,
        option,
        usize::from(inner.width),
    ));
    let points = if inner.height >= 30 { 3 } else { 1 };
    top.extend(draw_option_deadlines(
        model,
        option,
        usize::from(inner.width),
        points,
    ));
    let [head, body] = Layout::vertical([
        Constraint::Length(u16::try_from(top.len() + 1).unwrap_or(2)),
        Constraint::Fill(1),
    ])
    .areas(inner);
    canvas.render_widget(Paragraph::new(top), head);
    let columns = usize::from(body.width).saturating_sub(3);
    let blocks: Vec<Vec<Line<'static>>> = (0..steps.len())
        .map(|at| draw_plan_step(model, steps, at, columns))
        .collect();
    draw_blocks(canvas, body, model, &blocks, active);
}

/// How many steps of which kind.
fn write_step_counts(steps: &[PlanStep], theme: Theme) -> String {
    let count = |how: StepMode| steps.iter().filter(|step| step.how == how).count();
    let parts: Vec<String> = [
        (
            StepMode::Condition,
            if count(StepMode::Condition) == 1 {
                "condition"
            } else {
                "conditions"
            },
        ),
        (StepMode::Check, "before it"),
        (StepMode::Run, "to run"),
        (StepMode::RollbackOnly, "only back"),
        (StepMode::Skip, "to skip"),
        (StepMode::Verify, "to verify"),
        (StepMode::Afterwards, "afterwards"),
    ]
    .into_iter()
    .filter_map(|(how, words)| {
        Some(count(how))
            .filter(|count| *count > 0)
            .map(|count| format!("{count} {words}"))
    })
    .collect();
    parts.join(&format!(" {} ", theme.dot()))
}

/// One step: number, mode and name; reason, command and undo below.
fn draw_plan_step(
    model: &Model,
    steps: &[PlanStep],
    at: usize,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let Some(step) = steps.get(at) else {
        return Vec::new();
    };
    let (glyph, word, role) = labels::label_step_mode(theme, step.how);
    let skipped = step.how == StepMode::Skip;
    let indent = measure_step_indent(steps, theme);
    let room = columns.saturating_sub(indent);
    let number = if skipped {
        String::new()
    } else {
        (steps
            .iter()
            .take(at + 1)
            .filter(|step| step.how != StepMode::Skip)
            .count())
        .to_string()
    };
    let name_role = if skipped { Role::Struck } else { Role::Strong };
    let mut lines = Vec::new();
    for (row, part) in text::wrap_columns(&step.step.shown(), room)
        .into_iter()
        .enumerate()
    {
        let lead = if row == 0 {
            vec![
                Span::styled(
                    format!("{} ", text::pad_left(&number, 2)),
                    theme.style(Role::Dim),
                ),
                pieces::marked_word(theme, role, glyph, word, indent - NUMBER),
            ]
        } else {
            vec![Span::raw(" ".repeat(indent))]
        };
        lines.push(Line::from(
            [lead, vec![Span::styled(part, theme.style(name_role))]].concat(),
        ));
    }
    let below = |label: &str, text: &str, role: Role| {
        let label = if label.is_empty() {
            String::new()
        } else {
            format!("{label} ")
        };
        let lead = text::measure_text_width(&label);
        text::wrap_columns(&escape_invisible(text), room.saturating_sub(lead))
            .into_iter()
            .enumerate()
            .map(|(row, part)| {
                let label = if row == 0 {
                    label.clone()
                } else {
                    " ".repeat(lead)
                };
                Line::from(vec![
                    Span::raw(" ".repeat(indent)),
                    Span::styled(label, theme.style(Role::Dim)),
                    Span::styled(part, theme.style(role)),
                ])
            })
            .collect::<Vec<_>>()
    };
    if !step.why.is_empty() {
        lines.extend(match step.how {
            StepMode::Verify if step.expect.is_none() => {
                below("expect:", &step.why.shown(), Role::Text)
            }
            _ => below("", &step.why.shown(), Role::Dim),
        });
    }
    if let Some(command) = &step.command {
        lines.extend(draw_step_command(
            &command.shown_lines(),
            indent,
            columns,
            theme,
        ));
    }
    if let Some(expect) = &step.expect {
        lines.extend(below("expect:", &expect.shown(), Role::Text));
    }
    if let Some(undo) = &step.undo {
        lines.extend(below("undo:", &undo.shown(), Role::Text));
    }
    lines
}

/// A command of a step. One that would be broken goes further to the left: it is read as one, and
/// copied.
fn draw_step_command(
    command: &str,
    indent: usize,
    columns: usize,
    theme: Theme,
) -> Vec<Line<'static>> {
    let widths = command.lines().map(text::measure_text_width);
    let broken = widths.max().unwrap_or(0) + 2 > columns.saturating_sub(indent);
    let indent = if broken { NUMBER } else { indent };
    pieces::draw_code_block(command, indent, columns, theme)
}

/// The first block to show, each with its gap below it: the one under the cursor is in sight, and
/// nothing is left empty below. `before` is the one that was first in the last frame; with none the
/// first of all is.
fn choose_first_block(
    sizes: &[usize],
    gap: usize,
    height: usize,
    cursor: usize,
    before: Option<usize>,
) -> usize {
    let mut first = before.map_or(0, |before| before.min(cursor));
    let rows = |from: usize, until: usize| {
        let shown = sizes.iter().take(until).skip(from);
        shown.sum::<usize>().saturating_sub(gap)
    };
    while before.is_some() && first < cursor && rows(first, cursor + 1) > height {
        first += 1;
    }
    // nothing is left empty below while steps are hidden above
    while first > 0 && rows(first - 1, sizes.len()) <= height {
        first -= 1;
    }
    first
}

/// Steps one below the other with a blank line between where there is room; the one under the
/// cursor stays in sight.
fn draw_blocks(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    blocks: &[Vec<Line<'static>>],
    active: bool,
) {
    let theme = model.theme;
    let height = usize::from(area.height);
    let total: usize = blocks
        .iter()
        .map(|block| block.len() + 1)
        .sum::<usize>()
        .saturating_sub(1);
    let gap = usize::from(total <= height || height > 24);
    let state = &model.screens.plan.list;
    let cursor = state.cursor.min(blocks.len().saturating_sub(1));
    let sizes: Vec<usize> = blocks.iter().map(|block| block.len() + gap).collect();
    let before = if active { Some(state.offset) } else { None };
    let first = choose_first_block(&sizes, gap, height, cursor, before);
    let mut y = area.y;
    let mut shown = 0;
    for (at, block) in blocks.iter().enumerate().skip(first) {
        if y >= area.bottom() {
            break;
        }
        let here = active && at == cursor;
        let top = y;
        for (row, line) in block.iter().enumerate() {
            if y >= area.bottom() {
                break;
            }
            let mut line = line.clone();
            let mark = if here && row == 0 {
                theme.cursor()
            } else {
                " "
            };
            line.spans
                .insert(0, Span::styled(mark.to_owned(), theme.style(Role::Focus)));
            if here && row == 0 {
                line = line.patch_style(ratatui::style::Style::new().add_modifier(Modifier::BOLD));
            }
            canvas.render_widget(
                Paragraph::new(line),
                Rect {
                    y,
                    height: 1,
                    width: area.width.saturating_sub(1),
                    ..area
                },
            );
            y += 1;
        }
        if active {
            canvas.measured.hit(
                Rect {
                    y: top,
                    height: y.saturating_sub(top),
                    ..area
                },
                Action::Select(at),
            );
        }
        shown += 1;
        y = y.saturating_add(u16::try_from(gap).unwrap_or(0));
    }
    if active {
        let page = shown.max(2);
        canvas
            .measured
            .lists
            .push((ScrolledPart::Plan, first, page));
    }
    let rows_before: usize = sizes.iter().take(first).sum();
    lists::scroll_mark(
        canvas,
        area,
        theme,
        rows_before,
        height,
        sizes.iter().sum::<usize>().saturating_sub(gap),
    );
}
