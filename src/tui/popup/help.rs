//! What the keys do here: made from the action table, filtered as one types.

use ratatui::Frame;
use ratatui::crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::Next;
use crate::tui::action::{self, ACTIONS, Availability, KeyContext, Spec};
use crate::tui::key;
use crate::tui::list::Scroll;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::view::widgets;

/// Columns that keys take.
const KEYS: usize = 18;

/// The overlay.
#[derive(Debug, Clone)]
pub struct Help {
    contexts: Vec<KeyContext>,
    /// What is filtered by.
    pub filter: Input,
    scroll: Scroll,
}

impl Help {
    /// For what is live now.
    pub fn new(contexts: Vec<KeyContext>) -> Self {
        Self {
            contexts,
            filter: Input::default(),
            scroll: Scroll::default(),
        }
    }

    /// A key.
    pub fn key(&mut self, event: &KeyEvent) -> Next {
        let name = key::spell_key(event).unwrap_or_default();
        match name.as_str() {
            "esc" | "ctrl-c" | "enter" => return Next::Close,
            "?" if self.filter.value().is_empty() => return Next::Close,
            "up" => self.scroll.by(-1),
            "down" => self.scroll.by(1),
            "pgup" => self.scroll.by(-10),
            "pgdn" => self.scroll.by(10),
            _ => {
                self.filter.handle_event(&Event::Key(*event));
                self.scroll.offset = 0;
            }
        }
        Next::Stay
    }

    /// Draws it.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
        let theme = model.theme;
        let width = body.width.saturating_sub(4).min(100);
        let columns = usize::from(width.saturating_sub(5));
        let lines = self.lines(model, columns);
        // as high as what it says, so that nothing empty hides the screen
        let rows = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let inner = widgets::draw_popup_frame(
            frame,
            widgets::centre_area(body, width, rows),
            model,
            "help",
        );
        let head = if self.filter.value().is_empty() {
            Line::styled(
                "type to filter; Enter or Esc closes",
                theme.style(Role::Dim),
            )
        } else {
            Line::from(vec![
                Span::styled("filter: ", theme.style(Role::Dim)),
                Span::styled(self.filter.value().to_owned(), theme.style(Role::Strong)),
            ])
        };
        frame.render_widget(
            ratatui::widgets::Paragraph::new(head),
            Rect { height: 1, ..inner },
        );
        let rest = Rect {
            y: inner.y + 2.min(inner.height),
            height: inner.height.saturating_sub(2),
            ..inner
        };
        widgets::draw_scrolled_lines(frame, rest, model, &self.scroll, lines);
    }

    fn lines(&self, model: &Model, columns: usize) -> Vec<Line<'static>> {
        let theme = model.theme;
        let needle = self.filter.value().to_lowercase();
        let mut lines = Vec::new();
        let section = |title: &str,
                       specs: Vec<&'static Spec>,
                       taken: &[&str],
                       lines: &mut Vec<Line<'static>>| {
            if specs.is_empty() {
                return;
            }
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.push(Line::styled(title.to_owned(), theme.style(Role::Title)));
            for spec in specs {
                let mut help = spec.help.to_owned();
                if let Availability::Disabled(why) = (spec.guard)(model) {
                    help.push_str(&format!(" Not now: {why}."));
                }
                let (names, says) = (
                    widgets::wrap_columns(&format_action_keys(model, spec, taken), KEYS - 2),
                    widgets::wrap_columns(&help, columns.saturating_sub(KEYS)),
                );
                for at in 0..names.len().max(says.len()) {
                    let part = |all: &[String]| all.get(at).cloned().unwrap_or_default();
                    lines.push(Line::from(vec![
                        Span::styled(
                            widgets::pad_text(&part(&names), KEYS),
                            theme.style(Role::Key),
                        ),
                        Span::styled(part(&says), theme.style(Role::Text)),
                    ]));
                }
            }
        };
        let wanted = |spec: &&'static Spec| {
            let text = format!(
                "{} {} {} {}",
                spec.id,
                spec.title,
                spec.help,
                format_action_keys(model, spec, &[])
            )
            .to_lowercase();
            needle.is_empty() || text.contains(&needle)
        };
        let here = |spec: &&'static Spec| {
            spec.contexts
                .iter()
                .any(|context| self.contexts.contains(context))
        };
        // a key means one thing here: what an inner context takes is no key of an outer one
        let mut taken: Vec<&str> = Vec::new();
        for context in &self.contexts {
            let live = || {
                ACTIONS
                    .iter()
                    .filter(|spec| spec.contexts.contains(context))
            };
            section(
                context.title(),
                live().filter(wanted).collect(),
                &taken,
                &mut lines,
            );
            let keys = live()
                .filter(|spec| !matches!((spec.guard)(model), Availability::Absent(_)))
                .flat_map(|spec| spec.keys);
            taken.extend(keys.map(|(name, _)| *name));
        }
        let elsewhere = ACTIONS
            .iter()
            .filter(|spec| !here(spec))
            .filter(wanted)
            .collect();
        section("on other screens", elsewhere, &[], &mut lines);
        if lines.is_empty() {
            lines.push(Line::raw("Nothing matches."));
        }
        lines
    }
}

/// The keys of an action, in few columns, without those that are taken.
fn format_action_keys(model: &Model, spec: &'static Spec, taken: &[&str]) -> String {
    let names: Vec<String> = action::list_spec_keys(model, spec)
        .filter(|(name, _)| !taken.contains(name))
        .map(|(name, _)| key::label_key(name))
        .collect();
    if names.len() > 6 && names.iter().any(|name| name == "9") {
        return "y n 1..9".to_owned();
    }
    names.join(" ")
}

/// The overlay for what is on the screen.
pub fn open_help_popup(model: &Model) -> super::Popup {
    super::Popup::Help(Box::new(Help::new(action::list_live_contexts(model))))
}
