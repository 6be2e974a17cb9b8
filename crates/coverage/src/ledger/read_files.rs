//! Files that look like prose, notebooks of people or data of tests, and that the program takes in
//! all the same: something that runs names them, embeds them, or reads every file of their kind in
//! their folder. The end of a name is a hint and no proof.

use std::collections::BTreeMap;

use super::loaded_programs::{format_place, is_named_as_test, lies_among_tests};
use super::place::{builds_documents, builds_site};
use super::standing_row::{DomainStandings, build_cannot_standing, build_open_standing, fill_row};
use super::{is_live, is_program, is_vendored};
use crate::ReleaseRange;
use crate::globs::build_glob;
use model::{CannotRule as Rule, CoverageDomain as D, FileChange, FileKind, FileStatus, Hit};

/// Most files that are looked for, and most lines of a word that are looked at; what is beyond
/// counts as read by nobody, as its name says: a range that changes more documents is about them.
const FILES: usize = 2_000;
const HITS: usize = 40;

/// Most files that read all of a kind and are looked into.
const READERS: usize = 20;

/// How a program that takes every document of a folder knows them.
const KINDS: [&str; 7] = [
    "*.md", "'.md'", "\".md\"", "`.md`", "*.mdx", "\\.md$", "SKILL.md",
];

/// A line of Go that puts files into the program.
const EMBEDS: &str = "//go:embed ";

/// Names that manifests and pages about the program take in, and that say nothing to it.
const ABOUT: [&str; 10] = [
    "readme",
    "changelog",
    "changes",
    "history",
    "license",
    "licence",
    "notice",
    "contributing",
    "security",
    "index",
];

/// Folders of what people read, in which a program that makes pages takes every document.
const DOCUMENTS: [&str; 6] = ["doc", "docs", "documentation", "website", "blog", "man"];

/// Folders whose texts are handed on to something that answers, or filled in.
const HANDED_ON: [&str; 3] = ["prompt", "prompts", "templates"];

/// Changed files that are no program text by their names and that something live reads: each with
/// why it counts.
pub(super) fn find_read_files(range: &ReleaseRange<'_>) -> BTreeMap<String, String> {
    let candidates: Vec<&FileChange> = (range.changes.iter())
        .filter(|change| change.status != FileStatus::Deleted && may_be_read(change))
        .take(FILES)
        .collect();
    if candidates.is_empty() {
        return BTreeMap::new();
    }
    let jobs = candidates
        .iter()
        .any(|change| change.path.ends_with(".ipynb"));
    let names = candidates
        .iter()
        .map(|change| name_of(&change.path).to_owned());
    let others = std::iter::once(EMBEDS).chain(KINDS).map(str::to_owned);
    let words: Vec<String> = names.chain(others).collect();
    let wanted = |path: &str| (is_program(path) || jobs && starts_jobs(path)) && may_read(path);
    let (hits, _) = range.current.search_many(&words, false, HITS, &wanted);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut readers: Vec<&Hit> = Vec::new();
    for hit in &hits {
        if let Some(change) = candidates.get(hit.word) {
            // a name alone stands for many a file; its folder says which
            let closed = is_data_of_tests(change) || lies_among_documents(&change.path);
            if names_file(hit, &change.path) && (!closed || names_folder(hit, &change.path)) {
                note(&mut found, &change.path, hit);
            }
        } else if hit.word == candidates.len() {
            for change in &candidates {
                if embeds(hit, &change.path) {
                    note(&mut found, &change.path, hit);
                }
            }
        } else if is_program(&hit.path)
            && !is_remark(&hit.text)
            && readers.len() < READERS
            && readers.iter().all(|reader| reader.path != hit.path)
        {
            readers.push(hit);
        }
    }
    for reader in readers {
        let Ok(text) = range.current.read_text(&reader.path) else {
            continue;
        };
        for change in &candidates {
            let whole = change.kind == FileKind::Documentation;
            // what makes pages takes every document of such a folder
            if whole && !lies_among_documents(&change.path) && reads_folder_of(&text, &change.path)
            {
                note(&mut found, &change.path, reader);
            }
        }
    }
    for change in &candidates {
        if change.kind == FileKind::Documentation && is_handed_on(&change.path) {
            found.entry(change.path.clone()).or_insert_with(|| {
                "a text among prompts or templates, which a program may hand on: what it says may decide what is written".to_owned()
            });
        }
    }
    found
}

/// How such a file stands.
pub(super) fn build_read_row(why: &str) -> DomainStandings {
    let mut row = fill_row(build_cannot_standing(Rule::OtherField));
    for domain in [D::StoredForm, D::Configuration] {
        row[domain.index()] = build_open_standing(40, None, why.to_owned());
    }
    row
}

fn note(found: &mut BTreeMap<String, String>, path: &str, hit: &Hit) {
    found.entry(path.to_owned()).or_insert_with(|| {
        format!(
            "{} takes it in, so it is a part of the program: what it says may decide what is written",
            format_place(hit)
        )
    });
}

