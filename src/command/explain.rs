//! `backout explain`: what a check looks for and what to do.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;

use super::cli::ExplainArgs;
use crate::check;
use crate::model::{CheckDeclaration, Direction};

/// Runs it.
pub fn run_explain(args: &ExplainArgs) -> Result<ExitCode> {
    let checks = check::list_checks();
    match &args.check {
        None => super::print_output(&write_check_list(&checks)),
        Some(name) => match checks.iter().find(|check| {
            let id = check.doc.id;
            id == name || id.split_once('/').is_some_and(|(_, short)| short == name)
        }) {
            Some(check) => super::print_output(&write_check_page(check)),
            None => {
                let ids = checks.iter().map(|check| check.doc.id);
                let near = crate::model::find_nearest_word(name, ids);
                Err(super::UsageError(format!(
                    "there is no check {name:?}; {}`backout explain` lists all",
                    near.map(|id| format!("nearest is {id}; "))
                        .unwrap_or_default()
                ))
                .into())
            }
        },
    }
}

fn write_check_list(checks: &[CheckDeclaration]) -> String {
    let docs = || checks.iter().map(|check| check.doc);
    let width = docs().map(|doc| doc.id.len()).max().unwrap_or(0);
    docs().fold(String::new(), |mut out, doc| {
        let _ = writeln!(
            out,
            "{:width$}  {:9}  {}",
            doc.id,
            name_check_direction(doc.direction),
            begin_in_capital(doc.title)
        );
        out
    })
}

/// A title as a sentence of its own.
fn begin_in_capital(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn name_check_direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Rollback => "way back",
        Direction::Deploy => "forward",
        Direction::Both => "both ways",
    }
}

fn write_check_page(check: &CheckDeclaration) -> String {
    let (doc, looks_for) = (check.doc, check.write_looks_for());
    let mut out = format!(
        "{}  ({})\n{}\n",
        doc.id,
        name_check_direction(doc.direction),
        begin_in_capital(doc.title)
    );
    for (heading, text) in [
        ("Looks for", &*looks_for),
        ("Why it matters on the way back", doc.why),
        ("What to do", doc.action),
        ("Example", doc.example),
        ("Source", doc.source),
    ] {
        if text.is_empty() {
            continue;
        }
        let _ = write!(out, "\n{heading}\n");
        for line in text.trim().lines() {
            let wrapped = if heading == "Example" {
                vec![line.to_owned()]
            } else {
                crate::model::wrap_text(line, 96)
            };
            for line in wrapped {
                let _ = writeln!(out, "  {line}");
            }
        }
    }
    out
}
