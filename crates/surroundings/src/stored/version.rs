//! `stored-form/version-raised`.

use std::collections::{BTreeMap, BTreeSet};

use super::written_version::{find_written_version, is_only_compared};
use super::{
    ASK, ChangedProgram, StoredCheck, StoredInput, StoredOutcome, build_stored_finding,
    build_unjudged_place, cite_text_line, guard_places, stored_words,
};
use coverage::guard::words::{names_elsewhere, names_stored, split_name_parts};
use coverage::guard::{self, Compares, VersionConstant, VersionGuard};
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Finding, Severity, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/version-raised",
    title: "The previous release refuses the version that the new release writes",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Constants, attributes and keys that carry the version of something stored (a format, a snapshot, an index, a session, a cache) and rise in the range, and the place in the previous release that compares a version with them and ends in an error.",
    why: "What the new release has written carries the newer version, and the previous release stops when it meets it.",
    action: "Find out whether anything was written in the new form; if so, convert it down with the program's own tool, restore what was saved before, or go forward.",
    example: "store/header.go raises formatVersion from 3 to 4, and the previous release returns an error where h.Version > formatVersion.",
    source: "Public reports of ways back that failed without SQL: the commonest cause is a version number that guards stored data.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_raised_versions,
};

// each name is a word of one search through previous
/// Most names that are looked for in previous.
const NAMES: usize = 200;

/// Most files of previous that are read for one name.
const READ: usize = 40;

/// A constant that rises.
struct Rise<'f> {
    file: &'f ChangedProgram,
    old: VersionConstant,
    new: VersionConstant,
}

