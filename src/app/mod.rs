//! The running terminal: event loop, worker threads, effects, set-up and restore.

mod background;
mod browser;
mod clipboard;
mod drafts;
mod editor;
mod events;
mod incoming;
mod journal;
#[cfg(test)]
mod journal_tests;
mod launch;
mod links;
mod pager;
mod plain;
mod run;
mod running;
mod signals;
mod start;
mod terminal;
mod worker;
mod workers;

pub use launch::{AppOutcome, AssessmentSource, Launch, PaletteChoice, RecordTarget};
pub use start::run_screens;
