//! Members of enumerations in program text, each with the enumeration that it belongs to.

use super::WAYS;
use super::lines::{CodeLine, is_word, read_code_lines};

/// A member of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ledger) struct EnumMember {
    /// The enumeration.
    pub owner: String,
    /// Its own name.
    pub name: String,
    /// From 1.
    pub line: usize,
}

/// Members of the enumerations of a text in languages whose serialisers write their names.
pub(in crate::ledger) fn list_enum_members(path: &str, text: &str) -> Vec<EnumMember> {
    const BY_NAME: [&str; 10] = [
        "java", "kt", "cs", "scala", "groovy", "ts", "php", "swift", "py", "fs",
    ];
    let end = path.rsplit('.').next().unwrap_or_default();
    if !BY_NAME.contains(&end) || !text.contains("num") {
        return Vec::new();
    }
    read_enum_members(end, &read_code_lines(path, text))
}

/// Members of enumerations: a line of a block after `enum` that begins with a name.
pub(super) fn read_enum_members(end: &str, lines: &[CodeLine<'_>]) -> Vec<EnumMember> {
    let mut found = Vec::new();
    let mut block: Option<(usize, String)> = None;
    for line in lines {
        if found.len() >= WAYS {
            break;
        }
        if let Some(owner) = read_owner(end, line) {
            // `enum Reason { LIMIT, QUOTA }` in one line
            let open = line.tokens.iter().position(|token| *token == "{");
            for (at, token) in line
                .tokens
                .iter()
                .enumerate()
                .skip(open.unwrap_or(usize::MAX))
            {
                if is_word(token) && matches!(line.before(at, 1), "{" | ",") {
                    found.push(build_member(&owner, token, line.number));
                }
            }
            block = Some((line.indent, owner));
            continue;
        }
        let Some((indent, owner)) = &block else {
            continue;
        };
        if line.indent <= *indent {
            if line.at(0) != "{" {
                block = None;
            }
            continue;
        }
        // `case open = "o"` of Swift and PHP
        let at = usize::from(line.at(0) == "case");
        let name = line.at(at);
        if is_word(name) && matches!(line.at(at + 1), "" | "," | "=" | "(" | ";" | "{") {
            found.push(build_member(owner, name, line.number));
        }
    }
    found
}

/// The name of the enumeration that a line opens.
fn read_owner(end: &str, line: &CodeLine<'_>) -> Option<String> {
    let class = end == "py"
        && line.at(0) == "class"
        && line.tokens.iter().any(|token| token.ends_with("Enum"));
    let word = if class { "class" } else { "enum" };
    let mut at = line.tokens.iter().position(|token| *token == word)?;
    // `enum class Reason` of Kotlin
    if line.at(at + 1) == "class" {
        at += 1;
    }
    Some(line.at(at + 1).to_owned())
}

fn build_member(owner: &str, name: &str, line: usize) -> EnumMember {
    EnumMember {
        owner: owner.to_owned(),
        name: name.to_owned(),
        line,
    }
}
