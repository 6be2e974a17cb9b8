//! What is live, the process and its steps, staging.
//!
//! Everything here is pure: bytes that somebody handed in and trees of a
//! [`Snapshot`](model::Snapshot) go in, facts and findings come out. No deployer is ever
//! called; the reader of each file says which command writes the file that answers.

pub mod calendar;
pub mod declared;
pub mod ladder;
pub mod live;
pub mod ocl;
pub mod owners;
pub mod platform;
pub mod process;
mod registry;
pub mod staging;

pub use registry::list_deployment_checks;
