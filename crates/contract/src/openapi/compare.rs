//! Operations against operations.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::read::{Api, OpenapiOperation, erase_path_parameters};
use crate::change::{self, ChangeSubject, Log};
use crate::document::{DocumentNode, DocumentSet, Spot};
use crate::schema::{SchemaDiff, SchemaUse};

/// One comparison of two documents.
pub(super) struct OpenapiDiff<'a, 'l> {
    pub schemas: SchemaDiff<'a, 'l>,
    pub old: &'a Api<'a>,
    pub new: &'a Api<'a>,
    /// The addresses are the same, only the part that all share is written elsewhere.
    folded: bool,
}

/// The one part of the address that stands before all paths of a document, `/api/v3`; `None` where
/// its servers differ in it.
fn base_path(api: &Api<'_>) -> Option<String> {
    let mut bases = api.servers.iter().map(|url| {
        url.split_once('/')
            .map_or("", |(_, path)| path)
            .trim_matches('/')
    });
    let first = bases.next().unwrap_or_default();
    // several bases make several addresses of one path: then they are compared as servers
    bases.all(|base| base == first).then(|| {
        if first.is_empty() {
            String::new()
        } else {
            format!("/{first}")
        }
    })
}

/// Webhooks or callbacks of one side, and what of them could not be read, with the reference.
type Hooks<'a> = (
    &'a BTreeMap<String, OpenapiOperation<'a>>,
    &'a BTreeMap<String, &'a str>,
);

/// The unreadable reference that stands for `name` or for what it is a part of.
fn find_unread_hook<'a>(unknown: &BTreeMap<String, &'a str>, name: &str) -> Option<&'a str> {
    if unknown.is_empty() {
        return None;
    }
    // `onData {$request.body#/url} POST`: a reference may stand at each of the words before the
    // last
    name.match_indices(' ')
        .find_map(|(at, _)| unknown.get(name.get(..at)?).copied())
}

type Keyed<'a> = BTreeMap<(String, String), &'a OpenapiOperation<'a>>;

/// Operations by their whole address, where the two documents share most of them although each
/// writes the base path elsewhere.
fn by_whole_address<'a>(old: &'a Api<'a>, new: &'a Api<'a>) -> Option<(Keyed<'a>, Keyed<'a>)> {
    let (was, is) = (base_path(old)?, base_path(new)?);
    // the same base: the paths alone tell them apart
    if was == is {
        return None;
    }
    let whole = |api: &'a Api<'a>, base: &str| -> Keyed<'a> {
        api.operations
            .iter()
            .map(|((path, method), operation)| {
                ((format!("{base}{path}"), method.clone()), operation)
            })
            .collect()
    };
    let (a, b) = (whole(old, &was), whole(new, &is));
    let shared = a.keys().filter(|key| b.contains_key(*key)).count();
    // most have to fit: two unrelated documents share a `/health` too
    (shared > 0 && shared * 2 >= a.len().min(b.len())).then_some((a, b))
}

/// Compares two documents.
pub(super) fn compare_openapi_apis<'a>(
    old_library: &'a DocumentSet,
    new_library: &'a DocumentSet,
    old: &'a Api<'a>,
    new: &'a Api<'a>,
    log: &mut Log,
) {
    let root = new.root.or(old.root).map(|root| root.file.path.clone());
    // new first: a person looks into the file of today
    log.trail = root.into_iter().collect();
    let folded = by_whole_address(old, new);
    // `/api/v3` moved from the servers into the paths: every operation would be gone and new
    let mut diff = OpenapiDiff {
        schemas: SchemaDiff::new(old_library, new_library, log),
        old,
        new,
        folded: folded.is_some(),
    };
    diff.servers();
    diff.document_security();
    diff.schemes();
    let plain = |api: &'a Api<'a>| -> Keyed<'a> {
        api.operations
            .iter()
            .map(|(key, operation)| (key.clone(), operation))
            .collect()
    };
    let (before, after) = folded.unwrap_or_else(|| (plain(old), plain(new)));
    // in one order, whatever order the files have: two runs must say the same
    let mut keys: Vec<&(String, String)> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        diff.operation(key, before.get(key).copied(), after.get(key).copied());
    }
    diff.hooks(
        "webhook",
        (&old.webhooks, &old.unknown_webhooks),
        (&new.webhooks, &new.unknown_webhooks),
    );
    // with operations, only what they reach is sent over a wire
    let nothing_called = |api: &Api<'_>| api.operations.is_empty() && api.webhooks.is_empty();
    if nothing_called(old) && nothing_called(new) {
        diff.shared_schemas();
    }
    diff.schemas.run();
}

