//! Types against types, over all changed files: a definition that moved to another file is not
//! lost.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{Directive, GraphqlKind, GraphqlLines, GraphqlSchema, GraphqlType};
use super::shape::find_innermost_type;
use crate::change::{ChangeSubject, Log};
use crate::document::{LineIndex, Spot, cut_line_excerpt};

/// One changed file, read on both sides.
pub(super) struct ChangedGraphqlFile<'a> {
    pub path: &'a str,
    pub old_path: &'a str,
    pub old_text: &'a str,
    pub new_text: &'a str,
    pub old: GraphqlSchema,
    pub new: GraphqlSchema,
}

impl<'a> ChangedGraphqlFile<'a> {
    fn before(&'a self) -> GraphqlLocation<'a> {
        GraphqlLocation {
            path: self.old_path,
            text: self.old_text,
            index: &self.old.index,
        }
    }

    fn after(&'a self) -> GraphqlLocation<'a> {
        GraphqlLocation {
            path: self.path,
            text: self.new_text,
            index: &self.new.index,
        }
    }
}

/// Where a definition stands.
#[derive(Clone, Copy)]
pub(super) struct GraphqlLocation<'a> {
    path: &'a str,
    text: &'a str,
    index: &'a LineIndex,
}

impl<'a> GraphqlLocation<'a> {
    pub fn path(self) -> &'a str {
        self.path
    }

    /// The side that has no such file.
    pub fn is_nowhere(self) -> bool {
        self.text.is_empty()
    }

    pub fn spot(self, lines: GraphqlLines) -> Option<Spot> {
        (!self.text.is_empty()).then(|| Spot {
            path: self.path.to_owned(),
            line: lines.from,
            excerpt: cut_line_excerpt(self.text, self.index, lines.from, lines.to),
        })
    }
}

/// The comparison of all files.
pub(super) struct GraphqlDiff<'a, 'l> {
    pub log: &'l mut Log,
    files: &'a [ChangedGraphqlFile<'a>],
    /// Enums that appear in what clients send, on either side; what is in no reference at all
    /// counts as sent.
    sent: BTreeSet<&'a str>,
    received: BTreeSet<&'a str>,
    /// Types of the old and of the new side that nothing refers to.
    unused: [BTreeSet<&'a str>; 2],
}

/// A type with its place.
pub(super) type LocatedGraphqlType<'a> = (&'a GraphqlType, GraphqlLocation<'a>);

