//! Paths of a tree: folders, names, and what lies in a folder.

/// Folder of a path, without a slash at the end.
pub fn find_parent_folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A name in a folder; the top of the tree has no name.
pub fn join_path(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// Whether a path lies in `set` or one folder below it. A set may also be a folder and a part of
/// the names in it: `db/mysql` of `db/2_b.mysql.up.sql`.
pub fn is_in_set(path: &str, set: &str) -> bool {
    let folder = find_parent_folder(path);
    folder == set
        || find_parent_folder(folder) == set
        || folder == find_parent_folder(set)
            && file_name(path)
                .split('.')
                .any(|part| part.eq_ignore_ascii_case(file_name(set)))
}
