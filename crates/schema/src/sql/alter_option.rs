//! Options of a table, and what an `ALTER` that is not understood becomes.

use super::super::step::{Name, SchemaAction};
use super::cursor::{Cursor, by_comma, unquote_sql};
use super::lex::SqlToken;

pub(super) fn make_unknown_alter(why: &str) -> SchemaAction {
    SchemaAction::Unknown {
        why: why.to_owned(),
    }
}

pub(super) fn make_table_option(table: &Name, what: &str) -> SchemaAction {
    SchemaAction::TableOption {
        table: table.clone(),
        what: what.to_owned(),
    }
}

/// `SET ..` that says how a table is kept and not what it holds. What is not on the list is not
/// known.
pub(super) fn set_option(cursor: &Cursor<'_>, table: &Name) -> SchemaAction {
    const PLAIN: [&str; 6] = [
        "TABLESPACE",
        "WITHOUT",
        "LOGGED",
        "ACCESS",
        "LOCALITY",
        "STATISTICS",
    ];
    // what only storage and upkeep read
    const STORAGE: [&str; 8] = [
        "autovacuum_",
        "toast",
        "fillfactor",
        "parallel_workers",
        "vacuum_",
        "log_autovacuum_",
        "user_catalog_table",
        "buffering",
    ];
    let second = cursor.raw(1).to_ascii_uppercase();
    if second == "(" {
        let mut behind = Cursor {
            at: cursor.at + 1,
            ..*cursor
        };
        let inside = behind.group().unwrap_or_default();
        let parts = by_comma(cursor.text, inside);
        let known = |part: &[SqlToken]| {
            let name = part
                .first()
                .map(|token| cursor.text[token.start..token.end].to_ascii_lowercase())
                .unwrap_or_default();
            STORAGE.iter().any(|option| name.starts_with(option))
        };
        // one option that nobody knows makes the list unknown: `SYSTEM_VERSIONING` hides there
        if !parts.is_empty() && parts.iter().all(|part| known(part)) {
            return make_table_option(table, "set");
        }
    } else if PLAIN.contains(&second.as_str()) {
        return make_table_option(table, "set");
    }
    make_unknown_alter(&format!(
        "`SET {}` is not an option that is known",
        cursor.raw(1)
    ))
}

/// Oracle: `SET UNUSED (a, b)` and `SET UNUSED COLUMN a` take columns away at once.
pub(super) fn set_unused(cursor: &mut Cursor<'_>, table: &Name, out: &mut Vec<SchemaAction>) {
    cursor.at += 2;
    cursor.eat("COLUMN");
    let columns: Vec<String> = if cursor.is(0, "(") {
        let inside = cursor.group().unwrap_or_default();
        by_comma(cursor.text, inside)
            .iter()
            .filter_map(|part| part.first())
            .map(|token| unquote_sql(&cursor.text[token.start..token.end]))
            .collect()
    } else {
        cursor.ident().into_iter().collect()
    };
    if columns.is_empty() {
        out.push(make_unknown_alter(
            "the column that is taken out of use is missing",
        ));
    }
    out.extend(columns.into_iter().map(|column| SchemaAction::DropColumn {
        table: table.clone(),
        column,
    }));
}
