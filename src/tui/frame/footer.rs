//! Two lines: what can be done here (or what just happened), and the screens.

use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::action::{Action, Availability};
use crate::tui::action_table::find::{find_key_action, list_live_actions, list_spec_keys};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::text;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::lists::describe_screen_list;
use crate::tui::screens::now::query::{find_board_cursor, find_headline_option, list_board_rows};
use crate::tui::screens::now::state::BoardRow;
use crate::tui::screens::plan::query::offers_step_choice;
use crate::tui::theme::Role;

/// What follows the acknowledgement of an event that can be taken back.
const UNDO: &str = "  u takes it back";

/// Draws both lines.
pub fn draw_footer(canvas: &mut Canvas, area: Rect, model: &Model) {
    let [upper, lower] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(1)]).areas(area);
    match model.popups.last() {
        Some(Popup::Prompt(prompt)) => {
            let note = match describe_screen_list(model) {
                Some(list) if !prompt.input.value().is_empty() => {
                    let (count, at) = list.hits(model);
                    if count == 0 {
                        "no hit".to_owned()
                    } else {
                        format!("{at} of {count}")
                    }
                }
                _ => "type to search".to_owned(),
            };
            let room = usize::from(upper.width).saturating_sub(text::measure_text_width(&note) + 4);
            let scroll = prompt.input.visual_scroll(room);
            let shown = text::slice_text_columns(prompt.input.value(), scroll, room);
            let line = text::draw_left_right_line(
                vec![
                    Span::styled(" /", model.theme.style(Role::Key)),
                    Span::raw(shown),
                ],
                vec![Span::styled(
                    format!("{note} "),
                    model.theme.style(Role::Dim),
                )],
                usize::from(upper.width),
            );
            canvas.render_widget(Paragraph::new(line), upper);
            let column =
                u16::try_from(2 + prompt.input.visual_cursor().saturating_sub(scroll)).unwrap_or(0);
            canvas.set_cursor_position(Position::new(
                upper.x + column.min(upper.width.saturating_sub(1)),
                upper.y,
            ));
        }
        _ => {
            let keys = draw_footer_keys(canvas, model, upper);
            canvas.render_widget(Paragraph::new(keys), upper);
        }
    }
    draw_screen_tabs(canvas, lower, model);
}

/// What can be done here, set into a line; or a short message.
fn draw_footer_keys(canvas: &mut Canvas, model: &Model, area: Rect) -> Line<'static> {
    let theme = model.theme;
    let columns = usize::from(area.width);
    let note = draw_footer_note(model, columns);
    // messages come on the right and leave room for the first keys
    let room = columns.saturating_sub(text::spans_width(&note));
    let mut spans = vec![Span::styled(
        theme.rule().repeat(2),
        theme.style(Role::Line),
    )];
    let mut used = 2;
    for (name, title, action) in list_footer_keys(model) {
        let name = key::label_key(name);
        let wide = text::measure_text_width(&name) + text::measure_text_width(&title) + 3;
        if used + wide + 2 > room {
            break;
        }
        canvas.measured.hit(
            Rect {
                x: area.x + u16::try_from(used).unwrap_or(0),
                y: area.y,
                width: u16::try_from(wide).unwrap_or(0),
                height: 1,
            },
            action,
        );
        spans.push(Span::styled(format!(" {name} "), theme.style(Role::Key)));
        spans.push(Span::raw(format!("{title} ")));
        used += wide;
    }
    let used = text::spans_width(&spans) + text::spans_width(&note);
    spans.push(Span::styled(
        theme.rule().repeat(columns.saturating_sub(used)),
        theme.style(Role::Line),
    ));
    spans.extend(note);
    Line::from(spans)
}

/// What is being written, or what just happened.
fn draw_footer_note(model: &Model, columns: usize) -> Vec<Span<'static>> {
    let theme = model.theme;
    // what is in order leaves half of a wide line to the keys; what is not is read whole
    let bad = model.toast.as_ref().is_some_and(|toast| toast.bad);
    let room = if columns >= 100 && !bad {
        (columns / 2).max(56)
    } else {
        columns.saturating_sub(if columns < 100 { 28 } else { 40 })
    };
    if let Some(pending) = model
        .pending
        .iter()
        .find(|pending| !matches!(pending.what, crate::session::EventKind::Verdict { .. }))
    {
        let text = text::clip_words(&format!("writing: {}", pending.says), room, theme);
        return vec![Span::styled(format!(" {text} "), theme.style(Role::Dim))];
    }
    let Some(toast) = &model.toast else {
        let hint = model.hint.as_ref().map(|hint| {
            let text = format!(" {} {} ", theme.cursor(), hint.text);
            Span::styled(text::clip_words(&text, room, theme), theme.style(Role::Key))
        });
        return hint.into_iter().collect();
    };
    let (glyph, role) = if toast.bad {
        (theme.cross(), Role::Warn)
    } else {
        (theme.tick(), Role::Good)
    };
    // how it is taken back is the last that may be cut
    let undo = if toast.undoable { UNDO } else { "" };
    let text = text::clip_words(
        &format!("{glyph} {}", toast.text),
        room.saturating_sub(text::measure_text_width(undo)),
        theme,
    );
    vec![Span::styled(format!(" {text}{undo} "), theme.style(role))]
}

