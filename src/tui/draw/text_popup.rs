//! A popup that is a text to scroll, with a line of keys below.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::draw::canvas::Canvas;
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
    pub keys: Vec<Span<'static>>,
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
    canvas.render_widget(Paragraph::new(Line::from(popup.keys)), foot);
}

/// Keys with what each does, in the line below a popup.
pub fn draw_popup_keys(keys: &[(&'static str, &str)], theme: Theme) -> Vec<Span<'static>> {
    keys.iter()
        .flat_map(|(key, says)| {
            [
                Span::styled(*key, theme.style(Role::Key)),
                Span::styled(format!(" {says}   "), theme.style(Role::Dim)),
            ]
        })
        .collect()
}
