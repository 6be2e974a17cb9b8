//! Questions about whole statements of old code: what it deletes, which rows it writes without
//! naming columns, which names would become ambiguous.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::super::step::Name;
use super::{PreviousUsage, collect_ranked_evidence, forms};
use model::{Evidence, Hit};

/// Most files that are read for one question.
pub(super) const FILES: usize = 100;

/// A statement reaches at most this many lines above and below a mention of its table.
pub(super) const AROUND: usize = 25;

/// Answers about whole tables, by the table's key.
#[derive(Default)]
pub(super) struct AnsweredOfTables {
    deletes: BTreeMap<(String, bool), Vec<Evidence>>,
    whole_rows: BTreeMap<String, (Vec<Evidence>, Vec<Evidence>)>,
}

/// Small letters, without quotes of any database, blanks collapsed.
pub(super) fn normalize_statement_text(text: &str) -> String {
    let bare: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '"' | '\'' | '`' | '[' | ']'))
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The word stands in the text, and nothing of a name is before or behind it.
pub(super) fn bare_words(text: &str, word: &str) -> impl Iterator<Item = usize> {
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

/// Whether a statement, in small letters, adds rows to a table. One that takes rows of it for
/// another table does not.
pub(super) fn adds_rows_to(text: &str, table: &str) -> bool {
    let adds = ["insert", "replace", "merge", "copy", "upsert"]
        .iter()
        .any(|word| text.contains(word));
    // of two statements each may do something else
    if !adds || text.trim_end().trim_end_matches(';').contains(';') {
        return adds;
    }
    let table = table.to_lowercase();
    let mut targets = text
        .split_whitespace()
        .skip_while(|word| *word != "into")
        .peekable();
    let mut into_another = false;
    while let Some(word) = targets.next() {
        if word == "into"
            && let Some(target) = targets.peek()
        {
            let target = target.split('(').next().unwrap_or_default();
            let bare = target.rsplit('.').next().unwrap_or_default();
            if bare.trim_matches(['"', '`', '[', ']', ';']) == table {
                return true;
            }
            into_another = true;
        }
    }
    !into_another
}

impl<'a> PreviousUsage<'a> {
    /// Places that name the table, in code.
    pub(super) fn places(&self, table: &Name) -> Vec<&Hit> {
        self.of(&table.name.to_lowercase())
            .filter(|hit| !forms::defines_in_sql(hit) && !self.is_of_other_service(hit, table))
            .collect()
    }

    /// Where old code deletes rows of the table, by a statement or by a call of its model.
    pub fn deletes(&self, table: &Name, models: bool) -> Vec<Evidence> {
        let key = (table.key(), models);
        if let Some(known) = self.answered.borrow().deletes.get(&key) {
            return known.clone();
        }
        let found = self.find_deletes(table, models);
        let mut answered = self.answered.borrow_mut();
        answered.deletes.insert(key, found.clone());
        found
    }

    fn find_deletes(&self, table: &Name, models: bool) -> Vec<Evidence> {
        let stated = self.deletes_by_statement(table);
        // a statement is the surer place, so calls of models are looked at only without one
        if stated.is_empty() {
            self.deletes_by_call(table, models)
        } else {
            stated
        }
    }

    /// `Order.where(..).destroy_all`, `Jar.objects.filter(..).delete()`, `_context.Orders.Remove(..)`:
    /// the model and the call on one line.
    fn deletes_by_call(&self, table: &Name, models: bool) -> Vec<Evidence> {
        let Some(call) = DELETING_CALL.as_ref() else {
            return Vec::new();
        };
        let mut found: Vec<&Hit> = Vec::new();
        let mut within: Vec<Evidence> = Vec::new();
        for form in forms::list_table_spellings(&table.name, models) {
            let hits = || {
                self.of(&form)
                    .filter(|hit| {
                        has_models_that_delete(&hit.path) && !self.is_of_other_service(hit, table)
                    })
                    .take(FILES)
            };
            within.extend(hits().filter_map(|hit| self.deletes_in_model(hit, &form, call)));
            found.extend(hits().filter(|hit| is_deleted_on_line(&hit.text, &form, call)));
        }
        let mut places = collect_ranked_evidence(found);
        places.extend(within);
        places
    }

    /// `class Order < ApplicationRecord` with `where(..).destroy_all` in it: the model deletes rows
    /// of its own.
    fn deletes_in_model(&self, hit: &Hit, form: &str, call: &Regex) -> Option<Evidence> {
        let text = hit.text.to_lowercase();
        if !text.trim_start().starts_with("class ") || !forms::stands_alone(&text, form) {
            return None;
        }
        let whole = self.tree.read_text(&hit.path).ok()?;
        let own = |line: &str| {
            let line = line.trim_start();
            let query = ["where(", "all.", "self.", "objects.", "unscoped."]
                .iter()
                .any(|start| line.contains(start));
            line.len() < 1_000 && query && !line.starts_with("def ") && call.is_match(line)
        };
        let (index, line) = whole
            .lines()
            .enumerate()
            .skip(hit.line)
            .take(500)
            .find(|(_, line)| own(line))?;
        Some(Evidence::at(hit.path.as_str(), index + 1).with_excerpt(line.trim()))
    }

    /// Where a statement of old code deletes rows of the table.
    pub fn deletes_by_statement(&self, table: &Name) -> Vec<Evidence> {
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

    /// Where old code refreshes a materialized view beside its readers.
    pub fn refreshes_beside(&self, view: &Name) -> Vec<Evidence> {
        let name = view.name.to_lowercase();
        let found = self.of(&name).filter(|hit| {
            let text = normalize_statement_text(&hit.text);
            text.contains("refresh materialized view") && text.contains("concurrently")
        });
        collect_ranked_evidence(found.collect())
    }

    /// A model of the table says itself which column holds the class of a row.
    pub fn names_inheritance_column(&self, table: &Name) -> bool {
        let mut files: BTreeSet<&str> = BTreeSet::new();
        for form in forms::list_table_spellings(&table.name, false) {
            files.extend(self.of(&form).map(|hit| hit.path.as_str()));
        }
        // only Rails has a column for the class of a row by its name
        let rubies = files.into_iter().filter(|path| path.ends_with(".rb"));
        rubies.take(FILES).any(|path| {
            self.tree
                .read_text(path)
                .is_ok_and(|text| text.contains("inheritance_column"))
        })
    }

    /// Where old code takes every column of the table: in statements that the database refuses when
    /// the number differs, and in programs that read a row into a fixed number of variables.
    pub fn reads_whole_rows(&self, table: &Name) -> (Vec<Evidence>, Vec<Evidence>) {
        let key = table.key();
        if let Some(known) = self.answered.borrow().whole_rows.get(&key) {
            return known.clone();
        }
        let found = self.find_whole_rows(table);
        let mut answered = self.answered.borrow_mut();
        answered.whole_rows.insert(key, found.clone());
        found
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
            // a statement may be broken behind the name of its table
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
                || ends_at_table(&hit.text, &name)
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

    /// Old code writes rows of the table, and gives a column that it knows in each of them: by its
    /// name, or by its place.
    pub fn always_given_somehow(&self, table: &Name, column: &str) -> bool {
        let (with, without) = self.inserts(table, column);
        without.is_empty() && !(with.is_empty() && self.inserts_without_columns(table).is_empty())
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

    /// Where old code writes rows of the table unless they break any rule of uniqueness, or in place
    /// of those that do, without saying which rule.
    pub fn writes_unless_there(&self, table: &Name) -> Vec<Evidence> {
        let name = table.name.to_lowercase();
        let signs: Vec<String> = ["", "public."]
            .iter()
            .flat_map(|schema| {
                ["or ignore", "or replace", "ignore", "replace"]
                    .map(|verb| format!("{verb} into {schema}{name}"))
            })
            .collect();
        let mut texts: BTreeMap<&str, Option<String>> = BTreeMap::new();
        let mut found = Vec::new();
        for hit in self.places(table) {
            if !hit.text.to_lowercase().contains("into") {
                continue;
            }
            if texts.len() >= FILES && !texts.contains_key(hit.path.as_str()) {
                break;
            }
            let whole = texts
                .entry(hit.path.as_str())
                .or_insert_with(|| self.tree.read_text(&hit.path).ok());
            let Some(whole) = whole else { continue };
            let lines = whole.lines().skip(hit.line.saturating_sub(1)).take(AROUND);
            let text = normalize_statement_text(&lines.collect::<Vec<_>>().join(" "));
            let any_rule = signs
                .iter()
                .any(|sign| bare_words(&text, sign).next().is_some())
                || bare_words(&text, &format!("into {name}")).any(|at| {
                    // up to the next statement
                    let rest = text.get(at + "into ".len()..).unwrap_or_default();
                    let end = [" into ", ";", " delete from ", " update "]
                        .iter()
                        .filter_map(|sign| rest.find(sign))
                        .min();
                    let own = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                    // MySQL names no rule: whichever a row breaks
                    own.contains("on conflict do nothing") || own.ends_with("on duplicate key")
                });
            if any_rule {
                found.push(hit);
            }
        }
        found.extend(self.builders_unless_there(table));
        collect_ranked_evidence(found)
    }

    /// Where old code joins the table by all columns that both sides have.
    pub fn joins_naturally(&self, table: &Name) -> Vec<Evidence> {
        let found = self.places(table).into_iter().filter(|hit| {
            let text = normalize_statement_text(&hit.text);
            ["natural join ", "natural left ", "natural inner "]
                .iter()
                .any(|sign| text.contains(sign))
        });
        collect_ranked_evidence(found.collect())
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
                    // a name behind AS is made by the statement itself
                    && bare_words(&text, &column).any(|at| !text[..at].trim_end().ends_with(" as"))
            }) {
                found.push(hit);
            }
        }
        collect_ranked_evidence(found)
    }
}

/// Languages whose models run on the server; a page that asks for a deletion goes through one of
/// them.
fn has_models_that_delete(path: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    matches!(
        end,
        "rb" | "py" | "php" | "cs" | "java" | "kt" | "ex" | "exs" | "scala"
    )
}

/// The model stands before the call, in one chain of calls.
fn is_deleted_on_line(text: &str, form: &str, call: &Regex) -> bool {
    // a minified line holds everything
    if text.len() > 1_000 {
        return false;
    }
    let lower = text.to_lowercase();
    call.find_iter(text).any(|found| {
        let head = lower.get(..found.start()).unwrap_or_default();
        head.rmatch_indices(form).any(|(at, _)| {
            let part = |c: char| c.is_alphanumeric() || c == '_';
            let behind = &head[at + form.len()..];
            !head[..at].chars().next_back().is_some_and(part)
                && !behind.contains([';', '{', '}'])
                // `OrderRepository` and `Orders` stand for the model as well
                && ["", "s", "set", "repository"].iter().any(|end| {
                    behind
                        .strip_prefix(end)
                        .is_some_and(|rest| !rest.chars().next().is_some_and(part))
                })
        })
    })
}

/// Calls by which frameworks delete rows.
/// `"INSERT INTO events"`: the statement ends at the table, and a driver adds the rows by place.
/// What is put behind it by the program may name columns.
fn ends_at_table(text: &str, name: &str) -> bool {
    let lower = text.to_lowercase();
    ["", "public.", "dbo."].iter().any(|schema| {
        let sign = format!("into {schema}{name}");
        lower.match_indices(&sign).any(|(at, _)| {
            let rest = lower.get(at + sign.len()..).unwrap_or_default();
            let rest = rest.trim_start();
            let Some(behind) = rest.strip_prefix(['"', '\'', '`']) else {
                return false;
            };
            let joined = ["+", "||", ".", "<>", "&", "\\"];
            let behind = behind.trim_start();
            !behind.is_empty() && !joined.iter().any(|sign| behind.starts_with(sign))
        })
    })
}

static DELETING_CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:\.|->|::)(?:delete|destroy|delete_all|destroy_all|delete_by|destroy_by|deleteMany|deleteAll\w*|deleteBy\w*|deleteOne|Delete|DeleteAsync|ExecuteDelete\w*|Remove|RemoveRange|forceDelete|truncate)[!?]?\s*(?:\(|\)|;|\.|$)",
    )
    .ok()
});

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
    fn rows_are_added_to_the_table_behind_into() {
        for (text, adds) in [
            ("insert into orders (id) values (1)", true),
            ("insert into \"public\".\"orders\"(id) values (1)", true),
            ("replace orders values (1)", true),
            ("insert into archive select * from orders", false),
            ("merge into archive using orders on true", false),
            (
                "insert into log values (1); replace orders values (1)",
                true,
            ),
            ("select id from orders", false),
            ("update orders set id = 1", false),
        ] {
            assert_eq!(adds_rows_to(text, "orders"), adds, "{text}");
        }
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
