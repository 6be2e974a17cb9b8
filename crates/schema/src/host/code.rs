//! Scripts in Python that a program of its own runs (`run_create`, `run_upgrade`): SQL in strings,
//! everything else is host code.

use super::super::dialect::Dialect;
use super::super::layout::Place;
use super::super::read::{Reading, Way};
use super::super::step::{Action, Script, Step};
use super::syntax::{Item, function, function_line};
use super::write::{Writer, assigned_statements, every_statement, reached};

const UP: [&str; 5] = ["run_create", "run_upgrade", "upgrade", "up", "migrate"];
const DOWN: [&str; 4] = ["downgrade", "down", "rollback", "revert"];

/// Reads a migration.
pub fn read(place: &Place, items: &[Item], dialect: Dialect) -> Reading {
    let side = |names: &[&str]| {
        let found: Vec<&&str> = names
            .iter()
            .filter(|name| function(items, name).is_some())
            .collect();
        let line = found.first().and_then(|name| function_line(items, name))?;
        let mut script = Script {
            has_text: true,
            ..Script::default()
        };
        for name in found {
            script.steps.extend(of_function(items, name, dialect).steps);
        }
        Some((script, line))
    };
    let (up, line) = side(&UP).unwrap_or_default();
    let down = side(&DOWN).map_or(Way::None, |(script, line)| Way::Written {
        script,
        path: place.path.clone(),
        line,
    });
    Reading {
        up,
        down,
        line: line.max(1),
    }
}

/// What a function of the file does: its statements, or that it runs code.
pub fn of_function(items: &[Item], name: &str, dialect: Dialect) -> Script {
    let mut writer = Writer::new(dialect);
    let Some(body) = function(items, name) else {
        return writer.script;
    };
    let bodies: Vec<&[Item]> = std::iter::once(body).chain(reached(items, body)).collect();
    for body in &bodies {
        every_statement(&mut writer, body);
        assigned_statements(&mut writer, body);
    }
    if writer.script.steps.is_empty() && bodies.iter().any(|body| !body.is_empty()) {
        let line = function_line(items, name).unwrap_or(1);
        writer.script.steps.push(Step {
            line,
            text: String::new(),
            certain: true,
            action: Action::HostCode {
                what: format!("it runs {name}"),
            },
        });
    }
    writer.script
}
