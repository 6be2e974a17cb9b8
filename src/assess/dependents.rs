//! Repositories of applications that depend on this one, at the revision that is live.

use std::path::{Path, PathBuf};

use crate::model::{Dependent, Snapshot, Unchecked, visible};
use crate::repository::{ReleaseOptions, Releases, Repository};

/// A dependent's tree, open.
pub(super) struct OpenDependent {
    /// Its name in `backout.yaml`.
    pub name: String,
    /// Its files at the revision that is live.
    pub tree: Box<dyn Snapshot + Send>,
}

/// Opens what can be opened; the rest is named.
pub(super) fn open(dependents: &[Dependent], base: &Path) -> (Vec<OpenDependent>, Vec<Unchecked>) {
    let (mut opened, mut unchecked) = (Vec::new(), Vec::new());
    for dependent in dependents {
        let Some(repository) = &dependent.repository else { continue };
        match tree(dependent, &place(repository, base)) {
            Ok(tree) => opened.push(OpenDependent { name: dependent.name.clone(), tree }),
            Err(why) => unchecked.push(Unchecked {
                what: format!("what {} uses", visible(&dependent.name)),
                why,
                settle_with: Some(format!("clone it and name the folder as `repository` of {} in backout.yaml, or ask its team", visible(&dependent.name))),
            }),
        }
    }
    (opened, unchecked)
}

/// The folder meant, relative to the file that names it.
fn place(repository: &Path, base: &Path) -> PathBuf {
    if repository.is_absolute() { repository.to_owned() } else { base.join(repository) }
}

fn tree(dependent: &Dependent, folder: &Path) -> Result<Box<dyn Snapshot + Send>, String> {
    let written = dependent.repository.as_deref().unwrap_or(folder).display().to_string();
    if written.contains("://") || (written.contains('@') && written.contains(':')) {
        return Err(format!("{} is an address, and no connection is opened", visible(&written)));
    }
    if !folder.exists() {
        return Err(format!("there is no folder {}", visible(&written)));
    }
    let repository = Repository::open(folder).map_err(|error| error.to_string())?;
    let release = match &dependent.live {
        Some(live) => {
            let releases = repository.releases(&ReleaseOptions::default()).map_err(|error| error.to_string())?;
            repository.find(&releases, live)
        }
        None => repository.find(&Releases::default(), "HEAD"),
    };
    let release = release.map_err(|error| error.to_string())?;
    repository.snapshot(&release).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_an_absent_folder_are_named() {
        let dependent = |repository: &str| Dependent { name: "shop".into(), repository: Some(repository.into()), ..Dependent::default() };
        let folder = tempfile::tempdir().unwrap();
        let (opened, unchecked) = open(&[dependent("https://example.org/shop.git"), dependent("../nowhere"), Dependent::default()], folder.path());
        assert!(opened.is_empty());
        assert_eq!(unchecked.len(), 2);
        assert!(unchecked[0].why.contains("no connection") && unchecked[1].why.contains("no folder"), "{unchecked:?}");
    }
}
