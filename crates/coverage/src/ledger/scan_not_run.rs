//! Files that do not run with the program: styling, prose and tests, each by its name and by its
//! content.

use super::known_files::is_help_text;
use super::scan::{Scanner, own_version_row};
use super::standing_row::{
    DomainStandings, NOT_KNOWN, build_cannot_standing, build_open_standing, fill_row,
};
use super::test_text::is_test;
use super::{NO_SIGN as PLAIN, UNREADABLE, is_program, place};
use model::{CannotRule as Rule, FileChange, FileStatus};

/// Ends of files in a form for programs.
const STRUCTURED: [&str; 8] = [
    ".yaml",
    ".yml",
    ".json",
    ".toml",
    ".csv",
    ".xml",
    ".ini",
    ".properties",
];

/// Outermost folders in which nothing but documents lies.
const DOCUMENT_FOLDERS: [&str; 12] = [
    "doc",
    "docs",
    "documentation",
    "website",
    "website-docs",
    "man",
    "adr",
    "rfcs",
    ".changeset",
    "changelog.d",
    "newsfragments",
    ".github",
];

/// How the names of documents begin.
const DOCUMENT_NAMES: [&str; 16] = [
    "humans",
    "security",
    "readme",
    "change",
    "history",
    "news",
    "license",
    "licence",
    "notice",
    "copying",
    "author",
    "contribut",
    "install",
    "todo",
    "upgrad",
    "release",
];

