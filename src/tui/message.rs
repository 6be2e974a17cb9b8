//! What can reach the screens.

use jiff::Timestamp;
use ratatui::crossterm::event::{KeyEvent, MouseEvent};

use crate::model::{
    Assessment, Changelog, Config, FileChange, FileDiff, Rehearsal, Release, ReleaseRelation,
    RepositoryInfo, RevertTrial, Stage,
};
use crate::session::Event;
use crate::usecase::StepMark;

use crate::tui::action::Action;
use crate::tui::job::JobResult;

/// What is said about the topmost popup where lines are read: it is not drawn there, so there is
/// nothing that keys could move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PopupReply {
    /// The form is filled in and carried out: the id of a field, and its text. Fields that are left
    /// out keep what stands in them.
    Filled(Vec<(&'static str, String)>),
    /// The option of this row is decided for, from 0.
    Option(usize),
    /// The release that matches best is chosen.
    Release(String),
    /// It is left as it is.
    Left,
    /// All that lie over the screen are left as they are.
    AllLeft,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// It is this late now.
    Tick(Timestamp),
    /// An action, from the mouse, a popup or a test.
    Act(Action),
    /// A line was typed about what lies over the screen.
    Reply(PopupReply),
    /// A line was typed about a step of the plan that is shown.
    MarkStep {
        /// Its number; `None` for the first that is still to be done.
        number: Option<usize>,
        /// What is said about it.
        mark: StepMark,
    },
    /// The short message and what stands above the screen were read out: nobody needs them any more.
    Told,
    /// The repository is open.
    Opened(RepositoryInfo),
    /// Releases were found and the pair is settled.
    Paired {
        /// Would go back to.
        previous: Release,
        /// Out now.
        current: Release,
        /// How they lie.
        relation: ReleaseRelation,
        /// All releases, newest first.
        releases: Vec<Release>,
    },
    /// First-parent commits, before the full list.
    Quick(Changelog),
    /// A stage ended, with all that is known so far.
    Stage(Stage, Box<Assessment>),
    /// The assessment is complete.
    Assessed(Box<Assessment>, Box<Config>),
    /// Rehearsals of going back that were held here, oldest first.
    Rehearsals(Vec<Rehearsal>),
    /// Nothing could be assessed: one sentence.
    NotAssessed(String),
    /// The events of a journal that was opened or continued by another program.
    Events(Vec<Event>),
    /// An event is on disk.
    Appended {
        /// Of the effect; `None` for events that `app` or another program wrote.
        ticket: Option<u64>,
        /// As written.
        event: Box<Event>,
    },
    /// An event is not on disk.
    NotAppended {
        /// Of the effect.
        ticket: u64,
        /// One sentence.
        says: String,
    },
    /// There is no journal to write to, and there will be none: one sentence, which stays in sight.
    NoRecord(String),
    /// Something is wrong with the record, which goes on: one sentence, which stays in sight.
    Doubt(String),
    /// The record is kept in this file from now on.
    Kept(std::path::PathBuf),
    /// So many events are kept in memory because the disk does not take them; 0 when all are
    /// written.
    Unwritten(usize),
    /// There is an open session about the same releases: what happens is held back until somebody
    /// chooses.
    OpenSession {
        /// When it began.
        began: Timestamp,
        /// How much was said in it.
        said: u64,
    },
    /// What was decided.
    Decided(Box<JobResult>),
    /// The difference inside a file.
    Diffed {
        /// The file as it was asked for: the same path may be asked for between other contents.
        change: Box<FileChange>,
        /// The difference.
        diff: Box<FileDiff>,
    },
    /// The whole file with its difference.
    DiffedWhole {
        /// The file as it was asked for.
        change: Box<FileChange>,
        /// The difference.
        diff: Box<FileDiff>,
    },
    /// The files one commit changed, or why they cannot be told.
    CommitFiles {
        /// The commit.
        commit: String,
        /// Its files.
        files: Result<Vec<FileChange>, String>,
    },
    /// Whether reverting a commit applies.
    Tried {
        /// The commit.
        commit: String,
        /// How it went.
        trial: RevertTrial,
    },
    /// Something to tell the person, one sentence.
    Tell(String),
}
