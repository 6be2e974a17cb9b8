//! Checklists of a repository: data that comes with a branch. What they change is listed, and what
//! could take a reason against a way away waits until a person trusts them.

use serde_yaml::{Mapping, Value};

use super::sections::LISTS;
use model::{ChecklistChange, RuleChange, escape_invisible, shorten_text};

/// Most changes of one file that are listed one by one.
const LISTED: usize = 200;

/// Sections whose entries speak against a way, or make facts out of nothing: to take one away or to
/// put another in its place needs trust.
const GUARDED: [&str; 4] = ["situations", "needs", "blockers", "derive"];
/// Lists of a gate that let facts count as harmless.
const GATE_LISTS: [&str; 2] = ["ignores", "not_yet"];

/// What a file does to `base`. Without `trust`, what needs it is taken out of `over`, and its
/// changes are listed as not in force.
pub(super) fn examine_overlay_changes(
    file: &str,
    base: &Value,
    over: &mut Value,
    trust: bool,
) -> Vec<ChecklistChange> {
    strip_yaml_tags(over);
    let Value::Mapping(over) = over else {
        return Vec::new();
    };
    // a section that is not what it should be would stand in the place of the whole section
    over.retain(|section, value| {
        section.as_str() == Some("name") || value.is_sequence() || value.is_mapping()
    });
    let mut found = ForeignChanges {
        file,
        trust,
        changes: Vec::new(),
    };
    for (section, value) in over.iter_mut() {
        let Some(name) = section.as_str().map(str::to_owned) else {
            continue;
        };
        let below = base.get(&name);
        match (LISTS.iter().find(|(list, _)| *list == name), value) {
            (Some((_, id)), Value::Sequence(entries)) if name == "gates" => {
                entries.retain_mut(|gate| found.gate(below, id, gate))
            }
            (Some((_, id)), Value::Sequence(entries)) => {
                entries.retain(|entry| found.entry(&name, &name, below, id, entry))
            }
            (None, Value::Mapping(entries)) => found.values(&name, below, entries),
            _ => {}
        }
    }
    found.changes
}

/// Takes tags away: a list with a tag of its own would be laid in the place of the list it belongs
/// to.
fn strip_yaml_tags(value: &mut Value) {
    while let Value::Tagged(tagged) = value {
        *value = std::mem::take(&mut tagged.value);
    }
    match value {
        Value::Sequence(items) => items.iter_mut().for_each(strip_yaml_tags),
        Value::Mapping(entries) => entries
            .iter_mut()
            .for_each(|(_, value)| strip_yaml_tags(value)),
        _ => {}
    }
}

/// A section's entry as people call it.
fn name_section_entry(section: &str) -> &str {
    match section {
        "usage" => "usage class",
        "situations" => "situation",
        "derive" => "derived fact",
        "questions" => "question",
        "needs" => "requirement",
        "blockers" => "blocker",
        "considerations" => "weight",
        "gates" => "gate",
        "gate items" => "gate item",
        "thresholds" => "threshold",
        "phrases" => "the wording of",
        other => other,
    }
}

struct ForeignChanges<'a> {
    file: &'a str,
    trust: bool,
    changes: Vec<ChecklistChange>,
}

/// The entry of a list that has an id.
fn entry_of<'v>(list: Option<&'v Value>, id: &str, name: &str) -> Option<&'v Value> {
    list?
        .as_sequence()?
        .iter()
        .find(|entry| entry.get(id).and_then(Value::as_str) == Some(name))
}

/// What an entry is about, in its own words.
fn find_entry_title(entry: &Value) -> Option<String> {
    let says = ["title", "says", "asks"]
        .into_iter()
        .find_map(|key| entry.get(key))
        .and_then(Value::as_str)?;
    Some(shorten_text(&escape_invisible(says.trim()), 80).into_owned())
}

