//! Screen 5: what changed in a file.

pub mod fold;
pub mod load;
pub mod open;
pub mod order;
pub mod query;
pub mod rows;
pub mod state;
pub mod text;
pub mod update;
pub mod view;
