//! Entries of a TOML file with their lines, and what is wrong in it.

use std::ops::Range;

use toml_edit::{Document, Item};

/// Most bytes of a file that is read.
const LONGEST: usize = 64 * 1024;

/// What is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsRemark {
    /// Line, from 1.
    pub line: usize,
    /// One clause: what is wrong and what to write.
    pub says: String,
}

/// A bounded document; what is wrong with it becomes a remark.
pub fn parse_toml<'t>(
    text: &'t str,
    remarks: &mut Vec<SettingsRemark>,
) -> Option<Document<&'t str>> {
    if text.len() > LONGEST {
        remarks.push(SettingsRemark {
            line: 1,
            says: format!("the file has more than the {LONGEST} bytes that are read"),
        });
        return None;
    }
    Document::parse(text)
        .map_err(|error| {
            let says = error.message().lines().next().unwrap_or("it is no TOML");
            remarks.push(SettingsRemark {
                line: line_of(text, error.span()),
                says: format!("this is no TOML: {says}"),
            });
        })
        .ok()
}

/// The entries of a document in their order, with their lines.
pub fn list_entries<'d>(
    document: &'d Document<&str>,
    text: &str,
) -> Vec<(&'d str, &'d Item, usize)> {
    let table = document.as_table();
    table
        .iter()
        .map(|(name, item)| {
            let span = table.key(name).and_then(|key| key.span());
            (name, item, line_of(text, span))
        })
        .collect()
}

/// The line of a place, from 1.
pub fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let upto = span.map_or(0, |span| span.start.min(text.len()));
    1 + text.as_bytes()[..upto]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

/// `; write X`, where something is near enough to be meant.
pub fn find_nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> String {
    let word: String = word.chars().take(40).collect();
    names
        .map(|name| (strsim::damerau_levenshtein(&word, name), name))
        .min()
        .filter(|(far, name)| *far <= 2.max(name.len() / 3))
        .map(|(_, name)| format!("; write {name}"))
        .unwrap_or_default()
}
