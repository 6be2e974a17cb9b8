//! Sequel: `Sequel.migration { up { .. } down { .. } }`, or `change`, which Sequel turns around; and
//! the older classes with the methods `up` and `down`.

use std::collections::BTreeSet;

use super::invert;
use super::sequel_rows::read_sequel_rows;
use super::sequel_table::{
    is_variable, list_alter_actions, read_sequel_join_table, read_sequel_table,
};
use super::sides::{WayReader, read_up_and_down};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body};
use super::write::{Writer, assigned_statements, find_reached_functions};
use crate::dialect::Dialect;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};
use crate::step::{Name, SchemaAction, Script};

/// Commands that Sequel turns around inside `change`; at any other it raises.
const TURNED: [&str; 8] = [
    "add_column",
    "add_index",
    "alter_table",
    "create_join_table",
    "create_table",
    "create_view",
    "rename_column",
    "rename_table",
];

/// Commands of `alter_table` that are turned around inside `change`.
const TURNED_INSIDE: [&str; 8] = [
    "add_column",
    "add_constraint",
    "add_foreign_key",
    "add_primary_key",
    "add_index",
    "add_full_text_index",
    "add_spatial_index",
    "rename_column",
];

/// The block of a way: `up do .. end` inside `Sequel.migration do .. end`.
fn find_way<'a>(items: &'a [SyntaxItem], name: &str) -> Option<(&'a [SyntaxItem], usize)> {
    items.iter().find_map(|item| {
        let SyntaxItem::Call(call, _) = item else {
            return None;
        };
        if call.name != "migration" || call.root() != Some("Sequel") {
            return None;
        }
        call.block.iter().find_map(|inner| match inner {
            SyntaxItem::Call(way, _) if way.name == name && way.on.is_none() => {
                Some((way.block.as_slice(), way.line))
            }
            _ => None,
        })
    })
}

/// The file says how it goes up.
pub fn goes_up(items: &[SyntaxItem]) -> bool {
    find_way(items, "up").is_some()
        || find_way(items, "change").is_some()
        || find_function_body(items, "up").is_some()
}

/// Reads a migration.
pub fn read_sequel(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    let helpers = list_helpers(items);
    let read = |body: &[SyntaxItem]| -> Script {
        let mut reader = Sequel {
            writer: Writer::new(dialect),
            helpers: &helpers,
        };
        reader.body(body);
        for helper in find_reached_functions(items, body) {
            reader.body(helper);
            assigned_statements(&mut reader.writer, helper);
        }
        assigned_statements(&mut reader.writer, body);
        reader.writer.script
    };
    if let Some((body, line)) = find_way(items, "change") {
        let up = read(body);
        let down = match find_irreversible(body) {
            Some(why) => DownMigration::Irreversible(why),
            None => DownMigration::Derived(invert::invert_steps(&up.steps)),
        };
        return MigrationReading { up, down, line };
    }
    let Some((up, line)) = find_way(items, "up") else {
        // a migration without `up` may still have a way down, and does nothing when it runs
        return match find_way(items, "down") {
            Some((down, line)) => MigrationReading {
                up: Script::default(),
                down: make_written(place, read(down), line),
                line,
            },
            None => read_up_and_down(place, items, ["up", "down"], DownMigration::None, read),
        };
    };
    MigrationReading {
        up: read(up),
        down: find_way(items, "down").map_or(DownMigration::None, |(body, line)| {
            make_written(place, read(body), line)
        }),
        line,
    }
}

fn make_written(place: &MigrationFile, script: Script, line: usize) -> DownMigration {
    DownMigration::Written {
        script,
        path: place.path.clone(),
        line,
    }
}

/// What of `change` Sequel refuses to turn around.
fn find_irreversible(body: &[SyntaxItem]) -> Option<String> {
    body.iter().find_map(|item| {
        let SyntaxItem::Call(call, _) = item else {
            return None;
        };
        let said = |call: &FunctionCall| {
            Some(format!(
                "{} on line {} cannot be turned around",
                call.name, call.line
            ))
        };
        if call.on.is_some() || !TURNED.contains(&call.name.as_str()) {
            return said(call);
        }
        if call.name != "alter_table" {
            return None;
        }
        call.block.iter().find_map(|inner| match inner {
            // Sequel cannot turn a key over several columns around
            SyntaxItem::Call(inner, _)
                if !TURNED_INSIDE.contains(&inner.name.as_str())
                    || inner.name != "add_index"
                        && matches!(inner.args.first(), Some(Expr::List(_))) =>
            {
                said(inner)
            }
            _ => None,
        })
    })
}