impl ForeignChanges<'_> {
    /// Notes one change; whether it counts.
    fn note(
        &mut self,
        section: &str,
        id: &str,
        does: RuleChange,
        guarded: bool,
        about: Option<String>,
    ) -> bool {
        let in_force = self.trust || !guarded;
        if self.changes.len() >= LISTED && in_force {
            return true;
        }
        let id = shorten_text(&escape_invisible(id), 60).into_owned();
        let (file, kind) = (
            escape_invisible(self.file).into_owned(),
            name_section_entry(section),
        );
        let about = about.map_or_else(String::new, |about| format!(" ({about})"));
        let verb = match does {
            RuleChange::Disables => "takes away",
            RuleChange::Replaces => "puts its own rule in the place of",
            RuleChange::Adds => "adds",
            RuleChange::Sets => "sets",
        };
        let waits = if in_force {
            ""
        } else {
            "; that does not count unless --trust-checklist is given, or your own checklist says \
                the same"
        };
        let says = format!("{file} {verb} {kind} {id}{about}{waits}");
        self.changes.push(ChecklistChange {
            file,
            section: section.to_owned(),
            id,
            does,
            in_force,
            says,
        });
        in_force
    }

    /// Whether an entry of a list stays in the file.
    fn entry(
        &mut self,
        section: &str,
        shown: &str,
        base: Option<&Value>,
        id: &str,
        entry: &Value,
    ) -> bool {
        let Some(name) = entry.get(id).and_then(Value::as_str) else {
            return true;
        };
        let disabled = entry.get("disable").and_then(Value::as_bool) == Some(true);
        let below = entry_of(base, id, name);
        let does = match below {
            Some(_) if disabled => RuleChange::Disables,
            Some(same) if same == entry => return true,
            Some(_) => RuleChange::Replaces,
            // the linter remarks that there is nothing to take away
            None if disabled => return true,
            None => RuleChange::Adds,
        };
        // a further derivation can make a fact out of nothing, and a further situation can end the
        // questions
        let guarded = GUARDED.contains(&section)
            && (does != RuleChange::Adds || matches!(section, "derive" | "situations"));
        let guarded = guarded || (section == "items" && does != RuleChange::Adds);
        self.note(
            shown,
            name,
            does,
            guarded,
            find_entry_title(below.unwrap_or(entry)),
        )
    }

    fn gate(&mut self, base: Option<&Value>, id: &str, gate: &mut Value) -> bool {
        let Some(name) = gate.get(id).and_then(Value::as_str).map(str::to_owned) else {
            return true;
        };
        let below = entry_of(base, id, &name).cloned();
        if gate.get("disable").and_then(Value::as_bool) == Some(true) {
            return self.entry("items", "gates", base, id, gate);
        }
        let Value::Mapping(parts) = gate else {
            return true;
        };
        let mut gone = Vec::new();
        for (key, value) in parts.iter_mut() {
            let Some(key_name) = key.as_str().map(str::to_owned) else {
                continue;
            };
            let same = below.as_ref().and_then(|below| below.get(&key_name)) == Some(&*value);
            match value {
                Value::Sequence(items) if key_name == "items" => {
                    let of_base = below.as_ref().and_then(|below| below.get("items"));
                    items.retain(|item| self.entry("items", "gate items", of_base, "id", item));
                }
                _ if same || key_name == id => {}
                _ if !self.note(
                    "gates",
                    &format!("{name}.{key_name}"),
                    RuleChange::Sets,
                    GATE_LISTS.contains(&key_name.as_str()),
                    None,
                ) =>
                {
                    gone.push(key.clone())
                }
                _ => {}
            }
        }
        for key in gone {
            parts.remove(&key);
        }
        true
    }

    /// Numbers one by one; phrases by the fact they are about.
    fn values(&mut self, section: &str, base: Option<&Value>, entries: &Mapping) {
        for (key, value) in entries {
            let Some(name) = key.as_str() else { continue };
            if base.and_then(|base| base.get(name)) != Some(value) {
                let about = (section == "thresholds").then(|| {
                    serde_yaml::to_string(value)
                        .unwrap_or_default()
                        .trim()
                        .to_owned()
                });
                self.note(section, name, RuleChange::Sets, false, about);
            }
        }
    }
}
