//! Comparisons of versions that are calls: `semver.gt(stored, own)`, `stored.isNewerThan(own)`,
//! `version_compare($stored, OWN, '>')`.

use super::condition::{
    GuardCondition, GuardRelation, is_known_side, list_token_names, list_token_numbers,
};
use super::token::{GuardToken, GuardTokenKind};
use super::words::names_version;

const NEWER: [&str; 9] = [
    "gt",
    "greaterThan",
    "GreaterThan",
    "isGreaterThan",
    "isNewerThan",
    "IsNewerThan",
    "newerThan",
    "is_newer_than",
    "isHigherThan",
];
const OLDER: [&str; 8] = [
    "lt",
    "lessThan",
    "LessThan",
    "isLessThan",
    "isOlderThan",
    "IsOlderThan",
    "is_older_than",
    "isLowerThan",
];

/// The comparison that a call makes, where what it compares are versions.
pub(super) fn read_called_comparison(part: &[GuardToken<'_>]) -> Option<GuardCondition> {
    let called = |at: &usize| part.get(at + 1).is_some_and(|next| next.is("("));
    let relation_of = |token: &GuardToken<'_>| match token.text {
        _ if token.kind != GuardTokenKind::Word => None,
        name if NEWER.contains(&name) => Some(GuardRelation::Newer),
        name if OLDER.contains(&name) => Some(GuardRelation::Older),
        "version_compare" => told_relation(part),
        _ => None,
    };
    let (at, relation) = (0..part.len())
        .filter(called)
        .find_map(|at| Some((at, relation_of(part.get(at)?)?)))?;
    let mut names = list_token_names(part);
    names.retain(|name| !NEWER.contains(&name.as_str()) && !OLDER.contains(&name.as_str()));
    if !names.iter().any(|name| names_version(name)) {
        return None;
    }
    let inside = part.get(at + 2..)?;
    let comma = find_comma(inside);
    // `a.isNewerThan(b)` compares what it is called on, `gt(a, b)` its two
    let (left, right) = match comma {
        Some(comma) => (inside.get(..comma)?, inside.get(comma + 1..)?),
        None => (part.get(..at.checked_sub(1)?)?, inside),
    };
    let flipped = is_known_side(left) && !is_known_side(right);
    let relation = match relation {
        GuardRelation::Newer if flipped => GuardRelation::Older,
        GuardRelation::Older if flipped => GuardRelation::Newer,
        other => other,
    };
    let not = part
        .first()
        .is_some_and(|token| token.is("!") || token.is("not"));
    Some(GuardCondition {
        relation: if not { relation.not() } else { relation },
        names,
        literals: list_token_numbers(part),
    })
}

/// What the last word of `version_compare(a, b, '>')` asks.
fn told_relation(part: &[GuardToken<'_>]) -> Option<GuardRelation> {
    part.iter()
        .rev()
        .filter(|token| token.kind == GuardTokenKind::Text)
        .find_map(|token| match token.text {
            ">" | ">=" | "gt" | "ge" => Some(GuardRelation::Newer),
            "<" | "<=" | "lt" | "le" => Some(GuardRelation::Older),
            "!=" | "<>" | "ne" => Some(GuardRelation::NotEqual),
            "==" | "=" | "eq" => Some(GuardRelation::Equal),
            _ => None,
        })
}

/// The comma between two arguments, not one of an argument's own.
fn find_comma(inside: &[GuardToken<'_>]) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, token) in inside.iter().enumerate() {
        if token.is("(") || token.is("[") {
            depth += 1;
        } else if token.is(")") || token.is("]") {
            depth -= 1;
            if depth < 0 {
                return None;
            }
        } else if token.is(",") && depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{Compares, find_guards};

    #[test]
    fn calls_that_compare_versions_are_told_with_their_direction() {
        let newer = [
            (
                "a.js",
                "if (semver.gt(dbVersion, pkg.version)) {\n  throw new Error('newer');\n}",
            ),
            (
                "a.js",
                "if (semver.lt(CURRENT_VERSION, dbVersion)) {\n  throw new Error('newer');\n}",
            ),
            (
                "a.php",
                "if (version_compare($storedVersion, self::VERSION, '>')) {\n  throw new E('newer');\n}",
            ),
            (
                "a.go",
                "if storedVersion.GreaterThan(ownVersion) {\n\treturn errNewer\n}",
            ),
        ];
        for (path, text) in newer {
            let guards = find_guards(path, text);
            assert!(
                guards
                    .iter()
                    .any(|one| one.compares == Compares::Newer && one.refuses()),
                "{text}: {guards:?}"
            );
        }
        for (path, text) in [
            (
                "a.js",
                "if (semver.lt(dbVersion, '1.2.0')) {\n  throw new Error('older');\n}",
            ),
            (
                "a.js",
                "if (_.gt(total, limit)) {\n  throw new Error('much');\n}",
            ),
        ] {
            let guards = find_guards(path, text);
            assert!(
                guards.iter().all(|one| one.compares != Compares::Newer),
                "{text}"
            );
        }
    }
}
