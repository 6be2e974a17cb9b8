//! Manifests and lock files: which libraries moved, and what else they say about how the program is
//! built and started.

use super::scan::{DomainStandings, Scanner, build_cannot_standing, build_open_standing, fill_row};
use super::setting_keys::key_of;
use super::{DomainStanding, UNREADABLE};
use crate::changed_lines::{ChangedLine, ChangedLines};
use model::{CannotRule as Rule, CoverageDomain as D, FileChange};

/// Keys of a manifest that people and registries read, and no program.
const METADATA: [&str; 26] = [
    "name",
    "artifactid",
    "groupid",
    "summary",
    "description",
    "author",
    "authors",
    "contributors",
    "maintainer",
    "maintainers",
    "keywords",
    "categories",
    "classifiers",
    "license",
    "licenses",
    "license-file",
    "readme",
    "repository",
    "homepage",
    "documentation",
    "bugs",
    "funding",
    "url",
    "email",
    "packagetags",
    "copyright",
];

/// How scripts begin that only developers run.
const DEVELOPERS: [&str; 14] = [
    "test",
    "lint",
    "format",
    "fmt",
    "check",
    "typecheck",
    "type-check",
    "coverage",
    "docs",
    "doc",
    "storybook",
    "prettier",
    "eslint",
    "husky",
];

impl Scanner<'_> {
    /// A manifest or lock file: the libraries write forms of their own, and some bring tables; the
    /// rest says how the program is built and started.
    pub(super) fn manifest(&mut self, change: &FileChange) -> DomainStandings {
        let mut row = fill_row(build_cannot_standing(Rule::OtherField));
        let lower_path = change.path.to_ascii_lowercase();
        if ["renovate.json", "dependabot.yml", ".npmrc", ".gitmodules"]
            .iter()
            .any(|name| lower_path.ends_with(name))
        {
            return fill_row(build_cannot_standing(Rule::DeveloperTool));
        }
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        let ChangedLines { fresh, gone, .. } =
            ChangedLines::between(old.as_deref(), new.as_deref());
        if !fresh.iter().chain(&gone).any(|(_, line)| !is_comment(line)) {
            row[D::StoredForm.index()] = build_cannot_standing(Rule::SameProgram);
            return row;
        }
        let (now, before) = (
            in_dependencies(new.as_deref().unwrap_or_default()),
            in_dependencies(old.as_deref().unwrap_or_default()),
        );
        let tables = fresh.iter().find(|(_, line)| {
            !is_comment(line) && crate::library_tables::names_library_with_tables(line)
        });
        if let Some((line, _)) = tables {
            row[D::Schema.index()] = build_open_standing(
                60,
                Some(*line),
                "a library that brings tables of its own moved to another version",
            );
        }
        // a step that the program takes when it is built, released or started
        let steps = [
            " migrat",
            ":migrat",
            "db push",
            " db:",
            "schema:",
            "alembic ",
            "flyway ",
            "liquibase ",
            "schema load",
            "synchroni",
        ];
        let step = |line: &str| {
            !is_comment(line)
                && steps
                    .iter()
                    .any(|word| line.to_ascii_lowercase().contains(word))
        };
        if let Some((line, _)) = fresh.iter().find(|(_, line)| step(line)) {
            row[D::Schema.index()] = build_open_standing(
                50,
                Some(*line),
                "a step that changes the schema, or how one runs",
            );
        } else if gone.iter().any(|(_, line)| step(line)) {
            row[D::Schema.index()] = build_open_standing(
                50,
                None,
                "a step that changes the schema is gone, or runs in another way",
            );
        }
        let moves = |tables: &[bool], at: usize, line: &str| {
            !is_comment(line)
                && !is_own_version(tables, at, line)
                && line.chars().any(|c| c.is_ascii_digit())
        };
        let raised = fresh
            .iter()
            .find(|(at, line)| moves(&now, *at, line))
            .map(|(at, _)| *at);
        row[D::StoredForm.index()] =
            if raised.is_some() || gone.iter().any(|(at, line)| moves(&before, *at, line)) {
                build_open_standing(
                    80,
                    raised,
                    "a library moved to another version; what it writes is not known",
                )
            } else {
                self.other_lines(change, &fresh, &gone, (&now, &before))
            };
        row
    }

    /// Lines of a manifest that move no library: parts of one that are taken or left, scripts,
    /// arguments of the compiler.
    fn other_lines(
        &self,
        change: &FileChange,
        fresh: &[ChangedLine<'_>],
        gone: &[ChangedLine<'_>],
        (now, before): (&[bool], &[bool]),
    ) -> DomainStanding {
        let tells = |tables: &[bool], (at, line): &ChangedLine<'_>| {
            let key = key_of(line).to_ascii_lowercase();
            let metadata = METADATA.contains(&key.as_str())
                || DEVELOPERS
                    .iter()
                    .any(|word| key == *word || key.starts_with(&format!("{word}:")));
            let blank = !line.chars().any(char::is_alphanumeric);
            !blank && !is_comment(line) && !is_own_version(tables, *at, line) && !metadata
        };
        let line = fresh
            .iter()
            .find(|line| tells(now, line))
            .map(|(at, _)| *at);
        if line.is_none() && !gone.iter().any(|line| tells(before, line)) {
            return build_cannot_standing(Rule::DeveloperTool);
        }
        let lock = change.path.to_ascii_lowercase().contains("lock");
        let why = if lock {
            "what libraries write is not known, and their list changed"
        } else {
            "how the program is built or started, or which parts of a library it has, changed"
        };
        build_open_standing(84, line, why)
    }
}

fn is_comment(line: &str) -> bool {
    line.starts_with("<!--") && line.ends_with("-->")
        || line.starts_with('#')
        || line.starts_with("//")
}

/// The version of the program itself.
fn is_own_version(tables: &[bool], at: usize, line: &str) -> bool {
    let lower = line.trim_start_matches(['"', '\'']).to_ascii_lowercase();
    lower.starts_with("version")
        && !lower.starts_with("versions")
        && !tables.get(at - 1).copied().unwrap_or_default()
}

/// For each line of a manifest, whether the table in which it stands lists dependencies.
fn in_dependencies(text: &str) -> Vec<bool> {
    let mut inside = false;
    let mut tables = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            inside = line.to_ascii_lowercase().contains("dependenc");
        }
        tables.push(inside);
    }
    tables
}
