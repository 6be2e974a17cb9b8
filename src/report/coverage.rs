//! The ledger in words: one line a domain, the same in text, Markdown, on the screen and in a
//! session's report.

use super::words;
use crate::model::{Assessment, Coverage, escape_invisible};

/// Open places that are named in a line.
const NAMED: usize = 2;

/// One line a domain: its title, and how the changed files stand. Empty until everything was read.
pub fn coverage_lines(assessment: &Assessment) -> Vec<(&'static str, String)> {
    assessment
        .coverage
        .iter()
        .map(|row| (row.domain.title(), coverage_line(row)))
        .collect()
}

/// How the changed files stand in one domain.
fn coverage_line(row: &Coverage) -> String {
    let mut line = format!(
        "{}: {} judged, {} cannot matter here, {} open",
        words::write_count(row.files(), "file", "files"),
        row.judged,
        row.out(),
        row.open
    );
    if row.files() == 0 {
        line = "no file changed".to_owned();
    }
    let places: Vec<String> = row
        .places
        .iter()
        .take(NAMED)
        .map(|place| match place.line {
            Some(at) => format!("{}:{at} ({})", place.path.shown(), place.why.shown()),
            None => format!("{} ({})", place.path.shown(), place.why.shown()),
        })
        .collect();
    if !places.is_empty() {
        let more = (row.open as usize).saturating_sub(places.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        line.push_str(&format!(": {}{more}", places.join("; ")));
    }
    match &row.mechanism {
        Some(mechanism) => format!(
            "{line}. The schema is changed by: {}",
            escape_invisible(mechanism)
        ),
        None => line,
    }
}

/// What is open, in one short line: `schema 2 files · stored form 5 files`; `None` where nothing
/// is.
pub fn open_line(assessment: &Assessment) -> Option<String> {
    let open: Vec<String> = assessment
        .coverage
        .iter()
        .filter(|row| row.open > 0)
        .map(|row| {
            format!(
                "{} {}",
                row.domain.title(),
                words::write_count(row.open, "file", "files")
            )
        })
        .collect();
    (!open.is_empty()).then(|| open.join(" · "))
}
