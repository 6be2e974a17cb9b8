//! Members, parameters and types of one definition.

use std::collections::{BTreeSet, HashMap};

use super::compare::{Both, TypescriptDiff};
use super::model::{
    Signature, TypeParameter, TypescriptKind, TypescriptLines, TypescriptMember,
    TypescriptParameter,
};
use super::types::{TypeRelation, TypescriptType};

/// What stands on one side with its place.
type WithLines<'a, T> = (T, TypescriptLines);

impl TypescriptDiff<'_> {
    pub(super) fn type_parameters(
        &mut self,
        both: Both<'_>,
        old: &[TypeParameter],
        new: &[TypeParameter],
    ) {
        if old == new {
            return;
        }
        let (from, to) = both.whole();
        // one with a default may be left out by users
        let required =
            |list: &[TypeParameter]| list.iter().filter(|own| own.default.is_none()).count();
        let (rule, what) = if required(new) > required(old) {
            (
                "ts-type-parameter-required",
                "takes one more type parameter",
            )
        } else if required(new) < required(old) {
            (
                "ts-type-parameter-not-required",
                "takes one type parameter fewer",
            )
        } else {
            (
                "ts-type-parameters-changed",
                "has different type parameters",
            )
        };
        self.note(
            rule,
            both.name,
            format!("{} {what}", both.name),
            both.before(from),
            both.after(to),
            both.subject(""),
        );
    }

    pub(super) fn members(&mut self, both: Both<'_>) {
        let (a, b) = (&both.old.entity, &both.new.entity);
        let names: BTreeSet<&String> = a.members.keys().chain(b.members.keys()).collect();
        for name in names {
            let at = format!("{}.{name}", both.name);
            match (a.members.get(name), b.members.get(name)) {
                (Some(was), Some(is)) => self.member(both, &at, name, was, is),
                (None, Some(is)) => {
                    // an enum's member is never given by users; an interface's is, by who
                    // implements it
                    let rule = match (a.kind, is.demanded) {
                        (TypescriptKind::Enum, _) => "ts-enum-member-added",
                        (_, true) => "ts-required-member-added",
                        (_, false) => "ts-member-added",
                    };
                    self.note(
                        rule,
                        &at,
                        format!("{at} is new"),
                        None,
                        both.after(is.lines),
                        both.subject(name),
                    );
                }
                (Some(was), None) => {
                    let rule = match (a.kind, was.demanded) {
                        (TypescriptKind::Enum, _) => "ts-enum-member-removed",
                        (_, true) => "ts-required-member-removed",
                        (_, false) => "ts-member-removed",
                    };
                    self.note(
                        rule,
                        &at,
                        format!("{at} is gone"),
                        both.before(was.lines),
                        None,
                        both.subject(name),
                    );
                }
                (None, None) => {}
            }
        }
    }

    fn member(
        &mut self,
        both: Both<'_>,
        at: &str,
        name: &str,
        was: &TypescriptMember,
        is: &TypescriptMember,
    ) {
        let spots = || (both.before(was.lines), both.after(is.lines));
        let mut note = |rule: &str, what: String| {
            self.note(rule, at, what, spots().0, spots().1, both.subject(name))
        };
        match (was.optional, is.optional) {
            (true, false) => note("ts-member-became-required", format!("{at} is required")),
            (false, true) => note("ts-member-became-optional", format!("{at} is optional")),
            _ => {}
        }
        match (was.readonly, is.readonly) {
            (false, true) => note("ts-readonly-added", format!("{at} is readonly")),
            (true, false) => note("ts-readonly-removed", format!("{at} can be written")),
            _ => {}
        }
        // an enum's member is a constant: nothing but its value can differ
        if both.old.entity.kind == TypescriptKind::Enum {
            if was.value != is.value {
                let value = |own: &TypescriptMember| {
                    own.value.clone().unwrap_or_else(|| "computed".to_owned())
                };
                note(
                    "ts-enum-value-changed",
                    format!("{at} was {} and is {}", value(was), value(is)),
                );
            }
            return;
        }
        // a property that became a method is called in another way
        if was.value != is.value || was.calls.is_empty() != is.calls.is_empty() {
            note("ts-type-changed", format!("{at} has another type"));
            return;
        }
        self.calls(both, at, (&was.calls, was.lines), (&is.calls, is.lines));
        // a readonly member of an interface may still be written by who implements it
        let read = was.readonly && is.readonly && both.old.entity.kind == TypescriptKind::Class;
        self.types(
            both,
            at,
            (was.kind.as_ref(), was.lines),
            (is.kind.as_ref(), is.lines),
            read,
        );
    }

    /// Ways to call the same thing. Those that are equal on both sides are left out; one against
    /// one is looked into.
    pub(super) fn calls(
        &mut self,
        both: Both<'_>,
        at: &str,
        old: WithLines<'_, &Vec<Signature>>,
        new: WithLines<'_, &Vec<Signature>>,
    ) {
        // the same signature written twice is one
        let (before, after) = (by_types(old.0), by_types(new.0));
        let came = self.without(new.0, &before);
        let gone = self.without(old.0, &after);
        let spots = || (both.before(old.1), both.after(new.1));
        let mut note = |rule: &str, what: String| {
            self.note(
                rule,
                at,
                what,
                spots().0,
                spots().1,
                both.subject(member_of(at, both.name)),
            )
        };
        // one against one is looked into; of several nobody knows which is whose
        match (gone.as_slice(), came.as_slice()) {
            ([], []) => {}
            ([], more) => note(
                "ts-overload-added",
                format!("{at} can be called in {} more", count_call_ways(more.len())),
            ),
            (less, []) => note(
                "ts-overload-removed",
                format!(
                    "{at} can be called in {} fewer",
                    count_call_ways(less.len())
                ),
            ),
            ([was], [is]) => self.call(both, at, (was, old.1), (is, new.1)),
            _ => note("ts-type-changed", format!("{at} is called in another way")),
        }
    }

    /// Signatures that have no equal on the other side.
    fn without<'s>(
        &mut self,
        calls: &'s [Signature],
        others: &HashMap<String, Vec<&Signature>>,
    ) -> Vec<&'s Signature> {
        let mut out = Vec::new();
        for call in calls {
            let near = others
                // by types first: a definition may have hundreds of overloads
                .get(&types_of(call))
                .map(Vec::as_slice)
                .unwrap_or_default();
            if !self.spend(1 + near.len()) {
                break;
            }
            if !near.iter().any(|other| is_equal_signature(other, call)) {
                out.push(call);
            }
        }
        out
    }

    fn call(
        &mut self,
        both: Both<'_>,
        at: &str,
        (was, from): WithLines<'_, &Signature>,
        (is, to): WithLines<'_, &Signature>,
    ) {
        let subject = || both.subject(member_of(at, both.name));
        // type parameters change what all the rest means
        if was.generics != is.generics {
            self.note(
                "ts-type-parameters-changed",
                at,
                format!("{at} has different type parameters"),
                both.before(from),
                both.after(to),
                subject(),
            );
        }
        self.types(
            both,
            at,
            (was.result.as_ref(), from),
            (is.result.as_ref(), to),
            true,
        );
        let (a, b) = (&was.parameters, &is.parameters);
        // compared in pairs, two that changed places would be two types that were swapped
        if has_reordered_parameters(a, b) {
            self.note(
                "ts-parameters-reordered",
                at,
                format!("the parameters of {at} stand in another order"),
                both.before(from),
                both.after(to),
                subject(),
            );
            return;
        }
        for index in 0..a.len().max(b.len()) {
            let mut note = |rule: &str, what: String| {
                self.note(rule, at, what, both.before(from), both.after(to), subject())
            };
            match (a.get(index), b.get(index)) {
                (Some(one), Some(other)) => {
                    note_parameter(both, at, one, other, &mut note);
                }
                // callers without it stay right
                (None, Some(more)) if more.optional || more.rest => {
                    note(
                        "ts-parameter-added-optional",
                        format!("{at} takes one more optional {}", more.name),
                    );
                }
                (None, Some(more)) => note(
                    "ts-parameter-added-required",
                    format!("{at} takes one more {}", more.name),
                ),
                (Some(less), None) if less.optional || less.rest => {
                    note(
                        "ts-parameter-removed-optional",
                        format!("{at} no longer takes an optional {}", less.name),
                    );
                }
                (Some(less), None) => note(
                    "ts-parameter-removed-required",
                    format!("{at} no longer takes {}", less.name),
                ),
                (None, None) => {}
            }
        }
    }

    /// A type that is only read (a result), or read and written (a property, an alias).
    pub(super) fn types(
        &mut self,
        both: Both<'_>,
        at: &str,
        (was, from): WithLines<'_, Option<&TypescriptType>>,
        (is, to): WithLines<'_, Option<&TypescriptType>>,
        read: bool,
    ) {
        let subject = || both.subject(member_of(at, both.name));
        let (rule, what) = match (was, is) {
            (None, None) => return,
            (Some(was), Some(is)) => {
                let what = format!(
                    "{at}{} was {} and is {}",
                    if read { " gives what" } else { "" },
                    was.shown,
                    is.shown
                );
                let rule = match (both.relation(was, is), read) {
                    (TypeRelation::Same, _) => return,
                    (TypeRelation::Wider, true) => "ts-result-widened",
                    (TypeRelation::Narrower, true) => "ts-result-narrowed",
                    (TypeRelation::Wider, false) => "ts-type-widened",
                    (TypeRelation::Narrower, false) => "ts-type-narrowed",
                    (TypeRelation::Apart, _) => "ts-type-swapped",
                    (TypeRelation::Unclear, _) => "ts-type-changed",
                };
                (rule, what)
            }
            _ => (
                "ts-type-changed",
                format!("the type of {at} is not written on both sides"),
            ),
        };
        self.note(rule, at, what, both.before(from), both.after(to), subject());
    }
}

