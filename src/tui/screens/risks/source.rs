//! Lines of a changed file, as far as its difference shows them.

use std::collections::BTreeMap;

use crate::model::{Evidence, FileDiff};
use crate::tui::screens::diff::rows::read_diff_line_text;

/// Lines of both sides, by number.
#[derive(Debug, Clone, Default)]
pub struct SourceLines {
    /// Of previous.
    pub old: BTreeMap<usize, String>,
    /// Of current.
    pub new: BTreeMap<usize, String>,
}

impl SourceLines {
    /// From a difference; empty where it is not text.
    pub fn of(diff: &FileDiff) -> Self {
        let mut source = Self::default();
        let FileDiff::Text { hunks, .. } = diff else {
            return source;
        };
        for line in hunks.iter().flat_map(|hunk| &hunk.lines) {
            if let Some(number) = line.old_line {
                source.old.insert(number, read_diff_line_text(line));
            }
            if let Some(number) = line.new_line {
                source.new.insert(number, read_diff_line_text(line));
            }
        }
        source
    }

    /// Lines around the place of an evidence, where the text there is the one the evidence quotes:
    /// `(number, text)`.
    pub fn around(
        &self,
        evidence: &Evidence,
        before: usize,
        after: usize,
    ) -> Option<Vec<(usize, String)>> {
        let line = evidence.line?;
        let quoted = evidence
            .excerpt
            .as_ref()
            .and_then(|text| text.as_raw().lines().next())
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let side = [&self.new, &self.old].into_iter().find(|side| {
            side.get(&line)
                .is_some_and(|text| quoted.is_none_or(|quoted| text.contains(quoted)))
        })?;
        Some(find_unbroken_lines(
            side,
            line.saturating_sub(before),
            line.saturating_add(after),
            line,
        ))
    }

    /// Lines of current from one number to another.
    pub fn between(&self, from: usize, to: usize) -> Vec<(usize, String)> {
        self.new
            .range(from..=to.max(from))
            .map(|(number, text)| (*number, text.clone()))
            .collect()
    }
}

/// The unbroken run of lines around one of them.
fn find_unbroken_lines(
    side: &BTreeMap<usize, String>,
    from: usize,
    to: usize,
    line: usize,
) -> Vec<(usize, String)> {
    let first = (from..line)
        .rev()
        .take_while(|number| side.contains_key(number))
        .last()
        .unwrap_or(line);
    (first..=to)
        .map_while(|number| side.get(&number).map(|text| (number, text.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Evidence;
    use crate::tui::screens::diff::rows::compare_short_texts;

    #[test]
    fn a_place_is_shown_only_where_the_text_is_the_quoted_one() {
        let source = SourceLines::of(&compare_short_texts("a\nb\nc\n", "a\nB\nc\nd\n"));
        let at =
            |line, quoted: &str| source.around(&Evidence::at("f", line).with_excerpt(quoted), 1, 1);
        assert_eq!(
            at(2, "B").unwrap(),
            [
                (1, "a".to_owned()),
                (2, "B".to_owned()),
                (3, "c".to_owned())
            ]
        );
        assert_eq!(at(2, "b").unwrap()[1], (2, "b".to_owned()));
        assert!(at(2, "other").is_none());
        assert!(at(9, "a").is_none());
    }
}
