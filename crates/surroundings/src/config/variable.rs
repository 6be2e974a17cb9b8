//! Environment variables that files of the infrastructure give to the program.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::SurroundingsInput;
use crate::texts::{LIMIT, new_path, old_path};
use coverage::ledger::is_pipeline;
use coverage::place::{FileRole, classify_path_place};
use model::{FileKind, Snapshot};

/// Most variables of one range.
const VARIABLES: usize = 2_000;

/// A variable that only the previous release's files name.
pub(super) struct GoneVariable {
    pub name: String,
    /// File of the previous release.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
}

/// Variables that changed manifests, charts, compose files and Dockerfiles of the previous release
/// name and no changed file of the new one does.
pub(super) fn list_gone_variables(look: &SurroundingsInput<'_>) -> Vec<GoneVariable> {
    let read = |tree: &dyn Snapshot, path: Option<&str>| {
        path.and_then(|path| tree.read_text(path).ok())
            .filter(|text| text.len() <= LIMIT)
            .unwrap_or_default()
    };
    let mut gone: BTreeMap<String, (String, usize)> = BTreeMap::new();
    // a key that a settings file now gives was only moved there
    let mut given: BTreeSet<String> = look
        .settings
        .iter()
        .flat_map(|file| file.new.keys().cloned())
        .collect();
    for change in look.range.changes.iter().filter(|change| {
        change.kind == FileKind::Infrastructure
            // what a pipeline's variables are is seen by the build alone
            && !is_pipeline(&change.path)
            && classify_path_place(&change.path) == FileRole::Live
    }) {
        let new = read(look.range.current, new_path(change));
        given.extend(list_variable_names(&new).map(|(_, name)| name.to_owned()));
        let old = read(look.range.previous, old_path(change));
        for (line, name) in list_variable_names(&old) {
            if gone.len() < VARIABLES {
                gone.entry(name.to_owned()).or_insert_with(|| {
                    let path = change.old_path.as_deref().unwrap_or(&change.path);
                    (path.to_owned(), line)
                });
            }
        }
    }
    gone.into_iter()
        .filter(|(name, _)| !given.contains(name))
        .map(|(name, (path, line))| GoneVariable { name, path, line })
        .collect()
}

/// Names in capitals of at least two words, with their lines, from 1: nothing else is spelled so in
/// these files.
fn list_variable_names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        let line = if line.trim_start().starts_with('#') {
            ""
        } else {
            line
        };
        line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| {
                let inner = word.trim_matches('_');
                // one word in capitals may be a constant of a format, `TRUE` or `HTTP`
                word.len() >= 5
                    && word.len() < 100
                    && inner.contains('_')
                    && word.starts_with(|c: char| c.is_ascii_uppercase())
                    && !word.contains(|c: char| c.is_ascii_lowercase())
            })
            .map(move |word| (index + 1, word))
    })
}
