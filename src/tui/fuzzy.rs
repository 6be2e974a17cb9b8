//! The one way in which typed letters find a name: exact first, then at its beginning, then inside
//! it, then letter by letter.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::style::Style;
use ratatui::text::Span;

/// Longest text that is typed or looked in, in characters: more is no name.
const LONGEST: usize = 200;

/// How well a name fits; the smallest is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FuzzyRank(u8, u32);

/// What was typed, ready to be looked for in many names.
pub struct FuzzyNeedle {
    typed: String,
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl FuzzyNeedle {
    /// Of what was typed; case does not count.
    pub fn new(typed: &str) -> Self {
        let typed: String = typed.trim().to_lowercase().chars().take(LONGEST).collect();
        Self {
            pattern: Pattern::new(
                &typed,
                CaseMatching::Ignore,
                Normalization::Smart,
                AtomKind::Fuzzy,
            ),
            typed,
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
        }
    }

    /// Whether nothing was typed: then everything fits alike.
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// How well a name fits and the places of its matched letters, as numbers of characters;
    /// nothing where it does not fit.
    pub fn find(&mut self, name: &str) -> Option<(FuzzyRank, Vec<usize>)> {
        if self.typed.is_empty() {
            return Some((FuzzyRank(0, 0), Vec::new()));
        }
        let letters: Vec<char> = name.chars().take(LONGEST).collect();
        // letter by letter, so that places stay those of the name as it is written
        let lower: Vec<char> = letters
            .iter()
            .map(|letter| letter.to_lowercase().next().unwrap_or(*letter))
            .collect();
        let typed: Vec<char> = self.typed.chars().collect();
        if let Some(at) = lower.windows(typed.len()).position(|part| part == typed) {
            let begins_word = at == 0 || !lower[at - 1].is_alphanumeric();
            let class = match (at, lower.len() == typed.len(), begins_word) {
                (0, true, _) => 0,
                (0, false, _) => 1,
                (_, _, true) => 2,
                _ => 3,
            };
            return Some((FuzzyRank(class, 0), (at..at + typed.len()).collect()));
        }
        let mut found = Vec::new();
        let hay = if name.is_ascii() && letters.len() == name.len() {
            Utf32Str::Ascii(name.as_bytes())
        } else {
            self.buffer = letters;
            Utf32Str::Unicode(&self.buffer)
        };
        let score = self.pattern.indices(hay, &mut self.matcher, &mut found)?;
        found.sort_unstable();
        found.dedup();
        let places = found
            .into_iter()
            .filter_map(|at| usize::try_from(at).ok())
            .collect();
        Some((FuzzyRank(4, u32::MAX - score), places))
    }
}

/// A name with its matched letters in a style of their own.
pub fn mark_matched_letters(
    name: &str,
    places: &[usize],
    plain: Style,
    matched: Style,
) -> Vec<Span<'static>> {
    let mut spans: Vec<(bool, String)> = Vec::new();
    for (at, letter) in name.chars().enumerate() {
        let hit = places.binary_search(&at).is_ok();
        match spans.last_mut() {
            Some((same, text)) if *same == hit => text.push(letter),
            _ => spans.push((hit, letter.to_string())),
        }
    }
    spans
        .into_iter()
        .map(|(hit, text)| Span::styled(text, if hit { plain.patch(matched) } else { plain }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(typed: &str, names: &[&'static str]) -> Vec<&'static str> {
        let mut needle = FuzzyNeedle::new(typed);
        let mut found: Vec<(FuzzyRank, &'static str)> = names
            .iter()
            .filter_map(|name| Some((needle.find(name)?.0, *name)))
            .collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn exact_comes_first_then_the_beginning_then_inside_then_letters() {
        let names = ["renote", "my note", "notes", "now or later", "Note", "quit"];
        assert_eq!(
            order("note", &names),
            ["Note", "notes", "my note", "renote", "now or later"]
        );
        assert_eq!(order("", &names), names);
        assert!(order("xyz", &names).is_empty());
    }

    #[test]
    fn matched_letters_are_places_of_the_name_as_it_is_written() {
        let mut needle = FuzzyNeedle::new("sbs");
        assert_eq!(needle.find("side by side").unwrap().1, [0, 5, 8]);
        let mut needle = FuzzyNeedle::new("größe");
        assert_eq!(needle.find("die Größe").unwrap().1, [4, 5, 6, 7, 8]);
        let spans = mark_matched_letters("abc", &[1], Style::new(), Style::new().bold());
        assert_eq!(spans.len(), 3);
        assert_eq!(spans[1].content, "b");
    }

    proptest::proptest! {
        /// Whatever is typed and named: no panic, and all places lie within the name.
        #[test]
        fn places_lie_within_the_name(typed in "\\PC{0,12}", name in "\\PC{0,40}") {
            if let Some((_, places)) = FuzzyNeedle::new(&typed).find(&name) {
                let len = name.chars().count();
                proptest::prop_assert!(places.iter().all(|at| *at < len));
                proptest::prop_assert!(places.windows(2).all(|two| two[0] < two[1]));
            }
        }
    }
}
