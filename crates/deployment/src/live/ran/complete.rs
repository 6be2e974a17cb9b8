//! Signs that a list is not all of it: marks of a screen, a footer that counts more rows, a last
//! line without its end. What such a list does not name is not known.

use std::sync::LazyLock;

use regex::Regex;

// psql translates its footer, so the words between the brackets are anybody's
/// Footers of clients, in any language: `(2 rows)`, `(2 Zeilen)`, `(2 rows affected)`,
/// `2 rows in set (0.00 sec)`.
static FOOTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:[(（]\s*(\d{1,9})\s*[^\d()（）][^()（）]*[)）]|(\d{1,9}) rows? in set\b.*)\s*$",
    )
    .ok()
});

// a screen shows a part, and what was scrolled away looks like what never ran
/// What pagers and people write where something is left out.
static SCREEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*(?:\(END\)|-+ ?more ?-+.*|lines \d+-\d+.*|:|\.{3,}|…|\[(?:\.{3}|…)\]|<snip>|\^C|.*\b(?:output|list|rows?|lines?|result)\b.*\b(?:truncated|omitted|cut off|skipped)\b.*|\W*truncated\W*|.*\b\d+ more (?:rows?|lines?|items?)\b.*)\s*$",
    )
    .ok()
});

// `WHERE success = 1` leaves out the very rows that matter
/// A query that somebody typed, and that asks for a part.
static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^.{0,80}\bselect\b.*\bfrom\b.*\b(?:where|limit|offset|fetch first|having)\b|^.{0,80}\bselect\s+top\b",
    )
    .ok()
});

// rows before the error are printed all the same
/// A statement that ended with an error.
static ERROR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:psql:.*)?\s*(?:ERROR|FATAL|PANIC)\b").ok());

/// How many rows a footer counts, where a line is one.
pub(super) fn read_footer(line: &str) -> Option<usize> {
    let found = FOOTER.as_ref()?.captures(line)?;
    found.get(1).or(found.get(2))?.as_str().parse().ok()
}

/// Whether a line is one of a pager, or stands for lines that were left out.
pub(super) fn is_screen_mark(line: &str) -> bool {
    SCREEN.as_ref().is_some_and(|sign| sign.is_match(line))
}

/// Why a text may be a part of what was printed, by the lines beside its rows.
pub(super) fn find_sign_of_a_part(text: &str) -> Option<String> {
    let is =
        |sign: &Option<Regex>, line: &str| sign.as_ref().is_some_and(|sign| sign.is_match(line));
    text.lines()
        // these signs are short lines; a long one is a text of a migration
        .filter(|line| line.len() < 500)
        .find_map(|line| {
            if is_screen_mark(line) {
                Some("it was copied from a screen that shows a part at a time".to_owned())
            } else if is(&PART, line) {
                Some("the query that stands in it asks for a part of the rows".to_owned())
            } else if is(&ERROR, line) {
                Some("an error stands in it".to_owned())
            } else {
                None
            }
        })
}

// a file that was cut by a full disk or a copy ends in the middle of a line
/// Why the last line may be cut: what writes a file ends its last line.
pub(super) fn find_open_end(text: &str) -> Option<String> {
    (!text.ends_with(['\n', '\r'])).then(|| "its last line has no end".to_owned())
}

/// Rows of a table with what says whether they are all.
#[derive(Debug, Default)]
pub(super) struct RowCheck {
    /// Rows under the head.
    rows: usize,
    /// Rows that have more or fewer cells than the head.
    uneven: bool,
    /// Another head: the text holds more than one table.
    heads: usize,
    /// Rows by the footer.
    footer: Option<usize>,
}

impl RowCheck {
    /// One row, with its cells and those of the head. Whether it is whole.
    pub(super) fn count(&mut self, cells: usize, wanted: usize) -> bool {
        self.rows += 1;
        self.uneven |= cells != wanted;
        cells == wanted
    }

    /// A head that stands there once more.
    pub(super) fn count_head(&mut self) {
        self.heads += 1;
    }

    /// What a footer counts.
    pub(super) fn end(&mut self, rows: usize) {
        // the footers of two tables together count all their rows
        self.footer = Some(self.footer.unwrap_or(0) + rows);
    }

    /// Why rows may be missing.
    pub(super) fn find_doubt(&self) -> Option<String> {
        if self.heads > 0 {
            // before the footer: with two tables no footer counts them all
            return Some("it holds more than one table".to_owned());
        }
        if let Some(footer) = self.footer.filter(|footer| *footer != self.rows) {
            return Some(format!(
                "its footer counts {footer} rows, and {} stand there",
                self.rows
            ));
        }
        self.uneven
            .then(|| "a row has another number of cells than the head".to_owned())
    }

    /// Whether rows stand there.
    pub(super) fn has_rows(&self) -> bool {
        self.rows > 0
    }

    /// Whether a footer stands under the rows.
    pub(super) fn has_footer(&self) -> bool {
        self.footer.is_some()
    }
}
