//! Colours and glyphs: a role in a theme.

use ratatui::style::Style;

use crate::model::{OptionId, Severity, Strength};
use crate::tui::theme::file::{Colours, shipped_colours};
use crate::tui::theme::role::{Palette, Role};

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

impl Theme {
    /// The one that is shipped for a palette.
    pub fn of(palette: Palette) -> Self {
        Self {
            colours: shipped_colours(palette),
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
