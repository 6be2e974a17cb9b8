//! What a changed line of infrastructure that keeps no data says: an address at which others call,
//! what the program is started with, or nothing that anybody relies on. The lists hold what is
//! known of each kind; what stands on none of them is not known, and says so.

use std::collections::HashSet;

use super::key_meaning::{ADDRESS_KINDS, judge_annotation, lies_below, list_inner_keys};
use super::line_meaning_terraform::find_terraform_meanings;
use super::said_lines::{LineMeaning, SaidByLines};
use super::understood_lines::{InfrastructureFormat, PLAIN_KINDS};
use super::value_meaning::{judge_compose, judge_value};
use super::yaml_lines::{self, YamlDocument};
use crate::changed_lines::{ChangedLine, ChangedLines};

/// Why a schedule or the work of a job is open.
const DONE: &str =
    "when a job runs or what it does changed, and what it has done since then is not undone";

/// What the changed lines of a file say. `versions` are those of the releases: a line that only
/// follows them says nothing.
pub(super) fn find_meanings(
    form: InfrastructureFormat,
    (old, new): (Option<&str>, Option<&str>),
    lines: &ChangedLines<'_>,
    versions: (&str, &str),
) -> SaidByLines {
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    // the image of the release moves in each release, and would hide what else differs
    let (fresh, gone) = (
        without_own_version(&lines.fresh, &lines.gone, (versions.1, versions.0)),
        without_own_version(&lines.gone, &lines.fresh, versions),
    );
    let mut said = SaidByLines::default();
    for (text, other, changed, is_fresh) in [(new, old, &fresh, true), (old, new, &gone, false)] {
        if changed.is_empty() {
            continue;
        }
        match form {
            // these three are read elsewhere: by their commands, as statements, as keys of a chart
            InfrastructureFormat::Pipeline
            | InfrastructureFormat::Shown
            | InfrastructureFormat::Chart => {}
            InfrastructureFormat::Dockerfile => {
                for (number, line) in changed {
                    let upper = line.to_ascii_uppercase();
                    // another command at the start may keep data elsewhere
                    if upper.starts_with("CMD") || upper.starts_with("ENTRYPOINT") {
                        said.note(LineMeaning::Started, is_fresh.then_some(*number), line, &[]);
                    }
                }
            }
            InfrastructureFormat::Terraform => {
                find_terraform_meanings(text, changed, is_fresh, &mut said);
            }
            InfrastructureFormat::Objects => {
                let there = list_objects(other);
                // `_helpers.tpl` holds no objects, its lines are put into those of other files
                let helpers = !yaml_lines::split_yaml_documents(text)
                    .iter()
                    .any(|document| !document.kind.is_empty());
                // a new file is told by its objects, of which none are left out
                // a condition around an object decides whether it is there at all
                let template = changed
                    .iter()
                    .find(|(_, line)| !other.is_empty() && leaves_out(line));
                if let Some((number, line)) = template {
                    let why =
                        "what a template leaves in or out, or takes in from another one, changed";
                    let place = is_fresh.then_some(*number);
                    said.note(LineMeaning::Unknown(why.into()), place, line, &[]);
                }
                each_changed_line(
                    text,
                    changed,
                    is_fresh,
                    &mut said,
                    |document, keys, line| {
                        let known = there.contains(&(document.kind.clone(), document.name.clone()));
                        if helpers {
                            judge_helper(keys, line)
                        } else {
                            judge_object(document, known, keys, line)
                        }
                    },
                );
            }
            InfrastructureFormat::Values => {
                each_changed_line(text, changed, is_fresh, &mut said, |_, keys, line| {
                    judge_value(keys, line)
                });
            }
            InfrastructureFormat::Compose => {
                each_changed_line(text, changed, is_fresh, &mut said, |_, keys, line| {
                    judge_compose(keys, line)
                });
            }
            InfrastructureFormat::Kustomization => {
                each_changed_line(text, changed, is_fresh, &mut said, |_, keys, _| match keys
                    .first()
                    .copied()
                {
                    // a generated config map gets a new name by its content, which the pods then
                    // ask for
                    Some("configMapGenerator") => LineMeaning::Given,
                    Some("secretGenerator") => LineMeaning::Started,
                    _ => LineMeaning::Harmless,
                });
            }
        }
    }
    said
}

