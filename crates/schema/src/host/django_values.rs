//! Values that Django is given: columns, constraints, SQL.

use super::super::dialect::Dialect;
use super::super::step::{Column, Constraint, ConstraintKind, DefaultValue, Name};
use super::syntax::{Expr, FunctionCall};

/// SQL of `RunSQL`: one string, a list of strings, or pairs of a string and its parameters.
pub(super) fn read_run_sql_statements(value: &Expr) -> Vec<(String, usize)> {
    match value {
        Expr::Text(text, line) => vec![(text.clone(), *line)],
        Expr::List(items) => items
            .iter()
            .flat_map(|item| match item {
                // what follows in the pair are parameters
                Expr::List(pair) => pair
                    .first()
                    .map(read_run_sql_statements)
                    .unwrap_or_default(),
                other => read_run_sql_statements(other),
            })
            .collect(),
        // the text may pass through a function
        Expr::Call(_) => {
            let mut texts = Vec::new();
            value.all_texts(&mut texts);
            texts
        }
        _ => Vec::new(),
    }
}

pub(super) fn read_name_tuples(value: &Expr) -> Vec<Vec<String>> {
    match value {
        Expr::List(items)
            if items.iter().all(|item| matches!(item, Expr::Text(..))) && !items.is_empty() =>
        {
            // one group may stand without a list around it
            vec![value.texts()]
        }
        Expr::List(items) => items
            .iter()
            .map(Expr::texts)
            .filter(|texts| !texts.is_empty())
            .collect(),
        // the grammar's reader has no form for sets
        Expr::Other(text) => text
            .split(['(', ')'])
            .filter(|part| part.contains('"') || part.contains('\''))
            .map(|part| {
                part.split(',')
                    .map(|name| name.trim().trim_matches(['"', '\'', '{', '}']).to_owned())
                    .filter(|name| !name.is_empty())
                    .collect()
            })
            .collect(),
        _ => Vec::new(),
    }
}

pub(super) fn unique_together(call: &FunctionCall) -> Vec<Vec<String>> {
    call.arg("unique_together", 1)
        .map(read_name_tuples)
        .unwrap_or_default()
}

pub(super) fn read_django_constraint(call: &FunctionCall) -> Option<Constraint> {
    let kind = match call.name.as_str() {
        "UniqueConstraint" => ConstraintKind::Unique,
        "CheckConstraint" => ConstraintKind::Check,
        "ExclusionConstraint" => ConstraintKind::Exclude,
        _ => return None,
    };
    let mut columns = call.named("fields").map(Expr::texts).unwrap_or_default();
    // the condition is built of calls; the names of its fields are in small letters
    if kind == ConstraintKind::Check {
        columns = call
            .text
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| {
                word.chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
            })
            .map(|word| word.split("__").next().unwrap_or(word).to_owned())
            .collect();
    }
    Some(Constraint {
        name: call.named("name").and_then(Expr::text).map(str::to_owned),
        kind,
        columns,
        references: None,
        text: call.text.clone(),
    })
}

/// A field as a column. `None` where it has no column.
pub(super) fn read_django_column(
    name: &str,
    field: &FunctionCall,
    app: &str,
    dialect: Dialect,
) -> Option<Column> {
    let size = |key: &str| field.named(key).map(Expr::literal);
    let relation = matches!(
        field.name.as_str(),
        "ForeignKey" | "OneToOneField" | "ParentalKey"
    );
    let data_type = match field.name.as_str() {
        "ManyToManyField" | "GenericForeignKey" | "GenericRelation" => return None,
        "CharField" | "SlugField" | "EmailField" | "URLField" | "FileField" | "ImageField"
        | "FilePathField" => match size("max_length") {
            Some(size) => format!("varchar({size})"),
            None => match field.name.as_str() {
                "SlugField" => "varchar(50)".to_owned(),
                "EmailField" => "varchar(254)".to_owned(),
                "URLField" => "varchar(200)".to_owned(),
                "FileField" | "ImageField" | "FilePathField" => "varchar(100)".to_owned(),
                _ => "varchar".to_owned(),
            },
        },
        "TextField" => "text".to_owned(),
        "IntegerField" | "PositiveIntegerField" | "AutoField" => "integer".to_owned(),
        "SmallIntegerField" | "PositiveSmallIntegerField" | "SmallAutoField" => {
            "smallint".to_owned()
        }
        "BigIntegerField" | "PositiveBigIntegerField" | "BigAutoField" => "bigint".to_owned(),
        "BooleanField" | "NullBooleanField" => "boolean".to_owned(),
        "DateTimeField" => "timestamp with time zone".to_owned(),
        "DateField" => "date".to_owned(),
        "TimeField" => "time".to_owned(),
        "DurationField" => "interval".to_owned(),
        "UUIDField" => "uuid".to_owned(),
        "JSONField" => "jsonb".to_owned(),
        "FloatField" => "double precision".to_owned(),
        "DecimalField" => format!(
            "numeric({}, {})",
            size("max_digits").unwrap_or_default(),
            size("decimal_places").unwrap_or_default()
        ),
        "BinaryField" => "bytea".to_owned(),
        "GenericIPAddressField" => "inet".to_owned(),
        _ if relation => "integer".to_owned(),
        other => other.to_owned(),
    };
    let mut column = Column::new(
        if relation {
            field
                .named("db_column")
                .and_then(Expr::text)
                .map_or_else(|| format!("{name}_id"), str::to_owned)
        } else {
            field
                .named("db_column")
                .and_then(Expr::text)
                .unwrap_or(name)
                .to_owned()
        },
        data_type,
    );
    column.nullable = field.flag("null") || field.name == "NullBooleanField";
    column.unique = field.flag("unique") || field.name == "OneToOneField";
    column.primary = field.flag("primary_key");
    column.auto = field.name.ends_with("AutoField");
    column.generated = field.name == "GeneratedField";
    if let Some(default) = field.named("db_default") {
        column.default = DefaultValue::from_text(&default.literal());
    }
    if relation {
        let to = field
            .named("to")
            .or_else(|| field.args.first())
            .and_then(Expr::text)
            .unwrap_or_default();
        column.references = Some(match to.split_once('.') {
            Some((app, model)) => Name {
                schema: None,
                name: format!("{app}_{model}").to_lowercase(),
            },
            None => Name {
                schema: None,
                name: format!("{app}_{to}").to_lowercase(),
            },
        });
    }
    let _ = dialect;
    Some(column)
}
