//! Files that hold nothing but words for people: translations written as a list of keys and texts,
//! in program text or as data.

use serde_json::Value;

use super::tokens::{END, TokenReader};

// `lang/en.php`, `locales/de.ts`: words of programs are kept where these stand
/// Folders of translations.
const FOLDERS: [&str; 13] = [
    "locales",
    "locale",
    "i18n",
    "l10n",
    "lang",
    "translations",
    "_locales",
    "langs",
    "languages",
    "intl",
    "localization",
    "localisation",
    "localizations",
];

/// Words of a language that say where the list begins, not what is done.
const AROUND: [&str; 11] = [
    "export",
    "default",
    "const",
    "module",
    "exports",
    "return",
    "php",
    "array",
    "as",
    "declare",
    "strict_types",
];

/// Whether a path lies in a folder of translations.
pub(super) fn lies_among_translations(path: &str) -> bool {
    path.rsplit('/')
        .skip(1)
        .any(|folder| FOLDERS.iter().any(|name| name.eq_ignore_ascii_case(folder)))
}

/// Languages by their codes of two letters (ISO 639-1).
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch \
    co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he \
    hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv \
    kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny \
    oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su \
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// What a name says before the code of its language, and that code: `login_pt_BR` is `login` and
/// `pt`, `zh-CN` is nothing and `zh`. `None` where the name ends in no language.
pub(super) fn split_language(stem: &str) -> Option<(&str, &str)> {
    let is_language = |part: &str| {
        LANGUAGES
            .split_ascii_whitespace()
            .any(|known| known == part)
    };
    // a region in large letters, or a script
    let is_region = |part: &str| {
        (2..=4).contains(&part.len())
            && part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.bytes().all(|byte| byte.is_ascii_alphabetic())
            || part == "419"
    };
    let (rest, last) = stem.rsplit_once(['_', '-']).unwrap_or(("", stem));
    if is_language(last) {
        return Some((rest, last));
    }
    let (base, language) = rest.rsplit_once(['_', '-', '.']).unwrap_or(("", rest));
    (is_region(last) && is_language(language)).then_some((base, language))
}

/// Whether a data file holds only keys with texts: a document of JSON whose values are texts, or
/// lines `key=text`. Numbers and addresses are no words; a sentence with an address in it is one.
pub(super) fn holds_only_texts(path: &str, text: &str) -> bool {
    let is_text =
        |text: &str| (!text.contains("://") || text.contains(' ')) && text.parse::<f64>().is_err();
    let lower = path.to_ascii_lowercase();
    if lower.ends_with(".json") || lower.ends_with(".arb") {
        return serde_json::from_str::<Value>(text).is_ok_and(|value| {
            all_leaves(&value, 0, &mut |leaf| leaf.as_str().is_some_and(is_text))
        });
    }
    lower.ends_with(".properties")
        && text.lines().map(str::trim).all(|line| {
            line.is_empty()
                || line.starts_with(['#', '!'])
                || line
                    .split_once(['=', ':'])
                    .is_none_or(|(_, text)| is_text(text.trim()))
        })
}

/// Whether every value of a document passes. `serde_json` bounds the depth of what it reads.
pub(super) fn all_leaves(
    value: &Value,
    depth: usize,
    passes: &mut dyn FnMut(&Value) -> bool,
) -> bool {
    match value {
        Value::Object(map) => map
            .values()
            .all(|value| all_leaves(value, depth + 1, passes)),
        Value::Array(items) => items
            .iter()
            .all(|value| all_leaves(value, depth + 1, passes)),
        leaf => depth > 0 && passes(leaf),
    }
}

