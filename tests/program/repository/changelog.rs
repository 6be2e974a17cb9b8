//! What a range says: reverts, twins, people, security ids, merges, hostile text.

use backout::model::{Changelog, ChangelogEntry, Untrusted};

use crate::repository::fixture::{Fixture, git, gone, text};

fn log(fixture: &Fixture) -> Changelog {
    let (repository, pair) = fixture.pair("1.0.0", "2.0.0");
    repository.changelog(&pair).unwrap()
}

fn entry<'a>(log: &'a Changelog, title: &str) -> &'a ChangelogEntry {
    log.entries
        .iter()
        .find(|entry| entry.title == title)
        .unwrap_or_else(|| {
            panic!(
                "{title} in {:?}",
                log.entries
                    .iter()
                    .map(|entry| &entry.title)
                    .collect::<Vec<_>>()
            )
        })
}

fn started() -> Fixture {
    let mut fixture = Fixture::new();
    let start = fixture.main("start", &[text("a", "1\n2\n3\n")]);
    fixture.tag("v1.0.0", start);
    fixture
}

#[test]
fn entries_are_newest_first_with_their_paths() {
    let mut fixture = started();
    fixture.main(
        "feat(cards)!: add cards (#12)\n\nText.\n\nCo-authored-by: Second Person \
            <second@example.org>",
        &[text("src/cards.rs", "x"), text("docs/cards.md", "x")],
    );
    let last = fixture.main(
        "fix: close CVE-2021-44228 (e.g. CVE-2024-00000)\n\nBREAKING CHANGE: gone",
        &[gone("a")],
    );
    fixture.tag("v2.0.0", last);
    let log = log(&fixture);
    assert_eq!(
        (log.commits, log.merges, log.authors, log.conventional),
        (2, 0, 1, true)
    );
    let [fix, feat] = log.entries.as_slice() else {
        panic!("{:?}", log.entries)
    };
    assert_eq!(
        (
            fix.conventional_type(),
            fix.security.as_slice(),
            fix.breaking
        ),
        (Some("fix"), ["CVE-2021-44228".to_owned()].as_slice(), true)
    );
    assert_eq!(
        (
            feat.conventional_type(),
            feat.scope.as_ref().map(Untrusted::as_raw),
            feat.breaking,
            feat.pull_request
        ),
        (Some("feat"), Some("cards"), true, Some(12))
    );
    assert_eq!(
        (feat.title.as_raw(), feat.paths.as_slice(), feat.path_count),
        (
            "add cards",
            ["docs/cards.md".to_owned(), "src/cards.rs".to_owned()].as_slice(),
            2
        )
    );
    assert_eq!(feat.co_authors, ["Second Person"]);
    let (repository, pair) = fixture.pair("1.0.0", "2.0.0");
    let quick = repository.quick_changelog(&pair, 1).unwrap();
    assert_eq!(
        (quick.entries.len(), quick.entries[0].commit.as_str()),
        (1, fix.commit.as_str())
    );
}

#[test]
fn subsystems_are_not_types() {
    let mut fixture = started();
    for (at, subject) in ["daemon: a", "api: b", "volume: b", "docs: c", "fix: d"]
        .into_iter()
        .enumerate()
    {
        let last = fixture.main(subject, &[text("a", &at.to_string())]);
        fixture.tag("v2.0.0", last);
    }
    let log = log(&fixture);
    assert!(!log.conventional);
    assert_eq!(
        log.entries
            .iter()
            .map(|entry| entry.conventional_type())
            .collect::<Vec<_>>(),
        [Some("fix"), None, None, None, None]
    );
    assert_eq!(log.entries[1].title, "docs: c");
}

#[test]
fn a_revert_and_its_revert() {
    let mut fixture = started();
    let add = fixture.main("Add x", &[text("x", "1")]);
    let once = fixture.main(
        &format!("Revert \"Add x\"\n\nThis reverts commit {add}."),
        &[gone("x")],
    );
    fixture.main(
        &format!("Reapply \"Add x\"\n\nThis reverts commit {once}."),
        &[text("x", "1")],
    );
    fixture.main("Add y (#5)", &[text("y", "1")]);
    let last = fixture.main("Revert \"Add y (#5)\" (#6)", &[gone("y")]);
    fixture.tag("v2.0.0", last);
    let log = log(&fixture);
    assert_eq!(entry(&log, "Add x").cancelled_by, None);
    assert!(entry(&log, "Revert \"Add x\"").cancelled_by.is_some());
    assert_eq!(
        entry(&log, "Add y").cancelled_by.as_deref(),
        Some(last.to_string().as_str())
    );
    assert_eq!(
        entry(&log, "Revert \"Add y (#5)\"").reverts.as_deref(),
        Some(entry(&log, "Add y").commit.as_str())
    );
}

