//! Services and their methods.

use std::collections::HashMap;

use super::diff::{ProtobufDiff, ProtobufLocation, option_names};
use super::field::same_name;
use super::read::{ProtobufOptions, ProtobufService, Rpc};
use crate::change::ChangeSubject;

impl<'a> ProtobufDiff<'a, '_> {
    pub(super) fn service(
        &mut self,
        name: &str,
        (a, from): (&'a ProtobufService, ProtobufLocation<'a>),
        (b, to): (&'a ProtobufService, ProtobufLocation<'a>),
    ) {
        let subject = |rpc: &Rpc| ChangeSubject::Rpc {
            service: name.to_owned(),
            method: Some(rpc.name.clone()),
        };
        let names = |service: &'a ProtobufService| -> HashMap<&'a str, &'a Rpc> {
            service
                .rpcs
                .iter()
                // from behind, so that the first of two equal ones stays
                .rev()
                .map(|rpc| (rpc.name.as_str(), rpc))
                .collect()
        };
        let (before, after) = (names(a), names(b));
        // by name: a method has no number
        for rpc in &b.rpcs {
            match before.get(rpc.name.as_str()).copied() {
                Some(before) => self.rpc(name, (before, from), (rpc, to)),
                None => {
                    let place = format!("{name}/{}", rpc.name);
                    self.log.note(
                        "rpc-added",
                        &place,
                        format!("{place} is new"),
                        from.spot(a.lines),
                        to.spot(rpc.lines),
                        subject(rpc),
                    );
                }
            }
        }
        for rpc in a
            .rpcs
            .iter()
            .filter(|rpc| !after.contains_key(rpc.name.as_str()))
        {
            let place = format!("{name}/{}", rpc.name);
            self.log.note(
                "rpc-removed",
                &place,
                format!("{place} is gone"),
                from.spot(rpc.lines),
                to.spot(b.lines),
                subject(rpc),
            );
        }
    }

    fn rpc(
        &mut self,
        service: &str,
        (a, from): (&'a Rpc, ProtobufLocation<'a>),
        (b, to): (&'a Rpc, ProtobufLocation<'a>),
    ) {
        let place = format!("{service}/{}", b.name);
        let subject = ChangeSubject::Rpc {
            service: service.to_owned(),
            method: Some(b.name.clone()),
        };
        let mut note = |rule: &str, what: String| {
            self.log.note(
                rule,
                &place,
                what,
                from.spot(a.lines),
                to.spot(b.lines),
                subject.clone(),
            )
        };
        // another file may have the type, so short and full names are one
        if !same_name(&a.request, &b.request) {
            note(
                "rpc-request-changed",
                format!("{place} took {} and takes {}", a.request, b.request),
            );
        }
        if !same_name(&a.response, &b.response) {
            note(
                "rpc-response-changed",
                format!("{place} answered {} and answers {}", a.response, b.response),
            );
        }
        // a client that waits for one message gets none from a stream
        if (a.client_streams, a.server_streams) != (b.client_streams, b.server_streams) {
            let say = |rpc: &Rpc| match (rpc.client_streams, rpc.server_streams) {
                (false, false) => "single messages",
                (true, false) => "a stream in",
                (false, true) => "a stream out",
                (true, true) => "streams both ways",
            };
            note(
                "rpc-streaming-changed",
                format!("{place} used {} and uses {}", say(a), say(b)),
            );
        }
        for option in option_names(&a.options, &b.options) {
            let has = |options: &ProtobufOptions| options.contains_key(option);
            if option == "idempotency_level" {
                note(
                    "rpc-idempotency-changed",
                    format!("the idempotency of {place} changed"),
                );
            } else if option.trim_matches(['(', ')']).ends_with("google.api.http") {
                let (rule, word) = match (has(&a.options), has(&b.options)) {
                    (false, true) => ("http-mapping-added", "is reachable over HTTP"),
                    (true, false) => ("http-mapping-removed", "is no longer reachable over HTTP"),
                    _ => (
                        "http-mapping-changed",
                        "is reachable over HTTP in another way",
                    ),
                };
                note(rule, format!("{place} {word}"));
            }
        }
    }
}