/// How an operation is called in words and searched for.
fn build_operation_subject(
    operation: &OpenapiOperation<'_>,
    other: &Api<'_>,
) -> Arc<change::HttpOperation> {
    // `{id}` and `{cardId}` are one path on the wire
    let key = erase_path_parameters(&operation.path);
    // with no other method of that path over there, whoever names the path means this one
    let alone = other
        .operations
        .range((key.clone(), String::new())..)
        .next()
        .is_none_or(|((path, _), _)| *path != key);
    Arc::new(change::HttpOperation {
        method: operation.method.clone(),
        path: operation.path.clone(),
        id: operation.id.map(str::to_owned),
        alone,
    })
}

pub(super) fn operation_spot(operation: &OpenapiOperation<'_>) -> Spot {
    operation
        .own
        .spot_from(operation.line.min(operation.own.node.line()))
}

impl<'a> OpenapiDiff<'a, '_> {
    pub(super) fn log(&mut self) -> &mut Log {
        self.schemas.log
    }

    fn operation(
        &mut self,
        key: &(String, String),
        old: Option<&'a OpenapiOperation<'a>>,
        new: Option<&'a OpenapiOperation<'a>>,
    ) {
        // a change in a shared file is told with the way to it
        let depth = self.log().trail.len();
        for file in old
            .into_iter()
            .chain(new)
            .flat_map(|operation| &operation.files)
        {
            if self.log().trail.last() != Some(file) {
                self.log().trail.push(file.clone());
            }
        }
        match (old, new) {
            (Some(old), Some(new)) => self.both(old, new),
            (None, Some(new)) => {
                let location = format!("{} {}", new.method, new.path);
                // what could not be read is neither new nor gone
                if let Some(reference) = self.old.unknown_paths.get(&key.0) {
                    let what = format!(
                        "{location}: previous describes this path in {reference}, which could not \
                            be read"
                    );
                    self.log().note(
                        "unreadable",
                        &location,
                        what,
                        None,
                        Some(operation_spot(new)),
                        ChangeSubject::None,
                    );
                } else {
                    let subject = ChangeSubject::Http(build_operation_subject(new, self.old));
                    self.log().note(
                        "operation-added",
                        &location,
                        format!("{location} is new"),
                        None,
                        Some(operation_spot(new)),
                        subject,
                    );
                }
            }
            (Some(old), None) => {
                let location = format!("{} {}", old.method, old.path);
                if let Some(reference) = self.new.unknown_paths.get(&key.0) {
                    let what = format!(
                        "{location}: current describes this path in {reference}, which could not \
                            be read"
                    );
                    self.log().note(
                        "unreadable",
                        &location,
                        what,
                        Some(operation_spot(old)),
                        None,
                        ChangeSubject::None,
                    );
                } else {
                    let subject = ChangeSubject::Http(build_operation_subject(old, self.new));
                    // who uses a deprecated operation was warned
                    let deprecated = if old.own.flag("deprecated") {
                        " (it was deprecated)"
                    } else {
                        ""
                    };
                    let what = format!("{location} is gone{deprecated}");
                    self.log().note(
                        "operation-removed",
                        &location,
                        what,
                        Some(operation_spot(old)),
                        None,
                        subject,
                    );
                }
            }
            (None, None) => {}
        }
        self.log().trail.truncate(depth);
    }

    fn both(&mut self, old: &'a OpenapiOperation<'a>, new: &'a OpenapiOperation<'a>) {
        let location = format!("{} {}", new.method, new.path);
        let handle = build_operation_subject(new, self.old);
        let spots = || (Some(operation_spot(old)), Some(operation_spot(new)));
        // what both sides lack cannot differ, and was told of the document
        if old.unknown != new.unknown {
            let names: Vec<&str> = old
                .unknown
                .symmetric_difference(&new.unknown)
                .copied()
                .collect();
            let what = format!(
                "{location} refers to {}, which could not be read",
                names.join(", ")
            );
            self.log().note(
                "unreadable",
                &location,
                what,
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
        // names of placeholders are only in generated code, never in the address
        if old.path != new.path && !self.folded {
            self.log().note(
                "path-parameter-renamed",
                &location,
                format!("{} is written {}", old.path, new.path),
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
        self.marks(&location, old, new);
        self.security(&location, old, new);
        // with a part that could not be read, one more or less proves nothing
        let whole = old.unknown.is_empty() && new.unknown.is_empty();
        self.parameters(&location, &handle, old, new, whole);
        self.body(&location, &handle, old, new, SchemaUse::Request);
        self.responses(&location, &handle, old, new, whole);
        if !old.callbacks.is_empty() || !new.callbacks.is_empty() {
            self.hooks(
                &format!("{location} callback"),
                (&old.callbacks, &old.unknown_callbacks),
                (&new.callbacks, &new.unknown_callbacks),
            );
        }
    }

    /// What an operation says about itself: its id, its tags, its age.
    fn marks(
        &mut self,
        location: &str,
        old: &'a OpenapiOperation<'a>,
        new: &'a OpenapiOperation<'a>,
    ) {
        let spots = || (Some(operation_spot(old)), Some(operation_spot(new)));
        let marks = [(
            old.id,
            new.id,
            "operation-id-added",
            "operation-id-removed",
            "operation-id-changed",
        )];
        for (a, b, added, removed, changed) in marks {
            let (rule, what) = match (a, b) {
                (None, Some(b)) => (added, format!("{location} is named {b}")),
                (Some(a), None) => (removed, format!("{location} is no longer named {a}")),
                (Some(a), Some(b)) if a != b => (
                    changed,
                    format!("{location} was named {a} and is named {b}"),
                ),
                _ => continue,
            };
            self.log().note(
                rule,
                location,
                what,
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
        // their order means nothing
        let mut tags = (old.own.texts("tags"), new.own.texts("tags"));
        tags.0.sort_unstable();
        tags.1.sort_unstable();
        if tags.0 != tags.1 {
            self.log().note(
                "operation-tags-changed",
                location,
                format!("tags of {location} changed"),
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
        match (old.own.flag("deprecated"), new.own.flag("deprecated")) {
            (false, true) => self.log().note(
                "operation-deprecated",
                location,
                format!("{location} is deprecated"),
                spots().0,
                spots().1,
                ChangeSubject::None,
            ),
            (true, false) => {
                self.log().note(
                    "operation-undeprecated",
                    location,
                    format!("{location} is no longer deprecated"),
                    spots().0,
                    spots().1,
                    ChangeSubject::None,
                );
            }
            _ => {}
        }
        for key in ["x-sunset", "x-stability-level"] {
            if old.own.text(key) != new.own.text(key) {
                let what = format!(
                    "{key} of {location} is {} (was {})",
                    new.own.text(key).unwrap_or("gone"),
                    old.own.text(key).unwrap_or("not set")
                );
                self.log().note(
                    "lifecycle-changed",
                    location,
                    what,
                    spots().0,
                    spots().1,
                    ChangeSubject::None,
                );
            }
        }
    }

    /// Webhooks and callbacks: the service sends, so their bodies are answers.
    fn hooks(&mut self, kind: &str, (old, unknown_old): Hooks<'a>, (new, unknown_new): Hooks<'a>) {
        let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let location = format!("{kind} {name}");
            // `onData {$request.body#/url} POST`: the first word is the name
            let member = ChangeSubject::Member {
                name: name.split(' ').next().unwrap_or(name).to_owned(),
                of: Vec::new(),
            };
            // what could not be read is neither new nor gone
            let (a, b) = (old.get(name), new.get(name));
            let unread = match (a, b) {
                (None, Some(_)) => find_unread_hook(unknown_old, name),
                (Some(_), None) => find_unread_hook(unknown_new, name),
                _ => None,
            };
            if let Some(reference) = unread {
                self.log().note(
                    "unreadable",
                    &location,
                    format!("{location} is described in {reference}, which could not be read"),
                    a.map(operation_spot),
                    b.map(operation_spot),
                    ChangeSubject::None,
                );
                continue;
            }
            match (a, b) {
                (None, Some(b)) => self.log().note(
                    "webhook-added",
                    &location,
                    format!("{location} is new"),
                    None,
                    Some(operation_spot(b)),
                    member,
                ),
                (Some(a), None) => self.log().note(
                    "webhook-removed",
                    &location,
                    format!("{location} is gone"),
                    Some(operation_spot(a)),
                    None,
                    member,
                ),
                (Some(a), Some(b)) => {
                    let handle = build_operation_subject(b, self.old);
                    self.body(&location, &handle, a, b, SchemaUse::Response);
                }
                (None, None) => {}
            }
        }
    }

    fn servers(&mut self) {
        let (old, new) = (&self.old.servers, &self.new.servers);
        // a document of one side was told as a whole
        if old == new || self.old.root.is_none() || self.new.root.is_none() {
            return;
        }
        let spot = |place: Option<DocumentNode<'_>>| place.map(|place| place.spot());
        let (from, to) = (spot(self.old.servers_at), spot(self.new.servers_at));
        let base = |url: &String| {
            url.split_once('/')
                .map_or(String::new(), |(_, path)| path.trim_matches('/').to_owned())
        };
        let bases = |set: &std::collections::BTreeSet<String>| {
            set.iter()
                .map(base)
                .collect::<std::collections::BTreeSet<String>>()
        };
        let (was, is) = (bases(old), bases(new));
        let list = |set: &std::collections::BTreeSet<String>| {
            set.iter()
                .map(|path| format!("/{path}"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        // one base in common: the old address still works
        let disjoint = !was.is_empty() && !is.is_empty() && was.is_disjoint(&is);
        if self.folded {
            return;
        }
        if disjoint {
            let what = format!("the base path was {} and is {}", list(&was), list(&is));
            self.log().note(
                "base-path-changed",
                "servers",
                what,
                from,
                to,
                ChangeSubject::None,
            );
            return;
        }
        // a server is an environment: its paths were compared, only its name differs
        for url in new.difference(old) {
            self.log().note(
                "server-added",
                &format!("server {url}"),
                format!("the server {url} is new"),
                from.clone(),
                to.clone(),
                ChangeSubject::None,
            );
        }
        for url in old.difference(new) {
            self.log().note(
                "server-removed",
                &format!("server {url}"),
                format!("the server {url} is gone"),
                from.clone(),
                to.clone(),
                ChangeSubject::None,
            );
        }
    }

    /// A document without operations is a library of schemas: nobody knows in which direction they
    /// travel.
    fn shared_schemas(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, a) in &old.schemas {
            let Some(b) = new.schemas.get(name) else {
                continue;
            };
            // both, since either may hold
            for side in [SchemaUse::Request, SchemaUse::Response] {
                self.schemas
                    .ask(*a, *b, side, (*name).to_owned(), None, false);
            }
        }
    }
}
