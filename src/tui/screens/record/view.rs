//! Screen 8: the log as it will be read afterwards.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::Mode;
use crate::session::{Event, EventKind};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{lists, panel, text, words};
use crate::tui::model::Model;
use crate::tui::screens::record::load::SPEC;
use crate::tui::screens::record::replay::find_second_event;
use crate::tui::screens::record::sentence::write_event_sentence;
use crate::tui::theme::{Role, Theme};

/// Draws it.
pub fn draw_record(canvas: &mut Canvas, area: Rect, model: &Model) {
    if model.events.is_empty() {
        let inner = panel::draw_panel(canvas, area, model, "record", "", true);
        panel::draw_empty_notice(
            canvas,
            inner,
            model,
            "Nothing is recorded yet. Every answer, note and decision becomes a line here.",
        );
        return;
    }
    if model.zoomed {
        draw_event_list(canvas, area, model);
        return;
    }
    // two sessions are compared: both have the same room
    let (percent, below) = match model.second {
        Some(_) => (50, area.height / 2),
        None => (62, 6),
    };
    let (log, detail) = if area.width >= WIDE {
        panel::split_columns(canvas, area, model.theme, percent)
    } else {
        let [top, bottom] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(below)]).areas(area);
        (top, bottom)
    };
    draw_event_list(canvas, log, model);
    if let Some(second) = &model.second {
        draw_second_record(canvas, detail, model, second);
        return;
    }
    let verdicts = if area.width >= WIDE {
        over_time(model, usize::from(detail.width).saturating_sub(3))
    } else {
        Vec::new()
    };
    let rows = u16::try_from(verdicts.len())
        .unwrap_or(u16::MAX)
        .min(detail.height / 2);
    // below the event, near enough to be read with it, and moved only by one that needs the room
    let lines = if rows == 0 { 0 } else { rows + 1 };
    let text = write_event_detail(model, usize::from(detail.width).saturating_sub(3));
    let needed = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    let upper = if rows == 0 {
        detail.height
    } else {
        (detail.height / 3).max(needed)
    };
    let [upper, lower, _] = Layout::vertical([
        Constraint::Length(upper.min(detail.height.saturating_sub(lines))),
        Constraint::Length(lines),
        Constraint::Fill(1),
    ])
    .areas(detail);
    draw_event_detail(canvas, upper, model);
    if rows > 0 {
        let inner = panel::draw_panel(
            canvas,
            lower,
            model,
            "verdict over time",
            "back | forward",
            false,
        );
        let skip = verdicts.len().saturating_sub(usize::from(rows));
        canvas.render_widget(
            Paragraph::new(verdicts.into_iter().skip(skip).collect::<Vec<_>>()),
            inner,
        );
    }
}

/// The record of the second session, as far as it was after the same time.
fn draw_second_record(canvas: &mut Canvas, area: Rect, model: &Model, second: &[Event]) {
    let theme = model.theme;
    let note = format!("{} events", second.len());
    let inner = panel::draw_panel(canvas, area, model, "B", &note, false);
    let wording = crate::usecase::Wording::of_session(second);
    let columns = usize::from(inner.width);
    let at = find_second_event(&model.events, second, model.now).unwrap_or(0);
    let began = second.first().map_or(model.now, |event| event.at);
    let height = usize::from(inner.height);
    // the one at the same time stands in sight, with what came before above it
    let first = (at + 1).saturating_sub((height * 2 / 3).max(1));
    let lines: Vec<Line> = second
        .iter()
        .enumerate()
        .skip(first)
        .take(height)
        .map(|(row, event)| {
            let minutes = event.at.duration_since(began).as_secs() / 60;
            let says = crate::report::event_line(event, &wording);
            let says = crate::model::escape_invisible(&says).into_owned();
            let (mark, role) = match row.cmp(&at) {
                std::cmp::Ordering::Less => (" ", Role::Text),
                std::cmp::Ordering::Equal => (theme.cursor(), Role::Strong),
                std::cmp::Ordering::Greater => (" ", Role::Dim),
            };
            let text = text::clip_words(&says, columns.saturating_sub(11), theme);
            Line::from(vec![
                Span::styled(format!("{mark} "), theme.style(Role::Focus)),
                Span::styled(format!("{minutes:>4} min "), theme.style(Role::Dim)),
                Span::styled(text, theme.style(role)),
            ])
        })
        .collect();
    canvas.render_widget(Paragraph::new(lines), inner);
}

