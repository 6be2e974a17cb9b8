//! TypeORM: objects given to the `queryRunner`, its manager and query builder.

use super::super::step::{
    Action, Column, Constraint, ConstraintKind, DefaultValue, Index, Name, Table,
};
use super::rails_table::table_of_class;
use super::syntax::{Call, Expr};
use super::write::Writer;

/// A call on the query runner; `false` if it is about something else.
pub fn call(writer: &mut Writer, call: &Call, certain: bool) -> bool {
    let on = match &call.on {
        Some(Expr::Name(on)) => on.as_str(),
        _ => "",
    };
    if call.chain().len() > 1 || on.ends_with(".manager") {
        return rows(writer, call, certain);
    }
    let table = call.args.first().map(named).unwrap_or_default();
    let text = |at: usize| call.text(at).unwrap_or_default().to_owned();
    let stated = |at: usize| call.args.get(at).map(object).unwrap_or(&Expr::Null);
    let all = |at: usize| match call.args.get(at) {
        Some(Expr::List(items)) => items.iter().map(object).collect::<Vec<_>>(),
        Some(one) => vec![object(one)],
        None => Vec::new(),
    };
    // Names of columns, as strings or as objects.
    let names = |at: usize| match call.args.get(at) {
        Some(Expr::List(items)) => items
            .iter()
            .map(|item| name_of(object(item)))
            .collect::<Vec<_>>(),
        Some(one) => vec![name_of(object(one))],
        None => Vec::new(),
    };
    let many: Vec<Action> = match call.name.as_str() {
        "query" => {
            if !writer.sql_of(call, certain) {
                writer.unknown("the SQL is put together in another place", call, certain);
            }
            return true;
        }
        "createTable" => vec![Action::CreateTable(made(stated(0), call))],
        "dropTable" => vec![Action::DropTable {
            table,
            if_exists: call.args.get(1) == Some(&Expr::Bool(true)),
            cascade: false,
        }],
        "renameTable" => vec![Action::RenameTable {
            table,
            to: call.args.get(1).map(named).unwrap_or_default(),
        }],
        "addColumn" | "addColumns" => all(1)
            .into_iter()
            .map(|value| Action::AddColumn {
                table: table.clone(),
                column: column(value),
                if_not_exists: false,
            })
            .collect(),
        "dropColumn" | "dropColumns" => names(1)
            .into_iter()
            .map(|column| Action::DropColumn {
                table: table.clone(),
                column,
            })
            .collect(),
        "renameColumn" => vec![Action::RenameColumn {
            table,
            column: text(1),
            to: call
                .args
                .get(2)
                .map(object)
                .map(name_of)
                .unwrap_or_default(),
        }],
        "changeColumn" => {
            vec![Action::RestateColumn {
                table,
                from: name_of(stated(1)),
                column: column(stated(2)),
                keeps_default: false,
            }]
        }
        "changeColumns" => match call.args.get(1) {
            Some(Expr::List(items)) => items
                .iter()
                .map(|item| Action::RestateColumn {
                    table: table.clone(),
                    from: item
                        .get("oldColumn")
                        .map(object)
                        .map(name_of)
                        .unwrap_or_default(),
                    column: column(item.get("newColumn").map(object).unwrap_or(&Expr::Null)),
                    keeps_default: false,
                })
                .collect(),
            _ => vec![Action::Unknown {
                why: "the columns are put together elsewhere".to_owned(),
            }],
        },
        "createIndex" | "createIndices" => all(1)
            .into_iter()
            .map(|value| Action::CreateIndex(index(value, &table)))
            .collect(),
        "dropIndex" | "dropIndices" => names(1)
            .into_iter()
            .map(|name| Action::DropIndex {
                name,
                table: Some(table.clone()),
            })
            .collect(),
        "createForeignKey" | "createForeignKeys" => {
            constraints(all(1), ConstraintKind::Foreign, &table, call)
        }
        "createUniqueConstraint" | "createUniqueConstraints" => {
            constraints(all(1), ConstraintKind::Unique, &table, call)
        }
        "createCheckConstraint" | "createCheckConstraints" => {
            constraints(all(1), ConstraintKind::Check, &table, call)
        }
        "createExclusionConstraint" | "createExclusionConstraints" => {
            constraints(all(1), ConstraintKind::Exclude, &table, call)
        }
        "createPrimaryKey" | "updatePrimaryKeys" => {
            let constraint = Constraint {
                name: None,
                kind: ConstraintKind::Primary,
                columns: names(1),
                references: None,
                text: call.text.clone(),
            };
            vec![Action::AddConstraint { table, constraint }]
        }
        "dropPrimaryKey" => vec![Action::DropConstraint {
            table,
            name: None,
            kind: Some(ConstraintKind::Primary),
            columns: Vec::new(),
        }],
        "dropForeignKey" | "dropForeignKeys" => dropped(names(1), ConstraintKind::Foreign, &table),
        "dropUniqueConstraint" | "dropUniqueConstraints" => {
            dropped(names(1), ConstraintKind::Unique, &table)
        }
        "dropCheckConstraint" | "dropCheckConstraints" => {
            dropped(names(1), ConstraintKind::Check, &table)
        }
        "dropExclusionConstraint" | "dropExclusionConstraints" => {
            dropped(names(1), ConstraintKind::Exclude, &table)
        }
        "clearTable" => vec![Action::Truncate { table }],
        "createSchema" => vec![Action::CreateSchema { name: table.name }],
        "dropSchema" => vec![Action::DropSchema { name: table.name }],
        "createView" => vec![Action::CreateView {
            name: Name::new(&name_of(stated(0))),
            replace: false,
            materialized: stated(0).get("materialized") == Some(&Expr::Bool(true)),
            body: stated(0)
                .get("expression")
                .and_then(Expr::text)
                .unwrap_or_default()
                .to_owned(),
        }],
        "dropView" => vec![Action::DropView {
            name: table,
            if_exists: false,
        }],
        "changeTableComment" => vec![Action::Comment {
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
        name => vec![Action::Unknown {
            why: format!("queryRunner.{name} is not known"),
        }],
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

/// `queryRunner.manager.update(Order, ..)`,
/// `queryRunner.manager.createQueryBuilder().update(Order).set({..}).execute()`.
fn rows(writer: &mut Writer, call: &Call, certain: bool) -> bool {
    if writer.statements_of(call, certain) {
        return true;
    }
    let chain = call.chain();
    let target = |call: &Call| {
        call.args.first().map(|arg| match arg {
            Expr::Name(class) if class.starts_with(|c: char| c.is_ascii_uppercase()) => Name {
                schema: None,
                name: table_of_class(class),
            },
            other => named(other),
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
                Action::Update {
                    table,
                    columns: keys(set),
                    fills_null: false,
                    reads: Vec::new(),
                }
            }
            ("delete" | "softDelete", Some(table)) => Action::Delete { table },
            ("delete", None) => match chain
                .iter()
                .find(|call| call.name == "from")
                .and_then(|call| target(call))
            {
                Some(table) => Action::Delete { table },
                None => continue,
            },
            ("insert" | "into", Some(table)) => Action::Insert {
                table,
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: false,
            },
            ("upsert", Some(table)) => Action::Insert {
                table,
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: true,
            },
            ("clear", Some(table)) => Action::Truncate { table },
            ("save" | "remove", _) => Action::HostCode {
                what: format!("it calls {} on the manager", part.name),
            },
            ("query", _) => Action::Unknown {
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
fn object(value: &Expr) -> &Expr {
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

fn named(value: &Expr) -> Name {
    Name::new(&name_of(object(value)))
}

fn made(stated: &Expr, call: &Call) -> Table {
    let mut table = Table {
        name: Name::new(&name_of(stated)),
        columns_known: true,
        if_not_exists: call.args.get(1) == Some(&Expr::Bool(true)),
        ..Table::default()
    };
    let list = |key: &str| {
        if let Some(Expr::List(items)) = stated.get(key) {
            items.iter().map(object).collect()
        } else {
            Vec::new()
        }
    };
    table.columns = list("columns").into_iter().map(column).collect();
    table.columns_known = !table.columns.is_empty();
    table.indexes = list("indices")
        .into_iter()
        .map(|value| index(value, &table.name))
        .collect();
    for (key, kind) in [
        ("uniques", ConstraintKind::Unique),
        ("checks", ConstraintKind::Check),
        ("foreignKeys", ConstraintKind::Foreign),
    ] {
        table.constraints.extend(
            list(key)
                .into_iter()
                .map(|value| constraint(value, kind, call)),
        );
    }
    table
}

fn index(value: &Expr, table: &Name) -> Index {
    Index {
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

fn constraint(value: &Expr, kind: ConstraintKind, call: &Call) -> Constraint {
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
        text: match value.get("onDelete").and_then(Expr::text) {
            Some(action) => format!("{} on delete {action}", call.text),
            None => call.text.clone(),
        },
    }
}

fn constraints(values: Vec<&Expr>, kind: ConstraintKind, table: &Name, call: &Call) -> Vec<Action> {
    values
        .into_iter()
        .map(|value| Action::AddConstraint {
            table: table.clone(),
            constraint: constraint(value, kind, call),
        })
        .collect()
}

fn dropped(names: Vec<String>, kind: ConstraintKind, table: &Name) -> Vec<Action> {
    // A key that was looked up in the schema has no name in the text.
    names
        .into_iter()
        .map(|name| Action::DropConstraint {
            table: table.clone(),
            name: Some(name).filter(|name| !name.is_empty()),
            kind: Some(kind),
            columns: Vec::new(),
        })
        .collect()
}

/// TypeORM's `TableColumn`.
fn column(value: &Expr) -> Column {
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
