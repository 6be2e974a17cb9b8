//! Phinx and CakePHP migrations: chains on `$this->table('orders')`, and SQL in `execute`.

use std::collections::BTreeMap;

use super::super::dialect::Dialect;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};
use super::invert;
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body, function_line};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_phinx(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    let read = |body: &[SyntaxItem]| {
        let mut reader = Phinx {
            writer: Writer::new(dialect),
            tables: BTreeMap::new(),
            made: None,
            one_way: None,
        };
        reader.body_and_helpers(items, body);
        reader
    };
    if let Some(reader) = find_function_body(items, "change").map(read) {
        let down = match reader.one_way {
            Some(why) => DownMigration::Irreversible(why),
            None => DownMigration::Derived(invert::invert_steps(&reader.writer.script.steps)),
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

struct Phinx {
    writer: Writer,
    /// Tables by the variable that holds them.
    tables: BTreeMap<String, FunctionCall>,
    /// A table whose columns were given before `create()`: its variable and they.
    made: Option<(String, Vec<SchemaAction>)>,
    /// What the tool cannot turn around.
    one_way: Option<String>,
}

impl WayReader for Phinx {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        let chain = call.chain();
        let root = call.root().unwrap_or_default().to_owned();
        let own = self.tables.get(&root).cloned();
        let first = match chain.first() {
            Some(first) if first.name == "table" => Some((*first).clone()),
            _ => own.clone(),
        };
        if let Some(table) = first.filter(|table| table.text(0).is_some()) {
            // a table held by a variable has no `table(..)` in the chain
            let from = usize::from(own.is_none());
            self.table(
                &table,
                chain.get(from..).unwrap_or_default(),
                &root,
                certain,
            );
            return;
        }
        match call.name.as_str() {
            "execute" | "query" if chain.len() == 1 => {
                if self.writer.sql_of(call, certain) || call.name == "query" {
                    // Phinx cannot turn a statement around; a query changes nothing
                    if call.name == "execute" {
                        self.one_way(call);
                    }
                } else {
                    self.writer
                        .unknown("the SQL is put together in another place", call, certain);
                }
            }
            "dropTable" => {
                self.one_way(call);
                let table = call.text(0).map(Name::new).unwrap_or_default();
                self.writer.push(
                    SchemaAction::DropTable {
                        table,
                        if_exists: false,
                        cascade: false,
                    },
                    call,
                    certain,
                );
            }
            "insert" => {
                let table = call.text(0).map(Name::new).unwrap_or_default();
                self.writer.push(
                    SchemaAction::Insert {
                        table,
                        columns: Vec::new(),
                        from: Vec::new(),
                        overwrites: false,
                    },
                    call,
                    certain,
                );
            }
            "createSchema" => self.writer.push(
                SchemaAction::CreateSchema {
                    name: call.text(0).unwrap_or_default().to_owned(),
                },
                call,
                certain,
            ),
            "dropSchema" => self.writer.push(
                SchemaAction::DropSchema {
                    name: call.text(0).unwrap_or_default().to_owned(),
                },
                call,
                certain,
            ),
            _ => {
                self.query_builder(call, &chain, certain);
                self.body(&call.block);
            }
        }
    }

    fn body(&mut self, items: &[SyntaxItem]) {
        for item in items {
            if let SyntaxItem::Assign {
                name,
                value: Expr::Call(call),
                ..
            } = item
                && let Some(first) = call.chain().first()
                && first.name == "table"
            {
                self.tables.insert(name.clone(), (*first).clone());
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
        // Columns that were collected for a variable and never saved in sight.
        if let Some((_, actions)) = self.made.take() {
            for action in actions {
                self.writer
                    .script
                    .steps
                    .push(super::super::step::MigrationStep {
                        line: 1,
                        text: String::new(),
                        certain: false,
                        action,
                    });
            }
        }
    }
}

impl Phinx {
    /// The query builder: `$this->getQueryBuilder('update')->update('orders')->set('a',
    /// 1)->execute()`
    fn query_builder(&mut self, call: &FunctionCall, chain: &[&FunctionCall], certain: bool) {
        let names = |word: &str| chain.iter().any(|part| part.name == word);
        let table = |word: &str| {
            chain
                .iter()
                .find(|part| part.name == word)
                .and_then(|part| part.text(0))
                .map(Name::new)
        };
        let deleted = || table("from").filter(|_| names("delete"));
        let action = if let Some(table) = table("update") {
            let columns = chain
                .iter()
                .filter(|part| part.name == "set")
                .flat_map(|part| part.args.first())
                .flat_map(read_phinx_keys)
                .collect();
            SchemaAction::Update {
                table,
                columns,
                fills_null: false,
                reads: Vec::new(),
            }
        } else if let Some(table) = table("delete").or_else(deleted) {
            SchemaAction::Delete { table }
        } else if let Some(table) = table("into") {
            SchemaAction::Insert {
                table,
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: false,
            }
        } else {
            self.writer.statements_of(call, certain);
            return;
        };
        self.writer.push(action, call, certain);
    }
    fn one_way(&mut self, call: &FunctionCall) {
        if self.one_way.is_none() {
            self.one_way = Some(format!(
                "{} on line {} cannot be turned around",
                call.name, call.line
            ));
        }
    }

    fn table(
        &mut self,
        stated: &FunctionCall,
        chain: &[&FunctionCall],
        variable: &str,
        certain: bool,
    ) {
        let table = stated.text(0).map(Name::new).unwrap_or_default();
        let mut actions: Vec<(SchemaAction, &FunctionCall)> = Vec::new();
        let mut creates = false;
        for part in chain {
            match part.name.as_str() {
                "create" => creates = true,
                "removeColumn" | "changeColumn" | "removeIndex" | "removeIndexByName"
                | "dropForeignKey" | "drop" | "changePrimaryKey" => self.one_way(part),
                _ => {}
            }
            read_phinx_part(part, &table, &mut actions);
        }
        if creates {
            let mut columns: Vec<SchemaAction> = match self.made.take() {
                Some((name, earlier)) if name == variable => earlier,
                other => {
                    self.made = other;
                    Vec::new()
                }
            };
            columns.extend(actions.iter().map(|(action, _)| action.clone()));
            let mut made = Table {
                name: table,
                columns_known: true,
                ..Table::default()
            };
            let id = stated.args.get(1).and_then(|options| options.get("id"));
            if id != Some(&Expr::Bool(false)) {
                let mut column = Column::new(id.and_then(Expr::text).unwrap_or("id"), "int");
                (column.primary, column.auto, column.nullable) = (true, true, false);
                made.columns.push(column);
            }
            for action in columns {
                match action {
                    SchemaAction::AddColumn { column, .. } => made.columns.push(column),
                    SchemaAction::CreateIndex(index) => made.indexes.push(index),
                    SchemaAction::AddConstraint { constraint, .. } => {
                        made.constraints.push(constraint)
                    }
                    _ => {}
                }
            }
            let line = chain.first().map_or(stated.line, |part| part.line);
            self.writer.push(
                SchemaAction::CreateTable(made),
                &FunctionCall {
                    line,
                    ..stated.clone()
                },
                certain,
            );
            return;
        }
        let saved = chain
            .iter()
            .any(|part| matches!(part.name.as_str(), "save" | "update"));
        if !saved
            && self.tables.contains_key(variable)
            && !actions.is_empty()
            && !actions.iter().any(|(action, _)| {
                matches!(
                    action,
                    SchemaAction::Truncate { .. } | SchemaAction::Insert { .. }
                )
            })
        {
            // Said now, carried out at `save()` or `create()` of the same variable.
            let entry = self
                .made
                .get_or_insert_with(|| (variable.to_owned(), Vec::new()));
            if entry.0 == variable {
                entry
                    .1
                    .extend(actions.into_iter().map(|(action, _)| action));
                return;
            }
        }
        if saved && let Some((name, earlier)) = self.made.take() {
            if name == variable {
                let line = chain.first().copied().unwrap_or(stated);
                earlier
                    .into_iter()
                    .for_each(|action| self.writer.push(action, line, certain));
            } else {
                self.made = Some((name, earlier));
            }
        }
        for (action, part) in actions {
            self.writer.push(action, part, certain);
        }
    }
}

fn read_phinx_keys(value: &Expr) -> Vec<String> {
    match value {
        Expr::Map(pairs) => pairs.iter().map(|(name, _)| name.clone()).collect(),
        other => other.text().map(str::to_owned).into_iter().collect(),
    }
}

fn read_phinx_part<'a>(
    part: &'a FunctionCall,
    table: &Name,
    out: &mut Vec<(SchemaAction, &'a FunctionCall)>,
) {
    let action = read_phinx_columns(part, table)
        .or_else(|| read_phinx_table(part, table).map(|action| vec![action]))
        .or_else(|| read_phinx_rule(part, table).map(|action| vec![action]));
    if let Some(actions) = action {
        out.extend(actions.into_iter().map(|action| (action, part)));
        return;
    }
    if !WITHOUT_CHANGE.contains(&part.name.as_str()) {
        let why = format!("{} is not a change that is known", part.name);
        out.push((SchemaAction::Unknown { why }, part));
    }
}

/// Calls on a table that change nothing by themselves.
const WITHOUT_CHANGE: [&str; 15] = [
    "create",
    "save",
    "update",
    "exists",
    "hasColumn",
    "hasIndex",
    "hasForeignKey",
    "getName",
    "getColumns",
    "reset",
    "setOptions",
    "setData",
    "saveData",
    "addPrimaryKey",
    "table",
];

fn read_phinx_columns(part: &FunctionCall, table: &Name) -> Option<Vec<SchemaAction>> {
    let t = || table.clone();
    let text = |at: usize| part.text(at).unwrap_or_default().to_owned();
    Some(vec![match part.name.as_str() {
        "addColumn" => SchemaAction::AddColumn {
            table: t(),
            column: read_phinx_column(part),
            if_not_exists: false,
        },
        "changeColumn" => SchemaAction::RestateColumn {
            table: t(),
            from: text(0),
            column: read_phinx_column(part),
            keeps_default: false,
        },
        "removeColumn" => SchemaAction::DropColumn {
            table: t(),
            column: text(0),
        },
        "renameColumn" => SchemaAction::RenameColumn {
            table: t(),
            column: text(0),
            to: text(1),
        },
        "addTimestamps" | "addTimestampsWithTimezone" => return Some(make_timestamps(part, table)),
        _ => return None,
    }])
}

/// Phinx's `created_at` and `updated_at`, or what they are called here.
fn make_timestamps(part: &FunctionCall, table: &Name) -> Vec<SchemaAction> {
    let columns = [("created_at", true), ("updated_at", false)];
    let add = |(at, (name, auto))| {
        let mut column = Column::new(part.text(at).unwrap_or(name), "timestamp");
        if auto {
            column.default = DefaultValue::Volatile("CURRENT_TIMESTAMP".to_owned());
            column.nullable = false;
        }
        SchemaAction::AddColumn {
            table: table.clone(),
            column,
            if_not_exists: false,
        }
    };
    columns.into_iter().enumerate().map(add).collect()
}

fn read_phinx_table(part: &FunctionCall, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    Some(match part.name.as_str() {
        "rename" => SchemaAction::RenameTable {
            table: t(),
            to: Name::new(part.text(0).unwrap_or_default()),
        },
        "drop" => SchemaAction::DropTable {
            table: t(),
            if_exists: false,
            cascade: false,
        },
        "truncate" => SchemaAction::Truncate { table: t() },
        "insert" | "insertOrSkip" => SchemaAction::Insert {
            table: t(),
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: false,
        },
        "changeComment" => SchemaAction::Comment {
            object: table.to_string(),
        },
        _ => return None,
    })
}

/// Indexes and keys.
fn read_phinx_rule(part: &FunctionCall, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    let list = |at: usize| part.args.get(at).map(Expr::texts).unwrap_or_default();
    let options = |at: usize, key: &str| part.args.get(at).and_then(|options| options.get(key));
    Some(match part.name.as_str() {
        "addIndex" => SchemaAction::CreateIndex(TableIndex {
            name: options(1, "name").and_then(Expr::text).map(str::to_owned),
            table: t(),
            columns: list(0),
            unique: options(1, "unique") == Some(&Expr::Bool(true)),
            partial: options(1, "where").is_some(),
            concurrently: options(1, "concurrently") == Some(&Expr::Bool(true)),
        }),
        "removeIndex" => SchemaAction::DropIndex {
            name: list(0).join("_"),
            table: Some(t()),
        },
        "removeIndexByName" => SchemaAction::DropIndex {
            name: part.text(0).unwrap_or_default().to_owned(),
            table: Some(t()),
        },
        "addForeignKey" | "addForeignKeyWithName" => {
            let shift = usize::from(part.name == "addForeignKeyWithName");
            SchemaAction::AddConstraint {
                table: t(),
                constraint: Constraint {
                    name: options(3 + shift, "constraint")
                        .and_then(Expr::text)
                        .map(str::to_owned),
                    kind: ConstraintKind::Foreign,
                    columns: list(shift),
                    references: part.text(1 + shift).map(Name::new),
                    text: part.text.clone(),
                },
            }
        }
        "dropForeignKey" => SchemaAction::DropConstraint {
            table: t(),
            name: None,
            kind: Some(ConstraintKind::Foreign),
            columns: list(0),
        },
        "changePrimaryKey" => SchemaAction::AddConstraint {
            table: t(),
            constraint: Constraint {
                name: None,
                kind: ConstraintKind::Primary,
                columns: list(0),
                references: None,
                text: part.text.clone(),
            },
        },
        _ => return None,
    })
}

fn read_phinx_column(part: &FunctionCall) -> Column {
    let option = |key: &str| part.args.get(2).and_then(|options| options.get(key));
    let number = |key: &str| option(key).map(Expr::literal);
    let kind = part.text(1).unwrap_or_default();
    let data_type = match kind {
        "string" => format!(
            "varchar({})",
            number("limit").unwrap_or_else(|| "255".to_owned())
        ),
        "char" => format!(
            "char({})",
            number("limit").unwrap_or_else(|| "255".to_owned())
        ),
        "integer" => "int".to_owned(),
        "biginteger" => "bigint".to_owned(),
        "smallinteger" => "smallint".to_owned(),
        "tinyinteger" => "tinyint".to_owned(),
        "datetime" => "datetime".to_owned(),
        "decimal" => match (number("precision"), number("scale")) {
            (Some(precision), scale) => format!(
                "decimal({precision}, {})",
                scale.unwrap_or_else(|| "0".to_owned())
            ),
            _ => "decimal".to_owned(),
        },
        other => other.to_owned(),
    };
    let mut column = Column::new(part.text(0).unwrap_or_default(), data_type);
    column.auto = option("identity") == Some(&Expr::Bool(true));
    // Left out, it depends on the version of the tool; newer ones allow NULL.
    column.nullable = option("null") != Some(&Expr::Bool(false)) && !column.auto;
    column.generated = option("generated").is_some();
    if let Some(default) = option("default") {
        column.default = DefaultValue::from_text(&default.literal());
    }
    column
}
