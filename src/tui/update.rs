//! Messages to changes of the model: the router. What a screen does of its own stands in its folder.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Assessment, Config, RepositoryInfo, Stage};
use crate::session::EventKind;
use crate::tui::act::run_action;
use crate::tui::after::ask_when_due;
use crate::tui::burst::tell_burst;
use crate::tui::deciding::request_decision;
use crate::tui::draw::words;
use crate::tui::effect::Effect;
use crate::tui::input::{handle_key_press, handle_mouse};
use crate::tui::job::JobResult;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::popup::keys::paste_into_popup;
use crate::tui::popup::replies::receive_popup_reply;
use crate::tui::recorded::receive_appended_event;
use crate::tui::recording::{append_event, refold_events};
use crate::tui::screens::changelog::load::{commit_files, receive_revert_trial};
use crate::tui::screens::diff::load::receive_file_diff;
use crate::tui::screens::loading::{receive_diff, refresh_screens, resize_screens};
use crate::tui::screens::plan::marks::mark_numbered_step;
use crate::tui::screens::record::session::offer_open_session;
use crate::usecase;

/// Changes the model by one message and says what is to be done outside.
pub fn update_model(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(event) => handle_key_press(model, event),
        Message::Mouse(event) => handle_mouse(model, event),
        Message::Paste(text) => {
            paste_into_popup(model, &text);
            Vec::new()
        }
        Message::Resize(columns, rows) => resize_screens(model, columns, rows),
        Message::Tick(now) => advance_clock(model, now),
        Message::Act(action) => run_action(model, action),
        Message::Reply(reply) => receive_popup_reply(model, reply),
        Message::MarkStep { number, mark } => mark_numbered_step(model, number, mark)
            .unwrap_or_else(|why| {
                model.warn(why);
                Vec::new()
            }),
        Message::Told => {
            model.toast = None;
            model.trouble = None;
            Vec::new()
        }
        Message::Opened(info) => receive_repository(model, info),
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
            refresh_screens(model)
        }
        Message::Stage(stage, assessment) => receive_stage(model, stage, assessment),
        Message::Assessed(assessment, config) => receive_assessment(model, assessment, config),
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
        Message::NotAppended { ticket, says } => receive_refused_event(model, ticket, &says),
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
            offer_open_session(model, began, said);
            Vec::new()
        }
        Message::Decided(decided) => receive_decision(model, decided),
        Message::Diffed { change, diff } => receive_diff(model, &change, *diff),
        Message::DiffedWhole { change, diff } => {
            receive_file_diff(model, &change, &diff, true);
            Vec::new()
        }
        Message::CommitFiles { commit, files } => commit_files(model, &commit, files),
        Message::Tried { commit, trial } => {
            receive_revert_trial(model, &commit, trial);
            Vec::new()
        }
        Message::Tell(text) => {
            model.warn(text);
            Vec::new()
        }
    }
}

fn receive_repository(model: &mut Model, info: RepositoryInfo) -> Vec<Effect> {
    model.reading.opened = true;
    if model.service.is_none() {
        model.service = crate::model::folder_name(&info.path);
    }
    model.repository = Some(info);
    Vec::new()
}

fn receive_stage(model: &mut Model, stage: Stage, assessment: Box<Assessment>) -> Vec<Effect> {
    if let Some(at) = Stage::ALL.iter().position(|one| *one == stage) {
        model.reading.done[at] = true;
    }
    model.assessment = Some(Arc::from(assessment));
    let mut effects = refresh_screens(model);
    effects.extend(request_decision(model, words::was_read(stage)));
    effects
}

fn receive_assessment(
    model: &mut Model,
    assessment: Box<Assessment>,
    config: Box<Config>,
) -> Vec<Effect> {
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
    let mut effects = refresh_screens(model);
    effects.extend(request_decision(model, "the repository was read"));
    effects
}

/// An event is not on disk: it does not count, and what a person said is named until it is said
/// again.
fn receive_refused_event(model: &mut Model, ticket: u64, says: &str) -> Vec<Effect> {
    let refused = model
        .pending
        .iter()
        .find(|pending| pending.ticket == ticket);
    let lost = refused.map_or_else(String::new, |pending| pending.says.clone());
    let verdict = refused.is_some_and(|pending| matches!(pending.what, EventKind::Verdict { .. }));
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

fn advance_clock(model: &mut Model, now: Timestamp) -> Vec<Effect> {
    let before = model.now;
    model.now = now;
    if model.toast.as_ref().is_some_and(|toast| toast.until <= now) {
        model.toast = None;
    }
    if model.hint.as_ref().is_some_and(|hint| hint.until <= now) {
        model.hint = None;
    }
    ask_when_due(model);
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

fn receive_decision(model: &mut Model, decided: Box<JobResult>) -> Vec<Effect> {
    let newest = model.decided.as_ref().map_or(0, |shown| shown.generation);
    // work that began before the last answer would ask for it again, under the hand of whoever
    // answers the next question; the one that knows the answer is on its way
    let before_answer = model
        .given
        .as_ref()
        .is_some_and(|(_, at)| *at != u64::MAX && decided.generation < *at);
    if decided.generation < newest || before_answer {
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
        tell_burst(model);
    }
    let mut effects = refresh_screens(model);
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
