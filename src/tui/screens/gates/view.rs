//! Screen 2: what is out, what is to come, whether this gate may be passed, and who said so.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{Gate, OptionId};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{lists, panel, text, words};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::gates::query::{
    ITEMS, SPEC, assess_shown_gate, find_selected_gate, find_time_reached, list_gate_details,
    list_gate_items, outcome_says,
};
use crate::tui::theme::{Role, Theme};
use crate::usecase::GateItemResult;

/// Most lines of an item, where all of them have the room.
const MOST: usize = 4;

/// Draws it.
pub fn draw_gates(canvas: &mut Canvas, area: Rect, model: &Model) {
    let wide = area.width >= WIDE;
    let says = outcome_says(model);
    // the sentence has two lines where it needs them and there is room
    let columns = usize::from(area.width).saturating_sub(2).max(1);
    let lines = says.as_ref().map_or(0, |(_, says)| {
        text::wrap_columns(says, columns).len().min(2)
    });
    let [top, strip, rest] = Layout::vertical([
        Constraint::Length(7),
        Constraint::Length(u16::try_from(lines).unwrap_or(0)),
        Constraint::Fill(1),
    ])
    .areas(area);
    draw_five_gates(canvas, top, model);
    if let Some((option, says)) = says {
        draw_gate_outcome(canvas, strip, model, option, &says);
    }
    if wide {
        let (left, right) = panel::split_columns(canvas, rest, model.theme, 58);
        draw_gate_items(canvas, left, model);
        let [upper, lower] = Layout::vertical([
            Constraint::Length(count_role_rows(model) + 2),
            Constraint::Fill(1),
        ])
        .areas(right);
        draw_poll(canvas, upper, model);
        draw_gate_details(canvas, lower, model);
    } else {
        let roles = count_role_rows(model) + 1;
        let [upper, lower] = Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(roles.min(rest.height / 2)),
        ])
        .areas(rest);
        draw_gate_items(canvas, upper, model);
        draw_poll(canvas, lower, model);
    }
}

/// Roles that are shown: those that are polled, and whoever spoke besides.
fn count_role_rows(model: &Model) -> u16 {
    u16::try_from(
        crate::usecase::list_polled_roles(&model.config, &model.session, find_selected_gate(model))
            .len(),
    )
    .unwrap_or(3)
}

/// What facts, poll and call say together.
fn draw_gate_outcome(canvas: &mut Canvas, area: Rect, model: &Model, option: OptionId, says: &str) {
    let columns = usize::from(area.width).saturating_sub(2).max(1);
    let mut lines = text::wrap_columns(says, columns);
    if lines.len() > usize::from(area.height) {
        lines = text::wrap_most(says, columns, usize::from(area.height), model.theme);
    }
    let style = model.theme.style(Theme::option(option));
    let lines: Vec<Line> = lines
        .into_iter()
        .map(|text| Line::styled(format!(" {text}"), style))
        .collect();
    canvas.render_widget(Paragraph::new(lines), area);
}

/// What this gate may end in, what the poll comes to, and who may trigger.
fn draw_gate_details(canvas: &mut Canvas, area: Rect, model: &Model) {
    let inner = panel::draw_panel(canvas, area, model, "calling it", "", false);
    let columns = usize::from(inner.width);
    let mut lines = Vec::new();
    for (label, text) in list_gate_details(model, find_selected_gate(model)) {
        for (at, piece) in text::wrap_columns(&text, columns.saturating_sub(12).max(16))
            .into_iter()
            .enumerate()
        {
            let label = if at == 0 { label } else { "" };
            lines.push(Line::from(vec![
                Span::styled(text::pad_text(label, 12), model.theme.style(Role::Dim)),
                Span::raw(piece),
            ]));
        }
    }
    canvas.render_widget(Paragraph::new(lines), inner);
}

