//! Words in changed lines.

use crate::changed_lines::ChangedLine;

/// The number of the first line that has one of the words in any spelling.
pub(super) fn first_with_word(lines: &[ChangedLine<'_>], words: &[&str]) -> Option<usize> {
    lines
        .iter()
        .find(|(_, line)| has_word(line, words))
        .map(|(line, _)| *line)
}

/// Whether a line has one of the words, which are in small letters, in any spelling.
pub(super) fn has_word(line: &str, words: &[&str]) -> bool {
    let lower = line.to_ascii_lowercase();
    words.iter().any(|word| lower.contains(word))
}
