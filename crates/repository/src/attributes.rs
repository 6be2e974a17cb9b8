//! Which files git treats as binary, and the lines it counts: its own rules (attribute `diff`,
//! drivers, a NUL in the first 8,000 bytes, `core.bigFileThreshold`) over libgit2's xdiff, which is
//! git's. Git's default algorithm counts, whatever `diff.algorithm` says, so that figures do not
//! depend on who looks; text conversions are never run.

use std::sync::Arc;

use git2::{AttrCheckFlags, AttrValue, Blob, DiffOptions, Oid, Patch, Repository};

use super::contents_store::ContentsStore;
use super::error::is_absent;
use super::handles::Handles;
use super::walk::{ChangeSide, RawChange};

/// Git reads that many bytes to tell binary from text.
const PEEK: usize = 8000;

/// Reads blobs and judges them as git does in this repository.
pub struct BlobReader<'r> {
    repo: &'r Repository,
    odb: git2::Odb<'r>,
    config: Option<git2::Config>,
    big: usize,
    /// A bare repository has no attribute files in a tree (`attr.tree` aside), only
    /// `info/attributes` and the user's.
    flags: AttrCheckFlags,
    /// Where contents are looked for first.
    store: &'r ContentsStore,
    /// Folders of the working tree, and whether their attribute file is one that can be opened.
    folders: std::cell::RefCell<std::collections::HashMap<std::path::PathBuf, bool>>,
    /// Lines that differ between two texts, which may lie under many paths.
    counted: std::cell::RefCell<std::collections::HashMap<(Oid, Oid), (u64, u64)>>,
}

/// Contents of one side.
pub enum Contents {
    /// The bytes; empty for an absent side.
    Bytes(Arc<[u8]>),
    /// Beyond `core.bigFileThreshold`: never read.
    Big,
    /// The object is not there.
    Absent(Oid),
}

/// What git counts for one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Lines added and removed.
    Lines(u64, u64),
    /// Binary: no lines.
    Binary,
    /// An object is not there.
    Absent(Oid),
}

impl<'r> BlobReader<'r> {
    /// A reader over one handle.
    pub fn new(repo: &'r Repository, handles: &'r Handles) -> Result<Self, git2::Error> {
        let bare = handles.bare();
        let config = repo.config().and_then(|mut config| config.snapshot()).ok();
        let big = config
            .as_ref()
            .and_then(|config| config.get_i64("core.bigfilethreshold").ok())
            .and_then(|n| usize::try_from(n).ok());
        let flags = if bare {
            AttrCheckFlags::INDEX_ONLY
        } else {
            AttrCheckFlags::FILE_THEN_INDEX
        };
        // git's own default; a repository that sets more must not make us hold gigabytes in memory
        let big = big.unwrap_or(512 * 1024 * 1024).min(512 * 1024 * 1024);
        Ok(Self {
            repo,
            odb: repo.odb()?,
            config,
            big,
            flags,
            store: &handles.contents,
            folders: std::cell::RefCell::default(),
            counted: std::cell::RefCell::default(),
        })
    }

    /// Bytes of one side; a submodule reads as git's one line about it.
    pub fn contents(&self, side: Option<ChangeSide>) -> Result<Contents, git2::Error> {
        Ok(self.contents_and_blob(side)?.0)
    }

    /// The same with the blob, where it was read for this.
    fn contents_and_blob(
        &self,
        side: Option<ChangeSide>,
    ) -> Result<(Contents, Option<Blob<'r>>), git2::Error> {
        let Some(side) = side else {
            return Ok((Contents::Bytes(Arc::from([])), None));
        };
        if side.is_submodule() {
            return Ok((
                Contents::Bytes(Arc::from(
                    format!("Subproject commit {}\n", side.id).into_bytes(),
                )),
                None,
            ));
        }
        if let Some(kept) = self.store.get(side.id) {
            // kept contents come first: the header alone costs a look into the packs
            return Ok((Contents::Bytes(kept), None));
        }
        // the size is asked before the contents, which libgit2 would unpack whole
        match self.odb.read_header(side.id) {
            Ok((size, _)) if size > self.big => return Ok((Contents::Big, None)),
            Ok(_) => {}
            Err(error) if is_absent(&error) => return Ok((Contents::Absent(side.id), None)),
            Err(error) => return Err(error),
        }
        let blob = self.repo.find_blob(side.id)?;
        Ok((Contents::Bytes(Arc::from(blob.content())), Some(blob)))
    }

    /// What the attribute `diff` and its driver say: binary, text, or nothing.
    fn told(&self, path: &[u8], side: Option<ChangeSide>) -> Option<bool> {
        let configured = |driver: &str| {
            self.config
                .as_ref()
                .and_then(|config| config.get_bool(&format!("diff.{driver}.binary")).ok())
        };
        // git asks no attribute for links and submodules
        if !side.is_some_and(|side| side.is_regular()) {
            return None;
        }
        let path = bytes_path(path)?;
        let flags = if self.can_be_opened(path) {
            self.flags
        } else {
            AttrCheckFlags::INDEX_ONLY
        };
        let value = self.repo.get_attr_bytes(path, "diff", flags).ok()?;
        match AttrValue::from_bytes(value) {
            // `diff` alone says text, `-diff` says binary, `diff=name` leaves it to the driver's
            // setting
            AttrValue::True => Some(false),
            AttrValue::False => Some(true),
            AttrValue::String(driver) => configured(driver),
            AttrValue::Bytes(_) => None,
            AttrValue::Unspecified => configured("default"),
        }
    }

