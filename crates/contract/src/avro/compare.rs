//! Two schemas against each other, by Avro's own resolution.

use std::collections::{HashMap, HashSet};

use span_tree::Node;

use super::diff::{AvroDiff, AvroSide, get_type_node, name_union_branch};
use super::read::{
    AvroNames, AvroType, MAX_DEPTH, collect_avro_definitions, list_full_aliases, name_of, type_of,
};
use super::union::find_primitive_rule;
use crate::change::Log;
use crate::schema::write_canonical_schema;

/// Notes every difference.
pub(super) fn compare_avro_schemas<'a>(old: AvroSide<'a>, new: AvroSide<'a>, log: &mut Log) {
    let (Some(a), Some(b)) = (old.tree.root(), new.tree.root()) else {
        return;
    };
    let (mut old_names, mut new_names) = (AvroNames::new(), AvroNames::new());
    collect_avro_definitions(a, "", &mut old_names, 0);
    collect_avro_definitions(b, "", &mut new_names, 0);
    let mut diff = AvroDiff {
        log,
        old,
        new,
        old_names,
        new_names,
        seen: HashSet::new(),
    };
    // a protocol has types and messages, each of which may move alone
    if a.get("protocol").is_some() || b.get("protocol").is_some() {
        diff.protocol(a, b);
        return;
    }
    // a list is a union; what its other entries name is a definition for them, and no message by
    // itself
    let (helpers, location) = (
        diff.helpers(a, b),
        super::read::find_avro_title(new.tree, new.path),
    );
    if !helpers.is_empty() {
        diff.definitions(a, b, Some(&helpers));
        let branches = |root: Node<'a>, names: &AvroNames<'a>| -> Vec<AvroType<'a>> {
            root.items()
                .map(|item| type_of(item, "", names))
                .filter(|kind| !helpers.contains(&name_union_branch(kind)))
                .collect()
        };
        let (was, is) = (branches(a, &diff.old_names), branches(b, &diff.new_names));
        diff.branches(
            &location,
            &location,
            &was,
            &is,
            &AvroType::Union(Vec::new(), a),
            &AvroType::Union(Vec::new(), b),
        );
        return;
    }
    let (x, y) = (
        type_of(a, "", &diff.old_names),
        type_of(b, "", &diff.new_names),
    );
    diff.pair(&location, &location, &x, &y);
}

/// The first place of each name of a list.
fn first_of<'n, T>(list: impl DoubleEndedIterator<Item = (&'n str, T)>) -> HashMap<&'n str, T> {
    list.rev().collect()
}

// messages are what nothing else in the list names
/// Entries of a list that no other entry names.
fn standing_alone(list: Node<'_>, entries: &HashSet<String>) -> HashSet<String> {
    let mut named: HashSet<&str> = HashSet::new();
    for item in list.items() {
        let own = name_of(item, "").0;
        let mut found = HashSet::new();
        collect_mentioned_types(item, &mut found, 0);
        named.extend(
            found
                // a record may hold itself, which makes it no helper
                .into_iter()
                .filter(|name| *name != own && own.rsplit('.').next() != Some(*name)),
        );
    }
    entries
        .iter()
        .filter(|name| {
            !named.contains(name.as_str())
                && !name
                    .rsplit('.')
                    .next()
                    .is_some_and(|short| named.contains(short))
        })
        .cloned()
        .collect()
}

/// Names that stand where a type is wanted.
fn collect_mentioned_types<'a>(node: Node<'a>, into: &mut HashSet<&'a str>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    into.extend(node.text());
    node.items()
        .for_each(|item| collect_mentioned_types(item, into, depth + 1));
    for inner in ["type", "items", "values"]
        .iter()
        .filter_map(|key| node.get(key))
    {
        collect_mentioned_types(inner, into, depth + 1);
    }
    // a field is an entry of a record, and its name is no type
    for field in node.get("fields").into_iter().flat_map(Node::items) {
        collect_mentioned_types(field, into, depth + 1);
    }
}

