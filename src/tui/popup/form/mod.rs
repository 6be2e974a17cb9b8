//! Fields to fill in: notes, calls, confidence and role, numbers.

pub mod state;
pub mod submit;
pub mod update;
pub mod view;
