//! Files that are written whole or not at all: a full disk, a limit or a kill leaves what was there
//! before.

use std::fs::File;
use std::io::{Error, Write};
use std::path::Path;

use crate::fault::{FileStep, check_injected_fault};

/// Who may read a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileReaders {
    /// The owner alone.
    Owner,
    /// As the umask of the account lets it be.
    Umask,
}

/// Puts a file into place, whatever was there: written beside it, made to last and moved. A link of
/// that name is replaced, never followed.
///
/// # Errors
/// The system's. What was there before is there still, and nothing is left beside it.
pub fn replace_file(path: &Path, bytes: &[u8], readers: FileReaders) -> Result<(), Error> {
    let beside = write_temporary_file(path, bytes, readers)?;
    // a move within one folder is one step of the file system, so a reader sees the old or the new
    // file
    check_injected_fault(FileStep::Move)?;
    beside.persist(path).map(drop).map_err(|error| error.error)
}

/// As [`replace_file`], where nothing is there yet.
///
/// # Errors
/// As [`replace_file`], and [`std::io::ErrorKind::AlreadyExists`] where something is.
pub fn create_file(path: &Path, bytes: &[u8], readers: FileReaders) -> Result<(), Error> {
    let beside = write_temporary_file(path, bytes, readers)?;
    check_injected_fault(FileStep::Move)?;
    beside
        .persist_noclobber(path)
        .map(drop)
        .map_err(|error| error.error)
}

/// Adds to the end of a file that is open for appending, and that nobody else writes meanwhile.
/// What could not be written whole is cut off.
///
/// # Errors
/// The system's.
pub fn append_to_file(file: &File, bytes: &[u8]) -> Result<(), Error> {
    let length = file.metadata()?.len();
    let written = write_all_or_fault(file, bytes).and_then(|()| sync_file(file));
    if written.is_err() {
        // half a line would be taken for damage; where even this fails the next writer begins a
        // line of its own
        let _ = check_injected_fault(FileStep::Cut).and_then(|()| file.set_len(length));
    }
    written
}

fn write_temporary_file(
    path: &Path,
    bytes: &[u8],
    readers: FileReaders,
) -> Result<tempfile::NamedTempFile, Error> {
    // `report.md` has an empty parent, which no system opens as a folder
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    if readers == FileReaders::Umask {
        // a temporary file is made for its owner alone; a report that others open needs the usual
        // rights
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = readers;
    check_injected_fault(FileStep::Open)?;
    // beside its place and not in the temporary folder: a move across file systems is a copy, which
    // may stop half-way
    let made = builder.prefix(".backout-").tempfile_in(folder)?;
    write_all_or_fault(made.as_file(), bytes)?;
    // without this a machine that loses power may have moved a file whose bytes were never written
    sync_file(made.as_file())?;
    Ok(made)
}

fn write_all_or_fault(mut file: &File, bytes: &[u8]) -> Result<(), Error> {
    if let Err(error) = check_injected_fault(FileStep::Write) {
        // as a disk that fills up does
        file.write_all(&bytes[..bytes.len() / 2])?;
        return Err(error);
    }
    file.write_all(bytes)
}

fn sync_file(file: &File) -> Result<(), Error> {
    check_injected_fault(FileStep::Sync)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs::{OpenOptions, read, read_dir};

    use super::*;
    use crate::fault::tests::{end, fail_at};

    const STEPS: [FileStep; 5] = [
        FileStep::Open,
        FileStep::Write,
        FileStep::Sync,
        FileStep::Move,
        FileStep::Cut,
    ];

    #[test]
    fn whichever_step_fails_the_file_is_the_old_or_the_new_one() {
        for step in STEPS {
            for (old, how) in [
                (None, create_file as fn(&Path, &[u8], FileReaders) -> _),
                (Some("old"), replace_file),
                (None, replace_file),
            ] {
                let mut reached = 0;
                loop {
                    let folder = tempfile::tempdir().unwrap();
                    let path = folder.path().join("file");
                    old.iter()
                        .for_each(|text| std::fs::write(&path, text).unwrap());
                    fail_at(step, reached);
                    let written = how(&path, b"new and longer", FileReaders::Owner);
                    let did = end();
                    assert_eq!(written.is_err(), did, "{step:?} {reached}: {written:?}");
                    let wanted = if did {
                        old.map(str::as_bytes)
                    } else {
                        Some(&b"new and longer"[..])
                    };
                    assert_eq!(read(&path).ok().as_deref(), wanted, "{step:?} {reached}");
                    assert_eq!(
                        read_dir(folder.path()).unwrap().count(),
                        usize::from(wanted.is_some()),
                        "nothing is left beside it: {step:?} {reached}"
                    );
                    if !did {
                        break;
                    }
                    reached += 1;
                }
                assert_eq!(
                    reached,
                    usize::from(step != FileStep::Cut),
                    "{step:?} {old:?}"
                );
            }
        }
    }

    #[test]
    fn whichever_step_fails_what_is_appended_is_there_whole_or_not_at_all() {
        for step in STEPS {
            for n in 0..20 {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("list");
                let (mut taken, mut again) = (String::new(), false);
                fail_at(step, n);
                for line in 0..4 {
                    let line = format!("line {line}\n");
                    let file = OpenOptions::new()
                        .append(true)
                        .create(true)
                        .open(&path)
                        .unwrap();
                    match append_to_file(&file, line.as_bytes()) {
                        Ok(()) => taken.push_str(&line),
                        Err(_) => again = true,
                    }
                    assert_eq!(
                        std::fs::read_to_string(&path).unwrap(),
                        taken,
                        "{step:?} {n}"
                    );
                }
                let did = end();
                assert_eq!(did, again, "{step:?} {n}");
                if !did {
                    assert!(
                        n >= 4 || matches!(step, FileStep::Open | FileStep::Move | FileStep::Cut),
                        "{step:?} was reached {n} times"
                    );
                    break;
                }
            }
        }
    }

    #[test]
    fn what_is_there_is_left_where_it_must_not_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        create_file(&path, b"first", FileReaders::Umask).unwrap();
        assert_eq!(
            create_file(&path, b"second", FileReaders::Umask)
                .unwrap_err()
                .kind(),
            std::io::ErrorKind::AlreadyExists
        );
        assert_eq!(read(&path).unwrap(), b"first");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("file"), folder.path().join("other"));
        std::fs::write(&other, "theirs").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        replace_file(&path, b"ours", FileReaders::Owner).unwrap();
        assert_eq!(
            (read(&path).unwrap(), read(&other).unwrap()),
            (b"ours".to_vec(), b"theirs".to_vec())
        );
    }
}
