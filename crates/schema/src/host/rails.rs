//! Rails: `change`, `up` and `down`, with SQL in `execute`, `reversible` blocks and updates through
//! models.

use super::super::dialect::Dialect;
use super::super::step::{
    Constraint, ConstraintKind, DefaultValue, MigrationStep, Name, SchemaAction, TableIndex,
};
use super::invert;
use super::rails_table::{self, index_name, read_rails_column};
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body, function_line};
use super::write::{Writer, assigned_statements, find_reached_functions};
use crate::migration_file::MigrationFile;
use crate::reading::{Around, DownMigration, MigrationReading};

/// Commands of `change` that Rails cannot turn around by itself.
const ONE_WAY: [&str; 4] = [
    "execute",
    "change_column",
    "add_enum_value",
    "change_table_comment",
];

/// Commands that come back only to a version that they name.
const TO_VERSION: [&str; 5] = [
    "update_view",
    "replace_view",
    "drop_view",
    "update_function",
    "update_trigger",
];

/// Migrations that revert others are followed this deep.
const REVERTS: usize = 3;

/// Reads a migration.
pub fn read_rails(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    read_at(place, items, dialect, around, 0)
}

fn read_at(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
    around: Around<'_>,
    depth: usize,
) -> MigrationReading {
    let new = || Rails {
        writer: Writer::new(dialect),
        both: None,
        derived: Vec::new(),
        one_way: None,
        place,
        around,
        depth,
    };
    if let Some(body) = find_function_body(items, "change") {
        let (mut up, mut down) = (new(), new());
        up.both = Some(true);
        up.all(items, body);
        down.both = Some(false);
        down.all(items, body);
        let way = match up.one_way.take() {
            Some(why) => DownMigration::Irreversible(why),
            None => {
                let mut script = invert::invert_steps(&up.derived);
                script.steps.extend(down.writer.script.steps);
                DownMigration::Derived(script)
            }
        };
        return MigrationReading {
            up: up.writer.script,
            down: way,
            line: function_line(items, "change").unwrap_or(1),
        };
    }
    read_up_and_down(place, items, ["up", "down"], DownMigration::None, |body| {
        let mut reader = new();
        reader.all(items, body);
        reader.writer.script
    })
}

struct Rails<'a> {
    writer: Writer,
    place: &'a MigrationFile,
    around: Around<'a>,
    /// How many migrations were followed to here.
    depth: usize,
    /// In `change`: `Some(true)` reads it upwards, `Some(false)` collects only the down parts of
    /// `reversible`.
    both: Option<bool>,
    derived: Vec<MigrationStep>,
    one_way: Option<String>,
}