/// Notes every difference.
pub(super) fn compare_graphql_schemas(files: &[ChangedGraphqlFile<'_>], log: &mut Log) {
    // an enum only in answers may grow: no client sends it
    let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
    for schema in files.iter().flat_map(|file| [&file.old, &file.new]) {
        for own in schema.types.values() {
            for field in own.fields.values() {
                let place = if own.kind == GraphqlKind::Input {
                    &mut sent
                } else {
                    &mut received
                };
                place.insert(find_innermost_type(&field.kind));
                // arguments are sent, whatever the field gives
                sent.extend(
                    field
                        .arguments
                        .values()
                        .map(|argument| find_innermost_type(&argument.kind)),
                );
            }
        }
        sent.extend(
            schema
                .directives
                .values()
                .flat_map(|directive| directive.arguments.values())
                .map(|argument| find_innermost_type(&argument.kind)),
        );
    }
    let unused = [
        find_unreferenced_types(files.iter().map(|file| &file.old)),
        find_unreferenced_types(files.iter().map(|file| &file.new)),
    ];
    let mut diff = GraphqlDiff {
        log,
        files,
        sent,
        received,
        unused,
    };
    for file in files {
        diff.log.trail = vec![file.path.to_owned()];
        diff.file(file);
    }
}

/// Types that no other type leads to. What came or went is in the changed files, and no other file
/// can have referred to it.
fn find_unreferenced_types<'a>(side: impl Iterator<Item = &'a GraphqlSchema>) -> BTreeSet<&'a str> {
    let side: Vec<&GraphqlSchema> = side.collect();
    let types: BTreeMap<&str, &GraphqlType> = side
        .iter()
        .flat_map(|schema| &schema.types)
        .map(|(name, own)| (name.as_str(), own))
        .collect();
    let named_roots: BTreeSet<&str> = side
        .iter()
        .flat_map(|schema| schema.roots.values())
        .map(String::as_str)
        .collect();
    let roots = |name: &str| {
        // GraphQL takes types of these names for roots where no schema block names others
        matches!(name, "Query" | "Mutation" | "Subscription") || named_roots.contains(name)
    };
    let leads = |own: &'a GraphqlType| -> Vec<&'a str> {
        let fields = own
            .fields
            .values()
            .flat_map(|field| field.arguments.values().chain([field]))
            .map(|field| find_innermost_type(&field.kind));
        fields
            .chain(own.members.iter().map(String::as_str))
            .chain(own.interfaces.iter().map(String::as_str))
            .collect()
    };
    let by_directives: BTreeSet<&str> = side
        .iter()
        .flat_map(|schema| schema.directives.values())
        .flat_map(|own| own.arguments.values())
        .map(|field| find_innermost_type(&field.kind))
        .collect();
    // a type that stands for an interface can be met wherever that one is, and a marked one may be
    // used from elsewhere
    let free = |name: &str, own: &GraphqlType| {
        own.interfaces.is_empty()
            && own.marks.is_empty()
            && !own.extension
            && own.kind != GraphqlKind::Interface
            && !roots(name)
            && !by_directives.contains(name)
    };
    let mut out: BTreeSet<&str> = BTreeSet::new();
    // a part of a schema says nothing of what the rest refers to
    if !types
        .iter()
        .any(|(name, own)| roots(name) && !own.extension)
    {
        return out;
    }
    // what only unused types lead to is unused as well: each type is taken away once, with what it
    // leads to
    let mut users: BTreeMap<&str, usize> = BTreeMap::new();
    let others = |name: &str, own: &'a GraphqlType| -> Vec<&'a str> {
        leads(own)
            .into_iter()
            // a type that leads to itself is no user of its own
            .filter(|other| *other != name)
            .collect()
    };
    for (name, own) in &types {
        others(name, own)
            .into_iter()
            .for_each(|other| *users.entry(other).or_default() += 1);
    }
    let mut left: Vec<(&str, &GraphqlType)> = types
        .iter()
        .filter(|(name, own)| free(name, own) && !users.contains_key(*name))
        .map(|(name, own)| (*name, *own))
        .collect();
    while let Some((name, own)) = left.pop() {
        if !out.insert(name) {
            continue;
        }
        for other in others(name, own) {
            let Some(count) = users.get_mut(other) else {
                continue;
            };
            *count -= 1;
            if let Some((name, own)) = types
                .get_key_value(other)
                .filter(|(name, own)| *count == 0 && free(name, own))
            {
                left.push((*name, *own));
            }
        }
    }
    out
}

