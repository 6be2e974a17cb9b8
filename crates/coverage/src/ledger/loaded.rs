//! Files that lie where stand-ins and samples lie, and that the program loads all the same: rows
//! that are put into the database at every start lie in folders of this name, too.

use std::collections::BTreeMap;

use super::{could_hold_program, is_live, is_program, is_vendored};
use crate::ReleaseRange;
use model::{FileStatus, escape_invisible};

// a range with more of them is a load of test data, and each name is a search
/// Most files that are looked for; what is beyond counts as loaded by nobody, as before.
const FILES: usize = 24;

// `a.sql` would be found in many words
/// Shortest name that is looked for, in bytes.
const NAME: usize = 6;

/// Changed files that are not live by their place and are named by something that is: each with the
/// place that names it.
pub(super) fn find_loaded_files(range: &ReleaseRange<'_>) -> BTreeMap<String, String> {
    let data = [
        ".json", ".yaml", ".yml", ".csv", ".xml", ".sql", ".toml", ".tsv", ".ini",
    ];
    let test = |path: &str| {
        path.split('/').any(|part| {
            part.to_ascii_lowercase().contains("test") || part.eq_ignore_ascii_case("spec")
        })
    };
    let candidates: Vec<(&str, &str)> = range
        .changes
        .iter()
        .filter(|change| {
            change.status != FileStatus::Deleted
                && !is_live(&change.path)
                // what is gone is loaded by nobody in current
                && !test(&change.path)
                && !is_program(&change.path)
        })
        .filter_map(|change| {
            let (folder, name) = change.path.rsplit_once('/')?;
            let plain = name.len() >= NAME
                && data
                    .iter()
                    .any(|end| name.to_ascii_lowercase().ends_with(end));
            // below examples nothing is loaded by the program
            let beside = folder
                .rsplit_once('/')
                .is_none_or(|(above, _)| could_hold_program(above));
            (plain && beside).then_some((change.path.as_str(), name))
        })
        .take(FILES)
        .collect();
    if candidates.is_empty() {
        return BTreeMap::new();
    }
    // Django loads them by their name without its end
    let words: Vec<String> = candidates
        .iter()
        .flat_map(|(_, name)| {
            [
                (*name).to_owned(),
                format!(
                    "loaddata {}",
                    name.rsplit_once('.').map_or(*name, |(stem, _)| stem)
                ),
            ]
        })
        .collect();
    let starts = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        [
            "dockerfile",
            "containerfile",
            "procfile",
            "entrypoint",
            "makefile",
            "compose",
            "docker-compose",
        ]
        .iter()
        .any(|word| name.starts_with(word))
    };
    let wanted = |path: &str| {
        (is_program(path) || starts(path)) && is_live(path) && !is_vendored(path) && !test(path)
    };
    let (hits, _) = range.current.search_many(&words, false, 1, &wanted);
    hits.into_iter()
        .filter_map(|hit| {
            let (path, _) = candidates.get(hit.word / 2)?;
            Some((
                (*path).to_owned(),
                format!("{}:{}", escape_invisible(&hit.path), hit.line),
            ))
        })
        .collect()
}
