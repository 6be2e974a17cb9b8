//! What a piece of text is, from which its colour follows.

use ratatui::style::{Modifier, Style};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Beside the point.
    Dim,
    /// Important text.
    Strong,
    /// Title of a panel.
    Title,
    /// Lines and borders.
    Line,
    /// What has the focus.
    Focus,
    /// The row under the cursor.
    Cursor,
    /// A key to press.
    Key,
    /// In order.
    Good,
    /// Look here.
    Warn,
    /// In the way.
    Bad,
    /// The side that goes back.
    Back,
    /// The side that goes forward.
    Forward,
    /// Switching off, or sending the traffic elsewhere.
    Aside,
    /// Waiting.
    Hold,
    /// Header.
    Header,
    /// The verdict.
    Verdict,
    /// Added text.
    Added,
    /// Removed text.
    Removed,
    /// Words that were added.
    AddedWord,
    /// Words that were removed.
    RemovedWord,
    /// A hit of the search.
    Match,
    /// Left out, or withdrawn.
    Struck,
    /// The banner of a rehearsal or a review.
    Banner,
    /// SQL or a command to copy.
    Code,
    /// A word of a programming language.
    Keyword,
    /// Program text in quotes.
    Quoted,
    /// A number in program text.
    Number,
    /// A comment in program text.
    Comment,
}

impl Role {
    /// In the order of their numbers.
    pub const ALL: [Role; 29] = [
        Role::Text,
        Role::Dim,
        Role::Strong,
        Role::Title,
        Role::Line,
        Role::Focus,
        Role::Cursor,
        Role::Key,
        Role::Good,
        Role::Warn,
        Role::Bad,
        Role::Back,
        Role::Forward,
        Role::Aside,
        Role::Hold,
        Role::Header,
        Role::Verdict,
        Role::Added,
        Role::Removed,
        Role::AddedWord,
        Role::RemovedWord,
        Role::Match,
        Role::Struck,
        Role::Banner,
        Role::Code,
        Role::Keyword,
        Role::Quoted,
        Role::Number,
        Role::Comment,
    ];

    /// As a theme's file writes it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Dim => "dim",
            Self::Strong => "strong",
            Self::Title => "title",
            Self::Line => "line",
            Self::Focus => "focus",
            Self::Cursor => "cursor",
            Self::Key => "key",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Back => "back",
            Self::Forward => "forward",
            Self::Aside => "aside",
            Self::Hold => "hold",
            Self::Header => "header",
            Self::Verdict => "verdict",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::AddedWord => "added-word",
            Self::RemovedWord => "removed-word",
            Self::Match => "match",
            Self::Struck => "struck",
            Self::Banner => "banner",
            Self::Code => "code",
            Self::Keyword => "keyword",
            Self::Quoted => "quoted",
            Self::Number => "number",
            Self::Comment => "comment",
        }
    }
}

/// Which palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Palette {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// No colour at all: bold, dim, reverse, underline.
    Plain,
}

/// What a role looks like without colour; themes add to it.
pub(super) fn style_without_colour(role: Role) -> Style {
    match role {
        Role::Text => Style::new(),
        Role::Dim | Role::Line | Role::Comment => Style::new().add_modifier(Modifier::DIM),
        Role::Strong
        | Role::Title
        | Role::Key
        | Role::Verdict
        | Role::Bad
        | Role::Back
        | Role::Aside
        | Role::Hold
        | Role::Keyword
        | Role::Forward => Style::new().add_modifier(Modifier::BOLD),
        Role::Focus => Style::new().add_modifier(Modifier::BOLD),
        Role::Cursor | Role::Banner => Style::new().add_modifier(Modifier::REVERSED),
        Role::Good | Role::Warn | Role::Added | Role::Code | Role::Quoted | Role::Number => {
            Style::new()
        }
        Role::Removed => Style::new().add_modifier(Modifier::DIM),
        Role::Header => Style::new().add_modifier(Modifier::BOLD),
        Role::AddedWord | Role::RemovedWord => {
            Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD)
        }
        Role::Match => Style::new().add_modifier(Modifier::UNDERLINED),
        Role::Struck => Style::new().add_modifier(Modifier::CROSSED_OUT | Modifier::DIM),
    }
}