fn find_raised_versions(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let mut rises: Vec<Rise<'_>> = look
        .files
        .iter()
        .flat_map(|file| list_version_rises(look, file))
        .collect();
    rises.truncate(NAMES);
    if rises.is_empty() {
        return;
    }
    let words: Vec<String> = rises
        .iter()
        .map(|rise| rise.new.name.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    // a version that moved in a library is guarded in that library
    let libraries: BTreeSet<&str> = rises
        .iter()
        .filter(|rise| rise.file.vendored)
        .map(|rise| library_folder(&rise.file.old_path))
        .collect();
    let of_a_library = |path: &str| libraries.iter().any(|folder| path.starts_with(folder));
    let program = |path: &str| match classify_path_place(path) {
        FileRole::Live => guard::find_language(path).is_some(),
        FileRole::Vendored => guard::find_language(path).is_some() && of_a_library(path),
        FileRole::NotLive => false,
    };
    let (hits, failed) = look
        .range
        .previous
        .search_many(&words, false, READ, &program);
    outcome.unchecked.extend(
        failed
            .into_iter()
            .map(|error| open_error(&error.to_string())),
    );
    let mut read: BTreeMap<String, (String, Vec<VersionGuard>)> = BTreeMap::new();
    for rise in rises {
        let mut paths: BTreeSet<&str> = hits
            .iter()
            .filter(|hit| words[hit.word] == rise.new.name)
            .map(|hit| hit.path.as_str())
            .collect();
        // its own file may hold the guard without naming the constant on its line
        paths.insert(&rise.file.old_path);
        let found = judge_version_rise(look, &rise, &paths, &mut read);
        match found {
            Some(found) => outcome.findings.push(found),
            // nothing was found that refuses, and a rise still says that something has another form
            None if is_rise_worth_asking(&rise) => outcome.unchecked.push(build_unjudged_place(
                &rise.file.path,
                rise.new.line,
                format!(
                    "{} changes from {} to {}. No place in {} was found that checks it, so nobody knows whether data written since can still be read",
                    rise.new.name, rise.old.value, rise.new.value, look.range.previous_version
                ),
                ASK,
            )),
            None => {}
        }
    }
}

/// The folder of a library that lies in the repository: at most four names, as in
/// `vendor/host/owner/name`.
fn library_folder(path: &str) -> &str {
    let end = path
        .match_indices('/')
        .take(4)
        .last()
        .map_or(0, |(at, _)| at + 1);
    &path[..end]
}

fn open_error(why: &str) -> model::Unchecked {
    model::Unchecked {
        what: "stored forms".into(),
        why: why.into(),
        settle_with: None,
    }
}

/// Constants of a file that are higher in current.
fn list_version_rises<'f>(look: &StoredInput<'_>, file: &'f ChangedProgram) -> Vec<Rise<'f>> {
    if file.old.is_empty() || file.new.is_empty() {
        return Vec::new();
    }
    // a schema that a tool writes down carries the number of the last migration, which the
    // room of databases judges
    if file.new.contains("ActiveRecord::Schema") || file.new.contains("DataMigrate::Data") {
        return Vec::new();
    }
    // a constant that rises stands in a line that differs
    if !file.vendored && !super::moves_version(&file.old, &file.new) {
        return Vec::new();
    }
    let (old, new) = (&file.old_digest().constants, &file.new_digest().constants);
    let mut before: BTreeMap<&str, Vec<&VersionConstant>> = BTreeMap::new();
    old.iter()
        .for_each(|constant| before.entry(&constant.name).or_default().push(constant));
    let mut after: BTreeMap<&str, Vec<&VersionConstant>> = BTreeMap::new();
    new.iter()
        .for_each(|constant| after.entry(&constant.name).or_default().push(constant));
    let mut rises = Vec::new();
    for (name, after) in after {
        let Some(before) = before
            .get(name)
            // with another number of constants of the name it is not known which one rose
            .filter(|before| before.len() == after.len())
        else {
            continue;
        };
        for (old, new) in before.iter().zip(after) {
            if old.value != new.value && new.above(old) && !is_unrelated_version(look, old, new) {
                rises.push(Rise {
                    file,
                    old: (*old).clone(),
                    new: new.clone(),
                });
            }
        }
    }
    rises
}

/// A number that is not about something stored: the product's own version, an interface, a level of
/// loudness.
fn is_unrelated_version(
    look: &StoredInput<'_>,
    old: &VersionConstant,
    new: &VersionConstant,
) -> bool {
    // levels of loudness and quality say how much, not in which form
    const SCALES: [&str; 18] = [
        "log",
        "logging",
        "debug",
        "compression",
        "zoom",
        "quality",
        "optimization",
        "heading",
        "verbosity",
        "verbose",
        "battery",
        "indent",
        "nesting",
        "priority",
        "trace",
        "difficulty",
        "stock",
        "volume",
    ];
    let words = split_name_parts(&new.name);
    let plain = |text: &str| text.trim_start_matches(['v', 'V']).to_owned();
    // a constant with the number of the release moves with it
    let product = plain(&new.value) == plain(look.range.current_version)
        || plain(&old.value) == plain(look.range.previous_version);
    let level = words.iter().any(|word| word == "level" || word == "levels")
        && words.iter().any(|word| SCALES.contains(&word.as_str()));
    // `1.2.3` is the version of a program, unless its name says that something is kept
    let dotted = new.value.contains(['.', '-']) && !names_stored(&new.name);
    // what is at least required refuses older things, and going back lowers it
    let minimum = words
        .iter()
        .any(|word| matches!(word.as_str(), "min" | "minimum" | "oldest" | "required"));
    // the platform itself checks it, which another check tells
    product
        || new.name == "serialVersionUID"
        || level
        || dotted
        || minimum
        || names_elsewhere(&new.name)
            && !words.iter().any(|word| {
                matches!(
                    word.as_str(),
                    "storage" | "stored" | "format" | "data" | "schema" | "disk"
                )
            })
}

/// Whether a rise without a guard is worth a question: its name, or its file, speaks of something
/// kept.
fn is_rise_worth_asking(rise: &Rise<'_>) -> bool {
    let words = split_name_parts(&rise.new.name);
    let precise = words.len() > 1 && names_stored(&rise.new.name)
        || words.len() > 1 && names_stored(&rise.file.path);
    !rise.file.vendored
        && (precise
            || names_stored(&rise.file.path)
                && words
                    .iter()
                    .any(|word| matches!(word.as_str(), "version" | "format" | "schema")))
}

/// The guard in previous that the rise runs into: one that names the constant; one behind a call
/// that it is handed to; one of the same file.
fn judge_version_rise(
    look: &StoredInput<'_>,
    rise: &Rise<'_>,
    paths: &BTreeSet<&str>,
    read: &mut BTreeMap<String, (String, Vec<VersionGuard>)>,
) -> Option<Finding> {
    let name = rise.new.name.as_str();
    let mut takers = BTreeSet::new();
    let mut indirect: Option<Finding> = None;
    let others = list_other_declarations(look, rise, paths, read)?;
    for path in paths.iter().take(READ) {
        // a constant of one language is not the one of another that has its name
        if !speaks_same_language(&rise.file.old_path, path)
            || others
                .iter()
                .any(|other| lies_nearer(path, other, &rise.file.old_path))
        {
            continue;
        }
        let (text, guards) = guards_of(look, path, read)?;
        // a bare `version` is met in its own file only
        let own = *path == rise.file.old_path;
        let direct = guards.iter().find(|guard| {
            // `version` alone is a field of anything
            guard.refuses()
                && guard.names(name)
                && (own
                    || split_name_parts(name).len() > 1
                    || name.chars().all(|c| !c.is_lowercase()))
                && !about_itself(guard, name)
        });
        if let Some(guard) = direct {
            return Some(build_rise_finding(look, rise, path, text, guard, true));
        }
        if let Some(guard) = guards.iter().find(|guard| {
            // a guard of the same file over a version, without a number of its own
            own && indirect.is_none()
                && guard.refuses()
                && guard.about_version()
                && guard.compares != Compares::UnknownMember
                && guard.literals.is_empty()
        }) {
            indirect = Some(build_rise_finding(look, rise, path, text, guard, false));
        }
        // the constant is handed on, and whoever takes it may compare it
        takers.extend(list_constant_callees(path, text, name));
    }
    if indirect.is_some() {
        return indirect;
    }
    let words: Vec<String> = takers.into_iter().take(8).collect();
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
    };
    let (hits, _) = if words.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        look.range
            .previous
            .search_many(&words, false, READ, &program)
    };
    let defined = |hit: &&model::Hit| {
        [
            "class ",
            "def ",
            "func ",
            "function ",
            "fn ",
            "struct ",
            "fun ",
            "defmodule ",
            "object ",
            "trait ",
            "interface ",
            "type ",
        ]
        .iter()
        .any(|word| hit.text.contains(&format!("{word}{}", words[hit.word])))
    };
    // only where the taker is defined can it hold the guard
    for hit in hits.iter().filter(defined) {
        let (text, guards) = guards_of(look, &hit.path, read)?;
        if let Some(guard) = guards
            .iter()
            .find(|guard| guard.refuses() && guard.about_version() && guard.literals.is_empty())
        {
            return Some(build_rise_finding(
                look, rise, &hit.path, text, guard, false,
            ));
        }
    }
    None
}

