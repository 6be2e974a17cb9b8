//! Statements that change rows.

use super::super::dialect::Dialect;
use super::super::step::{Name, SchemaAction};
use super::cursor::{Cursor, by_comma, text_of, unquote_sql};
use super::lex::{SqlToken, SqlTokenKind};
use super::query;

fn make_unknown_row_change(why: &str) -> SchemaAction {
    SchemaAction::Unknown {
        why: why.to_owned(),
    }
}

/// `INSERT`, `REPLACE`, `COPY`; the cursor stands behind the word.
pub fn parse_insert(
    cursor: &mut Cursor<'_>,
    dialect: Dialect,
    mut overwrites: bool,
) -> SchemaAction {
    if cursor.eat("OR") {
        // SQLite removes the row that stands in the way
        overwrites |= cursor.is(0, "REPLACE");
        cursor.at += 1;
    }
    cursor.eat_any(&["IGNORE", "OVERWRITE", "LOW_PRIORITY", "DELAYED"]);
    cursor.eat("INTO");
    cursor.eat("TABLE");
    let Some(table) = cursor.name() else {
        return make_unknown_row_change("the table's name is missing");
    };
    let mut columns = Vec::new();
    // a query in parentheses is no list of columns
    if cursor.is(0, "(") && !cursor.is(1, "SELECT") && !cursor.is(1, "WITH") {
        let Some(inside) = cursor.group() else {
            return make_unknown_row_change("a parenthesis is never closed");
        };
        columns = by_comma(cursor.text, inside)
            .into_iter()
            .map(|part| unquote_sql(&cursor.text[part[0].start..part[0].end]))
            .collect();
    }
    // ON CONFLICT DO UPDATE of PostgreSQL and SQLite, ON DUPLICATE KEY UPDATE of MySQL
    overwrites |= cursor.find("CONFLICT").is_some_and(|at| {
        cursor.tokens[at..]
            .iter()
            .any(|token| cursor.text[token.start..token.end].eq_ignore_ascii_case("UPDATE"))
    }) || (cursor.find("DUPLICATE").is_some() && cursor.find("KEY").is_some());
    let query = cursor
        .find("SELECT")
        .or_else(|| cursor.find("WITH"))
        .or_else(|| cursor.is(0, "(").then_some(cursor.at));
    // rows that come out of another table keep what was there
    let from = query.map_or_else(Vec::new, |at| {
        query::find_query_tables(&text_of(cursor.text, &cursor.tokens[at..]), dialect)
    });
    SchemaAction::Insert {
        table,
        columns,
        from,
        overwrites,
    }
}

/// `UPDATE`; the cursor stands behind the word.
pub fn parse_update(cursor: &mut Cursor<'_>, dialect: Dialect) -> SchemaAction {
    let text = cursor.text;
    cursor.eat_any(&["ONLY", "LOW_PRIORITY", "IGNORE"]);
    // SQLite writes `UPDATE OR IGNORE`
    if cursor.eat("OR") {
        cursor.at += 1;
    }
    // SQL Server: UPDATE TOP (100) ..
    if cursor.is(0, "TOP") {
        cursor.at += 1;
        cursor.group();
    }
    let Some(first) = cursor.name() else {
        return make_unknown_row_change("the table's name is missing");
    };
    let Some(set) = cursor.find("SET") else {
        return make_unknown_row_change("nothing is set");
    };
    let aliases = find_table_aliases(cursor);
    let end = [
        "WHERE",
        "FROM",
        "RETURNING",
        "ORDER",
        "LIMIT",
        "OPTION",
        "OUTPUT",
    ]
    .iter()
    .filter_map(|word| Cursor { at: set, ..*cursor }.find(word))
    .min()
    .unwrap_or(cursor.tokens.len());
    // `UPDATE o SET .. FROM orders o` changes orders
    let mut table = aliases
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(&first.name))
        .map_or_else(|| first.clone(), |(_, table)| table.clone());
    let mut columns = Vec::new();
    for part in by_comma(text, &cursor.tokens[set + 1..end]) {
        let mut part = Cursor::new(text, part);
        // several columns may be set at once: `(b, c) = (1, 2)`
        if let Some(inside) = part.group() {
            columns.extend(by_comma(text, inside).into_iter().map(|name| {
                unquote_sql(&text[name[name.len() - 1].start..name[name.len() - 1].end])
            }));
        } else if let Some(name) = part.name() {
            // MySQL: UPDATE a JOIN b SET b.c = .. changes b
            if let Some(owner) = &name.schema
                && let Some((_, owned)) = aliases
                    .iter()
                    .find(|(alias, _)| alias.eq_ignore_ascii_case(owner))
            {
                table = owned.clone();
            }
            columns.push(name.name);
        }
    }
    let condition = cursor
        .find("WHERE")
        .map(|at| text_of(text, &cursor.tokens[at..]))
        .unwrap_or_default()
        .to_lowercase();
    // a column that is filled only where it is NULL loses nothing
    let fills_null = !columns.is_empty()
        && columns.iter().all(|column| {
            [
                format!("{} is null", column.to_lowercase()),
                format!("\"{}\" is null", column.to_lowercase()),
                format!("`{}` is null", column.to_lowercase()),
            ]
            .iter()
            .any(|sign| has_sign_of_whole_name(&condition, sign))
        });
    let whole = format!(
        "UPDATE {}",
        text_of(text, &cursor.tokens[cursor.at.saturating_sub(1)..])
    );
    let mut reads = query::find_query_tables(&whole, dialect);
    // its own rows are no other source
    reads.retain(|name| name != &table && name != &first);
    SchemaAction::Update {
        table,
        columns,
        fills_null,
        reads,
    }
}

