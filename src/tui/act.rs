//! Carries out one action. What a screen does of its own stands in its folder.

use crate::session::EventKind;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::leave::{go_back, request_quit};
use crate::tui::model::Model;
use crate::tui::navigation::{go_to_screen, move_list_cursor};
use crate::tui::popup::commit::open::begin_commit;
use crate::tui::popup::handover::open::make_handover_popup;
use crate::tui::popup::help::open::make_help_popup;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::pair::open::begin_release_choice;
use crate::tui::popup::palette::open::open_palette;
use crate::tui::popup::prompt::state::Prompt;
use crate::tui::popup::story::open::make_story_popup;
use crate::tui::recording::append_event;
use crate::tui::screens::acting::update_screen;
use crate::tui::screens::lists::describe_screen_list;
use crate::tui::screens::long_text::write_long_text;
use crate::tui::screens::place::{find_page_under_cursor, find_place_under_cursor};
use crate::tui::screens::plan::marks::open_step_note_form;
use crate::tui::screens::questions::answer::{
    answer_question, not_applicable, open_asked_form, open_speaker_form, record_unknown_answer,
};
use crate::tui::screens::record::forms::{open_note_form, open_observation_form};
use crate::tui::screens::record::load::stand_at;
use crate::tui::screens::record::session::{open_close_form, open_record_folder_form};
use crate::tui::screens::record::update::{choose_supposition, step_in_time, suppose_answer};

/// Carries out one action.
pub(crate) fn run_action(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Go(screen) => go_to_screen(model, screen),
        A::Help => {
            model.hint = None;
            model.popups.push(make_help_popup(model));
            Vec::new()
        }
        A::Handover => {
            model.popups.push(make_handover_popup(model));
            Vec::new()
        }
        A::Story => {
            model.popups.push(make_story_popup());
            Vec::new()
        }
        A::Edit => find_place_under_cursor(model)
            .map(|(path, line)| Effect::Edit { path, line })
            .into_iter()
            .collect(),
        A::Browse => find_page_under_cursor(model)
            .map(Effect::Browse)
            .into_iter()
            .collect(),
        A::Page => write_long_text(model)
            .map(Effect::Page)
            .into_iter()
            .collect(),
        A::ScrubBack => step_in_time(model, false),
        A::ScrubOn => step_in_time(model, true),
        A::Scrub(seq) if model.replay.is_some() => stand_at(model, seq),
        A::Suppose => choose_supposition(model),
        A::SupposeAnswer(at) => suppose_answer(model, at),
        A::Zoom => {
            model.zoomed = !model.zoomed;
            if model.zoomed {
                model.say("This part has the whole screen; Z shows the others again.");
            }
            Vec::new()
        }
        A::Back => go_back(model),
        A::CloseSession => open_close_form(model),
        A::Folder => open_record_folder_form(model),
        A::GoOn => vec![Effect::Session { go_on: true }],
        A::BeginNew => vec![Effect::Session { go_on: false }],
        A::Mouse => {
            model.mouse = !model.mouse;
            model.say(if model.mouse {
                "The mouse is on."
            } else {
                "The mouse is off: the terminal's own selection works."
            });
            vec![Effect::Mouse(model.mouse)]
        }
        A::Redraw => vec![Effect::Redraw],
        A::Suspend => vec![Effect::Suspend],
        A::Quit => request_quit(model),
        A::Answer(key) => answer_question(model, key),
        A::DontKnow => record_unknown_answer(model),
        A::DoesNotApply => not_applicable(model),
        A::AskSomeone => open_asked_form(model),
        A::More => open_speaker_form(model),
        A::Undo => withdraw_last_event(model),
        A::Note => match open_step_note_form(model) {
            Some(effects) => effects,
            None => open_note_form(model),
        },
        A::Commit => begin_commit(model),
        A::Observe => open_observation_form(model),
        A::Releases => begin_release_choice(model),
        A::Search => {
            if let Some(list) = describe_screen_list(model) {
                let from = list.state(model).cursor;
                model.popups.push(Popup::Prompt(Prompt::new(from)));
            }
            Vec::new()
        }
        A::Palette => {
            model.popups.push(open_palette(model));
            Vec::new()
        }
        _ => match move_list_cursor(model, action) {
            Some(effects) => effects,
            None => update_screen(model, action),
        },
    }
}

fn withdraw_last_event(model: &mut Model) -> Vec<Effect> {
    let Some((seq, says)) = model.undoable() else {
        return Vec::new();
    };
    if model.pending.iter().any(|pending| matches!(pending.what, EventKind::Withdrawn { seq: under_way } if under_way == seq)) {
        return Vec::new();
    }
    vec![append_event(
        model,
        EventKind::Withdrawn { seq },
        format!("taken back: {says}"),
    )]
}
