//! Which tags are releases, which comes before which, and what a typed version finds.

use backout::model::ReleaseRelation;
use backout::repository::ReleaseOptions;

use crate::repository::fixture::{Fixture, sentence, text};

fn tagged(tags: &[&str]) -> Fixture {
    let mut fixture = Fixture::new();
    for (at, tag) in tags.iter().enumerate() {
        let commit = fixture.main(&format!("change {at}"), &[text("file", &at.to_string())]);
        fixture.tag(tag, commit);
    }
    fixture
}

fn previous(fixture: &Fixture, current: &str) -> String {
    let (repository, releases) = fixture.open();
    let current = repository.find(&releases, current).unwrap();
    repository
        .previous(&releases, &current)
        .unwrap()
        .tag
        .unwrap()
        .into_raw()
}

#[test]
fn previous_is_the_highest_below_in_the_line() {
    let fixture = tagged(&[
        "v1.9.0",
        "v1.10.0",
        "v1.9.1",
        "v1.11.0-rc1",
        "v1.11.0-rc.2",
        "v1.11.0",
        "v2.0.0.1",
        "v0.17",
    ]);
    for (current, expected) in [
        ("v1.10.0", "v1.9.1"),
        ("v1.11.0", "v1.10.0"),
        ("v1.11.0-rc.2", "v1.11.0-rc1"),
        ("v2.0.0.1", "v1.11.0"),
        ("v1.9.0", "v0.17"),
    ] {
        assert_eq!(previous(&fixture, current), expected, "before {current}");
    }
    let (repository, releases) = fixture.open();
    let order: Vec<_> = releases
        .releases
        .iter()
        .map(|release| release.version.as_raw())
        .collect();
    assert_eq!(
        order,
        [
            "2.0.0.1",
            "1.11.0",
            "1.11.0-rc.2",
            "1.11.0-rc1",
            "1.10.0",
            "1.9.1",
            "1.9.0",
            "0.17"
        ]
    );
    assert!(
        sentence(repository.previous(&releases, &repository.find(&releases, "0.17").unwrap()))
            .contains("backout PREVIOUS v0.17")
    );
}

#[test]
fn a_pre_release_is_previous_of_a_final_release_only_without_anything_else() {
    assert_eq!(
        previous(
            &tagged(&["v1.0.0-beta.1", "v1.0.0-rc.1", "v1.0.0"]),
            "v1.0.0"
        ),
        "v1.0.0-rc.1"
    );
    assert_eq!(
        previous(&tagged(&["v0.9.0", "v1.0.0-rc.1", "v1.0.0"]), "v1.0.0"),
        "v0.9.0"
    );
}

#[test]
fn monorepo_schemes_are_lines_of_their_own() {
    let fixture = tagged(&[
        "payments/v1.0.0",
        "billing/v7.0.0",
        "@acme/cards@2.0.0",
        "payments/v1.1.0",
        "@acme/cards@2.0.1",
        "ui-v0.3.0",
        "ui-v0.4.0",
    ]);
    assert_eq!(previous(&fixture, "payments/v1.1.0"), "payments/v1.0.0");
    assert_eq!(previous(&fixture, "@acme/cards@2.0.1"), "@acme/cards@2.0.0");
    assert_eq!(previous(&fixture, "ui-v0.4.0"), "ui-v0.3.0");
    let (repository, _) = fixture.open();
    let only = repository
        .releases(&ReleaseOptions {
            service: Some("payments".into()),
            ..ReleaseOptions::default()
        })
        .unwrap();
    assert_eq!(
        only.releases
            .iter()
            .map(|release| release.version.as_raw())
            .collect::<Vec<_>>(),
        ["1.1.0", "1.0.0"]
    );
    let pair = repository.pair(&only, None, None).unwrap();
    assert_eq!(
        (
            pair.previous.version.as_raw(),
            pair.current.version.as_raw(),
            pair.relation
        ),
        ("1.0.0", "1.1.0", ReleaseRelation::Ancestor)
    );
    let none = repository
        .releases(&ReleaseOptions {
            service: Some("orders".into()),
            ..ReleaseOptions::default()
        })
        .unwrap();
    assert!(sentence(repository.pair(&none, None, None)).contains("--service"));
    let glob = repository
        .releases(&ReleaseOptions {
            tag_pattern: Some("ui-*".into()),
            ..ReleaseOptions::default()
        })
        .unwrap();
    assert_eq!(glob.releases.len(), 2);
    assert!(
        sentence(repository.releases(&ReleaseOptions {
            tag_pattern: Some("[".into()),
            ..ReleaseOptions::default()
        }))
        .contains("--tag-pattern")
    );
}

