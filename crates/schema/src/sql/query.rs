//! Which tables a query names. sqlparser reads it where it can; else the words behind FROM, JOIN,
//! INTO and UPDATE count.

use std::ops::ControlFlow;

use sqlparser::ast::visit_relations;
use sqlparser::dialect as parsers;
use sqlparser::parser::Parser;

use super::super::dialect::Dialect;
use super::super::step::Name;
use super::cursor::unquote_sql;
use super::lex::{SqlTokenKind, split_tokens};

/// Deepest nesting that is parsed; deeper queries are read word by word.
const DEPTH: usize = 40;

/// Longest query that is parsed, in bytes.
const LENGTH: usize = 60_000;

/// Tables and views named in `sql`, in order, each once. Names of WITH queries are left out.
pub fn find_query_tables(sql: &str, dialect: Dialect) -> Vec<Name> {
    // the parser knows where a name is a table; words alone are the fallback for what it refuses
    parse_query_tables(sql, dialect).unwrap_or_else(|| by_words(sql, dialect))
}

fn parse_query_tables(sql: &str, dialect: Dialect) -> Option<Vec<Name>> {
    // a huge view costs the parser seconds, and words find its tables too
    if sql.len() > LENGTH {
        return None;
    }
    let parser: &dyn parsers::Dialect = match dialect {
        Dialect::Postgres => &parsers::PostgreSqlDialect {},
        Dialect::MySql => &parsers::MySqlDialect {},
        Dialect::Sqlite => &parsers::SQLiteDialect {},
        Dialect::Mssql => &parsers::MsSqlDialect {},
        Dialect::ClickHouse => &parsers::ClickHouseDialect {},
        // what no parser was written for is read by the most lenient one
        Dialect::Cassandra | Dialect::Unknown => &parsers::GenericDialect {},
    };
    let sql = sql.trim().strip_prefix("AS ").unwrap_or(sql.trim());
    let statements = Parser::new(parser)
        .with_recursion_limit(DEPTH)
        .try_with_sql(sql)
        .ok()?
        .parse_statements()
        .ok()?;
    // names of WITH look like tables and are queries
    let ctes = cte_names(sql, dialect);
    let mut out: Vec<Name> = Vec::new();
    let _ = visit_relations(&statements, |relation| {
        let name = Name::new(&relation.to_string());
        if !ctes.contains(&name.key()) && !out.contains(&name) {
            out.push(name);
        }
        ControlFlow::<()>::Continue(())
    });
    Some(out)
}

fn cte_names(sql: &str, dialect: Dialect) -> Vec<String> {
    let all = split_tokens(sql, dialect);
    let raw = |at: usize| all.get(at).map_or("", |token| &sql[token.start..token.end]);
    (0..all.len())
        .filter(|&at| {
            raw(at + 1).eq_ignore_ascii_case("AS")
                && (raw(at + 2) == "(" || raw(at + 3) == "(" || raw(at + 4) == "(")
        })
        .filter(|&at| {
            at == 0
                || matches!(
                    raw(at - 1).to_ascii_uppercase().as_str(),
                    "WITH" | "RECURSIVE" | ","
                )
        })
        .map(|at| unquote_sql(raw(at)).to_lowercase())
        .collect()
}

fn by_words(sql: &str, dialect: Dialect) -> Vec<Name> {
    let all = split_tokens(sql, dialect);
    let ctes = cte_names(sql, dialect);
    let mut out: Vec<Name> = Vec::new();
    for at in 0..all.len() {
        let token = all[at];
        if token.kind != SqlTokenKind::Word
            || !matches!(
                sql[token.start..token.end].to_ascii_uppercase().as_str(),
                "FROM" | "JOIN" | "INTO" | "UPDATE"
            )
        {
            continue;
        }
        // `IS DISTINCT FROM` compares, `extract(day FROM at)` takes a part.
        let before = |back: usize| {
            at.checked_sub(back)
                .map_or("", |at| &sql[all[at].start..all[at].end])
                .to_ascii_uppercase()
        };
        if before(1) == "DISTINCT"
            || (before(2) == "("
                && matches!(
                    before(3).as_str(),
                    "EXTRACT" | "SUBSTRING" | "TRIM" | "OVERLAY" | "POSITION"
                ))
        {
            continue;
        }
        let mut parts = Vec::new();
        let mut next = at + 1;
        while let Some(part) = all
            .get(next)
            .filter(|part| matches!(part.kind, SqlTokenKind::Word | SqlTokenKind::Quoted))
        {
            parts.push(unquote_sql(&sql[part.start..part.end]));
            if all
                .get(next + 1)
                .is_none_or(|dot| &sql[dot.start..dot.end] != ".")
            {
                break;
            }
            next += 2;
        }
        let name = Name::from_parts(parts);
        let keyword = matches!(
            name.name.to_ascii_uppercase().as_str(),
            "SELECT" | "SET" | "LATERAL" | "ONLY" | ""
        );
        if !keyword
            // a variable of SQL Server that holds a table
            && !name.name.starts_with('@')
            && !ctes.contains(&name.key())
            && !out.contains(&name)
        {
            out.push(name);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subqueries_count_and_with_names_do_not() {
        let names = |sql: &str| {
            find_query_tables(sql, Dialect::Postgres)
                .iter()
                .map(Name::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(
                "WITH x AS (SELECT * FROM a) SELECT * FROM x JOIN b ON b.id IN (SELECT id FROM s.c)"
            ),
            ["a", "b", "s.c"]
        );
        assert_eq!(names("SELECT * FROM a JOIN b ON (((broken"), ["a", "b"]);
        assert_eq!(
            names("BEGIN UPDATE a SET x = extract(day FROM at) WHERE a.x IS DISTINCT FROM b.x"),
            ["a"]
        );
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = format!(
            "SELECT {}1{} FROM t",
            "(".repeat(10_000),
            ")".repeat(10_000)
        );
        assert_eq!(
            find_query_tables(&deep, Dialect::Postgres),
            [Name::new("t")]
        );
    }
}