/// Changed lines without those that name an image or a version and only follow the version of the
/// product; `others` are the lines of the other text.
fn without_own_version<'a>(
    lines: &[ChangedLine<'a>],
    others: &[ChangedLine<'_>],
    (own, other): (&str, &str),
) -> Vec<ChangedLine<'a>> {
    fn bare(version: &str) -> &str {
        version.trim().trim_start_matches(['v', 'V'])
    }
    let (own, other) = (bare(own), bare(other));
    // a version of one figure may be any number
    // `3` stands in ports and numbers of replicas, too
    if !own.contains('.') || !other.contains('.') {
        return lines.to_vec();
    }
    let names = |line: &str| {
        let lower = line.to_ascii_lowercase();
        ["image", "tag", "version", "chart"]
            .iter()
            .any(|word| lower.contains(word))
    };
    let there: HashSet<&str> = others.iter().map(|(_, line)| *line).collect();
    lines
        .iter()
        .filter(|(_, line)| {
            !(names(line)
                && line.contains(own)
                && there.contains(line.replace(own, other).as_str()))
        })
        .copied()
        .collect()
}

/// A line of a template of its own that says what the template holds: a condition, a loop, another
/// template. Labels are taken in, too, and an end says nothing by itself.
fn leaves_out(line: &str) -> bool {
    let Some(inner) = line
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
    else {
        return false;
    };
    let inner = inner.trim_matches(['-', ' ']);
    let word = inner.split_whitespace().next().unwrap_or_default();
    matches!(
        word,
        "if" | "else" | "range" | "with" | "include" | "template" | "toYaml" | "tpl"
    ) && !inner.to_ascii_lowercase().contains("label")
        && inner != "else"
}

fn list_objects(text: &str) -> HashSet<(String, String)> {
    yaml_lines::split_yaml_documents(text)
        .into_iter()
        .map(|one| (one.kind, one.name))
        .collect()
}

fn each_changed_line(
    text: &str,
    changed: &[ChangedLine<'_>],
    is_fresh: bool,
    said: &mut SaidByLines,
    judge: impl Fn(&YamlDocument, &[&str], &str) -> LineMeaning,
) {
    yaml_lines::each_changed_line(text, changed, |number, document, keys, line| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let is_bare = !line.contains(char::is_alphanumeric);
        // a bracket alone is told by the line that opened it
        if !is_bare {
            let meaning = judge(document, &keys, line);
            said.note(meaning, is_fresh.then_some(number), line, &keys);
        }
    });
}

// kinds with rights are here as well: the older program had enough with the older rights
/// Kinds of objects that say how many, how watched and who may: applying the older file gives what
/// the older release had, and nothing else relied on the newer one.
const HARMLESS_KINDS: [&str; 14] = [
    "HorizontalPodAutoscaler",
    "VerticalPodAutoscaler",
    "PodDisruptionBudget",
    "LimitRange",
    "ResourceQuota",
    "PriorityClass",
    "ServiceMonitor",
    "PodMonitor",
    "PrometheusRule",
    "Role",
    "RoleBinding",
    "ClusterRole",
    "ClusterRoleBinding",
    "ServiceAccount",
];

