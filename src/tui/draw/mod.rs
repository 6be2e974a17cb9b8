//! What screens and popups draw with. Nothing here knows a screen.

pub mod canvas;
pub mod labels;
pub mod links;
pub mod lists;
pub mod options;
pub mod panel;
pub mod pieces;
pub mod sizes;
pub mod text;
pub mod text_popup;
pub mod verdict;
pub mod words;
