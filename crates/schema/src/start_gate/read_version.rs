//! Whether the previous release reads which version is stored and may stop by it, in a way that the
//! reader of comparisons does not understand: membership, ranges, matching, a shell. Such a place is
//! a question, and never "no gate".

use std::collections::{BTreeMap, BTreeSet};

use super::{NOT_UNDERSTOOD, Signs, StartGateSign, is_comment_line};
use coverage::ReleaseRange;
use coverage::guard;
use model::{FileStatus, Hit, Unchecked};

/// Lines of the judged comparisons by file.
pub(super) type JudgedLines<'a> = BTreeMap<&'a str, Vec<usize>>;

/// Most places that are looked at.
const PLACES: usize = 200;

/// Most that are told.
const TOLD: usize = 6;

/// Longest file that is read, in bytes.
const LENGTH: usize = 1024 * 1024;

/// A decision stands at most so many lines below the reading, and a stop so many below it.
const BELOW: (usize, usize) = (15, 6);

/// Words of a line that decides.
const DECIDES: [&str; 12] = [
    "if", "unless", "elif", "match", "case", "switch", "when", "assert", "ensure", "while",
    "until", "require",
];

/// Those of them that stop where something is not so.
const DEMANDS: [&str; 3] = ["assert", "ensure", "require"];

/// Most names that are followed from one reading.
const NAMES: usize = 24;

/// Words of a line that ends the program, or the start of it.
const STOPS: [&str; 19] = [
    "raise",
    "throw",
    "bail",
    "panic",
    "abort",
    "exit",
    "fatal",
    "fatalf",
    "die",
    "halt",
    "systemexit",
    "unreachable",
    "assert",
    "ensure",
    "errorf",
    "fail",
    "fatalerror",
    "exitprocess",
    "illegalstateexception",
];

/// Places of the previous release that read a stored version and may stop by it. `hits` are places
/// of the words of `signs`.
pub(super) fn find_unread_stops(
    signs: &Signs,
    hits: &[Hit],
    range: &ReleaseRange<'_>,
    judged: &JudgedLines<'_>,
) -> Vec<Unchecked> {
    let mut texts: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let mut told: BTreeSet<(String, usize)> = BTreeSet::new();
    let reads = hits.iter().filter(|hit| {
        let sign = signs.sign_of(hit);
        let word = signs.words.get(hit.word).map_or("", String::as_str);
        matches!(sign, Some(StartGateSign::Version | StartGateSign::Applied))
            && !is_comment_line(&hit.text)
            && signs.known.may_be_meant(word, hit)
            && (crate::usage::is_code(&hit.path) || super::is_start_file(&hit.path))
    });
    // a name such as `schema_version` may stand in hundreds of places of a large program
    for hit in reads.take(PLACES) {
        let text = texts.entry(&hit.path).or_insert_with(|| {
            let text = range.previous.read_text(&hit.path).ok();
            text.filter(|text| text.len() <= LENGTH)
        });
        let Some(text) = text else { continue };
        let word = signs.words.get(hit.word).map_or("", String::as_str);
        let known = judged.get(hit.path.as_str()).map_or(&[][..], Vec::as_slice);
        if let Some((decides, stops)) = find_stop(text, hit.line, word)
            && !known
                .iter()
                .any(|line| (hit.line..=stops + 1).contains(line))
        {
            told.insert((hit.path.clone(), decides));
        }
    }
    told.extend(find_open_matches(signs, range));
    told.into_iter()
        .take(TOLD)
        .map(|(path, line)| make_unread_stop(&path, line, range.previous_version))
        .collect()
}

fn make_unread_stop(path: &str, line: usize, version: &str) -> Unchecked {
    Unchecked {
        what: format!("{}:{line}", model::Untrusted::visible(path)).into(),
        why: format!(
            "{version} reads which version its schema has and may stop here, and {NOT_UNDERSTOOD}"
        ).into(),
        settle_with: Some(format!(
            "read the branch, or start one instance of {version} on a copy of the schema as it is now"
        ).into()),
    }
}

