//! Libraries that images and build files install without a manifest.

use std::rc::Rc;

use super::changed::ChangedManifest;
use super::library::{LibraryVersion, LibraryVersions};
use crate::check::SurroundingsInput;
use crate::texts::{LIMIT, new_path, old_path};
use coverage::installed::list_installed_versions;
use coverage::place::{FileRole, classify_path_place};
use model::{FileKind, Snapshot};

/// Most files of a range, and most lines of one.
const FILES: usize = 200;
const LINES: usize = 20_000;

/// Changed images and build files, with what each side installs.
pub(super) fn list_installing_files(look: &SurroundingsInput<'_>) -> Vec<ChangedManifest> {
    let read = |tree: &dyn Snapshot, path: Option<&str>| {
        let text = tree.read_text(path?).ok()?;
        (text.len() <= LIMIT).then(|| Rc::new(list_installed_libraries(&text)))
    };
    let changes = look.range.changes.iter().filter(|change| {
        installs_libraries(&change.path)
            && !matches!(change.kind, FileKind::Test | FileKind::Documentation)
            && classify_path_place(&change.path) == FileRole::Live
    });
    changes
        .take(FILES)
        .filter_map(|change| {
            Some(ChangedManifest {
                path: change.path.clone(),
                old_path: old_path(change)?.to_owned(),
                whole: false,
                old: read(look.range.previous, old_path(change))?,
                new: read(look.range.current, new_path(change))?,
                direct: None,
            })
        })
        .collect()
}

fn installs_libraries(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("dockerfile")
        || name.contains("containerfile")
        || matches!(name.as_str(), "cmakelists.txt" | "workspace" | "earthfile")
        || [".cmake", ".bzl", ".bazel"]
            .iter()
            .any(|end| name.ends_with(end))
}

// CMake and Bazel give the name in one line and the version in another
/// Names with their versions. A version that stands alone belongs to the declaration that was
/// opened last: `FetchContent_Declare(`, `http_archive(`.
fn list_installed_libraries(text: &str) -> LibraryVersions {
    const OPENS: [&str; 5] = [
        "fetchcontent_declare(",
        "externalproject_add(",
        "cpmaddpackage(",
        "http_archive(",
        "git_repository(",
    ];
    let mut found = LibraryVersions::new();
    let mut declared: Option<String> = None;
    let mut begins = false;
    for (index, line) in text.lines().enumerate().take(LINES) {
        let lower = line.to_ascii_lowercase();
        let opened = OPENS
            .iter()
            .find_map(|word| lower.find(word).map(|at| at + word.len()));
        let rest = opened
            .map_or(line, |at| line.get(at..).unwrap_or_default())
            .trim();
        begins |= opened.is_some();
        if opened.is_some() {
            declared = None;
        }
        let named = rest.strip_prefix("name").map(|rest| rest.trim_start());
        // Bazel: `name = "rocksdb"` within the call
        if let Some(name) = named.and_then(|rest| rest.strip_prefix('=')) {
            declared = Some(name.trim().trim_matches(['"', '\'', ',']).to_owned());
        } else if begins && declared.is_none() && !rest.is_empty() && !rest.contains('=') {
            let word = rest.split([' ', ')', ',']).next().unwrap_or_default();
            declared = Some(word.trim_matches(['"', '\'']).to_owned());
        }
        begins &= declared.is_none();
        for one in list_installed_versions(line) {
            let name = match (one.name, &declared) {
                ("", None) => continue,
                ("", Some(name)) => name.clone(),
                // an address with a version names a folder of its host, the declaration says whose
                // it is
                (_, Some(name)) if line.contains("://") => name.clone(),
                (name, _) => name.to_owned(),
            };
            found.insert(
                name,
                LibraryVersion {
                    version: one.version.to_owned(),
                    line: index + 1,
                    packages: Vec::new(),
                },
            );
        }
    }
    found
}
