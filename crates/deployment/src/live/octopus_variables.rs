//! Octopus system variables that a script step wrote as JSON: flat, or a list of names and values.
//!
//! Three notions of *previous* live side by side and differ: the project's last release, the last
//! release deployed to this environment (good or not), and the last one that succeeded here. They
//! are kept apart.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::list_json_objects;
use super::{
    Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, sanitize_state_text,
    time,
};

/// A script step of the deployment; it needs no API key.
pub(super) const PRODUCER: &str = r#"$n='Octopus.Release.Number','Octopus.Release.Previous.Number','Octopus.Release.CurrentForEnvironment.Number','Octopus.Release.PreviousForEnvironment.Number','Octopus.Project.Name','Octopus.Environment.Name','Octopus.Deployment.Id','Octopus.Deployment.PreviousSuccessful.Id'; 'PreviousInstallation','PreviousSuccessfulInstallation' | % { $p=$_; 'PackageVersion','PackageFilePath','OriginalInstalledPath','CustomInstallationDirectory' | % { $n+="Octopus.Tentacle.$p.$_" } }; $o=@{}; $n | % { $o[$_]=$OctopusParameters[$_] }; $o | ConvertTo-Json > octopus-variables.json"#;

/// The server's spelling, and the one the rollback guide prints.
const PREVIOUS_SUCCESSFUL: [&str; 2] = [
    "octopus.deployment.previoussuccessful.id",
    "octopus.deployment.previoussucessful.id",
];

// nobody else's variables begin so
/// Whether a value is such a file.
pub(super) fn looks_like(value: &Value) -> bool {
    let starts = |name: &str| name.to_ascii_lowercase().starts_with("octopus.");
    if value
        .as_object()
        .is_some_and(|object| object.keys().any(|key| starts(key)))
    {
        return true;
    }
    list_variable_objects(value).iter().any(|item| {
        item.get("Name")
            .or_else(|| item.get("name"))
            .and_then(Value::as_str)
            .is_some_and(starts)
    })
}

fn list_variable_objects(value: &Value) -> Vec<&Value> {
    match value.get("Variables").or_else(|| value.get("variables")) {
        Some(list) => list_json_objects(list),
        None => list_json_objects(value),
    }
}

/// Names without case, as Octopus compares them; values that are not set are left out.
fn collect_octopus_variables(value: &Value) -> BTreeMap<String, String> {
    let word = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    let mut found = BTreeMap::new();
    // PowerShell writes `null` or an empty text for what is not set in this deployment
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            found.insert(name.to_ascii_lowercase(), sanitize_state_text(value.trim()));
        }
    };
    // `ConvertTo-Json` of a hash table makes one object, the API a list
    if let Some(object) = value.as_object().filter(|object| {
        object
            .keys()
            .any(|key| key.to_ascii_lowercase().starts_with("octopus."))
    }) {
        for (name, value) in object {
            add(name, word(value));
        }
        return found;
    }
    for item in list_variable_objects(value) {
        let of = |upper: &str, lower: &str| item.get(upper).or_else(|| item.get(lower));
        if let Some(name) = of("Name", "name").and_then(Value::as_str) {
            add(name, of("Value", "value").and_then(word));
        }
    }
    found
}

pub(super) fn read_octopus_variables(value: &Value, report: &mut LiveReport) -> ReadResult {
    let set = collect_octopus_variables(value);
    let get = |name: &str| set.get(&name.to_ascii_lowercase()).cloned();
    let environment = get("Octopus.Environment.Name").or_else(|| get("Octopus.Environment.Id"));
    let deploying = get("Octopus.Release.Number");
    let good = get("Octopus.Release.CurrentForEnvironment.Number");
    let last = get("Octopus.Release.PreviousForEnvironment.Number");
    let project = get("Octopus.Release.Previous.Number");
    let machine = get("Octopus.Machine.Name");
    let named = get("Octopus.Project.Name").or_else(|| get("Octopus.Project.Id"));
    let place = get("Octopus.Environment.Name");
    add_release_notions(report, &get, [&project, &last, &good]);
    note_differing_previous(report);
    let name = report.name.clone();
    let entry = |version: &str, outcome: DeploymentOutcome, variable: &str| {
        let mut made = Deployment::new(&name, outcome).excerpt(&format!("{variable} = {version}"));
        made.version = Some(version.to_owned());
        made.environment = environment.clone();
        // a version of a package is no release number
        if variable.starts_with("Octopus.Release.") {
            made.back = super::octopus_api::deploy_again(
                Some(version),
                named.clone(),
                place.as_deref(),
                None,
            );
        }
        made
    };
    // newest first
    if let Some(version) = &deploying {
        // without a deployment's id they were written outside of one
        let running = get("Octopus.Deployment.Id").is_some();
        // what runs may be the release that is already there: a redeployment
        let finished = !running && good.as_deref() == Some(version);
        if !finished {
            let mut made = entry(
                version,
                DeploymentOutcome::Running,
                "Octopus.Release.Number",
            );
            made.mode = set
                .iter()
                .find(|(name, _)| name.ends_with(".output.deploymentmode"))
                .and_then(|(_, word)| DeploymentMode::of(word));
            let created = get("Octopus.Deployment.Created");
            made.at = created.as_deref().and_then(time::parse_deployment_time);
            if created.is_some() && made.at.is_none() {
                report.note(
                    "Octopus.Deployment.Created is text in the server's own language and \
                    is not used as a time",
                );
            }
            report.deployments.push(made);
            report.note(format!(
                "The variables were written while {version} was being deployed; \
                they do not say how that ended"
            ));
        }
    }
    if let Some(version) = &good {
        let mut made = entry(
            version,
            DeploymentOutcome::Success,
            "Octopus.Release.CurrentForEnvironment.Number",
        );
        made.serving = Some(true);
        report.deployments.push(made);
    }
    // the same release twice would count as another one
    if let Some(version) = last.as_ref().filter(|last| Some(*last) != good.as_ref()) {
        report.deployments.push(entry(
            version,
            DeploymentOutcome::Unknown,
            "Octopus.Release.PreviousForEnvironment.Number",
        ));
    }
    read_tentacle_installations(report, &get, machine, &entry);
    if let Some(id) = PREVIOUS_SUCCESSFUL.iter().find_map(|name| set.get(*name)) {
        report.notions.push((
            "the previous successful deployment in this environment",
            id.clone(),
        ));
    }
    if report.deployments.is_empty() {
        Err("none of the Octopus release or deployment variables is set".into())
    } else {
        Ok(())
    }
}

