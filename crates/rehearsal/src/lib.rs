//! A rehearsal on a real database: the migrations of previous, rows in every table, the migrations of
//! the range, previous's own statements on the new schema, the ways down, and forward again.
//!
//! It is given texts and an address, and knows nothing of terminals or of git. `address`, `connection`
//! and `open` say which database it is, `mark` whether it may be used, `migrate` runs migrations,
//! `fill` makes rows, `snapshot` compares moments, `placeholder` and `statements` try the old
//! program's statements, `run` is the order of it all, `report` what was seen.

#![cfg_attr(
    not(feature = "databases"),
    allow(
        dead_code,
        unused_variables,
        reason = "without a driver only the records are read"
    )
)]

mod address;
mod admission;
mod answer_rows;
mod catalogue;
mod connection;
mod fault;
mod fill;
mod mark;
mod migrate;
#[cfg(feature = "databases")]
mod mysql;
#[cfg(feature = "databases")]
mod mysql_schema;
mod open;
mod placeholder;
mod plan;
#[cfg(feature = "databases")]
mod postgres;
#[cfg(feature = "databases")]
mod postgres_schema;
pub mod report;
mod run;
mod snapshot;
#[cfg(feature = "databases")]
mod sqlite;
#[cfg(feature = "databases")]
mod sqlite_schema;
mod statement_tokens;
mod statements;
#[cfg(all(test, feature = "databases"))]
mod tests;
#[cfg(all(test, feature = "databases"))]
mod tests_mysql;
#[cfg(all(test, feature = "databases"))]
mod tests_postgres;
mod values;

pub use address::{DatabaseAddress, EngineKind};
pub use catalogue::HeldLock;
pub use connection::{Engine, TimeLimits};
pub use fault::RehearsalFault;
pub use plan::{
    MigrationCommand, PlannedMigration, PlannedOldStatement, PlannedStatement, RehearsalPlan,
    SeedScript, ToolWay,
};
pub use run::rehearse_on_database;