/// The guard compares the constant with numbers only: a check of the program's own settings.
fn about_itself(guard: &VersionGuard, name: &str) -> bool {
    guard.compares != Compares::UnknownMember
        && guard
            // `assert FORMAT > 0` looks at its own constant
            .names
            .iter()
            .all(|other| other == name || other == "self" || other == "this")
}

/// Other files that give the name of a constant a value of their own.
fn list_other_declarations<'p>(
    look: &StoredInput<'_>,
    rise: &Rise<'_>,
    paths: &BTreeSet<&'p str>,
    read: &mut BTreeMap<String, (String, Vec<VersionGuard>)>,
) -> Option<Vec<&'p str>> {
    let name = rise.new.name.as_str();
    let mut others = Vec::new();
    let candidates = paths.iter().take(READ);
    for path in candidates.filter(|path| **path != rise.file.old_path) {
        let (text, _) = guards_of(look, path, read)?;
        let declared = guard::version_constants(path, text);
        if declared.iter().any(|one| one.name == name) {
            others.push(*path);
        }
    }
    Some(others)
}

/// Whether two files can share a constant: one language, or languages of one machine.
fn speaks_same_language(one: &str, other: &str) -> bool {
    let machine = |path: &str| {
        // languages of the JVM share their classes
        guard::find_language(path).map(|language| match language.name {
            "kt" | "scala" | "groovy" => "java",
            other => other,
        })
    };
    machine(one) == machine(other)
}