fn draw_five_gates(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let note = match model.gate() {
        Some(gate) => format!("the deployment is at {}", gate.id()),
        None => "no gate is stated: r records this one".to_owned(),
    };
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        "gates",
        &note,
        model.focus != Focus::Detail,
    );
    // a column for the times only where one is known
    let known = Gate::ALL
        .iter()
        .any(|gate| find_time_reached(model, *gate).is_some());
    let times = if known { 7 } else { 0 };
    lists::draw_list(canvas, inner, model, SPEC, |at, columns| {
        let Some(gate) = Gate::ALL.get(at).copied() else {
            return Vec::new();
        };
        let (glyph, word, role) = label_gate_progress(model, gate);
        let deployed = model
            .checklist
            .gates
            .iter()
            .find(|list| list.gate == gate)
            .map(|list| crate::model::escape_invisible(&list.deployed).into_owned())
            .unwrap_or_default();
        let call = match assess_shown_gate(model, gate).call {
            Some(call) if call.stands => (
                call.call.title().to_uppercase(),
                call.reason.shown().into_owned(),
                Theme::option(call.call),
            ),
            Some(call) => (
                "call again".to_owned(),
                format!(
                    "{} no longer counts: something changed since",
                    call.call.title()
                ),
                Role::Warn,
            ),
            None => ("not called".to_owned(), String::new(), Role::Dim),
        };
        let reached = find_time_reached(model, gate);
        let reached = reached.map(|at| model.write_clock(at)).unwrap_or_default();
        let mut left = vec![
            Span::styled(format!("{glyph} "), theme.style(role)),
            Span::styled(
                text::pad_text(gate.id(), 10),
                theme.style(if word == "here" {
                    Role::Strong
                } else {
                    Role::Text
                }),
            ),
            Span::styled(text::pad_text(word, 9), theme.style(Role::Dim)),
            Span::styled(text::pad_text(&reached, times), theme.style(Role::Dim)),
            Span::styled(text::pad_text(&call.0, 10), theme.style(call.2)),
        ];
        // what was said at the call takes the place of what is out by then
        let room = columns.saturating_sub(text::spans_width(&left) + 2);
        let (says, role) = if call.1.is_empty() {
            (&deployed, Role::Dim)
        } else {
            (&call.1, Role::Text)
        };
        left.push(Span::styled(
            format!("  {}", text::clip_words(says, room, theme)),
            theme.style(role),
        ));
        left
    });
}

fn label_gate_progress(model: &Model, gate: Gate) -> (&'static str, &'static str, Role) {
    let theme = model.theme;
    match model.gate() {
        Some(now) if gate < now => (theme.done(), "out", Role::Text),
        Some(now) if gate == now => (theme.half(), "here", Role::Focus),
        Some(_) => (theme.empty(), "to come", Role::Dim),
        None => (theme.empty(), "", Role::Dim),
    }
}

fn draw_gate_items(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let gate = find_selected_gate(model);
    let items = list_gate_items(model);
    let title = model
        .checklist
        .gates
        .iter()
        .find(|list| list.gate == gate)
        .map_or_else(|| gate.id().to_owned(), |list| list.title.clone());
    let hold = items.iter().filter(|item| item.holds == Some(true)).count();
    let figure = if items.is_empty() {
        String::new()
    } else {
        format!("{hold} of {} are met", items.len())
    };
    let inner = panel::draw_panel(
        canvas,
        area,
        model,
        &crate::model::escape_invisible(&title).to_lowercase(),
        &figure,
        model.focus == Focus::Detail,
    );
    if items.is_empty() {
        panel::draw_empty_notice(
            canvas,
            inner,
            model,
            "The checklist names nothing to look at for this gate.",
        );
        return;
    }
    // what a row cuts stands in full below; rows give way to it where there is little room
    let columns = usize::from(inner.width);
    let current = items.get(ITEMS.state(model).cursor);
    let full: Vec<Line> = current
        .map(|item| draw_gate_item_detail(item, columns.saturating_sub(4), model))
        .unwrap_or_default();
    let height = usize::from(inner.height);
    let cut = current.is_some_and(|item| {
        text::measure_text_width(&item.says) + text::measure_text_width(&item.brief()) + 8 > columns
    });
    // every item in full where all of them have the room for it
    let whole: usize = items
        .iter()
        .map(|item| wrap_gate_item(item, columns.saturating_sub(3), columns, MOST, theme).len())
        .sum();
    let most = if height > whole + full.len() { MOST } else { 1 };
    let needed = if most == MOST { whole } else { items.len() };
    let below = if height > needed + full.len() + 1 || (cut && height >= full.len() + 4) {
        full.len() + 1
    } else {
        0
    };
    let rows = if below > 0 {
        needed.min(height - below)
    } else {
        height
    };
    let cells = |n: usize| Constraint::Length(u16::try_from(n).unwrap_or(u16::MAX));
    let [inner, detail] = Layout::vertical([cells(rows), cells(below)]).areas(inner);
    if let [_, rest @ ..] = detail.rows().collect::<Vec<_>>().as_slice() {
        for (area, line) in rest.iter().zip(full) {
            canvas.render_widget(
                Paragraph::new(line),
                Rect {
                    x: area.x + 4,
                    width: area.width.saturating_sub(4),
                    ..*area
                },
            );
        }
    }
    let whole_columns = columns;
    lists::draw_tall_list(canvas, inner, model, ITEMS, |at, columns| {
        let Some(item) = items.get(at) else {
            return Vec::new();
        };
        draw_gate_item_row(item, columns, whole_columns, most, theme)
    });
}

