//! Guards of the program's own: the version that it knows against the version that is stored.

use std::collections::{BTreeMap, BTreeSet};

use super::known::{Grows, has_schema_word};
use super::read_version::JudgedLines;
use super::{
    GUARDED, Signs, StartGateSign, is_comment_line, make_gate_evidence, make_gate_finding,
};
use coverage::ReleaseRange;
use coverage::guard::{self, Compares, GuardOutcome, VersionGuard};
use model::{Confidence, Evidence, Finding, Hit, Severity, Unchecked};

/// Most files in which guards are read.
const FILES: usize = 80;

/// Longest file that is read, in bytes.
const LENGTH: usize = 1024 * 1024;

/// A message stands at most this many lines below its comparison.
const BELOW: usize = 8;

/// The number that the previous release knows and that of the newer one, where a refusal rests on
/// them.
type KnownNumbers = Option<(u64, u64)>;

/// The gate of the program's own, comparisons that were not understood, and the lines of all that
/// were judged.
pub(super) fn find_guarded_gates<'a>(
    signs: &'a Signs,
    hits: &'a [Hit],
    range: &'a ReleaseRange<'_>,
) -> (
    Vec<(Finding, KnownNumbers)>,
    Vec<Unchecked>,
    JudgedLines<'a>,
) {
    let mut reading = GuardReading::new(signs, range);
    for path in list_guarded_paths(signs, hits, range, &reading.grown) {
        reading.read_file(path);
    }
    for hit in hits
        .iter()
        .filter(|hit| signs.sign_of(hit) == Some(StartGateSign::Message))
        .filter(|hit| is_version_message(hit))
    {
        reading.add_bare_message(hit);
    }
    let judged = std::mem::take(&mut reading.judged);
    let (gates, unchecked) = reading.choose_one();
    (gates, unchecked, judged)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Files in which a guard may stand, the first of them by name.
fn list_guarded_paths<'a>(
    signs: &'a Signs,
    hits: &'a [Hit],
    range: &'a ReleaseRange<'_>,
    grown: &BTreeSet<String>,
) -> BTreeSet<&'a str> {
    let about = hits.iter().filter(|hit| {
        matches!(
            signs.sign_of(hit),
            Some(StartGateSign::Message | StartGateSign::Version)
        ) && guard::find_language(&hit.path).is_some()
    });
    let mut paths: BTreeSet<&str> = about.map(|hit| hit.path.as_str()).collect();
    // a constant of any name may be held against a version that is stored, in its own file
    paths.extend(
        signs
            .known
            .grows
            .iter()
            .filter(|grows| !grows.named && crate::usage::is_code(&grows.path))
            .map(|grows| grows.path.as_str())
            .filter(|path| range.previous.has(path)),
    );
    // A guard may stand beside the constant without naming it.
    let beside = range
        .previous
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| guard::find_language(path).is_some() && grown.contains(folder_of(path)));
    paths.extend(
        beside
            .filter(|path| crate::usage::is_code(path))
            .take(FILES / 2),
    );
    // sorted by path, so that the same files are read in each run
    paths.into_iter().take(FILES).collect()
}

/// The guards that were read, and what they come to.
struct GuardReading<'a> {
    signs: &'a Signs,
    range: &'a ReleaseRange<'a>,
    /// What grows in the range, by its name.
    raised: BTreeMap<&'a str, &'a Grows>,
    /// Folders of what grows under a version's name.
    grown: BTreeSet<String>,
    /// Gates with their weight: the lightest is told.
    gates: Vec<(u8, Finding, KnownNumbers)>,
    unchecked: Vec<Unchecked>,
    judged: JudgedLines<'a>,
    read: BTreeMap<&'a str, Vec<VersionGuard>>,
    /// Numbers on which the refusal of a file and line rests.
    numbers: BTreeMap<(&'a str, usize), (u64, u64)>,
}

/// Whether what a stop says is that the schema is behind the program. Such a program refuses an
/// older schema, and no newer one.
pub(super) fn speaks_of_older(message: &str) -> bool {
    const BEHIND: [&str; 9] = [
        "up to date",
        "up-to-date",
        "out of date",
        "outdated",
        "too old",
        "is behind",
        "older than",
        "pending migration",
        "run migrations",
    ];
    const AHEAD: [&str; 8] = [
        "newer",
        "too new",
        "higher",
        "greater",
        "ahead",
        "downgrade",
        "unknown",
        "does not know",
    ];
    let lower = message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    // a message that names both sides is about a newer schema
    says(&BEHIND) && !says(&AHEAD)
}

