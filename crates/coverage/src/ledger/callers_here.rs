//! Whether something of the same range calls an address that is new: another program of the
//! repository, a page, or the expectations of a consumer.

use super::place;
use super::ways_in::{WayIn, WayKind, split_address};
use crate::ReleaseRange;
use model::FileStatus;

/// Most changed files that are looked at, and most bytes of one.
const FILES: usize = 300;
const LENGTH: usize = 1024 * 1024;

/// Longest line that is looked at, in bytes.
const LINE: usize = 4_000;

/// Words of a line that calls an address.
const CALLS: [&str; 16] = [
    "fetch",
    "axios",
    "http",
    "request",
    "client",
    "ajax",
    "xhr",
    "urlopen",
    "curl",
    "\"path\"",
    "'path'",
    "hx-",
    "action=",
    "websocket",
    "eventsource",
    "api",
];

/// The first place of a changed file that calls one of these addresses: `static/vote.js:2`.
pub(super) fn find_caller(range: &ReleaseRange<'_>, own: &str, ways: &[WayIn]) -> Option<String> {
    let wanted: Vec<Vec<String>> = ways
        .iter()
        .filter(|way| way.kind == WayKind::Address)
        .map(|way| split_address(&way.name))
        // `/` and `/{id}` would be called by anything
        .filter(|parts| parts.iter().any(|part| part != "{}"))
        .collect();
    if wanted.is_empty() {
        return None;
    }
    let changed = range.changes.iter().filter(|change| {
        change.path != own
            && change.status != FileStatus::Deleted
            && !place::is_vendored(&change.path)
            && may_call(&change.path)
    });
    changed.take(FILES).find_map(|change| {
        let text = range.current.read_text(&change.path).ok()?;
        if text.len() > LENGTH {
            return None;
        }
        let old = change.old_path.as_deref().unwrap_or(&change.path);
        let before = range.previous.read_text(old).unwrap_or_default();
        let calls = |line: &str| {
            let small = line.to_ascii_lowercase();
            // what a router is given is offered, and not called
            CALLS.iter().any(|word| small.contains(word))
                && line
                    .split(['"', '\'', '`', ' '])
                    .filter(|part| part.starts_with('/') || part.contains("://"))
                    .any(|part| wanted.iter().any(|parts| fits(part, parts)))
        };
        let at = text
            .lines()
            .enumerate()
            .find(|(_, line)| line.len() <= LINE && calls(line) && !before.contains(line))?
            .0;
        Some(format!("{}:{}", change.path, at + 1))
    })
}

fn may_call(path: &str) -> bool {
    let small = path.to_ascii_lowercase();
    let page = [
        ".html",
        ".htm",
        ".erb",
        ".twig",
        ".blade.php",
        ".j2",
        ".mustache",
    ]
    .iter()
    .any(|end| small.ends_with(end));
    page || super::is_program(path) && place::is_live(path)
        // consumers lay their expectations among the tests of the provider
        || small.contains("pact") && small.ends_with(".json")
}

/// Whether what is called is an address of these parts: with values in place of what varies, and
/// perhaps with a host or a first part of a proxy before it.
fn fits(called: &str, parts: &[String]) -> bool {
    let path = match called.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => called,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let own = split_address(path);
    own.len() >= parts.len()
        && own[own.len() - parts.len()..]
            .iter()
            .zip(parts)
            .all(|(one, part)| part == "{}" || one == part)
}

/// Words for an open address that is called here.
pub(super) fn describe_caller(why: &str, caller: &str) -> String {
    // the verb of the list stands first: `POST /vote appears here, and ..`
    match why.split_once(" here, and ") {
        Some((list, rest)) => format!("{list} here, {caller} calls it, and {rest}"),
        None => format!("{why}; {caller} calls it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_hosts_and_queries_are_no_other_address() {
        let parts = split_address("/stock/{sku}/reservations");
        for called in [
            "/stock/A1/reservations",
            "https://a.example/stock/A1/reservations?x=1",
            "/api/stock/${id}/reservations",
        ] {
            assert!(fits(called, &parts), "{called}");
        }
        for called in ["/stock/A1", "/stock/A1/reservations/7", "/reservations"] {
            assert!(!fits(called, &parts), "{called}");
        }
    }

    #[test]
    fn the_caller_stands_in_the_sentence() {
        let said = describe_caller(
            "POST /vote appears here, and no contract file writes it down",
            "vote.js:2",
        );
        assert_eq!(
            said,
            "POST /vote appears here, vote.js:2 calls it, and no contract file writes it down"
        );
    }
}
