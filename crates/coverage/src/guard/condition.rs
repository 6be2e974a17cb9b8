//! A condition taken apart: its relation, and the names and numbers that it compares.

use super::token::{GuardToken, GuardTokenKind};
use super::{Compares, NAMES, parse_number_literal};

/// How what was met stands to what is known, where the condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GuardRelation {
    Newer,
    Older,
    Equal,
    NotEqual,
    Unknown,
    Member,
}

impl GuardRelation {
    pub(super) fn not(self) -> Self {
        match self {
            Self::Newer => Self::Older,
            Self::Older => Self::Newer,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Unknown => Self::Member,
            Self::Member => Self::Unknown,
        }
    }

    // a branch over older things converts them, which is how a reader should treat the past
    /// What a branch asks that is taken where the relation holds; nothing where it is about older
    /// or known things.
    pub fn asks(self) -> Option<Compares> {
        match self {
            Self::Newer => Some(Compares::Newer),
            Self::NotEqual => Some(Compares::NotEqual),
            Self::Unknown => Some(Compares::UnknownMember),
            _ => None,
        }
    }

    /// The same for the other branch.
    pub fn otherwise(self) -> Option<Compares> {
        self.not().asks()
    }
}

/// A condition taken apart.
#[derive(Debug, Clone)]
pub(super) struct GuardCondition {
    pub relation: GuardRelation,
    pub names: Vec<String>,
    pub literals: Vec<u64>,
}

/// Names and texts in some tokens. Of a text only a short one without blanks: a key.
pub(super) fn list_token_names(tokens: &[GuardToken<'_>]) -> Vec<String> {
    // a text with blanks is a message and names nothing
    let key =
        |text: &str| !text.is_empty() && text.len() <= 60 && !text.contains(char::is_whitespace);
    let wanted = |token: &&GuardToken<'_>| {
        token.kind == GuardTokenKind::Word || token.kind == GuardTokenKind::Text && key(token.text)
    };
    tokens
        .iter()
        .filter(wanted)
        .take(NAMES)
        .map(|token| token.text.trim_start_matches(['@', '$']).to_owned())
        .collect()
}

/// Numbers in some tokens.
pub(super) fn list_token_numbers(tokens: &[GuardToken<'_>]) -> Vec<u64> {
    tokens
        .iter()
        .filter(|token| token.kind == GuardTokenKind::Number)
        .filter_map(|token| parse_number_literal(token.text))
        .take(NAMES)
        .collect()
}

/// Whether a side is what the program knows rather than what it met: a number alone, a constant,
/// *max*, *current*, *supported*.
pub(super) fn is_known_side(side: &[GuardToken<'_>]) -> bool {
    if side.iter().all(|token| token.kind != GuardTokenKind::Word) {
        return side.iter().any(|token| {
            token.kind == GuardTokenKind::Number || token.kind == GuardTokenKind::Text
        });
    }
    let known = [
        "max",
        "maximum",
        "latest",
        "current",
        "supported",
        "known",
        "expected",
        "highest",
        "newest",
        "compiled",
        "own",
        "our",
    ];
    side.iter()
        .filter(|token| token.kind == GuardTokenKind::Word)
        .any(|token| {
            let name = token.text.trim_start_matches(['@', '$']);
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            // constants of most languages are in capitals; a lone capital is a parameter of a type
            let capital = letters > 1 && name.chars().all(|c| !c.is_lowercase());
            // `kMaxVersion` of C++ and Dart, `@format` of an attribute of Elixir
            let constant = name.starts_with('k')
                && name.chars().nth(1).is_some_and(char::is_uppercase)
                || token.text.starts_with('@');
            capital || constant || super::words::has_part(name, &known)
        })
}
