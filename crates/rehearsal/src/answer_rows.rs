//! What the engines share in reading answers: rows as text, and rows as digests.

use std::hash::{DefaultHasher, Hasher};

use crate::connection::TextRow;

/// Most rows of one answer that are looked at.
pub const MOST_ROWS: usize = 10_000;

/// Digests of the rows of one answer, at most [`MOST_ROWS`] of them.
#[derive(Default)]
pub struct RowDigests(Vec<u64>);

impl RowDigests {
    /// Adds a row, whose values `hash` gives to the hasher in order.
    pub fn add_row<E>(
        &mut self,
        hash: impl FnOnce(&mut DefaultHasher) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.0.len() < MOST_ROWS {
            let mut hasher = DefaultHasher::new();
            hash(&mut hasher)?;
            self.0.push(hasher.finish());
        }
        Ok(())
    }

    /// The digests, sorted: the order of rows is nobody's promise.
    pub fn into_sorted(mut self) -> Vec<u64> {
        self.0.sort_unstable();
        self.0
    }
}

/// Every value of the rows that is not NULL.
pub fn list_values(rows: Vec<TextRow>) -> Vec<String> {
    rows.into_iter().flatten().flatten().collect()
}

/// The first value that is not NULL.
pub fn take_first_value(rows: Vec<TextRow>) -> Option<String> {
    rows.into_iter().flatten().flatten().next()
}

/// A value with nothing in place of NULL.
pub fn text_or_empty(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

/// A row of a name and a definition, whose blanks do not count.
pub fn read_object_row(row: &[Option<String>]) -> Option<(String, String)> {
    let [Some(name), definition] = row else {
        return None;
    };
    let definition = definition.as_deref().unwrap_or_default();
    let words: Vec<&str> = definition.split_whitespace().collect();
    Some((name.clone(), words.join(" ")))
}

/// Bytes as digits.
pub fn write_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
