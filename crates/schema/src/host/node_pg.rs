//! node-pg-migrate in JavaScript and TypeScript: calls on `pgm`. Without a `down` the tool turns
//! the up around by itself, where it can.

use super::super::compatibility::quote_table;
use super::super::dialect::Dialect;
use super::super::step::{Name, SchemaAction, Script, Table};
use super::invert;
use super::node_pg_actions::read_node_pg_action;
use super::node_pg_values::{
    data_type, read_node_pg_column, read_node_pg_constraints, read_node_pg_default,
    read_node_pg_keys, read_node_pg_name,
};
use super::sides::{WayReader, read_written_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body, function_line};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_node_pg(place: &MigrationFile, items: &[SyntaxItem]) -> MigrationReading {
    let read = |body: &[SyntaxItem]| {
        let mut reader = NodePg {
            // node-pg-migrate knows PostgreSQL only
            writer: Writer::new(Dialect::Postgres),
            one_way: None,
        };
        reader.body_and_helpers(items, body);
        reader
    };
    let (up, one_way): (Script, Option<String>) = find_function_body(items, "up")
        .map(read)
        .map(|reader| (reader.writer.script, reader.one_way))
        .unwrap_or_default();
    // `exports.down = false` says that there is no way back
    let refused = items.iter().any(|item| matches!(item, SyntaxItem::Assign { name, value: Expr::Bool(false), .. } if name == "down" || name.ends_with(".down")));
    let written = read_written_down(place, items, "down", |body| read(body).writer.script);
    let down = match (written, one_way) {
        (Some(written), _) => written,
        (None, _) if refused => DownMigration::Irreversible("its down is false".to_owned()),
        (None, Some(why)) => DownMigration::Irreversible(why),
        // the tool derives the way back where none is written
        (None, None) => DownMigration::Derived(invert::invert_steps(&up.steps)),
    };
    MigrationReading {
        up,
        down,
        line: function_line(items, "up").unwrap_or(1),
    }
}

struct NodePg {
    writer: Writer,
    /// What the tool cannot turn around.
    one_way: Option<String>,
}

impl WayReader for NodePg {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        let root = call.root().unwrap_or_default();
        if !(root == "pgm" || root.starts_with("pgm.")) {
            if !self.writer.statements_of(call, certain) {
                call.args
                    .iter()
                    .filter_map(Expr::call)
                    .for_each(|inner| self.call(inner, certain));
            }
            self.body(&call.block);
            return;
        }
        if matches!(call.name.as_str(), "then" | "catch" | "finally") {
            if let Some(Expr::Call(before)) = &call.on {
                self.call(before, certain);
            }
            if call.name == "catch" {
                self.caught(&call.block);
            } else {
                self.body(&call.block);
            }
            return;
        }
        self.known(call, certain);
    }
}

impl NodePg {
    /// Calls that stand for several steps, or hold SQL.
    fn read_several(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let table = read_node_pg_name(call.args.first());
        let list = |at: usize| call.args.get(at).map(read_node_pg_keys).unwrap_or_default();
        match call.name.as_str() {
            "addColumns" | "addColumn" => self.add_columns(call, &table, certain),
            "dropColumns" | "dropColumn" => {
                for column in list(1) {
                    self.push(
                        SchemaAction::DropColumn {
                            table: table.clone(),
                            column,
                        },
                        call,
                        certain,
                    );
                }
            }
            "alterColumn" => {
                let column = call.args.get(1).and_then(Expr::text);
                self.alter(call, &table, column.unwrap_or_default(), certain);
            }
            "addConstraint" | "createConstraint" => self.add_constraint(call, &table, certain),
            "createExtension" | "addExtension" => {
                for name in list(0) {
                    self.push(SchemaAction::CreateExtension { name }, call, certain);
                }
            }
            "dropExtension" => {
                let cascade = call.args.iter().rev().find_map(|arg| arg.get("cascade"));
                for name in list(0) {
                    self.push(
                        SchemaAction::DropExtension {
                            name,
                            cascade: cascade == Some(&Expr::Bool(true)),
                        },
                        call,
                        certain,
                    );
                }
            }
            "sql" => {
                if !self.writer.sql_of(call, certain) {
                    self.writer
                        .unknown("the SQL is put together in another place", call, certain);
                }
            }
            "noTransaction" | "func" | "toString" | "query" | "select" => {
                self.writer.statements_of(call, certain);
            }
            _ => return false,
        }
        true
    }

    fn add_columns(&mut self, call: &FunctionCall, table: &Name, certain: bool) {
        let Some(Expr::Map(pairs)) = call.args.get(1) else {
            self.writer
                .unknown("the columns are put together elsewhere", call, certain);
            return;
        };
        for (name, value) in pairs {
            self.push(
                SchemaAction::AddColumn {
                    table: table.clone(),
                    column: read_node_pg_column(name, value),
                    if_not_exists: false,
                },
                call,
                certain,
            );
        }
    }

