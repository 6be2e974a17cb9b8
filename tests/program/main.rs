//! Tests of the whole program, a module a topic, in one executable: forty of them took a minute to
//! link. `tests/work.rs` stands alone, for it counts what is allocated.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

// Fuzz targets name these two crates; here this executable is both, so that `readers` compiles and
// runs the targets as they stand.
extern crate self as backout_fuzz;
extern crate self as libfuzzer_sys;

/// A target as an ordinary function.
#[macro_export]
macro_rules! fuzz_target {
    (|$bytes:ident: &[u8]| $body:expr) => {
        pub fn run($bytes: &[u8]) {
            $body
        }
    };
}

pub use readers::targets::read;

mod common;
// the differential test of the judge asks the same server
#[path = "../../crates/schema/tests/differential/mariadb_server.rs"]
mod mariadb_server;
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
mod decision_gates;
mod decision_properties;
mod decision_rules;
mod decision_situations;
mod decision_words;
mod declared;
mod docs;
mod doors;
mod ends;
mod fuzz_targets;
mod gate;
mod gate_rehearsals;
mod hidden_text;
mod hostile_git;
mod house;
mod journals;
mod kills;
mod law_rows;
mod law_stage;
mod laws;
mod live;
mod live_database;
mod live_plan;
mod memory;
mod needs;
mod pictures;
mod pty;
mod pty_findings;
mod readers;
mod rehearse_database;
mod reports;
mod repository;
mod repository_checklist;
mod restricting_order;
mod second_edition;
mod settings;
mod step;
mod stories;
mod tui_plain;
mod worked_cases;
