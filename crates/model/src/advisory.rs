//! Identifiers of security advisories in texts: messages of commits, release notes, remarks. Placeholders and examples are not
//! identifiers.

use std::sync::LazyLock;

use regex::Regex;

static IDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:CVE-(?:19|20)\d{2}-\d{4,7}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|RUSTSEC-\d{4}-\d{4}|PYSEC-\d{4}-\d{1,6}|OSV-\d{4}-\d{1,6}|MAL-\d{4}-\d{1,6}",
        r"|GO-20\d{2}-\d{4,5}|GMS-\d{4}-\d{1,6}|(?:RHSA|RHBA|ALSA|ELSA)-\d{4}:\d{3,6}|USN-\d{3,5}-\d{1,2}|DSA-\d{4,5}(?:-\d{1,2})?|DLA-\d{3,5}(?:-\d{1,2})?|ZDI-\d{2}-\d{3,4}",
        r"|SNYK-[A-Z]+-[A-Z0-9]+-\d{5,9}|TALOS-\d{4}-\d{4}|VU\#\d{5,6})\b"
    ))
    .ok()
});

/// Words that make the identifier after them an illustration.
const EXAMPLES: [&str; 8] = [
    "e.g.",
    "e.g",
    "example",
    "examples",
    "placeholder",
    "dummy",
    "sample",
    "format",
];

/// Identifiers of a text, in order, each once, in the spelling of their registry.
pub fn list_advisory_ids(text: &str) -> Vec<String> {
    let Some(pattern) = IDS.as_ref() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for hit in pattern.find_iter(text) {
        let id = spell_advisory_id(hit.as_str());
        if !is_placeholder(&id) && !is_example(text, hit.start()) && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

fn spell_advisory_id(id: &str) -> String {
    match id.get(..4) {
        Some(head) if head.eq_ignore_ascii_case("GHSA") => format!(
            "GHSA{}",
            id.get(4..).unwrap_or_default().to_ascii_lowercase()
        ),
        _ => id.to_ascii_uppercase(),
    }
}

/// `CVE-2024-00000`, `CVE-2024-1234`, `GHSA-xxxx-xxxx-xxxx`: numbers nobody was given, used to show
/// the form.
fn is_placeholder(id: &str) -> bool {
    let tail: String = id
        .split_once(['-', '#'])
        .map(|(_, tail)| tail.to_ascii_lowercase())
        .unwrap_or_default();
    if id.starts_with("GHSA") {
        return tail
            .split('-')
            .all(|group| group.chars().all(|c| group.starts_with(c)));
    }
    let number = tail.rsplit(['-', ':']).next().unwrap_or_default();
    let all = |digit: char| number.len() >= 3 && number.chars().all(|c| c == digit);
    let year_is_number = tail
        .split(['-', ':'])
        .next()
        .and_then(|year| year.parse::<u32>().ok())
        .is_some_and(|year| (1000..=9999).contains(&year) && !(1999..=2099).contains(&year));
    all('0')
        || all('9')
        || (number.len() >= 4 && "123456789".starts_with(number))
        || (id.starts_with("CVE") && year_is_number)
}

fn is_example(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let last = line
        .split_whitespace()
        .next_back()
        .unwrap_or_default()
        .trim_matches(|c: char| matches!(c, '(' | ':' | ',' | '`' | '"' | '\'' | '['));
    EXAMPLES.contains(&last.to_ascii_lowercase().as_str())
        || line.trim_end().to_ascii_lowercase().ends_with("such as")
        || line
            .trim_end()
            .to_ascii_lowercase()
            .ends_with("for example,")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_found_once_in_their_spelling() {
        let text = "Fix cve-2021-44228 and GHSA-FV7C-FP4J-7GWP (CVE-2021-44228), \
            RUSTSEC-2023-0071, GO-2024-2687, RHSA-2024:1234567 RHSA-2024:0951, VU#421644.";
        assert_eq!(
            list_advisory_ids(text),
            [
                "CVE-2021-44228",
                "GHSA-fv7c-fp4j-7gwp",
                "RUSTSEC-2023-0071",
                "GO-2024-2687",
                "RHSA-2024:0951",
                "VU#421644"
            ]
        );
    }

    #[test]
    fn placeholders_and_examples_are_not_identifiers() {
        for text in [
            "CVE-XXXX-XXXX",
            "CVE-2024-XXXXX",
            "CVE-2024-00000",
            "CVE-2024-12345",
            "CVE-2024-1234",
            "CVE-2024-99999",
            "GHSA-xxxx-xxxx-xxxx",
            "CVE-YYYY-NNNN",
            "CVE-0000-0000",
            "links such as CVE-2021-44228 are drawn",
            "ids (e.g. CVE-2021-44228)",
            "for example CVE-2021-44228",
            "RUSTSEC-0000-0000",
            "CVE-1998-0001",
        ] {
            assert_eq!(list_advisory_ids(text), Vec::<String>::new(), "{text}");
        }
    }
}
