//! Guards of the program's own: the version that it knows against the version that is stored.

use std::collections::{BTreeMap, BTreeSet};

use super::known::has_schema_word;
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

/// The gate of the program's own, and comparisons that were not understood.
pub fn find_guarded_gates(
    signs: &Signs,
    hits: &[Hit],
    range: &ReleaseRange<'_>,
) -> (Vec<(Finding, KnownNumbers)>, Vec<Unchecked>) {
    let of = |hit: &Hit| signs.signs.get(hit.word).copied();
    let about = hits.iter().filter(|hit| {
        matches!(
            of(hit),
            Some(StartGateSign::Message | StartGateSign::Version)
        ) && guard::find_language(&hit.path).is_some()
    });
    let mut paths: BTreeSet<&str> = about.map(|hit| hit.path.as_str()).collect();
    // A guard may stand beside the constant without naming it.
    let folder = |path: &str| {
        path.rsplit_once('/')
            .map_or("", |(folder, _)| folder)
            .to_owned()
    };
    let grown: BTreeSet<String> = signs
        .known
        .grows
        .iter()
        .filter(|grows| grows.named)
        .map(|grows| folder(&grows.path))
        .collect();
    // a constant of any name may be held against a version that is stored, in its own file
    paths.extend(
        signs
            .known
            .grows
            .iter()
            .filter(|grows| !grows.named && super::super::usage::is_code(&grows.path))
            .map(|grows| grows.path.as_str())
            .filter(|path| range.previous.has(path)),
    );
    let raised: BTreeMap<&str, _> = signs
        .known
        .grows
        .iter()
        .map(|grows| (grows.name.as_str(), grows))
        .collect();
    let beside = range
        .previous
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| guard::find_language(path).is_some() && grown.contains(&folder(path)));
    paths.extend(
        beside
            .filter(|path| super::super::usage::is_code(path))
            .take(FILES / 2),
    );
    paths = paths.into_iter().take(FILES).collect();
    let version = range.previous_version;
    let mut out: Vec<(u8, Finding, KnownNumbers)> = Vec::new();
    let mut unchecked: Vec<Unchecked> = Vec::new();
    let mut read: BTreeMap<&str, Vec<VersionGuard>> = BTreeMap::new();
    let mut numbers: BTreeMap<(&str, usize), (u64, u64)> = BTreeMap::new();
    for path in paths {
        let Some(text) = range
            .previous
            .read_text(path)
            .ok()
            .filter(|text| text.len() <= LENGTH)
        else {
            continue;
        };
        let guards = guard::find_guards(path, &text);
        for one in &guards {
            let named = raised
                .iter()
                .find(|(name, _)| one.names(name))
                .map(|(_, grows)| *grows);
            let beside = grown.contains(&folder(path)) && one.about_version();
            let told = has_schema_word(&one.message)
                || one.names.iter().any(|name| has_schema_word(name))
                || GUARDED
                    .iter()
                    .any(|word| one.message.to_lowercase().contains(word));
            let newer =
                signs.migrates && told && one.about_version() && one.compares == Compares::Newer;
            let lists = named.is_some_and(|grows| grows.list);
            let weight = match (named, one.compares) {
                (Some(_), _)
                    if told
                        || lists
                        || has_schema_word(path)
                        || named.is_some_and(|grows| has_schema_word(&grows.path)) =>
                {
                    0
                }
                (None, Compares::UnknownMember | Compares::NotEqual) if beside && told => 1,
                _ if newer => 1,
                _ => continue,
            };
            match one.outcome {
                GuardOutcome::Refuses { line } => {
                    let excerpt = |line: usize| text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim().to_owned();
                    let mut places = vec![Evidence::at(path, line).with_excerpt(&excerpt(line))];
                    if one.line != line {
                        places.push(Evidence::at(path, one.line).with_excerpt(&excerpt(one.line)));
                    }
                    let (severity, confidence) = if lists { (Severity::Warns, Confidence::Likely) } else { (Severity::Blocks, Confidence::Proven) };
                    let grows = named.map(|grows| {
                        places.push(Evidence::at(grows.path.as_str(), grows.line));
                        format!("; {} grows in this range ({}:{})", grows.name, grows.path, grows.line)
                    });
                    let says = format!(
                        "{version} refuses to start on a schema newer than its own: it stops with an error at {path}:{line}{}",
                        grows.unwrap_or_default()
                    );
                    let values = named.and_then(|grows| grows.values).filter(|_| {
                        matches!(one.compares, Compares::Newer | Compares::NotEqual)
                    });
                    if let Some(values) = values {
                        numbers.insert((path, one.line), values);
                    }
                    out.push((
                        weight + 2 * u8::from(lists),
                        make_gate_finding(severity, confidence, version, says, places),
                        values,
                    ));
                }
                GuardOutcome::Tells => {}
                GuardOutcome::NotUnderstood => unchecked.push(Unchecked {
                    what: format!("{path}:{}", one.line),
                    why: format!("{version} compares a version of its schema here, and {}", super::NOT_UNDERSTOOD),
                    settle_with: Some(format!("read the branch, or start one instance of {version} on a copy of the schema as it is now")),
                }),
            }
        }
        read.insert(path, guards);
    }
    // A message without a comparison that could be read: where it stands tells whether it stops.
    for hit in hits
        .iter()
        .filter(|hit| of(hit) == Some(StartGateSign::Message) && is_version_message(hit))
    {
        let near = read
            .get(hit.path.as_str())
            .into_iter()
            .flatten()
            .rfind(|one| one.line <= hit.line && hit.line <= one.line + BELOW);
        if near.is_some_and(|one| one.outcome == GuardOutcome::Tells) || is_log_line(&hit.text) {
            continue;
        }
        let says = format!("{version} refuses to start on a schema newer than its own");
        out.push((
            1,
            make_gate_finding(
                Severity::Blocks,
                Confidence::Proven,
                version,
                says,
                vec![make_gate_evidence(hit)],
            ),
            // the message of a comparison rests on its numbers
            near.and_then(|one| numbers.get(&(hit.path.as_str(), one.line)))
                .copied(),
        ));
    }
    out.sort_by_key(|(weight, ..)| *weight);
    unchecked.truncate(20);
    // one of several refusals is told; what is live settles it only where all rest on one number
    let values = out.first().and_then(|(_, _, values)| *values);
    let one = values.filter(|values| out.iter().all(|(.., other)| *other == Some(*values)));
    (
        out.into_iter()
            .map(|(_, finding, _)| (finding, one))
            .take(1)
            .collect(),
        unchecked,
    )
}

/// The line is a message or a comparison about the schema's version, not prose about something
/// else.
fn is_version_message(hit: &Hit) -> bool {
    let lower = hit.text.to_lowercase();
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
        && !["raise", "throw", "panic", "fatal", "exit", "abort", "bail"]
            .iter()
            .any(|sign| lower.contains(sign))
}
