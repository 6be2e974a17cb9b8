//! The threads beside the loop, each on the newest task of its kind.

use std::sync::mpsc::Sender;

use super::incoming::Incoming;
use super::worker::{Outstanding, WorkerSlot};
use crate::model::{FileChange, Release};
use crate::repository::Repository;
use crate::tui::{Message, job};

/// How many lines of context a file diff shows.
const CONTEXT: usize = 3;
/// More lines than a difference shows: the whole file.
const WHOLE: usize = 100_000;

/// One thread for each kind of work that the screens wait for.
pub struct Workers {
    /// The decision.
    pub decide: WorkerSlot<job::DecisionJob>,
    /// The difference of a file, and whether with all lines that did not change.
    pub diff: WorkerSlot<(Option<Repository>, FileChange, bool)>,
    /// The files of a commit.
    pub files: WorkerSlot<(Option<Repository>, String)>,
    /// Whether a commit can be reverted by itself.
    pub trial: WorkerSlot<(Option<Repository>, Option<Release>, String)>,
}

impl Workers {
    /// Starts them.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(to: &Sender<Incoming>, outstanding: &Outstanding) -> std::io::Result<Self> {
        let gone = "the repository is not open";
        Ok(Self {
            decide: WorkerSlot::new(
                "decision",
                to.clone(),
                outstanding.clone(),
                |job: job::DecisionJob| Message::Decided(Box::new(job::run_decision_job(&job))),
            )?,
            diff: WorkerSlot::new(
                "diff",
                to.clone(),
                outstanding.clone(),
                move |(repository, change, whole): (Option<Repository>, FileChange, bool)| {
                    let context = if whole { WHOLE } else { CONTEXT };
                    let diff = match repository {
                        Some(repository) => repository.file_diff(&change, context),
                        None => crate::model::FileDiff::Unavailable(format!(
                            "The difference cannot be shown: {gone}."
                        )),
                    };
                    let (change, diff) = (Box::new(change), Box::new(diff));
                    if whole {
                        Message::DiffedWhole { change, diff }
                    } else {
                        Message::Diffed { change, diff }
                    }
                },
            )?,
            files: WorkerSlot::new(
                "commit",
                to.clone(),
                outstanding.clone(),
                move |(repository, commit): (Option<Repository>, String)| {
                    let files = match repository {
                        Some(repository) => repository
                            .commit_changes(&commit)
                            .map_err(|error| error.to_string()),
                        None => Err(gone.to_owned()),
                    };
                    Message::CommitFiles { commit, files }
                },
            )?,
            trial: WorkerSlot::new(
                "revert trial",
                to.clone(),
                outstanding.clone(),
                move |(repository, current, commit): (
                    Option<Repository>,
                    Option<Release>,
                    String,
                )| {
                    let trial = match (repository, current) {
                        (Some(repository), Some(current)) => {
                            repository.revert_trial(&current, &commit)
                        }
                        _ => crate::model::RevertTrial::Impossible(gone.to_owned()),
                    };
                    Message::Tried { commit, trial }
                },
            )?,
        })
    }
}
