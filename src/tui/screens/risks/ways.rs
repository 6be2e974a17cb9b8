//! The words of the two ways: to deploy, and to go back.

use ratatui::text::Line;

use crate::tui::draw::text;
use crate::tui::theme::{Role, Theme};

/// Columns of the way forward.
pub(super) const DEPLOY: usize = 13;

/// Columns of the way back.
pub(super) const BACK: usize = 14;

/// Both, and the blank before them.
pub(super) const WAYS: usize = DEPLOY + BACK + 1;

/// A heading with the sentence below it, for the texts of this screen.
pub(super) fn line_of(text: &str, columns: usize, theme: Theme, role: Role) -> Vec<Line<'static>> {
    text::draw_wrapped_text(
        &crate::model::visible_lines(text),
        columns,
        theme.style(role),
    )
}
