//! `.mailmap` as git reads it: names and addresses are compared without case, which libgit2 does
//! not do.

use std::collections::HashMap;

/// Largest mailmap that is read, in bytes.
const LIMIT: usize = 4 * 1024 * 1024;

#[derive(Debug, Clone, Default)]
struct MailmapIdentity {
    name: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct ByEmail {
    any: Option<MailmapIdentity>,
    by_name: HashMap<String, MailmapIdentity>,
}

/// Who people really are.
#[derive(Debug, Clone, Default)]
pub struct Mailmap {
    entries: HashMap<String, ByEmail>,
}

impl Mailmap {
    /// Adds the lines of one mailmap file; later lines win.
    pub fn add(&mut self, bytes: &[u8]) {
        for line in
            String::from_utf8_lossy(bytes.get(..bytes.len().min(LIMIT)).unwrap_or_default()).lines()
        {
            // git takes a `#` for a remark at the start of a line only
            if line.starts_with('#') {
                continue;
            }
            let Some((name, email, rest)) = parse_mailmap_person(line, false) else {
                continue;
            };
            let (old_name, old_email) = match parse_mailmap_person(rest, true) {
                // `New <new> <old>`: two addresses mean that the first is new; with one it is the
                // key
                Some((old_name, old_email, _)) => (old_name, Some(old_email)),
                None => (None, None),
            };
            let (new_email, key) = match old_email {
                Some(old) => (Some(email.to_owned()), old),
                None => (None, email),
            };
            let entry = self.entries.entry(key.to_lowercase()).or_default();
            match old_name {
                Some(old) => {
                    entry.by_name.insert(
                        old.to_lowercase(),
                        MailmapIdentity {
                            name: name.map(str::to_owned),
                            email: new_email,
                        },
                    );
                }
                None => {
                    let target = entry.any.get_or_insert_with(MailmapIdentity::default);
                    // a later line with a name only leaves the address of an earlier line as it is
                    target.name = name.map(str::to_owned).or_else(|| target.name.take());
                    target.email = new_email.or_else(|| target.email.take());
                }
            }
        }
    }

    /// Name and address after the map.
    pub fn resolve(&self, name: &str, email: &str) -> (String, String) {
        let found = self.entries.get(&email.to_lowercase());
        // of one address and several people the line with the old name is the more exact one
        let target = found.and_then(|entry| {
            entry
                .by_name
                .get(&name.to_lowercase())
                .or(entry.any.as_ref())
        });
        let Some(target) = target else {
            return (name.to_owned(), email.to_owned());
        };
        (
            target.name.clone().unwrap_or_else(|| name.to_owned()),
            target.email.clone().unwrap_or_else(|| email.to_owned()),
        )
    }
}

/// `Name <email>` at the start of a text, and what follows; the name may be missing.
fn parse_mailmap_person(text: &str, empty_email: bool) -> Option<(Option<&str>, &str, &str)> {
    let open = text.find('<')?;
    let close = open + text.get(open..)?.find('>')?;
    let email = text.get(open + 1..close)?;
    if email.is_empty() && !empty_email {
        // git lets the old address be empty, since old imports have commits without one
        return None;
    }
    let name = text.get(..open)?.trim();
    Some((
        Some(name).filter(|name| !name.is_empty()),
        email,
        text.get(close + 1..).unwrap_or_default(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_forms_of_git_are_known() {
        let mut map = Mailmap::default();
        map.add(
            b"# comment\nProper <one@example.org>\n<new@example.org> <old@example.org>\nBoth \
            <both@example.org> <was@example.org>\nRight <right@example.org> Wrong \
            <shared@example.org>\nbroken line\n",
        );
        let resolve = |name: &str, email: &str| map.resolve(name, email);
        assert_eq!(
            resolve("x", "ONE@example.org"),
            ("Proper".into(), "ONE@example.org".into())
        );
        assert_eq!(
            resolve("x", "old@example.org"),
            ("x".into(), "new@example.org".into())
        );
        assert_eq!(
            resolve("x", "was@example.org"),
            ("Both".into(), "both@example.org".into())
        );
        assert_eq!(
            resolve("wrong", "shared@example.org"),
            ("Right".into(), "right@example.org".into())
        );
        assert_eq!(
            resolve("other", "shared@example.org"),
            ("other".into(), "shared@example.org".into())
        );
    }

    proptest::proptest! {
        #[test]
        fn any_mailmap_is_read_without_harm(text in "(A|B <|a@x|>| \
            |#|\n|<|é){0,40}", name in "[AB]{0,2}") {
            let mut map = Mailmap::default();
            map.add(text.as_bytes());
            let _ = map.resolve(&name, "a@x");
        }
    }
}
