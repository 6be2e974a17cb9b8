//! Pages of the JSON schemas.

use super::page::{begin_page, write_cell};
use std::fmt::Write;

type Json = serde_json::Value;

pub(super) fn schema_page(title: &str, file: &str, says: &str, schema: &Json) -> String {
    let mut page = begin_page(
        title,
        &format!(
            "{says} The contract is `{file}`, a JSON Schema; keys may be added to it, and none is \
                taken away or changes its meaning."
        ),
    );
    page.push_str(&property_table(schema));
    let parts = schema.get("$defs").and_then(Json::as_object);
    for (name, part) in parts.into_iter().flatten() {
        let _ = write!(page, "\n## {name}\n\n");
        if let Some(says) = part.get("description").and_then(Json::as_str) {
            let _ = write!(page, "{says}\n\n");
        }
        match part.get("properties") {
            Some(_) => page.push_str(&property_table(part)),
            None => {
                let _ = writeln!(page, "{}", kind_of(part));
            }
        }
    }
    page
}

fn property_table(schema: &Json) -> String {
    let mut table = "| key | is | meaning |\n| --- | --- | --- |\n".to_owned();
    for (key, value) in schema
        .get("properties")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
    {
        let says = value
            .get("description")
            .and_then(Json::as_str)
            .unwrap_or_default();
        let _ = writeln!(
            table,
            "| `{key}` | {} | {} |",
            kind_of(value),
            write_cell(says)
        );
        // what a list or a map holds, where it is described in place
        for inner in [value.get("items"), value.get("additionalProperties")]
            .into_iter()
            .flatten()
            .chain(value.get("properties").map(|_| value))
        {
            let fields = inner.get("properties").and_then(Json::as_object);
            for (name, field) in fields.into_iter().flatten() {
                let says = field
                    .get("description")
                    .and_then(Json::as_str)
                    .unwrap_or_default();
                let _ = writeln!(
                    table,
                    "| `{key}` → `{name}` | {} | {} |",
                    kind_of(field),
                    write_cell(says)
                );
            }
        }
    }
    table
}

/// The kind of a value in a few words.
fn kind_of(value: &Json) -> String {
    if let Some(name) = value.get("$ref").and_then(Json::as_str) {
        let name = name.rsplit('/').next().unwrap_or(name);
        return format!("[{name}](#{})", name.to_ascii_lowercase());
    }
    if let Some(words) = value.get("enum").and_then(Json::as_array) {
        let words: Vec<String> = words
            .iter()
            .map(|word| match word {
                Json::String(text) => format!("`{text}`"),
                other => other.to_string(),
            })
            .collect();
        return words.join(", ");
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = value.get(key).and_then(Json::as_array) {
            let choices: Vec<String> = choices.iter().map(kind_of).collect();
            return choices.join(" or ");
        }
    }
    let kind = match value.get("type") {
        Some(Json::String(kind)) => kind.clone(),
        Some(Json::Array(kinds)) => kinds
            .iter()
            .filter_map(Json::as_str)
            .collect::<Vec<_>>()
            .join(" or "),
        _ => "any value".to_owned(),
    };
    match value.get("items") {
        Some(items) if kind.contains("array") && items.get("properties").is_none() => {
            format!("{kind} of {}", kind_of(items))
        }
        _ => kind,
    }
}