/// Below the line that reads the version: the line that decides by it, and the line that stops.
fn find_stop(text: &str, read_at: usize, word: &str) -> Option<(usize, usize)> {
    let lines: Vec<&str> = text
        .lines()
        .skip(read_at.saturating_sub(1))
        .take(BELOW.0 + BELOW.1 + 1)
        .collect();
    let first = lines.first()?;
    let mut names = list_given_names(first);
    names.push(word.to_owned());
    // `stored = await pool.fetchval(` may stand above its statement, `.Scan(&stored)` below it
    if let Some(next) = lines.get(1) {
        names.extend(list_given_names(next));
    }
    if let Some(above) = read_at.checked_sub(2).and_then(|at| text.lines().nth(at)) {
        names.extend(list_given_names(above));
    }
    // `strange = done - ours` tells of what `done` was told
    for line in lines.iter().skip(1).take(BELOW.0) {
        let lower = line.to_ascii_lowercase();
        let parts = split_words(&lower);
        if names.len() < NAMES
            && names
                .iter()
                .any(|name| parts.contains(&name.to_ascii_lowercase().as_str()))
        {
            names.extend(list_given_names(line));
        }
    }
    let decides = |line: &str| {
        let lower = line.to_ascii_lowercase();
        // a check for *nothing is stored yet* is about a new database
        let empty = [
            "none",
            "null",
            "nil",
            "undefined",
            "is_empty",
            "isempty",
            "notfound",
        ];
        let parts = split_words(&lower);
        !is_comment_line(line)
            && parts.iter().any(|part| DECIDES.contains(part))
            && (!parts.iter().any(|part| empty.contains(part))
                // what has to be empty is what is not known
                || parts.iter().any(|part| DEMANDS.contains(part)))
            && names
                .iter()
                .any(|name| parts.contains(&name.to_ascii_lowercase().as_str()))
    };
    let (at, _) = lines
        .iter()
        .enumerate()
        .take(BELOW.0 + 1)
        .find(|(_, line)| decides(line))?;
    let stops = |line: &&str| {
        let lower = line.to_ascii_lowercase();
        !is_comment_line(line) && split_words(&lower).iter().any(|part| STOPS.contains(part))
    };
    let (stop, _) = lines
        .iter()
        .enumerate()
        .skip(at)
        .take(BELOW.1 + 1)
        .find(|(_, line)| stops(line))?;
    Some((read_at + at, read_at + stop))
}

fn split_words(line: &str) -> Vec<&str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|part| !part.is_empty())
        .take(80)
        .collect()
}

/// Names that a line gives a value: before its equals sign, and behind an ampersand.
pub(super) fn list_given_names(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    let equals = line.char_indices().find(|(at, c)| {
        *c == '='
            && !line[at + 1..].starts_with(['=', '>', '~'])
            && !line[..*at].ends_with(['=', '!', '<', '>'])
    });
    if let Some((at, _)) = equals {
        let before = line[..at].trim_end().trim_end_matches(':');
        let before = before.split(':').next().unwrap_or(before);
        // `have, err := ..` gives two names
        let given = before
            .split(',')
            .filter_map(|part| split_words(part).last().copied());
        names.extend(given.take(4).map(str::to_owned));
    }
    names.extend(
        line.split('&')
            .skip(1)
            .filter_map(|rest| split_words(rest).first().map(|name| (*name).to_owned())),
    );
    // an error is no version
    names.retain(|name| !matches!(name.as_str(), "err" | "_" | "ok" | "self"));
    names
}

/// Languages in which a match without a fitting branch stops the program.
const STRICT: [&str; 7] = ["ex", "exs", "erl", "scala", "ml", "fs", "hs"];

/// A match over a version without a branch for all the rest, in a file that differs and is about the
/// schema.
fn find_open_matches(signs: &Signs, range: &ReleaseRange<'_>) -> Vec<(String, usize)> {
    let mut out = Vec::new();
    let files = range.changes.iter().filter(|change| {
        let end = change.path.rsplit('.').next().unwrap_or_default();
        // a file that is new in the range is not in previous
        change.status != FileStatus::Added
            && STRICT.contains(&end)
            && crate::usage::is_code(&change.path)
    });
    for change in files.take(PLACES) {
        let path = change.old_path.as_deref().unwrap_or(&change.path);
        let Ok(text) = range.previous.read_text(path) else {
            continue;
        };
        let about = signs.migrates || super::known::has_schema_word(path);
        if about && text.len() <= LENGTH {
            out.extend(find_open_match(&text).map(|line| (path.to_owned(), line)));
        }
    }
    out
}

