//! Statements in new program text that rewrite rows on their own: an UPDATE or DELETE whose
//! condition is bound to no key of a request, and walks through all rows that save each of them. No
//! migration runs them, so that "no migration rewrites rows" says nothing about them.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::usage::{ProgramText, is_code};
use coverage::ReleaseRange;
use coverage::changed_lines::ChangedLines;
use coverage::ledger::{is_live, is_vendored};
use model::{Evidence, FileChange, FileStatus};

/// Longest file that is looked at, in bytes.
const FILE: usize = 2 * 1024 * 1024;

/// Most places that are kept.
const SHOWN: usize = 12;

/// Most statements of one file that are looked at.
const STATEMENTS: usize = 200;

/// Longest statement that is read, in bytes.
const STATEMENT: usize = 4_000;

/// Lines below the head of a walk in which its rows are saved.
const WALK: usize = 14;

/// Most places of a name in the previous release that are looked for.
const HITS: usize = 20;

/// A place that rewrites rows.
#[derive(Debug, Clone, PartialEq)]
pub struct RowRewrite {
    /// Where it stands in the newer release.
    pub place: Evidence,
    /// The table, or the class that stands for it.
    pub of: String,
}

static STATEMENT_HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)\b(?:update\s+(?:only\s+)?([a-z0-9_."`\[\]]+)\s+(?:as\s+)?(?:[a-z0-9_]+\s+)?set\s|delete\s+from\s+(?:only\s+)?([a-z0-9_."`\[\]]+))"#,
    )
    .ok()
});

/// `Customer::query()->chunkById(`, `Order.find_each do`, `Jar.objects.iterator()`.
static WALK_HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b([A-Z][A-Za-z0-9_]+)(?:::|\.|->)[^;\n]*?(?:chunkById|chunk|lazyById|find_each|find_in_batches|in_batches|each_batch|iterator|eachById)\b",
    )
    .ok()
});

/// Calls that store the row that a walk has in hand, in small letters.
const SAVES: [&str; 8] = [
    "save(",
    ".save",
    "save!",
    "->update(",
    ".update(",
    "update!",
    "update_all",
    "update_column",
];

/// Where new program text of the range rewrites rows of what the previous release names; files in
/// `claimed` are migrations and judged as such.
pub fn find_row_rewrites(range: &ReleaseRange<'_>, claimed: &HashSet<&str>) -> Vec<RowRewrite> {
    let mut found = Vec::new();
    let program = range.changes.iter().filter(|change| {
        // a file that is a migration is judged by its steps, and would be told twice
        change.status != FileStatus::Deleted
            && !claimed.contains(change.path.as_str())
            && is_code(&change.path)
            && is_live(&change.path)
            && !is_vendored(&change.path)
    });
    for change in program {
        read_file(range, change, &mut found);
        // what is found is a hint; the first places are enough for a person to look
        if found.len() >= SHOWN * 4 {
            break;
        }
    }
    let names: Vec<String> = found
        .iter()
        .map(|rewrite: &RowRewrite| rewrite.of.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    if names.is_empty() {
        return found;
    }
    // rows of a table that previous does not name are nothing to it
    let (hits, _) = range.previous.search_many(&names, true, HITS, &is_code);
    let known: BTreeSet<&str> = hits
        .iter()
        .filter_map(|hit| names.get(hit.word))
        .map(String::as_str)
        .collect();
    found.retain(|rewrite| known.contains(rewrite.of.as_str()));
    found.truncate(SHOWN);
    found
}

fn read_file(range: &ReleaseRange<'_>, change: &FileChange, found: &mut Vec<RowRewrite>) {
    let Ok(text) = range.current.read_text(&change.path) else {
        return;
    };
    let statements = STATEMENT_HEAD.as_ref();
    let walks = WALK_HEAD.as_ref();
    let any = |regex: Option<&Regex>| regex.is_some_and(|regex| regex.is_match(&text));
    // a file without either head is not cut into statements
    if text.len() > FILE || !any(statements) && !any(walks) {
        return;
    }
    let earlier = match change.status {
        FileStatus::Added => None,
        _ => range
            .previous
            .read_text(change.old_path.as_deref().unwrap_or(&change.path))
            .ok(),
    };
    // a statement that stood there before rewrote rows for previous as well
    let differs = ChangedLines::between(earlier.as_deref(), Some(&text));
    let fresh: HashSet<usize> = differs.fresh.iter().map(|(line, _)| *line).collect();
    let program = ProgramText::new(text.clone(), &change.path);
    let line_of = |at: usize| {
        let before = text.as_bytes().get(..at).unwrap_or_default();
        memchr::memchr_iter(b'\n', before).count() + 1
    };
    let excerpt = |line: usize| {
        let text = text.lines().nth(line - 1).unwrap_or_default().trim();
        text.chars().take(200).collect::<String>()
    };
    let mut add = |line: usize, of: &str| {
        // `shop.orders` and `"orders"` name one table
        let bare = of.rsplit('.').next().unwrap_or(of);
        let of = bare.trim_matches(['"', '`', '[', ']', '\\']).to_lowercase();
        if of.len() > 1 {
            found.push(RowRewrite {
                place: Evidence::at(change.path.as_str(), line).with_excerpt(&excerpt(line)),
                of,
            });
        }
    };
    for head in statements
        .into_iter()
        .flat_map(|regex| regex.captures_iter(&text))
        .take(STATEMENTS)
    {
        let (Some(whole), Some(table)) = (head.get(0), head.get(1).or_else(|| head.get(2))) else {
            continue;
        };
        let line = line_of(whole.start());
        if fresh.contains(&line)
            && let Some(statement) = program.statement_from(whole.start(), STATEMENT)
            // a condition with a value from outside is about one request; without one it is about
            // all rows
            && !is_bound(&statement)
            && !removes_expired(&statement)
        {
            add(line, table.as_str());
        }
    }
    for head in walks
        .into_iter()
        .flat_map(|regex| regex.captures_iter(&text))
        .take(STATEMENTS)
    {
        let (Some(whole), Some(class)) = (head.get(0), head.get(1)) else {
            continue;
        };
        // a walk saves its rows a few lines below its head
        let line = line_of(whole.start());
        let saved = text
            .lines()
            .skip(line - 1)
            .take(WALK)
            .any(|line| SAVES.iter().any(|call| line.contains(call)));
        if saved && fresh.contains(&line) && !program.is_comment_line(line) {
            add(line, class.as_str());
        }
    }
}

/// The condition takes a value from outside: the statement is about the rows of a request.
fn is_bound(statement: &str) -> bool {
    let lower = statement.to_lowercase();
    let Some(at) = lower.find("where") else {
        // `UPDATE t SET a = ?` of a whole table, and `DELETE FROM t` whose rest is put in
        return lower.contains(['{', '}']);
    };
    let condition = &lower[at..];
    let placed = [
        "?", "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "%s", "%d", "%v",
    ]
    .iter()
    .chain(&["%(", "#{", "${", "{", "@"])
    .any(|sign| condition.contains(sign));
    // `:id`, and not the cast `id::text`
    let named = condition.match_indices(':').any(|(at, _)| {
        let behind = condition.get(at + 1..).unwrap_or_default();
        let before = condition.get(..at).unwrap_or_default();
        behind.starts_with(|c: char| c.is_ascii_alphabetic()) && !before.ends_with(':')
    });
    placed || named
}

/// Rows whose time is over are removed: what is written from then on is not touched.
fn removes_expired(statement: &str) -> bool {
    let lower = statement.to_lowercase();
    lower.trim_start().starts_with("delete")
        // clearing out old rows changes none that stay
        && [
            "now(",
            "current_timestamp",
            "current_date",
            "getdate",
            "sysdate",
            "'now'",
            "interval",
            "expire",
        ]
        .iter()
        .any(|sign| lower.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_takes_a_value_is_bound() {
        for statement in [
            "UPDATE t SET a = 1 WHERE id = ?",
            "UPDATE t SET a = $1 WHERE id = $2",
            "DELETE FROM t WHERE id = :id",
            "DELETE FROM t WHERE id = %s",
            "UPDATE t SET a = 1 WHERE id = #{id}",
            "UPDATE t SET a = 1 WHERE id = @id",
        ] {
            assert!(is_bound(statement), "{statement}");
        }
        for statement in [
            "UPDATE t SET a = upper(a)",
            "UPDATE t SET a = 1 WHERE length(a::text) < 64",
            "DELETE FROM t WHERE at < now()",
        ] {
            assert!(!is_bound(statement), "{statement}");
        }
        assert!(removes_expired("DELETE FROM t WHERE at < now()"));
        assert!(!removes_expired("DELETE FROM t WHERE kind = 'old'"));
    }
}
