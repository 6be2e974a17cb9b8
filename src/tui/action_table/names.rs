//! Actions by name: each of the table on its own, where one row of it does two things.

use crate::tui::action::Action;
use crate::tui::action_table::spec::Spec;
use crate::tui::action_table::table::list_actions;

/// One action that can be named.
#[derive(Clone, Copy)]
pub struct NamedAction {
    /// Stable name, as the user's settings write it.
    pub id: &'static str,
    /// As the palette shows it.
    pub title: &'static str,
    /// Its row of the table.
    pub spec: &'static Spec,
    /// What it does.
    pub action: Action,
}

/// The name of one of several actions of a row, and a fuller title where the footer's is short for
/// a place that is not in sight.
fn name_action(spec: &'static Spec, action: Action) -> (&'static str, &'static str) {
    use Action as A;
    match action {
        A::Up => ("up", "up"),
        A::Down => ("down", "down"),
        A::Left => ("left", "left"),
        A::Right => ("right", "right"),
        A::PageUp => ("page-up", "page up"),
        A::PageDown => ("page-down", "page down"),
        A::Top => ("top", "first line"),
        A::Bottom => ("bottom", "last line"),
        A::NextMatch => ("next-match", "next hit"),
        A::PreviousMatch => ("previous-match", "previous hit"),
        A::NextHunk => ("next-hunk", "next hunk"),
        A::PreviousHunk => ("previous-hunk", "previous hunk"),
        A::Fold => ("fold", "fold or open"),
        A::FoldAll => ("fold-all", "fold or open all"),
        A::ScrubOn => ("event-on", "event behind"),
        A::ScrubBack => ("event-back", "event before"),
        A::Suppose => (spec.id, "suppose an answer"),
        A::NextFile => ("next-file", "next file"),
        A::PreviousFile => ("previous-file", "previous file"),
        A::StepDone => (spec.id, "step done"),
        A::StepFail => (spec.id, "step failed"),
        A::StepSkip => (spec.id, "leave step out"),
        A::StepBegin => (spec.id, "begin step"),
        A::ReachGate => (spec.id, "gate reached"),
        A::CallGate => (spec.id, "call gate"),
        A::Poll => (spec.id, "poll a role"),
        A::SettleOption => (spec.id, "ask what settles"),
        A::Note => (spec.id, "take a note"),
        A::OtherPlan => (spec.id, "plan of other option"),
        A::Order => (spec.id, "order of list"),
        A::EntryAsk => (spec.id, "what if reverted"),
        _ => (spec.id, spec.title),
    }
}

/// Every action of the table that can be named, in its order. The answers of a question are one:
/// which there are depends on the question.
pub fn list_named_actions() -> Vec<NamedAction> {
    let mut named: Vec<NamedAction> = Vec::new();
    for spec in list_actions() {
        for (_, action) in spec.keys {
            let (id, title) = name_action(spec, *action);
            if named.iter().all(|one| one.id != id) {
                named.push(NamedAction {
                    id,
                    title,
                    spec,
                    action: *action,
                });
            }
        }
    }
    named
}

/// Whether an action records at once what stands under the cursor or is asked: it counts only with
/// that in sight, so only by its own key.
pub fn needs_its_key(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::Answer(_)
            | A::DontKnow
            | A::DoesNotApply
            | A::AskSomeone
            | A::More
            | A::StepDone
            | A::StepBegin
            | A::ReachGate
            | A::Settle
    )
}
