//! A commit message cut into what release managers look for: trailers, pull requests, co-authors,
//! picks, reverts.

use std::sync::LazyLock;

use regex::Regex;

use model::escape_invisible;

/// Longest message that is read, in bytes.
pub const MESSAGE_LIMIT: usize = 64 * 1024;

/// What a message says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitMessage {
    /// First paragraph on one line, control characters visible.
    pub subject: String,
    /// The rest, line feeds kept, control characters visible.
    pub body: String,
    /// Subject without the numbers of pull requests at its end.
    pub title: String,
    /// Number of the pull or merge request.
    pub pull_request: Option<u64>,
    /// `Name <address>` of `Co-authored-by` trailers.
    pub co_authors: Vec<(String, String)>,
    /// Commits of `(cherry picked from commit ...)`.
    pub picked_from: Vec<String>,
    /// Commits of `This reverts commit ...`.
    pub reverts_commits: Vec<String>,
    /// Subject that a revert quotes.
    pub reverts_subject: Option<String>,
    /// Pull request that a revert names (`Reverts owner/repository#12`).
    pub reverts_request: Option<u64>,
    /// What it declares about going back.
    pub declared: Vec<model::Declaration>,
}

fn compile_message_pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static SUFFIX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_message_pattern(r"\s*\((?:[\w.-]+/[\w.-]+)?(?:#|!|PR #|GH-)(\d{1,9})\)\s*$")
});
static SUBJECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // GitHub, Gitea, Bitbucket Server, Azure DevOps, bors, Bitbucket Cloud
    compile_message_pattern(
        r"(?x) ^Merge\ pull\ request\ \#(\d{1,9})\b | ^Merge\ pull\ request\ '.*'\ \(\#(\d{1,9})\)\ from\  | ^Pull\ request\ \#(\d{1,9}): | ^Merged\ PR\ (\d{1,9}):
        | ^Auto\ merge\ of\ \#(\d{1,9})\b | ^Merged\ in\ .*\(pull\ request\ \#(\d{1,9})\)",
    )
});
static BODY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // GitLab, Gitea and GitHub trailers
    compile_message_pattern(
        r"(?m)^(?:See merge request \S*!(\d{1,9})|(?:PR-URL|Pull-Request|Reviewed-on|Part-of|Merge-Request): ?<?(?:\S*/(?:pull|pulls|merge_requests|pull-requests)/|#|!)(\d{1,9})>?/?)\s*$",
    )
});
static PICKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_message_pattern(r"(?m)^\s*\(cherry picked from commit ([0-9a-f]{7,64})\)?")
});
static REVERTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // `This partially reverts commit` leaves a part in force, so it is no revert
    compile_message_pattern(r"\b[Tt]his reverts (?:the )?commits? <?([0-9a-f]{7,64})\b")
});
static REVERTS_REQUEST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_message_pattern(
        r"(?m)^(?:Reverts (?:[\w.-]+/[\w.-]+)?#|This reverts (?:merge request !|pull request #))(\d{1,9})\b",
    )
});

fn find_pattern_number(pattern: &LazyLock<Option<Regex>>, text: &str) -> Option<u64> {
    let found = pattern.as_ref()?.captures(text)?;
    found.iter().skip(1).flatten().next()?.as_str().parse().ok()
}

fn list_pattern_matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> Vec<String> {
    let Some(pattern) = pattern.as_ref() else {
        return Vec::new();
    };
    pattern
        .captures_iter(text)
        .filter_map(|found| Some(found.get(1)?.as_str().to_owned()))
        .collect()
}