impl<'a> AvroDiff<'a, '_> {
    /// Entries of two lists that other entries name, on both sides where both have them.
    fn helpers(&self, a: Node<'a>, b: Node<'a>) -> HashSet<String> {
        if !a.is_sequence() || !b.is_sequence() {
            return HashSet::new();
        }
        let entries = |root: Node<'a>| {
            root.items()
                .filter(|item| item.get("name").is_some())
                .map(|item| name_of(item, "").0)
                .collect::<HashSet<_>>()
        };
        let (mut was, mut is) = (entries(a), entries(b));
        let (alone_before, alone_now) = (standing_alone(a, &was), standing_alone(b, &is));
        // an entry that stands alone on one side is a message there
        was.retain(|name| !alone_before.contains(name) && !alone_now.contains(name));
        is.retain(|name| !alone_before.contains(name) && !alone_now.contains(name));
        was.extend(is);
        was
    }

    /// Definitions of two lists by name; only those of `among`, where it is given.
    fn definitions(&mut self, a: Node<'a>, b: Node<'a>, among: Option<&HashSet<String>>) {
        let named = |list: Node<'a>| -> Vec<(String, Node<'a>)> {
            let all = list
                .items()
                .filter(|item| item.is_mapping())
                .map(|item| (name_of(item, "").0, item));
            all.filter(|(name, _)| among.is_none_or(|among| among.contains(name)))
                .collect()
        };
        let (was, is) = (named(a), named(b));
        let (before, after) = (
            first_of(was.iter().map(|(name, node)| (name.as_str(), *node))),
            first_of(is.iter().map(|(name, node)| (name.as_str(), *node))),
        );
        for (name, to) in &is {
            match before.get(name.as_str()) {
                Some(from) => {
                    let (x, y) = (
                        type_of(*from, "", &self.old_names),
                        type_of(*to, "", &self.new_names),
                    );
                    self.pair(name, name, &x, &y);
                }
                None => self.note(
                    "avro-schema-added",
                    name,
                    format!("{name} is new"),
                    None,
                    Some(*to),
                ),
            }
        }
        for (name, from) in was
            .iter()
            .filter(|(name, _)| !after.contains_key(name.as_str()))
        {
            self.note(
                "avro-schema-removed",
                name,
                format!("{name} is gone"),
                Some(*from),
                None,
            );
        }
    }

    fn protocol(&mut self, a: Node<'a>, b: Node<'a>) {
        if let (Some(x), Some(y)) = (a.get("types"), b.get("types")) {
            self.definitions(x, y, None);
        }
        let messages = |root: Node<'a>| root.get("messages").map(Node::pairs).unwrap_or_default();
        let space = |root: Node<'a>| {
            root.get("namespace")
                .and_then(Node::text)
                .unwrap_or("")
                .to_owned()
        };
        let (was, is) = (messages(a), messages(b));
        let (from_space, to_space) = (space(a), space(b));
        let (before, after) = (
            first_of(was.iter().map(|(name, _, node)| (*name, *node))),
            first_of(is.iter().map(|(name, _, node)| (*name, *node))),
        );
        for (name, _, to) in &is {
            let Some(from) = before.get(name) else {
                self.note(
                    "avro-message-added",
                    name,
                    format!("message {name} is new"),
                    None,
                    Some(*to),
                );
                continue;
            };
            if let (Some(x), Some(y)) = (from.get("response"), to.get("response")) {
                let pair = (
                    type_of(x, &from_space, &self.old_names),
                    type_of(y, &to_space, &self.new_names),
                );
                self.pair(&format!("{name} response"), name, &pair.0, &pair.1);
            }
            // parameters of a message are the fields of a record
            if let (Some(x), Some(y)) = (from.get("request"), to.get("request")) {
                self.fields(name, (x, &from_space), (y, &to_space), (*from, *to));
            }
        }
        for (name, _, from) in was.iter().filter(|(name, ..)| !after.contains_key(name)) {
            self.note(
                "avro-message-removed",
                name,
                format!("message {name} is gone"),
                Some(*from),
                None,
            );
        }
    }

    pub(super) fn pair(&mut self, location: &str, owner: &str, a: &AvroType<'a>, b: &AvroType<'a>) {
        match (a, b) {
            (AvroType::Union(was, _), AvroType::Union(is, _)) => {
                self.branches(location, owner, was, is, a, b)
            }
            (AvroType::Union(was, _), _) => {
                self.branches(location, owner, was, std::slice::from_ref(b), a, b)
            }
            (_, AvroType::Union(is, _)) => {
                self.branches(location, owner, std::slice::from_ref(a), is, a, b)
            }
            (
                AvroType::Primitive {
                    name: x,
                    node: from,
                },
                AvroType::Primitive { name: y, node: to },
            ) => {
                if let Some(rule) = find_primitive_rule(x, y) {
                    self.note(
                        rule,
                        location,
                        format!("{location} was {x} and is {y}"),
                        Some(*from),
                        Some(*to),
                    );
                } else {
                    self.logical(location, *from, *to);
                }
            }
            (
                AvroType::Named {
                    name: x,
                    node: from,
                },
                AvroType::Named { name: y, node: to },
            ) => self.named(location, (x, *from), (y, *to)),
            (
                AvroType::Array {
                    items: x, space: s, ..
                },
                AvroType::Array {
                    items: y, space: t, ..
                },
            )
            | (
                AvroType::Map {
                    values: x,
                    space: s,
                    ..
                },
                AvroType::Map {
                    values: y,
                    space: t,
                    ..
                },
            ) => {
                if let (Some(x), Some(y)) = (x, y) {
                    let (x, y) = (
                        type_of(*x, s, &self.old_names),
                        type_of(*y, t, &self.new_names),
                    );
                    self.pair(&format!("{location}[]"), owner, &x, &y);
                }
            }
            _ if name_union_branch(a) == name_union_branch(b) => {}
            // a type that moved to a file of its own, or out of one, keeps its name
            (AvroType::Foreign { name: x, .. }, AvroType::Named { name: y, .. })
            | (AvroType::Named { name: x, .. }, AvroType::Foreign { name: y, .. })
                if x == y => {}
            (AvroType::Unknown(_), _) | (_, AvroType::Unknown(_)) => {
                self.note(
                    "unreadable",
                    location,
                    format!("the type of {location} was not understood"),
                    Some(get_type_node(a)),
                    Some(get_type_node(b)),
                );
            }
            _ => self.note(
                "avro-type-changed",
                location,
                format!(
                    "{location} was {} and is {}",
                    name_union_branch(a),
                    name_union_branch(b)
                ),
                Some(get_type_node(a)),
                Some(get_type_node(b)),
            ),
        }
    }

    fn logical(&mut self, location: &str, from: Node<'a>, to: Node<'a>) {
        let parts = |node: Node<'_>| -> Vec<String> {
            ["logicalType", "precision", "scale"]
                .iter()
                .map(|key| {
                    node.get(key)
                        .map(write_canonical_schema)
                        .unwrap_or_default()
                })
                .collect()
        };
        if parts(from) != parts(to) {
            let say = |node: Node<'_>| {
                node.get("logicalType")
                    .and_then(Node::text)
                    .unwrap_or("plain")
                    .to_owned()
            };
            self.note(
                "avro-logical-type-changed",
                location,
                format!("{location} was {} and is {}", say(from), say(to)),
                Some(from),
                Some(to),
            );
        }
    }

    fn named(&mut self, location: &str, (x, from): (&str, Node<'a>), (y, to): (&str, Node<'a>)) {
        let space = |name: &str| {
            name.rsplit_once('.')
                .map_or_else(String::new, |(space, _)| space.to_owned())
        };
        let (from_space, to_space) = (space(x), space(y));
        let short = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
        if x != y {
            let old_name = list_full_aliases(to, &to_space)
                .iter()
                .any(|alias| alias == x || *alias == short(x));
            let new_name = list_full_aliases(from, &from_space)
                .iter()
                .any(|alias| alias == y || *alias == short(y));
            let rule = match (old_name, new_name) {
                // readers of most languages go by the short name
                _ if short(x) == short(y) => "avro-namespace-changed",
                (true, _) => "avro-renamed-with-alias",
                (false, true) => "avro-renamed-from-alias",
                _ => "avro-name-changed",
            };
            self.note(
                rule,
                location,
                format!("{location} was {x} and is {y}"),
                Some(from),
                Some(to),
            );
        }
        // records of Avro may hold themselves
        if !self.seen.insert((from.identity(), to.identity())) {
            return;
        }
        let kind = |node: Node<'a>| {
            // an error of a protocol is a record on the wire
            node.get("type")
                .and_then(Node::text)
                // Avro calls a record that a message answers with as a fault an error
                .map(|kind| if kind == "error" { "record" } else { kind })
        };
        match (kind(from), kind(to)) {
            (Some("record"), Some("record")) => {
                if let (Some(a), Some(b)) = (from.get("fields"), to.get("fields")) {
                    self.fields(&short(y), (a, &from_space), (b, &to_space), (from, to));
                }
            }
            (Some("enum"), Some("enum")) => self.symbols(&short(y), from, to),
            (Some("fixed"), Some("fixed")) => {
                let size = |node: Node<'_>| {
                    node.get("size")
                        .map(write_canonical_schema)
                        .unwrap_or_default()
                };
                if size(from) != size(to) {
                    self.note(
                        "avro-size-changed",
                        location,
                        format!("{location} had {} bytes and has {}", size(from), size(to)),
                        Some(from),
                        Some(to),
                    );
                }
                self.logical(location, from, to);
            }
            // a record that became an enum shares nothing but its name
            (a, b) if a != b => {
                let what = format!(
                    "{location} was {} and is {}",
                    a.unwrap_or("?"),
                    b.unwrap_or("?")
                );
                self.note("avro-type-changed", location, what, Some(from), Some(to));
            }
            _ => {}
        }
    }

    fn symbols(&mut self, location: &str, from: Node<'a>, to: Node<'a>) {
        let symbols = |node: Node<'a>| -> Vec<(&'a str, Node<'a>)> {
            node.get("symbols")
                .map(|list| {
                    list.items()
                        .filter_map(|item| Some((item.text()?, item)))
                        .collect()
                })
                .unwrap_or_default()
        };
        let (was, is) = (symbols(from), symbols(to));
        let fallback = |node: Node<'_>| node.get("default").and_then(Node::text).map(str::to_owned);
        // on the way back previous reads, forward current does: the reader's default counts
        // a reader with a default takes it for a symbol that it does not know
        let (old_default, new_default) = (fallback(from).is_some(), fallback(to).is_some());
        let (before, after) = (first_of(was.iter().copied()), first_of(is.iter().copied()));
        for (symbol, node) in is.iter().filter(|(symbol, _)| !before.contains_key(symbol)) {
            let rule = if old_default {
                "avro-symbol-added-with-default"
            } else {
                "avro-symbol-added"
            };
            self.note(
                rule,
                &format!("{location}.{symbol}"),
                format!("{location} gained {symbol}"),
                Some(from),
                Some(*node),
            );
        }
        for (symbol, node) in was.iter().filter(|(symbol, _)| !after.contains_key(symbol)) {
            let rule = if new_default {
                "avro-symbol-removed-with-default"
            } else {
                "avro-symbol-removed"
            };
            self.note(
                rule,
                &format!("{location}.{symbol}"),
                format!("{location} lost {symbol}"),
                Some(*node),
                Some(to),
            );
        }
        if fallback(from) != fallback(to) {
            let say = |default: Option<String>| default.unwrap_or_else(|| "none".to_owned());
            let what = format!(
                "the enum default of {location} was {} and is {}",
                say(fallback(from)),
                say(fallback(to))
            );
            self.note("avro-default-changed", location, what, Some(from), Some(to));
        }
    }
}
