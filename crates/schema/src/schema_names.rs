//! Tables by name: with their schema, and without it where only one has the name.

use std::collections::{BTreeSet, HashMap};

use super::step::Name;

/// Keys of living tables, and where each stands among the entities.
#[derive(Debug, Clone, Default)]
pub struct TableNames {
    by_key: HashMap<String, usize>,
    /// Keys by their last part.
    by_last: HashMap<String, BTreeSet<String>>,
}

fn strip_schema_from_key(key: &str) -> &str {
    key.split_once('.').map_or(key, |(_, last)| last)
}

impl TableNames {
    /// Gives a name to an entity; whoever had it has it no longer.
    pub fn insert(&mut self, key: String, id: usize) {
        self.by_last
            .entry(strip_schema_from_key(&key).to_owned())
            .or_default()
            .insert(key.clone());
        self.by_key.insert(key, id);
    }

    /// Takes a name away.
    pub fn remove(&mut self, key: &str) -> Option<usize> {
        if let Some(keys) = self.by_last.get_mut(strip_schema_from_key(key)) {
            keys.remove(key);
        }
        self.by_key.remove(key)
    }

    /// Takes a name away from an entity that has it.
    pub fn remove_of(&mut self, key: &str, id: usize) {
        // the name may have been taken by another table meanwhile
        if self.by_key.get(key) == Some(&id) {
            self.remove(key);
        }
    }

    /// Entities stand elsewhere now; what is not named stands nowhere.
    pub fn renumber(&mut self, place: &HashMap<usize, usize>) {
        self.by_key.retain(|_, id| match place.get(id) {
            Some(now) => {
                *id = *now;
                true
            }
            None => false,
        });
    }

    /// All names, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &usize)> {
        self.by_key.iter()
    }

    /// The table that a name means. A schema that is written only sometimes does not make another
    /// table, as long as only one has the name.
    pub fn find(&self, name: &Name) -> Option<usize> {
        let key = name.key();
        if let Some(id) = self.by_key.get(&key) {
            // the name as written goes before any that only ends so
            return Some(*id);
        }
        let short = name.name.to_lowercase();
        let mut fitting = self
            .by_last
            .get(&short)?
            .iter()
            .filter(|other| match &name.schema {
                // with a schema written, a table without one fits; without, any single schema does
                Some(_) => **other == short,
                None => other.contains('.'),
            });
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => self.by_key.get(key).copied(),
            // two schemas with a table of that name: which is meant hangs on the search path
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_its_schema_means_the_only_table_that_has_it() {
        let name = |parts: &[&str]| {
            Name::from_parts(parts.iter().map(|part| (*part).to_owned()).collect())
        };
        let mut names = TableNames::default();
        names.insert(name(&["shop", "jars"]).key(), 1);
        assert_eq!(
            (
                names.find(&name(&["jars"])),
                names.find(&name(&["other", "jars"]))
            ),
            (Some(1), None)
        );
        names.insert(name(&["store", "jars"]).key(), 2);
        assert_eq!(
            (
                names.find(&name(&["jars"])),
                names.find(&name(&["store", "jars"]))
            ),
            (None, Some(2))
        );
        names.insert(name(&["lids"]).key(), 3);
        assert_eq!(names.find(&name(&["shop", "lids"])), Some(3));
        names.remove_of("shop.jars", 2);
        assert_eq!(names.remove("shop.jars"), Some(1));
        assert_eq!(names.find(&name(&["jars"])), Some(2));
    }
}
