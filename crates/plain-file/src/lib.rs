//! Opens files for reading, and nothing that only looks like one; [`mod@write`] writes them whole
//! or not at all.
//!
//! Opening a pipe waits for a writer, reading a device may never end, and either is one name away
//! in a folder that came from elsewhere. Everything here is refused before it is read, with a
//! sentence that says what is there instead. What was looked at and what was opened
//! are held against each other, so that an exchange in between is refused as well.

mod fault;
pub mod write;

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Read};
use std::path::Path;

/// Opens a file; symbolic links are followed.
///
/// # Errors
/// The system's, or [`ErrorKind::InvalidInput`] with the end of a sentence (`it is a pipe, ...`)
/// where the path names no plain file.
pub fn open_plain_file(path: &Path) -> Result<File, Error> {
    open_checked_file(path, std::fs::metadata(path)?)
}

/// As [`open_plain_file`], but a path that is itself a symbolic link is refused: what it names would be
/// somebody else's choice.
///
/// # Errors
/// As [`open_plain_file`].
pub fn open_no_link(path: &Path) -> Result<File, Error> {
    open_checked_file(path, std::fs::symlink_metadata(path)?)
}

/// The contents of a file of at most `limit` bytes; symbolic links are followed.
///
/// # Errors
/// As [`open_plain_file`], and [`ErrorKind::FileTooLarge`] where the file has more.
pub fn read_plain_file(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    read_bounded_bytes(open_plain_file(path)?, limit)
}

/// As [`read_plain_file`], for a path that must not be a symbolic link.
///
/// # Errors
/// As [`read_plain_file`].
pub fn read_no_link(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    read_bounded_bytes(open_no_link(path)?, limit)
}

/// What a path is, where it is no plain file: the end of a sentence.
pub fn explain_not_plain_file(about: &Metadata) -> Option<&'static str> {
    let kind = about.file_type();
    if kind.is_file() {
        return None;
    }
    if kind.is_symlink() {
        return Some("it is a symbolic link, which is not followed here; name the file itself");
    }
    if kind.is_dir() {
        return Some("it is a folder; name a file");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            // opening a pipe for reading waits until somebody writes to it
            return Some(
                "it is a pipe and could wait for ever; write what comes through it into a file first",
            );
        }
        if kind.is_socket() {
            return Some("it is a socket; name a file");
        }
    }
    Some("it is a device and might never end; name a file")
}

fn read_bounded_bytes(file: File, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    // one byte more than the bound tells a file that is too large from one that fits; a length that
    // was asked before may be old
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Error::new(
            ErrorKind::FileTooLarge,
            format!("it has more than the {limit} bytes that are read"),
        ));
    }
    Ok(bytes)
}

fn make_refusal_error(says: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, says)
}

fn open_checked_file(path: &Path, before: Metadata) -> Result<File, Error> {
    if let Some(says) = explain_not_plain_file(&before) {
        return Err(make_refusal_error(says));
    }
    let mut options = OpenOptions::new();
    options.read(true);
    // O_NONBLOCK: should a pipe have taken the place of the file meanwhile, opening it does not
    // wait
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        // the number of O_NONBLOCK differs: 0o4000 on Linux, 4 on macOS and the BSDs
        if cfg!(any(target_os = "linux", target_os = "android")) {
            0o4000
        } else {
            0x4
        },
    );
    let file = options.open(path)?;
    let after = file.metadata()?;
    if let Some(says) = explain_not_plain_file(&after) {
        return Err(make_refusal_error(says));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // the path was asked before it was opened; an exchange in between would pass a link as a
        // file
        if (before.dev(), before.ino()) != (after.dev(), after.ino()) {
            return Err(make_refusal_error(
                "it was exchanged while it was opened; try again",
            ));
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a");
        std::fs::write(&file, "four").expect("a file");
        assert_eq!(read_plain_file(&file, 4).expect("four bytes"), b"four");
        assert_eq!(
            read_plain_file(&file, 3).expect_err("too many").kind(),
            ErrorKind::FileTooLarge
        );
        assert_eq!(
            read_plain_file(&folder.path().join("b"), 3)
                .expect_err("absent")
                .kind(),
            ErrorKind::NotFound
        );
        assert!(
            read_plain_file(folder.path(), 3)
                .expect_err("a folder")
                .to_string()
                .contains("it is a folder")
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_could_wait_for_ever_is_refused_and_a_link_where_it_must_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link, pipe) = (
            folder.path().join("a"),
            folder.path().join("link"),
            folder.path().join("pipe"),
        );
        std::fs::write(&file, "four").expect("a file");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        assert_eq!(read_plain_file(&link, 9).expect("followed"), b"four");
        assert!(
            read_no_link(&link, 9)
                .expect_err("a link")
                .to_string()
                .contains("symbolic link")
        );
        assert!(
            open_plain_file(Path::new("/dev/zero"))
                .expect_err("a device")
                .to_string()
                .contains("device")
        );
        let made = std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .is_ok_and(|status| status.success());
        if made {
            assert!(
                open_plain_file(&pipe)
                    .expect_err("a pipe")
                    .to_string()
                    .contains("it is a pipe")
            );
        }
    }
}
