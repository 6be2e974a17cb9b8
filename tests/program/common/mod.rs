//! Repositories built by the tests themselves, and the program run on them.

pub mod kept;
pub mod range;
pub mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A repository in a temporary folder, with a clock that advances by an hour a commit.
pub struct Sample {
    folder: tempfile::TempDir,
    repository: git2::Repository,
    clock: std::cell::Cell<i64>,
}

impl Sample {
    /// An empty repository.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let repository = git2::Repository::init_opts(folder.path().join("repository"), &options)
            .expect("a repository");
        Self {
            folder,
            repository,
            clock: std::cell::Cell::new(1_760_000_000),
        }
    }

    /// Its folder.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// A folder beside it, for journals and files.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes files (an empty text removes one) and commits them on HEAD.
    pub fn commit(&self, message: &str, files: &[(&str, &str)]) -> git2::Oid {
        let mut index = self.repository.index().expect("an index");
        for (path, text) in files {
            let file = self.path().join(path);
            if text.is_empty() {
                std::fs::remove_file(&file).expect("a file to remove");
                index
                    .remove_path(Path::new(path))
                    .expect("an entry to remove");
                continue;
            }
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(&file, text).expect("a file");
            index.add_path(Path::new(path)).expect("an entry");
        }
        index.write().expect("the index");
        let tree = self
            .repository
            .find_tree(index.write_tree().expect("a tree"))
            .expect("the tree");
        self.clock.set(self.clock.get() + 3600);
        let who = git2::Signature::new(
            "Payments Team",
            "payments@example.org",
            &git2::Time::new(self.clock.get(), 0),
        )
        .expect("a signature");
        let parents: Vec<git2::Commit<'_>> = self
            .repository
            .head()
            .ok()
            .and_then(|head| head.peel_to_commit().ok())
            .into_iter()
            .collect();
        self.repository
            .commit(
                Some("HEAD"),
                &who,
                &who,
                message,
                &tree,
                &parents.iter().collect::<Vec<_>>(),
            )
            .expect("a commit")
    }

    /// A lightweight tag on HEAD.
    pub fn tag(&self, name: &str) {
        let head = self
            .repository
            .head()
            .and_then(|head| head.peel(git2::ObjectType::Commit))
            .expect("a commit");
        self.repository
            .tag_lightweight(name, &head, true)
            .expect("a tag");
    }

    /// Runs the program on it with its own home.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = program()
            .current_dir(self.path())
            .env("BACKOUT_HOME", self.beside("home"))
            .args(arguments)
            .output()
            .expect("the program runs");
        Ran::new(output)
    }
}

/// The program, without what the environment of the test says about colour or place.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backout"));
    command
        .env_remove("NO_COLOR")
        .env_remove("BACKOUT_HOME")
        .env("XDG_CONFIG_HOME", "/nonexistent-configuration")
        .env("TERM", "xterm-256color");
    command
}

/// What a run of the program printed.
pub struct Ran {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Exit code.
    pub code: Option<i32>,
}

impl Ran {
    /// From what a process left.
    pub fn new(output: Output) -> Self {
        Self {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{}", self.err);
        serde_json::from_str(&self.out).expect("JSON on standard output")
    }
}
