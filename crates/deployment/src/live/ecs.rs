//! Amazon ECS: a service with its deployments, and the task definitions it can go back to.

use model::fact_key;
use std::collections::HashMap;

use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_flag, read_json_list, read_json_number,
    read_json_text, read_json_time,
};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::version::image_tag;
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, Return};

/// The service does not name images, so its task definitions stand beside it.
pub(super) const PRODUCER: &str = r"{ aws ecs describe-services --cluster CLUSTER --services SERVICE; for t in $(aws ecs list-task-definitions --family-prefix FAMILY --sort DESC --no-paginate --query 'taskDefinitionArns[:10]' --output text); do aws ecs describe-task-definition --task-definition $t; done; } | jq -s . > ecs.json";

/// Whether an object is such a reply.
pub(super) fn looks_like(item: &Value) -> bool {
    let service = |item: &Value| {
        read_json_list(item, &["deployments"])
            .iter()
            .any(|deployment| deployment.get("taskDefinition").is_some())
    };
    // the file may be one reply, or several that `jq -s` put into a list
    read_json_list(item, &["services"]).iter().any(service)
        || service(item)
        || find_json_value(item, &["taskDefinition", "containerDefinitions"]).is_some()
}

struct EcsTask {
    image: Option<String>,
    active: bool,
    at: Option<jiff::Timestamp>,
}

pub(super) fn read_ecs(value: &Value, report: &mut LiveReport) -> ReadResult {
    let listed = list_json_objects(value);
    let mut tasks: HashMap<String, EcsTask> = HashMap::new();
    for task in listed
        .iter()
        .filter_map(|item| find_json_value(item, &["taskDefinition"]))
        // in a service the same key is a name and no object
        .filter(|task| task.is_object())
    {
        let Some(id) = read_json_text(task, &["taskDefinitionArn"]) else {
            continue;
        };
        // the first container is the one that the task is about; others stand beside it
        let image = read_json_list(task, &["containerDefinitions"])
            .iter()
            .find_map(|container| read_json_text(container, &["image"]));
        // a definition that was deregistered cannot be deployed any more
        let active = read_json_text(task, &["status"]).is_none_or(|status| status == "ACTIVE");
        tasks.insert(
            shorten_ecs_arn(&id),
            EcsTask {
                image,
                active,
                at: read_json_time(task, &["registeredAt"]),
            },
        );
    }
    let services: Vec<&Value> = listed
        .iter()
        .flat_map(|item| match read_json_list(item, &["services"]) {
            [] if item.get("deployments").is_some() => vec![*item],
            services => services.iter().collect(),
        })
        .collect();
    for service in &services {
        read_ecs_service(service, &tasks, report);
    }
    if services.is_empty() {
        return Err("no service; task definitions alone do not say what runs".into());
    }
    if tasks.is_empty() {
        report.note(
            "Without task definitions the file names no image, so releases are told apart \
            by revision numbers of the task definition only",
        );
    }
    report.note(
        "Secrets are read when a task starts: an old task definition gets today's secrets, \
        not those of its time",
    );
    Ok(())
}

/// `shop:58` of its full name.
fn shorten_ecs_arn(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_owned()
}

fn read_ecs_service(service: &Value, tasks: &HashMap<String, EcsTask>, report: &mut LiveReport) {
    let unit = read_json_text(service, &["serviceName"])
        .unwrap_or_else(|| "an unnamed service".to_owned());
    let cluster = read_json_text(service, &["clusterArn"]).map(|id| shorten_ecs_arn(&id));
    let running = read_json_list(service, &["deployments"]);
    let primary = running
        .iter()
        .find(|deployment| read_json_text(deployment, &["status"]).as_deref() == Some("PRIMARY"));
    let state = primary
        .and_then(|primary| read_json_text(primary, &["rolloutState"]))
        .unwrap_or_default();
    // services of another deployment controller have no rolloutState, so two deployments tell
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
    // ECS lists a deployment until its last task is gone
    if running.len() > 1 {
        report.fact_of(
            &unit,
            fact_key::DEPLOYMENT_MIXED,
            "yes",
            format!("{unit} has {} deployments side by side", running.len()),
        );
    }
    read_ecs_strategy(service, &unit, report);
    let reversed = running.iter().any(|deployment| {
        read_json_text(deployment, &["rolloutState"]).as_deref() == Some("FAILED")
            && read_json_text(deployment, &["rolloutStateReason"])
                .is_some_and(|why| why.contains("rolling back") || why.contains("rolled back"))
    });
    let mut seen = Vec::new();
    for deployment in running {
        let Some(task) =
            read_json_text(deployment, &["taskDefinition"]).map(|id| shorten_ecs_arn(&id))
        else {
            continue;
        };
        let is_primary = read_json_text(deployment, &["status"]).as_deref() == Some("PRIMARY");
        let outcome = match read_json_text(deployment, &["rolloutState"]).as_deref() {
            Some("COMPLETED") => DeploymentOutcome::Success,
            Some("FAILED") => DeploymentOutcome::Failed,
            Some("IN_PROGRESS") => DeploymentOutcome::Running,
            _ if is_primary && busy => DeploymentOutcome::Running,
            // what is not the primary one is an older deployment whose tasks are not gone yet
            _ => DeploymentOutcome::Success,
        };
        let mut made =
            make_ecs_deployment(&task, tasks, &unit, cluster.as_deref(), outcome, report);
        // the state changed then; it was made when the roll-out began
        made.at = read_json_time(deployment, &["updatedAt"])
            .or_else(|| read_json_time(deployment, &["createdAt"]));
        // what is on its way or failed may have tasks that serve
        made.serving = (outcome == DeploymentOutcome::Success).then_some(is_primary);
        made.installed =
            Some(read_json_number(deployment, &["runningCount"]).is_none_or(|count| count > 0.0));
        if outcome == DeploymentOutcome::Failed {
            made.said = read_json_text(deployment, &["rolloutStateReason"]);
            let why = made.said.clone().unwrap_or_default();
            report.note_of(&unit, format!("The rollout of {task} failed: {why}"));
        }
        // the circuit breaker says on the one that failed that it brings the other one back
        if is_primary && reversed {
            made.mode = Some(DeploymentMode::Rollback);
        }
        seen.push(task);
        report.deployments.push(made);
    }
    add_registered_tasks(primary, tasks, &seen, (&unit, cluster.as_deref()), report);
}

