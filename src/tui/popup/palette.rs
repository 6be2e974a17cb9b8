//! Any action by its name: with its key, and why it is off where it is off.

use ratatui::Frame;
use ratatui::crossterm::event::{Event, KeyEvent};
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{Next, Popup};
use crate::tui::action::{
    self, Availability, KeyContext, NamedAction, list_named_actions, needs_its_key,
};
use crate::tui::fuzzy::{FuzzyNeedle, FuzzyRank, mark_matched_letters};
use crate::tui::model::{Focus, Model, Screen};
use crate::tui::theme::Role;
use crate::tui::view::widgets;
use crate::tui::{Action, Effect, key, update};

/// Columns of the names.
const NAME: usize = 22;

/// Columns of the keys.
const KEYS: usize = 14;

/// Why an action cannot be run from here.
enum Off {
    /// It cannot be done now: a clause.
    Why(&'static str),
    /// It is done on another screen.
    On(KeyContext),
    /// Only by its key, with what it is about in sight.
    ByKey,
}

struct PaletteRow {
    named: NamedAction,
    letters: Vec<usize>,
    off: Option<Off>,
}

/// The overlay.
#[derive(Debug, Clone)]
pub struct Palette {
    contexts: Vec<KeyContext>,
    input: Input,
    cursor: usize,
    offset: std::cell::Cell<usize>,
}

/// The palette over what is on the screen.
pub fn open_palette(model: &Model) -> Popup {
    Popup::Palette(Box::new(Palette {
        contexts: action::list_live_contexts(model),
        input: Input::default(),
        cursor: 0,
        offset: std::cell::Cell::new(0),
    }))
}

impl Palette {
    /// The number that was typed: a line to go to.
    fn line_number(&self) -> Option<usize> {
        self.input.value().trim().parse().ok()
    }

    fn rows(&self, model: &Model) -> Vec<PaletteRow> {
        let mut needle = FuzzyNeedle::new(self.input.value());
        let typed = self.input.value().trim().to_lowercase();
        // digits show the screens already: before anything is typed they come last
        let goes = |row: &PaletteRow| typed.is_empty() && matches!(row.named.action, Action::Go(_));
        let mut rows: Vec<((u8, Option<FuzzyRank>, bool, bool), PaletteRow)> = list_named_actions()
            .into_iter()
            .filter(|named| named.action != Action::Palette)
            .filter_map(|named| {
                let (class, rank, letters) = match needle.find(named.title) {
                    Some((rank, letters)) => (0, Some(rank), letters),
                    // what it does is searched too, behind the names
                    None if named.id.contains(&typed)
                        || named.spec.help.to_lowercase().contains(&typed) =>
                    {
                        (1, None, Vec::new())
                    }
                    None => return None,
                };
                let off = self.find_why_off(model, &named);
                let row = PaletteRow {
                    named,
                    letters,
                    off,
                };
                Some(((class, rank, row.off.is_some(), goes(&row)), row))
            })
            .collect();
        // the order of the table stays among those that fit alike
        rows.sort_by_key(|(rank, _)| *rank);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn find_why_off(&self, model: &Model, named: &NamedAction) -> Option<Off> {
        let contexts = named.spec.contexts;
        if !contexts.iter().any(|one| self.contexts.contains(one)) {
            let screen = contexts.iter().find(|one| find_screen(**one).is_some());
            return Some(match screen {
                Some(screen) => Off::On(*screen),
                None if contexts.contains(&KeyContext::Question) && model.asking().is_some() => {
                    Off::Why("the question has not the focus, Tab goes there")
                }
                None if contexts.contains(&KeyContext::Question) => {
                    Off::Why("no question is asked here")
                }
                None => Off::Why("there is no list here"),
            });
        }
        match (named.spec.guard)(model) {
            Availability::Enabled if needs_its_key(named.action) => Some(Off::ByKey),
            Availability::Enabled => None,
            Availability::Disabled(why) | Availability::Absent(why) => Some(Off::Why(why)),
        }
    }

    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let name = key::spell_key(event).unwrap_or_default();
        let last = self.rows(model).len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        match name.as_str() {
            "esc" | "ctrl-c" => return (Next::Close, Vec::new()),
            "up" | "shift-tab" => self.cursor = self.cursor.saturating_sub(1),
            "down" | "tab" => self.cursor = (self.cursor + 1).min(last),
            "pgup" => self.cursor = self.cursor.saturating_sub(10),
            "pgdn" => self.cursor = (self.cursor + 10).min(last),
            "enter" => return self.run(model),
            _ => {
                self.input.handle_event(&Event::Key(*event));
                self.cursor = 0;
            }
        }
        (Next::Stay, Vec::new())
    }

