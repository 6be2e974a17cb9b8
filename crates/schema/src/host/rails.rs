//! Rails: `change`, `up` and `down`, with SQL in `execute`, `reversible` blocks and updates through
//! models.

use super::super::dialect::Dialect;
use super::super::step::{MigrationStep, Name, SchemaAction};
use super::invert;
use super::rails_actions::{read_rails_action, speaks_of_schema};
use super::rails_models::read_model_call;
use super::rails_table::{self};
use super::rails_target::{find_variable_target, table_missing};
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
        stated: Vec::new(),
        down_refuses: None,
        one_way: None,
        place,
        around,
        depth,
    };
    if let Some(body) = find_function_body(items, "change") {
        let (mut up, mut down) = (new(), new());
        // two walks, since `reversible` says another thing for each way
        up.both = Some(true);
        up.all(items, body);
        down.both = Some(false);
        down.all(items, body);
        let way = match up.one_way.take() {
            Some(why) => DownMigration::Irreversible(why),
            None => {
                let mut script = invert::invert_with_stated(&up.derived, up.stated);
                script.refuses = up.down_refuses;
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
    /// In `change`: `Some(true)` reads it upwards, `Some(false)` collects only what runs on the way
    /// down besides inverses and the down parts of `reversible`.
    both: Option<bool>,
    derived: Vec<MigrationStep>,
    /// The down parts of `reversible`: each runs at its own place.
    stated: Vec<invert::StatedWay>,
    /// A down part of `reversible` raises on purpose; the line.
    down_refuses: Option<usize>,
    one_way: Option<String>,
}

impl WayReader for Rails<'_> {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        // commands stand alone, or on the connection
        if call.on.is_some()
            && !matches!(call.on, Some(Expr::Name(ref on)) if matches!(on.as_str(), "self" | "connection" | "ActiveRecord::Base.connection"))
        {
            self.on_something(call, certain);
            return;
        }
        self.note_one_way(call);
        if let Some(why) = find_variable_target(call) {
            self.push(SchemaAction::Unknown { why }, call, certain);
            return;
        }
        if self.read_control(call, certain)
            || self.read_parts(call, certain)
            || self.read_routine(call, certain)
        {
            return;
        }
        self.note_lost_parts(call);
        let action = match call.name.as_str() {
            "create_table" | "create_join_table" => self.created_table(call, certain),
            "create_view" | "update_view" | "replace_view" => self.view(call),
            _ => match read_rails_action(call) {
                Some(action) => action,
                None => {
                    self.read_unknown(call, certain);
                    return;
                }
            },
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
        // the blocks of these were read with the table
        if !matches!(
            call.name.as_str(),
            "create_table" | "create_join_table" | "drop_table"
        ) {
            self.body(&call.block);
        }
    }
}

impl Rails<'_> {
    /// Commands of `change` that the tool refuses to turn around.
    fn note_one_way(&mut self, call: &FunctionCall) {
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
    }

    /// In `change`, what a command leaves out is what the way back would need.
    fn note_lost_parts(&mut self, call: &FunctionCall) {
        if self.both != Some(true) || self.one_way.is_some() {
            return;
        }
        let line = call.line;
        self.one_way = match call.name.as_str() {
            // with a block Rails knows the columns to bring back
            "drop_table" | "drop_join_table" if call.block.is_empty() => Some(format!(
                "drop_table on line {line} says no columns to bring back"
            )),
            "change_column_default" if call.named("from").is_none() => Some(format!(
                "change_column_default on line {line} says no old default"
            )),
            _ => None,
        };
    }

    /// What stands around commands, or runs something of its own. `false`: it is none of these.
    fn read_control(&mut self, call: &FunctionCall, certain: bool) -> bool {
        match call.name.as_str() {
            "safety_assured"
            | "transaction"
            | "suppress_messages"
            | "say_with_time"
            | "disable_statement_timeout"
            | "with_lock_retries"
            | "without_locking"
            | "create_join_table_if" => {
                self.body(&call.block);
            }
            "up_only" => {
                if self.both != Some(false) {
                    // inside nothing is turned around
                    let outer = self.both.take();
                    self.body(&call.block);
                    self.both = outer;
                }
            }
            "revert" => {
                self.revert(call, certain);
            }
            "reversible" => {
                for item in &call.block {
                    let SyntaxItem::Call(side, _) = item else {
                        continue;
                    };
                    if side.name == "up" && self.both != Some(false) {
                        let outer = self.both.take();
                        self.body(&side.block);
                        self.both = outer;
                    } else if side.name == "down" && self.both == Some(true) {
                        self.state_way_down(&side.block);
                    }
                }
            }
            "execute" | "exec_query" | "exec_update" | "safe_execute" => {
                if self.both != Some(false) && !self.writer.sql_of(call, certain) {
                    self.writer
                        .unknown("the SQL is put together in another place", call, certain);
                }
            }
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
                // a block of theirs may hold commands
                self.body(&call.block);
            }
            // a question changes nothing
            name if name.ends_with('?') => {}
            _ => return false,
        }
        true
    }

    /// Commands that stand for several steps.
    fn read_parts(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let table = call.text(0).map(Name::new).unwrap_or_default();
        match call.name.as_str() {
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
            }
            "add_reference" | "add_belongs_to" | "add_timestamps" | "remove_reference"
            | "remove_belongs_to" | "remove_timestamps" => {
                let mut actions = Vec::new();
                rails_table::read_rails_reference(call, &table, &mut actions);
                actions
                    .into_iter()
                    .for_each(|action| self.push(action, call, certain));
            }
            "remove_column" | "remove_columns" => {
                // Rails brings a column back only with its type
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
                    vec![call.text(1).unwrap_or_default().to_owned()]
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
            }
            _ => return false,
        }
        true
    }

    /// A command that is not known: it may run SQL, or change something by its name.
    fn read_unknown(&mut self, call: &FunctionCall, certain: bool) {
        let name = call.name.as_str();

        let sql = self.both != Some(false) && self.writer.statements_of(call, certain);
        // a helper whose name speaks of the schema does something to it
        if !sql && call.block.is_empty() && !call.args.is_empty() && speaks_of_schema(name) {
            self.push(
                SchemaAction::HostCode {
                    what: format!("calls {name}"),
                },
                call,
                certain,
            );
        }
        self.body(&call.block);
    }

    fn created_table(&mut self, call: &FunctionCall, certain: bool) -> SchemaAction {
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

    fn view(&self, call: &FunctionCall) -> SchemaAction {
        let table = call.text(0).map(Name::new).unwrap_or_default();

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

    /// A function or trigger whose body lies in the call, or in a file of its own.
    fn read_routine(&mut self, call: &FunctionCall, certain: bool) -> bool {
        if !matches!(
            call.name.as_str(),
            "create_function" | "update_function" | "create_trigger" | "update_trigger"
        ) {
            return false;
        }
        let table = call.text(0).map(Name::new).unwrap_or_default();
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
        let Some(text) = body else {
            let what = call.name.replace('_', " ");
            let name = table.to_string();
            self.push(SchemaAction::RareObject { what, name }, call, certain);
            self.body(&call.block);
            return true;
        };
        // the way down of `change` is read by another walk, which finds its own file
        if self.both != Some(false) {
            let before = self.writer.script.steps.len();
            self.writer.file(&text, call, certain);
            self.derived
                .extend(self.writer.script.steps[before..].iter().cloned());
        }
        true
    }

    fn all(&mut self, items: &[SyntaxItem], body: &[SyntaxItem]) {
        self.body(body);
        for helper in find_reached_functions(items, body) {
            self.body(helper);
            assigned_statements(&mut self.writer, helper);
        }
        assigned_statements(&mut self.writer, body);
    }

    /// The down part of `reversible`.
    fn state_way_down(&mut self, block: &[SyntaxItem]) {
        let mut inner = self.make_reader();
        inner.body(block);
        let script = inner.writer.script;
        self.down_refuses = self.down_refuses.or(script.refuses);
        let place = self.derived.len();
        self.stated.push((place..place, script.steps));
    }

    /// A reader of the same file that reads what it is given as a way up.
    fn make_reader(&self) -> Self {
        Self {
            writer: Writer::new(self.writer.dialect),
            both: None,
            derived: Vec::new(),
            stated: Vec::new(),
            down_refuses: None,
            one_way: None,
            place: self.place,
            around: self.around,
            depth: self.depth,
        }
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
            // what is reverted is read as a way up, and then turned around
            let mut inner = self.make_reader();
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
        if !read_model_call(&mut self.writer, call, certain) {
            self.body(&call.block);
        }
    }
}
