//! Whether a line of text names a key, for every check of settings.

/// The key as a whole name, not as a part of a longer one.
pub(super) fn has_whole_key(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let name = |c: char| c.is_alphanumeric() || c == '_';
        !text[..at].chars().next_back().is_some_and(name)
            && !text[at + key.len()..].chars().next().is_some_and(name)
    })
}

#[cfg(test)]
mod tests {
    use super::has_whole_key;

    #[test]
    fn a_longer_name_is_another_name() {
        assert!(
            has_whole_key("x = ENV['A_B']", "A_B")
                && !has_whole_key("A_BC", "A_B")
                && !has_whole_key("XA_B", "A_B")
        );
    }
}
