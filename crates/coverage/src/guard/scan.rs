//! One pass over the tokens of a file: branches, demands, lookups and switches.

use super::branch::outcome;
use super::compare::{Condition, condition, literals, names};
use super::lex::{Family, Language, Token, language, tokens};
use super::{Compares, Guard, MOST, Outcome, switch};

/// Most tokens of one condition.
const CONDITION: usize = 120;

/// Most tokens of a branch.
const BRANCH: usize = 1_500;

/// Most branches of one chain of `else if`.
const CHAIN: usize = 60;

/// All guards of a file, in its order; none in a language that is not known.
pub fn find(path: &str, text: &str) -> Vec<Guard> {
    let Some(language) = language(path) else {
        return Vec::new();
    };
    find_in(language, text, &tokens(language, text), &|_| true)
}

/// Guards of a file whose tokens are at hand, of which the names of the subject are `wanted`: what
/// a branch does is worked out for those only.
pub fn find_in(
    language: Language,
    text: &str,
    tokens: &[Token<'_>],
    wanted: Wanted<'_>,
) -> Vec<Guard> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut guards, left) = (Vec::new(), switch::Left::default());
    for at in 0..tokens.len() {
        if guards.len() >= MOST {
            break;
        }
        guards.extend(
            at_token(language, tokens, at, wanted, &left).filter(|guard| wanted(guard.subject())),
        );
    }
    for guard in &mut guards {
        guard.text = lines
            .get(guard.line - 1)
            .map(|line| line.trim().chars().take(200).collect())
            .unwrap_or_default();
    }
    guards.sort_by_key(|guard| guard.line);
    guards
}

/// Whether a guard over these names is asked for.
pub(super) type Wanted<'a> = &'a dyn Fn(&[String]) -> bool;

/// A guard without its line's text.
pub(super) fn guard(
    line: usize,
    condition: Condition,
    compares: Compares,
    (outcome, message): (Outcome, String),
) -> Guard {
    let subjects = condition.names.len();
    Guard {
        line,
        text: String::new(),
        names: condition.names,
        subjects,
        literals: condition.literals,
        compares,
        outcome,
        message,
    }
}

