//! What a changed value of a chart or part of a compose file says, by the names that are agreed on.

use super::key_meaning::{judge_annotation, lies_below, list_inner_keys};
use super::said_lines::LineMeaning;

/// A value of a chart, by the names that charts agree on.
pub(super) fn judge_value(keys: &[&str], line: &str) -> LineMeaning {
    const ADDRESSES: [&str; 6] = [
        "ingress",
        "service",
        "gateway",
        "httproute",
        "route",
        "routes",
    ];
    const GIVEN: [&str; 7] = [
        "env",
        "extraenv",
        "envvars",
        "extraenvvars",
        "environment",
        "config",
        "configmap",
    ];
    const WATCHED: [&str; 9] = [
        "metrics",
        "servicemonitor",
        "resources",
        "limits",
        "requests",
        "labels",
        "podlabels",
        "tests",
        "enabled",
    ];
    let inner = list_inner_keys(line);
    // an annotation that only watches, whatever it belongs to
    if let Some(at) = keys.iter().position(|key| *key == "annotations")
        && let Some(key) = keys.get(at + 1)
        && judge_annotation("", key) == LineMeaning::Harmless
    {
        return LineMeaning::Harmless;
    }
    if lies_below(&keys[..keys.len().saturating_sub(1)], &WATCHED[..8]) {
        return LineMeaning::Harmless;
    }
    if lies_below(keys, &ADDRESSES) {
        // the line that only holds others
        let holder = line.ends_with(':') && inner.is_empty();
        return if holder {
            LineMeaning::Harmless
        } else {
            LineMeaning::Address
        };
    }
    // the line of the key itself gives nothing; those below it do
    if lies_below(keys, &GIVEN) && !line.ends_with(':') {
        return LineMeaning::Given;
    }
    LineMeaning::Harmless
}

pub(super) fn judge_compose(keys: &[&str], line: &str) -> LineMeaning {
    let [first, _, part, ..] = keys else {
        return match keys.first() {
            Some(&"configs" | &"secrets") => LineMeaning::Started,
            _ => LineMeaning::Harmless,
        };
    };
    if *first != "services" {
        return LineMeaning::Harmless;
    }
    let holder = line.ends_with(':');
    // labels of proxies make an address of a service
    match *part {
        "ports" | "expose" if !holder => LineMeaning::Address,
        "labels"
            if ["traefik.", "caddy", "virtual_host"]
                .iter()
                .any(|word| line.to_ascii_lowercase().contains(word)) =>
        {
            LineMeaning::Address
        }
        "environment" | "env_file" if !holder => LineMeaning::Given,
        "command" | "entrypoint" => LineMeaning::Started,
        _ => LineMeaning::Harmless,
    }
}
