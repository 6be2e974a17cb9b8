//! Does the previous release refuse data that another version of the product wrote? A version that
//! is kept beside the data (a file, a key, a row) and held against the product's own, which grows
//! with every release: no migration need be there, and no constant of the schema.
//!
//! The comparisons are those of `coverage::guard`; what this module adds is which side of one is
//! the product's own version and which one was stored.

use std::collections::BTreeSet;

use super::guarded::speaks_of_older;
use super::own_version::{OwnVersions, SOURCES};
use super::told_refusal::find_told_refusals;
use super::{StartGateFinding, is_comment_line, make_gate_finding};
use coverage::ReleaseRange;
use coverage::guard::{self, Compares, GuardOutcome, VersionGuard, words};
use model::{Confidence, Evidence, Hit, Severity, Unchecked};

/// Most files that are read, most places of one word, and the longest file, in bytes.
const FILES: usize = 120;
const PLACES: usize = 200;
const LENGTH: usize = 1024 * 1024;

/// A value is given to its name at most so many lines above the comparison.
const ABOVE: usize = 60;

/// Most that are told.
const TOLD: usize = 4;

/// Words of files that may hold a version which is kept beside data: lower case.
const KEPT: &[&str] = &[
    "db_version",
    "dbversion",
    "database_version",
    "databaseversion",
    "data_version",
    "dataversion",
    "db_major",
    "data_major",
    "stored_version",
    "storedversion",
    "disk_version",
    "diskversion",
    "saved_version",
    "savedversion",
    "persisted_version",
    "persistedversion",
    "last_version",
    "lastversion",
    "previous_version",
    "previousversion",
    "installed_version",
    "installedversion",
    "existing_version",
    "existingversion",
    "file_version",
    "fileversion",
    "version_file",
    "versionfile",
    "version_path",
    "versionpath",
    "store_version",
    "storeversion",
    "storage_version",
    "storageversion",
    "check_version",
    "checkversion",
    "version\")",
    "version')",
    "version.txt",
    ".version\"",
    "/version\"",
    "state_version",
    "stateversion",
    "downgrad",
];

/// Parts of a name by which something is kept.
const STORED: &[&str] = &[
    "db",
    "database",
    "data",
    "datadir",
    "disk",
    "ondisk",
    "stored",
    "saved",
    "persisted",
    "installed",
    "file",
    "store",
    "storage",
    "volume",
    "existing",
    "last",
    "previous",
    "prev",
    "index",
    "state",
    "recorded",
    "written",
    "catalog",
];

/// Parts of a name by which a program speaks of itself.
const OWN: &[&str] = &[
    "bin",
    "binary",
    "app",
    "application",
    "program",
    "product",
    "package",
    "pkg",
    "software",
    "executable",
    "exe",
    "running",
    "cargo",
    "own",
    "build",
    "assembly",
];

/// Parts that make a name one of a version.
const VERSION: &[&str] = &[
    "version", "versions", "ver", "release", "major", "minor", "patch",
];

/// Words of what is no data of this program: other programs, what they ask, and files that a person
/// brings.
const ELSEWHERE: &[&str] = &[
    "peer",
    "remote",
    "api",
    "request",
    "response",
    "header",
    "headers",
    "theme",
    "bundle",
    "node",
    "network",
    "snapshot",
    "latest",
    "available",
    "upstream",
    "minimum",
    "min",
    "required",
    "requires",
    "driver",
    "schema",
    "migration",
];

/// The same, where a path or a message speaks of them.
const OF_OTHERS: &[&str] = &[
    "plugin",
    "plugins",
    "extension",
    "extensions",
    "addon",
    "addons",
    "client",
    "clients",
    "agent",
    "protocol",
    "sdk",
    "browser",
    "backup",
    "restore",
    "import",
    "export",
    "dump",
    "composer",
];

/// Calls by which something kept is read: lower case.
const READS: &[&str] = &[
    "read_to_string",
    "readfile",
    "read_file",
    "readalltext",
    "readtext",
    "read_text",
    "readstring",
    "file.read",
    "io.read",
    "files.read",
    "file_get_contents",
    "get_version(",
    "getversion(",
    "load_version(",
    "loadversion(",
    "read_version(",
    "readversion(",
    "select ",
    ".scan(",
    "findone(",
    "find_one(",
    "fetch_one(",
    "queryrow",
];

/// What a comparison rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ComparedSides {
    /// Both sides were followed to where they come from, and not told by their names alone.
    followed: bool,
}

