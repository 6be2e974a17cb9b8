//! One folder a screen: its state, what it knows and asks for, its actions and its drawing.

#[cfg(test)]
mod act_tests;
pub mod acting;
pub mod changelog;
pub mod diff;
pub mod gates;
pub mod lists;
pub mod loading;
pub mod long_text;
pub mod now;
pub mod part;
pub mod place;
pub mod plan;
pub mod questions;
pub mod record;
pub mod risks;
#[cfg(test)]
mod view_tests;
