//! When an action can be done, and why not.

use super::Availability;
use crate::tui::model::{Asking, Focus, Model, Screen};
use crate::tui::state;
use crate::usecase::StepMark;

/// While a question has the focus, there is no row to copy.
pub(super) fn outside_a_question(model: &Model) -> Availability {
    if model.screen == Screen::Questions
        && model.focus == Focus::Question
        && model.asking().is_some()
    {
        Availability::Absent("there is no row under the cursor while the question has the focus")
    } else {
        Availability::Enabled
    }
}

pub(super) fn allow_always(_: &Model) -> Availability {
    Availability::Enabled
}

pub(super) fn can_answer(model: &Model) -> Availability {
    match (model.asking(), can_write(model)) {
        (None, _) => Availability::Absent("no question is asked now"),
        (_, guard) => guard,
    }
}

pub(super) fn can_write(model: &Model) -> Availability {
    if model.writable {
        Availability::Enabled
    } else {
        Availability::Disabled("this session is read only")
    }
}

pub(super) fn can_commit(model: &Model) -> Availability {
    match (&model.decided, can_write(model)) {
        (_, guard @ Availability::Disabled(_)) => guard,
        (None, _) => Availability::Disabled("there is no verdict yet"),
        _ => Availability::Enabled,
    }
}

pub(super) fn can_undo(model: &Model) -> Availability {
    if !model.writable {
        return Availability::Absent("this session is read only");
    }
    if model.undoable().is_some() {
        Availability::Enabled
    } else {
        Availability::Disabled("nothing to take back")
    }
}

pub(super) fn can_observe(model: &Model) -> Availability {
    if model.session.decided.is_some() {
        can_write(model)
    } else {
        Availability::Absent("nothing was decided yet")
    }
}

pub(super) fn has_story(model: &Model) -> Availability {
    if model.story.is_some() {
        Availability::Enabled
    } else {
        Availability::Absent("this is no story that is played")
    }
}

pub(super) fn can_edit(model: &Model) -> Availability {
    if state::place::find_place_under_cursor(model).is_some() {
        Availability::Enabled
    } else {
        Availability::Disabled("there is no file under the cursor")
    }
}

pub(super) fn can_browse(model: &Model) -> Availability {
    if model.forge.is_none() {
        Availability::Disabled("the address of the repository's remote names no forge known here")
    } else if state::place::find_page_under_cursor(model).is_some() {
        Availability::Enabled
    } else {
        Availability::Disabled("there is no commit under the cursor")
    }
}

/// What has a text is told by the screen; whether it can be written is seen then.
pub(super) fn can_page(model: &Model) -> Availability {
    let any = match model.screen {
        Screen::Changelog => state::changelog::find_selected_entry(model).is_some(),
        Screen::Diff => state::diff::find_shown_diff(model)
            .is_some_and(|shown| matches!(shown.diff, crate::model::FileDiff::Text { .. })),
        Screen::Risks => state::risks::find_selected_subject(model).is_some(),
        Screen::Plan => state::plan::shown_options(model).0.is_some(),
        _ => !model.events.is_empty(),
    };
    if any {
        Availability::Enabled
    } else {
        Availability::Disabled("there is no text under the cursor")
    }
}

pub(super) fn can_close(model: &Model) -> Availability {
    if !model.writable {
        return Availability::Absent("this session is read only");
    }
    if model.session.start.is_none() {
        Availability::Disabled("the session has not begun yet")
    } else {
        Availability::Enabled
    }
}

pub(super) fn can_move(model: &Model) -> Availability {
    if model.unwritten > 0 {
        Availability::Enabled
    } else {
        Availability::Absent("the record is written where it should be")
    }
}

pub(super) fn can_choose_releases(model: &Model) -> Availability {
    if model.releases.is_empty() {
        Availability::Disabled("the releases are not read yet")
    } else {
        can_write(model)
    }
}

pub(super) fn can_search(model: &Model) -> Availability {
    if state::describe_screen_list(model).is_some() {
        Availability::Enabled
    } else {
        Availability::Absent("there is no list here")
    }
}

pub(super) fn has_search(model: &Model) -> Availability {
    match state::describe_screen_list(model) {
        None => Availability::Absent("there is no list here"),
        Some(list) if list.state(model).search.is_empty() => {
            Availability::Disabled("nothing was searched for")
        }
        Some(_) => Availability::Enabled,
    }
}

pub(super) fn has_conflict(model: &Model) -> Availability {
    match &model.decided {
        Some(decided) if !decided.resolved.conflicts.is_empty() => can_write(model),
        _ => Availability::Absent("no sources disagree"),
    }
}

/// Only where an answer settles the option under the cursor, and it is not what is asked already.
pub(super) fn can_settle_option(model: &Model) -> Availability {
    let Some(next) = state::now::find_question_of_selected(model) else {
        return Availability::Absent("no answer settles the option under the cursor");
    };
    let asked = matches!(model.asking(), Some(Asking::Fact { next: asked, .. })
        if asked.question == next.question && asked.fact == next.fact);
    if asked && model.focus == Focus::Question {
        return Availability::Disabled("its question is asked already");
    }
    can_write(model)
}

pub(super) fn can_do_step(model: &Model) -> Availability {
    state::plan::allow_step_mark(model, &StepMark::Done(None))
}

pub(super) fn can_begin_step(model: &Model) -> Availability {
    state::plan::allow_step_mark(model, &StepMark::Begin)
}

pub(super) fn can_fail_step(model: &Model) -> Availability {
    state::plan::allow_step_mark(model, &StepMark::Fail(None))
}

/// The reason is asked for behind the key.
pub(super) fn can_skip_step(model: &Model) -> Availability {
    state::plan::allow_step_mark(model, &StepMark::Skip("asked for".to_owned()))
}
