use super::*;

const GITHUB: &str = r#"[{"id":901,"sha":"bbbbbbbbbbbb","ref":"v1.1.21","environment":"production","created_at":"2026-02-03T10:10:00Z","production_environment":true,"transient_environment":false,
  "statuses":[{"state":"success","created_at":"2026-02-03T10:11:12Z"},{"state":"in_progress","created_at":"2026-02-03T10:10:05Z"}]},
 {"id":899,"sha":"aaaaaaaaaaaa","ref":"v1.1.20","environment":"production","created_at":"2026-01-20T09:00:00Z","production_environment":true,"statuses":[{"state":"success","created_at":"2026-01-20T09:05:00Z"}]},
 {"id":898,"sha":"cccccccccccc","ref":"main","environment":"staging","created_at":"2026-02-03T10:40:00Z","production_environment":false,"statuses":[{"state":"in_progress","created_at":"2026-02-03T10:40:05Z"}]}]"#;

#[test]
fn github_counts_the_newest_success_of_the_environment() {
    let report = parsed(GITHUB);
    assert_eq!(
        (report.kind, report.environments()),
        (LiveKind::GitHub, vec!["production", "staging"])
    );
    let (facts, notes) = known(&[report]);
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60")
    );
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("no")
    );
    assert_eq!(
        value(&facts, "deployment.environment").as_deref(),
        Some("production")
    );
    assert_eq!(
        value(&facts, "deployment.gate").as_deref(),
        Some("complete")
    );
    assert!(noted(
        &notes,
        "does not mark old production deployments inactive"
    ));
}

#[test]
fn github_without_statuses_knows_nothing_of_success() {
    let bare = r#"[{"id":901,"sha":"bbbbbbbbbbbb","ref":"v1.1.21","environment":"production","created_at":"2026-02-03T10:10:00Z","task":"deploy","statuses_url":"x"}]"#;
    let (facts, notes) = known(&[parsed(bare)]);
    assert!(noted(&notes, "have no status"));
    assert_eq!(value(&facts, "deployment.live_minutes"), None);
}

#[test]
fn github_through_graphql() {
    let text = r#"{"data":{"repository":{"deployments":{"nodes":[{"commitOid":"bbbbbbbbbbbb","environment":"production","createdAt":"2026-02-03T10:10:00Z","latestStatus":{"state":"IN_PROGRESS","createdAt":"2026-02-03T10:11:12Z"}}]}}}}"#;
    let (facts, _) = known(&[parsed(text)]);
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("yes")
    );
}

#[test]
fn a_deployment_that_failed_and_became_inactive_is_no_success() {
    let of = |first: &str| {
        let text = format!(
            r#"{{"data":{{"repository":{{"deployments":{{"nodes":[{{"commitOid":"aaaaaaaaaaaa","environment":"production","createdAt":"2026-01-20T09:00:00Z","statuses":{{"nodes":[{{"state":"INACTIVE","createdAt":"2026-01-21T09:00:00Z"}},{{"state":"{first}","createdAt":"2026-01-20T09:05:00Z"}}]}}}}]}}}}}}}}"#
        );
        parsed(&text).deployments[0].outcome
    };
    assert_eq!(of("FAILURE"), DeploymentOutcome::Unknown);
    assert_eq!(of("SUCCESS"), DeploymentOutcome::Success);
}

#[test]
fn an_old_commit_that_came_back_is_a_rehearsal() {
    let again = GITHUB.replace("[{\"id\":901", r#"[{"id":905,"sha":"aaaaaaaaaaaa","ref":"v1.1.20","environment":"production","created_at":"2026-02-03T10:50:00Z","task":"deploy","statuses":[{"state":"success","created_at":"2026-02-03T10:51:00Z"}]},{"id":901"#);
    let (facts, notes) = known(&[parsed(&again)]);
    assert_eq!(value(&facts, "rehearsal.days_since").as_deref(), Some("0"));
    assert!(noted(&notes, "1.1.20 is live already"));
    let (facts, _) = known(&[parsed(GITHUB)]);
    assert_eq!(value(&facts, "rehearsal.days_since"), None);
}

#[test]
fn gitlab_lists_and_single_environments() {
    let text = r#"[{"id":77,"iid":41,"ref":"main","sha":"bbbbbbbbbbbb","status":"success","created_at":"2026-02-03T10:10:00Z","updated_at":"2026-02-03T10:11:12Z","environment":{"name":"production","tier":"production"}},
      {"id":78,"iid":42,"ref":"main","sha":"dddddddddddd","status":"blocked","created_at":"2026-02-03T10:50:00Z","environment":{"name":"production"}}]"#;
    let (facts, notes) = known(&[parsed(text)]);
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60")
    );
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("yes")
    );
    assert!(noted(&notes, "waits for an approval"));
    let one = r#"{"id":3,"name":"production","last_deployment":{"iid":41,"ref":"v1.1.21","sha":"bbbbbbbbbbbb","status":"success","created_at":"2026-02-03T10:11:12Z"}}"#;
    let (facts, _) = known(&[parsed(one)]);
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("no")
    );
}

