//! The mark by which a database says that it is scratch, what is being done in it, and for which
//! releases. It is written before anything else, and before every step.

use crate::connection::{Connection, ScratchMark, TextRow};

/// The table by which a database says that it is scratch, where schemas are not at hand.
pub const MARK_TABLE: &str = "backout_rehearsal";

/// Columns of the mark's table.
const COLUMNS: [&str; 5] = ["made_by", "releases", "step", "state", "left_there"];

/// Who makes such tables.
pub const MAKER: &str = "backout rehearse";

/// Reads the mark.
pub fn select_mark(table: &str) -> String {
    format!("SELECT {} FROM {table}", COLUMNS.join(", "))
}

/// Makes the table where it is not there, and writes the one row.
pub fn write_mark_statements(
    database: &(impl Connection + ?Sized),
    table: &str,
    mark: &ScratchMark,
) -> Vec<String> {
    let columns: Vec<String> = COLUMNS.iter().map(|name| database.quote(name)).collect();
    let definitions: Vec<String> = columns
        .iter()
        .map(|name| format!("{name} text NOT NULL"))
        .collect();
    let values = [
        &mark.made_by,
        &mark.range,
        &mark.step,
        &mark.state,
        &mark.left,
    ]
    .map(|value| database.literal(value));
    vec![
        format!(
            "CREATE TABLE IF NOT EXISTS {table} ({})",
            definitions.join(", ")
        ),
        "BEGIN".to_owned(),
        format!("DELETE FROM {table}"),
        format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            columns.join(", "),
            values.join(", ")
        ),
        "COMMIT".to_owned(),
    ]
}

/// The mark of a row; a table of that name that holds none was not made by a rehearsal.
pub fn read_mark_row(rows: Vec<TextRow>) -> ScratchMark {
    let mut values = rows.into_iter().next().unwrap_or_default().into_iter();
    let mut next = || values.next().flatten().unwrap_or_default();
    ScratchMark {
        made_by: next(),
        range: next(),
        step: next(),
        state: next(),
        left: next(),
    }
}