/// An item in full: what must hold, what is known of it, and where that comes from and since when.
fn draw_gate_item_detail(
    item: &GateItemResult,
    columns: usize,
    model: &Model,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let text = format!("{} ({})", item.says, item.follows());
    let text = crate::model::escape_invisible(&text);
    let mut lines = text::draw_wrapped_text(&text, columns, theme.style(Role::Text));
    let origin = item.write_origin(|at| words::write_time_ago(at, model.now));
    if !origin.is_empty() {
        lines.extend(text::draw_wrapped_text(
            &origin,
            columns,
            theme.style(Role::Dim),
        ));
    }
    lines
}

/// What is known of an item, beside it. A value is read whole or not at all: what has no room here
/// stands below, in full, when the cursor is on it.
fn write_item_value(item: &GateItemResult, columns: usize) -> String {
    let room = columns
        .saturating_sub(text::measure_text_width(&item.says) + 4)
        .max(columns / 4);
    Some(item.brief())
        .filter(|text| text::measure_text_width(text) <= room)
        .unwrap_or_default()
}

/// The words of an item in as many lines as it may take; `whole` are the columns of the panel.
fn wrap_gate_item(
    item: &GateItemResult,
    columns: usize,
    whole: usize,
    most: usize,
    theme: Theme,
) -> Vec<String> {
    let right = write_item_value(item, whole);
    let room = columns.saturating_sub(text::measure_text_width(&right) + 4);
    text::wrap_most(&item.says, room, most, theme)
}

fn draw_gate_item_row(
    item: &GateItemResult,
    columns: usize,
    whole: usize,
    most: usize,
    theme: Theme,
) -> Vec<Vec<Span<'static>>> {
    let (glyph, role) = match item.holds {
        Some(true) => (theme.tick(), Role::Good),
        Some(false) if item.otherwise == "note" => (theme.cross(), Role::Warn),
        Some(false) => (theme.cross(), Role::Bad),
        None => ("?", Role::Warn),
    };
    let mut parts = wrap_gate_item(item, columns, whole, most, theme).into_iter();
    let first = text::draw_left_right_line(
        vec![
            Span::styled(format!("{glyph} "), theme.style(role)),
            Span::raw(parts.next().unwrap_or_default()),
        ],
        vec![Span::styled(
            write_item_value(item, whole),
            theme.style(Role::Dim),
        )],
        columns,
    )
    .spans;
    let more = parts.map(|part| vec![Span::raw(format!("  {part}"))]);
    std::iter::once(first).chain(more).collect()
}

fn draw_poll(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let gate = find_selected_gate(model);
    let poll = assess_shown_gate(model, gate).poll;
    let note = format!(
        "{} of {} answered",
        poll.iter()
            .filter(|voice| matches!(voice.says, "go" | "no-go"))
            .count(),
        poll.len()
    );
    let inner = panel::draw_panel(canvas, area, model, "poll", &note, false);
    let columns = usize::from(inner.width);
    let label = poll
        .iter()
        .map(|voice| text::measure_text_width(&voice.role.shown()))
        .max()
        .unwrap_or(0)
        .min(24)
        + 2;
    let lines: Vec<Line> = poll
        .iter()
        .map(|voice| {
            let (word, role_style) = match voice.says {
                "go" => ("go", Role::Good),
                "no-go" => ("no-go", Role::Bad),
                "silent" => ("silent", Role::Warn),
                _ => ("not asked", Role::Dim),
            };
            let said_at = voice.at.map(|at| model.write_clock(at)).unwrap_or_default();
            let objection = voice
                .objection
                .as_ref()
                .map(|text| format!("objects: {}", text.shown()))
                .unwrap_or_default();
            Line::from(text::fit_spans(
                vec![
                    Span::raw(text::pad_text(
                        &text::clip_text(&voice.role.shown(), label - 2, theme),
                        label,
                    )),
                    Span::styled(text::pad_text(word, 11), theme.style(role_style)),
                    Span::styled(text::pad_text(&said_at, 7), theme.style(Role::Dim)),
                    Span::raw(objection),
                ],
                columns,
                theme,
            ))
        })
        .collect();
    canvas.render_widget(Paragraph::new(lines), inner);
}
