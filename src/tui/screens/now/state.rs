//! State of the first screen.

use crate::model::OptionId;
use crate::tui::list::Scroll;

/// A row of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardRow {
    /// An option.
    Of(OptionId),
    /// So many more, which Enter shows.
    More(usize),
}

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// Scrolls the board and the reasons where they do not fit.
    pub scroll: Scroll,
    /// The option under the cursor; `None`: the recommended one.
    pub chosen: Option<OptionId>,
    /// The cursor is on the row that stands for the options that are not shown.
    pub on_more: bool,
    /// All options are shown where a few would be.
    pub whole: bool,
    /// The line of each row among those that scroll, as drawing measured them.
    pub lines: Vec<usize>,
}
