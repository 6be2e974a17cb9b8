//! Text that came from outside: out of a repository, a deployer's file, a saved journal, or typed
//! by a person.
//!
//! Whoever writes a commit message, a branch name or a saved session chooses its characters, and a
//! terminal obeys some of them. So such text has a type of its own: what is formatted or drawn is
//! its visible form, without anybody thinking of it, and logic that needs the characters
//! themselves asks for them by name.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::{escape_invisible, visible_lines};

/// Text from outside. Formatting it, `{:?}` included, writes the form of [`Self::shown`];
/// comparing, sorting, hashing and saving use the text as it came. It gives no `&str` by itself:
/// no `Deref`, no `AsRef`, no `Borrow`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Text that is kept and saved in its visible form: what is only shown and never looked up.
    pub fn visible(text: &str) -> Self {
        Self(escape_invisible(text).into_owned())
    }

    /// The text as it came, for logic: to compare, to search, to look up. Never to be drawn.
    pub fn as_raw(&self) -> &str {
        &self.0
    }

    /// As [`Self::as_raw`], without a copy.
    pub fn into_raw(self) -> String {
        self.0
    }

    /// What may be drawn or written: one line, in which control characters, overrides of direction
    /// and other invisible characters are visible (`\x1b` as `␛`, a line feed as `␊`, others as
    /// `<U+202E>`).
    pub fn shown(&self) -> Cow<'_, str> {
        escape_invisible(&self.0)
    }

    /// As [`Self::shown`], but line feeds stay: for message bodies and excerpts.
    pub fn shown_lines(&self) -> String {
        visible_lines(&self.0)
    }

    /// What may be drawn of several, with `between` between them.
    pub fn join<'a>(texts: impl IntoIterator<Item = &'a Self>, between: &str) -> String {
        let shown: Vec<Cow<'a, str>> = texts.into_iter().map(Self::shown).collect();
        shown.join(between)
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown())
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.shown(), f)
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&String> for Untrusted {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}

impl From<Cow<'_, str>> for Untrusted {
    fn from(text: Cow<'_, str>) -> Self {
        Self(text.into_owned())
    }
}

impl From<&Untrusted> for Untrusted {
    fn from(text: &Untrusted) -> Self {
        text.clone()
    }
}

impl PartialEq<str> for Untrusted {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Untrusted {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for Untrusted {
    fn eq(&self, other: &String) -> bool {
        self.0 == *other
    }
}

impl PartialEq<Untrusted> for str {
    fn eq(&self, other: &Untrusted) -> bool {
        self == other.0
    }
}

impl PartialEq<Untrusted> for &str {
    fn eq(&self, other: &Untrusted) -> bool {
        *self == other.0
    }
}

impl PartialEq<Untrusted> for String {
    fn eq(&self, other: &Untrusted) -> bool {
        *self == other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "fix\u{1b}[2J \u{202e}evil\nline\u{200d}";

    #[test]
    fn whatever_is_formatted_is_visible() {
        let text = Untrusted::from(HOSTILE);
        let shown = "fix␛[2J <U+202E>evil␊line<U+200D>";
        assert_eq!(text.shown(), shown);
        assert_eq!(format!("{text}"), shown);
        assert_eq!(format!("{text:?}"), format!("\"{shown}\""));
        assert_eq!(format!("{:>5}|", Untrusted::from("a\u{7}")), "   a␇|");
        assert_eq!(
            text.shown_lines(),
            "fix␛[2J <U+202E>evil\nline<U+200D>",
            "lines stay lines where several are drawn"
        );
    }

    #[test]
    fn it_is_saved_and_compared_as_it_came() {
        let text = Untrusted::from(HOSTILE);
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(json, serde_json::to_string(HOSTILE).unwrap());
        let back: Untrusted = serde_json::from_str(&json).unwrap();
        assert_eq!(back, text);
        assert_eq!(text, HOSTILE);
        assert_eq!(text.as_raw(), HOSTILE);
        assert_ne!(text, text.shown().into_owned());
        let ordinary = Untrusted::from("let Ana verify cards 日本");
        assert!(matches!(ordinary.shown(), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #[test]
        fn what_is_visible_stays_as_it_is(text in ".{0,40}|\\PC{0,10}[\u{0}-\u{1f}\u{200b}-\u{202e}]{0,6}") {
            let once = Untrusted::from(text);
            let twice = Untrusted::from(once.shown());
            proptest::prop_assert_eq!(once.shown(), twice.shown());
            proptest::prop_assert_eq!(once.shown_lines(), Untrusted::from(once.shown_lines()).shown_lines());
        }
    }
}
