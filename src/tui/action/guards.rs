//! When an action can be done, and why not.

use super::Guard;
use crate::tui::model::{Focus, Model, Screen};
use crate::tui::state;

/// While a question has the focus, there is no row to copy.
pub(super) fn outside_a_question(model: &Model) -> Guard {
    if model.screen == Screen::Questions
        && model.focus == Focus::Question
        && model.asking().is_some()
    {
        Guard::Absent
    } else {
        Guard::Enabled
    }
}

pub(super) fn always(_: &Model) -> Guard {
    Guard::Enabled
}

pub(super) fn can_answer(model: &Model) -> Guard {
    match (model.asking(), can_write(model)) {
        (None, _) => Guard::Absent,
        (_, guard) => guard,
    }
}

pub(super) fn can_write(model: &Model) -> Guard {
    if model.writable {
        Guard::Enabled
    } else {
        Guard::Disabled("this session is read only")
    }
}

pub(super) fn can_commit(model: &Model) -> Guard {
    match (&model.decided, can_write(model)) {
        (_, guard @ Guard::Disabled(_)) => guard,
        (None, _) => Guard::Disabled("there is no verdict yet"),
        _ => Guard::Enabled,
    }
}

pub(super) fn can_undo(model: &Model) -> Guard {
    if !model.writable {
        return Guard::Absent;
    }
    if model.undoable().is_some() {
        Guard::Enabled
    } else {
        Guard::Disabled("nothing to take back")
    }
}

pub(super) fn can_observe(model: &Model) -> Guard {
    if model.session.decided.is_some() {
        can_write(model)
    } else {
        Guard::Absent
    }
}

pub(super) fn has_story(model: &Model) -> Guard {
    if model.story.is_some() {
        Guard::Enabled
    } else {
        Guard::Absent
    }
}

pub(super) fn can_close(model: &Model) -> Guard {
    if !model.writable {
        return Guard::Absent;
    }
    if model.session.start.is_none() {
        Guard::Disabled("the session has not begun yet")
    } else {
        Guard::Enabled
    }
}

pub(super) fn can_move(model: &Model) -> Guard {
    if model.unwritten > 0 {
        Guard::Enabled
    } else {
        Guard::Absent
    }
}

pub(super) fn can_choose_releases(model: &Model) -> Guard {
    if model.releases.is_empty() {
        Guard::Disabled("the releases are not read yet")
    } else {
        can_write(model)
    }
}

pub(super) fn can_search(model: &Model) -> Guard {
    if state::list(model).is_some() {
        Guard::Enabled
    } else {
        Guard::Absent
    }
}

pub(super) fn has_search(model: &Model) -> Guard {
    match state::list(model) {
        None => Guard::Absent,
        Some(list) if list.state(model).search.is_empty() => {
            Guard::Disabled("nothing was searched for")
        }
        Some(_) => Guard::Enabled,
    }
}

pub(super) fn has_conflict(model: &Model) -> Guard {
    match &model.decided {
        Some(decided) if !decided.resolved.conflicts.is_empty() => can_write(model),
        _ => Guard::Absent,
    }
}
