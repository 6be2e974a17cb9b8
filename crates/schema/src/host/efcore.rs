//! Entity Framework Core: calls on `migrationBuilder`.

use super::super::dialect::Dialect;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{Around, DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_efcore(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    read_up_and_down(place, items, ["Up", "Down"], DownMigration::None, |body| {
        let mut reader = Ef {
            writer: Writer::new(dialect),
            schemas: !matches!(dialect, Dialect::Sqlite | Dialect::MySql),
            place,
            around,
        };
        reader.body(body);
        reader.writer.script
    })
}

struct Ef<'a> {
    writer: Writer,
    /// The database has schemas; where it has none, the tool leaves them out.
    schemas: bool,
    place: &'a MigrationFile,
    around: Around<'a>,
}

impl WayReader for Ef<'_> {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        // code of the migration's own may run statements too
        if !call
            .chain()
            .iter()
            .any(|call| matches!(&call.on, Some(Expr::Name(on)) if on.ends_with("igrationBuilder")))
        {
            self.writer.statements_of(call, certain);
            self.body(&call.block);
            return;
        }
        // `.AlterColumn(..).Annotation(..)`: the first call says what happens.
        let chain = call.chain();
        let Some(call) = chain
            .into_iter()
            .find(|call| !matches!(call.name.as_str(), "Annotation" | "OldAnnotation"))
        else {
            return;
        };
        let text = |key: &str, at: usize| call.arg(key, at).and_then(Expr::text).map(str::to_owned);
        let table = |key: &str, at: usize| {
            let name = text(key, at).unwrap_or_default();
            // the schema has no fixed position and is given by name
            match text("schema", 99).filter(|_| self.schemas) {
                Some(schema) => Name::from_parts(vec![schema, name]),
                None => Name::new(&name),
            }
        };
        let known = self
            .rule_action(call)
            .or_else(|| self.row_action(call))
            .or_else(|| self.space_action(call))
            .or_else(|| self.column_action(call));
        let action = if let Some(action) = known {
            action
        } else {
            match call.name.as_str() {
                "CreateTable" => create_table(call, table("name", 0)),
                "DropTable" => SchemaAction::DropTable {
                    table: table("name", 0),
                    if_exists: false,
                    cascade: false,
                },
                "RenameTable" => match self.renamed_table(call, certain) {
                    Some(action) => action,
                    None => return,
                },
                "Sql" | "SqlResource" | "SqlFile" => {
                    let mut texts = Vec::new();
                    call.all_texts(&mut texts);
                    // some projects name a file among the resources instead of SQL
                    let named = texts.first().map(|(text, _)| text.trim()).filter(|text| {
                        text.ends_with(".sql") && !text.contains(char::is_whitespace)
                    });
                    if let Some(name) = named {
                        match self.around.resource(self.place, name) {
                            Some((_, text)) => self.writer.file(&text, call, certain),
                            None => self.writer.unknown(
                                format!("the file {name} is not found"),
                                call,
                                certain,
                            ),
                        }
                    } else if !self.writer.sql_of(call, certain) {
                        self.writer.unknown("the SQL lies elsewhere", call, certain);
                    }
                    return;
                }
                "Annotation" | "ActiveProvider" | "IsSqlServer" | "IsNpgsql" | "IsSqlite"
                | "IsMySql" => return,
                other => SchemaAction::Unknown {
                    why: format!("migrationBuilder.{other} is not known"),
                },
            }
        };
        self.writer.push(action, call, certain);
    }
}

