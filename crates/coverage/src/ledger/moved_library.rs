//! What a library that moved is called, by the line of the manifest or lock file that moves it.

use super::STAYS_OPEN;
use super::lock_blocks::{has_blocks, list_locked_packages};
use super::standing_row::{DomainStandings, build_open_standing};
use crate::changed_lines::ChangedLine;
use model::CoverageDomain as D;

/// The name of the library that a line moves: of its block in a lock file, else what the line
/// begins with or gives first.
pub(super) fn name_library(path: &str, text: &str, line: usize) -> Option<String> {
    // in a block the name stands lines above the version that moved
    if has_blocks(path) {
        let package = list_locked_packages(path, text).into_iter().nth(line - 1)?;
        return package
            .map(|package| package.name)
            .filter(|name| !name.is_empty());
    }
    let at = line - 1;
    if let Some(name) = name_around(path, text, at) {
        return Some(name);
    }
    // without a block the line itself names it: `rails (7.1.2)`, `"left-pad": "1.3.0",`
    let line = text.lines().nth(at)?.trim();
    let quoted = line.split(['"', '\'']).nth(1);
    let bare = line
        .split([' ', '=', ':', '@', '>', '<', '~', '^', ','])
        .next();
    // what a line of Gradle, Bundler or Go begins with before the name comes
    const WORDS: [&str; 16] = [
        "gem",
        "implementation",
        "api",
        "version",
        "requires",
        "require",
        "pod",
        "resolved",
        "pkg",
        // keys of a lock file that stand beside a version
        "specifier",
        "reference",
        "url",
        "content-hash",
        "resolution",
        "hash",
        "time",
    ];
    let begins = bare.filter(|word| !WORDS.contains(word)).filter(|word| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '@')
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_./@".contains(c))
    });
    begins
        .or(quoted)
        .filter(|name| {
            name.len() < 100
                && name.chars().any(|c| c.is_ascii_alphabetic())
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_./@:".contains(c))
                && !WORDS.contains(name)
                // keys of lock files of npm and Yarn that stand where a name does
                && !matches!(
                    *name,
                    "dependencies" | "integrity" | "checksum" | "node" | "engines"
                )
        })
        .map(str::to_owned)
}

/// The table of a manifest in TOML, or the element of one in XML, around a line that gives a version
/// alone.
fn name_around(path: &str, text: &str, at: usize) -> Option<String> {
    // groupId, artifactId and version stand together; further off it is another element
    /// Lines before it that are looked at.
    const BEFORE: usize = 8;
    let xml = path.ends_with(".xml");
    if !xml && !path.ends_with(".toml") {
        return None;
    }
    let from = at.saturating_sub(BEFORE);
    let around: Vec<&str> = text.lines().skip(from).take(at - from + 1).collect();
    let own = around.last().copied().unwrap_or_default().trim_start();
    // in TOML a line with a name of its own needs no table around it
    if !xml && !own.starts_with("version") {
        return None;
    }
    around.iter().rev().find_map(|line| {
        let name = if xml {
            line.split_once("<artifactId>")?.1.split('<').next()?
        } else {
            line.trim()
                .strip_prefix('[')?
                .strip_suffix(']')?
                .split_once("dependencies.")?
                .1
        };
        let name = name.trim().trim_matches(['"', '\'']);
        (!name.is_empty() && name.len() < 100).then(|| name.to_owned())
    })
}

/// Notes a provider of Terraform that moved to another major version.
pub(super) fn note_provider_step(
    row: &mut DomainStandings,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) {
    if let Some(line) = provider_step(fresh, gone) {
        row[D::Infrastructure.index()] = build_open_standing(
            STAYS_OPEN,
            line,
            "a provider moved to another major version, and an older one may not read the state that it has written",
        );
    }
}

/// Where a lock file of Terraform takes a provider to another major version: the line, if the newer
/// text has it.
fn provider_step(fresh: &[ChangedLine<'_>], gone: &[ChangedLine<'_>]) -> Option<Option<usize>> {
    let major = |line: &str| {
        let value = line
            .strip_prefix("version")?
            .trim_start()
            .strip_prefix('=')?;
        let digits = value.trim().trim_matches('"').split('.').next()?;
        digits.parse::<u64>().ok()
    };
    let majors = |lines: &[ChangedLine<'_>]| -> Vec<(usize, u64)> {
        lines
            .iter()
            .filter_map(|(at, line)| Some((*at, major(line)?)))
            .collect()
    };
    let (now, before) = (majors(fresh), majors(gone));
    // providers stand in one order, so those that moved do, too
    if now.len() == before.len() {
        let mut pairs = now.iter().zip(&before);
        return pairs
            .find(|(is, was)| is.1 != was.1)
            .map(|(is, _)| Some(is.0));
    }
    // one came or went
    Some(now.first().map(|(at, _)| *at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_alone_belongs_to_what_stands_around_it() {
        let toml = "[target.'cfg(unix)'.dependencies.rocksdb]\nversion = \"0.23.0\"\n";
        assert_eq!(
            name_library("cargo.toml", toml, 2).as_deref(),
            Some("rocksdb")
        );
        let own = "[package]\nname = \"cellar\"\nversion = \"1.1.0\"\n";
        assert_eq!(name_library("cargo.toml", own, 3), None);
        let xml = "<dependency>\n<artifactId>h2</artifactId>\n<version>2.2</version>\n";
        assert_eq!(name_library("pom.xml", xml, 3).as_deref(), Some("h2"));
    }

    #[test]
    fn a_library_that_moved_is_named() {
        for (path, line, name) in [
            ("gemfile", "gem \"sidekiq\", \"7.0\"", Some("sidekiq")),
            (
                "go.mod",
                "go.etcd.io/bbolt v1.4.0",
                Some("go.etcd.io/bbolt"),
            ),
            ("package.json", "\"express\": \"^5.0.0\",", Some("express")),
            ("requirements.txt", "zodb==6.0", Some("zodb")),
            ("cargo.toml", "rocksdb = \"0.23\"", Some("rocksdb")),
            ("package-lock.json", "\"version\": \"5.0.0\",", None),
            ("pnpm-lock.yaml", "specifier: ^5.0.0", None),
            ("composer.lock", "\"reference\": \"5a0b\",", None),
        ] {
            assert_eq!(name_library(path, line, 1).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn only_a_major_step_of_a_provider_is_open() {
        let line = |text| [(3, text)];
        let (old, new) = (
            line("version     = \"5.44.0\""),
            line("version     = \"6.1.0\""),
        );
        assert_eq!(provider_step(&new, &old), Some(Some(3)));
        let new = line("version     = \"5.45.0\"");
        assert_eq!(provider_step(&new, &old), None);
        assert_eq!(provider_step(&[], &line("\"zh:12\",")), None);
    }
}
