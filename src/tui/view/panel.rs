//! Panels with a thin border, in which a title and one figure stand.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Padding};

use super::widgets::{ASCII, clip_text, fit_spans, spans_width};
use crate::tui::theme::{Role, Theme};

/// What stands in the border of a panel: a title on the left, one figure on the right, and a word
/// below.
#[derive(Debug, Clone, Default)]
pub struct PanelBorder {
    /// On the left.
    pub title: Vec<Span<'static>>,
    /// On the right.
    pub figure: Vec<Span<'static>>,
    /// In the lower border.
    pub below: String,
    /// Whether it takes the keys.
    pub focused: bool,
}

/// Columns that title and figure of a bordered panel of this width share.
pub fn measure_border_room(width: u16) -> usize {
    usize::from(width).saturating_sub(6)
}

/// Draws a thin border with what stands in it and returns the inside, one blank column on both
/// sides.
pub fn draw_bordered_panel(
    frame: &mut Frame,
    area: Rect,
    theme: Theme,
    border: PanelBorder,
) -> Rect {
    if area.height < 2 || area.width < 8 {
        return Rect { height: 0, ..area };
    }
    let line = theme.style(if border.focused {
        Role::Focus
    } else {
        Role::Line
    });
    let mut block = Block::new()
        .borders(Borders::ALL)
        .border_type(BorderType::Rounded)
        .border_style(line)
        // what stands in the border does not take its colour
        .title_style(
            Style::new()
                .fg(Color::Reset)
                .remove_modifier(Modifier::all()),
        )
        .padding(Padding::horizontal(1));
    if theme.ascii {
        block = block.border_set(ASCII);
    }
    let rule = || Span::styled(theme.rule(), line);
    let in_border = |spans: Vec<Span<'static>>| -> Vec<Span<'static>> {
        [vec![Span::raw(" ")], spans, vec![Span::raw(" ")]].concat()
    };
    let room = measure_border_room(area.width);
    let figure = fit_spans(border.figure, room, theme);
    let taken = if spans_width(&figure) == 0 {
        0
    } else {
        spans_width(&figure) + 3
    };
    let title = fit_spans(border.title, room.saturating_sub(taken) + 1, theme);
    if !title.is_empty() {
        let spans = [vec![rule()], in_border(title)].concat();
        block = block.title_top(Line::from(spans));
    }
    if spans_width(&figure) > 0 {
        let spans = [in_border(figure), vec![rule()]].concat();
        block = block.title_top(Line::from(spans).right_aligned());
    }
    if !border.below.is_empty() {
        let below = vec![Span::styled(
            clip_text(&border.below, room, theme),
            theme.style(Role::Dim),
        )];
        let spans = [vec![rule()], in_border(below)].concat();
        block = block.title_bottom(Line::from(spans));
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}
