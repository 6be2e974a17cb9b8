//! One text under many paths: what is made of it is made once.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use sha2::{Digest, Sha256};

/// What was made of each text, and of how it is read.
pub(super) struct ParsedTextCache<T> {
    known: RefCell<HashMap<[u8; 32], Rc<T>>>,
    made: Cell<usize>,
}

impl<T> Default for ParsedTextCache<T> {
    fn default() -> Self {
        Self {
            known: RefCell::default(),
            made: Cell::new(0),
        }
    }
}

impl<T> ParsedTextCache<T> {
    /// What `make` makes of a text; `how` tells everything besides the text that the outcome rests
    /// on.
    pub fn get(&self, how: &str, text: &str, make: impl FnOnce() -> T) -> Rc<T> {
        // the text itself would be held twice; its hash tells it as well
        let key = hash_text_key(how, text);
        if let Some(known) = self.known.borrow().get(&key) {
            return Rc::clone(known);
        }
        let made = Rc::new(make());
        self.made.set(self.made.get() + 1);
        self.known.borrow_mut().insert(key, Rc::clone(&made));
        made
    }

    /// How many texts were read.
    #[cfg(test)]
    pub fn made(&self) -> usize {
        self.made.get()
    }
}

impl ParsedTextCache<()> {
    /// Whether a text is met for the first time.
    pub fn first(&self, how: &str, text: &str) -> bool {
        self.known
            .borrow_mut()
            .insert(hash_text_key(how, text), Rc::new(()))
            .is_none()
    }
}

fn hash_text_key(how: &str, text: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    // with its length first, `ab` and `c` are not taken for `a` and `bc`
    digest.update(how.len().to_le_bytes());
    digest.update(how);
    digest.update(text);
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_once_and_again_where_it_is_read_in_another_way() {
        let texts = ParsedTextCache::default();
        for (how, text, made) in [
            ("yaml", "a: 1", 1),
            ("yaml", "a: 1", 1),
            ("env", "a: 1", 2),
            ("yaml", "a: 2", 3),
            ("yam", "la: 2", 4),
        ] {
            assert_eq!(*texts.get(how, text, || text.len()), text.len());
            assert_eq!(texts.made(), made, "{how} {text}");
        }
        let seen = ParsedTextCache::default();
        assert!(seen.first("", "x") && !seen.first("", "x") && seen.first("", "y"));
    }
}
