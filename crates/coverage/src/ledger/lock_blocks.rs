//! Which package each line of a lock file is about, and who gets it.
//!
//! Parsers of these formats were tried: they give values without the lines on which they stand,
//! and nothing for a file that is broken somewhere. A block ends where the next one begins, so lines are
//! enough.

/// What a line of a lock file belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LockedPackage {
    /// Its name.
    pub name: String,
    /// It lies in this repository.
    pub is_own: bool,
    /// Only developers and tests get it, as the file itself says.
    pub is_for_developers: bool,
}

/// Lock files made of blocks, by name in small letters.
pub(super) fn has_blocks(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "poetry.lock"
            | "pdm.lock"
            | "uv.lock"
            | "cargo.lock"
            | "manifest.toml"
            | "pubspec.lock"
            | "pylock.toml"
    )
}

/// For each line, the package whose block it stands in.
pub(super) fn list_locked_packages(path: &str, text: &str) -> Vec<Option<LockedPackage>> {
    let yaml = path.ends_with("pubspec.lock");
    // a package of the repository has no source, where the others say theirs
    let own_without_source =
        path.ends_with("cargo.lock") && text.lines().any(|line| line.starts_with("source"));
    let mut blocks: Vec<(usize, LockedPackage, bool)> = Vec::new();
    let mut inside = false;
    let mut count = 0;
    for (at, line) in text.lines().enumerate() {
        count = at + 1;
        let trimmed = line.trim();
        if yaml {
            let indent = line.len() - line.trim_start().len();
            if indent == 0 && !trimmed.is_empty() {
                inside = trimmed == "packages:";
                if !inside {
                    blocks.push((at, LockedPackage::default(), false));
                }
            } else if inside && indent == 2 && trimmed.ends_with(':') {
                blocks.push((at, named(trimmed.trim_end_matches(':')), true));
            }
        } else if let Some(head) = trimmed.strip_prefix("[[") {
            let head = head.trim_end_matches(']');
            let name = head.strip_prefix("deps.").unwrap_or_default();
            blocks.push((at, named(name), true));
        } else if trimmed.starts_with('[') && trimmed.ends_with(']') && !trimmed.contains("package")
        {
            blocks.push((at, LockedPackage::default(), false));
        }
        let Some((_, package, _)) = blocks.last_mut() else {
            continue;
        };
        read_line(package, trimmed);
    }
    let all: Vec<&str> = text.lines().collect();
    let mut out = vec![None; count];
    for (index, (start, package, is_package)) in blocks.iter().enumerate() {
        let end = blocks.get(index + 1).map_or(count, |(next, _, _)| *next);
        let lines = out.get_mut(*start..end).unwrap_or_default();
        let sourced = all
            .get(*start..end)
            .unwrap_or_default()
            .iter()
            .any(|line| line.trim_start().starts_with("source"));
        let mut package = package.clone();
        package.is_own |= own_without_source && !sourced;
        if *is_package {
            lines.fill(Some(package));
        }
    }
    out
}

/// Most characters of a name that are kept.
const NAME: usize = 100;

fn named(name: &str) -> LockedPackage {
    LockedPackage {
        name: name.trim_matches(['"', '\'']).chars().take(NAME).collect(),
        ..LockedPackage::default()
    }
}

fn read_line(package: &mut LockedPackage, line: &str) {
    if package.name.is_empty()
        && let Some(name) = line.strip_prefix("name = ")
    {
        package.name = name.trim_matches('"').chars().take(NAME).collect();
    }
    let own = ["editable", "virtual", "directory"];
    if line.starts_with("source = ") && own.iter().any(|word| line.contains(&format!("{word} ="))) {
        package.is_own = true;
    }
    if let Some(groups) = line.strip_prefix("groups = ") {
        let groups: Vec<&str> = groups
            .trim_matches(['[', ']'])
            .split(',')
            .map(|group| group.trim().trim_matches('"'))
            .collect();
        package.is_for_developers = groups.iter().all(|group| {
            matches!(
                *group,
                "dev" | "test" | "tests" | "lint" | "docs" | "typing"
            )
        });
    }
    if line == "category = \"dev\"" || line == "dependency: \"direct dev\"" {
        package.is_for_developers = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str, line: usize) -> LockedPackage {
        list_locked_packages(path, text)
            .get(line - 1)
            .cloned()
            .flatten()
            .unwrap_or_default()
    }

    #[test]
    fn each_line_is_about_the_package_of_its_block() {
        let poetry = "[[package]]\nname = \"zodb\"\nversion = \"6.0\"\ngroups = [\"main\"]\n\n[[package]]\nname = \"pytest\"\nversion = \"8\"\ngroups = [\"dev\"]\n\n[metadata]\nversion = \"2\"\n";
        assert_eq!(of("poetry.lock", poetry, 3).name, "zodb");
        assert!(!of("poetry.lock", poetry, 3).is_for_developers);
        assert!(of("poetry.lock", poetry, 8).is_for_developers);
        assert_eq!(of("poetry.lock", poetry, 12), LockedPackage::default());
        let cargo = "[[package]]\nname = \"cellar\"\nversion = \"1.1.0\"\n\n[[package]]\nname = \"sled\"\nversion = \"1.0.0\"\nsource = \"registry\"\n";
        assert!(of("cargo.lock", cargo, 3).is_own);
        assert!(!of("cargo.lock", cargo, 7).is_own);
        let julia = "julia_version = \"1.10.0\"\n\n[[deps.LMDB]]\nversion = \"1.0.0\"\n";
        assert_eq!(of("manifest.toml", julia, 4).name, "LMDB");
        let dart = "packages:\n  hive:\n    dependency: \"direct main\"\n    version: \"2.2.3\"\n  lints:\n    dependency: \"direct dev\"\n    version: \"3\"\nsdks:\n  dart: \"3\"\n";
        assert_eq!(of("pubspec.lock", dart, 4).name, "hive");
        assert!(of("pubspec.lock", dart, 7).is_for_developers);
        assert_eq!(of("pubspec.lock", dart, 9), LockedPackage::default());
        let uv =
            "[[package]]\nname = \"cellar\"\nversion = \"1.1.0\"\nsource = { editable = \".\" }\n";
        assert!(of("uv.lock", uv, 3).is_own);
    }

    #[test]
    fn broken_locks_end() {
        for text in ["", "[[", "[[package", "packages:\n  :\n", "\u{0}"] {
            list_locked_packages("poetry.lock", text);
            list_locked_packages("pubspec.lock", text);
        }
    }
}
