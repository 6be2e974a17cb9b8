//! Files of journals: folder, private modes, locks that do not wait for ever, and failures in one
//! sentence.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::SessionError;
use super::chain::FILE_LIMIT;
use super::fault::{self, JournalStep};
use model::escape_invisible;

/// How long an append waits for another program that holds the journal.
const PATIENCE: Duration = Duration::from_secs(5);

/// A path fit for a sentence.
pub(super) fn format_journal_path(path: &Path) -> String {
    escape_invisible(&path.to_string_lossy()).into_owned()
}

/// A failure as one sentence: what, where, why, what to do.
pub(super) fn make_disk_error(doing: &str, path: &Path, error: &std::io::Error) -> SessionError {
    let (why, help) = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => (
            "the disk is full".to_owned(),
            " Free some space, or set BACKOUT_HOME to a folder elsewhere.",
        ),
        ErrorKind::FileTooLarge => (
            "the file may not grow any further".to_owned(),
            " A limit of this account or shell says so (ulimit -f); lift it, or set BACKOUT_HOME \
                to a folder elsewhere.",
        ),
        ErrorKind::ReadOnlyFilesystem => (
            "the file system is read-only".to_owned(),
            " Set BACKOUT_HOME to a folder that can be written.",
        ),
        ErrorKind::PermissionDenied => (
            "permission is missing".to_owned(),
            " Set BACKOUT_HOME to a folder of your own.",
        ),
        ErrorKind::NotFound => ("there is no such file".to_owned(), ""),
        ErrorKind::NotADirectory => (
            "a part of the path is a file".to_owned(),
            " Set BACKOUT_HOME to a folder.",
        ),
        _ => (escape_invisible(&error.to_string()).into_owned(), ""),
    };
    SessionError::Disk(format!(
        "Cannot {doing} {}: {why}.{help}",
        format_journal_path(path)
    ))
}

/// Creates the folder (and those above it) for the owner alone; one that is there keeps its mode.
pub(super) fn make_folder(folder: &Path) -> Result<(), SessionError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| make_disk_error("create the folder for sessions", folder, &error))
}

/// A new file that only the owner reads; fails when it is there already.
pub(super) fn create_new(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    fault::check_session_fault(JournalStep::Open)?;
    options.open(path)
}

/// An existing journal. A pipe or device is refused, reading one might never end.
pub(super) fn open_journal_file(path: &Path, write: bool) -> Result<File, SessionError> {
    let cannot = |error: std::io::Error| make_disk_error("open the journal", path, &error);
    fault::check_session_fault(JournalStep::Open).map_err(cannot)?;
    if !write {
        return plain_file::open_plain_file(path).map_err(cannot);
    }
    let about = std::fs::metadata(path).map_err(cannot)?;
    if let Some(says) = plain_file::explain_not_plain_file(&about) {
        return Err(SessionError::Other(format!(
            "Cannot open the journal {}: {says}.",
            format_journal_path(path)
        )));
    }
    OpenOptions::new()
        .read(true)
        .append(write)
        .open(path)
        .map_err(|error| make_disk_error("open the journal", path, &error))
}

/// A file beside the journal that takes what was cut off; appended to when there was something
/// before.
pub(super) fn set_aside(path: &Path, bytes: &[u8]) -> Result<PathBuf, SessionError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".torn");
    let aside = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = |file: File| {
        fault::write_journal_bytes(&file, &[bytes, b"\n"].concat())
            .and_then(|()| fault::sync_journal(&file))
    };
    // a link or pipe of that name is not ours
    let plain = match std::fs::symlink_metadata(&aside) {
        Ok(about) if !about.is_file() => Err(std::io::Error::new(
            ErrorKind::InvalidInput,
            plain_file::explain_not_plain_file(&about).unwrap_or("it is no plain file"),
        )),
        _ => fault::check_session_fault(JournalStep::Open),
    };
    plain
        .and_then(|()| options.open(&aside))
        .and_then(write)
        .map_err(|error| make_disk_error("set a torn line aside in", &aside, &error))?;
    Ok(aside)
}

/// Makes a new name in a folder last. File systems that cannot sync a folder do not need it.
pub(super) fn sync_folder(folder: &Path) -> Result<(), SessionError> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|file| file.sync_all()) {
        Err(error)
            if !matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
            ) =>
        {
            Err(make_disk_error("write the folder", folder, &error))
        }
        _ => Ok(()),
    }
}

/// Everything from `offset` to the end as it is now.
pub(super) fn read_from(file: &File, path: &Path, offset: u64) -> Result<Vec<u8>, SessionError> {
    fault::check_session_fault(JournalStep::Read)
        .map_err(|error| make_disk_error("read the journal", path, &error))?;
    let length = file
        .metadata()
        .map_err(|error| make_disk_error("read the journal", path, &error))?
        .len();
    if length < offset {
        return Err(SessionError::Other(format!(
            "The journal {} became shorter while it was open: events are missing at its end. \
                Nothing was written; look at the file before going on.",
            format_journal_path(path)
        )));
    }
    if length > FILE_LIMIT {
        return Err(SessionError::Other(format!(
            "The journal {} is larger than {} MiB and was not read.",
            format_journal_path(path),
            FILE_LIMIT >> 20
        )));
    }
    let mut bytes = Vec::new();
    let mut reader = file;
    reader
        .seek(SeekFrom::Start(offset))
        .and_then(|_| reader.take(length - offset).read_to_end(&mut bytes))
        .map_err(|error| make_disk_error("read the journal", path, &error))?;
    Ok(bytes)
}

/// An exclusive lock, released when dropped.
pub(super) struct Lock(File);

impl Lock {
    /// Waits a few seconds at most.
    pub(super) fn take(file: &File, path: &Path) -> Result<Self, SessionError> {
        // The copy shares the lock of the file, so the journal stays free to be borrowed while it
        // is held.
        let copy = file
            .try_clone()
            .map_err(|error| make_disk_error("lock the journal", path, &error))?;
        fault::check_session_fault(JournalStep::Lock)
            .map_err(|error| make_disk_error("lock the journal", path, &error))?;
        let since = Instant::now();
        loop {
            match copy.try_lock() {
                Ok(()) => return Ok(Self(copy)),
                Err(TryLockError::WouldBlock) if since.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(2))
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(SessionError::Disk(format!(
                        "Another program holds the journal {} for more than {} seconds. End it, \
                            then try again.",
                        format_journal_path(path),
                        PATIENCE.as_secs()
                    )));
                }
                Err(TryLockError::Error(error)) => {
                    return Err(make_disk_error("lock the journal", path, &error));
                }
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the last copy would release it as well; there is nothing to do about a failure
        // here.
        let _ = self.0.unlock();
    }
}

/// Whether the path still names this very file (it may have been moved or deleted while it was
/// open).
pub(super) fn still_there(file: &File, path: &Path) -> Result<(), SessionError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let ours = file
            .metadata()
            .map_err(|error| make_disk_error("read the journal", path, &error))?;
        let theirs = std::fs::metadata(path);
        if !theirs.is_ok_and(|theirs| (theirs.dev(), theirs.ino()) == (ours.dev(), ours.ino())) {
            return Err(SessionError::Disk(format!(
                "The journal {} was moved or deleted while it was open. Nothing was written.",
                format_journal_path(path)
            )));
        }
    }
    Ok(())
}
