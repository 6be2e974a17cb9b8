//! Schedulers: Nomad's job versions and Docker Swarm's services.

use model::fact_key;
use std::collections::HashMap;

use serde_json::Value;

use super::json::{at, flag, list, number, objects, text, time};
use super::returns::{command, fixed, name as named};
use super::version::image_tag;
use super::{Deployment, DeploymentMode, LiveReport, Outcome, Read, Return};

/// Versions of the job and how their deployments ended.
pub(super) const NOMAD: &str = "{ nomad job history -json JOB; nomad job deployments -json JOB; } | jq -s flatten > nomad.json";

/// The specification and the one before it.
pub(super) const SWARM: &str = "docker service inspect SERVICE > swarm.json";

/// Whether an object is a version or a deployment of a job.
pub(super) fn like_nomad(item: &Value) -> bool {
    let has = |keys: &[&str]| keys.iter().all(|key| item.get(*key).is_some());
    has(&["TaskGroups", "SubmitTime"]) || has(&["JobID", "JobVersion", "Status"])
}

/// Whether an object is a service.
pub(super) fn like_swarm(item: &Value) -> bool {
    at(item, &["Spec", "TaskTemplate"]).is_some()
}

/// Nanoseconds since 1970.
fn nanoseconds(item: &Value, key: &str) -> Option<jiff::Timestamp> {
    let seconds = number(item, &[key])? / 1e9;
    (1e8..1e11)
        .contains(&seconds)
        .then(|| jiff::Timestamp::from_second(seconds as i64).ok())
        .flatten()
}

pub(super) fn nomad(value: &Value, report: &mut LiveReport) -> Read {
    let listed = objects(value);
    let mut deployments: HashMap<(String, u64), &Value> = HashMap::new();
    for item in listed
        .iter()
        .filter(|item| item.get("JobVersion").is_some())
    {
        let key =
            text(item, &["JobID"]).zip(number(item, &["JobVersion"]).map(|version| version as u64));
        // the newest of one version counts
        if let Some(key) = key {
            let known = deployments.entry(key).or_insert(item);
            if number(item, &["CreateIndex"]) > number(known, &["CreateIndex"]) {
                *known = item;
            }
        }
    }
    let mut jobs: Vec<(u64, &Value)> = listed
        .iter()
        .filter(|item| item.get("TaskGroups").is_some() && item.get("JobVersion").is_none())
        .filter_map(|item| Some((number(item, &["Version"])? as u64, *item)))
        .collect();
    jobs.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    if jobs.is_empty() {
        return Err("no version of a job; deployments alone do not name images".into());
    }
    if deployments.is_empty() {
        report.note("Without the job's deployments it is only known which versions were stable, not how the newest ended");
    }
    let mut serving: Vec<String> = Vec::new();
    for (version, job) in jobs {
        let id = text(job, &["ID"])
            .or_else(|| text(job, &["Name"]))
            .unwrap_or_else(|| "an unnamed job".to_owned());
        let status = deployments
            .get(&(id.clone(), version))
            .and_then(|deployment| text(deployment, &["Status"]));
        let outcome = match status.as_deref() {
            Some("successful") => Outcome::Success,
            Some("failed") => Outcome::Failed,
            Some("running" | "pending" | "initializing" | "unblocking") => Outcome::Running,
            Some("paused" | "blocked") => Outcome::Waiting,
            Some("cancelled") => Outcome::Canceled,
            _ if flag(job, &["Stable"]) == Some(true) => Outcome::Success,
            _ => Outcome::Unknown,
        };
        let newest = !serving.contains(&id);
        let image = list(job, &["TaskGroups"])
            .iter()
            .flat_map(|group| list(group, &["Tasks"]))
            .find_map(|task| text(task, &["Config", "image"]));
        let mut made = Deployment::new(&report.name, outcome).excerpt(&format!(
            "version {version} of {id}, {}",
            image.as_deref().unwrap_or_default()
        ));
        made.version = text(job, &["VersionTag", "Name"])
            .or_else(|| {
                image
                    .as_deref()
                    .and_then(image_tag)
                    .filter(|tag| tag != "latest")
            })
            .or_else(|| Some(format!("version {version}")));
        made.at = nanoseconds(job, "SubmitTime");
        made.unit = Some(id.clone());
        made.target = Some(id.clone());
        made.available = Some(true);
        made.serving = (outcome == Outcome::Success).then_some(newest);
        if outcome == Outcome::Success && newest {
            serving.push(id.clone());
        }
        let canaries = list(job, &["TaskGroups"])
            .iter()
            .any(|group| number(group, &["Update", "Canary"]).is_some_and(|count| count > 0.0));
        if matches!(outcome, Outcome::Running | Outcome::Waiting) && canaries {
            report.note_of(&id, format!("Version {version} of {id} has canaries out: failing its deployment is cheaper than a revert"));
        }
        if list(job, &["TaskGroups"])
            .iter()
            .any(|group| flag(group, &["Update", "AutoRevert"]) == Some(true))
        {
            report.note_of(
                &id,
                format!("{id} reverts by itself to the last stable version when a deployment fails: a higher version is then not a newer release"),
            );
        }
        let space = text(job, &["Namespace"]).unwrap_or_else(|| "default".to_owned());
        report.deployments.push(made.back(Return {
            says: format!("Revert job {id} to version {version}"),
            brings: "the whole job of that version comes back under a new version number; variables and volumes are today's",
            command: command(&[
                fixed("nomad job revert -namespace="),
                named(space.clone()),
                fixed(" "),
                named(id.clone()),
                fixed(" "),
                named(version.to_string()),
            ]),
            watch: command(&[fixed("nomad job status -namespace="), named(space), fixed(" "), named(id)]),
            artifact: image,
            until: Some("while the server keeps that version (6 unless set, tagged ones stay)".to_owned()),
            ..Return::default()
        }));
    }
    Ok(())
}

