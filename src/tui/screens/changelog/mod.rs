//! Screen 4: what would disappear from production.

pub mod detail;
pub mod entry;
pub mod load;
pub mod query;
pub mod rows;
pub mod state;
pub mod update;
pub mod view;
