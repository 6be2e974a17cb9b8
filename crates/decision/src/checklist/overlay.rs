//! Checklists laid over each other: entries replace others by id, new ones are added, `disable:
//! true` takes one away.

use model::fact_key;
use std::collections::HashMap;
use std::sync::OnceLock;

use serde_yaml::Value;

use super::sections::LISTS;
use super::{Checklist, Layer, Lint, SituationId, Whose, catalogue, foreign, load};
use model::{ChecklistChange, Unchecked, Untrusted};

/// The shipped checklist, as text.
const EMBEDDED: &str = include_str!("../../../../checklists/default.yaml");
/// Most rules, questions and items of a checklist that files of a repository are part of; the
/// shipped one has fewer than 300.
const RULES: usize = 1_000;
/// Most remarks after which entries to disable that are not there are no longer named.
const UNKNOWN: usize = 200;
/// The shipped checklist, read once.
pub(super) fn get_embedded_checklist() -> &'static Checklist {
    static READ: OnceLock<Checklist> = OnceLock::new();
    READ.get_or_init(|| {
        let (mut list, lints) = load::read_checklist("default.yaml", EMBEDDED);
        // a test holds that the shipped file has no remark, so this can only be seen while it is
        // being edited
        debug_assert!(
            lints.is_empty(),
            "{}",
            lints
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        );
        list.sources = vec!["embedded".to_owned()];
        list
    })
}

/// A whole checklist, with nothing below it.
pub(super) fn read_whole_checklist(file: &str, text: &str) -> Result<Checklist, Vec<Lint>> {
    if text == EMBEDDED {
        return Ok(get_embedded_checklist().clone());
    }
    let (mut list, mut lints) = load::read_checklist(file, text);
    check_completeness(file, &list, &mut lints);
    if lints.iter().any(|lint| lint.error) {
        return Err(lints);
    }
    list.sources = vec![file.to_owned()];
    Ok(list)
}

/// The shipped checklist with files laid over it. A file of the repository that is wrong is left
/// out; one of the person ends it.
pub(super) fn load_checklist_layers(
    layers: &[Layer],
    trust: bool,
) -> Result<(Checklist, Vec<Lint>), Vec<Lint>> {
    if layers.is_empty() {
        return Ok((get_embedded_checklist().clone(), Vec::new()));
    }
    let mut lints = Vec::new();
    let mut merged: Value = match serde_yaml::from_str(EMBEDDED) {
        Ok(value) => value,
        Err(error) => return Err(vec![build_error_lint("default.yaml", error.to_string())]),
    };
    let mut sources = vec!["embedded".to_owned()];
    let (mut changes, mut left_out) = (Vec::new(), Vec::new());
    for layer in layers {
        let (mut found, mut more) = (Vec::new(), Vec::new());
        let laid = merge_checklist_layer(layer, &merged, trust, &mut found, &mut more);
        let wrong = found.iter().find(|lint| lint.error).cloned();
        match (layer.whose, wrong) {
            (Whose::Repository, Some(first)) => left_out.push(report_broken_layer(&first)),
            _ => {
                if let Some(laid) = laid {
                    merged = laid;
                    sources.push(layer.name.clone());
                    changes.extend(more);
                }
                lints.extend(found);
            }
        }
    }
    if lints.iter().any(|lint| lint.error) {
        return Err(lints);
    }
    let last = layers
        .last()
        .map_or("merged checklist", |layer| layer.name.as_str());
    let (mut list, found) = read_merged(last, &merged)?;
    lints.extend(found);
    if lints.iter().any(|lint| lint.error) {
        return Err(lints);
    }
    list.sources = sources;
    list.changes = changes;
    list.left_out = left_out;
    Ok((list, lints))
}

