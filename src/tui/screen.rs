//! Which screens there are, and which part of one takes keys.

/// One of the eight screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Screen {
    /// What to do, why, what would change it, what to find out next.
    #[default]
    Now,
    /// What is out and what is to come.
    Gates,
    /// One question; all questions.
    Questions,
    /// What would disappear from production.
    Changelog,
    /// What changed in a file.
    Diff,
    /// Findings with evidence.
    Risks,
    /// Steps of an option.
    Plan,
    /// The log.
    Record,
}

impl Screen {
    /// In the order of their digits.
    pub const ALL: [Screen; 8] = [
        Screen::Now,
        Screen::Gates,
        Screen::Questions,
        Screen::Changelog,
        Screen::Diff,
        Screen::Risks,
        Screen::Plan,
        Screen::Record,
    ];

    /// As in the footer.
    pub fn title(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Gates => "gates",
            Self::Questions => "questions",
            Self::Changelog => "changelog",
            Self::Diff => "diff",
            Self::Risks => "risks",
            Self::Plan => "plan",
            Self::Record => "record",
        }
    }
}

/// Which part of the screen takes keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The question: answer keys are live.
    #[default]
    Question,
    /// The list, or the screen itself.
    Body,
    /// The text beside or below the list.
    Detail,
}
