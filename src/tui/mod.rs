//! The screens: a model, messages, a pure update and pure views.
//!
//! Data goes round one way: the terminal and the worker threads send a [`Message`], [`update_model`]
//! changes the [`Model`] and returns [`Effect`]s, `app` carries those out and sends what came of
//! them as further messages. `frame` is a pure function of the model: it returns what it measured for
//! paging and for the mouse, and whoever showed the frame gives that back (see [`Measured`]).
//!
//! From below to above, and nothing looks up:
//!
//! * leaves: keys, messages, effects, actions, lists, colours, and with `draw` what is drawn with;
//! * `model`, made of the `state` of each screen and popup: plain data;
//! * what a screen or popup knows (`query`) and asks for (`load`);
//! * `action_table`, the one table of what can be done: keys, footer, help and documentation are
//!   made from it;
//! * the `update` of each screen and popup, `act` above them, and `update` above all;
//! * the `view` of each, and `frame` above all.
//!
//! `screens` has one folder a screen, `popup` one for each that lies over a screen.

pub mod act;
pub mod action;
pub mod action_table;
pub mod after;
pub mod asking;
pub mod burst;
pub mod deciding;
pub mod draw;
pub mod effect;
pub mod frame;
pub mod fuzzy;
mod input;
pub mod job;
pub mod key;
pub mod leave;
pub mod list;
pub mod list_spec;
pub mod measured;
pub mod measuring;
pub mod message;
pub mod model;
pub mod navigation;
pub mod popup;
pub mod recorded;
pub mod recording;
pub mod screen;
pub mod screens;
pub mod settings;
pub mod syntax;
pub mod taken;
pub mod theme;
mod update;

#[cfg(test)]
mod board_tests;
#[cfg(test)]
mod burst_tests;
#[cfg(test)]
mod decide_tests;
#[cfg(test)]
mod diff_tests;
#[cfg(test)]
mod input_tests;
#[cfg(test)]
mod memory_tests;
#[cfg(test)]
mod mouse_tests;
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
mod size_tests;
#[cfg(test)]
mod story_tests;
#[cfg(test)]
mod update_tests;
#[cfg(test)]
mod walk_tests;

pub use action::Action;
pub use effect::{Effect, Leave};
pub use measured::Measured;
pub use message::Message;
pub use model::{Model, StartOptions};
pub use update::update_model;
