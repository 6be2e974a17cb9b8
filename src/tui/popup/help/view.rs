//! Drawing: what the keys do.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::action::Availability;
use crate::tui::action_table::find::list_spec_keys;
use crate::tui::action_table::spec::Spec;
use crate::tui::action_table::table::list_actions;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{lists, panel, text};
use crate::tui::fuzzy::FuzzyNeedle;
use crate::tui::key;
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::popup::help::state::Help;
use crate::tui::theme::Role;

/// Columns that keys take.
const KEYS: usize = 18;

impl Help {
    /// Draws it.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let width = body.width.saturating_sub(4).min(100);
        let columns = usize::from(width.saturating_sub(5));
        let lines = self.lines(model, columns);
        // as high as what it says, so that nothing empty hides the screen
        let rows = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let inner =
            panel::draw_popup_frame(canvas, panel::centre_area(body, width, rows), model, "help");
        let head = if self.filter.value().is_empty() {
            Line::styled(
                "type to filter; Enter or Esc closes; : runs any action by its name",
                theme.style(Role::Dim),
            )
        } else {
            Line::from(vec![
                Span::styled("filter: ", theme.style(Role::Dim)),
                Span::styled(self.filter.value().to_owned(), theme.style(Role::Strong)),
            ])
        };
        canvas.render_widget(
            ratatui::widgets::Paragraph::new(head),
            Rect { height: 1, ..inner },
        );
        let rest = Rect {
            y: inner.y + 2.min(inner.height),
            height: inner.height.saturating_sub(2),
            ..inner
        };
        lists::draw_scrolled_lines(
            canvas,
            rest,
            model,
            ScrolledPart::Popup,
            &self.scroll,
            lines,
        );
    }

    pub(super) fn lines(&self, model: &Model, columns: usize) -> Vec<Line<'static>> {
        let theme = model.theme;
        let needle = self.filter.value().trim().to_lowercase();
        let fuzzy = FuzzyNeedle::new(&needle);
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
                    text::wrap_columns(&format_action_keys(model, spec, taken), KEYS - 2),
                    text::wrap_columns(&help, columns.saturating_sub(KEYS)),
                );
                for at in 0..names.len().max(says.len()) {
                    let part = |all: &[String]| all.get(at).cloned().unwrap_or_default();
                    lines.push(Line::from(vec![
                        Span::styled(text::pad_text(&part(&names), KEYS), theme.style(Role::Key)),
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
            // names as everywhere, and what it does by the words of it
            text.contains(&needle) || fuzzy.find(spec.title).is_some()
        };
        let here = |spec: &&'static Spec| {
            spec.contexts
                .iter()
                .any(|context| self.contexts.contains(context))
        };
        // a key means one thing here: what an inner context takes is no key of an outer one
        let mut taken: Vec<&str> = Vec::new();
        for context in &self.contexts {
            let live = || list_actions().filter(|spec| spec.contexts.contains(context));
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
        let elsewhere = list_actions()
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
    let names: Vec<String> = list_spec_keys(model, spec)
        .filter(|(name, _)| !taken.contains(name))
        .map(|(name, _)| key::label_key(name))
        .collect();
    if names.len() > 6 && names.iter().any(|name| name == "9") {
        return "y n 1..9".to_owned();
    }
    names.join(" ")
}
