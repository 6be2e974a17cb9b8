//! SeaORM: statements built for `manager`, names in enumerations, SQL in strings.

use super::sea_orm_names::{collect_iden_names, convert_iden_to_snake, data_type};
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
pub fn read_sea_orm(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
    text: &str,
) -> MigrationReading {
    let names = collect_iden_names(text);
    // The trait's own down refuses.
    let without =
        DownMigration::Irreversible("it has no down, and the tool refuses then".to_owned());
    read_up_and_down(place, items, ["up", "down"], without, |body| {
        let mut reader = SeaOrm {
            writer: Writer::new(dialect),
            names: &names,
            built: BTreeMap::new(),
        };
        reader.body_and_helpers(items, body);
        reader.writer.script
    })
}

struct SeaOrm<'a> {
    writer: Writer,
    names: &'a BTreeMap<String, String>,
    /// Statements given to a variable.
    built: BTreeMap<String, FunctionCall>,
}

impl WayReader for SeaOrm<'_> {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        for part in call.chain() {
            match part.name.as_str() {
                "create_table" | "drop_table" | "alter_table" | "rename_table"
                | "truncate_table" | "create_index" | "drop_index" | "create_foreign_key"
                | "drop_foreign_key" | "create_type" | "drop_type" | "alter_type" => {
                    let built = match part.args.first() {
                        Some(Expr::Call(built)) => Some((**built).clone()),
                        Some(Expr::Name(name)) => self.built.get(name).cloned(),
                        _ => None,
                    };
                    match built {
                        Some(built) => self.statement(&part.name, &built, part, certain),
                        None => self.writer.unknown(
                            "the statement is put together elsewhere",
                            part,
                            certain,
                        ),
                    }
                }
                "execute_unprepared" | "execute" | "execute_raw" | "query_one" | "query_all" => {
                    if !self.writer.sql_of(part, certain) && part.name.starts_with("execute") {
                        self.writer.unknown(
                            "the SQL is put together in another place",
                            part,
                            certain,
                        );
                    }
                }
                "insert_many" | "update_many" | "delete_many" | "exec" | "save" | "insert"
                | "exec_stmt" => {
                    self.writer.push(
                        SchemaAction::HostCode {
                            what: format!("it calls {}", part.name),
                        },
                        part,
                        certain,
                    );
                }
                // the template of the tool ends so
                "todo!" | "unimplemented!" | "panic!" => {
                    self.writer.script.refuses = self.writer.script.refuses.or(Some(part.line))
                }
                _ => {
                    for inner in part.args.iter().filter_map(Expr::call) {
                        self.call(inner, certain);
                    }
                    self.body(&part.block);
                }
            }
        }
    }

    fn body(&mut self, items: &[SyntaxItem]) {
        for item in items {
            match item {
                SyntaxItem::Assign {
                    name,
                    value: Expr::Call(call),
                    ..
                } => {
                    self.built
                        .insert(name.trim_start_matches("mut ").to_owned(), (**call).clone());
                }
                SyntaxItem::Call(call, certain) => self.call(call, *certain),
                _ => {}
            }
        }
    }
}

