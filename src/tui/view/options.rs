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

/// Draws both: sentences in full where all of them have the room for it.
pub fn draw_options(frame: &mut Frame, area: Rect, model: &Model) {
    let columns = usize::from(area.width).saturating_sub(3);
    let height = usize::from(area.height);
    let options = |most: usize| -> Vec<Line<'static>> {
        let sorted = model
            .decision()
            .map(|decision| (decision, sort_options(decision)));
        let (decision, sorted) = match sorted {
            Some(both) => both,
            None => return Vec::new(),
        };
        let rows = sorted
            .into_iter()
            .map(|status| draw_option_rows(model, decision, status, columns, most));
        rows.flatten().collect()
    };
    let log = |most: usize| draw_last_events(model, columns, height / 3, most);
    // two headings and the line between
    let fits = |options: &[Line], log: &[Line]| options.len() + log.len() + 3 <= height;
    let (lines, log) = [(4, 2), (3, 2), (3, 1)]
        .into_iter()
        .map(|(of_option, of_event)| (options(of_option), log(of_event)))
        .find(|(lines, log)| fits(lines, log))
        .unwrap_or_else(|| (options(2), log(1)));
    let events = u16::try_from(log.len()).unwrap_or(u16::MAX);
    let [top, bottom] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(if events == 0 { 0 } else { events + 1 }),
    ])
    .areas(area);
    let inner = widgets::draw_panel(frame, top, model, "options", "", false);
    frame.render_widget(Paragraph::new(lines), inner);
    if events > 0 {
        let inner = widgets::draw_panel(frame, bottom, model, "record", "8 shows all", false);
        frame.render_widget(Paragraph::new(log), inner);
    }
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
    most: usize,
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
        for part in widgets::wrap_most(
            &crate::model::escape_invisible(&says),
            columns.saturating_sub(4),
            most,
            theme,
        ) {
            lines.push(Line::styled(format!("    {part}"), theme.style(Role::Dim)));
        }
    }
    lines
}