/// The gate over the product's own version, and places that may be one and were not understood.
pub fn find_product_gates(range: &ReleaseRange<'_>) -> (Vec<StartGateFinding>, Vec<Unchecked>) {
    let own_text = range.previous_version.trim_start_matches(['v', 'V']);
    let mut searched: Vec<String> = KEPT.iter().map(|word| (*word).to_owned()).collect();
    searched.extend(SOURCES.iter().map(|word| (*word).to_owned()));
    if own_text.len() > 2 && own_text.contains('.') {
        searched.push(own_text.to_ascii_lowercase());
    }
    let files = |path: &str| {
        guard::find_language(path).is_some() && crate::usage::is_code(path)
            || OwnVersions::is_build_file(path)
    };
    let (hits, failed) = range.previous.search_many(&searched, true, PLACES, &files);
    let own = OwnVersions::find(range.previous, own_text, &hits);
    let mut paths: BTreeSet<&str> = BTreeSet::new();
    let programs = |hit: &&Hit| guard::find_language(&hit.path).is_some();
    let mut unread = failed.len();
    for hit in hits.iter().filter(programs) {
        if hit.word < KEPT.len() && paths.len() < FILES {
            paths.insert(&hit.path);
        } else if hit.word < KEPT.len() && !paths.contains(hit.path.as_str()) {
            unread += 1;
        }
    }
    let mut reading = ProductReading {
        range,
        own: &own,
        gates: Vec::new(),
        unclear: Vec::new(),
        told: None,
    };
    for path in paths {
        let text = range.previous.read_text(path).ok();
        match text.filter(|text| text.len() <= LENGTH) {
            Some(text) => reading.read_file(path, &text),
            None => unread += 1,
        }
    }
    let (gates, mut unchecked) = reading.tell();
    if gates.is_empty() && unread > 0 {
        unchecked.push(make_unread_files(range.previous_version));
    }
    if gates.is_empty() {
        unchecked.extend(find_told_refusals(range));
    }
    (gates, unchecked)
}

/// Files that were not read could hold the comparison: that is no *no*.
fn make_unread_files(version: &str) -> Unchecked {
    Unchecked {
        what: "a version that is kept with the data".into(),
        why: format!(
            "not every file of {version} that may compare one with its own was read: some are too many, too large or not there"
        )
        .into(),
        settle_with: Some(format!("start one instance of {version} on a copy of the data as it is now").into()),
    }
}

/// What was found so far.
struct ProductReading<'a> {
    range: &'a ReleaseRange<'a>,
    own: &'a OwnVersions,
    /// Whether it was followed, and the gate.
    gates: Vec<(bool, StartGateFinding)>,
    /// Comparisons of which the branch was not understood.
    unclear: Vec<(String, usize, String)>,
    /// A message that says that no older release may follow.
    told: Option<(String, usize, String)>,
}