    fn run(&self, model: &mut Model) -> (Next, Vec<Effect>) {
        if let Some(number) = self.line_number() {
            return (Next::Close, update::jump_to_numbered_line(model, number));
        }
        let rows = self.rows(model);
        let Some(row) = rows.get(self.cursor) else {
            model.warn("No action has this name.");
            return (Next::Stay, Vec::new());
        };
        let (named, first) = (row.named, first_key(model, &row.named));
        if !model.measured.has_covered(&name_row(&named)) {
            model.warn("Not taken: this was not on the screen yet. Press Enter again.");
            return (Next::Stay, Vec::new());
        }
        match &row.off {
            None => (Next::Then(named.action), Vec::new()),
            Some(Off::Why(why)) => {
                model.warn(format!("“{}” is not possible: {why}.", named.title));
                (Next::Stay, Vec::new())
            }
            Some(Off::On(context)) => {
                let Some(screen) = find_screen(*context) else {
                    return (Next::Stay, Vec::new());
                };
                let effects = update::go_to_screen(model, screen);
                model.say(format!("“{}” is done here: {first}.", named.title));
                (Next::Close, effects)
            }
            Some(Off::ByKey) => {
                if named.spec.contexts.contains(&KeyContext::Question) {
                    model.focus = Focus::Question;
                }
                model.say(match named.action {
                    Action::Answer(_) => "Press the key that stands beside the answer.".to_owned(),
                    _ => format!("Press {first}: it counts with what it is about in sight."),
                });
                (Next::Close, Vec::new())
            }
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.input = Input::new(format!("{}{}", self.input.value(), super::one_line(text)));
        self.cursor = 0;
    }

    /// Draws it.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
        let theme = model.theme;
        let width = body.width.saturating_sub(4).min(110);
        let height = body.height.saturating_sub(2).min(30);
        let area = Rect {
            y: body.y + 1.min(body.height.saturating_sub(height)),
            ..widgets::centre_area(body, width, height)
        };
        let inner = widgets::draw_popup_frame(frame, area, model, "any action");
        let [head, _, list, _, foot] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(1),
            Constraint::Length(2),
        ])
        .areas(inner);
        self.draw_input(frame, head, model);
        let columns = usize::from(list.width.saturating_sub(2));
        if let Some(number) = self.line_number() {
            let says = format!("{} go to line {number}", theme.cursor());
            frame.render_widget(
                Paragraph::new(Line::styled(says, theme.style(Role::Strong))),
                list,
            );
            return;
        }
        let rows = self.rows(model);
        let cursor = self.cursor.min(rows.len().saturating_sub(1));
        let fit = usize::from(list.height);
        let mut first = self.offset.get().min(rows.len().saturating_sub(fit));
        if cursor < first {
            first = cursor;
        }
        if fit > 0 && cursor >= first + fit {
            first = cursor + 1 - fit;
        }
        self.offset.set(first);
        let lines: Vec<Line<'static>> = rows
            .iter()
            .enumerate()
            .skip(first)
            .take(fit)
            .map(|(at, row)| draw_row(row, at == cursor, columns, model))
            .collect();
        frame.render_widget(Paragraph::new(lines), list);
        widgets::scroll_mark(frame, list, theme, first, fit, rows.len());
        match rows.get(cursor) {
            Some(row) => {
                if fit > 0 {
                    model.measured.covers(&name_row(&row.named));
                }
                let text = describe_row(row);
                let lines: Vec<Line<'static>> =
                    widgets::wrap_columns(&text, usize::from(foot.width))
                        .into_iter()
                        .map(|part| Line::styled(part, theme.style(Role::Text)))
                        .collect();
                frame.render_widget(Paragraph::new(lines), foot);
            }
            None => frame.render_widget(
                Paragraph::new(Line::styled(
                    "No action has this name.",
                    theme.style(Role::Dim),
                )),
                list,
            ),
        }
    }

    fn draw_input(&self, frame: &mut Frame, area: Rect, model: &Model) {
        let theme = model.theme;
        let room = usize::from(area.width.saturating_sub(3));
        let scroll = self.input.visual_scroll(room);
        let mut spans = vec![Span::styled(": ", theme.style(Role::Key))];
        if self.input.value().is_empty() {
            let hint = "type a name, or the number of a line; Enter runs it, Esc closes";
            spans.push(Span::styled(
                widgets::clip_text(hint, room, theme),
                theme.style(Role::Dim),
            ));
        } else {
            spans.push(Span::styled(
                widgets::slice_text_columns(self.input.value(), scroll, room),
                theme.style(Role::Strong),
            ));
        }
        frame.render_widget(Paragraph::new(Line::from(spans)), area);
        let at = 2 + self.input.visual_cursor().saturating_sub(scroll);
        let column = u16::try_from(at).unwrap_or(0);
        frame.set_cursor_position(Position::new(
            area.x + column.min(area.width.saturating_sub(1)),
            area.y,
        ));
    }
}

