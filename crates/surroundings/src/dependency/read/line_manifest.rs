//! Manifests and lock files whose every line says one library.

use std::sync::LazyLock;

use regex::Regex;

use super::ManifestFormat;
use super::found::FoundLibraries;

// sums of one package fit into a few hundred bytes
/// Longest line that is looked at, in bytes.
const LINE: usize = 4_000;

/// A pattern of this file with the name as first group and the version as second. The patterns are
/// fixed and covered by tests.
#[allow(
    clippy::expect_used,
    reason = "a pattern that does not compile would read nothing and say so nowhere; a test makes each"
)]
fn compile_dependency_pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

// `/name/1.2` of older and `/name@1.2` of newer versions of pnpm
static PNPM: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(r#"^ {2}['"]?/?((?:@[^/'"]+/)?[^@/'"\s]+)[@/](\d[^('":\s]*)[^:]*:"#)
});
static VENDORED: LazyLock<Regex> = LazyLock::new(|| compile_dependency_pattern(r"^# (\S+) v(\S+)"));
// four blanks are a gem that is installed, six what it asks for
static GEM: LazyLock<Regex> =
    LazyLock::new(|| compile_dependency_pattern(r"^ {4}(\S+) \(([^)=<>~]+)\)"));
static GO: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(r"^(?:require\s+|\s+)([\w.\-~/]+\.[\w.\-~/]+) v(\S+)")
});
static REQUIREMENT: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(r"^([A-Za-z0-9._\-]+)(?:\[[^\]]*\])?\s*(?:===?|~=|>=)\s*([^\s;,#]+)")
});
static MIX_LOCK: LazyLock<Regex> =
    LazyLock::new(|| compile_dependency_pattern(r#"^\s*"(\w+)":\s*\{:hex, :\w+, "([^"]+)""#));
static GRADLE_LOCK: LazyLock<Regex> =
    LazyLock::new(|| compile_dependency_pattern(r"^([\w.\-]+:[\w.\-]+):([^=\s]+)="));

/// Reads a format of lines; nothing for any other.
pub(super) fn read_lines(format: ManifestFormat, text: &str, found: &mut FoundLibraries) {
    let pattern: &Regex = match format {
        ManifestFormat::PnpmLock => &PNPM,
        ManifestFormat::GemfileLock => &GEM,
        ManifestFormat::GoMod => &GO,
        ManifestFormat::Requirements => &REQUIREMENT,
        ManifestFormat::MixLock => &MIX_LOCK,
        ManifestFormat::GradleLock => &GRADLE_LOCK,
        ManifestFormat::VendorModules => &VENDORED,
        _ => return,
    };
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.len() < LINE)
    {
        for captures in pattern.captures_iter(line) {
            if let (Some(name), Some(version)) = (captures.get(1), captures.get(2)) {
                found.add(name.as_str(), version.as_str(), index + 1);
            }
        }
    }
}

pub(super) fn read_yarn_lock(text: &str, found: &mut FoundLibraries) {
    let mut name: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        // an entry is a line at the margin that ends in a colon, its version a line below
        if !line.starts_with([' ', '#']) && line.ends_with(':') {
            let first = line.trim_start_matches('"');
            // a scope begins with @, so the version's @ is the next one
            name = first
                .char_indices()
                .skip(1)
                .find(|(_, c)| *c == '@')
                .map(|(at, _)| first[..at].to_owned());
        } else if let Some(name) = &name
            && let Some(rest) = line.trim_start().strip_prefix("version")
        {
            found.add(name, rest.trim_matches([':', ' ', '"']), index + 1);
        }
    }
}
