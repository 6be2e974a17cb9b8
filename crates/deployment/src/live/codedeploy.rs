//! AWS CodeDeploy: deployments of one group with their revisions.

use model::fact_key;
use serde_json::Value;

use super::json::{at, flag, list, number, objects, text, time};
use super::returns::{command, fixed, name as named};
use super::{Deployment, DeploymentMode, LiveReport, Outcome, Read, Return};

/// The list holds ids only, so the deployments are fetched in one batch.
pub(super) const PRODUCER: &str = "aws deploy batch-get-deployments --deployment-ids $(aws deploy list-deployments --application-name APP --deployment-group-name GROUP --query 'deployments[:20]' --output text) > codedeploy.json";

/// Whether an object is such a reply.
pub(super) fn looks_like(item: &Value) -> bool {
    item.get("deploymentInfo").is_some()
        || item.get("deploymentsInfo").is_some()
        || (item.get("deploymentId").is_some() && item.get("deploymentGroupName").is_some())
}

pub(super) fn read(value: &Value, report: &mut LiveReport) -> Read {
    for item in objects(value) {
        match (
            at(item, &["deploymentInfo"]),
            list(item, &["deploymentsInfo"]),
        ) {
            (Some(one), _) => deployment(one, report),
            (None, []) => deployment(item, report),
            (None, several) => several.iter().for_each(|one| deployment(one, report)),
        }
    }
    if report.deployments.is_empty() {
        Err("no deployment with its status; a list of ids alone says nothing".into())
    } else {
        Ok(())
    }
}

fn deployment(item: &Value, report: &mut LiveReport) {
    let Some(status) = text(item, &["status"]) else {
        return;
    };
    let id = text(item, &["deploymentId"]).unwrap_or_default();
    let outcome = match status.as_str() {
        "Succeeded" => Outcome::Success,
        "Failed" => Outcome::Failed,
        "Stopped" => Outcome::Canceled,
        "Ready" => Outcome::Waiting,
        "Created" | "Queued" | "InProgress" | "Baking" => Outcome::Running,
        _ => Outcome::Unknown,
    };
    let unit = match (
        text(item, &["applicationName"]),
        text(item, &["deploymentGroupName"]),
    ) {
        (Some(application), Some(group)) => format!("{application}/{group}"),
        (one, other) => one
            .or(other)
            .unwrap_or_else(|| "an unnamed group".to_owned()),
    };
    let revision = at(item, &["revision"]);
    let mut made = Deployment::new(&report.name, outcome).excerpt(&format!("{id}, {status}"));
    made.commit = revision.and_then(|revision| text(revision, &["gitHubLocation", "commitId"]));
    made.version = revision
        .and_then(|revision| text(revision, &["s3Location", "key"]))
        .as_deref()
        .map(version_of);
    made.at = time(item, &["completeTime"]).or_else(|| time(item, &["createTime"]));
    made.unit = Some(unit.clone());
    made.target = Some(unit.clone());
    if text(item, &["creator"]).as_deref() == Some("codeDeployRollback") {
        made.mode = Some(DeploymentMode::Rollback);
        report.note_of(
            &unit,
            format!(
                "{id} was started by CodeDeploy itself as a rollback: {}",
                text(item, &["rollbackInfo", "rollbackMessage"]).unwrap_or_default()
            ),
        );
    }
    sides(item, &unit, &id, outcome, report);
    let label = made.label();
    made = made.back(Return {
        says: format!("Deploy {label} to {unit} again"),
        brings: "its files and hooks run again as a new deployment; on instances, files that the program wrote itself stay",
        command: again(item, revision),
        watch: None,
        until: Some("while the revision's bundle is kept in its bucket or repository".to_owned()),
        artifact: revision.and_then(|revision| text(revision, &["s3Location", "key"])),
        ..Return::default()
    });
    report.deployments.push(made);
}

/// `shop-1.1.21.zip` is version 1.1.21; what has no number stays as it is.
fn version_of(key: &str) -> String {
    let name = key.rsplit('/').next().unwrap_or(key);
    let name = [".tar.gz", ".tgz", ".tar", ".zip", ".json", ".yaml", ".yml"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    name.to_owned()
}

fn again(item: &Value, revision: Option<&Value>) -> Option<String> {
    let revision = revision?;
    let start = command(&[
        fixed("aws deploy create-deployment --application-name "),
        named(text(item, &["applicationName"])),
        fixed(" --deployment-group-name "),
        named(text(item, &["deploymentGroupName"])),
    ])?;
    let of = |path: &[&str]| named(text(revision, path));
    let place = match at(revision, &["gitHubLocation"]) {
        Some(_) => command(&[
            fixed(" --github-location repository="),
            of(&["gitHubLocation", "repository"]),
            fixed(",commitId="),
            of(&["gitHubLocation", "commitId"]),
        ]),
        None => command(&[
            fixed(" --s3-location bucket="),
            of(&["s3Location", "bucket"]),
            fixed(",key="),
            of(&["s3Location", "key"]),
            fixed(",bundleType="),
            of(&["s3Location", "bundleType"]),
        ]),
    }?;
    // a quoted part in the middle of an option would not be one argument
    (!place.contains('\'')).then(|| start + &place)
}

/// Blue/green: while the old instances wait for their end, traffic goes back at once.
fn sides(item: &Value, unit: &str, id: &str, outcome: Outcome, report: &mut LiveReport) {
    let blue_green =
        text(item, &["deploymentStyle", "deploymentType"]).as_deref() == Some("BLUE_GREEN");
    let newest = !report
        .deployments
        .iter()
        .any(|known| known.unit.as_deref() == Some(unit));
    if !newest {
        return;
    }
    report.fact_of(
        unit,
        fact_key::DEPLOYMENT_STRATEGY,
        if blue_green { "blue-green" } else { "rolling" },
        format!("{unit} is deployed by CodeDeploy"),
    );
    let running = matches!(outcome, Outcome::Running | Outcome::Waiting);
    if running {
        report.note_of(unit, format!("{id} is still in flight: stopping it with a rollback is cheaper than another deployment (aws deploy stop-deployment --deployment-id {id} --auto-rollback-enabled)"));
    }
    if !blue_green {
        return;
    }
    let settings = at(
        item,
        &[
            "blueGreenDeploymentConfiguration",
            "terminateBlueInstancesOnDeploymentSuccess",
        ],
    );
    let kept = settings
        .and_then(|settings| text(settings, &["action"]))
        .as_deref()
        == Some("KEEP_ALIVE");
    let wait = settings
        .and_then(|settings| number(settings, &["terminationWaitTimeInMinutes"]))
        .unwrap_or(0.0);
    let waiting = flag(item, &["instanceTerminationWaitTimeStarted"]) == Some(true) && running;
    if kept || waiting || running {
        let why = if kept {
            "its group keeps the old instances".to_owned()
        } else {
            format!("{id} has not ended, so the old instances still run")
        };
        report.fact_of(unit, fact_key::DEPLOYMENT_OLD_SIDE_WARM, "yes", why);
    } else if outcome == Outcome::Success {
        report.fact_of(
            unit,
            fact_key::DEPLOYMENT_OLD_SIDE_WARM,
            "no",
            format!(
                "{id} ended, and the old instances were taken down {wait} minutes after the switch"
            ),
        );
    }
    if waiting {
        report.note_of(
            unit,
            format!(
                "The old instances of {unit} are taken down at most {wait} minutes after the switch"
            ),
        );
    }
}
