//! What reaches the loop: from keys, from threads, from signals.

use crate::assess::{Assessed, Progress};
use crate::tui::Message;

/// Something for the loop.
#[derive(Debug)]
pub enum Incoming {
    /// For the screens.
    Message(Box<Message>),
    /// From a worker of this generation; older ones are dropped.
    Assessment(u64, Box<AssessmentStep>),
    /// End with this signal.
    Signal(i32),
    /// Stop until continued.
    Stop,
    /// The program was continued.
    Continued,
    /// Keys cannot be read any more.
    InputLost(String),
}

impl From<Message> for Incoming {
    fn from(message: Message) -> Self {
        Self::Message(Box::new(message))
    }
}

/// What the assessment has come to.
pub enum AssessmentStep {
    /// Something became known.
    Progress(Box<Progress>),
    /// It is complete.
    Done(Box<Assessed>),
    /// Nothing could be assessed: one sentence, and whether what was typed cannot be meant.
    Failed(String, bool),
}

impl std::fmt::Debug for AssessmentStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Progress(_) => "Progress",
            Self::Done(_) => "Done",
            Self::Failed(..) => "Failed",
        })
    }
}