/// Whether `other` lies in the folders of `path` as far as `than` does, or farther: a name that it
/// gives a value is the one that is meant there.
fn lies_nearer(path: &str, other: &str, than: &str) -> bool {
    let shared = |one: &str| {
        let folders = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        let (own, one) = (folders(path), folders(one));
        own.iter().zip(&one).take_while(|(a, b)| a == b).count()
    };
    path != than && shared(other) >= shared(than) && (path == other || shared(other) > shared(than))
}

fn guards_of<'r>(
    look: &StoredInput<'_>,
    path: &str,
    read: &'r mut BTreeMap<String, (String, Vec<VersionGuard>)>,
) -> Option<&'r (String, Vec<VersionGuard>)> {
    if !read.contains_key(path) {
        let text = look
            .range
            .previous
            .read_text(path)
            .ok()
            .filter(|text| text.len() <= super::LIMIT)
            // a text that cannot be read has no guards, and the others are asked on
            .unwrap_or_default();
        let guards = guard::find_guards(path, &text);
        read.insert(path.to_owned(), (text, guards));
    }
    read.get(path)
}

/// What the constant is handed to: `Box(STORAGE_VERSION, ..)`, `new Store(STORAGE_VERSION)`.
fn list_constant_callees(path: &str, text: &str, name: &str) -> BTreeSet<String> {
    let Some(language) = guard::find_language(path) else {
        return BTreeSet::new();
    };
    let tokens = guard::cut_program_tokens(language, text);
    let mut found = BTreeSet::new();
    for (at, _) in tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind == guard::TokenKind::Word && token.text == name)
    {
        let mut depth = 0_i32;
        // arguments of one call are few
        for back in (at.saturating_sub(60)..at).rev() {
            depth += i32::from(tokens[back].is(")") || tokens[back].is("}"))
                - i32::from(tokens[back].is("(") || tokens[back].is("{"));
            if depth < 0 {
                if let Some(callee) = back
                    .checked_sub(1)
                    .and_then(|at| tokens.get(at))
                    .filter(|token| token.kind == guard::TokenKind::Word && token.text.len() > 2)
                {
                    found.insert(callee.text.to_owned());
                }
                break;
            }
        }
    }
    found
}

/// Whether the version that is met is the wish of an extension, which its manifest gives: nothing
/// that is stored carries it. The lines above the comparison, or the words of the refusal, say so.
fn is_asked_by_extension(text: &str, guard: &VersionGuard) -> bool {
    const EXTENSIONS: [&str; 6] = ["plugin", "addon", "add-on", "extension", "bundle", "module"];
    const ABOVE: usize = 12;
    let first = guard.line.saturating_sub(ABOVE + 1);
    let mut lines = text.lines().skip(first).take(ABOVE + 1);
    let message = guard.message.to_ascii_lowercase();
    let wishes = ["require", "needs", "minimum", "compatible with"]
        .iter()
        .any(|word| message.contains(word));
    let speaks = |line: &str| {
        let line = line.to_ascii_lowercase();
        EXTENSIONS.iter().any(|word| line.contains(word))
    };
    wishes && speaks(&message) && lines.any(speaks) && !stored_words("", &guard.names, "")
}

