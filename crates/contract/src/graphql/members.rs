//! Fields, arguments, values, members and directives of one type.

use std::collections::BTreeSet;

use super::compare::{GraphqlDiff, GraphqlLocation};
use super::read::{
    Fields, GraphqlDirectives, GraphqlField, GraphqlKind, GraphqlLines, GraphqlType,
};
use super::shape::{NullabilityRelation, compare_type_shapes};
use crate::change::ChangeSubject;
use crate::document::Spot;

// they change what a gateway plans, or who may ask, without a type that differs
/// Directives that compose a graph of graphs, or guard it.
const COMPOSING: &[&str] = &[
    "key",
    "shareable",
    "requires",
    "provides",
    "external",
    "inaccessible",
    "override",
    "extends",
    "interfaceObject",
    "composeDirective",
    "link",
    "tag",
    "authenticated",
    "requiresScopes",
    "policy",
    "auth",
    "hasRole",
    "isAuthenticated",
];

type Spots<'s> = &'s dyn Fn() -> (Option<Spot>, Option<Spot>);

fn build_graphql_subject(owner: &str, name: &str) -> ChangeSubject {
    ChangeSubject::Graphql {
        owner: owner.to_owned(),
        name: Some(name.to_owned()),
    }
}

/// It must be given: never null, and no default stands in.
fn is_field_value_required(field: &GraphqlField) -> bool {
    // GraphQL lets an argument with a default be left out even where it is never null
    field.kind.ends_with('!') && field.default.is_none()
}

