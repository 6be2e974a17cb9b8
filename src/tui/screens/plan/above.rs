//! What stands above the steps of an option: what blocks it, and until when it can be had.

use ratatui::text::{Line, Span};

use crate::model::{OptionId, OptionState};
use crate::tui::draw::{options, text};
use crate::tui::model::Model;
use crate::tui::screens::plan::query::list_option_deadlines;
use crate::tui::theme::Role;

/// What still stands against an option that is not cleared.
pub(super) fn draw_option_blockers(
    model: &Model,
    option: OptionId,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let Some(status) = model.decision().and_then(|decision| {
        decision
            .options
            .iter()
            .find(|status| status.option == option)
    }) else {
        return Vec::new();
    };
    if status.state == OptionState::Cleared {
        return Vec::new();
    }
    let (glyph, word, _) = options::label_option_state(theme, status.state);
    let why = status
        .blockers
        .first()
        .map(|reason| reason.says.shown().into_owned())
        .unwrap_or_default();
    // two rows at most: the plan is what is looked for here
    let says = text::clip_words(&why, (2 * columns).saturating_sub(word.len() + 8), theme);
    text::draw_wrapped_text(
        &format!("{glyph} {word}: {says}",),
        columns,
        theme.style(Role::Warn),
    )
}

/// Until when the option can be had, the nearest first.
pub(super) fn draw_option_deadlines(
    model: &Model,
    option: OptionId,
    columns: usize,
    most: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let points = list_option_deadlines(model, option);
    let more = points.len().saturating_sub(most);
    let rows = points
        .iter()
        .take(most)
        .enumerate()
        .flat_map(|(at, point)| {
            let when = match (point.passed, point.at) {
                (true, Some(moment)) => format!("over since {}:", model.clock(moment)),
                (true, None) => "over:".to_owned(),
                (false, Some(moment)) => format!("until {}, then", model.clock(moment)),
                (false, None) => "until:".to_owned(),
            };
            let rest = if more > 0 && at + 1 == most {
                format!("  (+{more} in the report)")
            } else {
                String::new()
            };
            let lead = text::measure_text_width(&when) + 1;
            let room = columns.saturating_sub(lead + text::measure_text_width(&rest));
            let (label, role) = if point.passed {
                (Role::Warn, Role::Warn)
            } else {
                (Role::Dim, Role::Text)
            };
            text::wrap_most(&point.says.shown(), room, 2, theme)
                .into_iter()
                .enumerate()
                .map(|(row, part)| {
                    let (when, rest) = if row == 0 {
                        (text::pad_text(&when, lead), rest.clone())
                    } else {
                        (" ".repeat(lead), String::new())
                    };
                    Line::from(vec![
                        Span::styled(when, theme.style(label)),
                        Span::styled(part, theme.style(role)),
                        Span::styled(rest, theme.style(Role::Dim)),
                    ])
                })
                .collect::<Vec<_>>()
        });
    rows.collect()
}
