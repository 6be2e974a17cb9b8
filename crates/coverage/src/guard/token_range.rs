//! How far a branch, a block, a statement and an arm reach, in tokens.

use super::token::GuardToken;

// a branch of more tokens is a program of its own, and each of them costs for every branch above
/// Most tokens of a branch.
const BRANCH: usize = 1_500;

/// Behind the bracket that closes the one at `open`.
pub(super) fn find_closing_bracket(tokens: &[GuardToken<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_i32;
    let end = tokens.get(open..)?.iter().take(BRANCH).position(|token| {
        depth += i32::from(token.is("(") || token.is("{") || token.is("["))
            - i32::from(token.is(")") || token.is("}") || token.is("]"));
        depth == 0
    })?;
    Some(open + end)
}

/// A block in braces, or one statement; and where the text goes on.
pub(super) fn find_statement_range(
    tokens: &[GuardToken<'_>],
    start: usize,
) -> Option<(std::ops::Range<usize>, usize)> {
    if tokens.get(start)?.is("{") {
        let end =
            // a bracket that is never closed would make the branch reach to the end of the file
            find_closing_bracket(tokens, start).unwrap_or_else(|| tokens.len().min(start + BRANCH));
        return Some((start + 1..end, (end + 1).min(tokens.len())));
    }
    let line = tokens.get(start)?.line;
    let mut depth = 0_i32;
    let length = tokens[start..]
        .iter()
        .take(BRANCH)
        .position(|token| {
            depth += i32::from(token.is("(") || token.is("{") || token.is("["))
                - i32::from(token.is(")") || token.is("}") || token.is("]"));
            // a statement without braces ends with its line, or with the next one where it was
            // broken
            depth < 0 || depth == 0 && (token.is(";") || token.is("else") || token.line > line + 1)
        })
        .unwrap_or_else(|| (tokens.len() - start).min(BRANCH));
    let end = start + length;
    Some((
        start..end,
        if tokens.get(end).is_some_and(|token| token.is(";")) {
            end + 1
        } else {
            end
        },
    ))
}

/// What follows on the same line or stands deeper than the line of `at`.
pub(super) fn find_indented_range(
    tokens: &[GuardToken<'_>],
    at: usize,
    start: usize,
) -> (std::ops::Range<usize>, usize) {
    let (line, indent) = (tokens[at].line, tokens[at].indent);
    let length = tokens
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take(BRANCH)
        .take_while(|token| token.line == line || token.indent > indent)
        .count();
    let start = start.min(tokens.len());
    (start..start + length, start + length)
}

/// The expression of an arm: a block, or up to the next comma or line.
pub(super) fn arm_end(tokens: &[GuardToken<'_>], start: usize) -> usize {
    find_statement_range(tokens, start).map_or(start, |(body, _)| {
        let mut depth = 0_i32;
        let comma = tokens[body.clone()].iter().position(|token| {
            depth += i32::from(token.is("(") || token.is("{") || token.is("["))
                - i32::from(token.is(")") || token.is("}") || token.is("]"));
            depth == 0 && token.is(",")
        });
        comma.map_or(body.end, |at| body.start + at)
    })
}
