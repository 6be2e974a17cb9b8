//! One of a few actions, by one key.

pub mod state;
pub mod update;
pub mod view;
