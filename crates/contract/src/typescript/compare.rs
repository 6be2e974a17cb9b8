//! Public names against public names, over all changed files: what moved to another file is not
//! lost.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::TypescriptFilePair;
use super::model::{TypescriptKind, TypescriptLines};
use super::resolve::{LocatedEntity, Public, TypescriptTree};
use super::types::{TypeRelation, TypescriptType, compare_spelled_types};
use crate::broken::describe_unreadable;
use crate::change::{ChangeSubject, Log};
use crate::document::Spot;
use crate::limits::MAX_CHANGES;

/// The comparison of all files.
pub(super) struct TypescriptDiff<'l> {
    log: &'l mut Log,
    // ten entry files may pass on one module
    /// What was noted, so that a definition that several files pass on is told once.
    told: HashSet<(String, String, String, String)>,
}

/// Two definitions of one name.
#[derive(Clone, Copy)]
pub(super) struct Both<'a> {
    pub name: &'a str,
    pub old: &'a LocatedEntity,
    pub new: &'a LocatedEntity,
}

impl Both<'_> {
    pub fn before(self, lines: TypescriptLines) -> Option<Spot> {
        Some(self.old.file.spot(lines))
    }

    pub fn after(self, lines: TypescriptLines) -> Option<Spot> {
        Some(self.new.file.spot(lines))
    }

    /// The definitions as a whole.
    pub fn whole(self) -> (TypescriptLines, TypescriptLines) {
        (self.old.entity.lines, self.new.entity.lines)
    }

    /// How a type of the one became a type of the other, aliases seen through where the words
    /// differ.
    pub fn relation(self, was: &TypescriptType, is: &TypescriptType) -> TypeRelation {
        if was == is {
            TypeRelation::Same
        } else {
            compare_spelled_types(&self.old.file.expanded(was), &self.new.file.expanded(is))
        }
    }

    /// A member of it, or itself.
    pub fn subject(self, member: &str) -> ChangeSubject {
        ChangeSubject::Field {
            owner: self.name.to_owned(),
            name: member.trim_start_matches("static ").to_owned(),
        }
    }
}

/// The public names of a file: no file on this side, or one that could not be read, or what it has.
type PublicNamesRead = Option<Option<Public>>;

/// Notes every difference.
pub(super) fn compare_typescript_modules(
    files: &[TypescriptFilePair<'_>],
    old: &TypescriptTree<'_>,
    new: &TypescriptTree<'_>,
    log: &mut Log,
) {
    let read = |side: &TypescriptTree<'_>, path: Option<&str>| path.map(|path| side.public(path));
    let sides: Vec<(PublicNamesRead, PublicNamesRead)> = files
        .iter()
        .map(|file| (read(old, file.old), read(new, file.new)))
        .collect();
    let mut diff = TypescriptDiff {
        log,
        told: HashSet::new(),
    };
    let nothing = Public::default();
    let publics: Vec<(&Public, &Public)> = sides
        .iter()
        .map(|(a, b)| {
            (
                a.as_ref().and_then(Option::as_ref).unwrap_or(&nothing),
                b.as_ref().and_then(Option::as_ref).unwrap_or(&nothing),
            )
        })
        .collect();
    // over all files before any of them: what left one may have come to a later one
    let moves = Moves::between(&publics);
    for ((file, (a, b)), (was, is)) in files.iter().zip(&sides).zip(&publics) {
        let path = file.new.or(file.old).unwrap_or("");
        diff.log.trail = vec![path.to_owned()];
        // a side that could not be read has not lost its names
        let lost = |side: &PublicNamesRead| matches!(side, Some(None));
        if lost(a) || lost(b) {
            let read = (!lost(a), !lost(b));
            diff.unknown(path, describe_unreadable(path, read, None));
            continue;
        }
        let broken = |side: &TypescriptTree<'_>, path: Option<&str>| {
            path.and_then(|path| side.file(path))
                .is_some_and(|file| file.broken())
        };
        // what was skipped on one side may be the very change
        let (old_broken, new_broken) = (broken(old, file.old), broken(new, file.new));
        // the same text has the same part that was not understood
        if (old_broken || new_broken) && !same_text(old, new, file) {
            diff.unknown(path, format!("a declaration of {path} was not understood"));
        }
        // `export * from "package"` on one side: which names that brings nobody sees here
        for source in was.open.symmetric_difference(&is.open) {
            diff.unknown(
                source,
                format!(
                    "{path} passes on all of {source} on one side only, and that is not in the tree"
                ),
            );
        }
        diff.names(was, is, &moves, (old_broken, new_broken));
    }
}

