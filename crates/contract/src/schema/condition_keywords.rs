//! The keywords that are conditions, under one name each.

use span_tree::Node;

/// Keywords that hold beside all others and are compared as conditions.
pub(super) const KEYWORDS: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedItems",
    "contentSchema",
];

/// A condition that lets everything through says nothing.
pub(super) fn says_nothing(keyword: &str, value: Node<'_>) -> bool {
    let free =
        value.as_bool() == Some(true) || (value.is_mapping() && value.entries().next().is_none());
    free && !matches!(keyword, "not" | "contains" | "if")
}

/// `dependencies` of older drafts under the name that newer ones have for it, where it is one of
/// the two.
pub(super) fn newer_name(value: Node<'_>) -> &'static str {
    if value.entries().all(|(_, inner)| inner.is_sequence()) {
        "dependentRequired"
    } else if value.entries().all(|(_, inner)| !inner.is_sequence()) {
        "dependentSchemas"
    } else {
        "dependencies"
    }
}
