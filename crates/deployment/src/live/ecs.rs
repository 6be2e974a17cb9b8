//! Amazon ECS: a service with its deployments, and the task definitions it can go back to.

use model::fact_key;
use std::collections::HashMap;

use serde_json::Value;

use super::json::{at, flag, list, number, objects, text, time};
use super::returns::{command, fixed, name as named};
use super::version::image_tag;
use super::{Deployment, LiveReport, Outcome, Read, Return};

/// The service does not name images, so its task definitions stand beside it.
pub(super) const PRODUCER: &str = r"{ aws ecs describe-services --cluster CLUSTER --services SERVICE; for t in $(aws ecs list-task-definitions --family-prefix FAMILY --sort DESC --no-paginate --query 'taskDefinitionArns[:10]' --output text); do aws ecs describe-task-definition --task-definition $t; done; } | jq -s . > ecs.json";

/// Whether an object is such a reply.
pub(super) fn looks_like(item: &Value) -> bool {
    let service = |item: &Value| {
        list(item, &["deployments"])
            .iter()
            .any(|deployment| deployment.get("taskDefinition").is_some())
    };
    list(item, &["services"]).iter().any(service)
        || service(item)
        || at(item, &["taskDefinition", "containerDefinitions"]).is_some()
}

struct Task {
    image: Option<String>,
    active: bool,
    at: Option<jiff::Timestamp>,
}

pub(super) fn read(value: &Value, report: &mut LiveReport) -> Read {
    let listed = objects(value);
    let mut tasks: HashMap<String, Task> = HashMap::new();
    for task in listed
        .iter()
        .filter_map(|item| at(item, &["taskDefinition"]))
        .filter(|task| task.is_object())
    {
        let Some(id) = text(task, &["taskDefinitionArn"]) else {
            continue;
        };
        let image = list(task, &["containerDefinitions"])
            .iter()
            .find_map(|container| text(container, &["image"]));
        let active = text(task, &["status"]).is_none_or(|status| status == "ACTIVE");
        tasks.insert(
            short(&id),
            Task {
                image,
                active,
                at: time(task, &["registeredAt"]),
            },
        );
    }
    let services: Vec<&Value> = listed
        .iter()
        .flat_map(|item| match list(item, &["services"]) {
            [] if item.get("deployments").is_some() => vec![*item],
            services => services.iter().collect(),
        })
        .collect();
    for service in &services {
        one(service, &tasks, report);
    }
    if services.is_empty() {
        return Err("no service; task definitions alone do not say what runs".into());
    }
    if tasks.is_empty() {
        report.note("Without task definitions the file names no image, so releases are told apart by revision numbers of the task definition only");
    }
    report.note("Secrets are read when a task starts: an old task definition gets today's secrets, not those of its time");
    Ok(())
}

/// `shop:58` of its full name.
fn short(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_owned()
}

fn one(service: &Value, tasks: &HashMap<String, Task>, report: &mut LiveReport) {
    let unit = text(service, &["serviceName"]).unwrap_or_else(|| "an unnamed service".to_owned());
    let cluster = text(service, &["clusterArn"]).map(|id| short(&id));
    let running = list(service, &["deployments"]);
    let primary = running
        .iter()
        .find(|deployment| text(deployment, &["status"]).as_deref() == Some("PRIMARY"));
    let state = primary
        .and_then(|primary| text(primary, &["rolloutState"]))
        .unwrap_or_default();
    let busy = state == "IN_PROGRESS" || (state.is_empty() && running.len() > 1);
    let says = if busy {
        format!("the rollout of {unit} is in progress")
    } else {
        format!("{unit} has no rollout in progress")
    };
    report.fact_of(
        &unit,
        fact_key::DEPLOYMENT_IN_PROGRESS,
        if busy { "yes" } else { "no" },
        says,
    );
    if running.len() > 1 {
        report.fact_of(
            &unit,
            fact_key::DEPLOYMENT_MIXED,
            "yes",
            format!("{unit} has {} deployments side by side", running.len()),
        );
    }
    strategy(service, &unit, report);
    let mut seen = Vec::new();
    for deployment in running {
        let Some(task) = text(deployment, &["taskDefinition"]).map(|id| short(&id)) else {
            continue;
        };
        let is_primary = text(deployment, &["status"]).as_deref() == Some("PRIMARY");
        let outcome = match text(deployment, &["rolloutState"]).as_deref() {
            Some("COMPLETED") => Outcome::Success,
            Some("FAILED") => Outcome::Failed,
            Some("IN_PROGRESS") => Outcome::Running,
            _ if is_primary && busy => Outcome::Running,
            _ => Outcome::Success,
        };
        let mut made = of(&task, tasks, &unit, cluster.as_deref(), outcome, report);
        made.at = time(deployment, &["updatedAt"]).or_else(|| time(deployment, &["createdAt"]));
        made.serving = (outcome == Outcome::Success).then_some(is_primary);
        made.installed =
            Some(number(deployment, &["runningCount"]).is_none_or(|count| count > 0.0));
        if outcome == Outcome::Failed {
            let why = text(deployment, &["rolloutStateReason"]).unwrap_or_default();
            report.note_of(&unit, format!("The rollout of {task} failed: {why}"));
        }
        seen.push(task);
        report.deployments.push(made);
    }
    let family = primary
        .and_then(|primary| text(primary, &["taskDefinition"]))
        .map(|id| short(&id))
        .and_then(|id| id.rsplit_once(':').map(|(family, _)| family.to_owned()));
    let mut others: Vec<&String> = tasks.keys().filter(|task| !seen.contains(task)).collect();
    others.sort_by_key(|task| {
        std::cmp::Reverse(
            task.rsplit(':')
                .next()
                .and_then(|number| number.parse::<u64>().ok()),
        )
    });
    for task in others.into_iter().filter(|task| {
        family
            .as_deref()
            .is_none_or(|family| task.rsplit_once(':').is_some_and(|(own, _)| own == family))
    }) {
        // that it was registered does not prove that it ever ran
        let mut made = of(
            task,
            tasks,
            &unit,
            cluster.as_deref(),
            Outcome::Unknown,
            report,
        );
        made.at = tasks.get(task).and_then(|task| task.at);
        made.installed = Some(false);
        report.deployments.push(made);
    }
}