/// What tells a row from others that were in sight.
fn name_row(named: &NamedAction) -> String {
    format!("palette {}", named.id)
}

fn find_screen(context: KeyContext) -> Option<Screen> {
    Some(match context {
        KeyContext::Now => Screen::Now,
        KeyContext::Gates => Screen::Gates,
        KeyContext::Questions => Screen::Questions,
        KeyContext::Changelog => Screen::Changelog,
        KeyContext::Diff => Screen::Diff,
        KeyContext::Risks => Screen::Risks,
        KeyContext::Plan => Screen::Plan,
        KeyContext::Record => Screen::Record,
        KeyContext::Global | KeyContext::Question | KeyContext::List | KeyContext::Scroll => {
            return None;
        }
    })
}

fn list_keys(model: &Model, named: &NamedAction) -> Vec<String> {
    action::list_spec_keys(model, named.spec)
        .filter(|(_, action)| *action == named.action)
        .map(|(name, _)| key::label_key(name))
        .collect()
}

fn first_key(model: &Model, named: &NamedAction) -> String {
    list_keys(model, named)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// The keys beside a name; those of answers stand beside the answers.
fn label_keys(model: &Model, named: &NamedAction) -> String {
    match named.action {
        Action::Answer(_) => "its letter".to_owned(),
        _ => list_keys(model, named)
            .into_iter()
            .take(2)
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// Why a row is off, in a few words.
fn label_off(off: &Off) -> String {
    match off {
        Off::Why(why) => format!("off: {why}"),
        Off::On(context) => format!("on {}", context.title()),
        Off::ByKey => "by its key".to_owned(),
    }
}

/// What the row under the cursor does, and what Enter does where it is off.
fn describe_row(row: &PaletteRow) -> String {
    let help = row.named.spec.help;
    match &row.off {
        None => help.to_owned(),
        Some(Off::Why(why)) => format!("{help} Not now: {why}."),
        Some(Off::On(context)) => {
            format!("{help} Enter shows {}, where it is done.", context.title())
        }
        Some(Off::ByKey) => {
            format!("{help} Only by its key: it counts with what it is about in sight.")
        }
    }
}

fn draw_row(row: &PaletteRow, here: bool, columns: usize, model: &Model) -> Line<'static> {
    let theme = model.theme;
    let keys = label_keys(model, &row.named);
    let role = match (&row.off, here) {
        (_, true) => Role::Strong,
        (Some(Off::Why(_)), false) => Role::Dim,
        _ => Role::Text,
    };
    let mut left = vec![Span::styled(
        format!("{} ", if here { theme.cursor() } else { " " }),
        theme.style(Role::Focus),
    )];
    left.extend(mark_matched_letters(
        row.named.title,
        &row.letters,
        theme.style(role),
        theme.style(Role::Match),
    ));
    let wide = widgets::measure_text_width(row.named.title);
    left.push(Span::raw(" ".repeat(NAME.saturating_sub(wide).max(1))));
    let says = match &row.off {
        None => row.named.spec.help.to_owned(),
        Some(off) => label_off(off),
    };
    let room = columns.saturating_sub(2 + NAME.max(wide + 1) + KEYS + 1);
    left.push(Span::styled(
        widgets::clip_text(&says, room, theme),
        theme.style(Role::Dim),
    ));
    let left = widgets::fit_spans(left, columns.saturating_sub(KEYS), theme);
    widgets::draw_left_right_line(
        left,
        vec![Span::styled(keys, theme.style(Role::Key))],
        columns,
    )
}
