//! Switches over a version or a type, and what they do with one that they do not know.

use super::branch::find_branch_outcome;
use super::condition::{GuardCondition, GuardRelation, list_token_names, list_token_numbers};
use super::found_guard::{WantedGuard, build_guard};
use super::token::{GuardLanguage, GuardToken, GuardTokenKind};
use super::token_range::{arm_end, find_indented_range};
use super::{Compares, GuardOutcome, NAMES, VersionGuard};

/// Most tokens of a subject, and of the labels of one case.
const SUBJECT: usize = 60;

// a switch of an interpreter may be a whole file; its default stands at its end, so it is read on
/// Most tokens of one switch.
const SWITCH: usize = 20_000;

// a hostile file nests switches, and each is read to its end again
/// Most tokens of all switches of a file, those inside others counted again: what nested switches
/// may cost.
const SWITCHES: usize = 1_000_000;

/// What the switches of a file may still cost, in tokens.
pub(super) struct TokenBudget(std::cell::Cell<usize>);

impl Default for TokenBudget {
    fn default() -> Self {
        Self(std::cell::Cell::new(SWITCHES))
    }
}

impl TokenBudget {
    /// How many tokens the next switch may have.
    fn of_one(&self) -> usize {
        self.0.get().min(SWITCH)
    }

    fn spend(&self, tokens: usize) {
        self.0.set(self.0.get().saturating_sub(tokens));
    }

    /// What was spent.
    #[cfg(test)]
    pub fn spent(&self) -> usize {
        SWITCHES - self.0.get()
    }
}

/// What a switch looks like once it is read.
struct SwitchStatement {
    subject: std::ops::Range<usize>,
    /// The label that takes whatever comes, where it says what that is.
    taken: Option<std::ops::Range<usize>>,
    labels: Vec<std::ops::Range<usize>>,
    otherwise: Option<std::ops::Range<usize>>,
}

/// The switch at the word `switch`, `match`, `when` or `case`.
pub(super) fn find_switch_guard(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    at: usize,
    wanted: WantedGuard<'_>,
    left: &TokenBudget,
) -> Option<VersionGuard> {
    let line = tokens[at].line;
    if left.of_one() == 0 {
        return None;
    }
    let read = match (language.name, tokens[at].text) {
        ("py", "match") => read_labelled_switch(tokens, at, ("case", ":"), left),
        ("rb", "case") => read_labelled_switch(tokens, at, ("when", "then"), left),
        ("ex", "case") => arrows_of_elixir(tokens, at, left),
        ("go" | "swift" | "java" | "js" | "c" | "php" | "dart" | "cs", "switch")
        | ("php" | "rs" | "scala", "match")
        | ("kt", "when") => read_braced_switch(language, tokens, at, left),
        _ => None,
    }?;
    let mut all = list_token_names(tokens.get(read.subject.clone())?);
    let taken = read.taken.clone().and_then(|label| tokens.get(label));
    all.extend(taken.map(list_token_names).unwrap_or_default());
    if !wanted(&all) {
        return None;
    }
    let subjects = all.len();
    let mut numbers = Vec::new();
    // numbers of all cases are wanted: a case that comes is told by the one that previous lacks
    for label in &read.labels {
        let label = &tokens[label.clone()];
        all.extend(list_token_names(label));
        numbers.extend(list_token_numbers(label));
        if all.len() > NAMES * 4 {
            break;
        }
    }
    // a `match` of PHP without a default throws by itself
    let (outcome, message) = match read.otherwise {
        Some(body) => find_branch_outcome(language, tokens.get(body)?),
        None if language.name == "php" && tokens[at].is("match") => {
            (GuardOutcome::Refuses { line }, String::new())
        }
        // a switch without a default passes over what it does not know; who reads on is not known
        // here
        None => return None,
    };
    let asked = GuardCondition {
        relation: GuardRelation::Unknown,
        names: all,
        literals: numbers,
    };
    let mut guard = build_guard(line, asked, Compares::UnknownMember, (outcome, message));
    guard.subjects = subjects;
    Some(guard)
}

