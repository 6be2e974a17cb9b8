//! The commit step: choose an option, then say why, type the version where it cannot be taken back,
//! and what should be seen.
//!
//! Every decision has a reason and a last step that no repeated key goes through: *yes* is chosen,
//! or the version is typed where it cannot be taken back. A second person is named where data is
//! lost. Harm and mixed versions are asked for again when the answer is older than ten minutes.

pub mod ask;
pub mod open;
pub mod query;
pub mod state;
pub mod submit;
pub mod update;
pub mod view;