/// One file laid over what is there so far; `None` where it cannot be.
fn merge_checklist_layer(
    layer: &Layer,
    base: &Value,
    trust: bool,
    lints: &mut Vec<Lint>,
    changes: &mut Vec<ChecklistChange>,
) -> Option<Value> {
    let (_, found) = load::read_checklist(&layer.name, &layer.text);
    let wrong = found.iter().any(|lint| lint.error);
    lints.extend(found);
    if wrong {
        return None;
    }
    let mut over = match serde_yaml::from_str::<Value>(&layer.text) {
        Ok(over) => over,
        Err(error) => {
            lints.push(build_error_lint(&layer.name, error.to_string()));
            return None;
        }
    };
    let mut merged = base.clone();
    if layer.whose == Whose::Repository {
        changes.extend(foreign::examine_overlay_changes(
            &layer.name,
            base,
            &mut over,
            trust,
        ));
        lay_over(&layer.name, &layer.text, &mut merged, over, lints);
        let rules = count_merged_rules(&merged);
        if rules > RULES {
            lints.push(build_error_lint(
                &layer.name,
                format!(
                    "with this file there are {rules} \
                rules, questions and items, more than the {RULES} that are evaluated"
                ),
            ));
            return None;
        }
        // what only the whole shows is this file's fault, and costs this file
        match read_merged(&layer.name, &merged) {
            Ok((_, found)) | Err(found) => {
                let own = |lint: Lint| Lint {
                    file: layer.name.clone(),
                    line: 1,
                    column: 1,
                    ..lint
                };
                lints.extend(found.into_iter().filter(|lint| lint.error).map(own));
            }
        }
    } else {
        lay_over(&layer.name, &layer.text, &mut merged, over, lints);
    }
    Some(merged)
}

/// Entries of all lists, items of gates and cases of blockers with them: what a decision goes
/// through again and again.
fn count_merged_rules(merged: &Value) -> usize {
    let list = |value: &Value, name: &str| {
        value
            .get(name)
            .and_then(Value::as_sequence)
            .cloned()
            .unwrap_or_default()
    };
    LISTS
        .iter()
        .map(|(name, _)| list(merged, name))
        .map(|entries| {
            entries
                .iter()
                .map(|entry| 1 + list(entry, "items").len() + list(entry, "cases").len())
                .sum::<usize>()
        })
        .sum()
}

/// The merged value as a checklist, with what only the whole can show; remarks of the latter kind
/// name `last`.
fn read_merged(last: &str, merged: &Value) -> Result<(Checklist, Vec<Lint>), Vec<Lint>> {
    let yaml = serde_yaml::to_string(merged)
        .map_err(|error| vec![build_error_lint("merged checklist", error.to_string())])?;
    let (list, mut lints) = load::read_checklist("merged checklist", &yaml);
    check_completeness(last, &list, &mut lints);
    Ok((list, lints))
}

/// A file of the repository that cannot be used.
fn report_broken_layer(first: &Lint) -> Unchecked {
    let hint = first
        .suggestion
        .as_ref()
        .map(|text| format!("; write {text}"))
        .unwrap_or_default();
    Unchecked {
        what: Untrusted::visible(&format!("{}:{}:{}", first.file, first.line, first.column)),
        why: Untrusted::visible(&format!(
            "{}{hint}. The whole file was left out, so its questions and rules do not count",
            first.says
        )),
        settle_with: Some(
            "`backout checklist lint FILE` names everything that is wrong in it".into(),
        ),
    }
}

fn build_error_lint(file: &str, says: String) -> Lint {
    Lint {
        file: file.to_owned(),
        line: 1,
        column: 1,
        error: true,
        says: model::escape_invisible(&says).into_owned(),
        suggestion: None,
    }
}

fn lay_over(file: &str, text: &str, base: &mut Value, over: Value, lints: &mut Vec<Lint>) {
    let (Value::Mapping(base), Value::Mapping(over)) = (base, over) else {
        return;
    };
    for (section, value) in over {
        let list = LISTS
            .iter()
            .find(|(name, _)| section.as_str() == Some(name));
        match (list, base.get_mut(&section), value) {
            (Some((name, id)), Some(Value::Sequence(entries)), Value::Sequence(more)) => {
                merge_list(file, text, name, id, entries, more, lints)
            }
            (None, Some(Value::Mapping(entries)), Value::Mapping(more)) => {
                for (key, value) in more {
                    entries.insert(key, value);
                }
            }
            (_, _, value) => {
                base.insert(section, value);
            }
        }
    }
}

