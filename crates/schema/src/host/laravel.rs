//! Laravel: `Schema::table(..)` with a closure, column chains, the query builder, SQL in
//! `DB::statement`.

use super::blueprint::read_blueprint;
use std::collections::BTreeMap;

use super::super::dialect::Dialect;
use super::super::step::{Name, SchemaAction, Table};
use super::rails_table::table_of_class;
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
/// `keeps`: a changed column keeps what it does not state (Laravel before 11).
pub fn read_laravel(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
    keeps: bool,
) -> MigrationReading {
    read_up_and_down(place, items, ["up", "down"], DownMigration::None, |body| {
        let mut reader = Laravel {
            // most programs of Laravel run on MySQL
            writer: Writer::new(if dialect == Dialect::Unknown {
                Dialect::MySql
            } else {
                dialect
            }),
            closures: BTreeMap::new(),
            keeps,
        };
        reader.closures(items);
        reader.closures(body);
        reader.body_and_helpers(items, body);
        reader.writer.script
    })
}

struct Laravel<'a> {
    writer: Writer,
    /// Closures given to a variable.
    closures: BTreeMap<String, &'a [SyntaxItem]>,
    keeps: bool,
}

impl WayReader for Laravel<'_> {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        let on_schema = call
            .chain()
            .iter()
            .any(|call| matches!(&call.on, Some(Expr::Name(on)) if on.ends_with("Schema")));
        if on_schema {
            self.schema(call, certain);
        } else {
            self.rows(call, certain);
        }
    }
}

impl<'a> Laravel<'a> {
    /// `Schema::create` and `Schema::table` with their closure. The steps of a table that is there are
    /// written one by one; a new table is given back whole.
    fn read_table(
        &mut self,
        call: &FunctionCall,
        table: Name,
        certain: bool,
    ) -> Option<SchemaAction> {
        let mut actions = Vec::new();
        let block: Vec<SyntaxItem> = match call.args.get(1) {
            // the closure may be given by a variable
            Some(Expr::Name(name)) => self
                .closures
                .get(name)
                .map(|items| items.to_vec())
                .unwrap_or_default(),
            _ => call.block.clone(),
        };
        if table.name.is_empty() || block.is_empty() {
            self.writer.unknown(
                "the table or its changes are put together elsewhere",
                call,
                certain,
            );
            return None;
        }
        // Other code may stand between the columns: conditions, queries, events.
        let builder = call.params.first().cloned().or_else(|| {
            block.iter().find_map(|item| {
                if let SyntaxItem::Call(inner, _) = item {
                    inner.root().map(str::to_owned)
                } else {
                    None
                }
            })
        });
        for item in &block {
            if let SyntaxItem::Call(inner, sure) = item {
                if builder.is_none() || inner.root() == builder.as_deref() {
                    read_blueprint(inner, &table, certain && *sure, self.keeps, &mut actions);
                } else {
                    self.call(inner, certain && *sure);
                }
            }
        }
        if call.name == "table" {
            for (action, line, sure) in actions {
                self.writer.push(
                    action,
                    &FunctionCall {
                        line,
                        ..call.clone()
                    },
                    sure,
                );
            }
            return None;
        }
        let mut made = Table {
            name: table,
            columns_known: true,
            ..Table::default()
        };
        for (action, _, _) in actions {
            match action {
                SchemaAction::AddColumn { column, .. } => made.columns.push(column),
                SchemaAction::AddConstraint { constraint, .. } => made.constraints.push(constraint),
                SchemaAction::CreateIndex(index) => made.indexes.push(index),
                // a call that is not read may have added a column
                SchemaAction::Unknown { .. } => made.columns_known = false,
                _ => {}
            }
        }
        Some(SchemaAction::CreateTable(made))
    }

    fn closures(&mut self, items: &'a [SyntaxItem]) {
        for item in items {
            if let SyntaxItem::Function { name, body, .. } = item {
                self.closures.insert(name.clone(), body);
            }
        }
    }

    fn schema(&mut self, call: &FunctionCall, certain: bool) {
        let table = call.text(0).map(Name::new).unwrap_or_default();
        let action = match call.name.as_str() {
            "create" | "table" => match self.read_table(call, table, certain) {
                Some(made) => made,
                None => return,
            },
            "drop" | "dropIfExists" => SchemaAction::DropTable {
                table,
                if_exists: call.name == "dropIfExists",
                cascade: false,
            },
            "rename" => SchemaAction::RenameTable {
                table,
                to: call.text(1).map(Name::new).unwrap_or_default(),
            },
            "dropColumns" => {
                for column in call.args.get(1).map(Expr::texts).unwrap_or_default() {
                    self.writer.push(
                        SchemaAction::DropColumn {
                            table: table.clone(),
                            column,
                        },
                        call,
                        certain,
                    );
                }
                return;
            }
            "hasTable"
            | "hasColumn"
            | "hasColumns"
            | "getColumnListing"
            | "disableForeignKeyConstraints"
            | "enableForeignKeyConstraints"
            | "getConnection"
            | "connection"
            | "getIndexes"
            | "hasIndex"
            | "hasTables"
            | "hasView"
            | "getColumnType"
            | "getForeignKeys"
            | "getDoctrineSchemaManager"
            | "withoutForeignKeyConstraints"
            | "whenTableHasColumn"
            | "whenTableDoesntHaveColumn"
            | "defaultMorphKeyType"
            | "defaultStringLength" => {
                // the closure may change tables all the same
                self.body(&call.block);
                return;
            }
            // questions begin so
            name if name.starts_with("get")
                || name.starts_with("list")
                || name.starts_with("has") =>
            {
                return;
            }
            name => SchemaAction::Unknown {
                why: format!("Schema::{name} is not known"),
            },
        };
        self.writer.push(action, call, certain);
    }

