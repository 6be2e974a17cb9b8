//! State of the screen of gates.

use crate::tui::list::ListState;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Gates {
    /// Cursor over the gates.
    pub list: ListState,
    /// Cursor over the checks of the gate, while they have the focus.
    pub items: ListState,
    /// The person moved the cursor; until then it follows the deployment.
    pub moved: bool,
}
