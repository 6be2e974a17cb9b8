//! Where a word that makes a reader strict stands.

use super::{StoredInput, cite_text_line};
use coverage::guard;
use coverage::place::{FileRole, classify_path_place};
use model::Evidence;
use std::sync::{Arc, PoisonError};

/// What makes a reader strict: the mark as it is written, and where.
pub(super) struct Strict {
    pub(super) mark: Evidence,
    pub(super) name: String,
    /// Written beside the type itself, or a reader that names it.
    pub(super) sure: bool,
}

/// A mark in the file of the type, behind the line of the type: words, what to call it, whether it is
/// sure.
pub(super) type FindMark<'a> = &'a dyn Fn(&[&str], &str, bool) -> Option<Strict>;

/// A mark of the type itself, and one behind a line of its file.
pub(super) type FindOwnMark<'a> = &'a dyn Fn(&[&str], &str) -> Option<Strict>;

/// Most searches through the program text of previous for one range.
pub(super) const SEARCHES: usize = 16;

/// The first line of a text that holds one of the words, from a line on.
pub(super) fn find_word_line(
    path: &str,
    text: &str,
    words: &[&str],
    from: usize,
) -> Option<Evidence> {
    let index = text
        .lines()
        .enumerate()
        .skip(from.saturating_sub(1))
        .find(|(_, line)| words.iter().any(|word| line.contains(word)))?
        .0;
    Some(cite_text_line(path, index + 1, text))
}

/// The mark in a file of the same folder.
pub(super) fn find_mark_in_folder(
    look: &StoredInput<'_>,
    path: &str,
    words: &[&str],
    fits: &dyn Fn(&str) -> bool,
) -> Option<Evidence> {
    let folder = |path: &str| {
        path.rsplit_once('/')
            .map_or(String::new(), |(folder, _)| folder.to_owned())
    };
    let own = folder(path);
    read_cached_files_with_words(look, words)
        .iter()
        // a reader of the same folder is likely to be the one of the type
        .filter(|(other, _)| folder(other) == own)
        .find(|(_, text)| fits(text))
        .and_then(|(path, text)| find_word_line(path, text, words, 1))
}

/// Live files of previous in which one of the words occurs, read.
pub(super) fn read_cached_files_with_words(
    look: &StoredInput<'_>,
    words: &[&str],
) -> Arc<Vec<(String, String)>> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    // held over the search, so that two checks do not make the same one
    let mut known = look.readers.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(&words) {
        return Arc::clone(found);
    }
    // each search reads the whole program text, so there are only so many for one range
    let found = Arc::new(if known.len() < SEARCHES {
        search_files_with_words(look, &words)
    } else {
        Vec::new()
    });
    known.insert(words, Arc::clone(&found));
    found
}

/// Live files of previous in which one of the words occurs.
pub(super) fn search_files_with_words(
    look: &StoredInput<'_>,
    words: &[String],
) -> Vec<(String, String)> {
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
    };
    let (hits, _) = look.range.previous.search_many(words, false, 100, &program);
    // hits of one file come together
    let mut paths: Vec<String> = hits.into_iter().map(|hit| hit.path).collect();
    paths.dedup();
    paths
        .into_iter()
        .take(100)
        .filter_map(|path| {
            look.range
                .previous
                .read_text(&path)
                .ok()
                .filter(|text| text.len() <= super::LIMIT)
                .map(|text| (path, text))
        })
        .collect()
}
