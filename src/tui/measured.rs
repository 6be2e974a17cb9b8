//! What the last drawing measured: where a click does what, and what was in sight.

use std::cell::{Cell, RefCell};

use ratatui::layout::Rect;

use crate::tui::action::Action;

/// What a scroll mark was drawn to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// A row of the list.
    Row(usize),
    /// The first line to show of the text.
    Line(usize),
}

/// A scroll mark: where it is, how many rows or lines it stands for, and whether they are lines of
/// a text.
#[derive(Debug, Clone, Copy)]
struct Bar {
    area: Rect,
    len: usize,
    text: bool,
}

/// What the last drawing measured: where a click does what. Drawing is pure save for this.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    hits: RefCell<Vec<(Rect, Action)>>,
    /// Scroll marks.
    bars: RefCell<Vec<Bar>>,
    /// The scroll mark that the mouse holds.
    held: Cell<Option<Bar>>,
    /// Set when drawing found that the terminal is too small to work in.
    pub too_small: Cell<bool>,
    /// Lines are printed instead of frames; whoever prints them sees to it that they were read.
    pub lines: Cell<bool>,
    /// The question whose answers are all in sight.
    asked: RefCell<Option<String>>,
    /// The step of the plan that keys would mark.
    step: RefCell<Option<String>>,
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
        *self.step.borrow_mut() = None;
    }

    /// This question and all its answers are drawn.
    pub fn asks(&self, name: &str) {
        *self.asked.borrow_mut() = Some(name.to_owned());
    }

    /// Whether the question with all its answers was in the last frame.
    pub fn has_asked(&self, name: &str) -> bool {
        self.lines.get() || self.asked.borrow().as_deref() == Some(name)
    }

    /// This step is drawn, with the cursor on it.
    pub fn steps_on(&self, name: &str) {
        *self.step.borrow_mut() = Some(name.to_owned());
    }

    /// Whether the cursor was on this step in the last frame.
    pub fn has_step(&self, name: &str) -> bool {
        self.lines.get() || self.step.borrow().as_deref() == Some(name)
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
        self.bars.borrow_mut().push(Bar {
            area,
            len,
            text: false,
        });
    }

    /// The scroll mark of a text of so many lines.
    pub fn text_bar(&self, area: Rect, len: usize) {
        self.bars.borrow_mut().push(Bar {
            area,
            len,
            text: true,
        });
    }

    /// The mouse was pressed here: what the scroll mark there was drawn to.
    pub fn grab(&self, column: u16, row: u16) -> Option<Drawn> {
        self.held.set(
            self.bars
                .borrow()
                .iter()
                .rev()
                .find(|bar| bar.area.contains((column, row).into()))
                .copied(),
        );
        self.drag(row)
    }

    /// The mouse was drawn to this line while it holds a scroll mark.
    pub fn drag(&self, row: u16) -> Option<Drawn> {
        let Bar { area, len, text } = self.held.get()?;
        let (line, last) = (
            usize::from(row.saturating_sub(area.y)),
            usize::from(area.height.saturating_sub(1)),
        );
        // the last line of a text that is shown first leaves the screen full
        let end = if text {
            len.saturating_sub(usize::from(area.height))
        } else {
            len.saturating_sub(1)
        };
        let at = line.min(last) * end / last.max(1);
        Some(if text {
            Drawn::Line(at)
        } else {
            Drawn::Row(at)
        })
    }

    /// The mouse was let go.
    pub fn let_go(&self) {
        self.held.set(None);
    }

    /// What a click does.
    pub fn at(&self, column: u16, row: u16) -> Option<Action> {
        self.hits
            .borrow()
            .iter()
            .rev()
            .find(|(area, _)| area.contains((column, row).into()))
            .map(|(_, action)| *action)
    }
}
