//! The form that a formatter gives to program text, taken away: where lines break, commas behind
//! the last member, semicolons where the end of a line does the same, the kind of quotes, the order
//! of imports. Two texts that agree without it are one program.
//!
//! Formatters themselves (ruff, rustfmt, biome) were looked at: each knows one language, and
//! formatting both texts costs more than reading the whole range. Every rule here only says that
//! two ways of writing mean the same; where a language gives a meaning to one of them (a comma that
//! makes a tuple, a line that begins with a bracket), the rule does not hold for it.

use super::tokens::{END, LedgerToken};
use crate::changed_lines::ChangedLines;

mod imports;

/// Languages with rules of layout of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LayoutLanguage {
    Python,
    Script,
    Go,
    Rust,
    /// Java, C#, C and C++.
    Braces,
    Java,
    Dart,
    Php,
    /// Kotlin, Scala and Swift.
    Kotlin,
    Ruby,
    Elixir,
}

use LayoutLanguage as L;

fn find_language(path: &str) -> Option<LayoutLanguage> {
    let end = path.rsplit('.').next()?.to_ascii_lowercase();
    Some(match end.as_str() {
        "py" | "pyi" | "pyx" => L::Python,
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => L::Script,
        "go" => L::Go,
        "rs" => L::Rust,
        "java" => L::Java,
        "cs" | "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" => L::Braces,
        "dart" => L::Dart,
        "php" => L::Php,
        "kt" | "kts" | "scala" | "sc" | "swift" => L::Kotlin,
        "rb" | "rake" | "cr" => L::Ruby,
        "ex" | "exs" => L::Elixir,
        _ => return None,
    })
}

/// A token without what its place on a line said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PlainToken<'a> {
    text: &'a str,
    /// The text stood in quotes of one kind or the other, and holds nothing that the kind changes.
    quoted: bool,
    /// How many bodies the line stands in, where the indentation says so; 0 behind the first token
    /// of a line.
    level: usize,
}

impl PlainToken<'_> {
    fn is(&self, text: &str) -> bool {
        !self.quoted && self.text == text
    }

    fn is_word(&self) -> bool {
        !self.quoted
            && self
                .text
                .starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$'))
    }
}

/// Whether the lines that differ could be one program laid out twice: they hold the same words, in
/// any order. The quick question before [`has_same_program_without_layout`].
pub(super) fn may_differ_in_layout(path: &str, lines: &ChangedLines<'_>) -> bool {
    find_language(path).is_some_and(|language| {
        // most changes hold other words, and counting letters is cheaper than sorting them
        let letters =
            |lines: &[(usize, &str)]| -> usize { list_words(language, lines).map(str::len).sum() };
        letters(&lines.fresh) == letters(&lines.gone)
            && sorted_words(language, &lines.fresh) == sorted_words(language, &lines.gone)
    })
}

fn sorted_words<'a>(language: LayoutLanguage, lines: &[(usize, &'a str)]) -> Vec<&'a str> {
    let mut words: Vec<&str> = list_words(language, lines).collect();
    words.sort_unstable();
    words
}

fn list_words<'a>(
    language: LayoutLanguage,
    lines: &[(usize, &'a str)],
) -> impl Iterator<Item = &'a str> {
    lines
        .iter()
        .map(|(_, line)| *line)
        .filter(move |line| !imports::may_be_unused(language, line))
        .flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))))
        .filter(move |word| !(word.is_empty() || language == L::Php && *word == "array"))
}

