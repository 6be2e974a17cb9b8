//! Alembic: `op.` calls of `upgrade()` and `downgrade()`, batch blocks, SQL in strings, functions
//! of the same file. `default=` is the program's; only `server_default=` is the database's.

use super::alembic_values::{
    create_table, data_type, read_alembic_column, read_alembic_table_name, read_condition_words,
    server_default,
};
use std::collections::BTreeMap;

use super::super::dialect::Dialect;
use super::super::step::{Constraint, ConstraintKind, Name, SchemaAction, Script, TableIndex};
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::{Writer, assigned_statements, find_reached_functions};
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_alembic(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    read_up_and_down(
        place,
        items,
        ["upgrade", "downgrade"],
        DownMigration::None,
        |body| read_alembic_function(items, body, dialect),
    )
}

fn read_alembic_function(items: &[SyntaxItem], body: &[SyntaxItem], dialect: Dialect) -> Script {
    let mut reader = Alembic {
        writer: Writer::new(dialect),
        batch: None,
        tables: BTreeMap::new(),
    };
    reader.learn(items);
    reader.learn(body);
    reader.body(body);
    for helper in find_reached_functions(items, body) {
        reader.body(helper);
        assigned_statements(&mut reader.writer, helper);
    }
    assigned_statements(&mut reader.writer, body);
    reader.writer.script
}

struct Alembic {
    writer: Writer,
    batch: Option<Name>,
    /// Tables given to a variable: `sa.table("orders", ..)`, `sa.Table("orders", ..)`, a model of
    /// the migration's own.
    tables: BTreeMap<String, Name>,
}

impl WayReader for Alembic {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        let on = match &call.on {
            Some(Expr::Name(name)) => name.as_str(),
            _ => "",
        };
        // Alembic names the table of a batch once, and leaves it out of the calls inside
        if call.name == "batch_alter_table" {
            let outer = self.batch.take();
            self.batch = call
                .arg("table_name", 0)
                .and_then(Expr::text)
                .map(Name::new);
            self.body(&call.block);
            self.batch = outer;
            return;
        }
        // inside a batch `op` still means the whole database
        let batch = self.batch.clone().filter(|_| on != "op" && !on.is_empty());
        if on != "op" && batch.is_none() {
            self.elsewhere(call, certain);
            return;
        }
        // inside a batch the table is not among the arguments
        let shift = usize::from(batch.is_none());
        let table = batch
            .clone()
            .or_else(|| {
                let text = call.arg("table_name", 0).and_then(Expr::text)?;
                Some(read_alembic_table_name(call, text))
            })
            .unwrap_or_default();
        let text = |key: &str, at: usize| call.arg(key, at).and_then(Expr::text).map(str::to_owned);
        let action = match call.name.as_str() {
            // `op.f` only says that a name is final
            "f" | "get_bind" | "get_context" | "inline_literal" | "invoke" => return,
            "execute" => {
                // a statement may be built by SQLAlchemy instead of written
                if let Some(action) = call.args.first().and_then(|built| self.built(built)) {
                    self.writer.push(action, call, certain);
                } else if !self.writer.sql_of(call, certain) {
                    self.writer
                        .unknown("the SQL is put together in another place", call, certain);
                }
                return;
            }
            "alter_column" => {
                self.alter(
                    call,
                    &table,
                    &text("column_name", shift).unwrap_or_default(),
                    certain,
                );
                return;
            }
            _ => self
                .rule_action(on, call)
                .or_else(|| read_table_action(call, &table, shift, self.writer.dialect))
                .unwrap_or_else(|| self.read_row_action(call)),
        };
        self.writer.push(action, call, certain);
    }
}

impl Alembic {
    /// Rows, code, and what is not known.
    fn read_row_action(&self, call: &FunctionCall) -> SchemaAction {
        match call.name.as_str() {
            "run_async" => SchemaAction::HostCode {
                what: "it runs a function".to_owned(),
            },
            "bulk_insert" => {
                let table = match call.args.first() {
                    Some(Expr::Name(name)) => self.tables.get(name).cloned(),
                    other => other
                        .and_then(Expr::call)
                        .and_then(|inner| inner.text(0))
                        .map(Name::new),
                };
                let table = table.unwrap_or_default();
                if table.name.is_empty() {
                    SchemaAction::HostCode {
                        what: "it inserts rows into a table that is named elsewhere".to_owned(),
                    }
                } else {
                    SchemaAction::Insert {
                        table,
                        columns: Vec::new(),
                        from: Vec::new(),
                        overwrites: false,
                    }
                }
            }
            name => SchemaAction::Unknown {
                why: format!("op.{name} is not known"),
            },
        }
    }