#[test]
fn a_renamed_scheme_goes_on() {
    assert_eq!(
        previous(&tagged(&["0.15.8", "0.15.9", "v0.16.0"]), "v0.16.0"),
        "0.15.9"
    );
    assert_eq!(
        previous(
            &tagged(&["payments-v1.0.0", "payments/v1.1.0"]),
            "payments/v1.1.0"
        ),
        "payments-v1.0.0"
    );
    assert_eq!(
        previous(
            &tagged(&[
                "v28.5.2",
                "docker-v29.0.0-rc.1",
                "docker-v29.0.0",
                "docker-v29.1.0"
            ]),
            "docker-v29.0.0"
        ),
        "v28.5.2"
    );
    assert_eq!(
        previous(&tagged(&["v2018.08", "v2018.09", "2.0.0"]), "2.0.0"),
        "v2018.09"
    );
    let (repository, releases) = tagged(&["billing/v1.0.0", "payments/v2.0.0"]).open();
    assert!(
        repository
            .previous(
                &releases,
                &repository.find(&releases, "payments/v2.0.0").unwrap()
            )
            .is_err()
    );
}

#[test]
fn tags_of_every_make_are_read_and_others_are_skipped_with_a_note() {
    let mut fixture = Fixture::new();
    let one = fixture.main("one", &[text("a", "1")]);
    fixture.tag("v1.0.0", one);
    let two = fixture.main("two", &[text("a", "2")]);
    fixture.annotate("v1.1.0", two);
    let three = fixture.main("three", &[text("a", "3")]);
    let inner = fixture.annotate("inner", three);
    fixture.annotate("v1.2.0", inner);
    for moving in ["latest", "nightly", "stable", "v1", "v1.2"] {
        fixture.tag(moving, three);
    }
    let tree = fixture.repo.find_commit(three).unwrap().tree_id();
    fixture.tag("v9.0.0", tree);
    let blob = fixture.repo.blob(b"x").unwrap();
    fixture.annotate("v9.1.0", blob);
    let (_, releases) = fixture.open();
    let found: Vec<_> = releases
        .releases
        .iter()
        .map(|release| (release.version.as_raw(), release.commit.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("1.2.0", three.to_string().as_str()),
            ("1.1.0", &two.to_string()),
            ("1.0.0", &one.to_string())
        ]
    );
    let skipped: Vec<_> = releases
        .skipped
        .iter()
        .map(|(tag, _)| tag.as_str())
        .collect();
    assert_eq!(
        skipped,
        [
            "inner", "latest", "nightly", "stable", "v1", "v1.2", "v9.0.0", "v9.1.0"
        ]
    );
}

