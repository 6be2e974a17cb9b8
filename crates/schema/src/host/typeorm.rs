//! TypeORM: objects given to the `queryRunner`, its manager and query builder.

use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};
use super::rails_table::table_of_class;
use super::syntax::{Expr, FunctionCall};
use super::write::Writer;

/// A call on the query runner; `false` if it is about something else.
pub fn read_typeorm_call(writer: &mut Writer, call: &FunctionCall, certain: bool) -> bool {
    let on = match &call.on {
        Some(Expr::Name(on)) => on.as_str(),
        _ => "",
    };
    if call.chain().len() > 1 || on.ends_with(".manager") {
        return read_typeorm_rows(writer, call, certain);
    }
    let table = call.args.first().map(read_typeorm_name).unwrap_or_default();
    let stated = |at: usize| {
        call.args
            .get(at)
            .map(unwrap_typeorm_object)
            .unwrap_or(&Expr::Null)
    };
    // Names of columns, as strings or as objects.
    let known = read_typeorm_columns(call).or_else(|| read_typeorm_rules(call));
    let many: Vec<SchemaAction> = if let Some(action) = known {
        action
    } else {
        match call.name.as_str() {
            "query" => {
                if !writer.sql_of(call, certain) {
                    writer.unknown("the SQL is put together in another place", call, certain);
                }
                return true;
            }
            "createTable" => vec![SchemaAction::CreateTable(read_typeorm_table(
                stated(0),
                call,
            ))],
            "dropTable" => vec![SchemaAction::DropTable {
                table,
                if_exists: call.args.get(1) == Some(&Expr::Bool(true)),
                cascade: false,
            }],
            "renameTable" => vec![SchemaAction::RenameTable {
                table,
                to: call.args.get(1).map(read_typeorm_name).unwrap_or_default(),
            }],
            "clearTable" => vec![SchemaAction::Truncate { table }],
            "createSchema" => vec![SchemaAction::CreateSchema { name: table.name }],
            "dropSchema" => vec![SchemaAction::DropSchema { name: table.name }],
            "createView" => vec![SchemaAction::CreateView {
                name: Name::new(&name_of(stated(0))),
                replace: false,
                materialized: stated(0).get("materialized") == Some(&Expr::Bool(true)),
                body: stated(0)
                    .get("expression")
                    .and_then(Expr::text)
                    .unwrap_or_default()
                    .to_owned(),
            }],
            "dropView" => vec![SchemaAction::DropView {
                name: table,
                if_exists: false,
            }],
            "changeTableComment" => vec![SchemaAction::Comment {
                object: table.to_string(),
            }],
            "hasTable"
            | "hasColumn"
            | "hasDatabase"
            | "hasSchema"
            | "getTable"
            | "getTables"
            | "getView"
            | "getViews"
            | "startTransaction"
            | "commitTransaction"
            | "rollbackTransaction"
            | "release"
            | "connect"
            | "manager"
            | "find"
            | "loadMigrations" => return true,
            name => vec![SchemaAction::Unknown {
                why: format!("queryRunner.{name} is not known"),
            }],
        }
    };
    if many.is_empty() {
        writer.unknown("what changes is put together elsewhere", call, certain);
    }
    for action in many {
        if action.table().is_some_and(|table| table.name.is_empty())
            || action.column().is_some_and(str::is_empty)
        {
            writer.unknown("a name is put together elsewhere", call, certain);
        } else {
            writer.push(action, call, certain);
        }
    }
    true
}