/// Closed by its name or its place, and of a kind that a program may read.
fn may_be_read(change: &FileChange) -> bool {
    let path = change.path.as_str();
    let name = name_of(path);
    let about = ABOUT.iter().any(|word| {
        name.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    });
    let of_people = change.kind == FileKind::Documentation || path.ends_with(".mdx");
    // what a tool keeps for itself
    let hidden = path.starts_with('.') && !path.starts_with("./");
    !hidden
        && !is_program(path)
        && !is_vendored(path)
        && (of_people && !about || path.ends_with(".ipynb") || is_data_of_tests(change))
}

fn is_data_of_tests(change: &FileChange) -> bool {
    change.kind == FileKind::Test || !is_live(&change.path)
}

fn lies_among_documents(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|folder| {
        DOCUMENTS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(folder))
    })
}

/// What starts or describes jobs.
fn starts_jobs(path: &str) -> bool {
    let name = name_of(path).to_ascii_lowercase();
    [
        "dockerfile",
        "containerfile",
        "procfile",
        "entrypoint",
        "makefile",
    ]
    .iter()
    .any(|word| name.starts_with(word))
        || [".yml", ".yaml", ".json", ".toml", ".sh", ".tf"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Live, and no test and no settings of what makes pages.
fn may_read(path: &str) -> bool {
    is_live(path)
        && !is_vendored(path)
        && !lies_among_tests(path)
        && !is_named_as_test(path)
        && !builds_documents(path)
        && !builds_site(path)
        && !path.starts_with(".github/")
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    ["//", "#", "*", "/*", "--", ";"]
        .iter()
        .any(|sign| line.starts_with(sign))
}

/// The line names the file where it is read: program text in a quoted text, whatever starts or
/// describes jobs as a word. The folder before the name is that of the file, where it is written.
fn names_file(hit: &Hit, path: &str) -> bool {
    let program = is_program(&hit.path);
    // settings list documents for those who read them; notebooks are named where they run
    if is_remark(&hit.text) || !program && !path.ends_with(".ipynb") {
        return false;
    }
    let name = name_of(path);
    hit.text.match_indices(name).any(|(at, _)| {
        let before = hit.text.get(..at).unwrap_or_default();
        let behind = hit.text.get(at + name.len()..).unwrap_or_default();
        let quote = |c: char| matches!(c, '"' | '\'' | '`');
        let parts =
            |c: char| quote(c) || c.is_whitespace() || matches!(c, '(' | ')' | '{' | '}' | ',');
        let begin = before.rfind(parts).map_or(0, |at| at + 1);
        let folders = before.get(begin..).unwrap_or_default();
        let opens = before
            .get(..begin)
            .and_then(|text| text.chars().next_back())
            .is_some_and(quote);
        let ends = if program {
            behind.starts_with(quote)
        } else {
            behind.chars().next().is_none_or(parts)
        };
        // a hole stands for folders that are not known
        let is_hole = before.get(..begin).is_some_and(|text| text.ends_with('}'));
        let above = folders
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let plain = !above.is_empty() && above.chars().all(|c| c.is_alphanumeric() || c == '_');
        let own = path.rsplit('/').nth(1).unwrap_or_default();
        ends && (opens || is_hole || !program)
            && (folders.is_empty() || folders.ends_with('/'))
            && !folders.contains("://")
            && (!plain || above == own)
    })
}

/// The line names the folder of the file as well: `open("docs/answer.md")`, `Path.of("docs", ..)`.
fn names_folder(hit: &Hit, path: &str) -> bool {
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    let edge = |c: char| matches!(c, '"' | '\'' | '`' | '/');
    !folder.is_empty()
        && hit.text.match_indices(folder).any(|(at, _)| {
            let before = hit.text[..at].chars().next_back();
            let behind = hit.text[at + folder.len()..].chars().next();
            before.is_some_and(edge) && behind.is_some_and(edge)
        })
}

/// `//go:embed prompts/*.md testdata` names the file or a folder above it.
fn embeds(hit: &Hit, path: &str) -> bool {
    let Some(patterns) = hit.text.trim_start().strip_prefix(EMBEDS) else {
        return false;
    };
    let folder = hit.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Some(below) = (if folder.is_empty() {
        Some(path)
    } else {
        path.strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
    }) else {
        return false;
    };
    patterns.split_whitespace().any(|pattern| {
        let pattern = pattern.trim_matches(['"', '`']).trim_start_matches("all:");
        let within = || {
            let rest = below.strip_prefix(pattern.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        below == pattern
            || pattern == "."
            || within()
            || pattern.contains(['*', '?', '['])
                && build_glob(&format!("/{pattern}"))
                    .or_else(|_| build_glob(pattern))
                    .is_ok_and(|glob| {
                        let glob = glob.compile_matcher();
                        glob.is_match(format!("/{below}")) || glob.is_match(below)
                    })
    })
}

/// A text that reads every document of a kind names a folder in which the file lies.
fn reads_folder_of(text: &str, path: &str) -> bool {
    let folders: Vec<&str> = path.split('/').rev().skip(1).collect();
    folders
        .iter()
        .filter(|folder| folder.len() > 2)
        .any(|folder| {
            text.match_indices(folder).take(HITS).any(|(at, _)| {
                let edge = |c: char| matches!(c, '"' | '\'' | '`' | '/');
                let before = text.get(..at).and_then(|text| text.chars().next_back());
                let behind = text
                    .get(at + folder.len()..)
                    .and_then(|text| text.chars().next());
                before.is_some_and(edge) && behind.is_some_and(edge)
            })
        })
}

/// A document in a folder of prompts or templates, and not among what people read.
fn is_handed_on(path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    let is_one =
        |folder: &str, names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(folder));
    !lies_among_documents(path)
        && !path.split('/').any(|folder| folder.starts_with('.'))
        && folders.any(|folder| is_one(folder, &HANDED_ON))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ledger, standing};
    use super::*;

    /// The standing of a changed file beside others that stay.
    fn of(path: &str, beside: &[(&str, &str)]) -> String {
        let with = |text| {
            let mut all: Vec<(&str, &str)> = beside.to_vec();
            all.extend([("go.mod", "module a\n"), (path, text)]);
            all
        };
        let found = ledger(&with("# One\n"), &with("# Two\n"), &[]);
        standing(&found, path, D::StoredForm)
    }

    #[test]
    fn what_the_program_takes_in_is_a_part_of_it() {
        for (path, reader, text) in [
            (
                "clerk/ask/a.md",
                "clerk/read.py",
                "P = (HERE / \"ask\" / \"a.md\").read_text()\n",
            ),
            (
                "ask/clerk.md",
                "src/main.rs",
                "const P: &str = include_str!(\"../ask/clerk.md\");\n",
            ),
            (
                "ask/clerk.md",
                "main.go",
                "//go:embed ask/clerk.md\nvar p string\n",
            ),
            (
                "ask/clerk.md",
                "main.go",
                "//go:embed ask\nvar p embed.FS\n",
            ),
            (
                "a/ask/clerk.md",
                "a/main.go",
                "//go:embed ask/*.md\nvar p embed.FS\n",
            ),
            (
                "codec/testdata/words.txt",
                "codec/a.go",
                "//go:embed testdata/words.txt\nvar w string\n",
            ),
            (
                "agents/clerk.md",
                "src/run.js",
                "readdirSync('agents').filter((n) => n.endsWith('.md'))\n",
            ),
            (
                "agents/a/SKILL.md",
                "src/run.py",
                "glob('agents/*/SKILL.md')\n",
            ),
            (
                "notebooks/nightly.ipynb",
                "databricks.yml",
                "notebook_path: notebooks/nightly.ipynb\n",
            ),
            ("app/prompts/a.md", "app/a.py", "x = 1\n"),
            (
                "docs/answer.md",
                "src/a.py",
                "A = open('docs/answer.md').read()\n",
            ),
            (
                "docs/rates.md",
                "src/Rates.java",
                "var p = Path.of(\"docs\", \"rates.md\");\n",
            ),
            (
                "test/fixtures/rates.txt",
                "lib/a.rb",
                "R = File.read(File.expand_path('../test/fixtures/rates.txt'))\n",
            ),
            (
                "codec/testdata/words.txt",
                "codec/src/a.rs",
                "const W: &str = include_str!(\"../testdata/words.txt\");\n",
            ),
            (
                "docs/answer.md",
                "main.go",
                "//go:embed docs/answer.md\nvar a string\n",
            ),
        ] {
            let found = of(path, &[(reader, text)]);
            assert!(found.starts_with("open"), "{path} {text}: {found}");
        }
    }

    #[test]
    fn what_only_people_read_is_none() {
        for (path, reader, text) in [
            (
                "docs/setup.md",
                "src/a.py",
                "print('see https://a.example/docs/setup.md')\n",
            ),
            ("docs/setup.md", "src/a.py", "# see \"docs/setup.md\"\n"),
            ("docs/setup.md", "src/a.py", "open('other/setup.md')\n"),
            ("docs/prompts.md", "src/a.py", "glob('docs/*.md')\n"),
            ("README.md", "setup.py", "open('README.md')\n"),
            ("guide/a.md", "mkdocs.yml", "nav: [guide/a.md]\n"),
            (
                "agents/clerk.md",
                "src/run.js",
                "readdirSync('jars').filter((n) => n.endsWith('.md'))\n",
            ),
            ("docs/templates/a.md", "src/a.py", "x = 1\n"),
            (
                "codec/testdata/words.txt",
                "codec/a_test.go",
                "//go:embed testdata/words.txt\n",
            ),
            ("notebooks/look.ipynb", "src/a.py", "x = 1\n"),
            ("docs/setup.md", "src/a.py", "open('setup.md')\n"),
            (
                "test/fixtures/rates.txt",
                "test/a_test.rb",
                "File.read('test/fixtures/rates.txt')\n",
            ),
        ] {
            let found = of(path, &[(reader, text)]);
            assert!(!found.starts_with("open"), "{path} {text}: {found}");
        }
    }
}
