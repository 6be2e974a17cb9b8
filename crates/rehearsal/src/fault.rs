//! Why a rehearsal cannot be held or does not go on, in one sentence each.

use thiserror::Error;

/// Why nothing was rehearsed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RehearsalFault {
    /// The address is not understood.
    #[error(
        "this is no address of a database: {0}; write it as postgres://user@host/name, \
            mysql://user@host/name or sqlite:FILE"
    )]
    Address(String),
    /// The address asks for encryption.
    #[error(
        "the address of {address} asks for an encrypted connection ({word}), and a rehearsal \
            does not encrypt: take a database on this machine or behind a tunnel, and leave \
            {word} out"
    )]
    Encrypted {
        /// The address, without a password.
        address: String,
        /// The word that asks.
        word: String,
    },
    /// The driver is not part of this program.
    #[error(
        "this program was built without the driver for {engine}; build it with --features {feature}"
    )]
    NotBuilt {
        /// The engine.
        engine: &'static str,
        /// The feature that brings its driver.
        feature: &'static str,
    },
    /// The server does not answer, or lets nobody in.
    #[error("the database {address} cannot be reached: {why}")]
    Unreachable {
        /// The address, without a password.
        address: String,
        /// What the driver says.
        why: String,
    },
    /// It holds something that no rehearsal made.
    #[error(
        "the database {address} is neither empty nor marked as scratch by a rehearsal ({found}), \
            so nothing was touched; give the address of a new, empty database"
    )]
    NotScratch {
        /// The address, without a password.
        address: String,
        /// What was found there.
        found: String,
    },
    /// A scratch database that somebody uses.
    #[error(
        "another rehearsal is using the database {0}; wait until it has ended, or take another one"
    )]
    Taken(String),
    /// A right is missing.
    #[error("the database {address} refuses what a rehearsal needs ({what}): {why}")]
    Refused {
        /// The address, without a password.
        address: String,
        /// What was tried.
        what: &'static str,
        /// What the database says.
        why: String,
    },
    /// Something before the range does not run: nothing can be said about the range.
    #[error("{0}")]
    BeforeRange(String),
}

/// What a database says against one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFault {
    /// Its message, on one line.
    pub message: String,
    /// Its code (SQLSTATE or the like), where it has one.
    pub code: Option<String>,
    /// The statement took longer than it may.
    pub timed_out: bool,
    /// It waited too long for a lock.
    pub locked: bool,
    /// The connection is gone.
    pub lost: bool,
}

impl StatementFault {
    /// With a message alone.
    pub fn new(message: impl AsRef<str>) -> Self {
        let line: Vec<&str> = message.as_ref().split_whitespace().collect();
        Self {
            message: model::escape_invisible(&line.join(" ")).into_owned(),
            code: None,
            timed_out: false,
            locked: false,
            lost: false,
        }
    }

    /// It was stopped after that many seconds.
    pub fn note_timed_out(&mut self, seconds: u64) {
        self.timed_out = true;
        self.message = format!("it took longer than {seconds} s");
    }

    /// It waited that many seconds for a lock, and gave up.
    pub fn note_locked(&mut self, seconds: u64) {
        self.locked = true;
        self.message =
            format!("it waited longer than {seconds} s for a lock that another connection holds");
    }

    /// The connection went with it.
    pub fn note_lost(&mut self) {
        self.lost = true;
        self.message = format!("the connection was lost ({})", self.message);
    }
}

impl std::fmt::Display for StatementFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.message)
    }
}
