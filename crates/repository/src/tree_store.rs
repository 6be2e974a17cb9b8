//! Trees that were listed and compared, kept for whoever asks next: opening, the names of changed
//! files, their lines and every reader of a release ask for the same two.

use std::sync::{Arc, Mutex, PoisonError};

use git2::Oid;

use model::TreeEntry;

use super::error::RepositoryError;
use super::found_renames::FoundRenames;
use super::walk::Walked;

/// So many listings and so many differences are kept: one pair in use and one that was before.
const KEPT: usize = 4;

/// All files of a commit.
#[derive(Debug, Default)]
pub struct TreeListing {
    /// Ordered by path.
    pub entries: Vec<TreeEntry>,
    /// Folders whose tree is not in this clone, each with a slash at its end.
    pub absent: Vec<String>,
}

/// What was listed and compared last.
#[derive(Debug, Default)]
pub struct TreeStore {
    pub listings: RecentValues<Oid, TreeListing>,
    pub differences: RecentValues<(Oid, Oid), Walked>,
    pub renames: RecentValues<(Oid, Oid), FoundRenames>,
}

/// The last few values by their key.
#[derive(Debug)]
pub struct RecentValues<K, V>(Mutex<Vec<(K, Arc<V>)>>);

impl<K, V> Default for RecentValues<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, V> RecentValues<K, V> {
    /// The kept value, or a new one. Two who ask at once may both make it; the later one stays.
    pub fn get_or(
        &self,
        key: K,
        make: impl FnOnce() -> Result<V, RepositoryError>,
    ) -> Result<Arc<V>, RepositoryError> {
        let find = |kept: &Vec<(K, Arc<V>)>| {
            let found = kept.iter().find(|(known, _)| *known == key);
            found.map(|(_, value)| Arc::clone(value))
        };
        if let Some(known) = find(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        // made without the lock: a listing takes a second, and other keys must not wait for it
        let value = Arc::new(make()?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != key);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(&value)));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_and_only_the_last_few_are_kept() {
        let kept: RecentValues<usize, usize> = RecentValues::default();
        let mut made = 0;
        for key in [1, 1, 2, 3, 4, 5, 5, 1] {
            let value = kept.get_or(key, || {
                made += 1;
                Ok(key * 10)
            });
            assert_eq!(*value.expect("it can be made"), key * 10);
        }
        // five values, and the first again after four others
        assert_eq!(made, 6);
        let failing = kept.get_or(9, || Err(RepositoryError::NoReleases));
        assert!(failing.is_err(), "an error is not kept");
        assert!(kept.get_or(9, || Ok(1)).is_ok());
    }
}
