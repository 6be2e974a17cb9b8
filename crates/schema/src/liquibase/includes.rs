//! The order of changelogs: includes are followed where they stand.

use std::collections::{BTreeSet, HashMap};

use super::parse::parse_changelog;
use crate::tree_path::{file_name, find_parent_folder};
use model::Snapshot;

/// Most changelogs of a tree that are looked at for includes.
const LOGS: usize = 3000;

/// Most files that the changelogs of a tree include together, each as often as it is named.
const INCLUDED: usize = 100_000;

/// Most folders above a file by which an include may find it.
const FOLDERS: usize = 16;

/// Changelogs by path, in the order in which their change sets run: includes are followed where
/// they stand.
pub fn order_changelogs(tree: &dyn Snapshot) -> HashMap<String, usize> {
    let mut includes: HashMap<String, Vec<String>> = HashMap::new();
    let logs = tree
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| {
            let lower = path.to_ascii_lowercase();
            [".xml", ".yaml", ".yml", ".json"]
                .iter()
                .any(|end| lower.ends_with(end))
                && ["changelog", "liquibase", "migration"]
                    .iter()
                    .any(|word| lower.contains(word))
        });
    let (names, mut left) = (ChangelogFileNames::of(tree), INCLUDED);
    for path in logs.take(LOGS) {
        let Ok(text) = tree.read_text(path) else {
            continue;
        };
        // most changelogs include nothing and need not be taken apart
        if text.contains("databaseChangeLog") && text.contains("include") {
            let inner = list_included_files(&names, path, &text, left);
            left -= inner.len();
            includes.insert(path.to_owned(), inner);
        }
    }
    // a changelog that another one includes does not begin the order
    let inner: BTreeSet<&String> = includes.values().flatten().collect();
    let mut roots: Vec<&String> = includes
        .keys()
        .filter(|path| !inner.contains(path))
        .collect();
    roots.sort();
    let mut out = HashMap::new();
    for root in roots {
        walk_includes(root, &includes, &mut out, 0);
    }
    out
}

fn walk_includes(
    path: &str,
    includes: &HashMap<String, Vec<String>>,
    out: &mut HashMap<String, usize>,
    depth: usize,
) {
    // a changelog may include itself
    if depth > 40 || out.contains_key(path) {
        return;
    }
    // A file of its own change sets and includes counts where it begins.
    out.insert(path.to_owned(), out.len());
    for inner in includes.get(path).into_iter().flatten() {
        walk_includes(inner, includes, out, depth + 1);
    }
}

/// Files of a tree by the last part of their path, and by the last part of their folder: an include
/// means any that ends so.
struct ChangelogFileNames<'a> {
    files: HashMap<&'a str, Vec<&'a String>>,
    folders: HashMap<&'a str, Vec<&'a String>>,
}

impl<'a> ChangelogFileNames<'a> {
    fn of(tree: &'a dyn Snapshot) -> Self {
        let mut names = Self {
            files: HashMap::new(),
            folders: HashMap::new(),
        };
        for path in tree.list().iter().map(|entry| &entry.path) {
            names.files.entry(file_name(path)).or_default().push(path);
            let mut folder = find_parent_folder(path);
            // a folder is included with those within it
            for _ in 0..FOLDERS {
                let held = names.folders.entry(file_name(folder)).or_default();
                // a folder may lie in one of the same name
                if held.last().is_none_or(|last| *last != path) {
                    held.push(path);
                }
                folder = find_parent_folder(folder);
                if folder.is_empty() {
                    break;
                }
            }
        }
        names
    }
}

/// Whether a file lies in a folder whose path ends so, at whatever depth.
fn lies_below(entry: &str, wanted: &str) -> bool {
    let folder = find_parent_folder(entry);
    if wanted.is_empty() {
        return folder.is_empty();
    }
    folder == wanted
        || entry.starts_with(&format!("{wanted}/"))
        || entry.contains(&format!("/{wanted}/"))
}

/// Files that a changelog includes, in order.
fn list_included_files(
    names: &ChangelogFileNames<'_>,
    path: &str,
    text: &str,
    most: usize,
) -> Vec<String> {
    let Some(log) = parse_changelog(path, text) else {
        return Vec::new();
    };
    let mut out: Vec<String> = Vec::new();
    for child in log
        .children
        .iter()
        .filter(|child| matches!(child.name.as_str(), "include" | "includeAll"))
    {
        if out.len() >= most {
            break;
        }
        let relative = child.flag("relativeToChangelogFile");
        let named = child
            .get("file")
            .or(child.get("path"))
            .unwrap_or_default()
            .trim_start_matches("classpath:")
            .trim_matches('/');
        let wanted = if relative {
            format!("{}/{named}", find_parent_folder(path))
        } else {
            named.to_owned()
        };
        let below =
            |entry: &str, wanted: &str| entry == wanted || entry.ends_with(&format!("/{wanted}"));
        if child.name == "include" {
            let ends_so = names.files.get(file_name(&wanted)).into_iter().flatten();
            out.extend(
                ends_so
                    .filter(|entry| below(entry, &wanted))
                    .min_by_key(|entry| entry.len())
                    // modules may have a file of the same name: the one nearest to the root is
                    // meant
                    .map(|entry| (*entry).clone()),
            );
        } else {
            let ends_so = names.folders.get(file_name(&wanted)).into_iter().flatten();
            out.extend(
                ends_so
                    .filter(|entry| {
                        // the folder may hold the changelog that includes it
                        entry.as_str() != path && lies_below(entry, &wanted)
                    })
                    .take(most - out.len())
                    .map(|entry| (*entry).clone()),
            );
        }
    }
    out.truncate(most);
    out
}
