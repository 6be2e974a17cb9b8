//! Any action by its name: with its key, and why it is off where it is off.

pub mod open;
pub mod query;
pub mod state;
pub mod update;
pub mod view;
