//! Cursor, scrolling and search of a list, and the offset of a text.

use std::cell::Cell;

use crate::tui::action::Action;

/// Cursor, offset and search of a list.
#[derive(Debug, Clone, Default)]
pub struct ListState {
    /// The row the cursor is on.
    pub cursor: usize,
    /// What is searched for, folded to lower case; empty when nothing is.
    pub search: String,
    /// First row shown; set by drawing, so that the cursor stays in sight.
    pub offset: Cell<usize>,
    /// Rows that fit; set by drawing.
    pub page: Cell<usize>,
}

impl ListState {
    /// Moves the offset so that the cursor is in sight, and remembers how many rows fit. Returns
    /// the first row to show.
    pub fn follow(&self, rows: usize, len: usize) -> usize {
        let rows = rows.max(1);
        self.page.set(rows);
        let cursor = self.cursor.min(len.saturating_sub(1));
        let mut offset = self.offset.get().min(len.saturating_sub(rows));
        if cursor < offset {
            offset = cursor;
        }
        if cursor >= offset + rows {
            offset = cursor + 1 - rows;
        }
        self.offset.set(offset);
        offset
    }
}

/// Offset of a text that scrolls.
#[derive(Debug, Clone, Default)]
pub struct Scroll {
    /// First line shown.
    pub offset: usize,
    /// Lines that fit; set by drawing.
    pub page: Cell<usize>,
    /// Lines there are; set by drawing.
    pub len: Cell<usize>,
}

impl Scroll {
    /// Scrolls by lines, as far as there is text.
    pub fn by(&mut self, lines: isize) {
        let last = self.len.get().saturating_sub(self.page.get());
        self.offset = self.offset.saturating_add_signed(lines).min(last);
    }

    /// Carries out a movement; false when the action is none.
    pub fn act(&mut self, action: Action) -> bool {
        use Action as A;
        let page = isize::try_from(self.page.get().saturating_sub(2).max(1)).unwrap_or(1);
        match action {
            A::Up => self.by(-1),
            A::Down => self.by(1),
            A::PageUp => self.by(-page),
            A::PageDown => self.by(page),
            A::Top => self.offset = 0,
            A::Bottom => self.by(isize::MAX),
            _ => return false,
        }
        true
    }
}
