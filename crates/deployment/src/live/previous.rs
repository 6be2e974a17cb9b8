//! What state files say of the release that one would go back to.

use super::gathered::{About, GatheredFacts};
use super::of_release::{is_deployment_of_release, name_deployment_target};
use super::picture::by_target;
use super::retention::survive_next;
use super::{Deployment, DeploymentOutcome, LiveKind, LiveReport, Retention};
use model::fact_key;

pub(super) fn add_previous_release_facts(
    report: &LiveReport,
    about: &About<'_>,
    ours: &[&Deployment],
    told: Option<Retention>,
    said: &std::collections::HashSet<String>,
    out: &mut GatheredFacts,
) {
    let title = report.kind.title();
    let found: Vec<&Deployment> = ours
        .iter()
        .copied()
        .filter(|deployment| is_deployment_of_release(deployment, about.previous))
        .collect();
    let version = &about.previous.version;
    if found.is_empty() {
        tell_missing_previous(report, about, ours, said, out);
        return;
    }
    judge_previous_release(title, version.as_raw(), ours, &found, out);
    tell_previous_artifact(report.kind, version.as_raw(), &found, said, out);
    // a journal's folders are judged per target
    match report.kind {
        LiveKind::Calamari => add_calamari_folder_facts(about, ours, &found, told, out),
        LiveKind::ArgoRollouts => {}
        _ => {
            tell_previous_installation(title, version.as_raw(), &found, out);
        }
    }
}

fn tell_missing_previous(
    report: &LiveReport,
    about: &About<'_>,
    ours: &[&Deployment],
    said: &std::collections::HashSet<String>,
    out: &mut GatheredFacts,
) {
    let (title, version) = (report.kind.title(), &about.previous.version);
    if ours
        .iter()
        .any(|deployment| is_deployment_of_release(deployment, about.current))
        // the variables of one deployment hold one release by nature
        && report.kind != LiveKind::OctopusVariables
    {
        out.notes.push(format!(
            "{title} has no trace of {version}: it was never deployed there, or its entry is gone"
        ));
        // these two list what an undo can reach, so what is not listed cannot be reached
        if matches!(report.kind, LiveKind::Helm | LiveKind::Kubernetes)
            && !said.contains(fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE)
        {
            out.word(
                fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE,
                "no",
                format!("{title} holds no revision of {version}"),
                &[],
            )
            // the list may be cut by a limit of its own (`--max`, `revisionHistoryLimit`)
            .confidence = model::Sureness::Low;
        }
        // the agent finds a package through the journal, so without an entry it is not found
        if report.kind == LiveKind::Calamari {
            out.word(
                fact_key::DEPLOYMENT_PREVIOUS_INSTALLED,
                "no",
                format!("the journal has no entry of {version}"),
                &[],
            );
        }
    }
}

/// Whether it was good while it was live.
fn judge_previous_release(
    title: &str,
    version: &str,
    ours: &[&Deployment],
    found: &[&Deployment],
    out: &mut GatheredFacts,
) {
    // a mark by a person outranks that its deployment once succeeded
    if let Some(bad) = found.iter().find(|deployment| deployment.defective) {
        out.word(
            fact_key::DEPLOYMENT_PREVIOUS_GOOD,
            "no",
            format!("{title} marks {version} as defective"),
            &[bad],
        );
    } else if let Some(good) = found.iter().find(|deployment| {
        deployment.outcome == DeploymentOutcome::Success && deployment.at.is_some()
    }) {
        let fact = out.word(
            fact_key::DEPLOYMENT_PREVIOUS_GOOD,
            "yes",
            format!("{title}: {version} was deployed with success"),
            &[good],
        );
        // a deployment that ended well says little about the weeks after it
        fact.confidence = if replaced_at_once(ours, good) {
            model::Sureness::Low
        } else {
            model::Sureness::High
        };
    } else if let Some(bad) = found
        .iter()
        .find(|deployment| deployment.outcome == DeploymentOutcome::Failed)
    {
        out.word(
            fact_key::DEPLOYMENT_PREVIOUS_GOOD,
            "no",
            format!("{title}: {version} was deployed and failed"),
            &[bad],
        );
    }
}

