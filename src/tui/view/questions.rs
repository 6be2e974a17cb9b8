//! Screen 3: one question with what is known about it; the list of all beside or below.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Span;

use super::{question, widgets, words};
use crate::tui::Model;
use crate::tui::model::Focus;
use crate::tui::state::questions::{self, Row, Standing};
use crate::tui::theme::Role;

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    if area.width >= super::WIDE {
        let (left, right) = widgets::columns(frame, area, model.theme, 47);
        one(frame, left, model);
        all(frame, right, model);
        return;
    }
    let block = question::block(model, usize::from(area.width).saturating_sub(4), 7, true);
    let rows = u16::try_from(block.lines.len())
        .unwrap_or(u16::MAX)
        .min(area.height / 2)
        .max(block.least().min(area.height.saturating_sub(3)));
    let [top, bottom] =
        Layout::vertical([Constraint::Length(rows + 1), Constraint::Fill(1)]).areas(area);
    question::draw(
        frame,
        widgets::inset(widgets::inset(Rect {
            height: rows,
            ..top
        })),
        model,
        block,
    );
    all(frame, bottom, model);
}

fn one(frame: &mut Frame, area: Rect, model: &Model) {
    let inside = widgets::inset(widgets::inset(area));
    let block = question::block(model, usize::from(inside.width), 7, true);
    question::draw(frame, inside, model, block);
}

fn all(frame: &mut Frame, area: Rect, model: &Model) {
    let rows = questions::rows(model);
    let count = |wanted: Standing| {
        rows.iter()
            .filter(|row| matches!(row, Row::Question { standing, .. } if *standing == wanted))
            .count()
    };
    let note = format!(
        "{} open {} {} asked {} {} answered",
        count(Standing::Open),
        model.theme.dot(),
        count(Standing::Asked),
        model.theme.dot(),
        count(Standing::Answered)
    );
    let focused = model.focus != Focus::Question || model.asking().is_none();
    let inner = widgets::panel(frame, area, model, "all questions", &note, focused);
    if rows.is_empty() {
        widgets::empty(
            frame,
            inner,
            model,
            "The questions come with the first verdict.",
        );
        return;
    }
    let theme = model.theme;
    widgets::tall(
        frame,
        inner,
        model,
        questions::SPEC,
        |at, columns| match rows.get(at) {
            Some(Row::Heading(title, count)) => vec![vec![Span::styled(
                format!("{title} ({count})"),
                theme.style(Role::Dim),
            )]],
            Some(Row::Conflict(conflict)) => {
                let said = conflict
                    .said
                    .iter()
                    .map(|fact| {
                        format!(
                            "{} ({})",
                            words::value(&fact.value),
                            question::origin(model, fact)
                        )
                    })
                    .collect::<Vec<_>>()
                    .join("; ");
                vec![vec![
                    Span::styled(
                        "≠ ".replace('≠', theme.pick("≠", "!")),
                        theme.style(Role::Warn),
                    ),
                    Span::raw(format!("{} {said}", words::fact_asks(model, &conflict.key))),
                ]]
            }
            Some(Row::Question {
                next,
                standing,
                known,
            }) => {
                let (glyph, role) = match standing {
                    Standing::Open => (theme.empty(), Role::Focus),
                    Standing::Asked => (theme.half(), Role::Warn),
                    Standing::Answered => (theme.done(), Role::Text),
                    Standing::Sensed => (theme.tick(), Role::Dim),
                    Standing::Idle => (theme.dot(), Role::Dim),
                };
                let right = if known.is_empty() && *standing == Standing::Asked {
                    "asked".to_owned()
                } else {
                    widgets::clip(known, columns / 3, theme)
                };
                let room = columns.saturating_sub(widgets::width(&right) + 5);
                // beside the question there is room for every word; below it a line each has to do
                let most = if model.size.0 >= super::WIDE { 2 } else { 1 };
                let mut asks =
                    widgets::wrap_most(&model.filled(&next.asks), room, most, theme).into_iter();
                let text_role = if matches!(standing, Standing::Idle | Standing::Sensed) {
                    Role::Dim
                } else {
                    Role::Text
                };
                let first = widgets::sides(
                    vec![
                        Span::styled(format!("{glyph} "), theme.style(role)),
                        Span::styled(asks.next().unwrap_or_default(), theme.style(text_role)),
                    ],
                    // a blank before the scroll mark
                    vec![Span::styled(format!("{right} "), theme.style(Role::Strong))],
                    columns,
                )
                .spans;
                let more = asks
                    .map(|part| vec![Span::styled(format!("  {part}"), theme.style(text_role))]);
                std::iter::once(first).chain(more).collect()
            }
            None => Vec::new(),
        },
    );
}
