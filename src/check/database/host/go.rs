//! goose migrations in Go: SQL in the string literals of the two functions that are registered. No grammar is needed: strings,
//! comments and braces are enough.

use super::super::dialect::Dialect;
use super::super::layout::Place;
use super::super::read::{Reading, Way};
use super::super::sql;
use super::super::step::{Action, Script, Step};

/// Reads a migration.
pub fn read(place: &Place, text: &str, dialect: Dialect) -> Reading {
    let (up, down) = registered(text);
    let one = |name: &str| function(text, name).map(|(body, line)| (script(text, body, line, dialect), line));
    let (script_up, line) = up.and_then(|name| one(&name)).unwrap_or_else(|| (unknown("the function that goes up is not found"), 1));
    let way = match down.as_deref() {
        None | Some("nil") => Way::None,
        Some(name) => match one(name) {
            Some((script, line)) => Way::Written { script, path: place.path.clone(), line },
            None => Way::None,
        },
    };
    Reading { up: script_up, down: way, line }
}

fn unknown(why: &str) -> Script {
    Script {
        steps: vec![Step { line: 1, text: String::new(), certain: true, action: Action::Unknown { why: why.to_owned() } }],
        has_text: true,
        ..Script::default()
    }
}

/// Names given to `goose.AddMigration..(up, down)`.
fn registered(text: &str) -> (Option<String>, Option<String>) {
    let Some(at) = text.find("AddMigration").or_else(|| text.find("AddNamedMigration")) else { return (None, None) };
    let rest = &text[at..];
    let Some(open) = rest.find('(') else { return (None, None) };
    let inside = rest[open + 1..].split(')').next().unwrap_or_default();
    let mut names = inside.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty() && !name.starts_with('"'));
    (names.next(), names.next())
}

/// A function's body and the line on which it begins.
fn function<'a>(text: &'a str, name: &str) -> Option<(&'a str, usize)> {
    let at = text.find(&format!("func {name}("))?;
    let open = at + text[at..].find('{')?;
    let mut depth = 0usize;
    let mut found = None;
    scan(&text[open..], |from, piece| {
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

/// Calls `each` with strings (quotes included) and braces, in order.
fn scan<'a>(text: &'a str, mut each: impl FnMut(usize, &'a str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len(), |n| at + n + 2),
            b'`' => {
                at = memchr::memchr(b'`', &bytes[at + 1..]).map_or(bytes.len(), |n| at + n + 2);
                each(start, text.get(start..at).unwrap_or_default());
            }
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                each(start, text.get(start..at).unwrap_or_default());
            }
            b'\'' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'\'' && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'{' | b'}' => {
                at += 1;
                each(start, text.get(start..at).unwrap_or_default());
            }
            _ => at += 1,
        }
    }
}

fn script(whole: &str, body: &str, _line: usize, dialect: Dialect) -> Script {
    let mut out = Script { has_text: true, ..Script::default() };
    let offset = body.as_ptr() as usize - whole.as_ptr() as usize;
    let mut depth = 0usize;
    scan(body, |from, piece| match piece {
        "{" => depth += 1,
        "}" => depth = depth.saturating_sub(1),
        string => {
            let inner = string.get(1..string.len().saturating_sub(1)).unwrap_or_default();
            let inner = if string.starts_with('"') { inner.replace("\\n", "\n").replace("\\\"", "\"") } else { inner.to_owned() };
            if sql::looks_like_statement(&inner) {
                let filled = ["%s", "%v", "%q", "%d"].iter().fold(inner, |text, sign| text.replace(sign, "{{x}}"));
                let line = whole[..offset + from].matches('\n').count() + 1;
                let certain = depth <= 1;
                out.steps.extend(sql::read(&filled, dialect, line).steps.into_iter().map(|step| Step { certain: step.certain && certain, ..step }));
            }
        }
    });
    let only_returns = body.trim_start_matches('{').trim() == "return nil" || body.trim_start_matches('{').trim().is_empty();
    if out.steps.is_empty() && !only_returns {
        out.steps.push(Step {
            line: whole[..offset].matches('\n').count() + 1,
            text: crate::model::shorten(body, 400).into_owned(),
            certain: true,
            action: Action::HostCode { what: "it runs Go".to_owned() },
        });
    }
    out
}
