//! When an action can be done, and why not.

use crate::tui::action::Availability;
use crate::tui::asking::Asking;
use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::changelog::query::find_selected_entry;
use crate::tui::screens::diff::query::find_shown_diff;
use crate::tui::screens::lists::describe_screen_list;
use crate::tui::screens::now::query::find_question_of_selected;
use crate::tui::screens::place::{find_page_under_cursor, find_place_under_cursor};
use crate::tui::screens::plan::query::{allow_step_mark, shown_options};
use crate::tui::screens::risks::query::find_selected_subject;
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
    if find_place_under_cursor(model).is_some() {
        Availability::Enabled
    } else {
        Availability::Disabled("there is no file under the cursor")
    }
}

pub(super) fn can_browse(model: &Model) -> Availability {
    if model.forge.is_none() {
        Availability::Disabled("the address of the repository's remote names no forge known here")
    } else if find_page_under_cursor(model).is_some() {
        Availability::Enabled
    } else {
        Availability::Disabled("there is no commit under the cursor")
    }
}

/// What has a text is told by the screen; whether it can be written is seen then.
pub(super) fn can_page(model: &Model) -> Availability {
    let any = match model.screen {
        Screen::Changelog => find_selected_entry(model).is_some(),
        Screen::Diff => find_shown_diff(model)
            .is_some_and(|shown| matches!(shown.diff, crate::model::FileDiff::Text { .. })),
        Screen::Risks => find_selected_subject(model).is_some(),
        Screen::Plan => shown_options(model).0.is_some(),
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
    if describe_screen_list(model).is_some() {
        Availability::Enabled
    } else {
        Availability::Absent("there is no list here")
    }
}

pub(super) fn has_search(model: &Model) -> Availability {
    match describe_screen_list(model) {
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
    let Some(next) = find_question_of_selected(model) else {
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
    allow_step_mark(model, &StepMark::Done(None))
}

pub(super) fn can_begin_step(model: &Model) -> Availability {
    allow_step_mark(model, &StepMark::Begin)
}

pub(super) fn can_fail_step(model: &Model) -> Availability {
    allow_step_mark(model, &StepMark::Fail(None))
}

/// The reason is asked for behind the key.
pub(super) fn can_skip_step(model: &Model) -> Availability {
    allow_step_mark(model, &StepMark::Skip("asked for".to_owned()))
}

pub(super) fn can_scrub(model: &Model) -> Availability {
    match model.replay {
        None => Availability::Absent("this is no replay"),
        Some(_) if model.events.is_empty() => Availability::Disabled("the record is not read yet"),
        Some(_) => Availability::Enabled,
    }
}

pub(super) fn can_suppose(model: &Model) -> Availability {
    if model.replay.is_none() {
        return Availability::Absent("answers are supposed in a replay only");
    }
    if model.supposed.is_some() || model.decision().is_some_and(|one| !one.flips.is_empty()) {
        Availability::Enabled
    } else {
        Availability::Disabled("no single answer would have changed the verdict")
    }
}