/// Whether two texts are the same program once the layout is taken away from both.
pub(super) fn has_same_program_without_layout(
    path: &str,
    old: &[LedgerToken<'_>],
    new: &[LedgerToken<'_>],
) -> bool {
    let Some(language) = find_language(path) else {
        return false;
    };
    let plain = |tokens| take_layout_away(language, tokens);
    let (Some(old), Some(new)) = (plain(old), plain(new)) else {
        return false;
    };
    old == new || imports::differ_only_in_imports(language, &old, &new)
}

/// The tokens of a text in the one form that all layouts of it share; `None` where its brackets do
/// not match.
fn take_layout_away<'a>(
    language: LayoutLanguage,
    tokens: &[LedgerToken<'a>],
) -> Option<Vec<PlainToken<'a>>> {
    let mut plain = read_levels(language, tokens)?;
    if language == L::Script {
        plain = end_statements_by_lines(&plain);
    } else if ends_statements_by_lines(language) {
        for token in plain.iter_mut().filter(|token| token.is(";")) {
            token.text = END;
        }
    }
    plain = drop_line_ends(language, &plain)?;
    if language == L::Php {
        plain = write_arrays_in_brackets(&plain)?;
    }
    plain = drop_last_commas(language, &plain)?;
    if matches!(language, L::Python | L::Script) {
        plain = drop_parentheses_around_values(language, &plain)?;
    }
    if language == L::Script {
        plain = drop_parentheses_around_one_parameter(&plain);
    }
    if language == L::Ruby {
        plain = write_keys_with_a_colon(&plain);
    }
    while plain.last().is_some_and(|last| last.is(END)) {
        plain.pop();
    }
    Some(plain)
}

fn ends_statements_by_lines(language: LayoutLanguage) -> bool {
    matches!(language, L::Go | L::Kotlin | L::Ruby)
}

/// Levels instead of columns, quotes of one kind; in Python also no line ends inside brackets.
fn read_levels<'a>(
    language: LayoutLanguage,
    tokens: &[LedgerToken<'a>],
) -> Option<Vec<PlainToken<'a>>> {
    let mut out: Vec<PlainToken<'a>> = Vec::with_capacity(tokens.len());
    let mut columns: Vec<usize> = Vec::new();
    let (mut open, mut line_goes_on) = (0usize, false);
    for (at, token) in tokens.iter().enumerate() {
        let python = language == L::Python;
        match token.text {
            "(" | "[" | "{" => open += 1,
            ")" | "]" | "}" => open = open.checked_sub(1)?,
            END if python && open > 0 => continue,
            END if line_goes_on => {
                line_goes_on = false;
                continue;
            }
            "\\" if python && tokens.get(at + 1).is_none_or(|next| next.text == END) => {
                line_goes_on = true;
                continue;
            }
            _ => {}
        }
        let begins = out.last().is_none_or(|last| last.is(END));
        let mut level = 0;
        if python && begins && token.text != END {
            while columns.last().is_some_and(|column| *column > token.indent) {
                columns.pop();
            }
            if token.indent > 0 && columns.last() != Some(&token.indent) {
                columns.push(token.indent);
            }
            level = columns.len();
        }
        let (text, quoted) = unquote(language, token.text);
        out.push(PlainToken {
            text,
            quoted,
            level,
        });
    }
    Some(out)
}

/// The inside of a text whose quotes may be of either kind.
fn unquote(language: LayoutLanguage, text: &str) -> (&str, bool) {
    if !matches!(language, L::Python | L::Script | L::Php | L::Ruby | L::Dart) {
        return (text, false);
    }
    for quote in ['"', '\''] {
        let inner = text
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        let plain = |inner: &&str| !inner.contains(['"', '\'', '\\', '$', '#', '\n']);
        if let Some(inner) = inner.filter(plain) {
            return (inner, true);
        }
    }
    (text, false)
}

