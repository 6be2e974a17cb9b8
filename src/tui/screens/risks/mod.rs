//! Screen 6: findings with evidence.

pub mod detail;
pub mod evidence;
pub mod load;
pub mod migration;
pub mod query;
pub mod row_view;
pub mod rows;
pub mod source;
pub mod state;
pub mod update;
pub mod view;
pub mod ways;
