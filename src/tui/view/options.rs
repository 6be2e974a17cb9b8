//! Options side by side with what stands in their way, and the last events: the right part of
//! screen 1 on wide terminals.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{record, widgets};
use crate::model::{Decision, OptionState, OptionStatus};
use crate::tui::Model;
use crate::tui::theme::{Role, Theme};

/// Draws both.
pub fn draw_options(frame: &mut Frame, area: Rect, model: &Model) {
    let columns = usize::from(area.width).saturating_sub(3);
    let log = draw_last_events(model, columns, usize::from(area.height / 3));
    let events = u16::try_from(log.len()).unwrap_or(u16::MAX);
    let [top, bottom] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(if events == 0 { 0 } else { events + 1 }),
    ])
    .areas(area);
    let inner = widgets::draw_panel(frame, top, model, "options", "", false);
    if let Some(decision) = model.decision() {
        let columns = usize::from(inner.width);
        let mut lines: Vec<Line> = Vec::new();
        for status in sort_options(decision) {
            lines.extend(draw_option_rows(model, decision, status, columns));
        }
        frame.render_widget(Paragraph::new(lines), inner);
    }
    if events > 0 {
        let inner = widgets::draw_panel(frame, bottom, model, "record", "8 shows all", false);
        frame.render_widget(Paragraph::new(log), inner);
    }
}

/// The last events in at most so many lines, the newest below: in two lines where there is room.
fn draw_last_events(model: &Model, columns: usize, height: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line> = Vec::new();
    for event in model.events.iter().rev() {
        let left = height.saturating_sub(lines.len());
        if left == 0 {
            break;
        }
        // the events before it are worth more than the second line of one
        let most = if left > model.events.len() { 2 } else { 1 };
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
    let indent = widgets::measure_text_width(&time);
    widgets::wrap_most(
        &record::write_event_sentence(model, event),
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
            Span::raw(part),
        ])
    })
    .collect()
}

/// The recommended option first, then by how clear the way is.
pub fn sort_options(decision: &Decision) -> Vec<&OptionStatus> {
    let mut options: Vec<&OptionStatus> = decision
        .options
        .iter()
        .filter(|status| !status.is_beside_the_point())
        .collect();
    options.sort_by_key(|status| (status.option != decision.option, status.state));
    options
}

/// Glyph, word and role of a state.
pub fn label_option_state(theme: Theme, state: OptionState) -> (&'static str, &'static str, Role) {
    match state {
        OptionState::Cleared => (theme.tick(), "cleared", Role::Good),
        OptionState::Conditional => (theme.half(), "with conditions", Role::Warn),
        OptionState::NotCleared => ("?", "not cleared", Role::Warn),
        OptionState::Removed => (theme.cross(), "removed", Role::Dim),
    }
}

fn draw_option_rows(
    model: &Model,
    decision: &Decision,
    status: &OptionStatus,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let (glyph, word, role) = label_option_state(theme, status.state);
    let here = status.option == decision.option;
    let name_role = match (here, status.state) {
        (true, _) => Role::Strong,
        (_, OptionState::Removed) => Role::Struck,
        _ => Role::Text,
    };
    let mark = if here { theme.cursor() } else { " " };
    let mut lines = vec![widgets::draw_left_right_line(
        vec![
            Span::styled(format!("{mark} "), theme.style(Role::Focus)),
            Span::styled(format!("{glyph} "), theme.style(role)),
            Span::styled(status.option.title(), theme.style(name_role)),
        ],
        vec![Span::styled(word, theme.style(role))],
        columns,
    )];
    let blockers = status
        .blockers
        .iter()
        .take(1)
        .map(|reason| reason.says.clone());
    let conditions = status
        .conditions
        .iter()
        .take(1)
        .map(|condition| condition.says.clone());
    let says: Vec<String> = match status.state {
        OptionState::Cleared => Vec::new(),
        OptionState::Conditional => conditions.collect(),
        _ => blockers.collect(),
    };
    for says in says {
        for part in widgets::wrap_columns(
            &crate::model::escape_invisible(&says),
            columns.saturating_sub(4),
        )
        .into_iter()
        .take(2)
        {
            lines.push(Line::styled(format!("    {part}"), theme.style(Role::Dim)));
        }
    }
    lines
}
