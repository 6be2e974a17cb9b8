//! Stored forms: what current writes outside the schema (files, logs, documents, messages,
//! sessions, state), met with the reader of previous.
//!
//! A finding here names two places: what moves in the range, and what in previous refuses it. Where
//! only the first is found nothing is claimed: the place is *unchecked*. Examples, fixtures and
//! tests are left out; what lies in a vendored library warns and never blocks.

mod changed_value;
mod emptied_at_start;
mod field_form;
mod field_place;
mod hidden_rows;
mod job;
mod kept_by_clients;
mod library_version;
mod member;
mod moved_value;
mod place_moved;
mod place_names;
mod position_moved;
mod positional_list;
mod progress;
mod progress_names;
mod queue_job;
mod queue_library;
mod registry;
mod serialised;
mod state_version;
mod stored_name;
mod stored_name_kinds;
mod stored_type;
mod strict;
mod strict_languages;
mod strict_search;
mod time_zone;
mod types;
mod version;
mod wire_name;
mod worked_out_place;
mod written_version;
mod written_word;

#[cfg(test)]
mod fixture;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use coverage::changed_lines::ChangedLines;
use coverage::guard::{self, VersionConstant, VersionGuard};
use coverage::place::{FileRole, classify_path_place};
use coverage::{ReleaseRange, StoredOutcome};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Evidence, FileKind, FileStatus, Finding, Severity,
    Unchecked, Untrusted,
};

// program text of people is far below; a longer file is a table or a bundle
/// Largest program text that is read, in bytes.
const LIMIT: usize = 2 * 1024 * 1024;

// beyond it files are counted and named as not read, never taken for fine
/// Most changed files that are read.
const FILES: usize = 5_000;

/// Most findings of one check that are listed.
const MOST: usize = 25;

/// One check: its declaration, and what it does.
struct StoredCheck {
    declared: CheckDeclaration,
    run: fn(&StoredInput<'_>, &mut StoredOutcome),
}

/// All of them. One check is one file.
const CHECKS: &[StoredCheck] = &[
    // of equal findings at one place the one of the first check stays
    version::CHECK,
    member::CHECK,
    registry::CHECK,
    strict::CHECK,
    serialised::CHECK,
    stored_type::CHECK,
    field_form::CHECK,
    state_version::CHECK,
    library_version::CHECK,
    emptied_at_start::CHECK,
    job::CHECK,
    progress::CHECK,
    place_moved::CHECK,
    kept_by_clients::CHECK,
    position_moved::CHECK,
    written_word::CHECK,
    stored_name::CHECK,
    hidden_rows::CHECK,
    time_zone::CHECK,
];

/// A program file that both or one of the releases have, and that differs.
struct ChangedProgram {
    path: String,
    old_path: String,
    old: String,
    new: String,
    vendored: bool,
    digests: [OnceLock<Digest>; 2],
    new_guards: OnceLock<Vec<VersionGuard>>,
}

/// What the checks ask of one side of a file, read off its tokens in one go.
#[derive(Default)]
struct Digest {
    // guards of current are needed for few files, so they are read apart
    /// Guards over a version or a type; of previous only.
    guards: Vec<VersionGuard>,
    constants: Vec<VersionConstant>,
    types: Vec<types::TypeDef>,
    lists: registry::Lists,
}

impl Digest {
    fn read(path: &str, text: &str, with_guards: bool) -> Self {
        let Some(language) = guard::find_language(path) else {
            return Self::default();
        };
        let tokens = guard::cut_program_tokens(language, text);
        // most guards are about something else, and working out what they do costs the most
        let wanted = |names: &[String]| guard::about_version(names) || guard::about_type(names);
        Self {
            guards: if with_guards {
                guard::find_in(language, text, &tokens, &wanted)
            } else {
                Vec::new()
            },
            constants: guard::version_constants_in(&tokens),
            types: types::read_in(language, text, &tokens),
            lists: registry::lists_in(&tokens),
        }
    }
}

impl ChangedProgram {
    /// Previous' side; read when it is first asked for.
    fn old_digest(&self) -> &Digest {
        self.digests[0].get_or_init(|| Digest::read(&self.old_path, &self.old, true))
    }

    /// Current's side.
    fn new_digest(&self) -> &Digest {
        self.digests[1].get_or_init(|| Digest::read(&self.path, &self.new, false))
    }

    /// All guards of current's side: few files have one in previous that is looked for here.
    fn new_guards(&self) -> &[VersionGuard] {
        // all of them, since a name that current uses for it may be any
        self.new_guards
            .get_or_init(|| guard::find_guards(&self.path, &self.new))
    }
}

/// Takes the files apart on all processors: several checks wait for it, one after the other.
fn read_digests(files: &[ChangedProgram]) {
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        // a few files are read faster by one thread than others are started
        .min(files.len() / 16)
        .min(8);
    let next = AtomicUsize::new(0);
    let read = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if !file.new.is_empty() {
                file.old_digest();
            }
            if !file.old.is_empty() && !file.new.is_empty() {
                file.new_digest();
            }
        }
    };
    if workers > 1 {
        std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(read))));
    }
}

