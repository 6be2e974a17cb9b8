//! GitHub deployments with their statuses.

use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_flag, read_json_text, read_json_time,
};
use super::{Deployment, DeploymentOutcome, LiveReport, ReadResult};

/// The list has no statuses of its own, so they are joined to it.
pub(super) const PRODUCER: &str = r#"gh api "repos/OWNER/REPO/deployments?environment=production&per_page=30" --jq '.[].id' | while read id; do gh api "repos/OWNER/REPO/deployments/$id" | jq --argjson s "$(gh api repos/OWNER/REPO/deployments/$id/statuses)" '.statuses=$s'; done | jq -s . > github-deployments.json"#;

// GraphQL wraps the list, REST is the list
pub(super) fn read_github_deployments(value: &Value, report: &mut LiveReport) -> ReadResult {
    let listed = match find_json_value(value, &["data", "repository", "deployments"]) {
        Some(deployments) => list_json_objects(deployments),
        None => list_json_objects(value),
    };
    let (mut without, mut good) = (0usize, std::collections::BTreeMap::<String, usize>::new());
    for item in listed.iter().copied() {
        // without a commit nothing ties it to a release
        let Some(commit) =
            read_json_text(item, &["sha"]).or_else(|| read_json_text(item, &["commitOid"]))
        else {
            continue;
        };
        let (state, at_time, ever_good) = find_latest_github_status(item);
        let outcome = match state.as_deref() {
            Some("success" | "active") => DeploymentOutcome::Success,
            Some("failure" | "error") => DeploymentOutcome::Failed,
            Some("queued" | "pending" | "in_progress") => DeploymentOutcome::Running,
            Some("waiting") => DeploymentOutcome::Waiting,
            // inactive is set on what a newer deployment replaced, and does not say how it ended
            // itself
            Some("inactive") if ever_good => DeploymentOutcome::Success,
            Some("abandoned" | "destroyed") => DeploymentOutcome::Canceled,
            Some(_) => DeploymentOutcome::Unknown,
            None => {
                without += 1;
                DeploymentOutcome::Unknown
            }
        };
        let id = read_json_text(item, &["id"])
            .or_else(|| read_json_text(item, &["databaseId"]))
            .unwrap_or_default();
        let reference =
            read_json_text(item, &["ref"]).or_else(|| read_json_text(item, &["ref", "name"]));
        let mut made = Deployment::new(&report.name, outcome).excerpt(&format!(
            "deployment {id}, {}, {}",
            reference.as_deref().unwrap_or("?"),
            state.as_deref().unwrap_or("no status")
        ));
        made.commit = Some(commit);
        // a ref may also be a branch or a commit, which name no release
        made.version = reference.filter(|name| {
            super::version::strip_version_prefix(name).starts_with(|c: char| c.is_ascii_digit())
                && name.contains('.')
        });
        // the status's time is when it became so; creation is when somebody asked
        made.at = at_time
            .or_else(|| read_json_time(item, &["created_at"]))
            .or_else(|| read_json_time(item, &["createdAt"]));
        made.environment = read_json_text(item, &["environment"]);
        // `active` and `success` may stand on several, so they mark none
        made.serving = (state.as_deref() == Some("inactive")).then_some(false);
        if outcome == DeploymentOutcome::Success
            && state.as_deref() != Some("inactive")
            // old deployments of other environments are marked inactive by GitHub itself
            && read_json_flag(item, &["production_environment"]) != Some(false)
        {
            *good
                .entry(made.environment.clone().unwrap_or_default())
                .or_default() += 1;
        }
        report.deployments.push(made);
    }
    if report.deployments.is_empty() {
        return Err("no deployments with a commit".into());
    }
    if without > 0 {
        report.note(format!(
            "{without} deployments have no status in the file (GitHub's list \
            leaves it out), so they do not count as live"
        ));
    }
    for (environment, count) in good.into_iter().filter(|(_, count)| *count > 1) {
        report.note(format!(
            "{count} deployments to {environment} still show success: GitHub does not mark old \
                production deployments inactive, so only the newest counts"
        ));
    }
    Ok(())
}

/// State and time of the newest status, and whether any was a success.
fn find_latest_github_status(item: &Value) -> (Option<String>, Option<jiff::Timestamp>, bool) {
    let state =
        |status: &Value| read_json_text(status, &["state"]).map(|state| state.to_ascii_lowercase());
    let when = |status: &Value| {
        read_json_time(status, &["created_at"]).or_else(|| read_json_time(status, &["createdAt"]))
    };
    if let Some(status) =
        find_json_value(item, &["latestStatus"]).filter(|status| status.is_object())
    {
        let found = state(status);
        // GraphQL holds the newest status alone, and what is inactive there was live before
        let good = matches!(found.as_deref(), Some("success" | "inactive"));
        return (found, when(status), good);
    }
    let statuses = match find_json_value(item, &["statuses"]) {
        Some(Value::Array(statuses)) => statuses.iter().collect(),
        Some(Value::Object(_)) => find_json_value(item, &["statuses"])
            .map(list_json_objects)
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    let good = statuses
        .iter()
        .any(|status| state(status).as_deref() == Some("success"));
    // times have whole seconds, so two statuses often have the same
    // the first of several with the same time: the reply is newest first
    let newest = statuses.iter().rev().max_by_key(|status| when(status));
    let joined = newest.and_then(|status| state(status));
    let own = joined
        .clone()
        .or_else(|| read_json_text(item, &["state"]).map(|state| state.to_ascii_lowercase()));
    // a superseded one was good until its successor came, so its own success says when it went live
    let live_at = statuses
        .iter()
        .filter(|status| state(status).as_deref() == Some("success"))
        .filter_map(|status| when(status))
        .min();
    (
        own,
        live_at.or_else(|| newest.and_then(|status| when(status))),
        // without any status the word `inactive` is all there is, and GitHub itself sets it only on
        // what had succeeded
        good || statuses.is_empty(),
    )
}
