//! Ecto: `create table`, `alter table`, `execute`, indexes and constraints.

use std::collections::HashMap;

use super::super::dialect::Dialect;
use super::super::sql;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Script, Table, TableIndex,
};
use super::invert;
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body, function_line};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_ecto(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    let read = |body: &[SyntaxItem]| {
        let mut reader = Ecto {
            writer: Writer::new(dialect),
            turned: Vec::new(),
            removed: HashMap::new(),
            one_way: None,
        };
        reader.body_and_helpers(items, body);
        reader
    };
    if let Some(reader) = find_function_body(items, "change").map(read) {
        let down = match reader.one_way {
            Some(why) => DownMigration::Irreversible(why),
            None => {
                let up = &reader.writer.script.steps;
                let mut script = invert::invert_with_stated(up, reader.turned);
                give_stated_columns(&mut script, &reader.removed);
                DownMigration::Derived(script)
            }
        };
        return MigrationReading {
            up: reader.writer.script,
            down,
            line: function_line(items, "change").unwrap_or(1),
        };
    }
    read_up_and_down(place, items, ["up", "down"], DownMigration::None, |body| {
        read(body).writer.script
    })
}

struct Ecto {
    writer: Writer,
    /// Steps of the second argument of `execute`.
    turned: Vec<invert::StatedWay>,
    /// Columns as a removal states them, with the key of their table: that is how they come back.
    removed: HashMap<(String, String), Column>,
    one_way: Option<String>,
}

impl WayReader for Ecto {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        let object = call.args.first().and_then(Expr::call);
        let table = object
            .and_then(|object| object.text(0))
            .map(|name| read_ecto_table_name(object, name))
            .unwrap_or_default();
        let kind = object
            .map(|object| object.name.as_str())
            .unwrap_or_default();
        if self.create_object(call, certain) || self.drop_object(call, certain) {
            return;
        }
        match (call.name.as_str(), kind) {
            ("alter", "table") => {
                for inner in list_calls(&call.block) {
                    self.alter(inner, &table, certain);
                }
            }
            ("rename", "table") => self.rename_object(call, certain),
            ("execute", _) => self.execute(call, certain),
            (
                "flush"
                | "disable_ddl_transaction"
                | "use"
                | "import"
                | "alias"
                | "require"
                | "repo"
                | "direction"
                | "prefix",
                _,
            ) => {}
            _ => self.elsewhere(call, certain),
        }
    }
}

impl Ecto {
    /// `create table(..)`, indexes and constraints.
    fn create_object(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let object = call.args.first().and_then(Expr::call);
        let table = object
            .and_then(|object| object.text(0))
            .map(|name| read_ecto_table_name(object, name))
            .unwrap_or_default();
        let kind = object
            .map(|object| object.name.as_str())
            .unwrap_or_default();
        let if_exists = call.name.ends_with("exists");
        match (call.name.as_str(), kind) {
            ("create" | "create_if_not_exists", "table") => {
                let mut made = Table {
                    name: table,
                    if_not_exists: if_exists,
                    columns_known: true,
                    ..Table::default()
                };
                // Ecto adds a key `id` unless told not to
                if object
                    .is_none_or(|object| object.named("primary_key") != Some(&Expr::Bool(false)))
                {
                    let mut id = Column::new("id", "bigint");
                    (id.primary, id.auto, id.nullable) = (true, true, false);
                    made.columns.push(id);
                }
                for inner in list_calls(&call.block) {
                    match inner.name.as_str() {
                        "add" | "add_if_not_exists" => made.columns.push(read_ecto_column(inner)),
                        "timestamps" => made.columns.extend(make_ecto_timestamps(inner)),
                        // a function of the project may add columns
                        _ => made.columns_known = false,
                    }
                }
                self.writer
                    .push(SchemaAction::CreateTable(made), call, certain);
            }
            ("create" | "create_if_not_exists", "index" | "unique_index") => self.writer.push(
                SchemaAction::CreateIndex(read_ecto_index(object, table)),
                call,
                certain,
            ),
            ("create", "constraint") => {
                let kind = if object.is_some_and(|object| object.named("exclude").is_some()) {
                    ConstraintKind::Exclude
                } else {
                    ConstraintKind::Check
                };
                let columns = object
                    .and_then(|object| object.named("check"))
                    .map(|check| {
                        check
                            .literal()
                            .split(|c: char| !c.is_alphanumeric() && c != '_')
                            .filter(|word| !word.is_empty())
                            .map(str::to_owned)
                            .collect()
                    })
                    .unwrap_or_default();
                let name = object.and_then(|object| object.text(1)).map(str::to_owned);
                self.writer.push(
                    SchemaAction::AddConstraint {
                        table,
                        constraint: Constraint {
                            name,
                            kind,
                            columns,
                            references: None,
                            text: call.text.clone(),
                        },
                    },
                    call,
                    certain,
                );
            }
            _ => return false,
        }
        true
    }

