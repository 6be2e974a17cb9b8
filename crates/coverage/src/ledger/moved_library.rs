//! What a library that moved is called, by the line of the manifest or lock file that moves it.

use super::lock_blocks::{has_blocks, list_locked_packages};

/// The name of the library that a line moves: of its block in a lock file, else what the line
/// begins with or gives first.
pub(super) fn name_library(path: &str, text: &str, line: usize) -> Option<String> {
    if has_blocks(path) {
        let package = list_locked_packages(path, text).into_iter().nth(line - 1)?;
        return package
            .map(|package| package.name)
            .filter(|name| !name.is_empty());
    }
    let line = text.lines().nth(line - 1)?.trim();
    let quoted = line.split(['"', '\'']).nth(1);
    let bare = line
        .split([' ', '=', ':', '@', '>', '<', '~', '^', ','])
        .next();
    const WORDS: [&str; 9] = [
        "gem",
        "implementation",
        "api",
        "version",
        "requires",
        "require",
        "pod",
        "resolved",
        "pkg",
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
                && !matches!(
                    *name,
                    "dependencies" | "integrity" | "checksum" | "node" | "engines"
                )
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert_eq!(name_library(path, line, 1).as_deref(), name, "{line}");
        }
    }
}