/// The verdicts one below the other: when, how far to which side, what.
fn over_time(model: &Model, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let half = columns.saturating_sub(44).clamp(6, 24) / 2;
    let (full, none) = (theme.pick("█", "#"), " ");
    let upto = model.replay.unwrap_or(u64::MAX);
    model
        .events
        .iter()
        .filter(|event| event.seq <= upto)
        .filter_map(|event| {
            let EventKind::Verdict {
                option,
                strength,
                margin,
                ..
            } = &event.what
            else {
                return None;
            };
            // five and more is as far as the bar goes: weights are small
            let filled =
                |towards: f64| ((towards.max(0.0) / 5.0 * half as f64).round() as usize).min(half);
            let (back, forward) = margin.map_or((0, 0), |margin| (filled(margin), filled(-margin)));
            Some(Line::from(text::fit_spans(
                vec![
                    Span::styled(
                        format!("{}  ", model.clock(event.at)),
                        theme.style(Role::Dim),
                    ),
                    Span::raw(none.repeat(half - back)),
                    Span::styled(full.repeat(back), theme.style(Role::Back)),
                    Span::styled(theme.bar(), theme.style(Role::Line)),
                    Span::styled(full.repeat(forward), theme.style(Role::Forward)),
                    Span::raw(none.repeat(half - forward)),
                    Span::styled(
                        format!("  {}", option.title()),
                        theme.style(Theme::option(*option)),
                    ),
                    Span::raw(format!(", {}", strength.id())),
                ],
                columns,
                theme,
            )))
        })
        .collect()
}

fn draw_event_list(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let zone = if model.is_utc() { "UTC" } else { "UTC, local" };
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        "record",
        &format!("{} events {} {zone}", model.events.len(), theme.dot()),
        true,
    );
    let withdrawn = crate::session::find_withdrawn_events(model.events.iter());
    let upto = model.replay.unwrap_or(u64::MAX);
    // every event in full where all of them have the room for it
    let height = usize::from(inner.height);
    let most = if whole_height(model, usize::from(inner.width)) <= height {
        MOST
    } else {
        1
    };
    lists::draw_tall_list(canvas, inner, model, SPEC, |at, columns| {
        let Some(event) = model.events.get(at) else {
            return Vec::new();
        };
        let gone = withdrawn.contains(&event.seq) || event.seq > upto;
        let role = match (&event.what, gone) {
            (_, true) => Role::Struck,
            (EventKind::Decided { .. }, _) => Role::Strong,
            (EventKind::Verdict { .. }, _) => Role::Title,
            _ => Role::Text,
        };
        let who = event
            .role
            .as_ref()
            .or(event.by.as_ref())
            .map(|who| text::clip_text(&who.shown(), 14, theme))
            .unwrap_or_default();
        let time = format_event_times(model, event);
        let head = format!("  {time}  ");
        let indent = 3 + text::measure_text_width(&head);
        let room = columns.saturating_sub(text::measure_text_width(&who) + 2);
        let mut parts = text::wrap_most(
            &write_row_sentence(model, event, gone && event.seq <= upto),
            room.saturating_sub(indent),
            most,
            theme,
        )
        .into_iter();
        let first = vec![
            Span::styled(
                text::pad_left(&event.seq.to_string(), 3),
                theme.style(Role::Dim),
            ),
            Span::styled(head, theme.style(Role::Dim)),
            Span::styled(parts.next().unwrap_or_default(), theme.style(role)),
        ];
        let first = text::draw_left_right_line(
            text::fit_spans(first, room, theme),
            vec![Span::styled(who, theme.style(Role::Dim))],
            columns,
        )
        .spans;
        let more = parts.map(|part| {
            vec![
                Span::raw(" ".repeat(indent)),
                Span::styled(part, theme.style(role)),
            ]
        });
        std::iter::once(first).chain(more).collect()
    });
}