/// JavaScript ends a statement at the end of a line unless the next one can go on with it: a
/// semicolon there says nothing. Behind a head (`if (..);`) it is an empty statement and stays.
fn end_statements_by_lines<'a>(tokens: &[PlainToken<'a>]) -> Vec<PlainToken<'a>> {
    const HEADS: [&str; 4] = ["if", "while", "for", "with"];
    let mut out: Vec<PlainToken<'a>> = Vec::with_capacity(tokens.len());
    // for each open bracket: its sign, and whether it is the head of a statement
    let mut open: Vec<(&str, bool)> = Vec::new();
    let mut head_closed = false;
    let mut kept = false;
    for (at, token) in tokens.iter().enumerate() {
        let after_head = std::mem::take(&mut head_closed);
        if token.quoted {
            out.push(*token);
            kept = false;
            continue;
        }
        match token.text {
            "(" | "[" | "{" => {
                let mut back = out.iter().rev();
                let mut before = back.next();
                if before.is_some_and(|token| token.is("await")) {
                    before = back.next();
                }
                let head = before.is_some_and(|token| HEADS.iter().any(|head| token.is(head)));
                open.push((token.text, head));
            }
            ")" | "]" | "}" => head_closed = open.pop().is_some_and(|(_, head)| head),
            ";" if open.last().is_none_or(|(sign, _)| *sign == "{") => {
                let next = tokens[at + 1..].iter().find(|token| !token.is(END));
                let goes_on = next.is_some_and(|next| {
                    !next.quoted
                        && !next.is_word()
                        && !next.text.starts_with(|c: char| c.is_ascii_digit())
                        && !matches!(next.text, "}" | "{" | "@" | ";")
                        && !next.text.starts_with(['"', '\''])
                });
                let empty = after_head
                    || out
                        .last()
                        .is_some_and(|last| last.is("else") || last.is("do"));
                if !goes_on && !empty {
                    out.push(PlainToken {
                        text: END,
                        ..*token
                    });
                    kept = false;
                    continue;
                }
                kept = true;
                out.push(*token);
                continue;
            }
            END if kept => continue,
            _ => {}
        }
        kept = false;
        out.push(*token);
    }
    out
}

/// Leaves out ends of lines that end no statement.
fn drop_line_ends<'a>(
    language: LayoutLanguage,
    tokens: &[PlainToken<'a>],
) -> Option<Vec<PlainToken<'a>>> {
    if language == L::Python {
        return Some(tokens.to_vec());
    }
    let mut out: Vec<PlainToken<'a>> = Vec::with_capacity(tokens.len());
    let mut open: Vec<&str> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if !token.is(END) {
            if !token.quoted {
                match token.text {
                    "(" | "[" | "{" => open.push(token.text),
                    ")" | "]" | "}" => drop(open.pop()?),
                    _ => {}
                }
            }
            out.push(*token);
            continue;
        }
        let inside = open.last().is_some_and(|sign| *sign != "{")
            && matches!(language, L::Script | L::Kotlin);
        let mut ahead = tokens[at + 1..].iter().filter(|token| !token.is(END));
        let (next, then) = (ahead.next(), ahead.next());
        if inside
            || out
                .last()
                .is_none_or(|last| last.is(END) || goes_on_behind(language, &out))
            || next.is_none_or(|next| goes_on_with(language, next, then))
        {
            continue;
        }
        out.push(*token);
    }
    Some(out)
}

