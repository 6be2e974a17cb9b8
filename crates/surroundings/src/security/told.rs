//! What change logs, release notes, news fragments and remarks newly say about closed holes.

use std::collections::BTreeSet;

use super::{ClosedHole, words};
use coverage::ReleaseRange;
use coverage::ledger::{is_live, is_program};
use model::{Confidence, Evidence, FileKind, FileStatus, list_advisory_ids};

/// Most files of a range that are looked at, most bytes of them, and most lines of one.
const FILES: usize = 3_000;
const BYTES: usize = 64 * 1024 * 1024;
const LINES: usize = 5_000;

/// Most characters of a line that are shown.
const SHOWN: usize = 160;

/// What kind of text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// A log of all versions.
    Log,
    /// A text about one change or one release.
    Fragment,
    /// Program text: ids in its remarks.
    Program,
}

/// Folders of texts about one change or one release each.
const FRAGMENTS: [&str; 12] = [
    "changelog.d",
    "changes.d",
    "newsfragments",
    "news.d",
    ".changeset",
    ".changes",
    "changelogs",
    "releasenotes",
    "release-notes",
    "release_notes",
    "relnotes",
    "releases",
];

/// Beginnings of names of logs.
const LOGS: [&str; 6] = [
    "changelog",
    "changes",
    "news",
    "history",
    "releases",
    "release-notes",
];

fn find_telling(path: &str, kind: FileKind) -> Option<Telling> {
    let lower = path.to_ascii_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let (stem, end) = name.split_once('.').unwrap_or((name, ""));
    let prose = matches!(
        end.rsplit('.').next().unwrap_or_default(),
        "" | "md" | "rst" | "txt" | "adoc" | "yaml" | "yml"
    );
    // fragments first: they may be named `changelog.d/news.md`
    if prose && folder.split('/').any(|part| FRAGMENTS.contains(&part)) {
        return Some(Telling::Fragment);
    }
    if prose && LOGS.iter().any(|log| stem.starts_with(log)) {
        return Some(Telling::Log);
    }
    // a test that names an advisory proves nothing of the program
    let program = kind == FileKind::Code && is_program(path) && is_live(path);
    program.then_some(Telling::Program)
}

/// Holes that texts of the newer release newly say are closed.
pub(super) fn list_told_holes(range: &ReleaseRange<'_>) -> Vec<ClosedHole> {
    let mut bytes = 0;
    let mut holes = Vec::new();
    let previous = read_version(range.previous_version);
    for change in range.changes.iter().take(FILES) {
        if change.status == FileStatus::Deleted {
            continue;
        }
        let Some(telling) = find_telling(&change.path, change.kind) else {
            continue;
        };
        let Ok(new) = range.current.read_text(&change.path) else {
            continue;
        };
        bytes += new.len();
        // beyond it only commits tell of holes
        if bytes > BYTES {
            break;
        }
        if telling == Telling::Program && !may_name_advisory(&new) {
            continue;
        }
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let old = range.previous.read_text(old_path).ok();
        // remarks and items of a list are what counts here, and other readers leave them out
        let before: BTreeSet<&str> = old
            .iter()
            .flat_map(|text| text.lines())
            .map(str::trim)
            .collect();
        let fresh: BTreeSet<usize> = new
            .lines()
            .enumerate()
            .filter(|(_, line)| !before.contains(line.trim()))
            // of a log that is new as a whole the first lines are the newest
            .take(LINES)
            .map(|(at, _)| at + 1)
            .collect();
        read_text(
            range,
            &change.path,
            telling,
            &new,
            &fresh,
            &previous,
            &mut holes,
        );
    }
    holes
}

