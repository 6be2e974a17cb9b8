//! Whether a word stands alone in a text.

/// The word stands in the text and is no part of a longer name. A side of the word that is no
/// letter, digit or `_` may touch anything: `.save` is found in `order.save()`.
pub fn has_whole_word(text: &str, word: &str) -> bool {
    find_whole_word(text, word).is_some()
}

/// Where the word stands alone for the first time, in bytes. An empty word stands nowhere.
pub fn find_whole_word(text: &str, word: &str) -> Option<usize> {
    if word.is_empty() {
        return None;
    }
    // letters beyond ASCII count as parts of a name: `Grö` is not found in `Größe`
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let (begins, ends) = (word.starts_with(part), word.ends_with(part));
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let (before, behind) = (text.get(..*at), text.get(at + word.len()..));
        !(begins && before.is_some_and(|before| before.ends_with(part))
            || ends && behind.is_some_and(|behind| behind.starts_with(part)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_longer_name_is_another_word() {
        for (text, word, found) in [
            ("card.expiry = 1", "expiry", true),
            ("expiryDate", "expiry", false),
            ("the_expiry", "expiry", false),
            ("x = ENV['A_B']", "A_B", true),
            ("A_BC A_B", "A_B", true),
            ("Größe", "Grö", false),
            ("order.save()", ".save", true),
            ("using Npgsql;", "Npgsql", true),
            ("anything", "", false),
        ] {
            assert_eq!(has_whole_word(text, word), found, "{word} in {text}");
        }
        assert_eq!(find_whole_word("A_BC A_B", "A_B"), Some(5));
    }
}
