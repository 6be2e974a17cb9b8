//! What a message declares about going back: trailers, and boxes of the template of a request.
//!
//! A template that nobody touched says nothing, and neither do code, quotes and comments. What
//! contradicts itself in one line says nothing either.

use std::sync::LazyLock;

use model::{Declaration, Declared, DeclaredIn, shorten_text};
use regex::Regex;

/// Most declarations of one message.
const MOST: usize = 8;
/// Most lines of a message that are looked at.
const LINES: usize = 2000;
/// Longest words that are kept, in characters.
const LONGEST: usize = 200;
/// Longest line that is looked at, in bytes.
const LINE: usize = 2000;

/// One of these is in every message that declares something.
const SIGNS: [&str; 8] = [
    "roll",
    "rever",
    "irrev",
    "undo",
    "backout",
    "back out",
    "backed out",
    "one-way",
];

fn compile_pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static TRAILER: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^([A-Za-z][A-Za-z_ -]{1,40}?)\s*:\s*(\S.*)$"));
static BOX: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^\s{0,12}(?:[-*+]|\d{1,3}[.)])\s+\[([ xX])\]\s+(\S.*)$"));
/// That it cannot be gone back from.
static NOT_SAFE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(
        r"(?x) \b(?:irreversible|irrevocable|non-?reversible|unrevertable|unrevertible|one-way|
            (?:roll[\s-]?)?forward[\s-]only|point\ of\ no\ return) \b
        | \b(?:not|never|cannot|can't|cant|can\ ?not|won't|isn't|shouldn't|mustn't|must\ not|unable\ to)\b [^.;]{0,40}? (?:roll(?:ed|ing)?[\s-]?back|rollback|revert|undo|reversible|back(?:ed|ing)?\ out)
        | \b(?:unsafe|dangerous|impossible)\b [^.;]{0,20}? (?:roll(?:ed|ing)?[\s-]?back|rollback|revert|undo)
        | \b(?:roll(?:ing)?[\s-]?back|rollback|revert(?:ing)?)\b [^.;]{0,20}? \b(?:unsafe|impossible|breaks|loses|not\ (?:safe|possible|supported))
        | \b(?:no|breaks|prevents)\s+(?:roll[\s-]?back|way\ back|revert)\b",
    )
});
/// That it can.
static SAFE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(
        r"(?x) \b(?:can|could|may)\b [^.;]{0,30}? \b(?:roll(?:ed)?[\s-]?back|rollback|revert(?:ed)?|undone|back(?:ed)?\ out)\b
        | \bsafe(?:ly)?\b [^.;]{0,12}? \b(?:roll(?:ed|ing)?[\s-]?back|rollback|revert(?:ed|ing)?|undo(?:ne)?)\b
        | \b(?:roll[\s-]?back|revert)[\s-]?(?:is\ )?(?:safe|able)\b
        | \b(?:reversible|revertible|revertable|rollbackable)\b",
    )
});
/// What is neither: a wish, a plan, a test.
static BESIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(
        r"(?x) \b(?:need(?:s|ed)?|have|has|had|want|require[sd]?)\s+to\s+(?:be\s+)?(?:roll|revert|undo)
        | \b(?:not|never|no\ longer)\s+(?:irreversible|unsafe|one-way|impossible)
        | \b(?:plan|steps|procedure|instructions|strategy|tested|tests|documented|how\ to)\b",
    )
});
/// On a condition.
static CONDITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(r"\b(?:only|unless|provided|except|as long as|until|after|before|once)\b")
});

fn pattern_matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

