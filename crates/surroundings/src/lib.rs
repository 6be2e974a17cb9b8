//! Configuration, infrastructure, dependencies, security: what else changes under the program.
//!
//! These checks are sober on purpose: they note and warn. What they see is what lies in the
//! repository; what is live may differ.

#[cfg(any(test, feature = "fixtures"))]
mod case;
mod check;
mod config;
mod dependency;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture;
mod infrastructure;
mod registry;
mod same_text;
mod security;
mod setting;
mod setting_lines;
mod settings;
mod step_lists;
pub mod stored;
mod texts;

pub use registry::{check_surroundings, list_surroundings_checks};