impl Ef<'_> {
    /// A table with another name or another schema. `None`: nothing is left to be said of it.
    fn renamed_table(&mut self, call: &FunctionCall, certain: bool) -> Option<SchemaAction> {
        let text = |key: &str, at: usize| call.arg(key, at).and_then(Expr::text).map(str::to_owned);
        let table = |key: &str, at: usize| {
            let name = text(key, at).unwrap_or_default();
            match text("schema", 99).filter(|_| self.schemas) {
                Some(schema) => Name::from_parts(vec![schema, name]),
                None => Name::new(&name),
            }
        };
        let (from, to) = (table("name", 0), text("newName", 2));
        // Without a new schema the table moves to the default one of the connection.
        let leaves = from.schema.is_some()
            && call
                .arg("newSchema", 3)
                .is_none_or(|value| matches!(value, Expr::Null));
        Some(match (text("newSchema", 3).filter(|_| self.schemas), to) {
            (None, to) if leaves => {
                let moved = Name {
                    schema: None,
                    name: from.name.clone(),
                };
                self.writer.push(
                    SchemaAction::MoveTable {
                        table: from,
                        schema: String::new(),
                    },
                    call,
                    certain,
                );
                match to {
                    Some(to) if to != moved.name => SchemaAction::RenameTable {
                        to: Name::new(&to),
                        table: moved,
                    },
                    _ => return None,
                }
            }
            // without schemas the tool leaves the move out, and nothing happens
            (None, Some(to)) if to == from.name && !self.schemas => return None,
            (None, None) if !self.schemas => return None,
            (Some(schema), None) => SchemaAction::MoveTable {
                table: from,
                schema,
            },
            (Some(schema), Some(to)) if to == from.name => SchemaAction::MoveTable {
                table: from,
                schema,
            },
            (Some(schema), Some(to)) => SchemaAction::RenameTable {
                table: from,
                to: Name::from_parts(vec![schema, to]),
            },
            (None, Some(to)) => SchemaAction::RenameTable {
                to: Name {
                    schema: from.schema.clone(),
                    name: to,
                },
                table: from,
            },
            (None, None) => SchemaAction::Unknown {
                why: "the new name is put together elsewhere".to_owned(),
            },
        })
    }

    /// Indexes and rules.
    fn rule_action(&self, call: &FunctionCall) -> Option<SchemaAction> {
        let text = |key: &str, at: usize| call.arg(key, at).and_then(Expr::text).map(str::to_owned);
        let table = |key: &str, at: usize| {
            let name = text(key, at).unwrap_or_default();
            match text("schema", 99).filter(|_| self.schemas) {
                Some(schema) => Name::from_parts(vec![schema, name]),
                None => Name::new(&name),
            }
        };
        let name = text("name", 0);
        let list = |key: &str, at: usize| call.arg(key, at).map(Expr::texts).unwrap_or_default();
        let plural = |one: &str, many: &str, at: usize| {
            if call.named(many).is_some() {
                list(many, 99)
            } else {
                list(one, at)
            }
        };
        let constraint = |kind, columns, references| SchemaAction::AddConstraint {
            table: table("table", 1),
            constraint: Constraint {
                name: name.clone(),
                kind,
                columns,
                references,
                text: call.text.clone(),
            },
        };
        Some(match call.name.as_str() {
            "CreateIndex" => SchemaAction::CreateIndex(TableIndex {
                name: name.clone(),
                table: table("table", 1),
                columns: plural("column", "columns", 2),
                unique: call.flag("unique"),
                partial: call.named("filter").is_some(),
                concurrently: false,
            }),
            "DropIndex" => SchemaAction::DropIndex {
                name: name.clone().unwrap_or_default(),
                table: Some(table("table", 1)),
            },
            "RenameIndex" => SchemaAction::RenameIndex {
                name: name.clone().unwrap_or_default(),
                to: text("newName", 1).unwrap_or_default(),
            },
            "AddForeignKey" => constraint(
                ConstraintKind::Foreign,
                plural("column", "columns", 2),
                text("principalTable", 3).map(|name| Name::new(&name)),
            ),
            "AddPrimaryKey" => constraint(
                ConstraintKind::Primary,
                plural("column", "columns", 2),
                None,
            ),
            "AddUniqueConstraint" => {
                constraint(ConstraintKind::Unique, plural("column", "columns", 2), None)
            }
            "AddCheckConstraint" => constraint(ConstraintKind::Check, Vec::new(), None),
            "DropForeignKey"
            | "DropPrimaryKey"
            | "DropUniqueConstraint"
            | "DropCheckConstraint" => {
                let kind = match call.name.as_str() {
                    "DropForeignKey" => ConstraintKind::Foreign,
                    "DropPrimaryKey" => ConstraintKind::Primary,
                    "DropUniqueConstraint" => ConstraintKind::Unique,
                    _ => ConstraintKind::Check,
                };
                SchemaAction::DropConstraint {
                    table: table("table", 1),
                    name: name.clone(),
                    kind: Some(kind),
                    columns: Vec::new(),
                }
            }
            _ => return None,
        })
    }

    /// Rows.
    fn row_action(&self, call: &FunctionCall) -> Option<SchemaAction> {
        let text = |key: &str, at: usize| call.arg(key, at).and_then(Expr::text).map(str::to_owned);
        let table = |key: &str, at: usize| {
            let name = text(key, at).unwrap_or_default();
            match text("schema", 99).filter(|_| self.schemas) {
                Some(schema) => Name::from_parts(vec![schema, name]),
                None => Name::new(&name),
            }
        };
        let list = |key: &str, at: usize| call.arg(key, at).map(Expr::texts).unwrap_or_default();
        let plural = |one: &str, many: &str, at: usize| {
            if call.named(many).is_some() {
                list(many, 99)
            } else {
                list(one, at)
            }
        };
        Some(match call.name.as_str() {
            "InsertData" => SchemaAction::Insert {
                table: table("table", 0),
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: false,
            },
            "UpdateData" => SchemaAction::Update {
                table: table("table", 0),
                columns: plural("column", "columns", 99),
                fills_null: false,
                reads: Vec::new(),
            },
            "DeleteData" => SchemaAction::Delete {
                table: table("table", 0),
            },
            _ => return None,
        })
    }

    /// Schemas, sequences and options.
    fn space_action(&self, call: &FunctionCall) -> Option<SchemaAction> {
        let text = |key: &str, at: usize| call.arg(key, at).and_then(Expr::text).map(str::to_owned);
        let table = |key: &str, at: usize| {
            let name = text(key, at).unwrap_or_default();
            match text("schema", 99).filter(|_| self.schemas) {
                Some(schema) => Name::from_parts(vec![schema, name]),
                None => Name::new(&name),
            }
        };
        let name = text("name", 0);
        Some(match call.name.as_str() {
            "EnsureSchema" => SchemaAction::CreateSchema {
                name: name.clone().unwrap_or_default(),
            },
            "DropSchema" => SchemaAction::DropSchema {
                name: name.clone().unwrap_or_default(),
            },
            "CreateSequence" => SchemaAction::CreateSequence {
                name: table("name", 0),
            },
            "DropSequence" => SchemaAction::DropSequence {
                name: table("name", 0),
            },
            "RenameSequence" => SchemaAction::RenameSequence {
                name: table("name", 0),
                to: text("newName", 2).unwrap_or_default(),
            },
            "AlterSequence" | "RestartSequence" => SchemaAction::AlterSequence {
                name: table("name", 0),
            },
            "AlterTable" => SchemaAction::TableOption {
                table: table("name", 0),
                what: "annotation".to_owned(),
            },
            "AlterDatabase" => SchemaAction::TableOption {
                table: Name::default(),
                what: "annotation".to_owned(),
            },
            _ => return None,
        })
    }

    /// Columns.
    fn column_action(&self, call: &FunctionCall) -> Option<SchemaAction> {
        let text = |key: &str, at: usize| call.arg(key, at).and_then(Expr::text).map(str::to_owned);
        let table = |key: &str, at: usize| {
            let name = text(key, at).unwrap_or_default();
            match text("schema", 99).filter(|_| self.schemas) {
                Some(schema) => Name::from_parts(vec![schema, name]),
                None => Name::new(&name),
            }
        };
        let name = text("name", 0);
        Some(match call.name.as_str() {
            "AddColumn" => SchemaAction::AddColumn {
                table: table("table", 1),
                column: read_efcore_column(name.clone().unwrap_or_default(), call),
                if_not_exists: false,
            },
            "DropColumn" => SchemaAction::DropColumn {
                table: table("table", 1),
                column: name.clone().unwrap_or_default(),
            },
            "RenameColumn" => SchemaAction::RenameColumn {
                table: table("table", 1),
                column: name.clone().unwrap_or_default(),
                to: text("newName", 2).unwrap_or_default(),
            },
            "AlterColumn" => {
                let column = read_efcore_column(name.clone().unwrap_or_default(), call);
                SchemaAction::RestateColumn {
                    table: table("table", 1),
                    from: column.name.clone(),
                    column,
                    // the call states the column whole
                    keeps_default: false,
                }
            }
            _ => return None,
        })
    }
}

