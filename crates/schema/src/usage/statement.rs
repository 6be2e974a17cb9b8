//! Questions about whole statements of old code: what it deletes, which rows it writes without
//! naming columns, which names would become ambiguous.

use std::collections::{BTreeMap, BTreeSet};

use super::super::step::Name;
use super::{PreviousUsage, collect_ranked_evidence, forms};
use model::{Evidence, Hit};

/// Most files that are read for one question.
const FILES: usize = 100;

/// A statement reaches at most this many lines above and below a mention of its table.
const AROUND: usize = 25;

/// Small letters, without quotes of any database, blanks collapsed.
fn normalize_statement_text(text: &str) -> String {
    let bare: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '"' | '\'' | '`' | '[' | ']'))
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The word stands in the text, and nothing of a name is before or behind it.
fn bare_words(text: &str, word: &str) -> impl Iterator<Item = usize> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    text.match_indices(word)
        .filter(move |(at, _)| {
            !text[..*at].chars().next_back().is_some_and(part)
                && !text[at + word.len()..].chars().next().is_some_and(part)
        })
        .map(|(at, _)| at)
        .collect::<Vec<_>>()
        .into_iter()
}

impl<'a> PreviousUsage<'a> {
    /// Places that name the table, in code.
    fn places(&self, table: &Name) -> Vec<&Hit> {
        self.of(&table.name.to_lowercase())
            .filter(|hit| !forms::defines_in_sql(hit))
            .collect()
    }

    /// Where old code deletes rows of the table.
    pub fn deletes(&self, table: &Name) -> Vec<Evidence> {
        let name = table.name.to_lowercase();
        let signs = [
            format!("delete from {name}"),
            format!("delete from only {name}"),
            format!("delete from public.{name}"),
            format!("delete from dbo.{name}"),
        ];
        let found = self.places(table).into_iter().filter(|hit| {
            let text = normalize_statement_text(&hit.text);
            signs
                .iter()
                .any(|sign| bare_words(&text, sign).next().is_some())
        });
        collect_ranked_evidence(found.collect())
    }

    /// Where old code writes rows of the table and names no columns.
    pub fn inserts_without_columns(&self, table: &Name) -> Vec<Evidence> {
        let name = table.name.to_lowercase();
        let signs: Vec<String> = ["", "public.", "dbo."]
            .iter()
            .flat_map(|schema| {
                ["values", "select"].map(|word| format!("into {schema}{name} {word}"))
            })
            .collect();
        let mut texts: BTreeMap<&str, Option<String>> = BTreeMap::new();
        let mut found = Vec::new();
        for hit in self
            .places(table)
            .into_iter()
            .filter(|hit| hit.text.to_lowercase().contains("into"))
        {
            let mut text = normalize_statement_text(&hit.text);
            if text.ends_with(&name) && texts.len() < FILES {
                // The statement goes on in the next line.
                let whole = texts
                    .entry(hit.path.as_str())
                    .or_insert_with(|| self.tree.read_text(&hit.path).ok());
                text.push(' ');
                text.push_str(&normalize_statement_text(
                    whole
                        .as_deref()
                        .and_then(|whole| whole.lines().nth(hit.line))
                        .unwrap_or_default(),
                ));
            }
            if signs
                .iter()
                .any(|sign| bare_words(&text, sign).next().is_some())
            {
                found.push(hit);
            }
        }
        collect_ranked_evidence(found)
    }

    /// Where old code writes rows of the table with a list of columns that lacks one.
    pub fn inserts_without(&self, table: &Name, column: &str) -> Vec<Evidence> {
        self.inserts(table, column).1
    }

    /// Old code writes rows of the table, and gives the column in each of them.
    pub fn always_given(&self, table: &Name, column: &str) -> bool {
        let (with, without) = self.inserts(table, column);
        !with.is_empty() && without.is_empty() && self.inserts_without_columns(table).is_empty()
    }

