//! Values and rows that a way up changes and no way down can bring back: several values that became
//! one, and rows that were deleted. What the schema is afterwards does not tell it.

use super::schema::Schema;
use super::step::{MigrationStep, Name, SchemaAction as A, Script};

/// The first statement of a way up whose rows the way down does not lead back, in words. Tables and
/// columns that the up makes itself hold nothing of before.
pub(super) fn find_rows_not_led_back(
    up: &Script,
    down: &Script,
    before: &Schema,
) -> Option<String> {
    up.effective().find_map(|step| match &step.action {
        A::Update {
            table,
            columns,
            fills_null: false,
            ..
        } if was_there(table, columns, up, before) && merges_values(&step.text) => Some(format!(
            "line {} of the way up makes several values of {} one, and no down can tell them apart again",
            step.line,
            describe_object(table, columns)
        )),
        A::Delete { table } | A::Truncate { table }
            if was_there(table, &[], up, before) && !gives_back(down, table) =>
        {
            Some(format!(
                "line {} of the way up deletes rows of {table}, and the down does not bring them back",
                step.line
            ))
        }
        _ => None,
    })
}

fn describe_object(table: &Name, columns: &[String]) -> String {
    match columns {
        [column] => format!("{table}.{column}"),
        _ => table.to_string(),
    }
}

/// The table, and the column that is written, hold values of before.
fn was_there(table: &Name, columns: &[String], up: &Script, before: &Schema) -> bool {
    let made = up.steps.iter().any(|step| match &step.action {
        A::CreateTable(made) => made.name.key() == table.key(),
        A::AddColumn {
            table: of, column, ..
        } => {
            of.key() == table.key()
                && columns
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(&column.name))
        }
        _ => false,
    });
    // a column that no migration made is known by no schema
    !made
        && before.table(table).is_none_or(|entity| {
            columns.is_empty()
                || !entity.known
                || columns.iter().any(|column| entity.get(column).is_some())
        })
}

fn gives_back(down: &Script, table: &Name) -> bool {
    let inserts = |step: &MigrationStep| match &step.action {
        A::Insert { table: into, .. } => into.key() == table.key(),
        A::Unknown { .. } | A::HostCode { .. } => true,
        _ => false,
    };
    down.effective().any(inserts)
}

/// An UPDATE that writes one value over several: over all rows, or over those that a condition
/// takes together.
fn merges_values(text: &str) -> bool {
    let squeezed: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = squeezed.to_ascii_lowercase();
    let Some((_, assigned)) = lower.split_once(" set ") else {
        return false;
    };
    let (value, condition) = match assigned.rsplit_once(" where ") {
        Some((value, condition)) => (value, Some(condition)),
        None => (assigned, None),
    };
    let arms: Vec<&str> = value
        .split(" then ")
        .skip(1)
        .filter_map(|arm| arm.split([' ', ',']).next())
        .collect();
    if !arms.is_empty() {
        let mut one = arms.clone();
        one.sort_unstable();
        one.dedup();
        return one.len() < arms.len();
    }
    if !writes_constant(value) {
        return false;
    }
    match condition {
        None => true,
        Some(condition) => {
            let listed = condition
                .split_once(" in (")
                .or_else(|| condition.split_once(" in("))
                .is_some_and(|(_, list)| {
                    list.split(')').next().unwrap_or_default().contains(',')
                        && !list.trim_start().starts_with("select")
                });
            let negated = [" <> ", " != ", " not in ", " like ", " not like "]
                .iter()
                .any(|word| condition.contains(word));
            listed || negated || condition.contains(" or ")
        }
    }
}

/// What is written is a value of the statement itself, and of no other column; a part of a document
/// may be set to one.
fn writes_constant(value: &str) -> bool {
    let Some((_, right)) = value.split_once('=') else {
        return false;
    };
    let right = right.trim();
    let quoted = right.starts_with('\'') && right.matches('\'').count() == 2;
    let plain = right
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
        || ["true", "false"].contains(&right);
    let part = ["jsonb_set(", "json_set("]
        .iter()
        .any(|call| right.starts_with(call))
        && right
            .trim_end_matches(')')
            .trim_end()
            .ends_with(['\'', '"']);
    quoted && !right.is_empty() || plain && !right.is_empty() || part
}

/// Calls that give a value in the place of NULL.
const FILLS: [&str; 6] = [
    "coalesce(",
    "ifnull(",
    "isnull(",
    "nvl(",
    "concat_ws(",
    "case ",
];

/// An UPDATE that works the value of a column out from columns that take NULL: `a || b` is NULL
/// where one of them is. `schema` is what the step after it finds.
pub(super) fn may_write_null(update: &MigrationStep, step: &A, schema: &Schema) -> bool {
    let (A::Update { table, .. }, A::SetNotNull { column, .. }) = (&update.action, step) else {
        return false;
    };
    let lower = update
        .text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_ascii_lowercase();
    let Some((_, assigned)) = lower.split_once(" set ") else {
        return false;
    };
    let assigned = assigned.split(" where ").next().unwrap_or_default();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // up to the next assignment, which stands behind a comma
    let Some(value) = assigned.split(',').find_map(|part| {
        let (left, value) = part.split_once('=')?;
        let name = left.trim().trim_matches(['"', '`']);
        name.eq_ignore_ascii_case(column).then_some(value)
    }) else {
        return false;
    };
    if FILLS.iter().any(|call| value.contains(call)) {
        return false;
    }
    let Some(entity) = schema.table(table) else {
        return false;
    };
    // what stands between quotes is text
    value.split('\'').step_by(2).any(|outside| {
        outside.split(|c: char| !is_word(c)).any(|word| {
            !word.is_empty()
                && entity.get(word).is_some_and(|state| {
                    state.known && state.column.nullable && !state.column.primary
                })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::merges_values;

    #[test]
    fn one_value_over_several_is_told_from_one_over_one() {
        for text in [
            "UPDATE repositories SET license = 'known' WHERE license IN ('compatible', 'incompatible')",
            "UPDATE packages SET d = jsonb_set(d::jsonb, '{kind}', '\"known\"') WHERE d->>'kind' IN ('a', 'b')",
            "UPDATE t SET a = 'x' WHERE a = 'y' OR a = 'z'",
            "UPDATE t SET a = 0",
            "UPDATE t SET a = 'x' WHERE a <> 'y'",
            "UPDATE t SET a = CASE a WHEN 'p' THEN 'x' WHEN 'q' THEN 'x' END",
        ] {
            assert!(merges_values(text), "{text}");
        }
        for text in [
            "UPDATE repositories SET license = 'unknown' WHERE license = 'other'",
            "UPDATE t SET a = upper(a)",
            "UPDATE t SET a = b WHERE c IN (1, 2)",
            "UPDATE t SET a = CASE a WHEN 'p' THEN 'x' WHEN 'q' THEN 'y' END",
        ] {
            assert!(!merges_values(text), "{text}");
        }
    }
}
