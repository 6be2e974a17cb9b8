//! Figures beside git's own, over trees with everything git treats in a special way.

use backout::model::FileStatus;

use crate::repository::fixture::{File, Fixture, git, gone, open, text};

/// `git diff --shortstat --no-renames` as three numbers.
fn shortstat(folder: &std::path::Path, from: &str, to: &str) -> Option<[u64; 3]> {
    let said = git(folder, &["diff", "--shortstat", "--no-renames", from, to])?;
    let number = |word: &str| {
        said.split(',')
            .find(|part| part.contains(word))
            .and_then(|part| part.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    };
    Some([number("file"), number("insertion"), number("deletion")])
}

fn ours(folder: &std::path::Path) -> [u64; 3] {
    let (repository, releases) = open(folder);
    let pair = repository
        .pair(&releases, Some("1.0.0"), Some("2.0.0"))
        .unwrap();
    let changes = repository.changes(&pair).unwrap();
    [
        changes.files_changed.unwrap(),
        changes.insertions.unwrap(),
        changes.deletions.unwrap(),
    ]
}

const ATTRIBUTES: &str = "*.lock -diff\n*.dat diff\n*.svg binary\n[attr]generated -diff\n*.gen \
    generated\nsub/*.txt -diff\n*.drv diff=told\n";

/// Special files of all sorts on both sides.
fn special() -> Fixture {
    let mut fixture = Fixture::new();
    let before: Vec<File<'_>> = vec![
        text(".gitattributes", ATTRIBUTES),
        text("plain", "a\nb\nc\n"),
        text("no-newline", "a\nb"),
        text("empty", ""),
        text("crlf", "a\r\nb\r\n"),
        text("mode", "same\n"),
        text("both", "a\n"),
        text("yarn.lock", "1\n2\n"),
        (0o100_644, "numbers.dat", Some(b"a\0\nb\n")),
        (0o100_644, "picture.svg", Some(b"<svg>\n</svg>\n")),
        (0o100_644, "photo.png", Some(b"\x89PNG\0\0")),
        (0o100_644, "made.gen", Some(b"1\n")),
        text("sub/x.txt", "1\n"),
        text("x.drv", "1\n"),
        (0o120_000, "link", Some(b"plain")),
        (0o120_000, "link.lock", Some(b"plain")),
        text("becomes-link", "one\ntwo\n"),
        text("becomes-folder", "x\n"),
        text("folder/inside", "x\n"),
        text("moved", "1\n2\n3\n4\n5\n6\n7\n8\n"),
        (0o160_000, "module", Some(&[1; 20])),
        (0o160_000, "old-module", Some(&[3; 20])),
        text("becomes-module", "x\ny\n"),
    ];
    let first = fixture.main("before", &before);
    fixture.tag("v1.0.0", first);
    let after: Vec<File<'_>> = vec![
        text("plain", "a\nB\nc\nd\n"),
        text("no-newline", "a\nb\n"),
        text("empty", "now\nfull"),
        text("also-empty", ""),
        text("crlf", "a\nb\n"),
        (0o100_755, "mode", Some(b"same\n")),
        (0o100_755, "both", Some(b"a\nb\n")),
        text("yarn.lock", "1\n3\n4\n"),
        (0o100_644, "numbers.dat", Some(b"a\0\nc\nd\n")),
        (0o100_644, "picture.svg", Some(b"<svg>\n<g/>\n</svg>\n")),
        (0o100_644, "photo.png", Some(b"\x89PNG\0\0\0")),
        (0o100_644, "made.gen", Some(b"2\n3\n")),
        text("sub/x.txt", "2\n"),
        text("x.drv", "2\n"),
        (0o120_000, "link", Some(b"both")),
        (0o120_000, "link.lock", Some(b"both")),
        (0o120_000, "becomes-link", Some(b"plain")),
        gone("becomes-folder"),
        text("becomes-folder/inside", "x\n"),
        gone("folder/inside"),
        text("folder", "x\n"),
        gone("moved"),
        text("there/moved", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n"),
        (0o160_000, "module", Some(&[2; 20])),
        gone("old-module"),
        (0o160_000, "new-module", Some(&[4; 20])),
        (0o160_000, "becomes-module", Some(&[5; 20])),
    ];
    let last = fixture.main("after", &after);
    fixture.tag("v2.0.0", last);
    fixture
}

