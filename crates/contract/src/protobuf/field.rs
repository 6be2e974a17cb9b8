//! Fields, by number, as the wire knows them.

use std::collections::{HashMap, HashSet};

use super::diff::{ProtobufDiff, ProtobufLocation, ProtobufNameIndex, Ranges, option_names};
use super::read::{Label, ProtobufField, ProtobufFile, ProtobufMessage};
use crate::change::{ChangeSubject, Log};
use crate::schema::is_guard;
use crate::work::Work;

/// How a value is written on the wire; types of one group read each other's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    /// Plain varint: width in bits and whether negative numbers count as such.
    Varint(u8, bool),
    ZigZag(u8),
    Fixed(u8),
    Float(u8),
    Text,
    Bytes,
    Other,
}

fn find_wire_type(kind: &str, is_enum: bool) -> Wire {
    match kind {
        "int32" => Wire::Varint(32, true),
        "int64" => Wire::Varint(64, true),
        "uint32" => Wire::Varint(32, false),
        "uint64" => Wire::Varint(64, false),
        "bool" => Wire::Varint(1, false),
        "sint32" => Wire::ZigZag(32),
        "sint64" => Wire::ZigZag(64),
        "fixed32" | "sfixed32" => Wire::Fixed(32),
        "fixed64" | "sfixed64" => Wire::Fixed(64),
        "float" => Wire::Float(32),
        "double" => Wire::Float(64),
        "string" => Wire::Text,
        "bytes" => Wire::Bytes,
        // protobuf writes enums as int32
        _ if is_enum => Wire::Varint(32, true),
        _ => Wire::Other,
    }
}

fn is_scalar(kind: &str) -> bool {
    find_wire_type(kind, false) != Wire::Other
}

/// The full name of a type as seen from a message, where it is known; else what is written.
fn resolve_protobuf_type<'a>(index: &ProtobufNameIndex<'a>, scope: &str, kind: &str) -> String {
    let kind = kind.trim_start_matches('.');
    if is_scalar(kind) || kind.starts_with("map<") || kind.starts_with("group ") {
        return kind.to_owned();
    }
    let mut scope = scope;
    // from the inside out, as the compiler looks for names
    loop {
        let full = if scope.is_empty() {
            kind.to_owned()
        } else {
            format!("{scope}.{kind}")
        };
        if index.messages.contains_key(full.as_str()) || index.enums.contains_key(full.as_str()) {
            return full;
        }
        match scope.rsplit_once('.') {
            Some((outer, _)) => scope = outer,
            None if !scope.is_empty() => scope = "",
            // a type of an import that is not among the changed files
            None => return kind.to_owned(),
        }
    }
}

/// The same type, as far as names tell: `Card` may be short for `cards.v1.Card`.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    // the part before has to end at a dot: `MyCard` is no `Card`
    let short = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    short(a, b) || short(b, a)
}

/// Whether unset can be told from zero.
fn has_field_presence(field: &ProtobufField, file: &ProtobufFile, is_message: bool) -> bool {
    // a field's own feature before the file's
    let feature = field
        .options
        .iter()
        .chain(&file.options)
        .find(|(name, _)| name.ends_with("field_presence"))
        .map(|(_, value)| value.as_str());
    match (field.label, file.syntax.as_str()) {
        (Label::Repeated, _) => false,
        // a message and a member of a oneof are written even where they are empty
        _ if is_message || field.oneof.is_some() => true,
        (Label::Optional | Label::Required, _) => true,
        // proto3 does not write a zero, so unset and zero are the same bytes
        (_, "proto3") => false,
        _ => feature != Some("IMPLICIT"),
    }
}

// editions write `required` as a feature
fn is_protobuf_field_required(field: &ProtobufField) -> bool {
    field.label == Label::Required
        || field
            .options
            .iter()
            .any(|(name, value)| name.ends_with("field_presence") && value == "LEGACY_REQUIRED")
}

