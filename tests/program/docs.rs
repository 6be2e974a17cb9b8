//! The documents: no dead link, no page older than the program, nothing that a reader cannot find.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use backout::checklist::catalogue;

#[path = "../../crates/xtask/src/reference/mod.rs"]
mod reference;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page of the book and the documents beside it, by path below the root.
fn documents() -> BTreeMap<PathBuf, String> {
    let mut found: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut open = vec![root().join("docs/src")];
    let mut files: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "checklists/README.md"]
        .iter()
        .map(|name| root().join(name))
        .collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                files.push(path);
            }
        }
    }
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a page");
        let name = path.strip_prefix(root()).expect("below the root");
        found.insert(name.to_owned(), text.replace("\r\n", "\n"));
    }
    assert!(
        found.len() > 60,
        "only {} documents were found",
        found.len()
    );
    found
}

/// A page without its blocks and spans of code, line by line.
fn prose(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let plain: String = line.split('`').step_by(2).collect();
            lines.push(plain);
        }
    }
    lines
}

/// What can be linked to on a page: its headings as mdBook names them, and anchors that are written.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for part in line.split("id=\"").skip(1) {
            found.insert(part.split('"').next().unwrap_or_default().to_owned());
        }
        if line.starts_with('#') {
            let heading = line.trim_start_matches('#').trim();
            let heading = heading.rsplit("</a>").next().unwrap_or(heading);
            let name: String = heading
                .to_lowercase()
                .chars()
                .filter_map(|c| match c {
                    ' ' => Some('-'),
                    c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                    _ => None,
                })
                .collect();
            found.insert(name);
        }
    }
    found
}

/// `a/b/../c` is `a/c`.
fn flatten(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

#[test]
fn no_link_is_dead() {
    let documents = documents();
    let link = regex::Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let mut dead = Vec::new();
    let mut count = 0;
    for (page, text) in &documents {
        for line in prose(text) {
            for found in link.captures_iter(&line) {
                let target = &found[1];
                if target.contains("://") {
                    continue;
                }
                count += 1;
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                let folder = page.parent().unwrap_or(Path::new(""));
                let there = match file {
                    "" => page.clone(),
                    file => flatten(&folder.join(file)),
                };
                let exists = root().join(&there).exists();
                let lands = anchor.is_empty()
                    || documents
                        .get(&there)
                        .is_some_and(|text| anchors(text).contains(anchor));
                if !exists || !lands {
                    dead.push(format!("{}: {target}", page.display()));
                }
            }
        }
    }
    assert!(count > 200, "only {count} links were found");
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let documents = documents();
    let summary = &documents[Path::new("docs/src/SUMMARY.md")];
    let missing: Vec<String> = documents
        .keys()
        .filter_map(|page| page.strip_prefix("docs/src").ok())
        .map(|page| page.to_string_lossy().replace('\\', "/"))
        .filter(|page| page != "SUMMARY.md" && !summary.contains(&format!("({page})")))
        .collect();
    assert!(missing.is_empty(), "not in SUMMARY.md: {missing:?}");
}

#[test]
fn every_file_that_is_named_exists() {
    let place = regex::Regex::new(
        r"`((?:\.ci|\.github|assets|benches|checklists|crates|docs|fuzz|src|tests)/[a-zA-Z0-9_./-]+)`",
    )
    .expect("a pattern");
    let mut missing = Vec::new();
    let mut count = 0;
    for (page, text) in documents() {
        if text.contains("<!-- Generated by") {
            continue;
        }
        for found in place.captures_iter(&text) {
            count += 1;
            if !root().join(&found[1]).exists() {
                missing.push(format!("{}: {}", page.display(), &found[1]));
            }
        }
    }
    assert!(count > 20, "only {count} files are named");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// What the program prints.
fn ask(words: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_backout"))
        .args(words)
        .env_remove("COLUMNS")
        .env_remove("BACKOUT_TRUST_CHECKLIST")
        .output()
        .map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")),
        false => Err(format!("backout {words:?} failed")),
    }
}

#[test]
fn no_generated_page_is_older_than_the_program() {
    // one process for each of some hundred checks would take longer than all the rest
    let sources: BTreeMap<&str, &str> = backout::check::list_checks()
        .iter()
        .map(|check| (check.doc.id, check.doc.source))
        .collect();
    let answer = |words: &[&str]| match words {
        ["explain", id] if sources.contains_key(id) => Ok(format!("\nSource\n{}", sources[id])),
        _ => ask(words),
    };
    let pages = reference::write_pages(root(), &answer).expect("pages");
    let documents = documents();
    let mut stale: Vec<String> = Vec::new();
    for (name, text) in &pages {
        if documents.get(Path::new(name)) != Some(text) {
            stale.push(name.clone());
        }
    }
    // a page of a command that is gone
    for (page, text) in &documents {
        let name = page.to_string_lossy().replace('\\', "/");
        if text.contains("<!-- Generated by") && !pages.iter().any(|(page, _)| *page == name) {
            stale.push(format!("{name} (nothing writes it)"));
        }
    }
    assert!(
        stale.is_empty(),
        "older than the program; write them anew with `cargo xtask docs`:\n{}",
        stale.join("\n")
    );
}

#[test]
fn the_readme_is_short() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let lines = readme.lines().count();
    assert!(lines <= 150, "the README has {lines} lines");
}

