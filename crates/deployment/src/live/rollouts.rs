//! Argo Rollouts: a release on its way in steps, with the old side beside it.

use model::fact_key;
use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_flag, read_json_number, read_json_text,
    read_json_time,
};
use super::kubernetes::{Owners, find_status_condition, full_name, revision_of};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, Return};

/// ReplicaSets beside it say what the stable side runs.
pub(super) const PRODUCER: &str = "kubectl get rollouts.argoproj.io,replicasets --namespace \
    NAMESPACE --output json > rollouts.json";

// the label that the controller puts on both sides, with the hash of their template
const HASH: &str = "rollouts-pod-template-hash";

pub(super) fn read_argo_rollouts(value: &Value, report: &mut LiveReport) -> ReadResult {
    let items = list_json_objects(value);
    let of = |kind: &str| {
        items
            .iter()
            .copied()
            .filter(|item| read_json_text(item, &["kind"]).as_deref() == Some(kind))
            .collect::<Vec<_>>()
    };
    let (rollouts, sets) = (of("Rollout"), of("ReplicaSet"));
    let owners = Owners::new(&sets);
    let mut some = false;
    for rollout in rollouts
        .iter()
        // a Rollout that no controller has seen yet
        .filter(|rollout| find_json_value(rollout, &["status"]).is_some())
    {
        some = true;
        read_argo_rollout(rollout, &owners, report);
    }
    if some {
        Ok(())
    } else {
        Err("no Rollout with a status".into())
    }
}

fn read_argo_rollout(rollout: &Value, owners: &Owners<'_>, report: &mut LiveReport) {
    let state = RolloutState::of(rollout);
    let name = &state.name;
    let strategy = if state.blue_green {
        "blue-green"
    } else {
        "canary"
    };
    report.fact_of(
        name,
        fact_key::DEPLOYMENT_STRATEGY,
        strategy,
        format!("{name} is a Rollout with strategy {strategy}"),
    );
    tell_rollout_progress(rollout, &state, report);
    let owned = owners.sets(rollout);
    for set in owned.iter().copied() {
        let made = make_side_deployment(rollout, set, &state, report);
        report.deployments.push(made);
    }
    // `kubectl get rollouts` alone leaves the ReplicaSets out
    if owned.is_empty() {
        let made = make_bare_rollout_deployment(rollout, &state, report);
        report.deployments.push(made);
    }
    if let Some(window) = read_json_number(rollout, &["spec", "rollbackWindow", "revisions"]) {
        report.note_of(
            name,
            format!(
                "Going back within {window} revisions skips the steps; \
            further back runs all of them again"
            ),
        );
    }
}

/// What a Rollout says of itself.
struct RolloutState {
    name: String,
    blue_green: bool,
    /// Hash of the side that is coming.
    current: Option<String>,
    /// Hash of the side that serves.
    stable: Option<String>,
    phase: String,
    aborted: bool,
    /// Traffic of the side that is coming, in per cent.
    weight: Option<f64>,
    under_way: bool,
}

impl RolloutState {
    fn of(rollout: &Value) -> Self {
        let (current, stable) = (
            read_json_text(rollout, &["status", "currentPodHash"]),
            read_json_text(rollout, &["status", "stableRS"]),
        );
        Self {
            name: full_name(rollout),
            blue_green: find_json_value(rollout, &["spec", "strategy", "blueGreen"]).is_some(),
            // the controller moves `stableRS` only when all steps are through
            under_way: current.is_some() && stable.is_some() && current != stable,
            current,
            stable,
            phase: read_json_text(rollout, &["status", "phase"]).unwrap_or_default(),
            aborted: read_json_flag(rollout, &["status", "abort"]) == Some(true),
            weight: read_json_number(
                rollout,
                &["status", "canary", "weights", "canary", "weight"],
            ),
        }
    }
}

/// Whether it is on its way, and which side takes the traffic meanwhile.
fn tell_rollout_progress(rollout: &Value, state: &RolloutState, report: &mut LiveReport) {
    let RolloutState { name, phase, .. } = state;
    let (aborted, weight, under_way) = (state.aborted, state.weight, state.under_way);
    // the two hashes still differ after an abort, so this is asked first
    if under_way && aborted {
        report.fact_of(
            name,
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "no",
            format!("{name} was aborted; the stable side serves"),
        );
        report.fact_of(
            name,
            fact_key::DEPLOYMENT_OLD_SIDE_WARM,
            "yes",
            format!("{name} was aborted and went back to its stable side"),
        );
        report.note_of(
            name,
            format!(
                "{name} is aborted but its specification still names the new \
            release: set it back, or the next change starts it again"
            ),
        );
    } else if under_way {
        let share = weight.map_or(String::new(), |weight| {
            format!(", {weight} % of the traffic on the new side")
        });
        report.fact_of(
            name,
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "yes",
            format!(
                "{name} is {}: current and stable differ{share}",
                lowercase_rollout_phase(phase)
            ),
        );
        report.fact_of(
            name,
            fact_key::DEPLOYMENT_OLD_SIDE_WARM,
            "yes",
            format!("the stable side of {name} still runs"),
        );
        report.fact_of(
            name,
            fact_key::DEPLOYMENT_MIXED,
            "yes",
            format!("{name} runs two releases side by side{share}"),
        );
        report.note_of(
            name,
            format!(
                "{name} is still in flight: aborting it is cheaper than rolling back (kubectl argo \
                    rollouts abort {})",
                read_json_text(rollout, &["metadata", "name"]).unwrap_or_default()
            ),
        );
    } else if !phase.is_empty() {
        let running = matches!(phase.as_str(), "Progressing" | "Paused");
        report.fact_of(
            name,
            fact_key::DEPLOYMENT_IN_PROGRESS,
            if running { "yes" } else { "no" },
            format!("{name} is {}", lowercase_rollout_phase(phase)),
        );
        if state.blue_green {
            let seconds = read_json_number(
                rollout,
                &["spec", "strategy", "blueGreen", "scaleDownDelaySeconds"],
            )
            // what the controller takes where the manifest is silent
            .unwrap_or(30.0);
            report.note_of(
                name,
                format!(
                    "{name} keeps its old side for {seconds} s after the \
                switch; later, going back starts it anew"
                ),
            );
        }
    }
}