/// A quick look before lines are compared.
fn may_name_advisory(text: &str) -> bool {
    ["CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "cve-"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Where a reader of a log stands.
#[derive(Default)]
struct NotesSection {
    version: Vec<u64>,
    is_security: bool,
}

fn read_text(
    range: &ReleaseRange<'_>,
    path: &str,
    telling: Telling,
    text: &str,
    fresh: &BTreeSet<usize>,
    previous: &[u64],
    holes: &mut Vec<ClosedHole>,
) {
    let name = path.rsplit('/').next().unwrap_or(path);
    // `412.security.md` of towncrier
    let mut section = NotesSection {
        is_security: telling == Telling::Fragment
            && name
                .split('.')
                .skip(1)
                .any(|part| part.eq_ignore_ascii_case("security")),
        version: match telling {
            Telling::Fragment => read_version(name),
            _ => Vec::new(),
        },
    };
    let mut lines = text.lines().enumerate().peekable();
    let mut marked = false;
    while let Some((at, line)) = lines.next() {
        let underlined = lines.peek().is_some_and(|(_, next)| is_underline(next));
        if telling != Telling::Program {
            read_heading(&mut section, line, underlined);
        }
        // an entry of an older version was closed there already
        let is_older = !section.version.is_empty()
            && !previous.is_empty()
            && section.version.as_slice() <= previous;
        if !fresh.contains(&(at + 1)) || is_older || words::deny_hole(line) {
            continue;
        }
        let ids = list_advisory_ids(line);
        // a heading and a bare number say nothing that could be shown
        let says_something = line.chars().filter(|c| c.is_alphabetic()).count() > 8
            && !words::is_security_heading(line)
            && !line.trim_start().starts_with('#');
        let confidence = if !ids.is_empty() {
            Confidence::Likely
        } else if telling == Telling::Program || marked || !says_something {
            continue;
        } else if section.is_security || begins_with_security(line) {
            Confidence::Likely
        } else if words::tell_of_hole(line) {
            Confidence::Hint
        } else {
            continue;
        };
        // one line of words is enough for a text, as the others belong to it
        marked |= ids.is_empty();
        holes.push(make_hole(
            range,
            path,
            at + 1,
            line,
            telling,
            ids,
            confidence,
        ));
    }
}

/// `Security: names of uploads ...`, after the sign of a list.
fn begins_with_security(line: &str) -> bool {
    let bare = line.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    bare.split_once(':')
        .is_some_and(|(begin, _)| words::is_security_heading(begin))
}

fn is_underline(line: &str) -> bool {
    line.len() > 2 && line.chars().all(|c| matches!(c, '=' | '-' | '~' | '^'))
}

fn read_heading(section: &mut NotesSection, line: &str, underlined: bool) {
    let debian = line.contains("urgency=") && !line.starts_with(' ');
    // `2.4.1 (2026-03-02)` begins an entry without any mark
    let begins = line
        .trim_start_matches(['v', 'V', '['])
        .starts_with(|c: char| c.is_ascii_digit());
    let heading = line.starts_with('#') || underlined || debian || begins && line.len() < 60;
    if heading {
        let version = read_version(line);
        // a lone number is a date or an item
        if version.len() > 1 {
            section.version = version;
            section.is_security = false;
            return;
        }
        // what is not released yet belongs to the newer release
        if line.to_ascii_lowercase().contains("unreleased") {
            section.version = Vec::new();
        }
    }
    if words::is_security_heading(line) {
        section.is_security = true;
    } else if heading || line.starts_with("**") && line.trim_end().ends_with("**") {
        section.is_security = false;
    }
}

/// The first version with a point in a text, as figures; empty where there is none.
fn read_version(text: &str) -> Vec<u64> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words
        .map(|word| word.trim_matches('.'))
        .find(|word| word.contains('.') && word.len() < 40)
        .map(|word| {
            word.split('.')
                .map_while(|part| part.parse().ok())
                .collect()
        })
        .unwrap_or_default()
}

fn make_hole(
    range: &ReleaseRange<'_>,
    path: &str,
    line: usize,
    text: &str,
    telling: Telling,
    ids: Vec<String>,
    confidence: Confidence,
) -> ClosedHole {
    let shown: String = text
        .trim()
        .trim_start_matches(['*', '-', '#', '/', ' '])
        .chars()
        .take(SHOWN)
        .collect();
    let current = range.current_version;
    let says = match telling {
        Telling::Program => format!("Program text that is new in {current} names it: {shown}"),
        _ if confidence == Confidence::Hint => {
            format!("What is written about {current} speaks of a security hole: {shown}")
        }
        _ => format!("{current} closes it, as {path} says: {shown}"),
    };
    ClosedHole {
        ids,
        title: shown.clone(),
        says,
        confidence,
        place: Evidence {
            path: Some(path.into()),
            line: Some(line),
            excerpt: Some(shown.into()),
            ..Evidence::default()
        },
    }
}

// in any case of letters, as each log writes ids in its own way
/// Those of the ids, in capitals, that logs and notes of the previous release name already.
pub(super) fn find_named_before(range: &ReleaseRange<'_>, ids: &[String]) -> BTreeSet<String> {
    if ids.is_empty() {
        return BTreeSet::new();
    }
    let wanted = |path: &str| {
        matches!(
            find_telling(path, FileKind::Documentation),
            Some(Telling::Log | Telling::Fragment)
        )
    };
    let (hits, _) = range.previous.search_many(ids, true, 1, &wanted);
    hits.iter()
        .filter_map(|hit| ids.get(hit.word))
        .map(|id| id.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Config, FileChange, MemorySnapshot};

    fn told(path: &str, old: &str, new: &str, kind: FileKind) -> Vec<(Vec<String>, Confidence)> {
        let (old, new) = (
            MemorySnapshot::new([(path, old)]),
            MemorySnapshot::new([(path, new)]),
        );
        let mut changes: Vec<FileChange> = old.changes_to(&new);
        for change in &mut changes {
            change.kind = kind;
        }
        let config = Config::default();
        let range = ReleaseRange {
            previous: &old,
            current: &new,
            changes: &changes,
            config: &config,
            previous_version: "1.0.0",
            current_version: "1.1.0",
        };
        list_told_holes(&range)
            .into_iter()
            .map(|hole| (hole.ids, hole.confidence))
            .collect()
    }

    #[test]
    fn logs_fragments_and_remarks_tell_of_holes() {
        let id = "CVE-2031-5151";
        for (path, old, new, kind) in [
            (
                "CHANGES.rst",
                "",
                "1.1.0\n-----\n\n* Fixed CVE-2031-5151: names.\n",
                FileKind::Documentation,
            ),
            (
                "CHANGELOG.md",
                "# 1.0.0\n- a\n",
                "## 1.1.0\n\n### Security\n\n- names (CVE-2031-5151)\n\n# 1.0.0\n- a\n",
                FileKind::Documentation,
            ),
            (
                "debian/changelog",
                "",
                "cellar (1.1.0) unstable; urgency=high\n\n  * Names. (CVE-2031-5151)\n",
                FileKind::Other,
            ),
            (
                "changelog.d/412.security.md",
                "",
                "Names of uploads (CVE-2031-5151).\n",
                FileKind::Documentation,
            ),
            (
                "app/upload.py",
                "save(name)\n",
                "# CVE-2031-5151: never trust it\nsave(base(name))\n",
                FileKind::Code,
            ),
        ] {
            assert_eq!(
                told(path, old, new, kind),
                [(vec![id.to_owned()], Confidence::Likely)],
                "{path}"
            );
        }
        let words = told(
            ".changeset/jars.md",
            "",
            "Security: path traversal in uploads\n",
            FileKind::Documentation,
        );
        assert_eq!(words, [(Vec::new(), Confidence::Likely)]);
    }

    #[test]
    fn older_versions_denials_and_other_files_tell_of_none() {
        for (path, old, new, kind) in [
            (
                "CHANGELOG.md",
                "## 0.8.0\n- fix\n",
                "## 0.8.0\n- security fix (CVE-2030-1212)\n",
                FileKind::Documentation,
            ),
            (
                "CHANGELOG.md",
                "",
                "## 1.1.0\n- not affected by CVE-2031-9001\n",
                FileKind::Documentation,
            ),
            (
                "SECURITY.md",
                "",
                "CVE-2031-9001 was reported\n",
                FileKind::Documentation,
            ),
            (
                "app/upload.py",
                "save(name)\n",
                "# never trust it\nsave(base(name))\n",
                FileKind::Code,
            ),
            (
                "CHANGELOG.md",
                "",
                "## 1.1.0\n- names of jars are kept\n",
                FileKind::Documentation,
            ),
        ] {
            assert!(told(path, old, new, kind).is_empty(), "{path} {new}");
        }
    }
}
