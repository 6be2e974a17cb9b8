//! Versions of libraries, as far as *which is higher* and *is it a major step* go.

/// The numbers at the beginning of a version or range: `^1.2.3` is `[1, 2, 3]`.
pub(super) fn list_leading_numbers(version: &str) -> Vec<u64> {
    let start = version
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(version.len());
    version[start..]
        .split(['.', '-', '+', ' ', ',', '_'])
        // what stands behind the first part that is no number is the name of a build
        .map_while(|part| part.parse().ok())
        .take(4)
        .collect()
}

/// Whether the two differ in what semantic versioning calls breaking: the first number, or the
/// second while the first is 0.
pub(super) fn major_step(old: &str, new: &str) -> bool {
    let (old, new) = (list_leading_numbers(old), list_leading_numbers(new));
    match (old.first(), new.first()) {
        // below 1.0 each minor version may break what used the one before
        (Some(0), Some(0)) => {
            old.get(1).is_some() && new.get(1).is_some() && old.get(1) != new.get(1)
        }
        (Some(a), Some(b)) => a != b,
        _ => false,
    }
}

/// Whether going forward went to a lower version.
pub(super) fn is_lower_version(old: &str, new: &str) -> bool {
    let (old, new) = (list_leading_numbers(old), list_leading_numbers(new));
    !old.is_empty() && !new.is_empty() && new < old
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_semantic_versioning() {
        assert!(
            major_step("1.9.3", "2.0.0")
                && major_step("0.3.1", "0.4.0")
                && major_step("^4", "~5.1")
        );
        assert!(
            !major_step("1.2.3", "1.3.0")
                && !major_step("0.3.1", "0.3.9")
                && !major_step("main", "2.0")
        );
        assert!(
            is_lower_version("2.0.0", "1.9.9")
                && !is_lower_version("1.9", "1.10")
                && !is_lower_version("x", "1")
        );
    }
}
