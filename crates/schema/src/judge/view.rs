//! Views.

use super::super::checks;
use super::super::compatibility;
use super::super::dialect::Dialect;
use super::super::operation::OperationKind as K;
use super::super::sql;
use super::super::step::Name;
use super::judgement::{JudgeInput, OperationJudgement};
use model::{Evidence, RollbackEffect};

pub(super) fn judge_view(
    case: &JudgeInput<'_>,
    kind: K,
    name: &Name,
    body: &str,
    materialized: bool,
) -> OperationJudgement {
    let new = new_table(case, body);
    let Some(old) = case.before.views.get(&name.key()) else {
        return judge_unknown_view(case, name, materialized, new);
    };
    // a dump writes the same text with other blanks
    if normalize_body(old) == normalize_body(body) {
        return OperationJudgement::safe(
            kind,
            format!("the view {name} returns the same as before"),
        );
    }
    let used = reads_view(case, name);
    let step = || {
        // a materialized view has to be filled again, which no small statement does
        (!materialized)
            .then(|| write_old_view(case, name, old, body))
            .flatten()
    };
    // before the columns: an empty new table empties the view, whatever it selects
    if let Some(new) = new {
        let mut verdict = OperationJudgement::new(
            K::ReplaceView,
            RollbackEffect::Doubt,
            format!("the view {name} now uses the new table {new}, which may be empty"),
        )
        .used(used)
        .step(step())
        .check(&checks::OLD_OBJECT_USES_NEW_TABLE);
        verdict.on_new_table = true;
        return verdict;
    }
    let (refused, strict) = case.usage.reads_whole_rows(name);
    // a reader by place fails or reads the wrong column, one by name does not notice
    if columns_added(old, body) && !(refused.is_empty() && strict.is_empty()) {
        let (effect, places) = if refused.is_empty() {
            (RollbackEffect::Doubt, strict)
        } else {
            (RollbackEffect::BreaksReads, refused)
        };
        let why = format!(
            "{} takes every column of the view {name} by its place, and there are more now",
            case.previous
        );
        return OperationJudgement::new(K::ReplaceView, effect, why)
            .used(places)
            .step(step())
            .check(&checks::WHOLE_ROW_READ);
    }
    // the same rows with columns more are safe for who names columns
    if columns_added(old, body) && !names_bare_column_of_join(case, old, body) {
        return OperationJudgement::safe(
            K::ReplaceView,
            format!("the view {name} gets more columns and keeps the others"),
        );
    }
    OperationJudgement::new(
        K::ReplaceView,
        RollbackEffect::Doubt,
        format!("the view {name} may show other rows than before"),
    )
    .used(used)
    .step(step())
    .check(&checks::VIEW_CHANGED)
}

/// A view whose old text is not known: it is new, or stands where a table stood.
fn judge_unknown_view(
    case: &JudgeInput<'_>,
    name: &Name,
    materialized: bool,
    new: Option<String>,
) -> OperationJudgement {
    // a view took the place of a table: reads find it, and what else works hangs on the view
    if case.before.table(name).is_some() && !case.uses_table(name).is_empty() {
        let effect = if materialized {
            RollbackEffect::BreaksWrites
        } else {
            RollbackEffect::Doubt
        };
        return OperationJudgement::new(
            K::ReplaceView,
            effect,
            format!("{name} is a view now: reads work, writes only where the view is simple"),
        )
        .used(case.uses_table(name))
        .check(&checks::RENAMED_TABLE);
    }
    let used = reads_view(case, name);
    if used.is_empty() {
        return OperationJudgement::safe(
            K::CreateView,
            case.unknown_to_old(&format!("the view {name}")),
        );
    }
    let mut verdict = OperationJudgement::new(
        K::ReplaceView,
        RollbackEffect::Doubt,
        format!(
            "{} reads the view {name}, whose old text is not known",
            case.previous
        ),
    )
    .used(used)
    .check(&checks::VIEW_CHANGED);
    if let Some(new) = new {
        verdict.why = format!(
            "the view {name}, which {} reads, now uses the new table {new}",
            case.previous
        );
        verdict.check = Some(&checks::OLD_OBJECT_USES_NEW_TABLE);
        verdict.on_new_table = true;
    }
    verdict
}

/// The old text again; it needs what it names.
fn write_old_view(case: &JudgeInput<'_>, name: &Name, old: &str, body: &str) -> Option<String> {
    let there = sql::find_query_tables(old, case.dialect)
        .iter()
        .all(|table| {
            // the old text cannot stand on a table that is gone
            let lives = case.after.table(table).is_some_and(|entity| entity.alive)
                || case.after.views.contains_key(&table.key());
            lives || case.before.table(table).is_none()
        });
    if !there {
        return None;
    }
    let same_columns = list_select_outputs(old) == list_select_outputs(body);
    compatibility::write_view(case.dialect, name, old, same_columns, true)
}

