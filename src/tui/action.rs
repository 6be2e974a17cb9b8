//! What a person can do, where keys are live, and whether something can be done.

use crate::model::Reverting;
use crate::tui::screen::Screen;

/// Something a person can do. Keys, mouse and popups all end in one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Show a screen.
    Go(Screen),
    /// Enter: the next step on the way now, why, do; in a list, open what the cursor is on.
    Open,
    /// Esc: close, go back, leave the question.
    Back,
    /// Tab: to and from the question, or to the next part of a screen.
    Focus,
    /// Cursor or text one line up.
    Up,
    /// One line down.
    Down,
    /// One step left.
    Left,
    /// One step right.
    Right,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// First line.
    Top,
    /// Last line.
    Bottom,
    /// Search in the list.
    Search,
    /// Next hit.
    NextMatch,
    /// Hit before.
    PreviousMatch,
    /// A row of the screen's list, by the mouse.
    Select(usize),
    /// Answer the question by the key of a choice.
    Answer(char),
    /// Do not know.
    DontKnow,
    /// Does not apply.
    DoesNotApply,
    /// Ask someone.
    AskSomeone,
    /// Confidence, role and note of the next answer.
    More,
    /// Take the last answer back.
    Undo,
    /// Decide.
    Commit,
    /// What was seen after the decision.
    Observe,
    /// Take a note.
    Note,
    /// Choose other releases.
    Releases,
    /// Call or poll the gate.
    CallGate,
    /// Poll one role.
    Poll,
    /// The deployment has reached the gate under the cursor.
    ReachGate,
    /// Settle a conflict of sources by one's own word.
    Settle,
    /// Ask the question that settles the option under the cursor.
    SettleOption,
    /// Ask what would happen if the entry were reverted.
    EntryAsk,
    /// Answer that.
    EntryAnswer(Reverting),
    /// Try in memory whether reverting the entry applies.
    TryRevert,
    /// Change the order of a list.
    Order,
    /// Choose which part of a list is shown.
    Filter,
    /// Show that part, by its place in the choice.
    FilterTo(usize),
    /// Long lines wrapped, or cut.
    Wrap,
    /// Unified or side by side.
    SideBySide,
    /// Next hunk.
    NextHunk,
    /// Hunk before.
    PreviousHunk,
    /// Fold or open the folder or the changed place.
    Fold,
    /// Fold or open all of them.
    FoldAll,
    /// All lines of the file, or only the changed places.
    WholeFile,
    /// Next file.
    NextFile,
    /// File before.
    PreviousFile,
    /// The plan of the next option.
    OtherPlan,
    /// The step under the cursor begins.
    StepBegin,
    /// It is done.
    StepDone,
    /// It is left out.
    StepSkip,
    /// It did not work.
    StepFail,
    /// Copy what the cursor is on.
    Copy,
    /// Open the place under the cursor in the person's editor.
    Edit,
    /// Open the commit or pull request under the cursor in the person's browser.
    Browse,
    /// Show the text under the cursor in the person's pager.
    Page,
    /// Give the part with the focus the whole screen, or show all parts.
    Zoom,
    /// In a replay: to the event before.
    ScrubBack,
    /// In a replay: to the event behind.
    ScrubOn,
    /// In a replay: to the moment after an event.
    Scrub(u64),
    /// In a replay: choose an answer that is only supposed, or take it away.
    Suppose,
    /// Suppose it, by its place in the choice.
    SupposeAnswer(usize),
    /// Show what whoever takes over must know.
    Handover,
    /// Show what happened in the story.
    Story,
    /// Close the session with its outcome.
    CloseSession,
    /// Go on with an open session about the same releases.
    GoOn,
    /// Begin another session beside it.
    BeginNew,
    /// Choose another folder for the record.
    Folder,
    /// Any action by its name.
    Palette,
    /// Help.
    Help,
    /// Mouse on or off.
    Mouse,
    /// Draw everything anew.
    Redraw,
    /// Suspend to the shell.
    Suspend,
    /// Leave.
    Quit,
}

/// Where keys are live. Inner contexts are looked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyContext {
    /// Everywhere outside popups.
    Global,
    /// A question has the focus.
    Question,
    /// A list has the focus.
    List,
    /// Text that scrolls has the focus.
    Scroll,
    /// Screen 1.
    Now,
    /// Screen 2.
    Gates,
    /// Screen 3.
    Questions,
    /// Screen 4.
    Changelog,
    /// Screen 5.
    Diff,
    /// Screen 6.
    Risks,
    /// Screen 7.
    Plan,
    /// Screen 8.
    Record,
}

impl KeyContext {
    /// As the help writes it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::Question => "the question",
            Self::List => "lists",
            Self::Scroll => "text",
            Self::Now => "1 now",
            Self::Gates => "2 gates",
            Self::Questions => "3 questions",
            Self::Changelog => "4 changelog",
            Self::Diff => "5 diff",
            Self::Risks => "6 risks",
            Self::Plan => "7 plan",
            Self::Record => "8 record",
        }
    }
}

/// Whether an action can be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// It can.
    Enabled,
    /// It cannot, for this reason: a clause that follows a title.
    Disabled(&'static str),
    /// It is not part of what is on the screen, for this reason, a clause too: neither shown nor
    /// live.
    Absent(&'static str),
}
