//! Libraries and runtimes: manifests and lock files of the usual package managers, compared by name
//! and version.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::same_text::SameText;
use super::{Range, new_path, old_path, text};
use model::{Kind, Unchecked};

pub(super) mod added;
pub(super) mod major_change;
mod read;
pub(super) mod removed;
pub(super) mod runtime;
mod version;

/// A library's version as written, and its line, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Library {
    pub version: String,
    pub line: usize,
}

/// Libraries by name.
pub(super) type Libraries = BTreeMap<String, Library>;

/// One manifest or lock file that changed.
pub(super) struct Changed {
    pub path: String,
    pub old_path: String,
    /// The file is new, or gone.
    pub whole: bool,
    pub old: Rc<Libraries>,
    pub new: Rc<Libraries>,
    /// Names that the project itself asks for, where its manifest could be read; `None` means all
    /// of them.
    pub direct: Option<Rc<BTreeSet<String>>>,
}

impl Changed {
    /// Whether the project itself asks for it.
    pub fn direct(&self, name: &str) -> bool {
        self.direct
            .as_ref()
            .is_none_or(|names| names.contains(name))
    }
}

/// All manifests and lock files that changed. Where a lock file changed, the manifest beside it
/// only says what is direct.
pub(super) fn changed(range: &Range<'_>, unchecked: &mut Vec<Unchecked>) -> Vec<Changed> {
    let files: Vec<_> = range
        .changes
        .iter()
        .filter(|change| change.kind == Kind::Dependency && !vendored(&change.path))
        .collect();
    let locked: BTreeSet<String> = files
        .iter()
        .filter_map(|change| read::Format::of(&change.path))
        .zip(&files)
        .filter_map(|(format, change)| format.manifest().map(|name| beside(&change.path, name)))
        .collect();
    let mut all = Vec::new();
    let (texts, manifests) = (SameText::default(), SameText::default());
    for change in files {
        let Some(format) = read::Format::of(&change.path) else {
            continue;
        };
        if locked.contains(&change.path) {
            continue;
        }
        let before = unchecked.len();
        let (old, new) = (
            text(range.previous, old_path(change), unchecked),
            text(range.current, new_path(change), unchecked),
        );
        if unchecked.len() > before {
            continue;
        }
        let whole = old.is_none() || new.is_none();
        let direct = format.manifest().and_then(|name| {
            let path = beside(&change.path, name);
            let text = range
                .current
                .read_text(&path)
                .or_else(|_| range.previous.read_text(&path))
                .ok()?;
            let format = read::Format::of(&path)?;
            Some(manifests.get(name, &text, || format.read(&text).into_keys().collect()))
        });
        let how = change.path.rsplit('/').next().unwrap_or(&change.path);
        let side = |text: Option<String>| {
            text.map(|text| texts.get(how, &text, || format.read(&text)))
                .unwrap_or_default()
        };
        all.push(Changed {
            path: change.path.clone(),
            old_path: change
                .old_path
                .clone()
                .unwrap_or_else(|| change.path.clone()),
            whole,
            old: side(old),
            new: side(new),
            direct,
        });
    }
    all
}

fn vendored(path: &str) -> bool {
    let list = path.ends_with("vendor/vendor.json")
        || path.ends_with("vendor/modules.txt")
        || path.ends_with("vendor/manifest");
    !list
        && path
            .split('/')
            .any(|part| matches!(part, "vendor" | "node_modules" | "third_party"))
}

fn beside(path: &str, name: &str) -> String {
    path.rsplit_once('/')
        .map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
}
