//! The trees checks look at.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FileChange, FileKind, FileStatus};

/// One file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// `/`-separated path, lossy UTF-8.
    pub path: String,
    /// Full hexadecimal blob id (equal ids mean equal contents); empty for in-memory trees without
    /// one.
    pub id: String,
    /// Mode bits; `0o120000` symbolic link, `0o160000` submodule.
    pub mode: u32,
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The tree has no such path.
    #[error("{0} is not in this release")]
    NotFound(String),
    /// The object is not on this machine.
    #[error(
        "the contents of {path} are not in this clone; `git fetch` or a full clone brings them"
    )]
    Absent {
        /// The file.
        path: String,
    },
    /// Larger than the bound; sizes in bytes.
    #[error("{path} has {size} bytes, more than the {limit} that are read")]
    TooLarge {
        /// The file.
        path: String,
        /// Its bytes.
        size: u64,
        /// The bound.
        limit: u64,
    },
    /// Its bytes are text in no encoding that is read.
    #[error("{path} is not text in an encoding that is read (UTF-8, UTF-16, UTF-32, Windows-1252)")]
    NotText {
        /// The file.
        path: String,
    },
    /// The files of another repository lie there, and only their commit is known.
    #[error("{path} is a submodule, whose files are not read")]
    Submodule {
        /// The folder.
        path: String,
    },
    /// The repository holds a pointer to contents that lie elsewhere.
    #[error("the contents of {path} are kept by Git LFS and are not in this clone")]
    Pointer {
        /// The file.
        path: String,
    },
    /// Anything else.
    #[error("{path} cannot be read: {why}")]
    Other {
        /// The file.
        path: String,
        /// Why, in a few words.
        why: String,
    },
}

impl ReadError {
    /// The file or folder it is about.
    pub fn path(&self) -> &str {
        match self {
            Self::NotFound(path)
            | Self::Absent { path }
            | Self::TooLarge { path, .. }
            | Self::NotText { path }
            | Self::Submodule { path }
            | Self::Pointer { path }
            | Self::Other { path, .. } => path,
        }
    }

    /// The same about each of some paths that share their contents.
    pub fn for_paths(&self, paths: &[&str]) -> Vec<Self> {
        let about = |path: &&str| {
            let mut error = self.clone();
            match &mut error {
                Self::NotFound(old)
                | Self::Absent { path: old }
                | Self::TooLarge { path: old, .. }
                | Self::NotText { path: old }
                | Self::Submodule { path: old }
                | Self::Pointer { path: old }
                | Self::Other { path: old, .. } => (*path).clone_into(old),
            }
            error
        };
        paths.iter().map(about).collect()
    }
}

/// One place where a searched word was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Index into the searched words.
    pub word: usize,
    /// The file.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// The line's text, control characters visible, bounded.
    pub text: String,
}

/// Largest blob that checks read, in bytes.
pub const READ_LIMIT: u64 = 16 * 1024 * 1024;

/// Mode of a submodule.
pub const SUBMODULE: u32 = 0o160_000;

/// A release's tree as checks see it. Implemented over git by `repository` and in memory by
/// [`MemorySnapshot`].
pub trait Snapshot: Sync {
    /// All files, sorted by path. Cheap after the first call.
    fn list(&self) -> &[TreeEntry];

    /// A file's bytes, at most [`READ_LIMIT`].
    fn read(&self, path: &str) -> Result<Arc<[u8]>, ReadError>;

