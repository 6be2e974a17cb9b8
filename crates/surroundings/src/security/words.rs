//! Words that speak of a security hole, and words that deny one.

// beginnings of words: `vulnerab` stands for what can be and what is vulnerable
/// What a hole is called, whatever closes it.
const HOLES: [&str; 26] = [
    "vulnerab",
    "path traversal",
    "directory traversal",
    "sql injection",
    "command injection",
    "code injection",
    "header injection",
    "log injection",
    "template injection",
    "xss",
    "cross-site scripting",
    "csrf",
    "ssrf",
    "xxe",
    "remote code execution",
    "privilege escalation",
    "open redirect",
    "session fixation",
    "auth bypass",
    "authentication bypass",
    "authorization bypass",
    "security hole",
    "security issue",
    "security fix",
    "spoof",
    "zip slip",
];

/// How a text says that a hole does not apply.
const DENIALS: [&str; 10] = [
    "not affected",
    "unaffected",
    "does not affect",
    "doesn't affect",
    "not vulnerable",
    "does not apply",
    "no impact",
    "not exploitable",
    "no vulnerab",
    "not a vulnerab",
];

/// Whether a text speaks of a hole.
pub(super) fn tell_of_hole(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_part = |c: char| c.is_ascii_alphanumeric();
    // from the beginning of a word on, as `vulnerab` has several ends
    HOLES.iter().any(|word| {
        lower
            .match_indices(word)
            .any(|(at, _)| !lower[..at].ends_with(is_part))
    })
}

/// Whether a text says that a hole does not apply.
pub(super) fn deny_hole(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    DENIALS.iter().any(|words| lower.contains(words))
}

/// Whether a line is a heading, a key or a mark that says *security* and nothing else.
pub(super) fn is_security_heading(line: &str) -> bool {
    let words: Vec<String> = line
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let known = |word: &String| {
        matches!(
            word.as_str(),
            "security" | "fixes" | "fix" | "fixed" | "updates" | "patches" | "vulnerabilities"
        )
    };
    // `Security fixes` is a heading, `Security of uploads was reworked` is not
    words.iter().any(|word| word == "security") && words.len() <= 3 && words.iter().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_holes_are_told_from_words_of_trades() {
        for text in [
            "Fix path traversal vulnerability in uploads",
            "prevent XSS in names",
            "agent_id can not be spoofed by agent",
        ] {
            assert!(tell_of_hole(text), "{text}");
        }
        for text in [
            "use dependency injection",
            "bypass the cache",
            "invulnerable jars",
            "maxssize",
        ] {
            assert!(!tell_of_hole(text), "{text}");
        }
        assert!(deny_hole("cellar is not affected by CVE-2031-9001"));
        assert!(deny_hole("There is no vulnerability here"));
        assert!(!deny_hole("Fix a vulnerability in uploads"));
    }

    #[test]
    fn a_heading_says_security_alone() {
        for line in [
            "### Security",
            "### 🔒 Security",
            "**Security fixes**",
            "security:",
        ] {
            assert!(is_security_heading(line), "{line}");
        }
        for line in ["## Security of the session store", "- words", "### Added"] {
            assert!(!is_security_heading(line), "{line}");
        }
    }
}