/// No statement ends behind the last of these tokens.
fn goes_on_behind(language: LayoutLanguage, before: &[PlainToken<'_>]) -> bool {
    let Some(last) = before.last().filter(|last| !last.quoted) else {
        return false;
    };
    match last.text {
        "(" | "[" | "{" | "," => true,
        "=" | "&" => language != L::Elixir && language != L::Ruby || last.text == "=",
        "|" => matches!(language, L::Script | L::Go | L::Kotlin),
        // the arrow of a function
        ">" => {
            matches!(language, L::Script | L::Kotlin)
                && before.len() > 1
                && before[before.len() - 2].is("=")
        }
        ":" if matches!(language, L::Elixir | L::Ruby) => {
            before.len() > 1 && before[before.len() - 2].is_word()
        }
        "." | ":" => language == L::Script || last.text == "." && language == L::Go,
        _ => false,
    }
}

/// No statement begins with this token, so that the line before goes on.
fn goes_on_with(
    language: LayoutLanguage,
    next: &PlainToken<'_>,
    then: Option<&PlainToken<'_>>,
) -> bool {
    if next.quoted {
        return false;
    }
    let then_is = |text: &str| then.is_some_and(|then| then.is(text));
    let then_is_word = then.is_some_and(PlainToken::is_word);
    match next.text {
        ")" | "]" => true,
        // a line that ends before a brace of Elixir or Ruby ends nothing either
        "}" => true,
        "." => matches!(language, L::Script | L::Kotlin | L::Ruby) && then_is_word,
        "?" => language == L::Kotlin && then_is(".") || language == L::Script,
        ":" => language == L::Script,
        "=" | "," => language == L::Script,
        "&" => language == L::Ruby && then_is(".") || language == L::Script,
        "|" => language == L::Elixir && then_is(">") || language == L::Script,
        "else" | "catch" | "finally" => matches!(language, L::Script | L::Kotlin),
        _ => false,
    }
}

/// `array(1, 2)` of PHP as `[1, 2]`.
fn write_arrays_in_brackets<'a>(tokens: &[PlainToken<'a>]) -> Option<Vec<PlainToken<'a>>> {
    let mut out: Vec<PlainToken<'a>> = Vec::with_capacity(tokens.len());
    let mut open: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        let named = out.last().is_some_and(|last| {
            [">", ":", "function", "new", "fn"]
                .iter()
                .any(|sign| last.is(sign))
        });
        if token.is("array") && !named && tokens.get(at + 1).is_some_and(|next| next.is("(")) {
            open.push(true);
            out.push(PlainToken { text: "[", ..token });
            at += 2;
            continue;
        }
        let mut text = token.text;
        if token.is("(") {
            open.push(false);
        } else if token.is(")") && open.pop()? {
            text = "]";
        }
        out.push(PlainToken { text, ..token });
        at += 1;
    }
    Some(out)
}

/// Leaves out a comma behind the last member, where it adds none.
fn drop_last_commas<'a>(
    language: LayoutLanguage,
    tokens: &[PlainToken<'a>],
) -> Option<Vec<PlainToken<'a>>> {
    struct Group {
        is_call: bool,
        commas: usize,
    }
    let mut out: Vec<PlainToken<'a>> = Vec::with_capacity(tokens.len());
    let mut open: Vec<Group> = Vec::new();
    for token in tokens {
        if !token.quoted {
            match token.text {
                "(" | "[" | "{" => open.push(Group {
                    is_call: follows_callee(&out),
                    commas: 0,
                }),
                "," => {
                    if let Some(group) = open.last_mut() {
                        group.commas += 1;
                    }
                }
                ")" | "]" | "}" => {
                    let group = open.pop()?;
                    let comma = out.last().is_some_and(|last| last.is(","));
                    let member = out.len().checked_sub(2).is_some_and(|at| {
                        !["(", "[", "{", ","].iter().any(|sign| out[at].is(sign))
                    });
                    if comma
                        && member
                        && may_drop_comma(language, token.text, group.is_call, group.commas > 1)
                    {
                        out.pop();
                    }
                }
                _ => {}
            }
        }
        out.push(*token);
    }
    Some(out)
}

