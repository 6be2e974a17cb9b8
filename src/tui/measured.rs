//! What the last drawing measured: where a click does what, and what was in sight.

use ratatui::layout::Rect;

use crate::tui::action::Action;
use crate::tui::list::ScrolledPart;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScrollMark {
    area: Rect,
    len: usize,
    text: bool,
}

impl ScrollMark {
    /// The mouse was drawn to this line while it holds the mark.
    pub fn drag(self, row: u16) -> Drawn {
        let Self { area, len, text } = self;
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
        if text {
            Drawn::Line(at)
        } else {
            Drawn::Row(at)
        }
    }
}

/// What the last drawing measured: where a click does what, what was in sight, and how much fits.
/// Views return it; nothing they draw is remembered elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    hits: Vec<(Rect, Action)>,
    marks: Vec<ScrollMark>,
    /// The terminal is too small to work in.
    pub too_small: bool,
    /// The question whose answers are all in sight.
    asked: Option<String>,
    /// The step of the plan that keys would mark.
    step: Option<String>,
    /// What lies over the screen and is in sight.
    above: Option<String>,
    /// The frame of what lies over the screen.
    pub frame: Option<Rect>,
    /// Keys that it names in its last line: where, and which.
    keys: Vec<(Rect, String)>,
    /// Rows of its list that are in sight: where, and which.
    rows: Vec<(Rect, usize)>,
    /// The line of each row of the board, where screen 1 was drawn; none where the board does not
    /// scroll.
    pub board_lines: Option<Vec<usize>>,
    /// Of each list: its first row in sight, and how many rows fit.
    pub lists: Vec<(ScrolledPart, usize, usize)>,
    /// Of each text: how many lines fit, and how many there are.
    pub texts: Vec<(ScrolledPart, usize, usize)>,
}

impl Measured {
    /// This question and all its answers are drawn.
    pub fn asks(&mut self, name: &str) {
        self.asked = Some(name.to_owned());
    }

    /// Whether the question with all its answers was in the last frame.
    pub fn has_asked(&self, name: &str) -> bool {
        self.asked.as_deref() == Some(name)
    }

    /// This step is drawn, with the cursor on it.
    pub fn steps_on(&mut self, name: &str) {
        self.step = Some(name.to_owned());
    }

    /// Whether the cursor was on this step in the last frame.
    pub fn has_step(&self, name: &str) -> bool {
        self.step.as_deref() == Some(name)
    }

    /// This lies over the screen and is drawn.
    pub fn covers(&mut self, name: &str) {
        self.above = Some(name.to_owned());
    }

    /// Whether this was drawn over the screen in the last frame.
    pub fn has_covered(&self, name: &str) -> bool {
        self.above.as_deref() == Some(name)
    }

    /// A click in `area` is this key of what lies over the screen.
    pub fn key(&mut self, area: Rect, name: &str) {
        self.keys.push((area, name.to_owned()));
    }

    /// The key of what lies over the screen that is named at this place.
    pub fn find_popup_key(&self, column: u16, row: u16) -> Option<&str> {
        self.keys
            .iter()
            .find(|(area, _)| area.contains((column, row).into()))
            .map(|(_, name)| name.as_str())
    }

    /// The rows of the list in `area`, of what lies over the screen, from row `first` on, a line
    /// each.
    pub fn popup_rows(&mut self, area: Rect, first: usize, count: usize) {
        for (y, at) in (area.y..area.bottom()).zip(first..first.saturating_add(count)) {
            self.popup_row(
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                at,
            );
        }
    }

    /// This row of the list of what lies over the screen is drawn here.
    pub fn popup_row(&mut self, area: Rect, row: usize) {
        self.rows.push((area, row));
    }

    /// The row of the list of what lies over the screen that is drawn at this place.
    pub fn find_popup_row(&self, column: u16, row: u16) -> Option<usize> {
        self.rows
            .iter()
            .find(|(area, _)| area.contains((column, row).into()))
            .map(|(_, at)| *at)
    }

    /// A click in `area` does `action`. Later ones lie above earlier ones.
    pub fn hit(&mut self, area: Rect, action: Action) {
        self.hits.push((area, action));
    }

    /// The scroll mark of a list of so many rows.
    pub fn bar(&mut self, area: Rect, len: usize) {
        let text = false;
        self.marks.push(ScrollMark { area, len, text });
    }

    /// The scroll mark of a text of so many lines.
    pub fn text_bar(&mut self, area: Rect, len: usize) {
        let text = true;
        self.marks.push(ScrollMark { area, len, text });
    }

    /// The scroll mark at this place.
    pub fn find_scroll_mark(&self, column: u16, row: u16) -> Option<ScrollMark> {
        self.marks
            .iter()
            .rev()
            .find(|mark| mark.area.contains((column, row).into()))
            .copied()
    }

    /// What a click does.
    pub fn at(&self, column: u16, row: u16) -> Option<Action> {
        self.hits
            .iter()
            .rev()
            .find(|(area, _)| area.contains((column, row).into()))
            .map(|(_, action)| *action)
    }
}
