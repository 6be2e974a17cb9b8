//! Azure web apps: the app itself and its slots.

use model::fact_key;
use serde_json::Value;

use super::json::{at, objects, text, time};
use super::returns::{command, fixed, name as named};
use super::version::image_tag;
use super::{Deployment, LiveReport, Outcome, Read, Return};

/// The app says when it was swapped, its slots whether something was deployed since.
pub(super) const PRODUCER: &str = "{ az webapp show --resource-group GROUP --name APP; az webapp deployment slot list --resource-group GROUP --name APP; } | jq -s flatten > azure.json";

/// Minutes after a swap within which the slot's own change is the swap itself.
const SWAP_MINUTES: i64 = 5;

/// Whether an object is a web app or a slot.
pub(super) fn looks_like(item: &Value) -> bool {
    let site = |text: Option<String>| {
        text.is_some_and(|text| text.to_ascii_lowercase().contains("microsoft.web/sites"))
    };
    item.get("slotSwapStatus").is_some() || site(text(item, &["type"])) || site(text(item, &["id"]))
}

/// `staging` of a slot; `None` for the app itself.
fn slot(item: &Value) -> Option<String> {
    let name = text(item, &["name"])?;
    let id = text(item, &["id"]).unwrap_or_default();
    let is_slot = text(item, &["type"])
        .is_some_and(|kind| kind.to_ascii_lowercase().ends_with("/slots"))
        || id.to_ascii_lowercase().contains("/slots/");
    let own = id
        .rsplit_once("/slots/")
        .map(|(_, slot)| slot.to_owned())
        .filter(|_| is_slot);
    own.or_else(|| name.split_once('/').map(|(_, slot)| slot.to_owned()))
        .or_else(|| is_slot.then_some(name))
}

fn version(item: &Value) -> Option<String> {
    let image = text(item, &["siteConfig", "linuxFxVersion"])
        .or_else(|| text(item, &["siteConfig", "windowsFxVersion"]))?;
    let image = image
        .split_once('|')
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("docker"))
        .map(|(_, image)| image.to_owned())?;
    image_tag(&image).filter(|tag| tag != "latest")
}

pub(super) fn read(value: &Value, report: &mut LiveReport) -> Read {
    let sites: Vec<&Value> = objects(value)
        .into_iter()
        .filter(|item| looks_like(item))
        .collect();
    let app = sites.iter().find(|item| slot(item).is_none()).copied();
    let slots: Vec<(&Value, String)> = sites
        .iter()
        .filter_map(|item| Some((*item, slot(item)?)))
        .collect();
    if app.is_none() && slots.is_empty() {
        return Err("neither a web app nor a slot".into());
    }
    let name = app.and_then(|app| text(app, &["name"])).or_else(|| {
        slots
            .iter()
            .find_map(|(item, _)| text(item, &["repositorySiteName"]))
    });
    let unit = name.clone().unwrap_or_else(|| "the web app".to_owned());
    let swapped = app
        .and_then(|app| at(app, &["slotSwapStatus"]))
        .filter(|status| status.is_object());
    let when = swapped.and_then(|status| time(status, &["timestampUtc"]));
    if !slots.is_empty() {
        report.fact(
            fact_key::DEPLOYMENT_STRATEGY,
            "slots",
            format!(
                "{unit} has the slots {}",
                slots
                    .iter()
                    .map(|(_, slot)| slot.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        );
    }
    if let Some(app) = app {
        let mut made =
            Deployment::new(&report.name, Outcome::Success).excerpt(&format!("{unit}, production"));
        made.version = version(app);
        made.at = when;
        made.unit = Some(unit.clone());
        made.target = Some(unit.clone());
        made.serving = Some(true);
        if made.version.is_some() {
            report.deployments.push(made);
        }
    } else {
        report.note("The app itself is not in the file, so it is not known when it was swapped");
    }
    let source = swapped.and_then(|status| text(status, &["sourceSlotName"]));
    for (item, slot) in &slots {
        let group = text(item, &["resourceGroup"])
            .or_else(|| app.and_then(|app| text(app, &["resourceGroup"])));
        let other = source
            .as_deref()
            .is_none_or(|source| source.eq_ignore_ascii_case(slot));
        let changed = time(item, &["lastModifiedTimeUtc"]);
        if let (Some(when), true) = (when, other && source.is_some()) {
            let since = changed.map(|changed| changed.duration_since(when).as_mins());
            match since {
                Some(minutes) if minutes > SWAP_MINUTES => report.fact(
                    fact_key::DEPLOYMENT_OLD_SIDE_WARM,
                    "no",
                    format!("slot {slot} changed {minutes} min after the swap: the old release may be overwritten there"),
                ),
                Some(_) => report.fact(fact_key::DEPLOYMENT_OLD_SIDE_WARM, "yes", format!("slot {slot} was not changed since the swap")),
                None => continue,
            };
        }
        let running =
            text(item, &["state"]).is_none_or(|state| state.eq_ignore_ascii_case("running"));
        if !running {
            report.note(format!(
                "Slot {slot} is stopped: it must be started before it can be swapped in"
            ));
        }
        let mut made = Deployment::new(&report.name, Outcome::Success)
            .excerpt(&format!("{unit}, slot {slot}"));
        made.version = version(item);
        made.unit = Some(unit.clone());
        made.target = Some(unit.clone());
        made.serving = Some(false);
        made.available = Some(true);
        made.installed = Some(running);
        if made.version.is_none() {
            continue;
        }
        report.deployments.push(made.back(Return {
            says: format!("Swap slot {slot} of {unit} back in"),
            brings: "the program in that slot serves at once; settings marked as slot settings stay where they are, the database too",
            command: command(&[
                fixed("az webapp deployment slot swap --resource-group "),
                named(group),
                fixed(" --name "),
                named(name.clone()),
                fixed(" --slot "),
                named(slot.clone()),
                fixed(" --target-slot production"),
            ]),
            until: Some(format!("until something is deployed to slot {slot} again")),
            ..Return::default()
        }));
    }
    report.note("Swapping back brings the program only: settings marked as slot settings stay where they are, and a slot that was deployed to since the swap no longer holds the old release");
    if report.deployments.is_empty() {
        report.note("No slot names a container image, so which release is where cannot be told from the file");
    }
    Ok(())
}
