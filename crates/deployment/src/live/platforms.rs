//! Platforms that keep a list of releases: Heroku and Fly.

use std::collections::HashMap;

use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_flag, read_json_number, read_json_text,
    read_json_time,
};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::version::image_tag;
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, Return};

/// All releases, with their slugs.
pub(super) const HEROKU: &str = "heroku releases --json --num 50 --app APP > heroku-releases.json";

/// With the image of each.
pub(super) const FLY: &str = "fly releases --json --image --app APP > fly-releases.json";

/// Whether an object is a release of Heroku.
pub(super) fn like_heroku(item: &Value) -> bool {
    ["version", "created_at", "description", "slug"]
        .iter()
        // all four: `version` and `status` alone are keys of many lists
        .all(|key| item.get(*key).is_some())
        && item.get("status").is_some()
}

/// Whether an object is a release of Fly.
pub(super) fn like_fly(item: &Value) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| item.get(*key).is_some());
    item.get("Version").is_some()
        && has(&["ImageRef", "InProgress", "Stable"])
        && has(&["CreatedAt", "Status"])
}

/// Changes of settings and add-ons are releases too; only another slug is another program.
pub(super) fn read_heroku(value: &Value, report: &mut LiveReport) -> ReadResult {
    let mut listed: Vec<(u64, &Value)> = list_json_objects(value)
        .into_iter()
        .filter_map(|item| Some((read_json_number(item, &["version"])? as u64, item)))
        .collect();
    // oldest first: a rollback takes over the commit of an earlier release
    listed.sort_by_key(|(version, _)| *version);
    let mut commits: HashMap<String, String> = HashMap::new();
    let mut by_version: HashMap<u64, String> = HashMap::new();
    let (mut before, mut settings): (Option<String>, usize) = (None, 0);
    for (version, item) in &listed {
        let slug = read_json_text(item, &["slug", "id"]);
        let description = read_json_text(item, &["description"]).unwrap_or_default();
        let deployed = description.strip_prefix("Deploy ").map(str::trim);
        let back_to = description
            .strip_prefix("Rollback to v")
            .and_then(|number| number.trim().parse::<u64>().ok());
        // a pipeline's promotion names the commit last: `Promote shop-staging v12 9f1c0aa`
        let promoted = description
            .starts_with("Promote ")
            .then(|| description.split_whitespace().last())
            .flatten();
        let hex =
            |word: &&str| word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        // one slug is one build, so every later release of it has the same commit
        if let (Some(slug), Some(commit)) = (&slug, deployed.or(promoted).filter(hex)) {
            commits
                .entry(slug.clone())
                .or_insert_with(|| commit.to_owned());
        }
        let outcome = match read_json_text(item, &["status"]).as_deref() {
            Some("succeeded") => DeploymentOutcome::Success,
            Some("failed") => DeploymentOutcome::Failed,
            Some("pending") => DeploymentOutcome::Running,
            _ => DeploymentOutcome::Unknown,
        };
        // a rollback to the same slug is a way back and no change of settings
        let same = slug.is_some() && slug == before && back_to.is_none();
        if same && outcome == DeploymentOutcome::Success {
            settings += 1;
        }
        let app = read_json_text(item, &["app", "name"]);
        let mut made =
            Deployment::new(&report.name, outcome).excerpt(&format!("v{version}, {description}"));
        made.commit = slug
            .as_ref()
            .and_then(|slug| commits.get(slug).cloned())
            .or_else(|| by_version.get(&back_to?).cloned());
        // Heroku's number counts releases of settings too, so the commit is the better name
        made.version = made.commit.is_none().then(|| format!("release v{version}"));
        made.at = read_json_time(item, &["created_at"]);
        made.unit = app.clone();
        made.target = app.clone();
        made.serving =
            read_json_flag(item, &["current"]).filter(|_| outcome == DeploymentOutcome::Success);
        made.available = Some(slug.is_some());
        if let Some(to) = back_to {
            made.mode = Some(DeploymentMode::Rollback);
            report.note(format!(
                "v{version} is a rollback to v{to}: a higher number is not a newer release"
            ));
        }
        if let Some(commit) = &made.commit {
            by_version.insert(*version, commit.clone());
        }
        before = slug;
        report
            .deployments
            .push(made.back(build_heroku_return(*version, app)));
    }
    if settings > 0 {
        report.note(format!(
            "{settings} releases changed settings only: going back past one brings \
            the old settings back as well"
        ));
    }
    if report.deployments.is_empty() {
        Err("no release".into())
    } else {
        Ok(())
    }
}

