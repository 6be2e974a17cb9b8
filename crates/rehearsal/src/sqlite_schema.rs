//! The schema of a file of SQLite, read from its pragmas: its own text differs with every way in
//! which a table came to be what it is.

use std::collections::BTreeMap;

use crate::catalogue::{ColumnKind, DatabaseColumn, DatabaseTable, ForeignKey, SchemaObjects};
use crate::connection::Connection;
use crate::fault::StatementFault;
use crate::mark::MARK_TABLE;

/// What a declared type holds, by SQLite's rules and by the words people use.
fn tell_kind(type_name: &str) -> ColumnKind {
    let word = type_name.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|part| word.contains(part));
    if has(&["BOOL"]) {
        ColumnKind::Boolean
    } else if has(&["INT", "SERIAL"]) {
        ColumnKind::Integer(i64::from(i32::MAX))
    } else if has(&["UUID", "GUID"]) {
        ColumnKind::Uuid
    } else if has(&["JSON"]) {
        ColumnKind::Json
    } else if has(&["CHAR", "CLOB", "TEXT", "ENUM"]) {
        ColumnKind::Text
    } else if has(&["DATETIME", "TIMESTAMP"]) {
        ColumnKind::Timestamp
    } else if has(&["DATE"]) {
        ColumnKind::Date
    } else if has(&["TIME"]) {
        ColumnKind::Time
    } else if has(&["BLOB", "BINARY", "BYTEA"]) {
        ColumnKind::Bytes
    } else if has(&["REAL", "FLOA", "DOUB", "NUM", "DEC"]) {
        ColumnKind::Number
    } else if word.is_empty() {
        ColumnKind::Other
    } else {
        ColumnKind::Text
    }
}

/// The number in `varchar(20)`.
fn read_length(type_name: &str) -> Option<usize> {
    let inside = type_name.split_once('(')?.1.split([',', ')']).next()?;
    inside.trim().parse().ok()
}

/// Conditions of a table, from its text: what stands in the brackets behind each CHECK.
pub fn list_rules(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let lower = text.to_ascii_lowercase();
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(found) = lower.get(from..).and_then(|rest| rest.find("check")) {
        let at = from + found + 5;
        from = at;
        let Some(open) = text[at..].find(|c: char| !c.is_whitespace()) else {
            break;
        };
        if bytes.get(at + open) != Some(&b'(') {
            continue;
        }
        let start = at + open + 1;
        let (mut depth, mut quote, mut end) = (1usize, None, start);
        while let Some(&byte) = bytes.get(end) {
            match (quote, byte) {
                (Some(open), byte) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'\'' | b'"' | b'`') => quote = Some(byte),
                (None, b'(') => depth += 1,
                (None, b')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            end += 1;
        }
        out.extend(text.get(start..end).map(str::to_owned));
        from = end;
    }
    out
}

/// A text in which blanks, letters' case outside of strings and quotes of names do not count.
fn fold_definition(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '\'' => {
                inside = !inside;
                out.push(c);
            }
            _ if inside => out.push(c),
            '"' | '`' | '[' | ']' => {}
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.extend(c.to_lowercase()),
        }
    }
    out.trim().replace("( ", "(").replace(" )", ")")
}

/// A table with what its pragmas say.
struct DescribedTable {
    table: DatabaseTable,
    /// Name, type, not null, default, place in the key, hidden, in order.
    columns: Vec<[Option<String>; 6]>,
    text: String,
    options: String,
    indexes: Vec<[Option<String>; 3]>,
    deletes: Vec<String>,
}

