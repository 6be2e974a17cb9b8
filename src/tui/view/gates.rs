//! Screen 2: what is out, what is to come, whether this gate may be passed, and who said so.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{widgets, words};
use crate::model::{FactValue, Gate, OptionId};
use crate::tui::Model;
use crate::tui::model::Focus;
use crate::tui::state::gates;
use crate::tui::theme::{Role, Theme};

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    let wide = area.width >= super::WIDE;
    let [top, rest] = Layout::vertical([Constraint::Length(7), Constraint::Fill(1)]).areas(area);
    five(frame, top, model);
    if wide {
        let (left, right) = widgets::columns(frame, rest, model.theme, 58);
        items(frame, left, model);
        let [upper, lower] = Layout::vertical([Constraint::Length(rows(model) + 2), Constraint::Fill(1)]).areas(right);
        poll(frame, upper, model, true);
        about(frame, lower, model);
    } else {
        let roles = rows(model) + 1;
        let [upper, lower] = Layout::vertical([Constraint::Fill(1), Constraint::Length(roles.min(rest.height / 2))]).areas(rest);
        items(frame, upper, model);
        poll(frame, lower, model, false);
    }
}

/// Roles that are shown: those that are polled, and whoever spoke besides.
fn rows(model: &Model) -> u16 {
    let known = gates::roles(model);
    let others = gates::poll(model, gates::selected(model)).keys().filter(|role| !known.iter().any(|one| one == *role)).count();
    u16::try_from(known.len() + others).unwrap_or(3)
}

