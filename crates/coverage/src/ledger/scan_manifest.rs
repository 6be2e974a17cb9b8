//! Manifests and lock files: which libraries moved, and what else they say about how the program is
//! built and started.

use super::lock_blocks::{has_blocks, list_locked_packages};
use super::moved_library::{name_library, note_provider_step};
use super::scan::Scanner;
use super::setting_keys::key_of;
use super::standing_row::{DomainStandings, build_cannot_standing, build_open_standing, fill_row};
use super::stated_version::{in_dependencies, is_own_version};
use super::{DomainStanding, STAYS_OPEN, UNREADABLE};
use crate::changed_lines::{ChangedLine, ChangedLines};
use model::{CannotRule as Rule, CoverageDomain as D, FileChange};

// another summary or author moved no library, and asked about one in each release
/// Keys of a manifest that people and registries read, and no program.
const METADATA: [&str; 27] = [
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
    // which tool fetches the libraries
    "packagemanager",
    "copyright",
];

// scripts of npm by their first word: `test:unit` belongs to `test`
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
        // sums of what the manifest beside it names: it chooses no version by itself
        if lower_path.ends_with("go.sum") {
            return row;
        }
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        let ChangedLines {
            mut fresh,
            mut gone,
            ..
        } = ChangedLines::between(old.as_deref(), new.as_deref());
        if !fresh.iter().chain(&gone).any(|(_, line)| !is_comment(line)) {
            row[D::StoredForm.index()] = build_cannot_standing(Rule::SameProgram);
            return row;
        }
        if !lower_path.contains("lock")
            && let Some(line) = self.take_stated_versions(&mut fresh, &mut gone)
        {
            self.note_own_version(&mut row, &lower_path, line);
            if fresh.is_empty() && gone.is_empty() {
                return row;
            }
        }
        if lower_path.ends_with(".terraform.lock.hcl") {
            note_provider_step(&mut row, &fresh, &gone);
        }
        // what only developers and tests get writes nothing that is live
        let (fresh, gone) = (
            without_developers_lines(&lower_path, new.as_deref().unwrap_or_default(), fresh),
            without_developers_lines(&lower_path, old.as_deref().unwrap_or_default(), gone),
        );
        if fresh.is_empty() && gone.is_empty() {
            row[D::StoredForm.index()] = build_cannot_standing(Rule::DeveloperTool);
            return row;
        }
        let (now, before) = (
            in_dependencies(&lower_path, new.as_deref().unwrap_or_default()),
            in_dependencies(&lower_path, old.as_deref().unwrap_or_default()),
        );
        note_library_with_tables(&mut row, &fresh);
        note_schema_steps(&mut row, &fresh, &gone);
        let (previous, current) = (self.range.previous_version, self.range.current_version);
        let moves = |tables: &[bool], at: usize, line: &str| {
            !is_comment(line)
                && !key_of(line).eq_ignore_ascii_case("packagemanager")
                && !is_sibling(line, (previous, current))
                && !is_own_version(tables, at, line)
                && !["buildConfigField", "resValue", "manifestPlaceholders"]
                    .iter()
                    .any(|word| line.contains(word))
                && line.chars().any(|c| c.is_ascii_digit())
        };
        let raised = fresh
            .iter()
            .find(|(at, line)| moves(&now, *at, line))
            .map(|(at, _)| *at);
        let step = holds_scripts(&lower_path)
            .then(|| crate::database_step::find_database_step(&fresh))
            .flatten();
        row[D::StoredForm.index()] =
            if raised.is_some() || gone.iter().any(|(at, line)| moves(&before, *at, line)) {
                let name = raised.and_then(|line| {
                    name_library(&lower_path, new.as_deref().unwrap_or_default(), line)
                });
                let moved = name.unwrap_or_else(|| "a library".to_owned());
                build_open_standing(
                    80,
                    raised,
                    format!("{moved} moved to another version; what it writes is not known"),
                )
            } else {
                self.other_lines(change, &fresh, &gone, (&now, &before))
            };
        let own = fresh
            .iter()
            .find(|(at, line)| is_own_version(&now, *at, line));
        if let Some((line, _)) = own {
            self.note_own_version(&mut row, &lower_path, *line);
        }
        if let Some(step) = step {
            for domain in [D::Schema, D::StoredForm] {
                row[domain.index()] = build_open_standing(STAYS_OPEN, Some(step.line), step.why());
            }
        }
        row
    }

    fn note_own_version(&self, row: &mut DomainStandings, manifest: &str, line: usize) {
        // a library that moved says more than the version of the product
        if let DomainStanding::Cannot(_) = row[D::StoredForm.index()]
            && self.reads_own_version(manifest)
        {
            row[D::StoredForm.index()] = build_open_standing(
                80,
                Some(line),
                "the version of the product, which the program reads and may write into what it stores",
            );
        }
    }

    /// Whether program text of the newer release reads the version that its manifest states.
    fn reads_own_version(&self, manifest: &str) -> bool {
        let name = manifest.rsplit('/').next().unwrap_or(manifest);
        let words: &[&str] = match name {
            "cargo.toml" => &["CARGO_PKG_VERSION", "crate_version!"],
            "package.json" => &["package.json", "npm_package_version"],
            "pyproject.toml" | "setup.py" | "setup.cfg" => {
                &["importlib.metadata", "importlib_metadata", "pkg_resources"]
            }
            "build.gradle" | "build.gradle.kts" | "pom.xml" => {
                &["getImplementationVersion", "BuildProperties", "BuildConfig"]
            }
            "build.sbt" => &["BuildInfo"],
            "pubspec.yaml" => &["package_info", "PackageInfo"],
            "composer.json" => &["InstalledVersions"],
            "mix.exs" => &["Application.spec"],
            _ => return false,
        };
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let (hits, failed) = self.range.current.search_many(&words, false, 1, &|path| {
            super::is_program(path) && super::is_live(path) && !super::is_vendored(path)
        });
        // a file that could not be searched may read it
        !hits.is_empty() || !failed.is_empty()
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
                // `build:css` is a script beside `build`, so the part before the colon decides
                || DEVELOPERS
                    .iter()
                    .any(|word| key == *word || key.starts_with(&format!("{word}:")));
            let blank = !line.chars().any(char::is_alphanumeric);
            let versions = (self.range.previous_version, self.range.current_version);
            !blank
                && !is_comment(line)
                && !is_own_version(tables, *at, line)
                && !is_sibling(line, versions)
                && !metadata
        };
        let line = fresh
            .iter()
            .find(|line| tells(now, line))
            .map(|(at, _)| *at);
        if line.is_none() && !gone.iter().any(|line| tells(before, line)) {
            return build_cannot_standing(Rule::DeveloperTool);
        }
        // a lock file chooses no options, so what differs there is the list itself
        let lock = change.path.to_ascii_lowercase().contains("lock");
        let why = if lock {
            "what libraries write is not known, and their list changed"
        } else {
            "how the program is built or started, or which parts of a library it has, changed"
        };
        build_open_standing(84, line, why)
    }
}