    /// `drop table(..)`, indexes and constraints.
    fn drop_object(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let object = call.args.first().and_then(Expr::call);
        let table = object
            .and_then(|object| object.text(0))
            .map(|name| read_ecto_table_name(object, name))
            .unwrap_or_default();
        let kind = object
            .map(|object| object.name.as_str())
            .unwrap_or_default();
        let if_exists = call.name.ends_with("exists");
        match (call.name.as_str(), kind) {
            // Ecto does not know the columns to bring back, and raises on the way down
            ("drop" | "drop_if_exists", "table") => {
                self.one_way(call, "drop");
                self.writer.push(
                    SchemaAction::DropTable {
                        table,
                        if_exists,
                        cascade: false,
                    },
                    call,
                    certain,
                );
            }
            ("drop" | "drop_if_exists", "index" | "unique_index") => {
                let index = read_ecto_index(object, table.clone());
                self.writer.push(
                    SchemaAction::DropIndex {
                        name: index.name.unwrap_or_default(),
                        table: Some(table),
                    },
                    call,
                    certain,
                );
            }
            ("drop" | "drop_if_exists", "constraint") => {
                let name = object.and_then(|object| object.text(1)).map(str::to_owned);
                self.writer.push(
                    SchemaAction::DropConstraint {
                        table,
                        name,
                        kind: None,
                        columns: Vec::new(),
                    },
                    call,
                    certain,
                );
            }
            _ => return false,
        }
        true
    }

    /// `execute`, with the way back as its second argument.
    fn execute(&mut self, call: &FunctionCall, certain: bool) {
        let mut texts = Vec::new();
        call.args.iter().for_each(|arg| arg.all_texts(&mut texts));
        let start = self.writer.script.steps.len();
        match texts.first() {
            Some((text, line)) => self.writer.sql(text, *line, certain),
            // `execute(fn -> repo().query!("..") end)`
            None if !call.block.is_empty() => {
                let before = self.writer.script.steps.len();
                self.body(&call.block);
                if self.writer.script.steps.len() == before {
                    self.writer.push(
                        SchemaAction::HostCode {
                            what: "it runs a function".to_owned(),
                        },
                        call,
                        certain,
                    );
                }
            }
            None => self
                .writer
                .unknown("the SQL is put together in another place", call, certain),
        }
        match texts.get(1) {
            Some((text, line)) => self.turned.push((
                start..self.writer.script.steps.len(),
                sql::read_sql(text, self.writer.dialect, *line).steps,
            )),
            // Under `if direction() == :up` it has another side elsewhere.
            None if certain => self.one_way(call, "execute"),
            None => {}
        }
    }

    /// `rename table(..)`, and its columns.
    fn rename_object(&mut self, call: &FunctionCall, certain: bool) {
        let object = call.args.first().and_then(Expr::call);
        let table = object
            .and_then(|object| object.text(0))
            .map(|name| read_ecto_table_name(object, name))
            .unwrap_or_default();

        let to = call.named("to");
        match (call.text(1), to) {
            (Some(from), Some(to)) => self.writer.push(
                SchemaAction::RenameColumn {
                    table,
                    column: from.to_owned(),
                    to: to.text().unwrap_or_default().to_owned(),
                },
                call,
                certain,
            ),
            (None, Some(Expr::Call(to))) => self.writer.push(
                SchemaAction::RenameTable {
                    table,
                    to: to.text(0).map(Name::new).unwrap_or_default(),
                },
                call,
                certain,
            ),
            _ => self
                .writer
                .unknown("the new name is put together elsewhere", call, certain),
        }
    }

