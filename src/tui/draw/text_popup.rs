//! A popup that is a text to scroll, with a line of keys below.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::text::measure_text_width;
use crate::tui::draw::{lists, panel};
use crate::tui::list::{Scroll, ScrolledPart};
use crate::tui::model::Model;
use crate::tui::theme::{Role, Theme};

/// What stands in it.
pub struct TextPopup<'a> {
    /// In the border.
    pub title: &'a str,
    /// Its width with the border, in columns.
    pub columns: u16,
    /// The text.
    pub lines: Vec<Line<'static>>,
    /// How far it is scrolled.
    pub scroll: &'a Scroll,
    /// The line below.
    pub keys: PopupKeys<'a>,
}

/// Columns of the text in a popup of this width.
pub fn measure_popup_text(columns: u16) -> usize {
    usize::from(columns.saturating_sub(5))
}

/// Draws it in the middle of an area, as high as its text.
pub fn draw_text_popup(canvas: &mut Canvas, body: Rect, model: &Model, popup: TextPopup<'_>) {
    let rows = u16::try_from(popup.lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(4);
    let area = panel::centre_area(body, popup.columns, rows);
    let inner = panel::draw_popup_frame(canvas, area, model, popup.title);
    let [text, _, foot] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(inner);
    let part = ScrolledPart::Popup;
    lists::draw_scrolled_lines(canvas, text, model, part, popup.scroll, popup.lines);
    draw_popup_keys(canvas, foot, popup.keys, model.theme);
}

/// Keys of a popup with what each does, as `("Enter", "goes on")`. Keys that do the same stand
/// together: `("Up, Down", "choose")`.
pub type PopupKeys<'a> = &'a [(&'static str, &'a str)];

/// Draws the keys of a popup in the last row of its inside, where each can be clicked with the
/// words behind it.
pub fn draw_popup_keys(canvas: &mut Canvas, inner: Rect, keys: PopupKeys<'_>, theme: Theme) {
    if inner.height == 0 {
        return;
    }
    let row = Rect {
        y: inner.bottom() - 1,
        height: 1,
        ..inner
    };
    let mut spans = Vec::new();
    let mut x = row.x;
    let width = |text: &str| u16::try_from(measure_text_width(text)).unwrap_or(u16::MAX);
    for (names, says) in keys {
        let behind = format!(" {says}   ");
        let mut names = names.split(", ").peekable();
        while let Some(name) = names.next() {
            let shown = match names.peek() {
                Some(_) => format!("{name}, "),
                None => name.to_owned(),
            };
            let words = if names.peek().is_some() {
                0
            } else {
                width(says) + 1
            };
            let place = Rect {
                x,
                width: width(name).saturating_add(words),
                ..row
            };
            let place = place.intersection(row);
            canvas.measured.key(place, &name.to_lowercase());
            x = x.saturating_add(width(&shown));
            spans.push(Span::styled(shown, theme.style(Role::Key)));
        }
        x = x.saturating_add(width(&behind));
        spans.push(Span::styled(behind, theme.style(Role::Text)));
    }
    canvas.render_widget(Paragraph::new(Line::from(spans)), row);
}
