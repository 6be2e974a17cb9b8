//! Contents: trees for checks, diffs of files, revert trials.

use backout::model::{FileDiff, LineKind, ReadError, RevertTrial};

use crate::repository::fixture::{Fixture, gone, text};

#[test]
fn a_snapshot_lists_reads_and_searches() {
    let mut fixture = Fixture::new();
    let big = vec![b'x'; 16 * 1024 * 1024 + 1];
    let files = [
        text(
            "a/one.sql",
            "create table orders;\nselect note from Orders;\n",
        ),
        text("a.b", "orders"),
        (0o100_644, "bin", Some(b"\0orders".as_slice())),
        (0o100_644, "big", Some(&big)),
    ];
    let commit = fixture.main("one", &files);
    fixture.tag("v1.0.0", commit);
    let (repository, releases) = fixture.open();
    let release = repository.find(&releases, "1.0.0").unwrap();
    let snapshot = repository.snapshot(&release).unwrap();
    assert_eq!(
        snapshot
            .list()
            .iter()
            .map(|entry| entry.path.as_str())
            .collect::<Vec<_>>(),
        ["a.b", "a/one.sql", "big", "bin"]
    );
    assert!(snapshot.has("a/one.sql") && !snapshot.has("a"));
    assert_eq!(&*snapshot.read("a.b").unwrap(), b"orders");
    assert_eq!(
        snapshot.read("none"),
        Err(ReadError::NotFound("none".into()))
    );
    assert!(matches!(
        snapshot.read("big"),
        Err(ReadError::TooLarge { .. })
    ));
    assert!(snapshot.read_text("bin").is_err());
    let words = ["orders".to_owned(), "note".to_owned()];
    let (hits, failed) = snapshot.search_many(&words, true, 10, &|_| true);
    assert_eq!(
        hits.iter()
            .map(|hit| (hit.word, hit.path.as_str(), hit.line))
            .collect::<Vec<_>>(),
        [
            (0, "a.b", 1),
            (0, "a/one.sql", 1),
            (0, "a/one.sql", 2),
            (1, "a/one.sql", 2)
        ]
    );
    // one is too large, and one is no text: what lies in them is not known
    assert_eq!(
        failed.iter().map(ReadError::path).collect::<Vec<_>>(),
        ["big", "bin"]
    );
    let (hits, _) = snapshot.search_many(&words, false, 1, &|path| path.ends_with(".sql"));
    assert_eq!(hits.len(), 2);
}

#[test]
fn a_file_diff_has_both_sides() {
    let mut fixture = Fixture::new();
    let one = fixture.main(
        "one",
        &[text("a", "1\n2\n3\n"), (0o100_644, "b", Some(b"\0\0"))],
    );
    fixture.tag("v1.0.0", one);
    let two = fixture.main(
        "two",
        &[
            text("a", "1\ntwo\n3\n"),
            (0o100_644, "b", Some(b"\0\0\0")),
            text("c", "new\n"),
        ],
    );
    fixture.tag("v2.0.0", two);
    let (repository, pair) = fixture.pair("1.0.0", "2.0.0");
    let files = repository.changes(&pair).unwrap().files;
    let FileDiff::Text { hunks, cut } = repository.file_diff(&files[0], 1) else {
        panic!("{:?}", files[0])
    };
    assert_eq!(cut, None);
    assert_eq!(
        hunks[0]
            .lines
            .iter()
            .map(|line| line.kind)
            .collect::<Vec<_>>(),
        [
            LineKind::Context,
            LineKind::Removed,
            LineKind::Added,
            LineKind::Context
        ]
    );
    assert_eq!(
        repository.file_diff(&files[1], 1),
        FileDiff::Binary {
            old: Some(2),
            new: Some(3)
        }
    );
    let FileDiff::Text { hunks, .. } = repository.file_diff(&files[2], 1) else {
        panic!("{:?}", files[2])
    };
    assert_eq!((hunks[0].old, hunks[0].new), ((0, 0), (1, 1)));
}

fn objects(fixture: &Fixture) -> usize {
    let mut count = 0;
    fixture
        .repo
        .odb()
        .unwrap()
        .foreach(|_| {
            count += 1;
            true
        })
        .unwrap();
    count
}

#[test]
fn a_revert_is_tried_without_touching_the_repository() {
    let mut fixture = Fixture::new();
    let lines = |from: &str, to: &str| format!("{from}\n2\n3\n4\n5\n6\n7\n8\n{to}\n");
    let root = fixture.main("root", &[text("a", &lines("1", "9")), text("b", "b\n")]);
    let top = fixture.main("top", &[text("a", &lines("one", "9"))]);
    fixture.main("bottom", &[text("a", &lines("one", "nine"))]);
    let b = fixture.main("b", &[text("b", "c\n")]);
    fixture.main("b again", &[text("b", "d\n")]);
    let c = fixture.main("c", &[text("c", "c\n")]);
    fixture.main("no c", &[gone("c")]);
    let side = fixture.commit("side", b"side", &[text("s", "s\n")], &[c]);
    let merge = fixture.merge("main", side, "Merge branch 'side'", &[text("s", "s\n")]);
    fixture.tag("v1.0.0", merge);
    let stray = fixture.commit("stray", b"stray", &[text("z", "z\n")], &[root]);
    let (repository, releases) = fixture.open();
    let current = repository.find(&releases, "1.0.0").unwrap();
    let before = objects(&fixture);
    let trial = |id: git2::Oid| repository.revert_trial(&current, &id.to_string());
    assert_eq!(
        trial(top),
        RevertTrial::Clean {
            files: vec!["a".into()]
        }
    );
    assert_eq!(
        trial(b),
        RevertTrial::Conflicts {
            files: vec!["b".into()]
        }
    );
    assert_eq!(trial(c), RevertTrial::Empty);
    assert_eq!(
        trial(merge),
        RevertTrial::Clean {
            files: vec!["s".into()]
        }
    );
    assert!(matches!(trial(root), RevertTrial::Impossible(_)));
    assert!(matches!(trial(stray), RevertTrial::Impossible(why) if why.contains("not part")));
    assert!(matches!(
        repository.revert_trial(&current, "0123456789012345678901234567890123456789"),
        RevertTrial::Impossible(_)
    ));
    assert_eq!(objects(&fixture), before, "nothing was written");
}
