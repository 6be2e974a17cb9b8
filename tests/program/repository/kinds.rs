//! Repositories of every kind: each works or gets one sentence with the command that helps.

use std::path::Path;

use backout::repository::Repository;

use crate::repository::fixture::{Fixture, git, open, sentence, text};

fn two_releases() -> Fixture {
    let mut fixture = Fixture::new();
    for (tag, contents) in [
        ("v1.0.0", "1\n"),
        ("v1.1.0", "1\n2\n"),
        ("v2.0.0", "1\n2\n3\n"),
    ] {
        let commit = fixture.main(
            &format!("release {tag}"),
            &[
                text("dir/file", contents),
                text(&format!("only-{tag}"), tag),
            ],
        );
        fixture.tag(tag, commit);
    }
    fixture
}

fn url(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn figures(repository: &Repository, previous: &str) -> (u64, Option<u64>, Option<u64>) {
    let releases = repository.releases(&Default::default()).unwrap();
    let pair = repository
        .pair(&releases, Some(previous), Some("2.0.0"))
        .unwrap();
    let changes = repository.changes(&pair).unwrap();
    (
        repository.changelog(&pair).unwrap().commits,
        changes.files_changed,
        changes.insertions,
    )
}

#[test]
fn a_subfolder_a_bare_clone_and_a_linked_worktree_work() {
    let fixture = two_releases();
    std::fs::create_dir(fixture.path().join("deep")).unwrap();
    let (repository, _) = open(&fixture.path().join("deep"));
    assert_eq!(figures(&repository, "1.0.0"), (2, Some(3), Some(4)));
    assert!(!repository.info().bare && repository.work_dir().is_some());

    let bare = Fixture::bare();
    assert!(sentence(Repository::open(bare.path())).contains("no commit yet"));

    let holder = tempfile::tempdir().unwrap();
    let tree = holder.path().join("linked");
    if git(
        fixture.path(),
        &[
            "worktree",
            "add",
            "-q",
            "--detach",
            &tree.display().to_string(),
            "main",
        ],
    )
    .is_none()
    {
        return;
    }
    let (repository, _) = open(&tree);
    assert_eq!(figures(&repository, "1.1.0"), (1, Some(2), Some(2)));
    let copy = holder.path().join("bare");
    git(
        fixture.path(),
        &["clone", "-q", "--bare", ".", &copy.display().to_string()],
    )
    .unwrap();
    // git guesses a bare repository where its configuration is lost
    std::fs::remove_file(copy.join("config")).unwrap();
    let (repository, _) = open(&copy);
    assert!(repository.info().bare && repository.work_dir().is_none());
    assert_eq!(figures(&repository, "1.1.0"), (1, Some(2), Some(2)));
}

#[test]
fn places_that_are_no_repository_get_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    assert!(sentence(Repository::open(folder.path())).contains("--repo PATH"));
    assert!(
        sentence(Repository::open(&folder.path().join("missing\x1b")))
            .contains("missing␛ does not exist")
    );
    assert!(sentence(Repository::open(Fixture::new().path())).contains("no commit yet"));
}

#[test]
fn a_repository_without_tags_is_told_how_to_go_on() {
    let mut fixture = Fixture::new();
    fixture.main("one", &[text("a", "1")]);
    fixture.main("two", &[text("a", "2")]);
    let (repository, releases) = fixture.open();
    assert!(releases.releases.is_empty());
    assert!(sentence(repository.pair(&releases, None, None)).contains("git fetch --tags"));
    assert_eq!(
        repository
            .pair(&releases, Some("main~1"), Some("main"))
            .unwrap()
            .previous
            .version,
        "main~1"
    );
}

#[test]
fn a_shallow_clone_is_read_up_to_its_boundary() {
    let fixture = two_releases();
    let holder = tempfile::tempdir().unwrap();
    let clone = holder.path().join("clone");
    if git(
        fixture.path(),
        &[
            "clone",
            "-q",
            "--depth",
            "2",
            &url(fixture.path()),
            &clone.display().to_string(),
        ],
    )
    .is_none()
    {
        return;
    }
    git(
        &clone,
        &[
            "fetch", "-q", "--depth", "2", "origin", "tag", "v1.1.0", "tag", "v2.0.0",
        ],
    )
    .unwrap();
    let (repository, releases) = open(&clone);
    assert!(
        repository.info().shallow
            && repository
                .info()
                .notes
                .iter()
                .any(|note| note.contains("git fetch --unshallow"))
    );
    let pair = repository
        .pair(&releases, Some("1.1.0"), Some("2.0.0"))
        .unwrap();
    let log = repository.changelog(&pair).unwrap();
    assert_eq!(log.commits, 1);
    assert!(log.notes.iter().any(|note| note.contains("shallow")));
}

