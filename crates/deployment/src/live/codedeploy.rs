//! AWS CodeDeploy: deployments of one group with their revisions.

use model::fact_key;
use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_flag, read_json_list, read_json_number,
    read_json_text, read_json_time,
};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, Return};

/// The list holds ids only, so the deployments are fetched in one batch.
pub(super) const PRODUCER: &str = "aws deploy batch-get-deployments --deployment-ids $(aws deploy \
    list-deployments --application-name APP --deployment-group-name GROUP --query \
    'deployments[:20]' --output text) > codedeploy.json";

/// Whether an object is such a reply.
pub(super) fn looks_like(item: &Value) -> bool {
    item.get("deploymentInfo").is_some()
        || item.get("deploymentsInfo").is_some()
        || (item.get("deploymentId").is_some() && item.get("deploymentGroupName").is_some())
}

pub(super) fn read_codedeploy(value: &Value, report: &mut LiveReport) -> ReadResult {
    for item in list_json_objects(value) {
        match (
            find_json_value(item, &["deploymentInfo"]),
            read_json_list(item, &["deploymentsInfo"]),
        ) {
            // `get-deployment`, `batch-get-deployments` and a list of bare ones
            (Some(one), _) => read_codedeploy_deployment(one, report),
            (None, []) => read_codedeploy_deployment(item, report),
            (None, several) => several
                .iter()
                .for_each(|one| read_codedeploy_deployment(one, report)),
        }
    }
    if report.deployments.is_empty() {
        Err("no deployment with its status; a list of ids alone says nothing".into())
    } else {
        Ok(())
    }
}

fn read_codedeploy_deployment(item: &Value, report: &mut LiveReport) {
    // `list-deployments` prints ids alone
    let Some(status) = read_json_text(item, &["status"]) else {
        return;
    };
    let id = read_json_text(item, &["deploymentId"]).unwrap_or_default();
    let outcome = match status.as_str() {
        "Succeeded" => DeploymentOutcome::Success,
        "Failed" => DeploymentOutcome::Failed,
        "Stopped" => DeploymentOutcome::Canceled,
        // blue/green: the new side stands, and somebody has to send the traffic there
        "Ready" => DeploymentOutcome::Waiting,
        "Created" | "Queued" | "InProgress" | "Baking" => DeploymentOutcome::Running,
        _ => DeploymentOutcome::Unknown,
    };
    let unit = match (
        read_json_text(item, &["applicationName"]),
        read_json_text(item, &["deploymentGroupName"]),
    ) {
        (Some(application), Some(group)) => format!("{application}/{group}"),
        (one, other) => one
            .or(other)
            .unwrap_or_else(|| "an unnamed group".to_owned()),
    };
    let revision = find_json_value(item, &["revision"]);
    let mut made = Deployment::new(&report.name, outcome).excerpt(&format!("{id}, {status}"));
    made.commit =
        revision.and_then(|revision| read_json_text(revision, &["gitHubLocation", "commitId"]));
    // a bundle in a bucket has no version but its name
    made.version = revision
        .and_then(|revision| read_json_text(revision, &["s3Location", "key"]))
        .as_deref()
        .map(version_of);
    // until it ends, its start is all there is
    made.at =
        read_json_time(item, &["completeTime"]).or_else(|| read_json_time(item, &["createTime"]));
    made.unit = Some(unit.clone());
    made.target = Some(unit.clone());
    // CodeDeploy starts one by itself on a failure or an alarm
    if read_json_text(item, &["creator"]).as_deref() == Some("codeDeployRollback") {
        made.mode = Some(DeploymentMode::Rollback);
        made.said = read_json_text(item, &["rollbackInfo", "rollbackMessage"]);
        report.note_of(
            &unit,
            format!(
                "{id} was started by CodeDeploy itself as a rollback: {}",
                read_json_text(item, &["rollbackInfo", "rollbackMessage"]).unwrap_or_default()
            ),
        );
    }
    made.said = made
        .said
        .or_else(|| read_json_text(item, &["errorInformation", "message"]));
    read_blue_green_sides(item, &unit, &id, outcome, report);
    let label = made.label();
    made = made.back(Return {
        says: format!("Deploy {label} to {unit} again"),
        brings: "its files and hooks run again as a new deployment; on instances, files that the \
            program wrote itself stay",
        command: write_redeploy_command(item, revision),
        watch: None,
        until: Some("while the revision's bundle is kept in its bucket or repository".to_owned()),
        artifact: revision.and_then(|revision| read_json_text(revision, &["s3Location", "key"])),
        ..Return::default()
    });
    report.deployments.push(made);
}

