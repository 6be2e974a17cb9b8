//! Contents of changed files, kept while a range is looked at: git inflates each once, although
//! counting lines, the ledger and several checks all ask for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use git2::Oid;

/// Most bytes that are kept of one range. What does not fit is read from git again.
const MOST: usize = 128 * 1024 * 1024;

/// Largest file that is kept, in bytes: larger ones are few, and each would push out hundreds.
const LARGEST: usize = 1024 * 1024;

/// What was kept, by object.
#[derive(Default)]
pub struct ContentsStore {
    kept: RwLock<HashMap<Oid, Arc<[u8]>>>,
    bytes: AtomicUsize,
}

impl ContentsStore {
    /// The contents of an object, if they were kept.
    pub fn get(&self, id: Oid) -> Option<Arc<[u8]>> {
        self.kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    /// Keeps contents for whoever asks next, as long as there is room.
    pub fn keep(&self, id: Oid, contents: &Arc<[u8]>) {
        let length = contents.len();
        // the first that are asked stay: what is dropped first and asked next would be read twice
        if length > LARGEST || self.bytes.fetch_add(length, Ordering::Relaxed) + length > MOST {
            return;
        }
        self.kept
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, Arc::clone(contents));
    }

    /// Gives the memory back.
    pub fn forget(&self) {
        self.kept
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.bytes.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_kept_until_it_is_forgotten() {
        let store = ContentsStore::default();
        let id = |byte: u8| Oid::from_bytes(&[byte; 20]).unwrap();
        store.keep(id(1), &Arc::from(&b"jars"[..]));
        store.keep(id(2), &Arc::from(vec![0; LARGEST + 1]));
        assert_eq!(store.get(id(1)).as_deref(), Some(&b"jars"[..]));
        assert!(store.get(id(2)).is_none());
        store.forget();
        assert!(store.get(id(1)).is_none());
    }

    #[test]
    fn no_more_is_kept_than_there_is_room() {
        let store = ContentsStore::default();
        let large: Arc<[u8]> = Arc::from(vec![0; LARGEST]);
        (0..200u8).for_each(|byte| store.keep(Oid::from_bytes(&[byte; 20]).unwrap(), &large));
        assert_eq!(
            (0..200u8)
                .filter(|byte| store.get(Oid::from_bytes(&[*byte; 20]).unwrap()).is_some())
                .count(),
            MOST / LARGEST
        );
    }
}
