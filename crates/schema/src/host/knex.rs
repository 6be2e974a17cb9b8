//! Knex's table builder: one chain a column or rule.

use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, TableIndex,
};
use super::syntax::{Expr, FunctionCall};

/// A chain on Knex's table builder: `t.string('a').notNullable().defaultTo('')`.
pub fn read_knex_builder(call: &FunctionCall, table: &Name, out: &mut Vec<(SchemaAction, usize)>) {
    if read_knex_rule(call, table, out) || read_knex_plain(call, table, out) {
        return;
    }
    let chain = call.chain();
    let Some(first) = chain.first() else { return };
    let has = |name: &str| chain.iter().any(|call| call.name == name);
    let line = first.line;
    let kind = first.name.as_str();
    // `increments()` without a name makes `id`
    let name = first
        .text(0)
        .unwrap_or(if kind.to_lowercase().contains("increments") {
            "id"
        } else {
            ""
        })
        .to_owned();
    if name.is_empty() {
        let why = format!("{kind} is not a change that is known");
        out.push((SchemaAction::Unknown { why }, line));
        return;
    }
    let column = read_knex_column(&chain, first, name);
    let altered = chain
        .iter()
        .find(|call| call.name == "alter")
        .and_then(|call| call.args.first());
    let keeps =
        |key: &str| altered.and_then(|options| options.get(key)) == Some(&Expr::Bool(false));
    let table = table.clone();
    if keeps("alterNullable") || keeps("alterType") {
        let to = Some(column.data_type.clone()).filter(|_| !keeps("alterType"));
        let nullable = Some(column_is_null(&chain)).filter(|_| !keeps("alterNullable"));
        let actions = list_kept_alterations(&table, column, to, nullable);
        out.extend(actions.into_iter().map(|action| (action, line)));
    } else if has("alter") {
        let action = SchemaAction::RestateColumn {
            table,
            from: column.name.clone(),
            column,
            // Knex states the column anew, so a default that is not named is gone
            keeps_default: false,
        };
        out.push((action, line));
    } else {
        let action = SchemaAction::AddColumn {
            table,
            column,
            if_not_exists: false,
        };
        out.push((action, line));
    }
}

/// `alter({ alterNullable: false })` and the like: only what is not kept is stated anew.
fn list_kept_alterations(
    table: &Name,
    column: Column,
    to: Option<String>,
    nullable: Option<bool>,
) -> Vec<SchemaAction> {
    let (t, name) = (|| table.clone(), column.name);
    let mut out = Vec::new();
    out.extend(to.map(|to| SchemaAction::ChangeType {
        table: t(),
        column: name.clone(),
        to,
    }));
    out.extend(nullable.map(|nullable| {
        let (table, column) = (t(), name.clone());
        if nullable {
            SchemaAction::DropNotNull { table, column }
        } else {
            SchemaAction::SetNotNull { table, column }
        }
    }));
    if column.default.is_some() {
        out.push(SchemaAction::SetDefault {
            table: t(),
            column: name,
            value: column.default,
        });
    }
    out
}

fn read_knex_type(first: &FunctionCall) -> String {
    match first.name.as_str() {
        "increments" | "integer" => "integer".to_owned(),
        "bigIncrements" | "bigInteger" | "bigint" => "bigint".to_owned(),
        "string" => format!(
            "varchar({})",
            first
                .args
                .get(1)
                // the length that Knex takes where none is given
                .map_or_else(|| "255".to_owned(), Expr::literal)
        ),
        "text" | "mediumtext" | "longtext" => "text".to_owned(),
        "dateTime" | "datetime" | "timestamp" => "timestamp".to_owned(),
        "specificType" => first.text(1).unwrap_or_default().to_owned(),
        "enu" | "enum" => "enum".to_owned(),
        "decimal" => match (first.args.get(1), first.args.get(2)) {
            (Some(precision), Some(scale)) => {
                format!("numeric({}, {})", precision.literal(), scale.literal())
            }
            _ => "numeric".to_owned(),
        },
        "jsonb" | "json" => "jsonb".to_owned(),
        other => other.to_lowercase(),
    }
}

