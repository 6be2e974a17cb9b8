//! Every action with its keys, where it is live, and when it can be done.

use super::{Action, Context, Guard, Spec};
use crate::tui::model::{Focus, Model, Screen};
use crate::tui::state;

use Action as A;
use Context as C;

const fn go(
    screen: Screen,
    id: &'static str,
    help: &'static str,
    keys: &'static [(&'static str, Action)],
) -> Spec {
    let _ = screen;
    Spec {
        id,
        title: id,
        help,
        contexts: &[C::Global],
        keys,
        guard: always,
        footer: None,
    }
}

/// Every action, in the order of the help.
pub static ACTIONS: &[Spec] = &[
    go(
        Screen::Now,
        "now",
        "Show the verdict, why, and the next question.",
        &[("1", A::Go(Screen::Now)), ("f1", A::Go(Screen::Now))],
    ),
    go(
        Screen::Gates,
        "gates",
        "Show what is out, what is to come, and who said go.",
        &[("2", A::Go(Screen::Gates)), ("f2", A::Go(Screen::Gates))],
    ),
    go(
        Screen::Questions,
        "questions",
        "Show all questions, answered and open.",
        &[
            ("3", A::Go(Screen::Questions)),
            ("f3", A::Go(Screen::Questions)),
        ],
    ),
    go(
        Screen::Changelog,
        "changelog",
        "Show what would disappear from production.",
        &[
            ("4", A::Go(Screen::Changelog)),
            ("f4", A::Go(Screen::Changelog)),
        ],
    ),
    go(
        Screen::Diff,
        "diff",
        "Show what changed in each file.",
        &[("5", A::Go(Screen::Diff)), ("f5", A::Go(Screen::Diff))],
    ),
    go(
        Screen::Risks,
        "risks",
        "Show database, contract and other findings with their evidence.",
        &[("6", A::Go(Screen::Risks)), ("f6", A::Go(Screen::Risks))],
    ),
    go(
        Screen::Plan,
        "plan",
        "Show the ordered steps of an option.",
        &[("7", A::Go(Screen::Plan)), ("f7", A::Go(Screen::Plan))],
    ),
    go(
        Screen::Record,
        "record",
        "Show the log as it will be read afterwards.",
        &[("8", A::Go(Screen::Record)), ("f8", A::Go(Screen::Record))],
    ),
    Spec {
        id: "answer",
        title: "answer",
        help: "Answer the question with the key shown beside the answer.",
        contexts: &[C::Question],
        keys: &[
            ("y", A::Answer('y')),
            ("n", A::Answer('n')),
            ("b", A::Answer('b')),
            ("e", A::Answer('e')),
            ("f", A::Answer('f')),
            ("g", A::Answer('g')),
            ("h", A::Answer('h')),
            ("i", A::Answer('i')),
            ("v", A::Answer('v')),
            ("z", A::Answer('z')),
        ],
        guard: can_answer,
        footer: None,
    },
    Spec {
        id: "dont-know",
        title: "don't know",
        help: "Record that you do not know; the tool says who would.",
        contexts: &[C::Question],
        keys: &[("d", A::DontKnow)],
        guard: can_answer,
        footer: None,
    },
    Spec {
        id: "does-not-apply",
        title: "does not apply",
        help: "Record that the question does not apply here.",
        contexts: &[C::Question],
        keys: &[("x", A::DoesNotApply)],
        guard: can_answer,
        footer: None,
    },
    Spec {
        id: "ask",
        title: "ask someone",
        help: "Record whom you asked; the question stays open and the next one comes up.",
        contexts: &[C::Question],
        keys: &[("a", A::AskSomeone)],
        guard: can_answer,
        footer: None,
    },
    Spec {
        id: "more",
        title: "say more",
        help: "Say how sure you are, who you are, and a note, for the next answer.",
        contexts: &[C::Question],
        keys: &[("+", A::More)],
        guard: can_answer,
        footer: Some(7),
    },
    Spec {
        id: "open",
        title: "open",
        help: "Go on: from now to why to do. In a list, open what the cursor is on.",
        contexts: &[C::Global],
        keys: &[("enter", A::Open)],
        guard: always,
        footer: Some(1),
    },
    Spec {
        id: "back",
        title: "back",
        help: "Close what is open, leave the question, or go back to the screen before.",
        contexts: &[C::Global],
        keys: &[("esc", A::Back)],
        guard: always,
        footer: None,
    },
    Spec {
        id: "focus",
        title: "focus",
        help: "To and from the question, or to the next part of the screen.",
        contexts: &[C::Global],
        keys: &[("tab", A::Focus), ("shift-tab", A::Focus)],
        guard: always,
        footer: Some(8),
    },
    Spec {
        id: "commit",
        title: "decide",
        help: "Decide: choose an option, say why, and type the version where it cannot be taken back.",
        contexts: &[C::Global],
        keys: &[("c", A::Commit)],
        guard: can_commit,
        footer: Some(2),
    },
    Spec {
        id: "undo",
        title: "undo",
        help: "Take back the last thing that was recorded, a decision too; the record keeps both.",
        contexts: &[C::Global],
        keys: &[("u", A::Undo)],
        guard: can_undo,
        footer: Some(6),
    },
    Spec {
        id: "observe",
        title: "observed",
        help: "Record what was seen after the decision.",
        contexts: &[C::Now, C::Plan, C::Record],
        keys: &[("o", A::Observe)],
        guard: can_observe,
        footer: Some(3),
    },
    Spec {
        id: "note",
        title: "note",
        help: "Take a note for the record.",
        contexts: &[C::Global],
        keys: &[("t", A::Note)],
        guard: can_write,
        footer: Some(5),
    },
    Spec {
        id: "releases",
        title: "releases",
        help: "Choose which releases this is about.",
        contexts: &[C::Now, C::Questions],
        keys: &[("p", A::Releases)],
        guard: can_choose_releases,
        footer: Some(9),
    },
    Spec {
        id: "move",
        title: "move",
        help: "Move the cursor, or scroll the text.",
        contexts: &[C::List, C::Scroll],
        keys: &[
            ("up", A::Up),
            ("k", A::Up),
            ("down", A::Down),
            ("j", A::Down),
            ("left", A::Left),
            ("right", A::Right),
        ],
        guard: always,
        footer: None,
    },
    Spec {
        id: "page",
        title: "page",
        help: "Move by a page.",
        contexts: &[C::List, C::Scroll],
        keys: &[
            ("pgup", A::PageUp),
            ("ctrl-b", A::PageUp),
            ("pgdn", A::PageDown),
            ("space", A::PageDown),
            ("ctrl-f", A::PageDown),
        ],
        guard: always,
        footer: None,
    },
    Spec {
        id: "ends",
        title: "ends",
        help: "Go to the first or the last line.",
        contexts: &[C::List, C::Scroll],
        keys: &[("home", A::Top), ("end", A::Bottom), ("G", A::Bottom)],
        guard: always,
        footer: None,
    },
    Spec {
        id: "jump",
        title: "jump",
        help: "Type a number and go to that line.",
        contexts: &[C::List, C::Scroll],
        keys: &[(":", A::Jump)],
        guard: always,
        footer: None,
    },
    Spec {
        id: "search",
        title: "search",
        help: "Search in the list as you type.",
        contexts: &[C::List],
        keys: &[("/", A::Search)],
        guard: can_search,
        footer: Some(4),
    },
    Spec {
        id: "matches",
        title: "next, previous",
        help: "Go to the next hit of the search, or to the one before.",
        contexts: &[C::List],
        keys: &[(">", A::NextMatch), ("<", A::PreviousMatch)],
        guard: has_search,
        footer: None,
    },
    Spec {
        id: "reach-gate",
        title: "reached",
        help: "Record that the deployment has reached the gate under the cursor.",
        contexts: &[C::Gates],
        keys: &[("r", A::ReachGate)],
        guard: can_write,
        footer: Some(3),
    },
    Spec {
        id: "call-gate",
        title: "call",
        help: "Call the gate: go, no-go or hold, with a reason.",
        contexts: &[C::Gates],
        keys: &[("l", A::CallGate)],
        guard: can_write,
        footer: Some(3),
    },
    Spec {
        id: "poll",
        title: "poll",
        help: "Record what one role says at this gate, or its silence.",
        contexts: &[C::Gates],
        keys: &[("p", A::Poll)],
        guard: can_write,
        footer: Some(3),
    },
    Spec {
        id: "settle",
        title: "my word counts",
        help: "Where sources disagree, let your own answer replace what was read.",
        contexts: &[C::Questions],
        keys: &[("s", A::Settle)],
        guard: has_conflict,
        footer: Some(3),
    },
    Spec {
        id: "entry-ask",
        title: "what if",
        help: "Say what would happen if this entry were reverted.",
        contexts: &[C::Changelog],
        keys: &[("w", A::EntryAsk)],
        guard: can_write,
        footer: Some(2),
    },
    Spec {
        id: "try-revert",
        title: "try revert",
        help: "Try in memory whether reverting this entry alone applies cleanly.",
        contexts: &[C::Changelog],
        keys: &[("r", A::TryRevert)],
        guard: always,
        footer: Some(3),
    },
    Spec {
        id: "order",
        title: "order",
        help: "Riskiest first, or newest first.",
        contexts: &[C::Changelog],
        keys: &[("o", A::Order)],
        guard: always,
        footer: Some(3),
    },
    Spec {
        id: "filter",
        title: "show part",
        help: "Choose which part of the list is shown.",
        contexts: &[C::Changelog, C::Diff, C::Risks],
        keys: &[("p", A::Filter)],
        guard: always,
        footer: Some(3),
    },
    Spec {
        id: "side-by-side",
        title: "side by side",
        help: "Show both sides beside each other, or one text.",
        contexts: &[C::Diff],
        keys: &[("s", A::SideBySide)],
        guard: always,
        footer: Some(2),
    },
    Spec {
        id: "wrap",
        title: "wrap",
        help: "Wrap long lines, or cut them; cut lines move with left and right.",
        contexts: &[C::Diff],
        keys: &[("w", A::Wrap)],
        guard: always,
        footer: Some(4),
    },
    Spec {
        id: "hunk",
        title: "hunk",
        help: "Go to the next changed place of the file, or to the one before.",
        contexts: &[C::Diff],
        keys: &[("]", A::NextHunk), ("[", A::PreviousHunk)],
        guard: always,
        footer: Some(3),
    },
    Spec {
        id: "file",
        title: "file",
        help: "Go to the next changed file, or to the one before.",
        contexts: &[C::Diff, C::Changelog],
        keys: &[("}", A::NextFile), ("{", A::PreviousFile)],
        guard: always,
        footer: Some(3),
    },
    Spec {
        id: "other-plan",
        title: "other option",
        help: "Show the plan of the next option.",
        contexts: &[C::Plan],
        keys: &[("p", A::OtherPlan)],
        guard: always,
        footer: Some(2),
    },
    Spec {
        id: "copy",
        title: "copy",
        help: "Copy the text under the cursor to the clipboard of your terminal.",
        contexts: &[
            C::Questions,
            C::Changelog,
            C::Diff,
            C::Risks,
            C::Plan,
            C::Record,
        ],
        keys: &[("Y", A::Copy)],
        guard: outside_a_question,
        footer: Some(5),
    },
    Spec {
        id: "hand-over",
        title: "hand over",
        help: "Show in one screen what whoever takes over must know; Y copies it.",
        contexts: &[C::Global],
        keys: &[("H", A::Handover)],
        guard: always,
        footer: None,
    },
    Spec {
        id: "story",
        title: "story",
        help: "Show again what happened in the story.",
        contexts: &[C::Global],
        keys: &[("S", A::Story)],
        guard: has_story,
        footer: None,
    },
    Spec {
        id: "close",
        title: "close session",
        help: "Close the session and say how it ended; `backout resume ID` opens it again.",
        contexts: &[C::Global],
        keys: &[("E", A::CloseSession)],
        guard: can_close,
        footer: None,
    },
    Spec {
        id: "folder",
        title: "another folder",
        help: "Keep the record in another folder, while it cannot be written where it should be.",
        contexts: &[C::Global],
        keys: &[("F", A::Folder)],
        guard: can_move,
        footer: Some(1),
    },
    Spec {
        id: "help",
        title: "help",
        help: "Show what the keys do here.",
        contexts: &[C::Global],
        keys: &[("?", A::Help)],
        guard: always,
        footer: None,
    },
    Spec {
        id: "mouse",
        title: "mouse",
        help: "Switch the mouse on or off; off, the terminal's own selection works.",
        contexts: &[C::Global],
        keys: &[("m", A::Mouse)],
        guard: always,
        footer: None,
    },
    Spec {
        id: "redraw",
        title: "redraw",
        help: "Draw the whole screen again.",
        contexts: &[C::Global],
        keys: &[("ctrl-l", A::Redraw)],
        guard: always,
        footer: None,
    },
    Spec {
        id: "suspend",
        title: "suspend",
        help: "Go to the shell; `fg` comes back.",
        contexts: &[C::Global],
        keys: &[("ctrl-z", A::Suspend)],
        guard: always,
        footer: None,
    },
    Spec {
        id: "quit",
        title: "quit",
        help: "Leave; every answer is on disk and `backout resume` goes on.",
        contexts: &[C::Global],
        keys: &[("q", A::Quit), ("ctrl-c", A::Quit)],
        guard: always,
        footer: None,
    },
];