/// A package of the same repository, which goes by the version of the product.
fn is_sibling(line: &str, (previous, current): (&str, &str)) -> bool {
    let bare = |version: &str| version.trim().trim_start_matches(['v', 'V']).to_owned();
    let given = |version: &str| {
        let version = bare(version);
        version.contains('.') && line.contains(&format!("\"{version}\""))
    };
    line.contains("path") && (given(previous) || given(current))
}

/// A manifest that may hold scripts beside its libraries; a lock file holds none.
fn holds_scripts(path: &str) -> bool {
    [
        "package.json",
        "composer.json",
        "deno.json",
        "deno.jsonc",
        "pyproject.toml",
        "mix.exs",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "cargo.toml",
        "pipfile",
    ]
    .iter()
    .any(|name| path.ends_with(name))
}

/// A step that the program takes when it is built, released or started.
fn note_schema_steps(
    row: &mut DomainStandings,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) {
    // words with a blank or a colon before them: `automigrate` in a name is none
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
}

/// Notes a library that brings tables of its own.
fn note_library_with_tables(row: &mut DomainStandings, fresh: &[ChangedLine<'_>]) {
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
}

/// Changed lines of a manifest without those of groups that only developers and tests get. Bundlers
/// of pages ship what npm calls developers' packages, so these count.
fn without_developers_lines<'a>(
    path: &str,
    text: &str,
    lines: Vec<ChangedLine<'a>>,
) -> Vec<ChangedLine<'a>> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let inside = match name {
        _ if has_blocks(path) => list_locked_packages(path, text)
            .into_iter()
            .map(|package| package.is_some_and(|package| package.is_for_developers))
            // of npm a list of developers' packages may be shipped by a bundler, so tools are known
            // by name
            .collect(),
        "gemfile" => in_developers_groups(text),
        "pyproject.toml" | "cargo.toml" => in_developers_tables(text),
        "composer.json" => in_developers_object(text),
        "build.gradle" | "build.gradle.kts" | "mix.exs" | "package.json" => {
            text.lines().map(is_developers_line).collect()
        }
        _ => return lines,
    };
    lines
        .into_iter()
        .filter(|(at, _)| !inside.get(at - 1).copied().unwrap_or_default())
        .collect()
}

