//! Sessions: events, the journal they are kept in, and the state they fold to.

mod chain;
mod disk;
mod event;
mod fault;
#[cfg(test)]
mod fault_tests;
mod journal;
mod kept_rehearsals;
#[cfg(test)]
mod later_tests;
mod list;
mod past_rollbacks;
mod rehearsals;
mod repair;
#[cfg(test)]
mod repair_tests;
mod replay;
mod run;
mod state;
#[cfg(test)]
mod tests;
pub mod usecase;
mod verify;

pub use chain::Break;
pub use event::*;
pub use journal::*;
pub use kept_rehearsals::*;
pub use list::*;
pub use past_rollbacks::*;
pub use rehearsals::*;
pub use repair::*;
pub use replay::*;
pub use run::*;
pub use state::*;
pub use verify::*;

/// Why a journal cannot be read or written: one sentence, what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Anything that ends in one sentence for the user.
    #[error("{0}")]
    Other(String),
    /// The disk, or what it is mounted as, does not take or give it: another moment or another
    /// folder may.
    #[error("{0}")]
    Disk(String),
}
