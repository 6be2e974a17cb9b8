//! State of the plan.

use crate::model::OptionId;
use crate::tui::list::ListState;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Cursor and search.
    pub list: ListState,
    /// The option whose plan was chosen; `None`: the one that was decided on, else the recommended
    /// one.
    pub option: Option<OptionId>,
    /// The step that the open form is about, and what is said in it.
    pub marking: Option<Marking>,
}

/// The step that an open form is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    /// The option whose plan it is of.
    pub(super) option: OptionId,
    /// Its id.
    pub(super) id: String,
}