impl GraphqlDiff<'_, '_> {
    pub(super) fn members(
        &mut self,
        name: &str,
        (a, from): (&GraphqlType, GraphqlLocation<'_>),
        (b, to): (&GraphqlType, GraphqlLocation<'_>),
    ) {
        let spots = || (from.spot(a.lines), to.spot(b.lines));
        self.marks(name, &a.marks, &b.marks, &spots);
        if a.kind == GraphqlKind::Input {
            self.inputs(
                name,
                "graphql-input-field",
                (&a.fields, from, a.lines),
                (&b.fields, to, b.lines),
            );
        } else {
            self.fields(name, (a, from), (b, to));
        }
        // the empty side of an extension has no path
        let path = if to.is_nowhere() {
            from.path()
        } else {
            to.path()
        };
        for interface in b.interfaces.difference(&a.interfaces) {
            // the interface may have moved with its part of the type to another file
            if !self.moved(path, name, |own| own.interfaces.contains(interface), false) {
                let place = format!("{name} implements {interface}");
                self.log.note(
                    "graphql-interface-added",
                    &place,
                    format!("{name} implements {interface}"),
                    spots().0,
                    spots().1,
                    build_graphql_subject(interface, name),
                );
            }
        }
        for interface in a.interfaces.difference(&b.interfaces) {
            if !self.moved(path, name, |own| own.interfaces.contains(interface), true) {
                let place = format!("{name} implements {interface}");
                self.log.note(
                    "graphql-interface-removed",
                    &place,
                    format!("{name} no longer implements {interface}"),
                    spots().0,
                    spots().1,
                    build_graphql_subject(interface, name),
                );
            }
        }
        for member in b.members.difference(&a.members) {
            let place = format!("{name} = {member}");
            self.log.note(
                "graphql-union-member-added",
                &place,
                format!("{name} may be {member}"),
                spots().0,
                spots().1,
                build_graphql_subject(name, member),
            );
        }
        for member in a.members.difference(&b.members) {
            let place = format!("{name} = {member}");
            self.log.note(
                "graphql-union-member-removed",
                &place,
                format!("{name} is no longer {member}"),
                spots().0,
                spots().1,
                build_graphql_subject(name, member),
            );
        }
        self.values(name, (a, from), (b, to));
    }

    fn values(
        &mut self,
        name: &str,
        (a, from): (&GraphqlType, GraphqlLocation<'_>),
        (b, to): (&GraphqlType, GraphqlLocation<'_>),
    ) {
        // clients that only read a value can be written to take others
        let prefix = if self.only_received(name) {
            "graphql-output-enum-value"
        } else {
            "graphql-enum-value"
        };
        let names: BTreeSet<&String> = a.values.keys().chain(b.values.keys()).collect();
        for value in names {
            let place = format!("{name}.{value}");
            match (a.values.get(value), b.values.get(value)) {
                (None, Some((_, lines))) => {
                    self.log.note(
                        &format!("{prefix}-added"),
                        &place,
                        format!("{place} is new"),
                        from.spot(a.lines),
                        to.spot(*lines),
                        build_graphql_subject(name, value),
                    );
                }
                (Some((_, lines)), None) => {
                    self.log.note(
                        &format!("{prefix}-removed"),
                        &place,
                        format!("{place} is gone"),
                        from.spot(*lines),
                        to.spot(b.lines),
                        build_graphql_subject(name, value),
                    );
                }
                (Some((x, one)), Some((y, two))) => {
                    self.marks(&place, x, y, &|| (from.spot(*one), to.spot(*two)))
                }
                (None, None) => {}
            }
        }
    }

    fn fields(
        &mut self,
        name: &str,
        (a, from): (&GraphqlType, GraphqlLocation<'_>),
        (b, to): (&GraphqlType, GraphqlLocation<'_>),
    ) {
        let path = if to.is_nowhere() {
            from.path()
        } else {
            to.path()
        };
        let names: BTreeSet<&String> = a.fields.keys().chain(b.fields.keys()).collect();
        for field in names {
            let place = format!("{name}.{field}");
            match (a.fields.get(field), b.fields.get(field)) {
                (None, Some(y)) => {
                    if !self.moved(path, name, |own| own.fields.contains_key(field), false) {
                        self.log.note(
                            "graphql-field-added",
                            &place,
                            format!("{place} is new"),
                            from.spot(a.lines),
                            to.spot(y.lines),
                            build_graphql_subject(name, field),
                        );
                    }
                }
                (Some(x), None) => {
                    if !self.moved(path, name, |own| own.fields.contains_key(field), true) {
                        self.log.note(
                            "graphql-field-removed",
                            &place,
                            format!("{place} is gone"),
                            from.spot(x.lines),
                            to.spot(b.lines),
                            build_graphql_subject(name, field),
                        );
                    }
                }
                (Some(x), Some(y)) => {
                    let spots = || (from.spot(x.lines), to.spot(y.lines));
                    // by depth: `[A!]` and `[A]` differ in what a list may hold
                    let (rule, word) = match compare_type_shapes(&x.kind, &y.kind) {
                        NullabilityRelation::Same => ("", ""),
                        NullabilityRelation::Stricter => {
                            ("graphql-field-became-non-null", "is null in fewer cases")
                        }
                        NullabilityRelation::Looser => {
                            ("graphql-field-became-nullable", "is null in more cases")
                        }
                        NullabilityRelation::Other => {
                            ("graphql-field-type-changed", "is another type")
                        }
                    };
                    if !rule.is_empty() {
                        let what = format!("{place} was {} and is {}: it {word}", x.kind, y.kind);
                        self.log.note(
                            rule,
                            &place,
                            what,
                            spots().0,
                            spots().1,
                            build_graphql_subject(name, field),
                        );
                    }
                    self.marks(&place, &x.marks, &y.marks, &spots);
                    self.arguments(&place, field, (&x.arguments, from), (&y.arguments, to));
                }
                (None, None) => {}
            }
        }
    }

    /// Arguments of a field or a directive.
    pub(super) fn arguments(
        &mut self,
        place: &str,
        _of: &str,
        (a, from): (&Fields, GraphqlLocation<'_>),
        (b, to): (&Fields, GraphqlLocation<'_>),
    ) {
        self.inputs(
            place,
            "graphql-argument",
            (a, from, GraphqlLines::default()),
            (b, to, GraphqlLines::default()),
        );
    }

    /// What clients give: arguments and input fields.
    fn inputs(
        &mut self,
        owner: &str,
        prefix: &str,
        (a, from, was_at): (&Fields, GraphqlLocation<'_>, GraphqlLines),
        (b, to, is_at): (&Fields, GraphqlLocation<'_>, GraphqlLines),
    ) {
        let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        let around = |at: GraphqlLocation<'_>, lines: GraphqlLines| {
            // arguments have no place of their own beside the field
            if lines.from > 0 { at.spot(lines) } else { None }
        };
        for name in names {
            let place = if prefix.ends_with("argument") {
                format!("{owner}({name}:)")
            } else {
                format!("{owner}.{name}")
            };
            let word = |field: &GraphqlField| match (is_field_value_required(field), &field.default)
            {
                // required decides first: a default makes it optional
                (true, _) => "required",
                // it acts for those who do not give it as well
                (false, Some(default)) if default != "null" => "defaulted",
                _ => "optional",
            };
            match (a.get(name), b.get(name)) {
                (None, Some(y)) => {
                    let rule = format!("{prefix}-added-{}", word(y));
                    self.log.note(
                        &rule,
                        &place,
                        format!("{place} is new ({})", word(y)),
                        around(from, was_at),
                        to.spot(y.lines),
                        build_graphql_subject(owner, name),
                    );
                }
                (Some(x), None) => {
                    let rule = format!("{prefix}-removed-{}", word(x));
                    self.log.note(
                        &rule,
                        &place,
                        format!("{place} is gone (it was {})", word(x)),
                        from.spot(x.lines),
                        around(to, is_at),
                        build_graphql_subject(owner, name),
                    );
                }
                (Some(x), Some(y)) => {
                    self.input((owner, name), prefix, &place, (x, from), (y, to));
                }
                (None, None) => {}
            }
        }
    }

    /// One argument or input field of both sides.
    fn input(
        &mut self,
        (owner, name): (&str, &str),
        prefix: &str,
        place: &str,
        (x, from): (&GraphqlField, GraphqlLocation<'_>),
        (y, to): (&GraphqlField, GraphqlLocation<'_>),
    ) {
        let spots = || (from.spot(x.lines), to.spot(y.lines));
        // with a default, `A!` and `A` both may be left out; what is then given is held
        // to its type below
        let kind = match compare_type_shapes(&x.kind, &y.kind) {
            NullabilityRelation::Same
                if is_field_value_required(x) && !is_field_value_required(y) =>
            {
                Some("became-optional")
            }
            NullabilityRelation::Same
                if !is_field_value_required(x) && is_field_value_required(y) =>
            {
                Some("became-required")
            }
            NullabilityRelation::Same => None,
            NullabilityRelation::Stricter => Some("became-required"),
            NullabilityRelation::Looser => Some("became-optional"),
            NullabilityRelation::Other => Some("type-changed"),
        };
        if let Some(kind) = kind {
            let say = |field: &GraphqlField| {
                format!(
                    "{}{}",
                    field.kind,
                    field
                        .default
                        .as_ref()
                        .map(|default| format!(" = {default}"))
                        .unwrap_or_default()
                )
            };
            let what = format!("{place} was {} and is {}", say(x), say(y));
            self.log.note(
                &format!("{prefix}-{kind}"),
                place,
                what,
                spots().0,
                spots().1,
                build_graphql_subject(owner, name),
            );
        } else if x.default != y.default {
            let say =
                |field: &GraphqlField| field.default.clone().unwrap_or_else(|| "none".to_owned());
            let what = format!("the default of {place} was {} and is {}", say(x), say(y));
            self.log.note(
                "graphql-default-changed",
                place,
                what,
                spots().0,
                spots().1,
                build_graphql_subject(owner, name),
            );
        }
        self.marks(place, &x.marks, &y.marks, &spots);
    }

    /// Directives that were put on something or taken away.
    pub(super) fn marks(
        &mut self,
        place: &str,
        old: &GraphqlDirectives,
        new: &GraphqlDirectives,
        spots: Spots<'_>,
    ) {
        // most places have the same marks on both sides
        if old == new {
            return;
        }
        // the name decides; its arguments are its content
        fn name(mark: &str) -> &str {
            mark.trim_start_matches('@').split('(').next().unwrap_or("")
        }
        let all = |marks: &'_ GraphqlDirectives| -> BTreeSet<String> {
            marks.iter().map(|mark| name(mark).to_owned()).collect()
        };
        let (was, is) = (all(old), all(new));
        let names: BTreeSet<&str> = old
            .symmetric_difference(new)
            .map(|mark| name(mark))
            .collect();
        for own in names {
            let (before, after) = (was.contains(own), is.contains(own));
            let rule = match (own, before, after) {
                ("deprecated", false, true) => "graphql-deprecated",
                ("deprecated", true, false) => "graphql-undeprecated",
                // another reason is prose
                ("deprecated" | "specifiedBy", ..) => continue,
                ("oneOf", false, true) => "graphql-one-of-added",
                ("oneOf", true, false) => "graphql-one-of-removed",
                (other, ..) if COMPOSING.contains(&other) => "graphql-federation-changed",
                // a directive that nobody here knows may mean anything or nothing
                _ => "graphql-directive-usage-changed",
            };
            let word = match (before, after) {
                (false, true) => "is on",
                (true, false) => "is no longer on",
                _ => "changed on",
            };
            self.log.note(
                rule,
                place,
                format!("@{own} {word} {place}"),
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
    }
}
