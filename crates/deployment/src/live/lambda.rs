//! AWS Lambda: aliases say which version serves, versions say what there is to point at.

use model::fact_key;
use serde_json::Value;

use super::json::{
    find_json_value, list_json_objects, read_json_list, read_json_text, read_json_time,
};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::{Deployment, DeploymentOutcome, LiveReport, ReadResult, Return};

/// Aliases and versions in one file.
pub(super) const PRODUCER: &str = "{ aws lambda list-aliases --function-name FUNCTION; aws lambda \
    list-versions-by-function --function-name FUNCTION; } | jq -s . > lambda.json";

/// Whether an object is such a reply.
pub(super) fn looks_like(item: &Value) -> bool {
    let version = |item: &Value| item.get("FunctionArn").is_some() && item.get("Version").is_some();
    item.get("AliasArn").is_some()
        || read_json_list(item, &["Aliases"])
            .iter()
            .any(|alias| alias.get("AliasArn").is_some())
        || version(item)
        || read_json_list(item, &["Versions"]).iter().any(version)
}

struct LambdaVersion<'a> {
    number: String,
    release: String,
    item: &'a Value,
}

pub(super) fn read_lambda(value: &Value, report: &mut LiveReport) -> ReadResult {
    let listed = list_json_objects(value);
    let inside = |key: &str, mark: &str| -> Vec<&Value> {
        listed
            .iter()
            .flat_map(|item| match read_json_list(item, &[key]) {
                [] if item.get(mark).is_some() => vec![*item],
                several => several.iter().collect(),
            })
            .filter(|item| item.get(mark).is_some())
            .collect()
    };
    let aliases = inside("Aliases", "AliasArn");
    let versions: Vec<LambdaVersion<'_>> = inside("Versions", "FunctionArn")
        .into_iter()
        .filter_map(|item| {
            Some((
                // `$LATEST` is whatever was uploaded last and can change under an alias
                read_json_text(item, &["Version"]).filter(|version| version != "$LATEST")?,
                item,
            ))
        })
        .map(|(number, item)| LambdaVersion {
            // Lambda numbers versions, and only the description can name a release
            release: find_release_in_description(item).unwrap_or_else(|| number.clone()),
            number,
            item,
        })
        .collect();
    if aliases.is_empty() {
        return Err("no alias; versions alone do not say which one serves".into());
    }
    for alias in &aliases {
        read_lambda_alias(alias, &versions, report);
    }
    report.note("An alias does not say since when it points where it points: give --deployed-at");
    report.note(
        "A version keeps its code, layers and environment; event sources, permissions and \
        what it is triggered by are today's",
    );
    if versions
        .iter()
        .any(|version| version.release == version.number)
    {
        report.note(
            "Versions without a release in their description are told apart by their number only",
        );
    }
    Ok(())
}

/// A release that the description names.
fn find_release_in_description(item: &Value) -> Option<String> {
    let words = read_json_text(item, &["Description"])?;
    // people write `release 1.2.3 (9f1c0aa)`
    let found = words
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'))
        .find(|word| {
            let bare = super::version::strip_version_prefix(word);
            bare.starts_with(|c: char| c.is_ascii_digit()) && bare.contains('.')
        });
    found.map(str::to_owned)
}

