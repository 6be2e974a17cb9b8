//! The one table of what a person can do: keys, footer, help overlay and documentation are made
//! from it.

use crate::model::Reverting;

use super::model::{Focus, Model, Screen};

mod guards;
mod names;
mod table;

pub use names::{NamedAction, list_named_actions, needs_its_key};
pub use table::ACTIONS;

/// Something a person can do. Keys, mouse and popups all end in one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Show a screen.
    Go(Screen),
    /// Enter: the next step on the way now, why, do; in a list, open what the cursor is on.
    Open,
    /// Esc: close, go back, leave the question.
    Back,
    /// Tab: to and from the question, or to the next part of a screen.
    Focus,
    /// Cursor or text one line up.
    Up,
    /// One line down.
    Down,
    /// One step left.
    Left,
    /// One step right.
    Right,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// First line.
    Top,
    /// Last line.
    Bottom,
    /// Search in the list.
    Search,
    /// Next hit.
    NextMatch,
    /// Hit before.
    PreviousMatch,
    /// A row of the screen's list, by the mouse.
    Select(usize),
    /// Answer the question by the key of a choice.
    Answer(char),
    /// Do not know.
    DontKnow,
    /// Does not apply.
    DoesNotApply,
    /// Ask someone.
    AskSomeone,
    /// Confidence, role and note of the next answer.
    More,
    /// Take the last answer back.
    Undo,
    /// Decide.
    Commit,
    /// What was seen after the decision.
    Observe,
    /// Take a note.
    Note,
    /// Choose other releases.
    Releases,
    /// Call or poll the gate.
    CallGate,
    /// Poll one role.
    Poll,
    /// The deployment has reached the gate under the cursor.
    ReachGate,
    /// Settle a conflict of sources by one's own word.
    Settle,
    /// Ask the question that settles the option under the cursor.
    SettleOption,
    /// Ask what would happen if the entry were reverted.
    EntryAsk,
    /// Answer that.
    EntryAnswer(Reverting),
    /// Try in memory whether reverting the entry applies.
    TryRevert,
    /// Change the order of a list.
    Order,
    /// Choose which part of a list is shown.
    Filter,
    /// Show that part, by its place in the choice.
    FilterTo(usize),
    /// Long lines wrapped, or cut.
    Wrap,
    /// Unified or side by side.
    SideBySide,
    /// Next hunk.
    NextHunk,
    /// Hunk before.
    PreviousHunk,
    /// Fold or open the folder or the changed place.
    Fold,
    /// Fold or open all of them.
    FoldAll,
    /// All lines of the file, or only the changed places.
    WholeFile,
    /// Next file.
    NextFile,
    /// File before.
    PreviousFile,
    /// The plan of the next option.
    OtherPlan,
    /// The step under the cursor begins.
    StepBegin,
    /// It is done.
    StepDone,
    /// It is left out.
    StepSkip,
    /// It did not work.
    StepFail,
    /// Copy what the cursor is on.
    Copy,
    /// Open the place under the cursor in the person's editor.
    Edit,
    /// Open the commit or pull request under the cursor in the person's browser.
    Browse,
    /// Show the text under the cursor in the person's pager.
    Page,
    /// Give the part with the focus the whole screen, or show all parts.
    Zoom,
    /// In a replay: to the event before.
    ScrubBack,
    /// In a replay: to the event behind.
    ScrubOn,
    /// In a replay: to the moment after an event.
    Scrub(u64),
    /// In a replay: choose an answer that is only supposed, or take it away.
    Suppose,
    /// Suppose it, by its place in the choice.
    SupposeAnswer(usize),
    /// Show what whoever takes over must know.
    Handover,
    /// Show what happened in the story.
    Story,
    /// Close the session with its outcome.
    CloseSession,
    /// Go on with an open session about the same releases.
    GoOn,
    /// Begin another session beside it.
    BeginNew,
    /// Choose another folder for the record.
    Folder,
    /// Any action by its name.
    Palette,
    /// Help.
    Help,
    /// Mouse on or off.
    Mouse,
    /// Draw everything anew.
    Redraw,
    /// Suspend to the shell.
    Suspend,
    /// Leave.
    Quit,
}

/// Where keys are live. Inner contexts are looked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyContext {
    /// Everywhere outside popups.
    Global,
    /// A question has the focus.
    Question,
    /// A list has the focus.
    List,
    /// Text that scrolls has the focus.
    Scroll,
    /// Screen 1.
    Now,
    /// Screen 2.
    Gates,
    /// Screen 3.
    Questions,
    /// Screen 4.
    Changelog,
    /// Screen 5.
    Diff,
    /// Screen 6.
    Risks,
    /// Screen 7.
    Plan,
    /// Screen 8.
    Record,
}

impl KeyContext {
    /// As the help writes it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::Question => "the question",
            Self::List => "lists",
            Self::Scroll => "text",
            Self::Now => "1 now",
            Self::Gates => "2 gates",
            Self::Questions => "3 questions",
            Self::Changelog => "4 changelog",
            Self::Diff => "5 diff",
            Self::Risks => "6 risks",
            Self::Plan => "7 plan",
            Self::Record => "8 record",
        }
    }
}