impl<'a> GuardReading<'a> {
    fn new(signs: &'a Signs, range: &'a ReleaseRange<'a>) -> Self {
        let grows = &signs.known.grows;
        let named = grows.iter().filter(|grows| grows.named);
        Self {
            signs,
            range,
            raised: grows
                .iter()
                .map(|grows| (grows.name.as_str(), grows))
                .collect(),
            grown: named
                .map(|grows| folder_of(&grows.path).to_owned())
                .collect(),
            gates: Vec::new(),
            unchecked: Vec::new(),
            judged: JudgedLines::new(),
            read: BTreeMap::new(),
            numbers: BTreeMap::new(),
        }
    }

    fn read_file(&mut self, path: &'a str) {
        let text = self.range.previous.read_text(path).ok();
        let Some(text) = text.filter(|text| text.len() <= LENGTH) else {
            return;
        };
        let guards = guard::find_guards(path, &text);
        for one in &guards {
            self.judge_guard(path, &text, one);
        }
        self.read.insert(path, guards);
    }

    fn judge_guard(&mut self, path: &'a str, text: &str, one: &VersionGuard) {
        let named = self
            .raised
            .iter()
            .find(|(name, _)| one.names(name))
            .map(|(_, grows)| *grows);
        let Some(weight) = self.weigh_guard(path, one, named) else {
            return;
        };
        // a store of documents has versions, too: that is no schema, and no start stops at it
        let words = || {
            [path, one.message.as_str()]
                .into_iter()
                .chain(one.names.iter().map(String::as_str))
        };
        if !named.is_some_and(|grows| grows.list)
            && !words().any(names_database)
            && !speaks_of_database(text)
        {
            return;
        }
        // a line that was judged is not told again as one that was not understood
        self.judged.entry(path).or_default().push(one.line);
        let version = self.range.previous_version;
        match one.outcome {
            GuardOutcome::Refuses { line } if !speaks_of_older(&one.message) => {
                self.add_refusal((path, line), text, one, named, weight);
            }
            // a line of a log stops nothing
            GuardOutcome::Tells => {}
            GuardOutcome::Refuses { .. } | GuardOutcome::NotUnderstood => self.unchecked.push(Unchecked {
                    what: format!("{path}:{}", one.line).into(),
                    why: format!("{version} compares a version of its schema here, and {}", super::NOT_UNDERSTOOD).into(),
                    settle_with: Some(format!("read the branch, or start one instance of {version} on a copy of the schema as it is now").into()),
            }),
        }
    }

    /// How near a guard is to the schema's version, the nearest first; `None` for one about
    /// something else.
    fn weigh_guard(&self, path: &str, one: &VersionGuard, named: Option<&Grows>) -> Option<u8> {
        let beside = self.grown.contains(folder_of(path)) && one.about_version();
        let told = has_schema_word(&one.message)
            || one.names.iter().any(|name| has_schema_word(name))
            || GUARDED
                .iter()
                .any(|word| one.message.to_lowercase().contains(word));
        let newer =
            self.signs.migrates && told && one.about_version() && one.compares == Compares::Newer;
        match (named, one.compares) {
            (Some(grows), _) if grows.list && !asks_of_members(one) => None,
            (Some(grows), _)
                if told || grows.list || has_schema_word(path) || has_schema_word(&grows.path) =>
            {
                Some(0)
            }
            (None, Compares::UnknownMember | Compares::NotEqual) if beside && told => Some(1),
            _ if newer => Some(1),
            _ => None,
        }
    }