/// Names that came to some file or left some file: what left one and came to another moved.
struct Moves<'a> {
    /// The first file that has the name only now.
    came: HashMap<&'a str, &'a LocatedEntity>,
    left: HashSet<&'a str>,
}

impl<'a> Moves<'a> {
    fn between(publics: &[(&'a Public, &'a Public)]) -> Self {
        let mut moves = Self {
            came: HashMap::new(),
            left: HashSet::new(),
        };
        for (was, is) in publics {
            for (name, placed) in is
                .names
                .iter()
                .filter(|(name, _)| !was.names.contains_key(*name))
            {
                moves.came.entry(name).or_insert(placed);
            }
            moves.left.extend(
                was.names
                    .keys()
                    .filter(|name| !is.names.contains_key(*name))
                    .map(String::as_str),
            );
        }
        moves
    }
}

fn same_text(
    old: &TypescriptTree<'_>,
    new: &TypescriptTree<'_>,
    file: &TypescriptFilePair<'_>,
) -> bool {
    match (
        file.old.and_then(|path| old.file(path)),
        file.new.and_then(|path| new.file(path)),
    ) {
        (Some(a), Some(b)) => a.text() == b.text(),
        _ => false,
    }
}

impl TypescriptDiff<'_> {
    pub fn note(
        &mut self,
        rule: &str,
        location: &str,
        what: String,
        old: Option<Spot>,
        new: Option<Spot>,
        subject: ChangeSubject,
    ) {
        let path = new
            .as_ref()
            .or(old.as_ref())
            .map(|spot| spot.path.clone())
            .unwrap_or_default();
        // far beyond what is listed only the number counts
        if self.told.len() > 2 * MAX_CHANGES
            || self
                .told
                .insert((rule.to_owned(), location.to_owned(), what.clone(), path))
        {
            self.log.note(rule, location, what, old, new, subject);
        }
    }

    /// Counts work; `false` once there was too much of it.
    pub fn spend(&mut self, steps: usize) -> bool {
        self.log.work.spend(steps)
    }

    fn unknown(&mut self, location: &str, what: String) {
        self.note(
            "unreadable",
            location,
            what,
            None,
            None,
            ChangeSubject::None,
        );
    }

    fn names(
        &mut self,
        was: &Public,
        is: &Public,
        moves: &Moves<'_>,
        (old_broken, new_broken): (bool, bool),
    ) {
        let names: BTreeSet<&String> = was.names.keys().chain(is.names.keys()).collect();
        let within = |name: &str, names: &BTreeMap<String, LocatedEntity>| {
            // a namespace that came or went as a whole is told once
            name.match_indices('.').any(|(at, _)| {
                name.get(..at)
                    .is_some_and(|outer| names.contains_key(outer))
            })
        };
        for name in names {
            // what is left is told as not compared
            if !self.spend(1) {
                return;
            }
            // by the name that users import, wherever it stands now
            match (was.names.get(name), is.names.get(name)) {
                (Some(a), Some(b)) => self.both(Both {
                    name,
                    old: a,
                    new: b,
                }),
                (Some(a), None) => {
                    let moved = moves.came.get(name.as_str());
                    if let Some(b) = moved.filter(|_| is_movable_export(name)) {
                        self.both(Both {
                            name,
                            old: a,
                            new: b,
                        });
                    } else if new_broken || !is.open.is_subset(&was.open) {
                        // the part that was not understood may hold the name
                        self.unknown(
                            name,
                            format!("whether {name} is still exported is not known"),
                        );
                    } else if outer_gone(name, &was.names, &is.names, within) {
                        continue;
                    } else {
                        let what = format!("{} {name} is no longer exported", a.entity.kind.word());
                        let subject = ChangeSubject::Field {
                            owner: name.clone(),
                            name: String::new(),
                        };
                        self.note(
                            "ts-export-removed",
                            name,
                            what,
                            Some(a.file.spot(a.entity.lines)),
                            None,
                            subject,
                        );
                    }
                }
                (None, Some(b)) => {
                    // told where it left
                    if moves.left.contains(name.as_str()) && is_movable_export(name) {
                        continue;
                    }
                    if old_broken || !was.open.is_subset(&is.open) {
                        self.unknown(
                            name,
                            format!("whether {name} was exported before is not known"),
                        );
                    } else if outer_gone(name, &is.names, &was.names, within) {
                        continue;
                    } else {
                        let what = format!("{} {name} is exported", b.entity.kind.word());
                        let subject = ChangeSubject::Field {
                            owner: name.clone(),
                            name: String::new(),
                        };
                        self.note(
                            "ts-export-added",
                            name,
                            what,
                            None,
                            Some(b.file.spot(b.entity.lines)),
                            subject,
                        );
                    }
                }
                (None, None) => {}
            }
        }
        self.inner_names(was, is);
    }

    /// Names that others are made of, and that nobody imports.
    fn inner_names(&mut self, was: &Public, is: &Public) {
        for (name, a) in &was.inner {
            // an inner name that is exported today is the same definition
            if let Some(b) = is.inner.get(name).or_else(|| is.names.get(name)) {
                self.both(Both {
                    name,
                    old: a,
                    new: b,
                });
            }
        }
        for (name, b) in is
            .inner
            .iter()
            .filter(|(name, _)| !was.inner.contains_key(*name))
        {
            if let Some(a) = was.names.get(name) {
                self.both(Both {
                    name,
                    old: a,
                    new: b,
                });
            }
        }
    }

    fn both(&mut self, both: Both<'_>) {
        let (a, b) = (&both.old.entity, &both.new.entity);
        let (from, to) = both.whole();
        let subject = || both.subject("");
        if a.kind != b.kind || a.kind == TypescriptKind::Elsewhere {
            let elsewhere =
                a.kind == TypescriptKind::Elsewhere || b.kind == TypescriptKind::Elsewhere;
            // where it comes from is all that is known of it
            if elsewhere && (a.kind != b.kind || a.heritage != b.heritage) {
                self.note(
                    "ts-type-changed",
                    both.name,
                    format!("{} comes from elsewhere now", both.name),
                    both.before(from),
                    both.after(to),
                    subject(),
                );
            } else if !elsewhere {
                // neither is there when the program runs, and the one may say the same as the other
                let types = [a.kind, b.kind]
                    .iter()
                    .all(|kind| matches!(kind, TypescriptKind::Interface | TypescriptKind::Alias));
                let rule = if types {
                    "ts-type-changed"
                } else {
                    "ts-kind-changed"
                };
                let what = format!(
                    "{} was {} and is {}",
                    both.name,
                    add_kind_article(a.kind),
                    add_kind_article(b.kind)
                );
                self.note(
                    rule,
                    both.name,
                    what,
                    both.before(from),
                    both.after(to),
                    subject(),
                );
            }
            return;
        }
        self.type_parameters(both, &a.generics, &b.generics);
        for more in b.heritage.difference(&a.heritage) {
            let what = format!("{} extends {}", both.name, display_spelled_type(more));
            self.note(
                "ts-heritage-added",
                both.name,
                what,
                both.before(from),
                both.after(to),
                subject(),
            );
        }
        for less in a.heritage.difference(&b.heritage) {
            let what = format!(
                "{} no longer extends {}",
                both.name,
                display_spelled_type(less)
            );
            self.note(
                "ts-heritage-removed",
                both.name,
                what,
                both.before(from),
                both.after(to),
                subject(),
            );
        }
        self.members(both);
        self.calls(both, both.name, (&a.calls, from), (&b.calls, to));
        // a constant is only read
        let read = a.kind == TypescriptKind::Value;
        self.types(
            both,
            both.name,
            (a.value.as_ref(), from),
            (b.value.as_ref(), to),
            read,
        );
    }
}

fn add_kind_article(kind: TypescriptKind) -> String {
    let word = kind.word();
    format!(
        "{} {word}",
        if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "an"
        } else {
            "a"
        }
    )
}

/// A spelled type for a sentence: places of type parameters mean nothing to a reader.
pub(super) fn display_spelled_type(text: &str) -> String {
    text.replace('$', "T")
}

// `default` in two files are two definitions
/// Names that say which definition they mean.
fn is_movable_export(name: &str) -> bool {
    name != "default" && name != "export="
}

fn outer_gone(
    name: &str,
    here: &BTreeMap<String, LocatedEntity>,
    there: &BTreeMap<String, LocatedEntity>,
    within: impl Fn(&str, &BTreeMap<String, LocatedEntity>) -> bool,
) -> bool {
    // the namespace around it went as a whole and was told
    within(name, here) && !within(name, there)
}
