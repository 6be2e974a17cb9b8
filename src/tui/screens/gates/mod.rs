//! Screen 2: what is out and what is to come.

pub mod load;
pub mod query;
pub mod state;
pub mod update;
pub mod view;
