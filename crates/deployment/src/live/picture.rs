//! One order over all deployments of a file, and which of them serves.

use super::{DEPLOYMENTS, Deployment, DeploymentOutcome, LiveReport};

/// Sorts newest first (files without times keep their order), bounds the list, and names the live
/// and the previous release where the file leaves no doubt.
pub(super) fn order_deployments(report: &mut LiveReport) {
    // a file without any time may be in the order that its tool gave it
    if report
        .deployments
        .iter()
        .any(|deployment| deployment.at.is_some())
    {
        report
            .deployments
            .sort_by_key(|deployment| std::cmp::Reverse(deployment.at));
    }
    if report.deployments.len() > DEPLOYMENTS {
        report.note(format!(
            "{} holds {} deployments; the newest {DEPLOYMENTS} are looked at",
            report.name,
            report.deployments.len()
        ));
        // cut after sorting, so the oldest go
        report.deployments.truncate(DEPLOYMENTS);
    }
    // two environments have a live release each
    if report.environments().len() > 1 {
        return;
    }
    let all: Vec<&Deployment> = report.deployments.iter().collect();
    let serving = find_live_deployments(&all);
    if let Some(first) = serving
        .first()
        // targets that differ have no one release: the facts say that they are mixed
        .filter(|first| serving.iter().all(|other| other.same_release(first)))
    {
        report.live_version = first.version.clone().or_else(|| first.commit.clone());
        report.previous_version = find_previous_deployment(&all, first).and_then(|deployment| {
            deployment
                .version
                .clone()
                .or_else(|| deployment.commit.clone())
        });
    }
}

/// Deployments by target, each newest first.
pub(super) fn by_target<'a>(deployments: &[&'a Deployment]) -> Vec<Vec<&'a Deployment>> {
    let mut groups: std::collections::BTreeMap<Option<&str>, Vec<&Deployment>> =
        std::collections::BTreeMap::new();
    for deployment in deployments {
        groups
            .entry(deployment.target.as_deref())
            .or_default()
            .push(deployment);
    }
    groups.into_values().collect()
}

/// What serves, one a target: what the source marks, else the newest that succeeded.
pub(super) fn find_live_deployments<'a>(deployments: &[&'a Deployment]) -> Vec<&'a Deployment> {
    by_target(deployments)
        .into_iter()
        .filter_map(|group| {
            let marked = group
                .iter()
                // a mark of the source outranks time: Helm and Octopus know what serves
                .find(|deployment| deployment.serving == Some(true))
                .copied();
            let ended = || {
                group.iter().find(|deployment| {
                    matches!(
                        deployment.outcome,
                        DeploymentOutcome::Success | DeploymentOutcome::Partial
                    ) && deployment.serving != Some(false)
                })
            };
            marked.or_else(|| ended().copied())
        })
        .collect()
}

/// The newest successful deployment of another release before `live`, on the same target.
pub(super) fn find_previous_deployment<'a>(
    deployments: &[&'a Deployment],
    live: &Deployment,
) -> Option<&'a Deployment> {
    deployments
        .iter()
        .filter(|deployment| deployment.target == live.target)
        .skip_while(|deployment| !std::ptr::eq(**deployment, live))
        .find(|deployment| {
            deployment.outcome == DeploymentOutcome::Success && !deployment.same_release(live)
        })
        .copied()
}

/// The first of the unbroken run of one release that ends in `live`: users have had it since then,
/// however often it was deployed again.
pub(super) fn find_first_of_same_release<'a>(
    deployments: &[&'a Deployment],
    live: &'a Deployment,
) -> &'a Deployment {
    let mut first = live;
    for deployment in deployments
        .iter()
        .filter(|deployment| deployment.target == live.target)
        .skip_while(|deployment| !std::ptr::eq(**deployment, live))
    {
        match deployment.outcome {
            DeploymentOutcome::Success | DeploymentOutcome::Partial
                if deployment.same_release(live) =>
            {
                first = deployment
            }
            DeploymentOutcome::Success | DeploymentOutcome::Partial => break,
            // an attempt that failed between two deployments of a release does not end its run
            _ => {}
        }
    }
    first
}