/// A bracket behind this is that of a call or an index, not of a value.
fn follows_callee(before: &[PlainToken<'_>]) -> bool {
    const NO_CALLEE: [&str; 36] = [
        "return", "in", "not", "and", "or", "is", "if", "elif", "else", "while", "for", "yield",
        "lambda", "await", "del", "assert", "raise", "except", "case", "match", "with", "let",
        "mut", "ref", "move", "as", "dyn", "impl", "where", "const", "static", "box", "break",
        "echo", "switch", "from",
    ];
    before.last().is_some_and(|last| {
        last.is_word() && !NO_CALLEE.contains(&last.text)
            || [")", "]", "!"].iter().any(|sign| last.is(sign))
    })
}

fn may_drop_comma(
    language: LayoutLanguage,
    close: &str,
    is_call: bool,
    has_other_comma: bool,
) -> bool {
    match language {
        L::Script | L::Go | L::Kotlin | L::Ruby => true,
        L::Python => match close {
            "}" => true,
            ")" => is_call || has_other_comma,
            _ => !is_call || has_other_comma,
        },
        L::Rust | L::Dart => close != ")" || is_call || has_other_comma,
        L::Php => close == "]" || close == ")" && is_call,
        L::Java | L::Braces => close == "}",
        L::Elixir => false,
    }
}

/// `x = (value)` and `return (value)` without the parentheses that a formatter sets to break lines.
fn drop_parentheses_around_values<'a>(
    language: LayoutLanguage,
    tokens: &[PlainToken<'a>],
) -> Option<Vec<PlainToken<'a>>> {
    // for each open parenthesis: where it stands, and whether it may go
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut gone: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.quoted {
            continue;
        }
        match token.text {
            "(" => {
                let before = |back: usize| at.checked_sub(back).map_or("", |at| tokens[at].text);
                let value = match before(1) {
                    "return" => true,
                    "=" => before(2) != ":",
                    ">" => language == L::Script && before(2) == "=",
                    _ => false,
                };
                let first = tokens.get(at + 1).map_or(")", |next| next.text);
                open.push((at, value && !matches!(first, ")" | "{")));
            }
            "[" | "{" => open.push((at, false)),
            "," | "for" | "yield" | "async" => {
                if let Some((_, may_go)) = open.last_mut() {
                    *may_go = false;
                }
            }
            ":" if tokens.get(at + 1).is_some_and(|next| next.is("=")) => {
                if let Some((_, may_go)) = open.last_mut() {
                    *may_go = false;
                }
            }
            ")" | "]" | "}" => {
                let (start, may_go) = open.pop()?;
                let ends = tokens
                    .get(at + 1)
                    .is_none_or(|next| next.is(END) || next.is("}"));
                if may_go && ends {
                    gone.extend([start, at]);
                }
            }
            _ => {}
        }
    }
    gone.sort_unstable();
    let mut gone = gone.into_iter().peekable();
    Some(
        tokens
            .iter()
            .enumerate()
            .filter(|(at, _)| gone.next_if_eq(at).is_none())
            .map(|(_, token)| *token)
            .collect(),
    )
}

/// `(x) => ..` as `x => ..`.
fn drop_parentheses_around_one_parameter<'a>(tokens: &[PlainToken<'a>]) -> Vec<PlainToken<'a>> {
    let mut out: Vec<PlainToken<'a>> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let is =
            |ahead: usize, text: &str| tokens.get(at + ahead).is_some_and(|token| token.is(text));
        let named = out
            .last()
            .is_some_and(|last| last.is_word() && !last.is("async") && !last.is("return"));
        if is(0, "(")
            && tokens.get(at + 1).is_some_and(PlainToken::is_word)
            && is(2, ")")
            && is(3, "=")
            && is(4, ">")
            && !named
        {
            out.push(tokens[at + 1]);
            at += 3;
        } else {
            out.push(tokens[at]);
            at += 1;
        }
    }
    out
}

/// `:key => value` of Ruby as `key: value`.
fn write_keys_with_a_colon<'a>(tokens: &[PlainToken<'a>]) -> Vec<PlainToken<'a>> {
    let mut out: Vec<PlainToken<'a>> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let is =
            |ahead: usize, text: &str| tokens.get(at + ahead).is_some_and(|token| token.is(text));
        let begins = out.last().is_none_or(|last| {
            ["{", "(", ",", END].iter().any(|sign| last.is(sign)) || last.is_word()
        });
        if is(0, ":")
            && tokens.get(at + 1).is_some_and(PlainToken::is_word)
            && is(2, "=")
            && is(3, ">")
            && begins
        {
            out.extend([tokens[at + 1], tokens[at]]);
            at += 4;
        } else {
            out.push(tokens[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests;
