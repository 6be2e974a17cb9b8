//! Parameters and bodies of one operation.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::compare::{OpenapiDiff, operation_spot};
use super::read::{Body, OpenapiOperation, OpenapiParameter};
use crate::change::{self, ChangeSubject};
use crate::document::{DocumentNode, Spot};
use crate::schema::{SchemaUse, is_guard};

pub(super) type Handle = Arc<change::HttpOperation>;
type Media<'a> = BTreeMap<String, Option<DocumentNode<'a>>>;

pub(super) fn build_member_subject(name: &str, handle: &Handle) -> ChangeSubject {
    ChangeSubject::Member {
        name: name.to_owned(),
        of: vec![Arc::clone(handle)],
    }
}

fn describe_parameter(parameter: &OpenapiParameter<'_>) -> String {
    match parameter.place_in {
        "query" => format!("?{}", parameter.name),
        "path" => format!("{{{}}}", parameter.name),
        "header" => format!("header {}", parameter.name),
        "cookie" => format!("cookie {}", parameter.name),
        _ => format!("form field {}", parameter.name),
    }
}

impl<'a> OpenapiDiff<'a, '_> {
    pub(super) fn parameters(
        &mut self,
        location: &str,
        handle: &Handle,
        old: &'a OpenapiOperation<'a>,
        new: &'a OpenapiOperation<'a>,
        whole: bool,
    ) {
        // names of headers are the same in any case
        let key = |own: &OpenapiParameter<'a>| {
            (
                own.place_in,
                if own.place_in == "header" {
                    own.name.to_ascii_lowercase()
                } else {
                    own.name.to_owned()
                },
            )
        };
        let after: HashMap<(&str, String), &'a OpenapiParameter<'a>> = new
            .parameters
            .iter()
            .rev()
            .map(|own| (key(own), own))
            .collect();
        // a path parameter is known by its place in the path, not by its name
        let path_names = |operation: &OpenapiOperation<'_>| -> Vec<String> {
            operation
                .path
                .split('{')
                .skip(1)
                .filter_map(|part| part.split('}').next())
                .map(str::to_owned)
                .collect()
        };
        let (was, is) = (path_names(old), path_names(new));
        let renamed = |name: &str, from: &[String], to: &[String]| {
            from.iter()
                .position(|own| own == name)
                .and_then(|at| to.get(at))
                .cloned()
        };
        let mut gone: Vec<&'a OpenapiParameter<'a>> = Vec::new();
        let mut matched: HashSet<*const OpenapiParameter<'a>> = HashSet::new();
        for a in &old.parameters {
            let twin = after.get(&key(a)).copied().or_else(|| {
                let name = (a.place_in == "path")
                    .then(|| renamed(a.name, &was, &is))
                    .flatten()?;
                after.get(&("path", name)).copied()
            });
            match twin {
                Some(b) => {
                    matched.insert(std::ptr::from_ref(b));
                    self.same_parameter(location, handle, a, b);
                }
                None => gone.push(a),
            }
        }
        if !whole {
            return;
        }
        let came: Vec<&'a OpenapiParameter<'a>> = new
            .parameters
            .iter()
            .filter(|b| !matched.contains(&std::ptr::from_ref(*b)))
            .collect();
        let lower = |own: &OpenapiParameter<'a>| own.name.to_ascii_lowercase();
        let arrived: HashMap<String, &'a OpenapiParameter<'a>> =
            came.iter().rev().map(|own| (lower(own), *own)).collect();
        let left: HashSet<String> = gone.iter().map(|own| lower(own)).collect();
        for a in &gone {
            if let Some(b) = arrived.get(&lower(a)).copied() {
                let what = format!(
                    "{location}: {} is {} now",
                    describe_parameter(a),
                    describe_parameter(b)
                );
                self.log().note(
                    "parameter-moved",
                    &format!("{location} {}", describe_parameter(b)),
                    what,
                    Some(a.own.spot()),
                    Some(b.own.spot()),
                    build_member_subject(a.name, handle),
                );
            } else {
                self.one_sided(location, handle, a, false);
            }
        }
        for b in came.iter().filter(|b| !left.contains(&lower(b))) {
            self.one_sided(location, handle, b, true);
        }
    }

    fn one_sided(
        &mut self,
        location: &str,
        handle: &Handle,
        parameter: &OpenapiParameter<'a>,
        added: bool,
    ) {
        let rule = match (
            parameter.place_in == "path",
            parameter.required,
            // without `dry_run` a call does what it was to show only
            is_guard(parameter.name),
            added,
        ) {
            (true, _, _, true) => "path-parameter-added",
            (true, _, _, false) => "path-parameter-removed",
            (_, true, _, true) => "parameter-added-required",
            (_, true, _, false) => "parameter-removed-required",
            (_, _, true, true) => "parameter-guard-added",
            (_, _, true, false) => "parameter-guard-removed",
            (_, _, _, true) => "parameter-added-optional",
            (_, _, _, false) => "parameter-removed-optional",
        };
        let word = if parameter.required {
            "required"
        } else {
            "optional"
        };
        let at = format!("{location} {}", describe_parameter(parameter));
        let what = if added {
            format!("{at} is new ({word})")
        } else {
            format!("{at} is gone (it was {word})")
        };
        let spot = Some(parameter.own.spot());
        let (from, to) = if added { (None, spot) } else { (spot, None) };
        self.log().note(
            rule,
            &at,
            what,
            from,
            to,
            build_member_subject(parameter.name, handle),
        );
    }

    fn same_parameter(
        &mut self,
        location: &str,
        handle: &Handle,
        a: &'a OpenapiParameter<'a>,
        b: &'a OpenapiParameter<'a>,
    ) {
        let at = format!("{location} {}", describe_parameter(b));
        let spots = || (Some(a.own.spot()), Some(b.own.spot()));
        if a.required != b.required {
            let (rule, word) = if b.required {
                ("parameter-became-required", "required")
            } else {
                ("parameter-became-optional", "optional")
            };
            self.log().note(
                rule,
                &at,
                format!("{at} became {word}"),
                spots().0,
                spots().1,
                build_member_subject(b.name, handle),
            );
        }
        if a.style != b.style {
            let what = format!("{at} was written {} and is written {}", a.style, b.style);
            self.log().note(
                "parameter-style-changed",
                &at,
                what,
                spots().0,
                spots().1,
                build_member_subject(b.name, handle),
            );
        }
        match (a.own.flag("deprecated"), b.own.flag("deprecated")) {
            (false, true) => self.log().note(
                "request-property-deprecated",
                &at,
                format!("{at} is deprecated"),
                spots().0,
                spots().1,
                ChangeSubject::None,
            ),
            (true, false) => self.log().note(
                "request-property-undeprecated",
                &at,
                format!("{at} is no longer deprecated"),
                spots().0,
                spots().1,
                ChangeSubject::None,
            ),
            _ => {}
        }
        for key in ["x-sunset", "x-stability-level"] {
            if a.own.text(key) != b.own.text(key) {
                self.log().note(
                    "request-lifecycle-changed",
                    &at,
                    format!("{key} of {at} changed"),
                    spots().0,
                    spots().1,
                    ChangeSubject::None,
                );
            }
        }
        // without a schema nothing is said, so nothing changed
        if let (Some(from), Some(to)) = (a.schema, b.schema) {
            self.schemas.ask(
                from,
                to,
                SchemaUse::Request,
                at,
                Some(Arc::clone(handle)),
                true,
            );
        }
    }

    pub(super) fn body(
        &mut self,
        location: &str,
        handle: &Handle,
        old: &'a OpenapiOperation<'a>,
        new: &'a OpenapiOperation<'a>,
        side: SchemaUse,
    ) {
        let at = format!("{location} body");
        match (&old.body, &new.body) {
            (Some(a), Some(b)) => self.same_body(&at, handle, a, b, side),
            (None, None) => {}
            // what a reference should have told is not taken for absent
            _ if !old.unknown.is_empty() || !new.unknown.is_empty() => {}
            (None, Some(b)) => {
                let (rule, word) = if b.required {
                    ("body-added-required", "required")
                } else {
                    ("body-added-optional", "optional")
                };
                self.log().note(
                    rule,
                    &at,
                    format!("{location} takes a body ({word})"),
                    Some(operation_spot(old)),
                    Some(b.own.spot()),
                    build_member_subject("", handle),
                );
            }
            (Some(a), None) => {
                let (rule, word) = if a.required {
                    ("body-removed-required", "required")
                } else {
                    ("body-removed-optional", "optional")
                };
                let what = format!("{location} takes no body any more (it was {word})");
                self.log().note(
                    rule,
                    &at,
                    what,
                    Some(a.own.spot()),
                    Some(operation_spot(new)),
                    build_member_subject("", handle),
                );
            }
        }
    }

    fn same_body(
        &mut self,
        at: &str,
        handle: &Handle,
        a: &'a Body<'a>,
        b: &'a Body<'a>,
        side: SchemaUse,
    ) {
        let spots = || (Some(a.own.spot()), Some(b.own.spot()));
        // an answer is there or not; `required` is about what is sent
        if a.required != b.required && side == SchemaUse::Request {
            let (rule, word) = if b.required {
                ("body-became-required", "required")
            } else {
                ("body-became-optional", "optional")
            };
            self.log().note(
                rule,
                at,
                format!("{at} became {word}"),
                spots().0,
                spots().1,
                build_member_subject("", handle),
            );
        }
        self.media(at, handle, &a.media, &b.media, &spots, side);
    }

    pub(super) fn media(
        &mut self,
        at: &str,
        handle: &Handle,
        old: &Media<'a>,
        new: &Media<'a>,
        spots: &dyn Fn() -> (Option<Spot>, Option<Spot>),
        side: SchemaUse,
    ) {
        let prefix = side.prefix();
        for (name, b) in new {
            let Some(a) = old.get(name) else {
                let what = format!("{at} can be {name}");
                self.log().note(
                    &format!("{prefix}-media-type-added"),
                    &format!("{at} {name}"),
                    what,
                    spots().0,
                    spots().1,
                    build_member_subject("", handle),
                );
                continue;
            };
            match (a, b) {
                (Some(a), Some(b)) => self.schemas.ask(
                    *a,
                    *b,
                    side,
                    at.to_owned(),
                    Some(Arc::clone(handle)),
                    is_text(name),
                ),
                (None, Some(b)) => {
                    self.log().note(
                        &format!("{prefix}-schema-added"),
                        at,
                        format!("{at} has a schema"),
                        spots().0,
                        Some(b.spot()),
                        build_member_subject("", handle),
                    );
                }
                (Some(a), None) => {
                    self.log().note(
                        &format!("{prefix}-schema-removed"),
                        at,
                        format!("{at} has no schema any more"),
                        Some(a.spot()),
                        spots().1,
                        build_member_subject("", handle),
                    );
                }
                (None, None) => {}
            }
        }
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            let what = format!("{at} is no longer {name}");
            self.log().note(
                &format!("{prefix}-media-type-removed"),
                &format!("{at} {name}"),
                what,
                spots().0,
                spots().1,
                build_member_subject("", handle),
            );
        }
    }
}

// `1` and `"1"` look alike there, so integer and string overlap
/// Media types in which every value is written as text.
fn is_text(media: &str) -> bool {
    matches!(
        media,
        "application/x-www-form-urlencoded" | "multipart/form-data"
    ) || media.starts_with("text/")
        || media.ends_with("/xml")
        || media.ends_with("+xml")
}