#[test]
fn a_partial_clone_keeps_what_it_can_read() {
    let fixture = two_releases();
    fixture
        .repo
        .config()
        .unwrap()
        .open_level(git2::ConfigLevel::Local)
        .unwrap()
        .set_bool("uploadpack.allowfilter", true)
        .unwrap();
    let holder = tempfile::tempdir().unwrap();
    let clone = holder.path().join("clone");
    if git(
        fixture.path(),
        &[
            "clone",
            "-q",
            "--no-checkout",
            "--filter=blob:none",
            &url(fixture.path()),
            &clone.display().to_string(),
        ],
    )
    .is_none()
    {
        return;
    }
    for extension in [false, true] {
        if extension {
            git(&clone, &["config", "core.repositoryformatversion", "1"]).unwrap();
            git(&clone, &["config", "extensions.partialclone", "origin"]).unwrap();
        }
        let (repository, releases) = open(&clone);
        assert!(repository.info().partial, "extension {extension}");
        let pair = repository
            .pair(&releases, Some("1.1.0"), Some("2.0.0"))
            .unwrap();
        let changes = repository.changes(&pair).unwrap();
        assert_eq!((changes.files_changed, changes.insertions), (Some(2), None));
        assert_eq!(changes.unchecked.len(), 2);
        assert_eq!(
            repository.changelog(&pair).unwrap().entries[0].path_count,
            2
        );
        let snapshot = repository.snapshot(&pair.current).unwrap();
        assert!(snapshot.has("dir/file"));
        assert!(
            snapshot
                .read("dir/file")
                .unwrap_err()
                .to_string()
                .contains("not in this clone")
        );
        let (hits, failed) = snapshot.search_many(&["1".to_owned()], false, 5, &|path| {
            path.starts_with("dir/")
        });
        assert_eq!((hits.len(), failed.len()), (0, 1));
    }
}

#[test]
fn one_absent_blob_does_not_stop_the_rest() {
    let fixture = two_releases();
    let blob = fixture
        .repo
        .revparse_single("v2.0.0:dir/file")
        .unwrap()
        .id()
        .to_string();
    std::fs::remove_file(
        fixture
            .path()
            .join(".git/objects")
            .join(&blob[..2])
            .join(&blob[2..]),
    )
    .unwrap();
    let (repository, pair) = fixture.pair("1.1.0", "2.0.0");
    let changes = repository.changes(&pair).unwrap();
    assert_eq!(
        (
            changes.files.len(),
            changes.files_changed,
            changes.insertions
        ),
        (2, Some(2), None)
    );
    assert_eq!(
        changes
            .unchecked
            .iter()
            .map(|item| item.what.as_raw())
            .collect::<Vec<_>>(),
        ["dir/file"]
    );
    let file = |path: &str| changes.files.iter().find(|file| file.path == path).unwrap();
    assert_eq!(file("only-v2.0.0").insertions, Some(1));
    assert!(
        matches!(repository.file_diff(file("dir/file"), 3), backout::model::FileDiff::Unavailable(why) if why.contains("git fetch"))
    );
}

#[test]
fn an_absent_folder_is_said_and_the_rest_goes_on() {
    let fixture = two_releases();
    let tree = fixture
        .repo
        .revparse_single("v2.0.0:dir")
        .unwrap()
        .id()
        .to_string();
    std::fs::remove_file(
        fixture
            .path()
            .join(".git/objects")
            .join(&tree[..2])
            .join(&tree[2..]),
    )
    .unwrap();
    let (repository, pair) = fixture.pair("1.1.0", "2.0.0");
    let changes = repository.changes(&pair).unwrap();
    assert_eq!(
        (
            changes.files_changed,
            changes.unchecked[0].what.as_raw(),
            changes.files.len()
        ),
        (None, "dir/", 1)
    );
    let log = repository.changelog(&pair).unwrap();
    assert!(
        log.notes
            .iter()
            .any(|note| note.contains("not in this clone"))
    );
    let snapshot = repository.snapshot(&pair.current).unwrap();
    assert!(
        snapshot
            .read("dir/file")
            .unwrap_err()
            .to_string()
            .contains("not in this clone")
    );
    assert_eq!(
        snapshot
            .search_many(&["x".to_owned()], false, 1, &|_| true)
            .1
            .len(),
        1
    );
}

#[test]
fn an_absent_commit_ends_in_a_sentence() {
    let fixture = two_releases();
    let commit = fixture
        .repo
        .revparse_single("v1.1.0")
        .unwrap()
        .id()
        .to_string();
    std::fs::remove_file(
        fixture
            .path()
            .join(".git/objects")
            .join(&commit[..2])
            .join(&commit[2..]),
    )
    .unwrap();
    let (repository, releases) = fixture.open();
    assert!(
        releases
            .skipped
            .iter()
            .any(|(tag, why)| tag == "v1.1.0" && why.contains("not in this clone")),
        "{:?}",
        releases.skipped
    );
    let says = sentence(repository.pair(&releases, Some("1.0.0"), Some("2.0.0")));
    assert!(
        says.contains(&commit) && says.contains("git fetch --unshallow"),
        "{says}"
    );
}