    /// Every line on which one of `words` occurs, in files for which `wanted` holds, decoded as
    /// [`Snapshot::read_text`] does; each blob is read and searched once, under however many
    /// paths it lies. `fold_case` compares ASCII letters without case. At most `limit` hits a
    /// word are returned. Files that cannot be read, or are not text, are returned beside.
    fn search_many(
        &self,
        words: &[String],
        fold_case: bool,
        limit: usize,
        wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> (Vec<Hit>, Vec<ReadError>);

    /// Whether the tree has the path.
    fn has(&self, path: &str) -> bool {
        self.list()
            .binary_search_by(|entry| entry.path.as_str().cmp(path))
            .is_ok()
    }

    /// Folders whose files belong to other repositories and are not read.
    fn submodules(&self) -> Vec<ReadError> {
        self.list()
            .iter()
            .filter(|entry| entry.mode == SUBMODULE)
            .map(|entry| ReadError::Submodule {
                path: entry.path.clone(),
            })
            .collect()
    }

    /// A file as text: UTF-8, UTF-16 and UTF-32 with or without a mark, else Windows-1252. Binary
    /// contents (a NUL byte) are an error.
    fn read_text(&self, path: &str) -> Result<String, ReadError> {
        let bytes = self.read(path)?;
        crate::decode_text(&bytes).ok_or_else(|| ReadError::NotText {
            path: path.to_owned(),
        })
    }
}

/// A tree held in memory, for fixtures and for folders without git.
#[derive(Debug, Clone, Default)]
pub struct MemorySnapshot {
    entries: Vec<TreeEntry>,
    contents: BTreeMap<String, Arc<[u8]>>,
    unread: BTreeMap<String, ReadError>,
}

impl MemorySnapshot {
    /// A tree of `(path, contents)` pairs.
    pub fn new<P: Into<String>, C: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, C)>) -> Self {
        use sha2::Digest;
        let contents: BTreeMap<String, Arc<[u8]>> = files
            .into_iter()
            .map(|(path, text)| (path.into(), Arc::from(text.as_ref())))
            .collect();
        let entries = contents
            .iter()
            .map(|(path, text)| TreeEntry {
                path: path.clone(),
                id: encode_hex(&sha2::Sha256::digest(text)),
                mode: 0o100644,
            })
            .collect();
        Self {
            entries,
            contents,
            unread: BTreeMap::new(),
        }
    }

    /// With a file or folder that is listed and cannot be read.
    #[must_use]
    pub fn with_unread(mut self, error: ReadError) -> Self {
        let path = error.path().to_owned();
        let mode = if matches!(error, ReadError::Submodule { .. }) {
            SUBMODULE
        } else {
            0o100_644
        };
        self.entries.retain(|entry| entry.path != path);
        self.entries.push(TreeEntry {
            path: path.clone(),
            id: String::new(),
            mode,
        });
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        self.unread.insert(path, error);
        self
    }

    /// Files that differ in a later tree, by path. Equal contents under another name are a rename;
    /// kinds are not told.
    pub fn changes_to(&self, later: &Self) -> Vec<FileChange> {
        let ids = |tree: &Self| -> BTreeMap<String, String> {
            tree.entries
                .iter()
                .map(|entry| (entry.path.clone(), entry.id.clone()))
                .collect()
        };
        let (before, after) = (ids(self), ids(later));
        let change = |path: &str, old_path: Option<String>, status| {
            let (old_id, new_id) = (
                before.get(old_path.as_deref().unwrap_or(path)).cloned(),
                after.get(path).cloned(),
            );
            let mode = |id: &Option<String>| if id.is_some() { 0o100_644 } else { 0 };
            FileChange {
                path: path.to_owned(),
                old_path,
                status,
                old_mode: mode(&old_id),
                new_mode: mode(&new_id),
                old_id,
                new_id,
                insertions: None,
                deletions: None,
                kind: FileKind::Other,
                component: None,
            }
        };
        let mut gone: Vec<&String> = before
            .keys()
            .filter(|path| !after.contains_key(*path))
            .collect();
        let mut changes = Vec::new();
        for (path, id) in &after {
            match before.get(path) {
                Some(other) if other == id => {}
                Some(_) => changes.push(change(path, None, FileStatus::Modified)),
                None => match gone.iter().position(|other| before.get(*other) == Some(id)) {
                    Some(at) => changes.push(change(
                        path,
                        Some(gone.remove(at).clone()),
                        FileStatus::Renamed,
                    )),
                    None => changes.push(change(path, None, FileStatus::Added)),
                },
            }
        }
        changes.extend(
            gone.into_iter()
                .map(|path| change(path, None, FileStatus::Deleted)),
        );
        changes
    }
}

