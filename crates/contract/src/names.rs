//! Names as programs spell them, and how much a name says by itself.

// each of them is found in any code base a thousand times
/// Names too common to show a use by themselves.
pub(super) const COMMON: &[&str] = &[
    "id",
    "ids",
    "name",
    "type",
    "kind",
    "status",
    "state",
    "data",
    "value",
    "values",
    "key",
    "keys",
    "url",
    "title",
    "code",
    "error",
    "errors",
    "message",
    "result",
    "results",
    "items",
    "item",
    "list",
    "count",
    "total",
    "size",
    "length",
    "date",
    "time",
    "user",
    "users",
    "node",
    "nodes",
    "edges",
    "text",
    "get",
    "set",
    "create",
    "update",
    "delete",
    "version",
    "description",
    "label",
    "labels",
    "tags",
    "email",
    "path",
    "query",
    "body",
    "limit",
    "offset",
    "page",
    "filter",
    "sort",
    "order",
    "input",
    "output",
    "config",
    "options",
    "params",
    "role",
    "roles",
    "enabled",
    "default",
    "content",
    "format",
];

// generators rename: `card_id` becomes `cardId`, `CardId` or stays
/// A name as clients write it: as it is, camelCase, PascalCase, snake_case.
pub(super) fn list_name_spellings(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut previous_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            parts.push(String::new());
            previous_lower = false;
            continue;
        }
        // `cardID2` has one border: after a small letter or a digit
        if parts.is_empty() || (c.is_uppercase() && previous_lower) {
            parts.push(String::new());
        }
        previous_lower = c.is_lowercase() || c.is_ascii_digit();
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts.retain(|part| !part.is_empty());
    let capital = |part: &String| {
        let mut chars = part.chars();
        chars
            .next()
            .map(|first| first.to_uppercase().chain(chars).collect::<String>())
            .unwrap_or_default()
    };
    let pascal: String = parts.iter().map(capital).collect();
    let mut camel = pascal.clone();
    if let Some(first) = pascal.chars().next() {
        camel = first.to_lowercase().chain(pascal.chars().skip(1)).collect();
    }
    let snake = parts
        .iter()
        .map(|part| part.to_lowercase())
        .collect::<Vec<_>>()
        .join("_");
    let mut all = vec![name.to_owned(), camel, pascal, snake];
    // one letter fits everywhere
    all.retain(|word| word.len() > 1);
    all.sort();
    all.dedup();
    all
}

/// A name that is unlikely to mean something else.
pub(super) fn is_distinctive_name(name: &str) -> bool {
    let words = name
        .split('_')
        .count()
        .max(1 + name.chars().skip(1).filter(|c| c.is_uppercase()).count());
    !COMMON.contains(&name.to_ascii_lowercase().as_str())
        // by length or by its parts: `expiry` is short and one word, `cardExpiry` is not
        && (name.len() >= 10 || (words >= 2 && name.len() >= 6))
}

/// The word is called, or at least reached through a dot.
pub(super) fn is_called_in_line(line: &str, word: &str) -> bool {
    // `verify` in a text is no call
    line.match_indices(word).any(|(at, _)| {
        let rest = line[at + word.len()..].trim_start();
        let before = &line[..at];
        (rest.starts_with('(')
            || rest.starts_with("::<")
            || rest.starts_with('<')
            || before.ends_with('.')
            || before.ends_with("->")
            || before.ends_with("::"))
            // `reverify(` calls something else
            && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_clients_do() {
        assert_eq!(
            list_name_spellings("verifyCard"),
            ["VerifyCard", "verifyCard", "verify_card"]
        );
        assert_eq!(
            list_name_spellings("verify_card"),
            ["VerifyCard", "verifyCard", "verify_card"]
        );
        assert!(
            is_distinctive_name("verifyCard")
                && !is_distinctive_name("list")
                && !is_distinctive_name("status")
                && is_distinctive_name("idempotencyKey")
        );
    }

    #[test]
    fn a_word_is_not_a_part_of_one() {
        assert!(
            is_called_in_line("await client.verifyCard(x)", "verifyCard")
                && !is_called_in_line("// verifyCard is new", "verifyCard")
        );
    }
}