/// The column that a chain describes; what the chain does not say is as Knex has it.
fn read_knex_column(chain: &[&FunctionCall], first: &FunctionCall, name: String) -> Column {
    let has = |name: &str| chain.iter().any(|call| call.name == name);
    let mut column = Column::new(name.clone(), read_knex_type(first));
    column.auto = first.name.to_lowercase().contains("increments");
    column.primary = column.auto || has("primary");
    // columns of Knex take NULL unless they say notNullable
    column.nullable = column_is_null(chain) && !column.primary;
    column.unique = has("unique");
    column.references = chain
        .iter()
        .find(|call| call.name == "inTable")
        .and_then(|call| call.text(0))
        .map(Name::new)
        .or_else(|| {
            // `references('orders.id')` names the table too
            chain
                .iter()
                .find(|call| call.name == "references")
                .and_then(|call| call.text(0))
                .and_then(|text| text.rsplit_once('.'))
                .map(|(table, _)| Name::new(table))
        });
    if let Some(default) = chain
        .iter()
        .find(|call| call.name == "defaultTo")
        .and_then(|call| call.args.first())
    {
        column.default = match default {
            Expr::Call(call) if call.name == "now" => DefaultValue::Volatile("now()".to_owned()),
            Expr::Call(call) if call.name == "raw" => {
                DefaultValue::from_text(call.text(0).unwrap_or("f()"))
            }
            value => DefaultValue::from_text(&value.literal()),
        };
    }
    column.rule = chain
        .iter()
        .filter_map(|call| write_knex_rule(call, &name))
        .collect::<Vec<_>>()
        .join(" AND ");
    column.check = !column.rule.is_empty();
    column
}

/// Indexes and keys.
fn read_knex_rule(call: &FunctionCall, table: &Name, out: &mut Vec<(SchemaAction, usize)>) -> bool {
    if read_knex_dropped_rule(call, table, out) {
        return true;
    }
    let chain = call.chain();
    let Some(first) = chain.first() else {
        return false;
    };
    let list = || first.args.first().map(Expr::texts).unwrap_or_default();
    let t = || table.clone();
    let line = first.line;
    let index_name = |columns: &[String], end: &str| {
        format!("{}_{}_{end}", table.name, columns.join("_")).to_lowercase()
    };
    let mut push = |action: SchemaAction| out.push((action, line));
    match first.name.as_str() {
        "index" | "unique" => {
            let columns = list();
            let unique = first.name == "unique";
            let name = first.text(1).map_or_else(
                || index_name(&columns, if unique { "unique" } else { "index" }),
                str::to_owned,
            );
            push(SchemaAction::CreateIndex(TableIndex {
                name: Some(name),
                table: t(),
                columns,
                unique,
                partial: false,
                concurrently: false,
            }));
        }
        "foreign" => push(SchemaAction::AddConstraint {
            table: t(),
            constraint: Constraint {
                name: None,
                kind: ConstraintKind::Foreign,
                columns: list(),
                references: None,
                text: call.text.clone(),
            },
        }),
        "primary" => push(SchemaAction::AddConstraint {
            table: t(),
            constraint: Constraint {
                name: None,
                kind: ConstraintKind::Primary,
                columns: list(),
                references: None,
                text: call.text.clone(),
            },
        }),
        "check" => push(SchemaAction::AddConstraint {
            table: t(),
            constraint: Constraint {
                name: None,
                kind: ConstraintKind::Check,
                columns: Vec::new(),
                references: None,
                text: call.text.clone(),
            },
        }),
        _ => return false,
    }
    true
}

