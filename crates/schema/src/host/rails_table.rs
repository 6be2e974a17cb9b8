//! Columns and indexes inside Rails' `create_table` and `change_table`.

use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};
use super::syntax::{Expr, FunctionCall, SyntaxItem};

/// Types that are methods of the table's block.
const TYPES: [&str; 34] = [
    "string",
    "text",
    "integer",
    "bigint",
    "boolean",
    "datetime",
    "timestamp",
    "timestamptz",
    "date",
    "time",
    "decimal",
    "numeric",
    "float",
    "binary",
    "json",
    "jsonb",
    "uuid",
    "inet",
    "cidr",
    "macaddr",
    "hstore",
    "enum",
    "serial",
    "bigserial",
    "citext",
    "point",
    "tsvector",
    "int4range",
    "daterange",
    "tstzrange",
    "interval",
    "virtual",
    "blob",
    "money",
];

/// Rails' name for an index.
pub fn index_name(table: &Name, columns: &[String]) -> String {
    format!("index_{}_on_{}", table.name, columns.join("_and_"))
}

/// `UserRole` as `user_role`.
pub fn convert_rails_class_to_snake(class: &str) -> String {
    let mut out = String::new();
    for (at, c) in class.chars().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// What a block of `change_table` cannot turn around.
pub fn one_way(call: &FunctionCall) -> Option<String> {
    call.block.iter().find_map(|item| {
        let SyntaxItem::Call(inner, _) = item else {
            return None;
        };
        let lost = match inner.name.as_str() {
            // Rails turns a block around only where each call states what was there before
            "change" => true,
            "remove" => inner.named("type").is_none(),
            "change_default" => inner.named("from").is_none(),
            _ => false,
        };
        lost.then(|| {
            format!(
                "{} on line {} cannot be turned around",
                inner.name, inner.line
            )
        })
    })
}

/// `UserRole` belongs to `user_roles`.
pub fn table_of_class(class: &str) -> String {
    let out = convert_rails_class_to_snake(class);
    if let Some(stem) = out
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']))
    {
        format!("{stem}ies")
    } else if out.ends_with(['s', 'x']) || out.ends_with("ch") {
        format!("{out}es")
    } else {
        format!("{out}s")
    }
}

/// A column from its name, its type and the options of the call.
pub fn read_rails_column(name: &str, kind: &str, call: &FunctionCall) -> Column {
    let limit = call.named("limit").map(Expr::literal);
    let data_type = match kind {
        "string" => limit.map_or_else(|| "varchar".to_owned(), |limit| format!("varchar({limit})")),
        // Rails chooses the type of an integer by its bytes
        "integer" if limit.as_deref() == Some("8") => "bigint".to_owned(),
        "integer" if matches!(limit.as_deref(), Some("1" | "2")) => "smallint".to_owned(),
        "integer" => "integer".to_owned(),
        "datetime" | "timestamp" => "timestamp".to_owned(),
        "decimal" | "numeric" => match (call.named("precision"), call.named("scale")) {
            (Some(precision), scale) => format!(
                "numeric({}, {})",
                precision.literal(),
                scale.map_or_else(|| "0".to_owned(), Expr::literal)
            ),
            _ => "numeric".to_owned(),
        },
        "binary" => "bytea".to_owned(),
        "enum" => call
            .named("enum_type")
            .and_then(Expr::text)
            .unwrap_or("enum")
            .to_owned(),
        other => other.to_owned(),
    };
    let mut column = Column::new(
        name,
        if call.flag("array") {
            format!("{data_type}[]")
        } else {
            data_type
        },
    );
    // columns of Rails take NULL unless they say no
    column.nullable = call.named("null") != Some(&Expr::Bool(false));
    column.primary = call.flag("primary_key");
    column.generated = kind == "virtual";
    if let Some(default) = call.named("default") {
        column.default = match default {
            // A lambda holds SQL.
            Expr::Other(text) => DefaultValue::from_text(
                text.trim_start_matches("->")
                    .trim()
                    .trim_matches(['{', '}', ' ', '"', '\'']),
            ),
            value => DefaultValue::from_text(&value.literal()),
        };
    }
    column
}

/// `force:` drops the table that is there first; the way back that Rails derives does not bring it
/// back.
pub fn has_force_option(call: &FunctionCall) -> bool {
    call.named("force")
        .is_some_and(|force| !matches!(force, Expr::Bool(false) | Expr::Null))
        && !call.flag("if_not_exists")
}

/// The table that `create_join_table` and `drop_join_table` are about.
pub(super) fn name_join_table(call: &FunctionCall) -> String {
    let mut both: Vec<&str> = call.args.iter().filter_map(Expr::text).take(2).collect();
    // Rails names a join table by both names in the order of the alphabet
    both.sort_unstable();
    call.named("table_name")
        .and_then(Expr::text)
        .map_or_else(|| both.join("_"), str::to_owned)
}

/// `create_table`, with its block.
pub fn read_rails_create_table(call: &FunctionCall) -> Table {
    let joined = (call.name == "create_join_table").then(|| name_join_table(call));
    let mut table = Table {
        name: call.text(0).map(Name::new).unwrap_or_default(),
        if_not_exists: call.flag("if_not_exists"),
        columns_known: true,
        ..Table::default()
    };
    if let Some(joined) = joined {
        table.name = Name::new(&joined);
        for side in call.args.iter().filter_map(Expr::text).take(2) {
            let mut id = Column::new(format!("{}_id", side.trim_end_matches('s')), "bigint");
            id.nullable = false;
            table.columns.push(id);
        }
    // Rails adds a key `id` by itself
    } else if call.named("id") != Some(&Expr::Bool(false)) {
        let mut id = Column::new(
            call.named("primary_key")
                .and_then(Expr::text)
                .unwrap_or("id"),
            call.named("id").and_then(Expr::text).unwrap_or("bigint"),
        );
        (id.primary, id.auto, id.nullable) = (true, true, false);
        table.columns.push(id);
    }
    let mut actions = Vec::new();
    let name = table.name.clone();
    read_rails_table_block(call, &name, &mut actions);
    for (action, _) in actions {
        match action {
            SchemaAction::AddColumn { column, .. } => table.columns.push(column),
            SchemaAction::AddConstraint { constraint, .. } => table.constraints.push(constraint),
            SchemaAction::CreateIndex(index) => table.indexes.push(index),
            _ => {}
        }
    }
    table
}

/// Calls of a table's block, each with its line.
pub fn read_rails_table_block(
    call: &FunctionCall,
    table: &Name,
    out: &mut Vec<(SchemaAction, usize)>,
) {
    for item in &call.block {
        let SyntaxItem::Call(inner, _) = item else {
            continue;
        };
        let mut actions = Vec::new();
        read_rails_table_call(inner, table, &mut actions);
        out.extend(actions.into_iter().map(|action| (action, inner.line)));
    }
}

fn read_rails_table_call(call: &FunctionCall, table: &Name, out: &mut Vec<SchemaAction>) {
    let t = || table.clone();
    let first = || call.text(0).unwrap_or_default().to_owned();
    let names = || {
        call.args
            .iter()
            .filter_map(|arg| arg.text().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let action = read_rails_rule(call, table).or_else(|| read_rails_column_change(call, table));
    if let Some(action) = action {
        out.push(action);
        return;
    }
    match call.name.as_str() {
        kind if TYPES.contains(&kind) => {
            for name in names() {
                let column = read_rails_column(&name, kind, call);
                out.push(SchemaAction::AddColumn {
                    table: t(),
                    column,
                    if_not_exists: false,
                });
                index_option(call, table, &name, out);
            }
        }
        "column" => out.push(SchemaAction::AddColumn {
            table: t(),
            column: read_rails_column(&first(), call.text(1).unwrap_or_default(), call),
            if_not_exists: false,
        }),
        "timestamps" | "references" | "belongs_to" => read_rails_reference(
            &FunctionCall {
                // inside a block the table is not among the arguments
                args: std::iter::once(Expr::Name(table.name.clone()))
                    .chain(call.args.iter().cloned())
                    .collect(),
                ..call.clone()
            },
            table,
            out,
        ),
        "remove" => out.extend(
            names()
                .into_iter()
                .map(|column| SchemaAction::DropColumn { table: t(), column }),
        ),
        "remove_index" => out.push(SchemaAction::DropIndex {
            name: call
                .named("name")
                .and_then(Expr::text)
                .map_or_else(|| index_name(table, &names()), str::to_owned),
            table: Some(t()),
        }),
        "remove_references" | "remove_belongs_to" | "remove_timestamps" => read_rails_reference(
            &FunctionCall {
                name: call.name.clone(),
                args: std::iter::once(Expr::Name(table.name.clone()))
                    .chain(call.args.iter().cloned())
                    .collect(),
                ..call.clone()
            },
            table,
            out,
        ),
        "primary_key" => {
            let mut column = Column::new(first(), "bigint");
            (column.primary, column.auto, column.nullable) = (true, true, false);
            out.push(SchemaAction::AddColumn {
                table: t(),
                column,
                if_not_exists: false,
            });
        }
        // Names of attachments and the like made by other libraries are columns too.
        _ => {
            for name in names() {
                out.push(SchemaAction::AddColumn {
                    table: t(),
                    column: read_rails_column(&name, &call.name, call),
                    if_not_exists: false,
                });
            }
        }
    }
}

/// An index or another rule of a block of a table.
fn read_rails_rule(call: &FunctionCall, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    Some(match call.name.as_str() {
        "index" => {
            let columns = call.args.first().map(Expr::texts).unwrap_or_default();
            let name = call
                .named("name")
                .and_then(Expr::text)
                .map_or_else(|| index_name(table, &columns), str::to_owned);
            SchemaAction::CreateIndex(TableIndex {
                name: Some(name),
                table: t(),
                columns,
                unique: call.flag("unique"),
                partial: call.named("where").is_some(),
                concurrently: false,
            })
        }
        "check_constraint" | "exclusion_constraint" | "unique_constraint" | "foreign_key" => {
            let kind = match call.name.as_str() {
                "check_constraint" => ConstraintKind::Check,
                "exclusion_constraint" => ConstraintKind::Exclude,
                "unique_constraint" => ConstraintKind::Unique,
                _ => ConstraintKind::Foreign,
            };
            // a foreign key has its column among the options, the others name theirs first
            let columns = if kind == ConstraintKind::Foreign {
                call.named("column").map(Expr::texts).unwrap_or_default()
            } else {
                call.args.first().map(Expr::texts).unwrap_or_default()
            };
            SchemaAction::AddConstraint {
                table: t(),
                constraint: Constraint {
                    name: call.named("name").and_then(Expr::text).map(str::to_owned),
                    kind,
                    columns,
                    references: None,
                    text: call.text.clone(),
                },
            }
        }
        _ => return None,
    })
}

/// A column that a block of a table changes.
fn read_rails_column_change(call: &FunctionCall, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    let first = || call.text(0).unwrap_or_default().to_owned();
    Some(match call.name.as_str() {
        "rename" => SchemaAction::RenameColumn {
            table: t(),
            column: first(),
            to: call.text(1).unwrap_or_default().to_owned(),
        },
        "change" => SchemaAction::RestateColumn {
            table: t(),
            from: first(),
            column: read_rails_column(&first(), call.text(1).unwrap_or_default(), call),
            keeps_default: true,
        },
        "change_default" => {
            let value = call
                .named("to")
                .or_else(|| call.args.get(1))
                .map_or(DefaultValue::None, |value| {
                    DefaultValue::from_text(&value.literal())
                });
            if value.is_some() {
                SchemaAction::SetDefault {
                    table: t(),
                    column: first(),
                    value,
                }
            } else {
                SchemaAction::DropDefault {
                    table: t(),
                    column: first(),
                }
            }
        }
        "change_null" => {
            if matches!(call.args.get(1), Some(Expr::Bool(true))) {
                SchemaAction::DropNotNull {
                    table: t(),
                    column: first(),
                }
            } else {
                SchemaAction::SetNotNull {
                    table: t(),
                    column: first(),
                }
            }
        }
        _ => return None,
    })
}

/// References and time stamps, added or removed; the first argument is the table.
pub fn read_rails_reference(call: &FunctionCall, table: &Name, out: &mut Vec<SchemaAction>) {
    let t = || table.clone();
    if call.name.contains("timestamps") {
        for name in ["created_at", "updated_at"] {
            if call.name.starts_with("remove") {
                out.push(SchemaAction::DropColumn {
                    table: t(),
                    column: name.to_owned(),
                });
            } else {
                let mut column = read_rails_column(name, "datetime", call);
                // time stamps refuse NULL unless told otherwise
                column.nullable = call.named("null") == Some(&Expr::Bool(true));
                out.push(SchemaAction::AddColumn {
                    table: t(),
                    column,
                    if_not_exists: false,
                });
            }
        }
        return;
    }
    for name in call
        .args
        .iter()
        .skip(1)
        .filter_map(|arg| arg.text().map(str::to_owned))
    {
        let id = format!("{name}_id");
        if call.name.starts_with("remove") {
            out.push(SchemaAction::DropColumn {
                table: t(),
                column: id,
            });
            continue;
        }
        let mut column = read_rails_column(
            &id,
            call.named("type").and_then(Expr::text).unwrap_or("bigint"),
            call,
        );
        column.references = match call.named("foreign_key") {
            // Rails takes the table from the name of the reference
            Some(Expr::Bool(true)) => Some(Name::new(&format!("{name}s"))),
            Some(options @ Expr::Map(_)) => options
                .get("to_table")
                .and_then(Expr::text)
                .map(Name::new)
                .or_else(|| Some(Name::new(&format!("{name}s")))),
            _ => None,
        };
        out.push(SchemaAction::AddColumn {
            table: t(),
            column,
            if_not_exists: call.flag("if_not_exists"),
        });
        // the class of the other row stands in a column beside
        if call.named("polymorphic").is_some() {
            out.push(SchemaAction::AddColumn {
                table: t(),
                column: Column::new(format!("{name}_type"), "varchar"),
                if_not_exists: false,
            });
        }
        // Rails indexes a reference unless told not to
        if call.named("index") != Some(&Expr::Bool(false)) {
            let unique = call.named("index").and_then(|index| index.get("unique"))
                == Some(&Expr::Bool(true));
            let columns = vec![id];
            out.push(SchemaAction::CreateIndex(TableIndex {
                name: Some(index_name(table, &columns)),
                table: t(),
                columns,
                unique,
                partial: false,
                concurrently: false,
            }));
        }
    }
}

fn index_option(call: &FunctionCall, table: &Name, name: &str, out: &mut Vec<SchemaAction>) {
    let option = call.named("index");
    if matches!(option, Some(Expr::Bool(true) | Expr::Map(_))) {
        let unique = option.and_then(|index| index.get("unique")) == Some(&Expr::Bool(true));
        let columns = vec![name.to_owned()];
        out.push(SchemaAction::CreateIndex(TableIndex {
            name: Some(index_name(table, &columns)),
            table: table.clone(),
            columns,
            unique,
            partial: false,
            concurrently: false,
        }));
    }
}