/// The line of a match over a version of which no branch takes whatever is left.
fn find_open_match(text: &str) -> Option<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let begins = |line: &str| {
        let trimmed = line.trim();
        let opens = trimmed.starts_with("case ") && trimmed.ends_with(" do")
            || trimmed.ends_with(" match {")
            || trimmed.starts_with("match ") && trimmed.ends_with(" with")
            || trimmed.starts_with("case ") && trimmed.ends_with(" of");
        opens && names_version(trimmed)
    };
    lines.iter().enumerate().find_map(|(at, line)| {
        if !begins(line) {
            return None;
        }
        let mut numbers = false;
        for inner in lines.iter().skip(at + 1).take(200) {
            let trimmed = inner.trim_start();
            if trimmed.is_empty() {
                continue;
            }
            if indent(inner) <= indent(line) && !trimmed.starts_with('|') {
                break;
            }
            let branch = trimmed.trim_start_matches('|').trim_start();
            let branch = branch.strip_prefix("case ").unwrap_or(branch);
            let arrow = branch.contains("->") || branch.contains("=>");
            if !arrow {
                continue;
            }
            if branch.starts_with(|c: char| c.is_ascii_digit()) {
                numbers = true;
            } else if branch.starts_with(|c: char| c == '_' || c.is_ascii_lowercase()) {
                // it takes what is left, or a guard that is not read
                return None;
            }
        }
        numbers.then_some(at + 1)
    })
}

fn names_version(line: &str) -> bool {
    guard::words::split_name_parts(line)
        .iter()
        .any(|part| matches!(part.as_str(), "version" | "level" | "revision" | "schema"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_below_the_reading_of_a_version_is_seen() {
        for (text, word) in [
            (
                "stored = await pool.fetchval(\"SELECT schema_version FROM info\")\nif stored not in SUPPORTED:\n    raise SystemExit(1)\n",
                "schema_version",
            ),
            (
                "let stored: i64 = db.query_row(\"PRAGMA user_version\", [], |r| r.get(0))?;\nif !(OLDEST..=NEWEST).contains(&stored) {\n    bail!(\"no\");\n}\n",
                "user_version",
            ),
            (
                "stored=$(psql \"$U\" -Atc \"SELECT count(*) FROM _yoyo_migration\")\nif [ \"$stored\" -gt 1 ]; then\n  exit 1\nfi\n",
                "_yoyo_migration",
            ),
            (
                "stored = DB[:schema_info].get(:version)\nabort \"no\" unless KNOWN.cover?(stored)\n",
                "schema_info",
            ),
            (
                "err := db.QueryRow(\"SELECT v FROM schema_version\").Scan(&applied)\nif applied > len(files) {\n\tlog.Fatalf(\"no\")\n}\n",
                "schema_version",
            ),
        ] {
            assert!(find_stop(text, 1, word).is_some(), "{text}");
        }
        for (text, word) in [
            (
                "stored = db.get(\"SELECT schema_version FROM info\")\nprint(stored)\nraise ValueError()\n",
                "schema_version",
            ),
            (
                "stored = db.get(\"SELECT schema_version FROM info\")\nif stored is None:\n    raise ValueError()\n",
                "schema_version",
            ),
            (
                "stored = db.get(\"SELECT schema_version FROM info\")\nif stored < 4:\n    upgrade(db)\n",
                "schema_version",
            ),
        ] {
            assert_eq!(find_stop(text, 1, word), None, "{text}");
        }
    }

    #[test]
    fn a_match_without_a_branch_for_the_rest_stops() {
        let elixir = "case Db.version(db) do\n  1 ->\n    up(db)\n\n  2 ->\n    :ok\nend\n";
        assert_eq!(find_open_match(elixir), Some(1));
        assert_eq!(find_open_match(&elixir.replace("  2 ->", "  _ ->")), None);
        let scala = "db.version match {\n  case 1 => up()\n  case 2 => ()\n}\n";
        assert_eq!(find_open_match(scala), Some(1));
        assert_eq!(find_open_match("case colour do\n  1 -> :a\nend\n"), None);
        assert_eq!(
            find_open_match("case version do\n  v when v > 3 -> :a\nend\n"),
            None
        );
    }
}