    /// Whether no attribute file on the way to a path is a pipe or device: libgit2 would wait for
    /// one.
    fn can_be_opened(&self, path: &std::path::Path) -> bool {
        // a bare repository has no attribute files on disk that could block
        let Some(root) = self.repo.workdir() else {
            return true;
        };
        // thousands of changed files share few folders, and each look is a call to the system
        let mut known = self.folders.borrow_mut();
        path.ancestors().skip(1).all(|folder| {
            let plain = |folder: &std::path::Path| {
                !std::fs::metadata(root.join(folder).join(".gitattributes"))
                    .is_ok_and(|about| plain_file::explain_not_plain_file(&about).is_some())
            };
            *known
                .entry(folder.to_path_buf())
                .or_insert_with(|| plain(folder))
        })
    }

    /// Whether git treats one side of a path as binary.
    pub fn is_binary(&self, path: &[u8], side: Option<ChangeSide>, contents: &Contents) -> bool {
        self.told(path, side).unwrap_or_else(|| match contents {
            Contents::Bytes(bytes) => {
                memchr::memchr(0, bytes.get(..PEEK.min(bytes.len())).unwrap_or_default()).is_some()
            }
            Contents::Big => true,
            Contents::Absent(_) => false,
        }) || matches!(contents, Contents::Big)
    }

    /// Lines added and removed, as `git diff --numstat --no-renames` has them.
    pub fn count(&self, change: &RawChange) -> Result<Counted, git2::Error> {
        self.count_between((&change.path, change.old), (&change.path, change.new))
    }

    /// The same for a file that moved.
    pub fn count_between(
        &self,
        old: (&[u8], Option<ChangeSide>),
        new: (&[u8], Option<ChangeSide>),
    ) -> Result<Counted, git2::Error> {
        // a file that only moved has nothing to compare
        let same = old.1.map(|side| side.id) == new.1.map(|side| side.id);
        let ((before, old_blob), (after, new_blob)) = (
            self.contents_and_blob(old.1)?,
            self.contents_and_blob(new.1)?,
        );
        if let Contents::Absent(id) = before {
            return Ok(Counted::Absent(id));
        }
        if let Contents::Absent(id) = after {
            return Ok(Counted::Absent(id));
        }
        if self.is_binary(old.0, old.1, &before) || self.is_binary(new.0, new.1, &after) {
            return Ok(Counted::Binary);
        }
        let (Contents::Bytes(before), Contents::Bytes(after)) = (before, after) else {
            return Ok(Counted::Binary);
        };
        // the checks read these files next
        for (side, bytes) in [(old.1, &before), (new.1, &after)] {
            side.into_iter()
                .filter(|side| !side.is_submodule())
                .for_each(|side| self.store.keep(side.id, bytes));
        }
        if same {
            return Ok(Counted::Lines(0, 0));
        }
        // an added or removed file needs no difference: every line of it counts
        if before.is_empty() || after.is_empty() {
            return Ok(Counted::Lines(
                count_byte_lines(&after),
                count_byte_lines(&before),
            ));
        }
        // one text may lie under hundreds of paths, such as copied settings of many services
        let ids = match (old.1, new.1) {
            (Some(old), Some(new)) if !old.is_submodule() && !new.is_submodule() => {
                Some((old.id, new.id))
            }
            _ => None,
        };
        if let Some((added, removed)) = ids.and_then(|ids| self.counted.borrow().get(&ids).copied())
        {
            return Ok(Counted::Lines(added, removed));
        }
        let mut options = DiffOptions::new();
        // whether it is text was decided above by git's rule; libgit2 would guess again by its own
        options.context_lines(0).force_text(true);
        let patch = match (&old_blob, &new_blob) {
            // libgit2 hashes bare bytes before it compares them, and knows the id of a blob
            (Some(old), Some(new)) => Patch::from_blobs(old, None, new, None, Some(&mut options))?,
            _ => Patch::from_buffers(&before, None, &after, None, Some(&mut options))?,
        };
        let (_, added, removed) = patch.line_stats()?;
        let lines = (added as u64, removed as u64);
        if let Some(ids) = ids {
            self.counted.borrow_mut().insert(ids, lines);
        }
        Ok(Counted::Lines(lines.0, lines.1))
    }
}

fn count_byte_lines(bytes: &[u8]) -> u64 {
    (memchr::memchr_iter(b'\n', bytes).count()
        // git counts a last line without an end as a line
        + usize::from(bytes.last().is_some_and(|&last| last != b'\n'))) as u64
}

#[cfg(unix)]
fn bytes_path(path: &[u8]) -> Option<&std::path::Path> {
    use std::os::unix::ffi::OsStrExt;
    Some(std::path::Path::new(std::ffi::OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
fn bytes_path(path: &[u8]) -> Option<&std::path::Path> {
    std::str::from_utf8(path).ok().map(std::path::Path::new)
}