pub(super) fn swarm(value: &Value, report: &mut LiveReport) -> Read {
    let mut some = false;
    for service in objects(value).into_iter().filter(|item| like_swarm(item)) {
        some = true;
        let name =
            text(service, &["Spec", "Name"]).unwrap_or_else(|| "an unnamed service".to_owned());
        let image = |spec: &str| text(service, &[spec, "TaskTemplate", "ContainerSpec", "Image"]);
        let state = text(service, &["UpdateStatus", "State"]).unwrap_or_default();
        let busy = matches!(state.as_str(), "updating" | "rollback_started");
        let stuck = matches!(state.as_str(), "paused" | "rollback_paused");
        report.fact_of(
            &name,
            fact_key::DEPLOYMENT_IN_PROGRESS,
            if busy { "yes" } else { "no" },
            match state.as_str() {
                "" => format!("{name} shows no update"),
                state => format!("the update of {name} is {}", state.replace('_', " ")),
            },
        );
        report.fact_of(
            &name,
            fact_key::DEPLOYMENT_STRATEGY,
            "rolling",
            format!("tasks of {name} are replaced one after the other"),
        );
        if stuck {
            report.fact_of(
                &name,
                fact_key::DEPLOYMENT_MIXED,
                "yes",
                format!(
                    "the update of {name} stopped half-way: {}",
                    text(service, &["UpdateStatus", "Message"]).unwrap_or_default()
                ),
            );
        }
        let (now, before) = (image("Spec"), image("PreviousSpec"));
        if let Some(image) = &now {
            let mut made = entry(
                report,
                image,
                &name,
                if busy {
                    Outcome::Running
                } else if stuck {
                    Outcome::Partial
                } else {
                    Outcome::Success
                },
            );
            made.at = time(service, &["UpdateStatus", "CompletedAt"])
                .or_else(|| time(service, &["UpdatedAt"]));
            made.serving = (!busy).then_some(true);
            if state.starts_with("rollback") {
                made.mode = Some(DeploymentMode::Rollback);
            }
            report.deployments.push(made);
        }
        match (&now, &before) {
            (Some(now), Some(before)) if now == before => {
                report.note_of(
                    &name,
                    format!("The specification of {name} before this one has the same image: docker service rollback brings settings back, not the release"),
                );
            }
            (_, Some(before)) => {
                let mut made = entry(report, before, &name, Outcome::Success);
                made.serving = Some(false);
                made.available = Some(true);
                let made = made.back(Return {
                    says: format!("Roll service {name} back to the specification before"),
                    brings: "image and settings of the one specification before come back; doing it twice goes forward again",
                    command: command(&[fixed("docker service rollback "), named(name.clone())]),
                    watch: command(&[fixed("docker service ps "), named(name.clone())]),
                    artifact: Some(before.clone()),
                    until: Some("until the next change of the service, of whatever kind: scaling counts too".to_owned()),
                    ..Return::default()
                });
                report.deployments.push(made);
            }
            (_, None) => report.note_of(&name, format!("{name} has no specification before this one, so docker service rollback has nothing to go back to")),
        }
    }
    if some {
        Ok(())
    } else {
        Err("no service".into())
    }
}

fn entry(report: &LiveReport, image: &str, name: &str, outcome: Outcome) -> Deployment {
    let mut made = Deployment::new(&report.name, outcome).excerpt(image);
    made.version = image_tag(image).filter(|tag| tag != "latest");
    made.unit = Some(name.to_owned());
    made.target = Some(name.to_owned());
    made
}