/// For each line of a manifest of Composer, whether it stands in the list that only developers get.
fn in_developers_object(text: &str) -> Vec<bool> {
    let mut inside = false;
    text.lines()
        .map(|line| {
            // an object of Composer ends with the first brace, as names and versions hold none
            inside |= line.contains("\"require-dev\"");
            let stands_inside = inside;
            inside &= !line.contains('}');
            stands_inside
        })
        .collect()
}

/// A line that names a library which only tests and developers get: by the list of Gradle or Mix in
/// which it stands, or a tool of npm that no page ships.
fn is_developers_line(line: &str) -> bool {
    const LISTS: [&str; 8] = [
        "testImplementation",
        "testRuntimeOnly",
        "testCompileOnly",
        "testFixturesImplementation",
        "integrationTestImplementation",
        "androidTestImplementation",
        "kaptTest",
        "detektPlugins",
    ];
    const TOOLS: [&str; 26] = [
        "eslint",
        "prettier",
        "stylelint",
        "@types/",
        "jest",
        "ts-jest",
        "@jest/",
        "vitest",
        "@vitest/",
        "mocha",
        "chai",
        "sinon",
        "nyc",
        "c8",
        "cypress",
        "playwright",
        "@playwright/",
        "@testing-library/",
        "storybook",
        "@storybook/",
        "husky",
        "lint-staged",
        "nodemon",
        "@commitlint/",
        "supertest",
        "@typescript-eslint/",
    ];
    let line = line.trim();
    if LISTS.iter().any(|list| line.starts_with(list)) {
        return true;
    }
    // `{:credo, "~> 1.7", only: [:dev, :test]}` of Mix
    if let Some(only) = line.split("only:").nth(1).filter(|_| line.starts_with('{')) {
        let names: Vec<&str> = only
            .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':')))
            .filter(|name| name.starts_with(':'))
            .collect();
        return !names.is_empty()
            // one group more, `:prod`, and it runs
            && names
                .iter()
                .all(|name| matches!(*name, ":dev" | ":test" | ":docs"));
    }
    let key = line
        .strip_prefix('"')
        .and_then(|rest| rest.split_once("\":"))
        .map(|(key, _)| key);
    key.is_some_and(|key| {
        TOOLS.iter().any(|tool| {
            key.strip_prefix(tool)
                .is_some_and(|rest| tool.ends_with('/') || rest.is_empty() || rest.starts_with('-'))
        })
    })
}