/// What the lines of a message declare, in order.
pub fn read_declarations(body: &str) -> Vec<Declaration> {
    // most messages say nothing of the kind
    let lower = body.to_ascii_lowercase();
    if !SIGNS.iter().any(|sign| lower.contains(sign)) {
        return Vec::new();
    }
    let mut found: Vec<Declaration> = Vec::new();
    let mut boxes: Vec<(bool, Declaration)> = Vec::new();
    let (mut ticked, mut fenced) = (false, false);
    // what the last line that is no box asked: whether it can, or whether it cannot
    let mut question: Option<Declared> = None;
    let body = without_comments(body);
    for line in body.lines().take(LINES) {
        let line = line.get(..LINE.min(line.len())).unwrap_or_default();
        let trimmed = line.trim_start();
        // a fence shows an example of the trailer, as a contribution guide that was pasted does
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
            continue;
        }
        // a quoted reply repeats what somebody else declared
        if fenced || trimmed.starts_with('>') {
            continue;
        }
        let asked = BOX.as_ref().and_then(|pattern| pattern.captures(line));
        if let Some(asked) = asked {
            let yes = asked.get(1).is_some_and(|mark| mark.as_str() != " ");
            let text = asked.get(2).map_or("", |text| text.as_str()).trim();
            ticked |= yes;
            if let Some(declared) = read_box(text, yes, question) {
                boxes.push((yes, make_declaration(declared, DeclaredIn::Box, trimmed)));
            }
            continue;
        }
        // an empty line stands between a heading and its boxes, so it does not end the question
        if !trimmed.is_empty() {
            question = read_question(trimmed);
        }
        if let Some(declared) = read_trailer_line(line) {
            found.push(make_declaration(declared, DeclaredIn::Trailer, trimmed));
        }
    }
    // a box that was left open says something only where others were ticked
    found.extend(
        boxes
            .into_iter()
            .filter(|(yes, _)| *yes || ticked)
            .map(|(_, declared)| declared),
    );
    // a squash of fifty commits may repeat one trailer fifty times
    found.truncate(MOST);
    found
}

fn make_declaration(declared: Declared, place: DeclaredIn, text: &str) -> Declaration {
    Declaration {
        declared,
        place,
        text: shorten_text(text.trim(), LONGEST).into(),
    }
}

