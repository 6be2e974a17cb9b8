//! Helm's history of one release.

use std::collections::BTreeSet;

use model::fact_key;
use serde_json::Value;

use super::json::{list_json_objects, read_json_number, read_json_text, read_json_time};
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, Return};

/// All revisions; without `--max` Helm prints 256.
pub(super) const PRODUCER: &str =
    "helm history RELEASE --namespace NAMESPACE --output json > helm-history.json";

// `--history-max` of `helm upgrade`, which stands in a pipeline and not in the history
/// Revisions that Helm keeps unless told otherwise.
const KEPT: usize = 10;

pub(super) fn read_helm(value: &Value, report: &mut LiveReport) -> ReadResult {
    let mut revisions: Vec<(u64, &Value)> = list_json_objects(value)
        .into_iter()
        .filter_map(|item| Some((read_json_number(item, &["revision"])? as u64, item)))
        .collect();
    if revisions.is_empty() {
        return Err("no revision".into());
    }
    // Helm prints the oldest first, and `--max` keeps the newest
    revisions.sort_by_key(|(revision, _)| std::cmp::Reverse(*revision));
    let by_chart = are_told_by_chart(&revisions, report);
    let newest = revisions[0].0;
    for (place, (revision, item)) in revisions.iter().enumerate() {
        let status = read_json_text(item, &["status"])
            .unwrap_or_default()
            .to_ascii_lowercase();
        let outcome = map_helm_status(&status);
        let description = read_json_text(item, &["description"]).unwrap_or_default();
        let mut made = Deployment::new(&report.name, outcome)
            .excerpt(&format!("revision {revision}, {status}, {description}"));
        made.version = if by_chart {
            chart_version(item)
        } else {
            name_app_version(item).or_else(|| chart_version(item))
        };
        made.at = read_json_time(item, &["updated"]);
        // what failed or is pending may serve in part: neither yes nor no
        made.serving = match status.as_str() {
            "deployed" => Some(true),
            "superseded" | "uninstalled" => Some(false),
            _ => None,
        };
        made.said = (outcome == DeploymentOutcome::Failed && !description.is_empty())
            .then(|| description.clone());
        // a rollback to a revision that failed brings back what failed
        made.available = matches!(status.as_str(), "deployed" | "superseded").then_some(true);
        // a number where Helm writes one; before that only the description tells
        let to = read_json_number(item, &["rollback_revision"])
            .map(|to| to as u64)
            .filter(|to| *to > 0)
            .or_else(|| rolled_back_to(&description));
        if let Some(to) = to {
            made.mode = Some(DeploymentMode::Rollback);
            report.note(format!(
                "Revision {revision} is a rollback to revision {to}: a higher \
                revision is not a newer release"
            ));
        }
        // an older pending revision was overtaken, and Helm refuses only over the newest
        if outcome == DeploymentOutcome::Running && *revision == newest {
            tell_pending_operation(*revision, &status, report);
        }
        // a failed revision is in the history too, but nobody wants it back
        if made.available == Some(true) {
            made = made.back(make_helm_rollback(*revision, KEPT.saturating_sub(place)));
        }
        report.deployments.push(made);
    }
    // Helm sets the status before it begins, so the newest alone tells
    let running = revisions
        .first()
        .and_then(|(_, item)| read_json_text(item, &["status"]))
        .is_some_and(|status| status.starts_with("pending"));
    if !running {
        report.fact(
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "no",
            format!("Helm's newest revision {newest} is not pending"),
        );
    }
    report.note(
        "A rollback by Helm runs the chart's rollback hooks, leaves what lies in crds/ as \
        it is, and fails where the old manifests use an API version that the cluster dropped",
    );
    // with revision 1 in it the history is whole, however long
    if revisions.len() >= KEPT && revisions.last().is_some_and(|(oldest, _)| *oldest > 1) {
        let oldest = revisions.last().map_or(0, |(oldest, _)| *oldest);
        report.note(format!(
            "Helm keeps {KEPT} revisions unless told otherwise: the next upgrade \
            or rollback may drop revision {oldest}"
        ));
    }
    Ok(())
}

/// The version of the program in a revision.
fn name_app_version(item: &Value) -> Option<String> {
    read_json_text(item, &["app_version"])
        // it names whatever was newest then, so no release
        .filter(|version| !version.eq_ignore_ascii_case("latest"))
}