/// Names given to tables: `FROM orders AS o`, `JOIN users u`.
fn find_table_aliases(cursor: &Cursor<'_>) -> Vec<(String, Name)> {
    let mut out = Vec::new();
    let mut here = Cursor { at: 0, ..*cursor };
    while !here.done() {
        let opens =
            here.is(0, "FROM") || here.is(0, "JOIN") || here.is(0, "UPDATE") || here.is(0, "ONLY");
        here.at += 1;
        if !opens {
            continue;
        }
        let mark = here;
        if let Some(table) = here.name() {
            here.eat("AS");
            let word = here.raw(0).to_ascii_uppercase();
            let is_name = here.token(0).is_some_and(|token| {
                matches!(token.kind, SqlTokenKind::Word | SqlTokenKind::Quoted)
            });
            // a word behind a table that is no keyword is its other name
            if is_name
                && !matches!(
                    word.as_str(),
                    "SET"
                        | "WHERE"
                        | "ON"
                        | "JOIN"
                        | "INNER"
                        | "LEFT"
                        | "RIGHT"
                        | "FULL"
                        | "CROSS"
                        | "ORDER"
                        | "GROUP"
                        | "USING"
                        | "WITH"
                        | "LIMIT"
                        | "FROM"
                )
            {
                out.push((unquote_sql(here.raw(0)), table));
            }
        }
        here = mark;
    }
    out
}

/// `DELETE`; the cursor stands behind the word.
pub fn parse_delete(cursor: &mut Cursor<'_>) -> SchemaAction {
    let named = |table: Option<Name>| {
        table.map_or_else(
            || make_unknown_row_change("the table's name is missing"),
            |table| SchemaAction::Delete { table },
        )
    };
    if cursor.eat("FROM") {
        cursor.eat("ONLY");
        return named(cursor.name());
    }
    // MySQL and SQL Server: DELETE alias FROM table AS alias
    let first = cursor.name();
    let aliases = find_table_aliases(cursor);
    let found = first.as_ref().and_then(|first| {
        aliases
            .iter()
            .find(|(alias, _)| alias.eq_ignore_ascii_case(&first.name))
            .map(|(_, table)| table.clone())
    });
    named(found.or(first))
}

/// `WITH .. INSERT/UPDATE/DELETE/SELECT`: the statement behind the WITH queries, and those inside
/// that change rows.
pub fn split_with_statement<'a>(cursor: &Cursor<'a>) -> Vec<&'a [SqlToken]> {
    let mut out = Vec::new();
    let mut here = *cursor;
    while !here.done() {
        if here.is(0, "(") {
            let Some(inside) = here.group() else { break };
            // PostgreSQL lets the queries of WITH change rows
            if let Some(first) = inside.first()
                && matches!(
                    here.text[first.start..first.end]
                        .to_ascii_uppercase()
                        .as_str(),
                    "INSERT" | "UPDATE" | "DELETE"
                )
            {
                out.push(inside);
            }
            continue;
        }
        // the statement itself stands behind the last query
        if ["INSERT", "UPDATE", "DELETE", "MERGE"]
            .iter()
            .any(|word| here.is(0, word))
        {
            out.push(here.rest_tokens());
            break;
        }
        here.at += 1;
    }
    out
}

/// Whether a condition holds a sign that begins where a name begins: `data is null` says nothing of
/// a column `a`.
fn has_sign_of_whole_name(condition: &str, sign: &str) -> bool {
    condition.match_indices(sign).any(|(at, _)| {
        !condition
            .get(..at)
            .unwrap_or_default()
            .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'))
    })
}
