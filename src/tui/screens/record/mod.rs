//! Screen 8: the log.

pub mod forms;
pub mod load;
pub mod replay;
pub mod sentence;
pub mod session;
pub mod state;
pub mod update;
pub mod view;
