//! Manifests and lock files that changed.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::library::LibraryVersions;
use super::read;
use crate::same_text::ParsedTextCache;
use crate::texts::{new_path, old_path, read_bounded_text};
use coverage::ReleaseRange;
use model::{FileChange, FileKind, Unchecked, Untrusted};

/// One manifest or lock file that changed.
pub(crate) struct ChangedManifest {
    pub path: String,
    pub old_path: String,
    /// The file is new, or gone.
    pub whole: bool,
    pub old: Rc<LibraryVersions>,
    pub new: Rc<LibraryVersions>,
    /// Names that the project itself asks for, where its manifest could be read; `None` means all
    /// of them.
    pub direct: Option<Rc<BTreeSet<String>>>,
}

impl ChangedManifest {
    /// Whether the project itself asks for it.
    pub fn direct(&self, name: &str) -> bool {
        self.direct
            .as_ref()
            .is_none_or(|names| names.contains(name))
    }
}

/// All manifests and lock files that changed. Where a lock file changed, the manifest beside it
/// only says what is direct.
pub(crate) fn list_changed_manifests(
    range: &ReleaseRange<'_>,
    unchecked: &mut Vec<Unchecked>,
) -> Vec<ChangedManifest> {
    let files: Vec<_> = range
        .changes
        .iter()
        .filter(|change| change.kind == FileKind::Dependency && !is_vendored_path(&change.path))
        .collect();
    // the lock file says which version is installed, the manifest only which are allowed
    let locked: BTreeSet<String> = files
        .iter()
        .filter_map(|change| {
            read::ManifestFormat::of(&change.path)?
                .manifest()
                .map(|name| build_neighbour_path(&change.path, name))
        })
        .collect();
    let mut all = Vec::new();
    let (texts, manifests) = (ParsedTextCache::default(), ParsedTextCache::default());
    for change in files {
        let Some(format) = read::ManifestFormat::of(&change.path) else {
            continue;
        };
        if locked.contains(&change.path) {
            continue;
        }
        let before = unchecked.len();
        let (old, new) = (
            read_bounded_text(range.previous, old_path(change), unchecked),
            read_bounded_text(range.current, new_path(change), unchecked),
        );
        // a side that cannot be read is told already, and half a comparison is none
        if unchecked.len() > before {
            continue;
        }
        let whole = old.is_none() || new.is_none();
        let direct = format.manifest().and_then(|name| {
            let path = build_neighbour_path(&change.path, name);
            let text = range
                .current
                .read_text(&path)
                .or_else(|_| range.previous.read_text(&path))
                .ok()?;
            let format = read::ManifestFormat::of(&path)?;
            let names = manifests.get(name, &text, || {
                let asked_for = format.read(&text).ok()?;
                Some(Rc::new(asked_for.into_keys().collect()))
            });
            (*names).clone()
        });
        // lock files of one name and text are the same in each folder of a repository
        let how = change.path.rsplit('/').next().unwrap_or(&change.path);
        let direct = direct.or_else(|| {
            let text = new.as_deref().or(old.as_deref())?;
            (how == "go.mod").then(|| Rc::new(list_asked_for_by_go(text)))
        });
        let side = |text: Option<String>| match text {
            Some(text) => {
                let read = texts.get(how, &text, || format.read(&text).map(Rc::new));
                (*read).clone()
            }
            None => Ok(Rc::default()),
        };
        let (old, new) = match (side(old), side(new)) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(why), new) => {
                let release = if new.is_ok() {
                    range.previous_version
                } else {
                    "both releases"
                };
                note_broken_manifest(change, release, &why, unchecked);
                continue;
            }
            (Ok(_), Err(why)) => {
                note_broken_manifest(change, range.current_version, &why, unchecked);
                continue;
            }
        };
        all.push(ChangedManifest {
            path: change.path.clone(),
            old_path: change
                .old_path
                .clone()
                .unwrap_or_else(|| change.path.clone()),
            whole,
            old,
            new,
            direct,
        });
    }
    all
}

/// Modules that a project of Go asks for itself: its tool marks the others with a remark.
fn list_asked_for_by_go(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| !line.contains("// indirect"))
        .flat_map(str::split_whitespace)
        .filter(|word| word.contains('.') && !word.starts_with("v0") && !word.starts_with("//"))
        .map(str::to_owned)
        .collect()
}

/// A manifest that cannot be read is not compared: what it leaves out would look as if it were gone.
fn note_broken_manifest(
    change: &FileChange,
    release: &str,
    why: &str,
    unchecked: &mut Vec<Unchecked>,
) {
    unchecked.push(Unchecked {
        what: Untrusted::visible(&change.path),
        why: Untrusted::visible(&format!("it cannot be read in {release}: {why}")),
        settle_with: Some("look at which libraries changed in this file".into()),
    });
}

// these three list libraries of Go that lie beside them
fn is_vendored_path(path: &str) -> bool {
    let list = path.ends_with("vendor/vendor.json")
        || path.ends_with("vendor/modules.txt")
        || path.ends_with("vendor/manifest");
    !list
        && path
            .split('/')
            .any(|part| matches!(part, "vendor" | "node_modules" | "third_party"))
}

fn build_neighbour_path(path: &str, name: &str) -> String {
    path.rsplit_once('/')
        .map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
}

#[cfg(test)]
mod tests {
    use crate::case::Fixture;
    use model::FileKind;

    #[test]
    fn a_broken_manifest_is_said_and_never_no_change() {
        let good = "[dependencies]\nredb = \"1.4\"\n";
        let broken = "<<<<<<< ours\n[dependencies]\nredb = \"2.0\"\n";
        for (old, new) in [(good, broken), (broken, good)] {
            let outcome = Fixture::of("Cargo.toml", FileKind::Dependency, old, new).run();
            assert!(outcome.findings.is_empty());
            let [said] = &outcome.unchecked[..] else {
                panic!("{:?}", outcome.unchecked);
            };
            assert_eq!(said.what, "Cargo.toml");
            assert!(
                said.why.as_raw().starts_with("it cannot be read in "),
                "{}",
                said.why
            );
        }
    }
}
