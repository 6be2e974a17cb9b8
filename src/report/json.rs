//! The JSON contract: one object, `assets/assessment.schema.json`.

use crate::model::{Assessment, escape_invisible};

/// The assessment as one JSON object, pretty-printed, with a line feed at the end.
/// `stable` leaves out timings and clock times: when facts were observed, and the latest time to
/// decide.
pub fn write_assessment_json(assessment: &Assessment, stable: bool) -> String {
    let text = if stable {
        serde_json::to_string_pretty(&without_clock(assessment))
    } else {
        serde_json::to_string_pretty(assessment)
    };
    // The model serialises without fail (string keys only); should that ever change, the reader
    // gets JSON that says so.
    let text = text.unwrap_or_else(|error| {
        serde_json::json!({ "schema": assessment.schema, "error": error.to_string() }).to_string()
    });
    let mut text = escape_json_controls(&text);
    text.push('\n');
    text
}

fn without_clock(assessment: &Assessment) -> Assessment {
    let mut copy = Assessment {
        timings: None,
        ..assessment.clone()
    };
    copy.facts
        .values_mut()
        .chain(&mut copy.also_said)
        .for_each(|fact| fact.at = None);
    if let Some(verdict) = &mut copy.verdict {
        verdict.deadline = None;
        verdict.limits.clear();
    }
    copy.no_return.clear();
    copy.way_back.calendar.clear();
    copy
}

