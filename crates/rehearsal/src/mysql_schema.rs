//! The schema of a database of MySQL or MariaDB, from its information schema.

use std::collections::BTreeMap;

use crate::answer_rows::{read_object_row, text_or_empty};
use crate::catalogue::{ColumnKind, DatabaseColumn, DatabaseTable, ForeignKey, SchemaObjects};
use crate::connection::{Connection, TextRow};
use crate::fault::StatementFault;
use crate::mark::MARK_TABLE;

fn tell_kind(data_type: &str) -> ColumnKind {
    match data_type {
        "tinyint" => ColumnKind::Integer(100),
        "smallint" => ColumnKind::Integer(i64::from(i16::MAX)),
        "mediumint" => ColumnKind::Integer(8_000_000),
        "int" | "bigint" => ColumnKind::Integer(i64::from(i32::MAX)),
        "decimal" | "float" | "double" => ColumnKind::Number,
        "date" => ColumnKind::Date,
        "time" => ColumnKind::Time,
        "datetime" | "timestamp" => ColumnKind::Timestamp,
        "json" => ColumnKind::Json,
        "uuid" => ColumnKind::Uuid,
        "binary" | "varbinary" | "blob" | "tinyblob" | "mediumblob" | "longblob" => {
            ColumnKind::Bytes
        }
        "char" | "varchar" | "text" | "tinytext" | "mediumtext" | "longtext" => ColumnKind::Text,
        "inet4" | "inet6" => ColumnKind::Network,
        _ => ColumnKind::Other,
    }
}

/// The words of `enum('a','b')` and `set('a','b')`.
fn read_labels(column_type: &str) -> Vec<String> {
    if !column_type.starts_with("enum(") && !column_type.starts_with("set(") {
        return Vec::new();
    }
    let inside = column_type.split_once('(').map_or("", |(_, rest)| rest);
    inside
        .trim_end_matches(')')
        .split("','")
        .map(|label| label.trim_matches('\'').replace("''", "'"))
        .collect()
}

/// Tables that rows can be written to.
pub fn list_tables(database: &mut dyn Connection) -> Result<Vec<DatabaseTable>, StatementFault> {
    let rows = database.rows(&format!(
        "SELECT c.table_name, c.column_name, lower(c.data_type), c.column_type, c.is_nullable, \
            c.column_default IS NOT NULL OR c.extra LIKE '%DEFAULT_GENERATED%', c.extra, \
            c.character_maximum_length, c.numeric_precision, c.numeric_scale
           FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = \
           c.table_schema AND t.table_name = c.table_name
          WHERE c.table_schema = database() AND t.table_type = 'BASE TABLE' AND c.table_name <> \
          '{MARK_TABLE}' ORDER BY c.table_name, c.ordinal_position"
    ))?;
    let mut tables: BTreeMap<String, DatabaseTable> = BTreeMap::new();
    for row in rows {
        let Ok(row) = <[Option<String>; 10]>::try_from(row) else {
            continue;
        };
        let name = text_or_empty(&row[0]);
        let table = tables
            .entry(name.clone())
            .or_insert_with(|| DatabaseTable::new(None, name));
        let number = |at: usize| {
            row[at]
                .as_deref()
                .and_then(|text| text.parse::<usize>().ok())
        };
        let (data_type, extra) = (
            text_or_empty(&row[2]),
            text_or_empty(&row[6]).to_ascii_lowercase(),
        );
        table.columns.push(DatabaseColumn {
            name: text_or_empty(&row[1]),
            type_name: text_or_empty(&row[3]),
            kind: tell_kind(&data_type),
            nullable: row[4].as_deref() == Some("YES"),
            has_default: row[5].as_deref() == Some("1"),
            numbered: extra.contains("auto_increment"),
            computed: extra.contains("virtual")
                || extra.contains("stored")
                || extra.contains("persistent"),
            longest: number(7),
            digits: (data_type == "decimal")
                .then(|| number(8).zip(number(9)))
                .flatten(),
            only: read_labels(&text_or_empty(&row[3])),
        });
    }
    read_keys(database, &mut tables)?;
    Ok(tables.into_values().collect())
}

fn read_keys(
    database: &mut dyn Connection,
    tables: &mut BTreeMap<String, DatabaseTable>,
) -> Result<(), StatementFault> {
    let rows = database.rows(
        "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, \
            k.referenced_column_name
           FROM information_schema.key_column_usage k WHERE k.table_schema = database() ORDER BY \
           k.table_name, k.constraint_name, k.ordinal_position",
    )?;
    let mut unique: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut refers: BTreeMap<(String, String), ForeignKey> = BTreeMap::new();
    for row in rows {
        let Ok([table, name, column, other, there]) = <[Option<String>; 5]>::try_from(row) else {
            continue;
        };
        let (table, name, column) = (
            text_or_empty(&table),
            text_or_empty(&name),
            text_or_empty(&column),
        );
        if let (Some(other), Some(there)) = (other, there) {
            let key = refers.entry((table, name)).or_insert_with(|| ForeignKey {
                columns: Vec::new(),
                table: other,
                references: Vec::new(),
            });
            key.columns.push(column);
            key.references.push(there);
        } else if name == "PRIMARY" {
            if let Some(table) = tables.get_mut(&table) {
                table.key.push(column);
            }
        } else {
            unique.entry((table, name)).or_default().push(column);
        }
    }
    for ((table, _), columns) in unique {
        if let Some(table) = tables.get_mut(&table) {
            table.unique.push(columns);
        }
    }
    for ((table, _), key) in refers {
        if let Some(table) = tables.get_mut(&table) {
            table.refers.push(key);
        }
    }
    for row in list_checks(database) {
        if let [Some(table), _, Some(rule)] = row.as_slice()
            && let Some(table) = tables.get_mut(table)
        {
            table
                .rules
                .push(rule.replace("_utf8mb4", "").replace("\\'", "'"));
        }
    }
    Ok(())
}

