//! Signs of staging in manifests of Kubernetes and its operators.

use super::sink::{StagingSignSink, read_yaml_word};
use model::Confidence;
use model::Strategy;
use span_tree::Node;

pub(super) fn find_kubernetes_staging(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(kind) = document.get("kind").and_then(Node::text) else {
        return;
    };
    let api = read_yaml_word(document, &["apiVersion"]).unwrap_or_default();
    match kind {
        // `kind` alone is anybody's word: the API says whose
        "Rollout" if api.starts_with("argoproj.io/") => find_argo_rollout_staging(document, out),
        "Canary" if api.starts_with("flagger.app/") => find_flagger_staging(document, out),
        "Deployment" => find_deployment_staging(document, out),
        // before the plain one: Knative's Service is another thing
        "Service" if api.starts_with("serving.knative.dev/") => cloud_run(document, out),
        "Service" => find_selector_staging(document, out),
        "Ingress" => find_ingress_staging(document, out),
        "VirtualService" => {
            find_route_weights(document, "Istio", &["http", "tcp", "tls"], "route", out)
        }
        "HTTPRoute" | "GRPCRoute" => {
            find_route_weights(document, "Gateway API", &["rules"], "backendRefs", out)
        }
        "TrafficSplit" => {
            find_weighted_backends(document.at(&["spec", "backends"]), "SMI TrafficSplit", out)
        }
        "TraefikService" => find_weighted_backends(
            document.at(&["spec", "weighted", "services"]),
            "Traefik",
            out,
        ),
        "DeliveryPipeline" => cloud_deploy(document, out),
        _ => {}
    }
}

fn find_argo_rollout_staging(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(strategy) = document.at(&["spec", "strategy"]) else {
        return;
    };
    if let Some(blue) = strategy.get("blueGreen") {
        let seconds = blue
            .get("scaleDownDelaySeconds")
            .and_then(Node::as_number)
            // what the controller takes where nothing is written
            .unwrap_or(30.0);
        out.add(
            Strategy::BlueGreen,
            "Argo Rollouts",
            blue,
            "the old ReplicaSet stays up and is switched back in seconds",
            format!("until {seconds} s after the switch (scaleDownDelaySeconds)"),
        );
    } else if let Some(canary) = strategy.get("canary") {
        let steps = canary.get("steps").map_or(0, |steps| steps.items().count());
        let buys = if steps == 0 {
            "an abort goes back to the stable side".to_owned()
        } else {
            format!("an abort in one of its {steps} steps goes back to the stable side")
        };
        out.add(
            Strategy::Canary,
            "Argo Rollouts",
            canary,
            buys,
            "until the last step is promoted",
        );
    }
}

fn find_flagger_staging(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(analysis) = document.at(&["spec", "analysis"]) else {
        return;
    };
    let weighted = analysis.get("maxWeight").is_some()
        || analysis.get("stepWeight").is_some()
        || analysis.get("stepWeights").is_some();
    let (strategy, buys) = match (weighted, analysis.get("iterations").is_some()) {
        (true, _) => (
            Strategy::Canary,
            "the primary copy keeps serving and failed checks bring all traffic back to it",
        ),
        (false, true) => (
            Strategy::BlueGreen,
            "the primary copy keeps serving while the new one is tested",
        ),
        // without weights and iterations nothing is shifted
        (false, false) => return,
    };
    out.add(
        strategy,
        "Flagger",
        analysis,
        buys,
        "until it promotes the new release",
    );
}

fn find_deployment_staging(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(spec) = document
        .get("spec")
        // without a template it is something else that bears the kind
        .filter(|spec| spec.get("template").is_some())
    else {
        return;
    };
    match spec.at(&["strategy", "type"]) {
        Some(kind) if kind.text() == Some("Recreate") => {
            out.add(
                Strategy::None,
                "Kubernetes",
                kind,
                "the old release stops before the other starts",
                "both ways",
            );
        }
        Some(kind) => out.add(
            Strategy::Rolling,
            "Kubernetes",
            kind,
            "pods are replaced one after the other",
            "an undo runs the same way",
        ),
        None => out.sure(
            Strategy::Rolling,
            "Kubernetes",
            spec,
            "pods are replaced one after the other (the default)",
            "an undo runs the same way",
            // nobody wrote it: the API server fills it in
            Confidence::Likely,
        ),
    }
}

