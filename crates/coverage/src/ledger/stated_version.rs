//! The version of the product as its own manifest states it, wherever on a line it stands: it is
//! that of no library.

use super::lock_blocks::{has_blocks, list_locked_packages};
use super::scan::Scanner;
use crate::changed_lines::ChangedLine;

/// What stands before the version of the product, in small letters and without quotes and blanks at
/// its end.
const FIELDS: [&str; 8] = [
    "version:",
    "version=",
    "version =",
    "version\":",
    "version':",
    "<version>",
    "{vsn,",
    "{\"vsn\",",
];

/// Words before it on the line that make it the version of something else.
const OF_OTHERS: [&str; 12] = [
    "dependenc",
    "packagereference",
    "requires",
    "= {",
    "={",
    "plugin",
    "<parent",
    "<artifact",
    "id ",
    "id(",
    ".package(",
    "find_package",
];

impl Scanner<'_> {
    /// Takes away lines that only give the version of the product, as the names of the releases
    /// say it, in the field of a manifest for that; the first such line of the newer text.
    pub(super) fn take_stated_versions(
        &self,
        fresh: &mut Vec<ChangedLine<'_>>,
        gone: &mut Vec<ChangedLine<'_>>,
    ) -> Option<usize> {
        let bare = |version: &'_ str| version.trim().trim_start_matches(['v', 'V']).to_owned();
        let (was, is) = (
            bare(self.range.previous_version),
            bare(self.range.current_version),
        );
        // a version of one figure may be any number
        if !was.contains('.') || !is.contains('.') {
            return None;
        }
        let mut first = None;
        gone.retain(|(_, old)| {
            if !states_version(old, &was) {
                return true;
            }
            let wanted = old.replacen(&was, &is, 1);
            let found = fresh.iter().position(|(_, new)| *new == wanted);
            let line = found.map(|at| fresh.remove(at).0);
            first = first.or(line);
            line.is_none()
        });
        first
    }
}

/// Whether a line holds this version once, in the field of the product. A line that begins with the
/// field is none here: only what stands around it tells whose version it is.
fn states_version(line: &str, version: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let version = version.to_ascii_lowercase();
    let mut places = lower.match_indices(&version).map(|(at, _)| at);
    let (Some(at), None) = (places.next(), places.next()) else {
        return false;
    };
    let (before, behind) = (&lower[..at], &lower[at + version.len()..]);
    let alone = (lower.trim_start_matches(['"', '\'', '<'])).starts_with("version");
    let whole =
        !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    let before = before
        .trim_end_matches('v')
        .trim_end_matches(['"', '\'', ' ', '\t']);
    let of_others = OF_OTHERS.iter().any(|word| before.contains(word));
    let named = FIELDS.iter().any(|field| before.ends_with(field))
        || before.starts_with("project(") && before.ends_with(" version")
        // `(defproject shop "1.0.0"`
        || before.starts_with("(defproject ") && before.split_whitespace().count() == 2;
    // a field of a name of its own: `node_version: 1.0.0`, `api-version=1.0.0`
    let start = before.rfind("version").and_then(|at| before.get(..at));
    let own = start.is_none_or(|start| {
        !start.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'))
    });
    whole && named && own && !alone && !of_others
}

/// The version of the program itself.
pub(super) fn is_own_version(tables: &[bool], at: usize, line: &str) -> bool {
    let lower = line.trim_start_matches(['"', '\'']).to_ascii_lowercase();
    lower.starts_with("version")
        && !lower.starts_with("versions")
        && !tables.get(at - 1).copied().unwrap_or_default()
}

/// For each line of a manifest, whether the table in which it stands lists dependencies.
pub(super) fn in_dependencies(path: &str, text: &str) -> Vec<bool> {
    if has_blocks(path) {
        return list_locked_packages(path, text)
            .into_iter()
            .map(|package| package.is_some_and(|package| !package.is_own))
            .collect();
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_of_the_product_is_told_from_others() {
        for line in [
            "def project, do: [app: :a, version: \"1.0.0\", elixir: \"~> 1.15\"]",
            "project(a VERSION 1.0.0)",
            "<PropertyGroup><TargetFramework>net8.0</TargetFramework><Version>1.0.0</Version></PropertyGroup>",
            "s.version = '1.0.0'",
            "setup(name='a', version='1.0.0')",
            "(defproject a \"1.0.0\"",
            "{application, a, [{vsn, \"1.0.0\"}, {applications, [kernel]}]}.",
            "{\"name\": \"a\", \"version\": \"1.0.0\", \"dependencies\": {\"b\": \"^5.3.2\"}}",
        ] {
            assert!(states_version(line, "1.0.0"), "{line}");
        }
        for line in [
            "\"@shop/core\": \"1.0.0\",",
            "{\"dependencies\": {\"a\": \"2\", \"version\": \"1.0.0\"}}",
            "foo = { version = \"1.0.0\" }",
            "<PackageReference Include=\"A\"><Version>1.0.0</Version></PackageReference>",
            "id 'a' version '1.0.0'",
            "node_version: 1.0.0",
            "<version>1.0.0</version>",
            "version = \"1.0.0.1\"",
            "a, version: \"1.0.0\", b: \"1.0.0\"",
            "find_package(a VERSION 1.0.0)",
        ] {
            assert!(!states_version(line, "1.0.0"), "{line}");
        }
    }
}
