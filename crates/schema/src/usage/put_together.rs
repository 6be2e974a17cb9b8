//! Names that program text puts together: `"title_" + lang`, `Sprintf("hits_%d", year)`. What they
//! are is known only when the program runs, so that a search for the whole name is in vain.

use std::collections::{BTreeSet, HashMap};

use super::super::step::Name;
use super::stand_statement::is_sql_statement;
use super::{PreviousUsage, make_usage_evidence};
use model::{Evidence, Hit};

/// Most parts of names that are looked for.
const FRAGMENTS: usize = 2_000;

/// Shortest beginning and ending of a name that is looked for, in bytes, with the underscore.
const BEGINNING: usize = 4;
const ENDING: usize = 3;

/// Endings that belong to no name in particular.
const COMMON_ENDINGS: [&str; 14] = [
    "_id", "_at", "_ids", "_type", "_count", "_name", "_key", "_url", "_date", "_time", "_by",
    "_on", "_path", "_file",
];

/// Beginnings that belong to no name in particular.
const COMMON_BEGINNINGS: [&str; 8] = [
    "has_", "get_", "set_", "new_", "old_", "num_", "max_", "min_",
];

/// What may stand behind the beginning of a name that goes on when the program runs.
const BEHIND: [&str; 8] = ["\"", "'", "`", "{", "$", "#{", "%", "\\("];

/// What may stand before the end of such a name.
const BEFORE: [&str; 8] = ["\"", "'", "`", "}", ")", "%s", "%d", "%v"];

/// Lines around a place in which something of a database must stand.
const AROUND: usize = 12;

/// A part of a name, and whether the name begins with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameFragment {
    text: String,
    begins: bool,
}

/// Places in which a part of a name stands beside something that is put in, by the part.
pub(super) type FragmentPlaces = HashMap<NameFragment, Vec<Hit>>;

/// The parts of a name at which it may be put together.
fn list_fragments(name: &str) -> Vec<NameFragment> {
    let lower = name.to_lowercase();
    let mut out = Vec::new();
    for (at, _) in lower.match_indices('_').take(6) {
        let (beginning, ending) = (&lower[..=at], &lower[at..]);
        if beginning.len() >= BEGINNING
            && ending.len() > 1
            && !COMMON_BEGINNINGS.contains(&beginning)
        {
            out.push(NameFragment {
                text: beginning.to_owned(),
                begins: true,
            });
        }
        if ending.len() >= ENDING && at > 0 && !COMMON_ENDINGS.contains(&ending) {
            out.push(NameFragment {
                text: ending.to_owned(),
                begins: false,
            });
        }
    }
    out
}

/// What is looked for, and of which part each word is.
pub(super) fn list_fragment_words(names: &BTreeSet<String>) -> Vec<(NameFragment, String)> {
    let fragments: BTreeSet<NameFragment> = names
        .iter()
        .flat_map(|name| list_fragments(name))
        .take(FRAGMENTS)
        .collect();
    fragments
        .into_iter()
        .flat_map(|fragment| {
            let signs = if fragment.begins { BEHIND } else { BEFORE };
            signs.map(|sign| {
                let word = if fragment.begins {
                    format!("{}{sign}", fragment.text)
                } else {
                    format!("{sign}{}", fragment.text)
                };
                (fragment.clone(), word)
            })
        })
        .collect()
}

impl PreviousUsage<'_> {
    /// There are more parts of names than are looked for.
    pub fn leaves_parts_out(&self) -> bool {
        self.fragments.len() >= FRAGMENTS
    }

    /// Where old code puts together a name that may be this one, with the part that is written out.
    pub fn put_together(&self, name: &str, table: Option<&Name>) -> Option<(String, Evidence)> {
        list_fragments(name).into_iter().find_map(|fragment| {
            let places = self.fragments.get(&fragment)?;
            let hit = places.iter().take(200).find(|hit| {
                is_joined(&hit.text, &fragment) && self.may_name_an_object(hit, table)
            })?;
            Some((fragment.text, make_usage_evidence(hit)))
        })
    }

    /// The place is no comment, and something of a database stands around it, or the table in its
    /// file.
    fn may_name_an_object(&self, hit: &Hit, table: Option<&Name>) -> bool {
        let Some(program) = self.program(&hit.path) else {
            // a file that was not kept in memory may hold anything
            return true;
        };
        if program.is_comment_line(hit.line) {
            return false;
        }
        let near = |line: &str| {
            let lower = line.to_lowercase();
            is_sql_statement(&lower)
                || [
                    "query", "sql", "table", "column", "where(", "select(", "order(",
                ]
                .iter()
                .any(|sign| lower.contains(sign))
        };
        let around = program
            .text
            .lines()
            .skip(hit.line.saturating_sub(AROUND))
            .take(2 * AROUND)
            .any(near);
        around
            // a part such as `title_` occurs in many programs: the table has to be named in the
            // same file
            && table.is_none_or(|table| {
                self.mentions(table, true)
                    .iter()
                    .any(|(other, _)| other.path == hit.path)
            })
    }
}