/// For each line of a Gemfile, whether it stands in a group of names that only developers use.
fn in_developers_groups(text: &str) -> Vec<bool> {
    let mut depth = 0_usize;
    let mut inside = Vec::new();
    for line in text.lines().map(str::trim) {
        // each of these has an `end` of its own
        let opens = line.ends_with(" do") || line.starts_with("if ") || line.starts_with("unless ");
        if depth > 0 {
            depth = match line {
                "end" => depth - 1,
                _ if opens => depth + 1,
                _ => depth,
            };
        } else if let Some(names) = line
            .strip_prefix("group ")
            .and_then(|line| line.strip_suffix(" do"))
            && names
                .split(',')
                .all(|name| matches!(name.trim(), ":development" | ":test" | ":lint" | ":docs"))
        {
            depth = 1;
        }
        inside.push(depth > 0);
    }
    inside
}

/// For each line of a TOML manifest, whether its table holds what only developers and tests get.
fn in_developers_tables(text: &str) -> Vec<bool> {
    let (mut group, mut table, mut list) = (false, false, false);
    let mut inside = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') && line.ends_with(']') {
            let head = line.trim_matches(['[', ']']);
            group = head == "dependency-groups";
            table = head == "dev-dependencies"
                || head.ends_with(".dev-dependencies")
                || ["dev", "test", "tests", "lint", "docs"]
                    .iter()
                    .any(|name| head == format!("tool.poetry.group.{name}.dependencies"));
        }
        if group && !list {
            let named = line.split(['=', ' ']).next().unwrap_or_default();
            list = line.contains('[')
                && ["dev", "test", "tests", "lint", "docs", "typing"].contains(&named);
        }
        inside.push(table || list);
        // a list ends where its bracket does, on this line or a later one
        list = list && !line.ends_with(']');
    }
    inside
}

fn is_comment(line: &str) -> bool {
    line.starts_with("<!--") && line.ends_with("-->")
        || line.starts_with('#')
        || line.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_developers_are_told_from_what_runs() {
        let gemfile = "gem \"jam\", \"1.0\"\ngroup :development, :test do\n  gem \"lint\", \"1.1\"\nend\ngroup :production, :test do\n  gem \"jar\", \"2\"\nend\n";
        assert_eq!(
            in_developers_groups(gemfile),
            [false, true, true, false, false, false, false]
        );
        let python = "[project]\ndependencies = [\"jam==1\"]\n[dependency-groups]\ndev = [\"lint==2\"]\nserver = [\"jar==3\"]\n[tool.poetry.group.test.dependencies]\nlint = \"1\"\n[tool.poetry.dependencies]\njam = \"1\"\n";
        assert_eq!(
            in_developers_tables(python),
            [false, false, false, true, false, true, true, false, false]
        );
        let lists =
            "[dependency-groups]\ndev = [\n  \"lint==2\",\n]\nserver = [\n  \"jar==3\",\n]\n";
        assert_eq!(
            in_developers_tables(lists),
            [false, true, true, true, false, false, false]
        );
        let rust = "[dependencies]\njam = \"1\"\n[dev-dependencies]\nlint = \"1\"\n";
        assert_eq!(in_developers_tables(rust), [false, false, true, true]);
    }

    #[test]
    fn libraries_of_tests_are_told_from_what_runs() {
        for line in [
            "testImplementation 'junit:junit:5'",
            "{:credo, \"~> 1.1\", only: [:dev, :test], runtime: false},",
            "\"eslint-plugin-import\": \"2.0.0\",",
            "\"@types/node\": \"20\"",
        ] {
            assert!(is_developers_line(line), "{line}");
        }
        for line in [
            "implementation 'a:b:1'",
            "{:jar, \"~> 1\", only: [:prod, :test]},",
            "{:jar, \"~> 1\"},",
            "\"express\": \"5\"",
            "\"jester\": \"5\"",
        ] {
            assert!(!is_developers_line(line), "{line}");
        }
        assert_eq!(
            in_developers_object(
                "{\"require-dev\": {\n\"a/b\": \"1\"\n},\n\"require\": {\"c/d\": \"1\"}}"
            ),
            [true, true, true, false]
        );
    }
}
