//! What a branch does: refuse, tell, or something that is not understood.

use super::GuardOutcome;
use super::token::{BlockStyle, GuardLanguage, GuardToken, GuardTokenKind};
use super::words::{has_part, written_parts};

// a refusal stands at the beginning of its branch; long bodies do something else
/// Most tokens of one branch that are looked at.
const LOOKED_AT: usize = 400;

/// Outcome of a branch with the words of its first message.
pub(super) fn find_branch_outcome(
    language: GuardLanguage,
    body: &[GuardToken<'_>],
) -> (GuardOutcome, String) {
    let body = &body[..body.len().min(LOOKED_AT)];
    let message: String = body
        .iter()
        // a text with a blank is a sentence for people; keys and names of formats have none
        .find(|token| token.kind == GuardTokenKind::Text && token.text.contains(' '))
        .map(|token| token.text.chars().take(160).collect())
        .unwrap_or_default();
    let base = body.first().map_or(0, |token| token.indent);
    let (mut depth, mut nested, mut tells, mut returns) = (0_i32, false, false, false);
    for (at, token) in body.iter().enumerate() {
        match token.text {
            "{" if token.kind == GuardTokenKind::Sign => depth += 1,
            "}" if token.kind == GuardTokenKind::Sign => depth -= 1,
            _ => {}
        }
        let deeper = match language.family {
            BlockStyle::Indent | BlockStyle::Ends => token.indent > base,
            BlockStyle::Parens | BlockStyle::Bare => depth > 0,
        };
        // what another question decides is not what this one does
        nested |= matches!(
            token.text,
            // in `if v > MAX { if strict { throw } }` it hangs on `strict` whether it refuses
            "if" | "unless" | "try" | "catch" | "rescue" | "for" | "while" | "switch" | "match"
        ) && token.kind == GuardTokenKind::Word;
        if token.kind != GuardTokenKind::Word {
            continue;
        }
        if is_refusal_at(language, body, at) {
            let line = token.line;
            // it may refuse or not, and which of the two is not known here
            return if deeper && nested {
                (GuardOutcome::NotUnderstood, message)
            } else {
                (GuardOutcome::Refuses { line }, message)
            };
        }
        // a branch that logs and then returns has left the work undone, which is no mere telling
        returns |= token.is("return");
        tells |= tells_by(token.text) || token.is("continue");
    }
    (
        if tells && !returns {
            GuardOutcome::Tells
        } else {
            GuardOutcome::NotUnderstood
        },
        message,
    )
}

/// Words that end it, whatever follows.
const ENDS: [&str; 22] = [
    "raise",
    "throw",
    "panic",
    "exit",
    "abort",
    "die",
    "bail",
    "reject",
    "fatal",
    "fatalf",
    "fatalln",
    "unreachable",
    "unimplemented",
    "todo",
    "fail",
    "failwith",
    "exits",
    "terminate",
    "quit",
    "halt",
    "ensure_never",
    "croak",
];

fn is_refusal_at(language: GuardLanguage, body: &[GuardToken<'_>], at: usize) -> bool {
    let word = body[at].text;
    let next = body.get(at + 1);
    let plain = word.trim_end_matches(['!', '?']);
    let is_one_of =
        |name: &str, words: &[&str]| words.iter().any(|word| name.eq_ignore_ascii_case(word));
    // Ruby and Python raise without brackets, elsewhere `fatal` alone may be the name of a field
    let called = next.is_some_and(|next| next.is("(") || next.is("!"))
        || matches!(language.family, BlockStyle::Ends | BlockStyle::Indent);
    if is_one_of(plain, &["raise", "throw"]) || called && is_one_of(plain, &ENDS) {
        return true;
    }
    // `throwIfNewer(`, `panicOnUnknown(`: helpers of projects are named for what they do
    let begins = || written_parts(word).next().unwrap_or_default();
    if called
        && is_one_of(
            begins(),
            &[
                "throw", "panic", "abort", "fatal", "raise", "bail", "reject",
            ],
        )
    {
        return true;
    }
    match word {
        // results of Rust, Either of Scala and Haskell, `Result.failure` of Kotlin and Swift
        "Err" | "Left" | "Failure" | "failure" => next.is_some_and(|next| next.is("(")),
        // the standard library throws it; a logger has a method of this name
        "error" if matches!(language.name, "kt" | "scala") => {
            let on = |name: &str| at > 1 && body[at - 1].is(".") && body[at - 2].is(name);
            next.is_some_and(|next| next.is("("))
                && (on("sys") || language.name == "kt" && !(at > 0 && body[at - 1].is(".")))
        }
        // {:error, reason} of Elixir
        "error" if language.name == "ex" => at > 0 && body[at - 1].is(":"),
        // C leaves by `goto fail`
        "goto" => next.is_some_and(|next| gone_wrong(next.text)),
        "return" => is_error_returned(language, &body[at + 1..]),
        _ => false,
    }
}

/// What is returned is an error.
fn is_error_returned(language: GuardLanguage, behind: &[GuardToken<'_>]) -> bool {
    let Some(first) = behind.first() else {
        return false;
    };
    let end = behind
        .iter()
        // an error is built over a few lines at most; beyond them another statement begins
        .position(|token| token.is(";") || token.is("}") || token.line > first.line + 3)
        .unwrap_or(behind.len())
        .min(40);
    let value = &behind[..end];
    // C has no errors: a function gives nothing back, or a number below zero as `-EINVAL`
    if language.name == "c"
        && (value.first().is_some_and(|token| {
            ["NULL", "nullptr", "false", "FALSE"]
                .iter()
                .any(|word| token.is(word))
        }) || value.first().is_some_and(|token| token.is("-")))
    {
        return true;
    }
    value
        .iter()
        .any(|token| token.kind == GuardTokenKind::Word && gone_wrong(token.text))
}

/// The name is that of something that went wrong.
fn gone_wrong(name: &str) -> bool {
    const WRONG: [&str; 25] = [
        "err",
        "error",
        "errors",
        "errorf",
        "exception",
        "invalid",
        "unsupported",
        "unknown",
        "incompatible",
        "mismatch",
        "corrupt",
        "corrupted",
        "corruption",
        "failure",
        "fail",
        "failed",
        "bad",
        "reject",
        "rejected",
        "refused",
        "refuse",
        "newer",
        "unrecognized",
        "unexpected",
        "unhandled",
    ];
    // NotSupported, not_known
    let denied = || written_parts(name).nth(1).is_some() && has_part(name, &["not"]);
    has_part(name, &WRONG) || denied()
}

/// The word tells something.
fn tells_by(word: &str) -> bool {
    const TELLS: [&str; 26] = [
        "log", "logger", "logging", "warn", "warning", "print", "println", "printf", "info",
        "debug", "console", "trace", "tracing", "notice", "puts", "echo", "slog", "emit",
        "eprintln", "warnings", "warnf", "infof", "notify", "fprintf", "io", "cerr",
    ];
    has_part(word, &TELLS)
}
