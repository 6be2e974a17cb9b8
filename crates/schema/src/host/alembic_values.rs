//! Values that Alembic is given: tables, columns, types.

use super::super::dialect::Dialect;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table,
};
use super::syntax::{Expr, FunctionCall};

pub(super) fn read_alembic_table_name(call: &FunctionCall, table: &str) -> Name {
    match call.named("schema").and_then(Expr::text) {
        Some(schema) => Name::from_parts(vec![schema.to_owned(), table.to_owned()]),
        None => Name::new(table),
    }
}

pub(super) fn read_condition_words(call: &FunctionCall) -> Vec<String> {
    call.arg("condition", 2)
        .map(|value| {
            value
                .literal()
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default()
}

pub(super) fn create_table(call: &FunctionCall, _dialect: Dialect) -> SchemaAction {
    let mut table = Table {
        name: call
            .text(0)
            .map(|text| read_alembic_table_name(call, text))
            .unwrap_or_default(),
        columns_known: true,
        ..Table::default()
    };
    for part in call.args.iter().skip(1) {
        let Expr::Call(part) = part else {
            // `*columns` stands for a list of another place
            table.columns_known = false;
            continue;
        };
        let names = || part.args.iter().flat_map(Expr::texts).collect::<Vec<_>>();
        let name = part.named("name").and_then(Expr::text).map(str::to_owned);
        match part.name.as_str() {
            "Column" => table.columns.extend(read_alembic_column(part)),
            "PrimaryKeyConstraint" => table.constraints.push(Constraint {
                name,
                kind: ConstraintKind::Primary,
                columns: names(),
                references: None,
                text: part.text.clone(),
            }),
            "UniqueConstraint" => table.constraints.push(Constraint {
                name,
                kind: ConstraintKind::Unique,
                columns: names(),
                references: None,
                text: part.text.clone(),
            }),
            "ForeignKeyConstraint" => table.constraints.push(Constraint {
                name,
                kind: ConstraintKind::Foreign,
                columns: part.args.first().map(Expr::texts).unwrap_or_default(),
                references: part.args.get(1).map(Expr::texts).and_then(|texts| {
                    texts.first().and_then(|target| {
                        target.rsplit_once('.').map(|(table, _)| Name::new(table))
                    })
                }),
                text: part.text.clone(),
            }),
            "CheckConstraint" => table.constraints.push(Constraint {
                name,
                kind: ConstraintKind::Check,
                columns: Vec::new(),
                references: None,
                text: part.text.clone(),
            }),
            _ => {}
        }
    }
    SchemaAction::CreateTable(table)
}

/// `sa.Column(..)`.
pub(super) fn read_alembic_column(call: &FunctionCall) -> Option<Column> {
    let mut column = Column::new(
        call.text(0)?,
        call.args.get(1).map(data_type).unwrap_or_default(),
    );
    column.primary = call.flag("primary_key");
    column.nullable = !(call.named("nullable") == Some(&Expr::Bool(false)) || column.primary);
    column.unique = call.flag("unique");
    // SQLAlchemy numbers an integer key by itself
    column.auto = call.flag("autoincrement")
        || (column.primary && column.data_type.to_lowercase().contains("int"));
    if let Some(default) = call.named("server_default") {
        column.default = server_default(default);
    }
    for part in call.args.iter().filter_map(Expr::call) {
        match part.name.as_str() {
            "ForeignKey" => {
                column.references = part
                    .text(0)
                    // a schema may stand before the table
                    .and_then(|target| target.rsplit_once('.'))
                    .map(|(table, _)| Name::new(table))
            }
            "Computed" => {
                column.generated = true;
                column.expression = part.text(0).unwrap_or_default().to_owned();
            }
            "CheckConstraint" => {
                column.check = true;
                column.rule = part.text(0).unwrap_or_default().to_owned();
            }
            "Identity" => column.auto = true,
            _ => {}
        }
    }
    Some(column)
}

pub(super) fn server_default(value: &Expr) -> DefaultValue {
    match value {
        Expr::Call(call) => match call.args.first() {
            Some(Expr::Text(text, _)) => DefaultValue::from_text(text),
            // a function of the database, such as `sa.func.now()`
            _ => DefaultValue::from_text(&format!("{}()", call.name)),
        },
        Expr::Null => DefaultValue::None,
        other => DefaultValue::from_text(&other.literal()),
    }
}

/// A SQLAlchemy type as SQL.
pub(super) fn data_type(value: &Expr) -> String {
    let (name, call) = match value {
        Expr::Call(call) => (call.name.clone(), Some(&**call)),
        Expr::Name(name) => (name.rsplit('.').next().unwrap_or(name).to_owned(), None),
        other => return other.literal(),
    };
    let size = call
        .and_then(|call| call.named("length").or_else(|| call.args.first()))
        .and_then(|size| {
            if let Expr::Number(size) = size {
                Some(size.clone())
            } else {
                None
            }
        });
    match name.as_str() {
        "String" | "VARCHAR" | "Unicode" | "AutoString" => {
            size.map_or_else(|| "varchar".to_owned(), |size| format!("varchar({size})"))
        }
        "CHAR" => format!("char({})", size.unwrap_or_else(|| "1".to_owned())),
        "Text" | "TEXT" | "UnicodeText" => "text".to_owned(),
        "Integer" | "INTEGER" => "integer".to_owned(),
        "BigInteger" | "BIGINT" => "bigint".to_owned(),
        "SmallInteger" | "SMALLINT" => "smallint".to_owned(),
        "Boolean" | "BOOLEAN" => "boolean".to_owned(),
        "Float" | "REAL" | "FLOAT" | "DOUBLE" | "DOUBLE_PRECISION" => "double precision".to_owned(),
        "DateTime" | "TIMESTAMP" if call.is_some_and(|call| call.flag("timezone")) => {
            "timestamp with time zone".to_owned()
        }
        "DateTime" | "TIMESTAMP" | "DATETIME" => "timestamp".to_owned(),
        "Date" | "DATE" => "date".to_owned(),
        "Numeric" | "NUMERIC" | "DECIMAL" => {
            let numbers: Vec<String> = call
                .map(|call| {
                    call.args
                        .iter()
                        .chain(call.named.iter().map(|(_, value)| value))
                        .filter_map(|arg| {
                            if let Expr::Number(number) = arg {
                                Some(number.clone())
                            } else {
                                None
                            }
                        })
                        .collect()
                })
                .unwrap_or_default();
            if numbers.is_empty() {
                "numeric".to_owned()
            } else {
                format!("numeric({})", numbers.join(", "))
            }
        }
        "JSON" | "JSONB" => "jsonb".to_owned(),
        "UUID" | "Uuid" | "GUID" => "uuid".to_owned(),
        "LargeBinary" | "BYTEA" | "BLOB" => "bytea".to_owned(),
        _ => name,
    }
}
