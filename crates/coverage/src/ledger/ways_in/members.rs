//! Methods that a framework lets others call by their names: of a hub, a channel, a servicer.

use super::lines::{CodeLine, is_word};
use super::{WayIn, WayKind};

/// Words in the line of a class whose methods others call by name, as its base says.
const BASES: [&str; 8] = [
    "Servicer",
    "ImplBase",
    "Hub",
    "Channel",
    "HttpServlet",
    "Remote",
    "JsonRpc",
    "WebService",
];

/// Words that begin the declaration of a method, beside its name.
const HIDDEN: [&str; 5] = ["private", "protected", "internal", "static", "override"];

/// Adds the methods of such classes.
pub(super) fn add_members(ways: &mut Vec<WayIn>, end: &str, lines: &[CodeLine<'_>]) {
    let mut class: Option<usize> = None;
    for line in lines {
        if let Some(at) = line.tokens.iter().position(|token| *token == "class") {
            let called = line
                .tokens
                .iter()
                .skip(at + 2)
                .any(|token| is_word(token) && BASES.iter().any(|base| token.ends_with(base)));
            class = called.then_some(line.indent);
            continue;
        }
        let Some(indent) = class else { continue };
        if line.indent <= indent && is_word(line.at(0)) && line.at(0) != "end" {
            class = None;
            continue;
        }
        if let Some(name) = read_method_name(end, line)
            && ways.len() < super::WAYS
        {
            ways.push(WayIn {
                kind: WayKind::Member,
                method: None,
                name: name.to_owned(),
                line: line.number,
            });
        }
    }
}

fn read_method_name<'a>(end: &str, line: &CodeLine<'a>) -> Option<&'a str> {
    if line.tokens.iter().any(|token| HIDDEN.contains(token)) {
        return None;
    }
    let name = match end {
        "py" | "rb" => {
            let at = line.tokens.iter().position(|token| *token == "def")?;
            (at <= 1).then(|| line.at(at + 1))?
        }
        "kt" | "scala" => {
            let at = line
                .tokens
                .iter()
                .position(|token| matches!(*token, "fun" | "def"))?;
            line.at(at + 1)
        }
        _ => {
            let open = line.tokens.iter().position(|token| *token == "(")?;
            let public = line.has("public");
            line.before(open, 1)
                .strip_prefix("")
                .filter(|_| public && !line.tokens[..open].contains(&"="))?
        }
    };
    (is_word(name) && !name.starts_with('_')).then_some(name)
}