    fn rows(&mut self, call: &FunctionCall, certain: bool) {
        if matches!(
            call.name.as_str(),
            "statement" | "unprepared" | "insert" | "update" | "delete"
        ) && matches!(&call.on, Some(Expr::Name(on)) if on.ends_with("DB"))
            && call.text(0).is_some()
        {
            self.writer.sql_of(call, certain);
            return;
        }
        if self.writer.statements_of(call, certain) {
            return;
        }
        let chain = call.chain();
        let built = chain
            .iter()
            .find(|call| {
                call.name == "table"
                    && matches!(&call.on, Some(Expr::Name(on)) if on.ends_with("DB"))
            })
            .and_then(|call| call.text(0))
            .map(Name::new);
        // `Order::query()`: the class names the table
        let model = call
            .root()
            .filter(|root| {
                root.starts_with(|c: char| c.is_ascii_uppercase())
                    // these begin chains too and are no models
                    && !matches!(*root, "DB" | "Schema" | "Carbon" | "Str" | "Log")
            })
            .map(|root| Name {
                schema: None,
                name: table_of_class(root.rsplit('\\').next().unwrap_or(root)),
            });
        if let Some(table) = built.or(model) {
            let fills_null = chain.iter().any(|call| call.name == "whereNull");
            // the last call of a chain does the work
            let action = chain
                .iter()
                .rev()
                .find_map(|call| read_row_change(call, &table, fills_null));
            if let Some(action) = action {
                self.writer.push(action, call, certain);
                return;
            }
            // `Order::chunk(100, function ($orders) { foreach .. $order->update([..]) })`
            let inner = call.block.iter().find_map(|item| match item {
                SyntaxItem::Call(inner, _)
                    if matches!(
                        inner.name.as_str(),
                        "update" | "save" | "saveQuietly" | "updateQuietly" | "push"
                    ) =>
                {
                    Some(list_keys(inner))
                }
                _ => None,
            });
            if let Some(mut columns) = inner {
                columns.extend(call.block.iter().filter_map(|item| match item {
                    SyntaxItem::Assign { name, .. } => {
                        name.split_once("->").map(|(_, column)| column.to_owned())
                    }
                    _ => None,
                }));
                self.writer.push(
                    SchemaAction::Update {
                        table,
                        columns,
                        fills_null,
                        reads: Vec::new(),
                    },
                    call,
                    // whether there are rows is not known
                    false,
                );
                return;
            }
        }
        if matches!(call.name.as_str(), "dispatch" | "dispatchSync" | "call")
            && matches!(&call.on, Some(Expr::Name(on)) if on.ends_with("Artisan") || on.ends_with("Job"))
        {
            self.writer.push(
                SchemaAction::HostCode {
                    what: "it starts other code".to_owned(),
                },
                call,
                certain,
            );
        }
        self.body(&call.block);
    }
}

/// What one call of a chain does to rows.
fn read_row_change(call: &FunctionCall, table: &Name, fills_null: bool) -> Option<SchemaAction> {
    match call.name.as_str() {
        "update" | "increment" | "decrement" => Some(SchemaAction::Update {
            table: table.clone(),
            columns: list_keys(call),
            fills_null,
            reads: Vec::new(),
        }),
        "delete" | "forceDelete" => Some(SchemaAction::Delete {
            table: table.clone(),
        }),
        "truncate" => Some(SchemaAction::Truncate {
            table: table.clone(),
        }),
        "insert" | "insertGetId" | "insertOrIgnore" | "create" | "insertUsing"
        | "firstOrCreate" => Some(SchemaAction::Insert {
            table: table.clone(),
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: false,
        }),
        "upsert" | "updateOrInsert" | "updateOrCreate" => Some(SchemaAction::Insert {
            table: table.clone(),
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: true,
        }),
        _ => None,
    }
}

/// Names of the values that a call is given.
fn list_keys(call: &FunctionCall) -> Vec<String> {
    match call.args.first() {
        Some(Expr::Map(pairs)) => pairs.iter().map(|(name, _)| name.clone()).collect(),
        _ => Vec::new(),
    }
}
