//! Doctrine migrations: SQL in `addSql`, and changes on the schema object.

use std::collections::BTreeMap;

use super::super::dialect::Dialect;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_doctrine(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    // The base class refuses where nothing is written.
    let without =
        DownMigration::Irreversible("it has no down, and the tool refuses then".to_owned());
    read_up_and_down(place, items, ["up", "down"], without, |body| {
        let mut reader = Doctrine {
            writer: Writer::new(dialect),
            tables: BTreeMap::new(),
        };
        reader.body_and_helpers(items, body);
        reader.writer.script
    })
}

struct Doctrine {
    writer: Writer,
    /// Table by the variable that holds it, and whether it is new.
    tables: BTreeMap<String, (Name, bool)>,
}

impl WayReader for Doctrine {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        let name = call.text(0).unwrap_or_default().to_owned();
        match call.name.as_str() {
            "addSql" => {
                if !self.writer.sql_of(call, certain) {
                    self.writer
                        .unknown("the SQL is put together in another place", call, certain);
                }
                return;
            }
            "throwIrreversibleMigrationException" => {
                self.writer.script.refuses = self.writer.script.refuses.or(Some(call.line));
                return;
            }
            // these check the database and change nothing
            "abortIf" | "skipIf" | "warnIf" | "write" | "getTable" | "hasTable" => return,
            _ => {}
        }
        let on_schema = matches!(&call.on, Some(Expr::Name(on)) if on == "schema");
        let action = match call.name.as_str() {
            "createTable" if on_schema => SchemaAction::CreateTable(Table {
                name: Name::new(&name),
                // the columns follow in calls on the object
                columns_known: false,
                ..Table::default()
            }),
            "dropTable" if on_schema => SchemaAction::DropTable {
                table: Name::new(&name),
                if_exists: false,
                cascade: false,
            },
            "renameTable" if on_schema => SchemaAction::RenameTable {
                table: Name::new(&name),
                to: call.text(1).map(Name::new).unwrap_or_default(),
            },
            "createSequence" if on_schema => SchemaAction::CreateSequence {
                name: Name::new(&name),
            },
            "dropSequence" if on_schema => SchemaAction::DropSequence {
                name: Name::new(&name),
            },
            "createNamespace" if on_schema => SchemaAction::CreateSchema { name },
            _ => {
                self.on_table(call, certain);
                return;
            }
        };
        self.writer.push(action, call, certain);
    }

    fn body(&mut self, items: &[SyntaxItem]) {
        // names first: the calls are read by them
        for item in items {
            if let SyntaxItem::Assign {
                name,
                value: Expr::Call(call),
                ..
            } = item
                && matches!(call.name.as_str(), "createTable" | "getTable")
                && let Some(table) = call.text(0)
            {
                self.tables
                    .insert(name.clone(), (Name::new(table), call.name == "createTable"));
            }
        }
        for item in items {
            match item {
                SyntaxItem::Call(call, certain) => self.call(call, *certain),
                SyntaxItem::Raise { line, .. } => {
                    self.writer.script.refuses = self.writer.script.refuses.or(Some(*line))
                }
                _ => {}
            }
        }
    }
}

impl Doctrine {
    /// `$table->addColumn(..)`, `$schema->getTable('x')->dropColumn(..)`.
    fn on_table(&mut self, call: &FunctionCall, certain: bool) {
        let chain = call.chain();
        let got = chain
            .first()
            .filter(|first| matches!(first.name.as_str(), "getTable" | "createTable"))
            .and_then(|first| first.text(0))
            .map(Name::new);
        let held = call.root().and_then(|root| self.tables.get(root)).cloned();
        let Some((table, fresh)) = got.map(|table| (table, false)).or(held) else {
            if !self.writer.statements_of(call, certain) {
                self.body(&call.block);
            }
            return;
        };
        let mut column: Option<String> = None;
        for part in chain {
            if part.name == "getColumn" {
                column = part.text(0).map(str::to_owned);
                continue;
            }
            if let Some(column) = &column
                && let Some(action) = of_column(part, &table, column)
            {
                self.writer.push(action, part, certain);
                continue;
            }
            let options = matches!(part.name.as_str(), "changeColumn" | "modifyColumn");
            if options && let Some(actions) = of_options(part, &table) {
                for action in actions {
                    self.writer.push(action, part, certain);
                }
                continue;
            }
            if let Some(action) = of_part(part, &table) {
                // A new table takes all of it along.
                if let (true, SchemaAction::AddColumn { column, .. }) = (fresh, &action)
                    && let Some(made) = self.writer.script.steps.iter_mut().rev().find_map(|step| {
                        match &mut step.action {
                            SchemaAction::CreateTable(made) if made.name == table => Some(made),
                            _ => None,
                        }
                    })
                {
                    made.columns.push(column.clone());
                    made.columns_known = true;
                    continue;
                }
                self.writer.push(action, part, certain);
            }
        }
    }
}

/// `->getColumn('y')->setLength(35)`: what a setter changes of a column.
fn of_column(part: &FunctionCall, table: &Name, column: &str) -> Option<SchemaAction> {
    let first = part.args.first();
    set_of_column(part.name.strip_prefix("set")?, first, table, column)
}

/// `->modifyColumn('y', ['length' => 35])`, where every option is known.
fn of_options(part: &FunctionCall, table: &Name) -> Option<Vec<SchemaAction>> {
    let column = part.text(0)?;
    let Some(Expr::Map(options)) = part.args.get(1) else {
        return None;
    };
    options
        .iter()
        .map(|(name, value)| set_of_column(name, Some(value), table, column))
        .collect()
}

