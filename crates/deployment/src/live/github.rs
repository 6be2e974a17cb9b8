//! GitHub deployments with their statuses.

use serde_json::Value;

use super::json::{at, flag, list, objects, text, time};
use super::{Deployment, LiveReport, Outcome, Read};

/// The list has no statuses of its own, so they are joined to it.
pub(super) const PRODUCER: &str = r#"gh api "repos/OWNER/REPO/deployments?environment=production&per_page=30" --jq '.[].id' | while read id; do gh api "repos/OWNER/REPO/deployments/$id" | jq --argjson s "$(gh api repos/OWNER/REPO/deployments/$id/statuses)" '.statuses=$s'; done | jq -s . > github-deployments.json"#;

pub(super) fn read(value: &Value, report: &mut LiveReport) -> Read {
    let listed = match at(value, &["data", "repository", "deployments"]) {
        Some(deployments) => objects(deployments),
        None => objects(value),
    };
    let (mut without, mut good) = (0usize, std::collections::BTreeMap::<String, usize>::new());
    for item in listed.iter().copied() {
        let Some(commit) = text(item, &["sha"]).or_else(|| text(item, &["commitOid"])) else {
            continue;
        };
        let (state, at_time, ever_good) = latest(item);
        let outcome = match state.as_deref() {
            Some("success" | "active") => Outcome::Success,
            Some("failure" | "error") => Outcome::Failed,
            Some("queued" | "pending" | "in_progress") => Outcome::Running,
            Some("waiting") => Outcome::Waiting,
            Some("inactive") if ever_good => Outcome::Success,
            Some("abandoned" | "destroyed") => Outcome::Canceled,
            Some(_) => Outcome::Unknown,
            None => {
                without += 1;
                Outcome::Unknown
            }
        };
        let id = text(item, &["id"])
            .or_else(|| text(item, &["databaseId"]))
            .unwrap_or_default();
        let reference = text(item, &["ref"]).or_else(|| text(item, &["ref", "name"]));
        let mut made = Deployment::new(&report.name, outcome).excerpt(&format!(
            "deployment {id}, {}, {}",
            reference.as_deref().unwrap_or("?"),
            state.as_deref().unwrap_or("no status")
        ));
        made.commit = Some(commit);
        made.version = reference.filter(|name| {
            super::version::bare(name).starts_with(|c: char| c.is_ascii_digit())
                && name.contains('.')
        });
        made.at = at_time
            .or_else(|| time(item, &["created_at"]))
            .or_else(|| time(item, &["createdAt"]));
        made.environment = text(item, &["environment"]);
        made.serving = (state.as_deref() == Some("inactive")).then_some(false);
        if outcome == Outcome::Success
            && state.as_deref() != Some("inactive")
            && flag(item, &["production_environment"]) != Some(false)
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
        report.note(format!("{without} deployments have no status in the file (GitHub's list leaves it out), so they do not count as live"));
    }
    for (environment, count) in good.into_iter().filter(|(_, count)| *count > 1) {
        report.note(format!(
            "{count} deployments to {environment} still show success: GitHub does not mark old production deployments inactive, so only the newest counts"
        ));
    }
    Ok(())
}

/// State and time of the newest status, and whether any was a success.
fn latest(item: &Value) -> (Option<String>, Option<jiff::Timestamp>, bool) {
    let state = |status: &Value| text(status, &["state"]).map(|state| state.to_ascii_lowercase());
    let when =
        |status: &Value| time(status, &["created_at"]).or_else(|| time(status, &["createdAt"]));
    if let Some(status) = at(item, &["latestStatus"]).filter(|status| status.is_object()) {
        let found = state(status);
        let good = matches!(found.as_deref(), Some("success" | "inactive"));
        return (found, when(status), good);
    }
    let statuses = match at(item, &["statuses"]) {
        Some(Value::Array(statuses)) => statuses.iter().collect(),
        Some(Value::Object(_)) => at(item, &["statuses"]).map(objects).unwrap_or_default(),
        _ => Vec::new(),
    };
    let good = statuses
        .iter()
        .any(|status| state(status).as_deref() == Some("success"));
    // the first of several with the same time: the reply is newest first
    let newest = statuses.iter().rev().max_by_key(|status| when(status));
    let joined = newest.and_then(|status| state(status));
    let own = joined
        .clone()
        .or_else(|| text(item, &["state"]).map(|state| state.to_ascii_lowercase()));
    // a superseded one was good until its successor came, so its own success says when it went live
    let live_at = statuses
        .iter()
        .filter(|status| state(status).as_deref() == Some("success"))
        .filter_map(|status| when(status))
        .min();
    (
        own,
        live_at.or_else(|| newest.and_then(|status| when(status))),
        good || list(item, &["statuses"]).is_empty(),
    )
}
