//! Colours of program text in differences and in evidence.
//!
//! Comments, quotes, numbers and keywords, one small table a language, over the pieces of `text-scan`.
//! What was tried instead: `syntect` 5.3 with its pure Rust regular expressions adds 2.7 MB to a
//! program, takes 38 ms to begin and, as delivered, knows neither Kotlin nor TypeScript, TOML,
//! Terraform, Protocol Buffers or GraphQL; the grammars that are linked for reading migrations know eight languages,
//! no SQL, YAML or JSON among them, and a hunk is no whole file that a grammar could parse.
//!
//! A wrong colour costs little, a lost sign much: on changed lines the sign, and every word that is
//! no quote and no number, keeps the colour of what was added or removed.

mod language;
mod scan;

pub use language::{Language, find_language};
pub use scan::{Run, Token, find_start_state, scan_line};

use ratatui::style::Style;
use ratatui::text::Span;

use crate::model::{FileDiff, Hunk, LineKind, escape_invisible};

/// Longer lines stay plain, in characters.
pub const LONGEST_LINE: usize = 1_000;
/// Texts of more bytes stay plain.
pub const LARGEST_TEXT: usize = 1_000_000;

/// The runs of each line of a difference, by hunk and line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiffRuns(Vec<Vec<Vec<Run>>>);

impl DiffRuns {
    /// The runs of one line; empty where it stays plain.
    pub fn of_line(&self, hunk: usize, line: usize) -> &[Run] {
        self.0
            .get(hunk)
            .and_then(|lines| lines.get(line))
            .map_or(&[], Vec::as_slice)
    }
}

/// Scans a difference, both sides on their own, at most so many lines of it.
pub fn scan_diff(diff: &FileDiff, path: &str, most: usize) -> DiffRuns {
    let (FileDiff::Text { hunks, .. }, Some(language)) = (diff, find_language(path)) else {
        return DiffRuns::default();
    };
    let parts = hunks.iter().flat_map(|hunk| &hunk.lines);
    let bytes: usize = parts
        .flat_map(|line| &line.parts)
        .map(|(_, text)| text.len())
        .sum();
    if bytes > LARGEST_TEXT {
        return DiffRuns::default();
    }
    let mut left = most;
    let scanned = hunks.iter().map(|hunk| {
        let count = left.min(hunk.lines.len());
        left -= count;
        scan_hunk(hunk, count, language)
    });
    DiffRuns(scanned.collect())
}

fn scan_hunk(hunk: &Hunk, most: usize, language: &'static Language) -> Vec<Vec<Run>> {
    let texts: Vec<String> = hunk
        .lines
        .iter()
        .take(most)
        .map(|line| line.parts.iter().map(|(_, text)| text.as_str()).collect())
        .collect();
    let side = |other: LineKind| {
        let lines = hunk.lines.iter().zip(&texts);
        let of_side = lines.filter(move |(line, _)| line.kind != other);
        find_start_state(language, of_side.map(|(_, text)| text.as_str()))
    };
    let (mut old, mut new) = (side(LineKind::Added), side(LineKind::Removed));
    hunk.lines
        .iter()
        .zip(&texts)
        .map(|(line, text)| match line.kind {
            LineKind::Removed => scan_line(language, &mut old, text),
            LineKind::Added => scan_line(language, &mut new, text),
            LineKind::Context => {
                scan_line(language, &mut old, text);
                scan_line(language, &mut new, text)
            }
        })
        .collect()
}

/// Scans lines that follow each other.
pub fn scan_lines<'a>(path: &str, lines: impl Iterator<Item = &'a str> + Clone) -> Vec<Vec<Run>> {
    let Some(language) = find_language(path) else {
        return Vec::new();
    };
    if lines.clone().map(str::len).sum::<usize>() > LARGEST_TEXT {
        return Vec::new();
    }
    let mut state = find_start_state(language, lines.clone());
    lines
        .map(|line| scan_line(language, &mut state, line))
        .collect()
}

/// The text of some parts as spans: by its runs, and by whether a part is marked. What is marked
/// keeps the style of marked words.
pub fn colour_parts(
    parts: &[(bool, String)],
    runs: &[Run],
    style: impl Fn(bool, Token) -> Style,
) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut at = 0;
    for (marked, text) in parts {
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let run = runs.iter().find(|run| run.end > at);
            let (token, room) = run.map_or((Token::Plain, rest.len()), |run| {
                (run.token, (run.end - at).min(rest.len()))
            });
            let (here, after) = rest.split_at_checked(room).unwrap_or((rest, ""));
            spans.push(Span::styled(
                escape_invisible(here).into_owned(),
                style(*marked, token),
            ));
            at += here.len();
            rest = after;
        }
    }
    spans
}
