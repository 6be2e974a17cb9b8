//! What is compared, and what the comparers of definitions share.

use std::collections::BTreeMap;

use super::read::{Enum, ProtobufFile, ProtobufLines, ProtobufMessage, ProtobufOptions};
use crate::change::Log;
use crate::document::{Spot, cut_line_excerpt};

/// One changed file: both readings, with their paths and texts. A side that is absent is `None`.
pub(crate) struct ProtobufFilePair {
    pub path: String,
    pub old_path: String,
    pub old: Option<(ProtobufFile, String)>,
    pub new: Option<(ProtobufFile, String)>,
}

/// Names of one side, for resolving types.
#[derive(Default)]
pub(super) struct ProtobufNameIndex<'a> {
    pub messages: BTreeMap<&'a str, (&'a ProtobufMessage, &'a ProtobufFile)>,
    pub enums: BTreeMap<&'a str, &'a Enum>,
}

/// One comparison of all changed files.
pub(super) struct ProtobufDiff<'a, 'l> {
    pub log: &'l mut Log,
    pub old: ProtobufNameIndex<'a>,
    pub new: ProtobufNameIndex<'a>,
}

/// A definition with the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct ProtobufLocation<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub file: &'a ProtobufFile,
}

impl ProtobufLocation<'_> {
    pub fn spot(&self, lines: ProtobufLines) -> Option<Spot> {
        Some(Spot {
            path: self.path.to_owned(),
            line: lines.from,
            excerpt: cut_line_excerpt(self.text, &self.file.index, lines.from, lines.to),
        })
    }
}

// ranges may lie in one another, and messages may reserve thousands
/// Reserved numbers: ranges in order, each with the highest end so far, so that one look tells
/// whether one of them holds another.
pub(super) struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    pub fn new(list: &[(i64, i64)]) -> Self {
        let mut ranges = list.to_vec();
        ranges.sort_unstable();
        let mut highest = i64::MIN;
        for (_, end) in &mut ranges {
            highest = highest.max(*end);
            *end = highest;
        }
        Self(ranges)
    }

    /// Whether one range holds all of another.
    pub fn cover(&self, (from, to): (i64, i64)) -> bool {
        let behind = self.0.partition_point(|(start, _)| *start <= from);
        behind
            .checked_sub(1)
            .and_then(|at| self.0.get(at))
            .is_some_and(|(_, end)| to <= *end)
    }
}

/// Names of options whose values differ.
pub(super) fn option_names<'o>(a: &'o ProtobufOptions, b: &'o ProtobufOptions) -> Vec<&'o str> {
    let mut names: Vec<&str> = a
        .keys()
        .chain(b.keys())
        .map(String::as_str)
        .filter(|name| a.get(*name) != b.get(*name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
