//! Files against files: what is in the one, what is in the other, what moved between them.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{Enum, ProtobufFile, ProtobufLines, ProtobufMessage, ProtobufOptions};
use crate::change::{ChangeSubject, Log};
use crate::document::{Spot, cut_line_excerpt};

/// One changed file: both readings, with their paths and texts. A side that is absent is `None`.
pub(crate) struct ProtobufFilePair {
    pub path: String,
    pub old_path: String,
    pub old: Option<(ProtobufFile, String)>,
    pub new: Option<(ProtobufFile, String)>,
}

/// Names of one side, for resolving types.
#[derive(Default)]
pub(super) struct ProtobufNameIndex<'a> {
    pub messages: BTreeMap<&'a str, (&'a ProtobufMessage, &'a ProtobufFile)>,
    pub enums: BTreeMap<&'a str, &'a Enum>,
}

/// One comparison of all changed files.
pub(super) struct ProtobufDiff<'a, 'l> {
    pub log: &'l mut Log,
    pub old: ProtobufNameIndex<'a>,
    pub new: ProtobufNameIndex<'a>,
}

/// A definition with the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct ProtobufLocation<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub file: &'a ProtobufFile,
}

impl ProtobufLocation<'_> {
    pub fn spot(&self, lines: ProtobufLines) -> Option<Spot> {
        Some(Spot {
            path: self.path.to_owned(),
            line: lines.from,
            excerpt: cut_line_excerpt(self.text, &self.file.index, lines.from, lines.to),
        })
    }
}

/// Notes every difference.
pub(crate) fn compare_protobuf_files(pairs: &mut [ProtobufFilePair], log: &mut Log) {
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

/// A package that lives on in a file of another name is compared with that file: git calls a
/// promoted copy a rename, and then the wrong two would be compared.
fn pair_by_package(pairs: &mut [ProtobufFilePair]) {
    let package =
        |side: &Option<(ProtobufFile, String)>| side.as_ref().map(|(file, _)| file.package.clone());
    for at in 0..pairs.len() {
        let (Some(was), Some(is)) = (package(&pairs[at].old), package(&pairs[at].new)) else {
            continue;
        };
        if was == is {
            continue;
        }
        let Some(home) = pairs
            .iter()
            .position(|other| other.old.is_none() && package(&other.new).as_deref() == Some(&was))
        else {
            continue;
        };
        let (old, old_path) = (pairs[at].old.take(), pairs[at].old_path.clone());
        (pairs[home].old, pairs[home].old_path) = (old, old_path);
        pairs[at].old_path.clone_from(&pairs[at].path.clone());
    }
}

/// A changed package is told once; the names of the old side are rewritten, so that the rest is
/// compared by what it is.
fn apply_package_change(pair: &mut ProtobufFilePair, log: &mut Log) {
    let (Some((old, old_text)), Some((new, new_text))) = (&mut pair.old, &pair.new) else {
        return;
    };
    if old.package == new.package {
        return;
    }
    let line = |text: &str| {
        text.lines()
            .position(|line| line.trim_start().starts_with("package "))
            .map_or(1, |at| at + 1)
    };
    let spot = |path: &str, text: &str, file: &ProtobufFile| {
        let line = line(text);
        Some(Spot {
            path: path.to_owned(),
            line,
            excerpt: cut_line_excerpt(text, &file.index, line, line),
        })
    };
    let what = format!(
        "the package was {} and is {}",
        name_package(&old.package),
        name_package(&new.package)
    );
    log.note(
        "package-changed",
        &format!("package {}", name_package(&new.package)),
        what,
        spot(&pair.old_path, old_text, old),
        spot(&pair.path, new_text, new),
        ChangeSubject::None,
    );
    let (from, to) = (old.package.clone(), new.package.clone());
    let rename = |name: &String| {
        let bare = if from.is_empty() {
            Some(name.as_str())
        } else {
            name.strip_prefix(&from)
                .and_then(|rest| rest.strip_prefix('.'))
        };
        match bare {
            Some(bare) if to.is_empty() => bare.to_owned(),
            Some(bare) => format!("{to}.{bare}"),
            None => name.clone(),
        }
    };
    old.messages = std::mem::take(&mut old.messages)
        .into_iter()
        .map(|(name, value)| (rename(&name), value))
        .collect();
    old.enums = std::mem::take(&mut old.enums)
        .into_iter()
        .map(|(name, value)| (rename(&name), value))
        .collect();
    old.services = std::mem::take(&mut old.services)
        .into_iter()
        .map(|(name, value)| (rename(&name), value))
        .collect();
    for message in old.messages.values_mut() {
        for field in &mut message.fields {
            field.kind = rename(&field.kind);
        }
    }
    for rpc in old
        .services
        .values_mut()
        .flat_map(|service| &mut service.rpcs)
    {
        rpc.request = rename(&rpc.request);
        rpc.response = rename(&rpc.response);
    }
    old.package = to.clone();
}

fn name_package(package: &str) -> &str {
    if package.is_empty() {
        "(none)"
    } else {
        package
    }
}

/// A changed file whose current side holds `name` while its previous side did not: where it moved
/// to.
fn moved_to<'a>(
    pairs: &'a [ProtobufFilePair],
    has: impl Fn(&ProtobufFile) -> bool,
) -> Option<ProtobufLocation<'a>> {
    pairs.iter().find_map(|pair| {
        let (file, text) = pair.new.as_ref()?;
        let was = pair.old.as_ref().is_some_and(|(old, _)| has(old));
        (has(file) && !was).then_some(ProtobufLocation {
            path: &pair.path,
            text,
            file,
        })
    })
}