fn encode_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Snapshot for MemorySnapshot {
    fn list(&self) -> &[TreeEntry] {
        &self.entries
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, ReadError> {
        if let Some(error) = self.unread.get(path) {
            return Err(error.clone());
        }
        let bytes = self
            .contents
            .get(path)
            .ok_or_else(|| ReadError::NotFound(path.to_owned()))?;
        if bytes.len() as u64 > READ_LIMIT {
            return Err(ReadError::TooLarge {
                path: path.to_owned(),
                size: bytes.len() as u64,
                limit: READ_LIMIT,
            });
        }
        Ok(Arc::clone(bytes))
    }

    fn search_many(
        &self,
        words: &[String],
        fold_case: bool,
        limit: usize,
        wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> (Vec<Hit>, Vec<ReadError>) {
        let Some(search) = WordSearch::new(words, fold_case, limit) else {
            return (Vec::new(), Vec::new());
        };
        let (mut hits, mut failed) = (Vec::new(), Vec::new());
        for paths in by_contents(
            self.entries
                .iter()
                .filter(|entry| entry.mode != SUBMODULE && wanted(&entry.path)),
        ) {
            match self.read(paths[0]) {
                Ok(bytes) => search.paths(&paths, &bytes, &mut hits, &mut failed),
                Err(error) => failed.extend(error.for_paths(&paths)),
            }
        }
        (search.bounded(hits), failed)
    }
}

/// Paths that share their contents, each group once and in the order of its first; entries without
/// an id stand alone.
pub fn by_contents<'a>(entries: impl Iterator<Item = &'a TreeEntry>) -> Vec<Vec<&'a str>> {
    let mut at: std::collections::HashMap<&str, usize, foldhash::fast::RandomState> =
        std::collections::HashMap::default();
    let mut out: Vec<Vec<&'a str>> = Vec::new();
    for entry in entries {
        let known = if entry.id.is_empty() {
            None
        } else {
            at.get(entry.id.as_str()).copied()
        };
        match known {
            Some(index) => out[index].push(&entry.path),
            None => {
                at.insert(&entry.id, out.len());
                out.push(vec![&entry.path]);
            }
        }
    }
    out
}

/// Most bytes of a line that a hit shows.
const SHOWN: usize = 400;

/// The search over one file's bytes that all snapshots share.
pub struct WordSearch {
    automaton: aho_corasick::AhoCorasick,
    words: usize,
    limit: usize,
}

impl WordSearch {
    /// `None` when there is nothing to search for.
    pub fn new(words: &[String], fold_case: bool, limit: usize) -> Option<Self> {
        if words.iter().all(String::is_empty) {
            return None;
        }
        let automaton = aho_corasick::AhoCorasick::builder()
            .ascii_case_insensitive(fold_case)
            .build(words)
            .ok()?;
        Some(Self {
            automaton,
            words: words.len(),
            limit,
        })
    }

    /// Adds the hits of contents that lie under some paths, searched once, and the paths among
    /// `failed` where not all of it is text.
    pub fn paths(
        &self,
        paths: &[&str],
        bytes: &[u8],
        hits: &mut Vec<Hit>,
        failed: &mut Vec<ReadError>,
    ) {
        let Some((first, others)) = paths.split_first() else {
            return;
        };
        let (text, whole) = super::encoding::decode_for_search(bytes);
        let from = hits.len();
        self.file(first, &text, hits);
        let found = hits.len();
        for path in others {
            for at in from..found {
                let hit = Hit {
                    path: (*path).to_owned(),
                    ..hits[at].clone()
                };
                hits.push(hit);
            }
        }
        let pointer = bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs");
        if pointer {
            failed.extend(paths.iter().map(|path| ReadError::Pointer {
                path: (*path).to_owned(),
            }));
        } else if !whole {
            failed.extend(paths.iter().map(|path| ReadError::NotText {
                path: (*path).to_owned(),
            }));
        }
    }

