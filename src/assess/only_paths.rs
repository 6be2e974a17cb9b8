//! `--path` and the paths of a service: which changed files count, and that a slip of the pen is
//! not taken for an empty range.

use std::collections::BTreeSet;

use globset::GlobSet;

use super::{AssessError, Request};
use crate::check::globs;
use crate::model::{Config, Snapshot};

/// What `--path` and the service's `paths` leave; `None` for everything.
pub(super) fn compile_path_restriction(
    request: &Request,
    config: &Config,
) -> Result<Option<GlobSet>, AssessError> {
    let mut patterns = request.paths.clone();
    for pattern in &patterns {
        globs::build_glob(pattern).map_err(|why| {
            AssessError::Path(format!(
                "--path {} cannot be used: {why}; write a glob such as 'services/payments/**'",
                crate::model::escape_invisible(pattern)
            ))
        })?;
    }
    if patterns.is_empty()
        && let Some(service) = request
            .service
            .as_ref()
            .and_then(|name| config.services.iter().find(|service| &service.name == name))
    {
        patterns.clone_from(&service.paths);
    }
    if patterns.is_empty() {
        return Ok(None);
    }
    Ok(Some(globs::build_glob_set(&with_folders(&patterns))))
}

/// A folder's name means everything below it, as git reads it.
fn with_folders(patterns: &[String]) -> Vec<String> {
    let below = patterns
        .iter()
        .filter(|pattern| !pattern.contains(['*', '?', '[', '{']))
        .map(|pattern| format!("{}/**", pattern.trim_end_matches('/')));
    patterns.iter().cloned().chain(below).collect()
}

/// A pattern of `--path` that matches no file of either release is a slip of the pen: what it would
/// leave is nothing, and nothing reads as safe.
pub(super) fn check_paths_exist(
    paths: &[String],
    previous: &dyn Snapshot,
    current: &dyn Snapshot,
    changed: usize,
) -> Result<(), AssessError> {
    for pattern in paths {
        let one = globs::build_glob_set(&with_folders(std::slice::from_ref(pattern)));
        if ![current, previous]
            .iter()
            .any(|tree| tree.list().iter().any(|entry| one.is_match(&entry.path)))
        {
            let files = if changed == 1 {
                "1 file differs".to_owned()
            } else {
                format!("{changed} files differ")
            };
            let near = nearest_folder(pattern, current)
                .map(|folder| format!("; the nearest folder is {folder}/"))
                .unwrap_or_default();
            return Err(AssessError::Path(format!(
                "--path {} matches no file of either release, of which {files}{near}; write a glob \
                    such as 'services/payments/**'",
                crate::model::escape_invisible(pattern)
            )));
        }
    }
    Ok(())
}

/// The folder of the tree whose name is most like the pattern's.
fn nearest_folder(pattern: &str, tree: &dyn Snapshot) -> Option<String> {
    let wanted = pattern
        .split(['*', '?', '[', '{'])
        .next()
        .unwrap_or_default()
        .trim_matches('/');
    let depth = wanted.matches('/').count() + 1;
    let folders: BTreeSet<String> = tree
        .list()
        .iter()
        .filter_map(|entry| entry.path.rsplit_once('/'))
        .map(|(folder, _)| folder.split('/').take(depth).collect::<Vec<_>>().join("/"))
        .collect();
    let near = |folder: &String| (strsim::jaro_winkler(folder, wanted) * 1000.0) as u64;
    folders
        .into_iter()
        .max_by_key(near)
        .filter(|folder| near(folder) > 750)
        .map(|folder| crate::model::escape_invisible(&folder).into_owned())
}
