//! Deployment facts out of state files, put beside the pair of releases and the clock.

use super::environment::choose_report_environment;
use super::of_release::{
    filter_related_deployments, is_deployment_of_release, name_deployment_target,
};
use super::previous::add_previous_release_facts;
use model::fact_key;

use super::gathered::{About, GatheredFacts};
use super::history::{add_past_rollback_facts, deployment_mode};
use super::picture::{by_target, find_first_of_same_release, find_live_deployments};
use super::{Deployment, DeploymentOutcome, LiveKind, LiveReport, Retention};
use model::{Fact, FactValue};

// a roll-out with its waits for a person ends within the day
/// A run that began longer ago than this is more likely a status nobody closed.
const STALE_RUN_HOURS: i64 = 24;

/// The facts of all files and the notes about where they mislead. Files that contradict each other
/// give several facts of one key; which holds is not decided here.
pub fn derive_live_facts(reports: &[LiveReport], about: &About<'_>) -> (Vec<Fact>, Vec<String>) {
    let mut out = GatheredFacts {
        facts: Vec::new(),
        notes: Vec::new(),
    };
    // what somebody says in backout.yaml or on the command line outranks a file
    let told = about
        .retention
        .or_else(|| reports.iter().find_map(|report| report.retention));
    // the mode of a deployment is a notion of Octopus alone
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
        // after the file's own facts: what is derived must not contradict what its reader saw
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
    // every target and every file may say the same
    out.facts.dedup();
    let mut seen = std::collections::HashSet::new();
    out.notes.retain(|note| seen.insert(note.clone()));
    (out.facts, out.notes)
}

fn add_report_facts(
    report: &LiveReport,
    about: &About<'_>,
    told: Option<Retention>,
    out: &mut GatheredFacts,
) {
    add_past_rollback_facts(report, about, out);
    let Some(chosen) = choose_report_environment(report, about, out) else {
        // which environment is not known, and facts of another one are worse than none
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
    // the file is about something else, so its silence about our releases is no fact
    if ours.is_empty() {
        out.notes.push(format!(
            "{} knows neither {} nor {}: is it the right service, or are releases named otherwise \
                there?",
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
    // a tool that states it knows better than the order of its entries
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
    // the pair is wrong or somebody was faster: worth a sentence, and no fact says it
    if on_current.is_empty() {
        if let Some(other) = now_live.first() {
            let back = is_deployment_of_release(other, about.previous);
            out.notes.push(if back {
                format!(
                    "{title} says {} is live already: going back may have happened, or {} \
                    never got there",
                    about.previous.version, about.current.version
                )
            } else {
                format!(
                    "{title} says {} is live, neither {} nor {}: check the pair of \
                    releases",
                    other.label(),
                    about.previous.version,
                    about.current.version
                )
            });
        }
    } else {
        live_since(about, &ours, &on_current, title, out);
    }
    add_previous_release_facts(report, about, &ours, told, &said, out);
    add_gate_fact(&ours, &now_live, about, title, out);
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
        // one unit under way is what has to be waited for, however calm the others are
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
        // it may be true, so it still counts, and a better source can outweigh it
        if stale {
            fact.confidence = model::Sureness::Low;
            out.notes.push(format!(
                "{title} says that {} has been running for over a day; a status \
                that nobody closed looks the same",
                first.label()
            ));
        }
        return;
    }
    // only these list runs at all: silence of the others is no sign that nothing runs
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
        // a list that only ever failed shows no state of rest
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
    // a newest deployment that failed may have changed some targets, and the list does not say
    // which
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
        out.notes.push(format!(
            "{title}: {} was deployed more than once in a row; the first time counts \
                for how long users have had it",
            about.current.version
        ));
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
            // what was canceled changed nothing, so what was there before still counts
            .find(|one| {
                !matches!(
                    one.outcome,
                    DeploymentOutcome::Unknown | DeploymentOutcome::Canceled
                )
            })
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
