//! Messages to changes of the model: the router. What a screen does of its own is in `state/`.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::Stage;
use crate::session::EventKind;
use crate::usecase;

use super::Action;
use super::effect::{Effect, Leave};
use super::input;
use super::job::{self, DecisionJob, JobResult};
use super::message::Message;
use super::model::{Focus, Model, Screen};
use super::popup::choose::Choose;
use super::popup::prompt::Prompt;
use super::popup::{self, Popup};
use super::recorded::receive_appended_event;
pub(super) use super::recorded::{append_event, refold_events};
use super::state;
use super::view::{long_text, words};

/// Changes the model by one message and says what is to be done outside.
pub fn update_model(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(event) => input::handle_key_press(model, event),
        Message::Mouse(event) => input::handle_mouse(model, event),
        Message::Paste(text) => {
            popup::paste_into_popup(model, &text);
            Vec::new()
        }
        Message::Resize(columns, rows) => state::resize_screens(model, columns, rows),
        Message::Tick(now) => advance_clock(model, now),
        Message::Act(action) => run_action(model, action),
        Message::Opened(info) => {
            model.reading.opened = true;
            if model.service.is_none() {
                model.service = crate::model::folder_name(&info.path);
            }
            model.repository = Some(info);
            Vec::new()
        }
        Message::Paired {
            previous,
            current,
            relation,
            releases,
        } => {
            model.releases = releases;
            model.pair = Some((previous, current, relation));
            request_decision(model, "the releases were found")
        }
        Message::Quick(changelog) => {
            model.quick = Some(changelog);
            state::refresh_screens(model)
        }
        Message::Stage(stage, assessment) => {
            if let Some(at) = Stage::ALL.iter().position(|one| *one == stage) {
                model.reading.done[at] = true;
            }
            model.assessment = Some(Arc::from(assessment));
            let mut effects = state::refresh_screens(model);
            effects.extend(request_decision(model, words::was_read(stage)));
            effects
        }
        Message::Assessed(assessment, config) => {
            model.reading.complete = true;
            model.reading.opened = true;
            model.pair = Some((
                assessment.previous.clone(),
                assessment.current.clone(),
                assessment.relation,
            ));
            model.environment = model
                .environment
                .take()
                .or_else(|| assessment.environment.clone());
            if let Some(service) = &config.service {
                model.service = Some(crate::model::escape_invisible(service).into_owned());
            } else if model.service.is_none() {
                // a saved assessment comes without its configuration
                model.service = crate::model::folder_name(&assessment.repository.path);
            }
            model.config = Arc::from(config);
            model.assessment = Some(Arc::from(assessment));
            let mut effects = state::refresh_screens(model);
            effects.extend(request_decision(model, "the repository was read"));
            effects
        }
        Message::Rehearsals(rehearsals) => {
            model.rehearsals = rehearsals;
            Vec::new()
        }
        Message::NotAssessed(says) => {
            model.reading.failed = Some(says);
            Vec::new()
        }
        Message::Events(events) => {
            model.events = events;
            model.awaits_record = false;
            refold_events(model);
            request_decision(model, "the record was read")
        }
        Message::Appended { ticket, event } => receive_appended_event(model, ticket, *event),
        Message::NotAppended { ticket, says } => {
            let lost = model
                .pending
                .iter()
                .find(|pending| pending.ticket == ticket)
                .map(|pending| pending.says.clone())
                .unwrap_or_default();
            let verdict = model.pending.iter().any(|pending| {
                pending.ticket == ticket && matches!(pending.what, EventKind::Verdict { .. })
            });
            model.pending.retain(|pending| pending.ticket != ticket);
            model.given = None;
            // what a person said is named; the program's own verdict does not hide why nothing is
            // recorded
            if !verdict {
                model.lost.push(lost.clone());
            }
            if !verdict || model.trouble.is_none() {
                let before = model.lost.len().saturating_sub(1);
                let before = if before == 0 {
                    String::new()
                } else {
                    format!(
                        " Before it, {} not recorded either.",
                        words::write_number_with_noun(before as u64, "thing was", "things were")
                    )
                };
                model.trouble = Some(format!(
                    "Not recorded: {lost}. {says}{before} Say it again once that is settled."
                ));
            }
            Vec::new()
        }
        Message::Doubt(says) => {
            model.trouble = Some(match model.trouble.take() {
                Some(before) if before != says => format!("{before} {says}"),
                _ => says,
            });
            Vec::new()
        }
        Message::Kept(path) => {
            model.kept_in = Some(path);
            Vec::new()
        }
        Message::NoRecord(says) => {
            model.trouble = Some(says);
            Vec::new()
        }
        Message::Unwritten(count) => {
            model.unwritten = count;
            if count == 0 {
                model.trouble = None;
            }
            Vec::new()
        }
        Message::OpenSession { began, said } => {
            state::session::offer_open_session(model, began, said);
            Vec::new()
        }
        Message::Decided(decided) => receive_decision(model, decided),
        Message::Diffed { change, diff } => state::receive_diff(model, &change, *diff),
        Message::DiffedWhole { change, diff } => {
            state::diff::receive_file_diff(model, &change, &diff, true);
            Vec::new()
        }
        Message::CommitFiles { commit, files } => {
            state::changelog::commit_files(model, &commit, files)
        }
        Message::Tried { commit, trial } => {
            state::changelog::receive_revert_trial(model, &commit, trial);
            Vec::new()
        }
        Message::Tell(text) => {
            model.warn(text);
            Vec::new()
        }
    }
}