    fn add_constraint(&mut self, call: &FunctionCall, table: &Name, certain: bool) {
        let named = call.args.get(1).and_then(Expr::text);
        match call.args.get(2) {
            Some(Expr::Text(text, line)) => {
                let name = named
                    // node-pg-migrate puts a text behind ADD CONSTRAINT as it stands
                    .map(|name| format!(" CONSTRAINT \"{name}\""))
                    .unwrap_or_default();
                self.writer.sql(
                    &format!(
                        "ALTER TABLE {} ADD{name} {text}",
                        quote_table(Dialect::Postgres, table)
                    ),
                    *line,
                    certain,
                );
            }
            Some(stated) => {
                let named = named.map(str::to_owned);
                for constraint in read_node_pg_constraints(named, stated, call) {
                    self.push(
                        SchemaAction::AddConstraint {
                            table: table.clone(),
                            constraint,
                        },
                        call,
                        certain,
                    );
                }
            }
            None => self
                .writer
                .unknown("the constraint is put together elsewhere", call, certain),
        }
    }

    fn push(&mut self, action: SchemaAction, call: &FunctionCall, certain: bool) {
        self.writer.push(action, call, certain);
    }

    fn known(&mut self, call: &FunctionCall, certain: bool) {
        let table = read_node_pg_name(call.args.first());
        // options stand last
        let option = |key: &str| call.args.iter().rev().find_map(|arg| arg.get(key));
        let one_way = call.name.starts_with("drop")
            || matches!(
                call.name.as_str(),
                "sql" | "alterColumn" | "func" | "addTypeValue" | "alterSequence" | "alterView"
            );
        if one_way && self.one_way.is_none() {
            self.one_way = Some(format!(
                "{} on line {} cannot be turned around",
                call.name, call.line
            ));
        }
        if self.read_several(call, certain) {
            return;
        }
        let known = read_node_pg_action(call);
        let action = if let Some(action) = known {
            action
        } else {
            match call.name.as_str() {
                "createTable" => {
                    let mut made = Table {
                        name: table,
                        columns_known: true,
                        if_not_exists: option("ifNotExists") == Some(&Expr::Bool(true)),
                        ..Table::default()
                    };
                    match call.args.get(1) {
                        Some(Expr::Map(pairs)) => {
                            made.columns = pairs
                                .iter()
                                .map(|(name, value)| read_node_pg_column(name, value))
                                .collect()
                        }
                        _ => made.columns_known = false,
                    }
                    if let Some(stated) = option("constraints") {
                        made.constraints = read_node_pg_constraints(None, stated, call);
                    }
                    SchemaAction::CreateTable(made)
                }
                "alterTable" => match option("levelSecurity").and_then(Expr::text) {
                    Some(level) => SchemaAction::RowSecurity {
                        table,
                        on: matches!(level, "ENABLE" | "FORCE"),
                    },
                    None => SchemaAction::TableOption {
                        table,
                        what: "option".to_owned(),
                    },
                },
                name => SchemaAction::Unknown {
                    why: format!("pgm.{name} is not known"),
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
            self.push(action, call, certain);
        }
    }

    fn alter(&mut self, call: &FunctionCall, table: &Name, column: &str, certain: bool) {
        let (t, c) = (|| table.clone(), || column.to_owned());
        let stated = call.args.get(2).unwrap_or(&Expr::Null);
        let before = self.writer.script.steps.len();
        if let Some(to) = stated.get("type") {
            self.push(
                SchemaAction::ChangeType {
                    table: t(),
                    column: c(),
                    to: data_type(to),
                },
                call,
                certain,
            );
        }
        match stated.get("default") {
            Some(Expr::Null) => self.push(
                SchemaAction::DropDefault {
                    table: t(),
                    column: c(),
                },
                call,
                certain,
            ),
            Some(value) => self.push(
                SchemaAction::SetDefault {
                    table: t(),
                    column: c(),
                    value: read_node_pg_default(value),
                },
                call,
                certain,
            ),
            None => {}
        }
        match (stated.get("notNull"), stated.get("allowNull")) {
            (Some(Expr::Bool(true)), _) | (_, Some(Expr::Bool(false))) => self.push(
                SchemaAction::SetNotNull {
                    table: t(),
                    column: c(),
                },
                call,
                certain,
            ),
            (Some(Expr::Bool(false) | Expr::Null), _) | (_, Some(Expr::Bool(true))) => self.push(
                SchemaAction::DropNotNull {
                    table: t(),
                    column: c(),
                },
                call,
                certain,
            ),
            _ => {}
        }
        if self.writer.script.steps.len() == before {
            let action = if stated.get("comment").is_some() {
                SchemaAction::ColumnOption {
                    table: t(),
                    column: c(),
                    what: "comment".to_owned(),
                }
            } else {
                SchemaAction::Unknown {
                    why: "what happens to the column is put together elsewhere".to_owned(),
                }
            };
            self.push(action, call, certain);
        }
    }
}