/// Characters that a terminal might act on, as JSON escapes: the reader of the JSON gets them as
/// they are, the eye sees them. They occur inside strings only, since the text around is printed by
/// us.
pub(super) fn escape_json_controls(text: &str) -> String {
    if text
        .split('\n')
        .all(|line| matches!(escape_invisible(line), std::borrow::Cow::Borrowed(_)))
    {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut buffer = [0; 4];
    for c in text.chars() {
        if c == '\n'
            || matches!(
                escape_invisible(c.encode_utf8(&mut buffer)),
                std::borrow::Cow::Borrowed(_)
            )
        {
            out.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units)
                .iter()
                .for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::{ReleaseRelation, RepositoryInfo};
    use crate::report::sample;

    fn schema() -> Value {
        serde_json::from_str(include_str!("../../assets/assessment.schema.json")).unwrap()
    }

    fn errors(instance: &Value) -> Vec<String> {
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema())
            .unwrap();
        validator
            .iter_errors(instance)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect()
    }

    fn sample() -> Value {
        let change = crate::model::ChecklistChange {
            file: ".backout/ours.yaml".to_owned(),
            section: "blockers".to_owned(),
            id: "B4".to_owned(),
            does: crate::model::RuleChange::Disables,
            in_force: false,
            says: "said".to_owned(),
        };
        serde_json::from_str(&write_assessment_json(
            &Assessment {
                checklist_changes: vec![change],
                ..sample::assessment()
            },
            false,
        ))
        .unwrap()
    }

    #[test]
    fn the_output_holds_to_the_schema() {
        assert_eq!(errors(&sample()), [] as [String; 0]);
        assert_eq!(
            errors(
                &serde_json::from_str(&write_assessment_json(&sample::assessment(), true)).unwrap()
            ),
            [] as [String; 0]
        );
        let full = sample::assessment();
        let bare = Assessment::new(
            RepositoryInfo::default(),
            full.previous,
            full.current,
            ReleaseRelation::Unrelated,
        );
        assert_eq!(
            errors(&serde_json::from_str(&write_assessment_json(&bare, true)).unwrap()),
            [] as [String; 0]
        );
    }

    /// Every place of the instance that is described by an object schema, with that schema.
    fn objects<'a>(
        schema: &'a Value,
        root: &'a Value,
        at: String,
        instance: &'a Value,
        found: &mut Vec<(String, &'a Value)>,
    ) {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            return objects(
                root.pointer(name.trim_start_matches('#')).unwrap(),
                root,
                at,
                instance,
                found,
            );
        }
        if let Some(either) = schema.get("anyOf").and_then(Value::as_array) {
            for one in either
                .iter()
                .filter(|one| !instance.is_null() && one.get("type") != Some(&Value::from("null")))
            {
                objects(one, root, at.clone(), instance, found);
            }
            return;
        }
        if let Some(list) = instance.as_array() {
            let Some(items) = schema.get("items") else {
                return;
            };
            list.iter()
                .enumerate()
                .for_each(|(n, item)| objects(items, root, format!("{at}/{n}"), item, found));
        }
        if let Some(map) = instance.as_object() {
            if schema.get("properties").is_some() {
                found.push((at.clone(), schema));
            }
            for (key, item) in map {
                let inner = schema
                    .pointer(&format!("/properties/{key}"))
                    .or_else(|| schema.get("additionalProperties"));
                let inner =
                    inner.unwrap_or_else(|| panic!("{at}/{key} is written but not described"));
                objects(
                    inner,
                    root,
                    format!("{at}/{}", key.replace('/', "~1")),
                    item,
                    found,
                );
            }
        }
    }

    #[test]
    fn every_key_written_is_described_and_every_required_key_is_missed() {
        let (schema, sample) = (schema(), sample());
        let mut found = Vec::new();
        objects(&schema, &schema, String::new(), &sample, &mut found);
        // objects that are described inside others count as well
        fn described(schema: &Value) -> usize {
            let inner = schema
                .as_object()
                .into_iter()
                .flat_map(|map| map.values())
                .chain(schema.as_array().into_iter().flatten());
            usize::from(
                schema.get("properties").is_some_and(Value::is_object)
                    && schema.get("type").is_some(),
            ) + inner.map(described).sum::<usize>()
        }
        let described = described(&schema);
        let mut seen: Vec<*const Value> = found
            .iter()
            .map(|(_, schema)| std::ptr::from_ref(*schema))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(
            seen.len(),
            described,
            "the sample uses every object of the contract"
        );
        for (at, part) in found {
            for key in part["required"].as_array().into_iter().flatten() {
                let key = key.as_str().unwrap();
                let mut changed = sample.clone();
                let removed = changed
                    .pointer_mut(&at)
                    .and_then(Value::as_object_mut)
                    .and_then(|map| map.remove(key));
                assert!(removed.is_some(), "{at} has no {key}");
                assert!(!errors(&changed).is_empty(), "{at}/{key} is not missed");
            }
        }
    }

    #[test]
    fn words_outside_an_enumeration_are_refused() {
        for at in [
            "/schema",
            "/relation",
            "/gate",
            "/checklist_changes/0/does",
            "/changelog/entries/0/if_reverted/0",
            "/changelog/entries/2/answer",
            "/migrations/0/change",
            "/migrations/0/operations/0/rollback",
            "/migrations/0/operations/0/on_deploy",
            "/migrations/0/operations/0/revert",
            "/migrations/0/down/kind",
            "/migrations/0/down/state",
            "/contracts/0/kind",
            "/contracts/0/changes/0/stored",
            "/contracts/0/changes/0/affects/0",
            "/contracts/0/changes/0/adoption",
            "/findings/0/check",
            "/findings/0/domain",
            "/findings/0/severity",
            "/findings/0/direction",
            "/findings/0/confidence",
            "/facts/impact.now/provenance",
            "/facts/impact.now/confidence",
            "/verdict/option",
            "/verdict/strength",
            "/verdict/options/0/state",
            "/verdict/deadline",
            "/plan/0/how",
            "/process/0/on_rollback/how",
            "/also_said/0/confidence",
            "/files/0/status",
        ] {
            let mut changed = sample();
            *changed.pointer_mut(at).unwrap_or_else(|| panic!("{at}")) =
                Value::from("something else");
            assert!(!errors(&changed).is_empty(), "{at}");
        }
    }
}
