//! Signs of staging in YAML and JSON documents.

mod amazon;
mod manifests;
mod sink;

use amazon::{find_beanstalk_staging, find_cloudformation_staging, find_serverless_staging};
use manifests::find_kubernetes_staging;
use sink::StagingSignSink;
use span_tree::{Limits, Node, Tree};

use super::sign::StagingSign;
use model::Confidence;
use model::Strategy;

// aliases of YAML may make a small file grow without end
/// Bounds for manifests; templates of charts are no YAML and are left to the lines.
const LIMITS: Limits = Limits {
    depth: 100,
    nodes: 200_000,
    bytes: super::sign::FILE_LIMIT,
};

pub(super) fn find_yaml_staging(path: &str, text: &str, signs: &mut Vec<StagingSign>) {
    let Ok(tree) = Tree::parse_with(text, LIMITS) else {
        return;
    };
    let mut out = StagingSignSink { path, text, signs };
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    for root in tree.roots() {
        // `kubectl get -o yaml` wraps them in a list
        let listed = root.get("items").filter(|items| items.is_sequence());
        let documents: Vec<Node<'_>> =
            listed.map_or_else(|| vec![root], |items| items.items().take(2000).collect());
        for document in documents {
            find_kubernetes_staging(document, &mut out);
        }
        find_cloudformation_staging(root, &mut out);
        // a chart's values have no kind, so the name tells
        if name.starts_with("values") {
            find_helm_values_staging(root, &mut out);
        }
        if name.starts_with("serverless") {
            find_serverless_staging(root, &mut out);
        }
        find_compose_staging(root, &mut out);
        find_azure_staging(root, &mut out);
        find_beanstalk_staging(root, &mut out);
        if name == "deploy.yml"
            && (lower == "config/deploy.yml" || lower.ends_with("/config/deploy.yml"))
        {
            find_kamal_staging(root, &mut out);
        }
    }
}

fn find_helm_values_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    for (key, strategy) in [
        ("blueGreen", Strategy::BlueGreen),
        ("bluegreen", Strategy::BlueGreen),
        ("canary", Strategy::Canary),
    ] {
        for place in [
            root.get(key),
            root.at(&["rollout", "strategy", key]),
            root.at(&["rollout", key]),
            root.at(&["strategy", key]),
        ]
        .into_iter()
        .flatten()
        {
            // charts come with the block and switch it off
            let off = place.get("enabled").and_then(Node::as_bool) == Some(false)
                || place.as_bool() == Some(false)
                || place.is_null();
            if !off {
                out.sure(
                    strategy,
                    "Helm values",
                    place,
                    "the chart may keep the old side up",
                    "as the chart's templates say",
                    // what the chart makes of it stands in its templates
                    Confidence::Hint,
                );
            }
        }
    }
}

fn find_compose_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    for (_, service) in root
        .get("services")
        .into_iter()
        .flat_map(Node::entries)
        .take(1000)
    {
        // Compose alone does not read it, a Swarm does
        if let Some(update) = service.at(&["deploy", "update_config"]) {
            let back = update.get("failure_action").and_then(Node::text) == Some("rollback");
            let until = if back {
                "a failed update goes back by itself"
            } else {
                "docker service rollback goes back to the specification before"
            };
            out.add(
                Strategy::Rolling,
                "Docker Swarm",
                update,
                "tasks are replaced one after the other",
                until,
            );
        }
    }
}

fn find_azure_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    // a template has the resource, an exported file its inside
    let mode = root
        .at(&["properties", "configuration", "activeRevisionsMode"])
        .or_else(|| root.at(&["configuration", "activeRevisionsMode"]));
    if let Some(mode) = mode.filter(|mode| {
        mode.text()
            .is_some_and(|text| text.eq_ignore_ascii_case("multiple"))
    }) {
        out.add(
            Strategy::Weighted,
            "Azure Container Apps",
            mode,
            "traffic goes back to an earlier revision in seconds",
            "while that revision is active",
        );
    }
}

fn find_kamal_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    if let (Some(service), true) = (root.get("service"), root.get("servers").is_some()) {
        let kept = root
            .get("retain_containers")
            .and_then(Node::as_number)
            .unwrap_or(5.0);
        out.add(
            Strategy::Rolling,
            "Kamal",
            service,
            format!(
                "an old container is started again while it is among the last {kept} on its host"
            ),
            "the old one stops once the new one is healthy",
        );
    }
}
