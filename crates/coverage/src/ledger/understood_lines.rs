//! Which changed lines of infrastructure are understood to leave alone what holds data, form by
//! form. The lists hold what is known to be harmless; whatever is not on them is not understood.

use std::borrow::Cow;
use std::collections::HashSet;

use super::build_files::is_pipeline;
use super::harmless_keys::{
    harmless_of_chart, harmless_of_compose, harmless_value, of_kustomization,
};
use super::yaml_lines;
use crate::changed_lines::{ChangedLine, ChangedLines};
use crate::terraform;

/// How a file of infrastructure is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum InfrastructureFormat {
    /// Builds and deploys.
    Pipeline,
    Dockerfile,
    /// Terraform, OpenTofu and Nomad.
    Terraform,
    /// Objects of Kubernetes, templates of charts too.
    Objects,
    /// Values of a chart.
    Values,
    Chart,
    Compose,
    Kustomization,
    /// Panels and rules of monitoring, and what a chart prints after it was installed.
    Shown,
}

impl InfrastructureFormat {
    /// `None` for what no reader takes apart.
    pub(super) fn of(path: &str, old: Option<&str>, new: Option<&str>) -> Option<Self> {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or(&lower);
        let end = name.rsplit('.').next().unwrap_or_default();
        // the way of reading is told by the path first, since texts of people may be broken
        // what a Makefile defines is not known: flags of a compiler, too
        if is_pipeline(path)
            && (matches!(end, "yaml" | "yml" | "json") || name.starts_with("jenkinsfile"))
        {
            return Some(Self::Pipeline);
        }
        if ["dockerfile", "containerfile"]
            .iter()
            .any(|word| name.starts_with(word) || name.ends_with(word))
        {
            return Some(Self::Dockerfile);
        }
        if matches!(end, "tf" | "tfvars" | "tofu" | "hcl" | "nomad") {
            return Some(Self::Terraform);
        }
        if name == "notes.txt" {
            return Some(Self::Shown);
        }
        if name.starts_with("kustomization.") {
            return Some(Self::Kustomization);
        }
        // tasks of Ansible and Puppet do anything, so no reader takes them apart
        let tasks = [
            "ansible",
            "playbook",
            "group_vars",
            "host_vars",
            "roles/",
            "puppet",
            "salt/",
        ]
        .iter()
        .any(|word| lower.contains(word));
        if tasks
            || ["helmfile", "requirements."]
                .iter()
                .any(|word| name.starts_with(word))
        {
            return None;
        }
        // helpers of charts hold parts of objects
        if end == "tpl" {
            return Some(Self::Objects);
        }
        if !matches!(end, "yaml" | "yml" | "json") {
            return None;
        }
        if name.starts_with("chart.") {
            return Some(Self::Chart);
        }
        if name.starts_with("values") {
            return Some(Self::Values);
        }
        if name.contains("compose") {
            return Some(Self::Compose);
        }
        // one side may be empty, and one of both that holds objects is enough
        let holds = |words: &[&str]| {
            [old, new]
                .into_iter()
                .flatten()
                .any(|text| words.iter().any(|word| text.contains(word)))
        };
        // of panels both sides have to be ones, since what comes or goes otherwise may be more
        let every = |words: &[&str]| {
            [old, new]
                .into_iter()
                .flatten()
                .all(|text| words.iter().any(|word| text.contains(word)))
        };
        if holds(&["kind:", "\"kind\":"]) {
            return Some(Self::Objects);
        }
        every(&["\"panels\"", "- alert:", "- record:", "scrape_configs:"]).then_some(Self::Shown)
    }
}

type NotUnderstoodReason = Cow<'static, str>;

/// The first changed line that is not understood, with the line in the newer text where it has it.
pub(super) fn not_understood(
    form: InfrastructureFormat,
    (old, new): (Option<&str>, Option<&str>),
    lines: &ChangedLines<'_>,
) -> Option<(Option<usize>, NotUnderstoodReason)> {
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let fresh = first_of(form, new, old, &lines.fresh).map(|(line, why)| (Some(line), why));
    // a fresh line first: it has a place in the text that people see
    fresh.or_else(|| first_of(form, old, new, &lines.gone).map(|(_, why)| (None, why)))
}