/// One field on both sides.
struct FieldPair<'p, 'a> {
    /// The message.
    owner: &'p str,
    /// Where it stands, by its name of today.
    place: String,
    old: &'a ProtobufField,
    from: ProtobufLocation<'a>,
    new: &'a ProtobufField,
    to: ProtobufLocation<'a>,
    /// Its types, by their full names where these are known.
    was: String,
    is: String,
    /// They are enums.
    old_enum: bool,
    new_enum: bool,
}

impl FieldPair<'_, '_> {
    fn note(&self, log: &mut Log, rule: &str, what: String) {
        log.note(
            rule,
            &self.place,
            what,
            self.from.spot(self.old.lines),
            self.to.spot(self.new.lines),
            ChangeSubject::Field {
                owner: self.owner.to_owned(),
                name: self.new.name.clone(),
            },
        );
    }
}

impl<'a> ProtobufDiff<'a, '_> {
    pub(super) fn fields(
        &mut self,
        name: &str,
        (a, from): (&'a ProtobufMessage, ProtobufLocation<'a>),
        (b, to): (&'a ProtobufMessage, ProtobufLocation<'a>),
    ) {
        // from behind, so that the first of two equal ones stays
        let numbers = |message: &'a ProtobufMessage| -> HashMap<i64, &'a ProtobufField> {
            message
                .fields
                .iter()
                .rev()
                .map(|field| (field.number, field))
                .collect()
        };
        let (before, after) = (numbers(a), numbers(b));
        let (was_reserved, is_reserved) = (Ranges::new(&a.reserved), Ranges::new(&b.reserved));
        // numbers, since names are not on the wire
        for field in &b.fields {
            match before.get(&field.number).copied() {
                Some(before) => self.field(name, (before, from), (field, to)),
                None => self.appeared(
                    name,
                    (field, to),
                    (a, from),
                    was_reserved.cover((field.number, field.number)),
                    true,
                ),
            }
        }
        for field in a
            .fields
            .iter()
            .filter(|field| !after.contains_key(&field.number))
        {
            self.appeared(
                name,
                (field, from),
                (b, to),
                is_reserved.cover((field.number, field.number)),
                false,
            );
        }
        // a oneof that was renamed, made or dissolved around the very same fields changes code only
        let members = |message: &'a ProtobufMessage| -> HashMap<&'a str, Vec<i64>> {
            let mut out: HashMap<&str, Vec<i64>> = HashMap::new();
            for field in &message.fields {
                if let Some(oneof) = &field.oneof {
                    out.entry(oneof).or_default().push(field.number);
                }
            }
            out
        };
        let (old_members, new_members) = (members(a), members(b));
        let of = |all: &HashMap<&str, Vec<i64>>, oneof: &str| {
            all.get(oneof).cloned().unwrap_or_default()
        };
        let came: HashSet<Vec<i64>> = b
            .oneofs
            .difference(&a.oneofs)
            .map(|oneof| of(&new_members, oneof))
            .collect();
        let renamed = a
            .oneofs
            .difference(&b.oneofs)
            .any(|oneof| came.contains(&of(&old_members, oneof)));
        for oneof in a.oneofs.symmetric_difference(&b.oneofs) {
            let (was, is) = (of(&old_members, oneof), of(&new_members, oneof));
            let numbers = if was.is_empty() { &is } else { &was };
            // a oneof of one field writes the same bytes as the field alone
            let alone = numbers.len() <= 1;
            if (renamed || alone)
                && a.oneofs.contains(oneof) != b.oneofs.contains(oneof)
                && (!renamed || a.oneofs.contains(oneof))
            {
                let what = format!(
                    "oneof {oneof} of {name} was renamed, added or removed around the same fields"
                );
                self.log.note(
                    "oneof-renamed",
                    &format!("{name}.{oneof}"),
                    what,
                    from.spot(a.lines),
                    to.spot(b.lines),
                    ChangeSubject::None,
                );
            }
        }
    }

    /// A field that one side has and the other has not.
    fn appeared(
        &mut self,
        name: &str,
        (field, here): (&'a ProtobufField, ProtobufLocation<'a>),
        (lacking, there): (&'a ProtobufMessage, ProtobufLocation<'a>),
        reserved: bool,
        added: bool,
    ) {
        let place = format!("{name}.{}", field.name);
        // other members of the oneof exist over there, and one of them wins
        let joins = field
            .oneof
            .as_ref()
            .is_some_and(|oneof| lacking.oneofs.contains(oneof));
        // a guard guards only in what callers send
        let guard = is_guard(&field.name) && (here.file.takes(name) || there.file.takes(name));
        // in this order: what breaks reading first, then what is lost silently
        let rule = match (is_protobuf_field_required(field), joins, reserved, added) {
            (true, _, _, true) => "required-field-added",
            (true, _, _, false) => "required-field-removed",
            (_, true, _, true) => "oneof-member-added",
            (_, true, _, false) => "oneof-member-removed",
            (_, _, true, true) => "field-unreserved-and-added",
            (_, _, true, false) => "field-removed-reserved",
            (_, _, _, true) if guard => "field-guard-added",
            (_, _, _, false) if guard => "field-guard-removed",
            (_, _, _, true) => "field-added",
            (_, _, _, false) => "field-removed-unreserved",
        };
        let word = match (added, reserved) {
            (true, _) => "is new",
            (false, true) => "is gone, its number is reserved",
            (false, false) => "is gone, its number is free",
        };
        let subject = ChangeSubject::Field {
            owner: name.to_owned(),
            name: field.name.clone(),
        };
        let (own, other) = (here.spot(field.lines), there.spot(lacking.lines));
        let (old, new) = if added { (other, own) } else { (own, other) };
        self.log.note(
            rule,
            &place,
            format!("{place} = {} {word}", field.number),
            old,
            new,
            subject,
        );
    }

    /// What one field is on both sides.
    pub(super) fn field(
        &mut self,
        name: &str,
        (a, from): (&'a ProtobufField, ProtobufLocation<'a>),
        (b, to): (&'a ProtobufField, ProtobufLocation<'a>),
    ) {
        let (was, is) = (
            resolve_protobuf_type(&self.old, name, &a.kind),
            resolve_protobuf_type(&self.new, name, &b.kind),
        );
        let is_enum = |index: &ProtobufNameIndex<'_>, kind: &str| index.enums.contains_key(kind);
        // what is an enum on one side is one on the other too, unless a message has its name
        let old_enum = is_enum(&self.old, &was)
            || (is_enum(&self.new, &was) && !self.old.messages.contains_key(was.as_str()));
        let new_enum = is_enum(&self.new, &is)
            || (is_enum(&self.old, &is) && !self.new.messages.contains_key(is.as_str()));
        let pair = FieldPair {
            owner: name,
            place: format!("{name}.{}", b.name),
            old: a,
            from,
            new: b,
            to,
            was,
            is,
            old_enum,
            new_enum,
        };
        // what is noted of one field costs nothing, but for the fields of its types
        let mut work = std::mem::take(&mut self.log.work);
        let same_type = self.field_type(&pair, &mut work);
        self.field_name(&pair, same_type);
        self.field_presence(&pair, same_type);
        self.field_oneof(&pair);
        self.field_options(&pair);
        self.log.work = work;
    }

    /// Whether both types are the same; notes what became of the one that is not.
    fn field_type(&mut self, pair: &FieldPair<'_, 'a>, work: &mut Work) -> bool {
        let (a, b, place) = (pair.old, pair.new, &pair.place);
        // `.cards.Card` and `Card` are one type, and so is what both sides could not resolve alike
        if same_name(&pair.was, &pair.is)
            || normalise_type_name(&a.kind) == normalise_type_name(&b.kind)
        {
            return true;
        }
        let what = format!("{place} = {} was {} and is {}", b.number, a.kind, b.kind);
        let mut spend = |steps: usize| work.spend(steps);
        let mut alike = || {
            let (Some((x, _)), Some((y, _))) = (
                self.old.messages.get(pair.was.as_str()),
                self.new.messages.get(pair.is.as_str()),
            ) else {
                return false;
            };
            x.fields.len() == y.fields.len()
                && spend(x.fields.len())
                && list_message_fields(x) == list_message_fields(y)
        };
        // types with one wire type but another width are read, and cut
        let rule = match (
            find_wire_type(&pair.was, pair.old_enum),
            find_wire_type(&pair.is, pair.new_enum),
        ) {
            // every string is bytes; parsers of proto3 refuse bytes that are no UTF-8 for a string
            (Wire::Text, Wire::Bytes) => "field-string-to-bytes",
            (Wire::Bytes, Wire::Text) => "field-bytes-to-string",
            (Wire::Varint(x, _), Wire::Varint(y, _)) if x < y => "field-type-widened",
            // a reader of the narrower type drops the upper bits and says nothing
            (Wire::Varint(x, _), Wire::Varint(y, _)) if x > y => "field-type-narrowed",
            (Wire::Varint(..), Wire::Varint(..)) => "field-type-signedness-changed",
            // sint has a code of its own: int and sint do not read each other
            (Wire::ZigZag(x), Wire::ZigZag(y)) => {
                if x < y {
                    "field-type-widened"
                } else {
                    "field-type-narrowed"
                }
            }
            (Wire::Fixed(x), Wire::Fixed(y)) if x == y => "field-type-signedness-changed",
            (Wire::Other, Wire::Other) if alike() => "field-type-renamed",
            _ => "field-type-changed",
        };
        pair.note(self.log, rule, what);
        false
    }

    /// A number that means something else altogether needs no words about its name.
    fn field_name(&mut self, pair: &FieldPair<'_, 'a>, same_type: bool) {
        let (a, b, name) = (pair.old, pair.new, pair.owner);
        if a.name != b.name && same_type {
            pair.note(
                self.log,
                "field-renamed",
                format!(
                    "{name}: field {} was called {} and is called {}",
                    b.number, a.name, b.name
                ),
            );
        }
    }

    /// Whether it stands once or often, must stand, and tells unset from zero.
    fn field_presence(&mut self, pair: &FieldPair<'_, 'a>, same_type: bool) {
        let (a, b, place) = (pair.old, pair.new, &pair.place);
        // proto3 writes repeated numbers packed, which is another wire type
        match (is_repeated(a), is_repeated(b)) {
            (false, true) => pair.note(
                self.log,
                "field-became-repeated",
                format!("{place} became repeated"),
            ),
            (true, false) => pair.note(
                self.log,
                "field-became-singular",
                format!("{place} became singular"),
            ),
            _ => {}
        }
        // a reader of proto2 refuses the whole message without a required field
        match (is_protobuf_field_required(a), is_protobuf_field_required(b)) {
            (false, true) => pair.note(
                self.log,
                "required-field-added",
                format!("{place} became required"),
            ),
            (true, false) => pair.note(
                self.log,
                "required-field-removed",
                format!("{place} is no longer required"),
            ),
            _ if !is_repeated(a) && !is_repeated(b) && same_type => {
                let message = |index: &ProtobufNameIndex<'_>, kind: &str, is_enum: bool| {
                    !is_scalar(kind) && !is_enum && index.messages.contains_key(kind)
                };
                let known = is_scalar(&pair.was)
                    || pair.old_enum
                    || self.old.messages.contains_key(pair.was.as_str());
                // of a type that is not known nobody can say whether it always tells unset from
                // zero
                if known && a.oneof.is_none() && b.oneof.is_none() {
                    let (x, y) = (
                        has_field_presence(
                            a,
                            pair.from.file,
                            message(&self.old, &pair.was, pair.old_enum),
                        ),
                        has_field_presence(
                            b,
                            pair.to.file,
                            message(&self.new, &pair.is, pair.new_enum),
                        ),
                    );
                    match (x, y) {
                        (false, true) => pair.note(
                            self.log,
                            "field-presence-added",
                            format!("{place} tells unset from zero"),
                        ),
                        (true, false) => pair.note(
                            self.log,
                            "field-presence-removed",
                            format!("{place} no longer tells unset from zero"),
                        ),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn field_oneof(&mut self, pair: &FieldPair<'_, 'a>) {
        let (a, b, name, place) = (pair.old, pair.new, pair.owner, &pair.place);
        let joined =
            |message: Option<&(&ProtobufMessage, &ProtobufFile)>, oneof: &str, number: i64| {
                message
                    .and_then(|(message, _)| message.oneof_numbers.get(oneof))
                    .is_some_and(|(first, several)| *several || *first != number)
            };
        // alone in its oneof a field stays as it was
        match (&a.oneof, &b.oneof) {
            (None, Some(oneof)) if joined(self.new.messages.get(name), oneof, b.number) => pair
                .note(
                    self.log,
                    "field-joined-oneof",
                    format!("{place} moved into oneof {oneof}"),
                ),
            (Some(oneof), None) if joined(self.old.messages.get(name), oneof, a.number) => pair
                .note(
                    self.log,
                    "field-left-oneof",
                    format!("{place} moved out of oneof {oneof}"),
                ),
            _ => {}
        }
    }

    fn field_options(&mut self, pair: &FieldPair<'_, 'a>) {
        let (a, b, place) = (pair.old, pair.new, &pair.place);
        // custom options nobody here knows change nothing on the wire
        for option in option_names(&a.options, &b.options) {
            let (rule, word) = match option {
                "default" => ("field-default-changed", "the default"),
                "json_name" => ("field-json-name-changed", "the JSON name"),
                "deprecated" => (
                    if b.options.get(option).is_some_and(|value| value == "true") {
                        "field-deprecated"
                    } else {
                        "field-undeprecated"
                    },
                    "the mark of age",
                ),
                "jstype" | "ctype" | "lazy" | "weak" => ("field-option-changed", "an option"),
                option if option.ends_with("field_presence") => continue,
                // editions write it as a feature, also as one of a language:
                // `(pb.java).utf8_validation`
                option if option.starts_with("features") || option.ends_with("utf8_validation") => {
                    ("field-option-changed", "an option")
                }
                option if option.contains("validate") => {
                    ("validation-changed", "a validation rule")
                }
                _ => continue,
            };
            let say = |field: &ProtobufField| {
                field
                    .options
                    .get(option)
                    .cloned()
                    .unwrap_or_else(|| "not set".to_owned())
            };
            pair.note(
                self.log,
                rule,
                format!("{word} of {place} was {} and is {}", say(a), say(b)),
            );
        }
    }
}

fn is_repeated(field: &ProtobufField) -> bool {
    // a map is a repeated message of key and value
    field.label == Label::Repeated || field.kind.starts_with("map<")
}

fn normalise_type_name(kind: &str) -> String {
    kind.replace(' ', "").trim_start_matches('.').to_owned()
}

/// The fields of a message by number, kind and label, for telling a rename from a swap.
fn list_message_fields(message: &ProtobufMessage) -> Vec<(i64, String, Label)> {
    // by short names: a package that was renamed gives all of them another prefix
    let last = |kind: &str| kind.rsplit('.').next().unwrap_or(kind).to_owned();
    let mut out: Vec<_> = message
        .fields
        .iter()
        .map(|field| (field.number, last(&field.kind), field.label))
        .collect();
    out.sort_by_key(|(number, ..)| *number);
    out
}
