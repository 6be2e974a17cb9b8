//! Files of pipelines: what deploys previous again may be today's, not the one of then.

/// Folders and files of pipelines: what deploys previous again may be today's, not the one of then.
const PIPELINE_FOLDERS: [&str; 4] = [
    ".github/workflows/",
    ".circleci/",
    ".buildkite/",
    ".gitlab/ci/",
];

const PIPELINE_FILES: [&str; 6] = [
    ".gitlab-ci.",
    "jenkinsfile",
    "azure-pipelines.",
    "bitbucket-pipelines.",
    ".drone.",
    "cloudbuild.",
];

/// Looked at for every changed file, so nothing is copied.
pub(super) fn is_pipeline_path(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let starts = |start: &&str| {
        name.get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    PIPELINE_FOLDERS
        .iter()
        .any(|folder| path.starts_with(folder))
        || PIPELINE_FILES.iter().any(starts)
}