impl WayReader for Rails<'_> {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        if call.on.is_some()
            && !matches!(call.on, Some(Expr::Name(ref on)) if matches!(on.as_str(), "self" | "connection" | "ActiveRecord::Base.connection"))
        {
            self.on_something(call, certain);
            return;
        }
        if self.both == Some(true)
            && ONE_WAY.contains(&call.name.as_str())
            && self.one_way.is_none()
        {
            self.one_way = Some(format!(
                "{} on line {} cannot be turned around",
                call.name, call.line
            ));
        }
        if self.both == Some(true)
            && TO_VERSION.contains(&call.name.as_str())
            && call.named("revert_to_version").is_none()
            && self.one_way.is_none()
        {
            self.one_way = Some(format!(
                "{} on line {} says no version to go back to",
                call.name, call.line
            ));
        }
        if ["add_", "change_", "remove_", "rename_", "drop_"]
            .iter()
            .any(|verb| call.name.starts_with(verb))
            && call
                .args
                .iter()
                .take(2)
                .any(|arg| is_program_variable(call, arg))
        {
            let what = call
                .args
                .iter()
                .take(2)
                .filter_map(Expr::text)
                .collect::<Vec<_>>()
                .join(" and ");
            self.push(
                SchemaAction::Unknown {
                    why: format!(
                        "{} is told its table or column by a variable ({what})",
                        call.name
                    ),
                },
                call,
                certain,
            );
            return;
        }
        let table = call.text(0).map(Name::new).unwrap_or_default();
        let second = || call.text(1).unwrap_or_default().to_owned();
        let columns = |at: usize| call.args.get(at).map(Expr::texts).unwrap_or_default();
        let name = || call.named("name").and_then(Expr::text).map(str::to_owned);
        let action = match call.name.as_str() {
            "safety_assured"
            | "transaction"
            | "suppress_messages"
            | "say_with_time"
            | "disable_statement_timeout"
            | "with_lock_retries"
            | "without_locking"
            | "create_join_table_if" => {
                self.body(&call.block);
                return;
            }
            "up_only" => {
                if self.both != Some(false) {
                    let outer = self.both.take();
                    self.body(&call.block);
                    self.both = outer;
                }
                return;
            }
            "revert" => {
                self.revert(call, certain);
                return;
            }
            "reversible" => {
                for item in &call.block {
                    if let SyntaxItem::Call(side, _) = item
                        && (side.name == "up" && self.both != Some(false)
                            || side.name == "down" && self.both == Some(false))
                    {
                        let outer = self.both.take();
                        self.body(&side.block);
                        self.both = outer;
                    }
                }
                return;
            }
            "execute" | "exec_query" | "exec_update" | "safe_execute" => {
                if self.both != Some(false) && !self.writer.sql_of(call, certain) {
                    self.writer
                        .unknown("the SQL is put together in another place", call, certain);
                }
                return;
            }
            "create_table" | "create_join_table" => {
                let created = rails_table::read_rails_create_table(call);
                if self.both != Some(false) && rails_table::has_force_option(call) {
                    self.writer.push(
                        SchemaAction::DropTable {
                            table: created.name.clone(),
                            if_exists: true,
                            cascade: true,
                        },
                        call,
                        certain,
                    );
                }
                SchemaAction::CreateTable(created)
            }
            "change_table" => {
                let mut actions = Vec::new();
                rails_table::read_rails_table_block(call, &table, &mut actions);
                if self.both == Some(true) && self.one_way.is_none() {
                    self.one_way = rails_table::one_way(call);
                }
                actions.into_iter().for_each(|(action, line)| {
                    self.push(
                        action,
                        &FunctionCall {
                            line,
                            ..call.clone()
                        },
                        certain,
                    )
                });
                return;
            }
            "drop_table" | "drop_join_table" => {
                if self.both == Some(true) && call.block.is_empty() && self.one_way.is_none() {
                    self.one_way = Some(format!(
                        "drop_table on line {} says no columns to bring back",
                        call.line
                    ));
                }
                SchemaAction::DropTable {
                    table,
                    if_exists: call.flag("if_exists"),
                    cascade: call.named("force").is_some(),
                }
            }
            "rename_table" => SchemaAction::RenameTable {
                table,
                to: Name::new(&second()),
            },
            "add_column" => SchemaAction::AddColumn {
                table,
                column: read_rails_column(&second(), call.text(2).unwrap_or_default(), call),
                if_not_exists: call.flag("if_not_exists"),
            },
            "add_reference" | "add_belongs_to" | "add_timestamps" | "remove_reference"
            | "remove_belongs_to" | "remove_timestamps" => {
                let mut actions = Vec::new();
                rails_table::read_rails_reference(call, &table, &mut actions);
                actions
                    .into_iter()
                    .for_each(|action| self.push(action, call, certain));
                return;
            }
            "remove_column" | "remove_columns" => {
                if self.both == Some(true)
                    && call.args.len() < 3
                    && call.named("type").is_none()
                    && self.one_way.is_none()
                {
                    self.one_way = Some(format!(
                        "remove_column on line {} says no type to bring back",
                        call.line
                    ));
                }
                let names: Vec<String> = if call.name == "remove_columns" {
                    call.args
                        .iter()
                        .skip(1)
                        .filter_map(|arg| arg.text().map(str::to_owned))
                        .collect()
                } else {
                    vec![second()]
                };
                for column in names {
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
            "rename_column" => SchemaAction::RenameColumn {
                table,
                column: second(),
                to: call.text(2).unwrap_or_default().to_owned(),
            },
            "change_column" => SchemaAction::RestateColumn {
                table,
                from: second(),
                column: read_rails_column(&second(), call.text(2).unwrap_or_default(), call),
                keeps_default: true,
            },
            "change_column_null" => {
                if matches!(call.args.get(2), Some(Expr::Bool(true))) {
                    SchemaAction::DropNotNull {
                        table,
                        column: second(),
                    }
                } else {
                    SchemaAction::SetNotNull {
                        table,
                        column: second(),
                    }
                }
            }
            "change_column_default" => {
                let to = call
                    .named("to")
                    .or_else(|| call.args.get(2))
                    .map_or(DefaultValue::None, |value| {
                        DefaultValue::from_text(&value.literal())
                    });
                if self.both == Some(true) && call.named("from").is_none() && self.one_way.is_none()
                {
                    self.one_way = Some(format!(
                        "change_column_default on line {} says no old default",
                        call.line
                    ));
                }
                if to.is_some() {
                    SchemaAction::SetDefault {
                        table,
                        column: second(),
                        value: to,
                    }
                } else {
                    SchemaAction::DropDefault {
                        table,
                        column: second(),
                    }
                }
            }
            "change_column_comment" => SchemaAction::Comment {
                object: format!("{table}.{}", second()),
            },
            "add_index" | "add_concurrent_index" => {
                let columns = columns(1);
                let index = index_name(&table, &columns);
                SchemaAction::CreateIndex(TableIndex {
                    name: name().or(Some(index)),
                    table,
                    columns,
                    unique: call.flag("unique"),
                    partial: call.named("where").is_some(),
                    concurrently: call.named("algorithm").is_some()
                        || call.name == "add_concurrent_index",
                })
            }
            "remove_index" | "remove_concurrent_index" | "remove_concurrent_index_by_name" => {
                let columns = call
                    .named("column")
                    .map(Expr::texts)
                    .unwrap_or_else(|| columns(1));
                let index = name().unwrap_or_else(|| index_name(&table, &columns));
                SchemaAction::DropIndex {
                    name: index,
                    table: Some(table),
                }
            }
            "rename_index" => SchemaAction::RenameIndex {
                name: second(),
                to: call.text(2).unwrap_or_default().to_owned(),
            },
            "add_foreign_key" | "add_concurrent_foreign_key" => {
                let columns = call.named("column").map_or_else(
                    || vec![format!("{}_id", second().trim_end_matches('s'))],
                    Expr::texts,
                );
                SchemaAction::AddConstraint {
                    table,
                    constraint: Constraint {
                        name: name(),
                        kind: ConstraintKind::Foreign,
                        columns,
                        references: Some(Name::new(&second())),
                        text: call.text.clone(),
                    },
                }
            }
            "remove_foreign_key" => SchemaAction::DropConstraint {
                table,
                name: name(),
                kind: Some(ConstraintKind::Foreign),
                columns: call.named("column").map(Expr::texts).unwrap_or_default(),
            },
            "add_check_constraint" => {
                let words = second()
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect();
                let not_null = second().to_ascii_uppercase().ends_with(" IS NOT NULL");
                SchemaAction::AddConstraint {
                    table,
                    constraint: Constraint {
                        name: name(),
                        kind: if not_null {
                            ConstraintKind::NotNull
                        } else {
                            ConstraintKind::Check
                        },
                        columns: words,
                        references: None,
                        text: call.text.clone(),
                    },
                }
            }
            "remove_check_constraint" => SchemaAction::DropConstraint {
                table,
                name: name(),
                kind: Some(ConstraintKind::Check),
                columns: Vec::new(),
            },
            "add_unique_constraint" => SchemaAction::AddConstraint {
                table,
                constraint: Constraint {
                    name: name(),
                    kind: ConstraintKind::Unique,
                    columns: columns(1),
                    references: None,
                    text: call.text.clone(),
                },
            },
            "remove_unique_constraint" => SchemaAction::DropConstraint {
                table,
                name: name(),
                kind: Some(ConstraintKind::Unique),
                columns: columns(1),
            },
            "add_exclusion_constraint" => SchemaAction::AddConstraint {
                table,
                constraint: Constraint {
                    name: name(),
                    kind: ConstraintKind::Exclude,
                    columns: Vec::new(),
                    references: None,
                    text: call.text.clone(),
                },
            },
            "validate_foreign_key" | "validate_check_constraint" | "validate_constraint" => {
                SchemaAction::ValidateConstraint {
                    table,
                    name: name().unwrap_or_else(second),
                }
            }
            "create_enum" => SchemaAction::CreateType {
                name: table,
                values: call.args.get(1).map(Expr::texts),
            },
            "drop_enum" => SchemaAction::DropType { name: table },
            "rename_enum" => SchemaAction::RenameType {
                name: table,
                to: second(),
            },
            "add_enum_value" => SchemaAction::AddEnumValue {
                name: table,
                value: second(),
            },
            "rename_enum_value" => SchemaAction::RenameEnumValue {
                name: table,
                value: call
                    .named("from")
                    .and_then(Expr::text)
                    .unwrap_or_default()
                    .to_owned(),
                to: call
                    .named("to")
                    .and_then(Expr::text)
                    .unwrap_or_default()
                    .to_owned(),
            },
            "create_view" | "update_view" | "replace_view" => {
                let body = call
                    .named("sql_definition")
                    .and_then(Expr::text)
                    .map(str::to_owned)
                    .or_else(|| self.definition(call, "views", &table));
                let replace = call.name != "create_view";
                let materialized = call
                    .named("materialized")
                    .is_some_and(|value| *value != Expr::Bool(false));
                SchemaAction::CreateView {
                    name: table,
                    replace,
                    materialized,
                    body: body.unwrap_or_else(|| {
                        if replace {
                            call.text.clone()
                        } else {
                            String::new()
                        }
                    }),
                }
            }
            "drop_view" => SchemaAction::DropView {
                name: table,
                if_exists: false,
            },
            "create_function" | "update_function" | "create_trigger" | "update_trigger" => {
                let folder = if call.name.ends_with("function") {
                    "functions"
                } else {
                    "triggers"
                };
                let body = call
                    .named("sql_definition")
                    .and_then(Expr::text)
                    .map(str::to_owned)
                    .or_else(|| self.definition(call, folder, &table));
                match body {
                    Some(text) => {
                        if self.both != Some(false) {
                            let before = self.writer.script.steps.len();
                            self.writer.file(&text, call, certain);
                            self.derived
                                .extend(self.writer.script.steps[before..].iter().cloned());
                        }
                        return;
                    }
                    None => SchemaAction::RareObject {
                        what: call.name.replace('_', " "),
                        name: table.to_string(),
                    },
                }
            }
            "drop_function" => SchemaAction::DropRoutine {
                name: table,
                if_exists: false,
            },
            "drop_trigger" => SchemaAction::DropTrigger {
                name: table.name,
                table: call.named("on").and_then(Expr::text).map(Name::new),
            },
            "enable_extension" => SchemaAction::CreateExtension { name: table.name },
            "disable_extension" => SchemaAction::DropExtension {
                name: table.name,
                cascade: call.named("force").is_some(),
            },
            "disable_ddl_transaction!"
            | "set_statement_timeout"
            | "say"
            | "puts"
            | "reset_column_information"
            | "commit_db_transaction"
            | "restrict_gitlab_migration"
            | "milestone"
            | "require"
            | "include"
            | "private"
            | "attr_accessor"
            | "index_exists?"
            | "table_exists?"
            | "column_exists?"
            | "return"
            | "loop"
            | "sleep"
            | "lambda"
            | "proc" => {
                self.body(&call.block);
                return;
            }
            "set_table_comment" => SchemaAction::Comment {
                object: table.to_string(),
            },
            name if name.ends_with('?') => return,
            name => {
                let sql = self.both != Some(false) && self.writer.statements_of(call, certain);
                if !sql
                    && call.block.is_empty()
                    && !call.args.is_empty()
                    && (name.contains("column")
                        || name.contains("table")
                        || name.contains("index")
                        || name.contains("batched")
                        || name.contains("migrate")
                        || name.contains("constraint"))
                {
                    self.push(
                        SchemaAction::HostCode {
                            what: format!("calls {name}"),
                        },
                        call,
                        certain,
                    );
                }
                self.body(&call.block);
                return;
            }
        };
        if !table_missing(&action) {
            self.push(action, call, certain);
        } else {
            self.push(
                SchemaAction::Unknown {
                    why: "the table's name is put together in another place".to_owned(),
                },
                call,
                certain,
            );
        }
        if !matches!(
            call.name.as_str(),
            "create_table" | "create_join_table" | "drop_table"
        ) {
            self.body(&call.block);
        }
    }
}