/// One parameter of both sides.
fn note_parameter(
    both: Both<'_>,
    at: &str,
    one: &TypescriptParameter,
    other: &TypescriptParameter,
    note: &mut dyn FnMut(&str, String),
) {
    let name = &other.name;
    let free = |own: &TypescriptParameter| own.optional || own.rest;
    // from there on, positions mean other values
    if one.rest != other.rest {
        note(
            "ts-type-changed",
            format!("parameter {name} of {at} takes another number of values"),
        );
        return;
    }
    match (free(one), free(other)) {
        (true, false) => note(
            "ts-parameter-became-required",
            format!("parameter {name} of {at} is required"),
        ),
        (false, true) => note(
            "ts-parameter-became-optional",
            format!("parameter {name} of {at} is optional"),
        ),
        _ => {}
    }
    // without a type it is `any`, which takes all
    let (Some(x), Some(y)) = (&one.kind, &other.kind) else {
        if one.kind != other.kind {
            note(
                "ts-type-changed",
                format!("the type of parameter {name} of {at} is not written on both sides"),
            );
        }
        return;
    };
    let what = format!(
        "parameter {name} of {at} was {} and is {}",
        x.shown, y.shown
    );
    match both.relation(x, y) {
        TypeRelation::Same => {}
        TypeRelation::Wider => note("ts-parameter-widened", what),
        TypeRelation::Narrower => note("ts-parameter-narrowed", what),
        TypeRelation::Apart => note("ts-type-swapped", what),
        TypeRelation::Unclear => note("ts-type-changed", what),
    }
}

