//! Screen 7: the ordered steps of an option, and running them.

pub mod above;
pub mod load;
pub mod marks;
pub mod query;
pub mod run_view;
pub mod state;
pub mod update;
pub mod view;
