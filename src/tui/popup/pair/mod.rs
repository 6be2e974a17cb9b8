//! The release picker: first what is live, then what one would go back to.

pub mod open;
pub mod query;
pub mod state;
pub mod update;
pub mod view;