impl ProductReading<'_> {
    fn read_file(&mut self, path: &str, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        if self.told.is_none() && self.own.is_named_in(text) {
            let told = lines.iter().position(|line| refuses_downgrade(line));
            self.told = told.map(|at| (path.to_owned(), at + 1, excerpt_line(&lines, at + 1)));
        }
        if words::has_part(path, OF_OTHERS) {
            return;
        }
        let Some(language) = guard::find_language(path) else {
            return;
        };
        // what every other branch does is not worked out
        let wanted = |names: &[String]| names.iter().any(|name| words::has_part(name, VERSION));
        let tokens = guard::cut_program_tokens(language, text);
        for one in guard::find_in(language, text, &tokens, &wanted) {
            self.judge_guard(path, &lines, &one);
        }
    }

    fn judge_guard(&mut self, path: &str, lines: &[&str], one: &VersionGuard) {
        let asks = matches!(one.compares, Compares::Newer | Compares::NotEqual);
        let others =
            |name: &String| words::has_part(name, ELSEWHERE) || words::has_part(name, OF_OTHERS);
        if !asks || words::has_part(&one.message, OF_OTHERS) || one.names.iter().any(others) {
            return;
        }
        let Some(sides) = self.tell_sides(path, lines, one) else {
            return;
        };
        if !self.differs_in_what_is_compared(one) {
            return;
        }
        let previous = self.range.previous_version;
        match one.outcome {
            GuardOutcome::Refuses { line } if !speaks_of_older(&one.message) => {
                let mut places =
                    vec![Evidence::at(path, line).with_excerpt(&excerpt_line(lines, line))];
                if line != one.line {
                    let excerpt = excerpt_line(lines, one.line);
                    places.push(Evidence::at(path, one.line).with_excerpt(&excerpt));
                }
                let says = format!(
                    "{previous} refuses data that another version of the product wrote: it holds the version that is kept with the data against its own, and stops with an error at {path}:{line}"
                );
                let (severity, confidence) = if sides.followed {
                    (Severity::Blocks, Confidence::Proven)
                } else {
                    (Severity::Warns, Confidence::Likely)
                };
                let gate = make_gate_finding(severity, confidence, previous, says, places);
                self.gates
                    .push((sides.followed, StartGateFinding::stops(gate, None)));
            }
            GuardOutcome::Tells => {}
            GuardOutcome::Refuses { .. } | GuardOutcome::NotUnderstood => {
                let excerpt = excerpt_line(lines, one.line);
                self.unclear.push((path.to_owned(), one.line, excerpt));
            }
        }
    }

    /// Whether one side is the product's own version and another one was kept.
    fn tell_sides(&self, path: &str, lines: &[&str], one: &VersionGuard) -> Option<ComparedSides> {
        let chains = list_chains(&one.text);
        let mut own: Option<bool> = None;
        let mut kept: Option<bool> = None;
        for chain in chains {
            let parts = words::split_name_parts(chain);
            let has = |known: &[&str]| parts.iter().any(|part| known.contains(&part.as_str()));
            let given = list_given_lines(lines, one.line, chain);
            let is_source = self.own.is_own(path, chain)
                || given.iter().any(|line| self.own.stands_in(path, line));
            let is_read = given.iter().any(|line| reads_something(line));
            // `text != VERSION` says of the text only where it was read from
            let of_version = has(VERSION)
                || given
                    .iter()
                    .any(|line| line.to_ascii_lowercase().contains("version"));
            if is_read && of_version || has(STORED) && has(VERSION) {
                kept = Some(kept.unwrap_or(false) || is_read);
            } else if is_source {
                own = Some(true);
            } else if has(OWN) && has(VERSION) {
                own = Some(own.unwrap_or(false));
            }
        }
        Some(ComparedSides {
            followed: own? & kept?,
        })
    }

    /// A comparison of the major numbers alone does not stop between two releases that share theirs.
    fn differs_in_what_is_compared(&self, one: &VersionGuard) -> bool {
        const LEVELS: [&str; 3] = ["major", "minor", "patch"];
        let named: Vec<usize> = (0..LEVELS.len())
            .filter(|at| {
                one.names
                    .iter()
                    .any(|name| words::has_part(name, &[LEVELS[*at]]))
            })
            .collect();
        if named.is_empty() {
            return true;
        }
        let numbers = |text: &str| -> Vec<String> {
            text.trim_start_matches(|c: char| !c.is_ascii_digit())
                .split('.')
                .take(3)
                .map(str::to_owned)
                .collect()
        };
        let (old, new) = (
            numbers(self.range.previous_version),
            numbers(self.range.current_version),
        );
        named.iter().any(|at| old.get(*at) != new.get(*at))
    }

    /// One gate is told, the surest first. A branch that was not understood is probably one where a
    /// message beside it says that no older release may follow, and else a question.
    fn tell(mut self) -> (Vec<StartGateFinding>, Vec<Unchecked>) {
        let previous = self.range.previous_version;
        self.gates.sort_by_key(|(followed, _)| !*followed);
        if let Some((_, gate)) = self.gates.into_iter().next() {
            return (vec![gate], Vec::new());
        }
        if let (Some((path, line, excerpt)), Some((said_in, said_at, said))) =
            (self.unclear.first(), &self.told)
        {
            let says = format!(
                "{previous} holds the version that is kept with the data against its own ({path}:{line}), and says that it does not take what a newer version wrote ({said_in}:{said_at})"
            );
            let places = vec![
                Evidence::at(path.as_str(), *line).with_excerpt(excerpt),
                Evidence::at(said_in.as_str(), *said_at).with_excerpt(said),
            ];
            let gate =
                make_gate_finding(Severity::Warns, Confidence::Likely, previous, says, places);
            return (vec![StartGateFinding::stops(gate, None)], Vec::new());
        }
        let why = |about: &str| {
            format!(
                "{previous} {about}, and whether it refuses to start on data that a newer version wrote was not understood"
            )
        };
        let settle = || {
            format!(
                "read the branch, or start one instance of {previous} on a copy of the data as it is now"
            )
        };
        let compared = self.unclear.iter().map(|(path, line, _)| {
            (
                path,
                line,
                "holds the version that is kept with the data against its own here",
            )
        });
        let told = self
            .told
            .iter()
            .map(|(path, line, _)| (path, line, "says here that going back is not supported"));
        let unchecked = compared
            .chain(told)
            .take(TOLD)
            .map(|(path, line, about)| Unchecked {
                what: format!("{}:{line}", model::Untrusted::visible(path)).into(),
                why: why(about).into(),
                settle_with: Some(settle().into()),
            })
            .collect();
        (Vec::new(), unchecked)
    }
}

