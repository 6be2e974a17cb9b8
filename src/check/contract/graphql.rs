//! GraphQL.
use super::change::Log;
pub(super) struct Pair<'a> {
    pub path: &'a str,
    pub old_path: Option<&'a str>,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}
pub(super) fn compare(files: &[Pair<'_>], _log: &mut Log) -> Vec<(String, usize)> {
    files.iter().filter(|f| f.old.is_some() || f.new.is_some()).map(|f| (f.path.to_owned(), 1)).collect()
}