fn read_lambda_alias(alias: &Value, versions: &[LambdaVersion<'_>], report: &mut LiveReport) {
    let name = read_json_text(alias, &["Name"]).unwrap_or_default();
    let function = read_json_text(alias, &["AliasArn"])
        .and_then(|id| Some(id.split(":function:").nth(1)?.split(':').next()?.to_owned()));
    let unit = format!("{} {name}", function.as_deref().unwrap_or("the function"));
    let Some(main) = read_json_text(alias, &["FunctionVersion"]) else {
        return;
    };
    let weights: Vec<(String, f64)> =
        find_json_value(alias, &["RoutingConfig", "AdditionalVersionWeights"])
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(version, weight)| {
                Some((
                    super::sanitize_state_text(version),
                    // a weight is a part of one, not a percentage
                    weight
                        .as_f64()
                        .filter(|weight| (0.0..=1.0).contains(weight))?,
                ))
            })
            .collect();
    // the weights are those of the other versions; the rest of the calls goes to the main one
    let split = weights.iter().any(|(_, weight)| *weight > 0.0);
    tell_alias_split(&unit, &name, &main, split, report);
    let share: f64 = weights.iter().map(|(_, weight)| weight).sum();
    for version in versions
        .iter()
        .chain(&find_unlisted_lambda_version(&main, versions, alias))
    {
        let weight = weights
            .iter()
            .find(|(number, _)| *number == version.number)
            .map(|(_, weight)| *weight);
        // a version beside the main one gets calls, so it is on its way
        let outcome = match (version.number == main, weight) {
            (true, _) => DeploymentOutcome::Success,
            (false, Some(weight)) if weight > 0.0 => DeploymentOutcome::Running,
            // that it was published does not say that it ever served
            _ => DeploymentOutcome::Unknown,
        };
        let mut made = Deployment::new(&report.name, outcome)
            .excerpt(&format!("version {} of alias {name}", version.number));
        made.version = Some(version.release.clone());
        // when it was published, not when it went live
        made.at =
            read_json_time(version.item, &["LastModified"]).filter(|_| version.number != main);
        // teams name aliases `live` or `prod`: it is the nearest to an environment
        made.environment = Some(name.clone());
        made.unit = Some(unit.clone());
        made.target = Some(unit.clone());
        made.available = Some(true);
        made.serving = Some(version.number == main);
        made.traffic = match (version.number == main, weight) {
            (true, _) if split => Some((1.0 - share) * 100.0),
            (false, Some(weight)) => Some(weight * 100.0),
            _ => None,
        };
        report
            .deployments
            .push(made.back(make_alias_return(function.as_deref(), &name, version)));
    }
}

fn tell_alias_split(unit: &str, name: &str, main: &str, split: bool, report: &mut LiveReport) {
    report.fact_of(
        unit,
        fact_key::DEPLOYMENT_STRATEGY,
        "weighted",
        format!("the alias {name} can split its calls between two versions"),
    );
    report.fact_of(
        unit,
        fact_key::DEPLOYMENT_IN_PROGRESS,
        if split { "yes" } else { "no" },
        match split {
            true => format!("the alias {name} splits its calls"),
            false => format!("the alias {name} sends all calls to version {main}"),
        },
    );
    if split {
        report.fact_of(
            unit,
            fact_key::DEPLOYMENT_MIXED,
            "yes",
            format!("two versions answer calls of the alias {name}"),
        );
        report.fact_of(
            unit,
            fact_key::DEPLOYMENT_OLD_SIDE_WARM,
            "yes",
            format!("version {main} still answers calls of the alias {name}"),
        );
        report.note_of(
            unit,
            format!(
                "The alias {name} is still shifting: setting its extra weight \
            to zero is cheaper than going back"
            ),
        );
    }
}

fn make_alias_return(function: Option<&str>, name: &str, version: &LambdaVersion<'_>) -> Return {
    let function_name = || named(function.map(str::to_owned));
    Return {
        says: format!(
            "Point the alias {name} of {} at version {}",
            function.unwrap_or("the function"),
            version.number
        ),
        brings: "code, layers and environment of that version answer at once; event sources and \
            permissions are today's",
        command: build_return_command(&[
            make_fixed_part("aws lambda update-alias --function-name "),
            function_name(),
            make_fixed_part(" --name "),
            named(name.to_owned()),
            make_fixed_part(" --function-version "),
            named(version.number.clone()),
            make_fixed_part(" --routing-config AdditionalVersionWeights={}"),
        ]),
        watch: build_return_command(&[
            make_fixed_part("aws lambda get-alias --function-name "),
            function_name(),
            make_fixed_part(" --name "),
            named(name.to_owned()),
        ]),
        until: Some("while that version is not deleted".to_owned()),
        ..Return::default()
    }
}

/// The version an alias names, where the list of versions does not hold it.
fn find_unlisted_lambda_version<'a>(
    main: &str,
    versions: &[LambdaVersion<'_>],
    alias: &'a Value,
) -> Vec<LambdaVersion<'a>> {
    if versions.iter().any(|version| version.number == main) {
        return Vec::new();
    }
    vec![LambdaVersion {
        number: main.to_owned(),
        release: find_release_in_description(alias).unwrap_or_else(|| main.to_owned()),
        item: alias,
    }]
}