fn make_side_deployment(
    rollout: &Value,
    set: &Value,
    state: &RolloutState,
    report: &mut LiveReport,
) -> Deployment {
    let RolloutState {
        name,
        current,
        stable,
        ..
    } = state;
    let (aborted, weight, under_way) = (state.aborted, state.weight, state.under_way);
    let hash = read_json_text(set, &["metadata", "labels", HASH]);
    // a set without the label must not equal a Rollout without the hash
    let is_current = hash.is_some() && hash == *current;
    let is_stable = hash.is_some() && hash == *stable;
    let mut made = revision_of(
        set,
        if is_current && under_way && !aborted {
            DeploymentOutcome::Running
        } else {
            DeploymentOutcome::Success
        },
        report,
    );
    if is_current && under_way && aborted {
        made.outcome = DeploymentOutcome::Failed;
        made.said = read_json_text(rollout, &["status", "message"]);
    }
    if is_stable && under_way && aborted {
        made.mode = Some(DeploymentMode::Rollback);
        // its ReplicaSet is as old as its release; what made it serve again is the abort
        made.at = read_json_time(rollout, &["status", "abortedAt"]).or(made.at);
    }
    made.unit = Some(name.clone());
    made.target = Some(name.clone());
    made.serving = Some(is_stable);
    made.available = Some(true);
    // an old set is kept at zero: it can be started, and it does not run
    made.installed =
        Some(read_json_number(set, &["spec", "replicas"]).is_some_and(|replicas| replicas > 0.0));
    made.traffic = if is_current && under_way {
        weight
    } else {
        None
    };
    let revision = read_json_text(
        set,
        &["metadata", "annotations", "rollout.argoproj.io/revision"],
    );
    made.back = Some(Box::new(make_rollout_undo(
        rollout,
        revision,
        is_stable && under_way && !aborted,
    )));
    made
}

/// Without its ReplicaSets the Rollout alone says what it runs.
fn make_bare_rollout_deployment(
    rollout: &Value,
    state: &RolloutState,
    report: &mut LiveReport,
) -> Deployment {
    let RolloutState { name, .. } = state;
    let (aborted, weight, under_way) = (state.aborted, state.weight, state.under_way);
    let outcome = if aborted {
        DeploymentOutcome::Failed
    } else if under_way {
        DeploymentOutcome::Running
    } else {
        DeploymentOutcome::Success
    };
    let mut made = revision_of(rollout, outcome, report);
    // by its type: the list has several conditions, in no order
    made.at = find_status_condition(rollout, "Progressing")
        .and_then(|condition| read_json_time(condition, &["lastUpdateTime"]));
    made.unit = Some(name.clone());
    made.target = Some(name.clone());
    made.serving = Some(!under_way);
    made.traffic = weight.filter(|_| under_way);
    made
}

/// Going back while both sides run is an abort; later it is an undo that starts the old side anew.
fn make_rollout_undo(rollout: &Value, revision: Option<String>, in_flight: bool) -> Return {
    let (name, space) = (
        read_json_text(rollout, &["metadata", "name"]),
        read_json_text(rollout, &["metadata", "namespace"]),
    );
    let with = |verb: &str, revision: Option<&str>| {
        let parts = [
            make_fixed_part("kubectl argo rollouts "),
            make_fixed_part(verb),
            make_fixed_part(" "),
            named(name.clone()),
            make_fixed_part(" --namespace "),
            named(space.clone()),
        ];
        let made = build_return_command(&parts)?;
        Some(revision.map_or(made.clone(), |revision| {
            format!("{made} --to-revision={revision}")
        }))
    };
    let full = full_name(rollout);
    let seconds = read_json_number(
        rollout,
        &["spec", "strategy", "blueGreen", "scaleDownDelaySeconds"],
    )
    .unwrap_or(30.0);
    let blue_green = find_json_value(rollout, &["spec", "strategy", "blueGreen"]).is_some();
    if in_flight {
        return Return {
            says: format!("Abort the rollout {full}"),
            brings: "the stable side takes all traffic again at once; the specification still \
                names the new release",
            command: with("abort", None),
            watch: with("status", None),
            in_flight: true,
            until: Some("until the last step is promoted".to_owned()),
            ..Return::default()
        };
    }
    // a revision goes into a command, so only digits do
    let to = revision.filter(|revision| revision.bytes().all(|byte| byte.is_ascii_digit()));
    Return {
        says: format!(
            "Undo the rollout {full}{}",
            to.as_deref()
                .map(|to| format!(" to revision {to}"))
                .unwrap_or_default()
        ),
        brings: "the pod template comes back and walks through the steps again, except within the \
            rollback window",
        command: to.and_then(|to| with("undo", Some(&to))),
        watch: with("status", None),
        until: blue_green.then(|| {
            format!(
                "at once only for {seconds} s after the switch; later the old side is started anew"
            )
        }),
        ..Return::default()
    }
}

fn lowercase_rollout_phase(phase: &str) -> String {
    if phase.is_empty() {
        "under way".to_owned()
    } else {
        phase.to_ascii_lowercase()
    }
}
