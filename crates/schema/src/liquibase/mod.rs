//! Liquibase changelogs: many change sets in a file, in XML, YAML, JSON or formatted SQL. A change
//! set is a migration of its own; what the tool records is author, id and file.

mod change;
mod formatted;
pub mod includes;
mod node;
mod parse;
mod stated;
#[cfg(test)]
mod tests;
mod units;
mod xml;

pub use units::{MovedChangeSets, list_changed_units, read_change_set_scripts};
