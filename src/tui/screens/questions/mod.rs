//! Screen 3: one question; all questions.

pub mod answer;
pub mod block;
pub mod opening;
pub mod query;
pub mod state;
pub mod update;
pub mod view;