/// A view over several tables shows one more column without saying whose it is: SQLite takes such a
/// view, and refuses every statement that reads it where two tables have the column.
fn names_bare_column_of_join(case: &JudgeInput<'_>, old: &str, new: &str) -> bool {
    let (Some((known, _)), Some((columns, rows))) = (split_select(old), split_select(new)) else {
        return false;
    };
    let plain = |part: &str| {
        let name = part.split(" as ").next().unwrap_or(part).trim();
        name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    // other databases refuse such a view when it is made
    case.dialect == Dialect::Sqlite
        && rows.contains(" join ")
        && columns
            .iter()
            .any(|column| !known.contains(column) && plain(column))
}

/// The new text selects all that the old one selected, by the same expressions, from the same rows.
pub(super) fn columns_added(old: &str, new: &str) -> bool {
    let (Some((old_columns, old_rows)), Some((new_columns, new_rows))) =
        (split_select(old), split_select(new))
    else {
        return false;
    };
    if !old_columns
        .iter()
        .all(|column| new_columns.contains(column))
    {
        return false;
    }
    // With more columns there is more to group by.
    let grouped = |text: &str| {
        text.split_once(" group by ")
            .map(|(rows, groups)| (rows.to_owned(), groups.to_owned()))
    };
    // the text from FROM on decides which rows come
    old_rows == new_rows
        || match (grouped(&old_rows), grouped(&new_rows)) {
            (Some((old, groups)), Some((new, more))) => {
                old == new
                    && groups
                        .split(',')
                        .all(|group| more.split(',').any(|other| other.trim() == group.trim()))
            }
            _ => false,
        }
}

/// Columns of the outermost SELECT as they are written, and everything from its FROM on.
pub(super) fn split_select(text: &str) -> Option<(Vec<String>, String)> {
    let lower = normalize_body(text);
    let start = lower.find("select ")? + "select ".len();
    let rest = lower.get(start..)?;
    let (mut depth, mut parts, mut last) = (0i32, Vec::new(), 0);
    // a comma or FROM within parentheses belongs to a function or a query inside
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(rest.get(last..at)?.trim().to_owned());
                last = at + 1;
            }
            ' ' if depth == 0 && rest.get(at..)?.starts_with(" from ") => {
                parts.push(rest.get(last..at)?.trim().to_owned());
                return Some((parts, rest.get(at..)?.to_owned()));
            }
            _ => {}
        }
    }
    None
}

/// What the outermost SELECT yields, by name.
pub(super) fn list_select_outputs(text: &str) -> Vec<String> {
    let (columns, _) = split_select(text).unwrap_or_default();
    columns
        .iter()
        .map(|part| {
            part.rsplit([' ', '.'])
                .next()
                .unwrap_or_default()
                .trim_matches(['"', '`', '[', ']'])
                .to_owned()
        })
        .collect()
}

pub(super) fn normalize_body(text: impl AsRef<str>) -> String {
    text.as_ref()
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .trim_end_matches(';')
        .trim()
        .to_owned()
}

/// A table that is new in the range and that the text names.
pub(super) fn new_table(case: &JudgeInput<'_>, body: &str) -> Option<String> {
    let words: std::collections::BTreeSet<String> = body
        .to_lowercase()
        // whole words: `order` is a part of `orders` and of many columns
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$'))
        .map(str::to_owned)
        .collect();
    case.new_tables
        .iter()
        .find(|table| words.contains(table.rsplit('.').next().unwrap_or(table)))
        .cloned()
}

/// Where old code reads a view: by its name, or by the name of a class that stands for it.
pub(super) fn reads_view(case: &JudgeInput<'_>, name: &Name) -> Vec<Evidence> {
    let mut used = case.usage.word(&name.name);
    for place in case.uses_table(name) {
        if !used.contains(&place) {
            used.push(place);
        }
    }
    used
}

/// A table that no release had yet lies under the name of a view of before.
pub(super) fn takes_place_of_view(case: &JudgeInput<'_>, name: &Name) -> bool {
    !case.after.views.contains_key(&name.key())
        && case
            .after
            .table(name)
            .is_some_and(|entity| entity.alive && entity.old.is_none() && entity.copied.is_empty())
}

/// A view whose place a new table takes: what it shows is no longer worked out from other tables,
/// and a table cannot be refreshed.
pub(super) fn judge_view_that_is_table(
    case: &JudgeInput<'_>,
    kind: K,
    name: &Name,
) -> OperationJudgement {
    let used = reads_view(case, name);
    if used.is_empty() {
        return case.vain_word(kind, "view", &name.name);
    }
    let refreshed: Vec<Evidence> = used
        .iter()
        .filter(|place| {
            place.excerpt.as_ref().is_some_and(|line| {
                let line = line.shown().to_ascii_lowercase();
                line.contains("refresh materialized view") || line.contains("refresh(")
            })
        })
        .cloned()
        .collect();
    let (effect, used, why) = if refreshed.is_empty() {
        (
            RollbackEffect::DataChanged,
            used,
            format!(
                "{} reads the view {name}, which is a table now: it shows only what somebody writes into it",
                case.previous
            ),
        )
    } else {
        (
            RollbackEffect::BreaksWrites,
            refreshed,
            format!(
                "{} refreshes the view {name}, which is a table now, and the database refuses that",
                case.previous
            ),
        )
    };
    OperationJudgement::new(kind, effect, why)
        .used(used)
        .check(&checks::VIEW_DROPPED)
}