#[test]
fn neutral_lines_with_a_cut_end() {
    let text = "{\"env\":\"production\",\"version\":\"1.1.20\",\"at\":\"2026-01-20T09:00:00Z\",\"result\":\"success\",\"available\":true}\n{\"env\":\"production\",\"version\":\"1.1.21\",\"at\":1770113472,\"result\":\"success\",\"traffic\":20}\n{\"env\":\"prod";
    let report = parsed(text);
    assert_eq!(
        (report.kind, report.deployments[1].evidence.line),
        (LiveKind::Deploys, Some(1))
    );
    let (facts, notes) = known(&[report]);
    assert_eq!(
        value(&facts, "deployment.previous_available").as_deref(),
        Some("yes")
    );
    assert_eq!(value(&facts, "deployment.mixed").as_deref(), Some("yes"));
    assert!(noted(&notes, "Line 3"));
}

#[test]
fn targets_with_different_releases_are_mixed() {
    let text = r#"[{"env":"production","version":"1.1.20","target":"eu","at":"2026-01-20T09:00:00Z","result":"success"},{"env":"production","version":"1.1.20","target":"us","at":"2026-01-20T09:00:00Z","result":"success"},{"env":"production","version":"1.1.21","target":"eu","at":"2026-02-03T10:11:12Z","result":"success"}]"#;
    let (facts, _) = known(&[parsed(text)]);
    assert_eq!(value(&facts, "deployment.mixed").as_deref(), Some("yes"));
    let (facts, _) = known(&[parsed(&text.replace("\"us\"", "\"eu\""))]);
    assert_eq!(value(&facts, "deployment.mixed"), None);
}

#[test]
fn several_environments_need_a_name() {
    let text = GITHUB.replace("\"production\"", "\"blue\"");
    let report = parsed(&text);
    let (facts, notes) = known(std::slice::from_ref(&report));
    assert!(
        noted(&notes, "name one with --env") && value(&facts, "deployment.live_minutes").is_none()
    );
    let (previous, current) = (
        release("1.1.20", "aaaaaaaaaaaa"),
        release("1.1.21", "bbbbbbbbbbbb"),
    );
    let mut about = About::new(&previous, &current, time("2026-02-03T11:11:12Z"));
    about.environment = Some("Blue");
    assert_eq!(
        value(
            &super::derive_live_facts(std::slice::from_ref(&report), &about).0,
            "deployment.live_minutes"
        )
        .as_deref(),
        Some("60")
    );
    about.environment = Some("green");
    assert!(noted(
        &super::derive_live_facts(&[report], &about).1,
        "knows nothing of green"
    ));
}

#[test]
fn a_failed_deployment_leaves_doubt() {
    let text = r#"[{"env":"production","version":"1.1.20","at":"2026-01-20T09:00:00Z","result":"success"},{"env":"production","version":"1.1.21","at":"2026-02-03T10:11:12Z","result":"failed"}]"#;
    let (facts, notes) = known(&[parsed(text)]);
    let mixed = facts
        .iter()
        .find(|fact| fact.key == "deployment.mixed")
        .unwrap();
    assert_eq!(
        (mixed.value.to_string().as_str(), mixed.confidence),
        ("yes", model::Sureness::Low)
    );
    assert!(noted(&notes, "failed on the way"));
}

#[test]
fn another_service_is_not_taken_for_ours() {
    let text = r#"[{"env":"production","version":"7.0.0","at":"2026-02-03T10:11:12Z","result":"success"}]"#;
    let (facts, notes) = known(&[parsed(text)]);
    assert!(noted(&notes, "knows neither 1.1.20 nor 1.1.21"));
    assert_eq!(value(&facts, "deployment.live_minutes"), None);
}

#[test]
fn the_neutral_list_keeps_its_environments_apart() {
    let line = |env: &str, version: &str, at: &str| {
        format!(r#"{{"env":"{env}","version":"{version}","at":"{at}","result":"success"}}"#)
    };
    let text = [
        line("production", "1.1.20", "2026-01-20T09:00:00Z"),
        line("staging", "1.1.20", "2026-01-19T09:00:00Z"),
        line("production", "1.1.21", "2026-02-03T10:11:12Z"),
        line("staging", "1.1.22", "2026-02-03T10:50:00Z"),
    ]
    .join("\n");
    let report = parsed(&text);
    assert_eq!(report.environments(), ["production", "staging"]);
    let (facts, _) = known(&[report]);
    assert_eq!(
        (
            value(&facts, "deployment.live_minutes").as_deref(),
            value(&facts, "deployment.environment").as_deref()
        ),
        (Some("60"), Some("production"))
    );
}
