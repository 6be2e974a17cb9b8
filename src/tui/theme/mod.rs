//! Roles to styles, by a theme. Dark and light have only the sixteen colours of the terminal and
//! modifiers, so that the user's palette stays in charge; and in every theme, what a colour says is
//! also said by a word or a glyph.

use ratatui::style::{Modifier, Style};

use crate::model::{OptionId, Severity, Strength};

mod file;

pub use file::{Colours, Depth, ThemeFile, find_shipped_theme, list_shipped_themes, read_theme};

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

/// Colours and glyphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// The style of every role.
    pub colours: &'static Colours,
    /// Only ASCII glyphs.
    pub ascii: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Self::of(Palette::default())
    }
}

/// What a role looks like without colour; themes add to it.
fn style_without_colour(role: Role) -> Style {
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

impl Theme {
    /// The one that is shipped for a palette.
    pub fn of(palette: Palette) -> Self {
        Self {
            colours: file::shipped_colours(palette),
            ascii: false,
        }
    }

    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        self.colours.style(role)
    }

    /// The hue of an option, the same wherever it is named.
    pub fn option(option: OptionId) -> Role {
        match option {
            OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::Restore => Role::Back,
            OptionId::RollForward => Role::Forward,
            OptionId::StopHarm | OptionId::NoGo => Role::Bad,
            OptionId::Hold => Role::Hold,
            OptionId::FlagOff | OptionId::ShiftTraffic => Role::Aside,
            OptionId::Go => Role::Good,
        }
    }

    /// The role of a strength.
    pub fn strength(strength: Strength) -> Role {
        match strength {
            Strength::Firm => Role::Good,
            Strength::Close | Strength::Open => Role::Warn,
            Strength::Forced => Role::Bad,
        }
    }

    /// Role, glyph and word of a severity.
    pub fn severity(self, severity: Severity) -> (Role, &'static str, &'static str) {
        match severity {
            Severity::Blocks => (Role::Bad, self.pick("■", "#"), "blocks"),
            Severity::Warns => (Role::Warn, self.pick("▲", "!"), "warns"),
            Severity::Notes => (Role::Text, self.pick("·", "-"), "notes"),
            Severity::Fine => (Role::Good, self.pick("✓", "+"), "fine"),
        }
    }

    /// The glyph, or what stands for it in ASCII.
    pub fn pick(self, glyph: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { glyph }
    }

    /// Horizontal line.
    pub fn rule(self) -> &'static str {
        self.pick("─", "-")
    }

    /// Vertical line.
    pub fn bar(self) -> &'static str {
        self.pick("│", "|")
    }

    /// Between previous and current in the header.
    pub fn back_arrow(self) -> &'static str {
        self.pick("◀", "<-")
    }

    /// Leads to.
    pub fn arrow(self) -> &'static str {
        self.pick("→", "->")
    }

    /// Before the row under the cursor.
    pub fn cursor(self) -> &'static str {
        self.pick("▸", ">")
    }

    /// Done, there, begun, to come.
    pub fn done(self) -> &'static str {
        self.pick("●", "*")
    }

    /// Under way.
    pub fn half(self) -> &'static str {
        self.pick("◐", "@")
    }

    /// To come.
    pub fn empty(self) -> &'static str {
        self.pick("○", "o")
    }

    /// A tick.
    pub fn tick(self) -> &'static str {
        self.pick("✓", "+")
    }

    /// A cross.
    pub fn cross(self) -> &'static str {
        self.pick("✗", "x")
    }

    /// An ellipsis, one column.
    pub fn ellipsis(self) -> &'static str {
        self.pick("…", "~")
    }

    /// Between short pieces of one line.
    pub fn dot(self) -> &'static str {
        self.pick("·", "-")
    }
}