    /// Adds the hits of one text, one a word and line; of a line longer than what is shown of it,
    /// one for each such piece.
    fn file(&self, path: &str, bytes: &[u8], hits: &mut Vec<Hit>) {
        let (mut line, mut line_start, mut counted) = (1, 0, 0);
        let mut seen = std::collections::HashSet::new();
        let mut per_word = vec![0usize; self.words];
        for found in self.automaton.find_overlapping_iter(bytes) {
            if found.start() > counted {
                let passed = &bytes[counted..found.start()];
                line += memchr::memchr_iter(b'\n', passed).count();
                line_start =
                    memchr::memrchr(b'\n', passed).map_or(line_start, |at| counted + at + 1);
                counted = found.start();
            }
            let word = found.pattern().as_usize();
            // overlapping matches come in order of their end, so a longer one may start on an
            // earlier counted line
            let behind = found.start() < line_start;
            let at = if behind {
                line - memchr::memchr_iter(b'\n', &bytes[found.start()..counted]).count()
            } else {
                line
            };
            let start = if behind {
                memchr::memrchr(b'\n', &bytes[..found.start()]).map_or(0, |n| n + 1)
            } else {
                line_start
            };
            if per_word[word] >= self.limit
                || !seen.insert((word, at, (found.start() - start) / SHOWN))
            {
                continue;
            }
            per_word[word] += 1;
            // of a long line the piece around the word, so that whoever looks at the text sees it
            let from = if found.end() - start <= SHOWN {
                start
            } else {
                found.start().saturating_sub(SHOWN / 2).max(start)
            };
            let most = bytes.len().min(found.end().max(from + SHOWN));
            let end =
                memchr::memchr(b'\n', &bytes[found.end()..most]).map_or(most, |n| found.end() + n);
            let text = String::from_utf8_lossy(&bytes[from..end]);
            hits.push(Hit {
                word,
                path: path.to_owned(),
                line: at,
                text: crate::escape_invisible(text.trim_end()).into_owned(),
            });
        }
    }

    /// Sorts by path, line and word and keeps at most the limit a word.
    pub fn bounded(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        hits.sort_by(|a, b| (&a.path, a.line, a.word).cmp(&(&b.path, b.line, b.word)));
        let mut per_word = vec![0usize; self.words];
        hits.retain(|hit| {
            per_word[hit.word] += 1;
            per_word[hit.word] <= self.limit
        });
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str, words: &[&str], limit: usize) -> Vec<(usize, usize, String)> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let (hits, _) =
            MemorySnapshot::new([("a.js", text)]).search_many(&words, false, limit, &|_| true);
        hits.into_iter()
            .map(|hit| (hit.word, hit.line, hit.text))
            .collect()
    }

    #[test]
    fn a_word_far_to_the_right_is_seen_in_the_text_of_its_hit() {
        let text = format!(
            "x\n{}jar.shelf;{} shelf \ny",
            "relabelshelfer;".repeat(100),
            " ".repeat(500)
        );
        let found = hits(&text, &["shelf"], 100);
        assert!(
            found
                .iter()
                .all(|(_, line, text)| *line == 2 && text.contains("shelf") && text.len() <= 440)
        );
        let whole = |text: &str| {
            text.split(|c: char| !c.is_alphanumeric())
                .any(|word| word == "shelf")
        };
        assert!(
            found.iter().any(|(.., text)| whole(text)),
            "the name by itself stands behind many parts of other names"
        );
    }

    #[test]
    fn a_short_line_is_one_hit_a_word() {
        assert_eq!(
            hits("a b a\n\n  b a\n", &["a", "b"], 10)
                .iter()
                .map(|(word, line, _)| (*word, *line))
                .collect::<Vec<_>>(),
            [(0, 1), (1, 1), (0, 3), (1, 3)]
        );
        assert_eq!(
            hits("abc\nzabc", &["c", "abc"], 10)
                .iter()
                .map(|(word, line, _)| (*word, *line))
                .collect::<Vec<_>>(),
            [(0, 1), (1, 1), (0, 2), (1, 2)]
        );
    }

    proptest::proptest! {
        #[test]
        fn the_line_of_each_hit_holds_the_word(text in "[ab\n]{0,60}") {
            for (word, line, _) in hits(&text, &["a", "ba", "b\na"], 1000) {
                let wanted = ["a", "ba", "b"][word];
                proptest::prop_assert!(text.split('\n').nth(line - 1).is_some_and(|text| text.contains(wanted)));
            }
        }
    }
}
