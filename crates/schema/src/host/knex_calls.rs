//! Calls on Knex's schema and query builder.

use super::super::step::{Name, SchemaAction, Table};
use super::knex::read_knex_builder;
use super::script::ScriptReader;
use super::syntax::{Expr, FunctionCall, SyntaxItem};

impl ScriptReader {
    pub(super) fn knex(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let mut known = false;
        let schema = call
            .chain()
            .iter()
            .find(|part| part.name == "withSchema")
            .and_then(|part| part.text(0).map(str::to_owned));
        // one chain may hold several statements
        for part in call.chain() {
            let table = part.text(0).map(Name::new).unwrap_or_default();
            let table = match &schema {
                Some(schema) if !table.name.is_empty() => {
                    Name::from_parts(vec![schema.clone(), table.name])
                }
                _ => table,
            };
            if self.knex_table(part, &table, certain)
                || self.knex_view(part, &table, certain)
                || self.knex_rows(call, part, &table, certain)
            {
                known = true;
                continue;
            }
            match part.name.as_str() {
                "dropTable" | "dropTableIfExists" => self.writer.push(
                    SchemaAction::DropTable {
                        table,
                        if_exists: part.name != "dropTable",
                        cascade: false,
                    },
                    part,
                    certain,
                ),
                "renameTable" => self.writer.push(
                    SchemaAction::RenameTable {
                        table,
                        to: part.text(1).map(Name::new).unwrap_or_default(),
                    },
                    part,
                    certain,
                ),
                "raw" => {
                    if !self.writer.sql_of(part, certain) {
                        self.writer.unknown(
                            "the SQL is put together in another place",
                            part,
                            certain,
                        );
                    }
                }
                "hasTable" | "hasColumn" => {}
                _ => continue,
            }
            known = true;
        }
        known
    }

    /// A table with its closure.
    pub(super) fn knex_table(&mut self, part: &FunctionCall, table: &Name, certain: bool) -> bool {
        let table = table.clone();
        match part.name.as_str() {
            "createTable" | "createTableIfNotExists" => {
                let mut made = Table {
                    name: table,
                    columns_known: true,
                    ..Table::default()
                };
                let mut actions = Vec::new();
                let name = made.name.clone();
                part.block.iter().for_each(|item| {
                    if let SyntaxItem::Call(inner, _) = item {
                        read_knex_builder(inner, &name, &mut actions)
                    }
                });
                // a new table takes all of it along
                for (action, _) in actions {
                    match action {
                        SchemaAction::AddColumn { column, .. } => made.columns.push(column),
                        SchemaAction::CreateIndex(index) => made.indexes.push(index),
                        SchemaAction::AddConstraint { constraint, .. } => {
                            made.constraints.push(constraint)
                        }
                        _ => {}
                    }
                }
                self.writer
                    .push(SchemaAction::CreateTable(made), part, certain);
            }
            // `knex.table('orders')` without a closure is a query
            "alterTable" | "table" if !part.block.is_empty() => {
                let mut actions = Vec::new();
                part.block.iter().for_each(|item| {
                    if let SyntaxItem::Call(inner, _) = item {
                        read_knex_builder(inner, &table, &mut actions)
                    }
                });
                for (action, line) in actions {
                    self.writer.push(
                        action,
                        &FunctionCall {
                            line,
                            ..part.clone()
                        },
                        certain,
                    );
                }
            }
            _ => return false,
        }
        true
    }

    /// Views and schemas.
    pub(super) fn knex_view(&mut self, part: &FunctionCall, table: &Name, certain: bool) -> bool {
        let table = table.clone();
        match part.name.as_str() {
            "createSchema" | "createSchemaIfNotExists" => self.writer.push(
                SchemaAction::CreateSchema { name: table.name },
                part,
                certain,
            ),
            "dropSchema" | "dropSchemaIfExists" => {
                self.writer
                    .push(SchemaAction::DropSchema { name: table.name }, part, certain)
            }
            "createView" | "createViewOrReplace" | "createMaterializedView" => {
                let (replace, materialized) = (
                    part.name == "createViewOrReplace",
                    part.name == "createMaterializedView",
                );
                self.writer.push(
                    SchemaAction::CreateView {
                        name: table,
                        replace,
                        materialized,
                        body: part.text.clone(),
                    },
                    part,
                    certain,
                );
            }
            "dropView"
            | "dropViewIfExists"
            | "dropMaterializedView"
            | "dropMaterializedViewIfExists" => self.writer.push(
                SchemaAction::DropView {
                    name: table,
                    if_exists: part.name.ends_with("IfExists"),
                },
                part,
                certain,
            ),
            "refreshMaterializedView" => {
                self.writer
                    .push(SchemaAction::RefreshView { name: table }, part, certain)
            }
            _ => return false,
        }
        true
    }

    /// Rows.
    pub(super) fn knex_rows(
        &mut self,
        call: &FunctionCall,
        part: &FunctionCall,
        table: &Name,
        certain: bool,
    ) -> bool {
        let table = table.clone();
        match part.name.as_str() {
            "batchInsert" => self.writer.push(
                SchemaAction::Insert {
                    table,
                    columns: Vec::new(),
                    from: Vec::new(),
                    overwrites: false,
                },
                part,
                certain,
            ),
            "update" | "insert" | "del" | "delete" | "truncate" => {
                let chain = call.chain();
                let Some(table) = chain
                    .iter()
                    .find(|call| {
                        // `knex('orders')` is a call on nothing
                        call.on.is_none() || matches!(call.name.as_str(), "table" | "from" | "into")
                    })
                    .and_then(|call| call.text(0))
                    .map(Name::new)
                else {
                    return false;
                };
                let keys = part
                    .args
                    .first()
                    .map(|arg| {
                        if let Expr::Map(pairs) = arg {
                            pairs.iter().map(|(name, _)| name.clone()).collect()
                        } else {
                            part.text(0).map(str::to_owned).into_iter().collect()
                        }
                    })
                    .unwrap_or_default();
                let action = match part.name.as_str() {
                    "update" => SchemaAction::Update {
                        table,
                        columns: keys,
                        fills_null: chain.iter().any(|call| call.name == "whereNull"),
                        reads: Vec::new(),
                    },
                    "insert" => SchemaAction::Insert {
                        table,
                        columns: Vec::new(),
                        from: Vec::new(),
                        overwrites: false,
                    },
                    "truncate" => SchemaAction::Truncate { table },
                    _ => SchemaAction::Delete { table },
                };
                self.writer.push(action, part, certain);
            }
            _ => return false,
        }
        true
    }
}
