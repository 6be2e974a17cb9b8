//! Whether a file's name says that it holds the texts of one language.

use std::sync::LazyLock;

use super::names::{Words, split_word_set};

/// `messages_de`, `labels_pt_br`: texts of a program in one language, beside those of others.
pub(super) fn is_translated_bundle(stem: &str) -> bool {
    const BUNDLES: [&str; 9] = [
        "message",
        "string",
        "label",
        "text",
        "bundle",
        "i18n",
        "translation",
        "resource",
        "error",
    ];
    stem.split_once('_').is_some_and(|(base, language)| {
        is_language_tag(language) && BUNDLES.iter().any(|word| base.contains(word))
    })
}

/// `en`, `pt-br`, `zh_hans`: a language by its code of two letters (ISO 639-1), and a region or a
/// script.
pub(super) fn is_language_tag(stem: &str) -> bool {
    static LANGUAGES: Words = LazyLock::new(|| {
        split_word_set(
            "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr \
                hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl \
             nn no pa pl ps pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh zu",
        )
    });
    let mut parts = stem.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    LANGUAGES.contains(language)
        && parts.all(|part| {
            (2..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
                || part == "419"
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_language_are_told_from_other_names() {
        assert!(is_language_tag("pt-br") && is_language_tag("zh_hans"));
        assert!(!is_language_tag("put") && !is_language_tag("order"));
        assert!(is_translated_bundle("messages_de") && is_translated_bundle("labels_pt_br"));
        assert!(!is_translated_bundle("messages_put") && !is_translated_bundle("pool_de"));
    }
}
