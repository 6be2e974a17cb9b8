//! Program text that lies where examples, demonstrations or tests lie, and that runs all the same:
//! something that starts the program names its folder, or live program text imports it. The name of
//! a folder is a hint and no proof.

use std::collections::{BTreeMap, BTreeSet};

use super::place::builds_documents;
use super::{is_live, is_program, is_vendored};
use crate::ReleaseRange;
use model::{FileKind, FileStatus, Hit, escape_invisible};

/// Most changed files whose importers are looked for, and most folders that may be started; what is
/// beyond counts as run by nobody, as its place says.
const FILES: usize = 200;
// each folder costs two words in one search over all files that start something
const FOLDERS: usize = 40;

// the first few show whether it is started; a folder's name stands in many lines
/// Most lines of a word that are looked at.
const HITS: usize = 12;

/// Changed program text that does not run by its place and is named by something that does: each
/// with the place that names it.
pub(super) fn find_loaded_programs(range: &ReleaseRange<'_>) -> BTreeMap<String, String> {
    let candidates: Vec<&str> = range
        .changes
        .iter()
        .filter(|change| {
            let by_kind = matches!(change.kind, FileKind::Test | FileKind::Documentation);
            change.status != FileStatus::Deleted
                && is_program(&change.path)
                && !is_vendored(&change.path)
                && (by_kind || !is_live(&change.path) || builds_documents(&change.path))
                && !is_named_as_test(&change.path)
        })
        .map(|change| change.path.as_str())
        .take(FILES)
        .collect();
    if candidates.is_empty() {
        return BTreeMap::new();
    }
    let mut found = find_started(range, &candidates);
    let rest: Vec<&str> = candidates
        .iter()
        .filter(|path| !found.contains_key(**path))
        .copied()
        .collect();
    found.extend(find_imported(range, &rest));
    found
}

/// Names that frameworks of tests run by themselves; nothing that is live imports them.
pub(super) fn is_named_as_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let lower = stem.to_ascii_lowercase();
    lower.starts_with("test_")
        || lower == "conftest"
        // it runs whenever its package is loaded, yet holds nothing in most tests
        || lower == "__init__"
        || [
            "_test", ".test", "-test", "_spec", ".spec", ".stories", ".cy", ".e2e",
        ]
        .iter()
        .any(|end| lower.ends_with(end))
        || ["Test", "Tests", "Spec", "IT"]
            .iter()
            .any(|end| stem.ends_with(end))
}

/// Files below a folder that something starts: `CMD ["python", "-m", "demo.app"]`.
fn find_started(range: &ReleaseRange<'_>, candidates: &[&str]) -> BTreeMap<String, String> {
    // the first folder of the path: a start names it from the top of the repository
    let folders: BTreeSet<&str> = candidates
        .iter()
        .filter_map(|path| path.split_once('/').map(|(folder, _)| folder))
        .take(FOLDERS)
        .collect();
    let folders: Vec<&str> = folders.into_iter().collect();
    let words: Vec<String> = folders
        .iter()
        .flat_map(|folder| [format!("{folder}/"), format!("{folder}.")])
        .collect();
    let (hits, _) = range
        .current
        .search_many(&words, false, HITS, &starts_programs);
    let mut started: BTreeMap<&str, String> = BTreeMap::new();
    for hit in &hits {
        let (Some(folder), Some(word)) = (folders.get(hit.word / 2), words.get(hit.word)) else {
            continue;
        };
        if begins_a_name(&hit.text, word) && is_line_that_starts(hit) {
            started.entry(folder).or_insert_with(|| format_place(hit));
        }
    }
    candidates
        .iter()
        .filter_map(|path| {
            let place = started.get(path.split('/').next()?)?;
            Some(((*path).to_owned(), place.clone()))
        })
        .collect()
}

/// Files that say what is started where the program is live.
fn starts_programs(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    is_live(path)
        && ([
            "dockerfile",
            "containerfile",
            "procfile",
            "entrypoint",
            "compose",
            "docker-compose",
        ]
        .iter()
        .any(|word| name.starts_with(word))
            || [".dockerfile", ".service"]
                .iter()
                .any(|end| name.ends_with(end))
            || matches!(
                name.as_str(),
                "package.json"
                    | "pyproject.toml"
                    | "setup.cfg"
                    | "setup.py"
                    | "app.json"
                    | "fly.toml"
            ))
}

