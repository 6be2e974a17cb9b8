//! Why: every reason, flip and open question with what is known about it, down to the quoted line
//! or the query. Enter goes on to the finding or the file, Esc comes back.

pub mod open;
pub mod query;
pub mod state;
pub mod update;
pub mod view;
