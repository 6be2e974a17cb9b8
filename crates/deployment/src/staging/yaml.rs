//! Signs of staging in YAML and JSON documents.

use span_tree::{Limits, Node, Tree};

use super::{StagingSign, Strategy, quote_staging_line};
use model::Confidence;

/// Bounds for manifests; templates of charts are no YAML and are left to the lines.
const LIMITS: Limits = Limits {
    depth: 100,
    nodes: 200_000,
    bytes: super::FILE_LIMIT,
};

struct StagingSignSink<'a> {
    path: &'a str,
    text: &'a str,
    signs: &'a mut Vec<StagingSign>,
}

impl StagingSignSink<'_> {
    fn add(
        &mut self,
        strategy: Strategy,
        tool: &'static str,
        node: Node<'_>,
        buys: impl Into<String>,
        until: impl Into<String>,
    ) {
        self.sure(strategy, tool, node, buys, until, Confidence::Proven);
    }

    fn sure(
        &mut self,
        strategy: Strategy,
        tool: &'static str,
        node: Node<'_>,
        buys: impl Into<String>,
        until: impl Into<String>,
        confidence: Confidence,
    ) {
        let evidence = quote_staging_line(self.path, node.line(), self.text);
        self.signs.push(StagingSign {
            strategy,
            tool,
            buys: buys.into(),
            until: until.into(),
            confidence,
            evidence,
        });
    }
}

pub(super) fn find_yaml_staging(path: &str, text: &str, signs: &mut Vec<StagingSign>) {
    let Ok(tree) = Tree::parse_with(text, LIMITS) else {
        return;
    };
    let mut out = StagingSignSink { path, text, signs };
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    for root in tree.roots() {
        let listed = root.get("items").filter(|items| items.is_sequence());
        let documents: Vec<Node<'_>> =
            listed.map_or_else(|| vec![root], |items| items.items().take(2000).collect());
        for document in documents {
            find_kubernetes_staging(document, &mut out);
        }
        find_cloudformation_staging(root, &mut out);
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

fn read_yaml_word<'a>(node: Node<'a>, path: &[&str]) -> Option<&'a str> {
    node.at(path)?.text()
}

fn find_kubernetes_staging(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(kind) = document.get("kind").and_then(Node::text) else {
        return;
    };
    let api = read_yaml_word(document, &["apiVersion"]).unwrap_or_default();
    match kind {
        "Rollout" if api.starts_with("argoproj.io/") => find_argo_rollout_staging(document, out),
        "Canary" if api.starts_with("flagger.app/") => find_flagger_staging(document, out),
        "Deployment" => find_deployment_staging(document, out),
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
            Confidence::Likely,
        ),
    }
}

