//! What a call needs to prove, and how.

use std::collections::{BTreeSet, HashMap, HashSet};

use span_tree::Node;

use super::compare::{OpenapiDiff, operation_spot};
use super::read::{Alternative, OpenapiOperation};
use crate::change::ChangeSubject;
use crate::document::{DocumentNode, Spot};

fn needs_nothing(list: &[Alternative<'_>]) -> bool {
    // `security: [{}]` and an empty list both let everybody in
    list.is_empty() || list.iter().any(|alternative| alternative.is_empty())
}

fn list_scheme_names(alternative: &Alternative<'_>) -> String {
    let names: Vec<&str> = alternative.keys().copied().collect();
    names.join(" and ")
}

impl<'a> OpenapiDiff<'a, '_> {
    /// The document's own requirement, told once for all operations that take it.
    pub(super) fn document_security(&mut self) {
        // of a document that one side lacks, the file itself was told
        if self.old.root.is_none() || self.new.root.is_none() {
            return;
        }
        let spot = |place: Option<DocumentNode<'_>>| place.map(|place| place.spot());
        let (old, new) = (self.old, self.new);
        self.requirement("every call", &old.security, &new.security, &|| {
            (spot(old.security_at), spot(new.security_at))
        });
    }

    pub(super) fn security(
        &mut self,
        location: &str,
        old: &'a OpenapiOperation<'a>,
        new: &'a OpenapiOperation<'a>,
    ) {
        // told once for all of them, of the document
        if old.security.is_none() && new.security.is_none() {
            return;
        }
        let (a, b) = (
            old.security.as_ref().unwrap_or(&self.old.security),
            new.security.as_ref().unwrap_or(&self.new.security),
        );
        self.requirement(location, a, b, &|| {
            (Some(operation_spot(old)), Some(operation_spot(new)))
        });
    }

    fn requirement(
        &mut self,
        location: &str,
        old: &'a [Alternative<'a>],
        new: &'a [Alternative<'a>],
        spots: &dyn Fn() -> (Option<Spot>, Option<Spot>),
    ) {
        let at = format!("{location} security");
        match (needs_nothing(old), needs_nothing(new)) {
            (true, true) => return,
            (false, false) => {}
            (_, opens) => return self.credentials(location, new, opens, spots),
        }
        // by the schemes alone: more scopes are told as scopes
        let schemes = |alternative: &Alternative<'a>| -> Vec<&'a str> {
            alternative.keys().copied().collect()
        };
        // from behind, so that the first of two equal ones stays
        let before: HashMap<Vec<&str>, &Alternative<'_>> =
            old.iter().rev().map(|a| (schemes(a), a)).collect();
        let after: HashSet<Vec<&str>> = new.iter().map(schemes).collect();
        for b in new {
            let Some(a) = before.get(&schemes(b)) else {
                let what = format!("{location} can be called with {}", list_scheme_names(b));
                self.log().note(
                    "auth-alternative-added",
                    &at,
                    what,
                    spots().0,
                    spots().1,
                    ChangeSubject::None,
                );
                continue;
            };
            self.scopes(location, a, b, spots);
        }
        for a in old.iter().filter(|a| !after.contains(&schemes(a))) {
            let what = format!(
                "{location} can no longer be called with {}",
                list_scheme_names(a)
            );
            self.log().note(
                "auth-alternative-removed",
                &at,
                what,
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
    }

    /// Credentials are needed where none were, or no longer (`opens`).
    fn credentials(
        &mut self,
        location: &str,
        new: &'a [Alternative<'a>],
        opens: bool,
        spots: &dyn Fn() -> (Option<Spot>, Option<Spot>),
    ) {
        let at = format!("{location} security");
        if opens {
            let what = format!("{location} needs no credentials any more");
            self.log().note(
                "auth-removed",
                &at,
                what,
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        } else {
            let what = format!(
                "{location} needs credentials ({})",
                new.iter()
                    .map(list_scheme_names)
                    .collect::<Vec<_>>()
                    .join(" or ")
            );
            self.log().note(
                "auth-added",
                &at,
                what,
                spots().0,
                spots().1,
                ChangeSubject::None,
            );
        }
    }

    /// Scopes of one way to authenticate that both sides have.
    fn scopes(
        &mut self,
        location: &str,
        a: &Alternative<'a>,
        b: &Alternative<'a>,
        spots: &dyn Fn() -> (Option<Spot>, Option<Spot>),
    ) {
        let at = format!("{location} security");
        for (scheme, scopes) in b {
            let was = a.get(scheme).cloned().unwrap_or_default();
            for scope in scopes.difference(&was) {
                let what = format!("{location} needs the scope {scope}");
                self.log().note(
                    "auth-scope-added",
                    &format!("{at} {scope}"),
                    what,
                    spots().0,
                    spots().1,
                    ChangeSubject::None,
                );
            }
            for scope in was.difference(scopes) {
                let what = format!("{location} no longer needs the scope {scope}");
                self.log().note(
                    "auth-scope-removed",
                    &format!("{at} {scope}"),
                    what,
                    spots().0,
                    spots().1,
                    ChangeSubject::None,
                );
            }
        }
    }

    /// The declared ways to authenticate.
    pub(super) fn schemes(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, b) in &new.schemes {
            let at = format!("security scheme {name}");
            let Some(a) = old.schemes.get(name) else {
                self.log().note(
                    "auth-scheme-added",
                    &at,
                    format!("{at} is new"),
                    None,
                    Some(b.spot()),
                    ChangeSubject::None,
                );
                continue;
            };
            // a scheme that could not be read is not compared
            let (Some(x), Some(y)) = (self.schemas.old.follow(*a), self.schemas.new.follow(*b))
            else {
                continue;
            };
            if list_scheme_details(x) != list_scheme_details(y) {
                self.log().note(
                    "auth-scheme-changed",
                    &at,
                    format!("{at} works in another way"),
                    Some(x.spot()),
                    Some(y.spot()),
                    ChangeSubject::None,
                );
            }
            let (was, is) = (list_scheme_scopes(x), list_scheme_scopes(y));
            for scope in is.difference(&was) {
                let what = format!("the scope {scope} is new in {at}");
                self.log().note(
                    "oauth-scope-declared",
                    &format!("{at} {scope}"),
                    what,
                    Some(x.spot()),
                    Some(y.spot()),
                    ChangeSubject::None,
                );
            }
            for scope in was.difference(&is) {
                let what = format!("the scope {scope} is gone from {at}");
                self.log().note(
                    "oauth-scope-undeclared",
                    &format!("{at} {scope}"),
                    what,
                    Some(x.spot()),
                    Some(y.spot()),
                    ChangeSubject::None,
                );
            }
        }
        for (name, a) in old
            .schemes
            .iter()
            .filter(|(name, _)| !new.schemes.contains_key(*name))
        {
            let at = format!("security scheme {name}");
            self.log().note(
                "auth-scheme-removed",
                &at,
                format!("{at} is gone"),
                Some(a.spot()),
                None,
                ChangeSubject::None,
            );
        }
    }
}

