//! AWS Lambda: aliases say which version serves, versions say what there is to point at.

use model::fact_key;
use serde_json::Value;

use super::json::{at, list, objects, text, time};
use super::returns::{command, fixed, name as named};
use super::{Deployment, LiveReport, Outcome, Read, Return};

/// Aliases and versions in one file.
pub(super) const PRODUCER: &str = "{ aws lambda list-aliases --function-name FUNCTION; aws lambda list-versions-by-function --function-name FUNCTION; } | jq -s . > lambda.json";

/// Whether an object is such a reply.
pub(super) fn looks_like(item: &Value) -> bool {
    let version = |item: &Value| item.get("FunctionArn").is_some() && item.get("Version").is_some();
    item.get("AliasArn").is_some()
        || list(item, &["Aliases"])
            .iter()
            .any(|alias| alias.get("AliasArn").is_some())
        || version(item)
        || list(item, &["Versions"]).iter().any(version)
}

struct Version<'a> {
    number: String,
    release: String,
    item: &'a Value,
}

pub(super) fn read(value: &Value, report: &mut LiveReport) -> Read {
    let listed = objects(value);
    let inside = |key: &str, mark: &str| -> Vec<&Value> {
        listed
            .iter()
            .flat_map(|item| match list(item, &[key]) {
                [] if item.get(mark).is_some() => vec![*item],
                several => several.iter().collect(),
            })
            .filter(|item| item.get(mark).is_some())
            .collect()
    };
    let aliases = inside("Aliases", "AliasArn");
    let versions: Vec<Version<'_>> = inside("Versions", "FunctionArn")
        .into_iter()
        .filter_map(|item| {
            Some((
                text(item, &["Version"]).filter(|version| version != "$LATEST")?,
                item,
            ))
        })
        .map(|(number, item)| Version {
            release: release(item).unwrap_or_else(|| number.clone()),
            number,
            item,
        })
        .collect();
    if aliases.is_empty() {
        return Err("no alias; versions alone do not say which one serves".into());
    }
    for alias in &aliases {
        one(alias, &versions, report);
    }
    report.note("An alias does not say since when it points where it points: give --deployed-at");
    report.note("A version keeps its code, layers and environment; event sources, permissions and what it is triggered by are today's");
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
fn release(item: &Value) -> Option<String> {
    let words = text(item, &["Description"])?;
    let found = words
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'))
        .find(|word| {
            let bare = super::version::bare(word);
            bare.starts_with(|c: char| c.is_ascii_digit()) && bare.contains('.')
        });
    found.map(str::to_owned)
}

fn one(alias: &Value, versions: &[Version<'_>], report: &mut LiveReport) {
    let name = text(alias, &["Name"]).unwrap_or_default();
    let function = text(alias, &["AliasArn"])
        .and_then(|id| Some(id.split(":function:").nth(1)?.split(':').next()?.to_owned()));
    let unit = format!("{} {name}", function.as_deref().unwrap_or("the function"));
    let Some(main) = text(alias, &["FunctionVersion"]) else {
        return;
    };
    let weights: Vec<(String, f64)> = at(alias, &["RoutingConfig", "AdditionalVersionWeights"])
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(version, weight)| {
            Some((
                super::clean(version),
                weight
                    .as_f64()
                    .filter(|weight| (0.0..=1.0).contains(weight))?,
            ))
        })
        .collect();
    let split = weights.iter().any(|(_, weight)| *weight > 0.0);
    report.fact_of(
        &unit,
        fact_key::DEPLOYMENT_STRATEGY,
        "weighted",
        format!("the alias {name} can split its calls between two versions"),
    );
    report.fact_of(
        &unit,
        fact_key::DEPLOYMENT_IN_PROGRESS,
        if split { "yes" } else { "no" },
        match split {
            true => format!("the alias {name} splits its calls"),
            false => format!("the alias {name} sends all calls to version {main}"),
        },
    );
    if split {
        report.fact_of(
            &unit,
            fact_key::DEPLOYMENT_MIXED,
            "yes",
            format!("two versions answer calls of the alias {name}"),
        );
        report.fact_of(
            &unit,
            fact_key::DEPLOYMENT_OLD_SIDE_WARM,
            "yes",
            format!("version {main} still answers calls of the alias {name}"),
        );
        report.note_of(&unit, format!("The alias {name} is still shifting: setting its extra weight to zero is cheaper than going back"));
    }
    let share: f64 = weights.iter().map(|(_, weight)| weight).sum();
    for version in versions.iter().chain(&missing(&main, versions, alias)) {
        let weight = weights
            .iter()
            .find(|(number, _)| *number == version.number)
            .map(|(_, weight)| *weight);
        let outcome = match (version.number == main, weight) {
            (true, _) => Outcome::Success,
            (false, Some(weight)) if weight > 0.0 => Outcome::Running,
            _ => Outcome::Unknown,
        };
        let mut made = Deployment::new(&report.name, outcome)
            .excerpt(&format!("version {} of alias {name}", version.number));
        made.version = Some(version.release.clone());
        // when it was published, not when it went live
        made.at = time(version.item, &["LastModified"]).filter(|_| version.number != main);
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
        report.deployments.push(made.back(Return {
            says: format!("Point the alias {name} of {} at version {}", function.as_deref().unwrap_or("the function"), version.number),
            brings: "code, layers and environment of that version answer at once; event sources and permissions are today's",
            command: command(&[
                fixed("aws lambda update-alias --function-name "),
                named(function.clone()),
                fixed(" --name "),
                named(name.clone()),
                fixed(" --function-version "),
                named(version.number.clone()),
                fixed(" --routing-config AdditionalVersionWeights={}"),
            ]),
            watch: command(&[fixed("aws lambda get-alias --function-name "), named(function.clone()), fixed(" --name "), named(name.clone())]),
            until: Some("while that version is not deleted".to_owned()),
            ..Return::default()
        }));
    }
}

/// The version an alias names, where the list of versions does not hold it.
fn missing<'a>(main: &str, versions: &[Version<'_>], alias: &'a Value) -> Vec<Version<'a>> {
    if versions.iter().any(|version| version.number == main) {
        return Vec::new();
    }
    vec![Version {
        number: main.to_owned(),
        release: release(alias).unwrap_or_else(|| main.to_owned()),
        item: alias,
    }]
}
