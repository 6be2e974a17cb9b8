//! The git room against repositories built here, and against the git program where it is installed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

#[path = "repository/changelog.rs"]
mod changelog;
#[path = "repository/figures.rs"]
mod figures;
#[path = "repository/files.rs"]
mod files;
#[path = "repository/fixture.rs"]
mod fixture;
#[path = "repository/kinds.rs"]
mod kinds;
#[path = "repository/releases.rs"]
mod releases;