fn strategy(service: &Value, unit: &str, report: &mut LiveReport) {
    let controller = text(service, &["deploymentController", "type"]).unwrap_or_default();
    let kind = text(service, &["deploymentConfiguration", "strategy"]).unwrap_or_default();
    if controller == "CODE_DEPLOY" || kind == "BLUE_GREEN" {
        report.fact_of(
            unit,
            fact_key::DEPLOYMENT_STRATEGY,
            "blue-green",
            format!("{unit} is deployed blue/green"),
        );
        if controller == "CODE_DEPLOY" {
            report.note_of(unit, format!("CodeDeploy brings {unit} out: hand in its deployments too, they say how long the old side stays"));
        } else if let Some(minutes) =
            number(service, &["deploymentConfiguration", "bakeTimeInMinutes"])
        {
            report.note_of(unit, format!("The old tasks of {unit} stay for a bake time of {minutes} minutes; meanwhile going back takes seconds"));
        }
    } else {
        report.fact_of(
            unit,
            fact_key::DEPLOYMENT_STRATEGY,
            "rolling",
            format!("tasks of {unit} are replaced one after the other"),
        );
    }
    if flag(
        service,
        &[
            "deploymentConfiguration",
            "deploymentCircuitBreaker",
            "rollback",
        ],
    ) == Some(true)
    {
        report.note_of(
            unit,
            format!("The circuit breaker of {unit} goes back by itself when a rollout fails: what runs may be older than what was deployed last"),
        );
    }
}

fn of(
    task: &str,
    tasks: &HashMap<String, Task>,
    unit: &str,
    cluster: Option<&str>,
    outcome: Outcome,
    report: &LiveReport,
) -> Deployment {
    let known = tasks.get(task);
    let image = known.and_then(|task| task.image.clone());
    let mut made = Deployment::new(&report.name, outcome)
        .excerpt(&format!("{task} {}", image.as_deref().unwrap_or_default()));
    made.version = image
        .as_deref()
        .and_then(image_tag)
        .filter(|tag| tag != "latest")
        .or_else(|| Some(task.to_owned()));
    made.unit = Some(unit.to_owned());
    made.target = Some(unit.to_owned());
    made.available = known.map(|task| task.active);
    let cluster = || named(cluster.map(str::to_owned));
    made.back(Return {
        says: format!("Update service {unit} to task definition {task}"),
        brings: "image, command and environment of that task definition come back; the number of tasks, load balancer and secrets are today's",
        command: command(&[
            fixed("aws ecs update-service --cluster "),
            cluster(),
            fixed(" --service "),
            named(unit.to_owned()),
            fixed(" --task-definition "),
            named(task.to_owned()),
        ]),
        watch: command(&[fixed("aws ecs wait services-stable --cluster "), cluster(), fixed(" --services "), named(unit.to_owned())]),
        artifact: image,
        until: Some("while the task definition is active and its image is in the registry (lifecycle rules remove images)".to_owned()),
        ..Return::default()
    })
}