/// Something is put in beside the part of a name.
fn is_joined(text: &str, fragment: &NameFragment) -> bool {
    let lower = text.to_lowercase();
    let part = |c: char| c.is_alphanumeric() || c == '_';
    lower
        .match_indices(&fragment.text)
        .take(40)
        .any(|(at, found)| {
            let (before, after) = (&lower[..at], &lower[at + found.len()..]);
            if fragment.begins {
                !before.ends_with(part) && goes_on(before, after)
            } else {
                !after.starts_with(part) && came_before(before)
            }
        })
}

/// A name that is broken off goes on: `title_#{x}`, `hits_%d`, `"title_" + x`.
fn goes_on(before: &str, after: &str) -> bool {
    // `LIKE 'title_%'` ends the pattern, `title_%s` goes on
    let directive = after.strip_prefix('%').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '(' | '0'..='9'))
    });
    if directive
        || after.starts_with(['{', '$'])
        || after.starts_with("#{")
        || after.starts_with("\\(")
    {
        return true;
    }
    let Some(behind) = after.strip_prefix(['"', '\'', '`']) else {
        return false;
    };
    let behind = behind.trim_start();
    let called = ["concat", "sprint", "join", "format!(", "strcat"]
        .iter()
        .any(|call| before.contains(call));
    ["+", "||", "<>", "&", "~", ".."]
        .iter()
        .any(|sign| behind.starts_with(sign))
        // PHP joins with a point; elsewhere a point calls a method
        || behind.strip_prefix('.').is_some_and(|rest| {
            rest.trim_start().starts_with(['$', '(']) || rest.starts_with("concat")
        })
        || called && behind.starts_with(',')
}

/// Something is put in before the end of a name: `#{x}_fr`, `x + "_fr"`.
fn came_before(before: &str) -> bool {
    if before.ends_with('}') || ["%s", "%d", "%v"].iter().any(|sign| before.ends_with(sign)) {
        return true;
    }
    if before.ends_with(')') {
        return before.contains("\\(");
    }
    let Some(outside) = before.strip_suffix(['"', '\'', '`']) else {
        return false;
    };
    let outside = outside.trim_end();
    ["+", "||", "<>", "&", "~", "."]
        .iter()
        .any(|sign| outside.ends_with(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_put_together_where_something_is_put_in_beside_its_part() {
        let joined = |text: &str, name: &str| {
            list_fragments(name)
                .iter()
                .any(|fragment| is_joined(text, fragment))
        };
        for text in [
            "column := \"title_\" + lang",
            "$column = \"title_{$lang}\";",
            "$column = 'title_' . $lang;",
            "q = f\"SELECT title_{lang} FROM article\"",
            "order(\"title_#{locale}\")",
            "`title_${lang}`",
            "\"title_$lang\"",
            "fmt.Sprintf(\"SELECT title_%s FROM a\", l)",
            "format!(\"title_{}\", lang)",
            ":\"title_#{lang}\"",
            "concat('title_', lang)",
            "field <> \"_fr\"",
            "\"#{field}_fr\"",
            "fmt.Sprintf(\"%s_fr\", field)",
        ] {
            assert!(joined(text, "title_fr"), "{text}");
        }
        for text in [
            "\"title_de\"",
            "name.startsWith(\"title_\")",
            "LIKE 'title_%'",
            "subtitle_{}",
            "x = title_",
            "\"_french\" + x",
            "[\"title_\", \"note_\"]",
        ] {
            assert!(!joined(text, "title_fr"), "{text}");
        }
        assert!(list_fragments("owner_id").iter().all(|part| part.begins));
        assert!(list_fragments("note").is_empty());
    }
}