/// `shop-1.1.21.zip` is version 1.1.21; what has no number stays as it is.
fn version_of(key: &str) -> String {
    let name = key.rsplit('/').next().unwrap_or(key);
    // `.tar.gz` before `.tar`: the first that fits is cut
    let name = [".tar.gz", ".tgz", ".tar", ".zip", ".json", ".yaml", ".yml"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    name.to_owned()
}

fn write_redeploy_command(item: &Value, revision: Option<&Value>) -> Option<String> {
    let revision = revision?;
    let start = build_return_command(&[
        make_fixed_part("aws deploy create-deployment --application-name "),
        named(read_json_text(item, &["applicationName"])),
        make_fixed_part(" --deployment-group-name "),
        named(read_json_text(item, &["deploymentGroupName"])),
    ])?;
    let of = |path: &[&str]| named(read_json_text(revision, path));
    let place = match find_json_value(revision, &["gitHubLocation"]) {
        Some(_) => build_return_command(&[
            make_fixed_part(" --github-location repository="),
            of(&["gitHubLocation", "repository"]),
            make_fixed_part(",commitId="),
            of(&["gitHubLocation", "commitId"]),
        ]),
        None => build_return_command(&[
            make_fixed_part(" --s3-location bucket="),
            of(&["s3Location", "bucket"]),
            make_fixed_part(",key="),
            of(&["s3Location", "key"]),
            make_fixed_part(",bundleType="),
            of(&["s3Location", "bundleType"]),
        ]),
    }?;
    // a quoted part in the middle of an option would not be one argument
    (!place.contains('\'')).then(|| start + &place)
}

/// Blue/green: while the old instances wait for their end, traffic goes back at once.
fn read_blue_green_sides(
    item: &Value,
    unit: &str,
    id: &str,
    outcome: DeploymentOutcome,
    report: &mut LiveReport,
) {
    let blue_green = read_json_text(item, &["deploymentStyle", "deploymentType"]).as_deref()
        == Some("BLUE_GREEN");
    // only the newest says what stands now, and lists begin with it
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
    let running = matches!(
        outcome,
        DeploymentOutcome::Running | DeploymentOutcome::Waiting
    );
    if running {
        report.note_of(
            unit,
            format!(
                "{id} is still in flight: stopping it with a rollback is \
            cheaper than another deployment (aws deploy stop-deployment --deployment-id {id} \
            --auto-rollback-enabled)"
            ),
        );
    }
    if !blue_green {
        return;
    }
    let settings = find_json_value(
        item,
        &[
            "blueGreenDeploymentConfiguration",
            "terminateBlueInstancesOnDeploymentSuccess",
        ],
    );
    let kept = settings
        .and_then(|settings| read_json_text(settings, &["action"]))
        .as_deref()
        == Some("KEEP_ALIVE");
    let wait = settings
        .and_then(|settings| read_json_number(settings, &["terminationWaitTimeInMinutes"]))
        .unwrap_or(0.0);
    let waiting =
        read_json_flag(item, &["instanceTerminationWaitTimeStarted"]) == Some(true) && running;
    if kept || waiting || running {
        let why = if kept {
            // `KEEP_ALIVE` outlives the deployment; the wait does not
            "its group keeps the old instances".to_owned()
        } else {
            format!("{id} has not ended, so the old instances still run")
        };
        report.fact_of(unit, fact_key::DEPLOYMENT_OLD_SIDE_WARM, "yes", why);
    } else if outcome == DeploymentOutcome::Success {
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
