//! JavaScript and TypeScript: Sequelize's `queryInterface`, Knex's schema builder, TypeORM's
//! `queryRunner`.

use super::super::dialect::Dialect;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};
use super::kysely::read_kysely_chain;
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body};
use super::typeorm;
use super::write::{Writer, assigned_statements};
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};
use model::Framework;

/// What Sequelize's `queryInterface` is asked to do, whatever name a migration gives it.
pub(crate) const SEQUELIZE_CALLS: [&str; 16] = [
    "createTable",
    "dropTable",
    "dropAllTables",
    "renameTable",
    "addColumn",
    "removeColumn",
    "changeColumn",
    "renameColumn",
    "addIndex",
    "removeIndex",
    "addConstraint",
    "removeConstraint",
    "bulkInsert",
    "bulkUpdate",
    "bulkDelete",
    "createSchema",
];

/// Reads a migration.
pub fn read_script_migration(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    read_up_and_down(place, items, ["up", "down"], DownMigration::None, |body| {
        let mut reader = ScriptReader {
            writer: Writer::new(dialect),
            framework: place.framework,
            handles: list_handles(body),
            handed: Vec::new(),
        };
        reader.body_and_helpers(items, body);
        for (call, certain) in std::mem::take(&mut reader.handed) {
            // a function of the file itself was read with the body
            if find_function_body(items, &call.name).is_none() {
                let what = format!("calls {}", call.name);
                reader
                    .writer
                    .push(SchemaAction::HostCode { what }, &call, certain);
            }
        }
        assigned_statements(&mut reader.writer, body);
        reader.writer.script
    })
}

pub(super) struct ScriptReader {
    pub(super) writer: Writer,
    pub(super) framework: Framework,
    /// Names on which the body calls: the database is among them.
    handles: Vec<String>,
    /// Calls that are handed one of these, and whether they always run.
    handed: Vec<(FunctionCall, bool)>,
}

/// Most calls that are kept as handed on.
const HANDED: usize = 50;

fn list_handles(body: &[SyntaxItem]) -> Vec<String> {
    body.iter()
        .filter_map(|item| match item {
            // `k.schema.createTable`: what it hangs on is `k`
            SyntaxItem::Call(call, _) if call.on.is_some() => {
                call.root()?.split('.').next().map(str::to_owned)
            }
            _ => None,
        })
        .take(HANDED)
        .collect()
}

impl WayReader for ScriptReader {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        let root = call.root().unwrap_or_default();
        // A promise: what stands before it runs, then what it goes on with.
        if matches!(call.name.as_str(), "then" | "catch" | "finally")
            && let Some(Expr::Call(before)) = &call.on
        {
            self.call(before, certain);
            call.args
                .iter()
                .filter_map(Expr::call)
                .for_each(|inner| self.call(inner, certain));
            // `catch` runs where something failed
            let sure = certain && call.name != "catch";
            self.body_as(&call.block, sure);
            return;
        }
        let known = match self.framework {
            Framework::Knex => self.knex(call, certain),
            Framework::Kysely => read_kysely_chain(&mut self.writer, call, certain),
            Framework::TypeOrm if root.to_lowercase().contains("queryrunner") => {
                typeorm::read_typeorm_call(&mut self.writer, call, certain)
            }
            _ if root.to_lowercase().contains("queryinterface")
                || root == "qi"
                || self.framework == Framework::Sequelize
                    && SEQUELIZE_CALLS.contains(&call.name.as_str()) =>
            {
                self.sequelize(call, certain)
            }
            _ => false,
        };
        if known {
            return;
        }
        if self.framework == Framework::MikroOrm
            && matches!(call.name.as_str(), "addSql" | "execute")
        {
            // `this.addSql(knex('orders').update({..}).toQuery())`
            if !self.writer.statements_of(call, certain)
                && !call
                    .args
                    .iter()
                    .filter_map(Expr::call)
                    .any(|inner| self.knex(inner, certain))
            {
                self.writer
                    .unknown("the SQL is put together in another place", call, certain);
            }
            return;
        }
        if !self.writer.statements_of(call, certain) {
            // a function of another file gets the database, and does with it what nobody reads
            let handed = call.on.is_none()
                && call.args.iter().any(
                    |arg| matches!(arg, Expr::Name(name) if self.handles.iter().any(|one| one == name)),
                );
            if handed && self.handed.len() < HANDED {
                self.handed.push((call.clone(), certain));
            }
            call.args
                .iter()
                .filter_map(Expr::call)
                .for_each(|inner| self.call(inner, certain));
            // promises stand in lists: `Promise.all([..])`
            for list in call.args.iter().filter_map(|arg| {
                if let Expr::List(items) = arg {
                    Some(items)
                } else {
                    None
                }
            }) {
                list.iter()
                    .filter_map(Expr::call)
                    .for_each(|inner| self.call(inner, certain));
            }
        }
        self.body(&call.block);
    }
}

