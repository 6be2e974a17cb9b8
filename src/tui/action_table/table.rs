//! Every action with its keys, where it is live, and when it can be done.

use crate::tui::action::{Action, KeyContext};
use crate::tui::action_table::guards::{
    allow_always, can_answer, can_choose_releases, can_close, can_commit, can_move, can_observe,
    can_scrub, can_search, can_suppose, can_undo, can_write, has_search, has_story,
};
use crate::tui::action_table::screen_rows::SCREEN_ROWS;
use crate::tui::action_table::spec::Spec;
use crate::tui::screen::Screen;

const fn define_screen_action(
    id: &'static str,
    help: &'static str,
    keys: &'static [(&'static str, Action)],
) -> Spec {
    Spec {
        id,
        title: id,
        help,
        contexts: &[KeyContext::Global],
        keys,
        guard: allow_always,
        footer: None,
    }
}

/// Every action, in the order of the help.
pub fn list_actions() -> impl Iterator<Item = &'static Spec> + Clone {
    [GENERAL_ROWS, SCREEN_ROWS, PROGRAM_ROWS]
        .into_iter()
        .flatten()
}

/// Screens, the question, decisions, and moving about.
static GENERAL_ROWS: &[Spec] = &[
    define_screen_action(
        "now",
        "Show the verdict, the options, why, and the next question.",
        &[
            ("1", Action::Go(Screen::Now)),
            ("f1", Action::Go(Screen::Now)),
        ],
    ),
    define_screen_action(
        "gates",
        "Show what is out, what is to come, and who said go.",
        &[
            ("2", Action::Go(Screen::Gates)),
            ("f2", Action::Go(Screen::Gates)),
        ],
    ),
    define_screen_action(
        "questions",
        "Show all questions, answered and open.",
        &[
            ("3", Action::Go(Screen::Questions)),
            ("f3", Action::Go(Screen::Questions)),
        ],
    ),
    define_screen_action(
        "changelog",
        "Show what would disappear from production.",
        &[
            ("4", Action::Go(Screen::Changelog)),
            ("f4", Action::Go(Screen::Changelog)),
        ],
    ),
    define_screen_action(
        "diff",
        "Show what changed in each file.",
        &[
            ("5", Action::Go(Screen::Diff)),
            ("f5", Action::Go(Screen::Diff)),
        ],
    ),
    define_screen_action(
        "risks",
        "Show database, contract and other findings with their evidence.",
        &[
            ("6", Action::Go(Screen::Risks)),
            ("f6", Action::Go(Screen::Risks)),
        ],
    ),
    define_screen_action(
        "plan",
        "Show the ordered steps of an option.",
        &[
            ("7", Action::Go(Screen::Plan)),
            ("f7", Action::Go(Screen::Plan)),
        ],
    ),
    define_screen_action(
        "record",
        "Show the log as it will be read afterwards.",
        &[
            ("8", Action::Go(Screen::Record)),
            ("f8", Action::Go(Screen::Record)),
        ],
    ),
    Spec {
        id: "answer",
        title: "answer",
        help: "Answer the question with the key shown beside the answer.",
        contexts: &[KeyContext::Question],
        keys: &[
            ("y", Action::Answer('y')),
            ("n", Action::Answer('n')),
            ("b", Action::Answer('b')),
            ("e", Action::Answer('e')),
            ("f", Action::Answer('f')),
            ("g", Action::Answer('g')),
            ("h", Action::Answer('h')),
            ("i", Action::Answer('i')),
            ("v", Action::Answer('v')),
            ("z", Action::Answer('z')),
        ],
        guard: can_answer,
        footer: None,
    },
    Spec {
        id: "dont-know",
        title: "don't know",
        help: "Record that you do not know; the tool says who would.",
        contexts: &[KeyContext::Question],
        keys: &[("d", Action::DontKnow)],
        guard: can_answer,
        footer: None,
    },
    Spec {
        id: "does-not-apply",
        title: "does not apply",
        help: "Record that the question does not apply here.",
        contexts: &[KeyContext::Question],
        keys: &[("x", Action::DoesNotApply)],
        guard: can_answer,
        footer: None,
    },
    Spec {
        id: "ask",
        title: "ask someone",
        help: "Record whom you asked; the question stays open and the next one comes up.",
        contexts: &[KeyContext::Question],
        keys: &[("a", Action::AskSomeone)],
        guard: can_answer,
        footer: None,
    },
    Spec {
        id: "more",
        title: "say more",
        help: "Say how sure you are, who you are, and a note, for the next answer.",
        contexts: &[KeyContext::Question],
        keys: &[("+", Action::More)],
        guard: can_answer,
        footer: Some(7),
    },
    Spec {
        id: "open",
        title: "open",
        help: "Go on: from now to why to do. In a list, open what the cursor is on.",
        contexts: &[KeyContext::Global],
        keys: &[("enter", Action::Open)],
        guard: allow_always,
        footer: Some(1),
    },
    Spec {
        id: "back",
        title: "back",
        help: "Close what is open, leave the question, or go back to the screen before.",
        contexts: &[KeyContext::Global],
        keys: &[("esc", Action::Back)],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "focus",
        title: "focus",
        help: "To and from the question, or to the next part of the screen.",
        contexts: &[KeyContext::Global],
        keys: &[("tab", Action::Focus), ("shift-tab", Action::Focus)],
        guard: allow_always,
        footer: Some(8),
    },
    Spec {
        id: "commit",
        title: "decide",
        help: "Decide: choose an option, say why, and type the version where it cannot be taken \
            back.",
        contexts: &[KeyContext::Global],
        keys: &[("c", Action::Commit)],
        guard: can_commit,
        footer: Some(2),
    },
    Spec {
        id: "undo",
        title: "undo",
        help: "Take back the last thing that was recorded, a decision too; the record keeps both.",
        contexts: &[KeyContext::Global],
        keys: &[("u", Action::Undo)],
        guard: can_undo,
        footer: Some(6),
    },
    Spec {
        id: "observe",
        title: "observed",
        help: "Record what was seen after the decision.",
        contexts: &[KeyContext::Now, KeyContext::Plan, KeyContext::Record],
        keys: &[("o", Action::Observe)],
        guard: can_observe,
        footer: Some(3),
    },
    Spec {
        id: "note",
        title: "note",
        help: "Take a note for the record; on a plan that is run, about the step under the cursor.",
        contexts: &[KeyContext::Global],
        keys: &[("t", Action::Note)],
        guard: can_write,
        footer: Some(5),
    },
    Spec {
        id: "releases",
        title: "releases",
        help: "Choose which releases this is about.",
        contexts: &[KeyContext::Now, KeyContext::Questions],
        keys: &[("p", Action::Releases)],
        guard: can_choose_releases,
        footer: Some(9),
    },
    Spec {
        id: "move",
        title: "move",
        help: "Move the cursor (on screen 1 that of the options), or scroll the text.",
        contexts: &[KeyContext::List, KeyContext::Scroll],
        keys: &[
            ("up", Action::Up),
            ("k", Action::Up),
            ("down", Action::Down),
            ("j", Action::Down),
            ("left", Action::Left),
            ("right", Action::Right),
        ],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "page",
        title: "page",
        help: "Move by a page.",
        contexts: &[KeyContext::List, KeyContext::Scroll],
        keys: &[
            ("pgup", Action::PageUp),
            ("ctrl-b", Action::PageUp),
            ("pgdn", Action::PageDown),
            ("space", Action::PageDown),
            ("ctrl-f", Action::PageDown),
        ],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "ends",
        title: "ends",
        help: "Go to the first or the last line.",
        contexts: &[KeyContext::List, KeyContext::Scroll],
        keys: &[
            ("home", Action::Top),
            ("end", Action::Bottom),
            ("G", Action::Bottom),
        ],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "search",
        title: "search",
        help: "Search in the list as you type.",
        contexts: &[KeyContext::List],
        keys: &[("/", Action::Search)],
        guard: can_search,
        footer: Some(4),
    },
    Spec {
        id: "matches",
        title: "next, previous",
        help: "Go to the next hit of the search, or to the one before.",
        contexts: &[KeyContext::List],
        keys: &[(">", Action::NextMatch), ("<", Action::PreviousMatch)],
        guard: has_search,
        footer: None,
    },
];

