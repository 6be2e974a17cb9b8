//! yoyo: `step(apply, rollback)`, each a string of SQL or a function of the file; steps are rolled
//! back in reverse.

use super::super::dialect::Dialect;
use super::super::step::{MigrationStep, Script};
use super::code::of_function;
use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_yoyo(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    let mut steps = Vec::new();
    for item in items {
        match item {
            SyntaxItem::Call(call, _) => collect_yoyo_steps(call, &mut steps),
            SyntaxItem::Assign {
                value: Expr::List(list),
                ..
            } => list
                .iter()
                .filter_map(Expr::call)
                .for_each(|call| collect_yoyo_steps(call, &mut steps)),
            _ => {}
        }
    }
    let line = steps.first().map_or(1, |call| call.line);
    let mut up = Script {
        has_text: true,
        ..Script::default()
    };
    let (mut down, mut written): (Vec<Vec<MigrationStep>>, Option<usize>) = (Vec::new(), None);
    for call in &steps {
        up.steps
            .extend(read_yoyo_side(items, call, call.arg("apply", 0), dialect));
        if let Some(rollback) = call
            .arg("rollback", 1)
            .filter(|rollback| **rollback != Expr::Null)
        {
            written = written.or(Some(call.line));
            down.push(read_yoyo_side(items, call, Some(rollback), dialect));
        }
    }
    // yoyo goes back from the last step to the first
    down.reverse();
    let down = match written {
        Some(line) => DownMigration::Written {
            script: Script {
                steps: down.concat(),
                has_text: true,
                ..Script::default()
            },
            path: place.path.clone(),
            line,
        },
        None => DownMigration::None,
    };
    MigrationReading { up, down, line }
}

fn collect_yoyo_steps<'a>(call: &'a FunctionCall, out: &mut Vec<&'a FunctionCall>) {
    match call.name.as_str() {
        "step" | "transaction"
            if call
                .args
                .first()
                .is_some_and(|arg| !matches!(arg, Expr::Call(_)))
                || call.named("apply").is_some() =>
        {
            out.push(call)
        }
        "group" | "transaction" | "collect" => {
            for arg in &call.args {
                match arg {
                    Expr::Call(inner) => collect_yoyo_steps(inner, out),
                    Expr::List(list) => list
                        .iter()
                        .filter_map(Expr::call)
                        .for_each(|inner| collect_yoyo_steps(inner, out)),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn read_yoyo_side(
    items: &[SyntaxItem],
    call: &FunctionCall,
    value: Option<&Expr>,
    dialect: Dialect,
) -> Vec<MigrationStep> {
    match value {
        Some(Expr::Name(name)) => of_function(items, name, dialect).steps,
        Some(value) => {
            let mut writer = Writer::new(dialect);
            let mut texts = Vec::new();
            value.all_texts(&mut texts);
            for (text, line) in texts.iter().filter(|(text, _)| !text.trim().is_empty()) {
                writer.sql(text, *line, true);
            }
            if texts.is_empty() {
                writer.unknown("the SQL is put together in another place", call, true);
            }
            writer.script.steps
        }
        None => Vec::new(),
    }
}
