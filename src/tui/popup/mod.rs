//! What lies over a screen. The topmost takes all keys; Esc closes it.

pub mod choose;
pub mod commit;
pub mod debrief;
pub mod form;
pub mod handover;
pub mod help;
pub mod pair;
pub mod palette;
pub mod prompt;
pub mod story;
pub mod why;

use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use super::model::Model;
use super::{Action, Effect};

/// One popup.
#[derive(Debug, Clone)]
pub enum Popup {
    /// One line of text in the footer: search.
    Prompt(prompt::Prompt),
    /// One of a few actions, by key.
    Choose(choose::Choose),
    /// Fields to fill in.
    Form(Box<form::Form>),
    /// Any action by its name.
    Palette(Box<palette::Palette>),
    /// What the keys do.
    Help(Box<help::Help>),
    /// What whoever takes over must know.
    Handover(Box<handover::Handover>),
    /// What happened in a story.
    Story(Box<story::StoryPopup>),
    /// The end of a story.
    Debrief(Box<debrief::Debrief>),
    /// The release picker.
    Pair(Box<pair::ReleasePicker>),
    /// The commit step.
    Commit(commit::CommitPopup),
    /// Why: reasons down to the quoted line.
    Why(Box<why::WhyPopup>),
}

impl Popup {
    /// What tells it from others that may lie in the same place.
    fn name(&self, depth: usize) -> String {
        match self {
            Self::Prompt(_) => format!("{depth} prompt"),
            Self::Choose(choose) => format!("{depth} choose {}", choose.title),
            Self::Form(form) => format!("{depth} form {}", form.title),
            Self::Palette(_) => format!("{depth} palette"),
            Self::Help(_) => format!("{depth} help"),
            Self::Handover(_) => format!("{depth} hand-over"),
            Self::Story(_) => format!("{depth} story"),
            Self::Debrief(_) => format!("{depth} debrief"),
            Self::Pair(pair) => format!("{depth} pair {}", pair.has_current()),
            Self::Commit(_) => format!("{depth} commit"),
            Self::Why(_) => format!("{depth} why"),
        }
    }

    /// Its name, where the key would settle something that must have been on the screen first.
    fn must_be_seen(&self, event: &KeyEvent, depth: usize) -> Option<String> {
        let name = super::key::spell_key(event)?;
        let settles = match self {
            Self::Form(_) | Self::Pair(_) | Self::Commit(_) => name == "enter",
            Self::Debrief(_) => matches!(name.as_str(), "enter" | "q"),
            Self::Choose(_) => !matches!(name.as_str(), "esc" | "ctrl-c" | "up" | "down"),
            // the palette looks itself for the row that was drawn
            Self::Prompt(_)
            | Self::Palette(_)
            | Self::Help(_)
            | Self::Handover(_)
            | Self::Story(_)
            | Self::Why(_) => false,
        };
        settles.then(|| self.name(depth))
    }
}

/// What becomes of a popup after a key.
pub enum Next {
    /// It stays.
    Stay,
    /// It closes.
    Close,
    /// It closes, and this is done.
    Then(Action),
}

/// A key for the topmost popup.
pub fn handle_popup_key(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    let depth = model.popups.len().saturating_sub(1);
    if let Some(name) = model
        .popups
        .last()
        .and_then(|popup| popup.must_be_seen(&event, depth))
        && !model.measured.has_covered(&name)
    {
        model.warn("Not taken: you pressed the key before this was on the screen. Press it again.");
        return Vec::new();
    }
    // taken off while it works, so that it may change the model
    let Some(mut popup) = model.popups.pop() else {
        return Vec::new();
    };
    let (next, mut effects) = match &mut popup {
        Popup::Prompt(prompt) => prompt.key(model, &event),
        Popup::Choose(choose) => (choose.key(&event), Vec::new()),
        Popup::Form(form) => form.key(model, &event),
        Popup::Palette(palette) => palette.key(model, &event),
        Popup::Help(help) => (help.key(&event), Vec::new()),
        Popup::Handover(handover) => handover.key(&event),
        Popup::Story(story) => (story.key(&event), Vec::new()),
        Popup::Debrief(debrief) => debrief.key(model, &event),
        Popup::Pair(pair) => pair.key(model, &event),
        Popup::Commit(commit) => commit.key(model, &event),
        Popup::Why(why) => why.key(model, &event),
    };
    if let (Popup::Form(form), Next::Close) = (&popup, &next) {
        keep_draft(model, form, !effects.is_empty());
    }
    match next {
        // what it opened lies above it
        Next::Stay => model.popups.insert(depth.min(model.popups.len()), popup),
        Next::Close => {}
        Next::Then(action) => effects.extend(super::update::run_action(model, action)),
    }
    effects
}