/// Replays, the session, and the program itself.
static PROGRAM_ROWS: &[Spec] = &[
    Spec {
        id: "scrub",
        title: "through time",
        help: "In a replay, go to the event before or behind; a click on the line of verdicts goes \
            to its time.",
        contexts: &[KeyContext::Global],
        keys: &[(".", Action::ScrubOn), (",", Action::ScrubBack)],
        guard: can_scrub,
        footer: Some(0),
    },
    Spec {
        id: "suppose",
        title: "what if",
        help: "In a replay, suppose an answer that would have changed the verdict, or take it \
            away; nothing is written.",
        contexts: &[KeyContext::Global],
        keys: &[("V", Action::Suppose)],
        guard: can_suppose,
        footer: Some(0),
    },
    Spec {
        id: "hand-over",
        title: "hand over",
        help: "Show in one screen what whoever takes over must know; Y copies it.",
        contexts: &[KeyContext::Global],
        keys: &[("H", Action::Handover)],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "story",
        title: "story",
        help: "Show again what happened in the story.",
        contexts: &[KeyContext::Global],
        keys: &[("S", Action::Story)],
        guard: has_story,
        footer: None,
    },
    Spec {
        id: "close",
        title: "close session",
        help: "Close the session and say how it ended; `backout resume ID` opens it again.",
        contexts: &[KeyContext::Global],
        keys: &[("E", Action::CloseSession)],
        guard: can_close,
        footer: None,
    },
    Spec {
        id: "folder",
        title: "another folder",
        help: "Keep the record in another folder, while it cannot be written where it should be.",
        contexts: &[KeyContext::Global],
        keys: &[("F", Action::Folder)],
        guard: can_move,
        footer: Some(1),
    },
    Spec {
        id: "palette",
        title: "any action",
        help: "Find any action by its name and run it; a number goes to that line.",
        contexts: &[KeyContext::Global],
        keys: &[("ctrl-p", Action::Palette), (":", Action::Palette)],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "help",
        title: "help",
        help: "Show what the keys do here.",
        contexts: &[KeyContext::Global],
        keys: &[("?", Action::Help)],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "mouse",
        title: "mouse",
        help: "Switch the mouse on or off; off, the terminal's own selection works.",
        contexts: &[KeyContext::Global],
        keys: &[("m", Action::Mouse)],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "redraw",
        title: "redraw",
        help: "Draw the whole screen again.",
        contexts: &[KeyContext::Global],
        keys: &[("ctrl-l", Action::Redraw)],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "suspend",
        title: "suspend",
        help: "Go to the shell; `fg` comes back.",
        contexts: &[KeyContext::Global],
        keys: &[("ctrl-z", Action::Suspend)],
        guard: allow_always,
        footer: None,
    },
    Spec {
        id: "quit",
        title: "quit",
        help: "Leave; every answer is on disk and `backout resume` goes on.",
        contexts: &[KeyContext::Global],
        keys: &[("q", Action::Quit), ("ctrl-c", Action::Quit)],
        guard: allow_always,
        footer: None,
    },
];
