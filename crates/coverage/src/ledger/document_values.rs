//! What do all values of a document have in common?

use serde_json::Value;

/// Whether every value of a document passes. `serde_json` bounds the depth of what it reads.
pub(super) fn all_leaves(
    value: &Value,
    depth: usize,
    passes: &mut dyn FnMut(&Value) -> bool,
) -> bool {
    match value {
        Value::Object(map) => map
            .values()
            .all(|value| all_leaves(value, depth + 1, passes)),
        Value::Array(items) => items
            .iter()
            .all(|value| all_leaves(value, depth + 1, passes)),
        leaf => depth > 0 && passes(leaf),
    }
}