/// Whether a text holds only keys and texts: nothing is called, worked out or brought in.
pub(super) fn holds_only_words(path: &str, text: &str) -> bool {
    // where the language is not known, the text may do anything
    let Some(tokens) = TokenReader::new(path, text).and_then(TokenReader::finish) else {
        return false;
    };
    let tokens: Vec<&str> = tokens
        .iter()
        .map(|token| token.text)
        .filter(|text| *text != END)
        .collect();
    let before = |at: usize| at.checked_sub(1).map_or("", |at| tokens[at]);
    let after = |at: usize| tokens.get(at + 1).copied().unwrap_or_default();
    let mut texts = 0usize;
    let plain = tokens.iter().enumerate().all(|(at, token)| {
        let first = token.chars().next().unwrap_or_default();
        match first {
            '"' | '\'' | '`' => {
                texts += 1;
                let worked_out = ["${", "#{", "{$"].iter().any(|hole| token.contains(hole));
                // PHP fills in a variable that stands bare in double quotes
                let variable = path.ends_with(".php") && first == '"' && token.contains('$');
                !worked_out && !variable
            }
            // what is called would stand before it
            '(' => matches!(before(at), "array" | "declare"),
            // a number may be one that a program works with; that of `strict_types` is none
            '0'..='9' => before(at) == "=" && before(at - 1) == "strict_types",
            _ if first.is_alphabetic() || matches!(first, '_' | '$') => {
                AROUND.contains(token)
                    // a key, or the name that the list is given
                    || after(at) == ":"
                    || before(at) == "const"
                    || before(at) == "default" && after(at) == ";"
            }
            _ => "{}[],:;=>)<?.-".contains(*token),
        }
    });
    // a file without any text is no list of words
    plain && texts > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_in_a_language_or_not() {
        for (stem, found) in [
            ("login_local_en", Some(("login_local", "en"))),
            ("login_pt_BR", Some(("login", "pt"))),
            ("zh-CN", Some(("", "zh"))),
            ("nl", Some(("", "nl"))),
            ("application_prod", None),
            ("order_db", None),
            ("login", None),
        ] {
            assert_eq!(split_language(stem), found, "{stem}");
        }
    }

    #[test]
    fn data_with_words_alone_is_told_from_settings() {
        assert!(holds_only_texts(
            "a.json",
            r#"{"a": "B", "c": {"d": "See https://jars.example for {count}"}}"#
        ));
        assert!(holds_only_texts("a.properties", "# x\nform.name=Name\n"));
        for (path, text) in [
            ("a.json", r#"{"a": 3}"#),
            ("a.json", r#"{"a": "https://jars.example"}"#),
            ("a.json", r#"["a", 1]"#),
            ("a.json", "{"),
            ("a.properties", "pool.size=30\n"),
            ("a.toml", "a = 'B'"),
        ] {
            assert!(!holds_only_texts(path, text), "{text}");
        }
    }

    #[test]
    fn words_are_told_from_what_is_worked_out() {
        for (path, text) in [
            (
                "lang/de/a.php",
                "<?php\nreturn ['a' => 'B', 'c' => ['d' => \"E\"]];\n",
            ),
            (
                "lang/de/a.php",
                "<?php\n\ndeclare(strict_types=1);\n\nreturn array('a' => 'B');\n",
            ),
            (
                "src/i18n/de.ts",
                "export default {\n  a: 'B',\n  c: { d: `E` },\n} as const\n",
            ),
            ("src/i18n/de.js", "module.exports = { 'a-b': 'C' };\n"),
        ] {
            assert!(
                lies_among_translations(path) && holds_only_words(path, text),
                "{text}"
            );
        }
        for (path, text) in [
            ("lang/de/a.php", "<?php return ['a' => config('b')];"),
            ("lang/de/a.php", "<?php return ['a' => \"b $c\"];"),
            ("src/i18n/de.ts", "export default { a: `b ${c()}` }"),
            (
                "src/i18n/index.ts",
                "import de from './de'\nexport default { de: de }",
            ),
            ("src/i18n/de.ts", "export const limit = 3"),
            ("src/i18n/a.ts", "export default { a: (n) => 'b' }"),
        ] {
            assert!(!holds_only_words(path, text), "{text}");
        }
    }
}
