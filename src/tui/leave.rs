//! Going back, leaving, and what is asked before.

use crate::session::EventKind;
use crate::tui::action::Action;
use crate::tui::draw::words;
use crate::tui::effect::{Effect, Leave};
use crate::tui::model::Model;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::story::open::make_debrief_popup;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::lists::describe_screen_list;
use crate::tui::screens::loading::enter_screen;

pub(super) fn go_back(model: &mut Model) -> Vec<Effect> {
    if model.trouble.take().is_some() || model.toast.take().is_some_and(|toast| toast.bad) {
        return Vec::new();
    }
    if model.focus == Focus::Detail {
        model.focus = Focus::Body;
        return Vec::new();
    }
    if let Some(list) = describe_screen_list(model)
        && !list.state(model).search.is_empty()
    {
        (list.get_mut)(model).search.clear();
        return Vec::new();
    }
    if model.screens.questions.chosen.take().is_some() {
        return Vec::new();
    }
    if model.focus == Focus::Question && model.asking().is_some() {
        model.focus = Focus::Body;
        return Vec::new();
    }
    match model.trail.pop() {
        Some(screen) => {
            model.screen = screen;
            model.focus = if matches!(screen, Screen::Now | Screen::Questions) {
                Focus::Question
            } else {
                Focus::Body
            };
            enter_screen(model)
        }
        None => Vec::new(),
    }
}

pub(super) fn request_quit(model: &mut Model) -> Vec<Effect> {
    if !model.pending.is_empty() {
        model.warn("an answer is still being written; try again in a moment");
        return Vec::new();
    }
    if model.unwritten > 0 && !model.quit_asked {
        model.quit_asked = true;
        let items = vec![
            (
                'F',
                "keep the record in another folder".to_owned(),
                Action::Folder,
            ),
            (
                'q',
                "leave; it is printed on the terminal".to_owned(),
                Action::Quit,
            ),
        ];
        let mut choose = Choose::new("Leave? The record is in memory only", items);
        choose.intro.push(format!(
            "{} could not be written and would be lost.",
            words::write_number_with_noun(model.unwritten as u64, "event", "events")
        ));
        model.popups.push(Popup::Choose(choose));
        return Vec::new();
    }
    let leave = if model.session.decided.is_some() {
        Leave::Decided
    } else {
        Leave::Quit
    };
    // what the command line stated is no answer of this session
    let answered = model.events.iter().any(|event| {
        matches!(
            event.what,
            EventKind::Answered {
                question: Some(_),
                ..
            }
        )
    });
    let undecided =
        model.writable && answered && model.session.decided.is_none() && !model.measured.too_small;
    if undecided && !model.quit_asked {
        // asked once: the second time it leaves
        model.quit_asked = true;
        let mut choose = Choose::new(
            "Leave without a decision?",
            vec![(
                'q',
                "leave; `backout resume` goes on".to_owned(),
                Action::Quit,
            )],
        );
        choose
            .intro
            .push("Every answer is on disk; nothing is lost. Esc stays here.".to_owned());
        model.popups.push(Popup::Choose(choose));
        return Vec::new();
    }
    if !model.measured.too_small
        && let Some(told) = make_debrief_popup(model)
    {
        model.debriefed = true;
        model.popups.push(told);
        return Vec::new();
    }
    vec![Effect::Quit(leave)]
}
