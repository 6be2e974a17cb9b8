//! What the screens want done outside: `app` carries it out and answers with a message.

use crate::model::FileChange;
use crate::session::EventKind;

use crate::tui::job::DecisionJob;

/// Something to do outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Append to the journal and sync it; answered by `Appended` or `NotAppended` with the same
    /// ticket.
    Append {
        /// To tell answers apart.
        ticket: u64,
        /// What happened.
        what: Box<EventKind>,
        /// In which role.
        role: Option<String>,
        /// By whom.
        by: Option<String>,
    },
    /// Decide anew (latest wins); answered by `Decided`.
    Decide(Box<DecisionJob>),
    /// The difference inside one file (latest wins); answered by `Diffed`.
    Diff(Box<FileChange>),
    /// The same with all lines that did not change (latest wins); answered by `DiffedWhole`.
    WholeDiff(Box<FileChange>),
    /// The files one commit changed (latest wins); answered by `CommitFiles`.
    CommitFiles(String),
    /// Try to revert one commit on current (latest wins); answered by `Tried`.
    Trial(String),
    /// Assess another pair.
    Reassess {
        /// Version we would go back to.
        previous: String,
        /// Version that is live.
        current: String,
    },
    /// Put text on the terminal's clipboard.
    Copy(String),
    /// Open a file of the working tree in the person's editor.
    Edit {
        /// Below the repository's root.
        path: String,
        /// From 1.
        line: Option<usize>,
    },
    /// Open a page of the forge in the person's browser.
    Browse(String),
    /// Show a text in the person's pager.
    Page(String),
    /// Switch the mouse.
    Mouse(bool),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back to the shell until `fg`.
    Suspend,
    /// Go on with the open session about the same releases, or begin another one.
    Session {
        /// Whether to go on.
        go_on: bool,
    },
    /// Keep the record in this folder, as it cannot be written where it should be.
    Folder(std::path::PathBuf),
    /// Leave.
    Quit(Leave),
}

/// How the program is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// The person quit; the session stays open.
    Quit,
    /// The person quit after a decision was recorded.
    Decided,
}