/// Charts whose app_version never moves are told apart by the chart's own version.
fn are_told_by_chart(revisions: &[(u64, &Value)], report: &mut LiveReport) -> bool {
    let names: BTreeSet<_> = revisions
        .iter()
        .filter_map(|(_, item)| name_app_version(item))
        .collect();
    let charts: BTreeSet<_> = revisions
        .iter()
        .filter_map(|(_, item)| chart_version(item))
        .collect();
    let by_chart = names.len() < 2 && charts.len() > 1;
    if by_chart && !names.is_empty() {
        report.note(
            "app_version is the same in every revision, so releases are told apart by the \
            chart's version",
        );
    }
    by_chart
}

fn map_helm_status(status: &str) -> DeploymentOutcome {
    match status {
        // superseded was deployed until a newer one replaced it; what failed keeps that status
        "deployed" | "superseded" => DeploymentOutcome::Success,
        "failed" => DeploymentOutcome::Failed,
        "uninstalled" | "uninstalling" => DeploymentOutcome::Canceled,
        pending if pending.starts_with("pending") => DeploymentOutcome::Running,
        // `unknown` is a word of Helm's own
        _ => DeploymentOutcome::Unknown,
    }
}

fn tell_pending_operation(revision: u64, status: &str, report: &mut LiveReport) {
    report.fact(
        fact_key::DEPLOYMENT_IN_PROGRESS,
        "yes",
        format!("Helm says revision {revision} is {status}"),
    );
    report.fact(
        fact_key::DEPLOYMENT_UNDO_PATH,
        "broken",
        format!("Helm refuses another operation while revision {revision} is {status}"),
    );
    report.note(format!(
        "{status} also stays behind when an upgrade was killed; look whether one really runs"
    ));
}

fn make_helm_rollback(revision: u64, left: usize) -> Return {
    Return {
        in_flight: false,
        says: format!("Roll the Helm release back to revision {revision}"),
        brings: "all manifests and values of that revision come back; data, custom resource \
            definitions and what hooks did stay",
        command: Some(format!(
            "helm rollback {{name}} {revision} --namespace {{namespace}} --wait"
        )),
        watch: Some("helm status {name} --namespace {namespace}".to_owned()),
        block: None,
        unblock: None,
        list: None,
        artifact: None,
        until: Some(format!(
            "until {left} more upgrades or rollbacks, where Helm keeps its usual {KEPT} revisions"
        )),
        until_at: None,
    }
}

/// `shop-2.3.1` is version `2.3.1`: behind the first hyphen with three numbers after it, as a name
/// may have digits (`shop-2fa-1.2.3`) and a version hyphens (`1.2.3-4.rc`); else behind the first
/// with two.
fn chart_version(item: &Value) -> Option<String> {
    let chart = read_json_text(item, &["chart"])?;
    let behind_hyphens = || {
        chart
            .match_indices('-')
            .filter_map(|(at, _)| chart.get(at + 1..))
    };
    let numbers = |rest: &str| {
        rest.split(['.', '-', '+'])
            .take_while(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
            .take(3)
            .count()
    };
    let found = behind_hyphens()
        .find(|rest| numbers(rest) == 3)
        // Helm asks for three numbers, though older charts have two
        .or_else(|| behind_hyphens().find(|rest| numbers(rest) == 2))?;
    Some(found.to_owned())
}

/// Before Helm 4 only the text tells: `Rollback to 4`.
fn rolled_back_to(description: &str) -> Option<u64> {
    description
        .trim()
        .strip_prefix("Rollback to ")?
        .trim()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_split_before_their_version() {
        for (chart, version) in [
            ("shop-2.3.1", "2.3.1"),
            ("kube-prometheus-stack-45.7.1", "45.7.1"),
            ("s3-proxy-1.0.0-rc.1", "1.0.0-rc.1"),
            ("shop-2fa-1.2.3", "1.2.3"),
            ("shop-1.2.3-4.rc", "1.2.3-4.rc"),
            ("shop-1.4", "1.4"),
        ] {
            assert_eq!(
                chart_version(&serde_json::json!({"chart": chart})).as_deref(),
                Some(version)
            );
        }
        assert_eq!(chart_version(&serde_json::json!({"chart": "shop"})), None);
    }
}
