//! The git room against repositories built here, and against the git program where it is installed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

mod changelog;
mod figures;
mod files;
mod fixture;
mod kinds;
mod releases;
