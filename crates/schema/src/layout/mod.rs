//! Where migrations lie. A path is recognised by its own shape, by what lies beside it and by the
//! manifests of its tree; a file's text only decides between tools that share a shape.

pub mod candidate;
mod dialect_words;
mod elsewhere;
pub mod manifest;
mod matching;
mod names;
mod recognise;
mod sql;
mod sql_numbered;
mod sql_place;

pub use manifest::Manifest;
pub use matching::find_changed_migrations;
pub use recognise::recognise_migration;