/// Columns.
fn read_typeorm_columns(call: &FunctionCall) -> Option<Vec<SchemaAction>> {
    let table = call.args.first().map(read_typeorm_name).unwrap_or_default();
    let text = |at: usize| call.text(at).unwrap_or_default().to_owned();
    let stated = |at: usize| {
        call.args
            .get(at)
            .map(unwrap_typeorm_object)
            .unwrap_or(&Expr::Null)
    };
    let all = |at: usize| match call.args.get(at) {
        Some(Expr::List(items)) => items.iter().map(unwrap_typeorm_object).collect::<Vec<_>>(),
        Some(one) => vec![unwrap_typeorm_object(one)],
        None => Vec::new(),
    };
    // Names of columns, as strings or as objects.
    let names = |at: usize| match call.args.get(at) {
        Some(Expr::List(items)) => items
            .iter()
            .map(|item| name_of(unwrap_typeorm_object(item)))
            .collect::<Vec<_>>(),
        Some(one) => vec![name_of(unwrap_typeorm_object(one))],
        None => Vec::new(),
    };
    Some(match call.name.as_str() {
        "addColumn" | "addColumns" => all(1)
            .into_iter()
            .map(|value| SchemaAction::AddColumn {
                table: table.clone(),
                column: read_typeorm_column(value),
                if_not_exists: false,
            })
            .collect(),
        "dropColumn" | "dropColumns" => names(1)
            .into_iter()
            .map(|column| SchemaAction::DropColumn {
                table: table.clone(),
                column,
            })
            .collect(),
        "renameColumn" => vec![SchemaAction::RenameColumn {
            table,
            column: text(1),
            to: call
                .args
                .get(2)
                .map(unwrap_typeorm_object)
                .map(name_of)
                .unwrap_or_default(),
        }],
        "changeColumn" => {
            vec![SchemaAction::RestateColumn {
                table,
                from: name_of(stated(1)),
                column: read_typeorm_column(stated(2)),
                // TypeORM states the column whole
                keeps_default: false,
            }]
        }
        "changeColumns" => match call.args.get(1) {
            Some(Expr::List(items)) => items
                .iter()
                .map(|item| SchemaAction::RestateColumn {
                    table: table.clone(),
                    from: item
                        .get("oldColumn")
                        .map(unwrap_typeorm_object)
                        .map(name_of)
                        .unwrap_or_default(),
                    column: read_typeorm_column(
                        item.get("newColumn")
                            .map(unwrap_typeorm_object)
                            .unwrap_or(&Expr::Null),
                    ),
                    keeps_default: false,
                })
                .collect(),
            _ => vec![SchemaAction::Unknown {
                why: "the columns are put together elsewhere".to_owned(),
            }],
        },
        _ => return None,
    })
}

/// Indexes and rules.
fn read_typeorm_rules(call: &FunctionCall) -> Option<Vec<SchemaAction>> {
    let table = call.args.first().map(read_typeorm_name).unwrap_or_default();
    let all = |at: usize| match call.args.get(at) {
        Some(Expr::List(items)) => items.iter().map(unwrap_typeorm_object).collect::<Vec<_>>(),
        Some(one) => vec![unwrap_typeorm_object(one)],
        None => Vec::new(),
    };
    // Names of columns, as strings or as objects.
    let names = |at: usize| match call.args.get(at) {
        Some(Expr::List(items)) => items
            .iter()
            .map(|item| name_of(unwrap_typeorm_object(item)))
            .collect::<Vec<_>>(),
        Some(one) => vec![name_of(unwrap_typeorm_object(one))],
        None => Vec::new(),
    };
    Some(match call.name.as_str() {
        "createIndex" | "createIndices" => all(1)
            .into_iter()
            .map(|value| SchemaAction::CreateIndex(read_typeorm_index(value, &table)))
            .collect(),
        "dropIndex" | "dropIndices" => names(1)
            .into_iter()
            .map(|name| SchemaAction::DropIndex {
                name,
                table: Some(table.clone()),
            })
            .collect(),
        "createForeignKey" | "createForeignKeys" => {
            add_typeorm_constraints(all(1), ConstraintKind::Foreign, &table, call)
        }
        "createUniqueConstraint" | "createUniqueConstraints" => {
            add_typeorm_constraints(all(1), ConstraintKind::Unique, &table, call)
        }
        "createCheckConstraint" | "createCheckConstraints" => {
            add_typeorm_constraints(all(1), ConstraintKind::Check, &table, call)
        }
        "createExclusionConstraint" | "createExclusionConstraints" => {
            add_typeorm_constraints(all(1), ConstraintKind::Exclude, &table, call)
        }
        "createPrimaryKey" | "updatePrimaryKeys" => {
            let constraint = Constraint {
                name: None,
                kind: ConstraintKind::Primary,
                columns: names(1),
                references: None,
                text: call.text.clone(),
            };
            vec![SchemaAction::AddConstraint { table, constraint }]
        }
        "dropPrimaryKey" => vec![SchemaAction::DropConstraint {
            table,
            name: None,
            kind: Some(ConstraintKind::Primary),
            columns: Vec::new(),
        }],
        "dropForeignKey" | "dropForeignKeys" => {
            drop_typeorm_constraints(names(1), ConstraintKind::Foreign, &table)
        }
        "dropUniqueConstraint" | "dropUniqueConstraints" => {
            drop_typeorm_constraints(names(1), ConstraintKind::Unique, &table)
        }
        "dropCheckConstraint" | "dropCheckConstraints" => {
            drop_typeorm_constraints(names(1), ConstraintKind::Check, &table)
        }
        "dropExclusionConstraint" | "dropExclusionConstraints" => {
            drop_typeorm_constraints(names(1), ConstraintKind::Exclude, &table)
        }
        _ => return None,
    })
}