/// Whether what it was deployed from is still there.
fn tell_previous_artifact(
    kind: LiveKind,
    version: &str,
    found: &[&Deployment],
    said: &std::collections::HashSet<String>,
    out: &mut GatheredFacts,
) {
    let title = kind.title();
    // one target without it is enough: going back has to work everywhere
    if let Some(gone) = found
        .iter()
        .find(|deployment| deployment.available == Some(false))
    {
        out.word(
            fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE,
            "no",
            format!("{title}: the artifact of {version} is gone"),
            &[gone],
        );
    } else if let Some(there) = found
        .iter()
        .find(|deployment| deployment.available == Some(true))
    {
        if !said.contains(fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE) {
            out.word(
                fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE,
                "yes",
                format!("{title} still holds {version}"),
                &[there],
            );
        }
        let description = [
            LiveKind::Kubernetes,
            LiveKind::Helm,
            LiveKind::ArgoRollouts,
            LiveKind::Ecs,
            LiveKind::Nomad,
            LiveKind::Swarm,
            LiveKind::Fly,
        ];
        // these keep a manifest that names an image: a registry cleans by rules of its own
        if description.contains(&kind) {
            out.notes.push(format!(
                "{title} holds the description of {version}, not its image: look in \
                    the registry that the tag is still there and was not moved"
            ));
        }
    }
}

/// Whether it still lies on its targets.
fn tell_previous_installation(
    title: &str,
    version: &str,
    found: &[&Deployment],
    out: &mut GatheredFacts,
) {
    let installed: Vec<&Deployment> = found
        .iter()
        .copied()
        .filter(|deployment| deployment.installed.is_some())
        .collect();
    let all = installed
        .iter()
        .all(|deployment| deployment.installed == Some(true));
    if let Some(first) = installed.first() {
        out.word(
            fact_key::DEPLOYMENT_PREVIOUS_INSTALLED,
            if all { "yes" } else { "no" },
            format!(
                "{title}: {version} {} installed",
                if all { "is still" } else { "is not" }
            ),
            &[first],
        );
    }
}

/// Another release took its place within an hour.
fn replaced_at_once(ours: &[&Deployment], good: &Deployment) -> bool {
    let next = ours
        .iter()
        .filter(|other| {
            other.target == good.target && other.at > good.at && !other.same_release(good)
        })
        .filter_map(|other| other.at)
        .min();
    good.at
        .zip(next)
        // who replaces a release within the hour seldom does so because it was good
        .is_some_and(|(at, next)| next.duration_since(at).as_mins() < 60)
}

/// Calamari: is the folder still there, now and after the next deployment?
fn add_calamari_folder_facts(
    about: &About<'_>,
    ours: &[&Deployment],
    found: &[&Deployment],
    told: Option<Retention>,
    out: &mut GatheredFacts,
) {
    let version = &about.previous.version;
    let (mut lost, mut missing) = (Vec::new(), Vec::new());
    for group in by_target(ours) {
        // the agent takes the newest entry of that version, and it must have succeeded
        match group
            .iter()
            .position(|deployment| is_deployment_of_release(deployment, about.previous))
        {
            Some(at) if group[at].installed == Some(true) => {
                if told.is_some_and(|retention| !survive_next(&group, retention, about.now)[at]) {
                    lost.push(group[at]);
                }
            }
            Some(at) => missing.push(group[at]),
            // a target that never had it has nothing to go back to
            None => missing.extend(group.first().copied()),
        }
    }
    match missing.first() {
        Some(first) => out.word(
            fact_key::DEPLOYMENT_PREVIOUS_INSTALLED,
            "no",
            format!(
                "the journal has no good entry of {version} for {}",
                name_deployment_target(first)
            ),
            &missing,
        ),
        None => out.word(
            fact_key::DEPLOYMENT_PREVIOUS_INSTALLED,
            "yes",
            format!("the journal still names {version}"),
            found,
        ),
    };
    out.notes.push(format!(
        "The journal does not prove that the folder of {version} exists: look \
        on the target before you rely on it"
    ));
    match told {
        Some(retention) if !lost.is_empty() => {
            let why = if matches!(retention, Retention::Days(_)) {
                "; by days no previous release \
                is spared"
            } else {
                ""
            };
            out.notes.push(format!(
                "Retention ({}) removes {version} from its target with the next \
                    deployment, whichever release that is{why}",
                retention.words()
            ));
        }
        None => out.notes.push(format!(
            "How long targets keep releases is not in the journal: by days, the deployment of {} \
                may itself have removed {version}",
            about.current.version
        )),
        _ => {}
    }
}