/// While a question has the focus, there is no row to copy.
fn outside_a_question(model: &Model) -> Guard {
    if model.screen == Screen::Questions
        && model.focus == Focus::Question
        && model.asking().is_some()
    {
        Guard::Absent
    } else {
        Guard::Enabled
    }
}

fn always(_: &Model) -> Guard {
    Guard::Enabled
}

fn can_answer(model: &Model) -> Guard {
    match (model.asking(), can_write(model)) {
        (None, _) => Guard::Absent,
        (_, guard) => guard,
    }
}

fn can_write(model: &Model) -> Guard {
    if model.writable {
        Guard::Enabled
    } else {
        Guard::Disabled("this session is read only")
    }
}

fn can_commit(model: &Model) -> Guard {
    match (&model.decided, can_write(model)) {
        (_, guard @ Guard::Disabled(_)) => guard,
        (None, _) => Guard::Disabled("there is no verdict yet"),
        _ => Guard::Enabled,
    }
}

fn can_undo(model: &Model) -> Guard {
    if !model.writable {
        return Guard::Absent;
    }
    if model.undoable().is_some() {
        Guard::Enabled
    } else {
        Guard::Disabled("nothing was recorded here yet")
    }
}

fn can_observe(model: &Model) -> Guard {
    if model.session.decided.is_some() {
        can_write(model)
    } else {
        Guard::Absent
    }
}