/// `queryRunner.manager.update(Order, ..)`,
/// `queryRunner.manager.createQueryBuilder().update(Order).set({..}).execute()`.
fn read_typeorm_rows(writer: &mut Writer, call: &FunctionCall, certain: bool) -> bool {
    if writer.statements_of(call, certain) {
        return true;
    }
    let chain = call.chain();
    let target = |call: &FunctionCall| {
        call.args.first().map(|arg| match arg {
            // a class names its table
            Expr::Name(class) if class.starts_with(|c: char| c.is_ascii_uppercase()) => Name {
                schema: None,
                name: table_of_class(class),
            },
            other => read_typeorm_name(other),
        })
    };
    let keys = |value: Option<&Expr>| {
        value
            .map(|value| {
                if let Expr::Map(pairs) = value {
                    pairs.iter().map(|(name, _)| name.clone()).collect()
                } else {
                    Vec::new()
                }
            })
            .unwrap_or_default()
    };
    for part in &chain {
        let table = target(part).filter(|table| !table.name.is_empty());
        let action = match (part.name.as_str(), table) {
            ("update", Some(table)) => {
                let set = chain
                    .iter()
                    .find(|call| call.name == "set")
                    .map_or_else(|| part.args.get(2), |call| call.args.first());
                SchemaAction::Update {
                    table,
                    columns: keys(set),
                    fills_null: false,
                    reads: Vec::new(),
                }
            }
            ("delete" | "softDelete", Some(table)) => SchemaAction::Delete { table },
            ("delete", None) => match chain
                .iter()
                .find(|call| call.name == "from")
                .and_then(|call| target(call))
            {
                Some(table) => SchemaAction::Delete { table },
                None => continue,
            },
            ("insert" | "into", Some(table)) => SchemaAction::Insert {
                table,
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: false,
            },
            ("upsert", Some(table)) => SchemaAction::Insert {
                table,
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: true,
            },
            ("clear", Some(table)) => SchemaAction::Truncate { table },
            ("save" | "remove", _) => SchemaAction::HostCode {
                what: format!("it calls {} on the manager", part.name),
            },
            ("query", _) => SchemaAction::Unknown {
                why: "the SQL is put together in another place".to_owned(),
            },
            _ => continue,
        };
        writer.push(action, part, certain);
        return true;
    }
    // Reads, and repositories that are only fetched.
    true
}

/// `new TableColumn({..})`, or the object itself.
fn unwrap_typeorm_object(value: &Expr) -> &Expr {
    match value {
        Expr::Call(call) if call.name.starts_with("Table") || call.name == "View" => {
            call.args.first().unwrap_or(&Expr::Null)
        }
        other => other,
    }
}

fn name_of(value: &Expr) -> String {
    value
        .text()
        .or_else(|| value.get("name").and_then(Expr::text))
        .unwrap_or_default()
        .to_owned()
}

fn read_typeorm_name(value: &Expr) -> Name {
    Name::new(&name_of(unwrap_typeorm_object(value)))
}