fn advance_clock(model: &mut Model, now: Timestamp) -> Vec<Effect> {
    let before = model.now;
    model.now = now;
    if model.toast.as_ref().is_some_and(|toast| toast.until <= now) {
        model.toast = None;
    }
    if model.hint.as_ref().is_some_and(|hint| hint.until <= now) {
        model.hint = None;
    }
    super::after::ask_when_due(model);
    let passed = model
        .latest()
        .is_some_and(|latest| before < latest && latest <= now);
    let minute = |at: Timestamp| at.as_second().div_euclid(60);
    if model.replay.is_none()
        && (passed || (minute(before) != minute(now) && model.live_minutes().is_some()))
    {
        let cause = if passed {
            "the latest time to decide has passed"
        } else {
            "time went on"
        };
        return request_decision(model, cause);
    }
    Vec::new()
}

/// Carries out one action.
pub(super) fn run_action(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Go(screen) => go_to_screen(model, screen),
        A::Help => {
            model.hint = None;
            model.popups.push(popup::make_help_popup(model));
            Vec::new()
        }
        A::Handover => {
            model.popups.push(popup::make_handover_popup(model));
            Vec::new()
        }
        A::Story => {
            model.popups.push(popup::make_story_popup());
            Vec::new()
        }
        A::Edit => state::place::find_place_under_cursor(model)
            .map(|(path, line)| Effect::Edit { path, line })
            .into_iter()
            .collect(),
        A::Browse => state::place::find_page_under_cursor(model)
            .map(Effect::Browse)
            .into_iter()
            .collect(),
        A::Page => long_text::write_long_text(model)
            .map(Effect::Page)
            .into_iter()
            .collect(),
        A::ScrubBack => state::replay::step_in_time(model, false),
        A::ScrubOn => state::replay::step_in_time(model, true),
        A::Scrub(seq) if model.replay.is_some() => state::record::stand_at(model, seq),
        A::Suppose => state::replay::choose_supposition(model),
        A::SupposeAnswer(at) => state::replay::suppose_answer(model, at),
        A::Zoom => {
            model.zoomed = !model.zoomed;
            if model.zoomed {
                model.say("This part has the whole screen; Z shows the others again.");
            }
            Vec::new()
        }
        A::Back => go_back(model),
        A::CloseSession => state::session::open_close_form(model),
        A::Folder => state::session::open_record_folder_form(model),
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
        A::Answer(key) => state::questions::answer_question(model, key),
        A::DontKnow => state::questions::record_unknown_answer(model),
        A::DoesNotApply => state::questions::not_applicable(model),
        A::AskSomeone => state::questions::open_asked_form(model),
        A::More => state::questions::open_speaker_form(model),
        A::Undo => withdraw_last_event(model),
        A::Note => match state::plan::open_step_note_form(model) {
            Some(effects) => effects,
            None => state::record::open_note_form(model),
        },
        A::Commit => popup::begin_commit(model),
        A::Observe => state::record::open_observation_form(model),
        A::Releases => popup::begin_release_choice(model),
        A::Search => {
            if let Some(list) = state::describe_screen_list(model) {
                let from = list.state(model).cursor;
                model.popups.push(Popup::Prompt(Prompt::new(from)));
            }
            Vec::new()
        }
        A::Palette => {
            model.popups.push(popup::palette::open_palette(model));
            Vec::new()
        }
        _ => match move_list_cursor(model, action) {
            Some(effects) => effects,
            None => state::update_screen(model, action),
        },
    }
}