fn merge_list(
    file: &str,
    text: &str,
    section: &str,
    id: &str,
    entries: &mut Vec<Value>,
    more: Vec<Value>,
    lints: &mut Vec<Lint>,
) {
    // an entry that is taken away leaves its place empty until the end, so that places hold
    let word = |entry: &Value| {
        entry
            .get(id)
            .map(|name| serde_yaml::to_string(name).unwrap_or_default())
    };
    let mut places: HashMap<Option<String>, usize> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        places.entry(word(entry)).or_insert(at);
    }
    for entry in more {
        let name = entry.get(id).cloned();
        let key = word(&entry);
        let place = places.get(&key).copied();
        let disabled = entry.get("disable").and_then(Value::as_bool) == Some(true);
        match (place, disabled) {
            (Some(place), true) => {
                entries[place] = Value::Null;
                places.remove(&key);
            }
            (None, true) if lints.len() >= UNKNOWN => {}
            (None, true) => {
                let name = name
                    .as_ref()
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned();
                let near = catalogue::find_nearest_candidate(
                    &name,
                    entries
                        .iter()
                        .filter_map(|other| other.get(id).and_then(Value::as_str)),
                )
                .map(str::to_owned);
                let (line, column) = place_of(text, section, id, &name);
                let says = format!("there is no {section} entry {name} to disable");
                lints.push(Lint {
                    file: file.to_owned(),
                    line,
                    column,
                    error: false,
                    says,
                    suggestion: near,
                });
            }
            (Some(place), false) if section == "gates" => {
                merge_gate(file, text, &mut entries[place], entry, lints)
            }
            (Some(place), false) => entries[place] = with_rank(entry, &entries[place]),
            (None, false) => {
                places.insert(key, entries.len());
                entries.push(entry);
            }
        }
    }
    entries.retain(|entry| !entry.is_null());
}

/// Whoever words a blocker anew leaves it where it stood, unless the new one says otherwise.
fn with_rank(mut entry: Value, before: &Value) -> Value {
    const RANK: &str = "rank";
    if let (Value::Mapping(entry), Some(rank)) = (&mut entry, before.get(RANK))
        && !entry.contains_key(RANK)
    {
        entry.insert(RANK.into(), rank.clone());
    }
    entry
}

/// Items of a gate are replaced and added one by one; its other keys as a whole.
fn merge_gate(file: &str, text: &str, base: &mut Value, over: Value, lints: &mut Vec<Lint>) {
    let (Value::Mapping(base), Value::Mapping(over)) = (base, over) else {
        return;
    };
    for (key, value) in over {
        match (key.as_str(), base.get_mut(&key), value) {
            (Some("items"), Some(Value::Sequence(items)), Value::Sequence(more)) => {
                merge_list(file, text, "items", "id", items, more, lints)
            }
            (_, _, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Line and column of an entry's id, for remarks that need the merged view.
fn place_of(text: &str, section: &str, id: &str, name: &str) -> (usize, usize) {
    let found = span_tree::Tree::parse(text).ok().and_then(|tree| {
        let root = tree.root()?;
        let lists: Vec<_> = match section {
            "items" => root
                .get("gates")?
                .items()
                .filter_map(|gate| gate.get("items"))
                .collect(),
            other => root.get(other).into_iter().collect(),
        };
        let node = lists
            .into_iter()
            .flat_map(span_tree::Node::items)
            .filter_map(|entry| entry.get(id))
            .find(|node| node.text() == Some(name))?;
        Some((node.line(), node.column()))
    });
    found.unwrap_or((1, 1))
}

/// What only the whole can show: every usage class has its minutes, every opening place is taken
/// once, gates are all there.
fn check_completeness(file: &str, list: &Checklist, lints: &mut Vec<Lint>) {
    if let Some(catalogue::Values::Words(classes)) =
        catalogue::find_fact_definition(fact_key::DEPLOYMENT_USAGE_CLASS).map(|def| def.values)
    {
        for class in classes {
            if list.usage_minutes(class).is_none() {
                lints.push(build_error_lint(
                    file,
                    format!("usage has no entry for {class}"),
                ));
            }
        }
    }
    for gate in model::Gate::ALL {
        if !list.gates.iter().any(|entry| entry.gate == gate) {
            lints.push(build_error_lint(
                file,
                format!("the gate {} is missing", gate.id()),
            ));
        }
    }
    for (place, question) in list.questions.iter().enumerate() {
        if question.opening.is_some()
            && list.questions[..place]
                .iter()
                .any(|other| other.opening == question.opening)
        {
            lints.push(build_error_lint(
                file,
                format!(
                    "question {} takes a place in the opening that another has",
                    question.id
                ),
            ));
        }
    }
    for id in [SituationId::NothingToUndo, SituationId::Incident] {
        if list.situation(id).is_none() {
            let says = format!("the situation {} is missing", id.id());
            lints.push(build_error_lint(file, says));
        }
    }
}
