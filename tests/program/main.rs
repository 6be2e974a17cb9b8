//! Tests of the whole program, a module a topic, in one executable: forty of them took a minute to
//! link. `tests/work.rs` stands alone, for it counts what is allocated.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

mod common;
mod support;

mod assess;
mod backtest;
mod checklist_files;
mod cli;
mod conformance;
mod database;
mod database_frameworks;
mod database_hostile;
mod database_observed;
mod database_peers;
mod decision_properties;
mod decision_rules;
mod docs;
mod doors;
mod ends;
mod gate;
mod hidden_text;
mod hostile_git;
mod house;
mod journals;
mod kills;
mod laws;
mod live;
mod needs;
mod pictures;
mod pty;
mod pty_findings;
mod readers;
mod repository;
mod repository_checklist;
mod second_edition;
mod stories;
mod tui_plain;
mod worked_cases;
