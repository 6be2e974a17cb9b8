//! Conditions: what is compared with what, and in which direction.

use super::NAMES;
use super::called_comparison::read_called_comparison;
use super::condition::{
    GuardCondition, GuardRelation, is_known_side, list_token_names, list_token_numbers,
};
use super::token::{GuardToken, GuardTokenKind};

/// Words between the parts of a condition.
fn is_condition_joiner(token: &GuardToken<'_>) -> bool {
    ["&&", "||", "and", "or", ";"]
        .iter()
        .any(|word| token.is(word))
}

// Python and C# write `version is 1 or 2`, where `or` joins the values
/// The comparisons of a condition. `is not (1 or 2)` lists values and joins no comparisons.
fn split_condition<'a, 't>(tokens: &'a [GuardToken<'t>]) -> Vec<&'a [GuardToken<'t>]> {
    let value = |token: Option<&GuardToken<'_>>| {
        token.is_some_and(|token| {
            matches!(token.kind, GuardTokenKind::Number | GuardTokenKind::Text)
        })
    };
    let lists = |at: usize| {
        (tokens[at].is("or") || tokens[at].is("and"))
            && value(at.checked_sub(1).and_then(|before| tokens.get(before)))
            && value(tokens.get(at + 1))
    };
    let (mut parts, mut from) = (Vec::new(), 0);
    for at in 0..tokens.len() {
        if is_condition_joiner(&tokens[at]) && !lists(at) {
            parts.push(&tokens[from..at]);
            from = at + 1;
        }
    }
    parts.push(&tokens[from..]);
    parts
}