/// Whether the line says what is started, in the form of its file.
fn is_line_that_starts(hit: &Hit) -> bool {
    let name = hit
        .path
        .rsplit('/')
        .next()
        .unwrap_or(&hit.path)
        .to_ascii_lowercase();
    let line = hit.text.trim();
    let begins = |words: &[&str]| {
        let lower = line.to_ascii_lowercase();
        words.iter().any(|word| lower.starts_with(word))
    };
    if name.starts_with("procfile") || name.starts_with("entrypoint") {
        return !line.starts_with('#');
    }
    if name == "package.json" || name == "app.json" {
        return begins(&["\"start", "\"main\"", "\"bin\"", "\"serve"])
            || line.starts_with('{') && (line.contains("\"main\"") || line.contains("\"start\""));
    }
    if name.ends_with(".toml") || name.starts_with("setup.") {
        // `tool = "demo.app:main"` of scripts
        // `include = ["demo/"]` says what is packed and starts nothing
        return line.contains(':') && line.contains('=') && !begins(&["url", "include", "exclude"]);
    }
    if name.ends_with(".service") {
        return begins(&["execstart"]);
    }
    begins(&["cmd", "entrypoint", "command", "- "])
}

/// The word begins a name: `demo/` of `python demo/run.py`, and not of `old-demo/`.
fn begins_a_name(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.'))
            || text[..at].ends_with("./")
    })
}

/// Files that live program text imports, by the path or the module that it names.
fn find_imported(range: &ReleaseRange<'_>, candidates: &[&str]) -> BTreeMap<String, String> {
    let mut words: Vec<(String, &str)> = Vec::new();
    for path in candidates {
        words.extend(
            list_import_words(path)
                .into_iter()
                .map(|word| (word, *path)),
        );
    }
    if words.is_empty() {
        return BTreeMap::new();
    }
    let texts: Vec<String> = words.iter().map(|(word, _)| word.clone()).collect();
    let wanted = |path: &str| {
        is_program(path)
            && is_live(path)
            && !is_vendored(path)
            // a test that imports a helper does not make it live
            && !lies_among_tests(path)
            && !is_named_as_test(path)
            && !builds_documents(path)
    };
    let (hits, _) = range.current.search_many(&texts, false, HITS, &wanted);
    let mut found = BTreeMap::new();
    for hit in hits {
        let Some((word, path)) = words.get(hit.word) else {
            continue;
        };
        if brings_in(&hit.text) && ends_a_name(&hit.text, word) && begins_a_module(&hit.text, word)
        {
            found
                .entry((*path).to_owned())
                .or_insert_with(|| format_place(&hit));
        }
    }
    found
}

pub(super) fn lies_among_tests(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|part| {
        let part = part.to_ascii_lowercase();
        part.contains("test") || part == "spec" || part == "specs"
    })
}

/// How the file is named where it is imported: `tests.factories` and `from tests import factories`
/// of Python, `examples/keep` of scripts, Ruby and PHP, the folder of Go.
fn list_import_words(path: &str) -> Vec<String> {
    let Some((stem, end)) = path.rsplit_once('.') else {
        return Vec::new();
    };
    let Some((folder, name)) = stem.rsplit_once('/') else {
        return Vec::new();
    };
    let module = |text: &str| text.replace('/', ".");
    match end.to_ascii_lowercase().as_str() {
        "py" => vec![
            module(stem),
            format!("from {} import {name}", module(folder)),
        ],
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "rb" | "lua" => {
            let index = matches!(name, "index" | "init");
            vec![if index { folder } else { stem }.to_owned()]
        }
        "php" => vec![path.to_owned()],
        // Go imports folders, and the name of the module stands before
        "go" => vec![format!("/{folder}\"")],
        _ => Vec::new(),
    }
}

fn brings_in(line: &str) -> bool {
    let lower = line.trim_start().to_ascii_lowercase();
    ["import", "from ", "require", "include", "load", "export "]
        .iter()
        .any(|word| lower.contains(word))
        // in a block of imports of Go a line is a path alone, or one behind `_`
        || lower.starts_with('"')
        || lower.starts_with("_ \"")
}

/// The name ends where the word does.
fn ends_a_name(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let behind = &text[at + word.len()..];
        behind.is_empty()
            || !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/'))
    })
}