/// Functions of the file itself, which are read where they are called.
fn list_helpers(items: &[SyntaxItem]) -> BTreeSet<&str> {
    let mut out = BTreeSet::new();
    for item in items {
        match item {
            SyntaxItem::Function { name, body, .. } => {
                out.insert(name.as_str());
                out.extend(list_helpers(body));
            }
            SyntaxItem::Call(call, _) => out.extend(list_helpers(&call.block)),
            _ => {}
        }
    }
    out
}

struct Sequel<'a> {
    writer: Writer,
    helpers: &'a BTreeSet<&'a str>,
}

impl WayReader for Sequel<'_> {
    fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        // commands stand alone, or on the database
        let own = match &call.on {
            None => true,
            Some(Expr::Name(on)) => {
                matches!(on.as_str(), "self" | "db" | "DB" | "@db" | "database")
            }
            _ => false,
        };
        if !own {
            self.read_rows(call, certain);
            return;
        }
        if self.read_control(call, certain) {
            return;
        }
        if let Some(Expr::Name(name)) = call.args.iter().take(2).find(|arg| is_variable(call, arg))
        {
            let why = format!(
                "{} is told what to change by a variable ({name})",
                call.name
            );
            self.writer.unknown(why, call, certain);
            return;
        }
        if self.read_table(call, certain) {
            return;
        }
        if let Some(action) = read_column_command(call).or_else(|| read_object_command(call)) {
            self.writer.push(action, call, certain);
            return;
        }
        let before = self.writer.script.steps.len();
        self.read_rows(call, certain);
        // a command that nobody knows may do anything
        let silent = self.writer.script.steps.len() == before
            && !call.args.is_empty()
            && call.block.is_empty()
            && call.on.is_none()
            && !self.helpers.contains(call.name.as_str());
        if silent {
            self.writer.push(
                SchemaAction::HostCode {
                    what: format!("calls {}", call.name),
                },
                call,
                certain,
            );
        }
    }
}

impl Sequel<'_> {
    /// Statements, and what stands around commands. `false`: it is none of these.
    fn read_control(&mut self, call: &FunctionCall, certain: bool) -> bool {
        match call.name.as_str() {
            "run" | "execute" | "execute_ddl" | "execute_dui" | "<<" => {
                if !self.writer.sql_of(call, certain) {
                    self.writer
                        .unknown("the SQL is put together in another place", call, certain);
                }
            }
            "transaction" | "synchronize" | "with_server" | "log_connection_yield" => {
                self.body(&call.block);
            }
            "extension" | "no_transaction" | "use_transactions" | "puts" | "require" | "freeze"
            | "log_info" | "tables" | "table_exists?" => self.body(&call.block),
            "raise" => {
                let script = &mut self.writer.script;
                script.refuses = script.refuses.or(Some(call.line));
            }
            // a question changes nothing, but for those that make or drop a table
            name if name.ends_with('?')
                && !matches!(name, "create_table?" | "create_join_table?" | "drop_table?") => {}
            _ => return false,
        }
        true
    }

    /// Commands that make or change whole tables.
    fn read_table(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let table = call.text(0).map(Name::new).unwrap_or_default();
        match call.name.as_str() {
            "create_table" | "create_table?" | "create_table!" => {
                // `create_table!` drops the table that is there
                if call.name.ends_with('!') {
                    self.drop_tables(call, true, certain);
                }
                let made = read_sequel_table(call);
                self.writer
                    .push(SchemaAction::CreateTable(made), call, certain);
            }
            "create_join_table" | "create_join_table?" | "create_join_table!" => {
                let made = read_sequel_join_table(call);
                // `create_join_table!` drops the table that is there, as `create_table!` does
                if call.name.ends_with('!') {
                    let dropped = SchemaAction::DropTable {
                        table: made.name.clone(),
                        if_exists: true,
                        cascade: false,
                    };
                    self.writer.push(dropped, call, certain);
                }
                self.writer
                    .push(SchemaAction::CreateTable(made), call, certain);
            }
            "drop_join_table" => {
                let made = read_sequel_join_table(call);
                self.writer.push(
                    SchemaAction::DropTable {
                        table: made.name,
                        if_exists: false,
                        cascade: false,
                    },
                    call,
                    certain,
                );
            }
            "drop_table" | "drop_table?" => {
                self.drop_tables(call, call.name.ends_with('?'), certain);
            }
            "alter_table" => {
                for (action, line) in list_alter_actions(&call.block, &table) {
                    let at = FunctionCall {
                        line,
                        ..call.clone()
                    };
                    self.writer.push(action, &at, certain);
                }
            }
            _ => return false,
        }
        true
    }

    fn drop_tables(&mut self, call: &FunctionCall, if_exists: bool, certain: bool) {
        for table in call.args.iter().filter_map(Expr::text) {
            self.writer.push(
                SchemaAction::DropTable {
                    table: Name::new(table),
                    if_exists: if_exists || call.flag("if_exists"),
                    cascade: call.flag("cascade"),
                },
                call,
                certain,
            );
        }
    }

    /// Rows through datasets and models; what is none of them may still hold a statement.
    fn read_rows(&mut self, call: &FunctionCall, certain: bool) {
        if matches!(call.name.as_str(), "run" | "execute" | "execute_ddl")
            || self.writer.statements_of(call, certain)
        {
            if call.block.is_empty() {
                return;
            }
        } else if let Some(action) = read_sequel_rows(call) {
            self.writer.push(action, call, certain);
            return;
        }
        self.body(&call.block);
    }
}

