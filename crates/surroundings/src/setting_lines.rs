//! Which settings lines of `KEY=value` give: env files, ini, properties, TOML and HOCON.
//!
//! `toml_edit` reads TOML alone, and nothing of a file that is broken somewhere; keys and lines are
//! enough here, and these formats write them alike.

use crate::setting::{DEPTH, KEYS, Setting, SettingsByKey};

/// `KEY=value` lines; with `sections`, `[section]` becomes a prefix and `:` separates too.
pub(super) fn read_setting_lines(text: &str, sections: bool) -> SettingsByKey {
    let mut settings = SettingsByKey::new();
    let mut section = String::new();
    // `billing { endpoint = .. }` of HOCON
    let mut blocks: Vec<String> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim().strip_prefix("export ").unwrap_or(line.trim());
        // `!` begins a remark in properties, `;` in ini
        if line.is_empty() || line.starts_with(['#', ';', '!']) || line.starts_with("//") {
            continue;
        }
        if sections && line.starts_with('[') {
            section = line.trim_matches(['[', ']', ' ', '"']).to_owned();
            continue;
        }
        if sections && line.starts_with('}') {
            if let Some(outer) = blocks.pop() {
                section = outer;
            }
            continue;
        }
        // `billing {` and `billing: {` open the same block in HOCON
        if sections && let Some(name) = line.strip_suffix('{') {
            let name = name.trim().trim_end_matches([':', '=']).trim();
            if blocks.len() < DEPTH {
                let inner = [section.as_str(), name.trim_matches('"')]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(".");
                blocks.push(std::mem::replace(&mut section, inner));
            }
            continue;
        }
        // of env files a colon is part of the value
        let cut = line.find(|c| c == '=' || (sections && c == ':'));
        let Some((key, value)) = cut.map(|at| (line[..at].trim(), line[at + 1..].trim())) else {
            continue;
        };
        let plain = !key.is_empty()
            && key.len() < 200
            // a path or an address before the sign is no key
            && key
                .chars()
                .all(|c| c.is_alphanumeric() || "._-/\"'[]".contains(c));
        if plain && settings.len() < KEYS {
            let key = key.trim_matches(['"', '\'']);
            let key = if section.is_empty() {
                key.to_owned()
            } else {
                format!("{section}.{key}")
            };
            let value = value
                .split(" #")
                .next()
                .unwrap_or(value)
                .trim()
                .trim_matches(['"', '\''])
                .to_owned();
            // of a key that stands twice the first counts; which one a program takes is not known
            settings.entry(key).or_insert(Setting {
                value,
                line: index + 1,
            });
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_before_their_keys() {
        let read = read_setting_lines(
            "billing {\n  endpoint = \"a\"\n  pool: {\n    size = 1\n  }\n  late = 2\n}\nown = 3\n",
            true,
        );
        let keys: Vec<&str> = read.keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "billing.endpoint",
                "billing.late",
                "billing.pool.size",
                "own"
            ]
        );
    }
}