fn build_rise_finding(
    look: &StoredInput<'_>,
    rise: &Rise<'_>,
    path: &str,
    text: &str,
    guard: &VersionGuard,
    direct: bool,
) -> Finding {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let stored = stored_words(&rise.file.path, std::slice::from_ref(&rise.new.name), "")
        || stored_words(path, &guard.names, &guard.message);
    let (line, refusal) = guard.lines();
    let says = format!(
        "{current} raises {} from {} to {} ({}:{}), and {previous} stops with an error at {}:{} when it meets {}",
        rise.new.name,
        rise.old.value,
        rise.new.value,
        rise.file.path,
        rise.new.line,
        path,
        refusal.unwrap_or(line),
        match guard.compares {
            Compares::Newer => "a newer one",
            Compares::NotEqual => "another one",
            Compares::UnknownMember => "one that it does not know",
        }
    );
    if is_asked_by_extension(text, guard) {
        let place = refusal.unwrap_or(line);
        let says = format!(
            "{current} raises {} to {} ({}:{}): extensions that were updated for it may need it, and {previous} stops at those ({path}:{place})",
            rise.new.name, rise.new.value, rise.file.path, rise.new.line
        );
        let mut places = vec![cite_text_line(
            &rise.file.path,
            rise.new.line,
            &rise.file.new,
        )];
        places.extend(guard_places(path, text, guard));
        return build_stored_finding(
            &DOC,
            Severity::Notes,
            Confidence::Likely,
            &rise.new.name,
            &says,
            places,
        );
    }
    // a guard that compares with a number of its own may be about another number
    let direct = direct && guard.literals.is_empty();
    // what is only read may be higher without anything written so
    if let Some(found) = build_read_only_finding(look, rise, path, text, guard) {
        return found;
    }
    let (severity, confidence) = match (direct && stored && !rise.file.vendored, direct) {
        // all of it is seen in files: the number, the comparison and the refusal
        (true, _) => (Severity::Blocks, Confidence::Proven),
        (_, true) => (Severity::Warns, Confidence::Proven),
        _ => (Severity::Warns, Confidence::Likely),
    };
    let mut places = vec![cite_text_line(
        &rise.file.path,
        rise.new.line,
        &rise.file.new,
    )];
    places.extend(guard_places(path, text, guard));
    build_stored_finding(&DOC, severity, confidence, &rise.new.name, &says, places)
}

/// What is said of a constant that current only compares with, while what it writes carries a
/// version that previous takes.
fn build_read_only_finding(
    look: &StoredInput<'_>,
    rise: &Rise<'_>,
    path: &str,
    text: &str,
    guard: &VersionGuard,
) -> Option<Finding> {
    let most = rise.old.number()?;
    // a place outside of a comparison may write it
    if !is_only_compared(look, &rise.new.name) {
        return None;
    }
    let written = find_written_version(look, &rise.file.path, &[rise.new.name.as_str()], most)?;
    let says = format!(
        "{} reads versions up to {} ({} at {}:{}) and goes on writing {} ({}:{}), which {} reads",
        look.range.current_version,
        rise.new.value,
        rise.new.name,
        rise.file.path,
        rise.new.line,
        written.value,
        written.path,
        written.line,
        look.range.previous_version
    );
    let mut places = vec![cite_text_line(
        &rise.file.path,
        rise.new.line,
        &rise.file.new,
    )];
    places.extend(guard_places(path, text, guard));
    let (severity, confidence) = (Severity::Notes, Confidence::Likely);
    Some(build_stored_finding(
        &DOC,
        severity,
        confidence,
        &rise.new.name,
        &says,
        places,
    ))
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    (
        StoredFixture::of(
            "larder/Shelf.java",
            "class Shelf {\n  static final int SHELF_FORMAT = 3;\n  void open(int format) {\n    if (format > SHELF_FORMAT) {\n      throw new IllegalStateException(\"shelf is newer\");\n    }\n  }\n}",
            "class Shelf {\n  static final int SHELF_FORMAT = 4;\n  void open(int format) {\n    if (format > SHELF_FORMAT) {\n      throw new IllegalStateException(\"shelf is newer\");\n    }\n  }\n}",
        ),
        StoredFixture::of(
            "larder/api.py",
            "CLIENT_API_VERSION = 3\n",
            "CLIENT_API_VERSION = 4\n",
        ),
    )
}

#[cfg(test)]
mod tests;