/// Everything of a scheme that a client must know, as text.
fn list_scheme_details(scheme: DocumentNode<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for key in [
        "type",
        "in",
        "name",
        "scheme",
        "openIdConnectUrl",
        "flow",
        "authorizationUrl",
        "tokenUrl",
    ] {
        // header names and schemes are compared without capitals, as HTTP does
        out.push(format!(
            "{key}={}",
            scheme.text(key).unwrap_or("").to_ascii_lowercase()
        ));
    }
    for (flow, _, value) in scheme
        .node
        .get("flows")
        .map(Node::pairs)
        .unwrap_or_default()
    {
        for key in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
            out.push(format!(
                "{flow}.{key}={}",
                value.get(key).and_then(Node::text).unwrap_or("")
            ));
        }
    }
    // order in the file means nothing
    out.sort();
    out
}

// Swagger writes them beside, OpenAPI in each flow
fn list_scheme_scopes<'a>(scheme: DocumentNode<'a>) -> BTreeSet<&'a str> {
    let own = scheme
        .node
        .get("scopes")
        .map(Node::pairs)
        .unwrap_or_default();
    let flows = scheme
        .node
        .get("flows")
        .map(Node::pairs)
        .unwrap_or_default();
    let inner = flows
        .into_iter()
        .flat_map(|(_, _, flow)| flow.get("scopes").map(Node::pairs).unwrap_or_default());
    own.into_iter()
        .chain(inner)
        .map(|(name, ..)| name)
        .collect()
}