    /// Calls on the repository, and everything that is no change of a table.
    fn elsewhere(&mut self, call: &FunctionCall, certain: bool) {
        if self.writer.statements_of(call, certain) {
            return;
        }
        if call.on.is_some()
            && matches!(
                call.name.as_str(),
                "update_all" | "delete_all" | "insert_all" | "update!" | "insert!" | "delete!"
            )
        {
            let table = call.args.iter().find_map(|arg| {
                if let Expr::Text(text, _) = arg {
                    Some(Name::new(text))
                } else {
                    None
                }
            });
            let set = call.named("set").map(|set| match set {
                Expr::Map(pairs) => pairs.iter().map(|(name, _)| name.clone()).collect(),
                // a keyword list in brackets comes as text
                Expr::Other(text) => text
                    .split(['[', ',', ']'])
                    .filter_map(|part| part.split_once(':'))
                    .map(|(name, _)| name.trim().to_owned())
                    .collect(),
                _ => Vec::new(),
            });
            let action = match (call.name.as_str(), table) {
                ("update_all", Some(table)) => SchemaAction::Update {
                    table,
                    columns: set.unwrap_or_default(),
                    fills_null: false,
                    reads: Vec::new(),
                },
                ("delete_all", Some(table)) => SchemaAction::Delete { table },
                ("insert_all", Some(table)) => SchemaAction::Insert {
                    table,
                    columns: Vec::new(),
                    from: Vec::new(),
                    overwrites: false,
                },
                (name, _) => SchemaAction::HostCode {
                    what: format!("it calls {name}"),
                },
            };
            self.writer.push(action, call, certain);
        }
        self.body(&call.block);
    }

    fn alter(&mut self, call: &FunctionCall, table: &Name, certain: bool) {
        let name = call.text(0).unwrap_or_default().to_owned();
        match call.name.as_str() {
            "add" | "add_if_not_exists" => self.writer.push(
                SchemaAction::AddColumn {
                    table: table.clone(),
                    column: read_ecto_column(call),
                    if_not_exists: call.name.ends_with("exists"),
                },
                call,
                certain,
            ),
            "remove" | "remove_if_exists" => {
                // `remove :note, :text` states what comes back
                if call.args.len() < 2 {
                    self.one_way(call, "remove");
                } else {
                    let column = read_ecto_column(call);
                    self.removed.insert((table.key(), column.key()), column);
                }
                self.writer.push(
                    SchemaAction::DropColumn {
                        table: table.clone(),
                        column: name,
                    },
                    call,
                    certain,
                );
            }
            "modify" => self.modify(call, table, certain),
            "timestamps" => {
                for column in make_ecto_timestamps(call) {
                    self.writer.push(
                        SchemaAction::AddColumn {
                            table: table.clone(),
                            column,
                            if_not_exists: false,
                        },
                        call,
                        certain,
                    );
                }
            }
            name => self.writer.unknown(
                format!("{name} is not a change that is known"),
                call,
                certain,
            ),
        }
    }

    /// `modify`: another type, and what it says of NULL and of the default.
    fn modify(&mut self, call: &FunctionCall, table: &Name, certain: bool) {
        let name = call.text(0).unwrap_or_default().to_owned();
        // only with `from:` Ecto knows the way back
        if call.named("from").is_none() {
            self.one_way(call, "modify");
        }
        let stated = read_ecto_column(call);
        self.writer.push(
            SchemaAction::ChangeType {
                table: table.clone(),
                column: name.clone(),
                to: stated.data_type,
            },
            call,
            certain,
        );
        match call.named("null") {
            Some(Expr::Bool(false)) => self.writer.push(
                SchemaAction::SetNotNull {
                    table: table.clone(),
                    column: name.clone(),
                },
                call,
                certain,
            ),
            Some(Expr::Bool(true)) => self.writer.push(
                SchemaAction::DropNotNull {
                    table: table.clone(),
                    column: name.clone(),
                },
                call,
                certain,
            ),
            _ => {}
        }
        match call.named("default") {
            Some(Expr::Null) => self.writer.push(
                SchemaAction::DropDefault {
                    table: table.clone(),
                    column: name,
                },
                call,
                certain,
            ),
            Some(value) => self.writer.push(
                SchemaAction::SetDefault {
                    table: table.clone(),
                    column: name,
                    value: DefaultValue::from_text(&value.literal()),
                },
                call,
                certain,
            ),
            None => {}
        }
    }

