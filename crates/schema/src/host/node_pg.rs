//! node-pg-migrate in JavaScript and TypeScript: calls on `pgm`. Without a `down` the tool turns
//! the up around by itself, where it can.

use super::super::dialect::Dialect;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, Routine, RoutineParameter,
    SchemaAction, Script, Table, TableIndex,
};
use super::invert;
use super::sides::{WayReader, read_written_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body, function_line};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_node_pg(place: &MigrationFile, items: &[SyntaxItem]) -> MigrationReading {
    let read = |body: &[SyntaxItem]| {
        let mut reader = NodePg {
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
    let refused = items.iter().any(|item| matches!(item, SyntaxItem::Assign { name, value: Expr::Bool(false), .. } if name == "down" || name.ends_with(".down")));
    let written = read_written_down(place, items, "down", |body| read(body).writer.script);
    let down = match (written, one_way) {
        (Some(written), _) => written,
        (None, _) if refused => DownMigration::Irreversible("its down is false".to_owned()),
        (None, Some(why)) => DownMigration::Irreversible(why),
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
            self.body(&call.block);
            return;
        }
        self.known(call, certain);
    }
}

impl NodePg {
    fn push(&mut self, action: SchemaAction, call: &FunctionCall, certain: bool) {
        self.writer.push(action, call, certain);
    }

    fn known(&mut self, call: &FunctionCall, certain: bool) {
        let table = read_node_pg_name(call.args.first());
        let second = || {
            call.args
                .get(1)
                .and_then(Expr::text)
                .unwrap_or_default()
                .to_owned()
        };
        let list = |at: usize| call.args.get(at).map(read_node_pg_keys).unwrap_or_default();
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
        let action = match call.name.as_str() {
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
            "dropTable" => SchemaAction::DropTable {
                table,
                if_exists: option("ifExists") == Some(&Expr::Bool(true)),
                cascade: option("cascade") == Some(&Expr::Bool(true)),
            },
            "renameTable" => SchemaAction::RenameTable {
                table,
                to: read_node_pg_name(call.args.get(1)),
            },
            "addColumns" | "addColumn" => {
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
                return;
            }
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
                return;
            }
            "renameColumn" => SchemaAction::RenameColumn {
                table,
                column: second(),
                to: call.text(2).unwrap_or_default().to_owned(),
            },
            "alterColumn" => {
                self.alter(call, &table, &second(), certain);
                return;
            }
            "addConstraint" | "createConstraint" => {
                match call.args.get(2) {
                    Some(Expr::Text(text, line)) => {
                        let name = call
                            .args
                            .get(1)
                            .and_then(Expr::text)
                            .map(|name| format!(" CONSTRAINT \"{name}\""))
                            .unwrap_or_default();
                        self.writer.sql(
                            &format!("ALTER TABLE \"{table}\" ADD{name} {text}"),
                            *line,
                            certain,
                        );
                    }
                    Some(stated) => {
                        for constraint in read_node_pg_constraints(
                            call.args.get(1).and_then(Expr::text).map(str::to_owned),
                            stated,
                            call,
                        ) {
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
                    None => self.writer.unknown(
                        "the constraint is put together elsewhere",
                        call,
                        certain,
                    ),
                }
                return;
            }
            "dropConstraint" => SchemaAction::DropConstraint {
                table,
                name: Some(second()),
                kind: None,
                columns: Vec::new(),
            },
            "renameConstraint" => SchemaAction::RenameConstraint {
                table,
                name: second(),
                to: call.text(2).unwrap_or_default().to_owned(),
            },
            "createIndex" | "addIndex" => {
                let columns = list(1);
                let unique = option("unique") == Some(&Expr::Bool(true));
                let own = index_name(&table, &columns, unique);
                SchemaAction::CreateIndex(TableIndex {
                    name: Some(
                        option("name")
                            .and_then(Expr::text)
                            .map_or(own, str::to_owned),
                    ),
                    table,
                    columns,
                    unique,
                    partial: option("where").is_some(),
                    concurrently: option("concurrently") == Some(&Expr::Bool(true)),
                })
            }
            "dropIndex" => {
                let columns = list(1);
                let own = index_name(
                    &table,
                    &columns,
                    option("unique") == Some(&Expr::Bool(true)),
                );
                SchemaAction::DropIndex {
                    name: option("name")
                        .and_then(Expr::text)
                        .map_or(own, str::to_owned),
                    table: Some(table),
                }
            }
            "createType" | "addType" => SchemaAction::CreateType {
                name: table,
                values: call.args.get(1).and_then(|values| {
                    if let Expr::List(_) = values {
                        Some(values.texts())
                    } else {
                        None
                    }
                }),
            },
            "dropType" => SchemaAction::DropType { name: table },
            "renameType" => SchemaAction::RenameType {
                name: table,
                to: second(),
            },
            "addTypeValue" => SchemaAction::AddEnumValue {
                name: table,
                value: second(),
            },
            "renameTypeValue" => SchemaAction::RenameEnumValue {
                name: table,
                value: second(),
                to: call.text(2).unwrap_or_default().to_owned(),
            },
            "addTypeAttribute"
            | "dropTypeAttribute"
            | "setTypeAttribute"
            | "renameTypeAttribute" => SchemaAction::AlterType {
                name: table,
                adds_constraint: false,
            },
            "createDomain" => SchemaAction::CreateType {
                name: table,
                values: None,
            },
            "dropDomain" => SchemaAction::DropType { name: table },
            "alterDomain" => SchemaAction::AlterType {
                name: table,
                adds_constraint: true,
            },
            "createView" | "createMaterializedView" => SchemaAction::CreateView {
                name: table,
                replace: option("replace") == Some(&Expr::Bool(true)),
                materialized: call.name == "createMaterializedView",
                body: call
                    .args
                    .last()
                    .and_then(Expr::text)
                    .unwrap_or_default()
                    .to_owned(),
            },
            "dropView" | "dropMaterializedView" => SchemaAction::DropView {
                name: table,
                if_exists: option("ifExists") == Some(&Expr::Bool(true)),
            },
            "renameMaterializedView" => SchemaAction::RenameView {
                name: table,
                to: read_node_pg_name(call.args.get(1)),
            },
            "refreshMaterializedView" => SchemaAction::RefreshView { name: table },
            "createFunction" => SchemaAction::CreateRoutine(Routine {
                name: table,
                replace: option("replace") == Some(&Expr::Bool(true)),
                parameters: call.args.get(1).and_then(read_node_pg_parameters),
                head: String::new(),
                trigger: option("returns")
                    .and_then(Expr::text)
                    .is_some_and(|text| text.eq_ignore_ascii_case("trigger")),
                body: call
                    .args
                    .last()
                    .and_then(Expr::text)
                    .unwrap_or_default()
                    .to_owned(),
            }),
            "dropFunction" => SchemaAction::DropRoutine {
                name: table,
                if_exists: option("ifExists") == Some(&Expr::Bool(true)),
            },
            "renameFunction" => SchemaAction::RenameRoutine {
                name: table,
                to: call.text(2).unwrap_or_default().to_owned(),
            },
            "createTrigger" => SchemaAction::CreateTrigger {
                name: second(),
                table,
                body: call
                    .args
                    .last()
                    .and_then(Expr::text)
                    .unwrap_or(&call.text)
                    .to_owned(),
            },
            "dropTrigger" => SchemaAction::DropTrigger {
                name: second(),
                table: Some(table),
            },
            "createSequence" => SchemaAction::CreateSequence { name: table },
            "dropSequence" => SchemaAction::DropSequence { name: table },
            "renameSequence" => SchemaAction::RenameSequence {
                name: table,
                to: second(),
            },
            "alterSequence" => SchemaAction::AlterSequence { name: table },
            "createSchema" => SchemaAction::CreateSchema { name: table.name },
            "dropSchema" => SchemaAction::DropSchema { name: table.name },
            "renameSchema" => SchemaAction::RenameSchema {
                name: table.name,
                to: second(),
            },
            "createExtension" | "addExtension" => {
                for name in call.args.first().map(read_node_pg_keys).unwrap_or_default() {
                    self.push(SchemaAction::CreateExtension { name }, call, certain);
                }
                return;
            }
            "dropExtension" => {
                for name in call.args.first().map(read_node_pg_keys).unwrap_or_default() {
                    self.push(
                        SchemaAction::DropExtension {
                            name,
                            cascade: option("cascade") == Some(&Expr::Bool(true)),
                        },
                        call,
                        certain,
                    );
                }
                return;
            }
            "createPolicy" | "alterPolicy" | "renamePolicy" => SchemaAction::CreatePolicy {
                name: second(),
                table,
            },
            "dropPolicy" => SchemaAction::DropPolicy {
                name: second(),
                table,
            },
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
            "sql" => {
                if !self.writer.sql_of(call, certain) {
                    self.writer
                        .unknown("the SQL is put together in another place", call, certain);
                }
                return;
            }
            "noTransaction" | "func" | "toString" | "query" | "select" => {
                self.writer.statements_of(call, certain);
                return;
            }
            name if name.starts_with("grant") || name == "createRole" => SchemaAction::Grant {
                object: table.to_string(),
            },
            name if name.starts_with("revoke") || name == "dropRole" || name == "alterRole" => {
                SchemaAction::Revoke {
                    object: table.to_string(),
                }
            }
            name => SchemaAction::Unknown {
                why: format!("pgm.{name} is not known"),
            },
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

/// A name, or `{ schema, name }`.
fn read_node_pg_name(value: Option<&Expr>) -> Name {
    match value {
        Some(map @ Expr::Map(_)) => {
            let part = |key: &str| map.get(key).and_then(Expr::text).map(str::to_owned);
            Name::from_parts(part("schema").into_iter().chain(part("name")).collect())
        }
        Some(value) => value.text().map(Name::new).unwrap_or_default(),
        None => Name::default(),
    }
}

/// Strings of a list, of one string, or the keys of an object.
fn read_node_pg_keys(value: &Expr) -> Vec<String> {
    match value {
        Expr::Map(pairs) => pairs.iter().map(|(name, _)| name.clone()).collect(),
        Expr::List(items) => items
            .iter()
            .filter_map(|item| {
                item.text()
                    .or_else(|| item.get("name").and_then(Expr::text))
                    .map(str::to_owned)
            })
            .collect(),
        other => other.texts(),
    }
}

fn index_name(table: &Name, columns: &[String], unique: bool) -> String {
    format!(
        "{}_{}_{}index",
        table.name,
        columns.join("_"),
        if unique { "unique_" } else { "" }
    )
}

fn data_type(value: &Expr) -> String {
    match value {
        Expr::Text(text, _) if text == "id" => "integer".to_owned(),
        Expr::Text(text, _) => text.clone(),
        map @ Expr::Map(_) => map.get("type").map(data_type).unwrap_or_default(),
        other => other.literal(),
    }
}

fn read_node_pg_default(value: &Expr) -> DefaultValue {
    match value {
        Expr::Null => DefaultValue::None,
        // `pgm.func('now()')`
        Expr::Call(call) => DefaultValue::from_text(call.text(0).unwrap_or("f()")),
        value => DefaultValue::from_text(&value.literal()),
    }
}

fn read_node_pg_column(name: &str, value: &Expr) -> Column {
    let mut column = Column::new(name, data_type(value));
    let is = |key: &str| value.get(key) == Some(&Expr::Bool(true));
    let id = matches!(value, Expr::Text(text, _) if text == "id")
        || value.get("type").and_then(Expr::text) == Some("id");
    let serial = column.data_type.to_ascii_lowercase().contains("serial");
    column.primary = id || is("primaryKey");
    column.auto = id || serial || value.get("sequenceGenerated").is_some();
    column.nullable = !(is("notNull") || column.primary || serial);
    column.unique = is("unique");
    column.check = value.get("check").is_some();
    column.generated = value.get("expressionGenerated").is_some();
    column.references = value
        .get("references")
        .map(|references| read_node_pg_name(Some(references)))
        .filter(|name| !name.name.is_empty());
    column.frees = value
        .get("onDelete")
        .and_then(Expr::text)
        .is_some_and(|text| {
            text.eq_ignore_ascii_case("cascade") || text.to_ascii_lowercase().starts_with("set")
        });
    if let Some(stated) = value.get("default") {
        column.default = read_node_pg_default(stated);
    }
    column
}

fn read_node_pg_constraints(
    name: Option<String>,
    stated: &Expr,
    call: &FunctionCall,
) -> Vec<Constraint> {
    let mut out = Vec::new();
    let mut push = |kind, columns, references| {
        out.push(Constraint {
            name: name.clone(),
            kind,
            columns,
            references,
            text: call.text.clone(),
        });
    };
    if let Some(columns) = stated.get("primaryKey") {
        push(ConstraintKind::Primary, columns.texts(), None);
    }
    match stated.get("unique") {
        Some(Expr::List(items)) if items.iter().any(|item| matches!(item, Expr::List(_))) => {
            items
                .iter()
                .for_each(|columns| push(ConstraintKind::Unique, columns.texts(), None));
        }
        Some(columns) => push(ConstraintKind::Unique, columns.texts(), None),
        None => {}
    }
    if stated.get("check").is_some() {
        push(ConstraintKind::Check, Vec::new(), None);
    }
    if stated.get("exclude").is_some() {
        push(ConstraintKind::Exclude, Vec::new(), None);
    }
    if let Some(keys) = stated.get("foreignKeys") {
        let list = if let Expr::List(items) = keys {
            items.iter().collect()
        } else {
            vec![keys]
        };
        for key in list {
            let to = key
                .get("references")
                .and_then(Expr::text)
                .map(|text| Name::new(text.split('(').next().unwrap_or(text).trim()));
            push(
                ConstraintKind::Foreign,
                key.get("columns").map(Expr::texts).unwrap_or_default(),
                to,
            );
        }
    }
    out
}

fn read_node_pg_parameters(value: &Expr) -> Option<Vec<RoutineParameter>> {
    let Expr::List(items) = value else {
        return None;
    };
    items
        .iter()
        .map(|item| match item {
            Expr::Text(text, _) => Some(RoutineParameter {
                name: text.clone(),
                data_type: text.clone(),
                optional: false,
            }),
            map @ Expr::Map(_) => {
                let data_type = map
                    .get("type")
                    .and_then(Expr::text)
                    .unwrap_or_default()
                    .to_owned();
                let name = map
                    .get("name")
                    .and_then(Expr::text)
                    .unwrap_or(&data_type)
                    .to_owned();
                Some(RoutineParameter {
                    name,
                    data_type,
                    optional: map.get("default").is_some(),
                })
            }
            _ => None,
        })
        .collect()
}
