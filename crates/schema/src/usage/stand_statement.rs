//! Where a word stands in a statement of SQL.

use super::sought::{SoughtObject, Stand};

/// Calls beside which a string is a part of a statement.
pub(super) const STATEMENT_SIGNS: [&str; 24] = [
    "where",
    "order",
    "select",
    "group",
    "having",
    "pluck",
    "raw(",
    "literal(",
    "column",
    "joins",
    "sql",
    "filter",
    "query",
    "exec",
    "find_by",
    "sum(",
    "count(",
    "max(",
    "min(",
    "fragment(",
    "text(",
    "on(",
    "set(",
    "returning",
];

/// The text ends inside of `#{`.
pub(super) fn is_inside_interpolation(before: &str) -> bool {
    before
        .rfind("#{")
        .is_some_and(|open| !before[open..].contains('}'))
}

/// The text is a statement of SQL, or the beginning or the end of one. In small letters.
pub fn is_sql_statement(lower: &str) -> bool {
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        // a statement of thousands of rows is told by its beginning
        .take(400)
        .collect();
    let has = |word: &str| words.contains(&word);
    let pair = |first: &str, second: &str| words.windows(2).any(|pair| pair == [first, second]);
    let first = words.first().copied().unwrap_or_default();
    has("select") && (has("from") || first == "select")
        || pair("insert", "into")
        || pair("replace", "into")
        || pair("delete", "from")
        || first == "update" && has("set")
        || has("update") && has("set") && has("where")
        // `from` alone begins an import of Python too
        || first == "from" && words.len() > 1 && (has("where") || has("join") || words.len() < 5)
        || (pair("left", "join") || pair("inner", "join") || first == "join") && has("on")
        || matches!(
            first,
            "merge" | "truncate" | "copy" | "call" | "exec" | "execute"
        ) && words.len() > 1
            && words.len() < 200
        || pair("alter", "table")
        || pair("create", "table")
        || pair("materialized", "view")
        || first == "insert" && has("values")
        || first == "where" && lower.contains(['=', '?', '<'])
        || pair("order", "by")
        || pair("group", "by")
        || first == "into" && words.len() > 1
}

/// A name inside a statement. In small letters.
pub(super) fn in_statement(sql: &str, at: usize, word: &str, sought: SoughtObject<'_>) -> Stand {
    let before = sql.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.contains("--")
        || before.rfind("/*").is_some_and(|open| {
            !before[open..].contains("*/") && !before[open..].starts_with("/*+")
        })
    {
        return Stand::Not;
    }
    // between the quotes of a value
    if before.matches('\'').count() % 2 == 1 && !sql.contains("\\'") {
        return Stand::Hint;
    }
    match sought {
        SoughtObject::Table => {
            let after = sql
                .get(at + word.len()..)
                .unwrap_or_default()
                .trim_start_matches(['"', '`', ']', '_', 's']);
            let mut words = before
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !word.is_empty())
                .rev()
                .take(200);
            let opens = [
                "from",
                "join",
                "into",
                "update",
                "table",
                "using",
                "truncate",
                "copy",
                "only",
                "exists",
                "call",
                "exec",
                "execute",
                "view",
                "delete",
                "references",
                "perform",
                "merge",
            ];
            let ends = [
                "select",
                "where",
                "set",
                "on",
                "by",
                "values",
                "and",
                "or",
                "having",
                "when",
                "then",
                "returning",
                "as",
                "limit",
                "case",
                "distinct",
            ];
            let keyword = words.find(|word| opens.contains(word) || ends.contains(word));
            let named = keyword.is_some_and(|word| opens.contains(&word))
                || after.starts_with('.')
                || after.starts_with('(');
            if named { Stand::Proven } else { Stand::Hint }
        }
        SoughtObject::Column(tables) => {
            let named = list_named_relations(sql);
            // `SELECT depth FROM lakes` names a column of another table
            let other = !named.is_empty()
                && !named
                    .iter()
                    .any(|name| tables.contains(*name) || name.starts_with(['$', '%', '{', ':']))
                && !sql.contains(['$', '{', '%']);
            // a view or a subquery may stand between
            if other { Stand::Hint } else { Stand::Proven }
        }
    }
}

/// Names behind `from`, `join`, `into` and `update`, without schema and quotes.
pub(super) fn list_named_relations(sql: &str) -> Vec<&str> {
    let mut words = sql.split_whitespace().peekable();
    let mut out = Vec::new();
    while let Some(word) = words.next() {
        if matches!(
            word.trim_start_matches('('),
            "from" | "join" | "into" | "update"
        ) && let Some(next) = words.peek()
        {
            let name = next.split(['(', ';', ',']).next().unwrap_or_default();
            let name = name
                .rsplit('.')
                .next()
                .unwrap_or(name)
                .trim_matches(['"', '`', '[', ']', '\'', ')', ';', ',', '\\']);
            if !name.is_empty() && name != "select" {
                out.push(name);
            }
        }
        if out.len() > 100 {
            break;
        }
    }
    out
}
