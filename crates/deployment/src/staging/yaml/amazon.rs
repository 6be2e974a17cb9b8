//! Signs of staging in templates of Amazon.

use super::sink::StagingSignSink;
use model::Strategy;
use span_tree::Node;

pub(super) fn find_cloudformation_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    // SAM's defaults for all functions
    find_deployment_preference(root.at(&["Globals", "Function"]), out);
    for (_, resource) in root
        .get("Resources")
        .into_iter()
        .flat_map(Node::entries)
        // CloudFormation itself allows five hundred
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
        // CodeDeploy does it all: the service's own settings have no effect
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
        // `Canary10Percent5Minutes`, `Linear10PercentEvery1Minute`
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

pub(super) fn find_serverless_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    let functions = root
        .get("functions")
        .into_iter()
        .flat_map(Node::entries)
        .map(|(_, function)| function);
    // the plugin reads it in a function and for all of them
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

pub(super) fn find_beanstalk_staging(root: Node<'_>, out: &mut StagingSignSink<'_>) {
    // settings are a list in one form and a mapping in another
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