fn first_of(
    form: InfrastructureFormat,
    text: &str,
    other: &str,
    changed: &[ChangedLine<'_>],
) -> Option<(usize, NotUnderstoodReason)> {
    if changed.is_empty() {
        return None;
    }
    match form {
        // pipelines have a reader of their own for what they newly run
        InfrastructureFormat::Pipeline | InfrastructureFormat::Shown => None,
        InfrastructureFormat::Dockerfile => {
            let (line, _) = changed
                // of an image only its volumes keep something
                .iter()
                .find(|(_, line)| line.to_ascii_uppercase().starts_with("VOLUME"))?;
            Some((
                *line,
                "a folder that a container keeps as a volume changed".into(),
            ))
        }
        InfrastructureFormat::Terraform => in_terraform(text, changed),
        InfrastructureFormat::Objects => in_objects(text, other, changed),
        InfrastructureFormat::Values => in_keys(
            text,
            changed,
            "a value of a chart, and what the chart makes of it is not known",
            harmless_value,
        ),
        InfrastructureFormat::Compose => in_keys(
            text,
            changed,
            "a part of a compose file that may keep data or start it in another way changed",
            harmless_of_compose,
        ),
        InfrastructureFormat::Kustomization => {
            yaml_lines::first_line(text, changed, |_, keys, _| {
                of_kustomization(keys).map(NotUnderstoodReason::from)
            })
        }
        InfrastructureFormat::Chart => in_keys(
            text,
            changed,
            "what the chart is made of or needs changed",
            harmless_of_chart,
        ),
    }
}

/// Kinds of resources that hold no data and no secret, by a part of their type. Everything else
/// may.
const KEEPS_NOTHING: [&str; 40] = [
    // parts of types, so that `aws_iam_role` and `google_project_iam_member` are known alike
    "iam",
    "policy",
    "role",
    "record",
    "lb",
    "alb",
    "elb",
    "listener",
    "alarm",
    "dashboard",
    "metric",
    "monitor",
    "autoscaling",
    "appautoscaling",
    "autoscaler",
    "definition",
    "vpc",
    "subnet",
    "subnetwork",
    "route",
    "router",
    "gateway",
    "eip",
    "firewall",
    "cloudfront",
    "cdn",
    "acm",
    "notification",
    "permission",
    "rule",
    "lambda",
    "function",
    "scheduler",
    "ingress",
    "service",
    "deployment",
    "binding",
    "member",
    "dns",
    "healthcheck",
];

// `aws_s3_bucket_lifecycle_configuration` holds `bucket` and deletes by itself
/// Parts of a type that say the opposite: these delete, keep or hold, whatever stands beside them.
const MAY_KEEP: [&str; 12] = [
    "lifecycle",
    "retention",
    "backup",
    "snapshot",
    "zone",
    "queue",
    "topic",
    "table",
    "database",
    "bucket",
    "storage",
    "secret",
];

/// Attributes that change nothing about what is kept.
pub(super) const HARMLESS_ATTRIBUTES: [&str; 24] = [
    "tags",
    "tags_all",
    "labels",
    "user_labels",
    "default_tags",
    "annotations",
    "description",
    "comment",
    "desired_count",
    "min_size",
    "max_size",
    "desired_capacity",
    "min_capacity",
    "max_capacity",
    "cpu",
    "memory",
    // machines of another size and other windows of maintenance leave rows alone
    "image_tag",
    "maintenance_window",
    "preferred_maintenance_window",
    "backup_window",
    "preferred_backup_window",
    "monitoring_interval",
    "performance_insights_enabled",
    "timeouts",
];

/// As [`HARMLESS_ATTRIBUTES`], in a job of Nomad.
const HARMLESS_OF_JOBS: [&str; 14] = [
    "count",
    "resources",
    "env",
    "service",
    "check",
    "network",
    "update",
    "restart",
    "meta",
    "image",
    "constraint",
    "reschedule",
    "migrate",
    "kill_timeout",
];

fn in_terraform(text: &str, changed: &[ChangedLine<'_>]) -> Option<(usize, NotUnderstoodReason)> {
    let (mut at, mut found) = (0, None);
    terraform::each_line(text, |line| {
        while at < changed.len() && changed[at].0 < line.number {
            at += 1;
        }
        if found.is_some()
            || changed
                .get(at)
                .is_none_or(|(number, _)| *number != line.number)
        {
            return;
        }
        let bare = line.text.chars().all(|c| "{}[](),".contains(c));
        let harmless = |list: &[&str]| line.keys.iter().any(|key| list.contains(key));
        // a resource as a whole is told by its own checks
        let understood = match line.block.first().copied().unwrap_or_default() {
            _ if bare => true,
            // outputs and data are read, and a check only says something
            "output" | "data" | "check" => true,
            "variable" => {
                line.opens
                    // another default of a variable may reach any resource
                    || harmless(&["description", "type", "sensitive", "nullable", "validation"])
            }
            "resource" => {
                keeps_nothing(line.block.get(1).copied().unwrap_or_default())
                    || line.opens && line.text.ends_with('{')
                    || harmless(&HARMLESS_ATTRIBUTES)
            }
            // inputs of a module are named as its author likes
            "module" => harmless(&HARMLESS_ATTRIBUTES),
            "job" => harmless(&HARMLESS_OF_JOBS) || harmless(&HARMLESS_ATTRIBUTES),
            "provider" => harmless(&["default_tags", "tags"]),
            _ => {
                // settings at the outermost level, as in files of values
                harmless(&HARMLESS_ATTRIBUTES)
                    || line.keys.is_empty()
                        && line
                            .block
                            .first()
                            .is_some_and(|key| HARMLESS_ATTRIBUTES.contains(key))
            }
        };
        if !understood {
            let what = match line.block.first().copied() {
                Some("resource") => format!("{} may hold data, and what it is made with changed", model::escape_invisible(&line.address())),
                Some("job") => "a job changed in a part that may keep data".to_owned(),
                _ => "what infrastructure is made from changed, and what that does to data is not known".to_owned(),
            };
            found = Some((line.number, what.into()));
        }
    });
    found
}

/// Whether a resource of this type holds no data and no secret.
pub(super) fn keeps_nothing(kind: &str) -> bool {
    let parts: Vec<&str> = kind.split('_').collect();
    !parts.iter().any(|part| MAY_KEEP.contains(part))
        && parts
            .iter()
            .skip(1)
            .any(|part| KEEPS_NOTHING.contains(part))
        // by its whole end: a `group` alone may be a group of anything
        || kind.ends_with("security_group")
}

/// Kinds of objects that hold no data of their own.
pub(super) const PLAIN_KINDS: [&str; 39] = [
    // kinds of workloads keep nothing but what their volumes keep
    "Deployment",
    "DaemonSet",
    "ReplicaSet",
    "StatefulSet",
    "Pod",
    "PodTemplate",
    "Job",
    "CronJob",
    "Service",
    "Endpoints",
    "EndpointSlice",
    "Ingress",
    "IngressClass",
    "Gateway",
    "HTTPRoute",
    "NetworkPolicy",
    "HorizontalPodAutoscaler",
    "VerticalPodAutoscaler",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "SealedSecret",
    "ExternalSecret",
    "LimitRange",
    "ResourceQuota",
    "PriorityClass",
    "ServiceMonitor",
    "PodMonitor",
    "PrometheusRule",
    "ScaledObject",
    "VirtualService",
    "DestinationRule",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Kinds with a check of their own, or whose removal takes what they hold with it: a change within
/// is understood only in labels and annotations.
const KEEPING_KINDS: [&str; 5] = [
    // going back deletes an object that only the newer release has, and its data with it
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "Namespace",
    "VolumeSnapshotClass",
];

fn in_objects(
    text: &str,
    other: &str,
    changed: &[ChangedLine<'_>],
) -> Option<(usize, NotUnderstoodReason)> {
    let there: HashSet<(String, String)> = yaml_lines::split_yaml_documents(other)
        .into_iter()
        .map(|one| (one.kind, one.name))
        .collect();
    // helpers of charts define no object
    let helpers = !text.lines().any(|line| {
        line.trim_start()
            .trim_start_matches(['"', '{'])
            .starts_with("kind")
    });
    yaml_lines::first_line(text, changed, |document, keys, line| {
        let within = |words: &[&str]| {
            keys.iter().any(|key| {
                words
                    .iter()
                    .any(|word| key.to_ascii_lowercase().contains(word))
            })
        };
        let says = |words: &[&str]| {
            words
                .iter()
                .any(|word| line.to_ascii_lowercase().contains(word))
        };
        let volumes = || {
            within(&["volume", "claim", "hostpath"])
                || says(&["volume", "claim", "hostpath", "persistent", "storageclass"])
        };
        // a helper is known by its lines alone
        if helpers {
            return volumes().then(|| "a part of a template about what keeps data changed".into());
        }
        let kind = document.kind.as_str();
        let labels =
            keys.first().is_some_and(|key| key == "metadata") && within(&["labels", "annotations"]);
        // an object that a template names may be any
        if document.name.is_empty() || kind.is_empty() {
            return (!says(&["apiversion:"])).then(|| {
                "an object without a kind or a name, so that what it is cannot be said".into()
            });
        }
        if PLAIN_KINDS.contains(&kind) {
            return volumes().then(|| {
                format!(
                    "the {kind} {} keeps data, or no longer does, in a volume",
                    model::escape_invisible(&document.name)
                )
                .into()
            });
        }
        // a definition that both have is compared by a check of its own
        let known = there.contains(&(document.kind.clone(), document.name.clone()));
        let definition = kind == "CustomResourceDefinition" && known;
        if definition || labels && known {
            return None;
        }
        let name = model::escape_invisible(&document.name).into_owned();
        let shown = model::escape_invisible(kind).into_owned();
        Some(
            if KEEPING_KINDS.contains(&kind) || kind == "CustomResourceDefinition" {
                format!("the {shown} {name} holds data, and it changed, is new or is gone").into()
            } else {
                format!("the {shown} {name} is of a kind whose meaning is not known here").into()
            },
        )
    })
}

fn in_keys(
    text: &str,
    changed: &[ChangedLine<'_>],
    why: &'static str,
    harmless: fn(&[String]) -> bool,
) -> Option<(usize, NotUnderstoodReason)> {
    yaml_lines::first_line(text, changed, |_, keys, line| {
        // a bracket changes nothing that its keys do not say
        let bare = line
            .trim_matches(['{', '}', '[', ']', ',', ' ', '-'])
            .is_empty();
        (!bare && !harmless(keys)).then(|| NotUnderstoodReason::from(why))
    })
}

#[cfg(test)]
#[path = "understood_lines/tests.rs"]
mod tests;
