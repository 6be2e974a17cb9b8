//! An Argo CD Application: its history names commits of the configuration, not of the program.

use model::fact_key;
use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_flag, read_json_list, read_json_text,
    read_json_time,
};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::version::image_tag;
use super::{Deployment, DeploymentOutcome, LiveReport, ReadResult, Return};

/// Either command works.
pub(super) const PRODUCER: &str = "kubectl get application.argoproj.io NAME --namespace argocd \
    --output json > argocd.json   # or: argocd app get NAME -o json";

pub(super) fn read_argocd(value: &Value, report: &mut LiveReport) -> ReadResult {
    let mut some = false;
    for app in list_json_objects(value)
        .into_iter()
        .filter(|item| find_json_value(item, &["status"]).is_some())
    {
        some = true;
        read_argocd_application(app, report);
    }
    if some {
        Ok(())
    } else {
        Err("no Application with a status".into())
    }
}

fn read_argocd_application(app: &Value, report: &mut LiveReport) {
    let name =
        read_json_text(app, &["metadata", "name"]).unwrap_or_else(|| "the application".to_owned());
    let phase = read_json_text(app, &["status", "operationState", "phase"]).unwrap_or_default();
    let health = read_json_text(app, &["status", "health", "status"]).unwrap_or_default();
    let sync = read_json_text(app, &["status", "sync", "status"]).unwrap_or_default();
    // the operation's own phase first: health may still be that of what ran before
    if matches!(phase.as_str(), "Running" | "Terminating") {
        report.fact_of(
            &name,
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "yes",
            format!(
                "Argo CD's operation on {name} is {}",
                phase.to_ascii_lowercase()
            ),
        );
    } else if health == "Progressing" {
        // an operation is over when the manifests are applied; pods may still start then
        report.fact_of(
            &name,
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "yes",
            format!("Argo CD says {name} is progressing"),
        );
    } else if !health.is_empty() || !phase.is_empty() {
        report.fact_of(
            &name,
            fact_key::DEPLOYMENT_IN_PROGRESS,
            "no",
            format!("Argo CD has no operation running on {name}"),
        );
    }
    if matches!(health.as_str(), "Degraded" | "Missing") {
        report.note_of(
            &name,
            format!("Argo CD says {name} is {}", health.to_ascii_lowercase()),
        );
    }
    // somebody changed the cluster by hand, or the repository moved on
    if sync == "OutOfSync" {
        report.note_of(
            &name,
            format!(
                "{name} is out of sync: what runs differs from the newest entry of its history"
            ),
        );
    }
    // an empty mapping switches it on, so its presence counts
    let automated = find_json_value(app, &["spec", "syncPolicy", "automated"])
        .filter(|automated| automated.is_object());
    if automated.is_some_and(|automated| read_json_flag(automated, &["enabled"]) != Some(false)) {
        report.fact_of(
            &name,
            fact_key::DEPLOYMENT_UNDO_PATH,
            "broken",
            format!(
                "auto-sync is on for {name}: Argo CD refuses a rollback or deploys the bad \
                release again; switch it off first"
            ),
        );
        // what an application makes carries its tracking mark
        let parent = [
            "argocd.argoproj.io/tracking-id",
            "argocd.argoproj.io/instance",
        ]
        .iter()
        .any(|key| find_json_value(app, &["metadata", "annotations", key]).is_some())
            || find_json_value(app, &["metadata", "labels", "app.kubernetes.io/instance"])
                .is_some()
            || !read_json_list(app, &["metadata", "ownerReferences"]).is_empty();
        if parent {
            report.note_of(
                &name,
                format!(
                    "{name} is made by a parent application, which may \
                switch auto-sync on again at its next commit"
                ),
            );
        }
    }
    read_argocd_history(app, &name, &phase, report);
}

