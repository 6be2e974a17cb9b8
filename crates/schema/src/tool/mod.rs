//! Migration tools: one declaration each, with its layouts, its marks, its order, its habit, its
//! reader and its way down. `registry` lists them all.

pub mod declaration;
mod dotnet;
mod ecto;
mod folders;
mod javascript;
mod liquibase;
mod numbered;
mod pairs;
mod php;
mod python;
mod rails;
mod registry;
mod run_lists;
mod sea_orm;
mod unnamed;
mod versioned;

pub use registry::{TOOLS, find_tool};
