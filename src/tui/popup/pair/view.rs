//! Drawing: the release picker.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::Release;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{lists, panel, text};
use crate::tui::fuzzy::mark_matched_letters;
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::popup::pair::state::ReleasePicker;
use crate::tui::theme::{Role, Theme};

impl ReleasePicker {
    /// Draws it.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let rows = u16::try_from(model.releases.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let area = panel::centre_area(body, body.width.saturating_sub(8).min(72), rows);
        let title = match &self.current {
            None => "What is live?".to_owned(),
            Some(current) => format!("{} is live; what would one go back to?", current.version),
        };
        let inner = panel::draw_popup_frame(canvas, area, model, &title);
        let columns = usize::from(inner.width);
        let head = if self.filter.value().is_empty() {
            Line::styled(
                "type to filter; Enter chooses, Esc goes back",
                theme.style(Role::Dim),
            )
        } else {
            Line::from(vec![
                Span::styled("filter: ", theme.style(Role::Dim)),
                Span::styled(self.filter.value().to_owned(), theme.style(Role::Strong)),
            ])
        };
        canvas.render_widget(
            Paragraph::new(head),
            Rect {
                height: 1.min(inner.height),
                ..inner
            },
        );
        let rest = Rect {
            y: inner.y + 2.min(inner.height),
            height: inner.height.saturating_sub(2),
            ..inner
        };
        let rows = self.matched(model);
        let fit = usize::from(rest.height);
        let mut offset = self.offset.min(rows.len().saturating_sub(fit));
        if self.cursor < offset {
            offset = self.cursor;
        }
        if fit > 0 && self.cursor >= offset + fit {
            offset = self.cursor + 1 - fit;
        }
        canvas
            .measured
            .lists
            .push((ScrolledPart::Popup, offset, fit));
        let below = rows.len().saturating_sub(offset);
        canvas.measured.popup_rows(rest, offset, below);
        let lines: Vec<Line> = rows
            .iter()
            .enumerate()
            .skip(offset)
            .take(fit)
            .map(|(at, (_, letters, release))| {
                draw_release_row(release, letters, at == self.cursor, columns, theme)
            })
            .collect();
        let lines = if lines.is_empty() {
            vec![Line::styled(
                if self.current.is_some() {
                    "No older release matches."
                } else {
                    "No release matches."
                },
                theme.style(Role::Dim),
            )]
        } else {
            lines
        };
        canvas.render_widget(Paragraph::new(lines), rest);
        lists::scroll_mark(canvas, rest, theme, offset, fit, rows.len());
    }
}

/// A release with its day and commit, the letters that match what was typed marked.
fn draw_release_row(
    release: &Release,
    letters: &[usize],
    here: bool,
    columns: usize,
    theme: Theme,
) -> Line<'static> {
    let day = release
        .time
        .map(|time| time.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default();
    let scheme = if release.scheme == "v" || release.scheme.is_empty() {
        String::new()
    } else {
        format!("  {}", crate::model::escape_invisible(&release.scheme))
    };
    let right = format!(
        "{day}  {}",
        release.commit.chars().take(9).collect::<String>()
    );
    let columns = columns.saturating_sub(2);
    let room = columns.saturating_sub(right.len() + 2);
    let mut left = vec![Span::styled(
        format!("{} ", if here { theme.cursor() } else { " " }),
        theme.style(Role::Focus),
    )];
    left.extend(mark_matched_letters(
        &release.version.shown(),
        letters,
        theme.style(if here { Role::Strong } else { Role::Text }),
        theme.style(Role::Match),
    ));
    left.push(Span::styled(scheme, theme.style(Role::Dim)));
    text::draw_left_right_line(
        text::fit_spans(left, room, theme),
        vec![Span::styled(right, theme.style(Role::Dim))],
        columns,
    )
}