#[test]
fn what_is_typed_is_found_forgivingly() {
    let mut fixture = tagged(&["v3.0.0", "v3.1.0", "v3.1.1-rc1", "lib/v4.0.0", "app/v4.0.0"]);
    let head = fixture.main("later", &[text("x", "y")]);
    let (repository, releases) = fixture.open();
    for (typed, tag) in [
        ("3.1", "v3.1.0"),
        ("v3.1", "v3.1.0"),
        ("3.1.0", "v3.1.0"),
        ("3.1.1-rc.1", "v3.1.1-rc1"),
        ("lib/4", "lib/v4.0.0"),
        ("refs/tags/v3.0.0", "v3.0.0"),
        ("main~4", "v3.1.0"),
    ] {
        assert_eq!(
            repository
                .find(&releases, typed)
                .unwrap()
                .tag
                .as_ref()
                .map(model::Untrusted::as_raw),
            Some(tag),
            "{typed}"
        );
    }
    let revision = repository.find(&releases, "main").unwrap();
    assert_eq!(
        (revision.version.as_raw(), revision.commit, revision.tag),
        ("main", head.to_string(), None)
    );
    let by_id = repository.find(&releases, &head.to_string()).unwrap();
    assert_eq!(by_id.version, head.to_string()[..12]);
    let says = sentence(repository.find(&releases, "3.2.0"));
    assert!(says.contains("nearest: v3.1.0"), "{says}");
    assert!(sentence(repository.find(&releases, "4.0.0")).contains("app/v4.0.0, lib/v4.0.0"));
    assert!(sentence(repository.find(&releases, "main^{tree}")).contains("not a commit"));
    assert!(sentence(repository.find(&releases, "no\x1b[31m")).contains("no␛[31m"));
    assert_eq!(
        repository
            .previous(&releases, &repository.find(&releases, "main").unwrap())
            .unwrap()
            .tag
            .as_ref()
            .map(model::Untrusted::as_raw),
        Some("app/v4.0.0")
    );
}

#[test]
fn pairs_that_make_no_sense_say_what_to_type() {
    let mut fixture = tagged(&["v1.0.0", "v1.1.0"]);
    let (repository, releases) = fixture.open();
    assert!(
        sentence(repository.pair(&releases, Some("1.1.0"), Some("1.0.0")))
            .contains("backout v1.0.0 v1.1.0")
    );
    assert!(
        sentence(repository.pair(&releases, Some("1.1.0"), Some("main")))
            .contains("the same commit")
    );
    // diverged, and the version tells the direction
    let old = fixture.repo.revparse_single("v1.0.0").unwrap().id();
    fixture.branch("fix", old);
    let fix = fixture.on("fix", "hotfix", &[text("h", "1")]);
    fixture.tag("v1.0.1", fix);
    let (repository, releases) = fixture.open();
    assert_eq!(
        repository
            .pair(&releases, None, None)
            .unwrap()
            .previous
            .version,
        "1.0.1"
    );
    assert_eq!(
        repository.pair(&releases, None, None).unwrap().relation,
        ReleaseRelation::Diverged
    );
    assert!(sentence(repository.pair(&releases, Some("1.1"), Some("1.0.1"))).contains("newer"));
}

#[test]
fn a_history_of_its_own_is_unrelated() {
    let mut fixture = tagged(&["v1.0.0"]);
    let other = fixture.commit("other", b"start again", &[text("b", "1")], &[]);
    fixture.tag("v2.0.0", other);
    let (repository, pair) = fixture.pair("1.0.0", "2.0.0");
    assert_eq!(pair.relation, ReleaseRelation::Unrelated);
    let log = repository.changelog(&pair).unwrap();
    assert_eq!(
        (
            log.commits,
            log.entries[0].paths.clone(),
            log.lost_from_previous
        ),
        (1, vec!["b".to_owned()], 1)
    );
}

#[test]
fn a_product_goes_before_its_clients() {
    let fixture = tagged(&["v1.0.0", "v1.1.0", "py/0.3.0"]);
    let (repository, releases) = fixture.open();
    assert_eq!(
        repository
            .pair(&releases, None, None)
            .unwrap()
            .current
            .tag
            .as_ref()
            .map(model::Untrusted::as_raw),
        Some("v1.1.0")
    );
    assert!(
        releases.notes.iter().any(|note| note.contains("2 lines")),
        "{:?}",
        releases.notes
    );
}
