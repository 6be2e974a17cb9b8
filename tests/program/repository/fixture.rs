//! A repository in a temporary folder, grown commit by commit, and the git program beside it.

use std::path::Path;
use std::process::Command;

use backout::repository::{Pair, ReleaseOptions, Releases, Repository};
use git2::{Index, IndexEntry, IndexTime, ObjectType, Oid, Signature, Time};

/// Mode, path and contents of one file; no contents removes it.
pub type File<'a> = (u32, &'a str, Option<&'a [u8]>);

/// A file with text.
pub fn text<'a>(path: &'a str, contents: &'a str) -> File<'a> {
    (0o100_644, path, Some(contents.as_bytes()))
}

/// A file that goes.
pub fn gone(path: &str) -> File<'_> {
    (0, path, None)
}

pub struct Fixture {
    pub folder: tempfile::TempDir,
    pub repo: git2::Repository,
    clock: i64,
    pub author: (String, String),
}

impl Fixture {
    pub fn new() -> Self {
        Self::with(|options| options)
    }

    pub fn bare() -> Self {
        Self::with(|options| options.bare(true))
    }

    fn with(
        change: impl FnOnce(&mut git2::RepositoryInitOptions) -> &mut git2::RepositoryInitOptions,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let repo = git2::Repository::init_opts(folder.path(), change(&mut options)).unwrap();
        Self {
            folder,
            repo,
            clock: 1_700_000_000,
            author: ("Release Manager".into(), "manager@example.org".into()),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A commit on a branch, after its tip.
    pub fn on(&mut self, branch: &str, message: &str, files: &[File<'_>]) -> Oid {
        let tip = self
            .repo
            .refname_to_id(&format!("refs/heads/{branch}"))
            .ok();
        self.commit(
            branch,
            message.as_bytes(),
            files,
            &tip.into_iter().collect::<Vec<_>>(),
        )
    }

    /// A commit on `main`.
    pub fn main(&mut self, message: &str, files: &[File<'_>]) -> Oid {
        self.on("main", message, files)
    }

    /// A merge into a branch; contents are the branch's plus `files`.
    pub fn merge(&mut self, branch: &str, other: Oid, message: &str, files: &[File<'_>]) -> Oid {
        let tip = self
            .repo
            .refname_to_id(&format!("refs/heads/{branch}"))
            .unwrap();
        self.commit(branch, message.as_bytes(), files, &[tip, other])
    }

    pub fn commit(
        &mut self,
        branch: &str,
        message: &[u8],
        files: &[File<'_>],
        parents: &[Oid],
    ) -> Oid {
        self.clock += 60;
        let mut index = Index::new().unwrap();
        if let Some(parent) = parents.first() {
            index
                .read_tree(&self.repo.find_commit(*parent).unwrap().tree().unwrap())
                .unwrap();
        }
        for (mode, path, contents) in files {
            match contents {
                None => index.remove(Path::new(path), 0).unwrap(),
                Some(contents) => {
                    let id = if *mode == 0o160_000 {
                        Oid::from_bytes(contents).unwrap()
                    } else {
                        self.repo.blob(contents).unwrap()
                    };
                    index.add(&entry(*mode, path.as_bytes(), id)).unwrap();
                }
            }
        }
        let tree = index.write_tree_to(&self.repo).unwrap();
        self.raw_commit(branch, message, tree, parents)
    }

    pub fn raw_commit(&mut self, branch: &str, message: &[u8], tree: Oid, parents: &[Oid]) -> Oid {
        let tree = self.repo.find_tree(tree).unwrap();
        let parents: Vec<_> = parents
            .iter()
            .map(|id| self.repo.find_commit(*id).unwrap())
            .collect();
        let who =
            Signature::new(&self.author.0, &self.author.1, &Time::new(self.clock, 0)).unwrap();
        let buffer = self
            .repo
            .commit_create_buffer(&who, &who, "", &tree, &parents.iter().collect::<Vec<_>>())
            .unwrap();
        let mut bytes = buffer.to_vec();
        bytes.extend_from_slice(message);
        let id = self
            .repo
            .odb()
            .unwrap()
            .write(ObjectType::Commit, &bytes)
            .unwrap();
        self.repo
            .reference(&format!("refs/heads/{branch}"), id, true, "")
            .unwrap();
        id
    }

    pub fn branch(&self, name: &str, at: Oid) {
        self.repo
            .reference(&format!("refs/heads/{name}"), at, true, "")
            .unwrap();
    }

    /// A lightweight tag.
    pub fn tag(&self, name: &str, at: Oid) {
        self.repo
            .reference(&format!("refs/tags/{name}"), at, true, "")
            .unwrap();
    }

    /// An annotated tag of anything.
    pub fn annotate(&self, name: &str, at: Oid) -> Oid {
        let who =
            Signature::new("Tagger", "tagger@example.org", &Time::new(self.clock, 0)).unwrap();
        self.repo
            .tag(
                name,
                &self.repo.find_object(at, None).unwrap(),
                &who,
                "tag",
                true,
            )
            .unwrap()
    }

    pub fn open(&self) -> (Repository, Releases) {
        open(self.path())
    }

    /// Opens it and settles the pair.
    pub fn pair(&self, previous: &str, current: &str) -> (Repository, Pair) {
        let (repository, releases) = self.open();
        let pair = repository
            .pair(&releases, Some(previous), Some(current))
            .unwrap();
        (repository, pair)
    }
}

fn entry(mode: u32, path: &[u8], id: Oid) -> IndexEntry {
    let time = IndexTime::new(0, 0);
    IndexEntry {
        ctime: time,
        mtime: time,
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.to_vec(),
    }
}

pub fn open(path: &Path) -> (Repository, Releases) {
    let repository = Repository::open(path).unwrap();
    let releases = repository.releases(&ReleaseOptions::default()).unwrap();
    (repository, releases)
}

/// The sentence of an error.
pub fn sentence<T>(result: Result<T, backout::repository::RepositoryError>) -> String {
    result
        .err()
        .map(|error| error.to_string())
        .unwrap_or_else(|| panic!("this should have been refused"))
}

/// What the git program says, `None` where it is not installed. Its own configuration is left out.
pub fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let ran = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .output();
    let Ok(ran) = ran else {
        eprintln!("skipped: the git program is not installed");
        return None;
    };
    assert!(
        ran.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    Some(String::from_utf8_lossy(&ran.stdout).trim_end().to_owned())
}
