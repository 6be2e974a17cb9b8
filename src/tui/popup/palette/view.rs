//! Drawing: any action by its name.

use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{lists, panel, text};
use crate::tui::fuzzy::mark_matched_letters;
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::popup::palette::query::{
    Off, PaletteRow, describe_row, label_keys, label_off, name_row,
};
use crate::tui::popup::palette::state::ActionPalette;
use crate::tui::theme::Role;

/// Columns of the names.
const NAME: usize = 22;

impl ActionPalette {
    /// Draws it.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let width = body.width.saturating_sub(4).min(110);
        let height = body.height.saturating_sub(2).min(30);
        let area = Rect {
            y: body.y + 1.min(body.height.saturating_sub(height)),
            ..panel::centre_area(body, width, height)
        };
        let inner = panel::draw_popup_frame(canvas, area, model, "any action");
        let [head, _, list, _, foot] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(1),
            Constraint::Length(2),
        ])
        .areas(inner);
        self.draw_input(canvas, head, model);
        let columns = usize::from(list.width.saturating_sub(2));
        if let Some(number) = self.line_number() {
            let says = format!("{} go to line {number}", theme.cursor());
            canvas.render_widget(
                Paragraph::new(Line::styled(says, theme.style(Role::Strong))),
                list,
            );
            return;
        }
        let rows = self.rows(model);
        let cursor = self.cursor.min(rows.len().saturating_sub(1));
        let fit = usize::from(list.height);
        let mut first = self.offset.min(rows.len().saturating_sub(fit));
        if cursor < first {
            first = cursor;
        }
        if fit > 0 && cursor >= first + fit {
            first = cursor + 1 - fit;
        }
        canvas
            .measured
            .lists
            .push((ScrolledPart::Popup, first, fit));
        let below = rows.len().saturating_sub(first);
        canvas.measured.popup_rows(list, first, below);
        let lines: Vec<Line<'static>> = rows
            .iter()
            .enumerate()
            .skip(first)
            .take(fit)
            .map(|(at, row)| draw_row(row, at == cursor, columns, model))
            .collect();
        canvas.render_widget(Paragraph::new(lines), list);
        lists::scroll_mark(canvas, list, theme, first, fit, rows.len());
        match rows.get(cursor) {
            Some(row) => {
                if fit > 0 {
                    canvas.measured.covers(&name_row(&row.named));
                }
                let text = describe_row(row);
                let lines: Vec<Line<'static>> = text::wrap_columns(&text, usize::from(foot.width))
                    .into_iter()
                    .map(|part| Line::styled(part, theme.style(Role::Text)))
                    .collect();
                canvas.render_widget(Paragraph::new(lines), foot);
            }
            None => canvas.render_widget(
                Paragraph::new(Line::styled(
                    "No action has this name.",
                    theme.style(Role::Dim),
                )),
                list,
            ),
        }
    }

    pub(super) fn draw_input(&self, canvas: &mut Canvas, area: Rect, model: &Model) {
        let theme = model.theme;
        let room = usize::from(area.width.saturating_sub(3));
        let scroll = self.input.visual_scroll(room);
        let mut spans = vec![Span::styled(": ", theme.style(Role::Key))];
        if self.input.value().is_empty() {
            let hint = "type a name, or the number of a line; Enter runs it, Esc closes";
            spans.push(Span::styled(
                text::clip_words(hint, room, theme),
                theme.style(Role::Dim),
            ));
        } else {
            spans.push(Span::styled(
                text::slice_text_columns(self.input.value(), scroll, room),
                theme.style(Role::Strong),
            ));
        }
        canvas.render_widget(Paragraph::new(Line::from(spans)), area);
        let at = 2 + self.input.visual_cursor().saturating_sub(scroll);
        let column = u16::try_from(at).unwrap_or(0);
        canvas.set_cursor_position(Position::new(
            area.x + column.min(area.width.saturating_sub(1)),
            area.y,
        ));
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
    let wide = text::measure_text_width(row.named.title);
    left.push(Span::raw(" ".repeat(NAME.saturating_sub(wide).max(1))));
    let says = match &row.off {
        None => row.named.spec.help.to_owned(),
        Some(off) => label_off(off),
    };
    let taken = text::measure_text_width(&keys) + 2;
    let room = columns.saturating_sub(2 + NAME.max(wide + 1) + taken);
    left.push(Span::styled(
        text::clip_words(&says, room, theme),
        theme.style(Role::Dim),
    ));
    let left = text::fit_spans(left, columns.saturating_sub(taken), theme);
    text::draw_left_right_line(
        left,
        vec![Span::styled(keys, theme.style(Role::Key))],
        columns,
    )
}