impl Ef<'_> {}

fn create_table(call: &FunctionCall, name: Name) -> SchemaAction {
    let mut table = Table {
        name,
        columns_known: true,
        ..Table::default()
    };
    // `columns: table => new { Id = table.Column<int>(..) }` and `constraints: table => {
    // table.PrimaryKey(..); }`
    for item in &call.block {
        match item {
            SyntaxItem::Call(inner, _) if inner.name == "PrimaryKey" => {
                table.constraints.push(Constraint {
                    name: inner.text(0).map(str::to_owned),
                    kind: ConstraintKind::Primary,
                    columns: read_lambda_members(&inner.text),
                    references: None,
                    text: inner.text.clone(),
                });
            }
            SyntaxItem::Call(inner, _) if inner.name == "ForeignKey" => {
                table.constraints.push(Constraint {
                    name: inner.text(0).map(str::to_owned),
                    kind: ConstraintKind::Foreign,
                    columns: Vec::new(),
                    references: inner
                        .named("principalTable")
                        .and_then(Expr::text)
                        .map(Name::new),
                    text: inner.text.clone(),
                });
            }
            SyntaxItem::Call(inner, _) if inner.name == "Column" => {
                let own = inner.named("name").and_then(Expr::text).map(str::to_owned);
                match own {
                    Some(name) => table.columns.push(read_efcore_column(name, inner)),
                    None => table.columns_known = false,
                }
            }
            SyntaxItem::Assign {
                name,
                value: Expr::Call(inner),
                ..
            } if inner.name == "Column" => {
                table.columns.push(read_efcore_column(name.clone(), inner))
            }
            _ => {}
        }
    }
    if table.columns.is_empty() {
        table.columns_known = false;
    }
    SchemaAction::CreateTable(table)
}

