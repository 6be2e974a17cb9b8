//! The last events, and the steps of another way, beside the board.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::session::{EventKind, StepStanding};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::panel::PanelBorder;
use crate::tui::draw::{panel, text};
use crate::tui::model::Model;
use crate::tui::screens::now::query::find_selected_option;
use crate::tui::screens::plan::query::{
    count_plan_progress, list_plan_rows, list_planned_options, shows_run,
};
use crate::tui::screens::record::sentence::write_event_sentence;
use crate::tui::theme::{Role, Theme};

/// Draws the last events, as many as there is room for.
pub fn draw_timeline(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let zone = if model.is_utc() { "UTC" } else { "local time" };
    let border = PanelBorder {
        title: vec![Span::styled("Timeline", theme.style(Role::Strong))],
        figure: vec![Span::styled(zone, theme.style(Role::Dim))],
        below: "8 shows all".to_owned(),
        focused: false,
        flat: false,
    };
    let inner = panel::draw_bordered_panel(canvas, area, theme, border);
    let (columns, rows) = (usize::from(inner.width), usize::from(inner.height));
    if model.events.is_empty() {
        panel::draw_empty_notice(canvas, inner, model, "Nothing is recorded yet.");
        return;
    }
    let lines = (1..=4)
        .rev()
        .map(|most| draw_last_events(model, columns, usize::MAX, most))
        .find(|lines| lines.len() <= rows)
        .unwrap_or_else(|| draw_last_events(model, columns, rows, 1));
    canvas.render_widget(Paragraph::new(lines), inner);
}

/// Lines that the timeline takes with every event in full.
pub fn measure_whole_timeline(model: &Model, columns: usize) -> usize {
    draw_last_events(model, columns, usize::MAX, 4).len()
}

/// The first way with steps that is not the one under the cursor, whose steps stand beside it.
pub fn find_other_way(model: &Model) -> Option<crate::model::OptionId> {
    let here = find_selected_option(model);
    list_planned_options(model)
        .into_iter()
        .find(|option| Some(*option) != here)
}

/// The steps of a way, as many as there is room for.
pub fn draw_way_steps(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    option: crate::model::OptionId,
) {
    let theme = model.theme;
    let rows = list_plan_rows(model, Some(option));
    let figure = if shows_run(model, option) {
        let progress = count_plan_progress(model, option);
        format!("{} of {} done", progress.done, progress.steps)
    } else {
        format!("{} steps", rows.len())
    };
    let border = PanelBorder {
        title: vec![
            Span::styled("Steps: ", theme.style(Role::Strong)),
            Span::styled(
                model.option_title(option),
                theme.style(Theme::option(option)),
            ),
        ],
        figure: vec![Span::styled(figure, theme.style(Role::Dim))],
        below: "7 shows them with commands".to_owned(),
        focused: false,
        flat: false,
    };
    let inner = panel::draw_bordered_panel(canvas, area, theme, border);
    let columns = usize::from(inner.width);
    let numbers = crate::usecase::number_run_rows(&rows);
    let mut lines: Vec<Line> = Vec::new();
    for (row, number) in rows.iter().zip(numbers) {
        let (mark, role) = match row.standing() {
            StepStanding::Done => (theme.tick(), Role::Good),
            StepStanding::Failed => (theme.cross(), Role::Bad),
            StepStanding::Running => (theme.half(), Role::Warn),
            StepStanding::Skipped => ("-", Role::Dim),
            StepStanding::Open if number.is_none() => ("-", Role::Dim),
            StepStanding::Open => (theme.empty(), Role::Dim),
        };
        let number = number.map_or_else(String::new, |number| format!("{number}."));
        let lead = format!("{number:>3} ");
        let text = row.says().into_owned();
        let plain = if row.is_open() { Role::Text } else { Role::Dim };
        for (at, part) in text::wrap_most(&text, columns.saturating_sub(7), 3, theme)
            .into_iter()
            .enumerate()
        {
            let first = at == 0;
            lines.push(Line::from(vec![
                Span::styled(
                    if first {
                        format!("{mark} ")
                    } else {
                        "  ".to_owned()
                    },
                    theme.style(role),
                ),
                Span::styled(
                    if first {
                        lead.clone()
                    } else {
                        "    ".to_owned()
                    },
                    theme.style(Role::Dim),
                ),
                Span::styled(part, theme.style(plain)),
            ]));
        }
    }
    let room = usize::from(inner.height);
    if lines.len() > room {
        lines.truncate(room.saturating_sub(1));
        lines.push(Line::styled(theme.ellipsis(), theme.style(Role::Dim)));
    }
    canvas.render_widget(Paragraph::new(lines), inner);
}

/// Rows that the timeline takes where every event has one line, borders too.
pub fn measure_timeline(model: &Model) -> usize {
    model.events.len().max(1) + 2
}

/// The last events, the newest below, in at most so many lines together and `most` lines each.
fn draw_last_events(
    model: &Model,
    columns: usize,
    height: usize,
    most: usize,
) -> Vec<Line<'static>> {
    let mut lines: Vec<Line> = Vec::new();
    for event in model.events.iter().rev() {
        let left = height.saturating_sub(lines.len());
        if left == 0 {
            break;
        }
        // the events before it are worth more than the second line of one
        let most = if left > model.events.len() { most } else { 1 };
        lines.extend(
            draw_event_lines(model, event, columns, most)
                .into_iter()
                .rev(),
        );
    }
    lines.reverse();
    lines
}

fn draw_event_lines(
    model: &Model,
    event: &crate::session::Event,
    columns: usize,
    most: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let time = format!("{}  ", model.clock(event.at));
    let indent = text::measure_text_width(&time);
    // a verdict and a decision have the hue of their option
    let style = match &event.what {
        EventKind::Verdict { option, .. } | EventKind::Decided { option, .. } => theme
            .style(Theme::option(*option))
            .remove_modifier(Modifier::BOLD),
        _ => theme.style(Role::Text),
    };
    text::wrap_most(
        &write_event_sentence(model, event),
        columns.saturating_sub(indent),
        most,
        theme,
    )
    .into_iter()
    .enumerate()
    .map(|(at, part)| {
        let before = if at == 0 {
            time.clone()
        } else {
            " ".repeat(indent)
        };
        Line::from(vec![
            Span::styled(before, theme.style(Role::Dim)),
            Span::styled(part, style),
        ])
    })
    .collect()
}