impl Rails<'_> {
    fn all(&mut self, items: &[SyntaxItem], body: &[SyntaxItem]) {
        self.body(body);
        for helper in find_reached_functions(items, body) {
            self.body(helper);
            assigned_statements(&mut self.writer, helper);
        }
        assigned_statements(&mut self.writer, body);
    }

    fn push(&mut self, action: SchemaAction, call: &FunctionCall, certain: bool) {
        if self.both == Some(false) {
            return;
        }
        if self.both == Some(true) {
            self.derived.push(MigrationStep {
                line: call.line,
                text: call.text.clone(),
                certain,
                action: action.clone(),
            });
        }
        self.writer.push(action, call, certain);
    }

    /// The body of a view, function or trigger that lies in a file of its own, by version:
    /// `db/views/totals_v02.sql`.
    fn definition(&self, call: &FunctionCall, folder: &str, name: &Name) -> Option<String> {
        let version = call
            .named("version")
            .map_or_else(|| "1".to_owned(), Expr::literal);
        let file = format!(
            "db/{folder}/{}_v{version:0>2}.sql",
            name.to_string().replace('.', "_")
        );
        self.around.file(self.place, &file).map(|(_, text)| text)
    }

    /// `revert do .. end`, and `revert OtherMigration`.
    fn revert(&mut self, call: &FunctionCall, certain: bool) {
        if !call.block.is_empty() {
            let mut inner = Rails {
                writer: Writer::new(self.writer.dialect),
                both: None,
                derived: Vec::new(),
                one_way: None,
                place: self.place,
                around: self.around,
                depth: self.depth,
            };
            inner.body(&call.block);
            for step in invert::invert_steps(&inner.writer.script.steps).steps {
                self.push(
                    step.action,
                    &FunctionCall {
                        line: step.line,
                        text: step.text.clone(),
                        ..call.clone()
                    },
                    certain,
                );
            }
            return;
        }
        let class = call.text(0).unwrap_or_default().to_owned();
        let end = format!("_{}.rb", rails_table::convert_rails_class_to_snake(&class));
        let found = self
            .around
            .tree
            .list()
            .iter()
            .map(|entry| &entry.path)
            .find(|path| path.ends_with(&end) && path.contains("migrate"));
        let text = found.and_then(|path| self.around.tree.read_text(path).ok());
        let items = text
            .as_deref()
            .filter(|_| self.depth < REVERTS)
            .and_then(|text| super::grammar::parse_items(text, &tree_sitter_ruby::LANGUAGE.into()));
        let reading = items.map(|parsed| {
            read_at(
                self.place,
                &parsed.items,
                self.writer.dialect,
                self.around,
                self.depth + 1,
            )
        });
        match reading.map(|reading| reading.down) {
            Some(DownMigration::Derived(script) | DownMigration::Written { script, .. }) => {
                for step in script.steps {
                    self.push(
                        step.action,
                        &FunctionCall {
                            text: step.text,
                            ..call.clone()
                        },
                        certain,
                    );
                }
            }
            _ => self.push(
                SchemaAction::Unknown {
                    why: format!(
                        "what it reverts ({class}) is not found, or cannot be turned around"
                    ),
                },
                call,
                certain,
            ),
        }
    }

    /// Calls on models and other objects: `User.where(..).update_all(..)`.
    fn on_something(&mut self, call: &FunctionCall, certain: bool) {
        if self.both == Some(false) {
            return;
        }
        if self.writer.statements_of(call, certain) {
            return;
        }
        let chain = call.chain();
        let root = call.root().unwrap_or_default();
        if root.starts_with(|c: char| c.is_ascii_uppercase())
            && !root.starts_with("ActiveRecord")
            && !root.starts_with("Rails")
        {
            let model = root.rsplit("::").next().unwrap_or(root);
            let table = Name {
                schema: None,
                name: rails_table::table_of_class(model.trim_start_matches("Migration")),
            };
            let keys = |call: &FunctionCall| {
                call.named
                    .iter()
                    .map(|(name, _)| name.clone())
                    .chain(
                        call.args
                            .iter()
                            .filter_map(|arg| {
                                if let Expr::Map(pairs) = arg {
                                    Some(pairs)
                                } else {
                                    None
                                }
                            })
                            .flatten()
                            .map(|(name, _)| name.clone()),
                    )
                    .collect::<Vec<_>>()
            };
            let fills_null = chain.iter().any(|call| {
                call.name == "where" && call.named.iter().any(|(_, value)| *value == Expr::Null)
            });
            let changes = chain
                .iter()
                .rev()
                .find_map(|call| match call.name.as_str() {
                    "update_all" | "update" | "update!" | "update_columns" | "update_column"
                    | "touch_all" => Some(SchemaAction::Update {
                        table: table.clone(),
                        columns: keys(call),
                        fills_null,
                        reads: Vec::new(),
                    }),
                    "delete_all" | "destroy_all" | "delete" | "destroy" | "delete_by"
                    | "destroy_by" => Some(SchemaAction::Delete {
                        table: table.clone(),
                    }),
                    "create" | "create!" | "insert_all" | "insert" | "insert_all!"
                    | "find_or_create_by" | "find_or_create_by!" => Some(SchemaAction::Insert {
                        table: table.clone(),
                        columns: Vec::new(),
                        from: Vec::new(),
                        overwrites: false,
                    }),
                    "upsert_all" | "upsert" => Some(SchemaAction::Insert {
                        table: table.clone(),
                        columns: Vec::new(),
                        from: Vec::new(),
                        overwrites: true,
                    }),
                    "perform_later" | "perform_async" | "perform_in" | "enqueue" => {
                        Some(SchemaAction::HostCode {
                            what: format!("starts {model}, which may change rows later"),
                        })
                    }
                    _ => None,
                });
            match changes {
                Some(action) => self.writer.push(action, call, certain),
                None => {
                    // `Model.find_each { |row| row.update!(..) }`
                    let inner = call.block.iter().find_map(|item| match item {
                        SyntaxItem::Call(inner, _)
                            if matches!(
                                inner.name.as_str(),
                                "update"
                                    | "update!"
                                    | "update_columns"
                                    | "update_column"
                                    | "save"
                                    | "save!"
                                    | "update_all"
                                    | "update_attribute"
                            ) =>
                        {
                            Some(keys(inner))
                        }
                        _ => None,
                    });
                    if let Some(columns) = inner {
                        self.writer.push(
                            SchemaAction::Update {
                                table,
                                columns,
                                fills_null,
                                reads: Vec::new(),
                            },
                            call,
                            false,
                        );
                        return;
                    }
                }
            }
        }
        self.body(&call.block);
    }
}

/// The argument is a name of the program, which stands bare in the call, and none of the database.
fn is_program_variable(call: &FunctionCall, arg: &Expr) -> bool {
    let Expr::Name(name) = arg else { return false };
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '"' | '\'' | '.');
    let places: Vec<usize> = call
        .text
        .match_indices(name.as_str())
        .map(|(at, _)| at)
        .collect();
    let bare = |at: usize| {
        !call.text[..at].ends_with(part)
            && !call.text[at + name.len()..]
                .starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
    };
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !places.is_empty()
        && places.iter().all(|at| bare(*at))
}

/// The action is about a table whose name could not be read.
fn table_missing(action: &SchemaAction) -> bool {
    action.table().is_some_and(|table| table.name.is_empty())
        && !matches!(action, SchemaAction::DropIndex { .. })
}
