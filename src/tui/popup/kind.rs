//! What lies over a screen. The topmost takes all keys; Esc closes it.

use ratatui::crossterm::event::KeyEvent;

use crate::tui::key;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::commit::state::CommitPopup;
use crate::tui::popup::form::state::Form;
use crate::tui::popup::handover::state::Handover;
use crate::tui::popup::help::state::Help;
use crate::tui::popup::pair::state::ReleasePicker;
use crate::tui::popup::palette::state::ActionPalette;
use crate::tui::popup::prompt::state::Prompt;
use crate::tui::popup::story::state::{Debrief, StoryPopup};
use crate::tui::popup::why::state::WhyPopup;

/// One popup.
#[derive(Debug, Clone)]
pub enum Popup {
    /// One line of text in the footer: search.
    Prompt(Prompt),
    /// One of a few actions, by key.
    Choose(Choose),
    /// Fields to fill in.
    Form(Box<Form>),
    /// Any action by its name.
    Palette(Box<ActionPalette>),
    /// What the keys do.
    Help(Box<Help>),
    /// What whoever takes over must know.
    Handover(Box<Handover>),
    /// What happened in a story.
    Story(Box<StoryPopup>),
    /// The end of a story.
    Debrief(Box<Debrief>),
    /// The release picker.
    Pair(Box<ReleasePicker>),
    /// The commit step.
    Commit(CommitPopup),
    /// Why: reasons down to the quoted line.
    Why(Box<WhyPopup>),
}

impl Popup {
    /// What tells it from others that may lie in the same place.
    pub(super) fn name(&self, depth: usize) -> String {
        match self {
            Self::Prompt(_) => format!("{depth} prompt"),
            Self::Choose(choose) => format!("{depth} choose {}", choose.title),
            Self::Form(form) => format!("{depth} form {}", form.title),
            Self::Palette(_) => format!("{depth} palette"),
            Self::Help(_) => format!("{depth} help"),
            Self::Handover(_) => format!("{depth} hand-over"),
            Self::Story(_) => format!("{depth} story"),
            Self::Debrief(_) => format!("{depth} debrief"),
            Self::Pair(pair) => format!("{depth} pair {}", pair.has_current()),
            Self::Commit(_) => format!("{depth} commit"),
            Self::Why(_) => format!("{depth} why"),
        }
    }

    /// The row under the cursor of what is a list, for the mouse.
    pub fn list_cursor(&mut self) -> Option<&mut usize> {
        match self {
            Self::Choose(choose) => Some(&mut choose.cursor),
            Self::Palette(palette) => Some(&mut palette.cursor),
            Self::Pair(pair) => Some(&mut pair.cursor),
            Self::Commit(commit) => Some(&mut commit.cursor),
            Self::Why(why) => Some(&mut why.cursor),
            _ => None,
        }
    }

    /// Whether a click beside it closes it: what is only looked at. What is being filled in or
    /// decided is not lost by a hand that slips.
    pub fn closes_beside(&self) -> bool {
        matches!(self, Self::Help(_) | Self::Palette(_) | Self::Why(_))
    }

    /// How many lines or rows the wheel goes on at once.
    pub fn wheel_lines(&self) -> usize {
        match self {
            // up and down go between fields there, and the line of a search has no rows
            Self::Form(_) | Self::Prompt(_) => 0,
            Self::Choose(_) | Self::Commit(_) | Self::Palette(_) | Self::Pair(_) | Self::Why(_) => {
                1
            }
            Self::Help(_) | Self::Handover(_) | Self::Story(_) | Self::Debrief(_) => 3,
        }
    }

    /// Its name, where the key would settle something that must have been on the screen first.
    pub(super) fn must_be_seen(&self, event: &KeyEvent, depth: usize) -> Option<String> {
        let name = key::spell_key(event)?;
        let settles = match self {
            Self::Form(_) | Self::Pair(_) | Self::Commit(_) => name == "enter",
            Self::Debrief(_) => matches!(name.as_str(), "enter" | "q"),
            Self::Choose(_) => !matches!(name.as_str(), "esc" | "ctrl-c" | "up" | "down"),
            // the palette looks itself for the row that was drawn
            Self::Prompt(_)
            | Self::Palette(_)
            | Self::Help(_)
            | Self::Handover(_)
            | Self::Story(_)
            | Self::Why(_) => false,
        };
        settles.then(|| self.name(depth))
    }
}