    /// Indexes and rules.
    fn rule_action(&mut self, on: &str, call: &FunctionCall) -> Option<SchemaAction> {
        let batch = self.batch.clone().filter(|_| on != "op" && !on.is_empty());
        let shift = usize::from(batch.is_none());
        let table_at = |at: usize, key: &str| {
            batch.clone().or_else(|| {
                call.arg(key, at)
                    .and_then(Expr::text)
                    .map(|text| read_alembic_table_name(call, text))
            })
        };
        let text = |key: &str, at: usize| call.arg(key, at).and_then(Expr::text).map(str::to_owned);
        let list = |key: &str, at: usize| call.arg(key, at).map(Expr::texts).unwrap_or_default();
        Some(match call.name.as_str() {
            "create_index" => {
                let table = table_at(1, "table_name").unwrap_or_default();
                SchemaAction::CreateIndex(TableIndex {
                    name: text("index_name", 0),
                    table,
                    columns: list("columns", 1 + shift),
                    unique: call.flag("unique"),
                    partial: call.named("postgresql_where").is_some(),
                    concurrently: call.flag("postgresql_concurrently"),
                })
            }
            "drop_index" => SchemaAction::DropIndex {
                name: text("index_name", 0).unwrap_or_default(),
                table: table_at(1, "table_name"),
            },
            "create_unique_constraint"
            | "create_foreign_key"
            | "create_primary_key"
            | "create_check_constraint"
            | "create_exclude_constraint" => {
                let kind = match call.name.as_str() {
                    "create_unique_constraint" => ConstraintKind::Unique,
                    "create_foreign_key" => ConstraintKind::Foreign,
                    "create_primary_key" => ConstraintKind::Primary,
                    "create_exclude_constraint" => ConstraintKind::Exclude,
                    _ => ConstraintKind::Check,
                };
                let table = table_at(
                    1,
                    if kind == ConstraintKind::Foreign {
                        "source_table"
                    } else {
                        "table_name"
                    },
                )
                .unwrap_or_default();
                let columns = match kind {
                    ConstraintKind::Foreign => list("local_cols", 2 + shift),
                    ConstraintKind::Check => read_condition_words(call),
                    _ => list("columns", 1 + shift),
                };
                let references = (kind == ConstraintKind::Foreign)
                    .then(|| {
                        call.arg("referent_table", 1 + shift)
                            .and_then(Expr::text)
                            .map(Name::new)
                    })
                    .flatten();
                SchemaAction::AddConstraint {
                    table,
                    constraint: Constraint {
                        name: text("constraint_name", 0),
                        kind,
                        columns,
                        references,
                        text: call.text.clone(),
                    },
                }
            }
            "drop_constraint" => {
                let table = table_at(1, "table_name").unwrap_or_default();
                if call.arg("constraint_name", 0) == Some(&Expr::Null) {
                    self.writer.script.fails.get_or_insert((
                        call.line,
                        format!("it drops a constraint of {table} by the name None"),
                    ));
                }
                let kind = match call.named("type_").and_then(Expr::text) {
                    Some("foreignkey") => Some(ConstraintKind::Foreign),
                    Some("unique") => Some(ConstraintKind::Unique),
                    Some("primary") => Some(ConstraintKind::Primary),
                    Some("check") => Some(ConstraintKind::Check),
                    _ => None,
                };
                SchemaAction::DropConstraint {
                    table,
                    name: text("constraint_name", 0),
                    kind,
                    columns: Vec::new(),
                }
            }
            _ => return None,
        })
    }

    fn learn(&mut self, items: &[SyntaxItem]) {
        for item in items {
            match item {
                SyntaxItem::Assign {
                    name,
                    value: Expr::Call(call),
                    ..
                } if matches!(call.name.as_str(), "table" | "Table" | "create_table") => {
                    if let Some(table) = call.text(0) {
                        self.tables.insert(name.clone(), Name::new(table));
                    }
                }
                SyntaxItem::Call(call, _) => self.learn(&call.block),
                _ => {}
            }
        }
    }

    /// `orders.update().where(..).values(note="x")`, `sa.update(orders).values(..)`,
    /// `orders.delete()`.
    fn built(&self, value: &Expr) -> Option<SchemaAction> {
        let call = value.call()?;
        let chain = call.chain();
        let root = call.root().unwrap_or_default();
        let verb = chain
            .iter()
            .find(|part| matches!(part.name.as_str(), "update" | "delete" | "insert"))?;
        let named = |value: &Expr| {
            if let Expr::Name(name) = value {
                self.tables.get(name).cloned()
            } else {
                None
            }
        };
        let table = self
            .tables
            .get(root)
            .cloned()
            .or_else(|| verb.args.first().and_then(named))?;
        let values = chain.iter().find(|part| part.name == "values");
        let columns = values.map(|values| {
            let given = values.named.iter().map(|(name, _)| name.clone());
            let listed = values.args.first().map(|arg| {
                if let Expr::Map(pairs) = arg {
                    pairs.iter().map(|(name, _)| name.clone()).collect()
                } else {
                    Vec::new()
                }
            });
            given
                .chain(listed.unwrap_or_default())
                // `Order.note` and `orders.c.note` both end with the column
                .map(|name| name.rsplit('.').next().unwrap_or(&name).to_owned())
                .collect()
        });
        let fills_null = chain.iter().any(|part| {
            part.name == "where"
                && (part.text.contains("is_(None)")
                    || part.text.contains("== None")
                    || part.text.contains(".is_(sa.null())"))
        });
        Some(match verb.name.as_str() {
            "update" => SchemaAction::Update {
                table,
                columns: columns.unwrap_or_default(),
                fills_null,
                reads: Vec::new(),
            },
            "delete" => SchemaAction::Delete { table },
            _ => SchemaAction::Insert {
                table,
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: false,
            },
        })
    }