/// A movement in the list of the screen; `None` when it is none or there is no list.
fn move_list_cursor(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    use Action as A;
    let list = state::describe_screen_list(model)?;
    let page = isize::try_from(list.state(model).page.get().saturating_sub(1).max(1)).unwrap_or(1);
    let cursor = list.state(model).cursor;
    match action {
        A::Up => list.step(model, -1),
        A::Down => list.step(model, 1),
        A::PageUp => list.step(model, -page),
        A::PageDown => list.step(model, page),
        A::Top => list.put(model, 0, true),
        A::Bottom => list.put(model, usize::MAX, false),
        A::Select(row) => list.put(model, row, true),
        A::NextMatch | A::PreviousMatch => {
            let forward = action == A::NextMatch;
            let len = (list.len)(model).max(1);
            let from = if forward {
                cursor + 1
            } else {
                cursor + len - 1
            };
            match list.hit(model, from % len, forward) {
                Some(row) => list.put(model, row, true),
                None => model.warn("the search has no hit here"),
            }
        }
        _ => return None,
    }
    Some((list.moved)(model))
}

/// Goes to the line of a number, from 1.
pub(super) fn jump_to_numbered_line(model: &mut Model, number: usize) -> Vec<Effect> {
    match state::describe_screen_list(model) {
        // the lines of a file have numbers of their own
        Some(list) if !state::diff::in_text(model) => {
            list.put(model, number.saturating_sub(1), true);
            (list.moved)(model)
        }
        _ => state::jump_to_screen_line(model, number),
    }
}

/// Shows a screen.
pub(super) fn go_to_screen(model: &mut Model, screen: Screen) -> Vec<Effect> {
    if model.screen != screen {
        model.trail.push(model.screen);
        if model.trail.len() > 20 {
            model.trail.remove(0);
        }
        model.screen = screen;
    }
    model.focus = if matches!(screen, Screen::Now | Screen::Questions) {
        Focus::Question
    } else {
        Focus::Body
    };
    state::enter_screen(model)
}

fn go_back(model: &mut Model) -> Vec<Effect> {
    if model.trouble.take().is_some() || model.toast.take().is_some_and(|toast| toast.bad) {
        return Vec::new();
    }
    if model.focus == Focus::Detail {
        model.focus = Focus::Body;
        return Vec::new();
    }
    if let Some(list) = state::describe_screen_list(model)
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
            state::enter_screen(model)
        }
        None => Vec::new(),
    }
}

fn request_quit(model: &mut Model) -> Vec<Effect> {
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
    let undecided = model.writable
        && answered
        && model.session.decided.is_none()
        && !model.measured.too_small.get();
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
    if !model.measured.too_small.get()
        && let Some(told) = popup::make_debrief_popup(model)
    {
        model.debriefed = true;
        model.popups.push(told);
        return Vec::new();
    }
    vec![Effect::Quit(leave)]
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

/// Asks for a new decision. Results come as `Decided`; older ones than the newest are dropped.
pub(super) fn request_decision(model: &mut Model, cause: &str) -> Vec<Effect> {
    model.generation += 1;
    let (sensed, stated) = job::collect_model_facts(model);
    let context = model.context();
    vec![Effect::Decide(Box::new(DecisionJob {
        generation: model.generation,
        cause: cause.to_owned(),
        sensed,
        stated,
        checklist: Arc::clone(&model.checklist),
        context,
        assessment: model.assessment.clone(),
        config: Arc::clone(&model.config),
        reading: model.reading.so_far(),
    }))]
}

fn receive_decision(model: &mut Model, decided: Box<JobResult>) -> Vec<Effect> {
    let newest = model.decided.as_ref().map_or(0, |shown| shown.generation);
    if decided.generation < newest {
        return Vec::new();
    }
    let (cause, current) = (
        decided.cause.clone(),
        decided.generation == model.generation,
    );
    if model
        .given
        .as_ref()
        .is_some_and(|(_, at)| decided.generation >= *at)
    {
        model.given = None;
    }
    model.decided = Some(decided);
    if model.given.is_none() {
        input::tell_burst(model);
    }
    let mut effects = state::refresh_screens(model);
    // one that is overtaken already is shown, but not recorded
    if !current || !model.writable || model.awaits_record {
        return effects;
    }
    let recorded = model.events.iter().rev().find_map(|event| {
        if let EventKind::Verdict {
            option, strength, ..
        } = &event.what
        {
            Some((*option, *strength))
        } else {
            None
        }
    });
    let under_way = model.pending.iter().rev().find_map(|pending| {
        if let EventKind::Verdict {
            option, strength, ..
        } = &pending.what
        {
            Some((*option, *strength))
        } else {
            None
        }
    });
    let reading = model.reading.so_far();
    let what = model.decided.as_ref().and_then(|decided| {
        usecase::make_verdict_event(under_way.or(recorded), &decided.decision, &reading, &cause)
    });
    if let Some(what) = what {
        let strength = model
            .decision()
            .map_or("", |decision| decision.strength.id());
        let option = model
            .decision()
            .map_or(crate::model::OptionId::Hold, |decision| decision.option);
        let says = format!(
            "{}, {strength}: {cause}",
            words::write_option_headline(model, option)
        );
        effects.push(append_event(model, what, says));
    }
    effects
}
