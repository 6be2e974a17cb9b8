//! One pass over the tokens of a file: branches, demands, lookups and switches.

use super::branch::find_branch_outcome;
use super::compare::read_condition;
use super::condition::{GuardCondition, list_token_names, list_token_numbers};
use super::found_guard::{WantedGuard, build_guard};
use super::lex::{cut_program_tokens, find_language};
use super::token::{BlockStyle, GuardLanguage, GuardToken};
use super::token_range::{
    arm_end, find_closing_bracket, find_indented_range, find_statement_range,
};
use super::{Compares, GuardOutcome, MOST, VersionGuard, clause, missing, switch};

// a longer condition is most likely one whose end was missed
/// Most tokens of one condition.
const CONDITION: usize = 120;

// a generated chain asks for hundreds of values; what comes at its end is then not looked for
/// Most branches of one chain of `else if`.
const CHAIN: usize = 60;

/// All guards of a file, in its order; none in a language that is not known.
pub fn find_guards(path: &str, text: &str) -> Vec<VersionGuard> {
    let Some(language) = find_language(path) else {
        return Vec::new();
    };
    find_in(language, text, &cut_program_tokens(language, text), &|_| {
        true
    })
}

/// Guards of a file whose tokens are at hand, of which the names of the subject are `wanted`: what
/// a branch does is worked out for those only.
pub fn find_in(
    language: GuardLanguage,
    text: &str,
    tokens: &[GuardToken<'_>],
    wanted: WantedGuard<'_>,
) -> Vec<VersionGuard> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut guards, left) = (Vec::new(), switch::TokenBudget::default());
    for at in 0..tokens.len() {
        if guards.len() >= MOST {
            break;
        }
        // working out a branch costs the most, so who asks says first which names matter
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

fn at_token(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    at: usize,
    wanted: WantedGuard<'_>,
    left: &switch::TokenBudget,
) -> Option<VersionGuard> {
    let token = tokens.get(at)?;
    match token.text {
        "if" | "elif" | "elsif" | "elseif" | "unless" | "guard"
            if token.kind == super::TokenKind::Word =>
        {
            find_branch_guard(language, tokens, at, wanted)
        }
        "when" if language.name == "ex" => clause::find_clause_guard(language, tokens, at, wanted),
        "switch" | "match" | "when" | "case" if token.kind == super::TokenKind::Word => {
            switch::find_switch_guard(language, tokens, at, wanted, left)
        }
        "??" | "?" => missing::find_missing_guard(tokens, at),
        "return" => told_to_the_caller(tokens, at),
        _ if token.kind == super::TokenKind::Word => {
            find_assertion_guard(tokens, at).or_else(|| find_lookup_guard(language, tokens, at))
        }
        _ => None,
    }
}

/// The branch that starts at `at`: its condition, its body and what comes otherwise.
pub(super) struct GuardBranch {
    pub condition: std::ops::Range<usize>,
    pub body: std::ops::Range<usize>,
    /// First token behind the body.
    pub behind: usize,
}

/// Takes a branch apart.
pub(super) fn read_branch(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    at: usize,
) -> Option<GuardBranch> {
    let from = at + 1;
    let first = tokens.get(from)?;
    // the word `if` of Rust and Scala stands within an arm as well, without a block of its own
    // a guard of an arm: `v if v > MAX =>`
    let arm = tokens[from..]
        .iter()
        .take(CONDITION)
        .take_while(|token| token.line <= tokens[at].line + 3 && !token.is("{"))
        .position(|token| token.is("=>"));
    if let Some(end) = arm.filter(|_| matches!(language.name, "rs" | "scala")) {
        let body = from + end + 1;
        return Some(GuardBranch {
            condition: from..from + end,
            body: body..arm_end(tokens, body),
            // an arm has no `else`, so nothing follows that could be its other branch
            behind: tokens.len(),
        });
    }
    match language.family {
        BlockStyle::Parens if first.is("(") => read_bracketed_branch(tokens, from),
        BlockStyle::Parens | BlockStyle::Bare => read_bare_branch(tokens, at),
        BlockStyle::Indent => read_indented_branch(tokens, at),
        BlockStyle::Ends if trails_its_body(tokens, at) => Some(read_trailing_branch(tokens, at)),
        BlockStyle::Ends => Some(read_branch_with_end(tokens, at)),
    }
}

/// `if (condition) { .. }`; `from` is the bracket.
fn read_bracketed_branch(tokens: &[GuardToken<'_>], from: usize) -> Option<GuardBranch> {
    let end = find_closing_bracket(tokens, from)?;
    let start = if tokens.get(end + 1).is_some_and(|token| token.is("then")) {
        end + 2
    } else {
        end + 1
    };
    let (body, behind) = find_statement_range(tokens, start)?;
    Some(GuardBranch {
        condition: from + 1..end,
        body,
        behind,
    })
}

/// `if condition { .. }`, `guard condition else { .. }`.
fn read_bare_branch(tokens: &[GuardToken<'_>], at: usize) -> Option<GuardBranch> {
    let from = at + 1;
    let mut depth = 0_i32;
    let end = tokens[from..].iter().take(CONDITION).position(|token| {
        depth +=
            i32::from(token.is("(") || token.is("[")) - i32::from(token.is(")") || token.is("]"));
        depth <= 0 && (token.is("{") || token.is("then"))
    })?;
    let end = from + end;
    let start = if tokens[end].is("then") { end + 1 } else { end };
    // `guard` of Swift has its block behind `else`
    let otherwise = tokens[at].is("guard") && tokens.get(end.checked_sub(1)?)?.is("else");
    let (body, behind) = find_statement_range(tokens, start)?;
    Some(GuardBranch {
        condition: from..if otherwise { end - 1 } else { end },
        body,
        behind,
    })
}

/// `if condition:` with what stands deeper.
fn read_indented_branch(tokens: &[GuardToken<'_>], at: usize) -> Option<GuardBranch> {
    let from = at + 1;
    let mut depth = 0_i32;
    let end = tokens[from..].iter().take(CONDITION).position(|token| {
        depth += i32::from(token.is("(") || token.is("[") || token.is("{"))
            - i32::from(token.is(")") || token.is("]") || token.is("}"));
        depth <= 0 && token.is(":")
    })?;
    let (body, behind) = find_indented_range(tokens, at, from + end + 1);
    Some(GuardBranch {
        condition: from..from + end,
        body,
        behind,
    })
}

/// The statement stands before its condition: `raise Newer if version > LATEST`.
fn trails_its_body(tokens: &[GuardToken<'_>], at: usize) -> bool {
    // Ruby asks behind the statement: `raise Newer if version > LATEST`
    let line = tokens[at].line;
    !tokens[at].first
        && tokens[..at]
            .iter()
            .rev()
            .take_while(|token| token.line == line)
            .any(|token| !token.is("else"))
        // `x = if ..` has its body behind it, though it does not begin its line
        && !is_branch_assigned(tokens, at)
}

/// `raise Newer if version > LATEST`
fn read_trailing_branch(tokens: &[GuardToken<'_>], at: usize) -> GuardBranch {
    let (line, from) = (tokens[at].line, at + 1);
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
    GuardBranch {
        condition: from..end,
        body: start..at,
        behind: end,
    }
}

/// `if condition` with what stands deeper, up to `end`.
fn read_branch_with_end(tokens: &[GuardToken<'_>], at: usize) -> GuardBranch {
    let (line, from) = (tokens[at].line, at + 1);
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
    let (body, behind) = find_indented_range(tokens, at, start);
    GuardBranch {
        condition: from..end,
        body,
        behind,
    }
}

/// The branch's value is given to a name: `x = if ..`.
fn is_branch_assigned(tokens: &[GuardToken<'_>], at: usize) -> bool {
    at > 0 && (tokens[at - 1].is("=") || tokens[at - 1].is("return"))
}

fn find_branch_guard(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    at: usize,
    wanted: WantedGuard<'_>,
) -> Option<VersionGuard> {
    let line = tokens[at].line;
    // one branch of several: the first speaks for the chain's end
    let follows = at > 0 && tokens[at - 1].is("else")
        || matches!(tokens[at].text, "elif" | "elsif" | "elseif");
    let one = read_branch(language, tokens, at)?;
    let turned = tokens[at].is("unless") || tokens[at].is("guard");
    let condition = tokens.get(one.condition.clone())?;
    // a missing entry comes first: read as a comparison, `reader == null` would be about nothing
    let mut asked = missing::read_missing_entry(tokens, at, condition)
        .filter(|_| !turned)
        .or_else(|| read_condition(condition, turned))?;
    if let Some(compares) = asked.relation.asks() {
        if !wanted(&asked.names) {
            return None;
        }
        let outcome = find_branch_outcome(language, tokens.get(one.body.clone())?);
        return Some(build_guard(line, asked, compares, outcome));
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
        if matches!(language.family, BlockStyle::Indent | BlockStyle::Ends)
            // an `else` that stands deeper or less deep belongs to another `if`
            && token.indent != tokens[at].indent
        {
            break;
        }
        if word == "else" {
            last = match language.family {
                BlockStyle::Indent => Some(find_indented_range(tokens, behind, behind + 2).0),
                BlockStyle::Ends => Some(find_indented_range(tokens, behind, behind + 1).0),
                _ => find_statement_range(tokens, behind + 1).map(|(body, _)| body),
            };
            break;
        }
        let Some(next) = read_branch(language, tokens, behind + skip) else {
            break;
        };
        if let Some(more) = tokens
            .get(next.condition.clone())
            .and_then(|tokens| read_condition(tokens, false))
        {
            asked.names.extend(more.names);
            asked.literals.extend(more.literals);
        }
        // all known versions of the chain count, so that the list of what is known is whole
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
        // without `else` and without a return the text goes on for both, so nothing is refused
        None => return None,
    };
    asked.names.truncate(super::NAMES);
    if !wanted(&asked.names) {
        return None;
    }
    let outcome = find_branch_outcome(language, tokens.get(body)?);
    Some(build_guard(line, asked, compares, outcome))
}

// `require` and its kin end the work where what they demand does not hold
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

fn find_assertion_guard(tokens: &[GuardToken<'_>], at: usize) -> Option<VersionGuard> {
    let token = &tokens[at];
    if !DEMANDS.contains(&token.text) {
        return None;
    }
    let open = if tokens.get(at + 1)?.is("!") {
        at + 2
    } else {
        at + 1
    };
    // `assert x, "text"` of Python has no brackets
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
        (open + 1, find_closing_bracket(tokens, open)?)
    } else {
        // `require "json"` of Ruby loads a file
        return None;
    };
    let mut depth = 0_i32;
    let comma = tokens[start..end].iter().position(|token| {
        depth += i32::from(token.is("(") || token.is("[") || token.is("{"))
            - i32::from(token.is(")") || token.is("]") || token.is("}"));
        depth == 0 && token.is(",")
    });
    // what stands behind the first comma is the message
    let first = start..comma.map_or(end, |at| start + at);
    let refusal = (GuardOutcome::Refuses { line: token.line }, String::new());
    // these two refuse where the condition holds; all others where it does not
    let wrong_if = token.is("throw_if") || token.is("abort_if");
    if let Some(asked) = read_condition(&tokens[first], false) {
        let compares = if wrong_if {
            asked.relation.asks()
        } else {
            asked.relation.otherwise()
        }?;
        return Some(build_guard(token.line, asked, compares, refusal));
    }
    // CHECK_LE(version, kMax)
    let compares = match token.text {
        "CHECK_LE" | "CHECK_LT" => Compares::Newer,
        "CHECK_EQ" | "assert_eq" => Compares::NotEqual,
        _ => return None,
    };
    let both = &tokens[start..end];
    let asked = GuardCondition {
        relation: super::condition::GuardRelation::NotEqual,
        names: list_token_names(both),
        literals: list_token_numbers(both),
    };
    Some(build_guard(token.line, asked, compares, refusal))
}

// whether the caller refuses stands elsewhere, so this is not understood rather than harmless
/// `return version <= LATEST`: the caller decides.
fn told_to_the_caller(tokens: &[GuardToken<'_>], at: usize) -> Option<VersionGuard> {
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
        // a value that is worked out in branches is judged branch by branch
        .any(|token| token.is("?") || token.is("{") || token.is("if") || token.is("=>"))
    {
        return None;
    }
    let asked = read_condition(value, false)?;
    let compares = asked
        .relation
        .asks()
        .or_else(|| asked.relation.otherwise())?;
    Some(build_guard(
        line,
        asked,
        compares,
        (GuardOutcome::NotUnderstood, String::new()),
    ))
}

/// A lookup that fails by itself: `READERS[version]` of Python, `fetch(version)` of Ruby,
/// `valueOf(name)` of Java.
fn find_lookup_guard(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    at: usize,
) -> Option<VersionGuard> {
    let (token, open) = (&tokens[at], tokens.get(at + 1)?);
    let fails = match language.name {
        "py" => {
            // a dictionary in capitals is a fixed table of Python; others may be filled while it
            // runs
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
    // in other languages a look-up gives nothing, which is asked about behind it
    if !fails {
        return None;
    }
    let end = find_closing_bracket(tokens, at + 1)?;
    let inside = &tokens[at + 2..end];
    // given another value or a block for what is not there, it does not fail
    let otherwise = inside.iter().any(|token| token.is(",")) && language.name == "rb"
        || tokens
            .get(end + 1)
            .is_some_and(|token| token.is("{") || token.is("="));
    let asked = GuardCondition {
        relation: super::condition::GuardRelation::Unknown,
        names: list_token_names(inside),
        literals: Vec::new(),
    };
    let about = asked
        .names
        .iter()
        // `USERS[name]` fails as well, yet tells nothing about a form
        .any(|name| super::words::names_version(name) || super::words::names_type(name));
    (about && !otherwise).then(|| {
        build_guard(
            token.line,
            asked,
            Compares::UnknownMember,
            (GuardOutcome::Refuses { line: token.line }, String::new()),
        )
    })
}