/// `x => x.Id`, `x => new { x.A, x.B }`
fn read_lambda_members(text: &str) -> Vec<String> {
    text.split("x.")
        .skip(1)
        .map(|part| {
            part.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

fn read_efcore_column(name: String, call: &FunctionCall) -> Column {
    let stated = call.named("type").and_then(Expr::text).map(str::to_owned);
    let own = call.of.clone().unwrap_or_default();
    let size = call.named("maxLength").map(Expr::literal);
    // `int?` is the same type and may be NULL
    let data_type = stated.unwrap_or_else(|| match own.trim_end_matches('?') {
        "string" => size.map_or_else(|| "text".to_owned(), |size| format!("varchar({size})")),
        "int" => "integer".to_owned(),
        "long" => "bigint".to_owned(),
        "short" => "smallint".to_owned(),
        "byte" => "tinyint".to_owned(),
        "bool" => "boolean".to_owned(),
        "DateTime" => "timestamp".to_owned(),
        "DateTimeOffset" => "timestamp with time zone".to_owned(),
        "Guid" => "uuid".to_owned(),
        "double" => "double precision".to_owned(),
        "decimal" => "numeric".to_owned(),
        other => other.to_owned(),
    });
    let mut column = Column::new(name, data_type);
    column.nullable = call.flag("nullable");
    column.generated = call.named("computedColumnSql").is_some();
    // each database has an annotation of its own for columns that count up
    column.auto = call.text.contains("Identity") || call.text.contains("ValueGenerationStrategy");
    if let Some(default) = call
        .named("defaultValueSql")
        .or_else(|| call.named("defaultValue"))
    {
        column.default = match default {
            Expr::Text(text, _) if call.named("defaultValueSql").is_some() => {
                DefaultValue::from_text(text)
            }
            Expr::Null => DefaultValue::None,
            value => DefaultValue::from_text(&value.literal()),
        };
    }
    column
}