impl SeaOrm<'_> {
    /// A table and its columns.
    fn created_table(
        &self,
        built: &FunctionCall,
        _call: &FunctionCall,
        out: &mut Vec<SchemaAction>,
    ) {
        let chain = built.chain();
        let has = |name: &str| chain.iter().any(|part| part.name == name);
        // Helpers that take the table themselves: `table_auto(Post::Table)`.
        let helper = chain
            .first()
            .filter(|first| first.on.is_none() && first.name.starts_with("table"))
            .and_then(|first| first.args.first())
            .map(|value| self.name(value));
        let table = Name::new(&self.of(built, "table").or(helper).unwrap_or_default());

        let mut made = Table {
            name: table,
            columns_known: true,
            if_not_exists: has("if_not_exists"),
            ..Table::default()
        };
        for part in &chain {
            match part.name.as_str() {
                "col" => match part
                    .args
                    .first()
                    .and_then(Expr::call)
                    .and_then(|stated| self.column(stated))
                {
                    Some(column) => made.columns.push(column),
                    None => made.columns_known = false,
                },
                "foreign_key" => made.constraints.extend(
                    part.args
                        .first()
                        .and_then(Expr::call)
                        .map(|key| self.foreign(key, part)),
                ),
                "primary_key" => made.constraints.push(Constraint {
                    name: None,
                    kind: ConstraintKind::Primary,
                    columns: part
                        .args
                        .first()
                        .and_then(Expr::call)
                        .map(|index| self.columns(index))
                        .unwrap_or_default(),
                    references: None,
                    text: part.text.clone(),
                }),
                "index" => made.indexes.extend(
                    part.args
                        .first()
                        .and_then(Expr::call)
                        .map(|index| self.index(index, &made.name)),
                ),
                _ => {}
            }
        }
        out.push(SchemaAction::CreateTable(made));
    }

    /// Changes of one table.
    fn altered_table(
        &self,
        built: &FunctionCall,
        _call: &FunctionCall,
        out: &mut Vec<SchemaAction>,
    ) {
        let chain = built.chain();
        // Helpers that take the table themselves: `table_auto(Post::Table)`.
        let helper = chain
            .first()
            .filter(|first| first.on.is_none() && first.name.starts_with("table"))
            .and_then(|first| first.args.first())
            .map(|value| self.name(value));
        let table = Name::new(&self.of(built, "table").or(helper).unwrap_or_default());

        for part in &chain {
            let first = part.args.first();
            match part.name.as_str() {
                "add_column" | "add_column_if_not_exists" | "modify_column" => {
                    match first
                        .and_then(Expr::call)
                        .and_then(|stated| self.column(stated))
                    {
                        Some(column) if part.name == "modify_column" => {
                            out.push(SchemaAction::RestateColumn {
                                table: table.clone(),
                                from: column.name.clone(),
                                column,
                                keeps_default: true,
                            });
                        }
                        Some(column) => out.push(SchemaAction::AddColumn {
                            table: table.clone(),
                            column,
                            if_not_exists: part.name.ends_with("exists"),
                        }),
                        None => out.push(SchemaAction::Unknown {
                            why: "the column is put together elsewhere".to_owned(),
                        }),
                    }
                }
                "drop_column" | "drop_column_if_exists" => out.push(SchemaAction::DropColumn {
                    table: table.clone(),
                    column: first.map(|value| self.name(value)).unwrap_or_default(),
                }),
                "rename_column" => out.push(SchemaAction::RenameColumn {
                    table: table.clone(),
                    column: first.map(|value| self.name(value)).unwrap_or_default(),
                    to: part
                        .args
                        .get(1)
                        .map(|value| self.name(value))
                        .unwrap_or_default(),
                }),
                "add_foreign_key" => {
                    if let Some(key) = first.and_then(Expr::call) {
                        out.push(SchemaAction::AddConstraint {
                            table: table.clone(),
                            constraint: self.foreign(key, part),
                        });
                    }
                }
                "drop_foreign_key" => out.push(SchemaAction::DropConstraint {
                    table: table.clone(),
                    name: first.map(|value| self.name(value)),
                    kind: Some(ConstraintKind::Foreign),
                    columns: Vec::new(),
                }),
                _ => {}
            }
        }
        if out.is_empty() {
            out.push(SchemaAction::Unknown {
                why: "what happens to the table is put together elsewhere".to_owned(),
            });
        }
    }

    /// An identifier: a variant, `Alias::new("x")`, or a string.
    fn name(&self, value: &Expr) -> String {
        match value {
            Expr::Text(text, _) => text.clone(),
            Expr::Name(name) => {
                // `super::Post::Title`: the last two parts name the column
                let short = name
                    .rsplit("::")
                    .take(2)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect::<Vec<_>>()
                    .join("::");
                self.names
                    .get(&short)
                    .cloned()
                    .unwrap_or_else(|| match short.split_once("::") {
                        Some((of, "Table")) => convert_iden_to_snake(of),
                        Some((_, variant)) => convert_iden_to_snake(variant),
                        None => convert_iden_to_snake(&short),
                    })
            }
            Expr::Call(call) => call
                .args
                .first()
                .or(call.on.as_ref())
                .map(|inner| self.name(inner))
                .unwrap_or_default(),
            // a schema may stand before the table
            Expr::List(parts) => parts
                .iter()
                .map(|part| self.name(part))
                .collect::<Vec<_>>()
                .join("."),
            _ => String::new(),
        }
    }

    fn of(&self, built: &FunctionCall, part: &str) -> Option<String> {
        built
            .chain()
            .into_iter()
            .find(|call| call.name == part)
            .and_then(|call| call.args.first())
            .map(|value| self.name(value))
    }

    fn statement(&mut self, kind: &str, built: &FunctionCall, call: &FunctionCall, certain: bool) {
        let chain = built.chain();
        // Helpers that take the table themselves: `table_auto(Post::Table)`.
        let helper = chain
            .first()
            .filter(|first| first.on.is_none() && first.name.starts_with("table"))
            .and_then(|first| first.args.first())
            .map(|value| self.name(value));
        let table = Name::new(&self.of(built, "table").or(helper).unwrap_or_default());
        let line = FunctionCall {
            line: call.line,
            text: call.text.clone(),
            ..call.clone()
        };
        let mut out = Vec::new();
        match kind {
            "create_table" => self.created_table(built, call, &mut out),
            "alter_table" => self.altered_table(built, call, &mut out),
            _ => out.push(self.read_single(kind, built, call, table)),
        }
        for action in out {
            if action.table().is_some_and(|table| table.name.is_empty()) {
                self.writer.unknown(
                    "the table's name is put together in another place",
                    &line,
                    certain,
                );
            } else {
                self.writer.push(action, &line, certain);
            }
        }
    }

    /// A statement that does one thing.
    fn read_single(
        &self,
        kind: &str,
        built: &FunctionCall,
        call: &FunctionCall,
        table: Name,
    ) -> SchemaAction {
        let chain = built.chain();
        let has = |name: &str| chain.iter().any(|part| part.name == name);
        let named = self.of(built, "name");
        match kind {
            "drop_table" => SchemaAction::DropTable {
                table,
                if_exists: has("if_exists"),
                cascade: has("cascade"),
            },
            "truncate_table" => SchemaAction::Truncate { table },
            "rename_table" => {
                let both = chain.iter().find(|part| part.name == "table");
                let at = |at: usize| {
                    both.and_then(|part| part.args.get(at))
                        .map(|value| Name::new(&self.name(value)))
                        .unwrap_or_default()
                };
                SchemaAction::RenameTable {
                    table: at(0),
                    to: at(1),
                }
            }
            "create_index" => SchemaAction::CreateIndex(self.index(built, &table)),
            "drop_index" => SchemaAction::DropIndex {
                name: named.unwrap_or_default(),
                table: Some(table).filter(|table| !table.name.is_empty()),
            },
            "create_foreign_key" => {
                let from = self
                    .of(built, "from")
                    .or_else(|| self.of(built, "from_tbl"));
                SchemaAction::AddConstraint {
                    table: Name::new(&from.unwrap_or_default()),
                    constraint: self.foreign(built, call),
                }
            }
            "drop_foreign_key" => SchemaAction::DropConstraint {
                table,
                name: named,
                kind: Some(ConstraintKind::Foreign),
                columns: Vec::new(),
            },
            "create_type" => {
                let values = chain
                    .iter()
                    .find(|part| part.name == "values")
                    .and_then(|part| part.args.first())
                    .map(|list| match list {
                        Expr::List(items) => items.iter().map(|item| self.name(item)).collect(),
                        _ => Vec::new(),
                    });
                SchemaAction::CreateType {
                    name: Name::new(&self.of(built, "as_enum").unwrap_or_default()),
                    values,
                }
            }
            "drop_type" => SchemaAction::DropType {
                name: Name::new(&named.unwrap_or_default()),
            },
            _ => {
                let name = Name::new(&named.unwrap_or_default());
                match (self.of(built, "add_value"), self.of(built, "rename_to")) {
                    (Some(value), _) => SchemaAction::AddEnumValue { name, value },
                    (_, Some(to)) => SchemaAction::RenameType { name, to },
                    _ => SchemaAction::AlterType {
                        name,
                        adds_constraint: false,
                    },
                }
            }
        }
    }

    fn columns(&self, built: &FunctionCall) -> Vec<String> {
        built
            .chain()
            .into_iter()
            .filter(|part| part.name == "col")
            .filter_map(|part| part.args.first())
            .map(|value| self.name(value))
            .collect()
    }

    fn index(&self, built: &FunctionCall, table: &Name) -> TableIndex {
        let stated = self.of(built, "table").map(|name| Name::new(&name));
        TableIndex {
            name: self.of(built, "name"),
            table: stated.unwrap_or_else(|| table.clone()),
            columns: self.columns(built),
            unique: built.chain().iter().any(|part| part.name == "unique"),
            partial: built.chain().iter().any(|part| part.name == "and_where"),
            concurrently: false,
        }
    }

    fn foreign(&self, built: &FunctionCall, call: &FunctionCall) -> Constraint {
        let chain = built.chain();
        let at = |name: &str, at: usize| {
            chain
                .iter()
                .find(|part| part.name == name)
                .and_then(|part| part.args.get(at))
                .map(|value| self.name(value))
        };
        // what happens on a deletion decides whether old code is stopped
        let action = chain
            .iter()
            .find(|part| part.name == "on_delete")
            .and_then(|part| part.args.first())
            .map(Expr::literal)
            .unwrap_or_default();
        let to = action.rsplit("::").next().unwrap_or_default();
        Constraint {
            name: at("name", 0),
            kind: ConstraintKind::Foreign,
            columns: at("from", 1)
                .or_else(|| at("from_col", 0))
                .into_iter()
                .collect(),
            references: at("to", 0)
                .or_else(|| at("to_tbl", 0))
                .map(|name| Name::new(&name)),
            text: if to.is_empty() {
                call.text.clone()
            } else {
                format!(
                    "{} on delete {}",
                    call.text,
                    convert_iden_to_snake(to).replace('_', " ")
                )
            },
        }
    }

    /// `ColumnDef::new(Post::Id).integer().not_null()`, or `string_null(Post::Title)`.
    fn column(&self, stated: &FunctionCall) -> Option<Column> {
        let chain = stated.chain();
        let first = chain.first()?;
        let name = self.name(first.args.first()?);
        let has = |name: &str| chain.iter().any(|part| part.name == name);
        let mut column = Column::new(name, "");
        let on_def = matches!(&first.on, Some(Expr::Name(on)) if on.ends_with("ColumnDef"));
        let short = first.name.as_str();
        let typed: Vec<&&FunctionCall> = chain
            .iter()
            .filter(|part| data_type(part).is_some())
            .collect();
        if on_def || first.name == "new" {
            column.data_type = typed
                .first()
                .and_then(|part| data_type(part))
                .unwrap_or_default();
            column.nullable = !has("not_null") && !has("primary_key");
        } else {
            // Helpers demand a value unless their name ends so.
            let stem = short.trim_end_matches("_null").trim_end_matches("_uniq");
            column.data_type = data_type(&FunctionCall {
                name: stem.to_owned(),
                args: first.args.iter().skip(1).cloned().collect(),
                ..(*first).clone()
            })
            .unwrap_or_else(|| stem.to_owned());
            column.nullable = short.ends_with("_null") || has("null");
            column.unique = short.ends_with("_uniq");
            // `pk_auto` and alike make the key
            if stem.starts_with("pk_") {
                (column.primary, column.auto, column.nullable) = (true, stem == "pk_auto", false);
                column.data_type = "integer".to_owned();
            }
        }
        column.primary |= has("primary_key");
        column.auto |= has("auto_increment");
        column.unique |= has("unique_key");
        column.check = has("check");
        column.generated = has("generated");
        if let Some(value) = chain
            .iter()
            .find(|part| part.name == "default")
            .and_then(|part| part.args.first())
        {
            column.default = match value {
                Expr::Call(call) => {
                    call.args
                        .first()
                        .map_or(
                            DefaultValue::Volatile("f()".to_owned()),
                            |text| match text {
                                Expr::Text(text, _) => DefaultValue::from_text(text),
                                Expr::Name(name) => DefaultValue::Volatile(
                                    name.rsplit("::").next().unwrap_or(name).to_owned(),
                                ),
                                other => DefaultValue::from_text(&other.literal()),
                            },
                        )
                }
                Expr::Name(name) => DefaultValue::Volatile(name.clone()),
                value => DefaultValue::from_text(&value.literal()),
            };
        }
        // an extra text may hold the default
        if has("extra") && column.default == DefaultValue::None {
            let text = chain
                .iter()
                .find(|part| part.name == "extra")
                .and_then(|part| part.text(0))
                .unwrap_or_default()
                .to_ascii_lowercase();
            if let Some((_, default)) = text.split_once("default ") {
                column.default = DefaultValue::from_text(default);
            }
        }
        Some(column)
    }
}
