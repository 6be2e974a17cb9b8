//! JSON schemas of `config.toml` and of theme files, for editors that check TOML by them.

use serde_json::{Value, json};

use crate::tui::action::Action;
use crate::tui::action_table::names::list_named_actions;
use crate::tui::theme::Role;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of `config.toml`, as it lies in `assets/config.schema.json`.
pub fn make_settings_schema() -> Value {
    let keys: serde_json::Map<String, Value> = list_named_actions()
        .into_iter()
        .filter(|named| !matches!(named.action, Action::Answer(_)))
        .map(|named| {
            let key = json!({
                "description": named.spec.help,
                "oneOf": [
                    { "$ref": "#/$defs/key" },
                    { "type": "array", "items": { "$ref": "#/$defs/key" } },
                ],
            });
            (named.id.to_owned(), key)
        })
        .collect();
    json!({
        "$schema": DRAFT,
        "title": "config.toml",
        "description": "A person's own settings of backout. Everything is optional.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "theme": {
                "type": "string",
                "description": "auto, dark, light, high-contrast, colour-blind, no-colour, or a \
                    file of the folder themes beside this one.",
            },
            "keys": {
                "type": "object",
                "description": "One more key, or several, for an action. The keys of the program \
                    stay.",
                "additionalProperties": false,
                "properties": keys,
            },
        },
        "$defs": {
            "key": {
                "type": "string",
                "description": "One character, or a name such as ctrl-x, alt-x, f9, pgdn, space.",
            },
        },
    })
}

/// The schema of a theme's file, as it lies in `assets/theme.schema.json`.
pub fn make_theme_schema() -> Value {
    let roles: serde_json::Map<String, Value> = Role::ALL
        .into_iter()
        .map(|role| (role.id().to_owned(), json!({ "$ref": "#/$defs/look" })))
        .collect();
    let background = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": roles,
    });
    let hue = json!({
        "type": "string",
        "pattern": "^(#[0-9a-fA-F]{6}|(light-)?(red|green|yellow|blue|magenta|cyan)|black|gray|dark-gray|white)$",
    });
    let named = json!({
        "type": "string",
        "pattern": "^((light-)?(red|green|yellow|blue|magenta|cyan)|black|gray|dark-gray|white)$",
    });
    let number = json!({ "type": "integer", "minimum": 0, "maximum": 255 });
    json!({
        "$schema": DRAFT,
        "title": "A theme",
        "description": "Colours and styles by what a text is, for dark and for light backgrounds. \
            Where the terminal has fewer colours, the -256 and -16 ones are used, or the nearest.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "about": { "type": "string" },
            "dark": background,
            "light": background,
        },
        "$defs": {
            "look": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "colour": hue,
                    "colour-256": number,
                    "colour-16": named,
                    "background": hue,
                    "background-256": number,
                    "background-16": named,
                    "style": {
                        "type": "array",
                        "items": { "enum": ["bold", "dim", "italic", "underlined", "reversed", "crossed-out"] },
                    },
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each shipped schema is the one that is made; `BACKOUT_SCHEMAS=write` writes them.
    #[test]
    fn the_schemas_in_assets_are_those_of_the_tables() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        for (name, made) in [
            ("config.schema.json", make_settings_schema()),
            ("theme.schema.json", make_theme_schema()),
        ] {
            let file = folder.join(name);
            let text = format!("{}\n", serde_json::to_string_pretty(&made).unwrap());
            if std::env::var_os("BACKOUT_SCHEMAS").is_some() {
                std::fs::write(&file, &text).unwrap();
            }
            let shipped = std::fs::read_to_string(&file).unwrap();
            assert!(
                shipped == text,
                "{name} is not what is made; BACKOUT_SCHEMAS=write writes it"
            );
        }
    }
}
