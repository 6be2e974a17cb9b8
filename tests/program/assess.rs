//! The assessment of real repositories: what is streamed when, what is left out when something
//! cannot be read, and that facts are ones people know.

use std::path::Path;
use std::sync::Mutex;

use backout::assess::{AssessError, Assessed, Progress, Request, assess_release_pair};
use backout::checklist::catalogue;
use backout::command::demo::{build_in, find_story, list_stories};
use backout::model::{Assessment, FactValue, FileKind, Reverting, Severity, Stage};

fn request(repository: &Path) -> Request {
    Request {
        repository: repository.to_owned(),
        step_by_step: true,
        ..Request::default()
    }
}

fn run(request: &Request) -> Assessed {
    assess_release_pair(request, &|_| {}).unwrap_or_else(|error| panic!("{error}"))
}

/// A repository of commits, each a list of files; tagged `v1`, `v2`, ...
fn repository(folder: &Path, releases: &[&[(&str, &str)]]) -> git2::Repository {
    let git = git2::Repository::init(folder).unwrap();
    for (number, files) in releases.iter().enumerate() {
        for (path, text) in *files {
            let place = folder.join(path);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(place, text).unwrap();
        }
        let mut index = git.index().unwrap();
        index
            .add_all(["*"], git2::IndexAddOption::DEFAULT, None)
            .unwrap();
        index.write().unwrap();
        let tree = git.find_tree(index.write_tree().unwrap()).unwrap();
        let who = git2::Signature::new(
            "payments team",
            "payments@example.org",
            &git2::Time::new(1_700_000_000 + number as i64 * 86_400, 0),
        )
        .unwrap();
        let parent = git.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        let commit = git
            .commit(
                Some("HEAD"),
                &who,
                &who,
                &format!("feat: release {}", number + 1),
                &tree,
                &parents,
            )
            .unwrap();
        git.tag_lightweight(
            &format!("v{}.0.0", number + 1),
            &git.find_object(commit, None).unwrap(),
            false,
        )
        .unwrap();
    }
    git
}

#[test]
fn progress_comes_in_order_and_only_grows() {
    let root = tempfile::tempdir().unwrap();
    let story = build_in(&find_story(Some("quarterly")).unwrap(), root.path()).unwrap();
    let seen: Mutex<Vec<(String, Option<Assessment>)>> = Mutex::new(Vec::new());
    let assessed = assess_release_pair(&request(&story.repository), &|progress| {
        let (name, so_far) = match progress {
            Progress::Opened(_) => ("opened", None),
            Progress::Paired(..) => ("paired", None),
            Progress::Quick(_) => ("quick", None),
            Progress::Stage(stage, so_far) => (stage.id(), so_far.map(|so_far| *so_far)),
        };
        seen.lock().unwrap().push((name.to_owned(), so_far));
    })
    .unwrap();
    let seen = seen.into_inner().unwrap();
    let names: Vec<&str> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..2], ["opened", "paired"]);
    let at = |name: &str| {
        names
            .iter()
            .position(|seen| *seen == name)
            .unwrap_or_else(|| panic!("{name} of {names:?}"))
    };
    assert!(
        at("quick") < at("changelog")
            && at("files") < at("database")
            && at("changelog") < at("surroundings"),
        "{names:?}"
    );
    for stage in Stage::ALL {
        assert_eq!(
            names.iter().filter(|name| **name == stage.id()).count(),
            1,
            "{names:?}"
        );
    }
    let stages: Vec<&Assessment> = seen
        .iter()
        .filter_map(|(_, so_far)| so_far.as_ref())
        .collect();
    for pair in stages.windows(2) {
        assert!(
            pair[0]
                .facts
                .keys()
                .all(|key| pair[1].facts.contains_key(key)),
            "a fact went away"
        );
        assert!(pair[0].findings.len() <= pair[1].findings.len());
    }
    assert_eq!(stages.last().unwrap().facts, assessed.assessment.facts);
    assert!(assessed.assessment.timings.as_ref().unwrap().stages.len() == Stage::ALL.len());
}

