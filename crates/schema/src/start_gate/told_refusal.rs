//! Does a message of the previous release say that it takes nothing which a newer release wrote, in
//! a language of which no reader here follows the branches? The message is no proof that it stops,
//! and it is where to look.

use coverage::ReleaseRange;
use coverage::guard;
use coverage::place::{FileRole, classify_path_place};
use model::{Hit, Unchecked, Untrusted};

use super::is_comment_line;

/// Most places of one word, and most that are told.
const PLACES: usize = 100;
const TOLD: usize = 3;

/// Endings of program text that `coverage::guard` does not take apart.
const ENDINGS: [&str; 34] = [
    "nim", "hs", "lhs", "ml", "mli", "erl", "hrl", "clj", "cljs", "cljc", "jl", "lua", "pl", "pm",
    "r", "zig", "d", "pas", "pp", "sh", "bash", "ps1", "tcl", "f90", "f95", "cbl", "cob", "ads",
    "adb", "lisp", "scm", "rkt", "v", "gleam",
];

/// Whether previous says so somewhere: each place, to be looked at.
pub(super) fn find_told_refusals(range: &ReleaseRange<'_>) -> Vec<Unchecked> {
    let wanted = |path: &str| {
        let end = path.rsplit_once('.').map_or("", |(_, end)| end);
        ENDINGS.contains(&end.to_ascii_lowercase().as_str())
            && guard::find_language(path).is_none()
            && classify_path_place(path) == FileRole::Live
    };
    let words = ["newer", "later", "too new", "downgrad"].map(str::to_owned);
    let (hits, _) = range.previous.search_many(&words, true, PLACES, &wanted);
    let told = hits.iter().filter(|hit| refuses_newer(hit));
    let previous = range.previous_version;
    told.take(TOLD)
        .map(|hit| Unchecked {
            what: format!("{}:{}", Untrusted::visible(&hit.path), hit.line).into(),
            why: format!(
                "{previous} says here that it does not take what a newer version wrote, and no reader follows its language: whether it refuses to start is not known"
            )
            .into(),
            settle_with: Some(
                format!("read the branch, or start one instance of {previous} on a copy of the data as it is now").into(),
            ),
        })
        .collect()
}

/// A message in quotes that refuses what a newer version wrote.
fn refuses_newer(hit: &Hit) -> bool {
    let lower = hit.text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let refuses = [
        " not ",
        "n't",
        "cannot",
        "unsupported",
        "refus",
        "abort",
        "quit",
        "exit",
        "die ",
        "fail",
        "error",
        "raise",
        "throw",
        "panic",
        "halt",
        "incompatib",
    ];
    let about = [
        "version", "release", "written", "wrote", "created", "saved", "data", "format", "schema",
        "store",
    ];
    // what is asked of a client or of another tool is no data of this program
    let others = [
        "client",
        "browser",
        "api",
        "plugin",
        "compiler",
        "node ",
        "upgrade to a newer",
        "require",
        "or newer",
        "or later",
        "and newer",
        "and later",
        "install",
        "later.",
        "later\"",
        "try ",
    ];
    lower.contains(['"', '\''])
        && !is_comment_line(&hit.text)
        && says(&refuses)
        && says(&about)
        && !says(&others)
}