#[test]
fn special_files_count_as_git_counts_them() {
    let fixture = special();
    std::fs::write(fixture.path().join(".gitattributes"), ATTRIBUTES).unwrap();
    let config = fixture.repo.config().unwrap();
    let mut local = config.open_level(git2::ConfigLevel::Local).unwrap();
    local.set_bool("diff.told.binary", true).unwrap();
    let Some(theirs) = shortstat(fixture.path(), "v1.0.0", "v2.0.0") else {
        return;
    };
    assert_eq!(ours(fixture.path()), theirs);
    // a bare clone reads no attributes from the tree
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
    let in_bare = shortstat(bare.path(), "v1.0.0", "v2.0.0").unwrap();
    assert_eq!(ours(bare.path()), in_bare);
    assert_ne!(theirs, in_bare, "the attributes matter here");
    std::fs::create_dir_all(bare.path().join("info")).unwrap();
    std::fs::write(bare.path().join("info/attributes"), "plain -diff\n").unwrap();
    assert_eq!(
        ours(bare.path()),
        shortstat(bare.path(), "v1.0.0", "v2.0.0").unwrap()
    );
}

/// `old new` of every rename, by git and by us.
fn both_renames(folder: &std::path::Path) -> Option<[Vec<String>; 2]> {
    let said = git(folder, &["diff", "-M", "--name-status", "v1.0.0", "v2.0.0"])?;
    let mut theirs: Vec<String> = said
        .lines()
        .filter(|line| line.starts_with('R'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(_, names)| names.replace('\t', " "))
        .collect();
    let (repository, releases) = open(folder);
    let pair = repository
        .pair(&releases, Some("1.0.0"), Some("2.0.0"))
        .unwrap();
    let files = repository.changes(&pair).unwrap().files;
    let mut ours: Vec<String> = files
        .iter()
        .filter_map(|file| Some(format!("{} {}", file.old_path.as_ref()?, file.path)))
        .collect();
    theirs.sort();
    ours.sort();
    Some([theirs, ours])
}

#[test]
fn renames_are_git_s() {
    let fixture = special();
    let Some([theirs, ours]) = both_renames(fixture.path()) else {
        return;
    };
    assert_eq!(ours, theirs);
    for seed in 1..=8 {
        let mut numbers = Numbers(0x2545_F491_4F6C_DD1D_u64.wrapping_mul(seed));
        let mut fixture = Fixture::new();
        let bodies: Vec<Vec<u64>> = (0..14)
            .map(|_| {
                (0..4 + numbers.below(30))
                    .map(|_| numbers.below(40))
                    .collect()
            })
            .collect();
        let lines = |body: &[u64]| {
            body.iter()
                .map(|n| format!("a line about {n}\n"))
                .collect::<String>()
        };
        let before: Vec<(String, String)> = bodies
            .iter()
            .enumerate()
            .map(|(at, body)| (format!("old{}/name{}", at % 3, at % 6), lines(body)))
            .collect();
        let first = fixture.main(
            "before",
            &before
                .iter()
                .map(|(path, body)| text(path, body))
                .collect::<Vec<_>>(),
        );
        fixture.tag("v1.0.0", first);
        let after: Vec<(String, String)> = bodies
            .iter()
            .enumerate()
            .map(|(at, body)| {
                let kept: Vec<u64> = body
                    .iter()
                    .map(|n| if numbers.below(4) == 0 { n + 50 } else { *n })
                    .collect();
                (
                    format!("new{}/name{}", at % 4, numbers.below(9)),
                    lines(if numbers.below(3) == 0 { body } else { &kept }),
                )
            })
            .collect();
        let mut files: Vec<File<'_>> = before
            .iter()
            .map(|(path, _)| path.as_str())
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .map(gone)
            .collect();
        files.extend(after.iter().map(|(path, body)| text(path, body)));
        let last = fixture.main("after", &files);
        fixture.tag("v2.0.0", last);
        let Some([theirs, ours]) = both_renames(fixture.path()) else {
            return;
        };
        assert_eq!(ours, theirs, "seed {seed}");
    }
}

#[test]
fn files_carry_git_s_lines_and_renames() {
    let fixture = special();
    let (repository, pair) = fixture.pair("1.0.0", "2.0.0");
    let changes = repository.changes(&pair).unwrap();
    let file = |path: &str| {
        changes
            .files
            .iter()
            .find(|file| file.path == path)
            .unwrap_or_else(|| panic!("{path}"))
    };
    let moved = file("there/moved");
    assert_eq!(
        (
            moved.status,
            moved.old_path.as_deref(),
            moved.insertions,
            moved.deletions
        ),
        (FileStatus::Renamed, Some("moved"), Some(1), Some(0))
    );
    assert_eq!(
        (file("photo.png").insertions, file("photo.png").status),
        (None, FileStatus::Modified)
    );
    assert_eq!(
        (file("module").insertions, file("module").new_mode),
        (Some(1), 0o160_000)
    );
    assert_eq!(
        (
            file("mode").old_mode,
            file("mode").new_mode,
            file("mode").insertions
        ),
        (0o100_644, 0o100_755, Some(0))
    );
    assert!(changes.renames.unwrap() >= 1 && changes.unchecked.is_empty());
    let names = repository.names(&pair).unwrap();
    assert!(
        names
            .iter()
            .any(|file| file.path == "becomes-folder/inside")
    );
    assert_eq!(repository.commit_changes("v2.0.0").unwrap(), changes.files);
}

/// A small generator of numbers, so that every run sees the same histories.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

#[test]
fn many_histories_have_git_s_figures() {
    for seed in 1..=12 {
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        let mut fixture = Fixture::new();
        let base = fixture.main("base", &[text("f0", "1\n2\n3\n4\n5\n6\n7\n8\n")]);
        fixture.branch("release", base);
        for step in 0..14 {
            let branch = if numbers.below(3) == 0 {
                "release"
            } else {
                "main"
            };
            let path = format!(
                "{}f{}",
                ["", "d/", "d/e/"][numbers.below(3) as usize],
                numbers.below(4)
            );
            let lines: String = (0..numbers.below(12))
                .map(|_| format!("{}\n", numbers.below(4)))
                .collect();
            let mode = if numbers.below(5) == 0 {
                0o100_755
            } else {
                0o100_644
            };
            fixture.author.0 = format!("Person {}", numbers.below(3));
            let id = fixture.on(
                branch,
                &format!("step {step}"),
                &[(mode, &path, Some(lines.as_bytes()))],
            );
            match numbers.below(4) {
                // the same change on the other side, where it applies alike
                0 => drop(fixture.on(
                    if branch == "main" { "release" } else { "main" },
                    "pick",
                    &[(mode, &path, Some(lines.as_bytes()))],
                )),
                1 => drop(fixture.merge(
                    if branch == "main" { "release" } else { "main" },
                    id,
                    "Merge branch",
                    &[(mode, &path, Some(lines.as_bytes()))],
                )),
                _ => {}
            }
        }
        let tips = ["release", "main"].map(|branch| fixture.main_or(branch));
        fixture.tag("v1.0.0", tips[0]);
        fixture.tag("v2.0.0", tips[1]);
        let (repository, releases) = fixture.open();
        let Ok(pair) = repository.pair(&releases, Some("1.0.0"), Some("2.0.0")) else {
            continue;
        };
        let (log, changes) = (
            repository.changelog(&pair).unwrap(),
            repository.changes(&pair).unwrap(),
        );
        let Some(stat) = shortstat(fixture.path(), "v1.0.0", "v2.0.0") else {
            return;
        };
        assert_eq!(
            [changes.files_changed, changes.insertions, changes.deletions].map(Option::unwrap),
            stat,
            "seed {seed}"
        );
        let count = |arguments: &[&str]| git(fixture.path(), arguments).unwrap();
        assert_eq!(
            log.commits.to_string(),
            count(&["rev-list", "--count", "v1.0.0..v2.0.0"]),
            "seed {seed}"
        );
        assert_eq!(
            log.merges.to_string(),
            count(&["rev-list", "--count", "--merges", "v1.0.0..v2.0.0"]),
            "seed {seed}"
        );
        assert_eq!(
            log.authors as usize,
            count(&["shortlog", "-sne", "v1.0.0..v2.0.0"])
                .lines()
                .count(),
            "seed {seed}"
        );
        let marks = count(&[
            "rev-list",
            "--right-only",
            "--cherry-mark",
            "--count",
            "v1.0.0...v2.0.0",
        ]);
        assert_eq!(
            Some(log.already_in_previous.to_string().as_str()),
            marks.split('\t').nth(1),
            "seed {seed}: {marks}"
        );
        assert_eq!(
            log.lost_from_previous.to_string(),
            count(&[
                "rev-list",
                "--left-only",
                "--cherry-pick",
                "--no-merges",
                "--count",
                "v1.0.0...v2.0.0"
            ]),
            "seed {seed}"
        );
    }
}

impl Fixture {
    fn main_or(&self, branch: &str) -> git2::Oid {
        self.repo
            .refname_to_id(&format!("refs/heads/{branch}"))
            .unwrap()
    }
}
