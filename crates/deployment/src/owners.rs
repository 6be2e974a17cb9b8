//! Who owns the changed paths: CODEOWNERS as GitHub and GitLab read it. The last rule that matches
//! a path says who.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use model::{Owner, Snapshot, Unchecked, escape_invisible};

// as GitHub looks first; who has GitLab alone has one of the others
/// Where the two look for it.
const PLACES: [&str; 4] = [
    ".github/CODEOWNERS",
    ".gitlab/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
];

/// Most bytes, rules and owners that are looked at.
const BYTES: usize = 1024 * 1024;
const RULES: usize = 5000;
const PATHS: usize = 100_000;

/// Owners of paths, those of most paths first; what of the file could not be used.
pub fn find_path_owners<'a>(
    tree: &dyn Snapshot,
    paths: impl Iterator<Item = &'a str>,
) -> (Vec<Owner>, Vec<Unchecked>) {
    // no file is no gap: most repositories have none
    let Some(place) = PLACES.iter().find(|place| tree.has(place)) else {
        return (Vec::new(), Vec::new());
    };
    let unread = |why: String| Unchecked {
        what: (*place).into(),
        why: why.into(),
        settle_with: None,
    };
    // a file cut in the middle would name the wrong owners
    let text = match tree.read_text(place) {
        Ok(text) if text.len() <= BYTES => text,
        Ok(text) => {
            return (
                Vec::new(),
                vec![unread(format!(
                    "it has {} bytes, more than the {BYTES} that are read",
                    text.len()
                ))],
            );
        }
        Err(error) => {
            return (
                Vec::new(),
                vec![unread(escape_invisible(&error.to_string()).into_owned())],
            );
        }
    };
    let (rules, set, odd) = read_codeowners_rules(&text);
    let mut counts: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for path in paths.take(PATHS) {
        let Some(rule) = set
            .matches(path)
            .into_iter()
            .max()
            // two globs a rule stand one after the other in the set
            .and_then(|at| rules.get(at / 2))
        else {
            continue;
        };
        for owner in rule {
            *counts.entry(owner).or_default() += 1;
        }
    }
    // those with most paths first: they know most of the release
    let mut owners: Vec<Owner> = counts
        .into_iter()
        .map(|(name, paths)| Owner {
            name: escape_invisible(name).into_owned(),
            paths,
        })
        .collect();
    owners.sort_by(|a, b| b.paths.cmp(&a.paths).then_with(|| a.name.cmp(&b.name)));
    let unchecked = if odd > 0 {
        vec![unread(format!("{odd} of its lines cannot be used"))]
    } else {
        Vec::new()
    };
    (owners, unchecked)
}

/// Owners by rule, two globs a rule, and how many lines are of no use.
fn read_codeowners_rules(text: &str) -> (Vec<Vec<String>>, GlobSet, usize) {
    let (mut rules, mut builder, mut odd) = (Vec::new(), GlobSetBuilder::new(), 0);
    let mut of_section: Vec<String> = Vec::new();
    // a blank before the mark: `#` also begins names of folders
    for line in text
        .lines()
        .map(|line| line.split(" #").next().unwrap_or_default().trim())
    {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // GitLab's sections have owners of their own for rules that name none
        if line.starts_with('[') || line.starts_with("^[") {
            of_section = line
                .rsplit(']')
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect();
            continue;
        }
        // a blank in a path is escaped, and would else split it
        let escaped = line.replace("\\ ", "\u{1}");
        let mut words = escaped
            .split_whitespace()
            .map(|word| word.replace('\u{1}', " "));
        let Some(pattern) = words.next() else {
            continue;
        };
        // a word without `@` is a comment or a mistake, and a rule without owners frees its paths
        let mut named: Vec<String> = words.filter(|word| word.contains('@')).collect();
        if named.is_empty() && !of_section.is_empty() {
            named.clone_from(&of_section);
        }
        // the last rule that fits wins, so none may be dropped unseen
        match compile_owner_globs(&pattern) {
            Some(both) if rules.len() < RULES => {
                both.into_iter().for_each(|glob| {
                    builder.add(glob);
                });
                rules.push(named);
            }
            _ => odd += 1,
        }
    }
    match builder.build() {
        Ok(set) => (rules, set, odd),
        // without the set nobody is said to own anything, and that is told
        Err(_) => (Vec::new(), GlobSet::empty(), odd + 1),
    }
}

/// The path itself and everything below it, as gitignore reads a pattern.
fn compile_owner_globs(pattern: &str) -> Option<[Glob; 2]> {
    let bare = pattern.trim_end_matches('/');
    let anchored = bare.trim_start_matches('/');
    if anchored.is_empty() {
        let all = || GlobBuilder::new("**").build().ok();
        return Some([all()?, all()?]);
    }
    // as in gitignore: a slash inside ties the pattern to the root
    let base = if pattern.starts_with('/') || anchored.contains('/') {
        anchored.to_owned()
    } else {
        format!("**/{anchored}")
    };
    // `*` stops at a slash
    let make = |text: &str| GlobBuilder::new(text).literal_separator(true).build().ok();
    let below = format!("{base}/**");
    // a pattern that ends in a slash is a folder; one that ends in * stays in its folder
    let own = if pattern.ends_with('/') {
        &below
    } else {
        &base
    };
    let under = if base.ends_with("/*") { &base } else { &below };
    Some([make(own)?, make(under)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;
    use proptest::prelude::*;

    fn of(text: &str, paths: &[&str]) -> Vec<(String, u64)> {
        let tree = MemorySnapshot::new([("CODEOWNERS", text)]);
        find_path_owners(&tree, paths.iter().copied())
            .0
            .into_iter()
            .map(|owner| (owner.name, owner.paths))
            .collect()
    }

    #[test]
    fn the_last_rule_that_matches_says_who() {
        let text = "# everybody\n* @org/all\n*.sql @dba # the schema\n/web/ @front \
            @design\napp/cards @cards\n/docs/*\n";
        assert_eq!(
            of(text, &["db/1.sql", "web/a/b.css"]),
            [
                ("@dba".into(), 1),
                ("@design".into(), 1),
                ("@front".into(), 1)
            ]
        );
        assert_eq!(
            of(text, &["app/cards/holder.rb", "app/other.rb"]),
            [("@cards".into(), 1), ("@org/all".into(), 1)]
        );
        // a rule without owners takes them away, for its folder and not below it
        assert_eq!(of(text, &["docs/a.md"]), []);
        assert_eq!(of(text, &["docs/deep/a.md"]), [("@org/all".into(), 1)]);
    }

    #[test]
    fn sections_have_owners_of_their_own() {
        assert_eq!(
            of(
                "[Database][2] @dba\ndb/\n^[Web]\nweb/ @front\n",
                &["db/x", "web/y"]
            ),
            [("@dba".into(), 1), ("@front".into(), 1)]
        );
        assert!(
            find_path_owners(&MemorySnapshot::default(), ["a"].into_iter())
                .0
                .is_empty()
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "[ -~\n\\[\\]]{0,120}", path in "[a-z/.]{0,20}") {
            let _ = of(&text, &[&path]);
        }
    }
}
