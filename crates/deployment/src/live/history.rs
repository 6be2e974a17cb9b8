//! What the history says about going back: whether it was done before, and what Octopus would call
//! it.

use super::gathered::{About, GatheredFacts};
use super::picture::find_previous_deployment;
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveReport, compare_deployed_release};
use model::FactValue;
use model::fact_key;

/// History that went backwards: somebody rolled back before, in any environment.
pub(super) fn add_past_rollback_facts(
    report: &LiveReport,
    about: &About<'_>,
    out: &mut GatheredFacts,
) {
    let good: Vec<&Deployment> = report
        .deployments
        .iter()
        // a way back that failed rehearsed nothing
        .filter(|deployment| {
            deployment.outcome == DeploymentOutcome::Success && deployment.at.is_some()
        })
        .collect();
    // side by side, two environments look like going back and forth
    let mut by_place: std::collections::BTreeMap<(Option<&str>, Option<&str>), Vec<&Deployment>> =
        std::collections::BTreeMap::new();
    for deployment in &good {
        by_place
            .entry((
                deployment.environment.as_deref(),
                deployment.target.as_deref(),
            ))
            .or_default()
            .push(deployment);
    }
    let back = by_place
        .values()
        .flat_map(|group| find_backward_deployments(group))
        .max_by_key(|deployment| deployment.at);
    let Some((back, at)) = back.and_then(|back| Some((back, back.at?))) else {
        return;
    };
    let days = about.now.duration_since(at).as_hours() / 24;
    // a clock that is wrong must not count as rehearsed today
    if days < 0 {
        return;
    }
    let place = back
        .environment
        .as_deref()
        .map_or(String::new(), |name| format!(" in {name}"));
    let from = find_previous_deployment(&good, back)
        .map_or(String::new(), |from| format!(" after {}", from.label()));
    out.add(
        fact_key::REHEARSAL_DAYS_SINCE,
        FactValue::Number(days as f64),
        format!(
            "{}: {} came back{from}{place}",
            report.kind.title(),
            back.label()
        ),
        &[back],
    );
}

/// Deployments that replaced a newer release: one that was seen first after they were. Newest
/// first.
fn find_backward_deployments<'a>(group: &[&'a Deployment]) -> Vec<&'a Deployment> {
    // `v1.2` in one line and `1.2` in the next are no change of release
    let name = |deployment: &Deployment| match (&deployment.version, &deployment.commit) {
        (Some(version), _) => super::version::strip_version_prefix(version),
        (None, commit) => commit
            .as_deref()
            .map(|commit| {
                commit
                    // lists write seven digits or forty
                    .chars()
                    .take(7)
                    .collect::<String>()
                    .to_ascii_lowercase()
            })
            .unwrap_or_default(),
    };
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut found = Vec::new();
    let mut before: Option<(String, usize)> = None;
    for (order, deployment) in group.iter().rev().enumerate() {
        let name = name(deployment);
        let first = *seen.entry(name.clone()).or_insert(order);
        let older = before
            .as_ref()
            .is_some_and(|(other, other_first)| *other != name && first < *other_first);
        // the second sign is for tools that have no word for it
        if deployment.mode == Some(DeploymentMode::Rollback) || older {
            found.push(*deployment);
        }
        before = Some((name, first));
    }
    found
}

/// How Octopus would call the way back, where that is not what one would expect.
pub(super) fn deployment_mode(about: &About<'_>, out: &mut GatheredFacts) {
    let found = compare_deployed_release(
        Some(about.current.version.as_raw()),
        about.previous.version.as_raw(),
    );
    match found.mode {
        Some(DeploymentMode::Rollback) => {}
        Some(other) => out.notes.push(format!(
            "Octopus would call going from {} to {} a {}, not a Rollback: steps that run only on \
                rollback stay out",
            about.current.version,
            about.previous.version,
            other.word()
        )),
        None => out.notes.push(format!(
            "Octopus cannot compare {} with {}: the step that calculates the deployment mode fails",
            about.current.version, about.previous.version
        )),
    }
    // numbers are compared, never packages or commits: a fix from an older line counts as a
    // rollback on its way out
    if compare_deployed_release(
        Some(about.previous.version.as_raw()),
        about.current.version.as_raw(),
    )
    .mode
        == Some(DeploymentMode::Rollback)
    {
        out.notes.push(format!(
            "Octopus compares release numbers, not packages: {} is lower than {}, so its \
                deployment counted as a Rollback, and steps that run only on Deploy, such as the \
                database step, were left out",
            about.current.version, about.previous.version
        ));
    }
    out.notes.extend(
        found
            .quirks
            .iter()
            .map(|quirk| format!("Deployment mode: {quirk}")),
    );
}
