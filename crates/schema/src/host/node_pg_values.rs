//! Values that node-pg-migrate is given: names, columns, rules.

use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, RoutineParameter,
};
use super::syntax::{Expr, FunctionCall};

/// A name, or `{ schema, name }`.
pub fn read_node_pg_name(value: Option<&Expr>) -> Name {
    match value {
        Some(map @ Expr::Map(_)) => {
            let part = |key: &str| map.get(key).and_then(Expr::text).map(str::to_owned);
            Name::from_parts(part("schema").into_iter().chain(part("name")).collect())
        }
        Some(value) => value.text().map(Name::new).unwrap_or_default(),
        None => Name::default(),
    }
}

/// Strings of a list, of one string, or the keys of an object.
pub fn read_node_pg_keys(value: &Expr) -> Vec<String> {
    match value {
        Expr::Map(pairs) => pairs.iter().map(|(name, _)| name.clone()).collect(),
        Expr::List(items) => items
            .iter()
            .filter_map(|item| {
                item.text()
                    .or_else(|| item.get("name").and_then(Expr::text))
                    .map(str::to_owned)
            })
            .collect(),
        other => other.texts(),
    }
}

pub fn index_name(table: &Name, columns: &[String], unique: bool) -> String {
    format!(
        "{}_{}_{}index",
        table.name,
        columns.join("_"),
        if unique { "unique_" } else { "" }
    )
}

pub fn data_type(value: &Expr) -> String {
    match value {
        // `id` stands for a key that counts up
        Expr::Text(text, _) if text == "id" => "integer".to_owned(),
        Expr::Text(text, _) => text.clone(),
        map @ Expr::Map(_) => map.get("type").map(data_type).unwrap_or_default(),
        other => other.literal(),
    }
}

pub fn read_node_pg_default(value: &Expr) -> DefaultValue {
    match value {
        Expr::Null => DefaultValue::None,
        // `pgm.func('now()')`
        Expr::Call(call) => DefaultValue::from_text(call.text(0).unwrap_or("f()")),
        value => DefaultValue::from_text(&value.literal()),
    }
}

pub fn read_node_pg_column(name: &str, value: &Expr) -> Column {
    let mut column = Column::new(name, data_type(value));
    let is = |key: &str| value.get(key) == Some(&Expr::Bool(true));
    let id = matches!(value, Expr::Text(text, _) if text == "id")
        || value.get("type").and_then(Expr::text) == Some("id");
    // `serial` counts up and is never NULL
    let serial = column.data_type.to_ascii_lowercase().contains("serial");
    column.primary = id || is("primaryKey");
    column.auto = id || serial || value.get("sequenceGenerated").is_some();
    column.nullable = !(is("notNull") || column.primary || serial);
    column.unique = is("unique");
    column.check = value.get("check").is_some();
    column.rule = value
        .get("check")
        .and_then(Expr::text)
        .unwrap_or_default()
        .to_owned();
    column.generated = value.get("expressionGenerated").is_some();
    column.references = value
        .get("references")
        .map(|references| read_node_pg_name(Some(references)))
        .filter(|name| !name.name.is_empty());
    // a parent with such rows can still be deleted
    column.frees = value
        .get("onDelete")
        .and_then(Expr::text)
        .is_some_and(|text| {
            text.eq_ignore_ascii_case("cascade") || text.to_ascii_lowercase().starts_with("set")
        });
    if let Some(stated) = value.get("default") {
        column.default = read_node_pg_default(stated);
    }
    column
}

pub fn read_node_pg_constraints(
    name: Option<String>,
    stated: &Expr,
    call: &FunctionCall,
) -> Vec<Constraint> {
    let mut out = Vec::new();
    let mut push = |kind, columns, references| {
        out.push(Constraint {
            name: name.clone(),
            kind,
            columns,
            references,
            text: call.text.clone(),
        });
    };
    if let Some(columns) = stated.get("primaryKey") {
        push(ConstraintKind::Primary, columns.texts(), None);
    }
    match stated.get("unique") {
        // a list of lists states several rules
        Some(Expr::List(items)) if items.iter().any(|item| matches!(item, Expr::List(_))) => {
            items
                .iter()
                .for_each(|columns| push(ConstraintKind::Unique, columns.texts(), None));
        }
        Some(columns) => push(ConstraintKind::Unique, columns.texts(), None),
        None => {}
    }
    if stated.get("check").is_some() {
        push(ConstraintKind::Check, Vec::new(), None);
    }
    if stated.get("exclude").is_some() {
        push(ConstraintKind::Exclude, Vec::new(), None);
    }
    if let Some(keys) = stated.get("foreignKeys") {
        let list = if let Expr::List(items) = keys {
            items.iter().collect()
        } else {
            vec![keys]
        };
        for key in list {
            let to = key
                .get("references")
                .and_then(Expr::text)
                // `orders(id)` names the column too
                .map(|text| Name::new(text.split('(').next().unwrap_or(text).trim()));
            push(
                ConstraintKind::Foreign,
                key.get("columns").map(Expr::texts).unwrap_or_default(),
                to,
            );
        }
    }
    out
}

pub fn read_node_pg_parameters(value: &Expr) -> Option<Vec<RoutineParameter>> {
    let Expr::List(items) = value else {
        return None;
    };
    items
        .iter()
        .map(|item| match item {
            Expr::Text(text, _) => Some(RoutineParameter {
                // a parameter without a name is its type
                name: text.clone(),
                data_type: text.clone(),
                optional: false,
            }),
            map @ Expr::Map(_) => {
                let data_type = map
                    .get("type")
                    .and_then(Expr::text)
                    .unwrap_or_default()
                    .to_owned();
                let name = map
                    .get("name")
                    .and_then(Expr::text)
                    .unwrap_or(&data_type)
                    .to_owned();
                Some(RoutineParameter {
                    name,
                    data_type,
                    optional: map.get("default").is_some(),
                })
            }
            _ => None,
        })
        .collect()
}
