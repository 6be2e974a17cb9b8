//! Drawing: header, footer, the screen between them, and what lies over it. Pure functions of the
//! model.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::{LEAST_COLUMNS, LEAST_ROWS};
use crate::tui::draw::{panel, text, words};
use crate::tui::frame::footer::draw_footer;
use crate::tui::frame::header::{
    count_scrub_rows, draw_banner, draw_header, draw_scrub, write_mode_banner,
};
use crate::tui::measured::Measured;
use crate::tui::model::Model;
use crate::tui::popup::view::draw_popups;
use crate::tui::screen::Screen;
use crate::tui::screens::changelog::view::draw_changelog;
use crate::tui::screens::diff::view::draw_diff;
use crate::tui::screens::gates::view::draw_gates;
use crate::tui::screens::now::view::draw_now;
use crate::tui::screens::plan::view::draw_plan_screen;
use crate::tui::screens::questions::view::draw_questions;
use crate::tui::screens::record::view::draw_record;
use crate::tui::screens::risks::view::draw_risks;
use crate::tui::theme::Role;

/// Draws one frame and returns what was measured of it.
pub fn draw_frame(frame: &mut Frame, model: &Model) -> Measured {
    let mut canvas = Canvas::new(frame);
    draw_all(&mut canvas, model);
    canvas.measured
}

fn draw_all(canvas: &mut Canvas, model: &Model) {
    let area = canvas.area();
    if area.width < LEAST_COLUMNS || area.height < LEAST_ROWS {
        too_small(canvas, area, model);
        return;
    }
    let banner = write_mode_banner(model);
    let [top, time, head, line, body, foot] = Layout::vertical([
        Constraint::Length(u16::from(banner.is_some())),
        Constraint::Length(count_scrub_rows(model)),
        Constraint::Length(2),
        // the panels of this screen have borders of their own
        Constraint::Length(u16::from(model.screen != Screen::Now)),
        Constraint::Fill(1),
        Constraint::Length(2),
    ])
    .areas(area);
    if let Some(text) = banner {
        draw_banner(canvas, top, model, &text);
    }
    draw_scrub(canvas, time, model);
    draw_header(canvas, head, model);
    panel::draw_horizontal_rule(canvas, line, model.theme);
    let body = draw_trouble(canvas, body, model);
    match model.screen {
        Screen::Now => draw_now(canvas, body, model),
        Screen::Gates => draw_gates(canvas, body, model),
        Screen::Questions => draw_questions(canvas, body, model),
        Screen::Changelog => draw_changelog(canvas, body, model),
        Screen::Diff => draw_diff(canvas, body, model),
        Screen::Risks => draw_risks(canvas, body, model),
        Screen::Plan => draw_plan_screen(canvas, body, model),
        Screen::Record => draw_record(canvas, body, model),
    }
    draw_popups(canvas, body, model);
    draw_footer(canvas, foot, model);
    settle_widths(canvas.buffer_mut());
}

/// Draws every sign without what only chooses between its pictures. Terminals differ in the columns
/// of a heart with a selector behind it, or of a hand with a tone: where one takes fewer than was
/// counted here, the rest of the row moves and old letters stay in sight.
fn settle_widths(buffer: &mut ratatui::buffer::Buffer) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        // one letter has at most four bytes
        if symbol.len() > 4 && symbol.chars().skip(1).any(crate::model::chooses_picture) {
            let plain: String = symbol
                .chars()
                .filter(|letter| !crate::model::chooses_picture(*letter))
                .collect();
            cell.set_symbol(&plain);
        }
    }
}

/// Says so when the terminal is too small, with the one thing that matters most.
fn too_small(canvas: &mut Canvas, area: Rect, model: &Model) {
    canvas.measured.too_small = true;
    let theme = model.theme;
    let columns = usize::from(area.width);
    let mut lines = Vec::new();
    if let Some(decision) = model.decision() {
        lines.push(Line::styled(
            text::clip_text(
                &words::write_option_headline(model, decision.option),
                columns,
                theme,
            ),
            theme.style(Role::Verdict),
        ));
        lines.push(Line::raw(decision.strength.id()));
    }
    let says = format!(
        "This terminal has {}x{}; backout needs {LEAST_COLUMNS}x{LEAST_ROWS}, better 80x24. \
            Enlarge it, or use --plain.",
        area.width, area.height
    );
    lines.extend(text::draw_wrapped_text(
        &says,
        columns,
        theme.style(Role::Text),
    ));
    canvas.render_widget(Paragraph::new(lines), area);
}

/// What could not be recorded or read stays in sight above the screen until it is closed.
fn draw_trouble(canvas: &mut Canvas, body: Rect, model: &Model) -> Rect {
    let says = match (&model.trouble, &model.reading.failed) {
        (Some(says), _) => format!("{says}  (Esc closes this)"),
        (None, Some(says)) if model.assessment.is_none() => says.clone(),
        _ => return body,
    };
    let theme = model.theme;
    let lines = text::draw_wrapped_text(
        &says,
        usize::from(body.width).saturating_sub(4),
        theme.style(Role::Bad),
    );
    let rows = u16::try_from(lines.len()).unwrap_or(1).min(4);
    let [top, rest] =
        Layout::vertical([Constraint::Length(rows + 1), Constraint::Fill(1)]).areas(body);
    canvas.render_widget(
        Paragraph::new(lines),
        panel::inset_area(panel::inset_area(Rect {
            height: rows,
            ..top
        })),
    );
    rest
}