fn describe_tables(database: &mut dyn Connection) -> Result<Vec<DescribedTable>, StatementFault> {
    let list = database.rows(&format!(
        "SELECT t.name, t.wr, t.strict, coalesce(s.sql, '') FROM pragma_table_list t JOIN \
            sqlite_schema s ON s.name = t.name AND s.type = 'table' WHERE t.schema = 'main' AND \
            t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> \
            '{MARK_TABLE}' ORDER BY t.name"
    ))?;
    let mut out = Vec::new();
    for row in list {
        let [Some(name), wr, strict, Some(text)] = row.as_slice() else {
            continue;
        };
        let literal = database.literal(name);
        let columns = database.rows(&format!(
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM \
                pragma_table_xinfo({literal}) ORDER BY cid"
        ))?;
        let columns: Vec<[Option<String>; 6]> = columns
            .into_iter()
            .filter_map(|row| row.try_into().ok())
            .collect();
        let indexes = database.rows(&format!(
            "SELECT i.name, i.origin, group_concat(coalesce(c.name, ''), char(31)) FROM \
                pragma_index_list({literal}) i, pragma_index_info(i.name) c WHERE i.\"unique\" AND \
                NOT i.partial GROUP BY i.name, i.origin ORDER BY i.name"
        ))?;
        let indexes: Vec<[Option<String>; 3]> = indexes
            .into_iter()
            .filter_map(|row| row.try_into().ok())
            .collect();
        let references = database.rows(&format!(
            "SELECT id, \"table\", \"from\", coalesce(\"to\", ''), on_delete || ' ' || on_update \
                FROM pragma_foreign_key_list({literal}) ORDER BY id, seq"
        ))?;
        let rowless = wr.as_deref() == Some("1");
        out.push(build_described(
            name,
            text,
            columns,
            indexes,
            &references,
            rowless,
        ));
        if let Some(last) = out.last_mut() {
            last.options = format!(
                "{}{}{}",
                if rowless { "without rowid " } else { "" },
                if strict.as_deref() == Some("1") {
                    "strict "
                } else {
                    ""
                },
                if text.to_ascii_lowercase().contains("autoincrement") {
                    "autoincrement"
                } else {
                    ""
                },
            );
        }
    }
    fill_in_keys(&mut out);
    Ok(out)
}

fn build_described(
    name: &str,
    text: &str,
    columns: Vec<[Option<String>; 6]>,
    indexes: Vec<[Option<String>; 3]>,
    references: &[crate::connection::TextRow],
    rowless: bool,
) -> DescribedTable {
    let is = |value: &Option<String>, word: &str| value.as_deref() == Some(word);
    let mut key: Vec<(usize, String)> = columns
        .iter()
        .filter_map(|column| {
            let place: usize = column[4].as_deref()?.parse().ok()?;
            (place > 0).then(|| (place, column[0].clone().unwrap_or_default()))
        })
        .collect();
    key.sort();
    let key: Vec<String> = key.into_iter().map(|(_, name)| name).collect();
    let table_columns = columns
        .iter()
        .map(|column| {
            let name = column[0].clone().unwrap_or_default();
            let type_name = column[1].clone().unwrap_or_default();
            let alone = key.len() == 1 && key.first() == Some(&name);
            DatabaseColumn {
                kind: tell_kind(&type_name),
                nullable: is(&column[2], "0") && !key.contains(&name),
                has_default: column[3].is_some(),
                // only a lone key of the very type INTEGER is the rowid, which SQLite numbers
                numbered: alone && !rowless && type_name.eq_ignore_ascii_case("integer"),
                computed: !is(&column[5], "0"),
                longest: read_length(&type_name),
                digits: None,
                only: Vec::new(),
                name,
                type_name,
            }
        })
        .collect();
    let unique = indexes
        .iter()
        .filter(|index| !is(&index[1], "pk"))
        .filter_map(|index| {
            let names: Vec<String> = index[2]
                .as_deref()?
                // a sign that stands in no name: SQLite lists in one text
                .split('\u{1f}')
                .map(str::to_owned)
                .collect();
            names.iter().all(|name| !name.is_empty()).then_some(names)
        })
        .collect();
    let mut refers: BTreeMap<&str, ForeignKey> = BTreeMap::new();
    let mut deletes = Vec::new();
    for row in references {
        let [Some(id), Some(table), Some(from), Some(to), Some(rules)] = row.as_slice() else {
            continue;
        };
        deletes.push(format!("{from} -> {table}.{to} {rules}"));
        let entry = refers.entry(id).or_insert_with(|| ForeignKey {
            columns: Vec::new(),
            table: table.clone(),
            references: Vec::new(),
        });
        entry.columns.push(from.clone());
        entry.references.push(to.clone());
    }
    deletes.sort();
    DescribedTable {
        table: DatabaseTable {
            schema: None,
            name: name.to_owned(),
            columns: table_columns,
            key,
            unique,
            refers: refers.into_values().collect(),
            rules: list_rules(text),
        },
        columns,
        text: text.to_owned(),
        options: String::new(),
        indexes,
        deletes,
    }
}

