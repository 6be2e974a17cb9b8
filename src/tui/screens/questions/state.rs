//! State of the screen of questions.

use crate::decision::Conflict;
use crate::model::NextQuestion;
use crate::tui::list::ListState;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Questions {
    /// Cursor and search.
    pub list: ListState,
    /// A question that was picked from the list, instead of the next one.
    pub chosen: Option<NextQuestion>,
}

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionStanding {
    /// Its answer can change the verdict.
    Open,
    /// Handed to somebody.
    Asked,
    /// Answered by a person.
    Answered,
    /// Known from what was read.
    Sensed,
    /// Its answer cannot change the verdict now.
    Idle,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq)]
pub enum QuestionRow {
    /// A heading with the number of rows below it.
    Heading(&'static str, usize),
    /// Sources that disagree about a fact.
    Conflict(Conflict),
    /// A question.
    Question {
        /// As it would be asked.
        next: NextQuestion,
        /// How it stands.
        standing: QuestionStanding,
        /// The values in force, in words.
        known: String,
    },
}
