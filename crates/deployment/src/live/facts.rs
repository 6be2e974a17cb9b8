//! Deployment facts out of state files, put beside the pair of releases and the clock.

use model::fact_key;

use super::gathered::{About, GatheredFacts};
use super::history::{add_past_rollback_facts, deployment_mode};
use super::picture::{by_target, find_first_of_same_release, find_live_deployments};
use super::retention::survive_next;
use super::{
    Deployment, DeploymentOutcome, LiveKind, LiveReport, Retention, same_commit, same_version,
};
use model::{Fact, FactValue, Release};

/// A run that began longer ago than this is more likely a status nobody closed.
const STALE_RUN_HOURS: i64 = 24;

/// The facts of all files and the notes about where they mislead. Files that contradict each other
/// give several facts of one key; which holds is not decided here.
pub fn derive_live_facts(reports: &[LiveReport], about: &About<'_>) -> (Vec<Fact>, Vec<String>) {
    let mut out = GatheredFacts {
        facts: Vec::new(),
        notes: Vec::new(),
    };
    let told = about
        .retention
        .or_else(|| reports.iter().find_map(|report| report.retention));
    let octopus = reports.iter().any(|report| {
        matches!(
            report.kind,
            LiveKind::Calamari
                | LiveKind::Octopus
                | LiveKind::OctopusVariables
                | LiveKind::OctopusProcess
        )
    });
    for report in reports {
        let from = out.facts.len();
        out.notes.extend(report.notes.iter().cloned());
        out.facts.extend(report.facts.iter().cloned());
        add_report_facts(report, about, told, &mut out);
        for fact in &mut out.facts[from..] {
            // minutes are counted up to now; the rest is as old as the file
            let observed = report
                .observed_at
                .filter(|_| fact.key != fact_key::DEPLOYMENT_LIVE_MINUTES);
            fact.at = fact.at.or(observed).or(Some(about.now));
        }
    }
    if octopus {
        deployment_mode(about, &mut out);
    }
    out.facts.dedup();
    let mut seen = std::collections::HashSet::new();
    out.notes.retain(|note| seen.insert(note.clone()));
    (out.facts, out.notes)
}

/// Whether a deployment is of a release.
pub(super) fn is_deployment_of_release(deployment: &Deployment, release: &Release) -> bool {
    let version = deployment.version.as_deref().map(|version| {
        same_version(version, &release.version) || same_commit(version, &release.commit)
    });
    let commit = deployment
        .commit
        .as_deref()
        .map(|commit| same_commit(commit, &release.commit));
    match (commit, version) {
        (Some(commit), _) => commit || version == Some(true),
        (None, version) => version == Some(true),
    }
}

fn add_report_facts(
    report: &LiveReport,
    about: &About<'_>,
    told: Option<Retention>,
    out: &mut GatheredFacts,
) {
    add_past_rollback_facts(report, about, out);
    let Some(chosen) = choose_report_environment(report, about, out) else {
        return;
    };
    let title = report.kind.title();
    let here: Vec<&Deployment> = report
        .deployments
        .iter()
        .filter(|deployment| {
            chosen
                .as_deref()
                .is_none_or(|name| deployment.environment.as_deref() == Some(name))
        })
        .collect();
    let ours = filter_related_deployments(&here, about);
    if here.is_empty() {
        return;
    }
    if ours.is_empty() {
        out.notes.push(format!(
            "{} knows neither {} nor {}: is it the right service, or are releases named otherwise there?",
            report.name, about.previous.version, about.current.version
        ));
        return;
    }
    let from = out.facts.len();
    of_units(report, &ours, out);
    let said: std::collections::HashSet<String> = report
        .facts
        .iter()
        .chain(&out.facts[from..])
        .map(|fact| fact.key.clone())
        .collect();
    if !said.contains(fact_key::DEPLOYMENT_IN_PROGRESS) {
        add_running_facts(report, about, &ours, title, out);
    }
    let now_live = find_live_deployments(&ours);
    let on_current: Vec<&Deployment> = now_live
        .iter()
        .copied()
        .filter(|deployment| is_deployment_of_release(deployment, about.current))
        .collect();
    if !said.contains(fact_key::DEPLOYMENT_MIXED) {
        add_mixed_version_facts(&now_live, &ours, title, out);
    }
    if on_current.is_empty() {
        if let Some(other) = now_live.first() {
            let back = is_deployment_of_release(other, about.previous);
            out.notes.push(if back {
                format!("{title} says {} is live already: going back may have happened, or {} never got there", about.previous.version, about.current.version)
            } else {
                format!("{title} says {} is live, neither {} nor {}: check the pair of releases", other.label(), about.previous.version, about.current.version)
            });
        }
    } else {
        live_since(about, &ours, &on_current, title, out);
    }
    add_previous_release_facts(report, about, &ours, told, &said, out);
    add_gate_fact(&ours, &now_live, about, title, out);
}

