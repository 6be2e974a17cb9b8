//! Which libraries bring tables along, from a table in `assets/`.

/// `tables | packages`, one family a line.
pub const FAMILIES: &str = include_str!("../../../assets/library-tables.txt");

/// Whether a line of a manifest names a library that brings tables along: its own migrations may
/// run with another version of it.
pub fn names_library_with_tables(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
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
        .any(|package| package.len() > 3 && whole(&package.to_ascii_lowercase()))
}
