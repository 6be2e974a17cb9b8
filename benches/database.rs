//! What judging migrations costs, beside `git grep` for the same names on the previous release, in
//! the same run.
//!
//! `cargo bench --bench database`. The repository is built here: 20,000 files of code, 400
//! migrations that shipped, 200 that are new; no network and no other repository is needed. Without
//! the git program only our side is measured.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use backout::check::{ReleaseRange, database};
use backout::model::{Config, FileChange, FileKind, FileStatus};
use backout::repository::{ReleaseOptions, ReleasePair, Repository};
use git2::{Index, IndexEntry, IndexTime, Signature, Time};

const FILES: usize = 20_000;
const SHIPPED: usize = 400;
const NEW: usize = 200;
const ROUNDS: usize = 5;

fn main() {
    let folder = build()
        .unwrap_or_else(|error| panic!("the repository of the benchmark cannot be built: {error}"));
    let mut judged = (0, 0);
    let ours = median(ROUNDS, || judged = judge(folder.path()));
    println!(
        "{FILES} files, {SHIPPED} migrations that shipped, {NEW} new ones; median of {ROUNDS}, warm"
    );
    println!(
        "{} migrations with {} operations were judged",
        judged.0, judged.1
    );
    println!("backout: migrations of the range              {ours:>10.1?}");
    let patterns: String = (0..NEW)
        .map(|at| format!("orders_{at}\nnote_{at}\n"))
        .collect();
    let list = folder.path().join("names");
    std::fs::write(&list, patterns)
        .unwrap_or_else(|error| panic!("the names cannot be written: {error}"));
    match grep(folder.path(), &list) {
        Some(grep) => {
            println!("git grep for the names                        {grep:>10.1?}");
            println!(
                "ratio                                         {:>10.2}",
                ours.as_secs_f64() / grep.as_secs_f64()
            );
        }
        None => println!("the git program is not installed: no ratio"),
    }
}

fn pair(folder: &Path) -> (Repository, ReleasePair) {
    let open = || {
        let repository = Repository::open(folder)?;
        let releases = repository.releases(&ReleaseOptions::default())?;
        let pair = repository.pair(&releases, None, None)?;
        Ok::<_, backout::repository::RepositoryError>((repository, pair))
    };
    open().unwrap_or_else(|error| panic!("the repository of the benchmark cannot be read: {error}"))
}

/// Judges the range with snapshots of its own, as an assessment does. Gives the number of
/// migrations and operations.
fn judge(folder: &Path) -> (usize, usize) {
    let (repository, pair) = pair(folder);
    let snapshot = |release| {
        repository
            .snapshot(release)
            .unwrap_or_else(|error| panic!("a release cannot be read: {error}"))
    };
    let (previous, current) = (snapshot(&pair.previous), snapshot(&pair.current));
    let changes: Vec<FileChange> = (0..NEW)
        .map(|at| FileChange {
            path: path_of(SHIPPED + at),
            old_path: None,
            old_id: None,
            new_id: None,
            status: FileStatus::Added,
            old_mode: 0,
            new_mode: 0o100_644,
            insertions: None,
            deletions: None,
            kind: FileKind::Database,
            component: None,
        })
        .collect();
    let config = Config::default();
    let range = ReleaseRange {
        previous: &*previous,
        current: &*current,
        changes: &changes,
        config: &config,
        previous_version: pair.previous.version.as_raw(),
        current_version: pair.current.version.as_raw(),
    };
    let outcome = database::check_database(&range);
    (
        outcome.migrations.len(),
        outcome
            .migrations
            .iter()
            .map(|migration| migration.operations.len())
            .sum(),
    )
}

