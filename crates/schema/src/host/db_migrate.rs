//! db-migrate: calls on `db`, in callbacks, promises and lists of bound functions, and SQL in files
//! beside the script.

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
pub fn read_db_migrate(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    read_up_and_down(place, items, ["up", "down"], DownMigration::None, |body| {
        let mut reader = DbMigrate {
            writer: Writer::new(dialect),
            place,
            around,
            from_file: false,
        };
        reader.body_and_helpers(items, body);
        reader.writer.script
    })
}

struct DbMigrate<'a> {
    writer: Writer,
    place: &'a MigrationFile,
    around: Around<'a>,
    /// Its SQL lies in a file, which was read.
    from_file: bool,
}

impl WayReader for DbMigrate<'_> {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        // `path.join(__dirname, 'sqls', '2024-x-up.sql')`
        let mut texts = Vec::new();
        call.all_texts(&mut texts);
        if let Some((name, _)) = texts
            .iter()
            .find(|(text, _)| text.ends_with(".sql") && !text.contains(char::is_whitespace))
        {
            let found = self
                .around
                .file(self.place, &format!("sqls/{name}"))
                // the name may hold its folder already
                .or_else(|| self.around.file(self.place, name));
            match found {
                Some((_, text)) => {
                    self.from_file = true;
                    self.writer.file(&text, call, certain);
                }
                None => self
                    .writer
                    .unknown(format!("the file {name} is not found"), call, certain),
            }
            return;
        }
        // in `db.createTable(..).then(..)` the first call stands inside
        if let Some(Expr::Call(before)) = &call.on {
            self.call(before, certain);
        }
        // `db.dropTable.bind(db, 'orders')`
        if let (true, Some(Expr::Name(on))) = (call.name == "bind", &call.on)
            && let Some(name) = on.strip_prefix("db.")
        {
            let bound = FunctionCall {
                name: name.to_owned(),
                on: Some(Expr::Name("db".to_owned())),
                args: call.args.iter().skip(1).cloned().collect(),
                ..call.clone()
            };
            self.known(&bound, certain);
            return;
        }
        if matches!(&call.on, Some(Expr::Name(on)) if matches!(on.as_str(), "db" | "this.db" | "database" | "migrator"))
        {
            self.known(call, certain);
        } else {
            // promises stand in lists: `Promise.all([db.addColumn(..)])`
            for arg in &call.args {
                match arg {
                    Expr::Call(inner) => self.call(inner, certain),
                    Expr::List(list) => list
                        .iter()
                        .filter_map(Expr::call)
                        .for_each(|inner| self.call(inner, certain)),
                    _ => {}
                }
            }
        }
        if call.name == "catch" {
            self.caught(&call.block);
        } else {
            self.body(&call.block);
        }
    }
}

impl DbMigrate<'_> {
    fn known(&mut self, call: &FunctionCall, certain: bool) {
        let table = call.text(0).map(Name::new).unwrap_or_default();
        let text = |at: usize| call.text(at).unwrap_or_default().to_owned();
        let list = |at: usize| call.args.get(at).map(Expr::texts).unwrap_or_default();
        let known = read_rule(call);
        let action = if let Some(action) = known {
            action
        } else {
            match call.name.as_str() {
                "createTable" => read_created_table(call),
                "dropTable" => SchemaAction::DropTable {
                    table,
                    if_exists: call
                        .args
                        .get(1)
                        .is_some_and(|options| options.get("ifExists").is_some()),
                    cascade: false,
                },
                "renameTable" => SchemaAction::RenameTable {
                    table,
                    to: Name::new(&text(1)),
                },
                "addColumn" => SchemaAction::AddColumn {
                    table,
                    column: read_db_migrate_column(
                        &text(1),
                        call.args.get(2).unwrap_or(&Expr::Null),
                    ),
                    if_not_exists: false,
                },
                "removeColumn" => SchemaAction::DropColumn {
                    table,
                    column: text(1),
                },
                "renameColumn" => SchemaAction::RenameColumn {
                    table,
                    column: text(1),
                    to: text(2),
                },
                "changeColumn" => {
                    let stated =
                        read_db_migrate_column(&text(1), call.args.get(2).unwrap_or(&Expr::Null));
                    SchemaAction::RestateColumn {
                        table,
                        from: text(1),
                        column: stated,
                        keeps_default: true,
                    }
                }
                "insert" => SchemaAction::Insert {
                    table,
                    columns: list(1),
                    from: Vec::new(),
                    overwrites: false,
                },
                // What was read from the file above.
                "runSql" if matches!(call.args.first(), Some(Expr::Name(_))) && self.from_file => {
                    return;
                }
                "runSql" | "all" => {
                    if !self.writer.sql_of(call, certain) {
                        self.writer.unknown(
                            "the SQL is put together in another place",
                            call,
                            certain,
                        );
                    }
                    return;
                }
                "bind" | "getDbName" | "startMigration" | "endMigration" => return,
                name => SchemaAction::Unknown {
                    why: format!("db.{name} is not known"),
                },
            }
        };
        if action.table().is_some_and(|table| table.name.is_empty()) {
            self.writer.unknown(
                "the table's name is put together in another place",
                call,
                certain,
            );
        } else {
            self.writer.push(action, call, certain);
        }
    }
}