fn find_selector_staging(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(selector) = document.at(&["spec", "selector"]) else {
        return;
    };
    for (key, value) in selector.entries() {
        // a label `app: blue` is a name and no side
        let keyed = matches!(
            key.text().unwrap_or_default().to_ascii_lowercase().as_str(),
            "color" | "colour" | "slot" | "version" | "track" | "deployment"
        );
        match value.text().map(str::to_ascii_lowercase).as_deref() {
            Some("blue" | "green") if keyed => {
                out.add(
                    Strategy::BlueGreen,
                    "Kubernetes Service selector",
                    value,
                    "the other colour can take the traffic by one edit of the selector",
                    "until the other colour is scaled down or deployed to",
                );
            }
            Some("canary") if keyed => {
                out.add(
                    Strategy::Canary,
                    "Kubernetes Service selector",
                    value,
                    "the stable track keeps serving beside the canary",
                    "until the stable track is updated",
                );
            }
            _ => {}
        }
    }
}

fn find_ingress_staging(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(annotations) = document.at(&["metadata", "annotations"]) else {
        return;
    };
    let on = annotations
        .get("nginx.ingress.kubernetes.io/canary")
        // the annotation is text, and anything but true is off
        .filter(|on| on.text() == Some("true"));
    if let Some(on) = on {
        let weighted = annotations
            .get("nginx.ingress.kubernetes.io/canary-weight")
            .is_some();
        let strategy = if weighted {
            Strategy::Weighted
        } else {
            Strategy::Canary
        };
        out.add(
            strategy,
            "nginx ingress",
            on,
            "the main ingress keeps serving; taking the canary away brings everybody back",
            "until the main ingress points at the new release",
        );
    }
}

fn find_route_weights(
    document: Node<'_>,
    tool: &'static str,
    lists: &[&str],
    inner: &str,
    out: &mut StagingSignSink<'_>,
) {
    for list in lists {
        for rule in document
            .at(&["spec", list])
            .into_iter()
            .flat_map(Node::items)
        {
            find_weighted_backends(rule.get(inner), tool, out);
        }
    }
}

/// Weights among at least two backends.
fn find_weighted_backends(
    backends: Option<Node<'_>>,
    tool: &'static str,
    out: &mut StagingSignSink<'_>,
) {
    let Some(backends) = backends else { return };
    let weighted: Vec<Node<'_>> = backends
        .items()
        .filter_map(|backend| backend.get("weight"))
        .collect();
    // one backend with a weight gets everything
    if weighted.len() > 1 {
        out.add(
            Strategy::Weighted,
            tool,
            weighted[0],
            "traffic goes back by changing weights",
            "until the old backend is removed or updated",
        );
    }
}

fn cloud_run(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(traffic) = document.at(&["spec", "traffic"]) else {
        return;
    };
    let shares: Vec<f64> = traffic
        .items()
        .filter_map(|target| target.get("percent")?.as_number())
        .collect();
    if shares.len() > 1
        || traffic
            // a pinned revision stays until somebody moves it
            .items()
            .any(|target| target.get("revisionName").is_some())
    {
        out.add(
            Strategy::Weighted,
            "Cloud Run",
            traffic,
            "traffic goes back to an earlier revision in seconds",
            "while that revision is kept; latestRevision: true lets the next deployment take over",
        );
    }
}

fn cloud_deploy(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    for stage in document
        .at(&["serialPipeline", "stages"])
        .into_iter()
        .flat_map(Node::items)
    {
        if let Some(canary) = stage.at(&["strategy", "canary"]) {
            out.add(
                Strategy::Canary,
                "Cloud Deploy",
                canary,
                "a rollout can be cancelled between its phases",
                "until the stable phase",
            );
        }
    }
}