/// A changed file whose previous side holds `name` while its current side does not: where it came
/// from.
fn moved_from<'a>(
    pairs: &'a [ProtobufFilePair],
    has: impl Fn(&ProtobufFile) -> bool,
) -> Option<ProtobufLocation<'a>> {
    pairs.iter().find_map(|pair| {
        let (file, text) = pair.old.as_ref()?;
        let is = pair.new.as_ref().is_some_and(|(new, _)| has(new));
        (has(file) && !is).then_some(ProtobufLocation {
            path: &pair.old_path,
            text,
            file,
        })
    })
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

    fn reservations(
        &mut self,
        name: &str,
        old: (&[(i64, i64)], &BTreeSet<String>),
        new: (&[(i64, i64)], &BTreeSet<String>),
        spots: impl Fn() -> (Option<Spot>, Option<Spot>),
    ) {
        let (was, is) = (Ranges::new(old.0), Ranges::new(new.0));
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

    fn enumeration(
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
                        "proto-enum-value-renamed",
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
        for option in option_names(&a.options, &b.options) {
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
        self.reservations(
            name,
            (&a.reserved, &a.reserved_names),
            (&b.reserved, &b.reserved_names),
            || (from.spot(a.lines), to.spot(b.lines)),
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

/// Reserved numbers: ranges in order, each with the highest end so far, so that one look tells
/// whether one of them holds another.
pub(super) struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    pub fn new(list: &[(i64, i64)]) -> Self {
        let mut ranges = list.to_vec();
        ranges.sort_unstable();
        let mut highest = i64::MIN;
        for (_, end) in &mut ranges {
            highest = highest.max(*end);
            *end = highest;
        }
        Self(ranges)
    }

    /// Whether one range holds all of another.
    pub fn cover(&self, (from, to): (i64, i64)) -> bool {
        let behind = self.0.partition_point(|(start, _)| *start <= from);
        behind
            .checked_sub(1)
            .and_then(|at| self.0.get(at))
            .is_some_and(|(_, end)| to <= *end)
    }
}

/// Names of options whose values differ.
pub(super) fn option_names<'o>(a: &'o ProtobufOptions, b: &'o ProtobufOptions) -> Vec<&'o str> {
    let mut names: Vec<&str> = a
        .keys()
        .chain(b.keys())
        .map(String::as_str)
        .filter(|name| a.get(*name) != b.get(*name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::read_protobuf;

    #[test]
    fn a_promoted_copy_that_git_calls_a_rename_is_new_and_the_old_package_meets_its_own_file() {
        let side = |package: &str| {
            let text = format!(
                "syntax = \"proto3\";\npackage cards.{package};\nmessage Ask {{ string id = 1; }}\n"
            );
            Some((read_protobuf(&text), text))
        };
        let mut pairs = [
            ProtobufFilePair {
                path: "v1/a.proto".into(),
                old_path: "beta/a.proto".into(),
                old: side("beta"),
                new: side("v1"),
            },
            ProtobufFilePair {
                path: "beta/made.proto".into(),
                old_path: "beta/made.proto".into(),
                old: None,
                new: side("beta"),
            },
        ];
        pair_by_package(&mut pairs);
        assert!(pairs[0].old.is_none() && pairs[0].old_path == "v1/a.proto");
        assert!(pairs[1].old.is_some() && pairs[1].old_path == "beta/a.proto");
        let mut renamed = [ProtobufFilePair {
            path: "b.proto".into(),
            old_path: "a.proto".into(),
            old: side("one"),
            new: side("two"),
        }];
        pair_by_package(&mut renamed);
        assert!(
            renamed[0].old.is_some(),
            "a package that lives on nowhere is compared with what took its place"
        );
    }
}