/// The text without `<!-- ... -->`; one that is not closed hides the rest.
fn without_comments(body: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(body.len()), body);
    while let Some((before, after)) = rest.split_once("<!--") {
        out.push_str(before);
        // a template's remark that was never closed hides its rest, as forges show it
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// What a sentence says about going back; nothing where it says both, or speaks of something else.
fn read_statement(text: &str) -> Option<Declared> {
    // phones and word processors write `can’t` with a curved sign
    let text = text.to_lowercase().replace('’', "'");
    // asked first: `the steps to roll back are tested` holds words of all three lists
    if pattern_matches(&BESIDE, &text) {
        return None;
    }
    // before the other list, since `cannot be rolled back` holds `be rolled back` as well
    if pattern_matches(&NOT_SAFE, &text) {
        return Some(Declared::NotSafe);
    }
    if !pattern_matches(&SAFE, &text) {
        return None;
    }
    Some(if pattern_matches(&CONDITION, &text) {
        Declared::Doubt
    } else {
        Declared::Safe
    })
}

/// A box, ticked or not. `question` is what stands above it.
fn read_box(text: &str, ticked: bool, question: Option<Declared>) -> Option<Declared> {
    // crossed out: it does not apply
    if text.starts_with("~~") {
        return None;
    }
    let statement = read_statement(text);
    match (statement, ticked) {
        (Some(says), true) => return Some(says),
        // `safe to roll back` left open says that nobody vouches for it, which is not *no*
        (Some(Declared::Safe | Declared::Doubt), false) => return Some(Declared::Doubt),
        // `irreversible` left open is the usual state of that box
        (Some(_), false) => return None,
        (None, _) => {}
    }
    // a bare *yes* means nothing without the question above it
    let question = question.filter(|_| ticked)?;
    let yes = read_yes_no(text)?;
    Some(if yes == (question == Declared::Safe) {
        Declared::Safe
    } else {
        Declared::NotSafe
    })
}

/// A heading or question over boxes: `### Can this be rolled back?`.
fn read_question(line: &str) -> Option<Declared> {
    let asks = line.starts_with('#') || line.trim_end_matches(['*', ' ', ':']).ends_with('?');
    if !asks {
        return None;
    }
    let lower = line.to_lowercase();
    if let Some(says) = read_statement(&lower) {
        return match says {
            Declared::NotSafe => Some(Declared::NotSafe),
            _ => Some(Declared::Safe),
        };
    }
    // `Is it safe to roll back?` is read above; `Rollback possible?` here
    (lower.contains("rollback possible") || lower.contains("roll back possible"))
        .then_some(Declared::Safe)
}

/// The first word of an answer.
fn read_yes_no(text: &str) -> Option<bool> {
    let word: String = text
        .trim_start_matches(['*', '_', '`', '"', '\'', '✅', '❌', ' '])
        .chars()
        .take_while(|c| c.is_alphanumeric())
        .collect::<String>()
        .to_lowercase();
    match word.as_str() {
        "yes" | "y" | "true" | "safe" | "ok" | "okay" | "possible" => Some(true),
        "no" | "n" | "false" | "unsafe" | "never" | "impossible" => Some(false),
        _ => None,
    }
}

/// `Rollback-Safe: no: it drops a column`, as a trailer or on a line of its own; case and `_` do
/// not matter.
fn read_trailer_line(line: &str) -> Option<Declared> {
    let found = TRAILER.as_ref()?.captures(line.trim_end())?;
    let token = found
        .get(1)?
        .as_str()
        .to_lowercase()
        .replace(['_', ' '], "-");
    let value = found.get(2)?.as_str().trim();
    let asks = match token.as_str() {
        "rollback-safe" | "roll-back-safe" | "safe-to-rollback" | "safe-to-roll-back"
        | "safe-rollback" | "rollback-possible" | "can-rollback" | "can-roll-back"
        | "can-be-rolled-back" | "rollbackable" | "revert-safe" | "safe-to-revert"
        | "can-be-reverted" | "reversible" | "revertible" => Declared::Safe,
        "irreversible" | "no-rollback" | "not-reversible" | "breaks-rollback"
        | "rollback-unsafe" | "forward-only" | "roll-forward-only" => Declared::NotSafe,
        // a token that may also hold a plan: only what plainly answers counts
        // `Rollback: revert this commit` is a plan, and says neither yes nor no
        "rollback" | "roll-back" | "rollback-safety" | "revert" | "backout" => {
            let lower = value.to_lowercase();
            let first =
                // `no steps needed` begins with *no* and means that it is easy
                read_yes_no(value).filter(|_| !lower.starts_with("no ") || is_negation(&lower));
            return match first {
                Some(true) => Some(judge_conditional_value(&lower)),
                Some(false) => Some(Declared::NotSafe),
                None => read_rollback_value(&lower),
            };
        }
        _ => return None,
    };
    let yes = match read_yes_no(value) {
        Some(yes) => yes,
        // `Rollback-Safe: not without the backup`
        None if value.to_lowercase().starts_with("not ") => false,
        None => return read_statement(value),
    };
    Some(if yes == (asks == Declared::Safe) {
        judge_conditional_value(&value.to_lowercase())
    } else {
        Declared::NotSafe
    })
}

/// `no rollback`, `no way back`: a no that is about going back. `no steps needed` is none.
fn is_negation(value: &str) -> bool {
    // a list of beginnings: after `no` a comma or bracket ends the answer, a noun may turn it
    // around
    [
        "no rollback",
        "no roll back",
        "no way",
        "no revert",
        "no,",
        "no:",
        "no -",
        "no (",
    ]
    .iter()
    .any(|start| value.starts_with(start))
}

fn judge_conditional_value(value: &str) -> Declared {
    if pattern_matches(&CONDITION, value) {
        Declared::Doubt
    } else {
        Declared::Safe
    }
}

/// The value of `Rollback:` where it is no plain yes or no.
fn read_rollback_value(value: &str) -> Option<Declared> {
    let not = [
        "not possible",
        "not safe",
        "not supported",
        "not reversible",
    ]
    .iter()
    .any(|start| value.starts_with(start));
    if not {
        return Some(Declared::NotSafe);
    }
    read_statement(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(body: &str) -> Vec<Declared> {
        read_declarations(body)
            .into_iter()
            .map(|one| one.declared)
            .collect()
    }

    #[test]
    fn trailers_are_read_whatever_their_case() {
        for (body, wanted) in [
            ("Rollback-Safe: no: it drops a column", Declared::NotSafe),
            ("rollback-safe: No", Declared::NotSafe),
            ("ROLLBACK_SAFE: false", Declared::NotSafe),
            ("Rollback-Safe: not without the backup", Declared::NotSafe),
            ("Rollback-Safe: yes", Declared::Safe),
            (
                "Rollback-Safe: yes, only before the job ran",
                Declared::Doubt,
            ),
            ("Safe to roll back: yes", Declared::Safe),
            ("Reversible: false", Declared::NotSafe),
            ("Irreversible: yes, the old key is gone", Declared::NotSafe),
            ("Irreversible: no", Declared::Safe),
            ("Rollback: not possible", Declared::NotSafe),
            ("Rollback: no", Declared::NotSafe),
            ("Rollback: safe", Declared::Safe),
            ("Rollback: cannot be undone", Declared::NotSafe),
            ("Roll-Back: impossible", Declared::NotSafe),
        ] {
            assert_eq!(read(body), [wanted], "{body}");
            let squash =
                format!("* some work\n\n{body}\nCo-authored-by: A <a@x>\n\nSigned-off-by: B <b@x>");
            assert_eq!(read(&squash), [wanted], "{squash}");
        }
    }

    #[test]
    fn plans_prose_quotes_and_code_say_nothing() {
        for body in [
            "Rollback: revert this commit and deploy",
            "Rollback: no steps needed",
            "Rollback plan: see the wiki",
            "Rollback-Plan: helm rollback",
            "Note: this cannot be rolled back",
            "It adds a command that rolls a release back.",
            "```\nRollback-Safe: no\n```",
            "> Rollback-Safe: no",
            "<!-- Rollback-Safe: no -->",
            "<!-- Rollback-Safe: no",
            "- [x] The rollback plan is documented",
            "- [x] I tested rolling back",
            "- [x] This does not need to be rolled back",
            "- [x] Tests pass",
            "- [x] not irreversible",
            "See: https://example.org/rollback: no",
            "",
        ] {
            assert_eq!(read(body), [] as [Declared; 0], "{body}");
        }
    }

    #[test]
    fn boxes_of_a_template_are_read_with_their_negations() {
        for (body, wanted) in [
            ("- [x] This change can be rolled back", Declared::Safe),
            ("* [X] Safe to roll back", Declared::Safe),
            ("- [x] This can safely be reverted", Declared::Safe),
            ("1. [x] The migration is reversible", Declared::Safe),
            ("- [x] This change cannot be rolled back", Declared::NotSafe),
            ("- [x] This can't be rolled back", Declared::NotSafe),
            ("- [x] This can’t be reverted", Declared::NotSafe),
            ("- [x] The migration is irreversible", Declared::NotSafe),
            ("- [x] NOT safe to roll back", Declared::NotSafe),
            ("- [x] Rolling back is not possible", Declared::NotSafe),
            (
                "- [x] Can be rolled back only before the backfill",
                Declared::Doubt,
            ),
            ("- [x] Tests pass\n- [ ] safe to roll back", Declared::Doubt),
            (
                "### Can this be rolled back?\n\n- [ ] Yes\n- [x] No",
                Declared::NotSafe,
            ),
            (
                "**Is it safe to roll back?**\n- [x] Yes\n- [ ] No",
                Declared::Safe,
            ),
            (
                "## Is this irreversible?\n- [x] Yes\n- [ ] No",
                Declared::NotSafe,
            ),
        ] {
            assert_eq!(read(body), [wanted], "{body}");
        }
        // nobody touched the template, crossed the row out, or ticked the other one
        for body in [
            "- [ ] Safe to roll back\n- [ ] Tests pass",
            "- [x] Tests pass\n- [ ] ~~Safe to roll back~~",
            "- [x] Tests pass\n- [ ] This change is irreversible",
            "### Does it need a rollback plan?\n- [ ] Yes\n- [x] No",
        ] {
            assert_eq!(read(body), [] as [Declared; 0], "{body}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let body = format!("Rollback-Safe: no: {}\n", "x".repeat(1000)).repeat(100);
        let found = read_declarations(&body);
        assert_eq!(found.len(), MOST);
        assert!(found[0].text.as_raw().chars().count() <= LONGEST);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(body in "(?s).{0,400}", line in "[-*] \\[[ x]\\] .{0,80}") {
            let _ = read_declarations(&body);
            let _ = read_declarations(&line);
        }
    }
}
