//! Cursor, scrolling and search of a list, and the offset of a text.

use crate::tui::action::Action;

/// A list or a text that scrolls: what drawing measures of it goes back to its state by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScrolledPart {
    /// The text of screen 1.
    Now,
    /// The gates of screen 2.
    Gates,
    /// The items of the gate.
    GateItems,
    /// The questions of screen 3.
    Questions,
    /// The entries of screen 4.
    Changelog,
    /// The entry under the cursor.
    Entry,
    /// The files of screen 5.
    Files,
    /// The difference of the file.
    DiffText,
    /// The findings of screen 6.
    Risks,
    /// The finding under the cursor.
    Risk,
    /// The steps of screen 7.
    Plan,
    /// The events of screen 8.
    Record,
    /// What lies topmost over the screen.
    Popup,
}

/// Cursor, offset and search of a list.
#[derive(Debug, Clone, Default)]
pub struct ListState {
    /// The row the cursor is on.
    pub cursor: usize,
    /// What is searched for, folded to lower case; empty when nothing is.
    pub search: String,
    /// First row shown, as drawing chose it so that the cursor stays in sight.
    pub offset: usize,
    /// Rows that fit, as drawing measured them.
    pub page: usize,
}

impl ListState {
    /// The first row to show so that the cursor is in sight, where so many rows fit.
    pub fn follow(&self, rows: usize, len: usize) -> usize {
        let rows = rows.max(1);
        let cursor = self.cursor.min(len.saturating_sub(1));
        let mut offset = self.offset.min(len.saturating_sub(rows));
        if cursor < offset {
            offset = cursor;
        }
        if cursor >= offset + rows {
            offset = cursor + 1 - rows;
        }
        offset
    }
}

/// Offset of a text that scrolls.
#[derive(Debug, Clone, Default)]
pub struct Scroll {
    /// First line shown.
    pub offset: usize,
    /// Lines that fit, as drawing measured them.
    pub page: usize,
    /// Lines there are, as drawing counted them.
    pub len: usize,
}

impl Scroll {
    /// Scrolls by lines, as far as there is text.
    pub fn by(&mut self, lines: isize) {
        let last = self.len.saturating_sub(self.page);
        self.offset = self.offset.saturating_add_signed(lines).min(last);
    }

    /// Carries out a movement; false when the action is none.
    pub fn act(&mut self, action: Action) -> bool {
        use Action as A;
        let page = isize::try_from(self.page.saturating_sub(2).max(1)).unwrap_or(1);
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
