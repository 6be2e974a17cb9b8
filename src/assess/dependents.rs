//! Repositories of applications that depend on this one, at the revision that is live.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::model::{Dependent, Snapshot, Unchecked, escape_invisible};
use crate::repository::{ReleaseOptions, Releases, Repository};

/// A dependent's tree, open.
pub(super) struct OpenDependent {
    /// Its name in `backout.yaml`.
    pub name: String,
    /// Its files at the revision that is live; `None` when its repository is not at hand.
    pub tree: Option<Box<dyn Snapshot + Send>>,
    /// Versions in the field, each with its files; `None` where it could not be opened.
    pub field: Vec<(String, Option<Box<dyn Snapshot + Send>>)>,
    /// When the newest of these revisions was committed.
    pub time: Option<Timestamp>,
    /// Path and text of its matrix of verifications.
    pub matrix: Option<(String, String)>,
}

/// Largest matrix read, in bytes.
const MAX_MATRIX: u64 = 8 * 1024 * 1024;

/// Most versions in the field that are opened for one dependent.
const MAX_FIELD: usize = 20;

/// Opens what can be opened; the rest is named.
pub(super) fn open_dependents(
    dependents: &[Dependent],
    base: &Path,
) -> (Vec<OpenDependent>, Vec<Unchecked>) {
    let (mut opened, mut unchecked) = (Vec::new(), Vec::new());
    for dependent in dependents {
        let mut own = OpenDependent {
            name: dependent.name.clone(),
            tree: None,
            field: Vec::new(),
            time: None,
            matrix: None,
        };
        // what users run is what was released: without `live` the tip of the branch counts only
        // where nothing is said of the field
        let repository = dependent
            .repository
            .as_ref()
            .filter(|_| dependent.live.is_some() || dependent.in_field.is_empty());
        match repository.map(|repository| {
            open_dependent_tree(
                dependent,
                dependent.live.as_deref(),
                &resolve_dependent_folder(repository, base),
            )
        }) {
            Some(Ok((tree, time))) => (own.tree, own.time) = (Some(tree), time),
            Some(Err(why)) => unchecked.push(Unchecked {
                what: format!("what {} uses", escape_invisible(&dependent.name)).into(),
                why: why.into(),
                settle_with: Some(
                    format!(
                        "clone it and name the folder as `repository` of {} in \
                    backout.yaml, or ask its team",
                        escape_invisible(&dependent.name)
                    )
                    .into(),
                ),
            }),
            None => {}
        }
        open_field_versions(dependent, base, &mut own, &mut unchecked);
        match dependent.matrix.as_ref().map(|file| {
            (
                file,
                read_compatibility_matrix(&resolve_dependent_folder(file, base)),
            )
        }) {
            Some((file, Ok(text))) => {
                own.matrix = Some((
                    escape_invisible(&file.display().to_string()).into_owned(),
                    text,
                ))
            }
            Some((file, Err(why))) => unchecked.push(Unchecked {
                what: format!(
                    "verifications of {} in {}",
                    escape_invisible(&dependent.name),
                    escape_invisible(&file.display().to_string())
                )
                .into(),
                why: why.into(),
                settle_with: Some(
                    "write the answer of can-i-deploy for the previous release into it".into(),
                ),
            }),
            None => {}
        }
        if own.tree.is_some() || !own.field.is_empty() || own.matrix.is_some() {
            opened.push(own);
        }
    }
    (opened, unchecked)
}

/// Opens the versions that users still run; what cannot be opened is named.
fn open_field_versions(
    dependent: &Dependent,
    base: &Path,
    own: &mut OpenDependent,
    unchecked: &mut Vec<Unchecked>,
) {
    for (at, version) in dependent.in_field.iter().enumerate() {
        let found = match &dependent.repository {
            _ if at >= MAX_FIELD => Err(format!(
                "only the first {MAX_FIELD} versions in the field are searched"
            )),
            Some(repository) => open_dependent_tree(
                dependent,
                Some(version),
                &resolve_dependent_folder(repository, base),
            ),
            None => Err("its repository is not named".to_owned()),
        };
        own.field
            .push((escape_invisible(version).into_owned(), None));
        match found {
            Ok((tree, time)) => {
                own.time = own.time.max(time);
                if let Some((_, last)) = own.field.last_mut() {
                    *last = Some(tree);
                }
            }
            Err(why) => unchecked.push(Unchecked {
                what: format!(
                    "what {} {} uses, which is in the \
                    field",
                    escape_invisible(&dependent.name),
                    escape_invisible(version)
                )
                .into(),
                why: why.into(),
                settle_with: Some(
                    format!(
                        "name a tag or revision of its repository under \
                    `in_field` of {} in \
                    backout.yaml",
                        escape_invisible(&dependent.name)
                    )
                    .into(),
                ),
            }),
        }
    }
}

/// The folder meant, relative to the file that names it.
fn resolve_dependent_folder(repository: &Path, base: &Path) -> PathBuf {
    if repository.is_absolute() {
        repository.to_owned()
    } else {
        base.join(repository)
    }
}

fn read_compatibility_matrix(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let mut text = String::new();
    let file = plain_file::open_plain_file(path)
        .map_err(|error| format!("it cannot be read ({error})"))?;
    file.take(MAX_MATRIX + 1)
        .read_to_string(&mut text)
        .map_err(|error| format!("it cannot be read ({error})"))?;
    if text.len() as u64 > MAX_MATRIX {
        Err(format!("it is larger than {} MB", MAX_MATRIX >> 20))
    } else {
        Ok(text)
    }
}

/// A tree and when its revision was committed.
type LiveTree = (Box<dyn Snapshot + Send>, Option<Timestamp>);

fn open_dependent_tree(
    dependent: &Dependent,
    revision: Option<&str>,
    folder: &Path,
) -> Result<LiveTree, String> {
    let written = dependent
        .repository
        .as_deref()
        .unwrap_or(folder)
        .display()
        .to_string();
    if written.contains("://") || (written.contains('@') && written.contains(':')) {
        return Err(format!(
            "{} is an address, and no connection is opened",
            escape_invisible(&written)
        ));
    }
    if !folder.exists() {
        return Err(format!("there is no folder {}", escape_invisible(&written)));
    }
    let repository = Repository::open(folder).map_err(|error| error.to_string())?;
    let release = match revision {
        Some(live) => {
            let releases = repository
                .releases(&ReleaseOptions::default())
                .map_err(|error| error.to_string())?;
            repository.find(&releases, live)
        }
        None => repository.find(&Releases::default(), "HEAD"),
    };
    let release = release.map_err(|error| error.to_string())?;
    let tree = repository
        .snapshot(&release)
        .map_err(|error| error.to_string())?;
    Ok((tree, release.time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_an_absent_folder_are_named() {
        let dependent = |repository: &str| Dependent {
            name: "shop".into(),
            repository: Some(repository.into()),
            ..Dependent::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let (opened, unchecked) = open_dependents(
            &[
                dependent("https://example.org/shop.git"),
                dependent("../nowhere"),
                Dependent::default(),
            ],
            folder.path(),
        );
        assert!(opened.is_empty());
        assert_eq!(unchecked.len(), 2);
        assert!(
            unchecked[0].why.as_raw().contains("no connection")
                && unchecked[1].why.as_raw().contains("no folder"),
            "{unchecked:?}"
        );
    }
}
