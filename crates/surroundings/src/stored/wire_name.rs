//! The name under which a field is stored, where an annotation beside it gives another than that of
//! the program text: two releases agree where the stored names do.

use std::collections::HashMap;

use coverage::guard::GuardLanguage;

/// Most lines above a field on which its annotations are looked for, and most cases of one list of
/// stored names.
const ABOVE: usize = 6;
const CASES: usize = 500;

/// Words before the name that an annotation gives: of serde, of Jackson and Gson, of
/// System.Text.Json and the drivers of document stores.
const NAMES: [&str; 12] = [
    "rename = ",
    "rename=",
    "@JsonProperty(",
    "@SerialName(",
    "@SerializedName(",
    "@Json(name = ",
    "@BsonProperty(",
    "@BsonElement(",
    "JsonPropertyName(",
    "JsonProperty(",
    "BsonElement(",
    "DataMember(Name = ",
];

/// Marks of a field that is not stored at all.
const LEFT_OUT: [&str; 8] = [
    "serde(skip)",
    "serde(skip,",
    "skip_serializing)",
    "skip_serializing,",
    "@JsonIgnore",
    "[JsonIgnore]",
    "@Transient",
    "json:\"-\"",
];

/// Stored names of Swift by those of the program text: `enum CodingKeys { case label = "name" }`
/// within the text of a type.
pub(super) fn read_coding_keys(language: GuardLanguage, body: &str) -> HashMap<&str, &str> {
    let list = (language.name == "swift")
        .then(|| body.split_once("CodingKeys"))
        .flatten()
        .and_then(|(_, rest)| rest.split_once('{'))
        .and_then(|(_, rest)| rest.split_once('}'))
        .map(|(list, _)| list);
    list.unwrap_or_default()
        .split([',', '\n', ';'])
        .take(CASES)
        .filter_map(|part| {
            let part = part.trim();
            let part = part.strip_prefix("case ").unwrap_or(part);
            let (name, stored) = part.split_once('=')?;
            Some((name.trim(), stored.trim().trim_matches('"')))
        })
        .collect()
}

/// The stored name of a field on a line (from 1); `None` where it is not stored.
pub(super) fn find_wire_name(
    language: GuardLanguage,
    lines: &[&str],
    (name, line): (&str, usize),
    keys: &HashMap<&str, &str>,
) -> Option<String> {
    if let Some(stored) = keys.get(name) {
        return Some((*stored).to_owned());
    }
    let index = line.saturating_sub(1);
    let own = lines.get(index).copied().unwrap_or_default();
    // `#[serde(rename = "uuid")] id` holds the name twice, once inside another
    let at = text_scan::find_whole_word(own, name).unwrap_or(own.len());
    if language.name == "go" {
        return find_tagged_name(own, name);
    }
    // what stands before the name on its own line, behind the field before
    let begin = own.get(..at).map_or("", |before| {
        before.rsplit([';', '{']).next().unwrap_or(before)
    });
    let above = lines
        .get(index.saturating_sub(ABOVE)..index)
        .unwrap_or_default()
        .iter()
        .rev()
        .take_while(|line| line.trim_start().starts_with(['@', '#', '[']) && !ends_field(line));
    let said: Vec<&str> = std::iter::once(begin).chain(above.copied()).collect();
    if said
        .iter()
        .any(|text| LEFT_OUT.iter().any(|mark| text.contains(mark)))
    {
        return None;
    }
    let stored = said.iter().find_map(|text| find_annotated_name(text));
    // a case of an enum says its own: `case label = "name"`
    let raw = || {
        let behind = own.get(at + name.len()..)?.trim_start();
        let value = behind.strip_prefix('=')?.trim_start().strip_prefix('"')?;
        (language.name == "swift" && begin.contains("case ")).then(|| value.split('"').next())?
    };
    Some(stored.or_else(raw).unwrap_or(name).to_owned())
}

/// An annotation and its field on one line.
fn ends_field(line: &str) -> bool {
    line.trim_end().ends_with([',', ';']) && !line.trim_end().ends_with("],")
}

fn find_annotated_name(text: &str) -> Option<&str> {
    NAMES.iter().find_map(|word| {
        let (_, rest) = text.split_once(word)?;
        let rest = rest.trim_start().trim_start_matches("value = ");
        let value = rest.strip_prefix('"')?;
        value.split('"').next().filter(|name| !name.is_empty())
    })
}

/// The name in the tags of a field of Go; readers there pass over the case of letters.
fn find_tagged_name(line: &str, name: &str) -> Option<String> {
    let tags = line.split('`').nth(1).unwrap_or_default();
    let of = |kind: &str| {
        let (_, rest) = tags.split_once(kind)?;
        rest.split(['"', ',']).next()
    };
    let written = [
        "json:\"",
        "bson:\"",
        "msgpack:\"",
        "yaml:\"",
        "cbor:\"",
        "toml:\"",
    ]
    .iter()
    .find_map(|kind| of(kind));
    match written {
        Some("-") => None,
        Some(stored) if !stored.is_empty() => Some(stored.to_ascii_lowercase()),
        _ => Some(name.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coverage::guard;

    fn of(path: &str, text: &str, name: &str) -> Option<String> {
        let language = guard::find_language(path).expect("a language that is known");
        let lines: Vec<&str> = text.lines().collect();
        let line = lines
            .iter()
            .rposition(|line| line.contains(name))
            .unwrap_or(0)
            + 1;
        find_wire_name(
            language,
            &lines,
            (name, line),
            &read_coding_keys(language, text),
        )
    }

    #[test]
    fn an_annotation_gives_the_stored_name() {
        for (path, text, stored) in [
            (
                "a.rs",
                "#[serde(rename = \"name\")]\npub label: String,\n",
                Some("name"),
            ),
            (
                "a.rs",
                "struct A { #[serde(rename = \"name\")] label: String }\n",
                Some("name"),
            ),
            (
                "a.rs",
                "struct A { #[serde(rename = \"sublabels\")] label: String }\n",
                Some("sublabels"),
            ),
            (
                "a.go",
                "\tlabel string `json:\"Name,omitempty\"`\n",
                Some("name"),
            ),
            ("a.go", "\tlabel string `json:\"-\"`\n", None),
            ("a.go", "\tlabel string\n", Some("label")),
            (
                "A.java",
                "@JsonProperty(\"name\")\nprivate String label;\n",
                Some("name"),
            ),
            (
                "A.kt",
                "@SerialName(\"name\") val label: String,\n",
                Some("name"),
            ),
            (
                "A.cs",
                "[JsonPropertyName(\"name\")]\npublic string label { get; set; }\n",
                Some("name"),
            ),
            (
                "A.cs",
                "[JsonIgnore]\npublic string label { get; set; }\n",
                None,
            ),
            (
                "A.swift",
                "enum CodingKeys: String, CodingKey { case size, label = \"name\" }\nvar label: String\n",
                Some("name"),
            ),
            (
                "a.rs",
                "#[serde(rename = \"name\")]\npub other: u8,\npub label: String,\n",
                Some("label"),
            ),
            ("a.rs", "#[serde(skip)]\npub label: String,\n", None),
        ] {
            assert_eq!(of(path, text, "label").as_deref(), stored, "{path}: {text}");
        }
    }
}