/// The way back to a release of an app.
fn build_heroku_return(version: u64, app: Option<String>) -> Return {
    Return {
        says: format!(
            "Roll the app {} back to v{version}",
            app.as_deref().unwrap_or("of this list")
        ),
        brings: "program and config vars of that release come back, also those that were \
            changed on purpose since; add-ons and their data stay, the release phase does not run",
        command: match &app {
            Some(_) => build_return_command(&[
                make_fixed_part("heroku rollback "),
                named(format!("v{version}")),
                make_fixed_part(" --app "),
                named(app.clone()),
            ]),
            None => Some(format!("heroku rollback v{version} --app {{name}}")),
        },
        watch: build_return_command(&[
            make_fixed_part("heroku releases --num 1 --app "),
            named(app.clone()),
        ]),
        ..Return::default()
    }
}

pub(super) fn read_fly(value: &Value, report: &mut LiveReport) -> ReadResult {
    let mut listed: Vec<(u64, &Value)> = list_json_objects(value)
        .into_iter()
        .filter_map(|item| Some((read_json_number(item, &["Version"])? as u64, item)))
        .collect();
    listed.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let (mut serving, mut without) = (false, false);
    for (version, item) in &listed {
        let status = read_json_text(item, &["Status"])
            .unwrap_or_default()
            .to_ascii_lowercase();
        let running = read_json_flag(item, &["InProgress"]) == Some(true);
        let outcome = match status.as_str() {
            _ if running => DeploymentOutcome::Running,
            "complete" | "succeeded" => DeploymentOutcome::Success,
            "failed" | "interrupted" => DeploymentOutcome::Failed,
            "running" | "pending" => DeploymentOutcome::Running,
            "" if read_json_flag(item, &["Stable"]) == Some(true) => DeploymentOutcome::Success,
            _ => DeploymentOutcome::Unknown,
        };
        let image = read_json_text(item, &["ImageRef"]);
        without |= image.is_none();
        let app = image
            // the app is named nowhere else than in its image
            .as_deref()
            .and_then(|image| image.strip_prefix("registry.fly.io/"))
            .map(|rest| rest.split([':', '@']).next().unwrap_or(rest).to_owned());
        let mut made = Deployment::new(&report.name, outcome).excerpt(&format!(
            "v{version}, {status}, {}",
            image.as_deref().unwrap_or_default()
        ));
        made.version = image
            .as_deref()
            .and_then(image_tag)
            .or_else(|| Some(format!("release v{version}")));
        made.at = read_json_time(item, &["CreatedAt"]);
        made.unit = app.clone();
        made.target = app.clone();
        // the newest that ended well; Fly marks none
        made.serving = (outcome == DeploymentOutcome::Success).then_some(!serving);
        serving |= outcome == DeploymentOutcome::Success;
        made.available = image.is_some().then_some(true);
        report.deployments.push(made.back(Return {
            says: format!("Deploy the image of v{version} again"),
            brings: "the old image runs with today's secrets and the fly.toml at hand; a \
                release_command in it runs again",
            command: build_return_command(&[
                make_fixed_part(
                    "fly deploy \
                --image ",
                ),
                named(image.clone()),
                make_fixed_part(" --app "),
                named(app.clone()),
            ]),
            watch: build_return_command(&[make_fixed_part("fly status --app "), named(app)]),
            artifact: image,
            until: Some("while the image is in the registry".to_owned()),
            ..Return::default()
        }));
    }
    if listed.is_empty() {
        return Err("no release".into());
    }
    if without {
        report.note(
            "Releases without ImageRef cannot be matched with a version: write the list \
            with --image",
        );
    }
    report.note(
        "Fly has no rollback: the old image is deployed anew, and a release_command, such \
        as a migration, runs again",
    );
    if find_json_value(listed[0].1, &["Status"]).is_none() {
        report.note("The newest release names no status, so it is not known how it ended");
    }
    Ok(())
}
