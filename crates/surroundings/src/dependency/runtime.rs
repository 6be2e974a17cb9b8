//! `dependency/runtime-changed`.

use super::version::list_leading_numbers;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use crate::texts::{new_path, old_path};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Finding,
    Severity, check_cases, shorten_text,
};

const DOC: CheckDoc = CheckDoc {
    id: "dependency/runtime-changed",
    title: "The version of the language differs",
    domain: Domain::Dependency,
    direction: Direction::Both,
    looks_for: "Files that pin a language's version: .ruby-version, .node-version, .nvmrc, .python-version, .java-version, .php-version, .tool-versions, runtime.txt, rust-toolchain, global.json.",
    why: "The previous release was built and tested on the older version; where the runtime is installed on the host and was upgraded, it runs on another one.",
    action: "Check that the version the previous release was built for is still installed, or go back by image.",
    example: ".ruby-version goes from 3.2.2 to 3.3.0.",
    source: "The question of the guide whether the platform allows several versions side by side (`backout guide 46`).",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_runtime_changes, make_fixtures())
        }),
    },
    run: find_runtime_changes,
};

const NAMES: [&str; 11] = [
    ".ruby-version",
    ".node-version",
    ".nvmrc",
    ".python-version",
    ".java-version",
    ".php-version",
    ".tool-versions",
    "runtime.txt",
    "rust-toolchain",
    "rust-toolchain.toml",
    "global.json",
];

fn find_runtime_changes(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let files = look.range.changes.iter().filter(|change| {
        change.kind == FileKind::Dependency
            && NAMES.contains(&change.path.rsplit('/').next().unwrap_or_default())
    });
    files
        .filter_map(|change| {
            let read = |tree: &dyn model::Snapshot, path: Option<&str>| tree.read_text(path?).ok();
            let (old, new) = (
                // a file that is new pins what nobody pinned before
                read(look.range.previous, old_path(change))?,
                read(look.range.current, new_path(change))?,
            );
            let (line, before, after) = find_differing_line(&old, &new)?;
            // a step within one minor version is no news
            if list_leading_numbers(before).get(..2) == list_leading_numbers(after).get(..2)
                && !list_leading_numbers(before).is_empty()
            {
                return None;
            }
            let says = format!(
                "{} goes from {} to {}",
                change.path,
                shorten_text(before, 40),
                shorten_text(after, 40)
            );
            Some(
                build_check_finding(
                    &DOC,
                    Severity::Notes,
                    Confidence::Proven,
                    change.path.as_str(),
                    says,
                )
                .at([Evidence::at(&*change.path, line).with_excerpt(after)]),
            )
        })
        .collect()
}

/// The first line that differs and holds a number.
fn find_differing_line<'t>(old: &'t str, new: &'t str) -> Option<(usize, &'t str, &'t str)> {
    let pairs = old.lines().zip(new.lines()).enumerate();
    pairs
        .map(|(index, (before, after))| (index + 1, before.trim(), after.trim()))
        // lines without a figure are names and remarks
        .find(|(_, before, after)| before != after && after.contains(|c: char| c.is_ascii_digit()))
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    (
        Fixture::of(".ruby-version", FileKind::Dependency, "3.2.2\n", "3.3.0\n"),
        Fixture::of(".ruby-version", FileKind::Dependency, "3.2.2\n", "3.2.3\n"),
    )
}