/// Whether an action can be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// It can.
    Enabled,
    /// It cannot, for this reason: a clause that follows a title.
    Disabled(&'static str),
    /// It is not part of what is on the screen, for this reason, a clause too: neither shown nor
    /// live.
    Absent(&'static str),
}

/// One row of the table.
pub struct Spec {
    /// Stable id.
    pub id: &'static str,
    /// A word or two, for the footer.
    pub title: &'static str,
    /// One sentence, for the help and the documentation.
    pub help: &'static str,
    /// Where it is live.
    pub contexts: &'static [KeyContext],
    /// Default keys and what each does.
    pub keys: &'static [(&'static str, Action)],
    /// Whether it can be done.
    pub guard: fn(&Model) -> Availability,
    /// Place in the footer, the lowest first; `None` to leave it out.
    pub footer: Option<u8>,
}

/// Contexts that are live, innermost first. Empty while a popup is open: popups have keys of their
/// own.
pub fn list_live_contexts(model: &Model) -> Vec<KeyContext> {
    if !model.popups.is_empty() {
        return Vec::new();
    }
    let mut live = Vec::new();
    if model.focus == Focus::Question
        && matches!(model.screen, Screen::Now | Screen::Questions)
        && model.asking().is_some()
    {
        live.push(KeyContext::Question);
    }
    live.push(match model.screen {
        Screen::Now => KeyContext::Now,
        Screen::Gates => KeyContext::Gates,
        Screen::Questions => KeyContext::Questions,
        Screen::Changelog => KeyContext::Changelog,
        Screen::Diff => KeyContext::Diff,
        Screen::Risks => KeyContext::Risks,
        Screen::Plan => KeyContext::Plan,
        Screen::Record => KeyContext::Record,
    });
    live.push(if super::state::describe_screen_list(model).is_some() {
        KeyContext::List
    } else {
        KeyContext::Scroll
    });
    live.push(KeyContext::Global);
    live
}

/// The keys of a row of the table: the person's own first, then those of the program, which stay.
pub fn list_spec_keys<'m>(
    model: &'m Model,
    spec: &'static Spec,
) -> impl Iterator<Item = (&'static str, Action)> + use<'m> {
    model
        .own_keys
        .iter()
        .filter(|own| own.id == spec.id)
        .map(|own| (own.name, own.action))
        .chain(spec.keys.iter().copied())
}

/// What a key does here, innermost context first, and whether it can be done.
pub fn find_key_action(model: &Model, name: &str) -> Option<(&'static Spec, Action, Availability)> {
    for context in list_live_contexts(model) {
        // checklists choose the keys of their answers themselves
        let mut letters = name.chars();
        if let (KeyContext::Question, Some(key), None) = (context, letters.next(), letters.next())
            && model.asking().is_some_and(|asking| asking.takes(key))
            && let Some(spec) = ACTIONS.iter().find(|spec| spec.id == "answer")
        {
            return Some((spec, Action::Answer(key), (spec.guard)(model)));
        }
        for spec in ACTIONS
            .iter()
            .filter(|spec| spec.contexts.contains(&context))
        {
            let Some((_, action)) = list_spec_keys(model, spec).find(|(key, _)| *key == name)
            else {
                continue;
            };
            // taken above, or no answer to this question
            if matches!(action, Action::Answer(_)) {
                continue;
            }
            match (spec.guard)(model) {
                Availability::Absent(_) => continue,
                guard => return Some((spec, action, guard)),
            }
        }
    }
    None
}

/// Actions of the contexts that are live, for footer and help: `(spec, guard)`, without those that
/// are absent.
pub fn list_live_actions(model: &Model) -> Vec<(&'static Spec, Availability)> {
    let contexts = list_live_contexts(model);
    ACTIONS
        .iter()
        .filter(|spec| {
            spec.contexts
                .iter()
                .any(|context| contexts.contains(context))
        })
        .map(|spec| (spec, (spec.guard)(model)))
        .filter(|(_, guard)| !matches!(guard, Availability::Absent(_)))
        .collect()
}

/// A Markdown table of all actions, for the documentation.
pub fn write_actions_markdown() -> String {
    let mut out = String::from("| keys | what they do | where |\n| --- | --- | --- |\n");
    for spec in ACTIONS {
        let keys: Vec<String> = spec
            .keys
            .iter()
            .map(|(key, _)| format!("`{}`", super::key::label_key(key)))
            .collect();
        let places: Vec<&str> = spec
            .contexts
            .iter()
            .map(|context| context.title())
            .collect();
        out.push_str(&format!(
            "| {} | {} | {} |\n",
            keys.join(" "),
            spec.help,
            places.join(", ")
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_key_is_bound_twice_in_one_context() {
        let mut seen = HashSet::new();
        for spec in ACTIONS {
            for context in spec.contexts {
                for (key, _) in spec.keys {
                    assert!(
                        seen.insert((*context, *key)),
                        "{key} is bound twice in {}",
                        context.title()
                    );
                }
            }
        }
    }

    #[test]
    fn ids_are_unique_and_texts_are_sentences() {
        let mut seen = HashSet::new();
        for spec in ACTIONS {
            assert!(seen.insert(spec.id), "{} twice", spec.id);
            assert!(spec.help.ends_with('.'), "{}", spec.id);
            assert!(
                !spec.title.is_empty() && !spec.contexts.is_empty() && !spec.keys.is_empty(),
                "{}",
                spec.id
            );
        }
    }

    #[test]
    fn every_key_name_is_a_key() {
        for spec in ACTIONS {
            for (key, _) in spec.keys {
                assert_eq!(
                    super::super::key::spell_key(&super::super::key::make_key_event(key))
                        .as_deref(),
                    Some(*key),
                    "{}",
                    spec.id
                );
            }
        }
    }
}