fn excerpt_line(lines: &[&str], line: usize) -> String {
    lines
        .get(line.saturating_sub(1))
        .map(|line| line.trim().chars().take(200).collect())
        .unwrap_or_default()
}

/// Names that are compared, each with what it is a member of: `db.version`, `Shelf::VERSION`.
fn list_chains(line: &str) -> Vec<&str> {
    let joins = |c: char| c.is_alphanumeric() || "_.:$@".contains(c);
    line.split(|c: char| !joins(c))
        .map(|chain| chain.trim_matches(|c: char| !c.is_alphanumeric() && c != '_'))
        .filter(|chain| chain.chars().any(char::is_alphabetic))
        .take(40)
        .collect()
}

/// The lines above a comparison from which a chain's first name has its value: the one that gives
/// it, with what follows it on the next line, and the one that gives a name on its right side.
fn list_given_lines(lines: &[&str], at: usize, chain: &str) -> Vec<String> {
    let root = chain
        .split(['.', ':'])
        .next()
        .unwrap_or(chain)
        .trim_start_matches(['$', '@']);
    let mut out: Vec<String> = Vec::new();
    let Some((line, above)) = find_given_line(lines, at, root) else {
        return out;
    };
    let right = line.split_once('=').map_or("", |(_, right)| right);
    for name in right
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|name| !name.is_empty())
        .take(20)
    {
        out.extend(find_given_line(lines, above, name).map(|(line, _)| line));
    }
    out.push(line);
    out
}

/// The line above `at` that gives a name its value, with the next one, and its number.
fn find_given_line(lines: &[&str], at: usize, name: &str) -> Option<(String, usize)> {
    if name.len() < 2 || matches!(name, "self" | "this" | "if" | "unless" | "elif" | "err") {
        return None;
    }
    let end = at.saturating_sub(1).min(lines.len());
    let from = end.saturating_sub(ABOVE);
    let place = lines
        .get(from..end)?
        .iter()
        .rposition(|line| !is_comment_line(line) && gives_value(line, name))?;
    let line = lines.get(from + place)?;
    let next = lines.get(from + place + 1).filter(|_| goes_on(line));
    let next = next.map_or("", |next| next.trim());
    Some((format!("{line} {next}"), from + place + 1))
}

/// A statement does not end with its line.
fn goes_on(line: &str) -> bool {
    line.trim_end().ends_with(['(', ',', '=', '.', '[', '{'])
}

/// The line gives this name a value: left of an equals sign, or by its address.
fn gives_value(line: &str, name: &str) -> bool {
    if line.contains(&format!("&{name})")) || line.contains(&format!("&{name},")) {
        return true;
    }
    let equals = line.char_indices().find(|(at, c)| {
        *c == '='
            && !line[at + 1..].starts_with(['=', '>', '~'])
            && !line[..*at].ends_with(['=', '!', '<', '>'])
    });
    // a member of something else is another name
    equals.is_some_and(|(at, _)| {
        text_scan::find_whole_word(&line[..at], name)
            .is_some_and(|place| !line[..place].ends_with('.'))
    })
}

/// The line reads something that is kept, and not what another program sends.
fn reads_something(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let asked = ["request", "req.", "header", "response", "argv", "env("];
    READS.iter().any(|call| lower.contains(call)) && !asked.iter().any(|sign| lower.contains(sign))
}

/// A text in quotes that says that an older version may not follow a newer one.
fn refuses_downgrade(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    // an attribute that holds a message begins as a comment does elsewhere
    let comment = is_comment_line(line) && !line.trim_start().starts_with("#[");
    let quoted = lower.contains(['"', '\'', '`']) && !comment;
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let not = [
        " not ",
        "n't ",
        "cannot",
        "unsupported",
        "refus",
        "impossible",
        "forbid",
        "disallow",
    ];
    let about = ["version", "database", "data", "store", "index"];
    let downgrade = lower.contains("downgrad") && says(&not) && says(&about);
    let newer = says(&[
        "created by a newer version",
        "written by a newer version",
        "created with a newer version",
        "is higher than the",
        "incompatible with your current",
    ]) && says(&["database", "data", "store", "index"]);
    quoted && (downgrade || newer)
}