/// Task definitions of the same family that no deployment names.
fn add_registered_tasks(
    primary: Option<&Value>,
    tasks: &HashMap<String, EcsTask>,
    seen: &[String],
    (unit, cluster): (&str, Option<&str>),
    report: &mut LiveReport,
) {
    // a file may hold definitions of other services too
    let family = primary
        .and_then(|primary| read_json_text(primary, &["taskDefinition"]))
        .map(|id| shorten_ecs_arn(&id))
        .and_then(|id| id.rsplit_once(':').map(|(family, _)| family.to_owned()));
    let mut others: Vec<&String> = tasks.keys().filter(|task| !seen.contains(task)).collect();
    // a family counts its definitions, and the newest are what one goes back to
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
        let mut made = make_ecs_deployment(
            task,
            tasks,
            unit,
            cluster,
            DeploymentOutcome::Unknown,
            report,
        );
        made.at = tasks.get(task).and_then(|task| task.at);
        made.installed = Some(false);
        report.deployments.push(made);
    }
}

fn read_ecs_strategy(service: &Value, unit: &str, report: &mut LiveReport) {
    let controller = read_json_text(service, &["deploymentController", "type"]).unwrap_or_default();
    let kind =
        read_json_text(service, &["deploymentConfiguration", "strategy"]).unwrap_or_default();
    // ECS does blue/green itself too, without CodeDeploy
    if controller == "CODE_DEPLOY" || kind == "BLUE_GREEN" {
        report.fact_of(
            unit,
            fact_key::DEPLOYMENT_STRATEGY,
            "blue-green",
            format!("{unit} is deployed blue/green"),
        );
        if controller == "CODE_DEPLOY" {
            report.note_of(
                unit,
                format!(
                    "CodeDeploy brings {unit} out: hand in its deployments \
                too, they say how long the old side stays"
                ),
            );
        } else if let Some(minutes) =
            read_json_number(service, &["deploymentConfiguration", "bakeTimeInMinutes"])
        {
            report.note_of(
                unit,
                format!(
                    "The old tasks of {unit} stay for a bake time of \
                {minutes} minutes; meanwhile going back takes seconds"
                ),
            );
        }
    } else {
        report.fact_of(
            unit,
            fact_key::DEPLOYMENT_STRATEGY,
            "rolling",
            format!("tasks of {unit} are replaced one after the other"),
        );
    }
    if read_json_flag(
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
            format!(
                "The circuit breaker of {unit} goes back by itself when a rollout fails: what \
                runs may be older than what was deployed last"
            ),
        );
    }
}

fn make_ecs_deployment(
    task: &str,
    tasks: &HashMap<String, EcsTask>,
    unit: &str,
    cluster: Option<&str>,
    outcome: DeploymentOutcome,
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
        // without an image the number of the definition is the only name
        .or_else(|| Some(task.to_owned()));
    made.unit = Some(unit.to_owned());
    made.target = Some(unit.to_owned());
    made.available = known.map(|task| task.active);
    let cluster = || named(cluster.map(str::to_owned));
    made.back(Return {
        says: format!("Update service {unit} to task definition {task}"),
        brings: "image, command and environment of that task definition come back; the number of \
            tasks, load balancer and secrets are today's",
        command: build_return_command(&[
            make_fixed_part("aws ecs update-service --cluster "),
            cluster(),
            make_fixed_part(" --service "),
            named(unit.to_owned()),
            make_fixed_part(" --task-definition "),
            named(task.to_owned()),
        ]),
        watch: build_return_command(&[
            make_fixed_part(
                "aws ecs wait services-stable \
            --cluster ",
            ),
            cluster(),
            make_fixed_part(" --services "),
            named(unit.to_owned()),
        ]),
        artifact: image,
        until: Some(
            "while the task definition is active and its image is in the registry \
            (lifecycle rules remove images)"
                .to_owned(),
        ),
        ..Return::default()
    })
}
