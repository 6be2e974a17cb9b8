//! What the keys do here: made from the action table, filtered as one types.

pub mod open;
pub mod state;
pub mod update;
pub mod view;
