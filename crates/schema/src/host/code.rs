//! Scripts in Python that a program of its own runs (`run_create`, `run_upgrade`): SQL in strings,
//! everything else is host code.

use super::super::dialect::Dialect;
use super::super::step::{MigrationStep, SchemaAction, Script};
use super::syntax::{SyntaxItem, find_function_body, function_line};
use super::write::{Writer, assigned_statements, every_statement, find_reached_functions};
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

const UP: [&str; 5] = ["run_create", "run_upgrade", "upgrade", "up", "migrate"];
const DOWN: [&str; 4] = ["downgrade", "down", "rollback", "revert"];

/// Reads a migration.
pub fn read_code_migration(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    let side = |names: &[&str]| {
        let found: Vec<&&str> = names
            .iter()
            .filter(|name| find_function_body(items, name).is_some())
            .collect();
        let line = found.first().and_then(|name| function_line(items, name))?;
        let mut script = Script {
            has_text: true,
            ..Script::default()
        };
        // a script may create and upgrade in functions of their own
        for name in found {
            script.steps.extend(of_function(items, name, dialect).steps);
        }
        Some((script, line))
    };
    let (up, line) = side(&UP).unwrap_or_default();
    let down = side(&DOWN).map_or(DownMigration::None, |(script, line)| {
        DownMigration::Written {
            script,
            path: place.path.clone(),
            line,
        }
    });
    MigrationReading {
        up,
        down,
        line: line.max(1),
    }
}

/// What a function of the file does: its statements, or that it runs code.
pub fn of_function(items: &[SyntaxItem], name: &str, dialect: Dialect) -> Script {
    let mut writer = Writer::new(dialect);
    let Some(body) = find_function_body(items, name) else {
        return writer.script;
    };
    let bodies: Vec<&[SyntaxItem]> = std::iter::once(body)
        .chain(find_reached_functions(items, body))
        .collect();
    for body in &bodies {
        every_statement(&mut writer, body);
        assigned_statements(&mut writer, body);
    }
    // code without a statement still does something
    if writer.script.steps.is_empty() && bodies.iter().any(|body| !body.is_empty()) {
        let line = function_line(items, name).unwrap_or(1);
        writer.script.steps.push(MigrationStep {
            line,
            text: String::new(),
            certain: true,
            action: SchemaAction::HostCode {
                what: format!("it runs {name}"),
            },
        });
    }
    writer.script
}