impl ScriptReader {
    pub(super) fn body_as(&mut self, items: &[SyntaxItem], certain: bool) {
        for item in items {
            if let SyntaxItem::Call(call, sure) = item {
                self.call(call, certain && *sure);
            }
        }
    }

    pub(super) fn sequelize(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let table = call
            .args
            .first()
            .and_then(|arg| {
                arg.text()
                    .map(Name::new)
                    .or_else(|| arg.get("tableName").and_then(Expr::text).map(Name::new))
            })
            .unwrap_or_default();
        let second = || call.text(1).unwrap_or_default().to_owned();
        // options stand last
        let option = |key: &str| call.args.iter().skip(1).rev().find_map(|arg| arg.get(key));
        let known = read_sequelize_rule(call)
            .or_else(|| read_sequelize_rows(call))
            .or_else(|| read_sequelize_change(call, self.writer.dialect));
        let action = if let Some(action) = known {
            action
        } else {
            match call.name.as_str() {
                "createTable" => {
                    let mut made = Table {
                        name: table,
                        columns_known: true,
                        ..Table::default()
                    };
                    match call.args.get(1) {
                        Some(Expr::Map(pairs)) => {
                            made.columns = pairs
                                .iter()
                                .map(|(name, value)| {
                                    read_sequelize_column(name, value, self.writer.dialect)
                                })
                                .collect()
                        }
                        _ => made.columns_known = false,
                    }
                    SchemaAction::CreateTable(made)
                }
                "dropTable" => SchemaAction::DropTable {
                    table,
                    // Sequelize drops with IF EXISTS
                    if_exists: true,
                    cascade: false,
                },
                "renameTable" => SchemaAction::RenameTable {
                    table,
                    to: Name::new(&second()),
                },
                "query" => {
                    // what only reads changes nothing, even where its text is not found
                    let select = option("type")
                        .and_then(Expr::text)
                        .is_some_and(|text| text.ends_with("SELECT"));
                    if !self.writer.sql_of(call, certain) && !select {
                        self.writer.unknown(
                            "the SQL is put together in another place",
                            call,
                            certain,
                        );
                    }
                    return true;
                }
                "describeTable" | "showAllTables" | "showIndex" | "tableExists"
                | "showAllSchemas" => {
                    return true;
                }
                "transaction" => {
                    self.body(&call.block);
                    return true;
                }
                "createSchema" => SchemaAction::CreateSchema { name: table.name },
                "dropSchema" => SchemaAction::DropSchema { name: table.name },
                "sequelize" | "then" | "catch" | "finally" => return false,
                name => SchemaAction::Unknown {
                    why: format!("queryInterface.{name} is not known"),
                },
            }
        };
        self.writer.push(action, call, certain);
        true
    }
}

