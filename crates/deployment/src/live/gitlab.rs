//! GitLab deployments of a project, or one environment with its last deployment.

use serde_json::Value;

use super::json::{find_json_value, list_json_objects, read_json_text, read_json_time};
use super::{Deployment, DeploymentOutcome, LiveReport, ReadResult};

/// Newest first, one environment.
pub(super) const PRODUCER: &str = r#"glab api "projects/:id/deployments?environment=production&order_by=created_at&sort=desc&per_page=100" > gitlab-deployments.json"#;

pub(super) fn read_gitlab_deployments(value: &Value, report: &mut LiveReport) -> ReadResult {
    for item in list_json_objects(value) {
        // an environment as the API gives it holds its last deployment; a list holds them
        // themselves
        match find_json_value(item, &["last_deployment"]).filter(|last| last.is_object()) {
            Some(last) => read_gitlab_deployment(last, read_json_text(item, &["name"]), report),
            None => read_gitlab_deployment(item, None, report),
        }
    }
    if report.deployments.is_empty() {
        Err("no deployments with a commit".into())
    } else {
        Ok(())
    }
}

fn read_gitlab_deployment(item: &Value, environment: Option<String>, report: &mut LiveReport) {
    // an environment without a deployment has a null here
    let Some(commit) = read_json_text(item, &["sha"]) else {
        return;
    };
    let status = read_json_text(item, &["status"]).unwrap_or_default();
    let outcome = match status.as_str() {
        "success" => DeploymentOutcome::Success,
        "failed" => DeploymentOutcome::Failed,
        "running" | "created" => DeploymentOutcome::Running,
        "blocked" => DeploymentOutcome::Waiting,
        "canceled" | "skipped" => DeploymentOutcome::Canceled,
        _ => DeploymentOutcome::Unknown,
    };
    let reference = read_json_text(item, &["ref"]);
    let number = read_json_text(item, &["iid"])
        .or_else(|| read_json_text(item, &["id"]))
        .unwrap_or_default();
    let mut made = Deployment::new(&report.name, outcome).excerpt(&format!(
        "deployment {number}, {}, {status}",
        reference.as_deref().unwrap_or("?")
    ));
    made.commit = Some(commit);
    // a branch such as `main` is no version
    made.version = reference.filter(|name| {
        super::version::strip_version_prefix(name).starts_with(|c: char| c.is_ascii_digit())
            && name.contains('.')
    });
    // it is live when its job ended, and jobs wait
    made.at = read_json_time(item, &["finished_at"])
        .or_else(|| read_json_time(item, &["updated_at"]))
        .or_else(|| read_json_time(item, &["created_at"]));
    made.environment = read_json_text(item, &["environment", "name"])
        .or_else(|| read_json_text(item, &["environment"]))
        .or(environment);
    if outcome == DeploymentOutcome::Waiting {
        report.note(format!("Deployment {number} waits for an approval"));
    }
    report.deployments.push(made);
}
