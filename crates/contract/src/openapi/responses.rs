//! Responses of one operation: which statuses it may answer, with what, and with which headers.

use std::sync::Arc;

use super::compare::{OpenapiDiff, operation_spot};
use super::parts::{Handle, build_member_subject};
use super::read::{OpenapiOperation, Response};
use crate::change::ChangeSubject;
use crate::document::Spot;
use crate::schema::SchemaUse;

fn is_success_status(status: &str) -> bool {
    // a redirect is an answer that callers follow
    status.starts_with('2') || status.starts_with('3')
}

fn response_spot(response: &Response<'_>) -> Spot {
    response.own.spot_from(response.line)
}

impl<'a> OpenapiDiff<'a, '_> {
    pub(super) fn responses(
        &mut self,
        location: &str,
        handle: &Handle,
        old: &'a OpenapiOperation<'a>,
        new: &'a OpenapiOperation<'a>,
        whole: bool,
    ) {
        let spot = response_spot;
        let came: Vec<&String> = new
            .responses
            .keys()
            .filter(|status| !old.responses.contains_key(*status))
            .collect();
        let gone: Vec<&String> = old
            .responses
            .keys()
            .filter(|status| !new.responses.contains_key(*status))
            .collect();
        // a document that describes no answers says nothing of them
        let both_described = whole && !old.responses.is_empty() && !new.responses.is_empty();
        let mut replaced = None;
        // 201 instead of 200: one fact, and callers that compare the number break
        if let ([a], [b]) = (
            gone.iter()
                .filter(|status| is_success_status(status))
                .collect::<Vec<_>>()
                .as_slice(),
            came.iter()
                .filter(|status| is_success_status(status))
                .collect::<Vec<_>>()
                .as_slice(),
        ) {
            replaced = Some(((**a).clone(), (**b).clone()));
        }
        if let Some((a, b)) = replaced.as_ref().filter(|_| both_described)
            && let (Some(from), Some(to)) = (old.responses.get(a), new.responses.get(b))
        {
            let what = format!("{location} answers {b} instead of {a}");
            self.log().note(
                "success-status-replaced",
                location,
                what,
                Some(spot(from)),
                Some(spot(to)),
                build_member_subject("", handle),
            );
            // the answer is the same one under another number, so its body is compared
            self.media(
                &format!("{location} {b}"),
                handle,
                &from.media,
                &to.media,
                &|| (Some(spot(from)), Some(spot(to))),
                SchemaUse::Response,
            );
        }
        if both_described {
            let is_replaced = |status: &&String| {
                replaced
                    .as_ref()
                    .is_some_and(|(a, b)| a == *status || b == *status)
            };
            self.statuses(
                location,
                handle,
                (old, gone.into_iter().filter(|one| !is_replaced(one))),
                (new, came.into_iter().filter(|one| !is_replaced(one))),
            );
        }
        for (status, a) in &old.responses {
            let Some(b) = new.responses.get(status) else {
                continue;
            };
            let at = format!("{location} {status}");
            self.media(
                &at,
                handle,
                &a.media,
                &b.media,
                &|| (Some(spot(a)), Some(spot(b))),
                SchemaUse::Response,
            );
            self.headers(&at, handle, a, b);
        }
    }

    /// Statuses that only one side may answer.
    fn statuses<'s>(
        &mut self,
        location: &str,
        handle: &Handle,
        (old, gone): (&'a OpenapiOperation<'a>, impl Iterator<Item = &'s String>),
        (new, came): (&'a OpenapiOperation<'a>, impl Iterator<Item = &'s String>),
    ) {
        for status in came {
            let (rule, to) = (
                if is_success_status(status) {
                    "success-status-added"
                } else {
                    "error-status-added"
                },
                new.responses.get(status).map(response_spot),
            );
            self.log().note(
                rule,
                &format!("{location} {status}"),
                format!("{location} may answer {status}"),
                Some(operation_spot(old)),
                to,
                build_member_subject("", handle),
            );
        }
        for status in gone {
            let (rule, from) = (
                if is_success_status(status) {
                    "success-status-removed"
                } else {
                    "error-status-removed"
                },
                old.responses.get(status).map(response_spot),
            );
            let what = format!("{location} no longer answers {status}");
            self.log().note(
                rule,
                &format!("{location} {status}"),
                what,
                from,
                Some(operation_spot(new)),
                build_member_subject("", handle),
            );
        }
    }

    fn headers(&mut self, at: &str, handle: &Handle, a: &'a Response<'a>, b: &'a Response<'a>) {
        // what only one side could not read is neither new nor gone
        for name in a.unknown_headers.symmetric_difference(&b.unknown_headers) {
            let place = format!("{at} header {name}");
            let what = format!("{place} is described elsewhere, which could not be read");
            self.log().note(
                "unreadable",
                &place,
                what,
                Some(a.own.spot()),
                Some(b.own.spot()),
                ChangeSubject::None,
            );
        }
        for (name, to) in &b.headers {
            let place = format!("{at} header {name}");
            match a.headers.get(name) {
                None if a.unknown_headers.contains(name) => {}
                None => {
                    let rule = if to.required {
                        "response-header-added-required"
                    } else {
                        "response-header-added"
                    };
                    self.log().note(
                        rule,
                        &place,
                        format!("{place} is new"),
                        Some(a.own.spot()),
                        Some(to.own.spot()),
                        build_member_subject(name, handle),
                    );
                }
                Some(from) => {
                    if from.required != to.required {
                        let (rule, word) = if to.required {
                            ("response-header-became-required", "guaranteed")
                        } else {
                            ("response-header-became-optional", "optional")
                        };
                        self.log().note(
                            rule,
                            &place,
                            format!("{place} became {word}"),
                            Some(from.own.spot()),
                            Some(to.own.spot()),
                            build_member_subject(name, handle),
                        );
                    }
                    if let (Some(x), Some(y)) = (from.schema, to.schema) {
                        self.schemas.ask(
                            x,
                            y,
                            SchemaUse::Response,
                            place,
                            Some(Arc::clone(handle)),
                            true,
                        );
                    }
                }
            }
        }
        for (name, from) in a.headers.iter().filter(|(name, _)| {
            !b.headers.contains_key(*name) && !b.unknown_headers.contains(*name)
        }) {
            let rule = if from.required {
                "response-header-removed-required"
            } else {
                "response-header-removed"
            };
            let place = format!("{at} header {name}");
            self.log().note(
                rule,
                &place,
                format!("{place} is gone"),
                Some(from.own.spot()),
                Some(b.own.spot()),
                build_member_subject(name, handle),
            );
        }
    }
}