fn read_db_migrate_column(name: &str, value: &Expr) -> Column {
    // a column may be stated by its type alone
    let kind = value.get("type").unwrap_or(value);
    let size = value.get("length").map(Expr::literal);
    let data_type = match kind.text().unwrap_or_default() {
        "string" => format!("varchar({})", size.unwrap_or_else(|| "255".to_owned())),
        "int" => "integer".to_owned(),
        "datetime" => "timestamp".to_owned(),
        other => size.map_or_else(|| other.to_owned(), |size| format!("{other}({size})")),
    };
    let mut column = Column::new(name, data_type);
    let is = |key: &str| value.get(key) == Some(&Expr::Bool(true));
    column.primary = is("primaryKey");
    column.auto = is("autoIncrement");
    column.unique = is("unique");
    column.nullable = !(is("notNull") || column.primary);
    column.references = value
        .get("foreignKey")
        .and_then(|key| key.get("table"))
        .and_then(Expr::text)
        .map(Name::new);
    if let Some(default) = value.get("defaultValue") {
        column.default = DefaultValue::from_text(&default.literal());
    }
    column
}

/// Indexes and references.
fn read_rule(call: &FunctionCall) -> Option<SchemaAction> {
    let table = call.text(0).map(Name::new).unwrap_or_default();
    let text = |at: usize| call.text(at).unwrap_or_default().to_owned();
    let list = |at: usize| call.args.get(at).map(Expr::texts).unwrap_or_default();
    Some(match call.name.as_str() {
        "addIndex" => {
            let unique = call.args.get(3) == Some(&Expr::Bool(true));
            SchemaAction::CreateIndex(TableIndex {
                name: Some(text(1)),
                table,
                columns: list(2),
                unique,
                partial: false,
                concurrently: false,
            })
        }
        "removeIndex" if call.text(1).is_some() => SchemaAction::DropIndex {
            name: text(1),
            table: Some(table),
        },
        "removeIndex" => SchemaAction::DropIndex {
            name: text(0),
            table: None,
        },
        "addForeignKey" => SchemaAction::AddConstraint {
            table,
            constraint: Constraint {
                name: Some(text(2)),
                kind: ConstraintKind::Foreign,
                columns: call
                    .args
                    .get(3)
                    .map(|map| {
                        if let Expr::Map(pairs) = map {
                            pairs.iter().map(|(name, _)| name.clone()).collect()
                        } else {
                            Vec::new()
                        }
                    })
                    .unwrap_or_default(),
                references: Some(Name::new(&text(1))),
                text: call.text.clone(),
            },
        },
        "removeForeignKey" => SchemaAction::DropConstraint {
            table,
            name: Some(text(1)),
            kind: Some(ConstraintKind::Foreign),
            columns: Vec::new(),
        },
        _ => return None,
    })
}

/// A table and its columns.
fn read_created_table(call: &FunctionCall) -> SchemaAction {
    let table = call.text(0).map(Name::new).unwrap_or_default();

    let mut made = Table {
        name: table,
        columns_known: true,
        ..Table::default()
    };
    let stated = call
        .args
        .get(1)
        // the columns may stand beside other options
        .map(|spec| spec.get("columns").unwrap_or(spec));
    match stated {
        Some(Expr::Map(pairs)) => {
            made.if_not_exists = call
                .args
                .get(1)
                .is_some_and(|spec| spec.get("ifNotExists") == Some(&Expr::Bool(true)));
            made.columns = pairs
                .iter()
                // the option stands among the columns then
                .filter(|(name, _)| name != "ifNotExists")
                .map(|(name, value)| read_db_migrate_column(name, value))
                .collect();
        }
        _ => made.columns_known = false,
    }
    SchemaAction::CreateTable(made)
}
