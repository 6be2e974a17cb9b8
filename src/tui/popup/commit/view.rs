//! Drawing: the commit step.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{Decision, OptionId, Strength};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::text_popup::draw_popup_keys;
use crate::tui::draw::{lists, options, panel, text, words};
use crate::tui::model::Model;
use crate::tui::popup::commit::query::{
    describe_commit_option, is_option_reversible, list_commit_options, list_stale_answers,
    open_points,
};
use crate::tui::popup::commit::state::CommitPopup;
use crate::tui::screens::plan::query::describe_failed_step;
use crate::tui::theme::{Role, Theme};

/// The name of an option in its hue, bold under the cursor.
fn name_style(theme: Theme, option: OptionId, here: bool) -> Style {
    let hue = theme
        .style(Theme::option(option))
        .remove_modifier(Modifier::BOLD);
    if here {
        hue.add_modifier(Modifier::BOLD)
    } else {
        hue
    }
}

impl CommitPopup {
    /// Draws it.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let Some(decision) = model.decision() else {
            return;
        };
        let wide = body.width.saturating_sub(4).min(100);
        let columns = usize::from(wide).saturating_sub(4);
        let (lines, rows_of_lines) = self.draw_options(model, decision, columns);
        let at_line = rows_of_lines.iter().position(|row| *row == self.cursor);
        let at_line = at_line.unwrap_or(0);
        let foot = self.draw_foot(model, decision, columns);
        let inside = usize::from(body.height).saturating_sub(2);
        let room = inside.saturating_sub(foot.len()).max(1).min(lines.len());
        // the option under the cursor and what is said about it stay in sight
        let first = (at_line + 3)
            .saturating_sub(room)
            .min(lines.len() - room)
            .min(at_line);
        let rows = u16::try_from(room + foot.len() + 2).unwrap_or(u16::MAX);
        let inner = panel::draw_popup_frame(
            canvas,
            panel::centre_area(body, wide, rows),
            model,
            "decide",
        );
        let shown = lines
            .iter()
            .skip(first)
            .take(room)
            .cloned()
            .chain(foot)
            .collect::<Vec<_>>();
        let in_sight = rows_of_lines.into_iter().skip(first).take(room);
        for (y, row) in (inner.y..inner.bottom()).zip(in_sight) {
            let line = Rect {
                y,
                height: 1,
                ..inner
            };
            canvas.measured.popup_row(line, row);
        }
        canvas.render_widget(Paragraph::new(shown), inner);
        let all = list_commit_options(decision);
        let option = all.get(self.cursor).copied().unwrap_or(decision.option);
        let goes_on = if is_option_reversible(option) {
            "say why"
        } else {
            "say why and type the version"
        };
        let keys = [
            ("Up, Down", "choose"),
            ("Enter", goes_on),
            ("Esc", "leave it"),
        ];
        draw_popup_keys(canvas, inner, &keys, theme);
        lists::scroll_mark(
            canvas,
            Rect {
                x: inner.x + 1,
                height: u16::try_from(room).unwrap_or(0).min(inner.height),
                ..inner
            },
            theme,
            first,
            room,
            lines.len(),
        );
    }

    /// The options with their standing, what is said about the one under the cursor below it, and
    /// of each line the row of its option.
    fn draw_options(
        &self,
        model: &Model,
        decision: &Decision,
        columns: usize,
    ) -> (Vec<Line<'static>>, Vec<usize>) {
        let theme = model.theme;
        let all = list_commit_options(decision);
        let mut lines = Vec::new();
        let mut rows = Vec::new();
        for (at, option) in all.iter().enumerate() {
            let here = at == self.cursor;
            let status = decision
                .options
                .iter()
                .find(|status| status.option == *option);
            let (glyph, word, role) = match (status, *option == decision.option) {
                (Some(status), _) => options::label_option_standing(model, status),
                (None, true) => (theme.tick(), "recommended", Role::Good),
                (None, false) => (theme.tick(), "always possible", Role::Dim),
            };
            let word = if *option == decision.option {
                format!("recommended, {}", decision.strength.id())
            } else {
                word.to_owned()
            };
            lines.push(text::draw_left_right_line(
                vec![
                    Span::styled(
                        format!("{} ", if here { theme.cursor() } else { " " }),
                        theme.style(Role::Focus),
                    ),
                    Span::styled(format!("{glyph} "), theme.style(role)),
                    Span::styled(
                        model.option_title(*option),
                        name_style(theme, *option, here),
                    ),
                ],
                vec![Span::styled(word, theme.style(role))],
                columns,
            ));
            if here {
                let says = match describe_failed_step(model, *option) {
                    Some(failed) => vec![format!("It failed: {failed}")],
                    None => describe_commit_option(decision, *option),
                };
                for text in says.iter().take(3) {
                    for part in text::wrap_columns(
                        &crate::model::escape_invisible(text),
                        columns.saturating_sub(6),
                    )
                    .into_iter()
                    .take(2)
                    {
                        lines.push(Line::styled(
                            format!("      {part}"),
                            theme.style(Role::Dim),
                        ));
                    }
                }
            }
            rows.resize(lines.len(), at);
        }
        (lines, rows)
    }

    /// What is open, what is asked again, and room for the keys.
    fn draw_foot(&self, model: &Model, decision: &Decision, columns: usize) -> Vec<Line<'static>> {
        let theme = model.theme;
        let mut foot = vec![Line::default()];
        foot.extend(text::draw_wrapped_text(
            &open_points(model, decision),
            columns,
            theme.style(if decision.strength == Strength::Firm {
                Role::Dim
            } else {
                Role::Warn
            }),
        ));
        for (_, word, value, minutes) in list_stale_answers(model) {
            let says = format!(
                "{word}: “{}” was said {} ago and is asked again.",
                words::write_fact_value(&value),
                words::write_minutes(minutes)
            );
            foot.extend(text::draw_wrapped_text(
                &says,
                columns,
                theme.style(Role::Warn),
            ));
        }
        // a blank line, and the row of the keys
        foot.extend([Line::default(), Line::default()]);
        foot
    }
}
