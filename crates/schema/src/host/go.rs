//! goose migrations in Go: SQL in the string literals of the two functions that are registered. No
//! grammar is needed: strings, comments and braces are enough.

use super::super::dialect::Dialect;
use super::super::sql;
use super::super::step::{MigrationStep, SchemaAction, Script};
use super::literals::{fill_format_verbs, scan_strings_and_braces, strip_string_quotes};
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_goose(place: &MigrationFile, text: &str, dialect: Dialect) -> MigrationReading {
    let sides = find_registered_functions(text);
    let one = |side: &str| {
        // a function may stand in the call itself instead of its name
        let (body, line) = if side.starts_with("func") {
            let at = side.as_ptr() as usize - text.as_ptr() as usize;
            (
                side.get(side.find('{')?..)?,
                text[..at].matches('\n').count() + 1,
            )
        } else {
            find_go_function(text, side)?
        };
        Some((read_go_body(text, body, line, dialect), line))
    };
    let (script_up, line) = sides.first().and_then(|side| one(side)).unwrap_or_else(|| {
        (
            MigrationReading::unknown("the function that goes up is not found").up,
            1,
        )
    });
    let way = match sides.get(1) {
        // `nil` stands for no way down
        None | Some(&"nil") => DownMigration::None,
        Some(side) => match one(side) {
            Some((script, line)) => DownMigration::Written {
                script,
                path: place.path.clone(),
                line,
            },
            None => DownMigration::None,
        },
    };
    MigrationReading {
        up: script_up,
        down: way,
        line,
    }
}

/// Arguments of `goose.AddMigration..(up, down)`: names of functions, or functions.
fn find_registered_functions(text: &str) -> Vec<&str> {
    let Some(at) = text
        .find("AddMigration")
        .or_else(|| text.find("AddNamedMigration"))
    else {
        return Vec::new();
    };
    let Some(open) = text[at..].find('(').map(|open| at + open + 1) else {
        return Vec::new();
    };
    let mut out = split_call_arguments(text, open);
    // the name of the migration may stand first
    out.retain(|side| !side.is_empty() && !side.starts_with('"'));
    out
}

/// Lines, first and last, of functions that are given second to a call that registers a migration:
/// `Migrations.MustRegister(up, down)`. They go back.
pub fn list_second_functions(text: &str) -> Vec<(usize, usize)> {
    const CALLS: [&str; 3] = ["MustRegister", "Migrations.Register", "migrations.Register"];
    let starts = CALLS.iter().flat_map(|call| text.match_indices(call));
    let mut out = Vec::new();
    for (at, call) in starts.take(50) {
        // the name may go on: `MustRegisterTx`
        let behind = text[at + call.len()..].trim_start_matches(char::is_alphanumeric);
        if !behind.starts_with('(') {
            continue;
        }
        let sides = split_call_arguments(text, text.len() - behind.len() + 1);
        let functions: Vec<&&str> = sides
            .iter()
            .filter(|side| side.starts_with("func"))
            .collect();
        if let [_, back] = functions.as_slice() {
            let from = back.as_ptr() as usize - text.as_ptr() as usize;
            let line = text[..from].matches('\n').count() + 1;
            out.push((line, line + back.matches('\n').count()));
        }
    }
    out
}

/// The arguments of the call whose bracket opens right before a place.
fn split_call_arguments(text: &str, open: usize) -> Vec<&str> {
    let bytes = text.as_bytes();
    let (mut out, mut start, mut depth, mut at) = (Vec::new(), open, 0usize, open);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'`') => {
                at = memchr::memchr(quote, &bytes[at + 1..]).map_or(bytes.len(), |n| at + n + 1)
            }
            b'(' | b'{' | b'[' => depth += 1,
            // the bracket that closes the call
            b')' if depth == 0 => break,
            b')' | b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                out.push(text.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    out.push(
        text.get(start..at.min(text.len()))
            .unwrap_or_default()
            .trim(),
    );
    out
}

/// A function's body and the line on which it begins.
fn find_go_function<'a>(text: &'a str, name: &str) -> Option<(&'a str, usize)> {
    let at = text.find(&format!("func {name}("))?;
    let open = at + text[at..].find('{')?;
    let mut depth = 0usize;
    let mut found = None;
    scan_strings_and_braces(&text[open..], |from, piece| {
        if found.is_none() && !piece.starts_with(['"', '`']) {
            match piece {
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if depth == 0 {
                        found = Some(open + from);
                    }
                }
                _ => {}
            }
        }
    });
    let end = found?;
    Some((text.get(open..end)?, text[..at].matches('\n').count() + 1))
}

fn read_go_body(whole: &str, body: &str, _line: usize, dialect: Dialect) -> Script {
    let mut out = Script {
        has_text: true,
        ..Script::default()
    };
    let offset = body.as_ptr() as usize - whole.as_ptr() as usize;
    let mut depth = 0usize;
    scan_strings_and_braces(body, |from, piece| match piece {
        "{" => depth += 1,
        "}" => depth = depth.saturating_sub(1),
        string => {
            let inner = strip_string_quotes(string);
            if sql::looks_like_statement(&inner) {
                let filled = fill_format_verbs(&inner);
                let line = whole[..offset + from].matches('\n').count() + 1;
                // deeper than the body itself it stands under a condition
                let certain = depth <= 1;
                out.steps
                    .extend(
                        sql::read_sql(&filled, dialect, line)
                            .steps
                            .into_iter()
                            .map(|step| MigrationStep {
                                certain: step.certain && certain,
                                ..step
                            }),
                    );
            }
        }
    });
    // a function that only returns does nothing
    let only_returns = body.trim_start_matches('{').trim() == "return nil"
        || body.trim_start_matches('{').trim().is_empty();
    if out.steps.is_empty() && !only_returns {
        out.steps.push(MigrationStep {
            line: whole[..offset].matches('\n').count() + 1,
            text: model::shorten_text(body, 400).into_owned(),
            certain: true,
            action: SchemaAction::HostCode {
                what: "it runs Go".to_owned(),
            },
        });
    }
    out
}
