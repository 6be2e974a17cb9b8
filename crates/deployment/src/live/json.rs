//! JSON of deployers: read with bounds, without the parts no reader looks at, and with the usual
//! slips forgiven (one object where a list belongs, a list where one object belongs).

use jiff::Timestamp;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

// each value costs some tens of bytes as a tree, however short it is in the file
/// Most values read out of one file.
pub(super) const VALUES: usize = 3_000_000;

// `managedFields` is often longer than the object that it belongs to
/// Keys whose values are large and that no reader looks at.
const SKIPPED: &[&str] = &[
    "managedFields",
    "kubectl.kubernetes.io/last-applied-configuration",
    "resources",
    "affinity",
    "WorkItems",
    "log",
    "manifest",
    "commit_details",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "securityContext",
    "nodeSelector",
    "lifecycle",
];

// an `environment` is a list of variables in ECS and a name in GitHub
/// Keys whose lists no reader looks at; the same key elsewhere may name an environment.
const LISTS_SKIPPED: &[&str] = &[
    "env",
    "envFrom",
    "environment",
    "volumes",
    "volumeMounts",
    "ports",
    "args",
    "initContainers",
    "tolerations",
    "events",
    "secrets",
    "requiresAttributes",
    "loadBalancers",
];

/// Reads one JSON text.
///
/// # Errors
/// The reason in a few words, with line and column.
pub(super) fn parse_json(text: &str) -> Result<Value, serde_json::Error> {
    let mut left = VALUES;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Pruned {
        left: &mut left,
        lists: true,
    }
    .deserialize(&mut reader)?;
    // a second document behind the first is a broken file, not a longer one
    reader.end()?;
    Ok(value)
}

struct Pruned<'a> {
    left: &'a mut usize,
    /// A list here is looked at.
    lists: bool,
}

impl<'de> DeserializeSeed<'de> for Pruned<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl Pruned<'_> {
    fn spend<E: serde::de::Error>(&mut self) -> Result<(), E> {
        *self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| E::custom(format!("more than {VALUES} values")))?;
        Ok(())
    }
}

impl<'de> Visitor<'de> for Pruned<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        if !self.lists {
            while access.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Array(items));
        }
        while let Some(item) = access.next_element_seed(Pruned {
            left: &mut *self.left,
            lists: true,
        })? {
            self.spend()?;
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            self.spend()?;
            if SKIPPED.contains(&key.as_str()) {
                access.next_value::<IgnoredAny>()?;
            } else {
                let lists = !LISTS_SKIPPED.contains(&key.as_str());
                let value = access.next_value_seed(Pruned {
                    left: &mut *self.left,
                    lists,
                })?;
                // no deployer has such keys, and they are printed when a file is of no known kind
                if key.len() > 1024 {
                    return Err(A::Error::custom("a key of more than 1024 bytes"));
                }
                object.insert(key, value);
            }
        }
        Ok(Value::Object(object))
    }
}

/// The objects a file is about: items of a list, of `items`, `Items` or `nodes`, else the object
/// itself.
pub(super) fn list_json_objects(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().filter(|item| item.is_object()).collect(),
        // kubectl writes `items`, Octopus `Items` and GraphQL `nodes`
        Value::Object(object) => match ["items", "Items", "nodes"]
            .iter()
            .find_map(|key| object.get(*key)?.as_array())
        {
            Some(items) => items.iter().filter(|item| item.is_object()).collect(),
            None => vec![value],
        },
        _ => Vec::new(),
    }
}

/// The value below a path of keys.
pub(super) fn find_json_value<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// Non-empty text below a path, control characters visible; numbers and booleans as text.
pub(super) fn read_json_text(value: &Value, path: &[&str]) -> Option<String> {
    let found = match find_json_value(value, path)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (!found.trim().is_empty()).then(|| super::sanitize_state_text(found.trim()))
}

/// A number below a path, also when it is written as text.
pub(super) fn read_json_number(value: &Value, path: &[&str]) -> Option<f64> {
    match find_json_value(value, path)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            // `NaN` and `inf` parse as numbers and would pass every comparison
            .filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A flag below a path, also when it is written as text.
pub(super) fn read_json_flag(value: &Value, path: &[&str]) -> Option<bool> {
    match find_json_value(value, path)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A time below a path.
pub(super) fn read_json_time(value: &Value, path: &[&str]) -> Option<Timestamp> {
    super::time::from_json(find_json_value(value, path)?)
}

/// Items of a list below a path; nothing for anything else.
pub(super) fn read_json_list<'a>(value: &'a Value, path: &[&str]) -> &'a [Value] {
    find_json_value(value, path)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_parts_nobody_reads_are_left_out() {
        let value =
            parse_json(r#"{"metadata":{"managedFields":[{"a":[1,2,3]}],"name":"shop"}}"#).unwrap();
        assert_eq!(value, serde_json::json!({"metadata": {"name": "shop"}}));
        // a list of variables is large; an environment's name is what the file is about
        assert_eq!(
            parse_json(r#"{"env":[{"name":"A"}]}"#).unwrap(),
            serde_json::json!({"env": []})
        );
        assert_eq!(
            parse_json(r#"{"env":"production","environment":{"name":"x"}}"#).unwrap(),
            serde_json::json!({"env": "production", "environment": {"name": "x"}})
        );
    }

    #[test]
    fn lists_and_single_objects_are_alike() {
        let one = serde_json::json!({"a": 1});
        assert_eq!(list_json_objects(&one).len(), 1);
        assert_eq!(
            list_json_objects(&serde_json::json!([{"a": 1}, 7, {"b": 2}])).len(),
            2
        );
        assert_eq!(
            list_json_objects(&serde_json::json!({"Items": [{"a": 1}]})).len(),
            1
        );
        assert!(list_json_objects(&serde_json::json!("x")).is_empty());
    }

    #[test]
    fn deep_nesting_and_rest_behind_the_end_are_errors() {
        assert!(parse_json(&"[".repeat(100_000)).is_err());
        assert!(parse_json("{} {}").is_err());
        assert!(parse_json("").is_err());
    }
}
