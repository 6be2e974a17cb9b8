//! What a key does here, and what can be done here: for keys, footer, help and documentation.

use crate::tui::action::{Action, Availability, KeyContext};
use crate::tui::action_table::spec::Spec;
use crate::tui::action_table::table::list_actions;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::lists::describe_screen_list;

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
    live.push(if describe_screen_list(model).is_some() {
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
            && let Some(spec) = list_actions().find(|spec| spec.id == "answer")
        {
            return Some((spec, Action::Answer(key), (spec.guard)(model)));
        }
        for spec in list_actions().filter(|spec| spec.contexts.contains(&context)) {
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
    list_actions()
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
    for spec in list_actions() {
        let keys: Vec<String> = spec
            .keys
            .iter()
            .map(|(key, _)| format!("`{}`", key::label_key(key)))
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

    use crate::tui::action_table::table::list_actions;
    use crate::tui::key;

    #[test]
    fn no_key_is_bound_twice_in_one_context() {
        let mut seen = HashSet::new();
        for spec in list_actions() {
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
        for spec in list_actions() {
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
        for spec in list_actions() {
            for (key, _) in spec.keys {
                assert_eq!(
                    key::spell_key(&key::make_key_event(key)).as_deref(),
                    Some(*key),
                    "{}",
                    spec.id
                );
            }
        }
    }
}
