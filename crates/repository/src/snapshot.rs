//! A release's tree for checks, read from git.

use std::sync::Arc;

use git2::Oid;

use model::{
    Hit, READ_LIMIT, ReadError, SUBMODULE, Snapshot, TreeEntry, WordSearch, by_contents,
    escape_invisible,
};

use super::contents_store::ContentsStore;
use super::error::{RepositoryError, is_absent};
use super::handles::Handles;
use super::threads::choose_thread_count;
use super::tree_reads;
use super::tree_store::TreeListing;

/// A tree over git. Threads read side by side, each with its own handle.
pub struct GitSnapshot {
    handles: Arc<Handles>,
    listing: Arc<TreeListing>,
}

impl GitSnapshot {
    /// Lists the tree of a commit. What lies in folders that are not in this clone cannot be
    /// listed; reading there says so.
    pub fn new(handles: Arc<Handles>, commit: Oid) -> Result<Self, RepositoryError> {
        let listing = tree_reads::list_commit_files(&handles, commit)?;
        Ok(Self { handles, listing })
    }

    fn entry(&self, path: &str) -> Option<&TreeEntry> {
        self.listing
            .entries
            .binary_search_by(|entry| entry.path.as_str().cmp(path))
            .ok()
            .and_then(|at| self.listing.entries.get(at))
    }
}

fn read_entry_blob<T>(
    repo: &git2::Repository,
    store: &ContentsStore,
    entry: &TreeEntry,
    take: impl FnOnce(&[u8]) -> T,
) -> Result<T, ReadError> {
    let path = || entry.path.clone();
    let fails = |error: git2::Error| {
        if is_absent(&error) {
            ReadError::Absent { path: path() }
        } else {
            ReadError::Other {
                path: path(),
                why: escape_invisible(error.message()).into_owned(),
            }
        }
    };
    if entry.mode == SUBMODULE {
        return Err(ReadError::Submodule { path: path() });
    }
    let id = Oid::from_str(&entry.id).map_err(fails)?;
    // one text is asked for by many checks, and was often read while lines were counted
    if let Some(kept) = store.get(id) {
        return Ok(take(&kept));
    }
    let odb = repo.odb().map_err(fails)?;
    let (size, _) = odb.read_header(id).map_err(fails)?;
    if size as u64 > READ_LIMIT {
        return Err(ReadError::TooLarge {
            path: path(),
            size: size as u64,
            limit: READ_LIMIT,
        });
    }
    odb.read(id)
        .map(|object| take(object.data()))
        .map_err(fails)
}

impl Snapshot for GitSnapshot {
    fn list(&self) -> &[TreeEntry] {
        &self.listing.entries
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, ReadError> {
        // a path below a folder that is not in this clone may exist, so *not found* would be wrong
        let missing = || {
            if self
                .listing
                .absent
                .iter()
                .any(|folder| path.starts_with(folder.as_str()))
            {
                ReadError::Absent {
                    path: path.to_owned(),
                }
            } else {
                ReadError::NotFound(path.to_owned())
            }
        };
        let entry = self.entry(path).ok_or_else(missing)?;
        let id = Oid::from_str(&entry.id)
            .ok()
            .filter(|_| entry.mode != SUBMODULE);
        if let Some(kept) = id.and_then(|id| self.handles.contents.get(id)) {
            return Ok(kept);
        }
        let read = self.handles.with(|repo| {
            Ok(read_entry_blob(
                repo,
                &self.handles.contents,
                entry,
                |bytes| Arc::from(bytes),
            ))
        });
        read.unwrap_or_else(|error| {
            Err(ReadError::Other {
                path: path.to_owned(),
                why: error.to_string(),
            })
        })
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
        // equal contents under many paths (copies, vendored files) are searched once
        let files: Vec<Vec<&str>> = by_contents(
            self.listing
                .entries
                .iter()
                .filter(|entry| entry.mode != SUBMODULE && wanted(&entry.path)),
        );
        let run = |part: &[Vec<&str>]| {
            let (mut hits, mut failed) = (Vec::new(), Vec::new());
            let opened = self.handles.with(|repo| {
                for paths in part {
                    // a search over a whole tree takes seconds, and nobody may wait for it any more
                    if self.handles.is_cancelled() {
                        return Err(RepositoryError::Cancelled);
                    }
                    let Some(entry) = paths.first().and_then(|path| self.entry(path)) else {
                        continue;
                    };
                    if let Err(error) =
                        read_entry_blob(repo, &self.handles.contents, entry, |bytes| {
                            search.paths(paths, bytes, &mut hits, &mut failed)
                        })
                    {
                        failed.extend(error.for_paths(paths));
                    }
                }
                Ok(())
            });
            if let Err(error) = opened {
                failed.extend(part.iter().flatten().map(|path| ReadError::Other {
                    path: (*path).to_owned(),
                    why: error.to_string(),
                }));
            }
            (hits, failed)
        };
        let size = files
            .len()
            .div_ceil(choose_thread_count(files.len()))
            .max(1);
        let parts: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> = files
                .chunks(size)
                .map(|part| (part, scope.spawn(|| run(part))))
                .collect();
            let stopped = |part: &[Vec<&str>]| {
                let why = "the search stopped".to_owned();
                (
                    Vec::new(),
                    part.iter()
                        .flatten()
                        .map(|path| ReadError::Other {
                            path: (*path).to_owned(),
                            why: why.clone(),
                        })
                        .collect(),
                )
            };
            running
                .into_iter()
                .map(|(part, thread)| thread.join().unwrap_or_else(|_| stopped(part)))
                .collect()
        });
        let mut hits = Vec::new();
        let mut failed: Vec<ReadError> = self
            .listing
            .absent
            .iter()
            .map(|folder| ReadError::Absent {
                path: folder.clone(),
            })
            .collect();
        for (some, errors) in parts {
            hits.extend(some);
            failed.extend(errors);
        }
        (search.bounded(hits), failed)
    }
}