    fn one_way(&mut self, call: &FunctionCall, what: &str) {
        if self.one_way.is_none() {
            self.one_way = Some(format!(
                "{what} on line {} cannot be turned around",
                call.line
            ));
        }
    }
}

fn list_calls(items: &[SyntaxItem]) -> impl Iterator<Item = &FunctionCall> {
    items.iter().filter_map(|item| {
        if let SyntaxItem::Call(call, _) = item {
            Some(call)
        } else {
            None
        }
    })
}

fn read_ecto_table_name(object: Option<&FunctionCall>, name: &str) -> Name {
    match object
        .and_then(|object| object.named("prefix"))
        .and_then(Expr::text)
    {
        Some(prefix) => Name::from_parts(vec![prefix.to_owned(), name.to_owned()]),
        None => Name::new(name),
    }
}

fn read_ecto_index(object: Option<&FunctionCall>, table: Name) -> TableIndex {
    let columns = object
        .and_then(|object| object.args.get(1))
        .map(Expr::texts)
        .unwrap_or_default();
    // the name that Ecto gives an index
    let own = format!("{}_{}_index", table.name, columns.join("_"));
    let name = object
        .and_then(|object| object.named("name"))
        .and_then(Expr::text)
        .map_or(own, str::to_owned);
    let unique =
        object.is_some_and(|object| object.name == "unique_index" || object.flag("unique"));
    TableIndex {
        name: Some(name),
        table,
        columns,
        unique,
        partial: object.is_some_and(|object| object.named("where").is_some()),
        concurrently: object.is_some_and(|object| object.flag("concurrently")),
    }
}

fn read_ecto_column(call: &FunctionCall) -> Column {
    let (kind, references) = match call.args.get(1) {
        Some(Expr::Call(inner)) if inner.name == "references" => (
            inner
                .named("type")
                .and_then(Expr::text)
                .unwrap_or("bigint")
                .to_owned(),
            inner.text(0).map(Name::new),
        ),
        Some(value) => (
            value.text().map_or_else(|| value.literal(), str::to_owned),
            None,
        ),
        None => (String::new(), None),
    };
    let data_type = match kind.as_str() {
        "string" => format!(
            "varchar({})",
            call.named("size")
                .map_or_else(|| "255".to_owned(), Expr::literal)
        ),
        "id" => "bigint".to_owned(),
        "binary_id" => "uuid".to_owned(),
        // Ecto keeps all of them as a time without a zone
        "utc_datetime" | "naive_datetime" | "utc_datetime_usec" | "naive_datetime_usec" => {
            "timestamp".to_owned()
        }
        "map" => "jsonb".to_owned(),
        "binary" => "bytea".to_owned(),
        _ => kind.clone(),
    };
    let mut column = Column::new(call.text(0).unwrap_or_default(), data_type);
    column.primary = call.flag("primary_key");
    column.nullable = call.named("null") != Some(&Expr::Bool(false)) && !column.primary;
    column.generated = call.named("generated").is_some();
    column.auto = matches!(kind.as_str(), "serial" | "bigserial") || kind == "id" && column.primary;
    column.references = references;
    if let Some(default) = call.named("default") {
        column.default = match default {
            Expr::Call(call) if call.name == "fragment" => {
                DefaultValue::from_text(call.text(0).unwrap_or("f()"))
            }
            value => DefaultValue::from_text(&value.literal()),
        };
    }
    column
}

/// A removed column comes back as its removal states it, and not as it was.
fn give_stated_columns(script: &mut Script, removed: &HashMap<(String, String), Column>) {
    for step in &mut script.steps {
        if let SchemaAction::AddColumn { table, column, .. } = &mut step.action
            && let Some(stated) = removed.get(&(table.key(), column.key()))
        {
            column.clone_from(stated);
        }
    }
}

fn make_ecto_timestamps(call: &FunctionCall) -> Vec<Column> {
    ["inserted_at", "updated_at"]
        .iter()
        .map(|name| {
            let mut column = Column::new(*name, "timestamp");
            column.nullable = call.named("null") == Some(&Expr::Bool(true));
            column
        })
        .collect()
}