    /// Where old code writes rows with a list of columns that has the column, and with one that
    /// lacks it.
    fn inserts(&self, table: &Name, column: &str) -> (Vec<Evidence>, Vec<Evidence>) {
        let name = table.name.to_lowercase();
        let signs: Vec<String> = ["", "public.", "dbo."]
            .iter()
            .map(|schema| format!("into {schema}{name}"))
            .collect();
        let mut texts: BTreeMap<&str, Option<String>> = BTreeMap::new();
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for hit in self
            .places(table)
            .into_iter()
            .filter(|hit| hit.text.to_lowercase().contains("into"))
        {
            if texts.len() >= FILES && !texts.contains_key(hit.path.as_str()) {
                break;
            }
            let whole = texts
                .entry(hit.path.as_str())
                .or_insert_with(|| self.tree.read_text(&hit.path).ok());
            let Some(whole) = whole else { continue };
            let text = normalize_statement_text(
                &whole
                    .lines()
                    .skip(hit.line.saturating_sub(1))
                    .take(AROUND)
                    .collect::<Vec<_>>()
                    .join(" "),
            );
            let Some(at) = signs
                .iter()
                .find_map(|sign| bare_words(&text, sign).next().map(|at| at + sign.len()))
            else {
                continue;
            };
            let Some((list, _)) = text
                .get(at..)
                .and_then(|rest| rest.trim_start().strip_prefix('('))
                .and_then(|rest| rest.split_once(')'))
            else {
                continue;
            };
            // A list that is put together while the program runs holds more than can be read.
            let listed: Vec<&str> = list.split(',').map(str::trim).collect();
            let read = listed.iter().all(|word| {
                !word.is_empty()
                    && word
                        .chars()
                        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
            });
            if listed.contains(&column.to_lowercase().as_str()) {
                with.push(hit);
            } else if read {
                without.push(hit);
            }
        }
        (
            collect_ranked_evidence(with),
            collect_ranked_evidence(without),
        )
    }

    /// Where old code joins the table with one of the others, and names the column without saying
    /// whose it is.
    pub fn ambiguous(
        &self,
        table: &Name,
        column: &str,
        others: &BTreeSet<String>,
    ) -> Vec<Evidence> {
        let column = column.to_lowercase();
        let mut texts: BTreeMap<&str, Option<Vec<String>>> = BTreeMap::new();
        let mut found = Vec::new();
        for hit in self.places(table) {
            if texts.len() >= FILES && !texts.contains_key(hit.path.as_str()) {
                break;
            }
            let lines = texts.entry(hit.path.as_str()).or_insert_with(|| {
                let text = self.tree.read_text(&hit.path).ok()?;
                Some(text.lines().map(str::to_lowercase).collect())
            });
            let Some(lines) = lines else { continue };
            if read_statement_around(lines, hit.line).is_some_and(|text| {
                let text = normalize_statement_text(&text);
                text.contains(" join ")
                    && others
                        .iter()
                        .any(|other| bare_words(&text, other).next().is_some())
                    && bare_words(&text, &column).any(|at| !text[..at].trim_end().ends_with(" as"))
            }) {
                found.push(hit);
            }
        }
        collect_ranked_evidence(found)
    }
}

/// The statement around a line: from the last `select`, `update` or `delete` to its end.
fn read_statement_around(lines: &[String], line: usize) -> Option<String> {
    let at = line.checked_sub(1)?;
    let opens = |text: &str| {
        ["select ", "update ", "delete ", "with "]
            .iter()
            .filter_map(|word| text.rfind(word))
            .min()
    };
    let start = (at.saturating_sub(AROUND)..=at).rev().find(|&at| {
        lines
            .get(at)
            .is_some_and(|text| opens(text).is_some() || text.trim_end().ends_with("select"))
    })?;
    let first = lines.get(start)?;
    let mut text = first.get(opens(first).unwrap_or_default()..)?.to_owned();
    for next in lines.get(start + 1..)?.iter().take(2 * AROUND) {
        if is_statement_end(&text) {
            break;
        }
        text.push(' ');
        text.push_str(next);
    }
    Some(text)
}

/// The text of a statement has come to its end, or to the end of the string around it.
fn is_statement_end(text: &str) -> bool {
    let text = text.trim_end();
    text.ends_with(';')
        || ["\"\"\"", "\")", "')", "`)", "\",", "',", "`,", "\";", "`;"]
            .iter()
            .any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_reaches_over_lines() {
        let lines: Vec<String> = [
            "x = \"\"\"",
            "select state",
            "from orders",
            "join parcels on true",
            "\"\"\"",
            "other",
        ]
        .iter()
        .map(|line| (*line).to_owned())
        .collect();
        let text = read_statement_around(&lines, 4).unwrap_or_default();
        assert!(
            text.contains("select state")
                && text.contains("join parcels")
                && !text.contains("other"),
            "{text}"
        );
    }

    #[test]
    fn names_are_bare_where_no_table_stands_before_them() {
        assert_eq!(
            bare_words("select o.state, state_id from orders o", "state").count(),
            0
        );
        assert_eq!(bare_words("select state from orders", "state").count(), 1);
    }
}
