//! A part of a schema that its copies share until one of them changes it.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A value that a copy shares; the first change behind a copy makes it one of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Whether two copies are the same still: nothing changed either since.
    pub fn same(&self, other: &Self) -> bool {
        // the same place in memory: comparing contents would cost what the copy saved
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Rc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_shared_until_it_changes() {
        let one = Shared::from(vec!["jar"]);
        let mut two = one.clone();
        assert!(one.same(&two) && two.len() == 1);
        two.push("lid");
        assert!(!one.same(&two) && one.len() == 1 && two.len() == 2);
    }
}