/// The pages of the reference as one text.
fn pages_below(folder: &str) -> String {
    documents()
        .into_iter()
        .filter(|(page, _)| page.starts_with(folder))
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn every_check_fact_and_command_is_in_the_reference() {
    let text = pages_below("docs/src/reference");
    let mut missing = Vec::new();
    for doc in backout::check::list_checks().iter().map(|check| check.doc) {
        if !text.contains(&format!("`{}`", doc.id)) {
            missing.push(doc.id.to_owned());
        }
    }
    for def in catalogue::list_fact_definitions() {
        let key = def.key.replacen("[]", "[NAME]", 1);
        if !text.contains(&format!("`{key}`")) {
            missing.push(key);
        }
    }
    let help = ask(&["--help"]).expect("help");
    let mut commands = 0;
    for line in help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
    {
        let name = line.split_whitespace().next().unwrap_or_default();
        if line.starts_with("  ") && !line.starts_with("   ") && name != "help" {
            commands += 1;
            if !text.contains(&format!("# `backout {name}`")) {
                missing.push(format!("backout {name}"));
            }
        }
    }
    assert!(commands > 15, "only {commands} commands were found");
    assert!(missing.is_empty(), "not in the reference: {missing:?}");
}

#[test]
fn every_source_of_a_check_can_be_looked_up() {
    let documents = documents();
    let place = regex::Regex::new(r"docs/src/[a-z/-]*(?:README)?[a-z-]*\.md(?:#[a-z0-9-]+)?")
        .expect("a pattern");
    let bare = regex::Regex::new(r"\b(?:row|rows|[HPGAJSTC]\d\d)\b").expect("a pattern");
    let mut wrong = Vec::new();
    let mut places = 0;
    for doc in backout::check::list_checks().iter().map(|check| check.doc) {
        if bare.is_match(doc.source) && !place.is_match(doc.source) {
            wrong.push(format!("{}: no page in {:?}", doc.id, doc.source));
        }
        for found in place.find_iter(doc.source) {
            places += 1;
            let (file, anchor) = found
                .as_str()
                .split_once('#')
                .unwrap_or((found.as_str(), ""));
            let lands = documents
                .get(Path::new(file))
                .is_some_and(|text| anchor.is_empty() || anchors(text).contains(anchor));
            if !lands {
                wrong.push(format!("{}: {}", doc.id, found.as_str()));
            }
        }
    }
    assert!(places > 400, "only {places} places were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines and spans of code that begin with the name of the program.
fn commands_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let spans: Vec<&str> = match fenced {
            true => line.split(" | ").collect(),
            false => line.split('`').skip(1).step_by(2).collect(),
        };
        for span in spans {
            let span = span.split(" #").next().unwrap_or_default().trim();
            if span == "backout" || span.starts_with("backout ") {
                found.push(span.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_command_of_the_documents_is_one_that_the_program_takes() {
    let general = ask(&["--help"]).expect("help");
    let names: BTreeSet<String> = general
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    let mut helps: BTreeMap<String, String> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (page, text) in documents() {
        if page.starts_with("docs/src/reference/commands") {
            continue;
        }
        for line in commands_of(&text) {
            count += 1;
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            let mut help = general.clone();
            if let Some(first) = words.first() {
                let is_word = first.chars().all(|c| c.is_ascii_lowercase());
                if is_word && !names.contains(*first) {
                    wrong.push(format!("{}: {line}", page.display()));
                    continue;
                }
                if is_word {
                    let own = helps
                        .entry((*first).to_owned())
                        .or_insert_with(|| ask(&[first, "--help"]).expect("help of a command"));
                    help.push_str(own);
                    // a command of a command has options of its own
                    let nested = words.get(1).filter(|second| {
                        own.lines()
                            .any(|line| line.starts_with(&format!("  {second} ")))
                    });
                    if let Some(second) = nested {
                        let both = format!("{first} {second}");
                        let inner = ask(&[first, second, "--help"]).expect("help of it");
                        help.push_str(helps.entry(both).or_insert(inner));
                    }
                }
            }
            let options = words.iter().filter_map(|word| {
                let option = word.split(['=', ']']).next().unwrap_or_default();
                option.starts_with("--").then(|| option.to_owned())
            });
            for option in options {
                let known = help
                    .lines()
                    .any(|line| line.split([' ', ',']).any(|word| word == option));
                if !known {
                    wrong.push(format!("{}: {option} in {line}", page.display()));
                }
            }
        }
    }
    assert!(count > 60, "only {count} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Bounds by the first words that stand over the constant, with what the table says of it.
const BOUNDS: &[(&str, &str)] = &[
    ("Largest blob that checks read", "16 MB"),
    ("Most tags that are read", "100,000"),
    ("Most references and packs that are looked at", "500,000"),
    ("Longest message that is read", "64 KB"),
    ("Deepest tree that is followed", "256 folders"),
    ("Most statements that are read", "20,000 statements"),
    ("Strings that hold SQL are read this deep", "3 levels"),
    ("Most migrations of the history", "6,000 migrations"),
    ("Most bytes of the history", "64 MB"),
    ("Longest query that is parsed", "60,000 bytes"),
    ("Steps that any comparison may take", "2 million"),
    ("Steps that judging the ways down", "1 million"),
    ("Steps more for each byte that was read", "20 for each byte"),
    ("Most changes noted for one contract", "3,000"),
    ("Most changes noted for all contracts", "20,000"),
    ("Most files that one root may reach", "6,000 files"),
    ("Most bytes that one root may reach", "96 MB"),
    ("Longest chain of references", "32"),
    ("Most versions in the field", "20"),
    ("Most keys of one file that are compared", "5,000 keys"),
    ("Most libraries of one file", "50,000"),
    ("Most bytes of one state file", "50 MB"),
    ("Most deployments kept of one file", "20,000 deployments"),
    ("Most values read out of one file", "3 million values"),
    ("Longest condition that is read", "2,000 characters"),
    ("Longest line that is read or written", "4 MB"),
    ("Most events of one journal", "100,000 events"),
    ("Most journals that are looked at in one folder", "10,000"),
    ("Longest report", "64,000 characters"),
];

/// The value of `16 * 1024 * 1024`, `4 << 20` or `20_000`.
fn value_of(text: &str) -> Option<u64> {
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().ok();
    match text.split_once("<<") {
        Some((base, by)) => Some(number(base)? << number(by)?),
        None => text.split('*').map(number).product(),
    }
}

/// The number that a bound of the table begins with.
fn said(text: &str) -> Option<u64> {
    let mut words = text.split(' ');
    let number: u64 = words.next()?.replace(',', "").parse().ok()?;
    Some(match words.next() {
        Some("MB") => number * 1024 * 1024,
        Some("KB") => number * 1024,
        Some("million") => number * 1_000_000,
        _ => number,
    })
}

#[test]
fn bounds_are_as_the_code_has_them() {
    let table = &documents()[Path::new("docs/src/bounds.md")];
    let mut open = vec![root().join("src"), root().join("crates")];
    let mut checked = 0;
    let mut wrong = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let Some(text) = std::fs::read_to_string(&path)
                .ok()
                .filter(|_| path.extension().is_some_and(|ending| ending == "rs"))
            else {
                continue;
            };
            for (begins, bound) in BOUNDS {
                let Some((_, after)) = text.split_once(&format!("/// {begins}")) else {
                    continue;
                };
                let kept = after
                    .split_once("const ")
                    .and_then(|(_, rest)| rest.split_once('='))
                    .and_then(|(_, rest)| rest.split_once(';'))
                    .and_then(|(value, _)| value_of(value));
                checked += 1;
                if kept.is_none() || kept != said(bound) || !table.contains(bound) {
                    wrong.push(format!(
                        "{begins}: {} has {kept:?}, docs/src/bounds.md should say {bound}",
                        path.display()
                    ));
                }
            }
        }
    }
    assert!(
        checked >= 20,
        "only {checked} bounds were found in the code"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
