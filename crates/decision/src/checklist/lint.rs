//! Remarks of the linter: where, what is wrong, what to write instead.

use std::fmt;

use span_tree::Node;

use super::Lint;
use super::cel::ConditionProblem;

/// Most remarks on one file.
const LINTS: usize = 1_000;

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = if self.error { "error" } else { "warning" };
        write!(
            f,
            "{}:{}:{}: {level}: {}",
            self.file, self.line, self.column, self.says
        )?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; write {suggestion}"),
            None => Ok(()),
        }
    }
}

/// A file that is being read, with the remarks on it.
pub(super) struct ChecklistSource<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) lints: Vec<Lint>,
}

impl ChecklistSource<'_> {
    pub(super) fn remark(
        &mut self,
        line: usize,
        column: usize,
        error: bool,
        says: impl Into<String>,
        suggestion: Option<String>,
    ) {
        if self.is_full(error) {
            return;
        }
        let says = model::escape_invisible(&says.into()).into_owned();
        self.lints.push(Lint {
            file: self.file.to_owned(),
            line,
            column,
            error,
            says,
            suggestion,
        });
    }

    pub(super) fn error(
        &mut self,
        at: Node<'_>,
        says: impl Into<String>,
        suggestion: Option<String>,
    ) {
        self.remark(at.line(), at.column(), true, says, suggestion);
    }

    pub(super) fn warn(
        &mut self,
        at: Node<'_>,
        says: impl Into<String>,
        suggestion: Option<String>,
    ) {
        self.remark(at.line(), at.column(), false, says, suggestion);
    }

    /// A problem inside a scalar, at its own line and column.
    /// Who has mended so many asks again. The first error is always told: it decides whether the
    /// file is used.
    fn is_full(&self, error: bool) -> bool {
        self.lints.len() >= LINTS && (!error || self.lints.iter().any(|lint| lint.error))
    }

    pub(super) fn inside(&mut self, at: Node<'_>, problem: ConditionProblem) {
        if self.is_full(true) {
            return;
        }
        let (line, column) = locate_scalar_character(self.text, at, problem.offset);
        self.remark(line, column, true, problem.says, problem.suggestion);
    }
}

/// Line and column, from 1, of the character `offset` of a scalar's value in the text it was read
/// from.
fn locate_scalar_character(text: &str, at: Node<'_>, offset: usize) -> (usize, usize) {
    let start = (at.line(), at.column());
    let Some(value) = at.text() else { return start };
    let lines: Vec<Vec<char>> = text
        .lines()
        .skip(start.0.saturating_sub(1))
        .take(200)
        .map(|line| line.chars().collect())
        .collect();
    let at_char =
        |row: usize, column: usize| lines.get(row).and_then(|line| line.get(column)).copied();
    let (mut row, mut column) = (0, start.1.saturating_sub(1));
    let mark = at_char(row, column);
    match mark {
        Some('"' | '\'') => column += 1,
        Some('|' | '>') => {
            row += 1;
            column = lines
                .get(row)
                .map_or(0, |line| line.iter().take_while(|c| **c == ' ').count());
        }
        _ => {}
    }
    for expected in value.chars().take(offset) {
        // an escape or a doubled quote takes two characters of the source
        if mark == Some('"') && at_char(row, column) == Some('\\')
            || mark == Some('\'') && at_char(row, column) == Some('\'')
        {
            column += 1;
        }
        if expected.is_whitespace() && at_char(row, column).is_none() {
            row += 1;
            column = lines
                .get(row)
                .map_or(0, |line| line.iter().take_while(|c| **c == ' ').count());
            if row >= lines.len() {
                return start;
            }
            continue;
        }
        column += 1;
    }
    (start.0 + row, column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: usize) -> (usize, usize) {
        let tree = span_tree::Tree::parse(text).unwrap();
        locate_scalar_character(text, tree.root().unwrap().get("when").unwrap(), offset)
    }

    #[test]
    fn places_inside_scalars_of_every_style() {
        assert_eq!(at("when: abc def\n", 4), (1, 11));
        assert_eq!(at("when: \"abc def\"\n", 4), (1, 12));
        assert_eq!(at("when: 'it''s def'\n", 5), (1, 14));
        assert_eq!(at("when: |\n  abc\n  def\n", 4), (3, 3));
        assert_eq!(at("when: >-\n  abc\n  def\n", 5), (3, 4));
        assert_eq!(at("when: abc\n  def\n", 4), (2, 3));
    }
}
