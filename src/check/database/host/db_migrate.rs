//! db-migrate: `exports.up = (db, callback) => …`, statements and a small builder.

use super::super::dialect::Dialect;
use super::super::step::{Action, Column, Constraint, ConstraintKind, DefaultValue, Index, Name, Table};
use super::script::fields;
use super::syntax::{Call, Expr};

/// What a call on `db` does; `None` when it is not one of the builder's.
pub fn action(call: &Call, _dialect: Dialect) -> Option<Action> {
    let text = |at: usize| call.text(at).unwrap_or_default().to_owned();
    let table = call.args.first().and_then(Expr::text).map(Name::new).unwrap_or_default();
    Some(match call.name.as_str() {
        "createTable" => {
            let mut made = Table { name: table, columns_known: true, ..Table::default() };
            let stated = call.args.get(1).map(|value| value.get("columns").unwrap_or(value));
            match stated {
                Some(Expr::Map(pairs)) => made.columns = pairs.iter().map(|(name, value)| column(name, value)).collect(),
                _ => made.columns_known = false,
            }
            Action::CreateTable(made)
        }
        "dropTable" => Action::DropTable { table, if_exists: false, cascade: false },
        "renameTable" => Action::RenameTable { table, to: Name::new(&text(1)) },
        "addColumn" => Action::AddColumn { table, column: column(&text(1), call.args.get(2).unwrap_or(&Expr::Null)), if_not_exists: false },
        "removeColumn" => Action::DropColumn { table, column: text(1) },
        "renameColumn" => Action::RenameColumn { table, column: text(1), to: text(2) },
        "changeColumn" => {
            Action::RestateColumn { table, from: text(1), column: column(&text(1), call.args.get(2).unwrap_or(&Expr::Null)), keeps_default: true }
        }
        "addIndex" => Action::CreateIndex(Index {
            name: Some(text(1)),
            table,
            columns: call.args.get(2).map(fields).unwrap_or_default(),
            unique: call.args.get(3) == Some(&Expr::Bool(true)),
            partial: false,
            concurrently: false,
        }),
        "removeIndex" if call.args.get(1).and_then(Expr::text).is_some() => Action::DropIndex { name: text(1), table: Some(table) },
        "removeIndex" => Action::DropIndex { name: text(0), table: None },
        "addForeignKey" => Action::AddConstraint {
            table,
            constraint: Constraint {
                name: call.text(2).map(str::to_owned),
                kind: ConstraintKind::Foreign,
                columns: call
                    .args
                    .get(3)
                    .map(|map| if let Expr::Map(pairs) = map { pairs.iter().map(|(name, _)| name.clone()).collect() } else { Vec::new() })
                    .unwrap_or_default(),
                references: call.text(1).map(Name::new),
                text: call.text.clone(),
            },
        },
        "removeForeignKey" => Action::DropConstraint { table, name: Some(text(1)), kind: Some(ConstraintKind::Foreign), columns: Vec::new() },
        "insert" => Action::Insert { table, columns: call.args.get(1).map(fields).unwrap_or_default(), from: Vec::new(), overwrites: false },
        _ => return None,
    })
}

fn column(name: &str, stated: &Expr) -> Column {
    let text =
        |key: &str| stated.get(key).and_then(|value| value.text().map(str::to_owned).or_else(|| matches!(value, Expr::Name(_)).then(|| value.literal())));
    let kind = stated.text().map(str::to_owned).or_else(|| text("type")).unwrap_or_default();
    let size = stated.get("length").map(Expr::literal);
    let mut column = Column::new(name, size.map_or_else(|| kind.clone(), |size| format!("{kind}({size})")));
    let is = |key: &str| stated.get(key) == Some(&Expr::Bool(true));
    column.primary = is("primaryKey");
    column.auto = is("autoIncrement");
    column.unique = is("unique");
    column.nullable = !(is("notNull") || column.primary);
    if let Some(value) = stated.get("defaultValue") {
        column.default = DefaultValue::from_text(&value.text().map_or_else(|| value.literal(), str::to_owned));
    }
    column
}