/// What this gate may end in, what the poll comes to, and who may trigger.
fn about(frame: &mut Frame, area: Rect, model: &Model) {
    let inner = widgets::panel(frame, area, model, "calling it", "", false);
    let columns = usize::from(inner.width);
    let mut lines = Vec::new();
    for (label, text) in gates::about(model, gates::selected(model)) {
        for (at, piece) in widgets::wrap(&text, columns.saturating_sub(12).max(16)).into_iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            lines.push(Line::from(vec![Span::styled(widgets::pad(label, 12), model.theme.style(Role::Dim)), Span::raw(piece)]));
        }
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

fn five(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = model.theme;
    let note = match model.gate() {
        Some(gate) => format!("the deployment is at {}", gate.id()),
        None => "no gate is stated: r records the one under the cursor".to_owned(),
    };
    let inner = widgets::panel(frame, area, model, "gates", &note, model.focus != Focus::Detail);
    widgets::list(frame, inner, model, gates::SPEC, |at, columns| {
        let Some(gate) = Gate::ALL.get(at).copied() else { return Vec::new() };
        let (glyph, word, role) = standing(model, gate);
        let deployed =
            model.checklist.gates.iter().find(|list| list.gate == gate).map(|list| crate::model::visible(&list.deployed).into_owned()).unwrap_or_default();
        let call = match model.session.calls.get(&gate) {
            Some((call, reason)) => (call.title().to_uppercase(), crate::model::visible(reason).into_owned(), Theme::option(*call)),
            None => ("not called".to_owned(), String::new(), Role::Dim),
        };
        let mut left = vec![
            Span::styled(format!("{glyph} "), theme.style(role)),
            Span::styled(widgets::pad(gate.id(), 10), theme.style(if word == "here" { Role::Strong } else { Role::Text })),
            Span::styled(widgets::pad(word, 9), theme.style(Role::Dim)),
            Span::styled(widgets::pad(&call.0, 10), theme.style(call.2)),
        ];
        // what was said at the call takes the place of what is out by then
        let room = columns.saturating_sub(widgets::spans_width(&left) + 2);
        let (says, role) = if call.1.is_empty() { (&deployed, Role::Dim) } else { (&call.1, Role::Text) };
        left.push(Span::styled(format!("  {}", widgets::clip(says, room, theme)), theme.style(role)));
        left
    });
}

fn standing(model: &Model, gate: Gate) -> (&'static str, &'static str, Role) {
    let theme = model.theme;
    match model.gate() {
        Some(now) if gate < now => (theme.done(), "out", Role::Text),
        Some(now) if gate == now => (theme.half(), "here", Role::Focus),
        Some(_) => (theme.empty(), "to come", Role::Dim),
        None => (theme.empty(), "", Role::Dim),
    }
}

fn items(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = model.theme;
    let gate = gates::selected(model);
    let items = gates::items(model);
    let title = model.checklist.gates.iter().find(|list| list.gate == gate).map_or_else(|| gate.id().to_owned(), |list| list.title.clone());
    let inner =
        widgets::panel(frame, area, model, &crate::model::visible(&title).to_lowercase(), &format!("{} to look at", items.len()), model.focus == Focus::Detail);
    if items.is_empty() {
        widgets::empty(frame, inner, model, "The checklist names nothing to look at for this gate.");
        return;
    }
    widgets::list(frame, inner, model, gates::ITEMS, |at, columns| {
        let Some(item) = items.get(at) else { return Vec::new() };
        let known = known(model, &item.facts);
        let (glyph, role) = match item.holds {
            Some(true) => (theme.tick(), Role::Good),
            Some(false) if item.otherwise == "note" => (theme.cross(), Role::Warn),
            Some(false) => (theme.cross(), Role::Bad),
            None => ("?", Role::Warn),
        };
        let right = match item.holds {
            Some(false) if item.otherwise != "note" && !known.is_empty() => format!("{known}: {}", item.otherwise),
            Some(false) if item.otherwise != "note" => item.otherwise.clone(),
            _ if !known.is_empty() => known,
            Some(true) => "nothing speaks against it".to_owned(),
            _ => "not known".to_owned(),
        };
        // the sentence comes first; its values have what is left
        let right = widgets::clip(&right, columns.saturating_sub(widgets::width(&item.says) + 4).max(columns / 4), theme);
        let room = columns.saturating_sub(widgets::width(&right) + 4);
        widgets::sides(
            vec![Span::styled(format!("{glyph} "), theme.style(role)), Span::raw(widgets::clip(&item.says, room, theme))],
            vec![Span::styled(right, theme.style(Role::Dim))],
            columns,
        )
        .spans
    });
}

/// The values of some facts in words, of several with what they are of; nothing when none is known.
fn known(model: &Model, keys: &[String]) -> String {
    let Some(decided) = &model.decided else { return String::new() };
    let values = keys.iter().filter_map(|key| Some((key, &decided.resolved.facts.get(key)?.value))).filter(|(_, value)| **value != FactValue::Unknown);
    let word = |value: &FactValue| words::value(value).replace('-', " ");
    if let [_] = keys {
        return values.map(|(_, value)| word(value)).collect();
    }
    values.map(|(key, value)| format!("{} {}", key.rsplit('.').next().unwrap_or(key).replace('_', " "), word(value))).collect::<Vec<_>>().join(", ")
}

fn poll(frame: &mut Frame, area: Rect, model: &Model, wide: bool) {
    let theme = model.theme;
    let gate = gates::selected(model);
    let poll = gates::poll(model, gate);
    let mut roles = gates::roles(model);
    for role in poll.keys() {
        if !roles.iter().any(|known| known == role) {
            roles.push((*role).to_owned());
        }
    }
    let answered = format!("{} of {} answered", poll.values().filter(|(call, _)| call.is_some()).count(), roles.len());
    // what it comes to stands beside it where there is no panel of its own
    let note = match gates::poll_says(model, gate) {
        Some(says) if !wide && usize::from(area.width) > widgets::width(&says) + 12 => says,
        _ => answered,
    };
    let inner = widgets::panel(frame, area, model, "poll", &note, false);
    let columns = usize::from(inner.width);
    let label = roles.iter().map(|role| widgets::width(role)).max().unwrap_or(0).min(24) + 2;
    let lines: Vec<Line> = roles
        .iter()
        .map(|role| {
            let (word, role_style, objection) = match poll.get(role.as_str()) {
                Some((Some(OptionId::Go), objection)) => ("go", Role::Good, objection.clone()),
                Some((Some(_), objection)) => ("no-go", Role::Bad, objection.clone()),
                Some((None, objection)) => ("silent", Role::Warn, objection.clone()),
                None => ("not asked", Role::Dim, None),
            };
            let objection = objection.map(|text| format!("objects: {}", crate::model::visible(&text))).unwrap_or_default();
            Line::from(widgets::fit(
                vec![
                    Span::raw(widgets::pad(&widgets::clip(&crate::model::visible(role), label - 2, theme), label)),
                    Span::styled(widgets::pad(word, 11), theme.style(role_style)),
                    Span::raw(objection),
                ],
                columns,
                theme,
            ))
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), inner);
}