#[test]
fn replaced_objects_are_said() {
    let fixture = two_releases();
    let (one, two) = (
        fixture.repo.revparse_single("v1.0.0").unwrap().id(),
        fixture.repo.revparse_single("v2.0.0").unwrap().id(),
    );
    fixture
        .repo
        .reference(&format!("refs/replace/{two}"), one, true, "")
        .unwrap();
    let (repository, _) = fixture.open();
    assert!(
        repository
            .info()
            .notes
            .iter()
            .any(|note| note.contains("1 replaced object")),
        "{:?}",
        repository.info().notes
    );
    assert_eq!(figures(&repository, "1.0.0").0, 2);
}

#[test]
fn submodules_show_their_commits() {
    let mut fixture = Fixture::new();
    let one = fixture.main("one", &[(0o160_000, "module", Some(&[1; 20]))]);
    fixture.tag("v1.0.0", one);
    let two = fixture.main("two", &[(0o160_000, "module", Some(&[2; 20]))]);
    fixture.tag("v2.0.0", two);
    let (repository, pair) = fixture.pair("1.0.0", "2.0.0");
    let file = repository.changes(&pair).unwrap().files.remove(0);
    let expected = backout::model::FileDiff::Submodule {
        old: Some("01".repeat(20)),
        new: Some("02".repeat(20)),
    };
    assert_eq!(repository.file_diff(&file, 3), expected);
    assert!(
        repository
            .snapshot(&pair.current)
            .unwrap()
            .read("module")
            .unwrap_err()
            .to_string()
            .contains("submodule")
    );
}

#[test]
fn formats_libgit2_refuses() {
    let fixture = two_releases();
    let mut config = fixture
        .repo
        .config()
        .unwrap()
        .open_level(git2::ConfigLevel::Local)
        .unwrap();
    config.set_i32("core.repositoryformatversion", 1).unwrap();
    config.set_bool("extensions.preciousobjects", true).unwrap();
    assert_eq!(figures(&open(fixture.path()).0, "1.0.0").0, 2);
    config.set_str("extensions.sparklingwater", "yes").unwrap();
    let says = sentence(Repository::open(fixture.path()));
    assert!(
        says.contains("sparklingwater") && says.contains("git clone --mirror"),
        "{says}"
    );
    config.remove("extensions.sparklingwater").unwrap();
    config.set_str("extensions.objectformat", "sha256").unwrap();
    let says = sentence(Repository::open(fixture.path()));
    assert!(says.contains("SHA-256"), "{says}");
}

#[test]
fn reftable_is_listed_by_git() {
    let fixture = two_releases();
    let holder = tempfile::tempdir().unwrap();
    let clone = holder.path().join("clone");
    let target = clone.display().to_string();
    let made = std::process::Command::new("git")
        .args([
            "clone",
            "-q",
            "--ref-format=reftable",
            &url(fixture.path()),
            &target,
        ])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        eprintln!("skipped: this git has no reftable");
        return;
    }
    let (repository, releases) = open(&clone);
    assert_eq!(releases.releases.len(), 3);
    assert_eq!(figures(&repository, "1.0.0"), (2, Some(3), Some(4)));
    assert_eq!(
        repository
            .work_dir()
            .map(|path| path.canonicalize().unwrap()),
        Some(clone.canonicalize().unwrap())
    );
}

#[cfg(unix)]
#[test]
fn a_repository_of_another_user_gets_the_line_to_type() {
    let fixture = two_releases();
    let chowned = [fixture.path().to_path_buf(), fixture.path().join(".git")]
        .iter()
        .all(|path| std::os::unix::fs::chown(path, Some(12345), None).is_ok());
    if !chowned {
        eprintln!("skipped: only the superuser can give a folder away");
        return;
    }
    let says = sentence(Repository::open(fixture.path()));
    let path = fixture.path().canonicalize().unwrap();
    assert!(
        says.contains(&format!(
            "git config --global --add safe.directory {}",
            path.display()
        )),
        "{says}"
    );
    // the stand-in for formats that libgit2 refuses keeps the same rule
    let mut config = fixture
        .repo
        .config()
        .unwrap()
        .open_level(git2::ConfigLevel::Local)
        .unwrap();
    config.set_i32("core.repositoryformatversion", 1).unwrap();
    config.set_str("extensions.partialclone", "origin").unwrap();
    assert!(sentence(Repository::open(fixture.path())).contains("safe.directory"));
}
