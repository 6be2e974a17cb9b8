//! Which words does an UPDATE write, and which does it replace?

/// The words of one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrittenWords {
    /// What is written.
    pub new: Vec<String>,
    /// What is replaced.
    pub old: Vec<String>,
    /// Keys of a document in which they stand.
    pub keys: Vec<String>,
}

/// Most words of one statement.
const MOST: usize = 40;

impl WrittenWords {
    /// Of a statement that replaces words by others; `None` for every other one.
    pub(super) fn read(statement: &str) -> Option<Self> {
        let squeezed: String = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let lower = squeezed.to_ascii_lowercase();
        let set = lower.find(" set ")?;
        let condition = lower.rfind(" where ").unwrap_or(lower.len());
        let mut words = Self {
            new: Vec::new(),
            old: Vec::new(),
            keys: Vec::new(),
        };
        for (at, literal) in list_literals(&squeezed).into_iter().take(MOST) {
            let before = lower.get(..at)?.trim_end();
            if at < set {
                continue;
            }
            let of_document = ["->", "->>", "#>>"]
                .iter()
                .any(|sign| before.ends_with(sign));
            // `parameters - 'a'` takes a key out of a document
            let taken_out = before.ends_with(" -");
            let in_case = before.rfind(" when") > before.rfind(" then");
            if of_document || taken_out || literal.starts_with(['{', '$']) {
                words.keys.push(bare_key(&literal));
            } else if at > condition || in_case || before.ends_with(" when") {
                words.old.push(literal);
            } else {
                words.new.push(literal.trim_matches('"').to_owned());
            }
        }
        let plain = |word: &String| {
            (1..=40).contains(&word.len())
                && word
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '))
                && word.contains(char::is_alphabetic)
        };
        let all = !words.new.is_empty()
            && !words.old.is_empty()
            && words.new.iter().chain(&words.old).all(plain);
        all.then_some(words)
    }
}

fn bare_key(literal: &str) -> String {
    literal
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

/// Texts in single quotes with where they begin.
fn list_literals(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut open: Option<usize> = None;
    for (at, c) in text.char_indices().filter(|(_, c)| *c == '\'') {
        match open {
            None => open = Some(at),
            Some(from) => {
                out.push((from, text[from + c.len_utf8()..at].to_owned()));
                open = None;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::WrittenWords;

    #[test]
    fn words_that_are_written_are_told_from_those_they_replace() {
        let words = |text: &str| {
            WrittenWords::read(text).map(|words| {
                (
                    words.new.join("|"),
                    words.old.join("|"),
                    words.keys.join("|"),
                )
            })
        };
        let told = |new: &str, old: &str, keys: &str| {
            Some((new.to_owned(), old.to_owned(), keys.to_owned()))
        };
        assert_eq!(
            words("UPDATE repositories\nSET license = 'unknown'\nWHERE license = 'other'"),
            told("unknown", "other", "")
        );
        assert_eq!(
            words(
                "UPDATE packages SET d = jsonb_set(d::jsonb, '{licenseKind}', '\"known\"') WHERE d::jsonb->>'licenseKind' IN ('a', 'b')"
            ),
            told("known", "a|b", "licenseKind|licenseKind")
        );
        assert_eq!(
            words("UPDATE t SET a = CASE a WHEN 'p' THEN 'x' ELSE 'y' END"),
            told("x|y", "p", "")
        );
        assert_eq!(words("UPDATE t SET a = 'x'"), None);
        assert_eq!(words("UPDATE t SET a = b WHERE c = 'x'"), None);
        assert_eq!(words("DELETE FROM t WHERE a = 'x'"), None);
    }

    #[test]
    fn keys_that_are_taken_out_and_words_of_a_case_are_not_written() {
        let taken = WrittenWords::read("UPDATE t SET p = p - 'websiteId' WHERE kind = 'jar'");
        assert_eq!(taken, None, "nothing is written");
        let read = WrittenWords::read(
            "UPDATE t SET kind = CASE WHEN kind = 'url' THEN 'path' ELSE kind END",
        );
        let words = read.map(|words| (words.new, words.old));
        assert_eq!(
            words,
            Some((vec!["path".to_owned()], vec!["url".to_owned()]))
        );
    }
}