#[test]
fn every_fact_is_of_the_catalogue_and_findings_are_sorted() {
    let root = tempfile::tempdir().unwrap();
    for story in list_stories() {
        let story = build_in(&story, root.path()).unwrap();
        let assessed = run(&request(&story.repository));
        for (key, fact) in &assessed.assessment.facts {
            assert!(
                catalogue::find_fact_definition(key).is_some(),
                "{}: {key} is not in the catalogue",
                story.id
            );
            if fact.value.is_known() {
                assert!(
                    catalogue::parse_fact_value(key, &fact.value.to_string()).is_ok(),
                    "{}: {key} = {}",
                    story.id,
                    fact.value
                );
            }
        }
        assert!(
            assessed
                .assessment
                .findings
                .is_sorted_by_key(|finding| (finding.severity, finding.confidence)),
            "{}",
            story.id
        );
        let blocks = assessed.assessment.findings.iter().filter(|finding| {
            finding.severity == Severity::Blocks
                && !["database", "contract"]
                    .iter()
                    .any(|domain| finding.check.starts_with(domain))
        });
        assert_eq!(blocks.count(), 0, "{}: surroundings never block", story.id);
    }
}

fn without_times(assessed: Assessed) -> Assessment {
    let mut assessment = assessed.assessment;
    assessment.timings = None;
    for fact in assessment.facts.values_mut() {
        fact.at = None;
    }
    assessment
}

#[test]
fn two_runs_say_the_same() {
    let root = tempfile::tempdir().unwrap();
    let story = build_in(&find_story(Some("quarterly")).unwrap(), root.path()).unwrap();
    assert_eq!(
        without_times(run(&request(&story.repository))),
        without_times(run(&request(&story.repository)))
    );
}

#[test]
fn the_whole_is_the_same_whether_or_not_somebody_watches_it_grow() {
    let root = tempfile::tempdir().unwrap();
    for story in list_stories() {
        let story = build_in(&story, root.path()).unwrap();
        let told = Mutex::new(0);
        let alone = Request {
            step_by_step: false,
            ..request(&story.repository)
        };
        let assessed = assess_release_pair(&alone, &|progress| {
            if let Progress::Stage(_, so_far) = progress {
                assert!(so_far.is_none());
                *told.lock().unwrap() += 1;
            }
        })
        .unwrap();
        assert_eq!(
            without_times(assessed),
            without_times(run(&request(&story.repository))),
            "{}",
            story.id
        );
        assert_eq!(told.into_inner().unwrap(), Stage::ALL.len());
    }
}

#[test]
fn entries_know_their_areas_and_what_reverting_does() {
    let root = tempfile::tempdir().unwrap();
    let story = build_in(&find_story(Some("not-null")).unwrap(), root.path()).unwrap();
    let entries = run(&request(&story.repository))
        .assessment
        .changelog
        .entries;
    let channel = entries
        .iter()
        .find(|entry| entry.title.as_raw().contains("channel of a booking"))
        .unwrap();
    assert!(
        channel.if_reverted.contains(&Reverting::FeatureLost),
        "{:?}",
        channel.if_reverted
    );
    assert_eq!(channel.areas, ["backend", "database"]);
    let docs = entries
        .iter()
        .find(|entry| entry.conventional_type() == Some("docs"))
        .unwrap();
    assert_eq!(docs.if_reverted, [Reverting::Nothing]);
}

