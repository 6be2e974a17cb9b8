//! Panels with borders and titles, and places within an area.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Padding, Paragraph};

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::text::{
    clip_text, clip_words, draw_left_right_line, draw_wrapped_text, fit_spans, measure_text_width,
    spans_width,
};
use crate::tui::model::Model;
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
    /// Only the upper line is drawn: where rows are few, each of them is worth more than a frame.
    pub flat: bool,
}

/// Rows that the frame of such a panel takes.
pub fn count_frame_rows(flat: bool) -> u16 {
    if flat { 1 } else { 2 }
}

/// Columns that title and figure of a bordered panel of this width share.
pub fn measure_border_room(width: u16) -> usize {
    usize::from(width).saturating_sub(6)
}

/// Draws a thin border with what stands in it and returns the inside, one blank column on both
/// sides.
pub fn draw_bordered_panel(
    canvas: &mut Canvas,
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
    let (borders, beside) = if border.flat {
        (Borders::TOP, Padding::horizontal(2))
    } else {
        (Borders::ALL, Padding::horizontal(1))
    };
    let mut block = Block::new()
        .borders(borders)
        .border_type(BorderType::Rounded)
        .border_style(line)
        // what stands in the border does not take its colour
        .title_style(
            Style::new()
                .fg(Color::Reset)
                .remove_modifier(Modifier::all()),
        )
        .padding(beside);
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
    if !border.below.is_empty() && !border.flat {
        let below = vec![Span::styled(
            clip_words(&border.below, room, theme),
            theme.style(Role::Dim),
        )];
        let spans = [vec![rule()], in_border(below)].concat();
        block = block.title_bottom(Line::from(spans));
    }
    let inner = block.inner(area);
    canvas.render_widget(block, area);
    inner
}

/// Draws a title line over an area and returns what is below it: two columns in on the left, one on
/// the right.
pub fn draw_panel(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    title: &str,
    note: &str,
    focused: bool,
) -> Rect {
    let hue = if focused { Role::Focus } else { Role::Strong };
    draw_hued_panel(canvas, area, model, (title, hue), note, focused)
}

/// As [`draw_panel`], with a title of this role: that of an option has its hue.
pub fn draw_hued_panel(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    (title, hue): (&str, Role),
    note: &str,
    focused: bool,
) -> Rect {
    if area.height == 0 || area.width < 4 {
        return Rect { height: 0, ..area };
    }
    let theme = model.theme;
    let [head, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let room = usize::from(head.width).saturating_sub(3);
    // a short note stays whole and the title gives way; a long one is what is cut
    let note = clip_words(
        note,
        room.saturating_sub(measure_text_width(title) + 2)
            .max(room / 3),
        theme,
    );
    let title = clip_words(
        title,
        room.saturating_sub(if note.is_empty() {
            0
        } else {
            measure_text_width(&note) + 2
        }),
        theme,
    );
    let style = theme.style(Role::Strong).patch(theme.style(hue));
    let mark = if focused { theme.cursor() } else { " " };
    let line = draw_left_right_line(
        vec![
            Span::styled(format!("{mark} "), theme.style(Role::Focus)),
            Span::styled(title, style),
        ],
        vec![Span::styled(note, theme.style(Role::Dim)), Span::raw(" ")],
        usize::from(head.width),
    );
    canvas.render_widget(Paragraph::new(line), head);
    Rect {
        x: rest.x + 2,
        width: rest.width - 3,
        ..rest
    }
}

/// One blank column on both sides.
pub fn inset_area(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1).min(area.right()),
        width: area.width.saturating_sub(2),
        ..area
    }
}

/// Clears the lines of an area, draws a frame with a title and returns the inside. What stood
/// beside the frame goes too: words that are cut by it read as letters that mean something.
pub fn draw_popup_frame(canvas: &mut Canvas, area: Rect, model: &Model, title: &str) -> Rect {
    let theme = model.theme;
    canvas.measured.frame = Some(area);
    let screen = canvas.area();
    canvas.render_widget(
        Clear,
        Rect {
            x: screen.x,
            width: screen.width,
            ..area
        },
    );
    let block = Block::new()
        .borders(Borders::ALL)
        .border_type(BorderType::Plain)
        .border_style(theme.style(Role::Focus))
        .padding(Padding::horizontal(1))
        .title(Line::styled(
            format!(
                " {} ",
                clip_text(title, usize::from(area.width.saturating_sub(6)), theme)
            ),
            theme.style(Role::Focus),
        ));
    let block = if theme.ascii {
        block.border_set(ASCII)
    } else {
        block
    };
    let inner = block.inner(area);
    canvas.render_widget(block, area);
    inner
}

/// Borders of plain letters.
const ASCII: ratatui::symbols::border::Set<'static> = ratatui::symbols::border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// An area of this size in the middle of another, never larger than it.
pub fn centre_area(area: Rect, columns: u16, rows: u16) -> Rect {
    let (columns, rows) = (columns.min(area.width), rows.min(area.height));
    Rect {
        x: area.x + (area.width - columns) / 2,
        y: area.y + (area.height - rows) / 2,
        width: columns,
        height: rows,
    }
}

/// A horizontal line.
pub fn draw_horizontal_rule(canvas: &mut Canvas, area: Rect, theme: Theme) {
    canvas.render_widget(
        Paragraph::new(Line::styled(
            theme.rule().repeat(usize::from(area.width)),
            theme.style(Role::Line),
        )),
        area,
    );
}

/// A vertical line.
pub fn draw_vertical_rule(canvas: &mut Canvas, area: Rect, theme: Theme) {
    let lines: Vec<Line> = (0..area.height)
        .map(|_| Line::styled(theme.bar(), theme.style(Role::Line)))
        .collect();
    canvas.render_widget(Paragraph::new(lines), area);
}

/// Splits an area into two columns with a line between them; `left` in percent.
pub fn split_columns(canvas: &mut Canvas, area: Rect, theme: Theme, left: u16) -> (Rect, Rect) {
    let [one, line, two] = Layout::horizontal([
        Constraint::Percentage(left),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(area);
    draw_vertical_rule(canvas, line, theme);
    (one, two)
}

/// A calm sentence where there is nothing to show, or not yet.
pub fn draw_empty_notice(canvas: &mut Canvas, area: Rect, model: &Model, says: &str) {
    let lines = draw_wrapped_text(says, usize::from(area.width), model.theme.style(Role::Dim));
    canvas.render_widget(Paragraph::new(lines), area);
}
