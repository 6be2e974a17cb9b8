//! Azure web apps: the app itself and its slots.

use jiff::Timestamp;
use model::fact_key;
use serde_json::Value;

use super::json::{find_json_value, list_json_objects, read_json_text, read_json_time};
use super::returns::{build_return_command, make_fixed_part, make_named_part as named};
use super::version::image_tag;
use super::{Deployment, DeploymentOutcome, LiveReport, ReadResult, Return};

/// The app says when it was swapped, its slots whether something was deployed since.
pub(super) const PRODUCER: &str = "{ az webapp show --resource-group GROUP --name APP; az webapp \
    deployment slot list --resource-group GROUP --name APP; } | jq -s flatten > azure.json";

// the swap itself changes both sides when it ends, some time after its stamp
/// Minutes after a swap within which the slot's own change is the swap itself.
const SWAP_MINUTES: i64 = 5;

/// Whether an object is a web app or a slot.
pub(super) fn looks_like(item: &Value) -> bool {
    let site = |text: Option<String>| {
        text.is_some_and(|text| text.to_ascii_lowercase().contains("microsoft.web/sites"))
    };
    item.get("slotSwapStatus").is_some()
        || site(read_json_text(item, &["type"]))
        || site(read_json_text(item, &["id"]))
}

/// `staging` of a slot; `None` for the app itself.
fn find_azure_slot(item: &Value) -> Option<String> {
    let name = read_json_text(item, &["name"])?;
    let id = read_json_text(item, &["id"]).unwrap_or_default();
    let is_slot = read_json_text(item, &["type"])
        .is_some_and(|kind| kind.to_ascii_lowercase().ends_with("/slots"))
        || id.to_ascii_lowercase().contains("/slots/");
    // the id is whole; the name is `app/staging` in one command and `staging` in another
    let own = id
        .rsplit_once("/slots/")
        .map(|(_, slot)| slot.to_owned())
        .filter(|_| is_slot);
    own.or_else(|| name.split_once('/').map(|(_, slot)| slot.to_owned()))
        .or_else(|| is_slot.then_some(name))
}

fn read_azure_version(item: &Value) -> Option<String> {
    let image = read_json_text(item, &["siteConfig", "linuxFxVersion"])
        .or_else(|| read_json_text(item, &["siteConfig", "windowsFxVersion"]))?;
    let image = image
        // `DOTNETCORE|8.0` names a runtime and no release
        .split_once('|')
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("docker"))
        .map(|(_, image)| image.to_owned())?;
    image_tag(&image).filter(|tag| tag != "latest")
}

pub(super) fn read_azure(value: &Value, report: &mut LiveReport) -> ReadResult {
    let sites: Vec<&Value> = list_json_objects(value)
        .into_iter()
        .filter(|item| looks_like(item))
        .collect();
    let app = sites
        .iter()
        .find(|item| find_azure_slot(item).is_none())
        .copied();
    let slots: Vec<(&Value, String)> = sites
        .iter()
        .filter_map(|item| Some((*item, find_azure_slot(item)?)))
        .collect();
    if app.is_none() && slots.is_empty() {
        return Err("neither a web app nor a slot".into());
    }
    let name = app
        .and_then(|app| read_json_text(app, &["name"]))
        .or_else(|| {
            // the slots know the app they belong to
            slots
                .iter()
                .find_map(|(item, _)| read_json_text(item, &["repositorySiteName"]))
        });
    let unit = name.clone().unwrap_or_else(|| "the web app".to_owned());
    let swapped = app
        .and_then(|app| find_json_value(app, &["slotSwapStatus"]))
        .filter(|status| status.is_object());
    let when = swapped.and_then(|status| read_json_time(status, &["timestampUtc"]));
    tell_azure_slots(&unit, &slots, report);
    if let Some(app) = app {
        add_azure_production(app, &unit, when, report);
    } else {
        report.note("The app itself is not in the file, so it is not known when it was swapped");
    }
    let source = swapped.and_then(|status| read_json_text(status, &["sourceSlotName"]));
    for (item, slot) in &slots {
        let group = read_json_text(item, &["resourceGroup"])
            .or_else(|| app.and_then(|app| read_json_text(app, &["resourceGroup"])));
        let other = source
            .as_deref()
            .is_none_or(|source| source.eq_ignore_ascii_case(slot));
        let changed = read_json_time(item, &["lastModifiedTimeUtc"]);
        // a slot that was not the source of the swap never held the old release
        if let (Some(when), true) = (when, other && source.is_some()) {
            // no time of a change: whether the old side is still there stays open
            let Some(changed) = changed else {
                continue;
            };
            tell_old_side(slot, changed.duration_since(when).as_mins(), report);
        }
        let running = read_json_text(item, &["state"])
            .is_none_or(|state| state.eq_ignore_ascii_case("running"));
        if !running {
            report.note(format!(
                "Slot {slot} is stopped: it must be started before it can be swapped in"
            ));
        }
        let mut made = Deployment::new(&report.name, DeploymentOutcome::Success)
            .excerpt(&format!("{unit}, slot {slot}"));
        made.version = read_azure_version(item);
        made.unit = Some(unit.clone());
        made.target = Some(unit.clone());
        made.serving = Some(false);
        made.available = Some(true);
        made.installed = Some(running);
        if made.version.is_none() {
            continue;
        }
        report
            .deployments
            .push(made.back(make_slot_swap(&unit, slot, group, name.clone())));
    }
    report.note(
        "Swapping back brings the program only: settings marked as slot settings stay \
        where they are, and a slot that was deployed to since the swap no longer holds the old \
        release",
    );
    if report.deployments.is_empty() {
        report.note(
            "No slot names a container image, so which release is where cannot be told \
            from the file",
        );
    }
    Ok(())
}

/// Whether the slot that a swap came from still holds the old release, by the minutes from the swap
/// to its last change.
fn tell_old_side(slot: &str, minutes: i64, report: &mut LiveReport) {
    let (value, says) = if minutes > SWAP_MINUTES {
        (
            "no",
            format!(
                "slot {slot} changed {minutes} min after the swap: the old release may be \
                overwritten there"
            ),
        )
    } else {
        ("yes", format!("slot {slot} was not changed since the swap"))
    };
    report.fact(fact_key::DEPLOYMENT_OLD_SIDE_WARM, value, says);
}

fn tell_azure_slots(unit: &str, slots: &[(&Value, String)], report: &mut LiveReport) {
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
}

fn add_azure_production(app: &Value, unit: &str, when: Option<Timestamp>, report: &mut LiveReport) {
    let mut made = Deployment::new(&report.name, DeploymentOutcome::Success)
        .excerpt(&format!("{unit}, production"));
    made.version = read_azure_version(app);
    made.at = when;
    made.unit = Some(unit.to_owned());
    made.target = Some(unit.to_owned());
    made.serving = Some(true);
    // without a name it cannot be told apart from any other release
    if made.version.is_some() {
        report.deployments.push(made);
    }
}

fn make_slot_swap(unit: &str, slot: &str, group: Option<String>, name: Option<String>) -> Return {
    Return {
        says: format!("Swap slot {slot} of {unit} back in"),
        brings: "the program in that slot serves at once; settings marked as slot settings stay \
            where they are, the database too",
        command: build_return_command(&[
            make_fixed_part("az webapp deployment slot swap --resource-group "),
            named(group),
            make_fixed_part(" --name "),
            named(name),
            make_fixed_part(" --slot "),
            named(slot.to_owned()),
            make_fixed_part(" --target-slot production"),
        ]),
        until: Some(format!("until something is deployed to slot {slot} again")),
        ..Return::default()
    }
}