/// Keys of a pod, or of what makes pods, that say how it runs and nothing that others see.
const HARMLESS_OF_PODS: [&str; 47] = [
    "replicas",
    "resources",
    "limits",
    "requests",
    "livenessprobe",
    "readinessprobe",
    "startupprobe",
    "affinity",
    "nodeselector",
    "tolerations",
    "topologyspreadconstraints",
    // a pod that gets more time to end is stopped later, and keeps nothing by that
    "terminationgraceperiodseconds",
    "terminationmessagepath",
    "terminationmessagepolicy",
    "image",
    "imagepullpolicy",
    "imagepullsecrets",
    "securitycontext",
    "strategy",
    "updatestrategy",
    "podmanagementpolicy",
    "revisionhistorylimit",
    "minreadyseconds",
    "progressdeadlineseconds",
    "priorityclassname",
    "priority",
    // a selector is immutable, and has a check of its own
    "selector",
    "serviceaccountname",
    "serviceaccount",
    "automountserviceaccounttoken",
    "dnspolicy",
    "dnsconfig",
    "restartpolicy",
    "ttlsecondsafterfinished",
    "activedeadlineseconds",
    "backofflimit",
    "successfuljobshistorylimit",
    "failedjobshistorylimit",
    "enableservicelinks",
    "shareprocessnamespace",
    "schedulername",
    "runtimeclassname",
    "labels",
    "parallelism",
    "completions",
    "stdin",
    "tty",
];

/// Keys that only hold others.
const HOLDERS: [&str; 9] = [
    "spec",
    "template",
    "metadata",
    "jobtemplate",
    "containers",
    "initcontainers",
    "labels",
    "annotations",
    "data",
];

fn judge_object(document: &YamlDocument, known: bool, keys: &[&str], line: &str) -> LineMeaning {
    let kind = document.kind.as_str();
    let own = keys.last().copied().unwrap_or_default();
    // kinds with a judgement of their own say what is open where they are told
    // `apiVersion` and the kind have a check of their own
    if !PLAIN_KINDS.contains(&kind) || matches!(keys, ["apiVersion" | "kind"]) {
        return LineMeaning::Harmless;
    }
    let annotated = keys.iter().position(|key| *key == "annotations");
    if let Some(at) = annotated
        && keys[..at].contains(&"metadata")
    {
        return match keys.get(at + 1) {
            Some(key) => judge_annotation(kind, key),
            None => list_inner_keys(line)
                .into_iter()
                .map(|key| judge_annotation(kind, key))
                .find(|meaning| *meaning != LineMeaning::Harmless)
                .unwrap_or(LineMeaning::Harmless),
        };
    }
    // labels in a selector are immutable and judged there
    if HARMLESS_KINDS.contains(&kind) || keys.contains(&"labels") {
        return LineMeaning::Harmless;
    }
    if keys.first() == Some(&"metadata") {
        return judge_metadata(kind, known, own, line);
    }
    match kind {
        _ if ADDRESS_KINDS.contains(&kind) => LineMeaning::Address,
        "ConfigMap" => match keys.first() {
            Some(&"data" | &"binaryData") => LineMeaning::Given,
            _ => LineMeaning::Started,
        },
        // how often a secret is fetched changes no secret
        "ExternalSecret" if own == "refreshInterval" => LineMeaning::Harmless,
        "Secret" | "SealedSecret" | "ExternalSecret" => LineMeaning::Started,
        "ScaledObject" => judge_scaler(keys, line),
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => match own {
            "caBundle" | "timeoutSeconds" | "name" => LineMeaning::Harmless,
            _ => LineMeaning::Unknown(
                "what the cluster asks before it takes or changes an object changed, and objects that it took since then stay"
                    .into(),
            ),
        },
        // jobs do something once, and their work stays when the older file is back
        _ => judge_pod(matches!(kind, "Job" | "CronJob"), keys, line),
    }
}

