//! Hand-over in one screen: what whoever takes over must know. `y` copies it.

pub mod open;
pub mod state;
pub mod update;
pub mod view;
