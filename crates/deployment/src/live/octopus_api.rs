//! Octopus REST replies (progression, dashboard, deployments, releases, tasks, lifecycles, defects,
//! freezes) and `octopus release list`.

use std::collections::HashMap;

use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_flag, read_json_list, read_json_number,
    read_json_text, read_json_time,
};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::{Deployment, DeploymentOutcome, LiveReport, ReadResult, Retention, Return};

/// The progression of one project shows every environment with outcome and retention.
pub(super) const PRODUCER: &str = r#"curl -sH "X-Octopus-ApiKey: $OCTOPUS_API_KEY" "$OCTOPUS_URL/api/Spaces-1/projects/Projects-9/progression" > progression.json"#;

// the replies have no kind, so each is told by keys that stand together in it alone
const MARKS: &[&[&str]] = &[
    &["Releases", "Environments"],
    &["Items", "Environments", "Projects"],
    &["ReleaseVersion", "EnvironmentId"],
    &["ReleaseId", "EnvironmentId"],
    &["SelectedPackages", "Version"],
    &["ID", "Version", "Assembled"],
    &["Id", "Version", "ChannelId"],
    &["FinishedSuccessfully", "State"],
    &["TentacleRetentionPolicy"],
    &["Phases"],
    &["Status", "Description", "Id"],
    &["ProjectEnvironmentScope"],
];

/// Whether a value is such a reply.
pub(super) fn looks_like(value: &Value) -> bool {
    let marked = |item: &Value| {
        MARKS
            .iter()
            .any(|keys| keys.iter().all(|key| item.get(*key).is_some()))
    };
    marked(value)
        || list_json_objects(value)
            .iter()
            // a list has one kind
            .take(50)
            .any(|item| marked(item))
}

pub(super) fn read_octopus_api(value: &Value, report: &mut LiveReport) -> ReadResult {
    let names = environment_names(value);
    if value.get("Releases").is_some() && value.get("Environments").is_some() {
        read_octopus_progression(value, &names, report);
    } else if value.get("Projects").is_some() && value.get("Items").is_some() {
        read_octopus_dashboard(value, &names, report);
    } else {
        read_octopus_lists(&list_json_objects(value), report);
        // with nothing else in the file, this is why it is of no use
        if report.deployments.is_empty()
            && report.notes.iter().any(|note| note == DIFFERENT_RETENTION)
        {
            return Err(DIFFERENT_RETENTION.into());
        }
    }
    if read_json_flag(value, &["IsFiltered"]) == Some(true)
        || read_json_number(value, &["ProjectLimit"]).is_some_and(|limit| limit > 0.0)
    {
        report.note("The dashboard is filtered or limited, so the picture is partial");
    }
    Ok(())
}

fn environment_names(value: &Value) -> HashMap<String, String> {
    let mut names = HashMap::new();
    for item in read_json_list(value, &["Environments"]) {
        if let (Some(id), Some(name)) = (
            read_json_text(item, &["Id"]),
            read_json_text(item, &["Name"]),
        ) {
            names.insert(id, name);
        }
    }
    names
}

fn read_octopus_progression(
    value: &Value,
    names: &HashMap<String, String>,
    report: &mut LiveReport,
) {
    for release in read_json_list(value, &["Releases"]) {
        let defective = read_json_flag(release, &["HasUnresolvedDefect"]) == Some(true);
        let version = read_json_text(release, &["Release", "Version"]);
        // newest first, and the clean-up goes by the release that is deployed next
        report.retention = report.retention.or_else(|| {
            find_json_value(release, &["TentacleRetentionPeriod"]).and_then(read_octopus_retention)
        });
        let by_environment = find_json_value(release, &["Deployments"]).and_then(Value::as_object);
        for item in by_environment
            .into_iter()
            .flat_map(|environments| environments.values())
            .flat_map(|items| list_json_objects(items))
        {
            let mut made = dashboard_item(item, names, report);
            made.version = made.version.or_else(|| version.clone());
            made.defective |= defective;
            // progression names the project once a release, its items do not
            let project =
                read_json_text(release, &["Release", "ProjectId"]).or_else(|| made.unit.clone());
            made.back = deploy_again(
                made.version.as_deref(),
                project,
                made.environment.as_deref(),
                made.target.as_deref(),
            );
            report.deployments.push(made);
        }
        if defective && let Some(version) = version {
            report.note(format!(
                "Octopus blocks {version} from progressing: somebody marked it as defective"
            ));
        }
    }
}

