//! Patterns of names.

use std::collections::HashMap;

/// Most patterns of names that are made; further ones fit nothing.
const MOST_PATTERNS: usize = 5_000;

/// Patterns of names, each made once.
#[derive(Default)]
pub(super) struct NamePatterns {
    made: HashMap<String, Option<regex::Regex>>,
}

impl NamePatterns {
    /// Whether a name fits; a pattern that cannot be made fits nothing.
    pub(super) fn matches(&mut self, pattern: &str, name: &str) -> bool {
        if !self.made.contains_key(pattern) {
            let made = if self.made.len() < MOST_PATTERNS {
                regex::RegexBuilder::new(pattern)
                    .size_limit(1 << 18)
                    .build()
                    .ok()
            } else {
                None
            };
            self.made.insert(pattern.to_owned(), made);
        }
        self.made
            .get(pattern)
            .and_then(Option::as_ref)
            .is_some_and(|regex| regex.is_match(name))
    }
}
