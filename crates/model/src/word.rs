//! Words of closed lists, as files carry them: an enum here, its word in JSON, and a word of a
//! newer version survives being read and written.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A closed list of words.
pub trait Vocabulary: Copy + PartialEq + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// As in JSON and on the command line.
    fn id(self) -> &'static str;

    /// The one of that word.
    fn of_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.id() == id)
    }
}

/// A word of a list, or one that this version does not have and keeps as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Word<T> {
    /// One of the list.
    Known(T),
    /// Of another version.
    Other(String),
}

impl<T: Vocabulary> Word<T> {
    /// The one of the list, where it is one.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(word) => Some(*word),
            Self::Other(_) => None,
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(word) => word.id(),
            Self::Other(text) => text,
        }
    }

    /// One of some.
    pub fn is_one_of(&self, some: &[T]) -> bool {
        self.known().is_some_and(|word| some.contains(&word))
    }
}

impl<T> Default for Word<T> {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl<T: Vocabulary> From<T> for Word<T> {
    fn from(word: T) -> Self {
        Self::Known(word)
    }
}

impl<T: Vocabulary> From<&str> for Word<T> {
    fn from(text: &str) -> Self {
        T::of_id(text).map_or_else(|| Self::Other(text.to_owned()), Self::Known)
    }
}

impl<T: Vocabulary> PartialEq<T> for Word<T> {
    fn eq(&self, other: &T) -> bool {
        self.known().is_some_and(|word| word == *other)
    }
}

impl<T: Vocabulary> fmt::Display for Word<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<T: Vocabulary> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl<'de, T: Vocabulary> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(from)?.as_str()))
    }
}

/// Declares an enum whose every variant has a word: `Name { Variant = "word"; }`.
macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $id:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// All, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As in JSON and on the command line.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.id())
            }
        }

        impl $crate::Vocabulary for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn id(self) -> &'static str {
                $name::id(self)
            }
        }
    };
}

pub(crate) use vocabulary;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConditionKind, Dialect, Framework, OperationKind, StateFileKind, Strategy};

    fn told_apart<T: Vocabulary + std::fmt::Debug>() {
        for word in T::ALL {
            assert_eq!(T::of_id(word.id()), Some(*word), "{word:?}");
            let json = serde_json::to_string(&Word::from(*word)).unwrap();
            assert_eq!(json, format!("\"{}\"", word.id()));
            let back: Word<T> = serde_json::from_str(&json).unwrap();
            assert!(back == *word, "{word:?}");
        }
        let newer: Word<T> = serde_json::from_str("\"of-next-year\"").unwrap();
        assert!(newer.known().is_none());
        assert_eq!(serde_json::to_string(&newer).unwrap(), "\"of-next-year\"");
    }

    #[test]
    fn words_come_back_as_they_were_and_those_of_a_newer_version_survive() {
        told_apart::<OperationKind>();
        told_apart::<Framework>();
        told_apart::<Dialect>();
        told_apart::<StateFileKind>();
        told_apart::<ConditionKind>();
        told_apart::<Strategy>();
    }
}