#[test]
fn a_revert_of_something_older_names_it() {
    let mut fixture = Fixture::new();
    let old = fixture.main("Old", &[text("a", "1")]);
    fixture.tag("v1.0.0", old);
    let last = fixture.main(
        &format!(
            "Back out\n\nThis reverts commit {}.",
            &old.to_string()[..12]
        ),
        &[text("a", "2")],
    );
    fixture.tag("v2.0.0", last);
    assert_eq!(
        log(&fixture).entries[0].reverts.as_deref(),
        Some(old.to_string().as_str())
    );
}

/// Two lines with twins: equal patches, an altered pick, an empty commit on each side, a merge and
/// one lost hotfix.
fn diverged() -> Fixture {
    let mut fixture = Fixture::new();
    let base = fixture.main(
        "base",
        &[
            text("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
            text("b", "x\n"),
            (0o100_644, "bin", Some(b"\0one")),
        ],
    );
    fixture.branch("release", base);
    let fix = fixture.main("Fix a", &[text("a", "1\n2\nthree\n4\n5\n6\n7\n8\n9\n")]);
    let altered = fixture.main("Fix b", &[text("b", "y\nz\n")]);
    fixture.main("Binary", &[(0o100_644, "bin", Some(b"\0two"))]);
    fixture.main("Only here", &[text("c", "new\n")]);
    fixture.main("Empty", &[]);
    let side = fixture.commit("side", b"Side", &[text("d", "d\n")], &[base]);
    let last = fixture.merge("main", side, "Merge branch 'side'", &[text("d", "d\n")]);
    fixture.tag("v2.0.0", last);
    fixture.on(
        "release",
        &format!("Fix a, again\n\n(cherry picked from commit {fix})"),
        &[text("a", "1\n2\nthree\n4\n5\n6\n7\n8\n9\n")],
    );
    fixture.on(
        "release",
        &format!("Fix b\n\n(cherry picked from commit {altered})"),
        &[text("b", "y\n")],
    );
    fixture.on("release", "Binary", &[(0o100_644, "bin", Some(b"\0two"))]);
    fixture.on("release", "Nothing", &[]);
    fixture.on(
        "release",
        "Not elsewhere",
        &[(0o100_755, "e", Some(b"e\n"))],
    );
    let hot = fixture.on("release", "Hotfix", &[text("h", "1\n")]);
    fixture.tag("v1.0.0", hot);
    fixture
}

#[test]
fn twins_and_what_would_be_lost() {
    let fixture = diverged();
    let log = log(&fixture);
    assert_eq!(
        (
            log.already_in_previous,
            log.lost_from_previous,
            log.only_in_previous
        ),
        (3, 3, 6)
    );
    assert_eq!(
        log.lost
            .iter()
            .map(|entry| entry.title.as_raw())
            .collect::<Vec<_>>(),
        ["Hotfix", "Not elsewhere", "Fix b"]
    );
    assert!(
        entry(&log, "Fix a").in_previous
            && entry(&log, "Binary").in_previous
            && !entry(&log, "Only here").in_previous
    );
    assert!(
        entry(&log, "Fix b").in_previous,
        "`-x` tells of an altered twin"
    );
    assert!(log.notes.iter().any(|note| note.contains("changed patch")));
    assert!(
        log.entries.iter().all(|entry| !entry.merge),
        "a merge that says nothing is left out"
    );
    let Some(marks) = git(
        fixture.path(),
        &[
            "rev-list",
            "--right-only",
            "--cherry-mark",
            "--count",
            "v1.0.0...v2.0.0",
        ],
    ) else {
        return;
    };
    assert_eq!(marks.split('\t').nth(1), Some("3"));
    let lost = git(
        fixture.path(),
        &[
            "rev-list",
            "--left-only",
            "--cherry-pick",
            "--no-merges",
            "--count",
            "v1.0.0...v2.0.0",
        ],
    )
    .unwrap();
    assert_eq!(lost, "3");
}

#[test]
fn people_after_mailmap_as_git_counts_them() {
    let mut fixture = started();
    fixture.main(
        "map",
        &[text(
            ".mailmap",
            "Anna Right <anna@example.org> <OLD@example.org>\nBob \
        <bob@example.org> bobby <shared@example.org>\n",
        )],
    );
    for (name, email) in [
        ("anna", "old@example.org"),
        ("Anna Right", "anna@example.org"),
        ("bobby", "shared@example.org"),
        ("carl", "shared@example.org"),
    ] {
        fixture.author = (name.into(), email.into());
        let last = fixture.main(
            &format!("by {name} {email}"),
            &[text("a", email), text("n", name)],
        );
        fixture.tag("v2.0.0", last);
    }
    // the mailmap of the working tree counts; in a bare repository that of HEAD
    std::fs::write(
        fixture.path().join(".mailmap"),
        "Anna Right <anna@example.org> \
        <OLD@example.org>\nBob <bob@example.org> bobby <shared@example.org>\n",
    )
    .unwrap();
    let log = log(&fixture);
    assert_eq!(log.authors, 4, "manager, Anna, Bob, carl");
    assert_eq!(entry(&log, "by anna old@example.org").author, "Anna Right");
    if let Some(shortlog) = git(fixture.path(), &["shortlog", "-sne", "v1.0.0..v2.0.0"]) {
        assert_eq!(shortlog.lines().count(), 4, "{shortlog}");
        let bare = tempfile::tempdir().unwrap();
        git(
            fixture.path(),
            &[
                "clone",
                "-q",
                "--bare",
                ".",
                &bare.path().display().to_string(),
            ],
        )
        .unwrap();
        let (repository, releases) = crate::repository::fixture::open(bare.path());
        let pair = repository
            .pair(&releases, Some("1.0.0"), Some("2.0.0"))
            .unwrap();
        assert_eq!(repository.changelog(&pair).unwrap().authors, 4);
    }
}

#[test]
fn merges_of_pull_requests_give_their_number() {
    let mut fixture = started();
    let base = fixture.repo.refname_to_id("refs/heads/main").unwrap();
    let inner = fixture.commit("topic", b"Part one", &[text("p", "1")], &[base]);
    let side = fixture.commit("topic", b"Part two (#3)", &[text("p", "2")], &[inner]);
    fixture.main("Direct", &[text("q", "1")]);
    let last = fixture.merge(
        "main",
        side,
        "Merge pull request #41 from someone/topic\n\nAdd parts",
        &[text("p", "2")],
    );
    fixture.tag("v2.0.0", last);
    let log = log(&fixture);
    assert_eq!((log.commits, log.merges, log.entries.len()), (4, 1, 4));
    assert_eq!(entry(&log, "Part one").pull_request, Some(41));
    assert_eq!(entry(&log, "Part two").pull_request, Some(3));
    assert_eq!(entry(&log, "Direct").pull_request, None);
    let merge = entry(&log, "Add parts");
    assert_eq!(
        (merge.merge, merge.pull_request, merge.paths.as_slice()),
        (true, Some(41), ["p".to_owned()].as_slice())
    );
}

#[test]
fn hostile_text_is_made_visible_everywhere() {
    let mut fixture = started();
    fixture.author = ("Red\x1b[31m".into(), "r@example.org".into());
    let tip = fixture.repo.refname_to_id("refs/heads/main").unwrap();
    let last = fixture.commit(
        "main",
        b"fix(\x1b]0;x\x07): t\x1b[2J\xff\xe2\x80\xae\n\nbody\x07\nnext",
        &[text("dir/na\x1bme\u{202e}", "1")],
        &[tip],
    );
    fixture.tag("v2.0.0", last);
    let (repository, pair) = fixture.pair("1.0.0", "2.0.0");
    let log = repository.changelog(&pair).unwrap();
    let files = repository.changes(&pair).unwrap().files;
    let shown = format!(
        "{}{}{}{}{:?}{}",
        log.entries[0].title.as_raw(),
        log.entries[0].author.as_raw(),
        log.entries[0].body.as_raw(),
        log.entries[0].paths.join(""),
        log.entries[0].scope.as_ref().map(Untrusted::as_raw),
        files[0].path
    );
    assert!(
        shown
            .chars()
            .all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')),
        "{shown:?}"
    );
    assert_eq!(files[0].path, "dir/na␛me<U+202E>");
    // the shown path still leads to the contents
    let snapshot = repository.snapshot(&pair.current).unwrap();
    assert_eq!(&*snapshot.read(&files[0].path).unwrap(), b"1");
}

#[test]
fn a_root_inside_the_range_counts_with_all_its_files() {
    let mut fixture = started();
    let root = fixture.commit(
        "imported",
        b"Import",
        &[text("lib/x", "1"), text("lib/y", "1")],
        &[],
    );
    let last = fixture.merge(
        "main",
        root,
        "Merge imported history",
        &[text("lib/x", "1"), text("lib/y", "1")],
    );
    fixture.tag("v2.0.0", last);
    let log = log(&fixture);
    assert_eq!((log.commits, entry(&log, "Import").path_count), (2, 2));
}