/// What a check of stored forms looks at.
struct StoredInput<'a> {
    range: &'a ReleaseRange<'a>,
    files: Vec<ChangedProgram>,
    /// What was searched for in previous already: words, and the files that hold one.
    readers: Mutex<HashMap<Vec<String>, PreviousReaders>>,
}

/// Paths and texts of files.
type PreviousReaders = Arc<Vec<(String, String)>>;

/// Looks at the program text of the range.
pub fn check_stored_forms(range: &ReleaseRange<'_>) -> StoredOutcome {
    let mut outcome = StoredOutcome::default();
    let files = list_changed_programs(range, &mut outcome.unchecked);
    read_digests(&files);
    let look = StoredInput {
        range,
        files,
        readers: Mutex::default(),
    };
    for check in CHECKS {
        // one check at a time, so that its own findings are cut by their number
        let before = outcome.findings.len();
        (check.run)(&look, &mut outcome);
        let found = outcome.findings.len() - before;
        if found > MOST {
            // the worst ones stay when the others are counted
            outcome.findings[before..].sort_by_key(|finding| finding.severity);
            outcome.findings.truncate(before + MOST);
            outcome.unchecked.push(Unchecked {
                what: check.declared.doc.title.into(),
                why: format!("{} more were found and are not listed", found - MOST).into(),
                settle_with: Some("look at what changed in these files".into()),
            });
        }
    }
    told_once(&mut outcome.findings);
    outcome.findings.sort_by(|a, b| {
        (a.severity, a.confidence, &a.check, &a.subject).cmp(&(
            b.severity,
            b.confidence,
            &b.check,
            &b.subject,
        ))
    });
    outcome.unchecked.sort();
    outcome.unchecked.dedup();
    outcome
}

/// One refusal of previous is told once: by the worst finding that ends at it.
fn told_once(findings: &mut Vec<Finding>) {
    let guarded = [
        // these three may meet one refusal by three ways
        version::CHECK.declared.doc.id,
        member::CHECK.declared.doc.id,
        registry::CHECK.declared.doc.id,
    ];
    let place = |finding: &Finding| {
        finding
            .evidence
            .last()
            .map(|place| (place.path.clone(), place.line))
    };
    // the last evidence is the place in previous that refuses
    let mut seen = std::collections::BTreeSet::new();
    findings.sort_by_key(|finding| finding.severity);
    // two constants that block at one place are two things to know
    findings.retain(|finding| {
        !guarded.contains(&finding.check.as_str())
            || seen.insert(place(finding))
            || finding.severity == Severity::Blocks
    });
}

/// These checks.
pub fn list_stored_form_checks() -> Vec<CheckDeclaration> {
    CHECKS.iter().map(|check| check.declared).collect()
}

fn list_changed_programs(
    range: &ReleaseRange<'_>,
    unchecked: &mut Vec<Unchecked>,
) -> Vec<ChangedProgram> {
    let wanted = range.changes.iter().filter(|change| {
        let old = change.old_path.as_deref().unwrap_or(&change.path);
        guard::find_language(&change.path).is_some()
            && !matches!(change.kind, FileKind::Test | FileKind::Documentation)
            && classify_path_place(&change.path) != FileRole::NotLive
            // what an example wrote is kept by nobody
            && (classify_path_place(old) != FileRole::NotLive || change.status == FileStatus::Added)
    });
    let mut files = Vec::new();
    let mut left_out = 0;
    for change in wanted {
        if files.len() >= FILES {
            left_out += 1;
            continue;
        }
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let mut side = |tree: &dyn model::Snapshot, path: &str, there: bool| -> Option<String> {
            if !there {
                // an empty text stands for a side that is not there
                return Some(String::new());
            }
            let why = match tree.read_text(path) {
                Ok(text) if text.len() <= LIMIT => return Some(text),
                Ok(text) => format!(
                    "it has {} bytes, more than the {LIMIT} that are read for stored forms",
                    text.len()
                ),
                Err(error) => error.to_string(),
            };
            unchecked.push(Unchecked {
                what: Untrusted::visible(path),
                why: why.into(),
                settle_with: Some("look at what changed in this file".into()),
            });
            // a side that cannot be read is told, and the other alone proves nothing
            None
        };
        let (Some(old), Some(new)) = (
            side(range.previous, old_path, change.status != FileStatus::Added),
            side(
                range.current,
                &change.path,
                change.status != FileStatus::Deleted,
            ),
        ) else {
            continue;
        };
        let vendored = classify_path_place(&change.path) == FileRole::Vendored;
        // of a library only a version that moves counts, and most of its files hold none among what
        // changed
        if vendored && (is_generated(&new) || !moves_number_of_version(&old, &new)) {
            continue;
        }
        files.push(ChangedProgram {
            path: change.path.clone(),
            old_path: old_path.to_owned(),
            digests: Default::default(),
            new_guards: OnceLock::new(),
            old,
            new,
            vendored,
        });
    }
    if left_out > 0 {
        unchecked.push(Unchecked {
            what: "stored forms".into(),
            why: format!(
                "{left_out} more changed program files were not read for versions of stored things"
            )
            .into(),
            settle_with: Some(
                "look at their diff, or choose a part of the repository with --path".into(),
            ),
        });
    }
    files
}

