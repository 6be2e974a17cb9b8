//! Where a frame is drawn, and what is measured while it is.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use crate::tui::measured::Measured;

/// Where a frame is drawn, and what is measured while it is: views read the model and change
/// nothing but this.
pub struct Canvas<'frame, 'buffer> {
    frame: &'frame mut Frame<'buffer>,
    /// What was measured so far.
    pub measured: Measured,
}

impl<'frame, 'buffer> Canvas<'frame, 'buffer> {
    /// A frame of which nothing is measured yet.
    pub fn new(frame: &'frame mut Frame<'buffer>) -> Self {
        Self {
            frame,
            measured: Measured::default(),
        }
    }

    /// All of it.
    pub fn area(&self) -> Rect {
        self.frame.area()
    }

    /// Draws a widget.
    pub fn render_widget(&mut self, widget: impl Widget, area: Rect) {
        self.frame.render_widget(widget, area);
    }

    /// Shows the terminal's cursor here.
    pub fn set_cursor_position(&mut self, position: Position) {
        self.frame.set_cursor_position(position);
    }

    /// What was drawn so far, cell by cell.
    pub fn buffer_mut(&mut self) -> &mut Buffer {
        self.frame.buffer_mut()
    }
}
