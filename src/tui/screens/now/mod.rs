//! Screen 1: what to do, why, and what to find out next.

pub mod board;
pub mod decided;
pub mod query;
pub mod reasons;
pub mod state;
pub mod timeline;
pub mod update;
pub mod view;

/// Columns of labels before a text.
const LABEL: usize = 10;
