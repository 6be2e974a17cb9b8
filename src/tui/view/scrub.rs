//! The verdict over time on one line, in a replay: where the moment shown stands, and a place to
//! click for another one. A second session has a line of its own, on the same scale.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::widgets;
use crate::session::Event;
use crate::tui::theme::{Role, Theme};
use crate::tui::{Action, Model, state};

/// Columns of the clock on either side.
const CLOCK: usize = 7;

/// Lines it takes.
pub fn count_scrub_rows(model: &Model) -> u16 {
    match (model.replay, model.events.len()) {
        (Some(_), 2..) => 1 + u16::from(model.second.is_some()),
        _ => 0,
    }
}

/// Draws the line, or both.
pub fn draw_scrub(frame: &mut Frame, area: Rect, model: &Model) {
    if area.height == 0 {
        return;
    }
    let sessions = [
        Some(model.events.as_slice()),
        model.second.as_deref().map(Vec::as_slice),
    ];
    let seconds = |events: &[Event]| match (events.first(), events.last()) {
        (Some(first), Some(last)) => last.at.duration_since(first.at).as_secs().max(1),
        _ => 1,
    };
    let longest = sessions
        .iter()
        .flatten()
        .map(|events| seconds(events))
        .max();
    for (row, events) in sessions.into_iter().flatten().enumerate() {
        let place = Rect {
            y: area.y + u16::try_from(row).unwrap_or(0),
            height: 1,
            ..area
        };
        let name = match (&model.second, row) {
            (None, _) => "",
            (Some(_), 0) => "A ",
            _ => "B ",
        };
        draw_session_band(frame, place, model, events, name, longest.unwrap_or(1));
    }
}

/// Where a time lies on the band.
fn find_column(began: Timestamp, at: Timestamp, scale: i64, columns: usize) -> usize {
    let passed = at.duration_since(began).as_secs().clamp(0, scale);
    let last = i64::try_from(columns.saturating_sub(1)).unwrap_or(0);
    usize::try_from(passed * last / scale.max(1)).unwrap_or(0)
}

fn draw_session_band(
    frame: &mut Frame,
    area: Rect,
    model: &Model,
    events: &[Event],
    name: &str,
    scale: i64,
) {
    let theme = model.theme;
    let Some((first, last)) = events.first().zip(events.last()) else {
        return;
    };
    let columns = usize::from(area.width).saturating_sub(2 * CLOCK + name.len() + 1);
    let clock = |at: Timestamp| model.zone.to_datetime(at).strftime("%H:%M").to_string();
    let passed = model
        .events
        .first()
        .map_or(0, |began| model.now.duration_since(began.at).as_secs());
    let now = first
        .at
        .checked_add(jiff::SignedDuration::from_secs(passed))
        .unwrap_or(first.at);
    let here = find_column(first.at, now, scale, columns);
    let ends = find_column(first.at, last.at, scale, columns) + 1;
    let mut spans = vec![Span::styled(
        format!(" {name}{} ", clock(first.at)),
        theme.style(Role::Dim),
    )];
    spans.extend(draw_band(
        events,
        theme,
        first.at,
        scale,
        (columns, ends),
        here,
    ));
    spans.push(Span::styled(
        format!(" {}", clock(last.at)),
        theme.style(Role::Dim),
    ));
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
    // a click goes to the last event at or before the time of its column
    if name == "B " {
        return;
    }
    // beside the line lie its ends
    let half = area.width / 2;
    for (x, event) in [(area.x, first), (area.x + half, last)] {
        let place = Rect {
            x,
            width: half,
            ..area
        };
        model.measured.hit(place, Action::Scrub(event.seq));
    }
    let start = area.x + u16::try_from(CLOCK + name.len()).unwrap_or(0);
    for column in 0..ends {
        let until = |event: &&Event| find_column(first.at, event.at, scale, columns) <= column;
        if let Some(event) = events.iter().rev().find(until) {
            let place = Rect {
                x: start + u16::try_from(column).unwrap_or(0),
                width: 1,
                ..area
            };
            model.measured.hit(place, Action::Scrub(event.seq));
        }
    }
}

/// The stretches, each in the hue of its option and with its words where they have room.
fn draw_band(
    events: &[Event],
    theme: Theme,
    began: Timestamp,
    scale: i64,
    (columns, ends): (usize, usize),
    here: usize,
) -> Vec<Span<'static>> {
    let stretches = state::replay::list_verdict_stretches(events);
    let mut cells: Vec<(String, Role)> = vec![(" ".to_owned(), Role::Text); columns];
    for (at, stretch) in stretches.iter().enumerate() {
        let from = find_column(began, stretch.from, scale, columns);
        let until = stretches
            .get(at + 1)
            .map_or(ends, |next| find_column(began, next.from, scale, columns));
        let (role, says) = match stretch.verdict {
            Some((option, strength)) => (
                Theme::option(option),
                format!("{}, {}", option.title().to_lowercase(), strength.id()),
            ),
            None => (Role::Dim, "no verdict yet".to_owned()),
        };
        let line = theme.pick("━", "=");
        for cell in cells.iter_mut().take(until).skip(from) {
            *cell = (line.to_owned(), role);
        }
        // where one ends and another begins is seen without colour
        if let Some(cell) = cells.get_mut(from).filter(|_| at > 0) {
            *cell = (theme.pick("┃", "|").to_owned(), role);
        }
        let room = until.saturating_sub(from + 3);
        if widgets::measure_text_width(&says) + 2 <= room {
            let text = format!(" {says} ");
            for (offset, letter) in text.chars().enumerate() {
                if let Some(cell) = cells.get_mut(from + 2 + offset) {
                    *cell = (letter.to_string(), role);
                }
            }
        }
    }
    cells
        .into_iter()
        .enumerate()
        .map(|(at, (text, role))| {
            if at == here {
                let style = theme.style(Role::Cursor).add_modifier(Modifier::BOLD);
                return Span::styled(theme.pick("◆", "*"), style);
            }
            Span::styled(text, theme.style(role))
        })
        .collect()
}
