//! Settings the program reads.

pub(super) mod default_changed;
pub(super) mod flag_call;
pub(super) mod key_added;
pub(super) mod key_removed;
mod object_key;
pub(super) mod switch_covers_part;
mod variable;
