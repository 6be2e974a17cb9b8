//! Program text that holds nothing but words for people: translations written as a list of keys and
//! texts.

use super::tokens::{END, TokenReader};

// `lang/en.php`, `locales/de.ts`: words of programs are kept where these stand
/// Folders of translations.
const FOLDERS: [&str; 10] = [
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
