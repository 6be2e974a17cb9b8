//! Screen plan.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::Model;

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    let _ = (frame, area, model);
}
