//! Which libraries bring tables along, from a table in `assets/`.

/// `tables | packages`, one family a line.
pub const FAMILIES: &str = include_str!("../../../assets/library-tables.txt");

// `rails` writes its tables into migrations of the program, which are judged themselves
/// Frameworks whose tables are copied into the migrations of the program that uses them: another
/// version of theirs brings none by itself.
const COPIED: [&str; 6] = [
    "rails",
    "activestorage",
    "actiontext",
    "actionmailbox",
    "laravel/framework",
    "laravel/laravel",
];

/// Whether a line of a manifest names a library that brings tables along: its own migrations may
/// run with another version of it.
pub fn names_library_with_tables(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    // a part of another name is another library
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let whole = |name: &str| {
        lower.match_indices(name).any(|(at, _)| {
            !lower[..at].ends_with(part) && !lower[at + name.len()..].starts_with(part)
        })
    };
    let packages = FAMILIES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('|'));
    packages
        .flat_map(|(_, packages)| packages.split_whitespace())
        .any(|package| {
            // a name of three letters is a word of anything
            package.len() > 3 && !COPIED.contains(&package) && whole(&package.to_ascii_lowercase())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_framework_whose_tables_are_copied_brings_none() {
        for line in [
            "gem \"good_job\", \"4.0\"",
            "    django-axes==6.1",
            "\"laravel/pulse\": \"^1\"",
        ] {
            assert!(names_library_with_tables(line), "{line}");
        }
        for line in [
            "    rails (7.1.3.3)",
            "\"laravel/framework\": \"^11.4\"",
            "gem \"sinatra\"",
        ] {
            assert!(!names_library_with_tables(line), "{line}");
        }
    }
}