fn grep(folder: &Path, names: &Path) -> Option<Duration> {
    let run = || {
        Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(["grep", "-n", "-i", "-F", "-f"])
            .arg(names)
            .args(["v1.0.0", "--", "src"])
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    run().then(|| {
        median(ROUNDS, || {
            let _ = run();
        })
    })
}

fn median(rounds: usize, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[rounds / 2]
}

fn path_of(migration: usize) -> String {
    format!("db/migrations/{:04}_step.up.sql", migration + 1)
}

fn build() -> Result<tempfile::TempDir, git2::Error> {
    let folder = tempfile::tempdir().map_err(|error| git2::Error::from_str(&error.to_string()))?;
    let repo = git2::Repository::init_bare(folder.path())?;
    let mut index = Index::new()?;
    for at in 0..FILES {
        let mut text = String::new();
        for line in 0..60 {
            // Every tenth file talks to a table, as in a program with a layer for its data.
            let written = if at % 10 == 0 && line == 30 {
                writeln!(
                    text,
                    "    db.query(\"SELECT id, note_{0}, amount FROM orders_{0} WHERE id = ?\")",
                    at / 10 % SHIPPED
                )
            } else {
                writeln!(
                    text,
                    "    let value_{line} = compute_{}(value_{}, {});",
                    at % 97,
                    line / 2,
                    at * line % 1013
                )
            };
            written.map_err(|error| git2::Error::from_str(&error.to_string()))?;
        }
        put(
            &repo,
            &mut index,
            &format!("src/area{}/part{}/file{at}.py", at % 20, at % 70),
            &text,
        )?;
    }
    for at in 0..SHIPPED {
        let columns: String = (0..12)
            .map(|column| format!(",\n    field_{column} varchar(40)"))
            .collect();
        let text = format!(
            "CREATE TABLE orders_{at} (\n    id serial PRIMARY KEY,\n    note_{at} text NOT \
                NULL,\n    amount int NOT NULL DEFAULT 0{columns}\n);\nCREATE INDEX \
                orders_{at}_note ON orders_{at} (note_{at});\n"
        );
        put(&repo, &mut index, &path_of(at), &text)?;
    }
    let mut clock = 1_700_000_000;
    let mut commit = |index: &mut Index,
                      tag: &str,
                      parent: Option<git2::Oid>|
     -> Result<git2::Oid, git2::Error> {
        clock += 60;
        let who = Signature::new("Anna", "team@example.org", &Time::new(clock, 0))?;
        let parents = parent.map(|id| repo.find_commit(id)).transpose()?;
        let tree = repo.find_tree(index.write_tree_to(&repo)?)?;
        let id = repo.commit(
            None,
            &who,
            &who,
            tag,
            &tree,
            &parents.iter().collect::<Vec<_>>(),
        )?;
        repo.reference(&format!("refs/tags/{tag}"), id, true, "")?;
        Ok(id)
    };
    let first = commit(&mut index, "v1.0.0", None)?;
    for at in 0..NEW {
        let what = [
            "ALTER COLUMN NOTE DROP NOT NULL",
            "DROP COLUMN NOTE",
            "ADD COLUMN sku text NOT NULL DEFAULT ''",
            "RENAME COLUMN NOTE TO remark",
        ][at % 4];
        let text = format!(
            "ALTER TABLE orders_{at} {};\nCREATE UNIQUE INDEX orders_{at}_amount ON orders_{at} \
                (amount);\n",
            what.replace("NOTE", &format!("note_{at}"))
        );
        put(&repo, &mut index, &path_of(SHIPPED + at), &text)?;
    }
    let tip = commit(&mut index, "v2.0.0", Some(first))?;
    repo.reference("refs/heads/main", tip, true, "")?;
    repo.set_head("refs/heads/main")?;
    // as repositories are: packed
    let mut pack = repo.packbuilder()?;
    let mut walk = repo.revwalk()?;
    walk.push(tip)?;
    pack.insert_walk(&mut walk)?;
    pack.write(folder.path().join("objects/pack").as_path(), 0)?;
    for entry in std::fs::read_dir(folder.path().join("objects"))
        .into_iter()
        .flatten()
        .flatten()
    {
        if entry.file_name().len() == 2 {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    Ok(folder)
}

fn put(
    repo: &git2::Repository,
    index: &mut Index,
    path: &str,
    text: &str,
) -> Result<(), git2::Error> {
    let time = IndexTime::new(0, 0);
    index.add(&IndexEntry {
        ctime: time,
        mtime: time,
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: 0,
        id: repo.blob(text.as_bytes())?,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    })
}
