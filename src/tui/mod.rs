//! The screens: a model, messages, a pure update and pure views.
//!
//! Data goes round one way: the terminal and the worker threads send a [`Message`], [`update_model`]
//! changes the [`Model`] and returns [`Effect`]s, `app` carries those out and sends what came of
//! them as further messages. `view` is a pure function of the model, save for what it
//! measures for paging and for the mouse (see [`Measured`]).
//!
//! * `action` is the one table of what can be done: keys, footer, help and documentation are made
//!   from it.
//! * `state/` holds one file a screen: its state and its own actions. `view/` holds one file a
//!   screen: its drawing.
//! * `popup/` holds what lies over a screen: help, forms, the release picker, the commit step.

pub mod action;
pub mod after;
pub mod asking;
pub mod effect;
pub mod fuzzy;
mod input;
pub mod job;
pub mod key;
pub mod list;
mod measured;
pub mod message;
pub mod model;
pub mod popup;
mod recorded;
pub mod settings;
pub mod state;
pub mod syntax;
pub mod theme;
mod update;
pub mod view;

#[cfg(test)]
mod board_tests;
#[cfg(test)]
mod burst_tests;
#[cfg(test)]
mod decide_tests;
#[cfg(test)]
mod diff_tests;
#[cfg(test)]
mod newcomer_tests;
#[cfg(test)]
mod palette_tests;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod replay_tests;
#[cfg(test)]
pub mod sample;
#[cfg(test)]
mod screen_tests;
#[cfg(test)]
mod story_tests;
#[cfg(test)]
mod update_tests;
#[cfg(test)]
mod walk_tests;

pub use action::Action;
pub use effect::{Effect, Leave};
pub use message::Message;
pub use model::{Measured, Model, StartOptions};
pub use update::update_model;