/// The environment of a file that the question is about, as [`facts`] chooses it.
pub(super) fn chosen_environment(report: &LiveReport, about: &About<'_>) -> Option<Option<String>> {
    choose_report_environment(
        report,
        about,
        &mut GatheredFacts {
            facts: Vec::new(),
            notes: Vec::new(),
        },
    )
}

/// The environment of a file that the question is about: `Some(None)` when the file names none.
fn choose_report_environment(
    report: &LiveReport,
    about: &About<'_>,
    out: &mut GatheredFacts,
) -> Option<Option<String>> {
    let names = report.environments();
    let chosen = match (about.environment, names.as_slice()) {
        (_, []) => return Some(None),
        (Some(wanted), names) => names
            .iter()
            .find(|name| name.eq_ignore_ascii_case(wanted))
            .or_else(|| {
                names
                    .iter()
                    .find(|name| is_production_name(name) && is_production_name(wanted))
            })
            .copied(),
        (None, [only]) => Some(*only),
        (None, names) => {
            let mut candidates = names.iter().filter(|name| is_production_name(name));
            candidates
                .next()
                .filter(|_| candidates.next().is_none())
                .copied()
        }
    };
    // ids such as `Environments-3` say nothing about which environment it is
    let opaque = names.iter().all(|name| name.starts_with("Environments-"));
    match chosen {
        Some(name) => {
            if let Some(kind) = kind_of(name) {
                out.word(
                    fact_key::DEPLOYMENT_ENVIRONMENT,
                    kind,
                    format!("{} is about {name}", report.name),
                    &[],
                );
            }
            Some(Some(name.to_owned()))
        }
        None if opaque && names.len() == 1 => Some(None),
        None => {
            out.notes.push(match about.environment {
                Some(wanted) => format!(
                    "{} knows nothing of {wanted}; it has {}",
                    report.name,
                    names.join(", ")
                ),
                None => format!(
                    "{} has several environments ({}); name one with --env",
                    report.name,
                    names.join(", ")
                ),
            });
            None
        }
    }
}

fn is_production_name(name: &str) -> bool {
    kind_of(name) == Some("production")
}

