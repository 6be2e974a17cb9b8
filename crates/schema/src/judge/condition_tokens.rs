//! A condition of SQL cut into tokens.

/// A token of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum ConditionToken {
    /// A name or a keyword, in small letters.
    Word(String),
    /// A name in quotes.
    Name(String),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// Punctuation.
    Mark(String),
}

impl ConditionToken {
    /// A word or a mark.
    pub fn is(&self, word: &str) -> bool {
        match self {
            Self::Word(text) | Self::Mark(text) => text == word,
            _ => false,
        }
    }
}

/// Cuts a condition; what is not closed runs to the end.
pub fn split_condition_tokens(text: &str) -> Vec<ConditionToken> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        if c.is_whitespace() {
            at += 1;
        } else if c == '\'' {
            let (value, end) = read_quoted(&chars, at + 1, '\'');
            out.push(ConditionToken::Text(value));
            at = end;
        } else if matches!(c, '"' | '`') {
            let (value, end) = read_quoted(&chars, at + 1, c);
            out.push(ConditionToken::Name(value.to_lowercase()));
            at = end;
        } else if c == '['
            && next.is_some_and(|c| c.is_alphabetic() || c == '_')
            && !matches!(out.last(), Some(ConditionToken::Word(word)) if word == "array")
        {
            let (value, end) = read_quoted(&chars, at + 1, ']');
            out.push(ConditionToken::Name(value.to_lowercase()));
            at = end;
        } else if c.is_ascii_digit() || c == '.' && next.is_some_and(|c| c.is_ascii_digit()) {
            let start = at;
            while chars
                .get(at)
                .is_some_and(|c| c.is_ascii_digit() || *c == '.')
            {
                at += 1;
            }
            let digits: String = chars[start..at].iter().collect();
            out.push(digits.parse().map_or_else(
                // `1.2.3` is no number; as a mark it ends the computing with *unknown*
                |_| ConditionToken::Mark(digits.clone()),
                ConditionToken::Number,
            ));
        } else if c.is_alphabetic() || c == '_' {
            let start = at;
            while chars
                .get(at)
                .is_some_and(|c| c.is_alphanumeric() || *c == '_')
            {
                at += 1;
            }
            let word: String = chars[start..at].iter().collect();
            // `N'text'` of SQL Server
            if word.eq_ignore_ascii_case("n") && chars.get(at) == Some(&'\'') {
                continue;
            }
            out.push(ConditionToken::Word(word.to_lowercase()));
        } else {
            let two: String = chars[at..(at + 2).min(chars.len())].iter().collect();
            let known = ["<=", ">=", "<>", "!=", "::", "||", "=="];
            let mark = if known.contains(&two.as_str()) {
                two
            } else {
                c.to_string()
            };
            at += mark.chars().count();
            out.push(ConditionToken::Mark(mark));
        }
    }
    out
}

/// Up to the closing sign, which is written twice inside; and the place behind it.
fn read_quoted(chars: &[char], from: usize, close: char) -> (String, usize) {
    let mut value = String::new();
    let mut at = from;
    while let Some(&c) = chars.get(at) {
        if c == close {
            if chars.get(at + 1) == Some(&close) {
                at += 1;
            } else {
                return (value, at + 1);
            }
        }
        value.push(c);
        at += 1;
    }
    (value, at)
}
