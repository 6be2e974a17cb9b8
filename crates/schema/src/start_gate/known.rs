//! What the program itself knows of its schema, and what of that grows in the range: a constant
//! that is raised, a list that gets one more step.

use std::collections::BTreeSet;

use coverage::ReleaseRange;
use coverage::changed_lines::ChangedLines;
use coverage::guard::{self, version_constants};
use model::FileStatus;

/// Most files that are read in both releases.
const FILES: usize = 400;

/// Longest file that is read, in bytes.
const LENGTH: usize = 1024 * 1024;

/// Most names.
const NAMES: usize = 60;

/// A name whose value grows.
#[derive(Debug, Clone)]
pub struct Grows {
    /// The name.
    pub name: String,
    /// Its file, in current.
    pub path: String,
    /// Its line there.
    pub line: usize,
    /// Its value in previous and in current, where both are whole numbers.
    pub values: Option<(u64, u64)>,
    /// It is a list, not a number.
    pub list: bool,
    /// Its name or its path speaks of a schema; else only what it is held against can tell.
    pub named: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub struct GrowingNames {
    /// By file and line.
    pub grows: Vec<Grows>,
}

impl GrowingNames {
    /// Of the program text that differs.
    pub fn of(range: &ReleaseRange<'_>) -> Self {
        let mut grows = Vec::new();
        let modified = range
            .changes
            .iter()
            .filter(|change| matches!(change.status, FileStatus::Modified | FileStatus::Renamed));
        let programs = modified.filter(|change| {
            guard::find_language(&change.path).is_some()
                && super::super::usage::is_code(&change.path)
        });
        for change in programs.take(FILES) {
            let before = change.old_path.as_deref().unwrap_or(&change.path);
            let (Ok(old), Ok(new)) = (
                range.previous.read_text(before),
                range.current.read_text(&change.path),
            ) else {
                continue;
            };
            if old.len() > LENGTH || new.len() > LENGTH {
                continue;
            }
            // a constant that rises stands in a line that differs
            let telling = |line: &str| {
                line.bytes().any(|byte| byte.is_ascii_digit()) && guard::may_name_version(line)
            };
            let rises = ChangedLines::may_hold(&old, &new, telling);
            let known = if rises {
                version_constants(before, &old)
            } else {
                Vec::new()
            };
            for constant in if rises {
                version_constants(&change.path, &new)
            } else {
                Vec::new()
            } {
                let named = has_schema_word(&format!("{} {}", change.path, constant.name));
                let lower = known
                    .iter()
                    .find(|other| other.name == constant.name && constant.above(other));
                if let Some(lower) = lower
                    // the version of the program itself rises in every release and is no schema
                    && constant.value.trim_start_matches('v')
                        != range.current_version.trim_start_matches('v')
                {
                    let values = lower.number().zip(constant.number());
                    grows.push(Grows {
                        name: constant.name,
                        path: change.path.clone(),
                        line: constant.line,
                        values,
                        list: false,
                        named,
                    });
                }
            }
            grows.extend(
                find_grown_lists(&old, &new)
                    .into_iter()
                    .map(|(name, line)| Grows {
                        name,
                        path: change.path.clone(),
                        line,
                        values: None,
                        list: true,
                        named: true,
                    }),
            );
            if grows.len() > NAMES {
                break;
            }
        }
        Self { grows }
    }

    /// Whether a place may be about what grows under this name. A list of steps is named as many
    /// things are: it is meant beside its own file, and where the place speaks of a schema.
    pub fn may_be_meant(&self, word: &str, hit: &model::Hit) -> bool {
        let folder = |path: &str| path.rsplit_once('/').map_or(0, |(folder, _)| folder.len());
        let mut of_name = self
            .grows
            .iter()
            .filter(|grows| grows.named && grows.name.eq_ignore_ascii_case(word))
            .peekable();
        of_name.peek().is_none()
            || has_schema_word(&hit.path)
            || has_schema_word(&hit.text)
            || of_name.any(|grows| {
                !grows.list
                    || hit.path.get(..folder(&hit.path)) == grows.path.get(..folder(&grows.path))
            })
    }

    /// Names that speak of a schema, or that are lists of its steps.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.grows
            .iter()
            .filter(|grows| grows.named)
            .map(|grows| grows.name.as_str())
    }
}