/// The id of fields whose text is kept when the form is left.
const DRAFT: &str = "text";

/// What was typed and not recorded stays for the next time the form is opened.
fn keep_draft(model: &mut Model, form: &form::Form, recorded: bool) {
    let Some(field) = form.fields.iter().find(|field| field.id == DRAFT) else {
        return;
    };
    let text = field.input.value();
    if recorded || text.trim().is_empty() {
        model.drafts.remove(&form.title);
    } else {
        model.drafts.insert(form.title.clone(), text.to_owned());
        model.say("Kept: the text is there again when you come back.");
    }
}

/// Text that is typed now or was left unrecorded, by the title of its form: what a lost connection
/// must not take along.
pub fn collect_form_drafts(model: &Model) -> std::collections::BTreeMap<String, String> {
    let mut drafts = model.drafts.clone();
    for popup in &model.popups {
        if let Popup::Form(form) = popup
            && let Some(field) = form.fields.iter().find(|field| field.id == DRAFT)
            && !field.input.value().trim().is_empty()
        {
            drafts.insert(form.title.clone(), field.input.value().to_owned());
        }
    }
    drafts
}

/// Opens a form, with what was typed in it and not recorded the last time.
pub fn open_form(model: &mut Model, mut form: form::Form) {
    if let Some(text) = model.drafts.get(&form.title)
        && let Some(field) = form.fields.iter_mut().find(|field| field.id == DRAFT)
    {
        field.input = tui_input::Input::new(text.clone());
    }
    model.popups.push(Popup::Form(Box::new(form)));
}

/// Pasted text for the topmost popup.
pub fn paste_into_popup(model: &mut Model, text: &str) {
    match model.popups.last_mut() {
        Some(Popup::Prompt(prompt)) => prompt.paste(text),
        Some(Popup::Form(form)) => form.paste(text),
        Some(Popup::Palette(palette)) => palette.paste(text),
        Some(Popup::Pair(pair)) => pair.paste(text),
        _ => {}
    }
}

/// Draws all that lie over the screen.
pub fn draw_popups(frame: &mut Frame, body: Rect, model: &Model) {
    // only the topmost: frames inside frames read badly
    if let Some(popup) = model.popups.last() {
        model
            .measured
            .covers(&popup.name(model.popups.len().saturating_sub(1)));
        match popup {
            Popup::Prompt(_) => {}
            Popup::Choose(choose) => choose.draw(frame, body, model),
            Popup::Form(form) => form.draw(frame, body, model),
            Popup::Palette(palette) => palette.draw(frame, body, model),
            Popup::Help(help) => help.draw(frame, body, model),
            Popup::Handover(handover) => handover.draw(frame, body, model),
            Popup::Story(story) => story.draw(frame, body, model),
            Popup::Debrief(debrief) => debrief.draw(frame, body, model),
            Popup::Pair(pair) => pair.draw(frame, body, model),
            Popup::Commit(commit) => commit.draw(frame, body, model),
            Popup::Why(why) => why.draw(frame, body, model),
        }
    }
}

/// Control characters out, line ends to blanks: pasted text for a field of one line.
pub fn one_line(text: &str) -> String {
    let joined = text
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    crate::model::shorten_text(&crate::model::escape_invisible(&joined), 4000).into_owned()
}

/// Control characters made visible, line ends kept: pasted text for a field of several lines.
pub fn kept_lines(text: &str) -> String {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    crate::model::shorten_text(&crate::model::visible_lines(&plain), 4000).into_owned()
}

/// What the keys do here.
pub fn make_help_popup(model: &Model) -> Popup {
    help::open_help_popup(model)
}

/// What whoever takes over must know.
pub fn make_handover_popup(model: &Model) -> Popup {
    Popup::Handover(Box::new(handover::Handover::new(model, model.now)))
}

/// What happened in the story that is shown.
pub fn make_story_popup() -> Popup {
    Popup::Story(Box::default())
}

/// The end of the story that is played, unless it was told already; `None` where there is none to
/// tell.
pub fn make_debrief_popup(model: &Model) -> Option<Popup> {
    if model.debriefed || model.measured.lines.get() {
        return None;
    }
    debrief::Debrief::new(model).map(|told| Popup::Debrief(Box::new(told)))
}

/// The commit step.
pub fn begin_commit(model: &mut Model) -> Vec<Effect> {
    commit::open_commit_popup(model)
}

/// The release picker.
pub fn begin_release_choice(model: &mut Model) -> Vec<Effect> {
    pair::open_release_picker(model)
}
