//! `infrastructure/pipeline-changed`.

use super::changes::list_infrastructure_changes;
use crate::check::{
    SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding, join_shortened_names,
};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/pipeline-changed",
    title: "The pipeline itself changed",
    domain: Domain::Infrastructure,
    direction: Direction::Both,
    looks_for: "Changed definitions of build and deployment pipelines: GitHub workflows, GitLab CI, Jenkinsfiles, Azure pipelines, CircleCI, Buildkite and others.",
    why: "Building the previous release again runs the pipeline as it was in the previous release, which may no longer fit today's runners, secrets or targets.",
    action: "Redeploy the artifact that was built then rather than building it again.",
    example: ".github/workflows/deploy.yml differs between the two releases.",
    source: "The guide (`backout guide 7`): redeploying runs the deployment process as it existed when the release was created.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_pipeline_changes, make_fixtures())
        }),
    },
    run: find_pipeline_changes,
};

fn find_pipeline_changes(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let paths: Vec<&str> = list_infrastructure_changes(look)
        .map(|change| change.path.as_str())
        .filter(|path| is_pipeline_file(path))
        .collect();
    if paths.is_empty() {
        return Vec::new();
    }
    let says = format!(
        "{} {} between {} and {}",
        join_shortened_names(&paths),
        if paths.len() == 1 {
            "differs"
        } else {
            "differ"
        },
        look.range.previous_version,
        look.range.current_version
    );
    let subject = if paths.len() == 1 {
        paths[0].to_owned()
    } else {
        format!("{} pipeline files", paths.len())
    };
    let places = paths.iter().take(12).map(|path| Evidence {
        path: Some((*path).into()),
        ..Evidence::default()
    });
    // which artifact goes back is asked elsewhere; this only says why not to build it again
    vec![build_check_finding(&DOC, Severity::Notes, Confidence::Proven, subject, says).at(places)]
}

fn is_pipeline_file(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    [
        ".github/workflows/",
        ".gitlab/ci/",
        ".gitea/workflows/",
        ".forgejo/workflows/",
        ".circleci/",
        ".buildkite/",
        ".octopus/",
        ".azure-pipelines/",
    ]
    .iter()
    .any(|folder| lower.starts_with(folder))
        || [
            ".gitlab-ci",
            "jenkinsfile",
            "azure-pipelines",
            "bitbucket-pipelines",
            "buildspec",
            "cloudbuild",
            ".drone",
            ".woodpecker",
            "appveyor",
            ".travis",
            "appspec",
        ]
        .iter()
        .any(|start| name.starts_with(start))
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    (
        Fixture::of(
            ".github/workflows/deploy.yml",
            FileKind::Infrastructure,
            "a",
            "b",
        ),
        Fixture::of("Makefile", FileKind::Infrastructure, "a", "b"),
    )
}
