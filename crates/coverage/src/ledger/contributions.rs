//! What an extension of an editor offers to the people who work with it: names of commands and
//! settings, which stand in their key bindings and settings.

use std::collections::BTreeSet;

use serde_json::Value;

/// Most names of one manifest.
const NAMES: usize = 2_000;

/// A command or a setting that the newer release's manifest has alone.
pub(super) fn find_new_contribution(old: &str, new: &str) -> Option<String> {
    let (before, after) = (list_contributions(old)?, list_contributions(new)?);
    after.difference(&before).next().cloned()
}

/// `None` where the text is no manifest of an extension.
fn list_contributions(text: &str) -> Option<BTreeSet<String>> {
    if !text.contains("\"contributes\"") {
        return None;
    }
    let manifest: Value = serde_json::from_str(text).ok()?;
    let offered = manifest.get("contributes")?;
    let commands = offered.get("commands").and_then(Value::as_array);
    let commands = commands
        .into_iter()
        .flatten()
        .filter_map(|command| command.get("command")?.as_str())
        .map(|name| format!("the command {name}"));
    // one section, or a list of them
    let sections = match offered.get("configuration") {
        Some(Value::Array(sections)) => sections.iter().collect(),
        Some(section) => vec![section],
        None => Vec::new(),
    };
    let settings = sections
        .into_iter()
        .filter_map(|section| section.get("properties")?.as_object())
        .flat_map(|properties| properties.keys())
        .map(|name| format!("the setting {name}"));
    Some(commands.chain(settings).take(NAMES).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"{"contributes": {"commands": [{"command": "jars.open", "title": "Open"}], "configuration": {"properties": {"jars.size": {}}}}}"#;

    #[test]
    fn a_command_or_a_setting_with_another_name_is_new() {
        let find = |was: &str, is: &str| find_new_contribution(OLD, &OLD.replace(was, is));
        assert_eq!(
            find("jars.open", "jars.show").as_deref(),
            Some("the command jars.show")
        );
        assert_eq!(
            find("jars.size", "jars.width").as_deref(),
            Some("the setting jars.width")
        );
        assert_eq!(find("\"Open\"", "\"Show\""), None);
        assert_eq!(find_new_contribution("{}", OLD), None);
        assert_eq!(find_new_contribution(OLD, "{\"contributes\": 1, \""), None);
    }
}
