//! Schedulers: Nomad's job versions and Docker Swarm's services.

use model::fact_key;
use std::collections::HashMap;

use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_flag, read_json_list, read_json_number,
    read_json_text, read_json_time,
};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::version::image_tag;
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, Return};

/// Versions of the job and how their deployments ended.
pub(super) const NOMAD: &str = "{ nomad job history -json JOB; nomad job deployments -json JOB; } \
    | jq -s flatten > nomad.json";

/// The specification and the one before it.
pub(super) const SWARM: &str = "docker service inspect SERVICE > swarm.json";

/// Whether an object is a version or a deployment of a job.
pub(super) fn like_nomad(item: &Value) -> bool {
    let has = |keys: &[&str]| keys.iter().all(|key| item.get(*key).is_some());
    has(&["TaskGroups", "SubmitTime"]) || has(&["JobID", "JobVersion", "Status"])
}

// other inspections of Docker have a `Spec` as well, but no tasks
/// Whether an object is a service.
pub(super) fn like_swarm(item: &Value) -> bool {
    find_json_value(item, &["Spec", "TaskTemplate"]).is_some()
}

/// Nanoseconds since 1970.
fn read_nanosecond_time(item: &Value, key: &str) -> Option<jiff::Timestamp> {
    // a number in another unit falls outside of the years that are meant
    let seconds = read_json_number(item, &[key])? / 1e9;
    (1e8..1e11)
        .contains(&seconds)
        .then(|| jiff::Timestamp::from_second(seconds as i64).ok())
        .flatten()
}

pub(super) fn read_nomad(value: &Value, report: &mut LiveReport) -> ReadResult {
    let listed = list_json_objects(value);
    let deployments = collect_nomad_deployments(&listed);
    let mut jobs: Vec<(u64, &Value)> = listed
        .iter()
        // a deployment of Nomad repeats groups of its job
        .filter(|item| item.get("TaskGroups").is_some() && item.get("JobVersion").is_none())
        .filter_map(|item| Some((read_json_number(item, &["Version"])? as u64, *item)))
        .collect();
    jobs.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    if jobs.is_empty() {
        return Err("no version of a job; deployments alone do not name images".into());
    }
    // `Stable` is set when a deployment ended well, so its absence leaves all open
    if deployments.is_empty() {
        report.note(
            "Without the job's deployments it is only known which versions were stable, \
            not how the newest ended",
        );
    }
    let mut serving: Vec<String> = Vec::new();
    for (version, job) in jobs {
        let id = read_json_text(job, &["ID"])
            .or_else(|| read_json_text(job, &["Name"]))
            .unwrap_or_else(|| "an unnamed job".to_owned());
        let status = deployments
            .get(&(id.clone(), version))
            .and_then(|deployment| read_json_text(deployment, &["Status"]));
        let outcome = map_nomad_status(status.as_deref(), job);
        // versions come newest first, and the first that ended well serves
        let newest = !serving.contains(&id);
        let image = read_json_list(job, &["TaskGroups"])
            .iter()
            .flat_map(|group| read_json_list(group, &["Tasks"]))
            .find_map(|task| read_json_text(task, &["Config", "image"]));
        let mut made = Deployment::new(&report.name, outcome).excerpt(&format!(
            "version {version} of {id}, {}",
            image.as_deref().unwrap_or_default()
        ));
        // a tag that a person gave a version says more than an image
        made.version = read_json_text(job, &["VersionTag", "Name"])
            .or_else(|| {
                image
                    .as_deref()
                    .and_then(image_tag)
                    .filter(|tag| tag != "latest")
            })
            .or_else(|| Some(format!("version {version}")));
        made.at = read_nanosecond_time(job, "SubmitTime");
        made.unit = Some(id.clone());
        made.target = Some(id.clone());
        made.available = Some(true);
        made.serving = (outcome == DeploymentOutcome::Success).then_some(newest);
        if outcome == DeploymentOutcome::Success && newest {
            serving.push(id.clone());
        }
        let canaries = read_json_list(job, &["TaskGroups"]).iter().any(|group| {
            read_json_number(group, &["Update", "Canary"]).is_some_and(|count| count > 0.0)
        });
        if matches!(
            outcome,
            DeploymentOutcome::Running | DeploymentOutcome::Waiting
        ) && canaries
        {
            report.note_of(
                &id,
                format!(
                    "Version {version} of {id} has canaries out: failing its \
                deployment is cheaper than a revert"
                ),
            );
        }
        if read_json_list(job, &["TaskGroups"])
            .iter()
            .any(|group| read_json_flag(group, &["Update", "AutoRevert"]) == Some(true))
        {
            report.note_of(
                &id,
                format!(
                    "{id} reverts by itself to the last stable version when a deployment \
                    fails: a higher version is then not a newer release"
                ),
            );
        }
        report
            .deployments
            .push(made.back(make_nomad_revert(job, id, version, image)));
    }
    Ok(())
}

