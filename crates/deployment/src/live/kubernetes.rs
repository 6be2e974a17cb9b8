//! Kubernetes Deployments with their ReplicaSets: what each revision ran and whether an undo still
//! finds it.

use jiff::Timestamp;
use model::fact_key;
use serde_json::Value;

use super::json::{
    list_json_objects, read_json_flag, read_json_list, read_json_number, read_json_text,
    read_json_time,
};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::version::image_tag;
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, Return};

/// Both kinds in one call, so that owners can be matched.
pub(super) const PRODUCER: &str =
    "kubectl get deployments,replicasets --namespace NAMESPACE --output json > kubernetes.json";

// the controller numbers revisions and notes on a set the numbers it had before
const REVISION: &str = "deployment.kubernetes.io/revision";
const FORMER: &str = "deployment.kubernetes.io/revision-history";
const CAUSE: &str = "kubernetes.io/change-cause";

pub(super) fn read_kubernetes_state(value: &Value, report: &mut LiveReport) -> ReadResult {
    let items = list_json_objects(value);
    let of = |kind: &str| {
        items
            .iter()
            .copied()
            .filter(|item| read_json_text(item, &["kind"]).as_deref() == Some(kind))
            .collect::<Vec<_>>()
    };
    let (deployments, sets) = (of("Deployment"), of("ReplicaSet"));
    // a list of ReplicaSets alone does not say what is current
    if deployments.is_empty() {
        return Err("no Deployment; get deployments and replicasets in one call".into());
    }
    let owners = Owners::new(&sets);
    for deployment in &deployments {
        read_kubernetes_deployment(deployment, &owners, report);
    }
    if sets.is_empty() {
        report.note(
            "No ReplicaSets are in the file, so it cannot be told which earlier revisions \
            an undo would find",
        );
    }
    report.note(
        "An undo restores the pod template only: replicas, Services, ConfigMaps, Secrets \
        and custom resources stay as they are",
    );
    Ok(())
}

fn read_kubernetes_deployment(deployment: &Value, owners: &Owners<'_>, report: &mut LiveReport) {
    let name = full_name(deployment);
    tell_deployment_state(deployment, &name, report);
    // what the API server fills in where the manifest is silent
    let limit = read_json_number(deployment, &["spec", "revisionHistoryLimit"]).unwrap_or(10.0);
    let owned = owners.sets(deployment);
    // the condition's time, since an undo re-uses the old ReplicaSet with its old creation time
    let finished = find_status_condition(deployment, "Progressing")
        .and_then(|condition| read_json_time(condition, &["lastUpdateTime"]));
    let current = read_annotation(deployment, REVISION);
    let pending = in_progress(deployment).is_some();
    let kept = KeptRevisions {
        limit,
        numbers: owned
            .iter()
            .filter_map(|set| read_annotation(set, REVISION)?.parse().ok())
            .collect(),
    };
    for set in owned.iter().copied() {
        let revision = read_annotation(set, REVISION);
        let serving = revision.is_some() && revision == current;
        let former = read_annotation(set, FORMER);
        let outcome = if serving && pending {
            DeploymentOutcome::Running
        } else {
            DeploymentOutcome::Success
        };
        let mut made = revision_of(set, outcome, report);
        made.unit = Some(name.clone());
        made.target = Some(name.clone());
        // while it is on its way, pods of both revisions may serve
        made.serving = (!pending).then_some(serving);
        made.available = Some(true);
        made.installed = Some(
            read_json_number(set, &["spec", "replicas"]).is_some_and(|replicas| replicas > 0.0),
        );
        if let Some(revision) = &revision {
            let images = list_container_images(set);
            if let Some(left) = kept
                .changes_left(revision, serving)
                // more than one change away nobody has to hurry
                .filter(|left| *left <= 1)
            {
                let says = tell_oldest_revision(&name, revision, &made.label(), (left, limit));
                report.note_of(&name, says);
            }
            made = made.back(make_kubernetes_undo(
                deployment,
                revision,
                images.first().cloned(),
                kept.changes_left(revision, serving),
            ));
        }
        if serving {
            made.at = finished.or(made.at);
            // with former numbers it was current before, left and came back
            if former.is_some() {
                made.mode = Some(DeploymentMode::Rollback);
                report.note_of(
                    &name,
                    format!(
                        "Revision {} of {name} was current before (as revision {}): it was rolled \
                            back, and its ReplicaSet is older than it is live",
                        revision.as_deref().unwrap_or("?"),
                        former.as_deref().unwrap_or("?")
                    ),
                );
            }
        } else if let Some(former) = former {
            report.note_of(
                &name,
                format!(
                    "An earlier revision of {name} was current several times \
                (revisions {former}): there were rollbacks before"
                ),
            );
        }
        report.deployments.push(made);
    }
    if owned.is_empty() {
        let made = make_bare_deployment(deployment, &name, pending, finished, report);
        report.deployments.push(made);
    }
    // a limit of zero keeps no old set, whatever stands in the file now
    if limit < 1.0 {
        report.fact_of(
            &name,
            fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE,
            "no",
            format!("{name} has revisionHistoryLimit 0, so an undo has nothing to go back to"),
        );
    }
}