fn find_selector_staging(document: Node<'_>, out: &mut StagingSignSink<'_>) {
    let Some(selector) = document.at(&["spec", "selector"]) else {
        return;
    };
    for (key, value) in selector.entries() {
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

fn find_cloudformation_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    find_deployment_preference(root.at(&["Globals", "Function"]), out);
    for (_, resource) in root
        .get("Resources")
        .into_iter()
        .flat_map(Node::entries)
        .take(5000)
    {
        let Some(properties) = resource.get("Properties") else {
            continue;
        };
        match resource
            .get("Type")
            .and_then(Node::text)
            .unwrap_or_default()
        {
            "AWS::Serverless::Function" => find_deployment_preference(Some(properties), out),
            "AWS::CodeDeploy::DeploymentGroup" => {
                if let Some(blue) = properties.get("BlueGreenDeploymentConfiguration") {
                    let wait = blue
                        .at(&[
                            "TerminateBlueInstancesOnDeploymentSuccess",
                            "TerminationWaitTimeInMinutes",
                        ])
                        .and_then(Node::as_number);
                    let until = wait.map_or_else(
                        || "until the old instances are terminated".to_owned(),
                        |minutes| {
                            format!("until {minutes} minutes after success (terminationWaitTime)")
                        },
                    );
                    out.add(
                        Strategy::BlueGreen,
                        "CodeDeploy",
                        blue,
                        "the old instances stay and take the traffic back in seconds",
                        until,
                    );
                }
            }
            "AWS::ECS::Service" => find_ecs_staging(properties, out),
            "AWS::Lambda::Alias" => {
                if let Some(routing) = properties.get("RoutingConfig") {
                    out.add(
                        Strategy::Weighted,
                        "Lambda alias",
                        routing,
                        "the alias points back at the earlier version at once",
                        "while that version is kept",
                    );
                }
            }
            _ => {}
        }
    }
}

fn find_ecs_staging(properties: Node<'_>, out: &mut StagingSignSink<'_>) {
    let controller = properties.at(&["DeploymentController", "Type"]);
    if let Some(controller) = controller.filter(|kind| kind.text() == Some("CODE_DEPLOY")) {
        out.add(
            Strategy::BlueGreen,
            "ECS with CodeDeploy",
            controller,
            "the old task set takes the traffic back in seconds",
            "until its termination wait time is over",
        );
        return;
    }
    let Some(configuration) = properties.get("DeploymentConfiguration") else {
        return;
    };
    if let Some(strategy) = configuration
        .get("Strategy")
        .filter(|strategy| strategy.text() == Some("BLUE_GREEN"))
    {
        let minutes = configuration
            .get("BakeTimeInMinutes")
            .and_then(Node::as_number);
        let until = minutes.map_or_else(
            || "until the bake time is over".to_owned(),
            |minutes| format!("until the bake time of {minutes} minutes is over"),
        );
        out.add(
            Strategy::BlueGreen,
            "ECS",
            strategy,
            "the old tasks take the traffic back in seconds",
            until,
        );
    } else {
        out.add(
            Strategy::Rolling,
            "ECS",
            configuration,
            "tasks are replaced one after the other",
            "going back runs the same way",
        );
    }
}

fn find_deployment_preference(function: Option<Node<'_>>, out: &mut StagingSignSink<'_>) {
    let Some(kind) = function.and_then(|function| function.at(&["DeploymentPreference", "Type"]))
    else {
        return;
    };
    match kind.text().unwrap_or_default() {
        "AllAtOnce" => {}
        text if text.contains("Canary") || text.contains("Linear") => {
            out.add(
                Strategy::Canary,
                "AWS SAM",
                kind,
                format!("alarms or a stop bring the alias back while {text} runs"),
                "until all traffic has moved",
            );
        }
        _ => {}
    }
}

fn find_serverless_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    let functions = root
        .get("functions")
        .into_iter()
        .flat_map(Node::entries)
        .map(|(_, function)| function);
    for settings in functions
        .chain(root.get("custom"))
        .filter_map(|place| place.get("deploymentSettings"))
    {
        if let Some(kind) = settings.get("type").filter(|kind| {
            kind.text()
                .is_some_and(|text| !text.starts_with("AllAtOnce"))
        }) {
            out.add(
                Strategy::Canary,
                "Serverless Framework",
                kind,
                "alarms or a stop bring the alias back",
                "until all traffic has moved",
            );
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

fn find_beanstalk_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    let listed = root
        .get("option_settings")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|option| {
            (option.get("option_name").and_then(Node::text) == Some("DeploymentPolicy"))
                .then(|| option.get("value"))?
        });
    let mapped = root
        .get("option_settings")
        .and_then(|options| options.at(&["aws:elasticbeanstalk:command", "DeploymentPolicy"]));
    for policy in listed.chain(mapped) {
        let (strategy, buys, until) = match policy.text().unwrap_or_default() {
            "TrafficSplitting" => (
                Strategy::Canary,
                "the old instances keep most of the traffic",
                "until the evaluation time is over",
            ),
            "Immutable" => (
                Strategy::BlueGreen,
                "the old instances stay until the new ones are healthy",
                "until the deployment ends",
            ),
            "Rolling" | "RollingWithAdditionalBatch" => (
                Strategy::Rolling,
                "instances are replaced in batches",
                "going back runs the same way",
            ),
            "AllAtOnce" => (
                Strategy::None,
                "all instances are replaced at once",
                "both ways",
            ),
            _ => continue,
        };
        out.add(strategy, "Elastic Beanstalk", policy, buys, until);
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
