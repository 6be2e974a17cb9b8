//! What reading a range costs, beside git's own two commands on the same repository in the same
//! run: `git log --numstat previous..current` and `git diff -M --stat previous current`.
//!
//! `cargo bench --bench assess`. The repository is built here: 3,000 files, 1,500 commits, a third
//! of them on side branches that are merged; no network and no other repository is needed. Without
//! the git program only our side is measured.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use backout::repository::{ReleaseOptions, ReleasePair, Repository};
use git2::{Index, IndexEntry, IndexTime, Oid, Signature, Time};

const FILES: usize = 3000;
const COMMITS: usize = 1500;

struct Built {
    folder: tempfile::TempDir,
}

fn main() {
    let built = built();
    let rounds = 5;
    let ours = median(rounds, || whole(built.folder.path()));
    println!("{FILES} files, {COMMITS} commits; median of {rounds}, warm");
    println!("backout: changelog and changes                {ours:>10.1?}");
    let log = git(
        built.folder.path(),
        rounds,
        &["log", "--numstat", "v1.0.0..v2.0.0"],
    );
    let diff = git(
        built.folder.path(),
        rounds,
        &["diff", "-M", "--stat", "v1.0.0", "v2.0.0"],
    );
    if let (Some(log), Some(diff)) = (log, diff) {
        println!("git log --numstat                             {log:>10.1?}");
        println!("git diff -M --stat                            {diff:>10.1?}");
        println!(
            "ratio                                         {:>10.2}",
            ours.as_secs_f64() / (log + diff).as_secs_f64()
        );
    } else {
        println!("the git program is not installed: no ratio");
    }
    divan::main();
}

/// Everything an assessment asks of git, side by side as `assess` does it.
fn whole(folder: &Path) {
    let (repository, pair) = pair(folder);
    std::thread::scope(|scope| {
        let changes = scope.spawn(|| {
            repository
                .changes(&pair)
                .map(|changes| changes.files_changed)
        });
        let log = repository.changelog(&pair).map(|log| log.commits);
        divan::black_box((log.ok(), changes.join().ok()));
    });
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

fn git(folder: &Path, rounds: usize, arguments: &[&str]) -> Option<Duration> {
    let run = || {
        Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    run().then(|| {
        median(rounds, || {
            divan::black_box(run());
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

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        build().unwrap_or_else(|error| {
            panic!("the repository of the benchmark cannot be built: {error}")
        })
    })
}

fn build() -> Result<Built, git2::Error> {
    let folder = tempfile::tempdir().map_err(|error| git2::Error::from_str(&error.to_string()))?;
    let repo = git2::Repository::init_bare(folder.path())?;
    let mut index = Index::new()?;
    for at in 0..FILES {
        put(&repo, &mut index, at, 0)?;
    }
    let mut clock = 1_700_000_000;
    let mut commit =
        |index: &mut Index, message: &str, parents: &[Oid]| -> Result<Oid, git2::Error> {
            clock += 60;
            let who = Signature::new(
                ["Anna", "Bela", "Cora"][clock as usize / 60 % 3],
                "team@example.org",
                &Time::new(clock, 0),
            )?;
            let parents = parents
                .iter()
                .map(|id| repo.find_commit(*id))
                .collect::<Result<Vec<_>, _>>()?;
            let tree = repo.find_tree(index.write_tree_to(&repo)?)?;
            repo.commit(
                None,
                &who,
                &who,
                message,
                &tree,
                &parents.iter().collect::<Vec<_>>(),
            )
        };
    let mut tip = commit(&mut index, "Start", &[])?;
    repo.reference("refs/tags/v1.0.0", tip, true, "")?;
    let mut number = 7usize;
    for step in 0..COMMITS {
        for _ in 0..1 + step % 4 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            put(&repo, &mut index, (number >> 33) % FILES, step + 1)?;
        }
        let message = format!(
            "{}: change {step} (#{step})\n\nSome words about it.\n",
            ["feat", "fix", "docs"][step % 3]
        );
        tip = if step % 3 == 0 {
            let side = commit(&mut index, &message, &[tip])?;
            commit(
                &mut index,
                &format!("Merge pull request #{step} from team/topic\n\nChange {step}"),
                &[tip, side],
            )?
        } else {
            commit(&mut index, &message, &[tip])?
        };
    }
    repo.reference("refs/tags/v2.0.0", tip, true, "")?;
    repo.reference("refs/heads/main", tip, true, "")?;
    repo.set_head("refs/heads/main")?;
    // as repositories are: packed
    let mut pack = repo.packbuilder()?;
    let mut walk = repo.revwalk()?;
    walk.push(tip)?;
    pack.insert_walk(&mut walk)?;
    pack.write(folder.path().join("objects/pack").as_path(), 0)?;
    Ok(Built { folder })
}

/// One file of about a hundred lines; a few lines depend on `version`.
fn put(
    repo: &git2::Repository,
    index: &mut Index,
    at: usize,
    version: usize,
) -> Result<(), git2::Error> {
    let text: String = (0..100)
        .map(|line| {
            if line % 17 == version % 17 {
                format!("let value_{line} = {version};\n")
            } else {
                format!("let value_{line} = {};\n", at * line)
            }
        })
        .collect();
    let time = IndexTime::new(0, 0);
    let path = format!("area{}/part{}/file{at}.rs", at % 20, at % 7).into_bytes();
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
        path,
    })
}

#[divan::bench]
fn open_and_settle_the_pair(bencher: divan::Bencher) {
    bencher.bench_local(|| pair(built().folder.path()).1.current.version.as_raw().len());
}

#[divan::bench]
fn first_parent_list(bencher: divan::Bencher) {
    let (repository, pair) = pair(built().folder.path());
    bencher.bench_local(|| {
        repository
            .quick_changelog(&pair, 200)
            .map(|log| log.commits)
            .ok()
    });
}

#[divan::bench]
fn names_that_differ(bencher: divan::Bencher) {
    let (repository, pair) = pair(built().folder.path());
    bencher.bench_local(|| repository.names(&pair).map(|files| files.len()).ok());
}

#[divan::bench]
fn whole_changelog(bencher: divan::Bencher) {
    let (repository, pair) = pair(built().folder.path());
    bencher.bench_local(|| {
        repository
            .changelog(&pair)
            .map(|log| log.entries.len())
            .ok()
    });
}

#[divan::bench]
fn whole_changes(bencher: divan::Bencher) {
    let (repository, pair) = pair(built().folder.path());
    bencher.bench_local(|| {
        repository
            .changes(&pair)
            .map(|changes| changes.files.len())
            .ok()
    });
}
