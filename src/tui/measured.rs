//! What the last drawing measured: where a click does what, and what was in sight.

use std::cell::{Cell, RefCell};

use ratatui::layout::Rect;

use super::action::Action;

/// What the last drawing measured: where a click does what. Drawing is pure save for this.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    hits: RefCell<Vec<(Rect, Action)>>,
    /// Scroll marks of lists, with their rows.
    bars: RefCell<Vec<(Rect, usize)>>,
    /// The scroll mark that the mouse holds.
    held: Cell<Option<(Rect, usize)>>,
    /// Set when drawing found that the terminal is too small to work in.
    pub too_small: Cell<bool>,
    /// Lines are printed instead of frames; whoever prints them sees to it that they were read.
    pub lines: Cell<bool>,
    /// The question whose answers are all in sight.
    asked: RefCell<Option<String>>,
    /// What lies over the screen and is in sight.
    above: RefCell<Option<String>>,
}

impl Measured {
    /// Forgets everything, before a drawing.
    pub fn clear(&self) {
        self.hits.borrow_mut().clear();
        self.bars.borrow_mut().clear();
        self.too_small.set(false);
        self.unseen();
    }

    /// What was in sight no longer is what keys would act on: the next frame shows what does.
    pub fn unseen(&self) {
        *self.asked.borrow_mut() = None;
        *self.above.borrow_mut() = None;
    }

    /// This question and all its answers are drawn.
    pub fn asks(&self, name: &str) {
        *self.asked.borrow_mut() = Some(name.to_owned());
    }

    /// Whether the question with all its answers was in the last frame.
    pub fn has_asked(&self, name: &str) -> bool {
        self.lines.get() || self.asked.borrow().as_deref() == Some(name)
    }

    /// This lies over the screen and is drawn.
    pub fn covers(&self, name: &str) {
        *self.above.borrow_mut() = Some(name.to_owned());
    }

    /// Whether this was drawn over the screen in the last frame.
    pub fn has_covered(&self, name: &str) -> bool {
        self.lines.get() || self.above.borrow().as_deref() == Some(name)
    }

    /// A click in `area` does `action`. Later ones lie above earlier ones.
    pub fn hit(&self, area: Rect, action: Action) {
        self.hits.borrow_mut().push((area, action));
    }

    /// The scroll mark of a list of so many rows.
    pub fn bar(&self, area: Rect, len: usize) {
        self.bars.borrow_mut().push((area, len));
    }

    /// The mouse was pressed here: the row of the list that its scroll mark stands for.
    pub fn grab(&self, column: u16, row: u16) -> Option<usize> {
        self.held.set(self.bars.borrow().iter().rev().find(|(area, _)| area.contains((column, row).into())).copied());
        self.drag(row)
    }

    /// The mouse was drawn to this line while it holds a scroll mark.
    pub fn drag(&self, row: u16) -> Option<usize> {
        let (area, len) = self.held.get()?;
        let (line, last) = (usize::from(row.saturating_sub(area.y)), usize::from(area.height.saturating_sub(1)));
        Some(line.min(last) * len.saturating_sub(1) / last.max(1))
    }

    /// The mouse was let go.
    pub fn let_go(&self) {
        self.held.set(None);
    }

    /// What a click does.
    pub fn at(&self, column: u16, row: u16) -> Option<Action> {
        self.hits.borrow().iter().rev().find(|(area, _)| area.contains((column, row).into())).map(|(_, action)| *action)
    }
}
