//! What rehearsals on a database saw, kept beside the sessions of this machine: one file for each
//! repository, pair of commits and database, so that the newest stands.

use std::path::{Path, PathBuf};

use sha2::Digest;

use super::SessionError;
use super::disk::{make_disk_error, make_folder};

/// Largest record that is read, in bytes.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Databases of which a record may be there.
const ENGINES: [&str; 4] = ["sqlite", "postgresql", "mysql", "mariadb"];

/// Which rehearsal a record is of.
#[derive(Debug, Clone, Copy)]
pub struct RehearsedPair<'a> {
    /// The folder of the repository's git data.
    pub repository: &'a Path,
    /// Commit of previous.
    pub previous_commit: &'a str,
    /// Commit of current.
    pub current_commit: &'a str,
}

impl RehearsedPair<'_> {
    fn file_name(&self, engine: &str) -> String {
        let repository = self
            .repository
            .canonicalize()
            .unwrap_or_else(|_| self.repository.to_owned());
        let text = format!(
            "{}\n{}\n{}",
            repository.display(),
            self.previous_commit,
            self.current_commit
        );
        let digest = sha2::Sha256::digest(text.as_bytes());
        let hex: String = digest
            .iter()
            .take(10)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{hex}-{engine}.json")
    }
}

/// The folder of the records: beside that of the sessions.
///
/// # Errors
/// Where the home folder is not known.
pub fn find_rehearsals_folder() -> Result<PathBuf, SessionError> {
    let sessions = super::find_sessions_folder()?;
    Ok(sessions.with_file_name("rehearsals"))
}

/// Keeps a record in place of the one before it. `engine` is the name of the database in small
/// letters.
///
/// # Errors
/// One sentence where it cannot be written.
pub fn keep_rehearsal(
    folder: &Path,
    pair: RehearsedPair<'_>,
    engine: &str,
    record: &[u8],
) -> Result<PathBuf, SessionError> {
    make_folder(folder)?;
    let path = folder.join(pair.file_name(engine));
    plain_file::write::replace_file(&path, record, plain_file::write::FileReaders::Owner)
        .map_err(|error| make_disk_error("keep the rehearsal in", &path, &error))?;
    Ok(path)
}

/// The records of a pair; one that cannot be read is none.
pub fn read_kept_rehearsals(folder: &Path, pair: RehearsedPair<'_>) -> Vec<Vec<u8>> {
    let read = |engine: &&str| {
        let path = folder.join(pair.file_name(engine));
        plain_file::read_plain_file(&path, LIMIT).ok()
    };
    ENGINES.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_record_of_a_pair_and_database_stands() {
        let folder = tempfile::tempdir().expect("a folder");
        let pair = |current_commit| RehearsedPair {
            repository: folder.path(),
            previous_commit: "a",
            current_commit,
        };
        for record in ["1", "2"] {
            keep_rehearsal(
                &folder.path().join("kept"),
                pair("b"),
                "sqlite",
                record.as_bytes(),
            )
            .expect("a record");
        }
        keep_rehearsal(&folder.path().join("kept"), pair("b"), "mysql", b"3").expect("a record");
        let read = read_kept_rehearsals(&folder.path().join("kept"), pair("b"));
        assert_eq!(read, [b"2".to_vec(), b"3".to_vec()]);
        assert!(read_kept_rehearsals(&folder.path().join("kept"), pair("c")).is_empty());
    }
}