/// Nothing but steps between folders stands before it: `../../examples/keep`, `@/examples/keep`.
fn begins_a_module(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-'))
            || word.starts_with('/')
    })
}

pub(super) fn format_place(hit: &Hit) -> String {
    format!("{}:{}", escape_invisible(&hit.path), hit.line)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ledger, standing};
    use model::CoverageDomain as D;

    /// The standing of a changed file beside others that stay.
    fn of(path: &str, old: &str, new: &str, beside: &[(&str, &str)]) -> String {
        let with = |text| {
            let mut all: Vec<(&str, &str)> = beside.to_vec();
            all.push((path, text));
            all
        };
        let found = ledger(&with(old), &with(new), &[]);
        standing(&found, path, D::StoredForm)
    }

    const OLD: &str = "def keep(r):\n    r.set(\"a\", dumps({\"version\": 2}))\n";
    const NEW: &str = "def keep(r):\n    r.set(\"a\", dumps({\"version\": 3}))\n";
    const OLD_JS: &str = "exports.keep = (r) => r.set('a', JSON.stringify({ v: 1 }));\n";
    const NEW_JS: &str = "exports.keep = (r) => r.set('a', JSON.stringify({ value: 1 }));\n";

    #[test]
    fn what_is_started_runs_wherever_it_lies() {
        for (start, line) in [
            (
                "Dockerfile",
                "FROM python:3.12\nCMD [\"python\", \"-m\", \"demo.app\"]\n",
            ),
            ("Procfile", "web: python demo/app.py\n"),
            (
                "pyproject.toml",
                "[project.scripts]\nshop = \"demo.app:main\"\n",
            ),
        ] {
            assert!(
                of("demo/state.py", OLD, NEW, &[(start, line)]).starts_with("open"),
                "{start}"
            );
        }
        assert!(
            of(
                "demo/state.js",
                OLD_JS,
                NEW_JS,
                &[(
                    "package.json",
                    "{\n  \"scripts\": {\n    \"start\": \"node demo/server.js\"\n  }\n}\n"
                )]
            )
            .starts_with("open")
        );
        for (start, line) in [
            (
                "Dockerfile",
                "FROM python:3.12\nCOPY demo/ /usr/share/doc/\nCMD [\"shop\"]\n",
            ),
            ("Procfile", "web: python old-demo/app.py\n"),
            (
                "package.json",
                "{\n  \"scripts\": {\n    \"lint\": \"eslint demo/\"\n  }\n}\n",
            ),
        ] {
            assert_eq!(
                of("demo/state.py", OLD, NEW, &[(start, line)]),
                "not-live",
                "{start}"
            );
        }
    }

    #[test]
    fn what_live_text_imports_runs_wherever_it_lies() {
        for (path, importer, line) in [
            (
                "tests/factories.py",
                "shop/seed.py",
                "from tests.factories import keep\n",
            ),
            (
                "tests/factories.py",
                "shop/seed.py",
                "from tests import factories\n",
            ),
            (
                "examples/keep.py",
                "shop/seed.py",
                "import examples.keep as keep\n",
            ),
        ] {
            assert!(
                of(path, OLD, NEW, &[(importer, line)]).starts_with("open"),
                "{line}"
            );
        }
        for (path, importer, line) in [
            (
                "examples/keep.js",
                "server.js",
                "const { keep } = require('./examples/keep');\n",
            ),
            (
                "examples/keep/index.js",
                "src/a.js",
                "import { keep } from '../examples/keep'\n",
            ),
        ] {
            assert!(
                of(path, OLD_JS, NEW_JS, &[(importer, line)]).starts_with("open"),
                "{line}"
            );
        }
    }

    #[test]
    fn what_only_tests_import_is_a_test() {
        for (path, importer, line) in [
            (
                "tests/factories.py",
                "tests/test_a.py",
                "from tests.factories import keep\n",
            ),
            (
                "tests/factories.py",
                "shop/seed.py",
                "# see tests.factories\n",
            ),
            (
                "tests/factories.py",
                "shop/seed.py",
                "from latests.factories import keep\n",
            ),
            (
                "tests/test_keep.py",
                "shop/seed.py",
                "import tests.test_keep\n",
            ),
        ] {
            assert_eq!(
                of(path, OLD, NEW, &[(importer, line)]),
                "tests",
                "{importer}: {line}"
            );
        }
    }
}