impl CommitMessage {
    /// Reads a message; `encoding` is the commit's header of that name.
    pub fn read(bytes: &[u8], encoding: Option<&str>) -> Self {
        let text = decode_commit_message(
            bytes
                .get(..bytes.len().min(MESSAGE_LIMIT))
                .unwrap_or_default(),
            encoding,
        )
        // forges write the text of their forms with carriage returns
        .replace("\r\n", "\n");
        let text = text.trim_start_matches('\n');
        let (subject, body) = split_commit_message(text);
        // `visible` before matching, so that no pattern can be fooled by what the eye cannot see
        let subject = escape_invisible(&subject).into_owned();
        let body = model::visible_lines(body.trim_matches('\n').trim_end());
        let mut message = Self {
            picked_from: list_pattern_matches(&PICKED, &body),
            reverts_commits: list_pattern_matches(&REVERTS, &body),
            ..Self::default()
        };
        let (title, suffix) = without_numbers(&subject);
        // the subject of a merge names its own request; a number in brackets may be one that it
        // quotes
        message.pull_request = find_pattern_number(&SUBJECT, &subject)
            .or(suffix)
            .or_else(|| find_pattern_number(&BODY, &body));
        message.title = title;
        message.reverts_request = find_pattern_number(&REVERTS_REQUEST, &body);
        message.reverts_subject = reverted_subject(&message.title);
        message.declared = crate::declared::read_declarations(&body);
        message.co_authors = read_trailers(&body)
            .into_iter()
            .filter(|(token, _)| token.eq_ignore_ascii_case("co-authored-by"))
            .filter_map(|(_, value)| parse_trailer_person(&value))
            .collect();
        // a squashed list of commits quotes the reverts made on its branch; they took nothing back
        // here
        if !message.says_revert() && body.lines().any(|line| line.starts_with("* ")) {
            message.reverts_commits.clear();
            message.reverts_request = None;
        }
        (message.subject, message.body) = (subject, body);
        message
    }

    /// Whether the subject itself speaks of taking something back.
    pub fn says_revert(&self) -> bool {
        // `fix: revert the cache` and `Revert "x"` both speak of it, `Add a revert button` does not
        let lower = self.title.to_ascii_lowercase();
        self.reverts_subject.is_some()
            || ["revert", "reapply", "back out", "backout", "undo"]
                .iter()
                .any(|word| lower.starts_with(word) || lower.contains(&format!(": {word}")))
    }

    /// What a merge says of its own: the title its body gives, or its own subject where that is not
    /// the usual one.
    pub fn merge_title(&self) -> Option<String> {
        let first = self
            .body
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or_default();
        // what forges write by themselves
        let usual = ["Merge ", "Merged in ", "Auto merge of ", "Merging "]
            .iter()
            .any(|start| self.subject.starts_with(start));
        if !usual {
            return Some(self.title.clone()).filter(|title| !title.is_empty());
        }
        // Gitea puts the title of the request into the subject, in quotes
        if let Some(rest) = self.subject.strip_prefix("Merge pull request '") {
            return rest.rsplit_once("' (#").map(|(title, _)| title.to_owned());
        }
        // a merge without a request (`Merge branch 'main'`) has no title of its own in its body
        let says = !first.is_empty()
            && self.pull_request.is_some()
            && ![
                "See merge request",
                "Conflicts:",
                "# Conflicts",
                "Signed-off-by",
                "Approved-by",
                "Reviewed-by",
                "* ",
            ]
            .iter()
            .any(|start| first.starts_with(start));
        says.then(|| without_numbers(first).0)
    }
}

/// Subject (first paragraph joined, as git does) and the rest.
fn split_commit_message(text: &str) -> (String, &str) {
    let end = text.find("\n\n").unwrap_or(text.len());
    let (head, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (
        head.lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" ")
            .trim()
            .to_owned(),
        rest,
    )
}

