//! Conditions: what is compared with what, and in which direction.

use super::lex::{Kind, Token};
use super::{Compares, NAMES, number};

/// How what was met stands to what is known, where the condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Newer,
    Older,
    Equal,
    NotEqual,
    Unknown,
    Member,
}

impl Relation {
    fn not(self) -> Self {
        match self {
            Self::Newer => Self::Older,
            Self::Older => Self::Newer,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Unknown => Self::Member,
            Self::Member => Self::Unknown,
        }
    }

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
pub(super) struct Condition {
    pub relation: Relation,
    pub names: Vec<String>,
    pub literals: Vec<u64>,
}

/// Words between the parts of a condition.
fn joins(token: &Token<'_>) -> bool {
    ["&&", "||", "and", "or", ";"]
        .iter()
        .any(|word| token.is(word))
}

/// The condition's relation: the strongest of its comparisons. `None` where nothing is compared.
pub(super) fn condition(tokens: &[Token<'_>], negated: bool) -> Option<Condition> {
    let mut found: Option<Condition> = None;
    for part in tokens.split(joins) {
        let Some(mut one) = comparison(part).or_else(|| lookup(part)) else {
            continue;
        };
        if negated {
            one.relation = one.relation.not();
        }
        match &mut found {
            None => found = Some(one),
            Some(all) => {
                // `v < 1 || v > 3` is about what is above 3
                if rank(one.relation) < rank(all.relation) {
                    all.relation = one.relation;
                }
                all.names.extend(one.names);
                all.literals.extend(one.literals);
            }
        }
    }
    if let Some(found) = &mut found {
        found.names.truncate(NAMES);
        found.literals.truncate(NAMES);
    }
    found
}

fn rank(relation: Relation) -> u8 {
    match relation {
        Relation::Newer => 0,
        Relation::NotEqual => 1,
        Relation::Unknown => 2,
        Relation::Equal => 3,
        Relation::Member => 4,
        Relation::Older => 5,
    }
}

/// Names and texts in some tokens. Of a text only a short one without blanks: a key.
pub(super) fn names(tokens: &[Token<'_>]) -> Vec<String> {
    let key =
        |text: &str| !text.is_empty() && text.len() <= 60 && !text.contains(char::is_whitespace);
    let wanted = |token: &&Token<'_>| {
        token.kind == Kind::Word || token.kind == Kind::Text && key(token.text)
    };
    tokens
        .iter()
        .filter(wanted)
        .take(NAMES)
        .map(|token| token.text.trim_start_matches(['@', '$']).to_owned())
        .collect()
}

/// Numbers in some tokens.
pub(super) fn literals(tokens: &[Token<'_>]) -> Vec<u64> {
    tokens
        .iter()
        .filter(|token| token.kind == Kind::Number)
        .filter_map(|token| number(token.text))
        .take(NAMES)
        .collect()
}

fn comparison(part: &[Token<'_>]) -> Option<Condition> {
    let at = part.iter().position(|token| {
        let generic = token.first && token.is("<");
        token.kind == Kind::Sign
            && ["<", ">", "<=", ">=", "==", "===", "!=", "!==", "<>"].contains(&token.text)
            && !generic
    });
    let (at, length, word) = match at {
        Some(at) => (at, 1, part.get(at)?.text),
        None => match part
            .iter()
            .position(|token| token.is("is") || token.is("in"))
        {
            // `version in 1..4`, `version not in KNOWN` are lists; `x is not None` compares
            Some(at)
                if part.get(at)?.is("is")
                    && part.get(at + 1).is_some_and(|next| next.is("not")) =>
            {
                (at, 2, "!=")
            }
            Some(at) if part.get(at)?.is("is") => (at, 1, "=="),
            _ => return None,
        },
    };
    let (left, right) = (part.get(..at)?, part.get(at + length..)?);
    if right.is_empty() || left.is_empty() {
        return None;
    }
    // a table that gives nothing for what it does not know
    let nothing = |side: &[Token<'_>]| {
        side.len() <= 2
            && side.iter().any(|token| {
                ["null", "nil", "None", "undefined", "nullptr", "NULL", "end"]
                    .iter()
                    .any(|word| token.is(word))
            })
    };
    let looked = |side: &[Token<'_>]| {
        side.iter()
            .any(|token| token.kind == Kind::Word && LOOKUPS.contains(&token.text))
    };
    if nothing(right)
        || (looked(left)
            && right
                .first()
                .is_some_and(|token| token.is("-") || token.text == "0" || token.is("false")))
    {
        let gone = matches!(word, "==" | "===" | "<");
        let relation = if gone {
            Relation::Unknown
        } else {
            Relation::Member
        };
        return looked(left).then(|| Condition {
            relation,
            names: names(left),
            literals: Vec::new(),
        });
    }
    let flipped = knows(left) && !knows(right);
    let upward = matches!(word, ">" | ">=");
    let relation = match word {
        "==" | "===" => Relation::Equal,
        "!=" | "!==" | "<>" => Relation::NotEqual,
        _ if upward != flipped => Relation::Newer,
        _ => Relation::Older,
    };
    let not = left
        .first()
        .is_some_and(|token| token.is("!") || token.is("not"));
    let mut all = names(left);
    all.extend(names(right));
    let mut numbers = literals(left);
    numbers.extend(literals(right));
    Some(Condition {
        relation: if not { relation.not() } else { relation },
        names: all,
        literals: numbers,
    })
}

/// Whether a side is what the program knows rather than what it met: a number alone, a constant,
/// *max*, *current*, *supported*.
fn knows(side: &[Token<'_>]) -> bool {
    if side.iter().all(|token| token.kind != Kind::Word) {
        return side
            .iter()
            .any(|token| token.kind == Kind::Number || token.kind == Kind::Text);
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
        .filter(|token| token.kind == Kind::Word)
        .any(|token| {
            let name = token.text.trim_start_matches(['@', '$']);
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            let capital = letters > 1 && name.chars().all(|c| !c.is_lowercase());
            let constant = name.starts_with('k')
                && name.chars().nth(1).is_some_and(char::is_uppercase)
                || token.text.starts_with('@');
            capital || constant || super::words::has_part(name, &known)
        })
}

/// Calls that look something up.
const LOOKUPS: [&str; 26] = [
    "contains",
    "Contains",
    "includes",
    "include?",
    "has",
    "has_key?",
    "key?",
    "member?",
    "in_array",
    "array_key_exists",
    "isset",
    "containsKey",
    "ContainsKey",
    "contains_key",
    "TryGetValue",
    "find",
    "indexOf",
    "get",
    "lookup",
    "count",
    "exists",
    "IsDefined",
    "hasOwnProperty",
    "dig",
    "tryFrom",
    "fetch",
];

/// `not in`, `!KNOWN.includes(version)`, `!ok`.
fn lookup(part: &[Token<'_>]) -> Option<Condition> {
    let negated = part
        .first()
        .is_some_and(|token| token.is("!") || token.is("not"));
    if let Some(at) = part.iter().position(|token| token.is("in")) {
        let not = negated
            || at
                .checked_sub(1)
                .and_then(|at| part.get(at))
                .is_some_and(|token| token.is("not") || token.is("!"));
        return Some(Condition {
            relation: if not {
                Relation::Unknown
            } else {
                Relation::Member
            },
            names: names(part),
            literals: literals(part),
        });
    }
    let looked = part
        .iter()
        .any(|token| token.kind == Kind::Word && LOOKUPS.contains(&token.text))
        || part.last().is_some_and(|token| token.is("ok"));
    looked.then(|| Condition {
        relation: if negated {
            Relation::Unknown
        } else {
            Relation::Member
        },
        names: names(part),
        literals: literals(part),
    })
}