fn read_argocd_history(app: &Value, name: &str, phase: &str, report: &mut LiveReport) {
    let entries = read_json_list(app, &["status", "history"]);
    let images: Vec<String> = read_json_list(app, &["status", "summary", "images"])
        .iter()
        .filter_map(Value::as_str)
        .filter_map(image_tag)
        .collect();
    // only where all images have one tag does it say which release runs
    let running = images
        .first()
        .filter(|first| images.iter().all(|tag| tag == *first))
        .map(|tag| super::sanitize_state_text(tag));
    let newest = entries
        .iter()
        .map(|entry| read_json_time(entry, &["deployedAt"]))
        .max()
        .flatten();
    for entry in entries {
        // an application with several sources has a list
        let revision = read_json_text(entry, &["revision"])
            .or_else(|| {
                read_json_list(entry, &["revisions"])
                    .first()
                    .and_then(Value::as_str)
                    .map(super::sanitize_state_text)
            })
            .unwrap_or_default();
        // the newest by time, in whatever order the file lists them
        let is_newest = newest.is_some() && read_json_time(entry, &["deployedAt"]) == newest;
        let mut made = Deployment::new(&report.name, DeploymentOutcome::Success).excerpt(&format!(
            "history {}, configuration {}",
            read_json_text(entry, &["id"]).unwrap_or_default(),
            model::shorten_text(&revision, 12)
        ));
        let source = find_json_value(entry, &["source"])
            .or_else(|| read_json_list(entry, &["sources"]).first());
        made.version = source
            .and_then(source_version)
            // the summary is of now, so it names the newest entry only
            .or_else(|| running.clone().filter(|_| is_newest))
            // a commit of the configuration is better than nothing, and says what it is
            .or_else(|| Some(format!("configuration {revision}")));
        made.at = read_json_time(entry, &["deployedAt"]);
        made.unit = Some(name.to_owned());
        made.target = Some(name.to_owned());
        made.serving = Some(is_newest && phase != "Running");
        // an id goes into a command, so only digits do
        made.back = read_json_text(entry, &["id"]).filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).map(|id| {
            Box::new(Return {
                says: format!("Roll the application {name} back to history {id}"),
                brings: "the manifests of that configuration commit come back; the configuration \
                    repository still names the new release, so the next sync brings it again",
                command: build_return_command(&[make_fixed_part("argocd app \
                    rollback "), named(name.to_owned()), make_fixed_part(" "), named(id)]),
                watch: build_return_command(&[make_fixed_part("argocd app \
                    wait "), named(name.to_owned()), make_fixed_part(" --health --timeout 600")]),
                until: Some("until it leaves the history (revisionHistoryLimit, 10 unless set), \
                    and only while auto-sync is off".to_owned()),
                ..Return::default()
            })
        });
        report.deployments.push(made);
    }
    if !entries.is_empty() {
        report.note_of(
            name,
            format!(
                "Argo CD's history of {name} names commits of the \
            configuration repository, not of the program: follow the image tag"
            ),
        );
    }
}

/// The release a source names: an image tag set by Helm or Kustomize, or a chart version.
fn source_version(source: &Value) -> Option<String> {
    let by_helm = read_json_list(source, &["helm", "parameters"])
        .iter()
        .find(|parameter| {
            read_json_text(parameter, &["name"]).is_some_and(|name| {
                name == "image.tag" || name.ends_with(".image.tag") || name == "tag"
            })
        })
        .and_then(|parameter| read_json_text(parameter, &["value"]));
    let by_kustomize = || {
        read_json_list(source, &["kustomize", "images"])
            .first()
            .and_then(Value::as_str)
            .and_then(image_tag)
    };
    // a branch such as `main` is no version, and what compares as one is
    let by_revision = || {
        read_json_text(source, &["targetRevision"]).filter(|revision| {
            super::compare_deployed_release(Some("0.0"), revision.trim_start_matches('v'))
                .mode
                .is_some()
        })
    };
    by_helm
        .or_else(by_kustomize)
        .or_else(by_revision)
        .map(|version| super::sanitize_state_text(&version))
}