/// Words about the oldest revision that is kept, by how many changes are left until it goes and how
/// many old ones are kept.
fn tell_oldest_revision(
    name: &str,
    revision: &str,
    what: &str,
    (left, limit): (u64, f64),
) -> String {
    let when = if left < 1 {
        "any change of the pod template may remove it"
    } else {
        "the next change of the pod template removes it"
    };
    format!(
        "{name} keeps {limit} old revisions, and {what} (revision {revision}) is the oldest: {when}"
    )
}

/// Whether it is on its way, how it is replaced, and whether an undo is refused.
fn tell_deployment_state(deployment: &Value, name: &str, report: &mut LiveReport) {
    match in_progress(deployment) {
        // pods of both releases run until the last replica is replaced
        Some(why) => {
            report.fact_of(name, fact_key::DEPLOYMENT_IN_PROGRESS, "yes", why.clone());
            report.fact_of(name, fact_key::DEPLOYMENT_MIXED, "yes", why);
        }
        None => report.fact_of(
            name,
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "no",
            format!("all replicas of {name} are updated"),
        ),
    }
    let strategy = read_json_text(deployment, &["spec", "strategy", "type"])
        // what the API server fills in
        .unwrap_or_else(|| "RollingUpdate".to_owned());
    match strategy.as_str() {
        "Recreate" => report.fact_of(
            name,
            fact_key::DEPLOYMENT_STRATEGY,
            "none",
            format!("{name} is recreated: it stops before the other release starts, both ways"),
        ),
        _ => report.fact_of(
            name,
            fact_key::DEPLOYMENT_STRATEGY,
            "rolling",
            format!("{name} is updated by {strategy}"),
        ),
    }
    // `kubectl rollout undo` asks to resume first
    if read_json_flag(deployment, &["spec", "paused"]) == Some(true) {
        report.fact_of(
            name,
            fact_key::DEPLOYMENT_UNDO_PATH,
            "broken",
            format!("{name} is paused; an undo is refused until it is resumed"),
        );
    }
}

/// Without its ReplicaSets the Deployment alone says what it runs.
fn make_bare_deployment(
    deployment: &Value,
    name: &str,
    pending: bool,
    finished: Option<Timestamp>,
    report: &mut LiveReport,
) -> Deployment {
    let mut made = revision_of(
        deployment,
        if pending {
            DeploymentOutcome::Running
        } else {
            DeploymentOutcome::Success
        },
        report,
    );
    made.unit = Some(name.to_owned());
    made.target = Some(name.to_owned());
    made.at = finished;
    made.serving = (!pending).then_some(true);
    made
}

/// How many old revisions stay.
struct KeptRevisions {
    limit: f64,
    numbers: Vec<u64>,
}

impl KeptRevisions {
    /// How many more changes a revision outlives; `None` for the one that serves.
    fn changes_left(&self, revision: &str, serving: bool) -> Option<u64> {
        let revision: u64 = revision.parse().ok().filter(|_| !serving)?;
        let newest = self.numbers.iter().max()?;
        let newer = self
            .numbers
            .iter()
            // the limit counts old revisions only, and the oldest of them goes first
            .filter(|other| **other > revision && *other != newest)
            .count() as u64;
        Some((self.limit.clamp(0.0, 1e6) as u64).saturating_sub(newer))
    }
}

fn make_kubernetes_undo(
    deployment: &Value,
    revision: &str,
    image: Option<String>,
    left: Option<u64>,
) -> Return {
    let (name, space) = (
        read_json_text(deployment, &["metadata", "name"]),
        read_json_text(deployment, &["metadata", "namespace"]),
    );
    let number = revision
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| revision.to_owned());
    let of = |verb: &str, end: &str, last: Option<String>| {
        let parts = [
            make_fixed_part("kubectl rollout "),
            make_fixed_part(verb),
            make_fixed_part(" deployment/"),
            named(name.clone()),
            make_fixed_part(" --namespace "),
            named(space.clone()),
        ];
        Some(
            build_return_command(&parts)?
                + &build_return_command(&[make_fixed_part(end), named(last)])?,
        )
    };
    Return {
        in_flight: false,
        says: format!(
            "Undo deployment {} to revision {revision}",
            full_name(deployment)
        ),
        brings: "the pod template comes back; replicas, Services, ConfigMaps, Secrets and custom \
            resources stay as they are, and the undo gets a new revision number",
        command: of("undo", " --to-revision=", number),
        watch: of("status", " --timeout=", Some("10m".to_owned())),
        block: None,
        unblock: None,
        list: None,
        artifact: image,
        until: left.map(|left| match left {
            0 | 1 => "until the next change of the pod template".to_owned(),
            left => format!("until {left} more changes of the pod template (revisionHistoryLimit)"),
        }),
        until_at: None,
    }
}