impl<'a> GraphqlDiff<'a, '_> {
    /// Clients only read this enum.
    pub(super) fn only_received(&self, name: &str) -> bool {
        self.received.contains(name) && !self.sent.contains(name)
    }

    fn file(&mut self, file: &'a ChangedGraphqlFile<'a>) {
        let (from, to) = (file.before(), file.after());
        let names: BTreeSet<&String> = file.old.types.keys().chain(file.new.types.keys()).collect();
        for name in names {
            match (file.old.types.get(name), file.new.types.get(name)) {
                (Some(a), Some(b)) => self.both(name, (a, from), (b, to)),
                // moved to another file of the range: compared with what it is there
                (Some(a), None) => match self.gained(name) {
                    Some(twin) => self.both(name, (a, from), twin),
                    None if a.extension => self.extension(name, (a, from), false),
                    None => self.log.note(
                        if self.unused[0].contains(name.as_str()) {
                            "graphql-unused-type-removed"
                        } else {
                            "graphql-type-removed"
                        },
                        name,
                        format!("{} {name} is gone", a.kind.word()),
                        from.spot(a.lines),
                        None,
                        ChangeSubject::Graphql {
                            owner: name.clone(),
                            name: None,
                        },
                    ),
                },
                (None, Some(b)) => {
                    // told where it was lost
                    if self.lost(name).is_some() {
                        continue;
                    }
                    if b.extension {
                        self.extension(name, (b, to), true);
                        continue;
                    }
                    let subject = ChangeSubject::Graphql {
                        owner: name.clone(),
                        name: None,
                    };
                    let rule = if self.unused[1].contains(name.as_str()) {
                        "graphql-unused-type-added"
                    } else {
                        "graphql-type-added"
                    };
                    self.log.note(
                        rule,
                        name,
                        format!("{} {name} is new", b.kind.word()),
                        None,
                        to.spot(b.lines),
                        subject,
                    );
                }
                (None, None) => {}
            }
        }
        self.directives(&file.old.directives, &file.new.directives, from, to);
        self.roots(file, from, to);
    }

    /// A type that another file has now and had not before.
    fn gained(&self, name: &str) -> Option<LocatedGraphqlType<'a>> {
        self.files.iter().find_map(|file| {
            let own = file.new.types.get(name)?;
            (!file.old.types.contains_key(name)).then_some((own, file.after()))
        })
    }

    /// A type that another file had before and has not now.
    fn lost(&self, name: &str) -> Option<LocatedGraphqlType<'a>> {
        self.files.iter().find_map(|file| {
            let own = file.old.types.get(name)?;
            (!file.new.types.contains_key(name)).then_some((own, file.before()))
        })
    }

    /// Whether another file gained, or lost, a member of a type that stays in both.
    pub(super) fn moved(
        &self,
        here: &str,
        name: &str,
        has: impl Fn(&GraphqlType) -> bool,
        gained: bool,
    ) -> bool {
        self.files
            .iter()
            .filter(|file| file.path != here && file.old_path != here)
            .any(|file| {
                let was = file.old.types.get(name).is_some_and(&has);
                let is = file.new.types.get(name).is_some_and(&has);
                if gained { is && !was } else { was && !is }
            })
    }

    /// An extension that one side has and the other has not: its members came or went, the type is
    /// elsewhere.
    fn extension(&mut self, name: &str, (own, at): LocatedGraphqlType<'a>, added: bool) {
        // nothing on the other side: all of its members came or went
        let empty = GraphqlType {
            fields: BTreeMap::new(),
            interfaces: BTreeSet::new(),
            members: BTreeSet::new(),
            values: BTreeMap::new(),
            marks: BTreeSet::new(),
            ..own.clone()
        };
        let nowhere = GraphqlLocation { text: "", ..at };
        // the empty side lives as long as this call, so it is compared by shorter lives than the
        // rest
        self.members(
            name,
            if added { (&empty, nowhere) } else { (own, at) },
            if added { (own, at) } else { (&empty, nowhere) },
        );
    }

    fn both(&mut self, name: &str, a: LocatedGraphqlType<'a>, b: LocatedGraphqlType<'a>) {
        if a.0.kind != b.0.kind {
            let what = format!("{name} was {} and is {}", a.0.kind.word(), b.0.kind.word());
            let subject = ChangeSubject::Graphql {
                owner: name.to_owned(),
                name: None,
            };
            self.log.note(
                "graphql-kind-changed",
                name,
                what,
                a.1.spot(a.0.lines),
                b.1.spot(b.0.lines),
                subject,
            );
            // a type of another kind shares no members
            return;
        }
        self.members(name, a, b);
    }

    fn directives(
        &mut self,
        old: &'a BTreeMap<String, Directive>,
        new: &'a BTreeMap<String, Directive>,
        from: GraphqlLocation<'a>,
        to: GraphqlLocation<'a>,
    ) {
        // places in documents are those that clients write
        const IN_DOCUMENTS: [&str; 8] = [
            "QUERY",
            "MUTATION",
            "SUBSCRIPTION",
            "FIELD",
            "FRAGMENT_DEFINITION",
            "FRAGMENT_SPREAD",
            "INLINE_FRAGMENT",
            "VARIABLE_DEFINITION",
        ];
        let in_documents = |directive: &Directive| {
            directive
                .places
                .iter()
                .any(|place| IN_DOCUMENTS.contains(&place.as_str()))
        };
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let at = format!("@{name}");
            let subject = || ChangeSubject::Graphql {
                owner: at.clone(),
                name: None,
            };
            match (old.get(name), new.get(name)) {
                (None, Some(b)) => {
                    let rule = if in_documents(b) {
                        "graphql-directive-added"
                    } else {
                        "graphql-schema-directive-added"
                    };
                    self.log.note(
                        rule,
                        &at,
                        format!("directive {at} is new"),
                        None,
                        to.spot(b.lines),
                        subject(),
                    );
                }
                (Some(a), None) => {
                    let rule = if in_documents(a) {
                        "graphql-directive-removed"
                    } else {
                        "graphql-schema-directive-removed"
                    };
                    self.log.note(
                        rule,
                        &at,
                        format!("directive {at} is gone"),
                        from.spot(a.lines),
                        None,
                        subject(),
                    );
                }
                (Some(a), Some(b)) => {
                    self.directive(&at, (a, from), (b, to));
                }
                (None, None) => {}
            }
        }
    }

    /// One directive of both sides: where it may stand, how often, and what it takes.
    fn directive(
        &mut self,
        at: &str,
        (a, from): (&'a Directive, GraphqlLocation<'a>),
        (b, to): (&'a Directive, GraphqlLocation<'a>),
    ) {
        let subject = || ChangeSubject::Graphql {
            owner: at.to_owned(),
            name: None,
        };
        let spots = || (from.spot(a.lines), to.spot(b.lines));
        for place in b.places.difference(&a.places) {
            let what = format!("{at} may stand on {place}");
            self.log.note(
                "graphql-directive-location-added",
                &format!("{at} on {place}"),
                what,
                spots().0,
                spots().1,
                subject(),
            );
        }
        for place in a.places.difference(&b.places) {
            let what = format!("{at} may no longer stand on {place}");
            self.log.note(
                "graphql-directive-location-removed",
                &format!("{at} on {place}"),
                what,
                spots().0,
                spots().1,
                subject(),
            );
        }
        if a.repeatable != b.repeatable {
            let (rule, word) = if b.repeatable {
                ("graphql-directive-repeatable", "may")
            } else {
                ("graphql-directive-not-repeatable", "may not")
            };
            self.log.note(
                rule,
                at,
                format!("{at} {word} be repeated"),
                spots().0,
                spots().1,
                subject(),
            );
        }
        self.arguments(at, at, (&a.arguments, from), (&b.arguments, to));
    }

    fn roots(
        &mut self,
        file: &'a ChangedGraphqlFile<'a>,
        from: GraphqlLocation<'a>,
        to: GraphqlLocation<'a>,
    ) {
        let (old, new) = (&file.old, &file.new);
        // the file itself came or went, and its types are told one by one
        if file.old_text.is_empty() || file.new_text.is_empty() {
            return;
        }
        let spots = || (from.spot(old.roots_at), to.spot(new.roots_at));
        for (operation, usual) in [
            ("query", "Query"),
            ("mutation", "Mutation"),
            ("subscription", "Subscription"),
        ] {
            // without a schema definition the usual names are the roots
            let root = |schema: &'a GraphqlSchema| match schema.roots.get(operation) {
                Some(name) => Some(name.as_str()),
                None if schema.roots.is_empty() => {
                    schema.types.contains_key(usual).then_some(usual)
                }
                None => None,
            };
            let at = format!("schema {operation}");
            // usual names on both sides: a type that came or went tells it
            let stated = !old.roots.is_empty() || !new.roots.is_empty();
            match (root(old), root(new)) {
                (Some(a), Some(b)) if a != b => {
                    self.log.note(
                        "graphql-root-changed",
                        &at,
                        format!("the {operation} root was {a} and is {b}"),
                        spots().0,
                        spots().1,
                        ChangeSubject::None,
                    );
                }
                (None, Some(b)) if stated => self.log.note(
                    "graphql-root-added",
                    &at,
                    format!("{b} is the {operation} root"),
                    spots().0,
                    spots().1,
                    ChangeSubject::None,
                ),
                (Some(a), None) if stated => {
                    self.log.note(
                        "graphql-root-removed",
                        &at,
                        format!("{a} is no longer the {operation} root"),
                        spots().0,
                        spots().1,
                        ChangeSubject::None,
                    );
                }
                _ => {}
            }
        }
        self.marks("schema", &old.marks, &new.marks, &spots);
    }
}
