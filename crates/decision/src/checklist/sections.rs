//! The lists of a checklist.

/// Lists, and the key that names an entry.
pub(super) const LISTS: [(&str, &str); 8] = [
    ("usage", "class"),
    ("situations", "id"),
    ("derive", "id"),
    ("questions", "id"),
    ("needs", "id"),
    ("blockers", "id"),
    ("considerations", "id"),
    ("gates", "gate"),
];
