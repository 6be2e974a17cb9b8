//! Migrations of one folder that have the same text are read once.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::migration_file::MigrationFile;
use crate::tree_path::find_parent_folder;
use model::Snapshot;

/// Migrations of one folder that have the same text: each text is read once, and kept only as long
/// as another file has it.
pub struct MigrationTextCache<'a, T> {
    /// Contents by path, and how many files of a folder are still to come with them.
    ids: HashMap<&'a str, Same<'a>>,
    left: HashMap<Same<'a>, usize>,
    known: HashMap<Same<'a>, Rc<T>>,
}

/// What tells a text and how it is read: folder, ending of the file, contents.
type Same<'a> = [&'a str; 3];

impl<'a, T> MigrationTextCache<'a, T> {
    /// Of the files that will be asked for.
    pub fn new(tree: &'a dyn Snapshot, paths: impl Iterator<Item = &'a str>) -> Self {
        let wanted: HashSet<&str> = paths.collect();
        let of_tree = tree
            // a tree in memory gives no ids, and then each file is read by itself
            .list()
            .iter()
            .filter(|entry| wanted.contains(entry.path.as_str()) && !entry.id.is_empty());
        let ending = |path: &'a str| path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let ids: HashMap<&str, Same<'_>> = of_tree
            .map(|entry| {
                (
                    // the folder and the ending tell how a text is read: `up.sql` and `up.rb` may
                    // be alike in bytes
                    entry.path.as_str(),
                    [
                        find_parent_folder(&entry.path),
                        ending(&entry.path),
                        entry.id.as_str(),
                    ],
                )
            })
            .collect();
        let mut left = HashMap::new();
        ids.values()
            .for_each(|key| *left.entry(*key).or_insert(0) += 1);
        Self {
            ids,
            left,
            known: HashMap::new(),
        }
    }

    /// What a file does; `read` where no file of the same text was asked for before.
    pub fn get(&mut self, place: &MigrationFile, read: impl FnOnce() -> T) -> Rc<T> {
        let Some(key) = self.ids.get(place.path.as_str()).copied() else {
            return Rc::new(read());
        };
        let made = self
            .known
            .get(&key)
            .cloned()
            .unwrap_or_else(|| Rc::new(read()));
        // the text is let go behind its last file: a long history is not held at once
        let left = self.left.entry(key).or_default();
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.known.remove(&key);
        } else {
            self.known.insert(key, Rc::clone(&made));
        }
        made
    }
}
