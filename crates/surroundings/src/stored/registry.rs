//! `stored-form/list-grows`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::written_version::{WrittenVersion, find_written_version};
use super::{
    ChangedProgram, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line,
    guard_places,
};
use coverage::guard::words::{has_part, split_name_parts};
use coverage::guard::{self, GuardToken, TokenKind, VersionGuard};
use coverage::place::{FileRole, classify_path_place};
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/list-grows",
    title: "A list of steps, versions or readers grows, and the previous release stops at an entry that it does not have",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Lists and tables in program text (steps of an upgrade, versions that can be read, readers by version) that get an entry in the range, and the place in the previous release that looks something up in them and ends in an error.",
    why: "What the new release has done or written is recorded under the new entry, and the previous release stops at an entry that it does not know.",
    action: "Find out whether the new step ran or the new version was written; if so, undo it with the program's own tool before the previous release starts, restore, or go forward.",
    example: "kv/steps.go gets the step fill-owners, and the previous release returns errStepNotKnown for a step that it does not have.",
    source: "Public reports: registries of migrations in program text, tables of readers by version.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_grown_registries,
};

// tables of generated programs are longer, and no person's steps are in them
/// Most lists of one file, and entries of one list.
const LISTS: usize = 200;
const ENTRIES: usize = 2_000;

// a list is told by its name: what is in it is remembered somewhere
/// Words of a list whose entries are done or written once and remembered.
const REMEMBERED: [&str; 20] = [
    "steps",
    "step",
    "migrations",
    "migration",
    "migrators",
    "upgrades",
    "upgraders",
    "updates",
    "patches",
    "versions",
    "formats",
    "readers",
    "decoders",
    "codecs",
    "schemas",
    "deserializers",
    "loaders",
    "revisions",
    "converters",
    "supported",
];

/// Whether a name is that of such a list.
fn is_remembered_list_name(name: &str) -> bool {
    may_be_remembered(name) && has_part(name, &REMEMBERED)
}

/// What these words begin with: most names hold none, and those are not taken apart.
static STEMS: LazyLock<Option<aho_corasick::AhoCorasick>> = LazyLock::new(|| {
    let stems = [
        "step",
        "migrat",
        "upgrade",
        "update",
        "patches",
        "version",
        "format",
        "reader",
        "coders",
        "codec",
        "schema",
        "serializers",
        "loaders",
    ];
    aho_corasick::AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(stems.iter().chain(&["revision", "converter", "supported"]))
        .ok()
});

fn may_be_remembered(text: &str) -> bool {
    STEMS.as_ref().is_none_or(|stems| stems.is_match(text))
}

