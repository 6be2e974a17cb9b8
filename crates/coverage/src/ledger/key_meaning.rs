//! Keys of infrastructure in one line, and what an annotation says.

use super::said_lines::LineMeaning;

/// Kinds of objects that are addresses, or say who reaches one.
pub(super) const ADDRESS_KINDS: [&str; 10] = [
    "Service",
    "Endpoints",
    "EndpointSlice",
    "Ingress",
    "IngressClass",
    "Gateway",
    "HTTPRoute",
    "VirtualService",
    "DestinationRule",
    "NetworkPolicy",
];

// an annotation of another domain may make a controller issue, move or delete something
/// Whose annotations only watch, describe or make pods start anew.
const WATCHING: [&str; 21] = [
    "prometheus.io/",
    "grafana",
    "datadoghq.com/",
    "newrelic",
    "dynatrace",
    "instrumentation.opentelemetry.io/",
    "sidecar.opentelemetry.io/",
    "co.elastic.logs/",
    "fluentbit.io/",
    "checksum/",
    // a new checksum starts the pods anew, which any release does
    "kubectl.kubernetes.io/",
    "app.kubernetes.io/",
    "meta.helm.sh/",
    "helm.sh/chart",
    "kubernetes.io/description",
    "kubernetes.io/change-cause",
    "cluster-autoscaler.kubernetes.io/",
    "reloader.stakater.com/",
    "backstage.io/",
    "link.argocd.argoproj.io/",
    "deployment.kubernetes.io/",
];

/// Whether one of the keys is one of these.
pub(super) fn lies_below(keys: &[&str], names: &[&str]) -> bool {
    keys.iter()
        .any(|key| names.iter().any(|name| name.eq_ignore_ascii_case(key)))
}

/// The names before a colon or an equals sign in a mapping that is written in one line.
pub(super) fn list_inner_keys(line: &str) -> Vec<&str> {
    let value = match line.find(['{', '[']) {
        Some(at) => &line[at..],
        None => return Vec::new(),
    };
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    value
        .match_indices([':', '='])
        // a line of one mapping that holds more is data; each sign is walked back from
        .take(200)
        .filter_map(|(at, _)| {
            let before = value[..at].trim_end().trim_end_matches(['"', '\'']);
            let from = before.rfind(|c: char| !word(c)).map_or(0, |from| from + 1);
            before.get(from..).filter(|key| !key.is_empty())
        })
        .collect()
}

/// What an annotation says. One without a domain before its name is read by people.
pub(super) fn judge_annotation(kind: &str, key: &str) -> LineMeaning {
    let lower = key.to_ascii_lowercase();
    // Kubernetes gives keys without a domain to the users themselves
    if !lower.contains('/') || WATCHING.iter().any(|start| lower.starts_with(start)) {
        return LineMeaning::Harmless;
    }
    // of an ingress or a service annotations choose paths, hosts and balancers
    if ADDRESS_KINDS.contains(&kind) {
        return LineMeaning::Address;
    }
    LineMeaning::Unknown(
        "an annotation that a controller of the cluster may act on changed, and what it does is not known"
            .into(),
    )
}

/// Words of settings about how a schema is changed; the first may name messages as well.
const ABOUT_SCHEMA: &[&str] = &[
    "schema",
    "ddl-auto",
    "ddl_auto",
    "hbm2ddl",
    "synchronize",
    "automigrate",
    "auto_migrate",
    "auto-migrate",
    "baseline",
    "migrat",
    "naming",
];

/// The words that tell, in a file with these texts, that a setting is about how a schema is changed:
/// `components: schemas:` describes messages.
pub(super) fn list_schema_words(texts: [Option<&str>; 2]) -> &'static [&'static str] {
    let messages = texts.into_iter().flatten().any(|text| {
        text.lines().any(|line| line.trim_end() == "components:") && text.contains("schemas:")
    });
    match ABOUT_SCHEMA {
        [_, rest @ ..] if messages => rest,
        words => words,
    }
}