/// What *the previous release* may mean, as the variables have it: the project's last, the last in
/// this environment, the last good one there.
fn add_release_notions(
    report: &mut LiveReport,
    get: &dyn Fn(&str) -> Option<String>,
    [project, last, good]: [&Option<String>; 3],
) {
    for (notion, found, id) in [
        (
            "the project's last release",
            project,
            "Octopus.Release.Previous.Id",
        ),
        (
            "the last release deployed to this environment, good or not",
            last,
            "Octopus.Release.PreviousForEnvironment.Id",
        ),
        (
            "the last release that succeeded in this environment",
            good,
            "Octopus.Release.CurrentForEnvironment.Id",
        ),
    ] {
        // a script may have written the id alone
        if let Some(found) = found.clone().or_else(|| get(id)) {
            report.notions.push((notion, found));
        }
    }
}

fn read_tentacle_installations(
    report: &mut LiveReport,
    get: &dyn Fn(&str) -> Option<String>,
    machine: Option<String>,
    entry: &dyn Fn(&str, DeploymentOutcome, &str) -> Deployment,
) {
    let of = |notion: &str, what: &str| get(&format!("Octopus.Tentacle.{notion}.{what}"));
    // where a package is copied to is what runs; the extracted folder is the source
    let folder = |notion: &str| {
        of(notion, "CustomInstallationDirectory").or_else(|| of(notion, "OriginalInstalledPath"))
    };
    if let Some(version) = of("PreviousSuccessfulInstallation", "PackageVersion") {
        let mut made = entry(
            &version,
            DeploymentOutcome::Success,
            "Octopus.Tentacle.PreviousSuccessfulInstallation.PackageVersion",
        );
        if let Some(folder) = folder("PreviousSuccessfulInstallation") {
            made.evidence.excerpt =
                Some(sanitize_state_text(&format!("{version} in {folder}")).into());
            made.installed = Some(true);
        }
        if let Some(file) = of("PreviousSuccessfulInstallation", "PackageFilePath") {
            let known = made.evidence.excerpt.take().unwrap_or_default();
            made.evidence.excerpt =
                Some(sanitize_state_text(&format!("{known}, package file {file}")).into());
            report.note(format!(
                "The package of {version} was at {file}; the variable does not \
                prove that the file is still there"
            ));
        }
        made.unit = Some("package".to_owned());
        made.target = Some(
            machine
                .clone()
                .unwrap_or_else(|| "the target the script ran on".to_owned()),
        );
        made.serving = Some(false);
        report.notions.push((
            "the package that was last installed with success on this target",
            version,
        ));
        report.deployments.push(made);
    }
    if let Some(version) = of("PreviousInstallation", "PackageVersion") {
        report.notions.push((
            "the package that was last installed on this target, good or not",
            version,
        ));
    }
}

fn note_differing_previous(report: &mut LiveReport) {
    // an id and a number may mean one release, and a package has a number of its own
    let kind = |notion: &str, named: &str| {
        (
            notion.starts_with("the package"),
            named.starts_with("Releases-"),
        )
    };
    let mut first_of = std::collections::BTreeMap::new();
    let mut differ = false;
    for (notion, named) in &report.notions {
        differ |= first_of.entry(kind(notion, named)).or_insert(named) != &named;
    }
    if differ {
        let words: Vec<String> = report
            .notions
            .iter()
            .map(|(notion, version)| format!("{notion} is {version}"))
            .collect();
        report.note(format!(
            "Octopus means different releases by *previous*: {}",
            words.join("; ")
        ));
    }
}
