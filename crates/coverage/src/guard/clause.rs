//! Guards of clauses in Elixir: `{found, _} when found > @format -> raise`, and heads of functions.

use super::VersionGuard;
use super::branch::find_branch_outcome;
use super::compare::read_condition;
use super::found_guard::{WantedGuard, build_guard};
use super::token::{GuardLanguage, GuardToken};

// a guard of a clause is one line of a few comparisons; beyond that the `->` is of another clause
/// Most tokens of one condition, and of one body.
const CONDITION: usize = 60;
const BODY: usize = 400;

/// The guard behind the word `when` at `at`.
pub(super) fn find_clause_guard(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    at: usize,
    wanted: WantedGuard<'_>,
) -> Option<VersionGuard> {
    let line = tokens[at].line;
    let ends = |token: &GuardToken<'_>| token.is("->") || token.is("do");
    let length = tokens
        .get(at + 1..)?
        .iter()
        .take(CONDITION)
        .position(ends)?;
    let end = at + 1 + length;
    let mut condition = &tokens[at + 1..end];
    // `when found > @format, do: raise ..`
    if let [rest @ .., comma] = condition
        && comma.is(",")
    {
        condition = rest;
    }
    let asked = read_condition(condition, false)?;
    let compares = asked.relation.asks()?;
    if !wanted(&asked.names) {
        // most clauses ask something else, and what their body does costs more than all before it
        return None;
    }
    // `do:` has its body on the same line, `do` and `->` below it
    let start = if tokens.get(end + 1).is_some_and(|token| token.is(":")) {
        end + 2
    } else {
        end + 1
    };
    let (own, indent) = (tokens[end].line, tokens[end].indent);
    let length = tokens
        .get(start..)?
        .iter()
        .take(BODY)
        .take_while(|token| token.line == own || token.indent > indent)
        .count();
    let outcome = find_branch_outcome(language, &tokens[start..start + length]);
    Some(build_guard(line, asked, compares, outcome))
}