#[test]
fn paths_restrict_what_counts() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("mono");
    repository(
        &folder,
        &[
            &[("a/x.css", "1"), ("b/y.rs", "1")],
            &[("a/x.css", "2"), ("b/y.rs", "2")],
        ],
    );
    let whole = run(&request(&folder)).assessment;
    assert_eq!(whole.kinds.get(&FileKind::Code), Some(&1));
    let part = run(&Request {
        paths: vec!["a".into()],
        ..request(&folder)
    })
    .assessment;
    assert_eq!(
        part.files
            .iter()
            .map(|file| file.path.as_str())
            .collect::<Vec<_>>(),
        ["a/x.css"]
    );
    assert_eq!(
        part.facts["release.styling_only"].value,
        FactValue::word("yes")
    );
    assert_eq!(part.changelog.files_changed, whole.changelog.files_changed);
    assert!(
        part.changelog
            .notes
            .iter()
            .any(|note| note.contains("chosen paths"))
    );
    let wrong = assess_release_pair(
        &Request {
            paths: vec!["[".into()],
            ..request(&folder)
        },
        &|_| {},
    );
    assert!(matches!(wrong, Err(AssessError::Path(text)) if text.contains("--path [")));
}

#[test]
fn a_wrong_file_of_the_repository_is_named_and_the_rest_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("repo");
    repository(
        &folder,
        &[
            &[("a.rs", "1")],
            &[("a.rs", "2"), ("backout.yaml", "service: pay\nrols: [x]\n")],
        ],
    );
    let assessed = run(&request(&folder));
    assert_eq!(assessed.config.service.as_deref(), Some("pay"));
    let remark = assessed
        .assessment
        .unchecked
        .iter()
        .find(|entry| entry.what == "backout.yaml:2:1")
        .unwrap();
    assert!(
        remark.why.as_raw().contains("did you mean `roles`"),
        "{}",
        remark.why
    );
    let named = assess_release_pair(
        &Request {
            config: Some(folder.join("backout.yaml")),
            ..request(&folder)
        },
        &|_| {},
    );
    assert!(matches!(named, Err(AssessError::Config(text)) if text.contains(":2:1")));
}

#[test]
fn without_a_working_tree_the_file_of_current_counts() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("repo");
    repository(
        &folder,
        &[
            &[("a.rs", "1")],
            &[("a.rs", "2"), ("backout.yaml", "service: pay\n")],
        ],
    );
    let bare = root.path().join("bare.git");
    git2::build::RepoBuilder::new()
        .bare(true)
        .clone(folder.to_str().unwrap(), &bare)
        .unwrap();
    let assessed = run(&request(&bare));
    assert_eq!(assessed.config.service.as_deref(), Some("pay"));
    assert_eq!(
        assessed.config_source.as_deref(),
        Some("backout.yaml of 2.0.0")
    );
}

#[test]
fn a_dependent_that_is_not_there_is_unchecked() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("repo");
    let openapi = "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths:\n  /a:\n    get: \
        {responses: {'200': {description: ok}}}\n";
    let more = format!("{openapi}  /b:\n    get: {{responses: {{'200': {{description: ok}}}}}}\n");
    let config = "dependents: [{name: shop, repository: ../shop}, {name: desk, copes: true}]\n";
    repository(
        &folder,
        &[
            &[("api/openapi.yaml", openapi)],
            &[("api/openapi.yaml", &more), ("backout.yaml", config)],
        ],
    );
    let assessment = run(&request(&folder)).assessment;
    assert!(
        assessment
            .unchecked
            .iter()
            .any(|entry| entry.what == "what shop uses"),
        "{:?}",
        assessment.unchecked
    );
    assert_eq!(
        assessment.facts["dependent[shop].uses"].value,
        FactValue::Unknown
    );
    assert_eq!(
        assessment.facts["dependent[desk].copes"].value,
        FactValue::word("yes")
    );
}