pub(super) fn kind_of(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let some = |list: &[&str]| {
        words
            .iter()
            .any(|word| list.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
    };
    if some(&[
        "test",
        "testing",
        "qa",
        "dev",
        "development",
        "staging",
        "stage",
        "stg",
        "uat",
        "preview",
        "review",
        "sandbox",
        "preprod",
        "integration",
        "int",
        "pre",
        "nonprod",
    ]) {
        Some("test")
    } else if some(&["production", "prod", "prd", "live", "gprd"]) {
        Some("production")
    } else {
        None
    }
}

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

/// Facts and notes of the units the pair is about. Where they differ within one file, the one that
/// needs attention stays.
fn of_units(report: &LiveReport, ours: &[&Deployment], out: &mut GatheredFacts) {
    let units: std::collections::HashSet<&str> = ours
        .iter()
        .filter_map(|deployment| deployment.unit.as_deref())
        .collect();
    let mut kept: std::collections::BTreeMap<&str, &Fact> = std::collections::BTreeMap::new();
    for (_, fact) in report
        .unit_facts
        .iter()
        .filter(|(unit, _)| units.contains(unit.as_str()))
    {
        let known = kept.entry(&fact.key).or_insert(fact);
        let calm = |fact: &Fact| {
            matches!(
                (fact.key.as_str(), fact.value.as_word()),
                (
                    fact_key::DEPLOYMENT_IN_PROGRESS | fact_key::DEPLOYMENT_MIXED,
                    Some("no")
                )
            )
        };
        if calm(known) && !calm(fact) {
            *known = fact;
        }
    }
    out.facts.extend(kept.into_values().cloned());
    out.notes.extend(
        report
            .unit_notes
            .iter()
            .filter(|(unit, _)| units.contains(unit.as_str()))
            .map(|(_, note)| note.clone())
            .take(super::NOTES),
    );
}

fn add_running_facts(
    report: &LiveReport,
    about: &About<'_>,
    ours: &[&Deployment],
    title: &str,
    out: &mut GatheredFacts,
) {
    // an older run that something newer overtook is over, whatever its status says
    let under_way: Vec<&Deployment> = by_target(ours)
        .into_iter()
        .filter_map(|group| {
            group.into_iter().find(|deployment| {
                !matches!(
                    deployment.outcome,
                    DeploymentOutcome::Unknown | DeploymentOutcome::Canceled
                )
            })
        })
        .filter(|deployment| {
            matches!(
                deployment.outcome,
                DeploymentOutcome::Running | DeploymentOutcome::Waiting
            )
        })
        .collect();
    if let Some(first) = under_way.first() {
        let waits = if first.outcome == DeploymentOutcome::Waiting {
            "waits for a person"
        } else {
            "is being deployed"
        };
        let stale = first
            .at
            .is_some_and(|at| about.now.duration_since(at).as_hours() >= STALE_RUN_HOURS);
        let fact = out.word(
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "yes",
            format!("{title}: {} {waits}", first.label()),
            &under_way,
        );
        if stale {
            fact.confidence = model::Sureness::Low;
            out.notes.push(format!("{title} says that {} has been running for over a day; a status that nobody closed looks the same", first.label()));
        }
        return;
    }
    let reports_runs = matches!(
        report.kind,
        LiveKind::GitHub
            | LiveKind::GitLab
            | LiveKind::Octopus
            | LiveKind::Heroku
            | LiveKind::Fly
            | LiveKind::CodeDeploy
            | LiveKind::Nomad
    );
    if reports_runs
        && ours
            .iter()
            .any(|deployment| deployment.outcome == DeploymentOutcome::Success)
    {
        out.word(
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "no",
            format!("{title} shows nothing running"),
            &ours[..1.min(ours.len())],
        );
    }
}

fn add_mixed_version_facts(
    now_live: &[&Deployment],
    ours: &[&Deployment],
    title: &str,
    out: &mut GatheredFacts,
) {
    // different packages or workloads have versions of their own; one thing on several targets must
    // not
    let mut several = false;
    let mut first_of: std::collections::HashMap<Option<&str>, &Deployment> =
        std::collections::HashMap::new();
    for deployment in now_live {
        let first = *first_of
            .entry(deployment.unit.as_deref())
            .or_insert(deployment);
        several |= !std::ptr::eq(first, *deployment);
        if !std::ptr::eq(first, *deployment) && !first.same_release(deployment) {
            let source = format!(
                "{title}: {} on {}, {} on {}",
                first.label(),
                name_deployment_target(first),
                deployment.label(),
                name_deployment_target(deployment)
            );
            out.word(
                fact_key::DEPLOYMENT_MIXED,
                "yes",
                source,
                &[first, deployment],
            );
            return;
        }
    }
    if let Some(part) = now_live.iter().find(|deployment| {
        deployment.outcome == DeploymentOutcome::Partial
            || deployment
                .traffic
                .is_some_and(|share| share > 0.0 && share < 100.0)
    }) {
        out.word(
            fact_key::DEPLOYMENT_MIXED,
            "yes",
            format!("{title}: {} is deployed only in part", part.label()),
            &[part],
        );
        return;
    }
    let half = by_target(ours).into_iter().find_map(|group| {
        let newest = group.into_iter().find(|deployment| {
            !matches!(
                deployment.outcome,
                DeploymentOutcome::Unknown | DeploymentOutcome::Canceled
            )
        })?;
        (newest.outcome == DeploymentOutcome::Failed).then_some(newest)
    });
    match half {
        Some(failed) => {
            let source = format!(
                "{title}: the newest deployment, {}, failed on the way",
                failed.label()
            );
            out.word(fact_key::DEPLOYMENT_MIXED, "yes", source, &[failed])
                .confidence = model::Sureness::Low;
            out.notes.push(format!(
                "{title}: {} failed on the way; look up which steps ran, and on which targets",
                failed.label()
            ));
        }
        None if several => {
            out.word(
                fact_key::DEPLOYMENT_MIXED,
                "no",
                format!("{title}: every target runs {}", now_live[0].label()),
                &now_live[..now_live.len().min(3)],
            );
        }
        None => {}
    }
}

fn name_deployment_target(deployment: &Deployment) -> &str {
    deployment
        .target
        .as_deref()
        .filter(|target| !target.is_empty())
        .unwrap_or("one target")
}

fn live_since(
    about: &About<'_>,
    ours: &[&Deployment],
    on_current: &[&Deployment],
    title: &str,
    out: &mut GatheredFacts,
) {
    // users have it since the first target had it
    let first = on_current
        .iter()
        .map(|deployment| find_first_of_same_release(ours, deployment))
        .filter(|deployment| deployment.at.is_some())
        .min_by_key(|deployment| deployment.at);
    let Some((first, at)) = first.and_then(|first| Some((first, first.at?))) else {
        return;
    };
    let minutes = about.now.duration_since(at).as_mins();
    if minutes < 0 {
        out.notes.push(format!(
            "{title} says {} was deployed in the future: a clock or a time zone is wrong",
            about.current.version
        ));
        return;
    }
    out.add(
        fact_key::DEPLOYMENT_LIVE_MINUTES,
        FactValue::Number(minutes as f64),
        format!("{title}: {} is live since {at}", about.current.version),
        &[first],
    );
    if on_current
        .iter()
        .any(|deployment| !std::ptr::eq(*deployment, first) && deployment.target == first.target)
    {
        out.notes
            .push(format!("{title}: {} was deployed more than once in a row; the first time counts for how long users have had it", about.current.version));
    }
}

fn add_previous_release_facts(
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
        if ours
            .iter()
            .any(|deployment| is_deployment_of_release(deployment, about.current))
            && report.kind != LiveKind::OctopusVariables
        {
            out.notes.push(format!("{title} has no trace of {version}: it was never deployed there, or its entry is gone"));
            if matches!(report.kind, LiveKind::Helm | LiveKind::Kubernetes)
                && !said.contains(fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE)
            {
                out.word(
                    fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE,
                    "no",
                    format!("{title} holds no revision of {version}"),
                    &[],
                )
                .confidence = model::Sureness::Low;
            }
            if report.kind == LiveKind::Calamari {
                out.word(
                    fact_key::DEPLOYMENT_PREVIOUS_INSTALLED,
                    "no",
                    format!("the journal has no entry of {version}"),
                    &[],
                );
            }
        }
        return;
    }
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
        if description.contains(&report.kind) {
            out.notes
                .push(format!("{title} holds the description of {version}, not its image: look in the registry that the tag is still there and was not moved"));
        }
    }
    match report.kind {
        LiveKind::Calamari => add_calamari_folder_facts(about, ours, &found, told, out),
        LiveKind::ArgoRollouts => {}
        _ => {
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
    out.notes.push(format!("The journal does not prove that the folder of {version} exists: look on the target before you rely on it"));
    match told {
        Some(retention) if !lost.is_empty() => {
            let why = if matches!(retention, Retention::Days(_)) { "; by days no previous release is spared" } else { "" };
            out.notes
                .push(format!("Retention ({}) removes {version} from its target with the next deployment, whichever release that is{why}", retention.words()));
        }
        None => out.notes.push(format!(
            "How long targets keep releases is not in the journal: by days, the deployment of {} may itself have removed {version}",
            about.current.version
        )),
        _ => {}
    }
}

fn add_gate_fact(
    ours: &[&Deployment],
    now_live: &[&Deployment],
    about: &About<'_>,
    title: &str,
    out: &mut GatheredFacts,
) {
    let busy = out.facts.iter().any(|fact| {
        matches!(
            fact.key.as_str(),
            fact_key::DEPLOYMENT_IN_PROGRESS | fact_key::DEPLOYMENT_MIXED
        ) && fact.value.as_word() == Some("yes")
    });
    let newest_good = by_target(ours).iter().all(|group| {
        group
            .iter()
            .find(|one| one.outcome != DeploymentOutcome::Unknown)
            .is_some_and(|one| one.outcome == DeploymentOutcome::Success)
    });
    if !busy
        && newest_good
        && !now_live.is_empty()
        && now_live
            .iter()
            .all(|deployment| is_deployment_of_release(deployment, about.current))
    {
        out.word(
            fact_key::DEPLOYMENT_GATE,
            "complete",
            format!(
                "{title}: {} is out and nothing is running",
                about.current.version
            ),
            &now_live[..1],
        );
    }
}
