//! Files against files: what is in the one, what is in the other, what moved between them.

use std::collections::BTreeSet;

use super::diff::{
    ProtobufDiff, ProtobufFilePair, ProtobufLocation, ProtobufNameIndex, option_names,
};
use super::file_pairs::{apply_package_change, moved_from, moved_to, pair_by_package};
use super::read::{ProtobufLines, ProtobufMessage, ProtobufOptions};
use crate::change::{ChangeSubject, Log};

/// Notes every difference.
pub(crate) fn compare_protobuf_files(pairs: &mut [ProtobufFilePair], log: &mut Log) {
    // before anything is compared: what a file is compared with hangs on it
    pair_by_package(pairs);
    for pair in pairs.iter_mut() {
        apply_package_change(pair, log);
    }
    let pairs = &*pairs;
    let index = |old: bool| {
        let mut index = ProtobufNameIndex::default();
        for (file, _) in pairs.iter().filter_map(|pair| {
            if old {
                pair.old.as_ref()
            } else {
                pair.new.as_ref()
            }
        }) {
            index.messages.extend(
                file.messages
                    .iter()
                    .map(|(name, message)| (name.as_str(), (message, file))),
            );
            index.enums.extend(
                file.enums
                    .iter()
                    .map(|(name, value)| (name.as_str(), value)),
            );
        }
        index
    };
    let mut diff = ProtobufDiff {
        log,
        old: index(true),
        new: index(false),
    };
    for pair in pairs {
        diff.log.trail = vec![pair.path.clone()];
        diff.file(pair, pairs);
    }
}

/// The three kinds of definitions share the logic of what is where.
macro_rules! definitions {
    ($diff:ident, $pair:ident, $pairs:ident, $old:ident, $new:ident, $kind:ident, $word:literal, $added:literal, $removed:literal, $subject:expr, $both:ident) => {{
        let was = $old.map(|at| &at.file.$kind);
        let is = $new.map(|at| &at.file.$kind);
        let names: BTreeSet<&String> = was
            .into_iter()
            .chain(is)
            .flat_map(|all| all.keys())
            .collect();
        for name in names {
            match (
                was.and_then(|all| all.get(name)).zip($old),
                is.and_then(|all| all.get(name)).zip($new),
            ) {
                (Some((a, from)), Some((b, to))) => $diff.$both(name, (a, from), (b, to)),
                (Some((a, from)), None) => {
                    // a message in another file is the same on the wire
                    match moved_to($pairs, |file| file.$kind.contains_key(name)) {
                        Some(to) => {
                            if let Some(b) = to.file.$kind.get(name) {
                                let what = format!("{} {name} moved to {}", $word, to.path);
                                $diff.log.note(
                                    "type-moved",
                                    name,
                                    what,
                                    from.spot(a.lines),
                                    to.spot(b.lines),
                                    ChangeSubject::None,
                                );
                                $diff.$both(name, (a, from), (b, to));
                            }
                        }
                        None => $diff.log.note(
                            $removed,
                            name,
                            format!("{} {name} is gone", $word),
                            from.spot(a.lines),
                            None,
                            $subject(name),
                        ),
                    }
                }
                (None, Some((b, to))) => {
                    // told where it went to: a move is one fact
                    if moved_from($pairs, |file| file.$kind.contains_key(name)).is_none() {
                        $diff.log.note(
                            $added,
                            name,
                            format!("{} {name} is new", $word),
                            None,
                            to.spot(b.lines),
                            $subject(name),
                        );
                    }
                }
                (None, None) => {}
            }
        }
    }};
}

