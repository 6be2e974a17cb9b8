//! Conventional commits: `type(scope)!: description`. The list of types is closed, because `daemon:
//! fix …` is a subsystem.

/// Types of the convention (Angular's list, which the specification names).
pub const TYPES: [&str; 11] = [
    "build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test",
];
/// Types that are folders and subsystems as often as not; they count only where the range follows
/// the convention.
const ALSO_SUBSYSTEMS: [&str; 5] = ["build", "ci", "docs", "style", "test"];

/// A subject of the form `word(scope)!: description`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConventionalHeader<'a> {
    /// The word, lower case.
    pub word: String,
    /// What stands in the brackets.
    pub scope: Option<&'a str>,
    /// `!` before the colon.
    pub breaking: bool,
    /// The rest.
    pub description: &'a str,
}

impl ConventionalHeader<'_> {
    /// Whether the word is a type of the closed list.
    pub fn is_type(&self) -> bool {
        TYPES.contains(&self.word.as_str())
    }

    /// The type, where the word can be trusted to be one.
    pub fn kind(&self, in_use: bool) -> Option<&str> {
        let sure = in_use
            // `feat!:` and `fix(api):` are forms that nobody writes for a folder by accident
            || self.breaking
            || self.scope.is_some()
            || !ALSO_SUBSYSTEMS.contains(&self.word.as_str());
        (self.is_type() && sure).then_some(self.word.as_str())
    }
}

/// Reads a subject. Any single word may stand before the colon; `is_type` of what is read tells
/// types from subsystems.
pub fn read_subject_header(subject: &str) -> Option<ConventionalHeader<'_>> {
    let (head, description) = subject.split_once(':')?;
    // `https://x` and `a::b` hold a colon as well
    if !description.starts_with(' ') || description.trim().is_empty() {
        return None;
    }
    let (head, breaking) = head
        .strip_suffix('!')
        .map_or((head, false), |head| (head, true));
    let (word, scope) = match head.split_once('(') {
        Some((word, scope)) => (word, Some(scope.strip_suffix(')')?.trim())),
        None => (head, None),
    };
    let plain = !word.is_empty()
        // longer than any type or folder; a sentence before a colon is no header
        && word.len() <= 40
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.'));
    let scope_fits = scope
        .is_none_or(|scope| !scope.is_empty() && scope.len() <= 80 && !scope.contains(['(', ')']));
    (plain && scope_fits).then(|| ConventionalHeader {
        word: word.to_ascii_lowercase(),
        scope,
        breaking,
        description: description.trim(),
    })
}

/// Whether a range follows the convention well enough to group by it: at least half of its own
/// commits do.
pub fn in_use<'a>(subjects: impl Iterator<Item = &'a str>) -> bool {
    let (mut typed, mut all) = (0usize, 0usize);
    for subject in subjects
        // git writes `Revert "` by itself, so it says nothing about the habits of the project
        .filter(|subject| !subject.starts_with("Revert \"") && !subject.starts_with("Reapply \""))
    {
        all += 1;
        typed += usize::from(read_subject_header(subject).is_some_and(|header| header.is_type()));
    }
    // half and not all: a few commits without the form are in every range that follows it
    all > 0 && typed * 2 >= all
}

/// The text after `BREAKING CHANGE:`; the mark counts at the start of a paragraph and on any line
/// of the last one.
pub fn breaking_footer(body: &str) -> bool {
    let marks = |line: &str| {
        [
            "BREAKING CHANGE: ",
            "BREAKING-CHANGE: ",
            "BREAKING CHANGE #",
            "BREAKING CHANGES: ",
        ]
        .iter()
        .any(|mark| line.starts_with(mark))
            // some write the mark alone and the explanation in the next line
            || line == "BREAKING CHANGE:"
    };
    let paragraphs: Vec<&str> = body
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    paragraphs
        .iter()
        .any(|paragraph| paragraph.lines().next().is_some_and(marks))
        || paragraphs
            // `Refs: 1` and `BREAKING-CHANGE: x` stand together in the last paragraph, as trailers
            // do
            .last()
            .is_some_and(|last| last.lines().any(marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        let read = read_subject_header("Feat(api)!: add cards (#12)").unwrap();
        assert_eq!(
            (
                read.word.as_str(),
                read.scope,
                read.breaking,
                read.description
            ),
            ("feat", Some("api"), true, "add cards (#12)")
        );
        assert!(
            read_subject_header("feat:no blank").is_none()
                && read_subject_header("feat: ").is_none()
                && read_subject_header("Merge: a b").is_some()
                && read_subject_header("two words: x").is_none()
                && read_subject_header("fix(): x").is_none()
        );
    }

    #[test]
    fn a_subsystem_is_not_a_type() {
        assert_eq!(
            read_subject_header("daemon: fix start").unwrap().kind(true),
            None
        );
        assert_eq!(read_subject_header("docs: typo").unwrap().kind(false), None);
        assert_eq!(
            read_subject_header("docs: typo").unwrap().kind(true),
            Some("docs")
        );
        assert_eq!(
            read_subject_header("fix: start").unwrap().kind(false),
            Some("fix")
        );
        assert!(!in_use(
            ["daemon: a", "libnetwork: b", "test: c", "fix: d", "api: e"].into_iter()
        ));
        assert!(in_use(
            ["feat: a", "fix(x): b", "Revert \"feat: a\"", "wip"].into_iter()
        ));
        assert!(!in_use(std::iter::empty()));
    }

    #[test]
    fn breaking_marks_are_footers() {
        assert!(breaking_footer(
            "text\n\nBREAKING CHANGE: gone\n\nSigned-off-by: a"
        ));
        assert!(breaking_footer("text\n\nRefs: 1\nBREAKING-CHANGE: gone"));
        assert!(!breaking_footer(
            "text\nBREAKING CHANGE: in the middle\nof a paragraph\n\nRefs: 1"
        ));
        assert!(!breaking_footer("this is no breaking change: at all"));
    }
}
