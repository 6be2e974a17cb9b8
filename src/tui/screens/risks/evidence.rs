//! Places that show something, with the source around them and the line lit.

use ratatui::text::Line;

use crate::model::Evidence;
use crate::tui::draw::{pieces, text};
use crate::tui::model::Model;
use crate::tui::screens::diff::query::list_diff_files;
use crate::tui::theme::Role;

/// Most places shown.
const MOST: usize = 20;

/// All places, one below the other.
pub fn draw_all_evidence(model: &Model, places: &[Evidence], columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = Vec::new();
    for (at, place) in places.iter().take(MOST).enumerate() {
        let title = if places.len() == 1 {
            "Evidence".to_owned()
        } else {
            format!("Evidence {} of {}", at + 1, places.len())
        };
        lines.extend(pieces::draw_small_heading(
            &title,
            &pieces::find_reason_place(place),
            columns,
            theme,
        ));
        lines.extend(draw_evidence(model, place, columns));
    }
    if places.len() > MOST {
        lines.push(Line::styled(
            format!("and {} more places", places.len() - MOST),
            theme.style(Role::Dim),
        ));
    }
    lines
}

/// The source around a place where it is at hand, else what the evidence quotes.
pub fn draw_evidence(model: &Model, place: &Evidence, columns: usize) -> Vec<Line<'static>> {
    let known = place
        .raw_path()
        .and_then(|path| model.screens.risks.sources.get(path));
    let around = known.and_then(|source| source.around(place, 3, 6));
    let shown = around.unwrap_or_else(|| pieces::number_excerpt_lines(place));
    if !shown.is_empty() {
        let path = place.raw_path().unwrap_or_default();
        return pieces::draw_source_lines(path, &shown, place.line, columns, model.theme);
    }
    let says = match (&place.commit, &place.path) {
        (Some(commit), None) => {
            let changelog = model
                .assessment
                .as_ref()
                .map(|assessment| &assessment.changelog);
            let entry = changelog.and_then(|changelog| {
                changelog
                    .entries
                    .iter()
                    .chain(&changelog.lost)
                    .find(|entry| entry.commit == *commit)
            });
            entry.map_or_else(String::new, |entry| entry.title.shown().into_owned())
        }
        _ => String::new(),
    };
    if says.is_empty() {
        let changed = place
            .raw_path()
            .is_some_and(|path| list_diff_files(model).iter().any(|file| file.path == path));
        let says = if changed {
            "Enter shows the file"
        } else {
            "nothing is quoted from there"
        };
        vec![Line::styled(says, model.theme.style(Role::Dim))]
    } else {
        text::draw_wrapped_text(&says, columns, model.theme.style(Role::Text))
    }
}