fn find_grown_registries(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let mut grown: Vec<(&ChangedProgram, String, String, usize)> = Vec::new();
    for file in look
        .files
        .iter()
        .filter(|file| !file.old.is_empty() && !file.new.is_empty())
    {
        let (old, new) = (&file.old_digest().lists, &file.new_digest().lists);
        for (name, entries) in new.iter().filter(|(name, _)| is_remembered_list_name(name)) {
            let Some(before) = old.get(name) else {
                continue;
            };
            let known: BTreeSet<&str> = before.iter().map(|(entry, _)| entry.as_str()).collect();
            // an entry that only changed its name goes as it comes
            let added: Vec<_> = entries
                .iter()
                .filter(|(entry, _)| !known.contains(entry.as_str()))
                .collect();
            if entries.len() > before.len()
                && let Some((entry, line)) = added.first()
            {
                grown.push((file, name.clone(), entry.clone(), *line));
            }
        }
    }
    grown.truncate(LISTS);
    let words: Vec<String> = grown
        .iter()
        .map(|(_, name, ..)| name.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    if words.is_empty() {
        return;
    }
    let libraries = grown.iter().any(|(file, ..)| file.vendored);
    let program = |path: &str| {
        guard::find_language(path).is_some()
            && (classify_path_place(path) == FileRole::Live
                || libraries && classify_path_place(path) == FileRole::Vendored)
    };
    let (hits, _) = look.range.previous.search_many(&words, false, 40, &program);
    for (file, name, entry, line) in grown {
        let near = |path: &str| {
            path == file.old_path
                || get_parent_folder(path) == get_parent_folder(&file.old_path)
                || split_name_parts(&name).len() > 1
        };
        let paths: BTreeSet<&str> = hits
            .iter()
            .filter(|hit| words[hit.word] == name && near(&hit.path))
            .map(|hit| hit.path.as_str())
            .collect();
        for path in paths {
            let Some(text) = look
                .range
                .previous
                .read_text(path)
                .ok()
                .filter(|text| text.len() <= super::LIMIT)
            else {
                continue;
            };
            let refuses = |guard: &&VersionGuard| guard.refuses() && guard.names(&name);
            let guards = guard::find_guards(path, &text);
            let Some(guard) = guards.iter().find(refuses) else {
                continue;
            };
            let (guard_line, refusal) = guard.lines();
            let says = format!(
                "{} adds {entry} to {name} ({}:{line}), and {} stops with an error at {path}:{} for one that it does not know",
                look.range.current_version,
                file.path,
                look.range.previous_version,
                refusal.unwrap_or(guard_line)
            );
            // a version that is read and not written leaves nothing that previous refuses
            let severity = match find_older_written(look, file, &name, &entry) {
                Some(_) => Severity::Notes,
                None if file.vendored => Severity::Warns,
                None => Severity::Blocks,
            };
            let confidence = Confidence::Likely;
            let mut places = vec![cite_text_line(&file.path, line, &file.new)];
            places.extend(guard_places(path, &text, guard));
            outcome.findings.push(build_stored_finding(
                &DOC,
                severity,
                confidence,
                &format!("{name}: {entry}"),
                &says,
                places,
            ));
            break;
        }
    }
}

/// The version that both releases write, where a list of versions that are read grows by a number
/// above it.
fn find_older_written(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    name: &str,
    entry: &str,
) -> Option<WrittenVersion> {
    const DONE: [&str; 9] = [
        "step",
        "steps",
        "migrations",
        "migration",
        "migrators",
        "upgrades",
        "upgraders",
        "updates",
        "patches",
    ];
    let number = guard::parse_number_literal(entry)?;
    // steps are done once, whatever is written
    if has_part(name, &DONE) {
        return None;
    }
    find_written_version(look, &file.path, &[name], number.checked_sub(1)?)
}

fn get_parent_folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Lists by name, each with its entries and their lines.
pub(super) type Lists = BTreeMap<String, Vec<(String, usize)>>;

/// Lists of a file by name: their entries (texts, numbers and names at the beginning of an entry)
/// with lines.
pub(super) fn lists_in(tokens: &[GuardToken<'_>]) -> Lists {
    let mut lists = BTreeMap::new();
    for at in 0..tokens.len() {
        let name = &tokens[at];
        if lists.len() >= LISTS
            || name.kind != TokenKind::Word
            || !is_remembered_list_name(name.text)
        {
            continue;
        }
        // a range is a list of numbers, and grows at its end
        let range = list_range_numbers(tokens, at);
        if !range.is_empty() {
            lists
                .entry(name.text.trim_start_matches(['@', '$']).to_owned())
                .or_insert(range);
            continue;
        }
        let Some(open) = find_list_opening(tokens, at) else {
            continue;
        };
        lists
            .entry(name.text.trim_start_matches(['@', '$']).to_owned())
            .or_insert_with(|| list_entry_heads(tokens, open));
    }
    lists
}

/// The numbers of a range given to the name at `at`: `SUPPORTED = 1..2`, `1...2`, `range(1, 3)`.
fn list_range_numbers(tokens: &[GuardToken<'_>], at: usize) -> Vec<(String, usize)> {
    // a longer range is a limit and no list of versions
    const MOST: u64 = 60;
    let number = |token: Option<&GuardToken<'_>>| {
        token.and_then(|token| {
            (token.kind == TokenKind::Number)
                .then(|| guard::parse_number_literal(token.text))
                .flatten()
        })
    };
    // a type may stand between the name and its value
    let Some(from) = tokens[at + 1..]
        .iter()
        .take(6)
        .position(|token| token.is("=") || token.line > tokens[at].line)
        .map(|equal| at + 2 + equal)
        .filter(|from| tokens[from - 1].is("="))
    else {
        return Vec::new();
    };
    let token = |place: usize| tokens.get(from + place);
    let sign = |place: usize, text: &str| token(place).is_some_and(|token| token.is(text));
    let ends = if sign(1, "..") || sign(1, "...") {
        // `..<` and `..=` are written with one sign more
        let open = sign(2, "<");
        let last = if open || sign(2, "=") { 3 } else { 2 };
        number(token(0))
            .zip(number(token(last)))
            .map(|(first, last)| (first, last + u64::from(!open)))
    } else if sign(0, "range") && sign(1, "(") && sign(3, ",") {
        number(token(2)).zip(number(token(4)))
    } else {
        None
    };
    let Some((first, end)) = ends.filter(|(first, end)| end > first && end - first <= MOST) else {
        return Vec::new();
    };
    (first..end)
        .map(|number| (number.to_string(), tokens[at].line))
        .collect()
}

/// The bracket that opens the list given to the name at `at`.
fn find_list_opening(tokens: &[GuardToken<'_>], at: usize) -> Option<usize> {
    let attribute = tokens[at].text.starts_with('@') && tokens.get(at + 1)?.is("[");
    if attribute {
        return Some(at + 1);
    }
    let equal = tokens[at + 1..].iter().take(12).position(|token| {
        token.is("=")
            || token.is(":=")
            || token.is(";")
            || token.is("{")
            || token.line > tokens[at].line + 1
    })?;
    let equal = at + 1 + equal;
    if !tokens[equal].is("=") && !tokens[equal].is(":=") {
        return None;
    }
    // the last bracket of the beginning: `[]step{`, `new Set([`, `map[int]reader{`, `listOf(`
    let from = equal + 1;
    let mut open = None;
    let mut i = from;
    while let Some(token) = tokens.get(i).filter(|_| i < from + 16) {
        // `new()` and `Dictionary<..>()` of C#, whose entries stand behind
        if token.is("(") && tokens.get(i + 1).is_some_and(|next| next.is(")")) {
            i += 2;
            continue;
        }
        if token.is("{") || token.is("(") || token.is("[") {
            open = Some(i);
            // a bracket that closes at once is part of the type
            let closes = tokens[i + 1..]
                .iter()
                .take(3)
                .position(|token| token.is("]"));
            if let Some(closes) = closes.filter(|_| {
                token.is("[")
                    && tokens
                        .get(i + 1 + closes.unwrap_or(0) + 1)
                        .is_some_and(|next| next.kind == TokenKind::Word || next.is("{"))
            }) {
                i += closes + 2;
                continue;
            }
            if token.is("{") || !tokens.get(i + 1).is_some_and(|next| next.is("[")) {
                break;
            }
        } else if token.is(";") || token.kind == TokenKind::Text {
            break;
        }
        i += 1;
    }
    open
}

/// What stands first in every entry: `1` of `1: readOne`, `"a"` of `{name: "a"}`, `A` of `A, B`.
fn list_entry_heads(tokens: &[GuardToken<'_>], open: usize) -> Vec<(String, usize)> {
    let mut entries = Vec::new();
    let (mut depth, mut fresh) = (0_i32, true);
    // a list of that many tokens is data
    for token in tokens[open..].iter().take(ENTRIES * 8) {
        let opens = token.is("{") || token.is("(") || token.is("[");
        let closes = token.is("}") || token.is(")") || token.is("]");
        depth += i32::from(opens) - i32::from(closes);
        if depth <= 0 || entries.len() >= ENTRIES {
            break;
        }
        if token.is(",") && depth == 1 {
            fresh = true;
            continue;
        }
        let telling = match token.kind {
            TokenKind::Text | TokenKind::Number => true,
            // the key of a record, or its type, is not what tells entries apart
            // within an entry words are keys and types
            TokenKind::Word => depth == 1 && token.text.len() > 1 && !token.is("new"),
            TokenKind::Sign => false,
        };
        if fresh && telling && !token.text.is_empty() {
            entries.push((token.text.chars().take(80).collect(), token.line));
            fresh = false;
        }
    }
    entries
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let reader = Some(
        "def open(done):\n    for name in done:\n        if name not in UPGRADES:\n            raise UnknownStep(name)\n",
    );
    (
        StoredFixture::of(
            "keep/steps.py",
            "UPGRADES = [\n    \"first\",\n    \"second\",\n]\n",
            "UPGRADES = [\n    \"first\",\n    \"second\",\n    \"third\",\n]\n",
        )
        .and("keep/run.py", reader, reader),
        StoredFixture::of(
            "keep/steps.py",
            "COLOURS = [\"red\"]\n",
            "COLOURS = [\"red\", \"blue\"]\n",
        )
        .and("keep/run.py", reader, reader),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn no_word_is_passed_over() {
        assert!(REMEMBERED.iter().all(|word| may_be_remembered(word)));
    }

    #[test]
    fn entries_of_many_forms_are_read() {
        for (path, text, name, last) in [
            (
                "a.go",
                "var steps = []step{\n\t{name: \"one\", up: one},\n\t{name: \"two\", up: two},\n}",
                "steps",
                "two",
            ),
            (
                "a.go",
                "var readers = map[int]reader{\n\t1: one,\n\t2: two,\n}",
                "readers",
                "2",
            ),
            (
                "a.ts",
                "const MIGRATIONS = new Set(['one', 'two'])",
                "MIGRATIONS",
                "two",
            ),
            (
                "a.ts",
                "const migrations: Step[] = [{ id: 'one' }, { id: 'two' }]",
                "migrations",
                "two",
            ),
            (
                "A.java",
                "static final List<Integer> VERSIONS = List.of(1, 2);",
                "VERSIONS",
                "2",
            ),
            (
                "a.kt",
                "val readers = mapOf(1 to ::one, 2 to ::two)",
                "readers",
                "2",
            ),
            (
                "a.rs",
                "const STEPS: &[&str] = &[\"one\", \"two\"];",
                "STEPS",
                "two",
            ),
            ("a.kt", "private val SUPPORTED = 1..2", "SUPPORTED", "2"),
            (
                "a.py",
                "SUPPORTED_VERSIONS = range(1, 3)",
                "SUPPORTED_VERSIONS",
                "2",
            ),
            (
                "A.cs",
                "static readonly Dictionary<int, Reader> Readers = new()\n{\n  [1] = One,\n  [2] = Two,\n};",
                "Readers",
                "2",
            ),
            ("a.ex", "@versions [1, 2]", "versions", "2"),
            ("a.rb", "READERS = { 1 => One, 2 => Two }", "READERS", "2"),
            ("a.php", "<?php const VERSIONS = [1, 2];", "VERSIONS", "2"),
        ] {
            let lists = lists_in(&guard::cut_program_tokens(
                guard::find_language(path).unwrap(),
                text,
            ));
            let found = lists
                .get(name)
                .and_then(|entries| entries.last())
                .map(|(entry, _)| entry.as_str());
            assert_eq!(found, Some(last), "{path}: {text} {lists:?}");
        }
    }

    #[test]
    fn a_version_that_is_read_and_not_written_blocks_nothing() {
        let java = |read: &str, written: u8| {
            let text = format!(
                "final class Reader {{\n  static final Set<Integer> READABLE_VERSIONS = Set.of({read});\n  static final int WRITTEN = {written};\n  static void read(int version) {{\n    if (!READABLE_VERSIONS.contains(version)) throw new IOException(\"segment\");\n  }}\n}}\n"
            );
            &*text.leak()
        };
        let python = |read: &str, written: u8| {
            let text = format!(
                "READABLE_VERSIONS = {{{read}}}\n\n\ndef dump(items):\n    return {{\"version\": {written}, \"items\": items}}\n\n\ndef load(document):\n    if document[\"version\"] not in READABLE_VERSIONS:\n        raise ValueError(\"unsupported\")\n"
            );
            &*text.leak()
        };
        let worst = |path: &'static str, old, new| {
            let (found, _) = StoredFixture::of(path, old, new).of_check(DOC.id);
            found.iter().map(|finding| finding.severity).min()
        };
        for (written, severity) in [(2, Severity::Notes), (3, Severity::Blocks)] {
            let (old, new) = (java("1, 2", 2), java("1, 2, 3", written));
            assert_eq!(worst("store/Reader.java", old, new), Some(severity));
            let (old, new) = (python("1, 2", 2), python("1, 2, 3", written));
            assert_eq!(worst("store/reader.py", old, new), Some(severity));
        }
    }

    #[test]
    fn a_step_that_previous_does_not_have_is_found() {
        let guard = Some(
            "package kv\nfunc open(done []string) error {\n\tfor i, name := range done {\n\t\tif i >= len(steps) || steps[i].name != name {\n\t\t\treturn errStepNotKnown\n\t\t}\n\t}\n\treturn nil\n}",
        );
        let (found, _) = StoredFixture::of(
            "kv/steps.go",
            "var steps = []step{\n\t{name: \"one\"},\n}",
            "var steps = []step{\n\t{name: \"one\"},\n\t{name: \"two\"},\n}",
        )
        .and("kv/run.go", guard, guard)
        .of_check(DOC.id);
        assert_eq!(
            (found[0].severity, found[0].subject.as_raw()),
            (Severity::Blocks, "steps: two")
        );
    }
}