impl<'a> ProtobufDiff<'a, '_> {
    fn file(&mut self, pair: &'a ProtobufFilePair, pairs: &'a [ProtobufFilePair]) {
        let old = pair.old.as_ref().map(|(file, text)| ProtobufLocation {
            path: &pair.old_path,
            text,
            file,
        });
        let new = pair.new.as_ref().map(|(file, text)| ProtobufLocation {
            path: &pair.path,
            text,
            file,
        });
        match (old, new) {
            (None, Some(at)) => self.log.note(
                // a file has no line of its own, so its first three show which it is
                "proto-file-added",
                at.path,
                format!("{} is new", at.path),
                None,
                at.spot(ProtobufLines { from: 1, to: 3 }),
                ChangeSubject::None,
            ),
            (Some(at), None) => self.log.note(
                "proto-file-removed",
                at.path,
                format!("{} is gone", at.path),
                at.spot(ProtobufLines { from: 1, to: 3 }),
                None,
                ChangeSubject::None,
            ),
            (Some(a), Some(b)) => self.file_level(a, b),
            (None, None) => return,
        }
        let message = |name: &String| ChangeSubject::Field {
            owner: name.clone(),
            name: String::new(),
        };
        let service = |name: &String| ChangeSubject::Rpc {
            service: name.clone(),
            method: None,
        };
        definitions!(
            self,
            pair,
            pairs,
            old,
            new,
            messages,
            "message",
            "message-added",
            "message-removed",
            message,
            message
        );
        definitions!(
            self,
            pair,
            pairs,
            old,
            new,
            enums,
            "enum",
            "proto-enum-added",
            "proto-enum-removed",
            message,
            enumeration
        );
        definitions!(
            self,
            pair,
            pairs,
            old,
            new,
            services,
            "service",
            "service-added",
            "service-removed",
            service,
            service
        );
        self.extensions(old, new);
    }

    fn file_level(&mut self, a: ProtobufLocation<'a>, b: ProtobufLocation<'a>) {
        let (from, to) = (
            a.spot(ProtobufLines { from: 1, to: 3 }),
            b.spot(ProtobufLines { from: 1, to: 3 }),
        );
        // proto2 and proto3 differ in what is written for zero and unset
        if a.file.syntax != b.file.syntax {
            let what = format!("the syntax was {} and is {}", a.file.syntax, b.file.syntax);
            self.log.note(
                "syntax-changed",
                "syntax",
                what,
                from.clone(),
                to.clone(),
                ChangeSubject::None,
            );
        }
        for name in option_names(&a.file.options, &b.file.options) {
            let rule = match name {
                // editions call it a feature, proto3 an option
                name if name.ends_with("json_format") => "json-format-changed",
                name if name.starts_with("features") => "syntax-changed",
                // custom options are for tools nobody here knows, and a mark of age harms nobody
                name if name.starts_with('(') || name == "deprecated" => continue,
                _ => "file-option-changed",
            };
            let say = |options: &ProtobufOptions| {
                options
                    .get(name)
                    .map_or_else(|| "not set".to_owned(), |value| format!("`{value}`"))
            };
            let what = format!(
                "option {name} was {} and is {}",
                say(&a.file.options),
                say(&b.file.options)
            );
            self.log.note(
                rule,
                &format!("option {name}"),
                what,
                from.clone(),
                to.clone(),
                ChangeSubject::None,
            );
        }
    }

    fn message(
        &mut self,
        name: &str,
        (a, from): (&'a ProtobufMessage, ProtobufLocation<'a>),
        (b, to): (&'a ProtobufMessage, ProtobufLocation<'a>),
    ) {
        self.fields(name, (a, from), (b, to));
        let spots = || (from.spot(a.lines), to.spot(b.lines));
        // only these options are known to change bytes, JSON or checks
        for option in option_names(&a.options, &b.options) {
            let rule = match option {
                "message_set_wire_format" => "message-set-changed",
                "deprecated_legacy_json_field_conflicts" => "json-format-changed",
                "no_standard_descriptor_accessor" => "file-option-changed",
                option if option.ends_with("json_format") => "json-format-changed",
                option if option.starts_with("features") => "syntax-changed",
                option if option.contains("validate") => "validation-changed",
                _ => continue,
            };
            self.log.note(
                rule,
                name,
                format!("option {option} of {name} changed"),
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
        for range in b.ranges.difference(&a.ranges) {
            let what = format!("{name} can be extended at {} to {}", range.0, range.1);
            self.log.note(
                "extension-range-added",
                name,
                what,
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
        for range in a.ranges.difference(&b.ranges) {
            let what = format!(
                "{name} can no longer be extended at {} to {}",
                range.0, range.1
            );
            self.log.note(
                "extension-range-removed",
                name,
                what,
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
        self.reservations(
            name,
            (&a.reserved, &a.reserved_names),
            (&b.reserved, &b.reserved_names),
            spots,
        );
    }

    fn extensions(&mut self, old: Option<ProtobufLocation<'a>>, new: Option<ProtobufLocation<'a>>) {
        let was = old.map(|at| &at.file.extensions);
        let is = new.map(|at| &at.file.extensions);
        for (key, field) in is.into_iter().flatten() {
            let place = format!("{} [{}]", key.0, field.name);
            match was.and_then(|all| all.get(key)).zip(old) {
                None => {
                    let spot = new.and_then(|at| at.spot(field.lines));
                    self.log.note(
                        "extension-added",
                        &place,
                        format!("{} can be extended by {}", key.0, field.name),
                        None,
                        spot,
                        ChangeSubject::None,
                    );
                }
                Some((before, from)) => {
                    if let Some(to) = new {
                        self.field(&key.0, (before, from), (field, to));
                    }
                }
            }
        }
        for (key, field) in was
            .into_iter()
            .flatten()
            .filter(|(key, _)| is.is_none_or(|all| !all.contains_key(*key)))
        {
            let spot = old.and_then(|at| at.spot(field.lines));
            self.log.note(
                "extension-removed",
                &format!("{} [{}]", key.0, field.name),
                format!("the extension {} of {} is gone", field.name, key.0),
                spot,
                None,
                ChangeSubject::None,
            );
        }
    }
}
