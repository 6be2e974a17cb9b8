//! Properties of an object, by their names, and what else it may hold.

use super::compare::{SchemaDiff, SchemaPairTask, find_first_spot, side_words};
use super::view::{Additional, Conj, Property, SchemaView};
use super::{SchemaUse, is_guard};
use crate::document::{DocumentSet, Spot};

// a pattern of a hostile file is held against every name
/// Steps that a pattern costs that is held against a name.
const MATCH: usize = 10;

impl<'a> SchemaDiff<'a, '_> {
    pub(super) fn properties(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) {
        let mut names: Vec<&str> = old
            .properties
            .keys()
            .chain(new.properties.keys())
            .copied()
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            if self.log.work.is_spent() {
                // what is left is told as not compared
                return;
            }
            // what is `readOnly` is not sent, so among requests it is not there
            let a = old
                .properties
                .get(name)
                .filter(|property| self.travels(self.old, property, task.side));
            let b = new
                .properties
                .get(name)
                .filter(|property| self.travels(self.new, property, task.side));
            let location = format!("{}.{name}", task.location);
            // `required` may name what only the other side describes
            let (was, is) = (old.required.contains(name), new.required.contains(name));
            match (a, b) {
                (None, Some(b)) => self.appeared(task, old, name, &location, b, is, true),
                (Some(a), None) => self.appeared(task, new, name, &location, a, was, false),
                (Some(a), Some(b)) => {
                    if was != is {
                        let (from, to) = (property_spot(a), property_spot(b));
                        let (kind, word) = if is {
                            ("property-became-required", "required")
                        } else {
                            ("property-became-optional", "optional")
                        };
                        self.note(
                            task,
                            kind,
                            &location,
                            format!("{location} became {word}"),
                            from,
                            to,
                        );
                    }
                    self.marks(task, &location, a, b);
                    // compared also where it became required: both may have changed
                    self.push(self.child(task, location, a.schema.clone(), b.schema.clone()));
                }
                (None, None) => {}
            }
        }
        // names that are required without being described
        for name in old.required.symmetric_difference(&new.required) {
            if old.properties.contains_key(name) || new.properties.contains_key(name) {
                continue;
            }
            let location = format!("{}.{name}", task.location);
            let (kind, word) = if new.required.contains(name) {
                ("property-became-required", "required")
            } else {
                ("property-became-optional", "optional")
            };
            self.note(
                task,
                kind,
                &location,
                format!("{location} became {word}"),
                find_first_spot(old),
                find_first_spot(new),
            );
        }
    }

    /// A property that one side (`here`) has and the other (`lacking`) has not.
    #[allow(
        clippy::too_many_arguments,
        reason = "one case of the table above, told apart by its facts"
    )]
    pub(super) fn appeared(
        &mut self,
        task: &SchemaPairTask<'a>,
        lacking: &SchemaView<'a>,
        name: &str,
        location: &str,
        here: &Property<'a>,
        required: bool,
        added: bool,
    ) {
        // where all was open before and nothing named, a first property says nothing new of the
        // rest
        let closed = lacking.closed() && self.fitting(lacking, name).is_empty();
        let kind = match (required, closed, added) {
            (true, true, true) => "property-added-required-to-closed",
            (true, true, false) => "property-removed-required-from-closed",
            (true, false, true) => "property-added-required",
            (true, false, false) => "property-removed-required",
            (false, true, true) => "property-added-to-closed",
            (false, true, false) => "property-removed-from-closed",
            (false, false, true) if is_guard(name) => "property-guard-added",
            (false, false, false) if is_guard(name) => "property-guard-removed",
            (false, false, true) => "property-added-optional",
            (false, false, false) => "property-removed-optional",
        };
        let word = if required { "required" } else { "optional" };
        let whose = side_words(task.side);
        let what = if added {
            format!("{location} is new in {whose} ({word})")
        } else {
            format!("{location} is gone from {whose} (it was {word})")
        };
        let there = property_spot(here);
        let (old, new) = if added { (None, there) } else { (there, None) };
        self.note(task, kind, location, what, old, new);
        // what was held to a schema for all other names, and what is held to one of its own, may
        // not agree
        if let Some(others) = self.of_other_name(lacking, name) {
            let pair = if added {
                (others, here.schema.clone())
            } else {
                (here.schema.clone(), others)
            };
            self.push(self.child(task, location.to_owned(), pair.0, pair.1));
        }
    }

    /// The schemas of the patterns that a name fits; none once the steps are used up.
    pub(super) fn fitting(&mut self, view: &SchemaView<'a>, name: &str) -> Conj<'a> {
        let mut out = Conj::new();
        // a name may fit several patterns, and all of them hold
        for (pattern, conj) in &view.patterns {
            if !self.log.work.spend(MATCH) {
                break;
            }
            if self.patterns.matches(pattern, name) {
                out.extend(conj);
            }
        }
        out
    }

    // as JSON Schema says: patterns before the rest
    /// What a property must fit that is not named here: the schemas of its pattern, else those of
    /// all other names.
    pub(super) fn of_other_name(&mut self, view: &SchemaView<'a>, name: &str) -> Option<Conj<'a>> {
        let fitting = self.fitting(view, name);
        match &view.additional {
            _ if !fitting.is_empty() => Some(fitting),
            Additional::Schema(conj) => Some(conj.clone()),
            Additional::Open | Additional::Closed => None,
        }
    }

    /// Whether a property is written on this side at all.
    pub(super) fn travels(
        &self,
        library: &'a DocumentSet,
        property: &Property<'a>,
        side: SchemaUse,
    ) -> bool {
        let flag = match side {
            SchemaUse::Request => "readOnly",
            SchemaUse::Response => "writeOnly",
            // a stored document is written and read as a whole
            SchemaUse::Data => return true,
        };
        // the mark may stand beside the reference or behind it
        !property.schema.iter().any(|place| {
            place.flag(flag)
                || library
                    .follow(*place)
                    .is_some_and(|target| target.flag(flag))
        })
    }

    pub(super) fn marks(
        &mut self,
        task: &SchemaPairTask<'a>,
        location: &str,
        a: &Property<'a>,
        b: &Property<'a>,
    ) {
        let flag =
            |property: &Property<'a>| property.schema.iter().any(|place| place.flag("deprecated"));
        let spots = || (property_spot(a), property_spot(b));
        match (flag(a), flag(b)) {
            (false, true) => self.note(
                task,
                "property-deprecated",
                location,
                format!("{location} is deprecated"),
                spots().0,
                spots().1,
            ),
            (true, false) => self.note(
                task,
                "property-undeprecated",
                location,
                format!("{location} is no longer deprecated"),
                spots().0,
                spots().1,
            ),
            _ => {}
        }
        for key in ["x-sunset", "x-stability-level"] {
            let text =
                |property: &Property<'a>| property.schema.iter().find_map(|place| place.text(key));
            if text(a) != text(b) {
                let what = format!(
                    "{location}: {key} is {} (was {})",
                    text(b).unwrap_or("gone"),
                    text(a).unwrap_or("not set")
                );
                self.note(
                    task,
                    "lifecycle-changed",
                    location,
                    what,
                    spots().0,
                    spots().1,
                );
            }
        }
    }

    pub(super) fn additional(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) {
        let objects = super::view::Types::OBJECT;
        // only objects have properties
        if old.types.0 & new.types.0 & objects == 0 {
            return;
        }
        let location = format!("{}.*", task.location);
        match (&old.additional, &new.additional) {
            (Additional::Closed, Additional::Open | Additional::Schema(_)) => {
                self.note_here(
                    task,
                    "model-opened",
                    format!("{} allows further properties", task.location),
                    old,
                    new,
                );
            }
            // an untyped side says nothing about objects, so nothing was closed or held to a schema
            // before
            (Additional::Open | Additional::Schema(_), Additional::Closed) => {
                self.note_here(
                    task,
                    "model-closed",
                    format!("{} no longer allows further properties", task.location),
                    old,
                    new,
                );
            }
            (Additional::Open, Additional::Schema(conj)) => {
                let to = conj.first().map(|place| place.spot());
                self.note(
                    task,
                    "additional-schema-set",
                    &location,
                    format!(
                        "further properties of {} are held to a schema",
                        task.location
                    ),
                    find_first_spot(old),
                    to,
                );
            }
            (Additional::Schema(conj), Additional::Open) => {
                let from = conj.first().map(|place| place.spot());
                self.note(
                    task,
                    "additional-schema-removed",
                    &location,
                    format!("further properties of {} are free", task.location),
                    from,
                    find_first_spot(new),
                );
            }
            (Additional::Schema(a), Additional::Schema(b)) => {
                self.push(self.child(task, location, a.clone(), b.clone()))
            }
            _ => {}
        }
    }
}

fn property_spot(property: &Property<'_>) -> Option<Spot> {
    property
        .schema
        .first()
        .map(|place| place.spot_from(property.line))
}