/// Most lines of an event: the detail has the whole.
const MOST: usize = 3;

/// Lines that all events take at most, or more than any screen has where there are many of them.
fn whole_height(model: &Model, columns: usize) -> usize {
    if model.events.len() > 200 {
        return usize::MAX;
    }
    // the number, the time, the role and the mark of the list
    let room = columns.saturating_sub(36).max(1);
    let lines = model.events.iter().map(|event| {
        let wide = text::measure_text_width(&write_row_sentence(model, event, true));
        (wide / room + 1).min(MOST)
    });
    lines.sum()
}

/// What an event is, and that it was taken back.
fn write_row_sentence(model: &Model, event: &Event, taken_back: bool) -> String {
    let says = write_event_sentence(model, event);
    if taken_back {
        format!("{says} (taken back)")
    } else {
        says
    }
}

/// UTC, with the local time beside it where that is another.
fn format_event_times(model: &Model, event: &Event) -> String {
    let utc = jiff::tz::TimeZone::UTC
        .to_datetime(event.at)
        .strftime("%H:%M:%S")
        .to_string();
    if model.is_utc() {
        utc
    } else {
        format!(
            "{utc} {}",
            model.zone.to_datetime(event.at).strftime("%H:%M")
        )
    }
}

fn draw_event_detail(canvas: &mut Canvas, area: Rect, model: &Model) {
    let Some(event) = model.events.get(model.screens.record.list.cursor) else {
        return;
    };
    let note = if model.mode == Mode::Rehearsal {
        "rehearsal"
    } else {
        ""
    };
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        &format!("event {}", event.seq),
        note,
        false,
    );
    let lines = write_event_detail(model, usize::from(inner.width));
    canvas.render_widget(Paragraph::new(lines), inner);
}

/// The event under the cursor in full.
fn write_event_detail(model: &Model, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let Some(event) = model.events.get(model.screens.record.list.cursor) else {
        return Vec::new();
    };
    let mut lines: Vec<Line> = text::draw_wrapped_text(
        &write_event_sentence(model, event),
        columns,
        theme.style(Role::Text),
    );
    for text in list_event_details(model, event) {
        lines.extend(text::draw_wrapped_text(
            &crate::model::visible_lines(&text),
            columns,
            theme.style(Role::Dim),
        ));
    }
    let hash: String = event.hash.chars().take(12).collect();
    lines.push(Line::styled(
        format!(
            "{} {} {}",
            event.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            theme.dot(),
            hash
        ),
        theme.style(Role::Dim),
    ));
    lines
}

/// What one line has no room for.
fn list_event_details(model: &Model, event: &Event) -> Vec<String> {
    match &event.what {
        EventKind::Answered {
            note: Some(note), ..
        } => vec![format!("note: {note}")],
        EventKind::Noted { text } => vec![text.shown_lines()],
        EventKind::Assessed { digest, .. } => vec![format!("digest {digest}")],
        EventKind::Decided {
            reason,
            typed,
            second,
            expect,
            within_minutes,
            open,
            ..
        } => {
            let mut out = vec![format!("reason: {reason}")];
            out.extend(typed.iter().map(|typed| format!("typed: {typed}")));
            out.extend(
                second
                    .iter()
                    .map(|second| format!("second person: {second}")),
            );
            out.extend(expect.iter().map(|expect| {
                format!(
                    "expected: {expect}{}",
                    within_minutes
                        .map(|n| format!(", within {n} min"))
                        .unwrap_or_default()
                )
            }));
            if !open.is_empty() {
                out.push(format!(
                    "open then: {}",
                    open.iter()
                        .map(|(key, _)| words::fact_asks(model, key))
                        .collect::<Vec<_>>()
                        .join(" ")
                ));
            }
            out
        }
        _ => Vec::new(),
    }
}