/// The condition's relation: the strongest of its comparisons. `None` where nothing is compared.
pub(super) fn read_condition(tokens: &[GuardToken<'_>], negated: bool) -> Option<GuardCondition> {
    let mut found: Option<GuardCondition> = None;
    for part in split_condition(tokens) {
        let read = read_called_comparison(part)
            .or_else(|| read_comparison(part))
            .or_else(|| read_lookup_condition(part));
        let Some(mut one) = read else {
            continue;
        };
        if negated {
            one.relation = one.relation.not();
        }
        match &mut found {
            None => found = Some(one),
            Some(all) => {
                // `v < 1 || v > 3` is about what is above 3
                if rank_relation(one.relation) < rank_relation(all.relation) {
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

fn rank_relation(relation: GuardRelation) -> u8 {
    match relation {
        GuardRelation::Newer => 0,
        GuardRelation::NotEqual => 1,
        GuardRelation::Unknown => 2,
        GuardRelation::Equal => 3,
        GuardRelation::Member => 4,
        GuardRelation::Older => 5,
    }
}

fn read_comparison(part: &[GuardToken<'_>]) -> Option<GuardCondition> {
    let at = part.iter().position(|token| {
        // `<T>` at the start of a line is the parameter of a type
        let generic = token.first && token.is("<");
        token.kind == GuardTokenKind::Sign
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
            // `in` is asked by the reader of look-ups, which knows what a list is
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
    // a sign without both sides is a pointer, a redirection or a type
    if right.is_empty() || left.is_empty() {
        return None;
    }
    // `rows.length != 1` is about how many rows came back
    // how many there are is no version, unless it is held against one
    let plain = |side: &[GuardToken<'_>]| {
        side.iter().all(|token| token.kind != GuardTokenKind::Word) && !side.is_empty()
    };
    if counts_something(left) && plain(right) || plain(left) && counts_something(right) {
        return None;
    }
    // a table that gives nothing for what it does not know
    let nothing = |side: &[GuardToken<'_>]| {
        side.len() <= 2
            && side.iter().any(|token| {
                ["null", "nil", "None", "undefined", "nullptr", "NULL", "end"]
                    // there
                    .iter()
                    .any(|word| token.is(word))
            })
    };
    let looked = |side: &[GuardToken<'_>]| {
        side.iter()
            .any(|token| token.kind == GuardTokenKind::Word && LOOKUPS.contains(&token.text))
    };
    if nothing(right)
        || (looked(left)
            // `indexOf(x) < 0`, `find(x) == -1`, `has(x) == false`
            && right
                .first()
                .is_some_and(|token| token.is("-") || token.text == "0" || token.is("false")))
    {
        let gone = matches!(word, "==" | "===" | "<");
        let relation = if gone {
            GuardRelation::Unknown
        } else {
            GuardRelation::Member
        };
        // `x == null` without a look-up asks whether something was given, not whether it is known
        return looked(left).then(|| GuardCondition {
            relation,
            names: list_token_names(left),
            literals: Vec::new(),
        });
    }
    // `MAX < version` asks the same as `version > MAX`
    let flipped = is_known_side(left) && !is_known_side(right);
    let upward = matches!(word, ">" | ">=");
    let relation = match word {
        "==" | "===" => GuardRelation::Equal,
        "!=" | "!==" | "<>" => GuardRelation::NotEqual,
        // in one program `current` is what it knows, in the next what it read from the schema: who
        // judges the branch has to look at what it says
        _ if is_current_beside_schema(left, right) => GuardRelation::Newer,
        _ if upward != flipped => GuardRelation::Newer,
        _ => GuardRelation::Older,
    };
    let not = left
        .first()
        .is_some_and(|token| token.is("!") || token.is("not"));
    let mut all = list_token_names(left);
    all.extend(list_token_names(right));
    let mut numbers = list_token_numbers(left);
    numbers.extend(list_token_numbers(right));
    Some(GuardCondition {
        relation: if not { relation.not() } else { relation },
        names: all,
        literals: numbers,
    })
}

/// `len(rows)`, `rows.length`, `rows.size()`: how many of something there are.
fn counts_something(side: &[GuardToken<'_>]) -> bool {
    const COUNTS: [&str; 9] = [
        "len", "length", "Length", "size", "Size", "count", "Count", "sizeof", "strlen",
    ];
    let called =
        |token: Option<&GuardToken<'_>>| token.is_some_and(|token| COUNTS.contains(&token.text));
    let bare = match side {
        [rest @ .., open, close] if open.is("(") && close.is(")") => rest,
        _ => side,
    };
    let is_member = bare.len() > 1 && bare.get(bare.len() - 2).is_some_and(|token| token.is("."));
    called(side.first()) && side.get(1).is_some_and(|token| token.is("("))
        || is_member && called(bare.last())
}

/// `currentVersion` beside `schemaVersion`, in either order: the words do not tell which of the two
/// the program knows. A name in capitals is a constant, and does.
fn is_current_beside_schema(left: &[GuardToken<'_>], right: &[GuardToken<'_>]) -> bool {
    let says = |side: &[GuardToken<'_>], part: &str| {
        let mut names = side
            .iter()
            .filter(|token| token.kind == GuardTokenKind::Word)
            .map(|token| token.text.trim_start_matches(['@', '$']));
        names.any(|name| {
            name.chars().any(char::is_lowercase) && super::words::has_part(name, &[part])
        })
    };
    let constant = |side: &[GuardToken<'_>]| {
        side.iter().any(|token| {
            token.kind == GuardTokenKind::Word && !token.text.chars().any(char::is_lowercase)
        })
    };
    !constant(left)
        && !constant(right)
        && (says(left, "current") && says(right, "schema")
            || says(left, "schema") && says(right, "current"))
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
    // `tryFrom` of PHP and `TryGetValue` of C# give nothing instead of an error
    "fetch",
];

/// `not in`, `!KNOWN.includes(version)`, `!ok`.
fn read_lookup_condition(part: &[GuardToken<'_>]) -> Option<GuardCondition> {
    let negated = part
        .first()
        .is_some_and(|token| token.is("!") || token.is("not"));
    // `in` comes before the calls: in `x not in list(KNOWN.get(y))` it is what decides
    if let Some(at) = part.iter().position(|token| token.is("in")) {
        let not = negated
            || at
                .checked_sub(1)
                .and_then(|at| part.get(at))
                .is_some_and(|token| token.is("not") || token.is("!"));
        return Some(GuardCondition {
            relation: if not {
                GuardRelation::Unknown
            } else {
                GuardRelation::Member
            },
            names: list_token_names(part),
            literals: list_token_numbers(part),
        });
    }
    // these give zero where both are the same
    let differs = part.iter().any(|token| {
        matches!(token.text, "memcmp" | "strcmp" | "strncmp") && token.kind == GuardTokenKind::Word
    });
    if differs {
        return Some(GuardCondition {
            relation: if negated {
                GuardRelation::Equal
            } else {
                GuardRelation::NotEqual
            },
            names: list_token_names(part),
            literals: Vec::new(),
        });
    }
    let looked = part
        .iter()
        .any(|token| token.kind == GuardTokenKind::Word && LOOKUPS.contains(&token.text))
        // `reader, ok := readers[version]` and then `!ok`, as Go asks a table
        || part.last().is_some_and(|token| token.is("ok"));
    looked.then(|| GuardCondition {
        relation: if negated {
            GuardRelation::Unknown
        } else {
            GuardRelation::Member
        },
        names: list_token_names(part),
        literals: list_token_numbers(part),
    })
}