/// One option of a column, by its name in any case; one that is not known is not understood.
fn set_of_column(
    option: &str,
    value: Option<&Expr>,
    table: &Name,
    column: &str,
) -> Option<SchemaAction> {
    let (table, column) = (table.clone(), column.to_owned());
    let unknown = |table: Name, column: String| SchemaAction::Unknown {
        why: format!("what happens to {table}.{column} is said in an option ({option})"),
    };
    Some(match (option.to_ascii_lowercase().as_str(), value) {
        ("length", Some(Expr::Number(length))) => SchemaAction::ChangeType {
            table,
            column,
            to: format!("varchar({length})"),
        },
        ("type", Some(kind)) => match read_type_name(kind) {
            Some(to) => SchemaAction::ChangeType { table, column, to },
            None => unknown(table, column),
        },
        ("notnull", Some(Expr::Bool(true))) => SchemaAction::SetNotNull { table, column },
        ("notnull", Some(Expr::Bool(false))) => SchemaAction::DropNotNull { table, column },
        ("default", Some(Expr::Null)) => SchemaAction::DropDefault { table, column },
        ("default", Some(value)) => SchemaAction::SetDefault {
            table,
            column,
            value: DefaultValue::from_text(&value.literal()),
        },
        ("comment", _) => SchemaAction::ColumnOption {
            table,
            column,
            what: "the comment".to_owned(),
        },
        _ => unknown(table, column),
    })
}

/// `Type::getType('text')`, `Types::TEXT`, `'text'`.
fn read_type_name(kind: &Expr) -> Option<String> {
    let name = match kind {
        Expr::Call(call) if call.name.ends_with("getType") => {
            return read_type_name(call.args.first()?);
        }
        Expr::Name(name) => name.rsplit("::").next().unwrap_or(name).to_lowercase(),
        other => other.text()?.to_owned(),
    };
    Some(match name.as_str() {
        "string" => "varchar(255)".to_owned(),
        "datetime" | "datetime_immutable" | "datetime_mutable" => "timestamp".to_owned(),
        _ => name,
    })
}

fn of_part(part: &FunctionCall, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    let text = |at: usize| part.text(at).unwrap_or_default().to_owned();
    let list = |at: usize| part.args.get(at).map(Expr::texts).unwrap_or_default();
    let constraint = |kind, columns, name: Option<&str>, references| SchemaAction::AddConstraint {
        table: table.clone(),
        constraint: Constraint {
            name: name.map(str::to_owned),
            kind,
            columns,
            references,
            text: part.text.clone(),
        },
    };
    Some(match part.name.as_str() {
        "addColumn" => SchemaAction::AddColumn {
            table: t(),
            column: read_doctrine_column(part),
            if_not_exists: false,
        },
        "dropColumn" => SchemaAction::DropColumn {
            table: t(),
            column: text(0),
        },
        "renameColumn" => SchemaAction::RenameColumn {
            table: t(),
            column: text(0),
            to: text(1),
        },
        "changeColumn" | "modifyColumn" => SchemaAction::Unknown {
            why: format!("what happens to {} is said in options", text(0)),
        },
        "addIndex" | "addUniqueIndex" => SchemaAction::CreateIndex(TableIndex {
            name: part.text(1).map(str::to_owned),
            table: t(),
            columns: list(0),
            unique: part.name == "addUniqueIndex",
            partial: false,
            concurrently: false,
        }),
        "addUniqueConstraint" => constraint(ConstraintKind::Unique, list(0), part.text(1), None),
        "dropIndex" => SchemaAction::DropIndex {
            name: text(0),
            table: Some(t()),
        },
        "renameIndex" => SchemaAction::RenameIndex {
            name: text(0),
            to: text(1),
        },
        "setPrimaryKey" => constraint(ConstraintKind::Primary, list(0), part.text(1), None),
        "dropPrimaryKey" => SchemaAction::DropConstraint {
            table: t(),
            name: None,
            kind: Some(ConstraintKind::Primary),
            columns: Vec::new(),
        },
        "addForeignKeyConstraint" => constraint(
            ConstraintKind::Foreign,
            list(1),
            part.text(4),
            part.text(0).map(Name::new),
        ),
        "removeForeignKey" | "removeUniqueConstraint" => {
            let kind = if part.name == "removeForeignKey" {
                ConstraintKind::Foreign
            } else {
                ConstraintKind::Unique
            };
            SchemaAction::DropConstraint {
                table: t(),
                name: Some(text(0)),
                kind: Some(kind),
                columns: Vec::new(),
            }
        }
        _ => return None,
    })
}

fn read_doctrine_column(part: &FunctionCall) -> Column {
    let option = |key: &str| part.args.get(2).and_then(|options| options.get(key));
    let kind = match part.args.get(1) {
        // a type may be a constant: `Types::STRING`
        Some(Expr::Name(name)) => name.rsplit("::").next().unwrap_or(name).to_lowercase(),
        Some(other) => other.text().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    let data_type = match kind.as_str() {
        "string" => format!(
            "varchar({})",
            option("length").map_or_else(|| "255".to_owned(), Expr::literal)
        ),
        "datetime" | "datetime_immutable" | "datetime_mutable" => "timestamp".to_owned(),
        other => other.to_owned(),
    };
    let mut column = Column::new(part.text(0).unwrap_or_default(), data_type);
    // Doctrine refuses NULL unless told otherwise
    column.nullable = option("notnull") == Some(&Expr::Bool(false));
    column.auto = option("autoincrement") == Some(&Expr::Bool(true));
    if let Some(default) = option("default") {
        column.default = DefaultValue::from_text(&default.literal());
    }
    column
}
