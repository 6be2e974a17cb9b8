//! What is said of options everywhere: their order, their states in glyph and word; and the last
//! events beside the board.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{record, widgets};
use crate::model::{Decision, OptionState, OptionStatus};
use crate::session::EventKind;
use crate::tui::Model;
use crate::tui::state::plan;
use crate::tui::theme::{Role, Theme};

/// Draws the last events, as many as there is room for.
pub fn draw_timeline(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = model.theme;
    let zone = if model.is_utc() { "UTC" } else { "local time" };
    let border = widgets::PanelBorder {
        title: vec![Span::styled("Timeline", theme.style(Role::Strong))],
        figure: vec![Span::styled(zone, theme.style(Role::Dim))],
        below: "8 shows all".to_owned(),
        focused: false,
    };
    let inner = widgets::draw_bordered_panel(frame, area, theme, border);
    let (columns, rows) = (usize::from(inner.width), usize::from(inner.height));
    if model.events.is_empty() {
        widgets::draw_empty_notice(frame, inner, model, "Nothing is recorded yet.");
        return;
    }
    let lines = (1..=4)
        .rev()
        .map(|most| draw_last_events(model, columns, usize::MAX, most))
        .find(|lines| lines.len() <= rows)
        .unwrap_or_else(|| draw_last_events(model, columns, rows, 1));
    frame.render_widget(Paragraph::new(lines), inner);
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
    let indent = widgets::measure_text_width(&time);
    // a verdict and a decision have the hue of their option
    let style = match &event.what {
        EventKind::Verdict { option, .. } | EventKind::Decided { option, .. } => theme
            .style(Theme::option(*option))
            .remove_modifier(Modifier::BOLD),
        _ => theme.style(Role::Text),
    };
    widgets::wrap_words(
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
            Span::styled(part, style),
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
        OptionState::Cleared => (theme.done(), "cleared", Role::Good),
        OptionState::Conditional => (theme.half(), "on conditions", Role::Warn),
        OptionState::NotCleared => (theme.empty(), "not settled", Role::Warn),
        OptionState::Removed => (theme.cross(), "removed", Role::Dim),
    }
}

/// The same for an option of the board; what was tried and failed is not cleared.
pub fn label_option_standing(
    model: &Model,
    status: &OptionStatus,
) -> (&'static str, &'static str, Role) {
    let theme = model.theme;
    let failed = status.state <= OptionState::Conditional
        && plan::describe_failed_step(model, status.option).is_some();
    if failed {
        (theme.cross(), "step failed", Role::Bad)
    } else {
        label_option_state(theme, status.state)
    }
}