/// The head of a file says that a tool wrote it: what such code of a library refuses, its own
/// reader of stored things does not.
pub(super) fn is_generated(text: &str) -> bool {
    // tools say so in the first lines, below a licence at most
    let head = || text.lines().take(12);
    let says = |word: &str| head().any(|line| line.to_ascii_lowercase().contains(word));
    says("code generated") || says("@generated") || says("do not edit") && says("generated")
}

/// Some line that differs names a version and holds a number.
fn moves_version(old: &str, new: &str) -> bool {
    let telling = |line: &str| {
        line.len() <= LINE
            && line.bytes().any(|byte| byte.is_ascii_digit())
            && guard::may_name_version(line)
    };
    ChangedLines::may_hold(old, new, telling)
        && ChangedLines::between(Some(old), Some(new))
            // a line that only moved is no change, which the quick look does not know
            .all()
            .any(|(_, line)| telling(line))
}

// a longer line is data or was packed by a tool
/// Longest line in which a version is looked for, in bytes.
const LINE: usize = 400;

/// Some line that differs names a version and, behind the name, a number that is no part of a word:
/// most lines of libraries that hold both are imports of a path with a version in it.
fn moves_number_of_version(old: &str, new: &str) -> bool {
    let telling = |line: &str| {
        line.len() <= LINE && guard::may_name_version(line) && holds_plain_number(line)
    };
    ChangedLines::may_hold(old, new, telling)
        && ChangedLines::between(Some(old), Some(new))
            .all()
            .any(|(_, line)| telling(line))
}

/// A number stands behind a sign of assignment, comparison or listing.
fn holds_plain_number(line: &str) -> bool {
    let bytes = line.as_bytes();
    (1..bytes.len()).any(|at| {
        let begins = bytes[at].is_ascii_digit()
            && !bytes[at - 1].is_ascii_alphanumeric()
            // `v1/`, `-2` and `1.2` in a path are no numbers of their own
            && !matches!(bytes[at - 1], b'_' | b'.' | b'-' | b'/');
        let before = line
            .get(..at)
            .unwrap_or_default()
            .trim_end_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\''));
        let given = before.ends_with(['=', ':', '<', '>', ',', '{', '[', '(']);
        begins
            && (given
                // `case 4:` and `#define FORMAT 4` have no sign before the number
                || ["case", "when", "define", "const"]
                    .iter()
                    .any(|word| line.contains(word)))
    })
}

/// A finding with the check's own reason and advice.
fn build_stored_finding(
    doc: &CheckDoc,
    severity: Severity,
    confidence: Confidence,
    subject: &str,
    says: &str,
    evidence: Vec<Evidence>,
) -> Finding {
    doc.make_finding(severity, confidence, subject, says, evidence)
}

/// A place that was found and could not be judged.
fn build_unjudged_place(path: &str, line: usize, why: String, settle_with: &str) -> Unchecked {
    Unchecked {
        what: Untrusted::visible(&format!("{path}:{line}")),
        why: Untrusted::visible(&why),
        settle_with: Some(settle_with.into()),
    }
}

/// A line of a text as evidence.
fn cite_text_line(path: &str, line: usize, text: &str) -> Evidence {
    let excerpt = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    Evidence::at(path, line).with_excerpt(&excerpt.trim().chars().take(200).collect::<String>())
}

/// The guard's lines in previous as evidence: the comparison, and the refusal where it is another
/// line.
fn guard_places(path: &str, text: &str, guard: &VersionGuard) -> Vec<Evidence> {
    let (line, refusal) = guard.lines();
    let mut places = vec![cite_text_line(path, line, text)];
    places.extend(
        refusal
            .filter(|refusal| *refusal != line)
            .map(|refusal| cite_text_line(path, refusal, text)),
    );
    places
}

/// Whether a path, names or a message speak of something that is kept.
fn stored_words(path: &str, names: &[String], message: &str) -> bool {
    guard::words::names_stored(path)
        || names.iter().any(|name| guard::words::names_stored(name))
        || guard::words::names_stored(message)
}

/// What a person is asked where something may have been written.
const ASK: &str = "ask whether the new form was written since, and try the previous release on a copy of that data";
