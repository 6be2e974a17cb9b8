//! Entries that a table does not have: looked up first and asked about behind it, or refused where
//! they are looked up.

use super::condition::{GuardCondition, GuardRelation, list_token_names};
use super::found_guard::build_guard;
use super::token::{GuardToken, GuardTokenKind};
use super::words::{names_type, names_version};
use super::{Compares, GuardOutcome, VersionGuard};

// a look-up that stands further above has been asked about already, or belongs to other work
/// How far above a question the look-up may stand, in tokens, and most tokens of a look-up.
const ABOVE: usize = 60;
const LOOKUP: usize = 24;

/// Calls that give nothing for what they do not know.
const LOOKUPS: [&str; 8] = [
    "get",
    "find",
    "lookup",
    "dig",
    "getOrNull",
    "Get",
    "at",
    "fetch",
];

/// What a question `reader == null`, `!reader` or `reader is None` asks, where `reader` was looked
/// up in a table right above it.
pub(super) fn read_missing_entry(
    tokens: &[GuardToken<'_>],
    at: usize,
    condition: &[GuardToken<'_>],
) -> Option<GuardCondition> {
    let name = find_missing_name(condition)?;
    let from = at.saturating_sub(ABOVE);
    let given = (from..at).rev().find(|&place| {
        // the nearest one above counts: a name may be given anew
        tokens[place].is(name)
            && tokens
                .get(place + 1)
                .is_some_and(|next| next.is("=") || next.is(":="))
    })?;
    let line = tokens[given].line;
    let length = tokens[given + 2..at]
        .iter()
        .take(LOOKUP)
        .take_while(|token| token.line == line && !token.is(";"))
        .count();
    build_lookup(&tokens[given + 2..given + 2 + length])
}

/// The name that is asked for being there: `name == null`, `!name`, `not name`, `name is None`.
fn find_missing_name<'t>(condition: &[GuardToken<'t>]) -> Option<&'t str> {
    let nothing = |token: &GuardToken<'_>| {
        ["null", "nil", "None", "undefined", "nullptr", "NULL"]
            .iter()
            .any(|word| token.is(word))
    };
    let equals = |token: &GuardToken<'_>| token.is("==") || token.is("===") || token.is("is");
    let name = match condition {
        [name, sign, none] if equals(sign) && nothing(none) => name,
        [none, sign, name] if equals(sign) && nothing(none) => name,
        [not, name] if not.is("!") || not.is("not") => name,
        _ => return None,
    };
    (name.kind == GuardTokenKind::Word).then_some(name.text)
}

/// A look-up in a table by a version or a type.
fn build_lookup(lookup: &[GuardToken<'_>]) -> Option<GuardCondition> {
    let calls = lookup.windows(2).any(|pair| {
        LOOKUPS.contains(&pair[0].text) && pair[1].is("(")
            || pair[0].kind == GuardTokenKind::Word && pair[1].is("[")
    });
    let names = list_token_names(lookup);
    // `users.get(id) == null` is about rows that are missing, not about what the program knows
    let about = names
        .iter()
        .any(|name| names_version(name) || names_type(name));
    (calls && about).then(|| GuardCondition {
        relation: GuardRelation::Unknown,
        names,
        literals: Vec::new(),
    })
}

/// `READERS[version] ?? throw ..`, `readers[version] ?: error(..)`.
pub(super) fn find_missing_guard(tokens: &[GuardToken<'_>], at: usize) -> Option<VersionGuard> {
    let line = tokens[at].line;
    let behind = match tokens[at].text {
        "?" if tokens.get(at + 1)?.is(":") => tokens.get(at + 2)?,
        "?" => return None,
        _ => tokens.get(at + 1)?,
    };
    if !["throw", "error", "raise", "panic"]
        .iter()
        .any(|word| behind.is(word))
    {
        return None;
    }
    let length = tokens[..at]
        .iter()
        .rev()
        .take(LOOKUP)
        // what is assigned or returned begins behind these signs; the look-up stands after them
        .take_while(|token| {
            token.line + 1 >= line && !token.is("=") && !token.is("return") && !token.is(";")
        })
        .count();
    let asked = build_lookup(&tokens[at - length..at])?;
    let refusal = (GuardOutcome::Refuses { line: behind.line }, String::new());
    Some(build_guard(line, asked, Compares::UnknownMember, refusal))
}
