//! What the program kept on disk.

use std::path::Path;

/// The text of all journals below a folder.
pub fn journals(home: &Path) -> String {
    let mut text = String::new();
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with(".git") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "jsonl") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}