fn collect_nomad_deployments<'a>(listed: &[&'a Value]) -> HashMap<(String, u64), &'a Value> {
    let mut deployments: HashMap<(String, u64), &Value> = HashMap::new();
    for item in listed
        .iter()
        .filter(|item| item.get("JobVersion").is_some())
    {
        let key = read_json_text(item, &["JobID"])
            .zip(read_json_number(item, &["JobVersion"]).map(|version| version as u64));
        // the newest of one version counts
        if let Some(key) = key {
            let known = deployments.entry(key).or_insert(item);
            if read_json_number(item, &["CreateIndex"]) > read_json_number(known, &["CreateIndex"])
            {
                *known = item;
            }
        }
    }
    deployments
}

fn map_nomad_status(status: Option<&str>, job: &Value) -> DeploymentOutcome {
    match status {
        Some("successful") => DeploymentOutcome::Success,
        Some("failed") => DeploymentOutcome::Failed,
        Some("running" | "pending" | "initializing" | "unblocking") => DeploymentOutcome::Running,
        // blocked: another region of the job has to go first
        Some("paused" | "blocked") => DeploymentOutcome::Waiting,
        Some("cancelled") => DeploymentOutcome::Canceled,
        // without a deployment in the file the mark alone tells
        _ if read_json_flag(job, &["Stable"]) == Some(true) => DeploymentOutcome::Success,
        _ => DeploymentOutcome::Unknown,
    }
}

fn make_nomad_revert(job: &Value, id: String, version: u64, image: Option<String>) -> Return {
    // the one that Nomad takes where none is named
    let space = read_json_text(job, &["Namespace"]).unwrap_or_else(|| "default".to_owned());
    Return {
        says: format!("Revert job {id} to version {version}"),
        brings: "the whole job of that version comes back under a new version number; variables \
            and volumes are today's",
        command: build_return_command(&[
            make_fixed_part("nomad job revert -namespace="),
            named(space.clone()),
            make_fixed_part(" "),
            named(id.clone()),
            make_fixed_part(" "),
            named(version.to_string()),
        ]),
        watch: build_return_command(&[
            make_fixed_part("nomad job status -namespace="),
            named(space),
            make_fixed_part(" "),
            named(id),
        ]),
        artifact: image,
        until: Some(
            "while the server keeps that version (6 unless set, tagged ones stay)".to_owned(),
        ),
        ..Return::default()
    }
}

pub(super) fn read_swarm(value: &Value, report: &mut LiveReport) -> ReadResult {
    let mut some = false;
    for service in list_json_objects(value)
        .into_iter()
        .filter(|item| like_swarm(item))
    {
        some = true;
        let name = read_json_text(service, &["Spec", "Name"])
            .unwrap_or_else(|| "an unnamed service".to_owned());
        let image =
            |spec: &str| read_json_text(service, &[spec, "TaskTemplate", "ContainerSpec", "Image"]);
        let state = read_json_text(service, &["UpdateStatus", "State"]).unwrap_or_default();
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
                    read_json_text(service, &["UpdateStatus", "Message"]).unwrap_or_default()
                ),
            );
        }
        let (now, before) = (image("Spec"), image("PreviousSpec"));
        if let Some(image) = &now {
            let mut made = make_scheduler_deployment(
                report,
                image,
                &name,
                if busy {
                    DeploymentOutcome::Running
                } else if stuck {
                    DeploymentOutcome::Partial
                } else {
                    DeploymentOutcome::Success
                },
            );
            made.at = read_json_time(service, &["UpdateStatus", "CompletedAt"])
                .or_else(|| read_json_time(service, &["UpdatedAt"]));
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
                    format!(
                        "The specification of {name} before this one has the same image: \
                        docker service rollback brings settings back, not the release"
                    ),
                );
            }
            (_, Some(before)) => {
                let mut made =
                    make_scheduler_deployment(report, before, &name, DeploymentOutcome::Success);
                made.serving = Some(false);
                made.available = Some(true);
                let made = made.back(build_swarm_return(&name, before));
                report.deployments.push(made);
            }
            (_, None) => report.note_of(
                &name,
                format!(
                    "{name} has no specification before this \
                one, so docker service rollback has nothing to go back to"
                ),
            ),
        }
    }
    if some {
        Ok(())
    } else {
        Err("no service".into())
    }
}

/// The way back to the one specification before.
fn build_swarm_return(name: &str, before: &str) -> Return {
    Return {
        says: format!("Roll service {name} back to the specification before"),
        brings: "image and settings of the one specification before come back; doing it twice \
            goes forward again",
        command: build_return_command(&[
            make_fixed_part("docker service rollback "),
            named(name.to_owned()),
        ]),
        watch: build_return_command(&[
            make_fixed_part("docker service ps "),
            named(name.to_owned()),
        ]),
        artifact: Some(before.to_owned()),
        until: Some(
            "until the next change of the service, of whatever kind: scaling counts too".to_owned(),
        ),
        ..Return::default()
    }
}

fn make_scheduler_deployment(
    report: &LiveReport,
    image: &str,
    name: &str,
    outcome: DeploymentOutcome,
) -> Deployment {
    let mut made = Deployment::new(&report.name, outcome).excerpt(image);
    // a tag `latest` names no release
    made.version = image_tag(image).filter(|tag| tag != "latest");
    made.unit = Some(name.to_owned());
    made.target = Some(name.to_owned());
    made
}