fn read_typeorm_table(stated: &Expr, call: &FunctionCall) -> Table {
    let mut table = Table {
        name: Name::new(&name_of(stated)),
        columns_known: true,
        if_not_exists: call.args.get(1) == Some(&Expr::Bool(true)),
        ..Table::default()
    };
    let list = |key: &str| {
        if let Some(Expr::List(items)) = stated.get(key) {
            items.iter().map(unwrap_typeorm_object).collect()
        } else {
            Vec::new()
        }
    };
    table.columns = list("columns")
        .into_iter()
        .map(read_typeorm_column)
        .collect();
    table.columns_known = !table.columns.is_empty();
    table.indexes = list("indices")
        .into_iter()
        .map(|value| read_typeorm_index(value, &table.name))
        .collect();
    for (key, kind) in [
        ("uniques", ConstraintKind::Unique),
        ("checks", ConstraintKind::Check),
        ("foreignKeys", ConstraintKind::Foreign),
    ] {
        table.constraints.extend(
            list(key)
                .into_iter()
                .map(|value| read_typeorm_constraint(value, kind, call)),
        );
    }
    table
}

fn read_typeorm_index(value: &Expr, table: &Name) -> TableIndex {
    TableIndex {
        name: Some(name_of(value)).filter(|name| !name.is_empty()),
        table: table.clone(),
        columns: value
            .get("columnNames")
            .map(Expr::texts)
            .unwrap_or_default(),
        unique: value.get("isUnique") == Some(&Expr::Bool(true)),
        partial: value.get("where").is_some(),
        concurrently: false,
    }
}

fn read_typeorm_constraint(value: &Expr, kind: ConstraintKind, call: &FunctionCall) -> Constraint {
    Constraint {
        name: value.get("name").and_then(Expr::text).map(str::to_owned),
        kind,
        columns: value
            .get("columnNames")
            .map(Expr::texts)
            .unwrap_or_default(),
        references: value
            .get("referencedTableName")
            .and_then(Expr::text)
            .map(Name::new),
        // what happens on a deletion decides whether old code is stopped
        text: match value.get("onDelete").and_then(Expr::text) {
            Some(action) => format!("{} on delete {action}", call.text),
            None => call.text.clone(),
        },
    }
}

fn add_typeorm_constraints(
    values: Vec<&Expr>,
    kind: ConstraintKind,
    table: &Name,
    call: &FunctionCall,
) -> Vec<SchemaAction> {
    values
        .into_iter()
        .map(|value| SchemaAction::AddConstraint {
            table: table.clone(),
            constraint: read_typeorm_constraint(value, kind, call),
        })
        .collect()
}

fn drop_typeorm_constraints(
    names: Vec<String>,
    kind: ConstraintKind,
    table: &Name,
) -> Vec<SchemaAction> {
    // A key that was looked up in the schema has no name in the text.
    names
        .into_iter()
        .map(|name| SchemaAction::DropConstraint {
            table: table.clone(),
            name: Some(name).filter(|name| !name.is_empty()),
            kind: Some(kind),
            columns: Vec::new(),
        })
        .collect()
}

/// TypeORM's `TableColumn`.
fn read_typeorm_column(value: &Expr) -> Column {
    let text = |key: &str| {
        value
            .get(key)
            .and_then(Expr::text)
            .unwrap_or_default()
            .to_owned()
    };
    let size = value
        .get("length")
        .map(|size| size.text().map_or_else(|| size.literal(), str::to_owned));
    let is = |key: &str| value.get(key) == Some(&Expr::Bool(true));
    let array = if is("isArray") { "[]" } else { "" };
    let mut column = Column::new(
        text("name"),
        size.map_or_else(|| text("type"), |size| format!("{}({size})", text("type"))) + array,
    );
    column.nullable = is("isNullable");
    column.primary = is("isPrimary");
    column.unique = is("isUnique");
    column.auto = is("isGenerated");
    column.generated = value.get("asExpression").is_some();
    if let Some(default) = value.get("default") {
        column.default = DefaultValue::from_text(
            &default
                .text()
                .map_or_else(|| default.literal(), str::to_owned),
        );
    }
    column
}
