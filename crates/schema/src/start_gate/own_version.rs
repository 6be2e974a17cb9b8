//! By which names does a program know its own version? Constants that hold the version's text,
//! what the build gives it, and what languages offer for it.

use std::collections::BTreeSet;

use coverage::guard::{self, version_constants, words};
use model::{Hit, Snapshot};

/// Most names, and the longest file that is read for one, in bytes.
const NAMES: usize = 200;
const LENGTH: usize = 1024 * 1024;

/// What languages and builds offer for the version of the program: lower case.
pub(super) const SOURCES: [&str; 18] = [
    "cargo_pkg_version",
    "importlib.metadata",
    "importlib_metadata",
    "get_distribution(",
    "getimplementationversion",
    "implementationversion",
    "informationalversion",
    "getexecutingassembly",
    "getentryassembly",
    "npm_package_version",
    "package.json",
    "packagejson.version",
    "pkg.version",
    "application.spec(",
    "readbuildinfo",
    "buildinfo.version",
    "build_info::",
    ".version=",
];

/// A name of the program's own version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct OwnName {
    name: String,
    /// The folder of the file that gives it; what the build gives may lie anywhere.
    folder: Option<String>,
    /// Words by which another file names where it lies: its folder, its file.
    homes: Vec<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct OwnVersions {
    names: BTreeSet<OwnName>,
}

impl OwnVersions {
    /// A file in which a build gives a program its version.
    pub fn is_build_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        name.contains("goreleaser")
            || name.starts_with("makefile")
            || name.starts_with("dockerfile")
            || name == "justfile"
            || name.ends_with(".mk")
    }

    /// From the places of the version's text and of [`SOURCES`].
    pub fn find(tree: &dyn Snapshot, version: &str, hits: &[Hit]) -> Self {
        let mut names: BTreeSet<OwnName> = BTreeSet::new();
        let mut read: BTreeSet<&str> = BTreeSet::new();
        for hit in hits {
            if names.len() >= NAMES {
                break;
            }
            let lower = hit.text.to_ascii_lowercase();
            if Self::is_build_file(&hit.path) {
                names.extend(list_linked_names(&hit.text));
                continue;
            }
            if guard::find_language(&hit.path).is_none() || super::is_comment_line(&hit.text) {
                continue;
            }
            if SOURCES.iter().any(|source| lower.contains(source)) {
                names.extend(
                    super::read_version::list_given_names(&hit.text)
                        .into_iter()
                        .map(|name| OwnName::of(name, &hit.path)),
                );
            }
            if lower.contains(version) && read.insert(&hit.path) {
                let text = tree.read_text(&hit.path).ok();
                let text = text.filter(|text| text.len() <= LENGTH).unwrap_or_default();
                names.extend(
                    version_constants(&hit.path, &text)
                        .into_iter()
                        .filter(|constant| constant.value.trim_start_matches(['v', 'V']) == version)
                        .map(|constant| OwnName::of(constant.name, &hit.path)),
                );
            }
        }
        Self { names }
    }

    /// The chain ends in a name of the program's version. A name that says no more than *version*
    /// counts beside its own file, or where the chain says whose it is.
    pub fn is_own(&self, path: &str, chain: &str) -> bool {
        let lower = chain.to_ascii_lowercase();
        if SOURCES.iter().any(|source| lower.contains(source)) || lower.contains("__version__") {
            return true;
        }
        let mut parts = chain
            .split(['.', ':'])
            .filter(|part| !part.is_empty())
            .rev();
        let Some(last) = parts.next() else {
            return false;
        };
        let of: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        let folder = folder_of(path);
        self.names.iter().any(|own| {
            own.name == last
                && (words::split_name_parts(last).len() > 1
                    || own.homes.iter().any(|home| of.contains(home))
                    || of.is_empty() && own.folder.as_deref().is_none_or(|known| known == folder))
        })
    }

    /// A line holds a name of the program's version, or asks for it.
    pub fn stands_in(&self, path: &str, line: &str) -> bool {
        let joins = |c: char| c.is_alphanumeric() || "_.:".contains(c);
        let right = line.split_once('=').map_or(line, |(_, right)| right);
        right
            .split(|c: char| !joins(c))
            .filter(|chain| !chain.is_empty())
            .take(60)
            .any(|chain| self.is_own(path, chain.trim_matches(['.', ':'])))
    }

    /// A text names the program's version.
    pub fn is_named_in(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        SOURCES.iter().any(|source| lower.contains(source))
            || self
                .names
                .iter()
                .any(|own| text_scan::has_whole_word(text, &own.name))
    }
}

impl OwnName {
    fn of(name: String, path: &str) -> Self {
        let stem = path.rsplit('/').next().unwrap_or(path);
        let stem = stem.split('.').next().unwrap_or(stem);
        let folder = folder_of(path);
        let last = folder.rsplit('/').next().unwrap_or(folder);
        Self {
            name,
            folder: Some(folder.to_owned()),
            homes: [stem, last]
                .into_iter()
                .filter(|home| !home.is_empty())
                .map(str::to_ascii_lowercase)
                .collect(),
        }
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Names that a linker fills in: `-X example.test/shelf/internal/build.Version=$(VERSION)`.
fn list_linked_names(line: &str) -> Vec<OwnName> {
    line.split(|c: char| c.is_whitespace() || "\"'=".contains(c))
        .filter(|word| word.contains('.'))
        .filter_map(|word| {
            let (home, name) = word.rsplit_once('.')?;
            let home = home.rsplit('/').next().unwrap_or(home).to_ascii_lowercase();
            words::names_version(name).then(|| OwnName {
                name: name.to_owned(),
                folder: None,
                homes: vec![home],
            })
        })
        .take(8)
        .collect()
}