impl Scanner<'_> {
    pub(super) fn styling(&self, change: &FileChange) -> DomainStandings {
        let lower = change.path.to_ascii_lowercase();
        let path = if change.status == FileStatus::Deleted {
            // what is gone shows nothing
            return fill_row(build_cannot_standing(Rule::Styling));
        } else {
            change.path.as_str()
        };
        // a program could lie under the name of a picture, so the first bytes are looked at
        let marks: &[(&str, &[u8])] = &[
            (".png", b"\x89PNG"),
            (".jpg", b"\xff\xd8"),
            (".jpeg", b"\xff\xd8"),
            (".gif", b"GIF8"),
            (".webp", b"RIFF"),
            (".woff2", b"wOF2"),
            (".woff", b"wOFF"),
        ];
        if let Some((_, mark)) = marks.iter().find(|(end, _)| lower.ends_with(end))
            && let Ok(bytes) = self.range.current.read(path)
            && !bytes.starts_with(mark)
            // contents that Git LFS has elsewhere begin with this line
            && !bytes.starts_with(b"version https://git-lfs")
            && !bytes.is_empty()
        {
            return fill_row(build_open_standing(
                PLAIN,
                None,
                "its content is not what its name says",
            ));
        }
        fill_row(build_cannot_standing(Rule::Styling))
    }

    /// Prose by its name and its content: a script or a settings file among the documents is none.
    pub(super) fn prose(&mut self, change: &FileChange) -> DomainStandings {
        let path = change.path.as_str();
        let lower = path.to_ascii_lowercase();
        // settings in a form for programs are prose only where nothing but documents lies
        let structured = STRUCTURED.iter().any(|end| lower.ends_with(end));
        let folder = lower.split('/').next().unwrap_or_default();
        if structured && lower.contains('/') && !DOCUMENT_FOLDERS.contains(&folder) {
            return self.settings(change);
        }
        // these forms are for people, whatever they say
        if change.status == FileStatus::Deleted
            || lower.ends_with(".md")
            || lower.ends_with(".rst")
            || lower.ends_with(".adoc")
            || lower.ends_with(".asciidoc")
            || lower.ends_with(".markdown")
        {
            return fill_row(build_cannot_standing(Rule::Documentation));
        }
        let Ok(text) = self.range.current.read_text(path) else {
            return fill_row(build_open_standing(UNREADABLE, None, "it cannot be read"));
        };
        let stem = lower
            .rsplit('/')
            .next()
            .unwrap_or(&lower)
            .split('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        let documents = lower
            .split('/')
            .rev()
            .skip(1)
            .any(|part| matches!(part, "doc" | "docs" | "documentation" | "man"));
        if self.holds_own_version(change) {
            return own_version_row();
        }
        if is_help_text(path) {
            return fill_row(build_cannot_standing(Rule::Page));
        }
        // a program may read `words.txt` as data
        if lower.ends_with(".txt")
            && !documents
            && !DOCUMENT_NAMES.iter().any(|name| stem.starts_with(name))
            && !names_people(&lower)
        {
            return self.unknown_use(change, "a text file that the program may read");
        }
        // a script needs no ending to run
        if text.starts_with("#!") {
            return fill_row(build_open_standing(
                PLAIN,
                Some(1),
                "a program among the documents",
            ));
        }
        // `jar.1` is a page of a manual, `upgrade.3` a step
        // the section of a manual is a number, and so is the step of an upgrade
        let numbered = lower
            .rsplit('.')
            .next()
            .is_some_and(|end| end.bytes().all(|byte| byte.is_ascii_digit()));
        // pages of manuals begin with a request of troff
        if numbered && !text.starts_with(['.', '\'']) {
            return self.unknown_use(change, NOT_KNOWN);
        }
        if !lower.contains("doc") && looks_like_settings(&text) {
            return fill_row(build_open_standing(
                PLAIN,
                Some(1),
                "a text file that looks like settings",
            ));
        }
        fill_row(build_cannot_standing(Rule::Documentation))
    }

    /// A test by its folder, or by what it says.
    pub(super) fn test(&mut self, change: &FileChange) -> DomainStandings {
        let parts: Vec<String> = place::list_purpose_folders(&change.path)
            .map(str::to_ascii_lowercase)
            .collect();
        let tests = [
            "test",
            "tests",
            "__tests__",
            "testdata",
            "test-data",
            "test_data",
            "cypress",
            "e2e",
            "integration-tests",
            "androidtest",
        ];
        let sure = parts.iter().any(|part| {
            tests.contains(&part.as_str())
                || [".test", "tests", "-test", "_test"]
                    .iter()
                    .any(|end| part.ends_with(end))
                || part.starts_with("test_")
                || part.starts_with("test-")
        });
        // folders of these names also hold specifications, features, games to come and stand-ins
        // that a program ships
        let unsure = [
            "spec",
            "specs",
            "features",
            "acceptance",
            "testing",
            "fixture",
            "mock",
            "bench",
            "snapshot",
            "cassette",
        ];
        let maybe = parts
            .iter()
            .any(|part| unsure.iter().any(|word| part.contains(word)));
        let program = is_program(&change.path);
        // the compiler of Go takes these for tests, whatever they hold, and no others
        let by_name = change.path.ends_with("_test.go");
        // of Ruby, a folder of this name holds what RSpec runs
        let specification = change.path.ends_with(".rb") && parts.iter().any(|part| part == "spec");
        // of these words a file that is no program text is a stand-in or a record
        if sure || by_name || specification || maybe && !program {
            return fill_row(build_cannot_standing(Rule::Tests));
        }
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        let text = new.or(old).unwrap_or_default();
        // what calls a framework of tests is one, wherever it lies; in Go the name has decided
        if !program || !change.path.ends_with(".go") && is_test(&text) {
            return fill_row(build_cannot_standing(Rule::Tests));
        }
        self.program(change)
    }
}

/// Most of its first lines give a value to a name.
fn looks_like_settings(text: &str) -> bool {
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(200);
    let (mut settings, mut counted) = (0usize, 0usize);
    for line in lines {
        counted += 1;
        let key = line.split(['=', ':']).next().unwrap_or_default().trim();
        settings += usize::from(line.contains('=') && !key.contains(' ') && !key.is_empty());
    }
    counted > 0 && settings * 2 > counted
}

/// `php-library-licenses.txt`, `app.8c5a.js.LICENSE.txt`: a list of licences or of people, by a path
/// in small letters.
fn names_people(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(['-', '_', '.']).any(|word| {
        ["license", "licence", "translator", "contributor", "credits"]
            .iter()
            .any(|name| word.starts_with(name))
    })
}