/// Commands about one column of a table, which stand outside of `alter_table`.
fn read_column_command(call: &FunctionCall) -> Option<SchemaAction> {
    let inside = matches!(
        call.name.as_str(),
        "add_column"
            | "drop_column"
            | "rename_column"
            | "set_column_type"
            | "set_column_default"
            | "set_column_not_null"
            | "set_column_allow_null"
            | "add_index"
            | "drop_index"
    );
    if !inside {
        return None;
    }
    let table = call.text(0).map(Name::new)?;
    // inside of `alter_table` commands have no table in front
    let moved = FunctionCall {
        args: call.args.iter().skip(1).cloned().collect(),
        ..call.clone()
    };
    list_alter_actions(&[SyntaxItem::Call(moved, true)], &table)
        .into_iter()
        .next()
        .map(|(action, _)| action)
}

/// Names, views, types and other objects.
fn read_object_command(call: &FunctionCall) -> Option<SchemaAction> {
    let name = || call.text(0).map(Name::new).unwrap_or_default();
    let second = || call.text(1).unwrap_or_default().to_owned();
    Some(match call.name.as_str() {
        "rename_table" => SchemaAction::RenameTable {
            table: name(),
            to: Name::new(&second()),
        },
        "create_view" | "create_or_replace_view" => SchemaAction::CreateView {
            name: name(),
            replace: call.name.contains("replace"),
            materialized: call.flag("materialized"),
            body: call
                .text(1)
                .map_or_else(|| call.text.clone(), str::to_owned),
        },
        "drop_view" => SchemaAction::DropView {
            name: name(),
            if_exists: call.flag("if_exists"),
        },
        "refresh_view" => SchemaAction::RefreshView { name: name() },
        "create_enum" => SchemaAction::CreateType {
            name: name(),
            values: call.args.get(1).map(Expr::texts),
        },
        "drop_enum" => SchemaAction::DropType { name: name() },
        "rename_enum" => SchemaAction::RenameType {
            name: name(),
            to: second(),
        },
        "add_enum_value" => SchemaAction::AddEnumValue {
            name: name(),
            value: second(),
        },
        "rename_enum_value" => SchemaAction::RenameEnumValue {
            name: name(),
            value: second(),
            to: call.text(2).unwrap_or_default().to_owned(),
        },
        "create_schema" => SchemaAction::CreateSchema {
            name: name().to_string(),
        },
        "drop_schema" => SchemaAction::DropSchema {
            name: name().to_string(),
        },
        "drop_function" => SchemaAction::DropRoutine {
            name: name(),
            if_exists: call.flag("if_exists"),
        },
        "create_function" | "create_trigger" | "create_language" => SchemaAction::RareObject {
            what: call.name.replace('_', " "),
            name: name().to_string(),
        },
        "drop_trigger" => SchemaAction::DropTrigger {
            name: second(),
            table: call.text(0).map(Name::new),
        },
        "comment_on" => SchemaAction::Comment {
            object: call.text(1).unwrap_or_default().to_owned(),
        },
        _ => return None,
    })
}
