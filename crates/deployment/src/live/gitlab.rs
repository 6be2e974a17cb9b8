//! GitLab deployments of a project, or one environment with its last deployment.

use serde_json::Value;

use super::json::{at, objects, text, time};
use super::{Deployment, LiveReport, Outcome, Read};

/// Newest first, one environment.
pub(super) const PRODUCER: &str = r#"glab api "projects/:id/deployments?environment=production&order_by=created_at&sort=desc&per_page=100" > gitlab-deployments.json"#;

pub(super) fn read(value: &Value, report: &mut LiveReport) -> Read {
    for item in objects(value) {
        match at(item, &["last_deployment"]).filter(|last| last.is_object()) {
            Some(last) => one(last, text(item, &["name"]), report),
            None => one(item, None, report),
        }
    }
    if report.deployments.is_empty() {
        Err("no deployments with a commit".into())
    } else {
        Ok(())
    }
}

fn one(item: &Value, environment: Option<String>, report: &mut LiveReport) {
    let Some(commit) = text(item, &["sha"]) else {
        return;
    };
    let status = text(item, &["status"]).unwrap_or_default();
    let outcome = match status.as_str() {
        "success" => Outcome::Success,
        "failed" => Outcome::Failed,
        "running" | "created" => Outcome::Running,
        "blocked" => Outcome::Waiting,
        "canceled" | "skipped" => Outcome::Canceled,
        _ => Outcome::Unknown,
    };
    let reference = text(item, &["ref"]);
    let number = text(item, &["iid"])
        .or_else(|| text(item, &["id"]))
        .unwrap_or_default();
    let mut made = Deployment::new(&report.name, outcome).excerpt(&format!(
        "deployment {number}, {}, {status}",
        reference.as_deref().unwrap_or("?")
    ));
    made.commit = Some(commit);
    made.version = reference.filter(|name| {
        super::version::bare(name).starts_with(|c: char| c.is_ascii_digit()) && name.contains('.')
    });
    made.at = time(item, &["finished_at"])
        .or_else(|| time(item, &["updated_at"]))
        .or_else(|| time(item, &["created_at"]));
    made.environment = text(item, &["environment", "name"])
        .or_else(|| text(item, &["environment"]))
        .or(environment);
    if outcome == Outcome::Waiting {
        report.note(format!("Deployment {number} waits for an approval"));
    }
    report.deployments.push(made);
}