fn has_story(model: &Model) -> Guard {
    if model.story.is_some() {
        Guard::Enabled
    } else {
        Guard::Absent
    }
}

fn can_close(model: &Model) -> Guard {
    if !model.writable {
        return Guard::Absent;
    }
    if model.session.start.is_none() {
        Guard::Disabled("the session has not begun yet")
    } else {
        Guard::Enabled
    }
}

fn can_move(model: &Model) -> Guard {
    if model.unwritten > 0 {
        Guard::Enabled
    } else {
        Guard::Absent
    }
}

fn can_choose_releases(model: &Model) -> Guard {
    if model.releases.is_empty() {
        Guard::Disabled("the releases are not read yet")
    } else {
        can_write(model)
    }
}

fn can_search(model: &Model) -> Guard {
    if state::list(model).is_some() {
        Guard::Enabled
    } else {
        Guard::Absent
    }
}

fn has_search(model: &Model) -> Guard {
    match state::list(model) {
        None => Guard::Absent,
        Some(list) if list.state(model).search.is_empty() => {
            Guard::Disabled("nothing was searched for")
        }
        Some(_) => Guard::Enabled,
    }
}

fn has_conflict(model: &Model) -> Guard {
    match &model.decided {
        Some(decided) if !decided.resolved.conflicts.is_empty() => can_write(model),
        _ => Guard::Absent,
    }
}
