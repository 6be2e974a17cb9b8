//! yoyo: `step(apply, rollback)`, each a string of SQL or a function of the file; steps are rolled
//! back in reverse.

use super::super::dialect::Dialect;
use super::super::layout::Place;
use super::super::read::{Reading, Way};
use super::super::step::{Script, Step};
use super::code::of_function;
use super::syntax::{Call, Expr, Item};
use super::write::Writer;

/// Reads a migration.
pub fn read(place: &Place, items: &[Item], dialect: Dialect) -> Reading {
    let mut steps = Vec::new();
    for item in items {
        match item {
            Item::Call(call, _) => collect(call, &mut steps),
            Item::Assign {
                value: Expr::List(list),
                ..
            } => list
                .iter()
                .filter_map(Expr::call)
                .for_each(|call| collect(call, &mut steps)),
            _ => {}
        }
    }
    let line = steps.first().map_or(1, |call| call.line);
    let mut up = Script {
        has_text: true,
        ..Script::default()
    };
    let (mut down, mut written): (Vec<Vec<Step>>, Option<usize>) = (Vec::new(), None);
    for call in &steps {
        up.steps
            .extend(side(items, call, call.arg("apply", 0), dialect));
        if let Some(rollback) = call
            .arg("rollback", 1)
            .filter(|rollback| **rollback != Expr::Null)
        {
            written = written.or(Some(call.line));
            down.push(side(items, call, Some(rollback), dialect));
        }
    }
    down.reverse();
    let down = match written {
        Some(line) => Way::Written {
            script: Script {
                steps: down.concat(),
                has_text: true,
                ..Script::default()
            },
            path: place.path.clone(),
            line,
        },
        None => Way::None,
    };
    Reading { up, down, line }
}

fn collect<'a>(call: &'a Call, out: &mut Vec<&'a Call>) {
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
                    Expr::Call(inner) => collect(inner, out),
                    Expr::List(list) => list
                        .iter()
                        .filter_map(Expr::call)
                        .for_each(|inner| collect(inner, out)),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn side(items: &[Item], call: &Call, value: Option<&Expr>, dialect: Dialect) -> Vec<Step> {
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