/// The keys that work now, in the order of the footer: name, title, action. None while something
/// lies above, which has keys of its own.
pub fn list_footer_keys(model: &Model) -> Vec<(&'static str, String, Action)> {
    let mut live = list_live_actions(model);
    live.retain(|(spec, guard)| spec.footer.is_some() && *guard == Availability::Enabled);
    live.sort_by_key(|(spec, _)| spec.footer);
    live.into_iter()
        .filter_map(|(spec, _)| {
            let (_, first) = spec.keys.first()?;
            let (name, action) = list_spec_keys(model, spec).find(|(_, action)| action == first)?;
            Some((name, title_footer_action(model, action, spec.title), action))
        })
        // one that means something else here is no key of this action
        .filter(|(name, title, action)| {
            !title.is_empty()
                && find_key_action(model, name).is_some_and(|(_, found, _)| found == *action)
        })
        .collect()
}

/// What an action is called here, where it depends on the place; empty to leave it out.
fn title_footer_action(model: &Model, action: Action, title: &'static str) -> String {
    match (action, model.screen) {
        (Action::Open, Screen::Now) => title_board_row(model).to_owned(),
        (Action::Open, Screen::Questions) if model.focus == Focus::Question => "why".to_owned(),
        (Action::Open, Screen::Risks) if model.focus != Focus::Detail => "evidence".to_owned(),
        (Action::Open, Screen::Plan) if offers_step_choice(model) => "this step".to_owned(),
        (Action::Open, Screen::Plan) => "decide".to_owned(),
        // one way is named there, Enter
        (Action::Commit, Screen::Plan) if !offers_step_choice(model) => String::new(),
        (Action::Open, Screen::Gates) if model.focus == Focus::Detail => "its question".to_owned(),
        // Enter goes to the items there, as Tab does
        (Action::Open, Screen::Gates | Screen::Record) => String::new(),
        (Action::Focus, Screen::Now | Screen::Questions) if model.asking().is_none() => {
            String::new()
        }
        (Action::Focus, Screen::Now | Screen::Questions) if model.focus == Focus::Question => {
            "leave question".to_owned()
        }
        (Action::Focus, Screen::Now | Screen::Questions) => "to the question".to_owned(),
        (Action::Focus, _) => "other part".to_owned(),
        _ => title.to_owned(),
    }
}

/// What Enter shows of the row of the board under the cursor.
fn title_board_row(model: &Model) -> &'static str {
    let rows = list_board_rows(model);
    match rows.get(find_board_cursor(model, &rows)) {
        Some(BoardRow::More(_)) => "all options",
        Some(BoardRow::Of(option)) if Some(*option) != find_headline_option(model) => "why not",
        _ => "why",
    }
}

/// A screen's name where the terminal is narrower than all the names.
fn shorten_screen_title(screen: Screen) -> &'static str {
    match screen {
        Screen::Questions => "ask",
        Screen::Changelog => "log",
        other => other.title(),
    }
}

/// The screens by digit; dim while something lies above that has keys of its own.
fn draw_screen_tabs(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let sum = |of: fn(Screen) -> &'static str| {
        Screen::ALL
            .into_iter()
            .map(|screen| text::measure_text_width(of(screen)) + 2)
            .sum::<usize>()
    };
    // a digit is never without its word, and no screen is missing: the words get shorter
    let whole = sum(Screen::title) + Screen::ALL.len() + 2 <= usize::from(area.width);
    let name = if whole {
        Screen::title
    } else {
        shorten_screen_title
    };
    let titles = sum(name);
    let room = usize::from(area.width).saturating_sub(titles + 3);
    let gap = (room / Screen::ALL.len()).clamp(1, 3);
    let mut spans = vec![Span::raw(" ")];
    let mut x = area.x + 1;
    for (at, screen) in Screen::ALL.into_iter().enumerate() {
        let here = screen == model.screen;
        let text = format!("{} {}", at + 1, name(screen));
        let wide = u16::try_from(text::measure_text_width(&text)).unwrap_or(0);
        canvas.measured.hit(
            Rect {
                x,
                y: area.y,
                width: wide,
                height: 1,
            },
            Action::Go(screen),
        );
        x += wide + u16::try_from(gap).unwrap_or(1);
        let style = theme.style(if here { Role::Cursor } else { Role::Text });
        if here {
            spans.push(Span::styled(text, style));
        } else {
            spans.push(Span::styled(
                (at + 1).to_string(),
                theme.style(if model.popups.is_empty() {
                    Role::Key
                } else {
                    Role::Dim
                }),
            ));
            spans.push(Span::styled(
                format!(" {}", name(screen)),
                theme.style(Role::Dim),
            ));
        }
        spans.push(Span::raw(" ".repeat(gap)));
    }
    let columns = usize::from(area.width);
    // where it is typed as text, or does nothing, it is not offered
    let offered = match model.popups.last() {
        None | Some(Popup::Commit(_) | Popup::Help(_)) => "?",
        Some(_) => " ",
    };
    let help = vec![
        Span::styled(offered, theme.style(Role::Key)),
        Span::raw(" "),
    ];
    if offered == "?" {
        canvas.measured.hit(
            Rect {
                x: area.right().saturating_sub(2),
                y: area.y,
                width: 2,
                height: 1,
            },
            Action::Help,
        );
    }
    let spans = text::fit_spans(spans, columns.saturating_sub(2), theme);
    canvas.render_widget(
        Paragraph::new(text::draw_left_right_line(spans, help, columns)),
        area,
    );
}
