//! Routines and triggers.

use super::super::step::{Routine, RoutineParameter, SchemaAction};
use super::cursor::{Cursor, by_comma, text_of};
use super::made::{make_named_action, make_unknown_create};

pub(super) fn parse_create_routine(cursor: &mut Cursor<'_>, replace: bool) -> SchemaAction {
    let text = cursor.text;
    let start = cursor.at.saturating_sub(1);
    let Some(name) = cursor.name() else {
        return make_unknown_create("the routine's name is missing");
    };
    let parameters = if cursor.is(0, "(") {
        cursor.group().map(|inside| {
            by_comma(text, inside)
                .into_iter()
                .map(|part| parse_routine_parameter(&mut Cursor::new(text, part)))
                .collect()
        })
    } else {
        // SQL Server lists parameters without parentheses, up to AS or WITH.
        let end = cursor
            .find("AS")
            .into_iter()
            .chain(cursor.find("WITH"))
            .min()
            .unwrap_or(cursor.at);
        let as_type = (cursor.at..end.min(cursor.tokens.len())).collect::<Vec<_>>();
        let end = if as_type.is_empty() {
            end
        } else {
            end_of_parameters(cursor).unwrap_or(end)
        };
        let inside = &cursor.tokens[cursor.at..end.max(cursor.at)];
        cursor.at = end.max(cursor.at);
        Some(
            by_comma(text, inside)
                .into_iter()
                .map(|part| parse_routine_parameter(&mut Cursor::new(text, part)))
                .collect(),
        )
    };
    let head = text_of(
        text,
        cursor.tokens.get(start..cursor.at).unwrap_or_default(),
    );
    let body = text_of(text, cursor.rest_tokens());
    // no statement of a program calls a trigger function of PostgreSQL
    let trigger = cursor.is(0, "RETURNS") && cursor.is(1, "TRIGGER");
    SchemaAction::CreateRoutine(Routine {
        name,
        replace,
        parameters,
        head,
        body,
        trigger,
    })
}

/// In T-SQL `@name AS type` may stand inside the list: the list ends at an AS that is not behind a
/// parameter's name.
pub(super) fn end_of_parameters(cursor: &Cursor<'_>) -> Option<usize> {
    (cursor.at..cursor.tokens.len()).find(|&at| {
        let raw = &cursor.text[cursor.tokens[at].start..cursor.tokens[at].end];
        let before = at.checked_sub(1).map_or("", |n| {
            &cursor.text[cursor.tokens[n].start..cursor.tokens[n].end]
        });
        (raw.eq_ignore_ascii_case("AS") && !before.starts_with('@'))
            || (raw.eq_ignore_ascii_case("WITH") && !before.starts_with('@'))
    })
}

pub(super) fn parse_routine_parameter(cursor: &mut Cursor<'_>) -> RoutineParameter {
    cursor.eat_any(&["IN", "OUT", "INOUT", "VARIADIC"]);
    let whole = text_of(cursor.text, cursor.rest_tokens());
    // `= 0` and `DEFAULT 0` let a call leave the parameter out
    let optional = cursor.find("DEFAULT").is_some()
        || cursor
            .rest_tokens()
            .iter()
            .any(|token| &cursor.text[token.start..token.end] == "=");
    // a parameter without a name has its type here, which is compared then
    let name = cursor.ident().unwrap_or_default();
    cursor.eat("AS");
    let end = whole
        .find(" = ")
        .or_else(|| whole.to_ascii_uppercase().find(" DEFAULT "))
        .unwrap_or(whole.len());
    let data_type = whole
        .get(name.len()..end)
        .unwrap_or_default()
        .trim()
        .to_owned();
    RoutineParameter {
        name,
        data_type,
        optional,
    }
}

pub(super) fn parse_create_trigger(cursor: &mut Cursor<'_>) -> SchemaAction {
    let name = cursor.name().map(|name| name.name).unwrap_or_default();
    let Some(at) = cursor.find("ON") else {
        return make_unknown_create("the trigger has no table");
    };
    cursor.at = at + 1;
    make_named_action(cursor.name(), |table| SchemaAction::CreateTrigger {
        name,
        table,
        body: text_of(cursor.text, cursor.tokens),
    })
}
