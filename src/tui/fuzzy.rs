//! The one way in which typed letters find a name: exact first, then at its beginning, then inside
//! it, then letter by letter.

use ratatui::style::Style;
use ratatui::text::Span;

/// Longest text that is typed or looked in, in characters: more is no name.
const LONGEST: usize = 200;

/// How well a name fits; the smallest is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FuzzyRank(u8, u32);

/// What was typed, ready to be looked for in many names.
pub struct FuzzyNeedle {
    typed: Vec<char>,
}

impl FuzzyNeedle {
    /// Of what was typed; case does not count.
    pub fn new(typed: &str) -> Self {
        let typed = typed.trim().chars().map(lower_letter);
        Self {
            typed: typed.take(LONGEST).collect(),
        }
    }

    /// How well a name fits and the places of its matched letters, as numbers of characters;
    /// nothing where it does not fit.
    pub fn find(&self, name: &str) -> Option<(FuzzyRank, Vec<usize>)> {
        let typed = &self.typed;
        if typed.is_empty() {
            return Some((FuzzyRank(0, 0), Vec::new()));
        }
        let letters: Vec<char> = name.chars().take(LONGEST).map(lower_letter).collect();
        let starts: Vec<bool> = (0..letters.len())
            .map(|at| at == 0 || !letters[at - 1].is_alphanumeric())
            .collect();
        // at the beginning of a word before inside of one
        let held = || {
            let parts = letters.windows(typed.len()).enumerate();
            parts.filter(|(_, part)| part == typed).map(|(at, _)| at)
        };
        if let Some(at) = held().find(|at| starts[*at]).or_else(|| held().next()) {
            let class = match (at, letters.len() == typed.len(), starts[at]) {
                (0, true, _) => 0,
                (0, false, _) => 1,
                (_, _, true) => 2,
                _ => 3,
            };
            return Some((FuzzyRank(class, 0), (at..at + typed.len()).collect()));
        }
        let (cost, places) = find_scattered(typed, &letters, &starts)?;
        Some((FuzzyRank(4, cost), places))
    }
}

/// One letter for one, so that places stay those of the name as it is written.
fn lower_letter(letter: char) -> char {
    let mut lower = letter.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => letter,
    }
}

/// What it costs to begin another piece of matched letters inside a word, and at its beginning.
const INSIDE: u32 = 4;
const AT_START: u32 = 1;

/// The letters in their order with others between them, in the fewest and best pieces: what they
/// cost, and where they are. Takes as many steps as the product of both lengths, which are bounded.
fn find_scattered(typed: &[char], letters: &[char], starts: &[bool]) -> Option<(u32, Vec<usize>)> {
    // for each letter typed and each place that it may have: the least cost, and the place before
    let mut came: Vec<Vec<usize>> = Vec::with_capacity(typed.len());
    let mut costs: Vec<Option<u32>> = Vec::new();
    for (nth, wanted) in typed.iter().enumerate() {
        let mut next = vec![None; letters.len()];
        let mut from = vec![0; letters.len()];
        // the cheapest place of the letter before, further to the left than the neighbour
        let mut cheapest: Option<(u32, usize)> = None;
        for at in 0..letters.len() {
            if let Some((before, cost)) = at
                .checked_sub(2)
                .and_then(|before| Some((before, (*costs.get(before)?)?)))
                && cheapest.is_none_or(|(least, _)| cost < least)
            {
                cheapest = Some((cost, before));
            }
            if letters[at] != *wanted {
                continue;
            }
            let begins = if starts[at] { AT_START } else { INSIDE };
            let joined = at
                .checked_sub(1)
                .and_then(|before| Some(((*costs.get(before)?)?, before)));
            let apart = if nth == 0 {
                Some((begins, 0))
            } else {
                cheapest.map(|(cost, before)| (cost + begins, before))
            };
            if let Some((cost, before)) = joined.into_iter().chain(apart).min() {
                next[at] = Some(cost);
                from[at] = before;
            }
        }
        costs = next;
        came.push(from);
    }
    let (cost, mut at) = costs
        .iter()
        .enumerate()
        .filter_map(|(at, cost)| Some(((*cost)?, at)))
        .min()?;
    let mut places = vec![at; typed.len()];
    for nth in (1..typed.len()).rev() {
        at = came[nth][at];
        places[nth - 1] = at;
    }
    Some((cost, places))
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
    use ratatui::style::Style;

    fn order(typed: &str, names: &[&'static str]) -> Vec<&'static str> {
        let needle = FuzzyNeedle::new(typed);
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
    fn letters_in_few_pieces_at_beginnings_of_words_come_first() {
        assert_eq!(
            order("sbs", &["substring busy", "side by side", "sxbxs"]),
            ["side by side", "substring busy", "sxbxs"]
        );
        // a name is found by the best of several ways to read it
        let (_, places) = FuzzyNeedle::new("ab").find("axxb a-b").unwrap();
        assert_eq!(places.len(), 2);
    }

    #[test]
    fn matched_letters_are_places_of_the_name_as_it_is_written() {
        let needle = FuzzyNeedle::new("sbs");
        assert_eq!(needle.find("side by side").unwrap().1, [0, 5, 8]);
        let needle = FuzzyNeedle::new("größe");
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
                let letters: Vec<char> = name.chars().map(lower_letter).collect();
                let found: Vec<char> = places.iter().map(|at| letters[*at]).collect();
                let typed: Vec<char> = typed.trim().chars().map(lower_letter).collect();
                proptest::prop_assert_eq!(found, typed);
            }
        }
    }
}