fn list_container_images(set: &Value) -> Vec<String> {
    read_json_list(set, &["spec", "template", "spec", "containers"])
        .iter()
        .filter_map(|container| read_json_text(container, &["image"]))
        .collect()
}

/// ReplicaSets by the workload that owns them.
pub(super) struct Owners<'a> {
    by_id: std::collections::HashMap<String, Vec<&'a Value>>,
}

impl<'a> Owners<'a> {
    pub(super) fn new(sets: &[&'a Value]) -> Self {
        let mut by_id: std::collections::HashMap<String, Vec<&'a Value>> =
            std::collections::HashMap::new();
        for set in sets {
            for reference in read_json_list(set, &["metadata", "ownerReferences"])
                .iter()
                // an object has one owner as a rule
                .take(8)
            {
                if let Some(id) = read_json_text(reference, &["uid"])
                    .or_else(|| read_json_text(reference, &["name"]))
                {
                    by_id.entry(id).or_default().push(set);
                }
            }
        }
        Self { by_id }
    }

    // `kubectl get` prints ids; files written by hand or by other tools may leave them out
    /// Those of one workload; references without an id are matched by name.
    pub(super) fn sets(&self, owner: &Value) -> &[&'a Value] {
        let of = |key: &str| {
            read_json_text(owner, &["metadata", key]).and_then(|id| self.by_id.get(&id))
        };
        of("uid").or_else(|| of("name")).map_or(&[], Vec::as_slice)
    }
}

/// What one revision ran: change-cause when it names a release, else the tag of the first image.
pub(super) fn revision_of(
    set: &Value,
    outcome: DeploymentOutcome,
    report: &mut LiveReport,
) -> Deployment {
    let images = list_container_images(set);
    // `kubectl --record` wrote the whole command there, which is no name of a release
    let cause = read_annotation(set, CAUSE).filter(|cause| !cause.contains(' '));
    let tag = images.first().and_then(|image| image_tag(image));
    // `latest` says what was newest when the node pulled it
    if tag.as_deref().is_none_or(|tag| tag == "latest") && cause.is_none() && !images.is_empty() {
        report.note(
            "An image has no version as its tag, so it cannot be told from the file which \
            release it is",
        );
    }
    let revision = read_annotation(set, REVISION)
        .or_else(|| read_annotation(set, "rollout.argoproj.io/revision"));
    let mut made = Deployment::new(&report.name, outcome).excerpt(&format!(
        "revision {}, {}",
        revision.as_deref().unwrap_or("?"),
        images.join(" ")
    ));
    made.version = cause.or(tag).filter(|version| version != "latest");
    made.at = read_json_time(set, &["metadata", "creationTimestamp"]);
    made
}

pub(super) fn full_name(item: &Value) -> String {
    let name = read_json_text(item, &["metadata", "name"])
        .unwrap_or_else(|| "an unnamed workload".to_owned());
    match read_json_text(item, &["metadata", "namespace"]) {
        Some(space) => format!("{space}/{name}"),
        None => name,
    }
}

fn read_annotation(item: &Value, key: &str) -> Option<String> {
    read_json_text(item, &["metadata", "annotations", key])
}

pub(super) fn find_status_condition<'a>(item: &'a Value, kind: &str) -> Option<&'a Value> {
    read_json_list(item, &["status", "conditions"])
        .iter()
        .find(|condition| read_json_text(condition, &["type"]).as_deref() == Some(kind))
}

/// Why it is still under way, or stuck.
fn in_progress(deployment: &Value) -> Option<String> {
    let name = full_name(deployment);
    let wanted = read_json_number(deployment, &["spec", "replicas"]).unwrap_or(1.0);
    let updated = read_json_number(deployment, &["status", "updatedReplicas"]).unwrap_or(0.0);
    let total = read_json_number(deployment, &["status", "replicas"]);
    let reason = find_status_condition(deployment, "Progressing")
        .and_then(|condition| read_json_text(condition, &["reason"]))
        .unwrap_or_default();
    // a deadline does not stop the roll-out: it goes on or stays where it is
    if reason == "ProgressDeadlineExceeded" {
        return Some(format!(
            "{name} did not finish in time: {updated} of {wanted} replicas run the new revision"
        ));
    }
    // the status is of an older specification, so its counts say nothing yet
    let behind = read_json_number(deployment, &["status", "observedGeneration"])
        .zip(read_json_number(deployment, &["metadata", "generation"]))
        .is_some_and(|(seen, is)| seen < is);
    if behind {
        return Some(format!(
            "{name} was changed and the controller has not looked at it yet"
        ));
    }
    // more replicas than updated ones: old pods still serve
    if updated < wanted || total.is_some_and(|total| total > updated) {
        return Some(format!(
            "{updated} of {wanted} replicas of {name} run the new revision"
        ));
    }
    None
}
