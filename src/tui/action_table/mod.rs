//! The one table of what can be done: keys, footer, help and documentation are made from it.

pub mod find;
pub mod guards;
pub mod names;
mod screen_rows;
pub mod spec;
pub mod table;