fn decode_commit_message(bytes: &[u8], encoding: Option<&str>) -> String {
    let latin = encoding.is_some_and(|name| {
        [
            "iso-8859-1",
            "latin1",
            "latin-1",
            "windows-1252",
            "iso-8859-15",
            "cp1252",
        ]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
    });
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // each byte of Latin-1 is the character of that number; the rest of that family differs in
        // signs only
        Err(_) if latin => bytes.iter().map(|&byte| char::from(byte)).collect(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A subject without the pull-request numbers at its end, and the last of them: the one that
/// brought it to this branch.
fn without_numbers(subject: &str) -> (String, Option<u64>) {
    let (mut rest, mut last) = (subject, None);
    // `Fix it (#12) (#34)`: the request was merged to one branch and then brought to another
    while let Some(found) = SUFFIX.as_ref().and_then(|pattern| pattern.captures(rest)) {
        let Some(whole) = found.get(0) else { break };
        last = last.or_else(|| found.get(1).and_then(|n| n.as_str().parse().ok()));
        rest = rest.get(..whole.start()).unwrap_or_default();
    }
    // a subject that is only a number would leave an empty title
    if rest.trim().is_empty() {
        (subject.to_owned(), last)
    } else {
        (rest.trim_end().to_owned(), last)
    }
}

/// `Revert "x"` reverts x; `Reapply "x"` reverts `Revert "x"`, as git 2.43 and later write it.
fn reverted_subject(title: &str) -> Option<String> {
    // tools for conventional commits put a type before git's own words
    let title = title
        .strip_prefix("revert: ")
        .or_else(|| title.strip_prefix("chore: "))
        .unwrap_or(title);
    let quoted = |start: &str| {
        title
            .get(..start.len())
            .filter(|head| head.eq_ignore_ascii_case(start))
            .and_then(|_| title.get(start.len()..))
    };
    // the last quote ends it, since the subject that is quoted may hold quotes itself
    if let Some(rest) = quoted("revert \"") {
        return rest.rsplit_once('"').map(|(inner, _)| inner.to_owned());
    }
    let inner = quoted("reapply \"")?.rsplit_once('"')?.0;
    Some(format!("Revert \"{inner}\""))
}

/// Trailers of the last paragraph, by git's rule: all lines are trailers, or a quarter are and git
/// wrote one of them.
pub fn read_trailers(body: &str) -> Vec<(String, String)> {
    let Some(last) = body.trim_end().rsplit("\n\n").next() else {
        return Vec::new();
    };
    let (mut found, mut others, mut by_git) = (Vec::<(String, String)>::new(), 0usize, false);
    for line in last.lines() {
        // a value may go on in the next line, as in the header of a mail
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = found.last_mut()
        {
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        if line.starts_with("(cherry picked from commit ") {
            by_git = true;
            continue;
        }
        match line.split_once(':') {
            Some((token, value))
                if !token.is_empty()
                    && token
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
            {
                by_git |= token.eq_ignore_ascii_case("signed-off-by");
                found.push((token.to_owned(), value.trim().to_owned()));
            }
            _ => others += 1,
        }
    }
    // git's own share: a quarter of the lines, and one that git itself wrote
    if others == 0 || (by_git && found.len() * 3 >= others) {
        found
    } else {
        // co-authors are asked for by forges everywhere, also above other text
        found
            .into_iter()
            .filter(|(token, _)| token.eq_ignore_ascii_case("co-authored-by"))
            .collect()
    }
}

fn parse_trailer_person(value: &str) -> Option<(String, String)> {
    let (name, rest) = value.split_once('<')?;
    let (email, _) = rest.split_once('>')?;
    Some((name.trim().to_owned(), email.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> CommitMessage {
        CommitMessage::read(text.as_bytes(), None)
    }

    #[test]
    fn pull_requests_of_the_usual_forges() {
        for (text, number, title) in [
            ("Fix it (#12)", 12, "Fix it"),
            ("Fix it (#12) (#34)", 34, "Fix it"),
            (
                "Merge pull request #46938 from a/b\n\nfix start",
                46938,
                "Merge pull request #46938 from a/b",
            ),
            (
                "Merge pull request 'Add x' (#7) from a into main",
                7,
                "Merge pull request 'Add x' (#7) from a into main",
            ),
            (
                "Merge branch 'a' into 'main'\n\nAdd x\n\nSee merge request group/sub/proj!88",
                88,
                "Merge branch 'a' into 'main'",
            ),
            (
                "Merged in feature (pull request #5)\n\nAdd x",
                5,
                "Merged in feature",
            ),
            ("Pull request #6: Add x", 6, "Pull request #6: Add x"),
            ("Merged PR 12: Add x", 12, "Merged PR 12: Add x"),
            (
                "Auto merge of #99 - user:branch, r=x",
                99,
                "Auto merge of #99 - user:branch, r=x",
            ),
            (
                "src: add x\n\nPR-URL: https://github.com/nodejs/node/pull/123\nReviewed-By: A \
                    <a@b>",
                123,
                "src: add x",
            ),
            ("Add x (!9)", 9, "Add x"),
        ] {
            let message = read(text);
            assert_eq!(message.pull_request, Some(number), "{text}");
            if !text.contains("(pull request") {
                assert_eq!(message.title, title, "{text}");
            }
        }
        assert_eq!(read("Fix #12").pull_request, None);
        assert_eq!(read("Fix it\n\nCloses #12").pull_request, None);
    }

    #[test]
    fn merges_speak_through_their_body() {
        assert_eq!(
            read("Merge pull request #1 from a/b\n\nfix start (#9)")
                .merge_title()
                .as_deref(),
            Some("fix start")
        );
        assert_eq!(
            read("Merge pull request 'Add x' (#7) from a into main")
                .merge_title()
                .as_deref(),
            Some("Add x")
        );
        assert_eq!(
            read("Merge branch 'a' into 'main'\n\nAdd x\n\nSee merge request g/p!88")
                .merge_title()
                .as_deref(),
            Some("Add x")
        );
        assert_eq!(read("Merge branch 'main' into a").merge_title(), None);
        assert_eq!(
            read("Merge branch 'a'\n\nSee merge request g/p!88").merge_title(),
            None
        );
    }

    #[test]
    fn reverts_by_subject_and_trailer() {
        let message = read(
            "Revert \"Fix \"it\" (#12)\" (#13)\n\nThis reverts commit \
                0123456789abcdef0123456789abcdef01234567, reversing\nchanges made to aaaa.",
        );
        assert_eq!(message.reverts_subject.as_deref(), Some("Fix \"it\" (#12)"));
        assert_eq!(
            message.reverts_commits,
            ["0123456789abcdef0123456789abcdef01234567"]
        );
        assert_eq!(message.pull_request, Some(13));
        assert_eq!(
            read("Reapply \"Fix it\"").reverts_subject.as_deref(),
            Some("Revert \"Fix it\"")
        );
        assert_eq!(
            read("Undo\n\nReverts owner/repo#77").reverts_request,
            Some(77)
        );
        assert_eq!(read("Revert to gzip").reverts_subject, None);
        assert!(
            read("x\n\nThis partially reverts commit 0123456789abcdef")
                .reverts_commits
                .is_empty()
        );
    }

    #[test]
    fn trailers_are_the_last_paragraph_only() {
        let message = read(
            "Add x\n\nnote: not a trailer\nCo-authored-by: No <no@x>\n\nmore\n\nCo-authored-by: \
                Anna <anna@x>\nSigned-off-by: B <b@x>\n(cherry picked from commit \
                0123456789abcdef0123456789abcdef01234567)",
        );
        assert_eq!(
            message.co_authors,
            [("Anna".to_owned(), "anna@x".to_owned())]
        );
        assert_eq!(
            message.picked_from,
            ["0123456789abcdef0123456789abcdef01234567"]
        );
        assert!(read_trailers("just: some\nordinary text here").is_empty());
    }

    #[test]
    fn hostile_bytes_become_visible() {
        let message = CommitMessage::read(b"\xef\xbb\xbfred \x1b[31m\r\n\r\nbody\x07\xff", None);
        assert_eq!(
            (message.subject.as_str(), message.body.as_str()),
            ("red ␛[31m", "body␇\u{fffd}")
        );
        assert_eq!(
            CommitMessage::read(b"gr\xfcn", Some("ISO-8859-1")).subject,
            "grün"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_and_nothing_hidden_is_left(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), words in "(Revert \"|Reapply \"|\\(#1\\)|\n\n|Co-authored-by: |<|>|\\* |x){0,12}") {
            for message in [CommitMessage::read(&bytes, None), CommitMessage::read(&bytes, Some("latin1")), CommitMessage::read(words.as_bytes(), None)] {
                let shown = format!("{}{}{}", message.subject, message.title, message.body.replace('\n', ""));
                proptest::prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
                let _ = (message.merge_title(), message.says_revert(), model::list_advisory_ids(&message.body));
            }
        }
    }
}
