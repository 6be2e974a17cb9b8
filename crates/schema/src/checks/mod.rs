//! The checks of databases: one declaration each, by what they are about.

mod columns;
mod constraints;
mod data;
mod history;
mod objects;
mod observed;
mod registry;
mod tables;

pub use columns::*;
pub use constraints::*;
pub use data::*;
pub use history::*;
pub use objects::*;
pub use observed::*;
pub use registry::list_declared_checks;
pub use tables::*;
