//! Search: one line of text in the footer.

pub mod state;
pub mod update;
