//! A story of the demo or of a drill: what happened, before anything is asked; and its end, before it
//! is left: what was answered and decided, how it went on, what would have changed the verdict, and
//! what the program could not see.

pub mod open;
pub mod state;
pub mod update;
pub mod view;
