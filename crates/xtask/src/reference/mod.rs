//! The generated pages of the documentation: commands, checks, facts, rules, JSON.
//!
//! What the program can print is asked of the program, the rest is read from its data. A test of
//! the program includes this file as well, to say when a page is older than what it describes.

mod checks;
mod commands;
mod page;
mod rules;
mod schema;
mod write;

pub use write::write_pages;