fn read_octopus_dashboard(value: &Value, names: &HashMap<String, String>, report: &mut LiveReport) {
    let projects: HashMap<String, String> = read_json_list(value, &["Projects"])
        .iter()
        .filter_map(|item| {
            Some((
                read_json_text(item, &["Id"])?,
                read_json_text(item, &["Name"])?,
            ))
        })
        .collect();
    for item in read_json_list(value, &["Items"])
        .iter()
        // the dashboard keeps apart what was there before; both are history
        .chain(read_json_list(value, &["PreviousItems"]))
    {
        let mut made = dashboard_item(item, names, report);
        let project = made
            .unit
            .as_ref()
            // a command takes the name; the id works as well where the name is missing
            .map(|id| projects.get(id).unwrap_or(id).clone());
        made.back = deploy_again(
            made.version.as_deref(),
            project,
            made.environment.as_deref(),
            made.target.as_deref(),
        );
        report.deployments.push(made);
    }
}

// the command names no tenant, so it would not go to the one that is meant
/// Octopus' own command; an environment that is known by its id only, or a tenant, makes no
/// command.
pub(super) fn deploy_again(
    version: Option<&str>,
    project: Option<String>,
    environment: Option<&str>,
    tenant: Option<&str>,
) -> Option<Box<Return>> {
    let version = version?;
    let place = environment
        // `octopus release deploy` takes names only
        .filter(|name| !name.starts_with("Environments-"))
        .map(str::to_owned);
    let made = build_return_command(&[
        make_fixed_part("octopus release deploy --project "),
        named(project.clone()),
        make_fixed_part(" --version "),
        named(version.to_owned()),
        make_fixed_part(" --environment "),
        named(place),
        make_fixed_part(" --no-prompt"),
    ]);
    let list = (made.is_some() && tenant.is_none())
        .then(|| {
            build_return_command(&[
                make_fixed_part("octopus release list --project "),
                named(project.clone()),
            ])
        })
        .flatten();
    Some(Box::new(Return {
        in_flight: false,
        says: format!("Deploy release {version} again{}", environment.map(|name| format!(" to \
            {name}")).unwrap_or_default()),
        brings: "it runs the process, the variables and the package versions as they were frozen \
            when that release was made; tenant variables are today's",
        command: made.filter(|_| tenant.is_none()),
        watch: None,
        block: build_return_command(&[
            make_fixed_part("octopus release progression prevent --project "),
            named(project.clone()),
            make_fixed_part(" --version "),
            named(version.to_owned()),
            make_fixed_part(" --reason 'rolled back' --no-prompt"),
        ]),
        unblock: build_return_command(&[
            make_fixed_part("octopus release progression allow --project "),
            named(project),
            make_fixed_part(" --version "),
            named(version.to_owned()),
            make_fixed_part(" --no-prompt"),
        ]),
        list,
        artifact: Some(format!("packages of release {version}")),
        until: Some(
            "while the release and its packages are kept: the two newest successful releases of an \
                environment always are, packages in the feed need not be"
                .to_owned(),
        ),
        until_at: None,
    }))
}

