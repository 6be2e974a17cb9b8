//! Kinds of names that an object mapper or a library makes by itself: the key of a relation, the
//! time of a write, a counter. Program text does not write such a name out, so that a search for
//! one tells something only where names of the same kind are found.

/// How a column's name is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DerivedKind {
    /// `owner_id` of a relation to an owner.
    Key,
    /// Which class a row is of: `commentable_type`, `Discriminator`.
    Class,
    /// `deleted_at`, `inserted_at`.
    Time,
    /// `replies_count`.
    Counter,
    /// `reset_password_token`, `password_digest`.
    Secret,
    /// A member of a part that has no table of its own: `Home_Street`.
    Part,
    /// Bookkeeping of a library: places in a tree, a version for locking.
    Bookkeeping,
}

impl DerivedKind {
    /// What columns of this kind are, for a sentence.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Key => "keys of relations",
            Self::Class => "columns that tell the class of a row",
            Self::Time => "times of writes",
            Self::Counter => "counters",
            Self::Secret => "tokens and digests",
            Self::Part => "columns of embedded parts",
            Self::Bookkeeping => "columns that libraries keep",
        }
    }
}

/// Endings of derived names: with underscores in small letters, and in camel case.
const ENDINGS: [(&str, &str, DerivedKind); 9] = [
    ("_id", "Id", DerivedKind::Key),
    ("_ids", "ID", DerivedKind::Key),
    ("_type", "Type", DerivedKind::Class),
    ("_at", "At", DerivedKind::Time),
    ("_count", "Count", DerivedKind::Counter),
    ("_counter", "Counter", DerivedKind::Counter),
    ("_token", "Token", DerivedKind::Secret),
    ("_digest", "Digest", DerivedKind::Secret),
    ("_salt", "Salt", DerivedKind::Secret),
];

/// The kind of a column's name, where it may be one that nobody writes out.
pub fn find_derived_kind(column: &str) -> Option<DerivedKind> {
    let lower = column.to_ascii_lowercase();
    // words that a mapper writes by itself, without an ending that would tell them
    match lower.as_str() {
        "discriminator" | "dtype" | "discr" => return Some(DerivedKind::Class),
        "lft" | "rgt" | "rght" | "_lft" | "_rgt" | "tree_id" | "ancestry" | "lock_version"
        | "lockversion" | "treeid" => {
            return Some(DerivedKind::Bookkeeping);
        }
        _ => {}
    }
    let ended = |ending: &str, camel: &str| {
        lower.len() > ending.len() && lower.ends_with(ending)
            // `Id` behind a small letter: `GRID` and `grid` are words of their own
            || column.strip_suffix(camel).is_some_and(|stem| {
                stem.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            })
    };
    let found = ENDINGS
        .iter()
        .find(|(ending, camel, _)| ended(ending, camel));
    found.map(|(.., kind)| *kind).or_else(|| {
        // `Home_Street`: both words are written big
        let (part, member) = column.split_once('_')?;
        let big = |word: &str| word.starts_with(|c: char| c.is_ascii_uppercase());
        // `LEGACY_CODE` is written in capitals as a whole, and somebody wrote it out
        let small = column.contains(|c: char| c.is_ascii_lowercase());
        (big(part) && big(member) && small).then_some(DerivedKind::Part)
    })
}

/// The name without its ending, without underscores and in small letters: `owner` of `owner_id`.
pub fn find_derived_stem(column: &str) -> String {
    let lower = column.to_ascii_lowercase();
    let stem = ENDINGS
        .iter()
        .find_map(|(ending, camel, _)| {
            lower
                .strip_suffix(ending)
                .or_else(|| lower.strip_suffix(&camel.to_ascii_lowercase()))
        })
        .unwrap_or(&lower);
    stem.replace('_', "")
}

/// Endings of tables that keep what a table held before.
const HISTORY: [&str; 9] = [
    "_aud",
    "_audit",
    "_audits",
    "_history",
    "_hist",
    "_versions",
    "_version",
    "_log",
    "_logs",
];

/// The table whose history this one keeps, by its name.
pub fn find_table_of_history(table: &str) -> Option<String> {
    let lower = table.to_ascii_lowercase();
    let before = HISTORY
        .iter()
        .find_map(|ending| lower.strip_suffix(ending))
        // django-simple-history puts the word before the name
        .or_else(|| lower.strip_prefix("historical"))
        .or_else(|| lower.strip_suffix("history"))?;
    // `a_log` and `x_history` would fit nearly anything
    (before.len() > 1).then(|| before.trim_matches('_').to_owned())
}

/// How a name may be made of two others: `label_post`, `CarrierDepot`, `_CategoryToPost`. In small
/// letters.
pub fn split_joined_name(table: &str) -> Vec<(String, String)> {
    let bare = table.trim_matches('_');
    let mut out = Vec::new();
    let mut add = |left: &str, right: &str| {
        // a name of many parts may be cut at each of them, and all cuts are looked for
        if left.len() > 1 && right.len() > 1 && out.len() < 16 {
            out.push((left.to_ascii_lowercase(), right.to_ascii_lowercase()));
        }
    };
    let mut last = ' ';
    for (at, c) in bare.char_indices() {
        let (left, right) = bare.split_at(at);
        if c == '_' {
            add(left, &right[1..]);
        } else if c.is_ascii_uppercase() && last.is_ascii_lowercase() {
            add(left, right);
            // Prisma joins two models as `_CategoryToPost`
            if let Some(right) = right.strip_prefix("To") {
                add(left, right);
            }
        }
        last = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_nobody_writes_out_are_known_by_their_form() {
        for (column, kind) in [
            ("owner_id", Some(DerivedKind::Key)),
            ("CarrierId", Some(DerivedKind::Key)),
            ("commentable_type", Some(DerivedKind::Class)),
            ("Discriminator", Some(DerivedKind::Class)),
            ("deleted_at", Some(DerivedKind::Time)),
            ("createdAt", Some(DerivedKind::Time)),
            ("replies_count", Some(DerivedKind::Counter)),
            ("reset_password_token", Some(DerivedKind::Secret)),
            ("Home_Street", Some(DerivedKind::Part)),
            ("lft", Some(DerivedKind::Bookkeeping)),
            ("id", None),
            ("grid", None),
            ("flat", None),
            ("legacy_code", None),
            ("LEGACY_CODE", None),
            ("note", None),
        ] {
            assert_eq!(find_derived_kind(column), kind, "{column}");
        }
        assert_eq!(find_derived_stem("depot_owner_id"), "depotowner");
        assert_eq!(find_derived_stem("CarrierId"), "carrier");
    }

    #[test]
    fn tables_that_a_mapper_makes_are_known_by_their_parts() {
        let has = |table: &str, left: &str, right: &str| {
            split_joined_name(table).contains(&(left.to_owned(), right.to_owned()))
        };
        assert!(has("label_post", "label", "post"));
        assert!(has("CarrierDepot", "carrier", "depot"));
        assert!(has("_CategoryToPost", "category", "post"));
        assert!(split_joined_name("parcels").is_empty());
        assert_eq!(
            find_table_of_history("clause_aud").as_deref(),
            Some("clause")
        );
        assert_eq!(
            find_table_of_history("historicalbook").as_deref(),
            Some("book")
        );
        assert_eq!(find_table_of_history("clauses"), None);
    }
}