/// What `checkPositive()`, `checkIn([..])` and alike demand of a column, as SQL. A demand that is not
/// known is written as one that nobody can compute.
fn write_knex_rule(call: &FunctionCall, column: &str) -> Option<String> {
    let value = |expr: &Expr| match expr {
        Expr::Text(text, _) => format!("'{}'", text.replace('\'', "''")),
        other => other.literal(),
    };
    let list = || match call.args.first() {
        Some(Expr::List(items)) => items.iter().map(value).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    Some(match call.name.as_str() {
        "checkPositive" => format!("{column} > 0"),
        "checkNegative" => format!("{column} < 0"),
        "checkIn" if !list().is_empty() => format!("{column} IN ({})", list().join(", ")),
        "checkNotIn" if !list().is_empty() => format!("{column} NOT IN ({})", list().join(", ")),
        "checkBetween" if list().len() == 2 => {
            format!("{column} BETWEEN {}", list().join(" AND "))
        }
        "checkLength" => {
            let length = call.args.get(1).map(value).unwrap_or_default();
            format!("length({column}) {} {length}", call.text(0).unwrap_or("?"))
        }
        name if name.starts_with("check") => format!("{name}({column})"),
        _ => return None,
    })
}

/// Indexes and keys that are dropped.
fn read_knex_dropped_rule(
    call: &FunctionCall,
    table: &Name,
    out: &mut Vec<(SchemaAction, usize)>,
) -> bool {
    let chain = call.chain();
    let Some(first) = chain.first() else {
        return false;
    };
    let list = || first.args.first().map(Expr::texts).unwrap_or_default();
    let t = || table.clone();
    let line = first.line;
    let index_name = |columns: &[String], end: &str| {
        format!("{}_{}_{end}", table.name, columns.join("_")).to_lowercase()
    };
    let mut push = |action: SchemaAction| out.push((action, line));
    match first.name.as_str() {
        "dropChecks" => push(SchemaAction::DropConstraint {
            table: t(),
            name: first.text(0).map(str::to_owned),
            kind: Some(ConstraintKind::Check),
            columns: Vec::new(),
        }),
        "dropIndex" | "dropUnique" => {
            let columns = list();
            let name = first.text(1).map_or_else(
                || {
                    index_name(
                        &columns,
                        if first.name == "dropUnique" {
                            "unique"
                        } else {
                            "index"
                        },
                    )
                },
                str::to_owned,
            );
            push(SchemaAction::DropIndex {
                name,
                table: Some(t()),
            });
        }
        "dropForeign" => push(SchemaAction::DropConstraint {
            table: t(),
            name: first.text(1).map(str::to_owned),
            kind: Some(ConstraintKind::Foreign),
            columns: list(),
        }),
        "dropPrimary" => push(SchemaAction::DropConstraint {
            table: t(),
            name: None,
            kind: Some(ConstraintKind::Primary),
            columns: Vec::new(),
        }),
        _ => return false,
    }
    true
}

/// Columns and options that a call says whole.
fn read_knex_plain(
    call: &FunctionCall,
    table: &Name,
    out: &mut Vec<(SchemaAction, usize)>,
) -> bool {
    let chain = call.chain();
    let Some(first) = chain.first() else {
        return false;
    };
    let t = || table.clone();
    let line = first.line;
    let mut push = |action: SchemaAction| out.push((action, line));
    match first.name.as_str() {
        "dropColumn" | "dropColumns" => first
            .args
            .iter()
            .flat_map(Expr::texts)
            .for_each(|column| push(SchemaAction::DropColumn { table: t(), column })),
        "renameTable" | "rename" => push(SchemaAction::RenameTable {
            table: t(),
            to: first.text(0).map(Name::new).unwrap_or_default(),
        }),
        "dropTimestamps" => ["created_at", "updated_at"].iter().for_each(|column| {
            push(SchemaAction::DropColumn {
                table: t(),
                column: (*column).to_owned(),
            })
        }),
        "renameColumn" => push(SchemaAction::RenameColumn {
            table: t(),
            column: first.text(0).unwrap_or_default().to_owned(),
            to: first.text(1).unwrap_or_default().to_owned(),
        }),
        "setNullable" => push(SchemaAction::DropNotNull {
            table: t(),
            column: first.text(0).unwrap_or_default().to_owned(),
        }),
        "dropNullable" => push(SchemaAction::SetNotNull {
            table: t(),
            column: first.text(0).unwrap_or_default().to_owned(),
        }),
        "comment" | "engine" | "charset" | "collate" => push(SchemaAction::TableOption {
            table: t(),
            what: first.name.clone(),
        }),
        "timestamps" => ["created_at", "updated_at"].iter().for_each(|name| {
            let mut column = Column::new(*name, "timestamp");
            // the second argument asks for the time as default
            let defaults = first.args.get(1) == Some(&Expr::Bool(true));
            column.nullable = !defaults;
            if defaults {
                column.default = DefaultValue::Volatile("now()".to_owned());
            }
            push(SchemaAction::AddColumn {
                table: t(),
                column,
                if_not_exists: false,
            });
        }),
        _ => return false,
    }
    true
}

/// A chain that allows NULL.
fn column_is_null(chain: &[&FunctionCall]) -> bool {
    !chain.iter().any(|call| {
        call.name == "notNullable"
            || (call.name == "nullable" && call.args.first() == Some(&Expr::Bool(false)))
    })
}
