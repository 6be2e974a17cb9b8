//! State: the commit step.

/// The choice of an option.
#[derive(Debug, Clone, Default)]
pub struct CommitPopup {
    pub(crate) cursor: usize,
}