/// The words speak of a schema or its steps.
pub fn has_schema_word(text: &str) -> bool {
    const WORDS: [&str; 15] = [
        "schema",
        "database",
        "db",
        "migration",
        "migrations",
        "migrate",
        "upgrade",
        "upgrades",
        "sql",
        "sqlite",
        "postgres",
        "mysql",
        "store",
        "delta",
        "ddl",
    ];
    guard::words::has_part(text, &WORDS)
}

/// Lists of steps that have a member more: the name before the bracket, and the line of the first
/// new member.
fn find_grown_lists(old: &str, new: &str) -> Vec<(String, usize)> {
    let known: BTreeSet<&str> = old.lines().map(str::trim).collect();
    let mut opened: Vec<Option<String>> = Vec::new();
    let mut out: Vec<(String, usize)> = Vec::new();
    for (at, line) in new.lines().enumerate() {
        let trimmed = line.trim();
        // a bracket or a comma alone is no step
        if trimmed.len() > 3
            && !known.contains(trimmed)
            && (trimmed.ends_with(',') || trimmed.ends_with("],") || trimmed.ends_with(')'))
            && let Some(name) = opened.iter().rev().take(2).flatten().next()
            && !out.iter().any(|(other, _)| other == name)
        {
            out.push((name.clone(), at + 1));
        }
        for (place, c) in line.char_indices() {
            match c {
                '[' | '{' | '(' if opened.len() < 200 => {
                    let name = list_name(&line[..place]);
                    opened.push(name.filter(|_| opens_list(&line[..place], c)));
                }
                ']' | '}' | ')' => {
                    opened.pop();
                }
                _ => {}
            }
        }
    }
    out
}

/// What is opened here holds members: brackets, a type of several (`[]step{`), a call that makes a
/// list. `step := &Step{` is one value with its fields.
fn opens_list(before: &str, bracket: char) -> bool {
    let value = before.rsplit('=').next().unwrap_or(before).trim();
    match bracket {
        '[' => !value.ends_with(|c: char| c.is_alphanumeric() || c == '_'),
        '{' => value.contains('[') || value.is_empty() && !before.contains(":="),
        _ => {
            value.is_empty()
                || guard::words::has_part(
                    value.rsplit(['.', ':']).next().unwrap_or(value),
                    &["list", "of", "array", "vec", "seq", "tuple", "set"],
                )
        }
    }
}

/// The name that a list is given: `var steps = []step{`, `MIGRATIONS = [`, `private static final
/// List<Step> STEPS = List.of(`.
fn list_name(before: &str) -> Option<String> {
    let (left, _) = before.split_once('=')?;
    let left = left.split(':').next().unwrap_or(left);
    let name = left
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .rfind(|word| !word.is_empty())?;
    const STEPS: [&str; 10] = [
        "step",
        "steps",
        "migration",
        "migrations",
        "upgrade",
        "upgrades",
        "patches",
        "updates",
        "changesets",
        "revisions",
    ];
    guard::words::has_part(name, &STEPS).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_steps_with_one_more_is_seen_and_another_list_is_not() {
        let go = "package kv\n\nvar steps = []step{\n\t{name: \"a\", up: a},\n}\n";
        assert_eq!(
            find_grown_lists(go, &go.replace("}\n", "\t{name: \"b\", up: b},\n}\n")),
            [("steps".to_owned(), 5)]
        );
        let python = "MIGRATIONS = [\n    first,\n]\n";
        assert_eq!(
            find_grown_lists(python, "MIGRATIONS = [\n    first,\n    second,\n]\n"),
            [("MIGRATIONS".to_owned(), 3)]
        );
        assert!(
            find_grown_lists(
                "COLOURS = [\n    red,\n]\n",
                "COLOURS = [\n    red,\n    blue,\n]\n"
            )
            .is_empty()
        );
        assert!(find_grown_lists("", "}}}]]])))").is_empty());
        // one value with its fields is no list, whatever its name
        let value = "step := &model.Step{\n\tName: name,\n}\n";
        let more = value.replace("}\n", "\tState: state,\n}\n");
        assert!(find_grown_lists(value, &more).is_empty());
        let object = "const java = new Step(\n  name,\n);\nStep step = new Step(\n  name,\n);\n";
        let more = object.replace(",\n);", ",\n  state,\n);");
        assert!(find_grown_lists(object, &more).is_empty());
    }
}
