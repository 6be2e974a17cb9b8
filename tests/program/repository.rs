//! The git room against repositories built here, and against the git program where it is installed.

mod changelog;
mod figures;
mod files;
mod fixture;
mod kinds;
mod releases;