/// What a switch in braces is over, before or behind its word, and the brace that opens it.
fn find_switch_subject(
    tokens: &[GuardToken<'_>],
    at: usize,
) -> Option<(std::ops::Range<usize>, usize)> {
    let next = tokens.get(at + 1)?;
    let before = at > 0 && tokens[at - 1].is(".");
    if next.is("{") {
        let start = tokens[..at]
            .iter()
            .rev()
            .take(SUBJECT)
            .take_while(|token| {
                // C# and Scala have the word behind: `value switch {`
                token.line == tokens[at].line
                    && !["=", "return", "{", "}", ";", "=>"]
                        .iter()
                        .any(|word| token.is(word))
            })
            .count();
        Some((at - start..at, at + 1))
    } else if before {
        None
    } else {
        let mut depth = 0_i32;
        let length = tokens[at + 1..].iter().take(SUBJECT).position(|token| {
            depth += i32::from(token.is("(") || token.is("["))
                - i32::from(token.is(")") || token.is("]"));
            depth == 0 && token.is("{")
        })?;
        Some((at + 1..at + 1 + length, at + 1 + length))
    }
}

/// `{ case A: .. default: .. }` and `{ A => .., _ => .. }`.
fn read_braced_switch(
    language: GuardLanguage,
    tokens: &[GuardToken<'_>],
    at: usize,
    left: &TokenBudget,
) -> Option<SwitchStatement> {
    let next = tokens.get(at + 1)?;
    let (subject, open) = find_switch_subject(tokens, at)?;
    if subject.is_empty() {
        return None;
    }
    // Scala writes `case` before its arms, as a switch does
    let arrows = matches!(tokens[at].text, "match" | "when") && language.name != "scala"
        || language.name == "cs" && next.is("{");
    let mut read = SwitchStatement {
        subject,
        taken: None,
        labels: Vec::new(),
        otherwise: None,
    };
    let (mut i, mut depth, limit) = (open + 1, 0_i32, tokens.len().min(open + left.of_one()));
    let mut default_from = None;
    while i < limit {
        let token = &tokens[i];
        if depth == 0 && token.is("}") {
            break;
        }
        if depth == 0 && arrows {
            let Some(arrow) = label_end(tokens, i, &["=>", "->"]) else {
                break;
            };
            let label = i..arrow;
            let body = arrow + 1;
            let end = arm_end(tokens, body).max(body);
            if catches_all(&tokens[label.clone()]) {
                read.otherwise = Some(body..end);
            } else {
                read.labels.push(label);
            }
            i = end;
            while tokens
                .get(i)
                .is_some_and(|token| token.is(",") || token.is(";"))
                || tokens.get(i).is_some_and(|token| token.is("}"))
                    && i == end
                    && tokens.get(body).is_some_and(|token| token.is("{"))
            {
                i += 1;
            }
            if i <= arrow {
                break;
            }
            continue;
        }
        if depth == 0 && (token.is("case") || token.is("default")) {
            if let Some(start) = default_from.take() {
                read.otherwise = Some(start..i);
            }
            let Some(end) = label_end(tokens, i + 1, &[":", "=>", "->"]) else {
                break;
            };
            if token.is("default") || catches_all(&tokens[i + 1..end]) {
                default_from = Some(end + 1);
            } else {
                read.labels.push(i + 1..end);
            }
            i = end + 1;
            continue;
        }
        depth += i32::from(token.is("(") || token.is("{") || token.is("["))
            - i32::from(token.is(")") || token.is("}") || token.is("]"));
        i += 1;
    }
    if let Some(start) = default_from {
        read.otherwise = Some(start..i);
    }
    left.spend(i.saturating_sub(open));
    Some(read)
}

/// Where the label that starts at `from` ends.
fn label_end(tokens: &[GuardToken<'_>], from: usize, ends: &[&str]) -> Option<usize> {
    let mut depth = 0_i32;
    let length = tokens
        .get(from..)?
        // a label with more tokens than this is one whose end was missed
        .iter()
        .take(SUBJECT * 4)
        .position(|token| {
            depth += i32::from(token.is("(") || token.is("{") || token.is("["))
                - i32::from(token.is(")") || token.is("}") || token.is("]"));
            depth < 0 || depth == 0 && ends.iter().any(|end| token.is(end))
        })?;
    tokens
        .get(from + length)
        .filter(|token| ends.iter().any(|end| token.is(end)))
        .map(|_| from + length)
}

/// `_`, `else`, `default`, or one name in small letters that takes whatever comes.
fn catches_all(label: &[GuardToken<'_>]) -> bool {
    match label {
        [] => true,
        [one] => {
            one.is("_")
                || one.is("else")
                || one.is("default")
                // `other => ..` binds a name and takes all; a name with a capital is a case
                || one.kind == GuardTokenKind::Word
                    && one.text.chars().all(|c| c.is_lowercase() || c == '_')
        }
        [first, second] => {
            first.is("var") && second.kind == GuardTokenKind::Word
                || first.is("case") && second.is("_")
        }
        _ => false,
    }
}

// a first byte is taken apart by its pattern, so it is the subject although `case` names the bytes
/// `<<version, _::binary>>` of Elixir: a number of any value at the beginning.
fn takes_any_bytes(label: &[GuardToken<'_>]) -> bool {
    matches!(label, [open, also, name, ..] if open.is("<") && also.is("<")
        && name.kind == GuardTokenKind::Word
        && !label.iter().any(|token| token.is("when")))
}

/// Python and Ruby: labels at the beginning of lines.
fn read_labelled_switch(
    tokens: &[GuardToken<'_>],
    at: usize,
    (word, end): (&str, &str),
    left: &TokenBudget,
) -> Option<SwitchStatement> {
    let (line, indent) = (tokens[at].line, tokens[at].indent);
    let ends = |token: &GuardToken<'_>| token.line > line || token.is(":");
    let length = tokens[at + 1..].iter().take(SUBJECT).position(ends)?;
    let mut read = SwitchStatement {
        subject: at + 1..at + 1 + length,
        taken: None,
        labels: Vec::new(),
        otherwise: None,
    };
    if read.subject.is_empty() {
        return None;
    }
    let (mut i, most) = (read.subject.end, left.of_one());
    let mut arms = None;
    while let Some(token) = tokens.get(i).filter(|_| i < at + most) {
        let ended = token.first
            && (token.indent < indent
                // what stands at the switch's own depth and is no label comes after it
                || token.indent == indent && !(token.is(word) || token.is("else")));
        if ended {
            break;
        }
        // labels of a switch within an arm stand deeper and are its own
        let own = token.first && arms.is_none_or(|arms| token.indent == arms);
        if own && (token.is(word) || token.is("else")) {
            arms = Some(token.indent);
            let stop = tokens[i + 1..]
                .iter()
                .take(SUBJECT * 4)
                .position(|other| other.is(end) || other.line > token.line && !other.is(","));
            let stop = i + 1 + stop.unwrap_or(0);
            let body = if tokens.get(stop).is_some_and(|token| token.is(end)) {
                stop + 1
            } else {
                stop
            };
            if token.is("else") || word == "case" && catches_all(&tokens[i + 1..stop]) {
                read.otherwise = Some(
                    find_indented_range(tokens, i, if token.is("else") { i + 1 } else { body }).0,
                );
            } else {
                read.labels.push(i + 1..stop);
            }
            i = body.max(i + 1);
            continue;
        }
        i += 1;
    }
    left.spend(i - at);
    Some(read)
}

/// `case x do` and its arms of Elixir.
fn arrows_of_elixir(
    tokens: &[GuardToken<'_>],
    at: usize,
    left: &TokenBudget,
) -> Option<SwitchStatement> {
    let length = tokens[at + 1..]
        .iter()
        .take(SUBJECT)
        .position(|token| token.is("do"))?;
    let mut read = SwitchStatement {
        subject: at + 1..at + 1 + length,
        taken: None,
        labels: Vec::new(),
        otherwise: None,
    };
    let indent = tokens[at].indent;
    let (mut i, most) = (at + length + 2, left.of_one());
    let arms = tokens.get(i)?.indent;
    while let Some(token) = tokens
        .get(i)
        .filter(|token| i < at + most && token.indent > indent)
    {
        if token.first && token.indent == arms {
            let stop = tokens[i..]
                .iter()
                .take(SUBJECT * 4)
                .position(|other| other.is("->"))?;
            let body = i + stop + 1;
            let behind = tokens[body..]
                .iter()
                .take(most)
                .take_while(|other| !(other.first && other.indent <= arms))
                .count();
            if catches_all(&tokens[i..i + stop]) {
                read.otherwise = Some(body..body + behind);
            } else if takes_any_bytes(&tokens[i..i + stop]) {
                read.otherwise = Some(body..body + behind);
                read.taken = Some(i..i + stop);
            } else {
                read.labels.push(i..i + stop);
            }
            i = body + behind.max(1);
            continue;
        }
        i += 1;
    }
    left.spend(i - at);
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::lex::{cut_program_tokens, find_language};

    /// Tokens that all switches of a text cost.
    fn cost(path: &str, text: &str) -> usize {
        let language = find_language(path).expect("a language that is read");
        let (tokens, left) = (cut_program_tokens(language, text), TokenBudget::default());
        let switch = |token: &GuardToken<'_>| {
            ["switch", "match", "case", "when"]
                .iter()
                .any(|word| token.is(word))
        };
        for at in (0..tokens.len()).filter(|at| switch(&tokens[*at])) {
            find_switch_guard(language, &tokens, at, &|_| true, &left);
        }
        left.spent()
    }

    #[test]
    fn switches_in_each_other_cost_no_more_than_a_file_may_cost() {
        let deep = |n: usize| {
            (0..n)
                .map(|at| format!("{}match version:\n", " ".repeat(at % 200)))
                .collect::<String>()
        };
        for (path, text, twice) in [
            (
                "a.go",
                "switch version {\ncase 1:\n".repeat(20_000),
                "switch version {\ncase 1:\n".repeat(40_000),
            ),
            (
                "a.rs",
                "match version { 1 => ".repeat(20_000),
                "match version { 1 => ".repeat(40_000),
            ),
            ("a.py", deep(20_000), deep(40_000)),
        ] {
            let (once, twice) = (cost(path, &text), cost(path, &twice));
            assert!(
                twice <= SWITCHES && twice * 10 <= once * 22,
                "{path}: {once} and {twice}"
            );
        }
    }
}