    fn add_refusal(
        &mut self,
        (path, line): (&'a str, usize),
        text: &str,
        one: &VersionGuard,
        named: Option<&Grows>,
        weight: u8,
    ) {
        let version = self.range.previous_version;
        let lists = named.is_some_and(|grows| grows.list);
        let excerpt = |line: usize| {
            text.lines()
                .nth(line.saturating_sub(1))
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let mut places = vec![Evidence::at(path, line).with_excerpt(&excerpt(line))];
        if one.line != line {
            places.push(Evidence::at(path, one.line).with_excerpt(&excerpt(one.line)));
        }
        // a list of steps may be compared by its length or by its names, which is less sure
        let (severity, confidence) = if lists {
            (Severity::Warns, Confidence::Likely)
        } else {
            (Severity::Blocks, Confidence::Proven)
        };
        let grows = named.map(|grows| {
            places.push(Evidence::at(grows.path.as_str(), grows.line));
            format!(
                "; {} grows in this range ({}:{})",
                grows.name, grows.path, grows.line
            )
        });
        let says = format!(
            "{version} refuses to start on a schema newer than its own: it stops with an error at {path}:{line}{}",
            grows.unwrap_or_default()
        );
        // a number settles the question only where the comparison is one of numbers
        let values = named
            .and_then(|grows| grows.values)
            .filter(|_| matches!(one.compares, Compares::Newer | Compares::NotEqual));
        if let Some(values) = values {
            self.numbers.insert((path, one.line), values);
        }
        self.gates.push((
            weight + 2 * u8::from(lists),
            make_gate_finding(severity, confidence, version, says, places),
            values,
        ));
    }

    /// A message without a comparison that could be read: where it stands tells whether it stops.
    fn add_bare_message(&mut self, hit: &Hit) {
        let version = self.range.previous_version;
        // the comparison above a message tells whether it stops or only writes it
        let near = self
            .read
            .get(hit.path.as_str())
            .into_iter()
            .flatten()
            .rfind(|one| one.line <= hit.line && hit.line <= one.line + BELOW);
        if near.is_some_and(|one| one.outcome == GuardOutcome::Tells) || is_log_line(&hit.text) {
            return;
        }
        let says = format!("{version} refuses to start on a schema newer than its own");
        let numbers = near.and_then(|one| self.numbers.get(&(hit.path.as_str(), one.line)));
        self.gates.push((
            1,
            make_gate_finding(
                Severity::Blocks,
                Confidence::Proven,
                version,
                says,
                vec![make_gate_evidence(hit)],
            ),
            // the message of a comparison rests on its numbers
            numbers.copied(),
        ));
    }

    /// One of several refusals is told; what is live settles it only where all rest on one number.
    fn choose_one(mut self) -> (Vec<(Finding, KnownNumbers)>, Vec<Unchecked>) {
        self.gates.sort_by_key(|(weight, ..)| *weight);
        self.unchecked.truncate(20);
        let values = self.gates.first().and_then(|(_, _, values)| *values);
        // a second refusal with another number could still stop the start
        let one =
            values.filter(|values| self.gates.iter().all(|(.., other)| *other == Some(*values)));
        let gates = self.gates.into_iter().take(1);
        (
            gates.map(|(_, finding, _)| (finding, one)).collect(),
            self.unchecked,
        )
    }
}

/// The guard asks how many members a list has, which one is at a place, or whether one is there.
/// `step.password != ""` asks about a field of something.
fn asks_of_members(one: &VersionGuard) -> bool {
    const COUNTS: [&str; 8] = [
        "len", "length", "size", "count", "index", "indexof", "last", "keys",
    ];
    one.compares == Compares::UnknownMember
        || one.text.contains('[')
        || one.names.iter().any(|name| {
            COUNTS.iter().any(|word| name.eq_ignore_ascii_case(word))
                || guard::words::has_part(name, &COUNTS)
        })
}

/// The name is that of something in a database, and not only of a store.
fn names_database(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "schema",
        "database",
        "db",
        "migration",
        "migrations",
        "migrate",
        "sql",
        "sqlite",
        "postgres",
        "mysql",
        "delta",
        "ddl",
    ];
    guard::words::has_part(name, &WORDS)
}

/// Program text that works with a database: a driver, a statement, a call of one.
fn speaks_of_database(text: &str) -> bool {
    const SIGNS: [&str; 14] = [
        "sql",
        "pragma",
        "database",
        "migrat",
        "schema",
        "cursor",
        "transaction",
        "upgrade",
        "bbolt",
        "bolt.",
        "leveldb",
        "rocksdb",
        "mongo",
        "table",
    ];
    text.lines().take(TEXT_LINES).any(|line| {
        let lower = line.to_ascii_lowercase();
        SIGNS.iter().any(|sign| lower.contains(sign))
    })
}

/// Most lines in which signs of a database are looked for.
const TEXT_LINES: usize = 20_000;

/// The line is a message or a comparison about the schema's version, not prose about something
/// else.
fn is_version_message(hit: &Hit) -> bool {
    let lower = hit.text.to_lowercase();
    // a message about a target speaks of a command that somebody gives
    let target = lower.contains("down migration") || lower.contains("target");
    !is_comment_line(&hit.text)
        && !target
        && GUARDED.iter().any(|word| lower.contains(word))
        && (lower.contains('"') || lower.contains('\'') || lower.contains('`'))
}

/// The line only tells it to a log.
fn is_log_line(text: &str) -> bool {
    let lower = text.to_lowercase();
    let log = [
        "log.info",
        "log.warn",
        "logger.info",
        "logger.warn",
        "console.log",
        "console.warn",
        "log.debug",
        "logging.warn",
        "logging.info",
        "slog.warn",
        "slog.info",
        "warn!(",
        "info!(",
        "puts ",
        "println",
        "print(",
    ];
    log.iter().any(|sign| lower.contains(sign))
        // `log.warn(..); exit(1)` stops all the same
        && !["raise", "throw", "panic", "fatal", "exit", "abort", "bail"]
            .iter()
            .any(|sign| lower.contains(sign))
}
