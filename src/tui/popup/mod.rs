//! What lies over a screen: one folder each, and what they share.

pub mod choose;
pub mod commit;
pub mod drafts;
pub mod form;
pub mod handover;
pub mod help;
pub mod keys;
pub mod kind;
pub mod next;
pub mod pair;
pub mod palette;
pub mod pasted;
pub mod prompt;
pub mod replies;
pub mod story;
pub mod view;
pub mod why;