fn at_token(
    language: Language,
    tokens: &[Token<'_>],
    at: usize,
    wanted: Wanted<'_>,
    left: &switch::Left,
) -> Option<Guard> {
    let token = tokens.get(at)?;
    match token.text {
        "if" | "elif" | "elsif" | "elseif" | "unless" | "guard"
            if token.kind == super::TokenKind::Word =>
        {
            branches(language, tokens, at, wanted)
        }
        "switch" | "match" | "when" | "case" if token.kind == super::TokenKind::Word => {
            switch::find(language, tokens, at, wanted, left)
        }
        "return" => told_to_the_caller(tokens, at),
        _ if token.kind == super::TokenKind::Word => {
            demand(tokens, at).or_else(|| table(language, tokens, at))
        }
        _ => None,
    }
}

/// The branch that starts at `at`: its condition, its body and what comes otherwise.
pub(super) struct Branch {
    pub condition: std::ops::Range<usize>,
    pub body: std::ops::Range<usize>,
    /// First token behind the body.
    pub behind: usize,
}

/// Takes a branch apart.
pub(super) fn branch(language: Language, tokens: &[Token<'_>], at: usize) -> Option<Branch> {
    let from = at + 1;
    let first = tokens.get(from)?;
    // a guard of an arm: `v if v > MAX =>`
    let arm = tokens[from..]
        .iter()
        .take(CONDITION)
        .take_while(|token| token.line <= tokens[at].line + 3 && !token.is("{"))
        .position(|token| token.is("=>"));
    if let Some(end) = arm.filter(|_| matches!(language.name, "rs" | "scala")) {
        let body = from + end + 1;
        return Some(Branch {
            condition: from..from + end,
            body: body..arm_end(tokens, body),
            behind: tokens.len(),
        });
    }
    match language.family {
        Family::Parens if first.is("(") => {
            let end = closing(tokens, from)?;
            let start = if tokens.get(end + 1).is_some_and(|token| token.is("then")) {
                end + 2
            } else {
                end + 1
            };
            let (body, behind) = statement(tokens, start)?;
            Some(Branch {
                condition: from + 1..end,
                body,
                behind,
            })
        }
        Family::Parens | Family::Bare => {
            let mut depth = 0_i32;
            let end = tokens[from..].iter().take(CONDITION).position(|token| {
                depth += i32::from(token.is("(") || token.is("["))
                    - i32::from(token.is(")") || token.is("]"));
                depth <= 0 && (token.is("{") || token.is("then"))
            })?;
            let end = from + end;
            let start = if tokens[end].is("then") { end + 1 } else { end };
            let otherwise = tokens[at].is("guard") && tokens.get(end.checked_sub(1)?)?.is("else");
            let (body, behind) = statement(tokens, start)?;
            Some(Branch {
                condition: from..if otherwise { end - 1 } else { end },
                body,
                behind,
            })
        }
        Family::Indent => {
            let mut depth = 0_i32;
            let end = tokens[from..].iter().take(CONDITION).position(|token| {
                depth += i32::from(token.is("(") || token.is("[") || token.is("{"))
                    - i32::from(token.is(")") || token.is("]") || token.is("}"));
                depth <= 0 && token.is(":")
            })?;
            let (body, behind) = deeper(tokens, at, from + end + 1);
            Some(Branch {
                condition: from..from + end,
                body,
                behind,
            })
        }
        Family::Ends => {
            let line = tokens[at].line;
            if !tokens[at].first
                && tokens[..at]
                    .iter()
                    .rev()
                    .take_while(|token| token.line == line)
                    .any(|token| !token.is("else"))
                && !assigned(tokens, at)
            {
                // `raise Newer if version > LATEST`
                let start = at
                    - tokens[..at]
                        .iter()
                        .rev()
                        .take_while(|token| token.line == line)
                        .count();
                let end = from
                    + tokens[from..]
                        .iter()
                        .take(CONDITION)
                        .take_while(|token| token.line == line)
                        .count();
                return Some(Branch {
                    condition: from..end,
                    body: start..at,
                    behind: end,
                });
            }
            let mut last = line;
            let mut length = 0;
            let mut block = None;
            for token in tokens[from..].iter().take(CONDITION) {
                if token.is("do") || token.is("then") {
                    block = Some(length + 1);
                    break;
                }
                // a line that ends in an operator goes on
                let goes_on = length > 0
                    && ["&&", "||", "and", "or", ",", "("]
                        .iter()
                        .any(|word| tokens[from + length - 1].is(word));
                if token.line > last && !goes_on {
                    break;
                }
                last = token.line;
                length += 1;
            }
            let mut start = from + block.unwrap_or(length);
            if tokens.get(start).is_some_and(|token| token.is(":")) {
                start += 1;
            }
            let end = if length > 0 && tokens[from + length - 1].is(",") {
                from + length - 1
            } else {
                from + length
            };
            let (body, behind) = deeper(tokens, at, start);
            Some(Branch {
                condition: from..end,
                body,
                behind,
            })
        }
    }
}

/// The branch's value is given to a name: `x = if ..`.
fn assigned(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0 && (tokens[at - 1].is("=") || tokens[at - 1].is("return"))
}

/// Behind the bracket that closes the one at `open`.
pub(super) fn closing(tokens: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_i32;
    let end = tokens.get(open..)?.iter().take(BRANCH).position(|token| {
        depth += i32::from(token.is("(") || token.is("{") || token.is("["))
            - i32::from(token.is(")") || token.is("}") || token.is("]"));
        depth == 0
    })?;
    Some(open + end)
}

/// A block in braces, or one statement; and where the text goes on.
fn statement(tokens: &[Token<'_>], start: usize) -> Option<(std::ops::Range<usize>, usize)> {
    if tokens.get(start)?.is("{") {
        let end = closing(tokens, start).unwrap_or_else(|| tokens.len().min(start + BRANCH));
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
pub(super) fn deeper(
    tokens: &[Token<'_>],
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
pub(super) fn arm_end(tokens: &[Token<'_>], start: usize) -> usize {
    statement(tokens, start).map_or(start, |(body, _)| {
        let mut depth = 0_i32;
        let comma = tokens[body.clone()].iter().position(|token| {
            depth += i32::from(token.is("(") || token.is("{") || token.is("["))
                - i32::from(token.is(")") || token.is("}") || token.is("]"));
            depth == 0 && token.is(",")
        });
        comma.map_or(body.end, |at| body.start + at)
    })
}

fn branches(
    language: Language,
    tokens: &[Token<'_>],
    at: usize,
    wanted: Wanted<'_>,
) -> Option<Guard> {
    let line = tokens[at].line;
    // one branch of several: the first speaks for the chain's end
    let follows = at > 0 && tokens[at - 1].is("else")
        || matches!(tokens[at].text, "elif" | "elsif" | "elseif");
    let one = branch(language, tokens, at)?;
    let turned = tokens[at].is("unless") || tokens[at].is("guard");
    let mut asked = condition(tokens.get(one.condition.clone())?, turned)?;
    if let Some(compares) = asked.relation.asks() {
        if !wanted(&asked.names) {
            return None;
        }
        let outcome = outcome(language, tokens.get(one.body.clone())?);
        return Some(guard(line, asked, compares, outcome));
    }
    let compares = asked.relation.otherwise()?;
    if follows {
        return None;
    }
    // `if v == 1 .. else if v == 2 .. else throw`: what comes at the very end
    let (mut behind, mut last) = (one.behind, None);
    for _ in 0..CHAIN {
        let Some(token) = tokens.get(behind) else {
            break;
        };
        let (word, skip) = match token.text {
            "else" if tokens.get(behind + 1).is_some_and(|next| next.is("if")) => ("if", 1),
            "elif" | "elsif" | "elseif" => ("if", 0),
            "else" => ("else", 0),
            _ => break,
        };
        if matches!(language.family, Family::Indent | Family::Ends)
            && token.indent != tokens[at].indent
        {
            break;
        }
        if word == "else" {
            last = match language.family {
                Family::Indent => Some(deeper(tokens, behind, behind + 2).0),
                Family::Ends => Some(deeper(tokens, behind, behind + 1).0),
                _ => statement(tokens, behind + 1).map(|(body, _)| body),
            };
            break;
        }
        let Some(next) = branch(language, tokens, behind + skip) else {
            break;
        };
        if let Some(more) = tokens
            .get(next.condition.clone())
            .and_then(|tokens| condition(tokens, false))
        {
            asked.names.extend(more.names);
            asked.literals.extend(more.literals);
        }
        behind = next.behind;
    }
    let body = match last {
        Some(body) => body,
        // `if known { return value }`, and behind it the refusal
        None if tokens
            .get(one.body.clone())?
            .iter()
            .any(|token| token.is("return")) =>
        {
            let indent = tokens[at].indent;
            let length = tokens
                .get(one.behind..)?
                .iter()
                .take(40)
                .take_while(|token| !token.is("}") && token.indent >= indent && !token.is("if"))
                .count();
            one.behind..one.behind + length
        }
        None => return None,
    };
    asked.names.truncate(super::NAMES);
    if !wanted(&asked.names) {
        return None;
    }
    let outcome = outcome(language, tokens.get(body)?);
    Some(guard(line, asked, compares, outcome))
}

/// Calls that demand something and end the program's work otherwise.
const DEMANDS: [&str; 20] = [
    "require",
    "check",
    "ensure",
    "assert",
    "checkArgument",
    "checkState",
    "precondition",
    "ASSERT",
    "CHECK",
    "CHECK_LE",
    "CHECK_EQ",
    "Assert",
    "assertTrue",
    "enforce",
    "verify",
    "CHECK_LT",
    "assert_eq",
    "throw_if",
    "throw_unless",
    "abort_if",
];

fn demand(tokens: &[Token<'_>], at: usize) -> Option<Guard> {
    let token = &tokens[at];
    if !DEMANDS.contains(&token.text) {
        return None;
    }
    let open = if tokens.get(at + 1)?.is("!") {
        at + 2
    } else {
        at + 1
    };
    let statement = token.is("assert") && !tokens.get(open)?.is("(");
    let (start, end) = if statement {
        (
            open,
            open + tokens[open..]
                .iter()
                .take(CONDITION)
                .take_while(|other| other.line == token.line)
                .count(),
        )
    } else if tokens.get(open)?.is("(") {
        (open + 1, closing(tokens, open)?)
    } else {
        return None;
    };
    let mut depth = 0_i32;
    let comma = tokens[start..end].iter().position(|token| {
        depth += i32::from(token.is("(") || token.is("[") || token.is("{"))
            - i32::from(token.is(")") || token.is("]") || token.is("}"));
        depth == 0 && token.is(",")
    });
    let first = start..comma.map_or(end, |at| start + at);
    let refusal = (Outcome::Refuses { line: token.line }, String::new());
    let wrong_if = token.is("throw_if") || token.is("abort_if");
    if let Some(asked) = condition(&tokens[first], false) {
        let compares = if wrong_if {
            asked.relation.asks()
        } else {
            asked.relation.otherwise()
        }?;
        return Some(guard(token.line, asked, compares, refusal));
    }
    // CHECK_LE(version, kMax)
    let compares = match token.text {
        "CHECK_LE" | "CHECK_LT" => Compares::Newer,
        "CHECK_EQ" | "assert_eq" => Compares::NotEqual,
        _ => return None,
    };
    let both = &tokens[start..end];
    let asked = Condition {
        relation: super::compare::Relation::NotEqual,
        names: names(both),
        literals: literals(both),
    };
    Some(guard(token.line, asked, compares, refusal))
}

/// `return version <= LATEST`: the caller decides.
fn told_to_the_caller(tokens: &[Token<'_>], at: usize) -> Option<Guard> {
    let line = tokens[at].line;
    let end = at
        + 1
        + tokens[at + 1..]
            .iter()
            .take(CONDITION)
            .take_while(|token| token.line == line && !token.is(";") && !token.is("}"))
            .count();
    let value = &tokens[at + 1..end];
    if value
        .iter()
        .any(|token| token.is("?") || token.is("{") || token.is("if") || token.is("=>"))
    {
        return None;
    }
    let asked = condition(value, false)?;
    let compares = asked
        .relation
        .asks()
        .or_else(|| asked.relation.otherwise())?;
    Some(guard(
        line,
        asked,
        compares,
        (Outcome::NotUnderstood, String::new()),
    ))
}

/// A lookup that fails by itself: `READERS[version]` of Python, `fetch(version)` of Ruby,
/// `valueOf(name)` of Java.
fn table(language: Language, tokens: &[Token<'_>], at: usize) -> Option<Guard> {
    let (token, open) = (&tokens[at], tokens.get(at + 1)?);
    let fails = match language.name {
        "py" => {
            open.is("[")
                && token.text.len() > 2
                && token
                    .text
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
        }
        "rb" => open.is("(") && token.is("fetch"),
        "java" | "kt" => open.is("(") && (token.is("valueOf") || token.is("getValue")),
        "cs" => open.is("(") && token.is("Parse") && at > 1 && tokens[at - 2].is("Enum"),
        _ => false,
    };
    if !fails {
        return None;
    }
    let end = closing(tokens, at + 1)?;
    let inside = &tokens[at + 2..end];
    // given another value or a block for what is not there, it does not fail
    let otherwise = inside.iter().any(|token| token.is(",")) && language.name == "rb"
        || tokens
            .get(end + 1)
            .is_some_and(|token| token.is("{") || token.is("="));
    let asked = Condition {
        relation: super::compare::Relation::Unknown,
        names: names(inside),
        literals: Vec::new(),
    };
    let about = asked
        .names
        .iter()
        .any(|name| super::words::names_version(name) || super::words::names_type(name));
    (about && !otherwise).then(|| {
        guard(
            token.line,
            asked,
            Compares::UnknownMember,
            (Outcome::Refuses { line: token.line }, String::new()),
        )
    })
}
