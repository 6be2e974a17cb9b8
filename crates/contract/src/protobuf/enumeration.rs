//! Enums and reserved numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::diff::{ProtobufDiff, ProtobufLocation, Ranges, option_names};
use super::read::{Enum, ProtobufLines};
use crate::change::ChangeSubject;
use crate::document::Spot;

// `VOUCHER = 3, COUPON = 4` swapped: both sides read a valid, wrong value
/// The check of a number whose names differ: a name that lives on at another number is misread by
/// both sides, a name that is gone was only renamed.
fn tell_renumbered_from_renamed(
    (was, after): (&BTreeSet<&str>, &Enum),
    (is, before): (&BTreeSet<&str>, &Enum),
) -> &'static str {
    let lives = |names: &BTreeSet<&str>, list: &Enum| {
        list.values
            .iter()
            .any(|(_, name, _)| names.contains(name.as_str()))
    };
    if lives(was, after) && lives(is, before) {
        "proto-enum-value-renumbered"
    } else {
        "proto-enum-value-renamed"
    }
}

impl<'a> ProtobufDiff<'a, '_> {
    pub(super) fn reservations(
        &mut self,
        name: &str,
        old: (&[(i64, i64)], &BTreeSet<String>),
        new: (&[(i64, i64)], &BTreeSet<String>),
        spots: impl Fn() -> (Option<Spot>, Option<Spot>),
    ) {
        let (was, is) = (Ranges::new(old.0), Ranges::new(new.0));
        // ranges that were only split or joined cover the same numbers
        let dropped =
            old.0.iter().any(|range| !is.cover(*range)) || old.1.difference(new.1).next().is_some();
        let added = new.0.iter().any(|range| !was.cover(*range))
            || new.1.difference(old.1).next().is_some();
        if dropped {
            self.log.note(
                "reservation-dropped",
                name,
                format!("a reservation of {name} is gone"),
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
        if added {
            self.log.note(
                "reservation-added",
                name,
                format!("{name} reserves more"),
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
    }

    pub(super) fn enumeration(
        &mut self,
        name: &str,
        (a, from): (&'a Enum, ProtobufLocation<'a>),
        (b, to): (&'a Enum, ProtobufLocation<'a>),
    ) {
        self.enum_values(name, (a, from), (b, to));
        self.enum_options(name, (a, from), (b, to));
        self.reservations(
            name,
            (&a.reserved, &a.reserved_names),
            (&b.reserved, &b.reserved_names),
            || (from.spot(a.lines), to.spot(b.lines)),
        );
    }

    /// Values by their numbers, which is what stands on the wire.
    fn enum_values(
        &mut self,
        name: &str,
        (a, from): (&'a Enum, ProtobufLocation<'a>),
        (b, to): (&'a Enum, ProtobufLocation<'a>),
    ) {
        let by_number = |list: &'a Enum| {
            let mut out: BTreeMap<i64, (BTreeSet<&'a str>, ProtobufLines)> = BTreeMap::new();
            for (number, name, lines) in &list.values {
                out.entry(*number)
                    .or_insert_with(|| (BTreeSet::new(), *lines))
                    .0
                    .insert(name);
            }
            out
        };
        let (before, after) = (by_number(a), by_number(b));
        let numbers: BTreeSet<i64> = before.keys().chain(after.keys()).copied().collect();
        for number in numbers {
            let names = |side: &BTreeMap<i64, (BTreeSet<&'a str>, ProtobufLines)>| {
                side.get(&number)
                    .map(|(names, _)| names.clone())
                    .unwrap_or_default()
            };
            let (was, is) = (names(&before), names(&after));
            let list = |set: &BTreeSet<&str>| set.iter().copied().collect::<Vec<_>>().join(", ");
            let subject = |set: &BTreeSet<&str>| ChangeSubject::Field {
                owner: name.to_owned(),
                name: set
                    .iter()
                    .next()
                    .map_or_else(String::new, |name| (*name).to_owned()),
            };
            let lines = |side: &BTreeMap<i64, (BTreeSet<&'a str>, ProtobufLines)>,
                         whole: ProtobufLines| {
                side.get(&number).map_or(whole, |(_, lines)| *lines)
            };
            let (old, new) = (
                || from.spot(lines(&before, a.lines)),
                || to.spot(lines(&after, b.lines)),
            );
            match (was.is_empty(), is.is_empty()) {
                (true, false) => {
                    let place = format!("{name}.{}", list(&is));
                    self.log.note(
                        "proto-enum-value-added",
                        &place,
                        format!("{place} = {number} is new"),
                        from.spot(a.lines),
                        new(),
                        subject(&is),
                    );
                }
                (false, true) => {
                    let place = format!("{name}.{}", list(&was));
                    self.log.note(
                        "proto-enum-value-removed",
                        &place,
                        format!("{place} = {number} is gone"),
                        old(),
                        to.spot(b.lines),
                        subject(&was),
                    );
                }
                _ if was.is_disjoint(&is) && !was.is_empty() => {
                    let what = format!("{name}: {number} was {} and is {}", list(&was), list(&is));
                    self.log.note(
                        tell_renumbered_from_renamed((&was, b), (&is, a)),
                        &format!("{name}.{}", list(&is)),
                        what,
                        old(),
                        new(),
                        subject(&is),
                    );
                }
                // names of an alias come and go
                _ if was != is => {
                    let place = format!(
                        "{name}.{}",
                        list(if is.len() < was.len() { &was } else { &is })
                    );
                    self.log.note(
                        "proto-enum-value-renamed",
                        &place,
                        format!("{name}: names of {number} changed"),
                        old(),
                        new(),
                        subject(&is),
                    );
                }
                _ => {}
            }
        }
    }

    fn enum_options(
        &mut self,
        name: &str,
        (a, from): (&'a Enum, ProtobufLocation<'a>),
        (b, to): (&'a Enum, ProtobufLocation<'a>),
    ) {
        for option in option_names(&a.options, &b.options) {
            // edition 2023: a closed enum puts what it does not know aside
            let rule = match option {
                option if option.ends_with("enum_type") => "enum-openness-changed",
                option
                    if option.ends_with("json_format")
                        || option == "deprecated_legacy_json_field_conflicts" =>
                {
                    "json-format-changed"
                }
                _ => continue,
            };
            self.log.note(
                rule,
                name,
                format!("option {option} of {name} changed"),
                from.spot(a.lines),
                to.spot(b.lines),
                ChangeSubject::None,
            );
        }
    }
}
