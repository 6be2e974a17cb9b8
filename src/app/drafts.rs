//! Text that was typed and not recorded when the program ended: kept in a file beside the journal,
//! for the one who goes on.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 64 * 1024;
/// Most texts that are taken from it.
const MOST: usize = 20;

fn find_draft_file(journal: &Path) -> PathBuf {
    journal.with_extension("draft")
}

/// Keeps the texts, by the title of their form; none at all leaves no file. A draft that cannot be
/// kept must not hold the end up.
pub fn save_drafts(journal: &Path, drafts: &BTreeMap<String, String>) {
    let path = find_draft_file(journal);
    if drafts.is_empty() {
        let _ = std::fs::remove_file(path);
        return;
    }
    let Ok(text) = serde_json::to_string(drafts) else {
        return;
    };
    // an earlier draft stays where this one cannot be written
    let _ = plain_file::write::replace_file(
        &path,
        text.as_bytes(),
        plain_file::write::FileReaders::Owner,
    );
}

/// The texts that were kept, without control characters.
pub fn load_drafts(journal: &Path) -> BTreeMap<String, String> {
    let path = find_draft_file(journal);
    let mut text = String::new();
    let read =
        plain_file::open_no_link(&path).and_then(|file| file.take(LIMIT).read_to_string(&mut text));
    let drafts: BTreeMap<String, String> = read
        .ok()
        .and_then(|_| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    drafts
        .into_iter()
        .take(MOST)
        .map(|(title, text)| (title, crate::model::visible_lines(&text)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_there_again_and_goes_when_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("20260101-0000-pay-0001.jsonl");
        assert!(load_drafts(&journal).is_empty());
        let drafts: BTreeMap<String, String> =
            [("Note".to_owned(), "two\nlines \u{1b}[31m".to_owned())].into();
        save_drafts(&journal, &drafts);
        assert_eq!(load_drafts(&journal)["Note"].lines().count(), 2);
        assert!(!load_drafts(&journal)["Note"].contains('\u{1b}'));
        save_drafts(&journal, &BTreeMap::new());
        assert!(!find_draft_file(&journal).exists());
        std::fs::write(find_draft_file(&journal), "{\"Note\": [").unwrap();
        assert!(load_drafts(&journal).is_empty());
    }
}