    /// Calls on connections, sessions and types.
    fn elsewhere(&mut self, call: &FunctionCall, certain: bool) {
        let built = || call.args.first().and_then(|built| self.built(built));
        if matches!(call.name.as_str(), "execute" | "scalar" | "scalars")
            && let Some(action) = built()
        {
            self.writer.push(action, call, certain);
            return;
        }
        if self.writer.statements_of(call, certain) {
            return;
        }
        // `session.query(Order).update({..})`, `session.query(Order).filter(..).delete()`: the
        // model lies elsewhere.
        let queries = call
            .chain()
            .iter()
            .any(|part| part.name == "query" && !part.args.is_empty());
        let action = match call.name.as_str() {
            "update" | "delete" if queries => Some(format!("it calls {} on a query", call.name)),
            "add"
            | "add_all"
            | "bulk_insert_mappings"
            | "bulk_save_objects"
            | "bulk_update_mappings"
            | "merge"
                if matches!(&call.on, Some(Expr::Name(on)) if on.contains("session")) =>
            {
                Some(format!("it calls {} on a session", call.name))
            }
            _ => None,
        };
        if let Some(what) = action {
            self.writer
                .push(SchemaAction::HostCode { what }, call, certain);
        }
        self.body(&call.block);
    }

    fn alter(&mut self, call: &FunctionCall, table: &Name, column: &str, certain: bool) {
        let (t, c) = (|| table.clone(), || column.to_owned());
        let before = self.writer.script.steps.len();
        // `existing_..` arguments state what is, and not what becomes
        if let Some(to) = call.named("type_").map(data_type) {
            self.writer.push(
                SchemaAction::ChangeType {
                    table: t(),
                    column: c(),
                    to,
                },
                call,
                certain,
            );
        }
        match call.named("nullable") {
            Some(Expr::Bool(false)) => self.writer.push(
                SchemaAction::SetNotNull {
                    table: t(),
                    column: c(),
                },
                call,
                certain,
            ),
            Some(Expr::Bool(true)) => self.writer.push(
                SchemaAction::DropNotNull {
                    table: t(),
                    column: c(),
                },
                call,
                certain,
            ),
            _ => {}
        }
        match call.named("server_default") {
            Some(Expr::Null) => self.writer.push(
                SchemaAction::DropDefault {
                    table: t(),
                    column: c(),
                },
                call,
                certain,
            ),
            Some(value) => self.writer.push(
                SchemaAction::SetDefault {
                    table: t(),
                    column: c(),
                    value: server_default(value),
                },
                call,
                certain,
            ),
            None => {}
        }
        if let Some(to) = call.named("new_column_name").and_then(Expr::text) {
            self.writer.push(
                SchemaAction::RenameColumn {
                    table: t(),
                    column: c(),
                    to: to.to_owned(),
                },
                call,
                certain,
            );
        }
        // a change that says none of this is about a remark or another option
        if self.writer.script.steps.len() == before {
            self.writer.push(
                SchemaAction::ColumnOption {
                    table: t(),
                    column: c(),
                    what: "comment".to_owned(),
                },
                call,
                certain,
            );
        }
    }
}

/// Tables and their columns; `shift` counts the arguments in front, which a batch does not have.
fn read_table_action(
    call: &FunctionCall,
    table: &Name,
    shift: usize,
    dialect: Dialect,
) -> Option<SchemaAction> {
    let table = table.clone();
    Some(match call.name.as_str() {
        "create_table" => create_table(call, dialect),
        "drop_table" => SchemaAction::DropTable {
            table,
            if_exists: false,
            cascade: false,
        },
        "rename_table" => SchemaAction::RenameTable {
            table: call
                .arg("old_table_name", 0)
                .and_then(Expr::text)
                .map(Name::new)
                .unwrap_or_default(),
            to: call
                .arg("new_table_name", 1)
                .and_then(Expr::text)
                .map(Name::new)
                .unwrap_or_default(),
        },
        "add_column" => match call
            .arg("column", shift)
            .and_then(Expr::call)
            .and_then(read_alembic_column)
        {
            Some(column) => SchemaAction::AddColumn {
                table,
                column,
                if_not_exists: false,
            },
            None => SchemaAction::Unknown {
                why: "the column is put together elsewhere".to_owned(),
            },
        },
        "drop_column" => match call.arg("column_name", shift) {
            // a bare name is a variable here
            Some(Expr::Text(column, _)) => SchemaAction::DropColumn {
                table,
                column: column.clone(),
            },
            _ => SchemaAction::Unknown {
                why: "the column's name is put together elsewhere".to_owned(),
            },
        },
        "create_table_comment" | "drop_table_comment" => SchemaAction::Comment {
            object: table.to_string(),
        },
        _ => return None,
    })
}