#[test]
fn declarations_of_a_published_package_are_a_contract_and_versions_in_the_field_are_searched() {
    let root = tempfile::tempdir().unwrap();
    let (folder, app) = (root.path().join("repo"), root.path().join("app"));
    // the version in the field uses it, the tip does not any more
    let taken = "import { verifyCard } from 'cards';\nverifyCard('7');\n";
    repository(
        &app,
        &[&[("src/pay.ts", taken)], &[("src/pay.ts", "pay();\n")]],
    );
    let old = "export declare function findCard(id: string): string;\n";
    let new = format!("{old}export declare function verifyCard(id: string): void;\n");
    let config = "dependents: [{name: app, repository: ../app, live: 2.0.0, in_field: [1.0.0]}]\n";
    let manifest = "{\"name\": \"cards\", \"types\": \"types/index.d.ts\"}";
    let source = [
        ("src/a.ts", "export function a(): void {}\n"),
        ("types/index.d.ts", old),
        ("package.json", manifest),
    ];
    repository(
        &folder,
        &[
            &source,
            &[
                ("src/a.ts", "export function b(): void {}\n"),
                ("types/index.d.ts", &new),
                ("backout.yaml", config),
            ],
        ],
    );
    let assessment = run(&request(&folder)).assessment;
    let paths: Vec<&str> = assessment
        .contracts
        .iter()
        .map(|contract| contract.path.as_str())
        .collect();
    assert_eq!(paths, ["types/index.d.ts"]);
    assert_eq!(
        assessment.facts["contract.way_back"].value,
        FactValue::word("breaking")
    );
    assert_eq!(
        assessment.facts["dependent[app].uses"].value,
        FactValue::word("yes"),
        "{:?}",
        assessment.contracts
    );
    assert_eq!(
        assessment.facts["dependent[app].can_go_back"].value,
        FactValue::word("no")
    );
    let place = &assessment.contracts[0].changes[0].used_by[0];
    assert_eq!(
        (place.dependent.as_str(), place.path.as_str()),
        ("app", "1.0.0 src/pay.ts")
    );
    assert!(
        !assessment
            .unchecked
            .iter()
            .any(|entry| entry.what == "interfaces without a contract file"),
        "{:?}",
        assessment.unchecked
    );
}

#[test]
fn reading_that_nobody_waits_for_ends_early() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("shop");
    repository(
        &folder,
        &[&[("app.py", "a = 1\n")], &[("app.py", "a = 2\n")]],
    );
    let request = request(&folder);
    // the sign is given at the first thing that is told
    let ended = assess_release_pair(&request, &|_| request.cancel.cancel());
    assert_eq!(
        ended.err().map(|error| error.to_string()).as_deref(),
        Some("the reading was stopped")
    );
    // what was read to its end is not touched by a sign that comes later
    let whole = request_of(&folder);
    let read = run(&whole);
    whole.cancel.cancel();
    assert!(
        read.repository
            .snapshot(&read.assessment.current)
            .unwrap()
            .read_text("app.py")
            .is_ok()
    );
}

fn request_of(folder: &Path) -> Request {
    Request {
        repository: folder.to_owned(),
        ..Request::default()
    }
}

#[test]
fn one_text_under_many_paths_is_searched_once_and_found_under_each() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("shop");
    let text = "db.query('SELECT lid FROM jars')\n";
    let paths: Vec<String> = (0..40).map(|n| format!("app/{n:02}/store.py")).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), text)).collect();
    repository(&folder, &[&files]);
    let open = backout::repository::Repository::open(&folder).unwrap();
    let release = open
        .find(&open.releases(&Default::default()).unwrap(), "v1.0.0")
        .unwrap();
    let tree = open.snapshot(&release).unwrap();
    let groups = backout::model::by_contents(tree.list().iter());
    assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [40]);
    let (hits, failed) = tree.search_many(&["jars".to_owned()], false, 100, &|path| {
        path.ends_with(".py")
    });
    assert!(failed.is_empty());
    assert_eq!(
        hits.iter().map(|hit| hit.path.as_str()).collect::<Vec<_>>(),
        paths.iter().map(String::as_str).collect::<Vec<_>>()
    );
}
