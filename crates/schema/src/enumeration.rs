//! Which values an enumeration takes that is written as a type.

/// Members of an enumeration that is written as a type: `enum('a','b')`.
pub fn read_enum_members(data_type: &str) -> Option<Vec<String>> {
    let lower = data_type.trim().to_ascii_lowercase();
    let inside = data_type
        .trim()
        .get(lower.strip_prefix("enum").map(|_| 4)?..)?
        .trim()
        .strip_prefix('(')?
        .strip_suffix(')')?;
    let mut out = Vec::new();
    let mut rest = inside;
    while let Some(open) = rest.find('\'') {
        let mut value = String::new();
        let mut chars = rest.get(open + 1..)?.char_indices().peekable();
        let end = loop {
            let (at, c) = chars.next()?;
            match (c, chars.peek()) {
                // a doubled quote stands for one
                ('\'', Some((_, '\''))) => {
                    chars.next();
                    value.push('\'');
                }
                ('\'', _) => break open + 1 + at + 1,
                (c, _) => value.push(c),
            }
        };
        out.push(value);
        rest = rest.get(end..)?;
    }
    // no member was read: the type is written otherwise, and nothing is said about it
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_an_enumeration() {
        let list = |text: &str| read_enum_members(text).unwrap_or_default().join("|");
        assert_eq!(list("ENUM('a', 'it''s', 'b')"), "a|it's|b");
        assert_eq!(list("enum('a'"), "");
        assert_eq!(list("enum"), "");
        assert_eq!(list("enumeration('a')"), "");
    }
}