fn dashboard_item(
    item: &Value,
    names: &HashMap<String, String>,
    report: &mut LiveReport,
) -> Deployment {
    let state = read_json_text(item, &["State"]).unwrap_or_default();
    let waits = read_json_flag(item, &["HasPendingInterruptions"]) == Some(true);
    let mut made =
        Deployment::new(&report.name, map_octopus_task_state(&state, waits)).excerpt(&format!(
            "{}, {}",
            read_json_text(item, &["DeploymentId"])
                .or_else(|| read_json_text(item, &["Id"]))
                .unwrap_or_default(),
            state
        ));
    made.version = read_json_text(item, &["ReleaseVersion"]);
    made.at =
        read_json_time(item, &["CompletedTime"]).or_else(|| read_json_time(item, &["Created"]));
    made.environment =
        read_json_text(item, &["EnvironmentId"]).map(|id| names.get(&id).cloned().unwrap_or(id));
    made.unit = read_json_text(item, &["ProjectId"]);
    made.target = read_json_text(item, &["TenantId"]);
    // *current* is the newest deployment even when it failed, so only a successful one serves
    made.serving = (made.outcome == DeploymentOutcome::Success)
        .then(|| read_json_flag(item, &["IsCurrent"]))
        .flatten()
        .filter(|current| *current);
    if waits {
        // nobody sees in the state that it waits: the task is *executing*
        report.note(format!(
            "The deployment of {} waits for a person (a manual step or guided failure)",
            made.label()
        ));
    }
    if read_json_flag(item, &["HasWarningsOrErrors"]) == Some(true)
        && made.outcome == DeploymentOutcome::Success
    {
        report.note(format!(
            "The deployment of {} ended with warnings or errors though it counts as a success",
            made.label()
        ));
    }
    made
}

/// Lists of deployments, releases and tasks, joined by their ids where the file holds several
/// kinds.
fn read_octopus_lists(items: &[&Value], report: &mut LiveReport) {
    let by = |keys: &[&str]| -> HashMap<String, &Value> {
        items
            .iter()
            .filter(|item| keys.iter().all(|key| item.get(*key).is_some()))
            .filter_map(|item| Some((read_json_text(item, &["Id"])?, *item)))
            .collect()
    };
    let releases = by(&["Version", "ChannelId"]);
    let tasks = by(&["State", "FinishedSuccessfully"]);
    let (mut unjoined, mut listed, mut partial) = (false, false, false);
    for item in items {
        if item.get("ReleaseVersion").is_some() {
            let made = dashboard_item(item, &HashMap::new(), report);
            report.deployments.push(made);
        } else if let (Some(release), Some(environment)) = (
            read_json_text(item, &["ReleaseId"]),
            read_json_text(item, &["EnvironmentId"]),
        ) {
            let task = read_json_text(item, &["TaskId"]).and_then(|id| tasks.get(&id).copied());
            let state = task
                .and_then(|task| read_json_text(task, &["State"]))
                .unwrap_or_default();
            let waits = task.is_some_and(|task| {
                read_json_flag(task, &["HasPendingInterruptions"]) == Some(true)
            });
            let skipped = !read_json_list(item, &["SkipActions"]).is_empty();
            let mut found = map_octopus_task_state(&state, waits);
            if found == DeploymentOutcome::Success && skipped {
                found = DeploymentOutcome::Partial;
            }
            partial |= skipped;
            unjoined |= task.is_none();
            let mut made = Deployment::new(&report.name, found).excerpt(&format!(
                "{}, {release}",
                read_json_text(item, &["Id"]).unwrap_or_default()
            ));
            made.version = releases
                .get(&release)
                .and_then(|release| read_json_text(release, &["Version"]));
            made.commit = releases
                .get(&release)
                .and_then(|release| built_from(release));
            made.at = task
                .and_then(|task| read_json_time(task, &["CompletedTime"]))
                .or_else(|| read_json_time(item, &["Created"]));
            made.environment = Some(environment);
            made.target = read_json_text(item, &["TenantId"]);
            report.deployments.push(made);
        } else if item.get("Assembled").is_some() && item.get("ID").is_some() {
            listed = true;
        } else if item.get("Status").is_some() && item.get("Description").is_some() {
            if read_json_text(item, &["Status"]).as_deref() == Some("Unresolved") {
                report.note(format!(
                    "A release is blocked from progressing: {}",
                    read_json_text(item, &["Description"]).unwrap_or_default()
                ));
            }
        } else if item.get("ProjectEnvironmentScope").is_some() {
            let (start, end) = (
                read_json_text(item, &["Start"]).unwrap_or_default(),
                read_json_text(item, &["End"]).unwrap_or_default(),
            );
            report.note(format!(
                "A deployment freeze is set from {start} to {end}: it may block the rollback itself"
            ));
        }
    }
    find_listed_retention(items, report);
    if unjoined {
        report.note(
            "Deployments without their task do not say how they ended; hand in the \
            progression of the project instead",
        );
    }
    if partial {
        report.note("A deployment left steps out (SkipActions), so it is partial");
    }
    if (listed || !releases.is_empty()) && report.deployments.is_empty() {
        releases_only(items, report);
    }
}

