//! backout: roll back, roll forward, or something cheaper first?
//!
//! Data flows one way through the rooms below; `tests/program/house.rs` holds who may import whom.
//!
//! `repository` reads git · `check` looks at what changed · `assess` runs the checks and turns
//! findings into facts · `checklist` holds gates, questions and rules as data · `decision` turns
//! facts into a verdict · `session` keeps the journal · `usecase` is what a person does with the
//! tool, written once for every shell · `report` writes it down · `tui` draws it · `app` runs the
//! terminal · `command` is the command line.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod app;
pub mod assess;
pub mod check;
pub mod command;
pub mod report;
pub mod tui;

pub use ::{deployment, model, repository};
pub use ::decision::{self, checklist};
pub use ::session::{self, usecase};