fn read_field_names(value: &Expr) -> Vec<String> {
    match value {
        Expr::List(items) => items
            .iter()
            .filter_map(|item| {
                item.text()
                    .or_else(|| item.get("name").and_then(Expr::text))
                    .map(str::to_owned)
            })
            .collect(),
        Expr::Map(_) => value
            .get("fields")
            .map(read_field_names)
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn convert_script_to_snake(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Sequelize's definition of a column.
fn read_sequelize_column(name: &str, value: &Expr, dialect: Dialect) -> Column {
    let kind = value.get("type").unwrap_or(value);
    let mut column = Column::new(name, data_type(kind, dialect));
    column.nullable = value.get("allowNull") != Some(&Expr::Bool(false));
    column.primary = value.get("primaryKey") == Some(&Expr::Bool(true));
    column.auto = value.get("autoIncrement") == Some(&Expr::Bool(true));
    column.unique = matches!(value.get("unique"), Some(Expr::Bool(true)));
    column.references = value
        .get("references")
        .and_then(|references| references.get("model").or(Some(references)))
        .and_then(|model| {
            model
                .text()
                .or_else(|| model.get("tableName").and_then(Expr::text))
        })
        .map(Name::new);
    if let Some(default) = value.get("defaultValue") {
        column.default = match default {
            // Values that the library makes, not the database.
            Expr::Name(name) if name.ends_with("UUIDV4") || name.ends_with("UUIDV1") => {
                DefaultValue::None
            }
            Expr::Name(name) if name.ends_with("NOW") => DefaultValue::Volatile("now()".to_owned()),
            value => DefaultValue::from_text(&value.literal()),
        };
    }
    column
}

fn data_type(value: &Expr, _dialect: Dialect) -> String {
    let (name, size) = match value {
        Expr::Call(call) => (
            call.name.clone(),
            call.args.first().and_then(|arg| {
                if let Expr::Number(number) = arg {
                    Some(number.clone())
                } else {
                    None
                }
            }),
        ),
        Expr::Name(name) => (name.rsplit('.').next().unwrap_or(name).to_owned(), None),
        Expr::Text(text, _) => return text.clone(),
        other => return other.literal(),
    };
    let digits = value.call().map(|call| call.args.as_slice());
    let digits = digits.unwrap_or_default();
    match name.as_str() {
        "STRING" => format!("varchar({})", size.unwrap_or_else(|| "255".to_owned())),
        "TEXT" | "CITEXT" => "text".to_owned(),
        "INTEGER" => "integer".to_owned(),
        "BIGINT" => "bigint".to_owned(),
        "SMALLINT" => "smallint".to_owned(),
        "BOOLEAN" => "boolean".to_owned(),
        // Sequelize's DATE holds a time
        "DATE" => "timestamp with time zone".to_owned(),
        "DATEONLY" => "date".to_owned(),
        "UUID" => "uuid".to_owned(),
        "JSON" | "JSONB" => "jsonb".to_owned(),
        "FLOAT" | "DOUBLE" | "REAL" => "double precision".to_owned(),
        "DECIMAL" => make_numeric(digits),
        "BLOB" => "bytea".to_owned(),
        "ENUM" => "enum".to_owned(),
        "ARRAY" => "array".to_owned(),
        _ => name,
    }
}

/// `numeric` with as many of its digits as are stated as numbers.
pub(super) fn make_numeric(digits: &[Expr]) -> String {
    let stated: Vec<&str> = digits
        .iter()
        .map_while(|digit| match digit {
            Expr::Number(number) => Some(number.as_str()),
            _ => None,
        })
        .take(2)
        .collect();
    if stated.is_empty() {
        "numeric".to_owned()
    } else {
        format!("numeric({})", stated.join(", "))
    }
}

/// Indexes and rules.
fn read_sequelize_rule(call: &FunctionCall) -> Option<SchemaAction> {
    let table = call
        .args
        .first()
        .and_then(|arg| {
            arg.text()
                .map(Name::new)
                .or_else(|| arg.get("tableName").and_then(Expr::text).map(Name::new))
        })
        .unwrap_or_default();
    let second = || call.text(1).unwrap_or_default().to_owned();
    let option = |key: &str| call.args.iter().skip(1).rev().find_map(|arg| arg.get(key));
    let columns_at = |at: usize| {
        call.args
            .get(at)
            .map(read_field_names)
            .or_else(|| option("fields").map(read_field_names))
            .unwrap_or_default()
    };
    let index_name = |columns: &[String]| {
        format!(
            "{}_{}",
            convert_script_to_snake(&table.name),
            columns
                .iter()
                .map(|column| convert_script_to_snake(column))
                .collect::<Vec<_>>()
                .join("_")
        )
    };
    Some(match call.name.as_str() {
        "addIndex" => {
            let columns = columns_at(1);
            let unique = option("unique") == Some(&Expr::Bool(true))
                || option("type")
                    .and_then(Expr::text)
                    .is_some_and(|text| text.eq_ignore_ascii_case("unique"))
                || option("indicesType")
                    .and_then(Expr::text)
                    .is_some_and(|text| text.eq_ignore_ascii_case("unique"));
            let name = option("name")
                .and_then(Expr::text)
                .map_or_else(|| index_name(&columns), str::to_owned);
            SchemaAction::CreateIndex(TableIndex {
                name: Some(name),
                table,
                columns,
                unique,
                partial: option("where").is_some(),
                concurrently: option("concurrently") == Some(&Expr::Bool(true)),
            })
        }
        "removeIndex" => {
            let name = match call.args.get(1) {
                Some(Expr::Text(name, _)) => name.clone(),
                other => index_name(&other.map(read_field_names).unwrap_or_default()),
            };
            SchemaAction::DropIndex {
                name,
                table: Some(table),
            }
        }
        "addConstraint" => {
            let kind = match option("type")
                .and_then(Expr::text)
                .unwrap_or_default()
                .to_lowercase()
                .as_str()
            {
                "unique" => ConstraintKind::Unique,
                "foreign key" => ConstraintKind::Foreign,
                "primary key" => ConstraintKind::Primary,
                _ => ConstraintKind::Check,
            };
            let name = option("name").and_then(Expr::text).map(str::to_owned);
            SchemaAction::AddConstraint {
                table,
                constraint: Constraint {
                    name,
                    kind,
                    columns: columns_at(1),
                    references: None,
                    text: call.text.clone(),
                },
            }
        }
        "removeConstraint" => SchemaAction::DropConstraint {
            table,
            name: Some(second()),
            kind: None,
            columns: Vec::new(),
        },
        _ => return None,
    })
}

/// Rows.
fn read_sequelize_rows(call: &FunctionCall) -> Option<SchemaAction> {
    let table = call
        .args
        .first()
        .and_then(|arg| {
            arg.text()
                .map(Name::new)
                .or_else(|| arg.get("tableName").and_then(Expr::text).map(Name::new))
        })
        .unwrap_or_default();
    Some(match call.name.as_str() {
        "bulkInsert" | "insert" => SchemaAction::Insert {
            table,
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: false,
        },
        "bulkUpdate" => SchemaAction::Update {
            table,
            columns: call
                .args
                .get(1)
                .map(|value| {
                    if let Expr::Map(pairs) = value {
                        pairs.iter().map(|(name, _)| name.clone()).collect()
                    } else {
                        Vec::new()
                    }
                })
                .unwrap_or_default(),
            fills_null: false,
            reads: Vec::new(),
        },
        "bulkDelete" => SchemaAction::Delete { table },
        _ => return None,
    })
}

/// Columns.
fn read_sequelize_change(call: &FunctionCall, dialect: Dialect) -> Option<SchemaAction> {
    let table = call
        .args
        .first()
        .and_then(|arg| {
            arg.text()
                .map(Name::new)
                .or_else(|| arg.get("tableName").and_then(Expr::text).map(Name::new))
        })
        .unwrap_or_default();
    let second = || call.text(1).unwrap_or_default().to_owned();
    Some(match call.name.as_str() {
        "addColumn" => match call.args.get(2) {
            Some(value) => SchemaAction::AddColumn {
                table,
                column: read_sequelize_column(&second(), value, dialect),
                if_not_exists: false,
            },
            None => SchemaAction::Unknown {
                why: "the column is put together elsewhere".to_owned(),
            },
        },
        "removeColumn" => SchemaAction::DropColumn {
            table,
            column: second(),
        },
        "renameColumn" => SchemaAction::RenameColumn {
            table,
            column: second(),
            to: call.text(2).unwrap_or_default().to_owned(),
        },
        "changeColumn" => match call.args.get(2) {
            Some(value) => SchemaAction::RestateColumn {
                table,
                from: second(),
                column: read_sequelize_column(&second(), value, dialect),
                keeps_default: true,
            },
            None => SchemaAction::Unknown {
                why: "the column is put together elsewhere".to_owned(),
            },
        },
        _ => return None,
    })
}