const DIFFERENT_RETENTION: &str = "The environments or phases keep releases for different times, \
    so what the targets still hold is not told from them; write in backout.yaml what the retention \
    of the environment is";

/// What the newest deployment of each environment goes by, else what the lifecycle says; nothing
/// where they disagree, as the target that is meant is not known here.
fn find_listed_retention(items: &[&Value], report: &mut LiveReport) {
    let policy = |item: &Value| {
        find_json_value(item, &["TentacleRetentionPolicy"]).and_then(read_octopus_retention)
    };
    let mut newest = HashMap::new();
    let mut declared = Vec::new();
    for item in items {
        if let (Some(environment), Some(period)) = (
            read_json_text(item, &["EnvironmentId"]),
            find_json_value(item, &["TentacleRetentionPeriod"]).and_then(read_octopus_retention),
        ) {
            let made = (read_json_time(item, &["Created"]), period);
            let known = newest.entry(environment).or_insert(made);
            if made.0 > known.0 {
                *known = made;
            }
        }
        let own = policy(item);
        let phases = read_json_list(item, &["Phases"]);
        if phases.is_empty() {
            declared.extend(own);
        }
        // a phase without a policy of its own has that of its lifecycle
        declared.extend(phases.iter().filter_map(|phase| policy(phase).or(own)));
    }
    let mut found: Vec<Retention> = newest.into_values().map(|(_, period)| period).collect();
    if found.is_empty() {
        found = declared;
    }
    if found.iter().all(|other| Some(other) == found.first()) {
        report.retention = found.first().copied().or(report.retention);
    } else {
        report.note(DIFFERENT_RETENTION);
    }
}

/// A list of releases says that they exist, not where they run.
fn releases_only(items: &[&Value], report: &mut LiveReport) {
    for item in items {
        let Some(version) = read_json_text(item, &["Version"]) else {
            continue;
        };
        let mut made = Deployment::new(&report.name, DeploymentOutcome::Unknown)
            .excerpt(&format!("release {version}"));
        made.version = Some(version);
        made.commit = built_from(item);
        made.at = read_json_time(item, &["Assembled"]);
        made.available = Some(true);
        report.deployments.push(made);
    }
    report.note(
        "A list of releases names no environment and no success: it shows that a release \
        exists, not what is live",
    );
    report.note(
        "A release that is listed can still lack its packages: newer servers purge \
        packages of releases from the built-in feed",
    );
}

fn built_from(release: &Value) -> Option<String> {
    read_json_list(release, &["BuildInformation"])
        .iter()
        .find_map(|build| read_json_text(build, &["VcsCommitNumber"]))
}

fn map_octopus_task_state(state: &str, waits: bool) -> DeploymentOutcome {
    match state {
        // before the flag, which a task that ended may still carry
        "Success" => DeploymentOutcome::Success,
        "Failed" | "TimedOut" => DeploymentOutcome::Failed,
        "Canceled" => DeploymentOutcome::Canceled,
        _ if waits => DeploymentOutcome::Waiting,
        "Queued" | "Executing" | "Cancelling" => DeploymentOutcome::Running,
        _ => DeploymentOutcome::Unknown,
    }
}

fn read_octopus_retention(policy: &Value) -> Option<Retention> {
    if read_json_flag(policy, &["ShouldKeepForever"]) == Some(true)
        || read_json_text(policy, &["Strategy"]).as_deref() == Some("Forever")
    {
        return Some(Retention::Forever);
    }
    // the default is set per space, and the reply does not say what it is
    if read_json_text(policy, &["Strategy"]).as_deref() == Some("Default") {
        return None;
    }
    let count = read_json_number(policy, &["QuantityToKeep"])
        .filter(|count| (0.0..1e6).contains(count))? as u32;
    match read_json_text(policy, &["Unit"]).as_deref() {
        // zero is how Octopus writes forever
        _ if count == 0 => Some(Retention::Forever),
        Some("Days") => Some(Retention::Days(count)),
        Some("Items") => Some(Retention::Count(count)),
        _ => None,
    }
}