fn judge_metadata(kind: &str, known: bool, own: &str, line: &str) -> LineMeaning {
    let written_in_one = own == "metadata" && line.contains('{');
    if written_in_one
        && let Some(meaning) = list_inner_keys(line)
            .into_iter()
            .filter(|key| key.contains('/'))
            .map(|key| judge_annotation(kind, key))
            .find(|meaning| *meaning != LineMeaning::Harmless)
    {
        return meaning;
    }
    match own {
        "name" | "namespace" if ADDRESS_KINDS.contains(&kind) => LineMeaning::Address,
        // elsewhere
        // an object of another name is a new one, which its other lines tell
        "metadata" | "name" | "creationTimestamp" => LineMeaning::Harmless,
        "namespace" if !known => LineMeaning::Harmless,
        _ => LineMeaning::Unknown("what an object is called or belongs to changed".into()),
    }
}

/// A scaler reads what it measures by a name of its own: a group of readers, a queue.
fn judge_scaler(keys: &[&str], line: &str) -> LineMeaning {
    const PLAIN: [&str; 14] = [
        "minReplicaCount",
        "maxReplicaCount",
        "idleReplicaCount",
        "pollingInterval",
        "cooldownPeriod",
        "initialCooldownPeriod",
        "threshold",
        "value",
        "lagThreshold",
        "activationLagThreshold",
        "queueLength",
        "fallback",
        "advanced",
        "scaleTargetRef",
    ];
    let own = keys.last().copied().unwrap_or_default();
    let inner = list_inner_keys(line);
    let plain = inner.iter().all(|key| lies_below(&[*key], &PLAIN));
    if lies_below(keys, &PLAIN) || matches!(own, "spec" | "triggers" | "metadata") && plain {
        return LineMeaning::Harmless;
    }
    LineMeaning::Unknown(
        "what a scaler measures changed, and it may read a queue by a name of its own".into(),
    )
}

fn judge_pod(is_job: bool, keys: &[&str], line: &str) -> LineMeaning {
    if lies_below(keys, &HARMLESS_OF_PODS) {
        return LineMeaning::Harmless;
    }
    let inner = list_inner_keys(line);
    let has = |names: &[&str]| lies_below(keys, names) || lies_below(&inner, names);
    let own = keys.last().copied().unwrap_or_default();
    // what ran at another time, or twice, has done its work
    if has(&["schedule", "timeZone", "suspend", "concurrencyPolicy"])
        // the command of a job is what it does; of a program that serves only how it is started
        || is_job && has(&["args", "command"])
    {
        return LineMeaning::Unknown(DONE.into());
    }
    if has(&["hostPort", "hostNetwork", "hostAliases"]) {
        return LineMeaning::Address;
    }
    if has(&["env", "envFrom"]) {
        return LineMeaning::Given;
    }
    if has(&["args", "command", "workingDir", "lifecycle"]) {
        return LineMeaning::Started;
    }
    let holder = lies_below(&[own], &HOLDERS);
    let all_known = || {
        inner.iter().all(|key| {
            lies_below(&[*key], &HARMLESS_OF_PODS)
                || lies_below(&[*key], &HOLDERS)
                || matches!(*key, "name" | "app")
        })
    };
    // volumes are told by the row of what is kept, not here
    if lies_below(keys, &["ports", "volumes", "volumeMounts"])
        || own == "name" && lies_below(keys, &["containers", "initContainers"])
        || holder && all_known()
    {
        return LineMeaning::Harmless;
    }
    LineMeaning::Unknown("a part of a pod that no reader knows changed".into())
}

/// Templates that others are made of: lines without an object around them.
fn judge_helper(keys: &[&str], line: &str) -> LineMeaning {
    const NAMES: [&str; 9] = [
        "app",
        "release",
        "chart",
        "heritage",
        "tier",
        "component",
        "version",
        "name",
        "helm.sh/chart",
    ];
    let own = keys.last().copied().unwrap_or_default();
    // a chart names its objects and labels here, and moves with each release of it
    // labels and annotations are the same here, and the helper of labels is the usual one
    if keys.is_empty() || NAMES.contains(&own) || own.contains("kubernetes.io/") {
        return LineMeaning::Harmless;
    }
    judge_pod(false, keys, line)
}

#[cfg(test)]
#[path = "line_meaning/tests.rs"]
mod tests;