/// The part of a location behind the definition's own name.
fn member_of<'t>(at: &'t str, name: &str) -> &'t str {
    at.strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or("")
}

fn count_call_ways(count: usize) -> String {
    if count == 1 {
        "one way".to_owned()
    } else {
        format!("{count} ways")
    }
}

/// Signatures by their types, which equal ones share.
fn by_types(calls: &[Signature]) -> HashMap<String, Vec<&Signature>> {
    let mut out: HashMap<String, Vec<&Signature>> = HashMap::new();
    for call in calls {
        out.entry(types_of(call)).or_default().push(call);
    }
    out
}

/// All of a signature that callers depend on but the order of its parameters' names.
fn types_of(call: &Signature) -> String {
    let parameters: Vec<_> = call
        .parameters
        .iter()
        .map(|own| {
            (
                own.kind.as_ref().map(|kind| &kind.parts),
                own.optional,
                own.rest,
            )
        })
        .collect();
    format!(
        "{:?} {parameters:?}",
        call.result.as_ref().map(|kind| &kind.parts)
    )
}

/// Equal for who calls it: names of parameters do not count.
fn is_equal_signature(a: &Signature, b: &Signature) -> bool {
    let same = |(x, y): (&TypescriptParameter, &TypescriptParameter)| {
        x.kind == y.kind && x.optional == y.optional && x.rest == y.rest
    };
    a.generics == b.generics
        && a.result == b.result
        && a.parameters.len() == b.parameters.len()
        && a.parameters.iter().zip(&b.parameters).all(same)
        && !has_reordered_parameters(&a.parameters, &b.parameters)
}

// only where no name stands twice: else the order says nothing
/// The same names in another order: calls still compile where the types are alike, and mean
/// something else.
fn has_reordered_parameters(a: &[TypescriptParameter], b: &[TypescriptParameter]) -> bool {
    let names =
        |list: &[TypescriptParameter]| list.iter().map(|own| own.name.clone()).collect::<Vec<_>>();
    let (x, y) = (names(a), names(b));
    let sorted = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
    x != y && x.len() == y.len() && x.len() == sorted(&x).len() && sorted(&x) == sorted(&y)
}