/// Table, name and text of the conditions; older servers have none.
fn list_checks(database: &mut dyn Connection) -> Vec<TextRow> {
    let of_mariadb = database.rows(
        "SELECT table_name, constraint_name, check_clause FROM \
            information_schema.check_constraints WHERE constraint_schema = database()",
    );
    of_mariadb
        .or_else(|_| {
            database.rows(
                "SELECT t.table_name, c.constraint_name, c.check_clause FROM \
                    information_schema.check_constraints c JOIN \
                    information_schema.table_constraints t ON t.constraint_schema = \
                    c.constraint_schema AND t.constraint_name = c.constraint_name WHERE \
                    c.constraint_schema = database() AND t.constraint_type = 'CHECK'",
            )
        })
        .unwrap_or_default()
}

/// Everything the schema consists of.
pub fn list_objects(database: &mut dyn Connection) -> Result<SchemaObjects, StatementFault> {
    let mut out = SchemaObjects::new();
    for query in [
        format!(
            "SELECT concat('table ', table_name), concat_ws(' ', engine, table_collation) FROM \
            information_schema.tables WHERE table_schema = database() AND table_type = 'BASE \
            TABLE' AND table_name <> '{MARK_TABLE}'"
        ),
        format!(
            "SELECT concat('column ', table_name, '.', column_name), concat_ws(' ', \
            column_type, if(is_nullable = 'NO', 'not null', NULL), concat('default ', \
            column_default), nullif(extra, ''), nullif(generation_expression, ''), collation_name) \
            FROM information_schema.columns WHERE table_schema = database() AND table_name <> \
            '{MARK_TABLE}' AND table_name IN (SELECT table_name FROM information_schema.tables \
            WHERE table_schema = database() AND table_type = 'BASE TABLE')"
        ),
        format!(
            "SELECT concat('order of the columns of ', table_name), group_concat(column_name \
            ORDER BY ordinal_position SEPARATOR ', ') FROM information_schema.columns WHERE \
            table_schema = database() AND table_name <> '{MARK_TABLE}' GROUP BY table_name"
        ),
        format!(
            "SELECT concat('index ', index_name, ' of ', table_name), concat(if(non_unique, \
            '', 'unique '), index_type, ' ', group_concat(concat(coalesce(column_name, ''), \
            coalesce(concat('(', sub_part, ')'), '')) ORDER BY seq_in_index SEPARATOR ', ')) FROM \
            information_schema.statistics WHERE table_schema = database() AND table_name <> \
            '{MARK_TABLE}' GROUP BY table_name, index_name, non_unique, index_type"
        ),
        "SELECT concat('reference ', r.constraint_name, ' of ', r.table_name), \
            concat(r.referenced_table_name, ' ', r.update_rule, ' ', r.delete_rule, ' ', (SELECT \
            group_concat(concat(k.column_name, ' ', k.referenced_column_name) ORDER BY \
            k.ordinal_position SEPARATOR ', ') FROM information_schema.key_column_usage k WHERE \
            k.constraint_schema = r.constraint_schema AND k.constraint_name = r.constraint_name \
            AND k.table_name = r.table_name)) FROM information_schema.referential_constraints r \
            WHERE r.constraint_schema = database()"
            .to_owned(),
        "SELECT concat('view ', table_name), view_definition FROM information_schema.views WHERE \
            table_schema = database()"
            .to_owned(),
        "SELECT concat('trigger ', trigger_name, ' of ', event_object_table), concat_ws(' ', \
            action_timing, event_manipulation, action_statement) FROM information_schema.triggers \
            WHERE trigger_schema = database()"
            .to_owned(),
        "SELECT concat('routine ', routine_name), concat_ws(' ', routine_type, dtd_identifier, \
            routine_definition) FROM information_schema.routines WHERE routine_schema = \
            database()"
            .to_owned(),
        "SELECT concat('event ', event_name), event_definition FROM information_schema.events \
            WHERE event_schema = database()"
            .to_owned(),
    ] {
        for row in database.rows(&query)? {
            out.extend(read_object_row(&row));
        }
    }
    for row in list_checks(database) {
        if let [Some(table), Some(name), rule] = row.as_slice() {
            out.insert(format!("constraint {name} of {table}"), text_or_empty(rule));
        }
    }
    Ok(out)
}
