//! Screen 3: one question with what is known about it; the list of all beside or below.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Span;

use crate::decision::Conflict;
use crate::model::NextQuestion;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{lists, panel, text, words};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::questions::block;
use crate::tui::screens::questions::query::{SPEC, build_question_rows};
use crate::tui::screens::questions::state::{QuestionRow, QuestionStanding};
use crate::tui::theme::Role;

/// Columns of the word before the question.
const LABEL: usize = 7;

/// Rows that are left to the list of all questions.
const LEAST_LIST: u16 = 3;

/// Draws it.
pub fn draw_questions(canvas: &mut Canvas, area: Rect, model: &Model) {
    if area.width >= WIDE {
        let (left, right) = panel::split_columns(canvas, area, model.theme, 47);
        draw_focused_question(canvas, left, model);
        draw_question_list(canvas, right, model);
        return;
    }
    let columns = usize::from(area.width).saturating_sub(4);
    let mut block = block::build_question_block(model, columns, LABEL, true);
    if block.least() + LEAST_LIST > area.height {
        block = block::build_packed_block(model, columns, LABEL, true);
    }
    // no key is left out for the word before the question
    if block.least() + LEAST_LIST > area.height {
        block = block::build_packed_block(model, columns, 0, true);
    }
    let rows = u16::try_from(block.lines.len())
        .unwrap_or(u16::MAX)
        .min(area.height / 2)
        .max(block.least().min(area.height.saturating_sub(LEAST_LIST)));
    let [top, bottom] =
        Layout::vertical([Constraint::Length(rows + 1), Constraint::Fill(1)]).areas(area);
    block::draw_question_block(
        canvas,
        panel::inset_area(panel::inset_area(Rect {
            height: rows,
            ..top
        })),
        model,
        block,
    );
    draw_question_list(canvas, bottom, model);
}

fn draw_focused_question(canvas: &mut Canvas, area: Rect, model: &Model) {
    let inside = panel::inset_area(panel::inset_area(area));
    let block = block::build_question_block(model, usize::from(inside.width), LABEL, true);
    block::draw_question_block(canvas, inside, model, block);
}

fn draw_question_list(canvas: &mut Canvas, area: Rect, model: &Model) {
    let rows = build_question_rows(model);
    let count = |wanted: QuestionStanding| {
        rows.iter()
            .filter(
                |row| matches!(row, QuestionRow::Question { standing, .. } if *standing == wanted),
            )
            .count()
    };
    let note = format!(
        "{} open {} {} asked {} {} answered",
        count(QuestionStanding::Open),
        model.theme.dot(),
        count(QuestionStanding::Asked),
        model.theme.dot(),
        count(QuestionStanding::Answered)
    );
    let focused = model.focus != Focus::Question || model.asking().is_none();
    let inner = panel::draw_panel(canvas, area, model, "all questions", &note, focused);
    if rows.is_empty() {
        panel::draw_empty_notice(
            canvas,
            inner,
            model,
            "The questions come with the first verdict.",
        );
        return;
    }
    let theme = model.theme;
    lists::draw_tall_list(canvas, inner, model, SPEC, |at, columns| {
        match rows.get(at) {
            Some(QuestionRow::Heading(title, count)) => vec![vec![Span::styled(
                format!("{title} ({count})"),
                theme.style(Role::Dim),
            )]],
            Some(QuestionRow::Conflict(conflict)) => vec![draw_conflict_row(model, conflict)],
            Some(QuestionRow::Question {
                next,
                standing,
                known,
            }) => draw_question_row(model, next, *standing, known, columns),
            None => Vec::new(),
        }
    });
}

/// A fact of which sources disagree, with what each of them said.
fn draw_conflict_row(model: &Model, conflict: &Conflict) -> Vec<Span<'static>> {
    let theme = model.theme;
    let said = conflict
        .said
        .iter()
        .map(|fact| {
            format!(
                "{} ({})",
                words::write_fact_value(&fact.value),
                block::describe_fact_origin(model, fact)
            )
        })
        .collect::<Vec<_>>()
        .join("; ");
    vec![
        Span::styled(
            "≠ ".replace('≠', theme.pick("≠", "!")),
            theme.style(Role::Warn),
        ),
        Span::raw(format!("{} {said}", words::fact_asks(model, &conflict.key))),
    ]
}

/// A question: how it stands, its words, and what is known.
fn draw_question_row(
    model: &Model,
    next: &NextQuestion,
    standing: QuestionStanding,
    known: &str,
    columns: usize,
) -> Vec<Vec<Span<'static>>> {
    let theme = model.theme;
    let (glyph, role) = match standing {
        QuestionStanding::Open => (theme.empty(), Role::Focus),
        QuestionStanding::Asked => (theme.half(), Role::Warn),
        QuestionStanding::Answered => (theme.done(), Role::Text),
        QuestionStanding::Sensed => (theme.tick(), Role::Dim),
        QuestionStanding::Idle => (theme.dot(), Role::Dim),
    };
    let right = if known.is_empty() && standing == QuestionStanding::Asked {
        "asked".to_owned()
    } else {
        text::clip_words(known, columns / 3, theme)
    };
    let room = columns.saturating_sub(text::measure_text_width(&right) + 4);
    // beside the question there is room for every word; below it a line each has to do
    let most = if model.size.0 >= WIDE { 2 } else { 1 };
    let mut asks =
        text::wrap_most(&model.filled(&next.asks.shown()), room, most, theme).into_iter();
    let text_role = if matches!(standing, QuestionStanding::Idle | QuestionStanding::Sensed) {
        Role::Dim
    } else {
        Role::Text
    };
    let first = text::draw_left_right_line(
        vec![
            Span::styled(format!("{glyph} "), theme.style(role)),
            Span::styled(asks.next().unwrap_or_default(), theme.style(text_role)),
        ],
        vec![Span::styled(right, theme.style(Role::Strong))],
        columns,
    )
    .spans;
    let more = asks.map(|part| vec![Span::styled(format!("  {part}"), theme.style(text_role))]);
    std::iter::once(first).chain(more).collect()
}
