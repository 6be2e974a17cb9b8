//! Fields of a record, by their names and by what they were called.

use std::collections::{HashMap, HashSet};

use span_tree::Node;

use super::diff::AvroDiff;
use super::read::type_of;
use crate::schema::write_canonical_schema;

impl<'a> AvroDiff<'a, '_> {
    pub(super) fn fields(
        &mut self,
        record: &str,
        (a, from_space): (Node<'a>, &str),
        (b, to_space): (Node<'a>, &str),
        around: (Node<'a>, Node<'a>),
    ) {
        let named = |list: Node<'a>| -> Vec<(&'a str, Node<'a>)> {
            list.items()
                .filter_map(|item| Some((item.get("name")?.text()?, item)))
                .collect()
        };
        let (was, is) = (named(a), named(b));
        let own_aliases = |node: Node<'_>| -> Vec<String> {
            node.get("aliases")
                .map(|list| {
                    list.items()
                        .filter_map(Node::text)
                        .map(str::to_owned)
                        .collect()
                })
                .unwrap_or_default()
        };
        let mut matched: HashSet<&str> = HashSet::new();
        let place = |list: &[(&'a str, Node<'a>)]| -> HashMap<&'a str, usize> {
            list.iter()
                .enumerate()
                .rev()
                .map(|(at, (name, _))| (*name, at))
                .collect()
        };
        let (before, after) = (place(&was), place(&is));
        // fields that did not stay, by the names that they say they have now
        let mut called: HashMap<String, usize> = HashMap::new();
        for (at, (_, node)) in was
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| !after.contains_key(name))
        {
            own_aliases(*node)
                .into_iter()
                .for_each(|alias| _ = called.entry(alias).or_insert(at));
        }
        for (name, to) in &is {
            let location = format!("{record}.{name}");
            let renamed = || {
                let gone = |alias: &String| {
                    before
                        .get(alias.as_str())
                        .copied()
                        .filter(|_| !after.contains_key(alias.as_str()))
                };
                // the older name of several that went first decides, so that the way back finds the
                // same pair
                let by_new = own_aliases(*to).iter().filter_map(gone).min();
                by_new
                    .map(|at| (at, "avro-renamed-with-alias"))
                    // the newer side says what it was called, else the older one what it will be
                    .or_else(|| called.get(*name).map(|at| (*at, "avro-renamed-from-alias")))
            };
            let found = before.get(name).map(|at| (*at, "")).or_else(renamed);
            let Some(((old_name, from), rule)) = found.map(|(at, rule)| (&was[at], rule)) else {
                self.field_added(&location, around.0, *to);
                continue;
            };
            matched.insert(old_name);
            if !rule.is_empty() {
                self.note(
                    rule,
                    &location,
                    format!("{record}.{old_name} was renamed to {name}"),
                    Some(*from),
                    Some(*to),
                );
            }
            // a default is of the reader, so another one counts even where the type stays
            self.field_default(&location, *from, *to);
            if let (Some(x), Some(y)) = (from.get("type"), to.get("type")) {
                let pair = (
                    type_of(x, from_space, &self.old_names),
                    type_of(y, to_space, &self.new_names),
                );
                self.pair(&location, record, &pair.0, &pair.1);
            }
        }
        for (name, from) in was.iter().filter(|(name, _)| !matched.contains(name)) {
            self.field_removed(&format!("{record}.{name}"), *from, around.1);
        }
    }

    fn field_added(&mut self, location: &str, record: Node<'a>, to: Node<'a>) {
        let rule = if to.get("default").is_some() {
            "avro-field-added-with-default"
        } else {
            "avro-field-added-without-default"
        };
        let word = if to.get("default").is_some() {
            "with a default"
        } else {
            "without a default"
        };
        self.note(
            rule,
            location,
            format!("{location} is new, {word}"),
            Some(record),
            Some(to),
        );
    }

    fn field_default(&mut self, location: &str, from: Node<'a>, to: Node<'a>) {
        let default = |node: Node<'_>| {
            node.entry("default")
                .map(|(_, value)| write_canonical_schema(value))
        };
        if default(from) != default(to) {
            let say = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
            let what = format!(
                "the default of {location} was {} and is {}",
                say(default(from)),
                say(default(to))
            );
            self.note("avro-default-changed", location, what, Some(from), Some(to));
        }
    }

    fn field_removed(&mut self, location: &str, from: Node<'a>, record: Node<'a>) {
        let rule = if from.get("default").is_some() {
            "avro-field-removed-with-default"
        } else {
            "avro-field-removed-without-default"
        };
        let word = if from.get("default").is_some() {
            "it had a default"
        } else {
            "it had no default"
        };
        self.note(
            rule,
            location,
            format!("{location} is gone; {word}"),
            Some(from),
            Some(record),
        );
    }
}
