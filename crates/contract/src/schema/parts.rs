//! Comparison of a schema's own keywords: types, formats, values, bounds, patterns, items.

use std::collections::BTreeMap;

use super::compare::{SchemaDiff, SchemaPairTask, find_first_spot};
use super::view::{Conj, SchemaView, Types, write_canonical_schema};

// validators and generators turn these into types; other formats are notes for people
/// Formats that decoders act upon.
const ACTED_UPON: &[&str] = &[
    "date",
    "date-time",
    "time",
    "duration",
    "uuid",
    "byte",
    "binary",
    "int32",
    "int64",
    "float",
    "double",
    "decimal",
    "base64",
    "unixtime",
];

impl<'a> SchemaDiff<'a, '_> {
    /// Compares the types. `false` when they have nothing in common, so that nothing below can be
    /// compared.
    pub(super) fn types(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) -> bool {
        let at = &task.location;
        // branches have types of their own and are compared one by one
        if !old.union.is_empty() || !new.union.is_empty() || (!old.typed && !new.typed) {
            return true;
        }
        if old.typed && new.typed && old.types.nullable() != new.types.nullable() {
            let (kind, word) = if new.types.nullable() {
                ("became-nullable", "may be null")
            } else {
                ("became-not-nullable", "is never null")
            };
            self.note_here(
                task,
                kind,
                format!("{at} {word} in {}", super::compare::side_words(task.side)),
                old,
                new,
            );
        }
        let (mut a, mut b) = (old.types.values(), new.types.values());
        if task.textual {
            // what is written as text is a string as well
            let any_scalar = |bits: u16| {
                if bits & Types::STRING != 0 {
                    bits | Types::ANY.values() & !(Types::OBJECT | Types::ARRAY)
                } else {
                    bits
                }
            };
            (a, b) = (any_scalar(a), any_scalar(b));
        }
        // null was told apart already
        if a == b {
            return true;
        }
        if task.textual && self.one_or_many(task, old, new) {
            return false;
        }
        let what = format!("{at} was {} and is {}", old.types.say(), new.types.say());
        let kind = match (a & b == a, a & b == b) {
            (true, false) => "type-widened",
            (false, true) => "type-narrowed",
            _ => "type-changed",
        };
        self.note_here(task, kind, what, old, new);
        // with nothing in common, properties and bounds are of two different things
        kind != "type-changed" && old.typed && new.typed
    }

    // `?id=1` is one value and a list of one
    /// A list of one is written like the value alone, so a value that became a list of its kind is
    /// taken as before.
    fn one_or_many(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) -> bool {
        let list = |view: &SchemaView<'a>| view.typed && view.types.values() == Types::ARRAY;
        let scalar = |view: &SchemaView<'a>| {
            view.typed && view.types.values() & (Types::ARRAY | Types::OBJECT) == 0
        };
        let (kind, pair) = match (&old.items, &new.items) {
            (None, Some(items)) if scalar(old) && list(new) => {
                ("type-widened", (task.old.clone(), items.clone()))
            }
            (Some(items), None) if list(old) && scalar(new) => {
                ("type-narrowed", (items.clone(), task.new.clone()))
            }
            _ => return false,
        };
        self.note_here(
            task,
            kind,
            format!(
                "{} was {} and is {}",
                task.location,
                old.types.say(),
                new.types.say()
            ),
            old,
            new,
        );
        self.push(self.child(task, format!("{}[]", task.location), pair.0, pair.1));
        true
    }

    pub(super) fn keywords(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) {
        self.format(task, old, new);
        self.values(task, old, new);
        let at = task.location.clone();
        for (moved, key, from, to) in old.bounds.moved(&new.bounds) {
            self.note_here(
                task,
                moved.rule(),
                format!("{at}: {key} was {from} and is {to}"),
                old,
                new,
            );
        }
        // patterns cannot be decided against each other, so only sets of them are
        self.pattern(task, old, new);
        if old.unique != new.unique {
            let (kind, word) = if new.unique {
                ("items-unique-set", "must be unique")
            } else {
                ("items-unique-dropped", "need not be unique")
            };
            self.note_here(task, kind, format!("items of {at} {word}"), old, new);
        }
        if old.default != new.default {
            let (kind, what) = match (&old.default, &new.default) {
                (None, Some(b)) => ("default-added", format!("{at} defaults to {b}")),
                (Some(a), None) => ("default-removed", format!("{at} no longer defaults to {a}")),
                (a, b) => (
                    "default-changed",
                    format!(
                        "{at} defaulted to {} and defaults to {}",
                        a.as_deref().unwrap_or(""),
                        b.as_deref().unwrap_or("")
                    ),
                ),
            };
            self.note_here(task, kind, what, old, new);
        }
        if old.content != new.content {
            let say =
                |content: &Option<String>| content.clone().unwrap_or_else(|| "plain".to_owned());
            self.note_here(
                task,
                "content-changed",
                format!(
                    "{at} was written {} and is {}",
                    say(&old.content),
                    say(&new.content)
                ),
                old,
                new,
            );
        }
        self.discriminator(task, old, new);
        self.conditions(task, old, new);
    }

    fn pattern(&mut self, task: &SchemaPairTask<'a>, old: &SchemaView<'a>, new: &SchemaView<'a>) {
        let at = &task.location;
        if old.pattern != new.pattern {
            // each further pattern has to fit as well
            let kind = match (old.pattern.is_empty(), new.pattern.is_empty()) {
                (true, _) => "pattern-set",
                (_, true) => "pattern-removed",
                _ if old.pattern.is_subset(&new.pattern) => "pattern-set",
                _ if new.pattern.is_subset(&old.pattern) => "pattern-removed",
                _ => "pattern-changed",
            };
            let say = |set: &std::collections::BTreeSet<&str>| {
                if set.is_empty() {
                    "none".to_owned()
                } else {
                    set.iter().copied().collect::<Vec<_>>().join(" and ")
                }
            };
            self.note_here(
                task,
                kind,
                format!(
                    "{at}: pattern was {} and is {}",
                    say(&old.pattern),
                    say(&new.pattern)
                ),
                old,
                new,
            );
        }
    }

    fn discriminator(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) {
        let at = &task.location;
        match (&old.discriminator, &new.discriminator) {
            (None, Some((name, _))) => self.note_here(
                task,
                "discriminator-added",
                format!("{at} is told apart by {name}"),
                old,
                new,
            ),
            (Some((name, _)), None) => self.note_here(
                task,
                "discriminator-removed",
                format!("{at} is no longer told apart by {name}"),
                old,
                new,
            ),
            (Some(a), Some(b)) if a != b => {
                self.note_here(
                    task,
                    "discriminator-changed",
                    format!("what tells the kinds of {at} apart changed"),
                    old,
                    new,
                );
            }
            _ => {}
        }
    }

    fn format(&mut self, task: &SchemaPairTask<'a>, old: &SchemaView<'a>, new: &SchemaView<'a>) {
        // an unknown format is text to every decoder
        let (a, b) = (old.format.unwrap_or(""), new.format.unwrap_or(""));
        // a new type brings its format along, and the type was told already
        if a == b || old.types.values() != new.types.values() {
            return;
        }
        let acted = |format: &str| ACTED_UPON.contains(&format);
        let kind = match (a, b) {
            ("int32", "int64") | ("float", "double") => "format-widened",
            ("int64", "int32") | ("double", "float") => "format-narrowed",
            // what a number without one is, each generator decides for itself
            ("", "int64" | "double" | "float") | ("int64" | "double" | "float", "") => {
                "format-hint-changed"
            }
            ("", b) if acted(b) => "format-narrowed",
            (a, "") if acted(a) => "format-widened",
            (a, b) if acted(a) || acted(b) => "format-changed",
            _ => "format-hint-changed",
        };
        let say = |format: &str| {
            if format.is_empty() {
                "no format".to_owned()
            } else {
                format!("format {format}")
            }
        };
        self.note_here(
            task,
            kind,
            format!("{} had {} and has {}", task.location, say(a), say(b)),
            old,
            new,
        );
    }

    fn values(&mut self, task: &SchemaPairTask<'a>, old: &SchemaView<'a>, new: &SchemaView<'a>) {
        let at = &task.location;
        // a fixed value is a list of one
        let as_list =
            |view: &SchemaView<'a>, other: &SchemaView<'a>| match (&view.values, &view.constant) {
                (None, Some((text, place))) if other.values.is_some() => {
                    Some(BTreeMap::from([(text.clone(), *place)]))
                }
                (values, _) => values.clone(),
            };
        let (was, is) = (as_list(old, new), as_list(new, old));
        let listed =
            (old.values.is_none() && was.is_some()) || (new.values.is_none() && is.is_some());
        match (&was, &is) {
            (None, Some(b)) => {
                // eight values show what kind of list it is
                let list: Vec<&str> = b.keys().map(|key| key.trim_matches('"')).take(8).collect();
                self.note_here(
                    task,
                    "enum-set",
                    format!("{at} became limited to {}", list.join(", ")),
                    old,
                    new,
                );
            }
            (Some(_), None) => self.note_here(
                task,
                "enum-removed",
                format!("{at} is no longer limited to a list"),
                old,
                new,
            ),
            // one finding a value, since each can be looked for in code
            (Some(a), Some(b)) => {
                for (key, place) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                    self.note(
                        task,
                        "enum-value-added",
                        at,
                        format!("{at} gained the value {}", key.trim_matches('"')),
                        find_first_spot(old),
                        Some(place.spot()),
                    );
                }
                for (key, place) in a.iter().filter(|(key, _)| !b.contains_key(*key)) {
                    self.note(
                        task,
                        "enum-value-removed",
                        at,
                        format!("{at} lost the value {}", key.trim_matches('"')),
                        Some(place.spot()),
                        find_first_spot(new),
                    );
                }
            }
            (None, None) => {}
        }
        match (&old.constant, &new.constant) {
            // told as a value of the list already
            _ if listed => {}
            (None, Some((b, _))) => self.note_here(
                task,
                "const-set",
                format!("{at} became fixed to {b}"),
                old,
                new,
            ),
            (Some((a, _)), None) => self.note_here(
                task,
                "const-removed",
                format!("{at} is no longer fixed to {a}"),
                old,
                new,
            ),
            (Some((a, _)), Some((b, _))) if a != b => self.note_here(
                task,
                "const-changed",
                format!("{at} was fixed to {a} and is fixed to {b}"),
                old,
                new,
            ),
            _ => {}
        }
    }

    /// Items, tuples and properties of a name pattern.
    pub(super) fn compare_inner(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) {
        let at = &task.location;
        match (&old.items, &new.items) {
            (Some(a), Some(b)) => {
                self.push(self.child(task, format!("{at}[]"), a.clone(), b.clone()))
            }
            (None, Some(_))
                if old.types.0 & Types::ARRAY != 0
                    && old.tuple.len() == new.tuple.len()
                    && old.typed =>
            {
                self.note(
                    task,
                    "type-narrowed",
                    &format!("{at}[]"),
                    format!("items of {at} are held to a schema"),
                    find_first_spot(old),
                    find_first_spot(new),
                );
            }
            (Some(_), None)
                if new.types.0 & Types::ARRAY != 0
                    && old.tuple.len() == new.tuple.len()
                    && new.typed =>
            {
                self.note(
                    task,
                    "type-widened",
                    &format!("{at}[]"),
                    format!("items of {at} are no longer held to a schema"),
                    find_first_spot(old),
                    find_first_spot(new),
                );
            }
            _ => {}
        }
        for (index, (a, b)) in old.tuple.iter().zip(&new.tuple).enumerate() {
            self.push(self.child(task, format!("{at}[{index}]"), a.clone(), b.clone()));
        }
        let (was, is) = (old.tuple.len(), new.tuple.len());
        if is > was {
            self.note_here(
                task,
                "tuple-item-added",
                format!("{at} has {is} places (had {was})"),
                old,
                new,
            );
        } else if is < was {
            self.note_here(
                task,
                "tuple-item-removed",
                format!("{at} has {is} places (had {was})"),
                old,
                new,
            );
        }
        self.compare_name_patterns(task, old, new);
    }

    fn compare_name_patterns(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) {
        let at = &task.location;
        let mut names: Vec<&str> = old
            .patterns
            .keys()
            .chain(new.patterns.keys())
            .copied()
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let location = format!("{at}.<{name}>");
            match (old.patterns.get(name), new.patterns.get(name)) {
                (Some(a), Some(b)) => self.push(self.child(task, location, a.clone(), b.clone())),
                (None, Some(b)) => {
                    let to = b.first().map(|place| place.spot());
                    self.note(
                        task,
                        "pattern-property-added",
                        &location,
                        format!("names like {name} of {at} are held to a schema"),
                        find_first_spot(old),
                        to,
                    );
                }
                (Some(a), None) => {
                    let from = a.first().map(|place| place.spot());
                    self.note(
                        task,
                        "pattern-property-removed",
                        &location,
                        format!("names like {name} of {at} are free"),
                        from,
                        find_first_spot(new),
                    );
                }
                (None, None) => {}
            }
        }
    }
}

/// What tells a branch apart: its component's name, its title, or its whole text.
pub(super) fn branch_key(library: &crate::document::DocumentSet, conj: &Conj<'_>) -> String {
    let Some(place) = conj.first() else {
        return String::new();
    };
    if let Some(reference) = crate::document::reference_of(place.node) {
        let name = reference.rsplit(['/', '#']).next().unwrap_or(reference);
        if !name.is_empty()
            && !name.ends_with(".yaml")
            && !name.ends_with(".yml")
            && !name.ends_with(".json")
        {
            return name.to_owned();
        }
        return library.follow(*place).map_or_else(
            || reference.to_owned(),
            |target| write_canonical_schema(target.node),
        );
    }
    match place.text("title") {
        Some(title) => title.to_owned(),
        None => write_canonical_schema(place.node),
    }
}