/// A reference without columns means the key of the other table.
fn fill_in_keys(tables: &mut [DescribedTable]) {
    let keys: BTreeMap<String, Vec<String>> = tables
        .iter()
        .map(|one| (one.table.name.to_lowercase(), one.table.key.clone()))
        .collect();
    let names: BTreeMap<String, String> = tables
        .iter()
        .map(|one| (one.table.name.to_lowercase(), one.table.name.clone()))
        .collect();
    for refers in tables.iter_mut().flat_map(|one| &mut one.table.refers) {
        let folded = refers.table.to_lowercase();
        if refers.references.iter().any(String::is_empty) {
            refers.references = keys.get(&folded).cloned().unwrap_or_default();
        }
        if let Some(name) = names.get(&folded) {
            refers.table.clone_from(name);
        }
    }
}

/// Tables that rows can be written to.
pub fn list_tables(database: &mut dyn Connection) -> Result<Vec<DatabaseTable>, StatementFault> {
    Ok(describe_tables(database)?
        .into_iter()
        .map(|one| one.table)
        .collect())
}

/// Everything the schema consists of.
pub fn list_objects(database: &mut dyn Connection) -> Result<SchemaObjects, StatementFault> {
    let mut out = SchemaObjects::new();
    for one in describe_tables(database)? {
        let table = &one.table.name;
        let mut order = Vec::new();
        for column in &one.columns {
            let [name, kind, not_null, default, _, hidden] = column;
            let name = name.as_deref().unwrap_or_default();
            order.push(name.to_owned());
            let mut says = kind.as_deref().unwrap_or_default().to_ascii_lowercase();
            if not_null.as_deref() == Some("1") {
                says.push_str(" not null");
            }
            if let Some(default) = default {
                says.push_str(&format!(" default {}", fold_definition(default)));
            }
            if hidden.as_deref() != Some("0") {
                says.push_str(" generated");
            }
            out.insert(format!("column {table}.{name}"), says);
        }
        out.insert(format!("table {table}"), one.options.trim().to_owned());
        out.insert(format!("order of the columns of {table}"), order.join(", "));
        if !one.table.key.is_empty() {
            out.insert(format!("key of {table}"), one.table.key.join(", "));
        }
        let mut rules: Vec<String> = list_rules(&one.text)
            .iter()
            .map(|rule| fold_definition(rule))
            .collect();
        rules.sort();
        for rule in rules {
            out.insert(format!("rule of {table}: {rule}"), String::new());
        }
        for reference in one.deletes {
            out.insert(format!("reference of {table}: {reference}"), String::new());
        }
        for index in one
            .indexes
            .iter()
            .filter(|index| index[1].as_deref() == Some("u"))
        {
            let columns = index[2]
                .as_deref()
                .unwrap_or_default()
                .replace('\u{1f}', ", ");
            out.insert(
                format!("unique columns of {table}: {columns}"),
                String::new(),
            );
        }
    }
    let rows = database.rows(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND (type IN ('index', \
            'view', 'trigger') OR sql LIKE 'CREATE VIRTUAL%') ORDER BY name",
    )?;
    for row in rows {
        if let [Some(kind), Some(name), Some(text)] = row.as_slice() {
            out.insert(format!("{kind} {name}"), fold_definition(text));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_from_the_text_of_a_table() {
        let text = "CREATE TABLE a (b text CHECK (b IN ('x)', 'y')), CONSTRAINT c CHECK(length(b) \
            > 1), checked int)";
        assert_eq!(list_rules(text), ["b IN ('x)', 'y')", "length(b) > 1"]);
        assert!(list_rules("check (").len() == 1 && list_rules("check").is_empty());
    }
}
