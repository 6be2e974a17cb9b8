//! Which deployments of a state file are of the two releases.

use super::gathered::About;
use super::{Deployment, same_commit, same_version};
use model::Release;

/// Whether a deployment is of a release.
pub(super) fn is_deployment_of_release(deployment: &Deployment, release: &Release) -> bool {
    // some tools put the commit where the version belongs
    let version = deployment.version.as_deref().map(|version| {
        same_version(version, release.version.as_raw()) || same_commit(version, &release.commit)
    });
    let commit = deployment
        .commit
        .as_deref()
        .map(|commit| same_commit(commit, &release.commit));
    match (commit, version) {
        // a commit that differs can still be the same release: a tag is moved, a build is repeated
        (Some(commit), _) => commit || version == Some(true),
        (None, version) => version == Some(true),
    }
}

// a unit that had neither release is another service in the same list
/// Deployments of the things the pair is about: a journal or a namespace holds others beside.
pub(super) fn filter_related_deployments<'a>(
    here: &[&'a Deployment],
    about: &About<'_>,
) -> Vec<&'a Deployment> {
    let named = |deployment: &&&Deployment| {
        is_deployment_of_release(deployment, about.current)
            || is_deployment_of_release(deployment, about.previous)
    };
    let units: std::collections::HashSet<Option<&str>> = here
        .iter()
        .filter(named)
        .map(|deployment| deployment.unit.as_deref())
        .collect();
    here.iter()
        .copied()
        .filter(|deployment| units.contains(&deployment.unit.as_deref()))
        .collect()
}

pub(super) fn name_deployment_target(deployment: &Deployment) -> &str {
    deployment
        .target
        .as_deref()
        .filter(|target| !target.is_empty())
        .unwrap_or("one target")
}
